/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_FAN_H
#define QF_CHART_FAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A quantity over time: of each series a line in the middle, and a band from low to high around it. */
typedef struct qf_fan_series {
    const char *name;
    const double *middle;     /* a value that is not finite interrupts the line */
    const double *low, *high; /* NULL: no band */
    size_t look;              /* its colour and dashes */
} qf_fan_series;

typedef struct qf_fan_chart {
    const char *title;   /* read out, as the heading of the figure has it */
    const char *y_title; /* with the unit */
    const double *time_s;
    size_t n; /* times, ascending */
    const qf_fan_series *series;
    size_t n_series;  /* QF_CHART_SERIES (chart_parts.h) at most: more looks there are not */
    double low, high; /* bounds of the axis; NAN: as the values want it */
    bool log;         /* powers of ten; values that are not above 0 are not drawn */
} qf_fan_chart;

/* Where its picture lies in the drawing: QF_FIGURE_WIDTH wide. */
enum { QF_FAN_LEFT = 58, QF_FAN_RIGHT = 408, QF_FAN_HEIGHT = 190 };

void qf_chart_fan(FILE *out, const qf_fan_chart *chart);

#endif
