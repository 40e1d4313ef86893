/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why no neighbour is lost. Let s be units_per_m, R the range, and U = (x - least) s in real numbers.
 *
 * 1. A point's number of units is the floor of a product of two rounded numbers, so before the floor it
 *    is off by at most e = U 2^-51.9; cells are made so large that U < 2^60.1, thus e < 280.
 * 2. The predicate of near.c rounds eight times, relatively 2^-53 each: whoever fulfils it is closer
 *    than R (1 + 2^-40), and whoever is closer than R (1 - 2^-40) fulfils it. Below 2^-500 m squares
 *    underflow; there the range counts as 2^-500 m for the first, and nothing is sure of the second.
 * 3. A cell is R (1 + 2^-10) wide or wider. Neighbours are thus at most 2^20 / (1 + 2^-10) < 2^20 - 1022
 *    units apart on each axis, rounded numbers 2^20 - 1022 + 2 e < 2^20: their cells are the same or
 *    next to each other.
 * 4. Differences of two numbers of units are off by less than w = 1 + 2 e (floors move them by less
 *    than one). By the triangle inequality the length d of the difference is off by less than
 *    sqrt(3) w: neighbours have d < R (1 + 2^-40) s + 2 w, and who has d < R (1 - 2^-40) s - 2 w
 *    is one.
 * 5. The kernel's d^2 is exact up to three roundings, relatively 2^-24 each: differences of neighbours are
 *    less than 2^24, and those are floats. Hence the factors 1 +- 2^-20, which take in the rounding of
 *    the bounds themselves as well.
 */
#include "neighbours_grid.h"

#define EXTENT_CELLS 0x1p40

/* with one bit more than points have, cells that are far from each other seldom share a key */
enum { SPARE_KEY_BITS = 10 };

static int bits_for(uint64_t most)
{
    return most == 0 ? 0 : 64 - __builtin_clzll(most);
}

static double greater(double a, double b)
{
    return a > b ? a : b;
}

static double extent_of(const double least_m[3], const double most_m[3])
{
    double extent_m = 0.0;
    for (int axis = 0; axis < 3; axis++) {
        extent_m = greater(extent_m, most_m[axis] - least_m[axis]);
    }
    return extent_m;
}

/* one more cell than there are, so that the first and the last are not next to each other */
static int wanted_bits(uint64_t last_cell)
{
    return last_cell == 0 ? 0 : last_cell < 3 ? 2 : bits_for(last_cell + 1);
}

static void shorten(int bits[3], int most)
{
    while (bits[0] + bits[1] + bits[2] > most) {
        int widest = 0;
        for (int axis = 1; axis < 3; axis++) {
            widest = bits[axis] > bits[widest] ? axis : widest;
        }
        /* with one bit the neighbours on both sides would be the same cell */
        bits[widest] = bits[widest] == 2 ? 0 : bits[widest] - 1;
    }
}

qf_cell_grid qf_cell_grid_choose(const double least_m[3], const double most_m[3], double range_m,
                                 size_t n_points, size_t n_worlds, bool in_cells)
{
    const double reach_m = range_m * (1.0 + 0x1p-10);
    const double cell_m = greater(reach_m, extent_of(least_m, most_m) / EXTENT_CELLS);
    qf_cell_grid grid = {.units_per_m = (double)(1 << QF_UNIT_BITS) / cell_m,
                         .index_bits = bits_for(n_points - 1)};
    for (int axis = 0; axis < 3; axis++) {
        grid.least_m[axis] = least_m[axis];
        const uint64_t last = (uint64_t)qf_units_of(&grid, axis, most_m[axis]);
        grid.bits[axis] = in_cells ? wanted_bits(last >> QF_UNIT_BITS) : 0;
        grid.has_outsiders = grid.has_outsiders || last >= QF_BOX_UNITS;
    }
    const int world_bits = bits_for(n_worlds - 1);
    const int enough = grid.index_bits + SPARE_KEY_BITS;
    const int possible = 64 - world_bits - grid.index_bits;
    shorten(grid.bits, enough < possible ? enough : possible);
    grid.key_bits = world_bits + qf_cell_bits(&grid);
    return grid;
}

void qf_cell_grid_bounds(const qf_cell_grid *grid, const double most_m[3], double range_m,
                         float *most_fixed2, float *least_fixed2)
{
    const double units = extent_of(grid->least_m, most_m) * grid->units_per_m;
    const double off = 2.0 * (1.0 + units * 0x1p-50);
    const double most = range_m * (1.0 + 0x1p-40) * grid->units_per_m + off;
    const double least = range_m * (1.0 - 0x1p-40) * grid->units_per_m - off;
    *most_fixed2 = (float)(most * most * (1.0 + 0x1p-20));
    *least_fixed2 = least > 0.0 ? (float)(least * least * (1.0 - 0x1p-20)) : 0.0f;
}
