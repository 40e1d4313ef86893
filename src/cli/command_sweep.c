/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "binding.h"
#include "commands.h"
#include "rank_talk.h"
#include "ranks.h"
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
           "comes with the last part. Started by mpirun or srun, its ranks share the cases.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 every requirement is met, or a part is done; 1 one is not met or\n"
           "undecided; 2 bad command line or scenario, or the directory exists; 3 failed\n"
           "while running; 75 interrupted, --resume goes on\n");
}

static qf_status check(const qf_context *context, const qf_options *options)
{
    if (options->n_operands != 1) {
        fprintf(qf_said_once(),
                "qfleet sweep: expected one scenario, found %zu (see qfleet sweep --help)\n",
                options->n_operands);
        return QF_ERROR_USAGE;
    }
    if (options->resume && options->force) {
        fprintf(qf_said_once(), "qfleet sweep: --resume and --force contradict each other\n");
        return QF_ERROR_USAGE;
    }
    if (options->n_shards > 0 && qf_n_ranks(context) > 1) {
        fprintf(
            qf_said_once(),
            "qfleet sweep: --shard is for processes that do not know of each other; the %d ranks "
            "of this job divide the sweep among them without it\n",
            qf_n_ranks(context));
        return QF_ERROR_USAGE;
    }
    return QF_OK;
}

/* nothing is run, so that rank 0 alone can tell */
static qf_status dry_run(const qf_context *job, const qf_sweep *sweep, const qf_options *options,
                         const qf_machine *machine)
{
    qf_context context = *job;
    context.ranks = NULL;
    if (qf_rank(job) > 0) {
        return QF_OK;
    }
    const qf_status status = qf_sweep_dry_run(&context, sweep, options, machine, stdout);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet sweep: %s\n", context.error);
    }
    return status;
}

static qf_status open_and_run(qf_context *context, const qf_machine *machine,
                              const qf_options *options, const char *command_line, bool *met)
{
    qf_sweep *sweep;
    const qf_status opened = qf_sweep_session_open(context, "sweep", options, &sweep);
    qf_status status = qf_ranks_agree_aloud(context, "sweep", opened);
    if (status == QF_OK) {
        status = options->dry_run
                     ? dry_run(context, sweep, options, machine)
                     : qf_sweep_session_run(context, sweep, options, machine, command_line, met);
    }
    if (opened == QF_OK) {
        qf_sweep_close(sweep);
    }
    return status;
}

static qf_status run_with_options(qf_context *context, const qf_options *options,
                                  const char *command_line, bool *met)
{
    qf_machine machine = {0};
    qf_status status = qf_run_open_machine(context, "sweep", options, &machine);
    status = qf_ranks_agree_aloud(context, "sweep", status);
    if (context->ranks && qf_rank(context) > 0) {
        context->log = qf_print_rank_log;
        context->log_user = context;
    }
    if (status == QF_OK) {
        status = open_and_run(context, &machine, options, command_line, met);
    }
    qf_binding_end(context);
    qf_machine_close(&machine);
    return status;
}

int qf_command_sweep(int argc, char **argv)
{
    const bool leads = qf_ranks_launched().rank == 0;
    qf_context context = qf_context_default();
    qf_options options = {0};
    bool met = true;
    context.log = leads ? qf_print_log : NULL;
    qf_status status = qf_ranks_open_aloud(&context, "sweep");
    if (status != QF_OK) {
        return qf_rank_exit_code(status);
    }
    status = qf_options_parse("sweep", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && !options.help) {
        status = check(&context, &options);
    }
    if (status != QF_OK) {
        qf_fail(&context, status, "bad command line");
    }
    status = qf_ranks_agree_aloud(&context, "sweep", status);
    if (status == QF_OK && options.help && leads) {
        help();
    } else if (status == QF_OK && !options.help) {
        char *command_line = qf_command_line("sweep", argc, argv);
        status = run_with_options(&context, &options, command_line ? command_line : "qfleet sweep",
                                  &met);
        free(command_line);
    }
    qf_options_free(&options);
    qf_ranks_close(&context);
    return qf_rank_exit_code(status == QF_OK && !met ? QF_DIFFERENT : status);
}
