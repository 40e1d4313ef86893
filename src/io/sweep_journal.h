/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_JOURNAL_H
#define QF_SWEEP_JOURNAL_H

#include "context.h"
#include "sweep_table.h"

/*
 * The cases of a shard, or of a rank, that are done so far: a header and a record of fixed length for each case, in the order in which they ended.
 * Each record has an XXH3-64 of its own, keyed with what the journal belongs to. Records are appended by one write() for
 * all that are handed over together. The bytes are those of this machine's order.
 */
typedef struct qf_journal {
    char *path;
    int fd; /* holds the lock; -1: closed */
    size_t n_metrics;
    size_t record_bytes;
    uint64_t key;    /* of what it belongs to: records of other journals do not match */
    uint64_t length; /* of what is valid */
    int64_t begun_utc_s;
    int64_t synced_ns; /* when it was last put on the disk */
    unsigned char *buffer;
    size_t buffer_bytes;
} qf_journal;

/*
 * Opens or creates, and locks. QF_ERROR_EXISTS: another process has it. QF_ERROR_OUTPUT, QF_ERROR_WRITE, QF_ERROR_MEMORY.
 */
qf_status qf_journal_open(qf_context *context, const char *path, size_t n_metrics, uint64_t key,
                          qf_journal *journal);

/* Whether it holds anything. */
bool qf_journal_is_empty(const qf_journal *journal);

/* Whether a journal, of whomever, holds no case: its process had just begun. */
bool qf_journal_file_is_empty(const char *path);

/* Begins it anew, empty, with a header. */
qf_status qf_journal_begin(qf_context *context, qf_journal *journal);

/*
 * Puts every record into the table, whose cases may be there already if they are the same; cases outside of [first, end) and a case twice
 * are QF_ERROR_READ. Damaged records are dropped, a torn one at the end is cut off; the log says so.
 */
qf_status qf_journal_read(qf_context *context, qf_journal *journal, size_t first, size_t end,
                          qf_sweep_table *table);

/*
 * Reads the journal of another process, or one that was left, without a lock and without changing it: puts its records into the
 * table, and counts those that are damaged; one that is torn at the end is none. QF_ERROR_READ, QF_ERROR_MEMORY.
 */
qf_status qf_journal_peek(qf_context *context, const char *path, size_t n_metrics, uint64_t key,
                          size_t first, size_t end, qf_sweep_table *table, uint64_t *n_damaged);

/* Each result has metrics. QF_ERROR_DISK_FULL, QF_ERROR_WRITE: then the journal is as before. */
qf_status qf_journal_append(qf_context *context, qf_journal *journal, const qf_case_result *results,
                            size_t n);

/* A record by itself, record_bytes of it, and back again: false where it does not match its checksum. `metrics`: n_metrics, what the result
   points to. */
void qf_journal_pack(const qf_journal *journal, const qf_case_result *result, unsigned char *bytes);
bool qf_journal_unpack(const qf_journal *journal, const unsigned char *bytes,
                       qf_case_result *result, double *metrics);

/* Closes, and so ends the lock. `remove`: the file goes. */
void qf_journal_close(qf_journal *journal, bool remove);

#endif
