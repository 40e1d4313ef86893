/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COLLISIONS_PASS_H
#define QF_COLLISIONS_PASS_H

#include "docking_impact.h"

/* How two hulls passed each other in the last tick: each sphere of a hull moved along a straight line. */
typedef struct qf_hull_pass {
    bool touches;
    double share;     /* of the tick: when they first touched, 0: they overlapped at its start */
    double gap_m;     /* least */
    double end_gap_m; /* at its end */
    /* of the spheres that touched first */
    double closing_mps;
    qf_impact impact;
} qf_hull_pass;

/* a < b: entities, both with hulls. */
qf_hull_pass qf_hull_pass_of(const qf_fleet *fleet, size_t a, size_t b);

/* Keeps where hulls are now, slots [begin, end), as where they were at the last look. */
void qf_hulls_keep(const qf_fleet *fleet, size_t begin, size_t end);

#endif
