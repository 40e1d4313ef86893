/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SENSITIVITY_INTERNAL_H
#define QF_SENSITIVITY_INTERNAL_H

#include <stdbool.h>

#include "sensitivity.h"

/* The points of a sweep as a sample: of a metric the mean of a point's cases that have a value. */
typedef struct qf_points {
    const qf_sweep_spec *spec;
    const qf_design *design;
    size_t n;       /* points */
    double *metric; /* [point]; NaN: none */
    size_t m;       /* which metric that is */
    size_t n_with;  /* points with a value */
    double alpha;   /* of intervals of correlations and regression; NaN: there are none */
    uint64_t seed;
} qf_points;

/* A parameter's values, those of points stand n_replications apart. */
static inline const double *qf_points_column(const qf_points *points, size_t p)
{
    return points->design->values + p * points->design->n_cases;
}

/* Points in the ascending order of each parameter's values, found once for all metrics. */
typedef struct qf_orders {
    uint32_t *of_parameter; /* [parameter][point] */
} qf_orders;

qf_status qf_orders_create(qf_context *context, const qf_points *points, qf_orders *orders);
void qf_orders_free(qf_orders *orders);

/* Each sets its part of the sensitivity of every parameter to the metric and leaves the rest. QF_ERROR_MEMORY. */
qf_status qf_sensitivity_ranks(qf_context *context, const qf_points *points,
                               const qf_orders *orders, qf_sensitivity *of_parameters);
qf_status qf_sensitivity_regression(qf_context *context, const qf_points *points,
                                    qf_sensitivity *of_parameters);
qf_status qf_sensitivity_saltelli(qf_context *context, const qf_points *points,
                                  qf_sensitivity *of_parameters);
qf_status qf_sensitivity_morris(qf_context *context, const qf_points *points,
                                qf_sensitivity *of_parameters);

#endif
