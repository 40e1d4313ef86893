/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar, types and units of expressions, and what is said of wrong ones, and where. */
#include "expression_fixture.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const qf_expression *parse(void **state, const char *text)
{
    qf_expression_error error = {0};
    const qf_expression *tree = qf_expression_parse(*state, &fixture_symbols, text, &error);
    if (!tree) {
        fail_msg("%s: %zu-%zu %s", text, error.begin, error.end, error.message);
    }
    return tree;
}

static void assert_same(void **state, const char *a, const char *b, bool same)
{
    if (qf_expression_equal(parse(state, a), parse(state, b)) != same) {
        fail_msg("'%s' and '%s' should%s be the same", a, b, same ? "" : " not");
    }
}

static void assert_value(void **state, const char *text, double expected)
{
    double value;
    const qf_expression *tree = parse(state, text);
    assert_true(qf_expression_is_constant(tree, &value));
    if (memcmp(&value, &expected, sizeof value) != 0) {
        fail_msg("%s is %a, not %a", text, value, expected);
    }
}

static void assert_error(void **state, const char *text, size_t begin, size_t end,
                         const char *message)
{
    qf_expression_error error = {0};
    assert_null(qf_expression_parse(*state, &fixture_symbols, text, &error));
    assert_string_equal(error.message, message);
    if (error.begin != begin || error.end != end) {
        fail_msg("%s: bytes %zu-%zu, not %zu-%zu", text, error.begin, error.end, begin, end);
    }
}

static void operators_bind_as_written_with_brackets(void **state)
{
    static const char *const same[][2] = {
        {"armed or ready and fast", "armed or (ready and fast)"},
        {"not armed and ready", "(not armed) and ready"},
        {"not x_m < 1", "not (x_m < 1)"},
        {"x_m + 1 < x_m * 2", "(x_m + 1) < (x_m * 2)"},
        {"x_m + x_m * 2 > 0", "(x_m + (x_m * 2)) > 0"},
        {"x_m - 1 - 2 > 0", "((x_m - 1) - 2) > 0"},
        {"x_m / 2 * 3 > 0", "((x_m / 2) * 3) > 0"},
        {"-x_m * 2 > 0", "(-x_m) * 2 > 0"},
        {"- -x_m > 0", "-(-(x_m)) > 0"},
        {"min(x_m, 2, 3) > 0", "min(min(x_m, 2), 3) > 0"},
        {"not not armed", "not(not(armed))"},
        {"x_m>1 and\n\tarmed", " ( x_m > 1 ) and armed "},
    };
    static const char *const different[][2] = {
        {"armed or ready and fast", "(armed or ready) and fast"},
        {"x_m - 1 - 2 > 0", "x_m - (1 - x_m) > 0"},
        {"(x_m - 1) / 2 > 0", "x_m - 1 / 2 > 0"},
        {"not armed and ready", "not (armed and ready)"},
        {"x_m / 2 / x_m > 0", "x_m / (2 / x_m) > 0 m2"},
    };
    for (size_t i = 0; i < COUNT(same); i++) {
        assert_same(state, same[i][0], same[i][1], true);
    }
    for (size_t i = 0; i < COUNT(different); i++) {
        assert_same(state, different[i][0], different[i][1], false);
    }
}

static void trees_are_equal_but_for_the_order_of_what_and_and_or_join(void **state)
{
    assert_same(state, "armed and (ready and counted)", "counted and armed and ready", true);
    assert_same(state, "armed or counted or x_m > 1", "x_m > 1 or armed or counted", true);
    assert_same(state, "hold(armed and counted, 2 ticks)", "hold(counted and armed, 2 ticks)",
                true);
    assert_same(state, "hold(armed, 2 ticks)", "hold(armed, 3 ticks)", false);
    assert_same(state, "armed and armed and counted", "armed and counted and counted", false);
    assert_same(state, "armed and counted", "armed or counted", false);
    assert_same(state, "x_m + speed_mps * cpa_s > 1", "speed_mps * cpa_s + x_m > 1", false);
    assert_same(state, "x_m < 1 km", "x_m < 1000", true);
    assert_same(state, "1 km", "1 m", false);
    assert_same(state, "guard.critical", "bios_status.is_ready", false);
    assert_same(state, "ready", "bios_status.is_ready and not guard.critical", true);
}

static void constants_are_computed(void **state)
{
    assert_value(state, "1 + 2 * 3 - 4 / 2", 5.0);
    assert_value(state, "0.1 + 0.2", 0.1 + 0.2);
    assert_value(state, "-(2) * -3", 6.0);
    assert_value(state, "min(0, -0)", -0.0); /* 0 < -0 does not hold: the second */
    assert_value(state, "max(-0, 0)", 0.0);
    assert_value(state, "max(2, 7, 5) + abs(-1)", 8.0);
    assert_value(state, "1 km + 5 m", 1.005);
    assert_value(state, "if(1 < 2, 3, 4)", 3.0);
    assert_value(state, "1 h == 60 min", 1.0);
    assert_value(state, "not (3 kJ > 1 Wh)", 1.0);
    assert_value(state, "0 / 0 == 0 / 0", 0.0);
    assert_value(state, "0 / 0 != 0 / 0", 1.0);
    assert_value(state, "is_finite(1 / 0)", 0.0);
    assert_value(state, "false and armed", 0.0);
    assert_value(state, "armed or 1 < 2", 1.0);
    assert_value(state, "hold(false, 3 ticks)", 0.0);
    assert_value(state, "5e-324", 5e-324);
    assert_same(state, "true and armed", "armed", true);
    assert_same(state, "hold(armed, 1 ticks)", "armed", true);
    double value;
    assert_false(qf_expression_is_constant(parse(state, "hold(true, 2 ticks)"), &value));
    assert_false(qf_expression_is_constant(parse(state, "x_m - x_m"), &value));
}

static void what_does_not_belong_is_pointed_at(void **state)
{
    static const struct {
        const char *text;
        size_t begin, end;
        const char *message;
    } cases[] = {
        {"", 0, 0, "expected a value, found the end"},
        {"soc_pct <", 9, 9, "expected a value, found the end"},
        {"(soc_pct < 20", 13, 13, "expected an operator or ')', found the end"},
        {"soc_pct < 20)", 12, 13, "expected an operator or the end, found ')'"},
        {"armed ready", 6, 11, "expected an operator or the end, found 'ready'"},
        {"not soc_pct < 5 == true", 16, 18,
         "comparisons do not chain: write '(soc_pct < 5) == ...'"},
        {"1 < count < 3", 10, 11, "comparisons do not chain: write '1 < count and count < ...'"},
        {"armed == not armed", 9, 12, "expected a value, found 'not' (it needs brackets here)"},
        {"soc_pc < 20", 0, 6, "unknown name 'soc_pc' (did you mean 'soc_pct'?)"},
        {"armed and nosuch", 10, 16, "unknown name 'nosuch'"},
        {"soc_pct and armed", 0, 7, "a number where a truth value belongs"},
        {"not (soc_pct)", 4, 13, "a number where a truth value belongs"},
        {"armed < 3", 0, 5, "'<' compares numbers, and this is a truth value"},
        {"1 + armed", 4, 9, "a truth value where a number belongs"},
        {"mode and armed", 0, 4,
         "a choice where a truth value belongs (compare it with one of its names by '==')"},
        {"armed or mode == CRUSE", 17, 22,
         "'CRUSE' is none of the names of 'mode' (did you mean 'CRUISE'?)"},
        {"CRUSE == mode", 0, 5, "'CRUSE' is none of the names of 'mode' (did you mean 'CRUISE'?)"},
        {"mode == state", 0, 13, "the two are choices among different names"},
        {"mode == 3", 0, 9, "a choice is never equal to a number"},
        {"actuation.executed", 0, 18, "'actuation.executed' needs an argument in brackets"},
        {"actuation.executed(\"rsc\")", 0, 25, "'actuation.executed' does not know \"rsc\""},
        {"mx(1, 2)", 0, 2, "'mx' is no function (did you mean 'max'?)"},
        {"max(1) > 0", 0, 6, "max() needs two numbers or more"},
        {"abs(1, 2)", 0, 9, "2 arguments where 1 belongs: abs(NUMBER)"},
        {"if(1, 2, 3)", 3, 4, "a number where a truth value belongs"},
        {"hold(armed)", 0, 11,
         "1 argument where 2 belong: hold(TRUTH, 3 ticks) or hold(TRUTH, 2.5 s)"},
        {"hold(armed, 3)", 12, 13, "hold() needs a unit: 3 ticks or 2.5 s"},
        {"hold(armed, 0 ticks)", 12, 19, "hold() counts whole ticks from 1 to 4294967295"},
        {"hold(armed, 2.5 ticks)", 12, 21, "hold() counts whole ticks from 1 to 4294967295"},
        {"hold(armed, -1 s)", 12, 16, "hold() needs a positive constant, such as 3 ticks or 2.5 s"},
        {"hold(armed, cpa_s)", 12, 17,
         "hold() needs a positive constant, such as 3 ticks or 2.5 s"},
        {"hold(armed, 2 m)", 12, 15, "hold() needs ticks or a time, not 'm'"},
        {"cpa_s > 3 ticks", 8, 15, "ticks are counted by hold() only"},
        {"temp_core_c > 85 degF", 17, 21, "unknown unit 'degF' (did you mean 'degC'?)"},
        {"5. > x_m", 0, 2, "a number needs digits on both sides of its point"},
        {"1e999 > x_m", 0, 5, "a number too large to be computed with"},
        {"1e-999 > x_m", 0, 6, "a number too small to be computed with"},
        {"soc_pct = 3", 8, 9, "'=' is not used here: '==' compares"},
        {"armed && ready", 6, 8, "'&&' is not used here: 'and' joins two truth values"},
        {"!armed", 0, 1, "'!' is not used here: 'not' turns a truth value"},
        {"a. > 1", 1, 2, "a name goes on with a letter after '.'"},
        {"armed \xc3\xa9", 6, 7, "only ASCII outside of quotes (byte 0xc3)"},
        {"armed\x01", 5, 6, "a control character (0x01)"},
        {"actuation.executed(\"\x1b\")", 20, 21, "a control character (0x1b) in quotes"},
        {"actuation.executed(\"rcs)", 19, 24, "a quote that does not end"},
        {"actuation.executed(\"\xc3\xa9\")", 0, 24,
         "'actuation.executed' does not know \"\xc3\xa9\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_error(state, cases[i].text, cases[i].begin, cases[i].end, cases[i].message);
    }
}

static void units_that_do_not_fit_are_both_named(void **state)
{
    assert_error(state, "armed and soc_pct < temp_core_c", 10, 31,
                 "units do not fit: 'percent' and 'degree_Celsius'");
    assert_error(state, "x_m + 2 s > 0", 0, 9, "units do not fit: 'm' and 's'");
    assert_error(state, "2 s > x_m", 0, 9, "units do not fit: 's' and 'm'");
    assert_error(state, "x_m * speed_mps < x_m", 0, 21, "units do not fit: 'm2 s-1' and 'm'");
    assert_error(state, "min(x_m, 2, cpa_s) > 1", 0, 18, "units do not fit: 'm' and 's'");
    assert_error(state, "if(armed, x_m, cpa_s) > 1", 0, 21, "units do not fit: 'm' and 's'");
    assert_error(state, "yaw_rad > 20 %", 0, 14, "units do not fit: 'radian' and 'percent'");
    /* what is no literal and has no unit is a plain number, and no percentage */
    assert_error(state, "soc_pct < count", 0, 15,
                 "units do not fit: 'percent' and '1' (a variable has one by 'unit: percent')");
    assert_error(state, "count < 5 %", 0, 11,
                 "units do not fit: '1' and 'percent' (a variable has one by 'unit: percent')");
    assert_error(state, "yaw_rad / cpa_s > 5 km/h", 0, 24,
                 "units do not fit: 's-1 rad' and '0.277778 m s-1'");
    /* a number of its own fits all, and so does what is computed from such */
    parse(state, "temp_core_c > 85 and x_m < 2 * (3 + 1) and yaw_rad != -if(armed, 1, 2)");
    parse(state, "x_m / cpa_s > 5 km/h and speed_mps * speed_mps < 4 m2/s2");
    parse(state, "supercap_wh > 3 kJ and soc_pct < 5 % and count < 5 and speed_mps*cpa_s+x_m > 0");
}

static void a_slash_right_after_a_unit_goes_on_with_a_unit(void **state)
{
    assert_same(state, "speed_mps > 5 m/s", "speed_mps > 5", true);
    assert_same(state, "x_m > 5 m/2", "x_m > 2.5", true);
    assert_same(state, "5 m/cpa_s > speed_mps", "(5 m) / cpa_s > speed_mps", true);
    assert_same(state, "5 m / cpa_s > 1", "5 m/cpa_s > 1", true);
}

static void a_name_beside_a_choice_is_one_of_its_names_first(void **state)
{
    /* EMERGENCY is a truth value too */
    assert_int_equal(qf_expression_kind(parse(state, "EMERGENCY")), QF_VALUE_TRUTH);
    parse(state, "mode == EMERGENCY and EMERGENCY != mode and its_mode == EMERGENCY");
    assert_same(state, "EMERGENCY == armed", "bios_status.is_ready == armed", true);
    assert_error(state, "state == EMERGENCY", 0, 18, "a choice is never equal to a truth value");
}

static void what_a_signal_gets_wrong_is_told_where_it_is_used(void **state)
{
    assert_error(state, "armed and broken > 1", 10, 16,
                 "in signal 'broken': expected a value, found the end");
    assert_error(state, "not loop_a", 4, 10,
                 "in signal 'loop_a': in signal 'loop_b': 'loop_a' is needed to know itself: "
                 "loop_a -> loop_b -> loop_a");
    assert_error(state, "energy > x_m", 0, 12, "units do not fit: 'W h' and 'm'");
    parse(state, "its_mode == CRUISE and IDLE != its_mode and mode == its_mode");
}

/* `open` `depth` times, `middle`, `close` as often */
static const qf_expression *parse_nest(void **state, const char *open, const char *middle,
                                       const char *close, size_t depth, qf_expression_error *error)
{
    static char text[8192];
    size_t length = 0;
    for (size_t i = 0; i < depth; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", open);
    }
    length += (size_t)snprintf(text + length, sizeof text - length, "%s", middle);
    for (size_t i = 0; i < depth; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", close);
    }
    return qf_expression_parse(*state, &fixture_symbols, text, error);
}

static void nesting_ends_at_its_limit(void **state)
{
    static const char *const forms[][2] = {
        {"(", ")"}, {"not ", ""}, {"hold(", ",2 ticks)"}, {"not(", ")"}};
    qf_expression_error error = {0};
    for (size_t i = 0; i < COUNT(forms); i++) {
        const size_t most = QF_EXPRESSION_MOST_DEPTH / (i == 3 ? 2u : 1u);
        assert_non_null(parse_nest(state, forms[i][0], "armed", forms[i][1], most, &error));
        assert_null(parse_nest(state, forms[i][0], "armed", forms[i][1], most + 1, &error));
        assert_string_equal(error.message, "nested more than 64 deep");
    }
    /* a signal is one level, and its own brackets count */
    assert_non_null(parse_nest(state, "(", "ready", ")", 62, &error));
    assert_null(parse_nest(state, "(", "ready", ")", 63, &error));
    assert_int_equal(error.end, 63 + 5 + 63);
    assert_string_equal(error.message, "in signal 'ready': nested more than 64 deep");
}

static void length_and_number_of_parts_are_limited(void **state)
{
    char text[QF_EXPRESSION_MOST_BYTES + 2];
    qf_expression_error error = {0};
    memset(text, ' ', sizeof text);
    memcpy(text, "armed", 5);
    text[QF_EXPRESSION_MOST_BYTES] = '\0';
    parse(state, text);
    text[QF_EXPRESSION_MOST_BYTES] = ' ';
    text[QF_EXPRESSION_MOST_BYTES + 1] = '\0';
    assert_error(state, text, 4096, 4097, "longer than 4096 bytes");
    /* a chain as long as a text can be is no nesting */
    size_t length = 1;
    text[0] = '1';
    while (length + 2 <= QF_EXPRESSION_MOST_BYTES) {
        text[length++] = '+';
        text[length++] = '1';
    }
    text[length] = '\0';
    assert_value(state, text, 2048.0);
    /* signals make more of a text than it looks */
    length = 0;
    while (length + 9 < QF_EXPRESSION_MOST_BYTES) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s",
                                   length > 0 ? " or wide" : "wide");
    }
    assert_null(qf_expression_parse(*state, &fixture_symbols, text, &error));
    assert_non_null(strstr(error.message, "more than 8192 values and operators"));
}

static void an_expression_says_what_it_reads(void **state)
{
    size_t n;
    const qf_expression *tree = parse(
        state, "ready and x_m > 1 or guard.clear and count > speed_mps / 1 m/s and x_m < time_s * "
               "1 m/s and not guard.critical and time_in_state_s > 3 s");
    const size_t *columns = qf_expression_columns(*state, tree, &n);
    const size_t expected[] = {COLUMN_X, COLUMN_SPEED, COLUMN_COUNT, COLUMN_SINCE, COLUMN_FLAGS};
    assert_int_equal(n, COUNT(expected));
    assert_memory_equal(columns, expected, sizeof expected);
    const qf_cause *causes = qf_expression_causes(*state, tree, &n);
    assert_int_equal(n, 4);
    assert_int_equal(causes[0].subject, 3); /* bios_status.is_ready */
    assert_int_equal(causes[1].subject, 12);
    assert_int_equal(causes[2].topic, QF_TOPIC_POWER);
    assert_int_equal(causes[3].subject, 48);
    size_t column;
    bool whole;
    assert_true(qf_expression_witness(tree, &column, &whole));
    assert_int_equal(column, COLUMN_X);
    assert_false(whole);
    assert_true(qf_expression_witness(parse(state, "counted and 2 > count"), &column, &whole));
    assert_int_equal(column, COLUMN_COUNT);
    assert_true(whole);
    assert_false(qf_expression_witness(parse(state, "armed and mode == IDLE"), &column, &whole));
    assert_true(qf_expression_knows_time(tree));
    assert_true(qf_expression_knows_time(parse(state, "hold(armed, 2 ticks) == false")));
    assert_false(qf_expression_knows_time(parse(state, "armed and x_m > 1")));
}

static void kinds_and_units_are_checked_against_what_is_wanted(void **state)
{
    double factor;
    qf_expression_error error = {0};
    const qf_expression *energy = parse(state, "supercap_wh * 2");
    assert_int_equal(qf_expression_kind(energy), QF_VALUE_NUMBER);
    assert_int_equal(qf_expression_kind(parse(state, "mode")), QF_VALUE_CHOICE);
    assert_true(qf_expression_fits_unit(energy, "J", &factor, &error));
    assert_true(factor == 3600.0);
    assert_true(qf_expression_fits_unit(parse(state, "2 * 3"), "degree_Celsius", &factor, &error));
    assert_true(factor == 1.0);
    assert_true(qf_expression_fits_unit(parse(state, "90 deg"), "radian", &factor, &error));
    assert_true(fabs(90.0 * factor - 1.5707963267948966) < 1e-15);
    assert_false(qf_expression_fits_unit(energy, "m s-1", &factor, &error));
    assert_string_equal(error.message, "units do not fit: 'W h' where 'm s-1' belongs");
    assert_int_equal(error.end, 15);
    assert_false(qf_expression_fits_unit(parse(state, "armed"), "m", &factor, &error));
    assert_string_equal(error.message, "a truth value where a number belongs");
    assert_true(qf_expression_expect(energy, QF_VALUE_NUMBER, &error));
    assert_false(qf_expression_expect(energy, QF_VALUE_TRUTH, &error));
    assert_string_equal(error.message, "a number where a truth value belongs");
}

/* ---- reductions ---- */

static void assert_reducing_error(void **state, const char *text, size_t begin, size_t end,
                                  const char *message)
{
    const qf_symbols symbols = reducing_symbols(*state);
    qf_expression_error error = {0};
    assert_null(qf_expression_parse(*state, &symbols, text, &error));
    assert_string_equal(error.message, message);
    if (error.begin != begin || error.end != end) {
        fail_msg("%s: bytes %zu-%zu, not %zu-%zu", text, error.begin, error.end, begin, end);
    }
}

static void reductions_are_none_where_symbols_offer_none(void **state)
{
    assert_error(state, "max(x_m) > 1", 0, 8, "max() needs two numbers or more");
    assert_error(state, "mean(x_m) > 1", 0, 4,
                 "'mean' is no function; a signal's argument stands in \" quotes");
    assert_error(state, "max(x_m over a, 3)", 8, 12, "expected ',' or ')', found 'over'");
    assert_error(state, "over > 1", 0, 4, "unknown name 'over'");
    assert_error(state, "x_m > 20 over", 9, 13, "unknown unit 'over'");
}

/* keeps the last reduction */
static qf_reduction seen;

static bool see_reduction(void *user, const qf_reduction *reduction, qf_symbol *symbol,
                          qf_expression_error *error)
{
    (void)user;
    (void)error;
    seen = *reduction;
    *symbol = (qf_symbol){.kind = QF_VALUE_NUMBER, .source = QF_SYMBOL_COLUMN, .bare = true};
    return true;
}

/* the part of the text is that */
static void assert_part(qf_span span, const char *expected)
{
    if (span.end - span.begin != strlen(expected) ||
        memcmp(seen.text + span.begin, expected, strlen(expected)) != 0) {
        fail_msg("'%.*s', not '%s'", (int)(span.end - span.begin), seen.text + span.begin,
                 expected);
    }
}

static void the_parts_of_a_reduction_are_found(void **state)
{
    const qf_symbols symbols = {.find = find_symbol, .reduce = see_reduction};
    qf_expression_error error;
    assert_non_null(
        qf_expression_parse(*state, &symbols, "1 + mean( (a, b) < 20 over  my-own )", &error));
    assert_string_equal(seen.name, "mean");
    assert_part(seen.name_at, "mean");
    assert_part(seen.whole, "mean( (a, b) < 20 over  my-own )");
    assert_int_equal(seen.n_arguments, 1);
    assert_part(seen.argument[0], "(a, b) < 20");
    assert_true(seen.has_over);
    assert_false(seen.has_of);
    assert_part(seen.over, "my-own");
    assert_non_null(
        qf_expression_parse(*state, &symbols, "f(event 520 of \"a, b\", 3 + g(1, 2), x)", &error));
    assert_int_equal(seen.n_arguments, 3);
    assert_part(seen.argument[0], "event 520");
    assert_part(seen.argument[1], "3 + g(1, 2)");
    assert_part(seen.of, "\"a, b\"");
    assert_true(seen.has_of);
    assert_non_null(qf_expression_parse(*state, &symbols, "f()", &error));
    assert_int_equal(seen.n_arguments, 0);
    assert_non_null(qf_expression_parse(*state, &symbols, "max(over.a)", &error));
    assert_false(seen.has_over);
    assert_part(seen.argument[0], "over.a");
}

static void reductions_stand_where_values_do(void **state)
{
    const qf_symbols symbols = reducing_symbols(*state);
    static const char *const texts[] = {
        "max(x_m over a) > 1 km and not any(armed over b)",
        "max(max(x_m over a), 3 m, min(x_m)) < 1 m",
        "abs(-mean(x_m)) == if(all(armed), 1, 2)",
        "actuation.executed(\"rcs\") and final(armed)",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        qf_expression_error error;
        if (!qf_expression_parse(*state, &symbols, texts[i], &error)) {
            fail_msg("%s: %s", texts[i], error.message);
        }
    }
    assert_reducing_error(state, "max(x_m over a) > 1 kg", 0, 22, "units do not fit: 'm' and 'kg'");
    assert_reducing_error(state, "1 + none(x_m)", 4, 8, "no such reduction");
    assert_reducing_error(state, "max(mean(y_m over a))", 9, 12,
                          "unknown name 'y_m' (did you mean 'x_m'?)");
    assert_reducing_error(state, "max(x_m +  over a)", 11, 15, "expected a value, found 'over'");
    assert_reducing_error(state, "f(x_m, x_m *)", 12, 13, "expected a value, found ')'");
    assert_reducing_error(state, "f(x_m x_m)", 6, 9,
                          "expected an operator or the end, found 'x_m'");
    assert_reducing_error(state, "f(x_m", 5, 5, "expected ',' or ')', found the end");
    assert_reducing_error(state, "f(x_m over a over b)", 13, 17,
                          "'over' stands once, behind the only value or the first: what it is "
                          "about goes into brackets of its own, as in max(max(a, b) over GROUP)");
    assert_reducing_error(state, "max(x_m, 3 over a)", 11, 15,
                          "'over' stands once, behind the only value or the first: what it is "
                          "about goes into brackets of its own, as in max(max(a, b) over GROUP)");
}

static void nested_reductions_count_as_nesting(void **state)
{
    char text[512] = "";
    const qf_symbols symbols = reducing_symbols(*state);
    qf_expression_error error;
    for (int i = 0; i < QF_EXPRESSION_MOST_DEPTH + 1; i++) {
        strcat(text, "f(");
    }
    const size_t inner = strlen(text);
    strcat(text, "x_m");
    for (int i = 0; i < QF_EXPRESSION_MOST_DEPTH + 1; i++) {
        strcat(text, ")");
    }
    assert_reducing_error(state, text, inner, inner + 3, "nested more than 64 deep");
    /* without the outermost */
    text[strlen(text) - 1] = '\0';
    assert_non_null(qf_expression_parse(*state, &symbols, text + 2, &error));
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(qf_arena));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    qf_arena_free(*state);
    free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(operators_bind_as_written_with_brackets),
        TEST(trees_are_equal_but_for_the_order_of_what_and_and_or_join),
        TEST(constants_are_computed),
        TEST(what_does_not_belong_is_pointed_at),
        TEST(units_that_do_not_fit_are_both_named),
        TEST(a_slash_right_after_a_unit_goes_on_with_a_unit),
        TEST(a_name_beside_a_choice_is_one_of_its_names_first),
        TEST(what_a_signal_gets_wrong_is_told_where_it_is_used),
        TEST(nesting_ends_at_its_limit),
        TEST(length_and_number_of_parts_are_limited),
        TEST(an_expression_says_what_it_reads),
        TEST(kinds_and_units_are_checked_against_what_is_wanted),
        TEST(reductions_are_none_where_symbols_offer_none),
        TEST(the_parts_of_a_reduction_are_found),
        TEST(reductions_stand_where_values_do),
        TEST(nested_reductions_count_as_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
