/* SPDX-License-Identifier: Apache-2.0 */
#include "vehicle.h"

/* Euler's recursion of one node: ambient + (first - ambient) * (1 - loss dt / C)^n */
static void a_node_alone_decays_to_ambient(void **state)
{
    (void)state;
    static const double first_c[] = {100.0, -50.0, 10.0};
    vehicles v;
    start(&v, &(scene){.count = 17,
                       .dt_s = 2.0,
                       .ambient_c = 10.0,
                       .hardware = "thermal_plane: {ambient_exchange_w_per_c: 0.25, nodes: ["
                                   "{id: box, heat_capacity_j_per_c: 50, cooling_w_per_c: 0.5,"
                                   " t_init_c: {grid: [100, -50, 10]}}]}"});
    for (int n = 1; n <= 200; n++) {
        advance(&v, 1);
        for (size_t e = 0; e < 17; e++) {
            const double expected_c = 10.0 + (first_c[e % 3] - 10.0) * pow(0.97, n);
            assert_near(temp_of(&v, 0, e), expected_c, 1e-12);
        }
    }
    finish(&v);
}

static void capacity_and_loss_may_differ_from_vehicle_to_vehicle(void **state)
{
    (void)state;
    static const double capacity[] = {50.0, 100.0, 400.0};
    static const double cooling[] = {0.5, 1.5};
    vehicles v;
    start(&v, &(scene){.count = 40,
                       .hardware = "thermal_plane: {nodes: ["
                                   "{id: box, heat_capacity_j_per_c: {grid: [50, 100, 400]},"
                                   " t_init_c: 80, cooling_w_per_c: {grid: [0.5, 1.5]}}]}"});
    advance(&v, 30);
    for (size_t e = 0; e < 40; e++) {
        const double factor = 1.0 - cooling[e % 2] / capacity[e % 3];
        assert_near(temp_of(&v, 0, e), 80.0 * pow(factor, 30.0), 1e-12);
    }
    finish(&v);
}

/* no loss: heat only moves, and the difference shrinks by 1 - k dt (1/C1 + 1/C2) each tick */
static void coupled_nodes_keep_their_heat_and_level_out(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.dt_s = 0.5,
                       .ambient_c = -100.0,
                       .hardware = "thermal_plane: {nodes: ["
                                   "{id: a, heat_capacity_j_per_c: 30, t_init_c: 100}, "
                                   "{id: b, heat_capacity_j_per_c: 70, t_init_c: 20}], "
                                   "couplings: [{a: b, b: a, k_w_per_c: 2}]}"});
    const double heat_j = 30.0 * 100.0 + 70.0 * 20.0;
    const double factor = 1.0 - 2.0 * 0.5 * (1.0 / 30.0 + 1.0 / 70.0);
    for (int n = 1; n <= 100; n++) {
        advance(&v, 1);
        const double a_c = temp_of(&v, 0, 0);
        const double b_c = temp_of(&v, 1, 0);
        assert_near(30.0 * a_c + 70.0 * b_c, heat_j, 1e-10);
        assert_near(a_c - b_c, 80.0 * pow(factor, n), 1e-12);
    }
    finish(&v);
}

/* the idle computer: 8 percent of 1000 W, of which 0.8 heat the core, against 2 W per degree */
static void constant_heat_ends_at_its_equilibrium(void **state)
{
    (void)state;
    vehicles v;
    start(&v,
          &(scene){.ambient_c = -20.0,
                   .hardware = "power_plane: {mcqpu_power_w_at_100pct: 1000, base_power_in_w: 80},"
                               "thermal_plane: {ambient_exchange_w_per_c: 0.5, nodes: ["
                               "{id: core, heat_capacity_j_per_c: 10, cooling_w_per_c: 1.5,"
                               " t_init_c: 40}]}"});
    advance(&v, 1);
    /* 40 + (64 - 2 * 60) / 10 */
    assert_near(temp_of(&v, 0, 0), 34.4, 1e-13);
    advance(&v, 300);
    assert_near(temp_of(&v, 0, 0), -20.0 + 64.0 / 2.0, 1e-12);
    finish(&v);
}

/*
 * Everything draws at once on a 10 V bus: base 50 W, thrusters 40 W, NBL 10 W, computer 8 W; the
 * dock gives 3 A at 20 V. 108 W against 60 W: the supercapacitor gives its 18 W, the battery 30 W.
 */
static void every_part_heats_its_own_node(void **state)
{
    (void)state;
    static const struct {
        const char *node;
        double heat_w;
    } expected[] = {
        {"core", 0.8 * 8.0 + 0.7 * 10.0},
        {"pdu", 0.02 * 108.0 + 0.4 * 10.8 * 10.8},
        {"supercap", 0.03 * 18.0},
        {"battery", 0.01 * 30.0},
        {"dock_bridge", 0.25 * 3.0 * 3.0},
        {"hull", 0.35 * 40.0},
        {"shelf", 0.0},
    };
    vehicles v;
    start(&v,
          &(scene){.count = 17,
                   .hardware = "power_plane: {base_power_out_w: 50, mcqpu_power_w_at_100pct: 100,"
                               " nbl_active_init: true, nbl_max_power_w: 10,"
                               " supercap_capacity_wh: 10, supercap_soc_pct_init: 50,"
                               " supercap_max_discharge_w: 18, dock_connected_init: true,"
                               " dock_current_limit_a: 3},"
                               "thermal_plane: {nodes: ["
                               "{id: shelf, heat_capacity_j_per_c: 100, t_init_c: 0}, "
                               "{id: hull, heat_capacity_j_per_c: 100, t_init_c: 0}, "
                               "{id: core, heat_capacity_j_per_c: 100, t_init_c: 0}, "
                               "{id: pdu, heat_capacity_j_per_c: 100, t_init_c: 0}, "
                               "{id: dock_bridge, heat_capacity_j_per_c: 100, t_init_c: 0}, "
                               "{id: battery, heat_capacity_j_per_c: 100, t_init_c: 0}, "
                               "{id: supercap, heat_capacity_j_per_c: 100, t_init_c: 0}]},"
                               "propulsion_plane: {rcs_power_w_at_100pct: 40,"
                               " heat_fraction_to_hull: 0.35, thrusters: ["
                               "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1},"
                               "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1}]}",
                   .script = "{step: 0, cmd: rcs, axis: forward, pct: 100, duration_s: 9}"});
    advance(&v, 1);
    assert_near(VALUE(&v, POWER_OUT, 0), 108.0, 1e-12);
    for (size_t k = 0; k < COUNT(expected); k++) {
        size_t node = 0;
        while (strcmp(v.fleet.catalog.node_names[node], expected[k].node) != 0) {
            node++;
        }
        for (size_t e = 0; e < 17; e++) {
            if (fabs(temp_of(&v, node, e) - expected[k].heat_w / 100.0) > 1e-13) {
                fail_msg("%s: %.17g, expected %.17g", expected[k].node, temp_of(&v, node, e),
                         expected[k].heat_w / 100.0);
            }
        }
    }
    finish(&v);
}

static void temperatures_stay_between_minus_120_and_160(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.ambient_c = -200.0,
                       .hardware = "power_plane: {mcqpu_power_w_at_100pct: 1000000},"
                                   "thermal_plane: {nodes: ["
                                   "{id: core, heat_capacity_j_per_c: 10, t_init_c: 150}, "
                                   "{id: cold, heat_capacity_j_per_c: 10, cooling_w_per_c: 10,"
                                   " t_init_c: -110}]}"});
    advance(&v, 1);
    assert_exact(temp_of(&v, 0, 0), 160.0);
    assert_exact(temp_of(&v, 1, 0), -120.0);
    finish(&v);
}

/* loss dt / C = 1.5: cooling would pass the ambient temperature, so stops there; warming passes */
static void cooling_stops_at_ambient_and_warming_does_not(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 2,
                       .ambient_c = 10.0,
                       .hardware = "thermal_plane: {nodes: ["
                                   "{id: box, heat_capacity_j_per_c: 20, cooling_w_per_c: 30,"
                                   " t_init_c: {grid: [20, 0]}}]}"});
    advance(&v, 1);
    assert_exact(temp_of(&v, 0, 0), 10.0);
    assert_exact(temp_of(&v, 0, 1), 15.0);
    advance(&v, 1);
    assert_exact(temp_of(&v, 0, 0), 10.0);
    assert_exact(temp_of(&v, 0, 1), 10.0);
    finish(&v);
}

/* half of the temperature goes in each tick, so that the limits are met exactly */
static void trips_set_and_clear_exactly_at_their_limits(void **state)
{
    (void)state;
    static const bool expected[3][6] = {
        {true, false, true, false, false, false}, /* 80, 79.5, 80, ... */
        {false, false, true, false, false, false},
        {false, false, false, false, false, false},
    };
    vehicles v;
    start(&v, &(scene){.count = 6,
                       .hardware = "thermal_plane: {nodes: ["
                                   "{id: box, heat_capacity_j_per_c: 2, cooling_w_per_c: 1,"
                                   " t_init_c: {grid: [160, 159, 160, 160, 160, 160]},"
                                   " t_max_c: {grid: [80, 80, 80, 0, -10, 80]},"
                                   " t_hysteresis_c: {grid: [40, 40, 41, 5, 5, 0]}}]}"});
    for (size_t tick = 0; tick < 3; tick++) {
        advance(&v, 1);
        for (size_t e = 0; e < 6; e++) {
            if (tripped(&v, 0, e) != expected[tick][e]) {
                fail_msg("tick %zu, vehicle %zu at %g C", tick + 1, e, temp_of(&v, 0, e));
            }
        }
    }
    finish(&v);
}

static void a_trip_just_below_its_limit_does_not_set_and_just_above_it_clears_not(void **state)
{
    (void)state;
    /* no heat at all: set at once at 80, held above 75 */
    static const bool expected[] = {false, true, true};
    vehicles v;
    start(&v, &(scene){.count = 3,
                       .hardware = "thermal_plane: {nodes: ["
                                   "{id: box, heat_capacity_j_per_c: 1, t_max_c: 80,"
                                   " t_hysteresis_c: 5, t_init_c: {grid: [79.99999999999999, 80,"
                                   " 80.1]}}]}"});
    advance(&v, 3);
    for (size_t e = 0; e < 3; e++) {
        assert_int_equal(tripped(&v, 0, e), expected[e]);
    }
    finish(&v);
}

static void a_heat_capacity_below_1_counts_as_1(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 4,
                       .hardware = "thermal_plane: {nodes: ["
                                   "{id: box, heat_capacity_j_per_c: {grid: [0, 0.1, 1, 2]},"
                                   " cooling_w_per_c: 0.5, t_init_c: 20}]}"});
    advance(&v, 1);
    assert_exact(temp_of(&v, 0, 0), 10.0);
    assert_exact(temp_of(&v, 0, 1), 10.0);
    assert_exact(temp_of(&v, 0, 2), 10.0);
    assert_exact(temp_of(&v, 0, 3), 15.0);
    finish(&v);
}

static void a_plane_that_is_off_has_no_temperatures_and_no_trips(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.hardware =
                           "thermal_plane: {enabled: false, nodes: ["
                           "{id: core, heat_capacity_j_per_c: 2, t_init_c: 100, t_max_c: 50}]}"});
    advance(&v, 3);
    assert_true(isnan(temp_of(&v, 0, 0)) != 0);
    assert_false(tripped(&v, 0, 0));
    finish(&v);
}

enum { RING = 100, HOPS = 3, N_TICKS = 10 };

static const size_t hops[HOPS] = {1, 7, 31};

/* 100 nodes, each coupled to three others; node 55 has the last bit of word 0, 56 the first of 1 */
static char *ring_hardware(void)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fputs("thermal_plane: {ambient_exchange_w_per_c: 0.125, nodes: [", out);
    for (size_t n = 0; n < RING; n++) {
        fprintf(out,
                "%s{id: n%zu, heat_capacity_j_per_c: %zu, t_init_c: %zu, t_max_c: 90,"
                " t_hysteresis_c: 1}",
                n ? ", " : "", n, 500 + n, n == 55 || n == 56 || n == 99 ? 100 : n % 40);
    }
    fputs("], couplings: [", out);
    for (size_t k = 0; k < (size_t)RING * HOPS; k++) {
        fprintf(out, "%s{a: n%zu, b: n%zu, k_w_per_c: %g}", k ? ", " : "", k / HOPS,
                (k / HOPS + hops[k % HOPS]) % RING, 0.01 * (double)(1 + k % 5));
    }
    fputs("]}", out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* the same network node by node, from its conductance matrix */
static void ring_temperatures(double temp_c[RING])
{
    static double k_w_per_c[RING][RING];
    for (size_t k = 0; k < (size_t)RING * HOPS; k++) {
        const size_t a = k / HOPS;
        const size_t b = (a + hops[k % HOPS]) % RING;
        k_w_per_c[a][b] += 0.01 * (double)(1 + k % 5);
        k_w_per_c[b][a] += 0.01 * (double)(1 + k % 5);
    }
    for (size_t n = 0; n < RING; n++) {
        temp_c[n] = n == 55 || n == 56 || n == 99 ? 100.0 : (double)(n % 40);
    }
    for (int tick = 0; tick < N_TICKS; tick++) {
        double next_c[RING];
        for (size_t n = 0; n < RING; n++) {
            double net_w = -0.125 * (temp_c[n] + 60.0);
            for (size_t m = 0; m < RING; m++) {
                net_w += k_w_per_c[n][m] * (temp_c[m] - temp_c[n]);
            }
            next_c[n] = temp_c[n] + net_w / (double)(500 + n);
        }
        memcpy(temp_c, next_c, sizeof next_c);
    }
}

static void a_network_of_100_nodes_and_300_couplings_flows_and_trips(void **state)
{
    (void)state;
    char *hardware = ring_hardware();
    vehicles v;
    start(&v, &(scene){.count = 17, .ambient_c = -60.0, .hardware = hardware});
    free(hardware);
    assert_int_equal(v.fleet.groups[0].bot.n_couplings, 300);
    assert_int_equal(v.fleet.catalog.n_fault_words, 2);
    advance(&v, N_TICKS);
    double expected_c[RING];
    ring_temperatures(expected_c);
    for (size_t n = 0; n < RING; n++) {
        assert_near(temp_of(&v, n, 16), expected_c[n], 1e-11);
    }
    for (size_t e = 0; e < 17; e++) {
        assert_int_equal(faults_of(&v, 0, e), UINT64_C(1) << 63);
        assert_int_equal(faults_of(&v, 1, e), UINT64_C(1) | UINT64_C(1) << (99 + 8 - 64));
    }
    for (size_t n = 0; n < RING; n++) {
        char name[32];
        snprintf(name, sizeof name, "trip_n%zu", n);
        const qf_quantity *trip = qf_catalog_find(&v.fleet.catalog, name);
        assert_non_null(trip);
        const uint64_t *words = v.fleet.column[trip->column];
        assert_int_equal(words[0] >> trip->bit & 1, n == 55 || n == 56 || n == 99);
    }
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_alone_decays_to_ambient),
        cmocka_unit_test(capacity_and_loss_may_differ_from_vehicle_to_vehicle),
        cmocka_unit_test(coupled_nodes_keep_their_heat_and_level_out),
        cmocka_unit_test(constant_heat_ends_at_its_equilibrium),
        cmocka_unit_test(every_part_heats_its_own_node),
        cmocka_unit_test(temperatures_stay_between_minus_120_and_160),
        cmocka_unit_test(cooling_stops_at_ambient_and_warming_does_not),
        cmocka_unit_test(trips_set_and_clear_exactly_at_their_limits),
        cmocka_unit_test(a_trip_just_below_its_limit_does_not_set_and_just_above_it_clears_not),
        cmocka_unit_test(a_heat_capacity_below_1_counts_as_1),
        cmocka_unit_test(a_plane_that_is_off_has_no_temperatures_and_no_trips),
        cmocka_unit_test(a_network_of_100_nodes_and_300_couplings_flows_and_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
