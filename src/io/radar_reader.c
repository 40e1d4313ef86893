/* SPDX-License-Identifier: Apache-2.0 */
/* Radars, and what they see of a vehicle: docs/radar.md says what may stand where. */
#include "radar_reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "radar_equation.h"
#include "radar_theory.h"
#include "script_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

static void read_signature(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    static const char *const known[] = {"rcs_dbsm", "swerling"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *rcs = qf_yaml_get(node, "rcs_dbsm");
    const qf_yaml_node *swerling = qf_yaml_get(node, "swerling");
    int64_t number;
    if (rcs) {
        qf_read_number(reader, rcs, -100.0, 100.0, &group->rcs_dbsm);
    }
    if (swerling && qf_yaml_read_integer(swerling, 0, 4, &number, reader->diagnostics)) {
        group->swerling = (int)number;
    }
}

/* braces mean something, so those that do not are mistakes */
static bool has_good_braces(const char *text)
{
    static const char index[] = "{index}";
    while (*(text += strcspn(text, "{}"))) {
        if (strncmp(text, index, sizeof index - 1) != 0) {
            return false;
        }
        text += sizeof index - 1;
    }
    return true;
}

static void read_transponder(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    static const char *const known[] = {"mode", "id"};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    /* YAML 1.1 calls an unquoted on or off a switch; here both are the text that they look like */
    const qf_yaml_node *mode = qf_require(reader, node, "mode");
    size_t choice = QF_TRANSPONDER_OFF;
    const bool known_mode =
        mode && qf_yaml_read_choice(mode, qf_transponder_names, QF_TRANSPONDER_MODES, &choice,
                                    reader->diagnostics);
    group->transponder_mode = (qf_transponder_mode)choice;
    const bool on = known_mode && choice == QF_TRANSPONDER_ON;
    const qf_yaml_node *id = on ? qf_require(reader, node, "id") : qf_yaml_get(node, "id");
    if (!id || !qf_yaml_read_text(id, &group->transponder_id, reader->diagnostics)) {
        return;
    }
    if (!has_good_braces(group->transponder_id)) {
        qf_diagnose(reader->diagnostics, id, "braces stand for '{index}' only");
    } else if (qf_has_control_characters(group->transponder_id)) {
        qf_diagnose(reader->diagnostics, id, "expected a text without control characters");
    } else if (known_mode && !on) {
        qf_diagnose_note(reader->diagnostics, id, "not sent in mode '%s'", mode->text);
    }
}

enum { N_OTHER_KEYS = 8, N_KEYS = QF_RADAR_COUNT + N_OTHER_KEYS };

static const char *const other_keys[N_OTHER_KEYS] = {
    "ideal",  "merge",           "scan",     "pattern",
    "pulses", "coherent_pulses", "capacity", "rotation_start_deg"};

static void check_keys(qf_reader *reader, const qf_yaml_node *root)
{
    const char *known[N_KEYS];
    memcpy(known, other_keys, sizeof other_keys);
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        known[N_OTHER_KEYS + id] = qf_radar_table[id].key;
    }
    qf_yaml_check_keys(root, known, N_KEYS, reader->diagnostics);
}

static void read_switch(qf_reader *reader, const qf_yaml_node *root, const char *key, bool *out)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    if (node) {
        qf_yaml_read_bool(node, out, reader->diagnostics);
    }
}

static void read_count(qf_reader *reader, const qf_yaml_node *root, const char *key, int64_t most,
                       int64_t *out)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    if (node) {
        qf_yaml_read_integer(node, 1, most, out, reader->diagnostics);
    }
}

static void read_others(qf_reader *reader, const qf_yaml_node *root, qf_radar_spec *spec)
{
    enum { MOST_COHERENT = 1 << 20, MOST_REPORTED = 1 << 20 };
    const qf_yaml_node *scan = qf_yaml_get(root, "scan");
    const qf_yaml_node *pattern = qf_yaml_get(root, "pattern");
    const qf_yaml_node *start = qf_yaml_get(root, "rotation_start_deg");
    size_t choice;
    read_switch(reader, root, "ideal", &spec->ideal);
    read_switch(reader, root, "merge", &spec->merge);
    if (scan &&
        qf_yaml_read_choice(scan, qf_scan_names, QF_SCAN_COUNT, &choice, reader->diagnostics)) {
        spec->scan = (qf_radar_scan)choice;
    }
    if (pattern && qf_yaml_read_choice(pattern, qf_pattern_names, QF_PATTERN_COUNT, &choice,
                                       reader->diagnostics)) {
        spec->pattern = (qf_radar_pattern)choice;
    }
    read_count(reader, root, "pulses", QF_RADAR_MOST_PULSES, &spec->pulses);
    read_count(reader, root, "coherent_pulses", MOST_COHERENT, &spec->coherent_pulses);
    read_count(reader, root, "capacity", MOST_REPORTED, &spec->capacity);
    if (start) {
        qf_read_number(reader, start, -360.0, 360.0, &spec->rotation_start_deg);
    }
}

static void read_parameters(qf_reader *reader, const qf_yaml_node *root, qf_radar_spec *spec)
{
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        const qf_radar_parameter *row = &qf_radar_table[id];
        const qf_yaml_node *node = qf_yaml_get(root, row->key);
        if (node) {
            qf_read_constant(reader, node, row->low, row->high, &spec->value[id]);
        } else if (isnan(row->fallback) && (row->of_ideal || !spec->ideal)) {
            qf_require(reader, root, row->key);
        }
    }
}

/* one note for all that an ideal radar does without: profiles of real ones may be made ideal */
static void note_ideal(qf_reader *reader, const qf_yaml_node *root)
{
    static const char *const others[] = {"merge", "pattern", "pulses", "coherent_pulses"};
    enum { LIST_BYTES = 1024 }; /* all keys take less */
    char list[LIST_BYTES] = "";
    const char *known[N_KEYS];
    size_t n = 0;
    for (size_t i = 0; i < N_NAMES(others); i++) {
        known[n++] = others[i];
    }
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        if (!qf_radar_table[id].of_ideal) {
            known[n++] = qf_radar_table[id].key;
        }
    }
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        if (qf_yaml_get(root, known[i])) {
            length += (size_t)snprintf(list + length, LIST_BYTES - length, "%s%s",
                                       length ? ", " : "", known[i]);
        }
    }
    if (length > 0) {
        const qf_yaml_node *ideal = qf_yaml_get(root, "ideal");
        qf_diagnose_note(reader->diagnostics, ideal, "leaves without effect: %s", list);
    }
}

static void note_unused(qf_reader *reader, const qf_yaml_node *root, const qf_radar_spec *spec)
{
    if (spec->ideal) {
        note_ideal(reader, root);
    }
    const struct {
        const char *key;
        bool used;
        const char *reason;
    } all[] = {
        {qf_radar_table[QF_RADAR_ROTATION].key, qf_radar_uses(spec, QF_RADAR_ROTATION),
         "scan is not rotating"},
        {"rotation_start_deg", qf_radar_uses_rotation_start(spec), "scan is not rotating"},
        {qf_radar_table[QF_RADAR_BORESIGHT_ELEVATION].key,
         spec->ideal || qf_radar_uses(spec, QF_RADAR_BORESIGHT_ELEVATION), "pattern is none"},
    };
    for (size_t i = 0; i < N_NAMES(all); i++) {
        const qf_yaml_node *node = qf_yaml_get(root, all[i].key);
        if (node && !all[i].used) {
            qf_diagnose_note(reader->diagnostics, qf_yaml_key_node(root, node->index),
                             "without effect: %s", all[i].reason);
        }
    }
}

/* a gain that no beam of these widths has: possible input, and most likely a mistake */
static void note_gain(qf_reader *reader, const qf_yaml_node *root, const qf_radar_spec *spec)
{
    const double azimuth_deg = spec->value[QF_RADAR_BEAM_AZIMUTH];
    const double elevation_deg = spec->value[QF_RADAR_BEAM_ELEVATION];
    const double most = fmax(1.0, qf_beam_gain_most(azimuth_deg, elevation_deg));
    const double usual = qf_beam_gain_usual(azimuth_deg, elevation_deg);
    if (qf_ratio_of(spec->value[QF_RADAR_GAIN]) > most) {
        qf_diagnose_note(reader->diagnostics, qf_yaml_get(root, "gain_db"),
                         "a beam of %g by %g degrees has at most %.1f dB, usually %.1f dB",
                         azimuth_deg, elevation_deg, qf_db_of(most), qf_db_of(usual));
    }
}

static void check_together(qf_reader *reader, const qf_yaml_node *root, const qf_radar_spec *spec)
{
    const char *key;
    char why[QF_RADAR_WHY_BYTES];
    if (!qf_radar_spec_contradiction(spec, &key, why)) {
        note_unused(reader, root, spec);
        if (!spec->ideal) {
            note_gain(reader, root, spec);
        }
        return;
    }
    const qf_yaml_node *node = qf_yaml_get(root, key);
    if (node) {
        qf_diagnose(reader->diagnostics, node, "%s", why);
    } else {
        qf_diagnose(reader->diagnostics, root, "%s: %s", key, why);
    }
}

static int64_t read_period(qf_reader *reader, const qf_yaml_node *root, const qf_radar_spec *spec,
                           double dt_s)
{
    const double period_s = spec->value[QF_RADAR_PERIOD];
    const qf_yaml_node *node = qf_yaml_get(root, qf_radar_table[QF_RADAR_PERIOD].key);
    if (!node || isnan(period_s) || !(dt_s > 0.0)) {
        return 0;
    }
    const int64_t ticks = qf_whole_ticks(period_s, dt_s);
    if (ticks < 1) {
        qf_diagnose(reader->diagnostics, node, "%.15g s is not a multiple of dt_s (%.15g s)",
                    period_s, dt_s);
        return 0;
    }
    return ticks;
}

static void read_radar(qf_reader *reader, const qf_yaml_node *node, double dt_s,
                       qf_group_spec *group)
{
    qf_radar_spec *spec = qf_reader_array(reader, 1, sizeof *spec);
    if (!spec) {
        return;
    }
    *spec = qf_radar_spec_default();
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    const qf_yaml_node *root = qf_open_profile(reader, node, check_keys, &spec->file);
    if (!root) {
        return;
    }
    read_others(reader, root, spec);
    read_parameters(reader, root, spec);
    group->radar_period_ticks = read_period(reader, root, spec, dt_s);
    group->radar = spec;
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        check_together(reader, root, spec);
    }
}

void qf_read_radar_keys(qf_reader *reader, const qf_yaml_node *group_node, double dt_s,
                        qf_group_spec *group)
{
    const qf_yaml_node *signature = qf_yaml_get(group_node, "signature");
    const qf_yaml_node *transponder = qf_yaml_get(group_node, "transponder");
    const qf_yaml_node *radar = qf_yaml_get(group_node, "radar");
    if (signature) {
        read_signature(reader, signature, group);
    }
    if (transponder) {
        read_transponder(reader, transponder, group);
    }
    if (radar) {
        read_radar(reader, radar, dt_s, group);
    }
}
