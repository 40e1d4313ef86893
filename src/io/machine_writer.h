/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_WRITER_H
#define QF_MACHINE_WRITER_H

#include <stdio.h>

#include "scenario.h"

/* A group's keys `fsm` and `decision`, with every default filled in; nothing where it has none. */
void qf_write_machines(FILE *out, const qf_group_spec *group, double dt_s);

/* The value that the command `set` of the group's script gives. */
void qf_write_set_value(FILE *out, const qf_group_spec *group, const qf_command *command);

/* An argument that is given, as its file has it. */
const char *qf_argument_text(const qf_action_spec *action, size_t a);

#endif
