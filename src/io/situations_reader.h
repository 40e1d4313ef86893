/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SITUATIONS_READER_H
#define QF_SITUATIONS_READER_H

#include "scenario.h"
#include "settings.h"

/* Reads a group's `situations`: a switch, a file, a mapping, or a file and what overrides it. */
void qf_read_situations(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group);

/* Their rules, for whoever writes them again. */
enum { QF_SITUATION_SETTINGS = 10 };
extern const qf_setting qf_situation_settings[QF_SITUATION_SETTINGS];

#endif
