/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GRAVITY_H
#define QF_GRAVITY_H

#include <stdbool.h>

/*
 * What pulls at a vehicle. Point mass and J2: world axes do not rotate, the planet's axis is +Z through its centre.
 * Clohessy-Wiltshire: the world frame is Hill's - +X radially out, +Y along the track, +Z along the orbit's normal -
 * around a point in a circular orbit of mean motion n:
 *   x'' = 3 n^2 x + 2 n y',  y'' = -2 n x',  z'' = -n^2 z
 * (attitudes, rates and velocities are relative to that frame, which turns with n about +Z: see docs/model.md)
 */
typedef enum qf_gravity_kind {
    QF_GRAVITY_NONE,
    QF_GRAVITY_POINT,
    QF_GRAVITY_J2,
    QF_GRAVITY_CLOHESSY_WILTSHIRE,
    QF_GRAVITY_KINDS,
} qf_gravity_kind;

typedef struct qf_gravity {
    qf_gravity_kind kind;
    double mu_m3ps2;        /* POINT, J2 */
    double radius_m;        /* of the planet: POINT, J2; equatorial for J2 */
    double j2;              /* J2 */
    double center_m[3];     /* of the planet */
    double mean_motion_rps; /* CLOHESSY_WILTSHIRE */
} qf_gravity;

/* Whether a planet pulls. */
static inline bool qf_gravity_has_planet(const qf_gravity *gravity)
{
    return gravity->kind == QF_GRAVITY_POINT || gravity->kind == QF_GRAVITY_J2;
}

#endif
