/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TARGETS_H
#define QF_TARGETS_H

#include "stage.h"

/*
 * What vehicles know of their targets, by radio where they have one, else at once; at the start of a tick. The
 * target is that of the active behaviour. A vehicle that takes another one forgets what it knew.
 */

/* After so many of the sender's periods without news, and its latency, the link counts as lost. */
enum { QF_LINK_LOST_PERIODS = 3 };

int64_t qf_targets_period_ticks(const qf_group *group);
qf_status qf_targets_meet(qf_context *context, const qf_meeting *meeting);
/* QF_ERROR_SCENARIO: more messages on their way than QF_RADIO_FLIGHTS_MOST. */
qf_status qf_targets_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_targets_close(void *user);

void qf_targets_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e);

/* After the vehicle has begun a behaviour: it forgets what it knew of a target that is no longer its own, before it
   takes that for another's. */
void qf_targets_retarget(const qf_fleet *fleet, const qf_group *group, size_t slot);

/* The vehicle knows nothing of a target any more. */
void qf_targets_forget(const qf_fleet *fleet, size_t slot);

/* Writes down what the vehicle knows of its target, as of that tick; `entity` -1: it is a place. */
void qf_targets_know(const qf_fleet *fleet, size_t slot, int64_t entity, int64_t tick,
                     const double words[QF_FLIGHT_WORDS]);

#endif
