/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TASKS_READER_H
#define QF_TASKS_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads the key `tasks` of a scenario whose time has been read. */
void qf_read_tasks(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario);

/* Notes tasks that no group does, with all groups known. */
void qf_note_idle_tasks(qf_reader *reader, const qf_yaml_node *root, const qf_scenario *scenario);

#endif
