/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EVENT_CAUSES_H
#define QF_EVENT_CAUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "event.h"

/*
 * Which event led to which. Events are shown to it in their order, each with its number; it remembers
 * - which event is still open for a vehicle and subject: what follows from it or ends it has it as its cause;
 * - of vehicles that behave, the latest event of each topic, with its subject and with any, as far as somebody may
 *   ask for it: the latest of those that an event names in `because` is its cause, where it ends nothing;
 * - and the last thruster command of those, from which thrusters that start in that tick follow.
 * What nothing else explains follows from what the vehicle is doing: captures, collisions, waypoints and what is done
 * from the start of the behaviour that is active, low charge from the eclipse that it is in.
 * A cause always comes before what it led to.
 */

/* From (vehicle, what) to a number; open addressing over a power of two. */
typedef struct qf_event_key {
    uint64_t vehicle; /* and kind; 0: free */
    uint64_t subject; /* and track */
} qf_event_key;

typedef struct qf_open_event {
    qf_event_key key;
    int64_t index; /* -1: it has ended */
} qf_open_event;

typedef struct qf_latest_event {
    uint64_t key; /* vehicle, topic and subject; 0: free */
    int64_t index;
} qf_latest_event;

/* Zero-initialise. */
typedef struct qf_event_causes {
    qf_open_event *open;
    size_t n_open;
    size_t open_capacity;
    qf_latest_event *latest;
    size_t n_latest;
    size_t latest_capacity;
} qf_event_causes;

void qf_event_causes_free(qf_event_causes *causes);

/*
 * Sets event->cause. `index`: the event's number; `asked`: what of its vehicle's latest events is remembered (the
 * same for all events of a vehicle), NULL where the vehicle does not behave. False: no memory.
 */
bool qf_event_causes_link(qf_event_causes *causes, qf_event *event, int64_t index,
                          const qf_asked *asked);

/* Saves or loads what is remembered, not the tables. */
void qf_event_causes_archive(qf_event_causes *causes, qf_archive *archive);

/* Memory that is taken. */
size_t qf_event_causes_bytes(const qf_event_causes *causes);

/* And what it comes to, tables that grow included, with so many latest events and so many that are open. */
size_t qf_event_causes_predicted_bytes(size_t n_latest, size_t n_open);

#endif
