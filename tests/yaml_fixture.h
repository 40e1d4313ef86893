/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_YAML_FIXTURE_H
#define QF_TEST_YAML_FIXTURE_H

/* What the tests of the YAML tree share: a tree's memory, what was said of it, ways through it. */
#include "diagnostics.h"
#include "yaml_node.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

typedef struct fixture {
    qf_arena arena;
    qf_diagnostics diagnostics;
} fixture;

static inline int set_up(void **state)
{
    *state = calloc(1, sizeof(fixture));
    return 0;
}

static inline void clear(fixture *f)
{
    qf_arena_free(&f->arena);
    qf_diagnostics_free(&f->diagnostics);
}

static inline int tear_down(void **state)
{
    clear(*state);
    free(*state);
    return 0;
}

static inline void assert_prints(const fixture *f, const char *expected)
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

static inline qf_yaml_node *load(fixture *f, const char *text)
{
    return qf_yaml_load_text(&f->arena, "f", text, strlen(text), &f->diagnostics);
}

static inline qf_yaml_node *load_good(fixture *f, const char *text)
{
    qf_yaml_node *root = load(f, text);
    assert_prints(f, "");
    assert_non_null(root);
    return root;
}

/* follows keys and, for lists, decimal indices */
static inline qf_yaml_node *find(qf_yaml_node *node, const char *const *way, size_t n)
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

static inline void assert_place(const qf_yaml_node *node, const char *file, uint32_t line,
                                uint32_t column, const char *path)
{
    char buffer[128];
    assert_string_equal(node->file, file);
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
    assert_string_equal(qf_yaml_path(node, buffer, sizeof buffer), path);
}

/* A document whose lines and columns tests name. */
#define SMALL_DOCUMENT                                                                             \
    "schema: qfleet/1\n"                                                                           \
    "time: {dt_s: 0.1, duration_s: 600}\n"                                                         \
    "defaults: &radar\n"                                                                           \
    "  range_m: 5000.0\n"                                                                          \
    "  band: \"x\"\n"                                                                              \
    "groups:\n"                                                                                    \
    "  - name: scouts\n"                                                                           \
    "    count: 100\n"                                                                             \
    "    transponder: {mode: \"on\", id: 'ALLY-{index}'}\n"                                        \
    "    radar: *radar\n"                                                                          \
    "  - {name: posts, count: 2, radar: *radar}\n"                                                 \
    "seed: 42 # last\n"

#endif
