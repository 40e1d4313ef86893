/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from cell to cell: neighbours_index.h. In a sparse world most cells have one point, and how many
 * cells a row has moved on by, or whether it has any here, cannot be foreseen: branches on it took half of
 * all time. So a few steps are counted without branches; keys beyond the last are greater than any.
 */
#include "neighbours_index.h"
#include "neighbours_memory.h"

/* the first cell whose key is not less; looked for from `hint` on, in steps that double */
static size_t first_not_less(const uint64_t *keys, size_t n, size_t hint, uint64_t key)
{
    size_t low = 0; /* all before it are less */
    size_t high = n;
    size_t step = 1;
    if (hint < n && keys[hint] < key) {
        low = hint + 1;
        while (low < n && low + step <= n && keys[low + step - 1] < key) {
            low += step;
            step *= 2;
        }
        high = low + step <= n ? low + step - 1 : n;
    } else {
        high = hint < n ? hint : n;
        while (high >= step && keys[high - step] >= key) {
            high -= step;
            step *= 2;
        }
        low = high >= step ? high - step + 1 : 0;
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (keys[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* the same, quick when it is none of many steps beyond the hint */
static size_t find_near(const uint64_t *keys, size_t n, size_t hint, uint64_t key)
{
    const uint64_t *next = keys + hint;
    const size_t steps =
        (size_t)(next[0] < key) + (next[1] < key) + (next[2] < key) + (next[3] < key);
    const int beyond = hint == 0 || next[-1] < key;
    return beyond && steps < 4 ? hint + steps : first_not_less(keys, n, hint, key);
}

/* the points of cells with keys from `first` to `last`, at most three cells */
static void add_run(const qf_neighbours *neighbours, uint64_t first, uint64_t last, size_t *cursor,
                    qf_cell_walk *walk)
{
    const uint64_t *keys = neighbours->cell_key;
    const size_t begin = find_near(keys, neighbours->n_cells, *cursor, first);
    const size_t end =
        begin + (keys[begin] <= last) + (keys[begin + 1] <= last) + (keys[begin + 2] <= last);
    *cursor = begin;
    const uint32_t rank = neighbours->cell_begin[begin];
    const size_t any = end > begin;
    /* a run that begins where the last one ends makes that longer */
    const size_t joins = any & (rank == walk->end);
    qf_run *run = &walk->runs[walk->n_runs - joins];
    run->begin = joins ? run->begin : rank;
    run->end = neighbours->cell_begin[end];
    walk->end = any ? run->end : walk->end;
    walk->n_runs += any - joins;
}

/* x - 1, x and x + 1 of a row, whose key is that of its cell 0 */
static void add_row(const qf_neighbours *neighbours, uint64_t row, uint64_t x, size_t *cursors,
                    qf_cell_walk *walk)
{
    const int bits = neighbours->memory->grid.bits[0];
    const uint64_t last = (UINT64_C(1) << bits) - 1;
    const uint64_t from = x > 0 ? x - 1 : 0;
    const uint64_t to = x < last ? x + 1 : last;
    add_run(neighbours, row + from, row + to, &cursors[0], walk);
    if (bits > 0 && x == 0) {
        add_run(neighbours, row + last, row + last, &cursors[1], walk);
    }
    if (bits > 0 && x == last) {
        add_run(neighbours, row, row, &cursors[1], walk);
    }
}

static void add_rows(const qf_neighbours *neighbours, uint64_t key, qf_cell_walk *walk)
{
    const int *bits = neighbours->memory->grid.bits;
    const uint64_t mask[3] = {(UINT64_C(1) << bits[0]) - 1, (UINT64_C(1) << bits[1]) - 1,
                              (UINT64_C(1) << bits[2]) - 1};
    const uint64_t x = key & mask[0];
    const uint64_t y = key >> bits[0] & mask[1];
    const uint64_t z = key >> (bits[0] + bits[1]) & mask[2];
    const uint64_t world = key >> (bits[0] + bits[1]) >> bits[2] << bits[2];
    /* along an axis without bits there is one cell */
    const uint64_t n_y = bits[1] > 0 ? 3 : 1;
    const uint64_t n_z = bits[2] > 0 ? 3 : 1;
    for (uint64_t k = 0; k < n_z; k++) {
        const uint64_t plane = (world | ((z + k - n_z / 2) & mask[2])) << bits[1];
        for (uint64_t j = 0; j < n_y; j++) {
            const uint64_t row = (plane | ((y + j - n_y / 2) & mask[1])) << bits[0];
            add_row(neighbours, row, x, &walk->cursor[2 * (3 * k + j)], walk);
        }
    }
}

void qf_cell_walk_to(const qf_neighbours *neighbours, uint32_t rank, qf_cell_walk *walk)
{
    const size_t cell = neighbours->cell_of[rank];
    if (walk->started && walk->cell == cell) {
        return;
    }
    walk->started = 1;
    walk->cell = cell;
    walk->n_runs = 0;
    walk->end = UINT32_MAX;
    const qf_neighbours_memory *memory = neighbours->memory;
    const int cell_bits = qf_cell_bits(&memory->grid);
    const uint64_t key = neighbours->cell_key[cell];
    if (cell_bits == 0 || memory->world_points[key >> cell_bits] <= QF_SMALL_WORLD_POINTS) {
        walk->runs[walk->n_runs++] =
            (qf_run){neighbours->cell_begin[cell], neighbours->cell_begin[cell + 1]};
        return;
    }
    add_rows(neighbours, key, walk);
}
