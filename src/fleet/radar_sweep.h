/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SWEEP_H
#define QF_RADAR_SWEEP_H

#include <stdbool.h>

#include "detections.h"
#include "kernels.h"
#include "radar_scene.h"
#include "tracking.h"

/*
 * What one thread does in a radar frame: it takes blocks of observers of one group through the kernels
 * (radar.h) and keeps what they detect.
 */

/* What a vehicle's last frame came to; half a line of the cache, written in the order of cells. */
typedef struct qf_radar_found {
    uint32_t n; /* detections, false alarms among them */
    uint32_t false_alarms;
    uint32_t dropped;
    uint32_t thread; /* whose list they are in, QF_NOBODY: it did not look */
    size_t begin;    /* the first of them there, where the frame keeps them */
    uint64_t digest; /* hash of all of them */
} qf_radar_found;

#define QF_NOBODY UINT32_MAX

/* One radar in one frame; the same for all threads. */
typedef struct qf_radar_frame {
    const qf_radar_scene *scene;
    const qf_kernels *kernels;
    const qf_radar *radar;
    size_t group;
    int64_t tick;
    double sin_roll, cos_roll, sin_pitch, cos_pitch; /* of all bots alike */
    qf_radar_found *found;                           /* by slot */
    bool keep; /* somebody wants the detections after this frame; else they are only counted */
    qf_tracking *tracking; /* that they go to; NULL: the group has no tracker */
    qf_event_log *events;
} qf_radar_frame;

typedef struct qf_sweeper qf_sweeper; /* one thread's memory and list */

/* NULL without memory. `n_targets`: most that there will be. */
qf_sweeper *qf_sweeper_create(size_t n_targets, uint32_t thread);
void qf_sweeper_free(qf_sweeper *sweeper);

/* Bytes that a sweeper takes before there are detections. */
size_t qf_sweeper_bytes(size_t n_targets);

/* What it found since it was last emptied. */
const qf_detections *qf_sweeper_list(const qf_sweeper *sweeper);
void qf_sweeper_empty(qf_sweeper *sweeper);

/* Whether it ran out of memory: then what it found is worth nothing. */
bool qf_sweeper_failed(const qf_sweeper *sweeper);

/* Looks with n observers (at most QF_OBSERVERS), given by their ranks. */
void qf_sweeper_look(qf_sweeper *sweeper, const qf_radar_frame *frame, const uint32_t *ranks,
                     size_t n);

#endif
