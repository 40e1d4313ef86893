/* SPDX-License-Identifier: Apache-2.0 */
/* What a group's `hardware`, `radar` and the like name: a file, a mapping, or a file and what overrides it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reader.h"

static qf_yaml_node *load_file(qf_reader *reader, const qf_yaml_node *node, const char **file)
{
    const char *name;
    if (qf_yaml_is_null(node)) {
        qf_diagnose(reader->diagnostics, node, "expected a file name or a mapping, found %s",
                    node->text[0] ? node->text : "nothing");
        return NULL;
    }
    if (!qf_yaml_read_text(node, &name, reader->diagnostics)) {
        return NULL;
    }
    *file = name;
    const char *path = qf_reader_path(reader, node->file, name);
    if (path && access(path, R_OK) != 0) {
        qf_diagnose(reader->diagnostics, node, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    qf_yaml_node *root = path ? qf_yaml_load_file(reader->arena, path, reader->diagnostics) : NULL;
    return root && qf_yaml_expect_kind(root, QF_YAML_MAPPING, reader->diagnostics) ? root : NULL;
}

/* the mapping without its key `file`, which a profile does not have */
static qf_yaml_node *without_file(qf_reader *reader, const qf_yaml_node *mapping)
{
    qf_yaml_node *copy = qf_yaml_merge(reader->arena, NULL, mapping);
    if (!copy) {
        qf_diagnose_memory(reader->diagnostics);
        return NULL;
    }
    qf_yaml_remove(copy, "file");
    return copy;
}

/* As qf_open_profile; `*own`: the mapping whose file could not be read, else NULL. */
static qf_yaml_node *open_tree(qf_reader *reader, const qf_yaml_node *node, const char **file,
                               const qf_yaml_node **own)
{
    if (node->kind == QF_YAML_SEQUENCE) {
        qf_diagnose(reader->diagnostics, node, "expected a file name or a profile, found a list");
        return NULL;
    }
    if (node->kind == QF_YAML_SCALAR) {
        return load_file(reader, node, file);
    }
    const qf_yaml_node *name = qf_yaml_get(node, "file");
    const qf_yaml_node *base = name ? load_file(reader, name, file) : NULL;
    qf_yaml_node *mapping = without_file(reader, node);
    if (mapping && name && !base) {
        *own = mapping;
        return NULL;
    }
    if (!mapping || !base) {
        return mapping;
    }
    qf_yaml_node *merged = qf_yaml_merge(reader->arena, base, mapping);
    if (!merged) {
        qf_diagnose_memory(reader->diagnostics);
    }
    return merged;
}

const qf_yaml_node *qf_open_profile(qf_reader *reader, const qf_yaml_node *node,
                                    qf_check_keys *check_keys, const char **file)
{
    const qf_yaml_node *own = NULL;
    *file = NULL;
    const qf_yaml_node *root = open_tree(reader, node, file, &own);
    if (root || own) {
        check_keys(reader, root ? root : own);
    }
    return root;
}

static void expand(qf_reader *reader, qf_yaml_node *root, const char *profile)
{
    const qf_yaml_node *groups = qf_yaml_get(root, "groups");
    for (size_t g = 0; groups && g < groups->n_children; g++) {
        qf_yaml_node *node = qf_yaml_get(groups->children[g], profile);
        if (!node || node->kind != QF_YAML_SCALAR || qf_yaml_is_bool(node)) {
            continue; /* situations: true */
        }
        qf_yaml_node *file = qf_reader_array(reader, 1, sizeof *file);
        qf_yaml_node *key = qf_reader_array(reader, 1, sizeof *key);
        qf_yaml_node **links = qf_reader_array(reader, 2, sizeof(qf_yaml_node *));
        if (!file || !key || !links) {
            return;
        }
        *file = *node;
        *key = *node;
        key->text = "file";
        file->parent = key->parent = node;
        file->index = key->index = 0;
        links[0] = key;
        links[1] = file;
        node->kind = QF_YAML_MAPPING;
        node->text = NULL;
        node->keys = links;
        node->children = links + 1;
        node->n_children = node->capacity = 1;
    }
}

void qf_expand_profiles(qf_reader *reader, qf_yaml_node *root, const char *override)
{
    static const char *const profiles[] = {"hardware", "radar",      "tracker",
                                           "guards",   "situations", "fsm"};
    for (size_t p = 0; p < sizeof profiles / sizeof *profiles; p++) {
        char inside[16];
        snprintf(inside, sizeof inside, ".%s.", profiles[p]);
        if (strstr(override, inside)) {
            expand(reader, root, profiles[p]);
        }
    }
}
