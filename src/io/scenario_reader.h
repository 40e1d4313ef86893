/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SCENARIO_READER_H
#define QF_SCENARIO_READER_H

#include <stdio.h>

#include "context.h"
#include "diagnostics.h"
#include "scenario.h"

/*
 * Reads a scenario file and all it refers to, applies `overrides` (`path.to.key=value`) in order,
 * fills in every default and checks everything. On success the scenario owns its memory
 * (qf_scenario_free). On failure every error stands in `diagnostics`, and nothing is owned.
 * Notes (what is accepted but has no effect) stand in `diagnostics` either way.
 */
qf_status qf_scenario_read(qf_context *context, const char *path, const char *const *overrides,
                           size_t n_overrides, qf_diagnostics *diagnostics, qf_scenario *scenario);

/* The same of a tree that qf_yaml_load_file made of that file in `arena`, which is the scenario's from then on; NULL:
   it could not be loaded, which the diagnostics say. */
qf_status qf_scenario_read_tree(qf_context *context, const char *path, qf_arena arena,
                                struct qf_yaml_node *root, const char *const *overrides,
                                size_t n_overrides, qf_diagnostics *diagnostics,
                                qf_scenario *scenario);

struct qf_reader;

/* The tree over its bases and with its overrides; NULL after an error, or where `root` is NULL. */
struct qf_yaml_node *qf_complete_tree(struct qf_reader *reader, struct qf_yaml_node *root,
                                      const char *const *overrides, size_t n_overrides);

/* Schema, name and seed alone: what a scenario without vehicles has. */
void qf_read_head(struct qf_reader *reader, const struct qf_yaml_node *root, const char *path,
                  qf_scenario *scenario);

/*
 * Writes the scenario with every default filled in and its hardware profiles in place, as YAML that
 * qf_scenario_read reads again to the same scenario.
 */
void qf_scenario_write(const qf_scenario *scenario, FILE *out);

#endif
