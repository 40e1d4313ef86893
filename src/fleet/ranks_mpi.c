/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranks by MPI: the only file that knows of it. Errors of MPI are left to its own handler, which ends the job and says
 * why. Guarded by tests/test_ranks.c on one to four ranks.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "ranks_internal.h"

#define TEXT_OF(x)    #x
#define VERSION_OF(x) TEXT_OF(x)

const char *qf_ranks_library(void)
{
#ifdef OMPI_MAJOR_VERSION
    return "Open MPI " VERSION_OF(OMPI_MAJOR_VERSION) "." VERSION_OF(
        OMPI_MINOR_VERSION) "." VERSION_OF(OMPI_RELEASE_VERSION);
#else
    return "MPI " VERSION_OF(MPI_VERSION) "." VERSION_OF(MPI_SUBVERSION);
#endif
}

static void mpi_close(void)
{
    MPI_Finalize();
}

static void mpi_abort(int exit_code)
{
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    exit(exit_code);
}

static void mpi_wait(void)
{
    MPI_Barrier(MPI_COMM_WORLD);
}

static void mpi_reduce(int64_t *numbers, size_t n, bool most)
{
    enum { AT_ONCE = 1 << 24 };
    while (n > 0) {
        const size_t some = n < AT_ONCE ? n : AT_ONCE;
        MPI_Allreduce(MPI_IN_PLACE, numbers, (int)some, MPI_INT64_T, most ? MPI_MAX : MPI_SUM,
                      MPI_COMM_WORLD);
        numbers += some;
        n -= some;
    }
}

static void mpi_share(int from, void *bytes, size_t n)
{
    enum { AT_ONCE = 1 << 30 };
    char *at = bytes;
    while (n > 0) {
        const size_t some = n < AT_ONCE ? n : AT_ONCE;
        MPI_Bcast(at, (int)some, MPI_BYTE, from, MPI_COMM_WORLD);
        at += some;
        n -= some;
    }
}

static void mpi_gather_equal(const void *own, void *all, size_t n_bytes)
{
    MPI_Allgather(own, (int)n_bytes, MPI_BYTE, all, (int)n_bytes, MPI_BYTE, MPI_COMM_WORLD);
}

/* a few bytes, in the middle of what all ranks do together: there is no way to tell the others */
static void *malloc_or_abort(size_t bytes)
{
    void *memory = malloc(bytes);
    if (!memory) {
        fputs("qfleet: out of memory between ranks\n", stderr);
        mpi_abort(3);
    }
    return memory;
}

/* MPI's way to say how many words each rank has, and where they go */
typedef struct layout {
    int *counts, *places; /* one block */
} layout;

static layout layout_of(const qf_ranks *ranks, const size_t *first)
{
    layout l = {.counts = malloc_or_abort(2 * (size_t)ranks->n * sizeof *l.counts)};
    l.places = l.counts + ranks->n;
    for (int r = 0; r < ranks->n; r++) {
        l.counts[r] = (int)(first[r + 1] - first[r]);
        l.places[r] = (int)first[r];
    }
    return l;
}

static void mpi_gather_words(const qf_ranks *ranks, const uint64_t *own, uint64_t *all,
                             const size_t *first, bool to_all)
{
    const layout l = layout_of(ranks, first);
    const int n_own = l.counts[ranks->rank];
    if (to_all) {
        MPI_Allgatherv(own, n_own, MPI_UINT64_T, all, l.counts, l.places, MPI_UINT64_T,
                       MPI_COMM_WORLD);
    } else {
        MPI_Gatherv(own, n_own, MPI_UINT64_T, all, l.counts, l.places, MPI_UINT64_T, 0,
                    MPI_COMM_WORLD);
    }
    free(l.counts);
}

/* ---- the counter ---- */

typedef struct window {
    MPI_Win win;
} window;

static void *mpi_counter_open(const qf_ranks *ranks, int64_t value)
{
    window *w = malloc_or_abort(sizeof *w);
    int64_t *base;
    const bool holds = ranks->rank == 0;
    MPI_Win_allocate(holds ? sizeof *base : 0, sizeof *base, MPI_INFO_NULL, MPI_COMM_WORLD, &base,
                     &w->win);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, w->win);
    if (holds) {
        *base = value;
        MPI_Win_sync(w->win);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    return w;
}

static int64_t mpi_counter_next(void *user, int64_t n)
{
    const window *w = user;
    int64_t before;
    MPI_Fetch_and_op(&n, &before, MPI_INT64_T, 0, 0, MPI_SUM, w->win);
    MPI_Win_flush(0, w->win);
    return before;
}

static void mpi_counter_close(void *user)
{
    window *w = user;
    MPI_Win_unlock_all(w->win);
    MPI_Win_free(&w->win);
    free(w);
}

/* ---- exchanges ---- */

typedef struct request {
    MPI_Request request;
    layout layout; /* until it is done */
} request;

static void *mpi_exchange_begin(const qf_ranks *ranks, uint64_t *all, const size_t *first)
{
    request *r = malloc_or_abort(sizeof *r);
    r->layout = layout_of(ranks, first);
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, r->layout.counts, r->layout.places,
                    MPI_UINT64_T, MPI_COMM_WORLD, &r->request);
    return r;
}

static void free_request(request *r)
{
    free(r->layout.counts);
    free(r);
}

static bool mpi_exchange_test(void *user)
{
    request *r = user;
    int done;
    MPI_Test(&r->request, &done, MPI_STATUS_IGNORE);
    if (done) {
        free_request(r);
    }
    return done != 0;
}

static void mpi_exchange_end(void *user)
{
    request *r = user;
    MPI_Wait(&r->request, MPI_STATUS_IGNORE);
    free_request(r);
}

static const qf_rank_calls calls = {.close = mpi_close,
                                    .abort = mpi_abort,
                                    .wait = mpi_wait,
                                    .reduce = mpi_reduce,
                                    .share = mpi_share,
                                    .gather_equal = mpi_gather_equal,
                                    .gather_words = mpi_gather_words,
                                    .counter_open = mpi_counter_open,
                                    .counter_next = mpi_counter_next,
                                    .counter_close = mpi_counter_close,
                                    .exchange_begin = mpi_exchange_begin,
                                    .exchange_test = mpi_exchange_test,
                                    .exchange_end = mpi_exchange_end};

/* one thread calls MPI at a time, but not always the same one: qf_counter_next */
qf_status qf_ranks_start(qf_context *context, qf_ranks *ranks)
{
    int given;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->n);
    if (given < MPI_THREAD_SERIALIZED) {
        MPI_Finalize();
        return qf_fail(context, QF_ERROR_USAGE, "%s does not allow threads", qf_ranks_library());
    }
    ranks->calls = &calls;
    if (ranks->n == 1) {
        MPI_Finalize();
    }
    return QF_OK;
}
