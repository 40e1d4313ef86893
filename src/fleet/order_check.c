/* SPDX-License-Identifier: Apache-2.0 */
/* Whether orders can be taken: locks, arguments, and what a vehicle has. */
#include "order_check.h"

#include <math.h>

#include "clamp.h"
#include "group.h"
#include "propulsion_damaged.h"
#include "settable.h"

bool qf_order_fires(const double *argument)
{
    return clamp(argument[1], 0.0, 100.0) > 0.0 && argument[2] > 0.0;
}

static bool moves(const qf_order *order)
{
    switch (order->kind) {
    case QF_COMMAND_SPEED:
        return order->argument[0] != 0.0;
    case QF_COMMAND_MOTOR:
        return order->argument[0] > 0.0;
    case QF_COMMAND_RCS:
        return qf_order_fires(order->argument);
    case QF_COMMAND_BEHAVE:
        return order->argument[0] >= 0.0;
    default:
        return false;
    }
}

static bool is_locked(const qf_fleet *fleet, size_t slot, const qf_order *order)
{
    const uint64_t locks = QF_FLAG_BIT(EMERGENCY_STOP) | QF_FLAG_BIT(SAFE_MODE);
    return (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & locks) != 0 &&
           (moves(order) || (order->kind == QF_COMMAND_NBL && order->argument[0] != 0.0));
}

/* what is computed or drawn, as constants when they are read */
static bool is_allowed(const qf_command_argument *row, double value)
{
    switch (row->kind) {
    case QF_ARGUMENT_NUMBER:
        return isfinite(value) && value >= row->low && value <= row->high;
    case QF_ARGUMENT_CHOICE:
        return value >= 0.0 && value < (double)row->n_names && value == floor(value);
    default:
        return isfinite(value);
    }
}

static bool are_allowed(const qf_fleet *fleet, const qf_order *order)
{
    bool allowed = true;
    for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
        allowed =
            allowed && (!order->given[a] ||
                        is_allowed(&qf_command_table[order->kind].argument[a], order->argument[a]));
    }
    return allowed && (order->kind != QF_COMMAND_SET ||
                       qf_settable_fits(fleet, order->column, order->argument[1]));
}

bool qf_order_is_captured(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    bool any = false;
    for (size_t p = 0; group->spec->docking && p < group->spec->docking->n_ports; p++) {
        any = any || qf_i64(fleet, QF_FIELD_PORT_STATE, p)[slot] > 0;
    }
    return any;
}

/* what being docked, or not, does not let happen */
static bool is_hindered(const qf_fleet *fleet, const qf_group *group, size_t slot,
                        const qf_order *order)
{
    const bool docked = (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(DOCKED)) != 0;
    if (!group->spec->docking) {
        return false;
    }
    switch (order->kind) {
    case QF_COMMAND_RCS:
        return qf_order_is_captured(fleet, group, slot) && moves(order);
    case QF_COMMAND_DOCK:
        return order->argument[0] != 0.0 ? !docked : !qf_order_is_captured(fleet, group, slot);
    case QF_COMMAND_UNDOCK:
        return !qf_order_is_captured(fleet, group, slot);
    default:
        return false;
    }
}

/* whether the group's vehicles are made for it at all */
static bool is_able(const qf_group_spec *spec, const qf_order *order)
{
    switch (order->kind) {
    case QF_COMMAND_SPEED:
    case QF_COMMAND_MOTOR:
        return !spec->body || !moves(order);
    case QF_COMMAND_HEADING:
    case QF_COMMAND_ROTATE:
        return !spec->body;
    case QF_COMMAND_BEHAVE:
        return order->argument[0] < (double)spec->n_guidances;
    default:
        return true;
    }
}

/* whether the group lists that device and the vehicle's is down */
static bool is_down(const qf_fleet *fleet, size_t slot, const char *device)
{
    const size_t d = qf_catalog_device(&fleet->catalog, device);
    return d < fleet->catalog.n_devices &&
           (qf_u64(fleet, QF_FIELD_DEVICES_DOWN, d / QF_BITS_PER_WORD)[slot] >>
                d % QF_BITS_PER_WORD &
            1) != 0;
}

/* names are compared only for vehicles that have something down */
static bool any_down(const qf_fleet *fleet, size_t slot)
{
    uint64_t down = 0;
    for (size_t w = 0; w < fleet->catalog.n_columns_of[QF_FIELD_DEVICES_DOWN]; w++) {
        down |= qf_u64(fleet, QF_FIELD_DEVICES_DOWN, w)[slot];
    }
    return down != 0;
}

/* devices by the part they play, as the reference's hardware profiles name them */
static bool has_what_it_takes(const qf_fleet *fleet, const qf_group *group, size_t slot,
                              const qf_order *order)
{
    static const char *const thrusters_of[QF_RCS_AXES + 1] = {
        [QF_AXIS_FORWARD] = "rcs_forward", [QF_AXIS_AFT] = "rcs_aft",
        [QF_AXIS_PORT] = "rcs_port",       [QF_AXIS_STARBOARD] = "rcs_starboard",
        [QF_AXIS_UP] = "rcs_up",           [QF_AXIS_DOWN] = "rcs_down",
    };
    if (!moves(order) || order->kind == QF_COMMAND_BEHAVE) {
        return true;
    }
    const bool broken = any_down(fleet, slot);
    if (order->kind == QF_COMMAND_RCS) {
        const int axis = (int)order->argument[0];
        /* no axis gives any where propulsion is disabled */
        return qf_propulsion_gives_thrust(&group->bot, axis, slot) &&
               !(broken && is_down(fleet, slot, thrusters_of[axis]));
    }
    return !(broken && (is_down(fleet, slot, "motor_left") || is_down(fleet, slot, "motor_right")));
}

qf_actuation qf_order_check(const qf_fleet *fleet, const qf_group *group, size_t slot,
                            const qf_order *order)
{
    if (!are_allowed(fleet, order) || is_locked(fleet, slot, order)) {
        return QF_ACTUATION_REJECTED;
    }
    if (!is_able(group->spec, order)) {
        return QF_ACTUATION_UNAVAILABLE;
    }
    if (is_hindered(fleet, group, slot, order)) {
        return QF_ACTUATION_REJECTED;
    }
    return !qf_group_behaves(group->spec) || has_what_it_takes(fleet, group, slot, order)
               ? QF_ACTUATION_ACCEPTED
               : QF_ACTUATION_UNAVAILABLE;
}
