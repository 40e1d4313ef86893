/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HEALTH_H
#define QF_HEALTH_H

#include <stdbool.h>

/* What the values of one column are for a healthy vehicle, bounds included; NaN never is. */
typedef struct qf_health_range {
    const double *values; /* by slot */
    double low, high;
} qf_health_range;

static inline bool qf_is_healthy(double value, double low, double high)
{
    return value >= low && value <= high;
}

#endif
