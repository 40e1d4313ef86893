/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_START_DISTANCE_H
#define QF_START_DISTANCE_H

#include "scenario.h"

/*
 * The smallest distance from the planet's centre that vehicles of a group may start at, whatever is drawn: by their
 * position, or by that of those whom they start relative to. Groups on an orbit are judged by it. Of a scenario with a
 * planet whose first values have been read without an error.
 */
double qf_nearest_start_m(const qf_scenario *scenario, const qf_group_spec *group);

#endif
