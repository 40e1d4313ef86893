/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine file by itself. What its expressions may name depends on the group that has it, so it is checked in a
 * stand-in for one: with a radar, a tracker, the usual thermal nodes, the default decision layer, a body with wheels, a
 * hull, a port, a radio, and whatever guard rules, devices, behaviours, ports and tasks the file asks for.
 */
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "group_reader.h"
#include "guards_reader.h"
#include "machine_parts.h"
#include "machine_reader.h"

static const char stand_in[] = "groups:\n"
                               "  - name: alone\n"
                               "    kind: bot\n"
                               "    count: 1\n"
                               "    hardware:\n"
                               "      hardware_profile:\n"
                               "        thermal_plane:\n"
                               "          enabled: true\n"
                               "          nodes:\n"
                               "            - {id: core, heat_capacity_j_per_c: 800}\n"
                               "            - {id: pdu, heat_capacity_j_per_c: 800}\n"
                               "            - {id: supercap, heat_capacity_j_per_c: 800}\n"
                               "            - {id: battery, heat_capacity_j_per_c: 800}\n"
                               "            - {id: dock_bridge, heat_capacity_j_per_c: 800}\n"
                               "            - {id: hull, heat_capacity_j_per_c: 800}\n"
                               "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000}\n"
                               "    tracker: {mode: qiki}\n"
                               "    situations: true\n";

enum { N_LEVELS = 3 }; /* of severity: a rule of each is there */

/* names that the file uses, each once */
typedef struct name_list {
    const char *names[QF_DEVICES_MOST];
    size_t n;
} name_list;

static void add_name(qf_reader *reader, name_list *list, const char *text, size_t length)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strlen(list->names[i]) == length && strncmp(list->names[i], text, length) == 0) {
            return;
        }
    }
    const char *name =
        list->n < QF_DEVICES_MOST && length > 0 ? qf_arena_text(reader->arena, text, length) : NULL;
    if (name) {
        list->names[list->n++] = name;
    }
}

/* what follows `prefix` in any text below the node, up to a character that ends it */
static void collect(qf_reader *reader, const qf_yaml_node *node, const char *prefix,
                    const char *ends, name_list *list)
{
    for (const char *at = node->text ? strstr(node->text, prefix) : NULL; at;
         at = strstr(at, prefix)) {
        at += strlen(prefix);
        add_name(reader, list, at, strcspn(at, ends));
    }
    for (size_t i = 0; i < node->n_children; i++) {
        collect(reader, node->children[i], prefix, ends, list);
    }
}

static bool add_guards(qf_reader *reader, const qf_yaml_node *root, qf_group_spec *group)
{
    name_list list = {0};
    for (size_t level = 0; level < N_LEVELS; level++) {
        add_name(reader, &list, qf_severity_names[level], strlen(qf_severity_names[level]));
    }
    collect(reader, root, "guard.", " ()<>=!+-*/,\n", &list);
    collect(reader, root, "guard.rule(\"", "\"", &list);
    /* what is beyond the rules of a group is an unknown name, as it would be there */
    list.n = list.n < QF_GUARD_MOST_RULES ? list.n : QF_GUARD_MOST_RULES;
    qf_guards_spec *guards = qf_reader_array(reader, 1, sizeof *guards);
    qf_guard_rule_spec *rules = qf_reader_array(reader, list.n, sizeof *rules);
    if (!guards || !rules) {
        return false;
    }
    for (size_t r = 0; r < list.n; r++) {
        rules[r] = (qf_guard_rule_spec){.id = list.names[r],
                                        .on = -1,
                                        .mode_bits = UINT32_MAX,
                                        .severity = r < N_LEVELS ? (int)r : QF_SEVERITY_WARNING};
    }
    *guards = (qf_guards_spec){.rules = rules, .n_rules = list.n};
    group->guards = guards;
    return true;
}

static bool add_devices(qf_reader *reader, const qf_yaml_node *root, qf_group_spec *group)
{
    name_list list = {0};
    collect(reader, root, "device.ok(\"", "\"", &list);
    collect(reader, root, "device.down(\"", "\"", &list);
    qf_device *devices = qf_reader_array(reader, list.n, sizeof *devices);
    for (size_t d = 0; devices && d < list.n; d++) {
        devices[d] = (qf_device){.name = list.names[d], .type = ""};
    }
    group->devices = devices;
    group->n_devices = list.n;
    return devices != NULL;
}

/* what `behave` has for an argument, anywhere below the node */
static void collect_behave(qf_reader *reader, const qf_yaml_node *node, name_list *list)
{
    for (size_t i = 0; i < node->n_children; i++) {
        const qf_yaml_node *child = node->children[i];
        if (node->kind == QF_YAML_MAPPING &&
            strcmp(node->keys[i]->text, qf_command_table[QF_COMMAND_BEHAVE].name) == 0) {
            const qf_yaml_node *name =
                child->kind == QF_YAML_MAPPING ? qf_yaml_get(child, "name") : child;
            if (name && name->text) {
                add_name(reader, list, name->text, strlen(name->text));
            }
        }
        collect_behave(reader, child, list);
    }
}

/* what a column is compared with by == or != */
static void collect_compared(qf_reader *reader, const qf_yaml_node *node, const char *column,
                             name_list *list)
{
    static const char *const signs[] = {" == ", " != ", "==", "!="};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "%s%s", column, signs[i]);
        collect(reader, node, prefix, " ()<>=!+-*/,&|\n", list);
    }
}

/* as many as it takes, and one that no file can name */
static bool add_behaviors(qf_reader *reader, const qf_yaml_node *root, qf_group_spec *group)
{
    static const char unnamed[] = "-";
    name_list list = {0};
    add_name(reader, &list, unnamed, strlen(unnamed));
    collect_behave(reader, root, &list);
    collect_compared(reader, root, qf_field_table[QF_FIELD_GUIDANCE].name, &list);
    list.n = list.n < QF_GUIDANCES_MOST ? list.n : QF_GUIDANCES_MOST;
    qf_guidance_spec *guidances = qf_reader_array(reader, list.n, sizeof *guidances);
    for (size_t b = 0; guidances && b < list.n; b++) {
        /* tasks have a target, too: so all columns are there */
        guidances[b] = (qf_guidance_spec){.name = list.names[b], .kind = QF_GUIDANCE_TASKS};
    }
    group->guidances = guidances;
    group->n_guidances = list.n;
    return guidances != NULL;
}

static bool add_tasks(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    name_list list = {0};
    collect_compared(reader, root, qf_field_table[QF_FIELD_TASK].name, &list);
    qf_task_spec *tasks = qf_reader_array(reader, list.n, sizeof *tasks);
    for (size_t t = 0; tasks && t < list.n; t++) {
        tasks[t] = (qf_task_spec){.name = list.names[t]};
    }
    scenario->auction = (qf_auction_spec){.tasks = tasks, .n_tasks = list.n};
    return tasks != NULL;
}

/* a rigid body with all that one can have; `dock.state` alone is meant of the only port */
static bool add_body(qf_reader *reader, const qf_yaml_node *root, qf_group_spec *group)
{
    static const qf_hull_sphere sphere = {.radius_m = 1.0};
    static const qf_wheels_spec wheels = {.max_torque_nm = {1.0, 1.0, 1.0},
                                          .max_momentum_nms = {1.0, 1.0, 1.0}};
    static const qf_body_spec body = {.hull = &sphere, .n_hull = 1, .wheels = &wheels};
    static const qf_radio_spec radio = {.range_m = 1.0, .period_ticks = 1};
    name_list list = {0};
    collect(reader, root, "dock.state(\"", "\"", &list);
    list.n = list.n < QF_PORTS_MOST ? list.n : QF_PORTS_MOST;
    const size_t n = list.n > 0 ? list.n : 1;
    qf_port_spec *ports = qf_reader_array(reader, n, sizeof *ports);
    qf_docking_spec *docking = qf_reader_array(reader, 1, sizeof *docking);
    if (!ports || !docking) {
        return false;
    }
    for (size_t p = 0; p < n; p++) {
        ports[p] = (qf_port_spec){.id = p < list.n ? list.names[p] : ""};
    }
    *docking = (qf_docking_spec){.ports = ports, .n_ports = n};
    group->docking = docking;
    group->body = &body;
    group->radio = &radio;
    return true;
}

static qf_yaml_node *text_tree(qf_reader *reader, const char *text)
{
    return qf_yaml_load_text(reader->arena, "(stand-in)", text, strlen(text), reader->diagnostics);
}

/* a key that machines have and scenarios have not, or `states` misspelt */
static bool has_machine_key(const qf_yaml_node *root)
{
    static const char *const own[] = {"states",    "initial", "any",
                                      "variables", "signals", "every_s"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (qf_yaml_get(root, own[i])) {
            return true;
        }
    }
    for (size_t i = 0; root && root->kind == QF_YAML_MAPPING && i < root->n_children; i++) {
        if (qf_nearest_name(root->keys[i]->text, own, 1)) {
            return true;
        }
    }
    return false;
}

bool qf_is_machine(const qf_yaml_node *root)
{
    return has_machine_key(root) && !qf_yaml_get(root, "groups") && !qf_yaml_get(root, "schema");
}

const qf_machine_spec *qf_read_machine_alone(qf_reader *reader, const qf_yaml_node *root,
                                             const char *path)
{
    reader->columns_unknown = qf_diagnostics_error_count(reader->diagnostics) > 0;
    qf_yaml_node *tree = text_tree(reader, stand_in);
    qf_yaml_node *decision = text_tree(reader, "default");
    const qf_machine_spec **machines = qf_reader_array(reader, 2, sizeof *machines);
    if (!tree || !decision || !machines ||
        !qf_yaml_expect_kind(root, QF_YAML_MAPPING, reader->diagnostics)) {
        return NULL;
    }
    const qf_machine_spec *spec = qf_read_machine(reader, root, path, 0.0);
    qf_scenario scenario = {.dt_s = 0.1, .n_ticks = 1, .n_worlds = 1};
    qf_read_groups(reader, tree, &scenario);
    qf_group_spec *group = (qf_group_spec *)scenario.groups; /* not constant yet */
    if (!spec || !group || !add_guards(reader, root, group) || !add_devices(reader, root, group) ||
        !add_behaviors(reader, root, group) || !add_tasks(reader, root, &scenario) ||
        !add_body(reader, root, group)) {
        return NULL;
    }
    machines[0] = spec;
    machines[1] = qf_read_decision(reader, decision, group);
    group->machines = machines;
    group->n_machines = machines[1] ? 2 : 1;
    qf_check_machines(reader, &scenario);
    return qf_diagnostics_error_count(reader->diagnostics) == 0 ? spec : NULL;
}
