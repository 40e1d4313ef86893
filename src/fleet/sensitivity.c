/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which parameter matters, of every metric: points of a sweep as a sample, and what their design gives.
 * Guarded by tests/test_sensitivity*.c.
 */
#include "sensitivity_internal.h"

#include <math.h>
#include <stdlib.h>

#include "sample.h"
#include "sweep_looks.h"

enum { FEWEST_POINTS = 4 }; /* fewer say nothing of how well two ranks agree */

static void set_nothing(qf_sensitivity *s, size_t metric, size_t parameter)
{
    const double none = (double)NAN;
    *s = (qf_sensitivity){
        .metric = metric,
        .parameter = parameter,
        .rank_correlation = none,
        .of_rank_correlation = qf_no_interval(),
        .regression = none,
        .of_regression = qf_no_interval(),
        .r_squared = none,
        .first = none,
        .total = none,
        .of_first = qf_no_interval(),
        .of_total = qf_no_interval(),
        .mu = none,
        .mu_star = none,
        .sigma = none,
        .of_mu_star = qf_no_interval(),
    };
}

/* a point's mean, of the cases that have a value */
static void take_metric(qf_points *points, const qf_sweep_table *table, size_t metric)
{
    const size_t n_replications = points->spec->n_replications;
    const qf_sample sample =
        qf_sample_of(table, metric, points->n * n_replications, n_replications);
    points->m = metric;
    points->n_with = 0;
    for (size_t i = 0; i < points->n; i++) {
        double sum = 0.0;
        double n = 0.0;
        for (size_t k = i * n_replications; k < (i + 1) * n_replications; k++) {
            if (qf_sample_has(&sample, k)) {
                sum += sample.values[k];
                n += 1.0;
            }
        }
        points->metric[i] = sum / n; /* of none NaN */
        points->n_with += n > 0.0;
    }
}

static qf_status of_metric(qf_context *context, const qf_points *points, const qf_orders *orders,
                           qf_sensitivity *of_parameters)
{
    for (size_t p = 0; p < points->spec->n_parameters; p++) {
        of_parameters[p].n = points->n_with;
    }
    if (points->n_with < FEWEST_POINTS) {
        return QF_OK;
    }
    qf_status status = qf_sensitivity_ranks(context, points, orders, of_parameters);
    if (status == QF_OK) {
        status = qf_sensitivity_regression(context, points, of_parameters);
    }
    if (status == QF_OK && points->spec->sampling == QF_SAMPLING_SALTELLI) {
        status = qf_sensitivity_saltelli(context, points, of_parameters);
    }
    if (status == QF_OK && points->spec->sampling == QF_SAMPLING_MORRIS) {
        status = qf_sensitivity_morris(context, points, of_parameters);
    }
    return status;
}

static qf_status of_metrics(qf_context *context, qf_points *points, const qf_orders *orders,
                            const qf_sweep_table *table, qf_sensitivity *all)
{
    const size_t n_parameters = points->spec->n_parameters;
    for (size_t m = 0; m < points->spec->n_metrics; m++) {
        for (size_t p = 0; p < n_parameters; p++) {
            set_nothing(&all[m * n_parameters + p], m, p);
        }
        if (points->spec->metrics[m].kind == QF_VALUE_CHOICE) {
            continue;
        }
        take_metric(points, table, m);
        const qf_status status = of_metric(context, points, orders, &all[m * n_parameters]);
        if (status != QF_OK) {
            return status;
        }
    }
    return QF_OK;
}

qf_status qf_sensitivity_create(qf_context *context, qf_arena *arena, const qf_sweep_spec *spec,
                                const qf_design *design, const qf_sweep_table *table,
                                size_t n_cases, uint64_t seed, const qf_sensitivity **sensitivities)
{
    *sensitivities = NULL;
    qf_points points = {
        .spec = spec,
        .design = design,
        .n = n_cases / spec->n_replications,
        .alpha = qf_sweep_interval_alpha(spec),
        .seed = seed,
    };
    size_t n;
    if (points.n < FEWEST_POINTS || spec->n_parameters == 0 || spec->n_metrics == 0) {
        return QF_OK;
    }
    qf_sensitivity *all = qf_size_multiply(spec->n_metrics, spec->n_parameters, &n)
                              ? qf_arena_array(arena, n, sizeof *all)
                              : NULL;
    points.metric = malloc(points.n * sizeof *points.metric);
    if (!all || !points.metric) {
        free(points.metric);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for sensitivities");
    }
    qf_orders orders;
    qf_status status = qf_orders_create(context, &points, &orders);
    if (status == QF_OK) {
        status = of_metrics(context, &points, &orders, table, all);
    }
    qf_orders_free(&orders);
    free(points.metric);
    if (status == QF_OK) {
        *sensitivities = all;
    }
    return status;
}
