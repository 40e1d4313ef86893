/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What recording costs, up to a frame in memory; writing files is not part of it.
 *
 *   record/PLAN         copying one frame of 16,384 vehicles
 *   world_record/PLAN   the world step as in bench_world.c, a frame at the end of each window
 *
 * PLAN is `demo`, the eight quantities of configs/patrol.yaml, or `all`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gbench.h"
#include "record.h"
#include "scene.h"
#include "simulation.h"

enum { N_VEHICLES = 16384 };

typedef struct record_case {
    const char *name;
    bool all;
    bool with_ticks;
} record_case;

typedef struct recording {
    qf_record_plan plan;
    qf_frame frame;
    double bytes_per_vehicle; /* of the rows; the columns are read besides */
} recording;

static void free_rows(recording *r)
{
    for (size_t q = 0; r->frame.row && q < r->plan.n_quantities; q++) {
        free(r->frame.row[q]);
    }
    free(r->frame.row);
}

static qf_status prepare(bench_scene *scene, bool all, recording *r)
{
    scene->scenario.record.all = all;
    qf_status status = qf_record_plan_create(&scene->context, &scene->fleet, &r->plan);
    if (status != QF_OK) {
        return status;
    }
    r->frame.row = calloc(r->plan.n_quantities, sizeof *r->frame.row);
    for (size_t q = 0; r->frame.row && q < r->plan.n_quantities; q++) {
        const size_t bytes = qf_type_bytes(r->plan.quantities[q]->type);
        r->frame.row[q] = malloc(bytes * N_VEHICLES);
        if (!r->frame.row[q]) {
            return qf_fail(&scene->context, QF_ERROR_MEMORY, "no memory for a frame");
        }
        memset(r->frame.row[q], 0, bytes * N_VEHICLES);
        r->bytes_per_vehicle += (double)bytes;
    }
    return r->frame.row ? QF_OK
                        : qf_fail(&scene->context, QF_ERROR_MEMORY, "no memory for a frame");
}

static void loop_frames(gbench_state *state, bench_scene *scene, const recording *r)
{
    double vehicles = 0.0;
    while (gbench_next(state)) {
        for (size_t b = 0; b < scene->fleet.n_blocks; b++) {
            qf_record_block(&scene->fleet, &r->plan, b, &r->frame);
        }
        vehicles += N_VEHICLES;
    }
    gbench_counter_ns_per(state, "ns_per_vehicle_frame", vehicles);
    gbench_counter(state, "bytes_per_vehicle_frame", r->bytes_per_vehicle);
    gbench_counter_per_second(state, "bytes_per_second", vehicles * r->bytes_per_vehicle);
}

static void loop_windows(gbench_state *state, bench_scene *scene, const recording *r)
{
    const qf_simulation_options options = {.plan = &r->plan};
    qf_simulation *simulation;
    qf_status status = qf_simulation_create(&scene->context, &scene->fleet, &options, &simulation);
    double vehicle_ticks = 0.0;
    while (status == QF_OK && gbench_next(state)) {
        if (bench_scene_is_worn(scene)) {
            gbench_pause(state);
            bench_scene_restore(scene);
            gbench_resume(state);
        }
        const int64_t until_tick = scene->fleet.tick + BENCH_WINDOW_TICKS;
        const qf_frame frame = {.tick = until_tick, .row = r->frame.row};
        status = qf_simulation_advance(&scene->context, simulation, until_tick, &frame, 1);
        vehicle_ticks += (double)N_VEHICLES * BENCH_WINDOW_TICKS;
    }
    if (status != QF_OK) {
        gbench_fail(state, scene->context.error);
    }
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    gbench_counter_per_second(state, "vehicle_ticks_per_second", vehicle_ticks);
    qf_simulation_free(simulation);
}

static void run_record(gbench_state *state, const void *user)
{
    const record_case *c = user;
    const char *error = NULL;
    bench_scene *scene = bench_scene_get((bench_want){.n = N_VEHICLES, .n_threads = 1}, &error);
    if (!scene) {
        gbench_fail(state, error);
        return;
    }
    recording r = {0};
    if (prepare(scene, c->all, &r) != QF_OK) {
        gbench_fail(state, scene->context.error);
    } else if (c->with_ticks) {
        loop_windows(state, scene, &r);
    } else {
        loop_frames(state, scene, &r);
    }
    free_rows(&r);
}

void bench_record_register(void)
{
    static const record_case cases[] = {{"record/demo", false, false},
                                        {"record/all", true, false},
                                        {"world_record/demo", false, true},
                                        {"world_record/all", true, true}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        gbench_register(cases[c].name, run_record, &cases[c], GBENCH_MS);
    }
}
