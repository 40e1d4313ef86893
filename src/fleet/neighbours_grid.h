/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NEIGHBOURS_GRID_H
#define QF_NEIGHBOURS_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How positions become cells and fixed-point coordinates, for the files of neighbours_index.h only.
 *
 * Along each axis a position is a whole number of units, 2^20 to a cell: floor((x - least) * scale),
 * less than 2^61. The cell is the number without its low 20 bits, modulo 2^bits; the fixed-point coordinate
 * is the number modulo 2^32.
 */
enum { QF_UNIT_BITS = 20 };

typedef struct qf_cell_grid {
    double least_m[3];
    double units_per_m;
    int bits[3];    /* of a cell's coordinate in keys: none, or at least 2 */
    int index_bits; /* a word to sort is key << index_bits | number of the point */
    int key_bits;
    bool has_outsiders;
    int64_t box_begin[3]; /* in units: outsiders are not in this box of QF_BOX_UNITS */
} qf_cell_grid;

/* Two points in the box never seem close because their coordinates are taken modulo 2^32. */
#define QF_BOX_UNITS (UINT64_C(0xFFFFFFFF) - (UINT64_C(4) << QF_UNIT_BITS))

static inline int64_t qf_units_of(const qf_cell_grid *grid, int axis, double position_m)
{
    return (int64_t)((position_m - grid->least_m[axis]) * grid->units_per_m);
}

/* The part of a key that tells cells of one world apart. */
static inline uint64_t qf_cell_key_of(const qf_cell_grid *grid, const double position_m[3])
{
    uint64_t key = 0;
    for (int axis = 2; axis >= 0; axis--) {
        const uint64_t mask = (UINT64_C(1) << grid->bits[axis]) - 1;
        const uint64_t cell = (uint64_t)qf_units_of(grid, axis, position_m[axis]) >> QF_UNIT_BITS;
        key = key << grid->bits[axis] | (cell & mask);
    }
    return key;
}

static inline int qf_cell_bits(const qf_cell_grid *grid)
{
    return grid->bits[0] + grid->bits[1] + grid->bits[2];
}

/* A grid for points from least_m to most_m (each axis); in_cells: some world has cells. */
qf_cell_grid qf_cell_grid_choose(const double least_m[3], const double most_m[3], double range_m,
                                 size_t n_points, size_t n_worlds, bool in_cells);

/* Between which squares of fixed-point distances the doubles decide: neighbours.h. */
void qf_cell_grid_bounds(const qf_cell_grid *grid, const double most_m[3], double range_m,
                         float *most_fixed2, float *least_fixed2);

#endif
