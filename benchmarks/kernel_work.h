/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_KERNEL_WORK_H
#define BENCH_KERNEL_WORK_H

#include "gbench.h"
#include "scene.h"

typedef enum bench_kernel {
    BENCH_KINEMATICS,
    BENCH_MCQPU,
    BENCH_PROPULSION_IDLE,
    BENCH_PROPULSION_FIRING,
    BENCH_POWER,
    BENCH_THERMAL,
    BENCH_HEALTH,
    BENCH_KERNELS
} bench_kernel;

extern const char *const bench_kernel_names[BENCH_KERNELS];

/*
 * What a kernel, or all of a tick, must do for one vehicle in one tick whatever its loops look like:
 * the mean over a window of BENCH_WINDOW_TICKS, of which the last is observed. kernel_work.c says
 * what is counted.
 */
typedef struct bench_work {
    double bytes;           /* of columns, between core and the cache that a block stays in */
    double streamed_bytes;  /* between that cache and where the fleet stays: once in a window */
    double footprint_bytes; /* of a vehicle's columns, each once */
    double operations;
    double divisions;
} bench_work;

bench_work bench_kernel_work(bench_kernel kernel);
bench_work bench_world_work(bench_mix mix);

/* As counters of the benchmark, with what else report.py needs to find the limit that applies. */
void bench_report_work(gbench_state *state, const bench_work *work, size_t n_vehicles,
                       int n_threads);

#endif
