/* SPDX-License-Identifier: Apache-2.0 */
/* What a group's vehicles worry about: docs/scenario.md says what may stand where. */
#include "situations_reader.h"

const qf_setting qf_situation_settings[QF_SITUATION_SETTINGS] = {
    QF_SETTING_REAL(qf_situation_rules, cpa_warn_s, 0.0, 1e9),
    QF_SETTING_REAL(qf_situation_rules, cpa_critical_s, 0.0, 1e9),
    QF_SETTING_REAL(qf_situation_rules, critical_distance_m, 0.0, 1e9),
    QF_SETTING_REAL(qf_situation_rules, closing_warn_mps, 0.0, 3e8),
    QF_SETTING_REAL(qf_situation_rules, near_m, 0.0, 1e9),
    QF_SETTING_REAL(qf_situation_rules, near_recent_s, 0.0, 1e9),
    QF_SETTING_WHOLE(qf_situation_rules, confirm_frames, 1.0, QF_SITUATION_TRAIL),
    QF_SETTING_REAL(qf_situation_rules, cooldown_s, 0.0, 1e9),
    QF_SETTING_REAL(qf_situation_rules, lost_window_s, 0.0, 1e9),
    QF_SETTING_REAL(qf_situation_rules, auto_resolve_s, 0.0, 1e9),
};

enum {
    USUAL_CAPACITY = 32,
    MOST_SITUATIONS = QF_SITUATION_KINDS * QF_TRACK_MOST_SLOTS, /* more cannot be */
};

static void check_keys(qf_reader *reader, const qf_yaml_node *root)
{
    static const char *const others[] = {"capacity"};
    const char *known[QF_SITUATION_SETTINGS + 1];
    const size_t n =
        qf_settings_keys(qf_situation_settings, QF_SITUATION_SETTINGS, others, 1, known);
    qf_yaml_check_keys(root, known, n, reader->diagnostics);
}

/* what is critical is a part of what is warned of */
static void check_together(qf_reader *reader, const qf_yaml_node *root,
                           const qf_situation_rules *rules)
{
    const qf_yaml_node *critical = qf_yaml_get(root, "cpa_critical_s");
    const qf_yaml_node *warn = qf_yaml_get(root, "cpa_warn_s");
    if (rules->cpa_critical_s > rules->cpa_warn_s) {
        qf_diagnose(reader->diagnostics, critical ? critical : warn,
                    "cpa_critical_s (%g s) is longer than cpa_warn_s (%g s)", rules->cpa_critical_s,
                    rules->cpa_warn_s);
    }
}

static void read_rules(qf_reader *reader, const qf_yaml_node *node, qf_situations_spec *spec)
{
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    const qf_yaml_node *root = qf_open_profile(reader, node, check_keys, &spec->file);
    if (!root) {
        return;
    }
    qf_read_settings(reader, root, qf_situation_settings, QF_SITUATION_SETTINGS, &spec->rules);
    const qf_yaml_node *capacity = qf_yaml_get(root, "capacity");
    if (capacity) {
        qf_yaml_read_integer(capacity, 1, MOST_SITUATIONS, &spec->capacity, reader->diagnostics);
    }
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        check_together(reader, root, &spec->rules);
    }
}

void qf_read_situations(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    bool on = true;
    if (qf_yaml_is_bool(node) && qf_yaml_read_bool(node, &on, reader->diagnostics) && !on) {
        return;
    }
    qf_situations_spec *spec = qf_reader_array(reader, 1, sizeof *spec);
    if (!spec) {
        return;
    }
    *spec = (qf_situations_spec){.rules = qf_situation_rules_default(), .capacity = USUAL_CAPACITY};
    if (!qf_yaml_is_bool(node)) {
        read_rules(reader, node, spec);
    }
    group->situations = spec;
}
