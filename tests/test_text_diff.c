/* SPDX-License-Identifier: Apache-2.0 */
#include "text_diff.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>

static char printed[4096];

static size_t diff(const char *a, const char *b, size_t most)
{
    memset(printed, 0, sizeof printed);
    FILE *out = fmemopen(printed, sizeof printed, "w");
    const size_t n = qf_text_diff(out, a, b, most);
    assert_int_equal(fclose(out), 0);
    return n;
}

static void equal_texts_have_no_difference(void **state)
{
    (void)state;
    assert_int_equal(diff("", "", 9), 0);
    assert_int_equal(diff("a\nb\n", "a\nb\n", 9), 0);
    assert_string_equal(printed, "");
}

static void changed_line_is_shown_with_the_line_before(void **state)
{
    (void)state;
    assert_int_equal(diff("a\nb\nc\nd\n", "a\nb\nX\nd\n", 9), 2);
    assert_string_equal(printed, "      2  b\n-     3  c\n+     3  X\n");
}

static void lines_that_moved_are_not_all_different(void **state)
{
    (void)state;
    assert_int_equal(diff("a\nb\nc\nd\ne", "n\na\nb\nc\ne\nf\n", 9), 3);
    assert_string_equal(printed, "+     1  n\n      4  c\n-     4  d\n      5  e\n+     6  f\n");
}

static void no_more_lines_than_asked_for(void **state)
{
    (void)state;
    assert_int_equal(diff("", "a\nb\nc\n", 2), 3);
    assert_string_equal(printed, "+     1  a\n+     2  b\n... and 1 more lines\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_no_difference),
        cmocka_unit_test(changed_line_is_shown_with_the_line_before),
        cmocka_unit_test(lines_that_moved_are_not_all_different),
        cmocka_unit_test(no_more_lines_than_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
