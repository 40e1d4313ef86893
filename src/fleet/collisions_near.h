/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COLLISIONS_NEAR_H
#define QF_COLLISIONS_NEAR_H

#include "neighbours_index.h"
#include "stage.h"

/*
 * Whose hulls may have come near each other in the last tick: a list of pairs that lasts for many ticks.
 *
 * It has everybody whose hulls were within QF_CLEARANCE_M and twice a slack of each other when it was made. As long as
 * nobody has gone farther than the slack since - in the frame of some vehicle of the world, so that what orbits
 * together does not count as fast - nobody else can have come near: one pass over positions tells. Else it is made
 * anew, by cells. The few that are much larger than the rest are compared with everybody then; the few that are much
 * faster, in every tick.
 */
enum { QF_WIDE_MOST = 16 };

/* Clearance knows of nothing farther. */
#define QF_CLEARANCE_M 10.0

typedef struct qf_near_pair {
    uint32_t a, b; /* numbers of hulls, a < b */
} qf_near_pair;

typedef struct qf_hulls {
    size_t n;
    uint32_t *slot, *world,
        *entity;         /* of each healthy vehicle with a hull; all ascend but worlds */
    double *bound_m;     /* how far its hull reaches */
    double *base_m[3];   /* where it was when the list was made; by slot */
    uint32_t *reference; /* by world: the hull whose frame it is */
    double slack_m;
    qf_near_pair *pairs; /* those of the list, then those of the fast in this tick */
    size_t n_listed, n_pairs, capacity;
    size_t most_pairs; /* that a list is worth */
    bool crowded;      /* it has more */
    bool moved;        /* some have been put elsewhere since the last look, by collisions */
    bool failed;       /* memory ran out */
    /* while it is made */
    double *reach_m; /* of each: its hull and what it may soon move */
    bool *is_wide;
    uint32_t wide[QF_WIDE_MOST], fast[QF_WIDE_MOST]; /* ascending */
    size_t n_wide, n_fast;
    double (*drift_m)[3]; /* by world: mean motion in the tick */
    uint32_t *n_of_world;
    uint32_t *near;
    qf_neighbours index;
} qf_hulls;

qf_status qf_hulls_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                          qf_hulls *hulls);
/* Bytes that it takes, but for the pairs. */
size_t qf_hulls_bytes(const qf_scenario *scenario);
void qf_hulls_free(qf_hulls *hulls);

/*
 * Makes `pairs` those of this tick: all whose hulls have come within QF_CLEARANCE_M of each other since the last look,
 * and others. False: no memory.
 */
bool qf_hulls_pair(const qf_context *context, const qf_fleet *fleet, const qf_kernels *kernels,
                   qf_hulls *hulls);

/* Whether balls around both hulls of a pair have come so near. */
bool qf_hulls_may_touch(const qf_fleet *fleet, const qf_hulls *hulls, qf_near_pair pair);

#endif
