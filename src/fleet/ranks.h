/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RANKS_H
#define QF_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"

/*
 * The processes of a job that a launcher (mpirun, srun) has started: its ranks. A context without ranks, as every
 * program that runs by itself has it, is a job of one: then each call below does what is left to do, which is little.
 *
 * All but qf_exchange_poke and the counter's next are collective: every rank of the job calls them, in the same order, from the
 * thread that opened the ranks. A number that floats is never reduced over ranks: what is to be added is gathered, in the
 * order of ranks.
 *
 * What fails within MPI itself ends the whole job with MPI's own message.
 */

/* What the launcher's environment says, without MPI. Rank 0 of 1 where there is no launcher. */
typedef struct qf_launch {
    int rank, n_ranks;
    int local_rank, n_local; /* of those on this machine; 0 of 1: not known */
} qf_launch;
qf_launch qf_ranks_launched(void);

/* The MPI library that this program was built with; NULL: none. */
const char *qf_ranks_library(void);

/*
 * Starts MPI where a launcher has started more than one process, and sets context->ranks; NULL: alone.
 * QF_ERROR_USAGE: there are several processes, and this program was built without MPI.
 */
qf_status qf_ranks_open(qf_context *context);

/* Ends MPI. Collective; NULL: nothing. */
void qf_ranks_close(qf_context *context);

/* Ends all processes of the job at once, after a failure that the others cannot hear of otherwise. Says on standard error which rank it was, and
   why. */
void qf_ranks_abort(const qf_context *context, qf_status status) __attribute__((noreturn));

/* 0 of 1 without ranks. */
int qf_rank(const qf_context *context);
int qf_n_ranks(const qf_context *context);

/*
 * All learn what has become of all: QF_OK where every rank's status is; else that of the first rank that failed, or, where none failed,
 * QF_INTERRUPTED. Its error, preceded by "rank R: " where there are several, becomes everybody's.
 */
qf_status qf_ranks_agree(qf_context *context, qf_status status);

/* Waits for all. */
void qf_ranks_wait(const qf_context *context);

/* Adds n numbers over the ranks, or takes the largest; all get the result, in place. */
void qf_ranks_sum(const qf_context *context, int64_t *numbers, size_t n);
void qf_ranks_most(const qf_context *context, int64_t *numbers, size_t n);

/* What rank `from` has becomes everybody's. */
void qf_ranks_share(const qf_context *context, int from, void *bytes, size_t n);

/*
 * The bytes of all ranks one after the other, each beginning at a multiple of eight: those of rank r are
 * [first[r], first[r] + bytes_of[r]). Everybody's, or rank 0's alone: then the others get an empty one.
 * QF_ERROR_MEMORY on any rank is everybody's. Free it.
 */
typedef struct qf_gathered {
    char *bytes;
    size_t *first, *bytes_of; /* n_ranks */
    size_t n_bytes;
} qf_gathered;
qf_status qf_ranks_gather(qf_context *context, const void *own, size_t n_bytes, bool to_all,
                          qf_gathered *gathered);
void qf_gathered_free(qf_gathered *gathered);

/*
 * A number that ranks take turns to raise, without anybody's help: what hands out work. One counter may be open at a
 * time, and while it is, qf_counter_next may be called by any thread of any rank.
 */
typedef struct qf_counter qf_counter;
qf_status qf_counter_open(qf_context *context, int64_t value, qf_counter **counter);
/* Adds n and returns what it was before. */
int64_t qf_counter_next(qf_counter *counter, int64_t n);
void qf_counter_close(qf_counter *counter);

/*
 * Everybody's words to everybody, while other work goes on. Of `all`, which has room for those of all ranks, words
 * [first[r], first[r + 1]) are those of rank r; own ones are in place before it begins. Several may be under way;
 * they end in the order in which they began. `all` and `first` (n_ranks + 1) stay as they are until it has ended.
 */
typedef struct qf_exchange {
    const struct qf_rank_calls *calls;
    void *under_way; /* NULL: done */
} qf_exchange;
void qf_exchange_begin(const qf_context *context, uint64_t *all, const size_t *first,
                       qf_exchange *exchange);
/* Lets what is under way go on; to be called now and then, for it has no thread of its own. */
void qf_exchange_poke(qf_exchange *exchange);
void qf_exchange_end(qf_exchange *exchange);

#endif
