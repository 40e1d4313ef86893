/* SPDX-License-Identifier: Apache-2.0 */
#include "export_stream.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct stream {
    qf_context *context;
    const qf_export_job *job;
    qf_export_output *output;
    pthread_mutex_t reading; /* next, and what the job reads with */
    uint64_t next;           /* block to read */
    pthread_mutex_t turns;   /* n_written, status and the context's error */
    pthread_cond_t turned;
    uint64_t n_written;
    qf_status status;
} stream;

/* Whoever fails first has the say. */
static void end(stream *s, const qf_context *own, qf_status status)
{
    (void)pthread_mutex_lock(&s->turns);
    if (!s->status) {
        s->status = qf_fail(s->context, status, "%s", own->error);
    }
    (void)pthread_cond_broadcast(&s->turned);
    (void)pthread_mutex_unlock(&s->turns);
}

/* others may be telling of a failure in it meanwhile */
static qf_context copy_context(stream *s)
{
    (void)pthread_mutex_lock(&s->turns);
    const qf_context copy = *s->context;
    (void)pthread_mutex_unlock(&s->turns);
    return copy;
}

static bool has_ended(stream *s)
{
    (void)pthread_mutex_lock(&s->turns);
    const bool ended = s->status != QF_OK;
    (void)pthread_mutex_unlock(&s->turns);
    return ended;
}

/* False: there is no block left, or something failed. */
static bool read_next(stream *s, qf_context *own, void *lane, uint64_t *block)
{
    bool any = false;
    (void)pthread_mutex_lock(&s->reading);
    if (s->next < s->job->n_blocks && !has_ended(s)) {
        const bool stopped = s->job->stop && *s->job->stop;
        const qf_status status = stopped ? qf_fail(own, QF_INTERRUPTED, "interrupted")
                                         : s->job->read(own, s->job->user, lane, s->next);
        any = status == QF_OK;
        if (any) {
            *block = s->next++;
        } else {
            end(s, own, status);
        }
    }
    (void)pthread_mutex_unlock(&s->reading);
    return any;
}

/* False: something failed before it was the block's turn. */
static bool wait_for_turn(stream *s, uint64_t block)
{
    (void)pthread_mutex_lock(&s->turns);
    while (!s->status && s->n_written != block) {
        (void)pthread_cond_wait(&s->turned, &s->turns);
    }
    const bool turn = !s->status;
    (void)pthread_mutex_unlock(&s->turns);
    return turn;
}

static void pass_turn(stream *s)
{
    (void)pthread_mutex_lock(&s->turns);
    s->n_written++;
    (void)pthread_cond_broadcast(&s->turned);
    (void)pthread_mutex_unlock(&s->turns);
}

static void *work(void *argument)
{
    stream *s = argument;
    const qf_export_job *job = s->job;
    qf_context own = copy_context(s);
    qf_text_buffer text = {0};
    (void)pthread_mutex_lock(&s->reading);
    void *lane = job->lane_new(job->user);
    (void)pthread_mutex_unlock(&s->reading);
    uint64_t block;
    if (!lane) {
        end(s, &own, qf_fail(&own, QF_ERROR_MEMORY, "no memory to export"));
    }
    while (lane && read_next(s, &own, lane, &block)) {
        text.n = 0;
        job->format(job->user, lane, &text);
        if (!wait_for_turn(s, block)) {
            break;
        }
        const qf_status status = text.failed
                                     ? qf_fail(&own, QF_ERROR_MEMORY, "no memory to export")
                                     : qf_export_output_write(&own, s->output, text.bytes, text.n);
        if (status) {
            end(s, &own, status);
            break;
        }
        pass_turn(s);
    }
    (void)pthread_mutex_lock(&s->reading);
    if (lane) {
        job->lane_free(job->user, lane);
    }
    (void)pthread_mutex_unlock(&s->reading);
    qf_text_free(&text);
    return NULL;
}

/* threads that cannot be had are done without: the caller's is one */
static void work_together(stream *s)
{
    const size_t n = s->context->n_threads > 1 ? (size_t)s->context->n_threads - 1 : 0;
    const size_t useful = s->job->n_blocks > n ? n : s->job->n_blocks;
    pthread_t *threads = calloc(useful + 1, sizeof *threads);
    size_t n_started = 0;
    while (threads && n_started < useful &&
           pthread_create(&threads[n_started], NULL, work, s) == 0) {
        n_started++;
    }
    (void)work(s);
    for (size_t i = 0; i < n_started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    free(threads);
}

qf_status qf_export_stream(qf_context *context, const qf_export_job *job, qf_export_output *output)
{
    stream s = {.context = context,
                .job = job,
                .output = output,
                .reading = PTHREAD_MUTEX_INITIALIZER,
                .turns = PTHREAD_MUTEX_INITIALIZER,
                .turned = PTHREAD_COND_INITIALIZER};
    work_together(&s);
    (void)pthread_cond_destroy(&s.turned);
    (void)pthread_mutex_destroy(&s.turns);
    (void)pthread_mutex_destroy(&s.reading);
    return s.status;
}
