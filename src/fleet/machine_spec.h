/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_SPEC_H
#define QF_MACHINE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "number.h"

/*
 * A state machine as its file says it (docs/behavior.md), names still being names. Memory belongs to the
 * scenario's arena. Texts of expressions are kept as written.
 */

/* An expression, and where it stands: the reader's, NULL outside of one. */
typedef struct qf_text {
    const char *text; /* NULL: none */
    const void *place;
} qf_text;

enum { QF_COMMAND_MOST_ARGUMENTS = 4 }; /* as QF_COMMAND_MAX_ARGUMENTS */

/* Something to do: a row of the command table with its arguments. */
typedef struct qf_action_spec {
    int kind; /* qf_command_kind */
    bool given[QF_COMMAND_MOST_ARGUMENTS];
    qf_text
        argument[QF_COMMAND_MOST_ARGUMENTS]; /* of numbers and of the value of `set`; else NULL */
    double constant[QF_COMMAND_MOST_ARGUMENTS];  /* switch, axis, choice */
    const char *name[QF_COMMAND_MOST_ARGUMENTS]; /* texts: message of `log`, variable of `set` */
    const void *place;
} qf_action_spec;

typedef struct qf_action_list {
    const qf_action_spec *actions;
    size_t n;
} qf_action_list;

typedef struct qf_transition_spec {
    qf_text condition;
    const char *target;  /* NULL: the vehicle stays, and nothing is left or entered */
    const char *trigger; /* name for the event log, NULL: none */
    qf_action_list actions;
    const void *place;
    const void *target_place;
} qf_transition_spec;

typedef struct qf_state_spec {
    const char *name;
    bool has_body; /* else it is only a target, and terminal */
    bool terminal;
    qf_action_list on_enter, on_exit, during; /* during: key `while` */
    const qf_transition_spec *transitions;
    size_t n_transitions;
    const void *place;
} qf_state_spec;

typedef enum qf_variable_kind {
    QF_VARIABLE_NUMBER,
    QF_VARIABLE_TRUTH,
    QF_VARIABLE_CHOICE,
} qf_variable_kind;

/* A column of the fleet that actions and scripts set; one of each name for all machines of all groups. */
typedef struct qf_variable_spec {
    const char *name;
    qf_variable_kind kind;
    const char *unit;          /* of a number */
    const char *const *values; /* of a choice: the column holds their number from 0 */
    size_t n_values;
    qf_number initial;
    const void *place;
} qf_variable_spec;

/* A name for an expression. */
typedef struct qf_signal_spec {
    const char *name;
    qf_text text;
} qf_signal_spec;

/* A rule of the decision layer. */
typedef struct qf_decision_rule {
    const char *name;
    qf_text when;
    int type; /* place in qf_decision_types: the smallest comes first */
    double priority, confidence;
    qf_action_list actions; /* when it becomes the chosen one */
    qf_action_list after;   /* when it no longer is */
    const void *place;
} qf_decision_rule;

typedef struct qf_machine_spec {
    const char *name;
    const char *file;    /* as the scenario names it, NULL: none */
    int64_t every_ticks; /* from evaluation to evaluation, >= 1 */
    bool
        decides; /* the decision layer (decision_reader.c): its states are proposals, the first is none */
    size_t initial;              /* state */
    const qf_state_spec *states; /* those with a body in the order of the file, then the others */
    size_t n_states;
    const qf_transition_spec *any; /* from every state but their own target */
    size_t n_any;
    const qf_variable_spec *variables;
    size_t n_variables;
    const qf_signal_spec *signals;
    size_t n_signals;
    const qf_decision_rule *rules; /* of the decision layer, in the order of the file */
    size_t n_rules;
    const void *place;
    bool incomplete; /* errors in it, or in what its group has: not to be built */
    /* set when it is checked (machine_complaints.c): */
    size_t n_holds;     /* columns for counters of hold() */
    bool reads_outputs; /* columns that are otherwise written only when somebody looks */
    qf_asked asked;     /* by events of its transitions */
} qf_machine_spec;

enum {
    QF_MACHINE_MOST_STATES = 256,
    QF_MACHINE_MOST_TRANSITIONS = 1024, /* rows, `any` counted once for each state */
    QF_MACHINE_MOST_SIGNALS = 1024,
    QF_MACHINES_MOST = 8,   /* of a vehicle */
    QF_VARIABLES_MOST = 64, /* of a scenario */
};

#endif
