/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_INFO_H
#define QF_RESULTS_INFO_H

#include <stdio.h>

#include "context.h"

/*
 * Tells people what is in a result file, whole or partial, also while it is being written.
 * QF_ERROR_READ: missing, unreadable, cut short, not HDF5, or not a result of this program.
 */
qf_status qf_results_info(qf_context *context, const char *path, FILE *out);

#endif
