/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "diagnostics.h"
#include "qf_version.h"
#include "ranks.h"
#include "status.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
    bool over_ranks; /* else only rank 0 of a job does it */
} commands[] = {
    {"run", qf_command_run, "run a scenario", true},
    {"sweep", qf_command_sweep, "run a scenario's sweep: many cases, and what they answer", true},
    {"merge", qf_command_merge, "make one sweep of shards that were computed apart", false},
    {"plan", qf_command_plan, "measure a moment, and say what a scenario would take", false},
    {"validate", qf_command_validate, "check scenarios and run nothing", false},
    {"info", qf_command_info, "say what is in a result file", false},
    {"topo", qf_command_topo, "show cores, caches and the instruction set in use", false},
    {"diff", qf_command_diff, "find the first difference of two result files", false},
    {"explain", qf_command_explain, "say what led to a vehicle's state", false},
    {"replay", qf_command_replay, "run one case of a sweep or run again, with everything recorded",
     false},
    {"verify", qf_command_verify, "run a part of a result again and compare bits", false},
    {"compare", qf_command_compare, "say what changed from one sweep to another, case by case",
     false},
    {"report", qf_command_report, "make a page of a result, for people", false},
    {"export", qf_command_export, "write events and tables of a result for other programs", false},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void help(void)
{
    printf("qfleet %s: batch and fleet simulator of the QIKI digital twin\n\n"
           "usage: qfleet COMMAND [ARGUMENTS]    (qfleet COMMAND --help tells more)\n\n",
           QF_VERSION);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    }
    printf(
        "\n  --version  show the version and stop\n  --help     show this and stop\n\n"
        "exit codes: 0 done, 1 compared things differ or a requirement is not met, 2 bad command\n"
        "line or scenario (nothing written), 3 failed while running, 75 interrupted\n");
}

static int unknown(const char *name)
{
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i].name;
    }
    const char *nearest = qf_nearest_name(name, names, N_COMMANDS);
    fprintf(stderr, "qfleet: unknown command '%s'%s%s%s (see qfleet --help)\n", name,
            nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return qf_status_exit_code(QF_ERROR_USAGE);
}

/* what was printed may have gone nowhere: a full disk behind a pipe or redirection */
static int close_output(int code)
{
    if (fflush(stdout) != 0 && code == 0) {
        perror("qfleet: standard output");
        return qf_status_exit_code(QF_ERROR_WRITE);
    }
    return code;
}

/* of several processes of a job: whether this one has something to do */
static bool takes_part(const char *name)
{
    bool over_ranks = false;
    for (size_t i = 0; name && i < N_COMMANDS; i++) {
        over_ranks = over_ranks || (strcmp(name, commands[i].name) == 0 && commands[i].over_ranks);
    }
    return over_ranks || qf_ranks_launched().rank == 0;
}

int main(int argc, char **argv)
{
    if (!takes_part(argc > 1 ? argv[1] : NULL)) {
        return 0;
    }
    if (argc < 2) {
        fprintf(stderr, "usage: qfleet COMMAND [ARGUMENTS] (see qfleet --help)\n");
        return qf_status_exit_code(QF_ERROR_USAGE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help();
        return close_output(0);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("qfleet %s (%s)%s%s\n", QF_VERSION, QF_GIT_COMMIT, qf_ranks_library() ? ", " : "",
               qf_ranks_library() ? qf_ranks_library() : "");
        return close_output(0);
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return close_output(commands[i].run(argc - 2, argv + 2));
        }
    }
    return unknown(argv[1]);
}
