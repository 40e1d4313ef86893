/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least sum of costs. Rows join one by one, in their order, each along the shortest augmenting path with
 * respect to reduced costs (Dijkstra's way: cost less both prices is never below zero). A path may also end in
 * leaving one of its rows alone, as if each row had one more column of its own that costs `alone`. Of paths of
 * equal length one to a column is taken before one that leaves a row alone, the first column before others, and
 * the row that was reached first, which is the one that joins, is left alone before others. A step looks at one
 * row's candidates and at the columns reached; k rows, columns connected with each other take O(k^3) at most.
 *
 * Sources: Jonker, Volgenant, Computing 38 (1987); Crouse, IEEE Trans. AES 52 (2016). Guarded by
 * tests/test_assignment.c.
 */
#include "assignment_problem.h"

/* Where the shortest path of a row that joins ends. */
typedef struct path {
    double length;
    uint32_t column; /* a free one; QF_UNASSIGNED: `row` is left alone */
    uint32_t row;
} path;

/* How far the search has come: lengths of the lists. */
typedef struct search {
    size_t n_reached, n_walked;
} search;

static void look_from(const qf_problem *p, uint32_t row, double length, search *s)
{
    const double offset = length - p->row_price[row];
    for (size_t i = p->begin[row]; i < p->begin[row + 1]; i++) {
        const uint32_t column = p->candidates[i].column;
        const double distance = offset + (p->candidates[i].cost - p->column_price[column]);
        if (distance < p->distance[column] && !p->is_walked[column]) {
            if (p->distance[column] == __builtin_inf()) {
                p->reached[s->n_reached++] = column;
            }
            p->distance[column] = distance;
            p->from[column] = row;
        }
    }
}

/* Place in `reached` of the nearest column, of equals the first; there is one. */
static size_t find_nearest(const qf_problem *p, const search *s)
{
    size_t nearest = 0;
    for (size_t i = 1; i < s->n_reached; i++) {
        const uint32_t a = p->reached[i];
        const uint32_t b = p->reached[nearest];
        const double difference = p->distance[a] - p->distance[b];
        nearest = difference < 0.0 || (difference == 0.0 && a < b) ? i : nearest;
    }
    return nearest;
}

static path find_path(const qf_problem *p, uint32_t joins, search *s)
{
    path leave = {.length = __builtin_inf(), .column = QF_UNASSIGNED};
    double length = 0.0;
    for (uint32_t row = joins;;) {
        const double alone = length + (p->alone - p->row_price[row]);
        if (alone < leave.length) {
            leave.length = alone;
            leave.row = row;
        }
        look_from(p, row, length, s);
        if (s->n_reached == 0) {
            return leave;
        }
        const size_t place = find_nearest(p, s);
        const uint32_t column = p->reached[place];
        if (p->distance[column] > leave.length) {
            return leave;
        }
        length = p->distance[column];
        if (p->row_of[column] == QF_UNASSIGNED) {
            return (path){.length = length, .column = column};
        }
        p->reached[place] = p->reached[--s->n_reached];
        p->walked[s->n_walked++] = column;
        p->is_walked[column] = 1;
        row = p->row_of[column];
    }
}

/* So that the path's pairs cost nothing beyond their prices; and clears the search. */
static void set_prices(const qf_problem *p, uint32_t joins, double length, const search *s)
{
    p->row_price[joins] += length;
    for (size_t i = 0; i < s->n_walked; i++) {
        const uint32_t column = p->walked[i];
        const double change = length - p->distance[column];
        p->row_price[p->row_of[column]] += change;
        p->column_price[column] -= change;
        p->distance[column] = __builtin_inf();
        p->is_walked[column] = 0;
    }
    for (size_t i = 0; i < s->n_reached; i++) {
        p->distance[p->reached[i]] = __builtin_inf();
    }
}

void qf_problem_join(const qf_problem *p, uint32_t joins)
{
    search s = {0};
    const path end = find_path(p, joins, &s);
    set_prices(p, joins, end.length, &s);
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
