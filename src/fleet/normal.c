/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distribution function: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23
 * (1969) 631, with the coefficients of ANORM in his SPECFUN (ACM TOMS algorithm 715, 1993).
 * Quantile: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics
 * 37 (1988) 477, PPND16.
 * Guarded by tests/test_normal.c (values of 50 digits).
 */
#include "normal.h"

#include <math.h>

#include "scalar_math.h"

static const double inverse_root_two_pi = 0.39894228040143267794;

/* from the highest power down */
static double polynomial(const double *coefficients, int degree, double x)
{
    double sum = coefficients[0];
    for (int i = 1; i <= degree; i++) {
        sum = sum * x + coefficients[i];
    }
    return sum;
}

/* Phi(x) - 0.5 of |x| up to 0.66291 */
static double cdf_centre(double x)
{
    static const double above[] = {0.065682337918207449113, 2.2352520354606839287,
                                   161.02823106855587881, 1067.6894854603709582,
                                   18154.981253343561249};
    static const double below[] = {1.0, 47.20258190468824187, 976.09855173777669322,
                                   10260.932208618978205, 45507.789335026729956};
    const double square = x * x;
    return x * polynomial(above, 4, square) / polynomial(below, 4, square);
}

/* Phi(-y) exp(y^2 / 2) of y from 0.66291 to sqrt(32) */
static double cdf_flank(double y)
{
    static const double above[] = {
        1.0765576773720192317e-8, 0.39894151208813466764, 8.8831497943883759412,
        93.506656132177855979,    597.27027639480026226,  2494.5375852903726711,
        6848.1904505362823326,    11602.651437647350124,  9842.7148383839780218};
    static const double below[] = {1.0,
                                   22.266688044328115691,
                                   235.38790178262499861,
                                   1519.377599407554805,
                                   6485.558298266760755,
                                   18615.571640885098091,
                                   34900.952721145977266,
                                   38912.003286093271411,
                                   19685.429676859990727};
    return polynomial(above, 8, y) / polynomial(below, 8, y);
}

/* the same beyond sqrt(32) */
static double cdf_tail(double y)
{
    static const double above[] = {0.02307344176494017303,  0.21589853405795699,
                                   0.1274011611602473639,   0.022235277870649807,
                                   0.001421619193227893466, 2.9112874951168792e-5};
    static const double below[] = {1.0,
                                   1.28426009614491121,
                                   0.468238212480865118,
                                   0.0659881378689285515,
                                   0.00378239633202758244,
                                   7.29751555083966205e-5};
    const double square = 1.0 / (y * y);
    const double ratio = polynomial(above, 5, square) / polynomial(below, 5, square);
    return (inverse_root_two_pi - square * ratio) / y;
}

/* exp(-y^2 / 2): the square of y to 1/16 is exact, where that of y itself would lose the digits that count */
static double density_ratio(double y)
{
    const double coarse = floor(y * 16.0) / 16.0;
    const double rest = (y - coarse) * (y + coarse);
    return qf_exp(-0.5 * coarse * coarse) * qf_exp(-0.5 * rest);
}

double qf_normal_cdf(double x)
{
    const double y = fabs(x);
    if (!(y > 0.66291)) {
        return 0.5 + cdf_centre(x);
    }
    if (y > 39.0) {
        /* below the smallest double */
        return x < 0.0 ? 0.0 : 1.0;
    }
    const double below = density_ratio(y) * (y * y <= 32.0 ? cdf_flank(y) : cdf_tail(y));
    return x < 0.0 ? below : 1.0 - below;
}

/* of q = p - 0.5, |q| <= 0.425 */
static double quantile_centre(double q)
{
    static const double above[] = {
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608};
    static const double below[] = {
        5226.495278852854561,  28729.085735721942674, 39307.89580009271061,  21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083,  42.313330701600911252, 1.0};
    const double r = 0.180625 - q * q;
    return q * polynomial(above, 7, r) / polynomial(below, 7, r);
}

/* of r = sqrt(-log(p)) up to 5, p the smaller of both sides */
static double quantile_flank(double r)
{
    static const double above[] = {7.7454501427834140764e-4, 0.0227238449892691845833,
                                   0.24178072517745061177,   1.27045825245236838258,
                                   3.64784832476320460504,   5.7694972214606914055,
                                   4.6303378461565452959,    1.42343711074968357734};
    static const double below[] = {1.05075007164441684324e-9, 5.475938084995344946e-4,
                                   0.0151986665636164571966,  0.14810397642748007459,
                                   0.68976733498510000455,    1.6763848301838038494,
                                   2.05319162663775882187,    1.0};
    return polynomial(above, 7, r - 1.6) / polynomial(below, 7, r - 1.6);
}

/* the same beyond 5 */
static double quantile_tail(double r)
{
    static const double above[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                   0.0012426609473880784386,  0.026532189526576123093,
                                   0.29656057182850489123,    1.7848265399172913358,
                                   5.4637849111641143699,     6.6579046435011037772};
    static const double below[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7,
                                   1.8463183175100546818e-5,   7.868691311456132591e-4,
                                   0.0148753612908506148525,   0.13692988092273580531,
                                   0.59983220655588793769,     1.0};
    return polynomial(above, 7, r - 5.0) / polynomial(below, 7, r - 5.0);
}

double qf_normal_quantile(double p)
{
    if (!(p >= 0.0 && p <= 1.0)) {
        return (double)NAN;
    }
    const double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        return quantile_centre(q);
    }
    const double smaller = q < 0.0 ? p : 1.0 - p;
    if (smaller == 0.0) {
        return q < 0.0 ? -(double)INFINITY : (double)INFINITY;
    }
    const double r = sqrt(-qf_log_e(smaller));
    const double distance = r <= 5.0 ? quantile_flank(r) : quantile_tail(r);
    return q < 0.0 ? -distance : distance;
}
