/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

/* Where data can be, nearest first. */
typedef enum bench_level { BENCH_L1, BENCH_L2, BENCH_L3, BENCH_DRAM, BENCH_LEVELS } bench_level;

extern const char *const bench_level_names[BENCH_LEVELS];

/* The data caches that the first processor of this process has, as hwloc reports them. */
typedef struct bench_caches {
    size_t bytes[BENCH_DRAM]; /* 0: no such cache, or not reported */
    int users[BENCH_DRAM];    /* processors allowed to this process that share it */
} bench_caches;

/* False when hwloc cannot tell anything. */
bool bench_caches_find(bench_caches *caches);

/*
 * Bytes that each of `n_threads` threads walks through so that its data stay in `level`: half of a
 * cache of its own, a quarter of a shared one (less when more threads share it), for DRAM four times
 * the last cache, as far as that is each thread's share. 0 when there is no such level.
 */
size_t bench_level_footprint(const bench_caches *caches, bench_level level, int n_threads);

#endif
