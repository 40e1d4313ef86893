/* SPDX-License-Identifier: Apache-2.0 */
#include "behavior.h"

#include "group.h"

int64_t qf_behavior_period_ticks(const qf_group *group)
{
    return group->spec->n_machines > 0;
}

bool qf_behavior_run(const qf_stage_call *call)
{
    (void)call;
    return false;
}

qf_status qf_behavior_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    *user = NULL;
    return QF_OK;
}

void qf_behavior_close(void *user)
{
    (void)user;
}

void qf_behavior_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)e;
}

bool qf_behavior_reads_outputs(const qf_group_spec *spec)
{
    (void)spec;
    return false;
}

void qf_behavior_coverage(void *user, qf_coverage *coverage)
{
    (void)user;
    *coverage = (qf_coverage){0};
}
