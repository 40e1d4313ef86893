/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"
#include "vehicle.h"

static const double pi = 3.14159265358979323846;

/* a fleet whose bots have two wheels; what the reader made of the rest stays */
static void start_driving(vehicles *v, const scene *s, const qf_drive_spec *drive)
{
    read_scene(v, s);
    ((qf_group_spec *)&v->scenario.groups[0])->drive = drive;
    assert_int_equal(qf_fleet_create(&v->context, &v->scenario, &v->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&v->context, &v->fleet, &v->plan), QF_OK);
    const qf_simulation_options options = {.plan = &v->plan, .keep_events = true};
    assert_int_equal(qf_simulation_create(&v->context, &v->fleet, &options, &v->simulation), QF_OK);
}

static void straight_on_it_moves_as_the_simple_robot(void **state)
{
    (void)state;
    static const qf_drive_spec drive = {
        .track_m = 0.5, .max_wheel_mps = 5.0, .max_wheel_mps2 = 2.0};
    const scene s = {.count = 19,
                     .dt_s = 0.1,
                     .radiation_usvh = 7.0,
                     .initial = "heading_deg: {uniform: {min: 0, max: 360}},"
                                " speed_mps: {uniform: {min: 0, max: 5}}"};
    vehicles wheels;
    vehicles simple;
    start_driving(&wheels, &s, &drive);
    start(&simple, &s);
    advance(&wheels, 500);
    advance(&simple, 500);
    static const qf_field_id fields[] = {
        QF_FIELD_X,           QF_FIELD_Y,          QF_FIELD_HEADING,  QF_FIELD_SPEED,
        QF_FIELD_YAW,         QF_FIELD_ROLL,       QF_FIELD_PITCH,    QF_FIELD_DOSE,
        QF_FIELD_ROLL_RATE,   QF_FIELD_PITCH_RATE, QF_FIELD_YAW_RATE, QF_FIELD_CPU,
        QF_FIELD_HEADING_SIN, QF_FIELD_HEADING_COS};
    for (size_t e = 0; e < 19; e++) {
        for (size_t k = 0; k < COUNT(fields); k++) {
            assert_exact(f64_of(&wheels, fields[k], e), f64_of(&simple, fields[k], e));
        }
    }
    finish(&wheels);
    finish(&simple);
}

static void a_turn_in_place_does_not_drift(void **state)
{
    (void)state;
    static const qf_drive_spec drive = {
        .track_m = 0.4, .max_wheel_mps = 1.0, .max_wheel_mps2 = 0.5};
    vehicles v;
    start_driving(&v,
                  &(scene){.dt_s = 0.1,
                           .initial = "position_m: [3, -4, 0], heading_deg: 350",
                           .script = "{step: 5, cmd: rotate, deg: 100}"},
                  &drive);
    advance(&v, 5);
    double before_deg = VALUE(&v, HEADING, 0);
    double turned_deg = 0.0;
    for (int t = 0; t < 100; t++) {
        advance(&v, 1);
        const double now_deg = VALUE(&v, HEADING, 0);
        const double step_deg = now_deg - before_deg + (now_deg < before_deg - 180.0 ? 360.0 : 0.0);
        assert_true(step_deg > -1e-12); /* clockwise, and never back */
        turned_deg += step_deg;
        before_deg = now_deg;
        assert_near(fabs(VALUE(&v, WHEEL_LEFT, 0)), fabs(VALUE(&v, WHEEL_RIGHT, 0)), 0.0);
        assert_true(fabs(VALUE(&v, WHEEL_LEFT, 0)) <= drive.max_wheel_mps);
    }
    assert_near(turned_deg, 100.0, 1e-9);
    assert_near(VALUE(&v, HEADING, 0), 90.0, 1e-9);
    assert_exact(VALUE(&v, X, 0), 3.0);
    assert_exact(VALUE(&v, Y, 0), -4.0);
    assert_near(VALUE(&v, YAW, 0), pi / 2.0, 1e-10);
    finish(&v);
}

/* the kernel alone, with wheels that already go as they are told to: any circle, exactly */
static void wheels_at_unlike_speeds_draw_a_circle(void **state)
{
    (void)state;
    const double dt_s = 0.1;
    const double v_mps = 1.2;
    const double rate_rps = 0.3;
    const qf_drive_limits limits = {.track_m = 0.5, .max_wheel_mps = 3.0, .max_wheel_mps2 = 1e-15};
    double n[18] = {0.0};
    const uint64_t flags = 0;
    double *const left = &n[2], *const right = &n[3], *const x = &n[4], *const y = &n[5];
    double *const heading = &n[6];
    const qf_drive_columns columns = {.wanted_mps = &n[0],
                                      .wanted_deg = &n[1],
                                      .flags = &flags,
                                      .left_mps = left,
                                      .right_mps = right,
                                      .x_m = x,
                                      .y_m = y,
                                      .heading_deg = heading,
                                      .heading_sin = &n[7],
                                      .heading_cos = &n[8],
                                      .speed_mps = &n[9],
                                      .roll_rad = &n[10],
                                      .pitch_rad = &n[11],
                                      .yaw_rad = &n[12],
                                      .roll_rate_rps = &n[13],
                                      .pitch_rate_rps = &n[14],
                                      .yaw_rate_rps = &n[15],
                                      .dose_usv = &n[16]};
    const qf_bot_group group = {.imu = true};
    const qf_bot_tick tick = {.dt_s = dt_s, .observed = true};
    const double first_rad = 40.0 * pi / 180.0;
    *left = v_mps + rate_rps * 0.25;
    *right = v_mps - rate_rps * 0.25;
    *heading = 40.0;
    for (int t = 1; t <= 2000; t++) {
        qf_kernels_best()->drive(&columns, &limits, &group, &tick, 0, 1);
        /* clockwise from north: its centre is to the right, 4 m off */
        const double a = first_rad + rate_rps * dt_s * t;
        const double radius_m = v_mps / rate_rps;
        assert_near(*x, radius_m * (cos(first_rad) - cos(a)), 1e-9);
        assert_near(*y, radius_m * (sin(a) - sin(first_rad)), 1e-9);
        assert_near(n[9], v_mps, 1e-9);
        assert_near(n[15], rate_rps, 1e-9);
        assert_near(remainder(*heading * pi / 180.0 - a, 2.0 * pi), 0.0, 1e-9);
        assert_true(*heading >= 0.0 && *heading < 360.0);
    }
}

static void wheels_keep_to_their_acceleration_and_stop_after_a_stop(void **state)
{
    (void)state;
    static const qf_drive_spec drive = {
        .track_m = 0.5, .max_wheel_mps = 2.0, .max_wheel_mps2 = 0.5};
    vehicles v;
    start_driving(&v,
                  &(scene){.dt_s = 0.1,
                           .initial = "heading_deg: 0",
                           .script = "{step: 0, cmd: speed, mps: 3},"
                                     " {step: 60, cmd: emergency_stop, active: true}"},
                  &drive);
    double before_mps = 0.0;
    for (int t = 0; t < 120; t++) {
        advance(&v, 1);
        const double now_mps = VALUE(&v, SPEED, 0);
        assert_true(fabs(now_mps - before_mps) <= 0.05 + 1e-12);
        before_mps = now_mps;
        if (t == 59) {
            assert_near(now_mps, 2.0, 1e-12); /* all that its wheels can */
        }
    }
    assert_exact(before_mps, 0.0);
    /* 4 s to 2 m/s, 2 s at it, 4 s to rest */
    assert_near(VALUE(&v, Y, 0), 4.0 + 4.0 + 4.0, 1e-9);
    finish(&v);
}

static void a_stop_ends_a_turn_too(void **state)
{
    (void)state;
    static const qf_drive_spec drive = {
        .track_m = 0.5, .max_wheel_mps = 0.2, .max_wheel_mps2 = 0.5};
    vehicles v;
    start_driving(&v,
                  &(scene){.dt_s = 0.1,
                           .initial = "heading_deg: 0",
                           .script = "{step: 0, cmd: heading, deg: 170},"
                                     " {step: 20, cmd: emergency_stop, active: true},"
                                     " {step: 60, cmd: emergency_stop, active: false}"},
                  &drive);
    advance(&v, 25);
    const double stopped_deg = VALUE(&v, HEADING, 0);
    assert_true(stopped_deg > 30.0 && stopped_deg < 100.0);
    advance(&v, 35);
    assert_exact(VALUE(&v, HEADING, 0), stopped_deg);
    advance(&v, 140); /* and then it turns on to where it was told */
    assert_near(VALUE(&v, HEADING, 0), 170.0, 1e-9);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_on_it_moves_as_the_simple_robot),
        cmocka_unit_test(a_turn_in_place_does_not_drift),
        cmocka_unit_test(wheels_at_unlike_speeds_draw_a_circle),
        cmocka_unit_test(wheels_keep_to_their_acceleration_and_stop_after_a_stop),
        cmocka_unit_test(a_stop_ends_a_turn_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
