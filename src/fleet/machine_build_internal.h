/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_BUILD_INTERNAL_H
#define QF_MACHINE_BUILD_INTERNAL_H

#include "machine_build.h"

/* What the parts of building a machine share. */

typedef struct qf_complained qf_complained; /* what has been said, so that it is said once */
typedef struct qf_machine_write qf_machine_write;
typedef struct qf_machine_read qf_machine_read;

typedef struct qf_machine_builder {
    qf_arena *arena;
    const qf_catalog *catalog;
    const qf_scenario *scenario;
    size_t group;
    size_t number;
    const qf_machine_spec *spec;
    void *const *columns;
    void *const *holds;
    const qf_complaints *complaints;
    qf_complained *complained;
    bool failed; /* something was wrong */
    bool out_of_memory;
    qf_behavior_names names;
    qf_symbols plain;               /* by names */
    qf_symbols symbols;             /* the same, noting which signals are asked for */
    bool *asked;                    /* n_signals: by the text that is being parsed */
    bool *broken;                   /* n_signals */
    const qf_machine_write *writes; /* what faults and orders set, of the group's vehicles */
    const qf_machine_read *reads;   /* by the text that is being parsed */
    bool reads_outputs;
    qf_built_machine *built;
} qf_machine_builder;

/* Zeroed memory; NULL is noted. */
void *qf_machine_take(qf_machine_builder *builder, size_t count, size_t size);

void qf_machine_complain(qf_machine_builder *builder, const void *place, size_t begin, size_t end,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* What an error says of a text. */
void qf_machine_tell(qf_machine_builder *builder, const qf_text *text,
                     const qf_expression_error *error);

/* A text as a tree of any kind; NULL after complaints, or where a broken signal in it has led to one. */
const qf_expression *qf_machine_parse(qf_machine_builder *builder, const qf_text *text);

/* Notes what the machine needs of a tree. */
void qf_machine_note_columns(qf_machine_builder *builder, const size_t *columns, size_t n);

/* Registers are shared by all programs of the machine. */
void qf_machine_note_program(qf_machine_builder *builder, const qf_program *program);

/* Notes what faults, scripts and machines of the group set; before anything is parsed. */
void qf_machine_note_writes(qf_machine_builder *builder);

/* Notes what a name of the text that is being parsed reads. */
void qf_machine_note_symbol(qf_machine_builder *builder, const qf_symbol *symbol);

/* Causes of a change whose condition is the text that was parsed last. */
void qf_machine_find_causes(qf_machine_builder *builder, qf_machine_change *change);

/* A row that always holds is taken because those before it no longer do: it has their causes, and their witness. */
void qf_machine_inherit_causes(qf_machine_builder *builder, const qf_machine_row *rows,
                               qf_machine_change *changes, size_t n_rows);

/* A list of actions, with programs for their arguments. */
void qf_machine_build_actions(qf_machine_builder *builder, const qf_action_list *list,
                              qf_built_actions *built);

#endif
