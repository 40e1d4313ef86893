/* SPDX-License-Identifier: Apache-2.0 */
/* What `qfleet diff` says of two files: one is changed in a known place, or made otherwise. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>

#include "program_fixture.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define HEAD "schema: qfleet/1\nname: t\nseed: 5\nworlds: 2\ntime: {dt_s: 0.1, duration_s: 10}\n"
#define GROUP                                                                                      \
    "groups:\n  - name: a\n    kind: bot\n    count: 3\n    hardware: {hardware_profile: {}}\n"    \
    "    script:\n      - {step: 0, cmd: speed, mps: 0.5}\n"
#define LATER  "      - {step: 37, cmd: nbl_max, max_power_w: 3}\n"
#define RECORD "record: {every_s: 0.5, state: [x_m, soc_pct, radar_enabled]}\n"
#define BLIND  "record: {every_s: 0.5, state: []}\n"

enum { VEHICLES = 6, WORLDS = 2 };

static int set_up(void **state)
{
    static char directory[64];
    enter_directory(directory);
    *state = directory;
    write_file("s.yaml", HEAD GROUP RECORD);
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

#define MAKE(scenario, ...)                                                                        \
    do {                                                                                           \
        program_end made = RUN("run", scenario, "--progress", "off", "-o", __VA_ARGS__);           \
        if (made.exit_code != 0) {                                                                 \
            fail_msg("%s", made.err);                                                              \
        }                                                                                          \
        release(&made);                                                                            \
    } while (0)

static void make_two(void)
{
    MAKE("s.yaml", "a.h5");
    MAKE("s.yaml", "b.h5");
}

/* Runs the comparison; every other argument is a part of what it must print. */
static void assert_diff(const char *const *arguments, int exit_code, const char *const *parts)
{
    program_end end = run_program(arguments);
    if (end.exit_code != exit_code) {
        fail_msg("exit code %d, expected %d:\n%s%s", end.exit_code, exit_code, end.out, end.err);
    }
    for (; *parts; parts++) {
        assert_contains(exit_code < 2 ? end.out : end.err, *parts);
    }
    assert_string_equal(exit_code < 2 ? end.err : end.out, "");
    release(&end);
}

#define ARGS(...) ((const char *const[]){"diff", __VA_ARGS__, NULL})
#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static hid_t open_to_change(const char *path)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static void change(const char *path, const char *name, int rank, const hsize_t *at, hid_t type,
                   const void *value)
{
    const hsize_t one[2] = {1, 1};
    const hid_t file = open_to_change(path);
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(variable);
    const hid_t memory = H5Screate_simple(rank, one, NULL);
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, at, NULL, one, NULL) >= 0);
    assert_true(H5Dwrite(variable, type, memory, space, H5P_DEFAULT, value) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(variable);
    H5Fclose(file);
}

/* A value of /state at a record: record k is that of tick 5 * (k + 1). */
static void put(const char *path, const char *name, hsize_t record, hsize_t vehicle, double value)
{
    change(path, name, 2, (const hsize_t[]){record, vehicle}, H5T_NATIVE_DOUBLE, &value);
}

static void put_bits(const char *path, const char *name, hsize_t record, hsize_t vehicle,
                     uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    put(path, name, record, vehicle, value);
}

static void put_text(hid_t file, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t space = H5Screate(H5S_SCALAR);
    assert_true(H5Adelete(file, name) >= 0);
    const hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, &text) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void resize(hid_t file, const char *name, hsize_t length, hsize_t width)
{
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(H5Dset_extent(variable, (const hsize_t[]){length, width}) >= 0);
    H5Dclose(variable);
}

static void files_of_the_same_run_are_equal(void **state)
{
    (void)state;
    make_two();
    assert_diff(ARGS("a.h5", "b.h5"), 0,
                SAYS("\nequal\n", "equal in 3 common columns of 20 records", "/events: 12, equal",
                     "/hashes: equal at 1 common tick, the last is 100"));
    assert_diff(ARGS("a.h5", "a.h5"), 0, SAYS("\nequal\n"));
    assert_diff(ARGS("a.h5", "b.h5", "--json"), 0, SAYS("{\"equal\": true, "));
}

static void the_run_of_an_effective_scenario_is_equal(void **state)
{
    (void)state;
    write_file("hw.json", "{\"hardware_profile\": {}}");
    write_file("walk.yaml", "{name: on, states: {A: {transitions: [{condition: tick > 3, target: "
                            "B}]}, B: {terminal: true}}}\n");
    write_file("s.yaml", HEAD "groups:\n  - {name: a, kind: bot, count: 3, hardware: hw.json, fsm: "
                              "[walk.yaml, {file: walk.yaml, name: back}]}\n" RECORD);
    MAKE("s.yaml", "a.h5");
    program_end end = RUN("validate", "--effective", "s.yaml");
    write_file("e.yaml", end.out);
    release(&end);
    MAKE("e.yaml", "b.h5");
    assert_diff(ARGS("a.h5", "b.h5"), 0, SAYS("\nequal\n"));
}

static void a_changed_value_is_named(void **state)
{
    (void)state;
    make_two();
    put("b.h5", "state/soc_pct", 7, 4, 12.5);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("DIFFERENT",
                     "first recorded difference: tick 40 (4 s), vehicle 4 'w1/a-1' "
                     "(world 1), soc_pct\n",
                     "    B  12.5  0x4029000000000000\n", "  soc_pct                1\n",
                     "/hashes: equal"));
    assert_diff(ARGS("a.h5", "b.h5", "--json"), 1,
                SAYS("{\"equal\": false, ",
                     "\"first_recorded_difference\": {\"tick\": 40, \"time_s\": 4, \"entity\": 4, "
                     "\"name\": \"w1/a-1\", \"world\": 1, \"column\": \"soc_pct\"",
                     "\"0x4029000000000000\"]", "\"soc_pct\": 1"));
}

static void the_first_difference_is_by_tick_then_vehicle_then_column(void **state)
{
    (void)state;
    make_two();
    put("b.h5", "state/x_m", 9, 0, 1.5);
    put("b.h5", "state/x_m", 8, 5, 1.5);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("tick 45 (4.5 s), vehicle 5 'w1/a-2' (world 1), x_m"));
    put("b.h5", "state/soc_pct", 8, 2, 1.5);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("tick 45 (4.5 s), vehicle 2 'w0/a-2' (world 0), soc_pct",
                     "  x_m                    2\n", "  soc_pct                1\n"));
    put("b.h5", "state/x_m", 8, 2, 1.5);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("tick 45 (4.5 s), vehicle 2 'w0/a-2' (world 0), x_m"));
}

static void bits_count_but_for_the_payload_of_nans(void **state)
{
    (void)state;
    make_two();
    put_bits("a.h5", "state/x_m", 3, 1, UINT64_C(0x7ff8000000000000));
    put_bits("b.h5", "state/x_m", 3, 1, UINT64_C(0xfff8000000000123));
    assert_diff(ARGS("a.h5", "b.h5"), 0, SAYS("\nequal\n"));
    put("a.h5", "state/x_m", 4, 1, 0.0);
    put("b.h5", "state/x_m", 4, 1, -0.0);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("tick 25 (2.5 s), vehicle 1 'w0/a-1' (world 0), x_m",
                     "    A  0  0x0000000000000000\n    B  -0  0x8000000000000000\n",
                     "  x_m                    1\n"));
}

static void other_vehicles_are_explained(void **state)
{
    (void)state;
    MAKE("s.yaml", "a.h5");
    MAKE("s.yaml", "b.h5", "--set", "groups[0].count=4");
    MAKE("s.yaml", "c.h5", "--set", "worlds=3");
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("'    count: 3' in A, '    count: 4' in B", "vehicles: 6 in A, 8 in B",
                     "are not compared"));
    assert_diff(ARGS("a.h5", "c.h5"), 1,
                SAYS("vehicles: 6 in A, 9 in B", "worlds: 2 in A, 3 in B"));
}

static void other_seed_and_tick_are_explained(void **state)
{
    (void)state;
    write_file("s.yaml",
               HEAD GROUP "    initial: {heading_deg: {uniform: {min: 0, max: 360}}}\n" RECORD);
    MAKE("s.yaml", "a.h5");
    MAKE("s.yaml", "b.h5", "--seed", "6");
    MAKE("s.yaml", "c.h5", "--set", "time.dt_s=0.05");
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("seed: 5 in A, 6 in B", "tick 5 (0.5 s), vehicle 0 'w0/a-0' (world 0), x_m"));
    assert_diff(ARGS("a.h5", "c.h5"), 1,
                SAYS("length of a tick: 0.10000000000000001 s in A, 0.050000000000000003 s in B",
                     "ticks of the run: 100 in A, 200 in B", "tick 10 (1 s in A, 0.5 s in B)"));
}

static void other_columns_and_cadence_are_explained(void **state)
{
    (void)state;
    MAKE("s.yaml", "a.h5");
    MAKE("s.yaml", "b.h5", "--set", "record.every_s=1.0", "--set", "record.state=[y_m, soc_pct]");
    assert_diff(
        ARGS("a.h5", "b.h5"), 1,
        SAYS("column x_m is recorded only in A", "column radar_enabled is recorded only in A",
             "column y_m is recorded only in B", "recorded every 5 ticks in A, every 10 in B",
             "10 at common ticks", "/state: equal in 1 common column of 10 records"));
    put("b.h5", "state/soc_pct", 3, 2, 1.0);
    assert_diff(ARGS("b.h5", "a.h5"), 1,
                SAYS("tick 40 (4 s), vehicle 2 'w0/a-2' (world 0), soc_pct"));
}

static void resize_events(hid_t file, hsize_t n)
{
    static const char *const names[] = {"event",    "tick",    "time_s", "world", "entity", "code",
                                        "severity", "subject", "track",  "cause", "value"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[64];
        snprintf(path, sizeof path, "events/%s", names[i]);
        resize(file, path, n, 0);
    }
}

static void an_interrupted_file_is_compared_as_far_as_it_goes(void **state)
{
    (void)state;
    make_two();
    const int64_t later = 50; /* an event that B did not live to see */
    change("a.h5", "events/tick", 1, (const hsize_t[]){11}, H5T_NATIVE_INT64, &later);
    const hid_t file = open_to_change("b.h5");
    resize_events(file, 11);
    put_text(file, "status", "interrupted");
    assert_true(H5Adelete(file, "state_hash") >= 0);
    resize(file, "state/time", 8, 0);
    resize(file, "state/tick", 8, 0);
    resize(file, "state/x_m", 8, VEHICLES);
    resize(file, "state/soc_pct", 9, VEHICLES); /* as a killed run may leave it */
    resize(file, "state/radar_enabled", 8, VEHICLES);
    resize(file, "hashes/tick", 0, 0);
    resize(file, "hashes/hash", 0, WORLDS);
    H5Fclose(file);
    assert_diff(
        ARGS("a.h5", "b.h5"), 1,
        SAYS("A (complete) ends at tick 100, B (interrupted) at tick 40: the rest is missing in B",
             "records: 20 in A, 8 in B, 8 at common ticks", "/state: equal", "/events: 11, equal",
             "/hashes: none at a common tick"));
}

static void a_different_event_is_told_in_words(void **state)
{
    (void)state;
    make_two();
    const double value = 1.25;
    change("b.h5", "events/value", 1, (const hsize_t[]){7}, H5T_NATIVE_DOUBLE, &value);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("first difference: number 7, value\n",
                     "    B  tick 0 (0 s), vehicle 3 'w1/a-0', world 1: boot_ok (101, info)",
                     "value 1.25\n"));
    const hid_t file = open_to_change("a.h5");
    resize_events(file, 5);
    H5Fclose(file);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("/events: 5 in A, 12 in B in the common time; first difference: number 5\n",
                     "    A  none\n"));
}

static void a_vehicle_frozen_at_another_tick_is_told_in_words(void **state)
{
    (void)state;
    write_file("s.yaml", HEAD GROUP LATER "      - {step: 50, cmd: speed, mps: 1.0e+300}\n" BLIND);
    MAKE("s.yaml", "a.h5");
    MAKE("s.yaml", "b.h5");
    assert_diff(ARGS("a.h5", "b.h5"), 0, SAYS("/quarantine: 6, equal"));
    MAKE("s.yaml", "b.h5", "--force", "--set", "groups[0].script[2].step=60");
    assert_diff(
        ARGS("a.h5", "b.h5"), 1,
        SAYS("/quarantine: 6 in A, 6 in B in the common time; first difference: number 0, tick\n",
             "    A  tick 51 (5.1 s), vehicle 0 'w0/a-0', world 0: y_m out_of_range, ",
             "    B  tick 61 (6.1 s), vehicle 0 'w0/a-0', world 0: y_m out_of_range, "));
}

/* Puts the hashes of tick 20, from a run that ends there, before those of the end. */
static void add_rung(const char *path, const char *scenario)
{
    uint64_t hashes[2][WORLDS];
    int64_t ticks[2];
    MAKE(scenario, "short.h5", "--force", "--set", "time.duration_s=2");
    hid_t file = H5Fopen("short.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(H5LTread_dataset(file, "hashes/hash", H5T_NATIVE_UINT64, hashes[0]) >= 0);
    assert_true(H5LTread_dataset(file, "hashes/tick", H5T_NATIVE_INT64, &ticks[0]) >= 0);
    H5Fclose(file);
    file = open_to_change(path);
    assert_true(H5LTread_dataset(file, "hashes/hash", H5T_NATIVE_UINT64, hashes[1]) >= 0);
    assert_true(H5LTread_dataset(file, "hashes/tick", H5T_NATIVE_INT64, &ticks[1]) >= 0);
    resize(file, "hashes/hash", 2, WORLDS);
    resize(file, "hashes/tick", 2, 0);
    const hid_t hash = H5Dopen2(file, "hashes/hash", H5P_DEFAULT);
    const hid_t tick = H5Dopen2(file, "hashes/tick", H5P_DEFAULT);
    assert_true(H5Dwrite(hash, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, hashes) >= 0);
    assert_true(H5Dwrite(tick, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, ticks) >= 0);
    H5Dclose(hash);
    H5Dclose(tick);
    H5Fclose(file);
}

static void make_unrecorded_difference(const char *record)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s", HEAD GROUP, record);
    write_file("a.yaml", text);
    snprintf(text, sizeof text, "%s%s", HEAD GROUP LATER, record);
    write_file("b.yaml", text);
    MAKE("a.yaml", "a.h5");
    MAKE("b.yaml", "b.h5");
}

static void hashes_tell_of_what_was_not_recorded(void **state)
{
    (void)state;
    make_unrecorded_difference(RECORD);
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("/state: equal", "/hashes: first different at tick 100 in worlds 0-1\n",
                     "first difference at or before tick 100, in something that was not recorded"));
    add_rung("a.h5", "a.yaml");
    add_rung("b.h5", "b.yaml");
    assert_diff(ARGS("a.h5", "b.h5"), 1,
                SAYS("/hashes: last equal at tick 20, first different at tick 100 in worlds 0-1\n",
                     "first difference after tick 20, at or before tick 100, in something that was "
                     "not recorded, in worlds 0-1"));
    assert_diff(ARGS("a.h5", "b.h5", "--json"), 1,
                SAYS("\"last_equal_tick\": 20, \"first_different_tick\": 100, \"worlds\": [0, 1], "
                     "\"unrecorded\": true"));
}

static void recomputing_names_what_was_not_recorded(void **state)
{
    (void)state;
    static const char *const records[] = {RECORD, BLIND};
    for (size_t i = 0; i < COUNT(records); i++) {
        make_unrecorded_difference(records[i]);
        add_rung("a.h5", "a.yaml");
        add_rung("b.h5", "b.yaml");
        /* the command of step 37 acts in the tick after which 38 are done */
        assert_diff(
            ARGS("a.h5", "b.h5", "--recompute"), 1,
            SAYS("recomputed: ticks 20 to 100; hashes confirmed: 2 of A, 2 of B",
                 "first difference: tick 38 (3.8 s), vehicle 0 'w0/a-0' (world 0), "
                 "nbl_max_power_w\n    A  20  0x4034000000000000\n    B  3  0x4008000000000000\n"));
        unlink("a.h5");
        unlink("b.h5");
    }
}

static void recomputing_refuses_what_this_build_does_not_reproduce(void **state)
{
    (void)state;
    make_unrecorded_difference(RECORD);
    add_rung("a.h5", "a.yaml");
    add_rung("b.h5", "b.yaml");
    const uint64_t wrong = 1;
    change("b.h5", "hashes/hash", 2, (const hsize_t[]){0, 1}, H5T_NATIVE_UINT64, &wrong);
    assert_diff(
        ARGS("a.h5", "b.h5", "--recompute"), 3,
        SAYS("b.h5: this build does not reproduce it: at tick 20 the hash of world 1 is another"));
}

static void recomputing_tells_when_a_file_was_changed_after_its_run(void **state)
{
    (void)state;
    make_two();
    put("b.h5", "state/soc_pct", 7, 4, 12.5);
    assert_diff(ARGS("a.h5", "b.h5", "--recompute"), 1,
                SAYS("recomputed: ticks 0 to 40", "or was changed after the run"));
}

static void what_cannot_be_read_is_no_difference(void **state)
{
    (void)state;
    MAKE("s.yaml", "a.h5");
    assert_int_equal(H5Fclose(H5Fcreate("foreign.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)), 0);
    assert_diff(ARGS("a.h5", "s.yaml"), 3, SAYS("qfleet diff: s.yaml: is not an HDF5 file"));
    assert_diff(ARGS("a.h5", "none.h5"), 3, SAYS("none.h5: No such file or directory"));
    assert_diff(ARGS("foreign.h5", "a.h5"), 3,
                SAYS("foreign.h5: is HDF5, but not a result of qfleet"));
}

static void bad_command_lines_are_refused(void **state)
{
    (void)state;
    assert_diff(ARGS("a.h5"), 2, SAYS("expected two result files, found 1"));
    assert_diff(ARGS("a.h5", "b.h5", "c.h5"), 2, SAYS("found 3"));
    assert_diff(ARGS("a.h5", "b.h5", "--recompte"), 2, SAYS("did you mean '--recompute'?"));
}

/* More than a slab in either direction: many moments of one vehicle, many vehicles at one. */
static void large_files_are_compared_slab_by_slab(void **state)
{
    (void)state;
    static const char *const shapes[][2] = {{"groups[0].count=1", "time.duration_s=4000"},
                                            {"groups[0].count=400000", "time.duration_s=1"}};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        static const char *const paths[] = {"a.h5", "b.h5"};
        for (size_t f = 0; f < 2; f++) {
            MAKE("s.yaml", paths[f], "--set", shapes[i][0], "--set", shapes[i][1], "--set",
                 "record.every_s=0.1", "--set", "record.state=[x_m, radar_enabled]", "--force");
        }
        assert_diff(ARGS("a.h5", "b.h5"), 0, SAYS("\nequal\n"));
        put("b.h5", "state/x_m", i ? 6 : 33333, i ? 700001 : 1, 3.0);
        assert_diff(ARGS("a.h5", "b.h5"), 1,
                    SAYS(i ? "tick 7 (0.7 s), vehicle 700001 'w1/a-300001' (world 1), x_m"
                           : "tick 33334 (3333.4 s), vehicle 1 'w1/a-0' (world 1), x_m",
                         "  x_m                    1\n"));
    }
}

int main(void)
{
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const struct CMUnitTest tests[] = {
        TEST(files_of_the_same_run_are_equal),
        TEST(the_run_of_an_effective_scenario_is_equal),
        TEST(a_changed_value_is_named),
        TEST(the_first_difference_is_by_tick_then_vehicle_then_column),
        TEST(bits_count_but_for_the_payload_of_nans),
        TEST(other_vehicles_are_explained),
        TEST(other_seed_and_tick_are_explained),
        TEST(other_columns_and_cadence_are_explained),
        TEST(an_interrupted_file_is_compared_as_far_as_it_goes),
        TEST(a_different_event_is_told_in_words),
        TEST(a_vehicle_frozen_at_another_tick_is_told_in_words),
        TEST(hashes_tell_of_what_was_not_recorded),
        TEST(recomputing_names_what_was_not_recorded),
        TEST(recomputing_refuses_what_this_build_does_not_reproduce),
        TEST(recomputing_tells_when_a_file_was_changed_after_its_run),
        TEST(what_cannot_be_read_is_no_difference),
        TEST(bad_command_lines_are_refused),
        TEST(large_files_are_compared_slab_by_slab),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
