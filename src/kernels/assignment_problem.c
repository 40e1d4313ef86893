/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least sum of costs. Rows join one by one, in their order, each along the shortest augmenting path with
 * respect to reduced costs (Dijkstra's way: cost less both prices is never below zero). A path may also end in
 * leaving one of its rows alone, as if each row had one more column of its own that costs `alone`. Of paths of
 * equal length one to a column is taken before one that leaves a row alone, the first column before others, and
 * the row that was reached first, which is the one that joins, is left alone before others. O(rows^2 columns).
 *
 * Sources: Jonker, Volgenant, Computing 38 (1987); Crouse, IEEE Trans. AES 52 (2016). Guarded by
 * tests/test_assignment.c.
 */
#include "assignment_problem.h"

#include "assignment.h"

/* Where the shortest path of a row that joins ends. */
typedef struct path {
    double length;
    uint32_t column; /* a free one; QF_UNASSIGNED: `row` is left alone */
    uint32_t row;
} path;

/* Takes row's candidates into the distances; returns the nearest column not walked yet, of equals the first. */
static uint32_t look_from(const qf_problem *p, uint32_t row, double reached)
{
    const double *const cost = p->cost + row * p->n_columns;
    const double offset = reached - p->row_price[row];
    uint32_t nearest = QF_UNASSIGNED;
    double least = __builtin_inf();
    for (uint32_t column = 0; column < p->n_columns; column++) {
        if (p->walked[column]) {
            continue;
        }
        const double distance = offset + (cost[column] - p->column_price[column]);
        if (distance < p->distance[column]) {
            p->distance[column] = distance;
            p->from[column] = row;
        }
        if (p->distance[column] < least) {
            least = p->distance[column];
            nearest = column;
        }
    }
    return nearest;
}

static path find_path(const qf_problem *p, uint32_t joins)
{
    for (size_t column = 0; column < p->n_columns; column++) {
        p->distance[column] = __builtin_inf();
        p->walked[column] = 0;
    }
    path leave = {.length = __builtin_inf(), .column = QF_UNASSIGNED};
    double reached = 0.0;
    for (uint32_t row = joins;;) {
        const double length = reached + (p->alone - p->row_price[row]);
        if (length < leave.length) {
            leave.length = length;
            leave.row = row;
        }
        const uint32_t column = look_from(p, row, reached);
        if (column == QF_UNASSIGNED || p->distance[column] > leave.length) {
            return leave;
        }
        reached = p->distance[column];
        if (p->row_of[column] == QF_UNASSIGNED) {
            return (path){.length = reached, .column = column};
        }
        p->walked[column] = 1;
        row = p->row_of[column];
    }
}

static void join(const qf_problem *p, uint32_t joins)
{
    const path end = find_path(p, joins);
    p->row_price[joins] += end.length;
    for (size_t column = 0; column < p->n_columns; column++) {
        if (p->walked[column]) {
            const double change = end.length - p->distance[column];
            p->row_price[p->row_of[column]] += change;
            p->column_price[column] -= change;
        }
    }
    uint32_t column = end.column;
    if (column == QF_UNASSIGNED) { /* what its row had goes to the others on the path */
        column = p->column_of[end.row];
        p->column_of[end.row] = QF_UNASSIGNED;
    }
    while (column != QF_UNASSIGNED) {
        const uint32_t row = p->from[column];
        const uint32_t before = p->column_of[row];
        p->row_of[column] = row;
        p->column_of[row] = column;
        column = row == joins ? QF_UNASSIGNED : before;
    }
}

void qf_problem_solve(const qf_problem *p)
{
    for (uint32_t row = 0; row < p->n_rows; row++) {
        join(p, row);
    }
}
