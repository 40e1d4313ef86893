/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power over bridges: what takes it is connected to a dock, as the reference's vehicle is, whose power its partner
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

static bool gives(const qf_fleet *fleet, size_t entity)
{
    const uint64_t not = QF_FLAG_BIT(QUARANTINED) | QF_FLAG_BIT(SHED_LOW_SOC);
    return (qf_u64(fleet, QF_FIELD_FLAGS, 0)[qf_fleet_entity(fleet, entity).slot] & not ) == 0;
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

bool qf_docking_shares_data(const qf_fleet *fleet, size_t entity, size_t other)
{
    const qf_docking_spec *docking = qf_docking_of(fleet, entity);
    const qf_docking_spec *others = qf_docking_of(fleet, other);
    bool shares = false;
    for (size_t p = 0; docking && others && p < docking->n_ports; p++) {
        if (*qf_port_column(fleet, QF_FIELD_PORT_STATE, p, entity) == 2 &&
            *qf_port_column(fleet, QF_FIELD_PORT_PARTNER, p, entity) == (int64_t)other) {
            const int64_t q = *qf_port_column(fleet, QF_FIELD_PORT_PARTNER_PORT, p, entity);
            shares = shares || (docking->ports[p].data && others->ports[q].data);
        }
    }
    return shares;
}
