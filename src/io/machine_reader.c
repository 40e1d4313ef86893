/* SPDX-License-Identifier: Apache-2.0 */
#include "machine_reader.h"

void qf_read_machine_keys(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, qf_group_spec *group)
{
    (void)reader;
    (void)group_node;
    (void)scenario;
    (void)group;
}

void qf_check_machines(qf_reader *reader, qf_scenario *scenario)
{
    (void)reader;
    (void)scenario;
}
