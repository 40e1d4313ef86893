/* SPDX-License-Identifier: Apache-2.0 */
#include "diagnostics.h"
#include "yaml_node.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
    qf_diagnostics *diagnostics = calloc(1, sizeof *diagnostics);
    qf_diagnostics_init(diagnostics);
    *state = diagnostics;
    return 0;
}

static int tear_down(void **state)
{
    qf_diagnostics_free(*state);
    free(*state);
    return 0;
}

static void assert_prints(const qf_diagnostics *diagnostics, const char *expected)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    qf_diagnostics_print(diagnostics, out);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
}

static void an_empty_collection_prints_nothing(void **state)
{
    assert_prints(*state, "");
    assert_int_equal(qf_diagnostics_error_count(*state), 0);
}

static void what_is_unknown_is_left_out_with_its_punctuation(void **state)
{
    qf_diagnose_file(*state, "a.yaml", 0, 0, "missing %s", "file");
    qf_diagnose_file(*state, "a.yaml", 3, 0, "a line");
    qf_diagnose_file(*state, "a.yaml", 3, 9, "a place");
    assert_prints(*state, "a.yaml: missing file\na.yaml:3: a line\na.yaml:3:9: a place\n");
}

static void messages_are_sorted_by_first_seen_file_then_line_then_column(void **state)
{
    qf_diagnose_file(*state, "z.yaml", 9, 1, "six");
    qf_diagnose_file(*state, "a.yaml", 1, 1, "seven");
    qf_diagnose_file(*state, "z.yaml", 2, 10, "four");
    qf_diagnose_file(*state, "z.yaml", 2, 9, "two");
    qf_diagnose_file(*state, "z.yaml", 0, 0, "one");
    qf_diagnose_file(*state, "z.yaml", 2, 10, "five, reported later at the same place");
    qf_diagnose_file(*state, "z.yaml", 2, 9, "three");
    assert_prints(*state, "z.yaml: one\nz.yaml:2:9: two\nz.yaml:2:9: three\nz.yaml:2:10: four\n"
                          "z.yaml:2:10: five, reported later at the same place\n"
                          "z.yaml:9:1: six\na.yaml:1:1: seven\n");
}

static void the_first_20_places_are_kept_and_the_rest_is_counted(void **state)
{
    char expected[2048] = "";
    for (uint32_t line = 23; line > 0; line--) {
        qf_diagnose_file(*state, "f", line, 1, "bad");
    }
    for (unsigned line = 1; line <= 20; line++) {
        char row[32];
        snprintf(row, sizeof row, "f:%u:1: bad\n", line);
        strcat(expected, row);
    }
    strcat(expected, "and 3 more errors\n");
    assert_prints(*state, expected);
    assert_int_equal(qf_diagnostics_error_count(*state), 23);
}

static void exactly_20_errors_have_no_line_of_more(void **state)
{
    for (uint32_t line = 1; line <= 20; line++) {
        qf_diagnose_file(*state, "f", line, 1, "bad");
    }
    const qf_diagnostics *diagnostics = *state;
    assert_int_equal(diagnostics->errors.n_items, 20);
    assert_int_equal(diagnostics->errors.n_reported, 20);
}

static void nodes_give_file_position_and_key_path(void **state)
{
    qf_yaml_node root = {.kind = QF_YAML_MAPPING, .file = "f", .line = 1, .column = 1};
    qf_yaml_node key = {.text = "count", .file = "f", .line = 2, .column = 3};
    qf_yaml_node value = {.text = "x", .file = "f", .line = 2, .column = 10};
    qf_yaml_node *keys[] = {&key};
    qf_yaml_node *children[] = {&value};
    root.keys = keys;
    root.children = children;
    root.n_children = 1;
    key.parent = &root;
    value.parent = &root;

    qf_diagnose(*state, &value, "not %d", 5);
    qf_diagnose(*state, &root, "no path");
    qf_diagnose_note(*state, &key, "default used");
    assert_prints(*state,
                  "f:1:1: no path\nf:2:10: count: not 5\nf:2:3: note: count: default used\n");
}

static void notes_are_not_errors_and_are_not_cut_at_20(void **state)
{
    qf_yaml_node node = {.text = "x", .file = "f", .line = 1, .column = 1};
    for (int i = 0; i < 50; i++) {
        qf_diagnose_note(*state, &node, "note %d", i);
    }
    const qf_diagnostics *diagnostics = *state;
    assert_int_equal(qf_diagnostics_error_count(*state), 0);
    assert_int_equal(diagnostics->notes.n_items, 50);
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
    qf_diagnose_file(*state, "f", 1, 1, "a\nb\x1b[2Jc\x7f d\xc2\x9b e\xc3\xa4");
    assert_prints(*state, "f:1:1: a?b?[2Jc? d?? e\xc3\xa4\n");
}

static void full_memory_is_an_error_of_its_own(void **state)
{
    qf_diagnose_memory(*state);
    assert_int_equal(qf_diagnostics_error_count(*state), 1);
    assert_prints(*state, "out of memory\n");
}

static void the_nearest_name_is_found_within_a_third_of_the_letters(void **state)
{
    (void)state;
    static const char *const names[] = {"transponder", "tracker", "radar", "record", "iff", "seed",
                                        "speed",       "dt_s",    "Kind",  "x_m",    "y_m"};
    static const struct {
        const char *name;
        const char *nearest;
    } cases[] = {
        {"trnasponder", "transponder"},   /* swap */
        {"transponer", "transponder"},    /* missing */
        {"transspponder", "transponder"}, /* two too many */
        {"trxxsponder", "transponder"},   /* replaced */
        {"xxxxsponder", NULL},            /* four edits in eleven letters */
        {"TRANSPONDER", "transponder"},   /* case is free */
        {"kind", "Kind"},
        {"SPEDE", "speed"},
        {"iffy", "iff"},
        {"ifxyz", NULL},
        {"fif", "iff"},
        {"if", "iff"},
        {"f", NULL},
        {"see", "seed"},
        {"z_m", "x_m"}, /* x_m and y_m are equally near: the first */
        {"seed", "seed"},
        {"", NULL},
        {"wholly_else", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest = qf_nearest_name(cases[i].name, names, sizeof names / sizeof *names);
        if (cases[i].nearest) {
            assert_non_null(nearest);
            assert_string_equal(nearest, cases[i].nearest);
        } else {
            assert_null(nearest);
        }
    }
}

static void names_longer_than_64_bytes_are_near_nothing(void **state)
{
    (void)state;
    char longer[66];
    memset(longer, 'a', 65);
    longer[65] = '\0';
    const char *const names[] = {longer, longer + 1};
    assert_null(qf_nearest_name(longer, names, 2));
    assert_ptr_equal(qf_nearest_name(longer + 1, names, 2), longer + 1);
    assert_null(qf_nearest_name("a", NULL, 0));
}

#define WITH_DIAGNOSTICS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DIAGNOSTICS(an_empty_collection_prints_nothing),
        WITH_DIAGNOSTICS(what_is_unknown_is_left_out_with_its_punctuation),
        WITH_DIAGNOSTICS(messages_are_sorted_by_first_seen_file_then_line_then_column),
        WITH_DIAGNOSTICS(the_first_20_places_are_kept_and_the_rest_is_counted),
        WITH_DIAGNOSTICS(exactly_20_errors_have_no_line_of_more),
        WITH_DIAGNOSTICS(nodes_give_file_position_and_key_path),
        WITH_DIAGNOSTICS(notes_are_not_errors_and_are_not_cut_at_20),
        WITH_DIAGNOSTICS(control_characters_do_not_reach_the_terminal),
        WITH_DIAGNOSTICS(full_memory_is_an_error_of_its_own),
        cmocka_unit_test(the_nearest_name_is_found_within_a_third_of_the_letters),
        cmocka_unit_test(names_longer_than_64_bytes_are_near_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
