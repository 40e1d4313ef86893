/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"
#include "vehicle.h"
#include "yaml_node.h"

#define STOCK_GROUP "  - {name: g, kind: bot, count: 1, hardware: " STOCK_HARDWARE "}"

static void assert_sound(const qf_catalog *catalog)
{
    for (size_t q = 0; q < catalog->n_quantities; q++) {
        const qf_quantity *quantity = &catalog->quantities[q];
        assert_true(*quantity->name && *quantity->unit && *quantity->long_name);
        assert_null(strchr(quantity->name, '%'));
        assert_true(quantity->column < catalog->n_columns);
        /* found by its name, so no other one has it */
        assert_ptr_equal(qf_catalog_find(catalog, quantity->name), quantity);
        assert_int_equal(quantity->type == QF_TYPE_U8, quantity->bit != QF_NO_BIT);
        for (size_t other = 0; other < q; other++) {
            assert_false(catalog->quantities[other].column == quantity->column &&
                         catalog->quantities[other].bit == quantity->bit);
        }
    }
}

static void every_column_of_the_golden_files_is_there(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.groups = STOCK_GROUP});
    const qf_catalog *catalog = &v.fleet.catalog;
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *trace =
        qf_yaml_load_file(&arena, TEST_SOURCE_DIR "/golden/world_pub_0.json", &diagnostics);
    const qf_yaml_node *columns = qf_yaml_get(trace, "columns");
    assert_true(columns->n_children > 60);
    for (size_t c = 0; c < columns->n_children; c++) {
        const char *name = columns->children[c]->text;
        const qf_quantity *quantity = qf_catalog_find(catalog, name);
        if (strcmp(name, "step") == 0 || strcmp(name, "t_s") == 0) {
            assert_null(quantity);
        } else if (!quantity) {
            fail_msg("no quantity %s", name);
        } else if (strncmp(name, "trip_", 5) == 0 || strcmp(name, "load_shedding") == 0) {
            assert_int_equal(quantity->type, QF_TYPE_U8);
        } else if (strcmp(name, "faults") == 0) {
            assert_int_equal(quantity->type, QF_TYPE_U64);
        }
    }
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    finish(&v);
}

static void every_quantity_has_a_name_and_a_place_of_its_own(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.groups = STOCK_GROUP});
    assert_sound(&v.fleet.catalog);
    assert_null(qf_catalog_find(&v.fleet.catalog, "temp_%s_c"));
    assert_null(qf_catalog_find(&v.fleet.catalog, "flags")); /* recorded flag by flag */
    assert_null(qf_catalog_find(&v.fleet.catalog, "heading_sin"));
    finish(&v);
}

#define TWO_NODES(name, a, b)                                                                      \
    "  - {name: " name ", kind: bot, count: 1, hardware: {hardware_profile: {thermal_plane: {"     \
    "nodes: [{id: " a ", heat_capacity_j_per_c: 1}, {id: " b ", heat_capacity_j_per_c: 1}]}}}}\n"

static void nodes_of_all_groups_stand_in_order_of_first_appearance(void **state)
{
    (void)state;
    static const char *const names[] = {"core", "hull", "x_m", "pdu"};
    vehicles v;
    start(&v, &(scene){.groups = TWO_NODES("a", "core", "hull") TWO_NODES("b", "x_m", "core")
                           TWO_NODES("c", "hull", "pdu")});
    const qf_catalog *catalog = &v.fleet.catalog;
    assert_int_equal(catalog->n_nodes, COUNT(names));
    assert_int_equal(catalog->n_columns_of[QF_FIELD_TEMP], COUNT(names));
    for (size_t k = 0; k < COUNT(names); k++) {
        char name[32];
        assert_string_equal(catalog->node_names[k], names[k]);
        snprintf(name, sizeof name, "temp_%s_c", names[k]);
        const qf_quantity *temp = qf_catalog_find(catalog, name);
        snprintf(name, sizeof name, "trip_%s", names[k]);
        const qf_quantity *trip = qf_catalog_find(catalog, name);
        assert_true(temp && trip);
        assert_int_equal(temp->node, k);
        assert_int_equal(temp->column, catalog->first_column[QF_FIELD_TEMP] + k);
        assert_int_equal(trip->node, k);
        assert_int_equal(trip->column, catalog->first_column[QF_FIELD_FAULTS]);
        assert_int_equal(trip->bit, QF_FAULT_FIRST_NODE + k);
    }
    assert_sound(catalog);
    finish(&v);
}

/* 8 faults come before the nodes' */
static void a_fault_word_holds_64_faults(void **state)
{
    (void)state;
    static const struct {
        size_t n_nodes, n_words;
    } cases[] = {{0, 1}, {1, 1}, {56, 1}, {57, 2}, {120, 2}, {121, 3}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        qf_context context = qf_context_default();
        qf_arena arena = {0};
        qf_thermal_node nodes[121];
        for (size_t n = 0; n < cases[c].n_nodes; n++) {
            nodes[n] = (qf_thermal_node){.id = qf_arena_format(&arena, "n%zu", n)};
        }
        qf_group_spec group = {.hardware = qf_hardware_default()};
        group.hardware.nodes = nodes;
        group.hardware.n_nodes = cases[c].n_nodes;
        qf_catalog catalog;
        assert_int_equal(qf_catalog_create(&context, &arena, &group, 1, &catalog), QF_OK);
        assert_int_equal(catalog.n_fault_words, cases[c].n_words);
        assert_int_equal(catalog.n_columns_of[QF_FIELD_FAULTS], cases[c].n_words);
        assert_sound(&catalog);
        assert_int_equal(qf_catalog_find(&catalog, "faults_1") != NULL, cases[c].n_words > 1);
        assert_int_equal(qf_catalog_find(&catalog, "faults_2") != NULL, cases[c].n_words > 2);
        qf_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_of_the_golden_files_is_there),
        cmocka_unit_test(every_quantity_has_a_name_and_a_place_of_its_own),
        cmocka_unit_test(nodes_of_all_groups_stand_in_order_of_first_appearance),
        cmocka_unit_test(a_fault_word_holds_64_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
