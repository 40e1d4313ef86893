/* SPDX-License-Identifier: Apache-2.0 */
/* Collisions of hulls: found, told once, and bounced with the books of momentum kept. */
#include "collisions_near.h"
#include "docking_stand.h"
#include "pipeline.h"

/* two groups without ports or behaviours, of one ball of 1.5 m each */
static rig *open_hulls(const rig_scene *setting)
{
    rig *r = open_rig(setting);
    for (size_t g = 0; g < r->n_groups; g++) {
        r->groups[g].docking = NULL;
        r->groups[g].guidances = NULL;
        r->groups[g].n_guidances = 0;
    }
    return r;
}

static const rig_scene two = {.counts = {1, 1}};

static rig *start_two(double x, double y, double vx)
{
    rig *r = open_hulls(&two);
    start_fleet(r);
    put(r, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    put(r, 1, x, y, 0.0, vx, 0.0, 0.0);
    start_rig(r, &two);
    return r;
}

static int64_t collisions_of(const rig *r, size_t entity)
{
    return qf_i64(&r->v.fleet, QF_FIELD_COLLISIONS, 0)[qf_fleet_entity(&r->v.fleet, entity).slot];
}

/* head on along the line of the centres: speeds after are those of the closed form */
static void a_head_on_collision_is_told_once_and_bounces(void **state)
{
    (void)state;
    rig *r = start_two(3.55, 0.0, -1.0);
    r->hull[0][0].radius_m = 1.5;
    const books before = books_of(r);
    fly(r, 50);
    const books after = books_of(r);
    qf_event event = {0};
    assert_int_equal(told(r, 1, QF_EVENT_COLLISION, &event), 1);
    assert_int_equal(event.subject, 0);
    assert_near(event.value, 1.0, 1e-12);
    assert_int_equal(event.tick, 6);
    assert_int_equal(told(r, 0, QF_EVENT_COLLISION, &event), 1);
    assert_int_equal(event.subject, 1);
    assert_int_equal(collisions_of(r, 0), 1);
    assert_true(FLAG(&r->v, COLLIDED, 0) && FLAG(&r->v, COLLIDED, 1));
    const double common = -410.0 / 1420.0;
    assert_near(VALUE(&r->v, VX, 0), common - 0.3 * 410.0 / 1420.0, 1e-12);
    assert_near(VALUE(&r->v, VX, 1), common + 0.3 * 1010.0 / 1420.0, 1e-12);
    /* after 0.55 s they part with 0.3 m/s */
    assert_near(VALUE(&r->v, X, 1) - VALUE(&r->v, X, 0), 3.0 + 0.3 * 4.45, 1e-9);
    assert_near(VALUE(&r->v, CLEARANCE, 0), 0.0, 0.051);
    assert_kept(&before, &after, 1e-9);
    close_rig(r);
}

/* 3 km in a tick: at no tick are they near each other */
static void a_pass_within_one_tick_is_found(void **state)
{
    (void)state;
    rig *r = start_two(1500.0, 0.5, -30000.0);
    const books before = books_of(r);
    fly(r, 3);
    const books after = books_of(r);
    qf_event event = {0};
    assert_int_equal(told(r, 1, QF_EVENT_COLLISION, &event), 1);
    assert_near(event.value, 30000.0 * sqrt(9.0 - 0.25) / 3.0, 1e-6);
    assert_int_equal(event.tick, 1);
    for (int k = 0; k < 3; k++) {
        assert_near(after.momentum[k], before.momentum[k], 1e-6);
        assert_near(after.angular[k], before.angular[k], 1e-2); /* of 6e6 */
    }
    close_rig(r);
}

static void who_passes_beside_does_not_collide_but_knows_how_near(void **state)
{
    (void)state;
    rig *r = start_two(1500.0, 3.25, -30000.0);
    fly(r, 3);
    assert_int_equal(told(r, 1, QF_EVENT_COLLISION, NULL), 0);
    assert_near(VALUE(&r->v, CLEARANCE, 0), 0.25, 1e-9);
    assert_near(VALUE(&r->v, CLEARANCE, 1), 0.25, 1e-9);
    assert_int_equal(collisions_of(r, 0), 0);
    assert_exact(VALUE(&r->v, VX, 1), -30000.0);
    close_rig(r);
}

static void nobody_is_near_who_is_beyond_the_clearance(void **state)
{
    (void)state;
    rig *r = start_two(13.1, 0.0, 0.0);
    fly(r, 3);
    assert_true(isnan(VALUE(&r->v, CLEARANCE, 0)));
    close_rig(r);
}

/* to meet takes longer than most of a tick: nobody does for what cannot happen */
static void who_is_alone_in_its_world_is_not_looked_at(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 2; count++) {
        const rig_scene setting = {.counts = {count}, .worlds = 3};
        rig *r = open_hulls(&setting);
        start_fleet(r);
        const qf_group *group = &r->v.fleet.groups[0];
        assert_int_equal(qf_collisions_period_ticks(group), count > 1);
        close_rig(r);
    }
}

/* but for how arrays are aligned; where nobody can hit anybody nothing is taken */
static void predicted_memory_is_what_hulls_take(void **state)
{
    (void)state;
    enum { ALIGNMENT = 64, ARRAYS = 24 };
    for (size_t count = 1; count <= 2; count++) {
        const rig_scene setting = {.counts = {count}, .worlds = 5000};
        rig *r = open_hulls(&setting);
        start_fleet(r);
        qf_arena arena = {0};
        qf_hulls hulls = {0};
        assert_int_equal(qf_hulls_create(&r->v.context, &arena, &r->v.fleet, &hulls), QF_OK);
        const size_t n = 5000 * count;
        const size_t taken = arena.used_bytes + qf_neighbours_bytes(n);
        assert_near((double)taken, (double)qf_hulls_bytes(&r->v.scenario), ALIGNMENT * ARRAYS);
        bool meets;
        const size_t all = qf_pipeline_predicted_bytes(&r->v.scenario, 1, 1, &meets);
        assert_true(count > 1 ? all > taken : all == 0);
        assert_int_equal(meets, count > 1);
        qf_hulls_free(&hulls);
        qf_arena_free(&arena);
        close_rig(r);
    }
}

/* who is quarantined is not there any more, and nobody may be left */
static void the_quarantined_are_passed_through(void **state)
{
    (void)state;
    rig *r = start_two(3.4, 0.0, -1.0);
    fly(r, 2);
    for (size_t e = 0; e < 2; e++) {
        qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[qf_fleet_entity(&r->v.fleet, e).slot] = (double)NAN;
        fly(r, 10);
        assert_int_equal(told(r, e, QF_EVENT_HALT, NULL), 1);
        assert_int_equal(told(r, 1, QF_EVENT_COLLISION, NULL), 0);
        assert_exact(VALUE(&r->v, VX, 1), -1.0);
    }
    close_rig(r);
}

/* what collides is put where it would be by now: from there on it may come near others */
static void who_was_moved_by_a_collision_is_near_where_it_is(void **state)
{
    (void)state;
    rig *r = start_two(100.0, 0.0, 0.0);
    const qf_fleet *fleet = &r->v.fleet;
    qf_arena arena = {0};
    qf_hulls hulls = {0};
    assert_int_equal(qf_hulls_create(&r->v.context, &arena, fleet, &hulls), QF_OK);
    for (int moved = 0; moved < 2; moved++) {
        hulls.moved = moved == 1;
        qf_f64(fleet, QF_FIELD_HULL_X, 0)[qf_fleet_entity(fleet, 1).slot] = moved ? 5.0 : 100.0;
        assert_true(qf_hulls_pair(&r->v.context, fleet, qf_kernels_best(), &hulls));
        assert_int_equal(hulls.n_pairs, moved);
    }
    qf_hulls_free(&hulls);
    qf_arena_free(&arena);
    close_rig(r);
}

/* overlapping from the start, at rest: nothing has hit anything */
static void overlap_without_motion_is_no_collision(void **state)
{
    (void)state;
    rig *r = start_two(2.0, 0.0, 0.0);
    fly(r, 10);
    assert_int_equal(told(r, 0, QF_EVENT_COLLISION, NULL), 0);
    assert_near(VALUE(&r->v, CLEARANCE, 0), -1.0, 1e-12);
    close_rig(r);
}

/* what is pushed against another all the time touches it all the time: that is told once */
static void a_contact_that_lasts_is_told_once(void **state)
{
    (void)state;
    rig *r = start_two(3.05, 0.0, -0.2);
    size_t n = 0;
    for (int t = 0; t < 200; t++) {
        const size_t slot = qf_fleet_entity(&r->v.fleet, 1).slot;
        qf_f64(&r->v.fleet, QF_FIELD_VX, 0)[slot] -= 0.01;
        fly(r, 1);
        n += told(r, 1, QF_EVENT_COLLISION, NULL);
        assert_true(VALUE(&r->v, X, 1) - VALUE(&r->v, X, 0) > 2.93); /* a tick's way */
    }
    assert_int_equal(n, 1);
    close_rig(r);
}

/* hit beside the centre, a body of several balls turns: angular momentum is of both */
static void hulls_of_several_balls_turn_when_hit_at_one(void **state)
{
    (void)state;
    rig *r = open_hulls(&two);
    r->hull[0][0] = (qf_hull_sphere){.center_m = {0.0, 2.0, 0.0}, .radius_m = 1.0};
    r->hull[0][1] = (qf_hull_sphere){.center_m = {0.0, -2.0, 0.0}, .radius_m = 1.0};
    r->body[0].n_hull = 2;
    start_fleet(r);
    put(r, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    put(r, 1, 3.0, 2.0, 0.0, -1.0, 0.0, 0.0);
    start_rig(r, &two);
    const books before = books_of(r);
    fly(r, 20);
    const books after = books_of(r);
    assert_int_equal(told(r, 0, QF_EVENT_COLLISION, NULL), 1);
    assert_true(VALUE(&r->v, RATE_Z, 0) > 0.1);
    assert_kept(&before, &after, 1e-6);
    assert_true(after.energy_j < before.energy_j);
    close_rig(r);
}

static void worlds_do_not_see_each_other(void **state)
{
    (void)state;
    const rig_scene setting = {.counts = {1, 1}, .worlds = 2};
    rig *r = open_hulls(&setting);
    start_fleet(r);
    put(r, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0); /* group 0: worlds 0 and 1, then group 1 */
    put(r, 1, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0);
    put(r, 2, 0.0, 100.0, 0.0, 0.0, 1.0, 0.0);
    put(r, 3, 0.0, 103.1, 0.0, 0.0, -2.0, 0.0);
    start_rig(r, &setting);
    fly(r, 2);
    assert_int_equal(told(r, 0, QF_EVENT_COLLISION, NULL), 0);
    assert_int_equal(told(r, 2, QF_EVENT_COLLISION, NULL), 0);
    assert_int_equal(told(r, 1, QF_EVENT_COLLISION, NULL), 1);
    assert_int_equal(told(r, 3, QF_EVENT_COLLISION, NULL), 1);
    close_rig(r);
}

static void who_docks_collides_by_its_ports_only(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    start_fleet(r);
    put(r, 1, 0.05, 0.0, 2.4 + 1.0, 0.0, 0.0, -0.09);
    start_rig(r, &two);
    fly(r, 200);
    assert_int_equal(told(r, 1, QF_EVENT_COLLISION, NULL), 0);
    assert_int_equal(told(r, 1, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    close_rig(r);
}

/* it comes to the port from the side: hulls tell */
static void who_comes_from_outside_of_the_corridor_collides(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    start_fleet(r);
    put(r, 1, 3.2, 0.0, 1.5, -0.2, 0.0, 0.0);
    start_rig(r, &two);
    fly(r, 100);
    assert_int_equal(told(r, 1, QF_EVENT_COLLISION, NULL), 1);
    close_rig(r);
}

/* ---- many, against brute force ---- */

enum { MANY = 3000 };

typedef struct ball {
    double from_m[3], motion_m[3], radius_m;
    size_t world;
} ball;

static double uniform(uint32_t i, uint32_t draw, double low, double high)
{
    return low +
           (high - low) * qf_draw_uniform((qf_draw_key){.seed = 11, .vehicle = i, .draw = draw});
}

/* the equation of the first touch, as it is taught; for what moves by no more than some metres it is exact enough */
static bool balls_collide(const ball *a, const ball *b)
{
    double p[3];
    double m[3];
    double aa = 0.0;
    double bb = 0.0;
    double cc = -(a->radius_m + b->radius_m) * (a->radius_m + b->radius_m);
    for (int k = 0; k < 3; k++) {
        p[k] = b->from_m[k] - a->from_m[k];
        m[k] = b->motion_m[k] - a->motion_m[k];
        aa += m[k] * m[k];
        bb += p[k] * m[k];
        cc += p[k] * p[k];
    }
    if (cc <= 0.0) {
        return bb < 0.0;
    }
    const double d = bb * bb - aa * cc;
    return a->world == b->world && bb < 0.0 && d >= 0.0 && -bb - sqrt(d) <= aa;
}

/* all collide in the second tick, whose motion is that of the first look on */
static void compare_with_brute_force(size_t worlds, double edge_m, double orbit_mps,
                                     double most_mps)
{
    const rig_scene setting = {.counts = {2, MANY / worlds - 2}, .worlds = worlds, .n_threads = 2};
    rig *r = open_hulls(&setting);
    static ball balls[MANY];
    r->hull[0][0].radius_m = 40.0; /* a few wide ones */
    start_fleet(r);
    const qf_fleet *fleet = &r->v.fleet;
    for (uint32_t e = 0; e < fleet->n_vehicles; e++) {
        const qf_entity entity = qf_fleet_entity(fleet, e);
        ball *b = &balls[e];
        const double speed = e % 300 == 150 ? 3000.0 : most_mps; /* a few fast ones */
        b->world = entity.world;
        b->radius_m = r->hull[entity.group][0].radius_m;
        double v[3];
        for (uint32_t k = 0; k < 3; k++) {
            b->from_m[k] = uniform(e, k, -edge_m, edge_m);
            v[k] = uniform(e, 3 + k, -speed, speed) + (k == 1 ? orbit_mps : 0.0);
            b->motion_m[k] = v[k] * 0.1;
        }
        put(r, e, b->from_m[0], b->from_m[1], b->from_m[2], v[0], v[1], v[2]);
    }
    start_rig(r, &setting);
    advance(&r->v, 1);
    advance(&r->v, 1);
    static uint64_t found[MANY];
    size_t n_events;
    size_t n_found = 0;
    const qf_event *events = qf_simulation_events(r->v.simulation, &n_events);
    for (size_t i = 0; i < n_events; i++) {
        if (events[i].code == QF_EVENT_COLLISION && (int64_t)events[i].entity < events[i].subject) {
            found[n_found++] = (uint64_t)events[i].entity << 32 | (uint32_t)events[i].subject;
        }
    }
    size_t n_expected = 0;
    for (size_t a = 0; a < fleet->n_vehicles; a++) {
        for (size_t b = a + 1; b < fleet->n_vehicles; b++) {
            if (balls[a].world == balls[b].world && balls_collide(&balls[a], &balls[b])) {
                const uint64_t key = (uint64_t)a << 32 | b;
                size_t at = 0;
                while (at < n_found && found[at] != key) {
                    at++;
                }
                assert_true(at < n_found);
                n_expected++;
            }
        }
    }
    assert_int_equal(n_found, n_expected);
    assert_true(n_expected > 20);
    close_rig(r);
}

static void thousands_collide_as_by_brute_force(void **state)
{
    (void)state;
    compare_with_brute_force(1, 200.0, 0.0, 30.0);
}

static void fast_ones_collide_as_by_brute_force(void **state)
{
    (void)state;
    compare_with_brute_force(1, 450.0, 0.0, 3000.0);
}

/* within 16 ticks each could meet each of the others; in one it meets some */
static void a_list_of_fast_ones_is_not_of_all_pairs(void **state)
{
    (void)state;
    const rig_scene setting = {.counts = {2000}};
    rig *r = open_hulls(&setting);
    start_fleet(r);
    for (uint32_t e = 0; e < 2000; e++) {
        double at[6];
        for (uint32_t k = 0; k < 6; k++) {
            at[k] = k < 3 ? uniform(e, k, -1e4, 1e4) : uniform(e, k, -7e3, 7e3);
        }
        put(r, e, at[0], at[1], at[2], at[3], at[4], at[5]);
    }
    start_rig(r, &setting);
    advance(&r->v, 1);
    qf_arena arena = {0};
    qf_hulls hulls = {0};
    assert_int_equal(qf_hulls_create(&r->v.context, &arena, &r->v.fleet, &hulls), QF_OK);
    assert_true(qf_hulls_pair(&r->v.context, &r->v.fleet, qf_kernels_best(), &hulls));
    assert_true(hulls.n_pairs < 2000 * 1999 / 2 / 50);
    qf_hulls_free(&hulls);
    qf_arena_free(&arena);
    close_rig(r);
}

static void worlds_that_orbit_collide_as_by_brute_force(void **state)
{
    (void)state;
    compare_with_brute_force(10, 165.0, 7600.0, 30.0);
}

/* ---- the same bits ---- */

enum { WORLDS = 8 };

/* a crowd of docking pairs and balls that collide: some of WORLDS worlds, each of its own draws */
static void crowd(const char *isa, int n_threads, size_t first, size_t worlds, uint64_t *hashes)
{
    const rig_scene setting = {
        .counts = {8, 8}, .worlds = worlds, .n_threads = n_threads, .isa = isa};
    rig *r = open_rig(&setting);
    start_fleet(r);
    const qf_fleet *fleet = &r->v.fleet;
    for (uint32_t e = 0; e < fleet->n_vehicles; e++) {
        const qf_entity entity = qf_fleet_entity(fleet, e);
        const uint32_t id = (uint32_t)(first + entity.world) * 64 + entity.vehicle;
        const double x_m = 5.0 * (double)entity.index;
        const double up_m = entity.group == 0 ? 0.0 : uniform(id, 0, 2.41, 3.0);
        put(r, e, x_m + uniform(id, 1, -0.1, 0.1), 0.0, up_m, uniform(id, 2, -0.2, 0.2), 0.0,
            entity.group == 0 ? 0.0 : uniform(id, 3, -0.12, -0.02));
        spin(r, e, 0.0, 0.0, uniform(id, 4, -0.004, 0.004));
    }
    start_rig(r, &setting);
    advance(&r->v, 200);
    assert_true(qf_simulation_event_count(r->v.simulation, QF_EVENT_COLLISION) > (int64_t)worlds);
    assert_true(worlds == 1 ||
                qf_simulation_event_count(r->v.simulation, QF_EVENT_SOFT_CAPTURE) > 2);
    assert_int_equal(qf_simulation_event_count(r->v.simulation, QF_EVENT_HALT), 0);
    assert_int_equal(qf_fleet_world_hashes(&r->v.context, fleet, hashes), QF_OK);
    close_rig(r);
}

static void threads_and_instruction_sets_give_the_same_bits(void **state)
{
    (void)state;
    static const struct {
        const char *isa;
        int n_threads;
    } variants[] = {{"generic", 1}, {"generic", 2}, {"generic", 3}, {"v3", 2}, {"v4", 2}};
    uint64_t first[WORLDS];
    uint64_t hashes[WORLDS];
    crowd("generic", 1, 0, WORLDS, first);
    assert_true(first[0] != first[1]);
    for (size_t i = 1; i < COUNT(variants); i++) {
        if (qf_kernels_for(variants[i].isa)) {
            crowd(variants[i].isa, variants[i].n_threads, 0, WORLDS, hashes);
            assert_memory_equal(hashes, first, sizeof first);
        }
    }
}

static void how_many_worlds_there_are_changes_none(void **state)
{
    (void)state;
    uint64_t together[WORLDS];
    uint64_t apart[WORLDS];
    crowd(NULL, 1, 0, WORLDS, together);
    for (size_t w = 0; w < WORLDS; w++) {
        crowd(NULL, 1, w, 1, &apart[w]);
    }
    assert_memory_equal(apart, together, sizeof together);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_on_collision_is_told_once_and_bounces),
        cmocka_unit_test(a_pass_within_one_tick_is_found),
        cmocka_unit_test(who_passes_beside_does_not_collide_but_knows_how_near),
        cmocka_unit_test(nobody_is_near_who_is_beyond_the_clearance),
        cmocka_unit_test(who_is_alone_in_its_world_is_not_looked_at),
        cmocka_unit_test(predicted_memory_is_what_hulls_take),
        cmocka_unit_test(the_quarantined_are_passed_through),
        cmocka_unit_test(who_was_moved_by_a_collision_is_near_where_it_is),
        cmocka_unit_test(overlap_without_motion_is_no_collision),
        cmocka_unit_test(a_contact_that_lasts_is_told_once),
        cmocka_unit_test(hulls_of_several_balls_turn_when_hit_at_one),
        cmocka_unit_test(worlds_do_not_see_each_other),
        cmocka_unit_test(who_docks_collides_by_its_ports_only),
        cmocka_unit_test(who_comes_from_outside_of_the_corridor_collides),
        cmocka_unit_test(thousands_collide_as_by_brute_force),
        cmocka_unit_test(fast_ones_collide_as_by_brute_force),
        cmocka_unit_test(a_list_of_fast_ones_is_not_of_all_pairs),
        cmocka_unit_test(worlds_that_orbit_collide_as_by_brute_force),
        cmocka_unit_test(threads_and_instruction_sets_give_the_same_bits),
        cmocka_unit_test(how_many_worlds_there_are_changes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
