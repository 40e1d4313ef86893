/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_TREND_H
#define QF_CHART_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "interval.h"

/* An estimate as the number of cases grows, with its interval as a band, and the limit that it is held to. */
typedef struct qf_trend_chart {
    const double *cases; /* ascending */
    const double *estimate;
    const qf_interval *interval;
    size_t n;
    double limit; /* NaN: none */
    bool at_least;
    const char *title; /* read out */
    const char *label; /* of the estimate, with its unit */
} qf_trend_chart;

void qf_chart_trend(FILE *out, const qf_trend_chart *chart);

#endif
