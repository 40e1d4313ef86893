/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Books of electrical energy over a whole run of a station in the sun and a ship that docks at it, takes power from it and
 * leaves: what batteries and supercapacitors hold changes by what came in less what went out, but for what a battery
 * could not take or serve, and what the station gives is what the ship takes.
 */
#include "books_stand.h"

enum { STATION, CHASER };

static const char bridged[] =
    "schema: qfleet/1\n"
    "time: {dt_s: 0.125, duration_s: 60}\n"
    "environment: {sun: {direction: [-0.84, 0.42, 0.36], flux_wpm2: 1361}}\n"
    "groups:\n"
    "  - name: station\n    kind: station\n    count: 1\n"
    "    hardware:\n"
    "      file: " SHIP_HARDWARE "\n"
    "      hardware_profile: {battery_soc_init_pct: 60, power_plane: {base_power_in_w: 20, "
    "base_power_out_w: 70, battery_max_charge_w: 55, battery_max_discharge_w: 300, "
    "supercap_capacity_wh: 0.5}}\n"
    "    body:\n"
    "      mass_kg: 420\n      inertia_kgm2: [160, 180, 170]\n      hull: {radius_m: 1.3}\n"
    "      solar: {area_m2: 3, efficiency: 0.3, normal: [0, 0, 1]}\n"
    "    docking: {ports: " PORTS ", capture: {lateral_m: 0.3, axial_mps: 1, lateral_mps: 1, "
    "angle_deg: 20, rate_dps: 10, soft_s: 4}}\n"
    "    initial: {propellant_kg: 0, rates_dps: [3, 6, 0]}\n"
    "  - name: chaser\n    kind: ship\n    count: 1\n"
    "    hardware:\n"
    "      file: " SHIP_HARDWARE "\n"
    "      hardware_profile: {battery_soc_init_pct: 40, power_plane: {base_power_in_w: 0, "
    "base_power_out_w: 80, battery_max_charge_w: 30, battery_max_discharge_w: 60, "
    "supercap_capacity_wh: 0.3, supercap_max_charge_w: 60, dock_soft_start_s: 3, "
    "dock_station_max_power_w: 180}}\n"
    "    body:\n"
    "      mass_kg: 420\n      inertia_kgm2: [160, 180, 170]\n      hull: {radius_m: 1.3}\n"
    "    docking: {ports: " PORTS "}\n"
    "    initial: {position_m: [0, 0, -2.405], velocity_mps: [0, 0, 0.06], propellant_kg: 5}\n"
    "    behavior:\n"
    "      approach: {target: station, port: aft_bayonet, own_port: forward_bayonet}\n"
    "    script: [{time_s: 40, cmd: undock}]\n";

static double of(const book *b, qf_field_id field, size_t group)
{
    return number_in(b, field, 0, group);
}

static double held_wh(const book *b, size_t group)
{
    const double battery_wh = 500.0;
    return of(b, QF_FIELD_SOC, group) / 100.0 * battery_wh + of(b, QF_FIELD_SUPERCAP_WH, group);
}

/* what went through the bus, told part by part */
static double gained_w(const book *b, size_t group)
{
    static const double base_in_w[] = {20.0, 0.0};
    static const double base_out_w[] = {70.0, 80.0};
    static const qf_field_id in[] = {QF_FIELD_DOCK_POWER, QF_FIELD_SOLAR_POWER};
    static const qf_field_id out[] = {
        QF_FIELD_LOAD_MOTION, QF_FIELD_LOAD_MCQPU, QF_FIELD_LOAD_RADAR,  QF_FIELD_LOAD_TRANSPONDER,
        QF_FIELD_LOAD_NBL,    QF_FIELD_LOAD_RCS,   QF_FIELD_BRIDGE_POWER};
    double in_w = base_in_w[group];
    double out_w = base_out_w[group];
    for (size_t k = 0; k < COUNT(in); k++) {
        in_w += of(b, in[k], group);
    }
    for (size_t k = 0; k < COUNT(out); k++) {
        out_w += of(b, out[k], group);
    }
    /* the same, as the bus says */
    assert_near(of(b, QF_FIELD_POWER_IN, group) - of(b, QF_FIELD_SUPERCAP_DISCHARGE, group), in_w,
                1e-9);
    assert_near(of(b, QF_FIELD_POWER_OUT, group) - of(b, QF_FIELD_SUPERCAP_CHARGE, group), out_w,
                1e-9);
    return in_w - out_w;
}

/* what occurs, as bits */
enum {
    SPILLS = 1,
    UNSERVED = 2,
    CHARGES = 4,
    DISCHARGES = 8,
    FILLS = 16,
    DRAINS = 32,
    SUN = 64,
    DARK = 128
};

static unsigned occurs(const book *b, size_t group)
{
    const qf_field_id fields[] = {QF_FIELD_BATTERY_SPILL,   QF_FIELD_BATTERY_UNSERVED,
                                  QF_FIELD_BATTERY_CHARGE,  QF_FIELD_BATTERY_DISCHARGE,
                                  QF_FIELD_SUPERCAP_CHARGE, QF_FIELD_SUPERCAP_DISCHARGE,
                                  QF_FIELD_SOLAR_POWER};
    unsigned bits = of(b, QF_FIELD_SOLAR_POWER, group) > 0.0 ? 0 : DARK;
    for (size_t k = 0; k < COUNT(fields); k++) {
        bits |= (unsigned)(of(b, fields[k], group) > 0.0) << k;
    }
    return bits;
}

static void energy_that_is_held_is_what_came_in_less_what_went_out(void **state)
{
    book b;
    open_book(&b, state, bridged);
    double start_wh[2] = {held_wh(&b, STATION), held_wh(&b, CHASER)};
    double gained_wh[2] = {0.0};
    double given_wh = 0.0;
    unsigned seen[2] = {0};
    size_t n_bridged = 0;
    size_t n_ramp = 0;
    while (next_tick(&b)) {
        const double hours = 0.125 / 3600.0;
        for (size_t g = 0; g < 2; g++) {
            gained_wh[g] += hours * (gained_w(&b, g) - of(&b, QF_FIELD_BATTERY_SPILL, g) +
                                     of(&b, QF_FIELD_BATTERY_UNSERVED, g));
            assert_near(held_wh(&b, g) - start_wh[g], gained_wh[g], 1e-10);
            seen[g] |= occurs(&b, g);
        }
        const double taken_w = of(&b, QF_FIELD_DOCK_POWER, CHASER);
        assert_true(of(&b, QF_FIELD_BRIDGE_POWER, STATION) == taken_w);
        assert_true(of(&b, QF_FIELD_BRIDGE_POWER, CHASER) == 0.0);
        given_wh += hours * taken_w;
        n_bridged += taken_w > 0.0;
        n_ramp += taken_w > 0.0 && taken_w < 180.0;
    }
    /* captured in the second tick, hard 4 s later: 287 ticks of 180 W, less 23 + 22 + ... + 1 parts of 24 */
    assert_near(given_wh, 180.0 * (287.0 - 11.5) * 0.125 / 3600.0, 1e-9);
    assert_int_equal(n_bridged, 287);
    assert_int_equal(n_ramp, 3 * 8 - 1);
    const unsigned both = CHARGES | DISCHARGES | FILLS | DRAINS;
    assert_int_equal(seen[STATION] & (both | SPILLS | SUN | DARK), both | SPILLS | SUN | DARK);
    assert_false(seen[STATION] & UNSERVED); /* or it would not give */
    assert_int_equal(seen[CHASER] & (both | SPILLS | UNSERVED), both | SPILLS | UNSERVED);
    close_book(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(energy_that_is_held_is_what_came_in_less_what_went_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
