/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_TIME_H
#define QF_METRIC_TIME_H

#include <stdint.h>

#include "arena.h"
#include "context.h"
#include "metric_plan.h"

/*
 * Reductions over time: an accumulator for each world. NaN does not count in MIN, MAX, MEAN and QUANTILE, which are NaN
 * where nothing else was. COUNT of truths has one for each time that it begins to hold; to hold at the first
 * look is one.
 */
typedef struct qf_metric_accumulator {
    const qf_time_reduction *of;
    double *value; /* by world; of sums the high part; of times ticks */
    double *low;   /* of sums; of counts of truths whether it held; else NULL */
    double *count; /* of sums; else NULL */
    /* of quantiles, own memory: [look][row] */
    double *history;
    size_t n_rows, n_looks;
    size_t looks_done;
} qf_metric_accumulator;

/* `n_looks`: most that there will be. QF_ERROR_INTERNAL: no such reduction. */
qf_status qf_metric_accumulator_create(qf_context *context, qf_arena *arena,
                                       const qf_time_reduction *of, size_t n_rows, size_t n_looks,
                                       qf_metric_accumulator *accumulator);
void qf_metric_accumulator_free(qf_metric_accumulator *accumulator);

/* Bytes of its history; false: too many. */
bool qf_metric_history_bytes(const qf_time_reduction *of, size_t n_rows, size_t n_looks,
                             size_t *bytes);

/* A look at the worlds. */
typedef struct qf_metric_look {
    int64_t tick;
    int64_t since; /* ticks since the look before; 0: the first */
    size_t begin, n;
    const double *running; /* of worlds [begin, begin + n): 0: it is over */
    const double *row;     /* what the expression comes to in them */
} qf_metric_look;

/* Takes some worlds at a moment; after all of them the look is done. */
void qf_metric_accumulator_take(const qf_metric_accumulator *accumulator,
                                const qf_metric_look *look);
void qf_metric_accumulator_done(qf_metric_accumulator *accumulator);

/* Takes an event or a detection of a world. */
void qf_metric_accumulator_tell(const qf_metric_accumulator *accumulator, size_t world,
                                int64_t tick);

/* The values of n_worlds. */
void qf_metric_accumulator_finish(const qf_metric_accumulator *accumulator, double dt_s,
                                  size_t n_worlds, double *values);

/* The quantile of n numbers, whose order it changes: between the two that lie next to rank level (n - 1), in proportion
   (Hyndman and Fan 1996, definition 7). Of nothing NaN. */
double qf_metric_quantile(double *values, size_t n, double level);

#endif
