/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <hwloc.h>

const char *const bench_level_names[BENCH_LEVELS] = {"L1", "L2", "L3", "DRAM"};

bool bench_caches_find(bench_caches *caches)
{
    static const hwloc_obj_type_t types[BENCH_DRAM] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE,
                                                       HWLOC_OBJ_L3CACHE};
    *caches = (bench_caches){0};
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0) {
        return false;
    }
    bool found = false;
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
    if (allowed && hwloc_topology_load(topology) == 0 &&
        hwloc_get_cpubind(topology, allowed, HWLOC_CPUBIND_PROCESS) == 0) {
        const hwloc_obj_t first =
            hwloc_get_pu_obj_by_os_index(topology, (unsigned)hwloc_bitmap_first(allowed));
        for (bench_level level = BENCH_L1; first && level < BENCH_DRAM; level++) {
            const hwloc_obj_t cache = hwloc_get_ancestor_obj_by_type(topology, types[level], first);
            if (cache) {
                hwloc_bitmap_t shared = hwloc_bitmap_dup(cache->cpuset);
                if (shared) {
                    hwloc_bitmap_and(shared, shared, allowed);
                    caches->users[level] = hwloc_bitmap_weight(shared);
                    caches->bytes[level] = cache->attr->cache.size;
                    found = true;
                }
                hwloc_bitmap_free(shared);
            }
        }
    }
    hwloc_bitmap_free(allowed);
    hwloc_topology_destroy(topology);
    return found;
}

/* threads that meet in a cache, when they run on neighbouring processors */
static size_t meeting(const bench_caches *caches, bench_level level, int n_threads)
{
    return (size_t)(caches->users[level] < n_threads ? caches->users[level] : n_threads);
}

size_t bench_level_footprint(const bench_caches *caches, bench_level level, int n_threads)
{
    if (level < BENCH_DRAM) {
        const size_t bytes = caches->bytes[level];
        if (bytes == 0) {
            return 0;
        }
        const size_t half = bytes / 2 / meeting(caches, level, n_threads);
        /* neighbours outside this process may use the last cache too */
        return level == BENCH_L3 && half > bytes / 4 ? bytes / 4 : half;
    }
    for (bench_level last = BENCH_DRAM; last-- > BENCH_L1;) {
        if (caches->bytes[last] > 0) {
            return 4 * caches->bytes[last] / meeting(caches, last, n_threads);
        }
    }
    return 0;
}
