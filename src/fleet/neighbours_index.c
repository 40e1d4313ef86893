/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build of the index: neighbours_index.h. Each step runs over parts of the points, a thread to a part;
 * what parts hand on are minima, maxima and counts, so that their number does not matter.
 *
 *   worlds   how many points each has: small ones are one cell
 *   box      least and greatest position of all, from which the grid follows (neighbours_grid.h)
 *   words    key and number of each point in one word, which are then sorted by key; the position in
 *            one place, because what ranks cost is lines of memory in no order: 36 ns of 55 for a million
 *            points with three each
 *   starts   how many cells begin in each part
 *   ranks    everything by rank, and the cells
 *
 * Guarded by tests/test_neighbours.c.
 */
#include "neighbours_index.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "columns.h"
#include "neighbours_memory.h"
#include "radar.h"
#include "sort_words.h"

enum { BOX_SAMPLE = 64, AHEAD = 16 };

/* what a part hands on */
typedef struct part {
    size_t begin, end;
    double least_m[3], most_m[3];
    size_t n_cells;
    uint32_t n_outsiders;
} part;

typedef struct build {
    const qf_point_set *set;
    qf_neighbours_memory *memory;
    const uint64_t *words; /* sorted */
    int n_parts;
    bool any_large; /* a world that is not small */
    part parts[QF_SORT_MOST_PARTS];
} build;

#define FOR_PARTS(b, p)                                                                            \
    _Pragma("omp parallel for num_threads((b)->n_parts) schedule(static, 1)") for (int p = 0;      \
                                                                                   p <             \
                                                                                   (b)->n_parts;   \
                                                                                   p++)

/* lays the columns out from block->block on, if there is one; returns bytes, 0 when too large */
static size_t lay_out(qf_neighbours_memory *memory, size_t n_points)
{
    char *block = memory->block;
    size_t bytes = 0;
    bool fits = n_points < SIZE_MAX / 64;
    const size_t n = n_points + QF_LANE_SLACK;
    for (int axis = 0; axis < 3; axis++) {
        fits = fits &&
               qf_columns_place(block, &bytes, n, sizeof(double), &memory->position_m[axis]) &&
               qf_columns_place(block, &bytes, n, sizeof(uint32_t), &memory->fixed[axis]);
    }
    uint32_t **const narrow[] = {&memory->point, &memory->cell_of, &memory->cell_begin,
                                 &memory->outsiders_before, &memory->world_points};
    for (size_t c = 0; c < sizeof narrow / sizeof *narrow; c++) {
        fits = fits && qf_columns_place(block, &bytes, n, sizeof **narrow[c], narrow[c]);
    }
    fits =
        fits && qf_columns_place(block, &bytes, n, sizeof *memory->gathered_m, &memory->gathered_m);
    uint64_t **const wide[] = {&memory->words[0], &memory->words[1], &memory->cell_key};
    for (size_t c = 0; c < sizeof wide / sizeof *wide; c++) {
        fits = fits && qf_columns_place(block, &bytes, n, sizeof **wide[c], wide[c]);
    }
    const size_t n_parts = (size_t)qf_sort_parts(n_points, QF_SORT_MOST_PARTS);
    fits = fits && qf_columns_place(block, &bytes, n_parts << QF_SORT_DIGIT_BITS,
                                    sizeof *memory->counts, &memory->counts);
    return fits ? bytes : 0;
}

size_t qf_neighbours_bytes(size_t n_points)
{
    return lay_out(&(qf_neighbours_memory){0}, n_points);
}

qf_status qf_neighbours_create(qf_context *context, size_t n_points, qf_neighbours *neighbours)
{
    *neighbours = (qf_neighbours){0};
    qf_neighbours_memory *memory = calloc(1, sizeof *memory);
    const size_t bytes = qf_neighbours_bytes(n_points);
    if (!memory || bytes == 0) {
        free(memory);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to sort %zu vehicles into cells",
                       n_points);
    }
    const qf_status status = qf_columns_map(context, bytes, &memory->block);
    if (status != QF_OK) {
        free(memory);
        return status;
    }
    memory->bytes = bytes;
    lay_out(memory, n_points);
    *neighbours = (qf_neighbours){
        .points = {.fixed = {memory->fixed[0], memory->fixed[1], memory->fixed[2]},
                   .position_m = {memory->position_m[0], memory->position_m[1],
                                  memory->position_m[2]}},
        .point = memory->point,
        .cell_of = memory->cell_of,
        .cell_key = memory->cell_key,
        .cell_begin = memory->cell_begin,
        .memory = memory,
    };
    return QF_OK;
}

void qf_neighbours_free(qf_neighbours *neighbours)
{
    if (neighbours->memory) {
        qf_columns_unmap(neighbours->memory->block, neighbours->memory->bytes);
        free(neighbours->memory);
    }
    *neighbours = (qf_neighbours){0};
}

/* points of one world mostly follow each other: a run of them is one addition */
static void count_worlds(build *b)
{
    uint32_t *counts = b->memory->world_points;
    const uint32_t *world = b->set->world;
    memset(counts, 0, b->set->n_worlds * sizeof *counts);
    FOR_PARTS(b, p)
    {
        const size_t end = b->parts[p].end;
        for (size_t i = b->parts[p].begin; i < end;) {
            const size_t first = i;
            while (i < end && world[i] == world[first]) {
                i++;
            }
            __atomic_fetch_add(&counts[world[first]], (uint32_t)(i - first), __ATOMIC_RELAXED);
        }
    }
    for (size_t w = 0; w < b->set->n_worlds; w++) {
        b->any_large = b->any_large || counts[w] > QF_SMALL_WORLD_POINTS;
    }
}

static void find_extremes(const qf_point_set *set, size_t begin, size_t end, int axis, double *low,
                          double *high)
{
    const double *x = set->position_m[axis];
    double least = x[set->slot[begin]];
    double most = least;
    for (size_t i = begin; i < end; i++) {
        const double value = x[set->slot[i]];
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    *low = least;
    *high = most;
}

static void find_box(build *b, double least_m[3], double most_m[3])
{
    FOR_PARTS(b, p)
    {
        part *mine = &b->parts[p];
        for (int axis = 0; axis < 3; axis++) {
            find_extremes(b->set, mine->begin, mine->end, axis, &mine->least_m[axis],
                          &mine->most_m[axis]);
        }
    }
    for (int axis = 0; axis < 3; axis++) {
        least_m[axis] = b->parts[0].least_m[axis];
        most_m[axis] = b->parts[0].most_m[axis];
        for (int p = 1; p < b->n_parts; p++) {
            const part *other = &b->parts[p];
            least_m[axis] =
                other->least_m[axis] < least_m[axis] ? other->least_m[axis] : least_m[axis];
            most_m[axis] = other->most_m[axis] > most_m[axis] ? other->most_m[axis] : most_m[axis];
        }
    }
}

static size_t sample(const build *b, int axis, int64_t sorted[BOX_SAMPLE])
{
    const qf_point_set *set = b->set;
    const size_t n = set->n < BOX_SAMPLE ? set->n : BOX_SAMPLE;
    for (size_t k = 0; k < n; k++) {
        const double x_m = set->position_m[axis][set->slot[set->n * k / n]];
        const int64_t units = qf_units_of(&b->memory->grid, axis, x_m);
        size_t at = k;
        for (; at > 0 && sorted[at - 1] > units; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = units;
    }
    return n;
}

/* puts the box where most of a sample are; where it is decides only how fast neighbours are found */
static void place_box(build *b)
{
    qf_cell_grid *grid = &b->memory->grid;
    for (int axis = 0; axis < 3; axis++) {
        int64_t sorted[BOX_SAMPLE];
        const size_t n = sample(b, axis, sorted);
        size_t most = 0;
        for (size_t first = 0, end = 0; first < n; first++) {
            while (end < n && (uint64_t)(sorted[end] - sorted[first]) < QF_BOX_UNITS / 2) {
                end++;
            }
            if (end - first > most) {
                most = end - first;
                /* those found in the middle */
                grid->box_begin[axis] = sorted[first] + (sorted[end - 1] - sorted[first]) / 2 -
                                        (int64_t)(QF_BOX_UNITS / 2);
            }
        }
    }
}

static void make_words(build *b)
{
    const qf_point_set *set = b->set;
    const qf_cell_grid grid = b->memory->grid;
    const int cell_bits = qf_cell_bits(&grid);
    const uint32_t *world_points = b->memory->world_points;
    uint64_t *words = b->memory->words[0];
    FOR_PARTS(b, p)
    {
        for (size_t i = b->parts[p].begin; i < b->parts[p].end; i++) {
            const uint32_t slot = set->slot[i];
            uint64_t key = (uint64_t)set->world[i] << cell_bits;
            for (int axis = 0; axis < 3; axis++) {
                b->memory->gathered_m[i][axis] = set->position_m[axis][slot];
            }
            if (world_points[set->world[i]] > QF_SMALL_WORLD_POINTS) {
                key |= qf_cell_key_of(&grid, b->memory->gathered_m[i]);
            }
            words[i] = key << grid.index_bits | i;
        }
    }
}

static bool begins_cell(const uint64_t *words, size_t rank, int index_bits)
{
    return rank == 0 || (words[rank] ^ words[rank - 1]) >> index_bits != 0;
}

/* how many begin in each part, then how many before it */
static size_t count_cells(build *b)
{
    const int index_bits = b->memory->grid.index_bits;
    FOR_PARTS(b, p)
    {
        size_t n = 0;
        for (size_t r = b->parts[p].begin; r < b->parts[p].end; r++) {
            n += begins_cell(b->words, r, index_bits);
        }
        b->parts[p].n_cells = n;
    }
    size_t before = 0;
    for (int p = 0; p < b->n_parts; p++) {
        const size_t n = b->parts[p].n_cells;
        b->parts[p].n_cells = before;
        before += n;
    }
    return before;
}

static void make_cells(const build *b, const part *mine)
{
    const qf_neighbours_memory *memory = b->memory;
    const int index_bits = memory->grid.index_bits;
    size_t n_cells = mine->n_cells;
    for (size_t r = mine->begin; r < mine->end; r++) {
        if (begins_cell(b->words, r, index_bits)) {
            memory->cell_key[n_cells] = b->words[r] >> index_bits;
            memory->cell_begin[n_cells] = (uint32_t)r;
            n_cells++;
        }
        memory->cell_of[r] = (uint32_t)(n_cells - 1);
    }
}

static uint32_t make_rank(const build *b, const qf_cell_grid *grid, size_t r)
{
    const qf_neighbours_memory *memory = b->memory;
    const uint64_t point = b->words[r] & ((UINT64_C(1) << grid->index_bits) - 1);
    const double *position_m = memory->gathered_m[point];
    uint64_t outside = 0;
    memory->point[r] = (uint32_t)point;
    for (int axis = 0; axis < 3; axis++) {
        const int64_t units = qf_units_of(grid, axis, position_m[axis]);
        memory->position_m[axis][r] = position_m[axis];
        memory->fixed[axis][r] = (uint32_t)units;
        outside |= (uint64_t)(units - grid->box_begin[axis]) >= QF_BOX_UNITS;
    }
    return (uint32_t)outside;
}

static void make_ranks(build *b)
{
    const qf_cell_grid grid = b->memory->grid;
    const uint64_t index_mask = (UINT64_C(1) << grid.index_bits) - 1;
    FOR_PARTS(b, p)
    {
        part *mine = &b->parts[p];
        uint32_t n_outsiders = 0;
        make_cells(b, mine);
        for (size_t r = mine->begin; r < mine->end; r++) {
            if (r + AHEAD < mine->end) {
                __builtin_prefetch(b->memory->gathered_m[b->words[r + AHEAD] & index_mask]);
            }
            b->memory->outsiders_before[r] = n_outsiders;
            n_outsiders += make_rank(b, &grid, r);
        }
        mine->n_outsiders = n_outsiders;
    }
}

/* within each part -> among all; NULL when there are none */
static const uint32_t *count_outsiders(build *b)
{
    uint32_t *before = b->memory->outsiders_before;
    uint32_t total = 0;
    for (int p = 0; p < b->n_parts; p++) {
        const uint32_t n = b->parts[p].n_outsiders;
        b->parts[p].n_outsiders = total;
        total += n;
    }
    FOR_PARTS(b, p)
    {
        for (size_t r = b->parts[p].begin; r < b->parts[p].end; r++) {
            before[r] += b->parts[p].n_outsiders;
        }
    }
    before[b->set->n] = total;
    return total > 0 ? before : NULL;
}

static void build_points(build *b, double range_m, qf_neighbours *neighbours)
{
    qf_neighbours_memory *memory = b->memory;
    double least_m[3], most_m[3];
    count_worlds(b);
    find_box(b, least_m, most_m);
    memory->grid =
        qf_cell_grid_choose(least_m, most_m, range_m, b->set->n, b->set->n_worlds, b->any_large);
    qf_cell_grid_bounds(&memory->grid, most_m, range_m, &neighbours->points.most_fixed2,
                        &neighbours->points.least_fixed2);
    if (memory->grid.has_outsiders) {
        place_box(b);
    }
    make_words(b);
    b->words = qf_sort_words(memory->words[0], memory->words[1], b->set->n, memory->grid.index_bits,
                             memory->grid.key_bits, b->n_parts, memory->counts);
    neighbours->n_cells = count_cells(b);
    make_ranks(b);
    memory->cell_begin[neighbours->n_cells] = (uint32_t)b->set->n;
    memset(memory->cell_key + neighbours->n_cells, 0xFF, QF_KEYS_BEYOND * sizeof *memory->cell_key);
    neighbours->points.outsiders_before = memory->grid.has_outsiders ? count_outsiders(b) : NULL;
}

void qf_neighbours_build(const qf_context *context, const qf_point_set *set, double range_m,
                         qf_neighbours *neighbours)
{
    neighbours->n = set->n;
    neighbours->n_cells = 0;
    neighbours->points.range_m = range_m;
    neighbours->points.outsiders_before = NULL;
    if (set->n == 0) {
        return;
    }
    build b = {.set = set, .memory = neighbours->memory};
    b.n_parts = qf_sort_parts(set->n, context->n_threads);
    for (int p = 0; p < b.n_parts; p++) {
        b.parts[p].begin = set->n * (size_t)p / (size_t)b.n_parts;
        b.parts[p].end = set->n * ((size_t)p + 1) / (size_t)b.n_parts;
    }
    build_points(&b, range_m, neighbours);
}
