/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENTS_WRITER_H
#define QF_INCIDENTS_WRITER_H

#include <stdio.h>

#include "scenario.h"

/* A group's keys `bios` and `faults`, with every default filled in; nothing where it has none. */
void qf_write_incidents(FILE *out, const qf_group_spec *group);

#endif
