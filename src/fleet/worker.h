/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_WORKER_H
#define QF_WORKER_H

#include "event_log.h"
#include "pipeline.h"
#include "quarantine.h"
#include "record.h"

/*
 * One thread of a simulation: its own memory, and how it takes a block through some ticks. A block
 * stays in the nearest caches for all of them.
 */

/*
 * Most ticks that threads run before they meet. Many, because whoever is late keeps all others
 * waiting, and on a machine with other work somebody often is; fewer in a scenario of many groups,
 * which all have constants for each of these ticks.
 */
static inline int64_t qf_segment_ticks(const qf_scenario *scenario)
{
    enum { MOST = 512, LEAST = 64, MOST_BYTES = 2 << 20 };
    const int64_t ticks = (int64_t)(MOST_BYTES / sizeof(qf_bot_tick) / (scenario->n_groups + 1));
    return ticks < LEAST ? LEAST : ticks > MOST ? MOST : ticks;
}

/* What all threads share and none changes. */
typedef struct qf_engine {
    const qf_fleet *fleet;
    const qf_kernels *kernels;
    const qf_record_plan *plan; /* NULL: nothing is recorded */
    qf_bot_columns columns;
    qf_body_columns bodies;
    qf_pipeline pipeline;
    qf_health health;
    int64_t segment_ticks; /* qf_segment_ticks */
    size_t *kept;          /* columns that a tick may change and that are no outputs */
    size_t n_kept;
    /* where threads meet within ticks: of each own block, before it does as commanded, its kept columns,
       and whether what it then did and sensed changed a bit that an event is made of */
    uint64_t *saved; /* of each n_kept rows of QF_BLOCK_VEHICLES; NULL: threads never meet */
    bool *sensed_change;
    qf_event_queue *commanded; /* and what was to be told of it */
} qf_engine;

/* Some ticks of the whole fleet, between two moments at which the threads meet. */
typedef struct qf_segment {
    int64_t tick; /* ticks done before it */
    int64_t n_ticks;
    bool
        sensed; /* of the first tick, only what comes after the phase of sensing is still to be run */
    const qf_bot_tick
        *constants;         /* the engine's segment_ticks for each group; commands need none */
    const qf_frame *frames; /* those that fall within */
    size_t n_frames;
} qf_segment;

typedef struct qf_worker {
    qf_arena arena; /* all of the following; used by this thread only */
    qf_bot_scratch *scratch;
    qf_block *spans;        /* QF_MOST_SPANS */
    uint64_t *snapshot;     /* of a block at the start of a segment: n_kept rows */
    qf_event_list *events;  /* the log's list for this thread */
    qf_event_list *unheard; /* of ticks that are run again */
    qf_event_queue queue;   /* of the present tick of a block */
    qf_quarantine_list found;
} qf_worker;

/* Call it from the thread itself, so that its memory lies near it. Returns false without memory. */
bool qf_worker_create(const qf_engine *engine, qf_event_list *events, qf_worker *worker);
void qf_worker_free(qf_worker *worker);

/* Before the first tick: the events of starting, and a look at the first values. */
void qf_worker_boot(const qf_engine *engine, qf_worker *worker, size_t block_index);

/*
 * The first tick's phases before the world's, for a block, where threads meet between them. Commands may be done as soon
 * as the block has been run up to there.
 */
void qf_worker_command(const qf_engine *engine, qf_worker *worker, size_t block_index,
                       const qf_segment *segment);
void qf_worker_sense(const qf_engine *engine, qf_worker *worker, size_t block_index,
                     const qf_segment *segment);

/* Runs a block through the segment: ticks, health, events, records. */
void qf_worker_run(const qf_engine *engine, qf_worker *worker, size_t block_index,
                   const qf_segment *segment);

#endif
