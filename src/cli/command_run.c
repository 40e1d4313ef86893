/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "commands.h"
#include "qf_version.h"
#include "rank_talk.h"
#include "ranks.h"
#include "run_session.h"
#include "scenario_reader.h"

static const qf_option_id accepted[] = {QF_OPTION_OUTPUT,
                                        QF_OPTION_NO_OUTPUT,
                                        QF_OPTION_FORCE,
                                        QF_OPTION_SET,
                                        QF_OPTION_SEED,
                                        QF_OPTION_THREADS,
                                        QF_OPTION_ISA,
                                        QF_OPTION_BIND,
                                        QF_OPTION_PROGRESS,
                                        QF_OPTION_GO_ON,
                                        QF_OPTION_CHECKPOINT_EVERY,
                                        QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

/* What the scenario comes to, with this program; 0: no memory. */
static uint64_t fingerprint(const qf_scenario *scenario)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out) {
        fprintf(out, "%s %s\n", QF_VERSION, QF_GIT_COMMIT);
        qf_scenario_write(scenario, out);
    }
    const bool good = out && fclose(out) == 0;
    const uint64_t hash = good ? XXH3_64bits(text, length) : 0;
    free(text);
    return hash;
}

/* Every rank reads it by itself, and all have to find the same. */
static qf_status compare_scenarios(qf_context *context, const qf_scenario *scenario)
{
    const uint64_t own = qf_n_ranks(context) > 1 ? fingerprint(scenario) : 0;
    uint64_t first = own;
    qf_ranks_share(context, 0, &first, sizeof first);
    return qf_ranks_agree(context, own == first ? QF_OK
                                                : qf_fail(context, QF_ERROR_SCENARIO,
                                                          "its scenario, or its qfleet, is not "
                                                          "that of rank 0"));
}

/* What is wrong with it, by the first rank that finds something. */
static void complain(const qf_context *context, qf_status status, const qf_diagnostics *diagnostics)
{
    const int rank = qf_rank(context);
    int64_t first = status != QF_OK ? -rank : -qf_n_ranks(context);
    qf_ranks_most(context, &first, 1);
    if (status != QF_OK && first == -rank) {
        if (rank > 0) {
            fprintf(stderr, "qfleet run: rank %d:\n", rank);
        }
        qf_diagnostics_print(diagnostics, stderr);
    }
}

static qf_status read_scenario(qf_context *context, const qf_options *options,
                               qf_scenario *scenario)
{
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_status own = qf_scenario_read(context, options->operands[0], options->overrides,
                                           options->n_overrides, &diagnostics, scenario);
    complain(context, own, &diagnostics);
    qf_status status = qf_ranks_agree(context, own);
    if (status == QF_OK) {
        status = compare_scenarios(context, scenario);
        if (status != QF_OK && qf_rank(context) == 0) {
            fprintf(stderr, "qfleet run: %s\n", context->error);
        }
    }
    if (status == QF_OK && scenario->asks_for_sweep && qf_rank(context) == 0) {
        fprintf(stderr,
                "%s: runs the scenario as it is written; its 'sweep' and 'requirements' are for "
                "'qfleet sweep'\n",
                options->operands[0]);
    }
    if (status != QF_OK && own == QF_OK) {
        qf_scenario_free(scenario);
    }
    qf_diagnostics_free(&diagnostics);
    return status;
}

/* the result file of a scenario where no name is asked for; to be freed */
static char *default_path(const qf_scenario *scenario)
{
    const size_t length = strlen(scenario->name) + sizeof ".h5";
    char *path = malloc(length);
    if (path) {
        snprintf(path, length, "%s.h5", scenario->name);
    }
    return path;
}

static qf_status run_scenario(qf_context *context, const qf_machine *machine,
                              const qf_options *options, const char *command_line)
{
    qf_scenario scenario;
    qf_status status = read_scenario(context, options, &scenario);
    if (status != QF_OK) {
        return status;
    }
    char *path = options->output ? strdup(options->output) : default_path(&scenario);
    uint64_t *hashes = calloc(scenario.n_worlds, sizeof *hashes);
    status = qf_ranks_agree(
        context, path && hashes ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory"));
    if (status == QF_OK) {
        const qf_run_session session = {.command = "run",
                                        .command_line = command_line,
                                        .options = options,
                                        .machine = machine,
                                        .path = path,
                                        .scenario = &scenario,
                                        .checkpoints = true,
                                        .world_hashes = hashes};
        status = qf_run_session_run(context, &session);
    } else if (qf_rank(context) == 0) {
        fprintf(stderr, "qfleet run: %s\n", context->error);
    }
    free(hashes);
    free(path);
    qf_scenario_free(&scenario);
    return status;
}

/* warnings are the same for all ranks, and rank 0 says them */
static void print_errors(void *user, qf_log_level level, const char *line)
{
    (void)user;
    if (level >= QF_LOG_ERROR) {
        fprintf(stderr, "qfleet: rank %d: %s\n", qf_ranks_launched().rank, line);
    }
}

static qf_status run(qf_context *context, const qf_options *options, const char *command_line)
{
    qf_machine machine = {0};
    const qf_status opened = qf_run_open_machine(context, "run", options, &machine);
    qf_status status = qf_ranks_agree_aloud(context, "run", opened);
    if (status == QF_OK) {
        status = run_scenario(context, &machine, options, command_line);
    }
    qf_machine_close(&machine);
    return status;
}

/* NULL: there is none */
static const char *contradiction(const qf_options *options)
{
    const bool every = !isnan(options->checkpoint_every_s);
    return options->no_output && options->output   ? "--output and --no-output"
           : options->no_output && options->resume ? "--resume and --no-output"
           : options->no_output && every           ? "--checkpoint-every and --no-output"
           : options->force && options->resume     ? "--resume and --force"
                                                   : NULL;
}

static void help(void)
{
    printf("usage: qfleet run SCENARIO [options]\n\n"
           "Runs a scenario and writes its result, which h5py, xarray and ncdump open. Started\n"
           "by mpirun or srun, its ranks share the vehicles.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
}

static qf_status check(const qf_options *options)
{
    if (options->n_operands != 1) {
        fprintf(qf_said_once(),
                "qfleet run: expected one scenario, found %zu (see qfleet run --help)\n",
                options->n_operands);
        return QF_ERROR_USAGE;
    }
    if (contradiction(options)) {
        fprintf(qf_said_once(), "qfleet run: %s contradict each other\n", contradiction(options));
        return QF_ERROR_USAGE;
    }
    return QF_OK;
}

int qf_command_run(int argc, char **argv)
{
    const bool leads = qf_ranks_launched().rank == 0;
    qf_context context = qf_context_default();
    qf_options options = {0};
    context.log = leads ? qf_print_log : print_errors;
    qf_status status = qf_ranks_open_aloud(&context, "run");
    if (status != QF_OK) {
        return qf_rank_exit_code(status);
    }
    status = qf_options_parse("run", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && !options.help) {
        status = check(&options);
    }
    if (status != QF_OK) {
        qf_fail(&context, status, "bad command line");
    }
    status = qf_ranks_agree_aloud(&context, "run", status);
    if (status == QF_OK && options.help && leads) {
        help();
    } else if (status == QF_OK && !options.help) {
        char *command_line = qf_command_line("run", argc, argv);
        status = run(&context, &options, command_line ? command_line : "qfleet run");
        free(command_line);
    }
    qf_options_free(&options);
    qf_ranks_close(&context);
    return qf_rank_exit_code(status);
}
