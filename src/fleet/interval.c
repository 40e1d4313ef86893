/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shares: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404; E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
 * Quantiles by order statistics: H. A. David, Order Statistics, 2.5. Tolerance bounds: S. S. Wilks, Ann. Math.
 * Stat. 12 (1941) 91. Guarded by tests/test_interval.c and, for what they cover, tests/test_coverage.c.
 */
#include "interval.h"

#include <math.h>
#include <stdbool.h>

#include "scalar_math.h"

static bool is_share(double k, double n, double alpha)
{
    return n > 0.0 && k >= 0.0 && k <= n && alpha > 0.0 && alpha < 1.0;
}

qf_interval qf_interval_clopper_pearson(double k, double n, double alpha)
{
    if (!is_share(k, n, alpha)) {
        return qf_no_interval();
    }
    /* the upper bound is that of what did not succeed, mirrored, so that nothing is lost near 1 */
    return (qf_interval){
        .low = k == 0.0 ? 0.0 : qf_beta_quantile(alpha, k, n - k + 1.0),
        .high = k == n ? 1.0 : qf_beta_quantile(1.0 - alpha, k + 1.0, n - k),
    };
}

qf_interval qf_interval_wilson(double k, double n, double alpha)
{
    if (!is_share(k, n, alpha)) {
        return qf_no_interval();
    }
    const double z = -qf_normal_quantile(alpha);
    const double square = z * z;
    const double centre = (k + 0.5 * square) / (n + square);
    const double half = z / (n + square) * sqrt(k * (n - k) / n + 0.25 * square);
    /* at the ends the formula gives 0 and 1 but for rounding */
    return (qf_interval){
        .low = k == 0.0 ? 0.0 : centre - half,
        .high = k == n ? 1.0 : centre + half,
    };
}

qf_interval qf_interval_t(double mean, double error, double degrees, double alpha)
{
    if (!(degrees > 0.0) || !(error >= 0.0) || !isfinite(error)) {
        return qf_no_interval();
    }
    const double half = -qf_t_quantile(alpha, degrees) * error;
    return (qf_interval){mean - half, mean + half};
}

/* How many of n lie below a quantile is binomial: the smallest count that is reached with a chance of at most `chance`,
   n + 1: none. */
static uint64_t least_unlikely(uint64_t n, double level, double chance)
{
    uint64_t likely = 0; /* 0 is reached always */
    uint64_t unlikely = n + 1;
    while (unlikely - likely > 1) {
        const uint64_t k = likely + (unlikely - likely) / 2;
        if (qf_binomial_at_least((double)k, (double)n, level) <= chance) {
            unlikely = k;
        } else {
            likely = k;
        }
    }
    return unlikely;
}

void qf_interval_quantile(uint64_t n, double level, double alpha, uint64_t *low, uint64_t *high)
{
    *high = least_unlikely(n, level, alpha);
    /* the same seen from above */
    *low = n + 1 - least_unlikely(n, 1.0 - level, alpha);
}

uint64_t qf_tolerance_rank(uint64_t n, double content, double confidence)
{
    if (!(content > 0.0 && content < 1.0 && confidence > 0.0 && confidence < 1.0)) {
        return 0;
    }
    const uint64_t rank = least_unlikely(n, content, 1.0 - confidence);
    return rank > n ? 0 : rank;
}

uint64_t qf_tolerance_n(double content, double confidence)
{
    if (!(content >= 0.0 && content < 1.0 && confidence >= 0.0 && confidence < 1.0)) {
        return 0;
    }
    if (content == 0.0 || confidence == 0.0) {
        return 1;
    }
    const double chance = 1.0 - confidence;
    const double n = ceil(qf_log_e(chance) / qf_log_e(content));
    if (!(n < 0x1p53)) {
        return 0;
    }
    /* the same comparison as that of the rank, which may differ where both are equal but for rounding */
    const double least = n > 1.0 ? n - 1.0 : 1.0;
    return (uint64_t)(qf_binomial_at_least(least, least, content) <= chance ? least
                      : qf_binomial_at_least(n, n, content) <= chance       ? n
                                                                            : n + 1.0);
}
