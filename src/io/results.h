/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_H
#define QF_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "behavior.h"
#include "context.h"
#include "detections.h"
#include "event.h"
#include "fleet.h"
#include "identities.h"
#include "quarantine.h"
#include "record.h"
#include "tracking_metrics.h"
#include "tracks.h"

/*
 * The result file of a run: HDF5 that is also valid netCDF-4 (docs/results.md has the schema).
 *
 * The computing side fills rows and hands over events; a thread of the file's own writes them, so
 * that nobody waits for the disk until a whole buffer is full. One thread at a time may call these
 * functions; the rows it acquired may be filled by many.
 *
 * The file is PATH.partial until it is complete. Space is reserved before it is written: a full
 * disk ends the run with a file that opens and holds every record written up to then.
 * HDF5's printing of errors is switched off for the threads that call or are started here.
 */
typedef struct qf_results qf_results;

/* Where the file comes from. Texts are copied. */
typedef struct qf_provenance {
    const char *command_line;
    const char *scenario_yaml; /* effective: every default filled in */
    const char *version;
    const char *git_commit;
    const char *isa;
    int threads;
    int ranks;
    const char *binding; /* of threads, as qf_binding_name has it; NULL: "none" */
} qf_provenance;

/*
 * The file of one rank of several: the state of its own vehicles, and what is appended, which is theirs. What is of the
 * whole run besides (entities, identities, hashes, machines, ...) is in the file of rank 0 only. Whole results are made
 * of the files of all ranks by qf_run_stitch (run_stitch.h).
 */
typedef struct qf_results_part {
    int rank, n_ranks;
    uint64_t run;                    /* the same in all files of a run, and in those of no other */
    size_t first_entity, n_entities; /* the rank's vehicles, recorded or not */
} qf_results_part;

typedef struct qf_results_options {
    const char *path;
    bool force;        /* replace an existing file, and a partial one that nobody writes */
    int64_t n_records; /* rows that the whole run will commit, 0: not known */
    const qf_identities *identities; /* used only by qf_results_create; NULL: no transponders */
    const qf_results_part *part;     /* likewise; NULL: the file is all of it */
} qf_results_options;

/* Whether results of it have a /picture: tracks are recorded, and a group makes a picture of its own. */
bool qf_results_has_pictures(const qf_scenario *scenario);

/* For the closing summary. */
typedef struct qf_results_totals {
    int64_t n_records; /* in the file */
    int64_t n_events;
    int64_t n_detections;
    int64_t n_tracks;   /* rows of /tracks */
    int64_t n_pictures; /* rows of /picture */
    uint64_t file_bytes;
    double waited_s; /* time that the computing side waited for the disk */
} qf_results_totals;

/* How much of what grows is in a file: rows of each group. */
typedef struct qf_results_rows {
    int64_t n_records;
    int64_t n_events;
    int64_t n_detections;
    int64_t n_tracks;
    int64_t n_pictures;
    int64_t n_hashes; /* rungs of the ladder */
} qf_results_rows;

/*
 * Creates the file with all but its records. Fleet and plan must outlive the results.
 * QF_ERROR_EXISTS: PATH, or PATH.partial, exists and is not to be replaced. QF_ERROR_OUTPUT: no such
 * directory, no permission, not a regular file. QF_ERROR_DISK_FULL, QF_ERROR_MEMORY. On failure
 * there is no file.
 */
qf_status qf_results_create(qf_context *context, const qf_fleet *fleet, const qf_record_plan *plan,
                            const qf_provenance *provenance, const qf_results_options *options,
                            qf_results **results);

/*
 * Takes up PATH.partial, which a process has left that could not finish it, as it was when it had so many rows; what was written
 * after them is dropped. Of the provenance scenario, version and commit must be those in the file, and threads and instruction set, which its attribute `resumed` gets. QF_ERROR_READ: there is none, it
 * is damaged, or has less; QF_ERROR_SCENARIO: it is of another scenario or build; QF_ERROR_EXISTS: a living process writes it, or PATH
 * exists. On failure it stays, and when it was refused for what it is, unchanged.
 */
qf_status qf_results_resume(qf_context *context, const qf_fleet *fleet, const qf_record_plan *plan,
                            const qf_provenance *provenance, const qf_results_options *options,
                            const qf_results_rows *rows, qf_results **results);

/*
 * Waits until all that was handed over is on the disk, and says how much that is: qf_results_resume can go on from there whatever
 * becomes of this process, unless it is killed while it changes the file. No row may be acquired and not committed. Fails as acquire does.
 */
qf_status qf_results_sync(qf_results *results, qf_results_rows *rows);

/*
 * Whether PATH is a finished result, and of this scenario: QF_OK. QF_ERROR_EXISTS: it is of another one, or not finished;
 * QF_ERROR_READ: it cannot be read as a result.
 */
qf_status qf_results_check_finished(qf_context *context, const char *path,
                                    const char *scenario_yaml);

/* Whether PATH may be begun anew, as far as what an earlier process left at PATH.partial is concerned: QF_OK where nobody writes it and it
   is of this scenario, or is nothing that can be read. QF_ERROR_EXISTS, QF_ERROR_SCENARIO: no. */
qf_status qf_results_check_leftover(qf_context *context, const char *path,
                                    const char *scenario_yaml);

/* Rows that may be acquired before the first of them is committed, at least one. */
size_t qf_results_rows_ahead(const qf_results *results);

/*
 * A free row to fill for the moment after `tick` ticks. Waits only when the writer is a full buffer
 * behind. Rows are acquired and committed in turn, with ascending ticks; at most
 * qf_results_rows_ahead() between an acquire and its commit.
 * Fails when the writer has failed: QF_ERROR_DISK_FULL or QF_ERROR_WRITE. Then finish.
 */
qf_status qf_results_acquire(qf_results *results, int64_t tick, qf_frame *frame);

/* The row is complete, and will be written. Fails as acquire does. */
qf_status qf_results_commit(qf_results *results, const qf_frame *frame);

/* Appends events. Copies; waits only when very many are not yet written. Fails as acquire does. */
qf_status qf_results_events(qf_results *results, const qf_event *events, size_t n);

/*
 * Appends detections, for a scenario that records them. Copies; waits only when very many are not yet
 * written. Those of a tick come before the rows of later ticks are committed. Fails as acquire does.
 */
qf_status qf_results_detections(qf_results *results, const qf_detections *detections);

/* Likewise tracks, for a scenario that records them. */
qf_status qf_results_tracks(qf_results *results, const qf_track_samples *tracks);

/* Likewise tracks of fleet pictures, for a scenario that records tracks and has such pictures. */
qf_status qf_results_pictures(qf_results *results, const qf_picture_samples *pictures);

/*
 * Which vehicles were quarantined; the last good state of each is what the fleet's columns hold.
 * Written by finish, until which the entries must stay as they are.
 */
void qf_results_quarantined(qf_results *results, const qf_quarantine *entries, size_t n);

/* How good tracking was, by group. Written by finish, until which the metrics must stay as they are. */
void qf_results_tracking(qf_results *results, const qf_tracking_metrics *metrics, size_t n);

/*
 * What machines exercised (qf_simulation_coverage). Written by finish, until which it must stay as it is.
 */
void qf_results_machines(qf_results *results, const qf_coverage *coverage);

/*
 * Appends a rung to the hash ladder: the hash of each world (qf_fleet_world_hashes) after `tick`
 * ticks, ascending. Copies; hand it over before the rows of that tick are committed. The rung of the
 * last tick is qf_results_finish's. Waits and fails as qf_results_events does. Only in the file of rank 0: others
 * leave it out.
 */
qf_status qf_results_hashes(qf_results *results, int64_t tick, const uint64_t *world_hashes);

/*
 * Writes what is left, the outcome, the hash of the fleet at its present tick (`world_hashes`: one
 * for each world, NULL: none), closes and frees. The file takes its final name when `outcome` is
 * QF_OK; else it stays PATH.partial. Returns `outcome`, or what went wrong here when that was QF_OK or QF_INTERRUPTED. `totals` may be NULL. NULL
 * results: returns `outcome`.
 */
qf_status qf_results_finish(qf_results *results, qf_status outcome, uint64_t state_hash,
                            const uint64_t *world_hashes, qf_results_totals *totals);

/*
 * Memory for records and hashes that qf_results_create will take; 0 when the number overflows. Events that
 * wait to be written come on top, up to twice 24 MiB.
 */
size_t qf_results_buffer_bytes(const qf_fleet *fleet, const qf_record_plan *plan);

/*
 * Memory for rows that wait to be written, at most, of detections, of tracks and of pictures each: taken as far as
 * it is needed.
 */
size_t qf_results_waiting_bytes(void);

#endif
