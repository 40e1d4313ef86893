/* SPDX-License-Identifier: Apache-2.0 */
#include "number_text.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static void digits_are_grouped_by_three(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(qf_group_digits(0, text), "0");
    assert_string_equal(qf_group_digits(999, text), "999");
    assert_string_equal(qf_group_digits(1000, text), "1,000");
    assert_string_equal(qf_group_digits(1234567, text), "1,234,567");
    assert_string_equal(qf_group_digits(INT64_MAX, text), "9,223,372,036,854,775,807");
}

static void sign_is_no_digit(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(qf_group_digits(-1, text), "-1");
    assert_string_equal(qf_group_digits(-100, text), "-100");
    assert_string_equal(qf_group_digits(-1000, text), "-1,000");
    assert_string_equal(qf_group_digits(-123456, text), "-123,456");
    assert_string_equal(qf_group_digits(INT64_MIN, text), "-9,223,372,036,854,775,808");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_grouped_by_three),
        cmocka_unit_test(sign_is_no_digit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
