/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PIPELINE_H
#define QF_PIPELINE_H

#include "arena.h"
#include "context.h"
#include "stage.h"

/*
 * The stages of a fleet with their periods, and when threads must meet for one that reads others.
 * Between two meetings a block may run any number of ticks on its own.
 */
typedef struct qf_pipeline {
    qf_stage *stages; /* a copy, in order; phases never descend */
    size_t n_stages;
    int64_t *period_ticks; /* n_stages times n_groups; 0: never */
    size_t n_groups;
    int64_t *meeting_ticks; /* the different periods of stages that read others */
    size_t n_meeting_ticks;
    bool
        senses; /* blocks have something to run in QF_PHASE_SENSE: most stages do all in meetings */
} qf_pipeline;

/* Opens the stages; what else it needs comes from the arena. On failure nothing is left open. */
qf_status qf_pipeline_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                             const qf_stage *stages, size_t n_stages, qf_pipeline *pipeline);

/*
 * Bytes that the stages of qf_stage_table will take, but for what grows with what happens: detections, pairs that are
 * near, what is heard; of one of several ranks with an equal share. `meets`: whether threads ever meet for one of them.
 */
size_t qf_pipeline_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks,
                                   bool *meets);

/* Whether some group of the scenario has a period of the stage. */
bool qf_stage_is_ever_due(const qf_stage *stage, const qf_scenario *scenario);

/* Closes the stages. */
void qf_pipeline_close(qf_pipeline *pipeline);

/* Saves or loads what stages keep from tick to tick. */
void qf_pipeline_archive(const qf_pipeline *pipeline, qf_archive *archive);

/* Whether threads meet within this tick, for a stage that reads others. */
bool qf_pipeline_meets(const qf_pipeline *pipeline, int64_t tick);

/* The first tick after this one within which they do; INT64_MAX: never. */
int64_t qf_pipeline_next_meeting(const qf_pipeline *pipeline, int64_t tick);

/* Holds the meetings of the stages that are due in this tick. */
qf_status qf_pipeline_meet(qf_context *context, const qf_pipeline *pipeline, const qf_fleet *fleet,
                           const qf_kernels *kernels, int64_t tick, qf_sightings *sightings,
                           qf_event_log *events, qf_profile *profile);

/*
 * Runs the stages of phases [first, last] that are due in call->tick. Sets the call's period and user.
 * Returns whether a bit changed that an event is made of.
 */
bool qf_pipeline_run(const qf_pipeline *pipeline, qf_phase first, qf_phase last,
                     qf_stage_call *call);

#endif
