/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file into memory, pipes included, for the loader. */
#include "yaml_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_BYTES = 64 * 1024 };

/* doubles the buffer until the end of the file; false after an error */
static bool read_all(FILE *in, const char *path, char **text, size_t *length,
                     qf_diagnostics *diagnostics)
{
    size_t capacity = 0;
    while (!feof(in)) {
        if (*length == capacity) {
            capacity = capacity > 0 ? 2 * capacity : FIRST_BYTES;
            char *larger = realloc(*text, capacity);
            if (!larger) {
                qf_diagnose_memory(diagnostics);
                return false;
            }
            *text = larger;
        }
        *length += fread(*text + *length, 1, capacity - *length, in);
        if (ferror(in)) {
            qf_diagnose_file(diagnostics, path, 0, 0, "cannot read: %s", strerror(errno));
            return false;
        }
        if (*length > QF_YAML_MAX_FILE_BYTES) {
            qf_diagnose_file(diagnostics, path, 0, 0, "the file is larger than %d MiB",
                             QF_YAML_MAX_FILE_BYTES >> 20);
            return false;
        }
    }
    return true;
}

char *qf_read_whole_file(const char *path, size_t *length, qf_diagnostics *diagnostics)
{
    FILE *in = fopen(path, "rb");
    if (!in) {
        qf_diagnose_file(diagnostics, path, 0, 0, "cannot open: %s", strerror(errno));
        return NULL;
    }
    struct stat info;
    char *text = NULL;
    bool good = false;
    *length = 0;
    if (fstat(fileno(in), &info) == 0 && S_ISDIR(info.st_mode)) {
        qf_diagnose_file(diagnostics, path, 0, 0, "is a directory, expected a file");
    } else {
        good = read_all(in, path, &text, length, diagnostics);
    }
    fclose(in);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

qf_yaml_node *qf_yaml_load_file(qf_arena *arena, const char *path, qf_diagnostics *diagnostics)
{
    size_t length;
    char *text = qf_read_whole_file(path, &length, diagnostics);
    qf_yaml_node *root = text ? qf_yaml_load_text(arena, path, text, length, diagnostics) : NULL;
    free(text);
    return root;
}
