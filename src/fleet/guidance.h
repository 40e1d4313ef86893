/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_H
#define QF_GUIDANCE_H

#include "stage.h"

/* Behaviours: what a vehicle wants to do, and the wrench, or speed and heading, that does it. */

int64_t qf_guidance_period_ticks(const qf_group *group);
bool qf_guidance_run(const qf_stage_call *call);
qf_status qf_guidance_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_guidance_close(void *user);

/* First values of the columns of guidance: the first behaviour of the group is active. */
void qf_guidance_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e);

/* The vehicle begins a behaviour of its group, -1: none; `told` as in order.h. */
void qf_guidance_begin(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick,
                       int64_t behavior, const qf_event *told, qf_event_queue *events);

#endif
