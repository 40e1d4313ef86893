/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TASKS_H
#define QF_TASKS_H

#include "stage.h"

/* Tasks: the auction in which vehicles win them, and what becomes of them. At the start of a tick. */

int64_t qf_tasks_period_ticks(const qf_group *group);
qf_status qf_tasks_meet(qf_context *context, const qf_meeting *meeting);
qf_status qf_tasks_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_tasks_close(void *user);

void qf_tasks_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot);

#endif
