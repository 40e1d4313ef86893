/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernels get to know of a radar, against golden/radar_reference.csv and by hand. */
#include "radar_spec.h"

#include <math.h>

#include "draw.h"
#include "program_fixture.h"
#include "radar_theory.h"

/* the radar of RE06, with cells that are easy to count */
static qf_radar_spec small_radar(void)
{
    qf_radar_spec spec = qf_radar_spec_default();
    spec.value[QF_RADAR_POWER] = 1000.0;
    spec.value[QF_RADAR_GAIN] = 30.0;
    spec.value[QF_RADAR_FREQUENCY] = 9.4e9;
    spec.value[QF_RADAR_BANDWIDTH] = 1e6;
    spec.value[QF_RADAR_NOISE_FIGURE] = 5.0;
    spec.value[QF_RADAR_LOSS] = 4.0;
    spec.value[QF_RADAR_BEAM_AZIMUTH] = 2.0;
    spec.value[QF_RADAR_BEAM_ELEVATION] = 10.0;
    spec.value[QF_RADAR_PERIOD] = 1.0;
    spec.value[QF_RADAR_RANGE_MAX] = 20000.0;
    spec.value[QF_RADAR_DWELL] = 0.01;
    return spec;
}

static qf_radar derived(const qf_radar_spec *spec)
{
    const char *key;
    char why[QF_RADAR_WHY_BYTES];
    if (qf_radar_spec_contradiction(spec, &key, why)) {
        fail_msg("%s: %s", key, why);
    }
    qf_radar radar;
    qf_radar_derive(spec, &radar);
    return radar;
}

/* single precision of a number known to many digits */
static void assert_near(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-6 * fabs(expected))) {
        fail_msg("expected %.9g, found %.9g", expected, found);
    }
}

static void echoes_follow_the_radar_equation(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    const double re06 = pow(10.0, 1.4113948086689) * pow(5000.0, 4.0);
    assert_near((double)derived(&spec).echo_m2, re06);
    spec.coherent_pulses = 64;
    assert_near((double)derived(&spec).echo_m2, 64.0 * re06);
    /* a pulse 20 times as long as its spectrum needs has 20 times the energy */
    spec.coherent_pulses = 1;
    spec.value[QF_RADAR_PULSE_WIDTH] = 20e-6;
    const qf_radar radar = derived(&spec);
    assert_near((double)radar.echo_m2, 20.0 * re06);
    assert_near((double)radar.range_cell_m, 149.896229);
    /* RE03 */
    spec = small_radar();
    spec.value[QF_RADAR_POWER] = 1.5e6;
    spec.value[QF_RADAR_GAIN] = 45.0;
    spec.value[QF_RADAR_FREQUENCY] = 5.6e9;
    spec.value[QF_RADAR_BANDWIDTH] = 5e6;
    spec.value[QF_RADAR_NOISE_FIGURE] = 3.0;
    spec.value[QF_RADAR_LOSS] = 0.0;
    spec.value[QF_RADAR_PFA] = 1e-8;
    assert_near((double)derived(&spec).echo_m2 * 0.1,
                pow(10.0, 1.99628192894537) * pow(86000.0, 4.0));
}

static void errors_shrink_with_snr_from_the_cell_to_the_floor(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    spec.value[QF_RADAR_BANDWIDTH] = 5e6;
    spec.value[QF_RADAR_RANGE_FLOOR] = 0.5;
    spec.value[QF_RADAR_ANGLE_FLOOR] = 0.125;
    spec.value[QF_RADAR_SPEED_FLOOR] = 0.25;
    const qf_radar radar = derived(&spec);
    const double at_13_db = sqrt(pow(10.0, 1.3));
    assert_near((double)radar.range_m.at_1, 4.74575927402186 * at_13_db);      /* ME_R2 */
    assert_near((double)radar.azimuth_deg.at_1, 0.197876862283418 * at_13_db); /* ME_A2 */
    assert_near((double)radar.elevation_deg.at_1, 5.0 * 0.197876862283418 * at_13_db);
    assert_near((double)radar.speed_mps.at_1, 0.252434003937333 * at_13_db); /* ME_V1 */
    assert_near((double)radar.range_m.cap, 29.9792458 / sqrt(12.0));
    assert_near((double)radar.azimuth_deg.cap, 2.0 / sqrt(12.0));
    assert_near((double)radar.elevation_deg.cap, 10.0 / sqrt(12.0));
    assert_near((double)radar.speed_mps.cap, (double)radar.speed_cell_mps / sqrt(12.0));
    assert_true(radar.range_m.floor == 0.5F && radar.azimuth_deg.floor == 0.125F);
    assert_true(radar.elevation_deg.floor == 0.125F && radar.speed_mps.floor == 0.25F);
}

static void cells_are_what_the_radar_resolves(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    spec.value[QF_RADAR_BANDWIDTH] = 5e6;
    const qf_radar radar = derived(&spec);
    assert_near((double)radar.range_cell_m, 29.9792458); /* AM02 */
    assert_near((double)radar.azimuth_cell_deg, 2.0);
    assert_near((double)radar.elevation_cell_deg, 10.0);
    assert_near((double)radar.speed_cell_mps, 299792458.0 / 9.4e9 / 0.02);
    assert_true(radar.merges);
    spec.merge = false;
    assert_false(derived(&spec).merges);
}

static void a_pulse_rate_makes_range_and_speed_ambiguous(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    assert_true(isinf(derived(&spec).range_span_m) && isinf(derived(&spec).speed_span_mps));
    assert_true(isinf(derived(&spec).speed_max_mps));
    spec.value[QF_RADAR_PRF] = 1000.0;
    spec.value[QF_RADAR_SPEED_MAX] = 5.0;
    const qf_radar radar = derived(&spec);
    assert_near((double)radar.range_span_m, 149896.229); /* AM01 */
    assert_true(radar.range_end_m == radar.range_max_m);
    spec.value[QF_RADAR_RANGE_MAX] = 2e5;
    assert_true(derived(&spec).range_end_m == radar.range_span_m);
    assert_near((double)radar.speed_span_mps, 15.9464073404255); /* AM07 */
    assert_true(radar.speed_max_mps == 5.0F);
}

static void the_dwell_is_given_or_follows_from_the_scan_or_the_pulses(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    assert_near(qf_radar_dwell_s(&spec), 0.01);
    spec.value[QF_RADAR_DWELL] = 0.0;
    assert_true(qf_radar_dwell_s(&spec) == 0.0);
    spec.value[QF_RADAR_PRF] = 2000.0;
    spec.pulses = 8;
    spec.coherent_pulses = 16;
    assert_near(qf_radar_dwell_s(&spec), 0.064);
    spec.scan = QF_SCAN_SECTOR;
    spec.value[QF_RADAR_AZIMUTH_MIN] = -30.0;
    spec.value[QF_RADAR_AZIMUTH_MAX] = 10.0;
    assert_near(qf_radar_dwell_s(&spec), 0.05);
    spec.scan = QF_SCAN_ROTATING;
    spec.value[QF_RADAR_ROTATION] = -60.0;
    assert_near(qf_radar_dwell_s(&spec), 0.0333333333333333); /* BP06 */
    spec.value[QF_RADAR_ROTATION] = 1.0; /* two seconds, of which a frame has one */
    assert_near(qf_radar_dwell_s(&spec), spec.value[QF_RADAR_PERIOD]);
}

/* FA01: 2,000 range cells and 360 azimuth cells at 1e-6 */
static void false_alarms_are_as_many_as_cells_times_pfa(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    const double cell_m = 149.896229;
    spec.value[QF_RADAR_RANGE_MIN] = 100.0 * cell_m;
    spec.value[QF_RADAR_RANGE_MAX] = 2100.0 * cell_m;
    spec.value[QF_RADAR_BEAM_AZIMUTH] = 1.0;
    spec.value[QF_RADAR_ELEVATION_MIN] = 0.0;
    spec.value[QF_RADAR_ELEVATION_MAX] = 5.0; /* half a beam: one cell */
    assert_near(derived(&spec).false_alarms, 0.72);
    spec.value[QF_RADAR_ELEVATION_MAX] = 25.0;
    assert_near(derived(&spec).false_alarms, 2.5 * 0.72);
    /* a window of speeds: so many cells on both sides of zero */
    const double speed_cell_mps = 299792458.0 / 9.4e9 / 0.02;
    spec.value[QF_RADAR_ELEVATION_MAX] = 5.0;
    spec.value[QF_RADAR_SPEED_MIN] = speed_cell_mps;
    spec.value[QF_RADAR_SPEED_MAX] = 4.0 * speed_cell_mps;
    assert_near(derived(&spec).false_alarms, 6.0 * 0.72);
    /* half of the ranges fold, and speeds beyond 7.97 m/s */
    spec.value[QF_RADAR_RANGE_MIN] = 0.0;
    spec.value[QF_RADAR_RANGE_MAX] = 2000.0 * cell_m;
    spec.value[QF_RADAR_SPEED_MIN] = 0.0;
    spec.value[QF_RADAR_SPEED_MAX] = 10.0;
    spec.value[QF_RADAR_PRF] = 1000.0;
    assert_near(derived(&spec).false_alarms, 0.36 * 15.9464073404255 / speed_cell_mps);
    /* a rotating beam: the arc of a period */
    spec.value[QF_RADAR_PRF] = 0.0;
    spec.value[QF_RADAR_SPEED_MAX] = 0.0;
    spec.scan = QF_SCAN_ROTATING;
    spec.value[QF_RADAR_ROTATION] = -90.0;
    assert_near(derived(&spec).false_alarms, 0.18);
    assert_true(derived(&spec).arc_width_deg == 90.0F);
    assert_near(qf_radar_reported_false_alarms(&spec), 0.18);
    spec.value[QF_RADAR_AZIMUTH_MAX] = 0.0; /* half of all the beam turns over */
    assert_near(qf_radar_reported_false_alarms(&spec), 0.09);
    spec.value[QF_RADAR_AZIMUTH_MAX] = 180.0;
    spec.value[QF_RADAR_PERIOD] = 5.0;
    assert_true(derived(&spec).arc_width_deg == 360.0F);
}

static void thresholds_and_alarms_are_those_of_all_pulses(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    spec.pulses = 10;
    const qf_radar radar = derived(&spec);
    assert_int_equal(radar.pulses, 10);
    assert_near((double)radar.threshold, 32.7103405175239); /* PN_T */
    /* the last but one weight is T, the last 1 */
    const double ratio = (radar.alarm_shape_cdf[8] - radar.alarm_shape_cdf[7]) /
                         (radar.alarm_shape_cdf[9] - radar.alarm_shape_cdf[8]);
    assert_near(ratio, 32.7103405175239);
    for (size_t k = 9; k < QF_RADAR_MOST_PULSES; k++) {
        assert_true(radar.alarm_shape_cdf[k] == 1.0);
    }
}

static void the_field_of_view_tells_whether_axes_are_needed(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    qf_radar radar = derived(&spec);
    assert_true(radar.looks_everywhere && !radar.rotates && !radar.cosine_loss);
    assert_true(radar.sin_elevation_min == -1.0F && radar.sin_elevation_max == 1.0F);
    assert_true(radar.pattern_per_deg2 == 0.0F);
    spec.pattern = QF_PATTERN_GAUSSIAN;
    spec.value[QF_RADAR_BEAM_ELEVATION] = 2.0;
    spec.value[QF_RADAR_BORESIGHT_ELEVATION] = 5.0;
    radar = derived(&spec);
    assert_false(radar.looks_everywhere);
    /* BP03 */
    assert_near(10.0 * log10(exp(-0.5625 * (double)radar.pattern_per_deg2)), -3.38658745121979);
    assert_true(radar.boresight_elevation_deg == 5.0F && !radar.cosine_loss);
    spec.pattern = QF_PATTERN_COSINE;
    spec.value[QF_RADAR_AZIMUTH_MIN] = 30.0;
    spec.value[QF_RADAR_AZIMUTH_MAX] = 150.0;
    spec.value[QF_RADAR_ELEVATION_MAX] = 30.0;
    radar = derived(&spec);
    assert_true(radar.cosine_loss && radar.pattern_per_deg2 == 0.0F && !radar.looks_everywhere);
    assert_true(radar.boresight_azimuth_deg == 90.0F && radar.azimuth_width_deg == 120.0F);
    assert_near((double)radar.sin_elevation_max, 0.5);
    static const qf_radar_id narrowing[] = {QF_RADAR_AZIMUTH_MAX, QF_RADAR_ELEVATION_MAX};
    for (size_t i = 0; i < COUNT(narrowing); i++) {
        spec = small_radar();
        spec.value[narrowing[i]] -= 1.0;
        assert_false(derived(&spec).looks_everywhere);
    }
    spec = small_radar();
    spec.scan = QF_SCAN_ROTATING;
    spec.value[QF_RADAR_ROTATION] = 60.0;
    assert_true(derived(&spec).rotates && !derived(&spec).looks_everywhere);
}

static void an_ideal_radar_needs_only_its_windows(void **state)
{
    (void)state;
    qf_radar_spec spec = qf_radar_spec_default();
    spec.ideal = true;
    spec.value[QF_RADAR_PERIOD] = 1.0;
    spec.value[QF_RADAR_RANGE_MAX] = 20000.0;
    spec.value[QF_RADAR_PRF] = 1000.0; /* without effect */
    spec.pattern = QF_PATTERN_GAUSSIAN;
    const qf_radar radar = derived(&spec);
    assert_true(radar.ideal && radar.looks_everywhere && !radar.merges);
    assert_true(radar.false_alarms == 0.0 && isinf(radar.range_span_m));
    assert_true(isinf(radar.speed_span_mps) && radar.range_max_m == 20000.0F);
    assert_true(radar.sr_threshold_m == 5000.0F && radar.capacity == 64);
    assert_false(qf_radar_uses(&spec, QF_RADAR_POWER) || qf_radar_uses(&spec, QF_RADAR_PRF));
    assert_true(qf_radar_uses(&spec, QF_RADAR_RANGE_MAX));
}

typedef struct contradiction {
    const char *key;
    qf_radar_id id;
    double value;
    qf_radar_id second;
    double second_value;
    qf_radar_scan scan;
} contradiction;

static void parameters_that_contradict_each_other_name_the_one_to_blame(void **state)
{
    (void)state;
    static const contradiction all[] = {
        {"range_min_m", QF_RADAR_RANGE_MIN, 20000.0, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"sr_threshold_m", QF_RADAR_SR_THRESHOLD, 20001.0, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"speed_min_mps", QF_RADAR_SPEED_MIN, 9.0, QF_RADAR_SPEED_MAX, 9.0, QF_SCAN_STARING},
        {"azimuth_max_deg", QF_RADAR_AZIMUTH_MAX, -180.0, QF_RADAR_LOSS, 0.0, QF_SCAN_SECTOR},
        {"azimuth_max_deg", QF_RADAR_AZIMUTH_MAX, 181.0, QF_RADAR_LOSS, 0.0, QF_SCAN_SECTOR},
        {"elevation_min_deg", QF_RADAR_ELEVATION_MIN, 90.0, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"rotation_dps", QF_RADAR_LOSS, 0.0, QF_RADAR_LOSS, 0.0, QF_SCAN_ROTATING},
        {"pulse_width_s", QF_RADAR_PULSE_WIDTH, 0.9e-6, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"prf_hz", QF_RADAR_PULSE_WIDTH, 1e-3, QF_RADAR_PRF, 1000.0, QF_SCAN_STARING},
        {"prf_hz", QF_RADAR_PRF, 1e6, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"prf_hz", QF_RADAR_PRF, 1e5, QF_RADAR_RANGE_MIN, 1500.0, QF_SCAN_STARING},
        {"prf_hz", QF_RADAR_PRF, 1000.0, QF_RADAR_SPEED_MIN, 8.0, QF_SCAN_STARING},
        {"prf_hz", QF_RADAR_PRF, 99.0, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"prf_hz", QF_RADAR_PRF, 0.5, QF_RADAR_DWELL, 0.0, QF_SCAN_STARING},
        {"dwell_s", QF_RADAR_DWELL, 0.0, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"dwell_s", QF_RADAR_DWELL, 1.01, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"dwell_s", QF_RADAR_DWELL, 0.03, QF_RADAR_BEAM_AZIMUTH, 10.0, QF_SCAN_SECTOR},
        {"dwell_s", QF_RADAR_DWELL, 0.03, QF_RADAR_ROTATION, 90.0, QF_SCAN_ROTATING},
        {"pfa", QF_RADAR_PFA, 0.5, QF_RADAR_RANGE_MAX, 6000.0, QF_SCAN_STARING},
        {"pfa", QF_RADAR_PFA, 1e-2, QF_RADAR_RANGE_MAX, 6e4, QF_SCAN_STARING},
        {"speed_min_mps", QF_RADAR_SPEED_MIN, 1.0, QF_RADAR_LOSS, 0.0, QF_SCAN_STARING},
        {"bandwidth_hz", QF_RADAR_BANDWIDTH, 1e12, QF_RADAR_PFA, 1e-20, QF_SCAN_STARING},
        {"power_w", QF_RADAR_POWER, 1e12, QF_RADAR_GAIN, 100.0, QF_SCAN_STARING},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        qf_radar_spec spec = small_radar();
        spec.value[all[i].id] = all[i].value;
        spec.value[all[i].second] = all[i].second_value;
        spec.scan = all[i].scan;
        if (strcmp(all[i].key, "power_w") == 0) {
            spec.value[QF_RADAR_FREQUENCY] = 1e6;
        }
        const char *key = "none";
        char why[QF_RADAR_WHY_BYTES] = "";
        const bool found = qf_radar_spec_contradiction(&spec, &key, why);
        if (!found || strcmp(key, all[i].key) != 0) {
            fail_msg("%zu: expected %s, found %s: %s", i, all[i].key, key, why);
        }
        assert_true(strlen(why) > 10);
    }
}

/* limits themselves are allowed */
static void what_just_fits_is_no_contradiction(void **state)
{
    (void)state;
    qf_radar_spec spec = small_radar();
    spec.value[QF_RADAR_SR_THRESHOLD] = 20000.0;
    spec.value[QF_RADAR_PULSE_WIDTH] = 1e-6;
    spec.value[QF_RADAR_PRF] = 100.0;
    spec.value[QF_RADAR_AZIMUTH_MIN] = 0.0;
    spec.value[QF_RADAR_AZIMUTH_MAX] = 200.0;
    spec.scan = QF_SCAN_SECTOR;
    spec.value[QF_RADAR_DWELL] = 0.01;
    derived(&spec);
    spec.scan = QF_SCAN_STARING;
    spec.value[QF_RADAR_DWELL] = 1.0;
    derived(&spec);
}

static void every_parameter_has_a_key_and_a_default_in_its_range(void **state)
{
    (void)state;
    const qf_radar_spec spec = qf_radar_spec_default();
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        const qf_radar_parameter *row = &qf_radar_table[id];
        assert_non_null(row->key);
        assert_non_null(row->unit);
        assert_true(row->low < row->high);
        assert_true(isnan(row->fallback) ||
                    (row->fallback >= row->low && row->fallback <= row->high));
        assert_memory_equal(&spec.value[id], &row->fallback, sizeof row->fallback);
        for (size_t before = 0; before < id; before++) {
            assert_string_not_equal(qf_radar_table[before].key, row->key);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes_follow_the_radar_equation),
        cmocka_unit_test(errors_shrink_with_snr_from_the_cell_to_the_floor),
        cmocka_unit_test(cells_are_what_the_radar_resolves),
        cmocka_unit_test(a_pulse_rate_makes_range_and_speed_ambiguous),
        cmocka_unit_test(the_dwell_is_given_or_follows_from_the_scan_or_the_pulses),
        cmocka_unit_test(false_alarms_are_as_many_as_cells_times_pfa),
        cmocka_unit_test(thresholds_and_alarms_are_those_of_all_pulses),
        cmocka_unit_test(the_field_of_view_tells_whether_axes_are_needed),
        cmocka_unit_test(an_ideal_radar_needs_only_its_windows),
        cmocka_unit_test(parameters_that_contradict_each_other_name_the_one_to_blame),
        cmocka_unit_test(what_just_fits_is_no_contradiction),
        cmocka_unit_test(every_parameter_has_a_key_and_a_default_in_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
