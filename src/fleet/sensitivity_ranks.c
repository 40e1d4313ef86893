/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spearman's rank correlation: Pearson's of middle ranks a, b (shares of values less a half, ties averaged). Its
 * standard error is that of its influence function, which is asymptotically right whatever the distribution, its ties or the form
 * of the dependence, where formulas for normal values are not (W. Hoeffding, Ann. Math. Stat. 19 (1948) 293; C. B.
 * Borkowf, Comput. Stat. Data Anal. 39 (2002) 271). With h(u, v) = 1, 1/2, 0 for u <, =, > v, means over points k:
 *
 *   of S = mean(a b):   a b + mean h(x, x_k) b_k + mean a_k h(y, y_k) - 3 S
 *   of V = mean(a^2):   a^2 + 2 mean h(x, x_k) a_k - 3 V,  which is 0 but for ties
 *
 * so that of S / sqrt(V_x V_y) follows. The interval is symmetric in Fisher's z. Where the correlation is 1 or -1 there
 * is none: it would have no width, however few points there are. Guarded by tests/test_sensitivity.c.
 */
#include "sensitivity_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "scalar_math.h"
#include "sort_words.h"

/* Words in whose order doubles are: those of negative numbers count backwards, both zeros are one, NaN is last. */
static uint64_t word_of(double value)
{
    if (isnan(value)) {
        return UINT64_MAX;
    }
    const double plain = value + 0.0;
    uint64_t bits;
    memcpy(&bits, &plain, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

typedef struct sorter {
    uint64_t *words; /* 2 n */
    uint32_t *counts;
    int n_parts;
} sorter;

static qf_status sorter_create(qf_context *context, size_t n, sorter *s)
{
    size_t bytes;
    s->n_parts = qf_sort_parts(n, context->n_threads);
    s->words = qf_size_multiply(n, 2 * sizeof *s->words, &bytes) ? malloc(bytes) : NULL;
    s->counts = malloc(((size_t)s->n_parts << QF_SORT_DIGIT_BITS) * sizeof *s->counts);
    if (!s->words || !s->counts) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu points", n);
    }
    return QF_OK;
}

static void sorter_free(sorter *s)
{
    free(s->words);
    free(s->counts);
}

/* The order of `keys`, of each of which a half at a time fits beside the number of its point: the lower one first. */
static void sort_points(const sorter *s, const double *keys, size_t stride, size_t n,
                        uint32_t *order)
{
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    for (int half = 0; half < 2; half++) {
        for (size_t i = 0; i < n; i++) {
            const uint64_t key = word_of(keys[order[i] * stride]);
            s->words[i] = (half == 0 ? key << 32 : key >> 32 << 32) | order[i];
        }
        const uint64_t *sorted =
            qf_sort_words(s->words, s->words + n, n, 32, 32, s->n_parts, s->counts);
        for (size_t i = 0; i < n; i++) {
            order[i] = (uint32_t)sorted[i];
        }
    }
}

void qf_orders_free(qf_orders *orders)
{
    free(orders->of_parameter);
}

qf_status qf_orders_create(qf_context *context, const qf_points *points, qf_orders *orders)
{
    const size_t n = points->n;
    size_t bytes;
    sorter s;
    *orders = (qf_orders){0};
    if (qf_size_multiply(n, points->spec->n_parameters * sizeof *orders->of_parameter, &bytes)) {
        orders->of_parameter = malloc(bytes);
    }
    qf_status status = sorter_create(context, n, &s);
    if (status == QF_OK && !orders->of_parameter) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu points", n);
    }
    for (size_t p = 0; status == QF_OK && p < points->spec->n_parameters; p++) {
        sort_points(&s, qf_points_column(points, p), points->spec->n_replications, n,
                    orders->of_parameter + p * n);
    }
    sorter_free(&s);
    return status;
}

/* A column of values and where its points stand in order; those that have the metric count. */
typedef struct ranked {
    const double *keys;
    size_t stride;
    const uint32_t *order;
} ranked;

static bool counts(const qf_points *points, uint32_t point)
{
    return points->n_with == points->n || !isnan(points->metric[point]);
}

/* One past the last of those that are equal to the one at `begin`; *equal of them count. */
static size_t ties_end(const qf_points *points, const ranked *column, size_t begin, double *equal)
{
    const double key = column->keys[column->order[begin] * column->stride];
    size_t end = begin;
    *equal = 0.0;
    for (; end < points->n; end++) {
        const uint32_t point = column->order[end];
        if (column->keys[point * column->stride] > key) {
            break;
        }
        *equal += counts(points, point);
    }
    return end;
}

/* Middle ranks from -1/2 to 1/2, mean 0, and their mean h(key, key_k) rank_k: what is below and half of what is equal,
   with the other sign. Those of points that do not count mean nothing. */
static void middle_ranks(const qf_points *points, const ranked *column, double *rank, double *above)
{
    const double n = (double)points->n_with;
    double below = 0.0;
    double sum_below = 0.0;
    for (size_t i = 0; i < points->n;) {
        double equal;
        const size_t end = ties_end(points, column, i, &equal);
        const double middle = (below + 0.5 * equal - 0.5 * n) / n;
        const double share = -(sum_below + 0.5 * equal * middle) / n;
        for (; i < end; i++) {
            rank[column->order[i]] = middle;
            above[column->order[i]] = share;
        }
        below += equal;
        sum_below += equal * middle;
    }
}

/* Adds mean h(key, key_k) values_k, whose mean is 0. */
static void add_shares_above(const qf_points *points, const ranked *column, const double *values,
                             double *to)
{
    const double n = (double)points->n_with;
    double below = 0.0;
    for (size_t i = 0; i < points->n;) {
        double equal;
        double sum = 0.0;
        const size_t end = ties_end(points, column, i, &equal);
        for (size_t k = i; k < end; k++) {
            sum += counts(points, column->order[k]) ? values[column->order[k]] : 0.0;
        }
        for (; i < end; i++) {
            to[column->order[i]] -= (below + 0.5 * sum) / n;
        }
        below += sum;
    }
}

/* A column's ranks, their variance and its influences, and room for those of a covariance. */
typedef struct ranks {
    ranked column;
    double *rank;
    double variance;
    double *influence;
} ranks;

static double mean_product(const qf_points *points, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < points->n; i++) {
        sum += isnan(points->metric[i]) ? 0.0 : a[i] * b[i];
    }
    return sum / (double)points->n_with;
}

static void take_ranks(const qf_points *points, ranks *r)
{
    middle_ranks(points, &r->column, r->rank, r->influence);
    r->variance = mean_product(points, r->rank, r->rank);
    for (size_t i = 0; i < points->n; i++) {
        r->influence[i] = r->rank[i] * r->rank[i] + 2.0 * r->influence[i] - 3.0 * r->variance;
    }
}

/* Standard error of the correlation r of x and y; `covariance` is room for a value of each point. */
static double error_of(const qf_points *points, const ranks *x, const ranks *y, double r,
                       double *covariance)
{
    const double scale = 1.0 / sqrt(x->variance * y->variance);
    const double n = (double)points->n_with;
    double squares = 0.0;
    memset(covariance, 0, points->n * sizeof *covariance);
    add_shares_above(points, &x->column, y->rank, covariance);
    add_shares_above(points, &y->column, x->rank, covariance);
    for (size_t i = 0; i < points->n; i++) {
        if (!isnan(points->metric[i])) {
            const double of_product = (x->rank[i] * y->rank[i] + covariance[i]) * scale - 3.0 * r;
            const double of_scale = x->influence[i] / x->variance + y->influence[i] / y->variance;
            const double influence = of_product - 0.5 * r * of_scale;
            squares += influence * influence;
        }
    }
    return sqrt(squares / (n * (n - 1.0)));
}

static double tanh_of(double z)
{
    const double minus = qf_exp_minus_1(-2.0 * fabs(z));
    return copysign(-minus / (2.0 + minus), z);
}

static qf_interval interval_of(double r, double error, double n, double alpha)
{
    const double rest = (1.0 - r) * (1.0 + r);
    if (!(rest > 1e-12)) {
        return qf_no_interval();
    }
    const double z = 0.5 * (qf_log_1_plus(r) - qf_log_1_plus(-r));
    const qf_interval of_z = qf_interval_t(z, error / rest, n - 2.0, alpha);
    return (qf_interval){tanh_of(of_z.low), tanh_of(of_z.high)};
}

/* `room`: for three values of each point */
static void of_parameter(const qf_points *points, const ranked *column, const ranks *metric,
                         double *room, qf_sensitivity *s)
{
    ranks x = {*column, room, 0.0, room + points->n};
    take_ranks(points, &x);
    if (!(x.variance > 0.0 && metric->variance > 0.0)) {
        return;
    }
    const double r =
        mean_product(points, x.rank, metric->rank) / sqrt(x.variance * metric->variance);
    s->rank_correlation = fmin(fmax(r, -1.0), 1.0);
    if (!isnan(points->alpha)) {
        const double error = error_of(points, &x, metric, r, room + 2 * points->n);
        s->of_rank_correlation = interval_of(r, error, (double)points->n_with, points->alpha);
    }
}

static void of_parameters_ranked(const qf_points *points, const qf_orders *orders,
                                 const ranks *metric, double *room, int n_threads,
                                 qf_sensitivity *of_parameters)
{
    const size_t n_parameters = points->spec->n_parameters;
#pragma omp parallel for num_threads(n_threads) schedule(static)
    for (int thread = 0; thread < n_threads; thread++) {
        for (size_t p = (size_t)thread; p < n_parameters; p += (size_t)n_threads) {
            const ranked column = {qf_points_column(points, p), points->spec->n_replications,
                                   orders->of_parameter + p * points->n};
            if (qf_parameter_is_ordered(&points->spec->parameters[p])) {
                of_parameter(points, &column, metric, room + 3 * (size_t)thread * points->n,
                             &of_parameters[p]);
            }
        }
    }
}

qf_status qf_sensitivity_ranks(qf_context *context, const qf_points *points,
                               const qf_orders *orders, qf_sensitivity *of_parameters)
{
    const size_t n = points->n;
    const size_t n_parameters = points->spec->n_parameters;
    const size_t n_threads =
        (size_t)context->n_threads < n_parameters ? (size_t)context->n_threads : n_parameters;
    sorter s;
    size_t bytes;
    uint32_t *order = malloc(n * sizeof *order);
    double *room = NULL;
    if (qf_size_multiply(n, (2 + 3 * n_threads) * sizeof *room, &bytes)) {
        room = malloc(bytes);
    }
    qf_status status = sorter_create(context, n, &s);
    if (status == QF_OK && (!order || !room)) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu points", n);
    }
    if (status == QF_OK) {
        ranks metric = {{points->metric, 1, order}, room, 0.0, room + n};
        sort_points(&s, points->metric, 1, n, order);
        take_ranks(points, &metric);
        of_parameters_ranked(points, orders, &metric, room + 2 * n, (int)n_threads, of_parameters);
    }
    sorter_free(&s);
    free(order);
    free(room);
    return status;
}
