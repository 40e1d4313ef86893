/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INITIAL_READER_H
#define QF_INITIAL_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads `initial` of a group whose kind, hardware and body have been read; `node` NULL: there is none. */
void qf_read_initial(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                     qf_group_spec *group);

/* Then, with all groups known, whom the first values are relative to. `node` is that of the group. */
void qf_resolve_initial(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                        qf_group_spec *group);

/*
 * And, with all of these, that nobody's first values are, by way of others, relative to its own, and that nobody starts
 * inside of the planet.
 */
void qf_check_starts(qf_reader *reader, const qf_yaml_node *list, const qf_scenario *scenario);

#endif
