/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SPEC_H
#define QF_RADAR_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "number.h"
#include "radar.h"

/*
 * The radar of a group as a scenario gives it, and what the kernels make of it. docs/radar.md has the
 * equations; the table below the keys, units, defaults and ranges.
 */
typedef enum qf_radar_id {
    QF_RADAR_POWER,               /* power_w: peak */
    QF_RADAR_GAIN,                /* gain_db: one way */
    QF_RADAR_FREQUENCY,           /* frequency_hz */
    QF_RADAR_BANDWIDTH,           /* bandwidth_hz */
    QF_RADAR_PULSE_WIDTH,         /* pulse_width_s: of a compressed pulse; 0: 1 / bandwidth */
    QF_RADAR_NOISE_FIGURE,        /* noise_figure_db */
    QF_RADAR_LOSS,                /* loss_db: everything else, both ways */
    QF_RADAR_PFA,                 /* pfa: probability of a false alarm in a cell, in (0, 0.5) */
    QF_RADAR_BEAM_AZIMUTH,        /* beam_azimuth_deg: 3 dB, one way */
    QF_RADAR_BEAM_ELEVATION,      /* beam_elevation_deg */
    QF_RADAR_PERIOD,              /* period_s: from frame to frame, a multiple of dt_s */
    QF_RADAR_RANGE_MIN,           /* range_min_m */
    QF_RADAR_RANGE_MAX,           /* range_max_m */
    QF_RADAR_SPEED_MIN,           /* speed_min_mps: of |radial speed| */
    QF_RADAR_SPEED_MAX,           /* speed_max_mps; 0: no limit */
    QF_RADAR_PRF,                 /* prf_hz; 0: neither range nor speed is ambiguous */
    QF_RADAR_DWELL,               /* dwell_s; 0: follows from scan, or pulses and PRF */
    QF_RADAR_SR_THRESHOLD,        /* sr_threshold_m */
    QF_RADAR_ANGLE_SLOPE,         /* angle_slope: k of the angle errors, 1.6 */
    QF_RADAR_RANGE_FLOOR,         /* range_floor_m: error that no SNR takes away */
    QF_RADAR_ANGLE_FLOOR,         /* angle_floor_deg */
    QF_RADAR_SPEED_FLOOR,         /* speed_floor_mps */
    QF_RADAR_AZIMUTH_MIN,         /* azimuth_min_deg: field of view, clockwise from body +X */
    QF_RADAR_AZIMUTH_MAX,         /* azimuth_max_deg: min + 360 is all around */
    QF_RADAR_ELEVATION_MIN,       /* elevation_min_deg */
    QF_RADAR_ELEVATION_MAX,       /* elevation_max_deg */
    QF_RADAR_BORESIGHT_ELEVATION, /* boresight_elevation_deg */
    QF_RADAR_ROTATION, /* rotation_dps: of a rotating scan; negative is counterclockwise */
    QF_RADAR_COUNT
} qf_radar_id;

typedef enum qf_radar_scan {
    QF_SCAN_STARING,  /* looks at its field of view all the time */
    QF_SCAN_SECTOR,   /* sweeps its field of view once in a period */
    QF_SCAN_ROTATING, /* sees what the beam passes in a period */
    QF_SCAN_COUNT
} qf_radar_scan;

typedef enum qf_radar_pattern {
    QF_PATTERN_NONE,     /* loss_db holds it */
    QF_PATTERN_GAUSSIAN, /* in elevation, about the boresight */
    QF_PATTERN_COSINE,   /* electronic scan: cosine of the angle off the boresight */
    QF_PATTERN_COUNT
} qf_radar_pattern;

typedef struct qf_radar_parameter {
    const char *key;
    const char *unit;
    double fallback;  /* NaN: required, by ideal radars only where they use it */
    double low, high; /* allowed, inclusive */
    bool of_ideal;    /* ideal radars use it too */
} qf_radar_parameter;

extern const qf_radar_parameter qf_radar_table[QF_RADAR_COUNT];

/* what a scenario calls them */
extern const char *const qf_scan_names[QF_SCAN_COUNT];
extern const char *const qf_pattern_names[QF_PATTERN_COUNT];

typedef struct qf_radar_spec {
    const char *file; /* as the scenario names it, NULL: none */
    bool ideal;
    bool merge; /* plots of one resolution cell become one */
    qf_radar_scan scan;
    qf_radar_pattern pattern;
    int64_t pulses;          /* integrated noncoherently */
    int64_t coherent_pulses; /* integrated coherently before that */
    int64_t capacity;        /* plots reported in a frame */
    double value[QF_RADAR_COUNT];
    qf_number
        rotation_start_deg; /* azimuth of a rotating beam at time zero; may differ by vehicle */
} qf_radar_spec;

/* Every default; NaN where there is none. */
qf_radar_spec qf_radar_spec_default(void);

/* Whether the parameter has an effect with the others as they are. */
bool qf_radar_uses(const qf_radar_spec *spec, qf_radar_id id);

/* Whether it matters where the beam is at time zero. */
bool qf_radar_uses_rotation_start(const qf_radar_spec *spec);

/*
 * What is wrong with the parameters together, each of them being in its own range: the key that is
 * to blame, and a sentence that says why; false: nothing. `why` takes QF_RADAR_WHY_BYTES.
 */
enum { QF_RADAR_WHY_BYTES = 256 };
bool qf_radar_spec_contradiction(const qf_radar_spec *spec, const char **key, char *why);

/* Dwell on a target, seconds; 0 where nothing says how long it is. */
double qf_radar_dwell_s(const qf_radar_spec *spec);

/* Mean number of false alarms in a frame, in all of a rotating beam's arc; 0 of an ideal radar. */
double qf_radar_false_alarms(const qf_radar_spec *spec);

/* Mean number of those that are in the field of view. */
double qf_radar_reported_false_alarms(const qf_radar_spec *spec);

/* SNR of one pulse (or of those integrated coherently) is this times the cross-section over range^4. */
double qf_radar_echo_m2(const qf_radar_spec *spec);

/* What the kernels use; same bits on every machine. `spec` is sound. */
void qf_radar_derive(const qf_radar_spec *spec, qf_radar *radar);

#endif
