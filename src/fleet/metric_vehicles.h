/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_METRIC_VEHICLES_H
#define QF_METRIC_VEHICLES_H

#include "fleet.h"
#include "metric_plan.h"
#include "metric_program.h"

/*
 * Reductions over the vehicles of each world, at one moment. Vehicles of a group are ordered world by world, so
 * those of a world are neighbours. They are taken in that order, sums with compensation, so that what a world comes to
 * depends on nothing but its vehicles. Quarantined vehicles count as they were frozen; what only observed
 * ticks tell is NaN for them, and does not count.
 */

/* Reductions of a group that are computed together. */
typedef struct qf_metric_batch {
    size_t group;
    bool late; /* they read what ticks write: before the first tick there is nothing to be read */
    size_t *which; /* reductions, in the order of the programs' expressions */
    qf_metric_programs programs;
} qf_metric_batch;

typedef struct qf_metric_vehicles {
    const qf_metric_plan *plan;
    const qf_fleet *fleet;
    qf_metric_batch *batches;
    size_t n_batches;
    /* of each reduction, by world */
    double **column; /* its value */
    double **low;    /* of sums: what rounding lost; else NULL */
    double **count;  /* of sums: vehicles that have a value; else NULL */
    bool *late;
} qf_metric_vehicles;

/* `n_rows`: worlds, padded to whole multiples of 8. QF_ERROR_INTERNAL: the plan is not one for this fleet. */
qf_status qf_metric_vehicles_create(qf_context *context, qf_arena *arena,
                                    const qf_metric_plan *plan, const qf_fleet *fleet,
                                    size_t n_rows, qf_metric_machine *machine,
                                    qf_metric_vehicles *vehicles);

/* The values of this moment; those of late reductions not before the first tick. */
void qf_metric_vehicles_look(const qf_metric_vehicles *vehicles, qf_metric_machine *machine);

#endif
