/* SPDX-License-Identifier: Apache-2.0 */
/* A distribution of vectors as three of numbers, which mean the same: what the path of one coordinate leads into. */
#include <string.h>

#include "reader.h"
#include "yaml_build.h"

enum { COORDINATES = 3 };

static qf_yaml_node *like(qf_arena *arena, qf_yaml_kind kind, const qf_yaml_node *node)
{
    qf_yaml_node *made = qf_yaml_new(arena, kind, NULL, 0);
    if (made) {
        made->file = node->file;
        made->line = node->line;
        made->column = node->column;
    }
    return made;
}

/* one coordinate of a list of three, or what is the same for all */
static qf_yaml_node *pick(qf_arena *arena, const qf_yaml_node *node, size_t c)
{
    return qf_yaml_copy(arena, node->kind == QF_YAML_SEQUENCE ? node->children[c] : node);
}

/* the parameters of a distribution, a mapping or the list of a grid, for one coordinate */
static qf_yaml_node *parameters_of(qf_arena *arena, const qf_yaml_node *node, size_t c)
{
    qf_yaml_node *made = like(arena, node->kind, node);
    for (size_t i = 0; made && i < node->n_children; i++) {
        const qf_yaml_node *key = qf_yaml_key_node(node, i);
        qf_yaml_node *own_key = key ? qf_yaml_copy(arena, key) : NULL;
        qf_yaml_node *child = pick(arena, node->children[i], c);
        if ((key && !own_key) || !child || !qf_yaml_append(arena, made, own_key, child)) {
            return NULL;
        }
    }
    return made;
}

static bool can_be_spread(const qf_yaml_node *node)
{
    if (!qf_is_distribution(node) || strcmp(node->keys[0]->text, "choice") == 0) {
        return false;
    }
    const qf_yaml_node *parameters = node->children[0];
    for (size_t i = 0; i < parameters->n_children; i++) {
        const qf_yaml_node *child = parameters->children[i];
        if (child->kind == QF_YAML_SEQUENCE && child->n_children != COORDINATES) {
            return false;
        }
    }
    return parameters->kind != QF_YAML_SCALAR;
}

qf_yaml_node *qf_yaml_spread(qf_arena *arena, const qf_yaml_node *node)
{
    qf_yaml_node *list = can_be_spread(node) ? like(arena, QF_YAML_SEQUENCE, node) : NULL;
    for (size_t c = 0; list && c < COORDINATES; c++) {
        qf_yaml_node *one = like(arena, QF_YAML_MAPPING, node);
        qf_yaml_node *key = qf_yaml_copy(arena, node->keys[0]);
        qf_yaml_node *parameters = parameters_of(arena, node->children[0], c);
        if (!one || !key || !parameters || !qf_yaml_append(arena, one, key, parameters) ||
            !qf_yaml_append(arena, list, NULL, one)) {
            return NULL;
        }
    }
    if (list) {
        list->parent = node->parent;
        list->index = node->index;
    }
    return list;
}
