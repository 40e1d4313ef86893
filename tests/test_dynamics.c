/* SPDX-License-Identifier: Apache-2.0 */
/* Rigid bodies in free space against closed forms, and their books of energy and momentum. */
#include "body_stand.h"

#define PI 3.14159265358979323846

static const qf_kernels *kernels;

/* I = diag(A, A, C): rates across +Z turn with (C - A) / A wz, and +Z goes around the momentum with |H| / A */
static void symmetric_top_precesses_as_its_closed_form_says(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    const double a = 2.0, c = 3.5, across = 0.4, along = 0.7, dt_s = 0.02;
    const int n_ticks = 5000;
    s->group.dry_kgm2[0] = s->group.dry_kgm2[1] = a;
    s->group.dry_kgm2[2] = c;
    set3(s->c.rate_rps, 0, across, 0.0, along);
    double before[3], q[4], axis[3];
    rotation_of(s, 0, before);
    fly_bodies(s, kernels, dt_s, n_ticks);
    const double t = n_ticks * dt_s;
    const double phase = (c - a) / a * along * t;
    assert_near(s->c.rate_rps[0][0], across * cos(phase), 2e-9);
    assert_near(s->c.rate_rps[1][0], across * sin(phase), 2e-9);
    assert_near(s->c.rate_rps[2][0], along, 1e-12);
    /* the axis of symmetry: a cone about the momentum, on which it starts in the plane of X and Z */
    const double z[3] = {0.0, 0.0, 1.0};
    const double h = norm3(before), up[3] = {before[0] / h, before[1] / h, before[2] / h};
    get_attitude(s, 0, q);
    turn3(q, z, axis);
    double side[3], ahead[3], expected[3];
    for (int d = 0; d < 3; d++) {
        side[d] = z[d] - up[2] * up[d];
    }
    cross3(up, side, ahead);
    for (int d = 0; d < 3; d++) {
        expected[d] = up[2] * up[d] + cos(h / a * t) * side[d] + sin(h / a * t) * ahead[d];
    }
    assert_below(distance3(axis, expected), 5e-9);
    close_bodies(s);
}

/* Dzhanibekov: turning about the middle axis flips over, again and again, and neither energy nor momentum goes */
static void middle_axis_flips_without_losing_energy_or_momentum(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    memcpy(s->group.dry_kgm2, (double[6]){1.0, 2.0, 3.0, 0.1, -0.05, 0.02},
           sizeof s->group.dry_kgm2);
    set3(s->c.rate_rps, 0, 0.01, 1.0, 0.0);
    double before[3], after[3];
    const double energy_j = rotation_of(s, 0, before);
    int flips = 0;
    double worst_energy = 0.0, worst_momentum = 0.0;
    for (int t = 0; t < 20000; t++) {
        const double sign = s->c.rate_rps[1][0];
        fly_bodies(s, kernels, 0.01, 1);
        flips += sign * s->c.rate_rps[1][0] < 0.0;
        const double now_j = rotation_of(s, 0, after);
        worst_energy = fmax(worst_energy, fabs(now_j - energy_j) / energy_j);
        worst_momentum = fmax(worst_momentum, distance3(after, before) / norm3(before));
    }
    assert_true(flips >= 8);
    assert_below(worst_energy, 2e-9);
    assert_below(worst_momentum, 2e-9);
    close_bodies(s);
}

/* Tsiolkovsky: dv = ve log(m0 / m1), whatever the step */
static void burning_body_gains_what_the_rocket_equation_says(void **state)
{
    (void)state;
    static const double steps_s[] = {0.1, 1.0, 10.0};
    for (size_t k = 0; k < COUNT(steps_s); k++) {
        body_stand *s = open_bodies(1);
        const double exhaust_mps = 2000.0, force_n = 40.0, burn_s = 1000.0;
        s->c.propellant_kg[0] = 40.0;
        ((double *)s->c.dry_kg)[0] = 60.0;
        s->acting.force_n[0][0] = force_n;
        s->acting.used_kg[0] = force_n / exhaust_mps * steps_s[k];
        fly_bodies(s, kernels, steps_s[k], (int)(burn_s / steps_s[k] + 0.5));
        const double expected_mps = exhaust_mps * log(100.0 / 80.0);
        assert_near(s->c.propellant_kg[0], 20.0, 1e-10);
        assert_near(s->c.velocity_mps[0][0] / expected_mps, 1.0, 1e-11);
        /* x = ve ((m1 / k) log(m1 / m0) + t), k: kg/s */
        const double way_m = exhaust_mps * (80.0 / 0.02 * log(0.8) + burn_s);
        assert_near(s->c.position_m[0][0] / way_m, 1.0, 1e-9);
        close_bodies(s);
    }
}

/* a thruster that is fixed to a body which spins about +Z: the force goes round with it, also within a tick */
static void thrust_turns_with_the_body_within_a_tick(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    const double w = 0.5, force_n = 3.0, kg = 6.0, dt_s = 0.1;
    const int n_ticks = 1000;
    ((double *)s->c.dry_kg)[0] = kg;
    set3(s->c.rate_rps, 0, 0.0, 0.0, w);
    s->acting.force_n[0][0] = force_n;
    fly_bodies(s, kernels, dt_s, n_ticks);
    const double t = n_ticks * dt_s, a = force_n / kg / w;
    assert_near(s->c.velocity_mps[0][0], a * sin(w * t), 5e-7);
    assert_near(s->c.velocity_mps[1][0], a * (1.0 - cos(w * t)), 5e-7);
    assert_near(s->c.position_m[0][0], a / w * (1.0 - cos(w * t)), 5e-5);
    assert_near(s->c.position_m[1][0], a * t - a / w * sin(w * t), 5e-5);
    close_bodies(s);
}

/* a torque about a principal axis: w = T t / I, and the tank's inertia counts as it empties */
static void torque_spins_up_against_dry_and_tank_inertia(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.dry_kg = 2.0; /* twice that is there: half the inertia */
    memcpy(s->group.dry_kgm2, (double[6]){4.0, 8.0, 12.0}, sizeof s->group.dry_kgm2);
    memcpy(s->group.tank_m2, (double[6]){0.5, 0.25, 0.125}, sizeof s->group.tank_m2);
    s->c.propellant_kg[0] = 16.0;
    s->acting.torque_nm[1][0] = 8.0;
    fly_bodies(s, kernels, 0.5, 10);
    assert_near(s->c.rate_rps[1][0], 8.0 * 5.0 / (4.0 + 4.0), 1e-12);
    /* I = 4 + kg / 4 falls by 1/8 a second: w = T / k log(I0 / I1) */
    set3(s->c.rate_rps, 0, 0.0, 0.0, 0.0);
    s->acting.used_kg[0] = 0.005;
    fly_bodies(s, kernels, 0.01, 1000);
    assert_near(s->c.rate_rps[1][0], 8.0 / 0.125 * log(8.0 / 6.75), 1e-5);
    close_bodies(s);
}

/* error of a tumbling body under thrust after 10 s, against steps of a hundredth */
static double error_of_step(double dt_s)
{
    body_stand *s[2];
    const double steps_s[2] = {dt_s, 0.002};
    for (int k = 0; k < 2; k++) {
        s[k] = open_bodies(1);
        memcpy(s[k]->group.dry_kgm2, (double[6]){1.0, 2.0, 3.0, 0.1, -0.05, 0.02},
               sizeof s[k]->group.dry_kgm2);
        set3(s[k]->c.rate_rps, 0, 0.3, -0.5, 0.4);
        s[k]->acting.force_n[0][0] = 0.2;
        s[k]->acting.force_n[2][0] = -0.1;
        s[k]->acting.torque_nm[0][0] = 0.05;
        fly_bodies(s[k], kernels, steps_s[k], (int)(10.0 / steps_s[k] + 0.5));
    }
    double r[2][3], w[2][3], v[2][3];
    for (int k = 0; k < 2; k++) {
        get3(s[k]->c.position_m, 0, r[k]);
        get3(s[k]->c.velocity_mps, 0, v[k]);
        get3(s[k]->c.rate_rps, 0, w[k]);
        close_bodies(s[k]);
    }
    return distance3(r[0], r[1]) + distance3(v[0], v[1]) + distance3(w[0], w[1]);
}

static void halving_the_step_divides_the_error_by_sixteen(void **state)
{
    (void)state;
    static const double steps_s[] = {0.4, 0.2, 0.1};
    for (size_t k = 0; k < COUNT(steps_s); k++) {
        const double ratio = error_of_step(steps_s[k]) / error_of_step(0.5 * steps_s[k]);
        assert_true(ratio > 13.0 && ratio < 21.0);
    }
}

/* what wheels take from the body they hold: together it stays where it was */
static void wheels_and_body_keep_their_common_momentum(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.wheels = true;
    memcpy(s->group.dry_kgm2, (double[6]){10.0, 12.0, 15.0, 0.5, -0.25, 0.1},
           sizeof s->group.dry_kgm2);
    for (int d = 0; d < 3; d++) {
        s->group.wheel_torque_nm[d] = 0.2;
        s->group.wheel_momentum_nms[d] = 4.0;
    }
    set3(s->c.rate_rps, 0, 0.02, -0.01, 0.03);
    double before[3], after[3];
    rotation_of(s, 0, before);
    double worst = 0.0;
    for (int t = 0; t < 4000; t++) {
        for (int d = 0; d < 3; d++) {
            s->acting.wheel_torque_nm[d][0] = 0.3 * sin(0.01 * t * (d + 1));
        }
        fly_bodies(s, kernels, 0.05, 1);
        rotation_of(s, 0, after);
        worst = fmax(worst, distance3(before, after));
    }
    assert_below(worst, 1e-8);
    assert_true(fabs(s->c.rate_rps[0][0] - 0.02) > 1e-3); /* it did turn */
    close_bodies(s);
}

static void wheels_give_no_more_than_they_can_and_fill_up(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.wheels = true;
    memcpy(s->group.dry_kgm2, (double[6]){10.0, 10.0, 10.0}, sizeof s->group.dry_kgm2);
    for (int d = 0; d < 3; d++) {
        s->group.wheel_torque_nm[d] = 0.25;
        s->group.wheel_momentum_nms[d] = 1.0;
    }
    s->acting.wheel_torque_nm[2][0] = 5.0;
    fly_bodies(s, kernels, 1.0, 2);
    assert_near(s->c.rate_rps[2][0], 2 * 0.25 / 10.0, 1e-15);
    assert_near(s->c.wheel_nms[2][0], -0.5, 1e-15);
    fly_bodies(s, kernels, 1.0, 20);
    assert_near(s->c.wheel_nms[2][0], -1.0, 0.0);
    assert_near(s->c.rate_rps[2][0], 0.1, 1e-15);
    /* one that is fuller than it may be is not driven back, only let down */
    s->c.wheel_nms[2][0] = -1.5;
    fly_bodies(s, kernels, 1.0, 1);
    assert_near(s->c.wheel_nms[2][0], -1.5, 0.0);
    s->acting.wheel_torque_nm[2][0] = -0.125;
    fly_bodies(s, kernels, 1.0, 1);
    assert_near(s->c.wheel_nms[2][0], -1.375, 1e-15);
    close_bodies(s);
}

/* a wheel's momentum across a rate is a torque: I w' = -w x h */
static void spinning_wheel_turns_the_rates_across_it(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.wheels = true;
    memcpy(s->group.dry_kgm2, (double[6]){5.0, 5.0, 5.0}, sizeof s->group.dry_kgm2);
    s->c.wheel_nms[2][0] = 2.0;
    s->c.rate_rps[0][0] = 0.1;
    fly_bodies(s, kernels, 0.01, 1000);
    /* a sphere: rates across the wheel turn with h / I */
    assert_near(s->c.rate_rps[0][0], 0.1 * cos(2.0 / 5.0 * 10.0), 1e-9);
    assert_near(s->c.rate_rps[1][0], 0.1 * sin(2.0 / 5.0 * 10.0), 1e-9);
    close_bodies(s);
}

/* two that are docked, at both ends of a pole, tumble about their common centre */
static void docked_bodies_move_as_one(void **state)
{
    (void)state;
    body_stand *s = open_bodies(3); /* the third is both, as one body */
    const double kg[2] = {30.0, 10.0}, place[2][3] = {{-1.0, 0.5, 0.0}, {3.0, -1.5, 0.0}};
    /* points at their places, and a little of their own */
    const double inertia[6] = {10.0 + 30.0 * 0.25 + 10.0 * 2.25,
                               12.0 + 30.0 * 1.0 + 10.0 * 9.0,
                               14.0 + 30.0 * 1.25 + 10.0 * 11.25,
                               30.0 * 0.5 + 10.0 * 4.5,
                               0.0,
                               0.0};
    const double rate[3] = {0.2, -0.1, 0.3}, velocity[3] = {1.0, 2.0, -0.5};
    memcpy(s->group.dry_kgm2, inertia, sizeof inertia);
    s->group.dry_kg = 40.0;
    for (size_t i = 0; i < 3; i++) {
        double arm[3] = {0.0, 0.0, 0.0}, swing[3];
        memcpy(arm, i < 2 ? place[i] : arm, sizeof arm);
        cross3(rate, arm, swing);
        set3(s->c.rate_rps, i, rate[0], rate[1], rate[2]);
        set3(s->c.position_m, i, arm[0], arm[1], arm[2]);
        set3(s->c.velocity_mps, i, velocity[0] + swing[0], velocity[1] + swing[1],
             velocity[2] + swing[2]);
        ((double *)s->c.dry_kg)[i] = i < 2 ? kg[i] : 40.0;
        ((double *)s->c.bond_kg)[i] = i < 2 ? 40.0 : 0.0;
        for (int k = 0; k < 6; k++) {
            ((double *)s->c.bond_inertia_kgm2[k])[i] = i < 2 ? inertia[k] : 0.0;
        }
        for (int d = 0; d < 3; d++) {
            ((double *)s->c.bond_m[d])[i] = arm[d];
        }
    }
    s->acting.force_n[0][0] = 100.0; /* nobody who is docked can fire */
    fly_bodies(s, kernels, 0.05, 2000);
    double q[4], r[3], of_sum[3];
    get_attitude(s, 2, q);
    get3(s->c.position_m, 2, of_sum);
    for (int d = 0; d < 3; d++) {
        assert_near(of_sum[d], velocity[d] * 100.0, 1e-9);
    }
    for (size_t i = 0; i < 2; i++) {
        double arm[3], other[4], v[3], swing[3], w[3];
        turn3(q, place[i], arm);
        get_attitude(s, i, other);
        get3(s->c.position_m, i, r);
        get3(s->c.velocity_mps, i, v);
        get3(s->c.rate_rps, i, w);
        double turned[3];
        cross3(w, place[i], swing);
        turn3(q, swing, turned);
        for (int d = 0; d < 3; d++) {
            assert_near(r[d], of_sum[d] + arm[d], 1e-9);
            assert_near(v[d], velocity[d] + turned[d], 1e-9);
        }
        for (int k = 0; k < 4; k++) {
            assert_near(other[k], q[k], 1e-12);
        }
    }
    close_bodies(s);
}

/* attitude by turns about own axes: yaw about +Z, then pitch about +Y, then roll about +X */
static void set_attitude(body_stand *s, size_t i, double yaw, double pitch, double roll)
{
    const double cy = cos(0.5 * yaw), sy = sin(0.5 * yaw), cp = cos(0.5 * pitch),
                 sp = sin(0.5 * pitch), cr = cos(0.5 * roll), sr = sin(0.5 * roll);
    s->c.attitude[0][i] = cr * cp * cy + sr * sp * sy;
    s->c.attitude[1][i] = sr * cp * cy - cr * sp * sy;
    s->c.attitude[2][i] = cr * sp * cy + sr * cp * sy;
    s->c.attitude[3][i] = cr * cp * sy - sr * sp * cy;
}

static void angles_are_those_that_made_the_attitude(void **state)
{
    (void)state;
    body_stand *s = open_bodies(9);
    const qf_bot_tick tick = {.dt_s = 1e-9, .observed = true};
    for (size_t i = 0; i < s->n; i++) {
        set_attitude(s, i, 0.5 * PI - 0.7 * (double)i, -1.2 + 0.3 * (double)i,
                     3.0 - 0.7 * (double)i);
    }
    kernels->dynamics(&s->c, &s->group, &tick, &s->scratch, 0, s->n);
    for (size_t i = 0; i < s->n; i++) {
        /* a nose to the north is a turn of a quarter about +Z; yaw goes the other way, as headings do */
        assert_true(s->c.yaw_rad[i] >= 0.0 && s->c.yaw_rad[i] < 2.0 * PI);
        assert_near(sin(s->c.yaw_rad[i]), sin(0.7 * (double)i), 1e-12);
        assert_near(cos(s->c.yaw_rad[i]), cos(0.7 * (double)i), 1e-12);
        assert_near(s->c.pitch_rad[i], -1.2 + 0.3 * (double)i, 1e-12);
        assert_near(s->c.roll_rad[i], 3.0 - 0.7 * (double)i, 1e-12);
        assert_near(s->c.mass_kg[i], 1.0, 0.0);
    }
    close_bodies(s);
}

static void imu_measures_rates_where_there_is_one_that_works(void **state)
{
    (void)state;
    body_stand *s = open_bodies(3);
    const qf_bot_tick tick = {.dt_s = 0.1, .observed = true};
    for (size_t i = 0; i < 3; i++) {
        set3(s->c.rate_rps, i, 0.0, 0.0, 0.25);
    }
    ((uint64_t *)s->c.flags)[1] = QF_FLAG_BIT(IMU_BROKEN);
    kernels->dynamics(&s->c, &s->group, &tick, &s->scratch, 0, 3);
    assert_near(s->c.roll_rate_rps[0], 0.0, 0.0);
    assert_near(s->c.yaw_rate_rps[0], -0.25, 0.0);
    assert_true(isnan(s->c.roll_rate_rps[1]) && isnan(s->c.yaw_rate_rps[1]));
    assert_near(s->c.yaw_rate_rps[2], -0.25, 0.0);
    s->group.imu = false;
    kernels->dynamics(&s->c, &s->group, &tick, &s->scratch, 0, 3);
    assert_true(isnan(s->c.pitch_rate_rps[2]));
    close_bodies(s);
}

static void attitude_stays_a_unit_quaternion_and_dose_adds_up(void **state)
{
    (void)state;
    body_stand *s = open_bodies(1);
    s->group.dose_rate_usvh = 36.0;
    set3(s->c.rate_rps, 0, 3.0, -8.0, 5.0); /* a rough step: 0.1 s at 10 rad/s */
    fly_bodies(s, kernels, 0.1, 10000);
    double q[4];
    get_attitude(s, 0, q);
    assert_near(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3], 1.0, 4e-16);
    assert_near(s->c.dose_usv[0], 10.0, 1e-9);
    close_bodies(s);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    kernels = qf_kernels_best();
    const struct CMUnitTest tests[] = {
        TEST(symmetric_top_precesses_as_its_closed_form_says),
        TEST(middle_axis_flips_without_losing_energy_or_momentum),
        TEST(burning_body_gains_what_the_rocket_equation_says),
        TEST(thrust_turns_with_the_body_within_a_tick),
        TEST(torque_spins_up_against_dry_and_tank_inertia),
        TEST(halving_the_step_divides_the_error_by_sixteen),
        TEST(wheels_and_body_keep_their_common_momentum),
        TEST(wheels_give_no_more_than_they_can_and_fill_up),
        TEST(spinning_wheel_turns_the_rates_across_it),
        TEST(docked_bodies_move_as_one),
        TEST(angles_are_those_that_made_the_attitude),
        TEST(imu_measures_rates_where_there_is_one_that_works),
        TEST(attitude_stays_a_unit_quaternion_and_dose_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
