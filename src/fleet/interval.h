/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INTERVAL_H
#define QF_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "beta_distribution.h"
#include "normal.h"

/*
 * Confidence intervals. `alpha` is what each side may miss: 0.025 for a two-sided 95 %. NaN where there is none.
 * Sources and the tests that guard them stand in interval.c.
 */
typedef struct qf_interval {
    double low, high;
} qf_interval;

static inline qf_interval qf_no_interval(void)
{
    const double none = __builtin_nan("");
    return (qf_interval){none, none};
}

/* Of a share, k of n, which need not be whole (of cases that depend on one another, k and n are those of as many independent
   ones as tell the same): exact (Clopper and Pearson 1934), and Wilson's score interval (1927). */
qf_interval qf_interval_clopper_pearson(double k, double n, double alpha);
qf_interval qf_interval_wilson(double k, double n, double alpha);

/* Of a mean with that standard error, by Student's t. */
qf_interval qf_interval_t(double mean, double error, double degrees, double alpha);

/* Of a quantile, by order statistics: ranks (1 ... n; 0 and n + 1: no bound) of the values between which the quantile of that level
   lies. */
void qf_interval_quantile(uint64_t n, double level, double alpha, uint64_t *low, uint64_t *high);

/* Rank (1 ... n, 0: too few values) of the value below which at least the share `content` of all lies, with that confidence (Wilks 1941). */
uint64_t qf_tolerance_rank(uint64_t n, double content, double confidence);
/* Values that are needed for rank n to be such; 0: no number is enough. */
uint64_t qf_tolerance_n(double content, double confidence);

/*
 * The `alpha` of each of n looks at a growing sample (of `sizes` cases, ascending) so that the intervals of all looks
 * together miss with at most `alpha` on each side, whatever makes one stop: repeated confidence intervals (Jennison and
 * Turnbull 1989) with Pocock's (1977) constant level. NaN where a look has not at least a twentieth more cases than
 * the one before it.
 */
double qf_interval_repeated_alpha(const size_t *sizes, size_t n, double alpha);

#endif
