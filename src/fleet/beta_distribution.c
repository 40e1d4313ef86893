/* SPDX-License-Identifier: Apache-2.0 */
#include "beta_distribution.h"

#include <math.h>
#include <stdbool.h>

#include "normal.h"
#include "scalar_math.h"

/*
 * x^a (1 - x)^b / B(a, b) is taken as Loader takes the binomial ("Fast and accurate computation of binomial
 * probabilities", 2000): Stirling's formula with its error, and deviances that vanish where x is a / (a + b). Logarithms of
 * gamma functions would cancel: at a = 1e7 they leave 7 digits of it. The rest is a continued fraction by the modified method
 * of Lentz (Press et al., Numerical Recipes, 5.2), some sqrt(max(a, b)) steps long.
 */

#define HALF_LOG_TWO_PI 0.91893853320467274178
#define INV_TWO_PI      0.15915494309189533577

/* where quantiles are no longer told from 0, 1 and infinity: squares and ratios must stay finite */
#define TOO_NEAR 1e-300
#define TOO_FAR  1e150

/* Everything is a function of x and of y = 1 - x, neither of which can be had from the other where it is near 1. */
typedef struct point {
    double x, y;
} point;

/* log(gamma(a + 1)) - log(sqrt(2 pi a) (a / e)^a) */
static double stirling_error(double a)
{
    if (a < 16.0) {
        return qf_log_gamma(a + 1.0) - (a + 0.5) * qf_log_e(a) + a - HALF_LOG_TWO_PI;
    }
    const double square = a * a;
    return (1.0 / 12.0 -
            (1.0 / 360.0 -
             (1.0 / 1260.0 -
              (1.0 / 1680.0 - (1.0 / 1188.0 - 691.0 / 360360.0 / square) / square) / square) /
                 square) /
                square) /
           a;
}

/* a log(a / mean) - difference, which is a - mean: of it near a = mean nothing would be left */
static double deviance(double a, double mean, double difference)
{
    if (fabs(difference) >= 0.1 * (a + mean)) {
        return a * qf_log_e(a / mean) - difference;
    }
    const double v = difference / (a + mean);
    double sum = difference * v;
    double power = 2.0 * a * v;
    for (int odd = 3;; odd += 2) {
        power *= v * v;
        const double next = sum + power / odd;
        if (next == sum) {
            return sum;
        }
        sum = next;
    }
}

/* log(x^a y^b / B(a, b)) */
static double log_weight(point at, double a, double b)
{
    if (at.x <= 0.0 || at.y <= 0.0) {
        return -(double)INFINITY;
    }
    const double n = a + b;
    const double difference =
        a * at.y - b * at.x; /* a - n x, without cancelling where x is near 1 */
    return stirling_error(n) - stirling_error(a) - stirling_error(b) -
           deviance(a, n * at.x, difference) - deviance(b, n * at.y, -difference) +
           0.5 * qf_log_e(a * (b / n) * INV_TWO_PI);
}

/*
 * I_x(a, b) B(a, b) / (x^a y^b), for x below the mean. Of the usual fraction every second step (Didonato and Morris,
 * "Significant digit computation of the incomplete beta function ratios", ACM TOMS 18, 1992): x near 1 then comes in as
 * a y - b x, of which nothing is lost.
 */
static double fraction(point at, double a, double b)
{
    const double x = at.x;
    const double least = 0x1p-1000; /* instead of 0 in a denominator */
    const double difference = a * at.y - b * x;
    double value = a * (difference + 1.0) / (a + 1.0);
    double c = value;
    double d = 0.0;
    for (double m = 1.0; isfinite(value); m += 1.0) {
        const double odd = a + 2.0 * m - 1.0;
        const double above =
            (a + m - 1.0) / odd * ((a + b + m - 1.0) / odd) * (m * x) * ((b - m) * x);
        const double next = m + m * (b - m) * x / odd +
                            (a + m) / (odd + 2.0) * (difference + 1.0 + m * (1.0 + at.y));
        d = next + above * d;
        d = 1.0 / (d == 0.0 ? least : d);
        c = next + above / c;
        c = c == 0.0 ? least : c;
        value *= c * d;
        if (fabs(c * d - 1.0) < 1e-15) {
            break;
        }
    }
    return 1.0 / value;
}

static bool is_below(point at, double a, double b)
{
    return at.x < (a + 1.0) / (a + b + 2.0);
}

/* The probability up to x. The smaller tail is computed, the other is 1 less that. */
static double cdf(point at, double a, double b)
{
    return is_below(at, a, b)
               ? qf_exp(log_weight(at, a, b)) * fraction(at, a, b)
               : 1.0 - qf_exp(log_weight(at, a, b)) * fraction((point){at.y, at.x}, b, a);
}

/* Its logarithm, which does not underflow, and by how much that grows with log(x / y). */
static double log_cdf(point at, double a, double b, double *slope)
{
    const double log_of_weight = log_weight(at, a, b);
    if (is_below(at, a, b)) {
        const double ratio = fraction(at, a, b);
        *slope = 1.0 / ratio;
        return log_of_weight + qf_log_e(ratio);
    }
    const double density = qf_exp(log_of_weight);
    const double beyond = density * fraction((point){at.y, at.x}, b, a);
    *slope = density / (1.0 - beyond);
    return qf_log_1_plus(-beyond);
}

/* A step of Newton's method from `log_found` towards `log_p`; where the slope is as good as none, a long one. */
static double newton(double log_p, double log_found, double slope)
{
    const double most = 20.0;
    const double step = (log_p - log_found) / slope;
    return step > most ? most : step >= -most ? step : -most;
}

/* Rounding ends it: once short, steps no longer shrink. */
static bool is_last(double step, double last)
{
    return !(fabs(step) >= 1e-15) || (fabs(step) < 1e-9 && fabs(step) >= last);
}

static bool is_beta(double a, double b)
{
    return a > 0.0 && b > 0.0 && isfinite(a) && isfinite(b);
}

double qf_beta_cdf(double x, double a, double b)
{
    if (!is_beta(a, b) || isnan(x)) {
        return (double)NAN;
    }
    if (x <= 0.0 || x >= 1.0) {
        return x <= 0.0 ? 0.0 : 1.0;
    }
    return cdf((point){x, 1.0 - x}, a, b);
}

/*
 * Newton's method for log(cdf) as a function of log(x / y). That is concave, because log(x / y) is the difference of
 * the logarithms of two gamma variables, whose densities are log-concave: so after one step it converges
 * from the left, wherever it starts.
 */
static point lower_quantile(double p, double a, double b)
{
    const double log_p = qf_log_e(p);
    double odds = a / b * qf_exp(qf_normal_quantile(p) * sqrt(1.0 / a + 1.0 / b));
    point at = {odds / (1.0 + odds), 1.0 / (1.0 + odds)};
    double last = (double)INFINITY;
    for (;;) {
        double slope;
        const double found = log_cdf(at, a, b, &slope);
        const double step = newton(log_p, found, slope);
        odds *= qf_exp(step);
        at = (point){odds / (1.0 + odds), 1.0 / (1.0 + odds)};
        if (at.x < TOO_NEAR || at.y < TOO_NEAR) {
            return at.x < at.y ? (point){0.0, 1.0} : (point){1.0, 0.0};
        }
        if (is_last(step, last)) {
            return at;
        }
        last = fabs(step);
    }
}

double qf_beta_quantile(double p, double a, double b)
{
    if (!is_beta(a, b) || !(p >= 0.0 && p <= 1.0)) {
        return (double)NAN;
    }
    if (p == 0.0 || p == 1.0) {
        return p;
    }
    if (b == 1.0) {
        return qf_exp(qf_log_e(p) / a);
    }
    if (a == 1.0) {
        return -qf_exp_minus_1(qf_log_1_plus(-p) / b);
    }
    return p <= 0.5 ? lower_quantile(p, a, b).x : lower_quantile(1.0 - p, b, a).y;
}

double qf_binomial_at_least(double k, double n, double p)
{
    if (k <= 0.0 || k > n) {
        return k <= 0.0 ? 1.0 : 0.0;
    }
    return qf_beta_cdf(p, k, n - k + 1.0);
}

/* P(|T| > t) is P(X < x) of a beta variable. */
static point point_of_t(double t, double degrees)
{
    const double square = t * t;
    return (point){degrees / (degrees + square), square / (degrees + square)};
}

double qf_t_cdf(double t, double degrees)
{
    if (isnan(t) || !(degrees > 0.0)) {
        return (double)NAN;
    }
    if (isinf(degrees)) {
        return qf_normal_cdf(t);
    }
    if (t == 0.0 || isinf(t)) {
        return t == 0.0 ? 0.5 : t > 0.0 ? 1.0 : 0.0;
    }
    const double beyond = 0.5 * cdf(point_of_t(t, degrees), 0.5 * degrees, 0.5);
    return t > 0.0 ? 1.0 - beyond : beyond;
}

/* As lower_quantile, by log(t^2), from the normal's quantile, which is nearer to zero. */
static double upper_t_quantile(double p, double degrees)
{
    const double log_p = qf_log_e(2.0 * p);
    double t = -qf_normal_quantile(p);
    double last = (double)INFINITY;
    for (;;) {
        double slope;
        const double found = log_cdf(point_of_t(t, degrees), 0.5 * degrees, 0.5, &slope);
        const double step = newton(log_p, found, slope);
        t *= qf_exp(-0.5 * step);
        if (is_last(step, last) || t > TOO_FAR) {
            return t > TOO_FAR ? (double)INFINITY : t;
        }
        last = fabs(step);
    }
}

double qf_t_quantile(double p, double degrees)
{
    if (!(p >= 0.0 && p <= 1.0) || !(degrees > 0.0)) {
        return (double)NAN;
    }
    if (p == 0.0 || p == 1.0 || p == 0.5) {
        return p == 0.5 ? 0.0 : p == 0.0 ? -(double)INFINITY : (double)INFINITY;
    }
    if (isinf(degrees)) {
        return qf_normal_quantile(p);
    }
    return p < 0.5 ? -upper_t_quantile(p, degrees) : upper_t_quantile(1.0 - p, degrees);
}
