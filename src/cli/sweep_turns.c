/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_turns.h"

#include <stdbool.h>
#include <stdlib.h>

#include "progress.h"
#include "ranks.h"
#include "stop_signal.h"

/* The counter is that large once a rank was told to stop: lists have fewer than 2^32 cases, and more than a million
   threads would have to say so before it overflowed. */
static const int64_t stopped = INT64_C(1) << 40;

/*
 * Between two looks at the counter. The rank that holds it looks often, for on networks without atomics of their own the
 * others wait for that: over TCP (Open MPI's osc pt2pt) 50 ms at most on a busy machine, where without it they waited for
 * its batch to end. In shared memory a look takes a microsecond.
 */
static const double listen_every_s = 1.0;
static const double hold_every_s = 0.002;

struct qf_sweep_turns {
    qf_counter *counter;
    size_t n_cases, n_threads;
    size_t n_before, n_elsewhere;
    atomic_size_t begun;
    double every_s;
    _Atomic double next_s;
    atomic_bool told; /* the counter says that this rank is to stop */
};

qf_status qf_sweep_turns_open(qf_context *context, size_t n_cases, size_t n_threads,
                              size_t n_elsewhere, qf_sweep_turns **out)
{
    qf_sweep_turns *turns = calloc(1, sizeof *turns);
    qf_status status = turns ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    status = qf_ranks_agree(context, status);
    if (status == QF_OK) {
        *turns = (qf_sweep_turns){.n_cases = n_cases,
                                  .n_threads = n_threads,
                                  .n_before = n_elsewhere,
                                  .n_elsewhere = n_elsewhere,
                                  .every_s = qf_rank(context) == 0 ? hold_every_s : listen_every_s};
        status = qf_counter_open(context, 0, &turns->counter);
    }
    if (status != QF_OK) {
        free(turns);
        return status;
    }
    *out = turns;
    return QF_OK;
}

static int64_t raise_counter(qf_sweep_turns *turns, int64_t n)
{
    const bool tells = qf_stop_requested != 0 && !atomic_exchange(&turns->told, true);
    const int64_t before = qf_counter_next(turns->counter, tells ? n + stopped : n);
    if (before >= stopped) {
        qf_request_stop();
    }
    return before;
}

size_t qf_sweep_turns_take(qf_sweep_turns *turns, size_t n)
{
    return (size_t)raise_counter(turns, (int64_t)n);
}

void qf_sweep_turns_listen(qf_sweep_turns *turns)
{
    const double now_s = qf_monotonic_s();
    double next_s = turns->next_s;
    if (now_s >= next_s &&
        atomic_compare_exchange_strong(&turns->next_s, &next_s, now_s + turns->every_s)) {
        (void)raise_counter(turns, 0);
    }
}

atomic_size_t *qf_sweep_turns_begun(qf_sweep_turns *turns)
{
    return &turns->begun;
}

size_t qf_sweep_turns_elsewhere(qf_sweep_turns *turns, size_t n_own, size_t n)
{
    /* each thread of any rank is at work on a batch like the one that ended */
    const size_t begun = turns->begun;
    const size_t not_there = turns->n_threads * n + n_own;
    const size_t now = turns->n_before + (begun > not_there ? begun - not_there : 0);
    if (now > turns->n_elsewhere) {
        turns->n_elsewhere = now;
    }
    return turns->n_elsewhere;
}

void qf_sweep_turns_close(qf_sweep_turns *turns)
{
    qf_counter_close(turns->counter);
    free(turns);
}
