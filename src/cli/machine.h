/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_H
#define QF_MACHINE_H

#include "kernels.h"
#include "options.h"
#include "resource_limits.h"
#include "threads.h"
#include "topology.h"

/* What a run may use of the machine, what it will use, and for which reasons. */
typedef struct qf_machine {
    qf_topology topology;
    qf_limits limits;
    qf_thread_choice choice; /* where no number is asked for */
    const char *threads_reason;
    const qf_kernels *kernels;
    const char *isa_reason;
} qf_machine;

/*
 * Finds out, and sets context->n_threads as the options want it. More threads than the machine
 * gives are logged. Closed by qf_machine_close; on failure there is nothing to close.
 */
qf_status qf_machine_open(qf_context *context, const qf_options *options, qf_machine *machine);

void qf_machine_close(qf_machine *machine);

#endif
