/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GROUP_READER_H
#define QF_GROUP_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads the key `groups` of a scenario whose time and worlds have been read. */
void qf_read_groups(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario);

/* The group that a text names; all of them have been read. */
bool qf_read_group_name(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                        size_t *group);

#endif
