/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest_values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
