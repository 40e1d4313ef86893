/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers and the pictures that they share: docs/scenario.md says what may stand where. */
#include "tracker_reader.h"

#include <math.h>
#include <string.h>

#include "guards_reader.h"
#include "situations_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

const qf_setting qf_picture_settings[QF_PICTURE_SETTINGS] = {
    QF_SETTING_ABOVE(qf_picture_rules, gate_m, 0.0, 1e9),
    QF_SETTING_ABOVE(qf_picture_rules, gate_mps, 0.0, 3e8),
    QF_SETTING_WHOLE(qf_picture_rules, min_support, 1.0, 65535.0),
    QF_SETTING_REAL(qf_picture_rules, max_age_s, 0.0, 1e9),
    QF_SETTING_WHOLE(qf_picture_rules, confirm_frames, 1.0, 65535.0),
    QF_SETTING_REAL(qf_picture_rules, cooldown_s, 0.0, 1e9),
};

const char *const qf_gains_names[2] = {"kalata", "given"};
const char *const qf_association_names[2] = {"nearest", "exact"};

/* a switch, or a mapping that is on and says how */
static void read_picture(qf_reader *reader, const qf_yaml_node *node, qf_tracker_spec *spec)
{
    if (node->kind == QF_YAML_SCALAR) {
        qf_yaml_read_bool(node, &spec->shares, reader->diagnostics);
        return;
    }
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    const char *known[QF_PICTURE_SETTINGS];
    const size_t n = qf_settings_keys(qf_picture_settings, QF_PICTURE_SETTINGS, NULL, 0, known);
    qf_yaml_check_keys(node, known, n, reader->diagnostics);
    qf_read_settings(reader, node, qf_picture_settings, QF_PICTURE_SETTINGS, &spec->picture);
    spec->shares = true;
}

static void check_keys(qf_reader *reader, const qf_yaml_node *root)
{
    static const char *const others[] = {"mode", "gains", "association", "picture"};
    const char *known[N_NAMES(others) + QF_TRACKER_COUNT];
    memcpy(known, others, sizeof others);
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        known[N_NAMES(others) + id] = qf_tracker_table[id].key;
    }
    qf_yaml_check_keys(root, known, N_NAMES(known), reader->diagnostics);
}

/* one of two */
static void read_either(qf_reader *reader, const qf_yaml_node *root, const char *key,
                        const char *const names[2], bool *second)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    size_t choice;
    if (node && qf_yaml_read_choice(node, names, 2, &choice, reader->diagnostics)) {
        *second = choice == 1;
    }
}

static void read_parameters(qf_reader *reader, const qf_yaml_node *root, qf_tracker_spec *spec)
{
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        const qf_tracker_parameter *row = &qf_tracker_table[id];
        const qf_yaml_node *node = qf_yaml_get(root, row->key);
        int64_t whole;
        if (node && row->whole) {
            if (qf_yaml_read_integer(node, (int64_t)row->low, (int64_t)row->high, &whole,
                                     reader->diagnostics)) {
                spec->value[id] = (double)whole;
            }
        } else if (node) {
            const qf_limits limits = {row->low, row->high, row->low_open, row->high_open};
            qf_read_within(reader, node, &limits, &spec->value[id]);
        }
    }
}

static void note_without_effect(qf_reader *reader, const qf_yaml_node *root, const char *key,
                                const char *reason)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    if (node) {
        qf_diagnose_note(reader->diagnostics, qf_yaml_key_node(root, node->index),
                         "without effect: %s", reason);
    }
}

static void note_unused(qf_reader *reader, const qf_yaml_node *root, const qf_tracker_spec *spec)
{
    static const char *const modes[QF_TRACK_MODES] = {[QF_TRACK_QIKI] = "mode is qiki",
                                                      [QF_TRACK_ROBUST] = "mode is robust",
                                                      [QF_TRACK_KALMAN] = "mode is kalman"};
    const char *mode = modes[spec->mode];
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        if (!qf_tracker_uses(spec, (qf_tracker_id)id)) {
            const bool of_mode = (qf_tracker_table[id].modes >> spec->mode & 1U) != 0;
            note_without_effect(reader, root, qf_tracker_table[id].key,
                                of_mode ? "gains is kalata" : mode);
        }
    }
    if (spec->mode != QF_TRACK_ROBUST) {
        note_without_effect(reader, root, "gains", mode);
    }
    if (spec->mode == QF_TRACK_QIKI) {
        note_without_effect(reader, root, "association", mode);
    }
}

static void check_together(qf_reader *reader, const qf_yaml_node *root, const qf_tracker_spec *spec)
{
    const char *key;
    char why[QF_TRACKER_WHY_BYTES];
    if (!qf_tracker_spec_contradiction(spec, &key, why)) {
        note_unused(reader, root, spec);
        return;
    }
    const qf_yaml_node *node = qf_yaml_get(root, key);
    if (node) {
        qf_diagnose(reader->diagnostics, node, "%s", why);
    } else {
        qf_diagnose(reader->diagnostics, root, "%s: %s", key, why);
    }
}

/* what the mode's defaults are is not known without one */
static qf_tracker_spec read_mode(qf_reader *reader, const qf_yaml_node *root)
{
    const qf_yaml_node *node = qf_require(reader, root, "mode");
    size_t mode = QF_TRACK_ROBUST;
    if (node) {
        qf_yaml_read_choice(node, qf_track_mode_names, QF_TRACK_MODES, &mode, reader->diagnostics);
    }
    return qf_tracker_spec_default((qf_track_mode)mode);
}

/* what the reference's tracker does with a radar that it was not made for */
static void note_turning_beam(qf_reader *reader, const qf_yaml_node *root,
                              const qf_tracker_spec *spec, const qf_radar_spec *radar)
{
    const double arc_deg = fabs(radar->value[QF_RADAR_ROTATION] * radar->value[QF_RADAR_PERIOD]);
    const qf_yaml_node *mode = qf_yaml_get(root, "mode");
    if (mode && spec->mode == QF_TRACK_QIKI && radar->scan == QF_SCAN_ROTATING && arc_deg < 360.0) {
        qf_diagnose_note(reader->diagnostics, mode,
                         "counts a miss in every frame that the beam is elsewhere: it passes %g "
                         "degrees in each; robust and kalman count turns",
                         arc_deg);
    }
}

static void read_tracker(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    qf_tracker_spec *spec = qf_reader_array(reader, 1, sizeof *spec);
    if (!spec) {
        return;
    }
    const char *file;
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    const qf_yaml_node *root = qf_open_profile(reader, node, check_keys, &file);
    if (!root) {
        return;
    }
    *spec = read_mode(reader, root);
    spec->file = file;
    read_either(reader, root, "gains", qf_gains_names, &spec->gains_given);
    read_either(reader, root, "association", qf_association_names, &spec->exact);
    const qf_yaml_node *picture = qf_yaml_get(root, "picture");
    if (picture) {
        read_picture(reader, picture, spec);
    }
    read_parameters(reader, root, spec);
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        check_together(reader, root, spec);
    }
    /* a radar that could not be read, or is not sound, has had an error */
    if (group->radar && qf_diagnostics_error_count(reader->diagnostics) == 0) {
        qf_tracker_spec_complete(spec, group->radar);
        note_turning_beam(reader, root, spec, group->radar);
    }
    group->tracker = spec;
}

/* `key` needs `other` */
static void check_need(qf_reader *reader, const qf_yaml_node *group_node, const qf_yaml_node *node,
                       const char *other)
{
    if (!qf_yaml_get(group_node, other)) {
        qf_diagnose(reader->diagnostics, qf_yaml_key_node(group_node, node->index),
                    "needs a %s, and this group has none", other);
    }
}

void qf_read_tracker_keys(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, qf_group_spec *group)
{
    const qf_yaml_node *tracker = qf_yaml_get(group_node, "tracker");
    const qf_yaml_node *guards = qf_yaml_get(group_node, "guards");
    const qf_yaml_node *situations = qf_yaml_get(group_node, "situations");
    if (tracker) {
        check_need(reader, group_node, tracker, "radar");
        if (scenario->n_ticks > INT32_MAX) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(group_node, tracker->index),
                        "a run of %lld ticks is longer than the %d that a tracker can count",
                        (long long)scenario->n_ticks, INT32_MAX);
        }
        read_tracker(reader, tracker, group);
    }
    if (guards) {
        check_need(reader, group_node, guards, "tracker");
        qf_read_guards(reader, guards, scenario->dt_s, group);
    }
    if (situations) {
        qf_read_situations(reader, situations, group);
        if (group->situations) {
            check_need(reader, group_node, situations, "tracker");
        }
    }
}
