/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "failing_memory.h"
#include "yaml_fixture.h"

static void every_node_knows_its_place_and_path(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
    assert_int_equal(root->kind, QF_YAML_MAPPING);
    assert_place(root, "f", 1, 1, "");
    assert_place(FIND(root, "time"), "f", 2, 7, "time");
    assert_place(FIND(root, "time", "duration_s"), "f", 2, 31, "time.duration_s");
    assert_place(FIND(root, "groups"), "f", 7, 3, "groups");
    assert_place(FIND(root, "groups", "1"), "f", 11, 5, "groups[1]");
    assert_place(FIND(root, "groups", "0", "count"), "f", 8, 12, "groups[0].count");
    qf_yaml_node *transponder = FIND(root, "groups", "0", "transponder");
    assert_place(FIND(transponder, "mode"), "f", 9, 25, "groups[0].transponder.mode");
    assert_place(qf_yaml_key_node(transponder, 1), "f", 9, 31, "groups[0].transponder.id");
    assert_string_equal(FIND(transponder, "id")->text, "ALLY-{index}");
    assert_true(FIND(transponder, "id")->quoted);
    assert_false(FIND(root, "seed")->quoted);
    assert_int_equal(root->n_children, 5);
}

static void an_alias_is_a_copy_with_its_own_path_and_the_place_of_the_text(void **state)
{
    qf_yaml_node *root = load_good(*state, SMALL_DOCUMENT);
    qf_yaml_node *first = FIND(root, "groups", "0", "radar", "range_m");
    qf_yaml_node *second = FIND(root, "groups", "1", "radar", "range_m");
    assert_ptr_not_equal(first, second);
    assert_string_equal(second->text, "5000.0");
    assert_place(second, "f", 4, 12, "groups[1].radar.range_m");
    assert_place(first, "f", 4, 12, "groups[0].radar.range_m");
}

static void a_later_anchor_of_the_same_name_counts(void **state)
{
    qf_yaml_node *root = load_good(*state, "[&a 1, *a, &a 2, *a]");
    assert_string_equal(FIND(root, "1")->text, "1");
    assert_string_equal(FIND(root, "3")->text, "2");
}

static void the_merge_key_is_an_ordinary_key(void **state)
{
    qf_yaml_node *root = load_good(*state, "a: &a {x: 1}\nb: {<<: *a}\n");
    assert_null(qf_yaml_get(FIND(root, "b"), "x"));
    assert_string_equal(FIND(root, "b", "<<", "x")->text, "1");
}

static void json_with_tabs_and_byte_order_mark_is_read(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(
        f, "\xef\xbb\xbf{\n\t\"a\":1,\n\t\"b\": [true, null,\t\"\\u00e4\\/\"],\n\t\"c\": {}\n}\n");
    assert_place(root, "f", 1, 1, "");
    assert_string_equal(FIND(root, "a")->text, "1");
    assert_string_equal(FIND(root, "b", "2")->text, "\xc3\xa4/");
    assert_int_equal(FIND(root, "c")->n_children, 0);
    assert_place(FIND(root, "b"), "f", 3, 7, "b");
}

static void columns_count_characters_not_bytes(void **state)
{
    qf_yaml_node *root = load_good(*state, "{\"\xc3\xa4\xc3\xb6\": 1, b: 2}");
    assert_place(FIND(root, "b"), "f", 1, 14, "b");
}

static void bad_documents_are_named_with_their_place(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "f:1:1: the document is empty\n"},
        {"# only a comment\n", "f:2:1: the document is empty\n"},
        {"---\n", "f:2:1: the document is empty\n"},
        {"a: 1\n---\nb: 2\n", "f:2:1: a second document begins here, expected only one\n"},
        {"a: 1\n...\n---\n", "f:3:1: a second document begins here, expected only one\n"},
        {"a: [1, 2\n", "f:2:1: did not find expected ',' or ']' while parsing a flow sequence"
                       " (begun in line 1)\n"},
        {"a: 1\n b: 2\n", "f:2:3: mapping values are not allowed in this context\n"},
        {"a: 1\n\tb: 2\n", "f:2:1: found a tab character that violates indentation while scanning"
                           " a plain scalar (begun in line 1)\n"},
        {"a: *b\n", "f:1:4: alias '*b' names no anchor before it\n"},
        {"a: &b [1, {c: *b}]\n", "f:1:15: alias '*b' is inside the node that it names\n"},
        {"a: 1\nb: \xff\n", "f:2:4: not UTF-8 text (invalid leading UTF-8 octet)\n"},
        {"\xc3\xa4: \xc3\n", "f:1:5: not UTF-8 text (invalid trailing UTF-8 octet)\n"},
        {"\xff\xfe"
         "a",
         "f:1:1: not UTF-8 text (invalid leading UTF-8 octet)\n"},
        {"a: \x01\n", "f:1:4: not UTF-8 text (control characters are not allowed)\n"},
        {"a: %b\n", "f:1:4: found character that cannot start any token while scanning for the"
                    " next token (begun in line 1)\n"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(load(f, cases[i].text));
        assert_prints(f, cases[i].message);
        clear(f);
    }
}

static void a_nul_byte_is_named_with_its_place(void **state)
{
    fixture *f = *state;
    static const char text[] = "a: 1\nb: x\0y\n";
    assert_null(qf_yaml_load_text(&f->arena, "f", text, sizeof text - 1, &f->diagnostics));
    assert_prints(f, "f:2:5: not UTF-8 text (NUL byte)\n");
}

static void faults_that_leave_a_tree_are_all_reported(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load(f, "a: \"x\\0y\"\n"
                                 "b: !!str 5\n"
                                 "c: {[1]: {z: 1}, {d: 1}: 2, e: 3}\n"
                                 "g: [{e: 1, h: 2, e: 3}]\n"
                                 "b: 6\n"
                                 "b: 7\n"
                                 "i: !own {}\n");
    assert_non_null(root);
    assert_prints(f, "f:1:4: a: a text must not contain the character NUL\n"
                     "f:2:4: b: tags are not supported (found 'tag:yaml.org,2002:str')\n"
                     "f:3:5: a key must be a single text, not a list\n"
                     "f:3:18: a key must be a single text, not a mapping\n"
                     "f:4:18: g[0].e: duplicate key (first in line 4)\n"
                     "f:5:1: b: duplicate key (first in line 2)\n"
                     "f:6:1: b: duplicate key (first in line 2)\n"
                     "f:7:4: i: tags are not supported (found '!own')\n");
    assert_string_equal(FIND(root, "c", "e")->text, "3");
    assert_int_equal(FIND(root, "c")->n_children, 1);
}

static void duplicate_key_names_the_line_of_the_first(void **state)
{
    fixture *f = *state;
    assert_non_null(load(f, "seed: 1\nname: x\n\"seed\": 2\n"));
    assert_prints(f, "f:3:1: seed: duplicate key (first in line 1)\n");
}

static void many_keys_are_compared_in_reasonable_time(void **state)
{
    enum { KEYS = 200000, KEY_BYTES = 12 };
    fixture *f = *state;
    char *text = malloc(KEYS * KEY_BYTES + 32);
    size_t length = 0;
    for (int i = 0; i < KEYS; i++) {
        length += (size_t)sprintf(text + length, "k%06d: 1\n", i);
    }
    length += (size_t)sprintf(text + length, "k000007: 2\n");
    qf_yaml_node *root = qf_yaml_load_text(&f->arena, "f", text, length, &f->diagnostics);
    assert_non_null(root);
    assert_prints(f, "f:200001:1: k000007: duplicate key (first in line 8)\n");
    free(text);
}

static char *nested_lists(size_t depth)
{
    char *text = calloc(2 * depth + 1, 1);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return text;
}

static void nesting_is_accepted_up_to_64(void **state)
{
    fixture *f = *state;
    char *text = nested_lists(64);
    load_good(f, text);
    free(text);
    text = nested_lists(65);
    assert_null(load(f, text));
    assert_prints(f, "f:1:65: nested more than 64 deep\n");
    free(text);
    clear(f);
    text = nested_lists(100000);
    assert_null(load(f, text));
    assert_prints(f, "f:1:65: nested more than 64 deep\n");
    free(text);
}

static void aliases_count_towards_the_depth(void **state)
{
    fixture *f = *state;
    char *inner = nested_lists(40);
    char *outer = nested_lists(24);
    char text[256];
    /* 1 + 23 + 40 levels, then one more */
    snprintf(text, sizeof text, "{a: &a %s, b: %.23s*a%s}", inner, outer, outer + 25);
    load_good(f, text);
    snprintf(text, sizeof text, "{a: &a %s, b: %.24s*a%s}", inner, outer, outer + 24);
    assert_null(load(f, text));
    assert_prints(f, "f:1:117: nested more than 64 deep\n");
    free(inner);
    free(outer);
}

static void a_file_of_few_bytes_cannot_ask_for_billions_of_nodes(void **state)
{
    fixture *f = *state;
    assert_null(load(f, "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                        "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                        "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                        "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                        "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
                        "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n"));
    /* the node f has 1111111, all up to it 1234573 */
    assert_prints(f, "f:7:8: more than 2000000 nodes, aliases expanded\n");
}

static void unreadable_files_are_errors_without_position(void **state)
{
    fixture *f = *state;
    assert_null(qf_yaml_load_file(&f->arena, "/nowhere/a.yaml", &f->diagnostics));
    assert_null(qf_yaml_load_file(&f->arena, "/", &f->diagnostics));
    assert_prints(f, "/nowhere/a.yaml: cannot open: No such file or directory\n"
                     "/: is a directory, expected a file\n");
    clear(f);
    assert_null(qf_yaml_load_file(&f->arena, "/dev/zero", &f->diagnostics));
    assert_prints(f, "/dev/zero: the file is larger than 256 MiB\n");
}

static void a_file_is_read_whole(void **state)
{
    enum { ENTRIES = 100000 };
    fixture *f = *state;
    char path[] = "/tmp/qfleet_yaml_XXXXXX";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    FILE *out = fdopen(handle, "w");
    for (int i = 0; i < ENTRIES; i++) {
        fprintf(out, "- %d\n", i);
    }
    fclose(out);
    qf_yaml_node *root = qf_yaml_load_file(&f->arena, path, &f->diagnostics);
    unlink(path);
    assert_prints(f, "");
    assert_int_equal(root->n_children, ENTRIES);
    assert_string_equal(root->children[ENTRIES - 1]->text, "99999");
    assert_place(root->children[ENTRIES - 1], path, ENTRIES, 3, "[99999]");
}

static void a_path_that_does_not_fit_ends_in_dots(void **state)
{
    qf_yaml_node *root = load_good(*state, "groups: [{transponder: 1}]");
    qf_yaml_node *node = FIND(root, "groups", "0", "transponder");
    char buffer[22];
    assert_string_equal(qf_yaml_path(node, buffer, 22), "groups[0].transponder");
    assert_string_equal(qf_yaml_path(node, buffer, 21), "groups[0].transpo...");
    assert_string_equal(qf_yaml_path(node, buffer, 5), "g...");
    assert_string_equal(qf_yaml_path(node, buffer, 1), "");
}

static void lookups_of_what_is_not_there_give_null(void **state)
{
    qf_yaml_node *root = load_good(*state, "a: [1]");
    assert_null(qf_yaml_get(root, "b"));
    assert_null(qf_yaml_get(FIND(root, "a"), "b"));
    assert_null(qf_yaml_get(NULL, "b"));
    assert_null(qf_yaml_key_node(root, 1));
    assert_null(qf_yaml_key_node(FIND(root, "a"), 0));
    assert_string_equal(qf_yaml_key_node(root, 0)->text, "a");
}

static void full_memory_is_reported_at_every_allocation(void **state)
{
    skip_unless_memory_can_run_out();
    enum { ENTRIES = 4000 };
    fixture *f = *state;
    char *text = calloc(ENTRIES, 16);
    size_t length = 0;
    for (int i = 0; i < ENTRIES; i++) {
        length += (size_t)sprintf(text + length, "- {k: %d}\n", i);
    }
    int n_failures = 0;
    for (int i = 0;; i++) {
        allocations_left = i;
        qf_yaml_node *root = qf_yaml_load_text(&f->arena, "f", text, length, &f->diagnostics);
        allocations_left = -1;
        if (root) {
            break;
        }
        assert_prints(f, "out of memory\n");
        assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), 1);
        n_failures++;
        clear(f);
    }
    assert_true(n_failures >= 3);
    assert_prints(f, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(every_node_knows_its_place_and_path),
        WITH_FIXTURE(an_alias_is_a_copy_with_its_own_path_and_the_place_of_the_text),
        WITH_FIXTURE(a_later_anchor_of_the_same_name_counts),
        WITH_FIXTURE(the_merge_key_is_an_ordinary_key),
        WITH_FIXTURE(json_with_tabs_and_byte_order_mark_is_read),
        WITH_FIXTURE(columns_count_characters_not_bytes),
        WITH_FIXTURE(bad_documents_are_named_with_their_place),
        WITH_FIXTURE(a_nul_byte_is_named_with_its_place),
        WITH_FIXTURE(faults_that_leave_a_tree_are_all_reported),
        WITH_FIXTURE(duplicate_key_names_the_line_of_the_first),
        WITH_FIXTURE(many_keys_are_compared_in_reasonable_time),
        WITH_FIXTURE(nesting_is_accepted_up_to_64),
        WITH_FIXTURE(aliases_count_towards_the_depth),
        WITH_FIXTURE(a_file_of_few_bytes_cannot_ask_for_billions_of_nodes),
        WITH_FIXTURE(unreadable_files_are_errors_without_position),
        WITH_FIXTURE(a_file_is_read_whole),
        WITH_FIXTURE(a_path_that_does_not_fit_ends_in_dots),
        WITH_FIXTURE(lookups_of_what_is_not_there_give_null),
        WITH_FIXTURE(full_memory_is_reported_at_every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
