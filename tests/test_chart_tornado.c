/* SPDX-License-Identifier: Apache-2.0 */
/* Bars from 0 to what a parameter does: -1 is at 126, 1 at 368, so 121 units for 1 and 0 at 247. */
#include "chart_tornado.h"

#include "chart_stand.h"

static const qf_interval none = {(double)NAN, (double)NAN};

static drawing draw(const qf_tornado_chart *chart)
{
    drawing d;
    drawing_begin(&d);
    qf_chart_tornado(d.out, chart);
    drawing_end(&d);
    return d;
}

static void bars_go_to_the_side_of_their_sign(void **state)
{
    (void)state;
    const qf_tornado_row rows[] = {
        {.name = "mass",
         .value = -0.5,
         .interval = {-0.6, -0.4},
         .inner = (double)NAN,
         .of_inner = none},
        {.name = "up", .value = 0.25, .interval = none, .inner = (double)NAN, .of_inner = none},
        {.name = "odd",
         .value = (double)NAN,
         .interval = none,
         .inner = (double)NAN,
         .of_inner = none}};
    const qf_tornado_chart chart = {
        .rows = rows, .n_rows = 3, .low = -1.0, .high = 1.0, .title = "t", .label = "l"};
    drawing d = draw(&chart);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "x", 247.0 - 60.5);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "width", 60.5);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "y", 12.0);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "x", 247.0);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "width", 30.25);
    assert_drawn(&d, "<line class=\"mean\"", 0, "x1", 247.0 - 72.6);
    assert_drawn(&d, "<line class=\"mean\"", 0, "x2", 247.0 - 48.4);
    assert_has(d.text, "\xe2\x88\x92"
                       "0.50"); /* the sign is written, too */
    assert_has(d.text, ">none<");
    drawing_free(&d);
}

/* of 0 to 1: 242 units */
static void sobol_indices_have_two_bars(void **state)
{
    (void)state;
    const qf_tornado_row row = {
        .name = "x1", .value = 0.5, .interval = {0.4, 0.6}, .inner = 0.25, .of_inner = {0.2, 0.3}};
    const qf_tornado_chart chart = {.rows = &row,
                                    .n_rows = 1,
                                    .high = 1.0,
                                    .title = "t",
                                    .label = "l",
                                    .outer_name = "total",
                                    .inner_name = "first"};
    drawing d = draw(&chart);
    /* the first of each class is the bar, the second the legend's square */
    assert_drawn(&d, "<rect class=\"f5\"", 0, "width", 121.0);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "width", 60.5);
    assert_drawn(&d, "<line class=\"mean\"", 3, "x1", 126.0 + 48.4);
    assert_has(d.text, ">total<");
    drawing_free(&d);
}

static void long_names_stand_above_their_bars(void **state)
{
    (void)state;
    const qf_tornado_row row = {.name = "a_parameter_with_a_long_name",
                                .value = 1.0,
                                .interval = none,
                                .inner = (double)NAN,
                                .of_inner = none};
    const qf_tornado_chart chart = {
        .rows = &row, .n_rows = 1, .low = -1.0, .high = 1.0, .title = "t", .label = "l"};
    drawing d = draw(&chart);
    assert_has(d.text, ">a_parameter_with_a_long_name</text>");
    assert_drawn(&d, "<rect class=\"f0\"", 0, "x", 14.0 + 177.0); /* 0 of 14 to 368 */
    assert_drawn(&d, "<rect class=\"f0\"", 0, "y", 6.0 + 15.0 + 6.0);
    drawing_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_go_to_the_side_of_their_sign),
        cmocka_unit_test(sobol_indices_have_two_bars),
        cmocka_unit_test(long_names_stand_above_their_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
