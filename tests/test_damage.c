/* SPDX-License-Identifier: Apache-2.0 */
/* What faults do to a vehicle, in closed form. */
#include "incident_scene.h"

/*
 * Thrusters 0 and 1 push forward with 50 N each, 2 and 3 backward. Torque about Z of thruster 0 is -50 N m, of
 * thruster 1 +25 N m.
 */
#define PROPULSION                                                                                 \
    "propulsion_plane: {rcs_power_w_at_100pct: 40, thrusters: ["                                   \
    "{index: 0, position_m: [0, 1, 0], direction: [1, 0, 0], f_max_newton: 50},"                   \
    " {index: 1, position_m: [0, -0.5, 0], direction: [1, 0, 0], f_max_newton: 50},"               \
    " {index: 2, position_m: [0, 1, 0], direction: [-1, 0, 0], f_max_newton: 50},"                 \
    " {index: 3, position_m: [0, -0.5, 0], direction: [-1, 0, 0], f_max_newton: 50}]}"

#define BURN(pct) "{step: 0, cmd: rcs, axis: forward, pct: " pct ", duration_s: 1000}"

#define G0_MPS2 9.80665

/* one thruster at full thrust, with the quiet profile's specific impulse of 100 s */
static const double one_kgps = 50.0 / (100.0 * G0_MPS2);

typedef struct burn {
    const char *faults;
    const char *pct;
    double force_n, torque_nm;
    double flow;    /* in thrusters at full thrust */
    double power_w; /* of 40 W with both valves open at full duty */
} burn;

static void each_thruster_gives_its_share(void **state)
{
    (void)state;
    static const burn burns[] = {
        {"{at_s: 0, thruster: 0, reduced: 1}", "60", 60.0, -15.0, 1.2, 24.0},
        {"{at_s: 0, thruster: 0, reduced: 0.5}", "100", 75.0, 0.0, 1.5, 40.0},
        {"{at_s: 0, thruster: 0, stuck: off}", "100", 50.0, 25.0, 1.0, 40.0},
        {"{at_s: 0, thruster: 0, reduced: 0.5}, {at_s: 0, thruster: 1, reduced: 0.5}", "60", 30.0,
         -7.5, 0.6, 24.0},
        /* the worst stands */
        {"{at_s: 0, thruster: 1, reduced: 0.5}, {at_s: 0, thruster: 1, reduced: 0.2}", "100", 60.0,
         -45.0, 1.2, 40.0},
        /* one that the command does not use */
        {"{at_s: 0, thruster: 2, stuck: off}", "60", 60.0, -15.0, 1.2, 24.0},
        /* beside the command: 2 pushes back with all it has */
        {"{at_s: 0, thruster: 2, stuck: on}", "100", 50.0, 25.0, 3.0, 60.0},
        {"{at_s: 0, thruster: 0, stuck: on}", "10", 55.0, -47.5, 1.1, 22.0},
        {"{at_s: 0, thruster: 2, stuck: on}", "0", -50.0, 50.0, 1.0, 20.0},
    };
    for (size_t b = 0; b < COUNT(burns); b++) {
        char more[256];
        char script[128];
        snprintf(more, sizeof more, "faults: [%s],", burns[b].faults);
        snprintf(script, sizeof script, BURN("%s"), burns[b].pct);
        vehicles v;
        start(&v, &(scene){.count = 2, .hardware = PROPULSION, .script = script, .more = more});
        advance(&v, 1);
        for (size_t e = 0; e < 2; e++) {
            assert_near(VALUE(&v, RCS_FORCE_X, e), burns[b].force_n, 1e-12);
            assert_near(VALUE(&v, RCS_TORQUE_Z, e), burns[b].torque_nm, 1e-12);
            assert_near(VALUE(&v, LOAD_RCS, e), burns[b].power_w, 1e-12);
            assert_int_equal(FLAG(&v, RCS_ACTIVE, e), strcmp(burns[b].pct, "0") != 0);
        }
        advance(&v, 4);
        assert_near(VALUE(&v, PROPELLANT, 0), 10.0 - 5.0 * burns[b].flow * one_kgps, 1e-13);
        finish(&v);
    }
}

static void one_stuck_on_empties_the_tank(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = PROPULSION,
                       .initial = "propellant_kg: 0.12",
                       .more = "faults: [{at_s: 2, thruster: 0, stuck: on, duration_s: 10}],"});
    advance_and_note(&v, 4, &d);
    assert_near(VALUE(&v, PROPELLANT, 0), 0.12 - 2.0 * one_kgps, 1e-15);
    assert_exact(VALUE(&v, RCS_DUTY, 0), 100.0);
    advance_and_note(&v, 1, &d); /* 0.12 kg last 2.35 s */
    assert_exact(VALUE(&v, PROPELLANT, 0), 0.0);
    assert_near(VALUE(&v, RCS_DUTY, 0), 100.0 * (0.12 / one_kgps - 2.0), 1e-10);
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), 50.0);
    advance_and_note(&v, 10, &d);
    assert_exact(VALUE(&v, RCS_FORCE_X, 0), 0.0);
    assert_exact(VALUE(&v, LOAD_RCS, 0), 0.0);
    assert_told(&d, 0, "0:100/-1 0:101/-1 2:701/0 12:703/0");
    forget(&d);
    finish(&v);
}

static void one_stuck_on_stops_with_its_fault(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = PROPULSION,
                       .more = "faults: [{at_s: 2, thruster: 0, stuck: on, duration_s: 3}],"});
    for (int tick = 0; tick < 8; tick++) {
        advance(&v, 1);
        assert_exact(VALUE(&v, RCS_FORCE_X, 0), tick >= 2 && tick < 5 ? 50.0 : 0.0);
        assert_false(FLAG(&v, RCS_ACTIVE, 0)); /* nobody has commanded it */
    }
    assert_near(VALUE(&v, PROPELLANT, 0), 10.0 - 3.0 * one_kgps, 1e-14);
    finish(&v);
}

static void a_command_ends_as_with_whole_thrusters(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = PROPULSION,
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 2.5}",
                       .more = "faults: [{at_s: 0, thruster: 0, stuck: off}],"});
    advance(&v, 5);
    assert_near(VALUE(&v, PROPELLANT, 0), 10.0 - 2.5 * one_kgps, 1e-14);
    assert_exact(VALUE(&v, RCS_PCT, 0), 0.0);
    assert_exact(VALUE(&v, RCS_TIME_LEFT, 0), 0.0);
    assert_false(FLAG(&v, RCS_ACTIVE, 0));
    finish(&v);
}

/* its valves open and nothing comes out; the other axis' one that is stuck on is not its doing */
static void a_command_that_gives_no_thrust_starts_nothing(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.hardware = PROPULSION,
                       .script = BURN("100"),
                       .more = "faults: [{at_s: 1, thruster: 0, stuck: off, duration_s: 4},"
                               " {at_s: 1, thruster: 1, stuck: off}, {at_s: 3, thruster: 2,"
                               " stuck: on}],"});
    for (int tick = 0; tick < 7; tick++) {
        advance_and_note(&v, 1, &d);
        assert_int_equal(FLAG(&v, RCS_ACTIVE, 0), tick < 1 || tick >= 5);
        assert_near(VALUE(&v, LOAD_RCS, 0), tick < 3 ? 40.0 : 60.0, 1e-12);
    }
    assert_told(&d, 0,
                "0:100/-1 0:101/-1 0:310/4 1:300/1 1:701/0 1:701/1 1:311/4 2:301/1 3:701/2 5:703/0 "
                "6:300/1");
    forget(&d);
    finish(&v);
}

/* of three ticks the command has two and a half, the one that is stuck all */
static void one_stuck_on_outlasts_a_command(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = PROPULSION,
                       .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 2.5}",
                       .more = "faults: [{at_s: 0, thruster: 2, stuck: on}],"});
    advance(&v, 3);
    assert_near(VALUE(&v, PROPELLANT, 0), 10.0 - (2.0 * 2.5 + 3.0) * one_kgps, 1e-14);
    finish(&v);
}

/* sums of these depend on their order */
#define UNEVEN                                                                                     \
    "propulsion_plane: {thrusters: ["                                                              \
    "{index: 0, position_m: [0, 1, 0], direction: [1, 0, 0], f_max_newton: 7.3},"                  \
    " {index: 1, position_m: [0, -0.5, 0], direction: [1, 0, 0], f_max_newton: 11.1}]}"

/* of the same seed: half of them are hurt, and the rest must not notice */
static void healthy_ones_keep_their_bits_beside_damaged_ones(void **state)
{
    (void)state;
    enum { N = 300 };
    vehicles v[2];
    for (size_t k = 0; k < 2; k++) {
        start(&v[k], &(scene){.count = N,
                              .dt_s = 0.1,
                              .hardware = UNEVEN ", power_plane: {base_power_out_w: 20}",
                              .script = BURN("{uniform: {min: 0, max: 100}}"),
                              .more = k == 0 ? ""
                                             : "faults: [{at_s: 0, probability: 0.5, thruster: 1,"
                                               " reduced: 0.5}],"});
        advance(&v[k], 40);
    }
    size_t n_hurt = 0;
    for (size_t e = 0; e < N; e++) {
        const bool hurt = qf_u64(&v[1].fleet, QF_FIELD_INCIDENTS_STANDING,
                                 0)[qf_fleet_entity(&v[1].fleet, e).slot];
        n_hurt += hurt;
        assert_int_equal(VALUE(&v[0], PROPELLANT, e) == VALUE(&v[1], PROPELLANT, e), !hurt);
        assert_int_equal(VALUE(&v[0], RCS_FORCE_X, e) == VALUE(&v[1], RCS_FORCE_X, e), !hurt);
        assert_exact(VALUE(&v[0], SOC, e), VALUE(&v[1], SOC, e));
    }
    assert_in_range(n_hurt, 100, 200);
    finish(&v[0]);
    finish(&v[1]);
}

/* 36 W take 0.01 % of 100 W h in a second */
static void lost_cells_make_the_charge_fall_faster(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 3,
                       .hardware = "power_capacity_wh: {grid: [100, 200, 100]},"
                                   " power_plane: {base_power_out_w: 36}",
                       .more = "faults: [{at_s: 10, battery_cell: 0.5, duration_s: 10},"
                               " {at_s: 15, battery_cell: 0.2, duration_s: 100}],"});
    static const double rate[] = {0.01, 0.005, 0.01};
    double lost = 0.0; /* in seconds of a whole battery */
    for (int tick = 0; tick < 30; tick++) {
        const double kept = (tick >= 10 && tick < 20 ? 0.5 : 1.0) * (tick >= 15 ? 0.8 : 1.0);
        lost += 1.0 / kept;
        advance(&v, 1);
        for (size_t e = 0; e < 3; e++) {
            assert_near(VALUE(&v, SOC, e), 50.0 - rate[e] * lost, 1e-12);
            assert_near(VALUE(&v, BATTERY_WH, e), (e == 1 ? 200.0 : 100.0) * kept, 1e-12);
        }
    }
    finish(&v);
}

static const char watchers[] =
    "  - {name: a, kind: bot, count: 2, initial: {position_m: {grid: [[0, 0, 0], [0, 50, 0]]}},\n"
    "     radar: {ideal: true, period_s: 1, range_max_m: 9000}, transponder: {mode: \"on\", id: "
    "T},\n"
    "     faults: [{at_s: 3, sensor: radar, duration_s: 4}, {at_s: 12, device: eye_a, "
    "duration_s: 2},\n"
    "              {at_s: 13, device: eye_b, duration_s: 4}, {at_s: 5, radio: off, duration_s: "
    "3}],\n"
    "     hardware: {hardware_profile: {power_capacity_wh: 1000, sensors: [\n"
    "       {id: eye_a, type: radar}, {id: eye_b, type: radar}],\n"
    "       power_plane: {radar_power_w: 18, transponder_power_w: 6}}}}\n";

static void a_broken_radar_sees_nothing_and_draws_nothing(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.groups = watchers});
    for (int tick = 0; tick < 20; tick++) {
        /* by itself, and where both of its devices are down */
        const bool broken = (tick >= 3 && tick < 7) || tick == 13;
        const bool silent = tick >= 5 && tick < 8;
        /* the power plane switches it on again at the end of the tick of the repair */
        const bool blind = broken || tick == 7 || tick == 14;
        advance(&v, 1);
        for (size_t e = 0; e < 2; e++) {
            const size_t slot = qf_fleet_entity(&v.fleet, e).slot;
            assert_int_equal(FLAG(&v, RADAR_BROKEN, e), broken);
            assert_int_equal(FLAG(&v, RADIO_BROKEN, e), silent);
            assert_int_equal(qf_i64(&v.fleet, QF_FIELD_RADAR_DETECTIONS, 0)[slot], !blind);
            assert_exact(VALUE(&v, LOAD_RADAR, e), broken ? 0.0 : 18.0);
            assert_exact(VALUE(&v, LOAD_TRANSPONDER, e), silent ? 0.0 : 6.0);
        }
    }
    finish(&v);
}

static void a_broken_imu_gives_no_readings(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = DEVICES,
                       .count = 2,
                       .script = "{step: 0, cmd: heading, deg: 90}",
                       .more = "faults: [{at_s: 2, probability: 1, sensor: imu, duration_s: 2},"
                               " {at_s: 6, device: imu_a, duration_s: 3},"
                               " {at_s: 8, device: imu_b, duration_s: 3}],"});
    for (int tick = 0; tick < 14; tick++) {
        advance(&v, 1);
        const bool broken = tick == 2 || tick == 3 || tick == 8; /* both of them */
        assert_int_equal(FLAG(&v, IMU_BROKEN, 0), broken);
        assert_int_equal(isnan(VALUE(&v, YAW_RATE, 0)) != 0, broken);
        assert_int_equal(isnan(VALUE(&v, ROLL_RATE, 1)) != 0, broken);
        assert_int_equal(isnan(VALUE(&v, PITCH_RATE, 1)) != 0, broken);
        assert_true(isfinite(VALUE(&v, YAW, 0)));
    }
    finish(&v);
}

static void a_column_is_set_once(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.count = 3,
                       .initial = "speed_mps: 1",
                       .more = "faults: [{at_s: 2, set: {soc_pct: {grid: [10, 20, 30]}}},"
                               " {at_s: 3, set: {heading_deg: 90}},"
                               " {at_s: 4, set: {nbl_active: on}}],"});
    advance_and_note(&v, 2, &d);
    assert_exact(VALUE(&v, SOC, 0), 50.0);
    advance_and_note(&v, 1, &d);
    for (size_t e = 0; e < 3; e++) {
        assert_exact(VALUE(&v, SOC, e), 10.0 * (double)(e + 1));
        assert_exact(VALUE(&v, Y, e), 3.0);
    }
    advance_and_note(&v, 1, &d); /* to the east now */
    assert_near(VALUE(&v, X, 0), 1.0, 1e-15);
    assert_near(VALUE(&v, Y, 0), 3.0, 1e-15);
    assert_false(FLAG(&v, NBL_ACTIVE, 0));
    advance_and_note(&v, 3, &d);
    assert_true(FLAG(&v, NBL_ACTIVE, 0));
    assert_told(&d, 2, "0:100/-1 0:101/-1 2:701/0 3:701/1 4:701/2");
    assert_true(FLAG(&v, BIOS_READY, 0));
    forget(&d);
    finish(&v);
}

/* they stop what moves and are told, because of the fault */
static void a_switch_that_means_an_order_is_one(void **state)
{
    (void)state;
    vehicles v;
    diary d = {0};
    start(&v, &(scene){.initial = "speed_mps: 1",
                       .more = "faults: [{at_s: 2, set: {emergency_stop: true}},"
                               " {at_s: 4, set: {emergency_stop: false}},"
                               " {at_s: 5, set: {safe_mode: true}},"
                               " {at_s: 6, set: {dock_connected: true}}],"});
    advance_and_note(&v, 2, &d);
    assert_exact(VALUE(&v, SPEED, 0), 1.0);
    advance_and_note(&v, 1, &d);
    assert_true(FLAG(&v, EMERGENCY_STOP, 0));
    assert_exact(VALUE(&v, SPEED, 0), 0.0);
    advance_and_note(&v, 2, &d);
    assert_false(FLAG(&v, EMERGENCY_STOP, 0));
    advance_and_note(&v, 3, &d);
    assert_true(FLAG(&v, SAFE_MODE, 0) && FLAG(&v, DOCK_CONNECTED, 0));
    assert_told(&d, 0,
                "0:100/-1 0:101/-1 2:701/0 2:900/-1 4:701/1 4:902/-1 5:701/2 5:910/-1 "
                "6:701/3");
    assert_int_equal(d.events[3].cause, 2); /* the fault */
    assert_int_equal(d.events[3].because->topic, QF_TOPIC_FAULT);
    forget(&d);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thruster_gives_its_share),
        cmocka_unit_test(one_stuck_on_empties_the_tank),
        cmocka_unit_test(one_stuck_on_stops_with_its_fault),
        cmocka_unit_test(a_command_ends_as_with_whole_thrusters),
        cmocka_unit_test(a_command_that_gives_no_thrust_starts_nothing),
        cmocka_unit_test(one_stuck_on_outlasts_a_command),
        cmocka_unit_test(healthy_ones_keep_their_bits_beside_damaged_ones),
        cmocka_unit_test(lost_cells_make_the_charge_fall_faster),
        cmocka_unit_test(a_broken_radar_sees_nothing_and_draws_nothing),
        cmocka_unit_test(a_broken_imu_gives_no_readings),
        cmocka_unit_test(a_column_is_set_once),
        cmocka_unit_test(a_switch_that_means_an_order_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
