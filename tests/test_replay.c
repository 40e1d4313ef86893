/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that are run again: qfleet replay, verify and diff of sweeps, as people and scripts meet them. */
#include "program_fixture.h"

#include <hdf5.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* five cases of 20 ticks: what matters of each is known beforehand */
static const char sweep_yaml[] =
    "schema: qfleet/1\n"
    "name: five\n"
    "seed: 5\n"
    "time: {dt_s: 0.1, duration_s: 2}\n"
    "groups:\n"
    "  - {name: a, kind: bot, count: 2, hardware: {hardware_profile: {}},\n"
    "     initial: {heading_deg: {uniform: {min: 0, max: 360}}}}\n"
    "  - {name: b, kind: bot, count: 1, hardware: {hardware_profile: {}}}\n"
    "sweep:\n"
    "  sampling: grid\n"
    "  parameters:\n"
    "    soc: {path: 'groups[0].initial.soc_pct', grid: [50, 20, 80, 30, 95]}\n"
    "  metrics:\n"
    "    charge: 'initial(min(soc_pct over a))'\n"
    "    first: 'initial(max(soc_pct over a))'\n"
    "    few: 'parameter.soc < 60'\n"
    "  success: 'initial(min(soc_pct over a)) > 25'\n"
    "requirements: ['mean(charge) >= 10', 'mean(charge * 2) >= 20',\n"
    "  {name: full enough, require: 'mean(charge * 3) >= 30'}]\n";

static const char run_yaml[] =
    "schema: qfleet/1\n"
    "name: worlds\n"
    "time: {dt_s: 0.1, duration_s: 2}\n"
    "worlds: 3\n"
    "groups:\n"
    "  - {name: a, kind: bot, count: 2, hardware: {hardware_profile: {}},\n"
    "     initial: {heading_deg: {uniform: {min: 0, max: 360}}}}\n";

static int set_up(void **state)
{
    static char directory[64];
    enter_directory(directory);
    write_file("s.yaml", sweep_yaml);
    write_file("r.yaml", run_yaml);
    *state = directory;
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

static void assert_ends(program_end end, int exit_code, const char *out, const char *err)
{
    if (end.exit_code != exit_code || !strstr(end.out, out) || !strstr(end.err, err)) {
        fail_msg("expected exit code %d, '%s' and '%s'; it ended with %d:\n%s%s", exit_code, out,
                 err, end.exit_code, end.out, end.err);
    }
    release(&end);
}

static void sweep(void)
{
    assert_ends(RUN("sweep", "s.yaml", "-o", "A"), 0, "", "five: 5 cases");
}

/* how many moments and vehicles a column was recorded of, and the first moment */
static void read_shape(const char *path, hsize_t shape[2], double *first_s)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t column = H5Dopen2(file, "state/soc_pct", H5P_DEFAULT);
    const hid_t space = H5Dget_space(column);
    const hid_t time = H5Dopen2(file, "state/time", H5P_DEFAULT);
    double times[64];
    assert_int_equal(H5Sget_simple_extent_dims(space, shape, NULL), 2);
    assert_true(shape[0] > 0 && shape[0] < 64);
    assert_true(H5Dread(time, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, times) >= 0);
    *first_s = times[0];
    H5Dclose(time);
    H5Sclose(space);
    H5Dclose(column);
    H5Fclose(file);
}

static void a_case_of_a_sweep_is_reproduced_with_everything_recorded(void **state)
{
    (void)state;
    hsize_t shape[2];
    double first_s;
    sweep();
    program_end end = RUN("replay", "A", "--case", "3");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "case 3 of A\n");
    assert_contains(end.err, "  soc                      30\n");
    assert_contains(end.err, "  charge                   30 percent\n");
    assert_contains(end.err, "  few                      true\n");
    assert_contains(end.err, "  outcome                  ok\n");
    assert_contains(end.err, "\nreproduced: hash ");
    release(&end);
    read_shape("five-case-3.h5", shape, &first_s);
    assert_int_equal(shape[0], 20);
    assert_int_equal(shape[1], 3);
    assert_true(first_s > 0.09 && first_s < 0.11);

    /* a result is not replaced unasked */
    assert_ends(RUN("replay", "A", "--case", "3"), 2, "", "five-case-3.h5: exists already");
    /* a part of it, by the name of sweep.h5 */
    assert_ends(RUN("replay", "A/sweep.h5", "--case", "3", "--from", "0.5", "--to", "0.9",
                    "--vehicle", "a-1", "-o", "part.h5"),
                0, "", "reproduced: hash ");
    read_shape("part.h5", shape, &first_s);
    assert_int_equal(shape[0], 5);
    assert_int_equal(shape[1], 1);
    assert_true(first_s > 0.49 && first_s < 0.51);
    /* what is recorded of it does not matter to what it comes to, nor does how it is run */
    assert_ends(
        RUN("replay", "A", "--case", "3", "--no-output", "--threads", "1", "--isa", "generic"), 0,
        "", "reproduced: hash ");
}

/* whoever reads does not know of "requirement 2" */
static void values_of_requirements_go_by_their_expressions_or_names(void **state)
{
    (void)state;
    sweep();
    program_end end = RUN("replay", "A", "--case", "1", "--no-output");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "\n  charge * 2               40 percent\n");
    assert_contains(end.err, "\n  full enough              60 percent\n");
    release(&end);
    end = RUN("info", "A");
    assert_contains(end.out, "\n    charge * 2               mean ");
    assert_null(strstr(end.out, "requirement "));
    release(&end);
}

static void the_worst_cases_are_found_and_run(void **state)
{
    (void)state;
    sweep();
    /* large charges are required, so that the least are the worst; a number that nobody asked for is bad where it is great */
    static const struct {
        const char *by;
        int first, second;
    } rows[] = {{"charge", 1, 3},
                {"first", 4, 2},
                {"few", 2, 4},
                /* requirements stand for what they judge: least of all where it is to be large */
                {"full enough", 1, 3}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char names[2][32];
        program_end end = RUN("replay", "A", "--worst", "2", "--by", rows[i].by, "--no-output");
        snprintf(names[0], sizeof names[0], "\ncase %d of A\n", rows[i].first);
        snprintf(names[1], sizeof names[1], "\ncase %d of A\n", rows[i].second);
        const char *first = strstr(end.err, names[0]);
        if (end.exit_code != 0 || !first || !strstr(first + 1, names[1])) {
            fail_msg("by %s: expected cases %d and %d:\n%s", rows[i].by, rows[i].first,
                     rows[i].second, end.err);
        }
        release(&end);
    }
    /* a hundred of five are five, each in a file of its own */
    assert_ends(RUN("replay", "A", "--worst", "100", "--by", "charge"), 0, "",
                "the 5 worst cases by charge");
    assert_true(exists("five-case-0.h5") && exists("five-case-4.h5"));
    assert_ends(RUN("replay", "A", "--worst", "1", "--by", "charge", "--no-output"), 0, "",
                "the worst case by charge: those");
    /* cases that succeed are none of the worst */
    program_end end = RUN("replay", "A", "--worst", "3", "--no-output");
    assert_int_equal(end.exit_code, 0);
    assert_non_null(
        strstr(end.err, "only 1 case without a value of success, or where it does not hold\n"));
    assert_non_null(strstr(end.err, "\ncase 1 of A\n"));
    assert_null(strstr(end.err, "\ncase 0 of A\n"));
    release(&end);
}

static void a_world_of_a_run_is_a_case(void **state)
{
    (void)state;
    assert_ends(RUN("run", "r.yaml", "-o", "r.h5"), 0, "", "");
    assert_ends(RUN("replay", "r.h5", "--case", "2", "--no-output"), 0, "", "reproduced: hash ");
    assert_ends(RUN("replay", "r.h5", "--case", "3"), 2, "",
                "r.h5 has no case 3: there are 3, which are its worlds");
    assert_ends(RUN("replay", "r.h5", "--worst", "1"), 2, "", "r.h5 is no sweep");
    assert_ends(RUN("verify", "r.h5", "--fraction", "1"), 0, "3 of 3 worlds run again: 0 differ",
                "");
}

/* adds 1 to the last hash of a world */
static void tamper_with_run(const char *path, hsize_t world)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t hash = H5Dopen2(file, "hashes/hash", H5P_DEFAULT);
    const hid_t space = H5Dget_space(hash);
    const hid_t one = H5Screate(H5S_SCALAR);
    hsize_t shape[2];
    uint64_t value;
    assert_int_equal(H5Sget_simple_extent_dims(space, shape, NULL), 2);
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, (hsize_t[]){shape[0] - 1, world}, NULL,
                                    (hsize_t[]){1, 1}, NULL) >= 0);
    assert_true(H5Dread(hash, H5T_NATIVE_UINT64, one, space, H5P_DEFAULT, &value) >= 0);
    value++;
    assert_true(H5Dwrite(hash, H5T_NATIVE_UINT64, one, space, H5P_DEFAULT, &value) >= 0);
    H5Sclose(one);
    H5Sclose(space);
    H5Dclose(hash);
    assert_true(H5Fclose(file) >= 0);
}

static void a_hash_that_was_changed_is_not_reproduced(void **state)
{
    (void)state;
    assert_ends(RUN("run", "r.yaml", "-o", "r.h5"), 0, "", "");
    tamper_with_run("r.h5", 1);
    assert_ends(RUN("replay", "r.h5", "--case", "1", "--no-output"), 1, "",
                "NOT reproduced: case 1 came to hash ");
    assert_ends(RUN("replay", "r.h5", "--case", "2", "--no-output"), 0, "", "reproduced: hash ");
    program_end end = RUN("verify", "r.h5", "--fraction", "1");
    assert_int_equal(end.exit_code, 1);
    assert_string_equal(end.out, "case 1: another hash\n3 of 3 worlds run again: 1 differs\n");
    release(&end);
}

/* changes a byte of the one place in a file where `before` stands */
static void tamper_with(const char *path, uint64_t before)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    size_t n_found = 0;
    uint64_t word;
    for (long at = 0; fseek(file, at, SEEK_SET) == 0 && fread(&word, sizeof word, 1, file) == 1;
         at++) {
        if (word == before) {
            n_found++;
            word ^= 0x100;
            assert_int_equal(fseek(file, at, SEEK_SET), 0);
            assert_int_equal(fwrite(&word, sizeof word, 1, file), 1);
        }
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(n_found, 1);
}

static void a_case_that_is_damaged_is_named(void **state)
{
    (void)state;
    sweep();
    program_end end = RUN("replay", "A", "--case", "2", "--no-output");
    const char *hash = strstr(end.err, "reproduced: hash ");
    assert_non_null(hash);
    tamper_with("A/shard-1-of-1.h5", strtoull(hash + strlen("reproduced: hash "), NULL, 16));
    release(&end);
    static const char complaint[] = "A/shard-1-of-1.h5: case 2 does not match its checksum";
    assert_ends(RUN("replay", "A", "--case", "2", "--no-output"), 1, "", complaint);
    assert_ends(RUN("replay", "A", "--case", "2", "--no-output"), 1, "",
                "qfleet replay: case 2 of A does not match its checksum: what it came to is not "
                "known\n");
    assert_ends(RUN("replay", "A", "--case", "1", "--no-output"), 0, "", "reproduced: hash ");
    assert_ends(RUN("verify", "A", "--fraction", "1"), 1,
                "1 of 5 cases do not fit their checksums\n4 of 5 cases run again: 0 differ\n",
                complaint);
}

static void a_file_that_was_changed_is_named_by_verify(void **state)
{
    (void)state;
    sweep();
    assert_ends(RUN("verify", "A", "--fraction", "1"), 0,
                "0 of 5 cases do not fit their checksums\n5 of 5 cases run again: 0 differ\n", "");
    FILE *out = fopen("A/sweep.h5", "ab");
    assert_non_null(out);
    assert_int_equal(fwrite("x", 1, 1, out), 1);
    assert_int_equal(fclose(out), 0);
    assert_ends(RUN("verify", "A"), 1, "0 of 5 cases do not fit their checksums\n1 other damaged",
                "A/sweep.h5: is not the file that checksums.txt tells of");
    assert_ends(RUN("info", "A"), 1, "A/sweep.h5: is not the file that checksums.txt tells of",
                "qfleet info: A: 1 of its cases or files are damaged");
    assert_int_equal(unlink("A/sweep.h5"), 0);
    assert_ends(RUN("verify", "A"), 1, "1 other damaged", "A/sweep.h5: is missing, and");
}

static void verify_says_what_of_a_sweep_is_missing(void **state)
{
    (void)state;
    assert_ends(RUN("sweep", "s.yaml", "-o", "H", "--shard", "1/2"), 0, "", "");
    assert_ends(RUN("verify", "H", "--fraction", "1"), 0,
                "0 of 5 cases do not fit their checksums\n"
                "3 of 5 cases are in no shard and no journal\n"
                "there is no checksums.txt: the files are not checked, and the sweep is not "
                "finished\n2 of 5 cases run again: 0 differ\n",
                "");
    sweep();
    assert_int_equal(unlink("A/checksums.txt"), 0);
    assert_ends(RUN("verify", "A"), 1, "there is no checksums.txt: the files are not checked\n",
                "A/checksums.txt: is missing, and there is a sweep.h5");
}

static void sweeps_are_compared_case_by_case(void **state)
{
    (void)state;
    sweep();
    assert_ends(RUN("sweep", "s.yaml", "-o", "same", "--threads", "1", "--batch", "2"), 0, "", "");
    assert_ends(RUN("diff", "A", "same"), 0, "0 of 5 cases differ", "");
    /* another seed: the parameters are the same, the drawn headings are not */
    assert_ends(RUN("sweep", "s.yaml", "-o", "other", "--seed", "6"), 0, "", "");
    assert_ends(RUN("diff", "A", "other"), 1,
                "5 of 5 cases differ\n  hash                     5, first in case 0\n"
                "first difference: case 0, hash\n"
                "first state that differs: case 0, tick 0 (0 s), vehicle a-0, heading",
                "");
    assert_ends(RUN("diff", "A", "other", "--json"), 1,
                "\"columns\": {\"hash\": {\"different\": 5, \"first_case\": 0}}", "");
    /* another value of a parameter, from case 2 on */
    assert_ends(RUN("sweep", "s.yaml", "-o", "changed", "--set",
                    "sweep.parameters.soc.grid=[50, 20, 81, 30]"),
                0, "", "");
    assert_ends(RUN("diff", "A", "changed"), 1,
                "A has 5 cases, B has 4: the first 4 are compared\n1 of 4 cases differ\n", "");
    assert_ends(RUN("diff", "A", "changed"), 1,
                "first difference: case 2, soc\n"
                "first state that differs: case 2, tick 0 (0 s), vehicle a-0, soc_pct: 80 in A, 81 "
                "in B\n",
                "");
    /* a part of it */
    assert_ends(RUN("sweep", "s.yaml", "-o", "part", "--cases", "1-2"), 0, "", "");
    program_end end = RUN("diff", "A", "part");
    assert_int_equal(end.exit_code, 1);
    assert_string_equal(end.out, "3 cases ran only in A: not compared\n0 of 2 cases differ\n");
    release(&end);
    assert_ends(RUN("diff", "part", "A", "--json"), 1,
                "\"compared\": 2, \"only_in\": [0, 3], \"different\": 0, \"columns\": {}", "");
    assert_ends(RUN("run", "r.yaml", "-o", "r.h5"), 0, "", "");
    assert_ends(RUN("diff", "A", "r.h5"), 2, "", "A is a sweep, and r.h5 is none");
    assert_ends(RUN("diff", "r.h5", "A"), 2, "", "A is a sweep, and r.h5 is none");
    assert_ends(RUN("diff", "A", "none"), 3, "", "qfleet diff: none: No such file");
}

static void cases_that_did_not_end_well_are_replayed_as_far_as_they_came(void **state)
{
    (void)state;
    char *quarantined =
        replace(sweep_yaml,
                "    soc: {path: 'groups[0].initial.soc_pct', grid: "
                "[50, 20, 80, 30, 95]}\n",
                "    soc: {path: 'groups[0].initial.speed_mps', grid: [50, 1e300]}\n"
                "    dt: {path: time.dt_s, grid: [0.1, 0.2]}\n");
    char *timed_out = replace(sweep_yaml, "  success:", "  until: 'time_s > 3'\n  success:");
    write_file("q.yaml", quarantined);
    write_file("t.yaml", timed_out);
    free(quarantined);
    free(timed_out);
    assert_ends(RUN("sweep", "q.yaml", "-o", "Q"), 1, "", "");
    assert_ends(RUN("replay", "Q", "--case", "2", "--no-output"), 0, "", "reproduced: hash ");
    assert_ends(RUN("replay", "Q", "--case", "2", "--no-output"), 0, "",
                "outcome                  quarantined: tick 1: a-0: ");
    assert_ends(RUN("sweep", "t.yaml", "-o", "T"), 0, "", "5 timed_out");
    assert_ends(RUN("replay", "T", "--case", "4", "--no-output"), 0, "",
                "outcome                  timed_out: until: not within 2 s");
    assert_ends(RUN("replay", "T", "--case", "4", "--no-output"), 0, "", "reproduced: hash ");
    /* of a part only what was run can be run again */
    assert_ends(RUN("sweep", "s.yaml", "-o", "P", "--cases", "1-2"), 0, "", "");
    assert_ends(RUN("replay", "P", "--case", "2", "--no-output"), 0, "", "reproduced: hash ");
    assert_ends(RUN("replay", "P", "--case", "3", "--no-output"), 2, "", "case 3 of P was not run");
    assert_ends(RUN("verify", "P", "--fraction", "1"), 0, "2 of 5 cases run again: 0 differ", "");
    assert_ends(RUN("verify", "P"), 0, "\n3 of 5 cases were not run\n", "");
}

static void functions_have_nothing_to_record(void **state)
{
    (void)state;
    write_file("f.yaml", "schema: qfleet/1\n"
                         "name: f\n"
                         "sweep:\n"
                         "  cases: 8\n"
                         "  parameters:\n"
                         "    a: {uniform: {min: -3, max: 3}}\n"
                         "    b: {uniform: {min: -3, max: 3}}\n"
                         "    c: {uniform: {min: -3, max: 3}}\n"
                         "  function: {ishigami: {a: 7, b: 0.1}}\n");
    assert_ends(RUN("sweep", "f.yaml", "-o", "F"), 0, "", "");
    assert_ends(RUN("replay", "F", "--case", "2"), 2, "", "qfleet verify");
    assert_ends(RUN("verify", "F", "--fraction", "1"), 0, "8 of 8 cases run again: 0 differ", "");
    assert_ends(RUN("replay", "--help"), 0, "A sweep of a function has nothing to record", "");
}

static void wrong_command_lines_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[10];
        int exit_code;
        const char *error;
    } rows[] = {
        {{"replay", "A"}, 2, "expected one of --case K and --worst N"},
        {{"replay", "A", "--case", "1", "--worst", "1"}, 2, "expected one of --case K and"},
        {{"replay", "A", "--case", "1", "--by", "charge"}, 2, "--by goes with --worst"},
        {{"replay", "--case", "1"}, 2, "expected one result"},
        {{"replay", "A", "--worst", "2", "-o", "x.h5"}, 2, "--output names one file"},
        {{"replay", "A", "--case", "5"}, 2, "A has no case 5: there are 5\n"},
        {{"replay", "A", "--case", "-1"}, 2, "'-1'"},
        {{"replay", "A", "--worst", "1", "--by", "charg"}, 2, "(did you mean 'charge'?)"},
        {{"replay", "A", "--case", "1", "--vehicle", "c-0"}, 2, "no vehicle 'c-0'"},
        {{"replay", "A", "--case", "1", "--vehicle", "a-2"}, 2, "no vehicle 'a-2'"},
        {{"replay", "A", "--case", "1", "--vehicle", "3"}, 2, "no vehicle '3'"},
        {{"replay", "A", "--case", "1", "--from", "9"}, 2, "nothing would be recorded"},
        {{"replay", "A", "--case", "1", "--from", "1", "--to", "0.5"}, 2, "nothing would be"},
        {{"replay", "none", "--case", "1"}, 3, "none"},
        {{"verify", "none"}, 3, "none"},
        {{"verify", "A", "--fraction", "2"}, 2, "--fraction"},
        {{"verify"}, 2, "expected one result"},
    };
    sweep();
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_ends(run_program(rows[i].arguments), rows[i].exit_code, "", rows[i].error);
    }
    assert_false(exists("five-case-1.h5") || exists("five-case-1.h5.partial"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_of_a_sweep_is_reproduced_with_everything_recorded),
        TEST(values_of_requirements_go_by_their_expressions_or_names),
        TEST(the_worst_cases_are_found_and_run),
        TEST(a_world_of_a_run_is_a_case),
        TEST(a_hash_that_was_changed_is_not_reproduced),
        TEST(a_case_that_is_damaged_is_named),
        TEST(a_file_that_was_changed_is_named_by_verify),
        TEST(verify_says_what_of_a_sweep_is_missing),
        TEST(sweeps_are_compared_case_by_case),
        TEST(cases_that_did_not_end_well_are_replayed_as_far_as_they_came),
        TEST(functions_have_nothing_to_record),
        TEST(wrong_command_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
