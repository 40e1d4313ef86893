/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SIMULATION_H
#define QF_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "behavior.h"
#include "fleet.h"
#include "kernels.h"
#include "quarantine.h"
#include "record.h"
#include "stage.h"

/*
 * Advancing a fleet. Each block runs several ticks, records included, while it stays in the cache.
 * Threads meet only for stages that read other vehicles, at the end of a call, and after
 * qf_segment_ticks.
 */

typedef struct qf_simulation qf_simulation;

typedef struct qf_simulation_options {
    const qf_kernels *kernels;  /* NULL: the best for this processor */
    const qf_record_plan *plan; /* NULL: nothing is recorded */
    bool keep_events;           /* hand events out; false: they are only counted */
    bool late_outputs; /* output columns need not be up to date before the scenario's last tick */
    const qf_stage *stages; /* NULL: qf_stage_table; copied */
    size_t n_stages;
    bool
        hides_unseen; /* for tests: what stages do not see of other ranks' vehicles is garbage whenever they look */
} qf_simulation_options;

qf_status qf_simulation_create(qf_context *context, qf_fleet *fleet,
                               const qf_simulation_options *options, qf_simulation **simulation);

void qf_simulation_free(qf_simulation *simulation);

/*
 * Runs ticks until fleet->tick == until_tick, and records the plan's quantities into each of the
 * frames when its tick is done; their ticks ascend within (fleet->tick, until_tick]. Output columns
 * are up to date afterwards, unless they may be late. Several frames in one call are cheaper than several calls: threads
 * meet only at the end, and blocks stay in the cache from frame to frame.
 */
qf_status qf_simulation_advance(qf_context *context, qf_simulation *simulation, int64_t until_tick,
                                const qf_frame *frames, size_t n_frames);

/* Events of the last advance, in ascending (tick, entity, code); valid until the next one. */
const qf_event *qf_simulation_events(const qf_simulation *simulation, size_t *n);

/* Events of that code so far, handed out or not. */
int64_t qf_simulation_event_count(const qf_simulation *simulation, qf_event_code code);

/* Vehicles quarantined so far, in ascending (tick, entity); valid until the next advance. */
const qf_quarantine *qf_simulation_quarantined(const qf_simulation *simulation, size_t *n);

/* What radars saw; `recorded` is valid until the next advance. */
const qf_sightings *qf_simulation_sightings(const qf_simulation *simulation);

/* The first tick after that one in which threads meet for a stage that reads others; INT64_MAX: never. */
int64_t qf_simulation_next_meeting(const qf_simulation *simulation, int64_t tick);

/* What machines exercised so far; valid until the next call. */
void qf_simulation_coverage(const qf_simulation *simulation, qf_coverage *coverage);

/*
 * Saves all that the fleet and the simulation are between two advances, or loads it into others of the same scenario and the
 * same rank, just created, with any number of threads and any kernels: they then go on as if never stopped. What the last advance
 * handed out (events, detections, samples) is no part of it. After a load that failed they must not be advanced.
 */
void qf_simulation_archive(qf_simulation *simulation, qf_archive *archive);

/* Where its time went; valid until the next advance. */
const qf_profile *qf_simulation_profile(const qf_simulation *simulation);

/* Columns that ranks would see of each other's vehicles in that tick, after the first meetings; 0 where threads do not meet within it. */
size_t qf_simulation_seen_columns(const qf_simulation *simulation, int64_t tick);

/* Memory that the neediest thread has taken for itself. */
size_t qf_simulation_scratch_bytes(const qf_simulation *simulation);

#endif
