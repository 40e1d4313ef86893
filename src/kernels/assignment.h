/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ASSIGNMENT_H
#define QF_ASSIGNMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who belongs to whom, where only some pairs of rows and columns may: the candidates. Both ways are
 * deterministic: equal costs are decided by row, then column. Double precision: costs of singles are exact in it.
 */
typedef struct qf_candidate {
    uint32_t row, column;
    double cost; /* at least zero */
} qf_candidate;

typedef struct qf_assignment qf_assignment; /* memory, which grows; one for each thread */

#define QF_UNASSIGNED UINT32_MAX

/* NULL without memory. */
qf_assignment *qf_assignment_create(void);
void qf_assignment_free(qf_assignment *assignment);

/*
 * The cheapest candidate first, then the cheapest of those that are left ... column_of[n_rows] and
 * row_of[n_columns] are set. False without memory.
 */
bool qf_assign_nearest(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                       size_t n_rows, size_t n_columns, uint32_t *column_of, uint32_t *row_of);

/*
 * The least sum of costs, where leaving a candidate's row and column alone costs `alone` for the pair: pairs that
 * cost more are not made. Candidates that conflict with none are decided at once, components of
 * others by themselves.
 */
bool qf_assign_exact(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                     double alone, size_t n_rows, size_t n_columns, uint32_t *column_of,
                     uint32_t *row_of);

#endif
