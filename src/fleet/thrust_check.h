/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_THRUST_CHECK_H
#define QF_THRUST_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "hardware.h"

enum { QF_THRUSTERS_REASON = 256 };

/*
 * Whether thrusters can turn and push a body every way, as guidance needs: their wrenches have rank 6, and, since a
 * thruster cannot pull, the sums of them that have no negative share reach every force and torque. Else `reason` says
 * what is missing, for people: a body axis of force or torque where one is, else the combination of them.
 *
 * Wheels, which could take torques, are not asked: they fill up, and only thrusters empty them.
 */
bool qf_thrusters_check(const qf_thruster *thrusters, size_t n, char reason[QF_THRUSTERS_REASON]);

#endif
