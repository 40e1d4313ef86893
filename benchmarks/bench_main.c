/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gbench.h"
#include "qf_version.h"
#include "scene.h"
#include "threads.h"

static void add_processor(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", strlen("model name")) == 0 && colon) {
            line[strcspn(line, "\n")] = '\0';
            gbench_context("cpu_model", colon + 2);
            break;
        }
    }
    if (file) {
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    char threads[16];
    snprintf(threads, sizeof threads, "%d", qf_threads_available());
    gbench_context("qfleet_version", QF_VERSION);
    gbench_context("git_commit", QF_GIT_COMMIT);
    gbench_context("compiler", BENCH_COMPILER);
    gbench_context("flags", BENCH_FLAGS);
    gbench_context("kernel_flags", BENCH_KERNEL_FLAGS);
    gbench_context("threads_available", threads);
    add_processor();

    bench_world_register();
    bench_kernels_register();
    bench_record_register();
    bench_lanes_register();
    const int code = gbench_run(argc, argv);
    bench_scene_free();
    return code;
}
