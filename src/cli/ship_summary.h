/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SHIP_SUMMARY_H
#define QF_SHIP_SUMMARY_H

#include <stdio.h>

#include "fleet.h"

/*
 * How ships came through a run, for people: of each group how many are docked, how many have collided, what propellant
 * they used, and the states in which machines of vehicles with ports ended. Nothing of groups that have none of it.
 */
void qf_print_ships(const qf_fleet *fleet, FILE *out);

#endif
