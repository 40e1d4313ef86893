/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_SESSION_H
#define QF_RUN_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "context.h"
#include "machine.h"
#include "options.h"
#include "scenario.h"

/*
 * One scenario from its first tick to its last, with progress, a result file, a summary, and an end
 * in good order when a signal asks for it: what `qfleet run` and `qfleet replay` do.
 */
typedef struct qf_run_session {
    const char *command;       /* which it is, for messages */
    const char *command_line;  /* for the result file */
    const qf_options *options; /* force, no_output, progress, bind; resume, checkpoint_every_s */
    const qf_machine *machine;
    const char *path;            /* of the result file; unused with no_output */
    const qf_scenario *scenario; /* outlives the session */
    bool
        checkpoints; /* that it can go on from: PATH.checkpoint when it is asked to end, or more often; not with no_output */
    bool
        quiet; /* says nothing of its end on standard error: the caller does; progress as the options say */
    uint64_t *world_hashes; /* of each world after the last tick that ran; room for all of them */
} qf_run_session;

/* How many threads may be had is found out, and instruction set and threads are chosen; messages of `command`. */
qf_status qf_run_open_machine(qf_context *context, const char *command, const qf_options *options,
                              qf_machine *machine);

/*
 * Runs it, one after the other if there are several. What fails is said on standard error. Threads are bound for as long
 * as it runs, and signals heard; the caller closes machine and scenario.
 */
qf_status qf_run_session_run(qf_context *context, const qf_run_session *session);

/* `qfleet COMMAND ARGUMENTS` as it was typed, as far as blanks allow; to be freed, NULL without memory. */
char *qf_command_line(const char *command, int argc, char **argv);

/* Where progress is shown, NULL: nowhere. */
FILE *qf_run_progress_stream(const qf_options *options);

/* Prints warnings and errors of the log on standard error. */
qf_log_hook qf_print_log;

#endif
