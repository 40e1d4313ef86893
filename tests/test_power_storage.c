/* SPDX-License-Identifier: Apache-2.0 */
/* Supercapacitor and battery of the power plane. */
#include "power_scene.h"

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

/* 40 W are missing in one tick of 36 s, 0.4 Wh; a capacitor of 4 Wh is half full */
static void vehicles_with_and_without_a_supercapacitor_stand_side_by_side(void **state)
{
    (void)state;
    enum { N = 17 };
    vehicles v;
    start(&v, &(scene){.count = N,
                       .dt_s = 36.0,
                       .hardware = POWER("supercap_capacity_wh: {grid: [0, 4]},"
                                         " supercap_soc_pct_init: 50, base_power_out_w: 40,"
                                         " supercap_max_discharge_w: 100")});
    advance(&v, 1);
    for (size_t e = 0; e < N; e++) {
        const bool has = e % 2 == 1;
        assert_near(VALUE(&v, SUPERCAP_WH, e), has ? 1.6 : 0.0, 1e-14);
        assert_near(VALUE(&v, SUPERCAP_SOC, e), has ? 40.0 : 0.0, 1e-12);
        assert_near(VALUE(&v, SUPERCAP_DISCHARGE, e), has ? 40.0 : 0.0, 1e-12);
        assert_near(VALUE(&v, BATTERY_DISCHARGE, e), has ? 0.0 : 40.0, 1e-12);
    }
    finish(&v);
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
        cmocka_unit_test(the_supercapacitor_works_within_its_energy_and_power),
        cmocka_unit_test(without_capacity_there_is_no_supercapacitor),
        cmocka_unit_test(vehicles_with_and_without_a_supercapacitor_stand_side_by_side),
        cmocka_unit_test(the_battery_works_within_its_limits),
        cmocka_unit_test(an_empty_battery_is_a_fault_only_while_it_discharges),
        cmocka_unit_test(a_battery_without_capacity_is_a_fault_and_holds_nothing),
        cmocka_unit_test(stored_energy_is_supply_less_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
