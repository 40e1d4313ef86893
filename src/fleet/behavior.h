/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_H
#define QF_BEHAVIOR_H

#include "stage.h"

/*
 * The stage in which vehicles decide: each machine of a group looks at all of a block's vehicles, those that take a
 * transition do what it says, and orders that are under way are followed up. Order within one vehicle and tick:
 * follow-up, then machine after machine, in each: actions of leaving, of the transition, of entering, or else of
 * being in the state.
 */
int64_t qf_behavior_period_ticks(const qf_group *group);
bool qf_behavior_run(const qf_stage_call *call);
qf_status qf_behavior_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_behavior_close(void *user);

/* First values of the columns of one vehicle that belong to machines; in fleet.c's first_values. */
void qf_behavior_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e);

/* Whether some machine of the group reads columns that are otherwise written only when somebody looks. */
bool qf_behavior_reads_outputs(const qf_group_spec *spec);

/* What was exercised so far, summed over threads. */
typedef struct qf_coverage_row {
    uint64_t held;  /* evaluations of vehicles in its state in which its condition held */
    uint64_t taken; /* and of those, in which it was the first */
} qf_coverage_row;

typedef struct qf_coverage_machine {
    size_t group;
    size_t machine; /* of the group */
    const struct qf_built_machine *built;
    const uint64_t *in_state;    /* n_states: evaluations of vehicles in it */
    const uint64_t *entered;     /* n_states: transitions into it, those at the start among them */
    const qf_coverage_row *rows; /* machine.n_rows */
} qf_coverage_machine;

typedef struct qf_coverage {
    size_t n;
    const qf_coverage_machine *machines; /* by group, then machine; valid until the next call */
} qf_coverage;

/* `user`: of the stage (qf_simulation_coverage hands it out). */
void qf_behavior_coverage(void *user, qf_coverage *coverage);

#endif
