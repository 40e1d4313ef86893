/* SPDX-License-Identifier: Apache-2.0 */
#include "machine_writer.h"

#include "writer.h"

void qf_write_machines(FILE *out, const qf_group_spec *group, double dt_s)
{
    (void)out;
    (void)group;
    (void)dt_s;
}

void qf_write_set_value(FILE *out, const qf_group_spec *group, const qf_command *command)
{
    (void)group;
    qf_write_number(out, &command->argument[1]);
}
