/* SPDX-License-Identifier: Apache-2.0 */
#include "thrust.h"

int64_t qf_thrust_period_ticks(const qf_group *group)
{
    (void)group;
    return 0;
}

bool qf_thrust_run(const qf_stage_call *call)
{
    (void)call;
    return false;
}

qf_status qf_thrust_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    *user = NULL;
    return QF_OK;
}

void qf_thrust_close(void *user)
{
    (void)user;
}
