/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NEIGHBOURS_H
#define QF_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

/* Points in the order of their cells: their number in that order is their rank. */
typedef struct qf_cell_points {
    /* position in units of 2^-20 cells, modulo 2^32: differences of neighbours are right wherever
       they are, but for rounding; QF_LANE_SLACK elements beyond the last are readable */
    const uint32_t *fixed[3];
    const double *position_m[3];
    /* of squares of distances in those units: above the first nobody is in range, below the second
       (>= 0) everybody is, unless somebody is an outsider */
    float most_fixed2, least_fixed2;
    /* of each rank and the number of ranks: how many ranks before it are outsiders, points outside of
       the box within which coordinates modulo 2^32 are unique. NULL: there are none */
    const uint32_t *outsiders_before;
    double range_m;
} qf_cell_points;

/* Ranks [begin, end). */
typedef struct qf_run {
    uint32_t begin;
    uint32_t end;
} qf_run;

/*
 * Writes the ranks of all points of the runs, but for `rank` itself, whose distance from it is at most
 * range_m: dx dx + dy dy + dz dz <= range_m range_m in double precision, left to right. In the order of
 * the runs. Returns how many. `near` has room for all points of the runs and QF_LANE_SLACK more.
 */
typedef size_t qf_near_kernel(const qf_cell_points *points, const qf_run *runs, size_t n_runs,
                              uint32_t rank, uint32_t *near);

#endif
