/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TASKS_H
#define QF_TASKS_H

#include "stage.h"

/*
 * Tasks: the auction in which vehicles win them, and what becomes of them. At the start of a tick in which an
 * auction is held; arrivals and work done are noticed then, too.
 *
 * Bids: what a task is worth less the way there; the sum over a world is within QF_AUCTION_EPSILON_M for each
 * bidder and task of the largest. A vehicle keeps the task that it has unless the sum grows by more than QF_TASK_KEEP of
 * the task's value by giving it away; one that has arrived is left alone. A task that is done is done for good.
 */
#define QF_AUCTION_EPSILON_M 0.1
#define QF_TASK_KEEP         0.1

int64_t qf_tasks_period_ticks(const qf_group *group);
qf_status qf_tasks_meet(qf_context *context, const qf_meeting *meeting);
/* QF_ERROR_SCENARIO: more tasks than QF_TASKS_MOST, bidders than an auction takes, or a value than a number can be. */
qf_status qf_tasks_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_tasks_close(void *user);

/* Bytes that the stage will take. */
size_t qf_tasks_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks);

void qf_tasks_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot);

/* The place of the task that a vehicle has becomes its target, where it does tasks at present. */
void qf_tasks_show(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick);

#endif
