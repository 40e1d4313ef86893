/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_BUILD_H
#define QF_MACHINE_BUILD_H

#include "behavior_symbols.h"
#include "catalog.h"
#include "expression.h"
#include "scenario.h"
#include "state_machine.h"

/*
 * From a machine's text to what the kernels run, and what is wrong with it. The same way is gone
 * twice: when a scenario is read, to check it, and when a simulation starts, with the columns of
 * its fleet.
 */

/* Told of everything that is wrong (`note`: only remarkable). `place`: of the spec; bytes [begin,
   end) of its text are meant, both 0: all of it. */
typedef struct qf_complaints {
    void (*complain)(void *user, const void *place, size_t begin, size_t end, bool note,
                     const char *message);
    void *user;
} qf_complaints;

/* What a row's edge does, and what events say of it. */
typedef struct qf_machine_change {
    const qf_transition_spec *spec;
    const qf_expression *condition;
    uint16_t from, to;       /* states; the same where it does not leave */
    const qf_cause *because; /* of its condition */
    uint16_t n_because;
    bool has_witness;
    bool witness_whole;    /* an int64 column */
    size_t witness;        /* column of the fleet */
    bool settled;          /* condition: it knows neither time nor states of machines */
    const size_t *columns; /* that it reads, ascending */
    size_t n_columns;
} qf_machine_change;

/* One argument of an action that is no constant. */
typedef struct qf_action_argument {
    qf_program program; /* n_instructions may be 0 */
    bool is_truth;
    uint16_t truth;
    qf_operand number;
    double factor;
} qf_action_argument;

typedef struct qf_built_action {
    const qf_action_spec *spec;
    const qf_action_argument
        *argument[QF_COMMAND_MOST_ARGUMENTS]; /* NULL: a constant of the spec */
    size_t column;                            /* of `set`: of the fleet */
    bool whole;                               /* an int64 one */
} qf_built_action;

typedef struct qf_built_actions {
    const qf_built_action *actions;
    size_t n;
} qf_built_actions;

typedef struct qf_built_machine {
    qf_state_machine machine;
    const qf_machine_spec *spec;
    qf_machine_change *changes;                          /* n_rows */
    const qf_built_actions *on_row;                      /* n_rows */
    const qf_built_actions *on_enter, *on_exit, *during; /* n_states */
    bool has_during;                                     /* any state */
    size_t most_numbers, most_truths;                    /* registers, over all its programs */
} qf_built_machine;

/*
 * Builds machine number `number` of a group. Rows of a state: first those of `any`, unless they
 * lead to the state itself or the state is terminal, then its own. Transitions are numbered: those
 * of `any`, then those of the first state, of the second, ...
 *
 * `set` sets a variable of the group's machines to what its kind is, a choice to the name of one of
 * its values; or an input column that is no flag (for flags, the heading and thrusters there are
 * commands).
 *
 * `catalog` has all columns but those of holds, which are counted into
 * *n_holds; `columns` and `holds` as in qf_program_finish. False after complaints, or without
 * memory, of which there is no complaint.
 */
bool qf_machine_build(qf_arena *arena, const qf_catalog *catalog, const qf_scenario *scenario,
                      size_t group, size_t number, void *const *columns, void *const *holds,
                      const qf_complaints *complaints, qf_built_machine *built, size_t *n_holds,
                      bool *reads_outputs);

/*
 * What a compiler would say of a machine's shape: states that cannot be reached, transitions that
 * never count because one before them always does, states without a way out, rounds that never
 * settle. `built` from qf_machine_build without columns.
 */
void qf_machine_check(const qf_machine_spec *spec, const qf_built_machine *built,
                      const qf_complaints *complaints);

#endif
