/* SPDX-License-Identifier: Apache-2.0 */
#include "binding.h"

#include <errno.h>
#include <hwloc.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "threads.h"

struct qf_binding {
    hwloc_topology_t hwloc;
    hwloc_bitmap_t allowed; /* every processor that the process may use */
    int n_threads;
    hwloc_bitmap_t *before; /* each thread's mask; NULL: no thread is bound by us */
    const char *name;
};

/* the variable by which the user told OpenMP where threads run, NULL: none */
static const char *openmp_variable(void)
{
    static const char *const names[] = {"OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY",
                                        "KMP_AFFINITY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            return names[i];
        }
    }
    return NULL;
}

static void free_masks(qf_binding *binding)
{
    for (int t = 0; binding->before && t < binding->n_threads; t++) {
        hwloc_bitmap_free(binding->before[t]);
    }
    free(binding->before);
    binding->before = NULL;
}

static bool allocate_masks(qf_binding *binding)
{
    binding->before = calloc((size_t)binding->n_threads, sizeof *binding->before);
    bool good = binding->before != NULL;
    for (int t = 0; good && t < binding->n_threads; t++) {
        binding->before[t] = hwloc_bitmap_alloc();
        good = binding->before[t] != NULL;
    }
    if (!good) {
        free_masks(binding);
    }
    return good;
}

/* hands every thread of the team its old mask */
static void restore(const qf_context *context, qf_binding *binding)
{
    int error = 0;
#pragma omp parallel num_threads(binding->n_threads)
    {
        hwloc_const_bitmap_t mask = binding->before[qf_thread_index()];
        if (!hwloc_bitmap_iszero(mask) &&
            hwloc_set_cpubind(binding->hwloc, mask, HWLOC_CPUBIND_THREAD) != 0) {
#pragma omp atomic write
            error = errno;
        }
    }
    if (error) {
        qf_log(context, QF_LOG_WARNING, "threads stay bound: error='%s'", strerror(error));
    }
}

/* pins thread t to its processor; an errno, 0 when every thread of the team is where it belongs */
static int pin(qf_binding *binding, const qf_topology *topology)
{
    int error = 0;
#pragma omp parallel num_threads(binding->n_threads)
    {
        const int thread = qf_thread_index();
        hwloc_bitmap_t before = binding->before[thread];
        hwloc_bitmap_t own = hwloc_bitmap_alloc();
        const size_t core =
            qf_topology_core_of_thread(topology, (size_t)binding->n_threads, (size_t)thread);
        if (hwloc_get_cpubind(binding->hwloc, before, HWLOC_CPUBIND_THREAD) != 0) {
            hwloc_bitmap_zero(before);
        }
        if (own) {
            hwloc_bitmap_only(own, qf_topology_processor_of(topology, core)->number);
        }
        if (!own || hwloc_bitmap_iszero(before) ||
            hwloc_set_cpubind(binding->hwloc, own, HWLOC_CPUBIND_THREAD) != 0) {
#pragma omp atomic write
            error = own ? errno : ENOMEM;
        }
        hwloc_bitmap_free(own);
    }
    return error;
}

const char *qf_binding_obstacle(const qf_topology *topology, int n_threads)
{
    const char *variable = openmp_variable();
    if (variable) {
        return variable;
    }
    if (topology->is_shared) {
        return "others may be on the same cores";
    }
    return (size_t)n_threads > topology->n_allowed_cores ? "fewer cores than threads" : NULL;
}

static void bind_to_cores(qf_context *context, const qf_topology *topology, qf_binding *binding)
{
    const char *obstacle = qf_binding_obstacle(topology, context->n_threads);
    if (!obstacle && !topology->is_this_machine) {
        obstacle = "hwloc was told of another machine";
    }
    if (obstacle) {
        /* a variable is the user's own wish, and how processes share a machine is known to who starts them */
        const bool known = openmp_variable() || topology->is_shared;
        const qf_log_level level = known ? QF_LOG_INFO : QF_LOG_WARNING;
        qf_log(context, level, "threads are not bound: why='%s' threads=%d cores=%zu", obstacle,
               context->n_threads, topology->n_allowed_cores);
        return;
    }
    if (!allocate_masks(binding)) {
        qf_log(context, QF_LOG_WARNING, "threads are not bound: why='no memory'");
        return;
    }
    const int error = pin(binding, topology);
    if (error) {
        qf_log(context, QF_LOG_WARNING, "threads are not bound: why='%s'", strerror(error));
        restore(context, binding);
        free_masks(binding);
        return;
    }
    binding->name = "core";
}

void qf_binding_start(qf_context *context, const qf_topology *topology, qf_bind_mode mode)
{
    qf_binding *binding = calloc(1, sizeof *binding);
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
    if (!binding || !allowed) {
        qf_log(context, QF_LOG_WARNING, "threads are not bound: why='no memory'");
        hwloc_bitmap_free(allowed);
        free(binding);
        return;
    }
    for (size_t p = 0; p < topology->n_processors; p++) {
        if (topology->processors[p].allowed) {
            hwloc_bitmap_set(allowed, topology->processors[p].number);
        }
    }
    *binding = (qf_binding){.hwloc = topology->hwloc,
                            .allowed = allowed,
                            .n_threads = context->n_threads,
                            .name = omp_get_proc_bind() == omp_proc_bind_false ? "none" : "openmp"};
    if (mode == QF_BIND_CORE) {
        bind_to_cores(context, topology, binding);
    }
    context->binding = binding;
}

void qf_binding_end(qf_context *context)
{
    qf_binding *binding = context->binding;
    if (!binding) {
        return;
    }
    if (binding->before) {
        restore(context, binding);
    }
    free_masks(binding);
    hwloc_bitmap_free(binding->allowed);
    free(binding);
    context->binding = NULL;
}

void qf_binding_release_thread(const qf_context *context)
{
    const qf_binding *binding = context->binding;
    if (binding && hwloc_set_cpubind(binding->hwloc, binding->allowed, HWLOC_CPUBIND_THREAD) != 0) {
        qf_log(context, QF_LOG_WARNING, "a thread stays bound: error='%s'", strerror(errno));
    }
}

const char *qf_binding_name(const qf_context *context)
{
    return context->binding ? context->binding->name : "none";
}
