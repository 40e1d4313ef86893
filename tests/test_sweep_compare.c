/* SPDX-License-Identifier: Apache-2.0 */
#include "report_stand.h"

/* scipy 1.17: ttest_rel */
static void numbers_are_compared_by_the_paired_t_test(void **state)
{
    (void)state;
    const double none = (double)NAN;
    const double a[] = {1.0, 2.0, none, 3.0, 4.0, 5.0, 9.0};
    const double b[] = {1.5, 2.25, 1.0, 3.0, 5.0, 4.5, none};
    const qf_paired_difference d = qf_compare_metric(a, b, 7, false, 0.95);
    assert_int_equal(d.n, 5); /* that both have */
    assert_near(d.mean, 0.25, 1e-15);
    assert_near(d.sd, 0.5590169943749475, 1e-15);
    assert_interval(d.of_mean, -0.44411127629944835, 0.9441112762994484, 1e-12);
    assert_near(d.p_value, 0.37390096630005887, 1e-12);
    /* the other way round */
    const qf_paired_difference back = qf_compare_metric(b, a, 7, false, 0.95);
    assert_near(back.mean, -0.25, 1e-15);
    assert_near(back.p_value, d.p_value, 0.0);
}

/* scipy 1.17: binomtest of those that differ */
static void truths_are_compared_by_mcnemars_exact_test(void **state)
{
    (void)state;
    double a[40] = {0}, b[40] = {0};
    for (size_t i = 0; i < 9; i++) { /* of 9 pairs that differ 2 have it in a */
        a[i] = i < 2 ? 1.0 : 0.0;
        b[i] = 1.0 - a[i];
    }
    for (size_t i = 9; i < 20; i++) {
        a[i] = b[i] = 1.0;
    }
    const qf_paired_difference d = qf_compare_metric(a, b, 40, true, 0.95);
    assert_int_equal(d.n_only_a, 2);
    assert_int_equal(d.n_only_b, 7);
    assert_near(d.p_value, 0.1796875, 1e-14);
    assert_near(d.mean, 5.0 / 40.0, 1e-15);
    /* by hand: (3, 8) of 42 */
    const double half = 1.959963984540054 * sqrt((11.0 / 42.0 - 25.0 / 1764.0) / 42.0);
    assert_interval(d.of_mean, 5.0 / 42.0 - half, 5.0 / 42.0 + half, 1e-14);
}

static void pairs_that_all_agree_are_not_known_to_agree_always(void **state)
{
    (void)state;
    const double ones[100] = {1.0, 1.0};
    const qf_paired_difference truths = qf_compare_metric(ones, ones, 100, true, 0.95);
    assert_near(truths.p_value, 1.0, 0.0);
    assert_near(truths.mean, 0.0, 0.0);
    assert_true(truths.of_mean.low < -0.01 && truths.of_mean.high > 0.01);
    /* of numbers they are as like as t can say */
    const qf_paired_difference numbers = qf_compare_metric(ones, ones, 100, false, 0.95);
    assert_near(numbers.p_value, 1.0, 0.0);
    assert_interval(numbers.of_mean, 0.0, 0.0, 0.0);
}

static void too_few_pairs_have_no_interval(void **state)
{
    (void)state;
    const double a[] = {1.0, (double)NAN}, b[] = {2.0, 2.0};
    qf_paired_difference d = qf_compare_metric(a, b, 0, false, 0.95);
    assert_int_equal(d.n, 0);
    assert_true(isnan(d.mean) && isnan(d.p_value));
    d = qf_compare_metric(a, b, 2, false, 0.95);
    assert_int_equal(d.n, 1);
    assert_near(d.mean, 1.0, 0.0);
    assert_true(isnan(d.sd) && isnan(d.of_mean.low) && isnan(d.p_value));
}

/* Three replications of 40 points, all of which agree: what is known is what 40 cases say. */
static void pairs_of_one_point_count_once_where_they_agree(void **state)
{
    (void)state;
    enum { POINTS = 40, EACH = 3 };
    double a[POINTS * EACH], b[POINTS * EACH], one_a[POINTS], one_b[POINTS];
    for (size_t k = 0; k < POINTS; k++) {
        one_a[k] = (double)(k * k % 7);
        one_b[k] = one_a[k] + (double)(k * k * k % 11) - 4.0;
        for (size_t i = 0; i < EACH; i++) {
            a[k * EACH + i] = one_a[k];
            b[k * EACH + i] = one_b[k];
        }
    }
    const qf_paired_difference d = qf_compare_replicated(a, b, POINTS * EACH, EACH, false, 0.95);
    const qf_paired_difference one = qf_compare_metric(one_a, one_b, POINTS, false, 0.95);
    assert_int_equal(d.n, POINTS * EACH);
    assert_int_equal(d.n_points, POINTS);
    assert_interval(d.of_mean, one.of_mean.low, one.of_mean.high, 1e-12);
    assert_near(d.p_value, one.p_value, 1e-12);
    assert_true(one.p_value < 0.5);
    /* and of truths */
    for (size_t k = 0; k < (size_t)POINTS * EACH; k++) {
        a[k] = k / EACH < 10;
        b[k] = k / EACH >= 8 && k / EACH < 20;
        one_a[k / EACH] = a[k];
        one_b[k / EACH] = b[k];
    }
    const qf_paired_difference truths =
        qf_compare_replicated(a, b, POINTS * EACH, EACH, true, 0.95);
    const qf_paired_difference of_one = qf_compare_metric(one_a, one_b, POINTS, true, 0.95);
    assert_int_equal(truths.n_only_a, 8 * EACH);
    assert_interval(truths.of_mean, of_one.of_mean.low, of_one.of_mean.high, 1e-12);
    assert_near(truths.p_value, of_one.p_value, 1e-12);
}

/* Replications that differ as if they were no points' count all: nothing is lost by them. */
static void replications_that_differ_count_each(void **state)
{
    (void)state;
    enum { N = 400 };
    double a[N], b[N];
    for (size_t i = 0; i < N; i++) { /* each point has all four pairs */
        a[i] = i & 1 ? 1.0 : 0.0;
        b[i] = i & 2 ? 1.0 : 0.0;
    }
    const qf_paired_difference d = qf_compare_replicated(a, b, N, 4, true, 0.95);
    const qf_paired_difference one = qf_compare_metric(a, b, N, true, 0.95);
    assert_interval(d.of_mean, one.of_mean.low, one.of_mean.high, 0.0);
    assert_near(d.p_value, 1.0, 0.0);
    /* one point alone has no error */
    assert_true(isnan(qf_compare_replicated(a, b, 4, 4, false, 0.95).of_mean.low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_compared_by_the_paired_t_test),
        cmocka_unit_test(truths_are_compared_by_mcnemars_exact_test),
        cmocka_unit_test(pairs_that_all_agree_are_not_known_to_agree_always),
        cmocka_unit_test(too_few_pairs_have_no_interval),
        cmocka_unit_test(pairs_of_one_point_count_once_where_they_agree),
        cmocka_unit_test(replications_that_differ_count_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
