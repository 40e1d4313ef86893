/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLAN_JOB_H
#define QF_PLAN_JOB_H

#include "plan_advice.h"

/*
 * What a plan asks of Slurm. A sweep becomes an array of tasks, a shard each: as few as get done within the time limit, so that
 * each of them is busy for a good part of it. Where that is more than an array may have, tasks take several starts each:
 * they are warned before the limit, save, and go back into the queue. A run becomes one job with a rank on each node.
 */
enum {
    QF_JOB_MOST_TASKS = 1000,  /* Slurm's default MaxArraySize is 1001, and there is no task 0 */
    QF_JOB_LEAST_LIMIT_S = 300 /* less is used up by starting, saving and Slurm's own pace */
};

typedef struct qf_job_fit {
    size_t n_tasks; /* of the array; ranks of a run */
    size_t n_starts;
    int cpus; /* of a task */
    size_t memory_mib, merge_memory_mib;
    int64_t limit_s;
    int64_t warning_s; /* before the limit */
    double
        task_s; /* what a task is expected to take, over all its starts; with the margin: at most */
    double margin; /* as a factor of it */
} qf_job_fit;

/* Of a plan that was measured; limit_s is at least QF_JOB_LEAST_LIMIT_S, and what is asked for at most. */
void qf_plan_fit(const qf_plan *plan, int64_t limit_s, qf_job_fit *fit);

/* Slurm's M, M:S, H:M:S, D-H, D-H:M and D-H:M:S in seconds; false: it is none of them, or not above 0. */
bool qf_slurm_time_parse(const char *text, int64_t *seconds);

/* As D-HH:MM:SS. Returns `text`. */
enum { QF_SLURM_TIME_BYTES = 64 };
const char *qf_slurm_time_text(int64_t seconds, char text[QF_SLURM_TIME_BYTES]);

#endif
