/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a scenario's distributions are those of the vehicles that run: what was drawn is read
 * back from the live columns of a fleet. Continuous distributions by Kolmogorov-Smirnov, clipped
 * ones and choices by chi-square, independence by correlation of values and of their distances from
 * the middle. Significance 1e-3 for all questions of the program together: each is asked at
 * 1e-3 / QUESTIONS. A second fleet, whose every distribution is somewhat off, fails each of them.
 */
#include "live_column.h"

#define SIGNIFICANCE 1e-3

enum { N_WORLDS = 2, PER_WORLD = 15000, N = N_WORLDS * PER_WORLD };

enum {
    CORE = QF_C_FIRST_NODE,
    PDU = CORE + QF_C_PER_NODE,
    COUPLINGS = PDU + QF_C_PER_NODE,
};

/* the node and coupling that are constant stand before those that are drawn */
#define NODES(t_init, hysteresis)                                                                  \
    "nodes: [{id: core, heat_capacity_j_per_c: 5, t_init_c: " t_init "},"                          \
    " {id: pdu, heat_capacity_j_per_c: 5, t_max_c: 70, t_hysteresis_c: " hysteresis "}]"
#define COUPLING(k) "{a: core, b: pdu, k_w_per_c: " k "}"

static const scene right = {
    .count = PER_WORLD,
    .worlds = N_WORLDS,
    .seed = 21,
    .n_threads = 2,
    .count_events_only = true,
    .more = "signature: {rcs_dbsm: {normal: {mean: 3, sd: 6}}},",
    .initial = "position_m: [{uniform: {min: -5000, max: 5000}}, {uniform: {min: 0, max: 100}},"
               " {lognormal: {mu: 2, sigma: 0.5}}],"
               " heading_deg: {uniform: {min: 0, max: 360}},"
               " speed_mps: {normal: {mean: 0.5, sd: 0.1}},"
               " soc_pct: {normal: {mean: 60, sd: 15, min: 40, max: 95}},"
               " supercap_soc_pct: {uniform: {min: 20, max: 80}},"
               " propellant_kg: {lognormal: {mu: 2, sigma: 0.3}}",
    .hardware = "power_capacity_wh: {normal: {mean: 300, sd: 20}},"
                "power_plane: {supercap_capacity_wh: 8, max_bus_a: {uniform: {min: 3, max: 8}},"
                " dock_soft_start_s: {lognormal: {mu: 0.5, sigma: 0.25}},"
                " radar_power_w: {choice: [10, 20]}, transponder_power_w: {grid: [1, 2, 3]},"
                " nbl_max_power_w: {choice: [10, 20, 40, 20]}},"
                "propulsion_plane: {isp_s: {uniform: {min: 60, max: 90}}},"
                "thermal_plane: {" NODES(
                    "{normal: {mean: -20, sd: 5}}",
                    "{uniform: {min: 1, max: 9}}") ","
                                                   " couplings: [" COUPLING("3") ", " COUPLING(
                                                       "{uniform: {min: 0.1, max: "
                                                       "0.6}}") ", " COUPLING("{unif"
                                                                              "orm: "
                                                                              "{min:"
                                                                              " 0.1,"
                                                                              " max:"
                                                                              " 0.6}"
                                                                              "}") "]}",
    .script = "{step: 2, cmd: speed, mps: {normal: {mean: 0.8, sd: 0.05}}},"
              "{step: 2, cmd: heading, deg: {choice: [0, 90, 180, 270]}},"
              "{step: 2, cmd: rcs, axis: up, pct: {uniform: {min: 5, max: 95}},"
              " duration_s: {lognormal: {mu: 1, sigma: 0.5}}},"
              "{step: 2, cmd: inputs, sensor_queue_depth: {choice: [0, 1, 2, 3, 4]},"
              " actuator_queue_depth: {grid: [0, 5, 7, 9]}}",
};

/* shifts of 3 % of the width or 0.1 sd, spreads 10 % off, weights 10 % off, grids out of order */
static const scene wrong = {
    .count = PER_WORLD,
    .worlds = N_WORLDS,
    .seed = 21,
    .n_threads = 2,
    .count_events_only = true,
    .more = "signature: {rcs_dbsm: {normal: {mean: 3.6, sd: 6}}},",
    .initial = "position_m: [{uniform: {min: -4700, max: 5300}}, {normal: {mean: 50, sd: 29}},"
               " {lognormal: {mu: 2.05, sigma: 0.5}}],"
               " heading_deg: {uniform: {min: 0, max: 345}},"
               " speed_mps: {normal: {mean: 0.5, sd: 0.11}},"
               " soc_pct: {normal: {mean: 60, sd: 15, min: 40, max: 97}},"
               " supercap_soc_pct: {uniform: {min: 22, max: 82}},"
               " propellant_kg: {lognormal: {mu: 2, sigma: 0.33}}",
    .hardware = "power_capacity_wh: {normal: {mean: 302, sd: 20}},"
                "power_plane: {supercap_capacity_wh: 8, max_bus_a: {uniform: {min: 3, max: 7.8}},"
                " dock_soft_start_s: {lognormal: {mu: 0.5, sigma: 0.275}},"
                " radar_power_w: {choice: [10, 20, 10, 20, 10, 20, 10, 20, 10]},"
                " transponder_power_w: {grid: [1, 3, 2]},"
                " nbl_max_power_w: {choice: [10, 20, 40]}},"
                "propulsion_plane: {isp_s: {uniform: {min: 61, max: 91}}},"
                "thermal_plane: {" NODES(
                    "{normal: {mean: -20, sd: 4.5}}",
                    "{uniform: {min: 1.3, max: 9.3}}") ","
                                                       " couplings: [" COUPLING("3") ", " COUPLING(
                                                           "{uniform: {min: 0.12, max: "
                                                           "0.62}}") ", " COUPLING("{nor"
                                                                                   "mal:"
                                                                                   " {"
                                                                                   "mean"
                                                                                   ": "
                                                                                   "0."
                                                                                   "35, "
                                                                                   "sd: "
                                                                                   "0."
                                                                                   "144}"
                                                                                   "}") "]}",
    .script = "{step: 2, cmd: speed, mps: {normal: {mean: 0.805, sd: 0.05}}},"
              "{step: 2, cmd: heading, deg: {choice: [0, 90, 180, 270, 0, 90, 180, 270, 0]}},"
              "{step: 2, cmd: rcs, axis: up, pct: {uniform: {min: 8, max: 98}},"
              " duration_s: {lognormal: {mu: 1.05, sigma: 0.5}}},"
              "{step: 2, cmd: inputs, sensor_queue_depth: {choice: [0, 1, 2, 3]},"
              " actuator_queue_depth: {grid: [0, 5, 9, 7]}}",
};

enum { MOST_ITEMS = 5, INNER_CELLS = 20 };

typedef struct law {
    enum { UNIFORM, NORMAL, LOGNORMAL, CLIPPED_NORMAL, CHOICE, GRID } kind;
    double a, b;      /* as qf_number's */
    double low, high; /* of a clipped one */
    size_t n_items;
    double items[MOST_ITEMS]; /* different ones */
    double share[MOST_ITEMS]; /* of a choice */
} law;

#define G        9.80665
#define E_PER_DB 0.230258509299404568 /* ln 10 / 10 */

/* what `right` draws, as it stands in the column */
static const struct {
    live_column column;
    law law;
} rows[] = {
    {LIVE(X, 0), {UNIFORM, .a = -5000.0, .b = 5000.0}},
    {LIVE(Y, 0), {UNIFORM, .a = 0.0, .b = 100.0}},
    {LIVE(Z, 0), {LOGNORMAL, .a = 2.0, .b = 0.5}},
    {LIVE(HEADING, 0), {UNIFORM, .a = 0.0, .b = 360.0}},
    {LIVE(SPEED, 0), {NORMAL, .a = 0.5, .b = 0.1}},
    {LIVE(SOC, 0), {CLIPPED_NORMAL, .a = 60.0, .b = 15.0, .low = 40.0, .high = 95.0}},
    {LIVE(SUPERCAP_WH, 0), {UNIFORM, .a = 8.0 * 0.2, .b = 8.0 * 0.8}},
    {LIVE(PROPELLANT, 0), {LOGNORMAL, .a = 2.0, .b = 0.3}},
    {LIVE(RCS, 0), {LOGNORMAL, .a = 3.0 * E_PER_DB, .b = 6.0 * E_PER_DB}},
    {LIVE(NBL_MAX, 0),
     {CHOICE, .n_items = 3, .items = {10.0, 20.0, 40.0}, .share = {0.25, 0.5, 0.25}}},
    {LIVE_TEMP(0), {NORMAL, .a = -20.0, .b = 5.0}},
    {COEFFICIENT(BATTERY_WH), {NORMAL, .a = 300.0, .b = 20.0}},
    {COEFFICIENT(MAX_BUS_A), {UNIFORM, .a = 3.0, .b = 8.0}},
    {COEFFICIENT(DOCK_SOFT_START_S), {LOGNORMAL, .a = 0.5, .b = 0.25}},
    {COEFFICIENT(RADAR_W), {CHOICE, .n_items = 2, .items = {10.0, 20.0}, .share = {0.5, 0.5}}},
    {COEFFICIENT(TRANSPONDER_W), {GRID, .n_items = 3, .items = {1.0, 2.0, 3.0}}},
    {COEFFICIENT(EXHAUST_MPS), {UNIFORM, .a = 60.0 * G, .b = 90.0 * G}},
    {COEFFICIENT_AT("clear temperature", PDU + QF_C_NODE_CLEAR_C),
     {UNIFORM, .a = 70.0 - 9.0, .b = 70.0 - 1.0}},
    {COEFFICIENT_AT("coupling 1", COUPLINGS + 1), {UNIFORM, .a = 0.1, .b = 0.6}},
    {COEFFICIENT_AT("coupling 2", COUPLINGS + 2), {UNIFORM, .a = 0.1, .b = 0.6}},
    {LIVE(SPEED, 3), {NORMAL, .a = 0.8, .b = 0.05}},
    {LIVE(HEADING, 3),
     {CHOICE, .n_items = 4, .items = {0.0, 90.0, 180.0, 270.0}, .share = {0.25, 0.25, 0.25, 0.25}}},
    {LIVE(RCS_PCT, 3), {UNIFORM, .a = 5.0, .b = 95.0}},
    {LIVE(RCS_TIME_LEFT, 3),
     {LOGNORMAL, .a = 1.0, .b = 0.5}}, /* without thrusters it does not run down */
    {LIVE(SENSOR_QUEUE, 3),
     {CHOICE, .n_items = 5, .items = {0.0, 1.0, 2.0, 3.0, 4.0},
      .share = {0.2, 0.2, 0.2, 0.2, 0.2}}},
    {LIVE(ACTUATOR_QUEUE, 3), {GRID, .n_items = 4, .items = {0.0, 5.0, 7.0, 9.0}}},
};

enum {
    ROWS = COUNT(rows),
    /* each row; values and distances, of each pair of rows, and of neighbours and worlds in each */
    QUESTIONS = ROWS + 2 * (ROWS * (ROWS - 1) / 2 + 2 * ROWS),
};

static const double level = SIGNIFICANCE / QUESTIONS;

static double live[ROWS][N]; /* by entity: world by world */

static double cdf(const law *l, double x)
{
    switch (l->kind) {
    case UNIFORM:
        return uniform_cdf((x - l->a) / (l->b - l->a));
    case LOGNORMAL:
        return normal_cdf((log(x) - l->a) / l->b);
    default:
        return normal_cdf((x - l->a) / l->b);
    }
}

static bool is_continuous(const law *l)
{
    return l->kind == UNIFORM || l->kind == NORMAL || l->kind == LOGNORMAL;
}

/* what has the law becomes uniform in [0, 1] */
static double p_of_continuous(const law *l, const double *values)
{
    static double uniform[N];
    for (size_t e = 0; e < N; e++) {
        uniform[e] = cdf(l, values[e]);
    }
    return ks_p_value(ks_statistic(uniform, N, uniform_cdf), N);
}

/* the tails stand at the limits; what lies between in cells of equal probability */
static double p_of_clipped(const law *l, const double *values)
{
    enum { CELLS = INNER_CELLS + 2 };
    const double below = cdf(l, l->low);
    const double inner = cdf(l, l->high) - below;
    double share[CELLS] = {[0] = below, [CELLS - 1] = 1.0 - below - inner};
    size_t found[CELLS] = {0};
    for (size_t k = 1; k <= INNER_CELLS; k++) {
        share[k] = inner / INNER_CELLS;
    }
    for (size_t e = 0; e < N; e++) {
        if (values[e] < l->low || values[e] > l->high) {
            return 0.0;
        }
        const double place = (cdf(l, values[e]) - below) / inner;
        found[values[e] <= l->low    ? 0
              : values[e] >= l->high ? CELLS - 1
                                     : 1 + (size_t)(place * INNER_CELLS)]++;
    }
    return chi_square_p_value(chi_square_statistic(found, share, CELLS), CELLS - 1);
}

static double p_of_choice(const law *l, const double *values)
{
    size_t found[MOST_ITEMS] = {0};
    for (size_t e = 0; e < N; e++) {
        size_t k = 0;
        while (k < l->n_items && values[e] != l->items[k]) {
            k++;
        }
        if (k == l->n_items) {
            return 0.0;
        }
        found[k]++;
    }
    return chi_square_p_value(chi_square_statistic(found, l->share, l->n_items), l->n_items - 1);
}

/* dealt in turn within each world: certain */
static double p_of_grid(const law *l, const double *values)
{
    for (size_t e = 0; e < N; e++) {
        if (values[e] != l->items[e % PER_WORLD % l->n_items]) {
            return 0.0;
        }
    }
    return 1.0;
}

static double p_of(const law *l, const double *values)
{
    switch (l->kind) {
    case CLIPPED_NORMAL:
        return p_of_clipped(l, values);
    case CHOICE:
        return p_of_choice(l, values);
    case GRID:
        return p_of_grid(l, values);
    default:
        return p_of_continuous(l, values);
    }
}

static void read_back(vehicles *v, const scene *s)
{
    start(v, s);
    assert_int_equal(v->fleet.n_vehicles, N);
    for (size_t row = 0; row < ROWS; row++) {
        if (rows[row].column.tick > v->fleet.tick) {
            advance(v, rows[row].column.tick - v->fleet.tick);
        }
        copy_live(v, &rows[row].column, live[row]);
    }
}

static void every_column_follows_the_distribution_of_the_scenario(void **state)
{
    (void)state;
    vehicles v;
    read_back(&v, &right);
    /* constants beside them are not drawn */
    const double *const *c = v.fleet.groups[0].bot.column;
    for (size_t e = 0; e < N; e++) {
        assert_exact(c[PDU + QF_C_NODE_TRIP_C][e], 70.0);
        assert_exact(c[COUPLINGS][e], 3.0);
    }
    finish(&v);
    for (size_t row = 0; row < ROWS; row++) {
        const double p = p_of(&rows[row].law, live[row]);
        if (!(p >= level)) {
            fail_msg("%s: p = %g < %g", rows[row].column.name, p, level);
        }
    }
}

static void every_somewhat_wrong_distribution_is_rejected(void **state)
{
    (void)state;
    vehicles v;
    read_back(&v, &wrong);
    finish(&v);
    for (size_t row = 0; row < ROWS; row++) {
        const double p = p_of(&rows[row].law, live[row]);
        if (!(p < level)) {
            fail_msg("%s: p = %g of a wrong distribution", rows[row].column.name, p);
        }
    }
}

/* before its tick a command's draw is not there: speeds are still the first ones */
static void arguments_are_applied_at_their_tick(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &right);
    advance(&v, 2);
    const live_column speed = LIVE(SPEED, 2);
    copy_live(&v, &speed, live[0]);
    finish(&v);
    const law first = {NORMAL, .a = 0.5, .b = 0.1};
    const law commanded = {NORMAL, .a = 0.8, .b = 0.05};
    assert_true(p_of(&first, live[0]) >= level);
    assert_true(p_of(&commanded, live[0]) < level);
}

/* continuous draws as probabilities: bounded, so that correlations of n are normal */
static void take_scores(void)
{
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t e = 0; e < N && is_continuous(&rows[row].law); e++) {
            live[row][e] = cdf(&rows[row].law, live[row][e]);
        }
    }
}

static void distances_from_mean(const double *values, size_t n, double *distances)
{
    double mean = 0.0;
    for (size_t i = 0; i < n; i++) {
        mean += values[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        distances[i] = fabs(values[i] - mean);
    }
}

/* the smaller p of two questions: do the values go together, do their distances from the mean */
static double p_of_independence(const double *a, const double *b, size_t n)
{
    static double far_a[N];
    static double far_b[N];
    distances_from_mean(a, n, far_a);
    distances_from_mean(b, n, far_b);
    const double p = correlation_p_value(correlation(a, b, n), n);
    /* NaN, which fmin passes over, where all are as far from their mean, as in a choice of two */
    return fmin(p, correlation_p_value(correlation(far_a, far_b, n), n));
}

static void assert_independent(const double *a, const double *b, size_t n, const char *what_a,
                               const char *what_b)
{
    const double p = p_of_independence(a, b, n);
    if (!(p >= level)) {
        fail_msg("%s, %s: p = %g < %g", what_a, what_b, p, level);
    }
}

static void quantities_neighbours_and_worlds_are_independent(void **state)
{
    (void)state;
    vehicles v;
    read_back(&v, &right);
    finish(&v);
    take_scores();
    for (size_t a = 0; a < ROWS; a++) {
        const char *name = rows[a].column.name;
        if (rows[a].law.kind == GRID) {
            continue; /* not random */
        }
        assert_independent(live[a], live[a] + 1, N - 1, name, "next vehicle");
        assert_independent(live[a], live[a] + PER_WORLD, PER_WORLD, name, "next world");
        for (size_t b = 0; b < a; b++) {
            if (rows[b].law.kind != GRID) {
                assert_independent(live[a], live[b], N, name, rows[b].column.name);
            }
        }
    }
}

static void slight_dependence_is_found(void **state)
{
    (void)state;
    static double mixed[N];
    vehicles v;
    read_back(&v, &right);
    finish(&v);
    take_scores();
    for (size_t e = 0; e < N; e++) { /* correlation 0.05 */
        mixed[e] = live[1][e] + 0.05 * live[0][e];
    }
    assert_true(p_of_independence(live[0], mixed, N) < level);
    for (size_t e = 0; e < N; e++) { /* none, but as far from the middle */
        mixed[e] = live[1][e] < 0.5 ? live[0][e] : 1.0 - live[0][e];
    }
    assert_true(correlation_p_value(correlation(live[0], mixed, N), N) >= level);
    assert_true(p_of_independence(live[0], mixed, N) < level);
}

static void every_vehicle_has_a_value_of_its_own(void **state)
{
    (void)state;
    vehicles v;
    read_back(&v, &right);
    finish(&v);
    for (size_t row = 0; row < ROWS; row++) {
        qsort(live[row], N, sizeof *live[row], compare_doubles);
        for (size_t e = 1; e < N && is_continuous(&rows[row].law); e++) {
            if (live[row][e] == live[row][e - 1]) {
                fail_msg("%s: %.17g comes twice", rows[row].column.name, live[row][e]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_follows_the_distribution_of_the_scenario),
        cmocka_unit_test(every_somewhat_wrong_distribution_is_rejected),
        cmocka_unit_test(arguments_are_applied_at_their_tick),
        cmocka_unit_test(quantities_neighbours_and_worlds_are_independent),
        cmocka_unit_test(slight_dependence_is_found),
        cmocka_unit_test(every_vehicle_has_a_value_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
