/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_RADAR_STAND_H
#define QF_TEST_RADAR_STAND_H

/*
 * What the tests of a radar's kernels share: arrays for targets, pairs and plots, a radar that sees
 * everything unless told otherwise, and each set of kernels of this machine.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "kernels.h"
#include "radar_alarm.h"
#include "radar_resolve.h"
#include "statistics.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { STAND_MOST = 8192, STAND_ROOM = STAND_MOST + QF_LANE_SLACK };

#define DEG (STATISTICS_PI / 180.0)

/* the columns of plots, for allocating and comparing: 4 bytes each */
#define STAND_COLUMNS(X)                                                                           \
    X(east_m)                                                                                      \
    X(north_m) X(up_m) X(vr_mps) X(signal) X(power) X(widening) X(target) X(key) X(observer)       \
        X(world) X(vehicle) X(range_m) X(bearing_deg) X(elevation_deg) X(snr_db) X(rcs_dbsm)

static inline qf_plots stand_plots(void)
{
    qf_plots plots = {.capacity = STAND_MOST};
#define X(name)                                                                                    \
    plots.name = calloc(STAND_ROOM, sizeof *plots.name);                                           \
    assert_non_null(plots.name);
    STAND_COLUMNS(X)
#undef X
    return plots;
}

static inline void stand_free(qf_plots *plots)
{
#define X(name) free(plots->name);
    STAND_COLUMNS(X)
#undef X
    *plots = (qf_plots){0};
}

/* fails with the name of the first column whose first n bits differ */
static inline void stand_assert_same_plots(const qf_plots *a, const qf_plots *b, const char *what)
{
    if (a->n != b->n) {
        fail_msg("%s: %zu and %zu plots", what, a->n, b->n);
    }
#define X(name)                                                                                    \
    if (memcmp(a->name, b->name, a->n * sizeof *a->name) != 0) {                                   \
        fail_msg("%s: " #name " differs", what);                                                   \
    }
    STAND_COLUMNS(X)
#undef X
}

/* one pulse, Pfa 1e-6, no windows, no ambiguity, no errors, no merging */
static inline qf_radar stand_radar(void)
{
    return (qf_radar){
        .range_max_m = 1e9f,
        .range_end_m = 1e9f,
        .speed_max_mps = INFINITY,
        .range_span_m = INFINITY,
        .speed_span_mps = INFINITY,
        .looks_everywhere = true,
        .azimuth_min_deg = -180.0f,
        .azimuth_width_deg = 360.0f,
        .sin_elevation_min = -1.0f,
        .sin_elevation_max = 1.0f,
        .echo_m2 = 1e18f,
        .pulses = 1,
        .threshold = 13.815511f,
        .range_cell_m = 1.0f,
        .azimuth_cell_deg = 1.0f,
        .elevation_cell_deg = 1.0f,
        .speed_cell_mps = 1.0f,
        .capacity = UINT32_MAX,
        .alarm_shape_cdf = {1.0},
    };
}

/* body axes of a right-handed turn of `yaw` about up, then `pitch` of the nose upwards, degrees */
static inline void stand_turn(qf_observer *observer, double yaw_deg, double pitch_deg)
{
    const double cy = qf_cos(yaw_deg * DEG);
    const double sy = qf_sin(yaw_deg * DEG);
    const double cp = qf_cos(pitch_deg * DEG);
    const double sp = qf_sin(pitch_deg * DEG);
    const double axes[3][3] = {{cy * cp, sy * cp, sp}, {-sy, cy, 0.0}, {-cy * sp, -sy * sp, cp}};
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 3; i++) {
            observer->axes[k][i] = (float)axes[k][i];
        }
    }
}

/* number i of a series, in [0, 1) */
static inline double stand_uniform(uint32_t i, uint32_t series)
{
    return qf_draw_uniform((qf_draw_key){.seed = 77, .vehicle = i, .draw = series});
}

/* One target of a pair, seen from an observer of vehicle `observer`, looking along the world's axes. */
typedef struct stand_pair {
    double position_m[3];
    double velocity_mps[3];
    double rcs_m2;
    uint32_t swerling;
    uint32_t vehicle;
    uint32_t observer;
} stand_pair;

static inline void stand_add(qf_pairs *pairs, const stand_pair *pair)
{
    const size_t i = pairs->n++;
    assert_true(i < QF_PAIRS);
    pairs->east_m[i] = (float)pair->position_m[0];
    pairs->north_m[i] = (float)pair->position_m[1];
    pairs->up_m[i] = (float)pair->position_m[2];
    pairs->east_mps[i] = (float)pair->velocity_mps[0];
    pairs->north_mps[i] = (float)pair->velocity_mps[1];
    pairs->up_mps[i] = (float)pair->velocity_mps[2];
    pairs->body_forward_m[i] = pairs->east_m[i];
    pairs->body_left_m[i] = pairs->north_m[i];
    pairs->body_up_m[i] = pairs->up_m[i];
    pairs->rcs_m2[i] = (float)pair->rcs_m2;
    pairs->target[i] = pair->vehicle;
    pairs->key[i] = pair->vehicle | pair->swerling << 24;
    pairs->observer[i] = 0;
    pairs->world[i] = 0;
    pairs->vehicle[i] = pair->observer;
}

/* sets of kernels that run here; ends with NULL */
static inline const qf_kernels *stand_set(size_t i)
{
    size_t found = 0;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels && found++ == i) {
            return kernels;
        }
    }
    return NULL;
}

/* degrees in [0, 360) */
static inline double stand_turned(double deg)
{
    return deg - 360.0 * floor(deg / 360.0);
}

#endif
