/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SIGHTINGS_H
#define QF_SIGHTINGS_H

#include <stdint.h>

#include "detections.h"
#include "tracks.h"

/* What radars saw and trackers believed: what of it the scenario records, and counts of all. */
typedef struct qf_sightings {
    qf_detections recorded; /* of the present advance, by tick and then as detections.h says */
    int64_t n_detections;   /* ever, false alarms among them */
    int64_t n_false_alarms;
    int64_t n_dropped;           /* ever, because a radar had more than its capacity */
    qf_track_samples tracks;     /* recorded, of the present advance */
    qf_picture_samples pictures; /* likewise */
    const struct qf_tracking
        *tracking; /* whose quality can be asked for (tracking.h); NULL: none yet */
} qf_sightings;

#endif
