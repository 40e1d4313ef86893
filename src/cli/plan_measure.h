/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLAN_MEASURE_H
#define QF_PLAN_MEASURE_H

#include "profile.h"
#include "sweep.h"

/* What a second or two of a scenario's work took, and what that makes of all of it. */
typedef struct qf_measurement {
    double measured_s; /* that were spent */
    int n_threads;     /* at the same time */
    size_t n_rounds;
    size_t n_cases;  /* of a sweep, in each round */
    int64_t n_ticks; /* of each case */
    double
        thread_s; /* that one thread would take for all: of a sweep, of one case of the mean kind */
    double spread;          /* two standard deviations of thread_s, as a share; NaN: not known */
    double events_per_tick; /* of a scenario without a sweep */
    /* likewise: where the time of some of the ticks went, how many, and what ranks would exchange in one, bytes of a vehicle */
    qf_profile profile;
    int64_t profiled_ticks;
    double seen_bytes; /* each time; in the first meetings more */
    size_t n_pieces;   /* of its vehicles, that ranks could share */
} qf_measurement;

/*
 * Runs batches of a sweep's job, as wide as they would be but short where they take too long, for about `budget_s`. What they
 * give is thrown away: the job's take and user are not used, but for `read` (NULL: packed) with its user.
 */
qf_status qf_measure_sweep(qf_context *context, const qf_sweep_job *job, size_t batch_worlds,
                           double budget_s, qf_measurement *measurement);

/* Runs the first ticks of a scenario, without recording, for about `budget_s`. */
qf_status qf_measure_scenario(qf_context *context, const qf_scenario *scenario,
                              const qf_kernels *kernels, double budget_s,
                              qf_measurement *measurement);

#endif
