/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_CUT_H
#define QF_SWEEP_CUT_H

#include "sweep.h"

/* Cases [begin, end) of a cut's list: a batch. */
typedef struct qf_sweep_part {
    size_t begin, end;
    size_t n_before; /* cases in batches before it */
} qf_sweep_part;

/*
 * The cases of a job as batches, in the order in which threads take them. It follows from the job alone, so that ranks
 * which hand each other batches by their number mean the same ones.
 *
 * Threads end together where what comes last is small: cases that are dear, as far as their ticks and vehicles tell, come first,
 * and batches get smaller towards the end, down to where less than full lanes would cost more than waiting does. Cases
 * that cost the same make as many batches of a size as there are threads.
 */
typedef struct qf_sweep_cut {
    uint32_t *cases; /* those of one batch stand together */
    qf_sweep_part *parts;
    size_t n_parts;
    size_t most; /* cases of the largest */
} qf_sweep_cut;

/* For so many threads, of all ranks together, and batches of at most `most` cases. QF_ERROR_MEMORY */
qf_status qf_sweep_cut_make(qf_context *context, const qf_sweep_job *job, size_t n_threads,
                            size_t most, qf_sweep_cut *cut);
void qf_sweep_cut_free(qf_sweep_cut *cut);

/* Ticks times vehicles of a case, as far as its parameters tell; 1 of a function. */
double qf_sweep_case_cost(const qf_sweep_job *job, uint32_t number);

#endif
