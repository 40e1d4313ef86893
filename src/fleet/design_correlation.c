/* SPDX-License-Identifier: Apache-2.0 */
/* Correlations of a design's parameters, as those of normal scores. Guarded by tests/test_design_correlation.c. */
#include <float.h>
#include <math.h>

#include "design_internal.h"
#include "scalar_math.h"

double qf_design_score_of_rank(double rank)
{
    return 2.0 * qf_sin(QF_TWO_PI / 12.0 * rank);
}

bool qf_design_cholesky(const double *matrix, size_t n, double *factor, size_t *row)
{
    for (size_t i = 0; i < n; i++) {
        double *const l = factor + i * n;
        for (size_t j = 0; j <= i; j++) {
            double rest = matrix[i * n + j];
            for (size_t k = 0; k < j; k++) {
                rest -= l[k] * factor[j * n + k];
            }
            if (j < i) {
                l[j] = rest / factor[j * n + j];
                continue;
            }
            /* what is left of a dependent row is rounding; also false of NaN */
            if (!(rest > 4.0 * DBL_EPSILON * (double)n * matrix[i * n + i])) {
                *row = i;
                return false;
            }
            l[i] = sqrt(rest);
        }
        for (size_t j = i + 1; j < n; j++) {
            l[j] = 0.0;
        }
    }
    return true;
}

static bool is_correlated(const qf_sweep_spec *spec, size_t p)
{
    const size_t n = spec->n_parameters;
    for (size_t q = 0; spec->scores != NULL && q < n; q++) {
        if (q != p && spec->scores[p * n + q] != 0.0) {
            return true;
        }
    }
    return false;
}

size_t qf_design_n_correlated(const qf_sweep_spec *spec)
{
    size_t n = 0;
    for (size_t p = 0; p < spec->n_parameters; p++) {
        n += is_correlated(spec, p);
    }
    return n;
}

qf_status qf_design_correlation_of(const qf_design_job *job, qf_design_correlation *correlation)
{
    const qf_sweep_spec *const spec = job->spec;
    const size_t n = qf_design_n_correlated(spec);
    *correlation = (qf_design_correlation){.n_members = n};
    if (n == 0) {
        return QF_OK;
    }
    size_t *const members = qf_arena_array(job->scratch, n, sizeof *members);
    double *const matrix = qf_arena_array(job->scratch, n, n * sizeof *matrix);
    double *const factor = qf_arena_array(job->scratch, n, n * sizeof *factor);
    if (members == NULL || matrix == NULL || factor == NULL) {
        return qf_fail(job->context, QF_ERROR_MEMORY, "the correlations of %zu parameters", n);
    }
    size_t m = 0;
    for (size_t p = 0; p < spec->n_parameters; p++) {
        if (is_correlated(spec, p)) {
            members[m++] = p;
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            matrix[i * n + j] = spec->scores[members[i] * spec->n_parameters + members[j]];
        }
    }
    size_t row;
    if (!qf_design_cholesky(matrix, n, factor, &row)) {
        return qf_fail(job->context, QF_ERROR_USAGE,
                       "the correlations are not positive definite: those of '%s' contradict those "
                       "of the parameters before it",
                       spec->parameters[members[row]].name);
    }
    correlation->members = members;
    correlation->factor = factor;
    return QF_OK;
}

void qf_design_mix(const qf_design_job *job, const qf_design_correlation *correlation,
                   const double *lower, size_t begin, size_t end)
{
    const size_t n = correlation->n_members;
    /* from the last row up: the rows above still need their own scores */
    for (size_t i = n; i-- > 0;) {
        double *const to = job->values + correlation->members[i] * job->stride;
        for (size_t k = begin; k < end; k++) {
            double sum = 0.0;
            for (size_t j = 0; j <= i; j++) {
                sum += lower[i * n + j] * job->values[correlation->members[j] * job->stride + k];
            }
            to[k] = sum;
        }
    }
}
