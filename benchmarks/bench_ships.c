/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole tick of ships that fly by themselves (ships.yaml): state machine, guidance, allocation, motion in six
 * degrees of freedom, power and heat, by the path that `qfleet run` takes. Nothing is recorded, nobody looks around.
 *
 *   ships/ISA/VEHICLES/threads:N      ns_per_vehicle_tick
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gbench.h"
#include "kernels.h"
#include "scenario_reader.h"
#include "scene.h"
#include "simulation.h"

enum { TICKS = 10, RESTORE_TICKS = 600 };

typedef struct ships_case {
    const qf_kernels *kernels;
    size_t n;
    int n_threads;
} ships_case;

/* a fleet and its first state, to which it returns before tanks are empty */
typedef struct ships_scene {
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    void *saved;
} ships_scene;

static qf_status open_scene(ships_scene *scene, const ships_case *c)
{
    char count[64];
    snprintf(count, sizeof count, "groups[1].count=%zu", c->n);
    const char *overrides[] = {count};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    *scene = (ships_scene){0};
    scene->context = qf_context_default();
    scene->context.n_threads = c->n_threads;
    qf_status status = qf_scenario_read(&scene->context, BENCH_SHIPS, overrides, 1, &diagnostics,
                                        &scene->scenario);
    qf_diagnostics_print(&diagnostics, stderr);
    qf_diagnostics_free(&diagnostics);
    if (status == QF_OK) {
        status = qf_fleet_create(&scene->context, &scene->scenario, &scene->fleet);
    }
    if (status == QF_OK) {
        scene->saved = malloc(scene->fleet.memory_bytes);
        status = scene->saved ? QF_OK
                              : qf_fail(&scene->context, QF_ERROR_MEMORY, "no memory for a copy");
    }
    if (status == QF_OK) {
        memcpy(scene->saved, scene->fleet.memory, scene->fleet.memory_bytes);
    }
    return status;
}

static void close_scene(ships_scene *scene)
{
    free(scene->saved);
    qf_fleet_free(&scene->fleet);
    qf_scenario_free(&scene->scenario);
}

static void restore(ships_scene *scene)
{
    memcpy(scene->fleet.memory, scene->saved, scene->fleet.memory_bytes);
    scene->fleet.tick = 0;
    scene->fleet.clock_s = 0.0;
}

static void run_ships(gbench_state *state, const void *user)
{
    const ships_case *c = user;
    ships_scene scene;
    qf_simulation *simulation = NULL;
    qf_status status = open_scene(&scene, c);
    if (status == QF_OK) {
        const qf_simulation_options options = {.kernels = c->kernels};
        status = qf_simulation_create(&scene.context, &scene.fleet, &options, &simulation);
    }
    double vehicle_ticks = 0.0;
    while (status == QF_OK && gbench_next(state)) {
        if (scene.fleet.tick >= RESTORE_TICKS) {
            gbench_pause(state);
            restore(&scene);
            gbench_resume(state);
        }
        status = qf_simulation_advance(&scene.context, simulation, scene.fleet.tick + TICKS, NULL, 0);
        vehicle_ticks += (double)c->n * TICKS;
    }
    if (status != QF_OK) {
        gbench_fail(state, scene.context.error);
    }
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    gbench_counter_per_second(state, "vehicle_ticks_per_second", vehicle_ticks);
    qf_simulation_free(simulation);
    close_scene(&scene);
}

static void add(const qf_kernels *kernels, size_t n, int n_threads)
{
    enum { MOST_CASES = 32 };
    static ships_case cases[MOST_CASES];
    static size_t n_cases;
    if (n_cases == MOST_CASES) {
        fprintf(stderr, "bench_ships.c: more than %d cases\n", MOST_CASES);
        abort();
    }
    char name[96];
    snprintf(name, sizeof name, "ships/%s/%zu/threads:%d", kernels->isa, n, n_threads);
    cases[n_cases] = (ships_case){kernels, n, n_threads};
    gbench_register(name, run_ships, &cases[n_cases++], GBENCH_MS);
}

void bench_ships_register(int n_threads)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels) {
            add(kernels, 4096, 1);
        }
    }
    if (n_threads > 1) {
        add(qf_kernels_best(), 100000, 2);
    }
}
