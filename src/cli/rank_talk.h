/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RANK_TALK_H
#define QF_RANK_TALK_H

#include <stdio.h>

#include "context.h"

/* What a job of several ranks says to people, once. */

/*
 * Where a process says what every rank of its job finds out by itself, and would say in the same words: a bad command line, errors
 * in a scenario. Standard error of rank 0 and of who is alone; of others nowhere.
 */
FILE *qf_said_once(void);

/*
 * As qf_ranks_open, and says what is wrong; QF_ERROR_USAGE also where a launcher has started several processes of which MPI
 * knows nothing: each would take itself for all of the job.
 */
qf_status qf_ranks_open_aloud(qf_context *context, const char *command);

/*
 * The exit code of a rank. Launchers end a job as soon as a process of it fails, and rank 0 may not have said why yet: it
 * fails for all.
 */
int qf_rank_exit_code(qf_status status);

/*
 * As qf_ranks_agree, for what each rank has said by qf_said_once already: a failure that only others have had, with which rank it
 * was, is said by rank 0 as a message of `command`.
 */
qf_status qf_ranks_agree_aloud(qf_context *context, const char *command, qf_status status);

/* A log that says which rank it is; `user`: the context. As qf_print_log. */
void qf_print_rank_log(void *user, qf_log_level level, const char *line);

#endif
