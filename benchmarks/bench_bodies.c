/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rigid bodies, block after block, as a tick moves them: every vehicle tumbles on an orbit of its own and fires.
 *
 *   bodies/dynamics/GRAVITY/ISA/VEHICLES    the step; "wheels": J2 and reaction wheels
 *   bodies/elements/ISA/VEHICLES            osculating elements, as a tick does that somebody looks at
 *   bodies/sunlight/ISA/VEHICLES            eclipse and a fixed solar array
 *
 * One block of 256 vehicles, and a fleet larger than the caches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "gbench.h"
#include "kernels.h"
#include "orbit.h"
#include "philox.h"
#include "scene.h"

enum { BODY_COLUMNS = sizeof(qf_body_columns) / sizeof(void *), MOST_CASES = 64 };

typedef enum body_work { WORK_DYNAMICS, WORK_ELEMENTS, WORK_SUNLIGHT } body_work;

typedef struct body_case {
    const qf_kernels *kernels;
    body_work work;
    qf_gravity_kind gravity;
    bool wheels;
    size_t n;
} body_case;

typedef struct bench_bodies {
    void *memory;
    qf_body_columns columns;
    qf_body_group group;
    qf_bot_scratch scratch;
} bench_bodies;

static double uniform(size_t i, uint32_t series)
{
    return (double)qf_philox((qf_philox_block){{(uint32_t)i, series, 0, 0}}, 7).word[0] * 0x1p-32;
}

static void place(bench_bodies *b, size_t i)
{
    const qf_orbit orbit = {.semi_major_axis_m = 7e6 + 1e6 * uniform(i, 0),
                            .eccentricity = 0.05 * uniform(i, 1),
                            .inclination_rad = 3.0 * uniform(i, 2),
                            .node_rad = 6.0 * uniform(i, 3),
                            .anomaly_rad = 6.0 * uniform(i, 4)};
    double r[3];
    double v[3];
    qf_orbit_state(&orbit, b->group.gravity.mu_m3ps2, r, v);
    for (uint32_t d = 0; d < 3; d++) {
        b->columns.position_m[d][i] = r[d];
        b->columns.velocity_mps[d][i] = v[d];
        b->columns.rate_rps[d][i] = 0.2 * (uniform(i, 5 + d) - 0.5);
        b->columns.attitude[d + 1][i] = 0.0;
    }
    b->columns.attitude[0][i] = 1.0;
    ((double *)b->columns.dry_kg)[i] = 400.0;
    b->columns.propellant_kg[i] = 20.0;
}

static bool prepare(const body_case *c, bench_bodies *b)
{
    qf_context context = qf_context_default();
    *b = (bench_bodies){.scratch.body = calloc(1, sizeof(qf_body_scratch))};
    if (!b->scratch.body ||
        qf_columns_map(&context, qf_columns_bytes(BODY_COLUMNS, c->n), &b->memory) != QF_OK) {
        return false;
    }
    void *column[BODY_COLUMNS];
    for (size_t k = 0; k < BODY_COLUMNS; k++) {
        column[k] = (char *)b->memory + qf_columns_offset(k, c->n);
    }
    memcpy(&b->columns, column, sizeof column);
    b->columns.bond_kg = NULL; /* as where nothing docks */
    b->group = (qf_body_group){
        .gravity = {c->gravity, 3.986004418e14, 6378137.0, 1.08262668e-3, {0}, 1.1e-3},
        .dry_kg = 400.0,
        .dry_kgm2 = {200.0, 250.0, 300.0, 5.0, -3.0, 2.0},
        .tank_m2 = {0.2, 0.2, 0.2},
        .wheels = c->wheels,
        .wheel_torque_nm = {0.2, 0.2, 0.2},
        .wheel_momentum_nms = {10.0, 10.0, 10.0},
        .sun = true,
        .sun_direction = {1.0},
        .sun_slope = 0.00465,
        .shadow_m = 6378137.0,
        .solar_w = 1000.0,
        .solar_normal = {0.0, 0.0, 1.0},
        .imu = true,
    };
    for (size_t i = 0; i < c->n; i++) {
        place(b, i);
    }
    for (size_t j = 0; j < QF_BLOCK_VEHICLES; j++) {
        for (uint32_t d = 0; d < 3; d++) {
            b->scratch.body->force_n[d][j] = uniform(j, 10 + d) - 0.5;
            b->scratch.body->torque_nm[d][j] = 1e-3 * (uniform(j, 13 + d) - 0.5);
        }
        b->scratch.body->used_kg[j] = 1e-4;
    }
    return true;
}

static void sweep(const body_case *c, bench_bodies *b)
{
    const qf_bot_tick tick = {.dt_s = 0.1, .observed = c->work == WORK_ELEMENTS};
    qf_body_kernel *const kernel[] = {c->kernels->dynamics, c->kernels->elements,
                                      c->kernels->sunlight};
    for (size_t begin = 0; begin < c->n; begin += QF_BLOCK_VEHICLES) {
        kernel[c->work](&b->columns, &b->group, &tick, &b->scratch, begin,
                        begin + QF_BLOCK_VEHICLES);
    }
}

static void run_bodies(gbench_state *state, const void *user)
{
    const body_case *c = user;
    bench_bodies b;
    if (!prepare(c, &b)) {
        gbench_fail(state, "out of memory");
        return;
    }
    const size_t times = c->n < 4096 ? 4096 / c->n : 1;
    sweep(c, &b); /* warm up */
    double vehicle_ticks = 0.0;
    while (gbench_next(state)) {
        for (size_t k = 0; k < times; k++) {
            sweep(c, &b);
        }
        vehicle_ticks += (double)(c->n * times);
    }
    gbench_counter_ns_per(state, "ns_per_vehicle_tick", vehicle_ticks);
    qf_columns_unmap(b.memory, qf_columns_bytes(BODY_COLUMNS, c->n));
    free(b.scratch.body);
}

void bench_bodies_register(void)
{
    static const struct {
        const char *name;
        body_work work;
        qf_gravity_kind gravity;
        bool wheels;
    } jobs[] = {
        {"dynamics/none", WORK_DYNAMICS, QF_GRAVITY_NONE, false},
        {"dynamics/point", WORK_DYNAMICS, QF_GRAVITY_POINT, false},
        {"dynamics/j2", WORK_DYNAMICS, QF_GRAVITY_J2, false},
        {"dynamics/cw", WORK_DYNAMICS, QF_GRAVITY_CLOHESSY_WILTSHIRE, false},
        {"dynamics/wheels", WORK_DYNAMICS, QF_GRAVITY_J2, true},
        {"elements", WORK_ELEMENTS, QF_GRAVITY_J2, false},
        {"sunlight", WORK_SUNLIGHT, QF_GRAVITY_J2, false},
    };
    static const size_t sizes[] = {QF_BLOCK_VEHICLES, 64 * QF_BLOCK_VEHICLES};
    static body_case cases[MOST_CASES];
    size_t n_cases = 0;
    for (size_t j = 0; j < sizeof jobs / sizeof *jobs; j++) {
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            for (size_t s = 0; kernels && s < sizeof sizes / sizeof *sizes; s++) {
                body_case *c = &cases[n_cases++];
                *c = (body_case){kernels, jobs[j].work, jobs[j].gravity, jobs[j].wheels, sizes[s]};
                char name[64];
                snprintf(name, sizeof name, "bodies/%s/%s/%zu", jobs[j].name, kernels->isa, c->n);
                gbench_register(name, run_bodies, c, GBENCH_MS);
            }
        }
    }
}
