/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_spec.h"
#include "motion.h"
#include "vehicle.h"

static const qf_drive_spec wheels = {.track_m = 0.5, .max_wheel_mps = 2.0, .max_wheel_mps2 = 1.0};
static const double corners[][3] = {{20.0, 0.0, 0.0}, {20.0, 20.0, 0.0}, {0.0, 0.0, 0.0}};

/* bots with a behaviour; the reader is asked for the rest */
static void start_guided(vehicles *v, const scene *s, const qf_guidance_spec *spec,
                         const qf_drive_spec *drive)
{
    read_scene(v, s);
    qf_group_spec *group = (qf_group_spec *)&v->scenario.groups[0];
    group->guidances = spec;
    group->n_guidances = 1;
    group->drive = drive;
    assert_int_equal(qf_fleet_create(&v->context, &v->scenario, &v->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&v->context, &v->fleet, &v->plan), QF_OK);
    const qf_simulation_options options = {.plan = &v->plan, .keep_events = true};
    assert_int_equal(qf_simulation_create(&v->context, &v->fleet, &options, &v->simulation), QF_OK);
}

static qf_guidance_spec way(qf_guidance_kind kind)
{
    qf_guidance_spec spec = qf_guidance_default(kind);
    spec.waypoints_m = corners;
    spec.n_waypoints = 3;
    spec.arrival_m = 0.3;
    return spec;
}

static void bots_reach_their_waypoints_and_stop(void **state)
{
    (void)state;
    const qf_drive_spec *const drives[] = {NULL, &wheels};
    const qf_guidance_spec spec = way(QF_GUIDANCE_WAYPOINT);
    for (size_t k = 0; k < COUNT(drives); k++) {
        vehicles v;
        start_guided(&v, &(scene){.count = 3, .dt_s = 0.1, .initial = "position_m: [1, -3, 0]"},
                     &spec, drives[k]);
        double farthest_m = 0.0;
        for (int t = 0; t < 1500; t++) {
            advance(&v, 1);
            farthest_m = fmax(farthest_m, VALUE(&v, X, 1));
            assert_true(VALUE(&v, SPEED, 1) <= 1.0 + 1e-12);
        }
        assert_true(FLAG(&v, BEHAVIOR_DONE, 1));
        assert_true(hypot(VALUE(&v, X, 1), VALUE(&v, Y, 1)) < 0.31);
        assert_exact(VALUE(&v, SPEED, 1), 0.0);
        assert_true(farthest_m < 20.0 + (drives[k] ? 1.0 : 0.0)); /* wheels take a while to turn */
        finish(&v);
    }
}

static void bots_patrol_and_a_stop_stops_them(void **state)
{
    (void)state;
    const qf_guidance_spec spec = way(QF_GUIDANCE_PATROL);
    vehicles v;
    start_guided(&v,
                 &(scene){.count = 2,
                          .dt_s = 0.1,
                          .script = "{step: 2000, cmd: emergency_stop, active: true}"},
                 &spec, NULL);
    int rounds = 0;
    int64_t before = 0;
    for (int t = 0; t < 2000; t++) {
        advance(&v, 1);
        const int64_t step = qf_i64(&v.fleet, QF_FIELD_GUIDANCE_STEP, 0)[0];
        rounds += step < before;
        before = step;
    }
    assert_int_equal(rounds, 2); /* 200 s at 1 m/s, 68.3 m round but for the corners */
    advance(&v, 1);
    const double x_m = VALUE(&v, X, 0);
    advance(&v, 20);
    assert_exact(VALUE(&v, X, 0), x_m);
    assert_exact(VALUE(&v, SPEED, 0), 0.0);
    finish(&v);
}

/* what it does from the start has a beginning that all the rest follows from */
static void the_first_behaviour_is_told_of_at_the_start(void **state)
{
    (void)state;
    const qf_guidance_spec spec = way(QF_GUIDANCE_WAYPOINT);
    vehicles v;
    start_guided(&v, &(scene){.count = 1, .dt_s = 0.1}, &spec, NULL);
    int64_t started = -1;
    int64_t index = 0;
    size_t n_reached = 0;
    for (int t = 0; t < 1000; t++) {
        advance(&v, 1);
        size_t n;
        const qf_event *events = qf_simulation_events(v.simulation, &n);
        for (size_t e = 0; e < n; e++, index++) {
            if (events[e].code == QF_EVENT_BEHAVIOR_STARTED) {
                assert_int_equal(started, -1);
                assert_int_equal(events[e].tick, 0);
                assert_int_equal(events[e].subject, 0);
                assert_int_equal(events[e].cause, -1);
                started = index;
            }
            if (events[e].code == QF_EVENT_WAYPOINT_REACHED) {
                assert_int_equal(events[e].cause, started);
                n_reached++;
            }
        }
    }
    assert_int_equal(n_reached, 3);
    assert_true(started >= 0);
    finish(&v);
}

static void a_velocity_becomes_heading_and_speed(void **state)
{
    (void)state;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_VELOCITY);
    spec.velocity_mps[0] = 0.3;
    spec.velocity_mps[1] = -0.4;
    vehicles v;
    start_guided(&v, &(scene){.count = 1, .dt_s = 0.5}, &spec, NULL);
    advance(&v, 20);
    assert_near(VALUE(&v, X, 0), 3.0, 1e-12);
    assert_near(VALUE(&v, Y, 0), -4.0, 1e-12);
    assert_near(VALUE(&v, HEADING, 0), 143.13010235415598, 1e-9);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bots_reach_their_waypoints_and_stop),
        cmocka_unit_test(bots_patrol_and_a_stop_stops_them),
        cmocka_unit_test(the_first_behaviour_is_told_of_at_the_start),
        cmocka_unit_test(a_velocity_becomes_heading_and_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
