/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_READER_H
#define QF_RADAR_READER_H

#include "reader.h"
#include "scenario.h"

enum {
    QF_USUAL_SWERLING = 1,
    QF_MOST_TARGETS = 1 << 24, /* vehicles of a world: their numbers key random draws of radars */
};

/*
 * Reads `signature`, `transponder` and `radar` of a group whose script has been read. dt_s 0 (unknown
 * because of an earlier error) checks all but the period.
 */
void qf_read_radar_keys(qf_reader *reader, const qf_yaml_node *group_node, double dt_s,
                        qf_group_spec *group);

#endif
