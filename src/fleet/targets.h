/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TARGETS_H
#define QF_TARGETS_H

#include "stage.h"

/* What vehicles know of their targets: by radio where they have one, else at once. At the start of a tick. */

int64_t qf_targets_period_ticks(const qf_group *group);
qf_status qf_targets_meet(qf_context *context, const qf_meeting *meeting);
qf_status qf_targets_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_targets_close(void *user);

void qf_targets_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e);

#endif
