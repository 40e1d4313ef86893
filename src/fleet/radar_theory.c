/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything here is a sum of positive terms or a bisection. The sum over N pulses of a target's echo
 * and noise is gamma(N + J), where J counts: Poisson of mean N S where the target does not
 * fluctuate, and negative binomial, a Poisson number with a gamma mean, for Swerling's cases; so that
 *
 *   Pd = sum over j of P(J = j) Q(N + j, T)
 *
 * with Q the regularised upper incomplete gamma function and T the threshold. Case 1 has J of shape 1
 * (one exponential amplitude for all pulses), case 2 of shape N, cases 3 and 4 of 2 and 2 N.
 * Guarded by tests/test_radar_theory.c.
 */
#include "radar_theory.h"

#include <math.h>
#include <stdbool.h>

#include "scalar_math.h"

/* what is left out of a sum, against the sum */
#define NEGLIGIBLE 0x1p-60

double qf_db_of(double ratio)
{
    return 10.0 * qf_log_10(ratio);
}

double qf_ratio_of(double db)
{
    return qf_exp_10(db / 10.0);
}

/* x^a exp(-x) / gamma(a) */
static double power_term(double a, double x)
{
    return qf_exp(a * qf_log_e(x) - x - qf_log_gamma(a));
}

static double gamma_p_series(double a, double x)
{
    double term = 1.0 / a;
    double sum = term;
    for (double n = a + 1.0; term > NEGLIGIBLE * sum; n += 1.0) {
        term *= x / n;
        sum += term;
    }
    return power_term(a, x) * sum;
}

/* Lentz's way through the continued fraction, which converges for x > a + 1 */
static double gamma_q_fraction(double a, double x)
{
    const double tiny = 0x1p-1000;
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double value = d;
    double change = 0.0;
    for (double n = 1.0; fabs(change - 1.0) > 0x1p-52; n += 1.0) {
        const double numerator = n * (a - n);
        b += 2.0;
        d = numerator * d + b;
        d = 1.0 / (d == 0.0 ? tiny : d);
        c = b + numerator / c;
        c = c == 0.0 ? tiny : c;
        change = c * d;
        value *= change;
    }
    return power_term(a, x) * value;
}

double qf_gamma_p(double a, double x)
{
    if (!(x > 0.0)) {
        return 0.0;
    }
    return x < a + 1.0 ? gamma_p_series(a, x) : 1.0 - gamma_q_fraction(a, x);
}

double qf_gamma_q(double a, double x)
{
    if (!(x > 0.0)) {
        return 1.0;
    }
    return x < a + 1.0 ? 1.0 - gamma_p_series(a, x) : gamma_q_fraction(a, x);
}

/* Q(a, x), Q(a + 1, x), ... by adding what each has more than the one before */
typedef struct gamma_walk {
    double a, x;
    double q;    /* Q(a, x) */
    double step; /* Q(a + 1, x) - Q(a, x) */
} gamma_walk;

static gamma_walk walk_from(double a, double x)
{
    return (gamma_walk){.a = a, .x = x, .q = qf_gamma_q(a, x), .step = power_term(a, x) / a};
}

static void walk_on(gamma_walk *walk)
{
    walk->q += walk->step;
    walk->a += 1.0;
    walk->step *= walk->x / walk->a;
}

double qf_marcum_q(int m, double a, double b)
{
    const double mean = 0.5 * a * a;
    const double x = 0.5 * b * b;
    if (!(x > 0.0)) {
        return 1.0;
    }
    /* ten deviations below the mean, Poisson numbers have less than NEGLIGIBLE together */
    double j = fmax(0.0, floor(mean - 10.0 * sqrt(mean)));
    double weight = j > 0.0 ? power_term(j + 1.0, mean) / mean : qf_exp(-mean);
    gamma_walk walk = walk_from((double)m + j, x);
    double weights = weight;
    double sum = weight * walk.q;
    /* the numbers after j have at most weight mean / (j + 1 - mean) together */
    while (!(j + 1.0 > mean && weight * mean <= NEGLIGIBLE * sum * (j + 1.0 - mean))) {
        walk_on(&walk);
        j += 1.0;
        weight *= mean / j;
        weights += weight;
        sum += weight * walk.q;
    }
    /* the weights add up to 1 but for rounding, which grows with the mean */
    return fmin(sum / weights, 1.0);
}

/*
 * Where a function that goes one way passes `wanted`: bisection down to neighbouring doubles, from 0 up to
 * a bound that doubles until it is beyond.
 */
typedef struct crossing {
    int swerling, pulses;
    double threshold;
    double shape;
} crossing;

static double find_crossing(double (*value)(const crossing *, double), const crossing *of,
                            double wanted, double beyond)
{
    const bool rises = value(of, 0.0) < wanted;
    while ((value(of, beyond) < wanted) == rises && isfinite(beyond)) {
        beyond *= 2.0;
    }
    double low = 0.0;
    for (;;) {
        const double middle = low + 0.5 * (beyond - low);
        if (!(middle > low && middle < beyond)) {
            return beyond;
        }
        if ((value(of, middle) < wanted) == rises) {
            low = middle;
        } else {
            beyond = middle;
        }
    }
}

static double gamma_tail(const crossing *of, double x)
{
    return qf_gamma_q(of->shape, x);
}

double qf_gamma_q_inverse(double a, double q)
{
    return find_crossing(gamma_tail, &(crossing){.shape = a}, q, a);
}

double qf_radar_threshold(int pulses, double pfa)
{
    return qf_gamma_q_inverse((double)pulses, pfa);
}

/* a target whose power is gamma distributed with this shape, constant or not over the pulses */
static double pd_fluctuating(double shape, int pulses, double snr, double threshold)
{
    const double mean = (double)pulses * snr;
    const double ratio = mean / (shape + mean);
    double weight = qf_exp(-shape * qf_log_1_plus(mean / shape));
    double weights = weight;
    gamma_walk walk = walk_from((double)pulses, threshold);
    double sum = weight * walk.q;
    for (double j = 0.0; walk.a < threshold || walk.step > NEGLIGIBLE; j += 1.0) {
        walk_on(&walk);
        weight *= ratio * (shape + j) / (j + 1.0);
        weights += weight;
        sum += weight * walk.q;
    }
    /* from here on Q is 1, so the rest counts whole, unless it is only rounding */
    const double rest = 1.0 - weights;
    return fmin(sum + (rest > 0x1p-50 ? rest : 0.0), 1.0);
}

double qf_radar_pd(int swerling, int pulses, double snr, double threshold)
{
    const double n = (double)pulses;
    switch (swerling) {
    case 0:
        return qf_marcum_q(pulses, sqrt(2.0 * n * snr), sqrt(2.0 * threshold));
    case 1:
        return pd_fluctuating(1.0, pulses, snr, threshold);
    case 2:
        return pd_fluctuating(n, pulses, snr, threshold);
    case 3:
        return pd_fluctuating(2.0, pulses, snr, threshold);
    case 4:
        return pd_fluctuating(2.0 * n, pulses, snr, threshold);
    default:
        return (double)NAN;
    }
}

static double pd_at(const crossing *of, double snr)
{
    return qf_radar_pd(of->swerling, of->pulses, snr, of->threshold);
}

double qf_radar_snr_for(int swerling, int pulses, double pd, double threshold)
{
    const crossing of = {.swerling = swerling, .pulses = pulses, .threshold = threshold};
    return pd_at(&of, 0.0) < pd ? find_crossing(pd_at, &of, pd, 1.0) : 0.0;
}

/*
 * Above T by y, a gamma(N) has the density (T + y)^(N - 1) exp(-T - y) / (N - 1)!, which is, by the
 * binomial theorem, the sum over k < N of T^(N - 1 - k) / (N - 1 - k)! times y^k exp(-y) / k! times
 * exp(-T), and the middle factor is the density of gamma(k + 1).
 */
void qf_radar_alarm_shape(int pulses, double threshold, double *cdf)
{
    /* from the last weight, T^0 / 0!, to the first */
    double weight = 1.0;
    double sum = 0.0;
    for (int k = pulses - 1; k >= 0; k--) {
        cdf[k] = weight;
        sum += weight;
        weight *= threshold / (double)(pulses - k);
    }
    double up_to = 0.0;
    for (int k = 0; k < pulses; k++) {
        up_to += cdf[k];
        cdf[k] = up_to / sum;
    }
    cdf[pulses - 1] = 1.0;
}

double qf_cfar_multiplier(int cells, double pfa)
{
    const double n = (double)cells;
    return n * qf_exp_minus_1(-qf_log_e(pfa) / n);
}

double qf_cfar_pd(int cells, double multiplier, double snr)
{
    const double n = (double)cells;
    return qf_exp(-n * qf_log_1_plus(multiplier / (n * (1.0 + snr))));
}

double qf_poisson_at_least(int k, double mean)
{
    return k > 0 ? qf_gamma_p((double)k, mean) : 1.0;
}

double qf_no_alarm_gap(double cells, double pfa)
{
    const double mean = cells * pfa;
    return -qf_exp(-mean) * qf_exp_minus_1(cells * qf_log_1_plus(-pfa) + mean);
}
