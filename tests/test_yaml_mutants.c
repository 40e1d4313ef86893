/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged documents and settings end in a tree whose every link holds, or in an error. */
#include "yaml_fixture.h"

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
        load_mutant(*state, i % 2 ? SMALL_DOCUMENT : sample, &random, &n_trees);
    }
    /* neither outcome may have taken over, else the loop tests nothing */
    assert_in_range(n_trees, MUTANTS / 10, MUTANTS * 9 / 10);
}

static void every_prefix_of_a_document_ends_in_a_tree_or_an_error(void **state)
{
    fixture *f = *state;
    for (size_t length = 0; length < sizeof SMALL_DOCUMENT; length++) {
        char *exact = malloc(length > 0 ? length : 1);
        memcpy(exact, SMALL_DOCUMENT, length);
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
        qf_yaml_node *root = load_good(f, SMALL_DOCUMENT);
        bool good = qf_yaml_set(&f->arena, root, argument, &f->diagnostics);
        assert_int_equal(good, qf_diagnostics_error_count(&f->diagnostics) == 0);
        check_tree(root, &f->diagnostics);
        n_good += good;
        clear(f);
    }
    assert_in_range(n_good, MUTANTS / 10, MUTANTS * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(mutated_documents_end_in_a_tree_or_an_error),
        WITH_FIXTURE(every_prefix_of_a_document_ends_in_a_tree_or_an_error),
        WITH_FIXTURE(mutated_settings_end_in_a_tree_or_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
