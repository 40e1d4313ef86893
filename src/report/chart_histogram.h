/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_HISTOGRAM_H
#define QF_CHART_HISTOGRAM_H

#include <stdio.h>

#include "histogram_bins.h"
#include "interval.h"

/* A line at a value, with a text above it. */
typedef struct qf_histogram_mark {
    double value;
    const char *text;
    const char *class; /* of its stroke */
    int row;           /* 0 ... QF_MARK_ROWS - 1: how high its text stands */
} qf_histogram_mark;
enum { QF_MARK_ROWS = 3 };

typedef struct qf_histogram_chart {
    const qf_histogram_bins *bins;
    const char *kinds[2]; /* what they are called; kinds[1] NULL: there is one kind */
    const qf_histogram_mark *marks;
    size_t n_marks;
    double mean; /* a dot with its interval; NaN: none */
    qf_interval of_mean;
    const char *title; /* read out */
    const char *label; /* of the value, with its unit */
} qf_histogram_chart;

/* Bars of the second kind stand on those of the first, and are hatched. */
void qf_chart_histogram(FILE *out, const qf_histogram_chart *chart);

#endif
