/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_TURNS_H
#define QF_SWEEP_TURNS_H

#include <stdatomic.h>
#include <stddef.h>

#include "context.h"

/*
 * How ranks that run the cases of a sweep take turns: a counter of batches, which any thread of any rank raises when it
 * has nothing to do. Besides, the counter carries a wish to stop from the rank that heard a signal to all others, and
 * tells how far the others are.
 */
typedef struct qf_sweep_turns qf_sweep_turns;

/*
 * Collective. For a list of n_cases, threads of all ranks, and so many cases that other ranks have done before.
 * QF_ERROR_MEMORY: on all ranks.
 */
qf_status qf_sweep_turns_open(qf_context *context, size_t n_cases, size_t n_threads,
                              size_t n_elsewhere, qf_sweep_turns **turns);

/* Takes n batches: the number of the first of them. By any thread. */
size_t qf_sweep_turns_take(qf_sweep_turns *turns, size_t n);

/*
 * To be called by threads within batches, as often as they like: asks now and then whether a rank was told to stop, and
 * then qf_stop_requested says so here, too. Where networks need the help of the rank that holds the counter, this is it.
 */
void qf_sweep_turns_listen(qf_sweep_turns *turns);

/* How many cases of the list any rank has begun, as far as is known here: for qf_sweep_run to set. */
atomic_size_t *qf_sweep_turns_begun(qf_sweep_turns *turns);

/* How many cases other ranks have done, about: `n_own` were done here, n of them in the latest batch. */
size_t qf_sweep_turns_elsewhere(qf_sweep_turns *turns, size_t n_own, size_t n);

/* Collective. */
void qf_sweep_turns_close(qf_sweep_turns *turns);

#endif
