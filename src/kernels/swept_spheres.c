/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swept spheres: p + s m, 0 <= s <= 1, is from one centre to the other, R the sum of the radii.
 *
 *   closest at s* = clamp(-p.m / m.m, 0, 1)
 *   |p + s m| = R first at s = (p.p - R^2) / (-p.m + sqrt(m.m (R^2 - h^2))),  h = |p - (p.m / m.m) m|
 *
 * That form of the root of the quadratic has no difference of numbers that are nearly the same, neither when motion
 * is huge nor when there is next to none. Whether they touch is asked of the distance at s*, not of the discriminant,
 * so that it agrees with the least distance reported.
 * Guarded by tests/test_swept_spheres.c.
 */
#include "swept_spheres.h"

#include <math.h>

#include "clamp.h"
#include "vector3.h"

static double distance_at(const double p[3], const double m[3], double s)
{
    double at[3];
    qf_add_scaled(p, s, m, at);
    return sqrt(qf_dot(at, at));
}

/* they are apart at the start and touch by s* */
static double first_touch(const double p[3], const double m[3], double reach_m, double mm,
                          double closing)
{
    const double beside_m = distance_at(p, m, closing / mm);
    const double half_chord2 = (reach_m - beside_m) * (reach_m + beside_m);
    const double start_m = sqrt(qf_dot(p, p));
    const double root = sqrt(mm * higher(half_chord2, 0.0));
    return clamp((start_m - reach_m) * (start_m + reach_m) / (closing + root), 0.0, 1.0);
}

qf_pass qf_swept_spheres(const double from_m[3], const double motion_m[3], double reach_m)
{
    const double mm = qf_dot(motion_m, motion_m);
    const double closing = -qf_dot(from_m, motion_m);
    const double start_gap_m = distance_at(from_m, motion_m, 0.0) - reach_m;
    const bool closes = closing > 0.0 && mm > 0.0;
    const double nearest = closes ? lower(closing / mm, 1.0) : 0.0;
    qf_pass pass = {.end_gap_m = distance_at(from_m, motion_m, 1.0) - reach_m};
    /* rounding must not make the middle of the way farther than its ends */
    pass.gap_m =
        lower(distance_at(from_m, motion_m, nearest) - reach_m, lower(start_gap_m, pass.end_gap_m));
    pass.touches = pass.gap_m <= 0.0;
    if (pass.touches && start_gap_m > 0.0) {
        pass.share = closes ? first_touch(from_m, motion_m, reach_m, mm, closing) : 1.0;
    }
    return pass;
}
