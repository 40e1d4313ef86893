/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_READER_H
#define QF_DOCKING_READER_H

#include "reader.h"
#include "scenario.h"
#include "settings.h"

/* Reads `docking` of a group whose kind and body have been read. */
void qf_read_docking(qf_reader *reader, const qf_yaml_node *group_node, qf_group_spec *group);

#define QF_N_PER_KN 1000.0

enum { QF_CAPTURE_SETTINGS = 7 };
extern const qf_setting qf_capture_settings[QF_CAPTURE_SETTINGS]; /* of a qf_capture_spec */

#endif
