/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml_node.h"

#include "yaml_build.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 8 };

qf_yaml_node *qf_yaml_new(qf_arena *arena, qf_yaml_kind kind, const char *text, size_t length)
{
    /* node and text in one piece: the arena rounds every piece up to 64 bytes */
    size_t text_bytes = kind == QF_YAML_SCALAR ? length + 1 : 0;
    qf_yaml_node *node = qf_arena_array(arena, sizeof *node + text_bytes, 1);
    if (!node) {
        return NULL;
    }
    node->kind = kind;
    if (kind == QF_YAML_SCALAR) {
        char *copy = (char *)(node + 1);
        memcpy(copy, text, length);
        node->text = copy;
    }
    return node;
}

static bool grow_array(qf_arena *arena, qf_yaml_node ***array, size_t n, size_t capacity)
{
    qf_yaml_node **larger = qf_arena_array(arena, capacity, sizeof *larger);
    if (!larger) {
        return false;
    }
    if (n > 0) {
        memcpy(larger, *array, n * sizeof *larger);
    }
    *array = larger;
    return true;
}

bool qf_yaml_append(qf_arena *arena, qf_yaml_node *parent, qf_yaml_node *key, qf_yaml_node *child)
{
    size_t n = parent->n_children;
    if (n == parent->capacity) {
        size_t capacity = n > 0 ? 2 * n : FIRST_CAPACITY;
        if (!grow_array(arena, &parent->children, n, capacity) ||
            (key && !grow_array(arena, &parent->keys, n, capacity))) {
            return false;
        }
        parent->capacity = capacity;
    }
    if (key) {
        parent->keys[n] = key;
        key->parent = parent;
        key->index = n;
    }
    parent->children[n] = child;
    child->parent = parent;
    child->index = n;
    parent->n_children++;
    return true;
}

/* all but the children */
static qf_yaml_node *copy_alone(qf_arena *arena, const qf_yaml_node *node)
{
    size_t length = node->text ? strlen(node->text) : 0;
    qf_yaml_node *copy = qf_yaml_new(arena, node->kind, node->text, length);
    if (copy) {
        copy->quoted = node->quoted;
        copy->verbatim = node->verbatim;
        copy->file = node->file;
        copy->line = node->line;
        copy->column = node->column;
        copy->parent = node->parent;
        copy->index = node->index;
        copy->cases = node->cases;
    }
    return copy;
}

/* `key` and `child` go into the tree themselves only as copies; a sequence has no key */
static bool append_copy(qf_arena *arena, qf_yaml_node *parent, const qf_yaml_node *key,
                        qf_yaml_node *child_copy)
{
    qf_yaml_node *key_copy = key ? copy_alone(arena, key) : NULL;
    if (!child_copy || (key && !key_copy)) {
        return false;
    }
    return qf_yaml_append(arena, parent, key_copy, child_copy);
}

qf_yaml_node *qf_yaml_copy(qf_arena *arena, const qf_yaml_node *node)
{
    qf_yaml_node *copy = copy_alone(arena, node);
    for (size_t i = 0; copy && i < node->n_children; i++) {
        qf_yaml_node *child = qf_yaml_copy(arena, node->children[i]);
        if (!append_copy(arena, copy, qf_yaml_key_node(node, i), child)) {
            return NULL;
        }
    }
    return copy;
}

static qf_yaml_node *merge_mappings(qf_arena *arena, const qf_yaml_node *base,
                                    const qf_yaml_node *override)
{
    qf_yaml_node *merged = copy_alone(arena, override);
    for (size_t i = 0; merged && i < base->n_children; i++) {
        const qf_yaml_node *key = base->keys[i];
        const qf_yaml_node *winner = qf_yaml_get(override, key->text);
        qf_yaml_node *child = qf_yaml_merge(arena, base->children[i], winner);
        if (!append_copy(arena, merged, winner ? override->keys[winner->index] : key, child)) {
            return NULL;
        }
    }
    for (size_t i = 0; merged && i < override->n_children; i++) {
        const qf_yaml_node *key = override->keys[i];
        if (!qf_yaml_get(base, key->text)) {
            qf_yaml_node *child = qf_yaml_copy(arena, override->children[i]);
            if (!append_copy(arena, merged, key, child)) {
                return NULL;
            }
        }
    }
    return merged;
}

qf_yaml_node *qf_yaml_merge(qf_arena *arena, const qf_yaml_node *base, const qf_yaml_node *override)
{
    if (base && override && base->kind == QF_YAML_MAPPING && override->kind == QF_YAML_MAPPING) {
        return merge_mappings(arena, base, override);
    }
    const qf_yaml_node *winner = override ? override : base;
    return winner ? qf_yaml_copy(arena, winner) : NULL;
}

/* length of the whole path, of which as much as fits is written; depth is bounded by the loader */
static size_t write_path(const qf_yaml_node *node, char *buffer, size_t size)
{
    if (!node->parent) {
        return 0;
    }
    size_t used = write_path(node->parent, buffer, size);
    if (used >= size) {
        return used;
    }
    int length;
    if (node->parent->kind == QF_YAML_MAPPING) {
        length = snprintf(buffer + used, size - used, "%s%s", used > 0 ? "." : "",
                          node->parent->keys[node->index]->text);
    } else {
        length = snprintf(buffer + used, size - used, "[%zu]", node->index);
    }
    return length < 0 ? used : used + (size_t)length;
}

char *qf_yaml_path(const qf_yaml_node *node, char *buffer, size_t size)
{
    static const char ellipsis[] = "...";
    buffer[0] = '\0';
    if (write_path(node, buffer, size) >= size && size >= sizeof ellipsis) {
        char *end = buffer + size - sizeof ellipsis;
        while (end > buffer && ((unsigned char)*end & 0xc0) == 0x80) {
            end--; /* not within a UTF-8 sequence */
        }
        memcpy(end, ellipsis, sizeof ellipsis);
    }
    return buffer;
}

qf_yaml_node *qf_yaml_get(const qf_yaml_node *mapping, const char *key)
{
    if (!mapping || mapping->kind != QF_YAML_MAPPING) {
        return NULL;
    }
    for (size_t i = 0; i < mapping->n_children; i++) {
        if (strcmp(mapping->keys[i]->text, key) == 0) {
            return mapping->children[i];
        }
    }
    return NULL;
}

void qf_yaml_remove(qf_yaml_node *mapping, const char *key)
{
    const qf_yaml_node *value = qf_yaml_get(mapping, key);
    if (!value) {
        return;
    }
    mapping->n_children--;
    for (size_t i = value->index; i < mapping->n_children; i++) {
        mapping->keys[i] = mapping->keys[i + 1];
        mapping->children[i] = mapping->children[i + 1];
        mapping->keys[i]->index = mapping->children[i]->index = i;
    }
}

qf_yaml_node *qf_yaml_key_node(const qf_yaml_node *mapping, size_t index)
{
    if (!mapping || mapping->kind != QF_YAML_MAPPING || index >= mapping->n_children) {
        return NULL;
    }
    return mapping->keys[index];
}

uint32_t qf_yaml_columns(const char *text, size_t length)
{
    uint32_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}
