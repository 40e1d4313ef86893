/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_WRITER_H
#define QF_WRITER_H

#include <stdio.h>

#include "number.h"
#include "scenario.h"

/* Steps that the writers of the effective scenario share: each writes YAML that reads back the same. */

/* The shortest decimal that reads back to the same double. */
void qf_write_double(FILE *out, double value);

/* Double-quoted, so that no text can be taken for anything else. */
void qf_write_text(FILE *out, const char *text);

void qf_write_number(FILE *out, const qf_number *number);
void qf_write_vector(FILE *out, const double v[3]);

/* `signature`, `transponder` and `radar` of a group, as keys of the group. */
void qf_write_radar_keys(FILE *out, const qf_group_spec *group);

/* Likewise `tracker`, `guards` and `situations`. */
void qf_write_tracker_keys(FILE *out, const qf_group_spec *group);

#endif
