/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_WORST_CASES_H
#define QF_WORST_CASES_H

#include "case_source.h"

/*
 * The `most` cases of a sweep that are worst by a metric (NULL: success), worst first, of equals the first: of a truth
 * those where it does not hold (where a requirement wants it rare: where it does) and no others, of a number the greatest, or, where a requirement wants it to be
 * large, the least. Cases that have no value are worse than all others; those that were not run or could not be do not count. Which order it was is said
 * on standard error. QF_ERROR_USAGE: no such metric.
 */
qf_status qf_worst_cases(qf_context *context, const qf_case_source *source, const char *metric,
                         size_t most, uint32_t *worst, size_t *n);

#endif
