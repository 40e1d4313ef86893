/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's `--set path.to[2].key=value`, and the paths of a sweep's parameters. */
#include "yaml_build.h"
#include "yaml_node.h"

#include <string.h>

typedef struct segment {
    const char *text; /* key, or name of an entry; not terminated */
    size_t length;
    bool is_entry; /* of a list: [2] or [name] */
    bool is_named;
    size_t index;
    size_t offset; /* of its first byte in the path */
} segment;

typedef struct setting {
    qf_arena *arena;
    qf_diagnostics *diagnostics;
    const qf_yaml_node *written; /* the scalar that the path is the text of; NULL: an argument */
    const char *path;
    size_t path_length;
    segment segments[QF_YAML_MAX_DEPTH];
    size_t n_segments;
} setting;

/* of an argument the path is repeated, because all are called --set */
static bool fail(const setting *s, size_t offset, const char *text)
{
    if (s->written) {
        qf_diagnose_within(s->diagnostics, s->written, offset, false, text);
    } else {
        qf_diagnose_file(s->diagnostics, "--set", 1, 1 + qf_yaml_columns(s->path, offset),
                         "%.*s: %s", (int)s->path_length, s->path, text);
    }
    return false;
}

static bool add_segment(setting *s, segment added)
{
    if (s->n_segments == QF_YAML_MAX_DEPTH) {
        return fail(s, added.offset, "the path is too deep");
    }
    s->segments[s->n_segments++] = added;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `12` of `[12]` */
static bool read_index(const setting *s, segment *entry)
{
    for (size_t i = 0; i < entry->length; i++) {
        const size_t digit = (size_t)(entry->text[i] - '0');
        if (!is_digit(entry->text[i])) {
            return fail(s, entry->offset, "expected an index such as [0], or an entry's name");
        }
        if (__builtin_mul_overflow(entry->index, (size_t)10, &entry->index) ||
            __builtin_add_overflow(entry->index, digit, &entry->index)) {
            return fail(s, entry->offset, "the index is out of range");
        }
    }
    return true;
}

/* reads `[12]` or `[name]` at the offset and moves behind it */
static bool add_entry(setting *s, size_t *offset)
{
    segment added = {.is_entry = true, .text = s->path + *offset + 1, .offset = *offset};
    const size_t left = s->path_length - *offset - 1;
    const char *end = memchr(added.text, ']', left);
    added.length = end ? (size_t)(end - added.text) : 0;
    if (added.length == 0) {
        return fail(s, added.offset, "expected an index such as [0], or an entry's name");
    }
    const char first = added.text[0];
    added.is_named = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    if (!added.is_named && !read_index(s, &added)) {
        return false;
    }
    *offset += added.length + 2;
    return add_segment(s, added);
}

static bool add_key(setting *s, size_t *offset)
{
    size_t end = *offset;
    while (end < s->path_length && s->path[end] != '.' && s->path[end] != '[') {
        end++;
    }
    segment added = {.text = s->path + *offset, .length = end - *offset, .offset = *offset};
    if (added.length == 0) {
        return fail(s, added.offset, "expected a key, found none");
    }
    *offset = end;
    return add_segment(s, added);
}

static bool parse_path(setting *s)
{
    size_t at = 0;
    for (;;) {
        /* only a root that is a list may be indexed at once */
        bool starts_with_index = at == 0 && s->path_length > 0 && s->path[0] == '[';
        if (!starts_with_index && !add_key(s, &at)) {
            return false;
        }
        while (at < s->path_length && s->path[at] == '[') {
            if (!add_entry(s, &at)) {
                return false;
            }
        }
        if (at == s->path_length) {
            return true;
        }
        if (s->path[at] != '.') {
            return fail(s, at, "expected '.', '[' or '=' after an index");
        }
        at++;
    }
}

static bool is_text(const qf_yaml_node *node, const segment *of)
{
    return node && node->kind == QF_YAML_SCALAR && strlen(node->text) == of->length &&
           memcmp(node->text, of->text, of->length) == 0;
}

static qf_yaml_node *find_child(const qf_yaml_node *mapping, const segment *key)
{
    for (size_t i = 0; i < mapping->n_children; i++) {
        if (is_text(mapping->keys[i], key)) {
            return mapping->children[i];
        }
    }
    return NULL;
}

/* the entry whose `name` is that of the segment */
static bool find_named(const setting *s, const qf_yaml_node *list, const segment *entry,
                       qf_yaml_node **child)
{
    const char **names = qf_arena_array(s->arena, list->n_children + 1, sizeof *names);
    const char *wanted = qf_arena_text(s->arena, entry->text, entry->length);
    size_t n = 0;
    for (size_t i = 0; names && i < list->n_children; i++) {
        const qf_yaml_node *name = qf_yaml_get(list->children[i], "name");
        if (is_text(name, entry)) {
            *child = list->children[i];
            return true;
        }
        if (name && name->kind == QF_YAML_SCALAR) {
            names[n++] = name->text;
        }
    }
    if (!names || !wanted) {
        qf_diagnose_memory(s->diagnostics);
        return false;
    }
    const char *nearest = qf_nearest_name(wanted, names, n);
    const char *text = qf_arena_format(s->arena, "the list has no entry of this name%s%s%s",
                                       nearest ? " (did you mean '" : "", nearest ? nearest : "",
                                       nearest ? "'?)" : "");
    return fail(s, entry->offset, text ? text : "the list has no entry of this name");
}

/* the child that the segment names, NULL in `child` for a key that is not there */
static bool step(const setting *s, const qf_yaml_node *node, const segment *to,
                 qf_yaml_node **child)
{
    if (to->is_entry && !to->is_named && node->parent) {
        qf_yaml_node *list = qf_yaml_spread(s->arena, node);
        if (list) {
            list->parent->children[list->index] = list;
            node = list;
        }
    }
    if (to->is_entry && node->kind != QF_YAML_SEQUENCE) {
        return fail(s, to->offset, "an index needs a list");
    }
    if (to->is_named) {
        return find_named(s, node, to, child);
    }
    if (to->is_entry && to->index >= node->n_children) {
        return fail(s, to->offset, "the list has no entry of this index");
    }
    if (!to->is_entry && node->kind != QF_YAML_MAPPING) {
        return fail(s, to->offset, "a key needs a mapping");
    }
    *child = to->is_entry ? node->children[to->index] : find_child(node, to);
    return true;
}

/* where that byte of the path stands */
static qf_yaml_node *place(const setting *s, qf_yaml_node *node, size_t offset)
{
    const qf_yaml_node *written = s->written;
    if (!node) {
        return NULL;
    }
    node->file = written ? written->file : "--set";
    node->line = written ? written->line : 1;
    node->column = written ? written->column : 1 + qf_yaml_columns(s->path, offset);
    if (written && written->verbatim) {
        node->column += qf_yaml_columns(s->path, offset) + (written->quoted ? 1 : 0);
    }
    return node;
}

/* puts the value under the keys from `first` on and the whole into `mapping` */
static bool add_value(const setting *s, qf_yaml_node *mapping, size_t first, qf_yaml_node *value)
{
    for (size_t i = s->n_segments; i-- > first;) {
        const segment *at = &s->segments[i];
        qf_yaml_node *key =
            place(s, qf_yaml_new(s->arena, QF_YAML_SCALAR, at->text, at->length), at->offset);
        qf_yaml_node *around = mapping;
        if (i > first) {
            around = place(s, qf_yaml_new(s->arena, QF_YAML_MAPPING, NULL, 0), at->offset);
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
        if (s->segments[i].is_entry) {
            return fail(s, s->segments[i].offset, "there is no list to index");
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
        .path = argument,
        .path_length = strcspn(argument, "="),
    };
    if (argument[s.path_length] != '=') {
        return fail(&s, s.path_length, "expected '=' and a value");
    }
    if (!parse_path(&s)) {
        return false;
    }
    const char *text = argument + s.path_length + 1;
    if (text[strspn(text, " \t")] == '\0') {
        return fail(&s, s.path_length + 1, "expected a value after '='");
    }
    size_t n_errors = qf_diagnostics_error_count(diagnostics);
    uint32_t n_before = qf_yaml_columns(argument, s.path_length + 1);
    qf_yaml_node *value =
        qf_yaml_load_value(arena, text, strlen(text), n_before, s.n_segments, diagnostics);
    if (!value || qf_diagnostics_error_count(diagnostics) != n_errors) {
        return false;
    }
    return put_value(&s, root, value);
}

qf_yaml_node *qf_yaml_put(qf_arena *arena, qf_yaml_node *root, const qf_yaml_node *path,
                          const char *text, qf_diagnostics *diagnostics)
{
    setting s = {
        .arena = arena,
        .diagnostics = diagnostics,
        .written = path,
        .path = path->text,
        .path_length = strlen(path->text),
    };
    if (!parse_path(&s)) {
        return NULL;
    }
    qf_yaml_node *value = qf_yaml_new(arena, QF_YAML_SCALAR, text, strlen(text));
    if (!value) {
        qf_diagnose_memory(diagnostics);
        return NULL;
    }
    value->file = path->file;
    value->line = path->line;
    value->column = path->column;
    return put_value(&s, root, value) ? value : NULL;
}

qf_yaml_node *qf_yaml_find(qf_arena *arena, qf_yaml_node *root, const qf_yaml_node *path)
{
    qf_diagnostics unheard;
    qf_diagnostics_init(&unheard);
    setting s = {
        .arena = arena,
        .diagnostics = &unheard,
        .written = path,
        .path = path->text,
        .path_length = strlen(path->text),
    };
    qf_yaml_node *node = parse_path(&s) ? root : NULL;
    for (size_t i = 0; node && i < s.n_segments; i++) {
        qf_yaml_node *child = NULL;
        node = step(&s, node, &s.segments[i], &child) ? child : NULL;
    }
    qf_diagnostics_free(&unheard);
    return node;
}
