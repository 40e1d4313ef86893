/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SAMPLE_H
#define QF_SAMPLE_H

#include <math.h>

#include "context.h"
#include "interval.h"
#include "sweep_table.h"

/*
 * One metric of the first n_cases of a sweep, as a sample of its points: with replications, cases of one point are not
 * independent, and all that is said of errors takes points (clusters of cases) instead.
 */
typedef struct qf_sample {
    const double *values;   /* of each case; NaN: none */
    const uint8_t *outcome; /* of each case, a qf_outcome */
    size_t n_cases;
    size_t n_replications; /* cases of a point, which stand together */
    bool sound_only;       /* values of quarantined cases are none */
} qf_sample;

qf_sample qf_sample_of(const qf_sweep_table *table, size_t metric, size_t n_cases,
                       size_t n_replications);

static inline bool qf_sample_ran(const qf_sample *sample, size_t i)
{
    return sample->outcome[i] != QF_OUTCOME_NOT_RUN;
}

static inline bool qf_sample_has(const qf_sample *sample, size_t i)
{
    return qf_sample_ran(sample, i) && !isnan(sample->values[i]) &&
           !(sample->sound_only && sample->outcome[i] == QF_OUTCOME_QUARANTINED);
}

/* Mean, standard deviation and what is found on the way: compensated sums in the order of cases. */
typedef struct qf_moments {
    uint64_t n;         /* cases with a value */
    uint64_t n_without; /* that ran or failed, and have none */
    uint64_t n_points;  /* points with a value */
    double mean, sd;
    double error; /* standard error of the mean, over points */
    double min, max;
    uint32_t least_case, most_case; /* the first of equals */
} qf_moments;

qf_moments qf_sample_moments(const qf_sample *sample);

/*
 * Points in at most `most` groups of neighbours, for each of which the sum of its values' distances from the mean and
 * their number. Returns how many groups there are; those without a value are left out.
 */
typedef struct qf_sample_group {
    double sum, count;
} qf_sample_group;
size_t qf_sample_groups(const qf_sample *sample, double mean, size_t most, qf_sample_group *groups);

/* How a value counts in a share. */
typedef enum qf_share_rule {
    QF_SHARE_TRUE,
    QF_SHARE_FALSE,
    QF_SHARE_UP_TO, /* the limit or less */
    QF_SHARE_BELOW,
    QF_SHARE_FROM, /* the limit or more */
    QF_SHARE_ABOVE,
} qf_share_rule;

bool qf_share_counts(qf_share_rule rule, double limit, double value);

/*
 * How many independent cases tell as much as n cases of n_points points, where `by_variance` would vary like them (NaN:
 * nothing is seen): fewer by the square of what Student's t of so many degrees of freedom has more than that of
 * cases, as the variance between few points is hardly known (Korn and Graubard 1998), but neither fewer than points
 * nor more than cases. `alpha`: what each side of the interval may miss; NaN, or beyond 0.5: the variance is taken as known.
 */
double qf_effective_n(double by_variance, double n, double n_points, double alpha);

/*
 * How many cases count. With replications, `n_effective` independent cases would tell as much, going by the variance of
 * the share that is seen between points; as many as points where all cases agree and nothing is seen.
 */
typedef struct qf_share {
    uint64_t k, n; /* n: cases with a value */
    uint64_t n_without;
    double n_points; /* with one of the n among their cases */
    double n_effective;
} qf_share;

/* `all`: cases without a value are among the n, and do not count; `alpha` is that of qf_effective_n. */
qf_share qf_sample_share(const qf_sample *sample, qf_share_rule rule, double limit, bool all,
                         double alpha);

/* All values in ascending order, *n of them, which belong to the caller (free); NULL without memory. */
double *qf_sample_sorted(const qf_sample *sample, int n_threads, size_t *n);

/* Sorts in place; no NaN among them. False without memory. */
bool qf_sort_doubles(double *values, size_t n, int n_threads);

/* The quantile between order statistics (R's type 7, which is numpy's default); NaN of none, and between both infinities. */
double qf_sorted_quantile(const double *sorted, size_t n, double level);

/*
 * Interval of the mean by bootstrap-t (Efron 1979, Hall 1988) with keyed draws. Points are resampled; more than
 * QF_BOOTSTRAP_MOST of them in so many groups of neighbours, which are a sample as well. NaN where n_resamples
 * are too few for alpha, or the values for a resample to vary. QF_ERROR_MEMORY is the only failure.
 */
enum { QF_BOOTSTRAP_MOST = 8192 };
qf_status qf_bootstrap_mean(qf_context *context, const qf_sample *sample, const qf_moments *moments,
                            uint64_t seed, uint32_t metric, size_t n_resamples, double alpha,
                            qf_interval *interval);

#endif
