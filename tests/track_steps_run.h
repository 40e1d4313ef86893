/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_TRACK_STEPS_RUN_H
#define QF_TEST_TRACK_STEPS_RUN_H

/* Frames of the reference's tracker, for tests of its rules and of the steps of all trackers. */
#include "track_stand.h"

#define EACH_SET(kernels)                                                                          \
    const qf_kernels *kernels = track_stand_set(0);                                                \
    for (size_t set = 0; kernels; kernels = track_stand_set(++set))

enum { MOST_PLOTS = 64, US_PER_S = 1000000 };

/* one frame `time_s` after the start with detections straight ahead, north */
typedef struct ahead {
    double range_m, vr_mps;
} ahead;

static inline void step_ahead(track_stand *s, const qf_kernels *kernels, double time_s,
                              const ahead *plots, size_t n)
{
    const qf_tracker tracker = track_stand_qiki();
    const qf_track_frame frame = {.tick = (uint32_t)llround(time_s * US_PER_S)};
    for (size_t i = 0; i < n; i++) {
        track_stand_add(s,
                        (track_stand_plot){.range_m = plots[i].range_m, .vr_mps = plots[i].vr_mps});
    }
    track_stand_frame(s, kernels, &tracker, &frame);
}

static inline void step_plots(track_stand *s, const qf_kernels *kernels, const qf_tracker *tracker,
                              double time_s, const track_stand_plot *plots, size_t n)
{
    const qf_track_frame frame = {.tick = (uint32_t)llround(time_s * US_PER_S)};
    for (size_t i = 0; i < n; i++) {
        track_stand_add(s, plots[i]);
    }
    track_stand_frame(s, kernels, tracker, &frame);
}

#endif
