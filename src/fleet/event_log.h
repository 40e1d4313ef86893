/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EVENT_LOG_H
#define QF_EVENT_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "context.h"
#include "event.h"
#include "fleet.h"

/*
 * Events are found in parallel and committed in order: each thread appends what it finds in its
 * blocks to a list of its own; the commit sorts them by (tick, moment, entity, sequence, code, subject, track),
 * numbers them, and links each to the event that caused it (event_causes.h).
 */

/* Events in the order in which they were told. Zero-initialise; whoever has it frees `events`. */
typedef struct qf_event_queue {
    qf_event *events;
    size_t n;
    size_t capacity;
    bool failed; /* memory ran out */
} qf_event_queue;

void qf_event_queue_add(qf_event_queue *queue, const qf_event *event);

/* What one thread found. Zero-initialise but for `keep`. */
typedef struct qf_event_list {
    bool keep; /* false: events are counted only */
    const qf_portion *
        own; /* whose events it takes, those of others neither kept nor counted; NULL: everybody's */
    qf_event_queue kept;
    int64_t n_of_code[QF_EVENT_CODES]; /* ever */
} qf_event_list;

void qf_event_list_add(qf_event_list *list, const qf_event *event);

/* What waited until it is known who came through the tick healthy: hands those of vehicles that are
   not quarantined to the list, and is empty. */
void qf_event_queue_flush(qf_event_queue *queue, const qf_fleet *fleet, qf_event_list *list);

typedef struct qf_event_log qf_event_log;

/* `keep` false: events are only counted, and commits are empty. */
qf_status qf_event_log_create(qf_context *context, int n_lists, bool keep, qf_event_log **log);
void qf_event_log_free(qf_event_log *log);

/*
 * From now on events of vehicles that behave find their causes by `because`, and thrusters the command that started
 * them. Without it, and for other vehicles, an event has a cause only where it ends or follows from another.
 * And its lists take only what happens to vehicles of this rank (fleet->own): ranks' events merged by (tick, moment,
 * rank) stand in the order of one process. Numbers and causes are those of the rank's own events: a cause is
 * always an event of the same vehicle. The fleet must outlive the log.
 */
qf_status qf_event_log_follow(qf_context *context, qf_event_log *log, const qf_fleet *fleet);

/* The list of one thread. */
qf_event_list *qf_event_log_list(qf_event_log *log, int thread);

/* Empties the lists into one ordered run of events, valid until the next commit. */
qf_status qf_event_log_commit(qf_context *context, qf_event_log *log, const qf_event **events,
                              size_t *n);

/* Saves or loads numbers of events and what later ones are linked to; between commits. Which list counted what is forgotten. */
void qf_event_log_archive(qf_event_log *log, qf_archive *archive);

/* What the event table gives a code; QF_SEVERITY_INFO for one that is not in it. */
qf_severity qf_event_severity(qf_event_code code);

/* Events of that code so far, kept or not. */
int64_t qf_event_log_count(const qf_event_log *log, qf_event_code code);

/* Finds what changed in a block since it was last looked at; `tick`: ticks done. */
void qf_event_scan(const qf_fleet *fleet, const qf_block *block, int64_t tick, qf_event_list *list);

/* The events of vehicles that start: before the first tick. */
void qf_event_boot(const qf_fleet *fleet, const qf_block *block, qf_event_list *list);

/* A vehicle is quarantined because of that quantity (of the catalogue), which had become `value`. */
void qf_event_halt(const qf_fleet *fleet, size_t entity, int64_t tick, uint32_t quantity,
                   double value, qf_event_list *list);

#endif
