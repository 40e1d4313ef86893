/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_SCENE_H
#define BENCH_SCENE_H

#include "fleet.h"
#include "kernels.h"

/*
 * The fleet that the benchmarks run: n stock vehicles of mixed.yaml with
 *   radar on in 1 of 2, transponder on in 1 of 3, docked 1 of 4, NBL payload on in 7 of 8,
 *   thrusters firing at 5 to 25 % in 1 of 16 (BENCH_FIRING) or in none (BENCH_CRUISE).
 * The firing ones are spread evenly, so that no block can take the short way of an idle one.
 */
typedef enum bench_mix { BENCH_FIRING, BENCH_CRUISE, BENCH_DISPERSED, BENCH_MIXES } bench_mix;

/* BENCH_DISPERSED is BENCH_FIRING with one parameter drawn, so that every coefficient is a column. */
extern const char *const bench_mix_names[BENCH_MIXES];

enum {
    BENCH_WINDOW_TICKS = 10, /* between two moments at which somebody looks, as in the demo */
    BENCH_RESTORE_TICKS = 200,
    /* first values settle: computers and dock currents take two seconds */
    BENCH_SETTLE_TICKS = 40,
};

/*
 * A prepared fleet, and its state after BENCH_SETTLE_TICKS. A benchmark returns to that state every
 * BENCH_RESTORE_TICKS: tanks and batteries never get empty, and long runs stay in one regime.
 */
typedef struct bench_scene {
    size_t n;
    int n_threads;
    bench_mix mix;
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    void *saved;
    int64_t saved_tick;
    double saved_clock_s;
    bool ready;
} bench_scene;

/*
 * The scene, restored. The last one is kept, so that repetitions do not build it again; asking for
 * another frees it. NULL on failure, then `*error` says why.
 */
bench_scene *bench_scene_get(size_t n, int n_threads, bench_mix mix, const char **error);

void bench_scene_restore(bench_scene *scene);
bool bench_scene_is_worn(const bench_scene *scene);
void bench_scene_free(void);

/* Column bytes of a vehicle in one tick; see scene.c for what is counted. */
typedef enum bench_kernel {
    BENCH_KINEMATICS,
    BENCH_MCQPU,
    BENCH_PROPULSION_IDLE,
    BENCH_PROPULSION_FIRING,
    BENCH_POWER,
    BENCH_THERMAL,
    BENCH_KERNELS
} bench_kernel;

double bench_kernel_bytes(bench_kernel kernel, bool observed);

/* Mean over a window, of which the last tick is observed. */
double bench_kernel_window_bytes(bench_kernel kernel);
double bench_world_window_bytes(bench_mix mix);

/* What each file registers. */
void bench_world_register(void);
void bench_kernels_register(void);
void bench_record_register(void);
void bench_lanes_register(void);

#endif
