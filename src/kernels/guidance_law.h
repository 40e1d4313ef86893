/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_LAW_H
#define QF_GUIDANCE_LAW_H

#include "body.h"
#include "guidance_kind.h"

/*
 * What the kernels of guidance and control share. As in bot.h: a kernel computes slots [begin, end); columns are
 * indexed by slot, rows by slot - begin; every pointer is distinct.
 */

/* Who avoids a track pushes away from it up to that much of the distance to avoid, and goes on until the track would
   pass at that much of it, or only after that much of the horizon. Of what is already within the distance, it looks
   that much farther ahead: what closes in slowly is there long before the horizon. */
#define QF_AVOID_STEADY_SHARE 1.3
#define QF_AVOID_OVER_SHARE   2.0
#define QF_AVOID_LATE_SHARE   1.2
#define QF_AVOID_WITHIN_SHARE 4.0

/* What guidance reads besides the columns of rigid bodies. */
typedef struct qf_guidance_columns {
    const int64_t *behavior; /* law of the group, -1: none */
    const int64_t *step;
    const double *begun_m[3]; /* where a vehicle that holds its place is to be */
    const double *begun_attitude[4];
    const double *rcs_pct; /* > 0: thrusters fire as commanded, and control keeps still */
    /* of targets as last known; NULL: nobody has one */
    const int64_t *target_tick; /* ticks done when it was so, -1: it knows nothing */
    const double *target_m[3], *target_mps[3], *target_attitude[4], *target_rps[3];
    const int64_t *task; /* -1: none; NULL: nobody does tasks */
    const int64_t *const
        *port_state; /* by port of the vehicle: > 0 captured; NULL: nothing docks */
    /* the track that comes nearest, at that tick, -1: none; NULL: nobody avoids anything */
    const int64_t *threat_tick;
    const double *threat_m[3], *threat_mps[3];
} qf_guidance_columns;

/* A behaviour of a group, ready to be computed. */
typedef struct qf_guidance_law {
    qf_guidance_kind kind;
    qf_offset_frame frame;
    qf_attitude_mode attitude_mode;
    double attitude[4];
    const double (*waypoints_m)[3];
    size_t n_waypoints;
    double speed_mps, arrival_m;
    double velocity_mps[3], offset_m[3];
    /* gains in 1/s: speed wanted per distance and acceleration per speed; rate per angle and acceleration per rate */
    double place_gain, speed_gain, turn_gain, rate_gain;
    double max_accel_mps2, max_rate_rps;
    double avoid_m, avoid_horizon_s; /* 0 m: nothing is avoided */
    /* APPROACH; ports in the body axes of whose they are */
    size_t own_port;
    double own_port_m[3], own_port_axis[3];
    double port_m[3], port_axis[3];
    double docked_attitude[4]; /* own axes to the target's, as docked */
    bool any_clock;            /* any turn about the axis of the port will do */
    double standoff_m, standoff_within_m;
    double corridor_slope,
        corridor_m; /* radius of the cone: slope * distance + its radius at the port */
    double contact_mps, closing_gain; /* closing speed: contact + gain * distance */
    double keep_out_m;                /* around the target's centre, on the way to the corridor */
    /* that the corridor may be entered with; and beyond which it is left: tilt as its cosine */
    double enter_cos, enter_rps, enter_mps, leave_cos, leave_rps;
} qf_guidance_law;

typedef struct qf_guidance_group {
    const qf_guidance_law *laws;
    size_t n_laws;
    const qf_body_group *body;
} qf_guidance_group;

enum { QF_GUIDANCE_LANES = 8 };

/* What guidance finds of a vehicle, as bits. */
enum {
    QF_FOUND_ARRIVED = 1, /* the step is done */
    QF_FOUND_RETREATS = 2,
    QF_FOUND_CAPTURED = 4,
    QF_FOUND_AVOIDS = 8,
};

/* What guidance finds, for the vehicles of a block. */
typedef struct qf_guidance_rows {
    double goal_distance_m[QF_BLOCK_VEHICLES]; /* NaN: it wants to be nowhere */
    /* where there are targets; NaN: not known */
    double target_range_m[QF_BLOCK_VEHICLES];
    double target_range_rate_mps[QF_BLOCK_VEHICLES];
    double port_axial_m[QF_BLOCK_VEHICLES];
    double port_lateral_m[QF_BLOCK_VEHICLES];
    double port_angle_deg[QF_BLOCK_VEHICLES];
    double miss_m[QF_BLOCK_VEHICLES]; /* of who avoids something: how near that would come */
    uint8_t found[QF_BLOCK_VEHICLES];
} qf_guidance_rows;

/* One tick of a block's guidance: the wrench that is wanted into scratch->body, the rest into rows. */
typedef void qf_guidance_kernel(const qf_body_columns *own, const qf_guidance_columns *columns,
                                const qf_guidance_group *group, int64_t tick, double dt_s,
                                qf_body_scratch *scratch, qf_guidance_rows *rows, size_t begin,
                                size_t end);

#endif
