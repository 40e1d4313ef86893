/* SPDX-License-Identifier: Apache-2.0 */
/* What is written of a tree loads to the same tree. */
#include "yaml_fixture.h"

static void assert_same(const qf_yaml_node *a, const qf_yaml_node *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->n_children, b->n_children);
    if (a->kind == QF_YAML_SCALAR) {
        assert_int_equal(qf_yaml_is_null(a), qf_yaml_is_null(b));
        if (!qf_yaml_is_null(a)) {
            assert_string_equal(a->text, b->text);
            assert_int_equal(a->quoted || strchr(a->text, '\n'), b->quoted);
        }
    }
    for (size_t i = 0; i < a->n_children; i++) {
        if (a->kind == QF_YAML_MAPPING) {
            assert_string_equal(a->keys[i]->text, b->keys[i]->text);
        }
        assert_same(a->children[i], b->children[i]);
    }
}

static void trees_are_written_and_load_the_same(void **state)
{
    fixture *f = *state;
    static const char *const documents[] = {
        SMALL_DOCUMENT,
        "{}",
        "[]",
        "5",
        "a: {}\nb: []\nc: ~\nd:\ne: ''\nf: \"~\"\n",
        "- - 1\n  - - 2\n    - {a: [3, {b: 4}]}\n- []\n",
        "a: first\n  second\n\n  third\nb: 'it''s'\n",
        "c: \"tab\\t, \\u00e9, \\\\ and \\\"\"\nd: |\n  lines\n  of it\n",
        "a: x > 3 and y < [2\nb: a, b\nc: what? no!\nd: a:b\ne: a#b\nf: -x\ng: http://x/y\n",
        "m:\n  - a, b\n  - x: y#z\nn:\n  p: x > 3 and y < [2\n",
        "\"a b\": 1\n\"true\": 2\n\"#\": 3\n5: 4\n'a: b': {c d: [e f, \"g, h\"]}\n",
        "list: [\"5\", 5, 'on', on, 1e3, .inf, 0x10]\n",
    };
    for (size_t i = 0; i < COUNT(documents); i++) {
        char *text = NULL;
        size_t length;
        qf_yaml_node *root = load_good(f, documents[i]);
        FILE *out = open_memstream(&text, &length);
        assert_non_null(out);
        qf_yaml_write(root, out);
        assert_int_equal(fclose(out), 0);
        qf_yaml_node *again = load(f, text);
        if (!again) {
            fail_msg("does not load:\n%s", text);
        }
        assert_prints(f, "");
        assert_same(root, again);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(trees_are_written_and_load_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
