/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_SUM_H
#define QF_METRIC_SUM_H

#include <math.h>

/*
 * Sums of metrics, in the order in which numbers come, with what rounding lost kept apart (Knuth's two-sum): the
 * result is as if computed in twice the precision. NaN does not count.
 */
typedef struct qf_metric_sum {
    double high, low;
    double n; /* numbers so far */
} qf_metric_sum;

static inline qf_metric_sum qf_metric_sum_add(qf_metric_sum sum, double value)
{
    const double counted = value == value ? value : 0.0;
    const double high = sum.high + counted;
    const double share = high - sum.high;
    const double lost = (sum.high - (high - share)) + (counted - share);
    return (qf_metric_sum){high, sum.low + lost, sum.n + (value == value ? 1.0 : 0.0)};
}

/* NaN: of nothing. Beyond the range of numbers what was lost is not one. */
static inline double qf_metric_sum_of(qf_metric_sum sum)
{
    if (!(sum.n > 0.0)) {
        return (double)NAN;
    }
    return isfinite(sum.low) ? sum.high + sum.low : sum.high;
}

static inline double qf_metric_mean_of(qf_metric_sum sum)
{
    return qf_metric_sum_of(sum) / sum.n; /* of nothing NaN */
}

#endif
