/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_CONFORMANCE_INPUTS_H
#define QF_TEST_CONFORMANCE_INPUTS_H

/*
 * What the kernels are compared on: a fleet, and beside its columns one more for each row of
 * scratch, so that what kernels hand on to each other is input and output like any other. Every
 * column is filled, those too that a kernel should not touch.
 */
#include <float.h>

#include "bot_tick.h"
#include "philox.h"
#include "quarantine.h"
#include "vehicle.h"

enum {
    MOST_VEHICLES = 4097,
    MARGIN = 16, /* vehicles on either side of a range that must stay as they are */
    MOST_THREADS = 3,
    MANY_NODES = 60, /* more than the trips of a fault word, so that the core's is in the second */
    TESTED_GROUP = 1,
};

typedef enum mood {
    MOOD_IDLE,    /* healthy vehicles at rest; nothing is too hot, nobody fires */
    MOOD_FIRING,  /* healthy vehicles, every other one with a thruster command */
    MOOD_AWKWARD, /* one value in eight is at or next to a limit, denormal, zero or huge */
    MOOD_COUNT,
} mood;

static const char *const mood_names[MOOD_COUNT] = {"idle", "firing", "awkward"};

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

static const conformance_scene conformance_scenes[] =
    {
        {.name = "uniform",
         .profile =
             "thermal_plane: {ambient_exchange_w_per_c: 0, nodes: [" NODE("core", "t_max_c: 90, "
                                                                                  "t_hysteresis_c: "
                                                                                  "5") ", " NODE(
                 "pdu", "t_max_c: 95, t_hysteresis_c: 5") ", " NODE("battery",
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
    const char *name;
    vehicles v;
    const qf_group *group;
    qf_bot_columns bot;
    qf_health health;
    qf_arena arena;
    qf_bot_scratch *scratch[MOST_THREADS];
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

/* "temp_%s_c 3" for the fourth node */
static inline const char *column_name(stand *s, size_t k, char text[64])
{
    const qf_field_id field = s->field[k];
    if (field == QF_FIELD_COUNT) {
        const size_t row = k - s->n_fleet_columns;
        snprintf(text, 64, "%s (row %zu)",
                 scratch_row_of(s->scratch[0], s->group->bot.n_nodes, row).name, row);
    } else {
        snprintf(text, 64, "%s %zu", qf_field_table[field].name,
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

/* coefficient of the vehicle in a slot */
static inline double coefficient_of(const stand *s, size_t number, size_t slot)
{
    const qf_bot_group *group = &s->group->bot;
    return group->column ? group->column[number][slot - group->origin] : group->uniform[number];
}

static inline uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double f64_from(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline qf_philox_block dice(size_t column, size_t slot, mood m)
{
    return qf_philox((qf_philox_block){{(uint32_t)column, (uint32_t)slot, (uint32_t)m, 0}}, 2026);
}

/* what healthy vehicles have; of a row of scratch: from 0 to 30 */
static inline double ordinary_value(qf_field_id field, double share)
{
    static const double scale[QF_FIELD_COUNT] = {
        [QF_FIELD_X] = 1e3,
        [QF_FIELD_Y] = -1e3,
        [QF_FIELD_Z] = 10.0,
        [QF_FIELD_HEADING] = 360.0,
        [QF_FIELD_SPEED] = 1.5,
        [QF_FIELD_HEADING_SIN] = 1.0,
        [QF_FIELD_HEADING_COS] = -1.0,
        [QF_FIELD_YAW] = 6.0,
        [QF_FIELD_CPU] = 100.0,
        [QF_FIELD_MEM] = 100.0,
        [QF_FIELD_SENSOR_QUEUE] = 30.0,
        [QF_FIELD_ACTUATOR_QUEUE] = 30.0,
        [QF_FIELD_SOC] = 100.0,
        [QF_FIELD_SOC_MIN] = 100.0,
        [QF_FIELD_NBL_MAX] = 40.0,
        [QF_FIELD_SUPERCAP_WH] = 5.0,
        [QF_FIELD_DOCK_SINCE] = 3.0,
        [QF_FIELD_RCS_PCT] = 100.0,
        [QF_FIELD_RCS_TIME_LEFT] = 0.5,
        [QF_FIELD_PROPELLANT] = 0.02,
        [QF_FIELD_TEMP] = 38.0,
        [QF_FIELD_DOSE] = 5.0,
    };
    return share * (field < QF_FIELD_COUNT && scale[field] != 0.0 ? scale[field] : 30.0);
}

/* where a comparison of this column's value changes its answer, or its arithmetic is at an end */
static inline double awkward_value(const stand *s, size_t k, size_t slot, uint32_t choice)
{
    static const double anywhere[] = {0.0,   -0.0,   DBL_TRUE_MIN, -DBL_TRUE_MIN, DBL_MIN / 3.0,
                                      1e300, -1e300, DBL_MAX,      -DBL_MAX,      100.0,
                                      1.0,   -1.0,   -120.0,       160.0};
    const qf_field_id field = s->field[k];
    double limit[4] = {0.0, 0.0, 0.0, 0.0};
    size_t n = 0;
    if (field == QF_FIELD_SOC) {
        limit[n++] = coefficient_of(s, QF_C_SHED_LOW_PCT, slot);
        limit[n++] = coefficient_of(s, QF_C_SHED_HIGH_PCT, slot);
        limit[n++] = coefficient_of(s, QF_C_SOC_CRITICAL_PCT, slot);
        limit[n++] = coefficient_of(s, QF_C_NBL_SOC_MIN_PCT, slot);
    } else if (field == QF_FIELD_SUPERCAP_WH) {
        limit[n++] = coefficient_of(s, QF_C_SUPERCAP_WH, slot);
    } else if (field == QF_FIELD_DOCK_SINCE) {
        limit[n++] = coefficient_of(s, QF_C_DOCK_SOFT_START_S, slot) - s->v.scenario.dt_s;
    } else if (field == QF_FIELD_RCS_TIME_LEFT) {
        limit[n++] = s->v.scenario.dt_s;
    } else if (field == QF_FIELD_TEMP) {
        const size_t column = k - s->v.fleet.catalog.first_column[QF_FIELD_TEMP];
        for (size_t node = 0; node < s->group->bot.n_nodes && n == 0; node++) {
            if (s->group->bot.nodes[node].column == column) {
                const size_t first = QF_C_FIRST_NODE + node * QF_C_PER_NODE;
                limit[n++] = coefficient_of(s, first + QF_C_NODE_TRIP_C, slot);
                limit[n++] = coefficient_of(s, first + QF_C_NODE_CLEAR_C, slot);
                limit[n++] = coefficient_of(s, QF_C_NBL_CORE_MAX_C, slot);
                limit[n++] = s->group->bot.ambient_c;
            }
        }
    }
    if (field < QF_FIELD_COUNT && qf_field_table[field].checked && n + 2 <= COUNT(limit)) {
        limit[n++] = qf_field_table[field].low;
        limit[n++] = qf_field_table[field].high;
    }
    if (n == 0 || choice % 4 == 0) {
        return anywhere[choice / 4 % COUNT(anywhere)];
    }
    const double at = limit[choice / 16 % n];
    const double step[] = {at, nextafter(at, -DBL_MAX), nextafter(at, DBL_MAX), at};
    return step[choice / 4 % 4];
}

static inline uint64_t first_word(const stand *s, size_t k, size_t slot, mood m)
{
    const qf_philox_block drawn = dice(k, slot, m);
    const uint64_t word = (uint64_t)drawn.word[0] << 32 | drawn.word[1];
    const double share = drawn.word[0] * 0x1p-32;
    const bool fires = m != MOOD_IDLE && slot % 2 == 0;
    const qf_field_id field = s->field[k];
    switch (field) {
    case QF_FIELD_RCS_AXIS:
        return word % (QF_RCS_AXES + 1);
    case QF_FIELD_FLAGS:
        return fires ? word : word & ~QF_FLAG_BIT(RCS_ACTIVE);
    case QF_FIELD_FAULTS:
        return m == MOOD_AWKWARD ? word & word << 17 : 0;
    case QF_FIELD_RCS_PCT:
        if (!fires) {
            return bits_of(0.0);
        }
        break;
    default:
        break;
    }
    if (!is_f64(s, k)) {
        return word;
    }
    if (m == MOOD_AWKWARD && drawn.word[2] % 8 == 0) {
        return bits_of(awkward_value(s, k, slot, drawn.word[3]));
    }
    return bits_of(ordinary_value(field, share));
}

#define AT(s, id, slot)                                                                            \
    (*(double *)&(s)->initial[(s)->v.fleet.catalog.first_column[QF_FIELD_##id]][slot])

/* the tank holds exactly what the tick takes, and the bus carries exactly what is drawn */
static inline void meet_limits(stand *s, size_t slot)
{
    const size_t axis_column = s->v.fleet.catalog.first_column[QF_FIELD_RCS_AXIS];
    const size_t flags_column = s->v.fleet.catalog.first_column[QF_FIELD_FLAGS];
    const double thrust_n = s->group->bot.rcs.thrust_sum_n[s->initial[axis_column][slot]];
    const double dt_s = s->v.scenario.dt_s;
    const double pct = AT(s, RCS_PCT, slot);
    AT(s, RCS_TIME_LEFT, slot) = slot % 3 ? 0.0 : dt_s;
    AT(s, PROPELLANT, slot) =
        thrust_n * (pct / 100.0) / coefficient_of(s, QF_C_EXHAUST_MPS, slot) * dt_s;
    /* nothing but base and motors: at no charge 22 V * 5 A = 60 W + 40 W s/m * 1.25 m/s */
    const double limit_w =
        coefficient_of(s, QF_C_MAX_BUS_A, slot) * coefficient_of(s, QF_C_BUS_V_MIN, slot);
    const double speed_mps = (limit_w - coefficient_of(s, QF_C_BASE_OUT_W, slot)) /
                             coefficient_of(s, QF_C_MOTION_W_PER_MPS, slot);
    AT(s, SOC, slot) = 0.0;
    AT(s, CPU, slot) = 0.0;
    AT(s, NBL_MAX, slot) = 0.0;
    AT(s, SPEED, slot) = slot % 2 ? speed_mps : nextafter(speed_mps, DBL_MAX);
    s->initial[flags_column][slot] &=
        ~(QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(TRANSPONDER_ACTIVE));
}

/* First values of all vehicles, for all cases of a mood. */
static inline void fill(stand *s, mood m)
{
    for (size_t k = 0; k < s->n_columns; k++) {
        for (size_t slot = 0; slot < s->v.fleet.n_slots; slot++) {
            s->initial[k][slot] = first_word(s, k, slot, m);
        }
    }
    for (size_t e = 0; m == MOOD_AWKWARD && e < s->group->n_vehicles; e += 7) {
        meet_limits(s, s->group->slot_begin + e);
    }
}

#endif
