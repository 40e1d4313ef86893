/* SPDX-License-Identifier: Apache-2.0 */
/* Captures, bounces and undocking, with the books of momentum kept. */
#include "docking.h"
#include "docking_internal.h"
#include "docking_stand.h"

#define DEG QF_RAD_PER_DEG

enum { STATION = 0, CHASER = 1, THIRD = 2 };

static const rig_scene two = {.counts = {1, 1}};
static const rig_scene three = {.counts = {1, 1, 1}};

/*
 * How the chaser's lower port comes to the station's upper one, which is at (0, 0, 1.2) and looks up: from `ahead_m`
 * above, `x_m` beside, turned by angles about +X and +Z, itself turning at a rate about +Z.
 */
typedef struct coming {
    double ahead_m, down_mps, x_m, vx_mps, tilt_deg, clock_deg, rate_dps;
} coming;

static void come(rig *r, const coming *c)
{
    const double half_tilt = 0.5 * c->tilt_deg * DEG;
    const double half_clock = 0.5 * c->clock_deg * DEG;
    const double tilt[4] = {cos(half_tilt), sin(half_tilt), 0.0, 0.0};
    const double clock[4] = {cos(half_clock), 0.0, 0.0, sin(half_clock)};
    double attitude[4];
    qf_turns(tilt, clock, attitude);
    double port_m[3];
    qf_turn(attitude, r->ports[CHASER][DOWN].position_m, port_m);
    put(r, CHASER, c->x_m - port_m[0], -port_m[1], 1.2 + c->ahead_m - port_m[2], c->vx_mps, 0.0,
        -c->down_mps);
    put3(r, QF_FIELD_QW, 4, CHASER, attitude);
    spin(r, CHASER, 0.0, 0.0, c->rate_dps * DEG);
}

/* in the middle of a tick, with a little of everything */
static const coming good = {.ahead_m = 0.0125,
                            .down_mps = 0.05,
                            .x_m = 0.03,
                            .vx_mps = 0.01,
                            .tilt_deg = 1.0,
                            .clock_deg = 10.0,
                            .rate_dps = 0.05};

static rig *fly_to_contact(const rig_scene *setting, const coming *c, books *before)
{
    rig *r = open_rig(setting);
    start_fleet(r);
    come(r, c);
    start_rig(r, setting);
    if (before) {
        *before = books_of(r);
    }
    fly(r, 6);
    return r;
}

static void ports_that_meet_within_limits_capture_softly(void **state)
{
    (void)state;
    books before;
    rig *r = fly_to_contact(&two, &good, &before);
    const books after = books_of(r);
    qf_event event = {0};
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, &event), 1);
    assert_int_equal(event.subject, DOWN);
    assert_exact(event.value, STATION);
    assert_int_equal(told(r, STATION, QF_EVENT_SOFT_CAPTURE, &event), 1);
    assert_int_equal(event.subject, UP);
    assert_exact(event.value, CHASER);
    assert_int_equal(told(r, CHASER, QF_EVENT_COLLISION, NULL), 0);
    assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, CHASER), 1);
    assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, UP, STATION), 1);
    assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, STATION), 0);
    assert_int_equal(port_of(r, QF_FIELD_PORT_PARTNER, UP, STATION), CHASER);
    assert_false(FLAG(&r->v, DOCKED, CHASER));
    assert_kept(&before, &after, 1e-9);
    /* no less than what the motion along the axis had: reduced mass times half the square */
    assert_true(before.energy_j - after.energy_j >
                0.9 * 0.5 * (1010.0 * 410.0 / 1420.0) * 0.05 * 0.05);
    close_rig(r);
}

/* the common motion that a perfectly inelastic impact of two bodies without rotation has */
static void capture_leaves_the_common_velocity(void **state)
{
    (void)state;
    rig *r = fly_to_contact(&two, &(coming){.ahead_m = 0.0125, .down_mps = 0.05}, NULL);
    const double common_mps = -0.05 * 410.0 / 1420.0;
    assert_near(VALUE(&r->v, VZ, STATION), common_mps, 1e-15);
    assert_near(VALUE(&r->v, VZ, CHASER), common_mps, 1e-15);
    assert_near(VALUE(&r->v, BOND_MASS, CHASER), 1420.0, 1e-9);
    close_rig(r);
}

/* for each limit: what comes just within it, and just beyond */
static void each_limit_is_kept_by_a_hair_or_fails_by_its_name(void **state)
{
    (void)state;
    static const struct {
        qf_capture_limit limit;
        coming within, beyond;
        double measured, allowed;
    } cases[] = {
        {QF_CAPTURE_LATERAL,
         {.ahead_m = 0.0125, .down_mps = 0.05, .x_m = 0.0999},
         {.ahead_m = 0.0125, .down_mps = 0.05, .x_m = 0.1001},
         0.1001,
         1e-12},
        {QF_CAPTURE_AXIAL_SPEED,
         {.ahead_m = 0.0125, .down_mps = 0.0999},
         {.ahead_m = 0.0125, .down_mps = 0.1001},
         0.1001,
         1e-12},
        {QF_CAPTURE_LATERAL_SPEED,
         {.ahead_m = 0.0125, .down_mps = 0.05, .vx_mps = 0.0399},
         {.ahead_m = 0.0125, .down_mps = 0.05, .vx_mps = 0.0401},
         0.0401,
         1e-12},
        {QF_CAPTURE_ANGLE,
         {.ahead_m = 0.0125, .down_mps = 0.05, .tilt_deg = 3.999},
         {.ahead_m = 0.0125, .down_mps = 0.05, .tilt_deg = 4.001},
         4.001,
         1e-9},
        {QF_CAPTURE_CLOCK,
         {.ahead_m = 0.0125, .down_mps = 0.05, .clock_deg = 29.99},
         {.ahead_m = 0.0125, .down_mps = 0.05, .clock_deg = -30.01},
         30.01,
         1e-9},
        {QF_CAPTURE_RATE,
         {.ahead_m = 0.0125, .down_mps = 0.05, .rate_dps = 0.1999},
         {.ahead_m = 0.0125, .down_mps = 0.05, .rate_dps = 0.2001},
         0.2001,
         1e-6},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int beyond = 0; beyond < 2; beyond++) {
            rig *r = open_rig(&two);
            r->docking[STATION].capture.clock_rad = 30.0 * DEG;
            start_fleet(r);
            come(r, beyond ? &cases[i].beyond : &cases[i].within);
            start_rig(r, &two);
            fly(r, 6);
            qf_event event = {0};
            assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), !beyond);
            assert_int_equal(told(r, CHASER, QF_EVENT_CAPTURE_FAILED, &event), beyond);
            assert_int_equal(told(r, STATION, QF_EVENT_COLLISION, NULL), beyond);
            assert_int_equal(told(r, CHASER, QF_EVENT_COLLISION, NULL), beyond);
            if (beyond) {
                assert_int_equal(qf_capture_limit_of(event.subject), cases[i].limit);
                assert_int_equal(event.subject % QF_PORTS_MOST, DOWN);
                assert_near(event.value, cases[i].measured, cases[i].allowed);
                assert_true(FLAG(&r->v, COLLIDED, CHASER) && FLAG(&r->v, COLLIDED, STATION));
            }
            close_rig(r);
        }
    }
}

static void ports_without_soft_capture_capture_nothing(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    r->ports[STATION][UP].soft = false;
    start_fleet(r);
    come(r, &good);
    start_rig(r, &two);
    fly(r, 6);
    qf_event event = {0};
    assert_int_equal(told(r, CHASER, QF_EVENT_CAPTURE_FAILED, &event), 1);
    assert_int_equal(qf_capture_limit_of(event.subject), QF_CAPTURE_MODE);
    assert_true(isnan(event.value));
    close_rig(r);
}

/* both of two chasers come to the one port: vehicle i of a group has vehicle i modulo their number */
static void a_port_that_is_taken_captures_nobody_else(void **state)
{
    (void)state;
    const rig_scene setting = {.counts = {1, 2}};
    rig *r = open_rig(&setting);
    r->body[CHASER].n_hull = 0; /* they overlap */
    start_fleet(r);
    come(r, &(coming){.ahead_m = 0.0125, .down_mps = 0.05});
    put(r, 2, 0.02, 0.0, 2.4 + 0.0325, 0.0, 0.0, -0.05);
    start_rig(r, &setting);
    fly(r, 10);
    qf_event event = {0};
    assert_int_equal(told(r, 1, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    assert_int_equal(told(r, 2, QF_EVENT_SOFT_CAPTURE, NULL), 0);
    assert_int_equal(told(r, 2, QF_EVENT_CAPTURE_FAILED, &event), 1);
    assert_int_equal(qf_capture_limit_of(event.subject), QF_CAPTURE_TAKEN);
    assert_exact(event.value, 1.0);
    close_rig(r);
}

static void a_failed_contact_bounces_once_and_keeps_momentum(void **state)
{
    (void)state;
    books before;
    const coming fast = {
        .ahead_m = 0.025, .down_mps = 0.2, .x_m = 0.05, .vx_mps = 0.02, .tilt_deg = 2.0};
    rig *r = fly_to_contact(&two, &fast, &before);
    books after = books_of(r);
    assert_int_equal(told(r, CHASER, QF_EVENT_COLLISION, NULL), 1);
    assert_kept(&before, &after, 1e-9);
    assert_true(after.energy_j < before.energy_j);
    fly(r, 300);
    after = books_of(r);
    assert_kept(&before, &after, 1e-6);
    assert_int_equal(told(r, CHASER, QF_EVENT_COLLISION, NULL), 0);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 0);
    assert_int_equal(
        qf_i64(&r->v.fleet, QF_FIELD_COLLISIONS, 0)[qf_fleet_entity(&r->v.fleet, 1).slot], 1);
    close_rig(r);
}

static void a_failed_contact_sends_back_whoever_came_for_the_other(void **state)
{
    (void)state;
    for (int mutual = 0; mutual < 2; mutual++) {
        rig *r = open_rig(&three);
        if (mutual) { /* the second and third come for each other, and not for the station */
            r->approach[CHASER].target_group = THIRD;
            r->approach[CHASER].own_port = UP;
            r->approach[CHASER].target_port = DOWN;
        }
        start_fleet(r);
        put(r, CHASER, 0.0, 0.0, 30.0, 0.0, 0.0, 0.0);
        put(r, THIRD, 0.0, 0.0, 32.4 + 0.025, 0.0, 0.0, -0.2);
        start_rig(r, &three);
        int64_t *step = qf_i64(&r->v.fleet, QF_FIELD_GUIDANCE_STEP, 0);
        const size_t other = qf_fleet_entity(&r->v.fleet, CHASER).slot;
        const size_t own = qf_fleet_entity(&r->v.fleet, THIRD).slot;
        step[other] = QF_APPROACH_CORRIDOR;
        step[own] = QF_APPROACH_CORRIDOR;
        fly(r, 1);
        assert_int_equal(step[own], QF_APPROACH_CORRIDOR);
        fly(r, 5);
        assert_int_equal(told(r, THIRD, QF_EVENT_CAPTURE_FAILED, NULL), 1);
        assert_int_equal(step[own], QF_APPROACH_STANDOFF);
        assert_int_equal(step[other], mutual ? QF_APPROACH_STANDOFF : QF_APPROACH_CORRIDOR);
        close_rig(r);
    }
}

/* along the line of the centres: what is left of the speed is the restitution's share */
static void a_central_bounce_leaves_the_share_of_restitution(void **state)
{
    (void)state;
    rig *r = fly_to_contact(&two, &(coming){.ahead_m = 0.025, .down_mps = 0.2}, NULL);
    assert_near(VALUE(&r->v, VZ, CHASER) - VALUE(&r->v, VZ, STATION), 0.3 * 0.2, 1e-12);
    /* it turned round where the ports met, not where they were found */
    const double since_s = 0.6 - 0.025 / 0.2;
    assert_near(VALUE(&r->v, Z, CHASER) - VALUE(&r->v, Z, STATION), 2.4 + 0.06 * since_s, 1e-12);
    close_rig(r);
}

static void nobody_who_does_not_approach_is_captured(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    start_fleet(r);
    come(r, &good);
    qf_i64(&r->v.fleet, QF_FIELD_GUIDANCE, 0)[qf_fleet_entity(&r->v.fleet, CHASER).slot] = -1;
    start_rig(r, &two);
    fly(r, 6);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 0);
    close_rig(r);
}

static void threads_meet_only_where_somebody_approaches(void **state)
{
    (void)state;
    for (int approaches = 0; approaches < 2; approaches++) {
        rig *r = open_rig(&two);
        r->approach[CHASER].kind = approaches ? QF_GUIDANCE_APPROACH : QF_GUIDANCE_STATION_KEEP;
        start_fleet(r);
        assert_int_equal(qf_docking_period_ticks(&r->v.fleet.groups[STATION]), 0);
        assert_int_equal(qf_docking_period_ticks(&r->v.fleet.groups[CHASER]), approaches);
        close_rig(r);
    }
}

/* but for how arrays are aligned */
static void predicted_memory_is_what_docking_takes(void **state)
{
    (void)state;
    enum { ALIGNMENT = 64, ARRAYS = 16 };
    const rig_scene setting = {.counts = {1, 3}, .worlds = 5000};
    rig *r = open_rig(&setting);
    start_fleet(r);
    void *user;
    assert_int_equal(qf_docking_open(&r->v.context, &r->v.fleet, &user), QF_OK);
    const qf_docking_stage *stage = user;
    assert_near((double)stage->arena.used_bytes,
                (double)qf_docking_predicted_bytes(&r->v.scenario, 2, 1), ALIGNMENT * ARRAYS);
    qf_docking_close(user);
    close_rig(r);
}

/* lists are numbered; there are more of them in a long run of many than numbers */
static void who_is_docked_is_found_after_any_number_of_lists(void **state)
{
    (void)state;
    rig *r = fly_to_contact(&two, &good, NULL);
    qf_arena arena = {0};
    qf_bonds bonds = {0};
    assert_int_equal(qf_bonds_create(&r->v.context, &arena, &r->v.fleet, &bonds), QF_OK);
    bonds.turn = UINT32_MAX;
    for (int i = 0; i < 3; i++) {
        qf_bonds_list(&r->v.fleet, &bonds, CHASER);
        assert_int_equal(bonds.n, 2);
        assert_int_equal(bonds.member[0], STATION);
    }
    qf_arena_free(&arena);
    close_rig(r);
}

static void soft_capture_becomes_hard_after_its_time(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    r->docking[STATION].capture.soft_s = 2.0;
    start_fleet(r);
    come(r, &(coming){.ahead_m = 0.0025,
                      .down_mps = 0.05}); /* touches in the first tick, seen at its end */
    start_rig(r, &two);
    fly(r, 21);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_HARD_CAPTURE, NULL), 0);
    fly(r, 1);
    qf_event event = {0};
    assert_int_equal(told(r, CHASER, QF_EVENT_HARD_CAPTURE, &event), 1);
    assert_int_equal(event.tick, 21);
    assert_int_equal(told(r, STATION, QF_EVENT_HARD_CAPTURE, NULL), 1);
    assert_true(FLAG(&r->v, DOCKED, CHASER) && FLAG(&r->v, DOCKED, STATION));
    assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, CHASER), 2);
    close_rig(r);
}

static void soft_capture_may_last_for_ever(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    r->docking[STATION].capture.soft_s = 1e300;
    start_fleet(r);
    come(r, &(coming){.ahead_m = 0.0025, .down_mps = 0.05});
    start_rig(r, &two);
    fly(r, 20);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_HARD_CAPTURE, NULL), 0);
    close_rig(r);
}

/* in its own group the first is everybody's target */
static void ships_dock_with_the_first_of_their_group(void **state)
{
    (void)state;
    const rig_scene setting = {.counts = {1, 3}};
    rig *r = open_rig(&setting);
    r->approach[1].target_group = 1;
    start_fleet(r);
    put(r, 0, 0.0, 500.0, 0.0, 0.0, 0.0, 0.0);
    put(r, 1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    put(r, 2, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0);
    put(r, 3, 0.0, 0.0, 2.4 + 0.0025, 0.0, 0.0, -0.05);
    start_rig(r, &setting);
    fly(r, 3);
    qf_event event = {0};
    assert_int_equal(told(r, 3, QF_EVENT_SOFT_CAPTURE, &event), 1);
    assert_exact(event.value, 1);
    assert_int_equal(told(r, 3, QF_EVENT_COLLISION, NULL), 0);
    close_rig(r);
}

/* for 100 s a body of two that tumbles keeps its shape to rounding, and momentum to the integrator's error */
static void docked_vehicles_move_as_one(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    start_fleet(r);
    come(r, &(coming){.ahead_m = 0.0025, .down_mps = 0.05, .x_m = 0.09, .tilt_deg = 3.0});
    spin(r, STATION, 0.001, 0.0005, 0.002);
    start_rig(r, &two);
    fly(r, 2);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    const books before = books_of(r);
    const qf_rigid a = body_of(r, STATION);
    const qf_rigid b = body_of(r, CHASER);
    double apart[3];
    double seen[3];
    qf_difference(b.position_m, a.position_m, apart);
    qf_turn_back(a.attitude, apart, seen);
    fly(r, 1000);
    const books after = books_of(r);
    const qf_rigid c = body_of(r, STATION);
    const qf_rigid d = body_of(r, CHASER);
    double seen_then[3];
    qf_difference(d.position_m, c.position_m, apart);
    qf_turn_back(c.attitude, apart, seen_then);
    for (int k = 0; k < 3; k++) {
        assert_near(seen_then[k], seen[k], 1e-11);
    }
    assert_kept(&before, &after, 1e-6);
    assert_near(after.energy_j, before.energy_j, 1e-9);
    close_rig(r);
}

static void undocking_pushes_apart_and_does_not_capture_again(void **state)
{
    (void)state;
    rig_scene setting = two;
    setting.script[CHASER] = "{step: 30, cmd: undock}";
    books before;
    rig *r = fly_to_contact(&setting, &good, &before);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    fly(r, 24);
    assert_int_equal(told(r, CHASER, QF_EVENT_UNDOCKED, NULL), 0);
    const books docked = books_of(r);
    fly(r, 1);
    qf_event event = {0};
    assert_int_equal(told(r, CHASER, QF_EVENT_UNDOCKED, &event), 1);
    assert_int_equal(event.subject, DOWN);
    assert_exact(event.value, STATION);
    assert_int_equal(told(r, STATION, QF_EVENT_UNDOCKED, NULL), 1);
    const books after = books_of(r);
    assert_kept(&docked, &after, 1e-9);
    assert_true(after.energy_j > docked.energy_j); /* of the spring */
    fly(r, 300);
    assert_int_equal(r->n_events, 0);
    assert_true(VALUE(&r->v, Z, CHASER) - VALUE(&r->v, Z, STATION) > 2.4 + 0.5);
    assert_exact(VALUE(&r->v, BOND_MASS, CHASER), 0.0);
    close_rig(r);
}

static void the_middle_of_a_chain_leaves_both_sides(void **state)
{
    (void)state;
    rig_scene setting = three;
    setting.script[CHASER] = "{step: 200, cmd: undock}";
    rig *r = open_rig(&setting);
    start_fleet(r);
    come(r, &(coming){.ahead_m = 0.0125, .down_mps = 0.05});
    put(r, THIRD, 0.02, 0.0, 4.8 + 0.03, 0.0, 0.0, -0.07);
    start_rig(r, &setting);
    const books before = books_of(r);
    fly(r, 200);
    assert_int_equal(told(r, THIRD, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    assert_int_equal(told(r, THIRD, QF_EVENT_HARD_CAPTURE, NULL), 1);
    for (size_t e = 0; e < 3; e++) {
        assert_near(VALUE(&r->v, BOND_MASS, e), 1830.0, 1e-9);
        assert_int_equal(port_of(r, QF_FIELD_BOND_ROOT, 0, e), STATION);
    }
    books after = books_of(r);
    assert_kept(&before, &after, 1e-7);
    fly(r, 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_UNDOCKED, NULL), 2);
    assert_int_equal(told(r, STATION, QF_EVENT_UNDOCKED, NULL), 1);
    assert_int_equal(told(r, THIRD, QF_EVENT_UNDOCKED, NULL), 1);
    after = books_of(r);
    assert_kept(&before, &after, 1e-7);
    for (size_t e = 0; e < 3; e++) {
        assert_exact(VALUE(&r->v, BOND_MASS, e), 0.0);
        assert_int_equal(port_of(r, QF_FIELD_BOND_ROOT, 0, e), (int64_t)e);
        assert_false(FLAG(&r->v, DOCKED, e));
    }
    fly(r, 100);
    assert_int_equal(r->n_events, 0);
    assert_true(VALUE(&r->v, Z, THIRD) - VALUE(&r->v, Z, CHASER) > 2.4 + 0.1);
    close_rig(r);
}

/* its numbers go bad: it is frozen, and the other goes on by itself */
static void a_quarantined_vehicle_is_cut_loose(void **state)
{
    (void)state;
    rig *r = fly_to_contact(&two, &good, NULL);
    assert_int_equal(told(r, CHASER, QF_EVENT_SOFT_CAPTURE, NULL), 1);
    qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[qf_fleet_entity(&r->v.fleet, STATION).slot] = (double)NAN;
    fly(r, 1);
    assert_int_equal(told(r, STATION, QF_EVENT_HALT, NULL), 1);
    fly(r, 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_UNDOCKED, NULL), 1);
    assert_int_equal(told(r, STATION, QF_EVENT_UNDOCKED, NULL), 0);
    assert_exact(VALUE(&r->v, BOND_MASS, CHASER), 0.0);
    assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, CHASER), 0);
    const double z_m = VALUE(&r->v, Z, CHASER);
    fly(r, 10);
    assert_true(VALUE(&r->v, Z, CHASER) != z_m);
    close_rig(r);
}

/* the station is taken away: what is frozen does not learn of it */
static void columns_of_the_quarantined_stay_as_they_were(void **state)
{
    (void)state;
    rig *r = open_rig(&two);
    start_fleet(r);
    come(r, &(coming){.ahead_m = 0.5, .down_mps = 0.05});
    start_rig(r, &two);
    fly(r, 3);
    const double ahead_m = VALUE(&r->v, PORT_AHEAD, CHASER);
    assert_true(ahead_m > 0.4);
    qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[qf_fleet_entity(&r->v.fleet, CHASER).slot] = (double)NAN;
    fly(r, 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_HALT, NULL), 1);
    put(r, STATION, 0.0, 1e6, 0.0, 0.0, 0.0, 0.0);
    fly(r, 2);
    assert_exact(VALUE(&r->v, PORT_AHEAD, CHASER), ahead_m);
    close_rig(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_that_meet_within_limits_capture_softly),
        cmocka_unit_test(capture_leaves_the_common_velocity),
        cmocka_unit_test(each_limit_is_kept_by_a_hair_or_fails_by_its_name),
        cmocka_unit_test(ports_without_soft_capture_capture_nothing),
        cmocka_unit_test(a_port_that_is_taken_captures_nobody_else),
        cmocka_unit_test(a_failed_contact_bounces_once_and_keeps_momentum),
        cmocka_unit_test(a_failed_contact_sends_back_whoever_came_for_the_other),
        cmocka_unit_test(a_central_bounce_leaves_the_share_of_restitution),
        cmocka_unit_test(nobody_who_does_not_approach_is_captured),
        cmocka_unit_test(soft_capture_becomes_hard_after_its_time),
        cmocka_unit_test(predicted_memory_is_what_docking_takes),
        cmocka_unit_test(who_is_docked_is_found_after_any_number_of_lists),
        cmocka_unit_test(threads_meet_only_where_somebody_approaches),
        cmocka_unit_test(soft_capture_may_last_for_ever),
        cmocka_unit_test(ships_dock_with_the_first_of_their_group),
        cmocka_unit_test(docked_vehicles_move_as_one),
        cmocka_unit_test(undocking_pushes_apart_and_does_not_capture_again),
        cmocka_unit_test(the_middle_of_a_chain_leaves_both_sides),
        cmocka_unit_test(a_quarantined_vehicle_is_cut_loose),
        cmocka_unit_test(columns_of_the_quarantined_stay_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
