/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COLLISIONS_H
#define QF_COLLISIONS_H

#include "stage.h"

/* Collisions of hulls in the tick before, found exactly; at the start of a tick. */

int64_t qf_collisions_period_ticks(const qf_group *group);
qf_status qf_collisions_meet(qf_context *context, const qf_meeting *meeting);
qf_status qf_collisions_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_collisions_close(void *user);

/* Who touches whom; who is near whom is found anew. */
void qf_collisions_archive(void *user, qf_archive *archive);

/* Bytes that the stage will take, but for pairs that are near each other. */
size_t qf_collisions_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks);

void qf_collisions_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot);

#endif
