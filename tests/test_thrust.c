/* SPDX-License-Identifier: Apache-2.0 */
/* Thrusters of rigid bodies, by control and by command: duties, pulses, propellant, and what the body is given. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernels.h"

enum { THRUSTERS = 12, SLOTS = 288, BEGIN = 16, FORWARD = 0 };

#define THRUST_N    10.0
#define EXHAUST_MPS 2000.0
#define FULL_W      40.0
#define DT_S        0.5

/*
 * Along +X and -X, +Y and -Y, +Z and -Z two each, one metre to either side: a pair pushes, one of each of two opposite
 * pairs turns.
 */
static double position_m[THRUSTERS][3];
static double force_n[THRUSTERS][3];
static double torque_nm[THRUSTERS][3];
static double thrust_n[THRUSTERS];

static double uniform[QF_C_FIRST_NODE];
static double flow[16][SLOTS]; /* doubles of columns */
static uint64_t flags[SLOTS];
static int64_t rcs_axis[SLOTS];
static double health[THRUSTERS][SLOTS];
static const double *health_of[THRUSTERS];
static uint64_t stuck_on[SLOTS], standing[SLOTS];
static double duty[THRUSTERS][SLOTS];
static double *duty_of[THRUSTERS];
static double rest[THRUSTERS][SLOTS];
static double *rest_of[THRUSTERS];
static double valve_share[THRUSTERS], threshold[THRUSTERS];
static double residual_force_n[SLOTS], residual_torque_nm[SLOTS];

static qf_allocator allocator;
static qf_bot_damage damage;
static qf_body_group body_group;
static qf_bot_group group;
static qf_firing firing;
static qf_bot_tick tick;
static qf_bot_columns columns;
static qf_body_scratch body;
static qf_bot_scratch scratch;
static const qf_kernels *kernels;

static void build(void)
{
    int t = 0;
    for (int axis = 0; axis < 3; axis++) {
        for (int way = 1; way >= -1; way -= 2) {
            for (int side = -1; side <= 1; side += 2, t++) {
                memset(position_m[t], 0, sizeof position_m[t]);
                memset(force_n[t], 0, sizeof force_n[t]);
                memset(torque_nm[t], 0, sizeof torque_nm[t]);
                position_m[t][(axis + 1) % 3] = side;
                force_n[t][axis] = THRUST_N * way;
                torque_nm[t][(axis + 2) % 3] = -side * THRUST_N * way;
                thrust_n[t] = THRUST_N;
            }
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    kernels = qf_kernels_best();
    build();
    qf_allocator_prepare((const double(*)[3])position_m, (const double(*)[3])force_n, THRUSTERS,
                         kernels->allocate, &body.firing.allocation, &allocator);
    memset(flow, 0, sizeof flow);
    memset(rest, 0, sizeof rest);
    memset(&body, 0, sizeof body);
    memset(&scratch, 0, sizeof scratch);
    for (int s = 0; s < SLOTS; s++) {
        flags[s] = 0;
        rcs_axis[s] = QF_AXIS_FORWARD;
        stuck_on[s] = standing[s] = 0;
        flow[2][s] = 100.0;
    }
    for (int t = 0; t < THRUSTERS; t++) {
        duty_of[t] = duty[t];
        rest_of[t] = rest[t];
        health_of[t] = health[t];
        valve_share[t] = 0.5;
        threshold[t] = 0.0;
        for (int s = 0; s < SLOTS; s++) {
            health[t][s] = 1.0;
        }
    }
    uniform[QF_C_EXHAUST_MPS] = EXHAUST_MPS;
    uniform[QF_C_RCS_W] = FULL_W;
    columns = (qf_bot_columns){.flags = flags,
                               .rcs_axis = rcs_axis,
                               .rcs_pct = flow[0],
                               .rcs_time_left_s = flow[1],
                               .propellant_kg = flow[2]};
    for (int d = 0; d < 3; d++) {
        columns.rcs_force_n[d] = flow[3 + d];
        columns.rcs_torque_nm[d] = flow[6 + d];
    }
    group = (qf_bot_group){.uniform = uniform, .body = &body_group};
    group.rcs.n_thrusters[QF_AXIS_FORWARD] = 2;
    group.rcs.thruster[QF_AXIS_FORWARD][0] = FORWARD;
    group.rcs.thruster[QF_AXIS_FORWARD][1] = FORWARD + 1;
    group.rcs.force_n[0][QF_AXIS_FORWARD] = 2.0 * THRUST_N;
    group.rcs.thrust_sum_n[QF_AXIS_FORWARD] = 2.0 * THRUST_N;
    group.rcs.valve_share[QF_AXIS_FORWARD] = 0.5;
    damage = (qf_bot_damage){.standing = standing,
                             .thrusters = 1,
                             .n_thrusters = THRUSTERS,
                             .health = health_of,
                             .stuck_on = stuck_on,
                             .force_n = (const double(*)[3])force_n,
                             .torque_nm = (const double(*)[3])torque_nm,
                             .thrust_n = thrust_n,
                             .valve_share = valve_share};
    firing = (qf_firing){.allocator = &allocator,
                         .valve_share = valve_share,
                         .valve_threshold = threshold,
                         .residual_force_n = residual_force_n,
                         .residual_torque_nm = residual_torque_nm,
                         .duty = duty_of,
                         .rest = rest_of};
    tick = (qf_bot_tick){.dt_s = DT_S, .observed = true};
    scratch.body = &body;
    return 0;
}

/* one tick of both stages; vehicle i of n stands in slot BEGIN + i */
static void run(size_t n)
{
    kernels->propulsion(&columns, &group, &tick, &scratch, BEGIN, BEGIN + n);
    kernels->firing(&columns, &group, &firing, &tick, &scratch, BEGIN, BEGIN + n);
}

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.17g is not %.17g within %g", value, expected, tolerance);
    }
}

static bool has(size_t i, uint64_t bit)
{
    return (flags[BEGIN + i] & bit) != 0;
}

/* ---- what control gets ---- */

static void a_wrench_within_reach_is_given_for_its_propellant(void **state)
{
    (void)state;
    body.wanted_force_n[0][0] = 12.0;
    body.wanted_torque_nm[1][0] = -3.0;
    run(1);
    assert_near(body.force_n[0][0], 12.0, 0.06);
    assert_near(body.torque_nm[1][0], -3.0, 0.06);
    assert_near(residual_force_n[BEGIN], 0.0, 0.1);
    assert_near(residual_torque_nm[BEGIN], 0.0, 0.1);
    assert_false(has(0, QF_FLAG_BIT(WRENCH_SATURATED)));
    double thrust = 0.0;
    double most = 0.0;
    for (int t = 0; t < THRUSTERS; t++) {
        assert_true(duty[t][BEGIN] >= 0.0 && duty[t][BEGIN] <= 1.0);
        thrust += THRUST_N * duty[t][BEGIN];
        most = fmax(most, duty[t][BEGIN]);
    }
    /* 12 N forward, and the turn by two that push against each other */
    assert_near(thrust, 15.0, 0.15);
    assert_near(body.used_kg[0], thrust * DT_S / EXHAUST_MPS, 1e-9);
    assert_near(columns.propellant_kg[BEGIN], 100.0 - body.used_kg[0], 1e-13);
    assert_near(scratch.rcs_duty[0], most, 1e-6);
    assert_near(columns.rcs_force_n[0][BEGIN], body.force_n[0][0], 1e-12);
    /* every valve that has a duty is open: half of 40 W for each at full duty */
    assert_near(scratch.rcs_w[0], FULL_W * 0.5 * thrust / THRUST_N, 1e-5);
}

static void valves_that_are_shut_at_the_phase_draw_nothing(void **state)
{
    (void)state;
    body.wanted_force_n[0][0] = 12.0; /* duty 0.6 of thrusters 0 and 1 */
    threshold[FORWARD] = 0.7;
    threshold[FORWARD + 1] = 0.5;
    run(1);
    assert_near(scratch.rcs_w[0], FULL_W * 0.5 * 0.6, 0.2);
    assert_near(body.force_n[0][0], 12.0, 0.06); /* force is the duty's all the same */
}

static void too_much_is_told_and_the_nearest_is_given(void **state)
{
    (void)state;
    body.wanted_force_n[0][0] = 50.0;
    body.wanted_force_n[0][1] = 20.5; /* 2.5 % too much are not told */
    run(2);
    assert_near(body.force_n[0][0], 20.0, 0.1);
    assert_near(residual_force_n[BEGIN], 30.0, 0.1);
    assert_true(has(0, QF_FLAG_BIT(WRENCH_SATURATED)));
    assert_false(has(1, QF_FLAG_BIT(WRENCH_SATURATED)));
    body.wanted_force_n[0][0] = 5.0;
    run(1);
    assert_false(has(0, QF_FLAG_BIT(WRENCH_SATURATED)));
}

static void nothing_wanted_is_nothing_done(void **state)
{
    (void)state;
    flags[BEGIN] = QF_FLAG_BIT(WRENCH_SATURATED);
    duty[3][BEGIN] = 0.7;
    run(1);
    assert_near(body.used_kg[0], 0.0, 0.0);
    assert_near(columns.propellant_kg[BEGIN], 100.0, 0.0);
    assert_near(scratch.rcs_w[0], 0.0, 0.0);
    assert_near(duty[3][BEGIN], 0.0, 0.0);
    assert_false(has(0, QF_FLAG_BIT(WRENCH_SATURATED)));
}

/* ---- pulses ---- */

static void short_pulses_are_rounded(void **state)
{
    (void)state;
    firing.least_duty = 0.2;
    static const double wanted_n[] = {1.9, 2.1, 3.9, 4.1, 5.0};
    static const double given_n[] = {0.0, 4.0, 4.0, 4.1, 5.0};
    for (int i = 0; i < 5; i++) {
        body.wanted_force_n[0][i] = wanted_n[i];
    }
    run(5);
    for (int i = 0; i < 5; i++) {
        assert_near(body.force_n[0][i], given_n[i], 0.02);
        assert_near(body.used_kg[i], body.force_n[0][i] * DT_S / EXHAUST_MPS, 1e-9);
    }
}

static void pulses_give_on_average_what_is_wanted(void **state)
{
    (void)state;
    enum { VEHICLES = 5, TICKS = 400 };
    firing.least_duty = 0.2;
    group.damage = &damage;
    static const double wanted_n[VEHICLES] = {0.1, 1.9, 2.1, 3.9, 5.0};
    static const double wanted_nm[VEHICLES] = {0.05, -0.3, 0.7, 0.0, -1.1};
    standing[BEGIN + 2] = 1;
    health[FORWARD][BEGIN + 2] = 0.5;
    double impulse[VEHICLES][2] = {{0.0}};
    for (int tick_number = 0; tick_number < TICKS; tick_number++) {
        for (int i = 0; i < VEHICLES; i++) {
            body.wanted_force_n[0][i] = wanted_n[i];
            body.wanted_torque_nm[1][i] = wanted_nm[i];
        }
        run(VEHICLES);
        for (int i = 0; i < VEHICLES; i++) {
            impulse[i][0] += body.force_n[0][i];
            impulse[i][1] += body.torque_nm[1][i];
            for (int t = 0; t < THRUSTERS; t++) {
                const double d = duty[t][BEGIN + i];
                assert_true(d == 0.0 || (d > 0.2 - 1e-6 && d <= 1.0));
                assert_true(fabs(rest[t][BEGIN + i]) <= 0.1 + 1e-12);
            }
        }
    }
    /* a pulse of each of some thrusters may be outstanding, and allocation is exact to half a hundredth */
    for (int i = 0; i < VEHICLES; i++) {
        assert_near(impulse[i][0] / TICKS, wanted_n[i], 4.0 / TICKS + 0.01 * wanted_n[i]);
        assert_near(impulse[i][1] / TICKS, wanted_nm[i], 4.0 / TICKS + 0.01 * fabs(wanted_n[i]));
    }
}

static void closed_thrusters_owe_nothing(void **state)
{
    (void)state;
    firing.least_duty = 0.2;
    flags[BEGIN + 1] = QF_FLAG_BIT(DOCKED);
    for (int i = 0; i < 4; i++) {
        body.wanted_force_n[0][i] = i == 0 ? 0.0 : 1.0;
        for (int t = 0; t < THRUSTERS; t++) {
            rest[t][BEGIN + i] = 0.05;
        }
    }
    columns.propellant_kg[BEGIN + 2] = 0.0;
    run(4);
    for (int t = 0; t < THRUSTERS; t++) {
        for (int i = 0; i < 3; i++) {
            assert_near(rest[t][BEGIN + i], 0.0, 0.0);
        }
    }
    assert_true(rest[FORWARD][BEGIN + 3] != 0.0);
}

/* ---- propellant ---- */

static void an_empty_tank_gives_nothing_and_is_told(void **state)
{
    (void)state;
    body.wanted_force_n[0][0] = 12.0;
    columns.propellant_kg[BEGIN] = 0.0;
    run(1);
    assert_near(body.force_n[0][0], 0.0, 0.0);
    assert_near(body.used_kg[0], 0.0, 0.0);
    assert_near(residual_force_n[BEGIN], 12.0, 0.0);
    assert_true(has(0, QF_FLAG_BIT(WRENCH_SATURATED)));
}

static void a_tank_that_runs_dry_gives_the_impulse_that_was_in_it(void **state)
{
    (void)state;
    body.wanted_force_n[0][0] = 20.0; /* 0.005 kg in the tick */
    columns.propellant_kg[BEGIN] = 0.002;
    run(1);
    assert_near(columns.propellant_kg[BEGIN], 0.0, 0.0);
    assert_near(body.used_kg[0], 0.002, 0.0);
    assert_near(body.force_n[0][0] * DT_S, 0.002 * EXHAUST_MPS, 4e-3);
    assert_near(duty[FORWARD][BEGIN], 0.4, 0.004);
    assert_true(has(0, QF_FLAG_BIT(WRENCH_SATURATED)));
}

/* books over many ticks: impulse is propellant times exhaust velocity, and all of it comes out of the tank */
static void books_balance_until_the_tank_is_empty(void **state)
{
    (void)state;
    columns.propellant_kg[BEGIN] = 1.0;
    double used_kg = 0.0;
    double impulse_ns = 0.0;
    for (int n = 0; n < 400; n++) {
        body.wanted_force_n[0][0] = 10.0 + 9.0 * sin(0.1 * n);
        run(1);
        used_kg += body.used_kg[0];
        impulse_ns += body.force_n[0][0] * DT_S;
        assert_near(used_kg + columns.propellant_kg[BEGIN], 1.0, 1e-13);
    }
    assert_near(used_kg, 1.0, 1e-13);
    assert_near(impulse_ns, EXHAUST_MPS, 1e-3 * EXHAUST_MPS); /* some turns cancel each other */
}

/* ---- locks and commands ---- */

static void locks_leave_thrusters_closed(void **state)
{
    (void)state;
    static const uint64_t locks[] = {QF_FLAG_BIT(EMERGENCY_STOP), QF_FLAG_BIT(SAFE_MODE),
                                     QF_FLAG_BIT(DOCKED)};
    for (int i = 0; i < 4; i++) {
        body.wanted_force_n[0][i] = 12.0;
        flags[BEGIN + i] = i < 3 ? locks[i] : 0;
    }
    run(4);
    for (int i = 0; i < 4; i++) {
        assert_near(body.force_n[0][i], i < 3 ? 0.0 : 12.0, 0.06);
        assert_int_equal(body.used_kg[i] > 0.0, i == 3);
        assert_false(has((size_t)i, QF_FLAG_BIT(WRENCH_SATURATED)));
    }
}

static void a_command_of_an_axis_flies_open_loop(void **state)
{
    (void)state;
    /* 60 % for the rest of 0.2 s of the tick, and control wants the opposite */
    body.wanted_force_n[0][0] = -15.0;
    columns.rcs_pct[BEGIN] = 60.0;
    columns.rcs_time_left_s[BEGIN] = 0.2;
    run(1);
    assert_near(body.force_n[0][0], 20.0 * 0.6 * 0.2 / DT_S, 1e-12);
    assert_near(body.used_kg[0], 20.0 * 0.6 * 0.2 / EXHAUST_MPS, 1e-15);
    assert_near(columns.rcs_force_n[0][BEGIN], 12.0, 1e-12); /* the reference reports the duty's */
    assert_near(duty[FORWARD][BEGIN], 0.6, 1e-12);
    assert_near(columns.rcs_pct[BEGIN], 0.0, 0.0);
    run(1); /* over: control has the thrusters again */
    assert_near(body.force_n[0][0], -15.0, 0.1);
}

static void a_command_that_empties_the_tank_gives_what_was_in_it(void **state)
{
    (void)state;
    columns.rcs_pct[BEGIN] = 100.0;
    columns.rcs_time_left_s[BEGIN] = 100.0;
    columns.propellant_kg[BEGIN] = 0.001;
    run(1);
    assert_near(body.used_kg[0], 0.001, 0.0);
    assert_near(body.force_n[0][0] * DT_S, 0.001 * EXHAUST_MPS, 1e-12);
    run(1);
    assert_near(body.used_kg[0], 0.0, 0.0);
    assert_near(body.force_n[0][0], 0.0, 0.0);
}

/* ---- damage ---- */

static void weak_and_failed_thrusters_are_worked_around(void **state)
{
    (void)state;
    group.damage = &damage;
    for (int i = 0; i < 3; i++) {
        body.wanted_force_n[0][i] = 8.0;
    }
    standing[BEGIN + 1] = standing[BEGIN + 2] = 1;
    health[FORWARD][BEGIN + 1] = 0.5;
    health[FORWARD][BEGIN + 2] = 0.0;
    run(3);
    assert_near(body.force_n[0][0], 8.0, 0.06);
    assert_near(body.force_n[0][1], 8.0, 0.06);
    assert_near(duty[FORWARD][BEGIN + 1], 0.8, 0.01); /* half as strong, open twice as long */
    assert_near(duty[FORWARD + 1][BEGIN + 1], 0.4, 0.01);
    assert_near(body.used_kg[1], body.used_kg[0], 1e-4 * DT_S);
    assert_near(duty[FORWARD][BEGIN + 2], 0.0, 0.0);
    /* the other one turns the body as it pushes, and nothing else turns it back: halfway is nearest */
    assert_near(body.force_n[0][2], 4.0, 0.1);
    assert_near(fabs(body.torque_nm[2][2]), 4.0, 0.1);
    assert_true(has(2, QF_FLAG_BIT(WRENCH_SATURATED)));
}

static void one_that_is_stuck_on_is_made_up_for(void **state)
{
    (void)state;
    group.damage = &damage;
    standing[BEGIN] = standing[BEGIN + 1] = 1;
    stuck_on[BEGIN] = stuck_on[BEGIN + 1] = UINT64_C(1) << FORWARD;
    body.wanted_torque_nm[0][0] = 1.0;
    run(2);
    /* 10 N forward and 10 N m about Z, against which three others push */
    assert_near(body.force_n[0][0], 0.0, 0.1);
    assert_near(body.torque_nm[2][0], 0.0, 0.1);
    assert_near(body.torque_nm[0][0], 1.0, 0.1);
    assert_near(duty[FORWARD][BEGIN], 1.0, 0.0);
    assert_near(100.0 - columns.propellant_kg[BEGIN], body.used_kg[0], 1e-13);
    /* who wants nothing lets it push */
    assert_near(body.force_n[0][1], 10.0, 1e-12);
    assert_near(body.used_kg[1], 10.0 * DT_S / EXHAUST_MPS, 1e-15);
}

/* ---- numbers that are none, counts, sets of kernels ---- */

static void a_wrench_that_is_no_number_leaves_the_others_alone(void **state)
{
    (void)state;
    double clean[3][40];
    for (int round = 0; round < 2; round++) {
        set_up(NULL);
        for (int i = 0; i < 40; i++) {
            body.wanted_force_n[i % 3][i] = 1.0 + i;
        }
        body.wanted_force_n[1][7] = round ? (double)NAN : 3.0;
        body.wanted_torque_nm[2][20] = round ? (double)INFINITY : 3.0;
        run(40);
        for (int i = 0; i < 40; i++) {
            for (int d = 0; d < 3; d++) {
                if (round == 0) {
                    clean[d][i] = body.force_n[d][i];
                } else if (i == 7 || i == 20) {
                    assert_near(body.force_n[d][i], 0.0, 0.0);
                } else {
                    assert_memory_equal(&clean[d][i], &body.force_n[d][i], sizeof(double));
                }
            }
        }
    }
    assert_near(columns.propellant_kg[BEGIN + 7], 100.0, 0.0);
    assert_true(isnan(residual_force_n[BEGIN + 7]));
}

static void scatter(size_t n)
{
    set_up(NULL);
    group.damage = &damage;
    firing.least_duty = 0.05;
    for (size_t i = 0; i < n; i++) {
        for (int d = 0; d < 3; d++) {
            body.wanted_force_n[d][i] = i % 5 ? 20.0 * sin(1.0 + 7.0 * (double)i + d) : 0.0;
            body.wanted_torque_nm[d][i] = i % 5 ? 12.0 * cos(2.0 + 3.0 * (double)i + d) : 0.0;
        }
        columns.propellant_kg[BEGIN + i] = i % 11 ? 1.0 : 0.001;
        columns.rcs_pct[BEGIN + i] = i % 13 ? 0.0 : 40.0;
        columns.rcs_time_left_s[BEGIN + i] = i % 13 ? 0.0 : 3.0;
        standing[BEGIN + i] = i % 7 == 0;
        stuck_on[BEGIN + i] = i % 14 ? 0 : UINT64_C(1) << i % THRUSTERS;
        health[i % THRUSTERS][BEGIN + i] = i % 7 ? 1.0 : 0.3;
        rest[i % THRUSTERS][BEGIN + i] = 0.02 * sin((double)i);
    }
    for (int t = 0; t < THRUSTERS; t++) {
        threshold[t] = fmod(0.4 + 0.07 * t, 1.0);
    }
}

static void every_set_of_kernels_gives_the_same_bits_for_any_count(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 15, 16, 17, 256};
    static double force[3][QF_BLOCK_VEHICLES], left[QF_BLOCK_VEHICLES], power[QF_BLOCK_VEHICLES];
    static uint64_t after[QF_BLOCK_VEHICLES];
    static double owed[THRUSTERS][SLOTS];
    kernels = qf_kernels_for("generic");
    scatter(QF_BLOCK_VEHICLES);
    kernels = qf_kernels_for("generic");
    run(QF_BLOCK_VEHICLES);
    memcpy(force, body.force_n, sizeof force);
    memcpy(left, columns.propellant_kg + BEGIN, sizeof left);
    memcpy(power, scratch.rcs_w, sizeof power);
    memcpy(after, flags + BEGIN, sizeof after);
    memcpy(owed, rest, sizeof owed);
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        for (size_t c = 0; qf_kernels_for(*isa) && c < sizeof counts / sizeof *counts; c++) {
            scatter(QF_BLOCK_VEHICLES);
            kernels = qf_kernels_for(*isa);
            run(counts[c]);
            for (int d = 0; d < 3; d++) {
                assert_memory_equal(force[d], body.force_n[d], counts[c] * sizeof(double));
            }
            assert_memory_equal(left, columns.propellant_kg + BEGIN, counts[c] * sizeof(double));
            for (int t = 0; t < THRUSTERS; t++) {
                assert_memory_equal(owed[t] + BEGIN, rest[t] + BEGIN, counts[c] * sizeof(double));
            }
            assert_memory_equal(power, scratch.rcs_w, counts[c] * sizeof(double));
            assert_memory_equal(after, flags + BEGIN, counts[c] * sizeof(uint64_t));
            assert_near(columns.propellant_kg[BEGIN + counts[c]],
                        counts[c] % 11 ? (counts[c] < QF_BLOCK_VEHICLES ? 1.0 : 100.0) : 0.001,
                        0.0);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_wrench_within_reach_is_given_for_its_propellant),
        TEST(valves_that_are_shut_at_the_phase_draw_nothing),
        TEST(too_much_is_told_and_the_nearest_is_given),
        TEST(nothing_wanted_is_nothing_done),
        TEST(short_pulses_are_rounded),
        TEST(pulses_give_on_average_what_is_wanted),
        TEST(closed_thrusters_owe_nothing),
        TEST(an_empty_tank_gives_nothing_and_is_told),
        TEST(a_tank_that_runs_dry_gives_the_impulse_that_was_in_it),
        TEST(books_balance_until_the_tank_is_empty),
        TEST(locks_leave_thrusters_closed),
        TEST(a_command_of_an_axis_flies_open_loop),
        TEST(a_command_that_empties_the_tank_gives_what_was_in_it),
        TEST(weak_and_failed_thrusters_are_worked_around),
        TEST(one_that_is_stuck_on_is_made_up_for),
        TEST(a_wrench_that_is_no_number_leaves_the_others_alone),
        TEST(every_set_of_kernels_gives_the_same_bits_for_any_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
