/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUARDS_READER_H
#define QF_GUARDS_READER_H

#include "scenario.h"
#include "settings.h"

/*
 * Reads a group's `guards`: a file, a mapping, or a file and what overrides it. The reference's guard_rules.yaml
 * is such a file. dt_s 0 (unknown because of an earlier error) leaves out whether times fit.
 */
void qf_read_guards(qf_reader *reader, const qf_yaml_node *node, double dt_s, qf_group_spec *group);

/* What it shares with whoever writes rules again. */
enum { QF_GUARD_SETTINGS = 7 };
extern const qf_setting qf_guard_settings[QF_GUARD_SETTINGS];

extern const char *const qf_epoch_names[2]; /* by reference_epoch */
extern const char *const qf_severity_names[3];
extern const char *const qf_rule_iff_names[4]; /* 0: any */

/* Texts of a rule but for its id: a key, and where it stands in a qf_guard_rule_spec. */
typedef struct qf_guard_text {
    const char *key;
    size_t offset;
} qf_guard_text;

enum { QF_GUARD_TEXTS = 4 };
extern const qf_guard_text qf_guard_texts[QF_GUARD_TEXTS];

#endif
