/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "arena.h"
#include "partial_file.h"

enum { FORMAT = 1, SYNC_NS = 1000000000 };

typedef struct journal_header {
    char magic[8];
    uint32_t format;
    uint32_t n_metrics;
    uint64_t key;
    int64_t begun_utc_s;
    uint64_t checksum; /* of all before */
} journal_header;

/* What a record begins with; n_metrics doubles and the checksum of all before follow. */
typedef struct journal_record {
    uint32_t number;
    uint32_t outcome;
    int64_t ticks;
    uint64_t hash;
    double wall_s;
    char cause[QF_CASE_CAUSE_BYTES];
} journal_record;

static const char magic[8] = "QFSWEEP";

static int64_t monotonic_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static qf_status fail_to_open(qf_context *context, const char *path, int error)
{
    const qf_status refusal = qf_partial_file_refusal(error);
    return qf_fail(context, refusal == QF_ERROR_WRITE ? QF_ERROR_OUTPUT : refusal,
                   "%s: cannot be opened: %s", path, strerror(error));
}

/* the file may have been removed by the one who had the lock */
static bool is_still_there(const qf_journal *journal)
{
    struct stat mine;
    struct stat named;
    return fstat(journal->fd, &mine) == 0 && lstat(journal->path, &named) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

static qf_status take_lock(qf_context *context, const qf_journal *journal)
{
    const int error = qf_file_lock(journal->fd);
    if (error == EAGAIN) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: another process is at work on this shard",
                       journal->path);
    }
    if (error) {
        /* some network file systems have no locks: two writers cannot be told apart there */
        qf_log(context, QF_LOG_WARNING, "journal_not_locked path=%s reason=\"%s\"", journal->path,
               strerror(error));
    }
    if (!is_still_there(journal)) {
        return qf_fail(context, QF_ERROR_EXISTS,
                       "%s: another process has just finished this shard; try again",
                       journal->path);
    }
    return QF_OK;
}

qf_status qf_journal_open(qf_context *context, const char *path, size_t n_metrics, uint64_t key,
                          qf_journal *journal)
{
    *journal = (qf_journal){.path = strdup(path),
                            .fd = -1,
                            .n_metrics = n_metrics,
                            .key = key,
                            .record_bytes = sizeof(journal_record) + (n_metrics + 1) * 8};
    if (!journal->path) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    struct stat file;
    qf_status status = QF_OK;
    journal->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (journal->fd < 0) {
        status = fail_to_open(context, path, errno);
    } else {
        status = take_lock(context, journal);
    }
    if (status == QF_OK && fstat(journal->fd, &file) != 0) {
        status = fail_to_open(context, path, errno);
    }
    if (status) {
        qf_journal_close(journal, false);
        return status;
    }
    journal->length = (uint64_t)file.st_size;
    return QF_OK;
}

bool qf_journal_is_empty(const qf_journal *journal)
{
    return journal->length <= sizeof(journal_header);
}

bool qf_journal_file_is_empty(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && (size_t)file.st_size <= sizeof(journal_header);
}

void qf_journal_close(qf_journal *journal, bool remove)
{
    if (journal->fd >= 0) {
        if (remove) {
            (void)unlink(journal->path); /* a leftover only costs its space: its cases are known */
        }
        (void)close(journal->fd);
    }
    free(journal->path);
    free(journal->buffer);
    *journal = (qf_journal){.fd = -1};
}

/* Writes all or nothing: space is reserved first, and what a failure leaves is cut off. */
static qf_status write_whole(qf_context *context, qf_journal *journal, const void *bytes, size_t n)
{
    qf_partial_file file = {.fd = journal->fd, .reserves = true};
    int error = qf_partial_file_reserve(&file, journal->length, n);
    size_t done = 0;
    while (!error && done < n) {
        const ssize_t written = pwrite(journal->fd, (const char *)bytes + done, n - done,
                                       (off_t)(journal->length + done));
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            error = written == 0 ? ENOSPC : errno;
        }
    }
    if (error) {
        /* where even this fails, the torn record does not match its checksum */
        (void)!ftruncate(journal->fd, (off_t)journal->length);
        return qf_fail(context, qf_partial_file_refusal(error), "%s: cannot be written: %s",
                       journal->path, strerror(error));
    }
    journal->length += n;
    return QF_OK;
}

static journal_header make_header(const qf_journal *journal)
{
    journal_header header = {.format = FORMAT,
                             .n_metrics = (uint32_t)journal->n_metrics,
                             .key = journal->key,
                             .begun_utc_s = journal->begun_utc_s};
    memcpy(header.magic, magic, sizeof header.magic);
    header.checksum = XXH3_64bits(&header, offsetof(journal_header, checksum));
    return header;
}

qf_status qf_journal_begin(qf_context *context, qf_journal *journal)
{
    if (ftruncate(journal->fd, 0) != 0) {
        return qf_fail(context, QF_ERROR_WRITE, "%s: cannot be written anew: %s", journal->path,
                       strerror(errno));
    }
    journal->length = 0;
    journal->begun_utc_s = (int64_t)time(NULL);
    const journal_header header = make_header(journal);
    return write_whole(context, journal, &header, sizeof header);
}

void qf_journal_pack(const qf_journal *journal, const qf_case_result *result, unsigned char *bytes)
{
    journal_record record = {.number = result->number,
                             .outcome = result->outcome,
                             .ticks = result->ticks,
                             .hash = result->hash,
                             .wall_s = result->wall_s};
    memcpy(record.cause, result->cause, strnlen(result->cause, QF_CASE_CAUSE_BYTES - 1));
    memcpy(bytes, &record, sizeof record);
    if (journal->n_metrics > 0) {
        memcpy(bytes + sizeof record, result->metrics, journal->n_metrics * sizeof(double));
    }
    const size_t before = journal->record_bytes - sizeof(uint64_t);
    const uint64_t checksum = XXH3_64bits_withSeed(bytes, before, journal->key);
    memcpy(bytes + before, &checksum, sizeof checksum);
}

static qf_status make_room(qf_context *context, qf_journal *journal, size_t n)
{
    size_t bytes;
    if (!qf_size_multiply(n, journal->record_bytes, &bytes)) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (bytes > journal->buffer_bytes) {
        unsigned char *buffer = realloc(journal->buffer, bytes);
        if (!buffer) {
            return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        }
        journal->buffer = buffer;
        journal->buffer_bytes = bytes;
    }
    return QF_OK;
}

qf_status qf_journal_append(qf_context *context, qf_journal *journal, const qf_case_result *results,
                            size_t n)
{
    qf_status status = make_room(context, journal, n);
    if (status || n == 0) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        qf_journal_pack(journal, &results[i], journal->buffer + i * journal->record_bytes);
    }
    status = write_whole(context, journal, journal->buffer, n * journal->record_bytes);
    const int64_t now_ns = monotonic_ns();
    if (status == QF_OK && now_ns - journal->synced_ns >= SYNC_NS) {
        if (fdatasync(journal->fd) != 0) {
            const int error = errno;
            status = qf_fail(context, qf_partial_file_refusal(error),
                             "%s: did not reach the disk: %s", journal->path, strerror(error));
        }
        journal->synced_ns = monotonic_ns();
    }
    return status;
}

bool qf_journal_unpack(const qf_journal *journal, const unsigned char *bytes,
                       qf_case_result *result, double *metrics)
{
    const size_t before = journal->record_bytes - sizeof(uint64_t);
    uint64_t checksum;
    memcpy(&checksum, bytes + before, sizeof checksum);
    if (checksum != XXH3_64bits_withSeed(bytes, before, journal->key)) {
        return false;
    }
    journal_record record;
    memcpy(&record, bytes, sizeof record);
    memcpy(metrics, bytes + sizeof record, journal->n_metrics * sizeof *metrics);
    *result = (qf_case_result){.number = record.number,
                               .outcome = (uint8_t)record.outcome,
                               .ticks = record.ticks,
                               .hash = record.hash,
                               .wall_s = record.wall_s,
                               .metrics = metrics};
    memcpy(result->cause, record.cause, sizeof record.cause);
    return true;
}

/* of a case that a finished shard holds, too */
static bool is_known(const qf_sweep_table *table, const qf_case_result *result)
{
    const size_t k = result->number;
    bool same = table->outcome[k] == result->outcome && table->ticks[k] == result->ticks &&
                table->hash[k] == result->hash;
    for (size_t m = 0; m < table->n_metrics; m++) {
        same = same && qf_same_bits(table->metrics[m * table->n_cases + k], result->metrics[m]);
    }
    return same && strcmp(table->cause[k] ? table->cause[k] : "", result->cause) == 0;
}

typedef struct reading {
    qf_context *context;
    const qf_journal *journal;
    size_t first, end;
    qf_sweep_table *table;
    bool *seen; /* of cases from `first` on */
} reading;

static qf_status take_record(reading *r, const qf_case_result *result)
{
    const size_t k = result->number;
    if (k < r->first || k >= r->end || result->outcome >= QF_OUTCOME_NOT_RUN) {
        return qf_fail(r->context, QF_ERROR_READ, "%s: has case %zu, which is none of its shard",
                       r->journal->path, k);
    }
    const bool known = r->table->outcome[k] != QF_OUTCOME_NOT_RUN;
    if (r->seen[k - r->first] || (known && !is_known(r->table, result))) {
        return qf_fail(r->context, QF_ERROR_READ, "%s: has case %zu, which is known already",
                       r->journal->path, k);
    }
    r->seen[k - r->first] = true;
    return known ? QF_OK : qf_sweep_table_put(r->context, r->table, result);
}

/* All bytes of [begin, end); false with errno. */
static bool read_bytes(int fd, void *to, size_t n, uint64_t begin)
{
    size_t done = 0;
    while (done < n) {
        const ssize_t got = pread(fd, (char *)to + done, n - done, (off_t)(begin + done));
        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            errno = got == 0 ? EIO : errno;
            return false;
        }
    }
    return true;
}

static qf_status fail_to_read(qf_context *context, const qf_journal *journal)
{
    return qf_fail(context, QF_ERROR_READ, "%s: cannot be read: %s", journal->path,
                   strerror(errno));
}

static qf_status read_records(reading *r, qf_journal *journal, uint64_t n_records, double *metrics,
                              uint64_t *damaged)
{
    uint64_t n_damaged = 0;
    uint64_t first_damaged = 0;
    qf_status status = make_room(r->context, journal, 1);
    for (uint64_t i = 0; i < n_records && status == QF_OK; i++) {
        qf_case_result result;
        if (!read_bytes(journal->fd, journal->buffer, journal->record_bytes,
                        sizeof(journal_header) + i * journal->record_bytes)) {
            status = fail_to_read(r->context, journal);
        } else if (qf_journal_unpack(journal, journal->buffer, &result, metrics)) {
            status = take_record(r, &result);
        } else {
            first_damaged = n_damaged == 0 ? i : first_damaged;
            n_damaged++;
        }
    }
    if (n_damaged > 0) {
        qf_log(r->context, QF_LOG_WARNING,
               "journal_records_damaged path=%s n=%" PRIu64 " first=%" PRIu64, journal->path,
               n_damaged, first_damaged);
    }
    *damaged = n_damaged;
    return status;
}

/* All whole records; the number of those that are damaged. */
static qf_status read_all_records(qf_context *context, qf_journal *journal, size_t first,
                                  size_t end, qf_sweep_table *table, uint64_t *n_damaged)
{
    const uint64_t n_records = (journal->length - sizeof(journal_header)) / journal->record_bytes;
    reading r = {context, journal, first, end, table, calloc(end - first + 1, sizeof(bool))};
    double *metrics = calloc(journal->n_metrics + 1, sizeof *metrics);
    const qf_status status = r.seen && metrics
                                 ? read_records(&r, journal, n_records, metrics, n_damaged)
                                 : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(metrics);
    free(r.seen);
    return status;
}

/* a header that is damaged is written anew: records are checked for themselves */
static qf_status check_header(qf_context *context, qf_journal *journal)
{
    journal_header header;
    if (!read_bytes(journal->fd, &header, sizeof header, 0)) {
        return fail_to_read(context, journal);
    }
    journal->begun_utc_s = header.begun_utc_s;
    const journal_header expected = make_header(journal);
    if (memcmp(&header, &expected, sizeof header) == 0) {
        return QF_OK;
    }
    if (header.checksum == XXH3_64bits(&header, offsetof(journal_header, checksum))) {
        return qf_fail(context, QF_ERROR_READ, "%s: belongs to another sweep", journal->path);
    }
    qf_log(context, QF_LOG_WARNING, "journal_header_damaged path=%s", journal->path);
    journal->begun_utc_s = (int64_t)time(NULL);
    const journal_header fresh = make_header(journal);
    if (pwrite(journal->fd, &fresh, sizeof fresh, 0) != (ssize_t)sizeof fresh) {
        return qf_fail(context, QF_ERROR_WRITE, "%s: cannot be written: %s", journal->path,
                       strerror(errno));
    }
    return QF_OK;
}

static qf_status cut_torn_record(qf_context *context, qf_journal *journal, uint64_t n_records)
{
    const uint64_t whole = sizeof(journal_header) + n_records * journal->record_bytes;
    if (whole < journal->length) {
        qf_log(context, QF_LOG_WARNING, "journal_cut path=%s bytes=%" PRIu64, journal->path,
               journal->length - whole);
        if (ftruncate(journal->fd, (off_t)whole) != 0) {
            return qf_fail(context, QF_ERROR_WRITE, "%s: cannot be cut: %s", journal->path,
                           strerror(errno));
        }
        journal->length = whole;
    }
    return QF_OK;
}

qf_status qf_journal_read(qf_context *context, qf_journal *journal, size_t first, size_t end,
                          qf_sweep_table *table)
{
    if (journal->length < sizeof(journal_header)) {
        return qf_journal_begin(context, journal); /* killed before its first case */
    }
    qf_status status = check_header(context, journal);
    if (status) {
        return status;
    }
    uint64_t n_damaged = 0;
    const uint64_t n_records = (journal->length - sizeof(journal_header)) / journal->record_bytes;
    status = read_all_records(context, journal, first, end, table, &n_damaged);
    return status ? status : cut_torn_record(context, journal, n_records);
}

qf_status qf_journal_peek(qf_context *context, const char *path, size_t n_metrics, uint64_t key,
                          size_t first, size_t end, qf_sweep_table *table, uint64_t *n_damaged)
{
    struct stat file;
    qf_journal journal = {.path = strdup(path),
                          .fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW),
                          .n_metrics = n_metrics,
                          .key = key,
                          .record_bytes = sizeof(journal_record) + (n_metrics + 1) * 8};
    qf_status status = QF_OK;
    *n_damaged = 0;
    if (!journal.path) {
        status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    } else if (journal.fd < 0 || fstat(journal.fd, &file) != 0) {
        status = fail_to_read(context, &journal);
    } else {
        journal.length = (uint64_t)file.st_size;
        if (journal.length >= sizeof(journal_header)) {
            status = read_all_records(context, &journal, first, end, table, n_damaged);
        }
    }
    qf_journal_close(&journal, false);
    return status;
}
