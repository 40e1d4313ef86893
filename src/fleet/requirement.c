/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts. P and quantile are both claims on a share of cases that keep something: P(E) >= p that E holds in p of
 * them, P(E) <= p that it does not in 1 - p, quantile(x, q) <= L that x is at most L in q, quantile(x, q) >= L that it is
 * at least L in 1 - q. Guarded by tests/test_requirement.c and, for errors of verdicts, tests/test_coverage.c.
 */
#include "requirement.h"

#include <math.h>

#include "sweep_looks.h"

/* No sweep has more cases. */
#define MOST_CASES UINT32_MAX

static qf_share_rule rule_of(const qf_requirement *requirement)
{
    if (requirement->claim == QF_CLAIM_PROBABILITY) {
        return requirement->at_least ? QF_SHARE_TRUE : QF_SHARE_FALSE;
    }
    if (requirement->at_least) {
        return requirement->strict ? QF_SHARE_ABOVE : QF_SHARE_FROM;
    }
    return requirement->strict ? QF_SHARE_BELOW : QF_SHARE_UP_TO;
}

static double needed_share(const qf_requirement *requirement)
{
    switch (requirement->claim) {
    case QF_CLAIM_PROBABILITY:
        return requirement->at_least ? requirement->limit : 1.0 - requirement->limit;
    case QF_CLAIM_QUANTILE:
        return requirement->at_least ? 1.0 - requirement->level : requirement->level;
    case QF_CLAIM_MEAN:
        break;
    }
    return (double)NAN;
}

qf_evidence qf_requirement_evidence(const qf_requirement *requirement, const qf_sweep_spec *spec,
                                    const qf_sweep_table *table, size_t n_cases)
{
    qf_evidence e = {
        .requirement = requirement,
        .sample = qf_sample_of(table, requirement->metric, n_cases, spec->n_replications),
        .alpha = requirement->confidence > 0.0
                     ? qf_sweep_verdict_alpha(spec, 1.0 - requirement->confidence)
                     : (double)NAN,
        .needed = needed_share(requirement),
    };
    e.sample.sound_only = true;
    if (requirement->claim == QF_CLAIM_MEAN) {
        e.moments = qf_sample_moments(&e.sample);
    } else {
        e.share =
            qf_sample_share(&e.sample, rule_of(requirement), requirement->limit, true, e.alpha);
    }
    return e;
}

/*
 * The share k of n, which need not be whole; the bounds of Clopper and Pearson are compared by what they are bounds of.
 * It is met by no fewer points than had to keep it all: where one case of a point does not, which shows that its
 * cases are not all alike, there must not be more evidence than without it.
 */
static qf_verdict verdict_of_share(const qf_evidence *e, double k, double n, double n_points)
{
    const bool strict = e->requirement->strict && e->requirement->claim == QF_CLAIM_PROBABILITY;
    if (e->needed <= 0.0 && !strict) {
        return QF_VERDICT_MET;
    }
    const double so_many = fmax(qf_binomial_at_least(k, n, e->needed),
                                qf_binomial_at_least(n_points, n_points, e->needed));
    const double so_few = qf_binomial_at_least(n - k, n, 1.0 - e->needed);
    if (strict ? so_many < e->alpha : so_many <= e->alpha) {
        return QF_VERDICT_MET;
    }
    return so_few < e->alpha ? QF_VERDICT_NOT_MET : QF_VERDICT_UNDECIDED;
}

/* The standard error of a mean of `n` cases, and of how many points, if all stays as it is. */
static qf_verdict verdict_of_mean(const qf_evidence *e, double n)
{
    const qf_moments *m = &e->moments;
    const double growth = n / (double)m->n;
    const double n_points = (double)m->n_points * n / (double)m->n; /* whole where both are */
    const double margin = e->requirement->at_least ? m->mean - e->requirement->limit
                                                   : e->requirement->limit - m->mean;
    bool reached;
    if (m->error == 0.0) {
        reached = n_points >= (double)qf_tolerance_n(QF_EQUAL_SHARE, e->requirement->confidence);
    } else {
        const qf_interval half =
            qf_interval_t(0.0, m->error / sqrt(growth), n_points - 1.0, e->alpha);
        reached = fabs(margin) >= half.high;
    }
    if (!reached || isnan(margin)) {
        return QF_VERDICT_UNDECIDED;
    }
    if (margin < 0.0 || (margin == 0.0 && e->requirement->strict)) {
        return QF_VERDICT_NOT_MET;
    }
    return m->n_without > 0 ? QF_VERDICT_UNDECIDED : QF_VERDICT_MET;
}

static double effective_k(const qf_evidence *e)
{
    return (double)e->share.k / (double)e->share.n * e->share.n_effective;
}

qf_verdict qf_evidence_verdict(const qf_evidence *e)
{
    if (isnan(e->alpha) || e->share.n + e->moments.n == 0) {
        return QF_VERDICT_UNDECIDED;
    }
    return e->requirement->claim == QF_CLAIM_MEAN
               ? verdict_of_mean(e, (double)e->moments.n)
               : verdict_of_share(e, effective_k(e), e->share.n_effective, e->share.n_points);
}

static bool would_decide(const qf_evidence *e, uint64_t n)
{
    if (e->requirement->claim == QF_CLAIM_MEAN) {
        return verdict_of_mean(e, (double)n) != QF_VERDICT_UNDECIDED;
    }
    const double growth = (double)n / (double)e->share.n;
    return verdict_of_share(e, effective_k(e) * growth, e->share.n_effective * growth,
                            e->share.n_points * growth) != QF_VERDICT_UNDECIDED;
}

uint64_t qf_evidence_n_needed(const qf_evidence *e)
{
    uint64_t too_few = e->share.n + e->moments.n;
    if (isnan(e->alpha) || too_few == 0) {
        return 0;
    }
    uint64_t enough = 2 * too_few;
    while (enough < MOST_CASES && !would_decide(e, enough)) {
        too_few = enough;
        enough *= 2;
    }
    if (enough >= MOST_CASES && !would_decide(e, enough = MOST_CASES)) {
        return 0;
    }
    while (enough - too_few > 1) {
        const uint64_t n = too_few + (enough - too_few) / 2;
        if (would_decide(e, n)) {
            enough = n;
        } else {
            too_few = n;
        }
    }
    return enough;
}

/* Values of all cases that count, in ascending order: those that are missing are beyond the limit. */
static double ranked(const qf_evidence *e, const double *sorted, size_t n, uint64_t rank)
{
    const uint64_t missing = e->share.n_without;
    const uint64_t below = e->requirement->at_least ? missing : 0;
    if (rank <= below) {
        return -(double)INFINITY;
    }
    return rank - below <= n ? sorted[rank - below - 1] : (double)INFINITY;
}

static double ranked_quantile(const qf_evidence *e, const double *sorted, size_t n)
{
    const double place = e->requirement->level * (double)(e->share.n - 1);
    const double fraction = place - floor(place);
    const uint64_t rank = (uint64_t)place + 1;
    const double pair[2] = {ranked(e, sorted, n, rank),
                            fraction > 0.0 ? ranked(e, sorted, n, rank + 1) : 0.0};
    return fraction > 0.0 ? qf_sorted_quantile(pair, 2, fraction) : pair[0];
}

double qf_evidence_estimate(const qf_evidence *e, const double *sorted, size_t n)
{
    if (e->share.n + e->moments.n == 0) {
        return (double)NAN;
    }
    switch (e->requirement->claim) {
    case QF_CLAIM_MEAN:
        return e->moments.mean;
    case QF_CLAIM_QUANTILE:
        return ranked_quantile(e, sorted, n);
    case QF_CLAIM_PROBABILITY:
        break;
    }
    const uint64_t k = e->requirement->at_least ? e->share.k : e->share.n - e->share.k;
    return (double)k / (double)e->share.n;
}

/* Ranks among as many independent values as the cases are worth stand for the same shares of all. */
static qf_interval bounds_of_quantile(const qf_evidence *e, double alpha, const double *sorted,
                                      size_t n)
{
    const uint64_t worth = (uint64_t)e->share.n_effective;
    uint64_t low, high;
    qf_interval_quantile(worth, e->requirement->level, alpha, &low, &high);
    const double scale = (double)e->share.n / (double)worth;
    const double infinity = (double)INFINITY;
    return (qf_interval){
        .low = low == 0 ? -infinity : ranked(e, sorted, n, (uint64_t)((double)low * scale)),
        .high =
            high > worth ? infinity : ranked(e, sorted, n, (uint64_t)ceil((double)high * scale)),
    };
}

static qf_interval bounds_of_share(const qf_evidence *e, double alpha)
{
    const bool at_least = e->requirement->at_least;
    const double n = e->share.n_effective;
    const double m = e->share.n_points;
    const double k = effective_k(e);
    const qf_interval bounds = qf_interval_clopper_pearson(at_least ? k : n - k, n, alpha);
    const qf_interval alike = qf_interval_clopper_pearson(at_least ? m : 0.0, m, alpha);
    /* as for the verdict */
    return at_least ? (qf_interval){fmin(bounds.low, alike.low), bounds.high}
                    : (qf_interval){bounds.low, fmax(bounds.high, alike.high)};
}

qf_interval qf_evidence_bounds(const qf_evidence *e, double alpha, const double *sorted, size_t n)
{
    if (isnan(alpha) || e->share.n + e->moments.n == 0) {
        return qf_no_interval();
    }
    switch (e->requirement->claim) {
    case QF_CLAIM_MEAN:
        return qf_interval_t(e->moments.mean, e->moments.error, (double)e->moments.n_points - 1.0,
                             alpha);
    case QF_CLAIM_QUANTILE:
        return bounds_of_quantile(e, alpha, sorted, n);
    case QF_CLAIM_PROBABILITY:
        break;
    }
    return bounds_of_share(e, alpha);
}
