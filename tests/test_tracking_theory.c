/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closed forms of tracking against golden/radar_reference.csv, and against what they are the closed forms of: the
 * filter itself, run until it is steady; the steady state of its covariance; sums written another way.
 */
#include <math.h>

#include "assignment.h"
#include "reference_rows.h"
#include "beta_distribution.h"
#include "tracking_theory.h"

enum { MOST_ROWS = 96 };

static size_t compute_gains(computed *out)
{
    size_t n = 0;
    static const double indices[] = {0.01, 0.1, 0.5, 1.0, 2.0, 5.0};
    static const char *const kalata[][2] = {{"KA1a", "KA1b"}, {"KA2a", "KA2b"}, {"KA3a", "KA3b"},
                                            {"KA4a", "KA4b"}, {"KA5a", "KA5b"}, {"KA6a", "KA6b"}};
    for (size_t i = 0; i < COUNT(indices); i++) {
        const qf_gains gains = qf_kalata_gains(indices[i]);
        out[n++] = (computed){kalata[i][0], gains.alpha};
        out[n++] = (computed){kalata[i][1], gains.beta};
    }
    static const qf_gains noisy[] = {
        {0.6, 0.1}, {0.5, 1.0 / 6.0}, {0.85, 0.005}, {0.2, 0.2 * 0.2 / 1.8}};
    static const char *const ratios[][3] = {{"VR1p", "VR1v", "VR11"},
                                            {"VR2p", "VR2v", "VR21"},
                                            {"VR3p", "VR3v", "VR31"},
                                            {"VR4p", "VR4v", "VR41"}};
    for (size_t i = 0; i < COUNT(noisy); i++) {
        const qf_noise_ratios ratio = qf_gains_noise(noisy[i], 1.0);
        out[n++] = (computed){ratios[i][0], ratio.position};
        out[n++] = (computed){ratios[i][1], ratio.velocity};
        out[n++] = (computed){ratios[i][2], ratio.prediction};
    }
    static const double alphas[] = {0.2, 0.5, 0.6, 0.8};
    static const char *const bordner[] = {"BB1", "BB2", "BB3", "BB4"};
    for (size_t i = 0; i < COUNT(alphas); i++) {
        out[n++] = (computed){bordner[i], qf_benedict_bordner_beta(alphas[i])};
    }
    static const double poles[] = {0.5, 0.7, 0.9};
    static const char *const damped[] = {"CD1", "CD2", "CD3"};
    for (size_t i = 0; i < COUNT(poles); i++) {
        const qf_gains gains = qf_critically_damped_gains(poles[i]);
        out[n++] = (computed){damped[i], gains.alpha};
        out[n++] = (computed){damped[i], gains.beta};
    }
    const qf_gains reference = {0.6, 0.1};
    const qf_lags lags = qf_gains_lags(reference, 3.0, 0.5);
    const qf_poles own = qf_gains_poles(reference);
    const computed others[] = {
        {"LG1", lags.prediction_m},
        {"LG2", lags.position_m},
        {"LG3", lags.velocity_mps},
        {"AB1", own.real[0]},
        {"AB1", own.real[1]},
        {"AB2", qf_tracking_index(reference)},
        {"QT1", qf_reference_crossing_step_m(12.0, 0.6)},
    };
    memcpy(out + n, others, sizeof others);
    return n + COUNT(others);
}

/* sums of costs of the two ways to assign */
static size_t compute_assignment(computed *out)
{
    static const qf_candidate table[] = {{0, 0, 1.0}, {0, 1, 2.0}, {1, 0, 1.5}, {1, 1, 8.0}};
    qf_assignment *assignment = qf_assignment_create();
    assert_non_null(assignment);
    for (int way = 0; way < 2; way++) {
        uint32_t column_of[2];
        uint32_t row_of[2];
        const bool done =
            way == 0 ? qf_assign_nearest(assignment, table, 4, 2, 2, column_of, row_of)
                     : qf_assign_exact(assignment, table, 4, 99.0, 2, 2, column_of, row_of);
        assert_true(done);
        out[way] = (computed){"GN1", table[column_of[0]].cost + table[2 + column_of[1]].cost};
    }
    qf_assignment_free(assignment);
    return 2;
}

static size_t compute_probabilities(computed *out)
{
    size_t n = 0;
    const double one = qf_normal_density(1.0 / 4.0 + 4.0 / 9.0, 2, 6.0);
    const double other = qf_normal_density(9.0 / 4.0 + 1.0 / 9.0, 2, 6.0);
    double weight[6];
    qf_pda_weights((double[2]){one, other}, 2, 0.9, 0.99, 1e-3, weight);
    for (int i = 0; i < 3; i++) {
        out[n++] = (computed){"PDA1", weight[i]};
    }
    double density[4];
    for (int i = 0; i < 4; i++) {
        const double residual = (i % 2 == 0 ? 0.5 : 1.4) - (i < 2 ? 0.0 : 2.0);
        density[i] = qf_normal_density(residual * residual, 1, 1.0);
    }
    qf_jpda_weights(density, 2, 2, 0.9, 1.0, 0.1, weight);
    for (int i = 0; i < 6; i++) {
        out[n++] = (computed){"JPDA1", weight[i]};
    }
    const qf_approach approach =
        qf_closest_approach((double[3]){1000.0, 200.0, 0.0}, (double[3]){-50.0, 5.0, 0.0});
    const computed others[] = {
        {"CH1", qf_chi_square_quantile(1, 0.99)},
        {"CH2", qf_chi_square_quantile(2, 0.99)},
        {"CH3", qf_chi_square_quantile(3, 0.99)},
        {"CH4", qf_chi_square_quantile(3, 0.999)},
        {"CH5", qf_chi_square_quantile(3, 0.9)},
        {"MN01", qf_binomial_at_least(2, 3, 0.9)},
        {"MN02", qf_binomial_at_least(3, 5, 1e-3)},
        {"CPA1", approach.time_s},
        {"CPA1", approach.distance_m},
    };
    memcpy(out + n, others, sizeof others);
    return n + COUNT(others);
}

static void every_reference_number_that_concerns_tracking_is_met(void **state)
{
    (void)state;
    computed all[MOST_ROWS];
    size_t n = compute_gains(all);
    n += compute_assignment(all + n);
    n += compute_probabilities(all + n);
    assert_reference_met(REFERENCE_TRACKING, all, n);
}

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected))) {
        fail_msg("%.17g, not %.17g", value, expected);
    }
}

static void kalata_gains_lie_on_their_curve_and_give_their_index_back(void **state)
{
    (void)state;
    for (double index = 1e-8; index < 1e4; index *= 3.7) {
        const qf_gains gains = qf_kalata_gains(index);
        assert_true(gains.alpha > 0.0 && gains.alpha < 1.0 && qf_gains_are_stable(gains));
        assert_near(gains.beta * gains.beta / (1.0 - gains.alpha), index * index, 1e-8);
        assert_near(qf_tracking_index(gains), index, 1e-8);
        /* twice the critically damped beta at the same alpha */
        const double pole = sqrt(1.0 - gains.alpha);
        assert_near(gains.beta, 2.0 * qf_critically_damped_gains(pole).beta,
                    1e-12 / (1.0 - pole) + 1e-12 / pole);
    }
    const qf_gains none = qf_kalata_gains(0.0);
    assert_true(none.alpha == 0.0 && none.beta == 0.0);
}

/* the covariance of position and velocity where acceleration is constant over a period, until it is steady */
static void kalata_gains_are_those_of_the_steady_kalman_filter(void **state)
{
    (void)state;
    for (double index = 0.01; index < 10.0; index *= 2.3) {
        double p = 1.0;
        double c = 0.0;
        double v = 1.0;
        double alpha = 0.0;
        double beta = 0.0;
        for (int k = 0; k < 20000; k++) {
            const double predicted = p + 2.0 * c + v + index * index / 4.0;
            const double crossed = c + v + index * index / 2.0;
            const double velocity = v + index * index;
            alpha = predicted / (predicted + 1.0);
            beta = crossed / (predicted + 1.0);
            p = (1.0 - alpha) * predicted;
            c = (1.0 - alpha) * crossed;
            v = velocity - beta * crossed;
        }
        assert_near(qf_kalata_gains(index).alpha, alpha, 1e-11);
        assert_near(qf_kalata_gains(index).beta, beta, 1e-11);
    }
}

typedef struct filter {
    double position, velocity;
} filter;

static double update(filter *f, qf_gains gains, double period_s, double detected)
{
    const double predicted = f->position + f->velocity * period_s;
    const double residual = detected - predicted;
    f->position = predicted + gains.alpha * residual;
    f->velocity += gains.beta * residual / period_s;
    return predicted;
}

static const qf_gains some_gains[] = {
    {0.6, 0.1}, {0.75, 0.5}, {0.36, 0.08}, {0.9, 1.5}, {0.2, 0.5}};
static const double some_periods_s[] = {0.2, 1.0, 3.0};

static void a_filter_lags_behind_an_accelerating_target_as_stated(void **state)
{
    (void)state;
    for (size_t g = 0; g < COUNT(some_gains); g++) {
        for (size_t t = 0; t < COUNT(some_periods_s); t++) {
            const double period_s = some_periods_s[t];
            const qf_lags lags = qf_gains_lags(some_gains[g], 3.0, period_s);
            filter f = {0};
            double error_m = 0.0;
            double time_s = 0.0;
            for (int k = 1; k <= 400; k++) {
                time_s = k * period_s;
                const double truth_m = 1.5 * time_s * time_s;
                error_m = truth_m - update(&f, some_gains[g], period_s, truth_m);
            }
            assert_near(error_m, lags.prediction_m, 1e-8);
            assert_near(1.5 * time_s * time_s - f.position, lags.position_m, 1e-8);
            assert_near(3.0 * time_s - f.velocity, lags.velocity_mps, 1e-8);
        }
    }
}

/* noise passes a linear filter with the sum of the squares of its answers to one detection */
static void a_filter_passes_noise_as_stated(void **state)
{
    (void)state;
    for (size_t g = 0; g < COUNT(some_gains); g++) {
        for (size_t t = 0; t < COUNT(some_periods_s); t++) {
            const double period_s = some_periods_s[t];
            const qf_noise_ratios ratio = qf_gains_noise(some_gains[g], period_s);
            filter f = {0};
            qf_noise_ratios sum = {0};
            for (int k = 0; k < 2000; k++) {
                update(&f, some_gains[g], period_s, k == 0 ? 1.0 : 0.0);
                const double ahead = f.position + f.velocity * period_s;
                sum.position += f.position * f.position;
                sum.velocity += f.velocity * f.velocity;
                sum.prediction += ahead * ahead;
            }
            assert_near(ratio.position, sum.position, 1e-12);
            assert_near(ratio.velocity, sum.velocity, 1e-12);
            assert_near(ratio.prediction, sum.prediction, 1e-12);
        }
    }
}

static void gains_are_stable_where_errors_die_out(void **state)
{
    (void)state;
    size_t stable = 0;
    for (double alpha = -0.25; alpha < 2.3; alpha += 0.11) {
        for (double beta = -0.5; beta < 4.5; beta += 0.17) {
            const qf_gains gains = {alpha, beta};
            filter f = {.position = 1.0, .velocity = 0.3};
            for (int k = 0; k < 3000; k++) {
                update(&f, gains, 1.0, 0.0);
            }
            const bool dies_out = fabs(f.position) + fabs(f.velocity) < 0.5;
            assert_int_equal(qf_gains_are_stable(gains), dies_out);
            const qf_poles poles = qf_gains_poles(gains);
            double largest = 0.0;
            for (int i = 0; i < 2; i++) {
                largest = fmax(largest, hypot(poles.real[i], poles.imaginary[i]));
            }
            assert_int_equal(largest < 1.0, dies_out);
            stable += dies_out;
        }
    }
    assert_true(stable > 100);
    assert_false(qf_gains_are_stable((qf_gains){(double)NAN, 0.1}));
    assert_false(qf_gains_are_stable((qf_gains){0.6, (double)NAN}));
}

static void poles_are_a_pair_that_multiplies_and_adds_up(void **state)
{
    (void)state;
    for (size_t g = 0; g < COUNT(some_gains); g++) {
        const qf_poles poles = qf_gains_poles(some_gains[g]);
        assert_near(poles.real[0] + poles.real[1], 2.0 - some_gains[g].alpha - some_gains[g].beta,
                    1e-13);
        assert_near(poles.real[0] * poles.real[1] - poles.imaginary[0] * poles.imaginary[1],
                    1.0 - some_gains[g].alpha, 1e-13);
        assert_true(poles.imaginary[0] == -poles.imaginary[1]);
    }
    const qf_poles both = qf_gains_poles(qf_critically_damped_gains(0.5));
    assert_true(both.real[0] == 0.5 && both.real[1] == 0.5 && both.imaginary[0] == 0.0);
}

/* a line of least squares through any numbers */
static void growing_memory_is_the_line_of_least_squares(void **state)
{
    (void)state;
    static const double detected[] = {3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, 6.0};
    filter f = {0};
    double sum = 0.0;
    double weighted = 0.0;
    for (int n = 1; n <= (int)COUNT(detected); n++) {
        update(&f, qf_growing_memory_gains(n), 1.0, detected[n - 1]);
        sum += detected[n - 1];
        weighted += (n - 1) * detected[n - 1];
        const double middle = 0.5 * (n - 1);
        const double spread = n * (n * (double)n - 1.0) / 12.0;
        const double slope = n > 1 ? (weighted - middle * sum) / spread : 0.0;
        assert_true(fabs(f.velocity - slope) < 1e-13);
        assert_true(fabs(f.position - (sum / n + slope * middle)) < 1e-13);
    }
}

/* by the closed forms that even and odd degrees have */
static void chi_square_stays_below_its_quantile_as_often_as_asked(void **state)
{
    (void)state;
    assert_near(qf_chi_square_quantile(4, 0.999), 18.46682695290317, 1e-12);
    static const double ps[] = {0.001, 0.5, 0.9, 0.999, 0.999999};
    for (size_t i = 0; i < COUNT(ps); i++) {
        const double one = qf_chi_square_quantile(1, ps[i]);
        const double two = qf_chi_square_quantile(2, ps[i]);
        const double three = qf_chi_square_quantile(3, ps[i]);
        const double four = qf_chi_square_quantile(4, ps[i]);
        const double pi = 3.14159265358979323846;
        assert_near(erfc(sqrt(0.5 * one)), 1.0 - ps[i], 1e-9);
        assert_near(two, -2.0 * log1p(-ps[i]), 1e-9);
        assert_near(erfc(sqrt(0.5 * three)) + sqrt(2.0 * three / pi) * exp(-0.5 * three),
                    1.0 - ps[i], 1e-9);
        assert_near((1.0 + 0.5 * four) * exp(-0.5 * four), 1.0 - ps[i], 1e-9);
    }
}

static void m_of_n_adds_up_over_all_outcomes(void **state)
{
    (void)state;
    static const double ps[] = {0.0, 1e-6, 0.3, 0.5, 0.9, 1.0};
    for (size_t i = 0; i < COUNT(ps); i++) {
        for (int n = 1; n <= 10; n++) {
            for (int m = 0; m <= n + 1; m++) {
                double sum = 0.0;
                for (uint32_t outcome = 0; outcome < UINT32_C(1) << n; outcome++) {
                    const int hits = __builtin_popcount(outcome);
                    sum += hits >= m ? pow(ps[i], hits) * pow(1.0 - ps[i], n - hits) : 0.0;
                }
                assert_near(qf_binomial_at_least(m, n, ps[i]), sum, 1e-12);
            }
        }
    }
}

/* tracks far from each other's detections are as if they were alone */
static void joint_weights_of_tracks_apart_are_those_of_each_alone(void **state)
{
    (void)state;
    static const double density[2][3] = {{0.3, 0.1, 0.0}, {0.0, 0.0, 0.2}};
    double joint[8];
    double alone[4];
    qf_jpda_weights(density[0], 2, 3, 0.8, 0.95, 0.05, joint);
    for (size_t track = 0; track < 2; track++) {
        qf_pda_weights(density[track], 3, 0.8, 0.95, 0.05, alone);
        double sum = 0.0;
        for (size_t i = 0; i < 4; i++) {
            assert_true(fabs(joint[4 * track + i] - alone[i]) < 1e-15);
            sum += alone[i];
        }
        assert_near(sum, 1.0, 1e-15);
    }
    qf_pda_weights(density[0], 0, 0.8, 0.95, 0.05, alone);
    assert_true(alone[0] == 1.0);
}

static void what_moves_away_was_nearest_now(void **state)
{
    (void)state;
    static const double position_m[3] = {3.0, 0.0, 4.0};
    static const double velocities_mps[][3] = {{1.0, 5.0, 0.0}, {0.0, 0.0, 0.0}, {4.0, 0.0, -3.0}};
    for (size_t i = 0; i < COUNT(velocities_mps); i++) {
        const qf_approach approach = qf_closest_approach(position_m, velocities_mps[i]);
        assert_true(approach.time_s == 0.0 && approach.distance_m == 5.0);
    }
    const qf_approach hit = qf_closest_approach(position_m, (double[3]){-1.5, 0.0, -2.0});
    assert_true(hit.time_s == 2.0 && hit.distance_m == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_number_that_concerns_tracking_is_met),
        cmocka_unit_test(kalata_gains_lie_on_their_curve_and_give_their_index_back),
        cmocka_unit_test(kalata_gains_are_those_of_the_steady_kalman_filter),
        cmocka_unit_test(a_filter_lags_behind_an_accelerating_target_as_stated),
        cmocka_unit_test(a_filter_passes_noise_as_stated),
        cmocka_unit_test(gains_are_stable_where_errors_die_out),
        cmocka_unit_test(poles_are_a_pair_that_multiplies_and_adds_up),
        cmocka_unit_test(growing_memory_is_the_line_of_least_squares),
        cmocka_unit_test(chi_square_stays_below_its_quantile_as_often_as_asked),
        cmocka_unit_test(m_of_n_adds_up_over_all_outcomes),
        cmocka_unit_test(joint_weights_of_tracks_apart_are_those_of_each_alone),
        cmocka_unit_test(what_moves_away_was_nearest_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
