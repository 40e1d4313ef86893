/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "svg.h"
#include "written.h"

#define NOT_A_NUMBER ((double)NAN)
#define ENDLESS      ((double)INFINITY)

static const double strange[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
enum { N_STRANGE = sizeof strange / sizeof *strange };

static void what_is_not_finite_is_not_drawn(void **state)
{
    (void)state;
    written w;
    qf_svg svg = {.out = written_begin(&w), .width = 100.0, .height = 100.0};
    for (size_t i = 0; i < N_STRANGE; i++) {
        const double x = strange[i];
        qf_svg_line(&svg, "a", x, 0, 1, 1);
        qf_svg_line(&svg, "a", 0, x, 1, 1);
        qf_svg_line(&svg, "a", 0, 0, x, 1);
        qf_svg_line(&svg, "a", 0, 0, 1, x);
        qf_svg_rect(&svg, "a", x, 0, 1, 1, NULL);
        qf_svg_rect(&svg, "a", 0, x, 1, 1, NULL);
        qf_svg_rect(&svg, "a", 0, 0, x, 1, NULL);
        qf_svg_rect(&svg, "a", 0, 0, 1, x, NULL);
        qf_svg_circle(&svg, "a", x, 0, 1, NULL);
        qf_svg_circle(&svg, "a", 0, x, 1, NULL);
        qf_svg_circle(&svg, "a", 0, 0, x, NULL);
        qf_svg_text(&svg, "a", 's', x, 0, "text");
        qf_svg_text(&svg, "a", 's', 0, x, "text");
    }
    qf_svg_rect(&svg, "a", 0, 0, -1, 1, NULL);
    qf_svg_circle(&svg, "a", 0, 0, -1, NULL);
    assert_string_equal(written_end(&w), "");
    written_free(&w);
}

static void what_is_far_beyond_the_picture_still_is_a_length(void **state)
{
    (void)state;
    written w;
    qf_svg svg = {.out = written_begin(&w), .width = 100.0, .height = 100.0};
    qf_svg_line(&svg, "a", -1e300, 1e300, 1, 2);
    qf_svg_path path = qf_svg_path_begin(&svg, "a");
    qf_svg_path_to(&path, 1e300, -1e300);
    qf_svg_path_end(&path, false);
    assert_string_equal(written_end(&w),
                        "<line class=\"a\" x1=\"-1000000\" y1=\"1000000\" x2=\"1\" y2=\"2\"/>\n"
                        "<path class=\"a\" d=\"M1000000 -1000000\"/>\n");
    written_free(&w);
}

static void lengths_have_a_digit_after_the_point_where_it_is_not_0(void **state)
{
    (void)state;
    written w;
    qf_svg svg = {.out = written_begin(&w), .width = 100.0, .height = 100.0};
    qf_svg_line(&svg, "s0", 1.0, 2.25, -0.04, -3.16);
    assert_string_equal(written_end(&w),
                        "<line class=\"s0\" x1=\"1\" y1=\"2.3\" x2=\"0\" y2=\"-3.2\"/>\n");
    written_free(&w);
}

static void gap_interrupts_a_path(void **state)
{
    (void)state;
    written w;
    qf_svg svg = {.out = written_begin(&w), .width = 100.0, .height = 100.0};
    qf_svg_path path = qf_svg_path_begin(&svg, "s1");
    qf_svg_path_to(&path, NOT_A_NUMBER, 1);
    qf_svg_path_to(&path, 0, 0);
    qf_svg_path_to(&path, 0.01, 0.01); /* the same point on a picture */
    qf_svg_path_to(&path, 5, 0);
    qf_svg_path_to(&path, 6, ENDLESS);
    qf_svg_path_to(&path, 7, 1);
    qf_svg_path_to(&path, 8, 1);
    qf_svg_path_end(&path, true);
    assert_string_equal(written_end(&w), "<path class=\"s1\" d=\"M0 0L5 0M7 1L8 1Z\"/>\n");
    written_free(&w);
}

static void names_in_pictures_cannot_become_markup(void **state)
{
    (void)state;
    static const char evil[] = "\"/></svg><script>";
    written w;
    qf_svg svg = qf_svg_begin(written_begin(&w), 10, 10, evil, evil);
    qf_svg_text(&svg, "tick", 'm', 1, 1, "%s", evil);
    qf_svg_rect(&svg, "f0", 1, 1, 1, 1, evil);
    qf_svg_circle(&svg, "f0", 1, 1, 1, evil);
    qf_svg_end(&svg);
    const char *text = written_end(&w);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "\"\"/"));
    assert_ptr_equal(strstr(text, "</svg>"), text + strlen(text) - strlen("</svg>\n"));
    written_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_finite_is_not_drawn),
        cmocka_unit_test(what_is_far_beyond_the_picture_still_is_a_length),
        cmocka_unit_test(lengths_have_a_digit_after_the_point_where_it_is_not_0),
        cmocka_unit_test(gap_interrupts_a_path),
        cmocka_unit_test(names_in_pictures_cannot_become_markup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
