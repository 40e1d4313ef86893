/* SPDX-License-Identifier: Apache-2.0 */
/* Why a name means nothing on its level: on another it may. */
#include <stdio.h>
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"

/* whether it is a name of the case: a parameter, or a metric */
static bool is_of_case(const qf_metric_builder *builder, const char *name)
{
    bool found = strncmp(name, qf_metric_parameter_prefix, strlen(qf_metric_parameter_prefix)) == 0;
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

bool qf_metric_explain_vehicle(void *user, const char *name, const char *argument, char *message,
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
    if (qf_metric_split_group(scenario, name, &rest) < scenario->n_groups) {
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
    size_t g = qf_metric_split_group(scenario, name, &rest);
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

bool qf_metric_explain_moment(void *user, const char *name, const char *argument, char *message,
                              size_t size)
{
    qf_metric_builder *builder = user;
    if (is_of_case(builder, name)) {
        say_of_case(name, message, size);
        return true;
    }
    return explain_vehicles(builder, name, argument, write_moment, message, size);
}

bool qf_metric_explain_case(void *user, const char *name, const char *argument, char *message,
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
    if (qf_behavior_find_time(name, &symbol)) {
        snprintf(message, size, "'%.64s' is of a moment: reduce it over time, as in final(%.64s)",
                 name, name);
        return true;
    }
    return strncmp(name, qf_metric_parameter_prefix, strlen(qf_metric_parameter_prefix)) != 0 &&
           explain_vehicles(builder, name, argument, write_case, message, size);
}
