/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GROUP_READER_H
#define QF_GROUP_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads the key `groups` of a scenario whose time and worlds have been read. */
void qf_read_groups(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario);

#endif
