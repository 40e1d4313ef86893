/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_WORST_CASES_H
#define QF_WORST_CASES_H

#include <stdio.h>

#include "case_source.h"

/* By what cases are worse than others. Those without a value are worse than all that have one, and of equals the first is. */
typedef struct qf_worst_order {
    size_t metric;
    bool large_is_good;
    /* as requirements count: those that failed or were quarantined have no value. Else the failed do not count. */
    bool sound_only;
} qf_worst_order;

/* Of a truth those where it does not hold are bad (where a requirement wants it rare: where it does), of a number the greatest,
   or, where a requirement wants it to be large, the least. */
qf_worst_order qf_worst_order_of_metric(const qf_sweep_spec *spec, size_t metric);
/* What speaks most against it; the first is the worst case of its result. */
qf_worst_order qf_worst_order_of_requirement(const qf_requirement *requirement);

/* The `most` worst of the first n_cases, worst first; of a truth none that is as it should be. Those that were not run do not count.
   QF_ERROR_MEMORY. */
qf_status qf_worst_in_order(qf_context *context, const qf_sweep_spec *spec,
                            const qf_sweep_table *table, size_t n_cases, qf_worst_order order,
                            size_t most, uint32_t *worst, size_t *n);

/*
 * The same of all cases of a sweep by the name of a metric or of a requirement (NULL: success). Which order it was is said in `said` (NULL: not wanted).
 * QF_ERROR_USAGE: no such metric.
 */
qf_status qf_worst_cases(qf_context *context, const qf_case_source *source, const char *metric,
                         size_t most, FILE *said, uint32_t *worst, size_t *n);

#endif
