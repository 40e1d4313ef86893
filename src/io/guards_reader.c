/* SPDX-License-Identifier: Apache-2.0 */
/* Guard rules: docs/scenario.md says what may stand in them. */
#include "guards_reader.h"

#include <math.h>
#include <string.h>

#include "event.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

#define ANY       ((double)INFINITY)
#define AT(field) offsetof(qf_guard_rule_spec, field)

/* times too: whether they fit is a question of ticks */
const qf_setting qf_guard_settings[QF_GUARD_SETTINGS] = {
    QF_SETTING_REAL(qf_guard_rule_spec, min_range_m, 0.0, 1e9),
    QF_SETTING_MAYBE(qf_guard_rule_spec, max_range_m, 0.0, 1e9),
    QF_SETTING_REAL(qf_guard_rule_spec, min_quality, 0.0, 1.0),
    {"max_radial_velocity_mps", AT(max_speed_mps), false, true, {.low = 0.0, .high = 3e8}, 0.0},
    QF_SETTING_REAL(qf_guard_rule_spec, min_duration_s, 0.0, 1e9),
    QF_SETTING_MAYBE(qf_guard_rule_spec, cooldown_s, 0.0, 1e9),
    QF_SETTING_REAL(qf_guard_rule_spec, hysteresis_m, 0.0, 1e9),
};

const qf_guard_text qf_guard_texts[QF_GUARD_TEXTS] = {
    {"title", AT(title)},
    {"description", AT(description)},
    {"action_required", AT(action_required)},
    {"fsm_event", AT(fsm_event)},
};

const char *const qf_epoch_names[2] = {"explicit", "reference"};
const char *const qf_severity_names[3] = {[QF_SEVERITY_INFO] = "info",
                                          [QF_SEVERITY_WARNING] = "warning",
                                          [QF_SEVERITY_CRITICAL] = "critical"};
const char *const qf_rule_iff_names[4] = {
    "any", [QF_IFF_FRIEND] = "friend", [QF_IFF_FOE] = "foe", [QF_IFF_UNKNOWN] = "unknown"};

/* the reference's name of max_radial_velocity_mps */
static const char reference_speed[] = "max_radial_velocity";

/* 0: not known, because of an earlier error */
typedef struct timing {
    double dt_s;
    int64_t period_ticks; /* of the radar */
} timing;

#define ROUNDING 1e-9

static bool looks_like_number(const qf_yaml_node *node)
{
    return node->kind == QF_YAML_SCALAR && !node->quoted && node->text[0] != '\0' &&
           strspn(node->text, "+-.0123456789") == strlen(node->text);
}

/* a name, or the number that the reference has for it */
static bool read_numbered(qf_reader *reader, const qf_yaml_node *node, const char *const *names,
                          size_t n_names, size_t *choice)
{
    int64_t number;
    if (!looks_like_number(node)) {
        return qf_yaml_read_choice(node, names, n_names, choice, reader->diagnostics);
    }
    if (!qf_yaml_read_integer(node, 0, (int64_t)n_names - 1, &number, reader->diagnostics)) {
        return false;
    }
    *choice = (size_t)number;
    return true;
}

static void read_iff(qf_reader *reader, const qf_yaml_node *node, qf_guard_rule_spec *rule)
{
    size_t iff;
    if (qf_yaml_is_null(node) ||
        !read_numbered(reader, node, qf_rule_iff_names, N_NAMES(qf_rule_iff_names), &iff)) {
        return;
    }
    rule->iff = (int)iff;
    if (iff == 0 && looks_like_number(node)) {
        qf_diagnose_note(reader->diagnostics, node,
                         "0 is 'any' here; no track of the reference has it");
    }
}

static void read_modes(qf_reader *reader, const qf_yaml_node *node, qf_guard_rule_spec *rule)
{
    if (!qf_yaml_expect_kind(node, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    uint32_t bits = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        size_t mode;
        if (read_numbered(reader, node->children[i], qf_transponder_names, QF_TRANSPONDER_MODES,
                          &mode)) {
            bits |= UINT32_C(1) << mode;
        }
    }
    if (node->n_children > 0) { /* an empty list allows all, as in the reference */
        rule->mode_bits = bits;
    }
}

static void read_conditions(qf_reader *reader, const qf_yaml_node *node, qf_guard_rule_spec *rule)
{
    const qf_yaml_node *iff = qf_yaml_get(node, "iff");
    const qf_yaml_node *on = qf_yaml_get(node, "require_transponder_on");
    const qf_yaml_node *modes = qf_yaml_get(node, "allowed_transponder_modes");
    const qf_yaml_node *speed = qf_yaml_get(node, reference_speed);
    bool required;
    if (iff) {
        read_iff(reader, iff, rule);
    }
    if (on && !qf_yaml_is_null(on) && qf_yaml_read_bool(on, &required, reader->diagnostics)) {
        rule->on = required;
    }
    if (modes) {
        read_modes(reader, modes, rule);
    }
    if (speed && qf_yaml_get(node, "max_radial_velocity_mps")) {
        qf_diagnose(reader->diagnostics, qf_yaml_key_node(node, speed->index),
                    "another name of 'max_radial_velocity_mps', which stands here too");
    } else if (speed && !qf_yaml_is_null(speed)) {
        qf_read_constant(reader, speed, 0.0, 3e8, &rule->max_speed_mps);
    }
}

/* texts that are there and empty are not there */
static void read_texts(qf_reader *reader, const qf_yaml_node *node, qf_guard_rule_spec *rule)
{
    for (size_t t = 0; t < QF_GUARD_TEXTS; t++) {
        const qf_yaml_node *text = qf_yaml_get(node, qf_guard_texts[t].key);
        const char *value;
        const bool empty = text && text->kind == QF_YAML_SCALAR && text->text[0] == '\0';
        if (text && !empty && !qf_yaml_is_null(text) &&
            qf_yaml_read_text(text, &value, reader->diagnostics)) {
            memcpy((char *)rule + qf_guard_texts[t].offset, &value, sizeof(const char *));
        }
    }
}

static void read_id(qf_reader *reader, const qf_yaml_node *node, const qf_guards_spec *spec,
                    qf_guard_rule_spec *rule)
{
    const qf_yaml_node *id = qf_require(reader, node, "id");
    if (!id || !qf_yaml_read_text(id, &rule->id, reader->diagnostics)) {
        return;
    }
    if (qf_has_control_characters(rule->id)) {
        qf_diagnose(reader->diagnostics, id, "expected a text without control characters");
    }
    for (size_t r = 0; r < spec->n_rules; r++) {
        if (strcmp(spec->rules[r].id, rule->id) == 0) {
            qf_diagnose(reader->diagnostics, id, "rules[%zu] and rules[%zu] are both called '%s'",
                        r, spec->n_rules, rule->id);
        }
    }
}

static void check_range(qf_reader *reader, const qf_yaml_node *node, const qf_guard_rule_spec *rule)
{
    const qf_yaml_node *low = qf_yaml_get(node, "min_range_m");
    const qf_yaml_node *high = qf_yaml_get(node, "max_range_m");
    if (!(rule->max_range_m > rule->min_range_m)) {
        qf_diagnose(reader->diagnostics, high ? high : low,
                    "max_range_m (%g m) is not above min_range_m (%g m)", rule->max_range_m,
                    rule->min_range_m);
    }
}

/* times are counted in ticks, as int32 */
static void check_time(qf_reader *reader, const qf_yaml_node *node, const char *key, double dt_s)
{
    const qf_yaml_node *time = qf_yaml_get(node, key);
    double time_s;
    if (!time || qf_yaml_is_null(time) ||
        !qf_yaml_read_number(time, &time_s, reader->diagnostics)) {
        return;
    }
    if (dt_s > 0.0 && !(time_s < (double)INT32_MAX * dt_s)) {
        qf_diagnose(reader->diagnostics, time, "%g s are %d ticks of dt_s or more", time_s,
                    INT32_MAX);
    }
}

/* a match that is not there again within its duration begins anew, as in the reference */
static void note_never(qf_reader *reader, const qf_yaml_node *node, timing times,
                       const qf_guard_rule_spec *rule)
{
    const double period_s = (double)times.period_ticks * times.dt_s;
    if (rule->min_duration_s > 0.0 && rule->min_duration_s < period_s * (1.0 - ROUNDING)) {
        qf_diagnose_note(reader->diagnostics, qf_yaml_get(node, "min_duration_s"),
                         "never fires: %g s are shorter than the radar's period_s (%g s)",
                         rule->min_duration_s, period_s);
    }
}

static void read_rule(qf_reader *reader, const qf_yaml_node *node, timing times,
                      const qf_guards_spec *spec, qf_guard_rule_spec *rule)
{
    static const char *const others[] = {
        "id",
        "title",
        "severity",
        "description",
        "fsm_event",
        "action_required",
        "iff",
        "require_transponder_on",
        "allowed_transponder_modes",
        reference_speed,
    };
    *rule = (qf_guard_rule_spec){.id = "",
                                 .severity = QF_SEVERITY_WARNING,
                                 .on = -1,
                                 .mode_bits = UINT32_MAX,
                                 .max_range_m = ANY,
                                 .max_speed_mps = ANY,
                                 .cooldown_s = (double)NAN};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    const char *known[QF_GUARD_SETTINGS + N_NAMES(others)];
    const size_t n_known =
        qf_settings_keys(qf_guard_settings, QF_GUARD_SETTINGS, others, N_NAMES(others), known);
    qf_yaml_check_keys(node, known, n_known, reader->diagnostics);
    read_id(reader, node, spec, rule);
    read_texts(reader, node, rule);
    const qf_yaml_node *severity = qf_yaml_get(node, "severity");
    size_t level;
    if (severity && qf_yaml_read_choice(severity, qf_severity_names, N_NAMES(qf_severity_names),
                                        &level, reader->diagnostics)) {
        rule->severity = (int)level;
    }
    read_conditions(reader, node, rule);
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    qf_read_settings(reader, node, qf_guard_settings, QF_GUARD_SETTINGS, rule);
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        check_range(reader, node, rule);
        check_time(reader, node, "min_duration_s", times.dt_s);
        check_time(reader, node, "cooldown_s", times.dt_s);
        note_never(reader, node, times, rule);
    }
}

static void read_rules(qf_reader *reader, const qf_yaml_node *root, timing times,
                       qf_guards_spec *spec)
{
    const qf_yaml_node *list = qf_require(reader, root, "rules");
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (list->n_children < 1 || list->n_children > QF_GUARD_MOST_RULES) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d rules, found %zu",
                    QF_GUARD_MOST_RULES, list->n_children);
        return;
    }
    qf_guard_rule_spec *rules = qf_reader_array(reader, list->n_children, sizeof *rules);
    spec->rules = rules;
    for (size_t r = 0; rules && r < list->n_children; r++) {
        read_rule(reader, list->children[r], times, spec, &rules[r]);
        spec->n_rules = r + 1;
    }
}

static void check_keys(qf_reader *reader, const qf_yaml_node *root)
{
    static const char *const known[] = {"schema_version", "epoch", "default_cooldown_s", "rules"};
    qf_yaml_check_keys(root, known, N_NAMES(known), reader->diagnostics);
}

static void read_set(qf_reader *reader, const qf_yaml_node *root, timing times,
                     qf_guards_spec *spec)
{
    const qf_yaml_node *version = qf_yaml_get(root, "schema_version");
    const qf_yaml_node *epoch = qf_yaml_get(root, "epoch");
    const qf_yaml_node *cooldown = qf_yaml_get(root, "default_cooldown_s");
    int64_t number;
    size_t choice;
    if (version) {
        qf_yaml_read_integer(version, 1, 1, &number, reader->diagnostics);
    }
    if (epoch && qf_yaml_read_choice(epoch, qf_epoch_names, N_NAMES(qf_epoch_names), &choice,
                                     reader->diagnostics)) {
        spec->reference_epoch = choice == 1;
    }
    if (cooldown && qf_read_constant(reader, cooldown, 0.0, 1e9, &spec->default_cooldown_s)) {
        check_time(reader, root, "default_cooldown_s", times.dt_s);
    }
    read_rules(reader, root, times, spec);
}

void qf_read_guards(qf_reader *reader, const qf_yaml_node *node, double dt_s, qf_group_spec *group)
{
    qf_guards_spec *spec = qf_reader_array(reader, 1, sizeof *spec);
    if (!spec) {
        return;
    }
    *spec = (qf_guards_spec){.default_cooldown_s = 2.0};
    const qf_yaml_node *root = qf_open_profile(reader, node, check_keys, &spec->file);
    if (!root) {
        return;
    }
    read_set(reader, root, (timing){dt_s, group->radar_period_ticks}, spec);
    group->guards = spec;
}
