/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the entries of `behavior` are about: targets, leaders and ports; and what cannot come out well. */
#include <math.h>

#include "group_reader.h"
#include "guidance_reader.h"

/* the port that a key names, or the only one */
static void read_port(qf_reader *reader, const qf_yaml_node *entry, const char *key,
                      const qf_group_spec *of, size_t *port)
{
    const qf_yaml_node *node = qf_yaml_get(entry, key);
    const qf_docking_spec *docking = of->docking;
    if (!docking) {
        qf_diagnose(reader->diagnostics, node ? node : entry,
                    "group '%s' has no ports: it needs the key 'docking'", of->name);
        return;
    }
    if (docking->n_ports == 0) {
        return; /* has been reported */
    }
    if (!node) {
        *port = 0;
        if (docking->n_ports > 1) {
            qf_diagnose(reader->diagnostics, entry, "group '%s' has %zu ports: '%s' says which",
                        of->name, docking->n_ports, key);
        }
        return;
    }
    const char *names[QF_PORTS_MOST];
    for (size_t p = 0; p < docking->n_ports; p++) {
        names[p] = docking->ports[p].id;
    }
    qf_read_known(reader, node, "port", names, docking->n_ports, port);
}

static bool check_target(qf_reader *reader, const qf_yaml_node *node, const qf_scenario *scenario,
                         const qf_group_spec *group, const qf_guidance_spec *spec)
{
    const qf_group_spec *target = &scenario->groups[spec->target_group];
    if (target != group || (spec->kind == QF_GUIDANCE_FORMATION && group->count > 1)) {
        return true;
    }
    if (spec->kind != QF_GUIDANCE_FORMATION) {
        qf_diagnose(reader->diagnostics, node,
                    "a vehicle cannot be its own target: expected another group");
    } else {
        qf_diagnose(reader->diagnostics, node,
                    "the group follows its first vehicle: it needs a count above 1");
    }
    return false;
}

/* it comes in as fast as it is told to, whatever the port allows, and bounces off for ever */
static void check_contact(qf_reader *reader, const qf_yaml_node *entry, const qf_group_spec *target,
                          const qf_guidance_spec *spec)
{
    const qf_yaml_node *contact = qf_yaml_get(entry, "contact_mps");
    if (target->docking && spec->contact_mps > target->docking->capture.axial_mps) {
        qf_diagnose(reader->diagnostics, contact ? contact : entry,
                    "contact_mps %g is above what the port of group '%s' allows (axial_mps %g): "
                    "no capture can succeed",
                    spec->contact_mps, target->name, target->docking->capture.axial_mps);
    }
}

/* control acts once a tick: with steps as long as its own time it swings without end; docs/ships.md */
static bool note_fast_control(qf_reader *reader, const qf_yaml_node *list, size_t index,
                              double dt_s, const qf_guidance_spec *spec)
{
    const qf_yaml_node *control = qf_yaml_get(list->children[index], "control");
    const char *unstable[2];
    const size_t n_unstable = dt_s > 0.0 ? qf_guidance_unstable(spec, dt_s, unstable) : 0;
    for (size_t k = 0; k < n_unstable; k++) {
        const qf_yaml_node *given = qf_yaml_get(control, unstable[k]);
        qf_diagnose(reader->diagnostics, given ? given : qf_yaml_key_node(list, index),
                    "with ticks of %g s control swings up: lower %s or time.dt_s", dt_s,
                    unstable[k]);
    }
    const bool turns = spec->attitude_rps > spec->position_rps;
    const char *key = turns ? "attitude_rps" : "position_rps";
    const qf_yaml_node *given = qf_yaml_get(control, key);
    const double rps = fmax(spec->attitude_rps, spec->position_rps);
    if (n_unstable > 0 || !(rps * dt_s > 0.5)) {
        return n_unstable > 0;
    }
    qf_diagnose_note(reader->diagnostics, given ? given : qf_yaml_key_node(list, index),
                     "control acts once a tick: %s (%g rad/s) times dt_s is %.3g, and beyond some "
                     "0.5 it may swing without end; take a shorter dt_s or a slower control",
                     key, rps, rps * dt_s);
    return true;
}

static void resolve(qf_reader *reader, const qf_yaml_node *entry, const qf_scenario *scenario,
                    const qf_group_spec *group, qf_guidance_spec *spec)
{
    const qf_yaml_node *node =
        qf_yaml_get(entry, spec->kind == QF_GUIDANCE_FORMATION ? "leader" : "target");
    if (!qf_guidance_has_target(spec->kind) || !node ||
        !qf_read_group_name(reader, node, scenario, &spec->target_group)) {
        return;
    }
    if (check_target(reader, node, scenario, group, spec) && spec->kind == QF_GUIDANCE_APPROACH) {
        read_port(reader, entry, "port", &scenario->groups[spec->target_group], &spec->target_port);
        read_port(reader, entry, "own_port", group, &spec->own_port);
        check_contact(reader, entry, &scenario->groups[spec->target_group], spec);
    }
}

void qf_resolve_guidances(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, qf_group_spec *group)
{
    const qf_yaml_node *list = qf_yaml_get(group_node, "behavior");
    const qf_yaml_node *root = group_node->parent->parent;
    /* the reader's own memory: nobody else has seen it yet */
    qf_guidance_spec *specs = (qf_guidance_spec *)group->guidances;
    bool noted = !qf_kind_is_body(group->kind); /* once for a group */
    for (size_t i = 0; i < group->n_guidances; i++) {
        if (list->children[i]->kind != QF_YAML_MAPPING) {
            continue;
        }
        resolve(reader, list->children[i], scenario, group, &specs[i]);
        noted = noted || note_fast_control(reader, list, i, scenario->dt_s, &specs[i]);
        if (specs[i].kind == QF_GUIDANCE_TASKS && !qf_yaml_get(root, "tasks")) {
            qf_diagnose(reader->diagnostics, qf_yaml_key_node(list, i),
                        "there are no tasks: the scenario needs the key 'tasks'");
        }
    }
}
