/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random and Sobol' points: one value for each point and parameter by itself, blocks of points on all threads.
 * Correlated parameters are a Gaussian copula. Guarded by tests/test_design.c and tests/test_design_correlation.c.
 */
#include "design_internal.h"
#include "normal.h"

enum { BLOCK = 1024 }; /* points: columns of some ten parameters stay in the nearest caches */

/* u of points [begin, end) */
static void draw_random(const qf_design_job *job, size_t p, size_t begin, size_t end)
{
    double *const u = job->values + p * job->stride;
    for (size_t k = begin; k < end; k++) {
        const qf_philox_block block = qf_draw_block((qf_draw_key){.seed = job->seed,
                                                                  .world = (uint32_t)k,
                                                                  .vehicle = (uint32_t)p,
                                                                  .stream = QF_STREAM_DESIGN,
                                                                  .draw = QF_DESIGN_RANDOM});
        u[k] = qf_open_unit(qf_two_words(block.word[0], block.word[1]) >> 12);
    }
}

static void draw_sobol(const qf_design_job *job, size_t p, size_t begin, size_t end)
{
    qf_sobol_axis axis;
    qf_sobol_axis_of(p, &axis);
    double *const u = job->values + p * job->stride;
    for (size_t k = begin; k < end; k++) {
        u[k] = qf_sobol_scrambled(job->seed, (uint32_t)p, qf_sobol_bits(&axis, (uint32_t)k));
    }
}

static void apply(const qf_design_job *job, size_t p, double (*function)(const qf_number *, double),
                  size_t begin, size_t end)
{
    double *const column = job->values + p * job->stride;
    const qf_number *const number = &job->spec->parameters[p].values;
    for (size_t k = begin; k < end; k++) {
        column[k] = function(number, column[k]);
    }
}

static void fill_block(const qf_design_job *job, const qf_design_correlation *correlation,
                       size_t begin, size_t end)
{
    const size_t *const members = correlation->members;
    size_t m = 0;
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        if (job->spec->sampling == QF_SAMPLING_SOBOL) {
            draw_sobol(job, p, begin, end);
        } else {
            draw_random(job, p, begin, end);
        }
        if (m == correlation->n_members || members[m] != p) {
            apply(job, p, qf_number_quantile, begin, end);
            continue;
        }
        double *const column = job->values + p * job->stride;
        for (size_t k = begin; k < end; k++) {
            column[k] = qf_normal_quantile(column[k]);
        }
        m++;
    }
    qf_design_mix(job, correlation, correlation->factor, begin, end);
    for (size_t i = 0; i < correlation->n_members; i++) {
        apply(job, members[i], qf_number_of_score, begin, end);
    }
}

qf_status qf_design_fill_sample(const qf_design_job *job)
{
    qf_design_correlation correlation;
    const qf_status status = qf_design_correlation_of(job, &correlation);
    if (status != QF_OK) {
        return status;
    }
    const size_t n_blocks = (job->n_points + BLOCK - 1) / BLOCK;
#pragma omp parallel for schedule(static) num_threads(job->context->n_threads)
    for (size_t b = 0; b < n_blocks; b++) {
        const size_t begin = b * BLOCK;
        const size_t end = job->n_points - begin < BLOCK ? job->n_points : begin + BLOCK;
        fill_block(job, &correlation, begin, end);
    }
    return QF_OK;
}
