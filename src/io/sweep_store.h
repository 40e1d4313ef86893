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
 *   manifest.json        version, cases, shards, hashes of the effective scenario and of the design
 *   scenario.yaml        the effective scenario
 *   rank-R.journal       while rank R of a job runs: the same as the next, of any cases of the sweep
 *   shard-I-of-N.journal while shard I runs: a record for each case that is done, each with its checksum
 *   shard-I-of-N.h5      when it is done: parameters, outcome, metrics, hash and checksum of each of its cases
 *   shard-I-of-N.timing.h5   what differs from run to run: wall time of each case, host, threads, when
 *   sweep.h5             when all shards are: virtual datasets over the shards, statistics, verdicts; of more than
 *                        QF_MOST_VIRTUAL_SHARDS the values themselves
 *   sweep.timing.h5      of so many: all wall times
 *   checksums.txt        likewise: of every file but the timing, as xxh128sum writes and checks them
 *
 * All but journals and timing have the same bytes however often the sweep was interrupted and on however many threads it ran.
 *
 * A case is in the journal as soon as qf_sweep_store_take returns: a process that is killed loses none. The journal
 * reaches the disk at most every second, so that a loss of power may cost what was taken since. Records that are damaged,
 * wherever they are, are dropped when the journal is read again (the log says so), and their cases run again.
 */
typedef struct qf_sweep_store qf_sweep_store;

enum { QF_MOST_VIRTUAL_SHARDS = 256 }; /* sweep_master.c tells why */

typedef struct qf_store_options {
    const char *path; /* of the directory */
    /*
     * Shard 1 ... n_shards: cases [n (shard - 1) / n_shards, n shard / n_shards). 0: all of them, into which the sweep is
     * divided where it begins; where it is resumed, it stays divided as it is.
     */
    size_t shard, n_shards;
    size_t first_case,
        end_case; /* of --cases A-B: [A, B + 1); all: 0, n_cases. Only within the shard */
    bool
        resume; /* go on where an earlier run of the same scenario was interrupted; begin where there was none */
    bool force;                       /* replace what is there; not with resume */
    const char *version, *git_commit; /* of this program */
    const char *command_line;
    const char *isa;
    int threads;
} qf_store_options;

/*
 * Collective where the context has ranks, of which each then keeps what it takes in a journal of its own; `shard` is 0 then.
 * Rank 0 looks into the directory, and all know what it found.
 *
 * Makes the directory, or goes on in it. An empty directory, and that of the same sweep in which this shard has not begun, are as good
 * as none. QF_ERROR_EXISTS: something else is there, and neither resume nor force was asked for; or it is no sweep's, which force does not
 * replace either; or somebody is at work on the shard. QF_ERROR_SCENARIO: resume, and the scenario, the version or the
 * division into shards is another: the context's error says how, and lines of the difference stand in `difference` (NULL: not
 * wanted). QF_ERROR_OUTPUT, QF_ERROR_READ, QF_ERROR_MEMORY. The sweep must outlive the store.
 */
qf_status qf_sweep_store_open(qf_context *context, const qf_sweep *sweep,
                              const qf_store_options *options, FILE *difference,
                              qf_sweep_store **store);

/* What is known so far of this shard, and what was read of others; once qf_sweep_store_finish_shard said that all are done, of all. */
const qf_sweep_table *qf_sweep_store_table(const qf_sweep_store *store);

/*
 * Appends to the journal and the table. QF_ERROR_DISK_FULL, QF_ERROR_WRITE: nothing of these is kept, all before
 * is. QF_ERROR_INTERNAL: a case is there already, is none of the shard, or a truth is neither 0 nor 1 nor NaN.
 */
qf_status qf_sweep_store_take(qf_context *context, qf_sweep_store *store,
                              const qf_case_result *results, size_t n);

/*
 * What each rank has taken becomes known to all; collective, and nothing without ranks. Then all tables are the same, which is made
 * sure of. QF_ERROR_MEMORY, QF_ERROR_INTERNAL: then on all ranks.
 */
qf_status qf_sweep_store_exchange(qf_context *context, qf_sweep_store *store);
/* Memory that it takes of a rank. */
size_t qf_sweep_exchange_bytes(const qf_sweep_spec *spec);

/*
 * Collective; after an exchange. The shard, or each of all, is done: writes its files and removes journals; where no shard is missing, *all is true, and the table has the cases
 * of all. `n_cases`: those that count (early stopping), others of the table are written as not run. A shard that was
 * done before, and has got no more cases, is left as it is. QF_ERROR_READ: another shard is damaged.
 */
qf_status qf_sweep_store_finish_shard(qf_context *context, qf_sweep_store *store, size_t n_cases,
                                      bool *all);

/* Writes sweep.h5 and checksums.txt. Several shards that end at once may all do it. */
qf_status qf_sweep_store_finish(qf_context *context, qf_sweep_store *store,
                                const qf_sweep_report *report);

void qf_sweep_store_close(qf_sweep_store *store);

/* A sweep's directory (or its sweep.h5), opened to read: for replay, verify, compare, diff, info. */
typedef struct qf_stored_sweep {
    qf_sweep *sweep;
    qf_sweep_table table;
    char *directory;
    char *version, *git_commit;
    size_t n_missing; /* cases that neither a shard nor the journal of one holds */
    size_t n_journal; /* cases that only a journal holds */
    bool has_checksums;
    bool *damaged; /* of each case: it does not match its checksum */
} qf_stored_sweep;

/*
 * Reads the manifest, the scenario, every shard and every journal there is, and checks checksums: each case that does not match its own is named in
 * `complaints` (NULL: not wanted), and so is each file whose damage is in none of its cases; *n_damaged of both. Cases that are damaged are
 * NOT_RUN in the table. QF_ERROR_READ where it is no sweep, or a file cannot be read at all, which the error names.
 */
qf_status qf_sweep_store_read(qf_context *context, const char *path, FILE *complaints,
                              size_t *n_damaged, qf_stored_sweep *stored);
void qf_stored_sweep_free(qf_stored_sweep *stored);

/* Tells people what is in a sweep, done or not. Errors as qf_sweep_store_read; QF_DIFFERENT: something of it is damaged. */
qf_status qf_sweep_info(qf_context *context, const char *path, FILE *out);

/* Whether a path is a sweep's: a directory with a manifest, or a sweep.h5 in one. */
bool qf_is_sweep(const char *path);

#endif
