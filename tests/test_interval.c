/* SPDX-License-Identifier: Apache-2.0 */
#include "report_stand.h"

#include "draw.h"

/* scipy 1.17: beta.ppf and binomtest(...).proportion_ci(method="wilson") */
static void shares_have_scipys_intervals(void **state)
{
    (void)state;
    static const struct {
        double k, n, alpha, exact_low, exact_high, wilson_low, wilson_high;
    } table[] = {
        {0, 10, 0.025, 0, 0.30849710781876072, 0, 0.27753279986288926},
        {10, 10, 0.025, 0.69150289218123917, 1, 0.72246720013711085, 1},
        {3, 10, 0.025, 0.066739511177734467, 0.65245285005999731, 0.10779126740630102,
         0.60322185253885463},
        {290, 300, 0.025, 0.93955467779873436, 0.98390183243738072, 0.93973817419594519,
         0.9817950526611452},
        {9999990, 10000000, 0.025, 0.99999816096516725, 0.99999952046102958, 0.99999815905373168,
         0.9999994568013022},
        {1, 1, 0.025, 0.025, 1, 0.20654931437723745, 1},
        {50, 100, 0.05, 0.41362171463091174, 0.5863782853690882, 0.41884779611252954,
         0.58115220388747046},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_interval(qf_interval_clopper_pearson(table[i].k, table[i].n, table[i].alpha),
                        table[i].exact_low, table[i].exact_high, 1e-12);
        assert_interval(qf_interval_wilson(table[i].k, table[i].n, table[i].alpha),
                        table[i].wilson_low, table[i].wilson_high, 1e-12);
    }
    assert_true(isnan(qf_interval_wilson(0.0, 0.0, 0.025).low));
    assert_true(isnan(qf_interval_clopper_pearson(0.0, 0.0, 0.025).high));
    assert_true(isnan(qf_interval_clopper_pearson(2.0, 1.0, 0.025).high));
    assert_true(isnan(qf_interval_clopper_pearson(1.0, 2.0, (double)NAN).high));
}

static void a_mean_has_students_interval(void **state)
{
    (void)state;
    assert_interval(qf_interval_t(1.0, 2.0, 10.0, 0.025), 1.0 - 2.0 * 2.2281388519862739,
                    1.0 + 2.0 * 2.2281388519862739, 1e-13);
    assert_true(isnan(qf_interval_t(1.0, 2.0, 0.0, 0.025).low));
    assert_true(isnan(qf_interval_t(1.0, (double)INFINITY, 5.0, 0.025).low));
}

/* sums of binomial terms in scipy */
static void quantiles_lie_between_order_statistics(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        double level, alpha;
        uint64_t low, high;
    } table[] = {
        {100, 0.5, 0.025, 40, 61}, {59, 0.95, 0.025, 52, 60}, {300, 0.95, 0.05, 279, 292},
        {10, 0.5, 0.025, 2, 9},    {5, 0.5, 0.025, 0, 6},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        uint64_t low, high;
        qf_interval_quantile(table[i].n, table[i].level, table[i].alpha, &low, &high);
        assert_int_equal(low, table[i].low);
        assert_int_equal(high, table[i].high);
    }
}

static void tolerance_bounds_have_wilks_numbers(void **state)
{
    (void)state;
    assert_int_equal(qf_tolerance_n(0.95, 0.95), 59);
    assert_int_equal(qf_tolerance_n(0.99, 0.95), 299);
    assert_int_equal(qf_tolerance_n(0.99, 0.99), 459);
    assert_int_equal(qf_tolerance_n(0.90, 0.95), 29);
    assert_int_equal(qf_tolerance_n(1.0, 0.95), 0); /* no number is enough */
    assert_int_equal(qf_tolerance_rank(58, 0.95, 0.95), 0);
    assert_int_equal(qf_tolerance_rank(59, 0.95, 0.95), 59);
    assert_int_equal(qf_tolerance_rank(92, 0.95, 0.95), 92);
    assert_int_equal(qf_tolerance_rank(93, 0.95, 0.95), 92);   /* the second largest */
    assert_int_equal(qf_tolerance_rank(124, 0.95, 0.95), 122); /* the third */
    assert_int_equal(qf_tolerance_rank(0, 0.95, 0.95), 0);
}

static double bound_of(const size_t *sizes, size_t n, double alpha)
{
    return -qf_normal_quantile(qf_interval_repeated_alpha(sizes, n, alpha));
}

/* Pocock 1977, table 1; Jennison and Turnbull, Group Sequential Methods, table 2.1 */
static void equal_steps_have_pococks_constants(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double at_5_percent, at_1_percent;
    } table[] = {{1, 1.960, 2.576}, {2, 2.178, 2.772}, {3, 2.289, 2.873},
                 {4, 2.361, 2.939}, {5, 2.413, 2.986}, {10, 2.555, 3.117}};
    size_t sizes[10];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        sizes[i] = 1000 * (i + 1);
    }
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_near(bound_of(sizes, table[i].n, 0.025), table[i].at_5_percent, 5.1e-4);
        assert_near(bound_of(sizes, table[i].n, 0.005), table[i].at_1_percent, 5.1e-4);
    }
}

/* two and three looks as integrals over 400 of numpy's Gauss-Legendre points with scipy's normal distribution */
static void other_steps_have_their_own(void **state)
{
    (void)state;
    assert_near(bound_of((const size_t[]){100, 150}, 2, 0.025), 2.1466631660383686, 1e-11);
    assert_near(bound_of((const size_t[]){80, 100}, 2, 0.001), 3.2253510089210033, 1e-11);
    assert_near(bound_of((const size_t[]){100, 150, 225}, 3, 0.025), 2.265026915630066, 1e-11);
    assert_near(bound_of((const size_t[]){100, 120, 1000}, 3, 0.05), 2.010876143327765, 1e-11);
    /* looks that are too close, or none */
    assert_true(isnan(bound_of((const size_t[]){100, 102}, 2, 0.025)));
    assert_true(isnan(bound_of((const size_t[]){100, 100}, 2, 0.025)));
    assert_true(isnan(bound_of((const size_t[]){0, 100}, 2, 0.025)));
    assert_true(isnan(bound_of(NULL, 0, 0.025)));
}

/* ten looks with steps of a half, from 100 cases: sums of normals simulated */
static void growing_looks_are_crossed_with_the_chance_that_was_asked_for(void **state)
{
    (void)state;
    enum { WALKS = 100000 };
    size_t sizes[10] = {100};
    for (size_t i = 1; i < COUNT(sizes); i++) {
        sizes[i] = sizes[i - 1] + sizes[i - 1] / 2;
    }
    const double bound = bound_of(sizes, COUNT(sizes), 0.025);
    size_t crossed = 0;
    for (uint32_t walk = 0; walk < WALKS; walk++) {
        double sum = 0.0;
        size_t before = 0;
        bool beyond = false;
        for (uint32_t look = 0; look < COUNT(sizes); look++) {
            const qf_draw_key key = {
                .seed = 5, .world = walk, .vehicle = look, .stream = QF_STREAM_INITIAL, .draw = 77};
            sum += sqrt((double)(sizes[look] - before)) * qf_draw_normal(key);
            before = sizes[look];
            beyond = beyond || fabs(sum) > bound * sqrt((double)before);
        }
        crossed += beyond;
    }
    /* four standard errors */
    assert_near((double)crossed / WALKS, 0.05, 4.0 * sqrt(0.05 * 0.95 / WALKS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_have_scipys_intervals),
        cmocka_unit_test(a_mean_has_students_interval),
        cmocka_unit_test(quantiles_lie_between_order_statistics),
        cmocka_unit_test(tolerance_bounds_have_wilks_numbers),
        cmocka_unit_test(equal_steps_have_pococks_constants),
        cmocka_unit_test(other_steps_have_their_own),
        cmocka_unit_test(growing_looks_are_crossed_with_the_chance_that_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
