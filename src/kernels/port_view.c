/* SPDX-License-Identifier: Apache-2.0 */
/* Ports against each other. Guarded by tests/test_port_view.c. */
#include "port_view.h"

#include <math.h>

#include "scalar_math.h"
#include "vector3.h"

qf_port_pose qf_port_place(const qf_rigid *body, const double position_m[3], const double axis[3],
                           const double clock[3])
{
    qf_port_pose pose;
    double arm_m[3];
    qf_turn(body->attitude, position_m, arm_m);
    qf_turn(body->attitude, axis, pose.axis);
    qf_turn(body->attitude, clock, pose.clock);
    qf_turn(body->attitude, body->rate_rps, pose.rate_rps);
    qf_add_scaled(body->position_m, 1.0, arm_m, pose.position_m);
    qf_rigid_velocity(body, arm_m, pose.velocity_mps);
    return pose;
}

/* in [0, pi]; exact near 0 and pi, as the arc cosine is not */
static double angle_between(const double a[3], const double b[3])
{
    double across[3];
    qf_cross(a, b, across);
    return Sleef_finz_atan2d1_u10purecfma(sqrt(qf_dot(across, across)), qf_dot(a, b));
}

/* the part across a unit vector */
static void across(const double vector[3], const double axis[3], double out[3])
{
    qf_add_scaled(vector, -qf_dot(vector, axis), axis, out);
}

qf_port_view qf_port_look(const qf_port_pose *target, const qf_port_pose *own, double ago_s)
{
    double apart_m[3];
    double moving_mps[3];
    double carried_mps[3];
    qf_difference(own->position_m, target->position_m, apart_m);
    qf_difference(own->velocity_mps, target->velocity_mps, moving_mps);
    qf_cross(target->rate_rps, apart_m, carried_mps);
    qf_difference(moving_mps, carried_mps, moving_mps);
    qf_add_scaled(apart_m, -ago_s, moving_mps, apart_m);
    double lateral_m[3];
    double lateral_mps[3];
    across(apart_m, target->axis, lateral_m);
    across(moving_mps, target->axis, lateral_mps);
    double turning_rps[3];
    qf_difference(own->rate_rps, target->rate_rps, turning_rps);
    const double facing[3] = {-own->axis[0], -own->axis[1], -own->axis[2]};
    double own_clock[3];
    across(own->clock, target->axis, own_clock);
    return (qf_port_view){.axial_m = qf_dot(apart_m, target->axis),
                          .axial_mps = qf_dot(moving_mps, target->axis),
                          .lateral_m = sqrt(qf_dot(lateral_m, lateral_m)),
                          .lateral_mps = sqrt(qf_dot(lateral_mps, lateral_mps)),
                          .angle_rad = angle_between(facing, target->axis),
                          .clock_rad = angle_between(own_clock, target->clock),
                          .rate_rps = sqrt(qf_dot(turning_rps, turning_rps))};
}
