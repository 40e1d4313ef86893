/* SPDX-License-Identifier: Apache-2.0 */
#include "event_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "event_asked.h"
#include "event_causes.h"
#include "group.h"

struct qf_event_log {
    qf_event_list *lists;
    int n_lists;
    qf_event *ordered;
    size_t capacity;
    int64_t n_committed;
    qf_event_causes causes;
    const qf_fleet *fleet; /* NULL: nobody behaves */
    qf_asked *asked;       /* by group, where somebody behaves */
};

void qf_event_queue_add(qf_event_queue *queue, const qf_event *event)
{
    if (queue->n == queue->capacity) {
        const size_t capacity = queue->capacity ? 2 * queue->capacity : 16;
        qf_event *grown = realloc(queue->events, capacity * sizeof *grown);
        if (!grown) {
            queue->failed = true;
            return;
        }
        queue->events = grown;
        queue->capacity = capacity;
    }
    queue->events[queue->n++] = *event;
}

void qf_event_list_add(qf_event_list *list, const qf_event *event)
{
    if (list->own &&
        (event->entity < list->own->entity_begin || event->entity >= list->own->entity_end)) {
        return;
    }
    list->n_of_code[event->code]++;
    if (list->keep) {
        qf_event_queue_add(&list->kept, event);
    }
}

void qf_event_queue_flush(qf_event_queue *queue, const qf_fleet *fleet, qf_event_list *list)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    for (size_t i = 0; i < queue->n; i++) {
        const size_t slot = qf_fleet_entity(fleet, queue->events[i].entity).slot;
        if (!(flags[slot] & QF_FLAG_BIT(QUARANTINED))) {
            qf_event_list_add(list, &queue->events[i]);
        }
    }
    list->kept.failed = list->kept.failed || queue->failed;
    queue->n = 0;
}

qf_status qf_event_log_create(qf_context *context, int n_lists, bool keep, qf_event_log **log)
{
    *log = calloc(1, sizeof **log);
    qf_event_list *lists = calloc((size_t)n_lists, sizeof *lists);
    if (!*log || !lists) {
        free(*log);
        free(lists);
        *log = NULL;
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the event log");
    }
    (*log)->lists = lists;
    (*log)->n_lists = n_lists;
    for (int t = 0; t < n_lists; t++) {
        lists[t].keep = keep;
    }
    return QF_OK;
}

void qf_event_log_free(qf_event_log *log)
{
    if (!log) {
        return;
    }
    for (int t = 0; t < log->n_lists; t++) {
        free(log->lists[t].kept.events);
    }
    free(log->lists);
    free(log->ordered);
    free(log->asked);
    qf_event_causes_free(&log->causes);
    free(log);
}

qf_event_list *qf_event_log_list(qf_event_log *log, int thread)
{
    return &log->lists[thread];
}

static int compare_events(const void *left, const void *right)
{
    const qf_event *a = left;
    const qf_event *b = right;
    if (a->tick != b->tick) {
        return a->tick < b->tick ? -1 : 1;
    }
    if (a->moment != b->moment) {
        return a->moment < b->moment ? -1 : 1;
    }
    if (a->entity != b->entity) {
        return a->entity < b->entity ? -1 : 1;
    }
    if (a->sequence != b->sequence) {
        return a->sequence < b->sequence ? -1 : 1;
    }
    if (a->code != b->code) {
        return a->code < b->code ? -1 : 1;
    }
    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }
    return (a->track > b->track) - (a->track < b->track);
}

qf_status qf_event_log_follow(qf_context *context, qf_event_log *log, const qf_fleet *fleet)
{
    const qf_scenario *scenario = fleet->scenario;
    size_t n_behave = 0;
    for (int t = 0; t < log->n_lists; t++) {
        log->lists[t].own = &fleet->own;
    }
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n_behave += qf_group_behaves(&scenario->groups[g]);
    }
    if (n_behave == 0) {
        return QF_OK;
    }
    log->asked = calloc(scenario->n_groups, sizeof *log->asked);
    if (!log->asked) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the event log");
    }
    for (size_t g = 0; g < scenario->n_groups; g++) {
        log->asked[g] = qf_group_asked(&scenario->groups[g]);
    }
    log->fleet = fleet;
    return QF_OK;
}

/* NULL: the vehicle does not behave */
static const qf_asked *asked_of(const qf_event_log *log, uint32_t entity)
{
    if (!log->fleet) {
        return NULL;
    }
    const size_t group = qf_fleet_entity(log->fleet, entity).group;
    return qf_group_behaves(&log->fleet->scenario->groups[group]) ? &log->asked[group] : NULL;
}

qf_status qf_event_log_commit(qf_context *context, qf_event_log *log, const qf_event **events,
                              size_t *n)
{
    size_t total = 0;
    bool failed = false;
    for (int t = 0; t < log->n_lists; t++) {
        total += log->lists[t].kept.n;
        failed = failed || log->lists[t].kept.failed;
    }
    if (total > log->capacity) {
        qf_event *grown = realloc(log->ordered, total * sizeof *grown);
        failed = failed || !grown;
        if (grown) {
            log->ordered = grown;
            log->capacity = total;
        }
    }
    if (failed) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu events", total);
    }
    size_t at = 0;
    for (int t = 0; t < log->n_lists; t++) {
        qf_event_queue *list = &log->lists[t].kept;
        if (list->n) {
            memcpy(log->ordered + at, list->events, list->n * sizeof *list->events);
        }
        at += list->n;
        list->n = 0;
    }
    if (total) {
        qsort(log->ordered, total, sizeof *log->ordered, compare_events);
    }
    for (size_t e = 0; e < total; e++) {
        qf_event *event = &log->ordered[e];
        if (!qf_event_causes_link(&log->causes, event, log->n_committed + (int64_t)e,
                                  asked_of(log, event->entity))) {
            return qf_fail(context, QF_ERROR_MEMORY, "no memory for the causes of events");
        }
    }
    log->n_committed += (int64_t)total;
    *events = log->ordered;
    *n = total;
    return QF_OK;
}

int64_t qf_event_log_count(const qf_event_log *log, qf_event_code code)
{
    int64_t n = 0;
    for (int t = 0; t < log->n_lists; t++) {
        n += log->lists[t].n_of_code[code];
    }
    return n;
}

void qf_event_log_archive(qf_event_log *log, qf_archive *archive)
{
    qf_archive_same(archive, log->lists[0].keep, "events handed out (1: yes):");
    for (int code = 0; code < QF_EVENT_CODES; code++) {
        int64_t n = qf_event_log_count(log, (qf_event_code)code);
        qf_archive_bytes(archive, &n, sizeof n);
        for (int t = 0; archive->loads && t < log->n_lists; t++) {
            log->lists[t].n_of_code[code] = t == 0 ? n : 0;
        }
    }
    qf_archive_bytes(archive, &log->n_committed, sizeof log->n_committed);
    qf_event_causes_archive(&log->causes, archive);
}

qf_severity qf_event_severity(qf_event_code code)
{
    switch (code) {
#define QF_EVENT(id, number, severity, name)                                                       \
    case QF_EVENT_##id:                                                                            \
        return QF_SEVERITY_##severity;
        QF_EVENT_TABLE(QF_EVENT)
#undef QF_EVENT
    }
    return QF_SEVERITY_INFO;
}

static void report(const qf_fleet *fleet, size_t entity, int64_t tick, qf_event_code code,
                   int32_t subject, double value, qf_event_list *list)
{
    const qf_event event = {
        .tick = tick,
        .cause = -1,
        .value = value,
        .world = qf_fleet_entity(fleet, entity).world,
        .entity = (uint32_t)entity,
        .subject = subject,
        .track = -1,
        .code = (uint16_t)code,
        .severity = (uint8_t)qf_event_severity(code),
        .machine = -1,
    };
    qf_event_list_add(list, &event);
}

static void scan_flags(const qf_fleet *fleet, size_t entity, size_t slot, int64_t tick,
                       uint64_t before, uint64_t after, qf_event_list *list)
{
    const uint64_t changed = before ^ after;
    const uint64_t low = QF_FLAG_BIT(SHED_LOW_SOC);
    const uint64_t critical = QF_FLAG_BIT(POWER_CRITICAL);
    const double soc_pct = qf_f64(fleet, QF_FIELD_SOC, 0)[slot];
    if (changed & QF_FLAG_BIT(RCS_ACTIVE)) {
        const bool started = (after & QF_FLAG_BIT(RCS_ACTIVE)) != 0;
        const int32_t axis = (int32_t)qf_i64(fleet, QF_FIELD_RCS_AXIS, 0)[slot];
        report(fleet, entity, tick, started ? QF_EVENT_RCS_START : QF_EVENT_RCS_STOP, axis,
               qf_f64(fleet, QF_FIELD_PROPELLANT, 0)[slot], list);
    }
    if (changed & after & low) {
        report(fleet, entity, tick, QF_EVENT_POWER_LOW, -1, soc_pct, list);
    }
    if (changed & after & critical) {
        report(fleet, entity, tick, QF_EVENT_POWER_CRITICAL, -1, soc_pct, list);
    }
    if ((before & (low | critical)) && !(after & (low | critical))) {
        report(fleet, entity, tick, QF_EVENT_POWER_OK, -1, soc_pct, list);
    }
}

static void scan_trips(const qf_fleet *fleet, size_t entity, size_t slot, int64_t tick, size_t word,
                       uint64_t before, uint64_t after, qf_event_list *list)
{
    for (uint64_t changed = before ^ after; changed; changed &= changed - 1) {
        const size_t bit = (size_t)__builtin_ctzll(changed);
        const size_t node = QF_BITS_PER_WORD * word + bit - QF_FAULT_FIRST_NODE;
        const bool tripped = (after >> bit & 1) != 0;
        report(fleet, entity, tick, tripped ? QF_EVENT_THERMAL_TRIP : QF_EVENT_THERMAL_OK,
               (int32_t)node, qf_f64(fleet, QF_FIELD_TEMP, node)[slot], list);
    }
}

void qf_event_scan(const qf_fleet *fleet, const qf_block *block, int64_t tick, qf_event_list *list)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    uint64_t *flags_seen = qf_u64(fleet, QF_FIELD_FLAGS_SEEN, 0);
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const size_t entity = block->entity_begin + (slot - block->slot_begin);
        const uint64_t after = flags[slot] & QF_WATCHED_FLAGS;
        if (flags_seen[slot] != after) {
            scan_flags(fleet, entity, slot, tick, flags_seen[slot], after, list);
            flags_seen[slot] = after;
        }
        for (size_t w = 0; w < fleet->catalog.n_fault_words; w++) {
            const uint64_t not_nodes = w == 0 ? (UINT64_C(1) << QF_FAULT_FIRST_NODE) - 1 : 0;
            const uint64_t trips = qf_u64(fleet, QF_FIELD_FAULTS, w)[slot] & ~not_nodes;
            uint64_t *seen = &qf_u64(fleet, QF_FIELD_FAULTS_SEEN, w)[slot];
            if (*seen != trips) {
                scan_trips(fleet, entity, slot, tick, w, *seen, trips, list);
                *seen = trips;
            }
        }
    }
}

void qf_event_boot(const qf_fleet *fleet, const qf_block *block, qf_event_list *list)
{
    const qf_group_spec *spec = fleet->groups[block->group].spec;
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const size_t entity = block->entity_begin + (slot - block->slot_begin);
        const double soc_pct = qf_f64(fleet, QF_FIELD_SOC, 0)[slot];
        report(fleet, entity, 0, QF_EVENT_BOOT_START, -1, soc_pct, list);
        if (!spec->bios) { /* else when the self-test ends: incidents.c */
            report(fleet, entity, 0, QF_EVENT_BOOT_OK, -1, soc_pct, list);
        }
        if (spec->n_guidances > 0) { /* the first is active from the start */
            report(fleet, entity, 0, QF_EVENT_BEHAVIOR_STARTED, 0, (double)NAN, list);
        }
    }
}

void qf_event_halt(const qf_fleet *fleet, size_t entity, int64_t tick, uint32_t quantity,
                   double value, qf_event_list *list)
{
    report(fleet, entity, tick, QF_EVENT_HALT, (int32_t)quantity, value, list);
}
