/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_RUN_PLAN_H
#define QF_REPORT_RUN_PLAN_H

#include "chart_plan.h"
#include "report_run_internal.h"

/* What the pictures of where vehicles went share. */

enum { QF_PLAN_MOST_WAYS = 40 };

typedef struct qf_run_plan {
    qf_run_fleet *fleet;
    FILE *out;
    qf_run_times times;
    int64_t vehicle[QF_PLAN_MOST_WAYS]; /* that are drawn */
    size_t n;
    double *x_m, *y_m; /* [vehicle][time] */
} qf_run_plan;

/* ways[vehicle][time] of a quantity, of the fleet's arena; NULL: it was not recorded. QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_run_read_ways(const qf_run_plan *plan, const char *quantity, const int64_t *vehicles,
                           size_t n, double **ways);

/* qf_plan_bounds of values that stay as they are, with a margin. QF_ERROR_MEMORY. */
qf_status qf_run_plan_bounds(qf_run_fleet *fleet, const double *values, size_t n, double *low,
                             double *high);

/* Ways of a chart that leave its bounds, and "; 2 leave what is shown" for its caption, "" of none. */
size_t qf_run_count_beyond(const qf_plan_chart *chart);
const char *qf_run_say_beyond(qf_run_fleet *fleet, size_t n);

/* Where all vehicles were in the end. QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_run_put_crowd(qf_run_plan *plan);

/* How those that have a target came near it. QF_ERROR_READ, QF_ERROR_MEMORY. */
qf_status qf_run_put_approaches(qf_run_plan *plan);

#endif
