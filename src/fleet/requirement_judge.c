/* SPDX-License-Identifier: Apache-2.0 */
#include "requirement.h"

#include <stdlib.h>

#include "arena.h"
#include "sweep_looks.h"

const char *const qf_verdict_names[3] = {
    [QF_VERDICT_MET] = "met",
    [QF_VERDICT_NOT_MET] = "not met",
    [QF_VERDICT_UNDECIDED] = "undecided",
};

/* The case that speaks most against it: missing values are worse than any, and of equals the first is. */
static bool find_worst(const qf_evidence *e, uint32_t *worst)
{
    const bool truths = e->requirement->claim == QF_CLAIM_PROBABILITY;
    const bool least = e->requirement->at_least;
    bool found = false;
    double furthest = 0.0;
    for (size_t i = 0; i < e->sample.n_cases; i++) {
        if (!qf_sample_ran(&e->sample, i)) {
            continue;
        }
        if (!qf_sample_has(&e->sample, i)) {
            *worst = (uint32_t)i;
            return true;
        }
        const double value = e->sample.values[i];
        if (truths ? !found && (value != 0.0) != least
                   : !found || (least ? value < furthest : value > furthest)) {
            *worst = (uint32_t)i;
            furthest = value;
            found = true;
        }
    }
    return found;
}

/* Without a confidence the estimate decides; but no mean of some cases is one of all. */
static qf_verdict verdict_of_estimate(const qf_evidence *e, double estimate, double margin)
{
    if (isnan(estimate)) {
        return QF_VERDICT_UNDECIDED;
    }
    if (!(e->requirement->strict ? margin > 0.0 : margin >= 0.0)) {
        return QF_VERDICT_NOT_MET;
    }
    const bool partial = e->requirement->claim == QF_CLAIM_MEAN && e->moments.n_without > 0;
    return partial ? QF_VERDICT_UNDECIDED : QF_VERDICT_MET;
}

qf_status qf_requirement_judge(qf_context *context, const qf_requirement *requirement,
                               const qf_sweep_spec *spec, const qf_sweep_table *table,
                               size_t n_cases, qf_requirement_result *result)
{
    const qf_evidence e = qf_requirement_evidence(requirement, spec, table, n_cases);
    double *sorted = NULL;
    size_t n = 0;
    if (requirement->claim == QF_CLAIM_QUANTILE) {
        sorted = qf_sample_sorted(&e.sample, context->n_threads, &n);
        if (!sorted) {
            return qf_fail(context, QF_ERROR_MEMORY, "no memory for requirement %s",
                           requirement->name);
        }
    }
    const double estimate = qf_evidence_estimate(&e, sorted, n);
    const double above = estimate == requirement->limit ? 0.0 : estimate - requirement->limit;
    const double margin = requirement->at_least ? above : 0.0 - above;
    const bool by_bounds = requirement->confidence > 0.0;
    *result = (qf_requirement_result){
        .requirement = requirement,
        .verdict = by_bounds ? qf_evidence_verdict(&e) : verdict_of_estimate(&e, estimate, margin),
        .estimate = estimate,
        .margin = margin,
        .n = requirement->claim == QF_CLAIM_MEAN ? e.moments.n + e.moments.n_without : e.share.n,
        .n_against = e.moments.n_without + e.share.n_without,
    };
    const qf_interval bounds = qf_evidence_bounds(&e, e.alpha, sorted, n);
    const bool from_below = requirement->at_least == (result->verdict != QF_VERDICT_NOT_MET);
    result->bound = from_below ? bounds.low : bounds.high;
    if (by_bounds && result->verdict == QF_VERDICT_UNDECIDED) {
        result->n_needed = qf_evidence_n_needed(&e);
    }
    result->has_worst = find_worst(&e, &result->worst_case);
    free(sorted);
    return QF_OK;
}

/* Independent cases, all of which keep it, that show such a share; 0: any number, or none. */
static size_t least_of_share(double needed, double confidence)
{
    if (needed <= 0.0) {
        return 0;
    }
    return (size_t)qf_tolerance_n(needed, confidence);
}

size_t qf_requirement_least_cases(const qf_requirement *requirement)
{
    if (!(requirement->confidence > 0.0)) {
        return 0;
    }
    const qf_sweep_table nothing = {0};
    const qf_sweep_spec spec = {.n_replications = 1};
    const qf_evidence e = qf_requirement_evidence(requirement, &spec, &nothing, 0);
    return requirement->claim == QF_CLAIM_MEAN ? 2
                                               : least_of_share(e.needed, requirement->confidence);
}

size_t qf_sweep_least_cases(const qf_sweep_spec *spec, const qf_requirement *requirement)
{
    if (!(requirement->confidence > 0.0)) {
        return 0;
    }
    const qf_sweep_table nothing = {0};
    const qf_evidence e = qf_requirement_evidence(requirement, spec, &nothing, 0);
    if (isnan(e.alpha)) {
        return SIZE_MAX;
    }
    size_t points = 2;
    if (requirement->claim != QF_CLAIM_MEAN) {
        points = least_of_share(e.needed, 1.0 - e.alpha);
        if (points == 0 && e.needed > 0.0) {
            return SIZE_MAX;
        }
    }
    /* points whose replications all agree count once */
    size_t cases;
    return qf_size_multiply(points, spec->n_replications, &cases) ? cases : SIZE_MAX;
}

qf_running_estimate qf_requirement_so_far(const qf_requirement *requirement,
                                          const qf_sweep_spec *spec, const qf_sweep_table *table,
                                          size_t n_cases)
{
    const qf_evidence e = qf_requirement_evidence(requirement, spec, table, n_cases);
    qf_running_estimate so_far = {(double)NAN, qf_no_interval(), e.moments.n + e.share.n};
    double *sorted = NULL;
    size_t n = 0;
    if (requirement->claim == QF_CLAIM_QUANTILE) {
        sorted = qf_sample_sorted(&e.sample, 1, &n);
        if (!sorted) {
            return so_far; /* a line of progress is not worth an error */
        }
    }
    const double alpha = requirement->confidence > 0.0 ? e.alpha : qf_sweep_interval_alpha(spec);
    so_far.estimate = qf_evidence_estimate(&e, sorted, n);
    so_far.interval = qf_evidence_bounds(&e, alpha, sorted, n);
    free(sorted);
    return so_far;
}
