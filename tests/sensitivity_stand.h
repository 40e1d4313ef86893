/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_SENSITIVITY_STAND_H
#define QF_TEST_SENSITIVITY_STAND_H

/* A sweep of a few parameters and metrics whose values tests write themselves, or functions of the real design. */
#include "design_stand.h"
#include "sensitivity.h"

enum { MOST_PARAMETERS = 8, MOST_METRICS = 2 };

typedef struct sensitivity_stand {
    qf_context context;
    qf_sweep_parameter parameters[MOST_PARAMETERS];
    qf_metric_spec metrics[MOST_METRICS];
    qf_sweep_spec spec;
    qf_design design;
    qf_sweep_table table;
    qf_arena arena;
    const qf_sensitivity *all;
} sensitivity_stand;

/* One metric that is a number, 95 %, 1000 resamples. All parameters are uniform in [low, high]. */
static inline void stand_open(sensitivity_stand *s, qf_sampling sampling, size_t n_parameters,
                              double low, double high, size_t n)
{
    memset(s, 0, sizeof *s);
    s->context = qf_context_default();
    for (size_t p = 0; p < n_parameters; p++) {
        s->parameters[p] = uniform(low, high);
    }
    s->metrics[0] = s->metrics[1] = (qf_metric_spec){.name = "f", .kind = QF_VALUE_NUMBER};
    s->spec = spec_of(sampling, s->parameters, n_parameters, n);
    s->spec.n_base = n;
    s->spec.n_levels = 4;
    s->spec.n_points = qf_design_n_points(&s->spec);
    s->spec.metrics = s->metrics;
    s->spec.n_metrics = 1;
    s->spec.confidence = 0.95;
    s->spec.n_resamples = 1000;
}

/* The values of cases by the design's own code. */
static inline void stand_design(sensitivity_stand *s, uint64_t seed)
{
    s->design = design_of(&s->spec, seed);
}

/* Room for values that the test writes. */
static inline void stand_room(sensitivity_stand *s)
{
    const size_t n = qf_sweep_n_cases(&s->spec);
    s->design =
        (qf_design){n, s->spec.n_parameters, calloc(n * s->spec.n_parameters, sizeof(double))};
    assert_non_null(s->design.values);
}

static inline void stand_table(sensitivity_stand *s)
{
    const size_t n = s->design.n_cases;
    assert_int_equal(qf_sweep_table_create(&s->context, n, s->spec.n_metrics, &s->table), QF_OK);
    memset(s->table.outcome, QF_OUTCOME_OK, n);
}

typedef double stand_function(const double *x);

static inline void stand_fill(sensitivity_stand *s, stand_function *f)
{
    for (size_t k = 0; k < s->design.n_cases; k++) {
        double x[MOST_PARAMETERS];
        for (size_t p = 0; p < s->spec.n_parameters; p++) {
            x[p] = column_of(&s->design, p)[k];
        }
        s->table.metrics[k] = f(x);
    }
}

static inline const qf_sensitivity *stand_ask(sensitivity_stand *s, uint64_t seed)
{
    qf_arena_free(&s->arena);
    assert_int_equal(qf_sensitivity_create(&s->context, &s->arena, &s->spec, &s->design, &s->table,
                                           s->design.n_cases, seed, &s->all),
                     QF_OK);
    return s->all;
}

static inline void stand_close(sensitivity_stand *s)
{
    qf_arena_free(&s->arena);
    qf_sweep_table_free(&s->table);
    free(s->design.values);
}

static inline bool covers(qf_interval interval, double value)
{
    return interval.low <= value && value <= interval.high;
}

#endif
