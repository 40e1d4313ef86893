/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guidance and control of ships, and the differential drive, block after block.
 *
 *   guidance/BEHAVIOUR/ISA/VEHICLES   all vehicles follow it; "mixed": each follows any of six, drawn for it, some with
 *                                     reaction wheels to turn with; "orbit": likewise, under gravity with J2
 *   drive/ISA/VEHICLES                bots on two wheels, each on its way to a heading of its own
 *
 * Vehicles stay where they are, so that every tick does the same work.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "gbench.h"
#include "kernels.h"
#include "philox.h"
#include "scene.h"

enum {
    BODY_COLUMNS = sizeof(qf_body_columns) / sizeof(void *),
    MORE_COLUMNS = 64,
    MOST_CASES = 64,
    N_LAWS = 6
};

typedef struct guidance_case {
    const qf_kernels *kernels;
    int law; /* N_LAWS: any */
    qf_gravity_kind gravity;
    bool drives;
    size_t n;
} guidance_case;

typedef struct bench_guidance {
    void *memory;
    void *column[BODY_COLUMNS + MORE_COLUMNS];
    qf_body_columns own;
    qf_guidance_columns columns;
    const int64_t *ports[1];
    qf_drive_columns drive;
    qf_guidance_law laws[N_LAWS];
    qf_body_group body;
    qf_guidance_group group;
    qf_body_scratch *scratch;
    qf_guidance_rows *rows;
} bench_guidance;

static double uniform(size_t i, uint32_t series)
{
    return (double)qf_philox((qf_philox_block){{(uint32_t)i, series, 0, 0}}, 7).word[0] * 0x1p-32;
}

static void bind_guidance(bench_guidance *b)
{
    void **next = b->column + BODY_COLUMNS;
    qf_guidance_columns *c = &b->columns;
    memcpy(&b->own, b->column, sizeof b->own);
    c->behavior = *next++;
    c->step = *next++;
    c->target_tick = *next++;
    b->ports[0] = *next++;
    c->port_state = b->ports;
    c->rcs_pct = *next++;
    for (int d = 0; d < 3; d++) {
        c->begun_m[d] = *next++;
        c->target_m[d] = *next++;
        c->target_mps[d] = *next++;
        c->target_rps[d] = *next++;
    }
    for (int k = 0; k < 4; k++) {
        c->begun_attitude[k] = *next++;
        c->target_attitude[k] = *next++;
    }
    memcpy(&b->drive, b->column, sizeof b->drive);
}

static void set_laws(bench_guidance *b, qf_gravity_kind gravity)
{
    static const double waypoints[][3] = {{1000.0, 0.0, 0.0}, {0.0, 500.0, 10.0}};
    static const qf_guidance_law law = {.attitude = {1.0, 0.0, 0.0, 0.0},
                                        .waypoints_m = waypoints,
                                        .n_waypoints = 2,
                                        .speed_mps = 1.0,
                                        .arrival_m = 1.0,
                                        .offset_m = {-20.0, 10.0, 0.0},
                                        .place_gain = 0.1,
                                        .speed_gain = 0.4,
                                        .turn_gain = 0.25,
                                        .rate_gain = 1.0,
                                        .max_accel_mps2 = 0.2,
                                        .max_rate_rps = 0.05,
                                        .own_port_m = {0.0, 0.0, 1.2},
                                        .own_port_axis = {0.0, 0.0, 1.0},
                                        .port_m = {0.0, 0.0, -1.2},
                                        .port_axis = {0.0, 0.0, -1.0},
                                        .docked_attitude = {1.0, 0.0, 0.0, 0.0},
                                        .any_clock = true,
                                        .standoff_m = 20.0,
                                        .standoff_within_m = 1.0,
                                        .corridor_slope = 0.17,
                                        .corridor_m = 0.1,
                                        .contact_mps = 0.05,
                                        .closing_gain = 0.05,
                                        .keep_out_m = 3.0,
                                        .enter_cos = 0.99,
                                        .enter_rps = 0.005,
                                        .enter_mps = 0.1,
                                        .leave_cos = 0.97,
                                        .leave_rps = 0.015};
    static const qf_guidance_kind kinds[N_LAWS] = {QF_GUIDANCE_HOLD,     QF_GUIDANCE_WAYPOINT,
                                                   QF_GUIDANCE_PATROL,   QF_GUIDANCE_STATION_KEEP,
                                                   QF_GUIDANCE_APPROACH, QF_GUIDANCE_FORMATION};
    for (int k = 0; k < N_LAWS; k++) {
        b->laws[k] = law;
        b->laws[k].kind = kinds[k];
    }
    b->laws[2].attitude_mode = QF_ATTITUDE_VELOCITY;
    b->laws[3].attitude_mode = QF_ATTITUDE_TARGET;
    b->laws[3].frame = QF_OFFSET_LVLH;
    b->laws[5].attitude_mode = QF_ATTITUDE_MATCH;
    b->laws[5].frame = QF_OFFSET_BODY;
    b->body =
        (qf_body_group){.gravity = {gravity, 3.986004418e14, 6378137.0, 1.08262668e-3, {0}, 1.1e-3},
                        .dry_kg = 400.0,
                        .dry_kgm2 = {200.0, 250.0, 300.0, 5.0, -3.0, 2.0},
                        .tank_m2 = {0.2, 0.2, 0.2},
                        .wheels = true,
                        .wheel_torque_nm = {0.2, 0.2, 0.2},
                        .wheel_momentum_nms = {10.0, 10.0, 10.0}};
    b->group = (qf_guidance_group){.laws = b->laws, .n_laws = N_LAWS, .body = &b->body};
}

static void place(bench_guidance *b, const guidance_case *c, size_t i)
{
    ((int64_t *)b->columns.behavior)[i] =
        c->law < N_LAWS ? c->law : (int64_t)(uniform(i, 0) * N_LAWS);
    ((int64_t *)b->columns.step)[i] = (int64_t)(uniform(i, 1) * 2.0);
    double norm = 0.0;
    for (uint32_t k = 0; k < 4; k++) {
        b->own.attitude[k][i] = uniform(i, 2 + k) - 0.5;
        norm += b->own.attitude[k][i] * b->own.attitude[k][i];
    }
    for (uint32_t k = 0; k < 4; k++) {
        b->own.attitude[k][i] /= sqrt(norm);
        ((double *)b->columns.begun_attitude[k])[i] = k == 0;
        ((double *)b->columns.target_attitude[k])[i] = k == 0;
    }
    for (uint32_t d = 0; d < 3; d++) {
        const double far_m = d == 0 && c->gravity != QF_GRAVITY_NONE ? 7e6 : 0.0;
        const double fast_mps = d == 1 && c->gravity != QF_GRAVITY_NONE ? 7.5e3 : 0.0;
        b->own.position_m[d][i] = far_m + 200.0 * (uniform(i, 6 + d) - 0.5);
        b->own.velocity_mps[d][i] = fast_mps + uniform(i, 9 + d) - 0.5;
        b->own.rate_rps[d][i] = 0.1 * (uniform(i, 12 + d) - 0.5);
        ((double *)b->columns.target_m[d])[i] = far_m;
        ((double *)b->columns.target_mps[d])[i] = fast_mps;
    }
    ((double *)b->own.dry_kg)[i] = 400.0;
    b->own.propellant_kg[i] = 20.0;
}

static void place_bot(bench_guidance *b, size_t i)
{
    b->drive.heading_deg[i] = 360.0 * uniform(i, 0);
    ((double *)b->drive.wanted_deg)[i] = 360.0 * uniform(i, 1);
    ((double *)b->drive.wanted_mps)[i] = uniform(i, 2);
}

static bool prepare(const guidance_case *c, bench_guidance *b)
{
    qf_context context = qf_context_default();
    const size_t n_columns = sizeof b->column / sizeof *b->column;
    *b = (bench_guidance){.scratch = calloc(1, sizeof *b->scratch),
                          .rows = calloc(1, sizeof *b->rows)};
    if (!b->scratch || !b->rows ||
        qf_columns_map(&context, qf_columns_bytes(n_columns, c->n), &b->memory) != QF_OK) {
        return false;
    }
    for (size_t k = 0; k < n_columns; k++) {
        b->column[k] = (char *)b->memory + qf_columns_offset(k, c->n);
    }
    bind_guidance(b);
    set_laws(b, c->gravity);
    for (size_t i = 0; i < c->n; i++) {
        if (c->drives) {
            place_bot(b, i);
        } else {
            place(b, c, i);
        }
    }
    return true;
}

static void sweep(const guidance_case *c, bench_guidance *b)
{
    static const qf_drive_limits limits = {
        .track_m = 0.5, .max_wheel_mps = 2.0, .max_wheel_mps2 = 1.0};
    static const qf_bot_group bots = {.imu = true};
    static const qf_bot_tick tick = {.dt_s = 0.1};
    for (size_t begin = 0; begin < c->n; begin += QF_BLOCK_VEHICLES) {
        const size_t end = begin + QF_BLOCK_VEHICLES;
        if (c->drives) {
            c->kernels->drive(&b->drive, &limits, &bots, &tick, begin, end);
        } else {
            c->kernels->guidance(&b->own, &b->columns, &b->group, 0, 0.1, b->scratch, b->rows,
                                 begin, end);
        }
    }
}

static void run_guidance(gbench_state *state, const void *user)
{
    const guidance_case *c = user;
    bench_guidance *b = calloc(1, sizeof *b);
    if (!b || !prepare(c, b)) {
        gbench_fail(state, "out of memory");
        free(b);
        return;
    }
    const size_t times = c->n < 4096 ? 4096 / c->n : 1;
    sweep(c, b); /* warm up */
    double vehicle_ticks = 0.0;
    while (gbench_next(state)) {
        for (size_t k = 0; k < times; k++) {
            sweep(c, b);
        }
        vehicle_ticks += (double)(c->n * times);
    }
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    qf_columns_unmap(b->memory, qf_columns_bytes(sizeof b->column / sizeof *b->column, c->n));
    free(b->scratch);
    free(b->rows);
    free(b);
}

void bench_guidance_register(void)
{
    static const struct {
        const char *name;
        int law;
        qf_gravity_kind gravity;
        bool drives;
    } jobs[] = {{"guidance/waypoint", 1, QF_GRAVITY_NONE, false},
                {"guidance/station_keep", 3, QF_GRAVITY_NONE, false},
                {"guidance/approach", 4, QF_GRAVITY_NONE, false},
                {"guidance/mixed", N_LAWS, QF_GRAVITY_NONE, false},
                {"guidance/orbit", N_LAWS, QF_GRAVITY_J2, false},
                {"drive", 0, QF_GRAVITY_NONE, true}};
    static const size_t sizes[] = {QF_BLOCK_VEHICLES, 64 * QF_BLOCK_VEHICLES};
    static guidance_case cases[MOST_CASES];
    size_t n_cases = 0;
    for (size_t j = 0; j < sizeof jobs / sizeof *jobs; j++) {
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            for (size_t s = 0; kernels && s < sizeof sizes / sizeof *sizes; s++) {
                guidance_case *c = &cases[n_cases++];
                *c = (guidance_case){kernels, jobs[j].law, jobs[j].gravity, jobs[j].drives,
                                     sizes[s]};
                char name[64];
                snprintf(name, sizeof name, "%s/%s/%zu", jobs[j].name, kernels->isa, c->n);
                gbench_register(name, run_guidance, c, GBENCH_MS);
            }
        }
    }
}
