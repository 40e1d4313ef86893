/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACK_QUALITY_H
#define QF_TRACK_QUALITY_H

#include "assignment.h"
#include "track.h"

/*
 * How good an observer's picture is, against the truth: GOSPA and OSPA of its firm tracks, both with exponent 2
 * (radar_tracking.md section 4), and what becomes of each target that it could see.
 */

/* Targets in an observer's coverage: where it would see them if nothing were left to chance. Arrays in whole
   lanes, the caller's; relative to the observer. */
typedef struct qf_truth {
    size_t n;
    const float *east_m, *north_m, *up_m;
    const float *east_mps, *north_mps, *up_mps;
    const uint32_t *target; /* as in qf_track_plots; all different */
} qf_truth;

/* What an observer remembers of each target in its coverage. Arrays of `capacity` elements, the caller's. */
typedef struct qf_truth_memory {
    size_t n, capacity;
    uint32_t *target;
    uint32_t *since; /* tick when it came into coverage */
    uint32_t *track; /* number of the firm track that held it last, QF_NO_TRACK: none yet */
} qf_truth_memory;

/* One frame. */
typedef struct qf_track_quality {
    double gospa_m, ospa_m;
    double localisation_m2, missed_m2, false_m2; /* they add up to gospa_m^2 */
    uint32_t targets, held, firm; /* held: those with a firm track within the cutoff */
    double position_error2_m2, velocity_error2_m2s2; /* sums over those held */
    uint32_t switches;                               /* targets held by another track than before */
    uint32_t first_held;     /* targets held for the first time since they came into coverage */
    double first_held_ticks; /* sum of the times that took */
    uint32_t forgotten; /* targets beyond the memory's capacity: no switch and no time has them */
} qf_track_quality;

/*
 * The view is the table's. Of the truth the first memory->capacity targets are remembered, and those that are not
 * in this frame's truth are forgotten. Of `scratch` only the assignment is used. False without memory.
 */
typedef bool qf_track_quality_kernel(double cutoff_m, uint32_t tick, const qf_track_table *table,
                                     const qf_track_view *view, const qf_truth *truth,
                                     qf_truth_memory *memory, qf_track_scratch *scratch,
                                     qf_track_quality *quality);

#endif
