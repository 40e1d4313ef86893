/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_PARTS_H
#define QF_CHART_PARTS_H

#include <stddef.h>

#include "axis.h"
#include "svg.h"

/* What charts share: how series are told apart, marks, and axes of time. */

enum { QF_CHART_SERIES = 8 }; /* that looks can tell apart: report.css has so many colours */

/* Classes of a line of that series: its colour and its dashes, so that no reader depends on colours. */
const char *qf_chart_line_class(size_t series);

/* Classes of what is filled. */
const char *qf_chart_fill_class(size_t series);
const char *qf_chart_band_class(size_t series);

/* A mark of the series' shape and colour with its middle at x, y; NULL: no tooltip. `hollow`: only its outline. */
void qf_chart_mark(qf_svg *svg, size_t series, bool hollow, double x, double y, double radius,
                   const char *tooltip);

typedef enum qf_legend_sign {
    QF_LEGEND_LINES,
    QF_LEGEND_FILLS,
    QF_LEGEND_MARKS,
} qf_legend_sign;

/*
 * Names with their signs, from left to right, in as many lines as they need within [x, x + width]; the first line's
 * texts stand on y. Returns the height of them all; svg NULL: only measures. `looks` of series, NULL: 0, 1, ... Of one name nothing is drawn.
 */
double qf_chart_legend(qf_svg *svg, qf_legend_sign sign, const char *const *names,
                       const size_t *looks, size_t n, double x, double y, double width);

/* How wide a text of a label is, about: letters are not all equally wide. */
double qf_chart_text_width(const char *text);

/* An axis from begin_s (where that is near 0, from 0 on) to end_s with its title, below a picture. `seconds`: what one unit has. */
typedef struct qf_time_axis {
    qf_axis axis; /* of times in units */
    double seconds;
    char title[32];
} qf_time_axis;

qf_time_axis qf_chart_time_axis(double begin_s, double end_s, double begin, double end);
double qf_chart_time_at(const qf_time_axis *axis, double time_s);
void qf_chart_draw_time(qf_svg *svg, const qf_time_axis *axis, double y, double grid_to);

#endif
