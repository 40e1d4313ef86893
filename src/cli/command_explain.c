/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "commands.h"
#include "explain.h"
#include "options.h"

static const qf_option_id accepted[] = {QF_OPTION_ENTITY, QF_OPTION_AT, QF_OPTION_MACHINE,
                                        QF_OPTION_JSON, QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static void help(void)
{
    printf(
        "usage: qfleet explain RESULT --entity N|NAME [--at SECONDS] [--machine NAME] "
        "[--json]\n\n"
        "Takes the last transition of each of the vehicle's state machines up to that time, or its "
        "last\n"
        "event where there is none, and shows what led to it, the first cause first, and what\n"
        "followed from it up to then. The result may be one that is not complete (.partial).\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 explained, 2 bad command line, no such vehicle, machine or time, 3 the "
           "file "
           "cannot be\nread or has no events\n");
}

static qf_status explain(const qf_options *options)
{
    qf_context context = qf_context_default();
    const qf_explain_options how = {.entity = options->entity,
                                    .has_time = options->has_at,
                                    .time_s = options->at_s,
                                    .machine = options->machine,
                                    .json = options->json};
    const qf_status status = qf_explain(&context, options->operands[0], &how, stdout);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet explain: %s\n", context.error);
    }
    return status;
}

int qf_command_explain(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("explain", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 1) {
        fprintf(stderr,
                "qfleet explain: expected one result file, found %zu (see qfleet explain --help)\n",
                options.n_operands);
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK && !options.entity) {
        fprintf(stderr, "qfleet explain: which vehicle? --entity N or --entity NAME (see qfleet "
                        "explain --help)\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        status = explain(&options);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
