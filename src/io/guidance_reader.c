/* SPDX-License-Identifier: Apache-2.0 */
/* Ways in which a group's vehicles move by themselves: docs/scenario.md says what may stand where. */
#include "guidance_reader.h"

#include <math.h>
#include <string.h>

#include "group_reader.h"
#include "thrust_check.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

static const char *an(qf_guidance_kind kind)
{
    return kind == QF_GUIDANCE_APPROACH ? "an" : "a";
}

/* of a `kind`, else of the entry's own name */
static bool read_kind(qf_reader *reader, const qf_yaml_node *node, const qf_yaml_node *key,
                      qf_guidance_kind *kind)
{
    const qf_yaml_node *given = qf_yaml_get(node, "kind");
    size_t choice;
    if (given) {
        if (!qf_yaml_read_choice(given, qf_guidance_names, QF_GUIDANCE_KINDS, &choice,
                                 reader->diagnostics)) {
            return false;
        }
        *kind = (qf_guidance_kind)choice;
        return true;
    }
    for (choice = 0; choice < QF_GUIDANCE_KINDS; choice++) {
        if (strcmp(qf_guidance_names[choice], key->text) == 0) {
            *kind = (qf_guidance_kind)choice;
            return true;
        }
    }
    const char *nearest = qf_nearest_name(key->text, qf_guidance_names, QF_GUIDANCE_KINDS);
    if (nearest) {
        qf_diagnose(reader->diagnostics, key,
                    "no kind of behaviour (did you mean '%s'?), and no key 'kind'", nearest);
    } else {
        qf_diagnose(reader->diagnostics, key,
                    "no kind of behaviour, so it needs the key 'kind': hold, waypoint, patrol, "
                    "velocity, station_keep, approach, formation or tasks");
    }
    return false;
}

/* keys that are known, but not of this kind or not of bots, say so */
static void check_keys(qf_reader *reader, const qf_yaml_node *node, const qf_group_spec *group,
                       qf_guidance_kind kind)
{
    const char *known[1 + QF_GUIDANCE_KEYS] = {"kind"};
    for (size_t k = 0; k < QF_GUIDANCE_KEYS; k++) {
        const qf_guidance_key_row *row = &qf_guidance_key_table[k];
        const qf_yaml_node *value = qf_yaml_get(node, row->name);
        known[1 + k] = row->name;
        if (value && !(row->kinds >> kind & 1U)) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(node, value->index),
                        "a behaviour of kind '%s' has no use for it", qf_guidance_names[kind]);
        } else if (value && row->bodies_only && !qf_kind_is_body(group->kind)) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(node, value->index),
                        "a bot has no use for it: it drives along its heading");
        } else if (!value && row->needed >> kind & 1U) {
            qf_diagnose(reader->diagnostics, node, "%s %s needs the key '%s'", an(kind),
                        qf_guidance_names[kind], row->name);
        }
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
}

static void read_waypoints(qf_reader *reader, const qf_yaml_node *list, qf_guidance_spec *spec)
{
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    const size_t n = list->n_children;
    if (n < 1 || n > QF_WAYPOINTS_MOST) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d waypoints, found %zu",
                    QF_WAYPOINTS_MOST, n);
        return;
    }
    double(*waypoints_m)[3] = qf_reader_array(reader, n, sizeof *waypoints_m);
    for (size_t w = 0; waypoints_m && w < n; w++) {
        qf_read_place(reader, list->children[w], waypoints_m[w]);
    }
    spec->waypoints_m = (const double(*)[3])waypoints_m;
    spec->n_waypoints = waypoints_m ? n : 0;
}

static void read_attitude(qf_reader *reader, const qf_yaml_node *node, qf_guidance_spec *spec)
{
    if (node->kind == QF_YAML_SEQUENCE) {
        spec->attitude_mode = QF_ATTITUDE_FIXED;
        qf_read_quaternion(reader, node, spec->attitude);
        return;
    }
    const char *names[QF_ATTITUDE_MODES];
    qf_attitude_mode modes[QF_ATTITUDE_MODES];
    size_t n = 0;
    for (size_t m = 0; m < QF_ATTITUDE_MODES; m++) {
        if (qf_attitude_names[m]) {
            modes[n] = (qf_attitude_mode)m;
            names[n++] = qf_attitude_names[m];
        }
    }
    size_t choice;
    if (!qf_yaml_read_choice(node, names, n, &choice, reader->diagnostics)) {
        return;
    }
    spec->attitude_mode = modes[choice];
    const bool faces = spec->attitude_mode == QF_ATTITUDE_TARGET && spec->kind != QF_GUIDANCE_TASKS;
    if ((faces || spec->attitude_mode == QF_ATTITUDE_MATCH) &&
        !qf_guidance_has_target(spec->kind)) {
        qf_diagnose(reader->diagnostics, node, "a behaviour of kind '%s' has no target",
                    qf_guidance_names[spec->kind]);
    }
}

static void read_table(qf_reader *reader, const qf_yaml_node *node, const qf_setting *settings,
                       size_t n, qf_guidance_spec *spec)
{
    const char *known[QF_CONTROL_SETTINGS];
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_settings_keys(settings, n, NULL, 0, known);
    qf_yaml_check_keys(node, known, n, reader->diagnostics);
    qf_read_settings(reader, node, settings, n, spec);
}

static void read_avoid(qf_reader *reader, const qf_yaml_node *node, const qf_yaml_node *group_node,
                       qf_guidance_spec *spec)
{
    read_table(reader, node, qf_avoid_settings, QF_AVOID_SETTINGS, spec);
    if (node->kind == QF_YAML_MAPPING) {
        qf_require(reader, node, qf_avoid_settings[0].key);
    }
    if (!qf_yaml_get(group_node, "tracker")) {
        qf_diagnose(reader->diagnostics, node,
                    "avoids what the vehicle's own tracks show: the group needs a tracker");
    }
}

static void read_values(qf_reader *reader, const qf_yaml_node *node, const qf_yaml_node *group_node,
                        qf_guidance_spec *spec)
{
    const qf_yaml_node *at[QF_GUIDANCE_KEYS];
    for (size_t k = 0; k < QF_GUIDANCE_KEYS; k++) {
        const qf_guidance_key_row *row = &qf_guidance_key_table[k];
        at[k] = row->kinds >> spec->kind & 1U ? qf_yaml_get(node, row->name) : NULL;
        if (at[k] && row->number.key) {
            qf_read_settings(reader, node, &row->number, 1, spec);
        }
    }
    if (at[QF_GUIDANCE_KEY_WAYPOINTS]) {
        read_waypoints(reader, at[QF_GUIDANCE_KEY_WAYPOINTS], spec);
    }
    if (at[QF_GUIDANCE_KEY_VELOCITY]) {
        qf_read_constants(reader, at[QF_GUIDANCE_KEY_VELOCITY], 3, spec->velocity_mps);
    }
    if (at[QF_GUIDANCE_KEY_OFFSET]) {
        qf_read_place(reader, at[QF_GUIDANCE_KEY_OFFSET], spec->offset_m);
    }
    size_t choice;
    if (at[QF_GUIDANCE_KEY_FRAME] &&
        qf_yaml_read_choice(at[QF_GUIDANCE_KEY_FRAME], qf_offset_names, QF_OFFSET_FRAMES, &choice,
                            reader->diagnostics)) {
        spec->frame = (qf_offset_frame)choice;
    }
    if (at[QF_GUIDANCE_KEY_ATTITUDE]) {
        read_attitude(reader, at[QF_GUIDANCE_KEY_ATTITUDE], spec);
    }
    if (at[QF_GUIDANCE_KEY_CONTROL]) {
        read_table(reader, at[QF_GUIDANCE_KEY_CONTROL], qf_control_settings, QF_CONTROL_SETTINGS,
                   spec);
    }
    if (at[QF_GUIDANCE_KEY_AVOID]) {
        read_avoid(reader, at[QF_GUIDANCE_KEY_AVOID], group_node, spec);
    }
}

/* wheels alone hold an attitude, but nothing else */
static bool needs_thrusters(const qf_group_spec *group, const qf_guidance_spec *spec)
{
    return spec->kind != QF_GUIDANCE_HOLD || !group->body->wheels;
}

/* said once, of the first that needs them */
static void check_thrusters(qf_reader *reader, const qf_yaml_node *list, const qf_group_spec *group)
{
    const qf_hardware *hardware = &group->hardware;
    const size_t n = hardware->on[QF_HW_PROPULSION_ENABLED] ? hardware->n_thrusters : 0;
    char reason[QF_THRUSTERS_REASON];
    size_t first = 0;
    while (n == 0 && first < group->n_guidances &&
           !needs_thrusters(group, &group->guidances[first])) {
        first++;
    }
    if (first == group->n_guidances) {
        return;
    }
    const qf_yaml_node *key = qf_yaml_key_node(list, first);
    if (n == 0) {
        qf_diagnose(reader->diagnostics, key, "needs thrusters, and the group's hardware has none");
    } else if (!qf_thrusters_check(hardware->thrusters, n, reason)) {
        qf_diagnose(reader->diagnostics, key, "needs thrusters that push and turn every way: %s",
                    reason);
    }
}

static void read_entry(qf_reader *reader, const qf_yaml_node *list, size_t index,
                       const qf_yaml_node *group_node, const qf_group_spec *group,
                       qf_guidance_spec *spec)
{
    const qf_yaml_node *node = list->children[index];
    const qf_yaml_node *key = qf_yaml_key_node(list, index);
    *spec = qf_guidance_default(QF_GUIDANCE_HOLD);
    spec->name = "";
    if (!qf_read_name(reader, key, &spec->name) ||
        !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    if (strcmp(spec->name, "none") == 0) {
        qf_diagnose(reader->diagnostics, key,
                    "'none' is what a vehicle without a behaviour does: "
                    "give this one another name");
    }
    qf_guidance_kind kind = QF_GUIDANCE_HOLD;
    if (!read_kind(reader, node, key, &kind)) {
        return;
    }
    if (kind == QF_GUIDANCE_APPROACH && !qf_kind_is_body(group->kind)) {
        qf_diagnose(reader->diagnostics, key, "a bot has no ports that it could dock with");
        return;
    }
    const char *name = spec->name;
    *spec = qf_guidance_default(kind);
    spec->name = name;
    check_keys(reader, node, group, kind);
    read_values(reader, node, group_node, spec);
}

void qf_read_guidances(qf_reader *reader, const qf_yaml_node *group_node, qf_group_spec *group)
{
    const qf_yaml_node *list = qf_yaml_get(group_node, "behavior");
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    if (group->kind == QF_KIND_DEBRIS) {
        qf_diagnose(reader->diagnostics, qf_yaml_key_node(group_node, list->index),
                    "debris drifts: only bots, ships and stations have a behaviour");
        return;
    }
    const size_t n = list->n_children;
    if (n < 1 || n > QF_GUIDANCES_MOST) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d behaviours, found %zu",
                    QF_GUIDANCES_MOST, n);
        return;
    }
    qf_guidance_spec *specs = qf_reader_array(reader, n, sizeof *specs);
    for (size_t i = 0; specs && i < n; i++) {
        read_entry(reader, list, i, group_node, group, &specs[i]);
    }
    group->guidances = specs;
    group->n_guidances = specs ? n : 0;
    /* of hardware that could be read */
    if (group->body && !reader->columns_unknown) {
        check_thrusters(reader, list, group);
    }
}

const char **qf_guidance_entry_names(qf_reader *reader, const qf_group_spec *group)
{
    const char **names = qf_reader_array(reader, group->n_guidances + 1, sizeof *names);
    for (size_t i = 0; names && i < group->n_guidances; i++) {
        names[i] = group->guidances[i].name;
    }
    return names;
}
