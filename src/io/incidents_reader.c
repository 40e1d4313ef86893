/* SPDX-License-Identifier: Apache-2.0 */
/* `faults` of a group, and what they share with `bios`. docs/faults.md says what may stand in them. */
#include "incidents_reader.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "catalog.h"
#include "incident_draw.h"
#include "incident_plan.h"
#include "machine_reader.h"
#include "settable.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

const char *const qf_stuck_names[2] = {"off", "on"};
const char *const qf_sensor_names[2] = {"radar", "imu"};

void qf_incident_list_add(qf_reader *reader, const qf_yaml_node *node, qf_incident_list *list,
                          const qf_incident_spec *incident)
{
    if (list->n < QF_INCIDENTS_MOST) {
        list->items[list->n++] = *incident;
    } else if (!list->refused) {
        qf_diagnose(reader->diagnostics, node,
                    "more than %d ways to fail: each way of each device and each fault is one",
                    QF_INCIDENTS_MOST);
        list->refused = true;
    }
}

size_t qf_find_device(qf_reader *reader, const qf_yaml_node *node, const char *name,
                      const qf_group_spec *group)
{
    const size_t n = group->n_devices;
    const char **names = qf_reader_array(reader, 2 * n, sizeof *names);
    size_t n_names = 0;
    for (size_t d = 0; d < n; d++) {
        if (strcmp(group->devices[d].name, name) == 0) {
            return d;
        }
    }
    for (size_t d = 0; d < n; d++) {
        if (group->devices[d].id && strcmp(group->devices[d].id, name) == 0) {
            return d;
        }
    }
    for (size_t d = 0; names && d < n; d++) {
        names[n_names++] = group->devices[d].name;
    }
    for (size_t d = 0; names && d < n; d++) {
        if (group->devices[d].id) {
            names[n_names++] = group->devices[d].id;
        }
    }
    if (n == 0 && reader->columns_unknown) {
        return n; /* what devices there are is not known, because of an earlier error */
    }
    const char *nearest = qf_nearest_name(name, names, n_names);
    qf_diagnose(reader->diagnostics, node, "the hardware profile has no device '%s'%s%s%s", name,
                nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
    return n;
}

size_t qf_read_device(qf_reader *reader, const qf_yaml_node *node, const qf_group_spec *group)
{
    const char *name;
    return qf_yaml_read_text(node, &name, reader->diagnostics)
               ? qf_find_device(reader, node, name, group)
               : group->n_devices;
}

/* YAML 1.1 takes an unquoted off for false, and other programs write it so */
static bool read_switch_name(qf_reader *reader, const qf_yaml_node *node, size_t n_names,
                             size_t *choice)
{
    bool on;
    if (n_names == 2 && qf_yaml_is_bool(node) &&
        qf_yaml_read_bool(node, &on, reader->diagnostics)) {
        *choice = on;
        return true;
    }
    if (qf_yaml_is_bool(node) && qf_yaml_read_bool(node, &on, reader->diagnostics) && !on) {
        *choice = 0;
        return true;
    }
    return qf_yaml_read_choice(node, qf_stuck_names, n_names, choice, reader->diagnostics);
}

static void read_thruster(qf_reader *reader, const qf_yaml_node *item, const qf_yaml_node *node,
                          const qf_group_spec *group, qf_incident_spec *fault)
{
    const qf_hardware *hardware = &group->hardware;
    const bool enabled = hardware->on[QF_HW_PROPULSION_ENABLED];
    const size_t n = enabled ? hardware->n_thrusters : 0;
    int64_t index;
    if (qf_yaml_read_integer(node, 0, INT32_MAX, &index, reader->diagnostics)) {
        fault->target = (size_t)index;
        if (n == 0 && !reader->columns_unknown) {
            qf_diagnose(reader->diagnostics, node, "the hardware profile has no thrusters");
        } else if (n > 0 && fault->target >= n) {
            qf_diagnose(reader->diagnostics, node,
                        "no thruster %zu: the hardware profile has 0 to %zu", fault->target, n - 1);
        }
    }
    const qf_yaml_node *stuck = qf_yaml_get(item, "stuck");
    const qf_yaml_node *reduced = qf_yaml_get(item, "reduced");
    fault->kind = QF_INCIDENT_THRUSTER;
    fault->value = qf_constant(0.0);
    if (!stuck == !reduced) {
        qf_diagnose(reader->diagnostics, item, "expected one of the keys 'stuck' and 'reduced'");
        return;
    }
    size_t on;
    if (reduced) {
        qf_read_constant(reader, reduced, 0.0, 1.0, &fault->value.a);
    } else if (read_switch_name(reader, stuck, 2, &on) && on) {
        fault->kind = QF_INCIDENT_THRUSTER_ON;
        fault->value = qf_constant(1.0);
    }
}

static void read_sensor(qf_reader *reader, const qf_yaml_node *node, const qf_group_spec *group,
                        qf_incident_spec *fault)
{
    size_t sensor;
    if (!qf_yaml_read_choice(node, qf_sensor_names, N_NAMES(qf_sensor_names), &sensor,
                             reader->diagnostics)) {
        return;
    }
    const bool *on = group->hardware.on;
    fault->kind = sensor == 0 ? QF_INCIDENT_RADAR : QF_INCIDENT_IMU;
    if (sensor == 0 && !qf_yaml_get(node->parent->parent->parent, "radar")) {
        qf_diagnose_note(reader->diagnostics, node, "the group has no radar");
    }
    if (sensor == 1 && !(on[QF_HW_SENSORS_ENABLED] && on[QF_HW_IMU_ENABLED])) {
        qf_diagnose_note(reader->diagnostics, node, "the hardware profile has no IMU switched on");
    }
}

/* a text that is no number may be the name of a variable's value: said when variables are known */
static bool may_be_name(const qf_yaml_node *value)
{
    return value->kind == QF_YAML_SCALAR && !qf_yaml_is_bool(value) && !qf_yaml_is_null(value) &&
           ((value->text[0] >= 'A' && value->text[0] <= 'Z') ||
            (value->text[0] >= 'a' && value->text[0] <= 'z') || value->text[0] == '_');
}

/* one column and its value; which columns there are is not known yet */
static void read_set(qf_reader *reader, const qf_yaml_node *node, qf_incident_spec *fault)
{
    fault->kind = QF_INCIDENT_SET;
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    if (node->n_children != 1) {
        qf_diagnose(reader->diagnostics, node, "expected one column and its value, found %zu",
                    node->n_children);
        return;
    }
    const qf_yaml_node *value = node->children[0];
    bool on;
    bool good = true;
    if (may_be_name(value)) {
        fault->value = qf_constant(0.0);
    } else if (qf_yaml_is_bool(value)) {
        good = qf_yaml_read_bool(value, &on, reader->diagnostics);
        fault->value = qf_constant(good && on ? 1.0 : 0.0);
    } else {
        good = qf_read_number(reader, value, -(double)INFINITY, (double)INFINITY, &fault->value);
    }
    fault->name = node->keys[0]->text;
    fault->place = good ? node->keys[0] : NULL;
}

typedef enum fault_key { DEVICE, THRUSTER, BATTERY_CELL, SENSOR, RADIO, SET, FAULT_KEYS } fault_key;

static const char *const fault_keys[FAULT_KEYS] = {"device", "thruster", "battery_cell",
                                                   "sensor", "radio",    "set"};

static void read_what(qf_reader *reader, const qf_yaml_node *item, const qf_group_spec *group,
                      qf_incident_spec *fault)
{
    const qf_yaml_node *node = NULL;
    fault_key key = FAULT_KEYS;
    size_t n = 0;
    for (size_t k = 0; k < FAULT_KEYS; k++) {
        const qf_yaml_node *given = qf_yaml_get(item, fault_keys[k]);
        key = given ? (fault_key)k : key;
        node = given ? given : node;
        n += given != NULL;
    }
    if (n != 1) {
        qf_diagnose(reader->diagnostics, item,
                    "expected one of the keys 'device', 'thruster', 'battery_cell', 'sensor', "
                    "'radio' and 'set'");
        return;
    }
    size_t off;
    switch (key) {
    case DEVICE:
        fault->kind = QF_INCIDENT_DEVICE;
        fault->target = qf_read_device(reader, node, group);
        break;
    case THRUSTER:
        read_thruster(reader, item, node, group, fault);
        break;
    case BATTERY_CELL:
        fault->kind = QF_INCIDENT_BATTERY_CELL;
        qf_read_within(reader, node, &(qf_limits){.low = 0.0, .high = 1.0, .high_open = true},
                       &fault->value.a);
        break;
    case SENSOR:
        read_sensor(reader, node, group, fault);
        break;
    case RADIO:
        fault->kind = QF_INCIDENT_RADIO;
        read_switch_name(reader, node, 1, &off);
        break;
    case SET:
        read_set(reader, node, fault);
        break;
    case FAULT_KEYS:
        break;
    }
    for (size_t k = 0; key != THRUSTER && k < 2; k++) {
        const qf_yaml_node *only = qf_yaml_get(item, k == 0 ? "stuck" : "reduced");
        if (only) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(item, only->index),
                        "only a thruster is stuck or reduced");
        }
    }
}

static void read_when(qf_reader *reader, const qf_yaml_node *item, const qf_scenario *scenario,
                      qf_incident_spec *fault)
{
    const qf_yaml_node *at = qf_yaml_get(item, "at_s");
    const qf_yaml_node *rate = qf_yaml_get(item, "rate_per_h");
    const qf_yaml_node *probability = qf_yaml_get(item, "probability");
    const qf_yaml_node *duration = qf_yaml_get(item, "duration_s");
    if (!at == !rate) {
        qf_diagnose(reader->diagnostics, item, "expected one of the keys 'at_s' and 'rate_per_h'");
    }
    fault->at_time = at != NULL;
    if (at && qf_read_number(reader, at, 0.0, QF_MOST_SECONDS, &fault->at_s) &&
        scenario->dt_s > 0.0) {
        double first_s;
        double last_s;
        qf_number_range(&fault->at_s, &first_s, &last_s);
        if (qf_incident_ticks(first_s, scenario->dt_s) >= scenario->n_ticks) {
            qf_diagnose_note(reader->diagnostics, at,
                             "never happens: the run ends before, after %g s",
                             (double)scenario->n_ticks * scenario->dt_s);
        }
    }
    if (rate) {
        qf_read_within(reader, rate, &(qf_limits){.low = 0.0, .high = 1e9, .low_open = true},
                       &fault->rate_per_h);
    }
    if (probability && rate && !at) {
        qf_diagnose(reader->diagnostics, qf_yaml_key_node(item, probability->index),
                    "only with 'at_s': 'rate_per_h' says how often");
    } else if (probability) {
        qf_read_constant(reader, probability, 0.0, 1.0, &fault->probability);
    }
    fault->ends = duration != NULL;
    if (duration) {
        qf_read_number(reader, duration, 0.0, QF_MOST_SECONDS, &fault->duration_s);
    }
    if (duration && qf_yaml_get(item, "set")) {
        qf_diagnose(reader->diagnostics, qf_yaml_key_node(item, duration->index),
                    "a column is set once: that does not last");
    }
}

static void read_faults(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                        const qf_group_spec *group, qf_incident_list *list)
{
    static const char *const others[] = {"at_s",       "rate_per_h", "probability",
                                         "duration_s", "stuck",      "reduced"};
    const char *known[N_NAMES(others) + FAULT_KEYS];
    memcpy(known, others, sizeof others);
    memcpy(known + N_NAMES(others), fault_keys, sizeof fault_keys);
    if (!qf_yaml_expect_kind(node, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    for (size_t f = 0; f < node->n_children; f++) {
        const qf_yaml_node *item = node->children[f];
        qf_incident_spec fault = {
            .injected = true, .probability = 1.0, .value = qf_constant(0.0), .place = item};
        if (!qf_yaml_expect_kind(item, QF_YAML_MAPPING, reader->diagnostics)) {
            continue;
        }
        qf_yaml_check_keys(item, known, N_NAMES(known), reader->diagnostics);
        read_when(reader, item, scenario, &fault);
        read_what(reader, item, group, &fault);
        qf_incident_list_add(reader, item, list, &fault);
    }
}

void qf_read_incident_keys(qf_reader *reader, const qf_yaml_node *group_node,
                           const qf_scenario *scenario, qf_group_spec *group)
{
    const qf_yaml_node *bios = qf_yaml_get(group_node, "bios");
    const qf_yaml_node *faults = qf_yaml_get(group_node, "faults");
    const size_t n = group->hardware.n_devices;
    qf_device *devices = qf_reader_array(reader, n, sizeof *devices);
    if (!devices) {
        return;
    }
    for (size_t d = 0; d < n; d++) {
        devices[d] = group->hardware.devices[d];
    }
    group->devices = devices;
    group->n_devices = n;
    if (!bios && !faults) {
        return;
    }
    qf_incident_list list = {.items =
                                 qf_reader_array(reader, QF_INCIDENTS_MOST, sizeof *list.items)};
    if (!list.items) {
        return;
    }
    if (bios) {
        qf_read_bios(reader, bios, devices, &list, group);
    }
    if (faults) {
        read_faults(reader, faults, scenario, group, &list);
    }
    group->incidents = list.items;
    group->n_incidents = list.n;
}

/* whether vehicles of the group have it: nodes and variables may be another group's */
static bool has_quantity(const qf_group_spec *group, const qf_quantity *quantity,
                         const qf_catalog *catalog)
{
    if (quantity->field == QF_FIELD_TEMP) {
        return qf_hardware_node(&group->hardware, catalog->node_names[quantity->node]) <
               group->hardware.n_nodes;
    }
    bool found = quantity->field != QF_FIELD_FSM_VARIABLE;
    for (size_t m = 0; m < group->n_machines; m++) {
        for (size_t v = 0; v < group->machines[m]->n_variables; v++) {
            found = found || strcmp(group->machines[m]->variables[v].name, quantity->name) == 0;
        }
    }
    return found;
}

static void report_unknown(qf_reader *reader, const qf_catalog *catalog, const qf_group_spec *group,
                           const qf_incident_spec *fault)
{
    const qf_quantity *found = qf_catalog_find(catalog, fault->name);
    if (found && qf_incident_is_mission(found)) {
        qf_diagnose(reader->diagnostics, fault->place,
                    "'%s' is nothing that a fault sets: there is the command 'mission' of scripts",
                    fault->name);
        return;
    }
    const char **names = qf_reader_array(reader, catalog->n_quantities, sizeof *names);
    size_t n = 0;
    for (size_t q = 0; names && q < catalog->n_quantities; q++) {
        const qf_quantity *quantity = &catalog->quantities[q];
        if (qf_incident_may_set(quantity) && has_quantity(group, quantity, catalog)) {
            names[n++] = quantity->name;
        }
    }
    const char *nearest = names ? qf_nearest_name(fault->name, names, n) : NULL;
    qf_diagnose(reader->diagnostics, fault->place, "no column '%s' that a fault may set%s%s%s",
                fault->name, nearest ? " (did you mean '" : "", nearest ? nearest : "",
                nearest ? "'?)" : "");
}

/* a variable that is no number; NULL: none of the group */
static const qf_variable_spec *find_named(const qf_group_spec *group, const char *name)
{
    for (size_t m = 0; m < group->n_machines; m++) {
        for (size_t v = 0; v < group->machines[m]->n_variables; v++) {
            const qf_variable_spec *variable = &group->machines[m]->variables[v];
            if (strcmp(variable->name, name) == 0 && variable->kind != QF_VARIABLE_NUMBER) {
                return variable;
            }
        }
    }
    return NULL;
}

static void check_value(qf_reader *reader, const qf_group_spec *group, const qf_quantity *quantity,
                        qf_incident_spec *fault)
{
    const qf_yaml_node *key = fault->place;
    const qf_yaml_node *value = qf_yaml_get(key->parent, fault->name);
    const bool is_variable = quantity->field == QF_FIELD_FSM_VARIABLE;
    const qf_variable_spec *named = is_variable ? find_named(group, fault->name) : NULL;
    if (named) {
        qf_read_variable_value(reader, value, named, &fault->value);
        return;
    }
    if (may_be_name(value) || (is_variable && qf_yaml_is_bool(value))) {
        qf_read_number(reader, value, -(double)INFINITY, (double)INFINITY, &fault->value);
        return;
    }
    const qf_field *field = &qf_field_table[quantity->field];
    double low;
    double high;
    double lowest;
    double highest;
    qf_number_range(&fault->value, &low, &high);
    qf_settable_range(quantity->field, &lowest, &highest);
    if (quantity->bit != QF_NO_BIT) {
        if (!qf_number_is_constant(&fault->value) || (low != 0.0 && low != 1.0)) {
            qf_diagnose(reader->diagnostics, fault->place, "'%s' is a switch: true or false",
                        fault->name);
        }
    } else if (field->checked && (low < field->low || high > field->high)) {
        if (field->high < DBL_MAX) {
            qf_diagnose(reader->diagnostics, fault->place, "'%s' of a healthy vehicle is %g to %g",
                        fault->name, field->low, field->high);
        } else {
            qf_diagnose(reader->diagnostics, fault->place,
                        "'%s' of a healthy vehicle is at least %g", fault->name, field->low);
        }
    } else if (low < lowest || high > highest) {
        qf_diagnose(reader->diagnostics, fault->place, "'%s' is a number from %g to %g",
                    fault->name, lowest, highest);
    }
}

void qf_check_incident_columns(qf_reader *reader, const qf_scenario *scenario)
{
    size_t n_set = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        for (size_t i = 0; i < scenario->groups[g].n_incidents; i++) {
            n_set += scenario->groups[g].incidents[i].name != NULL;
        }
    }
    qf_context context = qf_context_default();
    qf_catalog catalog;
    if (n_set == 0 || reader->columns_unknown) {
        return;
    }
    if (qf_catalog_create(&context, reader->arena, scenario->groups, scenario->n_groups,
                          &catalog) != QF_OK) {
        qf_diagnose_memory(reader->diagnostics);
        return;
    }
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        /* the scenario is still being made: its faults are not constant yet */
        qf_incident_spec *incidents = (qf_incident_spec *)group->incidents;
        for (size_t i = 0; i < group->n_incidents; i++) {
            qf_incident_spec *fault = &incidents[i];
            const qf_quantity *quantity =
                fault->name && fault->place ? qf_catalog_find(&catalog, fault->name) : NULL;
            if (quantity && qf_incident_may_set(quantity) &&
                has_quantity(group, quantity, &catalog)) {
                check_value(reader, group, quantity, fault);
            } else if (fault->name && fault->place) {
                report_unknown(reader, &catalog, group, fault);
            }
        }
    }
}
