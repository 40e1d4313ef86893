/* SPDX-License-Identifier: Apache-2.0 */
#include "guidance_scene.h"
#include "guidance_threat.h"

static qf_guidance_spec crossing(double avoid_m, const double (*waypoints)[3])
{
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_WAYPOINT);
    spec.waypoints_m = waypoints;
    spec.n_waypoints = 1;
    spec.speed_mps = 2.0;
    spec.avoid_m = avoid_m;
    return spec;
}

enum { MOST_SEEN = 16 };

/* what a tracker that makes no errors would have of other ships; their slots are the numbers of their tracks */
static void see(ships *s, size_t observer, const size_t *others, size_t n)
{
    float place[3][MOST_SEEN] = {{0.0F}};
    float moves[3][MOST_SEEN] = {{0.0F}};
    float time_s[MOST_SEEN] = {0.0F};
    float miss_m[MOST_SEEN] = {0.0F};
    uint32_t firm[MOST_SEEN] = {0};
    uint32_t number[MOST_SEEN] = {0};
    for (size_t k = 0; k < n; k++) {
        double along = 0.0;
        double speed2 = 0.0;
        double miss2 = 0.0;
        for (int d = 0; d < 3; d++) {
            const double p =
                s->columns.position_m[d][others[k]] - s->columns.position_m[d][observer];
            const double v =
                s->columns.velocity_mps[d][others[k]] - s->columns.velocity_mps[d][observer];
            place[d][k] = (float)p;
            moves[d][k] = (float)v;
            along -= p * v;
            speed2 += v * v;
        }
        const double t = speed2 > 0.0 ? fmax(along / speed2, 0.0) : 0.0;
        for (int d = 0; d < 3; d++) {
            const double p = (double)place[d][k] + (double)moves[d][k] * t;
            miss2 += p * p;
        }
        time_s[k] = (float)t;
        miss_m[k] = (float)sqrt(miss2);
        firm[k] = 1;
        number[k] = (uint32_t)others[k];
    }
    const qf_track_table table = {.n = (uint32_t)n,
                                  .east_m = place[0],
                                  .north_m = place[1],
                                  .up_m = place[2],
                                  .number = number,
                                  .firm = firm};
    const qf_track_view view = {.n = (uint32_t)n,
                                .east_mps = moves[0],
                                .north_mps = moves[1],
                                .up_mps = moves[2],
                                .cpa_s = time_s,
                                .cpa_distance_m = miss_m};
    double own_m[3];
    double own_mps[3];
    for (int d = 0; d < 3; d++) {
        own_m[d] = s->columns.position_m[d][observer];
        own_mps[d] = s->columns.velocity_mps[d][observer];
    }
    qf_guidance_watch(&s->v.fleet, CHASERS, observer, s->tick, own_m, own_mps, &table, &view);
}

/* two ships that change places, each with a frame of its radar a second, which sees nothing nearer than blind_m; how near
   they come */
static double pass(double avoid_m, double beside_m, double blind_m, size_t *n_avoiding,
                   size_t *n_avoided, double *arrival_m)
{
    /* both behaviours have two ends: one ship flies to each */
    const double east[][3] = {{100.0, 0.0, 0.0}};
    const double west[][3] = {{-100.0, beside_m, 0.0}};
    const qf_guidance_spec specs[] = {crossing(avoid_m, east), crossing(avoid_m, west)};
    ships s;
    launch(&s, &(ship_scene){.count = 2, .dt_s = 0.1, .guidances = specs, .n_guidances = 2});
    const size_t a = slot_of(&s, CHASERS, 0);
    const size_t b = a + 1;
    s.columns.position_m[0][a] = -100.0;
    s.columns.position_m[0][b] = 100.0;
    s.columns.position_m[1][b] = beside_m;
    qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE, 0)[b] = 1;
    double nearest_m = 1e9;
    for (int t = 0; t < 3000; t++) {
        double there[3];
        for (int d = 0; d < 3; d++) {
            there[d] = s.columns.position_m[d][b];
        }
        const double range_m = distance_to(&s, a, there);
        nearest_m = fmin(nearest_m, range_m);
        if (avoid_m > 0.0 && t % 10 == 0) {
            see(&s, a, &b, range_m > blind_m);
            see(&s, b, &a, range_m > blind_m);
        }
        fly(&s, 1);
    }
    *n_avoiding = events_of(&s, QF_EVENT_AVOIDING);
    *n_avoided = events_of(&s, QF_EVENT_AVOIDED);
    *arrival_m = fmax(distance_to(&s, a, east[0]), distance_to(&s, b, west[0]));
    land(&s);
    return nearest_m;
}

static void ships_head_on_pass_beyond_the_distance_to_avoid(void **state)
{
    (void)state;
    static const double beside_m[] = {0.0, 1.0, 5.0};
    for (size_t k = 0; k < COUNT(beside_m); k++) {
        size_t avoiding;
        size_t avoided;
        double arrival_m;
        const double without_m = pass(0.0, beside_m[k], 0.0, &avoiding, &avoided, &arrival_m);
        assert_below(without_m, beside_m[k] + 0.1);
        assert_below(arrival_m, 0.01);
        const double with_m = pass(15.0, beside_m[k], 0.0, &avoiding, &avoided, &arrival_m);
        assert_true(with_m > 15.0);
        assert_below(with_m, 35.0); /* and not by flying anywhere else */
        assert_below(arrival_m, 0.01);
        assert_int_equal(avoiding, 2); /* once each */
        assert_int_equal(avoided, 2);
    }
}

static void a_ship_that_passes_far_off_is_let_pass(void **state)
{
    (void)state;
    size_t avoiding;
    size_t avoided;
    double arrival_m;
    pass(15.0, 20.0, 0.0, &avoiding, &avoided, &arrival_m);
    assert_int_equal(avoiding, 0);
    assert_below(arrival_m, 0.01);
}

/* the docking target's own track is no threat to who approaches it, but to who flies to a waypoint */
static void the_target_of_an_approach_is_not_avoided(void **state)
{
    (void)state;
    static const double waypoints[][3] = {{100.0, 0.0, 0.0}};
    static const qf_port_spec port = {.id = "p",
                                      .position_m = {1.0, 0.0, 0.0},
                                      .axis = {1.0, 0.0, 0.0},
                                      .clock = {0.0, 0.0, 1.0}};
    static const qf_docking_spec docking = {
        .ports = &port, .n_ports = 1, .capture = {0.1, 0.1, 0.04, 0.07, 3.15, 0.0035, 10.0}};
    qf_guidance_spec specs[] = {qf_guidance_default(QF_GUIDANCE_APPROACH),
                                crossing(15.0, waypoints)};
    specs[0].target_group = TARGETS;
    specs[0].avoid_m = 15.0;
    ships s;
    launch(&s,
           &(ship_scene){
               .count = 1, .dt_s = 0.1, .guidances = specs, .n_guidances = 2, .docking = &docking});
    const size_t own = slot_of(&s, CHASERS, 0);
    const size_t target = slot_of(&s, TARGETS, 0);
    const int64_t *threat = qf_i64(&s.v.fleet, QF_FIELD_THREAT_TICK, 0);
    s.columns.position_m[0][target] = 40.0;
    s.columns.velocity_mps[0][own] = 2.0;
    tell_of_targets(&s);
    see(&s, own, &target, 1);
    assert_int_equal(threat[own], -1);
    qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE, 0)[own] = 1;
    see(&s, own, &target, 1);
    assert_int_equal(threat[own], 0);
    /* some other ship between them is one to both */
    qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE, 0)[own] = 0;
    qf_f64(&s.v.fleet, QF_FIELD_TARGET_Y, 0)[own] = 60.0;
    see(&s, own, &target, 1);
    assert_int_equal(threat[own], 0);
    land(&s);
}

/* a radar is blind near by, and what it saw a moment ago is still there */
static void a_track_that_is_lost_on_the_way_is_still_avoided(void **state)
{
    (void)state;
    size_t avoiding;
    size_t avoided;
    double arrival_m;
    const double nearest_m = pass(15.0, 0.0, 100.0, &avoiding, &avoided, &arrival_m);
    assert_true(nearest_m > 15.0);
    assert_below(nearest_m, 35.0);
    assert_below(arrival_m, 0.01);
    assert_int_equal(avoiding, 2);
    assert_int_equal(avoided, 2);
}

/* but not for ever: of what was seen longer ago than the horizon nobody knows where it is */
static void a_track_that_was_lost_long_ago_is_forgotten(void **state)
{
    (void)state;
    static const double east[][3] = {{100.0, 0.0, 0.0}};
    for (int frames = 0; frames < 2; frames++) { /* without, and with a radar that sees nothing */
        const qf_guidance_spec spec = crossing(15.0, east);
        ships s;
        launch(&s, &(ship_scene){.count = 2, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
        const size_t own = slot_of(&s, CHASERS, 0);
        const size_t other = slot_of(&s, TARGETS, 0);
        s.columns.position_m[0][own] = -100.0;
        s.columns.velocity_mps[0][own] = 2.0;
        s.columns.position_m[0][other] = 60.0; /* 80 s ahead */
        see(&s, own, &other, 1);
        assert_int_equal(qf_i64(&s.v.fleet, QF_FIELD_THREAT_TICK, 0)[own], 0);
        for (int t = 0; t < 1000; t++) {
            fly(&s, 1);
            if (frames && t % 10 == 0) {
                see(&s, own, NULL, 0);
            }
        }
        assert_int_equal(events_of(&s, QF_EVENT_AVOIDING), 0);
        land(&s);
    }
}

/* one that passes soon and far enough does not hide one that comes later and straight on */
static void the_track_that_takes_most_to_avoid_is_watched(void **state)
{
    (void)state;
    static const double waypoints[][3] = {{100.0, 0.0, 0.0}};
    const qf_guidance_spec spec = crossing(15.0, waypoints);
    ships s;
    launch(&s, &(ship_scene){.count = 3, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
    const size_t own = slot_of(&s, CHASERS, 0);
    const size_t others[] = {slot_of(&s, TARGETS, 0), slot_of(&s, TARGETS, 1)};
    const int64_t *track = qf_i64(&s.v.fleet, QF_FIELD_THREAT_TRACK, 0);
    s.columns.velocity_mps[0][own] = 2.0;
    static const struct {
        double place_m[2][2];
        size_t watched;
    } cases[] = {
        {{{10.0, 20.0}, {40.0, 1.0}}, 1},  /* beside it in 5 s, before it in 20 s */
        {{{10.0, 14.0}, {40.0, 1.0}}, 0},  /* 1 m in 5 s: 0.04 m/s2; 14 m in 20 s: 0.035 */
        {{{40.0, 20.0}, {50.0, 18.0}}, 1}, /* neither takes any: the nearer */
        {{{40.0, 20.0}, {90.0, 0.0}}, 0},  /* in 45 s, which is beyond the horizon */
        {{{80.0, 5.0}, {90.0, 0.0}}, 1},   /* both are: kept all the same, to be carried on */
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        for (size_t o = 0; o < 2; o++) {
            s.columns.position_m[0][others[o]] = cases[k].place_m[o][0];
            s.columns.position_m[1][others[o]] = cases[k].place_m[o][1];
        }
        see(&s, own, others, 2);
        assert_int_equal(track[own], others[cases[k].watched]);
    }
    /* what lies behind is none */
    s.columns.position_m[0][others[0]] = -10.0;
    s.columns.position_m[0][others[1]] = -10.0;
    see(&s, own, others, 2);
    assert_int_equal(track[own], -1);
    land(&s);
}

/* two that fly side by side to the same place: so slowly do they come nearer that no horizon sees it in time */
static void ships_that_close_in_slowly_keep_the_distance(void **state)
{
    (void)state;
    static const double ahead[][3] = {{0.0, 200.0, 0.0}};
    double nearest_m[2];
    for (int avoids = 0; avoids < 2; avoids++) {
        qf_guidance_spec spec = crossing(avoids ? 15.0 : 0.0, ahead);
        ships s;
        launch(&s, &(ship_scene){.count = 2, .dt_s = 0.1, .guidances = &spec, .n_guidances = 1});
        const size_t a = slot_of(&s, CHASERS, 0);
        const size_t b = a + 1;
        s.columns.position_m[0][a] = -10.0;
        s.columns.position_m[0][b] = 10.0;
        nearest_m[avoids] = 20.0;
        for (int t = 0; t < 900; t++) { /* 0.2 m/s */
            double there[3];
            for (int d = 0; d < 3; d++) {
                there[d] = s.columns.position_m[d][b];
            }
            const double range_m = distance_to(&s, a, there);
            nearest_m[avoids] = fmin(nearest_m[avoids], range_m);
            if (avoids && t % 10 == 0) {
                see(&s, a, &b, range_m > 12.0);
                see(&s, b, &a, range_m > 12.0);
            }
            fly(&s, 1);
        }
        land(&s);
    }
    assert_below(nearest_m[0], 5.0);
    assert_true(nearest_m[1] > 12.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ships_head_on_pass_beyond_the_distance_to_avoid),
        cmocka_unit_test(a_track_that_is_lost_on_the_way_is_still_avoided),
        cmocka_unit_test(a_track_that_was_lost_long_ago_is_forgotten),
        cmocka_unit_test(the_track_that_takes_most_to_avoid_is_watched),
        cmocka_unit_test(ships_that_close_in_slowly_keep_the_distance),
        cmocka_unit_test(a_ship_that_passes_far_off_is_let_pass),
        cmocka_unit_test(the_target_of_an_approach_is_not_avoided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
