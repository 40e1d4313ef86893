/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_INTERNAL_H
#define QF_RUN_INTERNAL_H

#include "checkpoint.h"
#include "fleet.h"
#include "record.h"
#include "results.h"
#include "run_session.h"
#include "simulation.h"
#include "summary.h"
#include "tracking_metrics.h"

/* What the files run_*.c share; nobody else includes this. */

/* What a run goes on from, or could. */
typedef struct qf_run_checkpoints {
    char *path;          /* NULL: there are none */
    char *scenario_yaml; /* effective, which they are told apart by */
    bool resumes;        /* from `from`, else it begins at the first tick */
    bool replaces;       /* what stands where the result file goes */
    bool only_stitches;  /* of ranks: their files are whole, and make the result */
    qf_checkpoint from;
    qf_results_part part;   /* of ranks: what this one had in the run that goes on */
    bool is_beside;         /* a new one is on the disk, and has not taken its place */
    bool is_half_published; /* so it is on some rank */
    double last_s;          /* when the last was written, or the run begun */
    uint64_t bytes;         /* of the last */
    double wrote_s;         /* what it took */
} qf_run_checkpoints;

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
    bool records;        /* there is a result file, if not of this rank */
    qf_results *results; /* NULL: no vehicle of this rank, or nothing is to be written */
    qf_results_part part;
    char *part_path;            /* of several ranks: this one's file */
    bool made_directory;        /* for the parts */
    bool has_failed;            /* and all ranks know: there is nothing more to agree upon */
    qf_quarantine *quarantined; /* of all ranks, on rank 0 */
    qf_frame *frames;           /* as many as may be filled in one go */
    size_t n_frames;
    qf_tracking_metrics *tracking; /* room for each group, and all */
    qf_coverage coverage;          /* of state machines */
    double events_per_tick;        /* to be expected */
    uint64_t *hashes;              /* of each world */
    const char *path;
    qf_run_checkpoints checkpoints;
    qf_summary summary;
} qf_running;

/* run_recording.c: the result file, where the run has one */
/* Whether this rank has a share in it. */
bool qf_run_has_file(const qf_running *run);
qf_status qf_run_open_results(qf_running *run);
/* Rows for all records that are due until that tick. */
qf_status qf_run_acquire_frames(qf_running *run, int64_t until, size_t *n);
/* Hands over what came of an advance with those frames, events and all, where its `status` is good; every rank calls it. */
qf_status qf_run_hand_over(qf_running *run, qf_status status, const qf_event *events,
                           size_t n_events, size_t n_frames);

/* The effective scenario, to be freed; NULL: no memory, which is in the context. */
char *qf_run_scenario_text(qf_context *context, const qf_scenario *scenario);

/* run_checkpoint.c: going on. Where to begin; `done`: the result is there already, and nothing is left to do. */
qf_status qf_run_find_beginning(qf_running *run, bool *done);
/* The same for a run over ranks: run_checkpoint_ranks.c, collective. */
qf_status qf_run_find_beginning_of_ranks(qf_running *run, bool *done);
/* Whose checkpoints are this run's. */
qf_checkpoint_owner qf_run_checkpoint_owner(const qf_running *run);
/* Adds to the reason what can be done about it. */
qf_status qf_run_advise(const qf_running *run, qf_status status);
/* Loads the state that the run goes on from into a simulation just created. */
qf_status qf_run_load_state(qf_running *run);
/* Whether this rank, whose clock counts if it is rank 0, would have one written. */
bool qf_run_checkpoint_is_due(const qf_running *run);
/* After an advance: one that fails leaves the run as able to go on as it was. */
void qf_run_write_due(qf_running *run);
/* The end that was asked for: QF_INTERRUPTED, with a message how to go on, or what a checkpoint failed with. */
qf_status qf_run_interrupt(qf_running *run);
/* After finish: of a whole run none is left. */
void qf_run_end_checkpoints(qf_running *run, qf_status status);

/* run_pace.c: how far a call of the simulation goes */
int64_t qf_run_next_stop(const qf_running *run);
/* So many events came of so many ticks. */
void qf_run_expect_events(qf_running *run, size_t n_events, int64_t n_ticks);

/* run_ranks.c: all of it is collective */
/* What has become of all; once all know of a failure, there is nothing more to agree upon. */
qf_status qf_run_agree(qf_running *run, qf_status status);
/* Before a call of the simulation: whether anybody has failed, or is to stop, and how far everybody can go. */
qf_status qf_run_look_up(qf_running *run, qf_status status, int64_t *until);
/* Whose part this rank writes, and the directory of parts, which rank 0 makes. `yaml`: the effective scenario. */
qf_status qf_run_begin_parts(qf_running *run, const char *yaml);
/* Takes it back, when files are closed. */
void qf_run_discard_parts(qf_running *run);
/* Makes one result of the parts, which are closed, and counts what is in it. */
qf_status qf_run_end_parts(qf_running *run, qf_status status);
/* Sums up what ranks counted. */
qf_status qf_run_gather_summary(qf_running *run);
/* The columns that a summary tells of, of all vehicles. */
qf_status qf_run_gather_columns(qf_running *run);

#endif
