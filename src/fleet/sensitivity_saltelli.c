/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sobol' indices of N rows A, AB_1 ... AB_P, B (design.h), with f the metric less its mean over A and B, V its variance
 * there:
 *
 *   first_i = sum f(B) (f(AB_i) - f(A)) / (N V)       A. Saltelli et al., Comput. Phys. Comm. 181 (2010) 259
 *   total_i = sum (f(A) - f(AB_i))^2 / (2 N V)        M. J. W. Jansen, Comput. Phys. Comm. 117 (1999) 35
 *
 * The mean is taken off because the first is a difference that else grows with it. Intervals: quantiles of resamples of
 * rows (keyed draws), in at most QF_BOOTSTRAP_MOST groups of neighbours. As rows are points of a net, more even than
 * independent ones, intervals tend to be too wide. Guarded by tests/test_sensitivity_designs.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "compensated_sum.h"
#include "draw.h"
#include "sample.h"
#include "sensitivity_internal.h"

/* Sums over rows, for all parameters and then for each, so that sums of groups add up to those of a resample. */
enum { N_ROWS, SUM, SQUARES, N_COMMON };
enum { MOVED, PRODUCT, JUMP, N_EACH };
enum { DRAW = 1 }; /* of the stream; 0 is that of means */

/* A resample in which the metric varies less is one of equal values. */
#define NO_VARIANCE 1e-14

typedef struct job {
    const qf_points *points;
    size_t n_parameters;
    size_t n_sums;
    double mean;
    double *groups; /* [group][sum] */
    size_t n_groups;
    double *resamples; /* [first or total of parameters][resample] */
    double *scratch;   /* [thread's own][sum] */
} job;

static const double *row_of(const job *j, size_t row)
{
    return j->points->metric + row * (j->n_parameters + 2);
}

static bool is_whole(const job *j, size_t row)
{
    const double *f = row_of(j, row);
    for (size_t i = 0; i < j->n_parameters + 2; i++) {
        if (isnan(f[i])) {
            return false;
        }
    }
    return true;
}

static double mean_of_rows(const job *j, size_t n_rows)
{
    qf_sum sum = {0};
    double n = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        if (is_whole(j, row)) {
            qf_sum_add(&sum, row_of(j, row)[0]);
            qf_sum_add(&sum, row_of(j, row)[j->n_parameters + 1]);
            n += 2.0;
        }
    }
    return qf_sum_value(&sum) / n;
}

static void add_row(const job *j, size_t row, double *sums)
{
    const double *f = row_of(j, row);
    const double a = f[0] - j->mean;
    const double b = f[j->n_parameters + 1] - j->mean;
    sums[N_ROWS] += 1.0;
    sums[SUM] += a + b;
    sums[SQUARES] += a * a + b * b;
    for (size_t p = 0; p < j->n_parameters; p++) {
        double *of_parameter = sums + N_COMMON + N_EACH * p;
        const double moved = f[1 + p] - f[0];
        of_parameter[MOVED] += moved;
        of_parameter[PRODUCT] += b * moved;
        of_parameter[JUMP] += moved * moved;
    }
}

static void add_sums(const job *j, const double *more, double *sums)
{
    for (size_t i = 0; i < j->n_sums; i++) {
        sums[i] += more[i];
    }
}

static void take_groups(job *j, size_t n_rows)
{
    const size_t rows = (n_rows + QF_BOOTSTRAP_MOST - 1) / QF_BOOTSTRAP_MOST;
    for (size_t begin = 0; begin < n_rows; begin += rows) {
        double *group = j->groups + j->n_groups * j->n_sums;
        for (size_t row = begin; row < n_rows && row < begin + rows; row++) {
            if (is_whole(j, row)) {
                add_row(j, row, group);
            }
        }
        j->n_groups += group[N_ROWS] > 0.0;
    }
}

/* first and total index of a parameter; NaN where the metric does not vary */
static void indices_of(const double *sums, size_t p, double *first, double *total)
{
    const double *of_parameter = sums + N_COMMON + N_EACH * p;
    const double n = sums[N_ROWS];
    const double mean = sums[SUM] / (2.0 * n);
    const double squares = sums[SQUARES] - 2.0 * n * mean * mean;
    const double variance =
        squares > NO_VARIANCE * sums[SQUARES] ? squares / (2.0 * n - 1.0) : (double)NAN;
    *first = (of_parameter[PRODUCT] - mean * of_parameter[MOVED]) / (n * variance);
    *total = of_parameter[JUMP] / (2.0 * n * variance);
}

static void resample(const job *j, size_t number, double *sums)
{
    qf_draw_key key = {
        .seed = j->points->seed,
        .world = (uint32_t)number,
        .tick = (uint32_t)j->points->m,
        .stream = QF_STREAM_BOOTSTRAP,
        .draw = DRAW,
    };
    memset(sums, 0, j->n_sums * sizeof *sums);
    for (size_t i = 0; i < j->n_groups; i += 4) {
        key.vehicle = (uint32_t)(i / 4);
        const qf_philox_block block = qf_draw_block(key);
        for (size_t word = 0; word < 4 && i + word < j->n_groups; word++) {
            const size_t picked = (uint64_t)block.word[word] * j->n_groups >> 32;
            add_sums(j, j->groups + picked * j->n_sums, sums);
        }
    }
    const size_t n_resamples = j->points->spec->n_resamples;
    for (size_t p = 0; p < j->n_parameters; p++) {
        indices_of(sums, p, &j->resamples[2 * p * n_resamples + number],
                   &j->resamples[(2 * p + 1) * n_resamples + number]);
    }
}

static bool quantiles_of(double *values, size_t n, double alpha, qf_interval *interval)
{
    const size_t rank = (size_t)(alpha * (double)(n + 1));
    *interval = qf_no_interval();
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            return true;
        }
    }
    if (!qf_sort_doubles(values, n, 1)) {
        return false;
    }
    *interval = (qf_interval){values[rank - 1], values[n - rank]};
    return true;
}

static qf_status set_intervals(qf_context *context, job *j, qf_sensitivity *of_parameters)
{
    const size_t n = j->points->spec->n_resamples;
    const double alpha = 0.5 * (1.0 - j->points->spec->confidence);
    if (!(alpha * (double)(n + 1) >= 1.0) || j->n_groups < 2) {
        return QF_OK;
    }
    size_t n_values;
    const bool fits = qf_size_multiply(n, 2 * j->n_parameters * sizeof *j->resamples, &n_values);
    j->resamples = fits ? malloc(n_values) : NULL;
    j->scratch = malloc((size_t)context->n_threads * j->n_sums * sizeof *j->scratch);
    bool done = j->resamples && j->scratch;
    if (done) {
#pragma omp parallel for num_threads(context->n_threads) schedule(static)
        for (int thread = 0; thread < context->n_threads; thread++) {
            for (size_t i = (size_t)thread; i < n; i += (size_t)context->n_threads) {
                resample(j, i, j->scratch + (size_t)thread * j->n_sums);
            }
        }
    }
    for (size_t p = 0; done && p < j->n_parameters; p++) {
        double *firsts = j->resamples + 2 * p * n;
        done = quantiles_of(firsts, n, alpha, &of_parameters[p].of_first) &&
               quantiles_of(firsts + n, n, alpha, &of_parameters[p].of_total);
    }
    free(j->resamples);
    free(j->scratch);
    return done ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for the bootstrap");
}

static void set_indices(const job *j, qf_sensitivity *of_parameters, double *sums)
{
    for (size_t g = 0; g < j->n_groups; g++) {
        add_sums(j, j->groups + g * j->n_sums, sums);
    }
    for (size_t p = 0; p < j->n_parameters; p++) {
        of_parameters[p].n = (uint64_t)sums[N_ROWS];
        indices_of(sums, p, &of_parameters[p].first, &of_parameters[p].total);
    }
}

qf_status qf_sensitivity_saltelli(qf_context *context, const qf_points *points,
                                  qf_sensitivity *of_parameters)
{
    const size_t n_parameters = points->spec->n_parameters;
    const size_t n_rows = points->n / (n_parameters + 2);
    job j = {
        .points = points,
        .n_parameters = n_parameters,
        .n_sums = N_COMMON + N_EACH * n_parameters,
    };
    const size_t most = n_rows < QF_BOOTSTRAP_MOST ? n_rows : QF_BOOTSTRAP_MOST;
    /* one more takes a group without a row, and the sums of all */
    j.groups = calloc((most + 1) * j.n_sums, sizeof *j.groups);
    if (!j.groups) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu rows", n_rows);
    }
    j.mean = mean_of_rows(&j, n_rows);
    take_groups(&j, n_rows);
    set_indices(&j, of_parameters, j.groups + j.n_groups * j.n_sums);
    const qf_status status = set_intervals(context, &j, of_parameters);
    free(j.groups);
    return status;
}
