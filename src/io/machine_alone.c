/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine file by itself. What its expressions may name depends on the group that has it, so it is checked in a
 * stand-in for one: with a radar, a tracker, the usual thermal nodes, the default decision layer, and whatever guard
 * rules and devices the file asks for.
 */
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
    if (!spec || !group || !add_guards(reader, root, group) || !add_devices(reader, root, group)) {
        return NULL;
    }
    machines[0] = spec;
    machines[1] = qf_read_decision(reader, decision, group);
    group->machines = machines;
    group->n_machines = machines[1] ? 2 : 1;
    qf_check_machines(reader, &scenario);
    return qf_diagnostics_error_count(reader->diagnostics) == 0 ? spec : NULL;
}
