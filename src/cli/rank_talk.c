/* SPDX-License-Identifier: Apache-2.0 */
#include "rank_talk.h"

#include "ranks.h"

FILE *qf_said_once(void)
{
    static FILE *nowhere;
    if (qf_ranks_launched().rank == 0) {
        return stderr;
    }
    if (!nowhere) {
        nowhere = fopen("/dev/null", "we");
    }
    return nowhere ? nowhere : stderr;
}

qf_status qf_ranks_open_aloud(qf_context *context, const char *command)
{
    const int n_launched = qf_ranks_launched().n_ranks;
    qf_status status = qf_ranks_open(context);
    if (status == QF_OK && !context->ranks && n_launched > 1) {
        status = qf_fail(context, QF_ERROR_USAGE,
                         "a launcher has started %d processes, of which MPI knows nothing: start "
                         "them by the mpirun, or the srun --mpi, of this MPI (%s)",
                         n_launched, qf_ranks_library());
    }
    if (status != QF_OK) {
        fprintf(qf_said_once(), "qfleet %s: %s\n", command, context->error);
    }
    return status;
}

int qf_rank_exit_code(qf_status status)
{
    return qf_ranks_launched().rank == 0 ? qf_status_exit_code(status) : 0;
}

qf_status qf_ranks_agree_aloud(qf_context *context, const char *command, qf_status status)
{
    const qf_status agreed = qf_ranks_agree(context, status);
    if (agreed != QF_OK && status == QF_OK && qf_rank(context) == 0) {
        fprintf(stderr, "qfleet %s: %s\n", command, context->error);
    }
    return agreed;
}

void qf_print_rank_log(void *user, qf_log_level level, const char *line)
{
    if (level >= QF_LOG_WARNING) {
        fprintf(stderr, "qfleet: rank %d: %s\n", qf_rank(user), line);
    }
}
