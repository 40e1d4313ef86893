/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "machine_graph.h"
#include "machine_reader.h"
#include "options.h"
#include "radar_summary.h"
#include "scenario_reader.h"
#include "sweep_reader.h"
#include "tracker_summary.h"
#include "yaml_node.h"

static const qf_option_id accepted[] = {QF_OPTION_EFFECTIVE, QF_OPTION_SET,   QF_OPTION_SEED,
                                        QF_OPTION_GRAPH,     QF_OPTION_FORCE, QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static qf_status save_graph(qf_context *context, const qf_machine_spec *spec, const char *path,
                            const qf_options *options)
{
    const qf_status status = qf_save_machine_graph(context, spec, path, options->force);
    if (status == QF_OK) {
        fprintf(stderr, "%s: machine %s\n", path, spec->name);
    } else {
        fprintf(stderr, "qfleet validate: %s\n", context->error);
    }
    return status;
}

/* OUT-GROUP-MACHINE.svg, where one name is not enough */
static qf_status save_graphs(qf_context *context, const qf_scenario *scenario,
                             const qf_options *options)
{
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n += scenario->groups[g].n_machines;
    }
    if (n == 0) {
        fprintf(stderr, "qfleet validate: --graph: the scenario has no state machine\n");
        return QF_ERROR_USAGE;
    }
    const char *slash = strrchr(options->graph, '/');
    const char *dot = strrchr(slash ? slash : options->graph, '.');
    const int stem = (int)(dot ? (size_t)(dot - options->graph) : strlen(options->graph));
    qf_arena arena = {0};
    qf_status status = QF_OK;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        for (size_t m = 0; status == QF_OK && m < group->n_machines; m++) {
            const char *path =
                n == 1 ? options->graph
                       : qf_arena_format(&arena, "%.*s-%s-%s%s", stem, options->graph, group->name,
                                         group->machines[m]->name, dot ? dot : "");
            status = path ? save_graph(context, group->machines[m], path, options)
                          : qf_fail(context, QF_ERROR_MEMORY, "no memory for a file's name");
        }
    }
    qf_arena_free(&arena);
    return status;
}

/* a file that has been loaded: once, as it may be a pipe */
typedef struct loaded {
    const char *path;
    qf_arena arena;
    qf_yaml_node *root; /* NULL: it could not be */
} loaded;

static void print_sweep(const char *path, const qf_sweep *sweep)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    size_t n_metrics = 0;
    while (n_metrics < spec->n_metrics && !spec->metrics[n_metrics].required) {
        n_metrics++;
    }
    fprintf(stderr,
            "%s: valid: sweep of %zu cases (%s), %zu parameters, %zu metrics, %zu requirements\n",
            path, qf_sweep_n_cases(spec), qf_sampling_names[spec->sampling], spec->n_parameters,
            n_metrics, spec->n_requirements);
    for (size_t p = 0; p < spec->n_parameters; p++) {
        if (!spec->parameters[p].packed) {
            fprintf(stderr,
                    "%s: parameter %s: the same for all vehicles of a batch: cases of a batch "
                    "agree in it\n",
                    path, spec->parameters[p].name);
        }
    }
}

/* takes over what was loaded, complete */
static qf_status validate_sweep(qf_context *context, loaded *file, bool first,
                                const qf_options *options, qf_diagnostics *diagnostics)
{
    const char *path = file->path;
    qf_sweep *sweep;
    const qf_status status =
        qf_sweep_open_tree(context, path, file->arena, file->root, diagnostics, &sweep);
    file->arena = (qf_arena){0};
    qf_diagnostics_print(diagnostics, stderr);
    if (status != QF_OK) {
        return status;
    }
    if (options->effective) {
        fputs(first ? "" : "---\n", stdout);
        qf_sweep_write(sweep, stdout);
    }
    print_sweep(path, sweep);
    qf_sweep_close(sweep);
    return status;
}

/* takes over what was loaded, complete */
static qf_status validate_scenario(qf_context *context, loaded *file, bool first,
                                   const qf_options *options, qf_diagnostics *diagnostics)
{
    const char *path = file->path;
    qf_scenario scenario;
    qf_status status = qf_scenario_read_tree(context, path, file->arena, file->root, NULL, 0,
                                             diagnostics, &scenario);
    file->arena = (qf_arena){0};
    qf_diagnostics_print(diagnostics, stderr);
    if (status != QF_OK) {
        return status;
    }
    if (options->effective) {
        fputs(first ? "" : "---\n", stdout);
        qf_scenario_write(&scenario, stdout);
    }
    fprintf(stderr, "%s: valid: %zu vehicles in %zu groups and %zu worlds, %lld ticks of %g s\n",
            path, qf_scenario_n_vehicles(&scenario), scenario.n_groups, scenario.n_worlds,
            (long long)scenario.n_ticks, scenario.dt_s);
    qf_print_radars(path, &scenario, stderr);
    qf_print_trackers(path, &scenario, stderr);
    if (options->graph) {
        status = save_graphs(context, &scenario, options);
    }
    qf_scenario_free(&scenario);
    return status;
}

static qf_status validate_machine(qf_context *context, loaded *file, const qf_options *options,
                                  qf_diagnostics *diagnostics)
{
    const char *path = file->path;
    if (options->effective || options->n_overrides > 0) {
        fprintf(stderr, "%s: a machine by itself: --effective, --set and --seed need a scenario\n",
                path);
        return QF_ERROR_USAGE;
    }
    qf_reader reader = {.arena = &file->arena, .diagnostics = diagnostics};
    const qf_machine_spec *spec = qf_read_machine_alone(&reader, file->root, path);
    qf_status status = QF_OK;
    qf_diagnostics_print(diagnostics, stderr);
    if (!spec) {
        const bool memory = diagnostics->out_of_memory;
        status = qf_fail(context, memory ? QF_ERROR_MEMORY : QF_ERROR_SCENARIO, "%s: %s", path,
                         memory ? "out of memory" : "not a valid machine");
    } else {
        fprintf(stderr,
                "%s: valid: machine '%s' of %zu states; by itself: without the hardware, guards "
                "and other machines of a group\n",
                path, spec->name, spec->n_states);
        if (options->graph) {
            status = save_graph(context, spec, options->graph, options);
        }
    }
    return status;
}

static qf_status validate(const char *path, bool first, const qf_options *options)
{
    qf_context context = qf_context_default();
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    loaded file = {.path = path};
    file.root = qf_yaml_load_file(&file.arena, path, &diagnostics);
    qf_status status;
    if (qf_is_machine(file.root)) {
        status = validate_machine(&context, &file, options, &diagnostics);
    } else {
        qf_reader reader = {.arena = &file.arena, .diagnostics = &diagnostics};
        file.root = qf_complete_tree(&reader, file.root, options->overrides, options->n_overrides);
        status = qf_yaml_get(file.root, "sweep") && !options->graph
                     ? validate_sweep(&context, &file, first, options, &diagnostics)
                     : validate_scenario(&context, &file, first, options, &diagnostics);
    }
    qf_arena_free(&file.arena);
    qf_diagnostics_free(&diagnostics);
    return status;
}

int qf_command_validate(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("validate", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        printf("usage: qfleet validate SCENARIO... [options]\n\n"
               "Checks scenarios, and files of a state machine alone: every error with its place, "
               "and what is\naccepted but unused.\n\n");
        qf_options_help(accepted, N_ACCEPTED);
    } else if (status == QF_OK && options.n_operands == 0) {
        fprintf(stderr, "qfleet validate: which scenario? (see qfleet validate --help)\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK && options.graph && options.n_operands > 1) {
        fprintf(stderr, "qfleet validate: --graph takes one file at a time\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        for (size_t i = 0; i < options.n_operands; i++) {
            const qf_status one = validate(options.operands[i], i == 0, &options);
            status = status == QF_OK ? one : status;
        }
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
