/* SPDX-License-Identifier: Apache-2.0 */
#include "collisions.h"

int64_t qf_collisions_period_ticks(const qf_group *group)
{
    (void)group;
    return 0;
}

qf_status qf_collisions_meet(qf_context *context, const qf_meeting *meeting)
{
    (void)context;
    (void)meeting;
    return QF_OK;
}

qf_status qf_collisions_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    *user = NULL;
    return QF_OK;
}

void qf_collisions_close(void *user)
{
    (void)user;
}

void qf_collisions_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    (void)fleet;
    (void)group;
    (void)slot;
}
