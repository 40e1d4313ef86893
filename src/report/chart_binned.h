/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_BINNED_H
#define QF_CHART_BINNED_H

#include <stddef.h>
#include <stdio.h>

#include "interval.h"

/* A share in each bin of a quantity, with its interval. */
typedef struct qf_binned_share {
    double low, high; /* the bin's least and greatest value */
    const char *name; /* of a word, beside which there is no scale; NULL */
    double share;     /* NaN: no case */
    qf_interval interval;
} qf_binned_share;

typedef struct qf_binned_chart {
    const qf_binned_share *bins; /* ascending */
    size_t n;
    const char *title; /* read out */
    const char *x_label, *y_label;
} qf_binned_chart;

void qf_chart_binned(FILE *out, const qf_binned_chart *chart);

#endif
