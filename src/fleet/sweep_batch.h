/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_BATCH_H
#define QF_SWEEP_BATCH_H

#include "sweep.h"

/*
 * Some cases of a sweep that agree in all but packed parameters, as worlds of one fleet, from the first tick to the
 * last; on the calling thread alone, so that the context has one. Results, of which there is room for n, come in the
 * order of `numbers`; their metrics lie in `metrics`, n times n_metrics. QF_ERROR_MEMORY: nothing is left allocated.
 */
qf_status qf_sweep_batch_run(qf_context *context, const qf_sweep_job *job, const uint32_t *numbers,
                             size_t n, qf_case_result *results, double *metrics);

/* The same where the sweep is of a function. */
qf_status qf_sweep_batch_compute(qf_context *context, const qf_sweep_job *job,
                                 const uint32_t *numbers, size_t n, qf_case_result *results,
                                 double *metrics);

#endif
