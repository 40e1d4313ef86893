/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <string.h>

static void choose_threads(qf_context *context, const qf_options *options, qf_machine *machine)
{
    const qf_thread_choice *choice = &machine->choice;
    context->n_threads = options->threads ? options->threads : choice->n_threads;
    machine->threads_reason = options->threads ? "--threads" : choice->why;
    if (context->n_threads > choice->n_threads) {
        qf_log(context, QF_LOG_WARNING, "more threads than allowed: threads=%d allowed=%d why='%s'",
               context->n_threads, choice->n_threads, choice->why);
    }
}

qf_status qf_machine_open(qf_context *context, const qf_options *options, qf_machine *machine)
{
    *machine = (qf_machine){.limits = qf_limits_read(context, "")};
    const qf_status status = qf_topology_create(context, "", &machine->topology);
    if (status != QF_OK) {
        return status;
    }
    machine->choice = qf_threads_choose(&machine->topology, &machine->limits);
    choose_threads(context, options, machine);
    if (options->bind == QF_BIND_CORE) {
        qf_threads_share_cores(&machine->topology, &machine->limits, context->n_threads);
    }
    const bool best = strcmp(options->isa, "auto") == 0;
    machine->kernels = best ? qf_kernels_best() : qf_kernels_for(options->isa);
    machine->isa_reason = best ? "the best of this processor" : options->isa_source;
    return QF_OK;
}

void qf_machine_close(qf_machine *machine)
{
    qf_topology_free(&machine->topology);
}
