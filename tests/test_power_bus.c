/* SPDX-License-Identifier: Apache-2.0 */
/* The bus of the power plane: voltage, dock, over-current, and loads (the computer's: mcqpu.c). */
#include "power_scene.h"

static void the_computer_follows_its_targets_with_2_and_4_seconds(void **state)
{
    (void)state;
    /* 8 + 28 * 0.5 + 18 + (9 + 3) + 3;  22 + 12 + 5 + 10;  then every part at its limit */
    static const double cpu_pct[] = {55.0, 8.0 + 28.0 + 18.0 + 18.0 + 3.0};
    static const double mem_pct[] = {49.0, 22.0 + 35.0 + 20.0 + 10.0};
    vehicles v;
    start(&v, &(scene){.count = 17,
                       .dt_s = 0.5,
                       .initial = "speed_mps: {grid: [0.5, -3]}",
                       .hardware = "power_plane: {mcqpu_power_w_at_100pct: 40}",
                       .script = "{step: 0, cmd: inputs, radar_enabled: true,"
                                 " transponder_active: true, sensor_queue_depth: {grid: [10, 100]},"
                                 " actuator_queue_depth: {grid: [5, 100]}}"});
    for (int n = 1; n <= 30; n++) {
        advance(&v, 1);
        for (size_t e = 0; e < 17; e++) {
            const double cpu = cpu_pct[e % 2] + (8.0 - cpu_pct[e % 2]) * exp(-0.5 * n / 2.0);
            const double mem = mem_pct[e % 2] + (22.0 - mem_pct[e % 2]) * exp(-0.5 * n / 4.0);
            assert_near(VALUE(&v, CPU, e), cpu, 1e-12);
            assert_near(VALUE(&v, MEM, e), mem, 1e-12);
            assert_near(VALUE(&v, LOAD_MCQPU, e), 0.4 * cpu, 1e-12);
        }
    }
    finish(&v);
}

static void the_bus_sags_with_the_charge(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 4,
                       .initial = "soc_pct: {grid: [0, 25, 50, 100]}",
                       .hardware = "power_plane: {bus_v_nominal: 28, bus_v_min: 20}"});
    advance(&v, 1);
    for (size_t e = 0; e < 4; e++) {
        static const double bus_v[] = {20.0, 22.0, 24.0, 28.0};
        assert_exact(VALUE(&v, BUS_V, e), bus_v[e]);
    }
    finish(&v);
    /* a minimum above the nominal voltage stands */
    start(&v, &(scene){.hardware = "power_plane: {bus_v_nominal: 20, bus_v_min: 28}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, BUS_V, 0), 28.0);
    finish(&v);
    start(&v, &(scene){.hardware =
                           "power_plane: {bus_v_nominal: 0, bus_v_min: 0, base_power_out_w: 9}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, BUS_A, 0), 0.0);
    finish(&v);
}

#define DOCK(more) POWER("dock_current_limit_a: 5, dock_soft_start_s: 2, " more)

/* 5 A at 20 V; the time on the dock counts the tick that is being computed */
static void the_dock_starts_softly_and_again_when_reconnected(void **state)
{
    (void)state;
    static const double ramp[] = {0.25, 0.5, 0.75, 1.0, 1.0, 0.0, 0.25, 0.5, 0.75, 1.0};
    vehicles v;
    start(&v, &(scene){.count = 17,
                       .dt_s = 0.5,
                       .hardware = DOCK("dock_connected_init: true, base_power_in_w: 1"),
                       .script = "{step: 5, cmd: dock, connected: false},"
                                 "{step: 6, cmd: dock, connected: true},"
                                 "{step: 7, cmd: dock, connected: true}"});
    for (size_t tick = 0; tick < COUNT(ramp); tick++) {
        advance(&v, 1);
        assert_exact(VALUE(&v, DOCK_SOFT_START, 16), 100.0 * ramp[tick]);
        assert_exact(VALUE(&v, DOCK_POWER, 16), 100.0 * ramp[tick]);
        assert_exact(VALUE(&v, DOCK_A, 16), 5.0 * ramp[tick]);
        assert_exact(VALUE(&v, POWER_IN, 16), 1.0 + 100.0 * ramp[tick]);
    }
    finish(&v);
}

/* off and on between two ticks is a new connection too */
static void a_connection_that_blinks_starts_again(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.5,
                       .hardware = DOCK("dock_connected_init: true"),
                       .script = "{step: 3, cmd: dock, connected: false},"
                                 "{step: 3, cmd: dock, connected: true}"});
    advance(&v, 3);
    assert_exact(VALUE(&v, DOCK_POWER, 0), 75.0);
    advance(&v, 1);
    assert_exact(VALUE(&v, DOCK_POWER, 0), 25.0);
    finish(&v);
}

static void the_dock_gives_the_least_of_station_and_current_limit(void **state)
{
    (void)state;
    static const struct {
        const char *hardware;
        double power_w, current_a;
    } cases[] = {
        {"power_plane: {dock_connected_init: true, dock_current_limit_a: 5,"
         " dock_station_max_power_w: 60}",
         60.0, 3.0},
        {"power_plane: {dock_connected_init: true, dock_current_limit_a: 5,"
         " dock_station_max_power_w: 600}",
         100.0, 5.0},
        {"power_plane: {dock_connected_init: true, dock_current_limit_a: 5,"
         " dock_station_max_power_w: 0}",
         100.0, 5.0},
        {"power_plane: {dock_connected_init: true, dock_current_limit_a: 5,"
         " dock_station_bus_v: 0, dock_station_max_power_w: 60}",
         0.0, 0.0},
        {"power_plane: {dock_connected_init: false, dock_current_limit_a: 5}", 0.0, 0.0},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        vehicles v;
        /* a soft start of 0 counts as a millisecond, half of which has passed */
        start(&v, &(scene){.dt_s = 0.0005, .hardware = cases[k].hardware});
        advance(&v, 1);
        assert_near(VALUE(&v, DOCK_POWER, 0), cases[k].power_w / 2.0, 1e-13);
        advance(&v, 1);
        assert_exact(VALUE(&v, DOCK_POWER, 0), cases[k].power_w);
        assert_exact(VALUE(&v, DOCK_A, 0), cases[k].current_a);
        finish(&v);
    }
}

static void a_station_without_voltage_gives_nothing(void **state)
{
    (void)state;
    enum { N = 17 };
    vehicles v;
    start(&v, &(scene){.count = N,
                       .dt_s = 2.0,
                       .hardware = DOCK("dock_connected_init: true,"
                                        " dock_station_bus_v: {grid: [0, 20]}")});
    advance(&v, 1);
    for (size_t e = 0; e < N; e++) {
        assert_exact(VALUE(&v, DOCK_POWER, e), e % 2 ? 100.0 : 0.0);
        assert_exact(VALUE(&v, DOCK_A, e), e % 2 ? 5.0 : 0.0);
    }
    finish(&v);
}

/* Base, motors, thrusters, radar, transponder and NBL behind a limit of 10 A at 10 V. */
typedef struct overcurrent {
    const char *hardware;
    const char *script;
    double motion_w, rcs_w, radar_w, transponder_w, nbl_w, out_w, duty_pct;
    bool cut, throttled, fault;
} overcurrent;

#define LOADS(base, motion, others)                                                                \
    POWER("max_bus_a: 10, base_power_out_w: " base ", motion_power_w_per_mps: " motion             \
          ", radar_power_w: 15, transponder_power_w: 10, nbl_max_power_w: 5, " others)

#define ALL_ON                                                                                     \
    "{step: 0, cmd: speed, mps: 1}, " FIRE ", {step: 0, cmd: nbl, active: true},"                  \
    " " RADAR_AND_TRANSPONDER

static void over_current_cuts_in_stages(void **state)
{
    (void)state;
    static const overcurrent cases[] = {
        /* 40 + 20 + 10 + 30 = 100: at the limit, which is not over it */
        {.hardware = LOADS("40", "20", "") ", " THRUSTERS("10"),
         .script = ALL_ON,
         .motion_w = 20,
         .rcs_w = 10,
         .radar_w = 15,
         .transponder_w = 10,
         .nbl_w = 5,
         .out_w = 100,
         .duty_pct = 100},
        /* one watt more: the three go together, though the NBL alone would do */
        {.hardware = LOADS("41", "20", "") ", " THRUSTERS("10"),
         .script = ALL_ON,
         .motion_w = 20,
         .rcs_w = 10,
         .out_w = 71,
         .duty_pct = 100,
         .cut = true},
        /* 90 + 20 + 10 = 120 without them: the motors give their 20 */
        {.hardware = LOADS("90", "20", "") ", " THRUSTERS("10"),
         .script = ALL_ON,
         .rcs_w = 10,
         .out_w = 100,
         .duty_pct = 100,
         .cut = true,
         .throttled = true},
        /* 70 + 30 + 10 = 110: the motors give 10 of their 30 */
        {.hardware = LOADS("70", "30", "") ", " THRUSTERS("10"),
         .script = ALL_ON,
         .motion_w = 20,
         .rcs_w = 10,
         .out_w = 100,
         .duty_pct = 100,
         .cut = true,
         .throttled = true},
        /* 90 + 5 + 20: the motors give 5, the thrusters 10 of 20, and so half of their duty */
        {.hardware = LOADS("90", "5", "") ", " THRUSTERS("20"),
         .script = ALL_ON,
         .rcs_w = 10,
         .out_w = 100,
         .duty_pct = 50,
         .cut = true,
         .throttled = true},
        /* 120 + 5 + 20: nothing is left but to report */
        {.hardware = LOADS("120", "5", "") ", " THRUSTERS("20"),
         .script = ALL_ON,
         .out_w = 120,
         .cut = true,
         .throttled = true,
         .fault = true},
        /* over the limit with nothing that can be cut */
        {.hardware = LOADS("101", "0", ""), .script = "", .out_w = 101, .fault = true},
        /* thrusters throttled by less than a thousandth keep their duty on display */
        {.hardware = LOADS("0.5", "0", "") ", " THRUSTERS("100"),
         .script = FIRE,
         .rcs_w = 99.5,
         .out_w = 100,
         .duty_pct = 99.5,
         .throttled = true},
        {.hardware = LOADS("0.0625", "0", "") ", " THRUSTERS("100"),
         .script = FIRE,
         .rcs_w = 99.9375,
         .out_w = 100,
         .duty_pct = 100,
         .throttled = true},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        const overcurrent *c = &cases[k];
        vehicles v;
        start(&v, &(scene){.count = 17, .hardware = c->hardware, .script = c->script});
        advance(&v, 1);
        for (size_t e = 0; e < 17; e += 16) {
            assert_exact(VALUE(&v, LOAD_MOTION, e), c->motion_w);
            assert_exact(VALUE(&v, LOAD_RCS, e), c->rcs_w);
            assert_exact(VALUE(&v, LOAD_RADAR, e), c->radar_w);
            assert_exact(VALUE(&v, LOAD_TRANSPONDER, e), c->transponder_w);
            assert_exact(VALUE(&v, LOAD_NBL, e), c->nbl_w);
            assert_exact(VALUE(&v, POWER_OUT, e), c->out_w);
            assert_exact(VALUE(&v, RCS_DUTY, e), c->duty_pct);
            assert_exact(VALUE(&v, BUS_A, e), c->out_w / 10.0);
            assert_int_equal(FLAG(&v, LOAD_SHEDDING, e), c->cut);
            assert_int_equal(FLAG(&v, RADAR_ALLOWED, e), !c->cut);
            assert_int_equal(FLAG(&v, TRANSPONDER_ALLOWED, e), !c->cut);
            assert_int_equal(FLAG(&v, NBL_ALLOWED, e), c->nbl_w > 0.0);
            assert_int_equal(FLAG(&v, PDU_THROTTLED, e), c->throttled);
            assert_int_equal(FAULT(&v, PDU_OVERCURRENT, e), c->fault);
        }
        finish(&v);
    }
}

/* only what draws is cut: the transponder is off, the NBL is not switched on */
static void what_does_not_draw_is_not_cut(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = LOADS("90", "0", ""),
                       .script = "{step: 0, cmd: inputs, radar_enabled: true}"});
    advance(&v, 1);
    assert_false(FLAG(&v, RADAR_ALLOWED, 0));
    assert_true(FLAG(&v, TRANSPONDER_ALLOWED, 0));
    assert_true(FLAG(&v, LOAD_SHEDDING, 0));
    assert_exact(VALUE(&v, POWER_OUT, 0), 90.0);
    finish(&v);
}

static void a_current_limit_of_0_is_none(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware = "power_plane: {max_bus_a: 0, base_power_out_w: 5000,"
                                   " radar_power_w: 7}",
                       .script = RADAR_AND_TRANSPONDER});
    advance(&v, 1);
    assert_exact(VALUE(&v, POWER_OUT, 0), 5007.0);
    assert_false(FAULT(&v, PDU_OVERCURRENT, 0));
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_computer_follows_its_targets_with_2_and_4_seconds),
        cmocka_unit_test(the_bus_sags_with_the_charge),
        cmocka_unit_test(the_dock_starts_softly_and_again_when_reconnected),
        cmocka_unit_test(a_connection_that_blinks_starts_again),
        cmocka_unit_test(the_dock_gives_the_least_of_station_and_current_limit),
        cmocka_unit_test(a_station_without_voltage_gives_nothing),
        cmocka_unit_test(over_current_cuts_in_stages),
        cmocka_unit_test(what_does_not_draw_is_not_cut),
        cmocka_unit_test(a_current_limit_of_0_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
