/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BETA_DISTRIBUTION_H
#define QF_BETA_DISTRIBUTION_H

/*
 * The beta distribution and what follows from it: the binomial and Student's t. Accurate to about 1e-12 of the smaller
 * tail, for parameters up to 1e9 at least; NaN outside of the domain. Guarded by tests/test_beta_distribution.c.
 */

/* P(X <= x), of a, b > 0 (the regularised incomplete beta function), and the x where it is p. */
double qf_beta_cdf(double x, double a, double b);
double qf_beta_quantile(double p, double a, double b);

/* Of n trials that each succeed with p: the chance of at least k successes; k, n need not be whole. */
double qf_binomial_at_least(double k, double n, double p);

double qf_t_cdf(double t, double degrees);
double qf_t_quantile(double p, double degrees);

#endif
