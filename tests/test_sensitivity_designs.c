/* SPDX-License-Identifier: Apache-2.0 */
/* Indices of sensitivity from designs made for them, of functions whose indices are known. */
#include "sensitivity_stand.h"

#include "draw.h"

#define PI   3.14159265358979323846
#define NONE ((double)NAN)

/* I. M. Sobol', I. L. Levitan (1999): a = 7, b = 0.1 */
static double ishigami(const double *x)
{
    return sin(x[0]) + 7.0 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}
static const double ishigami_first[3] = {0.3139, 0.4424, 0.0};
static const double ishigami_total[3] = {0.5576, 0.4424, 0.2437};

enum { G = 4 };
static const double g_coefficient[G] = {0.0, 1.0, 4.5, 9.0};
static double sobol_g(const double *x)
{
    double product = 1.0;
    for (size_t p = 0; p < G; p++) {
        product *= (fabs(4.0 * x[p] - 2.0) + g_coefficient[p]) / (1.0 + g_coefficient[p]);
    }
    return product;
}

/* the variance of each factor is 1 / (3 (1 + a)^2), of a product that of independent factors of mean 1 */
static void g_indices(size_t p, double *first, double *total)
{
    double all = 1.0;
    double others = 1.0;
    double own = 0.0;
    for (size_t i = 0; i < G; i++) {
        const double v = 1.0 / (3.0 * (1.0 + g_coefficient[i]) * (1.0 + g_coefficient[i]));
        all *= 1.0 + v;
        others *= i == p ? 1.0 : 1.0 + v;
        own = i == p ? v : own;
    }
    *first = own / (all - 1.0);
    *total = own * others / (all - 1.0);
}

static double linear(const double *x)
{
    return 3.0 * x[0] - 2.0 * x[1] + 0.5 * x[2];
}

static void open_function(sensitivity_stand *s, qf_sampling sampling, size_t n_parameters,
                          double low, double high, size_t n, stand_function *f, uint64_t seed)
{
    stand_open(s, sampling, n_parameters, low, high, n);
    stand_design(s, seed);
    stand_table(s);
    stand_fill(s, f);
    (void)stand_ask(s, seed);
}

/* ---- Saltelli ---- */

static void ishigamis_indices_are_within_their_intervals(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        sensitivity_stand s;
        open_function(&s, QF_SAMPLING_SALTELLI, 3, -PI, PI, 2048, ishigami, seed);
        for (size_t p = 0; p < 3; p++) {
            assert_int_equal(s.all[p].n, 2048);
            assert_near(s.all[p].first, ishigami_first[p], 0.02);
            assert_near(s.all[p].total, ishigami_total[p], 0.02);
            assert_true(covers(s.all[p].of_first, ishigami_first[p]));
            assert_true(covers(s.all[p].of_total, ishigami_total[p]));
            assert_true(s.all[p].of_first.high - s.all[p].of_first.low < 0.15);
        }
        stand_close(&s);
    }
}

static void indices_of_the_g_function_are_within_their_intervals(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_function(&s, QF_SAMPLING_SALTELLI, G, 0.0, 1.0, 4096, sobol_g, 2);
    for (size_t p = 0; p < G; p++) {
        double first, total;
        g_indices(p, &first, &total);
        assert_near(s.all[p].first, first, 0.005);
        assert_near(s.all[p].total, total, 0.005);
        assert_true(covers(s.all[p].of_first, first) && covers(s.all[p].of_total, total));
    }
    stand_close(&s);
}

/* a mean that is far from 0 does not reach the indices */
static double far_off(const double *x)
{
    return ishigami(x) + 1e6;
}

static void indices_do_not_depend_on_the_mean(void **state)
{
    (void)state;
    sensitivity_stand near, far;
    open_function(&near, QF_SAMPLING_SALTELLI, 3, -PI, PI, 256, ishigami, 1);
    open_function(&far, QF_SAMPLING_SALTELLI, 3, -PI, PI, 256, far_off, 1);
    for (size_t p = 0; p < 3; p++) {
        assert_near(far.all[p].first, near.all[p].first, 1e-7);
        assert_near(far.all[p].of_total.low, near.all[p].of_total.low, 1e-7);
    }
    stand_close(&near);
    stand_close(&far);
}

/* rows 3 and 200, of 5 points each */
static void rows_with_a_missing_value_are_left_out(void **state)
{
    (void)state;
    sensitivity_stand s, without;
    stand_open(&s, QF_SAMPLING_SALTELLI, 3, -PI, PI, 256);
    stand_design(&s, 1);
    stand_table(&s);
    stand_fill(&s, ishigami);
    stand_open(&without, QF_SAMPLING_SALTELLI, 3, -PI, PI, 254);
    stand_room(&without);
    stand_table(&without);
    size_t to = 0;
    for (size_t row = 0; row < 256; row++) {
        if (row != 3 && row != 200) {
            memcpy(without.table.metrics + 5 * to++, s.table.metrics + 5 * row,
                   5 * sizeof *s.table.metrics);
        }
    }
    s.table.metrics[5 * 3 + 2] = NONE;
    s.table.outcome[5 * 200 + 4] = QF_OUTCOME_FAILED;
    s.table.metrics[5 * 200 + 4] = NONE;
    (void)stand_ask(&s, 1);
    (void)stand_ask(&without, 1);
    for (size_t p = 0; p < 3; p++) {
        assert_int_equal(s.all[p].n, 254);
        assert_near(s.all[p].first, without.all[p].first, 1e-12);
        assert_near(s.all[p].total, without.all[p].total, 1e-12);
        assert_near(s.all[p].of_first.low, without.all[p].of_first.low, 1e-12);
    }
    stand_close(&s);
    stand_close(&without);
}

static double constant(const double *x)
{
    (void)x;
    return 0.1;
}

static void what_does_not_vary_has_no_indices(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_function(&s, QF_SAMPLING_SALTELLI, 3, 0.0, 1.0, 64, constant, 1);
    for (size_t p = 0; p < 3; p++) {
        assert_true(isnan(s.all[p].first) && isnan(s.all[p].total));
        assert_true(isnan(s.all[p].of_first.low));
    }
    stand_close(&s);
}

/* Of independent rows, which the design's are not: their intervals cover more. */
static void intervals_cover_with_independent_rows(void **state)
{
    (void)state;
    enum { ROWS = 512, RUNS = 150 };
    size_t n_first = 0;
    size_t n_total = 0;
    sensitivity_stand s;
    stand_open(&s, QF_SAMPLING_SALTELLI, 3, -PI, PI, ROWS);
    s.spec.n_resamples = 400;
    stand_room(&s);
    stand_table(&s);
    for (uint32_t run = 0; run < RUNS; run++) {
        for (uint32_t row = 0; row < ROWS; row++) {
            double a[3], b[3];
            for (uint32_t p = 0; p < 3; p++) {
                const qf_draw_key key = {
                    .seed = run, .world = row, .tick = p, .stream = QF_STREAM_VERIFY};
                const qf_philox_block block = qf_draw_block(key);
                a[p] = PI * (2.0 * qf_unit_interval(block.word[0], block.word[1]) - 1.0);
                b[p] = PI * (2.0 * qf_unit_interval(block.word[2], block.word[3]) - 1.0);
            }
            double *f = s.table.metrics + 5 * row;
            f[0] = ishigami(a);
            f[4] = ishigami(b);
            for (size_t p = 0; p < 3; p++) {
                const double kept = a[p];
                a[p] = b[p];
                f[1 + p] = ishigami(a);
                a[p] = kept;
            }
        }
        (void)stand_ask(&s, run);
        for (size_t p = 0; p < 3; p++) {
            n_first += covers(s.all[p].of_first, ishigami_first[p]);
            n_total += covers(s.all[p].of_total, ishigami_total[p]);
        }
    }
    /* 95 % of 450 are 427.5 +- 4.6 and more, as three of a run depend on one another */
    assert_in_range(n_first, 405, 445);
    assert_in_range(n_total, 405, 445);
    stand_close(&s);
}

static void no_resamples_no_intervals(void **state)
{
    (void)state;
    sensitivity_stand s;
    stand_open(&s, QF_SAMPLING_SALTELLI, 3, -PI, PI, 64);
    s.spec.n_resamples = 30; /* the 2.5 % quantile of 30 is none of them */
    stand_design(&s, 1);
    stand_table(&s);
    stand_fill(&s, ishigami);
    (void)stand_ask(&s, 1);
    assert_true(isfinite(s.all[0].first) && isnan(s.all[0].of_first.low));
    stand_close(&s);
}

static void threads_change_no_index(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_function(&s, QF_SAMPLING_SALTELLI, 3, -PI, PI, 300, ishigami, 4);
    qf_sensitivity one[3];
    memcpy(one, s.all, sizeof one);
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        s.context.n_threads = n_threads;
        assert_memory_equal(one, stand_ask(&s, 4), sizeof one);
    }
    const double low = one[0].of_first.low;
    assert_true(stand_ask(&s, 5)[0].of_first.low != low); /* another seed, other resamples */
    stand_close(&s);
}

/* ---- Morris ---- */

/* of parameters in [1, 3]: the slope times the range */
static void effects_of_a_linear_function_are_its_slopes(void **state)
{
    (void)state;
    static const double slope[3] = {6.0, -4.0, 1.0};
    sensitivity_stand s;
    open_function(&s, QF_SAMPLING_MORRIS, 3, 1.0, 3.0, 20, linear, 1);
    for (size_t p = 0; p < 3; p++) {
        assert_int_equal(s.all[p].n, 20);
        assert_near(s.all[p].mu, slope[p], 1e-12);
        assert_near(s.all[p].mu_star, fabs(slope[p]), 1e-12);
        assert_near(s.all[p].sigma, 0.0, 1e-12);
        assert_near(s.all[p].of_mu_star.low, fabs(slope[p]), 1e-12);
        assert_near(s.all[p].of_mu_star.high, fabs(slope[p]), 1e-12);
    }
    stand_close(&s);
}

/* On four levels a step moves |4 x - 2| by 1, and the other factors are 1.5 or 0.5 of it, each as likely: so mu is 0,
   mu* is 2 / (1 + a), and sigma is more than that by the factors' spread. */
static void effects_of_the_g_function_fall_with_its_coefficients(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_function(&s, QF_SAMPLING_MORRIS, G, 0.0, 1.0, 4000, sobol_g, 1);
    for (size_t p = 0; p < G; p++) {
        const double mean = 2.0 / (1.0 + g_coefficient[p]);
        double squares = mean * mean;
        for (size_t i = 0; i < G; i++) {
            const double spread = 0.5 / (1.0 + g_coefficient[i]);
            squares *= i == p ? 1.0 : 1.0 + spread * spread;
        }
        assert_near(s.all[p].mu, 0.0, 0.1 * mean);
        assert_near(s.all[p].mu_star, mean, 0.03 * mean);
        assert_near(s.all[p].sigma, sqrt(squares), 0.03 * sqrt(squares));
        assert_true(covers(s.all[p].of_mu_star, mean));
    }
    stand_close(&s);
}

static void trajectories_with_a_missing_value_are_left_out(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_function(&s, QF_SAMPLING_MORRIS, 3, 0.0, 1.0, 20, linear, 1);
    s.table.metrics[4 * 6 + 1] = NONE;
    for (size_t k = 4 * 9; k < 4 * 10; k++) {
        s.table.metrics[k] = NONE;
    }
    s.table.metrics[4 * 6 + 2] = 1e9; /* of a trajectory that does not count */
    (void)stand_ask(&s, 1);
    for (size_t p = 0; p < 3; p++) {
        assert_int_equal(s.all[p].n, 18);
        assert_near(s.all[p].sigma, 0.0, 1e-12);
    }
    stand_close(&s);
}

static void intervals_of_effects_cover(void **state)
{
    (void)state;
    enum { RUNS = 100 };
    size_t n = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        sensitivity_stand s;
        open_function(&s, QF_SAMPLING_MORRIS, G, 0.0, 1.0, 40, sobol_g, seed);
        for (size_t p = 0; p < G; p++) {
            n += covers(s.all[p].of_mu_star, 2.0 / (1.0 + g_coefficient[p]));
        }
        stand_close(&s);
    }
    assert_in_range(n, 368, 396); /* 95 % of 400 are 380 +- 4.4 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigamis_indices_are_within_their_intervals),
        cmocka_unit_test(indices_of_the_g_function_are_within_their_intervals),
        cmocka_unit_test(indices_do_not_depend_on_the_mean),
        cmocka_unit_test(rows_with_a_missing_value_are_left_out),
        cmocka_unit_test(what_does_not_vary_has_no_indices),
        cmocka_unit_test(intervals_cover_with_independent_rows),
        cmocka_unit_test(no_resamples_no_intervals),
        cmocka_unit_test(threads_change_no_index),
        cmocka_unit_test(effects_of_a_linear_function_are_its_slopes),
        cmocka_unit_test(effects_of_the_g_function_fall_with_its_coefficients),
        cmocka_unit_test(trajectories_with_a_missing_value_are_left_out),
        cmocka_unit_test(intervals_of_effects_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
