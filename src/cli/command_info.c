/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "commands.h"
#include "options.h"
#include "results_info.h"
#include "run_info.h"
#include "sweep_store.h"

static const qf_option_id accepted[] = {QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

int qf_command_info(int argc, char **argv)
{
    qf_options options;
    qf_context context = qf_context_default();
    qf_status status = qf_options_parse("info", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        printf("usage: qfleet info RESULT...\n\nSays what is in result files, and in directories "
               "of sweeps, whose checksums it\nchecks, and of files of a run's ranks.\n\n");
        qf_options_help(accepted, N_ACCEPTED);
        printf("\nexit codes: 0 all can be read, 1 something of a sweep or of a run over ranks is\n"
               "damaged or missing,\n"
               "2 bad command line, 3 a file cannot be read\n");
    } else if (status == QF_OK && options.n_operands == 0) {
        fprintf(stderr, "qfleet info: which result file? (see qfleet info --help)\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        for (size_t i = 0; i < options.n_operands; i++) {
            const char *path = options.operands[i];
            const qf_status one = qf_is_sweep(path) ? qf_sweep_info(&context, path, stdout)
                                  : qf_is_run_parts(path)
                                      ? qf_run_parts_info(&context, path, stdout)
                                      : qf_results_info(&context, path, stdout);
            if (one != QF_OK) {
                fprintf(stderr, "qfleet info: %s\n", context.error);
                /* what cannot be read at all is worse than what is damaged */
                status = one == QF_DIFFERENT && status != QF_OK ? status : one;
            }
        }
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
