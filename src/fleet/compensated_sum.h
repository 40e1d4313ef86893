/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COMPENSATED_SUM_H
#define QF_COMPENSATED_SUM_H

#include <math.h>

/*
 * A sum that loses nothing to its terms' order of size (A. Neumaier, Z. angew. Math. Mech. 54 (1974) 39). With an
 * infinity among the terms it is what the plain sum would be.
 */
typedef struct qf_sum {
    double sum, lost;
} qf_sum;

static inline void qf_sum_add(qf_sum *s, double term)
{
    const double next = s->sum + term;
    if (isfinite(next)) {
        s->lost += fabs(s->sum) >= fabs(term) ? s->sum - next + term : term - next + s->sum;
    }
    s->sum = next;
}

static inline double qf_sum_value(const qf_sum *s)
{
    return isfinite(s->sum) ? s->sum + s->lost : s->sum;
}

#endif
