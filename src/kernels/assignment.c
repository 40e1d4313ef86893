/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assignment where most candidates conflict with none: one pass finds that out, and then all is done. Else
 *
 *   nearest  rows and columns that are connected by candidates become groups; of each the candidates are
 *            sorted by (cost, row, column), and taken while row and column are free
 *   exact    candidates are sorted by row, and the rows join one by one (assignment_problem.c); what is not connected
 *            with a row is not looked at
 *
 * Nothing depends on the order of the candidates. Guarded by tests/test_assignment.c.
 */
#include "assignment.h"

#include <stdlib.h>
#include <string.h>

#include "assignment_problem.h"
#include "merge_sort.h"

enum { ALIGNMENT = 64 };

typedef struct block {
    void *memory;
    size_t bytes;
} block;

struct qf_assignment {
    block room;  /* the caller's */
    block lists; /* of one assignment */
};

qf_assignment *qf_assignment_create(void)
{
    return calloc(1, sizeof(qf_assignment));
}

void qf_assignment_free(qf_assignment *assignment)
{
    if (assignment) {
        free(assignment->room.memory);
        free(assignment->lists.memory);
        free(assignment);
    }
}

/* Memory of at least that size; what was in it is lost when it grows. */
static void *reserve(block *b, size_t bytes)
{
    if (bytes > b->bytes || !b->memory) {
        size_t rounded;
        if (__builtin_add_overflow(bytes, bytes / 2 + ALIGNMENT, &rounded)) {
            return NULL;
        }
        free(b->memory);
        rounded -= rounded % ALIGNMENT;
        b->memory = aligned_alloc(ALIGNMENT, rounded);
        b->bytes = b->memory ? rounded : 0;
    }
    return b->memory;
}

void *qf_assignment_room(qf_assignment *assignment, size_t bytes)
{
    return reserve(&assignment->room, bytes);
}

/*
 * Makes pairs of all candidates that cost at most `alone`, and returns whether none conflicts with another. Else
 * row_of is a row of each column's candidates, and column_of a column of each row's.
 */
static bool pair_all(const qf_candidate *candidates, size_t n, double alone,
                     uint32_t *restrict column_of, uint32_t *restrict row_of)
{
    uint32_t free_places = QF_UNASSIGNED; /* all ones until a place was taken before */
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].cost <= alone) {
            const uint32_t row = candidates[i].row;
            const uint32_t column = candidates[i].column;
            free_places &= column_of[row] & row_of[column];
            column_of[row] = column;
            row_of[column] = row;
        }
    }
    return free_places == QF_UNASSIGNED;
}

/* Sets begin[key + 1] to how many there are of each key, and then begin[key] to where they begin. */
static void add_up(uint32_t *begin, size_t n_keys)
{
    for (size_t k = 0; k < n_keys; k++) {
        begin[k + 1] += begin[k];
    }
}

/* Candidates that cost at most `alone` by the key of their row: those of key k are [begin[k], begin[k + 1]). */
static void sort_by_key(const qf_candidate *candidates, size_t n, double alone,
                        const uint32_t *key_of, size_t n_keys, uint32_t *begin,
                        qf_candidate *sorted)
{
    memset(begin, 0, (n_keys + 1) * sizeof *begin);
    for (size_t i = 0; i < n; i++) {
        begin[key_of[candidates[i].row] + 1] += candidates[i].cost <= alone;
    }
    add_up(begin, n_keys);
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].cost <= alone) {
            sorted[begin[key_of[candidates[i].row]]++] = candidates[i];
        }
    }
    memmove(begin + 1, begin,
            n_keys * sizeof *begin); /* where each ended is where the next began */
    begin[0] = 0;
}

/* ---- nearest ---- */

/* Group k is what row k is the first row of: candidates [begin[k], begin[k + 1]). */
typedef struct groups {
    uint32_t *root; /* by row: the first row of its group */
    uint32_t *begin;
    qf_candidate *candidates;
    qf_candidate *other; /* for sorting */
} groups;

static uint32_t root_of(uint32_t *root, uint32_t row)
{
    while (root[row] != row) {
        root[row] = root[root[row]];
        row = root[row];
    }
    return row;
}

static void connect(const qf_candidate *candidates, size_t n, size_t n_rows, const uint32_t *row_of,
                    uint32_t *root)
{
    for (uint32_t row = 0; row < n_rows; row++) {
        root[row] = row;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t a = root_of(root, candidates[i].row);
        const uint32_t b = root_of(root, row_of[candidates[i].column]);
        root[a < b ? b : a] = a < b ? a : b;
    }
    for (uint32_t row = 0; row < n_rows; row++) {
        root[row] = root[root[row]]; /* which comes before it, so is right already */
    }
}

/* Sizes cannot overflow: the caller holds arrays of n and n_rows, of which this is a small multiple. */
static bool find_groups(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                        size_t n_rows, const uint32_t *row_of, groups *g)
{
    g->candidates = reserve(&assignment->lists,
                            2 * n * sizeof *g->candidates + (2 * n_rows + 1) * sizeof(uint32_t));
    if (!g->candidates) {
        return false;
    }
    g->other = g->candidates + n;
    g->root = (uint32_t *)(g->other + n);
    g->begin = g->root + n_rows;
    connect(candidates, n, n_rows, row_of, g->root);
    sort_by_key(candidates, n, __builtin_inf(), g->root, n_rows, g->begin, g->candidates);
    return true;
}

static bool comes_before(const void *nothing, const qf_candidate *a, const qf_candidate *b)
{
    (void)nothing;
    if (a->cost != b->cost) {
        return a->cost < b->cost;
    }
    return a->row != b->row ? a->row < b->row : a->column < b->column;
}

QF_MERGE_SORT(sort, qf_candidate, comes_before)

static void take_nearest(const qf_candidate *sorted, size_t n, uint32_t *column_of,
                         uint32_t *row_of)
{
    for (size_t i = 0; i < n; i++) {
        column_of[sorted[i].row] = QF_UNASSIGNED;
        row_of[sorted[i].column] = QF_UNASSIGNED;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = sorted[i].row;
        const uint32_t column = sorted[i].column;
        if (column_of[row] == QF_UNASSIGNED && row_of[column] == QF_UNASSIGNED) {
            column_of[row] = column;
            row_of[column] = row;
        }
    }
}

bool qf_assign_nearest(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                       size_t n_rows, size_t n_columns, uint32_t *column_of, uint32_t *row_of)
{
    memset(column_of, 0xFF, n_rows * sizeof *column_of);
    memset(row_of, 0xFF, n_columns * sizeof *row_of);
    if (pair_all(candidates, n, __builtin_inf(), column_of, row_of)) {
        return true;
    }
    groups g;
    if (!find_groups(assignment, candidates, n, n_rows, row_of, &g)) {
        return false;
    }
    for (size_t k = 0; k < n_rows; k++) {
        qf_candidate *const own = g.candidates + g.begin[k];
        const size_t n_own = g.begin[k + 1] - g.begin[k];
        if (n_own > 1) { /* a single one was paired already */
            take_nearest(sort(NULL, own, g.other, n_own), n_own, column_of, row_of);
        }
    }
    return true;
}

/* ---- exact ---- */

/* Sizes cannot overflow: the caller holds arrays of n, n_rows and n_columns, of which this is a small multiple. */
static bool set_up(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                   double alone, size_t n_rows, size_t n_columns, qf_problem *p)
{
    const size_t prices = n_rows + 2 * n_columns;
    const size_t words = 2 * n_rows + 1 + 4 * n_columns;
    qf_candidate *const sorted =
        reserve(&assignment->lists,
                n * sizeof *sorted + prices * sizeof(double) + words * sizeof(uint32_t));
    if (!sorted) {
        return false;
    }
    double *const price = (double *)(sorted + n);
    uint32_t *const word = (uint32_t *)(price + prices);
    uint32_t *const begin = word;
    uint32_t *const key_of = word + n_rows + 1;
    for (uint32_t row = 0; row < n_rows; row++) {
        key_of[row] = row;
    }
    sort_by_key(candidates, n, alone, key_of, n_rows, begin, sorted);
    memset(price, 0, (n_rows + n_columns) * sizeof *price);
    p->candidates = sorted;
    p->begin = begin;
    p->alone = alone;
    p->row_price = price;
    p->column_price = price + n_rows;
    p->distance = price + n_rows + n_columns;
    p->from = key_of + n_rows;
    p->reached = p->from + n_columns;
    p->walked = p->reached + n_columns;
    p->is_walked = p->walked + n_columns;
    for (size_t column = 0; column < n_columns; column++) {
        p->distance[column] = __builtin_inf();
        p->is_walked[column] = 0;
    }
    return true;
}

bool qf_assign_exact(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                     double alone, size_t n_rows, size_t n_columns, uint32_t *column_of,
                     uint32_t *row_of)
{
    memset(column_of, 0xFF, n_rows * sizeof *column_of);
    memset(row_of, 0xFF, n_columns * sizeof *row_of);
    if (pair_all(candidates, n, alone, column_of, row_of)) {
        return true;
    }
    qf_problem p = {.column_of = column_of, .row_of = row_of};
    if (!set_up(assignment, candidates, n, alone, n_rows, n_columns, &p)) {
        return false;
    }
    memset(column_of, 0xFF, n_rows * sizeof *column_of);
    memset(row_of, 0xFF, n_columns * sizeof *row_of);
    for (uint32_t row = 0; row < n_rows; row++) {
        qf_problem_join(&p, row);
    }
    return true;
}
