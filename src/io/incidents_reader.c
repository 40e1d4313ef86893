/* SPDX-License-Identifier: Apache-2.0 */
#include "incidents_reader.h"

void qf_read_incident_keys(qf_reader *reader, const qf_yaml_node *group_node,
                           const qf_scenario *scenario, qf_group_spec *group)
{
    (void)reader;
    (void)group_node;
    (void)scenario;
    (void)group;
}
