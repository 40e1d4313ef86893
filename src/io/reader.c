/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include <string.h>

qf_yaml_node *qf_require(qf_reader *reader, const qf_yaml_node *mapping, const char *key)
{
    qf_yaml_node *node = qf_yaml_get(mapping, key);
    if (!node) {
        qf_diagnose(reader->diagnostics, mapping, "missing key '%s'", key);
    }
    return node;
}

bool qf_read_known(qf_reader *reader, const qf_yaml_node *node, const char *what,
                   const char *const *names, size_t n, size_t *out)
{
    const char *name;
    if (!qf_yaml_read_text(node, &name, reader->diagnostics)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = i;
            return true;
        }
    }
    const char *nearest = qf_nearest_name(name, names, n);
    qf_diagnose(reader->diagnostics, node, "no %s '%s'%s%s%s", what, name,
                nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
    return false;
}

void qf_refuse_keys(qf_reader *reader, const qf_yaml_node *mapping, const char *const *names,
                    size_t n, const char *reason)
{
    for (size_t i = 0; i < n; i++) {
        const qf_yaml_node *node = qf_yaml_get(mapping, names[i]);
        if (node) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(mapping, node->index), "%s", reason);
        }
    }
}

void *qf_reader_array(qf_reader *reader, size_t count, size_t size)
{
    void *memory = qf_arena_array(reader->arena, count, size);
    if (!memory) {
        qf_diagnose_memory(reader->diagnostics);
    }
    return memory;
}

char *qf_reader_path(qf_reader *reader, const char *from, const char *name)
{
    const char *slash = strrchr(from, '/');
    const int folder = slash && name[0] != '/' ? (int)(slash - from + 1) : 0;
    char *path = qf_arena_format(reader->arena, "%.*s%s", folder, from, name);
    if (!path) {
        qf_diagnose_memory(reader->diagnostics);
    }
    return path;
}

bool qf_has_control_characters(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

/* names become parts of file names and of the names of vehicles */
bool qf_fits_name(unsigned char c)
{
    return c > ' ' && c != 0x7f && c != '/';
}

bool qf_read_name(qf_reader *reader, const qf_yaml_node *node, const char **name)
{
    if (!qf_yaml_read_text(node, name, reader->diagnostics)) {
        return false;
    }
    for (const char *c = *name; *c; c++) {
        if (!qf_fits_name((unsigned char)*c)) {
            qf_diagnose(reader->diagnostics, node,
                        "expected a name without blanks, control characters and '/'");
            return false;
        }
    }
    return true;
}
