/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NORMAL_H
#define QF_NORMAL_H

/*
 * The standard normal distribution, the same bits everywhere. Both are accurate to a few 1e-16 of their value, also far
 * out in the lower tail; of the upper tail qf_normal_cdf(-x) says more than 1 - qf_normal_cdf(x).
 */

/* The probability of a value up to x; NaN of NaN. */
double qf_normal_cdf(double x);

/* The value below which the share p lies: -INFINITY of 0, INFINITY of 1, NaN outside of [0, 1]. */
double qf_normal_quantile(double p);

#endif
