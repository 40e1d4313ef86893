/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A. Saltelli et al., "Variance based sensitivity analysis of model output: design and estimator for the total
 * sensitivity index", Comput. Phys. Comm. 181 (2010) 259: radial rows of two samples, both from one scrambled
 * sequence. design.h has the layout. Guarded by tests/test_design_sensitivity.c.
 */
#include "design_internal.h"

/* of a row whose first point is `row` */
static void fill_row(double *row, size_t n_parameters, size_t p, double a, double b)
{
    for (size_t i = 0; i <= n_parameters; i++) {
        row[i] = a;
    }
    row[1 + p] = b;
    row[n_parameters + 1] = b;
}

static void fill_parameter(const qf_design_job *job, size_t p)
{
    const size_t n = job->spec->n_parameters;
    const qf_number *const number = &job->spec->parameters[p].values;
    double *const column = job->values + p * job->stride;
    qf_sobol_axis of_a, of_b;
    qf_sobol_axis_of(p, &of_a);
    qf_sobol_axis_of(n + p, &of_b);
#pragma omp parallel for schedule(static) num_threads(job->context->n_threads)
    for (size_t j = 0; j < job->spec->n_base; j++) {
        const uint32_t point = (uint32_t)j;
        const double a = qf_sobol_scrambled(job->seed, (uint32_t)p, qf_sobol_bits(&of_a, point));
        const double b =
            qf_sobol_scrambled(job->seed, (uint32_t)(n + p), qf_sobol_bits(&of_b, point));
        fill_row(column + j * (n + 2), n, p, qf_number_quantile(number, a),
                 qf_number_quantile(number, b));
    }
}

qf_status qf_design_fill_saltelli(const qf_design_job *job)
{
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        fill_parameter(job, p);
    }
    return QF_OK;
}
