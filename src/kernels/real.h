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
#else
typedef float qf_real;
#define QF_REAL(number)     (number##f)
#define qf_real_sqrt(x)     __builtin_sqrtf(x)
#define qf_real_abs(x)      __builtin_fabsf(x)
#define qf_real_isfinite(x) __builtin_isfinite(x)
#define QF_REAL_INFINITY    __builtin_inff()
#endif

#endif
