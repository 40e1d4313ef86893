/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_scene.h"
#include "guidance_stage.h"

static const double pi = 3.14159265358979323846;

static qf_guidance_spec facing_east(void)
{
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_HOLD);
    spec.attitude_mode = QF_ATTITUDE_FIXED;
    return spec;
}

/* turned by an angle about an axis of length 1 */
static void set_turn(const ships *s, size_t slot, double rad, double x, double y, double z)
{
    ship_state state = load_state(s, slot);
    const double sine = sin(rad / 2.0);
    state.q[0] = cos(rad / 2.0);
    state.q[1] = x * sine;
    state.q[2] = y * sine;
    state.q[3] = z * sine;
    store_state(s, slot, &state);
}

/* the signed angle about an axis, of a turn that is about that axis */
static double turn_about(const ships *s, size_t slot, double x, double y, double z)
{
    const ship_state state = load_state(s, slot);
    const double along = state.q[1] * x + state.q[2] * y + state.q[3] * z;
    const double angle = 2.0 * atan2(along, state.q[0]);
    return angle > pi ? angle - 2.0 * pi : angle < -pi ? angle + 2.0 * pi : angle;
}

static void a_small_step_answers_as_a_second_order_system(void **state)
{
    (void)state;
    static const double dampings[] = {0.5, 0.7, 1.0, 1.5};
    const double start_rad = pi / 180.0;
    const double dt_s = 0.01;
    for (size_t k = 0; k < COUNT(dampings); k++) {
        qf_guidance_spec spec = facing_east();
        spec.attitude_rps = 0.4;
        spec.attitude_damping = dampings[k];
        spec.max_rate_rps = 1.0;
        ships s;
        launch(&s, &(ship_scene){.count = 1, .dt_s = dt_s, .guidances = &spec, .n_guidances = 1});
        const size_t slot = slot_of(&s, CHASERS, 0);
        set_turn(&s, slot, start_rad, 0.0, 0.6, 0.8);
        const double w = spec.attitude_rps;
        const double z = spec.attitude_damping;
        double overshoot = 0.0;
        for (int t = 1; t <= 4000; t++) {
            fly(&s, 1);
            const double time_s = t * dt_s;
            const double r = sqrt(fabs(1.0 - z * z));
            const double a = r * w * time_s;
            const double decay = exp(-z * w * time_s);
            const double expected = z < 1.0   ? decay * (cos(a) + z / r * sin(a))
                                    : z > 1.0 ? decay * (cosh(a) + z / r * sinh(a))
                                              : decay * (1.0 + w * time_s);
            const double found = turn_about(&s, slot, 0.0, 0.6, 0.8) / start_rad;
            assert_near(found, expected, 4e-3); /* a tick's delay: some w dt */
            overshoot = fmax(overshoot, -found);
        }
        const double expected = z < 1.0 ? exp(-pi * z / sqrt(1.0 - z * z)) : 0.0;
        assert_near(overshoot, expected, 3e-3);
        land(&s);
    }
}

static void a_large_turn_goes_the_shortest_way_at_the_rate_allowed(void **state)
{
    (void)state;
    static const double degrees[] = {90.0, 170.0, 190.0, 350.0, -179.0};
    const qf_guidance_spec spec = facing_east();
    for (size_t k = 0; k < COUNT(degrees); k++) {
        ships s;
        launch(&s, &(ship_scene){.count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
        const size_t slot = slot_of(&s, CHASERS, 0);
        set_turn(&s, slot, degrees[k] * pi / 180.0, 0.0, 0.0, 1.0);
        double before_rad = fabs(turn_about(&s, slot, 0.0, 0.0, 1.0));
        double fastest_rps = 0.0;
        const double far_rad = before_rad;
        int ticks = 0;
        for (; ticks < 3000 && before_rad > 1e-4; ticks++) {
            fly(&s, 1);
            const double now_rad = fabs(turn_about(&s, slot, 0.0, 0.0, 1.0));
            assert_true(now_rad <= before_rad); /* neither the long way nor beyond */
            before_rad = now_rad;
            fastest_rps = fmax(fastest_rps, fabs(s.columns.rate_rps[2][slot]));
        }
        assert_below(before_rad, 1e-4);
        assert_below(fastest_rps, spec.max_rate_rps * 1.000001);
        assert_below(ticks * 0.1, far_rad / spec.max_rate_rps + 60.0);
        land(&s);
    }
}

static void rates_are_damped_against_the_gyroscopic_torque(void **state)
{
    (void)state;
    qf_guidance_spec spec = facing_east();
    spec.attitude_mode = QF_ATTITUDE_FREE;
    const qf_wheels_spec wheels = {.max_torque_nm = {0.5, 0.5, 0.5},
                                   .max_momentum_nms = {20.0, 20.0, 20.0}};
    ships s;
    launch(&s,
           &(ship_scene){
               .count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1, .wheels = &wheels});
    const size_t slot = slot_of(&s, CHASERS, 0);
    const double w[3] = {0.3, -0.2, 0.1};
    const double h[3] = {3.0, 5.0, -7.0};
    const double *i = s.body_group.dry_kgm2;
    for (int d = 0; d < 3; d++) {
        s.columns.rate_rps[d][slot] = w[d];
        s.columns.wheel_nms[d][slot] = h[d];
    }
    guide_block(&s, &s.v.fleet.blocks[0]);
    const double m[3] = {i[0] * w[0] + h[0], i[1] * w[1] + h[1], i[2] * w[2] + h[2]};
    const double gyro[3] = {w[1] * m[2] - w[2] * m[1], w[2] * m[0] - w[0] * m[2],
                            w[0] * m[1] - w[1] * m[0]};
    const double gain = 2.0 * spec.attitude_damping * spec.attitude_rps;
    for (int d = 0; d < 3; d++) {
        const double torque = s.acting->wanted_torque_nm[d][0] + s.acting->wheel_torque_nm[d][0];
        assert_near(torque, -gain * i[d] * w[d] + gyro[d], 1e-12);
        assert_near(fabs(s.acting->wheel_torque_nm[d][0]), 0.5, 1e-12); /* all that wheels can */
    }
    land(&s);
}

static void wheels_turn_first_and_thrusters_do_the_rest(void **state)
{
    (void)state;
    const qf_guidance_spec spec = facing_east();
    const qf_wheels_spec wheels = {.max_torque_nm = {20.0, 20.0, 20.0},
                                   .max_momentum_nms = {50.0, 50.0, 2.0}};
    ships s;
    launch(&s,
           &(ship_scene){
               .count = 2, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1, .wheels = &wheels});
    const size_t slot = slot_of(&s, CHASERS, 0);
    set_turn(&s, slot, 0.3, 0.0, 1.0, 0.0);     /* its wheel can */
    set_turn(&s, slot + 1, 0.3, 0.0, 0.0, 1.0); /* 150 kg m2 at 0.05 rad/s are more than 2 N m s */
    double thrusters[2] = {0.0, 0.0};
    double most_nms = 0.0;
    for (int t = 0; t < 600; t++) {
        fly(&s, 1);
        for (size_t k = 0; k < 2; k++) {
            for (int d = 0; d < 3; d++) {
                thrusters[k] += fabs(s.acting->wanted_torque_nm[d][k]);
            }
        }
        most_nms = fmax(most_nms, fabs(s.columns.wheel_nms[2][slot + 1]));
    }
    assert_exact(thrusters[0], 0.0);
    assert_true(thrusters[1] > 10.0);
    assert_below(most_nms, 2.0 * (1.0 + 1e-12));
    assert_true(most_nms > 1.9);
    assert_near(turn_about(&s, slot, 0.0, 1.0, 0.0), 0.0, 1e-6);
    assert_near(turn_about(&s, slot + 1, 0.0, 0.0, 1.0), 0.0, 1e-6);
    /* all that turned is at rest again, and what thrusters gave is in the wheel */
    assert_near(s.columns.wheel_nms[1][slot], 0.0, 1e-4);
    land(&s);
}

static void a_full_wheel_gives_its_momentum_away(void **state)
{
    (void)state;
    const qf_guidance_spec spec = facing_east();
    const qf_wheels_spec wheels = {.max_torque_nm = {1.0, 1.0, 1.0},
                                   .max_momentum_nms = {10.0, 10.0, 10.0}};
    ships s;
    launch(&s,
           &(ship_scene){
               .count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1, .wheels = &wheels});
    const size_t slot = slot_of(&s, CHASERS, 0);
    s.columns.wheel_nms[0][slot] = -9.8;
    s.columns.wheel_nms[1][slot] = 7.9; /* not enough to be worth propellant */
    fly(&s, 1);
    assert_near(s.acting->wheel_torque_nm[0][0], -0.18, 1e-12);
    assert_near(s.acting->wanted_torque_nm[0][0], 0.18, 1e-12);
    fly(&s, 1000);
    assert_near(s.columns.wheel_nms[0][slot], -8.0, 1e-3);
    assert_near(s.columns.wheel_nms[1][slot], 7.9, 1e-9);
    assert_near(turn_about(&s, slot, 1.0, 0.0, 0.0), 0.0, 1e-9);
    land(&s);
}

/* on either side of what sampled control can do: turns die out, or grow without end, and that is refused */
static void control_that_would_swing_up_is_refused(void **state)
{
    (void)state;
    static const struct {
        double frequency_rps, damping; /* in ticks of 1 s */
        bool stable;
    } cases[] = {{0.95, 1.0, true},  {1.05, 1.0, false}, {0.47, 2.0, true},
                 {0.53, 2.0, false}, {0.35, 0.1, true},  {0.45, 0.1, false}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        qf_guidance_spec spec = facing_east();
        const char *keys[2];
        assert_int_equal(qf_guidance_unstable(&spec, 1.0, keys), 0);
        ships s;
        launch(&s, &(ship_scene){.count = 1, .dt_s = 1.0, .guidances = &spec, .n_guidances = 1});
        /* past the check, for which it is too late */
        qf_guidance_law *law = (qf_guidance_law *)((qf_guidance *)s.guidance)->groups[CHASERS].laws;
        law->turn_gain = cases[k].frequency_rps / (2.0 * cases[k].damping);
        law->rate_gain = 2.0 * cases[k].damping * cases[k].frequency_rps;
        law->max_rate_rps = 10.0;
        const size_t slot = slot_of(&s, CHASERS, 0);
        set_turn(&s, slot, 1e-6, 0.0, 0.0, 1.0);
        double late = 0.0;
        for (int t = 0; t < 400; t++) {
            fly(&s, 1);
            late = t >= 380 ? fmax(late, fabs(turn_about(&s, slot, 0.0, 0.0, 1.0))) : 0.0;
        }
        assert_int_equal(late < 1e-6, cases[k].stable);
        spec.attitude_rps = cases[k].frequency_rps;
        spec.attitude_damping = cases[k].damping;
        void *guidance = NULL;
        const qf_status status = qf_guidance_open(&s.v.context, &s.v.fleet, &guidance);
        assert_int_equal(status, cases[k].stable ? QF_OK : QF_ERROR_SCENARIO);
        qf_guidance_close(guidance);
        land(&s);
        spec = facing_east();
        spec.position_rps = cases[k].frequency_rps;
        spec.position_damping = cases[k].damping;
        assert_int_equal(qf_guidance_unstable(&spec, 1.0, keys) == 0, cases[k].stable);
    }
}

/* who stands still there turns in space: n x (I n + h), n along the world's +Z */
static void holding_still_in_hills_frame_takes_torque(void **state)
{
    (void)state;
    const double n = 0.01;
    const qf_wheels_spec wheels = {.max_torque_nm = {1.0, 1.0, 1.0},
                                   .max_momentum_nms = {50.0, 50.0, 50.0}};
    const qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_HOLD);
    ships s;
    launch(&s,
           &(ship_scene){.count = 1,
                         .dt_s = 0.1,
                         .guidances = &spec,
                         .n_guidances = 1,
                         .wheels = &wheels,
                         .gravity = {.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = n}});
    const size_t slot = slot_of(&s, CHASERS, 0);
    set_turn(&s, slot, pi / 6.0, 1.0, 0.0, 0.0); /* +Z is at (0, 0.5, cos 30) of its axes */
    s.columns.wheel_nms[0][slot] = 20.0;
    behave(&s, 0);
    const double up[3] = {0.0, 0.5, cos(pi / 6.0)};
    const double momentum[3] = {20.0, 120.0 * n * up[1], 150.0 * n * up[2]};
    const double expected[3] = {n * (up[1] * momentum[2] - up[2] * momentum[1]),
                                n * up[2] * momentum[0], -n * up[1] * momentum[0]};
    fly(&s, 1);
    for (int d = 0; d < 3; d++) {
        assert_near(s.acting->wanted_torque_nm[d][0] + s.acting->wheel_torque_nm[d][0], expected[d],
                    1e-12);
    }
    land(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_step_answers_as_a_second_order_system),
        cmocka_unit_test(a_large_turn_goes_the_shortest_way_at_the_rate_allowed),
        cmocka_unit_test(rates_are_damped_against_the_gyroscopic_torque),
        cmocka_unit_test(wheels_turn_first_and_thrusters_do_the_rest),
        cmocka_unit_test(a_full_wheel_gives_its_momentum_away),
        cmocka_unit_test(control_that_would_swing_up_is_refused),
        cmocka_unit_test(holding_still_in_hills_frame_takes_torque),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
