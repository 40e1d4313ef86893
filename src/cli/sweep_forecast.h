/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_FORECAST_H
#define QF_SWEEP_FORECAST_H

#include "sweep.h"

/* What running the cases of a job will take, as far as it is known before. */
typedef struct qf_sweep_forecast {
    size_t batch_worlds; /* at most, of a batch */
    size_t n_batches;    /* at least */
    int n_threads;       /* that have something to do */
    size_t thread_bytes; /* of each of them */
    size_t total_bytes;
    double disk_bytes;    /* of the directory when it is done */
    double journal_bytes; /* while it runs, besides */
    size_t n_files;
} qf_sweep_forecast;

/* `n_shards`: of the directory. QF_ERROR_MEMORY */
qf_status qf_sweep_forecast_make(qf_context *context, const qf_sweep_job *job, size_t n_shards,
                                 qf_sweep_forecast *forecast);

/*
 * Batches of at most `most_worlds` that the cases make, where those of a batch must agree in the parameters that are not
 * packed. 0: no memory.
 */
size_t qf_sweep_count_batches(const qf_sweep_spec *spec, const qf_design *design,
                              const uint32_t *cases, size_t n_cases, size_t most_worlds);

#endif
