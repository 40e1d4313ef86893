/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_STAGE_H
#define QF_RADAR_STAGE_H

#include "stage.h"

/*
 * The stage in which radars look: one meeting does it for the whole fleet, because who is near whom is
 * found for all at once. Where a run has several ranks, each does that for all vehicles, and looks with its own.
 */
int64_t qf_radar_period_ticks(const qf_group *group);
qf_status qf_radar_open(qf_context *context, const qf_fleet *fleet, void **user);
void qf_radar_close(void *user);
/* Collective, where a picture's observers are several ranks'. A failure ends all ranks: the others go on, and would wait. */
qf_status qf_radar_meet(qf_context *context, const qf_meeting *meeting);

/* What a frame reads of vehicles of other ranks (stage.h), as it is when the meeting begins. */
extern const qf_field_id qf_radar_sees[], qf_radar_sees_first[];

/* Bytes that the stage will take, but for detections; 0 where no group has a radar. */
size_t qf_radar_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks);

/* What trackers know. */
void qf_radar_archive(void *user, qf_archive *archive);

/* The stage's trackers, NULL: nobody tracks. */
const struct qf_tracking *qf_radar_tracking(const void *user);

#endif
