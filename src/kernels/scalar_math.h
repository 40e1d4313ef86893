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
double Sleef_finz_asind1_u10purecfma(double x);
double Sleef_finz_exp2d1_u10purecfma(double x);
double Sleef_finz_exp10d1_u10purecfma(double x);
double Sleef_finz_log10d1_u10purecfma(double x);
double Sleef_finz_atan2d1_u10purecfma(double y, double x);
double Sleef_finz_powd1_u10purecfma(double x, double y);
double Sleef_finz_log1pd1_u10purecfma(double x);
double Sleef_finz_expm1d1_u10purecfma(double x);
double Sleef_finz_lgammad1_u10purecfma(double x);
float Sleef_finz_sinf1_u10purecfma(float x);
float Sleef_finz_cosf1_u10purecfma(float x);
float Sleef_finz_expf1_u10purecfma(float x);
float Sleef_finz_logf1_u10purecfma(float x);
float Sleef_finz_asinf1_u10purecfma(float x);
float Sleef_finz_exp2f1_u10purecfma(float x);
float Sleef_finz_exp10f1_u10purecfma(float x);
float Sleef_finz_log10f1_u10purecfma(float x);
float Sleef_finz_atan2f1_u10purecfma(float y, float x);
float Sleef_finz_powf1_u10purecfma(float x, float y);

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

static inline double qf_atan2(double y, double x)
{
    return Sleef_finz_atan2d1_u10purecfma(y, x);
}

static inline double qf_asin(double x)
{
    return Sleef_finz_asind1_u10purecfma(x);
}

/* log(1 + x) and exp(x) - 1, exact for small x too */
static inline double qf_log_1_plus(double x)
{
    return Sleef_finz_log1pd1_u10purecfma(x);
}

static inline double qf_exp_minus_1(double x)
{
    return Sleef_finz_expm1d1_u10purecfma(x);
}

static inline double qf_exp_10(double x)
{
    return Sleef_finz_exp10d1_u10purecfma(x);
}

static inline double qf_log_10(double x)
{
    return Sleef_finz_log10d1_u10purecfma(x);
}

static inline double qf_pow(double x, double y)
{
    return Sleef_finz_powd1_u10purecfma(x, y);
}

/* logarithm of the gamma function */
static inline double qf_log_gamma(double x)
{
    return Sleef_finz_lgammad1_u10purecfma(x);
}

#define QF_RAD_PER_DEG 0.017453292519943295
#define QF_TWO_PI      6.283185307179586

#endif
