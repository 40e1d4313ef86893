/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "compensated_sum.h"
#include "sort_words.h"

qf_sample qf_sample_of(const qf_sweep_table *table, size_t metric, size_t n_cases,
                       size_t n_replications)
{
    return (qf_sample){
        .values = table->metrics + metric * table->n_cases,
        .outcome = table->outcome,
        .n_cases = n_cases,
        .n_replications = n_replications,
    };
}

/* One past the last case of the point that begins at case `begin`. */
static size_t point_end(const qf_sample *sample, size_t begin)
{
    const size_t left = sample->n_cases - begin;
    return begin + (left < sample->n_replications ? left : sample->n_replications);
}

static qf_sample_group group_of(const qf_sample *sample, double mean, size_t begin, size_t end)
{
    qf_sample_group group = {0};
    for (size_t i = begin; i < end; i++) {
        if (qf_sample_has(sample, i)) {
            group.sum += sample->values[i] - mean;
            group.count += 1.0;
        }
    }
    return group;
}

/* n, mean and extremes */
static void first_pass(const qf_sample *sample, qf_moments *moments)
{
    qf_sum sum = {0};
    for (size_t i = 0; i < sample->n_cases; i++) {
        if (!qf_sample_has(sample, i)) {
            moments->n_without += qf_sample_ran(sample, i);
            continue;
        }
        const double value = sample->values[i];
        qf_sum_add(&sum, value);
        if (moments->n == 0 || value < moments->min) {
            moments->min = value;
            moments->least_case = (uint32_t)i;
        }
        if (moments->n == 0 || value > moments->max) {
            moments->max = value;
            moments->most_case = (uint32_t)i;
        }
        moments->n++;
    }
    if (moments->n > 0) {
        moments->mean = qf_sum_value(&sum) / (double)moments->n;
    }
    /* rounding must not give equal values a mean that none of them has, and so a deviation */
    if (moments->min == moments->max) {
        moments->mean = moments->min;
    }
}

/* squares of distances from the mean, of cases and of points */
static void second_pass(const qf_sample *sample, qf_moments *moments)
{
    qf_sum squares = {0};
    qf_sum of_points = {0};
    for (size_t begin = 0; begin < sample->n_cases; begin = point_end(sample, begin)) {
        const size_t end = point_end(sample, begin);
        for (size_t i = begin; i < end; i++) {
            if (qf_sample_has(sample, i)) {
                const double distance = sample->values[i] - moments->mean;
                qf_sum_add(&squares, distance * distance);
            }
        }
        const qf_sample_group point = group_of(sample, moments->mean, begin, end);
        moments->n_points += point.count > 0.0;
        qf_sum_add(&of_points, point.sum * point.sum);
    }
    const double n = (double)moments->n;
    const double m = (double)moments->n_points;
    if (moments->n > 1) {
        moments->sd = sqrt(qf_sum_value(&squares) / (n - 1.0));
    }
    if (moments->n_points > 1) {
        moments->error = sqrt(qf_sum_value(&of_points) * (m / (m - 1.0))) / n;
    }
}

qf_moments qf_sample_moments(const qf_sample *sample)
{
    const double none = (double)NAN;
    qf_moments moments = {.mean = none, .sd = none, .error = none, .min = none, .max = none};
    first_pass(sample, &moments);
    if (moments.n > 0) {
        second_pass(sample, &moments);
    }
    return moments;
}

size_t qf_sample_groups(const qf_sample *sample, double mean, size_t most, qf_sample_group *groups)
{
    const size_t n_points = (sample->n_cases + sample->n_replications - 1) / sample->n_replications;
    const size_t points = (n_points + most - 1) / most;
    const size_t cases = points * sample->n_replications;
    size_t n = 0;
    for (size_t begin = 0; begin < sample->n_cases; begin += cases) {
        const size_t left = sample->n_cases - begin;
        groups[n] = group_of(sample, mean, begin, begin + (left < cases ? left : cases));
        n += groups[n].count > 0.0;
    }
    return n;
}

bool qf_share_counts(qf_share_rule rule, double limit, double value)
{
    switch (rule) {
    case QF_SHARE_TRUE:
        return value != 0.0;
    case QF_SHARE_FALSE:
        return value == 0.0;
    case QF_SHARE_UP_TO:
        return value <= limit;
    case QF_SHARE_BELOW:
        return value < limit;
    case QF_SHARE_FROM:
        return value >= limit;
    case QF_SHARE_ABOVE:
        return value > limit;
    }
    return false;
}

/* squares, over points, of how far a point's count is from what the share would give it */
static double squares_of_points(const qf_sample *sample, qf_share_rule rule, double limit, bool all,
                                double share, uint64_t *n_points)
{
    qf_sum squares = {0};
    for (size_t begin = 0; begin < sample->n_cases; begin = point_end(sample, begin)) {
        double k = 0.0;
        double n = 0.0;
        for (size_t i = begin; i < point_end(sample, begin); i++) {
            const bool has = qf_sample_has(sample, i);
            n += has || (all && qf_sample_ran(sample, i));
            k += has && qf_share_counts(rule, limit, sample->values[i]);
        }
        const double distance = k - share * n;
        qf_sum_add(&squares, distance * distance);
        *n_points += n > 0.0;
    }
    return qf_sum_value(&squares);
}

double qf_effective_n(double by_variance, double n, double n_points, double alpha)
{
    double ratio = 1.0;
    if (alpha > 0.0 && alpha < 0.5 && n_points > 1.0) {
        ratio = qf_t_quantile(alpha, n - 1.0) / qf_t_quantile(alpha, n_points - 1.0);
    }
    const double effective = by_variance * (ratio * ratio);
    return !(effective > n_points) ? n_points : effective < n ? effective : n;
}

/* Sets n_points and n_effective. */
static void set_effective(const qf_sample *sample, qf_share_rule rule, double limit, bool all,
                          double alpha, qf_share *share)
{
    const double n = (double)share->n;
    const double p = (double)share->k / n;
    uint64_t n_points = 0;
    const double squares = squares_of_points(sample, rule, limit, all, p, &n_points);
    const double m = (double)n_points;
    share->n_points = m;
    if (share->k == 0 || share->k == share->n || n_points < 2) {
        share->n_effective = m;
        return;
    }
    share->n_effective =
        qf_effective_n(p * (1.0 - p) * n * n / (squares * (m / (m - 1.0))), n, m, alpha);
}

qf_share qf_sample_share(const qf_sample *sample, qf_share_rule rule, double limit, bool all,
                         double alpha)
{
    qf_share share = {0};
    for (size_t i = 0; i < sample->n_cases; i++) {
        if (qf_sample_has(sample, i)) {
            share.n++;
            share.k += qf_share_counts(rule, limit, sample->values[i]);
        } else {
            share.n_without += qf_sample_ran(sample, i);
        }
    }
    share.n += all ? share.n_without : 0;
    share.n_points = share.n_effective = (double)share.n;
    if (sample->n_replications > 1 && share.n > 0) {
        set_effective(sample, rule, limit, all, alpha, &share);
    }
    return share;
}

/* Words in whose order doubles are: those of negative numbers count backwards. */
static uint64_t word_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t word)
{
    const uint64_t bits = word >> 63 ? word & ~(UINT64_C(1) << 63) : ~word;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool qf_sort_doubles(double *values, size_t n, int n_threads)
{
    const int n_parts = qf_sort_parts(n, n_threads);
    size_t bytes;
    uint64_t *words = NULL;
    uint32_t *counts = malloc(((size_t)n_parts << QF_SORT_DIGIT_BITS) * sizeof *counts);
    if (qf_size_multiply(n, 2 * sizeof *words, &bytes)) {
        words = malloc(bytes ? bytes : 1);
    }
    if (words && counts) {
        for (size_t i = 0; i < n; i++) {
            words[i] = word_of(values[i]);
        }
        const uint64_t *sorted = qf_sort_words(words, words + n, n, 0, 64, n_parts, counts);
        for (size_t i = 0; i < n; i++) {
            values[i] = value_of(sorted[i]);
        }
    }
    const bool done = words && counts;
    free(words);
    free(counts);
    return done;
}

double *qf_sample_sorted(const qf_sample *sample, int n_threads, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < sample->n_cases; i++) {
        *n += qf_sample_has(sample, i);
    }
    double *values = malloc(*n ? *n * sizeof *values : 1);
    if (!values) {
        return NULL;
    }
    size_t to = 0;
    for (size_t i = 0; i < sample->n_cases; i++) {
        if (qf_sample_has(sample, i)) {
            values[to++] = sample->values[i];
        }
    }
    if (!qf_sort_doubles(values, *n, n_threads)) {
        free(values);
        return NULL;
    }
    return values;
}

double qf_sorted_quantile(const double *sorted, size_t n, double level)
{
    if (n == 0) {
        return (double)NAN;
    }
    const double place = level * (double)(n - 1);
    const size_t below = (size_t)place;
    const size_t above = below + 1 < n ? below + 1 : below;
    const double fraction = place - (double)below;
    /* infinities have no difference */
    if (sorted[below] == sorted[above] || fraction == 0.0) {
        return sorted[below];
    }
    if (isinf(sorted[below]) && isfinite(sorted[above])) {
        return sorted[below]; /* nowhere on the way to it is a number */
    }
    return sorted[below] + fraction * (sorted[above] - sorted[below]);
}
