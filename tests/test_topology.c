/* SPDX-License-Identifier: Apache-2.0 */
/* Machines of every shape through HWLOC_SYNTHETIC: the table of cores, and who runs where. */
#include "topology.h"

#include <sched.h>

#include "program_fixture.h"
#include "threads.h"

static qf_topology machine(const char *synthetic)
{
    qf_context context = qf_context_default();
    qf_topology topology;
    assert_int_equal(setenv("HWLOC_SYNTHETIC", synthetic, 1), 0);
    assert_int_equal(qf_topology_create(&context, "", &topology), QF_OK);
    unsetenv("HWLOC_SYNTHETIC");
    assert_false(topology.is_this_machine);
    return topology;
}

#define TWO_PACKAGES "pack:2 numa:2 l3:1 l2:8 l1:1 core:1 pu:2"

static void cores_know_what_they_share(void **state)
{
    (void)state;
    qf_topology t = machine("pack:2 numa:2(memory=4294967296) l3:1(size=16777216) "
                            "l2:4(size=1048576) l1:1(size=32768) core:2 pu:2");
    assert_int_equal(t.n_packages, 2);
    assert_int_equal(t.n_nodes, 4);
    assert_int_equal(t.n_cores, 32);
    assert_int_equal(t.n_processors, 64);
    assert_int_equal(t.n_allowed_cores, 32);
    for (size_t c = 0; c < t.n_cores; c++) {
        const qf_core *core = &t.cores[c];
        assert_int_equal(core->package, c / 16);
        assert_int_equal(core->node, c / 8);
        assert_int_equal(core->l3, c / 8);
        assert_int_equal(core->l2, c / 2);
        assert_int_equal(core->l3_bytes, 16 << 20);
        assert_int_equal(core->l2_bytes, 1 << 20);
        assert_int_equal(core->l1_bytes, 32 << 10);
        assert_int_equal(core->n_processors, 2);
        assert_int_equal(t.processors[core->first_processor].number, 2 * c);
        assert_int_equal(qf_topology_processor_of(&t, c)->number, 2 * c);
    }
    assert_int_equal(t.nodes[3].memory_bytes, (size_t)4 << 30);
    qf_topology_free(&t);
}

static void what_a_machine_lacks_has_no_index(void **state)
{
    (void)state;
    qf_topology t = machine("core:3 pu:1");
    assert_int_equal(t.n_packages, 0);
    assert_int_equal(t.n_cores, 3);
    assert_int_equal(t.cores[1].package, QF_NO_INDEX);
    assert_int_equal(t.cores[1].l3, QF_NO_INDEX);
    assert_int_equal(t.cores[1].l2, QF_NO_INDEX);
    assert_int_equal(t.cores[1].l3_bytes, 0);
    qf_topology_free(&t);
    t = machine("pu:4");
    assert_int_equal(t.n_cores, 4);
    assert_int_equal(t.cores[3].n_processors, 1);
    qf_topology_free(&t);
}

static void threads_are_spread_over_memories(void **state)
{
    (void)state;
    qf_topology t = machine(TWO_PACKAGES);
    for (size_t n = 1; n <= t.n_cores; n++) {
        size_t on_node[4] = {0};
        size_t before = 0;
        for (size_t thread = 0; thread < n; thread++) {
            const size_t core = qf_topology_core_of_thread(&t, n, thread);
            assert_true(core < t.n_cores);
            assert_true(thread == 0 || core > before); /* one each, in order */
            before = core;
            on_node[t.cores[core].node]++;
        }
        for (size_t node = 0; node < 4; node++) {
            assert_in_range(on_node[node], n / 4, (n + 3) / 4);
        }
    }
    qf_topology_free(&t);
}

static void forbidden_processors_are_passed_over(void **state)
{
    (void)state;
    qf_topology t = machine("core:4 pu:2");
    /* as with taskset -c 3,4-7: core 0 is gone, of core 1 the second processor is left */
    for (size_t p = 0; p < 3; p++) {
        t.processors[p].allowed = false;
    }
    t.cores[0].allowed = false;
    t.n_allowed_cores = 3;
    assert_int_equal(qf_topology_core_of_thread(&t, 3, 0), 1);
    assert_int_equal(qf_topology_processor_of(&t, 1)->number, 3);
    assert_int_equal(qf_topology_core_of_thread(&t, 3, 2), 3);
    assert_int_equal(qf_topology_core_of_thread(&t, 1, 0), 1);
    const qf_limits none = {0};
    const qf_thread_choice choice = qf_threads_choose(&t, &none);
    assert_int_equal(choice.n_threads, 3);
    assert_contains(choice.why, "affinity mask allows, 3 of 4");
    qf_topology_free(&t);
}

static void there_is_one_thread_for_a_core(void **state)
{
    (void)state;
    qf_topology t = machine(TWO_PACKAGES);
    const qf_limits none = {0};
    const qf_thread_choice choice = qf_threads_choose(&t, &none);
    assert_int_equal(choice.n_threads, 32);
    assert_string_equal(choice.why, "one for each core of the machine");
    qf_topology_free(&t);
}

static void the_tightest_limit_decides_and_is_named(void **state)
{
    (void)state;
    static const struct {
        double quota_cpus;
        int slurm_cpus;
        int n_threads;
        const char *why;
        int local_ranks;
    } cases[] = {
        {40.0, 50, 32, "one for each core of the machine", 0},
        {12.9, 0, 12, "a quota of 12.9 CPUs (/cpu.max)", 0},
        {2.0, 0, 2, "a quota of 2 CPUs (/cpu.max)", 0},
        {0.5, 0, 1, "a quota of 0.5 CPUs (/cpu.max)", 0},
        {0.0, 8, 8, "SLURM_CPUS_PER_TASK is 8", 0},
        {6.0, 8, 6, "a quota of 6 CPUs (/cpu.max)", 0},
        {9.0, 8, 8, "SLURM_CPUS_PER_TASK is 8", 0},
        {0.0, 0, 32, "one for each core of the machine", 1},
        {0.0, 0, 10, "32 cores for 3 ranks of this machine", 3},
        {0.0, 0, 1, "32 cores for 64 ranks of this machine", 64},
        {0.0, 8, 8, "SLURM_CPUS_PER_TASK is 8", 2},
        {0.0, 8, 4, "32 cores for 8 ranks of this machine", 8},
        {3.0, 8, 3, "a quota of 3 CPUs (/cpu.max)", 4},
    };
    qf_topology t = machine(TWO_PACKAGES);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const qf_limits limits = {.quota_cpus = cases[i].quota_cpus,
                                  .quota_file = "/cpu.max",
                                  .slurm_cpus = cases[i].slurm_cpus,
                                  .local_ranks = cases[i].local_ranks};
        const qf_thread_choice choice = qf_threads_choose(&t, &limits);
        assert_int_equal(choice.n_threads, cases[i].n_threads);
        assert_contains(choice.why, cases[i].why);
    }
    qf_topology_free(&t);
}

/* cores of a rank that are left to it; SHARED: it is not bound */
enum { SHARED = -1 };

static void ranks_and_jobs_keep_out_of_each_others_cores(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int n_ranks, n_threads, slurm_cpus;
        size_t n_allowed; /* of 16 cores */
        int n_kept;       /* of each rank */
    } cases[] = {
        {"alone", 1, 16, 0, 16, 16},
        {"alone, and with fewer threads", 1, 4, 0, 16, 16},
        {"ranks that nobody has bound", 4, 4, 0, 16, 4},
        {"ranks that nobody has bound, with threads to spare", 4, 2, 0, 16, 4},
        {"ranks that are bound to their own cores", 4, 4, 0, 4, 4},
        {"ranks that are bound to a package", 4, 4, 0, 8, SHARED},
        {"more ranks than cores", 20, 1, 0, 16, SHARED},
        {"a job that Slurm has bound", 1, 4, 4, 4, 4},
        {"a job that Slurm has not bound", 1, 4, 4, 16, SHARED},
        {"a job that has all of the machine", 1, 16, 16, 16, 16},
        {"processors that are half a core each", 1, 4, 8, 4, 4},
        {"ranks of a job that has all of the machine", 4, 4, 4, 16, 4},
        {"ranks of a job that Slurm has not bound", 2, 4, 4, 16, SHARED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool taken[16] = {0};
        for (int rank = 0; rank < cases[i].n_ranks; rank++) {
            qf_topology t = machine("pack:2 core:8 pu:2");
            qf_topology_keep(&t, 0, cases[i].n_allowed);
            const qf_limits limits = {.slurm_cpus = cases[i].slurm_cpus,
                                      .local_rank = rank,
                                      .local_ranks = cases[i].n_ranks};
            qf_threads_share_cores(&t, &limits, cases[i].n_threads);
            const bool shared = cases[i].n_kept == SHARED;
            if (t.is_shared != shared ||
                t.n_allowed_cores != (shared ? cases[i].n_allowed : (size_t)cases[i].n_kept)) {
                fail_msg("%s: rank %d has %zu cores%s", cases[i].what, rank, t.n_allowed_cores,
                         t.is_shared ? ", shared" : "");
            }
            assert_int_equal(t.n_allowed_processors, 2 * t.n_allowed_cores);
            for (size_t c = 0; c < t.n_cores && !shared && cases[i].n_allowed == 16; c++) {
                assert_false(t.cores[c].allowed && taken[c]); /* by another rank */
                taken[c] = taken[c] || t.cores[c].allowed;
            }
            qf_topology_free(&t);
        }
    }
}

static void this_machine_counts_what_the_mask_allows(void **state)
{
    (void)state;
    cpu_set_t all;
    cpu_set_t one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t last = 0;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        last = CPU_ISSET(cpu, &all) ? cpu : last;
    }
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    qf_context context = qf_context_default();
    qf_topology t;
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(qf_topology_create(&context, "", &t), QF_OK);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_true(t.is_this_machine);
    assert_int_equal(t.n_allowed_processors, 1);
    assert_int_equal(t.n_allowed_cores, 1);
    const size_t core = qf_topology_core_of_thread(&t, 1, 0);
    assert_int_equal(qf_topology_processor_of(&t, core)->number, last);
    qf_topology_free(&t);
    assert_int_equal(qf_topology_create(&context, "", &t), QF_OK);
    assert_int_equal(t.n_allowed_processors, CPU_COUNT(&all));
    qf_topology_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_know_what_they_share),
        cmocka_unit_test(what_a_machine_lacks_has_no_index),
        cmocka_unit_test(threads_are_spread_over_memories),
        cmocka_unit_test(forbidden_processors_are_passed_over),
        cmocka_unit_test(there_is_one_thread_for_a_core),
        cmocka_unit_test(the_tightest_limit_decides_and_is_named),
        cmocka_unit_test(ranks_and_jobs_keep_out_of_each_others_cores),
        cmocka_unit_test(this_machine_counts_what_the_mask_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
