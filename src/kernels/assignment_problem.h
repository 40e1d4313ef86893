/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ASSIGNMENT_PROBLEM_H
#define QF_ASSIGNMENT_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

/* What assignment.c asks assignment_problem.c: one group of rows and columns, exactly. */

/* One group, its rows and columns numbered from 0. */
typedef struct qf_problem {
    size_t n_rows, n_columns;
    const double *cost; /* row by row; infinite where there is no candidate */
    double alone;
    double *row_price;            /* rows before the one that joins: cost - prices >= 0, */
    double *column_price;         /* and 0 for pairs made */
    double *distance;             /* by column: of the shortest path to it */
    uint32_t *from;               /* by column: the row that path comes from */
    uint32_t *column_of, *row_of; /* pairs made */
    uint32_t *walked;             /* by column: whether the path to it is final */
} qf_problem;

/* Assigns all rows; memory is the caller's: prices zero and pairs QF_UNASSIGNED at first. */
void qf_problem_solve(const qf_problem *problem);

#endif
