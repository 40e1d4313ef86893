/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COEFFICIENT_H
#define QF_COEFFICIENT_H

#include "bot.h"

/*
 * One coefficient of the vehicles of a range: the group's own number or, in a dispersed group, an
 * array of one for each of them. Kernels take it before a loop, as a local that no store can alias:
 * else it would be loaded anew for every vehicle, and gcc 12 would not vectorise the loop.
 */
typedef struct qf_coefficients {
    double uniform;
    const double *of; /* by slot - begin */
} qf_coefficients;

static inline qf_coefficients qf_coefficients_take(const qf_bot_group *group, size_t number,
                                                   size_t begin, const bool dispersed)
{
    return dispersed ? (qf_coefficients){.of = group->column[number] + (begin - group->origin)}
                     : (qf_coefficients){.uniform = group->uniform[number]};
}

/*
 * For kernels that are compiled twice, with `dispersed` false and true: the coefficients of `group`
 * from slot `begin` on, and the one of the vehicle at `j` = slot - begin.
 */
#define COEFFICIENTS_AT(number) qf_coefficients_take(group, number, begin, dispersed)
#define COEFFICIENTS(name)      COEFFICIENTS_AT(QF_C_##name)
#define VALUE_OF(coefficients)  (dispersed ? (coefficients).of[j] : (coefficients).uniform)

#endif
