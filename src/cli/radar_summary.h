/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SUMMARY_H
#define QF_RADAR_SUMMARY_H

#include <stdio.h>

#include "scenario.h"

/*
 * For each group with a radar that is not ideal, a line of how far it sees a usual target and how often it
 * sees none. `path` begins each line.
 */
void qf_print_radars(const char *path, const qf_scenario *scenario, FILE *out);

#endif
