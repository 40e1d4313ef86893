/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "binding.h"
#include "commands.h"
#include "memory_forecast.h"
#include "qf_version.h"
#include "run_session.h"
#include "run_stitch.h"
#include "sweep_conclusion.h"
#include "sweep_forecast.h"
#include "sweep_merge.h"
#include "sweep_session.h"

static const qf_option_id accepted[] = {QF_OPTION_MERGED, QF_OPTION_FORCE,   QF_OPTION_JUNIT,
                                        QF_OPTION_JSON,   QF_OPTION_THREADS, QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static void help(void)
{
    printf("usage: qfleet merge DIR [options]\n"
           "       qfleet merge SOURCE... -o DIR [options]\n"
           "       qfleet merge RUN.h5.ranks -o RUN.h5 [--force]\n"
           "\n"
           "Concludes a sweep whose shards were computed apart (qfleet sweep --shard):\n"
           "checks every case of every shard, computes statistics and verdicts, writes\n"
           "sweep.h5 and checksums.txt, and ends as qfleet sweep does. Sources are\n"
           "directories of the same sweep that were filled in several places, or files of\n"
           "shards; what DIR lacks is taken over from them, as hard links where the file\n"
           "system can, else as copies. A merge of what is merged already does no harm.\n"
           "Where a shard is missing, unfinished, damaged, of another sweep, or in two\n"
           "places with different bytes, all of that is named and nothing is written.\n"
           "The files of a run's ranks become one result, as at the end of the run.\n"
           "\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 every requirement is met, 1 one is not met or undecided, 2 bad\n"
           "command line or DIR holds something else, 3 shards are missing or wrong, or a\n"
           "file cannot be read or written\n");
}

static qf_status check(const qf_options *options)
{
    if (options->n_operands == 0) {
        fprintf(stderr, "qfleet merge: expected a sweep's directory, or sources and -o (see qfleet "
                        "merge --help)\n");
        return QF_ERROR_USAGE;
    }
    if (options->n_operands > 1 && !options->output) {
        fprintf(stderr, "qfleet merge: %zu sources need -o, which says where the sweep goes\n",
                options->n_operands);
        return QF_ERROR_USAGE;
    }
    return QF_OK;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '/') {
        length--;
    }
    const size_t n = strlen(ending);
    return length > n && strncmp(text + length - n, ending, n) == 0;
}

static qf_status merge_run(qf_context *context, const qf_options *options)
{
    if (options->n_operands != 1 || !options->output) {
        fprintf(stderr, "qfleet merge: of a run's ranks expected RUN.h5.ranks and -o RUN.h5\n");
        return QF_ERROR_USAGE;
    }
    const qf_status status =
        qf_run_stitch(context, options->operands[0], options->output, options->force, NULL);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet merge: %s\n", context->error);
    } else {
        fprintf(stderr, "  result         %s\n", options->output);
    }
    return status;
}

static qf_status write_answers(void *user, qf_context *context, const qf_sweep_report *report)
{
    return qf_sweep_merge_finish(context, user, report);
}

/* what was done before the answers */
static void say_taken(const qf_merged_sweep *merged)
{
    if (merged->n_linked + merged->n_copied > 0) {
        fprintf(stderr, "taken over: %zu of %zu shards, %zu as hard links and %zu as copies\n",
                merged->n_linked + merged->n_copied, merged->n_shards, merged->n_linked,
                merged->n_copied);
    }
    if (merged->n_same > 0) {
        fprintf(stderr, "%zu shard%s twice there, with the same bytes\n", merged->n_same,
                merged->n_same == 1 ? " was" : "s were");
    }
}

static qf_status conclude(qf_context *context, const qf_options *options, const qf_machine *machine,
                          const char *directory, qf_merged_sweep *merged, qf_junit *junit,
                          bool *met)
{
    const qf_sweep_job job = qf_sweep_session_job(merged->sweep, options, machine);
    qf_sweep_forecast forecast;
    qf_status status = qf_sweep_forecast_make(context, &job, merged->n_shards, &forecast);
    if (status == QF_OK) {
        status = qf_memory_fits(context, &machine->limits, "the sweep", forecast.total_bytes);
    }
    const qf_sweep_conclusion conclusion = {.sweep = merged->sweep,
                                            .table = &merged->table,
                                            .write = write_answers,
                                            .user = merged,
                                            .directory = directory,
                                            .options = options,
                                            .machine = machine,
                                            .threads = context->n_threads,
                                            .threads_reason = machine->threads_reason,
                                            .n_counted = merged->n_counted,
                                            .predicted_bytes = forecast.total_bytes};
    return status == QF_OK ? qf_sweep_conclude(context, &conclusion, junit, met) : status;
}

static qf_status merge_sweep(qf_context *context, const qf_options *options,
                             const qf_machine *machine, bool *met)
{
    const bool here = options->output == NULL;
    const qf_merge_options merge = {.path = here ? options->operands[0] : options->output,
                                    .sources = here ? NULL : options->operands,
                                    .n_sources = here ? 0 : options->n_operands,
                                    .force = options->force,
                                    .version = QF_VERSION,
                                    .git_commit = QF_GIT_COMMIT};
    qf_junit junit = {0};
    qf_merged_sweep merged = {0};
    qf_status status = QF_OK;
    if (options->junit) {
        status = qf_junit_open(context, options->junit, &junit);
    }
    if (status == QF_OK) {
        status = qf_sweep_merge_open(context, &merge, stderr, &merged);
    }
    if (status == QF_OK) {
        say_taken(&merged);
        status = conclude(context, options, machine, merge.path, &merged, &junit, met);
    }
    if (status != QF_OK) {
        fprintf(stderr, "qfleet merge: %s\n", context->error);
    }
    qf_junit_discard(&junit);
    qf_sweep_merge_close(&merged);
    return status;
}

static qf_status merge(qf_context *context, const qf_options *options, const qf_machine *machine,
                       bool *met)
{
    if (ends_with(options->operands[0], ".ranks")) {
        return merge_run(context, options);
    }
    return merge_sweep(context, options, machine, met);
}

int qf_command_merge(int argc, char **argv)
{
    qf_options options;
    bool met = true;
    qf_status status = qf_options_parse("merge", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && (status = check(&options)) == QF_OK) {
        qf_context context = qf_context_default();
        qf_machine machine = {0};
        context.log = qf_print_log;
        status = qf_run_open_machine(&context, "merge", &options, &machine);
        if (status == QF_OK) {
            status = merge(&context, &options, &machine, &met);
        }
        qf_machine_close(&machine);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status == QF_OK && !met ? QF_DIFFERENT : status);
}
