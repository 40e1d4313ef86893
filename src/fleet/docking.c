/* SPDX-License-Identifier: Apache-2.0 */
#include "docking.h"

int64_t qf_docking_period_ticks(const qf_group *group)
{
    (void)group;
    return 0;
}

qf_status qf_docking_meet(qf_context *context, const qf_meeting *meeting)
{
    (void)context;
    (void)meeting;
    return QF_OK;
}

qf_status qf_docking_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    *user = NULL;
    return QF_OK;
}

void qf_docking_close(void *user)
{
    (void)user;
}

void qf_docking_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)e;
}

bool qf_docking_release(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    (void)fleet;
    (void)group;
    (void)slot;
    return false;
}
