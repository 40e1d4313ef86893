/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_STORE_H
#define QF_SWEEP_STORE_H

#include "context.h"
#include "sweep_reader.h"
#include "sweep_report.h"
#include "sweep_table.h"

/*
 * The directory of a sweep (docs/sweeps.md has the layout):
 *
 *   manifest.json        version, cases, shards, hash of the effective scenario
 *   scenario.yaml        the effective scenario
 *   shard-I-of-N.journal while shard I runs: a record for each case that is done, each with its checksum
 *   shard-I-of-N.h5      when it is done: parameters, outcome, metrics, hash and checksum of each of its cases
 *   shard-I-of-N.timing.h5   what differs from run to run: wall time of each case, host, threads, when
 *   sweep.h5             when all shards are: virtual datasets over the shards, statistics, verdicts
 *
 * All but *.timing.h5 have the same bytes however often the sweep was interrupted and on however many threads it ran.
 */
typedef struct qf_sweep_store qf_sweep_store;

typedef struct qf_store_options {
    const char *path; /* of the directory */
    size_t shard,
        n_shards; /* shard 1 ... n_shards: cases [n (shard - 1) / n_shards, n shard / n_shards) */
    size_t first_case,
        end_case; /* of --cases A-B: [A, B + 1); all: 0, n_cases. Only within the shard */
    bool resume;  /* go on where an earlier run of the same scenario was interrupted */
    bool force;   /* replace what is there */
    const char *command_line;
    const char *isa;
    int threads;
} qf_store_options;

/*
 * Makes the directory, or goes on in it. QF_ERROR_EXISTS: there is one, and neither resume nor force was asked for, or somebody is at
 * work on the shard. QF_ERROR_SCENARIO: resume, and the scenario or the version is another: the
 * context's error says how, and lines of the difference stand in `difference` (NULL: not wanted).
 */
qf_status qf_sweep_store_open(qf_context *context, const qf_sweep *sweep,
                              const qf_store_options *options, FILE *difference,
                              qf_sweep_store **store);

/* What is known so far: of this shard's journal, and of shards that are done. */
const qf_sweep_table *qf_sweep_store_table(const qf_sweep_store *store);

/* Appends to the journal and the table. A full disk fails with what was written still readable. */
qf_status qf_sweep_store_take(qf_context *context, qf_sweep_store *store,
                              const qf_case_result *results, size_t n);

/*
 * The shard is done: writes its files and removes the journal; where no shard is missing, *all is true. `n_cases`: those that
 * count (early stopping), others of the table are written as not run.
 */
qf_status qf_sweep_store_finish_shard(qf_context *context, qf_sweep_store *store, size_t n_cases,
                                      bool *all);

/* Writes sweep.h5. Several shards that end at once may all do it. */
qf_status qf_sweep_store_finish(qf_context *context, qf_sweep_store *store,
                                const qf_sweep_report *report);

void qf_sweep_store_close(qf_sweep_store *store);

/* A sweep's directory (or its sweep.h5), opened to read: for replay, verify, compare, diff, info. */
typedef struct qf_stored_sweep {
    qf_sweep *sweep;
    qf_sweep_table table;
    char *directory;
    char *version, *git_commit;
    size_t n_missing; /* cases that no shard holds */
} qf_stored_sweep;

/*
 * Reads the manifest, the scenario and every shard there is, and checks checksums: each case that does not match its own is named in
 * `complaints` (NULL: not wanted), and *n_damaged of them. QF_ERROR_READ where it is no sweep or nothing can be read.
 */
qf_status qf_sweep_store_read(qf_context *context, const char *path, FILE *complaints,
                              size_t *n_damaged, qf_stored_sweep *stored);
void qf_stored_sweep_free(qf_stored_sweep *stored);

/* Whether a path is a sweep's: a directory with a manifest, or a sweep.h5 in one. */
bool qf_is_sweep(const char *path);

#endif
