/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_MERGE_INTERNAL_H
#define QF_SWEEP_MERGE_INTERNAL_H

#include "sweep_merge.h"
#include "sweep_store_internal.h"

/* What the files sweep_merge*.c share; nobody else includes this. */

typedef struct qf_merge_source {
    const char *name; /* as it was given */
    char *directory;
    size_t shard, n_shards; /* of a file that is a shard; 0: all that the directory has */
    bool is_target;
    bool left_out; /* it is of another sweep, which was said */
} qf_merge_source;

typedef struct qf_merge {
    qf_context *context;
    const qf_merge_options *options;
    FILE *complaints;
    size_t n_complaints;
    qf_merge_source *sources;
    size_t n_sources;
    const char *home; /* the directory whose manifest and scenario hold for all */
    qf_sweep_identity identity;
    char *scenario;
    size_t scenario_bytes;
    char *path;
    /* by shard, from 0 on */
    size_t *source_of; /* the number of the source, from 1 on; 0: none has it */
    bool *begun;       /* it is in a journal */
    size_t n_same;
} qf_merge;

/* One more thing that is in the way: a line. */
__attribute__((format(printf, 2, 3))) void qf_merge_complain(qf_merge *m, const char *format, ...);

/* sweep_merge_sources.c. What the command line names; which sweep it is; who has which shard. */
qf_status qf_merge_find_sources(qf_merge *m);
qf_status qf_merge_identify(qf_merge *m);
qf_status qf_merge_find_shards(qf_merge *m);

/* sweep_merge_check.c. After all shards were read. */
qf_status qf_merge_check_journals(qf_merge *m, qf_sweep_table *table);
void qf_merge_check_missing(qf_merge *m);
void qf_merge_check_not_run(qf_merge *m, const qf_sweep_table *table, size_t n_counted);
qf_status qf_merge_check_master(qf_merge *m);

/* sweep_merge_take.c. Links or copies what the target has not. */
qf_status qf_merge_take_over(qf_merge *m, qf_merged_sweep *merged);

#endif
