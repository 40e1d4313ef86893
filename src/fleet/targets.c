/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vehicle i of a group has vehicle i modulo count of the behaviour's target group, of its own world, as its target;
 * in its own group the vehicle with index 0. Each vehicle writes its own columns only and reads those of its target
 * that no vehicle writes here; flags are both read and written, in two passes.
 */
#include "targets.h"

#include <math.h>
#include <string.h>

#include "docking.h"
#include "radio.h"
#include "tasks.h"
#include "threads.h"
#include "vehicle_state.h"

_Static_assert(sizeof(qf_vehicle_state) == QF_FLIGHT_WORDS * sizeof(double),
               "a message of state is a qf_vehicle_state");
_Static_assert(QF_FIELD_TARGET_RATE_Z - QF_FIELD_TARGET_X == QF_FLIGHT_WORDS - 1,
               "columns of what is known stand in its order");

int64_t qf_targets_period_ticks(const qf_group *group)
{
    bool any = false;
    for (size_t b = 0; b < group->spec->n_guidances; b++) {
        any = any || qf_guidance_has_target(group->spec->guidances[b].kind);
    }
    return any ? 1 : 0;
}

/* a vehicle that looks for its target */
typedef struct seeker {
    const qf_fleet *fleet;
    const qf_kernels *kernels;
    const qf_group *group;
    size_t slot;
    uint32_t world, index;
    int64_t tick;
} seeker;

/* the group of a seeker's target and its slot; NULL: it has none */
static const qf_group *target_of(const seeker *s, size_t *slot)
{
    const qf_fleet *fleet = s->fleet;
    const int64_t number = qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[s->slot];
    if (number < 0) {
        return NULL;
    }
    const qf_guidance_spec *guidance = &s->group->spec->guidances[number];
    if (!qf_guidance_has_target(guidance->kind)) {
        return NULL;
    }
    const qf_group *group = &fleet->groups[guidance->target_group];
    const size_t count = group->spec->count;
    const size_t index = qf_target_index((size_t)(s->group - fleet->groups), s->index,
                                         guidance->target_group, count);
    *slot = group->slot_begin + s->world * count + index;
    return *slot == s->slot ? NULL : group;
}

static int64_t entity_in(const qf_group *group, size_t slot)
{
    return (int64_t)(group->entity_begin + (slot - group->slot_begin));
}

void qf_targets_know(const qf_fleet *fleet, size_t slot, int64_t entity, int64_t tick,
                     const double words[QF_FLIGHT_WORDS])
{
    qf_i64(fleet, QF_FIELD_TARGET, 0)[slot] = entity;
    qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[slot] = tick;
    for (size_t k = 0; k < QF_FLIGHT_WORDS; k++) {
        qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_X + k), 0)[slot] = words[k];
    }
}

void qf_targets_forget(const qf_fleet *fleet, size_t slot)
{
    if (fleet->catalog.n_of_shape[QF_SHAPE_TARGET] == 0) {
        return;
    }
    qf_i64(fleet, QF_FIELD_TARGET, 0)[slot] = -1;
    qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[slot] = -1;
    for (size_t k = 0; k < fleet->catalog.n_of_shape[QF_SHAPE_FLIGHT]; k++) {
        qf_i64(fleet, QF_FIELD_FLIGHT_SENT, k)[slot] = -1;
    }
}

void qf_targets_retarget(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const size_t within = slot - group->slot_begin;
    const seeker s = {.fleet = fleet,
                      .group = group,
                      .slot = slot,
                      .world = (uint32_t)(within / group->spec->count),
                      .index = (uint32_t)(within % group->spec->count)};
    size_t target_slot;
    const qf_group *target = group->spec->n_guidances > 0 ? target_of(&s, &target_slot) : NULL;
    if (!target) {
        qf_targets_forget(fleet, slot);
    } else if (qf_i64(fleet, QF_FIELD_TARGET, 0)[slot] != entity_in(target, target_slot)) {
        qf_targets_forget(fleet, slot);
    }
}

/* what the target is now, as the words of a message */
static void words_of(const qf_fleet *fleet, const qf_group *group, size_t slot,
                     double words[QF_FLIGHT_WORDS])
{
    qf_vehicle_state state;
    qf_vehicle_state_of(fleet, group, slot, &state);
    memcpy(words, &state, sizeof state);
}

static void count(const qf_fleet *fleet, qf_field_id field, size_t slot)
{
    qf_i64(fleet, field, 0)[slot]++;
}

/* the message that arrives in this tick, if there is one */
static void arrive(const seeker *s, int64_t entity, int64_t latency_ticks)
{
    const qf_fleet *fleet = s->fleet;
    for (size_t k = 0; k < fleet->catalog.n_of_shape[QF_SHAPE_FLIGHT]; k++) {
        int64_t *sent = &qf_i64(fleet, QF_FIELD_FLIGHT_SENT, k)[s->slot];
        if (*sent < 0 || s->tick - *sent < latency_ticks) {
            continue;
        }
        if (*sent <= qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[s->slot]) {
            *sent = -1; /* over a bridge it has come to know more */
            continue;
        }
        if (qf_radio_works(fleet, s->group, s->slot)) {
            double words[QF_FLIGHT_WORDS];
            for (size_t w = 0; w < QF_FLIGHT_WORDS; w++) {
                words[w] = qf_f64(fleet, QF_FIELD_FLIGHT_STATE, k * QF_FLIGHT_WORDS + w)[s->slot];
            }
            qf_targets_know(fleet, s->slot, entity, *sent, words);
            count(fleet, QF_FIELD_MESSAGES_HEARD, s->slot);
        } else {
            count(fleet, QF_FIELD_MESSAGES_LOST, s->slot);
        }
        *sent = -1;
    }
}

/* on its way; the slot is free, because what was sent so many periods before has arrived */
static void depart(const seeker *s, const qf_radio_spec *sender,
                   const double words[QF_FLIGHT_WORDS])
{
    const qf_fleet *fleet = s->fleet;
    const size_t k = (size_t)(s->tick / sender->period_ticks % qf_radio_flights(sender));
    qf_i64(fleet, QF_FIELD_FLIGHT_SENT, k)[s->slot] = s->tick;
    for (size_t w = 0; w < QF_FLIGHT_WORDS; w++) {
        qf_f64(fleet, QF_FIELD_FLIGHT_STATE, k * QF_FLIGHT_WORDS + w)[s->slot] = words[w];
    }
}

/* what the target sends in this tick, if it sends */
static void listen(const seeker *s, const qf_group *target, size_t target_slot)
{
    const qf_fleet *fleet = s->fleet;
    const qf_radio_spec *sender = target->spec->radio;
    if (!sender) {
        return;
    }
    const int64_t entity = entity_in(target, target_slot);
    const size_t within = (target_slot - target->slot_begin) % target->spec->count;
    const qf_radio_end from = {target, target_slot, (uint32_t)(target->vehicle_begin + within)};
    const qf_radio_end to = {s->group, s->slot, (uint32_t)(s->group->vehicle_begin + s->index)};
    arrive(s, entity, sender->latency_ticks);
    if (!qf_is_due(sender->period_ticks, s->tick)) {
        return;
    }
    if (!qf_radio_reaches(fleet, s->kernels, &from, &to, s->world, s->tick) ||
        qf_radio_take(fleet, &to, s->tick, 1) == 0) {
        count(fleet, QF_FIELD_MESSAGES_LOST, s->slot);
        return;
    }
    double words[QF_FLIGHT_WORDS];
    words_of(fleet, target, target_slot, words);
    if (sender->latency_ticks > 0) {
        depart(s, sender, words);
    } else {
        qf_targets_know(fleet, s->slot, entity, s->tick, words);
        count(fleet, QF_FIELD_MESSAGES_HEARD, s->slot);
    }
}

static bool is_quarantined(const qf_fleet *fleet, size_t slot)
{
    return (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED)) != 0;
}

static void look(const seeker *s)
{
    const qf_fleet *fleet = s->fleet;
    size_t target_slot = 0;
    const qf_group *target = target_of(s, &target_slot);
    if (!target) {
        qf_targets_forget(fleet, s->slot);
        qf_tasks_show(fleet, s->group, s->slot, s->tick);
        return;
    }
    const int64_t entity = entity_in(target, target_slot);
    if (qf_i64(fleet, QF_FIELD_TARGET, 0)[s->slot] != entity) {
        qf_targets_forget(fleet, s->slot);
        qf_i64(fleet, QF_FIELD_TARGET, 0)[s->slot] = entity;
    }
    const bool at_once =
        !s->group->spec->radio || qf_docking_shares_data(fleet, s->slot, target_slot);
    if (!at_once) {
        listen(s, target, target_slot);
    } else if (!is_quarantined(fleet, target_slot)) {
        double words[QF_FLIGHT_WORDS];
        words_of(fleet, target, target_slot, words);
        qf_targets_know(fleet, s->slot, entity, s->tick, words);
    }
}

/* how old news may be; a target without a radio is given as long as if it had the vehicle's own */
static int64_t patience_ticks(const qf_group *group, const qf_group *target)
{
    if (!group->spec->radio) {
        return QF_LINK_LOST_PERIODS;
    }
    const qf_radio_spec *radio = target->spec->radio ? target->spec->radio : group->spec->radio;
    return QF_LINK_LOST_PERIODS * radio->period_ticks + radio->latency_ticks;
}

/* whether news of the target is overdue; the wait for the first begins with the behaviour */
static bool is_lost(const seeker *s)
{
    size_t target_slot = 0;
    const qf_group *target = target_of(s, &target_slot);
    if (!target) {
        return false;
    }
    const int64_t known = qf_i64(s->fleet, QF_FIELD_TARGET_TICK, 0)[s->slot];
    const int64_t since = qf_i64(s->fleet, QF_FIELD_GUIDANCE_SINCE, 0)[s->slot];
    const int64_t last = known > since ? known : since;
    return s->tick - last > patience_ticks(s->group, target);
}

static void judge(const seeker *s, qf_event_list *events)
{
    const qf_fleet *fleet = s->fleet;
    uint64_t *flags = &qf_u64(fleet, QF_FIELD_FLAGS, 0)[s->slot];
    const bool was = (*flags & QF_FLAG_BIT(LINK_LOST)) != 0;
    const bool is = is_lost(s);
    if (was == is) {
        return;
    }
    *flags ^= QF_FLAG_BIT(LINK_LOST);
    size_t target_slot;
    if (!target_of(s, &target_slot)) {
        return; /* it has let go of it */
    }
    const int64_t known = qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[s->slot];
    const double age_s = (double)(s->tick - known) * fleet->scenario->dt_s;
    const qf_event event = {.tick = s->tick,
                            .cause = -1,
                            .value = known < 0 ? (double)NAN : age_s,
                            .world = s->world,
                            .entity = (uint32_t)entity_in(s->group, s->slot),
                            .subject = -1,
                            .track = -1,
                            .code = is ? QF_EVENT_LINK_LOST : QF_EVENT_LINK_OK,
                            .severity = is ? QF_SEVERITY_WARNING : QF_SEVERITY_INFO,
                            .moment = QF_MOMENT_SENSE};
    qf_event_list_add(events, &event);
}

/* the healthy vehicles of a block whose group may have targets; `events` NULL: they look, else they judge */
static void walk(const qf_meeting *meeting, const qf_block *block, qf_event_list *events)
{
    const qf_fleet *fleet = meeting->fleet;
    const qf_group *group = &fleet->groups[block->group];
    const size_t within = block->slot_begin - group->slot_begin;
    seeker s = {.fleet = fleet,
                .kernels = meeting->kernels,
                .group = group,
                .world = (uint32_t)(within / group->spec->count),
                .index = (uint32_t)(within % group->spec->count),
                .tick = meeting->tick};
    for (s.slot = block->slot_begin; s.slot < block->slot_end; s.slot++) {
        if (!is_quarantined(fleet, s.slot)) {
            if (events) {
                judge(&s, events);
            } else {
                look(&s);
            }
        }
        s.index++;
        if (s.index == group->spec->count) {
            s.index = 0;
            s.world++;
        }
    }
}

qf_status qf_targets_meet(qf_context *context, const qf_meeting *meeting)
{
    enum {
        LEAST_VEHICLES = 4096
    }; /* to wake other threads takes longer than to look in a small fleet */
    const qf_fleet *fleet = meeting->fleet;
    const int n_threads = fleet->n_vehicles >= LEAST_VEHICLES ? context->n_threads : 1;
    for (int pass = 0; pass < 2; pass++) {
#pragma omp parallel for schedule(static) num_threads(n_threads)
        for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
            const qf_block *block = &fleet->blocks[b];
            if (qf_is_due(meeting->period_ticks[block->group], meeting->tick)) {
                walk(meeting, block,
                     pass == 0 ? NULL : qf_event_log_list(meeting->events, qf_thread_index()));
            }
        }
    }
    return QF_OK;
}

qf_status qf_targets_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    *user = NULL;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group_spec *spec = &fleet->scenario->groups[g];
        if (spec->radio && qf_radio_flights(spec->radio) > QF_RADIO_FLIGHTS_MOST) {
            return qf_fail(
                context, QF_ERROR_SCENARIO,
                "group '%s': more than %d messages of its radio are on their way at a time",
                spec->name, QF_RADIO_FLIGHTS_MOST);
        }
    }
    return QF_OK;
}

void qf_targets_close(void *user)
{
    (void)user;
}

void qf_targets_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    (void)group;
    (void)e;
    qf_radio_initialise(fleet, slot);
    if (fleet->catalog.n_of_shape[QF_SHAPE_TARGET] == 0) {
        return;
    }
    static const double level[QF_FLIGHT_WORDS] = {[6] = 1.0};
    qf_targets_know(fleet, slot, -1, -1, level);
}
