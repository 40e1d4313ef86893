/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_SCENE_H
#define BENCH_SCENE_H

#include "fleet.h"
#include "kernels.h"

/*
 * The fleet that the benchmarks run: n stock vehicles of mixed.yaml with
 *   radar on in 1 of 2, transponder on in 1 of 3, docked 1 of 4, NBL payload on in 7 of 8,
 *   thrusters firing at 5 to 25 % in 1 of BENCH_FIRING_EVERY (BENCH_FIRING) or none (BENCH_CRUISE).
 * The firing ones are spread evenly, so that no block can take the short way of an idle one.
 */
typedef enum bench_mix { BENCH_FIRING, BENCH_CRUISE, BENCH_DISPERSED, BENCH_MIXES } bench_mix;

/* BENCH_DISPERSED is BENCH_FIRING with one parameter drawn, so that every coefficient is a column. */
extern const char *const bench_mix_names[BENCH_MIXES];

enum {
    BENCH_FIRING_EVERY = 16,
    BENCH_WINDOW_TICKS = 10, /* between two moments at which somebody looks, as in the demo */
    BENCH_RESTORE_TICKS = 200,
    /* first values settle: computers and dock currents take two seconds */
    BENCH_SETTLE_TICKS = 40,
};

/* How the vehicles are spread over worlds and groups; the physics is the same. */
typedef enum bench_packing {
    BENCH_ONE_WORLD,
    BENCH_PAIRS,       /* worlds of two vehicles */
    BENCH_SPLIT_PAIRS, /* worlds of two groups of one vehicle */
} bench_packing;

typedef struct bench_want {
    size_t n; /* vehicles in all; even for pairs */
    int n_threads;
    bench_mix mix;
    bench_packing packing;
} bench_want;

/*
 * A prepared fleet, and its state after BENCH_SETTLE_TICKS. A benchmark returns to that state every
 * BENCH_RESTORE_TICKS: tanks and batteries never get empty, and long runs stay in one regime.
 */
typedef struct bench_scene {
    bench_want want;
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    void *saved;
    int64_t saved_tick;
    double saved_clock_s;
    uint64_t last_use;
} bench_scene;

/*
 * The scene, restored, and touched first by as many threads as are wanted. Repetitions come in random
 * order, so scenes are kept for the next one as far as a third of the free memory goes; the one not
 * used for longest is freed first. Valid until the next call. NULL on failure, then `*error` says why.
 */
bench_scene *bench_scene_get(bench_want want, const char **error);

void bench_scene_restore(bench_scene *scene);
bool bench_scene_is_worn(const bench_scene *scene);
void bench_scenes_free(void);

/* What each file registers; `n_threads` are the most to be used. */
void bench_allocate_register(void);
void bench_roofline_register(int n_threads);
void bench_world_register(int n_threads);
void bench_worlds_register(void);
void bench_kernels_register(void);
void bench_ships_register(int n_threads);
void bench_radar_register(void);
void bench_track_register(void);
void bench_radar_frame_register(int n_threads);
void bench_quality_register(void);
void bench_record_register(void);
void bench_guard_register(void);
void bench_bodies_register(void);
void bench_guidance_register(void);
void bench_lanes_register(void);
void bench_neighbours_register(int n_threads);
void bench_machine_register(int n_threads);

#endif
