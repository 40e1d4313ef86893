/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_plan.h"

#include <math.h>
#include <string.h>

#include "group.h"

bool qf_incident_is_mission(const qf_quantity *quantity)
{
    const uint64_t mission =
        QF_FLAG_BIT(MISSION_RECEIVED) | QF_FLAG_BIT(MISSION_ACTIVE) | QF_FLAG_BIT(MISSION_FINISHED);
    return quantity->field == QF_FIELD_FLAGS && (mission >> quantity->bit & 1) != 0;
}

bool qf_incident_may_set(const qf_quantity *quantity)
{
    const qf_shape shape = qf_field_table[quantity->field].shape;
    if (quantity->field == QF_FIELD_FLAGS) {
        return quantity->role == QF_ROLE_INPUT && !qf_incident_is_mission(quantity);
    }
    return quantity->type == QF_TYPE_F64 && quantity->role != QF_ROLE_OUTPUT &&
           (shape == QF_SHAPE_VEHICLE || shape == QF_SHAPE_NODE || shape == QF_SHAPE_VARIABLE);
}

bool qf_incident_moves(const qf_quantity *quantity)
{
    return quantity->field == QF_FIELD_X || quantity->field == QF_FIELD_Y ||
           quantity->field == QF_FIELD_Z;
}

static bool has_type(const qf_device *device, const char *type)
{
    return device->type && strcmp(device->type, type) == 0;
}

static bool plan_devices(qf_arena *arena, const qf_catalog *catalog, const qf_group_spec *spec,
                         qf_incident_plan *plan)
{
    uint64_t *downs = qf_arena_array(arena, spec->n_devices, sizeof *downs);
    size_t *bits = qf_arena_array(arena, spec->n_devices, sizeof *bits);
    if (!downs || !bits) {
        return false;
    }
    for (size_t d = 0; d < spec->n_devices; d++) {
        const qf_device *device = &spec->devices[d];
        bits[d] = qf_catalog_device(catalog, device->name);
        plan->any_missing = plan->any_missing || device->missing;
        plan->n_radars += has_type(device, "radar");
        plan->n_imus += has_type(device, "imu");
    }
    for (size_t i = 0; i < spec->n_incidents; i++) {
        if (spec->incidents[i].kind == QF_INCIDENT_DEVICE) {
            downs[spec->incidents[i].target] |= UINT64_C(1) << i;
        }
    }
    plan->downs = downs;
    plan->device_bit = bits;
    return true;
}

static bool plan_incidents(qf_arena *arena, const qf_catalog *catalog, const qf_group_spec *spec,
                           qf_incident_plan *plan)
{
    const qf_quantity **set = qf_arena_array(arena, spec->n_incidents, sizeof *set);
    qf_cause(*because)[2] = qf_arena_array(arena, spec->n_incidents, sizeof *because);
    if (!set || !because) {
        return false;
    }
    for (size_t i = 0; i < spec->n_incidents; i++) {
        const qf_incident_spec *incident = &spec->incidents[i];
        const uint64_t bit = UINT64_C(1) << i;
        const bool device = incident->kind == QF_INCIDENT_DEVICE;
        plan->radar |= incident->kind == QF_INCIDENT_RADAR ? bit : 0;
        plan->radio |= incident->kind == QF_INCIDENT_RADIO ? bit : 0;
        plan->imu |= incident->kind == QF_INCIDENT_IMU ? bit : 0;
        plan->battery |= incident->kind == QF_INCIDENT_BATTERY_CELL ? bit : 0;
        plan->thrusters |=
            incident->kind == QF_INCIDENT_THRUSTER || incident->kind == QF_INCIDENT_THRUSTER_ON
                ? bit
                : 0;
        set[i] = incident->name ? qf_catalog_find(catalog, incident->name) : NULL;
        because[i][0] = (qf_cause){QF_TOPIC_FAULT, (int32_t)i};
        because[i][1] =
            (qf_cause){QF_TOPIC_DEVICE, device ? (int32_t)plan->device_bit[incident->target] : -1};
    }
    plan->set = set;
    plan->because = (const qf_cause(*)[2])because;
    return true;
}

double qf_valve_share(const qf_rcs_table *rcs, size_t thruster)
{
    for (int axis = QF_AXIS_FORWARD; axis <= QF_RCS_AXES; axis++) {
        for (int k = 0; k < rcs->n_thrusters[axis]; k++) {
            if (rcs->thruster[axis][k] == (int)thruster) {
                return rcs->valve_share[axis];
            }
        }
    }
    return 1.0 / QF_RCS_MAX_GROUP;
}

static bool plan_damage(const qf_fleet *fleet, qf_arena *arena, qf_group *group)
{
    const qf_hardware *hardware = &group->spec->hardware;
    const uint64_t hurt = group->incidents->thrusters;
    const size_t n = hurt ? hardware->n_thrusters : 0;
    qf_bot_damage *damage = qf_arena_array(arena, 1, sizeof *damage);
    const double **health = qf_arena_array(arena, n, sizeof *health);
    double(*force_n)[3] = qf_arena_array(arena, n, sizeof *force_n);
    double(*torque_nm)[3] = qf_arena_array(arena, n, sizeof *torque_nm);
    double *thrust_n = qf_arena_array(arena, n, sizeof *thrust_n);
    double *share = qf_arena_array(arena, n, sizeof *share);
    if (!damage || !health || !force_n || !torque_nm || !thrust_n || !share) {
        return false;
    }
    for (size_t t = 0; t < n; t++) {
        const double *p = hardware->thrusters[t].position_m;
        double *f = force_n[t];
        for (int d = 0; d < 3; d++) {
            f[d] = hardware->thrusters[t].f_max_n * hardware->thrusters[t].direction[d];
        }
        for (int d = 0; d < 3; d++) {
            const int e = (d + 1) % 3;
            const int g = (d + 2) % 3;
            torque_nm[t][d] = p[e] * f[g] - p[g] * f[e];
        }
        thrust_n[t] = sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
        share[t] = qf_valve_share(&group->bot.rcs, t);
        health[t] = qf_f64(fleet, QF_FIELD_THRUSTER_HEALTH, t);
    }
    *damage =
        (qf_bot_damage){.standing = qf_u64(fleet, QF_FIELD_INCIDENTS_STANDING, 0),
                        .thrusters = hurt,
                        .n_thrusters = n,
                        .health = health,
                        .stuck_on = n > 0 ? qf_u64(fleet, QF_FIELD_THRUSTERS_STUCK_ON, 0) : NULL,
                        .force_n = (const double(*)[3])force_n,
                        .torque_nm = (const double(*)[3])torque_nm,
                        .thrust_n = thrust_n,
                        .valve_share = share};
    group->bot.damage = damage;
    return true;
}

qf_status qf_incident_plan_create(qf_context *context, qf_fleet *fleet, qf_group *group)
{
    const qf_group_spec *spec = group->spec;
    if (!spec->bios && spec->n_incidents == 0) {
        return QF_OK;
    }
    qf_arena *arena = &fleet->arena;
    qf_incident_plan *plan = qf_arena_array(arena, 1, sizeof *plan);
    group->incidents = plan;
    if (!plan || !plan_devices(arena, &fleet->catalog, spec, plan) ||
        !plan_incidents(arena, &fleet->catalog, spec, plan) || !plan_damage(fleet, arena, group)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the incidents of group %s",
                       spec->name);
    }
    return QF_OK;
}
