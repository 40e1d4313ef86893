/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHECKPOINT_H
#define QF_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "archive.h"
#include "context.h"
#include "results.h"

/*
 * A file that a run can go on from: all state of its simulation after some tick, and how much of its result file was there.
 *
 * It is written beside its place and takes that in one step, so that a kill at any time leaves the old one or the new one, whole.
 * Layout, in this machine's order of bytes: a header of fixed length, the state, XXH3-128 of all before. Readable only by the build that wrote it, for the scenario and the number of ranks it was written for.
 */
typedef struct qf_checkpoint_owner {
    const char *version, *git_commit; /* of the program */
    const char *scenario_yaml;        /* effective */
    int rank, n_ranks;                /* 0 of 1: alone */
} qf_checkpoint_owner;

/* Where the run stands. */
typedef struct qf_checkpoint_place {
    int64_t tick;
    qf_results_rows rows;
    bool replaces; /* the result file may take the place of another */
} qf_checkpoint_place;

/* Saves or loads all state, as qf_simulation_archive does. */
typedef void qf_checkpoint_state(void *user, qf_archive *archive);

/*
 * Writes PATH.new and puts it on the disk; PATH stays as it is. `bytes`: of the file. QF_ERROR_OUTPUT, QF_ERROR_DISK_FULL,
 * QF_ERROR_WRITE, or what the state failed with; then there is no PATH.new.
 */
qf_status qf_checkpoint_prepare(qf_context *context, const char *path,
                                const qf_checkpoint_owner *owner, const qf_checkpoint_place *place,
                                qf_checkpoint_state *state, void *user, uint64_t *bytes);

/*
 * Makes PATH.new the checkpoint; where that fails, both stay. Where several ranks write one each, all must have been prepared
 * before, and all published before the next is prepared: then the newest tick that any rank's PATH is of is one that each has, at PATH
 * or at PATH.new.
 */
qf_status qf_checkpoint_publish(qf_context *context, const char *path);

/* Removes PATH and PATH.new, as far as they are there. */
void qf_checkpoint_remove(const char *path);

typedef struct qf_checkpoint {
    qf_checkpoint_place place;
    char *path;
    int fd;
    uint64_t state_bytes;
} qf_checkpoint;

/*
 * Opens it and checks all of it. Messages name the file and what is wrong. QF_ERROR_READ: there is none, it is no checkpoint,
 * damaged or cut short, or of other ranks; QF_ERROR_SCENARIO: it is of another scenario or build.
 */
qf_status qf_checkpoint_open(qf_context *context, const char *path,
                             const qf_checkpoint_owner *owner, qf_checkpoint *checkpoint);

/* Loads the state. QF_ERROR_READ, or what the state failed with; then it is of no use any more. */
qf_status qf_checkpoint_load(qf_context *context, const qf_checkpoint *checkpoint,
                             qf_checkpoint_state *state, void *user);

/* Zero-initialised ones, too, when their fd is -1. */
void qf_checkpoint_close(qf_checkpoint *checkpoint);

#endif
