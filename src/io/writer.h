/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_WRITER_H
#define QF_WRITER_H

#include <stdio.h>

#include "number.h"
#include "scenario.h"

/* Steps that the writers of the effective scenario share: each writes YAML that reads back the same. */

/* The shortest decimal that reads back to the same double. */
enum { QF_DOUBLE_BYTES = 32 };
void qf_format_double(double value, char text[QF_DOUBLE_BYTES]);
void qf_write_double(FILE *out, double value);

/* The shortest decimal that, read and multiplied by `scale`, is the same double: `value` was made so. */
void qf_write_scaled(FILE *out, double value, double scale);

/* Double-quoted, so that no text can be taken for anything else. */
void qf_write_text(FILE *out, const char *text);

void qf_write_number(FILE *out, const qf_number *number);
void qf_write_vector(FILE *out, const double v[3]);

/* As [x, y, z, w], of one that is kept as w, x, y, z. */
void qf_write_quaternion(FILE *out, const double q[4]);

/* The keys `environment` and `tasks` of the scenario. */
void qf_write_environment(FILE *out, const qf_scenario *scenario);
void qf_write_tasks(FILE *out, const qf_scenario *scenario);

/* `initial` of a group. */
void qf_write_initial(FILE *out, const qf_scenario *scenario, const qf_group_spec *group);

/* What it has of `body` and `drive`, `docking`, `behavior`, `radio`. */
void qf_write_body_keys(FILE *out, const qf_group_spec *group);
void qf_write_docking(FILE *out, const qf_group_spec *group);
void qf_write_guidances(FILE *out, const qf_scenario *scenario, const qf_group_spec *group);
void qf_write_radio(FILE *out, const qf_group_spec *group, double dt_s);

/* `signature`, `transponder` and `radar` of a group, as keys of the group. */
void qf_write_radar_keys(FILE *out, const qf_group_spec *group);

/* Likewise `tracker`, `guards` and `situations`. */
void qf_write_tracker_keys(FILE *out, const qf_group_spec *group);

#endif
