/* SPDX-License-Identifier: Apache-2.0 */
/* What a group's `hardware`, `radar` and the like name: a file, a mapping, or a file and what overrides it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine_reader.h"
#include "reader.h"
#include "yaml_build.h"

static qf_yaml_node *load_file(qf_reader *reader, const qf_yaml_node *node, qf_yaml_kind kind,
                               const char **file)
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
    return root && qf_yaml_expect_kind(root, kind, reader->diagnostics) ? root : NULL;
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
        return load_file(reader, node, QF_YAML_MAPPING, file);
    }
    const qf_yaml_node *name = qf_yaml_get(node, "file");
    const qf_yaml_node *base = name ? load_file(reader, name, QF_YAML_MAPPING, file) : NULL;
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

/* puts `value` where `node` is */
static void replace(qf_yaml_node *node, qf_yaml_node *value)
{
    value->parent = node->parent;
    value->index = node->index;
    node->parent->children[node->index] = value;
}

typedef struct inliner {
    qf_reader *reader;
    qf_open_name *open_names;
    size_t n_open;
} inliner;

/* whether the name at a node, or in its key `file`, is to be another one */
static bool is_open(const inliner *in, const qf_yaml_node *node)
{
    bool open = false;
    for (size_t i = 0; i < in->n_open; i++) {
        const qf_yaml_node *at = in->open_names[i].node;
        if (at && (at == node || at == qf_yaml_get(node, "file"))) {
            in->open_names[i].is_file = true;
            open = true;
        }
    }
    return open;
}

/* the profile that a node names, in its place; what cannot be read stays, and its reader says so */
static qf_yaml_node *inline_profile(const inliner *in, qf_yaml_node *node)
{
    const bool names = node->kind == QF_YAML_SCALAR && !qf_yaml_is_bool(node);
    if ((!names && !qf_yaml_get(node, "file")) || is_open(in, node)) {
        return node;
    }
    const char *file = NULL;
    const qf_yaml_node *own = NULL;
    qf_yaml_node *tree = open_tree(in->reader, node, &file, &own);
    if (!tree) {
        return node;
    }
    replace(node, tree);
    return tree;
}

/* a machine without a name is called as its file */
static void inline_machine(const inliner *in, qf_yaml_node *node)
{
    qf_reader *reader = in->reader;
    const qf_yaml_node *inner = qf_yaml_get(node, "file");
    const qf_yaml_node *file = inner ? inner : node;
    qf_yaml_node *tree = inline_profile(in, node);
    if (tree == node || qf_yaml_get(tree, "name")) {
        return;
    }
    const char *name = qf_machine_file_name(reader, file->text);
    qf_yaml_node *key = qf_yaml_new(reader->arena, QF_YAML_SCALAR, "name", strlen("name"));
    qf_yaml_node *value = qf_yaml_new(reader->arena, QF_YAML_SCALAR, name, strlen(name));
    if (!key || !value || !qf_yaml_append(reader->arena, tree, key, value)) {
        qf_diagnose_memory(reader->diagnostics);
        return;
    }
    key->file = value->file = file->file;
    key->line = value->line = file->line;
    key->column = value->column = file->column;
}

static bool is_propelled(qf_reader *reader, const qf_yaml_node *plane)
{
    const qf_hardware_switch_row *row = &qf_hardware_switch_table[QF_HW_PROPULSION_ENABLED];
    bool on = qf_hardware_default().on[QF_HW_PROPULSION_ENABLED];
    const qf_yaml_node *node = qf_yaml_get(plane, row->key);
    if (node) {
        qf_yaml_read_bool(node, &on, reader->diagnostics);
    }
    return on;
}

static void inline_thrusters(const inliner *in, const qf_yaml_node *hardware)
{
    qf_reader *reader = in->reader;
    const qf_yaml_node *profile = qf_yaml_get(hardware, "hardware_profile");
    qf_yaml_node *plane = qf_yaml_get(profile, "propulsion_plane");
    qf_yaml_node *path = qf_yaml_get(plane, "thrusters_path");
    if (!path || qf_yaml_get(plane, "thrusters") || !is_propelled(reader, plane) ||
        is_open(in, path)) {
        return; /* it is not read, or another */
    }
    qf_yaml_node *list = qf_load_thrusters(reader, path);
    if (list) {
        replace(path, list);
        plane->keys[list->index]->text = "thrusters";
    }
}

static void inline_group(const inliner *in, const qf_yaml_node *group)
{
    static const char *const profiles[] = {"hardware", "radar", "tracker", "guards", "situations"};
    for (size_t p = 0; p < sizeof profiles / sizeof *profiles; p++) {
        qf_yaml_node *node = qf_yaml_get(group, profiles[p]);
        if (node) {
            inline_profile(in, node);
        }
    }
    qf_yaml_node *fsm = qf_yaml_get(group, "fsm");
    if (fsm && fsm->kind != QF_YAML_SEQUENCE) {
        inline_machine(in, fsm);
    }
    for (size_t m = 0; fsm && fsm->kind == QF_YAML_SEQUENCE && m < fsm->n_children; m++) {
        inline_machine(in, fsm->children[m]);
    }
    inline_thrusters(in, qf_yaml_get(group, "hardware"));
    const char *file;
    qf_yaml_node *ports = qf_yaml_get(qf_yaml_get(group, "docking"), "ports");
    qf_yaml_node *list = ports && ports->kind == QF_YAML_SCALAR && !is_open(in, ports)
                             ? load_file(in->reader, ports, QF_YAML_SEQUENCE, &file)
                             : NULL;
    if (list) {
        replace(ports, list);
    }
}

void qf_inline_files(qf_reader *reader, qf_yaml_node *root, qf_open_name *open_names, size_t n)
{
    const inliner in = {.reader = reader, .open_names = open_names, .n_open = n};
    qf_diagnostics *told = reader->diagnostics;
    qf_diagnostics unheard; /* what is wrong with a file its reader says */
    qf_diagnostics_init(&unheard);
    reader->diagnostics = &unheard;
    const qf_yaml_node *groups = qf_yaml_get(root, "groups");
    for (size_t g = 0; groups && g < groups->n_children; g++) {
        inline_group(&in, groups->children[g]);
    }
    if (unheard.out_of_memory) {
        qf_diagnose_memory(told);
    }
    qf_diagnostics_free(&unheard);
    reader->diagnostics = told;
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
