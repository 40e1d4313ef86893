/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RANKS_INTERNAL_H
#define QF_RANKS_INTERNAL_H

#include "ranks.h"

/*
 * What ranks.c asks of the library between processes. Only called where there are several ranks; each call but the counter's
 * next and the exchange's test is collective.
 */
typedef struct qf_rank_calls {
    void (*close)(void);
    void (*abort)(int exit_code);
    void (*wait)(void);
    void (*reduce)(int64_t *numbers, size_t n, bool most);
    void (*share)(int from, void *bytes, size_t n);
    /* n_bytes of each rank; `all` has room for n_ranks times as many */
    void (*gather_equal)(const void *own, void *all, size_t n_bytes);
    /* words of each rank, at `first` of `all` (n_ranks + 1); `all` is only looked at by those who get it */
    void (*gather_words)(const qf_ranks *ranks, const uint64_t *own, uint64_t *all,
                         const size_t *first, bool to_all);
    void *(*counter_open)(const qf_ranks *ranks, int64_t value);
    int64_t (*counter_next)(void *counter, int64_t n);
    void (*counter_close)(void *counter);
    void *(*exchange_begin)(const qf_ranks *ranks, uint64_t *all, const size_t *first);
    bool (*exchange_test)(void *exchange); /* true: it has ended, and is gone */
    void (*exchange_end)(void *exchange);
} qf_rank_calls;

struct qf_ranks {
    int rank, n;
    const qf_rank_calls *calls;
};

/*
 * Of ranks_mpi.c, or of ranks_none.c where there is no MPI: sets all of `ranks`, whose numbers are the launcher's so
 * far; n 1: the library says that it is alone, and is closed.
 */
qf_status qf_ranks_start(qf_context *context, qf_ranks *ranks);

#endif
