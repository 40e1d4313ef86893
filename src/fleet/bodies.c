/* SPDX-License-Identifier: Apache-2.0 */
#include "bodies.h"

#include "group.h"

qf_status qf_body_prepare(qf_context *context, qf_fleet *fleet, qf_group *group)
{
    (void)context;
    (void)fleet;
    (void)group;
    return QF_OK;
}

void qf_body_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                        const double *initial)
{
    (void)fleet;
    (void)group;
    (void)slot;
    (void)e;
    (void)initial;
}

qf_body_columns qf_body_columns_of(const qf_fleet *fleet)
{
    (void)fleet;
    return (qf_body_columns){0};
}

int64_t qf_bot_period_ticks(const qf_group *group)
{
    return group->spec->body || group->spec->drive ? 0 : 1;
}

int64_t qf_body_period_ticks(const qf_group *group)
{
    return group->spec->body ? 1 : 0;
}

bool qf_dynamics_run(const qf_stage_call *call)
{
    call->kernels->dynamics(call->bodies, call->fleet->groups[call->block->group].bot.body,
                            call->constants, call->scratch, call->block->slot_begin,
                            call->block->slot_end);
    return false;
}

bool qf_sunlight_run(const qf_stage_call *call)
{
    call->kernels->sunlight(call->bodies, call->fleet->groups[call->block->group].bot.body,
                            call->constants, call->scratch, call->block->slot_begin,
                            call->block->slot_end);
    return false;
}
