/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_REPORT_H
#define QF_SWEEP_REPORT_H

#include "arena.h"
#include "design.h"
#include "interval.h"
#include "sensitivity.h"
#include "sweep_table.h"

/*
 * What a sweep answers: statistics of every metric, verdicts on every requirement, sensitivities. A pure function of
 * spec, design and table, whose cases are taken in the order of their numbers; all memory belongs to the arena.
 *
 * Intervals are two-sided, at spec->confidence. With replications, points are the sample: errors are those between points,
 * and shares count as of so many independent cases as would vary like them (Korn and Graubard 1998). Where points are no
 * sample at all (qf_sampling_is_sample) there are no intervals. With early stopping they hold at the stop: with
 * `decided`, intervals are at Pocock's repeated level; with `width` at the ordinary one (Chow and Robbins 1965).
 */
enum { QF_QUANTILES = 7 };
extern const double qf_quantile_levels[QF_QUANTILES]; /* 0.01 0.05 0.25 0.5 0.75 0.95 0.99 */

/* What does not apply or cannot be had is NaN, NULL or 0. */
typedef struct qf_metric_statistics {
    size_t metric;
    uint64_t n;         /* cases with a value, quarantined ones too */
    uint64_t n_without; /* cases that ran (ok, quarantined, timed out) or failed and have none */
    double mean;        /* of truths: the share in which it holds */
    /* numbers */
    double sd, min, max;
    double quantile[QF_QUANTILES];         /* R's type 7, numpy's default */
    uint32_t least_case, most_case;        /* which have min and max: the first of equals */
    qf_interval of_mean;                   /* by t */
    qf_interval of_bootstrap;              /* of the mean: bootstrap-t */
    qf_interval of_quantile[QF_QUANTILES]; /* by order statistics; none with replications */
    double
        tolerance_95_95; /* Wilks: at least 95 % of all cases lie below, with confidence 95 %; NaN: too few, or replications */
    /* truths */
    uint64_t n_true;
    qf_interval exact, wilson;
    /* choices: how many cases of each name */
    const uint64_t *n_of_name;
} qf_metric_statistics;

typedef enum qf_verdict { QF_VERDICT_MET, QF_VERDICT_NOT_MET, QF_VERDICT_UNDECIDED } qf_verdict;
extern const char *const qf_verdict_names[3];

/*
 * The verdict is met where the one-sided bound of what is claimed, at the requirement's confidence, is on the right
 * side of the limit, not met where the bound of the other side is on the wrong side, else undecided. With early
 * stopping of either rule both are at Pocock's repeated level, so that each kind of wrong verdict has at most the chance that
 * the confidence leaves, however often one looks.
 *
 * A share (P, or of a quantile: that of the values within the limit) is judged by Clopper and Pearson, a mean by t. A case
 * counts against the requirement if it failed, was quarantined, or has no value; for a mean, which then is not known,
 * one such case is enough that it is not met, or undecided. With replications a share is met by no fewer points than had to
 * keep it in all of their cases, so that qf_sweep_least_cases holds whatever comes out. A mean of equal values says nothing of other values: it is
 * decided only with so many cases that with the confidence 95 % of all cases are known to have this one (Wilks).
 */
typedef struct qf_requirement_result {
    const qf_requirement *requirement;
    qf_verdict verdict;
    double estimate; /* of a mean: of the cases with a value */
    double
        bound; /* the one-sided bound that decides, or would have to reach the limit; NaN: none */
    double margin;      /* estimate - limit, positive where it is kept */
    const char *method; /* such as "Clopper-Pearson, one-sided 95 %" */
    uint64_t n;         /* cases that count; those without a value count against it */
    uint64_t n_against; /* of them, because they have no value, failed or were quarantined */
    uint64_t
        n_needed; /* cases that would decide it if the estimate stayed; 0: decided, or none would */
    bool has_worst;
    uint32_t
        worst_case; /* the first that counts against it for want of a value, else the furthest value, or the first that is no success */
} qf_requirement_result;

typedef struct qf_sweep_report {
    const qf_metric_statistics *metrics; /* n_metrics of the spec */
    size_t n_metrics;
    const qf_requirement_result *requirements;
    size_t n_requirements;
    const qf_sensitivity *sensitivities; /* NULL: none could be computed */
    size_t n_cases;                      /* that count: with early stopping the first so many */
    bool stopped_early;
    size_t n_looks;            /* that the rule allowed, 0: no early stopping */
    const char *interval_note; /* what intervals assume, NULL: nothing to say */
} qf_sweep_report;

/* `n_cases`: those that count, from case 0 on, all of them done (what is not is left out). The context's threads do not
   change what comes out. QF_ERROR_MEMORY is the only failure. */
qf_status qf_sweep_report_create(qf_context *context, qf_arena *arena, const qf_sweep_spec *spec,
                                 const qf_design *design, const qf_sweep_table *table,
                                 size_t n_cases, uint64_t seed, qf_sweep_report *report);

/* Cases after which a look is taken, ascending, the last is all of them; *n of them. NULL without memory. One look
   alone without a rule. Looks are at whole points, and the last has at least a quarter more than the one before. */
const size_t *qf_sweep_looks(qf_arena *arena, const qf_sweep_spec *spec, size_t *n);

/* Whether the rule stops the sweep at a look at the first n_cases. A requirement with confidence 0 holds nothing up, and
   with no other requirement there is nothing to decide: then `decided` never stops. */
bool qf_sweep_stops(const qf_sweep_spec *spec, const qf_sweep_table *table, size_t n_cases);

/* Cases that a requirement needs at least before it can be decided in its favour, whatever comes out; 0: any number, or it never can. */
size_t qf_requirement_least_cases(const qf_requirement *requirement);

/* The same in this sweep, with its looks and replications; SIZE_MAX: it can never be met here. */
size_t qf_sweep_least_cases(const qf_sweep_spec *spec, const qf_requirement *requirement);

/* Running totals: of those of the first n_cases that are done, in whatever order. The interval is of both bounds that decide, or
   where the estimate does, at spec->confidence. */
typedef struct qf_running_estimate {
    double estimate;
    qf_interval interval;
    uint64_t n;
} qf_running_estimate;
qf_running_estimate qf_requirement_so_far(const qf_requirement *requirement,
                                          const qf_sweep_spec *spec, const qf_sweep_table *table,
                                          size_t n_cases);

/*
 * Paired differences of a metric between two sweeps, b - a, over the cases that both have; n cases, of which n_replications
 * that stand together are those of a point. The interval is by t; of truths it is Bonett
 * and Price's (2012), which has a width where all pairs agree, too. With replications errors are those between points,
 * and pairs of truths count as of so many independent ones as would vary like them (as in qf_sample_share).
 */
typedef struct qf_paired_difference {
    uint64_t n;        /* pairs */
    uint64_t n_points; /* with a pair */
    double mean, sd;
    qf_interval of_mean;
    uint64_t n_only_a, n_only_b; /* truths: cases in which it holds in one of both (McNemar) */
    double p_value; /* that both are the same; truths: exact McNemar; numbers: paired t */
} qf_paired_difference;
qf_paired_difference qf_compare_replicated(const double *a, const double *b, size_t n,
                                           size_t n_replications, bool truths, double confidence);

/* The same of cases that are all independent. */
qf_paired_difference qf_compare_metric(const double *a, const double *b, size_t n, bool truths,
                                       double confidence);

#endif
