/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bootstrap-t: B. Efron, Ann. Stat. 7 (1979) 1; that its error is of second order on each side: P. Hall, Ann. Stat. 16
 * (1988) 927. Where points are groups of different numbers of cases, the mean is a ratio, and its error that of one.
 * Guarded by tests/test_sample.c and, for what it covers, tests/test_coverage.c.
 */
#include <stdlib.h>

#include "draw.h"
#include "sample.h"

/* Below this share of the squares a resample has no spread but rounding. */
#define NO_SPREAD 1e-14

/* A resample's distance of its mean, in units of its own standard error. */
static double t_of_resample(const qf_sample_group *groups, size_t n, qf_draw_key key)
{
    double sum = 0.0, count = 0.0, sums = 0.0, products = 0.0, counts = 0.0;
    for (size_t i = 0; i < n; i += 4) {
        key.vehicle = (uint32_t)(i / 4);
        const qf_philox_block block = qf_draw_block(key);
        for (size_t word = 0; word < 4 && i + word < n; word++) {
            /* off from even by less than n / 2^32 */
            const qf_sample_group *picked = &groups[(uint64_t)block.word[word] * n >> 32];
            sum += picked->sum;
            count += picked->count;
            sums += picked->sum * picked->sum;
            products += picked->sum * picked->count;
            counts += picked->count * picked->count;
        }
    }
    const double distance = sum / count;
    const double squares = sums - 2.0 * distance * products + distance * distance * counts;
    if (!(squares > NO_SPREAD * sums)) {
        return distance == 0.0 ? 0.0 : distance > 0.0 ? (double)INFINITY : -(double)INFINITY;
    }
    return sum / sqrt(squares * ((double)n / (double)(n - 1)));
}

qf_status qf_bootstrap_mean(qf_context *context, const qf_sample *sample, const qf_moments *moments,
                            uint64_t seed, uint32_t metric, size_t n_resamples, double alpha,
                            qf_interval *interval)
{
    *interval = qf_no_interval();
    if (!(alpha * (double)(n_resamples + 1) >= 1.0) || !isfinite(moments->error)) {
        return QF_OK;
    }
    const size_t rank = (size_t)(alpha * (double)(n_resamples + 1));
    if (moments->error == 0.0) {
        *interval = (qf_interval){moments->mean, moments->mean};
        return QF_OK;
    }
    qf_sample_group *groups = malloc(QF_BOOTSTRAP_MOST * sizeof *groups);
    double *t = malloc(n_resamples * sizeof *t);
    bool sorted = false;
    const size_t n =
        groups ? qf_sample_groups(sample, moments->mean, QF_BOOTSTRAP_MOST, groups) : 0;
    if (groups && t) {
        const qf_draw_key key = {.seed = seed, .tick = metric, .stream = QF_STREAM_BOOTSTRAP};
#pragma omp parallel for num_threads(context->n_threads) schedule(static)
        for (size_t i = 0; i < n_resamples; i++) {
            qf_draw_key of_resample = key;
            of_resample.world = (uint32_t)i;
            t[i] = t_of_resample(groups, n, of_resample);
        }
        sorted = qf_sort_doubles(t, n_resamples, 1);
    }
    if (sorted && n > 1 && isfinite(t[rank - 1]) && isfinite(t[n_resamples - rank])) {
        *interval = (qf_interval){
            .low = moments->mean - t[n_resamples - rank] * moments->error,
            .high = moments->mean - t[rank - 1] * moments->error,
        };
    }
    free(groups);
    free(t);
    return sorted ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for the bootstrap");
}
