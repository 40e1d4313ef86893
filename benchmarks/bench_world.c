/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole world step, by the path that `qfleet run` takes: windows of BENCH_WINDOW_TICKS ticks,
 * block by block, the last of them observed; nothing is recorded.
 *
 *   world/MIX/ISA/VEHICLES/threads:N
 *
 * The sizes are powers of two and their neighbours: time per vehicle must not depend on which.
 */
#include <stdio.h>

#include "gbench.h"
#include "scene.h"
#include "simulation.h"

typedef struct world_case {
    bench_mix mix;
    const qf_kernels *kernels;
    size_t n;
    int n_threads;
} world_case;

static qf_status advance(bench_scene *scene, qf_simulation *simulation)
{
    return qf_simulation_advance(&scene->context, simulation,
                                 scene->fleet.tick + BENCH_WINDOW_TICKS, NULL, 0);
}

static void run_world(gbench_state *state, const void *user)
{
    const world_case *c = user;
    const char *error = NULL;
    bench_scene *scene = bench_scene_get(c->n, c->n_threads, c->mix, &error);
    if (!scene) {
        gbench_fail(state, error);
        return;
    }
    const qf_simulation_options options = {.kernels = c->kernels};
    qf_simulation *simulation;
    qf_status status = qf_simulation_create(&scene->context, &scene->fleet, &options, &simulation);
    if (status == QF_OK) {
        status = advance(scene, simulation); /* warm up */
    }
    double vehicle_ticks = 0.0;
    while (status == QF_OK && gbench_next(state)) {
        if (bench_scene_is_worn(scene)) {
            gbench_pause(state);
            bench_scene_restore(scene);
            gbench_resume(state);
        }
        status = advance(scene, simulation);
        vehicle_ticks += (double)c->n * BENCH_WINDOW_TICKS;
    }
    if (status != QF_OK) {
        gbench_fail(state, scene->context.error);
    }
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    gbench_counter_per_second(state, "vehicle_ticks_per_second", vehicle_ticks);
    gbench_counter(state, "bytes_per_vehicle_tick", bench_world_window_bytes(c->mix));
    qf_simulation_free(simulation);
}

static void add(bench_mix mix, const qf_kernels *kernels, size_t n, int n_threads)
{
    enum { MOST_CASES = 64 };
    static world_case cases[MOST_CASES];
    static size_t n_cases;
    if (n_cases == MOST_CASES) {
        return;
    }
    world_case *c = &cases[n_cases++];
    *c = (world_case){mix, kernels, n, n_threads};
    char name[96];
    snprintf(name, sizeof name, "world/%s/%s/%zu/threads:%d", bench_mix_names[mix], kernels->isa, n,
             n_threads);
    gbench_register(name, run_world, c, GBENCH_MS);
}

void bench_world_register(void)
{
    static const size_t sizes[] = {1000, 1024, 16384, 16400, 100000, 1000000};
    enum { N_SIZES = sizeof sizes / sizeof *sizes, USUAL = 16384 };
    /* by size first, so that the prepared fleet serves every instruction set */
    for (size_t s = 0; s < N_SIZES; s++) {
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            if (kernels) {
                add(BENCH_FIRING, kernels, sizes[s], 1);
            }
        }
    }
    for (bench_mix mix = BENCH_CRUISE; mix < BENCH_MIXES; mix++) {
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            if (kernels) {
                add(mix, kernels, USUAL, 1);
            }
        }
    }
    add(BENCH_FIRING, qf_kernels_best(), USUAL, 2);
    add(BENCH_FIRING, qf_kernels_best(), 1000000, 2);
}
