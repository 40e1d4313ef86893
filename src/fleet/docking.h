/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DOCKING_H
#define QF_DOCKING_H

#include "stage.h"

/*
 * Docking: captures, what is docked together, undocking and the power that goes over bridges; at the start of a tick,
 * looking at all vehicles as they are then.
 */

int64_t qf_docking_period_ticks(const qf_group *group);
qf_status qf_docking_meet(qf_context *context, const qf_meeting *meeting);
qf_status qf_docking_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_docking_close(void *user);

/* Bytes that the stage will take. */
size_t qf_docking_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks);

void qf_docking_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e);

/*
 * Whether two vehicles, by slot, are joined by bridges for data, if only through others: hard captures between ports
 * that both have one. What one knows the other does, at once; who is quarantined shares nothing.
 */
bool qf_docking_shares_data(const qf_fleet *fleet, size_t slot, size_t other);

/* Asks for all ports of the vehicle to be left; done when docking next meets. False: nothing is docked. */
bool qf_docking_release(const qf_fleet *fleet, const qf_group *group, size_t slot);

#endif
