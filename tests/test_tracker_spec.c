/* SPDX-License-Identifier: Apache-2.0 */
/* What a tracker is told: defaults, contradictions, what it takes from the radar, what kernels get. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "radar_theory.h"
#include "tracker_spec.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void assert_near(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * fabs(expected))) {
        fail_msg("expected %.17g, found %.17g", expected, found);
    }
}

/* 5 MHz, 2 degrees, 9.4 GHz for 10 ms: the reference's errors at 13 dB are known for these */
static qf_radar_spec known_radar(void)
{
    qf_radar_spec radar = qf_radar_spec_default();
    radar.value[QF_RADAR_POWER] = 1000.0;
    radar.value[QF_RADAR_GAIN] = 30.0;
    radar.value[QF_RADAR_FREQUENCY] = 9.4e9;
    radar.value[QF_RADAR_BANDWIDTH] = 5e6;
    radar.value[QF_RADAR_NOISE_FIGURE] = 5.0;
    radar.value[QF_RADAR_BEAM_AZIMUTH] = 2.0;
    radar.value[QF_RADAR_BEAM_ELEVATION] = 2.0;
    radar.value[QF_RADAR_DWELL] = 0.01;
    radar.value[QF_RADAR_PERIOD] = 1.0;
    radar.value[QF_RADAR_RANGE_MAX] = 20000.0;
    return radar;
}

static void modes_have_their_own_patience(void **state)
{
    (void)state;
    static const double misses[QF_TRACK_MODES] = {
        [QF_TRACK_QIKI] = 3.0, [QF_TRACK_ROBUST] = 5.0, [QF_TRACK_KALMAN] = 5.0};
    for (int mode = 0; mode < QF_TRACK_MODES; mode++) {
        const qf_tracker_spec spec = qf_tracker_spec_default((qf_track_mode)mode);
        assert_int_equal(spec.mode, mode);
        assert_true(spec.value[QF_TRACKER_MAX_MISSES] == misses[mode]);
        assert_true(spec.value[QF_TRACKER_ALPHA] == 0.6 && spec.value[QF_TRACKER_BETA] == 0.1);
        assert_false(spec.gains_given || spec.exact || spec.shares);
        assert_true(spec.picture.gate_m > 0.0);
    }
}

static void defaults_are_in_their_ranges_and_do_not_contradict(void **state)
{
    (void)state;
    for (int mode = 0; mode < QF_TRACK_MODES; mode++) {
        qf_tracker_spec spec = qf_tracker_spec_default((qf_track_mode)mode);
        const char *key;
        char why[QF_TRACKER_WHY_BYTES];
        for (int given = 0; given < 2; given++) {
            spec.gains_given = given;
            assert_false(qf_tracker_spec_contradiction(&spec, &key, why));
        }
        for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
            const qf_tracker_parameter *row = &qf_tracker_table[id];
            assert_true(row->low_open ? spec.value[id] > row->low : spec.value[id] >= row->low);
            assert_true(row->high_open ? spec.value[id] < row->high : spec.value[id] <= row->high);
            assert_true(!row->whole || spec.value[id] == floor(spec.value[id]));
        }
    }
}

static void gains_have_an_effect_where_they_are_given(void **state)
{
    (void)state;
    qf_tracker_spec spec = qf_tracker_spec_default(QF_TRACK_QIKI);
    assert_true(qf_tracker_uses(&spec, QF_TRACKER_BETA));
    assert_true(qf_tracker_uses(&spec, QF_TRACKER_GATE));
    assert_false(qf_tracker_uses(&spec, QF_TRACKER_RANGE_SD));
    spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    assert_false(qf_tracker_uses(&spec, QF_TRACKER_BETA));
    assert_false(qf_tracker_uses(&spec, QF_TRACKER_GATE));
    assert_true(qf_tracker_uses(&spec, QF_TRACKER_RANGE_SD));
    spec.gains_given = true;
    assert_true(qf_tracker_uses(&spec, QF_TRACKER_ALPHA));
    spec = qf_tracker_spec_default(QF_TRACK_KALMAN);
    spec.gains_given = true;
    assert_false(qf_tracker_uses(&spec, QF_TRACKER_ALPHA));
}

static void contradictions_name_who_is_to_blame(void **state)
{
    (void)state;
    static const struct {
        qf_track_mode mode;
        bool given;
        qf_tracker_id id;
        double value;
        const char *why; /* NULL: good */
    } all[] = {
        {QF_TRACK_QIKI, false, QF_TRACKER_CAPACITY, 17.0, "expected a multiple of 16, found 17"},
        {QF_TRACK_QIKI, false, QF_TRACKER_CAPACITY, 512.0, NULL},
        {QF_TRACK_QIKI, false, QF_TRACKER_BETA, 0.0, NULL},
        {QF_TRACK_QIKI, false, QF_TRACKER_BETA, 1.0, NULL},
        {QF_TRACK_QIKI, false, QF_TRACKER_BETA, 1.01, "expected a number from 0 to 1, found 1.01"},
        {QF_TRACK_QIKI, false, QF_TRACKER_BETA, -0.01,
         "expected a number from 0 to 1, found -0.01"},
        /* alpha is 0.6 */
        {QF_TRACK_ROBUST, true, QF_TRACKER_BETA, 2.79, NULL},
        {QF_TRACK_ROBUST, true, QF_TRACKER_BETA, 2.8,
         "a filter is stable with 0 < beta < 4 - 2 alpha, which is 2.8, found 2.8"},
        {QF_TRACK_ROBUST, true, QF_TRACKER_BETA, 0.0,
         "a filter is stable with 0 < beta < 4 - 2 alpha, which is 2.8, found 0"},
        {QF_TRACK_ROBUST, true, QF_TRACKER_BETA, (double)NAN,
         "a filter is stable with 0 < beta < 4 - 2 alpha, which is 2.8, found nan"},
        {QF_TRACK_ROBUST, false, QF_TRACKER_BETA, 99.0, NULL},
        {QF_TRACK_KALMAN, true, QF_TRACKER_BETA, 99.0, NULL},
        {QF_TRACK_QIKI, false, QF_TRACKER_CONFIRM_HITS, 4.0, NULL},
        {QF_TRACK_ROBUST, false, QF_TRACKER_CONFIRM_HITS, 3.0, NULL},
        {QF_TRACK_KALMAN, false, QF_TRACKER_CONFIRM_HITS, 4.0,
         "4 hits do not fit into confirm_window (3 frames)"},
        {QF_TRACK_ROBUST, false, QF_TRACKER_ANGLE_SD, 1e-4, NULL},
        {QF_TRACK_ROBUST, false, QF_TRACKER_ANGLE_SD, 1e-5,
         "expected at least 0.0001, or 0 for what the radar's errors are: found 1e-05"},
        {QF_TRACK_QIKI, false, QF_TRACKER_ANGLE_SD, 1e-5, NULL},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        qf_tracker_spec spec = qf_tracker_spec_default(all[i].mode);
        spec.gains_given = all[i].given;
        spec.value[all[i].id] = all[i].value;
        const char *key = NULL;
        char why[QF_TRACKER_WHY_BYTES] = "";
        assert_int_equal(qf_tracker_spec_contradiction(&spec, &key, why), all[i].why != NULL);
        if (all[i].why) {
            assert_string_equal(why, all[i].why);
            assert_string_equal(key, qf_tracker_table[all[i].id].key);
        }
    }
}

/* ME_R2, ME_A2 and ME_V1 of the reference */
static void deviations_are_those_of_the_radar_at_13_db(void **state)
{
    (void)state;
    qf_radar_spec radar = known_radar();
    qf_tracker_spec spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    qf_tracker_spec_complete(&spec, &radar);
    assert_near(spec.value[QF_TRACKER_RANGE_SD], 4.74575927402186, 1e-6);
    assert_near(spec.value[QF_TRACKER_ANGLE_SD], 0.197876862283418, 1e-6);
    assert_near(spec.value[QF_TRACKER_SPEED_SD], 0.252434003937333, 1e-6);
    /* floors are added as squares; the worse angle counts */
    radar.value[QF_RADAR_RANGE_FLOOR] = 3.0;
    radar.value[QF_RADAR_BEAM_ELEVATION] = 6.0;
    spec = qf_tracker_spec_default(QF_TRACK_KALMAN);
    spec.value[QF_TRACKER_SPEED_SD] = 7.0; /* given ones stay */
    qf_tracker_spec_complete(&spec, &radar);
    assert_near(spec.value[QF_TRACKER_RANGE_SD], 5.614466519498947, 1e-6);
    assert_near(spec.value[QF_TRACKER_ANGLE_SD], 3.0 * 0.197876862283418, 1e-6);
    assert_true(spec.value[QF_TRACKER_SPEED_SD] == 7.0);
    radar = known_radar();
    radar.value[QF_RADAR_BEAM_AZIMUTH] = 8.0;
    spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    qf_tracker_spec_complete(&spec, &radar);
    assert_near(spec.value[QF_TRACKER_ANGLE_SD], 4.0 * 0.197876862283418, 1e-6);
    /* a slope of 0.1 has an error that is wider than the beam: its cap is the beam's */
    radar.value[QF_RADAR_ANGLE_SLOPE] = 0.1;
    spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    qf_tracker_spec_complete(&spec, &radar);
    assert_near(spec.value[QF_TRACKER_ANGLE_SD], 8.0 / sqrt(12.0), 1e-6);
}

static void radars_without_errors_have_small_ones_for_a_filter(void **state)
{
    (void)state;
    qf_radar_spec radar = qf_radar_spec_default();
    radar.ideal = true;
    radar.value[QF_RADAR_PERIOD] = 1.0;
    radar.value[QF_RADAR_RANGE_MAX] = 9000.0;
    qf_tracker_spec spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    qf_tracker_spec_complete(&spec, &radar);
    for (int id = QF_TRACKER_RANGE_SD; id <= QF_TRACKER_SPEED_SD; id++) {
        assert_true(spec.value[id] == 0.01);
    }
    /* 1e12 Hz: cells of 0.15 mm */
    radar = known_radar();
    radar.value[QF_RADAR_BANDWIDTH] = 1e12;
    spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    qf_tracker_spec_complete(&spec, &radar);
    assert_true(spec.value[QF_TRACKER_RANGE_SD] == 0.01);
    assert_near(spec.value[QF_TRACKER_ANGLE_SD], 0.197876862283418, 1e-6);
}

/* tables of the chi-square distribution have these, and the series of the gamma function finds them again */
static void gate_is_the_quantile_of_four_degrees_of_freedom(void **state)
{
    (void)state;
    static const struct {
        double probability, quantile;
    } all[] = {{0.05, 0.710723021397324}, {0.5, 3.35669398003332},  {0.9, 7.77944033973486},
               {0.95, 9.48772903678115},  {0.99, 13.2767041359876}, {0.999, 18.4668269529032}};
    for (size_t i = 0; i < COUNT(all); i++) {
        qf_tracker_spec spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
        spec.value[QF_TRACKER_GATE_PROBABILITY] = all[i].probability;
        qf_tracker tracker;
        qf_tracker_derive(&spec, 0.1, &tracker);
        assert_near((double)tracker.gate2, all[i].quantile, 1e-6);
    }
    static const double ends[] = {1e-6, 1e-3, 1.0 - 1e-9, 1.0 - 0x1p-53};
    for (size_t i = 0; i < COUNT(ends); i++) {
        qf_tracker_spec spec = qf_tracker_spec_default(QF_TRACK_KALMAN);
        spec.value[QF_TRACKER_GATE_PROBABILITY] = ends[i];
        qf_tracker tracker;
        qf_tracker_derive(&spec, 0.1, &tracker);
        const double half = 0.5 * (double)tracker.gate2;
        assert_near(i < 2 ? qf_gamma_p(2.0, half) : qf_gamma_q(2.0, half),
                    i < 2 ? ends[i] : 1.0 - ends[i], 1e-5);
    }
}

static void kernels_get_what_was_said_in_their_units(void **state)
{
    (void)state;
    qf_tracker_spec spec = qf_tracker_spec_default(QF_TRACK_ROBUST);
    spec.gains_given = true;
    spec.exact = true;
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        spec.value[id] = (double)id + 1.0; /* all different */
    }
    spec.value[QF_TRACKER_GATE_PROBABILITY] = 0.95;
    qf_tracker t;
    qf_tracker_derive(&spec, 0.25, &t);
    assert_int_equal(t.mode, QF_TRACK_ROBUST);
    assert_true(t.gains_given && t.exact);
    assert_true(t.ticks_per_s == 4.0);
    assert_int_equal(t.max_misses, QF_TRACKER_MAX_MISSES + 1);
    assert_int_equal(t.confirm_hits, QF_TRACKER_CONFIRM_HITS + 1);
    assert_int_equal(t.confirm_window, QF_TRACKER_CONFIRM_WINDOW + 1);
    const struct {
        qf_real found;
        qf_tracker_id id;
    } same[] = {
        {t.reference_snr_db, QF_TRACKER_REFERENCE_SNR},
        {t.alpha, QF_TRACKER_ALPHA},
        {t.beta, QF_TRACKER_BETA},
        {t.gate_m, QF_TRACKER_GATE},
        {t.gate_mps, QF_TRACKER_GATE_SPEED},
        {t.handoff_bearing_deg, QF_TRACKER_HANDOFF_BEARING},
        {t.handoff_elev_deg, QF_TRACKER_HANDOFF_ELEVATION},
        {t.range_sd_m, QF_TRACKER_RANGE_SD},
        {t.speed_sd_mps, QF_TRACKER_SPEED_SD},
        {t.acceleration_sd_mps2, QF_TRACKER_ACCELERATION},
        {t.prior_speed_mps, QF_TRACKER_PRIOR_SPEED},
        {t.max_coast_s, QF_TRACKER_MAX_COAST},
    };
    for (size_t i = 0; i < COUNT(same); i++) {
        assert_true(same[i].found == (qf_real)same[i].id + QF_REAL(1.0));
    }
    const double angle_deg = QF_TRACKER_ANGLE_SD + 1.0;
    assert_near((double)t.angle_sd_rad, angle_deg * 3.14159265358979 / 180.0, 1e-6);
    assert_near((double)t.merge2, pow(QF_TRACKER_MERGE + 1.0, 2.0), 1e-6);
    /* constants of the reference */
    assert_near((double)t.least_step_s, 0.05, 1e-7);
    assert_true(t.fuse_bearing_deg == QF_REAL(0.5) && t.fuse_elev_deg == QF_REAL(0.5));
    assert_true(t.fuse_mps == QF_REAL(1.0));
    assert_null(t.iff_of_identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_have_their_own_patience),
        cmocka_unit_test(defaults_are_in_their_ranges_and_do_not_contradict),
        cmocka_unit_test(gains_have_an_effect_where_they_are_given),
        cmocka_unit_test(contradictions_name_who_is_to_blame),
        cmocka_unit_test(deviations_are_those_of_the_radar_at_13_db),
        cmocka_unit_test(radars_without_errors_have_small_ones_for_a_filter),
        cmocka_unit_test(gate_is_the_quantile_of_four_degrees_of_freedom),
        cmocka_unit_test(kernels_get_what_was_said_in_their_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
