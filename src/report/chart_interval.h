/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_INTERVAL_H
#define QF_CHART_INTERVAL_H

#include <stdbool.h>
#include <stdio.h>

#include "interval.h"
#include "page.h"

/* An estimate, what it may be, and what is asked for, in a cell of a table: the side of the limit where it is kept is shaded. */
typedef struct qf_interval_chart {
    double estimate;
    qf_interval interval; /* a side that is NaN is not drawn, one that is infinite is open */
    double limit;
    bool at_least; /* values above the limit keep it */
    bool share;    /* lies between 0 and 1 */
    qf_tone tone;
    const char *title; /* read out */
} qf_interval_chart;

enum { QF_INTERVAL_CHART_WIDTH = 240, QF_INTERVAL_CHART_HEIGHT = 58 };

void qf_chart_interval(FILE *out, const qf_interval_chart *chart);

#endif
