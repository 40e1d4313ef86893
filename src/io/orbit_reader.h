/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ORBIT_READER_H
#define QF_ORBIT_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads `initial.orbit` into the elements of group->initial, and checks that it stays out of the planet. */
void qf_read_orbit(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                   qf_group_spec *group);

#endif
