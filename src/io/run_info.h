/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_INFO_H
#define QF_RUN_INFO_H

#include <stdbool.h>
#include <stdio.h>

#include "context.h"

/* Whether it is a directory of files of a run's ranks. */
bool qf_is_run_parts(const char *path);

/*
 * Tells people what is in such a directory, and which rank's file is missing, unfinished or of another run.
 * QF_DIFFERENT: not all is there. QF_ERROR_READ: it cannot be told.
 */
qf_status qf_run_parts_info(qf_context *context, const char *directory, FILE *out);

#endif
