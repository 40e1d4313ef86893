/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COMMAND_H
#define QF_COMMAND_H

#include "order.h"

/*
 * Applies command number `number` of the block's group to the vehicles of the block. Arguments that
 * are distributions are drawn for each vehicle, keyed by the command's number and tick. Groups that behave are told of
 * it by event 310, and all by 312 where it fails.
 */
void qf_command_apply(const qf_fleet *fleet, const qf_block *block, size_t number, int64_t tick,
                      qf_event_queue *events);

#endif
