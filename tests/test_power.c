/* SPDX-License-Identifier: Apache-2.0 */
/* The power plane, with the on-board computer's load (mcqpu.c), which it carries. */
#include "vehicle.h"

#define POWER(items) "power_plane: {" items "}"

/* a battery of 1 Wh: 36 W for one second are one percent, without rounding */
#define SMALL_BATTERY "power_capacity_wh: 1, "

#define RADAR_AND_TRANSPONDER                                                                      \
    "{step: 0, cmd: inputs, radar_enabled: true, transponder_active: true}"

/* two thrusters whose valves are all open at full thrust: rcs_w in every tick */
#define THRUSTERS(watts)                                                                           \
    "propulsion_plane: {rcs_power_w_at_100pct: " watts ", thrusters: ["                            \
    "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1},"                              \
    "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1}]}"

#define FIRE "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 1000}"

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

static void shedding_sets_at_the_low_limit_and_not_above_it(void **state)
{
    (void)state;
    static const bool shed[] = {true, false, false, true};
    vehicles v;
    start(&v, &(scene){.count = 4,
                       .initial = "soc_pct: {grid: [20, 20.000000000000004, 30, 0]}",
                       .hardware = "power_plane: {radar_power_w: 18, transponder_power_w: 6}",
                       .script = RADAR_AND_TRANSPONDER});
    advance(&v, 1);
    for (size_t e = 0; e < 4; e++) {
        assert_int_equal(FLAG(&v, SHED_LOW_SOC, e), shed[e]);
        assert_int_equal(FLAG(&v, LOAD_SHEDDING, e), shed[e]);
        assert_int_equal(FLAG(&v, RADAR_ALLOWED, e), !shed[e]);
        assert_int_equal(FLAG(&v, TRANSPONDER_ALLOWED, e), !shed[e]);
        assert_exact(VALUE(&v, LOAD_RADAR, e), shed[e] ? 0.0 : 18.0);
        assert_exact(VALUE(&v, LOAD_TRANSPONDER, e), shed[e] ? 0.0 : 6.0);
    }
    finish(&v);
}

/* down from 23 by one percent a tick, from step 5 on up by one: the charge before a tick decides */
static void shedding_holds_between_its_limits(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.initial = "soc_pct: 23",
                       .hardware = SMALL_BATTERY
                       "power_plane: {base_power_out_w: 36, dock_current_limit_a: 3.6}",
                       .script = "{step: 5, cmd: dock, connected: true}"});
    double soc_pct = 23.0;
    bool shed = false;
    for (int tick = 0; tick < 25; tick++) {
        if (soc_pct == 20.0) {
            shed = true;
        }
        if (soc_pct == 30.0) {
            shed = false;
        }
        advance(&v, 1);
        soc_pct += tick < 5 ? -1.0 : 1.0;
        assert_near(VALUE(&v, SOC, 0), soc_pct, 1e-13);
        assert_int_equal(FLAG(&v, SHED_LOW_SOC, 0), shed);
    }
    assert_false(shed);
    assert_near(VALUE(&v, SOC_MIN, 0), 18.0, 1e-13);
    finish(&v);
}

static void equal_limits_never_shed(void **state)
{
    (void)state;
    vehicles v;
    start(&v,
          &(scene){.initial = "soc_pct: 20", .hardware = "power_plane: {soc_shed_high_pct: 20}"});
    advance(&v, 2);
    assert_false(FLAG(&v, SHED_LOW_SOC, 0)); /* set, and cleared by the second test */
    finish(&v);
}

static void power_is_critical_from_its_level_up_to_the_shedding_level(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.initial = "soc_pct: 12",
                       .more = "soc_critical_pct: 10,",
                       .hardware = SMALL_BATTERY
                       "power_plane: {base_power_out_w: 36, dock_current_limit_a: 3.6}",
                       .script = "{step: 3, cmd: dock, connected: true}"});
    /* after the ticks: 11, 10, 9, 10, ... */
    double soc_pct = 12.0;
    bool critical = false;
    for (int tick = 0; tick < 18; tick++) {
        /* decided, as shedding is, by the charge that a tick starts with */
        critical = soc_pct <= 10.0 || (critical && soc_pct < 20.0);
        advance(&v, 1);
        soc_pct += tick < 3 ? -1.0 : 1.0;
        assert_int_equal(FLAG(&v, POWER_CRITICAL, 0), critical);
    }
    assert_false(critical);
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

/* One tick of 36 s: 100 W are one watt-hour. The capacitor holds 2 of its 4 Wh. */
typedef struct supercap {
    const char *hardware;
    double wh, charge_w, discharge_w, in_w, out_w, soc_pct;
} supercap;

#define SUPERCAP(in, out, charge, discharge)                                                       \
    POWER("supercap_capacity_wh: 4, supercap_soc_pct_init: 50, base_power_in_w: " in               \
          ", base_power_out_w: " out ", supercap_max_charge_w: " charge                            \
          ", supercap_max_discharge_w: " discharge)

static void the_supercapacitor_works_within_its_energy_and_power(void **state)
{
    (void)state;
    static const supercap cases[] = {
        {SUPERCAP("150", "50", "500", "500"), 3.0, 100, 0, 150, 150, 75},   /* takes all of it */
        {SUPERCAP("150", "50", "75", "500"), 2.75, 75, 0, 150, 125, 68.75}, /* power */
        {SUPERCAP("350", "50", "500", "500"), 4.0, 200, 0, 350, 250, 100},  /* room */
        {SUPERCAP("50", "150", "500", "500"), 1.0, 0, 100, 150, 150, 25},   /* gives all of it */
        {SUPERCAP("50", "150", "500", "75"), 1.25, 0, 75, 125, 150, 31.25}, /* power */
        {SUPERCAP("50", "350", "500", "500"), 0.0, 0, 200, 250, 350, 0},    /* energy */
        {SUPERCAP("50", "50", "500", "500"), 2.0, 0, 0, 50, 50, 50},        /* nothing to do */
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        const supercap *c = &cases[k];
        vehicles v;
        start(&v, &(scene){.count = 17, .dt_s = 36.0, .hardware = c->hardware});
        advance(&v, 1);
        for (size_t e = 0; e < 17; e += 16) {
            assert_near(VALUE(&v, SUPERCAP_WH, e), c->wh, 1e-14);
            assert_near(VALUE(&v, SUPERCAP_CHARGE, e), c->charge_w, 1e-12);
            assert_near(VALUE(&v, SUPERCAP_DISCHARGE, e), c->discharge_w, 1e-12);
            assert_near(VALUE(&v, POWER_IN, e), c->in_w, 1e-12);
            assert_near(VALUE(&v, POWER_OUT, e), c->out_w, 1e-12);
            assert_near(VALUE(&v, SUPERCAP_SOC, e), c->soc_pct, 1e-12);
            assert_near(VALUE(&v, BATTERY_CHARGE, e), fmax(0.0, c->in_w - c->out_w), 1e-12);
            assert_near(VALUE(&v, BATTERY_DISCHARGE, e), fmax(0.0, c->out_w - c->in_w), 1e-12);
        }
        finish(&v);
    }
}

static void without_capacity_there_is_no_supercapacitor(void **state)
{
    (void)state;
    vehicles v;
    start(&v,
          &(scene){.hardware = "power_plane: {supercap_capacity_wh: 0, supercap_soc_pct_init: 50,"
                               " supercap_max_discharge_w: 100, base_power_out_w: 40}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, SUPERCAP_SOC, 0), 0.0);
    assert_exact(VALUE(&v, SUPERCAP_DISCHARGE, 0), 0.0);
    assert_exact(VALUE(&v, BATTERY_DISCHARGE, 0), 40.0);
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

typedef struct battery {
    const char *hardware;
    double soc_pct, charge_w, discharge_w, spill_w, unserved_w;
    uint64_t faults;
} battery;

#define BATTERY(in, out, charge, discharge)                                                        \
    SMALL_BATTERY POWER("base_power_in_w: " in ", base_power_out_w: " out                          \
                        ", battery_max_charge_w: " charge ", battery_max_discharge_w: " discharge)

static void the_battery_works_within_its_limits(void **state)
{
    (void)state;
    static const battery cases[] = {
        {BATTERY("72", "0", "100", "100"), 52, 72, 0, 0, 0, 0},
        {BATTERY("72", "0", "72", "100"), 52, 72, 0, 0, 0, 0}, /* at the limit */
        {BATTERY("72", "0", "36", "100"), 51, 36, 0, 36, 0, QF_FAULT_BIT(BATTERY_CHARGE_LIMIT)},
        {BATTERY("720", "0", "0", "1"), 70, 720, 0, 0, 0, 0}, /* 0: no limit */
        {BATTERY("0", "72", "100", "100"), 48, 0, 72, 0, 0, 0},
        {BATTERY("0", "72", "100", "72"), 48, 0, 72, 0, 0, 0},
        {BATTERY("0", "72", "100", "36"), 49, 0, 36, 0, 36, QF_FAULT_BIT(BATTERY_DISCHARGE_LIMIT)},
        {BATTERY("0", "720", "1", "0"), 30, 0, 720, 0, 0, 0},
        {BATTERY("3600", "0", "0", "0"), 100, 3600, 0, 0, 0, 0}, /* full is not a limit */
        {BATTERY("0", "3600", "0", "0"), 0, 0, 3600, 0, 0, QF_FAULT_BIT(BATTERY_EMPTY)},
        {BATTERY("40", "40", "0", "0"), 50, 0, 0, 0, 0, 0},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        const battery *c = &cases[k];
        vehicles v;
        start(&v, &(scene){.count = 17, .hardware = c->hardware});
        advance(&v, 1);
        for (size_t e = 0; e < 17; e += 16) {
            assert_near(VALUE(&v, SOC, e), c->soc_pct, 1e-13);
            assert_exact(VALUE(&v, BATTERY_CHARGE, e), c->charge_w);
            assert_exact(VALUE(&v, BATTERY_DISCHARGE, e), c->discharge_w);
            assert_exact(VALUE(&v, BATTERY_SPILL, e), c->spill_w);
            assert_exact(VALUE(&v, BATTERY_UNSERVED, e), c->unserved_w);
            assert_int_equal(faults_of(&v, 0, e), c->faults);
        }
        finish(&v);
    }
}

static void an_empty_battery_is_a_fault_only_while_it_discharges(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.initial = "soc_pct: 0",
                       .hardware = SMALL_BATTERY
                       "power_plane: {base_power_out_w: 36, dock_current_limit_a: 1.8}",
                       .script = "{step: 1, cmd: dock, connected: true}"});
    advance(&v, 1);
    assert_true(FAULT(&v, BATTERY_EMPTY, 0));
    assert_exact(VALUE(&v, SOC, 0), 0.0);
    advance(&v, 1); /* supply meets demand */
    assert_false(FAULT(&v, BATTERY_EMPTY, 0));
    finish(&v);
}

static void a_battery_without_capacity_is_a_fault_and_holds_nothing(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 2,
                       .hardware = "power_capacity_wh: {grid: [0, 1]}, "
                                   "power_plane: {base_power_in_w: 36}"});
    advance(&v, 1);
    assert_true(FAULT(&v, BATTERY_CAPACITY_ZERO, 0));
    assert_exact(VALUE(&v, SOC, 0), 0.0);
    assert_false(FAULT(&v, BATTERY_CAPACITY_ZERO, 1));
    assert_exact(VALUE(&v, SOC, 1), 51.0);
    finish(&v);
}

/* Whether the payload draws, by charge, core temperature and budget. */
static void the_payload_needs_charge_a_cool_core_and_a_budget(void **state)
{
    (void)state;
    static const bool on[] = {true, false, true, false, true, false};
    vehicles v;
    start(&v,
          &(scene){.count = 6,
                   .initial = "soc_pct: {grid: [35, 34.99999999999999, 50, 50, 50, 50]}",
                   .hardware = "power_plane: {nbl_active_init: true, nbl_soc_min_pct: 35}, "
                               "thermal_plane: {nodes: ["
                               "{id: core, heat_capacity_j_per_c: 1e9, t_init_c: {grid: [20, 20,"
                               " 90, 90.00000000000001, 20, 20]}}]}",
                   .script = "{step: 0, cmd: nbl_max,"
                             " max_power_w: {grid: [12, 12, 12, 12, 12, -5]}}"});
    advance(&v, 1);
    for (size_t e = 0; e < 6; e++) {
        assert_exact(VALUE(&v, LOAD_NBL, e), on[e] ? 12.0 : 0.0);
        assert_int_equal(FLAG(&v, NBL_ALLOWED, e), on[e]);
        /* a budget of nothing is not a refusal */
        assert_int_equal(FLAG(&v, LOAD_SHEDDING, e), !on[e] && e != 5);
    }
    finish(&v);
}

static void without_a_core_node_the_charge_alone_decides_on_the_payload(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 3,
                       .initial = "soc_pct: {grid: [34, 35, 100]}",
                       .hardware = "power_plane: {nbl_active_init: true, nbl_soc_min_pct: 35,"
                                   " nbl_max_power_w: 12, nbl_core_temp_max_c: 5}, "
                                   "thermal_plane: {nodes: ["
                                   "{id: pdu, heat_capacity_j_per_c: 1e9, t_init_c: 50}]}"});
    advance(&v, 1);
    assert_exact(VALUE(&v, LOAD_NBL, 0), 0.0);
    assert_exact(VALUE(&v, LOAD_NBL, 1), 12.0);
    assert_exact(VALUE(&v, LOAD_NBL, 2), 12.0);
    finish(&v);
}

/* a node that is hot from the start trips at the end of the first tick, and sheds in the second */
static void trips_of_the_tick_before_shed_loads(void **state)
{
    (void)state;
    static const char hardware[] =
        "power_plane: {nbl_active_init: true, nbl_max_power_w: 12,"
        " radar_power_w: 18, transponder_power_w: 6,"
        " nbl_core_temp_max_c: 150}, "
        "thermal_plane: {nodes: ["
        "{id: core, heat_capacity_j_per_c: 1e9, t_init_c: {grid: [100, 20,"
        " 20]}, t_max_c: 80},"
        "{id: pdu, heat_capacity_j_per_c: 1e9, t_init_c: {grid: [20, 100,"
        " 20]}, t_max_c: 80},"
        "{id: hull, heat_capacity_j_per_c: 1e9, t_init_c: 100,"
        " t_max_c: 80}]}";
    static const bool radar[] = {true, false, true};
    static const bool payload[] = {false, false, true};
    vehicles v;
    start(&v, &(scene){.count = 3, .hardware = hardware, .script = RADAR_AND_TRANSPONDER});
    advance(&v, 1);
    for (size_t e = 0; e < 3; e++) {
        assert_exact(VALUE(&v, POWER_OUT, e), 36.0);
        assert_false(FLAG(&v, LOAD_SHEDDING, e));
    }
    advance(&v, 1);
    for (size_t e = 0; e < 3; e++) {
        assert_exact(VALUE(&v, LOAD_RADAR, e), radar[e] ? 18.0 : 0.0);
        assert_exact(VALUE(&v, LOAD_TRANSPONDER, e), radar[e] ? 6.0 : 0.0);
        assert_exact(VALUE(&v, LOAD_NBL, e), payload[e] ? 12.0 : 0.0);
        assert_int_equal(FLAG(&v, RADAR_ALLOWED, e), radar[e]);
        assert_int_equal(FLAG(&v, NBL_ALLOWED, e), payload[e]);
        assert_int_equal(FLAG(&v, LOAD_SHEDDING, e), !payload[e]);
    }
    finish(&v);
}

/* the trips of core and pdu in the second fault word: after 60 other nodes */
static void trips_in_a_later_fault_word_shed_loads_too(void **state)
{
    (void)state;
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fputs("power_plane: {nbl_active_init: true, nbl_max_power_w: 12,"
          " radar_power_w: 18, nbl_core_temp_max_c: 150}, "
          "thermal_plane: {nodes: [",
          out);
    for (int n = 0; n < 60; n++) {
        fprintf(out, "{id: n%d, heat_capacity_j_per_c: 1e9, t_init_c: 100, t_max_c: 80}, ", n);
    }
    fputs("{id: core, heat_capacity_j_per_c: 1e9, t_init_c: {grid: [100, 20, 20]}, t_max_c: 80},"
          "{id: pdu, heat_capacity_j_per_c: 1e9, t_init_c: {grid: [20, 100, 20]}, t_max_c: 80}]}",
          out);
    assert_int_equal(fclose(out), 0);
    vehicles v;
    start(&v, &(scene){.count = 3, .hardware = text, .script = RADAR_AND_TRANSPONDER});
    free(text);
    advance(&v, 2);
    static const double load_w[] = {18.0, 0.0, 30.0};
    for (size_t e = 0; e < 3; e++) {
        assert_exact(VALUE(&v, POWER_OUT, e), load_w[e]);
    }
    finish(&v);
}

static double sum_of_loads_w(const vehicles *v, size_t e)
{
    return VALUE(v, LOAD_MOTION, e) + VALUE(v, LOAD_MCQPU, e) + VALUE(v, LOAD_RADAR, e) +
           VALUE(v, LOAD_TRANSPONDER, e) + VALUE(v, LOAD_NBL, e) + VALUE(v, LOAD_RCS, e);
}

/*
 * What goes in and does not come out is stored: over a long run with everything switched about, the
 * energy of battery and supercapacitor changes by supply less demand, less what was spilled, plus
 * what was not served. The battery is large enough to stay between empty and full.
 */
static void stored_energy_is_supply_less_demand(void **state)
{
    (void)state;
    enum { N = 33, TICKS = 4000 };
    const double dt_s = 0.1;
    vehicles v;
    start(&v, &(scene){.count = N,
                       .dt_s = dt_s,
                       .seed = 4,
                       .initial = "soc_pct: {uniform: {min: 25, max: 60}}, supercap_soc_pct: 50,"
                                  " speed_mps: {uniform: {min: 0, max: 1}}",
                       .hardware = "power_capacity_wh: 40, "
                                   "power_plane: {base_power_in_w: 30, base_power_out_w: 60,"
                                   " motion_power_w_per_mps: 40, mcqpu_power_w_at_100pct: 35,"
                                   " radar_power_w: 18, transponder_power_w: 6, max_bus_a: 15,"
                                   " battery_max_charge_w: 50, battery_max_discharge_w: 70,"
                                   " supercap_capacity_wh: 0.5, supercap_max_charge_w: 40,"
                                   " supercap_max_discharge_w: 30, dock_current_limit_a: 10,"
                                   " dock_soft_start_s: 2, nbl_max_power_w: 20}, " THRUSTERS("80"),
                       .script = "{step: 0, cmd: nbl, active: true}, " RADAR_AND_TRANSPONDER ","
                                 "{step: 500, cmd: dock, connected: true},"
                                 "{step: 1500, cmd: dock, connected: false},"
                                 "{step: 1600, cmd: rcs, axis: forward, duration_s: 30,"
                                 " pct: {uniform: {min: 10, max: 100}}},"
                                 "{step: 2500, cmd: dock, connected: true},"
                                 "{step: 3000, cmd: speed, mps: 0},"
                                 "{step: 3500, cmd: dock, connected: false}"});
    double first_wh[N];
    double balance_wh[N] = {0.0};
    double spilled_wh = 0.0;
    double unserved_wh = 0.0;
    for (size_t e = 0; e < N; e++) {
        first_wh[e] = 0.40 * VALUE(&v, SOC, e) + VALUE(&v, SUPERCAP_WH, e);
    }
    for (int tick = 0; tick < TICKS; tick++) {
        advance(&v, 1);
        for (size_t e = 0; e < N; e++) {
            const double supply_w = 30.0 + VALUE(&v, DOCK_POWER, e);
            const double demand_w = 60.0 + sum_of_loads_w(&v, e);
            const double spill_w = VALUE(&v, BATTERY_SPILL, e);
            const double unserved_w = VALUE(&v, BATTERY_UNSERVED, e);
            balance_wh[e] += (supply_w - demand_w - spill_w + unserved_w) * dt_s / 3600.0;
            spilled_wh += spill_w * dt_s / 3600.0;
            unserved_wh += unserved_w * dt_s / 3600.0;
            assert_near(VALUE(&v, POWER_IN, e) - VALUE(&v, SUPERCAP_DISCHARGE, e), supply_w, 1e-11);
            assert_near(VALUE(&v, POWER_OUT, e) - VALUE(&v, SUPERCAP_CHARGE, e), demand_w, 1e-11);
        }
    }
    for (size_t e = 0; e < N; e++) {
        assert_true(VALUE(&v, SOC_MIN, e) > 0.0 && VALUE(&v, SOC, e) < 100.0);
        const double stored_wh = 0.40 * VALUE(&v, SOC, e) + VALUE(&v, SUPERCAP_WH, e);
        assert_true(fabs(stored_wh - first_wh[e]) > 0.1);
        assert_near(stored_wh - first_wh[e], balance_wh[e], 1e-10);
    }
    /* the run went through every limit */
    assert_true(spilled_wh > 1.0 && unserved_wh > 1.0);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_computer_follows_its_targets_with_2_and_4_seconds),
        cmocka_unit_test(the_bus_sags_with_the_charge),
        cmocka_unit_test(shedding_sets_at_the_low_limit_and_not_above_it),
        cmocka_unit_test(shedding_holds_between_its_limits),
        cmocka_unit_test(equal_limits_never_shed),
        cmocka_unit_test(power_is_critical_from_its_level_up_to_the_shedding_level),
        cmocka_unit_test(over_current_cuts_in_stages),
        cmocka_unit_test(what_does_not_draw_is_not_cut),
        cmocka_unit_test(a_current_limit_of_0_is_none),
        cmocka_unit_test(the_supercapacitor_works_within_its_energy_and_power),
        cmocka_unit_test(without_capacity_there_is_no_supercapacitor),
        cmocka_unit_test(the_dock_starts_softly_and_again_when_reconnected),
        cmocka_unit_test(a_connection_that_blinks_starts_again),
        cmocka_unit_test(the_dock_gives_the_least_of_station_and_current_limit),
        cmocka_unit_test(the_battery_works_within_its_limits),
        cmocka_unit_test(an_empty_battery_is_a_fault_only_while_it_discharges),
        cmocka_unit_test(a_battery_without_capacity_is_a_fault_and_holds_nothing),
        cmocka_unit_test(the_payload_needs_charge_a_cool_core_and_a_budget),
        cmocka_unit_test(without_a_core_node_the_charge_alone_decides_on_the_payload),
        cmocka_unit_test(trips_of_the_tick_before_shed_loads),
        cmocka_unit_test(trips_in_a_later_fault_word_shed_loads_too),
        cmocka_unit_test(stored_energy_is_supply_less_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
