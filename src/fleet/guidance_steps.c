/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from what guidance finds: steps of behaviours, flags, columns and events. */
#include <math.h>
#include <string.h>

#include "docking_approach.h"
#include "group.h"
#include "guidance_stage.h"

/* after what machines decide in the same tick */
enum { FIRST_SEQUENCE = 0x8000 };

static const qf_cause because_of_guidance = {.topic = QF_TOPIC_GUIDANCE, .subject = -1};
static const qf_cause because_of_track = {.topic = QF_TOPIC_TRACK, .subject = -1};
static const qf_cause because_of_docking = {.topic = QF_TOPIC_DOCKING, .subject = -1};

static uint64_t *flags_of(const qf_guided_vehicle *vehicle)
{
    return &qf_u64(vehicle->call->fleet, QF_FIELD_FLAGS, 0)[vehicle->slot];
}

static int64_t *step_of(const qf_guided_vehicle *vehicle)
{
    return &qf_i64(vehicle->call->fleet, QF_FIELD_GUIDANCE_STEP, 0)[vehicle->slot];
}

static bool is_done(const qf_guided_vehicle *vehicle)
{
    return (*flags_of(vehicle) & QF_FLAG_BIT(BEHAVIOR_DONE)) != 0;
}

static void tell(const qf_guided_vehicle *vehicle, qf_event_code code, double value,
                 const qf_cause *because)
{
    const qf_stage_call *call = vehicle->call;
    const size_t entity = call->block->entity_begin + (vehicle->slot - call->block->slot_begin);
    qf_event event = {.tick = call->tick,
                      .cause = -1,
                      .value = value,
                      .world = qf_fleet_entity(call->fleet, entity).world,
                      .entity = (uint32_t)entity,
                      .subject = (int32_t)qf_i64(call->fleet, QF_FIELD_GUIDANCE, 0)[vehicle->slot],
                      .track = -1,
                      .code = (uint16_t)code,
                      .severity = (uint8_t)qf_event_severity(code),
                      .moment = QF_MOMENT_DECIDE,
                      .sequence = (uint16_t)(FIRST_SEQUENCE + *vehicle->sequence),
                      .n_because = 1,
                      .because = because};
    (*vehicle->sequence)++;
    qf_event_queue_add(call->events, &event);
}

void qf_guidance_tell(const qf_guided_vehicle *vehicle, qf_event_code code, double value)
{
    tell(vehicle, code, value, &because_of_guidance);
}

void qf_guidance_set_avoiding(const qf_guided_vehicle *vehicle, bool avoids, double miss_m)
{
    uint64_t *flags = flags_of(vehicle);
    if (((*flags & QF_FLAG_BIT(AVOIDING)) != 0) == avoids) {
        return;
    }
    *flags ^= QF_FLAG_BIT(AVOIDING);
    if (avoids) {
        tell(vehicle, QF_EVENT_AVOIDING, miss_m, &because_of_track);
    } else {
        tell(vehicle, QF_EVENT_AVOIDED, (double)NAN, &because_of_guidance);
    }
}

static void finish(const qf_guided_vehicle *vehicle, const qf_cause *because)
{
    *flags_of(vehicle) |= QF_FLAG_BIT(BEHAVIOR_DONE);
    tell(vehicle, QF_EVENT_BEHAVIOR_DONE, (double)NAN, because);
}

void qf_guidance_waypoint_reached(const qf_guided_vehicle *vehicle, const qf_guidance_spec *spec)
{
    int64_t *step = step_of(vehicle);
    const bool is_patrol = spec->kind == QF_GUIDANCE_PATROL;
    if (is_done(vehicle) || (is_patrol && spec->n_waypoints == 1)) {
        return; /* it stays there */
    }
    qf_guidance_tell(vehicle, QF_EVENT_WAYPOINT_REACHED, (double)*step);
    if (*step + 1 < (int64_t)spec->n_waypoints) {
        (*step)++;
    } else if (is_patrol) {
        *step = 0;
    } else {
        finish(vehicle, &because_of_guidance);
    }
}

static bool is_hard(const qf_guided_vehicle *vehicle, const qf_guidance_spec *spec)
{
    enum { HARD = 2 };
    return qf_i64(vehicle->call->fleet, QF_FIELD_PORT_STATE, spec->own_port)[vehicle->slot] == HARD;
}

/* ports that have let go of each other, or have not captured, cannot touch before they are apart */
static bool has_parted(const qf_guided_vehicle *vehicle)
{
    const qf_fleet *fleet = vehicle->call->fleet;
    const size_t entity =
        vehicle->call->block->entity_begin + (vehicle->slot - vehicle->call->block->slot_begin);
    const int64_t target = qf_i64(fleet, QF_FIELD_TARGET, 0)[vehicle->slot];
    return target >= 0 && qf_ports_have_parted(fleet, entity, (size_t)target);
}

static void advance_approach(const qf_guided_vehicle *vehicle, const qf_guidance_spec *spec,
                             bool arrived, bool retreats, bool captured)
{
    int64_t *step = step_of(vehicle);
    if (captured) {
        *step = QF_APPROACH_CAPTURED;
        if (!is_done(vehicle) && is_hard(vehicle, spec)) {
            finish(vehicle, &because_of_docking);
        }
    } else if (retreats) {
        *step = QF_APPROACH_STANDOFF;
    } else if (arrived && !has_parted(vehicle)) {
        *step = QF_APPROACH_CORRIDOR;
    }
}

static void advance(const qf_stage_call *call, const qf_guidance_rows *rows, size_t i)
{
    uint16_t sequence = 0;
    const qf_guided_vehicle vehicle = {
        .call = call, .slot = call->block->slot_begin + i, .sequence = &sequence};
    const int64_t behavior = qf_i64(call->fleet, QF_FIELD_GUIDANCE, 0)[vehicle.slot];
    const bool arrived = (rows->found[i] & QF_FOUND_ARRIVED) != 0;
    const bool avoids = (rows->found[i] & QF_FOUND_AVOIDS) != 0;
    qf_guidance_set_avoiding(&vehicle, avoids, avoids ? rows->miss_m[i] : (double)NAN);
    if (behavior < 0) {
        return;
    }
    const qf_guidance_spec *spec =
        &call->fleet->groups[call->block->group].spec->guidances[behavior];
    if (spec->kind == QF_GUIDANCE_APPROACH) {
        advance_approach(&vehicle, spec, arrived, (rows->found[i] & QF_FOUND_RETREATS) != 0,
                         (rows->found[i] & QF_FOUND_CAPTURED) != 0);
    } else if (arrived) {
        qf_guidance_waypoint_reached(&vehicle, spec);
    }
}

static void copy_rows(const qf_stage_call *call, const qf_guidance_rows *rows)
{
    const qf_fleet *fleet = call->fleet;
    const size_t begin = call->block->slot_begin;
    const size_t bytes = (call->block->slot_end - begin) * sizeof(double);
    const qf_body_scratch *scratch = call->scratch->body;
    memcpy(qf_f64(fleet, QF_FIELD_GOAL_DISTANCE, 0) + begin, rows->goal_distance_m, bytes);
    if (qf_group_has_shape(fleet->groups[call->block->group].spec, QF_SHAPE_TARGET)) {
        memcpy(qf_f64(fleet, QF_FIELD_TARGET_RANGE, 0) + begin, rows->target_range_m, bytes);
        memcpy(qf_f64(fleet, QF_FIELD_TARGET_RANGE_RATE, 0) + begin, rows->target_range_rate_mps,
               bytes);
        memcpy(qf_f64(fleet, QF_FIELD_PORT_AXIAL, 0) + begin, rows->port_axial_m, bytes);
        memcpy(qf_f64(fleet, QF_FIELD_PORT_LATERAL, 0) + begin, rows->port_lateral_m, bytes);
        memcpy(qf_f64(fleet, QF_FIELD_PORT_ANGLE, 0) + begin, rows->port_angle_deg, bytes);
    }
    for (unsigned d = 0; d < 3 && call->constants->observed; d++) {
        memcpy(qf_f64(fleet, (qf_field_id)(QF_FIELD_WANTED_FORCE_X + d), 0) + begin,
               scratch->wanted_force_n[d], bytes);
        memcpy(qf_f64(fleet, (qf_field_id)(QF_FIELD_WANTED_TORQUE_X + d), 0) + begin,
               scratch->wanted_torque_nm[d], bytes);
    }
}

void qf_guidance_follow(const qf_stage_call *call, const qf_guidance_rows *rows)
{
    const size_t begin = call->block->slot_begin;
    const size_t n = call->block->slot_end - begin;
    const uint64_t *flags = qf_u64(call->fleet, QF_FIELD_FLAGS, 0) + begin;
    copy_rows(call, rows);
    for (size_t i = 0; i < n; i++) {
        if (rows->found[i] != 0 || (flags[i] & QF_FLAG_BIT(AVOIDING)) != 0) {
            advance(call, rows, i);
        }
    }
}
