/* SPDX-License-Identifier: Apache-2.0 */
#include "group_reader.h"

#include <math.h>
#include <string.h>

#include "body_reader.h"
#include "docking_reader.h"
#include "guidance_reader.h"
#include "incidents_reader.h"
#include "initial_reader.h"
#include "machine_reader.h"
#include "radar_reader.h"
#include "radio_reader.h"
#include "reader.h"
#include "script_reader.h"
#include "tracker_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* whether the kind is known */
static bool read_choices(qf_reader *reader, const qf_yaml_node *node, qf_group_spec *group)
{
    bool good = false;
    static const char *const iffs[] = {"friend", "foe", "unknown"};
    const qf_yaml_node *kind = qf_require(reader, node, "kind");
    const qf_yaml_node *iff = qf_yaml_get(node, "iff");
    size_t choice;
    if (kind &&
        qf_yaml_read_choice(kind, qf_kind_names, QF_KIND_COUNT, &choice, reader->diagnostics)) {
        group->kind = (qf_kind)choice;
        good = true;
    }
    if (iff && qf_yaml_read_choice(iff, iffs, N_NAMES(iffs), &choice, reader->diagnostics)) {
        group->iff = (qf_iff)(choice + 1);
    }
    return good;
}

/* explicit Euler overshoots where a node loses more than its heat within a step: docs/model.md */
static void note_unstable_nodes(qf_reader *reader, const qf_yaml_node *node, double dt_s,
                                const qf_hardware *hardware)
{
    double low;
    double exchange;
    qf_number_range(&hardware->parameter[QF_HW_AMBIENT_EXCHANGE], &low, &exchange);
    for (size_t n = 0; hardware->on[QF_HW_THERMAL_ENABLED] && n < hardware->n_nodes; n++) {
        double capacity;
        double loss;
        double high;
        qf_number_range(&hardware->nodes[n].parameter[QF_NODE_HEAT_CAPACITY], &capacity, &high);
        qf_number_range(&hardware->nodes[n].parameter[QF_NODE_COOLING], &low, &loss);
        loss += exchange;
        for (size_t k = 0; k < hardware->n_couplings; k++) {
            if (hardware->couplings[k].a == n || hardware->couplings[k].b == n) {
                qf_number_range(&hardware->couplings[k].k_w_per_c, &low, &high);
                loss += high;
            }
        }
        const double share = dt_s * loss / fmax(1.0, capacity);
        if (share > 1.0) {
            qf_diagnose_note(reader->diagnostics, node,
                             "thermal node '%s' can lose %.3g times its heat in a step of %g s: "
                             "%s; take a shorter dt_s",
                             hardware->nodes[n].id, share, dt_s,
                             share > 2.0 ? "its temperature may swing without end"
                                         : "its temperature may overshoot");
        }
    }
}

/* debris may do without: it then draws nothing and does nothing */
static void read_hardware(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                          qf_group_spec *group)
{
    const bool optional = group->kind == QF_KIND_DEBRIS;
    const qf_yaml_node *hardware =
        optional ? qf_yaml_get(node, "hardware") : qf_require(reader, node, "hardware");
    if (!hardware && optional) {
        group->hardware = qf_hardware_inert();
    } else if (!hardware ||
               !qf_read_hardware(reader, hardware, &group->hardware, &group->hardware_file)) {
        reader->columns_unknown = true;
    } else if (scenario->dt_s > 0.0) {
        note_unstable_nodes(reader, hardware, scenario->dt_s, &group->hardware);
    }
}

/* whether what they give names to in expressions is known */
static bool read_ship_keys(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                           bool kind_known, qf_group_spec *group)
{
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    if (kind_known) {
        qf_read_body_keys(reader, node, scenario, group);
        qf_read_docking(reader, node, group);
    }
    qf_read_radio(reader, node, scenario->dt_s, group);
    const bool good = kind_known && qf_diagnostics_error_count(reader->diagnostics) == errors;
    if (kind_known) {
        qf_read_guidances(reader, node, group);
    }
    reader->behaviors_unknown = !group->guidances && qf_yaml_get(node, "behavior");
    return good && !reader->behaviors_unknown;
}

static void read_group(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                       size_t n_before, qf_group_spec *group)
{
    static const char *const known[] = {
        "name",      "kind",       "count",       "hardware",
        "initial",   "iff",        "script",      "soc_critical_pct",
        "signature", "radar",      "transponder", "tracker",
        "guards",    "situations", "fsm",         "decision",
        "bios",      "faults",     "behavior",    "body",
        "docking",   "drive",      "radio"};
    *group = (qf_group_spec){.name = "",
                             .iff = QF_IFF_UNKNOWN,
                             .hardware = qf_hardware_default(),
                             .soc_critical_pct = 10.0,
                             .initial_relative_to = n_before,
                             .swerling = QF_USUAL_SWERLING};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *name = qf_require(reader, node, "name");
    if (name && qf_read_name(reader, name, &group->name)) {
        for (size_t g = 0; g < n_before; g++) {
            if (strcmp(scenario->groups[g].name, group->name) == 0) {
                qf_diagnose(reader->diagnostics, name, "two groups are called '%s'", group->name);
            }
        }
    }
    const bool kind_known = read_choices(reader, node, group);
    reader->groups_unknown = reader->groups_unknown || !kind_known || !*group->name;
    const qf_yaml_node *count = qf_require(reader, node, "count");
    int64_t n;
    if (count && qf_yaml_read_integer(count, 1, INT32_MAX, &n, reader->diagnostics)) {
        group->count = (size_t)n;
    }
    read_hardware(reader, node, scenario, group);
    const qf_yaml_node *critical = qf_yaml_get(node, "soc_critical_pct");
    if (critical) {
        qf_read_constant(reader, critical, 0.0, 100.0, &group->soc_critical_pct);
    }
    const bool ship_known = read_ship_keys(reader, node, scenario, kind_known, group);
    if (kind_known) {
        qf_read_initial(reader, qf_yaml_get(node, "initial"), scenario, group);
    }
    const qf_yaml_node *script = qf_yaml_get(node, "script");
    if (script) {
        qf_read_script(reader, script, scenario->dt_s, scenario->n_ticks, group);
    }
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    qf_read_radar_keys(reader, node, scenario->dt_s, group);
    qf_read_tracker_keys(reader, node, scenario, group);
    qf_read_incident_keys(reader, node, scenario, group);
    const bool group_known =
        ship_known && qf_diagnostics_error_count(reader->diagnostics) == errors;
    qf_read_machine_keys(reader, node, scenario, group_known, group);
    if (qf_yaml_get(node, "tracker") && !group->tracker) {
        reader->columns_unknown = true;
    }
}

bool qf_read_group_name(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                        size_t *group)
{
    const char *name;
    if (!qf_yaml_read_text(node, &name, reader->diagnostics)) {
        return false;
    }
    for (size_t g = 0; g < scenario->n_groups; g++) {
        if (strcmp(scenario->groups[g].name, name) == 0) {
            *group = g;
            return true;
        }
    }
    /* only what is wrong needs the list: each group may name another */
    const char **names = qf_reader_array(reader, scenario->n_groups + 1, sizeof *names);
    for (size_t g = 0; names && g < scenario->n_groups; g++) {
        names[g] = scenario->groups[g].name;
    }
    return names && qf_read_known(reader, node, "group", names, scenario->n_groups, group);
}

void qf_read_groups(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    const qf_yaml_node *list = qf_require(reader, root, "groups");
    if (!list || !qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (list->n_children == 0) {
        qf_diagnose(reader->diagnostics, list, "expected at least one group");
        return;
    }
    qf_group_spec *groups = qf_reader_array(reader, list->n_children, sizeof *groups);
    if (!groups) {
        return;
    }
    scenario->groups = groups;
    uint64_t vehicles = 0;
    bool any_radar = false;
    for (size_t g = 0; g < list->n_children; g++) {
        read_group(reader, list->children[g], scenario, g, &groups[g]);
        scenario->n_groups = g + 1;
        vehicles += groups[g].count;
        any_radar = any_radar || groups[g].radar;
    }
    for (size_t g = 0; !reader->groups_unknown && g < list->n_children; g++) {
        qf_resolve_initial(reader, list->children[g], scenario, &groups[g]);
        qf_resolve_guidances(reader, list->children[g], scenario, &groups[g]);
    }
    if (!reader->groups_unknown) {
        qf_check_starts(reader, list, scenario);
    }
    qf_check_incident_columns(reader, scenario);
    if (any_radar && vehicles > QF_MOST_TARGETS) {
        qf_diagnose(reader->diagnostics, list,
                    "%llu vehicles in a world are more than %d, the most that a radar tells apart",
                    (unsigned long long)vehicles, QF_MOST_TARGETS);
    }
    /* each group may be filled up to whole vectors; by division, because the product may overflow */
    const size_t most = INT32_MAX - 16 * list->n_children;
    if (vehicles > most / scenario->n_worlds) {
        qf_diagnose(reader->diagnostics, list,
                    "%llu vehicles in %zu world%s are more than %zu: 2^31 - 1, less 16 for each "
                    "group",
                    (unsigned long long)vehicles, scenario->n_worlds,
                    scenario->n_worlds == 1 ? "" : "s", most);
    }
}
