/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_PLAN_INTERNAL_H
#define QF_METRIC_PLAN_INTERNAL_H

#include "behavior_symbols.h"
#include "metric_plan.h"

/* What the parts that take metrics apart share: the plan as far as it is made, and what names mean on each level. */

typedef struct qf_metric_builder {
    qf_arena *arena;
    const qf_scenario *scenario;
    const qf_catalog *catalog;
    const qf_sweep_parameter *parameters;
    size_t n_parameters;
    double period_s; /* from moment to moment */
    const qf_metric_spec *specs;
    size_t n_specs;
    size_t current; /* the metric that is read; n_specs: `until` */
    qf_vehicle_reduction *over_vehicles;
    size_t n_over_vehicles, vehicles_capacity;
    qf_time_reduction *over_time;
    size_t n_over_time, time_capacity;
    qf_metric *metrics;     /* [0, current) are there */
    size_t first_parameter; /* its column; metrics follow the parameters */
    bool out_of_memory;
} qf_metric_builder;

/* Names of the vehicles of a group. */
typedef struct qf_vehicle_names {
    qf_metric_builder *builder;
    size_t group;
    qf_behavior_names names;
    qf_symbols machines; /* what they are to the group's machines */
} qf_vehicle_names;

/* `names` outlives the symbols, which set it. */
qf_symbols qf_metric_vehicle_symbols(qf_metric_builder *builder, size_t group,
                                     qf_vehicle_names *names);
qf_symbols qf_metric_moment_symbols(qf_metric_builder *builder);
qf_symbols qf_metric_case_symbols(qf_metric_builder *builder);

/* What a name alone, "text" in its brackets or NULL, comes to for vehicles of a group; NULL: nothing, *error says why. */
const qf_expression *qf_metric_vehicle_value(qf_metric_builder *builder, size_t group,
                                             const char *name, const char *argument,
                                             qf_expression_error *error);

extern const char qf_metric_parameter_prefix[]; /* "parameter." */

/* Why a name means nothing on a level (symbols->explain). */
bool qf_metric_explain_vehicle(void *user, const char *name, const char *argument, char *message,
                               size_t size);
bool qf_metric_explain_moment(void *user, const char *name, const char *argument, char *message,
                              size_t size);
bool qf_metric_explain_case(void *user, const char *name, const char *argument, char *message,
                            size_t size);

/* What reductions come to on a level (symbols->reduce). */
bool qf_metric_reduce_vehicle(void *user, const qf_reduction *reduction, qf_symbol *symbol,
                              qf_expression_error *error);
bool qf_metric_reduce_moment(void *user, const qf_reduction *reduction, qf_symbol *symbol,
                             qf_expression_error *error);
bool qf_metric_reduce_case(void *user, const qf_reduction *reduction, qf_symbol *symbol,
                           qf_expression_error *error);

/* What an expression comes to on the level above: a symbol of column `column` of doubles. */
qf_symbol qf_metric_symbol(const qf_expression *expression, size_t column);

/* Whether it is about events or detections: *what they are. */
bool qf_metric_happening(const qf_reduction *call, qf_reduced *what);
/* Which of them, and whose; false: *error is set. */
bool qf_metric_read_happening(const qf_metric_builder *builder, const qf_reduction *call,
                              qf_time_reduction *made, qf_expression_error *error);

/* Number of a reduction in its list, where it is put unless an equal one is there; SIZE_MAX without memory. */
size_t qf_metric_add_over(qf_metric_builder *builder, const qf_vehicle_reduction *reduction);
size_t qf_metric_add_time(qf_metric_builder *builder, const qf_time_reduction *reduction);

/* The group whose name those bytes are, n_groups: there is none. */
size_t qf_metric_group(const qf_scenario *scenario, const char *name, size_t length);
/* Of GROUP.NAME the group, n_groups: there is none; *rest is NAME. Names of groups may have dots: the longest counts. */
size_t qf_metric_split_group(const qf_scenario *scenario, const char *name, const char **rest);
/* The group that `over` or `of` is about: its name as it is or in quotes; false: *error is set. */
bool qf_metric_read_group(const qf_metric_builder *builder, const qf_reduction *call, size_t *group,
                          qf_expression_error *error);
/* The nearest name of a group to a misspelt one, NULL: none is near. */
const char *qf_metric_nearest_group(const qf_scenario *scenario, const char *name);

#endif
