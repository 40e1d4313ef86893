/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assignment where most candidates conflict with none: one pass finds that out, and then all is done. Else rows
 * and columns that are connected by candidates become groups, each of which is decided by itself:
 *
 *   nearest  its candidates sorted by (cost, row, column), and taken while row and column are free
 *   exact    a dense table of its costs, solved by assignment_problem.c
 *
 * Nothing depends on the order of the candidates. Guarded by tests/test_assignment.c.
 */
#include "assignment.h"

#include <stdlib.h>
#include <string.h>

#include "assignment_problem.h"

enum {
    ALIGNMENT = 64,
    FEW = 16, /* up to here inserting is faster than merging */
};

typedef struct block {
    void *memory;
    size_t bytes;
} block;

struct qf_assignment {
    block room;  /* the caller's */
    block lists; /* of one assignment */
    block cells; /* costs of one group */
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
        free(assignment->cells.memory);
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

/* ---- groups ---- */

/* Group g is what row g is the first row of: elements [begin[g], begin[g + 1]) of the list. */
typedef struct groups {
    size_t n_rows, n_columns;
    uint32_t *root; /* by row: the first row of its group */
    uint32_t *candidate_begin, *row_begin, *column_begin;
    qf_candidate *candidates;
    uint32_t *rows, *columns; /* ascending in each group */
    uint32_t *place;          /* by row, then by column: within its group */
    void *work;               /* of one group */
} groups;

/* No overflow: the caller holds arrays of n, n_rows and n_columns, of which this is a small multiple. */
static bool make_room(qf_assignment *assignment, size_t n, size_t n_rows, size_t n_columns,
                      groups *g)
{
    const size_t all = n_rows + n_columns;
    const size_t words = n_rows + 3 * (n_rows + 1) + 2 * all;
    const size_t work =
        n * sizeof(qf_candidate) + all * (2 * sizeof(double) + 4 * sizeof(uint32_t));
    qf_candidate *const memory =
        reserve(&assignment->lists,
                n * sizeof(qf_candidate) + words * sizeof(uint32_t) + sizeof(double) + work);
    if (!memory) {
        return false;
    }
    uint32_t *at = (uint32_t *)(memory + n);
    *g = (groups){.n_rows = n_rows, .n_columns = n_columns, .candidates = memory};
    g->root = at;
    g->candidate_begin = at += n_rows;
    g->row_begin = at += n_rows + 1;
    g->column_begin = at += n_rows + 1;
    g->rows = at += n_rows + 1;
    g->columns = at += n_rows;
    g->place = at += n_columns;
    g->work = at + all + words % 2; /* aligned for doubles */
    return true;
}

static uint32_t root_of(uint32_t *root, uint32_t row)
{
    while (root[row] != row) {
        root[row] = root[root[row]];
        row = root[row];
    }
    return row;
}

static void connect(const qf_candidate *candidates, size_t n, double alone, const uint32_t *row_of,
                    const groups *g)
{
    for (uint32_t row = 0; row < g->n_rows; row++) {
        g->root[row] = row;
    }
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].cost <= alone) {
            const uint32_t a = root_of(g->root, candidates[i].row);
            const uint32_t b = root_of(g->root, row_of[candidates[i].column]);
            g->root[a < b ? b : a] = a < b ? a : b;
        }
    }
    for (uint32_t row = 0; row < g->n_rows; row++) {
        g->root[row] = g->root[g->root[row]]; /* which comes before it, so is right already */
    }
}

/* counts[g + 1] of each group's become where each begins */
static void add_up(uint32_t *begin, size_t n_groups)
{
    for (size_t k = 0; k < n_groups; k++) {
        begin[k + 1] += begin[k];
    }
}

/* after each group's elements were put at begin[g]++ */
static void step_back(uint32_t *begin, size_t n_groups)
{
    memmove(begin + 1, begin, n_groups * sizeof *begin);
    begin[0] = 0;
}

static void group_candidates(const qf_candidate *candidates, size_t n, double alone,
                             const groups *g)
{
    uint32_t *const begin = g->candidate_begin;
    memset(begin, 0, (g->n_rows + 1) * sizeof *begin);
    for (size_t i = 0; i < n; i++) {
        begin[g->root[candidates[i].row] + 1] += candidates[i].cost <= alone;
    }
    add_up(begin, g->n_rows);
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].cost <= alone) {
            g->candidates[begin[g->root[candidates[i].row]]++] = candidates[i];
        }
    }
    step_back(begin, g->n_rows);
}

/* `root`: the group of each, QF_UNASSIGNED: of none. In their order, so ascending in each group. */
static void group_members(const uint32_t *root, size_t n, size_t n_groups, uint32_t *begin,
                          uint32_t *members, uint32_t *place)
{
    memset(begin, 0, (n_groups + 1) * sizeof *begin);
    for (size_t i = 0; i < n; i++) {
        if (root[i] != QF_UNASSIGNED) {
            place[i] = begin[root[i] + 1]++;
        }
    }
    add_up(begin, n_groups);
    for (uint32_t i = 0; i < n; i++) {
        if (root[i] != QF_UNASSIGNED) {
            members[begin[root[i]] + place[i]] = i;
        }
    }
}

/* Columns are in the group of a row of theirs. */
static void group_rows_and_columns(const uint32_t *row_of, const groups *g)
{
    group_members(g->root, g->n_rows, g->n_rows, g->row_begin, g->rows, g->place);
    uint32_t *const root = g->work;
    for (size_t column = 0; column < g->n_columns; column++) {
        const uint32_t row = row_of[column];
        root[column] = row == QF_UNASSIGNED ? QF_UNASSIGNED : g->root[row];
    }
    group_members(root, g->n_columns, g->n_rows, g->column_begin, g->columns, g->place + g->n_rows);
}

static void set_free(const qf_candidate *candidates, size_t n, uint32_t *column_of,
                     uint32_t *row_of)
{
    for (size_t i = 0; i < n; i++) {
        column_of[candidates[i].row] = QF_UNASSIGNED;
        row_of[candidates[i].column] = QF_UNASSIGNED;
    }
}

static bool group_all(qf_assignment *assignment, const qf_candidate *candidates, size_t n,
                      double alone, size_t n_rows, size_t n_columns, const uint32_t *row_of,
                      groups *g)
{
    if (!make_room(assignment, n, n_rows, n_columns, g)) {
        return false;
    }
    connect(candidates, n, alone, row_of, g);
    group_candidates(candidates, n, alone, g);
    return true;
}

/* ---- nearest ---- */

static bool comes_before(const qf_candidate *a, const qf_candidate *b)
{
    if (a->cost != b->cost) {
        return a->cost < b->cost;
    }
    return a->row != b->row ? a->row < b->row : a->column < b->column;
}

static void insert_sort(qf_candidate *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const qf_candidate moved = list[i];
        size_t k = i;
        for (; k > 0 && comes_before(&moved, &list[k - 1]); k--) {
            list[k] = list[k - 1];
        }
        list[k] = moved;
    }
}

static void merge_runs(const qf_candidate *a, size_t n_a, const qf_candidate *b, size_t n_b,
                       qf_candidate *to)
{
    while (n_a > 0 && n_b > 0) {
        const bool left = comes_before(a, b);
        *to++ = left ? *a : *b;
        a += left;
        n_a -= left;
        b += !left;
        n_b -= !left;
    }
    memcpy(to, a, n_a * sizeof *a);
    memcpy(to + n_a, b, n_b * sizeof *b);
}

/* Returns which of the two arrays they are in then. */
static const qf_candidate *sort(qf_candidate *list, qf_candidate *other, size_t n)
{
    for (size_t begin = 0; begin < n; begin += FEW) {
        insert_sort(list + begin, n - begin < FEW ? n - begin : FEW);
    }
    for (size_t run = FEW; run < n; run *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * run) {
            const size_t left = n - begin;
            const size_t n_a = left < run ? left : run;
            const size_t n_b = left - n_a < run ? left - n_a : run;
            merge_runs(list + begin, n_a, list + begin + n_a, n_b, other + begin);
        }
        qf_candidate *const sorted = other;
        other = list;
        list = sorted;
    }
    return list;
}

static void take_nearest(const qf_candidate *sorted, size_t n, uint32_t *column_of,
                         uint32_t *row_of)
{
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
    const double any = __builtin_inf();
    memset(column_of, 0xFF, n_rows * sizeof *column_of);
    memset(row_of, 0xFF, n_columns * sizeof *row_of);
    if (pair_all(candidates, n, any, column_of, row_of)) {
        return true;
    }
    groups g;
    if (!group_all(assignment, candidates, n, any, n_rows, n_columns, row_of, &g)) {
        return false;
    }
    for (size_t k = 0; k < n_rows; k++) {
        qf_candidate *const own = g.candidates + g.candidate_begin[k];
        const size_t n_own = g.candidate_begin[k + 1] - g.candidate_begin[k];
        if (n_own > 1) {
            set_free(own, n_own, column_of, row_of);
            take_nearest(sort(own, g.work, n_own), n_own, column_of, row_of);
        }
    }
    return true;
}

/* ---- exact ---- */

/* The problem of group k; false without memory. */
static bool set_up(block *cells, const groups *g, size_t k, double alone, qf_problem *p)
{
    const size_t n_rows = g->row_begin[k + 1] - g->row_begin[k];
    const size_t n_columns = g->column_begin[k + 1] - g->column_begin[k];
    size_t bytes;
    if (__builtin_mul_overflow(n_rows * sizeof(double), n_columns, &bytes)) {
        return false;
    }
    double *const cost = reserve(cells, bytes);
    if (!cost) {
        return false;
    }
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        cost[i] = __builtin_inf();
    }
    for (size_t i = g->candidate_begin[k]; i < g->candidate_begin[k + 1]; i++) {
        const qf_candidate *const c = &g->candidates[i];
        double *const cell = cost + g->place[c->row] * n_columns + g->place[g->n_rows + c->column];
        *cell = c->cost < *cell ? c->cost : *cell;
    }
    double *const prices = g->work;
    uint32_t *const numbers = (uint32_t *)(prices + n_rows + 2 * n_columns);
    *p = (qf_problem){.n_rows = n_rows,
                      .n_columns = n_columns,
                      .cost = cost,
                      .alone = alone,
                      .row_price = prices,
                      .column_price = prices + n_rows,
                      .distance = prices + n_rows + n_columns,
                      .column_of = numbers,
                      .row_of = numbers + n_rows,
                      .from = numbers + n_rows + n_columns,
                      .walked = numbers + n_rows + 2 * n_columns};
    memset(prices, 0, (n_rows + n_columns) * sizeof *prices);
    memset(numbers, 0xFF, (n_rows + n_columns) * sizeof *numbers);
    return true;
}

static void take_pairs(const qf_problem *p, const uint32_t *rows, const uint32_t *columns,
                       uint32_t *column_of, uint32_t *row_of)
{
    for (size_t row = 0; row < p->n_rows; row++) {
        if (p->column_of[row] != QF_UNASSIGNED) {
            const uint32_t column = columns[p->column_of[row]];
            column_of[rows[row]] = column;
            row_of[column] = rows[row];
        }
    }
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
    groups g;
    if (!group_all(assignment, candidates, n, alone, n_rows, n_columns, row_of, &g)) {
        return false;
    }
    group_rows_and_columns(row_of, &g);
    for (size_t k = 0; k < n_rows; k++) {
        const size_t n_own = g.candidate_begin[k + 1] - g.candidate_begin[k];
        if (n_own > 1) {
            qf_problem p;
            if (!set_up(&assignment->cells, &g, k, alone, &p)) {
                return false;
            }
            set_free(g.candidates + g.candidate_begin[k], n_own, column_of, row_of);
            qf_problem_solve(&p);
            take_pairs(&p, g.rows + g.row_begin[k], g.columns + g.column_begin[k], column_of,
                       row_of);
        }
    }
    return true;
}
