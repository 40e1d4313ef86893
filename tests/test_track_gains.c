/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gains and variances of the robust and the Kalman tracker against the theory of radar_reference.csv (radar_tracking.md
 * section 3): what a filter's gain is, is seen from how far one detection that is off moves a track.
 * Compiled with single precision, as shipped, and with double.
 */
#include "track_scene.h"

#ifdef QF_REAL_DOUBLE
#define NEAR(single, twice) (twice)
#else
#define NEAR(single, twice) (single)
#endif

enum { AXES = 2 }; /* along the line of sight, across it */
static const char *const axis_names[AXES] = {"along", "across"};

/* One target 1 km to the north, detected once a second to 1 m along and across; Doppler says nothing. */
static qf_tracker theory_tracker(qf_track_mode mode)
{
    qf_tracker t = track_scene_tracker(mode);
    t.ticks_per_s = 1.0;
    t.range_sd_m = 1;
    t.angle_sd_rad = QF_REAL(1e-3);
    t.speed_sd_mps = NEAR(QF_REAL(1e3), QF_REAL(1e5));
    t.prior_speed_mps = t.speed_sd_mps;
    t.gate2 = QF_REAL(1e12);
    return t;
}

static void observe(track_stand *s, const qf_tracker *tracker, uint32_t tick, double elapsed_s,
                    double east_m, double north_m, double vr_mps)
{
    const track_scene_target target = {.p = {east_m, north_m, 0.0}};
    track_stand_plot plot = track_scene_plot(&target, (track_scene_error){0});
    plot.vr_mps = vr_mps;
    track_stand_add(s, plot);
    const qf_track_frame frame = {.tick = tick, .elapsed_s = (qf_real)elapsed_s};
    track_stand_frame(s, track_stand_set(0), tracker, &frame);
    assert_int_equal(s->table.n, 1);
}

static void assert_near(double value, double expected, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance * fabs(expected))) {
        fail_msg("%s: %.15g, expected %.15g", what, value, expected);
    }
}

typedef struct measured_gains {
    double alpha, beta;
} measured_gains;

/* After `before` detections without error and `missed` frames without any, one is 10 m off along an axis. */
static measured_gains gains_of(const qf_tracker *tracker, uint32_t before, uint32_t missed,
                               size_t axis)
{
    track_stand s = track_scene_open(1, 16);
    for (uint32_t k = 0; k < before; k++) {
        observe(&s, tracker, k, k == 0 ? 0.0 : 1.0, 0.0, 1000.0, 0.0);
    }
    for (uint32_t k = 0; k < missed; k++) {
        const qf_track_frame frame = {.tick = before + k, .elapsed_s = 1};
        track_stand_frame(&s, track_stand_set(0), tracker, &frame);
    }
    const double east = axis == 0 ? 0.0 : 10.0;
    const double north = axis == 0 ? 1010.0 : 1000.0;
    observe(&s, tracker, before + missed, 1.0, east, north, 0.0);
    const measured_gains g = {
        axis == 0 ? ((double)s.table.north_m[0] - 1000.0) / 10.0 : (double)s.table.east_m[0] / 10.0,
        (axis == 0 ? (double)s.table.north_mps[0] : (double)s.table.east_mps[0]) / 10.0 *
            (1.0 + missed)};
    track_scene_close(&s);
    return g;
}

static const struct {
    const char *id;
    double index, alpha, beta;
} kalata[] = {
    {"KA1", 0.01, 0.131850991273301, 0.00931745141509575},
    {"KA2", 0.1, 0.36, 0.08},
    {"KA3", 0.5, 0.628373457204967, 0.304805898398896},
    {"KA4", 1.0, 0.75, 0.5},
    {"KA5", 2.0, 0.854101966249685, 0.76393202250021},
    {"KA6", 5.0, 0.945039966835868, 1.17217781462681},
};

static void assert_kalata(qf_track_mode mode)
{
    for (size_t k = 0; k < sizeof kalata / sizeof *kalata; k++) {
        qf_tracker tracker = theory_tracker(mode);
        tracker.acceleration_sd_mps2 = (qf_real)kalata[k].index;
        for (size_t axis = 0; axis < AXES; axis++) {
            const measured_gains g = gains_of(&tracker, 400, 0, axis);
            char what[64];
            snprintf(what, sizeof what, "%s %s", kalata[k].id, axis_names[axis]);
            /* across, a detection that is off is a little farther, and turns the line of sight */
            const double tolerance = axis == 0 ? NEAR(2e-4, 2e-9) : 1e-3;
            assert_near(g.alpha, kalata[k].alpha, tolerance, what);
            assert_near(g.beta, kalata[k].beta, tolerance, what);
        }
    }
}

static void robust_gains_settle_to_kalata(void **state)
{
    (void)state;
    assert_kalata(QF_TRACK_ROBUST);
}

/* the steady state of the Riccati equation is the table's second way */
static void kalman_gains_settle_to_kalata(void **state)
{
    (void)state;
    assert_kalata(QF_TRACK_KALMAN);
}

/* detection n of a target whose speed nobody knew: 2 (2n - 1) / (n (n + 1)), 6 / (n (n + 1)) */
static void gains_start_with_growing_memory(void **state)
{
    (void)state;
    const qf_track_mode modes[] = {QF_TRACK_ROBUST, QF_TRACK_KALMAN};
    for (size_t m = 0; m < 2; m++) {
        qf_tracker tracker = theory_tracker(modes[m]);
        tracker.acceleration_sd_mps2 = 0;
        for (uint32_t n = 2; n <= 8; n++) {
            const measured_gains g = gains_of(&tracker, n - 1, 0, 0);
            assert_near(g.alpha, 2.0 * (2.0 * n - 1.0) / (n * (n + 1.0)), NEAR(3e-2, 1e-5),
                        "alpha");
            assert_near(g.beta, 6.0 / (n * (n + 1.0)), NEAR(3e-2, 1e-5), "beta");
        }
    }
}

/*
 * After a missed frame more is unknown: from Kalata's steady state, P11 = alpha, P12 = beta, P22 = beta (alpha - beta / 2)
 * / (1 - alpha) in units of detections, two frames of constant velocity and white acceleration further.
 */
static void gains_are_larger_after_a_missed_frame(void **state)
{
    (void)state;
    const double alpha = 0.628373457204967;
    const double beta = 0.304805898398896;
    const double q = 0.25; /* the square of index 1/2 */
    double pp = alpha;
    double pv = beta;
    double vv = beta * (alpha - beta / 2.0) / (1.0 - alpha);
    for (int frame = 0; frame < 2; frame++) {
        pp += 2.0 * pv + vv + q / 4.0;
        pv += vv + q / 2.0;
        vv += q;
    }
    qf_tracker tracker = theory_tracker(QF_TRACK_ROBUST);
    tracker.acceleration_sd_mps2 = QF_REAL(0.5);
    const measured_gains g = gains_of(&tracker, 400, 1, 0);
    assert_near(g.alpha, pp / (pp + 1.0), NEAR(2e-4, 1e-9), "alpha");
    assert_near(g.beta, 2.0 * pv / (pp + 1.0), NEAR(2e-4, 1e-9), "beta");
}

/* a target that moves fast and is seen seldom: the index is 250, and beyond 1 a gain of speed would overshoot */
static void the_second_detection_does_not_overshoot(void **state)
{
    (void)state;
    qf_tracker tracker = theory_tracker(QF_TRACK_ROBUST);
    tracker.acceleration_sd_mps2 = 1;
    tracker.prior_speed_mps = 30;
    track_stand s = track_scene_open(1, 16);
    for (uint32_t k = 0; k < 2; k++) {
        observe(&s, &tracker, 50 * k, 5.0 * k, -100.0 + 100.0 * k, 10000.0, 0.0);
    }
    assert_near((double)s.table.east_mps[0], 20.0, 0.01, "speed");
    track_scene_close(&s);
}

static void given_gains_are_used_as_they_are(void **state)
{
    (void)state;
    qf_tracker tracker = theory_tracker(QF_TRACK_ROBUST);
    tracker.gains_given = true;
    tracker.alpha = QF_REAL(0.6);
    tracker.beta = QF_REAL(0.1);
    for (size_t axis = 0; axis < AXES; axis++) {
        for (uint32_t missed = 0; missed < 2; missed++) {
            const measured_gains g = gains_of(&tracker, 100, missed, axis);
            assert_near(g.alpha, 0.6, axis == 0 ? NEAR(1e-4, 1e-8) : 1e-3, axis_names[axis]);
            assert_near(g.beta, 0.1, axis == 0 ? NEAR(1e-4, 1e-8) : 1e-3, axis_names[axis]);
        }
    }
}

static const struct {
    const char *id;
    double alpha, beta, position, speed, prediction;
} ratios[] = {
    {"VR1", 0.6, 0.1, 0.45679012345679, 0.0123456790123457, 0.604938271604938},
    {"VR2", 0.5, 0.1666666666, 0.411764705882353, 0.0392156862745098, 0.647058823529412},
    {"VR3", 0.85, 0.005, 0.739331026528258, 2.56311674996796e-5, 0.748045623478149},
    {"VR4", 0.2, 0.0222222222, 0.15527950310559, 0.00138026224982747, 0.180124223602484},
};

static qf_tracker ratio_tracker(size_t k)
{
    qf_tracker t = theory_tracker(QF_TRACK_ROBUST);
    t.gains_given = true;
    t.alpha = (qf_real)ratios[k].alpha;
    t.beta = (qf_real)ratios[k].beta;
    t.acceleration_sd_mps2 = 0;
    return t;
}

static void variances_of_given_gains_are_the_filters_own(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof ratios / sizeof *ratios; k++) {
        const qf_tracker tracker = ratio_tracker(k);
        track_stand s = track_scene_open(1, 16);
        for (uint32_t tick = 0; tick < 6000; tick++) { /* VR3 forgets a speed slowly */
            observe(&s, &tracker, tick, tick == 0 ? 0.0 : 1.0, 0.0, 1000.0, 0.0);
        }
        for (size_t axis = 0; axis < AXES; axis++) {
            qf_real *const *v = s.table.variance + 3 * axis;
            const double pp = (double)v[0][0];
            const double pv = (double)v[1][0];
            const double vv = (double)v[2][0];
            const double tolerance = NEAR(2e-4, 1e-8);
            assert_near(pp, ratios[k].position, tolerance, ratios[k].id);
            assert_near(vv, ratios[k].speed, tolerance, ratios[k].id);
            assert_near(pp + 2.0 * pv + vv, ratios[k].prediction, tolerance, ratios[k].id);
        }
        track_scene_close(&s);
    }
}

enum { RING = 64, RING_FRAMES = 1500, RING_FROM = 300, RING_EVERY = 30 };

/* 64 targets in a circle, detected with errors along the line of sight only */
static void errors_of_given_gains_are_as_wide_as_that(void **state)
{
    (void)state;
    qf_tracker tracker = ratio_tracker(0);
    tracker.prior_speed_mps = 1;
    tracker.gate2 = 100;
    tracker.merge2 = 0;
    track_stand s = track_scene_open(RING, RING);
    double sum2[3] = {0};
    size_t samples = 0;
    for (uint32_t k = 0; k < RING_FRAMES; k++) {
        track_scene_target targets[RING];
        for (size_t i = 0; i < RING; i++) {
            const double angle = 6.283185307179586 * (double)i / RING;
            targets[i] = (track_scene_target){{1000.0 * sin(angle), 1000.0 * cos(angle), 0.0}, {0}};
            track_stand_plot plot = track_scene_plot(
                &targets[i], (track_scene_error){.range_m = track_scene_normal(1, k, i, 0)});
            plot.target = (uint32_t)i + 1;
            track_stand_add(&s, plot);
        }
        track_stand_frame(&s, track_stand_set(0), &tracker,
                          &(qf_track_frame){.tick = k, .elapsed_s = k == 0 ? 0 : 1});
        assert_int_equal(s.table.n, RING);
        for (size_t i = 0; k >= RING_FROM && k % RING_EVERY == 0 && i < RING; i++) {
            const track_scene_target *target = &targets[s.table.target[i]];
            const double u[2] = {target->p[0] / 1000.0, target->p[1] / 1000.0};
            const double p = ((double)s.table.east_m[i] - target->p[0]) * u[0] +
                             ((double)s.table.north_m[i] - target->p[1]) * u[1];
            const double v =
                (double)s.table.east_mps[i] * u[0] + (double)s.table.north_mps[i] * u[1];
            sum2[0] += p * p;
            sum2[1] += v * v;
            sum2[2] += (p + v) * (p + v);
            samples++;
        }
    }
    const double four_sigma = 4.0 * sqrt(2.0 / (double)samples);
    assert_true(samples == 2560);
    assert_near(sum2[0] / (double)samples, ratios[0].position, four_sigma, "position");
    assert_near(sum2[1] / (double)samples, ratios[0].speed, four_sigma, "speed");
    assert_near(sum2[2] / (double)samples, ratios[0].prediction, four_sigma, "prediction");
    track_scene_close(&s);
}

/* LG1 ... LG3: alpha 0.6, beta 0.1, 3 m/s2, every half second */
static void lag_under_acceleration_is_the_theorys(void **state)
{
    (void)state;
    qf_tracker tracker = ratio_tracker(0);
    tracker.ticks_per_s = 2.0;
    track_stand s = track_scene_open(1, 16);
    double north = 1000.0;
    double predicted = 0.0;
    const uint32_t frames = 120;
    for (uint32_t k = 0; k < frames; k++) {
        const double t = 0.5 * k;
        north = 1000.0 + 1.5 * t * t;
        predicted = (double)s.table.north_m[0] + 0.5 * (double)s.table.north_mps[0];
        observe(&s, &tracker, k, k == 0 ? 0.0 : 0.5, 0.0, north, 0.0);
    }
    /* Doppler was said to be worthless, and was wrong; what it did is below the tolerance */
    assert_near(north - predicted, 7.5, NEAR(1e-3, 1e-5), "LG1");
    assert_near(north - (double)s.table.north_m[0], 3.0, NEAR(1e-3, 1e-5), "LG2");
    assert_near(3.0 * 0.5 * (frames - 1) - (double)s.table.north_mps[0], 8.25, NEAR(1e-3, 1e-5),
                "LG3");
    track_scene_close(&s);
}

enum { GATE_RUNS = 24, GATE_TARGETS = 64, GATE_FRAMES = 25 };

/* Runs targets that accelerate as the model says, detected with the errors that it is told of, and returns how
   many of the last frame's detections are within the gate. */
static size_t count_in_gate(qf_track_mode mode, double gate2, uint32_t missed)
{
    size_t inside = 0;
    for (uint32_t run = 0; run < GATE_RUNS; run++) {
        qf_tracker tracker = track_scene_tracker(mode);
        tracker.acceleration_sd_mps2 = QF_REAL(0.5);
        tracker.prior_speed_mps = 10;
        tracker.merge2 = 0;
        track_stand s = track_scene_open(GATE_TARGETS, 2 * GATE_TARGETS);
        track_scene_target targets[GATE_TARGETS];
        for (size_t i = 0; i < GATE_TARGETS; i++) {
            const double angle = 6.283185307179586 * (double)i / GATE_TARGETS;
            targets[i] = (track_scene_target){
                .p = {3000.0 * sin(angle), 3000.0 * cos(angle), 500.0},
            };
            for (uint32_t c = 0; c < 3; c++) {
                targets[i].v[c] = 10.0 * track_scene_normal(run, 0, i, 16 + c);
            }
        }
        for (uint32_t k = 0; k < GATE_FRAMES; k++) {
            const bool last = k + 1 == GATE_FRAMES;
            for (size_t i = 0; i < GATE_TARGETS; i++) {
                track_scene_target *t = &targets[i];
                for (uint32_t c = 0; k > 0 && c < 3; c++) {
                    const double a = 0.5 * track_scene_normal(run, k, i, 8 + c);
                    t->p[c] += t->v[c] + 0.5 * a;
                    t->v[c] += a;
                }
                const double range =
                    sqrt(t->p[0] * t->p[0] + t->p[1] * t->p[1] + t->p[2] * t->p[2]);
                track_stand_plot plot = track_scene_plot(
                    t, (track_scene_error){
                           .range_m = 5.0 * track_scene_normal(run, k, i, 0),
                           .azimuth_m = 0.0035 * range * track_scene_normal(run, k, i, 1),
                           .elevation_m = 0.0035 * range * track_scene_normal(run, k, i, 2),
                           .vr_mps = 0.5 * track_scene_normal(run, k, i, 3),
                       });
                plot.target = (uint32_t)i + 1;
                if (last || k + 1 + missed < GATE_FRAMES) {
                    track_stand_add(&s, plot);
                }
            }
            tracker.gate2 = (qf_real)(last ? gate2 : 60.0);
            /* firm tracks get a second chance, by position alone */
            memset(s.table.firm, 0, (last ? s.table.n : 0) * sizeof *s.table.firm);
            const uint32_t before = s.tally.updated;
            track_stand_frame(&s, track_stand_set(0), &tracker,
                              &(qf_track_frame){.tick = 10 * k, .elapsed_s = k == 0 ? 0 : 1});
            inside += last ? s.tally.updated - before : 0;
        }
        track_scene_close(&s);
    }
    return inside;
}

/* the inverse of chi-square's distribution with four degrees of freedom: 0.9 and 0.999 */
static void gate_holds_as_many_as_chi_square_says(void **state)
{
    (void)state;
    const qf_track_mode modes[] = {QF_TRACK_ROBUST, QF_TRACK_KALMAN};
    const double all = GATE_RUNS * GATE_TARGETS;
    for (size_t m = 0; m < 2; m++) {
        for (uint32_t missed = 0; missed < 4; missed += 3) {
            const double nine = (double)count_in_gate(modes[m], 7.779440339734858, missed) / all;
            if (fabs(nine - 0.9) > 4.0 * sqrt(0.09 / all)) {
                fail_msg("mode %zu, missed %u: %g of 0.9", m, missed, nine);
            }
            const double lost = all - (double)count_in_gate(modes[m], 18.46682695290317, missed);
            if (lost > 1e-3 * all + 4.0 * sqrt(1e-3 * all)) {
                fail_msg("mode %zu, missed %u: %g outside", m, missed, lost);
            }
        }
    }
}

/* 1 m along, 3 m across at 100 m; an unknown speed of 20 m/s across */
static qf_tracker turning_tracker(qf_track_mode mode)
{
    qf_tracker t = track_scene_tracker(mode);
    t.range_sd_m = 1;
    t.angle_sd_rad = QF_REAL(0.03);
    t.speed_sd_mps = QF_REAL(0.5);
    t.prior_speed_mps = 20;
    t.acceleration_sd_mps2 = QF_REAL(0.2);
    t.gate2 = QF_REAL(1e6);
    return t;
}

static const double along_pp = 1.0 + 0.25 + 0.04 / 4.0;
static const double across_pp = 9.0 + 400.0 + 0.04 / 4.0;

/* A target that stays, passed by an observer: what was across is along after a quarter of a turn. */
static void variances_turn_with_the_line_of_sight(void **state)
{
    (void)state;
    const qf_tracker tracker = turning_tracker(QF_TRACK_ROBUST);
    const double to[][2] = {{0.0, 100.0}, {100.0, 0.0}, {80.0, 80.0}};
    const double sin2[] = {0.0, 1.0, 0.5};
    for (size_t k = 0; k < 3; k++) {
        track_stand s = track_scene_open(1, 16);
        observe(&s, &tracker, 0, 0.0, 0.0, 100.0, 0.0);
        const qf_track_frame frame = {
            .tick = 10,
            .elapsed_s = 1,
            .moved_m = {(qf_real)-to[k][0], (qf_real)(100.0 - to[k][1]), 0},
        };
        track_stand_frame(&s, track_stand_set(0), &tracker, &frame);
        assert_near((double)s.table.variance[0][0], along_pp + sin2[k] * (across_pp - along_pp),
                    1e-5, "along");
        assert_near((double)s.table.variance[3][0],
                    across_pp - 0.5 * sin2[k] * (across_pp - along_pp), 1e-5, "across");
        track_scene_close(&s);
    }
}

/* The same where it is a detection that is elsewhere. */
static void variances_turn_to_the_detection(void **state)
{
    (void)state;
    qf_tracker tracker = turning_tracker(QF_TRACK_ROBUST);
    tracker.gains_given = true;
    tracker.alpha = QF_REAL(0.6);
    tracker.beta = QF_REAL(0.1);
    track_stand s = track_scene_open(1, 16);
    observe(&s, &tracker, 0, 0.0, 0.0, 100.0, 0.0);
    observe(&s, &tracker, 10, 1.0, 70.71067811865476, 70.71067811865476, 0.0);
    const double turned = across_pp - 0.25 * (across_pp - along_pp);
    assert_near((double)s.table.variance[3][0], 0.16 * turned + 0.36 * 9.0, 1e-5, "across");
    track_scene_close(&s);
}

/* Doppler tells where a target is across, as far as it moves across: dvr / dx = w / range. */
static void doppler_of_the_kalman_filter_corrects_the_position_across(void **state)
{
    (void)state;
    const qf_tracker tracker = turning_tracker(QF_TRACK_KALMAN);
    track_stand s = track_scene_open(1, 16);
    observe(&s, &tracker, 0, 0.0, 0.0, 100.0, 0.0);
    track_stand_add(&s, track_scene_plot(&(track_scene_target){.p = {0.0, 100.0, 0.0}},
                                         (track_scene_error){0}));
    const qf_track_frame frame = {.tick = 10, .elapsed_s = 1, .own_mps = {-50, 0, 0}};
    track_stand_frame(&s, track_stand_set(0), &tracker, &frame);
    const double slope = 50.0 / 100.0;
    const double pp = across_pp * 9.0 / (across_pp + 9.0);
    const double pv = 0.25 + 0.04 / 2.0;
    const double vv = 0.25 + 0.04 - pv * pv / (along_pp + 1.0);
    const double expected = pp - slope * pp * slope * pp / (slope * slope * pp + vv + 0.25);
    assert_near((double)s.table.variance[0][0], expected, 1e-4, "across");
    track_scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(robust_gains_settle_to_kalata),
        cmocka_unit_test(kalman_gains_settle_to_kalata),
        cmocka_unit_test(gains_start_with_growing_memory),
        cmocka_unit_test(gains_are_larger_after_a_missed_frame),
        cmocka_unit_test(the_second_detection_does_not_overshoot),
        cmocka_unit_test(given_gains_are_used_as_they_are),
        cmocka_unit_test(variances_of_given_gains_are_the_filters_own),
        cmocka_unit_test(errors_of_given_gains_are_as_wide_as_that),
        cmocka_unit_test(lag_under_acceleration_is_the_theorys),
        cmocka_unit_test(variances_turn_with_the_line_of_sight),
        cmocka_unit_test(variances_turn_to_the_detection),
        cmocka_unit_test(doppler_of_the_kalman_filter_corrects_the_position_across),
        cmocka_unit_test(gate_holds_as_many_as_chi_square_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
