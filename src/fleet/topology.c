/* SPDX-License-Identifier: Apache-2.0 */
#include "topology.h"

#include <hwloc.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "resource_limits.h"

/*
 * The processors that this process may use. Where OpenMP binds its threads by the user's wish it
 * has bound the calling one already, and what it may use is the union of its places.
 */
static void find_allowed(hwloc_topology_t hwloc, hwloc_bitmap_t allowed)
{
    if (hwloc_get_cpubind(hwloc, allowed, HWLOC_CPUBIND_THREAD) != 0) {
        hwloc_bitmap_copy(allowed, hwloc_topology_get_allowed_cpuset(hwloc));
    }
    if (!hwloc_topology_is_thissystem(hwloc) || omp_get_proc_bind() == omp_proc_bind_false) {
        return;
    }
    for (int place = 0; place < omp_get_num_places(); place++) {
        const int n = omp_get_place_num_procs(place);
        int *numbers = calloc((size_t)n + 1, sizeof *numbers);
        if (numbers) {
            omp_get_place_proc_ids(place, numbers);
        }
        for (int i = 0; numbers && i < n; i++) {
            hwloc_bitmap_set(allowed, (unsigned)numbers[i]);
        }
        free(numbers);
    }
}

static size_t cache_bytes(hwloc_obj_t cache)
{
    return cache ? (size_t)cache->attr->cache.size : 0;
}

static int index_of(hwloc_obj_t object)
{
    return object ? (int)object->logical_index : QF_NO_INDEX;
}

/* the cache of that type above a core; some machines have it inside, above each processor */
static hwloc_obj_t cache_of(hwloc_topology_t hwloc, hwloc_obj_t core, hwloc_obj_type_t type)
{
    hwloc_obj_t cache = hwloc_get_ancestor_obj_by_type(hwloc, type, core);
    return cache ? cache : hwloc_get_obj_inside_cpuset_by_type(hwloc, core->cpuset, type, 0);
}

static int node_of(hwloc_topology_t hwloc, hwloc_obj_t core)
{
    const int first = hwloc_bitmap_first(core->nodeset);
    hwloc_obj_t node =
        first < 0 ? NULL : hwloc_get_numanode_obj_by_os_index(hwloc, (unsigned)first);
    return index_of(node);
}

/* `core` may be a bare processor where hwloc knows of no cores */
static void add_core(qf_topology *topology, hwloc_obj_t core, hwloc_const_bitmap_t allowed)
{
    hwloc_topology_t hwloc = topology->hwloc;
    hwloc_obj_t l3 = cache_of(hwloc, core, HWLOC_OBJ_L3CACHE);
    hwloc_obj_t l2 = cache_of(hwloc, core, HWLOC_OBJ_L2CACHE);
    qf_core made = {.package =
                        index_of(hwloc_get_ancestor_obj_by_type(hwloc, HWLOC_OBJ_PACKAGE, core)),
                    .node = node_of(hwloc, core),
                    .l3 = index_of(l3),
                    .l2 = index_of(l2),
                    .l3_bytes = cache_bytes(l3),
                    .l2_bytes = cache_bytes(l2),
                    .l1_bytes = cache_bytes(cache_of(hwloc, core, HWLOC_OBJ_L1CACHE)),
                    .first_processor = topology->n_processors};
    int number;
    hwloc_bitmap_foreach_begin(number, core->cpuset)
    {
        const bool may = hwloc_bitmap_isset(allowed, (unsigned)number);
        topology->processors[topology->n_processors++] = (qf_processor){(unsigned)number, may};
        topology->n_allowed_processors += may;
        made.n_processors++;
        made.allowed = made.allowed || may;
    }
    hwloc_bitmap_foreach_end();
    topology->n_allowed_cores += made.allowed;
    topology->cores[topology->n_cores++] = made;
}

/* the kernel's figure first: hwloc's own has been seen to be a third of it */
static void add_node(qf_topology *topology, const char *root, hwloc_obj_t node)
{
    size_t bytes = 0;
    if (topology->is_this_machine) {
        char path[96];
        snprintf(path, sizeof path, "/sys/devices/system/node/node%u/meminfo", node->os_index);
        bytes = qf_read_figure(root, path, "MemTotal:") * 1024;
    }
    if (bytes == 0) {
        bytes = (size_t)node->attr->numanode.local_memory;
    }
    topology->nodes[topology->n_nodes++] = (qf_memory_node){node->os_index, bytes};
}

static bool fill(qf_topology *topology, const char *root, hwloc_const_bitmap_t allowed)
{
    hwloc_topology_t hwloc = topology->hwloc;
    hwloc_obj_type_t type = HWLOC_OBJ_CORE;
    if (hwloc_get_nbobjs_by_type(hwloc, type) <= 0) {
        type = HWLOC_OBJ_PU;
    }
    const int n_cores = hwloc_get_nbobjs_by_type(hwloc, type);
    const int n_processors = hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_PU);
    const int n_nodes = hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_NUMANODE);
    if (n_cores <= 0 || n_processors <= 0) {
        return false;
    }
    qf_arena *arena = &topology->arena;
    topology->cores = qf_arena_array(arena, (size_t)n_cores, sizeof *topology->cores);
    topology->processors =
        qf_arena_array(arena, (size_t)n_processors, sizeof *topology->processors);
    topology->nodes =
        qf_arena_array(arena, n_nodes > 0 ? (size_t)n_nodes : 1, sizeof *topology->nodes);
    if (!topology->cores || !topology->processors || !topology->nodes) {
        return false;
    }
    topology->is_this_machine = hwloc_topology_is_thissystem(hwloc);
    const int n_packages = hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_PACKAGE);
    topology->n_packages = n_packages > 0 ? n_packages : 0;
    for (int c = 0; c < n_cores; c++) {
        add_core(topology, hwloc_get_obj_by_type(hwloc, type, (unsigned)c), allowed);
    }
    for (int n = 0; n < n_nodes; n++) {
        add_node(topology, root, hwloc_get_obj_by_type(hwloc, HWLOC_OBJ_NUMANODE, (unsigned)n));
    }
    return true;
}

qf_status qf_topology_create(qf_context *context, const char *root, qf_topology *topology)
{
    *topology = (qf_topology){0};
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
    if (!allowed || hwloc_topology_init(&topology->hwloc) != 0) {
        hwloc_bitmap_free(allowed);
        topology->hwloc = NULL;
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the machine's topology");
    }
    bool good = hwloc_topology_load(topology->hwloc) == 0;
    if (good) {
        find_allowed(topology->hwloc, allowed);
        good = fill(topology, root, allowed);
    }
    hwloc_bitmap_free(allowed);
    if (!good || topology->n_allowed_cores == 0) {
        qf_topology_free(topology);
        return qf_fail(context, QF_ERROR_INTERNAL, "hwloc finds no processor that may be used");
    }
    return QF_OK;
}

void qf_topology_free(qf_topology *topology)
{
    if (topology->hwloc) {
        hwloc_topology_destroy(topology->hwloc);
    }
    qf_arena_free(&topology->arena);
    *topology = (qf_topology){0};
}

size_t qf_topology_core_of_thread(const qf_topology *topology, size_t n_threads, size_t thread)
{
    size_t left = thread * topology->n_allowed_cores / n_threads; /* allowed cores before it */
    size_t core = 0;
    while (!topology->cores[core].allowed || left > 0) {
        left -= topology->cores[core].allowed;
        core++;
    }
    return core;
}

void qf_topology_keep(qf_topology *topology, size_t first, size_t n)
{
    size_t before = 0; /* allowed cores */
    topology->n_allowed_cores = topology->n_allowed_processors = 0;
    for (size_t c = 0; c < topology->n_cores; c++) {
        qf_core *core = &topology->cores[c];
        const bool kept = core->allowed && before >= first && before < first + n;
        before += core->allowed;
        core->allowed = kept;
        topology->n_allowed_cores += kept;
        for (size_t p = 0; p < core->n_processors; p++) {
            qf_processor *processor = &topology->processors[core->first_processor + p];
            processor->allowed = processor->allowed && kept;
            topology->n_allowed_processors += processor->allowed;
        }
    }
}

const qf_processor *qf_topology_processor_of(const qf_topology *topology, size_t core)
{
    const qf_processor *processor = &topology->processors[topology->cores[core].first_processor];
    while (!processor->allowed) {
        processor++;
    }
    return processor;
}
