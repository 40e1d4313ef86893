/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_CAUSES_H
#define QF_SWEEP_CAUSES_H

#include "arena.h"
#include "sweep_table.h"

/* Why cases are not ok, those of a kind together: causes that differ in nothing but numbers. */
typedef struct qf_cause_group {
    qf_outcome outcome;
    size_t n;
    uint32_t first_case;
    const char *cause; /* of that case */
} qf_cause_group;

/* Of the first n_cases, the most frequent first, equals by their first case. NULL without memory; *n may be 0. */
const qf_cause_group *qf_sweep_causes(qf_arena *arena, const qf_sweep_table *table, size_t n_cases,
                                      size_t *n);

#endif
