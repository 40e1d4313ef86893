/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_PARTS_H
#define QF_MACHINE_PARTS_H

#include "reader.h"
#include "scenario.h"

/* Steps that the readers of machines share; not for their callers. */

/* Types of rules of the decision layer; the smallest is chosen first. */
enum { QF_DECISION_TYPES = 3 };
extern const char *const qf_decision_types[QF_DECISION_TYPES];

/* A name that expressions can hold: letters, digits and _, no digit first, no word of the language. */
bool qf_read_identifier(qf_reader *reader, const qf_yaml_node *node, const char **name);

/* The text of an expression; a YAML truth value becomes true or false. */
bool qf_read_expression(qf_reader *reader, const qf_yaml_node *node, qf_text *text);

/* A command, or a list of them. */
void qf_read_actions(qf_reader *reader, const qf_yaml_node *node, qf_action_list *list);

/* Another name of `log` with a message of its own. */
#define QF_LOG_SYSTEM_READY "log_system_ready"

/* The key `variables` of a machine, and then the key `signals`. */
void qf_read_variables(qf_reader *reader, const qf_yaml_node *root, qf_machine_spec *spec);
void qf_read_signals(qf_reader *reader, const qf_yaml_node *root, qf_machine_spec *spec);

/* The keys `states`, `any` and `initial`. */
void qf_read_states(qf_reader *reader, const qf_yaml_node *root, qf_machine_spec *spec);

/* A group's key `decision`; NULL after an error, or where no rule is ever chosen. */
qf_machine_spec *qf_read_decision(qf_reader *reader, const qf_yaml_node *node,
                                  const qf_group_spec *group);

/* Ticks of `every_s`, a multiple of dt_s (0: not known). */
void qf_read_every(qf_reader *reader, const qf_yaml_node *node, double dt_s, int64_t *ticks);

/* The machine of a file or mapping that has been opened. NULL where its name, its variables or its states are not
   known after errors; after others it is incomplete. */
qf_machine_spec *qf_read_machine(qf_reader *reader, const qf_yaml_node *root, const char *file,
                                 double dt_s);

#endif
