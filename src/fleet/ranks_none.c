/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks of a program that was built without MPI: there is only one. */
#include "ranks_internal.h"

const char *qf_ranks_library(void)
{
    return NULL;
}

qf_status qf_ranks_start(qf_context *context, qf_ranks *ranks)
{
    return qf_fail(context, QF_ERROR_USAGE,
                   "a launcher has started %d processes, and this qfleet was built without MPI: "
                   "start it alone, or build it where MPI is",
                   ranks->n);
}
