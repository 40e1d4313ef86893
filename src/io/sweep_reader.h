/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_READER_H
#define QF_SWEEP_READER_H

#include <stdio.h>

#include "context.h"
#include "design.h"
#include "diagnostics.h"
#include "metric_plan.h"
#include "scenario.h"

/*
 * A scenario with a `sweep`: the file, what it asks for, and the value of every parameter in every case. A parameter's
 * path leads to a key of the scenario. Where that key may hold a distribution, worlds of one batch differ in
 * it (QF_NUMBER_CASE); elsewhere the scenario is read anew for the cases that agree in it.
 */
typedef struct qf_sweep qf_sweep;

/*
 * Reads and checks all: paths, distributions, correlations, metrics, requirements (also whether they can be decided
 * with so many cases), and the least and greatest value of each parameter at its place. As qf_scenario_read reports.
 * QF_ERROR_SCENARIO also where the scenario has no `sweep`.
 */
qf_status qf_sweep_open(qf_context *context, const char *path, const char *const *overrides,
                        size_t n_overrides, qf_diagnostics *diagnostics, qf_sweep **sweep);

/* The same of a tree that qf_complete_tree made in `arena`, which is the sweep's from then on. */
qf_status qf_sweep_open_tree(qf_context *context, const char *path, qf_arena arena,
                             struct qf_yaml_node *root, qf_diagnostics *diagnostics,
                             qf_sweep **sweep);

/* The same from the text of an effective scenario (qf_sweep_write), which messages call `name`. */
qf_status qf_sweep_open_text(qf_context *context, const char *name, const char *text,
                             qf_diagnostics *diagnostics, qf_sweep **sweep);
void qf_sweep_close(qf_sweep *sweep);

const qf_sweep_spec *qf_sweep_get_spec(const qf_sweep *sweep);
const qf_design *qf_sweep_design(const qf_sweep *sweep);
/* Of case 0 where some parameter is not packed; that of all cases elsewhere. n_worlds is 1. */
const qf_scenario *qf_sweep_scenario(const qf_sweep *sweep);
const qf_metric_plan *qf_sweep_plan(const qf_sweep *sweep); /* of that scenario */
/* Whether all parameters with a path are packed. */
bool qf_sweep_is_packed(const qf_sweep *sweep);

/* The scenario of n cases that agree in what is not packed, and its plan, in memory of their own (qf_scenario_free; the plan lives in
   `arena`). Values of other cases do not matter to it. Any thread may call it. As the job's `read` (fleet/sweep.h). */
qf_status qf_sweep_read_cases(const qf_sweep *sweep, qf_context *context, const uint32_t *numbers,
                              size_t n, qf_arena *arena, qf_scenario *scenario,
                              const qf_metric_plan **plan);

/* Writes scenario and sweep with every default filled in, readable again: what results keep. Tables are written out. */
void qf_sweep_write(const qf_sweep *sweep, FILE *out);

#endif
