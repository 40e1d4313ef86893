/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "scenario_reader.h"
#include "simulation.h"

const char *const bench_mix_names[BENCH_MIXES] = {"firing", "cruise", "dispersed"};

enum { MOST_SCENES = 32 };
static bench_scene *kept[MOST_SCENES];
static uint64_t n_uses;
static char last_error[sizeof((qf_context *)NULL)->error];

/* what a scenario gives to a whole group; neighbours differ, so that every select goes both ways */
static void mix_vehicles(qf_fleet *fleet, bench_mix mix)
{
    uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    for (size_t i = 0; i < fleet->n_slots; i++) {
        flags[i] = (i % 2 == 0 ? QF_FLAG_BIT(RADAR_ENABLED) : 0) |
                   (i % 3 == 0 ? QF_FLAG_BIT(TRANSPONDER_ACTIVE) : 0) |
                   (i % 4 == 1 ? QF_FLAG_BIT(DOCK_CONNECTED) : 0) |
                   (i % 8 != 5 ? QF_FLAG_BIT(NBL_ACTIVE) : 0);
        qf_f64(fleet, QF_FIELD_SENSOR_QUEUE, 0)[i] = (double)(i % 25);
        qf_f64(fleet, QF_FIELD_ACTUATOR_QUEUE, 0)[i] = (double)(i % 13);
        if (mix != BENCH_CRUISE && i % 16 == 3) {
            const size_t turn = i / 16;
            qf_i64(fleet, QF_FIELD_RCS_AXIS, 0)[i] = 1 + (int64_t)(turn % QF_RCS_AXES);
            qf_f64(fleet, QF_FIELD_RCS_PCT, 0)[i] = 5.0 + (double)(turn % 21);
            qf_f64(fleet, QF_FIELD_RCS_TIME_LEFT, 0)[i] = 1e6;
        }
    }
}

static qf_status settle(bench_scene *scene)
{
    qf_simulation *simulation;
    const qf_simulation_options options = {0};
    qf_status status = qf_simulation_create(&scene->context, &scene->fleet, &options, &simulation);
    if (status == QF_OK) {
        status = qf_simulation_advance(&scene->context, simulation, BENCH_SETTLE_TICKS, NULL, 0);
    }
    qf_simulation_free(simulation);
    return status;
}

/* one vehicle of each world in a group of its own */
static qf_status split_group(bench_scene *scene)
{
    qf_scenario *scenario = &scene->scenario;
    qf_group_spec *specs = qf_arena_array(&scenario->arena, 2, sizeof *specs);
    if (!specs) {
        return qf_fail(&scene->context, QF_ERROR_MEMORY, "no memory for a second group");
    }
    specs[0] = scenario->groups[0];
    specs[0].count = 1;
    specs[1] = specs[0];
    specs[1].name = "others";
    scenario->groups = specs;
    scenario->n_groups = 2;
    return QF_OK;
}

static qf_status read_scenario(bench_scene *scene)
{
    const size_t n = scene->want.n;
    const bool pairs = scene->want.packing != BENCH_ONE_WORLD;
    char worlds[64];
    char count[64];
    snprintf(worlds, sizeof worlds, "worlds=%zu", pairs ? n / 2 : 1);
    snprintf(count, sizeof count, "groups[0].count=%zu", pairs ? 2 : n);
    const char *overrides[3] = {worlds, count};
    size_t n_overrides = 2;
    if (scene->want.mix == BENCH_DISPERSED) {
        overrides[n_overrides++] = "groups[0].hardware.hardware_profile.power_plane.bus_v_nominal="
                                   "{uniform: {min: 27, max: 29}}";
    }
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_status status = qf_scenario_read(&scene->context, BENCH_SCENE, overrides, n_overrides,
                                        &diagnostics, &scene->scenario);
    qf_diagnostics_print(&diagnostics, stderr);
    qf_diagnostics_free(&diagnostics);
    if (status == QF_OK && scene->want.packing == BENCH_SPLIT_PAIRS) {
        status = split_group(scene);
    }
    return status;
}

static qf_status build(bench_scene *scene)
{
    qf_status status = read_scenario(scene);
    if (status == QF_OK) {
        status = qf_fleet_create(&scene->context, &scene->scenario, &scene->fleet);
    }
    if (status == QF_OK) {
        const bool dispersed = scene->fleet.groups[0].bot.column != NULL;
        if (dispersed != (scene->want.mix == BENCH_DISPERSED)) {
            return qf_fail(&scene->context, QF_ERROR_SCENARIO,
                           "the scene's coefficients are not as dispersed as they should be");
        }
        mix_vehicles(&scene->fleet, scene->want.mix);
        status = settle(scene);
    }
    if (status == QF_OK) {
        scene->saved = malloc(scene->fleet.memory_bytes);
        if (!scene->saved) {
            return qf_fail(&scene->context, QF_ERROR_MEMORY, "no memory to keep the state");
        }
        memcpy(scene->saved, scene->fleet.memory, scene->fleet.memory_bytes);
        scene->saved_tick = scene->fleet.tick;
        scene->saved_clock_s = scene->fleet.clock_s;
    }
    return status;
}

static void free_scene(bench_scene **scene)
{
    if (*scene) {
        free((*scene)->saved);
        qf_fleet_free(&(*scene)->fleet);
        qf_scenario_free(&(*scene)->scenario);
        free(*scene);
        *scene = NULL;
    }
}

void bench_scenes_free(void)
{
    for (size_t k = 0; k < MOST_SCENES; k++) {
        free_scene(&kept[k]);
    }
}

/* bytes that scenes may take: a third of what was free before the first one */
static size_t memory_budget(void)
{
    static size_t budget;
    FILE *file = budget == 0 ? fopen("/proc/meminfo", "r") : NULL;
    char line[128];
    while (file && fgets(line, sizeof line, file)) {
        unsigned long long kib;
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1) {
            budget = (size_t)(kib * 1024 / 3);
        }
    }
    if (file) {
        fclose(file);
    }
    return budget;
}

/* a free place, after freeing old scenes until `bytes` more fit */
static bench_scene **make_room(size_t bytes)
{
    while (true) {
        bench_scene **oldest = NULL;
        bench_scene **empty = NULL;
        size_t used_bytes = 0;
        for (size_t k = 0; k < MOST_SCENES; k++) {
            if (!kept[k]) {
                empty = &kept[k];
                continue;
            }
            used_bytes += 2 * kept[k]->fleet.memory_bytes;
            if (!oldest || kept[k]->last_use < (*oldest)->last_use) {
                oldest = &kept[k];
            }
        }
        if (!oldest || (empty && used_bytes + bytes <= memory_budget())) {
            return empty;
        }
        free_scene(oldest);
    }
}

static bool same(const bench_want *a, const bench_want *b)
{
    return a->n == b->n && a->n_threads == b->n_threads && a->mix == b->mix &&
           a->packing == b->packing;
}

bench_scene *bench_scene_get(bench_want want, const char **error)
{
    bench_scene *scene = NULL;
    for (size_t k = 0; k < MOST_SCENES && !scene; k++) {
        scene = kept[k] && same(&kept[k]->want, &want) ? kept[k] : NULL;
    }
    if (!scene) {
        enum { VEHICLE_BYTES = 1024 }; /* a generous guess; what a scene took is known afterwards */
        bench_scene **place = make_room(2 * VEHICLE_BYTES * want.n);
        *place = calloc(1, sizeof **place);
        if (!*place) {
            *error = "no memory for a scene";
            return NULL;
        }
        **place = (bench_scene){.want = want, .context = qf_context_default()};
        (*place)->context.n_threads = want.n_threads;
        if (build(*place) != QF_OK) {
            memcpy(last_error, (*place)->context.error, sizeof last_error);
            *error = last_error;
            free_scene(place);
            return NULL;
        }
        scene = *place;
    }
    scene->last_use = ++n_uses;
    bench_scene_restore(scene);
    return scene;
}

void bench_scene_restore(bench_scene *scene)
{
    memcpy(scene->fleet.memory, scene->saved, scene->fleet.memory_bytes);
    scene->fleet.tick = scene->saved_tick;
    scene->fleet.clock_s = scene->saved_clock_s;
}

bool bench_scene_is_worn(const bench_scene *scene)
{
    return scene->fleet.tick >= scene->saved_tick + BENCH_RESTORE_TICKS;
}
