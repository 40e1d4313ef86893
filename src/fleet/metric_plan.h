/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_PLAN_H
#define QF_METRIC_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "catalog.h"
#include "expression.h"
#include "scenario.h"
#include "sweep_spec.h"

/*
 * Metrics, taken apart. A metric is an expression on three levels, each of which is the existing language over other
 * names:
 *
 *   vehicle   names of vehicles of a group; reduced over them, as in max(temp_core_c over scouts)
 *   moment    values of reductions over vehicles, GROUP.NAME of a group with one vehicle, time; reduced over time, as
 *             in final(...), first_time(...)
 *   case      values of reductions over time and of counts of events, parameters, other metrics
 *
 *   final(max(temp_core_c over scouts)) - parameter.ambient
 *   case   ^      moment ^   ^ vehicle
 *
 * The plan lists every reduction once. All memory belongs to the caller's arena; many threads may read it.
 */

typedef enum qf_over {
    QF_OVER_ONE, /* of the group's only vehicle */
    QF_OVER_MIN,
    QF_OVER_MAX,
    QF_OVER_MEAN,
    QF_OVER_SUM,
    QF_OVER_COUNT, /* of truths: in how many it holds */
    QF_OVER_ANY,
    QF_OVER_ALL,
} qf_over;

/* A number (truths: 0 or 1; choices: the place among their names) of each world at each moment. `of` is a truth value or
   a number, which is the place where it is one of a choice. NaN does not count in MIN, MAX, MEAN
   and SUM, which are NaN where nothing else is there. */
typedef struct qf_vehicle_reduction {
    qf_over over;
    size_t group;
    const qf_expression *of; /* columns are those of the fleet */
} qf_vehicle_reduction;

typedef enum qf_reduce {
    QF_REDUCE_INITIAL, /* before the first tick */
    QF_REDUCE_FINAL,
    QF_REDUCE_MIN,
    QF_REDUCE_MAX,
    QF_REDUCE_MEAN,
    QF_REDUCE_QUANTILE,   /* over moments, each counting the same */
    QF_REDUCE_FIRST_TIME, /* s; of truths, events and detections; NaN: never */
    QF_REDUCE_DURATION, /* s; of truths: moments that it holds in, without the first, times the time between */
    QF_REDUCE_ANY,
    QF_REDUCE_ALL,
    QF_REDUCE_COUNT, /* of events and detections; of truths: how often it began to hold, the first moment included */
} qf_reduce;

typedef enum qf_reduced {
    QF_REDUCED_MOMENTS, /* an expression of the moment */
    QF_REDUCED_EVENTS,
    QF_REDUCED_DETECTIONS, /* that are none of noise */
    QF_REDUCED_FALSE_ALARMS,
} qf_reduced;

enum { QF_ANY_GROUP = -1, QF_ANY_CODE = -1, QF_ANY_SUBJECT = -1 };

typedef struct qf_time_reduction {
    qf_reduce reduce;
    qf_reduced what;
    const qf_expression *of; /* of moments: columns are numbers of vehicle reductions */
    double level;            /* of a quantile */
    int32_t code;            /* of events; QF_ANY_CODE */
    int32_t group;           /* of who tells or looks; QF_ANY_GROUP */
} qf_time_reduction;

typedef struct qf_metric {
    const qf_metric_spec *spec;
    /* columns: [0, n_over_time) time reductions, then parameters, then metrics, which stand before it */
    const qf_expression *of;
} qf_metric;

typedef struct qf_metric_plan {
    const qf_vehicle_reduction *over_vehicles;
    size_t n_over_vehicles;
    const qf_time_reduction *over_time;
    size_t n_over_time;
    const qf_metric *metrics;
    size_t n_metrics;
    const qf_expression *until; /* of the moment; NULL: none */
    bool looks_at_vehicles;     /* some reduction, or `until`, needs moments */
    bool looks_at_outputs;      /* some reads what only observed ticks have (QF_ROLE_OUTPUT) */
    bool counts_events;
    bool counts_detections; /* or false alarms */
} qf_metric_plan;

/*
 * Takes the metrics of a sweep apart. `specs`: name and text are set; kind, unit and names come out. On failure
 * *failed is the metric that is wrong (n: `until`), *error says what and where in its text, and the result is NULL.
 */
const qf_metric_plan *qf_metric_plan_create(qf_arena *arena, const qf_scenario *scenario,
                                            const qf_catalog *catalog,
                                            const qf_sweep_parameter *parameters,
                                            size_t n_parameters, double period_s,
                                            qf_metric_spec *specs, size_t n, const char *until,
                                            size_t *failed, qf_expression_error *error);

/*
 * The text of a built-in metric for this scenario, NULL: there is none of that name, it makes no sense here, or so
 * many groups would take a longer text than expressions have. Without memory the text is empty, which is no metric.
 * `success` always is one. `final_state` is of the only group that has one vehicle and one machine; `final_state_GROUP`
 * of that group.
 */
const char *qf_metric_builtin(qf_arena *arena, const qf_scenario *scenario, const char *name);

/*
 * The i-th name for lists and for help, NULL: no more; empty without memory. All that there are, whether or not they make
 * sense here; then, where several groups have a final state, final_state_GROUP of each.
 */
const char *qf_metric_builtin_name(qf_arena *arena, const qf_scenario *scenario, size_t i);

#endif
