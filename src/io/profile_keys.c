/* SPDX-License-Identifier: Apache-2.0 */
#include "profile_keys.h"

#include <stdio.h>
#include <string.h>

#include "hardware.h"

enum { PATH_BYTES = 256 };

#define PROFILE  "hardware_profile."
#define NODE     PROFILE "thermal_plane.nodes[]."
#define THRUSTER PROFILE "propulsion_plane.thrusters[]."

/* used keys that the parameter tables do not hold */
static const char *const used_paths[] = {
    NODE "id",
    PROFILE "thermal_plane.couplings[].a",
    PROFILE "thermal_plane.couplings[].b",
    PROFILE "thermal_plane.couplings[].k_w_per_c",
    PROFILE "propulsion_plane.thrusters_path",
    THRUSTER "index",
    THRUSTER "position_m",
    THRUSTER "direction",
    THRUSTER "f_max_newton",
    PROFILE "actuators[].id",
    PROFILE "actuators[].role",
    PROFILE "actuators[].type",
    PROFILE "sensors[].id",
    PROFILE "sensors[].role",
    PROFILE "sensors[].type",
};

/* the reference's keys that no model of this version reads */
static const char *const unused_paths[] = {
    "schema_version",
    "bot_id",
    "bot_type",
    "mode",
    PROFILE "max_speed_mps",
    PROFILE "power_plane.dock_temp_c_init",
    NODE "t_warn_c",
    THRUSTER "cluster_id",
    PROFILE "docking_plane.enabled",
    PROFILE "docking_plane.ports",
    PROFILE "docking_plane.default_port",
    PROFILE "sensor_plane.radiation.limits.warn_usvh",
    PROFILE "sensor_plane.radiation.limits.crit_usvh",
    PROFILE "sensor_plane.proximity.enabled",
    PROFILE "sensor_plane.solar.enabled",
    PROFILE "sensor_plane.star_tracker.enabled",
    PROFILE "sensor_plane.magnetometer.enabled",
    PROFILE "comms_plane.enabled",
    PROFILE "comms_plane.xpdr_mode_init",
    "hardware_manifest.mainboard.id",
    "hardware_manifest.mainboard.type",
    "hardware_manifest.mcqpu.id",
    "hardware_manifest.mcqpu.type",
    "hardware_manifest.mcqpu.cores",
    "hardware_manifest.power_plane[].id",
    "hardware_manifest.power_plane[].type",
    "hardware_manifest.sensor_suite[].id",
    "hardware_manifest.sensor_suite[].type",
    "hardware_manifest.rlsm.id",
    "hardware_manifest.rlsm.type",
};

enum {
    N_USED = sizeof used_paths / sizeof *used_paths,
    N_UNUSED = sizeof unused_paths / sizeof *unused_paths,
    N_PATHS = N_USED + QF_HW_COUNT + QF_HW_SWITCH_COUNT + QF_NODE_PARAMETER_COUNT + N_UNUSED,
};

/* texts one after the other, NULL for none; a sweep asks for them so often that printf would be most of its reading */
static const char *join(char path[PATH_BYTES], const char *const *texts, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t length = texts[i] ? strnlen(texts[i], PATH_BYTES - 1 - used) : 0;
        if (length > 0) {
            memcpy(path + used, texts[i], length);
        }
        used += length;
    }
    path[used] = '\0';
    return path;
}

/* path number `i` of the schema; the unused ones come last */
static const char *schema_path(size_t i, char path[PATH_BYTES])
{
    if (i < N_USED) {
        return used_paths[i];
    }
    i -= N_USED;
    if (i < QF_HW_COUNT) {
        const qf_hardware_parameter *row = &qf_hardware_table[i];
        const char *const texts[] = {PROFILE, row->plane, row->plane ? "." : NULL,
                                     row->parameter.key};
        return join(path, texts, sizeof texts / sizeof *texts);
    }
    i -= QF_HW_COUNT;
    if (i < QF_HW_SWITCH_COUNT) {
        const qf_hardware_switch_row *row = &qf_hardware_switch_table[i];
        const char *const texts[] = {
            PROFILE, row->plane, ".", row->section, row->section ? "." : NULL, row->key};
        return join(path, texts, sizeof texts / sizeof *texts);
    }
    i -= QF_HW_SWITCH_COUNT;
    if (i < QF_NODE_PARAMETER_COUNT) {
        const char *const texts[] = {NODE, qf_node_table[i].key};
        return join(path, texts, sizeof texts / sizeof *texts);
    }
    return unused_paths[i - QF_NODE_PARAMETER_COUNT];
}

typedef enum key_place {
    KEY_UNKNOWN,
    KEY_INNER, /* something below it is known */
    KEY_USED,
    KEY_UNUSED,
} key_place;

/* `path` is `base` and one key; a key that looks like a path itself is not one */
static key_place place_of(const char *path, const char *key)
{
    if (key[strcspn(key, ".[")] != '\0') {
        return KEY_UNKNOWN;
    }
    const size_t length = strlen(path);
    char buffer[PATH_BYTES];
    for (size_t i = 0; i < N_PATHS; i++) {
        const char *known = schema_path(i, buffer);
        if (strncmp(known, path, length) != 0) {
            continue;
        }
        if (known[length] == '\0') {
            return i < N_PATHS - N_UNUSED ? KEY_USED : KEY_UNUSED;
        }
        if (known[length] == '.' || known[length] == '[') {
            return KEY_INNER;
        }
    }
    return KEY_UNKNOWN;
}

static bool is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* names the keys that could have been meant: those of the schema at the same place */
static void report_unknown(const qf_yaml_node *key, const char *base, qf_diagnostics *diagnostics)
{
    char names[N_PATHS][PATH_BYTES];
    const char *siblings[N_PATHS + 1];
    size_t n = 0;
    char buffer[PATH_BYTES];
    const size_t base_length = strlen(base);
    for (size_t i = 0; i < N_PATHS; i++) {
        const char *known = schema_path(i, buffer);
        if (strncmp(known, base, base_length) != 0) {
            continue;
        }
        const char *rest = known + base_length;
        if (base_length > 0) {
            if (*rest != '.') {
                continue;
            }
            rest++;
        }
        snprintf(names[n], PATH_BYTES, "%.*s", (int)strcspn(rest, ".["), rest);
        if (!is_among(names[n], siblings, n)) {
            siblings[n] = names[n];
            n++;
        }
    }
    /* a profile within a scenario may also name the file that it overrides */
    if (base_length == 0 && key->parent && key->parent->parent) {
        siblings[n++] = "file";
    }
    const char *nearest = qf_nearest_name(key->text, siblings, n);
    if (nearest) {
        qf_diagnose(diagnostics, key, "unknown key (did you mean '%s'?)", nearest);
    } else {
        qf_diagnose(diagnostics, key, "unknown key: not in the schema of hardware profiles");
    }
}

/* whether a model reads something below this place of the schema */
static bool is_used_below(const char *path)
{
    const size_t length = strlen(path);
    char buffer[PATH_BYTES];
    for (size_t i = 0; i < N_PATHS - N_UNUSED; i++) {
        const char *known = schema_path(i, buffer);
        if (strncmp(known, path, length) == 0 && (known[length] == '.' || known[length] == '[')) {
            return true;
        }
    }
    return false;
}

/*
 * Where the notes about unused keys go: once at the top of what is unused as a whole, and in lists
 * not again where the entry before has the same key.
 */
typedef struct note_place {
    bool silent;
    const qf_yaml_node *before;
} note_place;

static void check(const qf_yaml_node *node, const char *base, note_place notes,
                  qf_diagnostics *diagnostics);

static void note_unused(const qf_yaml_node *key, note_place notes, qf_diagnostics *diagnostics)
{
    if (!notes.silent && !qf_yaml_get(notes.before, key->text)) {
        qf_diagnose_note(diagnostics, key, "not used by any model of this version");
    }
}

static void check_mapping(const qf_yaml_node *node, const char *base, note_place notes,
                          qf_diagnostics *diagnostics)
{
    for (size_t i = 0; i < node->n_children; i++) {
        char path[PATH_BYTES];
        const int length =
            snprintf(path, sizeof path, "%s%s%s", base, *base ? "." : "", node->keys[i]->text);
        const key_place place =
            length > 0 && length < PATH_BYTES ? place_of(path, node->keys[i]->text) : KEY_UNKNOWN;
        switch (place) {
        case KEY_UNKNOWN:
            report_unknown(node->keys[i], base, diagnostics);
            break;
        case KEY_UNUSED:
            note_unused(node->keys[i], notes, diagnostics);
            break;
        case KEY_INNER: {
            const bool unused = !is_used_below(path);
            if (unused) {
                note_unused(node->keys[i], notes, diagnostics);
            }
            check(node->children[i], path, (note_place){.silent = notes.silent || unused},
                  diagnostics);
            break;
        }
        case KEY_USED:
            break;
        }
    }
}

static bool is_list(const char *base)
{
    const size_t length = strlen(base);
    char buffer[PATH_BYTES];
    for (size_t i = 0; i < N_PATHS; i++) {
        const char *known = schema_path(i, buffer);
        if (strncmp(known, base, length) == 0 && known[length] == '[') {
            return true;
        }
    }
    return false;
}

static void check(const qf_yaml_node *node, const char *base, note_place notes,
                  qf_diagnostics *diagnostics)
{
    const bool list = is_list(base);
    if (!qf_yaml_expect_kind(node, list ? QF_YAML_SEQUENCE : QF_YAML_MAPPING, diagnostics)) {
        return;
    }
    if (!list) {
        check_mapping(node, base, notes, diagnostics);
        return;
    }
    /* paths of the schema are shorter than PATH_BYTES, so this one is, or names nothing anyway */
    char path[PATH_BYTES + 2];
    snprintf(path, sizeof path, "%.*s[]", PATH_BYTES - 1, base);
    for (size_t i = 0; i < node->n_children; i++) {
        const note_place place = {.silent = notes.silent,
                                  .before = i > 0 ? node->children[i - 1] : NULL};
        check(node->children[i], path, place, diagnostics);
    }
}

void qf_profile_check_keys(const qf_yaml_node *node, const char *base, qf_diagnostics *diagnostics)
{
    check(node, base, (note_place){.silent = false}, diagnostics);
}
