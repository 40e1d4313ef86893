/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that writes, and the queue to it. While it runs nobody else calls HDF5.
 *
 * Rows are counted: acquired >= committed >= written, and row i stands in slot i of the ring modulo
 * its size. The writer takes whole batches. Every few seconds it also takes what there is, so that
 * a slow run that is killed has lost seconds, not megabytes; the batch it breaks is completed in
 * place later.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "binding.h"
#include "results_internal.h"
#include "uncut.h"

enum {
    FLUSH_S = 2,
    PENDING_EVENTS = 1 << 19, /* 32 MiB; beyond that the computing side waits */
    FEW_EVENTS = 1 << 10,
};

/* What the writer writes in one go. */
typedef struct qf_batch {
    size_t n_rows;
    size_t n_events;     /* of writer.writing */
    size_t n_table_rows; /* of what tables have taken */
    size_t n_rungs;      /* of writer.writing_rungs */
} qf_batch;

static bool is_empty(const qf_batch *batch)
{
    return batch->n_rows == 0 && batch->n_events == 0 && batch->n_table_rows == 0 &&
           batch->n_rungs == 0;
}

static struct timespec now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

static double seconds_since(struct timespec start)
{
    const struct timespec end = now();
    return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

/* Rows that may be written now without leaving the batch of the first. */
static size_t rows_within_batch(const qf_results *results)
{
    const qf_writer *writer = &results->writer;
    const int64_t batch = (int64_t)results->state.batch_rows;
    const int64_t end = (writer->n_written / batch + 1) * batch;
    const int64_t last = writer->n_committed < end ? writer->n_committed : end;
    return (size_t)(last - writer->n_written);
}

static bool is_worth_writing(const qf_results *results)
{
    const qf_writer *writer = &results->writer;
    const int64_t batch = (int64_t)results->state.batch_rows;
    bool table_is_due = false;
    for (size_t t = 0; t < QF_TABLES; t++) {
        table_is_due = table_is_due || qf_table_file_is_due(&results->tables[t]);
    }
    return table_is_due || writer->draining ||
           writer->n_committed / batch > writer->n_written / batch ||
           writer->n_pending >= PENDING_EVENTS / 2 ||
           writer->pending_rungs.n == results->hashes.chunk_rungs;
}

/* of all tables */
static size_t pending_rows(const qf_results *results)
{
    size_t n = 0;
    for (size_t t = 0; t < QF_TABLES; t++) {
        n += qf_table_rows(&results->tables[t].pending);
    }
    return n;
}

/* Waits for a batch, for the next flush or for the end; false when nothing will come any more. */
static bool take_batch(qf_results *results, struct timespec *flush_at, qf_batch *batch)
{
    qf_writer *writer = &results->writer;
    bool due = false;
    while (!writer->stopping && !is_worth_writing(results) && !due) {
        due = pthread_cond_timedwait(&writer->work, &writer->mutex, flush_at) == ETIMEDOUT;
    }
    *flush_at = now();
    flush_at->tv_sec += FLUSH_S;
    *batch = (qf_batch){.n_rows = rows_within_batch(results),
                        .n_events = writer->n_pending,
                        .n_table_rows = pending_rows(results),
                        .n_rungs = writer->pending_rungs.n};
    if (is_empty(batch)) {
        return !writer->stopping;
    }
    qf_event *const written = writer->writing;
    const size_t room = writer->writing_room;
    writer->writing = writer->pending;
    writer->writing_room = writer->pending_room;
    writer->pending = written;
    writer->pending_room = room;
    writer->n_pending = 0;
    for (size_t t = 0; t < QF_TABLES; t++) {
        qf_table_file_take(&results->tables[t]);
    }
    const qf_rungs rungs = writer->writing_rungs;
    writer->writing_rungs = writer->pending_rungs;
    writer->pending_rungs = rungs;
    writer->pending_rungs.n = 0;
    return true;
}

static void describe_refusal(const qf_results *results, int error, qf_failure *failure)
{
    const char *cause = error == ENOSPC ? "the disk is full" : strerror(error);
    char of_how_many[48] = "";
    if (results->n_records_expected > 0) {
        snprintf(of_how_many, sizeof of_how_many, " of %" PRId64, results->n_records_expected);
    }
    failure->status = qf_partial_file_refusal(error);
    snprintf(failure->reason, sizeof failure->reason,
             "%s: %s; %" PRId64 "%s records are in '%s', which stays readable",
             results->output.path, cause, results->state.n_written, of_how_many,
             results->output.partial);
}

/*
 * Reserves first: HDF5 cannot recover from a write that fails, so none may. Events,
 * detections and tracks go before the rows and the hashes, so that a file never has a record or a
 * rung without those up to it.
 */
static void write_batch(qf_results *results, const qf_batch *batch, qf_failure *failure)
{
    qf_nc *nc = &results->nc;
    const uint64_t end = qf_nc_end(nc);
    uint64_t growth = qf_state_growth(&results->state, results->plan, batch->n_rows) +
                      qf_events_growth(&results->events, batch->n_events) +
                      qf_hashes_growth(&results->hashes, batch->n_rungs) + QF_META_SLACK_BYTES +
                      results->closing_bytes;
    for (size_t t = 0; t < QF_TABLES; t++) {
        growth += qf_table_file_growth(&results->tables[t]);
    }
    const int error = qf_partial_file_reserve(&results->output, end, growth);
    if (error) {
        describe_refusal(results, error, failure);
        return;
    }
    qf_events_write(nc, &results->events, results->writer.writing, batch->n_events);
    for (size_t t = 0; t < QF_TABLES; t++) {
        qf_table_file_write(nc, &results->tables[t]);
    }
    qf_hashes_write(nc, &results->hashes, results->writer.writing_rungs.ticks,
                    results->writer.writing_rungs.hashes, batch->n_rungs);
    qf_state_write(nc, &results->state, results->plan, batch->n_rows);
    qf_nc_flush(nc);
    if (nc->failed) {
        failure->status = QF_ERROR_WRITE;
        snprintf(failure->reason, sizeof failure->reason, "%s: %s", results->output.partial,
                 nc->what);
    }
}

static void *write_until_stopped(void *user)
{
    qf_results *results = user;
    qf_writer *writer = &results->writer;
    qf_nc_quiet();
    qf_binding_release_thread(results->context);
    struct timespec flush_at = now();
    flush_at.tv_sec += FLUSH_S;
    qf_batch batch;
    pthread_mutex_lock(&writer->mutex);
    while (writer->failure.status == QF_OK && take_batch(results, &flush_at, &batch)) {
        if (is_empty(&batch)) {
            writer->draining = false;
            pthread_cond_broadcast(&writer->room);
            continue;
        }
        qf_failure failure = {.status = QF_OK};
        pthread_mutex_unlock(&writer->mutex);
        qf_uncut_begin(results->context->uncut);
        write_batch(results, &batch, &failure);
        qf_uncut_end(results->context->uncut);
        pthread_mutex_lock(&writer->mutex);
        if (failure.status == QF_OK) {
            writer->n_written += (int64_t)batch.n_rows;
        } else {
            writer->failure = failure;
        }
        pthread_cond_broadcast(&writer->room);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

qf_status qf_writer_start(qf_results *results)
{
    qf_writer *writer = &results->writer;
    pthread_condattr_t monotonic;
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->work, &monotonic);
    pthread_cond_init(&writer->room, NULL);
    pthread_condattr_destroy(&monotonic);
    /* signals are the business of the threads that were there before */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&writer->thread, NULL, write_until_stopped, results);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        pthread_cond_destroy(&writer->work);
        pthread_cond_destroy(&writer->room);
        pthread_mutex_destroy(&writer->mutex);
        return qf_fail(results->context, QF_ERROR_MEMORY, "%s: no thread to write it: %s",
                       results->output.path, strerror(error));
    }
    return QF_OK;
}

void qf_writer_stop(qf_results *results)
{
    qf_writer *writer = &results->writer;
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->work);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->work);
    pthread_cond_destroy(&writer->room);
    pthread_mutex_destroy(&writer->mutex);
    free(writer->pending);
    free(writer->writing);
    writer->pending = NULL;
    writer->writing = NULL;
}

/* The failure in the caller's context; called with the mutex held. */
static qf_status report_failure(qf_results *results)
{
    const qf_failure *failure = &results->writer.failure;
    return failure->status == QF_OK
               ? QF_OK
               : qf_fail(results->context, failure->status, "%s", failure->reason);
}

/* Waits until the writer has written something; called with the mutex held. */
static void wait_for_room(qf_writer *writer)
{
    const struct timespec start = now();
    pthread_cond_signal(&writer->work);
    pthread_cond_wait(&writer->room, &writer->mutex);
    writer->waited_s += seconds_since(start);
}

size_t qf_results_rows_ahead(const qf_results *results)
{
    const qf_state *state = &results->state;
    if (results->n_records_expected > 0 &&
        (size_t)results->n_records_expected <= state->ring_rows) {
        return state->ring_rows; /* every row of the run has a place of its own */
    }
    /* the writer takes whole batches: the rows of a begun one are not free before it is full */
    return state->ring_rows - state->batch_rows + 1;
}

qf_status qf_results_acquire(qf_results *results, int64_t tick, qf_frame *frame)
{
    qf_writer *writer = &results->writer;
    const int64_t rows = (int64_t)results->state.ring_rows;
    pthread_mutex_lock(&writer->mutex);
    while (writer->failure.status == QF_OK && writer->n_acquired - writer->n_written >= rows) {
        wait_for_room(writer);
    }
    const qf_status status = report_failure(results);
    const size_t slot = (size_t)(writer->n_acquired % rows);
    if (status == QF_OK) {
        writer->n_acquired++;
    }
    pthread_mutex_unlock(&writer->mutex);
    if (status == QF_OK) {
        const qf_state *state = &results->state;
        void **row = state->row + slot * results->plan->n_quantities;
        for (size_t q = 0; q < results->plan->n_quantities; q++) {
            const size_t bytes = qf_type_bytes(results->plan->quantities[q]->type);
            row[q] = state->staging[q] + slot * state->n_vehicles * bytes;
        }
        *frame = (qf_frame){.tick = tick, .row = row};
    }
    return status;
}

qf_status qf_results_commit(qf_results *results, const qf_frame *frame)
{
    qf_writer *writer = &results->writer;
    pthread_mutex_lock(&writer->mutex);
    const size_t slot = (size_t)writer->n_committed % results->state.ring_rows;
    results->state.ticks[slot] = frame->tick;
    results->state.times[slot] = (double)frame->tick * results->fleet->scenario->dt_s;
    writer->n_committed++;
    if (is_worth_writing(results)) {
        pthread_cond_signal(&writer->work);
    }
    const qf_status status = report_failure(results);
    pthread_mutex_unlock(&writer->mutex);
    return status;
}

/* Doubles the room for pending events; called with the mutex held. */
static qf_status grow_pending(qf_results *results)
{
    qf_writer *writer = &results->writer;
    const size_t room = writer->pending_room ? 2 * writer->pending_room : FEW_EVENTS;
    qf_event *grown = realloc(writer->pending, room * sizeof *grown);
    if (!grown) {
        return qf_fail(results->context, QF_ERROR_MEMORY, "no memory for %zu events", room);
    }
    writer->pending = grown;
    writer->pending_room = room;
    return QF_OK;
}

qf_status qf_results_events(qf_results *results, const qf_event *events, size_t n)
{
    qf_writer *writer = &results->writer;
    pthread_mutex_lock(&writer->mutex);
    qf_status status = report_failure(results);
    while (status == QF_OK && n > 0) {
        const size_t room = writer->pending_room - writer->n_pending;
        if (room > 0) {
            const size_t some = n < room ? n : room;
            memcpy(writer->pending + writer->n_pending, events, some * sizeof *events);
            writer->n_pending += some;
            events += some;
            n -= some;
        } else if (writer->pending_room < PENDING_EVENTS) {
            status = grow_pending(results);
        } else {
            wait_for_room(writer);
            status = report_failure(results);
        }
    }
    if (is_worth_writing(results)) {
        pthread_cond_signal(&writer->work);
    }
    pthread_mutex_unlock(&writer->mutex);
    return status;
}

size_t qf_results_waiting_bytes(void)
{
    return 2 * (size_t)QF_TABLE_PENDING_BYTES;
}

/* Room for some of n more rows, at most a full queue; called with the mutex held. */
static qf_status make_room(qf_results *results, qf_table_file *table, size_t n, size_t *some)
{
    qf_status status = report_failure(results);
    while (status == QF_OK && qf_table_rows(&table->pending) == table->most_pending) {
        wait_for_room(&results->writer);
        status = report_failure(results);
    }
    const size_t pending = qf_table_rows(&table->pending);
    const size_t room = table->most_pending - pending;
    *some = n < room ? n : room;
    if (status == QF_OK && !qf_table_reserve(table->spec->layout, &table->pending, *some)) {
        status = qf_fail(results->context, QF_ERROR_MEMORY, "no memory for %zu %s", pending + *some,
                         table->spec->noun);
    }
    return status;
}

/* Appends all rows of a table in memory. */
static qf_status hand_over(qf_results *results, qf_table_id id, const void *rows)
{
    qf_writer *writer = &results->writer;
    qf_table_file *table = &results->tables[id];
    const size_t n = qf_table_rows(rows);
    if (!table->on) {
        return qf_fail(results->context, QF_ERROR_INTERNAL,
                       "%s for a file of a scenario that records none", table->spec->noun);
    }
    pthread_mutex_lock(&writer->mutex);
    qf_status status = report_failure(results);
    for (size_t done = 0; status == QF_OK && done < n;) {
        size_t some;
        status = make_room(results, table, n - done, &some);
        if (status == QF_OK) {
            qf_table_append(table->spec->layout, &table->pending, rows, done, some);
            done += some;
        }
    }
    if (is_worth_writing(results)) {
        pthread_cond_signal(&writer->work);
    }
    pthread_mutex_unlock(&writer->mutex);
    return status;
}

qf_status qf_results_detections(qf_results *results, const qf_detections *detections)
{
    return hand_over(results, QF_TABLE_DETECTIONS, detections);
}

qf_status qf_results_tracks(qf_results *results, const qf_track_samples *tracks)
{
    return hand_over(results, QF_TABLE_TRACKS, tracks);
}

qf_status qf_results_pictures(qf_results *results, const qf_picture_samples *pictures)
{
    return hand_over(results, QF_TABLE_PICTURES, pictures);
}

qf_status qf_results_hashes(qf_results *results, int64_t tick, const uint64_t *world_hashes)
{
    qf_writer *writer = &results->writer;
    qf_rungs *rungs = &writer->pending_rungs;
    const size_t n_worlds = results->hashes.n_worlds;
    if (results->part.rank > 0) {
        return QF_OK;
    }
    pthread_mutex_lock(&writer->mutex);
    while (writer->failure.status == QF_OK && rungs->n == results->hashes.chunk_rungs) {
        wait_for_room(writer);
    }
    const qf_status status = report_failure(results);
    if (status == QF_OK) {
        rungs->ticks[rungs->n] = tick;
        memcpy(rungs->hashes + rungs->n * n_worlds, world_hashes, n_worlds * sizeof *rungs->hashes);
        rungs->n++;
    }
    if (is_worth_writing(results)) {
        pthread_cond_signal(&writer->work);
    }
    pthread_mutex_unlock(&writer->mutex);
    return status;
}

static qf_status sync_file(qf_results *results)
{
    if (fsync(results->output.fd) == 0) {
        return QF_OK;
    }
    const int error = errno;
    return qf_fail(results->context, qf_partial_file_refusal(error),
                   "%s: '%s' did not reach the disk: %s", results->output.path,
                   results->output.partial, strerror(error));
}

qf_status qf_results_sync(qf_results *results, qf_results_rows *rows)
{
    qf_writer *writer = &results->writer;
    pthread_mutex_lock(&writer->mutex);
    writer->draining = true;
    while (writer->failure.status == QF_OK && writer->draining) {
        wait_for_room(writer);
    }
    writer->draining = false;
    const qf_status status = report_failure(results);
    /* the writer has nothing to do, and leaves the counts alone */
    *rows = (qf_results_rows){.n_records = results->state.n_written,
                              .n_events = results->events.n_written,
                              .n_detections = results->tables[QF_TABLE_DETECTIONS].n_written,
                              .n_tracks = results->tables[QF_TABLE_TRACKS].n_written,
                              .n_pictures = results->tables[QF_TABLE_PICTURES].n_written,
                              .n_hashes = results->hashes.n_written};
    pthread_mutex_unlock(&writer->mutex);
    return status == QF_OK ? sync_file(results) : status;
}
