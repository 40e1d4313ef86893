/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "machine.h"
#include "options.h"
#include "results_diff.h"
#include "run_session.h"
#include "sweep_diff.h"

static const qf_option_id accepted[] = {QF_OPTION_RECOMPUTE, QF_OPTION_JSON, QF_OPTION_THREADS,
                                        QF_OPTION_ISA, QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static void help(void)
{
    printf("usage: qfleet diff A B [options]\n\n"
           "Finds the first difference of two result files, in the order tick, vehicle,\n"
           "column, and counts the values that differ. Bits are compared: -0 differs from\n"
           "+0, and any NaN equals any other. The seed, the scenario, its vehicles, and\n"
           "which ticks and columns were recorded count; when, where and by which version a\n"
           "file was made does not.\n\n"
           "--recompute runs both stored scenarios again with this build, checks either\n"
           "against the hashes in its file, and names the first tick at which anything\n"
           "differs, recorded or not. Of files that are equal it runs nothing.\n\n"
           "Of two sweeps (directories) it names the first case that differs and in what,\n"
           "counts the cases, and runs the first case with another hash again to find tick,\n"
           "vehicle and column. Cases that ran in only one of them are counted (the sweeps\n"
           "are different then), and not compared. --threads and --isa are for what is run\n"
           "again.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 equal, 1 different, 2 bad command line, 3 a file cannot be read,\n"
           "or --recompute does not reproduce it\n");
}

/* a sweep with what is none */
static qf_status refuse_pair(const char *sweep, const char *other)
{
    if (access(other, R_OK) != 0) {
        fprintf(stderr, "qfleet diff: %s: %s\n", other, strerror(errno));
        return QF_ERROR_READ;
    }
    struct stat there;
    const bool is_directory = stat(other, &there) == 0 && S_ISDIR(there.st_mode);
    fprintf(stderr, "qfleet diff: %s is a sweep, and %s is none%s\n", sweep, other,
            is_directory ? ": it has no manifest.json" : "");
    return QF_ERROR_USAGE;
}

static qf_status compare(const qf_options *options)
{
    qf_context context = qf_context_default();
    context.log = qf_print_log;
    const char *const paths[2] = {options->operands[0], options->operands[1]};
    const bool is_sweep[2] = {qf_is_sweep(paths[0]), qf_is_sweep(paths[1])};
    const bool sweeps = is_sweep[0] && is_sweep[1];
    if (is_sweep[0] != is_sweep[1]) {
        return refuse_pair(paths[is_sweep[0] ? 0 : 1], paths[is_sweep[0] ? 1 : 0]);
    }
    qf_diff_options how = {.json = options->json, .recompute = options->recompute};
    qf_machine machine;
    qf_status status = QF_OK;
    if (options->recompute || sweeps) {
        status = qf_machine_open(&context, options, &machine);
    }
    if (status == QF_OK && (options->recompute || sweeps)) {
        how.kernels = machine.kernels;
        how.memory_bytes = qf_limits_free_bytes(&machine.limits, NULL);
        status = qf_threads_probe(&context, context.n_threads);
    }
    if (status == QF_OK && sweeps) {
        const qf_sweep_diff_options of_sweeps = {.kernels = machine.kernels, .json = options->json};
        status = qf_sweep_diff(&context, paths, &of_sweeps, stdout);
    } else if (status == QF_OK) {
        status = qf_results_diff(&context, paths, &how, stdout);
    }
    if (status != QF_OK && status != QF_DIFFERENT) {
        fprintf(stderr, "qfleet diff: %s\n", context.error);
    }
    if (how.kernels) {
        qf_machine_close(&machine);
    }
    return status;
}

int qf_command_diff(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("diff", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 2) {
        fprintf(stderr,
                "qfleet diff: expected two result files, found %zu (or two sweeps: see qfleet diff "
                "--help)\n",
                options.n_operands);
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        status = compare(&options);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
