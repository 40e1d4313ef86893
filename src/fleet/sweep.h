/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_H
#define QF_SWEEP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "design.h"
#include "kernels.h"
#include "metric_plan.h"
#include "sweep_table.h"

/*
 * Runs cases of a sweep: packs them as worlds into batches, each of which one thread runs from its first tick to its
 * last. What comes out of a case depends on neither the batch it is in nor the thread.
 */
typedef struct qf_sweep_job {
    const qf_sweep_spec *spec;
    const qf_design *design;
    const qf_scenario
        *scenario; /* of which worlds are made; its numbers of packed parameters are CASE */
    const qf_metric_plan *plan; /* of that scenario; unused for a function */
    const qf_kernels *kernels;  /* NULL: the best */
    const uint32_t *cases;      /* ascending */
    size_t n_cases;
    size_t batch_worlds; /* at most so many at once; 0: as many as keep a thread's caches busy */
    const atomic_int
        *stop; /* 1: begin no more batches, 2: leave those under way, too; NULL: never */
    /*
     * Where parameters are not packed: the scenario for n cases that agree in those, and the plan of that; called by
     * several threads at once. A failure (QF_ERROR_SCENARIO; the context's error is its cause) is the outcome of the
     * case where there is one; where there are more, they are asked for in smaller parts, so that none fails for
     * another's values. NULL: `scenario` is that of all cases.
     */
    qf_status (*read)(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                      qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan);
    /* Takes cases that are done, ascending; one call at a time. */
    qf_status (*take)(void *user, qf_context *context, const qf_case_result *results, size_t n);
    /*
     * Where several ranks run the same list of cases: threads of all of them together, and what hands out batches: takes
     * n of them, called by several threads at once, and returns how many were taken before. Batches have the same numbers
     * on all ranks. NULL: there is no other rank.
     */
    size_t n_threads; /* 0: the context's */
    size_t (*next)(void *user, size_t n);
    void (*poke)(
        void *user);      /* called now and then within batches, by all threads; NULL: not wanted */
    atomic_size_t *begun; /* how many of the cases any rank has begun, as far as known; NULL */
    void *user;
} qf_sweep_job;

/*
 * Until all is done, by whatever rank, `stop` is set (QF_INTERRUPTED), or something fails that is no case's own: then
 * what was taken stays valid, and what no rank has begun is taken from all.
 */
qf_status qf_sweep_run(qf_context *context, const qf_sweep_job *job);

/* Worlds of a batch that qf_sweep_run chooses for this scenario, and the bytes that a thread needs for it. */
size_t qf_sweep_batch_worlds(const qf_scenario *scenario);
size_t qf_sweep_predicted_bytes(qf_context *context, const qf_sweep_job *job);

/* Ishigami's and Sobol's functions of one case. */
double qf_function_value(const qf_sweep_spec *spec, const qf_design *design, size_t number);

#endif
