/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKING_METRICS_H
#define QF_TRACKING_METRICS_H

#include <stdint.h>

/*
 * How good the trackers of a group were over a whole run, against the truth: one row for each group that has
 * trackers, and one for the fleet where there are several. A frame here is one observer's frame; a target counts in each frame in whose coverage it is. What has
 * no value (a mean over no frames, a share of nothing) is NaN. Equations: track_quality.h, docs/tracking.md.
 */
enum { QF_ALL_GROUPS = -1 };

typedef struct qf_tracking_metrics {
    int32_t group; /* of the scenario, QF_ALL_GROUPS: of them all */
    int64_t frames;
    /* sums over frames */
    int64_t targets; /* in coverage */
    int64_t held;    /* of them, with a firm track within the cutoff */
    int64_t firm;    /* firm tracks */
    /* means over frames */
    double gospa_m, ospa_m;
    double localisation_m2, missed_m2, false_m2; /* parts of gospa_m squared */
    /* over targets held */
    double position_rmse_m, velocity_rmse_mps;
    double purity; /* share of firm tracks' updates that came from the target that owns the track */
    double completeness;   /* held / targets */
    int64_t switches;      /* targets held by another track than before */
    double time_to_hold_s; /* mean, from coming into coverage to the first firm track */
    /* counts over the run */
    int64_t started, confirmed, merged; /* tracks */
    int64_t dropped;                    /* detections that found no room for a track */
    int64_t rejected;                   /* detections that were no detections */
    int64_t forgotten;                  /* targets beyond the observers' memory of them */
    int64_t identity_jumps;             /* tracks that answered with another identity than before */
    int64_t situations_dropped;         /* candidates for situations that found no room */
} qf_tracking_metrics;

#endif
