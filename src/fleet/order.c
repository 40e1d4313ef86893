/* SPDX-License-Identifier: Apache-2.0 */
/* What orders do: world.md section 0 where the reference has them, order.h for the rest. */
#include "order.h"

#include "clamp.h"
#include "docking.h"
#include "group.h"
#include "guidance.h"
#include "incidents.h"
#include "motion.h"
#include "order_check.h"
#include "settable.h"

#define MOTOR_FULL_SPEED_MPS 1.0

/* who is told what, while one order is executed */
typedef struct qf_receiver {
    const qf_fleet *fleet;
    const qf_group *group;
    size_t slot;
    int64_t tick;
    const qf_event *told;
    qf_event_queue *events;
} qf_receiver;

static uint64_t *flags_of(const qf_receiver *vehicle)
{
    return &qf_u64(vehicle->fleet, QF_FIELD_FLAGS, 0)[vehicle->slot];
}

static double *number_of(const qf_receiver *vehicle, qf_field_id field)
{
    return &qf_f64(vehicle->fleet, field, 0)[vehicle->slot];
}

/* what it is told, which is not yet how fast it is where wheels have to get there */
static double *speed_of(const qf_receiver *vehicle)
{
    return qf_ordered_speed(vehicle->fleet, vehicle->group, vehicle->slot);
}

static void set_flag(const qf_receiver *vehicle, uint64_t bit, bool on)
{
    uint64_t *flags = flags_of(vehicle);
    *flags = on ? *flags | bit : *flags & ~bit;
}

static void tell(const qf_receiver *vehicle, qf_event_code code, double value)
{
    qf_event event = *vehicle->told;
    event.code = (uint16_t)code;
    event.severity = (uint8_t)qf_event_severity(code);
    event.value = value;
    qf_event_queue_add(vehicle->events, &event);
}

static double motor_speed_mps(double pct)
{
    return clamp(pct, 0.0, 100.0) / 100.0 * MOTOR_FULL_SPEED_MPS;
}

/* ---- what orders do ---- */

static void stop_thrusters(const qf_receiver *vehicle)
{
    *number_of(vehicle, QF_FIELD_RCS_PCT) = 0.0;
    *number_of(vehicle, QF_FIELD_RCS_TIME_LEFT) = 0.0;
}

/* the column there is only where somebody behaves; a group that does not leaves it alone */
static uint64_t *actuation_of(const qf_receiver *vehicle)
{
    return qf_group_behaves(vehicle->group->spec)
               ? &qf_u64(vehicle->fleet, QF_FIELD_ACTUATION, 0)[vehicle->slot]
               : NULL;
}

/* whether thrusters fire as that order says already, or have done to its very end, and that has been told */
static bool goes_on(const qf_receiver *vehicle, const double *argument)
{
    const double pct = *number_of(vehicle, QF_FIELD_RCS_PCT);
    return (*flags_of(vehicle) & QF_FLAG_BIT(RCS_ACTIVE)) != 0 &&
           qf_i64(vehicle->fleet, QF_FIELD_ACTUATION_SINCE, 0)[vehicle->slot] < 0 &&
           qf_i64(vehicle->fleet, QF_FIELD_RCS_AXIS, 0)[vehicle->slot] == (int64_t)argument[0] &&
           (pct == 0.0 || pct == clamp(argument[1], 0.0, 100.0));
}

static qf_actuation fire(const qf_receiver *vehicle, const double *argument)
{
    const uint64_t *before = actuation_of(vehicle);
    const bool again = before && goes_on(vehicle, argument);
    if (!qf_order_fires(
            argument)) { /* the axis stays, as after a burn: the event of the stop names it */
        stop_thrusters(vehicle);
        return QF_ACTUATION_EXECUTED;
    }
    if (before &&
        *before == (QF_ACTUATION_OF(QF_COMMAND_RCS) | QF_ACTUATION_IS(QF_ACTUATION_FAILED)) &&
        !(*number_of(vehicle, QF_FIELD_PROPELLANT) > 0.0)) {
        return QF_ACTUATION_FAILED;
    }
    qf_i64(vehicle->fleet, QF_FIELD_RCS_AXIS, 0)[vehicle->slot] = (int64_t)argument[0];
    *number_of(vehicle, QF_FIELD_RCS_PCT) = clamp(argument[1], 0.0, 100.0);
    *number_of(vehicle, QF_FIELD_RCS_TIME_LEFT) = argument[2];
    return again ? QF_ACTUATION_EXECUTED : QF_ACTUATION_ACCEPTED;
}

/* ports are left when docking next meets; with nothing docked there is only the dock of before */
static void connect_dock(const qf_receiver *vehicle, bool connected)
{
    const bool docked = (*flags_of(vehicle) & QF_FLAG_BIT(DOCKED)) != 0;
    if (connected ? vehicle->group->spec->docking && docked
                  : qf_docking_release(vehicle->fleet, vehicle->group, vehicle->slot)) {
        return;
    }
    const bool was = (*flags_of(vehicle) & QF_FLAG_BIT(DOCK_CONNECTED)) != 0;
    if (was != connected) {
        *number_of(vehicle, QF_FIELD_DOCK_SINCE) = 0.0;
    }
    set_flag(vehicle, QF_FLAG_BIT(DOCK_CONNECTED), connected);
}

static void set_inputs(const qf_receiver *vehicle, const qf_order *order)
{
    if (order->given[0]) {
        set_flag(vehicle, QF_FLAG_BIT(RADAR_ENABLED), order->argument[0] != 0.0);
    }
    if (order->given[1]) {
        *number_of(vehicle, QF_FIELD_SENSOR_QUEUE) = order->argument[1];
    }
    if (order->given[2]) {
        *number_of(vehicle, QF_FIELD_ACTUATOR_QUEUE) = order->argument[2];
    }
    if (order->given[3]) {
        set_flag(vehicle, QF_FLAG_BIT(TRANSPONDER_ACTIVE), order->argument[3] != 0.0);
    }
}

static void set_transponder(const qf_receiver *vehicle, int64_t mode)
{
    qf_i64(vehicle->fleet, QF_FIELD_TRANSPONDER_MODE, 0)[vehicle->slot] = mode;
    set_flag(vehicle, QF_FLAG_BIT(TRANSPONDER_ACTIVE),
             mode == QF_TRANSPONDER_ON || mode == QF_TRANSPONDER_SPOOF);
}

static qf_actuation take_mission(const qf_receiver *vehicle, qf_mission_order order)
{
    uint64_t *flags = flags_of(vehicle);
    const uint64_t before = *flags;
    const double soc_pct = *number_of(vehicle, QF_FIELD_SOC);
    switch (order) {
    case QF_MISSION_RECEIVE:
        *flags |= QF_FLAG_BIT(MISSION_RECEIVED);
        if (*flags != before) {
            tell(vehicle, QF_EVENT_MISSION_RECEIVED, soc_pct);
        }
        return QF_ACTUATION_EXECUTED;
    case QF_MISSION_ACCEPT:
        if (!(before & QF_FLAG_BIT(MISSION_RECEIVED))) {
            return QF_ACTUATION_REJECTED;
        }
        *flags &= ~(QF_FLAG_BIT(MISSION_RECEIVED) | QF_FLAG_BIT(MISSION_FINISHED));
        *flags |= QF_FLAG_BIT(MISSION_ACTIVE);
        tell(vehicle, QF_EVENT_MISSION_ACCEPTED, soc_pct);
        return QF_ACTUATION_EXECUTED;
    case QF_MISSION_FINISH:
        if (!(before & QF_FLAG_BIT(MISSION_ACTIVE))) {
            return QF_ACTUATION_REJECTED;
        }
        *flags &= ~QF_FLAG_BIT(MISSION_ACTIVE);
        *flags |= QF_FLAG_BIT(MISSION_FINISHED);
        tell(vehicle, QF_EVENT_MISSION_FINISHED, soc_pct);
        return QF_ACTUATION_EXECUTED;
    }
    return QF_ACTUATION_REJECTED;
}

/* all that moves comes to rest; whether the lock was not as it is to be */
static bool lock(const qf_receiver *vehicle, uint64_t bit, bool on)
{
    const bool changes = ((*flags_of(vehicle) & bit) != 0) != on;
    set_flag(vehicle, bit, on);
    if (on) {
        *speed_of(vehicle) = 0.0;
        stop_thrusters(vehicle);
        set_flag(vehicle, QF_FLAG_BIT(NBL_ACTIVE), false);
    }
    return changes;
}

static void stop(const qf_receiver *vehicle, bool on)
{
    if (lock(vehicle, QF_FLAG_BIT(EMERGENCY_STOP), on)) {
        tell(vehicle, on ? QF_EVENT_EMERGENCY_STOP : QF_EVENT_EMERGENCY_OVER, (double)NAN);
    }
}

static void keep_safe(const qf_receiver *vehicle, bool on)
{
    const bool changes = lock(vehicle, QF_FLAG_BIT(SAFE_MODE), on);
    if (on) {
        set_flag(vehicle, QF_FLAG_BIT(RADAR_ENABLED), false);
    }
    if (changes) {
        tell(vehicle, on ? QF_EVENT_SAFE_MODE : QF_EVENT_SAFE_MODE_OVER, (double)NAN);
    }
}

/* one that is active, and has not done its work, goes on */
static void behave(const qf_receiver *vehicle, int64_t behavior)
{
    if (vehicle->group->spec->n_guidances == 0) {
        return; /* none, of those that there are not */
    }
    const bool done = (*flags_of(vehicle) & QF_FLAG_BIT(BEHAVIOR_DONE)) != 0;
    const int64_t active = qf_i64(vehicle->fleet, QF_FIELD_GUIDANCE, 0)[vehicle->slot];
    if (active != behavior || done) {
        qf_guidance_begin(vehicle->fleet, vehicle->group, vehicle->slot, vehicle->tick, behavior,
                          vehicle->told, vehicle->events);
    }
}

/* variables, and inputs that are all that there is to it (qf_order_meant) */
static qf_actuation set_column(const qf_receiver *vehicle, const qf_order *order)
{
    if (order->column >= vehicle->fleet->catalog.n_columns || order->whole) {
        return QF_ACTUATION_REJECTED;
    }
    ((double *)vehicle->fleet->column[order->column])[vehicle->slot] = order->argument[1];
    return QF_ACTUATION_EXECUTED;
}

static qf_actuation obey(const qf_receiver *vehicle, const qf_order *order)
{
    const double *argument = order->argument;
    const bool on = argument[0] != 0.0;
    switch (order->kind) {
    case QF_COMMAND_SPEED:
        *speed_of(vehicle) = argument[0];
        break;
    case QF_COMMAND_MOTOR:
        *speed_of(vehicle) = motor_speed_mps(argument[0]);
        break;
    case QF_COMMAND_HEADING:
        qf_order_heading(vehicle->fleet, vehicle->group, vehicle->slot, argument[0]);
        break;
    case QF_COMMAND_ROTATE:
        qf_order_heading(
            vehicle->fleet, vehicle->group, vehicle->slot,
            qf_wrapped_deg(qf_ordered_heading(vehicle->fleet, vehicle->group, vehicle->slot) +
                           argument[0]));
        break;
    case QF_COMMAND_RCS:
        return fire(vehicle, argument);
    case QF_COMMAND_DOCK:
        connect_dock(vehicle, on);
        break;
    case QF_COMMAND_UNDOCK:
        connect_dock(vehicle, false);
        break;
    case QF_COMMAND_NBL:
        set_flag(vehicle, QF_FLAG_BIT(NBL_ACTIVE), on);
        break;
    case QF_COMMAND_NBL_MAX:
        *number_of(vehicle, QF_FIELD_NBL_MAX) = argument[0];
        break;
    case QF_COMMAND_INPUTS:
        set_inputs(vehicle, order);
        break;
    case QF_COMMAND_RADAR:
        set_flag(vehicle, QF_FLAG_BIT(RADAR_ENABLED), on);
        break;
    case QF_COMMAND_TRANSPONDER:
        set_transponder(vehicle, (int64_t)argument[0]);
        break;
    case QF_COMMAND_SUBSYSTEMS:
        if (vehicle->group->spec->radar) {
            set_flag(vehicle, QF_FLAG_BIT(RADAR_ENABLED), true);
        }
        set_transponder(vehicle, vehicle->group->spec->transponder_mode);
        break;
    case QF_COMMAND_POST:
        if (vehicle->group->spec->bios) {
            qf_incidents_post(vehicle->fleet, vehicle->group, vehicle->slot, vehicle->tick);
        }
        break;
    case QF_COMMAND_MISSION:
        return take_mission(vehicle, (qf_mission_order)argument[0]);
    case QF_COMMAND_STOP:
        stop(vehicle, !order->given[0] || on);
        break;
    case QF_COMMAND_SAFE_MODE:
        keep_safe(vehicle, !order->given[0] || on);
        break;
    case QF_COMMAND_SET:
        return set_column(vehicle, order);
    case QF_COMMAND_BEHAVE:
        behave(vehicle, (int64_t)argument[0]);
        break;
    case QF_COMMAND_LOG:
    case QF_COMMAND_EMIT:
    case QF_COMMAND_COUNT:
        break;
    }
    return QF_ACTUATION_EXECUTED;
}

/*
 * The columns say what became of the last order, and whether one of thrusters is under way: one that goes on being
 * given is since it first was. One that stops them takes back the one before.
 */
static void keep_result(const qf_receiver *vehicle, qf_command_kind kind, qf_actuation result)
{
    uint64_t *actuation = actuation_of(vehicle);
    if (!actuation || !qf_command_table[kind].actuates) {
        return;
    }
    *actuation = QF_ACTUATION_OF(kind) | QF_ACTUATION_IS(result);
    int64_t *since = &qf_i64(vehicle->fleet, QF_FIELD_ACTUATION_SINCE, 0)[vehicle->slot];
    const bool fires = (*flags_of(vehicle) & QF_FLAG_BIT(RCS_ACTIVE)) != 0;
    if (result == QF_ACTUATION_ACCEPTED && (*since < 0 || fires)) {
        *since = vehicle->tick;
    } else if (kind == QF_COMMAND_RCS && result == QF_ACTUATION_EXECUTED) {
        *since = -1;
    }
}

qf_actuation qf_order_execute(const qf_fleet *fleet, size_t group, size_t entity, int64_t tick,
                              const qf_order *order, const qf_event *told, qf_event_queue *events)
{
    const qf_group *of = &fleet->groups[group];
    const qf_receiver vehicle = {.fleet = fleet,
                                 .group = of,
                                 .slot = of->slot_begin + (entity - of->entity_begin),
                                 .tick = tick,
                                 .told = told,
                                 .events = events};
    const qf_order taken = qf_order_meant(fleet, order); /* no way around */
    qf_actuation result = qf_order_check(fleet, of, vehicle.slot, &taken);
    if (result == QF_ACTUATION_ACCEPTED) {
        result = obey(&vehicle, &taken);
    }
    keep_result(&vehicle, taken.kind, result);
    return result;
}

/* ---- what is told of them ---- */

double qf_order_value(const qf_order *order)
{
    if (order->kind == QF_COMMAND_BEHAVE) { /* its name, which is a number by now */
        return order->argument[0];
    }
    const qf_command_argument *row = qf_command_table[order->kind].argument;
    double value = (double)NAN;
    bool found = false;
    for (int numbers = 1; numbers >= 0 && !found; numbers--) {
        for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS && row[a].name && !found; a++) {
            const bool is_number =
                row[a].kind == QF_ARGUMENT_NUMBER || row[a].kind == QF_ARGUMENT_VALUE;
            found = order->given[a] && row[a].kind != QF_ARGUMENT_TEXT && is_number == numbers;
            value = found && !isnan(order->argument[a]) ? order->argument[a] : value;
        }
    }
    return value;
}

const qf_cause *qf_command_cause(qf_command_kind kind)
{
#define CAUSE(id) [QF_COMMAND_##id] = {.topic = QF_TOPIC_COMMAND, .subject = QF_COMMAND_##id }
    static const qf_cause causes[QF_COMMAND_COUNT] = {
        CAUSE(SPEED),      CAUSE(MOTOR), CAUSE(HEADING), CAUSE(ROTATE), CAUSE(RCS),
        CAUSE(DOCK),       CAUSE(NBL),   CAUSE(NBL_MAX), CAUSE(INPUTS), CAUSE(UNDOCK),
        CAUSE(RADAR),      CAUSE(POST),  CAUSE(MISSION), CAUSE(STOP),   CAUSE(SAFE_MODE),
        CAUSE(SUBSYSTEMS), CAUSE(SET),   CAUSE(LOG),     CAUSE(EMIT),   CAUSE(TRANSPONDER),
        CAUSE(BEHAVE),
    };
#undef CAUSE
    return &causes[kind];
}

void qf_actuation_tell(qf_command_kind kind, qf_actuation actuation, const qf_event *told,
                       qf_event_queue *events)
{
    const bool done = actuation == QF_ACTUATION_EXECUTED;
    qf_event event = *told;
    event.code = done ? QF_EVENT_ACTUATION : QF_EVENT_ACTUATION_FAILED;
    event.severity = (uint8_t)qf_event_severity((qf_event_code)event.code);
    event.subject = (int32_t)kind;
    event.value = (double)actuation;
    event.because = qf_command_cause(kind);
    event.n_because = 1;
    qf_event_queue_add(events, &event);
}
