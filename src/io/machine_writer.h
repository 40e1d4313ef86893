/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_WRITER_H
#define QF_MACHINE_WRITER_H

#include <stdio.h>

#include "scenario.h"

/* A group's keys `fsm` and `decision`, with every default filled in; nothing where it has none. */
void qf_write_machines(FILE *out, const qf_group_spec *group, double dt_s);

/* The value that the command `set` of the group's script gives. */
void qf_write_set_value(FILE *out, const qf_group_spec *group, const qf_command *command);

/* An action as an entry of a list of actions, without the end of the line. */
void qf_write_action(FILE *out, const qf_action_spec *action);

#endif
