/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ASSIGNMENT_H
#define QF_ASSIGNMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who belongs to whom, where only some pairs of rows and columns may: the candidates. Both ways are
 * deterministic: equal costs are decided by row, then column, whatever the order of the candidates. Double
 * precision: sums and differences of squares of single precision are exact in it, unless they differ much in size.
 */
typedef struct qf_candidate {
    uint32_t row, column;
    double cost; /* at least zero, no NaN */
} qf_candidate;

typedef struct qf_assignment qf_assignment; /* memory, which grows; one for each thread */

#define QF_UNASSIGNED UINT32_MAX

/* NULL without memory. */
qf_assignment *qf_assignment_create(void);
void qf_assignment_free(qf_assignment *assignment);

/*
 * Room for the caller's candidates and lists, aligned to 64 bytes; its until the next call of this. What was in
 * it is lost when it grows. NULL without memory.
 */
void *qf_assignment_room(qf_assignment *assignment, size_t bytes);

/*
 * The cheapest candidate first, then the cheapest of those that are left ... column_of[n_rows] and
 * row_of[n_columns] are set, QF_UNASSIGNED where there is none. False without memory.
 */
bool qf_assign_nearest(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                       size_t n_rows, size_t n_columns, uint32_t *column_of, uint32_t *row_of);

/*
 * The least sum of costs, where leaving a candidate's row and column alone costs `alone` (finite) for the pair:
 * candidates that cost more are not looked at. Candidates that conflict with none are decided at
 * once, groups of others by themselves. Of equal sums the order of rows and columns alone chooses.
 */
bool qf_assign_exact(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                     double alone, size_t n_rows, size_t n_columns, uint32_t *column_of,
                     uint32_t *row_of);

#endif
