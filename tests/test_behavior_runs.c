/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of vehicles that decide, through the program: ended by force, out of space, one vehicle in many worlds. */
#include "program_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* one event for each vehicle in each tick at least */
#define BUSY(duration_s)                                                                           \
    "schema: qfleet/1\n"                                                                           \
    "name: busy\n"                                                                                 \
    "time: {dt_s: 0.1, duration_s: " duration_s "}\n"                                              \
    "groups:\n"                                                                                    \
    "  - name: a\n"                                                                                \
    "    kind: bot\n"                                                                              \
    "    count: 8\n"                                                                               \
    "    hardware: {hardware_profile: {}}\n"                                                       \
    "    fsm:\n"                                                                                   \
    "      name: busy\n"                                                                           \
    "      states:\n"                                                                              \
    "        A: {transitions: [{condition: 'soc_pct >= 0', target: B, trigger: GO}]}\n"            \
    "        B: {transitions: [{condition: time_in_state_s > 0 s, target: A, trigger: BACK}]}\n"   \
    "record: {every_s: 1}\n"

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

static program_end explain_when_there_is_something(const char *path)
{
    const double until_s = now_s() + 60.0;
    for (;;) {
        program_end end = RUN("explain", path, "--entity", "a-3");
        if (end.exit_code == 0 || now_s() > until_s) {
            return end;
        }
        release(&end);
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    }
}

static void a_killed_run_is_explained_as_far_as_it_came(void **state)
{
    (void)state;
    write_file("busy.yaml", BUSY("100000000"));
    const int nowhere = open("/dev/null", O_WRONLY);
    assert_true(nowhere >= 0);
    const char *const arguments[] = {"run", "busy.yaml", "-o", "a.h5", NULL};
    const pid_t child = start_program(arguments, nowhere, nowhere);
    close(nowhere);
    program_end live = explain_when_there_is_something("a.h5.partial");
    assert_int_equal(kill(child, SIGKILL), 0); /* before any assertion that may fail */
    assert_int_equal(wait_for(child, 30.0), -SIGKILL);
    assert_int_equal(live.exit_code, 0);
    release(&live);
    assert_false(exists("a.h5"));

    program_end end = RUN("explain", "a.h5.partial", "--entity", "a-3", "--at", "0.3");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "vehicle 3 'a-3'");
    assert_contains(end.out, "fsm_transition");
    release(&end);
    end = RUN("info", "a.h5.partial");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "NOT COMPLETE");
    assert_contains(end.out, "fsm_transition (150)");
    release(&end);
}

/* too little for what is told, more than enough for the beginning */
static void a_disk_that_fills_up_with_decisions_ends_the_run(void **state)
{
    (void)state;
    write_file("busy.yaml", BUSY("100000"));
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit low = {.rlim_cur = 24 << 20, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    program_end end = RUN("run", "busy.yaml", "-o", "a.h5");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(end.exit_code, 3);
    assert_contains(end.err, "records are in 'a.h5.partial'");
    release(&end);
    assert_false(exists("a.h5"));

    end = RUN("explain", "a.h5.partial", "--entity", "0");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "fsm_transition");
    release(&end);
    end = RUN("info", "a.h5.partial");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "fsm_transition (150)");
    release(&end);
}

/* in a leaf of the hash, and in a group of lanes, for itself */
static void one_vehicle_in_each_of_many_worlds_decides(void **state)
{
    (void)state;
    static const char *const threads[] = {"1", "2", "3"};
    write_file("busy.yaml", BUSY("1"));
    char *hash = NULL;
    for (size_t k = 0; k < COUNT(threads); k++) {
        program_end end = RUN("run", "busy.yaml", "-o", "a.h5", "--force", "--threads", threads[k],
                              "--set", "groups[0].count=1", "--set", "worlds=64");
        assert_int_equal(end.exit_code, 0);
        const char *found = strstr(end.err, "state hash");
        assert_non_null(found);
        if (!hash) {
            hash = strndup(found, strcspn(found, "\n"));
        }
        assert_contains(end.err, hash);
        release(&end);
        end = RUN("info", "a.h5");
        assert_contains(end.out, "fsm_transition (150) 640\n"); /* 10 ticks */
        release(&end);
    }
    free(hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_killed_run_is_explained_as_far_as_it_came),
        TEST(a_disk_that_fills_up_with_decisions_ends_the_run),
        TEST(one_vehicle_in_each_of_many_worlds_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
