/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_INTERNAL_H
#define QF_RUN_INTERNAL_H

#include "fleet.h"
#include "record.h"
#include "results.h"
#include "run_session.h"
#include "simulation.h"
#include "summary.h"
#include "tracking_metrics.h"

/* What the files run_*.c share; nobody else includes this. */

/* Everything of one run, so that one place can free it. */
typedef struct qf_running {
    qf_context *context;
    const qf_run_session *session;
    const qf_options *options;
    const qf_machine *machine;
    const qf_scenario *scenario;
    qf_fleet fleet;
    qf_record_plan plan;
    qf_simulation *simulation;
    qf_results *results;
    qf_frame *frames; /* as many as may be filled in one go */
    size_t n_frames;
    qf_tracking_metrics *tracking; /* room for each group, and all */
    qf_coverage coverage;          /* of state machines */
    double events_per_tick;        /* to be expected */
    uint64_t *hashes;              /* of each world */
    const char *path;
    qf_summary summary;
} qf_running;

/* run_recording.c: the result file, where the run has one */
qf_status qf_run_open_results(qf_running *run);
/* Rows for all records that are due until that tick. */
qf_status qf_run_acquire_frames(qf_running *run, int64_t until, size_t *n);
/* Hands over what came of an advance with those frames, events and all. */
qf_status qf_run_hand_over(qf_running *run, const qf_event *events, size_t n_events,
                           size_t n_frames);

/* run_pace.c: how far a call of the simulation goes */
int64_t qf_run_next_stop(const qf_running *run);
/* So many events came of so many ticks. */
void qf_run_expect_events(qf_running *run, size_t n_events, int64_t n_ticks);

#endif
