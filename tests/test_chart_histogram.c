/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a histogram stand. The picture is 420 by 290; values lie from 52 to 408, counts from 246 up. */
#include "chart_histogram.h"

#include "chart_stand.h"

/* bins [0, 1) and [1, 2], and 2 % of room on either side: 356 / 2.08 units for 1 */
#define UNIT      (356.0 / 2.08)
#define AT(value) (52.0 + ((value) + 0.04) * UNIT)

static const qf_histogram_bins bins = {
    .n_bins = 2, .edges = {0.0, 1.0, 2.0}, .count = {{4, 1}, {0, 1}}};

static void bars_have_their_places_and_heights(void **state)
{
    (void)state;
    const qf_histogram_chart chart = {.bins = &bins,
                                      .kinds = {"good", "less <good>"},
                                      .mean = (double)NAN,
                                      .title = "t",
                                      .label = "kg"};
    drawing d;
    drawing_begin(&d);
    qf_chart_histogram(d.out, &chart);
    drawing_end(&d);
    /* without marks counts have 246 - 44 = 202 units for 4 */
    assert_drawn(&d, "<rect class=\"f0\"", 0, "x", AT(0.0));
    assert_drawn(&d, "<rect class=\"f0\"", 0, "width", UNIT - 0.6);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "y", 44.0);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "height", 202.0);
    assert_drawn(&d, "<rect class=\"f0\"", 1, "x", AT(1.0));
    assert_drawn(&d, "<rect class=\"f0\"", 1, "y", 246.0 - 50.5);
    assert_drawn(&d, "<rect class=\"f0\"", 1, "height", 50.5);
    /* the second kind stands on the first, and is hatched */
    assert_drawn(&d, "<rect class=\"f1\"", 0, "x", AT(1.0));
    assert_drawn(&d, "<rect class=\"f1\"", 0, "y", 246.0 - 101.0);
    assert_int_equal(count_drawn(&d, "<path class=\"hatch\""), 2); /* bars and legend */
    assert_has(d.text, "less &lt;good&gt;");
    drawing_free(&d);
}

static void marks_and_the_mean_stand_at_their_values(void **state)
{
    (void)state;
    const qf_histogram_mark marks[] = {{0.5, "5 %", "s7", 0},
                                       {0.52, "hidden", "s7", 0}, /* would cover the first */
                                       {1.5, "limit", "limit", 1},
                                       {9.0, "away", "limit", 1}};
    const qf_histogram_chart chart = {.bins = &bins,
                                      .kinds = {"good", NULL},
                                      .marks = marks,
                                      .n_marks = 3,
                                      .mean = 1.0,
                                      .of_mean = {0.75, 1.25},
                                      .title = "t",
                                      .label = "kg"};
    drawing d;
    drawing_begin(&d);
    qf_chart_histogram(d.out, &chart);
    drawing_end(&d);
    assert_drawn(&d, "<line class=\"s7\"", 0, "x1", AT(0.5));
    assert_drawn(&d, "<line class=\"s7\"", 0, "x2", AT(0.5));
    assert_drawn(&d, "<line class=\"s7\"", 0, "y2", 246.0);
    assert_drawn(&d, "<line class=\"limit\"", 0, "x1", AT(1.5));
    assert_drawn(&d, "<circle class=\"mean\"", 0, "cx", AT(1.0));
    assert_drawn(&d, "<line class=\"mean thick\"", 0, "x1", AT(0.75));
    assert_drawn(&d, "<line class=\"mean thick\"", 0, "x2", AT(1.25));
    assert_has(d.text, ">5 %<");
    assert_has_not(d.text, "hidden");
    drawing_free(&d);
}

static void a_mark_that_is_far_away_does_not_squeeze_the_bars(void **state)
{
    (void)state;
    const qf_histogram_mark mark = {9.0, "away", "limit", 0};
    const qf_histogram_chart chart = {.bins = &bins,
                                      .kinds = {"good", NULL},
                                      .marks = &mark,
                                      .n_marks = 1,
                                      .mean = (double)NAN,
                                      .title = "t",
                                      .label = "kg"};
    drawing d;
    drawing_begin(&d);
    qf_chart_histogram(d.out, &chart);
    drawing_end(&d);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "width", UNIT - 0.6);
    assert_has_not(d.text, "away");
    drawing_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_have_their_places_and_heights),
        cmocka_unit_test(marks_and_the_mean_stand_at_their_values),
        cmocka_unit_test(a_mark_that_is_far_away_does_not_squeeze_the_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
