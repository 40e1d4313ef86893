/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often the whole program detects, how wrong it measures and how often it is fooled, against the
 * published numbers of tests/golden/radar_reference.csv (the ids in capitals): a million draws each.
 */
#include "radar_run.h"

#include <math.h>

#include "statistics.h"

enum { TARGETS = 250, FRAMES = 4000 };
#define DRAWS ((double)TARGETS * FRAMES)

/*
 * RE06: 1 kW, 30 dB, 9.4 GHz, 1 MHz, F 5 dB, L 4 dB see 1 m2 at 5 km with 14.113948086689 dB. Five groups
 * of targets, one of each of Swerling's cases, all at that distance: their cross-section sets the SNR.
 */
#define REFERENCE_SNR_DB 14.113948086689

static const char scenario_of_rates[] =
    "schema: qfleet/1\n"
    "seed: 20\n"
    "time: {dt_s: 1, duration_s: %d}\n"
    "groups:\n"
    "  - name: observer\n"
    "    kind: bot\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {power_capacity_wh: 1e6, battery_soc_init_pct: 90}}\n"
    "    radar: {power_w: 1000, gain_db: 30, frequency_hz: 9.4e9, bandwidth_hz: 1e6,\n"
    "            noise_figure_db: 5, loss_db: 4, pfa: 1e-6, pulses: %d, dwell_s: 0.01,\n"
    "            beam_azimuth_deg: 2, beam_elevation_deg: 2, period_s: 1, range_min_m: 4999,\n"
    "            range_max_m: 5001,\n"
    "            merge: false, capacity: 2000}\n"
    "%s"
    "record: {every_s: %d, state: [soc_pct], events: false, detections: {false_alarms: false}}\n";

/* five groups, one of each case, at (2400, 3200, 3000) */
static char *target_groups(double rcs_dbsm)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    for (int swerling = 0; swerling <= 4; swerling++) {
        fprintf(out,
                "  - name: case_%d\n"
                "    kind: bot\n"
                "    count: %d\n"
                "    hardware: {hardware_profile: {}}\n"
                "    initial: {position_m: [2400, 3200, 3000]}\n"
                "    signature: {rcs_dbsm: %.15g, swerling: %d}\n",
                swerling, TARGETS, rcs_dbsm, swerling);
    }
    assert_int_equal(fclose(out), 0);
    return text;
}

static detections run_rates(double snr_db, int pulses)
{
    char *groups = target_groups(snr_db - REFERENCE_SNR_DB);
    char *scenario = NULL;
    assert_true(asprintf(&scenario, scenario_of_rates, FRAMES, pulses, groups, FRAMES) > 0);
    detections d = run_radar(scenario, NULL);
    free(scenario);
    free(groups);
    return d;
}

/* detections of each case, over DRAWS */
static void rates_of(const detections *d, double rate[5])
{
    for (int k = 0; k < 5; k++) {
        rate[k] = 0.0;
    }
    for (size_t i = 0; i < d->n; i++) {
        const int swerling = ((int)d->target[i] - 1) / TARGETS;
        rate[swerling] += 1.0 / DRAWS;
    }
}

static void assert_rates(const double rate[5], const double expected[5])
{
    for (int k = 0; k < 5; k++) {
        const double sigma = sqrt(expected[k] * (1.0 - expected[k]) / DRAWS);
        if (!(fabs(rate[k] - expected[k]) < 4.0 * sigma)) {
            fail_msg("Swerling %d: detected %.6f, expected %.6f, which is %.1f sigma away", k,
                     rate[k], expected[k], (rate[k] - expected[k]) / sigma);
        }
    }
}

static void one_pulse_is_detected_as_often_as_the_closed_forms_say(void **state)
{
    (void)state;
    /* PD0_07, PD1_05, PD3_02; with one pulse, cases 2 and 4 are cases 1 and 3 */
    static const double expected[5] = {0.874440727541366, 0.517177561112778, 0.517177561112778,
                                       0.608964584239683, 0.608964584239683};
    detections d = run_rates(13.0, 1);
    double rate[5];
    rates_of(&d, rate);
    assert_rates(rate, expected);
    free_detections(&d);
}

static void ten_pulses_are_detected_as_often_as_the_closed_forms_say(void **state)
{
    (void)state;
    /* PN_0 ... PN_4 */
    static const double expected[5] = {0.853316708466505, 0.485543453019013, 0.733986955320111,
                                       0.569374677241156, 0.781789302056965};
    detections d = run_rates(5.0, 10);
    double rate[5];
    rates_of(&d, rate);
    assert_rates(rate, expected);
    free_detections(&d);
}

/* mean and standard deviation of `error` over case 0 */
typedef struct spread {
    double n, sum, squares;
} spread;

static void add(spread *s, double error)
{
    s->n += 1.0;
    s->sum += error;
    s->squares += error * error;
}

static void assert_spread(const char *what, const spread *s, double sigma)
{
    const double mean = s->sum / s->n;
    const double found = sqrt(s->squares / s->n - mean * mean);
    if (!(fabs(found / sigma - 1.0) < 0.01) || !(fabs(mean) < 4.0 * sigma / sqrt(s->n))) {
        fail_msg("%s: error has mean %g and sd %g, expected 0 and %g", what, mean, found, sigma);
    }
}

static void errors_spread_as_the_formulas_say(void **state)
{
    (void)state;
    detections d = run_rates(13.0, 1);
    spread range = {0};
    spread bearing = {0};
    spread elevation = {0};
    spread speed = {0};
    const double angle_deg = atan2(3.0, 4.0) * 180.0 / 3.14159265358979323846;
    for (size_t i = 0; i < d.n; i++) {
        if (d.target[i] > TARGETS) {
            continue; /* a fluctuating target's errors spread as its signal does */
        }
        add(&range, d.range_m[i] - 5000.0);
        add(&bearing, d.bearing_deg[i] - angle_deg);
        add(&elevation, d.elev_deg[i] - angle_deg);
        add(&speed, d.vr_mps[i]);
    }
    assert_true(range.n > 0.8 * DRAWS);
    /* ME_R2 at a fifth of its bandwidth, ME_A2, ME_V1 */
    assert_spread("range", &range, 5.0 * 4.74575927402186);
    assert_spread("bearing", &bearing, 0.197876862283418);
    assert_spread("elevation", &elevation, 0.197876862283418);
    assert_spread("radial speed", &speed, 0.252434003937333);
    free_detections(&d);
}

/* FA01: 2000 range cells of 29.98 m times 360 beams of a degree, pfa 1e-6 */
enum { ALARM_WORLDS = 1000, ALARM_FRAMES = 1000, ALARM_COUNTS = 7 };

static const char scenario_of_alarms[] =
    "schema: qfleet/1\n"
    "seed: 21\n"
    "worlds: 1000\n"
    "time: {dt_s: 1, duration_s: 1000}\n"
    "groups:\n"
    "  - name: observer\n"
    "    kind: bot\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {power_capacity_wh: 1e6, battery_soc_init_pct: 90}}\n"
    "    initial: {heading_deg: {uniform: {min: 0, max: 360}}}\n"
    "    radar: {power_w: 1000, gain_db: 30, frequency_hz: 9.4e9, bandwidth_hz: 5e6,\n"
    "            noise_figure_db: 5, loss_db: 4, pfa: 1e-6, dwell_s: 0.01,\n"
    "            beam_azimuth_deg: 1, beam_elevation_deg: 180, period_s: 1,\n"
    "            range_max_m: 59958.4916, speed_max_mps: 0, capacity: 64}\n"
    "record: {every_s: 1000, state: [soc_pct], events: false, detections: true}\n";

static void assert_uniform(const char *what, const size_t *found, size_t n_cells,
                           size_t n_questions)
{
    double share[64];
    assert_true(n_cells <= COUNT(share));
    for (size_t k = 0; k < n_cells; k++) {
        share[k] = 1.0 / (double)n_cells;
    }
    const double p = chi_square_p_value(chi_square_statistic(found, share, n_cells), n_cells - 1);
    if (p < 1e-3 / (double)n_questions) {
        fail_msg("%s of false alarms is not uniform: p = %g", what, p);
    }
}

static void false_alarms_are_a_poisson_process_in_measurement_space(void **state)
{
    (void)state;
    enum { CELLS = 20 };
    detections d = run_radar(scenario_of_alarms, NULL);
    uint8_t *n_alarms = calloc((size_t)ALARM_WORLDS * ALARM_FRAMES, 1);
    assert_non_null(n_alarms);
    size_t range[CELLS] = {0};
    size_t bearing[CELLS] = {0};
    size_t sine[CELLS] = {0};
    for (size_t i = 0; i < d.n; i++) {
        assert_true(d.target[i] == -1.0);
        n_alarms[(size_t)d.observer[i] * ALARM_FRAMES + (size_t)d.tick[i]]++;
        range[(size_t)fmin(d.range_m[i] / 59958.4916 * CELLS, CELLS - 1)]++;
        bearing[(size_t)fmin(d.bearing_deg[i] / 360.0 * CELLS, CELLS - 1)]++;
        const double u = 0.5 + 0.5 * sin(d.elev_deg[i] * 3.14159265358979323846 / 180.0);
        sine[(size_t)fmin(u * CELLS, CELLS - 1)]++;
    }
    size_t found[ALARM_COUNTS] = {0};
    for (size_t k = 0; k < (size_t)ALARM_WORLDS * ALARM_FRAMES; k++) {
        found[n_alarms[k] < ALARM_COUNTS ? n_alarms[k] : ALARM_COUNTS - 1]++;
    }
    free(n_alarms);
    double share[ALARM_COUNTS];
    double rest = 1.0;
    double p_k = 0.486752255959972; /* FA02 */
    for (int k = 0; k < ALARM_COUNTS - 1; k++) {
        share[k] = p_k;
        rest -= p_k;
        p_k *= 0.72 / (k + 1);
    }
    share[ALARM_COUNTS - 1] = rest;
    const double statistic = chi_square_statistic(found, share, ALARM_COUNTS);
    if (chi_square_p_value(statistic, ALARM_COUNTS - 1) < 1e-3) {
        fail_msg("counts are not Poisson's: chi-square %g of %d degrees", statistic,
                 ALARM_COUNTS - 1);
    }
    const double three_or_more = (double)(found[3] + found[4] + found[5] + found[6]) / 1e6;
    assert_true(fabs(three_or_more - 0.0366199350040241) < 4.0 * 1.9e-4); /* FA03 */
    assert_uniform("range", range, CELLS, 3);
    assert_uniform("bearing", bearing, CELLS, 3);
    assert_uniform("sine of elevation", sine, CELLS, 3);
    free_detections(&d);
}

/* with ten pulses any two cases are told apart by how often they are seen and how strongly */
static void swerling_cases_are_told_apart(void **state)
{
    (void)state;
    detections d = run_rates(5.0, 10);
    double rate[5];
    double mean_db[5] = {0};
    rates_of(&d, rate);
    for (size_t i = 0; i < d.n; i++) {
        const int swerling = ((int)d.target[i] - 1) / TARGETS;
        mean_db[swerling] += d.snr_db[i] / (rate[swerling] * DRAWS);
    }
    for (int a = 0; a < 5; a++) {
        for (int b = a + 1; b < 5; b++) {
            /* a difference of rates has a standard deviation below sqrt(0.5 / DRAWS) */
            assert_true(fabs(rate[a] - rate[b]) > 20.0 * sqrt(0.5 / DRAWS));
            assert_true(fabs(mean_db[a] - mean_db[b]) > 0.02);
        }
    }
    free_detections(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pulse_is_detected_as_often_as_the_closed_forms_say),
        cmocka_unit_test(ten_pulses_are_detected_as_often_as_the_closed_forms_say),
        cmocka_unit_test(errors_spread_as_the_formulas_say),
        cmocka_unit_test(false_alarms_are_a_poisson_process_in_measurement_space),
        cmocka_unit_test(swerling_cases_are_told_apart),
    };
    char directory[64];
    enter_directory(directory);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    leave_directory(directory);
    return failed;
}
