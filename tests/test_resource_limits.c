/* SPDX-License-Identifier: Apache-2.0 */
/* Limits as the kernel and Slurm write them, from files below a directory of our own. */
#include "resource_limits.h"

#include "program_fixture.h"
#include "ranks.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

typedef struct fixture {
    char directory[64];
    char log[1024];
} fixture;

static const char *const variables[] = {"SLURM_CPUS_PER_TASK",
                                        "SLURM_JOB_ID",
                                        "SLURM_MEM_PER_NODE",
                                        "SLURM_MEM_PER_CPU",
                                        "SLURM_CPUS_ON_NODE",
                                        "OMPI_COMM_WORLD_RANK",
                                        "OMPI_COMM_WORLD_SIZE",
                                        "OMPI_COMM_WORLD_LOCAL_RANK",
                                        "OMPI_COMM_WORLD_LOCAL_SIZE",
                                        "PMIX_RANK",
                                        "SLURM_PROCID",
                                        "SLURM_STEP_NUM_TASKS",
                                        "SLURM_LOCALID",
                                        "SLURM_NODEID",
                                        "SLURM_STEP_TASKS_PER_NODE"};

static void clear_environment(void)
{
    for (size_t i = 0; i < COUNT(variables); i++) {
        unsetenv(variables[i]);
    }
}

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){0};
    enter_directory(f.directory);
    clear_environment();
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    leave_directory(f->directory);
    clear_environment();
    return 0;
}

/* a file of the kernel, with the directories above it */
static void put(const char *path, const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, ".%s", path);
    for (char *c = whole + 2; *c; c++) {
        if (*c == '/') {
            *c = '\0';
            assert_true(mkdir(whole, 0777) == 0 || errno == EEXIST);
            *c = '/';
        }
    }
    write_file(whole, text);
}

static void keep_log(void *user, qf_log_level level, const char *line)
{
    fixture *f = user;
    assert_int_equal(level, QF_LOG_WARNING);
    snprintf(f->log, sizeof f->log, "%s", line);
}

static qf_limits limits_of(fixture *f)
{
    qf_context context = qf_context_default();
    context.log = keep_log;
    context.log_user = f;
    return qf_limits_read(&context, f->directory);
}

static void put_version_2(const char *group, const char *mounted)
{
    char text[512];
    snprintf(text, sizeof text, "0::%s\n", group);
    put("/proc/self/cgroup", text);
    snprintf(text, sizeof text,
             "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
             "31 22 0:26 %s /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
             mounted);
    put("/proc/self/mountinfo", text);
}

static void without_files_there_is_no_limit(void **state)
{
    const qf_limits limits = limits_of(*state);
    const char *source;
    assert_true(limits.quota_cpus == 0.0);
    assert_int_equal(limits.group_memory_bytes, 0);
    assert_int_equal(limits.slurm_cpus, 0);
    assert_int_equal(qf_limits_free_bytes(&limits, &source), 0);
}

static void version_2_walks_up_to_the_tightest_quota(void **state)
{
    put_version_2("/slurm/job_7/task", "/");
    put("/sys/fs/cgroup/slurm/job_7/task/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/slurm/job_7/cpu.max", "150000 100000\n");
    put("/sys/fs/cgroup/slurm/cpu.max", "800000 100000\n");
    const qf_limits limits = limits_of(*state);
    assert_true(limits.quota_cpus == 1.5);
    assert_string_equal(limits.quota_file, "/sys/fs/cgroup/slurm/job_7/cpu.max");
}

static void version_2_memory_is_what_is_left_with_what_can_be_dropped(void **state)
{
    put("/proc/meminfo", "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    900 kB\n");
    put_version_2("/a/b", "/");
    put("/sys/fs/cgroup/a/b/memory.max", "max\n");
    put("/sys/fs/cgroup/a/b/memory.current", "70000\n");
    put("/sys/fs/cgroup/a/memory.max", "500000\n");
    put("/sys/fs/cgroup/a/memory.current", "450000\n");
    put("/sys/fs/cgroup/a/memory.stat", "anon 300000\nfile 150000\ninactive_file 100000\n");
    const qf_limits limits = limits_of(*state);
    const char *source;
    assert_int_equal(limits.memory_total_bytes, 1000 * 1024);
    assert_int_equal(limits.group_memory_bytes, 500000);
    assert_int_equal(limits.group_free_bytes, 150000);
    assert_int_equal(qf_limits_free_bytes(&limits, &source), 150000);
    assert_string_equal(source, "/sys/fs/cgroup/a/memory.max");
}

static void the_machine_may_have_less_than_the_group_may_take(void **state)
{
    put("/proc/meminfo", "MemTotal:       1000 kB\nMemAvailable:    100 kB\n");
    put_version_2("/", "/");
    put("/sys/fs/cgroup/memory.max", "500000\n");
    put("/sys/fs/cgroup/memory.current", "1\n");
    const qf_limits limits = limits_of(*state);
    const char *source;
    assert_int_equal(qf_limits_free_bytes(&limits, &source), 100 * 1024);
    assert_string_equal(source, "MemAvailable");
}

static void a_group_that_is_over_its_limit_has_nothing_left(void **state)
{
    put_version_2("/a", "/");
    put("/sys/fs/cgroup/a/memory.max", "500000\n");
    put("/sys/fs/cgroup/a/memory.current", "500001\n");
    const qf_limits limits = limits_of(*state);
    assert_int_equal(limits.group_memory_bytes, 500000);
    assert_int_equal(limits.group_free_bytes, 0);
}

static void version_1_has_a_hierarchy_for_each_controller(void **state)
{
    put("/proc/self/cgroup", "9:name=systemd:/\n4:memory:/job\n2:cpuset:/\n1:cpu,cpuacct:/job/x\n");
    put("/proc/self/mountinfo",
        "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
        "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    put("/sys/fs/cgroup/cpu,cpuacct/job/x/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu,cpuacct/job/x/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "200000\n");
    put("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000000\n");
    put("/sys/fs/cgroup/memory/job/memory.usage_in_bytes", "300000\n");
    put("/sys/fs/cgroup/memory/job/memory.stat", "inactive_file 5\ntotal_inactive_file 200000\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory/memory.usage_in_bytes", "400000\n");
    const qf_limits limits = limits_of(*state);
    assert_true(limits.quota_cpus == 0.25);
    assert_string_equal(limits.quota_file, "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us");
    assert_int_equal(limits.group_memory_bytes, 1000000);
    assert_int_equal(limits.group_free_bytes, 900000);
}

static void a_container_sees_only_a_part_of_the_hierarchy(void **state)
{
    /* its mount begins at its own group, which it knows by the host's name */
    put_version_2("/docker/17/inner", "/docker/17");
    put("/sys/fs/cgroup/inner/cpu.max", "300000 100000\n");
    put("/sys/fs/cgroup/cpu.max", "200000 100000\n");
    qf_limits limits = limits_of(*state);
    assert_true(limits.quota_cpus == 2.0);
    assert_string_equal(limits.quota_file, "/sys/fs/cgroup/cpu.max");
    /* its group lies outside of what it is shown */
    put_version_2("/../../other", "/");
    limits = limits_of(*state);
    assert_true(limits.quota_cpus == 2.0);
    put_version_2("/docker/170", "/docker/17");
    limits = limits_of(*state);
    assert_true(limits.quota_cpus == 2.0);
}

static void a_mount_point_may_hold_blanks(void **state)
{
    put("/proc/self/cgroup", "0::/\n");
    put("/proc/self/mountinfo", "31 22 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n");
    put("/my groups/cpu.max", "100000 100000\n");
    const qf_limits limits = limits_of(*state);
    assert_true(limits.quota_cpus == 1.0);
}

static void slurm_grants_processors(void **state)
{
    fixture *f = *state;
    setenv("SLURM_CPUS_PER_TASK", "3", 1);
    qf_limits limits = limits_of(f);
    assert_int_equal(limits.slurm_cpus, 3);
    assert_string_equal(f->log, "");
    static const char *const wrong[] = {"3x", "0", "-1", "many", "99999999999999999999"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        f->log[0] = '\0';
        setenv("SLURM_CPUS_PER_TASK", wrong[i], 1);
        limits = limits_of(f);
        assert_int_equal(limits.slurm_cpus, 0);
        assert_contains(f->log, wrong[i]);
    }
}

static void slurm_grants_memory_where_no_group_does(void **state)
{
    static const struct {
        const char *of_node, *of_cpu, *cpus, *in_job;
        size_t mib; /* 0: not known */
    } cases[] = {
        {"512", NULL, "4", "7", 512}, {NULL, "100", "4", "7", 400}, {NULL, "100", NULL, "7", 0},
        {"0", NULL, "4", "7", 0},     {NULL, NULL, "4", "7", 0},    {"512", NULL, "4", NULL, 0},
    };
    fixture *f = *state;
    put("/proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable:    2097152 kB\n");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct {
            const char *name, *value;
        } set[] = {{"SLURM_MEM_PER_NODE", cases[i].of_node},
                   {"SLURM_MEM_PER_CPU", cases[i].of_cpu},
                   {"SLURM_CPUS_ON_NODE", cases[i].cpus},
                   {"SLURM_JOB_ID", cases[i].in_job}};
        clear_environment();
        for (size_t v = 0; v < COUNT(set); v++) {
            if (set[v].value) {
                setenv(set[v].name, set[v].value, 1);
            }
        }
        const qf_limits limits = limits_of(f);
        const char *source;
        assert_int_equal(limits.slurm_memory_bytes, cases[i].mib << 20);
        assert_int_equal(qf_limits_free_bytes(&limits, &source),
                         (cases[i].mib ? cases[i].mib : 2048) << 20);
        assert_string_equal(source, cases[i].mib ? "granted by Slurm" : "MemAvailable");
        assert_string_equal(f->log, "");
    }
    /* a group that has less left counts, and one that has more does not */
    setenv("SLURM_JOB_ID", "7", 1);
    setenv("SLURM_MEM_PER_NODE", "512", 1);
    put_version_2("/", "/");
    put("/sys/fs/cgroup/memory.max", "1000000000\n");
    qf_limits limits = limits_of(f);
    assert_int_equal(qf_limits_free_bytes(&limits, NULL), (size_t)512 << 20);
    put("/sys/fs/cgroup/memory.max", "1000000\n");
    limits = limits_of(f);
    assert_int_equal(qf_limits_free_bytes(&limits, NULL), 1000000);
    setenv("SLURM_MEM_PER_NODE", "512M", 1);
    limits = limits_of(f);
    assert_int_equal(limits.slurm_memory_bytes, 0);
    assert_contains(f->log, "SLURM_MEM_PER_NODE='512M'");
}

static void ranks_of_a_machine_are_counted(void **state)
{
    setenv("OMPI_COMM_WORLD_RANK", "5", 1);
    setenv("OMPI_COMM_WORLD_SIZE", "6", 1);
    setenv("OMPI_COMM_WORLD_LOCAL_RANK", "2", 1);
    setenv("OMPI_COMM_WORLD_LOCAL_SIZE", "3", 1);
    const qf_limits limits = limits_of(*state);
    assert_int_equal(limits.local_rank, 2);
    assert_int_equal(limits.local_ranks, 3);
}

static void tasks_of_a_step_on_this_node_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *tasks, *node;
        int n_local; /* 1: not known */
    } cases[] = {{"2", "0", 2},       {"4,2(x3)", "0", 4}, {"4,2(x3)", "1", 2}, {"4,2(x3)", "3", 2},
                 {"3(x2),5", "2", 5}, {"4,2(x3)", "4", 1}, {"many", "0", 1},    {"2", NULL, 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        clear_environment();
        setenv("PMIX_RANK", "0", 1);
        setenv("SLURM_PROCID", "5", 1);
        setenv("SLURM_STEP_NUM_TASKS", "12", 1);
        setenv("SLURM_LOCALID", "1", 1);
        setenv("SLURM_STEP_TASKS_PER_NODE", cases[i].tasks, 1);
        if (cases[i].node) {
            setenv("SLURM_NODEID", cases[i].node, 1);
        }
        const qf_launch launch = qf_ranks_launched();
        assert_int_equal(launch.rank, 5);
        assert_int_equal(launch.n_ranks, 12);
        if (launch.n_local != cases[i].n_local) {
            fail_msg("%s of node %s: %d", cases[i].tasks, cases[i].node, launch.n_local);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_files_there_is_no_limit),
        TEST(version_2_walks_up_to_the_tightest_quota),
        TEST(version_2_memory_is_what_is_left_with_what_can_be_dropped),
        TEST(the_machine_may_have_less_than_the_group_may_take),
        TEST(a_group_that_is_over_its_limit_has_nothing_left),
        TEST(version_1_has_a_hierarchy_for_each_controller),
        TEST(a_container_sees_only_a_part_of_the_hierarchy),
        TEST(a_mount_point_may_hold_blanks),
        TEST(slurm_grants_processors),
        TEST(slurm_grants_memory_where_no_group_does),
        TEST(ranks_of_a_machine_are_counted),
        TEST(tasks_of_a_step_on_this_node_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
