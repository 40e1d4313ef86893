/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BEHAVIOR_STAGE_H
#define QF_BEHAVIOR_STAGE_H

#include "behavior.h"
#include "machine_build.h"
#include "tick_time.h"

/* What the stage of behaviour keeps; shared by the files behavior*.c only. */

/* A machine of a group, ready to run. */
typedef struct qf_behavior_machine {
    qf_built_machine built;
    size_t group;
    size_t number;    /* of the group */
    size_t first_row; /* over all machines: group, machine, row */
    int64_t *since;   /* column: ticks done when the state was entered */
    qf_cause cause;   /* its latest transition */
} qf_behavior_machine;

/* What one thread has counted of one machine. */
typedef struct qf_behavior_tally {
    qf_machine_tally kernel;
    uint64_t *entered; /* n_states */
    uint64_t *taken;   /* n_rows */
} qf_behavior_tally;

/* A thread's own memory, none of it in cache lines of another's. */
typedef struct qf_behavior_thread {
    qf_registers registers;
    qf_machine_result *result;
    qf_behavior_tally *tally; /* by machine */
    uint16_t *sequence;       /* QF_BLOCK_VEHICLES: events of each vehicle of the call so far */
} qf_behavior_thread;

/* A text that machines log. */
typedef struct qf_behavior_log {
    const qf_action_spec *spec;
    int32_t text; /* place in log_texts */
} qf_behavior_log;

typedef struct qf_behavior {
    qf_arena arena;
    const qf_fleet *fleet;
    qf_behavior_machine *machines; /* by group, then machine */
    size_t n_machines;
    size_t *first_machine; /* n_groups + 1 */
    qf_behavior_thread *threads;
    int n_threads;
    qf_behavior_log *logs; /* every action that logs */
    size_t n_logs;
    const char **log_texts; /* each once, in the order of logs */
    size_t n_log_texts;
    qf_tick_fraction tick_s;   /* how long a tick is */
    int64_t timeout_ticks;     /* of orders under way */
    qf_coverage_machine *sums; /* what qf_behavior_coverage hands out, n_machines */
} qf_behavior;

/* A vehicle that does something: everything that its actions and their events need. */
typedef struct qf_behavior_actor {
    const qf_stage_call *call;
    const qf_behavior *behavior;
    const qf_behavior_thread *thread;
    const double *uniform; /* of the evaluation */
    size_t slot;
} qf_behavior_actor;

/* The event that others are made of: who, when, and in which place among those of the vehicle, which is counted. */
qf_event qf_behavior_event(const qf_behavior_actor *actor);

/* Tells that the vehicle takes a row of a machine. */
void qf_behavior_tell_change(const qf_behavior_actor *actor, const qf_behavior_machine *machine,
                             size_t row);

/*
 * Has a vehicle do some actions, because of `cause`, which outlives the simulation. `again`: it does them in every
 * evaluation, which is told only where something fails that did not before.
 */
void qf_behavior_act(const qf_behavior_actor *actor, const qf_built_actions *actions,
                     const qf_cause *cause, bool again);

/* Lists what machines log. False without memory. */
bool qf_behavior_list_logs(qf_behavior *behavior);

/* Makes room for what threads count. False without memory. */
bool qf_behavior_prepare_tallies(qf_behavior *behavior);

#endif
