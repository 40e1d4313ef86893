/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_THRUST_H
#define QF_THRUST_H

#include "stage.h"

/* Allocation of the wrench that control wants to thrusters, and what they then do. */

int64_t qf_thrust_period_ticks(const qf_group *group);
bool qf_thrust_run(const qf_stage_call *call);
qf_status qf_thrust_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_thrust_close(void *user);

#endif
