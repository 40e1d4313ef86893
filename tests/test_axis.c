/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "axis.h"
#include "written.h"

#define NOT_A_NUMBER ((double)NAN)
#define ENDLESS      ((double)INFINITY)

/* ranges that data have had, and some that none has */
static const struct {
    double low, high;
} ranges[] = {
    {0, 1},
    {0, 0},
    {5, 5},
    {-3, -3},
    {1, 0},
    {-1, 1},
    {-7.3, -0.02},
    {0.9999999, 1.0000001},
    {0, 1e-300},
    {1e-12, 2e-12},
    {1e15, 1e15 + 2},
    {1e300, 1.5e300},
    {-DBL_MAX, DBL_MAX},
    {0, DBL_MIN / 4},
    {NOT_A_NUMBER, 3},
    {2, ENDLESS},
    {-ENDLESS, ENDLESS},
    {NOT_A_NUMBER, NOT_A_NUMBER},
    {99.5, 100},
    {0, 7200},
    {DBL_MAX, DBL_MAX},
    {3.7e9, 3.7e9},
    {-1e-320, 1e-320},
};
enum { N_RANGES = sizeof ranges / sizeof *ranges };

/* what any axis has to keep, whatever it is of */
static void assert_axis(const qf_axis *axis, size_t n_wanted)
{
    assert_true(isfinite(axis->low) && isfinite(axis->high) && axis->low < axis->high);
    double ticks[QF_AXIS_MOST_TICKS];
    const size_t n = qf_axis_ticks(axis, n_wanted, ticks);
    assert_true(n <= QF_AXIS_MOST_TICKS);
    const double width = axis->high - axis->low;
    for (size_t i = 0; i < n; i++) {
        assert_true(isfinite(ticks[i]));
        assert_true(i == 0 || ticks[i] > ticks[i - 1]);
        assert_true(ticks[i] >= axis->low - 1e-6 * width && ticks[i] <= axis->high + 1e-6 * width);
        assert_true(isfinite(qf_axis_at(axis, ticks[i])));
    }
}

static void axis_around_any_range_has_ticks_and_holds_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_RANGES; i++) {
        for (size_t n = 2; n <= 12; n += 5) {
            const qf_axis axis = qf_axis_around(ranges[i].low, ranges[i].high, n, 0.0, 100.0);
            double ticks[QF_AXIS_MOST_TICKS];
            assert_axis(&axis, n);
            assert_true(qf_axis_ticks(&axis, n, ticks) >= 2);
            /* endless is 1e300 */
            const double low = fmax(fmin(ranges[i].low, ranges[i].high), -1e300);
            const double high = fmin(fmax(ranges[i].low, ranges[i].high), 1e300);
            assert_true(isnan(ranges[i].low) || axis.low <= low + 1e-6 * (axis.high - axis.low));
            assert_true(isnan(ranges[i].high) || axis.high >= high - 1e-6 * (axis.high - axis.low));
        }
    }
}

static void exact_axis_keeps_its_bounds_where_they_are_two(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_RANGES; i++) {
        const qf_axis axis = qf_axis_exact(ranges[i].low, ranges[i].high, 0.0, 100.0);
        assert_axis(&axis, 5);
    }
    const qf_axis axis = qf_axis_exact(-7.3, -0.02, 10.0, 90.0);
    assert_true(axis.low == -7.3 && axis.high == -0.02);
    assert_true(fabs(qf_axis_at(&axis, -7.3) - 10.0) < 1e-9);
    assert_true(fabs(qf_axis_at(&axis, -0.02) - 90.0) < 1e-9);
}

static void unordered_bounds_are_put_in_order(void **state)
{
    (void)state;
    const qf_axis axis = qf_axis_exact(3, 1, 0.0, 100.0);
    assert_true(axis.low == 1.0 && axis.high == 3.0);
    /* down a picture: values rise towards its top */
    const qf_axis up = qf_axis_exact(0, 10, 200.0, 20.0);
    assert_true(qf_axis_at(&up, 0) == 200.0 && qf_axis_at(&up, 10) == 20.0);
}

static void ticks_are_numbers_that_people_like(void **state)
{
    (void)state;
    double ticks[QF_AXIS_MOST_TICKS];
    const qf_axis axis = qf_axis_around(0.3, 9.7, 6, 0.0, 100.0);
    const size_t n = qf_axis_ticks(&axis, 6, ticks);
    static const double expected[] = {0, 2, 4, 6, 8, 10};
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++) {
        assert_true(fabs(ticks[i] - expected[i]) < 1e-12);
    }
}

static void axis_of_powers_of_ten_has_one_tick_for_each(void **state)
{
    (void)state;
    qf_axis axis = qf_axis_exact(0.01, 1000, 0.0, 50.0);
    axis.log = true;
    double ticks[QF_AXIS_MOST_TICKS];
    assert_int_equal(qf_axis_ticks(&axis, 5, ticks), 6);
    for (size_t i = 0; i < 6; i++) {
        assert_true(fabs(ticks[i] / pow(10.0, (double)i - 2.0) - 1.0) < 1e-12);
        assert_true(fabs(qf_axis_at(&axis, ticks[i]) - 10.0 * (double)i) < 1e-9);
    }
    /* a value that it cannot have is nowhere */
    assert_true(!isfinite(qf_axis_at(&axis, 0.0)));
    assert_true(!isfinite(qf_axis_at(&axis, -1.0)));
    /* of many powers some */
    axis = qf_axis_exact(1e-300, 1e300, 0.0, 50.0);
    axis.log = true;
    assert_axis(&axis, 5);
    assert_true(qf_axis_ticks(&axis, 5, ticks) >= 2);
    /* within one power: something to read its scale by all the same */
    axis = qf_axis_exact(2, 7, 0.0, 50.0);
    axis.log = true;
    assert_axis(&axis, 5);
    assert_true(qf_axis_ticks(&axis, 5, ticks) >= 2);
}

static void texts_of_neighbours_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_RANGES; i++) {
        const qf_axis axis = qf_axis_around(ranges[i].low, ranges[i].high, 6, 0.0, 100.0);
        double ticks[QF_AXIS_MOST_TICKS];
        const size_t n = qf_axis_ticks(&axis, 6, ticks);
        for (size_t k = 1; k < n; k++) {
            char a[QF_TICK_BYTES], b[QF_TICK_BYTES];
            const double step = ticks[k] - ticks[k - 1];
            qf_axis_tick_text(ticks[k - 1], step, a);
            qf_axis_tick_text(ticks[k], step, b);
            assert_string_not_equal(a, b);
            assert_true(strlen(a) < 16 && strlen(b) < 16);
        }
    }
}

static void assert_tick(double value, double step, const char *expected)
{
    char text[QF_TICK_BYTES];
    assert_string_equal(qf_axis_tick_text(value, step, text), expected);
}

static void text_has_as_many_digits_as_tell_it_from_the_next(void **state)
{
    (void)state;
    assert_tick(2.0, 1.0, "2");
    assert_tick(2.0, 0.5, "2.0");
    assert_tick(0.1 + 0.2, 0.1, "0.3");
    assert_tick(-1e-17, 0.1, "0.0");
    assert_tick(25000.0, 5000.0, "25000");
    assert_tick(2e6, 1e6, "2e6");
    assert_tick(-1.002e9, 1e6, "-1.002e9");
    assert_tick(2e-6, 1e-6, "2e-6");
    assert_tick(0.0, 1e-6, "0");
}

static void drawing_of_any_axis_has_finite_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_RANGES; i++) {
        written w;
        qf_svg svg = {.out = written_begin(&w), .width = 420.0, .height = 200.0};
        const qf_axis axis = qf_axis_around(ranges[i].low, ranges[i].high, 5, 40.0, 400.0);
        qf_axis_draw_bottom(&svg, &axis, 5, 180.0, 20.0, "time in s");
        qf_axis_draw_left(&svg, &axis, 5, 40.0, NOT_A_NUMBER, "x in m");
        const char *text = written_end(&w);
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "inf"));
        assert_non_null(strstr(text, "class=\"tick\""));
        written_free(&w);
    }
}

static void time_is_in_the_unit_that_suits_it(void **state)
{
    (void)state;
    double seconds;
    assert_string_equal(qf_axis_time_unit(100.0, &seconds), "s");
    assert_true(seconds == 1.0);
    assert_string_equal(qf_axis_time_unit(600.0, &seconds), "min");
    assert_true(seconds == 60.0);
    assert_string_equal(qf_axis_time_unit(5.0 * 3600.0, &seconds), "h");
    assert_true(seconds == 3600.0);
    assert_string_equal(qf_axis_time_unit(30.0 * 86400.0, &seconds), "days");
    assert_true(seconds == 86400.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axis_around_any_range_has_ticks_and_holds_it),
        cmocka_unit_test(exact_axis_keeps_its_bounds_where_they_are_two),
        cmocka_unit_test(unordered_bounds_are_put_in_order),
        cmocka_unit_test(ticks_are_numbers_that_people_like),
        cmocka_unit_test(axis_of_powers_of_ten_has_one_tick_for_each),
        cmocka_unit_test(texts_of_neighbours_differ),
        cmocka_unit_test(text_has_as_many_digits_as_tell_it_from_the_next),
        cmocka_unit_test(drawing_of_any_axis_has_finite_lengths),
        cmocka_unit_test(time_is_in_the_unit_that_suits_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
