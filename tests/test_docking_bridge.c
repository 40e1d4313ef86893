/* SPDX-License-Identifier: Apache-2.0 */
/* Power over bridges: what one takes the other gives, in the same tick. */
#include "docking.h"
#include "docking_stand.h"

enum { STATION = 0, CHASER = 1, THIRD = 2, AVAILABLE_W = 56 };

/* nothing draws power but the bridge; what comes in, where shedding ends and what batteries give (0: any) is open */
#define BRIDGED(in_w, shed_low_pct, shed_high_pct, max_discharge_w)                                \
    "bus_v_nominal: 28, bus_v_min: 28, max_bus_a: 0, base_power_in_w: " in_w                       \
    ", base_power_out_w: 0, "                                                                      \
    "motion_power_w_per_mps: 0, mcqpu_power_w_at_100pct: 0, radar_power_w: 0, "                    \
    "transponder_power_w: 0, soc_shed_low_pct: " shed_low_pct                                      \
    ", soc_shed_high_pct: " shed_high_pct ", "                                                     \
    "battery_max_charge_w: 0, battery_max_discharge_w: " max_discharge_w                           \
    ", supercap_capacity_wh: 0, "                                                                  \
    "supercap_max_charge_w: 0, supercap_max_discharge_w: 0, dock_connected_init: false, "          \
    "dock_station_bus_v: 28, dock_station_max_power_w: 56, dock_current_limit_a: 10, "             \
    "dock_soft_start_s: 2, nbl_max_power_w: 0"

/* and batteries take and give any */
#define QUIET BRIDGED("0", "20", "30", "0")

static const rig_scene two = {.counts = {1, 1}, .power = QUIET};
static const rig_scene three = {.counts = {1, 1, 1}, .power = QUIET};

/* docked softly in a row; hard after 1 s */
static rig *open_row(const rig_scene *setting)
{
    rig *r = open_rig(setting);
    for (size_t g = 0; g < r->n_groups; g++) {
        r->docking[g].capture.soft_s = 1.0;
    }
    return r;
}

static void dock_row(rig *r, const rig_scene *setting)
{
    start_fleet(r);
    for (size_t g = 1; g < r->n_groups; g++) {
        put(r, g, 0.0, 0.0, 2.4 * (double)g + 0.001 * (double)g, 0.0, 0.0, -0.02 * (double)g);
    }
    start_rig(r, setting);
    fly(r, 11);
    for (size_t g = 1; g < r->n_groups; g++) {
        assert_int_equal(port_of(r, QF_FIELD_PORT_STATE, DOWN, g), 1);
    }
}

static double stored_wh(const rig *r, size_t n)
{
    double wh = 0.0;
    for (size_t e = 0; e < n; e++) {
        wh += VALUE(&r->v, SOC, e); /* of 100 Wh */
    }
    return wh;
}

static void what_is_taken_is_given_from_the_first_tick_on(void **state)
{
    (void)state;
    rig *r = open_row(&two);
    dock_row(r, &two);
    const double before_wh = stored_wh(r, 2);
    assert_false(FLAG(&r->v, DOCK_CONNECTED, CHASER));
    assert_exact(VALUE(&r->v, BRIDGE_POWER, STATION), 0.0);
    double given_wh = 0.0;
    for (int t = 1; t <= 40; t++) {
        fly(r, 1);
        assert_true(FLAG(&r->v, DOCK_CONNECTED, CHASER));
        assert_false(FLAG(&r->v, DOCK_CONNECTED, STATION));
        assert_near(VALUE(&r->v, BRIDGE_POWER, STATION), AVAILABLE_W * fmin(0.1 * t / 2.0, 1.0),
                    1e-12);
        assert_exact(VALUE(&r->v, DOCK_POWER, CHASER), VALUE(&r->v, BRIDGE_POWER, STATION));
        assert_exact(VALUE(&r->v, BRIDGE_POWER, CHASER), 0.0);
        given_wh += VALUE(&r->v, BRIDGE_POWER, STATION) * 0.1 / 3600.0;
    }
    assert_near(VALUE(&r->v, SOC, STATION), 50.0 - given_wh, 1e-12);
    assert_near(VALUE(&r->v, SOC, CHASER), 50.0 + given_wh, 1e-12);
    assert_near(stored_wh(r, 2), before_wh, 1e-12);
    close_rig(r);
}

/* the one in the middle takes from the station what it does, and gives the third what that takes */
static void a_chain_hands_power_on(void **state)
{
    (void)state;
    rig *r = open_row(&three);
    dock_row(r, &three);
    fly(r, 30);
    assert_near(VALUE(&r->v, BRIDGE_POWER, STATION), AVAILABLE_W, 1e-12);
    assert_near(VALUE(&r->v, BRIDGE_POWER, CHASER), AVAILABLE_W, 1e-12);
    assert_exact(VALUE(&r->v, BRIDGE_POWER, THIRD), 0.0);
    assert_near(stored_wh(r, 3), 150.0, 1e-12);
    assert_near(VALUE(&r->v, SOC, CHASER), 50.0, 1e-12);
    close_rig(r);
}

static void who_sheds_for_low_charge_gives_nothing(void **state)
{
    (void)state;
    rig *r = open_row(&two);
    dock_row(r, &two);
    fly(r, 30);
    double *soc = &qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[qf_fleet_entity(&r->v.fleet, 0).slot];
    *soc = 15.0;
    fly(r, 1); /* it finds that its charge is low */
    const double before_wh = stored_wh(r, 2);
    fly(r, 1);
    assert_false(FLAG(&r->v, DOCK_CONNECTED, CHASER));
    assert_exact(VALUE(&r->v, BRIDGE_POWER, STATION), 0.0);
    assert_exact(VALUE(&r->v, DOCK_POWER, CHASER), 0.0);
    assert_exact(stored_wh(r, 2), before_wh);
    *soc = 40.0; /* and again, from the start of the ramp */
    fly(r, 2);
    assert_near(VALUE(&r->v, BRIDGE_POWER, STATION), AVAILABLE_W * 0.05, 1e-12);
    assert_exact(VALUE(&r->v, DOCK_POWER, CHASER), VALUE(&r->v, BRIDGE_POWER, STATION));
    close_rig(r);
}

/* what one second or more of flight moved; in Wh */
typedef struct moved {
    double taken_wh;  /* by the chaser's dock */
    size_t n_lacking; /* ticks in which the station gave without having all of it */
    size_t n_bridged; /* ticks in which it gave */
    size_t in_a_row;  /* the most of lacking ticks one after the other */
    double most_given_w;
} moved;

static moved watch(rig *r, int n_ticks)
{
    moved m = {0};
    size_t row = 0;
    for (int t = 0; t < n_ticks; t++) {
        fly(r, 1);
        const double bridge_w = VALUE(&r->v, BRIDGE_POWER, STATION);
        const bool lacks =
            FAULT(&r->v, BATTERY_DISCHARGE_LIMIT, STATION) || FAULT(&r->v, BATTERY_EMPTY, STATION);
        assert_exact(VALUE(&r->v, DOCK_POWER, CHASER), bridge_w);
        row = lacks && bridge_w > 0.0 ? row + 1 : 0;
        m.in_a_row = row > m.in_a_row ? row : m.in_a_row;
        m.n_lacking += row > 0;
        m.n_bridged += bridge_w > 0.0;
        m.taken_wh += bridge_w * 0.1 / 3600.0;
        m.most_given_w = fmax(m.most_given_w, bridge_w);
    }
    return m;
}

/*
 * A tick in which more is taken than the giver has is the last before an interruption. All that was served up to it,
 * and a giver that can give the same in each tick lacks no more than the soft start's last step: 2.8 W for 0.1 s. One
 * that runs empty lacks at most what it gives in that tick.
 */
static void what_is_taken_is_what_the_giver_had_but_for_a_tick_at_each_interruption(void **state)
{
    (void)state;
    static const struct {
        const char *power;
        double in_w, soc_pct, excess_w, most_w;
    } cases[] = {
        {BRIDGED("0", "20", "30", "1"), 0.0, 50.0, 2.8, 2.8},
        {BRIDGED("0", "20", "30", "30"), 0.0, 50.0, 2.8, 30.8},
        {BRIDGED("12", "20", "30", "1"), 12.0, 50.0, 2.8, 14.0},
        {BRIDGED("0", "0", "0", "0"), 0.0, 0.01, 44.8, 44.8},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        const rig_scene setting = {.counts = {1, 1}, .power = cases[c].power};
        rig *r = open_row(&setting);
        dock_row(r, &setting);
        double *soc = &qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[qf_fleet_entity(&r->v.fleet, 0).slot];
        *soc = cases[c].soc_pct;
        enum { TICKS = 600 };
        const moved m = watch(r, TICKS);
        const double step_h = 0.1 / 3600.0;
        const double had_wh = cases[c].in_w * TICKS * step_h + cases[c].soc_pct - *soc;
        assert_true(m.n_lacking > 1 && m.n_bridged > m.n_lacking - 1);
        assert_int_equal(m.in_a_row, 1);
        assert_true(m.taken_wh <=
                    had_wh + (double)m.n_lacking * cases[c].excess_w * step_h + 1e-12);
        assert_near(m.most_given_w, cases[c].most_w, 1e-12);
        close_rig(r);
    }
}

static void a_quarantined_station_gives_nothing(void **state)
{
    (void)state;
    rig *r = open_row(&two);
    dock_row(r, &two);
    fly(r, 30);
    qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[qf_fleet_entity(&r->v.fleet, 0).slot] = (double)NAN;
    fly(r, 2);
    assert_false(FLAG(&r->v, DOCK_CONNECTED, CHASER));
    assert_exact(VALUE(&r->v, DOCK_POWER, CHASER), 0.0);
    close_rig(r);
}

static bool share_data(const rig *r, size_t a, size_t b)
{
    const qf_fleet *fleet = &r->v.fleet;
    return qf_docking_shares_data(fleet, qf_fleet_entity(fleet, a).slot,
                                  qf_fleet_entity(fleet, b).slot);
}

static void ports_without_power_bridge_none_and_data_is_apart(void **state)
{
    (void)state;
    for (int has = 0; has < 2; has++) {
        rig *r = open_row(&two);
        r->ports[STATION][UP].power = has == 1;
        r->ports[STATION][UP].data = has == 0;
        dock_row(r, &two);
        assert_false(share_data(r, CHASER, STATION)); /* soft */
        fly(r, 10);
        assert_true(FLAG(&r->v, DOCKED, CHASER));
        assert_int_equal(FLAG(&r->v, DOCK_CONNECTED, CHASER), has);
        assert_int_equal(VALUE(&r->v, BRIDGE_POWER, STATION) > 0.0, has);
        assert_int_equal(share_data(r, CHASER, STATION), !has);
        assert_int_equal(share_data(r, STATION, CHASER), !has);
        close_rig(r);
    }
}

/* in a row of three, of which one port may have no bridge for data */
static void data_goes_through_others_as_far_as_there_are_bridges(void **state)
{
    (void)state;
    for (size_t without = 0; without < 3; without++) { /* 0: all have one */
        rig *r = open_row(&three);
        r->ports[without][DOWN].data = without == 0;
        dock_row(r, &three);
        assert_false(share_data(r, THIRD, STATION));
        fly(r, 20);
        assert_int_equal(share_data(r, CHASER, STATION), without != CHASER);
        assert_int_equal(share_data(r, THIRD, CHASER), without != THIRD);
        assert_int_equal(share_data(r, THIRD, STATION), without == 0);
        const size_t slot = qf_fleet_entity(&r->v.fleet, CHASER).slot;
        qf_f64(&r->v.fleet, QF_FIELD_SOC, 0)[slot] = (double)NAN;
        fly(r, 2); /* it is quarantined, and nobody hears of anybody through it */
        assert_false(share_data(r, THIRD, STATION) || share_data(r, CHASER, STATION));
        close_rig(r);
    }
}

static void undocking_unplugs(void **state)
{
    (void)state;
    rig_scene setting = two;
    setting.script[STATION] = "{step: 40, cmd: dock, connected: false}";
    rig *r = open_row(&setting);
    dock_row(r, &setting);
    fly(r, 29);
    assert_true(FLAG(&r->v, DOCK_CONNECTED, CHASER));
    fly(r, 1);
    assert_int_equal(told(r, CHASER, QF_EVENT_UNDOCKED, NULL), 1);
    assert_false(FLAG(&r->v, DOCK_CONNECTED, CHASER));
    assert_exact(VALUE(&r->v, BRIDGE_POWER, STATION), 0.0);
    assert_exact(VALUE(&r->v, DOCK_POWER, CHASER), 0.0);
    assert_near(stored_wh(r, 2), 100.0, 1e-12);
    close_rig(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_given_from_the_first_tick_on),
        cmocka_unit_test(a_chain_hands_power_on),
        cmocka_unit_test(who_sheds_for_low_charge_gives_nothing),
        cmocka_unit_test(what_is_taken_is_what_the_giver_had_but_for_a_tick_at_each_interruption),
        cmocka_unit_test(a_quarantined_station_gives_nothing),
        cmocka_unit_test(ports_without_power_bridge_none_and_data_is_apart),
        cmocka_unit_test(data_goes_through_others_as_far_as_there_are_bridges),
        cmocka_unit_test(undocking_unplugs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
