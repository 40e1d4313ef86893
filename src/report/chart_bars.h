/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_BARS_H
#define QF_CHART_BARS_H

#include <stddef.h>
#include <stdio.h>

/* Lengths that lie below each other, each with its name above it and its value as text at the end of that line. */
enum { QF_BAR_PARTS = 3 };

typedef struct qf_bar {
    const char *name;
    const char *text;           /* the value, as people read it */
    double value[QF_BAR_PARTS]; /* of its parts, one after the other; not finite or below 0: none */
    const char *class
        [QF_BAR_PARTS]; /* of their fills: "f0", "open", "bad"; needed where there is a value */
} qf_bar;

typedef struct qf_bars_chart {
    const char *title;
    const qf_bar *bars;
    size_t n;
    double longest; /* what is as long as there is room; not above 0: the greatest value */
} qf_bars_chart;

/* Where the i-th bar lies: its top is QF_BARS_FIRST + i QF_BARS_PITCH. */
enum {
    QF_BARS_LEFT = 4,
    QF_BARS_LENGTH = 412,
    QF_BARS_FIRST = 20,
    QF_BARS_PITCH = 36,
    QF_BARS_HEIGHT = 12
};

void qf_chart_bars(FILE *out, const qf_bars_chart *chart);

/* How often what was counted, by value: columns that stand on an axis of values. */
typedef struct qf_columns_chart {
    const char *title;
    const char *x_title, *y_title;
    double low, high; /* bounds of all columns */
    size_t n;
    const char *names[2]; /* the second: what stands on the first; NULL: nothing does */
    const double *counts[2];
} qf_columns_chart;

void qf_chart_columns(FILE *out, const qf_columns_chart *chart);

#endif
