/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_TABLE_H
#define QF_SWEEP_TABLE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "context.h"

/* How a case ended. Numbers are those on file: append only. */
typedef enum qf_outcome {
    QF_OUTCOME_OK,
    QF_OUTCOME_QUARANTINED, /* a vehicle was */
    QF_OUTCOME_FAILED,      /* it could not be run */
    QF_OUTCOME_TIMED_OUT,   /* `until` never held */
    QF_OUTCOME_NOT_RUN,
    QF_OUTCOMES
} qf_outcome;

extern const char *const qf_outcome_names[QF_OUTCOMES];

enum { QF_CASE_CAUSE_BYTES = 160 };

typedef struct qf_case_result {
    uint32_t number;
    uint8_t outcome; /* a qf_outcome, never NOT_RUN */
    int64_t ticks;   /* that it ran */
    uint64_t
        hash; /* of its world after them (qf_fleet_hash_worlds); of a function: of its value; 0: failed */
    double wall_s;                   /* its share of its batch's */
    char cause[QF_CASE_CAUSE_BYTES]; /* why it is not ok; empty where it is */
    const double *metrics;           /* n_metrics; NaN: no value. A failed case has none */
} qf_case_result;

/* All cases of a sweep, by number; what was not run is NOT_RUN, with NaN for metrics. */
typedef struct qf_sweep_table {
    size_t n_cases;
    size_t n_metrics;
    uint8_t *outcome;
    int64_t *ticks;
    uint64_t *hash;
    double *wall_s;  /* NaN: not run */
    double *metrics; /* [metric][case] */
    char **cause;    /* NULL: none */
    size_t count[QF_OUTCOMES];
} qf_sweep_table;

/* Whether two values of cases have the same bits, and whether they are the same value: any NaN is as missing as another. */
static inline bool qf_same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static inline bool qf_same_value(double a, double b)
{
    return qf_same_bits(a, b) || (isnan(a) && isnan(b));
}

qf_status qf_sweep_table_create(qf_context *context, size_t n_cases, size_t n_metrics,
                                qf_sweep_table *table);
void qf_sweep_table_free(qf_sweep_table *table);

/* Copies; a case that is there already must not come again. QF_ERROR_MEMORY. */
qf_status qf_sweep_table_put(qf_context *context, qf_sweep_table *table,
                             const qf_case_result *result);

#endif
