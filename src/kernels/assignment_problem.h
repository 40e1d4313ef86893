/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ASSIGNMENT_PROBLEM_H
#define QF_ASSIGNMENT_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#include "assignment.h"

/* What assignment.c asks assignment_problem.c. All arrays are its own; those by column are of all columns. */
typedef struct qf_problem {
    const qf_candidate *candidates; /* by row */
    const uint32_t *begin;          /* row's candidates are [begin[row], begin[row + 1]) */
    double alone;
    uint32_t *column_of, *row_of; /* pairs; QF_UNASSIGNED at first */
    /* by row and by column, 0 at first: cost - both prices >= 0 for rows that have joined, and 0 for pairs */
    double *row_price, *column_price;
    /* of the row that joins; between rows all distances are infinite, and nothing is walked */
    double *distance;    /* by column: of the shortest path to it so far */
    uint32_t *from;      /* by column: the row that path comes from */
    uint32_t *is_walked; /* by column: that path is final, and goes on to the row that has it */
    uint32_t *reached,
        *walked; /* lists of columns: with a path that is not final, and with one that is */
} qf_problem;

/* Pairs the row, or leaves one alone, such that the sum over the rows that have joined is least. */
void qf_problem_join(const qf_problem *problem, uint32_t row);

#endif
