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

/* one track of another ship, as a tracker that makes no errors would have it */
static void see(ships *s, size_t observer, size_t other)
{
    float place[3][16] = {{0.0F}};
    float moves[3][16] = {{0.0F}};
    float time_s[16] = {0.0F};
    float miss_m[16] = {0.0F};
    uint32_t firm[16] = {1};
    double p[3];
    double v[3];
    double along = 0.0;
    double speed2 = 0.0;
    double miss2 = 0.0;
    for (int d = 0; d < 3; d++) {
        p[d] = s->columns.position_m[d][other] - s->columns.position_m[d][observer];
        v[d] = s->columns.velocity_mps[d][other] - s->columns.velocity_mps[d][observer];
        place[d][0] = (float)p[d];
        moves[d][0] = (float)v[d];
        along -= p[d] * v[d];
        speed2 += v[d] * v[d];
    }
    const double t = speed2 > 0.0 ? fmax(along / speed2, 0.0) : 0.0;
    for (int d = 0; d < 3; d++) {
        miss2 += (p[d] + v[d] * t) * (p[d] + v[d] * t);
    }
    time_s[0] = (float)t;
    miss_m[0] = (float)sqrt(miss2);
    const qf_track_table table = {
        .n = 1, .east_m = place[0], .north_m = place[1], .up_m = place[2], .firm = firm};
    const qf_track_view view = {.n = 1,
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

/* two ships that change places, each with a frame of its radar a second; how near they come */
static double pass(double avoid_m, double beside_m, size_t *n_avoiding, size_t *n_avoided,
                   double *arrival_m)
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
        if (avoid_m > 0.0 && t % 10 == 0) {
            see(&s, a, b);
            see(&s, b, a);
        }
        fly(&s, 1);
        double there[3];
        for (int d = 0; d < 3; d++) {
            there[d] = s.columns.position_m[d][b];
        }
        nearest_m = fmin(nearest_m, distance_to(&s, a, there));
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
        const double without_m = pass(0.0, beside_m[k], &avoiding, &avoided, &arrival_m);
        assert_below(without_m, beside_m[k] + 0.1);
        assert_below(arrival_m, 0.01);
        const double with_m = pass(15.0, beside_m[k], &avoiding, &avoided, &arrival_m);
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
    pass(15.0, 20.0, &avoiding, &avoided, &arrival_m);
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
    see(&s, own, target);
    assert_int_equal(threat[own], -1);
    qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE, 0)[own] = 1;
    see(&s, own, target);
    assert_int_equal(threat[own], 0);
    /* some other ship between them is one to both */
    qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE, 0)[own] = 0;
    qf_f64(&s.v.fleet, QF_FIELD_TARGET_Y, 0)[own] = 60.0;
    see(&s, own, target);
    assert_int_equal(threat[own], 0);
    land(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ships_head_on_pass_beyond_the_distance_to_avoid),
        cmocka_unit_test(a_ship_that_passes_far_off_is_let_pass),
        cmocka_unit_test(the_target_of_an_approach_is_not_avoided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
