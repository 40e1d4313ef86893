/* SPDX-License-Identifier: Apache-2.0 */
/* `base: FILE` of a scenario: it is that file's, but for the keys that it gives itself. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader.h"

enum { MOST_BASES = 16 };

/* files by what they are, as one may be named in many ways */
typedef struct chain {
    struct stat seen[MOST_BASES + 1];
    size_t n;
} chain;

/* whether the file is none of those before */
static bool join_chain(qf_reader *reader, const qf_yaml_node *name, const char *path, chain *files)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return true; /* a text in memory, or what loading it will tell */
    }
    for (size_t i = 0; i < files->n; i++) {
        if (files->seen[i].st_dev == info.st_dev && files->seen[i].st_ino == info.st_ino) {
            qf_diagnose(reader->diagnostics, name, "'%s' is based on itself", path);
            return false;
        }
    }
    files->seen[files->n++] = info;
    return true;
}

static qf_yaml_node *load_base(qf_reader *reader, const qf_yaml_node *name, chain *files)
{
    const char *text;
    if (qf_yaml_is_null(name)) {
        qf_diagnose(reader->diagnostics, name, "expected a file name");
        return NULL;
    }
    if (!qf_yaml_read_text(name, &text, reader->diagnostics)) {
        return NULL;
    }
    if (files->n == MOST_BASES) {
        qf_diagnose(reader->diagnostics, name, "more than %d files, each the base of another",
                    MOST_BASES);
        return NULL;
    }
    const char *path = qf_reader_path(reader, name->file, text);
    if (path && access(path, R_OK) != 0) {
        qf_diagnose(reader->diagnostics, name, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    if (!path || !join_chain(reader, name, path, files)) {
        return NULL;
    }
    qf_yaml_node *root = qf_yaml_load_file(reader->arena, path, reader->diagnostics);
    return root && qf_yaml_expect_kind(root, QF_YAML_MAPPING, reader->diagnostics) ? root : NULL;
}

qf_yaml_node *qf_merge_bases(qf_reader *reader, qf_yaml_node *root)
{
    chain files = {.n = 0};
    qf_yaml_node *name = qf_yaml_get(root, "base");
    if (!name || !join_chain(reader, name, name->file, &files)) {
        return root;
    }
    while (name) {
        qf_yaml_node *base = load_base(reader, name, &files);
        if (!base) {
            return NULL;
        }
        name = qf_yaml_get(base, "base");
        root = qf_yaml_merge(reader->arena, base, root);
        if (!root) {
            qf_diagnose_memory(reader->diagnostics);
            return NULL;
        }
    }
    qf_yaml_remove(root, "base");
    return root;
}
