/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same bits from any number of threads, any instruction set and any batch of worlds. The
 * scenario draws first values, hardware and command arguments, so that every stream of random
 * numbers is in play. Other bits from other seeds: test_streams.c.
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

enum { MOST_WORLDS = 16, N_TICKS = 130 };

static const char scenario_text[] =
    "schema: qfleet/1\n"
    "name: mixed\n"
    "seed: 11\n"
    "time: {dt_s: 0.1, duration_s: 13}\n"
    "environment: {ambient_c: -20, radiation_usvh: 0.5}\n"
    "groups:\n"
    "  - name: uniform\n"
    "    kind: bot\n"
    "    count: 1500\n"
    "    hardware: " PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json\n"
    "    initial:\n"
    "      position_m: {uniform: {min: [-10, -10, 0], max: [10, 10, 5]}}\n"
    "      heading_deg: {uniform: {min: 0, max: 360}}\n"
    "      soc_pct: {normal: {mean: 25, sd: 8, min: 0, max: 100}}\n"
    "    script:\n"
    "      - {step: 0, cmd: speed, mps: {uniform: {min: 0, max: 1}}}\n"
    "      - {step: 3, cmd: inputs, radar_enabled: true, transponder_active: true}\n"
    "      - {step: 70, cmd: rcs, axis: up, pct: {uniform: {min: 5, max: 95}}, duration_s: 2}\n"
    "  - name: dispersed\n"
    "    kind: bot\n"
    "    count: 33\n"
    "    hardware:\n"
    "      file: " PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json\n"
    "      hardware_profile:\n"
    "        power_capacity_wh: {normal: {mean: 20, sd: 5, min: 1}}\n"
    "        power_plane: {max_bus_a: {uniform: {min: 2.5, max: 8}}}\n"
    "        propulsion_plane: {isp_s: {choice: [60, 220]}}\n"
    "    script:\n"
    "      - {step: 5, cmd: rcs, axis: forward, pct: 80, duration_s: {lognormal: {mu: 0, sigma: "
    "1}}}\n";

typedef struct outcome {
    uint64_t world[MOST_WORLDS];
    uint64_t all;
    size_t n_events;
} outcome;

typedef struct variant {
    int n_threads;
    const char *isa;    /* NULL: the best */
    const char *worlds; /* NULL: one */
    int64_t stride;     /* ticks between looks */
} variant;

static char path[] = "/tmp/qfleet-determinism-XXXXXX";

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

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    const outcome expected = run(plain);
    for (int n_threads = 2; n_threads <= 5; n_threads++) {
        variant v = plain;
        v.n_threads = n_threads;
        const outcome found = run(v);
        assert_int_equal(found.all, expected.all);
        assert_int_equal(found.n_events, expected.n_events);
    }
}

static void every_instruction_set_gives_the_same_bits(void **state)
{
    (void)state;
    const outcome expected = run(plain);
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            variant v = plain;
            v.isa = *isa;
            assert_int_equal(run(v).all, expected.all);
        } else {
            print_message("this processor has no %s\n", *isa);
        }
    }
}

static void how_often_somebody_looks_changes_nothing(void **state)
{
    (void)state;
    const outcome expected = run(plain);
    static const int64_t strides[] = {1, 7, 64, 65, N_TICKS};
    for (size_t i = 0; i < sizeof strides / sizeof *strides; i++) {
        variant v = plain;
        v.stride = strides[i];
        const outcome found = run(v);
        assert_int_equal(found.all, expected.all);
        assert_int_equal(found.n_events, expected.n_events);
    }
}

static void a_world_is_the_same_in_any_batch(void **state)
{
    (void)state;
    variant v = plain;
    v.worlds = "worlds=3";
    const outcome three = run(v);
    v.worlds = "worlds=7";
    v.n_threads = 2;
    const outcome seven = run(v);
    assert_int_equal(three.world[0], run(plain).world[0]);
    for (size_t w = 0; w < 3; w++) {
        assert_int_equal(three.world[w], seven.world[w]);
    }
}

static int write_scenario(void **state)
{
    (void)state;
    const int file = mkstemp(path);
    const size_t length = strlen(scenario_text);
    return file >= 0 && write(file, scenario_text, length) == (ssize_t)length && close(file) == 0
               ? 0
               : -1;
}

static int remove_scenario(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(every_instruction_set_gives_the_same_bits),
        cmocka_unit_test(how_often_somebody_looks_changes_nothing),
        cmocka_unit_test(a_world_is_the_same_in_any_batch),
    };
    return cmocka_run_group_tests(tests, write_scenario, remove_scenario);
}
