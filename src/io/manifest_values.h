/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MANIFEST_VALUES_H
#define QF_MANIFEST_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"
#include "yaml_node.h"

/* What the manifests of sweeps and of runs over ranks have in common. */

/*
 * QF_ERROR_READ, which names the file, unless it is a manifest of `what` ("a run") of that schema, as "qfleet-run/1"; one of
 * another version is told from a file of another kind. `root` may be NULL.
 */
qf_status qf_manifest_check(qf_context *context, const char *path, const qf_yaml_node *root,
                            const char *schema, const char *what);

/* Sixteen hexadecimal digits; false: there are none, or something else. */
bool qf_manifest_hash(const qf_yaml_node *root, const char *key, uint64_t *hash);

/* A text, to be freed; NULL: there is none, or no memory. */
char *qf_manifest_text(const qf_yaml_node *root, const char *key);

#endif
