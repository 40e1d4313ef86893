/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TOPOLOGY_H
#define QF_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "context.h"

/*
 * The machine as hwloc sees it, flattened to a table of cores: what shares what is told by equal
 * indices. Cores stand in hwloc's order, so that those that share a cache or a memory are
 * neighbours. Which processors may be used is this thread's affinity mask, which holds what
 * taskset, a cpuset and Slurm's binding left.
 *
 * hwloc reads HWLOC_SYNTHETIC and HWLOC_XMLFILE: then this is not the machine we run on, and every
 * processor of it counts as allowed.
 */
enum { QF_NO_INDEX = -1 };

typedef struct qf_processor {
    unsigned number; /* as the operating system counts */
    bool allowed;
} qf_processor;

typedef struct qf_core {
    int package; /* QF_NO_INDEX: none, as for all indices here */
    int node;    /* index into nodes: its nearest memory */
    int l3;      /* caches of that level, counted over the machine */
    int l2;
    size_t l3_bytes; /* 0: none */
    size_t l2_bytes;
    size_t l1_bytes; /* of data */
    size_t first_processor;
    size_t n_processors;
    bool allowed; /* at least one of its processors is */
} qf_core;

typedef struct qf_memory_node {
    unsigned number;     /* as the operating system counts */
    size_t memory_bytes; /* 0: not known */
} qf_memory_node;

typedef struct qf_topology {
    bool is_this_machine;
    bool
        is_shared; /* others run on the allowed cores, nobody knows where (qf_threads_share_cores) */
    int n_packages;
    qf_core *cores;
    size_t n_cores;
    size_t n_allowed_cores;
    qf_processor *processors; /* by core */
    size_t n_processors;
    size_t n_allowed_processors;
    qf_memory_node *nodes;
    size_t n_nodes;
    struct hwloc_topology *hwloc; /* for binding.c */
    qf_arena arena;
} qf_topology;

/*
 * Asks hwloc. Memory of nodes is the kernel's figure where it gives one, read below `root` (""; a
 * directory for tests). QF_ERROR_INTERNAL when hwloc knows no processor, QF_ERROR_MEMORY; then
 * there is nothing to free.
 */
qf_status qf_topology_create(qf_context *context, const char *root, qf_topology *topology);

void qf_topology_free(qf_topology *topology);

/*
 * The core that thread `thread` of `n_threads` is bound to: evenly over the allowed cores in their
 * order, and so over packages, memories and shared caches; neighbours stay near each other. At
 * most n_allowed_cores threads.
 */
size_t qf_topology_core_of_thread(const qf_topology *topology, size_t n_threads, size_t thread);

/* Forbids all allowed cores but [first, first + n) of them; n > 0. */
void qf_topology_keep(qf_topology *topology, size_t first, size_t n);

/* The first processor of a core that may be used; `core` has one. */
const qf_processor *qf_topology_processor_of(const qf_topology *topology, size_t core);

#endif
