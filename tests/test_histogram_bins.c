/* SPDX-License-Identifier: Apache-2.0 */
/* Bins of histograms, against what can be computed by hand. */
#include "histogram_bins.h"

#include "chart_stand.h"

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void fill(double *values, size_t n, qf_histogram_bins *bins)
{
    qsort(values, n, sizeof *values, by_value);
    qf_histogram_bins_choose(values, n, bins);
    for (size_t i = 0; i < n; i++) {
        qf_histogram_bins_add(bins, 0, values[i]);
    }
}

static size_t total(const qf_histogram_bins *bins)
{
    size_t n = bins->n_below + bins->n_above;
    for (size_t i = 0; i < bins->n_bins; i++) {
        n += bins->count[0][i] + bins->count[1][i];
    }
    return n;
}

/* 0, 0.5 ... 499.5: quartiles 124.875 and 374.625, so the width is 2 * 249.75 / 10 = 49.95, ten times in the range */
static void width_is_that_of_freedman_and_diaconis(void **state)
{
    (void)state;
    double values[1000];
    for (size_t i = 0; i < 1000; i++) {
        values[i] = 0.5 * (double)i;
    }
    qf_histogram_bins bins;
    fill(values, 1000, &bins);
    assert_false(bins.log);
    assert_int_equal(bins.n_bins, 10);
    assert_true(fabs(bins.edges[1] - 49.95) < 1e-9);
    assert_true(bins.edges[10] == 499.5);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(bins.count[0][i], 100);
    }
}

static void whole_numbers_are_in_the_middle_of_bins(void **state)
{
    (void)state;
    double values[100];
    for (size_t i = 0; i < 100; i++) {
        values[i] = (double)(i % 5);
    }
    qf_histogram_bins bins;
    fill(values, 100, &bins);
    assert_int_equal(bins.n_bins, 5);
    assert_true(bins.edges[0] == -0.5 && bins.edges[5] == 4.5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(bins.count[0][i], 20);
    }
}

static void values_over_decades_have_bins_of_equal_ratio(void **state)
{
    (void)state;
    double values[401];
    for (size_t i = 0; i <= 400; i++) {
        values[i] = pow(10.0, (double)i / 100.0);
    }
    qf_histogram_bins bins;
    fill(values, 401, &bins);
    assert_true(bins.log);
    const double ratio = bins.edges[1] / bins.edges[0];
    assert_true(fabs(bins.edges[bins.n_bins] / bins.edges[bins.n_bins - 1] - ratio) < 1e-9);
    /* quartiles 10 and 1000: 2 * 2 / cbrt(401) of four decades */
    assert_int_equal(bins.n_bins, (size_t)ceil(cbrt(401.0)));
    assert_int_equal(total(&bins), 401);
}

static void what_is_far_from_all_others_is_counted_beside(void **state)
{
    (void)state;
    double values[1003];
    for (size_t i = 0; i < 1000; i++) {
        values[i] = (double)i / 1000.0;
    }
    values[1000] = 1e6;
    values[1001] = -1e6;
    values[1002] = (double)INFINITY;
    qf_histogram_bins bins;
    fill(values, 1003, &bins);
    assert_int_equal(bins.n_below, 1);
    assert_int_equal(bins.n_above, 2);
    assert_true(bins.edges[0] > -4.0 && bins.edges[bins.n_bins] < 5.0);
    assert_int_equal(total(&bins), 1003);
}

static void there_are_never_more_bins_than_fit(void **state)
{
    (void)state;
    double values[2000];
    /* half of them within a thousandth: narrow bins, and a wide range */
    for (size_t i = 0; i < 2000; i++) {
        values[i] = i < 1200 ? 1.0 + 1e-6 * (double)i : (double)i * 0.37;
    }
    qf_histogram_bins bins;
    fill(values, 2000, &bins);
    assert_true(bins.n_bins >= 1 && bins.n_bins <= QF_MOST_BINS);
    assert_int_equal(total(&bins), 2000);
}

static void equal_values_and_none_are_no_trouble(void **state)
{
    (void)state;
    double values[] = {7.0, 7.0, 7.0};
    qf_histogram_bins bins;
    fill(values, 3, &bins);
    assert_int_equal(bins.n_bins, 1);
    assert_int_equal(bins.count[0][0], 3);
    fill(values, 0, &bins);
    assert_int_equal(bins.n_bins, 0);
    double beyond[] = {(double)INFINITY, -(double)INFINITY};
    fill(beyond, 2, &bins);
    assert_int_equal(bins.n_bins, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(width_is_that_of_freedman_and_diaconis),
        cmocka_unit_test(whole_numbers_are_in_the_middle_of_bins),
        cmocka_unit_test(values_over_decades_have_bins_of_equal_ratio),
        cmocka_unit_test(what_is_far_from_all_others_is_counted_beside),
        cmocka_unit_test(there_are_never_more_bins_than_fit),
        cmocka_unit_test(equal_values_and_none_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
