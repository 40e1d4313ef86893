/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BODY_READER_H
#define QF_BODY_READER_H

#include "reader.h"
#include "scenario.h"
#include "settings.h"

enum { QF_DRIVE_SETTINGS = 3 };

extern const qf_setting qf_drive_settings[QF_DRIVE_SETTINGS]; /* of a qf_drive_spec */

/*
 * Reads `body` of a ship, a station or debris, and `drive` of a bot, each where it belongs. The hardware and the
 * environment have been read.
 */
void qf_read_body_keys(qf_reader *reader, const qf_yaml_node *group_node,
                       const qf_scenario *scenario, qf_group_spec *group);

/* Hardware that does nothing and draws nothing: of debris that has no profile. */
qf_hardware qf_hardware_inert(void);

#endif
