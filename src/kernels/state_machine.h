/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_STATE_MACHINE_H
#define QF_STATE_MACHINE_H

#include "program.h"

/*
 * A state machine, compiled: all conditions of all states are evaluated for every vehicle, and which of them
 * counts is a matter of bits; so the time does not depend on which states vehicles are in.
 */

/* One way on from one state; those of a state stand together, first come first. */
typedef struct qf_machine_row {
    uint16_t from;       /* state, by its place in the machine */
    uint16_t truth;      /* register of its condition */
    bool leaves;         /* else the vehicle stays as it is */
    bool silent;         /* and nobody need know: it only keeps rows after it from being taken */
    uint32_t transition; /* of the machine, as the file lists them: for coverage and events */
} qf_machine_row;

typedef struct qf_state_machine {
    qf_program program;
    size_t n_states;
    const int64_t *state_ids; /* what the column of states holds for each of them */
    size_t n_rows;
    const qf_machine_row *rows; /* ascending `from` */
    int64_t *state;             /* column, indexed by slot; not written here */
} qf_state_machine;

/* A vehicle takes a row. */
typedef struct qf_machine_edge {
    uint16_t vehicle; /* slot - first of the evaluation */
    uint16_t row;
} qf_machine_edge;

/* How often what was exercised so far; each thread has its own, sums are whole numbers. */
typedef struct qf_machine_tally {
    uint64_t *in_state; /* n_states: evaluations of vehicles in it */
    uint64_t *held;     /* n_rows: of those, in which the row's condition held */
} qf_machine_tally;

/* What one evaluation comes to. */
typedef struct qf_machine_result {
    qf_machine_edge edges[QF_PROGRAM_VEHICLES]; /* not silent ones; ascending vehicle */
    size_t n_edges;
    /* n_states: vehicles in that state that do not leave it */
    uint8_t (*remain)[QF_PROGRAM_BYTES];
} qf_machine_result;

/*
 * Runs the program and finds the first row of each valid vehicle's state whose condition holds. `tally` NULL: not
 * counted. The caller moves vehicles to their new states.
 */
typedef void qf_machine_kernel(const qf_state_machine *machine, const qf_evaluation *evaluation,
                               const qf_registers *registers, qf_machine_tally *tally,
                               qf_machine_result *result);

#endif
