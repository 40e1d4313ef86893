/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_MERGE_H
#define QF_SWEEP_MERGE_H

#include "context.h"
#include "sweep_reader.h"
#include "sweep_report.h"
#include "sweep_table.h"

/*
 * Shards that were computed apart become one sweep: all are found, checked and read before anything is written, and all that is in the way
 * of it is named.
 */
typedef struct qf_merge_options {
    const char *path; /* of the sweep's directory */
    /* Directories of the same sweep, and files of shards, from which is taken over what `path` lacks; none: it has all shards. */
    const char *const *sources;
    size_t n_sources;
    bool
        force; /* what is in `path` and is another sweep, another shard, or out of date, is replaced */
    const char *version, *git_commit; /* of this program: it concludes only what it has computed */
} qf_merge_options;

typedef struct qf_merged_sweep {
    qf_sweep *sweep;
    qf_sweep_table table; /* the cases of all shards */
    size_t n_counted;     /* cases that count: all, or those before an early end */
    size_t n_shards;
    size_t n_linked, n_copied; /* shards that were taken over */
    size_t n_same;             /* that several sources have, with the same bytes */
    struct qf_merge *parts;
} qf_merged_sweep;

/*
 * Everything up to the answers: `path` has all shards then. What is wrong with sources and shards is in `complaints`, a line or
 * more of each, and nothing was written. QF_ERROR_READ: shards are missing, unfinished, damaged, of another sweep, or twice there with other
 * bytes; somebody is at work on one. QF_ERROR_USAGE: a source is neither directory nor shard. QF_ERROR_EXISTS, QF_ERROR_OUTPUT: of
 * `path`. QF_ERROR_DISK_FULL, QF_ERROR_WRITE: what was taken over before stays, and merging again goes on.
 */
qf_status qf_sweep_merge_open(qf_context *context, const qf_merge_options *options,
                              FILE *complaints, qf_merged_sweep *merged);

/* Writes sweep.h5 and checksums.txt. */
qf_status qf_sweep_merge_finish(qf_context *context, const qf_merged_sweep *merged,
                                const qf_sweep_report *report);

void qf_sweep_merge_close(qf_merged_sweep *merged);

#endif
