/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constant bound that a sequence of standardised sums of independent normal steps crosses with a given chance. The
 * density of the sums that have not crossed yet is carried from look to look by numerical integration (P. Armitage,
 * C. K. McPherson, B. C. Rowe, "Repeated significance tests on accumulating data", J. R. Stat. Soc. A 132 (1969) 235),
 * at Gauss and Legendre's points. Guarded by tests/test_interval.c (Pocock's published constants, and simulation).
 */
#include <math.h>
#include <stdbool.h>

#include "interval.h"
#include "scalar_math.h"

#define LEAST_GROWTH 1.05

enum { MOST_POINTS = 512 };

typedef struct quadrature {
    int n;
    double x[MOST_POINTS]; /* in (-1, 1) */
    double weight[MOST_POINTS];
} quadrature;

/* Zeros of Legendre's polynomial by Newton's method, in pairs. */
static void quadrature_set(quadrature *q, int n)
{
    q->n = n;
    for (int i = 0; i < n / 2; i++) {
        double x = qf_cos(0.5 * QF_TWO_PI * (i + 0.75) / (n + 0.5));
        double slope = 1.0;
        for (int newton = 0; newton < 8; newton++) {
            double before = 1.0;
            double value = x;
            for (int k = 2; k <= n; k++) {
                const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
                before = value;
                value = next;
            }
            slope = n * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        q->x[i] = -x;
        q->x[n - 1 - i] = x;
        q->weight[i] = q->weight[n - 1 - i] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
}

static double normal_density(double z)
{
    return 0.39894228040143267794 * qf_exp(-0.5 * z * z);
}

/*
 * From look to look the standardised sum becomes sqrt(share) of itself and sqrt(1 - share) of a standard normal,
 * `share` being that of the cases that were there already.
 */
static double share_of(const size_t *sizes, size_t look)
{
    return (double)sizes[look - 1] / (double)sizes[look];
}

/* The chance that it is beyond -bound or bound at one look at least. */
static double chance_of_crossing(const size_t *sizes, size_t n, const quadrature *q, double bound)
{
    double density[MOST_POINTS]; /* at the points, times their weights */
    double next[MOST_POINTS];
    double crossed = 2.0 * qf_normal_cdf(-bound);
    for (int i = 0; i < q->n; i++) {
        density[i] = bound * q->weight[i] * normal_density(bound * q->x[i]);
    }
    for (size_t look = 1; look < n; look++) {
        const double keep = sqrt(share_of(sizes, look));
        const double sd = sqrt(1.0 - share_of(sizes, look));
        for (int i = 0; i < q->n; i++) { /* both ends */
            crossed += 2.0 * density[i] * qf_normal_cdf((keep * bound * q->x[i] - bound) / sd);
        }
        if (look + 1 == n) {
            break;
        }
        for (int i = 0; i < q->n / 2; i++) { /* the density is even */
            double sum = 0.0;
            for (int j = 0; j < q->n; j++) {
                sum += density[j] * normal_density(bound * (q->x[i] - keep * q->x[j]) / sd);
            }
            next[i] = next[q->n - 1 - i] = sum / sd * bound * q->weight[i];
        }
        for (int i = 0; i < q->n; i++) {
            density[i] = next[i];
        }
    }
    return crossed;
}

/* So many points resolve the narrowest step: four times as many change the bound by less than 1e-12 of it. */
static int points_for(const size_t *sizes, size_t n, double bound)
{
    double sd = 1.0;
    for (size_t look = 1; look < n; look++) {
        sd = fmin(sd, sqrt(1.0 - share_of(sizes, look)));
    }
    const int points = 8 + 2 * (int)(2.5 * bound / sd);
    return points < MOST_POINTS ? points : MOST_POINTS;
}

double qf_interval_repeated_alpha(const size_t *sizes, size_t n, double alpha)
{
    for (size_t look = 0; look < n; look++) {
        if (sizes[look] == 0 || (look > 0 && !(share_of(sizes, look) <= 1.0 / LEAST_GROWTH))) {
            return (double)NAN;
        }
    }
    if (n <= 1 || !(alpha > 0.0 && alpha < 0.5)) {
        return n == 1 && alpha > 0.0 && alpha < 0.5 ? alpha : (double)NAN;
    }
    /* between that of one look, and that of looks of which each crosses by itself (Bonferroni) */
    double low = -qf_normal_quantile(alpha);
    double high = -qf_normal_quantile(alpha / (double)n);
    quadrature q;
    quadrature_set(&q, points_for(sizes, n, high));
    double low_excess = chance_of_crossing(sizes, n, &q, low) - 2.0 * alpha;
    double high_excess = chance_of_crossing(sizes, n, &q, high) - 2.0 * alpha;
    int side = 0; /* the Illinois method: the end that stays counts half */
    while (high - low > 1e-12 * high) {
        const double middle = (low * high_excess - high * low_excess) / (high_excess - low_excess);
        if (!(middle > low && middle < high)) {
            break;
        }
        const double excess = chance_of_crossing(sizes, n, &q, middle) - 2.0 * alpha;
        if (fabs(excess) < 1e-13) {
            return qf_normal_cdf(-middle);
        }
        if (excess > 0.0) {
            high_excess *= side == 1 ? 0.5 : 1.0;
            low = middle;
            low_excess = excess;
            side = 1;
        } else {
            low_excess *= side == -1 ? 0.5 : 1.0;
            high = middle;
            high_excess = excess;
            side = -1;
        }
    }
    return qf_normal_cdf(-high);
}
