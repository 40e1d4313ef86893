/* SPDX-License-Identifier: Apache-2.0 */
#include "tick_time.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void lengths_of_ticks_are_the_fractions_they_were_written_as(void **state)
{
    (void)state;
    static const struct {
        double dt_s, p, q;
    } cases[] = {
        {0.1, 1, 10},
        {0.3, 3, 10},
        {0.05, 1, 20},
        {0.02, 1, 50},
        {1.0 / 3, 1, 3},
        {1.0, 1, 1},
        {7.0, 7, 1},
        {86400.0, 86400, 1},
        {0.001, 1, 1000},
        {1e-6, 1, 1000000},
        {0.7, 7, 10},
        {1.0 / 60, 1, 60},
        {2.5, 5, 2},
        {0.123456, 1929, 15625},
        {0.999999, 999999, 1000000},
        {12345.6, 61728, 5},
        {2147483647.0, 2147483647.0, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const qf_tick_fraction fraction = qf_tick_fraction_of(cases[i].dt_s);
        assert_true(fraction.p == cases[i].p && fraction.q == cases[i].q);
    }
}

static void lengths_without_a_fraction_are_multiplied(void **state)
{
    (void)state;
    static const double lengths_s[] = {
        0x1.921fb54442d18p-1, 1e-9, 1e-300, 1e300, 4294967296.5, 0.1234567891,
        0x1.999999999999bp-4};
    for (size_t i = 0; i < COUNT(lengths_s); i++) {
        const qf_tick_fraction fraction = qf_tick_fraction_of(lengths_s[i]);
        assert_true(fraction.p == lengths_s[i] && fraction.q == 1.0);
        assert_true(qf_seconds_of_ticks(7.0, fraction) == 7.0 * lengths_s[i]);
    }
}

/* as decimal fractions are read: 3 ticks of 0.3 s are the number that "0.9" stands for */
static void seconds_of_ticks_are_the_numbers_that_stand_for_them(void **state)
{
    (void)state;
    static const int tenths[] = {1, 2, 3, 5, 7, 11, 25};
    size_t n_products_that_differ = 0;
    for (size_t i = 0; i < COUNT(tenths); i++) {
        char text[32];
        snprintf(text, sizeof text, "%d.%d", tenths[i] / 10, tenths[i] % 10);
        const double dt_s = strtod(text, NULL);
        const qf_tick_fraction fraction = qf_tick_fraction_of(dt_s);
        for (int ticks = 0; ticks < 20000; ticks++) {
            const int total = ticks * tenths[i];
            snprintf(text, sizeof text, "%d.%d", total / 10, total % 10);
            assert_true(qf_seconds_of_ticks(ticks, fraction) == strtod(text, NULL));
            n_products_that_differ += ticks * dt_s != strtod(text, NULL);
        }
    }
    assert_true(n_products_that_differ > 10000); /* else it would not matter */
}

static void ticks_span_the_seconds_and_rounding_adds_none(void **state)
{
    (void)state;
    static const double lengths_s[] = {0.1, 0.3, 0.05, 1.0 / 3, 0.7, 0.001, 1.0, 12.34};
    for (size_t i = 0; i < COUNT(lengths_s); i++) {
        const qf_tick_fraction fraction = qf_tick_fraction_of(lengths_s[i]);
        for (double ticks = 0; ticks < 1e12; ticks = 3 * ticks + 1) {
            const double seconds = qf_seconds_of_ticks(ticks, fraction);
            assert_true(qf_ticks_of_seconds(seconds, lengths_s[i]) == ticks);
            assert_true(qf_ticks_of_seconds(ticks * lengths_s[i], lengths_s[i]) == ticks);
            assert_true(qf_ticks_of_seconds(seconds + 0.01 * lengths_s[i], lengths_s[i]) ==
                        ticks + 1);
        }
    }
    assert_true(isinf(qf_ticks_of_seconds((double)INFINITY, 0.1)));
    assert_true(isnan(qf_ticks_of_seconds(0.0, 0.0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_ticks_are_the_fractions_they_were_written_as),
        cmocka_unit_test(lengths_without_a_fraction_are_multiplied),
        cmocka_unit_test(seconds_of_ticks_are_the_numbers_that_stand_for_them),
        cmocka_unit_test(ticks_span_the_seconds_and_rounding_adds_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
