/* SPDX-License-Identifier: Apache-2.0 */
/* What `qfleet compare` says of two sweeps: of one robot that starts anywhere up to 100 m and drives. */
#include "program_fixture.h"

#include <math.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define SCENARIO                                                                                   \
    "schema: qfleet/1\nname: r\nseed: 1\ntime: {dt_s: 0.1, duration_s: 5}\ngroups:\n"              \
    "  - {name: a, kind: bot, count: 1, hardware: {hardware_profile: {}},\n"                       \
    "     initial: {position_m: [0, 0, 0]}, script: [{step: 0, cmd: speed, mps: 0.1}]}\n"          \
    "sweep:\n  cases: 200\n  success: \"way > 50\"\n  metrics:\n    way: \"final(a.y_m)\"\n"       \
    "    far: \"way > 90\"\n"                                                                      \
    "  parameters:\n"                                                                              \
    "    y: {path: \"groups[0].initial.position_m[1]\", uniform: {min: 0, max: 100}}\n"

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

/* a sweep of the scenario with one place of its text changed */
static void make(const char *directory, const char *find, const char *put, const char *cases)
{
    char *text = replace(SCENARIO, find, put);
    write_file("s.yaml", text);
    program_end end = RUN("sweep", "s.yaml", "-o", directory, "--progress", "off", "--threads", "1",
                          "--cases", cases);
    if (end.exit_code != 0) {
        fail_msg("%s", end.err);
    }
    release(&end);
    free(text);
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_says(program_end end, int exit_code, const char *const *parts)
{
    if (end.exit_code != exit_code) {
        fail_msg("exit code %d, expected %d:\n%s%s", end.exit_code, exit_code, end.out, end.err);
    }
    for (; *parts; parts++) {
        assert_contains(exit_code == 0 ? end.out : end.err, *parts);
    }
    assert_string_equal(exit_code == 0 ? end.err : end.out, "");
    release(&end);
}

/* B drives 0.1 m/s faster for 5 s, so ends 0.5 m further, whatever the draws: in no case A alone is far. The sweeps by
   themselves say 35 and 38 of 200. McNemar's p of 3 against 0 is 2 / 2^3. */
static void what_the_same_cases_differ_in_is_known_exactly(void **state)
{
    (void)state;
    make("a", "mps: 0.1", "mps: 0.1", "0-199");
    make("b", "mps: 0.1", "mps: 0.2", "0-199");
    assert_says(RUN("compare", "a", "b"), 0,
                SAYS("200 cases are in both; seed 1\n", "[0.5, 0.5]     <1e-4",
                     "B - A  95 % interval", "far      200  0.175  0.19  0.015",
                     "0       3  0.25\n", "scenarios, A - and B +:", "cmd: speed, mps: 0.1}\n+",
                     "cmd: speed, mps: 0.2}\n"));
}

static double number_after(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    assert_non_null(at);
    return strtod(at + strlen(key), NULL);
}

/* B's starts are 1.01 of A's: the difference is 0.01 of A's start, so the pairing gains (1 + 1.01^2) / 0.01^2 */
static void json_has_the_numbers_that_follow_from_the_cases(void **state)
{
    (void)state;
    make("a", "mps: 0.1", "mps: 0.1", "0-199");
    make("b", "max: 100", "max: 101", "0-199");
    program_end end = RUN("compare", "a", "b", "--json", "--metric", "way", "--confidence", "0.9");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out,
                    "\"name\": \"way\", \"kind\": \"number\", \"unit\": \"m\", \"n\": 200,");
    assert_null(strstr(end.out, "\"name\": \"far\""));
    assert_true(number_after(end.out, "\"n_other_values\": ") == 200.0);
    const double way = number_after(end.out, "\"means\": [");
    const double difference = number_after(end.out, "\"difference\": ");
    const double half = 1.652547 * number_after(end.out, "\"sd\": ") / sqrt(200.0); /* t, 199 */
    assert_true(fabs(difference - 0.01 * (way - 0.4)) < 0.003); /* some 0.1 m/s for some 5 s */
    assert_true(fabs(number_after(end.out, "\"interval\": [") - (difference - half)) < 1e-6);
    assert_true(fabs(number_after(end.out, "\"gain\": ") - 20201.0) < 1.0);
    release(&end);
}

static void cases_that_one_of_both_lacks_are_counted(void **state)
{
    (void)state;
    make("a", "mps: 0.1", "mps: 0.1", "0-149");
    make("b", "mps: 0.1", "mps: 0.1", "50-199");
    assert_says(RUN("compare", "a", "b"), 0,
                SAYS("A: a, 150 of 200 cases\n",
                     "  100 cases are in both, 50 only in A, 50 only in B",
                     "scenarios: the same\n"));
}

static void other_values_of_parameters_are_warned_of(void **state)
{
    (void)state;
    make("a", "mps: 0.1", "mps: 0.1", "0-49");
    make("b", "max: 100", "max: 101", "0-49");
    assert_says(RUN("compare", "a", "b"), 0,
                SAYS("warning: other values of parameters in 50 cases, first y in case 0"));
}

static void metrics_that_cannot_be_compared_are_named(void **state)
{
    (void)state;
    make("a", "    far: \"way > 90\"\n", "    far: \"way > 90\"\n    x: \"final(a.x_m)\"\n", "0-9");
    make("b", "way > 90", "way", "0-9");
    assert_says(RUN("compare", "a", "b"), 0,
                SAYS("far is not compared: of another kind in B", "x is not compared: only in A"));
    assert_says(RUN("compare", "b", "a", "--metric", "x"), 0, SAYS("x is not compared: only in B"));
}

/* 20 points of 10 cases each, of which all are alike: that none differ is known as of 20 pairs. Bonett and Price by hand:
   half = 1.959964 sqrt((1/22 + 1/22) / 22) */
static void replications_count_as_points(void **state)
{
    (void)state;
    make("a", "cases: 200\n", "cases: 20\n  replications: 10\n", "0-199");
    make("b", "cases: 200\n", "cases: 20\n  replications: 10\n  every_s: 0.2\n", "0-199");
    program_end end = RUN("compare", "a", "b", "--json");
    assert_contains(end.out, "\"name\": \"far\", \"kind\": \"truth\", \"unit\": null, \"n\": 200,");
    const char *far = strstr(end.out, "\"name\": \"far\"");
    assert_non_null(far);
    assert_true(fabs(number_after(far, "\"interval\": [") + 0.125991) < 1e-5);
    assert_contains(far, "\"n_only_a\": 0, \"n_only_b\": 0}");
    release(&end);
    assert_says(RUN("compare", "a", "b"), 0, SAYS("replications of a point are not independent"));
}

static void points_that_are_no_sample_have_no_intervals(void **state)
{
    (void)state;
    make("a", "  cases: 200\n", "  sampling: saltelli\n  base: 20\n", "0-59");
    program_end end = RUN("compare", "a", "a", "--json");
    assert_contains(end.out,
                    "\"difference\": 0, \"sd\": 0, \"interval\": [null, null], \"p_value\": null");
    release(&end);
    assert_says(RUN("compare", "a", "a"), 0, SAYS("no intervals: the points are no random sample"));
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    make("a", "mps: 0.1", "mps: 0.1", "0-9");
    make("b", "seed: 1", "seed: 2", "0-9");
    assert_says(RUN("compare", "a", "b"), 2,
                SAYS("no case is the same in both: A has seed 1, B has 2"));
    assert_says(RUN("compare", "a", "a", "--metric", "wya"), 2, SAYS("did you mean 'way'?"));
    assert_says(RUN("compare", "a"), 2, SAYS("expected two sweeps, found 1"));
    assert_says(RUN("compare", "a", "a", "--confidence", "1"), 2, SAYS("--confidence: expected"));
    assert_says(RUN("compare", "a", "nothing"), 3, SAYS("nothing: no sweep is there"));
    assert_says(RUN("compare", "s.yaml", "a"), 3, SAYS("s.yaml: no sweep is there"));
}

static void lines_fit_80_columns(void **state)
{
    (void)state;
    make("a", "mps: 0.1", "mps: 0.1", "0-199");
    make("b", "mps: 0.1", "mps: 0.25", "0-199");
    program_end end = RUN("compare", "a", "b");
    size_t columns = 0;
    for (const char *c = end.out; *c && strncmp(c, "scenarios", 9) != 0; c++) {
        columns = *c == '\n' ? 0 : columns + 1;
        assert_true(columns <= 80);
    }
    release(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_same_cases_differ_in_is_known_exactly),
        TEST(json_has_the_numbers_that_follow_from_the_cases),
        TEST(cases_that_one_of_both_lacks_are_counted),
        TEST(other_values_of_parameters_are_warned_of),
        TEST(metrics_that_cannot_be_compared_are_named),
        TEST(replications_count_as_points),
        TEST(points_that_are_no_sample_have_no_intervals),
        TEST(bad_requests_are_refused),
        TEST(lines_fit_80_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
