/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_STAGE_H
#define QF_GUIDANCE_STAGE_H

#include "guidance.h"
#include "guidance_law.h"

/* What the stage of guidance keeps; shared by the files guidance*.c only. */
typedef struct qf_guidance {
    qf_arena arena;
    qf_guidance_columns columns;
    qf_guidance_group *groups; /* by group of the fleet; laws NULL: it has none */
    qf_guidance_rows *rows;    /* by thread */
} qf_guidance;

/* The behaviours of a group as kernels want them; false without memory. */
bool qf_guidance_laws_of(const qf_fleet *fleet, const qf_group *group, qf_arena *arena,
                         qf_guidance_group *laws);

/* Gains of the profile of speeds that guidance brakes with: see guidance_lanes.h. */
static inline double qf_guidance_place_gain(const qf_guidance_spec *spec)
{
    return spec->position_rps / (2.0 * spec->position_damping);
}

/* One vehicle in a tick. */
typedef struct qf_guided_vehicle {
    const qf_stage_call *call;
    size_t slot;
    uint16_t *sequence; /* of what it tells in this tick, counted */
} qf_guided_vehicle;

/* Tells 321 to 324 of the behaviour that is active. */
void qf_guidance_tell(const qf_guided_vehicle *vehicle, qf_event_code code, double value);

/* It has reached the waypoint that it was on its way to. */
void qf_guidance_waypoint_reached(const qf_guided_vehicle *vehicle, const qf_guidance_spec *spec);

/* Whether it turns out of something's way from now on, that would come as near as miss_m. */
void qf_guidance_set_avoiding(const qf_guided_vehicle *vehicle, bool avoids, double miss_m);

/* What guidance found of the rigid bodies of a block: steps, flags, columns, events. */
void qf_guidance_follow(const qf_stage_call *call, const qf_guidance_rows *rows);

/* Bots: heading and speed. */
void qf_guidance_steer_bots(const qf_stage_call *call, const qf_guidance *guidance);

#endif
