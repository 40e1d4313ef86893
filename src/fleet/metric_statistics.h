/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_STATISTICS_H
#define QF_METRIC_STATISTICS_H

#include "sweep_report.h"

/* Statistics of one metric of the first n_cases; `alpha`: what intervals may miss on each side, NaN: there are none.
   QF_ERROR_MEMORY. */
qf_status qf_metric_statistics_create(qf_context *context, qf_arena *arena,
                                      const qf_sweep_spec *spec, const qf_sweep_table *table,
                                      size_t metric, size_t n_cases, uint64_t seed, double alpha,
                                      qf_metric_statistics *statistics);

#endif
