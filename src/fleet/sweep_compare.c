/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers: Student's t of the differences. Truths: the exact test of Q. McNemar, Psychometrika 12 (1947) 153, and the
 * interval of D. G. Bonett, R. M. Price, J. Educ. Behav. Stat. 37 (2012) 479, which stays open where no pair differs.
 * Guarded by tests/test_sweep_compare.c.
 */
#include <math.h>

#include "compensated_sum.h"
#include "sweep_report.h"

static void compare_numbers(qf_paired_difference *d, double alpha)
{
    const double n = (double)d->n;
    const double error = d->sd / sqrt(n);
    d->of_mean = qf_interval_t(d->mean, error, n - 1.0, alpha);
    if (d->n > 1) {
        /* 0 by 0: no difference at all */
        d->p_value = d->mean == 0.0 ? 1.0 : 2.0 * qf_t_cdf(-fabs(d->mean) / error, n - 1.0);
    }
}

static void compare_truths(qf_paired_difference *d, double alpha)
{
    const double n = (double)d->n + 2.0;
    const double a = ((double)d->n_only_a + 1.0) / n;
    const double b = ((double)d->n_only_b + 1.0) / n;
    const double half = -qf_normal_quantile(alpha) * sqrt((a + b - (b - a) * (b - a)) / n);
    d->of_mean = (qf_interval){fmax(b - a - half, -1.0), fmin(b - a + half, 1.0)};
    const uint64_t more = d->n_only_a > d->n_only_b ? d->n_only_a : d->n_only_b;
    const double differ = (double)(d->n_only_a + d->n_only_b);
    d->p_value = fmin(2.0 * qf_binomial_at_least((double)more, differ, 0.5), 1.0);
}

qf_paired_difference qf_compare_metric(const double *a, const double *b, size_t n, bool truths,
                                       double confidence)
{
    const double none = (double)NAN;
    qf_paired_difference d = {
        .mean = none, .sd = none, .of_mean = qf_no_interval(), .p_value = none};
    qf_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        if (!isnan(a[i]) && !isnan(b[i])) {
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
    qf_sum squares = {0};
    for (size_t i = 0; i < n; i++) {
        if (!isnan(a[i]) && !isnan(b[i])) {
            const double distance = b[i] - a[i] - d.mean;
            qf_sum_add(&squares, distance * distance);
        }
    }
    if (d.n > 1) {
        d.sd = sqrt(qf_sum_value(&squares) / (double)(d.n - 1));
    }
    if (truths) {
        compare_truths(&d, 0.5 * (1.0 - confidence));
    } else {
        compare_numbers(&d, 0.5 * (1.0 - confidence));
    }
    return d;
}
