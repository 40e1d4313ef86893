/* SPDX-License-Identifier: Apache-2.0 */
#include "drive.h"

#include "clamp.h"
#include "group.h"
#include "motion.h"

int64_t qf_drive_period_ticks(const qf_group *group)
{
    return group->spec->drive ? 1 : 0;
}

static qf_drive_columns columns_of(const qf_fleet *fleet)
{
#define COLUMN(id) qf_f64(fleet, QF_FIELD_##id, 0)
    return (qf_drive_columns){
        .wanted_mps = COLUMN(DRIVE_SPEED),
        .wanted_deg = COLUMN(DRIVE_HEADING),
        .flags = qf_u64(fleet, QF_FIELD_FLAGS, 0),
        .left_mps = COLUMN(WHEEL_LEFT),
        .right_mps = COLUMN(WHEEL_RIGHT),
        .x_m = COLUMN(X),
        .y_m = COLUMN(Y),
        .heading_deg = COLUMN(HEADING),
        .heading_sin = COLUMN(HEADING_SIN),
        .heading_cos = COLUMN(HEADING_COS),
        .speed_mps = COLUMN(SPEED),
        .roll_rad = COLUMN(ROLL),
        .pitch_rad = COLUMN(PITCH),
        .yaw_rad = COLUMN(YAW),
        .roll_rate_rps = COLUMN(ROLL_RATE),
        .pitch_rate_rps = COLUMN(PITCH_RATE),
        .yaw_rate_rps = COLUMN(YAW_RATE),
        .dose_usv = COLUMN(DOSE),
    };
#undef COLUMN
}

bool qf_drive_run(const qf_stage_call *call)
{
    const qf_group *group = &call->fleet->groups[call->block->group];
    const qf_drive_spec *spec = group->spec->drive;
    const qf_drive_limits limits = {.track_m = spec->track_m,
                                    .max_wheel_mps = spec->max_wheel_mps,
                                    .max_wheel_mps2 = spec->max_wheel_mps2};
    const qf_drive_columns columns = columns_of(call->fleet);
    call->kernels->drive(&columns, &limits, &group->bot, call->constants, call->block->slot_begin,
                         call->block->slot_end);
    return false;
}

/* it starts as fast as the scenario says, as far as its wheels can, and is told to go on like that */
void qf_drive_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    if (!group->spec->drive) {
        return;
    }
    double *speed_mps = &qf_f64(fleet, QF_FIELD_SPEED, 0)[slot];
    const double deg = qf_wrapped_deg(qf_f64(fleet, QF_FIELD_HEADING, 0)[slot]);
    qf_f64(fleet, QF_FIELD_DRIVE_SPEED, 0)[slot] = *speed_mps;
    *speed_mps = clamp(*speed_mps, 0.0, group->spec->drive->max_wheel_mps);
    qf_f64(fleet, QF_FIELD_WHEEL_LEFT, 0)[slot] = *speed_mps;
    qf_f64(fleet, QF_FIELD_WHEEL_RIGHT, 0)[slot] = *speed_mps;
    qf_f64(fleet, QF_FIELD_DRIVE_HEADING, 0)[slot] = deg;
    qf_set_heading(fleet, slot, deg);
    qf_f64(fleet, QF_FIELD_YAW, 0)[slot] = deg * QF_RAD_PER_DEG;
}
