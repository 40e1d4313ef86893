/* SPDX-License-Identifier: Apache-2.0 */
/* Where estimate, interval and limit stand: 240 wide, values from 14 to 226 with 15 % of room, shares within [0, 1]. */
#include "chart_interval.h"

#include "chart_stand.h"

static drawing draw(const qf_interval_chart *chart)
{
    drawing d;
    drawing_begin(&d);
    qf_chart_interval(d.out, chart);
    drawing_end(&d);
    return d;
}

/* 4, 5, 6 and the limit 3: from 2.55 to 6.45, so 212 / 3.9 units for 1 */
static void parts_stand_at_their_values(void **state)
{
    (void)state;
    const qf_interval_chart chart = {.estimate = 5.0,
                                     .interval = {4.0, 6.0},
                                     .limit = 3.0,
                                     .at_least = true,
                                     .tone = QF_TONE_GOOD,
                                     .title = "t"};
    drawing d = draw(&chart);
    const double unit = 212.0 / 3.9;
    assert_drawn(&d, "<circle class=\"good\"", 0, "cx", 14.0 + 2.45 * unit);
    assert_drawn(&d, "<line class=\"good thick\"", 0, "x1", 14.0 + 1.45 * unit);
    assert_drawn(&d, "<line class=\"good thick\"", 0, "x2", 14.0 + 3.45 * unit);
    assert_drawn(&d, "<line class=\"limit\"", 0, "x1", 14.0 + 0.45 * unit);
    /* the good side is above the limit */
    assert_drawn(&d, "<rect class=\"good soft\"", 0, "x", 14.0 + 0.45 * unit);
    assert_drawn(&d, "<rect class=\"good soft\"", 0, "width", 3.45 * unit);
    drawing_free(&d);
}

static void the_good_side_is_below_a_limit_from_above(void **state)
{
    (void)state;
    const qf_interval_chart chart = {
        .estimate = 5.0, .interval = {4.0, 6.0}, .limit = 3.0, .tone = QF_TONE_BAD, .title = "t"};
    drawing d = draw(&chart);
    assert_drawn(&d, "<rect class=\"good soft\"", 0, "x", 14.0);
    assert_drawn(&d, "<rect class=\"good soft\"", 0, "width", 0.45 * 212.0 / 3.9);
    assert_int_equal(count_drawn(&d, "<circle class=\"bad\""), 1);
    drawing_free(&d);
}

static void a_share_ends_at_1_and_an_infinite_estimate_is_an_arrow(void **state)
{
    (void)state;
    const qf_interval_chart share = {.estimate = 1.0,
                                     .interval = {0.8, 1.0},
                                     .limit = 0.5,
                                     .at_least = true,
                                     .share = true,
                                     .title = "t"};
    drawing d = draw(&share);
    assert_drawn(&d, "<circle class=\"mean\"", 0, "cx", 226.0);
    drawing_free(&d);
    const qf_interval_chart beyond = {.estimate = (double)INFINITY,
                                      .interval = {(double)INFINITY, (double)INFINITY},
                                      .limit = 5.0,
                                      .tone = QF_TONE_BAD,
                                      .title = "t"};
    d = draw(&beyond);
    assert_has(d.text, "\xe2\x86\x92");
    assert_has_not(d.text, "<circle");
    assert_has_not(d.text, "inf\"");
    drawing_free(&d);
}

/* 4, 5 and the limit 3: from 2.7 to 5.3, so 212 / 2.6 units for 1 */
static void an_interval_without_an_end_runs_to_the_edge(void **state)
{
    (void)state;
    qf_interval_chart chart = {.estimate = 5.0,
                               .interval = {4.0, (double)INFINITY},
                               .limit = 3.0,
                               .tone = QF_TONE_OPEN,
                               .title = "t"};
    drawing d = draw(&chart);
    assert_drawn(&d, "<line class=\"open thick\"", 0, "x1", 14.0 + 1.3 * 212.0 / 2.6);
    assert_drawn(&d, "<line class=\"open thick\"", 0, "x2", 226.0);
    /* a tick at the end that there is, and none at the other */
    assert_int_equal(count_drawn(&d, "<line class=\"open\""), 1);
    drawing_free(&d);
    chart.interval = (qf_interval){-(double)INFINITY, 4.0};
    d = draw(&chart);
    assert_drawn(&d, "<line class=\"open thick\"", 0, "x1", 14.0);
    assert_int_equal(count_drawn(&d, "<line class=\"open\""), 1);
    drawing_free(&d);
    /* what is not known is not drawn */
    chart.interval = (qf_interval){4.0, (double)NAN};
    d = draw(&chart);
    assert_drawn(&d, "<line class=\"open thick\"", 0, "x2", 14.0 + 2.3 * 212.0 / 2.6);
    drawing_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_stand_at_their_values),
        cmocka_unit_test(the_good_side_is_below_a_limit_from_above),
        cmocka_unit_test(a_share_ends_at_1_and_an_infinite_estimate_is_an_arrow),
        cmocka_unit_test(an_interval_without_an_end_runs_to_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
