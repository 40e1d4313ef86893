/* SPDX-License-Identifier: Apache-2.0 */
/* Points stand where they are: x from 62 to 406, y from 256 up to 46. */
#include "chart_scatter.h"

#include "chart_binned.h"
#include "chart_stand.h"
#include "chart_trend.h"

static drawing draw(const qf_scatter_chart *chart)
{
    drawing d;
    drawing_begin(&d);
    qf_chart_scatter(d.out, chart);
    drawing_end(&d);
    return d;
}

/* 0 to 100 with 4 % of room: 344 / 108 and 210 / 108 units for 1 */
static void points_of_two_kinds_are_dots_and_crosses(void **state)
{
    (void)state;
    const double x[] = {0.0, 100.0, 50.0}, y[] = {0.0, 100.0, (double)NAN};
    const bool second[] = {false, true, false};
    const qf_scatter_chart chart = {.x = x,
                                    .y = y,
                                    .second = second,
                                    .n = 3,
                                    .kinds = {"a", "b"},
                                    .title = "t",
                                    .x_label = "x",
                                    .y_label = "y",
                                    .limit = 50.0,
                                    .x_least = (double)NAN,
                                    .y_least = (double)NAN};
    drawing d = draw(&chart);
    assert_has(d.text, "<path class=\"s0 dots\" d=\"M74.7 248.2h0\"/>");
    assert_has(d.text, "<path class=\"s1 crosses\" d=\"M390.3 50.8l6 6m0-6l-6 6\"/>");
    assert_drawn(&d, "<line class=\"limit\"", 0, "y1", 151.0);
    drawing_free(&d);
}

static void decades_have_equal_lengths(void **state)
{
    (void)state;
    const double x[] = {1.0, 2.0}, y[] = {1.0, 10000.0};
    const qf_scatter_chart chart = {.x = x,
                                    .y = y,
                                    .n = 2,
                                    .kinds = {"a", NULL},
                                    .title = "t",
                                    .x_label = "x",
                                    .y_label = "y",
                                    .y_log = true,
                                    .limit = 100.0,
                                    .x_least = (double)NAN,
                                    .y_least = (double)NAN};
    drawing d = draw(&chart);
    assert_drawn(&d, "<line class=\"limit\"", 0, "y1", 151.0); /* in the middle of 1 and 10,000 */
    drawing_free(&d);
}

static void named_points_have_their_names_and_a_diagonal(void **state)
{
    (void)state;
    const double x[] = {1.0, 4.0}, y[] = {2.0, 1.0};
    const char *const names[] = {"a<b", "c"};
    const qf_scatter_chart chart = {.x = x,
                                    .y = y,
                                    .names = names,
                                    .n = 2,
                                    .kinds = {"a", NULL},
                                    .title = "t",
                                    .x_label = "mu*",
                                    .y_label = "sigma",
                                    .limit = (double)NAN,
                                    .diagonal = true};
    drawing d = draw(&chart);
    assert_has(d.text, ">a&lt;b<");
    /* both axes begin at 0; x ends at 4.16, y at 2.08, where the diagonal is half way */
    assert_drawn(&d, "<line class=\"limit\"", 0, "x1", 62.0);
    assert_drawn(&d, "<line class=\"limit\"", 0, "y1", 256.0);
    assert_drawn(&d, "<line class=\"limit\"", 0, "x2", 234.0);
    assert_drawn(&d, "<line class=\"limit\"", 0, "y2", 46.0);
    drawing_free(&d);
}

/* shares from 0 to 1: 210 units; two words, of which each has 172 units */
static void shares_stand_over_their_words(void **state)
{
    (void)state;
    const qf_binned_share bins[] = {{.name = "on", .share = 0.0, .interval = {0.0, 0.5}},
                                    {.name = "off", .share = 1.0, .interval = {0.5, 1.0}}};
    const qf_binned_chart chart = {
        .bins = bins, .n = 2, .title = "t", .x_label = "x", .y_label = "y"};
    drawing d;
    drawing_begin(&d);
    qf_chart_binned(d.out, &chart);
    drawing_end(&d);
    assert_drawn(&d, "<circle class=\"f0\"", 0, "cx", 62.0 + 86.0);
    assert_drawn(&d, "<circle class=\"f0\"", 0, "cy", 256.0);
    assert_drawn(&d, "<circle class=\"f0\"", 1, "cx", 62.0 + 258.0);
    assert_drawn(&d, "<circle class=\"f0\"", 1, "cy", 46.0);
    assert_drawn(&d, "<line class=\"s0 thick\"", 0, "y2", 151.0);
    assert_has(d.text, ">off<");
    drawing_free(&d);
}

/* x from 62 to 392, y from 216 up to 34 */
static void a_trend_has_its_line_its_band_and_its_limit(void **state)
{
    (void)state;
    const double cases[] = {50.0, 100.0}, estimate[] = {0.5, (double)INFINITY};
    const qf_interval interval[] = {{0.0, 1.0}, {0.25, 0.75}};
    const qf_trend_chart chart = {.cases = cases,
                                  .estimate = estimate,
                                  .interval = interval,
                                  .n = 2,
                                  .limit = 0.25,
                                  .at_least = true,
                                  .title = "t",
                                  .label = "l"};
    drawing d;
    drawing_begin(&d);
    qf_chart_trend(d.out, &chart);
    drawing_end(&d);
    assert_has(d.text, "<path class=\"f0 soft\" d=\"M227 216L392 170.5L392 79.5L227 34Z\"/>");
    /* what is infinite runs along the edge */
    assert_has(d.text, "<path class=\"s0 thick\" d=\"M227 125L392 34\"/>");
    assert_drawn(&d, "<line class=\"limit\"", 0, "y1", 170.5);
    assert_drawn(&d, "<rect class=\"good soft\"", 0, "height", 136.5);
    drawing_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_of_two_kinds_are_dots_and_crosses),
        cmocka_unit_test(decades_have_equal_lengths),
        cmocka_unit_test(named_points_have_their_names_and_a_diagonal),
        cmocka_unit_test(shares_stand_over_their_words),
        cmocka_unit_test(a_trend_has_its_line_its_band_and_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
