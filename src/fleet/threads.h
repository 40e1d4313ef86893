/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_THREADS_H
#define QF_THREADS_H

#include "resource_limits.h"
#include "topology.h"

/* Index of the calling thread in its team; 0 outside of one. */
int qf_thread_index(void);

/* How many threads a run gets that does not ask for a number, and why, for people. */
typedef struct qf_thread_choice {
    int n_threads;
    char why[QF_LIMIT_SOURCE_BYTES + 128];
} qf_thread_choice;

/*
 * One thread for each core that may be used: a second thread on a core shares its arithmetic and
 * its cache. Fewer where the control group's quota (rounded down, at least one), Slurm or
 * OMP_THREAD_LIMIT gives less.
 */
qf_thread_choice qf_threads_choose(const qf_topology *topology, const qf_limits *limits);

/*
 * Leaves to this process the cores that n_threads of it may be bound to. Ranks of one machine that see each other's cores take a
 * share each; where there are too few for that, or where Slurm granted less than the mask allows, so that other jobs may be on the
 * rest, the topology is marked as shared and nobody is bound.
 */
void qf_threads_share_cores(qf_topology *topology, const qf_limits *limits, int n_threads);

/* That number for this machine; where hwloc fails, OpenMP's number of processors. */
int qf_threads_available(void);

/*
 * Whether a team of n_threads can be had, found out by starting as many: OpenMP ends the program
 * where it cannot. QF_ERROR_MEMORY says how many there could be, QF_ERROR_USAGE that OpenMP gives
 * fewer (OMP_THREAD_LIMIT).
 */
qf_status qf_threads_probe(qf_context *context, int n_threads);

#endif
