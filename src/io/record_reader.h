/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RECORD_READER_H
#define QF_RECORD_READER_H

#include "reader.h"
#include "scenario.h"

/*
 * What `record` of the scenario's root asks for, or its defaults where there is none. Time and groups
 * have been read: recorded columns and radars depend on them.
 */
void qf_read_record(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario);

#endif
