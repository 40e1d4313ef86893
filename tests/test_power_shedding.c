/* SPDX-License-Identifier: Apache-2.0 */
/* What the power plane sheds, and by which conditions. */
#include "power_scene.h"

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

/* core and pdu after so many other nodes: their trips lie elsewhere in the fault words */
static void assert_trips_shed_loads(int n_before)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fputs("power_plane: {nbl_active_init: true, nbl_max_power_w: 12,"
          " radar_power_w: 18, nbl_core_temp_max_c: 150}, "
          "thermal_plane: {nodes: [",
          out);
    for (int n = 0; n < n_before; n++) {
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

static void trips_anywhere_in_the_fault_words_shed_loads(void **state)
{
    (void)state;
    assert_trips_shed_loads(0);
    assert_trips_shed_loads(40); /* in the upper half of the first word */
    assert_trips_shed_loads(55); /* its last bit, and the first of the second */
    assert_trips_shed_loads(60); /* both in the second */
}

/* bits 40 and 63 belong to nobody: whoever takes them for a flag must find them as they were */
static void flags_that_power_does_not_decide_stay_as_they_are(void **state)
{
    (void)state;
    enum { N = 17 };
    const uint64_t others = UINT64_C(1) << 40 | UINT64_C(1) << 63;
    vehicles v;
    start(&v, &(scene){.count = N, .initial = "soc_pct: 50"});
    uint64_t *flags = qf_u64(&v.fleet, QF_FIELD_FLAGS, 0);
    for (size_t e = 0; e < N; e++) {
        const size_t slot = qf_fleet_entity(&v.fleet, e).slot;
        flags[slot] = (e % 2 ? others : 0) | QF_FLAG_BIT(SHED_LOW_SOC) |
                      QF_FLAG_BIT(POWER_CRITICAL) | QF_FLAG_BIT(NBL_ALLOWED) |
                      QF_FLAG_BIT(LOAD_SHEDDING) | QF_FLAG_BIT(PDU_THROTTLED);
    }
    advance(&v, 1);
    for (size_t e = 0; e < N; e++) {
        assert_int_equal(flags_of(&v, e), (e % 2 ? others : 0) | QF_FLAG_BIT(RADAR_ALLOWED) |
                                              QF_FLAG_BIT(TRANSPONDER_ALLOWED));
    }
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shedding_sets_at_the_low_limit_and_not_above_it),
        cmocka_unit_test(shedding_holds_between_its_limits),
        cmocka_unit_test(equal_limits_never_shed),
        cmocka_unit_test(power_is_critical_from_its_level_up_to_the_shedding_level),
        cmocka_unit_test(the_payload_needs_charge_a_cool_core_and_a_budget),
        cmocka_unit_test(without_a_core_node_the_charge_alone_decides_on_the_payload),
        cmocka_unit_test(trips_of_the_tick_before_shed_loads),
        cmocka_unit_test(trips_anywhere_in_the_fault_words_shed_loads),
        cmocka_unit_test(flags_that_power_does_not_decide_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
