/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which points of some runs of ranks are in range of one of them:
 *
 *   dx dx + dy dy + dz dz <= range range      double precision, left to right
 *
 * Nearly all are told apart by their fixed-point coordinates, sixteen at a time: 12 bytes and some
 * 15 operations of lanes for sixteen candidates. Squares of at most most_fixed2 may be in range and those
 * below least_fixed2 are (neighbours.h). Only when a candidate lies between, which few observers in
 * a thousand have, or where far points may share its coordinates, are doubles looked at, for the
 * whole of the observer: that keeps the fast way free of branches.
 *
 * In: fixed-point and double coordinates by rank. Out: ranks. The list does not depend on the way it was
 * found. Guarded by tests/test_neighbours.c.
 */
#include "kernels.h"
#include "lanes_convert.h"
#include "lanes_list.h"

/* the observer, in every lane */
typedef struct seen_from {
    qf_u32x16 fixed[3];
    qf_f32x16 most2;
    qf_u32x16 least2_bits;
} seen_from;

QF_LANES qf_f32x16 square_of_difference(const uint32_t *fixed, qf_u32x16 from)
{
    const qf_u32x16 difference = qf_u32x16_sub(from, qf_u32x16_load(fixed));
    const qf_f32x16 d = qf_f32x16_from_i32x16(qf_i32x16_bits_of(difference));
    return qf_f32x16_mul(d, d);
}

/* squares of distances of sixteen ranks from `base` on */
QF_LANES qf_f32x16 fixed2_of(const qf_cell_points *points, const seen_from *from, size_t base)
{
    const qf_f32x16 x2 = square_of_difference(points->fixed[0] + base, from->fixed[0]);
    const qf_f32x16 y2 = square_of_difference(points->fixed[1] + base, from->fixed[1]);
    const qf_f32x16 z2 = square_of_difference(points->fixed[2] + base, from->fixed[2]);
    return qf_f32x16_add(qf_f32x16_add(x2, y2), z2);
}

/* those of sixteen bits that are ranks of the run but not the observer's */
QF_LANES uint32_t bits_of_run(uint32_t bits, uint32_t base, uint32_t end, uint32_t rank)
{
    const uint32_t left = end - base < 31 ? end - base : 31;
    const uint32_t own = rank - base < 31 ? rank - base : 31;
    return bits & ((UINT32_C(1) << left) - 1) & ~(UINT32_C(1) << own);
}

static bool in_range(const qf_cell_points *points, uint32_t rank, uint32_t other)
{
    const double dx = points->position_m[0][other] - points->position_m[0][rank];
    const double dy = points->position_m[1][other] - points->position_m[1][rank];
    const double dz = points->position_m[2][other] - points->position_m[2][rank];
    return dx * dx + dy * dy + dz * dz <= points->range_m * points->range_m;
}

/* Sixteen candidates, and where the next sixteen are: one loop over all runs, which the processor
   foresees better than loops within a loop; observers of one cell take the same way. */
typedef struct block {
    size_t run;
    uint32_t base, end;
} block;

QF_LANES bool next_block(block *at, const qf_run *runs, size_t n_runs)
{
    const uint32_t base = at->base + 16;
    const bool done = base >= at->end;
    at->run += done;
    if (at->run == n_runs) {
        return false;
    }
    const qf_run run = runs[at->run];
    at->base = done ? run.begin : base;
    at->end = run.end;
    return true;
}

/* the same list by looking at the doubles of every candidate */
static __attribute__((noinline)) size_t look_closely(const qf_cell_points *points,
                                                     const seen_from *from, const qf_run *runs,
                                                     size_t n_runs, uint32_t rank, uint32_t *near)
{
    size_t n = 0;
    block at = {0, runs[0].begin, runs[0].end};
    do {
        const qf_f32x16 d2 = fixed2_of(points, from, at.base);
        const uint32_t bits = qf_mask32x16_bits(qf_f32x16_le(d2, from->most2));
        size_t kept = n;
        const size_t end =
            n + qf_u32x16_list_bits(near + n, bits_of_run(bits, at.base, at.end, rank), at.base);
        for (size_t i = n; i < end; i++) {
            near[kept] = near[i];
            kept += in_range(points, rank, near[i]);
        }
        n = kept;
    } while (next_block(&at, runs, n_runs));
    return n;
}

/* whether coordinates modulo 2^32 tell all points of the runs from the observer */
static bool coordinates_suffice(const qf_cell_points *points, const qf_run *runs, size_t n_runs,
                                uint32_t rank)
{
    const uint32_t *before = points->outsiders_before;
    bool suffice = before[rank + 1] == before[rank];
    for (size_t r = 0; suffice && r < n_runs; r++) {
        suffice = before[runs[r].end] == before[runs[r].begin];
    }
    return suffice;
}

size_t QF_KERNEL(qf_near)(const qf_cell_points *points, const qf_run *runs, size_t n_runs,
                          uint32_t rank, uint32_t *near)
{
    if (n_runs == 0) {
        return 0;
    }
    const qf_cell_points here = *points;
    const seen_from from = {
        .fixed = {qf_u32x16_set1(points->fixed[0][rank]), qf_u32x16_set1(points->fixed[1][rank]),
                  qf_u32x16_set1(points->fixed[2][rank])},
        .most2 = qf_f32x16_set1(points->most_fixed2),
        .least2_bits = qf_u32x16_bits_of(qf_f32x16_set1(points->least_fixed2)),
    };
    if (points->outsiders_before && !coordinates_suffice(points, runs, n_runs, rank)) {
        return look_closely(points, &from, runs, n_runs, rank, near);
    }
    /* bits of numbers that are not negative are in the order of the numbers: how far above the lower
       bound, and huge below it */
    const qf_u32x16 doubt = qf_u32x16_sub(qf_u32x16_bits_of(from.most2), from.least2_bits);
    qf_u32x16 nearest = qf_u32x16_set1(UINT32_MAX);
    size_t n = 0;
    block at = {0, runs[0].begin, runs[0].end};
    do {
        const qf_f32x16 d2 = fixed2_of(&here, &from, at.base);
        const uint32_t bits = qf_mask32x16_bits(qf_f32x16_le(d2, from.most2));
        nearest = qf_u32x16_min(nearest, qf_u32x16_sub(qf_u32x16_bits_of(d2), from.least2_bits));
        n += qf_u32x16_list_bits(near + n, bits_of_run(bits, at.base, at.end, rank), at.base);
    } while (next_block(&at, runs, n_runs));
    if (qf_mask32x16_any(qf_u32x16_le(nearest, doubt))) {
        return look_closely(points, &from, runs, n_runs, rank, near);
    }
    return n;
}
