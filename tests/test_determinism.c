/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same bits from any number of threads, any instruction set, any batch of worlds, any compiler
 * and any way of building: golden/engine.yaml always ends on the hash in golden/engine.hash. Other
 * bits from other seeds: test_streams.c.
 *
 * A change that is meant to change results changes that one line: `test_determinism --print-hash`
 * computes it, on the generic instruction set with one thread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scenario_reader.h"
#include "simulation.h"

enum { MOST_WORLDS = 64, N_TICKS = 130, GOLDEN_WORLDS = 3 };

static const char path[] = TEST_SOURCE_DIR "/golden/engine.yaml";
static const char hash_path[] = TEST_SOURCE_DIR "/golden/engine.hash";

typedef struct outcome {
    uint64_t world[MOST_WORLDS];
    uint64_t all;
    size_t n_events;
} outcome;

typedef struct variant {
    int n_threads;
    const char *isa;    /* NULL: the best */
    const char *worlds; /* NULL: the scenario's */
    int64_t stride;     /* ticks between looks */
} variant;

static outcome run(variant v)
{
    qf_context context = qf_context_default();
    context.n_threads = v.n_threads;
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_scenario scenario;
    if (qf_scenario_read(&context, path, &v.worlds, v.worlds ? 1 : 0, &diagnostics, &scenario) !=
        QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("the scenario does not load");
    }
    qf_fleet fleet;
    qf_simulation *simulation;
    assert_int_equal(qf_fleet_create(&context, &scenario, &fleet), QF_OK);
    const qf_simulation_options options = {.kernels = v.isa ? qf_kernels_for(v.isa) : NULL,
                                           .keep_events = true};
    assert_int_equal(qf_simulation_create(&context, &fleet, &options, &simulation), QF_OK);
    outcome result = {0};
    for (int64_t tick = 0; tick < N_TICKS;) {
        tick = tick + v.stride < N_TICKS ? tick + v.stride : N_TICKS;
        size_t n_events;
        assert_int_equal(qf_simulation_advance(&context, simulation, tick, NULL, 0), QF_OK);
        qf_simulation_events(simulation, &n_events);
        result.n_events += n_events;
    }
    assert_true(scenario.n_worlds <= MOST_WORLDS);
    assert_int_equal(qf_fleet_world_hashes(&context, &fleet, result.world), QF_OK);
    result.all = qf_combine_hashes(result.world, scenario.n_worlds);
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    qf_scenario_free(&scenario);
    qf_diagnostics_free(&diagnostics);
    return result;
}

static const variant plain = {.n_threads = 1, .isa = "generic", .stride = 10};

/* the hash of the first worlds of a batch, as if there were no others */
static uint64_t golden_part(const outcome *o)
{
    return qf_combine_hashes(o->world, GOLDEN_WORLDS);
}

static uint64_t golden_hash(void)
{
    FILE *file = fopen(hash_path, "r");
    unsigned long long hash = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%llx", &hash), 1);
    fclose(file);
    return hash;
}

static void assert_golden(uint64_t found, const char *where, int n_threads)
{
    if (found != golden_hash()) {
        fail_msg("%s, %d threads: %016llx, not the hash of golden/engine.hash", where, n_threads,
                 (unsigned long long)found);
    }
}

static void every_instruction_set_and_number_of_threads_ends_on_the_golden_hash(void **state)
{
    (void)state;
    const size_t n_events = run(plain).n_events;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (!qf_kernels_for(*isa)) {
            print_message("this processor has no %s\n", *isa);
            continue;
        }
        for (int n_threads = 1; n_threads <= 5; n_threads++) {
            const variant v = {.n_threads = n_threads, .isa = *isa, .stride = 10};
            const outcome found = run(v);
            assert_golden(found.all, *isa, n_threads);
            assert_int_equal(found.n_events, n_events);
        }
    }
}

static void how_often_somebody_looks_changes_nothing(void **state)
{
    (void)state;
    const size_t n_events = run(plain).n_events;
    static const int64_t strides[] = {1, 7, 64, 65, N_TICKS};
    for (size_t i = 0; i < sizeof strides / sizeof *strides; i++) {
        const variant v = {.n_threads = 2, .stride = strides[i]};
        const outcome found = run(v);
        assert_golden(found.all, "another stride", v.n_threads);
        assert_int_equal(found.n_events, n_events);
    }
}

static void worlds_are_the_same_in_a_batch_of_any_width(void **state)
{
    (void)state;
    static const char *const wider[] = {"worlds=3", "worlds=7", "worlds=64"};
    for (size_t i = 0; i < sizeof wider / sizeof *wider; i++) {
        const variant v = {.n_threads = 2, .worlds = wider[i], .stride = N_TICKS};
        const outcome found = run(v);
        assert_golden(golden_part(&found), wider[i], v.n_threads);
    }
    const variant one = {.n_threads = 2, .worlds = "worlds=1", .stride = N_TICKS};
    assert_true(run(one).world[0] == run(plain).world[0]);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print-hash") == 0) {
        printf("%016llx\n", (unsigned long long)run(plain).all);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_and_number_of_threads_ends_on_the_golden_hash),
        cmocka_unit_test(how_often_somebody_looks_changes_nothing),
        cmocka_unit_test(worlds_are_the_same_in_a_batch_of_any_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
