/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TICK_H
#define QF_TICK_H

#include "event_log.h"
#include "fleet.h"
#include "kernels.h"

/* What is the same for all vehicles of a group in one tick; a pure function of group and time. */
qf_bot_tick qf_tick_constants(const qf_fleet *fleet, const qf_group *group, int64_t tick,
                              double clock_before_s, double clock_s, bool observed);

/* The fleet's columns under the names that the kernels use. */
qf_bot_columns qf_tick_columns(const qf_fleet *fleet);

/* Runs one tick, number `tick`, for the vehicles of a block; the order of the stages is here. */
void qf_tick_run(const qf_fleet *fleet, const qf_kernels *kernels, const qf_bot_columns *columns,
                 const qf_block *block, int64_t tick, const qf_bot_tick *constants,
                 qf_bot_scratch *scratch, qf_event_list *events);

#endif
