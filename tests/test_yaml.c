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
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * The arena's allocator, replaced for this program so that memory can run out on request: the
 * countdown of successes that remain, negative for no limit.
 */
static int allocations_left = -1;

void *aligned_alloc(size_t alignment, size_t size)
{
    if (allocations_left == 0) {
        errno = ENOMEM;
        return NULL;
    }
    allocations_left -= allocations_left > 0;
    void *memory = NULL;
    return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}

/* checkers such as valgrind put their own allocator before ours */
static void skip_unless_memory_can_run_out(void)
{
    qf_arena arena = {0};
    allocations_left = 0;
    bool can_run_out = qf_arena_array(&arena, 1, 1) == NULL;
    allocations_left = -1;
    qf_arena_free(&arena);
    if (!can_run_out) {
        skip();
    }
}

typedef struct fixture {
    qf_arena arena;
    qf_diagnostics diagnostics;
} fixture;

static int set_up(void **state)
{
    *state = calloc(1, sizeof(fixture));
    return 0;
}

static void clear(fixture *f)
{
    qf_arena_free(&f->arena);
    qf_diagnostics_free(&f->diagnostics);
}

static int tear_down(void **state)
{
    allocations_left = -1;
    clear(*state);
    free(*state);
    return 0;
}

static void assert_prints(const fixture *f, const char *expected)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    qf_diagnostics_print(&f->diagnostics, out);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
}

static qf_yaml_node *load(fixture *f, const char *text)
{
    return qf_yaml_load_text(&f->arena, "f", text, strlen(text), &f->diagnostics);
}

static qf_yaml_node *load_good(fixture *f, const char *text)
{
    qf_yaml_node *root = load(f, text);
    assert_prints(f, "");
    assert_non_null(root);
    return root;
}

/* follows keys and, for lists, decimal indices */
static qf_yaml_node *find(qf_yaml_node *node, const char *const *way, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (node->kind == QF_YAML_SEQUENCE) {
            size_t index = strtoull(way[i], NULL, 10);
            assert_true(index < node->n_children);
            node = node->children[index];
        } else {
            node = qf_yaml_get(node, way[i]);
            assert_non_null(node);
        }
    }
    return node;
}

#define FIND(root, ...)                                                                            \
    find(root, (const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static void assert_place(const qf_yaml_node *node, const char *file, uint32_t line, uint32_t column,
                         const char *path)
{
    char buffer[128];
    assert_string_equal(node->file, file);
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
    assert_string_equal(qf_yaml_path(node, buffer, sizeof buffer), path);
}

static const char sample[] =
    "schema: qfleet/1\n"
    "time: {dt_s: 0.1, duration_s: 600}\n"
    "defaults: &radar\n"
    "  range_m: 5000.0\n"
    "  band: \"x\"\n"
    "groups:\n"
    "  - name: scouts\n"
    "    count: 100\n"
    "    initial: {position_m: {uniform: {min: [-5, -5, 0], max: [5, 5, 2]}}}\n"
    "    transponder: {mode: \"on\", id: 'ALLY-{index}'}\n"
    "    radar: *radar\n"
    "    script:\n"
    "      - {step: 0, cmd: speed, mps: 0.8}\n"
    "  - name: posts\n"
    "    radar: *radar\n"
    "    ? note\n"
    "    : |\n"
    "      two\n"
    "      lines\n";

/* smaller, for the tests that name lines and columns */
static const char small[] = "schema: qfleet/1\n"
                            "time: {dt_s: 0.1, duration_s: 600}\n"
                            "defaults: &radar\n"
                            "  range_m: 5000.0\n"
                            "  band: \"x\"\n"
                            "groups:\n"
                            "  - name: scouts\n"
                            "    count: 100\n"
                            "    transponder: {mode: \"on\", id: 'ALLY-{index}'}\n"
                            "    radar: *radar\n"
                            "  - {name: posts, count: 2, radar: *radar}\n"
                            "seed: 42 # last\n";

static void every_node_knows_its_place_and_path(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, small);
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
    qf_yaml_node *root = load_good(*state, small);
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

/* --- readers --- */

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
        bool good = qf_yaml_read_bool(load_good(f, cases[i].text), &value, &f->diagnostics);
        assert_int_equal(good, cases[i].good);
        assert_int_equal(value, cases[i].good ? cases[i].value : !cases[i].value);
        assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), cases[i].good ? 0 : 1);
        clear(f);
    }
    qf_yaml_read_bool(load_good(f, "maybe"), &(bool){false}, &f->diagnostics);
    assert_prints(f, "f:1:1: expected true or false, found 'maybe'\n");
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

/* --- set and merge --- */

static void set_replaces_a_value_and_keeps_its_neighbours(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, small);
    assert_true(qf_yaml_set(&f->arena, root, "groups[0].count=5", &f->diagnostics));
    assert_prints(f, "");
    assert_string_equal(FIND(root, "groups", "0", "count")->text, "5");
    assert_place(FIND(root, "groups", "0", "count"), "--set", 1, 17, "groups[0].count");
    assert_string_equal(FIND(root, "groups", "0", "name")->text, "scouts");
    assert_int_equal(FIND(root, "groups", "0")->n_children, 4);
    assert_true(qf_yaml_set(&f->arena, root, "groups[1]={name: other}", &f->diagnostics));
    assert_place(FIND(root, "groups", "1", "name"), "--set", 1, 18, "groups[1].name");
}

static void set_creates_missing_mappings_on_the_way(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, small);
    assert_true(qf_yaml_set(&f->arena, root, "record.state.every_s={uniform: {min: 0, max: [1]}}",
                            &f->diagnostics));
    assert_prints(f, "");
    qf_yaml_node *max = FIND(root, "record", "state", "every_s", "uniform", "max", "0");
    assert_place(max, "--set", 1, 47, "record.state.every_s.uniform.max[0]");
    assert_place(qf_yaml_key_node(FIND(root, "record", "state"), 0), "--set", 1, 14,
                 "record.state.every_s");
    assert_int_equal(root->n_children, 6);
}

static void set_reaches_into_a_root_that_is_a_list(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, "[[1, 2], {a: 3}]");
    assert_true(qf_yaml_set(&f->arena, root, "[0][1]=x=y", &f->diagnostics));
    assert_true(qf_yaml_set(&f->arena, root, "[1].b=\"q: r\"", &f->diagnostics));
    assert_string_equal(FIND(root, "0", "1")->text, "x=y");
    assert_string_equal(FIND(root, "1", "b")->text, "q: r");
}

static void set_changes_one_use_of_an_alias_only(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, small);
    assert_true(qf_yaml_set(&f->arena, root, "groups[0].radar.band=k", &f->diagnostics));
    assert_string_equal(FIND(root, "groups", "0", "radar", "band")->text, "k");
    assert_string_equal(FIND(root, "groups", "1", "radar", "band")->text, "x");
    assert_string_equal(FIND(root, "defaults", "band")->text, "x");
}

static void bad_settings_leave_the_tree_alone(void **state)
{
    static const struct {
        const char *argument;
        const char *message;
    } cases[] = {
        {"seed", "--set:1:5: seed: expected '=' and a value\n"},
        {"seed=", "--set:1:6: seed: expected a value after '='\n"},
        {"seed=  ", "--set:1:6: seed: expected a value after '='\n"},
        {"=5", "--set:1:1: : expected a key, found none\n"},
        {".seed=5", "--set:1:1: .seed: expected a key, found none\n"},
        {"time..dt_s=5", "--set:1:6: time..dt_s: expected a key, found none\n"},
        {"time.=5", "--set:1:6: time.: expected a key, found none\n"},
        {"time.[0]=5", "--set:1:6: time.[0]: expected a key, found none\n"},
        {"groups[2].count=5", "--set:1:7: groups[2].count: the list has no entry of this index\n"},
        {"groups[99999999999999999999]=5",
         "--set:1:7: groups[99999999999999999999]: the index is out of range\n"},
        {"groups[-1]=5", "--set:1:7: groups[-1]: expected an index such as [0]\n"},
        {"groups[]=5", "--set:1:7: groups[]: expected an index such as [0]\n"},
        {"groups[0=5", "--set:1:7: groups[0: expected an index such as [0]\n"},
        {"groups[0]count=5",
         "--set:1:10: groups[0]count: expected '.', '[' or '=' after an index\n"},
        {"groups.count=5", "--set:1:8: groups.count: a key needs a mapping\n"},
        {"seed.deep=5", "--set:1:6: seed.deep: a key needs a mapping\n"},
        {"seed[0]=5", "--set:1:5: seed[0]: an index needs a list\n"},
        {"time[0]=5", "--set:1:5: time[0]: an index needs a list\n"},
        {"new.list[0].x=5", "--set:1:9: new.list[0].x: there is no list to index\n"},
        {"seed=[1", "--set:1:8: did not find expected ',' or ']' while parsing a flow sequence"
                    " (begun in line 1)\n"},
        {"seed=- 1", "--set:1:6: expected a single value, [...] or {...}\n"},
        {"seed=a: 1", "--set:1:6: expected a single value, [...] or {...}\n"},
        {"seed={a: 1, a: 2}", "--set:1:13: a: duplicate key (first in line 1)\n"},
        {"seed=\xff", "--set:1:6: not UTF-8 text (invalid leading UTF-8 octet)\n"},
        {"seed=[\n1}", "--set:1:9: did not find expected ',' or ']' while parsing a flow sequence"
                       " (begun in line 1)\n"},
        {"seed=\"\n\xff\"", "--set:1:8: not UTF-8 text (invalid leading UTF-8 octet)\n"},
        {"seed=# none", "--set:1:12: the document is empty\n"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        qf_yaml_node *root = load_good(f, small);
        assert_false(qf_yaml_set(&f->arena, root, cases[i].argument, &f->diagnostics));
        assert_prints(f, cases[i].message);
        assert_int_equal(root->n_children, 5);
        assert_string_equal(FIND(root, "seed")->text, "42");
        assert_int_equal(FIND(root, "groups")->n_children, 2);
        clear(f);
    }
}

static void set_cannot_nest_deeper_than_a_file(void **state)
{
    fixture *f = *state;
    char argument[512] = "k";
    for (int i = 1; i < 64; i++) {
        strcat(argument, ".k");
    }
    size_t length = strlen(argument);
    strcpy(argument + length, "=1");
    assert_true(qf_yaml_set(&f->arena, load_good(f, "{}"), argument, &f->diagnostics));
    strcpy(argument + length, "=[]");
    assert_false(qf_yaml_set(&f->arena, load_good(f, "{}"), argument, &f->diagnostics));
    assert_prints(f, "--set:1:129: nested more than 64 deep\n");
    clear(f);
    strcpy(argument + length, ".k=1");
    assert_false(qf_yaml_set(&f->arena, load_good(f, "{}"), argument, &f->diagnostics));
    assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), 1);
}

static void merge_is_deep_for_mappings_and_keeps_positions(void **state)
{
    fixture *f = *state;
    static const char base_text[] = "a: {x: 1, y: 2}\nb: [1, 2]\nc: 3\nd: {z: 1}\n";
    qf_yaml_node *base =
        qf_yaml_load_text(&f->arena, "base", base_text, strlen(base_text), &f->diagnostics);
    qf_yaml_node *override = load_good(f, "e: 5\nb: [7]\na: {y: 9, w: 0}\nd: 4\n");
    qf_yaml_node *merged = qf_yaml_merge(&f->arena, base, override);
    assert_non_null(merged);
    assert_int_equal(merged->n_children, 5);
    assert_string_equal(qf_yaml_key_node(merged, 0)->text, "a");
    assert_string_equal(qf_yaml_key_node(merged, 4)->text, "e");
    assert_place(FIND(merged, "a", "x"), "base", 1, 8, "a.x");
    assert_place(FIND(merged, "a", "y"), "f", 3, 8, "a.y");
    assert_place(FIND(merged, "a", "w"), "f", 3, 14, "a.w");
    assert_place(FIND(merged, "c"), "base", 3, 4, "c");
    assert_place(FIND(merged, "d"), "f", 4, 4, "d");
    assert_int_equal(FIND(merged, "b")->n_children, 1);
    assert_string_equal(FIND(merged, "b", "0")->text, "7");
    /* what went in is as it was */
    assert_string_equal(FIND(base, "a", "y")->text, "2");
    assert_place(FIND(base, "a", "x"), "base", 1, 8, "a.x");
    assert_ptr_equal(FIND(base, "a")->parent, base);
    assert_ptr_equal(FIND(override, "a")->parent, override);
}

static void merge_below_a_root_keeps_the_path_of_the_override(void **state)
{
    fixture *f = *state;
    qf_yaml_node *base = load_good(f, "{mass_kg: 1, name: x}");
    qf_yaml_node *root = load_good(f, "groups: [{count: 1, hardware: {mass_kg: 2}}]");
    qf_yaml_node *merged = qf_yaml_merge(&f->arena, base, FIND(root, "groups", "0", "hardware"));
    assert_place(FIND(merged, "name"), "f", 1, 20, "groups[0].hardware.name");
}

static void merge_with_nothing_is_a_copy(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, "{a: 1}");
    qf_yaml_node *left = qf_yaml_merge(&f->arena, root, NULL);
    qf_yaml_node *right = qf_yaml_merge(&f->arena, NULL, root);
    assert_ptr_not_equal(left, root);
    assert_string_equal(FIND(left, "a")->text, "1");
    assert_string_equal(FIND(right, "a")->text, "1");
    assert_null(qf_yaml_merge(&f->arena, NULL, NULL));
}

static void merge_without_memory_is_null(void **state)
{
    skip_unless_memory_can_run_out();
    enum { ENTRIES = 3000 };
    fixture *f = *state;
    char *text = calloc(ENTRIES, 16);
    size_t length = 0;
    for (int i = 0; i < ENTRIES; i++) {
        length += (size_t)sprintf(text + length, "- %d\n", i);
    }
    qf_yaml_node *root = load_good(f, text);
    qf_arena arena = {0};
    allocations_left = 1;
    assert_null(qf_yaml_merge(&arena, root, NULL));
    allocations_left = -1;
    qf_arena_free(&arena);
    free(text);
}

/* --- fuzz --- */

static uint32_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33);
}

/* every link of the tree holds, and every reader can be asked about every node */
static size_t check_tree(const qf_yaml_node *node, qf_diagnostics *diagnostics)
{
    static const char *const names[] = {"name", "count", "radar"};
    char path[32];
    double number;
    int64_t integer;
    uint64_t natural;
    bool truth;
    const char *text;
    size_t choice;
    size_t n_nodes = 1;
    assert_true(strlen(qf_yaml_path(node, path, sizeof path)) < sizeof path);
    assert_true(node->line > 0 && node->column > 0);
    assert_int_equal(node->kind == QF_YAML_SCALAR, node->text != NULL);
    qf_yaml_read_number(node, &number, diagnostics);
    qf_yaml_read_integer(node, 0, 9, &integer, diagnostics);
    qf_yaml_read_uint64(node, &natural, diagnostics);
    qf_yaml_read_bool(node, &truth, diagnostics);
    qf_yaml_read_text(node, &text, diagnostics);
    qf_yaml_read_choice(node, names, COUNT(names), &choice, diagnostics);
    qf_yaml_check_keys(node, names, COUNT(names), diagnostics);
    for (size_t i = 0; i < node->n_children; i++) {
        assert_ptr_equal(node->children[i]->parent, node);
        assert_int_equal(node->children[i]->index, i);
        n_nodes += check_tree(node->children[i], diagnostics);
    }
    return n_nodes;
}

static size_t mutate(char *text, size_t length, size_t capacity, uint64_t *random)
{
    static const char awkward[] = "[]{}:,-&*!|>'\"%@`#?<\n\t \\\0\xff\xc3\xef\x80~.e0";
    size_t n_changes = 1 + next_random(random) % 4;
    for (size_t i = 0; i < n_changes && length > 0; i++) {
        size_t at = next_random(random) % length;
        char byte = awkward[next_random(random) % (sizeof awkward - 1)];
        switch (next_random(random) % 5) {
        case 0:
            text[at] = byte;
            break;
        case 1:
            text[at] = (char)next_random(random);
            break;
        case 2:
            memmove(text + at, text + at + 1, length - at - 1);
            length--;
            break;
        case 3:
            if (length < capacity) {
                memmove(text + at + 1, text + at, length - at);
                text[at] = byte;
                length++;
            }
            break;
        default:
            if (next_random(random) % 4 == 0) {
                length = at;
            }
            break;
        }
    }
    return length;
}

/* exact-size copies on the heap, so that a read past the end is seen by the checkers */
static void load_mutant(fixture *f, const char *original, uint64_t *random, size_t *n_trees)
{
    char text[sizeof sample + 8];
    size_t length =
        mutate(memcpy(text, original, strlen(original)), strlen(original), sizeof text, random);
    char *exact = malloc(length > 0 ? length : 1);
    memcpy(exact, text, length);
    qf_yaml_node *root = qf_yaml_load_text(&f->arena, "f", exact, length, &f->diagnostics);
    free(exact);
    if (root) {
        *n_trees += 1;
        qf_yaml_node *merged = qf_yaml_merge(&f->arena, root, root);
        assert_non_null(merged);
        size_t n_nodes = check_tree(root, &f->diagnostics);
        if (qf_diagnostics_error_count(&f->diagnostics) == 0) {
            assert_int_equal(check_tree(merged, &f->diagnostics), n_nodes);
        }
    } else {
        assert_true(qf_diagnostics_error_count(&f->diagnostics) > 0);
    }
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    qf_diagnostics_print(&f->diagnostics, out);
    fclose(out);
    free(printed);
    clear(f);
}

static void mutated_documents_end_in_a_tree_or_an_error(void **state)
{
    uint64_t random = 1;
    size_t n_trees = 0;
    enum { MUTANTS = 4000 };
    for (int i = 0; i < MUTANTS; i++) {
        load_mutant(*state, i % 2 ? small : sample, &random, &n_trees);
    }
    /* neither outcome may have taken over, else the loop tests nothing */
    assert_in_range(n_trees, MUTANTS / 10, MUTANTS * 9 / 10);
}

static void every_prefix_of_a_document_ends_in_a_tree_or_an_error(void **state)
{
    fixture *f = *state;
    for (size_t length = 0; length < sizeof small; length++) {
        char *exact = malloc(length > 0 ? length : 1);
        memcpy(exact, small, length);
        qf_yaml_node *root = qf_yaml_load_text(&f->arena, "f", exact, length, &f->diagnostics);
        free(exact);
        assert_true(root || qf_diagnostics_error_count(&f->diagnostics) > 0);
        clear(f);
    }
}

static void mutated_settings_end_in_a_tree_or_an_error(void **state)
{
    static const char original[] = "groups[0].transponder.id={uniform: {min: [0], max: 1}}";
    fixture *f = *state;
    uint64_t random = 2;
    size_t n_good = 0;
    enum { MUTANTS = 4000 };
    for (int i = 0; i < MUTANTS; i++) {
        char argument[sizeof original + 8];
        size_t length =
            mutate(strcpy(argument, original), sizeof original - 1, sizeof argument - 1, &random);
        argument[length] = '\0';
        qf_yaml_node *root = load_good(f, small);
        bool good = qf_yaml_set(&f->arena, root, argument, &f->diagnostics);
        assert_int_equal(good, qf_diagnostics_error_count(&f->diagnostics) == 0);
        check_tree(root, &f->diagnostics);
        n_good += good;
        clear(f);
    }
    assert_in_range(n_good, MUTANTS / 10, MUTANTS * 9 / 10);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

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
        WITH_FIXTURE(text_is_any_scalar_that_is_not_empty),
        WITH_FIXTURE(choices_take_unquoted_on_and_suggest_the_nearest),
        WITH_FIXTURE(set_replaces_a_value_and_keeps_its_neighbours),
        WITH_FIXTURE(set_creates_missing_mappings_on_the_way),
        WITH_FIXTURE(set_reaches_into_a_root_that_is_a_list),
        WITH_FIXTURE(set_changes_one_use_of_an_alias_only),
        WITH_FIXTURE(bad_settings_leave_the_tree_alone),
        WITH_FIXTURE(set_cannot_nest_deeper_than_a_file),
        WITH_FIXTURE(merge_is_deep_for_mappings_and_keeps_positions),
        WITH_FIXTURE(merge_below_a_root_keeps_the_path_of_the_override),
        WITH_FIXTURE(merge_with_nothing_is_a_copy),
        WITH_FIXTURE(merge_without_memory_is_null),
        WITH_FIXTURE(mutated_documents_end_in_a_tree_or_an_error),
        WITH_FIXTURE(every_prefix_of_a_document_ends_in_a_tree_or_an_error),
        WITH_FIXTURE(mutated_settings_end_in_a_tree_or_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
