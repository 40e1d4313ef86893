/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "export.h"
#include "machine.h"
#include "options.h"
#include "run_session.h"
#include "stop_signal.h"

static const qf_option_id accepted[] = {QF_OPTION_EVENTS,    QF_OPTION_TABLE,   QF_OPTION_COLUMNS,
                                        QF_OPTION_ROWS_FROM, QF_OPTION_ROWS_TO, QF_OPTION_EPOCH,
                                        QF_OPTION_FORCE,     QF_OPTION_THREADS, QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static void help(void)
{
    printf(
        "usage: qfleet export RESULT [--events FILE.jsonl] [--table NAME FILE.csv]...\n\n"
        "Writes what a result holds for other programs: events as CloudEvents 1.0, one a line,\n"
        "and tables (state, tracks, detections, events, picture, entities, sweep and others) as\n"
        "CSV. A FILE '-' is standard output. The result may be one that is not complete\n"
        "(.partial): then the rows that there are.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf(
        "\nexit codes: 0 exported, 2 bad command line, 3 the result cannot be read, has not what\n"
        "was asked for, or the output cannot be written (there is none then), 75 interrupted\n");
}

static int export(const qf_options *options)
{
    qf_context context = qf_context_default();
    qf_machine machine = {0};
    bool reader_gone = false;
    context.log = qf_print_log;
    qf_status status = qf_run_open_machine(&context, "export", options, &machine);
    if (status == QF_OK) {
        const qf_export_options how = {.wishes = options->exports,
                                       .n_wishes = options->n_exports,
                                       .columns = options->columns,
                                       .from_s = options->from_s,
                                       .to_s = options->to_s,
                                       .epoch = options->epoch,
                                       .force = options->force,
                                       .stop = &qf_stop_requested};
        qf_listen_for_signals();
        status = qf_export(&context, options->operands[0], &how, stderr, &reader_gone);
        if (reader_gone) {
            /* what would have happened, now that nothing is left behind */
            (void)signal(SIGPIPE, SIG_DFL);
            (void)raise(SIGPIPE);
        }
        if (status != QF_OK) {
            fprintf(stderr, "qfleet export: %s\n", context.error);
        }
    }
    qf_machine_close(&machine);
    return qf_status_exit_code(status);
}

int qf_command_export(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("export", accepted, N_ACCEPTED, argc, argv, &options);
    int code = qf_status_exit_code(status);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 1) {
        fprintf(stderr,
                "qfleet export: expected one result, found %zu (see qfleet export --help)\n",
                options.n_operands);
        code = qf_status_exit_code(QF_ERROR_USAGE);
    } else if (status == QF_OK && options.n_exports == 0) {
        fprintf(stderr, "qfleet export: what? --events FILE.jsonl or --table NAME FILE.csv (see "
                        "qfleet export --help)\n");
        code = qf_status_exit_code(QF_ERROR_USAGE);
    } else if (status == QF_OK) {
        code = export(&options);
    }
    qf_options_free(&options);
    return code;
}
