/* SPDX-License-Identifier: Apache-2.0 */
#include "sensitivity_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
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
        sort_points(&s, points->design->values + p * points->design->n_cases,
                    points->spec->n_replications, n, orders->of_parameter + p * n);
    }
    sorter_free(&s);
    return status;
}

/* From the share of values below to the share of values up to it, of those points that have the metric: its middle.
   Those of the other points are left as they are. */
static void middle_ranks(const uint32_t *order, size_t n, const double *keys, size_t stride,
                         const double *metric, double n_with, double *rank)
{
    double below = 0.0;
    for (size_t begin = 0; begin < n;) {
        const double key = keys[order[begin] * stride];
        size_t end = begin;
        double equal = 0.0;
        for (; end < n && !(keys[order[end] * stride] > key); end++) {
            equal += !isnan(metric[order[end]]);
        }
        for (; begin < end; begin++) {
            rank[order[begin]] = (below + 0.5 * equal) / n_with;
        }
        below += equal;
    }
}

/* Pearson's correlation of the ranks, whose mean is a half; NaN where one of both is constant. */
static double correlation_of(const double *a, const double *b, const double *metric, size_t n)
{
    double products = 0.0, of_a = 0.0, of_b = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(metric[i])) {
            products += (a[i] - 0.5) * (b[i] - 0.5);
            of_a += (a[i] - 0.5) * (a[i] - 0.5);
            of_b += (b[i] - 0.5) * (b[i] - 0.5);
        }
    }
    return products / sqrt(of_a * of_b);
}

qf_status qf_sensitivity_ranks(qf_context *context, const qf_points *points,
                               const qf_orders *orders, qf_sensitivity *of_parameters)
{
    const size_t n = points->n;
    const double n_with = (double)points->n_with;
    sorter s;
    uint32_t *order = malloc(n * sizeof *order);
    double *ranks = malloc(2 * n * sizeof *ranks);
    qf_status status = sorter_create(context, n, &s);
    if (status == QF_OK && (!order || !ranks)) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu points", n);
    }
    if (status == QF_OK) {
        sort_points(&s, points->metric, 1, n, order);
        middle_ranks(order, n, points->metric, 1, points->metric, n_with, ranks + n);
        for (size_t p = 0; p < points->spec->n_parameters; p++) {
            middle_ranks(orders->of_parameter + p * n, n,
                         points->design->values + p * points->design->n_cases,
                         points->spec->n_replications, points->metric, n_with, ranks);
            of_parameters[p].rank_correlation = correlation_of(ranks, ranks + n, points->metric, n);
        }
    }
    sorter_free(&s);
    free(order);
    free(ranks);
    return status;
}
