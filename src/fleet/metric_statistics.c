/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_statistics.h"

#include <stdlib.h>

#include "sample.h"

const double qf_quantile_levels[QF_QUANTILES] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

#define TOLERANCE_CONTENT    0.95
#define TOLERANCE_CONFIDENCE 0.95

static void set_nothing(qf_metric_statistics *s, size_t metric)
{
    const double none = (double)NAN;
    *s = (qf_metric_statistics){
        .metric = metric,
        .mean = none,
        .sd = none,
        .min = none,
        .max = none,
        .of_mean = qf_no_interval(),
        .of_bootstrap = qf_no_interval(),
        .tolerance_95_95 = none,
        .exact = qf_no_interval(),
        .wilson = qf_no_interval(),
    };
    for (int q = 0; q < QF_QUANTILES; q++) {
        s->quantile[q] = none;
        s->of_quantile[q] = qf_no_interval();
    }
}

static void set_truths(qf_metric_statistics *s, const qf_sample *sample, double alpha)
{
    const qf_share share = qf_sample_share(sample, QF_SHARE_TRUE, 0.0, false, alpha);
    s->n = share.n;
    s->n_without = share.n_without;
    s->n_true = share.k;
    if (share.n > 0) {
        s->mean = (double)share.k / (double)share.n;
        s->exact =
            qf_interval_clopper_pearson(s->mean * share.n_effective, share.n_effective, alpha);
        s->wilson = qf_interval_wilson(s->mean * share.n_effective, share.n_effective, alpha);
    }
}

static qf_status set_choices(qf_context *context, qf_arena *arena, const qf_metric_spec *spec,
                             const qf_sample *sample, qf_metric_statistics *s)
{
    uint64_t *counts = qf_arena_array(arena, spec->n_names, sizeof *counts);
    if (!counts) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the choices of %s", spec->name);
    }
    for (size_t i = 0; i < sample->n_cases; i++) {
        const bool has = qf_sample_has(sample, i) && sample->values[i] >= 0.0 &&
                         sample->values[i] < (double)spec->n_names;
        if (has) {
            counts[(size_t)sample->values[i]]++;
            s->n++;
        } else {
            s->n_without += qf_sample_ran(sample, i);
        }
    }
    s->n_of_name = counts;
    return QF_OK;
}

/* Order statistics say what they say of values that are independent. */
static void set_ranks(qf_metric_statistics *s, const double *sorted, size_t n, double alpha)
{
    for (int q = 0; q < QF_QUANTILES; q++) {
        uint64_t low, high;
        qf_interval_quantile(n, qf_quantile_levels[q], alpha, &low, &high);
        s->of_quantile[q] = (qf_interval){
            .low = low > 0 ? sorted[low - 1] : -(double)INFINITY,
            .high = high <= n ? sorted[high - 1] : (double)INFINITY,
        };
    }
    const uint64_t rank = qf_tolerance_rank(n, TOLERANCE_CONTENT, TOLERANCE_CONFIDENCE);
    if (rank > 0) {
        s->tolerance_95_95 = sorted[rank - 1];
    }
}

static qf_status set_numbers(qf_context *context, const qf_sweep_spec *spec,
                             const qf_sample *sample, uint64_t seed, double alpha,
                             qf_metric_statistics *s)
{
    const qf_moments moments = qf_sample_moments(sample);
    s->n = moments.n;
    s->n_without = moments.n_without;
    s->mean = moments.mean;
    s->sd = moments.sd;
    s->min = moments.min;
    s->max = moments.max;
    s->least_case = moments.least_case;
    s->most_case = moments.most_case;
    size_t n;
    double *sorted = qf_sample_sorted(sample, context->n_threads, &n);
    if (!sorted) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the quantiles of %s",
                       spec->metrics[s->metric].name);
    }
    for (int q = 0; q < QF_QUANTILES; q++) {
        s->quantile[q] = qf_sorted_quantile(sorted, n, qf_quantile_levels[q]);
    }
    if (n > 0 && !isnan(alpha) && sample->n_replications == 1) {
        set_ranks(s, sorted, n, alpha);
    }
    free(sorted);
    if (isnan(alpha)) {
        return QF_OK;
    }
    s->of_mean = qf_interval_t(moments.mean, moments.error, (double)moments.n_points - 1.0, alpha);
    return qf_bootstrap_mean(context, sample, &moments, seed, (uint32_t)s->metric,
                             spec->n_resamples, alpha, &s->of_bootstrap);
}

qf_status qf_metric_statistics_create(qf_context *context, qf_arena *arena,
                                      const qf_sweep_spec *spec, const qf_sweep_table *table,
                                      size_t metric, size_t n_cases, uint64_t seed, double alpha,
                                      qf_metric_statistics *statistics)
{
    const qf_sample sample = qf_sample_of(table, metric, n_cases, spec->n_replications);
    set_nothing(statistics, metric);
    switch (spec->metrics[metric].kind) {
    case QF_VALUE_TRUTH:
        set_truths(statistics, &sample, alpha);
        return QF_OK;
    case QF_VALUE_CHOICE:
        return set_choices(context, arena, &spec->metrics[metric], &sample, statistics);
    case QF_VALUE_NUMBER:
        break;
    }
    return set_numbers(context, spec, &sample, seed, alpha, statistics);
}
