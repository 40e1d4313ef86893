/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_TORNADO_H
#define QF_CHART_TORNADO_H

#include <stddef.h>
#include <stdio.h>

#include "interval.h"

/* What one parameter does: a bar from 0, with its interval; of Sobol' indices the total one and within it the first. */
typedef struct qf_tornado_row {
    const char *name;
    double value; /* NaN: not known */
    qf_interval interval;
    double inner; /* NaN: none */
    qf_interval of_inner;
} qf_tornado_row;

typedef struct qf_tornado_chart {
    const qf_tornado_row *rows; /* the one that matters most first */
    size_t n_rows;
    double low, high;                    /* of the axis, at least; 0 lies within */
    const char *title;                   /* read out */
    const char *label;                   /* of the axis */
    const char *outer_name, *inner_name; /* of a legend; NULL: bars are of one kind */
} qf_tornado_chart;

void qf_chart_tornado(FILE *out, const qf_tornado_chart *chart);

#endif
