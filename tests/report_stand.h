/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_REPORT_STAND_H
#define QF_TEST_REPORT_STAND_H

/* What tests of a sweep's statistics share: a spec with one metric and one requirement, and a table of its cases. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sweep_report.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct sweep_stand {
    qf_context context;
    qf_arena arena;
    qf_metric_spec metric;
    qf_requirement requirement;
    qf_sweep_spec spec; /* points to both */
    qf_design design;
    qf_sweep_table table;
    qf_sweep_report report;
} sweep_stand;

/* A random sweep of a number or a truth, 95 % intervals, no bootstrap, no requirement, no rule. */
static inline void stand_open(sweep_stand *s, qf_value_kind kind, size_t n_points,
                              size_t n_replications)
{
    *s = (sweep_stand){.context = qf_context_default()};
    s->metric = (qf_metric_spec){.name = "m", .text = "m", .kind = kind};
    s->requirement = (qf_requirement){.name = "r", .text = "r", .confidence = 0.95};
    s->spec = (qf_sweep_spec){
        .sampling = QF_SAMPLING_RANDOM,
        .n_points = n_points,
        .n_replications = n_replications,
        .metrics = &s->metric,
        .n_metrics = 1,
        .requirements = &s->requirement,
        .confidence = 0.95,
        .n_first_look = 100,
    };
    assert_int_equal(qf_sweep_table_create(&s->context, n_points * n_replications, 1, &s->table),
                     QF_OK);
}

static inline void stand_close(sweep_stand *s)
{
    qf_arena_free(&s->arena);
    qf_sweep_table_free(&s->table);
}

/* Case i came out so; by hand, so that a stand can be filled again. */
static inline void stand_put(sweep_stand *s, size_t i, qf_outcome outcome, double value)
{
    s->table.outcome[i] = (uint8_t)outcome;
    s->table.metrics[i] = value;
}

static inline void stand_fill(sweep_stand *s, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        stand_put(s, i, QF_OUTCOME_OK, values[i]);
    }
}

/* n cases of which the first k are true */
static inline void stand_fill_truths(sweep_stand *s, size_t k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        stand_put(s, i, QF_OUTCOME_OK, i < k ? 1.0 : 0.0);
    }
}

static inline const qf_metric_statistics *stand_describe(sweep_stand *s, size_t n_cases)
{
    qf_arena_free(&s->arena);
    assert_int_equal(qf_sweep_report_create(&s->context, &s->arena, &s->spec, &s->design, &s->table,
                                            n_cases, 7, &s->report),
                     QF_OK);
    return s->report.metrics;
}

static inline const qf_requirement_result *stand_judge(sweep_stand *s, size_t n_cases)
{
    s->spec.n_requirements = 1;
    (void)stand_describe(s, n_cases);
    return s->report.requirements;
}

static inline void near_value(double found, double expected, double allowed, const char *what,
                              const char *file, int line)
{
    if (!(fabs(found - expected) <= allowed) && !(isnan(found) && isnan(expected)) &&
        !(found == expected)) {
        print_error("%s:%d: %s is %.17g, expected %.17g within %g\n", file, line, what, found,
                    expected, allowed);
        fail();
    }
}
#define assert_near(found, expected, allowed)                                                      \
    near_value(found, expected, allowed, #found, __FILE__, __LINE__)

static inline void near_interval(qf_interval found, double low, double high, double allowed,
                                 const char *what, const char *file, int line)
{
    near_value(found.low, low, allowed, what, file, line);
    near_value(found.high, high, allowed, what, file, line);
}
#define assert_interval(found, low, high, allowed)                                                 \
    near_interval(found, low, high, allowed, #found, __FILE__, __LINE__)

#endif
