/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>

#include "yaml_fixture.h"

static void unknown_keys_get_the_nearest_name_or_the_list(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, "groups:\n  - trnasponder: 1\n    count: 2\n    zzz: 3\n");
    static const char *const known[] = {"transponder", "count"};
    assert_false(qf_yaml_check_keys(FIND(root, "groups", "0"), known, 2, &f->diagnostics));
    assert_false(qf_yaml_check_keys(FIND(root, "groups"), known, 2, &f->diagnostics));
    assert_prints(f, "f:2:3: groups: expected a mapping, found a list\n"
                     "f:2:5: groups[0].trnasponder: unknown key (did you mean 'transponder'?)\n"
                     "f:4:5: groups[0].zzz: unknown key (expected one of: transponder, count)\n");
}

static void known_keys_pass_without_a_word(void **state)
{
    fixture *f = *state;
    static const char *const known[] = {"a", "b"};
    assert_true(qf_yaml_check_keys(load_good(f, "{b: 1, a: 2}"), known, 2, &f->diagnostics));
    assert_true(qf_yaml_check_keys(load_good(f, "{}"), known, 2, &f->diagnostics));
    assert_prints(f, "");
}

static void the_list_of_names_is_cut_after_12(void **state)
{
    fixture *f = *state;
    static const char *const known[] = {"k01", "k02", "k03", "k04", "k05", "k06", "k07",
                                        "k08", "k09", "k10", "k11", "k12", "k13"};
    qf_yaml_node *root = load_good(f, "other: 1\n");
    assert_false(qf_yaml_check_keys(root, known, 12, &f->diagnostics));
    assert_false(qf_yaml_check_keys(root, known, 13, &f->diagnostics));
    assert_prints(f, "f:1:1: other: unknown key (expected one of: k01, k02, k03, k04, k05, k06,"
                     " k07, k08, k09, k10, k11, k12)\n"
                     "f:1:1: other: unknown key (expected one of: k01, k02, k03, k04, k05, k06,"
                     " k07, k08, k09, k10, k11, k12, ...)\n");
}

static void long_names_end_the_list_early(void **state)
{
    fixture *f = *state;
    char name[201];
    memset(name, 'n', 200);
    name[200] = '\0';
    const char *const known[] = {name, name, name};
    char expected[512];
    snprintf(expected, sizeof expected, "f:1:1: a: unknown key (expected one of: %s, %s, ...)\n",
             name, name);
    assert_false(qf_yaml_check_keys(load_good(f, "a: 1"), known, 3, &f->diagnostics));
    assert_prints(f, expected);
}

static void numbers_are_read_to_the_last_bit(void **state)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"5", 5.0},
        {"-0.5", -0.5},
        {"+.25", 0.25},
        {"1.", 1.0},
        {"1e3", 1000.0},
        {"1.5E-3", 0.0015},
        {"0", 0.0},
        {"0.1", 0.1},
        {"-60.0", -60.0},
        {"2e+2", 200.0},
        {"4.9e-324", 0x1p-1074},
        {"0.5e1", 5.0},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        double value = -1.0;
        assert_true(qf_yaml_read_number(load_good(f, cases[i].text), &value, &f->diagnostics));
        assert_memory_equal(&value, &cases[i].value, sizeof value);
    }
}

static void what_is_no_number_is_said_so(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"abc", "f:1:1: expected a number, found 'abc'\n"},
        {"12abc", "f:1:1: expected a number, found '12abc'\n"},
        {"1 2", "f:1:1: expected a number, found '1 2'\n"},
        {"0x10", "f:1:1: expected a number, found '0x10'\n"},
        {"1_000", "f:1:1: expected a number, found '1_000'\n"},
        {"1:30", "f:1:1: expected a number, found '1:30'\n"},
        {"1e", "f:1:1: expected a number, found '1e'\n"},
        {"1e+", "f:1:1: expected a number, found '1e+'\n"},
        {".", "f:1:1: expected a number, found '.'\n"},
        {"1.2.3", "f:1:1: expected a number, found '1.2.3'\n"},
        {"+-1", "f:1:1: expected a number, found '+-1'\n"},
        {"true", "f:1:1: expected a number, found 'true'\n"},
        {"~", "f:1:1: expected a number, found '~'\n"},
        {"'5'", "f:1:1: expected a number, found the quoted text '5'\n"},
        {"''", "f:1:1: expected a number, found an empty text\n"},
        {"[1]", "f:1:1: expected a number, found a list\n"},
        {"{a: 1}", "f:1:1: expected a number, found a mapping\n"},
        {".nan", "f:1:1: expected a finite number, found '.nan'\n"},
        {"NaN", "f:1:1: expected a finite number, found 'NaN'\n"},
        {"-.Inf", "f:1:1: expected a finite number, found '-.Inf'\n"},
        {"Infinity", "f:1:1: expected a finite number, found 'Infinity'\n"},
        {"1e999", "f:1:1: expected a finite number, found '1e999'\n"},
        {"010", "f:1:1: expected a number without leading zeros, found '010'\n"},
        {"0123456789012345678901234567890123456\xc3\xa4\xc3\xa4\xc3\xa4",
         "f:1:1: expected a number, found '0123456789012345678901234567890123456\xc3\xa4...'\n"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        double value = 7.0;
        assert_false(qf_yaml_read_number(load_good(f, cases[i].text), &value, &f->diagnostics));
        assert_prints(f, cases[i].message);
        assert_true(value == 7.0);
        clear(f);
    }
}

static void nothing_after_the_colon_is_found_to_be_nothing(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, "a:\nb: 1\n");
    double number;
    const char *text;
    assert_false(qf_yaml_read_number(FIND(root, "a"), &number, &f->diagnostics));
    assert_false(qf_yaml_read_text(FIND(root, "a"), &text, &f->diagnostics));
    assert_prints(f, "f:1:3: a: expected a number, found nothing\n"
                     "f:1:3: a: expected a text, found nothing\n");
}

static void the_decimal_point_does_not_depend_on_the_locale(void **state)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                          "ru_RU.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < COUNT(locales) && !found; i++) {
        found = setlocale(LC_NUMERIC, locales[i]) != NULL;
    }
    if (!found) {
        skip();
    }
    fixture *f = *state;
    double value = 0.0;
    bool good = qf_yaml_read_number(load_good(f, "1.5"), &value, &f->diagnostics);
    setlocale(LC_NUMERIC, "C");
    assert_true(good);
    assert_true(value == 1.5);
}

static void integers_keep_to_their_range(void **state)
{
    static const struct {
        const char *text;
        int64_t min;
        int64_t max;
        int64_t value;
        const char *message;
    } cases[] = {
        {"5", 1, 5, 5, ""},
        {"1", 1, 5, 1, ""},
        {"+3", 1, 5, 3, ""},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, ""},
        {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, ""},
        {"0", 1, 5, 0, "f:1:1: expected an integer from 1 to 5, found '0'\n"},
        {"6", 1, 5, 0, "f:1:1: expected an integer from 1 to 5, found '6'\n"},
        {"9223372036854775808", 0, INT64_MAX, 0,
         "f:1:1: expected an integer of at least 0, found '9223372036854775808'\n"},
        {"5.0", 1, 5, 0, "f:1:1: expected an integer from 1 to 5, found '5.0'\n"},
        {"1e3", 1, 5000, 0, "f:1:1: expected an integer from 1 to 5000, found '1e3'\n"},
        {"1_0", 1, 50, 0, "f:1:1: expected an integer from 1 to 50, found '1_0'\n"},
        {"007", 1, 50, 0, "f:1:1: expected an integer from 1 to 50, found '007'\n"},
        {"'5'", 1, 5, 0, "f:1:1: expected an integer from 1 to 5, found the quoted text '5'\n"},
        {"[5]", 1, 5, 0, "f:1:1: expected an integer from 1 to 5, found a list\n"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 0;
        bool good = qf_yaml_read_integer(load_good(f, cases[i].text), cases[i].min, cases[i].max,
                                         &value, &f->diagnostics);
        assert_prints(f, cases[i].message);
        assert_int_equal(good, cases[i].message[0] == '\0');
        assert_true(value == cases[i].value);
        clear(f);
    }
}

static void seeds_use_all_64_bits_and_no_sign(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
        bool good;
    } cases[] = {
        {"0", 0, true},
        {"18446744073709551615", UINT64_MAX, true},
        {"18446744073709551616", 1, false},
        {"-1", 1, false},
        {"1.0", 1, false},
        {"x", 1, false},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 1;
        bool good = qf_yaml_read_uint64(load_good(f, cases[i].text), &value, &f->diagnostics);
        assert_int_equal(good, cases[i].good);
        assert_true(value == cases[i].value);
        assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), cases[i].good ? 0 : 1);
        clear(f);
    }
}

static void truth_is_spelt_as_in_yaml_1_1(void **state)
{
    static const struct {
        const char *text;
        bool value;
        bool good;
    } cases[] = {
        {"true", true, true},     {"False", false, true},   {"YES", true, true},
        {"no", false, true},      {"On", true, true},       {"off", false, true},
        {"OFF", false, true},     {"TRUE", true, true},     {"No", false, true},
        {"tRUE", false, false},   {"y", false, false},      {"1", false, false},
        {"'true'", false, false}, {"[true]", false, false},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool value = !cases[i].value;
        const qf_yaml_node *node = load_good(f, cases[i].text);
        bool good = qf_yaml_read_bool(node, &value, &f->diagnostics);
        assert_int_equal(qf_yaml_is_bool(node), cases[i].good);
        assert_int_equal(good, cases[i].good);
        assert_int_equal(value, cases[i].good ? cases[i].value : !cases[i].value);
        assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), cases[i].good ? 0 : 1);
        clear(f);
    }
    qf_yaml_read_bool(load_good(f, "maybe"), &(bool){false}, &f->diagnostics);
    assert_prints(f, "f:1:1: expected true or false, found 'maybe'\n");
}

static void null_is_spelt_as_in_yaml_1_1(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text;
        bool null;
    } cases[] = {{"a: null", true}, {"a: ~", true},     {"a: Null", true},    {"a: NULL", true},
                 {"a:", true},      {"a: \"\"", false}, {"a: 'null'", false}, {"a: nULL", false},
                 {"a: 0", false},   {"a: {}", false},   {"a: []", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const qf_yaml_node *root = load_good(f, cases[i].text);
        assert_int_equal(qf_yaml_is_null(qf_yaml_get(root, "a")), cases[i].null);
    }
}

static void text_is_any_scalar_that_is_not_empty(void **state)
{
    fixture *f = *state;
    const char *text = NULL;
    assert_true(qf_yaml_read_text(load_good(f, "12"), &text, &f->diagnostics));
    assert_string_equal(text, "12");
    assert_true(qf_yaml_read_text(load_good(f, "' a b '"), &text, &f->diagnostics));
    assert_string_equal(text, " a b ");
    assert_false(qf_yaml_read_text(load_good(f, "''"), &text, &f->diagnostics));
    assert_string_equal(text, " a b ");
    assert_prints(f, "f:1:1: expected a text, found an empty text\n");
}

static void choices_take_unquoted_on_and_suggest_the_nearest(void **state)
{
    static const char *const modes[] = {"on", "off", "silent", "spoof"};
    static const struct {
        const char *text;
        size_t index;
        const char *message;
    } cases[] = {
        {"on", 0, ""},
        {"\"off\"", 1, ""},
        {"spoof", 3, ""},
        {"silnet", 9, "f:1:1: unknown value 'silnet' (did you mean 'silent'?)\n"},
        {"Spoof", 9, "f:1:1: unknown value 'Spoof' (did you mean 'spoof'?)\n"},
        {"broken", 9, "f:1:1: unknown value 'broken' (expected one of: on, off, silent, spoof)\n"},
        {"[on]", 9, "f:1:1: expected one of: on, off, silent, spoof; found a list\n"},
        {"''", 9, "f:1:1: expected one of: on, off, silent, spoof; found an empty text\n"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t index = 9;
        bool good = qf_yaml_read_choice(load_good(f, cases[i].text), modes, COUNT(modes), &index,
                                        &f->diagnostics);
        assert_prints(f, cases[i].message);
        assert_int_equal(good, cases[i].message[0] == '\0');
        assert_int_equal(index, cases[i].index);
        clear(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(unknown_keys_get_the_nearest_name_or_the_list),
        WITH_FIXTURE(known_keys_pass_without_a_word),
        WITH_FIXTURE(the_list_of_names_is_cut_after_12),
        WITH_FIXTURE(long_names_end_the_list_early),
        WITH_FIXTURE(numbers_are_read_to_the_last_bit),
        WITH_FIXTURE(what_is_no_number_is_said_so),
        WITH_FIXTURE(nothing_after_the_colon_is_found_to_be_nothing),
        WITH_FIXTURE(the_decimal_point_does_not_depend_on_the_locale),
        WITH_FIXTURE(integers_keep_to_their_range),
        WITH_FIXTURE(seeds_use_all_64_bits_and_no_sign),
        WITH_FIXTURE(truth_is_spelt_as_in_yaml_1_1),
        WITH_FIXTURE(null_is_spelt_as_in_yaml_1_1),
        WITH_FIXTURE(text_is_any_scalar_that_is_not_empty),
        WITH_FIXTURE(choices_take_unquoted_on_and_suggest_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
