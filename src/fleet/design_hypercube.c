/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latin hypercubes (McKay, Beckman and Conover, Technometrics 21 (1979) 239): stratum order[k] of a parameter goes to
 * point k, and a drawn place in it is u. Correlations by R. L. Iman and W. J. Conover, "A distribution-free approach to
 * inducing rank correlation among input variables", Comm. Stat. B 11 (1982) 311, with van der Waerden's scores in the
 * middle of the strata: the scores' own correlation Q Q' is taken out and the wanted one P P' put in, z -> P inverse(Q) z, and
 * the strata of each parameter are dealt in the order of its new scores.
 * Guarded by tests/test_design.c and tests/test_design_correlation.c.
 */
#include "design_internal.h"
#include "merge_sort.h"
#include "normal.h"

typedef struct scored_point {
    double score;
    uint32_t point;
} scored_point;

#define BEFORE(context, a, b) ((void)(context), (a)->score < (b)->score)
QF_MERGE_SORT(sort_by_score, scored_point, BEFORE)
#undef BEFORE

/* Fisher and Yates' shuffle, inside out */
static void shuffle(const qf_design_job *job, size_t p, uint32_t *order)
{
    for (size_t k = 0; k < job->n_points; k++) {
        const qf_philox_block block = qf_draw_block((qf_draw_key){.seed = job->seed,
                                                                  .world = (uint32_t)k,
                                                                  .vehicle = (uint32_t)p,
                                                                  .stream = QF_STREAM_DESIGN,
                                                                  .draw = QF_DESIGN_STRATUM});
        const uint32_t other =
            qf_one_of(qf_two_words(block.word[0], block.word[1]), (uint64_t)k + 1);
        order[k] = order[other];
        order[other] = (uint32_t)k;
    }
}

static void place(const qf_design_job *job, size_t p, const uint32_t *order)
{
    const qf_number *const number = &job->spec->parameters[p].values;
    double *const column = job->values + p * job->stride;
    const double n = (double)job->n_points;
    for (size_t k = 0; k < job->n_points; k++) {
        const qf_philox_block block = qf_draw_block((qf_draw_key){.seed = job->seed,
                                                                  .world = (uint32_t)k,
                                                                  .vehicle = (uint32_t)p,
                                                                  .stream = QF_STREAM_DESIGN,
                                                                  .draw = QF_DESIGN_PLACE});
        /* an odd multiple of 2^-24: with the 28 bits of a stratum it has no need to be rounded, and stays within */
        const double within = (double)(2 * (block.word[0] >> 9) + 1) * 0x1p-24;
        column[k] = qf_number_quantile(number, ((double)order[k] + within) / n);
    }
}

static void score(const qf_design_job *job, size_t p, const uint32_t *order)
{
    double *const column = job->values + p * job->stride;
    for (size_t k = 0; k < job->n_points; k++) {
        column[k] = qf_normal_quantile(((double)order[k] + 0.5) / (double)job->n_points);
    }
}

/* the correlations that the members' scores happen to have; their mean is 0, as they are the same on both sides */
static void correlate(const qf_design_job *job, const qf_design_correlation *correlation,
                      double *matrix)
{
    const size_t n = correlation->n_members;
    for (size_t i = 0; i < n; i++) {
        const double *const a = job->values + correlation->members[i] * job->stride;
        for (size_t j = 0; j <= i; j++) {
            const double *const b = job->values + correlation->members[j] * job->stride;
            double product = 0.0;
            double square = 0.0;
            for (size_t k = 0; k < job->n_points; k++) {
                product += a[k] * b[k];
                square += a[k] * a[k];
            }
            matrix[i * n + j] = matrix[j * n + i] = product / square;
        }
    }
}

/* lower triangular P inverse(Q), row by row: row i solves x Q = row i of P */
static void divide(const double *p, const double *q, size_t n, double *ratio)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = n; j-- > 0;) {
            double rest = j <= i ? p[i * n + j] : 0.0;
            for (size_t k = j + 1; k <= i; k++) {
                rest -= ratio[i * n + k] * q[k * n + j];
            }
            ratio[i * n + j] = j <= i ? rest / q[j * n + j] : 0.0;
        }
    }
}

/* gives the members' scores the wanted correlations */
static qf_status correct(const qf_design_job *job, const qf_design_correlation *correlation)
{
    const size_t n = correlation->n_members;
    double *const found = qf_arena_array(job->scratch, n, n * sizeof *found);
    double *const factor = qf_arena_array(job->scratch, n, n * sizeof *factor);
    double *const ratio = qf_arena_array(job->scratch, n, n * sizeof *ratio);
    if (found == NULL || factor == NULL || ratio == NULL) {
        return qf_fail(job->context, QF_ERROR_MEMORY, "the correlations of %zu parameters", n);
    }
    correlate(job, correlation, found);
    size_t row;
    if (!qf_design_cholesky(found, n, factor, &row)) {
        return qf_fail(job->context, QF_ERROR_USAGE,
                       "a latin hypercube of %zu points has no room for the correlations of %zu "
                       "parameters: take more points",
                       job->n_points, n);
    }
    divide(correlation->factor, factor, n, ratio);
    qf_design_mix(job, correlation, ratio, 0, job->n_points);
    return QF_OK;
}

/* the strata in the order of a member's scores */
static void rank(const qf_design_job *job, size_t p, scored_point *points, scored_point *spare,
                 uint32_t *order)
{
    const double *const column = job->values + p * job->stride;
    for (size_t k = 0; k < job->n_points; k++) {
        points[k] = (scored_point){column[k], (uint32_t)k};
    }
    const scored_point *const sorted = sort_by_score(NULL, points, spare, job->n_points);
    for (size_t i = 0; i < job->n_points; i++) {
        order[sorted[i].point] = (uint32_t)i;
    }
}

size_t qf_design_hypercube_bytes(const qf_sweep_spec *spec)
{
    const bool sorts = qf_design_n_correlated(spec) > 0;
    const size_t each = sizeof(uint32_t) + (sorts ? 2 * sizeof(scored_point) : 0);
    size_t n_bytes;
    return qf_size_multiply(spec->n_points, each, &n_bytes) ? n_bytes : 0;
}

static qf_status fill_correlated(const qf_design_job *job, const qf_design_correlation *correlation,
                                 uint32_t *order)
{
    scored_point *const points = qf_arena_array(job->scratch, job->n_points, sizeof *points);
    scored_point *const spare = qf_arena_array(job->scratch, job->n_points, sizeof *spare);
    if (points == NULL || spare == NULL) {
        return qf_fail(job->context, QF_ERROR_MEMORY, "the order of %zu points", job->n_points);
    }
    for (size_t i = 0; i < correlation->n_members; i++) {
        shuffle(job, correlation->members[i], order);
        score(job, correlation->members[i], order);
    }
    const qf_status status = correct(job, correlation);
    if (status != QF_OK) {
        return status;
    }
    for (size_t i = 0; i < correlation->n_members; i++) {
        rank(job, correlation->members[i], points, spare, order);
        place(job, correlation->members[i], order);
    }
    return QF_OK;
}

qf_status qf_design_fill_hypercube(const qf_design_job *job)
{
    qf_design_correlation correlation;
    const qf_status status = qf_design_correlation_of(job, &correlation);
    if (status != QF_OK) {
        return status;
    }
    uint32_t *const order = qf_arena_array(job->scratch, job->n_points, sizeof *order);
    if (order == NULL) {
        return qf_fail(job->context, QF_ERROR_MEMORY, "the order of %zu points", job->n_points);
    }
    size_t m = 0;
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        if (m < correlation.n_members && correlation.members[m] == p) {
            m++;
            continue;
        }
        shuffle(job, p, order);
        place(job, p, order);
    }
    return m > 0 ? fill_correlated(job, &correlation, order) : QF_OK;
}
