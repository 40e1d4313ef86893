/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_SCATTER_H
#define QF_CHART_SCATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Points of two kinds, dots and crosses. */
typedef struct qf_scatter_chart {
    const double *x, *y;
    const bool *second;       /* NULL: all are of the first kind */
    const char *const *names; /* beside each point; NULL: none */
    size_t n;
    const char *kinds[2]; /* of a legend; kinds[1] NULL: there is one kind */
    const char *title;    /* read out */
    const char *x_label, *y_label;
    bool x_log, y_log;
    double limit;            /* a line across at this y; NaN: none */
    bool diagonal;           /* a line where y = x */
    double x_least, y_least; /* axes begin no higher; NaN: at the least value */
} qf_scatter_chart;

void qf_chart_scatter(FILE *out, const qf_scatter_chart *chart);

#endif
