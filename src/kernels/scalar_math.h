/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SCALAR_MATH_H
#define QF_SCALAR_MATH_H

/*
 * Transcendental functions whose bits are the same on every processor and for every compiler: the
 * scalar members of SLEEF's bit-reproducible family. The C library's own differ between
 * instruction sets, so they must not touch anything that reaches a result. sqrt is exact anyway.
 *
 * sleef.h declares them only where the compiler may emit FMA itself; the library always has them.
 */
double Sleef_finz_sind1_u10purecfma(double x);
double Sleef_finz_cosd1_u10purecfma(double x);
double Sleef_finz_expd1_u10purecfma(double x);
double Sleef_finz_logd1_u10purecfma(double x);

static inline double qf_sin(double x_rad)
{
    return Sleef_finz_sind1_u10purecfma(x_rad);
}

static inline double qf_cos(double x_rad)
{
    return Sleef_finz_cosd1_u10purecfma(x_rad);
}

static inline double qf_exp(double x)
{
    return Sleef_finz_expd1_u10purecfma(x);
}

static inline double qf_log_e(double x)
{
    return Sleef_finz_logd1_u10purecfma(x);
}

#define QF_RAD_PER_DEG 0.017453292519943295
#define QF_TWO_PI      6.283185307179586

#endif
