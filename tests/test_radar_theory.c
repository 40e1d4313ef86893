/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closed forms of radar against golden/radar_reference.csv: numbers that others computed, with the tolerance
 * that they are known to. Every row of these families has a call here, and every call a row. Left out of the
 * reference's 205 are Albersheim's, Shnidman's and North's approximations and Stone Soup's spoiled
 * beams: nothing here uses what they approximate, because the exact forms are at hand.
 */
#include <math.h>

#include "draw.h"
#include "program_fixture.h"
#include "radar_equation.h"
#include "radar_spec.h"
#include "radar_theory.h"
#include "reference_rows.h"

#define MICROWAVE 9.4e9

static double pd_db(int swerling, int pulses, double snr_db, double pfa)
{
    return qf_radar_pd(swerling, pulses, qf_ratio_of(snr_db), qf_radar_threshold(pulses, pfa));
}

static double false_alarms_of_2000_by_360_cells(void)
{
    qf_radar_spec spec = qf_radar_spec_default();
    spec.value[QF_RADAR_PFA] = 1e-6;
    spec.value[QF_RADAR_FREQUENCY] = MICROWAVE;
    spec.value[QF_RADAR_BANDWIDTH] = 5e6;
    spec.value[QF_RADAR_DWELL] = 0.01;
    spec.value[QF_RADAR_RANGE_MAX] = 2000.0 * 29.9792458; /* AM02 */
    spec.value[QF_RADAR_BEAM_AZIMUTH] = 1.0;
    spec.value[QF_RADAR_BEAM_ELEVATION] = 180.0;
    return qf_radar_false_alarms(&spec);
}

static double snr_db_for(int swerling, double pd, double pfa)
{
    return qf_db_of(qf_radar_snr_for(swerling, 1, pd, qf_radar_threshold(1, pfa)));
}

static double echo_of_textbook(void)
{
    return qf_echo_m2(1.5e6, 45.0, qf_wavelength_m(5.6e9), qf_noise_w(5e6, 3.0), 0.0, 1.0);
}

static double echo_of_microwave(double coherent_pulses)
{
    return qf_echo_m2(1000.0, 30.0, qf_wavelength_m(MICROWAVE), qf_noise_w(1e6, 5.0), 4.0,
                      coherent_pulses);
}

static double range_error(double bandwidth_hz, double snr_db)
{
    return qf_error_at(qf_range_cell_m(bandwidth_hz), qf_ratio_of(snr_db));
}

static double angle_error(double beam_deg, double slope, double snr_db)
{
    return qf_error_at(beam_deg / slope, qf_ratio_of(snr_db));
}

static double pattern_db(double beam_deg, double offset_deg)
{
    return qf_db_of(qf_exp(-qf_pattern_per_deg2(beam_deg) * offset_deg * offset_deg));
}

static double passing_at(double radius, double angle_deg)
{
    const double angle = angle_deg * QF_RAD_PER_DEG;
    return qf_passing_distance_m((double[3]){radius, 0.0, 0.0},
                                 (double[3]){radius * cos(angle), radius * sin(angle), 0.0});
}

enum { MOST_ROWS = 128 };

static size_t compute_detection(computed *out)
{
    const double multiplier = qf_cfar_multiplier(16, 1e-6);
    const computed all[] = {
        {"PD0_01", pd_db(0, 1, 0.0, 1e-2)},
        {"PD0_02", pd_db(0, 1, 5.0, 1e-3)},
        {"PD0_03", pd_db(0, 1, 8.0, 1e-4)},
        {"PD0_04", pd_db(0, 1, 10.0, 1e-4)},
        {"PD0_05", pd_db(0, 1, 10.0, 1e-6)},
        {"PD0_06", pd_db(0, 1, 12.0, 1e-6)},
        {"PD0_07", pd_db(0, 1, 13.0, 1e-6)},
        {"PD0_08", pd_db(0, 1, 13.0, 1e-8)},
        {"PD0_09", pd_db(0, 1, 15.0, 1e-8)},
        {"PD0_10", pd_db(0, 1, 16.0, 1e-6)},
        {"PD0_11", pd_db(0, 1, 20.0, 1e-6)},
        {"PD0_R1", snr_db_for(0, 0.9, 1e-6)},
        {"PD0_R2", snr_db_for(0, 0.5, 1e-6)},
        {"MQ01", qf_marcum_q(1, 1.0, 2.0)},
        {"MQ02", qf_marcum_q(1, 5.0, 5.0)},
        {"PD1_01", pd_db(1, 1, 0.0, 1e-4)},
        {"PD1_02", pd_db(1, 1, 5.0, 1e-3)},
        {"PD1_03", pd_db(1, 1, 10.0, 1e-4)},
        {"PD1_04", pd_db(1, 1, 10.0, 1e-6)},
        {"PD1_05", pd_db(1, 1, 13.0, 1e-6)},
        {"PD1_06", pd_db(1, 1, 20.0, 1e-6)},
        {"PD1_07", pd_db(1, 1, 20.0, 1e-8)},
        {"PD1_08", pd_db(1, 1, 30.0, 1e-6)},
        {"PD1_R1", snr_db_for(1, 0.9, 1e-6)},
        {"PD3_01", pd_db(3, 1, 10.0, 1e-4)},
        {"PD3_02", pd_db(3, 1, 13.0, 1e-6)},
        {"PD3_03", pd_db(3, 1, 20.0, 1e-6)},
        {"PN_T", qf_radar_threshold(10, 1e-6)},
        {"PN_0", pd_db(0, 10, 5.0, 1e-6)},
        {"PN_1", pd_db(1, 10, 5.0, 1e-6)},
        {"PN_2", pd_db(2, 10, 5.0, 1e-6)},
        {"PN_3", pd_db(3, 10, 5.0, 1e-6)},
        {"PN_4", pd_db(4, 10, 5.0, 1e-6)},
        {"CF01", multiplier},
        {"CF02", qf_cfar_pd(16, multiplier, qf_ratio_of(15.0))},
        {"FA01", false_alarms_of_2000_by_360_cells()},
        {"FA02", 1.0 - qf_poisson_at_least(1, 0.72)},
        {"FA03", qf_poisson_at_least(3, 0.72)},
        {"FA04", qf_no_alarm_gap(720000.0, 1e-6)},
        {"SW1", 10.0 * qf_exponential_quantile(1.0 - 0.25)},
        {"SW3",
         0.5 * 10.0 * (qf_exponential_quantile(1.0 - 0.25) + qf_exponential_quantile(1.0 - 0.5))},
    };
    memcpy(out, all, sizeof all);
    return COUNT(all);
}

static size_t compute_equation(computed *out)
{
    const double echo = echo_of_textbook();
    const double microwave_m = qf_wavelength_m(MICROWAVE);
    const double span_mps = qf_speed_span_mps(microwave_m, 5000.0);
    const computed all[] = {
        {"RE01", qf_db_of(qf_noise_w(1.0, 0.0))},
        {"RE02", qf_db_of(qf_noise_w(5e6, 3.0))},
        {"RE03", qf_db_of(qf_snr_at(echo, 0.1, 86000.0))},
        {"RE04", qf_range_of_snr_m(echo, 0.1, 100.0)},
        {"RE05", qf_db_of(qf_snr_at(echo, 1.0, 2e4) / qf_snr_at(echo, 1.0, 1e4))},
        {"RE06", qf_db_of(qf_snr_at(echo_of_microwave(1.0), 1.0, 5000.0))},
        {"RE07", qf_db_of(echo_of_microwave(64.0) / echo_of_microwave(1.0))},
        {"ME_R1", range_error(5e6, 10.0)},
        {"ME_R2", range_error(5e6, 13.0)},
        {"ME_R3", range_error(5e6, 20.0)},
        {"ME_R4", range_error(5e6, 30.0)},
        {"ME_A1", angle_error(2.0, 1.6, 10.0)},
        {"ME_A2", angle_error(2.0, 1.6, 13.0)},
        {"ME_A3", angle_error(2.0, 1.6, 20.0)},
        {"ME_A4", angle_error(2.0, 1.6, 30.0)},
        {"ME_V1", qf_error_at(qf_speed_cell_mps(microwave_m, 0.01), qf_ratio_of(13.0))},
        {"ME_C1", qf_range_error_bound_m(5e6, qf_ratio_of(13.0))},
        {"ME_K", qf_aperture_slope()},
        {"BP01", qf_aperture_width()},
        {"BP02", 0.5 * pattern_db(2.0, 1.0)},
        {"BP03", pattern_db(2.0, 0.75)},
        {"BP04", qf_db_of(qf_beam_gain_usual(2.0, 2.0))},
        {"BP05", qf_db_of(qf_beam_gain_most(2.0, 2.0))},
        {"BP06", qf_time_on_target_s(2.0, 60.0)},
        {"BP07", qf_db_of(qf_scan_gain(60.0))},
        {"AM01", qf_range_span_m(1000.0)},
        {"AM02", qf_range_cell_m(5e6)},
        {"AM03", qf_doppler_hz(microwave_m, -30.0)},
        {"AM04", 0.5 * span_mps},
        {"AM05", qf_folded_speed_mps(100.0, span_mps)},
        {"AM06", qf_folded_range_m(200000.0, qf_range_span_m(1000.0))},
        {"AM07", qf_speed_span_mps(microwave_m, 1000.0)},
        {"AM08", qf_cross_range_m(50000.0, 2.0)},
        {"OC01", passing_at(7000.0, 90.0)},
        {"OC02", passing_at(7000.0, 40.0)},
        {"OC03", qf_mutual_sight_deg(7000.0, 6371.0)},
        {"OC04", qf_horizon_m(10.0, 6371.0)},
        {"OC05", qf_horizon_m(10.0, 6371.0 * 4.0 / 3.0)},
    };
    memcpy(out, all, sizeof all);
    return COUNT(all);
}

static void every_reference_number_that_concerns_radar_is_met(void **state)
{
    (void)state;
    computed all[MOST_ROWS];
    size_t n = compute_detection(all);
    n += compute_equation(all + n);
    assert_int_equal(n, 79);
    assert_reference_met(REFERENCE_RADAR, all, n);
}

/* the sums below are written as the textbooks write them, by another way than the code's */
static double factorial(int n)
{
    double product = 1.0;
    for (int i = 2; i <= n; i++) {
        product *= i;
    }
    return product;
}

/* Q(n, x) of a whole n */
static double erlang_tail(int n, double x)
{
    double sum = 0.0;
    for (int k = 0; k < n; k++) {
        sum += pow(x, k) / factorial(k);
    }
    return exp(-x) * sum;
}

static void thresholds_are_passed_by_noise_as_often_as_asked(void **state)
{
    (void)state;
    static const int pulses[] = {1, 2, 3, 10, 32, 64};
    static const double pfas[] = {0.49, 1e-2, 1e-6, 1e-12};
    for (size_t p = 0; p < COUNT(pulses); p++) {
        for (size_t f = 0; f < COUNT(pfas); f++) {
            const double threshold = qf_radar_threshold(pulses[p], pfas[f]);
            assert_true(fabs(erlang_tail(pulses[p], threshold) / pfas[f] - 1.0) < 1e-10);
        }
    }
}

static void fluctuating_targets_have_the_textbook_probabilities(void **state)
{
    (void)state;
    for (int n = 2; n <= 64; n *= 2) {
        const double t = qf_radar_threshold(n, 1e-6);
        for (double snr_db = -6.0; snr_db <= 24.0; snr_db += 6.0) {
            const double s = qf_ratio_of(snr_db);
            const double all = n * s;
            const double u = t / (1.0 + 1.0 / all);
            const double case_1 = erlang_tail(n - 1, t) + pow(1.0 + 1.0 / all, n - 1) *
                                                              (1.0 - erlang_tail(n - 1, u)) *
                                                              exp(-t / (1.0 + all));
            assert_true(fabs(qf_radar_pd(1, n, s, t) - case_1) < 1e-10);
            assert_true(fabs(qf_radar_pd(2, n, s, t) - erlang_tail(n, t / (1.0 + s))) < 1e-10);
            const double g = 1.0 + 0.5 * s;
            double case_4 = 0.0;
            for (int j = 0; j <= n; j++) {
                case_4 += factorial(n) / factorial(j) / factorial(n - j) * pow(g, j - n) *
                          pow(1.0 - 1.0 / g, j) * erlang_tail(n + j, t / g);
            }
            assert_true(fabs(qf_radar_pd(4, n, s, t) - case_4) < 1e-10);
        }
    }
}

static void a_target_without_an_echo_is_seen_as_often_as_noise(void **state)
{
    (void)state;
    for (int swerling = 0; swerling <= 4; swerling++) {
        for (int n = 1; n <= 64; n *= 8) {
            const double pd = qf_radar_pd(swerling, n, 0.0, qf_radar_threshold(n, 1e-9));
            assert_true(fabs(pd / 1e-9 - 1.0) < 1e-9);
        }
    }
    assert_true(isnan(qf_radar_pd(5, 1, 1.0, 10.0)));
}

static void a_strong_target_is_always_seen(void **state)
{
    (void)state;
    for (int swerling = 0; swerling <= 4; swerling++) {
        for (int n = 1; n <= 64; n *= 8) {
            const double pd = qf_radar_pd(swerling, n, 1e7, qf_radar_threshold(n, 1e-6));
            /* a target that fluctuates may be small for once */
            assert_true(pd > 1.0 - (swerling == 0 ? 1e-13 : 1e-4) && pd <= 1.0);
        }
    }
}

static void the_snr_for_a_probability_gives_that_probability(void **state)
{
    (void)state;
    static const double pds[] = {1e-3, 0.5, 0.9, 0.999};
    for (int swerling = 0; swerling <= 4; swerling++) {
        for (int n = 1; n <= 64; n *= 8) {
            const double threshold = qf_radar_threshold(n, 1e-6);
            for (size_t i = 0; i < COUNT(pds); i++) {
                const double snr = qf_radar_snr_for(swerling, n, pds[i], threshold);
                assert_true(snr > 0.0);
                assert_true(fabs(qf_radar_pd(swerling, n, snr, threshold) - pds[i]) < 1e-12);
            }
            assert_true(qf_radar_snr_for(swerling, n, 1e-7, threshold) == 0.0);
        }
    }
}

/* of noise above T, the part that is above T + y as well */
static void alarms_exceed_the_threshold_as_noise_does(void **state)
{
    (void)state;
    static const int pulses[] = {1, 2, 10, 64};
    for (size_t p = 0; p < COUNT(pulses); p++) {
        const int n = pulses[p];
        const double t = qf_radar_threshold(n, 1e-4);
        double cdf[64];
        qf_radar_alarm_shape(n, t, cdf);
        assert_true(cdf[n - 1] == 1.0);
        for (double y = 0.0; y < 20.0; y += 2.5) {
            double tail = 0.0;
            for (int k = 0; k < n; k++) {
                const double share = cdf[k] - (k > 0 ? cdf[k - 1] : 0.0);
                assert_true(share >= 0.0);
                tail += share * erlang_tail(k + 1, y);
            }
            assert_true(fabs(tail / (erlang_tail(n, t + y) / erlang_tail(n, t)) - 1.0) < 1e-10);
        }
    }
}

/* quadrature of the Rice density with 30 digits */
static void marcum_q_stays_exact_for_strong_signals(void **state)
{
    (void)state;
    assert_true(fabs(qf_marcum_q(1, 30.0, 30.0) - 0.506649962062034076) < 1e-12);
    assert_true(fabs(qf_marcum_q(1, 300.0, 301.0) - 0.159058203518852225) < 1e-10);
    assert_true(fabs(qf_marcum_q(1, 1000.0, 999.0) - 0.841465761707415923) < 2e-9);
    assert_true(qf_marcum_q(3, 2.0, 0.0) == 1.0);
    assert_true(qf_marcum_q(1, 1.0, 60.0) < 1e-300);
}

/* where sums meet their limits: large orders, far tails */
static void gamma_functions_add_up_to_one_and_keep_their_tails(void **state)
{
    (void)state;
    static const double shapes[] = {0.5, 1.0, 3.0, 40.0, 1e4};
    for (size_t s = 0; s < COUNT(shapes); s++) {
        for (double x = 0.1; x < 3e4; x *= 1.7) {
            const double p = qf_gamma_p(shapes[s], x);
            const double q = qf_gamma_q(shapes[s], x);
            assert_true(p >= 0.0 && q >= 0.0 && fabs(p + q - 1.0) < 1e-14);
        }
        assert_true(qf_gamma_p(shapes[s], 0.0) == 0.0 && qf_gamma_q(shapes[s], 0.0) == 1.0);
    }
    assert_true(fabs(qf_gamma_q(1.0, 600.0) / exp(-600.0) - 1.0) < 1e-12);
    assert_true(fabs(qf_gamma_p(0.5, 0.49) - erf(0.7)) < 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_number_that_concerns_radar_is_met),
        cmocka_unit_test(thresholds_are_passed_by_noise_as_often_as_asked),
        cmocka_unit_test(fluctuating_targets_have_the_textbook_probabilities),
        cmocka_unit_test(a_target_without_an_echo_is_seen_as_often_as_noise),
        cmocka_unit_test(a_strong_target_is_always_seen),
        cmocka_unit_test(the_snr_for_a_probability_gives_that_probability),
        cmocka_unit_test(alarms_exceed_the_threshold_as_noise_does),
        cmocka_unit_test(marcum_q_stays_exact_for_strong_signals),
        cmocka_unit_test(gamma_functions_add_up_to_one_and_keep_their_tails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
