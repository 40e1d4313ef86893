/* SPDX-License-Identifier: Apache-2.0 */
#include "incidents.h"

#include <math.h>

#include "group.h"
#include "incident_draw.h"
#include "incident_effects.h"
#include "incident_plan.h"
#include "order_check.h"
#include "settable.h"

/*
 * POST_UNTIL: the tick at which a self-test ends; -1: none is under way; below: one was started by command, which is
 * still to be told.
 */
enum { NO_POST = -1 };

static int64_t untold(int64_t until)
{
    return -2 - until; /* its own inverse */
}

static const qf_cause because_bios[] = {{QF_TOPIC_BIOS, -1}};
static const qf_cause because_devices[] = {{QF_TOPIC_DEVICE, -1}, {QF_TOPIC_BIOS, -1}};
static const qf_cause because_command[] = {{QF_TOPIC_COMMAND, QF_COMMAND_POST}};

int64_t qf_incidents_period_ticks(const qf_group *group)
{
    return group->incidents != NULL;
}

/* one vehicle in a tick in which something happens to it */
typedef struct visit {
    const qf_stage_call *call;
    const qf_fleet *fleet;
    const qf_group *group;
    qf_entity e;
    size_t slot; /* not e.slot while first values are written: padding is written too */
    size_t entity;
    int64_t tick;
    uint64_t changed; /* incidents that began or ended */
    uint16_t n_told;
} visit;

/* all but code, severity and value */
static qf_event next_event(visit *v, int32_t subject, const qf_cause *because, size_t n_because)
{
    return (qf_event){.tick = v->tick,
                      .cause = -1,
                      .value = (double)NAN,
                      .world = v->e.world,
                      .entity = (uint32_t)v->entity,
                      .subject = subject,
                      .track = -1,
                      .moment = QF_MOMENT_COMMAND,
                      .sequence = v->n_told++,
                      .n_because = (uint16_t)n_because,
                      .because = because};
}

static void tell(visit *v, qf_event_code code, qf_severity severity, int32_t subject, double value,
                 const qf_cause *because, size_t n_because)
{
    qf_event event = next_event(v, subject, because, n_because);
    event.value = value;
    event.code = (uint16_t)code;
    event.severity = (uint8_t)severity;
    qf_event_queue_add(v->call->events, &event);
}

static void tell_device(visit *v, size_t device, bool down, const qf_cause *because,
                        size_t n_because)
{
    tell(v, down ? QF_EVENT_DEVICE_FAILED : QF_EVENT_DEVICE_OK,
         down ? QF_SEVERITY_WARNING : QF_SEVERITY_INFO,
         (int32_t)v->group->incidents->device_bit[device], qf_devices_down(v->fleet, v->slot),
         because, n_because);
}

/* the device of an incident that began or ended; a fault is why, else the self-test or the failure before */
static void update_device(visit *v, size_t i, bool in_post)
{
    const qf_incident_spec *incident = &v->group->spec->incidents[i];
    const qf_cause *because = v->group->incidents->because[i];
    bool down;
    if (!qf_incident_update_device(v->fleet, v->group, v->slot, incident->target, &down)) {
        return;
    }
    if (in_post) {
        tell_device(v, incident->target, down, because_bios, 1);
    } else if (down) {
        tell_device(v, incident->target, down, because, incident->injected ? 1 : 0);
    } else {
        tell_device(v, incident->target, down, incident->injected ? because : because + 1,
                    incident->injected ? 2 : 1);
    }
}

/* the fault has been told: it is why */
static void set(visit *v, size_t i, double value)
{
    qf_order order;
    if (!qf_order_of_switch(v->group->incidents->set[i], value != 0.0, &order)) {
        qf_incident_set(v->fleet, v->group, v->slot, i, value);
        return;
    }
    const qf_event told = next_event(v, -1, v->group->incidents->because[i], 1);
    qf_order_execute(v->fleet, v->call->block->group, v->entity, v->tick, &order, &told,
                     v->call->events);
}

/* a place is that of the whole body that a vehicle is docked into */
static bool is_held(const visit *v, size_t i)
{
    return qf_incident_moves(v->group->incidents->set[i]) &&
           qf_order_is_captured(v->fleet, v->group, v->slot);
}

static void begin(visit *v, size_t i, bool in_post)
{
    const qf_incident_spec *incident = &v->group->spec->incidents[i];
    int64_t *due = &qf_i64(v->fleet, QF_FIELD_INCIDENT_DUE, i)[v->slot];
    double value = incident->value.a;
    if (qf_incident_stands(incident)) {
        qf_u64(v->fleet, QF_FIELD_INCIDENTS_STANDING, 0)[v->slot] |= UINT64_C(1) << i;
        *due = qf_incident_end(v->fleet, incident, i, v->e, v->tick);
    } else {
        value = qf_incident_value(v->fleet, v->group, v->e, i, v->tick);
        *due = qf_incident_next(v->fleet, incident, i, v->e, v->tick);
    }
    v->changed |= UINT64_C(1) << i;
    const bool held = !qf_incident_stands(incident) && is_held(v, i);
    if (held) {
        value = (double)NAN;
    }
    if (incident->injected) {
        tell(v, QF_EVENT_FAULT, QF_SEVERITY_WARNING, (int32_t)i, value, NULL, 0);
    }
    if (!qf_incident_stands(incident) && !held) {
        set(v, i, value);
    }
    if (incident->kind == QF_INCIDENT_DEVICE) {
        update_device(v, i, in_post);
    }
}

static void end(visit *v, size_t i)
{
    const qf_incident_spec *incident = &v->group->spec->incidents[i];
    qf_u64(v->fleet, QF_FIELD_INCIDENTS_STANDING, 0)[v->slot] &= ~(UINT64_C(1) << i);
    qf_i64(v->fleet, QF_FIELD_INCIDENT_DUE, i)[v->slot] =
        qf_incident_next(v->fleet, incident, i, v->e, v->tick);
    v->changed |= UINT64_C(1) << i;
    if (incident->injected) {
        tell(v, QF_EVENT_FAULT_OVER, QF_SEVERITY_INFO, (int32_t)i, incident->value.a,
             v->group->incidents->because[i], 1);
    }
    if (incident->kind == QF_INCIDENT_DEVICE) {
        update_device(v, i, false);
    }
}

static uint64_t standing(const visit *v)
{
    return qf_u64(v->fleet, QF_FIELD_INCIDENTS_STANDING, 0)[v->slot];
}

static void finish_post(visit *v)
{
    const qf_group_spec *spec = v->group->spec;
    for (size_t i = 0; i < spec->n_incidents; i++) {
        if (spec->incidents[i].at_post && !(standing(v) >> i & 1) &&
            qf_incident_happens(v->fleet, &spec->incidents[i], i, v->e, v->tick)) {
            begin(v, i, true);
        }
    }
    const int n_down = qf_devices_down(v->fleet, v->slot);
    if (n_down == 0) {
        tell(v, QF_EVENT_BOOT_OK, QF_SEVERITY_INFO, -1, 0.0, because_bios, 1);
    } else {
        tell(v, QF_EVENT_BOOT_FAILED, QF_SEVERITY_WARNING, -1, n_down, because_devices, 2);
    }
}

/* what is not there was not there from the start */
static void tell_missing(visit *v)
{
    for (size_t d = 0; d < v->group->spec->n_devices; d++) {
        if (v->group->spec->devices[d].missing) {
            tell_device(v, d, true, because_bios, 1);
        }
    }
}

static void run_post(visit *v)
{
    int64_t *until = &qf_i64(v->fleet, QF_FIELD_POST_UNTIL, 0)[v->slot];
    if (*until < NO_POST) {
        *until = untold(*until);
        tell(v, QF_EVENT_BOOT_START, QF_SEVERITY_INFO, -1,
             qf_f64(v->fleet, QF_FIELD_SOC, 0)[v->slot], because_command, 1);
    }
}

static void set_next(const visit *v)
{
    const int64_t until = qf_i64(v->fleet, QF_FIELD_POST_UNTIL, 0)[v->slot];
    int64_t next = until == NO_POST ? QF_NEVER : until;
    for (size_t i = 0; i < v->group->spec->n_incidents; i++) {
        const int64_t due = qf_i64(v->fleet, QF_FIELD_INCIDENT_DUE, i)[v->slot];
        next = due < next ? due : next;
    }
    qf_i64(v->fleet, QF_FIELD_INCIDENT_NEXT, 0)[v->slot] = next;
}

static void happen(visit *v)
{
    int64_t *until = &qf_i64(v->fleet, QF_FIELD_POST_UNTIL, 0)[v->slot];
    if (v->tick == 0 && v->group->incidents->any_missing) {
        tell_missing(v);
    }
    run_post(v);
    for (size_t i = 0; i < v->group->spec->n_incidents; i++) {
        if (qf_i64(v->fleet, QF_FIELD_INCIDENT_DUE, i)[v->slot] <= v->tick) {
            if (standing(v) >> i & 1) {
                end(v, i);
            } else {
                begin(v, i, false);
            }
        }
    }
    if (*until != NO_POST && *until <= v->tick) {
        *until = NO_POST;
        finish_post(v);
    }
    qf_incident_update(v->fleet, v->group, v->slot, v->e, v->changed);
    set_next(v);
}

bool qf_incidents_run(const qf_stage_call *call)
{
    const qf_block *block = call->block;
    const int64_t *next = qf_i64(call->fleet, QF_FIELD_INCIDENT_NEXT, 0);
    const int64_t tick = call->tick;
    uint64_t n_due = 0;
#pragma omp simd reduction(+ : n_due)
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        n_due += next[slot] <= tick;
    }
    for (size_t slot = block->slot_begin; n_due > 0 && slot < block->slot_end; slot++) {
        if (next[slot] <= tick) {
            const size_t entity = block->entity_begin + (slot - block->slot_begin);
            visit v = {.call = call,
                       .fleet = call->fleet,
                       .group = &call->fleet->groups[block->group],
                       .e = qf_fleet_entity(call->fleet, entity),
                       .slot = slot,
                       .entity = entity,
                       .tick = tick};
            happen(&v);
            n_due--;
        }
    }
    return false; /* no flag that is watched changes here */
}

/* at least a tick: by then the one that starts now is told from another */
static int64_t post_until(const qf_fleet *fleet, const qf_group *group, qf_entity e, int64_t tick)
{
    qf_draw_key key = qf_incident_key(fleet, e, tick, 0, 0);
    key.draw = QF_POST_DRAW;
    const double post_s = qf_number_draw(&group->spec->bios->post_s, key, e.index);
    const int64_t lasts = qf_incident_ticks(post_s, fleet->scenario->dt_s);
    return tick + (lasts > 1 ? lasts : 1);
}

static void first_damage(const qf_fleet *fleet, const qf_group *group, size_t slot,
                         const double *hardware)
{
    const qf_catalog *catalog = &fleet->catalog;
    const size_t n_own = group->spec->hardware.n_thrusters;
    for (size_t t = 0; t < catalog->n_of_shape[QF_SHAPE_THRUSTER]; t++) {
        qf_f64(fleet, QF_FIELD_THRUSTER_HEALTH, t)[slot] = t < n_own ? 1.0 : (double)NAN;
    }
    if (catalog->n_of_shape[QF_SHAPE_BATTERY] > 0) {
        const double wh = hardware[QF_HW_BATTERY_CAPACITY];
        qf_f64(fleet, QF_FIELD_BATTERY_WH, 0)[slot] = wh > 0.0 ? wh : 1.0;
    }
}

void qf_incidents_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                             const double *hardware)
{
    const qf_group_spec *spec = group->spec;
    const qf_catalog *catalog = &fleet->catalog;
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] |= QF_FLAG_BIT(BIOS_READY);
    first_damage(fleet, group, slot, hardware);
    for (size_t i = 0; i < catalog->n_of_shape[QF_SHAPE_INCIDENT]; i++) {
        qf_i64(fleet, QF_FIELD_INCIDENT_DUE, i)[slot] =
            i < spec->n_incidents ? qf_incident_first(fleet, &spec->incidents[i], i, e) : QF_NEVER;
    }
    if (catalog->n_of_shape[QF_SHAPE_BEHAVIOR] == 0) {
        return;
    }
    qf_i64(fleet, QF_FIELD_POST_UNTIL, 0)[slot] =
        spec->bios ? post_until(fleet, group, e, 0) : NO_POST;
    if (!group->incidents) {
        qf_i64(fleet, QF_FIELD_INCIDENT_NEXT, 0)[slot] = QF_NEVER;
        return;
    }
    for (size_t d = 0; group->incidents->any_missing && d < spec->n_devices; d++) {
        bool down;
        qf_incident_update_device(fleet, group, slot, d, &down);
    }
    const visit v = {.fleet = fleet, .group = group, .slot = slot, .e = e};
    qf_incident_update(fleet, group, slot, e, 0);
    set_next(&v);
    if (group->incidents->any_missing) {
        qf_i64(fleet, QF_FIELD_INCIDENT_NEXT, 0)[slot] = 0; /* told in the first tick */
    }
}

void qf_incidents_post(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick)
{
    if (!group->spec->bios) {
        return;
    }
    const qf_entity e = qf_fleet_entity(fleet, group->entity_begin + (slot - group->slot_begin));
    int64_t *until = &qf_i64(fleet, QF_FIELD_POST_UNTIL, 0)[slot];
    const int64_t anew = post_until(fleet, group, e, tick);
    if (*until == anew) {
        return; /* the draw is keyed by the tick: it is the test that started in this tick */
    }
    *until = untold(anew);
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] &= ~QF_FLAG_BIT(BIOS_READY);
    qf_i64(fleet, QF_FIELD_INCIDENT_NEXT, 0)[slot] = tick + 1;
}
