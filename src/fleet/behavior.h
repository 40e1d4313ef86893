/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_H
#define QF_BEHAVIOR_H

#include "stage.h"

/*
 * The stage in which vehicles decide: each machine of a group looks at all of a block's vehicles,
 * those that take a transition do what it says, and orders that are under way are followed up.
 * Order within one vehicle and tick: follow-up, then machine after machine, in each: actions of
 * leaving, of the transition, of entering, or else of being in the state. What the initial state
 * does on entering is done in the first evaluation, before anything is looked at.
 *
 * Events: 150 or 151 of a row, then of each of its actions 160, the code of `emit`, or 310 and what
 * the order changes, and 312 where an order fails; 311 and 312 of orders that were under way.
 */
int64_t qf_behavior_period_ticks(const qf_group *group);
bool qf_behavior_run(const qf_stage_call *call);
qf_status qf_behavior_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_behavior_close(void *user);

/*
 * First values of the columns of one vehicle that belong to machines; in fleet.c's first_values. Of
 * a group with fewer machines than others the rest are in state -1. Outputs that machines of the
 * group read are NaN until the first tick has written them, and variables that none of its machines
 * has are NaN for good.
 */
void qf_behavior_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e);

/* Whether some machine of the group reads columns that are otherwise written only when somebody
   looks. */
bool qf_behavior_reads_outputs(const qf_group_spec *spec);

/* What was exercised so far, summed over threads. */
typedef struct qf_coverage_row {
    uint64_t held; /* evaluations of vehicles in its state in which its condition held */
    /* and of those, in which it was the first; not counted of silent rows (qf_machine_row): 0 */
    uint64_t taken;
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
    /* by group, then machine; valid until the next call. Subject of events 150 and 151 is the
       number of the row over the rows of all of them, one after another */
    const qf_coverage_machine *machines;
    const char *const *log_texts; /* by subject of event 160; the stage's */
    size_t n_log_texts;
} qf_coverage;

/* Saves or loads what was exercised so far. */
void qf_behavior_archive(void *user, qf_archive *archive);

/* Of all ranks what this one counted, in place. Collective. */
void qf_behavior_sum_coverage(const qf_context *context, qf_coverage *coverage);

/* `user`: of the stage (qf_simulation_coverage hands it out). */
void qf_behavior_coverage(void *user, qf_coverage *coverage);

#endif
