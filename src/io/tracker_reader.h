/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKER_READER_H
#define QF_TRACKER_READER_H

#include "scenario.h"
#include "settings.h"

/*
 * Reads `tracker`, `guards` and `situations` of a group whose radar has been read. What the tracker takes
 * from the radar is filled in where both are sound. Times of the scenario may be 0 (unknown because of an
 * earlier error).
 */
void qf_read_tracker_keys(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, qf_group_spec *group);

/* Rules of a picture, for whoever writes them again. */
enum { QF_PICTURE_SETTINGS = 6 };
extern const qf_setting qf_picture_settings[QF_PICTURE_SETTINGS];

/* What a scenario calls the choices, by the switch that they are. */
extern const char *const qf_gains_names[2];
extern const char *const qf_association_names[2];

#endif
