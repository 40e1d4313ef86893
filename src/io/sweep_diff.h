/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_DIFF_H
#define QF_SWEEP_DIFF_H

#include <stdio.h>

#include "context.h"
#include "kernels.h"
#include "sweep_store.h"

/*
 * Compares two sweeps case by case, bit by bit: parameters, outcome, metrics of the same name, hash. Prints what
 * differs, and of the first case whose hashes differ the tick, vehicle and column, found by running both again.
 */
typedef struct qf_sweep_diff_options {
    const qf_kernels *kernels; /* NULL: the best for this processor */
    bool json;                 /* one object instead of text */
} qf_sweep_diff_options;

/* QF_OK: equal; QF_DIFFERENT; QF_ERROR_READ: one of them cannot be read. */
qf_status qf_sweep_diff(qf_context *context, const char *const paths[2],
                        const qf_sweep_diff_options *options, FILE *out);

#endif
