/* SPDX-License-Identifier: Apache-2.0 */
#include "ranks.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ranks_internal.h"

struct qf_counter {
    pthread_mutex_t mutex;
    int64_t value; /* of a process that is alone */
    const qf_rank_calls *calls;
    void *shared; /* of several; NULL: alone */
};

/* -1: the variable is not set, or no number */
static int number_in_environment(const char *name)
{
    const char *text = getenv(name);
    char *end;
    const long number = text ? strtol(text, &end, 10) : -1;
    return text && *text && !*end && number >= 0 && number <= INT32_MAX ? (int)number : -1;
}

/* Tasks of a step on this node, of Slurm's list: 4,2(x3) is 4,2,2,2. -1: not known */
static int tasks_on_node(void)
{
    const char *at = getenv("SLURM_STEP_TASKS_PER_NODE");
    int node = number_in_environment("SLURM_NODEID");
    while (at && *at && node >= 0) {
        int tasks = -1, times = 1, length = 0;
        if (sscanf(at, "%d%n(x%d)%n", &tasks, &length, &times, &length) < 1 || times < 1) {
            return -1;
        }
        node -= times;
        if (node < 0) {
            return tasks;
        }
        at += length;
        at += *at == ',';
    }
    return -1;
}

qf_launch qf_ranks_launched(void)
{
    qf_launch launch = {.rank = number_in_environment("OMPI_COMM_WORLD_RANK"),
                        .n_ranks = number_in_environment("OMPI_COMM_WORLD_SIZE"),
                        .local_rank = number_in_environment("OMPI_COMM_WORLD_LOCAL_RANK"),
                        .n_local = number_in_environment("OMPI_COMM_WORLD_LOCAL_SIZE")};
    /* srun --mpi=pmix; without that its tasks are processes that do not know of each other */
    if (launch.n_ranks < 1 && getenv("PMIX_RANK")) {
        launch.rank = number_in_environment("SLURM_PROCID");
        launch.n_ranks = number_in_environment("SLURM_STEP_NUM_TASKS");
        launch.local_rank = number_in_environment("SLURM_LOCALID");
        launch.n_local = tasks_on_node();
    }
    if (launch.n_ranks < 1 || launch.rank < 0 || launch.rank >= launch.n_ranks) {
        return (qf_launch){.n_ranks = 1, .n_local = 1};
    }
    if (launch.n_local < 1 || launch.local_rank < 0) {
        launch.local_rank = 0;
        launch.n_local = 1;
    }
    return launch;
}

qf_status qf_ranks_open(qf_context *context)
{
    const qf_launch launch = qf_ranks_launched();
    context->ranks = NULL;
    if (launch.n_ranks == 1) {
        return QF_OK;
    }
    qf_ranks *ranks = calloc(1, sizeof *ranks);
    if (!ranks) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    *ranks = (qf_ranks){.rank = launch.rank, .n = launch.n_ranks};
    const qf_status status = qf_ranks_start(context, ranks);
    if (status != QF_OK || ranks->n == 1) {
        free(ranks);
        return status;
    }
    context->ranks = ranks;
    return QF_OK;
}

void qf_ranks_close(qf_context *context)
{
    if (context->ranks) {
        context->ranks->calls->close();
        free(context->ranks);
        context->ranks = NULL;
    }
}

int qf_rank(const qf_context *context)
{
    return context->ranks ? context->ranks->rank : 0;
}

int qf_n_ranks(const qf_context *context)
{
    return context->ranks ? context->ranks->n : 1;
}

void qf_ranks_abort(const qf_context *context, qf_status status)
{
    const int code = qf_status_exit_code(status);
    fprintf(stderr, "qfleet: rank %d: %s; all ranks end here\n", qf_rank(context), context->error);
    fflush(NULL);
    if (context->ranks) {
        context->ranks->calls->abort(code);
    }
    exit(code);
}

/* the rank whose status is everybody's */
static int find_culprit(const int64_t *statuses, int n)
{
    int culprit = -1;
    for (int r = 0; r < n; r++) {
        if (statuses[r] != QF_OK && (culprit < 0 || (statuses[culprit] == QF_INTERRUPTED &&
                                                     statuses[r] != QF_INTERRUPTED))) {
            culprit = r;
        }
    }
    return culprit;
}

qf_status qf_ranks_agree(qf_context *context, qf_status status)
{
    if (!context->ranks) {
        return status;
    }
    const int n = context->ranks->n;
    int64_t *statuses = calloc((size_t)n, sizeof *statuses);
    if (!statuses) {
        qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        qf_ranks_abort(context, QF_ERROR_MEMORY);
    }
    const int64_t own = (int64_t)status;
    context->ranks->calls->gather_equal(&own, statuses, sizeof own);
    const int culprit = find_culprit(statuses, n);
    const qf_status agreed = culprit < 0 ? QF_OK : (qf_status)statuses[culprit];
    free(statuses);
    if (culprit >= 0) {
        char said[sizeof context->error];
        memcpy(said, context->error, sizeof said);
        context->ranks->calls->share(culprit, said, sizeof said);
        snprintf(context->error, sizeof context->error, "rank %d: %.*s", culprit,
                 (int)sizeof context->error - 32, said);
    }
    return agreed;
}

void qf_ranks_wait(const qf_context *context)
{
    if (context->ranks) {
        context->ranks->calls->wait();
    }
}

void qf_ranks_sum(const qf_context *context, int64_t *numbers, size_t n)
{
    if (context->ranks && n > 0) {
        context->ranks->calls->reduce(numbers, n, false);
    }
}

void qf_ranks_most(const qf_context *context, int64_t *numbers, size_t n)
{
    if (context->ranks && n > 0) {
        context->ranks->calls->reduce(numbers, n, true);
    }
}

void qf_ranks_share(const qf_context *context, int from, void *bytes, size_t n)
{
    if (context->ranks && n > 0) {
        context->ranks->calls->share(from, bytes, n);
    }
}

/* where the words of each rank begin, from how many bytes each has; false: too many */
static bool lay_out(qf_gathered *gathered, size_t *first_word, int n)
{
    size_t at = 0;
    for (int r = 0; r < n; r++) {
        first_word[r] = at;
        gathered->first[r] = at * sizeof(uint64_t);
        at += gathered->bytes_of[r] / sizeof(uint64_t) + (gathered->bytes_of[r] % 8 != 0);
    }
    first_word[n] = at;
    gathered->n_bytes = at * sizeof(uint64_t);
    return at <= INT32_MAX; /* what MPI counts in */
}

static qf_status no_memory(qf_context *context, size_t bytes)
{
    return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu bytes of all ranks", bytes);
}

/* sizes first, then memory, about which all agree, then bytes as words */
static qf_status gather(qf_context *context, const void *own, size_t n_bytes, bool to_all,
                        qf_gathered *gathered, size_t *first_word)
{
    const qf_ranks *ranks = context->ranks;
    const bool gets = to_all || ranks->rank == 0;
    ranks->calls->gather_equal(&n_bytes, gathered->bytes_of, sizeof n_bytes);
    const size_t n_words = n_bytes / sizeof(uint64_t) + (n_bytes % 8 != 0);
    uint64_t *words = calloc(n_words + 1, sizeof *words);
    const bool fits = lay_out(gathered, first_word, ranks->n);
    uint64_t *all = gets && fits ? malloc(gathered->n_bytes + 8) : NULL;
    qf_status status =
        words && fits && (!gets || all) ? QF_OK : no_memory(context, gathered->n_bytes);
    status = qf_ranks_agree(context, status);
    if (status == QF_OK) {
        if (n_bytes > 0) {
            memcpy(words, own, n_bytes);
        }
        ranks->calls->gather_words(ranks, words, all, first_word, to_all);
        gathered->bytes = (char *)all;
        all = NULL;
    }
    free(words);
    free(all);
    return status;
}

qf_status qf_ranks_gather(qf_context *context, const void *own, size_t n_bytes, bool to_all,
                          qf_gathered *gathered)
{
    const size_t n = (size_t)qf_n_ranks(context);
    *gathered = (qf_gathered){.first = calloc(n, sizeof *gathered->first),
                              .bytes_of = calloc(n, sizeof *gathered->bytes_of)};
    size_t *first_word = calloc(n + 1, sizeof *first_word);
    qf_status status = gathered->first && gathered->bytes_of && first_word
                           ? QF_OK
                           : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (context->ranks) {
        if (status != QF_OK) {
            qf_ranks_abort(context, status); /* without them it cannot even be agreed upon */
        }
        status = gather(context, own, n_bytes, to_all, gathered, first_word);
    } else if (status == QF_OK) {
        gathered->bytes = malloc(n_bytes + 1);
        gathered->bytes_of[0] = n_bytes;
        gathered->n_bytes = n_bytes;
        if (!gathered->bytes) {
            status = no_memory(context, n_bytes);
        } else if (n_bytes > 0) {
            memcpy(gathered->bytes, own, n_bytes);
        }
    }
    free(first_word);
    if (status != QF_OK) {
        qf_gathered_free(gathered);
    }
    return status;
}

void qf_gathered_free(qf_gathered *gathered)
{
    free(gathered->bytes);
    free(gathered->first);
    free(gathered->bytes_of);
    *gathered = (qf_gathered){0};
}

qf_status qf_counter_open(qf_context *context, int64_t value, qf_counter **out)
{
    qf_counter *counter = calloc(1, sizeof *counter);
    qf_status status = counter ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    *out = NULL;
    status = qf_ranks_agree(context, status);
    if (status == QF_OK && context->ranks) {
        counter->calls = context->ranks->calls;
        counter->shared = counter->calls->counter_open(context->ranks, value);
    }
    if (status != QF_OK) {
        free(counter);
        return status;
    }
    counter->value = value;
    pthread_mutex_init(&counter->mutex, NULL);
    *out = counter;
    return QF_OK;
}

int64_t qf_counter_next(qf_counter *counter, int64_t n)
{
    pthread_mutex_lock(&counter->mutex);
    int64_t before = counter->value;
    if (counter->shared) {
        before = counter->calls->counter_next(counter->shared, n);
    } else {
        counter->value += n;
    }
    pthread_mutex_unlock(&counter->mutex);
    return before;
}

void qf_counter_close(qf_counter *counter)
{
    if (counter) {
        if (counter->shared) {
            counter->calls->counter_close(counter->shared);
        }
        pthread_mutex_destroy(&counter->mutex);
        free(counter);
    }
}

void qf_exchange_begin(const qf_context *context, uint64_t *all, const size_t *first,
                       qf_exchange *exchange)
{
    const qf_ranks *ranks = context->ranks;
    *exchange = (qf_exchange){0};
    if (ranks) {
        exchange->calls = ranks->calls;
        exchange->under_way = ranks->calls->exchange_begin(ranks, all, first);
    }
}

void qf_exchange_poke(qf_exchange *exchange)
{
    if (exchange->under_way && exchange->calls->exchange_test(exchange->under_way)) {
        exchange->under_way = NULL;
    }
}

void qf_exchange_end(qf_exchange *exchange)
{
    if (exchange->under_way) {
        exchange->calls->exchange_end(exchange->under_way);
        exchange->under_way = NULL;
    }
}
