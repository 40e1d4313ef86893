/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DRIVE_H
#define QF_DRIVE_H

#include "stage.h"

/* Bots with a differential drive. */

int64_t qf_drive_period_ticks(const qf_group *group);
bool qf_drive_run(const qf_stage_call *call);
void qf_drive_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot);

#endif
