/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers: Student's t of the differences. Truths: the exact test of Q. McNemar, Psychometrika 12 (1947) 153, and the
 * interval of D. G. Bonett, R. M. Price, J. Educ. Behav. Stat. 37 (2012) 479, which stays open where no pair differs.
 * Guarded by tests/test_sweep_compare.c.
 */
#include <math.h>

#include "compensated_sum.h"
#include "sample.h"
#include "sweep_report.h"

static bool is_pair(const double *a, const double *b, size_t i)
{
    return !isnan(a[i]) && !isnan(b[i]);
}

/* Distances of the differences from their mean: sums of squares of cases, and of what points sum up to. */
typedef struct spread {
    double of_cases, of_points;
} spread;

static spread spread_of(qf_paired_difference *d, const double *a, const double *b, size_t n,
                        size_t n_replications)
{
    qf_sum of_cases = {0};
    qf_sum of_points = {0};
    for (size_t begin = 0; begin < n; begin += n_replications) {
        const size_t end = n - begin < n_replications ? n : begin + n_replications;
        double sum = 0.0;
        bool has = false;
        for (size_t i = begin; i < end; i++) {
            if (is_pair(a, b, i)) {
                const double distance = b[i] - a[i] - d->mean;
                qf_sum_add(&of_cases, distance * distance);
                sum += distance;
                has = true;
            }
        }
        qf_sum_add(&of_points, sum * sum);
        d->n_points += has;
    }
    const double m = (double)d->n_points;
    return (spread){qf_sum_value(&of_cases), qf_sum_value(&of_points) * (m / (m - 1.0))};
}

static void compare_numbers(qf_paired_difference *d, double of_points, double alpha)
{
    const double degrees = (double)d->n_points - 1.0;
    if (!(degrees > 0.0)) {
        return;
    }
    const double error = sqrt(of_points) / (double)d->n;
    d->of_mean = qf_interval_t(d->mean, error, degrees, alpha);
    /* 0 by 0: no difference at all */
    d->p_value = d->mean == 0.0 ? 1.0 : 2.0 * qf_t_cdf(-fabs(d->mean) / error, degrees);
}

/* How many independent pairs would vary as points do. */
static double independent_pairs(const qf_paired_difference *d, const spread *s, double alpha)
{
    const double n = (double)d->n;
    return qf_effective_n(n * (s->of_cases / s->of_points), n, (double)d->n_points, alpha);
}

static void compare_truths(qf_paired_difference *d, double pairs, double alpha)
{
    const double weight = pairs / (double)d->n;
    const double only_a = (double)d->n_only_a * weight;
    const double only_b = (double)d->n_only_b * weight;
    const double n = pairs + 2.0;
    const double a = (only_a + 1.0) / n;
    const double b = (only_b + 1.0) / n;
    const double half = -qf_normal_quantile(alpha) * sqrt((a + b - (b - a) * (b - a)) / n);
    d->of_mean = (qf_interval){fmax(b - a - half, -1.0), fmin(b - a + half, 1.0)};
    d->p_value = fmin(2.0 * qf_binomial_at_least(fmax(only_a, only_b), only_a + only_b, 0.5), 1.0);
}

qf_paired_difference qf_compare_replicated(const double *a, const double *b, size_t n,
                                           size_t n_replications, bool truths, double confidence)
{
    const double none = (double)NAN;
    const double alpha = 0.5 * (1.0 - confidence);
    qf_paired_difference d = {
        .mean = none, .sd = none, .of_mean = qf_no_interval(), .p_value = none};
    qf_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        if (is_pair(a, b, i)) {
            d.n++;
            qf_sum_add(&sum, b[i] - a[i]);
            d.n_only_a += truths && a[i] != 0.0 && b[i] == 0.0;
            d.n_only_b += truths && a[i] == 0.0 && b[i] != 0.0;
        }
    }
    if (d.n == 0) {
        return d;
    }
    d.mean = qf_sum_value(&sum) / (double)d.n;
    const spread s = spread_of(&d, a, b, n, n_replications);
    if (d.n > 1) {
        d.sd = sqrt(s.of_cases / (double)(d.n - 1));
    }
    if (truths) {
        compare_truths(&d, n_replications > 1 ? independent_pairs(&d, &s, alpha) : (double)d.n,
                       alpha);
    } else {
        compare_numbers(&d, s.of_points, alpha);
    }
    return d;
}

qf_paired_difference qf_compare_metric(const double *a, const double *b, size_t n, bool truths,
                                       double confidence)
{
    return qf_compare_replicated(a, b, n, 1, truths, confidence);
}
