/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_READER_H
#define QF_MACHINE_READER_H

#include "reader.h"
#include "scenario.h"

/* A group's keys `fsm` (a machine or a list of them) and `decision`. docs/behavior.md says what may stand in them.
   `group_known`: what else the group has was read without an error. */
void qf_read_machine_keys(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, bool group_known, qf_group_spec *group);

/* Builds all machines of all groups, to say what is wrong with them, and sets what qf_machine_spec says it does. And what
   `set` of scripts names. After the groups are read, where their columns are known. */
void qf_check_machines(qf_reader *reader, qf_scenario *scenario);

/* A note for each variable that no expression, action, script or fault has to do with. After the groups are read without an error. */
void qf_note_unused_variables(qf_reader *reader, const qf_scenario *scenario);

/* What a variable is to be: a number, a truth value or the name of one of its values, whose number it becomes. */
void qf_read_variable_value(qf_reader *reader, const qf_yaml_node *node,
                            const qf_variable_spec *variable, qf_number *value);

/* One machine from the tree of a file of its own, checked as far as that goes without a scenario: for `validate`.
   NULL after an error. */
const qf_machine_spec *qf_read_machine_alone(qf_reader *reader, const qf_yaml_node *root,
                                             const char *path);

/* What a machine is called that says nothing else: its file's name up to the first dot, made to fit. `file` NULL: none. */
const char *qf_machine_file_name(qf_reader *reader, const char *file);

/* Whether the tree is a machine and no scenario: a mapping with a key of machines, be it `states`
   misspelt. `root` NULL: it is not. */
bool qf_is_machine(const qf_yaml_node *root);

#endif
