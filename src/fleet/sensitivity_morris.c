/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elementary effects: M. D. Morris, Technometrics 33 (1991) 161; mu*, the mean of their sizes: F. Campolongo et al.,
 * Environ. Model. Softw. 22 (2007) 1509. An effect is what a step changes over how far it goes in probability, so of a
 * uniform parameter the slope times its range. Effects of one parameter in different trajectories are independent, so
 * mu* is a mean like any other, with its interval by bootstrap-t. Guarded by tests/test_sensitivity_designs.c.
 */
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "sample.h"
#include "sensitivity_internal.h"

#define STEP 0.5 /* of u: design.h */

/* Effects of a trajectory go to [parameter][trajectory that counts]; false where a point has no value. */
static bool take_trajectory(const qf_points *points, size_t trajectory, qf_morris_step *steps,
                            double *effects, size_t to)
{
    const size_t n = points->spec->n_parameters;
    const double *y = points->metric + trajectory * (n + 1);
    for (size_t s = 0; s <= n; s++) {
        if (isnan(y[s])) {
            return false;
        }
    }
    qf_design_morris_steps(points->spec, points->seed, trajectory, steps);
    for (size_t s = 0; s < n; s++) {
        effects[steps[s].parameter * points->spec->n_base + to] =
            (y[s + 1] - y[s]) / (steps[s].up ? STEP : -STEP);
    }
    return true;
}

static qf_sample sample_of(const double *effects, const uint8_t *outcomes, size_t n)
{
    return (qf_sample){.values = effects, .outcome = outcomes, .n_cases = n, .n_replications = 1};
}

static qf_status of_effects(qf_context *context, const qf_points *points, double *effects,
                            const uint8_t *outcomes, size_t n, qf_sensitivity *s)
{
    qf_sample sample = sample_of(effects, outcomes, n);
    qf_moments moments = qf_sample_moments(&sample);
    if (qf_parameter_is_ordered(&points->spec->parameters[s->parameter])) {
        s->mu = moments.mean;
        s->sigma = moments.sd;
    }
    for (size_t i = 0; i < n; i++) {
        effects[i] = fabs(effects[i]);
    }
    moments = qf_sample_moments(&sample);
    s->mu_star = moments.mean;
    const double alpha = 0.5 * (1.0 - points->spec->confidence);
    const qf_status status =
        qf_bootstrap_mean(context, &sample, &moments, points->seed, (uint32_t)points->m,
                          points->spec->n_resamples, alpha, &s->of_mu_star);
    s->of_mu_star.low = s->of_mu_star.low < 0.0 ? 0.0 : s->of_mu_star.low;
    return status;
}

qf_status qf_sensitivity_morris(qf_context *context, const qf_points *points,
                                qf_sensitivity *of_parameters)
{
    const size_t n_parameters = points->spec->n_parameters;
    const size_t n_base = points->spec->n_base;
    size_t n_effects;
    size_t n = 0;
    double *effects = NULL;
    if (qf_size_multiply(n_parameters, n_base, &n_effects)) {
        effects = calloc(n_effects, sizeof *effects);
    }
    uint8_t *outcomes = calloc(n_base, sizeof *outcomes); /* all are ok */
    qf_morris_step *steps = malloc(n_parameters * sizeof *steps);
    qf_status status = QF_OK;
    if (!effects || !outcomes || !steps) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu trajectories", n_base);
    }
    for (size_t t = 0; status == QF_OK && t < points->n / (n_parameters + 1); t++) {
        n += take_trajectory(points, t, steps, effects, n);
    }
    for (size_t p = 0; status == QF_OK && p < n_parameters; p++) {
        of_parameters[p].n = n;
        if (n > 0) {
            status =
                of_effects(context, points, effects + p * n_base, outcomes, n, &of_parameters[p]);
        }
    }
    free(effects);
    free(outcomes);
    free(steps);
    return status;
}
