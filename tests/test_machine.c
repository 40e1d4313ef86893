/* SPDX-License-Identifier: Apache-2.0 */
/* What the program finds out about the machine, says of it and makes of it. */
#include "machine.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>

#include "program_fixture.h"
#include "yaml_node.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const char *const variables[] = {"HWLOC_SYNTHETIC",     "LC_ALL",        "QFLEET_ISA",
                                        "SLURM_CPUS_PER_TASK", "OMP_PROC_BIND", "OMP_THREAD_LIMIT"};

static int set_up(void **state)
{
    static char directory[64];
    for (size_t i = 0; i < COUNT(variables); i++) {
        unsetenv(variables[i]);
    }
    enter_directory(directory);
    write_file("s.yaml", "schema: qfleet/1\n"
                         "name: short\n"
                         "time: {dt_s: 0.1, duration_s: 2}\n"
                         "groups: [{name: a, kind: bot, count: 600, hardware: "
                         "{hardware_profile: {}}}]\n");
    *state = directory;
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

/* runs qfleet on one processor of those that this process may use */
#define RUN_ON_ONE(...) run_on_one((const char *const[]){__VA_ARGS__, NULL})

static program_end run_on_one(const char *const *arguments)
{
    cpu_set_t all;
    cpu_set_t one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &all)) {
        first++;
    }
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    const program_end end = run_program(arguments);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    return end;
}

static void assert_no_wider_than(const char *text, size_t most)
{
    size_t width = 0;
    for (const char *c = text; *c; c++) {
        width = *c == '\n' ? 0 : width + ((*c & 0xc0) != 0x80);
        if (width > most) {
            fail_msg("wider than %zu columns:\n%s", most, text);
        }
    }
}

static void topo_draws_what_shares_what(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    setenv(
        "HWLOC_SYNTHETIC",
        "pack:1 numa:1(memory=3221225472) l3:1(size=8388608) l2:2(size=1048576) l1:1 core:1 pu:2",
        1);
    program_end end = RUN("topo");
    assert_int_equal(end.exit_code, 0);
    assert_string_equal(end.err, "");
    assert_contains(end.out, "1 package, 2 cores, 4 processors\n"
                             "+ package 0 ----------------------+\n"
                             "| NUMA node 0, 3 GiB              |\n"
                             "| + L3 8 MiB -------------------+ |\n"
                             "| | + L2 1 MiB -+ + L2 1 MiB -+ | |\n"
                             "| | | L1 32 KiB | | L1 32 KiB | | |\n"
                             "| | | core 0    | | core 1    | | |\n"
                             "| | | cpu 0 t0  | | cpu 2 t1  | | |\n"
                             "| | | cpu 1     | | cpu 3     | | |\n"
                             "| | +-----------+ +-----------+ | |\n"
                             "| +-----------------------------+ |\n"
                             "+---------------------------------+\n");
    release(&end);
}

static void topo_draws_lines_where_the_terminal_can(void **state)
{
    (void)state;
    setenv("HWLOC_SYNTHETIC", "pack:1 core:1 pu:1", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    program_end end = RUN("topo");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "┌ package 0 ─────────┐\n"
                             "│ NUMA node 0, 1 GiB │\n");
    release(&end);
}

static void topo_folds_wide_machines(void **state)
{
    (void)state;
    static const struct {
        const char *machine;
        const char *parts[4];
    } cases[] = {
        {"pack:2 numa:2 l3:1 l2:8 l1:1 core:1 pu:2",
         {"8 cores like this: cores 0-7; cpus 0-15; threads 0-7",
          "2 NUMA nodes like this: cores 0-15; cpus 0-31; threads 0-15",
          "2 packages like this: cores 0-31; cpus 0-63; threads 0-31"}},
        {"pack:1 l3:16 l2:8 l1:1 core:1 pu:2", {"16 L3 caches like this: cores 0-127;"}},
        {"pack:4 numa:1 l2:2 core:16 pu:1", {"16 cores like this: cores 0-15;"}},
        {"pack:8 core:1 pu:1", {"8 packages like this: cores 0-7; cpus 0-7; threads 0-7"}},
        {"core:300 pu:1", {"300 cores like this: cores 0-299; cpus 0-299; threads 0-299"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("HWLOC_SYNTHETIC", cases[i].machine, 1);
        program_end end = RUN("topo");
        assert_int_equal(end.exit_code, 0);
        for (const char *const *part = cases[i].parts; *part; part++) {
            assert_contains(end.out, *part);
        }
        assert_no_wider_than(end.out, 80);
        release(&end);
    }
}

static void topo_draws_apart_what_is_used_differently(void **state)
{
    (void)state;
    setenv("HWLOC_SYNTHETIC", "pack:1 l3:1 l2:12 core:1 pu:1", 1);
    program_end end = RUN("topo", "--threads", "4");
    assert_contains(end.out, "4 cores like this: cores 0-9:3; cpus 0-9:3; threads 0-3");
    assert_contains(end.out, "8 cores like this: cores 1-2, 4-5, 7-8, 10-11;");
    assert_contains(end.out, "threads           4: --threads\n");
    release(&end);
    end = RUN("topo", "--bind", "none");
    assert_contains(end.out, "12 cores like this: cores 0-11; cpus 0-11 ");
    assert_contains(end.out, "binding           none: --bind\n");
    release(&end);
}

static void topo_marks_what_is_not_allowed(void **state)
{
    (void)state;
    cpu_set_t all;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    program_end end = RUN_ON_ONE("topo");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "threads           1: ");
    if (CPU_COUNT(&all) > 1) {
        assert_contains(end.out, " x");
        assert_contains(end.out, "(x: not allowed)");
        assert_contains(end.out, "the affinity mask allows, 1 of ");
    }
    release(&end);
}

static void topo_says_where_limits_come_from(void **state)
{
    (void)state;
    setenv("SLURM_CPUS_PER_TASK", "3", 1);
    setenv("HWLOC_SYNTHETIC", "pack:1 core:1024 pu:1", 1);
    program_end end = RUN("topo");
    assert_contains(end.out, "Slurm             SLURM_CPUS_PER_TASK is 3\n");
    assert_contains(end.out, "GiB available\n");
    assert_contains(end.out, "processor quota   ");
    assert_contains(end.out, "memory limit      ");
    release(&end);
}

static int64_t integer_at(const qf_yaml_node *mapping, const char *key)
{
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    int64_t value;
    const qf_yaml_node *node = qf_yaml_get(mapping, key);
    assert_non_null(node);
    assert_true(qf_yaml_read_integer(node, INT64_MIN, INT64_MAX, &value, &diagnostics));
    qf_diagnostics_free(&diagnostics);
    return value;
}

static void topo_tells_programs_the_same(void **state)
{
    (void)state;
    setenv("HWLOC_SYNTHETIC", "pack:2 numa:1(memory=2147483648) l3:1(size=4194304) core:4 pu:2", 1);
    program_end end = RUN("topo", "--json", "--threads", "4", "--isa", "generic");
    assert_int_equal(end.exit_code, 0);
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *root =
        qf_yaml_load_text(&arena, "topo", end.out, strlen(end.out), &diagnostics);
    assert_non_null(root);
    assert_int_equal(integer_at(root, "packages"), 2);
    assert_int_equal(integer_at(root, "cores_allowed"), 8);
    assert_int_equal(integer_at(root, "cpus_allowed"), 16);
    assert_int_equal(integer_at(root, "threads"), 4);
    assert_string_equal(qf_yaml_get(root, "isa")->text, "generic");
    assert_string_equal(qf_yaml_get(root, "isa_reason")->text, "--isa");
    const qf_yaml_node *cores = qf_yaml_get(root, "cores");
    assert_int_equal(cores->n_children, 8);
    for (size_t c = 0; c < 8; c++) {
        const qf_yaml_node *core = cores->children[c];
        assert_int_equal(integer_at(core, "core"), c);
        assert_int_equal(integer_at(core, "package"), c / 4);
        assert_int_equal(integer_at(core, "numa_node"), c / 4);
        assert_int_equal(integer_at(core, "l3_bytes"), 4 << 20);
        assert_string_equal(qf_yaml_get(core, "l2_bytes")->text, "null");
        if (c % 2 == 0) {
            assert_int_equal(integer_at(core, "thread"), c / 2);
            assert_int_equal(integer_at(core, "thread_cpu"), 2 * c);
        } else {
            assert_string_equal(qf_yaml_get(core, "thread")->text, "null");
        }
    }
    assert_int_equal(integer_at(qf_yaml_get(root, "numa_nodes")->children[1], "memory_bytes"),
                     (int64_t)2 << 30);
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    release(&end);
}

static void the_variable_chooses_the_instruction_set(void **state)
{
    (void)state;
    setenv("QFLEET_ISA", "generic", 1);
    program_end end = RUN("run", "s.yaml", "--no-output");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, ", generic\n");
    assert_contains(end.err, "; generic: QFLEET_ISA\n");
    release(&end);
    /* the option is stronger, and then nobody looks at the variable */
    setenv("QFLEET_ISA", "nonsense", 1);
    end = RUN("run", "s.yaml", "--no-output", "--isa", "auto");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, ": the best of this processor\n");
    release(&end);
    setenv("QFLEET_ISA", "", 1);
    end = RUN("run", "s.yaml", "--no-output");
    assert_int_equal(end.exit_code, 0);
    release(&end);
    setenv("QFLEET_ISA", "nonsense", 1);
    end = RUN("validate", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    release(&end);
}

static void a_wrong_variable_is_named(void **state)
{
    (void)state;
    static const char *const commands[] = {"run", "topo"};
    for (size_t i = 0; i < COUNT(commands); i++) {
        setenv("QFLEET_ISA", "v5", 1);
        char message[128];
        snprintf(message, sizeof message,
                 "qfleet %s: QFLEET_ISA: expected one of auto, v4, v3, generic; found 'v5'\n",
                 commands[i]);
        program_end end = i == 0 ? RUN("run", "s.yaml") : RUN("topo");
        assert_int_equal(end.exit_code, 2);
        assert_string_equal(end.err, message);
        assert_false(exists("short.h5"));
        release(&end);
    }
    /* a set that this processor lacks, where it lacks one */
    if (!qf_kernels_for("v4")) {
        setenv("QFLEET_ISA", "v4", 1);
        program_end end = RUN("run", "s.yaml");
        assert_int_equal(end.exit_code, 2);
        assert_contains(end.err, "QFLEET_ISA: this processor or build has no 'v4'");
        release(&end);
    }
}

/* the line of the summary with the hash */
static void copy_hash(const char *summary, char hash[64])
{
    const char *at = strstr(summary, "  state hash");
    assert_non_null(at);
    snprintf(hash, 64, "%.*s", (int)strcspn(at, "\n"), at);
}

static void where_threads_run_changes_no_bit(void **state)
{
    (void)state;
    static const struct {
        const char *bind;
        const char *threads;
        const char *openmp; /* OMP_PROC_BIND */
        const char *said;
    } cases[] = {
        {"core", "1", NULL, " on 1 thread, one per core, "},
        {"none", "1", NULL, " on 1 thread, not bound, "},
        {"none", "2", NULL, " on 2 threads, not bound, "},
        {"core", "999", NULL, " on 999 threads, not bound, "},
        {"core", "1", "true", " on 1 thread, bound by OpenMP, "},
        {"core", "1", "false", " on 1 thread, not bound, "},
    };
    char first[64];
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (cases[i].openmp) {
            setenv("OMP_PROC_BIND", cases[i].openmp, 1);
        }
        program_end end = RUN("run", "s.yaml", "--no-output", "--bind", cases[i].bind, "--threads",
                              cases[i].threads);
        assert_int_equal(end.exit_code, 0);
        assert_contains(end.err, cases[i].said);
        char hash[64];
        copy_hash(end.err, hash);
        if (i == 0) {
            strcpy(first, hash);
        }
        assert_string_equal(hash, first);
        release(&end);
    }
}

static void more_threads_than_allowed_are_logged(void **state)
{
    (void)state;
    program_end end = RUN_ON_ONE("run", "s.yaml", "--no-output", "--threads", "2");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "qfleet: more threads than allowed: threads=2 allowed=1 why='one for");
    assert_contains(end.err, "qfleet: threads are not bound: why='fewer cores than threads'");
    release(&end);
}

static void limits_of_the_environment_give_fewer_threads(void **state)
{
    (void)state;
    program_end end = RUN_ON_ONE("run", "s.yaml", "--no-output");
    assert_contains(end.err, " on 1 thread, one per core, ");
    release(&end);
    cpu_set_t all;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    if (CPU_COUNT(&all) > 1) {
        setenv("SLURM_CPUS_PER_TASK", "1", 1);
        end = RUN("run", "s.yaml", "--no-output");
        assert_contains(end.err, "  chosen         threads 1: SLURM_CPUS_PER_TASK is 1; ");
        release(&end);
    }
    setenv("OMP_THREAD_LIMIT", "1", 1);
    end = RUN("run", "s.yaml", "--threads", "2");
    assert_int_equal(end.exit_code, 2);
    assert_contains(end.err, "qfleet run: 2 threads: OMP_THREAD_LIMIT is 1\n");
    assert_false(exists("short.h5"));
    release(&end);
}

/* in a child, as a user who may have few processes */
static void run_with_few_processes(const char *const *arguments, int program, int err)
{
    const struct rlimit few = {4, 4};
    const bool ready = dup2(err, STDERR_FILENO) >= 0 && setrlimit(RLIMIT_NPROC, &few) == 0 &&
                       (geteuid() != 0 || setresuid(65534, 65534, 65534) == 0);
    if (ready) {
        fexecve(program, (char *const *)(uintptr_t)arguments, environ);
    }
    _exit(126);
}

static void threads_that_cannot_be_had_are_an_error_of_ours(void **state)
{
    const char *directory = *state;
    static const char *const arguments[] = {"qfleet",    "run", "s.yaml", "--no-output",
                                            "--threads", "64",  NULL};
    assert_int_equal(chmod(directory, 0755), 0);
    char *before = list_directory();
    FILE *err = tmpfile();
    const int program = open(QFLEET_PROGRAM, O_RDONLY | O_CLOEXEC);
    assert_non_null(err);
    assert_true(program >= 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        run_with_few_processes(arguments, program, fileno(err));
    }
    assert_int_equal(wait_for(child, 60.0), 3);
    rewind(err);
    char *text = read_stream(err);
    assert_contains(text, "qfleet run: 64 threads cannot be had, ");
    char *after = list_directory();
    assert_string_equal(after, before);
    free(before);
    free(after);
    free(text);
    fclose(err);
    close(program);
}

static void a_fleet_that_does_not_fit_is_refused_with_the_limit(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml", "--set", "groups[0].count=2000000000");
    assert_int_equal(end.exit_code, 3);
    assert_contains(end.err, "qfleet run: the fleet needs ");
    assert_contains(end.err, " MiB are available (");
    assert_false(exists("short.h5"));
    assert_false(exists("short.h5.partial"));
    release(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(topo_draws_what_shares_what),
        TEST(topo_draws_lines_where_the_terminal_can),
        TEST(topo_folds_wide_machines),
        TEST(topo_draws_apart_what_is_used_differently),
        TEST(topo_marks_what_is_not_allowed),
        TEST(topo_says_where_limits_come_from),
        TEST(topo_tells_programs_the_same),
        TEST(the_variable_chooses_the_instruction_set),
        TEST(a_wrong_variable_is_named),
        TEST(where_threads_run_changes_no_bit),
        TEST(more_threads_than_allowed_are_logged),
        TEST(limits_of_the_environment_give_fewer_threads),
        TEST(threads_that_cannot_be_had_are_an_error_of_ours),
        TEST(a_fleet_that_does_not_fit_is_refused_with_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
