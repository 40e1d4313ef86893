/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_SPEC_H
#define QF_GUIDANCE_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "guidance_kind.h"

static inline bool qf_guidance_has_target(qf_guidance_kind kind)
{
    return kind == QF_GUIDANCE_STATION_KEEP || kind == QF_GUIDANCE_APPROACH ||
           kind == QF_GUIDANCE_FORMATION;
}

/* Which of a world's vehicles of the target group is the target of the vehicle of that group and index. */
static inline size_t qf_target_index(size_t group, size_t index, size_t target_group,
                                     size_t target_count)
{
    /* most have one each: a division would take longer than all the rest */
    const size_t nth = index < target_count ? index : index % target_count;
    return group == target_group ? 0 : nth;
}

enum { QF_GUIDANCES_MOST = 32, QF_WAYPOINTS_MOST = 1024 }; /* of a group; of one entry */

/*
 * A way for a vehicle to move by itself: an entry of its group's `behavior`. One is active at a time, or none; the
 * command `behave` changes it. Memory belongs to the scenario's arena.
 */
typedef struct qf_guidance_spec {
    const char *name;
    qf_guidance_kind kind;
    const double (*waypoints_m)[3]; /* WAYPOINT, PATROL */
    size_t n_waypoints;
    double speed_mps;       /* > 0: most on the way */
    double arrival_m;       /* > 0: a waypoint is reached within it */
    double velocity_mps[3]; /* VELOCITY, world frame */
    size_t
        target_group; /* STATION_KEEP, APPROACH, FORMATION: where its target is, qf_target_index() */
    double offset_m[3];
    qf_offset_frame frame;
    /* APPROACH */
    size_t own_port, target_port;
    double standoff_m;              /* before the port: where the corridor begins */
    double corridor_half_angle_rad; /* of the cone before the target's port that it stays in */
    double contact_mps;             /* closing speed at contact */
    /* attitude */
    qf_attitude_mode attitude_mode;
    double attitude[4]; /* FIXED: w, x, y, z: body to world */
    /* control: natural frequencies and damping of translation and rotation; most acceleration and rate */
    double position_rps, position_damping;
    double attitude_rps, attitude_damping;
    double max_accel_mps2, max_rate_rps;
    /* collision avoidance by the vehicle's own tracks; 0: none */
    double avoid_m;         /* closest approach that it does not let happen */
    double avoid_horizon_s; /* how far ahead it looks */
} qf_guidance_spec;

/* Kinematics of a bot with two driven wheels; absent, it moves as the reference's does. */
typedef struct qf_drive_spec {
    double track_m;        /* between the wheels; > 0 */
    double max_wheel_mps;  /* > 0 */
    double max_wheel_mps2; /* > 0 */
} qf_drive_spec;

/* All that has a default, which depends on the kind; waypoints, velocity and target have none and are 0. */
qf_guidance_spec qf_guidance_default(qf_guidance_kind kind);

/*
 * Control acts once a tick: one of the second order, of frequency w and damping z, swings up in ticks of h unless
 * z w h < 1 and w h < 4 z. How many of its frequencies are too high, with their keys.
 */
size_t qf_guidance_unstable(const qf_guidance_spec *spec, double dt_s, const char *keys[2]);

#endif
