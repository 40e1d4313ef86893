/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GRAVITY_LANES_H
#define QF_GRAVITY_LANES_H

#include "body_lanes.h"

/*
 * What pulls at eight bodies at once, m/s2 (gravity.h has the equations): with J2
 *   g = -mu / |r|^3 (x (1 + k (1 - 5 s)), y (1 + k (1 - 5 s)), z (1 + k (3 - 5 s))),
 *   k = 3/2 J2 (R / |r|)^2,  s = (z / |r|)^2
 */
QF_LANES qf_v3 qf_gravity_of_planet(const qf_gravity *gravity, const bool oblate, qf_v3 r)
{
    const qf_f64x8 squares = qf_v3_dot(r, r);
    const qf_f64x8 inverse2 = qf_f64x8_div(qf_f64x8_set1(1.0), squares);
    const qf_f64x8 inverse3 = qf_f64x8_mul(inverse2, qf_f64x8_sqrt(inverse2));
    const qf_f64x8 s = qf_f64x8_mul(qf_f64x8_set1(-gravity->mu_m3ps2), inverse3);
    if (!oblate) {
        return qf_v3_scale(r, s);
    }
    const double j2_m2 = 1.5 * gravity->j2 * (gravity->radius_m * gravity->radius_m);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 k = qf_f64x8_mul(qf_f64x8_set1(j2_m2), inverse2);
    const qf_f64x8 sine2 = qf_f64x8_mul(qf_f64x8_mul(r.z, r.z), inverse2);
    const qf_f64x8 more =
        qf_f64x8_mul(k, qf_f64x8_sub(one, qf_f64x8_mul(qf_f64x8_set1(5.0), sine2)));
    const qf_f64x8 across = qf_f64x8_mul(s, qf_f64x8_add(one, more));
    const qf_f64x8 up = qf_f64x8_mul(qf_f64x8_mul(qf_f64x8_set1(2.0), s), k);
    return (qf_v3){qf_f64x8_mul(r.x, across), qf_f64x8_mul(r.y, across),
                   qf_f64x8_mul(r.z, qf_f64x8_add(across, up))};
}

QF_LANES qf_v3 qf_gravity_of_hill(const qf_gravity *gravity, qf_v3 r, qf_v3 v)
{
    const double n = gravity->mean_motion_rps;
    return (qf_v3){
        qf_f64x8_add(qf_f64x8_mul(qf_f64x8_set1(3.0 * (n * n)), r.x),
                     qf_f64x8_mul(qf_f64x8_set1(2.0 * n), v.y)),
        qf_f64x8_mul(qf_f64x8_set1(-2.0 * n), v.x),
        qf_f64x8_mul(qf_f64x8_set1(-(n * n)), r.z),
    };
}

/* what the pull depends on: the place from the planet's centre, where there is one */
QF_LANES qf_v3 qf_gravity_place(const qf_gravity *gravity, const qf_gravity_kind kind, qf_v3 r)
{
    const bool planet = kind == QF_GRAVITY_POINT || kind == QF_GRAVITY_J2;
    return planet ? qf_v3_sub(r, qf_v3_set1(gravity->center_m)) : r;
}

/* `kind`, not QF_GRAVITY_NONE, is the gravity's, known when compiled; r: qf_gravity_place */
QF_LANES qf_v3 qf_gravity_pull(const qf_gravity *gravity, const qf_gravity_kind kind, qf_v3 r,
                               qf_v3 v)
{
    if (kind == QF_GRAVITY_CLOHESSY_WILTSHIRE) {
        return qf_gravity_of_hill(gravity, r, v);
    }
    return qf_gravity_of_planet(gravity, kind == QF_GRAVITY_J2, r);
}

#endif
