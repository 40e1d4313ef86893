/* SPDX-License-Identifier: Apache-2.0 */
/* Shares are as long as they are large, and what is there is seen. The bar is 412 long from 4 on. */
#include "chart_shares.h"

#include "chart_names.h"
#include "chart_stand.h"

static void parts_of_the_bar_are_as_long_as_their_shares(void **state)
{
    (void)state;
    const qf_share_part parts[] = {{"ok", "f2", 750, "750, 75 %"},
                                   {"bad & <worse>", "f1", 250, "250, 25 %"},
                                   {"none", "f7", 0, "0, 0 %"}};
    drawing d;
    drawing_begin(&d);
    qf_chart_shares(d.out, "t", parts, 3);
    drawing_end(&d);
    assert_drawn(&d, "<rect class=\"f2\"", 0, "x", 4.0);
    assert_drawn(&d, "<rect class=\"f2\"", 0, "width", 309.0);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "x", 313.0);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "width", 103.0);
    /* of what is not there only the legend's square */
    assert_int_equal(count_drawn(&d, "<rect class=\"f7\""), 1);
    assert_has(d.text, "bad &amp; &lt;worse&gt;");
    assert_has(d.text, "250, 25 %");
    drawing_free(&d);
}

static void one_of_a_million_is_seen_within_the_bar(void **state)
{
    (void)state;
    const qf_share_part parts[] = {{"ok", "f2", 999999, ""}, {"bad", "f1", 1, ""}};
    drawing d;
    drawing_begin(&d);
    qf_chart_shares(d.out, "t", parts, 2);
    drawing_end(&d);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "width", 2.0);
    assert_drawn(&d, "<rect class=\"f1\"", 0, "x", 414.0);
    drawing_free(&d);
}

/* from 130 to 324: the axis ends at 40 */
static void bars_stand_beside_their_names(void **state)
{
    (void)state;
    const qf_share_part parts[] = {{"docked", "f0", 40, "40"}, {"idle", "f0", 10, "10"}};
    drawing d;
    drawing_begin(&d);
    qf_chart_share_bars(d.out, "t", "cases", parts, 2);
    drawing_end(&d);
    assert_drawn(&d, "<rect class=\"f0\"", 0, "width", 194.0);
    assert_drawn(&d, "<rect class=\"f0\"", 1, "width", 48.5);
    assert_drawn(&d, "<rect class=\"f0\"", 1, "y", 32.0);
    assert_has(d.text, ">docked<");
    drawing_free(&d);
}

static void long_names_lose_their_middle_and_no_half_characters(void **state)
{
    (void)state;
    char text[QF_CHART_NAME_BYTES];
    assert_string_equal(qf_chart_name("short", 5, text), "short");
    assert_string_equal(qf_chart_name("parameter_37", 7, text), "par\xe2\x80\xa6_37");
    assert_string_equal(qf_chart_name("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6", 3, text),
                        "\xc3\xa4\xe2\x80\xa6\xc3\xb6");
    char endless[4000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(qf_chart_name_length(qf_chart_name(endless, 1000, text)), QF_CHART_NAME_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_the_bar_are_as_long_as_their_shares),
        cmocka_unit_test(one_of_a_million_is_seen_within_the_bar),
        cmocka_unit_test(bars_stand_beside_their_names),
        cmocka_unit_test(long_names_lose_their_middle_and_no_half_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
