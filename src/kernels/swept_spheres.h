/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEPT_SPHERES_H
#define QF_SWEPT_SPHERES_H

#include <stdbool.h>

/* How two spheres passed each other in some time, during which each moved along a straight line. */
typedef struct qf_pass {
    bool touches;
    double
        share; /* of the time, [0, 1]: when they first touched; 0 where they overlapped from the start */
    double gap_m; /* least distance of the surfaces, negative: how deep they were in each other */
    double end_gap_m; /* at the end */
} qf_pass;

/*
 * from_m: from the centre of the first to that of the second at the start; motion_m: by how much that changes; reach_m:
 * sum of the radii. Exact up to rounding for any finite numbers whose squares are finite: no motion, overlap,
 * grazing, and motion by far more than the spheres are wide.
 */
qf_pass qf_swept_spheres(const double from_m[3], const double motion_m[3], double reach_m);

#endif
