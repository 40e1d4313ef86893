/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "scenario_reader.h"
#include "simulation.h"

const char *const bench_mix_names[BENCH_MIXES] = {"firing", "cruise", "dispersed"};

static bench_scene kept;

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
        if (mix != BENCH_CRUISE && i % BENCH_FIRING_EVERY == 3) {
            const size_t turn = i / BENCH_FIRING_EVERY;
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

static qf_status read_scenario(bench_scene *scene)
{
    char count[64];
    snprintf(count, sizeof count, "groups[0].count=%zu", scene->n);
    const char *overrides[2] = {count};
    size_t n_overrides = 1;
    if (scene->mix == BENCH_DISPERSED) {
        overrides[n_overrides++] = "groups[0].hardware.hardware_profile.power_plane.bus_v_nominal="
                                   "{uniform: {min: 27, max: 29}}";
    }
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_status status = qf_scenario_read(&scene->context, BENCH_SCENE, overrides, n_overrides,
                                              &diagnostics, &scene->scenario);
    qf_diagnostics_print(&diagnostics, stderr);
    qf_diagnostics_free(&diagnostics);
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
        if (dispersed != (scene->mix == BENCH_DISPERSED)) {
            return qf_fail(&scene->context, QF_ERROR_SCENARIO,
                           "the scene's coefficients are not as dispersed as they should be");
        }
        mix_vehicles(&scene->fleet, scene->mix);
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

bench_scene *bench_scene_get(size_t n, int n_threads, bench_mix mix, const char **error)
{
    if (!kept.ready || kept.n != n || kept.n_threads != n_threads || kept.mix != mix) {
        bench_scene_free();
        kept = (bench_scene){
            .n = n, .n_threads = n_threads, .mix = mix, .context = qf_context_default()};
        kept.context.n_threads = n_threads;
        kept.ready = build(&kept) == QF_OK;
        if (!kept.ready) {
            *error = kept.context.error;
            return NULL;
        }
    }
    bench_scene_restore(&kept);
    return &kept;
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

void bench_scene_free(void)
{
    free(kept.saved);
    qf_fleet_free(&kept.fleet);
    qf_scenario_free(&kept.scenario);
    kept.saved = NULL;
    kept.ready = false;
}

/*
 * Columns of 8 bytes per vehicle that a kernel must read, and those that it must write, each once
 * however often the source names it: what moves between a block's cache and the core. Scratch,
 * coefficients and tables are left out. Stock profile: 6 thermal nodes, 1 word of faults.
 */
static const struct {
    double read, written;                   /* in every tick */
    double observed_read, observed_written; /* more of them in observed ones */
} columns_of[BENCH_KERNELS] = {
    [BENCH_KINEMATICS] = {7, 4, 1, 5},      /* heading, sin, cos, v, x, y, dose; yaw */
    [BENCH_MCQPU] = {6, 2, 0, 0},           /* flags, speed, queues, loads */
    [BENCH_PROPULSION_IDLE] = {2, 0, 0, 6}, /* percent, flags */
    /* who fires: axis, time left, propellant too; percent, time left, propellant, flags written */
    [BENCH_PROPULSION_FIRING] = {2 + 3.0 / BENCH_FIRING_EVERY, 4.0 / BENCH_FIRING_EVERY, 0, 6},
    [BENCH_POWER] = {10, 6, 0, 21}, /* 6 states; speed, cpu, NBL budget, core */
    [BENCH_THERMAL] = {7, 6, 0, 0}, /* nodes, and faults, which are written only where it is hot */
};

double bench_kernel_bytes(bench_kernel kernel, bool observed)
{
    const double n = columns_of[kernel].read + columns_of[kernel].written;
    const double more = columns_of[kernel].observed_read + columns_of[kernel].observed_written;
    return 8.0 * (observed ? n + more : n);
}

double bench_kernel_window_bytes(bench_kernel kernel)
{
    return ((BENCH_WINDOW_TICKS - 1) * bench_kernel_bytes(kernel, false) +
            bench_kernel_bytes(kernel, true)) /
           BENCH_WINDOW_TICKS;
}

double bench_world_window_bytes(bench_mix mix)
{
    double bytes = 0.0;
    for (bench_kernel k = 0; k < BENCH_KERNELS; k++) {
        const bench_kernel unused =
            mix == BENCH_CRUISE ? BENCH_PROPULSION_FIRING : BENCH_PROPULSION_IDLE;
        bytes += k == unused ? 0.0 : bench_kernel_window_bytes(k);
    }
    return bytes;
}
