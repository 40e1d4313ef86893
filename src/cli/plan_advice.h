/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLAN_ADVICE_H
#define QF_PLAN_ADVICE_H

#include <stdio.h>

#include "arena.h"
#include "machine.h"
#include "plan_measure.h"
#include "plan_model.h"
#include "sweep_forecast.h"

/* A forecast of what a scenario, or its sweep, would take. */
typedef struct qf_plan {
    const qf_scenario *scenario;
    const qf_machine *machine;
    const qf_sweep_spec *spec;  /* NULL: no sweep */
    qf_sweep_forecast forecast; /* of a sweep */
    qf_measurement measured;
    bool was_measured; /* else it does not fit into memory */
    size_t n_cases;    /* 1 without a sweep */
    bool has_model;
    qf_cost_model
        model; /* of one world over ranks, where several machines or --explain ask for it */
    size_t memory_bytes;
    double disk_bytes, disk_free_bytes; /* NaN: not known */
    size_t n_files;
    size_t n_nodes;
    int node_threads;
    double wall_s,
        spread_s; /* on n_nodes of node_threads each; at most, where the sweep may end early */
    double node_hours;
} qf_plan;

/* Derives wall_s, spread_s and node_hours from what was measured. */
void qf_plan_scale(qf_plan *plan);

/* What is foolish about it, a sentence each; *n may be 0. NULL without memory. */
const char *const *qf_plan_advice(qf_arena *arena, const qf_plan *plan, size_t *n);

/*
 * Cases that decide a requirement on a share if the true one lies halfway between its limit and what it is to be (1 for >=, 0
 * for <=); 0: no share.
 */
size_t qf_cases_that_decide(const qf_requirement *requirement);

/* For people, and one line for programs. */
qf_status qf_plan_print(qf_context *context, const qf_plan *plan, FILE *out);
qf_status qf_plan_json(qf_context *context, const qf_plan *plan, FILE *out);

#endif
