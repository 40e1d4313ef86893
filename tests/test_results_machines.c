/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /machines, /devices, /faults and what columns and codes of behaviour mean, written through the interface and read
 * back by HDF5. With an argument the program writes such a result of that name, for notebook/read_machines.py.
 */
#include "command.h"
#include "diff_fixture.h"
#include "full_disk.h"
#include "machines_fixture.h"
#include "netcdf_read.h"

static void assert_i64(hid_t file, const char *name, const int64_t *values, size_t n)
{
    int64_t stored[8];
    assert_int_equal(length_of(file, name), n);
    read_all(file, name, H5T_NATIVE_INT64, stored);
    assert_memory_equal(stored, values, n * sizeof *values);
}

static void transitions_and_states_come_with_their_counts(void **state)
{
    fixture *f = *state;
    write_machines(f, "a.h5", &coverage, NULL, 0);
    const hid_t file = open_result("a.h5");
#define TEXTS(name, ...)                                                                           \
    assert_texts(file, "machines/" name, (const char *const[]){__VA_ARGS__},                       \
                 COUNT(((const char *const[]){__VA_ARGS__})))
    TEXTS("transitions/machine", "agent", "agent", "agent", "agent", "agent");
    TEXTS("transitions/from", "WORKING", "WORKING", "WORKING", "CAREFUL", "CAREFUL");
    TEXTS("transitions/to", "CAREFUL", "CAREFUL", "LOST", "", "LOST");
    TEXTS("transitions/trigger", "LOW_CHARGE", "", "", "VERY_LOW", "");
    TEXTS("transitions/condition", "soc_pct < 20", "guard.TOO_CLOSE", "emergency_stop",
          "soc_pct < 5", "emergency_stop");
    TEXTS("transitions/witness", "soc_pct", "", "", "soc_pct", "");
    assert_i64(file, "machines/transitions/held", (const int64_t[]){7, 2, 0, 1, 0}, 5);
    assert_i64(file, "machines/transitions/taken", (const int64_t[]){3, 0, 0, 1, 0}, 5);
    assert_i64(file, "machines/transitions/transition", (const int64_t[]){0, 1, 2, 3, 4}, 5);
    assert_i64(file, "machines/transitions/group", (const int64_t[]){1, 1, 1, 1, 1}, 5);
    assert_attribute(file, "machines/transitions/group", "flag_meanings", "scouts heavy_haulers");
    TEXTS("states/machine", "agent", "agent", "agent");
    TEXTS("states/state", "WORKING", "CAREFUL", "LOST");
    assert_i64(file, "machines/states/terminal", (const int64_t[]){0, 0, 1}, 3);
    assert_i64(file, "machines/states/entered", (const int64_t[]){5, 4, 0}, 3);
    assert_i64(file, "machines/states/evaluations", (const int64_t[]){75, 25, 0}, 3);
    TEXTS("messages/text", "system ready", "oh, no");
    H5Fclose(file);
}

static void devices_and_faults_are_there_from_the_beginning(void **state)
{
    fixture *f = *state;
    make_behaving_fleet(f);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_ERROR_WRITE), QF_ERROR_WRITE);
    const hid_t file = open_result("a.h5.partial");
    assert_texts(file, "devices/name", (const char *const[]){"imu", "lidar"}, 2);
    assert_i64(file, "faults/group", (const int64_t[]){1, 1, 1}, 3);
    assert_i64(file, "faults/number", (const int64_t[]){0, 1, 2}, 3);
    assert_i64(file, "faults/kind",
               (const int64_t[]){QF_INCIDENT_DEVICE, QF_INCIDENT_BATTERY_CELL, QF_INCIDENT_SET}, 3);
    assert_attribute(file, "faults/kind", "flag_meanings",
                     "device thruster thruster_on battery_cell radar radio imu set");
    assert_texts(file, "faults/description",
                 (const char *const[]){
                     "device lidar fails, each time the self-test runs, with probability 0.25, for "
                     "{uniform: {min: 1, max: 2.5}} s",
                     "the battery loses 0.5 of its capacity, at 12 s",
                     "tries becomes 3, at random, 0.5 times an hour"},
                 3);
    assert_true(H5Lexists(file, "machines", H5P_DEFAULT) == 0);
    H5Fclose(file);
}

static void assert_flag_values(hid_t file, const char *variable, const double *values, size_t n,
                               const char *meanings, double fill)
{
    double stored[8];
    hsize_t length = 0;
    H5T_class_t class;
    size_t bytes;
    assert_true(H5LTget_attribute_info(file, variable, "flag_values", &length, &class, &bytes) >=
                0);
    assert_int_equal(length, n);
    assert_true(H5LTget_attribute(file, variable, "flag_values", H5T_NATIVE_DOUBLE, stored) >= 0);
    assert_memory_equal(stored, values, n * sizeof *values);
    assert_attribute(file, variable, "flag_meanings", meanings);
    assert_true(H5LTget_attribute(file, variable, "_FillValue", H5T_NATIVE_DOUBLE, stored) >= 0);
    assert_value(variable, 0, stored[0], fill);
}

static void columns_of_behaviour_say_what_their_values_mean(void **state)
{
    fixture *f = *state;
    write_machines(f, "a.h5", &coverage, NULL, 0);
    const hid_t file = open_result("a.h5");
    assert_flag_values(file, "state/fsm_state", (const double[]){0, 1, 2}, 3,
                       "WORKING CAREFUL LOST", -1.0);
    assert_flag_values(file, "state/mood", (const double[]){0, 1}, 2, "calm very_nervous",
                       (double)NAN);
    assert_flag_values(file, "state/sure", (const double[]){0, 1}, 2, "no yes", (double)NAN);
    double none = 0.0;
    assert_true(H5LTget_attribute(file, "state/tries", "_FillValue", H5T_NATIVE_DOUBLE, &none) >=
                0);
    assert_true(isnan(none));
    /* three scouts, whose group has no machine, and two haulers */
    double tries[20][5];
    assert_true(H5LTread_dataset(file, "state/tries", H5T_NATIVE_DOUBLE, tries) >= 0);
    for (size_t e = 0; e < 5; e++) {
        assert_value("state/tries", e, tries[0][e], e < 3 ? (double)NAN : 0.0);
    }
    assert_attribute(file, "state/down_lidar", "flag_meanings", "no yes");
    assert_attribute(file, "state/actuation", "flag_meanings",
                     "speed motor heading rotate rcs dock nbl undock accepted executed rejected "
                     "failed timeout unavailable");
    uint64_t masks[14];
    assert_true(
        H5LTget_attribute(file, "state/actuation", "flag_masks", H5T_NATIVE_UINT64, masks) >= 0);
    assert_int_equal(masks[4], QF_ACTUATION_OF(QF_COMMAND_RCS));
    assert_int_equal(masks[7], QF_ACTUATION_OF(QF_COMMAND_UNDOCK));
    assert_int_equal(masks[9], QF_ACTUATION_IS(QF_ACTUATION_EXECUTED));
    H5Fclose(file);
}

static const qf_machine_spec *with_states(const char *prefix, size_t n, char (*names)[80],
                                          qf_state_spec *states, qf_machine_spec *spec)
{
    for (size_t s = 0; s < n; s++) {
        snprintf(names[s], sizeof names[s], "%s_%060zu", prefix, s);
        states[s] = (qf_state_spec){.name = names[s], .has_body = true};
    }
    *spec = (qf_machine_spec){.name = prefix, .every_ticks = 1, .states = states, .n_states = n};
    return spec;
}

/* of a choice among the names of the states */
static void give_variables(qf_machine_spec *spec, size_t n, const char *const *values,
                           qf_variable_spec *variables_of)
{
    static char names[QF_VARIABLES_MOST][32];
    for (size_t v = 0; v < n; v++) {
        snprintf(names[v], sizeof names[v], "choice_%zu", v);
        variables_of[v] = (qf_variable_spec){.name = names[v],
                                             .kind = QF_VARIABLE_CHOICE,
                                             .unit = "1",
                                             .values = values,
                                             .n_values = spec->n_states};
    }
    spec->variables = variables_of;
    spec->n_variables = n;
}

/* room for names is asked for beforehand: a file without it would be written to all the same */
static void names_of_many_values_are_part_of_what_the_beginning_needs(void **state)
{
    enum { MANY = QF_MACHINE_MOST_STATES };
    fixture *f = *state;
    static char names[QF_MACHINES_MOST][MANY][80];
    static qf_state_spec states[QF_MACHINES_MOST][MANY];
    static qf_machine_spec specs[QF_MACHINES_MOST];
    static qf_variable_spec choices[QF_VARIABLES_MOST];
    static const char *values[MANY];
    const qf_machine_spec *all[QF_MACHINES_MOST];
    make_fleet(f, 3, 1, 20);
    qf_fleet_free(&f->fleet);
    for (size_t m = 0; m < QF_MACHINES_MOST; m++) {
        const char prefix[] = {(char)('a' + m), '\0'};
        all[m] = with_states(prefix, MANY, names[m], states[m], &specs[m]);
    }
    for (size_t s = 0; s < MANY; s++) {
        values[s] = names[0][s];
    }
    give_variables(&specs[0], QF_VARIABLES_MOST, values, choices);
    f->groups[1].machines = all;
    f->groups[1].n_machines = QF_MACHINES_MOST;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
    begin(f, "a.h5");
    const long long reserved = reserved_to;
    assert_int_equal(finish(f, QF_ERROR_WRITE), QF_ERROR_WRITE);
    struct stat file;
    assert_int_equal(stat("a.h5.partial", &file), 0);
    assert_in_range(file.st_size, 1, reserved);
    assert_true(reserved < 2 * file.st_size + (1 << 20)); /* and not much more than it takes */
    const hid_t opened = open_result("a.h5.partial");
    const hid_t second = H5Dopen2(opened, "state/fsm_state_2", H5P_DEFAULT);
    qf_nc_flags flags;
    assert_true(qf_nc_get_flags(second, &flags));
    assert_int_equal(flags.n, MANY); /* those of the second machine only */
    assert_int_equal(flags.values[0], MANY);
    assert_string_equal(flags.meanings[MANY - 1], names[1][MANY - 1]);
    qf_nc_free_flags(&flags);
    H5Dclose(second);
    H5Fclose(opened);
}

static void codes_that_machines_emit_have_a_name(void **state)
{
    fixture *f = *state;
    write_machines(f, "a.h5", &coverage, NULL, 0);
    const hid_t file = open_result("a.h5");
    const hid_t code = H5Dopen2(file, "events/code", H5P_DEFAULT);
    qf_nc_flags flags;
    assert_true(qf_nc_get_flags(code, &flags));
    assert_string_equal(flags.meanings[0], "boot_start");
    assert_attribute(file, "events/subject", "commands",
                     "speed motor heading rotate rcs dock nbl nbl_max inputs undock radar "
                     "transponder post subsystems mission emergency_stop safe_mode set log emit "
                     "behave");
    assert_int_equal(flags.values[flags.n - 3], 333);
    assert_string_equal(flags.meanings[flags.n - 3], "emitted_333");
    assert_int_equal(flags.values[flags.n - 2], 334); /* computed */
    assert_string_equal(flags.meanings[flags.n - 2], "emitted_334");
    assert_int_equal(flags.values[flags.n - 1], 512);
    assert_string_equal(flags.meanings[flags.n - 1], "emitted_512");
    for (size_t i = 1; i < flags.n - 3; i++) {
        assert_true(flags.values[i] > flags.values[i - 1]); /* 602 is not told twice */
    }
    qf_nc_free_flags(&flags);
    H5Dclose(code);
    H5Fclose(file);
}

static void without_machines_there_is_nothing_of_them(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 20);
    begin(f, "a.h5");
    qf_results_machines(f->results, &(qf_coverage){0});
    assert_int_equal(record(f, 0, 20), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = open_result("a.h5");
    static const char *const none[] = {"machines", "devices", "faults", "state/fsm_state"};
    for (size_t i = 0; i < COUNT(none); i++) {
        assert_int_equal(H5Lexists(file, none[i], H5P_DEFAULT), 0);
    }
    H5Fclose(file);
    assert_info(f, "a.h5",
                (const char *const[]){"\n  machines ", "\n  devices ", "\n  faults ", NULL}, false);
}

static void info_tells_how_much_was_exercised(void **state)
{
    fixture *f = *state;
    write_machines(f, "a.h5", &coverage, NULL, 0);
    assert_info(
        f, "a.h5",
        (const char *const[]){"  machines    2 of 3 states and 2 of 5 transitions exercised\n",
                              "  devices     2\n", "  faults      3\n", NULL},
        true);
}

static void silent_transitions_are_marked_and_not_missed(void **state)
{
    fixture *f = *state;
    qf_machine_row kinds[MACHINE_ROWS];
    memcpy(kinds, rows, sizeof kinds);
    kinds[3].silent = true;
    qf_built_machine other = built;
    other.machine.rows = kinds;
    qf_coverage_machine machine = covered[0];
    machine.built = &other;
    write_machines(f, "a.h5", &(qf_coverage){.n = 1, .machines = &machine}, NULL, 0);
    const hid_t file = open_result("a.h5");
    assert_i64(file, "machines/transitions/silent", (const int64_t[]){0, 0, 0, 1, 0}, 5);
    H5Fclose(file);
    assert_info(f, "a.h5",
                (const char *const[]){
                    "  machines    2 of 3 states and 1 of 4 transitions exercised\n", NULL},
                true);
}

static void counts_that_differ_are_named(void **state)
{
    fixture *f = *state;
    write_machines(f, "a.h5", &coverage, NULL, 0);
    write_machines(f, "b.h5", &coverage, NULL, 0);
    assert_says(
        f, "a.h5", "b.h5", false, QF_OK,
        SAYS("\nequal\n", "/machines/transitions: 5, equal\n", "/machines/states: 3, equal\n"));
    remove("b.h5");
    qf_coverage_row other_rows[MACHINE_ROWS];
    uint64_t other_states[STATES];
    memcpy(other_rows, row_counts, sizeof other_rows);
    memcpy(other_states, in_state, sizeof other_states);
    other_rows[3].taken++;
    other_states[1]++;
    qf_coverage_machine machine = covered[0];
    machine.rows = other_rows;
    machine.in_state = other_states;
    write_machines(f, "b.h5", &(qf_coverage){.n = 1, .machines = &machine}, NULL, 0);
    assert_says(
        f, "a.h5", "b.h5", false, QF_DIFFERENT,
        SAYS("/machines/transitions: 5 in A, 5 in B", "number 3, taken",
             "machine agent: CAREFUL -> '', trigger 'VERY_LOW', when 'soc_pct < 5': held 1, "
             "taken 2",
             "/machines/states: 3 in A, 3 in B", "CAREFUL: entered 4, 26 evaluations"));
    assert_says(f, "a.h5", "b.h5", true, QF_DIFFERENT,
                SAYS("\"transitions\": {\"counts\": [5, 5]", "\"machine_states\": {\"counts\""));
}

/* From too little even for the end of the file on, ever more, until there is room for that and no more. */
static void no_room_for_machines_is_told(void **state)
{
    enum { STEP = 64 << 10 };
    fixture *f = *state;
    bool told = false;
    for (long long more = 0; !told; more += STEP) {
        make_behaving_fleet(f);
        begin(f, "a.h5");
        qf_results_machines(f->results, &coverage);
        struct stat info;
        assert_int_equal(stat("a.h5.partial", &info), 0);
        space_left = info.st_size + more;
        assert_int_equal(finish(f, QF_OK), QF_ERROR_DISK_FULL); /* never silently without them */
        space_left = -1;
        told = strstr(f->context.error, "no room for /machines") != NULL;
        remove("a.h5.partial");
        qf_fleet_free(&f->fleet);
    }
}

static int write_sample(const char *path)
{
    fixture f = {.context = qf_context_default()};
    write_machines(&f, path, &coverage, NULL, 0);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return write_sample(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        DISK_TEST(transitions_and_states_come_with_their_counts),
        DISK_TEST(devices_and_faults_are_there_from_the_beginning),
        DISK_TEST(columns_of_behaviour_say_what_their_values_mean),
        DISK_TEST(names_of_many_values_are_part_of_what_the_beginning_needs),
        DISK_TEST(codes_that_machines_emit_have_a_name),
        DISK_TEST(without_machines_there_is_nothing_of_them),
        DISK_TEST(info_tells_how_much_was_exercised),
        DISK_TEST(silent_transitions_are_marked_and_not_missed),
        DISK_TEST(counts_that_differ_are_named),
        DISK_TEST(no_room_for_machines_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
