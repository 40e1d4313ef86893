/* SPDX-License-Identifier: Apache-2.0 */
#include "incidents.h"

#include "group.h"

int64_t qf_incidents_period_ticks(const qf_group *group)
{
    return group->spec->bios || group->spec->n_incidents > 0;
}

bool qf_incidents_run(const qf_stage_call *call)
{
    (void)call;
    return false;
}

qf_status qf_incidents_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    *user = NULL;
    return QF_OK;
}

void qf_incidents_close(void *user)
{
    (void)user;
}

void qf_incidents_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                             const double *hardware)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)e;
    (void)hardware;
}

void qf_incidents_post(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)tick;
}
