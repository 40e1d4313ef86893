/* SPDX-License-Identifier: Apache-2.0 */
/* Approaches, up to the moment at which ports meet: what comes after that is for the docking. */
#include "guidance_scene.h"

static const double pi = 3.14159265358979323846;

enum { MANY = 100 };

/* the reference's ports, above and below the centre */
static const qf_port_spec ports[] = {
    {.id = "forward_bayonet",
     .position_m = {0.0, 0.0, 1.2},
     .axis = {0.0, 0.0, 1.0},
     .clock = {1.0, 0.0, 0.0}},
    {.id = "aft_bayonet",
     .position_m = {0.0, 0.0, -1.2},
     .axis = {0.0, 0.0, -1.0},
     .clock = {-1.0, 0.0, 0.0}},
};

static const qf_hull_sphere sphere = {.radius_m = 1.1};
static const qf_body_spec hull = {.hull = &sphere, .n_hull = 1};

static qf_docking_spec docking_of(double clock_rad)
{
    return (qf_docking_spec){.ports = ports,
                             .n_ports = 2,
                             .capture = {.lateral_m = 0.1,
                                         .axial_mps = 0.1,
                                         .lateral_mps = 0.04,
                                         .angle_rad = 4.0 * pi / 180.0,
                                         .clock_rad = clock_rad,
                                         .rate_rps = 0.2 * pi / 180.0}};
}

static qf_guidance_spec approach_spec(void)
{
    qf_guidance_spec spec = qf_guidance_default(QF_GUIDANCE_APPROACH);
    spec.target_group = TARGETS;
    spec.target_port = 1;
    spec.speed_mps = 0.5;
    return spec;
}

/* a number in [-1, 1] of its own for each place; a sequence that fills the interval evenly */
static double spread(size_t i, size_t k)
{
    static const double steps[] = {0.6180339887498949, 0.7548776662466927, 0.5698402909980532,
                                   0.8191725133961644, 0.6710436067037893, 0.5497004779019703,
                                   0.8566748838545029, 0.7338918566271259, 0.6287067210378087,
                                   0.5385972572236101};
    const double x = (double)(i + 1) * steps[k];
    return 2.0 * (x - floor(x)) - 1.0;
}

/* anywhere from 15 to 60 m around the target, any attitude, some speed and rate */
static void disperse(ships *s, bool spins)
{
    for (size_t i = 0; i < MANY; i++) {
        ship_state x;
        const double z = spread(i, 0);
        const double a = pi * spread(i, 1);
        const double far_m = 37.5 + 22.5 * spread(i, 2);
        x.r[0] = far_m * sqrt(1.0 - z * z) * cos(a);
        x.r[1] = far_m * sqrt(1.0 - z * z) * sin(a);
        x.r[2] = far_m * z;
        for (size_t d = 0; d < 3; d++) {
            x.v[d] = 0.1 * spread(i, 3 + d);
            x.w[d] = 0.01 * spread(i, 5 + d);
        }
        for (size_t k = 0; k < 4; k++) {
            x.q[k] = spread(i, 6 + k);
        }
        store_state(s, slot_of(s, CHASERS, i), &x);
        ship_state target = {.r = {0.0, 0.0, 0.0}, .q = {1.0, 0.2, -0.3, 0.1}};
        target.v[0] = 0.05;
        target.w[2] = spins ? 0.003 : 0.0;
        store_state(s, slot_of(s, TARGETS, i), &target);
    }
    behave(s, 0);
}

typedef struct contact {
    double axial_m, lateral_m, axial_mps, lateral_mps, angle_rad, clock_rad, rate_rps;
} contact;

/* of the own port 0 and the target's port 1, from what is true */
static contact contact_of(const ships *s, size_t i)
{
    const ship_state own = load_state(s, slot_of(s, CHASERS, i));
    const ship_state of = load_state(s, slot_of(s, TARGETS, i));
    double arm[3];
    double own_axis[3];
    double own_clock[3];
    double port[3];
    double axis[3];
    double clock[3];
    double own_rate[3];
    double rate[3];
    turn_by(own.q, ports[0].position_m, arm);
    turn_by(own.q, ports[0].axis, own_axis);
    turn_by(own.q, ports[0].clock, own_clock);
    turn_by(own.q, own.w, own_rate);
    turn_by(of.q, ports[1].position_m, port);
    turn_by(of.q, ports[1].axis, axis);
    turn_by(of.q, ports[1].clock, clock);
    turn_by(of.q, of.w, rate);
    contact c = {.axial_m = 0.0};
    double between[3];
    double moves[3];
    double facing = 0.0;
    double clocks = 0.0;
    double turning2 = 0.0;
    for (int d = 0; d < 3; d++) {
        const int e = (d + 1) % 3;
        const int f = (d + 2) % 3;
        between[d] = own.r[d] + arm[d] - of.r[d] - port[d];
        moves[d] = own.v[d] + own_rate[e] * arm[f] - own_rate[f] * arm[e] - of.v[d] -
                   (rate[e] * port[f] - rate[f] * port[e]);
        c.axial_m += between[d] * axis[d];
        c.axial_mps += moves[d] * axis[d];
        facing -= own_axis[d] * axis[d];
        clocks += own_clock[d] * clock[d];
        turning2 += (own_rate[d] - rate[d]) * (own_rate[d] - rate[d]);
    }
    for (int d = 0; d < 3; d++) {
        const double off_m = between[d] - c.axial_m * axis[d];
        const double off_mps = moves[d] - c.axial_mps * axis[d];
        c.lateral_m += off_m * off_m;
        c.lateral_mps += off_mps * off_mps;
    }
    c.lateral_m = sqrt(c.lateral_m);
    c.lateral_mps = sqrt(c.lateral_mps);
    c.angle_rad = acos(fmin(facing, 1.0));
    c.clock_rad = acos(fmin(clocks, 1.0));
    c.rate_rps = sqrt(turning2);
    return c;
}

/* flies until all ports have met; none comes nearer to the target than hulls allow before its corridor */
static void fly_to_contact(ships *s, const qf_docking_spec *docking, double contact_mps)
{
    const qf_capture_spec *most = &docking->capture;
    const int64_t *step = qf_i64(&s->v.fleet, QF_FIELD_GUIDANCE_STEP, 0);
    bool met[MANY] = {false};
    size_t n_met = 0;
    for (int t = 0; t < 12000 && n_met < MANY; t++) {
        fly(s, 1);
        for (size_t i = 0; i < MANY; i++) {
            const size_t slot = slot_of(s, CHASERS, i);
            const ship_state of = load_state(s, slot_of(s, TARGETS, i));
            if (met[i]) {
                continue;
            }
            if (step[slot] == 0) {
                assert_true(distance_to(s, slot, of.r) > 2.4);
            }
            const contact c = contact_of(s, i);
            if (step[slot] == 0 || c.axial_m > 0.0) {
                continue;
            }
            met[i] = true;
            n_met++;
            assert_below(c.lateral_m, most->lateral_m);
            assert_below(c.lateral_mps, most->lateral_mps);
            assert_below(c.angle_rad, most->angle_rad);
            assert_below(c.rate_rps, most->rate_rps);
            assert_near(c.axial_mps, -contact_mps, 0.2 * contact_mps);
            if (most->clock_rad < pi) {
                assert_below(c.clock_rad, most->clock_rad);
            }
            assert_near(VALUE(&s->v, PORT_AXIAL, i), 0.0, 0.03);
        }
    }
    assert_int_equal(n_met, MANY);
}

static void dispersed_starts_reach_the_conditions_of_contact(void **state)
{
    (void)state;
    const double clocks[] = {pi, 5.0 * pi / 180.0};
    for (size_t k = 0; k < COUNT(clocks); k++) {
        const qf_docking_spec docking = docking_of(clocks[k]);
        const qf_guidance_spec spec = approach_spec();
        ships s;
        launch(&s, &(ship_scene){.count = MANY,
                                 .dt_s = 0.1,
                                 .guidances = &spec,
                                 .n_guidances = 1,
                                 .docking = &docking,
                                 .hull = &hull});
        disperse(&s, k == 1);
        fly_to_contact(&s, &docking, spec.contact_mps);
        land(&s);
    }
}

static void an_approach_in_hills_frame_reaches_contact(void **state)
{
    (void)state;
    const qf_docking_spec docking = docking_of(pi);
    const qf_guidance_spec spec = approach_spec();
    ships s;
    launch(&s, &(ship_scene){
                   .count = MANY,
                   .dt_s = 0.1,
                   .guidances = &spec,
                   .n_guidances = 1,
                   .docking = &docking,
                   .hull = &hull,
                   .gravity = {.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = 0.00113}});
    disperse(&s, false);
    fly_to_contact(&s, &docking, spec.contact_mps);
    land(&s);
}

static void who_is_pushed_out_of_the_corridor_goes_back(void **state)
{
    (void)state;
    const qf_docking_spec docking = docking_of(pi);
    const qf_guidance_spec spec = approach_spec();
    ships s;
    launch(&s, &(ship_scene){.count = 1,
                             .dt_s = 0.1,
                             .guidances = &spec,
                             .n_guidances = 1,
                             .docking = &docking,
                             .hull = &hull});
    const size_t slot = slot_of(&s, CHASERS, 0);
    const int64_t *step = qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE_STEP, 0);
    const ship_state start = {.r = {0.0, 0.0, -25.0}, .q = {1.0, 0.0, 0.0, 0.0}};
    store_state(&s, slot, &start);
    behave(&s, 0);
    for (int t = 0; t < 5000 && contact_of(&s, 0).axial_m > 5.0; t++) {
        fly(&s, 1);
    }
    assert_int_equal(step[slot], 1);
    s.columns.position_m[0][slot] += 1.2; /* the cone is 0.98 m wide there */
    fly(&s, 2);
    assert_int_equal(step[slot], 0);
    for (int t = 0; t < 5000 && step[slot] == 0; t++) {
        fly(&s, 1);
    }
    assert_int_equal(step[slot], 1);
    assert_true(contact_of(&s, 0).axial_m > 18.0);
    for (int t = 0; t < 5000 && contact_of(&s, 0).axial_m > 0.0; t++) {
        fly(&s, 1);
    }
    assert_below(contact_of(&s, 0).lateral_m, docking.capture.lateral_m);
    land(&s);
}

static void who_has_not_been_captured_enters_again_when_it_is_apart(void **state)
{
    (void)state;
    const qf_docking_spec docking = docking_of(pi);
    const qf_guidance_spec spec = approach_spec();
    ships s;
    launch(&s, &(ship_scene){.count = 1,
                             .dt_s = 0.1,
                             .guidances = &spec,
                             .n_guidances = 1,
                             .docking = &docking,
                             .hull = &hull});
    const size_t slot = slot_of(&s, CHASERS, 0);
    const int64_t *step = qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE_STEP, 0);
    int64_t *left = qf_i64(&s.v.fleet, QF_FIELD_PORT_LEFT, 0);
    /* at its standoff */
    const ship_state start = {.r = {0.0, 0.0, -1.2 - 20.0 - 1.2}, .q = {1.0, 0.0, 0.0, 0.0}};
    store_state(&s, slot, &start);
    behave(&s, 0);
    const size_t target = s.v.fleet.groups[TARGETS].entity_begin;
    qf_i64(&s.v.fleet, QF_FIELD_TARGET, 0)[slot] = (int64_t)target;
    left[slot] = (int64_t)target;
    fly(&s, 50);
    assert_int_equal(step[slot], 0);
    left[slot] = -1;
    fly(&s, 2);
    assert_int_equal(step[slot], 1);
    land(&s);
}

static void who_is_captured_wants_nothing_and_is_done_when_it_is_hard(void **state)
{
    (void)state;
    const qf_docking_spec docking = docking_of(pi);
    const qf_guidance_spec spec = approach_spec();
    ships s;
    launch(&s, &(ship_scene){.count = 1,
                             .dt_s = 0.1,
                             .guidances = &spec,
                             .n_guidances = 1,
                             .docking = &docking,
                             .hull = &hull});
    const size_t slot = slot_of(&s, CHASERS, 0);
    int64_t *port = qf_i64(&s.v.fleet, QF_FIELD_PORT_STATE, 0);
    const int64_t *step = qf_i64(&s.v.fleet, QF_FIELD_GUIDANCE_STEP, 0);
    s.columns.position_m[0][slot] = 30.0;
    fly(&s, 1);
    assert_true(s.acting->wanted_force_n[0][0] != 0.0);
    port[slot] = 1;
    fly(&s, 2);
    assert_int_equal(step[slot], 2);
    for (int d = 0; d < 3; d++) {
        assert_exact(s.acting->wanted_force_n[d][0], 0.0);
        assert_exact(s.acting->wanted_torque_nm[d][0], 0.0);
    }
    assert_false(FLAG(&s.v, BEHAVIOR_DONE, 0));
    port[slot] = 0; /* it slipped: on it goes */
    fly(&s, 1);
    assert_int_equal(step[slot], 0);
    port[slot] = 2;
    qf_u64(&s.v.fleet, QF_FIELD_FLAGS, 0)[slot] |= QF_FLAG_BIT(DOCKED);
    fly(&s, 3);
    assert_int_equal(step[slot], 2);
    assert_true(FLAG(&s.v, BEHAVIOR_DONE, 0));
    assert_int_equal(events_of(&s, QF_EVENT_BEHAVIOR_DONE), 1);
    land(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dispersed_starts_reach_the_conditions_of_contact),
        cmocka_unit_test(an_approach_in_hills_frame_reaches_contact),
        cmocka_unit_test(who_is_pushed_out_of_the_corridor_goes_back),
        cmocka_unit_test(who_has_not_been_captured_enters_again_when_it_is_apart),
        cmocka_unit_test(who_is_captured_wants_nothing_and_is_done_when_it_is_hard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
