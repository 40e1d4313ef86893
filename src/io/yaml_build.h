/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_YAML_BUILD_H
#define QF_YAML_BUILD_H

#include "yaml_node.h"

/* How trees are put together; shared by the loader, --set and merge, not for their callers. */

/* A node without children, position and parent; `text` only for scalars. NULL: no memory. */
qf_yaml_node *qf_yaml_new(qf_arena *arena, qf_yaml_kind kind, const char *text, size_t length);

/* Makes `child` the last of `parent`, under `key` when that is a mapping. False: no memory. */
bool qf_yaml_append(qf_arena *arena, qf_yaml_node *parent, qf_yaml_node *key, qf_yaml_node *child);

/* The node and all below it; the copy has the parent and index of the original. NULL: no memory. */
qf_yaml_node *qf_yaml_copy(qf_arena *arena, const qf_yaml_node *node);

/* A distribution of vectors as a list of three distributions, with its parent and index. NULL: it is none, or without memory. */
qf_yaml_node *qf_yaml_spread(qf_arena *arena, const qf_yaml_node *node);

/* Characters of UTF-8 text, which is what columns count. */
uint32_t qf_yaml_columns(const char *text, size_t length);

/*
 * Reads the value of a --set argument, which has `n_before` columns before it, and which will hang
 * `depth` collections deep. A block mapping or sequence is an error. NULL after an error.
 */
qf_yaml_node *qf_yaml_load_value(qf_arena *arena, const char *text, size_t length,
                                 uint32_t n_before, size_t depth, qf_diagnostics *diagnostics);

#endif
