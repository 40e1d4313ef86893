/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_RUN_H
#define QF_METRIC_RUN_H

#include <stdbool.h>

#include "design.h"
#include "metric_plan.h"
#include "simulation.h"

/*
 * Computes metrics while a batch of worlds runs: one accumulator for each world and reduction over time, nothing is stored but
 * what quantiles over time need. Belongs to one thread. World w of the fleet is case `numbers[w]`.
 */
typedef struct qf_metric_run qf_metric_run;

/* The fleet must stand before its first tick, and outlive the run. */
qf_status qf_metric_run_create(qf_context *context, const qf_metric_plan *plan,
                               const qf_sweep_spec *spec, const qf_fleet *fleet,
                               const qf_kernels *kernels, qf_metric_run **run);
void qf_metric_run_free(qf_metric_run *run);

/*
 * Before the first tick, and after each advance of the simulation: takes the events and detections of that advance,
 * and, where the fleet stands at a look (a multiple of spec->every_ticks, or the last tick), the moment. A world that is over takes no more.
 * *n_over: worlds that `until` ended in this step, in ascending order in `over` (room for all worlds).
 */
qf_status qf_metric_run_step(qf_context *context, qf_metric_run *run,
                             const qf_simulation *simulation, uint32_t *over, size_t *n_over);

/* The tick to which the simulation may advance before the next step: the next look, or the last. */
int64_t qf_metric_run_next(const qf_metric_run *run);

/* The metrics: [metric][world]; truths are 0 or 1; NaN: there is no value. `numbers` are the cases of the worlds. */
qf_status qf_metric_run_finish(qf_context *context, qf_metric_run *run, const qf_design *design,
                               const uint32_t *numbers, double *metrics);

/* Bytes of a run over that many worlds. */
size_t qf_metric_run_predicted_bytes(const qf_metric_plan *plan, const qf_scenario *scenario);

#endif
