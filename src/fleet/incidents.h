/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENTS_H
#define QF_INCIDENTS_H

#include "stage.h"

/*
 * The stage in which vehicles break, are repaired and run their power-on self-test. What comes when is drawn ahead, so
 * that on most ticks a vehicle costs one comparison. Keyed by stream QF_STREAM_INCIDENT, the tick at which it is
 * drawn, and the incident's number. All that it keeps is in columns.
 */
int64_t qf_incidents_period_ticks(const qf_group *group);
bool qf_incidents_run(const qf_stage_call *call);

/* First values of the columns of one vehicle that belong to devices and incidents; in fleet.c's first_values. */
void qf_incidents_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e,
                             const double *hardware);

/*
 * The vehicle starts its self-test now, from the beginning where one is under way; in a tick in which one started it
 * is that one. Nothing where the group has no self-test.
 */
void qf_incidents_post(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick);

#endif
