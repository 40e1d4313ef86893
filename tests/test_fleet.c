/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"
#include "vehicle.h"

#define GROUP(name, count)                                                                         \
    "  - {name: " name ", kind: bot, count: " count ", hardware: " STOCK_HARDWARE "}\n"

/* 3 worlds of 5, 16 and 2 vehicles: groups of 15, 48 and 6, padded to 16, 48 and 16 */
static void groups_start_at_multiples_of_16_slots(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.worlds = 3, .groups = GROUP("a", "5") GROUP("b", "16") GROUP("c", "2")});
    static const size_t slots[] = {0, 16, 64};
    static const size_t entities[] = {0, 15, 63};
    for (size_t g = 0; g < 3; g++) {
        assert_int_equal(v.fleet.groups[g].slot_begin, slots[g]);
        assert_int_equal(v.fleet.groups[g].entity_begin, entities[g]);
    }
    assert_int_equal(v.fleet.n_slots, 80);
    assert_int_equal(v.fleet.n_vehicles, 69);
    finish(&v);
}

static void entities_count_by_group_then_world_then_index(void **state)
{
    (void)state;
    static const size_t counts[] = {5, 16, 2};
    static const size_t slots[] = {0, 16, 64};
    static const size_t before[] = {0, 5, 21};
    vehicles v;
    start(&v, &(scene){.worlds = 3, .groups = GROUP("a", "5") GROUP("b", "16") GROUP("c", "2")});
    size_t entity = 0;
    for (size_t g = 0; g < 3; g++) {
        size_t slot = slots[g];
        for (size_t w = 0; w < 3; w++) {
            for (size_t index = 0; index < counts[g]; index++) {
                const qf_entity found = qf_fleet_entity(&v.fleet, entity++);
                assert_int_equal(found.slot, slot++);
                assert_int_equal(found.group, g);
                assert_int_equal(found.world, w);
                assert_int_equal(found.index, index);
                assert_int_equal(found.vehicle, before[g] + index);
            }
        }
    }
    finish(&v);
}

/* groups of 1 to 7 vehicles in turn: what an entity is, counted up from the first */
static void entities_of_many_groups_are_found(void **state)
{
    (void)state;
    enum { N_GROUPS = 101, N_WORLDS = 3, MOST_COUNT = 7 };
    char groups[N_GROUPS * 128];
    size_t length = 0;
    for (size_t g = 0; g < N_GROUPS; g++) {
        length += (size_t)snprintf(groups + length, sizeof groups - length,
                                   "  - {name: g%zu, kind: bot, count: %zu, hardware: %s}\n", g,
                                   1 + g % MOST_COUNT, STOCK_HARDWARE);
        assert_true(length < sizeof groups);
    }
    vehicles v;
    start(&v, &(scene){.worlds = N_WORLDS, .groups = groups});
    size_t entity = 0;
    size_t slot = 0;
    size_t before = 0;
    for (size_t g = 0; g < N_GROUPS; g++) {
        const size_t count = 1 + g % MOST_COUNT;
        for (size_t i = 0; i < N_WORLDS * count; i++) {
            const qf_entity found = qf_fleet_entity(&v.fleet, entity++);
            assert_int_equal(found.slot, slot + i);
            assert_int_equal(found.group, g);
            assert_int_equal(found.world, i / count);
            assert_int_equal(found.index, i % count);
            assert_int_equal(found.vehicle, before + i % count);
        }
        slot += (N_WORLDS * count + 15) / 16 * 16;
        before += count;
    }
    assert_int_equal(entity, v.fleet.n_vehicles);
    finish(&v);
}

/* blocks cover every vehicle once, in order, and hold at most QF_BLOCK_VEHICLES of one group */
static void blocks_cover_fleets_of_any_size(void **state)
{
    (void)state;
    static const struct {
        const char *groups;
        size_t n_vehicles, n_slots;
    } cases[] = {
        {GROUP("a", "1"), 1, 16},
        {GROUP("a", "15"), 15, 16},
        {GROUP("a", "16"), 16, 16},
        {GROUP("a", "17"), 17, 32},
        {GROUP("a", "255"), 255, 256},
        {GROUP("a", "256"), 256, 256},
        {GROUP("a", "257"), 257, 272},
        {GROUP("a", "1023"), 1023, 1024},
        {GROUP("a", "1025"), 1025, 1040},
        {GROUP("a", "1") GROUP("b", "1025"), 1026, 1056},
        {GROUP("a", "2049") GROUP("b", "3"), 2052, 2080},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        vehicles v;
        start(&v, &(scene){.groups = cases[c].groups, .n_threads = 2});
        assert_int_equal(v.fleet.n_vehicles, cases[c].n_vehicles);
        assert_int_equal(v.fleet.n_slots, cases[c].n_slots);
        size_t entity = 0;
        for (size_t b = 0; b < v.fleet.n_blocks; b++) {
            const qf_block *block = &v.fleet.blocks[b];
            assert_int_equal(block->entity_begin, entity);
            const size_t n = block->slot_end - block->slot_begin;
            assert_in_range(n, 1, QF_BLOCK_VEHICLES);
            for (size_t k = 0; k < n; k++) {
                const qf_entity found = qf_fleet_entity(&v.fleet, entity++);
                assert_int_equal(found.slot, block->slot_begin + k);
                assert_int_equal(found.group, block->group);
            }
        }
        assert_int_equal(entity, cases[c].n_vehicles);
        /* every vehicle was computed, and its neighbours in the padding left alone */
        advance(&v, 3);
        for (size_t e = 0; e < v.fleet.n_vehicles; e++) {
            assert_near(VALUE(&v, DOCK_SINCE, e), 3.0, 0.0);
        }
        finish(&v);
    }
}

/* of each group, in every column: lanes beyond it start with ordinary numbers */
static void assert_padding_repeats_the_last_vehicle(const qf_fleet *fleet)
{
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        for (size_t k = 0; k < fleet->catalog.n_columns; k++) {
            const uint64_t *words = (const uint64_t *)fleet->column[k] + group->slot_begin;
            for (size_t i = group->n_vehicles; i < group->n_slots; i++) {
                assert_int_equal(words[i], words[group->n_vehicles - 1]);
            }
        }
    }
}

static void padding_lanes_hold_finite_numbers(void **state)
{
    (void)state;
    static const char *const counts[] = {"1", "15", "16", "17", "1023", "1025"};
    for (size_t c = 0; c < COUNT(counts); c++) {
        char groups[1024];
        snprintf(groups, sizeof groups,
                 "  - {name: a, kind: bot, count: %s, initial: {position_m: {normal: {mean: [0, 0,"
                 " 0], sd: [9, 9, 9]}}}, hardware: {file: " STOCK_HARDWARE ", hardware_profile:"
                 " {power_capacity_wh: {uniform: {min: 100, max: 200}}}}}\n"
                 "  - {name: b, kind: bot, count: %s, hardware: " STOCK_HARDWARE "}\n",
                 counts[c], counts[c]);
        vehicles v;
        start(&v, &(scene){.groups = groups, .n_threads = 2});
        assert_padding_repeats_the_last_vehicle(&v.fleet);
        advance(&v, 5);
        for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
            for (size_t k = 0; k < v.fleet.catalog.n_columns_of[field]; k++) {
                const double *column = qf_f64(&v.fleet, (qf_field_id)field, k);
                for (size_t i = 0; i < v.fleet.n_slots; i++) {
                    if (qf_field_table[field].type == QF_TYPE_F64 && !(fabs(column[i]) < 1e9)) {
                        fail_msg("%s slot %zu: %g", qf_field_table[field].name, i, column[i]);
                    }
                }
            }
        }
        /* dispersed parameters too: a capacity of 0 would divide */
        const qf_group *group = &v.fleet.groups[0];
        for (size_t i = 0; i < group->n_slots; i++) {
            const double capacity_wh = group->bot.column[QF_C_BATTERY_WH][i];
            assert_true(capacity_wh >= 100.0 && capacity_wh <= 200.0);
        }
        finish(&v);
    }
}

/* the coefficients of one vehicle: 28, 4 for each node, 1 for each coupling */
static void the_predicted_memory_is_what_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *groups;
        size_t dispersed_bytes;
    } cases[] = {
        {GROUP("a", "100"), 0},
        /* first values are drawn into the columns: no coefficient depends on them */
        {"  - {name: a, kind: bot, count: 100, initial: {soc_pct: {uniform: {min: 1, max: 2}},"
         " propellant_kg: {uniform: {min: 1, max: 2}}}, hardware: " STOCK_HARDWARE "}\n",
         0},
        {"  - {name: a, kind: bot, count: 100, hardware: {file: " STOCK_HARDWARE
         ", hardware_profile: {power_capacity_wh: {uniform: {min: 1, max: 2}}}}}\n" GROUP("b", "7"),
         8 * 304 * (28 + 4 * 6 + 5)},
        {"  - {name: a, kind: bot, count: 100, hardware: {hardware_profile: {power_capacity_wh:"
         " {grid: [1, 2]}, thermal_plane: {enabled: false, nodes: [{id: core,"
         " heat_capacity_j_per_c: 1}]}}}}\n",
         8 * 304 * 28},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        vehicles v;
        start(&v, &(scene){.worlds = 3, .groups = cases[c].groups});
        const size_t predicted = qf_fleet_predicted_bytes(&v.context, &v.scenario);
        assert_int_equal(v.fleet.memory_bytes,
                         qf_columns_bytes(v.fleet.catalog.n_columns, v.fleet.n_slots));
        assert_int_equal(predicted, v.fleet.memory_bytes + cases[c].dispersed_bytes);
        assert_int_equal(v.fleet.groups[0].bot.column != NULL, cases[c].dispersed_bytes > 0);
        assert_true(v.fleet.arena.used_bytes >= cases[c].dispersed_bytes);
        assert_true(v.fleet.arena.used_bytes < cases[c].dispersed_bytes + 100000);
        finish(&v);
    }
}

static void more_vehicles_than_can_be_counted_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *groups;
        size_t n_worlds;
    } cases[] = {
        {GROUP("a", "2"), (size_t)1 << 30},            /* 2^31: one too many */
        {GROUP("a", "1000000"), (size_t)1 << 50},      /* wraps */
        {GROUP("a", "16"), SIZE_MAX / 16 + 2},         /* wraps to 16 */
        {GROUP("a", "1") GROUP("b", "1"), 1500000000}, /* each group alone would do */
        {GROUP("a", "1"), INT32_MAX},                  /* padded it is one too many */
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        vehicles v;
        read_scene(&v, &(scene){.groups = cases[c].groups});
        v.scenario.n_worlds = cases[c].n_worlds;
        assert_int_equal(qf_fleet_create(&v.context, &v.scenario, &v.fleet), QF_ERROR_SCENARIO);
        assert_non_null(strstr(v.context.error, "2147483647"));
        assert_null(v.fleet.memory);
        assert_int_equal(qf_fleet_predicted_bytes(&v.context, &v.scenario), 0);
        qf_scenario_free(&v.scenario);
    }
}

static void first_values_are_those_of_scenario_and_profile(void **state)
{
    (void)state;
    vehicles v;
    start(&v,
          &(scene){.count = 2,
                   .initial = "position_m: [1, {grid: [2, 20]}, 3], heading_deg: 90,"
                              " speed_mps: 0.5, supercap_soc_pct: 25, propellant_kg: 7",
                   .hardware = "battery_soc_init_pct: 33, power_plane: {supercap_capacity_wh: 8,"
                               " supercap_soc_pct_init: 99, nbl_max_power_w: 11,"
                               " dock_connected_init: true}, thermal_plane: {nodes: [{id: a,"
                               " heat_capacity_j_per_c: 1, t_init_c: 12}, {id: b,"
                               " heat_capacity_j_per_c: 1}]}"});
    for (size_t e = 0; e < 2; e++) {
        assert_exact(VALUE(&v, X, e), 1.0);
        assert_exact(VALUE(&v, Y, e), e ? 20.0 : 2.0);
        assert_exact(VALUE(&v, Z, e), 3.0);
        assert_exact(VALUE(&v, HEADING, e), 90.0);
        assert_exact(VALUE(&v, SPEED, e), 0.5);
        assert_exact(VALUE(&v, SOC, e), 33.0);
        assert_exact(VALUE(&v, SOC_MIN, e), 33.0);
        assert_exact(VALUE(&v, SUPERCAP_WH, e), 2.0);
        assert_exact(VALUE(&v, PROPELLANT, e), 7.0);
        assert_exact(VALUE(&v, NBL_MAX, e), 11.0);
        assert_exact(VALUE(&v, CPU, e), 8.0);
        assert_exact(VALUE(&v, MEM, e), 22.0);
        assert_true(FLAG(&v, DOCK_CONNECTED, e));
        assert_false(FLAG(&v, NBL_ACTIVE, e));
        assert_exact(temp_of(&v, 0, e), 12.0);
        assert_exact(temp_of(&v, 1, e), -60.0);
    }
    finish(&v);
}

static void world_hashes(vehicles *v, uint64_t *hashes)
{
    assert_int_equal(qf_fleet_world_hashes(&v->context, &v->fleet, hashes), QF_OK);
}

/* worlds of 1030 vehicles, so that the second starts inside a block */
static void the_hash_sees_every_bit_of_a_world_and_nothing_else(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.worlds = 2, .groups = GROUP("a", "1030") GROUP("b", "3")});
    advance(&v, 2);
    uint64_t before[2];
    uint64_t after[2];
    world_hashes(&v, before);
    static const size_t entities[] = {0, 1023, 1024, 1029, 1030, 2059, 2060, 2062, 2063, 2065};
    for (size_t k = 0; k < v.fleet.catalog.n_columns; k++) {
        for (size_t i = 0; i < COUNT(entities); i++) {
            const qf_entity e = qf_fleet_entity(&v.fleet, entities[i]);
            uint64_t *word = (uint64_t *)v.fleet.column[k] + e.slot;
            *word ^= 1;
            world_hashes(&v, after);
            assert_true(after[e.world] != before[e.world]);
            assert_true(after[1 - e.world] == before[1 - e.world]);
            *word ^= 1;
        }
        /* padding is nobody's */
        ((uint64_t *)v.fleet.column[k])[2060] ^= 1;
        ((uint64_t *)v.fleet.column[k])[v.fleet.n_slots - 1] ^= 1;
    }
    world_hashes(&v, after);
    assert_memory_equal(after, before, sizeof before);
    finish(&v);
}

static void the_hash_sees_that_a_number_is_nan_and_not_which(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 3});
    uint64_t *dose = qf_u64(&v.fleet, QF_FIELD_DOSE, 0);
    uint64_t number;
    uint64_t quiet;
    uint64_t other;
    world_hashes(&v, &number);
    dose[1] = UINT64_C(0x7FF8000000000000);
    world_hashes(&v, &quiet);
    dose[1] = UINT64_C(0xFFF8000000000123);
    world_hashes(&v, &other);
    assert_true(number != quiet);
    assert_true(other == quiet);
    dose[1] = UINT64_C(0x7FF0000000000000); /* infinity is a number of its own */
    world_hashes(&v, &other);
    assert_true(other != quiet);
    /* words of bits are not numbers: what would be a NaN counts bit by bit */
    dose[1] = 0;
    qf_u64(&v.fleet, QF_FIELD_FAULTS, 0)[0] = UINT64_C(0x7FF8000000000000);
    world_hashes(&v, &quiet);
    qf_u64(&v.fleet, QF_FIELD_FAULTS, 0)[0] = UINT64_C(0x7FF8000000000001);
    world_hashes(&v, &other);
    assert_true(other != quiet);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_start_at_multiples_of_16_slots),
        cmocka_unit_test(entities_count_by_group_then_world_then_index),
        cmocka_unit_test(entities_of_many_groups_are_found),
        cmocka_unit_test(blocks_cover_fleets_of_any_size),
        cmocka_unit_test(padding_lanes_hold_finite_numbers),
        cmocka_unit_test(the_predicted_memory_is_what_is_taken),
        cmocka_unit_test(more_vehicles_than_can_be_counted_are_refused),
        cmocka_unit_test(first_values_are_those_of_scenario_and_profile),
        cmocka_unit_test(the_hash_sees_every_bit_of_a_world_and_nothing_else),
        cmocka_unit_test(the_hash_sees_that_a_number_is_nan_and_not_which),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
