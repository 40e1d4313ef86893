/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "binding.h"
#include "commands.h"
#include "run_session.h"
#include "sweep_dry_run.h"
#include "sweep_session.h"

static const qf_option_id accepted[] = {
    QF_OPTION_DIRECTORY, QF_OPTION_CASES,   QF_OPTION_SHARD,    QF_OPTION_RESUME,
    QF_OPTION_FORCE,     QF_OPTION_DRY_RUN, QF_OPTION_JUNIT,    QF_OPTION_JSON,
    QF_OPTION_SET,       QF_OPTION_SEED,    QF_OPTION_THREADS,  QF_OPTION_BATCH,
    QF_OPTION_ISA,       QF_OPTION_BIND,    QF_OPTION_PROGRESS, QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static void help(void)
{
    printf("usage: qfleet sweep SCENARIO [options]\n\n"
           "Runs the cases of a scenario's sweep, and says what they answer: outcomes,\n"
           "metrics, verdicts on the requirements, and which parameters matter. The\n"
           "directory keeps every case; one that was interrupted is gone on with by --resume\n"
           "and comes to the same bytes. A part (--shard, --cases) is given no verdict: that\n"
           "comes with the last part.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 every requirement is met, or a part is done; 1 one is not met or\n"
           "undecided; 2 bad command line or scenario, or the directory exists; 3 failed\n"
           "while running; 75 interrupted, --resume goes on\n");
}

static qf_status check(const qf_options *options)
{
    if (options->n_operands != 1) {
        fprintf(stderr,
                "qfleet sweep: expected one scenario, found %zu (see qfleet sweep --help)\n",
                options->n_operands);
        return QF_ERROR_USAGE;
    }
    if (options->resume && options->force) {
        fprintf(stderr, "qfleet sweep: --resume and --force contradict each other\n");
        return QF_ERROR_USAGE;
    }
    return QF_OK;
}

static qf_status open_and_run(qf_context *context, const qf_machine *machine,
                              const qf_options *options, const char *command_line, bool *met)
{
    qf_sweep *sweep;
    qf_status status = qf_sweep_session_open(context, "sweep", options, &sweep);
    if (status != QF_OK) {
        return status;
    }
    if (options->dry_run) {
        status = qf_sweep_dry_run(context, sweep, options, machine, stdout);
        if (status != QF_OK) {
            fprintf(stderr, "qfleet sweep: %s\n", context->error);
        }
    } else {
        status = qf_sweep_session_run(context, sweep, options, machine, command_line, met);
    }
    qf_sweep_close(sweep);
    return status;
}

int qf_command_sweep(int argc, char **argv)
{
    qf_options options;
    bool met = true;
    qf_status status = qf_options_parse("sweep", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && (status = check(&options)) == QF_OK) {
        char *command_line = qf_command_line("sweep", argc, argv);
        qf_context context = qf_context_default();
        qf_machine machine = {0};
        context.log = qf_print_log;
        status = qf_run_open_machine(&context, "sweep", &options, &machine);
        if (status == QF_OK) {
            status = open_and_run(&context, &machine, &options,
                                  command_line ? command_line : "qfleet sweep", &met);
        }
        free(command_line);
        qf_binding_end(&context);
        qf_machine_close(&machine);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status == QF_OK && !met ? QF_DIFFERENT : status);
}
