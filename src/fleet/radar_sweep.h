/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SWEEP_H
#define QF_RADAR_SWEEP_H

#include <stdbool.h>

#include "detections.h"
#include "identities.h"
#include "kernels.h"
#include "radar_scene.h"

/*
 * What one thread does in a radar frame: it takes blocks of observers of one group through the kernels
 * (radar.h) and keeps what they detect.
 */

/* Where the detections of each vehicle's last frame are, by slot. */
typedef struct qf_radar_found {
    uint32_t *n;
    uint32_t *thread; /* whose list they are in */
    size_t *begin;
} qf_radar_found;

/* One radar in one frame; the same for all threads. */
typedef struct qf_radar_frame {
    const qf_radar_scene *scene;
    const qf_kernels *kernels;
    const qf_identities *identities;
    const qf_radar *radar;
    size_t group;
    int64_t tick;
    double time_s;
    double period_s;
    double sin_roll, cos_roll, sin_pitch, cos_pitch; /* of all bots alike */
    qf_radar_found found;
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

/* Looks with n observers (at most QF_OBSERVERS), given by their ranks; sets their columns. */
void qf_sweeper_look(qf_sweeper *sweeper, const qf_radar_frame *frame, const uint32_t *ranks,
                     size_t n);

#endif
