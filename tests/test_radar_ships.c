/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Radars of rigid bodies: where they look, how fast what they see moves, what a planet hides from them, and who says to be
 * a station; against rotations and distances that the tests compute themselves.
 */
#include "fleet_stand.h"

#define HEAD                                                                                       \
    "schema: qfleet/1\nseed: 5\ntime: {dt_s: 1, duration_s: 100}\n"                                \
    "record: {every_s: 1, state: [x_m], detections: true}\ngroups:\n"
#define STRONG                                                                                     \
    "hardware: {hardware_profile: {power_capacity_wh: 1e6, battery_soc_init_pct: 90,"              \
    " power_plane: {max_bus_a: 1e6}}}"
#define GROUP_OF(name, count, more)                                                                \
    "  - {name: " name ", kind: bot, count: " #count ", " STRONG more "}\n"
#define IDEAL(more)                                                                                \
    ", radar: {ideal: true, period_s: 1, range_max_m: 5e7, sr_threshold_m: 5e7" more "}"

#define DEG (3.14159265358979323846 / 180.0)

static const qf_body_spec rigid = {.dry_kg = 100.0, .dry = {{10.0, 10.0, 10.0}}};

/* all groups become ships */
static void read_ships(fixture *f, const char *text, fleet_stand *s)
{
    read_stand(f, text, s);
    for (size_t g = 0; g < f->scenario.n_groups; g++) {
        s->groups[g].kind = QF_KIND_SHIP;
        s->groups[g].body = &rigid;
        s->groups[g].initial_attitude[0] = 1.0;
    }
}

static void turn(const fleet_stand *s, size_t entity, const double q[4])
{
    NUMBER(s, QW, entity) = q[0];
    NUMBER(s, QX, entity) = q[1];
    NUMBER(s, QY, entity) = q[2];
    NUMBER(s, QZ, entity) = q[3];
}

static void move(const fleet_stand *s, size_t entity, double x_mps, double y_mps, double z_mps)
{
    NUMBER(s, VX, entity) = x_mps;
    NUMBER(s, VY, entity) = y_mps;
    NUMBER(s, VZ, entity) = z_mps;
}

/* index of what the observer saw of the target in the last meeting, SIZE_MAX: nothing */
static size_t seen(const fleet_stand *s, int32_t observer, int32_t target)
{
    const qf_detections *d = &s->sightings.recorded;
    for (size_t i = 0; i < d->n; i++) {
        if (d->observer[i] == observer && d->target[i] == target) {
            return i;
        }
    }
    return SIZE_MAX;
}

static double draw(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*random >> 40) * 0x1p-24;
}

/* v turned by an angle about a unit axis, by Rodrigues' formula */
static void rotate(const double axis[3], double angle, const double v[3], double turned[3])
{
    const double cross[3] = {axis[1] * v[2] - axis[2] * v[1], axis[2] * v[0] - axis[0] * v[2],
                             axis[0] * v[1] - axis[1] * v[0]};
    const double dot = axis[0] * v[0] + axis[1] * v[1] + axis[2] * v[2];
    for (int d = 0; d < 3; d++) {
        turned[d] = v[d] * cos(angle) + cross[d] * sin(angle) + axis[d] * dot * (1 - cos(angle));
    }
}

static void random_axis(uint64_t *random, double axis[3])
{
    const double z = 2.0 * draw(random) - 1.0, around = 2.0 * 3.14159265358979 * draw(random);
    axis[0] = sqrt(1.0 - z * z) * cos(around);
    axis[1] = sqrt(1.0 - z * z) * sin(around);
    axis[2] = z;
}

/* a target is put somewhere in body axes: azimuths count clockwise from forward, that is to the right */
static void a_radar_looks_where_its_ship_is_turned(void **state)
{
    fleet_stand s;
    read_ships(*state,
               HEAD GROUP_OF("looks", 1,
                             IDEAL(", azimuth_min_deg: -10, azimuth_max_deg: 40, "
                                   "elevation_min_deg: -5, elevation_max_deg: 20"))
                   GROUP_OF("seen", 1, ""),
               &s);
    begin_stand(&s, "radar");
    uint64_t random = 3;
    int n_seen = 0;
    for (int64_t tick = 0; tick < 600; tick++) {
        double axis[3], body[3], world[3];
        const double angle = 6.0 * draw(&random);
        const double azimuth = -25.0 + 80.0 * draw(&random);
        const double elevation = -20.0 + 55.0 * draw(&random);
        random_axis(&random, axis);
        body[0] = 900.0 * cos(elevation * DEG) * cos(azimuth * DEG);
        body[1] = -900.0 * cos(elevation * DEG) * sin(azimuth * DEG);
        body[2] = 900.0 * sin(elevation * DEG);
        rotate(axis, angle, body, world);
        const double half = sin(0.5 * angle);
        turn(&s, 0, (double[4]){cos(0.5 * angle), axis[0] * half, axis[1] * half, axis[2] * half});
        put(&s, 0, 7e6, -2e6, 1e5);
        put(&s, 1, 7e6 + world[0], -2e6 + world[1], 1e5 + world[2]);
        meet(&s, tick);
        const bool inside =
            azimuth > -10.0 && azimuth < 40.0 && elevation > -5.0 && elevation < 20.0;
        const size_t i = seen(&s, 0, 1);
        assert_int_equal(i != SIZE_MAX, inside);
        if (inside) {
            const double bearing = atan2(world[0], world[1]) / DEG;
            const float told = s.sightings.recorded.bearing_deg[i];
            assert_true(fabs(remainder((double)told - bearing, 360.0)) < 2e-3);
            n_seen++;
        }
    }
    assert_in_range(n_seen, 60, 400);
    end_stand(&s);
}

/* both at 7.5 km/s: the radar measures the difference along the line of sight */
static void it_measures_speeds_between_ships(void **state)
{
    fleet_stand s;
    read_ships(*state, HEAD GROUP_OF("looks", 1, IDEAL("")) GROUP_OF("seen", 1, ""), &s);
    begin_stand(&s, "radar");
    put(&s, 0, 7e6, 0, 0);
    move(&s, 0, 1, 7546, -2);
    put(&s, 1, 7e6 + 300, 400, 0);
    move(&s, 1, -9, 7551, 50);
    meet(&s, 0);
    const size_t i = seen(&s, 0, 1);
    assert_true(i != SIZE_MAX);
    assert_true(fabs((double)s.sightings.recorded.vr_mps[i] - (-10.0 * 0.6 + 5.0 * 0.8)) < 1e-5);
    assert_true(fabs((double)s.sightings.recorded.range_m[i] - 500.0) < 1e-4);
    /* the speed of a bot's command is none of theirs */
    NUMBER(&s, SPEED, 0) = 1e300;
    NUMBER(&s, HEADING, 1) = 77.0;
    meet(&s, 1);
    assert_true(seen(&s, 0, 1) != SIZE_MAX);
    end_stand(&s);
}

/* orbits of 6,778 and 7,378 km: seen up to acos(R / a) + acos(R / b) apart; a metre is 1.5e-7 rad there */
static void the_planet_hides_what_is_below_the_horizon(void **state)
{
    const double radius = 6378137.0, a = 6778137.0, b = 7378137.0;
    const double horizon = acos(radius / a) + acos(radius / b);
    static const double beyond[] = {-1.0, -0.01, -1e-6, 1e-6, 0.01, 1.0};
    fleet_stand s;
    read_ships(*state, HEAD GROUP_OF("looks", 1, IDEAL("")) GROUP_OF("seen", 6, IDEAL("")), &s);
    s.f->scenario.planet = (qf_sphere){{100.0, -200.0, 300.0}, radius};
    begin_stand(&s, "radar");
    uint64_t random = 11;
    for (int64_t tick = 0; tick < 20; tick++) {
        double axis[3], other[3], at[3], to[3];
        random_axis(&random, axis);
        random_axis(&random, other);
        /* a direction across the axis, to turn about it */
        double across[3] = {axis[1] * other[2] - axis[2] * other[1],
                            axis[2] * other[0] - axis[0] * other[2],
                            axis[0] * other[1] - axis[1] * other[0]};
        const double length =
            sqrt(across[0] * across[0] + across[1] * across[1] + across[2] * across[2]);
        for (int d = 0; d < 3; d++) {
            at[d] = across[d] / length;
        }
        put(&s, 0, 100 + a * at[0], -200 + a * at[1], 300 + a * at[2]);
        for (size_t k = 0; k < COUNT(beyond); k++) {
            rotate(axis, horizon + beyond[k], at, to);
            put(&s, 1 + k, 100 + b * to[0], -200 + b * to[1], 300 + b * to[2]);
        }
        meet(&s, tick);
        for (size_t k = 0; k < COUNT(beyond); k++) {
            assert_int_equal(seen(&s, 0, (int32_t)k + 1) != SIZE_MAX, beyond[k] < 0.0);
            assert_int_equal(seen(&s, (int32_t)k + 1, 0) != SIZE_MAX, beyond[k] < 0.0);
        }
    }
    end_stand(&s);
}

#define TRACKER              ", tracker: {mode: robust, range_sd_m: 1, angle_sd_deg: 0.1, speed_sd_mps: 0.1}"
#define STATION_AT(name, id) GROUP_OF(name, 1, ", transponder: {mode: \"on\", id: \"" id "\"}")

/* a chaser, two stations, a ship with a name of its own, and one that says to be somebody else */
static void begin_harbour(fixture *f, fleet_stand *s)
{
    read_ships(f,
               HEAD GROUP_OF("chaser", 1, IDEAL("") TRACKER) STATION_AT("harbour", "HARBOUR")
                   STATION_AT("depot", "DEPOT")
                       GROUP_OF("intruder", 1, ", transponder: {mode: spoof}"),
               s);
    s->groups[1].kind = s->groups[2].kind = QF_KIND_STATION;
    begin_stand(s, "radar");
    put(s, 0, 7e6, 0, 0);
    put(s, 1, 7e6, 3000, 0);
    put(s, 2, 7e6, 0, -900);
    put(s, 3, 7e6, 200, 0);
    for (size_t e = 0; e < 4; e++) {
        move(s, e, 0, 7500, 0);
        RAISE(s, TRANSPONDER_ALLOWED, e);
        RAISE(s, TRANSPONDER_ACTIVE, e);
    }
    INTEGER(s, TRANSPONDER_MODE, 3) = QF_TRANSPONDER_OFF;
}

static void look_for(fleet_stand *s, int64_t *tick, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        for (size_t e = 0; e < 4; e++) {
            NUMBER(s, Y, e) += 7500.0;
        }
        meet(s, (*tick)++);
    }
}

static void a_station_is_known_by_what_its_transponder_says(void **state)
{
    fleet_stand s;
    begin_harbour(*state, &s);
    int64_t tick = 0;
    assert_true(isnan(NUMBER(&s, STATION_RANGE, 0)));
    look_for(&s, &tick, 1);
    assert_true(isnan(NUMBER(&s, STATION_RANGE, 0))); /* not confirmed */
    move(&s, 2, 0, 7500, 3);
    for (int k = 1; k <= 5; k++) {
        put(&s, 2, 7e6, NUMBER(&s, Y, 0), -900 + 3 * k);
        look_for(&s, &tick, 1);
    }
    assert_true(fabs(NUMBER(&s, STATION_RANGE, 0) - 885.0) < 1.0);
    assert_true(fabs(NUMBER(&s, STATION_RANGE_RATE, 0) + 3.0) < 0.5);
    assert_true(NUMBER(&s, STATION_AGE, 0) == 5.0);
    assert_true(NUMBER(&s, STATION_QUALITY, 0) > 0.3 && NUMBER(&s, STATION_QUALITY, 0) <= 1.0);
    /* of the others none tracks: no numbers */
    for (size_t e = 1; e < 4; e++) {
        assert_true(isnan(NUMBER(&s, STATION_RANGE, e)));
    }
    end_stand(&s);
}

/* the nearest station falls silent for good: a track that has never said anything is none */
static void a_silent_station_is_none(void **state)
{
    fleet_stand s;
    begin_harbour(*state, &s);
    int64_t tick = 0;
    LOWER(&s, TRANSPONDER_ALLOWED, 2); /* without power */
    look_for(&s, &tick, 5);
    assert_true(fabs(NUMBER(&s, STATION_RANGE, 0) - 3000.0) < 5.0);
    end_stand(&s);
}

/* a spoofer's name is nobody's, as with bots: it is a foe or nobody knows, and no station */
static void an_intruder_that_spoofs_is_heard_and_no_station(void **state)
{
    fleet_stand s;
    begin_harbour(*state, &s);
    int64_t tick = 0;
    INTEGER(&s, TRANSPONDER_MODE, 3) = QF_TRANSPONDER_SPOOF;
    look_for(&s, &tick, 5);
    const qf_detections *d = &s.sightings.recorded;
    const size_t intruder = seen(&s, 0, 3), harbour = seen(&s, 0, 1), depot = seen(&s, 0, 2);
    assert_true(intruder != SIZE_MAX && harbour != SIZE_MAX && depot != SIZE_MAX);
    assert_int_equal(d->mode[intruder], QF_TRANSPONDER_SPOOF);
    assert_true(d->identity[intruder] >= 0);
    assert_true(d->identity[intruder] != d->identity[harbour]);
    assert_true(d->identity[intruder] != d->identity[depot]);
    assert_true(fabs(NUMBER(&s, STATION_RANGE, 0) - 900.0) < 5.0);
    end_stand(&s);
}

/* on a circular orbit, 400 m apart: both fall 8.7 m/s2, and a filter that took that for the target's own would lag */
static void what_falls_beside_it_flies_straight_to_its_tracker(void **state)
{
    static const char *const modes[] = {"robust", "kalman"};
    const double mu = 3.986004418e14, r = 6778137.0, rate = sqrt(mu / (r * r * r));
    for (size_t m = 0; m < COUNT(modes); m++) {
        char text[2048];
        snprintf(text, sizeof text,
                 HEAD GROUP_OF("looks", 1,
                               IDEAL("") ", tracker: {mode: %s, range_sd_m: 1, "
                                         "angle_sd_deg: 0.1, speed_sd_mps: 0.1}")
                     GROUP_OF("seen", 1, ""),
                 modes[m]);
        fleet_stand s;
        read_ships(*state, text, &s);
        s.f->scenario.gravity =
            (qf_gravity){.kind = QF_GRAVITY_POINT, .mu_m3ps2 = mu, .radius_m = 6378137.0};
        begin_stand(&s, "radar");
        for (int64_t tick = 0; tick < 400; tick += tick < 100 ? 1 : 3) {
            for (size_t e = 0; e < 2; e++) {
                const double angle = rate * (double)tick + 400.0 / r * (double)e;
                put(&s, e, r * cos(angle), r * sin(angle), 0);
                move(&s, e, -r * rate * sin(angle), r * rate * cos(angle), 0);
            }
            meet(&s, tick);
            /* what they turn about each other is 0.45 m/s, and its change 5e-4 m/s2 */
            if (tick >= 10) {
                assert_int_equal(INTEGER(&s, TARGETS_HELD, 0), 1);
                assert_int_equal(INTEGER(&s, TRACKS, 0), 1);
                assert_true(NUMBER(&s, TRACK_VELOCITY_RMSE, 0) < 0.02);
                assert_true(NUMBER(&s, TRACK_POSITION_RMSE, 0) < 0.02);
            }
        }
        s.f->scenario.gravity = (qf_gravity){.kind = QF_GRAVITY_NONE};
        end_stand(&s);
    }
}

/* a name that ships have, too, tells nobody that it is a station's */
static void a_shared_name_is_no_stations(void **state)
{
    fleet_stand s;
    read_ships(*state,
               HEAD GROUP_OF("chaser", 1, IDEAL("") TRACKER) STATION_AT("harbour", "SAME")
                   STATION_AT("other", "SAME"),
               &s);
    s.groups[1].kind = QF_KIND_STATION;
    begin_stand(&s, "radar");
    for (size_t e = 1; e < 3; e++) {
        put(&s, e, 500.0 * (double)e, 0, 0);
        RAISE(&s, TRANSPONDER_ALLOWED, e);
    }
    for (int64_t tick = 0; tick < 5; tick++) {
        meet(&s, tick);
    }
    assert_int_equal(INTEGER(&s, TRACKS_FIRM, 0), 2);
    assert_true(isnan(NUMBER(&s, STATION_RANGE, 0)));
    end_stand(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_radar_looks_where_its_ship_is_turned),
        TEST(it_measures_speeds_between_ships),
        TEST(the_planet_hides_what_is_below_the_horizon),
        TEST(a_station_is_known_by_what_its_transponder_says),
        TEST(a_silent_station_is_none),
        TEST(an_intruder_that_spoofs_is_heard_and_no_station),
        TEST(what_falls_beside_it_flies_straight_to_its_tracker),
        TEST(a_shared_name_is_no_stations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
