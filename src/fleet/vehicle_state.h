/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_VEHICLE_STATE_H
#define QF_VEHICLE_STATE_H

#include "group.h"
#include "scalar_math.h"

/*
 * Where a vehicle is, how it moves and how it is turned, whatever its kind: rigid bodies by their own columns, bots
 * along their heading, level. World axes; attitude w, x, y, z: body to world; rates about body axes.
 */
typedef struct qf_vehicle_state {
    double position_m[3], velocity_mps[3];
    double attitude[4];
    double rate_rps[3];
} qf_vehicle_state;

static inline void qf_position_of(const qf_fleet *fleet, size_t slot, double position_m[3])
{
    position_m[0] = qf_f64(fleet, QF_FIELD_X, 0)[slot];
    position_m[1] = qf_f64(fleet, QF_FIELD_Y, 0)[slot];
    position_m[2] = qf_f64(fleet, QF_FIELD_Z, 0)[slot];
}

/* Speed of a bot along its heading; one without driven wheels that is commanded backwards stands still. */
static inline double qf_forward_speed_mps(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    if (group->spec->drive) {
        return 0.5 * (qf_f64(fleet, QF_FIELD_WHEEL_LEFT, 0)[slot] +
                      qf_f64(fleet, QF_FIELD_WHEEL_RIGHT, 0)[slot]);
    }
    const double speed_mps = qf_f64(fleet, QF_FIELD_SPEED, 0)[slot];
    return speed_mps > 0.0 ? speed_mps : 0.0;
}

static inline void qf_velocity_of(const qf_fleet *fleet, const qf_group *group, size_t slot,
                                  double velocity_mps[3])
{
    if (group->spec->body) {
        velocity_mps[0] = qf_f64(fleet, QF_FIELD_VX, 0)[slot];
        velocity_mps[1] = qf_f64(fleet, QF_FIELD_VY, 0)[slot];
        velocity_mps[2] = qf_f64(fleet, QF_FIELD_VZ, 0)[slot];
        return;
    }
    const double forward_mps = qf_forward_speed_mps(fleet, group, slot);
    velocity_mps[0] = forward_mps * qf_f64(fleet, QF_FIELD_HEADING_SIN, 0)[slot];
    velocity_mps[1] = forward_mps * qf_f64(fleet, QF_FIELD_HEADING_COS, 0)[slot];
    velocity_mps[2] = 0.0;
}

/* The body's axes in the world, forward, left and up, of a rigid body: the columns of its rotation matrix. */
static inline void qf_body_axes_of(const qf_fleet *fleet, size_t slot, double axes[3][3])
{
    const double w = qf_f64(fleet, QF_FIELD_QW, 0)[slot];
    const double x = qf_f64(fleet, QF_FIELD_QX, 0)[slot];
    const double y = qf_f64(fleet, QF_FIELD_QY, 0)[slot];
    const double z = qf_f64(fleet, QF_FIELD_QZ, 0)[slot];
    axes[0][0] = 1.0 - 2.0 * (y * y + z * z);
    axes[0][1] = 2.0 * (x * y + w * z);
    axes[0][2] = 2.0 * (x * z - w * y);
    axes[1][0] = 2.0 * (x * y - w * z);
    axes[1][1] = 1.0 - 2.0 * (x * x + z * z);
    axes[1][2] = 2.0 * (y * z + w * x);
    axes[2][0] = 2.0 * (x * z + w * y);
    axes[2][1] = 2.0 * (y * z - w * x);
    axes[2][2] = 1.0 - 2.0 * (x * x + y * y);
}

/* All of it. A bot is turned from world axes, +X east, by 90 degrees less its heading; its rates are left out. */
static inline void qf_vehicle_state_of(const qf_fleet *fleet, const qf_group *group, size_t slot,
                                       qf_vehicle_state *state)
{
    qf_position_of(fleet, slot, state->position_m);
    qf_velocity_of(fleet, group, slot, state->velocity_mps);
    if (group->spec->body) {
        for (size_t k = 0; k < 4; k++) {
            state->attitude[k] = qf_f64(fleet, (qf_field_id)(QF_FIELD_QW + k), 0)[slot];
        }
        for (size_t k = 0; k < 3; k++) {
            state->rate_rps[k] = qf_f64(fleet, (qf_field_id)(QF_FIELD_RATE_X + k), 0)[slot];
        }
        return;
    }
    const double half_rad = 0.125 * QF_TWO_PI - 0.5 * qf_f64(fleet, QF_FIELD_YAW, 0)[slot];
    state->attitude[0] = qf_cos(half_rad);
    state->attitude[1] = 0.0;
    state->attitude[2] = 0.0;
    state->attitude[3] = qf_sin(half_rad);
    state->rate_rps[0] = state->rate_rps[1] = state->rate_rps[2] = 0.0;
}

#endif
