/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_KIND_H
#define QF_GUIDANCE_KIND_H

/* What a behaviour is; guidance_spec.h is how a scenario says it. */

typedef enum qf_guidance_kind {
    QF_GUIDANCE_HOLD,         /* where it can come to rest; under gravity, attitude only */
    QF_GUIDANCE_WAYPOINT,     /* through waypoints, then holds at the last: done */
    QF_GUIDANCE_PATROL,       /* through waypoints again and again */
    QF_GUIDANCE_VELOCITY,     /* keeps a velocity */
    QF_GUIDANCE_STATION_KEEP, /* keeps an offset from the target */
    QF_GUIDANCE_APPROACH,     /* to a port of the target, through its corridor, until it docks */
    QF_GUIDANCE_FORMATION,    /* keeps an offset from the leader, with its velocity and attitude */
    QF_GUIDANCE_TASKS,        /* does the tasks that it wins in the auction */
    QF_GUIDANCE_KINDS,
} qf_guidance_kind;

/* Axes that an offset from the target is measured along. */
typedef enum qf_offset_frame {
    QF_OFFSET_WORLD,
    QF_OFFSET_BODY, /* of the target */
    QF_OFFSET_LVLH, /* of the target: +X radially out, +Y along the track, +Z along the orbit's normal;
                       the world's where nothing orbits */
    QF_OFFSET_FRAMES,
} qf_offset_frame;

typedef enum qf_attitude_mode {
    QF_ATTITUDE_KEEP,     /* as it was when the behaviour began */
    QF_ATTITUDE_FIXED,    /* `attitude` */
    QF_ATTITUDE_VELOCITY, /* +X along the velocity, +Z as near up as that allows */
    QF_ATTITUDE_TARGET,   /* +X towards the target */
    QF_ATTITUDE_FREE,     /* only rates are damped */
    QF_ATTITUDE_MATCH,    /* as the target's */
    QF_ATTITUDE_MODES,
} qf_attitude_mode;

/* Where an approach is: its `behavior_step`. */
typedef enum qf_approach_phase {
    QF_APPROACH_STANDOFF, /* to the point before the port, around the target, port towards port */
    QF_APPROACH_CORRIDOR, /* in along the axis of the port */
    QF_APPROACH_CAPTURED, /* wants nothing any more */
} qf_approach_phase;

#endif
