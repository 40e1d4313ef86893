/* SPDX-License-Identifier: Apache-2.0 */
/* Equations: docs/radar.md. Guarded by tests/test_radar_spec.c. */
#include "radar_spec.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "draw.h"
#include "radar_equation.h"
#include "radar_theory.h"

#define NONE ((double)NAN)

/* parameters of angles and of the windows serve ideal radars too */
const qf_radar_parameter qf_radar_table[QF_RADAR_COUNT] = {
    [QF_RADAR_POWER] = {"power_w", "W", NONE, 1e-9, 1e12, false},
    [QF_RADAR_GAIN] = {"gain_db", "dB", NONE, -100.0, 100.0, false},
    [QF_RADAR_FREQUENCY] = {"frequency_hz", "Hz", NONE, 1e6, 1e13, false},
    [QF_RADAR_BANDWIDTH] = {"bandwidth_hz", "Hz", NONE, 1.0, 1e12, false},
    [QF_RADAR_PULSE_WIDTH] = {"pulse_width_s", "s", 0.0, 0.0, 1e3, false},
    [QF_RADAR_NOISE_FIGURE] = {"noise_figure_db", "dB", NONE, 0.0, 100.0, false},
    [QF_RADAR_LOSS] = {"loss_db", "dB", 0.0, 0.0, 200.0, false},
    [QF_RADAR_PFA] = {"pfa", "1", 1e-6, 1e-30, 0.5, false},
    [QF_RADAR_BEAM_AZIMUTH] = {"beam_azimuth_deg", "degree", NONE, 1e-4, 360.0, false},
    [QF_RADAR_BEAM_ELEVATION] = {"beam_elevation_deg", "degree", NONE, 1e-4, 180.0, false},
    [QF_RADAR_PERIOD] = {"period_s", "s", NONE, 1e-9, 1e9, true},
    [QF_RADAR_RANGE_MIN] = {"range_min_m", "m", 0.0, 0.0, 1e9, true},
    [QF_RADAR_RANGE_MAX] = {"range_max_m", "m", NONE, 1e-3, 1e9, true},
    [QF_RADAR_SPEED_MIN] = {"speed_min_mps", "m s-1", 0.0, 0.0, 3e8, true},
    [QF_RADAR_SPEED_MAX] = {"speed_max_mps", "m s-1", 0.0, 0.0, 3e8, true},
    [QF_RADAR_PRF] = {"prf_hz", "Hz", 0.0, 0.0, 1e9, false},
    [QF_RADAR_DWELL] = {"dwell_s", "s", 0.0, 0.0, 1e6, false},
    [QF_RADAR_SR_THRESHOLD] = {"sr_threshold_m", "m", 5000.0, 0.0, 1e9, true},
    [QF_RADAR_ANGLE_SLOPE] = {"angle_slope", "1", 1.6, 0.1, 10.0, false},
    [QF_RADAR_RANGE_FLOOR] = {"range_floor_m", "m", 0.0, 0.0, 1e6, false},
    [QF_RADAR_ANGLE_FLOOR] = {"angle_floor_deg", "degree", 0.0, 0.0, 90.0, false},
    [QF_RADAR_SPEED_FLOOR] = {"speed_floor_mps", "m s-1", 0.0, 0.0, 1e6, false},
    [QF_RADAR_AZIMUTH_MIN] = {"azimuth_min_deg", "degree", -180.0, -360.0, 360.0, true},
    [QF_RADAR_AZIMUTH_MAX] = {"azimuth_max_deg", "degree", 180.0, -360.0, 720.0, true},
    [QF_RADAR_ELEVATION_MIN] = {"elevation_min_deg", "degree", -90.0, -90.0, 90.0, true},
    [QF_RADAR_ELEVATION_MAX] = {"elevation_max_deg", "degree", 90.0, -90.0, 90.0, true},
    [QF_RADAR_BORESIGHT_ELEVATION] = {"boresight_elevation_deg", "degree", 0.0, -90.0, 90.0, false},
    [QF_RADAR_ROTATION] = {"rotation_dps", "degree s-1", 0.0, -1e6, 1e6, true},
};

const char *const qf_scan_names[QF_SCAN_COUNT] = {
    [QF_SCAN_STARING] = "staring", [QF_SCAN_SECTOR] = "sector", [QF_SCAN_ROTATING] = "rotating"};

const char *const qf_pattern_names[QF_PATTERN_COUNT] = {
    [QF_PATTERN_NONE] = "none", [QF_PATTERN_GAUSSIAN] = "gaussian", [QF_PATTERN_COSINE] = "cosine"};

qf_radar_spec qf_radar_spec_default(void)
{
    qf_radar_spec spec = {.merge = true, .pulses = 1, .coherent_pulses = 1, .capacity = 64};
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        spec.value[id] = qf_radar_table[id].fallback;
    }
    return spec;
}

bool qf_radar_uses(const qf_radar_spec *spec, qf_radar_id id)
{
    if (spec->ideal && !qf_radar_table[id].of_ideal) {
        return false;
    }
    switch (id) {
    case QF_RADAR_ROTATION:
        return spec->scan == QF_SCAN_ROTATING;
    case QF_RADAR_BORESIGHT_ELEVATION:
        return spec->pattern != QF_PATTERN_NONE;
    default:
        return true;
    }
}

bool qf_radar_uses_rotation_start(const qf_radar_spec *spec)
{
    return spec->scan == QF_SCAN_ROTATING;
}

static double azimuth_width_deg(const qf_radar_spec *spec)
{
    return spec->value[QF_RADAR_AZIMUTH_MAX] - spec->value[QF_RADAR_AZIMUTH_MIN];
}

/* how long the scan itself leaves the beam on a target; infinite where it stares */
static double scan_dwell_s(const qf_radar_spec *spec)
{
    const double *value = spec->value;
    const double beam_deg = value[QF_RADAR_BEAM_AZIMUTH];
    switch (spec->scan) {
    case QF_SCAN_SECTOR:
        return fmin(1.0, beam_deg / azimuth_width_deg(spec)) * value[QF_RADAR_PERIOD];
    case QF_SCAN_ROTATING:
        return fmin(qf_time_on_target_s(beam_deg, value[QF_RADAR_ROTATION]),
                    value[QF_RADAR_PERIOD]);
    default:
        return (double)INFINITY;
    }
}

/* what all its pulses take; 0 without a PRF */
static double burst_s(const qf_radar_spec *spec)
{
    const double prf_hz = spec->value[QF_RADAR_PRF];
    const double pulses = (double)spec->pulses * (double)spec->coherent_pulses;
    return prf_hz > 0.0 ? pulses / prf_hz : 0.0;
}

double qf_radar_dwell_s(const qf_radar_spec *spec)
{
    if (spec->value[QF_RADAR_DWELL] > 0.0) {
        return spec->value[QF_RADAR_DWELL];
    }
    return spec->scan == QF_SCAN_STARING ? burst_s(spec) : scan_dwell_s(spec);
}

/* of a pulse: its spectrum, or the inverse of its length where it is compressed */
static double noise_bandwidth_hz(const qf_radar_spec *spec)
{
    const double pulse_s = spec->value[QF_RADAR_PULSE_WIDTH];
    return pulse_s > 0.0 ? 1.0 / pulse_s : spec->value[QF_RADAR_BANDWIDTH];
}

double qf_radar_echo_m2(const qf_radar_spec *spec)
{
    const double *value = spec->value;
    return qf_echo_m2(value[QF_RADAR_POWER], value[QF_RADAR_GAIN],
                      qf_wavelength_m(value[QF_RADAR_FREQUENCY]),
                      qf_noise_w(noise_bandwidth_hz(spec), value[QF_RADAR_NOISE_FIGURE]),
                      value[QF_RADAR_LOSS], (double)spec->coherent_pulses);
}

static double range_span_m(const qf_radar_spec *spec)
{
    const double prf_hz = spec->value[QF_RADAR_PRF];
    return prf_hz > 0.0 && !spec->ideal ? qf_range_span_m(prf_hz) : (double)INFINITY;
}

static double speed_span_mps(const qf_radar_spec *spec)
{
    const double prf_hz = spec->value[QF_RADAR_PRF];
    return prf_hz > 0.0 && !spec->ideal
               ? qf_speed_span_mps(qf_wavelength_m(spec->value[QF_RADAR_FREQUENCY]), prf_hz)
               : (double)INFINITY;
}

static double speed_max_mps(const qf_radar_spec *spec)
{
    const double limit = spec->value[QF_RADAR_SPEED_MAX];
    return limit > 0.0 ? limit : (double)INFINITY;
}

/* the largest range and |radial speed| that can be reported, errors apart */
static double range_end_m(const qf_radar_spec *spec)
{
    return fmin(spec->value[QF_RADAR_RANGE_MAX], range_span_m(spec));
}

static double speed_end_mps(const qf_radar_spec *spec)
{
    return fmin(speed_max_mps(spec), 0.5 * speed_span_mps(spec));
}

/* what it looks over in a frame */
static double swept_deg(const qf_radar_spec *spec)
{
    return spec->scan == QF_SCAN_ROTATING
               ? fmin(360.0, fabs(spec->value[QF_RADAR_ROTATION]) * spec->value[QF_RADAR_PERIOD])
               : azimuth_width_deg(spec);
}

static double cells(double extent, double cell)
{
    return isfinite(extent) ? fmax(1.0, extent / cell) : 1.0;
}

static double speed_cell_mps(const qf_radar_spec *spec)
{
    return qf_speed_cell_mps(qf_wavelength_m(spec->value[QF_RADAR_FREQUENCY]),
                             qf_radar_dwell_s(spec));
}

double qf_radar_false_alarms(const qf_radar_spec *spec)
{
    const double *value = spec->value;
    if (spec->ideal) {
        return 0.0;
    }
    const double high_deg = value[QF_RADAR_ELEVATION_MAX] - value[QF_RADAR_ELEVATION_MIN];
    const double speeds_mps = 2.0 * (speed_end_mps(spec) - value[QF_RADAR_SPEED_MIN]);
    return value[QF_RADAR_PFA] *
           cells(range_end_m(spec) - value[QF_RADAR_RANGE_MIN],
                 qf_range_cell_m(value[QF_RADAR_BANDWIDTH])) *
           cells(swept_deg(spec), value[QF_RADAR_BEAM_AZIMUTH]) *
           cells(high_deg, value[QF_RADAR_BEAM_ELEVATION]) *
           cells(speeds_mps, speed_cell_mps(spec));
}

double qf_radar_reported_false_alarms(const qf_radar_spec *spec)
{
    const double seen = spec->scan == QF_SCAN_ROTATING ? azimuth_width_deg(spec) / 360.0 : 1.0;
    return seen * qf_radar_false_alarms(spec);
}

/* one finding: the first is told */
typedef struct verdict {
    const char **key;
    char *why;
} verdict;

__attribute__((format(printf, 3, 4))) static bool blame(verdict v, const char *key,
                                                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(v.why, QF_RADAR_WHY_BYTES, format, arguments);
    va_end(arguments);
    *v.key = key;
    return true;
}

#define BLAME(v, id, ...) blame(v, qf_radar_table[id].key, __VA_ARGS__)

static bool windows_contradict(const qf_radar_spec *spec, verdict v)
{
    const double *value = spec->value;
    const double range_max_m = value[QF_RADAR_RANGE_MAX];
    if (value[QF_RADAR_RANGE_MIN] >= range_max_m) {
        return BLAME(v, QF_RADAR_RANGE_MIN, "%g m is not below range_max_m (%g m)",
                     value[QF_RADAR_RANGE_MIN], range_max_m);
    }
    if (value[QF_RADAR_SR_THRESHOLD] > range_max_m) {
        const double usual_m = qf_radar_table[QF_RADAR_SR_THRESHOLD].fallback;
        return BLAME(v, QF_RADAR_SR_THRESHOLD, "%g m%s is above range_max_m (%g m)",
                     value[QF_RADAR_SR_THRESHOLD],
                     value[QF_RADAR_SR_THRESHOLD] == usual_m ? ", which is the default," : "",
                     range_max_m);
    }
    if (value[QF_RADAR_SPEED_MIN] >= speed_max_mps(spec)) {
        return BLAME(v, QF_RADAR_SPEED_MIN, "%g m/s is not below speed_max_mps (%g m/s)",
                     value[QF_RADAR_SPEED_MIN], speed_max_mps(spec));
    }
    const double width_deg = azimuth_width_deg(spec);
    if (!(width_deg > 0.0 && width_deg <= 360.0)) {
        return BLAME(v, QF_RADAR_AZIMUTH_MAX,
                     "expected more than azimuth_min_deg, by 360 at most: found %g and %g",
                     value[QF_RADAR_AZIMUTH_MIN], value[QF_RADAR_AZIMUTH_MAX]);
    }
    if (value[QF_RADAR_ELEVATION_MIN] >= value[QF_RADAR_ELEVATION_MAX]) {
        return BLAME(v, QF_RADAR_ELEVATION_MIN, "%g is not below elevation_max_deg (%g)",
                     value[QF_RADAR_ELEVATION_MIN], value[QF_RADAR_ELEVATION_MAX]);
    }
    if (spec->scan == QF_SCAN_ROTATING && value[QF_RADAR_ROTATION] == 0.0) {
        return BLAME(v, QF_RADAR_ROTATION, "a rotating scan needs a rate other than 0");
    }
    return false;
}

static bool pulses_contradict(const qf_radar_spec *spec, verdict v)
{
    const double *value = spec->value;
    const double pulse_s = value[QF_RADAR_PULSE_WIDTH];
    const double prf_hz = value[QF_RADAR_PRF];
    const double longest_s = pulse_s > 0.0 ? pulse_s : 1.0 / value[QF_RADAR_BANDWIDTH];
    /* a rounding beyond equality is not a contradiction */
    const double more = 1.0 + 1e-9;
    if (pulse_s > 0.0 && pulse_s * value[QF_RADAR_BANDWIDTH] * more < 1.0) {
        return BLAME(v, QF_RADAR_PULSE_WIDTH, "%g s is shorter than 1 / bandwidth_hz (%g s)",
                     pulse_s, 1.0 / value[QF_RADAR_BANDWIDTH]);
    }
    if (prf_hz * longest_s >= 1.0) {
        return BLAME(v, QF_RADAR_PRF, "pulses of %g s at %g Hz leave no time to listen", longest_s,
                     prf_hz);
    }
    if (range_span_m(spec) <= value[QF_RADAR_RANGE_MIN]) {
        return BLAME(v, QF_RADAR_PRF,
                     "all ranges fold below %g m, so range_min_m (%g m) leaves nothing to report",
                     range_span_m(spec), value[QF_RADAR_RANGE_MIN]);
    }
    if (value[QF_RADAR_SPEED_MIN] > 0.0 && !isfinite(speed_end_mps(spec))) {
        return BLAME(v, QF_RADAR_SPEED_MIN,
                     "needs speed_max_mps or prf_hz: false alarms are faster than this, and by how "
                     "much is not known");
    }
    if (0.5 * speed_span_mps(spec) <= value[QF_RADAR_SPEED_MIN]) {
        return BLAME(v, QF_RADAR_PRF,
                     "all speeds fold below %g m/s, so speed_min_mps (%g m/s) leaves nothing to "
                     "report",
                     0.5 * speed_span_mps(spec), value[QF_RADAR_SPEED_MIN]);
    }
    const double dwell_s = qf_radar_dwell_s(spec);
    const double scan_s = fmin(scan_dwell_s(spec), value[QF_RADAR_PERIOD]);
    if (!(dwell_s > 0.0)) {
        return BLAME(v, QF_RADAR_DWELL, "missing: a staring radar without prf_hz needs it");
    }
    if (value[QF_RADAR_DWELL] > scan_s * more) {
        return BLAME(v, QF_RADAR_DWELL, "%g s is longer than the beam is on a target (%g s)",
                     value[QF_RADAR_DWELL], scan_s);
    }
    if (burst_s(spec) > fmin(dwell_s, scan_s) * more) {
        return BLAME(v, QF_RADAR_PRF, "pulses times coherent_pulses take %g s, more than %g s",
                     burst_s(spec), fmin(dwell_s, scan_s));
    }
    return false;
}

/* a float has 24 bits */
#define MOST_RANGE_CELLS 0x1p24

static bool noise_contradicts(const qf_radar_spec *spec, verdict v)
{
    const double *value = spec->value;
    if (value[QF_RADAR_PFA] >= 0.5) {
        return BLAME(v, QF_RADAR_PFA, "expected less than 0.5, found %g", value[QF_RADAR_PFA]);
    }
    const double echo_m2 = qf_radar_echo_m2(spec);
    if (!(echo_m2 >= (double)FLT_MIN && echo_m2 <= (double)FLT_MAX)) {
        return BLAME(
            v, QF_RADAR_POWER,
            "with gain_db, frequency_hz, bandwidth_hz and the losses as given, 1 m2 at 1 m "
            "has an SNR of %g dB, which is not computable",
            qf_db_of(echo_m2));
    }
    const double range_cells = range_end_m(spec) / qf_range_cell_m(value[QF_RADAR_BANDWIDTH]);
    if (range_cells > MOST_RANGE_CELLS) {
        return BLAME(v, QF_RADAR_BANDWIDTH,
                     "%.4g range cells of %g m are more than single precision tells apart (%g)",
                     range_cells, qf_range_cell_m(value[QF_RADAR_BANDWIDTH]), MOST_RANGE_CELLS);
    }
    const double alarms = qf_radar_false_alarms(spec);
    if (alarms > QF_POISSON_MEAN_MAX) {
        return BLAME(v, QF_RADAR_PFA,
                     "%g makes %.4g false alarms in a frame on average, more than %g: there are "
                     "%.4g cells",
                     value[QF_RADAR_PFA], alarms, QF_POISSON_MEAN_MAX,
                     alarms / value[QF_RADAR_PFA]);
    }
    return false;
}

bool qf_radar_spec_contradiction(const qf_radar_spec *spec, const char **key, char *why)
{
    const verdict v = {key, why};
    return windows_contradict(spec, v) ||
           (!spec->ideal && (pulses_contradict(spec, v) || noise_contradicts(spec, v)));
}

static struct qf_radar_error error_of(double cell, double resolution, double floor)
{
    return (struct qf_radar_error){.at_1 = (float)qf_error_at(cell, 1.0),
                                   .cap = (float)qf_error_cap(resolution),
                                   .floor = (float)floor};
}

static void derive_noise(const qf_radar_spec *spec, qf_radar *radar)
{
    const double *value = spec->value;
    const double slope = value[QF_RADAR_ANGLE_SLOPE];
    const double beam_azimuth_deg = value[QF_RADAR_BEAM_AZIMUTH];
    const double beam_elevation_deg = value[QF_RADAR_BEAM_ELEVATION];
    const double range_cell_m = qf_range_cell_m(value[QF_RADAR_BANDWIDTH]);
    const double speed_mps = speed_cell_mps(spec);
    const double threshold = qf_radar_threshold((int)spec->pulses, value[QF_RADAR_PFA]);
    radar->echo_m2 = (float)qf_radar_echo_m2(spec);
    radar->threshold = (float)threshold;
    radar->range_cell_m = (float)range_cell_m;
    radar->azimuth_cell_deg = (float)beam_azimuth_deg;
    radar->elevation_cell_deg = (float)beam_elevation_deg;
    radar->speed_cell_mps = (float)speed_mps;
    radar->range_m = error_of(range_cell_m, range_cell_m, value[QF_RADAR_RANGE_FLOOR]);
    radar->azimuth_deg =
        error_of(beam_azimuth_deg / slope, beam_azimuth_deg, value[QF_RADAR_ANGLE_FLOOR]);
    radar->elevation_deg =
        error_of(beam_elevation_deg / slope, beam_elevation_deg, value[QF_RADAR_ANGLE_FLOOR]);
    radar->speed_mps = error_of(speed_mps, speed_mps, value[QF_RADAR_SPEED_FLOOR]);
    radar->merges = spec->merge;
    radar->false_alarms = qf_radar_false_alarms(spec);
    qf_radar_alarm_shape((int)spec->pulses, threshold, radar->alarm_shape_cdf);
    for (size_t k = (size_t)spec->pulses; k < QF_RADAR_MOST_PULSES; k++) {
        radar->alarm_shape_cdf[k] = 1.0;
    }
    if (spec->pattern == QF_PATTERN_GAUSSIAN) {
        radar->pattern_per_deg2 = (float)qf_pattern_per_deg2(beam_elevation_deg);
    }
    radar->cosine_loss = spec->pattern == QF_PATTERN_COSINE;
    if (spec->pattern != QF_PATTERN_NONE) {
        radar->boresight_elevation_deg = (float)value[QF_RADAR_BORESIGHT_ELEVATION];
    }
}

void qf_radar_derive(const qf_radar_spec *spec, qf_radar *radar)
{
    const double *value = spec->value;
    const double width_deg = azimuth_width_deg(spec);
    const double low_deg = value[QF_RADAR_ELEVATION_MIN];
    const double high_deg = value[QF_RADAR_ELEVATION_MAX];
    const bool rotates = spec->scan == QF_SCAN_ROTATING;
    const bool patterned = spec->pattern != QF_PATTERN_NONE && !spec->ideal;
    *radar = (qf_radar){
        .ideal = spec->ideal,
        .range_min_m = (float)value[QF_RADAR_RANGE_MIN],
        .range_max_m = (float)value[QF_RADAR_RANGE_MAX],
        .range_end_m = (float)range_end_m(spec),
        .speed_min_mps = (float)value[QF_RADAR_SPEED_MIN],
        .speed_max_mps = (float)speed_max_mps(spec),
        .range_span_m = (float)range_span_m(spec),
        .speed_span_mps = (float)speed_span_mps(spec),
        .looks_everywhere =
            !patterned && !rotates && width_deg >= 360.0 && low_deg <= -90.0 && high_deg >= 90.0,
        .azimuth_min_deg = (float)value[QF_RADAR_AZIMUTH_MIN],
        .azimuth_width_deg = (float)width_deg,
        .sin_elevation_min = (float)qf_sin(low_deg * QF_RAD_PER_DEG),
        .sin_elevation_max = (float)qf_sin(high_deg * QF_RAD_PER_DEG),
        .rotates = rotates,
        .arc_width_deg = rotates ? (float)swept_deg(spec) : 0.0F,
        .boresight_azimuth_deg = (float)(value[QF_RADAR_AZIMUTH_MIN] + 0.5 * width_deg),
        .pulses = spec->ideal ? 1 : (int)spec->pulses,
        .sr_threshold_m = (float)value[QF_RADAR_SR_THRESHOLD],
        .capacity = (uint32_t)spec->capacity,
    };
    if (!spec->ideal) {
        derive_noise(spec, radar);
    }
}
