/* SPDX-License-Identifier: Apache-2.0 */
#include "threads.h"

#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int qf_thread_index(void)
{
    return omp_get_thread_num();
}

qf_thread_choice qf_threads_choose(const qf_topology *topology, const qf_limits *limits)
{
    qf_thread_choice choice = {.n_threads = (int)topology->n_allowed_cores};
    const int most = omp_get_thread_limit();
    if (topology->n_allowed_cores == topology->n_cores) {
        snprintf(choice.why, sizeof choice.why, "one for each core of the machine");
    } else {
        snprintf(choice.why, sizeof choice.why,
                 "one for each core that the affinity mask allows, %zu of %zu",
                 topology->n_allowed_cores, topology->n_cores);
    }
    if (limits->quota_cpus > 0.0 && limits->quota_cpus < choice.n_threads) {
        const double whole = floor(limits->quota_cpus);
        choice.n_threads = whole < 1.0 ? 1 : (int)whole;
        snprintf(choice.why, sizeof choice.why, "a quota of %g CPUs (%s)", limits->quota_cpus,
                 limits->quota_file);
    }
    /* ranks that are not bound see each other's cores */
    const int shared =
        limits->local_ranks > 1 ? (int)topology->n_cores / limits->local_ranks : choice.n_threads;
    if (shared < choice.n_threads) {
        choice.n_threads = shared < 1 ? 1 : shared;
        snprintf(choice.why, sizeof choice.why, "%zu cores for %d ranks of this machine",
                 topology->n_cores, limits->local_ranks);
    }
    if (limits->slurm_cpus > 0 && limits->slurm_cpus < choice.n_threads) {
        choice.n_threads = limits->slurm_cpus;
        snprintf(choice.why, sizeof choice.why, "SLURM_CPUS_PER_TASK is %d", limits->slurm_cpus);
    }
    if (most < choice.n_threads) {
        choice.n_threads = most;
        snprintf(choice.why, sizeof choice.why, "OMP_THREAD_LIMIT is %d", most);
    }
    return choice;
}

void qf_threads_share_cores(qf_topology *topology, const qf_limits *limits, int n_threads)
{
    const size_t n_ranks = limits->local_ranks > 1 ? (size_t)limits->local_ranks : 1;
    const size_t n_cores = topology->n_allowed_cores;
    const size_t granted = n_ranks * (size_t)limits->slurm_cpus;
    const size_t n = (size_t)n_threads;
    if (granted > 0 && n_cores > granted) {
        topology->is_shared = true;
    } else if (n_ranks > 1 && n_cores > n) {
        topology->is_shared = n_cores < n_ranks * n;
        if (!topology->is_shared) {
            const size_t rank = (size_t)limits->local_rank;
            const size_t first = rank * n_cores / n_ranks;
            qf_topology_keep(topology, first, (rank + 1) * n_cores / n_ranks - first);
        }
    }
}

int qf_threads_available(void)
{
    qf_context context = qf_context_default();
    qf_topology topology;
    if (qf_topology_create(&context, "", &topology) != QF_OK) {
        return omp_get_num_procs();
    }
    const qf_limits limits = qf_limits_read(&context, "");
    const int n_threads = qf_threads_choose(&topology, &limits).n_threads;
    qf_topology_free(&topology);
    return n_threads;
}

static void *wait_for_all(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

qf_status qf_threads_probe(qf_context *context, int n_threads)
{
    if (n_threads > omp_get_thread_limit()) {
        return qf_fail(context, QF_ERROR_USAGE, "%d threads: OMP_THREAD_LIMIT is %d", n_threads,
                       omp_get_thread_limit());
    }
    /* the caller is one of the team */
    const size_t n = (size_t)n_threads - 1;
    pthread_t *threads = calloc(n + 1, sizeof *threads);
    if (!threads) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %d threads", n_threads);
    }
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    size_t started = 0;
    int error = 0;
    pthread_mutex_lock(&gate);
    while (started < n && !error) {
        error = pthread_create(&threads[started], NULL, wait_for_all, &gate);
        started += error == 0;
    }
    pthread_mutex_unlock(&gate);
    for (size_t t = 0; t < started; t++) {
        pthread_join(threads[t], NULL);
    }
    pthread_mutex_destroy(&gate);
    free(threads);
    return error ? qf_fail(context, QF_ERROR_MEMORY,
                           "%d threads cannot be had, %zu can: %s (limits on processes, tasks or "
                           "memory)",
                           n_threads, started + 1, strerror(error))
                 : QF_OK;
}
