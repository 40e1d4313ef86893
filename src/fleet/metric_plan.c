/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics are taken apart: expressions of cases, and the reductions that they are made of, each once. */
#include "metric_plan.h"

#include <stdio.h>
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"

/* room for one more element; NULL without memory */
static void *room(qf_metric_builder *builder, void *list, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity) {
        return list;
    }
    const size_t more = n > 0 ? 2 * n : 8;
    void *made = qf_arena_array(builder->arena, more, size);
    if (!made) {
        builder->out_of_memory = true;
        return NULL;
    }
    if (n > 0) {
        memcpy(made, list, n * size);
    }
    *capacity = more;
    return made;
}

size_t qf_metric_add_over(qf_metric_builder *builder, const qf_vehicle_reduction *reduction)
{
    for (size_t i = 0; i < builder->n_over_vehicles; i++) {
        const qf_vehicle_reduction *other = &builder->over_vehicles[i];
        if (other->over == reduction->over && other->group == reduction->group &&
            qf_expression_equal(other->of, reduction->of)) {
            return i;
        }
    }
    qf_vehicle_reduction *list = room(builder, builder->over_vehicles, builder->n_over_vehicles,
                                      &builder->vehicles_capacity, sizeof *list);
    if (!list) {
        return SIZE_MAX;
    }
    builder->over_vehicles = list;
    list[builder->n_over_vehicles] = *reduction;
    return builder->n_over_vehicles++;
}

static bool same_time(const qf_time_reduction *a, const qf_time_reduction *b)
{
    return a->reduce == b->reduce && a->what == b->what && a->code == b->code &&
           a->group == b->group && memcmp(&a->level, &b->level, sizeof a->level) == 0 &&
           (a->of == b->of || (a->of && b->of && qf_expression_equal(a->of, b->of)));
}

size_t qf_metric_add_time(qf_metric_builder *builder, const qf_time_reduction *reduction)
{
    for (size_t i = 0; i < builder->n_over_time; i++) {
        if (same_time(&builder->over_time[i], reduction)) {
            return i;
        }
    }
    qf_time_reduction *list = room(builder, builder->over_time, builder->n_over_time,
                                   &builder->time_capacity, sizeof *list);
    if (!list) {
        return SIZE_MAX;
    }
    builder->over_time = list;
    list[builder->n_over_time] = *reduction;
    return builder->n_over_time++;
}

/* ---- metrics ---- */

static const qf_expression *find_hold(const qf_expression *node)
{
    if (node->node == QF_NODE_HOLD) {
        return node;
    }
    const qf_expression *found = NULL;
    for (size_t i = 0; i < QF_EXPRESSION_CHILDREN && node->child[i] && !found; i++) {
        found = find_hold(node->child[i]);
    }
    return found;
}

static bool read_metric(qf_metric_builder *builder, const qf_metric_spec *spec,
                        qf_expression_error *error)
{
    const qf_symbols symbols = qf_metric_case_symbols(builder);
    const qf_expression *made = qf_expression_parse(builder->arena, &symbols, spec->text, error);
    const qf_expression *hold = made ? find_hold(made) : NULL;
    if (hold) {
        return qf_expression_fail(error, hold->begin, hold->end,
                                  "hold() is about the course of time: it stands within a "
                                  "reduction over time");
    }
    builder->metrics[builder->current] = (qf_metric){.spec = spec, .of = made};
    return made != NULL;
}

/* all metrics, with the columns that are known by now */
static bool read_metrics(qf_metric_builder *builder, size_t *failed, qf_expression_error *error)
{
    builder->first_parameter = builder->n_over_time;
    for (size_t m = 0; m < builder->n_specs; m++) {
        builder->current = m;
        if (!read_metric(builder, &builder->specs[m], error)) {
            *failed = m;
            return false;
        }
    }
    builder->current = builder->n_specs;
    return true;
}

static const qf_expression *read_until(qf_metric_builder *builder, const char *text,
                                       qf_expression_error *error)
{
    const qf_symbols symbols = qf_metric_moment_symbols(builder);
    const qf_expression *made = qf_expression_parse(builder->arena, &symbols, text, error);
    return made && qf_expression_expect(made, QF_VALUE_TRUTH, error) ? made : NULL;
}

/* kind, unit and names of a metric; false without memory */
static bool describe(qf_arena *arena, const qf_expression *value, qf_metric_spec *spec)
{
    static const qf_unit none = {.scale = 1.0};
    spec->kind = value->kind;
    spec->unit = NULL;
    spec->names = NULL;
    spec->n_names = 0;
    if (value->kind == QF_VALUE_CHOICE) {
        spec->names = value->symbol->names;
        spec->n_names = value->symbol->n_names;
    }
    if (value->kind != QF_VALUE_NUMBER || value->bare ||
        (qf_unit_same_quantity(&value->unit, &none) && value->unit.scale == none.scale)) {
        return true;
    }
    char text[QF_UNIT_TEXT_BYTES];
    const char *unit = qf_unit_format(&value->unit, text);
    spec->unit = qf_arena_text(arena, unit, strlen(unit));
    return spec->unit != NULL;
}

/* ---- the plan ---- */

/* whether the expression reads what ticks write only where somebody looks; false without memory, which is noted */
static bool reads_outputs(qf_metric_builder *builder, const qf_expression *expression)
{
    size_t n;
    const size_t *columns = qf_expression_columns(builder->arena, expression, &n);
    bool reads = false;
    builder->out_of_memory = builder->out_of_memory || !columns;
    for (size_t i = 0; columns && i < n; i++) {
        reads = reads || qf_catalog_is_output(builder->catalog, columns[i]);
    }
    return reads;
}

static void note_needs(qf_metric_builder *builder, qf_metric_plan *plan)
{
    plan->looks_at_vehicles = plan->until != NULL;
    for (size_t i = 0; i < plan->n_over_time; i++) {
        const qf_reduced what = plan->over_time[i].what;
        plan->looks_at_vehicles = plan->looks_at_vehicles || what == QF_REDUCED_MOMENTS;
        plan->counts_events = plan->counts_events || what == QF_REDUCED_EVENTS;
        plan->counts_detections = plan->counts_detections || what == QF_REDUCED_DETECTIONS ||
                                  what == QF_REDUCED_FALSE_ALARMS;
    }
    for (size_t i = 0; i < plan->n_over_vehicles; i++) {
        plan->looks_at_outputs =
            plan->looks_at_outputs || reads_outputs(builder, plan->over_vehicles[i].of);
    }
}

/* values of choices become places among their names */
static void index_choices(qf_metric_builder *builder)
{
    for (size_t i = 0; i < builder->n_over_vehicles; i++) {
        qf_vehicle_reduction *reduction = &builder->over_vehicles[i];
        if (reduction->of->kind == QF_VALUE_CHOICE) {
            reduction->of = qf_expression_index(builder->arena, reduction->of);
            builder->out_of_memory = builder->out_of_memory || !reduction->of;
        }
    }
}

static qf_metric_plan *make_plan(qf_metric_builder *builder, const char *until, size_t *failed,
                                 qf_expression_error *error)
{
    /* twice: parameters and metrics come behind the reductions, whose number is known only then */
    for (int round = 0; round < 2; round++) {
        if (!read_metrics(builder, failed, error)) {
            return NULL;
        }
    }
    *failed = builder->n_specs;
    qf_metric_plan *plan = qf_arena_array(builder->arena, 1, sizeof *plan);
    builder->out_of_memory = builder->out_of_memory || !plan;
    if (!plan || (until && !(plan->until = read_until(builder, until, error)))) {
        return NULL;
    }
    plan->over_time = builder->over_time;
    plan->n_over_time = builder->n_over_time;
    plan->over_vehicles = builder->over_vehicles;
    plan->n_over_vehicles = builder->n_over_vehicles;
    plan->metrics = builder->metrics;
    plan->n_metrics = builder->n_specs;
    note_needs(builder, plan);
    index_choices(builder);
    return plan;
}

const qf_metric_plan *qf_metric_plan_create(qf_arena *arena, const qf_scenario *scenario,
                                            const qf_catalog *catalog,
                                            const qf_sweep_parameter *parameters,
                                            size_t n_parameters, double period_s,
                                            qf_metric_spec *specs, size_t n, const char *until,
                                            size_t *failed, qf_expression_error *error)
{
    qf_metric_builder builder = {
        .arena = arena,
        .scenario = scenario,
        .catalog = catalog,
        .parameters = parameters,
        .n_parameters = n_parameters,
        .period_s = period_s,
        .specs = specs,
        .n_specs = n,
        .metrics = qf_arena_array(arena, n + 1, sizeof *builder.metrics),
    };
    *failed = n;
    builder.out_of_memory = !builder.metrics;
    qf_metric_plan *plan = builder.metrics ? make_plan(&builder, until, failed, error) : NULL;
    for (size_t m = 0; plan && m < n; m++) {
        builder.out_of_memory =
            builder.out_of_memory || !describe(arena, plan->metrics[m].of, &specs[m]);
    }
    if (builder.out_of_memory) {
        return qf_expression_fail(error, 0, 0, "out of memory");
    }
    return plan;
}
