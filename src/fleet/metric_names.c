/* SPDX-License-Identifier: Apache-2.0 */
/* What names of metrics mean on each level, and why they mean nothing on another. */
#include <stdio.h>
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"

static const char parameter_prefix[] = "parameter.";

size_t qf_metric_group(const qf_scenario *scenario, const char *name, size_t length)
{
    size_t g = 0;
    while (g < scenario->n_groups && !(strlen(scenario->groups[g].name) == length &&
                                       memcmp(scenario->groups[g].name, name, length) == 0)) {
        g++;
    }
    return g;
}

/* GROUP.NAME: the group, n_groups: none; *rest is NAME. Names of groups may have dots: the longest one counts */
static size_t split_group(const qf_scenario *scenario, const char *name, const char **rest)
{
    for (size_t length = strlen(name); length > 0; length--) {
        const size_t g =
            name[length] == '.' ? qf_metric_group(scenario, name, length) : scenario->n_groups;
        if (g < scenario->n_groups) {
            *rest = name + length + 1;
            return g;
        }
    }
    return scenario->n_groups;
}

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

/* whether it is a name of the case: a parameter, or a metric */
static bool is_of_case(const qf_metric_builder *builder, const char *name)
{
    bool found = strncmp(name, parameter_prefix, sizeof parameter_prefix - 1) == 0;
    for (size_t m = 0; m < builder->n_specs; m++) {
        found = found || (!builder->specs[m].required && strcmp(builder->specs[m].name, name) == 0);
    }
    return found;
}

/* the first group whose vehicles have something of that name, n_groups: none; *value is it */
static size_t owner_of(qf_metric_builder *builder, const char *name, const char *argument,
                       const qf_expression **value)
{
    size_t g = 0;
    *value = NULL;
    while (g < builder->scenario->n_groups) {
        qf_expression_error ignored = {0};
        *value = qf_metric_vehicle_value(builder, g, name, argument, &ignored);
        if (*value) {
            break;
        }
        g++;
    }
    return g;
}

static void say_of_case(const char *name, char *message, size_t size)
{
    snprintf(message, size,
             "'%.64s' is of the whole case: it stands outside of all reductions, as in "
             "max(...) < %.64s",
             name, name);
}

static bool explain_vehicle(void *user, const char *name, const char *argument, char *message,
                            size_t size)
{
    qf_vehicle_names *names = user;
    const qf_scenario *scenario = names->builder->scenario;
    const char *own = scenario->groups[names->group].name;
    const char *rest;
    if (is_of_case(names->builder, name)) {
        say_of_case(name, message, size);
        return true;
    }
    if (split_group(scenario, name, &rest) < scenario->n_groups) {
        snprintf(message, size,
                 "'%.64s' is a group's: here, names are those of the vehicles of '%.64s' alone",
                 name, own);
        return true;
    }
    const qf_expression *value;
    const size_t owner = owner_of(names->builder, name, argument, &value);
    if (owner < scenario->n_groups && owner != names->group) {
        snprintf(message, size, "'%.64s' is of vehicles of '%.64s': those of '%.64s' have none",
                 name, scenario->groups[owner].name, own);
        return true;
    }
    return false;
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
    symbols.explain = explain_vehicle;
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

static bool find_time(const char *name, qf_symbol *symbol)
{
    const bool is_time = strcmp(name, "time_s") == 0;
    if (!is_time && strcmp(name, "tick") != 0) {
        return false;
    }
    *symbol = (qf_symbol){.kind = QF_VALUE_NUMBER,
                          .source = QF_SYMBOL_UNIFORM,
                          .unit = is_time ? "s" : "1",
                          .column = is_time ? QF_UNIFORM_TIME_S : QF_UNIFORM_TICK,
                          .cause = {QF_TOPIC_NONE, -1}};
    return true;
}

static bool find_moment(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    qf_metric_builder *builder = user;
    const qf_scenario *scenario = builder->scenario;
    qf_expression_error ignored = {0};
    const char *rest;
    if (!argument && find_time(name, symbol)) {
        return true;
    }
    const size_t g = split_group(scenario, name, &rest);
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

/* a value of vehicles, as it may be asked for at a moment: "min(soc_pct over scouts)" */
static void write_moment(const qf_scenario *scenario, size_t g, const char *name,
                         const qf_expression *value, char *text, size_t size)
{
    const char *group = scenario->groups[g].name;
    if (scenario->groups[g].count == 1) {
        snprintf(text, size, "%.64s.%.64s", group, name);
    } else if (value->kind == QF_VALUE_CHOICE) {
        snprintf(text, size, "any(%.64s == %.64s over %.64s)", name,
                 value->symbol->n_names > 0 ? value->symbol->names[0] : "...", group);
    } else {
        snprintf(text, size, "%s(%.64s over %.64s)", value->kind == QF_VALUE_TRUTH ? "any" : "min",
                 name, group);
    }
}

/* the same of the whole case */
static void write_case(const qf_scenario *scenario, size_t g, const char *name,
                       const qf_expression *value, char *text, size_t size)
{
    char moment[280];
    write_moment(scenario, g, name, value, moment, sizeof moment);
    snprintf(text, size, "%s(%s)",
             scenario->groups[g].count == 1   ? "final"
             : value->kind == QF_VALUE_NUMBER ? "min"
                                              : "any",
             moment);
}

typedef void qf_write_example(const qf_scenario *scenario, size_t g, const char *name,
                              const qf_expression *value, char *text, size_t size);

/* GROUP.NAME of a misspelt group */
static bool explain_group(const qf_scenario *scenario, const char *name, char *message, size_t size)
{
    const char *dot = strchr(name, '.');
    char group[65];
    if (!dot || (size_t)(dot - name) >= sizeof group) {
        return false;
    }
    snprintf(group, sizeof group, "%.*s", (int)(dot - name), name);
    const char *nearest = qf_metric_nearest_group(scenario, group);
    if (nearest) {
        snprintf(message, size, "there is no group '%.64s' (did you mean '%.64s'?)", group,
                 nearest);
    }
    return nearest != NULL;
}

/* GROUP.NAME, and names of vehicles */
static bool explain_vehicles(qf_metric_builder *builder, const char *name, const char *argument,
                             qf_write_example *write, char *message, size_t size)
{
    const qf_scenario *scenario = builder->scenario;
    qf_expression_error error = {0};
    const qf_expression *value;
    char example[300];
    const char *rest;
    size_t g = split_group(scenario, name, &rest);
    if (g < scenario->n_groups) {
        value = qf_metric_vehicle_value(builder, g, rest, argument, &error);
        if (!value) {
            snprintf(message, size, "of '%.64s': %.300s", scenario->groups[g].name, error.message);
            return true;
        }
        write(scenario, g, rest, value, example, sizeof example);
        if (scenario->groups[g].count != 1) {
            snprintf(message, size, "'%.64s' has %zu vehicles: reduce what they are, as in %s",
                     scenario->groups[g].name, scenario->groups[g].count, example);
        } else {
            snprintf(message, size, "'%.64s' is of a moment: reduce it over time, as in %s", name,
                     example);
        }
        return true;
    }
    g = owner_of(builder, name, argument, &value);
    if (g < scenario->n_groups) {
        write(scenario, g, name, value, example, sizeof example);
        snprintf(message, size, "'%.64s' is of vehicles: %s, as in %s", name,
                 scenario->groups[g].count == 1 ? "say of which" : "reduce it", example);
        return true;
    }
    return explain_group(scenario, name, message, size);
}

static bool explain_moment(void *user, const char *name, const char *argument, char *message,
                           size_t size)
{
    qf_metric_builder *builder = user;
    if (is_of_case(builder, name)) {
        say_of_case(name, message, size);
        return true;
    }
    return explain_vehicles(builder, name, argument, write_moment, message, size);
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
                        .explain = explain_moment,
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
    const size_t prefix = sizeof parameter_prefix - 1;
    if (argument) {
        return false;
    }
    for (size_t p = 0; p < builder->n_parameters; p++) {
        if (strncmp(name, parameter_prefix, prefix) == 0 &&
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

static bool explain_case(void *user, const char *name, const char *argument, char *message,
                         size_t size)
{
    qf_metric_builder *builder = user;
    qf_symbol symbol;
    for (size_t m = builder->current; m < builder->n_specs; m++) {
        if (!builder->specs[m].required && strcmp(builder->specs[m].name, name) == 0) {
            snprintf(message, size,
                     m == builder->current
                         ? "'%.64s' is needed to know itself"
                         : "'%.64s' comes later: a metric may read those before it",
                     name);
            return true;
        }
    }
    if (find_time(name, &symbol)) {
        snprintf(message, size, "'%.64s' is of a moment: reduce it over time, as in final(%.64s)",
                 name, name);
        return true;
    }
    return strncmp(name, parameter_prefix, sizeof parameter_prefix - 1) != 0 &&
           explain_vehicles(builder, name, argument, write_case, message, size);
}

static const char *case_name(void *user, size_t i)
{
    qf_metric_builder *builder = user;
    if (i < builder->n_parameters) {
        const char *name =
            qf_arena_format(builder->arena, "%s%s", parameter_prefix, builder->parameters[i].name);
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
                        .explain = explain_case,
                        .reduce = qf_metric_reduce_case,
                        .user = builder};
}
