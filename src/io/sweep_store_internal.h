/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_STORE_INTERNAL_H
#define QF_SWEEP_STORE_INTERNAL_H

#include "netcdf.h"
#include "partial_file.h"
#include "sweep_journal.h"
#include "sweep_store.h"

/* What the files sweep_*.c of the directory of a sweep share; nobody else includes this. */

/* What all files of a sweep agree in. */
typedef struct qf_sweep_identity {
    char *name, *version, *git_commit; /* own memory */
    uint64_t seed;
    size_t n_cases;
    size_t n_shards;
    uint64_t scenario_hash, design_hash; /* XXH3-64 of the text, and of the values */
} qf_sweep_identity;

/* sweep_manifest.c. `n_shards` stays 0. */
qf_status qf_sweep_identify(qf_context *context, const qf_sweep *sweep, const char *text,
                            size_t length, const char *version, const char *git_commit,
                            qf_sweep_identity *identity);
void qf_sweep_identity_free(qf_sweep_identity *identity);
bool qf_sweep_identity_equal(const qf_sweep_identity *a, const qf_sweep_identity *b);
uint64_t qf_design_hash(const qf_design *design);
/* of the journal of a shard; 0: of any rank */
uint64_t qf_journal_key(const qf_sweep_identity *identity, size_t shard);

/* The effective scenario, to be freed. */
qf_status qf_sweep_text(qf_context *context, const qf_sweep *sweep, char **text, size_t *length);

/* Reads DIR/manifest.json. *exists: false where there is none, and then `identity` is untouched. QF_ERROR_READ: it is damaged. */
qf_status qf_manifest_read(qf_context *context, const char *directory, bool *exists,
                           qf_sweep_identity *identity);
/* Where there is none yet; then what another process has put there meanwhile is left. */
qf_status qf_manifest_write(qf_context *context, const char *directory,
                            const qf_sweep_identity *identity);

/* sweep_files.c: names, to be freed; NULL without memory */
typedef enum qf_sweep_file {
    QF_SWEEP_MANIFEST,
    QF_SWEEP_SCENARIO,
    QF_SWEEP_MASTER,
    QF_SWEEP_CHECKSUMS,
    QF_SWEEP_TIMINGS, /* of all shards, where there are too many of them (sweep_master.c) */
    QF_SWEEP_JOURNAL, /* those of shards from here on */
    QF_SWEEP_SHARD,
    QF_SWEEP_TIMING,
    QF_SWEEP_RANK_JOURNAL, /* of a rank, from 0 on, in the place of a shard's number */
} qf_sweep_file;

enum { QF_SWEEP_NAME_BYTES = 80 };
/* Within the directory; `shard` from 1 on, `n_shards` 0 for what is of no shard. Returns `name`. */
char *qf_sweep_file_name(qf_sweep_file file, size_t shard, size_t n_shards,
                         char name[QF_SWEEP_NAME_BYTES]);
char *qf_sweep_file_path(const char *directory, qf_sweep_file file, size_t shard, size_t n_shards);
/* Whether a name is one that sweeps give to files in their directory. */
bool qf_sweep_file_is_ours(const char *name);
/* Whether it is the name of a journal, and whose: shard 0 is a rank's. */
bool qf_sweep_file_is_journal(const char *name, size_t *shard);
bool qf_file_exists(const char *path);
/* First case of a shard, and, of shard + 1, the one behind its last. */
size_t qf_shard_first(size_t n_cases, size_t shard, size_t n_shards);

/* A whole file, with a zero behind it, to be freed. QF_ERROR_READ */
qf_status qf_text_file_read(qf_context *context, const char *path, char **text, size_t *length);
/*
 * Puts a text in the place of a file in one step, after waiting for others who do. `keep`: what is there already stays.
 */
qf_status qf_text_file_write(qf_context *context, const char *path, const char *text, size_t length,
                             bool keep);

/* An HDF5 file that appears when it is whole. */
typedef struct qf_sweep_output {
    qf_partial_file file;
    qf_nc nc;
} qf_sweep_output;
/* `bytes`: at most so many will be written. Waits for others who write it. */
qf_status qf_sweep_output_begin(qf_context *context, const char *path, uint64_t bytes,
                                qf_sweep_output *output);
/* Publishes it where `status` and all of nc is good, else removes it. */
qf_status qf_sweep_output_end(qf_context *context, qf_sweep_output *output, qf_status status);

/* sweep_columns.c: the variables of /sweep */
typedef enum qf_sweep_column_kind {
    QF_COLUMN_PARAMETER,
    QF_COLUMN_STATUS,
    QF_COLUMN_TICKS,
    QF_COLUMN_HASH,
    QF_COLUMN_METRIC,
    QF_COLUMN_CAUSE,
    QF_COLUMN_CHECKSUM,
    QF_COLUMN_WALL, /* only in timing files */
} qf_sweep_column_kind;

typedef struct qf_sweep_column {
    qf_sweep_column_kind kind;
    size_t index; /* of the parameter or metric */
    qf_nc_variable variable;
    size_t bytes; /* of an element */
    const char *const *flags;
    size_t n_flags;
} qf_sweep_column;

typedef struct qf_sweep_columns {
    const qf_sweep_spec *spec;
    qf_sweep_column *columns;
    size_t n;
    hid_t string_type;
    qf_arena arena;
} qf_sweep_columns;

qf_status qf_sweep_columns_create(qf_context *context, const qf_sweep_spec *spec,
                                  qf_sweep_columns *columns);
void qf_sweep_columns_free(qf_sweep_columns *columns);
/* flag_values and flag_meanings, where a column has them. */
void qf_sweep_column_flags(qf_nc *nc, hid_t variable, const qf_sweep_column *column);
/* flag_values 0 ... n - 1 of uint8, and flag_meanings with underscores for blanks. */
void qf_put_names(qf_nc *nc, hid_t variable, hid_t type, const char *const *names, size_t n);
/* /sweep with the dimension `case`: numbers from `first` on. */
hid_t qf_sweep_group(qf_nc *nc, size_t first, size_t n, hid_t *scale);

/* sweep_directory.c: what is begun in a directory */
typedef struct qf_sweep_begun {
    qf_sweep_identity
        *identity; /* gets the number of shards that is there, where it is gone on with whole */
    const qf_store_options *options;
    const char *scenario; /* the effective one */
    size_t scenario_bytes;
} qf_sweep_begun;
/* Whether a living process, this one excepted, writes a journal there. */
bool qf_sweep_directory_at_work(const char *path);
/* Names of the journals in it, to be freed, each and all. QF_ERROR_READ, QF_ERROR_MEMORY */
qf_status qf_sweep_directory_journals(qf_context *context, const char *path, char ***names,
                                      size_t *n);
void qf_sweep_names_free(char **names, size_t n);
/* Makes the directory, or meets what is there, as qf_sweep_store_open says. *lock, also after a failure: until it is unlocked, which is to be when
   the journal is locked, no other process can do so, nor clear it. */
qf_status qf_sweep_directory_open(qf_context *context, const qf_sweep_begun *begun,
                                  FILE *difference, int *lock);
/* The same lock, to write what is made of all shards. QF_ERROR_EXISTS: another sweep is there now. */
qf_status qf_sweep_directory_reopen(qf_context *context, const char *path,
                                    const qf_sweep_identity *identity, int *lock);
void qf_sweep_directory_unlock(int lock);
void qf_sweep_file_remove(const char *directory, const char *name);

/* sweep_case.c: XXH3-64 of what a case is made of, in the order of docs/sweeps.md. `parameters`, `metrics`: strides in elements. */
typedef struct qf_case_content {
    uint64_t number;
    uint64_t outcome;
    int64_t ticks;
    uint64_t hash;
    const double *parameters;
    size_t n_parameters, parameter_stride;
    const double *metrics;
    size_t n_metrics, metric_stride;
    const char *cause;
} qf_case_content;
/* `words`: room for 4 + n_parameters + n_metrics, and the bytes of the cause. */
size_t qf_case_words(const qf_sweep_spec *spec);
uint64_t qf_case_checksum(const qf_case_content *content, uint64_t *words);

/* sweep_shard.c */
typedef struct qf_shard {
    const qf_sweep_spec *spec;
    const qf_design *design;
    const qf_sweep_identity *identity;
    const char *directory;
    size_t shard;
    bool *
        damaged; /* of each case of the sweep, set where qf_shard_read finds it so; NULL: not wanted */
} qf_shard;

typedef struct qf_shard_session {
    const char *command_line, *isa;
    int threads;
    int64_t begun_utc_s;
} qf_shard_session;

/* A store, for sweep_store.c, sweep_begin.c, sweep_exchange.c and sweep_shards.c. */
struct qf_sweep_store {
    const qf_sweep_spec *spec;
    const qf_design *design;
    qf_sweep_identity identity;
    qf_store_options options; /* path and texts are copies; n_shards is the directory's */
    char *scenario;           /* the effective one */
    size_t scenario_bytes;
    bool whole;        /* it has all shards */
    size_t first, end; /* cases that it has */
    qf_sweep_table table;
    qf_journal journal;
    bool *there;           /* of each shard, from 0 on: it was done when the store was opened */
    bool *on_file;         /* of each case: it is in one of those */
    bool *told;            /* of each case: other ranks know of it */
    bool outdated;         /* what was made of all shards is gone */
    qf_case_result *taken; /* results that are being taken, as they are kept */
    double *taken_metrics;
    size_t taken_room;
};

/* sweep_begin.c */
qf_shard qf_store_shard(const qf_sweep_store *store, size_t shard);
bool qf_store_has_file(const qf_sweep_store *store, qf_sweep_file file, size_t shard);
/* Reads a journal that is not the store's own, by its name. *n_damaged of its records */
qf_status qf_store_peek(qf_context *context, qf_sweep_store *store, const char *name, size_t shard);

/* sweep_store.c: sweep.h5 and checksums.txt go */
void qf_store_outdate_master(qf_sweep_store *store);

/* sweep_exchange.c, collective: what rank 0 found in the directory, while the others have not looked. QF_ERROR_SCENARIO: they mean another sweep. */
qf_status qf_store_share_found(qf_context *context, qf_sweep_store *store);

/* Cases from n_cases on are written as not run. */
qf_status qf_shard_write(qf_context *context, const qf_shard *shard, const qf_sweep_table *table,
                         size_t n_cases);
qf_status qf_shard_write_timing(qf_context *context, const qf_shard *shard,
                                const qf_sweep_table *table, size_t n_cases,
                                const qf_shard_session *session);
/* What a file that holds all cases itself has of them: most bytes, /sweep, and the wall times in a file of their own. */
uint64_t qf_cases_bytes(const qf_sweep_columns *columns, const qf_sweep_table *table);
qf_status qf_cases_write(qf_context *context, qf_nc *nc, const qf_shard *all,
                         const qf_sweep_columns *columns, const qf_sweep_table *table,
                         size_t n_cases, hid_t *group, hid_t *scale);
qf_status qf_cases_write_timing(qf_context *context, const char *path, const qf_shard *all,
                                const qf_sweep_table *table, size_t n_cases);
/* The root attributes that all HDF5 files of a sweep have. `content`: sweep, sweep_shard, sweep_timing. */
void qf_sweep_put_identity(qf_nc *nc, const qf_sweep_identity *identity, const char *content);

/* sweep_shard_read.c: puts the cases of a shard into the table. `complaints` and n_damaged as qf_sweep_store_read. `compare`: whether
   parameters are to be those of the design. */
qf_status qf_shard_read(qf_context *context, const qf_shard *shard, bool compare,
                        qf_sweep_table *table, FILE *complaints, size_t *n_damaged);

/* sweep_master.c, sweep_answers.c */
typedef struct qf_master {
    const qf_sweep_spec *spec;
    const qf_design *design;
    const qf_sweep_identity *identity;
    const char *directory;
    const char *scenario; /* the effective one */
    const qf_sweep_table *table;
    const qf_sweep_report *report;
} qf_master;
/* sweep.h5 alone, and, under the directory's lock, with checksums.txt. */
qf_status qf_master_write(qf_context *context, const qf_master *master);
qf_status qf_master_conclude(qf_context *context, const qf_master *master);
uint64_t qf_answers_bytes(const qf_sweep_spec *spec, const qf_sweep_report *report);
qf_status qf_answers_write(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                           const qf_sweep_report *report);

/* sweep_checksums.c */
qf_status qf_checksums_write(qf_context *context, const char *directory, size_t n_shards);
/* *text: of checksums.txt, to be freed; NULL where there is none. */
qf_status qf_checksums_read(qf_context *context, const char *directory, char **text);
/* Whether a file has the checksum that the text has for it. */
qf_status qf_checksums_match(qf_context *context, const char *text, const char *directory,
                             const char *name, bool *match);

#endif
