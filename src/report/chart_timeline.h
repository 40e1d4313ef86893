/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_TIMELINE_H
#define QF_CHART_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What happened when: a row for each kind. */
typedef struct qf_timeline_mark {
    double time_s;
    bool grave;          /* twice as broad */
    const char *class;   /* of its fill */
    const char *tooltip; /* NULL: none */
} qf_timeline_mark;

enum { QF_TIMELINE_LAYERS = 3 };

typedef struct qf_timeline_row {
    const char *name;
    const char *count;             /* how many, as text */
    const qf_timeline_mark *marks; /* where they are few enough to be told apart; else NULL */
    size_t n_marks;
    const double *
        bins[QF_TIMELINE_LAYERS]; /* else how many in each of equal parts of the time; NULL: none */
    const char *class[QF_TIMELINE_LAYERS]; /* of their fills; the first lies at the bottom */
    size_t n_bins;
} qf_timeline_row;

typedef struct qf_timeline_chart {
    const char *title;
    double begin_s, end_s;
    const qf_timeline_row *rows;
    size_t n_rows;
    double width; /* of the drawing, with names beside the rows where it is wide, else above them */
} qf_timeline_chart;

/* Where rows lie: in a narrow drawing the first row's line is at QF_TIMELINE_FIRST + QF_TIMELINE_PITCH, and so on. */
enum {
    QF_TIMELINE_FIRST = 4,
    QF_TIMELINE_PITCH = 36,
    QF_TIMELINE_WIDE_PITCH = 24,
    QF_TIMELINE_NAMES = 250, /* width of names in a wide drawing */
    QF_TIMELINE_HEIGHT = 16, /* of the tallest bin */
};

void qf_chart_timeline(FILE *out, const qf_timeline_chart *chart);

#endif
