/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SIMULATION_INTERNAL_H
#define QF_SIMULATION_INTERNAL_H

#include "bot_tick.h"
#include "exchange.h"
#include "simulation.h"
#include "threads.h"
#include "worker.h"

/* What simulation.c makes and simulation_segment.c runs. */

/* what all groups share of one tick */
typedef struct qf_tick_time {
    qf_bot_tick constants;
    double clock_s;
} qf_tick_time;

struct qf_simulation {
    qf_fleet *fleet;
    qf_engine engine;
    qf_arena arena;
    size_t saved_bytes;     /* of engine.saved */
    qf_bot_tick *constants; /* engine.segment_ticks for each group */
    qf_tick_time *times;    /* engine.segment_ticks */
    qf_worker *workers;     /* one for each thread */
    int n_threads;
    bool late_outputs;
    size_t n_blocks; /* own ones: of engine.commanded */
    qf_outlook outlook;
    bool is_commanded; /* everybody has done as commanded in the next tick already */
    qf_event_log *log;
    const qf_event *events; /* of the last advance */
    size_t n_events;
    qf_quarantine_list quarantined; /* ever, by (tick, entity) */
    qf_sightings sightings;
    qf_profile profile;
};

static inline qf_worker *qf_this_worker(const qf_simulation *simulation)
{
    return &simulation->workers[qf_thread_index()];
}

/*
 * The next ticks of the whole fleet, towards until_tick, up to where all threads meet: at the most qf_segment_ticks.
 * Frames that fall within are recorded; *n_recorded of the first of `frames`. Over ranks, what fails on one of them within a
 * meeting ends all: the others wait for it.
 */
qf_status qf_simulation_run_segment(qf_context *context, qf_simulation *simulation,
                                    int64_t until_tick, const qf_frame *frames, size_t n_frames,
                                    size_t *n_recorded);

#endif
