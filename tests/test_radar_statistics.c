/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What radars draw follows the distributions that it is said to follow: the threshold variable in
 * every case of Swerling's, errors, false alarms. Expectations are closed forms computed here, and
 * rows of radar_reference.csv (by their names), whose numbers other programs agree on.
 */
#include "radar_stand.h"

#define SIGNIFICANCE 1e-3

enum { N_DRAWS = 200192, BATCHES = N_DRAWS / QF_PAIRS };

static double draws[N_DRAWS];

/* plots of N_DRAWS targets at 10 km with that SNR, batch by batch; returns how many are seen */
static size_t detect_many(const qf_radar *radar, uint32_t swerling, double snr,
                          void each(const qf_radar *radar, const qf_look *look, qf_plots *plots,
                                    size_t first))
{
    static qf_pairs pairs;
    qf_plots plots = stand_plots();
    const qf_look look = {.seed = 20, .tick = 4 + swerling};
    size_t n = 0;
    const double rcs_m2 = snr * 1e16 / (double)radar->echo_m2;
    for (uint32_t b = 0; b < BATCHES; b++) {
        pairs.n = 0;
        for (uint32_t i = 0; i < QF_PAIRS; i++) {
            stand_add(&pairs, &(stand_pair){.position_m = {6000, 8000, 0},
                                            .velocity_mps = {30, 40, 0},
                                            .rcs_m2 = rcs_m2,
                                            .swerling = swerling,
                                            .vehicle = i,
                                            .observer = b});
        }
        plots.n = 0;
        qf_kernels_best()->detect(radar, &look, &pairs, &plots);
        if (each) {
            each(radar, &look, &plots, n);
        }
        n += plots.n;
    }
    stand_free(&plots);
    return n;
}

/* ---- threshold variable ---- */

static struct {
    int swerling, pulses;
    double snr;
} law;

/*
 * Given the integrated signal A, x is gamma of shape N + j with j ~ Poisson(A). Where A is gamma of shape k and
 * scale s, j is negative binomial: C(j + k - 1, j) s^j / (1 + s)^(j + k).
 */
static double power_cdf(double x)
{
    if (!(x > 0.0)) {
        return 0.0;
    }
    const double n = law.pulses;
    const double k = (const double[]){0.0, 1.0, n, 2.0, 2.0 * n}[law.swerling];
    const double s = n * law.snr / (k > 0.0 ? k : 1.0);
    double weight = k > 0.0 ? pow(1.0 + s, -k) : exp(-s);
    /* P(N, x), then P(a + 1, x) = P(a, x) - x^a e^-x / Gamma(a + 1) */
    double term = exp(-x);
    double p = 1.0;
    for (int a = 0; a < law.pulses; a++) {
        p -= term;
        term *= x / (a + 1);
    }
    double sum = 0.0;
    double left = 1.0;
    for (int j = 0; j < 4000 && left > 1e-9 && p > 1e-12; j++) {
        sum += weight * p;
        left -= weight;
        p -= term;
        term *= x / (law.pulses + j + 1);
        weight *= k > 0.0 ? (j + k) / (j + 1) * s / (1.0 + s) : s / (j + 1);
    }
    return sum;
}

static void keep_powers(const qf_radar *radar, const qf_look *look, qf_plots *plots, size_t first)
{
    (void)radar, (void)look;
    for (size_t i = 0; i < plots->n; i++) {
        draws[first + i] = (double)plots->power[i];
    }
}

static void the_threshold_variable_follows_its_law_in_every_case(void **state)
{
    (void)state;
    static const struct {
        int pulses;
        double snr;
    } cases[] = {{1, 3.0}, {10, 0.8}, {64, 0.3}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        for (int swerling = 0; swerling <= 4; swerling++) {
            qf_radar radar = stand_radar();
            radar.pulses = cases[c].pulses;
            radar.threshold = -1.0f; /* everything is seen */
            law.swerling = swerling;
            law.pulses = cases[c].pulses;
            law.snr = cases[c].snr;
            const size_t n = detect_many(&radar, (uint32_t)swerling, law.snr, keep_powers);
            assert_int_equal(n, N_DRAWS);
            const double p = ks_p_value(ks_statistic(draws, n, power_cdf), n);
            if (p < SIGNIFICANCE / (5 * COUNT(cases))) {
                fail_msg("Swerling %d, %d pulses: p = %g", swerling, law.pulses, p);
            }
        }
    }
}

static void detections_are_as_frequent_as_closed_forms_say(void **state)
{
    (void)state;
    const double t6 = 13.815510557964274; /* -ln 1e-6 */
    const double t4 = 9.210340371976182;
    static const double ten = 32.7103405175239; /* PN_T */
    const struct {
        const char *row;
        uint32_t swerling;
        int pulses;
        double snr_db, threshold, pd;
    } rows[] = {
        {"PD0_04", 0, 1, 10, t4, 0.616135848507565}, {"PD0_05", 0, 1, 10, t6, 0.248049275736443},
        {"PD0_07", 0, 1, 13, t6, 0.874440727541366}, {"PD1_03", 1, 1, 10, t4, 0.432876128108306},
        {"PD1_05", 1, 1, 13, t6, 0.517177561112778}, {"PD1_06", 1, 1, 20, t6, 0.872155772143998},
        {"PD1_03", 2, 1, 10, t4, 0.432876128108306}, {"PD3_01", 3, 1, 10, t4, 0.491041757953003},
        {"PD3_02", 3, 1, 13, t6, 0.608964584239683}, {"PD3_03", 3, 1, 20, t6, 0.965256647533991},
        {"PD3_02", 4, 1, 13, t6, 0.608964584239683}, {"PD1_01", 1, 1, 0, t4, 0.01},
        {"PN_0", 0, 10, 5, ten, 0.853316708466505},  {"PN_1", 1, 10, 5, ten, 0.485543453019013},
        {"PN_2", 2, 10, 5, ten, 0.733986955320111},  {"PN_3", 3, 10, 5, ten, 0.569374677241156},
        {"PN_4", 4, 10, 5, ten, 0.781789302056965},
    };
    for (size_t k = 0; k < COUNT(rows); k++) {
        qf_radar radar = stand_radar();
        radar.pulses = rows[k].pulses;
        radar.threshold = (float)rows[k].threshold;
        const size_t n =
            detect_many(&radar, rows[k].swerling, pow(10.0, rows[k].snr_db / 10.0), NULL);
        const double sd = sqrt(rows[k].pd * (1.0 - rows[k].pd) / N_DRAWS);
        const double off = ((double)n / N_DRAWS - rows[k].pd) / sd;
        if (fabs(off) > 4.0) {
            fail_msg("%s: %g of %g detected, %g sd off", rows[k].row, (double)n / N_DRAWS,
                     rows[k].pd, off);
        }
    }
}

/* ---- errors ---- */

static double error[4][N_DRAWS];

static void keep_errors(const qf_radar *radar, const qf_look *look, qf_plots *plots, size_t first)
{
    qf_kernels_best()->locate(plots, 0, plots->n);
    qf_kernels_best()->measure(radar, look, plots, 0, plots->n);
    for (size_t i = 0; i < plots->n; i++) {
        const double turn = (double)plots->bearing_deg[i] - atan2(6.0, 8.0) / DEG;
        error[0][first + i] = (double)plots->range_m[i] - 10000.0;
        error[1][first + i] = turn - 360.0 * floor(turn / 360.0 + 0.5);
        error[2][first + i] = (double)plots->elevation_deg[i];
        error[3][first + i] = (double)plots->vr_mps[i] - 50.0;
    }
}

static void errors_are_normal_with_the_deviations_of_the_formula(void **state)
{
    (void)state;
    /* by noise, by the cap, by the floor, and by noise and floor */
    static const struct qf_radar_error kinds[4] = {
        {30.0f, 100.0f, 0.0f}, {400.0f, 5.0f, 0.0f}, {0.0f, 1.0f, 7.0f}, {30.0f, 100.0f, 4.0f}};
    static const double sd[4] = {3.0, 5.0, 7.0, 5.0}; /* at an integrated SNR of 100 */
    for (int turn = 0; turn < 4; turn++) {
        qf_radar radar = stand_radar();
        radar.pulses = 4;
        radar.threshold = -1.0f;
        radar.range_m = kinds[turn];
        radar.azimuth_deg = kinds[(turn + 1) % 4];
        radar.elevation_deg = kinds[(turn + 2) % 4];
        radar.speed_mps = kinds[(turn + 3) % 4];
        assert_int_equal(detect_many(&radar, 0, 25.0, keep_errors), N_DRAWS);
        for (int k = 0; k < 4; k++) {
            double squares = 0.0;
            for (size_t i = 0; i < N_DRAWS; i++) {
                error[k][i] /= sd[(turn + k) % 4];
                squares += error[k][i] * error[k][i] / N_DRAWS;
            }
            const double found = sqrt(squares);
            if (fabs(found - 1.0) > 4.0 / sqrt(2.0 * N_DRAWS)) {
                fail_msg("quantity %d, kind %d: %g of the deviation", k, (turn + k) % 4, found);
            }
            for (int j = 0; j < k; j++) {
                const double r = correlation(error[j], error[k], N_DRAWS);
                assert_true(correlation_p_value(r, N_DRAWS) > SIGNIFICANCE / 24);
            }
        }
        for (int k = 0; k < 4; k++) {
            const double p = ks_p_value(ks_statistic(error[k], N_DRAWS, normal_cdf), N_DRAWS);
            if (p < SIGNIFICANCE / 16) {
                fail_msg("quantity %d, kind %d: p = %g", k, (turn + k) % 4, p);
            }
        }
    }
}

static void keep_snr(const qf_radar *radar, const qf_look *look, qf_plots *plots, size_t first)
{
    qf_kernels_best()->locate(plots, 0, plots->n);
    qf_kernels_best()->measure(radar, look, plots, 0, plots->n);
    for (size_t i = 0; i < plots->n; i++) {
        draws[first + i] = pow(10.0, (double)plots->snr_db[i] / 10.0);
        error[0][first + i] = pow(10.0, (double)plots->rcs_dbsm[i] / 10.0);
    }
}

/* x / N - 1 has the mean S, and the estimate of the cross-section that of the target */
static void measured_snr_and_cross_section_are_right_in_the_mean(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.pulses = 5;
    radar.threshold = -1.0f;
    const double snr = 30.0;
    assert_int_equal(detect_many(&radar, 0, snr, keep_snr), N_DRAWS);
    const double rcs_m2 = snr * 1e16 / (double)radar.echo_m2;
    double mean = 0.0;
    double mean_rcs = 0.0;
    for (size_t i = 0; i < N_DRAWS; i++) {
        mean += draws[i] / N_DRAWS;
        mean_rcs += error[0][i] / N_DRAWS;
    }
    /* variance of the sum over pulses: N + 2 N S */
    const double sd = sqrt((1.0 + 2.0 * snr) / radar.pulses / N_DRAWS);
    assert_true(fabs(mean - snr) < 4.0 * sd);
    assert_true(fabs(mean_rcs / rcs_m2 - 1.0) < 4.0 * sd / snr + 1e-5);
}

/* ---- false alarms ---- */

static qf_observer observer_of(uint32_t i)
{
    return (qf_observer){.number = i % QF_OBSERVERS, .world = i / 1000, .vehicle = i % 1000};
}

static void false_alarms_are_poisson(void **state)
{
    (void)state;
    static const double means[] = {0.72, 4.0};
    for (size_t m = 0; m < COUNT(means); m++) {
        enum { CELLS = 11 };
        size_t found[CELLS] = {0};
        double share[CELLS] = {0};
        qf_radar radar = stand_radar();
        radar.false_alarms = means[m];
        const qf_look look = {.seed = 8, .tick = 3};
        for (uint32_t i = 0; i < N_DRAWS; i++) {
            const qf_observer observer = observer_of(i);
            const uint32_t n = qf_radar_alarm_count(&radar, &look, &observer);
            found[n < CELLS ? n : CELLS - 1]++;
        }
        size_t n_cells = m == 0 ? 6 : CELLS; /* the last one holds all from there on */
        double rest = 1.0;
        for (size_t k = 0; k + 1 < n_cells; k++) {
            share[k] = exp((double)k * log(means[m]) - means[m] - lgamma((double)k + 1.0));
            rest -= share[k];
        }
        for (size_t k = n_cells; k < CELLS; k++) {
            found[n_cells - 1] += found[k];
        }
        share[n_cells - 1] = rest;
        const double x = chi_square_statistic(found, share, n_cells);
        assert_true(chi_square_p_value(x, n_cells - 1) > SIGNIFICANCE / 2);
        if (m == 0) { /* FA02, FA03 */
            const double none = 0.486752255959972, three = 0.0366199350040241;
            const double many = N_DRAWS - (double)(found[0] + found[1] + found[2]);
            assert_true(fabs((double)found[0] / N_DRAWS - none) <
                        4.0 * sqrt(none * (1.0 - none) / N_DRAWS));
            assert_true(fabs(many / N_DRAWS - three) < 4.0 * sqrt(three * (1.0 - three) / N_DRAWS));
        }
    }
    qf_radar quiet = stand_radar();
    const qf_observer observer = observer_of(1);
    assert_int_equal(qf_radar_alarm_count(&quiet, &(qf_look){.seed = 8}, &observer), 0);
}

/* Q(n, x) for whole n */
static double gamma_tail(int n, double x)
{
    double term = exp(-x);
    double sum = 0.0;
    for (int k = 0; k < n; k++) {
        sum += term;
        term *= x / (k + 1);
    }
    return sum;
}

static double alarm_threshold;

static double alarm_cdf(double x)
{
    return 1.0 - gamma_tail(law.pulses, x) / gamma_tail(law.pulses, alarm_threshold);
}

static void false_alarms_are_as_strong_as_noise_above_the_threshold(void **state)
{
    (void)state;
    static const struct {
        int pulses;
        float threshold;
    } cases[] = {{1, 13.815511f}, {10, 32.710342f}, {64, 110.0f}, {64, 30.0f}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        qf_radar radar = stand_radar();
        law.pulses = cases[c].pulses;
        radar.pulses = law.pulses;
        radar.threshold = cases[c].threshold;
        alarm_threshold = (double)radar.threshold;
        /* the threshold falls after i events with a Poisson's probability, given that i < N */
        double cdf = 0.0;
        for (int k = 0; k < law.pulses; k++) {
            const int i = law.pulses - 1 - k;
            cdf += exp(i * log(alarm_threshold) - alarm_threshold - lgamma(i + 1.0)) /
                   gamma_tail(law.pulses, alarm_threshold);
            radar.alarm_shape_cdf[k] = cdf;
        }
        qf_plots plots = stand_plots();
        const qf_look look = {.seed = 9, .tick = 3};
        enum { EACH = 100, N = 50000 };
        for (uint32_t i = 0; i < N / EACH; i++) {
            const qf_observer observer = observer_of(i);
            plots.n = 0;
            qf_radar_alarm(&radar, &look, &observer, EACH, &plots);
            assert_int_equal(plots.n, EACH);
            for (size_t k = 0; k < EACH; k++) {
                draws[i * EACH + k] = (double)plots.power[k];
            }
        }
        const double p = ks_p_value(ks_statistic(draws, N, alarm_cdf), N);
        if (p < SIGNIFICANCE / COUNT(cases)) {
            fail_msg("%d pulses, threshold %g: p = %g", law.pulses, alarm_threshold, p);
        }
        stand_free(&plots);
    }
}

enum { PLACE_RANGE, PLACE_AZIMUTH, PLACE_SINE, PLACE_SPEED, PLACES };
static double place[PLACES][N_DRAWS];

/* alarms measured by the kernel, in body axes of their observers, as shares of their windows */
static size_t place_alarms(const qf_radar *radar, const float *arc_begin_deg, size_t per_observer)
{
    qf_plots plots = stand_plots();
    const qf_look look = {.seed = 10, .tick = 3, .arc_begin_deg = arc_begin_deg};
    size_t n = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        qf_observer observer = observer_of(i);
        stand_turn(&observer, 77.0 * i, 40.0);
        plots.n = 0;
        qf_radar_alarm(radar, &look, &observer, (uint32_t)per_observer, &plots);
        qf_kernels_best()->measure(radar, &look, &plots, 0, plots.n);
        for (size_t k = 0; k < plots.n; k++, n++) {
            assert_true(plots.target[k] == QF_NO_TARGET && plots.signal[k] == 0.0f);
            const double bearing = (double)plots.bearing_deg[k] * DEG;
            const double elevation = (double)plots.elevation_deg[k] * DEG;
            const double world[3] = {cos(elevation) * sin(bearing), cos(elevation) * cos(bearing),
                                     sin(elevation)};
            double body[3];
            for (int axis = 0; axis < 3; axis++) {
                body[axis] = radar->looks_everywhere ? world[axis] : 0.0;
                for (int j = 0; j < 3 && !radar->looks_everywhere; j++) {
                    body[axis] += world[j] * (double)observer.axes[axis][j];
                }
            }
            place[PLACE_RANGE][n] = (double)plots.range_m[k];
            place[PLACE_AZIMUTH][n] = atan2(-body[1], body[0]) / DEG;
            place[PLACE_SINE][n] = body[2];
            place[PLACE_SPEED][n] = (double)plots.vr_mps[k];
        }
    }
    stand_free(&plots);
    return n;
}

static void assert_uniform(double *values, size_t n, double low, double high, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        values[i] = (values[i] - low) / (high - low);
        if (!(values[i] >= -1e-5 && values[i] <= 1.0 + 1e-5)) {
            fail_msg("%s: %g of its window", what, values[i]);
        }
    }
    const double p = ks_p_value(ks_statistic(values, n, uniform_cdf), n);
    if (p < SIGNIFICANCE / 10) {
        fail_msg("%s: p = %g", what, p);
    }
}

static void false_alarms_are_uniform_in_what_is_measured(void **state)
{
    (void)state;
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.range_min_m = 200.0f;
    radar.range_max_m = 5000.0f;
    radar.range_end_m = 5000.0f;
    radar.azimuth_min_deg = -70.0f;
    radar.azimuth_width_deg = 100.0f;
    radar.sin_elevation_min = -0.2f;
    radar.sin_elevation_max = 0.7f;
    radar.speed_span_mps = 80.0f;
    size_t n = place_alarms(&radar, NULL, 100);
    assert_int_equal(n, 100000);
    assert_uniform(place[PLACE_RANGE], n, 200.0, 5000.0, "range");
    assert_uniform(place[PLACE_AZIMUTH], n, -70.0, 30.0, "azimuth");
    assert_uniform(place[PLACE_SINE], n, (double)-0.2f, (double)0.7f, "sine of elevation");
    assert_uniform(place[PLACE_SPEED], n, -40.0, 40.0, "radial speed");

    /* all around, ambiguous, and only what moves */
    radar = stand_radar();
    radar.range_min_m = 300.0f;
    radar.range_max_m = 3000.0f; /* one and a half spans: alarms are where ranges appear to be */
    radar.range_end_m = 2000.0f;
    radar.range_span_m = 2000.0f;
    radar.speed_min_mps = 10.0f;
    radar.speed_max_mps = 30.0f;
    n = place_alarms(&radar, NULL, 50);
    for (size_t i = 0; i < n; i++) {
        const double v = place[PLACE_SPEED][i];
        assert_true(fabs(v) >= 10.0);
        place[PLACE_SPEED][i] = v < 0.0 ? v + 10.0 : v - 10.0;
    }
    assert_uniform(place[PLACE_RANGE], n, 300.0, 2000.0, "range, ambiguous");
    assert_uniform(place[PLACE_AZIMUTH], n, -180.0, 180.0, "azimuth, all around");
    assert_uniform(place[PLACE_SINE], n, -1.0, 1.0, "sine of elevation, all around");
    assert_uniform(place[PLACE_SPEED], n, -20.0, 20.0, "radial speed of what moves");

    /* nothing bounds the speed: there is one cell of it, about zero */
    radar = stand_radar();
    radar.speed_cell_mps = 3.0f;
    n = place_alarms(&radar, NULL, 20);
    assert_uniform(place[PLACE_SPEED], n, -1.5, 1.5, "radial speed that nothing bounds");
}

static void false_alarms_of_a_rotating_radar_are_in_its_arc_and_in_its_view(void **state)
{
    (void)state;
    float begin_deg[QF_OBSERVERS];
    for (size_t i = 0; i < QF_OBSERVERS; i++) {
        begin_deg[i] = 20.0f;
    }
    qf_radar radar = stand_radar();
    radar.looks_everywhere = false;
    radar.rotates = true;
    radar.arc_width_deg = 60.0f;
    radar.range_end_m = 1000.0f;
    /* near the poles of the body azimuth is lost in single precision */
    radar.sin_elevation_min = -0.5f;
    radar.sin_elevation_max = 0.5f;
    size_t n = place_alarms(&radar, begin_deg, 20);
    assert_int_equal(n, 20000);
    assert_uniform(place[PLACE_AZIMUTH], n, 20.0, 80.0, "azimuth in the arc");
    radar.azimuth_min_deg = -50.0f;
    radar.azimuth_width_deg = 100.0f; /* to 50: half of the arc */
    n = place_alarms(&radar, begin_deg, 20);
    assert_in_range(n, 10000 - 283, 10000 + 283); /* 4 standard deviations */
    assert_uniform(place[PLACE_AZIMUTH], n, 20.0, 50.0, "azimuth in the view");
}

/* ---- what keys a draw ---- */

typedef struct draw_of {
    double echo, error, alarm_place, alarm_power, alarm_count;
} draw_of;

static draw_of draw_with(qf_look look, qf_observer observer, uint32_t target)
{
    qf_radar radar = stand_radar();
    static qf_pairs pairs;
    qf_plots plots = stand_plots();
    radar.threshold = -1.0f;
    radar.range_m = (struct qf_radar_error){100.0f, 1000.0f, 0.0f};
    radar.false_alarms = 400.0; /* counts differ, nearly always */
    pairs.n = 0;
    stand_add(&pairs, &(stand_pair){.position_m = {6000, 8000, 0}, .rcs_m2 = 1, .vehicle = target});
    pairs.world[0] = observer.world;
    pairs.vehicle[0] = observer.vehicle;
    qf_kernels_best()->detect(&radar, &look, &pairs, &plots);
    qf_radar_alarm(&radar, &look, &observer, 1, &plots);
    draw_of d = {.echo = (double)plots.power[0],
                 .alarm_place = (double)plots.bearing_deg[1],
                 .alarm_power = (double)plots.power[1],
                 .alarm_count = qf_radar_alarm_count(&radar, &look, &observer)};
    plots.signal[0] = 1.0f; /* the error alone */
    qf_kernels_best()->locate(&plots, 0, 1);
    qf_kernels_best()->measure(&radar, &look, &plots, 0, 1);
    d.error = (double)plots.range_m[0];
    stand_free(&plots);
    return d;
}

static void every_draw_is_keyed_by_seed_world_observer_tick_and_target(void **state)
{
    (void)state;
    const qf_look look = {.seed = 5, .tick = 6};
    const qf_observer observer = {.world = 7, .vehicle = 8};
    qf_look looks[6] = {look, look, look, look, look, look};
    qf_observer observers[6] = {observer, observer, observer, observer, observer, observer};
    uint32_t targets[6] = {9, 9, 9, 9, 9, 9};
    looks[1].seed++;
    looks[2].tick++;
    observers[3].world++;
    observers[4].vehicle++;
    targets[5] = 10;
    draw_of of[6];
    for (size_t k = 0; k < 6; k++) {
        of[k] = draw_with(looks[k], observers[k], targets[k]);
        for (size_t j = 0; j < k; j++) {
            assert_true(of[k].echo != of[j].echo);
            assert_true(of[k].error != of[j].error);
            if (k < 5) {
                assert_true(of[k].alarm_place != of[j].alarm_place);
                assert_true(of[k].alarm_power != of[j].alarm_power);
                assert_true(of[k].alarm_count != of[j].alarm_count);
            }
        }
    }
    assert_true(of[5].alarm_place == of[0].alarm_place && of[5].alarm_count == of[0].alarm_count);
    /* where a target stands in the lists plays no part */
    const draw_of again = draw_with(look, observer, 9);
    assert_memory_equal(&again, &of[0], sizeof again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_threshold_variable_follows_its_law_in_every_case),
        cmocka_unit_test(detections_are_as_frequent_as_closed_forms_say),
        cmocka_unit_test(errors_are_normal_with_the_deviations_of_the_formula),
        cmocka_unit_test(measured_snr_and_cross_section_are_right_in_the_mean),
        cmocka_unit_test(false_alarms_are_poisson),
        cmocka_unit_test(false_alarms_are_as_strong_as_noise_above_the_threshold),
        cmocka_unit_test(false_alarms_are_uniform_in_what_is_measured),
        cmocka_unit_test(false_alarms_of_a_rotating_radar_are_in_its_arc_and_in_its_view),
        cmocka_unit_test(every_draw_is_keyed_by_seed_world_observer_tick_and_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
