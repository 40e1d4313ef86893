/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: docs/scenario.md. Guarded by tests/test_tracker_spec.c. */
#include "tracker_spec.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "radar_theory.h"
#include "scalar_math.h"
#include "tracking_theory.h"

#define MODE(name) (1U << QF_TRACK_##name)
#define QIKI       MODE(QIKI)
#define OURS       (MODE(ROBUST) | MODE(KALMAN))
#define GIVEN      (MODE(QIKI) | MODE(ROBUST)) /* robust: with gains: given */
#define ALL        (QIKI | OURS)

/* clang-format off */
#define SAME(value)           {value, value, value}
#define CLOSED(low, high)     low, high, false, false
#define LOW_OPEN(low, high)   low, high, true, false
#define HIGH_OPEN(low, high)  low, high, false, true
#define ANY                   -(double)INFINITY, (double)INFINITY, false, false

/* clang-format on */

/* beta: what it may be depends on mode and alpha */
const qf_tracker_parameter qf_tracker_table[QF_TRACKER_COUNT] = {
    [QF_TRACKER_CAPACITY] = {"capacity", "1", SAME(32.0),
                             CLOSED(QF_TRACK_LANES, QF_TRACK_MOST_SLOTS), true, ALL},
    [QF_TRACKER_MAX_MISSES] =
        {"max_misses", "1", {3.0, 5.0, 5.0}, CLOSED(1.0, QF_TRACKER_MOST_FRAMES), true, ALL},
    [QF_TRACKER_CONFIRM_HITS] = {"min_hits_to_confirm", "1", SAME(2.0),
                                 CLOSED(1.0, QF_TRACKER_MOST_FRAMES), true, ALL},
    [QF_TRACKER_CONFIRM_WINDOW] = {"confirm_window", "1", SAME(3.0), CLOSED(1.0, 32.0), true, OURS},
    [QF_TRACKER_REFERENCE_SNR] = {"reference_snr_db", "dB", SAME(20.0), CLOSED(1.0, 1000.0), false,
                                  ALL},
    [QF_TRACKER_CUTOFF] = {"gospa_cutoff_m", "m", SAME(100.0), LOW_OPEN(0.0, 1e9), false, ALL},
    [QF_TRACKER_TRUTH_CAPACITY] = {"truth_capacity", "1", SAME(64.0), CLOSED(1.0, 4096.0), true,
                                   ALL},
    [QF_TRACKER_ALPHA] = {"alpha", "1", SAME(0.6), LOW_OPEN(0.0, 1.0), false, GIVEN},
    [QF_TRACKER_BETA] = {"beta", "1", SAME(0.1), ANY, false, GIVEN},
    [QF_TRACKER_GATE] = {"max_association_distance_m", "m", SAME(12.0), LOW_OPEN(0.0, 1e9), false,
                         QIKI},
    [QF_TRACKER_GATE_SPEED] = {"max_radial_velocity_delta_mps", "m s-1", SAME(15.0),
                               LOW_OPEN(0.0, 3e8), false, QIKI},
    [QF_TRACKER_HANDOFF_BEARING] = {"handoff_bearing_deg", "degree", SAME(0.5), CLOSED(0.0, 180.0),
                                    false, QIKI},
    [QF_TRACKER_HANDOFF_ELEVATION] = {"handoff_elevation_deg", "degree", SAME(0.5),
                                      CLOSED(0.0, 180.0), false, QIKI},
    [QF_TRACKER_RANGE_SD] = {"range_sd_m", "m", SAME(0.0), CLOSED(0.0, 1e6), false, OURS},
    [QF_TRACKER_ANGLE_SD] = {"angle_sd_deg", "degree", SAME(0.0), CLOSED(0.0, 90.0), false, OURS},
    [QF_TRACKER_SPEED_SD] = {"speed_sd_mps", "m s-1", SAME(0.0), CLOSED(0.0, 1e6), false, OURS},
    [QF_TRACKER_ACCELERATION] = {"acceleration_sd_mps2", "m s-2", SAME(1.0), CLOSED(1e-6, 1e6),
                                 false, OURS},
    [QF_TRACKER_PRIOR_SPEED] = {"prior_speed_mps", "m s-1", SAME(30.0), CLOSED(1e-3, 1e6), false,
                                OURS},
    [QF_TRACKER_GATE_PROBABILITY] = {"gate_probability", "1", SAME(0.999), HIGH_OPEN(1e-6, 1.0),
                                     false, OURS},
    [QF_TRACKER_MERGE] = {"merge_distance", "1", SAME(2.0), CLOSED(0.0, 100.0), false, OURS},
    [QF_TRACKER_MAX_COAST] = {"max_coast_s", "s", SAME(0.0), CLOSED(0.0, 1e9), false, OURS},
};

const char *const qf_track_mode_names[QF_TRACK_MODES] = {
    [QF_TRACK_QIKI] = "qiki", [QF_TRACK_ROBUST] = "robust", [QF_TRACK_KALMAN] = "kalman"};

qf_tracker_spec qf_tracker_spec_default(qf_track_mode mode)
{
    qf_tracker_spec spec = {.mode = mode, .picture = qf_picture_rules_default()};
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        spec.value[id] = qf_tracker_table[id].fallback[mode];
    }
    return spec;
}

bool qf_tracker_uses(const qf_tracker_spec *spec, qf_tracker_id id)
{
    if (spec->mode == QF_TRACK_ROBUST && (id == QF_TRACKER_ALPHA || id == QF_TRACKER_BETA)) {
        return spec->gains_given;
    }
    return (qf_tracker_table[id].modes >> spec->mode & 1U) != 0;
}

/* one finding: the first is told */
typedef struct verdict {
    const char **key;
    char *why;
} verdict;

__attribute__((format(printf, 3, 4))) static bool blame(verdict v, qf_tracker_id id,
                                                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(v.why, QF_TRACKER_WHY_BYTES, format, arguments);
    va_end(arguments);
    *v.key = qf_tracker_table[id].key;
    return true;
}

static bool gains_contradict(const qf_tracker_spec *spec, verdict v)
{
    const double alpha = spec->value[QF_TRACKER_ALPHA];
    const double beta = spec->value[QF_TRACKER_BETA];
    if (!qf_tracker_uses(spec, QF_TRACKER_BETA)) {
        return false;
    }
    if (spec->mode == QF_TRACK_QIKI) {
        return !(beta >= 0.0 && beta <= 1.0) &&
               blame(v, QF_TRACKER_BETA, "expected a number from 0 to 1, found %g", beta);
    }
    return !(beta > 0.0 && beta < 4.0 - 2.0 * alpha) &&
           blame(v, QF_TRACKER_BETA,
                 "a filter is stable with 0 < beta < 4 - 2 alpha, which is %g, found %g",
                 4.0 - 2.0 * alpha, beta);
}

/* squares of anything smaller are of no use in single precision */
#define LEAST_GIVEN_SD 1e-4

static bool deviations_contradict(const qf_tracker_spec *spec, verdict v)
{
    for (int id = QF_TRACKER_RANGE_SD; id <= QF_TRACKER_SPEED_SD; id++) {
        const double sd = spec->value[id];
        if (qf_tracker_uses(spec, (qf_tracker_id)id) && sd != 0.0 && !(sd >= LEAST_GIVEN_SD)) {
            return blame(v, (qf_tracker_id)id,
                         "expected at least %g, or 0 for what the radar's errors are: found %g",
                         LEAST_GIVEN_SD, sd);
        }
    }
    return false;
}

bool qf_tracker_spec_contradiction(const qf_tracker_spec *spec, const char **key, char *why)
{
    const verdict v = {key, why};
    const double *value = spec->value;
    if (fmod(value[QF_TRACKER_CAPACITY], QF_TRACK_LANES) != 0.0) {
        return blame(v, QF_TRACKER_CAPACITY, "expected a multiple of %d, found %g", QF_TRACK_LANES,
                     value[QF_TRACKER_CAPACITY]);
    }
    if (qf_tracker_uses(spec, QF_TRACKER_CONFIRM_WINDOW) &&
        value[QF_TRACKER_CONFIRM_HITS] > value[QF_TRACKER_CONFIRM_WINDOW]) {
        return blame(v, QF_TRACKER_CONFIRM_HITS,
                     "%g hits do not fit into confirm_window (%g frames)",
                     value[QF_TRACKER_CONFIRM_HITS], value[QF_TRACKER_CONFIRM_WINDOW]);
    }
    return gains_contradict(spec, v) || deviations_contradict(spec, v);
}

/* what most detections of a weak target have */
#define USUAL_SNR_DB 13.0

/* without errors, or with next to none, a filter would believe nothing but the last detection */
#define LEAST_SD 0.01

static double deviation(const struct qf_radar_error *error)
{
    const double root = sqrt(qf_ratio_of(USUAL_SNR_DB));
    const double noise = fmin((double)error->at_1 / root, (double)error->cap);
    const double floor = (double)error->floor;
    return sqrt(noise * noise + floor * floor);
}

static void fill_in(double *value, double sd)
{
    if (*value == 0.0) {
        *value = fmax(sd, LEAST_SD);
    }
}

void qf_tracker_spec_complete(qf_tracker_spec *spec, const qf_radar_spec *radar_spec)
{
    qf_radar radar;
    qf_radar_derive(radar_spec, &radar); /* errors of an ideal radar are 0 */
    fill_in(&spec->value[QF_TRACKER_RANGE_SD], deviation(&radar.range_m));
    fill_in(&spec->value[QF_TRACKER_ANGLE_SD],
            fmax(deviation(&radar.azimuth_deg), deviation(&radar.elevation_deg)));
    fill_in(&spec->value[QF_TRACKER_SPEED_SD], deviation(&radar.speed_mps));
}

#define SQUARE(x) ((x) * (x))

enum { MEASURED = 4 }; /* range, two angles and radial speed */

void qf_tracker_derive(const qf_tracker_spec *spec, double dt_s, qf_tracker *tracker)
{
    const double *value = spec->value;
    *tracker = (qf_tracker){
        .mode = spec->mode,
        .ticks_per_s = 1.0 / dt_s,
        .max_misses = (uint32_t)value[QF_TRACKER_MAX_MISSES],
        .confirm_hits = (uint32_t)value[QF_TRACKER_CONFIRM_HITS],
        .confirm_window = (uint32_t)value[QF_TRACKER_CONFIRM_WINDOW],
        .reference_snr_db = (qf_real)value[QF_TRACKER_REFERENCE_SNR],
        .gains_given = spec->gains_given,
        .alpha = (qf_real)value[QF_TRACKER_ALPHA],
        .beta = (qf_real)value[QF_TRACKER_BETA],
        .gate_m = (qf_real)value[QF_TRACKER_GATE],
        .gate_mps = (qf_real)value[QF_TRACKER_GATE_SPEED],
        .handoff_bearing_deg = (qf_real)value[QF_TRACKER_HANDOFF_BEARING],
        .handoff_elev_deg = (qf_real)value[QF_TRACKER_HANDOFF_ELEVATION],
        /* constants of the reference */
        .least_step_s = QF_REAL(0.05),
        .fuse_bearing_deg = QF_REAL(0.5),
        .fuse_elev_deg = QF_REAL(0.5),
        .fuse_mps = QF_REAL(1.0),
        .range_sd_m = (qf_real)value[QF_TRACKER_RANGE_SD],
        .angle_sd_rad = (qf_real)(value[QF_TRACKER_ANGLE_SD] * QF_RAD_PER_DEG),
        .speed_sd_mps = (qf_real)value[QF_TRACKER_SPEED_SD],
        .acceleration_sd_mps2 = (qf_real)value[QF_TRACKER_ACCELERATION],
        .prior_speed_mps = (qf_real)value[QF_TRACKER_PRIOR_SPEED],
        .gate2 = (qf_real)qf_chi_square_quantile(MEASURED, value[QF_TRACKER_GATE_PROBABILITY]),
        .exact = spec->exact,
        .merge2 = (qf_real)SQUARE(value[QF_TRACKER_MERGE]),
        .max_coast_s = (qf_real)value[QF_TRACKER_MAX_COAST],
    };
}
