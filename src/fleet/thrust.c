/* SPDX-License-Identifier: Apache-2.0 */
#include "thrust.h"

#include <stdlib.h>

#include "bot_tick.h"
#include "group.h"
#include "incident_plan.h"

/* what the stage keeps of a group that has control and thrusters */
typedef struct thrust_group {
    qf_allocator allocator;
    double valve_share[QF_THRUSTERS_MOST];
    double *duty[QF_THRUSTERS_MOST];
    double *rest[QF_THRUSTERS_MOST]; /* where it has a least duty */
    qf_firing firing;                /* but for the valves' thresholds, which are a tick's */
} thrust_group;

typedef struct thrust_stage {
    thrust_group *groups; /* of the scenario; NULL: none */
    size_t n_groups;
} thrust_stage;

int64_t qf_thrust_period_ticks(const qf_group *group)
{
    const qf_group_spec *spec = group->spec;
    return spec->body && spec->n_guidances > 0 && spec->hardware.on[QF_HW_PROPULSION_ENABLED] &&
                   spec->hardware.n_thrusters > 0
               ? 1
               : 0;
}

/* thrusters of what is docked, softly too, would do nothing: control has nothing to want of them */
static void want_nothing_of_docked(const qf_stage_call *call)
{
    const double *bond_kg = call->bodies->bond_kg;
    qf_body_scratch *body = call->scratch->body;
    const size_t begin = call->block->slot_begin;
    for (size_t slot = begin; bond_kg && slot < call->block->slot_end; slot++) {
        for (int k = 0; k < 3 && bond_kg[slot] > 0.0; k++) {
            body->wanted_force_n[k][slot - begin] = 0.0;
            body->wanted_torque_nm[k][slot - begin] = 0.0;
        }
    }
}

bool qf_thrust_run(const qf_stage_call *call)
{
    want_nothing_of_docked(call);
    const qf_group *group = &call->fleet->groups[call->block->group];
    const thrust_stage *stage = call->user;
    qf_firing firing = stage->groups[call->block->group].firing;
    double threshold[QF_THRUSTERS_MOST];
    for (size_t t = 0; t < firing.allocator->n_thrusters; t++) {
        threshold[t] = qf_valve_threshold(call->constants->pulse_phase, (int)t);
    }
    firing.valve_threshold = threshold;
    call->kernels->firing(call->columns, &group->bot, &firing, call->constants, call->scratch,
                          call->block->slot_begin, call->block->slot_end);
    return false;
}

/* the least part of a pulse window that a valve can be open; without a window valves are not pulsed */
static double least_duty(const qf_group *group)
{
    const double window_s = group->pulse_window_s;
    const double part = window_s > 1e-6 ? group->spec->body->min_on_s / window_s : 0.0;
    return part < 1.0 ? part : 1.0;
}

/* what qf_thrust_open cannot do without: scenarios that were read have it */
static bool is_too_many(const qf_group *group)
{
    return qf_thrust_period_ticks(group) > 0 &&
           group->spec->hardware.n_thrusters > QF_THRUSTERS_MOST;
}

static void prepare(const qf_fleet *fleet, const qf_group *group, qf_allocation *work,
                    thrust_group *thrust)
{
    const qf_hardware *hardware = &group->spec->hardware;
    double position_m[QF_THRUSTERS_MOST][3];
    double force_n[QF_THRUSTERS_MOST][3];
    for (size_t t = 0; t < hardware->n_thrusters; t++) {
        const qf_thruster *thruster = &hardware->thrusters[t];
        for (int d = 0; d < 3; d++) {
            position_m[t][d] = thruster->position_m[d];
            force_n[t][d] = thruster->f_max_n * thruster->direction[d];
        }
        thrust->valve_share[t] = qf_valve_share(&group->bot.rcs, t);
        thrust->duty[t] = qf_f64(fleet, QF_FIELD_THRUSTER_DUTY, t);
        if (group->spec->body->min_on_s > 0.0) {
            thrust->rest[t] = qf_f64(fleet, QF_FIELD_PULSE_REST, t);
        }
    }
    /* every set of kernels finds the same */
    qf_allocator_prepare((const double(*)[3])position_m, (const double(*)[3])force_n,
                         hardware->n_thrusters, qf_kernels_best()->allocate, work,
                         &thrust->allocator);
    thrust->firing = (qf_firing){.allocator = &thrust->allocator,
                                 .valve_share = thrust->valve_share,
                                 .least_duty = least_duty(group),
                                 .residual_force_n = qf_f64(fleet, QF_FIELD_RESIDUAL_FORCE, 0),
                                 .residual_torque_nm = qf_f64(fleet, QF_FIELD_RESIDUAL_TORQUE, 0),
                                 .duty = thrust->duty,
                                 .rest = thrust->rest};
}

qf_status qf_thrust_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    const size_t n_groups = fleet->scenario->n_groups;
    for (size_t g = 0; g < n_groups; g++) {
        if (is_too_many(&fleet->groups[g])) {
            return qf_fail(context, QF_ERROR_SCENARIO, "group %s has more than %d thrusters",
                           fleet->groups[g].spec->name, QF_THRUSTERS_MOST);
        }
    }
    thrust_stage *stage = calloc(1, sizeof *stage);
    qf_allocation *work = calloc(1, sizeof *work);
    thrust_group *groups = calloc(n_groups, sizeof *groups);
    if (!stage || !work || !groups) {
        free(stage);
        free(work);
        free(groups);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the allocation of thrust");
    }
    for (size_t g = 0; g < n_groups; g++) {
        if (qf_thrust_period_ticks(&fleet->groups[g]) > 0) {
            prepare(fleet, &fleet->groups[g], work, &groups[g]);
        }
    }
    free(work);
    *stage = (thrust_stage){.groups = groups, .n_groups = n_groups};
    *user = stage;
    return QF_OK;
}

void qf_thrust_close(void *user)
{
    thrust_stage *stage = user;
    if (stage) {
        free(stage->groups);
        free(stage);
    }
}
