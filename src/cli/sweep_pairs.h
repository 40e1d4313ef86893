/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_PAIRS_H
#define QF_SWEEP_PAIRS_H

#include "sweep_store.h"

/* A metric that both sweeps have, over the cases in which both have a value. */
typedef struct qf_metric_pair {
    const qf_metric_spec *metric; /* of A */
    size_t index[2];
    double mean[2];                  /* of truths: the share; of choices NaN */
    qf_paired_difference difference; /* B - A; of choices only n */
    /* How many times as many cases two sweeps of other cases would take for an interval as wide; NaN: not known */
    double gain;
    uint64_t n_changed; /* choices: cases that have another */
    bool of_points;     /* with replications: errors are those between points */
} qf_metric_pair;

/* A metric's name, and why it is not compared. */
typedef struct qf_unpaired_metric {
    const char *name;
    const char *why;
} qf_unpaired_metric;

typedef struct qf_sweep_pairs {
    const qf_stored_sweep *stored[2];
    size_t n_both, n_only[2]; /* cases that ran */
    bool is_sample; /* of the parameters' distributions, both: else there are no intervals */
    /* of the cases that ran in both: those in which a parameter of the same name has another value */
    size_t n_other_values;
    uint32_t first_other;        /* case */
    const char *other_parameter; /* that differs there */
    const char *only_parameter;  /* that one of both does not have; NULL: none */
    qf_metric_pair *metrics;
    size_t n_metrics;
    qf_unpaired_metric *unpaired;
    size_t n_unpaired;
} qf_sweep_pairs;

/*
 * Pairs two sweeps by the numbers of their cases. `wanted`: names of metrics, in the order in which they come; none: all
 * that are listed. Memory is the arena's. QF_ERROR_USAGE: other seeds, or a metric that neither has;
 * QF_ERROR_MEMORY.
 */
qf_status qf_sweep_pairs_create(qf_context *context, qf_arena *arena,
                                const qf_stored_sweep *const stored[2], const char *const *wanted,
                                size_t n_wanted, double confidence, qf_sweep_pairs *pairs);

#endif
