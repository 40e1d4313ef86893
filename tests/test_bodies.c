/* SPDX-License-Identifier: Apache-2.0 */
/* Rigid bodies in a fleet: first values, eclipses as events, solar power on the bus. */
#include "orbit.h"
#include "vehicle.h"

#define MU    3.986004418e14
#define EARTH 6378137.0
#define PI    3.14159265358979323846

enum { MOST_GROUPS = 4 };

/* a scene whose groups become bodies */
typedef struct body_scene {
    vehicles v;
    qf_group_spec groups[MOST_GROUPS];
    qf_body_spec bodies[MOST_GROUPS];
    qf_solar_spec solar;
} body_scene;

#define GROUP(name, count) "  - {name: " name ", kind: bot, count: " count ", hardware: \"%s\"}\n"

static void read_bodies(body_scene *b, const char *groups, const scene *more)
{
    char text[2048];
    char profile[VEHICLE_PATH_BYTES];
    write_temporary(profile, quiet_profile);
    snprintf(text, sizeof text, groups, profile, profile, profile, profile);
    scene s = *more;
    s.groups = text;
    memset(b, 0, sizeof *b);
    read_scene(&b->v, &s);
    unlink(profile);
    assert_true(b->v.scenario.n_groups <= MOST_GROUPS);
    for (size_t g = 0; g < b->v.scenario.n_groups; g++) {
        b->groups[g] = b->v.scenario.groups[g];
        b->groups[g].kind = QF_KIND_SHIP;
        b->bodies[g] = (qf_body_spec){.dry_kg = 100.0, .dry.kgm2 = {10.0, 20.0, 30.0}};
        b->groups[g].body = &b->bodies[g];
        b->groups[g].initial_attitude[0] = 1.0;
        b->groups[g].initial_relative_to = g;
        b->groups[g].initial[QF_INITIAL_DRY_MASS] = qf_constant(100.0);
    }
    b->v.scenario.groups = b->groups;
}

static void give_planet(body_scene *b)
{
    b->v.scenario.gravity = (qf_gravity){
        .kind = QF_GRAVITY_POINT, .mu_m3ps2 = MU, .radius_m = EARTH, .center_m = {1e6, 0.0, -2e6}};
    b->v.scenario.planet = (qf_sphere){.center_m = {1e6, 0.0, -2e6}, .radius_m = EARTH};
}

static void start_bodies(body_scene *b)
{
    vehicles *v = &b->v;
    assert_int_equal(qf_fleet_create(&v->context, &v->scenario, &v->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&v->context, &v->fleet, &v->plan), QF_OK);
    const qf_simulation_options options = {.plan = &v->plan, .keep_events = true};
    assert_int_equal(qf_simulation_create(&v->context, &v->fleet, &options, &v->simulation), QF_OK);
}

static void set_initial(body_scene *b, size_t g, qf_initial_id first, double x, double y, double z)
{
    b->groups[g].initial[first] = qf_constant(x);
    b->groups[g].initial[first + 1] = qf_constant(y);
    b->groups[g].initial[first + 2] = qf_constant(z);
}

static void position_of(const body_scene *b, size_t e, double r[3], double v[3])
{
    r[0] = VALUE(&b->v, X, e);
    r[1] = VALUE(&b->v, Y, e);
    r[2] = VALUE(&b->v, Z, e);
    v[0] = VALUE(&b->v, VX, e);
    v[1] = VALUE(&b->v, VY, e);
    v[2] = VALUE(&b->v, VZ, e);
}

static void put_on_orbit(body_scene *b, size_t g, double a_m, double inclination_deg)
{
    b->groups[g].initial_orbit = true;
    b->groups[g].initial[QF_INITIAL_SEMI_MAJOR_AXIS] = qf_constant(a_m);
    b->groups[g].initial[QF_INITIAL_INCLINATION_DEG] = qf_constant(inclination_deg);
}

static void first_values_are_those_given(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "1"), &(scene){.dt_s = 0.1});
    set_initial(&b, 0, QF_INITIAL_X, 1.0, 2.0, 3.0);
    set_initial(&b, 0, QF_INITIAL_VX, 4.0, 5.0, 6.0);
    set_initial(&b, 0, QF_INITIAL_RATE_X_DPS, 90.0, 180.0, -45.0);
    set_initial(&b, 0, QF_INITIAL_ROLL_DEG, 0.0, 0.0, 90.0);
    start_bodies(&b);
    double r[3], v[3];
    position_of(&b, 0, r, v);
    for (int d = 0; d < 3; d++) {
        assert_exact(r[d], 1.0 + d);
        assert_exact(v[d], 4.0 + d);
    }
    assert_near(VALUE(&b.v, RATE_X, 0), 0.5 * PI, 1e-15);
    assert_near(VALUE(&b.v, RATE_Z, 0), -0.25 * PI, 1e-15);
    /* a quarter of a turn about +Z, from east to north: heading 0 */
    assert_near(VALUE(&b.v, QZ, 0), sqrt(0.5), 1e-15);
    assert_near(VALUE(&b.v, YAW, 0), 0.0, 1e-15);
    assert_exact(VALUE(&b.v, DRY_MASS, 0), 100.0);
    assert_exact(VALUE(&b.v, SPEED, 0), 0.0);
    finish(&b.v);
}

/* a quarter of a revolution is a quarter of a turn of the anomaly; free flight is straight; Hill's drifts by 12 pi */
static void what_was_so_before_the_start_has_coasted_since(void **state)
{
    (void)state;
    const double a_m = 7e6;
    const double period_s = 2.0 * PI * sqrt(a_m * a_m * a_m / MU);
    body_scene b;
    double r[2][3], v[2][3];
    read_bodies(&b, GROUP("early", "1") GROUP("late", "1"), &(scene){.dt_s = 0.1});
    give_planet(&b);
    for (size_t g = 0; g < 2; g++) {
        put_on_orbit(&b, g, a_m, 30.0);
    }
    b.groups[0].initial[QF_INITIAL_COAST] = qf_constant(0.25 * period_s);
    b.groups[1].initial[QF_INITIAL_ANOMALY_DEG] = qf_constant(90.0);
    start_bodies(&b);
    position_of(&b, 0, r[0], v[0]);
    position_of(&b, 1, r[1], v[1]);
    for (int d = 0; d < 3; d++) {
        assert_near(r[0][d], r[1][d], 1e-6);
        assert_near(v[0][d], v[1][d], 1e-9);
    }
    finish(&b.v);
    for (int hill = 0; hill < 2; hill++) {
        const double n_rps = 1e-3;
        read_bodies(&b, GROUP("one", "1"), &(scene){.dt_s = 0.1});
        if (hill) {
            b.v.scenario.gravity =
                (qf_gravity){.kind = QF_GRAVITY_CLOHESSY_WILTSHIRE, .mean_motion_rps = n_rps};
        }
        set_initial(&b, 0, QF_INITIAL_X, 10.0, 0.0, 0.0);
        set_initial(&b, 0, QF_INITIAL_VX, 0.0, hill ? 0.0 : 2.0, 0.0);
        b.groups[0].initial[QF_INITIAL_COAST] = qf_constant(hill ? 2.0 * PI / n_rps : 8.0);
        start_bodies(&b);
        position_of(&b, 0, r[0], v[0]);
        assert_near(r[0][0], 10.0, 1e-9);
        assert_near(r[0][1], hill ? -12.0 * PI * 10.0 : 16.0, 1e-9);
        finish(&b.v);
    }
}

/* straight down from 1 km: frozen when it arrives, above the ground, and the other one falls on */
static void who_reaches_the_ground_is_frozen(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("stone", "1") GROUP("high", "1"), &(scene){.dt_s = 0.1});
    give_planet(&b);
    set_initial(&b, 0, QF_INITIAL_X, 1e6 + EARTH + 1000.0, 0.0, -2e6);
    set_initial(&b, 1, QF_INITIAL_X, 1e6 + EARTH + 2000.0, 0.0, -2e6);
    start_bodies(&b);
    const double seconds = sqrt(2.0 * 1000.0 * EARTH * EARTH / MU);
    advance(&b.v, 200);
    size_t n;
    const qf_quarantine *q = qf_simulation_quarantined(b.v.simulation, &n);
    assert_int_equal(n, 1);
    assert_int_equal(q->entity, 0);
    assert_near((double)q->tick * 0.1, seconds, 0.1);
    assert_true(VALUE(&b.v, ALTITUDE, 0) >= 0.0 && VALUE(&b.v, ALTITUDE, 0) < 15.0);
    assert_near(VALUE(&b.v, ALTITUDE, 1), 2000.0 - 0.5 * MU / (EARTH * EARTH) * 400.0, 2.0);
    finish(&b.v);
}

/* yaw about +Z first, then pitch about the body's own +Y, then roll about its own +X */
static void turns_are_about_the_bodys_own_axes(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "1"), &(scene){.dt_s = 1e-9});
    set_initial(&b, 0, QF_INITIAL_ROLL_DEG, 10.0, 20.0, 30.0);
    start_bodies(&b);
    advance(&b.v, 1);
    assert_near(VALUE(&b.v, ROLL, 0), 10.0 * PI / 180.0, 1e-12);
    assert_near(VALUE(&b.v, PITCH, 0), 20.0 * PI / 180.0, 1e-12);
    assert_near(VALUE(&b.v, YAW, 0), 60.0 * PI / 180.0, 1e-12);
    assert_near(VALUE(&b.v, MASS, 0), 110.0, 1e-12); /* and what is in the tank */
    finish(&b.v);
}

static void elements_put_it_on_its_orbit_around_the_planets_centre(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "1"), &(scene){.dt_s = 1.0});
    give_planet(&b);
    put_on_orbit(&b, 0, 7e6, 90.0);
    b.groups[0].initial[QF_INITIAL_ANOMALY_DEG] = qf_constant(90.0);
    start_bodies(&b);
    double r[3], v[3];
    position_of(&b, 0, r, v);
    assert_near(r[0], 1e6, 1e-8);
    assert_near(r[1], 0.0, 1e-8);
    assert_near(r[2], 7e6 - 2e6, 1e-8);
    assert_near(v[0], -sqrt(MU / 7e6), 1e-10);
    advance(&b.v, 1);
    assert_near(VALUE(&b.v, SEMI_MAJOR_AXIS, 0), 7e6, 1e-4);
    assert_near(VALUE(&b.v, INCLINATION, 0), 90.0, 1e-12);
    finish(&b.v);
}

/* ahead of a circular orbit by 1 km and at rest in its axes: it stays there */
static void relative_place_is_along_the_others_turning_axes(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("chaser", "1") GROUP("station", "2"), &(scene){.dt_s = 1.0});
    give_planet(&b);
    put_on_orbit(&b, 1, 7e6, 40.0);
    b.groups[0].initial_relative_to = 1;
    set_initial(&b, 0, QF_INITIAL_X, 100.0, 1000.0, 10.0);
    set_initial(&b, 0, QF_INITIAL_VX, 0.25, 0.5, -0.75);
    start_bodies(&b);
    double r[2][3], v[2][3], from_center[3];
    for (size_t e = 0; e < 2; e++) {
        position_of(&b, e, r[e], v[e]);
    }
    for (int d = 0; d < 3; d++) {
        from_center[d] = r[1][d] - b.v.scenario.gravity.center_m[d];
        r[0][d] -= r[1][d];
        v[0][d] -= v[1][d];
    }
    const double n = sqrt(MU / (7e6 * 7e6 * 7e6));
    const qf_local_axes local = qf_local_axes_of(from_center, v[1]);
    const double place[3] = {100.0, 1000.0, 10.0};
    const double speed[3] = {0.25 - n * 1000.0, 0.5 + n * 100.0, -0.75};
    for (int a = 0; a < 3; a++) {
        double along_r = 0.0, along_v = 0.0;
        for (int d = 0; d < 3; d++) {
            along_r += local.axis[a][d] * r[0][d];
            along_v += local.axis[a][d] * v[0][d];
        }
        assert_near(along_r, place[a], 1e-8);
        assert_near(along_v, speed[a], 1e-10);
    }
    finish(&b.v);
}

static void beside_one_who_stands_axes_are_the_worlds(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("chaser", "1") GROUP("pole", "1"), &(scene){.dt_s = 1.0});
    give_planet(&b);
    set_initial(&b, 1, QF_INITIAL_X, 8e6, 0.0, 0.0);
    b.groups[0].initial_relative_to = 1;
    set_initial(&b, 0, QF_INITIAL_X, 10.0, 20.0, 30.0);
    start_bodies(&b);
    assert_exact(VALUE(&b.v, X, 0), 8e6 + 10.0);
    assert_exact(VALUE(&b.v, Y, 0), 20.0);
    assert_exact(VALUE(&b.v, Z, 0), 30.0);
    assert_exact(VALUE(&b.v, VX, 0), 0.0);
    finish(&b.v);
}

static double *of_first(body_scene *b, qf_field_id field)
{
    return qf_f64(&b->v.fleet, field, 0) + qf_fleet_entity(&b->v.fleet, 0).slot;
}

/* momentum of wheels along +Z turns rates across it with h / I, here of a sphere */
static void wheels_of_a_fleet_are_felt(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "1"), &(scene){.dt_s = 0.01});
    const qf_wheels_spec wheels = {{1.0, 1.0, 1.0}, {9.0, 9.0, 9.0}};
    b.bodies[0].wheels = &wheels;
    b.bodies[0].dry = (qf_inertia){{5.0, 5.0, 5.0}};
    set_initial(&b, 0, QF_INITIAL_RATE_X_DPS, 18.0, 0.0, 0.0);
    start_bodies(&b);
    *of_first(&b, QF_FIELD_WHEEL_Z) = 2.0;
    advance(&b.v, 500);
    assert_near(VALUE(&b.v, RATE_X, 0), 0.1 * PI * cos(2.0), 1e-9);
    assert_near(VALUE(&b.v, RATE_Y, 0), 0.1 * PI * sin(2.0), 1e-9);
    finish(&b.v);
}

/* 3 m from the centre of a pair that turns about +Z at 0.1 rad/s: a circle around it */
static void docked_vehicle_goes_round_the_common_centre(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "2"), &(scene){.dt_s = 0.1});
    const qf_docking_spec docking = {0};
    b.groups[0].docking = &docking;
    set_initial(&b, 0, QF_INITIAL_X, 3.0, 0.0, 0.0);
    set_initial(&b, 0, QF_INITIAL_VX, 0.0, 0.3, 0.0);
    b.groups[0].initial[QF_INITIAL_RATE_Z_DPS] = qf_constant(18.0 / PI);
    start_bodies(&b);
    *of_first(&b, QF_FIELD_BOND_MASS) = 500.0;
    *of_first(&b, QF_FIELD_BOND_IXX) = 100.0;
    *of_first(&b, QF_FIELD_BOND_IYY) = 200.0;
    *of_first(&b, QF_FIELD_BOND_IZZ) = 250.0;
    *of_first(&b, QF_FIELD_BOND_X) = 3.0;
    advance(&b.v, 100);
    assert_near(VALUE(&b.v, X, 0), 3.0 * cos(1.0), 1e-8);
    assert_near(VALUE(&b.v, Y, 0), 3.0 * sin(1.0), 1e-8);
    assert_near(VALUE(&b.v, VX, 0), -0.3 * sin(1.0), 1e-9);
    /* the other one is by itself */
    assert_near(VALUE(&b.v, X, 1), 3.0, 1e-12);
    assert_near(VALUE(&b.v, Y, 1), 3.0, 1e-12);
    finish(&b.v);
}

static void relative_places_add_up_in_every_world_of_its_own(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("last", "3") GROUP("middle", "1") GROUP("first", "2"),
                &(scene){.dt_s = 1.0, .worlds = 3, .seed = 5});
    b.groups[0].initial_relative_to = 1;
    b.groups[1].initial_relative_to = 2;
    b.groups[2].initial[QF_INITIAL_X] = (qf_number){.kind = QF_NUMBER_UNIFORM, .a = 0.0, .b = 1e3};
    b.groups[1].initial[QF_INITIAL_X] = (qf_number){.kind = QF_NUMBER_UNIFORM, .a = 0.0, .b = 10.0};
    set_initial(&b, 0, QF_INITIAL_X, 1.0, 2.0, 3.0);
    set_initial(&b, 1, QF_INITIAL_VX, 0.5, 0.0, 0.0);
    set_initial(&b, 2, QF_INITIAL_VX, 0.0, 8.0, 0.0);
    start_bodies(&b);
    /* entities: last 3 x 3, middle 3, first 3 x 2 */
    for (size_t world = 0; world < 3; world++) {
        const double first_m = VALUE(&b.v, X, 12 + 2 * world);
        const double middle_m = VALUE(&b.v, X, 9 + world);
        assert_true(middle_m >= first_m && middle_m < first_m + 10.0);
        for (size_t i = 0; i < 3; i++) {
            assert_near(VALUE(&b.v, X, 3 * world + i), middle_m + 1.0, 1e-12);
            assert_exact(VALUE(&b.v, VX, 3 * world + i), 0.5);
            assert_exact(VALUE(&b.v, VY, 3 * world + i), 8.0);
        }
        assert_true(world == 0 || first_m != VALUE(&b.v, X, 10 + 2 * world));
    }
    finish(&b.v);
}

/* two revolutions of an orbit whose plane holds the sun: two eclipses, told when they come and go */
static void eclipses_are_events_with_their_begin_as_cause_of_their_end(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "2"), &(scene){.dt_s = 10.0});
    give_planet(&b);
    put_on_orbit(&b, 0, 7e6, 0.0);
    b.v.scenario.sun = (qf_sun_spec){.given = true,
                                     .direction = {1.0, 0.0, 0.0},
                                     .flux_wpm2 = 1361.0,
                                     .angular_radius_rad = 0.004};
    start_bodies(&b);
    assert_exact(VALUE(&b.v, SUNLIGHT, 0), 1.0);
    const double period_s = 2.0 * PI * sqrt(7e6 * 7e6 * 7e6 / MU);
    advance(&b.v, (int64_t)(2.0 * period_s / 10.0));
    size_t n;
    const qf_event *events = qf_simulation_events(b.v.simulation, &n);
    int64_t n_begin = 0, n_end = 0, at = -1;
    double dark_s = 0.0;
    for (size_t k = 0; k < n; k++) {
        if (events[k].entity == 0 && events[k].code == QF_EVENT_ECLIPSE_BEGIN) {
            n_begin++;
            at = (int64_t)k;
            dark_s -= (double)events[k].tick * 10.0;
            assert_near(events[k].value, 50.0, 1e-6); /* charge */
        }
        if (events[k].entity == 0 && events[k].code == QF_EVENT_ECLIPSE_END) {
            n_end++;
            dark_s += (double)events[k].tick * 10.0;
            assert_int_equal(events[events[k].cause].entity, 0);
            assert_true(at >= 0 && events[events[k].cause].code == QF_EVENT_ECLIPSE_BEGIN);
        }
    }
    assert_int_equal(n_begin, 2);
    assert_int_equal(n_end, 2);
    assert_int_equal(qf_simulation_event_count(b.v.simulation, QF_EVENT_ECLIPSE_BEGIN), 4);
    /* the umbra: a little less than the cylinder of the planet */
    assert_near(dark_s / 2.0, period_s * asin(EARTH / 7e6) / PI, 25.0);
    finish(&b.v);
}

static void starting_in_the_dark_is_no_event(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "1"), &(scene){.dt_s = 1.0});
    give_planet(&b);
    put_on_orbit(&b, 0, 7e6, 0.0);
    b.groups[0].initial[QF_INITIAL_ANOMALY_DEG] = qf_constant(180.0);
    b.v.scenario.sun = (qf_sun_spec){.given = true, .direction = {1.0, 0.0, 0.0}};
    start_bodies(&b);
    assert_exact(VALUE(&b.v, SUNLIGHT, 0), 0.0);
    advance(&b.v, 5);
    assert_int_equal(qf_simulation_event_count(b.v.simulation, QF_EVENT_ECLIPSE_BEGIN), 0);
    finish(&b.v);
}

/* 36 W for 100 s are 1 Wh of 100; what is given to others goes out */
static void sunlight_charges_and_the_bridge_discharges(void **state)
{
    (void)state;
    body_scene b;
    read_bodies(&b, GROUP("one", "2"), &(scene){.dt_s = 1.0});
    b.v.scenario.sun =
        (qf_sun_spec){.given = true, .direction = {0.0, 0.0, 1.0}, .flux_wpm2 = 1000.0};
    b.solar = (qf_solar_spec){.area_m2 = 0.2, .efficiency = 0.18, .tracking = true};
    b.bodies[0].solar = &b.solar;
    start_bodies(&b);
    qf_f64(&b.v.fleet, QF_FIELD_BRIDGE_POWER, 0)[qf_fleet_entity(&b.v.fleet, 1).slot] = 54.0;
    advance(&b.v, 100);
    assert_near(VALUE(&b.v, SOLAR_POWER, 0), 36.0, 1e-12);
    assert_near(VALUE(&b.v, SOC, 0), 51.0, 1e-9);
    assert_near(VALUE(&b.v, POWER_IN, 0), 36.0, 1e-12);
    assert_near(VALUE(&b.v, SOC, 1), 49.5, 1e-9);
    assert_near(VALUE(&b.v, POWER_OUT, 1), 54.0, 1e-12);
    finish(&b.v);
}

/* one flies out of the range that doubles resolve; his neighbours in lane and block do not notice */
static void failing_neighbours_change_nobody(void **state)
{
    (void)state;
    uint64_t hashes[2];
    double x_m[2];
    for (int bad = 0; bad < 2; bad++) {
        body_scene b;
        read_bodies(&b, GROUP("one", "40"), &(scene){.dt_s = 0.5});
        give_planet(&b);
        put_on_orbit(&b, 0, 7e6, 30.0);
        b.groups[0].initial[QF_INITIAL_ANOMALY_DEG] =
            (qf_number){.kind = QF_NUMBER_UNIFORM, .a = 0.0, .b = 360.0};
        set_initial(&b, 0, QF_INITIAL_RATE_X_DPS, 3.0, -2.0, 1.0);
        start_bodies(&b);
        if (bad) {
            qf_f64(&b.v.fleet, QF_FIELD_VX, 0)[qf_fleet_entity(&b.v.fleet, 11).slot] = 2.9e8;
            qf_f64(&b.v.fleet, QF_FIELD_X, 0)[qf_fleet_entity(&b.v.fleet, 11).slot] = 9.9e11;
        }
        advance(&b.v, 200);
        assert_int_equal(FLAG(&b.v, QUARANTINED, 11), bad);
        x_m[bad] = VALUE(&b.v, X, 12);
        hashes[bad] = 0;
        for (size_t e = 0; e < 40; e++) {
            const double v = e == 11 ? 0.0 : VALUE(&b.v, X, e) + VALUE(&b.v, QX, e);
            uint64_t bits;
            memcpy(&bits, &v, sizeof bits);
            hashes[bad] = hashes[bad] * 31 + bits;
        }
        finish(&b.v);
    }
    assert_true(hashes[0] == hashes[1]);
    assert_exact(x_m[0], x_m[1]);
}

static void threads_make_no_difference(void **state)
{
    (void)state;
    uint64_t hash[3];
    for (int n = 1; n <= 3; n++) {
        body_scene b;
        read_bodies(&b, GROUP("one", "700") GROUP("two", "19"),
                    &(scene){.dt_s = 0.1, .n_threads = n, .radiation_usvh = 3.0});
        give_planet(&b);
        put_on_orbit(&b, 0, 7e6, 30.0);
        b.groups[0].initial[QF_INITIAL_ANOMALY_DEG] =
            (qf_number){.kind = QF_NUMBER_UNIFORM, .a = 0.0, .b = 360.0};
        b.groups[1].initial_relative_to = 0;
        b.groups[1].initial[QF_INITIAL_Y] =
            (qf_number){.kind = QF_NUMBER_NORMAL, .a = 0.0, .b = 10.0, .low = -1e9, .high = 1e9};
        b.v.scenario.sun =
            (qf_sun_spec){.given = true, .direction = {1.0, 0.0, 0.0}, .flux_wpm2 = 1361.0};
        start_bodies(&b);
        advance(&b.v, 50);
        assert_int_equal(qf_fleet_world_hashes(&b.v.context, &b.v.fleet, &hash[n - 1]), QF_OK);
        finish(&b.v);
    }
    assert_true(hash[0] == hash[1] && hash[0] == hash[2]);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_values_are_those_given),
        TEST(what_was_so_before_the_start_has_coasted_since),
        TEST(who_reaches_the_ground_is_frozen),
        TEST(turns_are_about_the_bodys_own_axes),
        TEST(elements_put_it_on_its_orbit_around_the_planets_centre),
        TEST(relative_place_is_along_the_others_turning_axes),
        TEST(beside_one_who_stands_axes_are_the_worlds),
        TEST(relative_places_add_up_in_every_world_of_its_own),
        TEST(wheels_of_a_fleet_are_felt),
        TEST(docked_vehicle_goes_round_the_common_centre),
        TEST(eclipses_are_events_with_their_begin_as_cause_of_their_end),
        TEST(starting_in_the_dark_is_no_event),
        TEST(sunlight_charges_and_the_bridge_discharges),
        TEST(failing_neighbours_change_nobody),
        TEST(threads_make_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
