/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "commands.h"
#include "options.h"
#include "radar_summary.h"
#include "scenario_reader.h"
#include "tracker_summary.h"

static const qf_option_id accepted[] = {QF_OPTION_EFFECTIVE, QF_OPTION_SET, QF_OPTION_SEED,
                                        QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

static qf_status validate(const char *path, bool first, const qf_options *options)
{
    qf_context context = qf_context_default();
    qf_diagnostics diagnostics;
    qf_scenario scenario;
    qf_diagnostics_init(&diagnostics);
    const qf_status status = qf_scenario_read(&context, path, options->overrides,
                                              options->n_overrides, &diagnostics, &scenario);
    qf_diagnostics_print(&diagnostics, stderr);
    qf_diagnostics_free(&diagnostics);
    if (status == QF_OK) {
        if (options->effective) {
            fputs(first ? "" : "---\n", stdout);
            qf_scenario_write(&scenario, stdout);
        }
        fprintf(stderr,
                "%s: valid: %zu vehicles in %zu groups and %zu worlds, %lld ticks of %g s\n", path,
                qf_scenario_n_vehicles(&scenario), scenario.n_groups, scenario.n_worlds,
                (long long)scenario.n_ticks, scenario.dt_s);
        qf_print_radars(path, &scenario, stderr);
        qf_print_trackers(path, &scenario, stderr);
        qf_scenario_free(&scenario);
    }
    return status;
}

int qf_command_validate(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("validate", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        printf(
            "usage: qfleet validate SCENARIO... [options]\n\n"
            "Checks scenarios: every error with its place, and what is accepted but unused.\n\n");
        qf_options_help(accepted, N_ACCEPTED);
    } else if (status == QF_OK && options.n_operands == 0) {
        fprintf(stderr, "qfleet validate: which scenario? (see qfleet validate --help)\n");
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
