/* SPDX-License-Identifier: Apache-2.0 */
/* What names of metrics mean on each level. */
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"

const char qf_metric_parameter_prefix[] = "parameter.";

qf_symbol qf_metric_symbol(const qf_expression *expression, size_t column)
{
    qf_symbol symbol = {
        .kind = expression->kind,
        .source = QF_SYMBOL_COLUMN,
        .column = column,
        .like = expression->kind == QF_VALUE_NUMBER ? expression : NULL,
        .cause = {QF_TOPIC_NONE, -1},
    };
    if (expression->kind == QF_VALUE_CHOICE) { /* by the place among its names */
        symbol.names = expression->symbol->names;
        symbol.n_names = expression->symbol->n_names;
    }
    return symbol;
}

/* ---- vehicles ---- */

static bool find_vehicle(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    qf_vehicle_names *names = user;
    const bool found = names->machines.find(names->machines.user, name, argument, symbol);
    names->builder->out_of_memory = names->builder->out_of_memory || names->names.out_of_memory;
    return found;
}

static const char *vehicle_name(void *user, size_t i)
{
    qf_vehicle_names *names = user;
    return names->machines.name(names->machines.user, i);
}

static const char *vehicle_argument(void *user, const char *name, size_t i)
{
    qf_vehicle_names *names = user;
    return names->machines.argument(names->machines.user, name, i);
}

static qf_symbols plain_vehicle_symbols(qf_metric_builder *builder, size_t group,
                                        qf_vehicle_names *names)
{
    *names = (qf_vehicle_names){
        .builder = builder,
        .group = group,
        .names = {.catalog = builder->catalog,
                  .scenario = builder->scenario,
                  .group = group,
                  /* of several, each has its states under its own name */
                  .machine = builder->scenario->groups[group].n_machines == 1 ? 0 : SIZE_MAX,
                  .arena = builder->arena},
    };
    names->machines = qf_behavior_symbols(&names->names);
    return (qf_symbols){.find = find_vehicle,
                        .name = vehicle_name,
                        .argument = vehicle_argument,
                        .user = names,
                        .period_s = builder->period_s};
}

qf_symbols qf_metric_vehicle_symbols(qf_metric_builder *builder, size_t group,
                                     qf_vehicle_names *names)
{
    qf_symbols symbols = plain_vehicle_symbols(builder, group, names);
    symbols.explain = qf_metric_explain_vehicle;
    symbols.reduce = qf_metric_reduce_vehicle;
    return symbols;
}

const qf_expression *qf_metric_vehicle_value(qf_metric_builder *builder, size_t group,
                                             const char *name, const char *argument,
                                             qf_expression_error *error)
{
    qf_vehicle_names names;
    const qf_symbols symbols = plain_vehicle_symbols(builder, group, &names);
    const char *text =
        argument ? qf_arena_format(builder->arena, "%s(\"%s\")", name, argument) : name;
    if (!text) {
        builder->out_of_memory = true;
        return NULL;
    }
    const qf_expression *value = qf_expression_parse(builder->arena, &symbols, text, error);
    /* who only asks whether there is such a value takes no notice of the error */
    builder->out_of_memory =
        builder->out_of_memory || (!value && strcmp(error->message, "out of memory") == 0);
    return value;
}

/* ---- moments ---- */

static bool find_moment(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    qf_metric_builder *builder = user;
    const qf_scenario *scenario = builder->scenario;
    qf_expression_error ignored = {0};
    const char *rest;
    if (!argument && qf_behavior_find_time(name, symbol)) {
        return true;
    }
    const size_t g = qf_metric_split_group(scenario, name, &rest);
    if (g == scenario->n_groups || scenario->groups[g].count != 1) {
        return false;
    }
    const qf_expression *value = qf_metric_vehicle_value(builder, g, rest, argument, &ignored);
    if (!value) {
        return false;
    }
    const qf_vehicle_reduction one = {.over = QF_OVER_ONE, .group = g, .of = value};
    const size_t column = qf_metric_add_over(builder, &one);
    *symbol = qf_metric_symbol(value, column);
    return column != SIZE_MAX;
}

static const char *moment_name(void *user, size_t i)
{
    static const char *const times[] = {"time_s", "tick"};
    qf_metric_builder *builder = user;
    const qf_scenario *scenario = builder->scenario;
    if (i < sizeof times / sizeof *times) {
        return times[i];
    }
    i -= sizeof times / sizeof *times;
    /* what groups are called stands for what their vehicles know: explain_vehicles goes on from there */
    return i < scenario->n_groups ? scenario->groups[i].name : NULL;
}

qf_symbols qf_metric_moment_symbols(qf_metric_builder *builder)
{
    return (qf_symbols){.find = find_moment,
                        .name = moment_name,
                        .explain = qf_metric_explain_moment,
                        .reduce = qf_metric_reduce_moment,
                        .user = builder,
                        .period_s = builder->period_s};
}

/* ---- cases ---- */

static void parameter_symbol(const qf_sweep_parameter *parameter, size_t column, qf_symbol *symbol)
{
    *symbol = (qf_symbol){.kind = QF_VALUE_NUMBER,
                          .source = QF_SYMBOL_COLUMN,
                          .unit = parameter->unit,
                          .bare = !parameter->unit,
                          .column = column,
                          .cause = {QF_TOPIC_NONE, -1}};
    if (parameter->texts) {
        const qf_number *values = &parameter->values;
        symbol->kind = QF_VALUE_CHOICE;
        symbol->names = parameter->texts;
        for (size_t i = 0; i < values->n_items; i++) {
            const size_t number = (size_t)values->items[i];
            symbol->n_names = number < symbol->n_names ? symbol->n_names : number + 1;
        }
    }
}

static bool find_case(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    const qf_metric_builder *builder = user;
    const size_t prefix = sizeof qf_metric_parameter_prefix - 1;
    if (argument) {
        return false;
    }
    for (size_t p = 0; p < builder->n_parameters; p++) {
        if (strncmp(name, qf_metric_parameter_prefix, prefix) == 0 &&
            strcmp(name + prefix, builder->parameters[p].name) == 0) {
            parameter_symbol(&builder->parameters[p], builder->first_parameter + p, symbol);
            return true;
        }
    }
    for (size_t m = 0; m < builder->current; m++) {
        if (!builder->specs[m].required && strcmp(builder->specs[m].name, name) == 0) {
            *symbol = qf_metric_symbol(builder->metrics[m].of,
                                       builder->first_parameter + builder->n_parameters + m);
            return true;
        }
    }
    return false;
}

static const char *case_name(void *user, size_t i)
{
    qf_metric_builder *builder = user;
    if (i < builder->n_parameters) {
        const char *name = qf_arena_format(builder->arena, "%s%s", qf_metric_parameter_prefix,
                                           builder->parameters[i].name);
        builder->out_of_memory = builder->out_of_memory || !name;
        return name;
    }
    i -= builder->n_parameters;
    return i < builder->current ? builder->specs[i].name : NULL;
}

qf_symbols qf_metric_case_symbols(qf_metric_builder *builder)
{
    return (qf_symbols){.find = find_case,
                        .name = case_name,
                        .explain = qf_metric_explain_case,
                        .reduce = qf_metric_reduce_case,
                        .user = builder};
}
