/* SPDX-License-Identifier: Apache-2.0 */
/* How strong hard latches are, and what they do not hold. */
#include "docking_stand.h"

enum { STATION = 0, CHASER = 1, THIRD = 2 };

/* docked in a row along Z, at rest and hard; masses 1010 and 410 kg */
static rig *open_docked(const rig_scene *setting, double strength_n)
{
    rig *r = open_rig(setting);
    for (size_t g = 0; g < r->n_groups; g++) {
        const qf_inertia ball = {.kgm2 = {80.0, 80.0, 80.0}};
        r->body[g].dry = ball;
        r->docking[g].capture.soft_s = 0.5;
        r->ports[g][DOWN].hard_force_n = g == CHASER ? strength_n : 12000.0;
    }
    start_fleet(r);
    for (size_t g = 1; g < r->n_groups; g++) {
        put(r, g, 0.0, 0.0, 2.4 * (double)g + 0.001 * (double)g, 0.0, 0.0, -0.01 * (double)g);
    }
    start_rig(r, setting);
    fly(r, 20);
    for (size_t g = 1; g < r->n_groups; g++) {
        assert_int_equal(told(r, g, QF_EVENT_HARD_CAPTURE, NULL), g + 1 < r->n_groups ? 2 : 1);
    }
    return r;
}

static void turn_about_x(const rig *r, size_t n, double rate_rps)
{
    double center_m = 0.0;
    double mass_kg = 0.0;
    for (size_t e = 0; e < n; e++) {
        const qf_rigid body = body_of(r, e);
        center_m += body.mass_kg * body.position_m[2];
        mass_kg += body.mass_kg;
    }
    center_m /= mass_kg;
    for (size_t e = 0; e < n; e++) {
        put3(r, QF_FIELD_VX, 3, e,
             (const double[]){0.0, -rate_rps * (VALUE(&r->v, Z, e) - center_m), 0.0});
        spin(r, e, rate_rps, 0.0, 0.0);
    }
}

/* two that turn about the centre of their masses pull with reduced mass times distance times rate squared */
static void a_latch_breaks_at_its_strength(void **state)
{
    (void)state;
    static const rig_scene two = {.counts = {1, 1}};
    const double apart_m = 2.399; /* captured at the end of the tick in which ports met */
    const double pull_n = 1010.0 * 410.0 / 1420.0 * apart_m * 0.5 * 0.5;
    for (int breaks = 0; breaks < 2; breaks++) {
        rig *r = open_docked(&two, pull_n * (breaks ? 0.995 : 1.005));
        assert_near(VALUE(&r->v, Z, CHASER) - VALUE(&r->v, Z, STATION), apart_m, 0.0021);
        turn_about_x(r, 2, 0.5);
        const books before = books_of(r);
        fly(r, 5);
        const books after = books_of(r);
        qf_event event = {0};
        assert_int_equal(told(r, CHASER, QF_EVENT_LATCH_BROKEN, &event), breaks);
        assert_int_equal(told(r, STATION, QF_EVENT_LATCH_BROKEN, NULL), breaks);
        assert_int_equal(FLAG(&r->v, DOCKED, CHASER), !breaks);
        assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, CHASER), breaks ? 0 : 2);
        assert_kept(&before, &after, 1e-6);
        if (breaks) {
            assert_int_equal(event.subject, DOWN);
            assert_exact(event.value, STATION);
            fly(r, 20);
            assert_true(VALUE(&r->v, BOND_MASS, CHASER) == 0.0);
        }
        close_rig(r);
    }
}

/* of three in a row the latch nearest the centre of mass carries most */
static void each_latch_carries_what_is_beyond_it(void **state)
{
    (void)state;
    static const rig_scene three = {.counts = {1, 1, 1}};
    rig *r = open_docked(&three, 1e9);
    turn_about_x(r, 3, 0.5);
    fly(r, 2);
    assert_int_equal(told(r, THIRD, QF_EVENT_LATCH_BROKEN, NULL), 0);
    /* the centre is 2.4 (410 + 820) / 1830 from the station: at the first latch the pull is the station's */
    const double first_n = 1010.0 * 2.4 * 1230.0 / 1830.0 * 0.25;
    const double second_n = 410.0 * (4.8 - 2.4 * 1230.0 / 1830.0) * 0.25;
    assert_true(second_n < 0.9 * first_n);
    r->ports[CHASER][DOWN].hard_force_n = 1.01 * first_n;
    r->ports[THIRD][DOWN].hard_force_n = 1.01 * second_n;
    fly(r, 2);
    assert_int_equal(told(r, CHASER, QF_EVENT_LATCH_BROKEN, NULL), 0);
    r->ports[THIRD][DOWN].hard_force_n = 0.98 * second_n;
    fly(r, 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_LATCH_BROKEN, NULL), 1);
    assert_int_equal(told(r, THIRD, QF_EVENT_LATCH_BROKEN, NULL), 1);
    assert_int_equal(told(r, STATION, QF_EVENT_LATCH_BROKEN, NULL), 0);
    assert_near(VALUE(&r->v, BOND_MASS, STATION), 1420.0, 1e-9);
    assert_exact(VALUE(&r->v, BOND_MASS, THIRD), 0.0);
    assert_true(FLAG(&r->v, DOCKED, CHASER) && !FLAG(&r->v, DOCKED, THIRD));
    close_rig(r);
    r = open_docked(&three, 1e9);
    turn_about_x(r, 3, 0.5);
    r->ports[CHASER][DOWN].hard_force_n = 0.98 * first_n;
    fly(r, 1);
    assert_int_equal(told(r, STATION, QF_EVENT_LATCH_BROKEN, NULL), 1);
    assert_int_equal(told(r, THIRD, QF_EVENT_LATCH_BROKEN, NULL), 0);
    assert_near(VALUE(&r->v, BOND_MASS, THIRD), 820.0, 1e-9);
    close_rig(r);
}

/* thrusters may have pushed two together: nothing pulls at the latch */
static void a_body_that_does_not_turn_pulls_at_nothing(void **state)
{
    (void)state;
    static const rig_scene two = {.counts = {1, 1}};
    rig *r = open_docked(&two, 1e-6);
    fly(r, 5);
    assert_int_equal(told(r, CHASER, QF_EVENT_LATCH_BROKEN, NULL), 0);
    close_rig(r);
}

/* its thrusters would do nothing: control does not open them, from the soft capture on */
static void what_is_captured_does_not_burn(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.1,
                       .groups =
                           "  - {name: ships, kind: ship, count: 2, hardware: " PROJECT_SOURCE_DIR
                           "/configs/hardware/qiki_ship.json,\n"
                           "     docking: {ports: " PROJECT_SOURCE_DIR
                           "/configs/hardware/ports.json},\n"
                           "     body: {mass_kg: 420, inertia_kgm2: [160, 180, 170]},\n"
                           "     behavior: {drift: {kind: velocity, velocity_mps: [1, 0, 0]}}}\n"});
    const double before_kg = VALUE(&v, PROPELLANT, 0);
    const size_t slot = qf_fleet_entity(&v.fleet, 0).slot;
    qf_f64(&v.fleet, QF_FIELD_BOND_MASS, 0)[slot] = 840.0;
    for (int k = 0; k < 3; k++) {
        qf_f64(&v.fleet, (qf_field_id)(QF_FIELD_BOND_IXX + k), 0)[slot] = 300.0;
    }
    advance(&v, 3);
    assert_true(VALUE(&v, PROPELLANT, 1) < before_kg && VALUE(&v, VX, 1) > 0.0);
    assert_exact(VALUE(&v, PROPELLANT, 0), before_kg);
    assert_exact(VALUE(&v, VX, 0), 0.0);
    finish(&v);
}

/* a thruster that was on when it docked, or stays on, empties the tank of what is docked */
static void what_is_docked_is_as_heavy_as_its_parts(void **state)
{
    (void)state;
    static const rig_scene three = {.counts = {1, 1, 1}};
    rig *r = open_docked(&three, 1e9);
    const books before = books_of(r);
    qf_f64(&r->v.fleet, QF_FIELD_PROPELLANT, 0)[qf_fleet_entity(&r->v.fleet, CHASER).slot] = 4.0;
    fly(r, 2);
    const books after = books_of(r);
    for (size_t e = 0; e < 3; e++) {
        assert_near(VALUE(&r->v, BOND_MASS, e), 1010.0 + 404.0 + 410.0, 1e-9);
    }
    for (int k = 0; k < 3; k++) { /* what is gone takes along what it had */
        const double speed_mps = before.momentum[k] / 1830.0;
        assert_near(after.momentum[k], speed_mps * 1824.0, 1e-9);
    }
    double place_m = 0.0; /* members are where they are from the centre that they have now */
    for (size_t e = 0; e < 3; e++) {
        place_m += body_of(r, e).mass_kg * VALUE(&r->v, BOND_Z, e);
    }
    assert_near(place_m, 0.0, 1e-6);
    close_rig(r);
}

/* ---- many at once ---- */

enum { MOST_WORLDS = 12 };

/* two docked softly that turn and move as their world's number says, and undock together in the same tick */
static void undock_in_all(size_t worlds, size_t first, uint64_t *hashes)
{
    rig_scene setting = {.counts = {1, 1}, .worlds = worlds};
    setting.script[CHASER] = "{step: 9, cmd: undock}";
    rig *r = open_rig(&setting);
    start_fleet(r);
    for (size_t w = 0; w < worlds; w++) {
        const double odd = (double)(first + w) * 0.013;
        put(r, w, 3.1 * odd, 7000.0, 0.0, 7.3 + odd, 0.1, -odd);
        put(r, worlds + w, 3.1 * odd + 0.01, 7000.005, 2.4005, 7.3 + odd, 0.1, -0.02 - odd);
        spin(r, worlds + w, 0.001 * odd, -0.003, 0.001);
    }
    start_rig(r, &setting);
    fly(r, 8);
    for (size_t w = 0; w < worlds; w++) {
        assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, worlds + w), 1);
    }
    fly(r, 12);
    for (size_t w = 0; w < worlds; w++) {
        assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, worlds + w), 0);
    }
    assert_int_equal(qf_fleet_world_hashes(&r->v.context, &r->v.fleet, hashes), QF_OK);
    close_rig(r);
}

static void who_else_undocks_in_another_world_changes_nothing(void **state)
{
    (void)state;
    uint64_t together[MOST_WORLDS];
    undock_in_all(MOST_WORLDS, 0, together);
    for (size_t w = 0; w < MOST_WORLDS; w++) {
        uint64_t alone;
        undock_in_all(1, w, &alone);
        assert_int_equal(alone, together[w]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_latch_breaks_at_its_strength),
        cmocka_unit_test(each_latch_carries_what_is_beyond_it),
        cmocka_unit_test(a_body_that_does_not_turn_pulls_at_nothing),
        cmocka_unit_test(what_is_captured_does_not_burn),
        cmocka_unit_test(what_is_docked_is_as_heavy_as_its_parts),
        cmocka_unit_test(who_else_undocks_in_another_world_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
