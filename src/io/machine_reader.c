/* SPDX-License-Identifier: Apache-2.0 */
/* State machines of scenario files: docs/behavior.md says what may stand in them. */
#include "machine_reader.h"

#include <math.h>
#include <string.h>

#include "machine_parts.h"
#include "script_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

void qf_read_every(qf_reader *reader, const qf_yaml_node *node, double dt_s, int64_t *ticks)
{
    double every_s;
    if (!qf_read_constant(reader, node, 0.0, (double)INFINITY, &every_s)) {
        return;
    }
    if (!(every_s > 0.0)) {
        qf_diagnose(reader->diagnostics, node, "expected a number > 0, found %s", node->text);
        return;
    }
    if (!(dt_s > 0.0)) {
        return;
    }
    const int64_t n = qf_whole_ticks(every_s, dt_s);
    if (n < 1 || n > INT32_MAX) {
        qf_diagnose(reader->diagnostics, node,
                    n > INT32_MAX ? "%.15g s are too many ticks of dt_s (%.15g s)"
                                  : "%.15g s is not a multiple of dt_s (%.15g s)",
                    every_s, dt_s);
        return;
    }
    *ticks = n;
}

static void check_keys(qf_reader *reader, const qf_yaml_node *root)
{
    static const char *const known[] = {"name",    "initial", "every_s", "variables",
                                        "signals", "any",     "states"};
    qf_yaml_check_keys(root, known, N_NAMES(known), reader->diagnostics);
}

const char *qf_machine_file_name(qf_reader *reader, const char *file)
{
    const char *slash = file ? strrchr(file, '/') : NULL;
    const char *base = slash ? slash + 1 : file;
    const size_t length = base ? strcspn(base, ".") : 0;
    if (length == 0) {
        return "fsm";
    }
    const bool digit = base[0] >= '0' && base[0] <= '9';
    char *name = qf_arena_format(reader->arena, "%s%.*s", digit ? "_" : "", (int)length, base);
    if (!name) {
        qf_diagnose_memory(reader->diagnostics);
        return "fsm";
    }
    static const char fitting[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    for (char *c = name; *c; c++) {
        *c = strchr(fitting, *c) ? *c : '_';
    }
    return name;
}

qf_machine_spec *qf_read_machine(qf_reader *reader, const qf_yaml_node *root, const char *file,
                                 double dt_s)
{
    qf_machine_spec *spec = qf_reader_array(reader, 1, sizeof *spec);
    if (!spec) {
        return NULL;
    }
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    *spec = (qf_machine_spec){
        .name = qf_machine_file_name(reader, file), .file = file, .every_ticks = 1, .place = root};
    const qf_yaml_node *name = qf_yaml_get(root, "name");
    const qf_yaml_node *every = qf_yaml_get(root, "every_s");
    check_keys(reader, root);
    if (name) {
        qf_read_identifier(reader, name, &spec->name);
    }
    qf_read_variables(reader, root, spec);
    const size_t of_names = qf_diagnostics_error_count(reader->diagnostics);
    if (every) {
        qf_read_every(reader, every, dt_s, &spec->every_ticks);
    }
    qf_read_signals(reader, root, spec);
    qf_read_states(reader, root, spec);
    spec->incomplete = qf_diagnostics_error_count(reader->diagnostics) > errors;
    return of_names == errors && spec->n_states > 0 ? spec : NULL;
}

/* qf_read_machine checks them */
static void no_keys(qf_reader *reader, const qf_yaml_node *root)
{
    (void)reader;
    (void)root;
}

static qf_machine_spec *open_machine(qf_reader *reader, const qf_yaml_node *node, double dt_s)
{
    const char *file;
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    const qf_yaml_node *root = qf_open_profile(reader, node, no_keys, &file);
    qf_machine_spec *spec = root ? qf_read_machine(reader, root, file, dt_s) : NULL;
    if (spec) {
        spec->incomplete = qf_diagnostics_error_count(reader->diagnostics) > errors;
    }
    return spec;
}

/* what was read of the machine is part of the group, or what columns there are is not known */
static void add_machine(qf_reader *reader, const qf_yaml_node *node, qf_machine_spec *spec,
                        bool group_known, const qf_machine_spec **machines, qf_group_spec *group)
{
    if (!spec) {
        reader->columns_unknown = true;
        return;
    }
    spec->incomplete = spec->incomplete || !group_known;
    for (size_t m = 0; m < group->n_machines; m++) {
        if (strcmp(machines[m]->name, spec->name) == 0) {
            qf_diagnose(reader->diagnostics, node, "two machines of the group are called '%s'",
                        spec->name);
        }
    }
    machines[group->n_machines++] = spec;
}

void qf_read_machine_keys(qf_reader *reader, const qf_yaml_node *group_node,
                          const qf_scenario *scenario, bool group_known, qf_group_spec *group)
{
    const qf_yaml_node *fsm = qf_yaml_get(group_node, "fsm");
    const qf_yaml_node *decision = qf_yaml_get(group_node, "decision");
    const bool is_list = fsm && fsm->kind == QF_YAML_SEQUENCE;
    const size_t n = is_list ? fsm->n_children : (fsm ? 1 : 0);
    if (is_list && n == 0) {
        qf_diagnose(reader->diagnostics, fsm, "expected at least one machine");
    }
    if (n + (decision ? 1 : 0) > QF_MACHINES_MOST) {
        qf_diagnose(reader->diagnostics, fsm, "more than %d machines, a decision layer included",
                    QF_MACHINES_MOST);
        reader->columns_unknown = true;
        return;
    }
    const qf_machine_spec **machines = qf_reader_array(reader, n + 1, sizeof *machines);
    if (!machines) {
        return;
    }
    for (size_t m = 0; m < n; m++) {
        const qf_yaml_node *node = is_list ? fsm->children[m] : fsm;
        add_machine(reader, node, open_machine(reader, node, scenario->dt_s), group_known, machines,
                    group);
    }
    if (decision) {
        const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
        qf_machine_spec *spec = qf_read_decision(reader, decision, group);
        if (spec || qf_diagnostics_error_count(reader->diagnostics) > errors) {
            add_machine(reader, decision, spec, group_known, machines, group);
        }
    }
    group->machines = machines;
}
