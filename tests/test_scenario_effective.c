/* SPDX-License-Identifier: Apache-2.0 */
/* The effective scenario says the same as the one it was made of; what is drawn depends on nothing
 * but the seed, the vehicle and what the draw is for. */
#include "scenario_reader.h"

#include "fleet.h"
#include "program_fixture.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static int set_up(void **state)
{
    static char directory[64];
    enter_directory(directory);
    *state = directory;
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

static qf_scenario load(const char *path)
{
    qf_context context = qf_context_default();
    qf_diagnostics diagnostics;
    qf_scenario scenario;
    qf_diagnostics_init(&diagnostics);
    const qf_status status = qf_scenario_read(&context, path, NULL, 0, &diagnostics, &scenario);
    if (status != QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("%s: not accepted", path);
    }
    qf_diagnostics_free(&diagnostics);
    return scenario;
}

/* the effective YAML of the file at `path`; the caller frees it */
static char *effective(const char *path)
{
    qf_scenario scenario = load(path);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    qf_scenario_write(&scenario, out);
    assert_int_equal(fclose(out), 0);
    qf_scenario_free(&scenario);
    return text;
}

/* cuts the remark that says from which file a profile came */
static void cut_remarks(char *text)
{
    static const char remark[] = "hardware: # from";
    size_t kept = 0;
    for (size_t at = 0; text[at]; at++) {
        if (strncmp(text + at, remark, strlen(remark)) == 0) {
            memcpy(text + kept, "hardware:", strlen("hardware:"));
            kept += strlen("hardware:");
            at += strcspn(text + at, "\n");
        }
        text[kept++] = text[at];
    }
    text[kept] = '\0';
}

/* leaves effective.yaml behind */
static void assert_fixed_point(const char *path)
{
    char *first = effective(path);
    cut_remarks(first);
    write_file("effective.yaml", first);
    char *second = effective("effective.yaml");
    assert_string_equal(second, first);
    free(first);
    free(second);
}

/* every kind of thing that may stand in a scenario, in forms that are not the writer's own */
static const char rich[] =
    "schema: qfleet/1\n"
    "name: \"ночь-\\u2028-\\u0085-\\\\-'\"\n"
    "seed: 18446744073709551615\n"
    "time: {dt_s: 0.1, duration_s: 30}\n"
    "worlds: 2\n"
    "environment: {ambient_c: 1e-320, radiation_usvh: 0.30000000000000004}\n"
    "groups:\n"
    "  - name: \"a\\\"b\"\n"
    "    kind: bot\n"
    "    count: 5\n"
    "    iff: foe\n"
    "    soc_critical_pct: 12.5\n"
    "    hardware: {file: bot.yaml, hardware_profile: {power_plane: {max_bus_a: 4.1}}}\n"
    "    initial:\n"
    "      position_m: {grid: [[1, 2, 3], [-4, 5e10, 0.1]]}\n"
    "      heading_deg: {choice: [0, 90, 180]}\n"
    "      speed_mps: {normal: {mean: 1, sd: 0.25}}\n"
    "      soc_pct: {normal: {mean: 60, sd: 15, max: 99}}\n"
    "      propellant_kg: {lognormal: {mu: 1, sigma: 0.5}}\n"
    "    script:\n"
    "      - {time_s: 20, cmd: rcs, axis: port, pct: {uniform: {min: 10, max: 90}}, "
    "duration_s: {lognormal: {mu: 0, sigma: 1, min: 0.1}}}\n"
    "      - {step: 7, cmd: inputs, radar_enabled: on, actuator_queue_depth: 3}\n"
    "      - {step: 7, cmd: rotate, deg: {grid: [1, 2, 3]}}\n"
    "      - {time_s: 1, cmd: nbl, active: yes}\n"
    "      - {time_s: 1e6, cmd: speed, mps: 0}\n"
    "  - name: b\n"
    "    kind: bot\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {sensor_plane: {imu: {enabled: off}}}}\n"
    "record: {every_s: 0.7, state: [temp_core_c, trip_core, x_m], events: no, "
    "hash_every_s: 0.9}\n";

static const char rich_profile[] =
    "hardware_profile:\n"
    "  power_capacity_wh: {uniform: {min: 100, max: 120}}\n"
    "  power_plane: {dock_connected_init: yes, soc_shed_low_pct: {choice: [10, 20]}}\n"
    "  thermal_plane:\n"
    "    nodes:\n"
    "      - {id: core, heat_capacity_j_per_c: {normal: {mean: 800, sd: 50}}, t_max_c: 30}\n"
    "      - {id: hull, heat_capacity_j_per_c: 3000, t_init_c: {uniform: {min: -60, max: 0}}}\n"
    "    couplings: [{a: core, b: hull, k_w_per_c: {grid: [0.1, 0.2]}}]\n"
    "  propulsion_plane:\n"
    "    ztt_torque_tol_nm: 7\n"
    "    thrusters:\n"
    "      - {position_m: [0.1, 1, 0], direction: [0, 0.7071, 0.7071], f_max_newton: 2.5}\n"
    "      - {position_m: [0, -1, 0], direction: [0, -1, 0], f_max_newton: 1e-3}\n";

static void write_rich(void)
{
    write_file("s.yaml", rich);
    write_file("bot.yaml", rich_profile);
}

/* the hash that a run prints */
static uint64_t hash_of_run(const char *path)
{
    program_end end = RUN("run", path, "--no-output", "--threads", "2");
    static const char label[] = "  state hash     ";
    assert_int_equal(end.exit_code, 0);
    const char *at = strstr(end.err, label);
    assert_non_null(at);
    const uint64_t hash = strtoull(at + strlen(label), NULL, 16);
    release(&end);
    return hash;
}

static void effective_scenario_is_a_fixed_point(void **state)
{
    (void)state;
    write_rich();
    assert_fixed_point("s.yaml");
}

static void shortest_scenarios_are_fixed_points(void **state)
{
    (void)state;
    static const char *const times[] = {"{dt_s: 0.1, duration_s: 0.5}", "{dt_s: 3, duration_s: 9}",
                                        "{dt_s: 1e-300, duration_s: 5e-300}",
                                        "{dt_s: 0.0333333333333333, duration_s: 1}",
                                        "{dt_s: 1, duration_s: 4294967295}"};
    for (size_t i = 0; i < COUNT(times); i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "schema: qfleet/1\ntime: %s\n"
                 "groups: [{name: a, kind: bot, count: 1, hardware: {hardware_profile: {}}}]\n",
                 times[i]);
        write_file("a short one.yaml", text);
        assert_fixed_point("a short one.yaml");
    }
}

static void own_configurations_are_fixed_points(void **state)
{
    (void)state;
    assert_fixed_point(PROJECT_SOURCE_DIR "/configs/patrol.yaml");
    assert_fixed_point(PROJECT_SOURCE_DIR "/configs/million.yaml");
    assert_fixed_point(PROJECT_SOURCE_DIR "/configs/free_flyer.yaml");
}

static void effective_scenario_says_where_a_profile_came_from(void **state)
{
    (void)state;
    write_rich();
    char *text = effective("s.yaml");
    assert_contains(text, "    hardware: # from \"bot.yaml\"\n");
    free(text);
}

static void effective_scenario_runs_to_the_same_state(void **state)
{
    (void)state;
    write_rich();
    assert_fixed_point("s.yaml");
    const uint64_t hash = hash_of_run("s.yaml");
    assert_true(hash_of_run("effective.yaml") == hash);
    /* and the hash tells scenarios apart */
    char *other = replace(rich, "max_bus_a: 4.1", "max_bus_a: 1.1");
    write_file("s.yaml", other);
    free(other);
    assert_true(hash_of_run("s.yaml") != hash);
}

/* one column of a scenario's first values, all vehicles in the order of entities */
typedef struct column {
    double values[600];
    size_t n;
} column;

static column first_values(const char *text, qf_field_id field)
{
    write_file("s.yaml", text);
    qf_context context = qf_context_default();
    qf_scenario scenario = load("s.yaml");
    qf_fleet fleet;
    assert_int_equal(qf_fleet_create(&context, &scenario, &fleet), QF_OK);
    column made = {.n = fleet.n_vehicles};
    assert_true(made.n <= COUNT(made.values));
    for (size_t e = 0; e < made.n; e++) {
        made.values[e] = qf_f64(&fleet, field, 0)[qf_fleet_entity(&fleet, e).slot];
    }
    qf_fleet_free(&fleet);
    qf_scenario_free(&scenario);
    return made;
}

static void assert_same(const column *a, const column *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->values, b->values, a->n * sizeof *a->values);
}

static size_t count_equal(const double *a, const double *b, size_t n)
{
    size_t equal = 0;
    for (size_t i = 0; i < n; i++) {
        equal += a[i] == b[i];
    }
    return equal;
}

static const char drawn[] =
    "schema: qfleet/1\n"
    "seed: 5\n"
    "worlds: 2\n"
    "time: {dt_s: 0.1, duration_s: 1}\n"
    "groups:\n"
    "  - name: a\n"
    "    kind: bot\n"
    "    count: 250\n"
    "    hardware: {hardware_profile: {propulsion_plane: {propellant_kg_init: 3}}}\n"
    "    initial:\n"
    "      heading_deg: {uniform: {min: 10, max: 20}}\n"
    "      soc_pct: {normal: {mean: 50, sd: 10}}\n";

static void every_vehicle_draws_its_own_value(void **state)
{
    (void)state;
    const column heading_deg = first_values(drawn, QF_FIELD_HEADING);
    assert_int_equal(heading_deg.n, 500);
    double sum = 0.0;
    for (size_t i = 0; i < heading_deg.n; i++) {
        assert_true(heading_deg.values[i] >= 10.0 && heading_deg.values[i] < 20.0);
        for (size_t j = 0; j < i; j++) {
            assert_true(heading_deg.values[i] != heading_deg.values[j]);
        }
        sum += heading_deg.values[i];
    }
    /* the mean of 500 has a standard deviation of 0.13 */
    assert_true(sum / 500.0 > 14.3 && sum / 500.0 < 15.7);
    const column soc_pct = first_values(drawn, QF_FIELD_SOC);
    double soc_sum = 0.0;
    double soc_squares = 0.0;
    for (size_t i = 0; i < soc_pct.n; i++) {
        assert_true(soc_pct.values[i] >= 0.0 && soc_pct.values[i] <= 100.0);
        soc_sum += soc_pct.values[i];
        soc_squares += (soc_pct.values[i] - 50.0) * (soc_pct.values[i] - 50.0);
    }
    assert_true(soc_sum / 500.0 > 47.5 && soc_sum / 500.0 < 52.5);
    assert_true(soc_squares / 500.0 > 70.0 && soc_squares / 500.0 < 135.0);
}

static void worlds_draw_different_values(void **state)
{
    (void)state;
    const column c = first_values(drawn, QF_FIELD_HEADING);
    assert_int_equal(count_equal(c.values, c.values + 250, 250), 0);
}

static void seeds_draw_different_values(void **state)
{
    (void)state;
    char *other = replace(drawn, "seed: 5", "seed: 6");
    static const qf_field_id fields[] = {QF_FIELD_HEADING, QF_FIELD_SOC};
    for (size_t i = 0; i < COUNT(fields); i++) {
        const column a = first_values(drawn, fields[i]);
        const column b = first_values(other, fields[i]);
        assert_int_equal(count_equal(a.values, b.values, a.n), 0);
    }
    free(other);
}

static void draws_do_not_depend_on_other_draws(void **state)
{
    (void)state;
    const column expected = first_values(drawn, QF_FIELD_SOC);
    static const char *const changes[][2] = {
        {"{uniform: {min: 10, max: 20}}", "90"},
        {"{uniform: {min: 10, max: 20}}", "{choice: [1, 2, 3]}"},
        {"propellant_kg_init: 3", "propellant_kg_init: {normal: {mean: 5, sd: 1}}"},
        {"count: 250\n",
         "count: 250\n    script: [{step: 0, cmd: speed, mps: {choice: [1, 2]}}]\n"},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        char *text = replace(drawn, changes[i][0], changes[i][1]);
        const column found = first_values(text, QF_FIELD_SOC);
        assert_same(&found, &expected);
        free(text);
    }
}

/* the same spread for two quantities must not give one vehicle the same share of it twice */
static void quantities_draw_apart(void **state)
{
    (void)state;
    char *text = replace(drawn, "soc_pct: {normal: {mean: 50, sd: 10}}",
                         "soc_pct: {uniform: {min: 10, max: 20}}");
    const column heading_deg = first_values(text, QF_FIELD_HEADING);
    const column soc_pct = first_values(text, QF_FIELD_SOC);
    assert_int_equal(count_equal(heading_deg.values, soc_pct.values, soc_pct.n), 0);
    free(text);
}

static void order_of_keys_does_not_matter(void **state)
{
    (void)state;
    static const char turned[] =
        "groups:\n"
        "  - initial:\n"
        "      soc_pct: {normal: {sd: 10, mean: 50}}\n"
        "      heading_deg: {uniform: {max: 20, min: 10}}\n"
        "    hardware: {hardware_profile: {propulsion_plane: {propellant_kg_init: 3}}}\n"
        "    count: 250\n"
        "    kind: bot\n"
        "    name: a\n"
        "time: {duration_s: 1, dt_s: 0.1}\n"
        "worlds: 2\n"
        "seed: 5\n"
        "schema: qfleet/1\n";
    write_file("s.yaml", drawn);
    char *expected = effective("s.yaml");
    const uint64_t hash = hash_of_run("s.yaml");
    write_file("s.yaml", turned);
    char *found = effective("s.yaml");
    assert_string_equal(found, expected);
    assert_true(hash_of_run("s.yaml") == hash);
    free(expected);
    free(found);
}

static void grid_is_dealt_out_in_turn(void **state)
{
    (void)state;
    char *text = replace(drawn, "{uniform: {min: 10, max: 20}}", "{grid: [1, 2, 3]}");
    const column c = first_values(text, QF_FIELD_HEADING);
    for (size_t e = 0; e < c.n; e++) {
        assert_true(c.values[e] == (double)(e % 250 % 3) + 1.0);
    }
    free(text);
}

static void seed_option_is_the_seed_of_the_file(void **state)
{
    (void)state;
    write_file("s.yaml", drawn);
    program_end end = RUN("validate", "--effective", "s.yaml", "--seed", "6");
    char *other = replace(drawn, "seed: 5", "seed: 6");
    write_file("s.yaml", other);
    char *expected = effective("s.yaml");
    assert_string_equal(end.out, expected);
    free(expected);
    free(other);
    release(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(effective_scenario_is_a_fixed_point),
        TEST(shortest_scenarios_are_fixed_points),
        TEST(own_configurations_are_fixed_points),
        TEST(effective_scenario_says_where_a_profile_came_from),
        TEST(effective_scenario_runs_to_the_same_state),
        TEST(every_vehicle_draws_its_own_value),
        TEST(worlds_draw_different_values),
        TEST(seeds_draw_different_values),
        TEST(draws_do_not_depend_on_other_draws),
        TEST(quantities_draw_apart),
        TEST(order_of_keys_does_not_matter),
        TEST(grid_is_dealt_out_in_turn),
        TEST(seed_option_is_the_seed_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
