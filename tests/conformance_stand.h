/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_CONFORMANCE_STAND_H
#define QF_TEST_CONFORMANCE_STAND_H

/*
 * What the kernels are compared on: a fleet, and beside its columns one more for each row of
 * scratch, so that what kernels hand on to each other is input and output like any other.
 */
#include "bot_tick.h"
#include "quarantine.h"
#include "vehicle.h"

enum {
    MOST_VEHICLES = 4097,
    MARGIN = 16, /* vehicles on either side of a range that must stay as they are */
    MOST_THREADS = 3,
    MANY_NODES = 60, /* more than the trips of a fault word, so that the core's is in the second */
    TESTED_GROUP = 1,
};

/* A scene's profile is laid over the stock vehicle. */
typedef struct conformance_scene {
    const char *name;
    const char *profile;
    bool many_nodes; /* ... and its thermal plane is made up */
} conformance_scene;

/* a node that neither gains nor loses, so that a temperature stays exactly where its limit is */
#define SHELF "{id: shelf, heat_capacity_j_per_c: 10, t_init_c: 20, t_max_c: 50, t_hysteresis_c: 5}"
#define NODE(name, more)                                                                           \
    "{id: " name ", heat_capacity_j_per_c: 400, cooling_w_per_c: 0.5, t_init_c: 20, " more "}"

static const conformance_scene conformance_scenes[] = {
    {.name = "uniform",
     .profile = "thermal_plane: {ambient_exchange_w_per_c: 0, nodes: [" NODE(
         "core",
         "t_max_c: 90, "
         "t_hysteresis_c: "
         "5") ", " NODE("pdu",
                        "t_max_c: 95, t_hysteresis_c: 5") ", " NODE("battery",
                                                                    "t_max_c: 160, t_hysteresis_c: "
                                                                    "0") ", " NODE("dock_bridge",
                                                                                   "") ", " SHELF
                                                                                       "],"
                                                                                       "couplings: "
                                                                                       "[{a: core, "
                                                                                       "b: pdu, "
                                                                                       "k_w_per_c: "
                                                                                       "0.4}, {a: "
                                                                                       "pdu, b: "
                                                                                       "battery, "
                                                                                       "k_w_per_c: "
                                                                                       "2}]}"},
    {.name = "dispersed",
     .profile =
         "power_capacity_wh: {grid: [500, 0, 0.01]},"
         "power_plane: {max_bus_a: {grid: [5, 0, 2.5, 20]}, bus_v_min: {grid: [22, 28, 30, 0]},"
         " supercap_capacity_wh: {grid: [5, 0, 0.001]}, dock_soft_start_s: {grid: [2, 0]},"
         " dock_station_bus_v: {grid: [28, 0]}, radar_power_w: {uniform: {min: 0, max: 30}},"
         " soc_shed_low_pct: {uniform: {min: 5, max: 30}}},"
         "propulsion_plane: {isp_s: {choice: [60, 0, 220]}}"},
    {.name = "bare",
     .profile = "power_capacity_wh: 0, power_plane: {max_bus_a: 0, supercap_capacity_wh: 0,"
                " dock_station_bus_v: 0, battery_max_charge_w: 0},"
                "thermal_plane: {enabled: false}, sensor_plane: {enabled: false},"
                "propulsion_plane: {rcs_power_w_at_100pct: 0}"},
    {.name = "many nodes", .many_nodes = true},
};

/* Everything a case needs; `column` holds the fleet's columns and then the rows of scratch. */
typedef struct stand {
    const char *name; /* of its scene */
    const char *mood; /* of its first values */
    vehicles v;
    const qf_group *group;
    qf_bot_columns bot;
    qf_health health;
    qf_arena arena;
    qf_bot_scratch *scratch[MOST_THREADS];
    void **rows[MOST_THREADS]; /* of that scratch, in the order of the columns */
    size_t n_fleet_columns;
    size_t n_columns;
    qf_field_id *field; /* that a column is of; QF_FIELD_COUNT for a row of scratch */
    uint64_t **column;
    uint64_t **initial;
    uint64_t **expected;
    uint64_t *expected_said;
} stand;

/* The rows of scratch by number; NULL after the last. */
typedef struct scratch_row {
    const char *name;
    void *values;
} scratch_row;

static inline scratch_row scratch_row_of(qf_bot_scratch *scratch, size_t n_nodes, size_t k)
{
    const scratch_row rows[] = {
        {"scratch conditions", scratch->power.conditions},
        {"scratch bus_v", scratch->power.bus_v},
        {"scratch in_w", scratch->power.in_w},
        {"scratch out_w", scratch->power.out_w},
        {"scratch rcs_w", scratch->rcs_w},
        {"scratch rcs_duty", scratch->rcs_duty},
    };
    if (k < COUNT(rows)) {
        return rows[k];
    }
    k -= COUNT(rows);
    if (k < QF_HEAT_SOURCES) {
        return (scratch_row){"scratch heat_w", scratch->heat_w[k]};
    }
    k -= QF_HEAT_SOURCES;
    return k < n_nodes ? (scratch_row){"scratch net_w", scratch->net_w[k]} : (scratch_row){0};
}

static inline qf_field_id find_field(const stand *s, size_t k)
{
    const qf_catalog *catalog = &s->v.fleet.catalog;
    qf_field_id field = 0;
    while (field < QF_FIELD_COUNT &&
           (k < catalog->first_column[field] ||
            k >= catalog->first_column[field] + catalog->n_columns_of[field])) {
        field++;
    }
    return field;
}

static inline bool is_f64(const stand *s, size_t k)
{
    const qf_field_id field = s->field[k];
    return field == QF_FIELD_COUNT ? k > s->n_fleet_columns
                                   : qf_field_table[field].type == QF_TYPE_F64;
}

static inline const char *column_name(stand *s, size_t k, char text[64])
{
    const qf_field_id field = s->field[k];
    if (field == QF_FIELD_COUNT) {
        const size_t row = k - s->n_fleet_columns;
        snprintf(text, 64, "%s (row %zu)",
                 scratch_row_of(s->scratch[0], s->group->bot.n_nodes, row).name, row);
    } else if (qf_field_table[field].shape == QF_SHAPE_NODE) {
        const qf_catalog *catalog = &s->v.fleet.catalog;
        snprintf(text, 64, "temperature of %s",
                 catalog->node_names[k - catalog->first_column[field]]);
    } else {
        snprintf(text, 64, "%s (word %zu)", qf_field_table[field].name,
                 k - s->v.fleet.catalog.first_column[field]);
    }
    return text;
}

static inline char *many_nodes_profile(void)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fprintf(out, "thermal_plane: {nodes: [");
    for (int n = 0; n < MANY_NODES; n++) {
        fprintf(out,
                "{id: n%d, heat_capacity_j_per_c: {uniform: {min: 0.5, max: 500}}, t_init_c: 20,"
                " cooling_w_per_c: 0.%d, t_max_c: {grid: [60, 0, 90]}, t_hysteresis_c: %d}, ",
                n, n % 4, n % 3);
    }
    fprintf(out, NODE("core", "t_max_c: {grid: [90, 40]}, t_hysteresis_c: 5") "], couplings: [");
    for (int n = 1; n < MANY_NODES; n++) {
        fprintf(out, "%s{a: n%d, b: n%d, k_w_per_c: {uniform: {min: 0, max: 1}}}",
                n > 1 ? ", " : "", n - 1, n);
    }
    fprintf(out, "]}");
    assert_int_equal(fclose(out), 0);
    return text;
}

static inline void read_conformance_scene(stand *s, const conformance_scene *described)
{
    char *made_up = described->many_nodes ? many_nodes_profile() : NULL;
    char *groups;
    size_t length;
    FILE *out = open_memstream(&groups, &length);
    assert_non_null(out);
    /* one vehicle before them, so that slots and places in dispersed coefficients differ */
    fprintf(out,
            "  - {name: first, kind: bot, count: 1, hardware: {hardware_profile: {}}}\n"
            "  - {name: tested, kind: bot, count: %d, hardware: {file: \"%s\",\n"
            "     hardware_profile: {%s}}}\n",
            MOST_VEHICLES + 2 * MARGIN, STOCK_HARDWARE, made_up ? made_up : described->profile);
    assert_int_equal(fclose(out), 0);
    read_scene(
        &s->v,
        &(scene){
            .groups = groups, .dt_s = 0.125, .ambient_c = 20.0, .radiation_usvh = 0.4, .seed = 7});
    free(groups);
    free(made_up);
}

static inline void *take(stand *s, size_t count, size_t size)
{
    void *memory = qf_arena_array(&s->arena, count, size);
    assert_non_null(memory);
    return memory;
}

static inline void open_stand(stand *s, const conformance_scene *described)
{
    *s = (stand){.name = described->name};
    read_conformance_scene(s, described);
    qf_fleet *fleet = &s->v.fleet;
    assert_int_equal(qf_fleet_create(&s->v.context, &s->v.scenario, fleet), QF_OK);
    assert_int_equal(qf_health_create(&s->v.context, &s->arena, fleet, &s->health), QF_OK);
    s->group = &fleet->groups[TESTED_GROUP];
    s->bot = qf_tick_columns(fleet);
    const size_t n_nodes = s->group->bot.n_nodes;
    for (size_t t = 0; t < MOST_THREADS; t++) {
        s->scratch[t] = take(s, 1, sizeof **s->scratch);
        s->scratch[t]->net_w = take(s, n_nodes, sizeof *s->scratch[t]->net_w);
    }
    s->n_fleet_columns = fleet->catalog.n_columns;
    s->n_columns = s->n_fleet_columns;
    while (scratch_row_of(s->scratch[0], n_nodes, s->n_columns - s->n_fleet_columns).values) {
        s->n_columns++;
    }
    s->column = take(s, s->n_columns, sizeof *s->column);
    s->initial = take(s, s->n_columns, sizeof *s->initial);
    s->expected = take(s, s->n_columns, sizeof *s->expected);
    s->expected_said = take(s, fleet->n_slots, sizeof *s->expected_said);
    s->field = take(s, s->n_columns, sizeof *s->field);
    for (size_t t = 0; t < MOST_THREADS; t++) {
        s->rows[t] = take(s, s->n_columns - s->n_fleet_columns, sizeof **s->rows);
        for (size_t k = s->n_fleet_columns; k < s->n_columns; k++) {
            const size_t row = k - s->n_fleet_columns;
            s->rows[t][row] = scratch_row_of(s->scratch[t], n_nodes, row).values;
        }
    }
    for (size_t k = 0; k < s->n_columns; k++) {
        s->field[k] = find_field(s, k);
        s->column[k] = k < s->n_fleet_columns ? fleet->column[k] : take(s, fleet->n_slots, 8);
        s->initial[k] = take(s, fleet->n_slots, 8);
        s->expected[k] = take(s, fleet->n_slots, 8);
    }
}

static inline void close_stand(stand *s)
{
    qf_arena_free(&s->arena);
    qf_fleet_free(&s->v.fleet);
    qf_scenario_free(&s->v.scenario);
}

#endif
