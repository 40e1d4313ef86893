/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BOT_TICK_H
#define QF_BOT_TICK_H

#include "bot.h"
#include "fleet.h"

/* What the kernels of the reference's vehicle are given: columns by name, and a tick's constants. */

/* The fleet's columns under the names that the kernels use. */
qf_bot_columns qf_tick_columns(const qf_fleet *fleet);

/* What is the same for all vehicles of a group in one tick; a pure function of group and time. */
qf_bot_tick qf_tick_constants(const qf_fleet *fleet, const qf_group *group, int64_t tick,
                              double clock_before_s, double clock_s, bool observed);

#endif
