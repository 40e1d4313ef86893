/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_PARTS_H
#define QF_RUN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "results.h"

/*
 * The files of a run of several ranks, beside its result OUT.h5: in OUT.h5.ranks, rank R of N writes rank-R-of-N.h5,
 * unless it has no vehicles, which rank 0's file does not need to have. run.json says what there is.
 */

/* OUT.h5.ranks, to be freed; NULL without memory. */
char *qf_run_parts_directory(const char *path);

/* The name that a rank's file has in there. */
enum { QF_PART_NAME_BYTES = 48 };
char *qf_run_part_name(int rank, int n_ranks, char name[QF_PART_NAME_BYTES]);
/* And what it goes on from, which ranks without vehicles have, too. */
char *qf_run_checkpoint_name(int rank, int n_ranks, char name[QF_PART_NAME_BYTES]);

/* What run.json says. */
typedef struct qf_run_manifest {
    char *version;
    char *master; /* the name of the result, without directories */
    uint64_t scenario_hash;
    uint64_t run; /* see qf_results_part */
    int n_ranks;
    qf_results_part *parts; /* n_ranks */
} qf_run_manifest;

/* Whether a rank of the manifest writes a file. */
bool qf_run_part_has_file(const qf_results_part *part);

/* Whether the result at PATH was made of the files of that run's ranks. */
bool qf_run_result_is_of(const char *path, uint64_t run);

/*
 * For rank 0, before anything is written: makes the directory for the parts of a result, empty. QF_ERROR_EXISTS: the result, or its
 * directory, is there already; `force` replaces both, but nothing that a living process writes and no file that is
 * of no run. QF_ERROR_OUTPUT
 */
qf_status qf_run_parts_begin(qf_context *context, const char *path, bool force);

/*
 * For a run of one process, before anything is written: QF_ERROR_EXISTS or QF_ERROR_OUTPUT where a directory for the parts of its
 * result is there already, as qf_run_parts_begin. Nothing is removed: what stands on it is good until it is replaced.
 */
qf_status qf_run_parts_check(qf_context *context, const char *path, bool force);

/* Removes the directory with the files of runs: of one that could not begin, or of a result that one file has replaced. */
void qf_run_parts_discard(const char *path);

qf_status qf_run_manifest_write(qf_context *context, const char *directory,
                                const qf_run_manifest *manifest);
/* QF_ERROR_READ: no manifest, or a damaged one. Freed by qf_run_manifest_free. */
qf_status qf_run_manifest_read(qf_context *context, const char *directory,
                               qf_run_manifest *manifest);
void qf_run_manifest_free(qf_run_manifest *manifest);

#endif
