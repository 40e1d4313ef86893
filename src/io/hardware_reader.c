/* SPDX-License-Identifier: Apache-2.0 */
/* Hardware profiles: the reference's bot_config.json, and mappings of the same form in a scenario. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "profile_keys.h"
#include "reader.h"

static void read_parameters(qf_reader *reader, const qf_yaml_node *profile, qf_hardware *hardware)
{
    for (size_t p = 0; p < QF_HW_COUNT; p++) {
        const qf_hardware_parameter *row = &qf_hardware_table[p];
        const qf_yaml_node *plane = row->plane ? qf_yaml_get(profile, row->plane) : profile;
        const qf_yaml_node *node = qf_yaml_get(plane, row->parameter.key);
        if (node) {
            qf_read_number(reader, node, row->parameter.low, row->parameter.high,
                           &hardware->parameter[p]);
        }
    }
    /* the thrusters' geometry and timing are the group's, not a vehicle's */
    const qf_yaml_node *propulsion = qf_yaml_get(profile, "propulsion_plane");
    static const qf_hardware_id of_group[] = {QF_HW_PULSE_WINDOW, QF_HW_TORQUE_TOLERANCE};
    for (size_t i = 0; i < sizeof of_group / sizeof *of_group; i++) {
        const qf_number *number = &hardware->parameter[of_group[i]];
        const qf_yaml_node *node =
            qf_yaml_get(propulsion, qf_hardware_table[of_group[i]].parameter.key);
        if (!qf_number_is_constant(number) && !qf_is_fixed_case(node, number)) {
            qf_diagnose(reader->diagnostics, node,
                        "expected a constant: this is the same for all vehicles of a group");
        }
    }
}

static void read_switches(qf_reader *reader, const qf_yaml_node *profile, qf_hardware *hardware)
{
    for (size_t s = 0; s < QF_HW_SWITCH_COUNT; s++) {
        const qf_hardware_switch_row *row = &qf_hardware_switch_table[s];
        const qf_yaml_node *plane = qf_yaml_get(profile, row->plane);
        const qf_yaml_node *section = row->section ? qf_yaml_get(plane, row->section) : plane;
        const qf_yaml_node *node = qf_yaml_get(section, row->key);
        if (node) {
            qf_yaml_read_bool(node, &hardware->on[s], reader->diagnostics);
        }
    }
}

/* node names become parts of column names */
static bool is_plain_name(const char *name)
{
    return *name != '\0' &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] ==
               '\0';
}

static void read_node(qf_reader *reader, const qf_yaml_node *item, const qf_hardware *hardware,
                      qf_thermal_node *node)
{
    for (size_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
        node->parameter[p] = qf_constant(qf_node_table[p].fallback);
        const qf_yaml_node *value = qf_yaml_get(item, qf_node_table[p].key);
        if (value) {
            qf_read_number(reader, value, qf_node_table[p].low, qf_node_table[p].high,
                           &node->parameter[p]);
        }
    }
    qf_require(reader, item, qf_node_table[QF_NODE_HEAT_CAPACITY].key);
    const qf_yaml_node *id = qf_require(reader, item, "id");
    const char *text;
    if (!id || !qf_yaml_read_text(id, &text, reader->diagnostics)) {
        return;
    }
    if (!is_plain_name(text)) {
        qf_diagnose(reader->diagnostics, id,
                    "expected letters, digits, '_' and '-': this becomes part of column names");
    } else if (qf_hardware_node(hardware, text) < hardware->n_nodes) {
        qf_diagnose(reader->diagnostics, id, "two thermal nodes are called '%s'", text);
    }
    node->id = text;
}

static void read_nodes(qf_reader *reader, const qf_yaml_node *list, qf_hardware *hardware)
{
    if (list->n_children > QF_MAX_THERMAL_NODES) {
        qf_diagnose(reader->diagnostics, list, "more than %d thermal nodes", QF_MAX_THERMAL_NODES);
        return;
    }
    qf_thermal_node *nodes = qf_reader_array(reader, list->n_children, sizeof *nodes);
    hardware->nodes = nodes;
    for (size_t n = 0; nodes && n < list->n_children; n++) {
        nodes[n].id = "";
        if (list->children[n]->kind == QF_YAML_MAPPING) {
            read_node(reader, list->children[n], hardware, &nodes[n]);
        }
        hardware->n_nodes = n + 1;
    }
}

static bool read_node_name(qf_reader *reader, const qf_yaml_node *item, const char *key,
                           const qf_hardware *hardware, size_t *out)
{
    const qf_yaml_node *node = qf_require(reader, item, key);
    const char *name;
    if (!node || !qf_yaml_read_text(node, &name, reader->diagnostics)) {
        return false;
    }
    *out = qf_hardware_node(hardware, name);
    if (*out < hardware->n_nodes) {
        return true;
    }
    const char **names = qf_reader_array(reader, hardware->n_nodes + 1, sizeof *names);
    for (size_t n = 0; names && n < hardware->n_nodes; n++) {
        names[n] = hardware->nodes[n].id;
    }
    const char *nearest = names ? qf_nearest_name(name, names, hardware->n_nodes) : NULL;
    if (nearest) {
        qf_diagnose(reader->diagnostics, node, "no thermal node '%s' (did you mean '%s'?)", name,
                    nearest);
    } else {
        qf_diagnose(reader->diagnostics, node, "no thermal node '%s'", name);
    }
    return false;
}

static void read_couplings(qf_reader *reader, const qf_yaml_node *list, qf_hardware *hardware)
{
    if (list->n_children > QF_MAX_COUPLINGS) {
        qf_diagnose(reader->diagnostics, list, "more than %d couplings", QF_MAX_COUPLINGS);
        return;
    }
    qf_coupling *couplings = qf_reader_array(reader, list->n_children, sizeof *couplings);
    hardware->couplings = couplings;
    hardware->n_couplings = couplings ? list->n_children : 0;
    for (size_t k = 0; couplings && k < list->n_children; k++) {
        const qf_yaml_node *item = list->children[k];
        if (item->kind != QF_YAML_MAPPING) {
            continue;
        }
        const bool a = read_node_name(reader, item, "a", hardware, &couplings[k].a);
        const bool b = read_node_name(reader, item, "b", hardware, &couplings[k].b);
        if (a && b && couplings[k].a == couplings[k].b) {
            qf_diagnose(reader->diagnostics, item, "a node is coupled to itself");
        }
        const qf_yaml_node *value = qf_require(reader, item, "k_w_per_c");
        if (value) {
            qf_read_number(reader, value, 0.0, (double)INFINITY, &couplings[k].k_w_per_c);
        }
    }
}

static void read_thruster(qf_reader *reader, const qf_yaml_node *item, qf_thruster *thrusters,
                          bool *seen, size_t n)
{
    if (item->kind != QF_YAML_MAPPING) {
        return;
    }
    int64_t index = (int64_t)item->index;
    const qf_yaml_node *node = qf_yaml_get(item, "index");
    if (node && !qf_yaml_read_integer(node, 0, (int64_t)n - 1, &index, reader->diagnostics)) {
        return;
    }
    if (seen[index]) {
        qf_diagnose(reader->diagnostics, item, "two thrusters have index %lld", (long long)index);
        return;
    }
    seen[index] = true;
    qf_thruster *thruster = &thrusters[index];
    const qf_yaml_node *position = qf_require(reader, item, "position_m");
    const qf_yaml_node *direction = qf_require(reader, item, "direction");
    const qf_yaml_node *force = qf_require(reader, item, "f_max_newton");
    if (position) {
        qf_read_vector_constant(reader, position, thruster->position_m);
    }
    if (direction && qf_read_vector_constant(reader, direction, thruster->direction)) {
        const double *d = thruster->direction;
        const double length = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        if (!(length > 0.99 && length < 1.01)) {
            qf_diagnose(reader->diagnostics, direction, "expected a unit vector, found length %g",
                        length);
        }
    }
    if (force) {
        qf_read_constant(reader, force, 0.0, (double)INFINITY, &thruster->f_max_n);
    }
}

static void read_thrusters(qf_reader *reader, const qf_yaml_node *list, qf_hardware *hardware)
{
    enum { MOST_THRUSTERS = 64 }; /* every quadruple of them is looked at */
    if (list->n_children > MOST_THRUSTERS) {
        qf_diagnose(reader->diagnostics, list, "more than %d thrusters", MOST_THRUSTERS);
        return;
    }
    qf_thruster *thrusters = qf_reader_array(reader, list->n_children, sizeof *thrusters);
    if (!thrusters) {
        return;
    }
    bool seen[MOST_THRUSTERS] = {false};
    for (size_t t = 0; t < list->n_children; t++) {
        read_thruster(reader, list->children[t], thrusters, seen, list->n_children);
    }
    hardware->thrusters = thrusters;
    hardware->n_thrusters = list->n_children;
}

qf_yaml_node *qf_load_thrusters(qf_reader *reader, const qf_yaml_node *node)
{
    const char *name;
    if (!qf_yaml_read_text(node, &name, reader->diagnostics)) {
        return NULL;
    }
    const char *path = qf_reader_path(reader, node->file, name);
    if (path && access(path, F_OK) != 0) {
        const char *slash = strrchr(name, '/');
        path = qf_reader_path(reader, node->file, slash ? slash + 1 : name);
    }
    if (path && access(path, R_OK) != 0) {
        qf_diagnose(reader->diagnostics, node, "cannot read '%s' nor '%s': %s", name, path,
                    strerror(errno));
        return NULL;
    }
    return path ? qf_yaml_load_file(reader->arena, path, reader->diagnostics) : NULL;
}

static void load_thrusters(qf_reader *reader, const qf_yaml_node *node, qf_hardware *hardware)
{
    const qf_yaml_node *list = qf_load_thrusters(reader, node);
    if (list) {
        qf_profile_check_keys(list, "hardware_profile.propulsion_plane.thrusters",
                              reader->diagnostics);
        if (list->kind == QF_YAML_SEQUENCE) {
            read_thrusters(reader, list, hardware);
        }
    }
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* `is_name`: the device is called so, which becomes part of a column's name; else it may begin with anything */
static void read_device_name(qf_reader *reader, const qf_yaml_node *node, bool is_name,
                             const char **name)
{
    if (!qf_yaml_read_text(node, name, reader->diagnostics)) {
        return;
    }
    const char *text = *name;
    if (!*text || text[strspn(text, LETTERS "0123456789_-.")]) {
        qf_diagnose(reader->diagnostics, node, "expected letters, digits, '_', '-' and '.'%s",
                    is_name ? ": this becomes part of column names" : "");
    } else if (is_name && !strchr(LETTERS "_", *text)) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a letter or '_' first: this becomes part of column names");
    }
}

/* a device is called by its role, or by its id where it has none */
static void read_device(qf_reader *reader, const qf_yaml_node *item, const qf_hardware *hardware,
                        qf_device *device)
{
    const char *name = NULL;
    const qf_yaml_node *id = qf_yaml_get(item, "id");
    const qf_yaml_node *role = qf_yaml_get(item, "role");
    const qf_yaml_node *type = qf_yaml_get(item, "type");
    if (id) {
        read_device_name(reader, id, !role, &device->id);
    }
    if (role) {
        read_device_name(reader, role, true, &name);
    }
    if (type && qf_yaml_is_null(type)) {
        qf_diagnose(reader->diagnostics, type, "expected a text, found nothing");
    } else if (type) {
        qf_yaml_read_text(type, &device->type, reader->diagnostics);
    }
    if (!id && !role) {
        qf_diagnose(reader->diagnostics, item, "expected a key 'role' or 'id'");
    }
    device->name = name ? name : device->id ? device->id : "";
    for (size_t d = 0; *device->name && d < hardware->n_devices; d++) {
        if (strcmp(hardware->devices[d].name, device->name) == 0) {
            qf_diagnose(reader->diagnostics, role ? role : id, "two devices are called '%s'",
                        device->name);
        }
    }
}

/* what the power-on self-test looks at: actuators, then sensors */
static void read_devices(qf_reader *reader, const qf_yaml_node *profile, qf_hardware *hardware)
{
    static const char *const keys[] = {"actuators", "sensors"};
    size_t n = 0;
    for (size_t k = 0; k < 2; k++) {
        const qf_yaml_node *list = qf_yaml_get(profile, keys[k]);
        n += list && list->kind == QF_YAML_SEQUENCE ? list->n_children : 0;
    }
    if (n > QF_DEVICES_MOST) {
        qf_diagnose(reader->diagnostics, profile, "more than %d devices", QF_DEVICES_MOST);
        return;
    }
    qf_device *devices = qf_reader_array(reader, n, sizeof *devices);
    hardware->devices = devices;
    for (size_t k = 0; devices && k < 2; k++) {
        const qf_yaml_node *list = qf_yaml_get(profile, keys[k]);
        for (size_t d = 0; list && list->kind == QF_YAML_SEQUENCE && d < list->n_children; d++) {
            qf_device *device = &devices[hardware->n_devices];
            *device = (qf_device){.name = "", .actuator = k == 0};
            if (list->children[d]->kind == QF_YAML_MAPPING) {
                read_device(reader, list->children[d], hardware, device);
            }
            hardware->n_devices++;
        }
    }
}

static void check_relations(qf_reader *reader, const qf_yaml_node *profile,
                            const qf_hardware *hardware)
{
    double low;
    double high;
    double unused;
    const qf_yaml_node *power = qf_yaml_get(profile, "power_plane");
    const qf_yaml_node *at = power ? power : profile;
    qf_number_range(&hardware->parameter[QF_HW_SOC_SHED_LOW], &unused, &low);
    qf_number_range(&hardware->parameter[QF_HW_SOC_SHED_HIGH], &high, &unused);
    if (low > high) {
        qf_diagnose(reader->diagnostics, at,
                    "soc_shed_low_pct (%g) is above soc_shed_high_pct (%g)", low, high);
    }
}

/* a list that stands where the schema has one; anything else has been reported */
static const qf_yaml_node *get_list(const qf_yaml_node *mapping, const char *key)
{
    const qf_yaml_node *node = qf_yaml_get(mapping, key);
    return node && node->kind == QF_YAML_SEQUENCE ? node : NULL;
}

static void check_keys(qf_reader *reader, const qf_yaml_node *root)
{
    qf_profile_check_keys(root, "", reader->diagnostics);
}

static void read_profile(qf_reader *reader, const qf_yaml_node *root, qf_hardware *hardware)
{
    const qf_yaml_node *profile = qf_require(reader, root, "hardware_profile");
    if (!profile || profile->kind != QF_YAML_MAPPING) {
        return;
    }
    read_parameters(reader, profile, hardware);
    read_switches(reader, profile, hardware);
    const qf_yaml_node *thermal = qf_yaml_get(profile, "thermal_plane");
    const qf_yaml_node *nodes = get_list(thermal, "nodes");
    const qf_yaml_node *couplings = get_list(thermal, "couplings");
    if (nodes) {
        read_nodes(reader, nodes, hardware);
    }
    if (couplings) {
        read_couplings(reader, couplings, hardware);
    }
    const qf_yaml_node *propulsion = qf_yaml_get(profile, "propulsion_plane");
    const qf_yaml_node *thrusters = get_list(propulsion, "thrusters");
    const qf_yaml_node *thrusters_path = qf_yaml_get(propulsion, "thrusters_path");
    if (thrusters) {
        read_thrusters(reader, thrusters, hardware);
        if (thrusters_path) {
            qf_diagnose_note(reader->diagnostics, thrusters_path,
                             "not read, because 'thrusters' is given");
        }
    } else if (thrusters_path && hardware->on[QF_HW_PROPULSION_ENABLED]) {
        load_thrusters(reader, thrusters_path, hardware);
    }
    read_devices(reader, profile, hardware);
    check_relations(reader, profile, hardware);
}

bool qf_read_hardware(qf_reader *reader, const qf_yaml_node *node, qf_hardware *hardware,
                      const char **file)
{
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    *hardware = qf_hardware_default();
    const qf_yaml_node *root = qf_open_profile(reader, node, check_keys, file);
    if (root) {
        read_profile(reader, root, hardware);
    }
    return qf_diagnostics_error_count(reader->diagnostics) == errors;
}
