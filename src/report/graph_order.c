/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of items within rows: as a search through the graph meets them, then sweeps down and up, each of which sorts a row by
 * the barycentres of its neighbours in the row before, and exchanges of neighbours that save crossings. The order with the fewest
 * crossings of all that were seen is kept, the earliest of equal ones.
 */
#include <stdint.h>
#include <string.h>

#include "graph_internal.h"

enum { SWEEPS = 24, PATIENCE = 6 };

typedef struct sorting {
    qf_graph_rows *rows;
    double *key;    /* by item */
    size_t *sorted; /* of a row */
    size_t *best;
} sorting;

/* the search: depth first, along links down and then up, so that what hangs together stands together */
static void number_items(qf_graph_rows *rows, size_t *stack)
{
    size_t next = 0;
    for (size_t root = 0; root < rows->n_items; root++) {
        size_t depth = 0;
        if (rows->items[root].seen == SIZE_MAX) {
            rows->items[root].seen = next++;
            stack[depth++] = root;
        }
        while (depth > 0) {
            const qf_graph_item *item = &rows->items[stack[depth - 1]];
            size_t found = SIZE_MAX;
            for (size_t i = 0; i < item->n_down && found == SIZE_MAX; i++) {
                const size_t other = rows->downs[item->down + i];
                found = rows->items[other].seen == SIZE_MAX ? other : SIZE_MAX;
            }
            for (size_t i = 0; i < item->n_up && found == SIZE_MAX; i++) {
                const size_t other = rows->ups[item->up + i];
                found = rows->items[other].seen == SIZE_MAX ? other : SIZE_MAX;
            }
            if (found == SIZE_MAX) {
                depth--;
            } else {
                rows->items[found].seen = next++;
                stack[depth++] = found;
            }
        }
    }
}

/* merge sort, which leaves equal keys as they are */
static void sort_by_key(size_t *items, size_t n, const double *key, size_t *scratch)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * width) {
            const size_t middle = begin + width < n ? begin + width : n;
            const size_t end = begin + 2 * width < n ? begin + 2 * width : n;
            size_t a = begin;
            size_t b = middle;
            for (size_t i = begin; i < end; i++) {
                const bool first = a < middle && (b == end || key[items[a]] <= key[items[b]]);
                scratch[i] = first ? items[a++] : items[b++];
            }
        }
        memcpy(items, scratch, n * sizeof *items);
    }
}

static void set_places(qf_graph_rows *rows)
{
    for (size_t r = 0; r < rows->n_rows; r++) {
        for (size_t i = rows->row_begin[r]; i < rows->row_begin[r + 1]; i++) {
            rows->items[rows->order[i]].place = i - rows->row_begin[r];
        }
    }
}

static void sort_row(sorting *s, size_t row, bool from_above)
{
    qf_graph_rows *rows = s->rows;
    const size_t begin = rows->row_begin[row];
    const size_t n = rows->row_begin[row + 1] - begin;
    for (size_t i = 0; i < n; i++) {
        const size_t number = rows->order[begin + i];
        const qf_graph_item *item = &rows->items[number];
        const size_t *others = from_above ? &rows->ups[item->up] : &rows->downs[item->down];
        const size_t n_others = from_above ? item->n_up : item->n_down;
        double sum = 0.0;
        for (size_t j = 0; j < n_others; j++) {
            sum += (double)rows->items[others[j]].place;
        }
        s->key[number] = n_others > 0 ? sum / (double)n_others : (double)item->place;
    }
    sort_by_key(&rows->order[begin], n, s->key, s->sorted);
    for (size_t i = 0; i < n; i++) {
        rows->items[rows->order[begin + i]].place = i;
    }
}

/* pairs of links that cross where a stands directly before b */
static size_t crossings_of(const qf_graph_rows *rows, size_t a, size_t b)
{
    const qf_graph_item *first = &rows->items[a];
    const qf_graph_item *second = &rows->items[b];
    size_t n = 0;
    for (size_t i = 0; i < first->n_up; i++) {
        for (size_t j = 0; j < second->n_up; j++) {
            n += rows->items[rows->ups[first->up + i]].place >
                 rows->items[rows->ups[second->up + j]].place;
        }
    }
    for (size_t i = 0; i < first->n_down; i++) {
        for (size_t j = 0; j < second->n_down; j++) {
            n += rows->items[rows->downs[first->down + i]].place >
                 rows->items[rows->downs[second->down + j]].place;
        }
    }
    return n;
}

static bool exchange_neighbours(qf_graph_rows *rows, size_t row)
{
    bool changed = false;
    for (size_t i = rows->row_begin[row]; i + 1 < rows->row_begin[row + 1]; i++) {
        const size_t a = rows->order[i];
        const size_t b = rows->order[i + 1];
        if (crossings_of(rows, b, a) < crossings_of(rows, a, b)) {
            rows->order[i] = b;
            rows->order[i + 1] = a;
            rows->items[b].place--;
            rows->items[a].place++;
            changed = true;
        }
    }
    return changed;
}

/* inversions of the links between two rows, in the order of their upper ends: by insertion into a tree of sums */
static size_t crossings_below(const qf_graph_rows *rows, size_t row, size_t *tree)
{
    const size_t n_lower = rows->row_begin[row + 2] - rows->row_begin[row + 1];
    memset(tree, 0, (n_lower + 1) * sizeof *tree);
    size_t n = 0;
    size_t inserted = 0;
    for (size_t i = rows->row_begin[row]; i < rows->row_begin[row + 1]; i++) {
        const qf_graph_item *item = &rows->items[rows->order[i]];
        for (size_t j = 0; j < item->n_down; j++) {
            size_t not_after = 0;
            for (size_t p = rows->items[rows->downs[item->down + j]].place + 1; p > 0;
                 p -= p & (~p + 1)) {
                not_after += tree[p];
            }
            n += inserted - not_after;
        }
        for (size_t j = 0; j < item->n_down; j++, inserted++) {
            for (size_t p = rows->items[rows->downs[item->down + j]].place + 1; p <= n_lower;
                 p += p & (~p + 1)) {
                tree[p]++;
            }
        }
    }
    return n;
}

static size_t count_crossings(const qf_graph_rows *rows, size_t *tree)
{
    size_t n = 0;
    for (size_t row = 0; row + 1 < rows->n_rows; row++) {
        n += crossings_below(rows, row, tree);
    }
    return n;
}

static void sweep(sorting *s, bool down)
{
    const size_t n = s->rows->n_rows;
    for (size_t i = 1; i < n; i++) {
        sort_row(s, down ? i : n - 1 - i, down);
    }
    bool changed = true;
    for (size_t round = 0; changed && round < 8; round++) {
        changed = false;
        for (size_t row = 0; row < n; row++) {
            changed = exchange_neighbours(s->rows, row) || changed;
        }
    }
}

bool qf_graph_order(qf_arena *arena, qf_graph_rows *rows)
{
    const size_t n = rows->n_items;
    sorting s = {.rows = rows,
                 .key = qf_arena_array(arena, n + 1, sizeof *s.key),
                 .sorted = qf_arena_array(arena, n + 2, sizeof *s.sorted),
                 .best = qf_arena_array(arena, n + 1, sizeof *s.best)};
    if (!s.key || !s.sorted || !s.best) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        rows->items[i].seen = SIZE_MAX;
    }
    number_items(rows, s.sorted);
    for (size_t i = 0; i < n; i++) {
        s.key[i] = (double)rows->items[i].seen;
    }
    for (size_t r = 0; r < rows->n_rows; r++) {
        sort_by_key(&rows->order[rows->row_begin[r]], rows->row_begin[r + 1] - rows->row_begin[r],
                    s.key, s.sorted);
    }
    set_places(rows);
    size_t fewest = SIZE_MAX;
    size_t since_best = 0;
    for (int i = 0; i < SWEEPS && fewest > 0 && since_best < PATIENCE; i++) {
        if (i > 0) {
            sweep(&s, i % 2 == 1);
        }
        const size_t crossings = count_crossings(rows, s.sorted);
        since_best++;
        if (crossings < fewest) {
            fewest = crossings;
            since_best = 0;
            memcpy(s.best, rows->order, n * sizeof *s.best);
        }
    }
    memcpy(rows->order, s.best, n * sizeof *s.best);
    set_places(rows);
    rows->n_crossings = n > 0 ? fewest : 0;
    return true;
}
