/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COMMAND_H
#define QF_COMMAND_H

#include "fleet.h"

/*
 * Applies command number `number` of the block's group to the vehicles of the block. Arguments that
 * are distributions are drawn for each vehicle, keyed by the command's number and tick.
 */
void qf_command_apply(const qf_fleet *fleet, const qf_block *block, size_t number);

#endif
