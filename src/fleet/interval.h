/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INTERVAL_H
#define QF_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "normal.h"

/*
 * Confidence intervals. `alpha` is what each side may miss: 0.025 for a two-sided 95 %. NaN where there is none.
 * Sources and the tests that guard them stand beside each in interval.c.
 */
typedef struct qf_interval {
    double low, high;
} qf_interval;

/* Of a share, k of n: exact (Clopper and Pearson 1934), and Wilson's score interval (1927). */
qf_interval qf_interval_clopper_pearson(uint64_t k, uint64_t n, double alpha);
qf_interval qf_interval_wilson(uint64_t k, uint64_t n, double alpha);

/* Of a mean, by Student's t. */
qf_interval qf_interval_t(double mean, double sd, uint64_t n, double alpha);

/* Of a quantile, by order statistics: ranks (1 ... n; 0 and n + 1: no bound) of the values between which the quantile of that level
   lies. */
void qf_interval_quantile(uint64_t n, double level, double alpha, uint64_t *low, uint64_t *high);

/* Rank (1 ... n, 0: too few values) of the value below which at least the share `content` of all lies, with that confidence (Wilks 1941). */
uint64_t qf_tolerance_rank(uint64_t n, double content, double confidence);
/* Values that are needed for rank n to be such. */
uint64_t qf_tolerance_n(double content, double confidence);

/*
 * The `alpha` of each of n_looks looks, so that all intervals together miss with 2 alpha where looks are at n cases, 1.5 n,
 * ...: repeated confidence intervals (Jennison and Turnbull 1989) with Pocock's (1977) constant level.
 */
double qf_interval_repeated_alpha(size_t n_looks, double growth, double alpha);

/* Distribution functions and quantiles that these rest on; accurate to 1e-12. The normal one is in normal.h. */
double qf_beta_cdf(double x, double a, double b);
double qf_beta_quantile(double p, double a, double b);
double qf_t_cdf(double t, double degrees);
double qf_t_quantile(double p, double degrees);

#endif
