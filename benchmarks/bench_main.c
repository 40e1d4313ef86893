/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gbench.h"
#include "machine.h"
#include "qf_version.h"
#include "scene.h"
#include "threads.h"

/* the value of the first line of /proc/cpuinfo with that key; "" when there is none */
static void read_processor(const char *key, char *value, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    *value = '\0';
    while (file && !*value && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        const size_t length = strlen(key);
        if (colon && strncmp(line, key, length) == 0 && strchr(" \t:", line[length])) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(value, size, "%s", colon + 1 + (colon[1] == ' '));
        }
    }
    if (file) {
        fclose(file);
    }
}

/* what is not known is left out */
static void add_processor(void)
{
    static const char *const keys[][2] = {{"cpu_vendor", "vendor_id"},
                                          {"cpu_family", "cpu family"},
                                          {"cpu_model_number", "model"},
                                          {"cpu_model", "model name"}};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        char value[128];
        read_processor(keys[k][1], value, sizeof value);
        if (*value) {
            gbench_context(keys[k][0], value);
        }
    }
    static const char *const names[] = {"l1d_bytes", "l2_bytes", "l3_bytes"};
    bench_caches caches;
    if (bench_caches_find(&caches)) {
        for (bench_level level = BENCH_L1; level < BENCH_DRAM; level++) {
            char bytes[32];
            snprintf(bytes, sizeof bytes, "%zu", caches.bytes[level]);
            if (caches.bytes[level] > 0) {
                gbench_context(names[level], bytes);
            }
        }
    }
}

static void add_instruction_sets(void)
{
    char list[64] = "";
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            const size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s%s", used ? " " : "", *isa);
        }
    }
    gbench_context("isas", list);
}

/* where threads may run */
static void add_binding(void)
{
    static const char *const names[][2] = {{"omp_proc_bind", "OMP_PROC_BIND"},
                                           {"omp_places", "OMP_PLACES"}};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *value = getenv(names[k][1]);
        if (value) {
            gbench_context(names[k][0], value);
        }
    }
}

static void add_number(const char *key, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    gbench_context(key, text);
}

/* Takes --threads=N, the only argument of our own, out of the list; 0 when it is not a count. */
static int take_threads(int *argc, char **argv)
{
    static const char option[] = "--threads=";
    int n_threads = qf_threads_available();
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        if (strncmp(argv[i], option, strlen(option)) != 0) {
            argv[kept++] = argv[i];
            continue;
        }
        char *end;
        const long n = strtol(argv[i] + strlen(option), &end, 10);
        n_threads = *end == '\0' && n >= 1 && n <= qf_threads_available() ? (int)n : 0;
    }
    *argc = kept;
    return n_threads;
}

int main(int argc, char **argv)
{
    const int n_threads = take_threads(&argc, argv);
    if (n_threads == 0) {
        fprintf(stderr, "--threads takes a count up to %d, the processors allowed here\n",
                qf_threads_available());
        return 2;
    }
    gbench_context("qfleet_version", QF_VERSION);
    gbench_context("git_commit", QF_GIT_COMMIT);
    gbench_context("compiler", BENCH_COMPILER);
    gbench_context("flags", BENCH_FLAGS);
    gbench_context("kernel_flags", BENCH_KERNEL_FLAGS);
    add_number("threads_available", qf_threads_available());
    add_number("threads", n_threads);
    add_number("block_vehicles", QF_BLOCK_VEHICLES);
    add_number("window_ticks", BENCH_WINDOW_TICKS);
    add_binding();
    add_processor();
    add_instruction_sets();

    bench_roofline_register(n_threads);
    bench_allocate_register();
    bench_world_register(n_threads);
    bench_worlds_register();
    bench_kernels_register();
    bench_ships_register(n_threads);
    bench_radar_register();
    bench_radar_frame_register(n_threads);
    bench_track_register();
    bench_quality_register();
    bench_record_register();
    bench_guard_register();
    bench_bodies_register();
    bench_guidance_register();
    bench_lanes_register();
    bench_machine_register(n_threads);
    bench_neighbours_register(n_threads);
    const int code = gbench_run(argc, argv);
    bench_scenes_free();
    return code;
}
