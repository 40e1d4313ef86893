/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADIO_READER_H
#define QF_RADIO_READER_H

#include "reader.h"
#include "scenario.h"

/* Reads `radio` of a group. dt_s 0 (unknown because of an earlier error) checks all but times. */
void qf_read_radio(qf_reader *reader, const qf_yaml_node *group_node, double dt_s,
                   qf_group_spec *group);

/* A time >= 0 that is a whole number of ticks; dt_s 0: only that it is a number. */
bool qf_read_ticks(qf_reader *reader, const qf_yaml_node *node, double dt_s, int64_t *ticks);

#endif
