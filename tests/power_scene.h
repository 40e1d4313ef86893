/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_POWER_SCENE_H
#define QF_TEST_POWER_SCENE_H

/* What the tests of the power plane share: pieces of profiles and scripts. */
#include "vehicle.h"

#define POWER(items) "power_plane: {" items "}"

/* a battery of 1 Wh: 36 W for one second are one percent, without rounding */
#define SMALL_BATTERY "power_capacity_wh: 1, "

#define RADAR_AND_TRANSPONDER                                                                      \
    "{step: 0, cmd: inputs, radar_enabled: true, transponder_active: true}"

/* two thrusters whose valves are all open at full thrust: rcs_w in every tick */
#define THRUSTERS(watts)                                                                           \
    "propulsion_plane: {rcs_power_w_at_100pct: " watts ", thrusters: ["                            \
    "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1},"                              \
    "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1}]}"

#define FIRE "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 1000}"

#endif
