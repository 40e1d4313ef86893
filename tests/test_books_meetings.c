/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Books of momentum and energy over what vehicles do to each other - captures, what is docked, undocking, collisions -
 * and of orbits, over whole runs.
 */
#include "books_stand.h"

#define RESTITUTION 0.3

enum { STATION, CHASER };

/* own port before the other's by 5 mm and closing: a capture in the first tick */
#define PAIR(bodies, chaser, motion, rest)                                                         \
    "schema: qfleet/1\n"                                                                           \
    "time: {dt_s: 0.125, duration_s: 20}\n"                                                        \
    "groups:\n"                                                                                    \
    "  - name: station\n    kind: station\n    count: 1\n"                                         \
    "    hardware: " SHIP_HARDWARE "\n"                                                            \
    "    body: " bodies "\n"                                                                       \
    "    docking:\n      ports: " PORTS "\n"                                                       \
    "      capture: {lateral_m: 0.3, axial_mps: 1, lateral_mps: 1, angle_deg: 20, rate_dps: 10, "  \
    "soft_s: 2}\n"                                                                                 \
    "    initial: {propellant_kg: 0, position_m: [100, -40, 30], velocity_mps: [0.4, 0.3, "        \
    "-0.2]" motion "}\n"                                                                           \
    "  - name: chaser\n    kind: ship\n    count: 1\n"                                             \
    "    hardware: " SHIP_HARDWARE "\n"                                                            \
    "    body: " bodies "\n"                                                                       \
    "    docking: {ports: " PORTS "}\n"                                                            \
    "    initial: {" chaser ", attitude_deg: [0, 0, 40]}\n"                                        \
    "    behavior:\n"                                                                              \
    "      approach: {target: station, port: aft_bayonet, own_port: forward_bayonet}\n" rest

#define HULL "{mass_kg: 420, inertia_kgm2: [160, 180, 170, 5, -3, 2], hull: {radius_m: 1.3}}"
#define HULL_TURNED                                                                                \
    "{mass_kg: 420, inertia_kgm2: [160, 180, 170, 5, -3, 2], hull: {radius_m: 1.3}, wheels: "      \
    "{max_torque_nm: [0.5, 0.5, 0.5], max_momentum_nms: [20, 20, 20]}}"
#define UNDOCK "    script: [{time_s: 10, cmd: undock}]\n"

static void assert_same(const double found[3], const double expected[3], double within,
                        const char *what, int64_t tick)
{
    if (!(apart(found, expected) <= within)) {
        fail_msg("tick %lld: %s is off by %g, of %g", (long long)tick, what, apart(found, expected),
                 length_of(expected));
    }
}

static bool is_docked(const book *b)
{
    return number_in(b, QF_FIELD_BOND_MASS, 0, CHASER) > 0.0;
}

/* ---- docking ---- */

/* along the line of both centres nothing turns: what is lost is of the reduced mass, and springs give it back */
static void capture_on_the_line_costs_the_energy_of_the_reduced_mass(void **state)
{
    book b;
    open_book(
        &b, state,
        PAIR(HULL,
             "propellant_kg: 0, position_m: [100, -40, 27.595], velocity_mps: [0.4, 0.3, -0.14]",
             "", UNDOCK));
    const double reduced_kg = 0.5 * 420.0;
    const sums start = sums_of(&b);
    double docked_j = (double)NAN;
    double parted_j = (double)NAN;
    while (next_tick(&b)) {
        const sums now = sums_of(&b);
        assert_same(now.linear_ns, start.linear_ns, 1e-11, "momentum", b.fleet.tick);
        assert_same(now.angular_nms, start.angular_nms, 1e-9, "angular momentum", b.fleet.tick);
        *(is_docked(&b) ? &docked_j : &parted_j) = now.energy_j;
    }
    assert_int_equal(told(&b, QF_EVENT_SOFT_CAPTURE), 2);
    assert_int_equal(told(&b, QF_EVENT_HARD_CAPTURE), 2);
    assert_int_equal(told(&b, QF_EVENT_UNDOCKED), 2);
    assert_near(start.energy_j - docked_j, 0.5 * reduced_kg * 0.06 * 0.06, 1e-11);
    assert_near(parted_j - docked_j, 0.5 * reduced_kg * 0.02 * 0.02, 1e-11);
    close_book(&b);
}

/* it tumbles: momenta of wheels lie across the rates, and the chaser's wheels work before and afterwards */
static void docking_with_wheels_keeps_both_momenta(void **state)
{
    book b;
    open_book(&b, state,
              PAIR(HULL_TURNED,
                   "propellant_kg: 0, position_m: [100.05, -40, 27.595], velocity_mps: [0.25, 0.4, "
                   "-0.1], rates_dps: [0.5, -1, 1]",
                   ", rates_dps: [1, 2, -1]", UNDOCK));
    set_wheels(&b, STATION, 4.0, -3.0, 2.0);
    set_wheels(&b, CHASER, -6.0, 5.0, 7.0);
    const sums start = sums_of(&b);
    double energy_j =
        (double)NAN; /* of what is docked: wheels that keep their momentum do no work */
    size_t n_docked = 0;
    while (next_tick(&b)) {
        const sums now = sums_of(&b);
        assert_same(now.linear_ns, start.linear_ns, 1e-10, "momentum", b.fleet.tick);
        assert_same(now.angular_nms, start.angular_nms, 1e-8, "angular momentum", b.fleet.tick);
        if (is_docked(&b)) {
            energy_j = n_docked > 0 ? energy_j : now.energy_j;
            assert_near(now.energy_j, energy_j, 1e-9);
            n_docked++;
        }
    }
    assert_true(n_docked > 70);
    assert_true(start.energy_j > energy_j);
    assert_int_equal(told(&b, QF_EVENT_HARD_CAPTURE), 2);
    assert_int_equal(told(&b, QF_EVENT_UNDOCKED), 2);
    close_book(&b);
}

/* one without wheels turns with the wheels of the other */
static void wheels_of_one_turn_both(void **state)
{
    book b;
    char *text = replace(PAIR(HULL_TURNED,
                              "propellant_kg: 0, position_m: [100.05, -40, 27.595], velocity_mps: "
                              "[0.25, 0.4, -0.1]",
                              ", rates_dps: [1, 2, -1]", UNDOCK),
                         "    body: " HULL_TURNED "\n    docking:\n      ports",
                         "    body: " HULL "\n    docking:\n      ports");
    open_book(&b, state, text);
    free(text);
    assert_null(b.f->scenario.groups[STATION].body->wheels);
    assert_non_null(b.f->scenario.groups[CHASER].body->wheels);
    set_wheels(&b, CHASER, -6.0, 5.0, 7.0);
    const sums start = sums_of(&b);
    while (next_tick(&b)) {
        const sums now = sums_of(&b);
        assert_same(now.linear_ns, start.linear_ns, 1e-10, "momentum", b.fleet.tick);
        assert_same(now.angular_nms, start.angular_nms, 1e-8, "angular momentum", b.fleet.tick);
    }
    assert_int_equal(told(&b, QF_EVENT_UNDOCKED), 2);
    close_book(&b);
}

/* with propellant, a thruster that is stuck on, and commands; the station would like to be elsewhere */
static const char busy[] = PAIR(
    HULL_TURNED,
    "propellant_kg: 5, position_m: [100.05, -40, 27.595], velocity_mps: [0.38, 0.3, -0.1]",
    ", rates_dps: [1, 2, -1]",
    "    faults: [{at_s: 0.5, thruster: 6, reduced: 0.02}, {at_s: 1, thruster: 6, stuck: \"on\"}]\n"
    "    script: [{time_s: 0, cmd: rcs, axis: up, pct: 1, duration_s: 5}, {time_s: 1, cmd: rcs, "
    "axis: "
    "forward, pct: 5, duration_s: 1}, {time_s: 10, cmd: undock}]\n");

static void docked_vehicles_use_no_propellant(void **state)
{
    book b;
    char *text =
        replace(busy, "  - name: chaser\n",
                "    behavior: {waypoint: {waypoints_m: [[0, 0, 0]]}}\n  - name: chaser\n");
    char *fuelled = replace(text, "initial: {propellant_kg: 0,", "initial: {propellant_kg: 3,");
    open_book(&b, state, fuelled);
    free(fuelled);
    free(text);
    sums first = {0};
    double tank_kg[2] = {0.0};
    size_t n_docked[2] = {0}; /* soft, hard */
    while (next_tick(&b)) {
        if (!is_docked(&b)) {
            continue;
        }
        /* from the very tick in which they are captured on: the ticks before it have burnt what they have */
        const sums now = sums_of(&b);
        const bool hard = (flags_of(&b, CHASER) & QF_FLAG_BIT(DOCKED)) != 0;
        for (size_t g = 0; g < 2; g++) {
            const double kg = number_in(&b, QF_FIELD_PROPELLANT, 0, g);
            tank_kg[g] = n_docked[0] > 0 ? tank_kg[g] : kg;
            assert_true(kg == tank_kg[g]);
            assert_true(number_in(&b, QF_FIELD_LOAD_RCS, 0, g) == 0.0);
            assert_true(number_in(&b, QF_FIELD_RCS_FORCE_X, 0, g) == 0.0);
            assert_true((flags_of(&b, g) & QF_FLAG_BIT(RCS_ACTIVE)) == 0);
            for (size_t t = 0; t < 16; t++) {
                assert_true(number_in(&b, QF_FIELD_THRUSTER_DUTY, t, g) == 0.0);
            }
        }
        first = n_docked[0] > 0 ? first : now;
        assert_same(now.linear_ns, first.linear_ns, 1e-10, "momentum", b.fleet.tick);
        assert_same(now.angular_nms, first.angular_nms, 1e-8, "angular momentum", b.fleet.tick);
        n_docked[hard]++;
    }
    assert_int_equal(n_docked[0], 16);
    assert_true(n_docked[1] > 50);
    /* nothing but docking hindered them */
    for (size_t g = 0; g < 2; g++) {
        assert_true(number_in(&b, QF_FIELD_PROPELLANT, 0, g) < tank_kg[g]);
    }
    assert_true(
        qf_u64(&b.fleet, QF_FIELD_THRUSTERS_STUCK_ON, 0)[b.fleet.groups[CHASER].slot_begin] != 0);
    close_book(&b);
}

/* ---- collisions ---- */

#define THROWN(kg, where, how, more)                                                               \
    "kind: debris\n    count: 1\n    body: {mass_kg: " kg                                          \
    ", inertia_kgm2: [50, 50, 50], hull: {spheres: [{center_m: [0.2, -0.1, 0.3], "                 \
    "radius_m: 1}, {center_m: [-0.8, 0.5, 0], radius_m: 0.7}]}}\n    initial: {position_m: " where \
    ", velocity_mps: " how more "}\n"

static const char thrown[] =
    "schema: qfleet/1\n"
    "time: {dt_s: 0.1, duration_s: 12}\n"
    "groups:\n"
    "  - name: a\n    " THROWN(
        "300", "[50, 0, -3]", "[0, 0, 0]",
        ", rates_dps: [10, -20, 5]") "  - name: b\n    " THROWN("100", "[40, 0.4, -3.6]",
                                                                "[3, 0, 0.1]",
                                                                ", attitude_deg: [30, 20, "
                                                                "5]") "  - name: c\n   "
                                                                      " " THROWN("150",
                                                                                 "[50, "
                                                                                 "-12.3, "
                                                                                 "-2.5]",
                                                                                 "[0.3, "
                                                                                 "1.9, 0]",
                                                                                 ", "
                                                                                 "rates_"
                                                                                 "dps: [0, "
                                                                                 "7, 30]");

/* Runge-Kutta of order four: of a turn by an angle a in a tick a^5 / 120 is left */
static double turn_error_nms(const qf_rigid *body, double dt_s)
{
    double spin[3];
    qf_tensor_apply(body->inertia_kgm2, body->rate_rps, spin);
    return pow(length_of(body->rate_rps) * dt_s, 5.0) * length_of(spin);
}

/*
 * An impulse J along a line through the point at which two bodies part with e times the speed that they closed in with
 * costs (1 - e) / (1 + e) / 2 J^2 s, s what a unit of it adds to that speed; and J^2 s is twice the energy of the change of
 * motion. Balls of inertia turn evenly: what changes in the rest of the tick is not their rates.
 */
static double lost_j(const qf_rigid *before, const qf_rigid *after)
{
    double speed[3];
    double rate[3];
    qf_difference(after->velocity_mps, before->velocity_mps, speed);
    qf_difference(after->rate_rps, before->rate_rps, rate);
    const double twice_j =
        after->mass_kg * qf_dot(speed, speed) + after->inertia_kgm2[0] * qf_dot(rate, rate);
    return 0.5 * (1.0 - RESTITUTION) / (1.0 + RESTITUTION) * twice_j;
}

static void collisions_keep_both_momenta_and_lose_what_they_should(void **state)
{
    book b;
    open_book(&b, state, thrown);
    const sums start = sums_of(&b);
    double energy_j = start.energy_j;
    double within_nms = 1e-9;
    size_t n_impacts = 0;
    for (;;) {
        qf_rigid before[3];
        for (size_t e = 0; e < 3; e++) {
            before[e] = qf_bond_body(&b.fleet, e);
        }
        if (!next_tick(&b)) {
            break;
        }
        double lost = 0.0;
        for (size_t e = 0; e < 3; e++) {
            const qf_rigid after = qf_bond_body(&b.fleet, e);
            lost += lost_j(&before[e], &after);
            within_nms += turn_error_nms(&after, 0.1);
        }
        const sums now = sums_of(&b);
        assert_same(now.linear_ns, start.linear_ns, 1e-11, "momentum", b.fleet.tick);
        assert_same(now.angular_nms, start.angular_nms, within_nms, "angular momentum",
                    b.fleet.tick);
        assert_near(energy_j - now.energy_j, lost, 1e-11 * start.energy_j);
        n_impacts += lost > 1e-6;
        energy_j = now.energy_j;
    }
    /* of two that go on turning other parts meet, too, which is told of but once */
    assert_int_equal(told(&b, QF_EVENT_COLLISION), 4);
    assert_int_equal(n_impacts, 4);
    close_book(&b);
}

/* ---- orbits ---- */

#define MU      3.986004418e14
#define J2      1.08262668e-3
#define EARTH_M 6378136.6

#define ORBIT(gravity)                                                                             \
    "schema: qfleet/1\n"                                                                           \
    "time: {dt_s: 2, duration_s: 6300}\n"                                                          \
    "environment: {gravity: {kind: " gravity ", mu_m3ps2: 3.986004418e+14, radius_m: 6378136.6"
#define FALLING                                                                                    \
    "}}\n"                                                                                         \
    "groups:\n"                                                                                    \
    "  - {name: junk, kind: debris, count: 1, body: {mass_kg: 2, inertia_kgm2: [1, 1, 1]}, "       \
    "initial: {orbit: {semi_major_axis_m: 7300000, eccentricity: 0.08, inclination_deg: 63, "      \
    "node_deg: 40, periapsis_deg: 70}}}\n"

typedef struct orbit_books {
    double energy; /* per kg */
    double spin[3];
} orbit_books;

static orbit_books orbit_of(const book *b, double j2)
{
    const qf_rigid body = qf_bond_body(&b->fleet, 0);
    orbit_books o;
    const double r = length_of(body.position_m);
    const double sine = body.position_m[2] / r;
    const double bulge = j2 * (EARTH_M / r) * (EARTH_M / r) * (1.5 * sine * sine - 0.5);
    o.energy = 0.5 * qf_dot(body.velocity_mps, body.velocity_mps) - MU / r * (1.0 - bulge);
    qf_cross(body.position_m, body.velocity_mps, o.spin);
    return o;
}

/* most relative change of energy and of what should stay of angular momentum, over a revolution */
static void measure_drift(void **state, const char *text, double j2, double *energy, double *spin,
                          double *tilt)
{
    book b;
    open_book(&b, state, text);
    const orbit_books start = orbit_of(&b, j2);
    *energy = *spin = *tilt = 0.0;
    while (next_tick(&b)) {
        const orbit_books now = orbit_of(&b, j2);
        *energy = fmax(*energy, fabs(now.energy / start.energy - 1.0));
        *spin = fmax(*spin, fabs(now.spin[2] / start.spin[2] - 1.0));
        *tilt = fmax(*tilt, apart(now.spin, start.spin) / length_of(start.spin));
    }
    close_book(&b);
}

static void orbits_keep_energy_and_angular_momentum(void **state)
{
    double energy;
    double spin;
    double tilt;
    measure_drift(state, ORBIT("point") FALLING, 0.0, &energy, &spin, &tilt);
    assert_true(energy < 2e-12 && spin < 2e-12 && tilt < 2e-12);
    measure_drift(state, ORBIT("j2") ", j2: 1.08262668e-3" FALLING, J2, &energy, &spin, &tilt);
    assert_true(energy < 2e-12 && spin < 2e-12);
    assert_true(tilt > 1e-4); /* J2 turns the plane, but about the axis of the Earth */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(capture_on_the_line_costs_the_energy_of_the_reduced_mass),
        TEST(docking_with_wheels_keeps_both_momenta),
        TEST(wheels_of_one_turn_both),
        TEST(docked_vehicles_use_no_propellant),
        TEST(collisions_keep_both_momenta_and_lose_what_they_should),
        TEST(orbits_keep_energy_and_angular_momentum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
