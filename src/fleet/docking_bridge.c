/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bridges. Data: who is joined by them. Power: what takes it is connected to a dock, as the reference's vehicle is, whose power its partner
 * gives in the same tick. The sum is that of power.c, bit for bit. Guarded by tests/test_docking_bridge.c.
 */
#include "clamp.h"
#include "docking.h"
#include "docking_internal.h"

static double coefficient_of(const qf_bot_group *group, qf_coefficient number, size_t slot)
{
    return group->column ? group->column[number][slot - group->origin] : group->uniform[number];
}

/* what the dock of that vehicle will give it in this tick: power.c, bus_and_dock() */
static double dock_w_of(const qf_fleet *fleet, size_t entity)
{
    const qf_entity e = qf_fleet_entity(fleet, entity);
    const qf_bot_group *group = &fleet->groups[e.group].bot;
    const double since_s = qf_f64(fleet, QF_FIELD_DOCK_SINCE, 0)[e.slot] + fleet->scenario->dt_s;
    const double ramp = lower(since_s / coefficient_of(group, QF_C_DOCK_SOFT_START_S, e.slot), 1.0);
    return coefficient_of(group, QF_C_DOCK_AVAILABLE_W, e.slot) * ramp;
}

/* who did not have what was asked of it in the last tick gives nothing in this one: power from nowhere lasts for a tick */
static bool gives(const qf_fleet *fleet, size_t entity)
{
    const uint64_t not = QF_FLAG_BIT(QUARANTINED) | QF_FLAG_BIT(SHED_LOW_SOC);
    const uint64_t lacks = QF_FAULT_BIT(BATTERY_DISCHARGE_LIMIT) | QF_FAULT_BIT(BATTERY_EMPTY);
    const size_t slot = qf_fleet_entity(fleet, entity).slot;
    return (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & not ) == 0 &&
           (qf_u64(fleet, QF_FIELD_FAULTS, 0)[slot] & lacks) == 0;
}

static bool has_power(const qf_fleet *fleet, size_t entity, size_t port)
{
    return qf_docking_of(fleet, entity)->ports[port].power;
}

/* whether it takes power through some port; `giver`: from whom, by the first port that gives any, -1: nobody */
static bool takes(const qf_fleet *fleet, size_t entity, int64_t *giver)
{
    bool any = false;
    *giver = -1;
    for (size_t p = 0; p < qf_docking_of(fleet, entity)->n_ports; p++) {
        if (*qf_port_column(fleet, QF_FIELD_PORT_STATE, p, entity) != 2 ||
            *qf_port_column(fleet, QF_FIELD_PORT_GIVES, p, entity) != 0) {
            continue;
        }
        const int64_t partner = *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, p, entity);
        const int64_t partner_port = *qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, p, entity);
        const bool bridged =
            has_power(fleet, entity, p) && has_power(fleet, (size_t)partner, (size_t)partner_port);
        any = any || bridged;
        if (bridged && *giver < 0 && gives(fleet, (size_t)partner)) {
            *giver = partner;
        }
    }
    return any;
}

static void connect(const qf_fleet *fleet, size_t entity, bool connected)
{
    const size_t slot = qf_fleet_entity(fleet, entity).slot;
    uint64_t *flags = &qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
    const bool was = (*flags & QF_FLAG_BIT(DOCK_CONNECTED)) != 0;
    if (was != connected) {
        qf_f64(fleet, QF_FIELD_DOCK_SINCE, 0)[slot] = 0.0;
    }
    *flags =
        connected ? *flags | QF_FLAG_BIT(DOCK_CONNECTED) : *flags & ~QF_FLAG_BIT(DOCK_CONNECTED);
}

static void give_nothing(const qf_fleet *fleet)
{
    double *bridge_w = qf_f64(fleet, QF_FIELD_BRIDGE_POWER, 0);
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const size_t end = group->spec->docking ? group->slot_begin + group->n_vehicles : 0;
        for (size_t slot = group->slot_begin; slot < end; slot++) {
            if (bridge_w[slot] != 0.0 && !(flags[slot] & QF_FLAG_BIT(QUARANTINED))) {
                bridge_w[slot] = 0.0;
            }
        }
    }
}

void qf_docking_bridge(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    give_nothing(fleet);
    for (size_t i = 0; i < stage->n_docked; i++) {
        const uint32_t entity = stage->docked[i];
        int64_t giver;
        if (!qf_docking_is_healthy(fleet, entity) || !takes(fleet, entity, &giver)) {
            continue;
        }
        connect(fleet, entity, giver >= 0);
        if (giver >= 0) {
            qf_f64(fleet, QF_FIELD_BRIDGE_POWER, 0)[qf_fleet_entity(fleet, (size_t)giver).slot] +=
                dock_w_of(fleet, entity);
        }
    }
}

/* ---- data ---- */

static bool has_data(const qf_docking_stage *stage, size_t entity, size_t port)
{
    const qf_fleet *fleet = stage->fleet;
    if (*qf_port_column(fleet, QF_FIELD_PORT_STATE, port, entity) != 2) {
        return false;
    }
    const size_t partner = (size_t)*qf_port_column(fleet, QF_FIELD_PORT_PARTNER, port, entity);
    const size_t partner_port =
        (size_t)*qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, port, entity);
    return qf_docking_of(fleet, entity)->ports[port].data &&
           qf_docking_of(fleet, partner)->ports[partner_port].data;
}

/* all that bridges join with one, who is the least of them; `linked` is room for all that are docked */
static void link_from(const qf_docking_stage *stage, uint32_t root, uint32_t *linked)
{
    const qf_fleet *fleet = stage->fleet;
    size_t n = 0;
    linked[n++] = root;
    *qf_port_column(fleet, QF_FIELD_DATA_ROOT, 0, root) = root;
    for (size_t m = 0; m < n; m++) {
        for (size_t p = 0; p < qf_docking_of(fleet, linked[m])->n_ports; p++) {
            if (!has_data(stage, linked[m], p)) {
                continue;
            }
            const uint32_t partner =
                (uint32_t)*qf_port_column(fleet, QF_FIELD_PORT_PARTNER, p, linked[m]);
            int64_t *its_root = qf_port_column(fleet, QF_FIELD_DATA_ROOT, 0, partner);
            if (*its_root < 0) {
                *its_root = root;
                linked[n++] = partner;
            }
        }
    }
}

void qf_docking_link(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    for (size_t i = 0; i < stage->n_docked; i++) {
        if (qf_docking_is_healthy(fleet, stage->docked[i])) {
            *qf_port_column(fleet, QF_FIELD_DATA_ROOT, 0, stage->docked[i]) = -1;
        }
    }
    for (size_t i = 0; i < stage->n_docked; i++) { /* ascending: each is the least that is left */
        if (*qf_port_column(fleet, QF_FIELD_DATA_ROOT, 0, stage->docked[i]) < 0) {
            link_from(stage, stage->docked[i], stage->bonds.member);
        }
    }
}

bool qf_docking_shares_data(const qf_fleet *fleet, size_t slot, size_t other)
{
    if (fleet->catalog.n_of_shape[QF_SHAPE_DOCKING] == 0) {
        return false;
    }
    const int64_t *root = qf_i64(fleet, QF_FIELD_DATA_ROOT, 0);
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    /* columns of the quarantined stay as they were */
    return root[slot] == root[other] &&
           ((flags[slot] | flags[other]) & QF_FLAG_BIT(QUARANTINED)) == 0;
}
