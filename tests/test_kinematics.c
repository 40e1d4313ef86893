/* SPDX-License-Identifier: Apache-2.0 */
#include "vehicle.h"

static const double pi = 3.14159265358979323846;

static void heading_is_clockwise_from_north(void **state)
{
    (void)state;
    static const double x_m[] = {0.0, 8.0, 0.0, -8.0, 4.0};
    static const double y_m[] = {8.0, 0.0, -8.0, 0.0, 6.92820323027550917}; /* 8 cos 30 deg */
    vehicles v;
    start(&v, &(scene){.count = 20,
                       .dt_s = 0.5,
                       .initial = "heading_deg: {grid: [0, 90, 180, 270, 30]}, speed_mps: 2,"
                                  " position_m: [0, 0, 7]"});
    advance(&v, 8);
    for (size_t e = 0; e < 20; e++) {
        assert_near(VALUE(&v, X, e), x_m[e % 5], 1e-14);
        assert_near(VALUE(&v, Y, e), y_m[e % 5], 1e-14);
        assert_exact(VALUE(&v, Z, e), 7.0);
    }
    finish(&v);
}

static void a_negative_speed_does_not_move_but_loads_the_motors(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 3,
                       .initial = "speed_mps: {grid: [-2, 0, 2]}, position_m: [3, 4, 5]",
                       .hardware = "power_plane: {motion_power_w_per_mps: 40}"});
    advance(&v, 3);
    assert_exact(VALUE(&v, X, 0), 3.0);
    assert_exact(VALUE(&v, Y, 0), 4.0);
    assert_exact(VALUE(&v, LOAD_MOTION, 0), 80.0);
    assert_exact(VALUE(&v, LOAD_MOTION, 1), 0.0);
    assert_exact(VALUE(&v, Y, 2), 10.0);
    assert_exact(VALUE(&v, LOAD_MOTION, 2), 80.0);
    /* the computer follows |speed| too, up to 1 m/s: target 8 + 28 percent, 2 s */
    for (size_t e = 0; e < 3; e += 2) {
        assert_near(VALUE(&v, CPU, e), 36.0 - 28.0 * exp(-3.0 / 2.0), 1e-13);
    }
    finish(&v);
}

static void roll_and_pitch_swing_with_the_clock(void **state)
{
    (void)state;
    const double dt_s = 0.5;
    vehicles v;
    start(&v, &(scene){.count = 17, .dt_s = dt_s, .initial = "heading_deg: 30"});
    double roll_before_rad = 0.0;
    double pitch_before_rad = 0.0;
    for (int tick = 1; tick <= 20; tick++) {
        advance(&v, 1);
        const double roll_rad = 2.0 * pi / 180.0 * sin(0.6 * dt_s * tick);
        const double pitch_rad = 1.5 * pi / 180.0 * cos(0.4 * dt_s * tick);
        assert_near(VALUE(&v, ROLL, 16), roll_rad, 1e-15);
        assert_near(VALUE(&v, PITCH, 16), pitch_rad, 1e-15);
        assert_near(VALUE(&v, YAW, 16), pi / 6.0, 1e-15);
        if (tick > 1) {
            assert_near(VALUE(&v, ROLL_RATE, 16), (roll_rad - roll_before_rad) / dt_s, 1e-15);
            assert_near(VALUE(&v, PITCH_RATE, 16), (pitch_rad - pitch_before_rad) / dt_s, 1e-15);
        }
        roll_before_rad = roll_rad;
        pitch_before_rad = pitch_rad;
    }
    finish(&v);
}

static void yaw_rate_after_a_heading_command_lasts_one_tick(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.25,
                       .script = "{step: 3, cmd: heading, deg: 90},"
                                 "{step: 9, cmd: heading, deg: 0},"
                                 "{step: 12, cmd: heading, deg: 45}"});
    for (int tick = 0; tick < 6; tick++) {
        advance(&v, 1);
        assert_near(VALUE(&v, YAW_RATE, 0), tick == 3 ? pi / 2.0 / 0.25 : 0.0, 1e-14);
    }
    /* the same when nobody looked at the ticks before */
    advance(&v, 4);
    assert_near(VALUE(&v, YAW_RATE, 0), -pi / 2.0 / 0.25, 1e-14);
    advance(&v, 4);
    assert_exact(VALUE(&v, YAW_RATE, 0), 0.0);
    assert_near(VALUE(&v, YAW, 0), pi / 4.0, 1e-15);
    finish(&v);
}

static void assert_imu_and_dose(const char *sensors, bool imu, bool radiation)
{
    vehicles v;
    start(&v, &(scene){.count = 17, .dt_s = 0.5, .radiation_usvh = 0.36, .hardware = sensors});
    advance(&v, 100);
    for (size_t e = 0; e < 17; e++) {
        assert_true(!isnan(VALUE(&v, ROLL_RATE, e)) == imu);
        assert_true(!isnan(VALUE(&v, PITCH_RATE, e)) == imu);
        assert_true(!isnan(VALUE(&v, YAW_RATE, e)) == imu);
        assert_true(isfinite(VALUE(&v, ROLL, e)) != 0);
        /* 0.36 uSv/h is 1e-4 uSv/s, for 50 s */
        assert_near(VALUE(&v, DOSE, e), radiation ? 0.005 : 0.0, 1e-15);
    }
    finish(&v);
}

static void sensors_that_are_off_measure_nothing(void **state)
{
    (void)state;
    assert_imu_and_dose("sensor_plane: {enabled: true}", true, true);
    assert_imu_and_dose("sensor_plane: {imu: {enabled: false}}", false, true);
    assert_imu_and_dose("sensor_plane: {radiation: {enabled: false}}", true, false);
    assert_imu_and_dose("sensor_plane: {enabled: false}", false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heading_is_clockwise_from_north),
        cmocka_unit_test(a_negative_speed_does_not_move_but_loads_the_motors),
        cmocka_unit_test(roll_and_pitch_swing_with_the_clock),
        cmocka_unit_test(yaw_rate_after_a_heading_command_lasts_one_tick),
        cmocka_unit_test(sensors_that_are_off_measure_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
