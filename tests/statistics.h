/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_STATISTICS_H
#define QF_TEST_STATISTICS_H

/*
 * Whether numbers follow a distribution: Kolmogorov-Smirnov for continuous ones, chi-square for
 * counts. Both give the probability that a right generator would look worse than this one; a test
 * of significance a rejects below a. Seeds are fixed, so that a test's verdict never changes by
 * itself: a is the chance that a right engine fails at a newly chosen seed. Tests that ask k
 * questions of one run divide a by k (Bonferroni), so that it stays the chance of the whole.
 * Guarded by tests/test_statistics.c (published tables).
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define STATISTICS_PI 3.141592653589793

static inline int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The largest distance of the draws from a distribution, times sqrt(n); leaves the draws sorted. */
static inline double ks_statistic(double *draws, size_t n, double (*cdf)(double))
{
    qsort(draws, n, sizeof *draws, compare_doubles);
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double expected = cdf(draws[i]);
        largest = fmax(largest, fabs(expected - (double)i / (double)n));
        largest = fmax(largest, fabs(expected - (double)(i + 1) / (double)n));
    }
    return largest * sqrt((double)n);
}

/*
 * Kolmogorov's limit of P(statistic > s), with Stephens' correction for a finite n (JRSS B 32,
 * 1970): good to two digits from n = 5. The limit's two series converge at opposite ends.
 */
static inline double ks_p_value(double statistic, size_t n)
{
    const double root = sqrt((double)n);
    const double s = statistic * (1.0 + 0.12 / root + 0.11 / (double)n);
    double sum = 0.0;
    if (s < 1.0) {
        for (int k = 1; k <= 9 && s > 0.0; k += 2) {
            const double z = k * STATISTICS_PI / s;
            sum += exp(-z * z / 8.0);
        }
        return s > 0.0 ? 1.0 - sqrt(2.0 * STATISTICS_PI) / s * sum : 1.0;
    }
    for (int k = 1; k <= 9; k++) {
        sum += (k % 2 ? 2.0 : -2.0) * exp(-2.0 * k * k * s * s);
    }
    return sum;
}

/* A right generator exceeds this with probability 1e-3: sqrt(-log(0.0005) / 2). */
#define KS_LIMIT_0_1_PCT 1.9494746

static inline double uniform_cdf(double x)
{
    return fmin(1.0, fmax(0.0, x));
}

static inline double normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2.0));
}

/* Sum of (found - expected)^2 / expected, where cell k is expected `share[k]` of all. */
static inline double chi_square_statistic(const size_t *found, const double *share, size_t n_cells)
{
    double total = 0.0;
    double sum = 0.0;
    for (size_t k = 0; k < n_cells; k++) {
        total += (double)found[k];
    }
    for (size_t k = 0; k < n_cells; k++) {
        const double off = (double)found[k] - total * share[k];
        sum += off * off / (total * share[k]);
    }
    return sum;
}

/*
 * P(chi-square of `freedom` degrees > x): the regularised incomplete gamma function Q(freedom / 2,
 * x / 2). DLMF 8.11.4 (series of P) below the mean, 8.9.2 (continued fraction of Q) above it.
 */
static inline double chi_square_p_value(double x, size_t freedom)
{
    const double a = 0.5 * (double)freedom;
    const double z = 0.5 * x;
    if (!(z > 0.0)) {
        return 1.0;
    }
    const double scale = exp(a * log(z) - z - lgamma(a));
    enum { MOST_TERMS = 10000 };
    if (z < a + 1.0) {
        double term = 1.0 / a;
        double sum = term;
        for (int k = 1; k < MOST_TERMS && term > 1e-17 * sum; k++) {
            term *= z / (a + k);
            sum += term;
        }
        return 1.0 - scale * sum;
    }
    /* Lentz's evaluation from the front */
    double b = z + 1.0 - a;
    double c = INFINITY;
    double d = 1.0 / b;
    double fraction = d;
    for (int k = 1; k < MOST_TERMS; k++) {
        const double numerator = -k * (k - a);
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (fabs(c * d - 1.0) < 1e-16) {
            break;
        }
    }
    return scale * fraction;
}

/* Pearson's correlation; of n independent pairs it is within z / sqrt(n) as a normal is within z. */
static inline double correlation(const double *a, const double *b, size_t n)
{
    double mean_a = 0.0;
    double mean_b = 0.0;
    for (size_t i = 0; i < n; i++) {
        mean_a += a[i] / (double)n;
        mean_b += b[i] / (double)n;
    }
    double aa = 0.0;
    double ab = 0.0;
    double bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return ab / sqrt(aa * bb);
}

/* Probability that n independent pairs correlate as much as that or more, in either direction. */
static inline double correlation_p_value(double r, size_t n)
{
    return erfc(fabs(r) * sqrt(0.5 * (double)n));
}

#endif
