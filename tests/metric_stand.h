/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_METRIC_STAND_H
#define QF_TEST_METRIC_STAND_H

/*
 * Metrics over a fleet, without the language that they are written in: reductions over vehicles are v0, v1, ... to the moment,
 * those over time t0, t1, ..., parameters p0, ... and metrics m0, ... to the case. Fleets either are simulated, or
 * stand still while the test writes their columns and their tick.
 */
#include "scenario_fixture.h"

#include <math.h>

#include "group.h"
#include "metric_run.h"
#include "metric_time.h"
#include "simulation.h"

enum { STAND_MOST = 64 };

typedef struct over_vehicles {
    qf_over over;
    size_t group;
    const char *text;
} over_vehicles;

typedef struct over_time {
    qf_reduce reduce;
    const char *text; /* NULL: not of moments */
    double level;
    qf_reduced what;
    int32_t code, group;
} over_time;

#define EVENTS(how, its_code, its_group)                                                           \
    {                                                                                              \
        .reduce = (how), .what = QF_REDUCED_EVENTS, .code = (its_code), .group = (its_group)       \
    }
#define RADAR(how, seen, its_group)                                                                \
    {                                                                                              \
        .reduce = (how), .what = (seen), .group = (its_group)                                      \
    }

typedef struct metric_texts {
    over_vehicles vehicles[STAND_MOST];
    over_time time[STAND_MOST];
    const char *metrics[STAND_MOST]; /* NULL: t0, t1, ... */
    const char *until;
    size_t n_parameters;
    int64_t every_ticks; /* 0: 1 */
} metric_texts;

typedef struct metric_stand {
    fixture *f;
    qf_arena arena;
    qf_catalog catalog;
    const metric_texts *texts;
    qf_vehicle_reduction vehicles[STAND_MOST];
    qf_time_reduction time[STAND_MOST];
    qf_metric metrics[STAND_MOST];
    qf_metric_plan plan;
    qf_sweep_spec spec;
    qf_fleet fleet;
    qf_simulation *simulation;
    qf_metric_run *run;
} metric_stand;

static inline bool find_vehicle(void *user, const char *name, const char *argument,
                                qf_symbol *symbol)
{
    const metric_stand *s = user;
    const qf_quantity *q = argument ? NULL : qf_catalog_find(&s->catalog, name);
    if (!q) {
        return false;
    }
    const bool bit = q->bit != QF_NO_BIT;
    *symbol = (qf_symbol){.kind = bit ? QF_VALUE_TRUTH : QF_VALUE_NUMBER,
                          .source = bit                      ? QF_SYMBOL_ANY_BITS
                                    : q->type == QF_TYPE_I64 ? QF_SYMBOL_WHOLE
                                                             : QF_SYMBOL_COLUMN,
                          .column = q->column,
                          .mask = bit ? UINT64_C(1) << q->bit : 0};
    return true;
}

static inline bool numbered(const char *name, char letter, size_t n, size_t *number)
{
    if (name[0] != letter || name[1] < '0' || name[1] > '9') {
        return false;
    }
    *number = (size_t)atoi(name + 1);
    return *number < n;
}

static inline bool find_moment(void *user, const char *name, const char *argument,
                               qf_symbol *symbol)
{
    const metric_stand *s = user;
    size_t k;
    if (argument) {
        return false;
    }
    if (strcmp(name, "tick") == 0 || strcmp(name, "time_s") == 0) {
        *symbol = (qf_symbol){.kind = QF_VALUE_NUMBER,
                              .source = QF_SYMBOL_UNIFORM,
                              .column = strcmp(name, "tick") ? QF_UNIFORM_TIME_S : QF_UNIFORM_TICK};
        return true;
    }
    if (!numbered(name, 'v', s->plan.n_over_vehicles, &k)) {
        return false;
    }
    const qf_over over = s->vehicles[k].over;
    const bool truth =
        over == QF_OVER_ANY || over == QF_OVER_ALL ||
        (over == QF_OVER_ONE && qf_expression_kind(s->vehicles[k].of) == QF_VALUE_TRUTH);
    *symbol = (qf_symbol){
        .kind = truth ? QF_VALUE_TRUTH : QF_VALUE_NUMBER, .source = QF_SYMBOL_COLUMN, .column = k};
    return true;
}

static inline bool find_case(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    const metric_stand *s = user;
    const size_t n_before = s->plan.n_over_time;
    size_t k;
    *symbol = (qf_symbol){.kind = QF_VALUE_NUMBER, .source = QF_SYMBOL_COLUMN};
    if (argument) {
        return false;
    }
    if (numbered(name, 't', n_before, &k)) {
        const bool either =
            s->time[k].reduce == QF_REDUCE_FINAL || s->time[k].reduce == QF_REDUCE_INITIAL;
        const bool truth = s->time[k].reduce == QF_REDUCE_ANY ||
                           s->time[k].reduce == QF_REDUCE_ALL ||
                           (either && qf_expression_kind(s->time[k].of) == QF_VALUE_TRUTH);
        symbol->kind = truth ? QF_VALUE_TRUTH : QF_VALUE_NUMBER;
        symbol->column = k;
        return true;
    }
    if (numbered(name, 'p', s->texts->n_parameters, &k)) {
        symbol->column = n_before + k;
        return true;
    }
    if (numbered(name, 'm', s->plan.n_metrics, &k)) {
        symbol->kind = qf_expression_kind(s->metrics[k].of);
        symbol->column = n_before + s->texts->n_parameters + k;
        return true;
    }
    return false;
}

static inline const char *no_name(void *user, size_t i)
{
    (void)user;
    (void)i;
    return NULL;
}

static inline const qf_expression *parse(metric_stand *s, const char *text,
                                         bool (*find)(void *, const char *, const char *,
                                                      qf_symbol *))
{
    qf_expression_error error = {0};
    const double period_s = (double)s->spec.every_ticks * s->f->scenario.dt_s;
    const qf_symbols symbols = {.find = find, .name = no_name, .user = s, .period_s = period_s};
    const qf_expression *of = qf_expression_parse(&s->arena, &symbols, text, &error);
    if (!of) {
        fail_msg("%s: %s", text, error.message);
    }
    return of;
}

/* the plan of those texts for the fixture's scenario */
static inline void plan_metrics(fixture *f, const metric_texts *texts, metric_stand *s)
{
    *s = (metric_stand){.f = f, .texts = texts};
    s->spec.every_ticks = texts->every_ticks ? texts->every_ticks : 1;
    s->spec.n_parameters = texts->n_parameters;
    assert_int_equal(qf_catalog_create(&f->context, &s->arena, f->scenario.groups,
                                       f->scenario.n_groups, &s->catalog),
                     QF_OK);
    s->plan =
        (qf_metric_plan){.over_vehicles = s->vehicles, .over_time = s->time, .metrics = s->metrics};
    for (size_t r = 0; r < STAND_MOST && texts->vehicles[r].text; r++) {
        const over_vehicles *t = &texts->vehicles[r];
        s->vehicles[r] = (qf_vehicle_reduction){
            .over = t->over, .group = t->group, .of = parse(s, t->text, find_vehicle)};
        s->plan.n_over_vehicles++;
    }
    s->plan.until = texts->until ? parse(s, texts->until, find_moment) : NULL;
    s->plan.looks_at_vehicles = texts->until != NULL;
    for (size_t r = 0; r < STAND_MOST && (texts->time[r].text || texts->time[r].what); r++) {
        const over_time *t = &texts->time[r];
        s->time[r] = (qf_time_reduction){.reduce = t->reduce,
                                         .what = t->what,
                                         .level = t->level,
                                         .code = t->code,
                                         .group = t->group,
                                         .of = t->text ? parse(s, t->text, find_moment) : NULL};
        s->plan.n_over_time++;
        s->plan.looks_at_vehicles |= t->what == QF_REDUCED_MOMENTS;
        s->plan.counts_events |= t->what == QF_REDUCED_EVENTS;
        s->plan.counts_detections |=
            t->what == QF_REDUCED_DETECTIONS || t->what == QF_REDUCED_FALSE_ALARMS;
    }
    for (size_t m = 0; m < STAND_MOST &&
                       (texts->metrics[0] ? texts->metrics[m] != NULL : m < s->plan.n_over_time);
         m++) {
        char name[16];
        snprintf(name, sizeof name, "t%zu", m);
        s->metrics[m].of = parse(s, texts->metrics[0] ? texts->metrics[m] : name, find_case);
        s->plan.n_metrics++;
    }
}

/* ... and a fleet, with its run of metrics at tick 0, but nothing taken yet */
static inline void begin_metrics(fixture *f, const metric_texts *texts, size_t n_worlds,
                                 metric_stand *s)
{
    f->scenario.n_worlds = n_worlds;
    plan_metrics(f, texts, s);
    qf_metric_plan_record(&s->plan, &f->scenario.record);
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &s->fleet), QF_OK);
    assert_int_equal(
        qf_metric_run_create(&f->context, &s->plan, &s->spec, &s->fleet, NULL, &s->run), QF_OK);
}

static inline void begin_simulation(metric_stand *s, const qf_stage *stages, size_t n_stages)
{
    const qf_simulation_options options = {
        .keep_events = s->plan.counts_events, .stages = stages, .n_stages = n_stages};
    assert_int_equal(qf_simulation_create(&s->f->context, &s->fleet, &options, &s->simulation),
                     QF_OK);
}

static inline void end_metrics(metric_stand *s)
{
    qf_metric_run_free(s->run);
    qf_simulation_free(s->simulation);
    qf_fleet_free(&s->fleet);
    qf_arena_free(&s->arena);
}

/* the column of a field for a group's vehicle `index` of world `world` */
static inline double *cell(const metric_stand *s, qf_field_id field, size_t group, size_t world,
                           size_t index)
{
    const qf_group *g = &s->fleet.groups[group];
    return &qf_f64(&s->fleet, field, 0)[g->slot_begin + world * g->spec->count + index];
}

static inline size_t step_metrics(metric_stand *s, uint32_t *over)
{
    static uint32_t unused[4096];
    size_t n_over = 0;
    assert_int_equal(
        qf_metric_run_step(&s->f->context, s->run, s->simulation, over ? over : unused, &n_over),
        QF_OK);
    return n_over;
}

/* the rest of the simulation, in advances of at most `stride` ticks */
static inline void simulate(metric_stand *s, int64_t stride)
{
    step_metrics(s, NULL);
    while (s->fleet.tick < s->f->scenario.n_ticks) {
        int64_t next = qf_metric_run_next(s->run);
        next = next - s->fleet.tick > stride ? s->fleet.tick + stride : next;
        assert_int_equal(qf_simulation_advance(&s->f->context, s->simulation, next, NULL, 0),
                         QF_OK);
        step_metrics(s, NULL);
    }
}

/* [metric][world] */
static inline void finish_metrics(metric_stand *s, const qf_design *design, const uint32_t *numbers,
                                  double *metrics)
{
    static const qf_design none = {0};
    assert_int_equal(
        qf_metric_run_finish(&s->f->context, s->run, design ? design : &none, numbers, metrics),
        QF_OK);
}

static inline void assert_near(double found, double expected)
{
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-9 * (1 + fabs(expected)))) {
        fail_msg("%.17g instead of %.17g", found, expected);
    }
}

#endif
