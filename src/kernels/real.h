/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REAL_H
#define QF_REAL_H

/*
 * The type that tracks are computed in. What is shipped computes in single precision: all is relative to
 * an observer. The tests compile the same sources with QF_REAL_DOUBLE, and replay the reference's
 * double-precision traces on them.
 */
#ifdef QF_REAL_DOUBLE
typedef double qf_real;
#define QF_REAL(number)     (number)
#define qf_real_sqrt(x)     __builtin_sqrt(x)
#define qf_real_abs(x)      __builtin_fabs(x)
#define qf_real_isfinite(x) __builtin_isfinite(x)
#define QF_REAL_INFINITY    __builtin_inf()
#define QF_REAL_WHOLES      0x1.8p52
#else
typedef float qf_real;
#define QF_REAL(number)     (number##f)
#define qf_real_sqrt(x)     __builtin_sqrtf(x)
#define qf_real_abs(x)      __builtin_fabsf(x)
#define qf_real_isfinite(x) __builtin_isfinite(x)
#define QF_REAL_INFINITY    __builtin_inff()
#define QF_REAL_WHOLES      0x1.8p23f
#endif

/* The nearest whole number, of those that |x| < 2^21 may have: numbers as large as QF_REAL_WHOLES have no others.
   Without a function that some machines have no instruction for. */
static inline qf_real qf_real_round(qf_real x)
{
    return x + QF_REAL_WHOLES - QF_REAL_WHOLES;
}

#endif
