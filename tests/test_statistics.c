/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of distributions are only as good as their own tables: these are other people's. */
#include "vehicle.h"

/* the limit's quantiles: Smirnov, "Table for estimating the goodness of fit", AMS 19 (1948) */
static void kolmogorovs_limit_has_its_published_quantiles(void **state)
{
    (void)state;
    static const struct {
        double statistic;
        double p;
    } table[] = {{1.0727, 0.20}, {1.2238, 0.10}, {1.3581, 0.05}, {1.6276, 0.01}, {1.9495, 0.001}};
    enum { SO_MANY = 1000000000 }; /* the correction for finite n is 4e-6 of the statistic */
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_near(ks_p_value(table[i].statistic, SO_MANY), table[i].p, 5e-4 * table[i].p);
    }
    assert_near(ks_p_value(KS_LIMIT_0_1_PCT, SO_MANY), 1e-3, 1e-7);
    /* both series give the same where they meet, and go to 1 */
    assert_near(ks_p_value(1.0 - 1e-6, SO_MANY), ks_p_value(1.0 + 1e-6, SO_MANY), 1e-5);
    assert_near(ks_p_value(0.5, SO_MANY), 0.9639452, 3e-6);
    assert_exact(ks_p_value(0.0, 10), 1.0);
}

/* exact critical values: Miller, "Table of percentage points of Kolmogorov statistics" (1956) */
static void a_finite_number_of_draws_has_its_published_critical_values(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double distance;
        double p;
    } table[] = {
        {10, 0.36866, 0.10},  {10, 0.40925, 0.05},  {10, 0.48893, 0.01},
        {20, 0.26473, 0.10},  {20, 0.29408, 0.05},  {20, 0.35241, 0.01},
        {100, 0.12067, 0.10}, {100, 0.13403, 0.05}, {100, 0.16081, 0.01},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        const double statistic = table[i].distance * sqrt((double)table[i].n);
        assert_near(ks_p_value(statistic, table[i].n), table[i].p, 0.04 * table[i].p);
    }
}

/* by hand: the largest step is that from 2/4 to 3/4 at 0.9 */
static void the_largest_distance_is_found_on_both_sides_of_a_step(void **state)
{
    (void)state;
    double draws[] = {0.95, 0.2, 0.9, 0.45};
    assert_near(ks_statistic(draws, 4, uniform_cdf), 2.0 * 0.4, 1e-15);
    double late[] = {0.6, 0.7};
    assert_near(ks_statistic(late, 2, uniform_cdf), sqrt(2.0) * 0.6, 1e-15);
    double early[] = {0.1, 0.2};
    assert_near(ks_statistic(early, 2, uniform_cdf), sqrt(2.0) * 0.8, 1e-15);
}

/* critical values: NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.4 */
static void chi_square_has_its_published_critical_values(void **state)
{
    (void)state;
    static const struct {
        size_t freedom;
        double x;
        double p;
    } table[] = {
        {1, 3.841, 0.05},    {1, 6.635, 0.01},   {1, 10.828, 0.001},   {2, 5.991, 0.05},
        {5, 11.070, 0.05},   {6, 22.458, 0.001}, {9, 27.877, 0.001},   {10, 18.307, 0.05},
        {10, 3.940, 0.95},   {50, 67.505, 0.05}, {100, 124.342, 0.05}, {100, 149.449, 0.001},
        {100, 77.929, 0.95}, {1, 0.004, 0.9496}, {20, 8.260, 0.99},    {30, 59.703, 0.001},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_near(chi_square_p_value(table[i].x, table[i].freedom), table[i].p,
                    1e-3 * table[i].p);
    }
    /* two degrees have a closed form: exp(-x / 2), on both sides of where the methods change */
    for (double x = 0.5; x < 40.0; x += 0.5) {
        assert_near(chi_square_p_value(x, 2), exp(-0.5 * x), 1e-14);
    }
    assert_exact(chi_square_p_value(0.0, 3), 1.0);
}

static void cells_count_by_how_far_they_are_off_their_share(void **state)
{
    (void)state;
    static const size_t found[] = {30, 50, 20};
    static const double share[] = {0.25, 0.5, 0.25};
    assert_near(chi_square_statistic(found, share, 3), 25.0 / 25.0 + 0.0 + 25.0 / 25.0, 1e-14);
}

static void correlation_is_that_of_a_worked_example(void **state)
{
    (void)state;
    static const double a[] = {1.0, 2.0, 3.0, 4.0, 5.0};
    static const double b[] = {2.0, 1.0, 4.0, 3.0, 5.0};
    assert_near(correlation(a, b, 5), 0.8, 1e-15);
    assert_near(correlation_p_value(1.959964 / 100.0, 10000), 0.05, 1e-6);
    assert_near(correlation_p_value(-3.290527 / 100.0, 10000), 0.001, 1e-8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kolmogorovs_limit_has_its_published_quantiles),
        cmocka_unit_test(a_finite_number_of_draws_has_its_published_critical_values),
        cmocka_unit_test(the_largest_distance_is_found_on_both_sides_of_a_step),
        cmocka_unit_test(chi_square_has_its_published_critical_values),
        cmocka_unit_test(cells_count_by_how_far_they_are_off_their_share),
        cmocka_unit_test(correlation_is_that_of_a_worked_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
