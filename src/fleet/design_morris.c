/* SPDX-License-Identifier: Apache-2.0 */
/*
 * M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991) 161:
 * trajectories on a grid of levels, each step of which moves one parameter. Levels lie in the middle of strata that are as
 * likely, rather than on both ends as in the paper, where most distributions have no quantile.
 * Guarded by tests/test_design_sensitivity.c.
 */
#include "design_internal.h"

static qf_philox_block draw(uint64_t seed, size_t trajectory, size_t p)
{
    return qf_draw_block((qf_draw_key){.seed = seed,
                                       .world = (uint32_t)trajectory,
                                       .vehicle = (uint32_t)p,
                                       .stream = QF_STREAM_DESIGN,
                                       .draw = QF_DESIGN_MORRIS});
}

static uint32_t first_level(qf_philox_block block, size_t n_levels)
{
    return qf_one_of(qf_two_words(block.word[0], block.word[1]), n_levels);
}

void qf_design_morris_steps(const qf_sweep_spec *spec, uint64_t seed, size_t trajectory,
                            qf_morris_step *steps)
{
    for (size_t p = 0; p < spec->n_parameters; p++) {
        const qf_philox_block block = draw(seed, trajectory, p);
        const size_t other = qf_one_of(qf_two_words(block.word[2], block.word[3]), (uint64_t)p + 1);
        steps[p] = steps[other];
        steps[other] = (qf_morris_step){p, first_level(block, spec->n_levels) < spec->n_levels / 2};
    }
}

static void fill_trajectory(const qf_design_job *job, size_t trajectory, qf_morris_step *steps)
{
    const qf_sweep_spec *const spec = job->spec;
    const size_t n = spec->n_parameters;
    const double n_levels = (double)spec->n_levels;
    qf_design_morris_steps(spec, job->seed, trajectory, steps);
    for (size_t s = 0; s < n; s++) {
        const size_t p = steps[s].parameter;
        const qf_number *const number = &spec->parameters[p].values;
        const double level = first_level(draw(job->seed, trajectory, p), spec->n_levels);
        const double moved = steps[s].up ? level + 0.5 * n_levels : level - 0.5 * n_levels;
        const double before = qf_number_quantile(number, (level + 0.5) / n_levels);
        const double after = qf_number_quantile(number, (moved + 0.5) / n_levels);
        double *const points = job->values + p * job->stride + trajectory * (n + 1);
        for (size_t i = 0; i <= n; i++) {
            points[i] = i <= s ? before : after;
        }
    }
}

qf_status qf_design_fill_morris(const qf_design_job *job)
{
    const size_t n_levels = job->spec->n_levels;
    if (n_levels < 2 || n_levels % 2 != 0 || n_levels > UINT32_MAX) {
        return qf_fail(job->context, QF_ERROR_USAGE,
                       "morris sampling has an even number of levels, not %zu", n_levels);
    }
    qf_morris_step *const steps =
        qf_arena_array(job->scratch, job->spec->n_parameters, sizeof *steps);
    if (steps == NULL) {
        return qf_fail(job->context, QF_ERROR_MEMORY, "the steps of %zu parameters",
                       job->spec->n_parameters);
    }
    for (size_t t = 0; t < job->spec->n_base; t++) {
        fill_trajectory(job, t, steps);
    }
    return QF_OK;
}
