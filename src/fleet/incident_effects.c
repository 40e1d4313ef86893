/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_effects.h"

#include <string.h>

#include "clamp.h"
#include "group.h"
#include "incident_draw.h"
#include "incident_plan.h"
#include "motion.h"

static uint64_t standing_of(const qf_fleet *fleet, size_t slot)
{
    return qf_u64(fleet, QF_FIELD_INCIDENTS_STANDING, 0)[slot];
}

int qf_devices_down(const qf_fleet *fleet, size_t slot)
{
    int n = 0;
    for (size_t w = 0; w < fleet->catalog.n_of_shape[QF_SHAPE_DEVICE_WORD]; w++) {
        n += __builtin_popcountll(qf_u64(fleet, QF_FIELD_DEVICES_DOWN, w)[slot]);
    }
    return n;
}

bool qf_incident_update_device(const qf_fleet *fleet, const qf_group *group, size_t slot,
                               size_t device, bool *down)
{
    const qf_incident_plan *plan = group->incidents;
    const size_t at = plan->device_bit[device];
    const uint64_t bit = UINT64_C(1) << at % QF_BITS_PER_WORD;
    uint64_t *word = &qf_u64(fleet, QF_FIELD_DEVICES_DOWN, at / QF_BITS_PER_WORD)[slot];
    const bool was = (*word & bit) != 0;
    *down = group->spec->devices[device].missing ||
            (standing_of(fleet, slot) & plan->downs[device]) != 0;
    *word = *down ? *word | bit : *word & ~bit;
    return was != *down;
}

/* whether there are devices of that type and none of them works */
static bool all_down(const qf_fleet *fleet, const qf_group *group, size_t slot, const char *type,
                     size_t n_of_type)
{
    size_t n_down = 0;
    for (size_t d = 0; n_of_type > 0 && d < group->spec->n_devices; d++) {
        const size_t at = group->incidents->device_bit[d];
        const uint64_t word = qf_u64(fleet, QF_FIELD_DEVICES_DOWN, at / QF_BITS_PER_WORD)[slot];
        const char *its_type = group->spec->devices[d].type;
        n_down += its_type && strcmp(its_type, type) == 0 && (word >> at % QF_BITS_PER_WORD & 1);
    }
    return n_of_type > 0 && n_down == n_of_type;
}

static void update_flags(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const qf_incident_plan *plan = group->incidents;
    const uint64_t standing = standing_of(fleet, slot);
    const bool radar =
        (standing & plan->radar) != 0 || all_down(fleet, group, slot, "radar", plan->n_radars);
    const bool imu =
        (standing & plan->imu) != 0 || all_down(fleet, group, slot, "imu", plan->n_imus);
    const bool radio = (standing & plan->radio) != 0;
    const bool ready =
        qf_i64(fleet, QF_FIELD_POST_UNTIL, 0)[slot] == -1 && qf_devices_down(fleet, slot) == 0;
    uint64_t *flags = &qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
    *flags &= ~(QF_FLAG_BIT(RADAR_BROKEN) | QF_FLAG_BIT(RADIO_BROKEN) | QF_FLAG_BIT(IMU_BROKEN) |
                QF_FLAG_BIT(BIOS_READY));
    *flags |= (radar ? QF_FLAG_BIT(RADAR_BROKEN) : 0) | (radio ? QF_FLAG_BIT(RADIO_BROKEN) : 0) |
              (imu ? QF_FLAG_BIT(IMU_BROKEN) : 0) | (ready ? QF_FLAG_BIT(BIOS_READY) : 0);
    /* the power plane decides at the end of the tick, and radars look before */
    *flags &= ~((radar ? QF_FLAG_BIT(RADAR_ALLOWED) : 0) |
                (radio ? QF_FLAG_BIT(TRANSPONDER_ALLOWED) : 0));
}

/* the worst of what stands, for each thruster */
static void update_thrusters(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const qf_group_spec *spec = group->spec;
    uint64_t stuck_on = 0;
    for (size_t t = 0; t < spec->hardware.n_thrusters; t++) {
        qf_f64(fleet, QF_FIELD_THRUSTER_HEALTH, t)[slot] = 1.0;
    }
    for (uint64_t left = standing_of(fleet, slot) & group->incidents->thrusters; left;
         left &= left - 1) {
        const qf_incident_spec *incident = &spec->incidents[__builtin_ctzll(left)];
        double *health = &qf_f64(fleet, QF_FIELD_THRUSTER_HEALTH, incident->target)[slot];
        if (incident->kind == QF_INCIDENT_THRUSTER_ON) {
            stuck_on |= UINT64_C(1) << incident->target;
        } else {
            *health = lower(*health, incident->value.a);
        }
    }
    qf_u64(fleet, QF_FIELD_THRUSTERS_STUCK_ON, 0)[slot] = stuck_on;
}

/* from the profile's figure each time, so that a repair gives back the same bits */
static void update_battery(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    const qf_group_spec *spec = group->spec;
    const qf_draw_key key = {.seed = fleet->scenario->seed,
                             .world = e.number,
                             .vehicle = e.vehicle,
                             .stream = QF_STREAM_HARDWARE,
                             .draw = QF_HW_BATTERY_CAPACITY};
    const double whole_wh =
        qf_number_draw(&spec->hardware.parameter[QF_HW_BATTERY_CAPACITY], key, e.index);
    double wh = whole_wh > 0.0 ? whole_wh : 1.0; /* as QF_C_BATTERY_WH is derived */
    for (uint64_t left = standing_of(fleet, slot) & group->incidents->battery; left;
         left &= left - 1) {
        wh *= 1.0 - spec->incidents[__builtin_ctzll(left)].value.a;
    }
    qf_f64(fleet, QF_FIELD_BATTERY_WH, 0)[slot] = wh;
}

void qf_incident_update(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                        uint64_t changed)
{
    update_flags(fleet, group, slot);
    if (changed & group->incidents->thrusters) {
        update_thrusters(fleet, group, slot);
    }
    if (changed & group->incidents->battery) {
        update_battery(fleet, group, slot, e);
    }
}

double qf_incident_value(const qf_fleet *fleet, const qf_group *group, qf_entity e, size_t i,
                         int64_t tick)
{
    const qf_draw_key key = qf_incident_key(fleet, e, tick, i, QF_INCIDENT_VALUE);
    return qf_number_draw(&group->spec->incidents[i].value, key, e.index);
}

void qf_incident_set(const qf_fleet *fleet, const qf_group *group, size_t slot, size_t i,
                     double value)
{
    const qf_quantity *quantity = group->incidents->set[i];
    if (quantity->bit != QF_NO_BIT) {
        uint64_t *word = (uint64_t *)fleet->column[quantity->column] + slot;
        const uint64_t bit = UINT64_C(1) << quantity->bit;
        *word = value != 0.0 ? *word | bit : *word & ~bit;
    } else if (quantity->field == QF_FIELD_HEADING) {
        qf_set_heading(fleet, slot, value);
    } else {
        ((double *)fleet->column[quantity->column])[slot] = value;
        if (qf_incident_moves(quantity) && fleet->catalog.n_of_shape[QF_SHAPE_HULL] > 0 &&
            group->spec->body && group->spec->body->n_hull > 0) {
            /* nothing has been passed on the way: collisions look from here on */
            const size_t axis = quantity->field - QF_FIELD_X;
            qf_f64(fleet, (qf_field_id)(QF_FIELD_HULL_X + axis), 0)[slot] = value;
        }
    }
}
