/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance.h"
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

/* 5 m a tick and 0.3 m around a waypoint: it comes to lie between two ticks */
static void long_ticks_do_not_lead_past_a_waypoint(void **state)
{
    (void)state;
    const qf_guidance_spec spec = way(QF_GUIDANCE_WAYPOINT);
    vehicles v;
    start_guided(&v, &(scene){.count = 1, .dt_s = 5.0, .initial = "position_m: [1, -3, 0]"}, &spec,
                 NULL);
    advance(&v, 25);
    assert_true(FLAG(&v, BEHAVIOR_DONE, 0));
    finish(&v);
}

/* a bot alone with what it knows, in one tick of guidance */
static void guide(vehicles *v, int64_t tick, void *guidance, qf_event_queue *events)
{
    const qf_bot_tick constants = {.dt_s = v->scenario.dt_s, .observed = true};
    const qf_stage_call call = {.fleet = &v->fleet,
                                .kernels = qf_kernels_best(),
                                .block = &v->fleet.blocks[0],
                                .tick = tick,
                                .period_ticks = 1,
                                .constants = &constants,
                                .events = events,
                                .user = guidance};
    qf_guidance_run(&call);
}

static void set3(const vehicles *v, qf_field_id first, double x, double y)
{
    qf_f64(&v->fleet, first, 0)[0] = x;
    qf_f64(&v->fleet, (qf_field_id)(first + 1), 0)[0] = y;
    qf_f64(&v->fleet, (qf_field_id)(first + 2), 0)[0] = 0.0;
}

/* what it heard 5 s ago of a leader that moves on and turns by half a radian since */
static void old_news_of_a_leader_is_carried_on_to_now(void **state)
{
    (void)state;
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_FORMATION);
    spec.offset_m[0] = 10.0;
    vehicles v;
    void *guidance;
    qf_event_queue events = {0};
    start_guided(&v, &(scene){.count = 2, .dt_s = 0.1, .initial = "position_m: [0, 0, 0]"}, &spec,
                 NULL);
    assert_int_equal(qf_guidance_open(&v.context, &v.fleet, &guidance), QF_OK);
    qf_i64(&v.fleet, QF_FIELD_TARGET_TICK, 0)[0] = 0;
    set3(&v, QF_FIELD_TARGET_X, 3.0, 4.0);
    set3(&v, QF_FIELD_TARGET_VX, 0.2, 0.0);
    set3(&v, QF_FIELD_TARGET_QX, 0.0, 0.0);
    qf_f64(&v.fleet, QF_FIELD_TARGET_QW, 0)[0] = 1.0;
    set3(&v, QF_FIELD_TARGET_RATE_X, 0.0, 0.0);
    qf_f64(&v.fleet, QF_FIELD_TARGET_RATE_Z, 0)[0] = 0.1;
    guide(&v, 50, guidance, &events);
    const double x = 4.0 + 10.0 * cos(0.5), y = 4.0 + 10.0 * sin(0.5), way_m = hypot(x, y);
    assert_near(VALUE(&v, GOAL_DISTANCE, 0), way_m, 1e-12);
    /* 1 m/s there, on top of how fast that place moves */
    const double vx = x / way_m + 0.2 - 1.0 * sin(0.5), vy = y / way_m + 1.0 * cos(0.5);
    assert_near(VALUE(&v, SPEED, 0), hypot(vx, vy), 1e-12);
    assert_near(VALUE(&v, HEADING, 0), atan2(vx, vy) * 180.0 / 3.14159265358979323846, 1e-9);
    qf_guidance_close(guidance);
    free(events.events);
    finish(&v);
}

/* by the rules of guidance_avoid.c: a track ahead that comes nearer */
static void a_bot_turns_out_of_the_way_of_a_track(void **state)
{
    (void)state;
    static const struct {
        double x_m, y_m, vx_mps;
        int64_t seen, now;
        bool avoids, to_the_right;
    } cases[] = {
        {20.0, 1.0, -1.0, 50, 50, true, true},    /* would pass on the left in 10 s */
        {20.0, -1.0, -1.0, 50, 50, true, false},  /* on the right */
        {20.0, 0.0, -1.0, 50, 50, true, false},   /* straight on: the other does so too, its left */
        {20.0, 7.0, -1.0, 50, 50, false, false},  /* far enough */
        {80.0, 1.0, -1.0, 50, 50, false, false},  /* in 40 s, beyond the horizon */
        {-20.0, 1.0, -1.0, 50, 50, false, false}, /* behind */
        {4.0, 1.0, 0.95, 50, 50, true, true},     /* slowly, from within the distance: in 80 s */
        {50.0, 1.0, -1.0, 0, 50, true, true},     /* seen 5 s ago, 45 m off by now: in 22.5 s */
        {60.0, 1.0, -1.0, 0, 301, false, false},  /* seen so long ago that it may be anywhere */
        {20.0, 1.0, -1.0, -1, 50, false, false},  /* there is none */
    };
    static const double ahead[][3] = {{1000.0, 0.0, 0.0}};
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_WAYPOINT);
    spec.waypoints_m = ahead;
    spec.n_waypoints = 1;
    spec.avoid_m = 5.0;
    for (size_t k = 0; k < COUNT(cases); k++) {
        vehicles v;
        void *guidance;
        qf_event_queue events = {0};
        start_guided(&v,
                     &(scene){.count = 1, .dt_s = 0.1, .initial = "speed_mps: 1, heading_deg: 90"},
                     &spec, NULL);
        assert_int_equal(qf_guidance_open(&v.context, &v.fleet, &guidance), QF_OK);
        qf_i64(&v.fleet, QF_FIELD_THREAT_TICK, 0)[0] = cases[k].seen;
        set3(&v, QF_FIELD_THREAT_X, cases[k].x_m, cases[k].y_m);
        set3(&v, QF_FIELD_THREAT_VX, cases[k].vx_mps, 0.0);
        guide(&v, cases[k].now, guidance, &events);
        assert_int_equal(FLAG(&v, AVOIDING, 0), cases[k].avoids);
        assert_int_equal(events.n, cases[k].avoids);
        const double right_deg = VALUE(&v, HEADING, 0) - 90.0;
        if (cases[k].avoids) {
            assert_near(fabs(right_deg), 45.0, 1e-9); /* as much aside as ahead */
            assert_int_equal(right_deg > 0.0, cases[k].to_the_right);
        } else {
            assert_near(right_deg, 0.0, 1e-9);
        }
        assert_near(VALUE(&v, SPEED, 0), 1.0, 1e-12);
        qf_guidance_close(guidance);
        free(events.events);
        finish(&v);
    }
}

/* stopped, without a behaviour, or with one that avoids nothing */
static void a_bot_that_does_something_else_avoids_no_longer(void **state)
{
    (void)state;
    static const double ahead[][3] = {{1000.0, 0.0, 0.0}};
    qf_guidance_spec specs[2] = {qf_guidance_default(QF_GUIDANCE_WAYPOINT)};
    specs[0].waypoints_m = ahead;
    specs[0].n_waypoints = 1;
    specs[1] = specs[0];
    specs[0].avoid_m = 5.0;
    for (int what = 0; what < 3; what++) {
        vehicles v;
        void *guidance;
        qf_event_queue events = {0};
        start_guided(&v,
                     &(scene){.count = 1, .dt_s = 0.1, .initial = "speed_mps: 1, heading_deg: 90"},
                     specs, NULL);
        ((qf_group_spec *)&v.scenario.groups[0])->n_guidances = 2;
        assert_int_equal(qf_guidance_open(&v.context, &v.fleet, &guidance), QF_OK);
        qf_i64(&v.fleet, QF_FIELD_THREAT_TICK, 0)[0] = 50;
        set3(&v, QF_FIELD_THREAT_X, 20.0, 1.0);
        set3(&v, QF_FIELD_THREAT_VX, -1.0, 0.0);
        guide(&v, 50, guidance, &events);
        assert_true(FLAG(&v, AVOIDING, 0));
        if (what == 0) {
            qf_u64(&v.fleet, QF_FIELD_FLAGS, 0)[0] |= QF_FLAG_BIT(EMERGENCY_STOP);
        } else {
            qf_i64(&v.fleet, QF_FIELD_GUIDANCE, 0)[0] = what == 1 ? -1 : 1;
        }
        guide(&v, 51, guidance, &events);
        assert_false(FLAG(&v, AVOIDING, 0));
        assert_int_equal(events.n, 2);
        assert_int_equal(events.events[1].code, QF_EVENT_AVOIDED);
        qf_guidance_close(guidance);
        free(events.events);
        finish(&v);
    }
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
        cmocka_unit_test(long_ticks_do_not_lead_past_a_waypoint),
        cmocka_unit_test(old_news_of_a_leader_is_carried_on_to_now),
        cmocka_unit_test(a_bot_turns_out_of_the_way_of_a_track),
        cmocka_unit_test(a_bot_that_does_something_else_avoids_no_longer),
        cmocka_unit_test(a_velocity_becomes_heading_and_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
