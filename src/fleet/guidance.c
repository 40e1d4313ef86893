/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance.h"

int64_t qf_guidance_period_ticks(const qf_group *group)
{
    (void)group;
    return 0;
}

bool qf_guidance_run(const qf_stage_call *call)
{
    (void)call;
    return false;
}

qf_status qf_guidance_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    *user = NULL;
    return QF_OK;
}

void qf_guidance_close(void *user)
{
    (void)user;
}

void qf_guidance_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)e;
}

void qf_guidance_begin(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick,
                       int64_t behavior, const qf_event *told, qf_event_queue *events)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)tick;
    (void)behavior;
    (void)told;
    (void)events;
}
