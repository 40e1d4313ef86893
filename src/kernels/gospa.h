/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GOSPA_H
#define QF_GOSPA_H

#include "assignment.h"

/*
 * How far two sets of points are apart, for any cutoff c and exponent p: what track_quality.h has for p = 2 in
 * every frame, in general. Distances are Euclidean; assignment is on min(d, c)^p.
 */
typedef struct qf_points {
    size_t n;
    const double *at_m; /* n x 3: east, north, up */
} qf_points;

/*
 * OSPA (Schuhmacher, Vo, Vo 2008), c > 0, 1 <= p; infinite p: c unless there are as many of both, then the
 * least of the largest distances. False without memory.
 */
bool qf_ospa(qf_assignment *assignment, double cutoff_m, double p, const qf_points *estimates,
             const qf_points *truth, double *distance_m);

/* GOSPA with alpha = 2 (Rahmathullah, Garcia-Fernandez, Svensson 2017), c > 0, 1 <= p, finite. */
typedef struct qf_gospa_parts {
    double distance_m;
    double localisation, missed, false_alarms; /* p-th powers; they add up to the distance's */
    size_t pairs;                              /* estimates that are nearer to their truth than c */
} qf_gospa_parts;

/* False without memory. */
bool qf_gospa(qf_assignment *assignment, double cutoff_m, double p, const qf_points *estimates,
              const qf_points *truth, qf_gospa_parts *parts);

#endif
