/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest_values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

qf_status qf_manifest_check(qf_context *context, const char *path, const qf_yaml_node *root,
                            const char *schema, const char *what)
{
    const qf_yaml_node *found = root ? qf_yaml_get(root, "schema") : NULL;
    const size_t kind = (size_t)(strchr(schema, '/') + 1 - schema);
    if (!found || !found->text || strncmp(found->text, schema, kind) != 0) {
        return qf_fail(context, QF_ERROR_READ, "%s: is no manifest of %s", path, what);
    }
    if (strcmp(found->text, schema) != 0) {
        return qf_fail(context, QF_ERROR_READ, "%s: was written by a later version of qfleet",
                       path);
    }
    return QF_OK;
}

bool qf_manifest_hash(const qf_yaml_node *root, const char *key, uint64_t *hash)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    int end = 0;
    return node && node->text && sscanf(node->text, "%16" SCNx64 "%n", hash, &end) == 1 &&
           end == 16 && node->text[end] == '\0';
}

char *qf_manifest_text(const qf_yaml_node *root, const char *key)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    return node && node->text ? strdup(node->text) : NULL;
}
