/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MANIFEST_VALUES_H
#define QF_MANIFEST_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "yaml_node.h"

/* What the manifests of sweeps and of runs over ranks have in common. */

/* Sixteen hexadecimal digits; false: there are none, or something else. */
bool qf_manifest_hash(const qf_yaml_node *root, const char *key, uint64_t *hash);

/* A text, to be freed; NULL: there is none, or no memory. */
char *qf_manifest_text(const qf_yaml_node *root, const char *key);

#endif
