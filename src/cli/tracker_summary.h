/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKER_SUMMARY_H
#define QF_TRACKER_SUMMARY_H

#include <stdio.h>

#include "scenario.h"

/*
 * For each group with a tracker, a line of its mode and room, of the errors and the gate that it reckons with, given
 * or derived, and of how many guard rules stand behind it. `path` begins each line.
 */
void qf_print_trackers(const char *path, const qf_scenario *scenario, FILE *out);

#endif
