/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESOURCE_LIMITS_H
#define QF_RESOURCE_LIMITS_H

#include <stddef.h>

#include "context.h"

/*
 * What this process may use of the machine besides its affinity mask: the processor time and the
 * memory of its control group and of those above it (versions 1 and 2), and what Slurm granted.
 * Read once, at the start of a run.
 */
enum {
    QF_LIMIT_SOURCE_BYTES = 512,
};

typedef struct qf_limits {
    double quota_cpus;         /* processors' worth of time; 0: no quota */
    size_t memory_total_bytes; /* of the machine; 0: not known */
    size_t memory_free_bytes;  /* of the machine, to be had without swapping; 0: not known */
    size_t group_memory_bytes; /* the control group's limit; 0: none */
    size_t group_free_bytes;   /* what is left of it, memory that can be reclaimed included */
    size_t slurm_memory_bytes; /* what Slurm granted the job on this machine; 0: not known */
    int slurm_cpus;            /* SLURM_CPUS_PER_TASK; 0: not set */
    int local_rank;            /* of this process, among those of this job on this machine */
    int local_ranks;           /* how many these are; 0, 1: it is alone */
    char quota_file[QF_LIMIT_SOURCE_BYTES]; /* where quota_cpus stands */
    char group_file[QF_LIMIT_SOURCE_BYTES]; /* where group_memory_bytes stands */
} qf_limits;

/*
 * Reads /proc, the control groups that it names and the environment. `root` stands before every
 * path: "" for this machine, a directory for tests. Where files are missing there is no limit; a
 * variable of Slurm that is no number is logged and not used. What Slurm granted of memory counts inside
 * of a job (SLURM_JOB_ID), also where no control group enforces it: who takes more takes it from others.
 */
qf_limits qf_limits_read(const qf_context *context, const char *root);

/*
 * Memory that the processes of this job on this machine may still take together: the least of what
 * the machine has free, of what the control group has left and of what Slurm granted; 0 when none is
 * known. `source`, if not NULL, says for people which of them it is; it lives as long as `limits`.
 */
size_t qf_limits_free_bytes(const qf_limits *limits, const char **source);

/*
 * The number after the first `key` in a file of the kernel, in that file's own unit; 0 when it is
 * not there. `root` as above.
 */
size_t qf_read_figure(const char *root, const char *path, const char *key);

#endif
