/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_QUARANTINE_H
#define QF_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "arena.h"
#include "context.h"
#include "event_log.h"
#include "fleet.h"
#include "health.h"

/*
 * How far a healthy rigid body turns about each of its axes in a tick. Beyond, the tick's integrator makes a rotation
 * up or loses it; up to half a radian a revolution of a free body costs less than some 1e-3 of its energy (docs/model.md).
 */
#define QF_MOST_TURN_RAD    1.5
#define QF_TRUSTED_TURN_RAD 0.5

/*
 * What becomes of a vehicle whose numbers are not those of a healthy one (fields.def): it is frozen
 * in its last good state, its outputs become missing (NaN), and no stage touches it again. Nobody
 * else's bits depend on it.
 */
typedef enum qf_quarantine_reason {
    QF_REASON_NOT_FINITE,
    QF_REASON_OUT_OF_RANGE,
} qf_quarantine_reason;

typedef struct qf_quarantine {
    int64_t tick; /* ticks done when it was found; the last good state is of one tick before,
                     and of the start when this is 0 */
    uint32_t world;
    uint32_t entity;
    uint32_t quantity; /* of the catalogue: the first, in its order, that was bad */
    qf_quarantine_reason reason;
    double value; /* of that quantity */
} qf_quarantine;

/* What one thread found. Zero-initialise. */
typedef struct qf_quarantine_list {
    qf_quarantine *entries;
    size_t n;
    size_t capacity;
    bool failed; /* memory ran out */
} qf_quarantine_list;

void qf_quarantine_list_add(qf_quarantine_list *list, const qf_quarantine *entry);

/* Saves or loads a list of some of n_vehicles. */
void qf_quarantine_list_archive(qf_quarantine_list *list, size_t n_vehicles, qf_archive *archive);

/* The ranges of a fleet's checked columns, for each group: a node of another group is not checked. */
typedef struct qf_health {
    qf_health_range *ranges;
    uint32_t *quantities; /* of the catalogue, for each range */
    size_t *first;        /* n_groups + 1 */
} qf_health;

/* Memory comes from the arena. QF_ERROR_MEMORY is the only failure. */
qf_status qf_health_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                           qf_health *health);

/* Whether one vehicle is healthy; if not, what is wrong with it, but for the tick. */
bool qf_health_examine(const qf_health *health, const qf_fleet *fleet, size_t group, size_t entity,
                       qf_quarantine *finding);

/* Makes the outputs of a frozen vehicle missing. */
void qf_quarantine_outputs(const qf_fleet *fleet, size_t slot);

/* Freezes a vehicle whose last good state is in the columns, and reports it. */
void qf_quarantine_vehicle(const qf_fleet *fleet, const qf_quarantine *finding,
                           qf_event_list *events, qf_quarantine_list *list);

/*
 * The vehicles of a block that are not quarantined, as runs of neighbours. `spans` has room for
 * QF_MOST_SPANS. Returns how many there are.
 */
enum { QF_MOST_SPANS = QF_BLOCK_VEHICLES / 2 + 1 };
size_t qf_healthy_spans(const qf_fleet *fleet, const qf_block *block, qf_block *spans);

#endif
