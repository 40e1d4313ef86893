/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_CONCLUSION_H
#define QF_SWEEP_CONCLUSION_H

#include "junit.h"
#include "machine.h"
#include "options.h"
#include "sweep_reader.h"
#include "sweep_report.h"

/* A sweep of which every case that counts is done, and what the summary tells of how that came. */
typedef struct qf_sweep_conclusion {
    const qf_sweep *sweep;
    const qf_sweep_table *table; /* the cases of all shards */
    /* writes the answers into the directory */
    qf_status (*write)(void *user, qf_context *context, const qf_sweep_report *report);
    void *user;
    const char *directory;
    const qf_options *options; /* json */
    const qf_machine *machine;
    int threads; /* that ran them, and why so many */
    const char *threads_reason;
    size_t n_counted; /* cases that count: all, or those before an early end */
    size_t n_ran;     /* of them now */
    double wall_s;    /* it took to run these */
    size_t predicted_bytes;
    int ranks; /* 0, 1: one process */
    /* memory that the other ranks have had, all together and the one that had most */
    size_t others_bytes, others_most_bytes;
} qf_sweep_conclusion;

/*
 * What all cases come to: statistics and verdicts go into sweep.h5, checksums.txt is written, the summary is printed on
 * standard error, on standard output where --json asks for it, and into `junit` where that is open. *met: whether every
 * requirement is.
 */
qf_status qf_sweep_conclude(qf_context *context, const qf_sweep_conclusion *conclusion,
                            qf_junit *junit, bool *met);

#endif
