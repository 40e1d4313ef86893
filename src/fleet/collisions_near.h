/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COLLISIONS_NEAR_H
#define QF_COLLISIONS_NEAR_H

#include "neighbours_index.h"
#include "stage.h"

/*
 * Who may have come near whom in the last tick: hulls as balls around where they were half-way, in a frame that moves
 * as each world does on average, so that what orbits together does not count as fast.
 *
 * All balls but the widest few share the radius of the next widest: whoever is near is found by cells. The few -
 * stations, and what is much faster than the others - are looked at by everybody.
 */
enum { QF_WIDE_MOST = 16 };

/* Hulls nearer than that are looked at closely: clearance knows of nothing farther. */
#define QF_CLEARANCE_M 10.0

typedef struct qf_hulls {
    size_t n;
    uint32_t *slot, *world, *entity; /* of each healthy vehicle with a hull; slots ascend */
    double *radius_m;                /* of its ball */
    double *middle_m[3];             /* by slot */
    size_t n_wide;
    uint32_t wide[QF_WIDE_MOST]; /* numbers of the widest, ascending */
    bool *is_wide;
    bool in_cells; /* there are others, and `index` is of all */
    qf_neighbours index;
    double (*drift_m)[3]; /* by world: mean motion in the tick */
    uint32_t *n_of_world;
} qf_hulls;

qf_status qf_hulls_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                          qf_hulls *hulls);
void qf_hulls_free(qf_hulls *hulls);

/* Lists the hulls of this tick and sorts them. */
void qf_hulls_gather(const qf_context *context, const qf_fleet *fleet, qf_hulls *hulls);

/*
 * Writes the numbers of the hulls that may have come within QF_CLEARANCE_M of that of a rank [0, n), itself not among
 * them, in ascending order of wide ones, then in the order of cells. `near` has room for 2 n + QF_LANE_SLACK.
 */
size_t qf_hulls_near(const qf_hulls *hulls, const qf_kernels *kernels, uint32_t rank,
                     qf_cell_walk *walk, uint32_t *own, uint32_t *near);

#endif
