/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CLAMP_H
#define QF_CLAMP_H

/*
 * Minimum, maximum and clamp as one comparison and one select: what the vector instructions do, so
 * that the compiler can use them (fmin must treat NaN specially and cannot be one instruction).
 */

static inline double lower(double a, double b)
{
    return a < b ? a : b;
}

static inline double higher(double a, double b)
{
    return a > b ? a : b;
}

/* NaN stays NaN: what went wrong must not look like a limit that was reached. */
static inline double clamp(double value, double low, double high)
{
    return lower(high, higher(low, value));
}

#endif
