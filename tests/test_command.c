/* SPDX-License-Identifier: Apache-2.0 */
#include "vehicle.h"

static void motor_percent_is_clamped_and_full_speed_is_1_mps(void **state)
{
    (void)state;
    static const double speed_mps[] = {0.0, 0.0, 0.25, 1.0, 1.0};
    vehicles v;
    start(&v, &(scene){.count = 5,
                       .initial = "speed_mps: 3",
                       .script = "{step: 1, cmd: motor, pct: {grid: [-20, 0, 25, 100, 140]}}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, SPEED, 2), 3.0);
    advance(&v, 1);
    for (size_t e = 0; e < 5; e++) {
        assert_exact(VALUE(&v, SPEED, e), speed_mps[e]);
        assert_exact(VALUE(&v, Y, e), 3.0 + speed_mps[e]);
    }
    finish(&v);
}

static void speed_is_taken_as_it_is(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 3, .script = "{step: 0, cmd: speed, mps: {grid: [-2.5, 0, 7]}}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, SPEED, 0), -2.5);
    assert_exact(VALUE(&v, SPEED, 1), 0.0);
    assert_exact(VALUE(&v, SPEED, 2), 7.0);
    finish(&v);
}

static void rotation_wraps_into_0_to_360(void **state)
{
    (void)state;
    static const double heading_deg[] = {10.0, 330.0, 0.0, 355.0, 350.0, 0.0, 359.0, 90.0};
    vehicles v;
    start(&v, &(scene){.count = 8,
                       .initial = "heading_deg: 350",
                       .script = "{step: 0, cmd: rotate,"
                                 " deg: {grid: [20, -20, 10, 725, -360, -350, -351, 100]}}"});
    advance(&v, 1);
    for (size_t e = 0; e < 8; e++) {
        assert_exact(VALUE(&v, HEADING, e), heading_deg[e]);
    }
    finish(&v);
    /* so little below 0 that 360 less it is 360 */
    start(&v, &(scene){.script = "{step: 0, cmd: rotate, deg: -1e-17}"});
    advance(&v, 1);
    assert_true(VALUE(&v, HEADING, 0) >= 0.0 && VALUE(&v, HEADING, 0) < 360.0);
    finish(&v);
}

static void a_turn_takes_the_direction_of_motion_with_it(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.initial = "heading_deg: 350, speed_mps: 1",
                       .script = "{step: 0, cmd: rotate, deg: 100}, {step: 1, cmd: heading, deg: "
                                 "180}"});
    advance(&v, 1);
    assert_near(VALUE(&v, X, 0), 1.0, 1e-15);
    assert_near(VALUE(&v, Y, 0), 0.0, 1e-15);
    advance(&v, 1);
    assert_near(VALUE(&v, X, 0), 1.0, 1e-15);
    assert_near(VALUE(&v, Y, 0), -1.0, 1e-15);
    finish(&v);
}

static void inputs_that_are_left_out_stay(void **state)
{
    (void)state;
    vehicles v;
    start(&v,
          &(scene){.script = "{step: 0, cmd: inputs, radar_enabled: true, sensor_queue_depth: 7,"
                             " actuator_queue_depth: 3, transponder_active: true},"
                             "{step: 1, cmd: inputs, sensor_queue_depth: 9},"
                             "{step: 2, cmd: inputs, radar_enabled: false},"
                             "{step: 3, cmd: inputs, transponder_active: false,"
                             " actuator_queue_depth: 0}"});
    static const struct {
        bool radar, transponder;
        double sensors, actuators;
    } expected[] = {{true, true, 7.0, 3.0},
                    {true, true, 9.0, 3.0},
                    {false, true, 9.0, 3.0},
                    {false, false, 9.0, 0.0}};
    for (size_t t = 0; t < COUNT(expected); t++) {
        advance(&v, 1);
        assert_int_equal(FLAG(&v, RADAR_ENABLED, 0), expected[t].radar);
        assert_int_equal(FLAG(&v, TRANSPONDER_ACTIVE, 0), expected[t].transponder);
        assert_exact(VALUE(&v, SENSOR_QUEUE, 0), expected[t].sensors);
        assert_exact(VALUE(&v, ACTUATOR_QUEUE, 0), expected[t].actuators);
    }
    finish(&v);
}

static void switches_start_as_the_profile_says_and_follow_commands(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = "power_plane: {dock_connected_init: true, nbl_active_init: true,"
                                   " nbl_max_power_w: 15}",
                       .script = "{step: 1, cmd: dock, connected: false},"
                                 "{step: 1, cmd: nbl, active: false},"
                                 "{step: 2, cmd: nbl_max, max_power_w: 33},"
                                 "{step: 2, cmd: dock, connected: true},"
                                 "{step: 2, cmd: nbl, active: true}"});
    for (int tick = 0; tick < 3; tick++) {
        advance(&v, 1);
        assert_int_equal(FLAG(&v, DOCK_CONNECTED, 0), tick != 1);
        assert_int_equal(FLAG(&v, NBL_ACTIVE, 0), tick != 1);
        assert_exact(VALUE(&v, LOAD_NBL, 0), tick == 0 ? 15.0 : tick == 1 ? 0.0 : 33.0);
    }
    finish(&v);
}

static void commands_come_by_tick_and_then_in_the_order_of_the_file(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.script = "{step: 2, cmd: speed, mps: 5}, {step: 1, cmd: speed, mps: 1},"
                                 "{step: 1, cmd: speed, mps: 2}, {step: 2, cmd: speed, mps: 4}"});
    static const double speed_mps[] = {0.0, 2.0, 4.0, 4.0};
    for (size_t tick = 0; tick < COUNT(speed_mps); tick++) {
        advance(&v, 1);
        assert_exact(VALUE(&v, SPEED, 0), speed_mps[tick]);
    }
    finish(&v);
}

/* fleets run up to 64 ticks in one go */
static void every_command_is_applied_once_however_the_run_is_cut(void **state)
{
    (void)state;
    static const int64_t strides[] = {1, 63, 64, 65, 200};
    for (size_t s = 0; s < COUNT(strides); s++) {
        vehicles v;
        start(&v, &(scene){.count = 300,
                           .script =
                               "{step: 0, cmd: rotate, deg: 1}, {step: 63, cmd: rotate, deg: 10},"
                               "{step: 64, cmd: rotate, deg: 20}, {step: 65, cmd: rotate, deg: 1},"
                               "{step: 128, cmd: rotate, deg: 100},"
                               "{step: 199, cmd: rotate, deg: 3},"
                               "{step: 200, cmd: rotate, deg: 200}"});
        while (v.fleet.tick < 200) {
            const int64_t left = 200 - v.fleet.tick;
            advance(&v, left < strides[s] ? left : strides[s]);
        }
        assert_exact(VALUE(&v, HEADING, 0), 135.0);
        assert_exact(VALUE(&v, HEADING, 299), 135.0);
        finish(&v);
    }
}

static double cdf_of_0_to_360(double x)
{
    return uniform_cdf(x / 360.0);
}

/* the same distribution as a first value and of commands at one tick and later, in two worlds */
static void every_command_vehicle_and_world_draws_for_itself(void **state)
{
    (void)state;
    enum { N = 4000, MOMENTS = 4 };
    static double heading_deg[MOMENTS][2 * N];
    vehicles v;
    start(&v, &(scene){.count = N,
                       .worlds = 2,
                       .seed = 8,
                       .initial = "heading_deg: {uniform: {min: 0, max: 360}}",
                       .script = "{step: 0, cmd: heading, deg: {uniform: {min: 0, max: 360}}},"
                                 "{step: 1, cmd: speed, mps: {uniform: {min: 0, max: 360}}},"
                                 "{step: 1, cmd: heading, deg: {uniform: {min: 0, max: 360}}},"
                                 "{step: 2, cmd: heading, deg: {uniform: {min: 0, max: 360}}},"
                                 "{step: 2, cmd: inputs,"
                                 " sensor_queue_depth: {uniform: {min: 0, max: 360}},"
                                 " actuator_queue_depth: {uniform: {min: 0, max: 360}}}"});
    for (size_t m = 0; m < MOMENTS; m++) {
        if (m > 0) {
            advance(&v, 1);
        }
        for (size_t e = 0; e < 2 * N; e++) {
            heading_deg[m][e] = VALUE(&v, HEADING, e);
        }
        for (size_t e = 0; m == 2 && e < (size_t)2 * N; e++) {
            assert_true(VALUE(&v, SPEED, e) != VALUE(&v, HEADING, e)); /* of the same tick */
        }
    }
    for (size_t e = 0; e < (size_t)2 * N; e++) {
        /* of the same command */
        assert_true(VALUE(&v, SENSOR_QUEUE, e) != VALUE(&v, ACTUATOR_QUEUE, e));
    }
    finish(&v);
    for (size_t m = 0; m < MOMENTS; m++) {
        for (size_t e = 0; e < 2 * N; e++) {
            for (size_t before = 0; before < m; before++) {
                assert_true(heading_deg[m][e] != heading_deg[before][e]);
            }
            assert_true(heading_deg[m][e] != heading_deg[m][(e + N) % ((size_t)2 * N)]);
            assert_true(heading_deg[m][e] != heading_deg[m][(e + 1) % ((size_t)2 * N)]);
        }
        assert_true(ks_statistic(heading_deg[m], (size_t)2 * N, cdf_of_0_to_360) <
                    KS_LIMIT_0_1_PCT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(motor_percent_is_clamped_and_full_speed_is_1_mps),
        cmocka_unit_test(speed_is_taken_as_it_is),
        cmocka_unit_test(rotation_wraps_into_0_to_360),
        cmocka_unit_test(a_turn_takes_the_direction_of_motion_with_it),
        cmocka_unit_test(inputs_that_are_left_out_stay),
        cmocka_unit_test(switches_start_as_the_profile_says_and_follow_commands),
        cmocka_unit_test(commands_come_by_tick_and_then_in_the_order_of_the_file),
        cmocka_unit_test(every_command_is_applied_once_however_the_run_is_cut),
        cmocka_unit_test(every_command_vehicle_and_world_draws_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
