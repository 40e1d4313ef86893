/* SPDX-License-Identifier: Apache-2.0 */
/* What a port sees of another, and what the reference's ports file says of ports. */
#include "docking_spec.h"
#include "port_view.h"
#include "vehicle.h"

static const double up[3] = {0.0, 0.0, 1.0};
static const double down[3] = {0.0, 0.0, -1.0};
static const double forward[3] = {1.0, 0.0, 0.0};
static const qf_rigid still = {.mass_kg = 1.0, .attitude = {1.0}};

static void ports_are_where_their_body_has_them(void **state)
{
    (void)state;
    const double h = sqrt(0.5);
    const qf_rigid body = {.mass_kg = 1.0,
                           .position_m = {10.0, 0.0, 0.0},
                           .velocity_mps = {0.0, 2.0, 0.0},
                           .attitude = {h, 0.0, h, 0.0}, /* z to x, x to -z */
                           .rate_rps = {0.0, 0.5, 0.0}};
    const qf_port_pose pose = qf_port_place(&body, (const double[]){0.0, 0.0, 2.0}, up, forward);
    const double expected[4][3] = {{12.0, 0.0, 0.0},
                                   {1.0, 0.0, 0.0},
                                   {0.0, 0.0, -1.0},
                                   {0.0, 2.0, -1.0}}; /* 0.5 rad/s about y, 2 m along x */
    for (int k = 0; k < 3; k++) {
        assert_near(pose.position_m[k], expected[0][k], 1e-14);
        assert_near(pose.axis[k], expected[1][k], 1e-15);
        assert_near(pose.clock[k], expected[2][k], 1e-15);
        assert_near(pose.velocity_mps[k], expected[3][k], 1e-14);
    }
}

static void a_view_is_measured_along_the_targets_axis(void **state)
{
    (void)state;
    qf_rigid other = still;
    other.position_m[0] = 0.3;
    other.position_m[1] = -0.4;
    other.position_m[2] = 5.0;
    other.velocity_mps[0] = 0.03;
    other.velocity_mps[1] = 0.04;
    other.velocity_mps[2] = -0.5;
    const qf_port_pose target = qf_port_place(&still, (const double[]){0.0, 0.0, 1.0}, up, forward);
    const qf_port_pose own = qf_port_place(&other, (const double[]){0.0, 0.0, -1.0}, down, forward);
    const qf_port_view view = qf_port_look(&target, &own, 0.0);
    assert_near(view.axial_m, 3.0, 1e-15);
    assert_near(view.axial_mps, -0.5, 1e-15);
    assert_near(view.lateral_m, 0.5, 1e-15);
    assert_near(view.lateral_mps, 0.05, 1e-15);
    assert_exact(view.angle_rad, 0.0);
    assert_exact(view.clock_rad, 0.0);
    const qf_port_view before = qf_port_look(&target, &own, 2.0);
    assert_near(before.axial_m, 4.0, 1e-15);
    assert_near(before.lateral_m, sqrt(0.24 * 0.24 + 0.48 * 0.48), 1e-15);
}

/* a target that turns carries what is before it along: who goes round with it does not move across its axis */
static void who_goes_round_with_the_target_stands_still(void **state)
{
    (void)state;
    qf_rigid target_body = still;
    target_body.rate_rps[0] = 0.1;
    qf_rigid other = target_body;
    other.position_m[2] = 5.0;
    other.velocity_mps[1] = -0.5;
    const qf_port_pose target =
        qf_port_place(&target_body, (const double[]){0.0, 0.0, 1.0}, up, forward);
    const qf_port_pose own = qf_port_place(&other, (const double[]){0.0, 0.0, -1.0}, down, forward);
    const qf_port_view view = qf_port_look(&target, &own, 0.0);
    assert_near(view.lateral_mps, 0.0, 1e-15);
    assert_near(view.axial_mps, 0.0, 1e-15);
    assert_near(view.rate_rps, 0.0, 1e-15);
}

static void angles_are_between_facing_axes(void **state)
{
    (void)state;
    const double tilt_rad = 1e-5; /* the cosine of which says nothing */
    qf_rigid other = still;
    other.attitude[0] = cos(0.5 * tilt_rad);
    other.attitude[1] = sin(0.5 * tilt_rad);
    const qf_port_pose target = qf_port_place(&still, up, up, forward);
    qf_port_pose own = qf_port_place(&other, down, down, forward);
    assert_near(qf_port_look(&target, &own, 0.0).angle_rad, tilt_rad, 1e-16);
    other = (qf_rigid){.mass_kg = 1.0, .attitude = {cos(1.0), 0.0, 0.0, sin(1.0)}}; /* 2 rad */
    own = qf_port_place(&other, down, down, forward);
    assert_near(qf_port_look(&target, &own, 0.0).clock_rad, 2.0, 1e-15);
    own = qf_port_place(&still, up, up, forward); /* it looks away */
    assert_near(qf_port_look(&target, &own, 0.0).angle_rad, 0.5 * QF_TWO_PI, 1e-15);
}

/* both ports of the reference's file: forward looks along +Z, aft, turned about Z, along -Z */
static void the_references_ports_look_out_of_the_vehicle(void **state)
{
    (void)state;
    qf_port_spec port = {.id = "aft"};
    assert_true(qf_port_from_pose((const double[]){0.0, 0.0, 1.2},
                                  (const double[]){0.0, 0.0, 0.0, 1.0}, &port));
    for (int k = 0; k < 3; k++) {
        assert_exact(port.axis[k], up[k]);
        assert_exact(port.clock[k], forward[k]);
    }
    assert_true(qf_port_from_pose((const double[]){0.0, 0.0, -1.2},
                                  (const double[]){0.0, 0.0, 1.0, 0.0}, &port));
    for (int k = 0; k < 3; k++) {
        assert_exact(port.axis[k], -up[k]);
        assert_exact(port.clock[k], -forward[k]);
        assert_exact(port.position_m[k], -1.2 * up[k]);
    }
    assert_string_equal(port.id, "aft");
}

/* written with few digits, yet the axes are unit vectors across each other */
static void axes_of_rounded_quaternions_are_unit_vectors(void **state)
{
    (void)state;
    qf_port_spec port = {0};
    assert_true(qf_port_from_pose((const double[]){1.5, 0.0, 0.0},
                                  (const double[]){0.0, 0.7071, 0.0, 0.7071}, &port));
    double axis2 = 0.0;
    double clock2 = 0.0;
    double across = 0.0;
    for (int k = 0; k < 3; k++) {
        axis2 += port.axis[k] * port.axis[k];
        clock2 += port.clock[k] * port.clock[k];
        across += port.axis[k] * port.clock[k];
    }
    assert_near(axis2, 1.0, 1e-15);
    assert_near(clock2, 1.0, 1e-15);
    assert_near(across, 0.0, 1e-15);
    assert_near(port.axis[0], 1.0, 1e-7);
    assert_near(port.clock[2], -1.0, 1e-7);
}

static void no_pose_is_no_port(void **state)
{
    (void)state;
    qf_port_spec port = {.hard_force_n = 7.0};
    assert_false(qf_port_from_pose(up, (const double[]){0.0, 0.0, 0.0, 0.0}, &port));
    assert_false(qf_port_from_pose(up, (const double[]){0.0, (double)NAN, 0.0, 1.0}, &port));
    assert_false(qf_port_from_pose((const double[]){(double)INFINITY, 0.0, 0.0},
                                   (const double[]){0.0, 0.0, 0.0, 1.0}, &port));
    assert_exact(port.hard_force_n, 7.0);
    assert_exact(port.axis[2], 0.0);
}

static void subjects_of_failed_captures_name_limit_and_port(void **state)
{
    (void)state;
    for (int limit = 0; limit < QF_CAPTURE_LIMITS; limit++) {
        for (size_t p = 0; p < QF_PORTS_MOST; p++) {
            const int subject = qf_capture_subject((qf_capture_limit)limit, p);
            assert_int_equal(qf_capture_limit_of(subject), limit);
            assert_int_equal(subject % QF_PORTS_MOST, p);
            assert_true(subject >= QF_PORTS_MOST);
            assert_non_null(qf_capture_limit_names[limit]);
        }
    }
    assert_int_equal(qf_capture_limit_of(QF_PORTS_MOST - 1), QF_CAPTURE_LIMITS);
    assert_int_equal(qf_capture_limit_of(-1), QF_CAPTURE_LIMITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_are_where_their_body_has_them),
        cmocka_unit_test(a_view_is_measured_along_the_targets_axis),
        cmocka_unit_test(who_goes_round_with_the_target_stands_still),
        cmocka_unit_test(angles_are_between_facing_axes),
        cmocka_unit_test(the_references_ports_look_out_of_the_vehicle),
        cmocka_unit_test(axes_of_rounded_quaternions_are_unit_vectors),
        cmocka_unit_test(no_pose_is_no_port),
        cmocka_unit_test(subjects_of_failed_captures_name_limit_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
