/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's `--set path.to[2].key=value`. */
#include "yaml_build.h"
#include "yaml_node.h"

#include <string.h>

typedef struct segment {
    const char *text; /* key, not terminated */
    size_t length;
    bool is_index;
    size_t index;
    uint32_t column; /* in the argument, 1-based */
} segment;

typedef struct setting {
    qf_arena *arena;
    qf_diagnostics *diagnostics;
    const char *argument;
    size_t path_length; /* up to the '=' */
    segment segments[QF_YAML_MAX_DEPTH];
    size_t n_segments;
} setting;

static uint32_t column_at(const setting *s, size_t offset)
{
    return 1 + qf_yaml_columns(s->argument, offset);
}

/* the path is repeated, because all arguments are called --set */
static bool fail(const setting *s, uint32_t column, const char *text)
{
    qf_diagnose_file(s->diagnostics, "--set", 1, column, "%.*s: %s", (int)s->path_length,
                     s->argument, text);
    return false;
}

static bool add_segment(setting *s, segment added)
{
    if (s->n_segments == QF_YAML_MAX_DEPTH) {
        return fail(s, added.column, "the path is too deep");
    }
    s->segments[s->n_segments++] = added;
    return true;
}

/* reads `[12]` at the offset and moves behind it */
static bool add_index(setting *s, size_t *offset)
{
    static const char expected[] = "expected an index such as [0]";
    segment added = {.is_index = true, .column = column_at(s, *offset)};
    size_t first = *offset + 1;
    size_t at = first;
    while (at < s->path_length && s->argument[at] >= '0' && s->argument[at] <= '9') {
        size_t digit = (size_t)(s->argument[at] - '0');
        if (__builtin_mul_overflow(added.index, (size_t)10, &added.index) ||
            __builtin_add_overflow(added.index, digit, &added.index)) {
            return fail(s, added.column, "the index is out of range");
        }
        at++;
    }
    if (at == first || at == s->path_length || s->argument[at] != ']') {
        return fail(s, added.column, expected);
    }
    *offset = at + 1;
    return add_segment(s, added);
}

static bool add_key(setting *s, size_t *offset)
{
    size_t end = *offset;
    while (end < s->path_length && s->argument[end] != '.' && s->argument[end] != '[') {
        end++;
    }
    segment added = {
        .text = s->argument + *offset, .length = end - *offset, .column = column_at(s, *offset)};
    if (added.length == 0) {
        return fail(s, added.column, "expected a key, found none");
    }
    *offset = end;
    return add_segment(s, added);
}

static bool parse_path(setting *s)
{
    size_t at = 0;
    for (;;) {
        /* only a root that is a list may be indexed at once */
        bool starts_with_index = at == 0 && s->path_length > 0 && s->argument[0] == '[';
        if (!starts_with_index && !add_key(s, &at)) {
            return false;
        }
        while (at < s->path_length && s->argument[at] == '[') {
            if (!add_index(s, &at)) {
                return false;
            }
        }
        if (at == s->path_length) {
            return true;
        }
        if (s->argument[at] != '.') {
            return fail(s, column_at(s, at), "expected '.', '[' or '=' after an index");
        }
        at++;
    }
}

static qf_yaml_node *find_child(const qf_yaml_node *mapping, const segment *key)
{
    for (size_t i = 0; i < mapping->n_children; i++) {
        const char *text = mapping->keys[i]->text;
        if (strlen(text) == key->length && memcmp(text, key->text, key->length) == 0) {
            return mapping->children[i];
        }
    }
    return NULL;
}

/* the child that the segment names, NULL in `child` for a key that is not there */
static bool step(const setting *s, const qf_yaml_node *node, const segment *to,
                 qf_yaml_node **child)
{
    if (to->is_index && node->kind != QF_YAML_SEQUENCE) {
        return fail(s, to->column, "an index needs a list");
    }
    if (to->is_index && to->index >= node->n_children) {
        return fail(s, to->column, "the list has no entry of this index");
    }
    if (!to->is_index && node->kind != QF_YAML_MAPPING) {
        return fail(s, to->column, "a key needs a mapping");
    }
    *child = to->is_index ? node->children[to->index] : find_child(node, to);
    return true;
}

static qf_yaml_node *place(qf_yaml_node *node, uint32_t column)
{
    if (node) {
        node->file = "--set";
        node->line = 1;
        node->column = column;
    }
    return node;
}

/* puts the value under the keys from `first` on and the whole into `mapping` */
static bool add_value(const setting *s, qf_yaml_node *mapping, size_t first, qf_yaml_node *value)
{
    for (size_t i = s->n_segments; i-- > first;) {
        const segment *at = &s->segments[i];
        qf_yaml_node *key =
            place(qf_yaml_new(s->arena, QF_YAML_SCALAR, at->text, at->length), at->column);
        qf_yaml_node *around = mapping;
        if (i > first) {
            around = place(qf_yaml_new(s->arena, QF_YAML_MAPPING, NULL, 0), at->column);
        }
        if (!key || !around || !qf_yaml_append(s->arena, around, key, value)) {
            qf_diagnose_memory(s->diagnostics);
            return false;
        }
        value = around;
    }
    return true;
}

static bool put_value(const setting *s, qf_yaml_node *root, qf_yaml_node *value)
{
    qf_yaml_node *node = root;
    size_t at = 0;
    while (at < s->n_segments) {
        qf_yaml_node *child;
        if (!step(s, node, &s->segments[at], &child)) {
            return false;
        }
        if (!child) {
            break;
        }
        node = child;
        at++;
    }
    if (at == s->n_segments) {
        value->parent = node->parent;
        value->index = node->index;
        node->parent->children[node->index] = value;
        return true;
    }
    for (size_t i = at + 1; i < s->n_segments; i++) {
        if (s->segments[i].is_index) {
            return fail(s, s->segments[i].column, "there is no list to index");
        }
    }
    return add_value(s, node, at, value);
}

bool qf_yaml_set(qf_arena *arena, qf_yaml_node *root, const char *argument,
                 qf_diagnostics *diagnostics)
{
    setting s = {
        .arena = arena,
        .diagnostics = diagnostics,
        .argument = argument,
        .path_length = strcspn(argument, "="),
    };
    if (argument[s.path_length] != '=') {
        return fail(&s, column_at(&s, s.path_length), "expected '=' and a value");
    }
    if (!parse_path(&s)) {
        return false;
    }
    const char *text = argument + s.path_length + 1;
    uint32_t n_before = qf_yaml_columns(argument, s.path_length + 1);
    if (text[strspn(text, " \t")] == '\0') {
        return fail(&s, 1 + n_before, "expected a value after '='");
    }
    size_t n_errors = qf_diagnostics_error_count(diagnostics);
    qf_yaml_node *value =
        qf_yaml_load_value(arena, text, strlen(text), n_before, s.n_segments, diagnostics);
    if (!value || qf_diagnostics_error_count(diagnostics) != n_errors) {
        return false;
    }
    return put_value(&s, root, value);
}
