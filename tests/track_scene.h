/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_TRACK_SCENE_H
#define QF_TEST_TRACK_SCENE_H

/* What the tests of the robust and the Kalman tracker share: a tracker, and detections of targets that move. */
#include "assignment.h"
#include "draw.h"
#include "track_stand.h"

/* Ten ticks a second; detections as good as 5 m, 0.2 degrees, 0.5 m/s; 0.999 of four degrees of freedom. */
static inline qf_tracker track_scene_tracker(qf_track_mode mode)
{
    return (qf_tracker){
        .mode = mode,
        .ticks_per_s = 10.0,
        .max_misses = 5,
        .confirm_hits = 2,
        .confirm_window = 3,
        .reference_snr_db = QF_REAL(20.0),
        .range_sd_m = QF_REAL(5.0),
        .angle_sd_rad = QF_REAL(0.0035),
        .speed_sd_mps = QF_REAL(0.5),
        .acceleration_sd_mps2 = QF_REAL(1.0),
        .prior_speed_mps = QF_REAL(30.0),
        .gate2 = QF_REAL(18.466827),
        .merge2 = QF_REAL(1.0),
    };
}

static inline track_stand track_scene_open(size_t n_plots, size_t capacity)
{
    track_stand s = track_stand_open(n_plots, capacity, 0);
    s.scratch.assignment = qf_assignment_create();
    assert_non_null(s.scratch.assignment);
    return s;
}

static inline void track_scene_close(track_stand *s)
{
    qf_assignment_free(s->scratch.assignment);
    track_stand_close(s);
}

typedef struct track_scene_target {
    double p[3], v[3]; /* relative to the observer: east, north, up */
} track_scene_target;

/* What is drawn for: a run, a frame, a target, one of several numbers. */
static inline double track_scene_normal(uint32_t run, uint32_t frame, size_t target, uint32_t draw)
{
    return qf_draw_normal((qf_draw_key){.seed = 77,
                                        .world = run,
                                        .vehicle = (uint32_t)target,
                                        .tick = frame,
                                        .stream = QF_STREAM_RADAR_ERROR,
                                        .draw = draw});
}

/* How wrong a detection is. */
typedef struct track_scene_error {
    double range_m, azimuth_m, elevation_m, vr_mps;
} track_scene_error;

/* A detection of the target, off by the error: along the line of sight, and across it in metres. */
static inline track_stand_plot track_scene_plot(const track_scene_target *target,
                                                track_scene_error error)
{
    const double degrees = 180.0 / 3.14159265358979323846;
    const double *p = target->p;
    const double range = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    const double flat = sqrt(p[0] * p[0] + p[1] * p[1]);
    const double vr = (target->v[0] * p[0] + target->v[1] * p[1] + target->v[2] * p[2]) / range;
    double bearing = (atan2(p[0], p[1]) + error.azimuth_m / flat) * degrees;
    bearing = bearing < 0.0 ? bearing + 360.0 : bearing;
    return (track_stand_plot){
        .range_m = range + error.range_m,
        .bearing_deg = bearing,
        .elev_deg = (atan2(p[2], flat) + error.elevation_m / range) * degrees,
        .vr_mps = vr + error.vr_mps,
    };
}

/* Tests of every set of kernels: calls it for each. */
#define TRACK_SCENE_SETS(kernels)                                                                  \
    for (size_t set_ = 0; track_stand_set(set_); set_++)                                           \
        for (const qf_kernels *kernels = track_stand_set(set_); kernels; kernels = NULL)

#endif
