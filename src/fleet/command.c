/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of a script mean: world.md section 0. */
#include "command.h"

#include "clamp.h"
#include "group.h"
#include "motion.h"

#define MOTOR_FULL_SPEED_MPS 1.0

static void set_flag(const qf_fleet *fleet, size_t slot, uint64_t bit, double on)
{
    uint64_t *flags = &qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
    *flags = on != 0.0 ? *flags | bit : *flags & ~bit;
}

/* degrees in [0, 360) */
static double wrapped_deg(double deg)
{
    const double rest = fmod(deg, 360.0);
    const double turn = rest < 0.0 ? rest + 360.0 : rest;
    return turn < 360.0 ? turn : 0.0;
}

static void command_rcs(const qf_fleet *fleet, size_t slot, const double *argument)
{
    const double pct = clamp(argument[1], 0.0, 100.0);
    const double duration_s = argument[2];
    const bool fires = pct > 0.0 && duration_s > 0.0;
    if (fires) { /* else the axis stays, as after a burn: the event of the stop names it */
        qf_i64(fleet, QF_FIELD_RCS_AXIS, 0)[slot] = (int64_t)argument[0];
    }
    qf_f64(fleet, QF_FIELD_RCS_PCT, 0)[slot] = fires ? pct : 0.0;
    qf_f64(fleet, QF_FIELD_RCS_TIME_LEFT, 0)[slot] = fires ? duration_s : 0.0;
}

static void command_inputs(const qf_fleet *fleet, size_t slot, const qf_command *command,
                           const double *argument)
{
    if (command->given[0]) {
        set_flag(fleet, slot, QF_FLAG_BIT(RADAR_ENABLED), argument[0]);
    }
    if (command->given[1]) {
        qf_f64(fleet, QF_FIELD_SENSOR_QUEUE, 0)[slot] = argument[1];
    }
    if (command->given[2]) {
        qf_f64(fleet, QF_FIELD_ACTUATOR_QUEUE, 0)[slot] = argument[2];
    }
    if (command->given[3]) {
        set_flag(fleet, slot, QF_FLAG_BIT(TRANSPONDER_ACTIVE), argument[3]);
    }
}

static void apply_to(const qf_fleet *fleet, size_t slot, const qf_command *command,
                     const double *argument)
{
    switch (command->kind) {
    case QF_COMMAND_SPEED:
        qf_f64(fleet, QF_FIELD_SPEED, 0)[slot] = argument[0];
        break;
    case QF_COMMAND_MOTOR:
        qf_f64(fleet, QF_FIELD_SPEED, 0)[slot] =
            clamp(argument[0], 0.0, 100.0) / 100.0 * MOTOR_FULL_SPEED_MPS;
        break;
    case QF_COMMAND_HEADING:
        qf_set_heading(fleet, slot, argument[0]);
        break;
    case QF_COMMAND_ROTATE:
        qf_set_heading(fleet, slot,
                       wrapped_deg(qf_f64(fleet, QF_FIELD_HEADING, 0)[slot] + argument[0]));
        break;
    case QF_COMMAND_RCS:
        command_rcs(fleet, slot, argument);
        break;
    case QF_COMMAND_DOCK: {
        const bool was =
            (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(DOCK_CONNECTED)) != 0;
        if (was != (argument[0] != 0.0)) {
            qf_f64(fleet, QF_FIELD_DOCK_SINCE, 0)[slot] = 0.0;
        }
        set_flag(fleet, slot, QF_FLAG_BIT(DOCK_CONNECTED), argument[0]);
        break;
    }
    case QF_COMMAND_NBL:
        set_flag(fleet, slot, QF_FLAG_BIT(NBL_ACTIVE), argument[0]);
        break;
    case QF_COMMAND_NBL_MAX:
        qf_f64(fleet, QF_FIELD_NBL_MAX, 0)[slot] = argument[0];
        break;
    case QF_COMMAND_INPUTS:
        command_inputs(fleet, slot, command, argument);
        break;
    case QF_COMMAND_UNDOCK:
    case QF_COMMAND_RADAR:
    case QF_COMMAND_TRANSPONDER:
    case QF_COMMAND_POST:
    case QF_COMMAND_SUBSYSTEMS:
    case QF_COMMAND_MISSION:
    case QF_COMMAND_STOP:
    case QF_COMMAND_SAFE_MODE:
    case QF_COMMAND_SET:
    case QF_COMMAND_LOG:
    case QF_COMMAND_EMIT:
    case QF_COMMAND_COUNT:
        break;
    }
}

void qf_command_apply(const qf_fleet *fleet, const qf_block *block, size_t number, int64_t tick,
                      qf_event_queue *events)
{
    (void)tick;
    (void)events;
    const qf_group_spec *spec = fleet->groups[block->group].spec;
    const qf_command *command = &spec->script[number];
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const qf_entity e =
            qf_fleet_entity(fleet, block->entity_begin + (slot - block->slot_begin));
        double argument[QF_COMMAND_MAX_ARGUMENTS] = {0.0};
        for (uint32_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
            const qf_draw_key key = {
                .seed = fleet->scenario->seed,
                .world = e.world,
                .vehicle = e.vehicle,
                .tick = (uint32_t)command->tick,
                .stream = QF_STREAM_SCRIPT,
                .draw = (uint32_t)number * 8 + a,
            };
            if (command->given[a]) {
                argument[a] = qf_number_draw(&command->argument[a], key, e.index);
            }
        }
        apply_to(fleet, slot, command, argument);
    }
}
