/* SPDX-License-Identifier: Apache-2.0 */
/* Test: tests/test_tick_time.c. */
#include "tick_time.h"

#include <math.h>

static const double most_p = 2147483647.0;
static const double most_q = 1e6;

/*
 * If there is such a fraction, it is one of the convergents of the continued fraction of dt: nothing else with so
 * small a q comes so near (Legendre). What rounding does to the terms grows with q squared, to 1e-4 at the most.
 */
qf_tick_fraction qf_tick_fraction_of(double dt_s)
{
    double p_before = 0.0;
    double q_before = 1.0;
    double p = 1.0;
    double q = 0.0;
    double rest = dt_s;
    while (rest <= most_p) { /* false for NaN; 1 / 0 ends it too */
        const double term = floor(rest);
        const double p_next = term * p + p_before;
        const double q_next = term * q + q_before;
        if (!(p_next <= most_p && q_next <= most_q)) {
            break;
        }
        p_before = p;
        q_before = q;
        p = p_next;
        q = q_next;
        if (p / q == dt_s) {
            return (qf_tick_fraction){p, q};
        }
        rest = 1.0 / (rest - term);
    }
    return (qf_tick_fraction){dt_s, 1.0};
}

double qf_ticks_of_seconds(double seconds, double period_s)
{
    const double ticks = seconds / period_s;
    const double whole = nearbyint(ticks);
    return fabs(ticks - whole) <= fmax(1e-9, 1e-15 * whole) ? whole : ceil(ticks);
}
