/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENTS_READER_H
#define QF_INCIDENTS_READER_H

#include "reader.h"
#include "scenario.h"

/* A group's keys `bios` and `faults`, and the devices of its hardware profile. docs/faults.md says what may stand in them. */
void qf_read_incident_keys(qf_reader *reader, const qf_yaml_node *group_node,
                           const qf_scenario *scenario, qf_group_spec *group);

#endif
