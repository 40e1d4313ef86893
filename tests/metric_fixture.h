/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_METRIC_FIXTURE_H
#define QF_TEST_METRIC_FIXTURE_H

/* What the tests of metrics share: a plan made of a scenario and some texts. */

#include "metric_plan.h"
#include "scenario_fixture.h"

enum { MOST_METRICS = 16 };

typedef struct metric_test {
    qf_arena arena;
    qf_catalog catalog;
    const qf_sweep_parameter *parameters;
    size_t n_parameters;
    qf_metric_spec specs[MOST_METRICS];
    size_t n;
    const char *until;
    const qf_metric_plan *plan;
    size_t failed;
    qf_expression_error error;
} metric_test;

/* metrics m0, m1, ...: texts up to NULL; those that have a name already keep it */
static inline const qf_metric_plan *plan_metrics(const fixture *f, metric_test *test,
                                                 const char *const *texts)
{
    static const char *const names[MOST_METRICS] = {"m0",  "m1",  "m2",  "m3", "m4",  "m5",
                                                    "m6",  "m7",  "m8",  "m9", "m10", "m11",
                                                    "m12", "m13", "m14", "m15"};
    qf_context context = qf_context_default();
    qf_arena_free(&test->arena);
    assert_int_equal(qf_catalog_create(&context, &test->arena, f->scenario.groups,
                                       f->scenario.n_groups, &test->catalog),
                     QF_OK);
    for (test->n = 0; texts[test->n]; test->n++) {
        assert_true(test->n < MOST_METRICS);
        qf_metric_spec *spec = &test->specs[test->n];
        spec->name = spec->name ? spec->name : names[test->n];
        spec->text = texts[test->n];
    }
    test->error = (qf_expression_error){0};
    test->plan = qf_metric_plan_create(&test->arena, &f->scenario, &test->catalog, test->parameters,
                                       test->n_parameters, f->scenario.dt_s, test->specs, test->n,
                                       test->until, &test->failed, &test->error);
    return test->plan;
}

#define PLAN(f, test, ...) plan_metrics(f, test, (const char *const[]){__VA_ARGS__, NULL})

/* likewise, where it must be made */
static inline void make_metrics(const fixture *f, metric_test *test, const char *const *texts)
{
    if (!plan_metrics(f, test, texts)) {
        fail_msg("metric %zu: %zu-%zu %s", test->failed, test->error.begin, test->error.end,
                 test->error.message);
    }
}

#define MAKE(f, test, ...) make_metrics(f, test, (const char *const[]){__VA_ARGS__, NULL})

#endif
