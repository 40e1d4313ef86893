/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_SWEEP_STAND_H
#define QF_TEST_SWEEP_STAND_H

/*
 * Sweeps without files of them: a scenario whose numbers become those of cases, a design that is written down, and a
 * table of what comes out.
 */
#include "scenario_fixture.h"

#include <math.h>

#include "group.h"
#include "metric_plan.h"
#include "simulation.h"
#include "sweep.h"

enum { STAND_CASES = 300, STAND_METRICS = 8, STAND_PARAMETERS = 4 };

typedef struct stand_case {
    qf_case_result result;
    double metrics[STAND_METRICS];
    size_t n_taken;
} stand_case;

typedef struct sweep_stand {
    fixture *f;
    qf_arena arena;
    qf_catalog catalog;
    qf_sweep_parameter parameters[STAND_PARAMETERS];
    qf_metric_spec metrics[STAND_METRICS];
    qf_sweep_spec spec;
    double values[STAND_PARAMETERS * STAND_CASES];
    qf_design design;
    qf_sweep_job job;
    uint32_t cases[STAND_CASES];
    stand_case table[STAND_CASES];
    uint32_t last; /* case of the present batch */
    size_t n_takes;
    size_t fail_at; /* take number that fails, from 1; 0: none */
} sweep_stand;

static inline qf_status take_results(void *user, qf_context *context, const qf_case_result *results,
                                     size_t n)
{
    sweep_stand *s = user;
    s->n_takes++;
    if (s->n_takes == s->fail_at) {
        return qf_fail(context, QF_ERROR_DISK_FULL, "there is no more room");
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t k = results[i].number;
        assert_true(k < STAND_CASES);
        assert_true(i == 0 || k > results[i - 1].number);
        s->table[k].n_taken++;
        s->table[k].result = results[i];
        memcpy(s->table[k].metrics, results[i].metrics,
               s->spec.n_metrics * sizeof *s->table[k].metrics);
        s->table[k].result.metrics = NULL;
    }
    return QF_OK;
}

/* a number in [0, 1) for each parameter and case */
static inline double share_of(size_t parameter, size_t k)
{
    const double x = (double)(k + 1) * (0.6180339887498949 + 0.1234567 * (double)parameter);
    return x - floor(x);
}

static inline void set_up_sweep(sweep_stand *s, fixture *f, size_t n_parameters)
{
    *s = (sweep_stand){.f = f};
    s->design =
        (qf_design){.n_cases = STAND_CASES, .n_parameters = n_parameters, .values = s->values};
    for (size_t p = 0; p < n_parameters; p++) {
        for (size_t k = 0; k < STAND_CASES; k++) {
            s->values[p * STAND_CASES + k] = share_of(p, k);
        }
    }
    for (uint32_t k = 0; k < STAND_CASES; k++) {
        s->cases[k] = k;
    }
    s->spec = (qf_sweep_spec){.parameters = s->parameters,
                              .n_parameters = n_parameters,
                              .n_points = STAND_CASES,
                              .n_replications = 1,
                              .metrics = s->metrics,
                              .every_ticks = 1};
    s->job = (qf_sweep_job){.spec = &s->spec,
                            .design = &s->design,
                            .scenario = &f->scenario,
                            .cases = s->cases,
                            .n_cases = STAND_CASES,
                            .take = take_results,
                            .user = s};
}

static inline void scale_values(sweep_stand *s, size_t parameter, double low, double high)
{
    for (size_t k = 0; k < STAND_CASES; k++) {
        s->values[parameter * STAND_CASES + k] =
            low + (high - low) * s->values[parameter * STAND_CASES + k];
    }
}

/* that number of the scenario is the parameter's */
static inline void pack(sweep_stand *s, size_t parameter, const char *name, const qf_number *number)
{
    s->parameters[parameter] =
        (qf_sweep_parameter){.name = name, .path = name, .packed = number != NULL};
    if (number) {
        *(qf_number *)number = (qf_number){.kind = QF_NUMBER_CASE,
                                           .items = s->values + parameter * STAND_CASES,
                                           .n_items = STAND_CASES};
    }
}

static inline const qf_metric_plan *
plan_metrics(sweep_stand *s, qf_arena *arena, const qf_scenario *scenario, qf_metric_spec *metrics)
{
    size_t failed;
    qf_expression_error error;
    qf_catalog catalog;
    qf_context context = qf_context_default();
    assert_int_equal(
        qf_catalog_create(&context, arena, scenario->groups, scenario->n_groups, &catalog), QF_OK);
    qf_catalog *kept = qf_arena_array(arena, 1, sizeof *kept);
    assert_non_null(kept);
    *kept = catalog;
    const qf_metric_plan *plan =
        qf_metric_plan_create(arena, scenario, kept, s->parameters, s->spec.n_parameters,
                              scenario->dt_s * (double)s->spec.every_ticks, metrics,
                              s->spec.n_metrics, s->spec.until, &failed, &error);
    if (!plan) {
        fail_msg("metric %zu: %s", failed, error.message);
    }
    return plan;
}

static inline void set_metrics(sweep_stand *s, const char *const *texts, size_t n)
{
    static const char *const names[STAND_METRICS] = {"m0", "m1", "m2", "m3",
                                                     "m4", "m5", "m6", "m7"};
    s->spec.n_metrics = n;
    for (size_t m = 0; m < n; m++) {
        s->metrics[m] = (qf_metric_spec){.name = names[m], .text = texts[m]};
    }
}

static inline void tear_down_sweep(sweep_stand *s)
{
    qf_arena_free(&s->arena);
}

static inline qf_status run_sweep(sweep_stand *s, int n_threads, size_t batch_worlds)
{
    memset(s->table, 0, sizeof s->table);
    s->n_takes = 0;
    s->f->context.n_threads = n_threads;
    s->job.batch_worlds = batch_worlds;
    return qf_sweep_run(&s->f->context, &s->job);
}

static inline bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static inline void assert_same_case(const sweep_stand *s, const stand_case *found,
                                    const stand_case *expected, uint32_t k)
{
    const qf_case_result *a = &found->result;
    const qf_case_result *b = &expected->result;
    bool same = a->number == b->number && a->outcome == b->outcome && a->ticks == b->ticks &&
                a->hash == b->hash && strcmp(a->cause, b->cause) == 0;
    for (size_t m = 0; m < s->spec.n_metrics; m++) {
        same = same && same_bits(found->metrics[m], expected->metrics[m]);
    }
    if (!same || found->n_taken != 1 || expected->n_taken != 1) {
        fail_msg("case %u differs: outcomes %d %d, hashes %llx %llx, causes '%s' '%s'", k,
                 a->outcome, b->outcome, (unsigned long long)a->hash, (unsigned long long)b->hash,
                 a->cause, b->cause);
    }
}

#endif
