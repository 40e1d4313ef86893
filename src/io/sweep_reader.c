/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios with a `sweep`: docs/sweeps.md says what may stand in it. */
#include "sweep_reader.h"

#include <stdlib.h>
#include <string.h>

#include "scenario_reader.h"
#include "sweep_internal.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

/* all but the files that parameters name */
static void inline_files(qf_reader *reader, qf_sweep *sweep, qf_yaml_node *root)
{
    const qf_yaml_node *parameters = qf_yaml_get(qf_yaml_get(root, "sweep"), "parameters");
    const size_t n = parameters && parameters->keys ? parameters->n_children : 0;
    sweep->open_names = qf_reader_array(reader, n + 1, sizeof *sweep->open_names);
    for (size_t turn = 0; sweep->open_names && turn < 2; turn++) {
        for (size_t p = 0; p < n; p++) {
            const qf_yaml_node *path = qf_yaml_get(parameters->children[p], "path");
            if (!path || path->kind != QF_YAML_SCALAR) {
                continue;
            }
            if (turn == 0) {
                qf_expand_profiles(reader, root, path->text);
            } else {
                sweep->open_names[p].node = qf_yaml_find(reader->arena, root, path);
            }
        }
    }
    if (sweep->open_names) {
        qf_inline_files(reader, root, sweep->open_names, n);
    }
}

/* the scenario that cases are read from */
static bool take_section(qf_reader *reader, qf_sweep *sweep)
{
    static const char *const of_sweep[] = {"sweep", "requirements", "worlds", "first_world"};
    static const char *const known[] = {
        "cases",      "sampling", "replications", "parameters", "correlation", "metrics",
        "success",    "until",    "every_s",      "confidence", "bootstrap",   "stop_when",
        "first_look", "function", "base",         "levels",     "trajectories"};
    sweep->section = qf_require(reader, sweep->root, "sweep");
    if (!sweep->section) {
        return false;
    }
    if (!qf_yaml_expect_kind(sweep->section, QF_YAML_MAPPING, reader->diagnostics)) {
        return false;
    }
    qf_yaml_check_keys(sweep->section, known, N_NAMES(known), reader->diagnostics);
    sweep->scenario_root = qf_yaml_merge(reader->arena, NULL, sweep->root);
    if (!sweep->scenario_root) {
        qf_diagnose_memory(reader->diagnostics);
        return false;
    }
    for (size_t i = 0; i < N_NAMES(of_sweep); i++) {
        const qf_yaml_node *node = qf_yaml_get(sweep->root, of_sweep[i]);
        if (node && i >= 2) {
            qf_diagnose_note(reader->diagnostics, qf_yaml_key_node(sweep->root, node->index),
                             "not used in a sweep: each case is one world, of the case's number");
        }
        qf_yaml_remove(sweep->scenario_root, of_sweep[i]);
    }
    return true;
}

/* what is not the seed its reader will say */
static uint64_t seed_of(const qf_sweep *sweep)
{
    uint64_t seed = 0;
    const qf_yaml_node *node = qf_yaml_get(sweep->root, "seed");
    qf_diagnostics unheard;
    qf_diagnostics_init(&unheard);
    if (node) {
        qf_yaml_read_uint64(node, &seed, &unheard);
    }
    qf_diagnostics_free(&unheard);
    return seed;
}

/* what there is no memory for, at the key that says how many */
static void tell_size(qf_reader *reader, const qf_sweep *sweep)
{
    static const char *const keys[] = {"cases", "base", "trajectories", "sampling"};
    const qf_sweep_spec *spec = &sweep->spec;
    const qf_yaml_node *node = NULL;
    const double n = (double)spec->n_points * (double)spec->n_replications;
    for (size_t i = 0; i < N_NAMES(keys) && !node; i++) {
        node = qf_yaml_get(sweep->section, keys[i]);
    }
    qf_diagnose(reader->diagnostics, node ? node : sweep->section,
                "no memory for %.0f case%s of %zu parameter%s, whose values take %.0f bytes", n,
                n == 1.0 ? "" : "s", spec->n_parameters, spec->n_parameters == 1 ? "" : "s",
                n * (double)spec->n_parameters * sizeof(double));
}

static bool make_design(qf_reader *reader, qf_sweep *sweep, qf_context *context)
{
    const qf_status status =
        qf_design_create(context, &sweep->spec, seed_of(sweep), &sweep->design);
    if (status == QF_ERROR_MEMORY) {
        tell_size(reader, sweep);
        qf_diagnose_memory(reader->diagnostics);
    } else if (status != QF_OK) {
        const qf_yaml_node *node = qf_yaml_get(sweep->section, "sampling");
        qf_diagnose(reader->diagnostics, node ? node : sweep->section, "%s", context->error);
    }
    return status == QF_OK;
}

/* a function takes the place of all that moves */
static void read_head(qf_reader *reader, qf_sweep *sweep)
{
    static const char *const known[] = {"schema", "name", "seed"};
    for (size_t i = 0; i < sweep->scenario_root->n_children; i++) {
        bool is_known = false;
        const qf_yaml_node *key = sweep->scenario_root->keys[i];
        for (size_t k = 0; k < N_NAMES(known); k++) {
            is_known = is_known || strcmp(key->text, known[k]) == 0;
        }
        if (!is_known) {
            qf_diagnose(reader->diagnostics, key,
                        "a sweep of a function has no more than schema, name and seed");
        }
    }
    qf_read_head(reader, sweep->scenario_root, sweep->path, &sweep->scenario);
    sweep->scenario.n_worlds = 1;
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        sweep->parameters[p].packed = true;
    }
}

/* with an error in the sweep, what is wrong with the scenario as it is written */
static void read_alone(const qf_sweep *sweep, qf_reader *reader, qf_context *context)
{
    qf_arena arena = {0};
    qf_scenario scenario;
    qf_yaml_node *root = qf_yaml_merge(&arena, NULL, sweep->scenario_root);
    qf_diagnostics found;
    qf_diagnostics_init(&found);
    if (qf_scenario_read_tree(context, sweep->path, arena, root, NULL, 0, &found, &scenario) ==
        QF_OK) {
        qf_scenario_free(&scenario);
    }
    qf_diagnostics_append(reader->diagnostics, &found, false, "");
    qf_diagnostics_free(&found);
}

static void read_sweep(qf_reader *reader, qf_sweep *sweep, qf_context *context)
{
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    qf_sweep_read_parameters(reader, sweep);
    qf_sweep_read_sampling(reader, sweep);
    qf_sweep_fix_files(reader, sweep);
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        qf_sweep_read_correlation(reader, sweep);
    }
    qf_sweep_read_settings(reader, sweep);
    const bool function = sweep->spec.function != QF_FUNCTION_NONE;
    if (qf_diagnostics_error_count(reader->diagnostics) != errors ||
        !make_design(reader, sweep, context)) {
        if (!function) {
            read_alone(sweep, reader, context);
        }
        return;
    }
    qf_sweep_find_ends(sweep);
    if (function) {
        read_head(reader, sweep);
    } else {
        qf_sweep_settle_scenario(reader, sweep, context);
    }
    if (sweep->scenario.name) {
        qf_sweep_read_metrics(reader, sweep, context);
        qf_sweep_read_stop(reader, sweep);
        if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
            qf_sweep_check_requirements(reader, sweep); /* what they need depends on all that */
        }
    }
    sweep->scenario.sweep = &sweep->spec;
}

/* the sweep of a tree, NULL: there is none, which has been said; or else its end */
static qf_status read_complete(qf_context *context, qf_sweep *sweep, qf_yaml_node *root,
                               qf_diagnostics *diagnostics, qf_sweep **opened)
{
    qf_reader reader = {.arena = &sweep->arena, .diagnostics = diagnostics};
    if (root) {
        inline_files(&reader, sweep, root);
        sweep->root = root;
        if (take_section(&reader, sweep)) {
            read_sweep(&reader, sweep, context);
        }
    }
    if (qf_diagnostics_error_count(diagnostics) == 0) {
        *opened = sweep;
        return QF_OK;
    }
    const bool memory = diagnostics->out_of_memory;
    const qf_status status =
        qf_fail(context, memory ? QF_ERROR_MEMORY : QF_ERROR_SCENARIO, "%s: %s", sweep->path,
                memory ? "out of memory" : "not a valid sweep");
    qf_sweep_close(sweep);
    return status;
}

static qf_status open_tree(qf_context *context, qf_sweep *sweep, qf_yaml_node *root,
                           const char *const *overrides, size_t n_overrides,
                           qf_diagnostics *diagnostics, qf_sweep **opened)
{
    qf_reader reader = {.arena = &sweep->arena, .diagnostics = diagnostics};
    root = qf_complete_tree(&reader, root, overrides, n_overrides);
    return read_complete(context, sweep, root, diagnostics, opened);
}

static qf_sweep *new_sweep(const char *path)
{
    qf_sweep *sweep = calloc(1, sizeof *sweep);
    if (!sweep) {
        return NULL;
    }
    sweep->path = qf_arena_text(&sweep->arena, path, strlen(path));
    if (!sweep->path) {
        free(sweep);
        return NULL;
    }
    return sweep;
}

qf_status qf_sweep_open_tree(qf_context *context, const char *path, qf_arena arena,
                             qf_yaml_node *root, qf_diagnostics *diagnostics, qf_sweep **sweep)
{
    qf_sweep *opened = calloc(1, sizeof *opened);
    *sweep = NULL;
    if (!opened) {
        qf_arena_free(&arena);
        return qf_fail(context, QF_ERROR_MEMORY, "%s: out of memory", path);
    }
    opened->arena = arena;
    opened->path = qf_arena_text(&opened->arena, path, strlen(path));
    if (!opened->path) {
        qf_sweep_close(opened);
        return qf_fail(context, QF_ERROR_MEMORY, "%s: out of memory", path);
    }
    return read_complete(context, opened, root, diagnostics, sweep);
}

qf_status qf_sweep_open(qf_context *context, const char *path, const char *const *overrides,
                        size_t n_overrides, qf_diagnostics *diagnostics, qf_sweep **sweep)
{
    qf_sweep *opened = new_sweep(path);
    *sweep = NULL;
    if (!opened) {
        return qf_fail(context, QF_ERROR_MEMORY, "%s: out of memory", path);
    }
    qf_yaml_node *root = qf_yaml_load_file(&opened->arena, path, diagnostics);
    return open_tree(context, opened, root, overrides, n_overrides, diagnostics, sweep);
}

qf_status qf_sweep_open_text(qf_context *context, const char *name, const char *text,
                             qf_diagnostics *diagnostics, qf_sweep **sweep)
{
    qf_sweep *opened = new_sweep(name);
    *sweep = NULL;
    if (!opened) {
        return qf_fail(context, QF_ERROR_MEMORY, "%s: out of memory", name);
    }
    qf_yaml_node *root = qf_yaml_load_text(&opened->arena, name, text, strlen(text), diagnostics);
    return open_tree(context, opened, root, NULL, 0, diagnostics, sweep);
}

void qf_sweep_close(qf_sweep *sweep)
{
    if (!sweep) {
        return;
    }
    qf_scenario_free(&sweep->scenario);
    qf_design_free(&sweep->design);
    qf_arena_free(&sweep->arena);
    free(sweep);
}

const qf_sweep_spec *qf_sweep_get_spec(const qf_sweep *sweep)
{
    return &sweep->spec;
}

const qf_design *qf_sweep_design(const qf_sweep *sweep)
{
    return &sweep->design;
}

const qf_scenario *qf_sweep_scenario(const qf_sweep *sweep)
{
    return &sweep->scenario;
}

const qf_metric_plan *qf_sweep_plan(const qf_sweep *sweep)
{
    return sweep->plan;
}

bool qf_sweep_is_packed(const qf_sweep *sweep)
{
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        if (!sweep->parameters[p].packed) {
            return false;
        }
    }
    return true;
}

/* ---- cases that agree in what is not packed ---- */

static qf_status fail_case(const qf_sweep *sweep, qf_context *context, uint32_t number,
                           const qf_diagnostics *diagnostics)
{
    if (diagnostics->out_of_memory) {
        return qf_fail(context, QF_ERROR_MEMORY, "%s: case %u: out of memory", sweep->path, number);
    }
    const qf_diagnostic *first = &diagnostics->errors.items[0];
    return qf_fail(context, QF_ERROR_SCENARIO, "%s: %s", first->path, first->text);
}

static qf_status plan_case(const qf_sweep *sweep, qf_context *context, qf_arena *arena,
                           const qf_scenario *scenario, const qf_metric_plan **plan)
{
    const size_t n = sweep->spec.n_metrics;
    qf_metric_spec *specs = qf_arena_array(arena, n + 1, sizeof *specs);
    qf_expression_error error = {0};
    size_t failed = n;
    if (!specs) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the metrics of a case");
    }
    memcpy(specs, sweep->metrics, n * sizeof *specs);
    *plan = qf_sweep_make_plan(sweep, context, arena, scenario, specs, &failed, &error);
    if (*plan) {
        return QF_OK;
    }
    const bool memory = strcmp(error.message, "out of memory") == 0;
    return qf_fail(context, memory ? QF_ERROR_MEMORY : QF_ERROR_SCENARIO, "%s: %s",
                   failed < n ? sweep->metrics[failed].name : "until", error.message);
}

qf_status qf_sweep_read_cases(const qf_sweep *sweep, qf_context *context, const uint32_t *numbers,
                              size_t n, qf_arena *arena, qf_scenario *scenario,
                              const qf_metric_plan **plan)
{
    const uint32_t number = numbers[0];
    qf_case_values *cases = qf_arena_array(arena, sweep->spec.n_parameters + 1, sizeof *cases);
    if (!cases) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for case %u", number);
    }
    for (size_t i = 0; i < n; i++) {
        if (numbers[i] >= sweep->design.n_cases) {
            return qf_fail(context, QF_ERROR_USAGE, "there is no case %u: the sweep has %zu",
                           numbers[i], sweep->design.n_cases);
        }
    }
    *plan = NULL;
    if (sweep->spec.function != QF_FUNCTION_NONE) {
        *scenario = sweep->scenario; /* which owns nothing */
        scenario->arena = (qf_arena){0};
        scenario->first_world = number;
        *plan = sweep->plan;
        return QF_OK;
    }
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_status status =
        qf_sweep_read_scenario(sweep, context, numbers, n, cases, &diagnostics, scenario);
    if (status != QF_OK) {
        status = fail_case(sweep, context, number, &diagnostics);
    }
    qf_diagnostics_free(&diagnostics);
    if (status != QF_OK) {
        return status;
    }
    scenario->sweep = &sweep->spec;
    status = plan_case(sweep, context, arena, scenario, plan);
    if (status != QF_OK) {
        qf_scenario_free(scenario);
    }
    return status;
}
