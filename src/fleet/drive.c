/* SPDX-License-Identifier: Apache-2.0 */
#include "drive.h"

int64_t qf_drive_period_ticks(const qf_group *group)
{
    (void)group;
    return 0;
}

bool qf_drive_run(const qf_stage_call *call)
{
    (void)call;
    return false;
}

void qf_drive_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    (void)fleet;
    (void)group;
    (void)slot;
}
