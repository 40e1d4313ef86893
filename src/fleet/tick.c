/* SPDX-License-Identifier: Apache-2.0 */
/* One tick: the order of its stages, and nothing else. */
#include "behavior.h"
#include "bodies.h"
#include "collisions.h"
#include "command.h"
#include "docking.h"
#include "drive.h"
#include "group.h"
#include "guidance.h"
#include "incidents.h"
#include "radar_stage.h"
#include "stage.h"
#include "targets.h"
#include "tasks.h"
#include "thrust.h"

static int64_t where_scripted(const qf_group *group)
{
    return group->spec->n_commands > 0 ? 1 : 0;
}

static bool commands(const qf_stage_call *call)
{
    const qf_fleet *fleet = call->fleet;
    const qf_group *group = &fleet->groups[call->block->group];
    const qf_group_spec *spec = group->spec;
    size_t number = group->next_command;
    while (number < spec->n_commands && spec->script[number].tick < call->tick) {
        number++;
    }
    for (; number < spec->n_commands && spec->script[number].tick == call->tick; number++) {
        qf_command_apply(fleet, call->block, number, call->tick, call->events);
    }
    return false;
}

/* a stage that is one kernel */
#define KERNEL_ARGUMENTS(call)                                                                     \
    (call)->columns, &(call)->fleet->groups[(call)->block->group].bot, (call)->constants,          \
        (call)->scratch, (call)->block->slot_begin, (call)->block->slot_end

static bool kinematics(const qf_stage_call *call)
{
    call->kernels->kinematics(KERNEL_ARGUMENTS(call));
    return false;
}

static bool mcqpu(const qf_stage_call *call)
{
    call->kernels->mcqpu(KERNEL_ARGUMENTS(call));
    return false;
}

static bool propulsion(const qf_stage_call *call)
{
    return call->kernels->propulsion(KERNEL_ARGUMENTS(call));
}

static bool power(const qf_stage_call *call)
{
    return call->kernels->power(KERNEL_ARGUMENTS(call));
}

static bool thermal(const qf_stage_call *call)
{
    return call->kernels->thermal(KERNEL_ARGUMENTS(call));
}

/* ---- what they see of vehicles of other ranks ---- */

#define PLACE     QF_FIELD_X, QF_FIELD_Y, QF_FIELD_Z
#define MOTION    PLACE, QF_FIELD_VX, QF_FIELD_VY, QF_FIELD_VZ
#define ATTITUDE  QF_FIELD_QW, QF_FIELD_QX, QF_FIELD_QY, QF_FIELD_QZ
#define RATES     QF_FIELD_RATE_X, QF_FIELD_RATE_Y, QF_FIELD_RATE_Z
#define WHEELS    QF_FIELD_WHEEL_X, QF_FIELD_WHEEL_Y, QF_FIELD_WHEEL_Z
#define BOND_TURN QF_FIELD_BOND_QW, QF_FIELD_BOND_QX, QF_FIELD_BOND_QY, QF_FIELD_BOND_QZ
#define BOND                                                                                       \
    QF_FIELD_BOND_ROOT, QF_FIELD_BOND_MASS, QF_FIELD_BOND_IXX, QF_FIELD_BOND_IYY,                  \
        QF_FIELD_BOND_IZZ, QF_FIELD_BOND_IXY, QF_FIELD_BOND_IXZ, QF_FIELD_BOND_IYZ,                \
        QF_FIELD_BOND_X, QF_FIELD_BOND_Y, QF_FIELD_BOND_Z, QF_FIELD_BOND_WHEEL_X,                  \
        QF_FIELD_BOND_WHEEL_Y, QF_FIELD_BOND_WHEEL_Z

static const qf_field_id collisions_see[] = {
    MOTION, ATTITUDE, RATES, WHEELS, QF_FIELD_PROPELLANT, QF_FIELD_FLAGS, QF_FIELD_GUIDANCE,
    /* a fault that moves a vehicle sets these too */
    QF_FIELD_HULL_X, QF_FIELD_HULL_Y, QF_FIELD_HULL_Z, QF_FIELD_COUNT};
static const qf_field_id collisions_see_first[] = {QF_FIELD_DRY_MASS,   QF_FIELD_HULL_QW,
                                                   QF_FIELD_HULL_QX,    QF_FIELD_HULL_QY,
                                                   QF_FIELD_HULL_QZ,    QF_FIELD_PORT_STATE,
                                                   QF_FIELD_PORT_LEFT,  QF_FIELD_PORT_PARTNER,
                                                   QF_FIELD_PORT_AHEAD, BOND,
                                                   QF_FIELD_COUNT};

static const qf_field_id docking_sees[] = {MOTION,
                                           ATTITUDE,
                                           RATES,
                                           WHEELS,
                                           QF_FIELD_PROPELLANT,
                                           QF_FIELD_FLAGS,
                                           QF_FIELD_FAULTS,
                                           QF_FIELD_GUIDANCE,
                                           QF_FIELD_UNDOCK_ASKED,
                                           QF_FIELD_DOCK_SINCE,
                                           QF_FIELD_COUNT};
static const qf_field_id docking_sees_first[] = {QF_FIELD_DRY_MASS,
                                                 QF_FIELD_PORT_STATE,
                                                 QF_FIELD_PORT_PARTNER,
                                                 QF_FIELD_PORT_PARTNER_PORT,
                                                 QF_FIELD_PORT_SINCE,
                                                 QF_FIELD_PORT_GIVES,
                                                 QF_FIELD_PORT_LEFT,
                                                 QF_FIELD_PORT_AHEAD,
                                                 QF_FIELD_DATA_ROOT,
                                                 BOND,
                                                 BOND_TURN,
                                                 QF_FIELD_COUNT};

static const qf_field_id targets_see[] = {MOTION,
                                          ATTITUDE,
                                          RATES,
                                          QF_FIELD_SPEED,
                                          QF_FIELD_HEADING_SIN,
                                          QF_FIELD_HEADING_COS,
                                          QF_FIELD_YAW,
                                          QF_FIELD_WHEEL_LEFT,
                                          QF_FIELD_WHEEL_RIGHT,
                                          QF_FIELD_FLAGS,
                                          QF_FIELD_COUNT};
static const qf_field_id targets_see_first[] = {QF_FIELD_DATA_ROOT, QF_FIELD_COUNT};

static const qf_field_id tasks_see[] = {PLACE, QF_FIELD_FLAGS, QF_FIELD_GUIDANCE, QF_FIELD_COUNT};
static const qf_field_id tasks_see_first[] = {QF_FIELD_TASK, QF_FIELD_TASK_SINCE,
                                              QF_FIELD_TASK_DONE, QF_FIELD_COUNT};

const qf_stage qf_stage_table[] = {
    {.name = "incidents",
     .phase = QF_PHASE_COMMAND,
     .period_ticks = qf_incidents_period_ticks,
     .run = qf_incidents_run},
    {.name = "commands",
     .phase = QF_PHASE_COMMAND,
     .period_ticks = where_scripted,
     .run = commands},
    {.name = "collisions",
     .phase = QF_PHASE_SENSE,
     .reads_others = true,
     .sees = collisions_see,
     .sees_first = collisions_see_first,
     .period_ticks = qf_collisions_period_ticks,
     .for_all = true,
     .meet = qf_collisions_meet,
     .open = qf_collisions_open,
     .close = qf_collisions_close,
     .archive = qf_collisions_archive,
     .predicted_bytes = qf_collisions_predicted_bytes},
    {.name = "docking",
     .phase = QF_PHASE_SENSE,
     .reads_others = true,
     .sees = docking_sees,
     .sees_first = docking_sees_first,
     .period_ticks = qf_docking_period_ticks,
     .for_all = true,
     .meet = qf_docking_meet,
     .open = qf_docking_open,
     .close = qf_docking_close,
     .predicted_bytes = qf_docking_predicted_bytes},
    {.name = "targets",
     .phase = QF_PHASE_SENSE,
     .reads_others = true,
     .sees = targets_see,
     .sees_first = targets_see_first,
     .period_ticks = qf_targets_period_ticks,
     .meet = qf_targets_meet,
     .open = qf_targets_open,
     .close = qf_targets_close},
    {.name = "tasks",
     .phase = QF_PHASE_SENSE,
     .reads_others = true,
     .sees = tasks_see,
     .sees_first = tasks_see_first,
     .period_ticks = qf_tasks_period_ticks,
     .for_all = true,
     .meet = qf_tasks_meet,
     .open = qf_tasks_open,
     .close = qf_tasks_close,
     .predicted_bytes = qf_tasks_predicted_bytes},
    {.name = "radar",
     .phase = QF_PHASE_SENSE,
     .reads_others = true,
     .period_ticks = qf_radar_period_ticks,
     .meet = qf_radar_meet,
     .open = qf_radar_open,
     .close = qf_radar_close,
     .archive = qf_radar_archive,
     .predicted_bytes = qf_radar_predicted_bytes,
     .sees = qf_radar_sees,
     .sees_first = qf_radar_sees_first},
    {.name = "behavior",
     .phase = QF_PHASE_DECIDE,
     .period_ticks = qf_behavior_period_ticks,
     .run = qf_behavior_run,
     .open = qf_behavior_open,
     .close = qf_behavior_close,
     .archive = qf_behavior_archive},
    {.name = "guidance",
     .phase = QF_PHASE_DECIDE,
     .period_ticks = qf_guidance_period_ticks,
     .run = qf_guidance_run,
     .open = qf_guidance_open,
     .close = qf_guidance_close},
    {.name = "kinematics",
     .phase = QF_PHASE_WORLD,
     .period_ticks = qf_bot_period_ticks,
     .run = kinematics},
    {.name = "drive",
     .phase = QF_PHASE_WORLD,
     .period_ticks = qf_drive_period_ticks,
     .run = qf_drive_run},
    {.name = "mcqpu", .phase = QF_PHASE_WORLD, .run = mcqpu},
    {.name = "propulsion", .phase = QF_PHASE_WORLD, .run = propulsion},
    {.name = "thrust",
     .phase = QF_PHASE_WORLD,
     .period_ticks = qf_thrust_period_ticks,
     .run = qf_thrust_run,
     .open = qf_thrust_open,
     .close = qf_thrust_close},
    {.name = "dynamics",
     .phase = QF_PHASE_WORLD,
     .period_ticks = qf_body_period_ticks,
     .run = qf_dynamics_run},
    {.name = "sunlight",
     .phase = QF_PHASE_WORLD,
     .period_ticks = qf_body_period_ticks,
     .run = qf_sunlight_run},
    {.name = "power", .phase = QF_PHASE_WORLD, .run = power},
    {.name = "thermal", .phase = QF_PHASE_WORLD, .run = thermal},
};

const size_t qf_stage_count = sizeof qf_stage_table / sizeof *qf_stage_table;
