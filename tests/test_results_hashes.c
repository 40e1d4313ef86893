/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash ladder of result files. A rung is checked against a fleet that was advanced to its tick in
 * one go, without records, so that neither what was recorded nor how a run was cut can hide in it.
 */
#include <fcntl.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include "program_fixture.h"
#include "scenario_reader.h"
#include "simulation.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* fires, trips and is commanded between rungs, so that outputs of a tick that nobody saw are stale */
static const char scenario[] =
    "schema: qfleet/1\n"
    "name: ladder\n"
    "seed: 5\n"
    "worlds: 3\n"
    "time: {dt_s: 0.1, duration_s: 20}\n"
    "groups:\n"
    "  - name: a\n"
    "    kind: bot\n"
    "    count: 300\n"
    "    hardware: " PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json\n"
    "    initial:\n"
    "      heading_deg: {uniform: {min: 0, max: 360}}\n"
    "      soc_pct: {normal: {mean: 22, sd: 4, min: 0, max: 100}}\n"
    "    script:\n"
    "      - {step: 0, cmd: speed, mps: {uniform: {min: 0, max: 1}}}\n"
    "      - {step: 9, cmd: rcs, axis: up, pct: {uniform: {min: 5, max: 95}}, duration_s: 2}\n"
    "      - {step: 60, cmd: dock, connected: false}\n"
    "  - name: b\n"
    "    kind: bot\n"
    "    count: 2\n"
    "    hardware: {hardware_profile: {}}\n"
    "record: {every_s: 1, state: [x_m], hash_every_s: 0.7}\n";

enum { N_TICKS = 200, N_WORLDS = 3, EVERY = 7, N_RUNGS = 29 };

static const char endless[] =
    "schema: qfleet/1\n"
    "name: endless\n"
    "time: {dt_s: 1, duration_s: 4000000000}\n"
    "groups: [{name: a, kind: bot, count: 16, hardware: {hardware_profile: {}}}]\n"
    "record: {every_s: 100000, hash_every_s: 20000}\n";

static int set_up(void **state)
{
    static char directory[64];
    enter_directory(directory);
    write_file("s.yaml", scenario);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    *state = directory;
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

typedef struct ladder {
    size_t n_rungs;
    size_t n_worlds;
    int64_t *ticks;
    uint64_t *hashes;
    uint64_t state_hash; /* the attribute, 0: absent */
} ladder;

static void free_ladder(ladder *l)
{
    free(l->ticks);
    free(l->hashes);
    *l = (ladder){0};
}

static bool read_ladder(const char *path, ladder *l)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hsize_t size[2] = {0};
    if (file < 0) {
        return false;
    }
    assert_true(H5LTget_dataset_info(file, "hashes/hash", size, NULL, NULL) >= 0);
    *l = (ladder){.n_rungs = size[0], .n_worlds = size[1]};
    l->ticks = calloc(size[0] + 1, sizeof *l->ticks);
    l->hashes = calloc(size[0] * size[1] + 1, sizeof *l->hashes);
    int64_t *numbers = calloc(size[0] + 1, sizeof *numbers);
    if (size[0] > 0) {
        assert_true(H5LTread_dataset(file, "hashes/tick", H5T_NATIVE_INT64, l->ticks) >= 0);
        assert_true(H5LTread_dataset(file, "hashes/checkpoint", H5T_NATIVE_INT64, numbers) >= 0);
        assert_true(H5LTread_dataset(file, "hashes/hash", H5T_NATIVE_UINT64, l->hashes) >= 0);
    }
    for (size_t r = 0; r < size[0]; r++) {
        assert_int_equal(numbers[r], r);
    }
    free(numbers);
    char *text = NULL;
    if (H5LTget_attribute_string(file, "/", "state_hash", (char *)&text) >= 0) {
        l->state_hash = strtoull(text, NULL, 16);
        H5free_memory(text);
    }
    H5Fclose(file);
    return true;
}

static ladder ladder_of(const char *path)
{
    ladder l;
    if (!read_ladder(path, &l)) {
        fail_msg("%s does not open", path);
    }
    return l;
}

static void run_ok(const char *const *arguments)
{
    program_end end = run_program(arguments);
    if (end.exit_code != 0) {
        fail_msg("exit code %d: %s", end.exit_code, end.err);
    }
    release(&end);
}

#define RUN_OK(...) run_ok((const char *const[]){__VA_ARGS__, NULL})

/* the world hashes of s.yaml after `tick` ticks, run by the library in one go */
static void compute(int64_t tick, uint64_t *hashes)
{
    qf_context context = qf_context_default();
    qf_diagnostics diagnostics;
    qf_scenario loaded;
    qf_fleet fleet;
    qf_simulation *simulation;
    qf_diagnostics_init(&diagnostics);
    assert_int_equal(qf_scenario_read(&context, "s.yaml", NULL, 0, &diagnostics, &loaded), QF_OK);
    assert_int_equal(qf_fleet_create(&context, &loaded, &fleet), QF_OK);
    assert_int_equal(
        qf_simulation_create(&context, &fleet, &(qf_simulation_options){0}, &simulation), QF_OK);
    assert_int_equal(qf_simulation_advance(&context, simulation, tick, NULL, 0), QF_OK);
    assert_int_equal(qf_fleet_world_hashes(&context, &fleet, hashes), QF_OK);
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    qf_scenario_free(&loaded);
    qf_diagnostics_free(&diagnostics);
}

static void ladder_has_a_rung_every_interval_and_one_at_the_end(void **state)
{
    (void)state;
    RUN_OK("run", "s.yaml", "-o", "a.h5");
    ladder l = ladder_of("a.h5");
    assert_int_equal(l.n_rungs, N_RUNGS);
    assert_int_equal(l.n_worlds, N_WORLDS);
    for (size_t r = 0; r < N_RUNGS; r++) {
        assert_int_equal(l.ticks[r], r + 1 < N_RUNGS ? EVERY * (r + 1) : N_TICKS);
    }
    assert_true(l.state_hash == qf_combine_hashes(l.hashes + (N_RUNGS - 1) * N_WORLDS, N_WORLDS));
    free_ladder(&l);
    /* an interval that divides the run: no rung twice */
    RUN_OK("run", "s.yaml", "-o", "b.h5", "--set", "record.hash_every_s=10");
    l = ladder_of("b.h5");
    assert_int_equal(l.n_rungs, 2);
    assert_int_equal(l.ticks[0], 100);
    assert_int_equal(l.ticks[1], N_TICKS);
    free_ladder(&l);
    /* one that is longer than the run */
    RUN_OK("run", "s.yaml", "-o", "c.h5", "--set", "record.hash_every_s=20.1");
    l = ladder_of("c.h5");
    assert_int_equal(l.n_rungs, 1);
    assert_int_equal(l.ticks[0], N_TICKS);
    free_ladder(&l);
}

static void ladder_has_1000_ticks_between_rungs_unless_told_but_not_more_than_100_rungs(
    void **state)
{
    (void)state;
    RUN_OK("run", "s.yaml", "-o", "a.h5", "--set", "record={every_s: 1, state: [x_m]}", "--set",
           "time.duration_s=250", "--set", "groups[0].count=1");
    ladder l = ladder_of("a.h5");
    assert_int_equal(l.n_rungs, 3);
    assert_int_equal(l.ticks[0], 1000);
    assert_int_equal(l.ticks[1], 2000);
    assert_int_equal(l.ticks[2], 2500);
    free_ladder(&l);
    program_end end = RUN("validate", "--effective", "s.yaml", "--set", "record={every_s: 1}",
                          "--set", "time.duration_s=100000000");
    assert_contains(end.out, "\n  hash_every_s: 1000000\n");
    release(&end);
}

static void rungs_are_hashes_of_a_fleet_that_was_advanced_in_one_go(void **state)
{
    (void)state;
    RUN_OK("run", "s.yaml", "-o", "a.h5", "--threads", "2");
    ladder l = ladder_of("a.h5");
    assert_int_equal(l.n_rungs, N_RUNGS);
    static const size_t rungs[] = {0, 1, 3, 8, 9, 15, N_RUNGS - 1};
    for (size_t i = 0; i < COUNT(rungs); i++) {
        uint64_t expected[N_WORLDS];
        compute(l.ticks[rungs[i]], expected);
        assert_memory_equal(l.hashes + rungs[i] * N_WORLDS, expected, sizeof expected);
    }
    /* and worlds differ, and so do rungs */
    for (size_t i = 0; i < N_RUNGS * N_WORLDS; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_true(l.hashes[i] != l.hashes[k]);
        }
    }
    free_ladder(&l);
}

static void rungs_depend_neither_on_threads_nor_on_what_is_recorded(void **state)
{
    (void)state;
    static const char *const variants[][2] = {
        {"--threads=1", "record.every_s=1"},
        {"--threads=2", "record.every_s=0.1"},
        {"--threads=3", "record.every_s=1.3"},
        {"--threads=2", "record.state=all"},
        {"--threads=3", "record.events=false"},
        {"--isa=generic", "record.state=[load_rcs_w, temp_core_c]"},
    };
    RUN_OK("run", "s.yaml", "-o", "first.h5");
    ladder first = ladder_of("first.h5");
    for (size_t i = 0; i < COUNT(variants); i++) {
        RUN_OK("run", "s.yaml", "-o", "other.h5", "--force", variants[i][0], "--set",
               variants[i][1]);
        ladder other = ladder_of("other.h5");
        assert_int_equal(other.n_rungs, N_RUNGS);
        assert_memory_equal(other.ticks, first.ticks, N_RUNGS * sizeof *first.ticks);
        assert_memory_equal(other.hashes, first.hashes, N_RUNGS * N_WORLDS * sizeof *first.hashes);
        free_ladder(&other);
    }
    free_ladder(&first);
}

static void run_without_output_ends_on_the_same_hash(void **state)
{
    (void)state;
    RUN_OK("run", "s.yaml", "-o", "a.h5");
    ladder l = ladder_of("a.h5");
    char line[64];
    snprintf(line, sizeof line, "state hash     %016llx\n", (unsigned long long)l.state_hash);
    program_end end = RUN("run", "s.yaml", "--no-output");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, line);
    release(&end);
    free_ladder(&l);
}

/* 3,000 worlds: a chunk holds two rungs, so the run has to wait for the writer */
static void more_rungs_than_wait_in_memory_are_all_written(void **state)
{
    (void)state;
    enum { WORLDS = 3000 };
    static const char *const sets[] = {"worlds=3000", "groups[0].count=1", "groups[1].count=1",
                                       "record.hash_every_s=0.1"};
    RUN_OK("run", "s.yaml", "-o", "a.h5", "--set", sets[0], "--set", sets[1], "--set", sets[2],
           "--set", sets[3], "--set", "record.state=[soc_pct]");
    ladder l = ladder_of("a.h5");
    assert_int_equal(l.n_rungs, N_TICKS);
    assert_int_equal(l.n_worlds, WORLDS);
    RUN_OK("run", "s.yaml", "-o", "b.h5", "--set", "worlds=3", "--set", sets[1], "--set", sets[2],
           "--set", sets[3]);
    ladder few = ladder_of("b.h5");
    for (size_t r = 0; r < N_TICKS; r++) {
        assert_int_equal(l.ticks[r], r + 1);
        assert_memory_equal(l.hashes + r * WORLDS, few.hashes + r * 3, 3 * sizeof *l.hashes);
        assert_true(l.hashes[r * WORLDS + WORLDS - 1] != 0);
    }
    free_ladder(&l);
    free_ladder(&few);
    struct stat file;
    assert_int_equal(stat("a.h5", &file), 0);
    assert_true(file.st_size < 2 * 8 * N_TICKS * WORLDS); /* the ladder and not much more */
}

static pid_t start_endless(void)
{
    write_file("endless.yaml", endless);
    const int nowhere = open("/dev/null", O_WRONLY);
    assert_true(nowhere >= 0);
    const char *const arguments[] = {"run", "endless.yaml", "-o", "e.h5", NULL};
    const pid_t child = start_program(arguments, nowhere, nowhere);
    close(nowhere);
    return child;
}

/* waits until the ladder of a file that is being written has so many rungs */
static void wait_for_rungs(const char *path, size_t n)
{
    const double until_s = now_s() + 30.0;
    for (;;) {
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        assert_true(H5Pset_file_locking(access, false, true) >= 0);
        const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
        hsize_t length = 0;
        if (file >= 0) {
            (void)H5LTget_dataset_info(file, "hashes/tick", &length, NULL, NULL);
            H5Fclose(file);
        }
        H5Pclose(access);
        if (length >= n) {
            return;
        }
        if (now_s() > until_s) {
            fail_msg("no %zu rungs in 30 s", n);
        }
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

static void interrupted_run_has_its_rungs_and_one_where_it_stopped(void **state)
{
    (void)state;
    const pid_t child = start_endless();
    wait_for_rungs("e.h5.partial", 1);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(wait_for(child, 30.0), 75);
    ladder l = ladder_of("e.h5.partial");
    assert_true(l.n_rungs >= 2);
    for (size_t r = 0; r + 1 < l.n_rungs; r++) {
        assert_int_equal(l.ticks[r], 20000 * (r + 1));
    }
    const int64_t last = l.ticks[l.n_rungs - 1];
    assert_true(last > l.ticks[l.n_rungs - 2] && last <= 20000 * (int64_t)l.n_rungs);
    assert_true(l.state_hash == qf_combine_hashes(l.hashes + l.n_rungs - 1, 1));
    free_ladder(&l);
}

static void killed_run_keeps_the_rungs_that_were_written(void **state)
{
    (void)state;
    const pid_t child = start_endless();
    wait_for_rungs("e.h5.partial", 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(wait_for(child, 30.0), -SIGKILL);
    ladder l = ladder_of("e.h5.partial");
    assert_true(l.n_rungs >= 1);
    assert_true(l.state_hash == 0);
    for (size_t r = 0; r < l.n_rungs; r++) {
        assert_int_equal(l.ticks[r], 20000 * (r + 1));
        assert_true(l.hashes[r] != 0);
    }
    free_ladder(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ladder_has_a_rung_every_interval_and_one_at_the_end),
        TEST(ladder_has_1000_ticks_between_rungs_unless_told_but_not_more_than_100_rungs),
        TEST(rungs_are_hashes_of_a_fleet_that_was_advanced_in_one_go),
        TEST(rungs_depend_neither_on_threads_nor_on_what_is_recorded),
        TEST(run_without_output_ends_on_the_same_hash),
        TEST(more_rungs_than_wait_in_memory_are_all_written),
        TEST(interrupted_run_has_its_rungs_and_one_where_it_stopped),
        TEST(killed_run_keeps_the_rungs_that_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
