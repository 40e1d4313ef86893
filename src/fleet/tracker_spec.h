/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKER_SPEC_H
#define QF_TRACKER_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"
#include "picture.h"
#include "radar_spec.h"
#include "situation.h"
#include "track.h"

/*
 * The tracker of a group as a scenario gives it, and what the kernels make of it. docs/tracking.md has the
 * equations; the table below the keys, units, defaults and ranges.
 */
typedef enum qf_tracker_id {
    /* all modes */
    QF_TRACKER_CAPACITY,       /* capacity: tracks of an observer, a multiple of 16 up to 512; 32 */
    QF_TRACKER_MAX_MISSES,     /* max_misses: 1 to 65535; 3; else of confirmed tracks, 5 */
    QF_TRACKER_CONFIRM_HITS,   /* min_hits_to_confirm: 2 */
    QF_TRACKER_CONFIRM_WINDOW, /* confirm_window: frames, up to 32; not qiki; 3 */
    QF_TRACKER_REFERENCE_SNR,  /* reference_snr_db: at least 1; 20 */
    QF_TRACKER_CUTOFF,         /* gospa_cutoff_m: > 0; 100 */
    QF_TRACKER_TRUTH_CAPACITY, /* truth_capacity: targets that an observer's quality remembers; 64 */
    /* gains: qiki; robust with gains: given */
    QF_TRACKER_ALPHA, /* alpha: in (0, 1]; 0.6 */
    QF_TRACKER_BETA,  /* beta: qiki in [0, 1]; else (0, 4 - 2 alpha); 0.1 */
    /* qiki */
    QF_TRACKER_GATE,              /* max_association_distance_m: > 0; 12 */
    QF_TRACKER_GATE_SPEED,        /* max_radial_velocity_delta_mps: > 0; 15 */
    QF_TRACKER_HANDOFF_BEARING,   /* handoff_bearing_deg: 0.5 */
    QF_TRACKER_HANDOFF_ELEVATION, /* handoff_elevation_deg: 0.5 */
    /* robust and kalman */
    /* of detections; 0: what the radar's errors are at an SNR of 13 dB, at least 0.01 */
    QF_TRACKER_RANGE_SD,         /* range_sd_m */
    QF_TRACKER_ANGLE_SD,         /* angle_sd_deg: the worse of azimuth and elevation */
    QF_TRACKER_SPEED_SD,         /* speed_sd_mps */
    QF_TRACKER_ACCELERATION,     /* acceleration_sd_mps2: of targets; 1 */
    QF_TRACKER_PRIOR_SPEED,      /* prior_speed_mps: sd of what one detection does not tell; 30 */
    QF_TRACKER_GATE_PROBABILITY, /* gate_probability: so many of a target's own are inside; 0.999 */
    QF_TRACKER_MERGE,     /* merge_distance: normalised, in standard deviations; 0: never; 2 */
    QF_TRACKER_MAX_COAST, /* max_coast_s: without a detection; 0: no limit but max_misses; 0 */
    QF_TRACKER_COUNT
} qf_tracker_id;

enum { QF_TRACKER_MOST_FRAMES = UINT16_MAX }; /* misses of a recorded track */

typedef struct qf_tracker_parameter {
    const char *key;
    const char *unit;
    double fallback[QF_TRACK_MODES]; /* by mode */
    double low, high;                /* allowed */
    bool low_open, high_open;        /* ends that are not allowed themselves */
    bool whole;                      /* a whole number */
    unsigned modes;                  /* bit qf_track_mode: has an effect there */
} qf_tracker_parameter;

extern const qf_tracker_parameter qf_tracker_table[QF_TRACKER_COUNT];
extern const char *const qf_track_mode_names[QF_TRACK_MODES]; /* "qiki", "robust", "kalman" */

typedef struct qf_tracker_spec {
    const char *file; /* as the scenario names it, NULL: none */
    qf_track_mode mode;
    bool gains_given; /* gains: given; else kalata. Robust only */
    bool exact;       /* association: exact; else nearest. Not qiki */
    bool shares;      /* picture: true or a mapping: the group has a fleet picture */
    qf_picture_rules picture;
    double value[QF_TRACKER_COUNT];
} qf_tracker_spec;

/* Every default of the mode. */
qf_tracker_spec qf_tracker_spec_default(qf_track_mode mode);

/* Whether the parameter has an effect with the others as they are. */
bool qf_tracker_uses(const qf_tracker_spec *spec, qf_tracker_id id);

/* As qf_radar_spec_contradiction. */
enum { QF_TRACKER_WHY_BYTES = 256 };
bool qf_tracker_spec_contradiction(const qf_tracker_spec *spec, const char **key, char *why);

/* Fills in what follows from the radar, which is sound: standard deviations that are 0. */
void qf_tracker_spec_complete(qf_tracker_spec *spec, const qf_radar_spec *radar);

/* What the kernels use; `spec` is sound and complete. Identities are left out. */
void qf_tracker_derive(const qf_tracker_spec *spec, double dt_s, qf_tracker *tracker);

/* A guard rule as a scenario gives it. */
typedef struct qf_guard_rule_spec {
    const char *id;
    const char *title, *description, *action_required, *fsm_event; /* NULL: not given */
    int severity;                                                  /* qf_severity */
    int iff;                                                       /* 0: any, else qf_iff */
    int on;                          /* require_transponder_on: 0 false, 1 true, -1: not given */
    uint32_t mode_bits;              /* allowed_transponder_modes; all ones: any */
    double min_range_m, max_range_m; /* infinity: none */
    double min_quality;
    double max_speed_mps; /* max_radial_velocity_mps; infinity: any */
    double min_duration_s, hysteresis_m;
    double cooldown_s; /* NaN: the set's default */
} qf_guard_rule_spec;

typedef struct qf_guards_spec {
    const char *file;
    bool reference_epoch;      /* epoch: reference; else explicit */
    double default_cooldown_s; /* 2 */
    size_t n_rules;
    const qf_guard_rule_spec *rules;
} qf_guards_spec;

/* What the kernels use; `rules` has room for n_rules. */
void qf_guards_derive(const qf_guards_spec *spec, double dt_s, qf_guard_rule *rules,
                      qf_guard_set *set);

typedef struct qf_situations_spec {
    const char *file;
    qf_situation_rules rules;
    int64_t capacity; /* situations of an observer, 32 */
} qf_situations_spec;

#endif
