/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TICK_TIME_H
#define QF_TICK_TIME_H

/*
 * Seconds and ticks. A tick of 0.1 s is not exact in binary, so that 3 * 0.1 is more than 0.3: what is compared
 * with seconds as they are written has to be the number that stands for them.
 */

/* The length of a tick as a fraction of whole numbers; where there is none, p is the length and q is 1. */
typedef struct qf_tick_fraction {
    double p; /* < 2^31 */
    double q; /* <= 1e6 */
} qf_tick_fraction;

/* With (double)p / q == dt_s, of the smallest q. */
qf_tick_fraction qf_tick_fraction_of(double dt_s);

/* Seconds that whole ticks take: one exact product and one division, hence the number nearest to what it is. */
static inline double qf_seconds_of_ticks(double ticks, qf_tick_fraction fraction)
{
    return ticks * fraction.p / fraction.q;
}

/*
 * The least whole number of ticks, or of other periods, that take at least so many seconds. What is whole but for
 * the rounding of both numbers is whole.
 */
double qf_ticks_of_seconds(double seconds, double period_s);

#endif
