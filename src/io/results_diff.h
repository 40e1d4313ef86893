/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_DIFF_H
#define QF_RESULTS_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "context.h"
#include "kernels.h"

/*
 * Compares two result files bit by bit, but for the payload of NaNs, and prints what was found. Memory
 * does not grow with the files. Records, events and hashes are compared where both files have them;
 * what only one has makes the files different.
 */
typedef struct qf_diff_options {
    bool json;                 /* one object instead of text */
    bool recompute;            /* run both scenarios again where the files leave the tick open */
    const qf_kernels *kernels; /* for that; NULL: the best for this processor */
    size_t memory_bytes;       /* that it may take; 0: not known */
} qf_diff_options;

/*
 * QF_OK: equal; QF_DIFFERENT; QF_ERROR_READ: a file cannot be read, or this build does not reproduce
 * it. On failure nothing is printed.
 */
qf_status qf_results_diff(qf_context *context, const char *const paths[2],
                          const qf_diff_options *options, FILE *out);

#endif
