/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BOT_TICK_H
#define QF_BOT_TICK_H

#include "bot.h"
#include "fleet.h"

/* What the kernels of the reference's vehicle are given: columns by name, and a tick's constants. */

/* The fleet's columns under the names that the kernels use. */
qf_bot_columns qf_tick_columns(const qf_fleet *fleet);

/* What is the same for all vehicles in one tick, but for the valves; a pure function of time. */
qf_bot_tick qf_tick_constants(const qf_fleet *fleet, int64_t tick, double clock_before_s,
                              double clock_s, bool observed);

/* Roll and pitch after `tick` ticks: those of time zero are zero, as the reference's are. */
void qf_bot_attitude(int64_t tick, double clock_s, double *roll, double *pitch);

/* The duty above which the valve of a thruster is open at a phase of the pulse window. */
double qf_valve_threshold(double phase, int thruster);

/* Adds the moments at which the valves of a group open and close. */
void qf_tick_set_valves(qf_bot_tick *constants, const qf_group *group, double clock_s);

#endif
