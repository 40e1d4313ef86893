/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REQUIREMENT_H
#define QF_REQUIREMENT_H

#include "sample.h"
#include "sweep_report.h"

/* A mean of equal values is known when this share of all cases is known to have that value. */
#define QF_EQUAL_SHARE 0.95

/* What a verdict rests on. */
typedef struct qf_evidence {
    const qf_requirement *requirement;
    qf_sample sample;
    double
        alpha; /* of the bound on each side; NaN: there is none; unused where the estimate decides */
    qf_moments moments; /* of a mean */
    qf_share share;     /* of cases that keep the requirement; of those without a value none does */
    double needed;      /* how large that has to be; else NaN */
} qf_evidence;

qf_evidence qf_requirement_evidence(const qf_requirement *requirement, const qf_sweep_spec *spec,
                                    const qf_sweep_table *table, size_t n_cases);

/* By the bounds; UNDECIDED where the requirement's confidence is 0. */
qf_verdict qf_evidence_verdict(const qf_evidence *evidence);

/* Cases that would decide it if shares, means and deviations stayed; 0: none would. */
uint64_t qf_evidence_n_needed(const qf_evidence *evidence);

/* The bounds in the requirement's own unit. `sorted`: of a quantile, as qf_sample_sorted has them. */
double qf_evidence_estimate(const qf_evidence *evidence, const double *sorted, size_t n);
qf_interval qf_evidence_bounds(const qf_evidence *evidence, double alpha, const double *sorted,
                               size_t n);

/* All of the result but `method`. QF_ERROR_MEMORY. */
qf_status qf_requirement_judge(qf_context *context, const qf_requirement *requirement,
                               const qf_sweep_spec *spec, const qf_sweep_table *table,
                               size_t n_cases, qf_requirement_result *result);

#endif
