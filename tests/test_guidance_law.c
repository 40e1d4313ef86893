/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_scene.h"

static void a_waypoint_is_reached_and_held_without_overshoot(void **state)
{
    (void)state;
    static const double waypoints[][3] = {{300.0, 0.0, 0.0}};
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_WAYPOINT);
    spec.waypoints_m = waypoints;
    spec.n_waypoints = 1;
    spec.speed_mps = 5.0;
    ships s;
    launch(&s, &(ship_scene){.count = 3, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    const size_t slot = slot_of(&s, CHASERS, 2);
    double farthest_m = 0.0;
    double fastest_mps = 0.0;
    for (int t = 0; t < 2000; t++) {
        fly(&s, 1);
        farthest_m = fmax(farthest_m, at_of(&s, slot, 0));
        fastest_mps = fmax(fastest_mps, speed_of_ship(&s, slot));
    }
    assert_below(farthest_m, 300.0 + 0.01);
    assert_below(fastest_mps, 5.0 + 1e-6);
    assert_below(4.9, fastest_mps);
    assert_below(distance_to(&s, slot, waypoints[0]), 1e-3);
    assert_below(s.most_accel_mps2, spec.max_accel_mps2 * (1.0 + 1e-12));
    assert_true(FLAG(&s.v, BEHAVIOR_DONE, 2));
    assert_int_equal(events_of(&s, QF_EVENT_WAYPOINT_REACHED), 3);
    assert_int_equal(events_of(&s, QF_EVENT_BEHAVIOR_DONE), 3);
    land(&s);
}

static void a_patrol_goes_round_again_and_again(void **state)
{
    (void)state;
    static const double waypoints[][3] = {{30.0, 0.0, 0.0}, {30.0, 30.0, 0.0}, {0.0, 0.0, 10.0}};
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_PATROL);
    spec.waypoints_m = waypoints;
    spec.n_waypoints = 3;
    ships s;
    launch(&s, &(ship_scene){.count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    fly(&s, 6000);
    const qf_event *events = s.events.events;
    assert_true(s.events.n > 9);
    for (size_t k = 0; k < s.events.n; k++) {
        assert_int_equal(events[k].code, QF_EVENT_WAYPOINT_REACHED);
        assert_exact(events[k].value, (double)(k % 3));
    }
    assert_false(FLAG(&s.v, BEHAVIOR_DONE, 0));
    land(&s);
}

static void a_velocity_is_kept(void **state)
{
    (void)state;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_VELOCITY);
    spec.velocity_mps[0] = 1.0;
    spec.velocity_mps[1] = -2.0;
    spec.attitude_mode = QF_ATTITUDE_VELOCITY;
    ships s;
    launch(&s, &(ship_scene){.count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    fly(&s, 1500);
    const size_t slot = slot_of(&s, CHASERS, 0);
    assert_near(s.columns.velocity_mps[0][slot], 1.0, 1e-6);
    assert_near(s.columns.velocity_mps[1][slot], -2.0, 1e-6);
    /* and it looks where it goes, upright */
    static const double forward[3] = {1.0, 0.0, 0.0};
    static const double up[3] = {0.0, 0.0, 1.0};
    const ship_state x = load_state(&s, slot);
    double looks[3];
    double stands[3];
    turn_by(x.q, forward, looks);
    turn_by(x.q, up, stands);
    assert_near(looks[0], 1.0 / sqrt(5.0), 1e-6);
    assert_near(looks[1], -2.0 / sqrt(5.0), 1e-6);
    assert_near(stands[2], 1.0, 1e-6);
    land(&s);
}

static void who_holds_comes_to_rest_and_stays(void **state)
{
    (void)state;
    const qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_HOLD);
    ships s;
    launch(&s, &(ship_scene){.count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    const size_t slot = slot_of(&s, CHASERS, 0);
    s.columns.velocity_mps[1][slot] = 0.8;
    behave(&s, 0);
    const double *place = qf_f64(&s.v.fleet, QF_FIELD_GUIDANCE_Y, 0);
    double farthest_m = 0.0;
    for (int t = 0; t < 1500; t++) {
        fly(&s, 1);
        farthest_m = fmax(farthest_m, at_of(&s, slot, 1));
    }
    assert_true(place[slot] > 2.0);
    assert_near(at_of(&s, slot, 1), place[slot], 1e-3);
    assert_below(farthest_m, place[slot] + 0.05); /* it did not have to come back */
    assert_below(speed_of_ship(&s, slot), 1e-4);
    land(&s);
}

static void nobody_acts_who_must_not(void **state)
{
    (void)state;
    static const double waypoints[][3] = {{300.0, 0.0, 0.0}};
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_WAYPOINT);
    spec.waypoints_m = waypoints;
    spec.n_waypoints = 1;
    ships s;
    launch(&s, &(ship_scene){.count = 6, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    uint64_t *flags = qf_u64(&s.v.fleet, QF_FIELD_FLAGS, 0) + slot_of(&s, CHASERS, 0);
    flags[0] |= QF_FLAG_BIT(EMERGENCY_STOP);
    flags[1] |= QF_FLAG_BIT(SAFE_MODE);
    flags[2] |= QF_FLAG_BIT(DOCKED);
    flags[3] |= QF_FLAG_BIT(QUARANTINED);
    qf_f64(&s.v.fleet, QF_FIELD_RCS_PCT, 0)[slot_of(&s, CHASERS, 4)] = 50.0;
    fly(&s, 10);
    for (size_t i = 0; i < 5; i++) {
        assert_exact(speed_of_ship(&s, slot_of(&s, CHASERS, i)), 0.0);
    }
    assert_true(speed_of_ship(&s, slot_of(&s, CHASERS, 5)) > 0.1);
    land(&s);
}

/* a leader that turns at a steady rate, on a circle */
static void a_formation_follows_a_turning_leader(void **state)
{
    (void)state;
    const double rate_rps = 0.01;
    const double radius_m = 100.0;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_FORMATION);
    spec.offset_m[0] = -10.0;
    spec.offset_m[1] = 20.0;
    spec.target_group = TARGETS;
    ships s;
    launch(&s, &(ship_scene){.count = 2, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    double worst_m = 0.0;
    double worst_turn = 0.0;
    for (int t = 0; t < 4000; t++) {
        const double a = rate_rps * t * 0.1;
        const ship_state leader = {
            .r = {radius_m * sin(a), radius_m * (1.0 - cos(a)), 5.0},
            .v = {radius_m * rate_rps * cos(a), radius_m * rate_rps * sin(a), 0.0},
            .q = {cos(a / 2.0), 0.0, 0.0, sin(a / 2.0)},
            .w = {0.0, 0.0, rate_rps}};
        for (size_t i = 0; i < 2; i++) {
            store_state(&s, slot_of(&s, TARGETS, i), &leader);
        }
        if (t > 2000) {
            double offset[3];
            turn_by(leader.q, spec.offset_m, offset);
            const double place[3] = {leader.r[0] + offset[0], leader.r[1] + offset[1],
                                     leader.r[2] + offset[2]};
            const size_t slot = slot_of(&s, CHASERS, 1);
            const ship_state x = load_state(&s, slot);
            worst_m = fmax(worst_m, distance_to(&s, slot, place));
            worst_turn = fmax(worst_turn, 1.0 - fabs(x.q[0] * leader.q[0] + x.q[3] * leader.q[3]));
        }
        fly(&s, 1);
    }
    /* the leader's own acceleration, 0.01 m/s2, is not known: it costs that over the square of 0.2 rad/s */
    assert_below(worst_m, 0.01 / (0.2 * 0.2) * 1.05);
    assert_below(worst_turn, 1e-6);
    land(&s);
}

static void a_station_is_kept_in_orbit_by_lvlh_axes(void **state)
{
    (void)state;
    const double mu = 3.986004418e14;
    const double radius_m = 6.778e6;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_STATION_KEEP);
    spec.offset_m[1] = -100.0; /* behind it on its track */
    spec.target_group = TARGETS;
    ships s;
    launch(&s, &(ship_scene){.count = 1,
                             .dt_s = 0.1,
                             .guidances = &spec,
                             .n_guidances = 1,
                             .gravity = {.kind = QF_GRAVITY_POINT, .mu_m3ps2 = mu}});
    const double speed_mps = sqrt(mu / radius_m);
    const ship_state target = {
        .r = {radius_m, 0.0, 0.0}, .v = {0.0, speed_mps, 0.0}, .q = {1.0, 0.0, 0.0, 0.0}};
    ship_state chaser = target;
    chaser.r[0] += 30.0;
    chaser.r[1] -= 150.0;
    store_state(&s, slot_of(&s, TARGETS, 0), &target);
    store_state(&s, slot_of(&s, CHASERS, 0), &chaser);
    behave(&s, 0);
    fly(&s, 6000);
    const ship_state now = load_state(&s, slot_of(&s, TARGETS, 0));
    const double turned = atan2(now.r[1], now.r[0]);
    assert_true(turned > 0.5);
    const double place[3] = {now.r[0] + 100.0 * sin(turned), now.r[1] - 100.0 * cos(turned), 0.0};
    assert_below(distance_to(&s, slot_of(&s, CHASERS, 0), place), 5e-4);
    /* once there it costs what the frame's rotation and the gradient of gravity ask for, some mm/s2 */
    s.most_accel_mps2 = 0.0;
    fly(&s, 100);
    assert_below(s.most_accel_mps2, 1e-3);
    land(&s);
}

static void what_is_known_of_a_target_is_carried_on_to_now(void **state)
{
    (void)state;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_FORMATION);
    spec.offset_m[0] = 12.0;
    spec.target_group = TARGETS;
    ships s;
    launch(&s, &(ship_scene){.count = 1,
                             .dt_s = 0.1,
                             .guidances = &spec,
                             .n_guidances = 1,
                             .age_ticks = 25,
                             .inertia_kgm2 = {100.0, 100.0, 100.0}});
    const size_t target = slot_of(&s, TARGETS, 0);
    s.columns.velocity_mps[1][target] = 0.7;
    s.columns.rate_rps[2][target] = 0.02;
    fly(&s, 3024); /* 24 ticks after it last heard */
    const ship_state now = load_state(&s, target);
    double offset[3];
    turn_by(now.q, spec.offset_m, offset);
    const double place[3] = {now.r[0] + offset[0], now.r[1] + offset[1], now.r[2]};
    assert_below(distance_to(&s, slot_of(&s, CHASERS, 0), place), 2e-3);
    assert_near(VALUE(&s.v, TARGET_RANGE, 0), 12.0, 2e-3);
    land(&s);
}

/* from facing east, which some are straight behind */
static void who_faces_its_target_does_so_in_any_direction_and_upright(void **state)
{
    (void)state;
    static const double directions[][3] = {
        {1.0, 0.0, 0.0}, {-1.0, 0.0, 0.0}, {-1.0, 1e-12, 0.0},  {-1.0, -1e-12, 0.0},
        {0.0, 1.0, 0.0}, {0.0, -1.0, 0.0}, {-0.6, -0.48, 0.64}, {0.0, 0.6, -0.8},
        {0.0, 0.0, 1.0}, {0.0, 0.0, -1.0}, {-0.6, 0.0, -0.8},
    };
    for (size_t k = 0; k < COUNT(directions); k++) {
        qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_STATION_KEEP);
        spec.target_group = TARGETS;
        spec.frame = QF_OFFSET_WORLD;
        ships s;
        for (int d = 0; d < 3; d++) {
            spec.offset_m[d] = -50.0 * directions[k][d];
        }
        launch(&s, &(ship_scene){.count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
        for (int d = 0; d < 3; d++) {
            s.columns.position_m[d][slot_of(&s, TARGETS, 0)] = 50.0 * directions[k][d];
        }
        fly(&s, 1500);
        const ship_state now = load_state(&s, slot_of(&s, CHASERS, 0));
        static const double forward[3] = {1.0, 0.0, 0.0};
        static const double left[3] = {0.0, 1.0, 0.0};
        static const double up[3] = {0.0, 0.0, 1.0};
        double x[3];
        double y[3];
        double z[3];
        turn_by(now.q, forward, x);
        turn_by(now.q, left, y);
        turn_by(now.q, up, z);
        for (int d = 0; d < 3; d++) {
            assert_near(x[d], directions[k][d], 1e-6);
        }
        assert_near(y[2], 0.0, 1e-6);
        assert_true(z[2] > -1e-6);
        land(&s);
    }
}

/* half a minute: on a parabola it would be some 40 m off in orbit */
static void what_was_known_of_a_target_long_ago_falls_as_the_target_does(void **state)
{
    (void)state;
    static const struct {
        qf_gravity gravity;
        double place_m[3], velocity_mps[3], most_m;
    } cases[] = {
        {{.kind = QF_GRAVITY_POINT, .mu_m3ps2 = 3.986004418e14},
         {6.778e6, 0.0, 0.0},
         {0.0, 5000.0, 5800.0},
         5e-3},
        {{.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = 0.00113},
         {1000.0, 0.0, 200.0},
         {1.0, -2.0, 0.0},
         1e-6},
    };
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_STATION_KEEP);
    spec.target_group = TARGETS;
    for (size_t k = 0; k < COUNT(cases); k++) {
        ships s;
        launch(&s, &(ship_scene){.count = 1,
                                 .dt_s = 0.1,
                                 .guidances = &spec,
                                 .n_guidances = 1,
                                 .age_ticks = 1000,
                                 .gravity = cases[k].gravity});
        const size_t target = slot_of(&s, TARGETS, 0);
        const size_t own = slot_of(&s, CHASERS, 0);
        for (int d = 0; d < 3; d++) {
            s.columns.position_m[d][target] = cases[k].place_m[d];
            s.columns.velocity_mps[d][target] = cases[k].velocity_mps[d];
            s.columns.position_m[d][own] = cases[k].place_m[d] + (d == 2 ? 50.0 : 0.0);
            s.columns.velocity_mps[d][own] = cases[k].velocity_mps[d];
        }
        fly(&s, 300);
        double there[3];
        for (int d = 0; d < 3; d++) {
            there[d] = s.columns.position_m[d][target];
        }
        const double range_m = distance_to(&s, own, there);
        fly(&s, 1); /* what guidance makes of it as it stands */
        assert_near(VALUE(&s.v, TARGET_RANGE, 0), range_m, cases[k].most_m);
        land(&s);
    }
}

static void who_knows_nothing_of_its_target_comes_to_rest(void **state)
{
    (void)state;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_STATION_KEEP);
    spec.target_group = TARGETS;
    ships s;
    launch(
        &s,
        &(ship_scene){
            .count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1, .age_ticks = 1000000});
    s.tick = 1; /* the next it hears is far off */
    const size_t slot = slot_of(&s, CHASERS, 0);
    s.columns.velocity_mps[0][slot] = 0.5;
    s.columns.rate_rps[1][slot] = 0.02;
    fly(&s, 600);
    assert_below(speed_of_ship(&s, slot), 1e-6);
    assert_below(fabs(s.columns.rate_rps[1][slot]), 1e-6);
    assert_true(isnan(VALUE(&s.v, TARGET_RANGE, 0)));
    assert_true(isnan(VALUE(&s.v, GOAL_DISTANCE, 0)));
    land(&s);
}

static void a_behaviour_that_goes_on_is_left_alone(void **state)
{
    (void)state;
    static const double waypoints[][3] = {{2.0, 0.0, 0.0}, {40.0, 0.0, 0.0}};
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_WAYPOINT);
    spec.waypoints_m = waypoints;
    spec.n_waypoints = 2;
    ships s;
    launch(&s, &(ship_scene){.count = 1, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    const qf_event told = {.entity = 0};
    const qf_group *group = &s.v.fleet.groups[CHASERS];
    const int64_t *step = qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE_STEP, 0);
    fly(&s, 100);
    assert_int_equal(step[group->slot_begin], 1);
    qf_guidance_begin(&s.v.fleet, group, group->slot_begin, s.tick, 0, &told, &s.events);
    assert_int_equal(step[group->slot_begin], 1);
    assert_int_equal(events_of(&s, QF_EVENT_BEHAVIOR_STARTED), 0);
    fly(&s, 1500);
    assert_true(FLAG(&s.v, BEHAVIOR_DONE, 0));
    qf_guidance_begin(&s.v.fleet, group, group->slot_begin, s.tick, 0, &told, &s.events);
    assert_int_equal(step[group->slot_begin], 0);
    assert_false(FLAG(&s.v, BEHAVIOR_DONE, 0));
    assert_int_equal(events_of(&s, QF_EVENT_BEHAVIOR_STARTED), 1);
    land(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_waypoint_is_reached_and_held_without_overshoot),
        cmocka_unit_test(a_patrol_goes_round_again_and_again),
        cmocka_unit_test(a_velocity_is_kept),
        cmocka_unit_test(who_holds_comes_to_rest_and_stays),
        cmocka_unit_test(nobody_acts_who_must_not),
        cmocka_unit_test(a_formation_follows_a_turning_leader),
        cmocka_unit_test(a_station_is_kept_in_orbit_by_lvlh_axes),
        cmocka_unit_test(what_is_known_of_a_target_is_carried_on_to_now),
        cmocka_unit_test(who_faces_its_target_does_so_in_any_direction_and_upright),
        cmocka_unit_test(what_was_known_of_a_target_long_ago_falls_as_the_target_does),
        cmocka_unit_test(who_knows_nothing_of_its_target_comes_to_rest),
        cmocka_unit_test(a_behaviour_that_goes_on_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
