/* SPDX-License-Identifier: Apache-2.0 */
/* Guidance and the differential drive give the same bits in every set, from any range, as one vehicle at a time. */
#include "guidance_scene.h"
#include "guidance_stage.h"
#include "philox.h"

enum { N = 257 };

static double uniform(size_t i, uint32_t series)
{
    return (double)qf_philox((qf_philox_block){{(uint32_t)i, series, 0, 0}}, 11).word[0] * 0x1p-32;
}

static const qf_port_spec port = {
    .id = "p", .position_m = {0.0, 0.0, 1.2}, .axis = {0.0, 0.0, 1.0}, .clock = {1.0, 0.0, 0.0}};
static const qf_docking_spec docking = {
    .ports = &port, .n_ports = 1, .capture = {0.1, 0.1, 0.04, 0.07, 0.1, 0.0035, 10.0}};
static const qf_wheels_spec wheels = {.max_torque_nm = {1.0, 2.0, 3.0},
                                      .max_momentum_nms = {4.0, 5.0, 6.0}};
static const double waypoints[][3] = {{10.0, 20.0, 30.0}, {-200.0, 0.0, 1.0}};

/* every kind of behaviour with every attitude that it may have */
static size_t all_laws(qf_guidance_spec *specs)
{
    for (size_t k = 0; k < 24; k++) {
        specs[k] = qf_guidance_default((qf_guidance_kind)(k % QF_GUIDANCE_TASKS));
        specs[k].waypoints_m = waypoints;
        specs[k].n_waypoints = 2;
        specs[k].target_group = TARGETS;
        specs[k].attitude_mode = (qf_attitude_mode)(k % QF_ATTITUDE_MODES);
        specs[k].frame = (qf_offset_frame)(k % QF_OFFSET_FRAMES);
        specs[k].offset_m[k % 3] = 12.5;
        specs[k].velocity_mps[k % 3] = 0.5;
        specs[k].avoid_m = k % 2 ? 20.0 : 0.0;
    }
    return 24;
}

static void scatter(ships *s)
{
    const qf_fleet *fleet = &s->v.fleet;
    const bool orbits = s->body_group.gravity.kind == QF_GRAVITY_POINT;
    for (size_t i = 0; i < N; i++) {
        for (size_t g = 0; g < SCENE_GROUPS; g++) {
            ship_state x;
            for (uint32_t d = 0; d < 3; d++) {
                x.r[d] = 100.0 * (uniform(i, d + 20 * (uint32_t)g) - 0.5) + (orbits ? 4e6 : 0.0);
                x.v[d] = uniform(i, 3 + d + 20 * (uint32_t)g) - 0.5;
                x.w[d] = 0.1 * (uniform(i, 6 + d + 20 * (uint32_t)g) - 0.5);
            }
            for (uint32_t k = 0; k < 4; k++) {
                x.q[k] = uniform(i, 9 + k + 20 * (uint32_t)g) - 0.5;
            }
            store_state(s, slot_of(s, g, i), &x);
        }
        const size_t own = slot_of(s, CHASERS, i);
        for (unsigned d = 0; d < 3; d++) {
            s->columns.wheel_nms[d][own] = 10.0 * (uniform(i, 50 + d) - 0.5);
            qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_X + d), 0)[own] =
                at_of(s, own, (int)d) + 50.0 * (uniform(i, 53 + d) - 0.5);
            qf_f64(fleet, (qf_field_id)(QF_FIELD_THREAT_VX + d), 0)[own] =
                4.0 * (uniform(i, 56 + d) - 0.5);
        }
        qf_i64(fleet, QF_FIELD_THREAT_TICK, 0)[own] = i % 3 ? 0 : -1;
        qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[own] = (int64_t)(uniform(i, 60) * 25.0) - 1;
        qf_i64(fleet, QF_FIELD_GUIDANCE_STEP, 0)[own] = (int64_t)(uniform(i, 61) * 3.0);
        qf_i64(fleet, QF_FIELD_PORT_STATE, 0)[own] = i % 7 == 0;
        qf_u64(fleet, QF_FIELD_FLAGS, 0)[own] |=
            (i % 11 == 0 ? QF_FLAG_BIT(SAFE_MODE) : 0) | (i % 5 == 0 ? QF_FLAG_BIT(AVOIDING) : 0);
    }
    tell_of_targets(s);
    for (size_t i = 0; i < N; i += 4) {
        const size_t own = slot_of(s, CHASERS, i);
        qf_i64(fleet, QF_FIELD_TARGET_TICK, 0)[own] = -1;
        for (unsigned w = 0; w < 13; w++) { /* as it is where nothing was ever heard */
            qf_f64(fleet, (qf_field_id)(QF_FIELD_TARGET_X + w), 0)[own] = 0.0;
        }
    }
}

enum { ROWS = 9 + 7 };

typedef struct answers {
    double number[ROWS][N];
    uint8_t found[N];
} answers;

static void ask(const ships *s, const qf_kernels *kernels, size_t begin, size_t end, answers *to)
{
    const qf_guidance *g = s->guidance;
    qf_guidance_rows rows;
    memset(&rows, 0x55, sizeof rows);
    memset(s->acting, 0x55, sizeof *s->acting);
    const size_t first = slot_of(s, CHASERS, 0);
    kernels->guidance(&s->columns, &g->columns, &g->groups[CHASERS], 7, 0.1, s->acting, &rows,
                      first + begin, first + end);
    for (size_t i = begin; i < end; i++) {
        const size_t j = i - begin;
        for (int d = 0; d < 3; d++) {
            to->number[d][i] = s->acting->wanted_force_n[d][j];
            to->number[3 + d][i] = s->acting->wanted_torque_nm[d][j];
            to->number[6 + d][i] = s->acting->wheel_torque_nm[d][j];
        }
        const double *const more[] = {
            rows.goal_distance_m, rows.target_range_m, rows.target_range_rate_mps,
            rows.port_axial_m,    rows.port_lateral_m, rows.port_angle_deg,
            rows.miss_m};
        for (size_t k = 0; k < COUNT(more); k++) {
            to->number[9 + k][i] = more[k][j];
        }
        to->found[i] = rows.found[j];
    }
}

static void assert_same(const answers *a, const answers *b, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        for (size_t k = 0; k < ROWS; k++) {
            const bool same = isnan(a->number[k][i])
                                  ? isnan(b->number[k][i])
                                  : memcmp(&a->number[k][i], &b->number[k][i], 8) == 0;
            if (!same) {
                fail_msg("row %zu of vehicle %zu: %.17g and %.17g", k, i, a->number[k][i],
                         b->number[k][i]);
            }
        }
        for (size_t k = 0; k < 9; k++) { /* whatever is not known, what is wanted is a number */
            assert_true(isfinite(a->number[k][i]));
        }
        assert_int_equal(a->found[i], b->found[i]);
    }
}

static void guidance_gives_the_same_bits_in_every_set_and_range(void **state)
{
    (void)state;
    static const qf_gravity gravities[] = {
        {.kind = QF_GRAVITY_NONE},
        {.kind = QF_GRAVITY_POINT, .mu_m3ps2 = 3.986e14},
        {.kind = QF_GRAVITY_J2,
         .mu_m3ps2 = 3.986e14,
         .radius_m = 6.4e6,
         .j2 = 1e-3,
         .center_m = {7e6, 0.0, 1e5}},
        {.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = 1e-3}};
    static const size_t spans[][2] = {{0, 0},  {0, 1},   {0, 15},    {0, 16},   {0, 17},
                                      {3, 20}, {5, 256}, {256, 257}, {100, 107}};
    static answers alone;
    static answers found;
    qf_guidance_spec specs[24];
    const size_t n_specs = all_laws(specs);
    for (size_t k = 0; k < COUNT(gravities); k++) {
        ships s;
        launch(&s, &(ship_scene){.count = N,
                                 .dt_s = 0.1,
                                 .guidances = specs,
                                 .n_guidances = n_specs,
                                 .docking = &docking,
                                 .wheels = &wheels,
                                 .gravity = gravities[k]});
        scatter(&s);
        size_t n_avoiding = 0;
        size_t n_arrived = 0;
        for (size_t i = 0; i < N; i++) {
            ask(&s, qf_kernels_for("generic"), i, i + 1, &alone);
            n_avoiding += (alone.found[i] & QF_FOUND_AVOIDS) != 0;
            n_arrived += alone.found[i] != 0;
        }
        assert_true(n_avoiding > 5 && n_arrived > n_avoiding);
        for (const char *const *isa = qf_isa_names; *isa; isa++) {
            const qf_kernels *kernels = qf_kernels_for(*isa);
            for (size_t p = 0; kernels && p < COUNT(spans); p++) {
                ask(&s, kernels, spans[p][0], spans[p][1], &found);
                assert_same(&alone, &found, spans[p][0], spans[p][1]);
            }
        }
        land(&s);
    }
}

enum { DRIVE_COLUMNS = sizeof(qf_drive_columns) / sizeof(void *) };

static void fill_drive(double (*n)[N + 8])
{
    for (size_t k = 0; k < DRIVE_COLUMNS; k++) {
        for (size_t i = 0; i < N + 8; i++) {
            n[k][i] = 2.0 * (uniform(i, 70 + (uint32_t)k) - 0.5);
        }
    }
    for (size_t i = 0; i < N + 8; i++) {
        n[1][i] = 360.0 * uniform(i, 90);
        n[2][i] = 0.0; /* flags */
        n[7][i] = i % 4 ? 360.0 * uniform(i, 91) : n[1][i];
        n[3][i] = i % 4 ? n[3][i] : n[4][i];
    }
}

static void drive_some(const qf_kernels *kernels, double (*n)[N + 8], size_t begin, size_t end)
{
    static const qf_drive_limits limits = {
        .track_m = 0.5, .max_wheel_mps = 1.5, .max_wheel_mps2 = 0.7};
    static const qf_bot_group group = {.imu = true, .dose_rate_usvh = 3.0};
    static const qf_bot_tick tick = {.dt_s = 0.1, .observed = true, .roll_rad = 0.1};
    void *column[DRIVE_COLUMNS];
    qf_drive_columns columns;
    for (size_t k = 0; k < DRIVE_COLUMNS; k++) {
        column[k] = n[k];
    }
    memcpy(&columns, column, sizeof columns);
    kernels->drive(&columns, &limits, &group, &tick, begin, end);
}

static void the_drive_gives_the_same_bits_in_every_set_and_range(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, N};
    static double alone[DRIVE_COLUMNS][N + 8];
    static double found[DRIVE_COLUMNS][N + 8];
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t p = 0; kernels && p < COUNT(sizes); p++) {
            fill_drive(alone);
            fill_drive(found);
            for (int t = 0; t < 5; t++) {
                drive_some(kernels, found, 2, 2 + sizes[p]);
                for (size_t i = 0; i < sizes[p]; i++) {
                    drive_some(qf_kernels_for("generic"), alone, 2 + i, 3 + i);
                }
            }
            assert_memory_equal(alone, found, sizeof alone);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guidance_gives_the_same_bits_in_every_set_and_range),
        cmocka_unit_test(the_drive_gives_the_same_bits_in_every_set_and_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
