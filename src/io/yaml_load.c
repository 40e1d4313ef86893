/* SPDX-License-Identifier: Apache-2.0 */
/* Text to tree: libyaml's events are composed here, so that every node gets its position. */
#include "yaml_build.h"
#include "yaml_node.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct anchor {
    struct anchor *older;
    const char *name;
    const qf_yaml_node *node; /* NULL while its content is being read */
    size_t n_nodes;           /* of the node and all below it */
} anchor;

typedef struct loader {
    yaml_parser_t parser;
    qf_arena *arena;
    qf_diagnostics *diagnostics;
    const char *file;
    const char *text;
    size_t length;
    size_t depth;      /* collections around the text */
    bool is_argument;  /* of --set: one line, and no block collections */
    uint32_t n_before; /* columns of the argument before the text */
    anchor *anchors;   /* newest first: a later one of the same name counts */
    size_t n_nodes;
} loader;

static uint32_t line_of(const loader *l, yaml_mark_t mark)
{
    return l->is_argument ? 1 : (uint32_t)mark.line + 1;
}

static uint32_t column_of(const loader *l, yaml_mark_t mark)
{
    return l->is_argument ? l->n_before + (uint32_t)mark.index + 1 : (uint32_t)mark.column + 1;
}

/* for what is wrong before libyaml sees characters: only the byte is known then */
static void report_at_byte(loader *l, size_t offset, const char *what)
{
    size_t line_start = 0;
    uint32_t line = 1;
    for (size_t i = 0; i < offset; i++) {
        if (l->text[i] == '\n' && !l->is_argument) {
            line++;
            line_start = i + 1;
        }
    }
    uint32_t column = 1 + qf_yaml_columns(l->text + line_start, offset - line_start);
    qf_diagnose_file(l->diagnostics, l->file, line, column + l->n_before, "not UTF-8 text (%s)",
                     what);
}

static void report_parser_error(loader *l)
{
    const yaml_parser_t *p = &l->parser;
    if (p->error == YAML_MEMORY_ERROR) {
        qf_diagnose_memory(l->diagnostics);
    } else if (p->error == YAML_READER_ERROR) {
        size_t offset = p->problem_offset < l->length ? p->problem_offset : l->length;
        report_at_byte(l, offset, p->problem);
    } else if (p->context) {
        qf_diagnose_file(l->diagnostics, l->file, line_of(l, p->problem_mark),
                         column_of(l, p->problem_mark), "%s %s (begun in line %u)", p->problem,
                         p->context, line_of(l, p->context_mark));
    } else {
        qf_diagnose_file(l->diagnostics, l->file, line_of(l, p->problem_mark),
                         column_of(l, p->problem_mark), "%s", p->problem);
    }
}

static bool next_event(loader *l, yaml_event_t *event)
{
    if (!yaml_parser_parse(&l->parser, event)) {
        report_parser_error(l);
        return false;
    }
    return true;
}

static void report_at(loader *l, yaml_mark_t mark, const char *text)
{
    qf_diagnose_file(l->diagnostics, l->file, line_of(l, mark), column_of(l, mark), "%s", text);
}

static bool count_nodes(loader *l, yaml_mark_t mark, size_t n)
{
    if (n > QF_YAML_MAX_NODES - l->n_nodes) {
        qf_diagnose_file(l->diagnostics, l->file, line_of(l, mark), column_of(l, mark),
                         "more than %d nodes, aliases expanded", QF_YAML_MAX_NODES);
        return false;
    }
    l->n_nodes += n;
    return true;
}

static bool check_depth(loader *l, yaml_mark_t mark, size_t depth)
{
    if (depth > QF_YAML_MAX_DEPTH) {
        qf_diagnose_file(l->diagnostics, l->file, line_of(l, mark), column_of(l, mark),
                         "nested more than %d deep", QF_YAML_MAX_DEPTH);
        return false;
    }
    return true;
}

/* a node at the event, hung into the tree before its content is read so that it has a path */
static qf_yaml_node *add_node(loader *l, const yaml_event_t *event, qf_yaml_node *node,
                              qf_yaml_node *parent, qf_yaml_node *key)
{
    if (!node) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    node->file = l->file;
    node->line = line_of(l, event->start_mark);
    node->column = column_of(l, event->start_mark);
    if (parent && !qf_yaml_append(l->arena, parent, key, node)) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    return node;
}

static void check_tag(loader *l, const qf_yaml_node *node, const yaml_char_t *tag)
{
    if (tag) {
        qf_diagnose(l->diagnostics, node, "tags are not supported (found '%s')", (const char *)tag);
    }
}

static qf_yaml_node *compose_scalar(loader *l, const yaml_event_t *event, qf_yaml_node *parent,
                                    qf_yaml_node *key)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    qf_yaml_node *node = NULL;
    if (count_nodes(l, event->start_mark, 1)) {
        node = add_node(l, event, qf_yaml_new(l->arena, QF_YAML_SCALAR, text, length), parent, key);
    }
    if (!node) {
        return NULL;
    }
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    /* a line that was folded, a doubled quote or an escape makes the text shorter than what was written */
    node->verbatim = event->start_mark.line == event->end_mark.line &&
                     event->end_mark.index - event->start_mark.index ==
                         qf_yaml_columns(text, length) + (node->quoted ? 2 : 0);
    check_tag(l, node, event->data.scalar.tag);
    if (memchr(text, '\0', length)) {
        qf_diagnose(l->diagnostics, node, "a text must not contain the character NUL");
    }
    return node;
}

/* returns the depth of collections in the node, itself included */
static size_t height(const qf_yaml_node *node)
{
    size_t highest = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        size_t h = height(node->children[i]);
        highest = h > highest ? h : highest;
    }
    return highest + (node->kind != QF_YAML_SCALAR);
}

static qf_yaml_node *compose_alias(loader *l, const yaml_event_t *event, qf_yaml_node *parent,
                                   qf_yaml_node *key, size_t depth)
{
    const char *name = (const char *)event->data.alias.anchor;
    const anchor *a = l->anchors;
    while (a && strcmp(a->name, name) != 0) {
        a = a->older;
    }
    if (!a || !a->node) {
        qf_diagnose_file(l->diagnostics, l->file, line_of(l, event->start_mark),
                         column_of(l, event->start_mark), "alias '*%s' %s", name,
                         a ? "is inside the node that it names" : "names no anchor before it");
        return NULL;
    }
    /* counted before they are made: a small file can ask for billions */
    if (!count_nodes(l, event->start_mark, a->n_nodes) ||
        !check_depth(l, event->start_mark, depth + height(a->node))) {
        return NULL;
    }
    qf_yaml_node *copy = qf_yaml_copy(l->arena, a->node);
    if (!copy) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    if (parent && !qf_yaml_append(l->arena, parent, key, copy)) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    return copy;
}

static int compare_keys(const void *a, const void *b)
{
    const qf_yaml_node *x = *(qf_yaml_node *const *)a;
    const qf_yaml_node *y = *(qf_yaml_node *const *)b;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static bool check_duplicate_keys(loader *l, const qf_yaml_node *mapping)
{
    size_t n = mapping->n_children;
    if (n < 2) {
        return true;
    }
    /* sorted, because comparing each with each makes a file of many keys hang */
    qf_yaml_node **sorted = reallocarray(NULL, n, sizeof *sorted);
    if (!sorted) {
        qf_diagnose_memory(l->diagnostics);
        return false;
    }
    memcpy(sorted, mapping->keys, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_keys);
    const qf_yaml_node *first = sorted[0];
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i]->text, first->text) == 0) {
            qf_diagnose(l->diagnostics, sorted[i], "duplicate key (first in line %u)", first->line);
        } else {
            first = sorted[i];
        }
    }
    free(sorted);
    return true;
}

typedef enum outcome {
    NODE_READ,
    NODE_END, /* of the collection around it */
    NODE_FAILED,
} outcome;

static outcome compose_next(loader *l, qf_yaml_node *parent, qf_yaml_node *key, size_t depth,
                            qf_yaml_node **node);

static bool compose_entries(loader *l, qf_yaml_node *sequence, size_t depth)
{
    qf_yaml_node *entry;
    outcome found;
    do {
        found = compose_next(l, sequence, NULL, depth, &entry);
    } while (found == NODE_READ);
    return found == NODE_END;
}

static bool compose_pairs(loader *l, qf_yaml_node *mapping, size_t depth)
{
    for (;;) {
        qf_yaml_node *key;
        qf_yaml_node *value;
        outcome found = compose_next(l, NULL, NULL, depth, &key);
        if (found != NODE_READ) {
            return found == NODE_END && check_duplicate_keys(l, mapping);
        }
        bool usable = key->kind == QF_YAML_SCALAR;
        if (!usable) {
            qf_diagnose_file(l->diagnostics, key->file, key->line, key->column,
                             "a key must be a single text, not a %s",
                             key->kind == QF_YAML_SEQUENCE ? "list" : "mapping");
        }
        /* the value of a bad key is read to get past it, but not kept */
        qf_yaml_node *parent = usable ? mapping : NULL;
        if (compose_next(l, parent, usable ? key : NULL, depth, &value) != NODE_READ) {
            return false;
        }
    }
}

static qf_yaml_node *compose_collection(loader *l, const yaml_event_t *event, qf_yaml_node *parent,
                                        qf_yaml_node *key, size_t depth)
{
    bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
    bool is_block = is_mapping ? event->data.mapping_start.style == YAML_BLOCK_MAPPING_STYLE
                               : event->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE;
    if (l->is_argument && is_block) {
        report_at(l, event->start_mark, "expected a single value, [...] or {...}");
        return NULL;
    }
    if (!check_depth(l, event->start_mark, depth + 1) || !count_nodes(l, event->start_mark, 1)) {
        return NULL;
    }
    qf_yaml_kind kind = is_mapping ? QF_YAML_MAPPING : QF_YAML_SEQUENCE;
    qf_yaml_node *node = add_node(l, event, qf_yaml_new(l->arena, kind, NULL, 0), parent, key);
    if (!node) {
        return NULL;
    }
    check_tag(l, node, is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag);
    bool whole =
        is_mapping ? compose_pairs(l, node, depth + 1) : compose_entries(l, node, depth + 1);
    return whole ? node : NULL;
}

static const yaml_char_t *anchor_name(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static anchor *add_anchor(loader *l, const yaml_char_t *name)
{
    anchor *a = qf_arena_array(l->arena, 1, sizeof *a);
    const char *copy = qf_arena_text(l->arena, (const char *)name, strlen((const char *)name));
    if (!a || !copy) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    *a = (anchor){.older = l->anchors, .name = copy};
    l->anchors = a;
    return a;
}

/* the node of an event, with all that belongs to it; NULL after an error */
static qf_yaml_node *compose(loader *l, const yaml_event_t *event, qf_yaml_node *parent,
                             qf_yaml_node *key, size_t depth)
{
    if (event->type == YAML_ALIAS_EVENT) {
        return compose_alias(l, event, parent, key, depth);
    }
    const yaml_char_t *name = anchor_name(event);
    anchor *a = name ? add_anchor(l, name) : NULL;
    if (name && !a) {
        return NULL;
    }
    size_t n_before = l->n_nodes;
    qf_yaml_node *node = event->type == YAML_SCALAR_EVENT
                             ? compose_scalar(l, event, parent, key)
                             : compose_collection(l, event, parent, key, depth);
    if (a) {
        a->node = node;
        a->n_nodes = l->n_nodes - n_before;
    }
    return node;
}

static outcome compose_next(loader *l, qf_yaml_node *parent, qf_yaml_node *key, size_t depth,
                            qf_yaml_node **node)
{
    yaml_event_t event;
    if (!next_event(l, &event)) {
        return NODE_FAILED;
    }
    outcome found = NODE_END;
    if (event.type != YAML_SEQUENCE_END_EVENT && event.type != YAML_MAPPING_END_EVENT) {
        *node = compose(l, &event, parent, key, depth);
        found = *node ? NODE_READ : NODE_FAILED;
    }
    yaml_event_delete(&event);
    return found;
}

/* consumes one event; true when it is of the type */
static bool accept(loader *l, yaml_event_type_t type, const char *otherwise)
{
    yaml_event_t event;
    if (!next_event(l, &event)) {
        return false;
    }
    bool is_expected = event.type == type;
    if (!is_expected) {
        report_at(l, event.start_mark, otherwise);
    }
    yaml_event_delete(&event);
    return is_expected;
}

static qf_yaml_node *compose_document(loader *l)
{
    static const char empty[] = "the document is empty";
    qf_yaml_node *root;
    if (!accept(l, YAML_STREAM_START_EVENT, empty) ||
        !accept(l, YAML_DOCUMENT_START_EVENT, empty) ||
        compose_next(l, NULL, NULL, l->depth, &root) != NODE_READ) {
        return NULL;
    }
    if (root->kind == QF_YAML_SCALAR && !root->quoted && root->text[0] == '\0') {
        qf_diagnose(l->diagnostics, root, "%s", empty);
        return NULL;
    }
    if (!accept(l, YAML_DOCUMENT_END_EVENT, "expected the end of the document") ||
        !accept(l, YAML_STREAM_END_EVENT, "a second document begins here, expected only one")) {
        return NULL;
    }
    return root;
}

static qf_yaml_node *load(loader *l)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (!l->file) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    /* libyaml would count the byte order mark as a column */
    if (l->length >= 3 && memcmp(l->text, mark, 3) == 0) {
        l->text += 3;
        l->length -= 3;
    }
    const char *nul = l->length > 0 ? memchr(l->text, '\0', l->length) : NULL;
    if (nul) {
        report_at_byte(l, (size_t)(nul - l->text), "NUL byte");
        return NULL;
    }
    if (!yaml_parser_initialize(&l->parser)) {
        qf_diagnose_memory(l->diagnostics);
        return NULL;
    }
    yaml_parser_set_encoding(&l->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&l->parser, (const yaml_char_t *)l->text, l->length);
    qf_yaml_node *root = compose_document(l);
    yaml_parser_delete(&l->parser);
    return root;
}

qf_yaml_node *qf_yaml_load_text(qf_arena *arena, const char *name, const char *text, size_t length,
                                qf_diagnostics *diagnostics)
{
    loader l = {
        .arena = arena,
        .diagnostics = diagnostics,
        .file = qf_arena_text(arena, name, strlen(name)),
        .text = length > 0 ? text : "",
        .length = length,
    };
    return load(&l);
}

qf_yaml_node *qf_yaml_load_value(qf_arena *arena, const char *text, size_t length,
                                 uint32_t n_before, size_t depth, qf_diagnostics *diagnostics)
{
    loader l = {
        .arena = arena,
        .diagnostics = diagnostics,
        .file = "--set",
        .text = text,
        .length = length,
        .n_before = n_before,
        .depth = depth,
        .is_argument = true,
    };
    return load(&l);
}
