/* SPDX-License-Identifier: Apache-2.0 */
/* Where charts put known data: positions are computed by hand from the layout that their headers promise. */
#include "chart_bars.h"
#include "chart_fan.h"
#include "chart_plan.h"
#include "chart_stack.h"
#include "chart_timeline.h"
#include "html.h"
#include "report_run_internal.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const double nowhere = (double)NAN;

/* All parts are there; those after a "!" are not. */
static void assert_drawn(char *text, const char *const *parts)
{
    for (; *parts; parts++) {
        const bool unwanted = **parts == '!';
        if ((strstr(text, *parts + unwanted) == NULL) != unwanted) {
            fail_msg("'%s' in:\n%s", *parts, text);
        }
    }
    free(text);
}

/* draw(out, chart) draws all these parts */
#define ASSERT_DRAWN(draw, chart, ...)                                                             \
    do {                                                                                           \
        char *text = NULL;                                                                         \
        size_t size;                                                                               \
        FILE *out = open_memstream(&text, &size);                                                  \
        assert_non_null(out);                                                                      \
        draw(out, chart);                                                                          \
        assert_int_equal(fclose(out), 0);                                                          \
        assert_drawn(text, (const char *const[]){__VA_ARGS__, NULL});                              \
    } while (0)

/* ---- fan: 350 wide from 58, 190 high from 26; 10 s and values to 10 ---- */

static const double ten_s[] = {0.0, 5.0, 10.0};

static qf_fan_chart fan_of(const qf_fan_series *series, size_t n)
{
    return (qf_fan_chart){.title = "title",
                          .y_title = "y",
                          .time_s = ten_s,
                          .n = 3,
                          .series = series,
                          .n_series = n,
                          .low = nowhere,
                          .high = nowhere};
}

static void fan_joins_values_and_fills_between_quantiles(void **state)
{
    (void)state;
    const qf_fan_series series = {.name = "a",
                                  .middle = (double[]){0.0, 5.0, 10.0},
                                  .low = (double[]){0.0, 0.0, 0.0},
                                  .high = (double[]){0.0, 10.0, 10.0}};
    const qf_fan_chart chart = fan_of(&series, 1);
    ASSERT_DRAWN(qf_chart_fan, &chart, "class=\"s0\" d=\"M58 216L233 121L408 26\"",
                 "class=\"f0 soft\" d=\"M58 216L233 26L408 26L408 216L233 216L58 216Z\"",
                 "time, s");
}

static void fan_leaves_a_gap_where_nothing_is_known_and_marks_what_is_alone(void **state)
{
    (void)state;
    const qf_fan_series series = {.name = "a", .middle = (double[]){0.0, (double)NAN, 10.0}};
    const qf_fan_chart chart = fan_of(&series, 1);
    ASSERT_DRAWN(qf_chart_fan, &chart, "d=\"M58 216M408 26\"", "cx=\"58\" cy=\"216\"",
                 "cx=\"408\" cy=\"26\"", "!nan");
}

static void fan_of_powers_of_ten_is_even_and_leaves_out_zero(void **state)
{
    (void)state;
    const qf_fan_series series = {.name = "a", .middle = (double[]){1.0, 10.0, 100.0}};
    qf_fan_chart chart = fan_of(&series, 1);
    chart.log = true;
    ASSERT_DRAWN(qf_chart_fan, &chart, "d=\"M58 216L233 121L408 26\"");
    const qf_fan_series zero = {.name = "a", .middle = (double[]){0.0, 10.0, 100.0}};
    chart.series = &zero;
    ASSERT_DRAWN(qf_chart_fan, &chart, "d=\"M233 216L408 26\"", "!inf", "!nan");
}

static void fan_tells_series_apart_by_dashes_and_names_them(void **state)
{
    (void)state;
    const qf_fan_series series[] = {
        {.name = "<scouts>", .middle = (double[]){0.0, 5.0, 10.0}, .look = 0},
        {.name = "haulers", .middle = (double[]){10.0, 5.0, 0.0}, .look = 1}};
    const qf_fan_chart chart = fan_of(series, 2);
    /* the legend takes a line of 18 */
    ASSERT_DRAWN(qf_chart_fan, &chart, "class=\"s1 dash1\" d=\"M58 44L233 139L408 234\"",
                 "&lt;scouts&gt;", ">haulers<", "!<scouts>");
}

/* the mark of a look, without its colour */
static char *draw_mark(size_t look)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    assert_non_null(out);
    qf_svg svg = qf_svg_begin(out, 10.0, 10.0, "mark", NULL);
    qf_chart_mark(&svg, look, false, 5.0, 5.0, 4.0, NULL);
    qf_svg_end(&svg);
    assert_int_equal(fclose(out), 0);
    char *class = strstr(text, "class=\"f");
    assert_non_null(class);
    class[8] = '?';
    return text;
}

static void every_look_has_a_mark_and_a_dash_of_its_own(void **state)
{
    (void)state;
    for (size_t a = 0; a < QF_CHART_SERIES; a++) {
        for (size_t b = 0; b < a; b++) {
            /* behind the colour */
            assert_string_not_equal(qf_chart_line_class(a) + 2, qf_chart_line_class(b) + 2);
            char *marks[] = {draw_mark(a), draw_mark(b)};
            assert_string_not_equal(marks[0], marks[1]);
            free(marks[0]);
            free(marks[1]);
        }
    }
}

static void fan_of_nothing_and_of_huge_values_is_finite(void **state)
{
    (void)state;
    const qf_fan_series nothing = {
        .name = "a", .middle = (double[]){(double)NAN, (double)INFINITY, -(double)INFINITY}};
    qf_fan_chart chart = fan_of(&nothing, 1);
    ASSERT_DRAWN(qf_chart_fan, &chart, "<svg", "</svg>", "!nan", "!inf");
    const qf_fan_series huge = {.name = "a", .middle = (double[]){-1e300, 0.0, 1e300}};
    chart.series = &huge;
    ASSERT_DRAWN(qf_chart_fan, &chart, "d=\"M58 216L233 121L408 26\"", "!nan", "!inf");
    chart.n = 0;
    ASSERT_DRAWN(qf_chart_fan, &chart, "</svg>", "!nan", "!inf");
}

/* ---- shares ---- */

static void shares_are_stacked_and_hold_until_the_next(void **state)
{
    (void)state;
    const double times[] = {0.0, 10.0};
    const char *const names[] = {"a", "b"};
    const double shares[] = {1.0, 0.0, 0.5, 0.5};
    const qf_stack_chart chart = {.title = "t",
                                  .y_title = "share",
                                  .time_s = times,
                                  .n = 2,
                                  .names = names,
                                  .n_names = 2,
                                  .shares = shares};
    /* below a line of legend: 190 high from 44 */
    ASSERT_DRAWN(qf_chart_stack, &chart, "class=\"f0\" d=\"M58 44L408 44L408 139L408 234L58 234Z\"",
                 "class=\"f1\" d=\"M58 44L408 44L408 139L408 44L58 44Z\"");
}

static void strips_are_as_high_as_the_share_that_holds(void **state)
{
    (void)state;
    const char *const names[] = {"docked", "avoiding"};
    const double shares[] = {0.0, 1.0, 1.0, 0.5, (double)NAN, (double)NAN};
    const qf_strips_chart chart = {
        .title = "t", .time_s = ten_s, .n = 3, .names = names, .n_names = 2, .shares = shares};
    /* 396 wide from 12; the first row stands on 42, the second on 80 */
    ASSERT_DRAWN(qf_chart_strips, &chart, "x=\"210\" y=\"24\" width=\"198\" height=\"18\"",
                 "x=\"12\" y=\"71\" width=\"198\" height=\"9\"", "!nan");
}

/* ---- bars ---- */

static void bars_have_parts_one_after_the_other(void **state)
{
    (void)state;
    const qf_bar bars[] = {
        {.name = "a", .text = "30", .value = {20.0, 10.0}, .class = {"bad", "f0"}},
        {.name = "b", .text = "-", .value = {(double)NAN}, .class = {"f1"}}};
    const qf_bars_chart chart = {.title = "t", .bars = bars, .n = 2, .longest = 100.0};
    ASSERT_DRAWN(
        qf_chart_bars, &chart, "class=\"bad\" x=\"4\" y=\"20\" width=\"82.4\" height=\"12\"",
        "class=\"f0\" x=\"86.4\" y=\"20\" width=\"41.2\" height=\"12\"", "!class=\"f1\"", "!nan");
}

static void longest_bar_fills_the_width_and_the_shortest_is_seen(void **state)
{
    (void)state;
    const qf_bar bars[] = {{.name = "a", .text = "", .value = {1e9}, .class = {"f0"}},
                           {.name = "b", .text = "", .value = {1.0}, .class = {"f1"}}};
    const qf_bars_chart chart = {.title = "t", .bars = bars, .n = 2};
    ASSERT_DRAWN(qf_chart_bars, &chart, "class=\"f0\" x=\"4\" y=\"20\" width=\"412\"",
                 "class=\"f1\" x=\"4\" y=\"56\" width=\"1.5\"");
}

static void columns_stand_on_each_other(void **state)
{
    (void)state;
    const double seen[] = {1.0, 2.0}, alarms[] = {0.0, 2.0};
    qf_columns_chart chart = {.title = "t",
                              .x_title = "range, m",
                              .y_title = "n",
                              .high = 100.0,
                              .n = 2,
                              .names = {"of targets", NULL},
                              .counts = {(double[]){1.0, 4.0}, NULL}};
    ASSERT_DRAWN(qf_chart_columns, &chart,
                 "class=\"f0\" x=\"58.5\" y=\"168.5\" width=\"174\" height=\"47.5\"",
                 "class=\"f0\" x=\"233.5\" y=\"26\" width=\"174\" height=\"190\"");
    chart.names[1] = "false alarms";
    chart.counts[0] = seen;
    chart.counts[1] = alarms;
    /* below a line of legend; the second column is 2 on 2 of 4 */
    ASSERT_DRAWN(qf_chart_columns, &chart,
                 "class=\"f0\" x=\"233.5\" y=\"139\" width=\"174\" height=\"95\"",
                 "class=\"f1\" x=\"233.5\" y=\"44\" width=\"174\" height=\"95\"");
}

/* ---- timeline ---- */

static void marks_stand_at_their_time_and_critical_ones_are_broad(void **state)
{
    (void)state;
    const qf_timeline_mark marks[] = {{.time_s = 5.0, .class = "open", .tooltip = "<b>"},
                                      {.time_s = 10.0, .class = "bad", .grave = true}};
    const qf_timeline_row row = {.name = "halt", .count = "2", .marks = marks, .n_marks = 2};
    qf_timeline_chart chart = {
        .title = "t", .end_s = 10.0, .rows = &row, .n_rows = 1, .width = QF_FIGURE_WIDTH};
    ASSERT_DRAWN(qf_chart_timeline, &chart,
                 "class=\"open\" x=\"208.5\" y=\"24\" width=\"3\" height=\"16\"",
                 "class=\"bad\" x=\"405\" y=\"24\" width=\"6\" height=\"16\"", "&lt;b&gt;", "!<b>");
    chart.width = QF_FIGURE_WIDE_WIDTH;
    /* 898 wide from 250 */
    ASSERT_DRAWN(qf_chart_timeline, &chart,
                 "class=\"open\" x=\"697.5\" y=\"12\" width=\"3\" height=\"16\"");
}

static void bins_grow_with_the_root_of_what_they_hold(void **state)
{
    (void)state;
    const qf_timeline_row row = {.name = "fault",
                                 .count = "5",
                                 .bins = {NULL, (double[]){1.0, 1.0}, (double[]){0.0, 3.0}},
                                 .class = {"bad", "open", "f0"},
                                 .n_bins = 2};
    const qf_timeline_chart chart = {
        .title = "t", .end_s = 10.0, .rows = &row, .n_rows = 1, .width = QF_FIGURE_WIDTH};
    /* of 1 and 4: 8 and 16 high, the second of which a quarter is a warning */
    ASSERT_DRAWN(qf_chart_timeline, &chart,
                 "class=\"open\" x=\"12\" y=\"32\" width=\"197.6\" height=\"8\"",
                 "class=\"open\" x=\"210\" y=\"36\" width=\"197.6\" height=\"4\"",
                 "class=\"f0\" x=\"210\" y=\"24\" width=\"197.6\" height=\"12\"", "!class=\"bad\"");
}

/* ---- plan: 344 wide from 62, from 26 down ---- */

static void plan_has_the_same_scale_on_both_axes(void **state)
{
    (void)state;
    const qf_plan_way way = {
        .name = "scout", .x = (double[]){0.0, 10.0}, .y = (double[]){0.0, 5.0}, .n = 2};
    qf_plan_chart chart = {.title = "t",
                           .x_title = "x",
                           .y_title = "y",
                           .ways = &way,
                           .n_ways = 1,
                           .high = {10.0, 5.0}};
    ASSERT_DRAWN(qf_chart_plan, &chart, "d=\"M62 198L406 26\"", "class=\"s0\" cx=\"62\" cy=\"198\"",
                 "class=\"f0\" cx=\"406\" cy=\"26\"", ">scout<");
    /* flatter than it may be: the middle of 150, with 34.4 a metre as before */
    chart.high[1] = 1.0;
    const qf_plan_way flat = {.name = "scout", .x = way.x, .y = (double[]){0.0, 1.0}, .n = 2};
    chart.ways = &flat;
    ASSERT_DRAWN(qf_chart_plan, &chart, "d=\"M62 118.2L406 83.8\"");
}

static void plan_leaves_out_what_is_out_of_sight(void **state)
{
    (void)state;
    const double x[] = {0.0, 1e6, 10.0, (double)NAN}, y[] = {0.0, 0.0, 10.0, 5.0};
    const qf_plan_way way = {.name = "a", .x = x, .y = y, .n = 4};
    const qf_plan_dots dots = {.class = "s0", .x = x, .y = y, .n = 4};
    const qf_plan_place places[] = {{.name = "far", .x = 1e6},
                                    {.name = "station-0", .x = 5.0, .y = 5.0}};
    const qf_plan_chart chart = {.title = "t",
                                 .x_title = "x",
                                 .y_title = "y",
                                 .ways = &way,
                                 .n_ways = 1,
                                 .dots = &dots,
                                 .n_dots = 1,
                                 .places = places,
                                 .n_places = 2,
                                 .high = {10.0, 10.0}};
    ASSERT_DRAWN(qf_chart_plan, &chart, "d=\"M62 370M406 26\"", "d=\"M62.0 370.0h0M406.0 26.0h0\"",
                 "!far", ">station-0<", "x1=\"227\" y1=\"198\" x2=\"241\" y2=\"198\"", "!nan");
}

static void area_of_a_square_is_how_many_are_in_its_cell(void **state)
{
    (void)state;
    /* two by one cells of 34.4 units: the second has a quarter of the first */
    const qf_plan_cells cells = {.side = 1.0, .n_x = 2, .n_y = 1, .count = (double[]){100.0, 25.0}};
    const qf_plan_chart chart = {
        .title = "t", .x_title = "x", .y_title = "y", .cells = &cells, .high = {10.0, 10.0}};
    ASSERT_DRAWN(qf_chart_plan, &chart, "x=\"62\" y=\"335.6\" width=\"34.4\" height=\"34.4\"",
                 "x=\"105\" y=\"344.2\" width=\"17.2\" height=\"17.2\"");
}

static void large_plan_is_as_wide_as_two_small_figures(void **state)
{
    (void)state;
    const qf_plan_way way = {
        .name = "a", .x = (double[]){0.0, 10.0}, .y = (double[]){0.0, 5.0}, .n = 2};
    const qf_plan_chart chart = {.title = "t",
                                 .x_title = "x",
                                 .y_title = "y",
                                 .ways = &way,
                                 .n_ways = 1,
                                 .high = {10.0, 5.0},
                                 .large = true};
    ASSERT_DRAWN(qf_chart_plan, &chart, "viewBox=\"0 0 780 ", "d=\"M62 378L766 26\"");
}

static void bounds_ignore_few_that_are_far_away(void **state)
{
    (void)state;
    double values[102], low, high;
    for (size_t i = 0; i < 100; i++) {
        values[i] = 99.0 - (double)i;
    }
    values[100] = 1e6;
    values[101] = (double)NAN;
    qf_plan_bounds(values, 102, &low, &high);
    assert_true(low == 0.0);
    assert_true(fabs(high - 108.8) < 1e-9);   /* 99 and a tenth of 98 */
    qf_plan_bounds(values, 100, &low, &high); /* sorted now: without the last */
    assert_true(low == 0.0 && high == 99.0);
    qf_plan_bounds((double[]){(double)NAN}, 1, &low, &high);
    assert_true(low == 0.0 && high == 1.0);
}

/* ---- quantiles ---- */

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void quantiles_lie_between_neighbours(void **state)
{
    (void)state;
    assert_true(qf_run_quantile((double[]){7.0}, 1, 0.05) == 7.0);
    assert_true(qf_run_quantile((double[]){5.0, 1.0, 4.0, 2.0, 3.0}, 5, 0.5) == 3.0);
    assert_true(fabs(qf_run_quantile((double[]){5.0, 1.0, 4.0, 2.0, 3.0}, 5, 0.05) - 1.2) < 1e-12);
    assert_true(qf_run_quantile((double[]){5.0, 1.0, 4.0, 2.0, 3.0}, 5, 1.0) == 5.0);
    unsigned random = 1;
    for (size_t n = 1; n < 400; n++) {
        double values[400], sorted[400];
        for (size_t i = 0; i < n; i++) {
            random = random * 1664525u + 1013904223u;
            values[i] = sorted[i] = (double)((random >> 16) % (n / 3 + 2)); /* many are equal */
        }
        qsort(sorted, n, sizeof *sorted, ascending);
        const double place = 0.95 * (double)(n - 1);
        const size_t k = (size_t)place;
        const double above = sorted[k + 1 < n ? k + 1 : k];
        const double wanted = sorted[k] + (place - (double)k) * (above - sorted[k]);
        assert_true(fabs(qf_run_quantile(values, n, 0.95) - wanted) < 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fan_joins_values_and_fills_between_quantiles),
        cmocka_unit_test(fan_leaves_a_gap_where_nothing_is_known_and_marks_what_is_alone),
        cmocka_unit_test(fan_of_powers_of_ten_is_even_and_leaves_out_zero),
        cmocka_unit_test(fan_tells_series_apart_by_dashes_and_names_them),
        cmocka_unit_test(every_look_has_a_mark_and_a_dash_of_its_own),
        cmocka_unit_test(fan_of_nothing_and_of_huge_values_is_finite),
        cmocka_unit_test(shares_are_stacked_and_hold_until_the_next),
        cmocka_unit_test(strips_are_as_high_as_the_share_that_holds),
        cmocka_unit_test(bars_have_parts_one_after_the_other),
        cmocka_unit_test(longest_bar_fills_the_width_and_the_shortest_is_seen),
        cmocka_unit_test(columns_stand_on_each_other),
        cmocka_unit_test(marks_stand_at_their_time_and_critical_ones_are_broad),
        cmocka_unit_test(bins_grow_with_the_root_of_what_they_hold),
        cmocka_unit_test(plan_has_the_same_scale_on_both_axes),
        cmocka_unit_test(plan_leaves_out_what_is_out_of_sight),
        cmocka_unit_test(area_of_a_square_is_how_many_are_in_its_cell),
        cmocka_unit_test(large_plan_is_as_wide_as_two_small_figures),
        cmocka_unit_test(bounds_ignore_few_that_are_far_away),
        cmocka_unit_test(quantiles_lie_between_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
