/* SPDX-License-Identifier: Apache-2.0 */
#include "vehicle.h"

/*
 * Thrusters 0 and 1 push forward with 50 N each, 2 and 3 backward; nothing pushes along the other
 * axes. Torque of the forward pair: -1 * 50 + 0.5 * 50 = -25 N m about Z.
 */
#define THRUSTERS                                                                                  \
    "thrusters: [{index: 0, position_m: [0, 1, 0], direction: [1, 0, 0], f_max_newton: 50},"       \
    " {index: 1, position_m: [0, -0.5, 0], direction: [1, 0, 0], f_max_newton: 50},"               \
    " {index: 2, position_m: [0, 1, 0], direction: [-1, 0, 0], f_max_newton: 50},"                 \
    " {index: 3, position_m: [0, -0.5, 0], direction: [-1, 0, 0], f_max_newton: 50}]"

#define PROPULSION(more) "propulsion_plane: {" THRUSTERS more "}"

#define G0_MPS2 9.80665

/* the pair at full thrust, with the quiet profile's specific impulse of 100 s */
static const double full_flow_kgps = 100.0 / (100.0 * G0_MPS2);

static void a_burn_takes_thrust_times_time_over_exhaust_velocity(void **state)
{
    (void)state;
    static const double pct[] = {10.0, 60.0, 100.0, 0.0};
    vehicles v;
    start(&v, &(scene){.count = 17,
                       .dt_s = 0.25,
                       .hardware = PROPULSION(""),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: {grid: [10, 60, 100, 0]},"
                                 " duration_s: 3}"});
    advance(&v, 12);
    for (size_t e = 0; e < 17; e++) {
        assert_int_equal(FLAG(&v, RCS_ACTIVE, e), pct[e % 4] > 0.0);
        assert_near(VALUE(&v, PROPELLANT, e), 10.0 - full_flow_kgps * pct[e % 4] / 100.0 * 3.0,
                    1e-13);
        assert_exact(VALUE(&v, RCS_TIME_LEFT, e), 0.0);
        assert_exact(VALUE(&v, RCS_PCT, e), 0.0);
    }
    advance(&v, 5);
    for (size_t e = 0; e < 17; e++) {
        assert_false(FLAG(&v, RCS_ACTIVE, e));
        assert_near(VALUE(&v, PROPELLANT, e), 10.0 - full_flow_kgps * pct[e % 4] / 100.0 * 3.0,
                    1e-13);
        assert_exact(VALUE(&v, RCS_FORCE_X, e), 0.0);
    }
    finish(&v);
}

static void the_last_tick_of_a_burn_is_as_long_as_the_time_left(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.25,
                       .hardware = PROPULSION(""),
                       .script = "{step: 2, cmd: rcs, axis: aft, pct: 50, duration_s: 2.1}"});
    advance(&v, 2);
    assert_false(FLAG(&v, RCS_ACTIVE, 0));
    for (int tick = 1; tick <= 9; tick++) {
        advance(&v, 1);
        assert_true(FLAG(&v, RCS_ACTIVE, 0));
        assert_near(VALUE(&v, RCS_TIME_LEFT, 0), fmax(0.0, 2.1 - 0.25 * tick), 1e-14);
        /* force is the duty's, even in a tick that fires for a part of it */
        assert_exact(VALUE(&v, RCS_FORCE_X, 0), -50.0);
    }
    assert_near(VALUE(&v, PROPELLANT, 0), 10.0 - full_flow_kgps * 0.5 * 2.1, 1e-13);
    advance(&v, 1);
    assert_false(FLAG(&v, RCS_ACTIVE, 0));
    finish(&v);
}

static void force_and_torque_are_duty_averages_and_do_not_move_the_robot(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = PROPULSION(""),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 30, duration_s: 5}"});
    advance(&v, 1);
    assert_near(VALUE(&v, RCS_FORCE_X, 0), 30.0, 1e-13);
    assert_exact(VALUE(&v, RCS_FORCE_Y, 0), 0.0);
    assert_exact(VALUE(&v, RCS_FORCE_Z, 0), 0.0);
    assert_exact(VALUE(&v, RCS_TORQUE_X, 0), 0.0);
    assert_exact(VALUE(&v, RCS_TORQUE_Y, 0), 0.0);
    assert_near(VALUE(&v, RCS_TORQUE_Z, 0), -7.5, 1e-13);
    assert_near(VALUE(&v, RCS_DUTY, 0), 30.0, 1e-13);
    advance(&v, 3);
    assert_exact(VALUE(&v, X, 0), 0.0);
    assert_exact(VALUE(&v, Y, 0), 0.0);
    finish(&v);
}

/* 0.12 kg last two whole ticks of half a second and 0.35 of a third */
static void a_tank_that_runs_dry_gives_all_it_has_and_ends_the_command(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.5,
                       .initial = "propellant_kg: 0.12",
                       .hardware = PROPULSION(", rcs_power_w_at_100pct: 40"),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 10}"});
    const double per_tick_kg = full_flow_kgps * 0.5;
    advance(&v, 2);
    assert_near(VALUE(&v, PROPELLANT, 0), 0.12 - 2.0 * per_tick_kg, 1e-15);
    assert_exact(VALUE(&v, RCS_DUTY, 0), 100.0);
    assert_exact(VALUE(&v, RCS_PCT, 0), 100.0);
    advance(&v, 1);
    assert_exact(VALUE(&v, PROPELLANT, 0), 0.0);
    assert_exact(VALUE(&v, RCS_PCT, 0), 0.0);
    assert_exact(VALUE(&v, RCS_TIME_LEFT, 0), 8.5);
    assert_true(FLAG(&v, RCS_ACTIVE, 0));
    /* the duty shown is what the tank gave; force, torque and power of this tick are whole */
    const double share = (0.12 - 2.0 * per_tick_kg) / per_tick_kg;
    assert_true(share > 0.3 && share < 0.4);
    assert_near(VALUE(&v, RCS_DUTY, 0), 100.0 * share, 1e-11);
    assert_near((2.0 + VALUE(&v, RCS_DUTY, 0) / 100.0) * per_tick_kg, 0.12, 1e-14);
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), 100.0);
    assert_exact(VALUE(&v, RCS_TORQUE_Z, 0), -25.0);
    assert_exact(VALUE(&v, LOAD_RCS, 0), 40.0);
    advance(&v, 1);
    assert_false(FLAG(&v, RCS_ACTIVE, 0));
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), 0.0);
    assert_exact(VALUE(&v, RCS_DUTY, 0), 0.0);
    assert_exact(VALUE(&v, LOAD_RCS, 0), 0.0);
    assert_exact(VALUE(&v, RCS_TIME_LEFT, 0), 8.5);
    finish(&v);
}

static void a_tank_that_holds_just_one_tick_is_empty_after_it(void **state)
{
    (void)state;
    char initial[64];
    snprintf(initial, sizeof initial, "propellant_kg: %.17g",
             100.0 * 1.0 / (100.0 * G0_MPS2) * 1.0);
    vehicles v;
    start(&v, &(scene){.initial = initial,
                       .hardware = PROPULSION(""),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 10}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, PROPELLANT, 0), 0.0);
    assert_exact(VALUE(&v, RCS_PCT, 0), 0.0);
    assert_exact(VALUE(&v, RCS_DUTY, 0), 100.0);
    finish(&v);
}

static void an_empty_tank_ends_the_command_and_keeps_the_time_left(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 2,
                       .initial = "propellant_kg: {grid: [0, 10]}",
                       .hardware = PROPULSION(", rcs_power_w_at_100pct: 40"),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 10}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, RCS_PCT, 0), 0.0);
    assert_exact(VALUE(&v, RCS_TIME_LEFT, 0), 10.0);
    assert_false(FLAG(&v, RCS_ACTIVE, 0));
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), 0.0);
    assert_exact(VALUE(&v, RCS_DUTY, 0), 0.0);
    assert_exact(VALUE(&v, LOAD_RCS, 0), 0.0);
    /* its neighbour fires */
    assert_true(FLAG(&v, RCS_ACTIVE, 1));
    assert_exact(VALUE(&v, RCS_TIME_LEFT, 1), 9.0);
    finish(&v);
}

static void percent_is_clamped_and_nothing_commanded_stops(void **state)
{
    (void)state;
    static const double pct[] = {100.0, 0.0, 0.0, 0.0, 0.0, 100.0};
    vehicles v;
    start(&v, &(scene){.count = 6,
                       .hardware = PROPULSION(""),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 50, duration_s: 100},"
                                 "{step: 1, cmd: rcs, axis: forward,"
                                 " pct: {grid: [150, -5, 0, 100, 100, 100]},"
                                 " duration_s: {grid: [5, 5, 5, 0, -3, 5]}}"});
    advance(&v, 1);
    for (size_t e = 0; e < 6; e++) {
        assert_exact(VALUE(&v, RCS_FORCE_X, e), 50.0);
    }
    advance(&v, 1);
    for (size_t e = 0; e < 6; e++) {
        assert_exact(VALUE(&v, RCS_FORCE_X, e), pct[e]);
        assert_int_equal(FLAG(&v, RCS_ACTIVE, e), pct[e] > 0.0);
        assert_exact(VALUE(&v, RCS_TIME_LEFT, e), pct[e] > 0.0 ? 4.0 : 0.0);
    }
    finish(&v);
}

/* forward thrusters stand 0 and 0.07 of a window late, aft ones 0.14 and 0.21 */
static void valves_open_by_phase_and_stagger(void **state)
{
    (void)state;
    static const double forward_50_w[] = {20.0, 0.0, 0.0, 20.0, 20.0};
    static const double forward_30_w[] = {6.0, 0.0, 0.0, 12.0, 6.0};
    vehicles v;
    start(&v, &(scene){.count = 2,
                       .dt_s = 0.25,
                       .hardware = PROPULSION(", rcs_power_w_at_100pct: 40, pulse_window_s: 1"),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: {grid: [50, 30]},"
                                 " duration_s: 100}"});
    for (int tick = 0; tick < 5; tick++) {
        advance(&v, 1);
        assert_near(VALUE(&v, LOAD_RCS, 0), forward_50_w[tick], 1e-13);
        assert_near(VALUE(&v, LOAD_RCS, 1), forward_30_w[tick], 1e-13);
    }
    finish(&v);
    start(&v, &(scene){.dt_s = 0.125,
                       .hardware = PROPULSION(", rcs_power_w_at_100pct: 40, pulse_window_s: 1"),
                       .script = "{step: 0, cmd: rcs, axis: aft, pct: 10, duration_s: 100}"});
    advance(&v, 6);
    assert_exact(VALUE(&v, LOAD_RCS, 0), 0.0); /* 0.89 and 0.96 */
    advance(&v, 1);
    assert_near(VALUE(&v, LOAD_RCS, 0), 4.0, 1e-14); /* 1.015 and 1.085: round once */
    advance(&v, 1);
    assert_exact(VALUE(&v, LOAD_RCS, 0), 0.0); /* 0.14 and 0.21 */
    finish(&v);
}

/* each valve is open in duty * 64 of a window's 64 ticks, give or take one */
static void over_a_window_valves_are_open_for_the_duty(void **state)
{
    (void)state;
    enum { N = 20, TICKS = 64 };
    vehicles v;
    start(&v,
          &(scene){.count = N,
                   .dt_s = 1.0 / TICKS,
                   .hardware = PROPULSION(", rcs_power_w_at_100pct: 40, pulse_window_s: 1"),
                   .script = "{step: 0, cmd: rcs, axis: aft, pct: {grid: [5, 10, 15, 20, 25, 30,"
                             " 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100]},"
                             " duration_s: 100}"});
    double sum_w[N] = {0.0};
    for (int tick = 0; tick < TICKS; tick++) {
        advance(&v, 1);
        for (size_t e = 0; e < N; e++) {
            sum_w[e] += VALUE(&v, LOAD_RCS, e);
        }
    }
    for (size_t e = 0; e < N; e++) {
        const double duty = 0.05 * (double)(e + 1);
        assert_near(sum_w[e] / TICKS / (40.0 * duty), duty, 1.0 / TICKS);
    }
    finish(&v);
}

static void without_a_window_the_phase_is_0(void **state)
{
    (void)state;
    static const char *const windows[] = {
        PROPULSION(", rcs_power_w_at_100pct: 40, pulse_window_s: 0"),
        PROPULSION(", rcs_power_w_at_100pct: 40, pulse_window_s: 0.000001")};
    for (size_t w = 0; w < COUNT(windows); w++) {
        vehicles v;
        start(&v, &(scene){.count = 3,
                           .dt_s = 0.3,
                           .hardware = windows[w],
                           .script = "{step: 0, cmd: rcs, axis: forward, pct: {grid: [5, 7, 8]},"
                                     " duration_s: 100}"});
        for (int tick = 0; tick < 4; tick++) {
            advance(&v, 1);
            assert_near(VALUE(&v, LOAD_RCS, 0), 1.0, 1e-15); /* only thruster 0 is open */
            assert_near(VALUE(&v, LOAD_RCS, 1), 1.4, 1e-15); /* 0.07 is not below 0.07 */
            assert_near(VALUE(&v, LOAD_RCS, 2), 3.2, 1e-15);
        }
        finish(&v);
    }
}

static void assert_nothing_fires(const char *hardware, const char *script)
{
    vehicles v;
    start(&v, &(scene){.hardware = hardware, .script = script});
    for (int tick = 0; tick < 3; tick++) {
        advance(&v, 1);
        assert_false(FLAG(&v, RCS_ACTIVE, 0));
        assert_exact(VALUE(&v, PROPELLANT, 0), 10.0);
        assert_exact(VALUE(&v, RCS_FORCE_X, 0), 0.0);
        assert_exact(VALUE(&v, RCS_FORCE_Z, 0), 0.0);
        assert_exact(VALUE(&v, RCS_DUTY, 0), 0.0);
        assert_exact(VALUE(&v, LOAD_RCS, 0), 0.0);
    }
    finish(&v);
}

static void nothing_fires_without_thrusters_for_the_axis(void **state)
{
    (void)state;
    static const char forward[] = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 10}";
    static const char up[] = "{step: 0, cmd: rcs, axis: up, pct: 100, duration_s: 10}";
    assert_nothing_fires(PROPULSION(", rcs_power_w_at_100pct: 40, enabled: false"), forward);
    assert_nothing_fires("propulsion_plane: {rcs_power_w_at_100pct: 40}", forward);
    assert_nothing_fires(PROPULSION(", rcs_power_w_at_100pct: 40"), up);
}

static void a_new_command_takes_the_place_of_the_old(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = PROPULSION(""),
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 10},"
                                 "{step: 2, cmd: rcs, axis: aft, pct: 40, duration_s: 3}"});
    advance(&v, 2);
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), 100.0);
    advance(&v, 1);
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), -40.0);
    assert_exact(VALUE(&v, RCS_TIME_LEFT, 0), 2.0);
    finish(&v);
}

static void specific_impulse_may_differ_from_vehicle_to_vehicle(void **state)
{
    (void)state;
    static const double isp_s[] = {50.0, 100.0, 220.0};
    vehicles v;
    start(&v, &(scene){.count = 40,
                       .hardware = PROPULSION(", isp_s: {grid: [50, 100, 220]}"),
                       .script = "{step: 0, cmd: rcs, axis: aft, pct: 80, duration_s: 7}"});
    advance(&v, 20);
    for (size_t e = 0; e < 40; e++) {
        assert_near(VALUE(&v, PROPELLANT, e), 10.0 - 80.0 * 7.0 / (isp_s[e % 3] * G0_MPS2), 1e-13);
    }
    finish(&v);
}

/* an impulse of 0 counts as a millionth of a second, which empties any tank */
static void without_impulse_the_tank_is_emptied_at_once(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = PROPULSION(", isp_s: 0"),
                       .script = "{step: 0, cmd: rcs, axis: aft, pct: 80, duration_s: 7}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, PROPELLANT, 0), 0.0);
    assert_near(VALUE(&v, RCS_DUTY, 0), 80.0 * 10.0 / (80.0 / (1e-6 * G0_MPS2)), 1e-16);
    finish(&v);
}

/* ranges in which nobody fires take a short way; one that fires must not */
static void one_that_fires_among_many_is_found(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.groups =
                           "  - {name: idle, kind: bot, count: 600, hardware: " STOCK_HARDWARE "}\n"
                           "  - {name: busy, kind: bot, count: 1, hardware: " STOCK_HARDWARE
                           ", script: [{step: 0, cmd: rcs, axis: up, pct: 50,"
                           " duration_s: 2}]}"});
    advance(&v, 1);
    assert_near(VALUE(&v, RCS_FORCE_Z, 600), 311.124, 1e-10);
    for (size_t e = 0; e < 600; e++) {
        assert_exact(VALUE(&v, RCS_FORCE_Z, e), 0.0);
        assert_exact(VALUE(&v, PROPELLANT, e), 12.0);
    }
    advance(&v, 2);
    assert_exact(VALUE(&v, RCS_FORCE_Z, 600), 0.0);
    assert_false(FLAG(&v, RCS_ACTIVE, 600));
    finish(&v);
}

/* the first of two vehicles has stopped while the second still fires; alone, it computes the same */
static void a_neighbour_that_fires_changes_no_bit_of_a_vehicle_at_rest(void **state)
{
    (void)state;
    static const char script[] =
        "{step: 0, cmd: rcs, axis: aft, pct: 50, duration_s: {grid: [2, 20]}}";
    vehicles alone;
    vehicles two;
    start(&alone, &(scene){.count = 1, .hardware = PROPULSION(""), .script = script});
    start(&two, &(scene){.count = 2, .hardware = PROPULSION(""), .script = script});
    advance(&alone, 5);
    advance(&two, 5);
    assert_true(FLAG(&two, RCS_ACTIVE, 1));
    for (size_t q = 0; q < alone.fleet.catalog.n_quantities; q++) {
        const qf_quantity *quantity = &alone.fleet.catalog.quantities[q];
        const uint64_t *expected = alone.fleet.column[quantity->column];
        const uint64_t *found = two.fleet.column[quantity->column];
        if (*found != *expected) {
            fail_msg("%s: %016llx, expected %016llx", quantity->name, (unsigned long long)*found,
                     (unsigned long long)*expected);
        }
    }
    finish(&alone);
    finish(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burn_takes_thrust_times_time_over_exhaust_velocity),
        cmocka_unit_test(the_last_tick_of_a_burn_is_as_long_as_the_time_left),
        cmocka_unit_test(force_and_torque_are_duty_averages_and_do_not_move_the_robot),
        cmocka_unit_test(a_tank_that_runs_dry_gives_all_it_has_and_ends_the_command),
        cmocka_unit_test(a_tank_that_holds_just_one_tick_is_empty_after_it),
        cmocka_unit_test(an_empty_tank_ends_the_command_and_keeps_the_time_left),
        cmocka_unit_test(percent_is_clamped_and_nothing_commanded_stops),
        cmocka_unit_test(valves_open_by_phase_and_stagger),
        cmocka_unit_test(over_a_window_valves_are_open_for_the_duty),
        cmocka_unit_test(without_a_window_the_phase_is_0),
        cmocka_unit_test(nothing_fires_without_thrusters_for_the_axis),
        cmocka_unit_test(a_new_command_takes_the_place_of_the_old),
        cmocka_unit_test(specific_impulse_may_differ_from_vehicle_to_vehicle),
        cmocka_unit_test(without_impulse_the_tank_is_emptied_at_once),
        cmocka_unit_test(one_that_fires_among_many_is_found),
        cmocka_unit_test(a_neighbour_that_fires_changes_no_bit_of_a_vehicle_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
