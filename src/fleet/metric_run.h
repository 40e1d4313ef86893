/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_RUN_H
#define QF_METRIC_RUN_H

#include <stdbool.h>

#include "design.h"
#include "metric_plan.h"
#include "simulation.h"

/*
 * Computes metrics while a batch of worlds runs: one accumulator for each world and reduction over time; nothing is
 * stored but what quantiles over time need, 8 bytes for each world and look. Belongs to one thread. World w of the
 * fleet is case `numbers[w]`. What comes out of a world depends on neither the other worlds nor how far single advances
 * of the simulation go.
 *
 * Looks are at tick 0, before the first tick, then at multiples of spec->every_ticks, and after the last tick. What
 * ticks report (QF_ROLE_OUTPUT) does not exist before the first: reductions that read such, directly or by way
 * of others, have no look at tick 0.
 *
 * A case that `until` ends at a look has the events and detections that a run of as many ticks would tell of. What
 * vehicles do and see after the world has moved for the last time, before the next tick, is told with that tick, and is
 * not among them, though it bears the same time.
 */
typedef struct qf_metric_run qf_metric_run;

/* What the scenario of a batch must record for these metrics; all else is left out of the record. */
void qf_metric_plan_record(const qf_metric_plan *plan, qf_record_spec *record);

/*
 * The fleet must stand before its first tick, and outlive the run, as must plan and spec. The simulation must keep
 * events where plan->counts_events. `kernels` NULL: the best. QF_ERROR_MEMORY; QF_ERROR_SCENARIO where an expression is
 * too large to be computed; QF_ERROR_INTERNAL where the plan is not one for this fleet.
 */
qf_status qf_metric_run_create(qf_context *context, const qf_metric_plan *plan,
                               const qf_sweep_spec *spec, const qf_fleet *fleet,
                               const qf_kernels *kernels, qf_metric_run **run);
void qf_metric_run_free(qf_metric_run *run);

/*
 * Before the first tick, and after each advance of the simulation: takes the events and detections of that advance,
 * and, where the fleet stands at a look, the moment. A world that is over takes no more. *n_over: worlds that
 * `until` ended in this step, in ascending order in `over` (room for all worlds). QF_ERROR_INTERNAL: the simulation
 * went past a look, or not on.
 */
qf_status qf_metric_run_step(qf_context *context, qf_metric_run *run,
                             const qf_simulation *simulation, uint32_t *over, size_t *n_over);

/* The tick to which the simulation may advance before the next step: the next look, or sooner, so that events and
   detections that wait to be taken stay few; at the end the last tick. */
int64_t qf_metric_run_next(const qf_metric_run *run);

/*
 * The metrics: [metric][world]; truths are 0 or 1; NaN, always the same one: there is no value. `numbers` are the
 * cases of the worlds. May be asked for after any step.
 */
qf_status qf_metric_run_finish(qf_context *context, qf_metric_run *run, const qf_design *design,
                               const uint32_t *numbers, double *metrics);

/* Bytes of a run over the scenario's worlds, with a look every scenario->sweep->every_ticks (every tick, where there is
   no sweep); SIZE_MAX: more than can be counted. */
size_t qf_metric_run_predicted_bytes(const qf_metric_plan *plan, const qf_scenario *scenario);

#endif
