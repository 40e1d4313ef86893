/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SHIP_SUMMARY_H
#define QF_SHIP_SUMMARY_H

#include <stdio.h>

#include "fleet.h"

/*
 * How ships came through a run, for people: of groups that approach a port how many are docked, the states in which
 * machines of vehicles with ports ended, who collided, or that nobody did, and what propellant was used by those that
 * have a behaviour or used some. Nothing of groups that have none of it.
 */
void qf_print_ships(const qf_fleet *fleet, FILE *out);

#endif
