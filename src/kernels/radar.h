/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_H
#define QF_RADAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the kernels of a radar share. One frame of one radar goes through them in this order:
 *
 *   near     which targets are in range of an observer (neighbours.h)
 *   hide     which of those stand behind a sphere
 *   pair     where each is seen from the observer: doubles subtracted, then single precision
 *   detect   which echoes are above the threshold: plots
 *   locate   range, bearing and elevation of each plot
 *   resolve  plots of one resolution cell become one; false alarms join; the strongest are kept
 *   measure  what the radar reports: errors, ambiguities, SNR
 *
 * Equations: docs/radar.md. Signal and noise are powers in units of the mean noise power of one pulse;
 * angles in single precision are degrees; bearing is clockwise from +Y, azimuth clockwise from body +X.
 */
enum {
    QF_PAIRS = 512,     /* that are worked on at once: they stay in the nearest cache */
    QF_LANE_SLACK = 16, /* kernels read and write whole lanes: so much beyond the last element */
    QF_RADAR_MOST_PULSES = 64,
    QF_OBSERVERS = 256, /* in a block of observers */
};

#define QF_NO_TARGET UINT32_MAX

/* Of a target's key: the vehicle's number in its world, whose limit this is. */
#define QF_VEHICLE_OF_KEY UINT32_C(0xFFFFFF)
/* what an ideal radar reports of everything */
#define QF_IDEAL_SNR      100.0f
#define QF_IDEAL_SNR_DB   20.0f
#define QF_IDEAL_RCS_DBSM 1.0f

/* One radar, ready for the kernels: what radar_spec.h derives from a group's parameters. */
typedef struct qf_radar {
    bool ideal; /* sees all that it may look at, without errors: SNR 20 dB, 1 dBsm */
    /* windows, of what would be measured without errors */
    /* true range up to range_max_m, apparent range from range_min_m on; range_end_m: where apparent ranges end */
    float range_min_m, range_max_m, range_end_m;
    float speed_min_mps, speed_max_mps; /* of the apparent |radial speed| */
    /* ambiguity: infinite where there is none */
    float range_span_m;   /* apparent range is the range modulo this */
    float speed_span_mps; /* apparent radial speed lies in [-span / 2, span / 2) */
    /* field of view in body axes */
    bool looks_everywhere; /* neither field of view nor pattern nor arc: body axes are not needed */
    float azimuth_min_deg, azimuth_width_deg; /* width 360: all around */
    float sin_elevation_min, sin_elevation_max;
    bool rotates;        /* sees only what the beam sweeps over: the arc of a qf_look */
    float arc_width_deg; /* swept in one period, at most 360 */
    /* two-way pattern in elevation: exp(-pattern_per_deg2 (elevation - boresight)^2); 0: none */
    float pattern_per_deg2, boresight_elevation_deg;
    /* electronic scan: gain times cos, widths over cos of the angle off the boresight, which points at
       boresight_azimuth_deg, boresight_elevation_deg */
    bool cosine_loss;
    float boresight_azimuth_deg;
    /* echoes: mean SNR of one pulse = echo_m2 * rcs / range^4 */
    float echo_m2;
    int pulses;      /* integrated noncoherently, 1 ... QF_RADAR_MOST_PULSES */
    float threshold; /* of the sum over all pulses of signal and noise */
    /* errors: sd = sqrt(min(at_1 / sqrt(integrated SNR), cap)^2 + floor^2) */
    struct qf_radar_error {
        float at_1, cap, floor;
    } range_m, azimuth_deg, elevation_deg, speed_mps;
    /* resolution cells */
    bool merges;
    float range_cell_m, azimuth_cell_deg, elevation_cell_deg, speed_cell_mps;
    float sr_threshold_m; /* up to here short range, beyond it long range */
    uint32_t capacity;    /* plots that one observer reports in a frame */
    double false_alarms;  /* mean number in a frame */
    /* a false alarm's power above the threshold is gamma(k + 1), with this probability up to k */
    double alarm_shape_cdf[QF_RADAR_MOST_PULSES];
} qf_radar;

/* A sphere that hides what is behind it; world axes. */
typedef struct qf_sphere {
    double center_m[3];
    double radius_m;
} qf_sphere;

/*
 * One who may be seen; targets stand in the order of cells (neighbours.h), by rank. Not columns: those in range of
 * an observer are a few here and a few there, and so each costs one line of the cache and not eight.
 */
typedef struct qf_target {
    double position_m[3];
    double velocity_mps[3];
    float rcs_m2; /* mean radar cross-section */
    uint32_t key; /* number of the vehicle in its world, | Swerling's case << 24 */
} __attribute__((aligned(64))) qf_target;

/* One who looks. */
typedef struct qf_observer {
    double position_m[3];
    double velocity_mps[3];
    float axes[3][3]; /* body forward, left, up in world axes; used unless it looks everywhere */
    uint32_t number;  /* in its block of observers, < QF_OBSERVERS */
    uint32_t rank;    /* among the targets */
    uint32_t world, vehicle; /* what keys its draws: numbers of the world, and in it */
} qf_observer;

/* What is the same for all observers of a block in one frame. */
typedef struct qf_look {
    uint64_t seed;
    uint32_t tick;
    /* by observer, azimuths in [0, 360): the arc [begin, end); NULL unless the radar rotates. Where the next
       frame's arc begins with exactly the number that this one's ends with, nobody is seen twice or missed */
    const float *arc_begin_deg, *arc_end_deg;
} qf_look;

#define QF_PAIR_COLUMN(type, name) type name[QF_PAIRS + QF_LANE_SLACK]

/* Observers and targets in range, as seen from the observer. */
typedef struct qf_pairs {
    size_t n;
    QF_PAIR_COLUMN(float, east_m);
    QF_PAIR_COLUMN(float, north_m);
    QF_PAIR_COLUMN(float, up_m);
    QF_PAIR_COLUMN(float, east_mps); /* relative velocity */
    QF_PAIR_COLUMN(float, north_mps);
    QF_PAIR_COLUMN(float, up_mps);
    /* the position again, along the observer's body axes; not set where it looks everywhere */
    QF_PAIR_COLUMN(float, body_forward_m);
    QF_PAIR_COLUMN(float, body_left_m);
    QF_PAIR_COLUMN(float, body_up_m);
    QF_PAIR_COLUMN(float, rcs_m2);
    QF_PAIR_COLUMN(uint32_t, target); /* rank */
    QF_PAIR_COLUMN(uint32_t, key);    /* the target's */
    QF_PAIR_COLUMN(uint32_t, observer);
    QF_PAIR_COLUMN(uint32_t, world);   /* the observer's */
    QF_PAIR_COLUMN(uint32_t, vehicle); /* the observer's */
} qf_pairs;

/*
 * What a block of observers has above the threshold, observer by observer. Arrays of `capacity`
 * elements plus QF_LANE_SLACK, owned by whoever runs the kernels.
 */
typedef struct qf_plots {
    size_t n;
    size_t capacity;
    /* set by detect */
    float *east_m, *north_m, *up_m;
    float *vr_mps;    /* true radial speed, then as measured */
    float *signal;    /* integrated SNR without noise */
    float *power;     /* of signal and noise, summed over pulses: what was above the threshold */
    float *widening;  /* of the beam, 1 / cos of the scan angle; 1 without cosine loss */
    uint32_t *target; /* rank, QF_NO_TARGET: a false alarm */
    uint32_t *key;    /* the target's */
    uint32_t *observer;
    uint32_t *world;   /* the observer's */
    uint32_t *vehicle; /* the observer's */
    /* set by locate, then as measured */
    float *range_m, *bearing_deg, *elevation_deg;
    /* set by measure */
    float *snr_db, *rcs_dbsm;
} qf_plots;

/* Takes those of n targets out of the list whom the sphere hides; returns how many are left. The list
   has QF_LANE_SLACK elements beyond the last. */
typedef size_t qf_hide_kernel(const qf_target *targets, const qf_observer *observer,
                              const qf_sphere *sphere, uint32_t *near, size_t n);

/* Appends n pairs, for which there is room. `body`: in body axes as well. */
typedef void qf_pair_kernel(const qf_target *targets, const qf_observer *observer,
                            const uint32_t *near, size_t n, bool body, qf_pairs *pairs);

/*
 * Marks the pairs that the radar would see if nothing were left to chance: in its range, its field of view and, where
 * beams turn, in any direction; whatever the radial speed. covered[i]: 1 or 0; whole lanes.
 */
typedef void qf_cover_kernel(const qf_radar *radar, const qf_pairs *pairs, uint32_t *covered);

/* Appends a plot for each pair that is seen; there is room for all. */
typedef void qf_detect_kernel(const qf_radar *radar, const qf_look *look, const qf_pairs *pairs,
                              qf_plots *plots);

/* Range, bearing, elevation of plots [begin, end). */
typedef void qf_locate_kernel(qf_plots *plots, size_t begin, size_t end);

/* What the radar reports of plots [begin, end). */
typedef void qf_measure_kernel(const qf_radar *radar, const qf_look *look, qf_plots *plots,
                               size_t begin, size_t end);

#endif
