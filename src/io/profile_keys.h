/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROFILE_KEYS_H
#define QF_PROFILE_KEYS_H

#include "diagnostics.h"
#include "yaml_node.h"

/*
 * Checks every key of a hardware profile against the reference's schema, and that lists and mappings
 * stand where the schema has them: who reads them afterwards need not say so again. Keys that nothing
 * here uses yet are known by name: each becomes a note. Any other key is an error with the nearest name.
 * `base` is where `node` stands in a profile, "" for a whole one.
 */
void qf_profile_check_keys(const qf_yaml_node *node, const char *base, qf_diagnostics *diagnostics);

#endif
