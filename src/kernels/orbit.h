/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ORBIT_H
#define QF_ORBIT_H

/*
 * Orbits about a point mass, one at a time: for first values, for extrapolating what is known of somebody, and as
 * the truth that the integrator is measured against. Positions from the planet's centre; axes that do not rotate,
 * inclination from +Z, node from +X. Same bits everywhere.
 */

/* A conic and a place on it. Parabolas have no semi-major axis: they are not covered. */
typedef struct qf_orbit {
    double semi_major_axis_m; /* > 0: ellipse, < 0: hyperbola */
    double eccentricity;      /* >= 0, above 1 for hyperbolas */
    double inclination_rad;   /* 0 ... pi */
    double node_rad;          /* of the ascending node; 0 in the plane of the equator */
    double periapsis_rad;     /* from the node along the motion; 0 where the orbit is circular */
    double anomaly_rad;       /* true: from the periapsis along the motion */
} qf_orbit;

void qf_orbit_state(const qf_orbit *orbit, double mu_m3ps2, double position_m[3],
                    double velocity_mps[3]);

/* The inverse; angles in [0, 2 pi). Below 1e-8, inclination and eccentricity count as zero for the two angles above. */
qf_orbit qf_orbit_of_state(const double position_m[3], const double velocity_mps[3],
                           double mu_m3ps2);

/*
 * Where it is after so many seconds, which may be negative: Kepler's equation in universal variables, for every conic.
 * NaN where the position is the centre itself.
 */
void qf_orbit_coast(double mu_m3ps2, double duration_s, double position_m[3],
                    double velocity_mps[3]);

/* Likewise in the frame of Hill, after Clohessy and Wiltshire: the solution of the equations in gravity.h. */
void qf_hill_coast(double mean_motion_rps, double duration_s, double position_m[3],
                   double velocity_mps[3]);

/*
 * Axes of the local vertical and horizontal as rows - radially out, along the track, along the orbit's normal - and
 * how fast they turn about the last of them. Those of the world, which do not turn, for who moves straight up or
 * down or not at all.
 */
typedef struct qf_local_axes {
    double axis[3][3];
    double rate_rps;
} qf_local_axes;

qf_local_axes qf_local_axes_of(const double position_m[3], const double velocity_mps[3]);

#endif
