/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole radar frame, by the path that `qfleet run` takes: sorting into cells, neighbours, echoes, false
 * alarms, resolving, errors, columns. Everybody looks and is looked at, 16 neighbours in range on average
 * (fewer at the faces of the cube), two thirds of the pairs detected; nothing is recorded.
 *
 *   radar_frame/ISA/VEHICLES/threads:N
 *   radar_rank/ISA/VEHICLES/looking:K    only K of them look: what a rank of many does for all vehicles, before it
 *                                        looks with its own
 *
 * Vehicles are as dense whatever their number, so that the time per vehicle shows how the cost grows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gbench.h"
#include "radar_stage.h"
#include "scene.h"

enum { NEAR = 16, MOST_CASES = 32 };
#define RANGE_M 1000.0

typedef struct frame_case {
    const qf_kernels *kernels;
    size_t n;
    int n_threads;
    bool one_block; /* looks, as if all others were of other ranks */
} frame_case;

static qf_radar_spec fleet_radar(void)
{
    qf_radar_spec spec = qf_radar_spec_default();
    spec.value[QF_RADAR_POWER] = 1000.0;
    spec.value[QF_RADAR_GAIN] = 30.0;
    spec.value[QF_RADAR_FREQUENCY] = 9.4e9;
    spec.value[QF_RADAR_BANDWIDTH] = 1e6;
    spec.value[QF_RADAR_NOISE_FIGURE] = 5.0;
    spec.value[QF_RADAR_LOSS] = 4.0;
    spec.value[QF_RADAR_BEAM_AZIMUTH] = 2.0;
    spec.value[QF_RADAR_BEAM_ELEVATION] = 2.0;
    spec.value[QF_RADAR_PERIOD] = 1.0;
    spec.value[QF_RADAR_DWELL] = 0.01;
    spec.value[QF_RADAR_RANGE_MAX] = RANGE_M;
    return spec;
}

/* as dense as NEAR in a sphere of the range */
static qf_group_spec swarm(const qf_radar_spec *spec, size_t n)
{
    const double edge_m = RANGE_M * cbrt((double)n * 4.0 / 3.0 * 3.14159265358979 / NEAR);
    const qf_number anywhere = {.kind = QF_NUMBER_UNIFORM, .a = 0.0, .b = edge_m};
    qf_group_spec group = {.name = "swarm",
                           .iff = QF_IFF_UNKNOWN,
                           .count = n,
                           .hardware = qf_hardware_default(),
                           .rcs_dbsm = qf_constant(-31.0),
                           .swerling = 1,
                           .radar = spec,
                           .radar_period_ticks = 1};
    for (int axis = 0; axis < 3; axis++) {
        group.initial[QF_INITIAL_X + axis] = anywhere;
    }
    group.initial[QF_INITIAL_HEADING] = (qf_number){.kind = QF_NUMBER_UNIFORM, .b = 360.0};
    group.initial[QF_INITIAL_SPEED] = qf_constant(1.0);
    return group;
}

static qf_status loop(gbench_state *state, const frame_case *c, qf_context *context,
                      const qf_fleet *fleet, void *stage)
{
    static const int64_t every_tick = 1;
    qf_sightings sightings = {0};
    qf_meeting meeting = {.fleet = fleet,
                          .kernels = c->kernels,
                          .period_ticks = &every_tick,
                          .sightings = &sightings,
                          .user = stage};
    qf_status status = qf_radar_meet(context, &meeting); /* warm up */
    double vehicles = 0.0;
    while (status == QF_OK && gbench_next(state)) {
        meeting.tick++;
        status = qf_radar_meet(context, &meeting);
        vehicles += (double)c->n;
    }
    gbench_counter_ns_per(state, "ns_per_vehicle", vehicles);
    gbench_counter(state, "detections", (double)sightings.n_detections / ((double)c->n + vehicles));
    return status;
}

static void run_frame(gbench_state *state, const void *user)
{
    const frame_case *c = user;
    qf_context context = qf_context_default();
    context.n_threads = c->n_threads;
    const qf_radar_spec spec = fleet_radar();
    const qf_group_spec group = swarm(&spec, c->n);
    const qf_scenario scenario = {
        .name = "swarm", .dt_s = 1.0, .n_ticks = 1, .n_worlds = 1, .groups = &group, .n_groups = 1};
    qf_fleet fleet;
    qf_status status = qf_fleet_create(&context, &scenario, &fleet);
    if (status == QF_OK) {
        void *stage = NULL;
        if (c->one_block) {
            fleet.own.block_end = fleet.own.block_begin + 1;
            fleet.own.slot_end = fleet.own.entity_end = fleet.blocks[0].slot_end;
        }
        status = qf_radar_open(&context, &fleet, &stage);
        if (status == QF_OK) {
            status = loop(state, c, &context, &fleet, stage);
            qf_radar_close(stage);
        }
        qf_fleet_free(&fleet);
    }
    if (status != QF_OK) {
        gbench_fail(state, context.error);
    }
}

static void add(const qf_kernels *kernels, size_t n, int n_threads, bool one_block)
{
    static frame_case cases[MOST_CASES];
    static size_t n_cases;
    char name[96];
    if (n_cases == MOST_CASES) {
        fprintf(stderr, "bench_radar_frame.c: more than %d cases\n", MOST_CASES);
        abort();
    }
    cases[n_cases] = (frame_case){kernels, n, n_threads, one_block};
    if (one_block) {
        snprintf(name, sizeof name, "radar_rank/%s/%zu/looking:%d", kernels->isa, n,
                 QF_BLOCK_VEHICLES);
    } else {
        snprintf(name, sizeof name, "radar_frame/%s/%zu/threads:%d", kernels->isa, n, n_threads);
    }
    gbench_register(name, run_frame, &cases[n_cases++], GBENCH_MS);
}

void bench_radar_frame_register(int n_threads)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        add(kernels, 100000, 1, false);
        if (n_threads > 1) {
            add(kernels, 100000, 2, false); /* the team that the limit is for */
        }
        if (n_threads > 2) {
            add(kernels, 100000, n_threads, false);
        }
    }
    const qf_kernels *growth = qf_kernels_for("v3") ? qf_kernels_for("v3") : qf_kernels_best();
    static const size_t sizes[] = {1000, 10000, 1000000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        add(growth, sizes[s], 1, false);
    }
    add(growth, 100000, 1, true);
    add(growth, 1000000, 1, true);
}
