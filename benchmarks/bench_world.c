/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole world step, by the path that `qfleet run` takes: windows of BENCH_WINDOW_TICKS ticks,
 * block by block, the last of them observed; nothing is recorded.
 *
 *   world/MIX/ISA/VEHICLES/threads:N
 *   worlds/1x40000, worlds/20000x2, worlds/20000x(1+1)
 *
 * The second kind are the same vehicles in one world, in worlds of two, and in worlds of two groups
 * of one: how they are packed must not matter.
 * Sizes reach from one block to more than the last cache holds; among them are powers of two and
 * their neighbours: time per vehicle must not depend on which.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gbench.h"
#include "kernel_work.h"
#include "scene.h"
#include "simulation.h"

typedef struct world_case {
    bench_want want;
    const qf_kernels *kernels;
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
    bench_scene *scene = bench_scene_get(c->want, &error);
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
        vehicle_ticks += (double)c->want.n * BENCH_WINDOW_TICKS;
    }
    if (status != QF_OK) {
        gbench_fail(state, scene->context.error);
    }
    const bench_work work = bench_world_work(c->want.mix);
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    gbench_counter_per_second(state, "vehicle_ticks_per_second", vehicle_ticks);
    bench_report_work(state, &work, c->want.n, c->want.n_threads);
    qf_simulation_free(simulation);
}

static void add(const char *name, bench_want want, const qf_kernels *kernels)
{
    enum { MOST_CASES = 256 };
    static world_case cases[MOST_CASES];
    static size_t n_cases;
    if (n_cases == MOST_CASES) {
        fprintf(stderr, "bench_world.c: more than %d cases\n", MOST_CASES);
        abort();
    }
    cases[n_cases] = (world_case){want, kernels};
    gbench_register(name, run_world, &cases[n_cases++], GBENCH_MS);
}

static void add_world(bench_mix mix, const qf_kernels *kernels, size_t n, int n_threads)
{
    char name[96];
    snprintf(name, sizeof name, "world/%s/%s/%zu/threads:%d", bench_mix_names[mix], kernels->isa, n,
             n_threads);
    add(name, (bench_want){.n = n, .n_threads = n_threads, .mix = mix}, kernels);
}

/* every count up to eight, then powers of two, then all */
static int next_team(int n_threads, int most)
{
    const int next = n_threads < 8 ? n_threads + 1 : 2 * n_threads;
    return n_threads < most && next > most ? most : next;
}

void bench_world_register(int n_threads)
{
    static const size_t sizes[] = {256, 1000, 1024, 16384, 16400, 131072, 1048576};
    static const size_t team_sizes[] = {16384, 1048576};
    enum { USUAL = 16384 };
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t s = 0; kernels && s < sizeof sizes / sizeof *sizes; s++) {
            add_world(BENCH_FIRING, kernels, sizes[s], 1);
        }
        for (bench_mix mix = BENCH_CRUISE; kernels && mix < BENCH_MIXES; mix++) {
            add_world(mix, kernels, USUAL, 1);
        }
    }
    for (size_t s = 0; s < sizeof team_sizes / sizeof *team_sizes; s++) {
        for (int team = 2; team <= n_threads; team = next_team(team, n_threads)) {
            add_world(BENCH_FIRING, qf_kernels_best(), team_sizes[s], team);
        }
    }
}

/* one thread, best instruction set */
void bench_worlds_register(void)
{
    enum { VEHICLES = 40000 };
    static const struct {
        const char *name;
        bench_packing packing;
    } rows[] = {{"worlds/1x40000", BENCH_ONE_WORLD},
                {"worlds/20000x2", BENCH_PAIRS},
                {"worlds/20000x(1+1)", BENCH_SPLIT_PAIRS}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        add(rows[r].name, (bench_want){.n = VEHICLES, .n_threads = 1, .packing = rows[r].packing},
            qf_kernels_best());
    }
}
