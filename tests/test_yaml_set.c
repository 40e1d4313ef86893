/* SPDX-License-Identifier: Apache-2.0 */
#include "failing_memory.h"
#include "yaml_fixture.h"

static void set_replaces_a_value_and_keeps_its_neighbours(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
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
    qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
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

static void set_finds_entries_by_their_name(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
    assert_true(qf_yaml_set(&f->arena, root, "groups[posts].count=9", &f->diagnostics));
    assert_string_equal(FIND(root, "groups", "1", "count")->text, "9");
    assert_string_equal(FIND(root, "groups", "0", "count")->text, "100");
}

static void coordinates_of_distributed_vectors_are_set_singly(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root =
        load_good(f, "p: {normal: {mean: [1, 2, 3], sd: 4}}\n"
                     "g: {grid: [[1, 2, 3], [4, 5, 6]]}\n"
                     "c: {choice: [[1, 2, 3]]}\nu: {uniform: {min: [1, 2], max: 3}}\n");
    assert_true(qf_yaml_set(&f->arena, root, "p[1]=7", &f->diagnostics));
    assert_true(qf_yaml_set(&f->arena, root, "g[0]=8", &f->diagnostics));
    assert_string_equal(FIND(root, "p", "0", "normal", "mean")->text, "1");
    assert_string_equal(FIND(root, "p", "0", "normal", "sd")->text, "4");
    assert_string_equal(FIND(root, "p", "1")->text, "7");
    assert_place(FIND(root, "p", "2", "normal", "mean"), "f", 1, 27, "p[2].normal.mean");
    assert_string_equal(FIND(root, "g", "0")->text, "8");
    assert_string_equal(FIND(root, "g", "2", "grid", "1")->text, "6");
    assert_false(qf_yaml_set(&f->arena, root, "c[0]=7", &f->diagnostics));
    assert_false(qf_yaml_set(&f->arena, root, "u[0]=7", &f->diagnostics));
    assert_false(qf_yaml_set(&f->arena, root, "p[3]=7", &f->diagnostics));
    assert_prints(f, "--set:1:2: c[0]: an index needs a list\n"
                     "--set:1:2: u[0]: an index needs a list\n"
                     "--set:1:2: p[3]: the list has no entry of this index\n");
}

static void values_put_stand_where_their_path_does(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
    qf_yaml_node *paths = load_good(f, "a: \"groups[posts].count\"\nb: groups[0].new.key\n"
                                       "c: 'groups[2].count'\n");
    qf_yaml_node *value = qf_yaml_put(&f->arena, root, FIND(paths, "a"), "7", &f->diagnostics);
    assert_ptr_equal(FIND(root, "groups", "1", "count"), value);
    assert_place(value, "f", 1, 4, "groups[1].count");
    assert_non_null(qf_yaml_put(&f->arena, root, FIND(paths, "b"), "x", &f->diagnostics));
    assert_place(qf_yaml_key_node(FIND(root, "groups", "0"), 4), "f", 2, 14, "groups[0].new");
    assert_null(qf_yaml_put(&f->arena, root, FIND(paths, "c"), "x", &f->diagnostics));
    assert_prints(f, "f:3:11: c: the list has no entry of this index\n");
}

static void set_changes_one_use_of_an_alias_only(void **state)
{
    fixture *f = *state;
    qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
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
        {"groups[-1]=5",
         "--set:1:7: groups[-1]: expected an index such as [0], or an entry's name\n"},
        {"groups[]=5", "--set:1:7: groups[]: expected an index such as [0], or an entry's name\n"},
        {"groups[0=5", "--set:1:7: groups[0: expected an index such as [0], or an entry's name\n"},
        {"groups[scuots].count=5", "--set:1:7: groups[scuots].count: the list has no entry of this "
                                   "name (did you mean 'scouts'?)\n"},
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
        qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
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
    const qf_yaml_node *merged = qf_yaml_merge(&arena, root, NULL);
    allocations_left = -1;
    assert_null(merged);
    qf_arena_free(&arena);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(set_replaces_a_value_and_keeps_its_neighbours),
        WITH_FIXTURE(set_creates_missing_mappings_on_the_way),
        WITH_FIXTURE(set_reaches_into_a_root_that_is_a_list),
        WITH_FIXTURE(set_changes_one_use_of_an_alias_only),
        WITH_FIXTURE(set_finds_entries_by_their_name),
        WITH_FIXTURE(coordinates_of_distributed_vectors_are_set_singly),
        WITH_FIXTURE(values_put_stand_where_their_path_does),
        WITH_FIXTURE(bad_settings_leave_the_tree_alone),
        WITH_FIXTURE(set_cannot_nest_deeper_than_a_file),
        WITH_FIXTURE(merge_is_deep_for_mappings_and_keeps_positions),
        WITH_FIXTURE(merge_below_a_root_keeps_the_path_of_the_override),
        WITH_FIXTURE(merge_with_nothing_is_a_copy),
        WITH_FIXTURE(merge_without_memory_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
