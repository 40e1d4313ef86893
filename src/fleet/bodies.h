/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BODIES_H
#define QF_BODIES_H

#include "stage.h"

/*
 * Rigid bodies in a fleet: their constants, first values and columns, and the stages that move them.
 */

/* Makes group->body, where the group has one; memory from the fleet's arena. */
qf_status qf_body_prepare(qf_context *context, qf_fleet *fleet, qf_group *group);

/*
 * First values of one rigid body: position, velocity, attitude, rates, mass. `initial`: QF_INITIAL_COUNT values drawn
 * for it. After all groups are prepared; does not depend on what other vehicles' columns hold.
 */
void qf_body_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                        const double *initial);

qf_body_columns qf_body_columns_of(const qf_fleet *fleet);

int64_t qf_bot_period_ticks(const qf_group *group);  /* kinematics of bots */
int64_t qf_body_period_ticks(const qf_group *group); /* of rigid bodies */
bool qf_dynamics_run(const qf_stage_call *call);
bool qf_sunlight_run(const qf_stage_call *call);

#endif
