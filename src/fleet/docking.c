/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A docking meeting. First those that are docked are put where their root says; then latches open, ports that touch
 * capture each other or bounce, soft captures become hard, and the power of bridges is handed out.
 * Guarded by tests/test_docking.c, tests/test_docking_latches.c, tests/test_docking_bridge.c.
 */
#include "docking.h"

#include <math.h>
#include <stdlib.h>

#include "docking_internal.h"
#include "threads.h"

int64_t qf_docking_period_ticks(const qf_group *group)
{
    bool docks = false; /* who does not approach is at most docked with */
    for (size_t b = 0; group->spec->docking && b < group->spec->n_guidances; b++) {
        docks = docks || group->spec->guidances[b].kind == QF_GUIDANCE_APPROACH;
    }
    return docks ? 1 : 0;
}

int64_t *qf_port_column(const qf_fleet *fleet, qf_field_id field, size_t port, size_t entity)
{
    return &qf_i64(fleet, field, port)[qf_fleet_entity(fleet, entity).slot];
}

bool qf_docking_is_healthy(const qf_fleet *fleet, size_t entity)
{
    const size_t slot = qf_fleet_entity(fleet, entity).slot;
    return !(qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED));
}

const qf_docking_spec *qf_docking_of(const qf_fleet *fleet, size_t entity)
{
    return fleet->groups[qf_fleet_entity(fleet, entity).group].spec->docking;
}

void qf_docking_tell(const qf_docking_stage *stage, size_t entity, qf_event_code code,
                     int32_t subject, double value)
{
    static const qf_cause asked[] = {{QF_TOPIC_COMMAND, QF_COMMAND_UNDOCK},
                                     {QF_TOPIC_COMMAND, QF_COMMAND_DOCK}};
    const qf_entity e = qf_fleet_entity(stage->fleet, entity);
    const bool was_asked =
        code == QF_EVENT_UNDOCKED && qf_i64(stage->fleet, QF_FIELD_UNDOCK_ASKED, 0)[e.slot] != 0;
    const qf_event event = {.tick = stage->tick,
                            .cause = -1,
                            .value = value,
                            .world = e.world,
                            .entity = (uint32_t)entity,
                            .subject = subject,
                            .track = -1,
                            .code = (uint16_t)code,
                            .severity = (uint8_t)qf_event_severity(code),
                            .moment = QF_MOMENT_SENSE,
                            .machine = -1,
                            .because = asked,
                            .n_because = was_asked ? 2 : 0};
    qf_event_list_add(stage->events, &event);
}

void qf_docking_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    const qf_catalog *catalog = &fleet->catalog;
    const size_t n_own = group->spec->docking ? group->spec->docking->n_ports : 0;
    for (size_t p = 0; p < catalog->n_columns_of[QF_FIELD_PORT_STATE]; p++) {
        qf_i64(fleet, QF_FIELD_PORT_STATE, p)[slot] = p < n_own ? 0 : -1;
        qf_i64(fleet, QF_FIELD_PORT_PARTNER, p)[slot] = -1;
        qf_i64(fleet, QF_FIELD_PORT_PARTNER_PORT, p)[slot] = -1;
        qf_i64(fleet, QF_FIELD_PORT_GIVES, p)[slot] = -1;
        qf_i64(fleet, QF_FIELD_PORT_LEFT, p)[slot] = -1;
    }
    if (catalog->n_of_shape[QF_SHAPE_DOCKING] > 0) {
        const size_t entity = group->entity_begin + e.world * group->spec->count + e.index;
        qf_i64(fleet, QF_FIELD_BOND_ROOT, 0)[slot] = (int64_t)entity;
        qf_i64(fleet, QF_FIELD_DATA_ROOT, 0)[slot] = (int64_t)entity;
        qf_f64(fleet, QF_FIELD_BOND_QW, 0)[slot] = 1.0;
        qf_f64(fleet, QF_FIELD_PORT_AHEAD, 0)[slot] = (double)NAN;
    }
}

bool qf_docking_release(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    bool docked = false;
    for (size_t p = 0; group->spec->docking && p < group->spec->docking->n_ports; p++) {
        docked = docked || qf_i64(fleet, QF_FIELD_PORT_STATE, p)[slot] > 0;
    }
    if (docked) {
        qf_i64(fleet, QF_FIELD_UNDOCK_ASKED, 0)[slot] = 1;
    }
    return docked;
}

qf_status qf_docking_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    *user = NULL;
    qf_docking_stage *stage = calloc(1, sizeof *stage);
    if (!stage) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for docking");
    }
    stage->fleet = fleet;
    size_t n_vehicles = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        if (group->spec->docking) {
            n_vehicles += group->n_vehicles;
            stage->most_opening += group->n_vehicles * group->spec->docking->n_ports;
        }
    }
    stage->docked = qf_arena_array(&stage->arena, n_vehicles, sizeof *stage->docked);
    stage->opening = qf_arena_array(&stage->arena, stage->most_opening, sizeof *stage->opening);
    stage->joined = qf_arena_array(&stage->arena, fleet->n_vehicles, sizeof *stage->joined);
    stage->is_opening = qf_arena_array(&stage->arena, fleet->n_vehicles, sizeof *stage->is_opening);
    qf_status status = stage->docked && stage->opening && stage->joined && stage->is_opening
                           ? qf_bonds_create(context, &stage->arena, fleet, &stage->bonds)
                           : qf_fail(context, QF_ERROR_MEMORY, "no memory for docking");
    if (status != QF_OK) {
        qf_docking_close(stage);
        return status;
    }
    *user = stage;
    return QF_OK;
}

size_t qf_docking_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks)
{
    const qf_docking_stage *stage = NULL;
    size_t bytes = sizeof *stage + qf_bonds_bytes(scenario);
    (void)n_threads;
    (void)n_ranks; /* each has the bonds of all */
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *spec = &scenario->groups[g];
        const size_t n = spec->count * scenario->n_worlds;
        bytes += n * (sizeof *stage->joined + sizeof *stage->is_opening);
        if (spec->docking) {
            bytes += n * (sizeof *stage->docked + spec->docking->n_ports * sizeof *stage->opening);
        }
    }
    return bytes;
}

void qf_docking_close(void *user)
{
    qf_docking_stage *stage = user;
    if (stage) {
        qf_arena_free(&stage->arena);
        free(stage);
    }
}

static void list_docked(qf_docking_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    const double *bond_kg = qf_f64(fleet, QF_FIELD_BOND_MASS, 0);
    stage->n_docked = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        for (size_t v = 0; group->spec->docking && v < group->n_vehicles; v++) {
            if (bond_kg[group->slot_begin + v] > 0.0) {
                stage->docked[stage->n_docked++] = (uint32_t)(group->entity_begin + v);
            }
        }
    }
}

/* a root that is quarantined stands still: who was docked with it is cut loose before anything else */
static void align(qf_docking_stage *stage)
{
    for (size_t i = 0; i < stage->n_docked; i++) {
        const uint32_t entity = stage->docked[i];
        if (*qf_port_column(stage->fleet, QF_FIELD_BOND_ROOT, 0, entity) == (int64_t)entity &&
            qf_docking_is_healthy(stage->fleet, entity)) {
            qf_bonds_align(stage->fleet, &stage->bonds, entity);
            qf_bonds_weigh(stage->fleet, &stage->bonds, entity);
            qf_docking_find_broken(stage, entity);
        }
    }
}

qf_status qf_docking_meet(qf_context *context, const qf_meeting *meeting)
{
    qf_docking_stage *stage = meeting->user;
    (void)context;
    stage->tick = meeting->tick;
    stage->events = qf_event_log_list(meeting->events, qf_thread_index());
    stage->n_opening = 0;
    list_docked(stage);
    align(stage);
    qf_docking_open_latches(stage);
    qf_docking_touch(stage);
    list_docked(stage);
    qf_docking_harden(stage);
    qf_docking_link(stage);
    qf_docking_bridge(stage);
    return QF_OK;
}
