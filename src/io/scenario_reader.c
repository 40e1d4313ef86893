/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario files: docs/scenario.md says what may stand in them. */
#include "scenario_reader.h"

#include <math.h>
#include <string.h>

#include "environment_reader.h"
#include "group_reader.h"
#include "machine_reader.h"
#include "reader.h"
#include "record_reader.h"
#include "script_reader.h"
#include "tasks_reader.h"

#define SCHEMA "qfleet/1"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* the file's name up to its first dot, made to fit */
static const char *default_name(qf_reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    const size_t length = strcspn(file, ".");
    char *name = qf_arena_text(reader->arena, file, length);
    for (char *c = name; c && *c; c++) {
        *c = qf_fits_name((unsigned char)*c) ? *c : '_';
    }
    if (!name) {
        qf_diagnose_memory(reader->diagnostics);
    }
    return length > 0 ? name : "scenario";
}

static void read_time(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const known[] = {"dt_s", "duration_s"};
    const qf_yaml_node *time = qf_require(reader, root, "time");
    if (!time || !qf_yaml_expect_kind(time, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(time, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *dt = qf_require(reader, time, "dt_s");
    const qf_yaml_node *duration = qf_require(reader, time, "duration_s");
    double dt_s = 0.0;
    double duration_s = 0.0;
    const bool dt_good = dt && qf_read_constant(reader, dt, 0.0, (double)INFINITY, &dt_s);
    const bool duration_good =
        duration && qf_read_constant(reader, duration, 0.0, (double)INFINITY, &duration_s);
    if (dt_good && !(dt_s > 0.0)) {
        qf_diagnose(reader->diagnostics, dt, "expected a number > 0, found %s", dt->text);
        return;
    }
    if (!dt_good || !duration_good) {
        return;
    }
    const int64_t n_ticks = qf_whole_ticks(duration_s, dt_s);
    if (n_ticks < 0) {
        qf_diagnose(reader->diagnostics, duration, "%.15g s is not a multiple of dt_s (%.15g s)",
                    duration_s, dt_s);
    } else if (n_ticks < 1 || n_ticks > UINT32_MAX) {
        qf_diagnose(reader->diagnostics, duration, "expected 1 to %u ticks of dt_s, found %lld",
                    UINT32_MAX, (long long)n_ticks);
    } else {
        scenario->dt_s = dt_s;
        scenario->n_ticks = n_ticks;
    }
}

void qf_read_head(qf_reader *reader, const qf_yaml_node *root, const char *path,
                  qf_scenario *scenario)
{
    static const char *const schemas[] = {SCHEMA};
    const qf_yaml_node *schema = qf_require(reader, root, "schema");
    size_t choice;
    if (schema) {
        qf_yaml_read_choice(schema, schemas, 1, &choice, reader->diagnostics);
    }
    scenario->name = default_name(reader, path);
    const qf_yaml_node *name = qf_yaml_get(root, "name");
    if (name) {
        qf_read_name(reader, name, &scenario->name);
    }
    const qf_yaml_node *seed = qf_yaml_get(root, "seed");
    if (seed) {
        qf_yaml_read_uint64(seed, &scenario->seed, reader->diagnostics);
    }
}

/* a run is of the scenario as it is written */
static void note_sweep(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    static const char *const unused[] = {"sweep", "requirements"};
    for (size_t i = 0; i < N_NAMES(unused); i++) {
        const qf_yaml_node *node = qf_yaml_get(root, unused[i]);
        if (node) {
            scenario->asks_for_sweep = true;
            qf_diagnose_note(reader->diagnostics, qf_yaml_key_node(root, node->index),
                             "for 'qfleet sweep' alone: not used here");
        }
    }
}

/* every world has a number of its own, of 32 bits */
static void read_worlds(qf_reader *reader, const qf_yaml_node *root, qf_scenario *scenario)
{
    int64_t worlds = 1;
    int64_t first = 0;
    const qf_yaml_node *n_worlds = qf_yaml_get(root, "worlds");
    const qf_yaml_node *first_world = qf_yaml_get(root, "first_world");
    if (n_worlds) {
        qf_yaml_read_integer(n_worlds, 1, INT32_MAX, &worlds, reader->diagnostics);
    }
    if (first_world) {
        qf_yaml_read_integer(first_world, 0, (int64_t)UINT32_MAX + 1 - worlds, &first,
                             reader->diagnostics);
    }
    scenario->n_worlds = (size_t)worlds;
    scenario->first_world = (uint32_t)first;
}

static void read_root(qf_reader *reader, const qf_yaml_node *root, const char *path,
                      qf_scenario *scenario)
{
    static const char *const known[] = {"schema",       "name",        "seed",   "time",   "worlds",
                                        "environment",  "tasks",       "groups", "record", "sweep",
                                        "requirements", "first_world", "base"};
    qf_yaml_check_keys(root, known, N_NAMES(known), reader->diagnostics);
    note_sweep(reader, root, scenario);
    qf_read_head(reader, root, path, scenario);
    read_worlds(reader, root, scenario);
    read_time(reader, root, scenario);
    qf_read_environment(reader, root, scenario);
    qf_read_tasks(reader, root, scenario);
    qf_read_groups(reader, root, scenario);
    qf_note_idle_tasks(reader, root, scenario);
    qf_check_machines(reader, scenario);
    qf_note_unused_variables(reader, scenario);
    qf_read_record(reader, root, scenario);
}

qf_yaml_node *qf_complete_tree(qf_reader *reader, qf_yaml_node *root, const char *const *overrides,
                               size_t n_overrides)
{
    root = root ? qf_merge_bases(reader, root) : NULL;
    if (!root || !qf_yaml_expect_kind(root, QF_YAML_MAPPING, reader->diagnostics)) {
        return NULL;
    }
    for (size_t o = 0; o < n_overrides; o++) {
        qf_expand_profiles(reader, root, overrides[o]);
        qf_yaml_set(reader->arena, root, overrides[o], reader->diagnostics);
    }
    return root;
}

qf_status qf_scenario_read_tree(qf_context *context, const char *path, qf_arena arena,
                                qf_yaml_node *root, const char *const *overrides,
                                size_t n_overrides, qf_diagnostics *diagnostics,
                                qf_scenario *scenario)
{
    *scenario = (qf_scenario){.arena = arena};
    qf_reader reader = {.arena = &scenario->arena, .diagnostics = diagnostics};
    root = qf_complete_tree(&reader, root, overrides, n_overrides);
    if (root) {
        /* a key that stands twice may be any */
        reader.columns_unknown = qf_diagnostics_error_count(diagnostics) > 0;
        read_root(&reader, root, path, scenario);
    }
    if (qf_diagnostics_error_count(diagnostics) == 0) {
        return QF_OK;
    }
    const bool memory = diagnostics->out_of_memory;
    qf_scenario_free(scenario);
    return qf_fail(context, memory ? QF_ERROR_MEMORY : QF_ERROR_SCENARIO, "%s: %s", path,
                   memory ? "out of memory" : "not a valid scenario");
}

qf_status qf_scenario_read(qf_context *context, const char *path, const char *const *overrides,
                           size_t n_overrides, qf_diagnostics *diagnostics, qf_scenario *scenario)
{
    qf_arena arena = {0};
    qf_yaml_node *root = qf_yaml_load_file(&arena, path, diagnostics);
    return qf_scenario_read_tree(context, path, arena, root, overrides, n_overrides, diagnostics,
                                 scenario);
}
