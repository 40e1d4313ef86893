/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each kernel alone, on one thread: windows of BENCH_WINDOW_TICKS ticks block by block, as in the
 * world step, so that the columns come from the caches that they come from there. The sizes reach
 * from one block to more than the last cache holds.
 *
 *   kernel/KERNEL/ISA/VEHICLES
 *
 * Scratch holds the values of one block throughout; the selects on it still go both ways.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bot_tick.h"
#include "gbench.h"
#include "group.h"
#include "kernel_work.h"
#include "quarantine.h"
#include "scene.h"

/* vehicle-ticks that an iteration has at least, so that the clock's own time is nothing */
enum { ITERATION_VEHICLES = 4096 };

typedef struct kernel_case {
    bench_kernel kernel;
    const qf_kernels *kernels;
    size_t n;
} kernel_case;

typedef struct bench_run {
    bench_scene *scene;
    const qf_kernels *kernels;
    const qf_bot_group *group;
    qf_bot_columns columns;
    qf_bot_scratch *scratch;
    qf_bot_tick constants[BENCH_WINDOW_TICKS];
    qf_arena arena;
    qf_health health;
    bool healthy; /* so that nobody can leave the look out */
} bench_run;

static void step(bench_run *r, bench_kernel kernel, const qf_bot_tick *tick, size_t begin,
                 size_t end)
{
    const qf_kernels *k = r->kernels;
    switch (kernel) {
    case BENCH_KINEMATICS:
        k->kinematics(&r->columns, r->group, tick, r->scratch, begin, end);
        break;
    case BENCH_MCQPU:
        k->mcqpu(&r->columns, r->group, tick, r->scratch, begin, end);
        break;
    case BENCH_PROPULSION_IDLE:
    case BENCH_PROPULSION_FIRING:
        k->propulsion(&r->columns, r->group, tick, r->scratch, begin, end);
        break;
    case BENCH_POWER:
        k->power(&r->columns, r->group, tick, r->scratch, begin, end);
        break;
    case BENCH_THERMAL:
        k->thermal(&r->columns, r->group, tick, r->scratch, begin, end);
        break;
    case BENCH_HEALTH:
        r->healthy &= k->health(r->health.ranges, r->health.first[1], begin, end);
        break;
    case BENCH_KERNELS:
        break;
    }
}

static void window(bench_run *r, bench_kernel kernel)
{
    qf_fleet *fleet = &r->scene->fleet;
    for (size_t begin = 0; begin < fleet->n_slots; begin += QF_BLOCK_VEHICLES) {
        const size_t left = fleet->n_slots - begin;
        const size_t end = begin + (left < QF_BLOCK_VEHICLES ? left : QF_BLOCK_VEHICLES);
        for (size_t t = 0; t < BENCH_WINDOW_TICKS; t++) {
            step(r, kernel, &r->constants[t], begin, end);
        }
    }
    fleet->tick += BENCH_WINDOW_TICKS;
}

/* constants of the scene's next ticks, and in scratch what the first block hands on */
static bool prepare(bench_run *r, const qf_kernels *kernels, bench_scene *scene)
{
    const qf_fleet *fleet = &scene->fleet;
    *r = (bench_run){.scene = scene,
                     .kernels = kernels,
                     .group = &fleet->groups[0].bot,
                     .columns = qf_tick_columns(fleet)};
    if (qf_health_create(&scene->context, &r->arena, fleet, &r->health) != QF_OK) {
        return false;
    }
    double clock_s = fleet->clock_s;
    for (int64_t t = 0; t < BENCH_WINDOW_TICKS; t++) {
        const double before_s = clock_s;
        clock_s += scene->scenario.dt_s;
        r->constants[t] = qf_tick_constants(fleet, fleet->tick + t, before_s, clock_s,
                                            t == BENCH_WINDOW_TICKS - 1);
        qf_tick_set_valves(&r->constants[t], &fleet->groups[0], clock_s);
    }
    r->scratch = aligned_alloc(64, (sizeof *r->scratch + 63) / 64 * 64);
    if (!r->scratch) {
        return false;
    }
    r->scratch->net_w = aligned_alloc(64, r->group->n_nodes * sizeof *r->scratch->net_w);
    if (!r->scratch->net_w) {
        return false;
    }
    static const bench_kernel whole_tick[] = {BENCH_KINEMATICS, BENCH_MCQPU,
                                              BENCH_PROPULSION_FIRING, BENCH_POWER, BENCH_THERMAL};
    for (size_t k = 0; k < sizeof whole_tick / sizeof *whole_tick; k++) {
        step(r, whole_tick[k], &r->constants[0], 0, QF_BLOCK_VEHICLES);
    }
    return true;
}

static void loop(gbench_state *state, const kernel_case *c, bench_run *r)
{
    bench_scene *scene = r->scene;
    const size_t windows = c->n < ITERATION_VEHICLES ? ITERATION_VEHICLES / c->n : 1;
    window(r, c->kernel); /* warm up */
    double vehicle_ticks = 0.0;
    while (gbench_next(state)) {
        if (bench_scene_is_worn(scene)) {
            gbench_pause(state);
            bench_scene_restore(scene);
            window(r, c->kernel);
            gbench_resume(state);
        }
        for (size_t w = 0; w < windows; w++) {
            window(r, c->kernel);
        }
        vehicle_ticks += (double)(c->n * windows * BENCH_WINDOW_TICKS);
    }
    const bench_work work = bench_kernel_work(c->kernel);
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    gbench_counter_per_second(state, "vehicle_ticks_per_second", vehicle_ticks);
    bench_report_work(state, &work, c->n, 1);
}

static void run_kernel(gbench_state *state, const void *user)
{
    const kernel_case *c = user;
    const bench_want want = {
        .n = c->n,
        .n_threads = 1,
        .mix = c->kernel == BENCH_PROPULSION_IDLE ? BENCH_CRUISE : BENCH_FIRING,
    };
    const char *error = "out of memory";
    bench_scene *scene = bench_scene_get(want, &error);
    bench_run r = {0};
    if (!scene || !prepare(&r, c->kernels, scene)) {
        gbench_fail(state, error);
    } else {
        loop(state, c, &r);
    }
    if (r.scratch) {
        free(r.scratch->net_w);
    }
    free(r.scratch);
    qf_arena_free(&r.arena);
}

void bench_kernels_register(void)
{
    static const size_t sizes[] = {256, 1024, 16384, 131072, 1048576};
    enum { N_SIZES = sizeof sizes / sizeof *sizes, MOST_SETS = 8 };
    static kernel_case cases[BENCH_KERNELS * MOST_SETS * N_SIZES];
    size_t n_cases = 0;
    for (bench_kernel k = 0; k < BENCH_KERNELS; k++) {
        for (size_t i = 0; i < MOST_SETS && qf_isa_names[i]; i++) {
            const qf_kernels *kernels = qf_kernels_for(qf_isa_names[i]);
            for (size_t s = 0; kernels && s < N_SIZES; s++) {
                kernel_case *c = &cases[n_cases++];
                *c = (kernel_case){k, kernels, sizes[s]};
                char name[64];
                snprintf(name, sizeof name, "kernel/%s/%s/%zu", bench_kernel_names[k], kernels->isa,
                         c->n);
                gbench_register(name, run_kernel, c, GBENCH_MS);
            }
        }
    }
}
