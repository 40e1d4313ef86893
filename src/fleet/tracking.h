/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKING_H
#define QF_TRACKING_H

#include <stdbool.h>

#include "event_log.h"
#include "fleet.h"
#include "identities.h"
#include "kernels.h"
#include "sightings.h"
#include "tracking_metrics.h"

/*
 * The trackers of a fleet: the tables of all observers, and what becomes of them in a radar frame. An observer's
 * tables are its own, so that any thread may take any of them, in any order. Where a run has several ranks, each has the
 * tables of its own observers.
 */
typedef struct qf_tracking qf_tracking;

/* *tracking is NULL where no group has a tracker. Sets the fleet's columns of tracks to what they are before the
   first frame. */
qf_status qf_tracking_create(qf_context *context, const qf_fleet *fleet,
                             const qf_identities *identities, qf_tracking **tracking);
void qf_tracking_free(qf_tracking *tracking);

/* Saves or loads what the fleet's own observers know, and all pictures (tracking_archive.c). */
void qf_tracking_archive(qf_tracking *tracking, qf_archive *archive);

/* Bytes that tables will take. */
size_t qf_tracking_predicted_bytes(const qf_scenario *scenario);

/* `tracking` where the group has a tracker, else NULL. */
qf_tracking *qf_tracking_of_group(qf_tracking *tracking, size_t group);

/* Where the n detections of one observer go, n set; the thread's own. NULL without memory. */
qf_track_plots *qf_tracking_plots(qf_tracking *tracking, int thread, size_t n);

/* One observer in one frame, in which it has detected what is in the thread's plots. */
typedef struct qf_tracking_look {
    const qf_kernels *kernels;
    qf_event_list *events; /* the thread's */
    int64_t tick;
    size_t group;
    size_t slot;
    const double *position_m, *velocity_mps; /* the observer's, three each */
    /* of a beam that turns: as in qf_track_frame; axes: forward and left */
    bool sweeps;
    float arc_begin_deg, arc_end_deg;
    const float (*axes)[3];
    qf_truth truth;
} qf_tracking_look;

/* Tracks, guards, situations, quality, events. False without memory. */
bool qf_tracking_look_of(qf_tracking *tracking, int thread, const qf_tracking_look *look);

/*
 * When all have looked: sets columns of who looked, makes the fleet pictures and appends what is to be
 * recorded: tracks of own observers, pictures of whose first observer is own. `period_ticks` is by group.
 * Collective; what fails on one rank only, others do not hear of.
 */
qf_status qf_tracking_end_frame(qf_context *context, qf_tracking *tracking, int n_threads,
                                const qf_kernels *kernels, int64_t tick,
                                const int64_t *period_ticks, qf_sightings *sightings);

/* Quality so far, a row for each group with trackers, and then one for all of them if there are several; `rows` has
   room for all groups and one more. Returns how many. Collective: all ranks get the same. */
size_t qf_tracking_quality(const qf_context *context, const qf_tracking *tracking,
                           qf_tracking_metrics *rows);

#endif
