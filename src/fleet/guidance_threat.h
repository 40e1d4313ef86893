/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_THREAT_H
#define QF_GUIDANCE_THREAT_H

#include "fleet.h"
#include "kernels.h"

/* What an observer's tracks are to its guidance. */

/*
 * Of the confirmed tracks of a vehicle whose active behaviour avoids tracks, keeps the one to watch: of those that would
 * come nearer than twice the distance to avoid, the one that takes the most acceleration to be passed at that distance,
 * those first that do so within the horizon and a fifth of it (four times that of what is already nearer); of equals
 * the first of the table. The one watched so far counts as it was last seen, for as long as the horizon, when its track
 * is gone and no other is where it would be. Who approaches a target leaves out the track nearest to where it knows the
 * target to be, if that is nearer to it than the distance to avoid and a tenth of its range. `table` and `view` are of
 * this tick, relative to the observer at position_m with velocity_mps.
 */
void qf_guidance_watch(const qf_fleet *fleet, size_t group, size_t slot, int64_t tick,
                       const double *position_m, const double *velocity_mps,
                       const qf_track_table *table, const qf_track_view *view);

#endif
