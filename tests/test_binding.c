/* SPDX-License-Identifier: Apache-2.0 */
/* Where threads really run, asked of the kernel: bound to a core each, and nobody else bound. */
#include "binding.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>

#include "results_fixture.h"

enum { MOST_THREADS = CPU_SETSIZE };

static cpu_set_t original; /* mask of this process when it began */

typedef struct bound {
    qf_context context;
    qf_topology topology;
    char log[1024];
} bound;

static void keep_log(void *user, qf_log_level level, const char *line)
{
    (void)level;
    bound *b = user;
    snprintf(b->log, sizeof b->log, "%s", line);
}

static cpu_set_t mask_of_caller(void)
{
    cpu_set_t mask;
    CPU_ZERO(&mask);
    (void)sched_getaffinity(0, sizeof mask, &mask);
    return mask;
}

/* as many threads as cores; `more` beyond that */
static void start(bound *b, int more, qf_bind_mode mode)
{
    *b = (bound){.context = qf_context_default()};
    b->context.log = keep_log;
    b->context.log_user = b;
    assert_int_equal(qf_topology_create(&b->context, "", &b->topology), QF_OK);
    b->context.n_threads = (int)b->topology.n_allowed_cores + more;
    assert_true(b->context.n_threads <= MOST_THREADS);
    qf_binding_start(&b->context, &b->topology, mode);
}

static void end(bound *b)
{
    qf_binding_end(&b->context);
    assert_null(b->context.binding);
    qf_topology_free(&b->topology);
}

static void read_team(const bound *b, cpu_set_t *masks)
{
    int next = 0;
#pragma omp parallel num_threads(b->context.n_threads)
    {
        int own;
#pragma omp atomic capture
        own = next++;
        masks[own] = mask_of_caller();
    }
    assert_int_equal(next, b->context.n_threads);
}

static void assert_team_is_free(const bound *b)
{
    static cpu_set_t masks[MOST_THREADS];
    read_team(b, masks);
    for (int t = 0; t < b->context.n_threads; t++) {
        assert_true(CPU_EQUAL(&masks[t], &original));
    }
}

static void every_thread_has_a_processor_of_its_own(void **state)
{
    (void)state;
    bound b;
    start(&b, 0, QF_BIND_CORE);
    assert_string_equal(qf_binding_name(&b.context), "core");
    assert_string_equal(b.log, "");
    /* and keeps it from one parallel region to the next */
    for (int round = 0; round < 3; round++) {
        static cpu_set_t masks[MOST_THREADS];
        cpu_set_t together;
        CPU_ZERO(&together);
        read_team(&b, masks);
        for (int t = 0; t < b.context.n_threads; t++) {
            assert_int_equal(CPU_COUNT(&masks[t]), 1);
            CPU_OR(&together, &together, &masks[t]);
        }
        assert_int_equal(CPU_COUNT(&together), b.context.n_threads);
        CPU_AND(&together, &together, &original);
        assert_int_equal(CPU_COUNT(&together), b.context.n_threads);
    }
    end(&b);
}

static void afterwards_every_thread_is_as_before(void **state)
{
    (void)state;
    bound b;
    start(&b, 0, QF_BIND_CORE);
    const cpu_set_t during = mask_of_caller();
    assert_int_equal(CPU_COUNT(&during), 1);
    end(&b);
    assert_team_is_free(&b);
}

static void cores_that_others_are_on_bind_nobody(void **state)
{
    (void)state;
    bound b = {.context = qf_context_default()};
    b.context.log = keep_log;
    b.context.log_user = &b;
    b.context.n_threads = 1;
    assert_int_equal(qf_topology_create(&b.context, "", &b.topology), QF_OK);
    b.topology.is_shared = true;
    qf_binding_start(&b.context, &b.topology, QF_BIND_CORE);
    assert_string_equal(qf_binding_name(&b.context), "none");
    assert_non_null(strstr(b.log, "why='others may be on the same cores'"));
    assert_team_is_free(&b);
    end(&b);
}

static void more_threads_than_cores_are_left_free(void **state)
{
    (void)state;
    bound b;
    start(&b, 1, QF_BIND_CORE);
    assert_string_equal(qf_binding_name(&b.context), "none");
    assert_non_null(strstr(b.log, "threads are not bound: why='fewer cores than threads'"));
    assert_team_is_free(&b);
    end(&b);
    assert_team_is_free(&b);
}

static void none_leaves_threads_free(void **state)
{
    (void)state;
    bound b;
    start(&b, 0, QF_BIND_NONE);
    assert_string_equal(qf_binding_name(&b.context), "none");
    assert_string_equal(b.log, "");
    assert_team_is_free(&b);
    end(&b);
}

static void what_the_user_told_openmp_is_left_to_openmp(void **state)
{
    (void)state;
    static const char *const names[] = {"OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"};
    for (size_t i = 0; i < COUNT(names); i++) {
        bound b;
        setenv(names[i], "false", 1);
        start(&b, 0, QF_BIND_CORE);
        unsetenv(names[i]);
        assert_non_null(strstr(b.log, names[i]));
        assert_team_is_free(&b);
        end(&b);
    }
}

static void another_machine_is_not_bound_to(void **state)
{
    (void)state;
    bound b;
    setenv("HWLOC_SYNTHETIC", "core:2 pu:1", 1);
    start(&b, 0, QF_BIND_CORE);
    unsetenv("HWLOC_SYNTHETIC");
    assert_string_equal(qf_binding_name(&b.context), "none");
    assert_non_null(strstr(b.log, "another machine"));
    assert_team_is_free(&b);
    end(&b);
}

static void *read_released(void *user)
{
    bound *b = user;
    qf_binding_release_thread(&b->context);
    static cpu_set_t mask;
    mask = mask_of_caller();
    return &mask;
}

static void a_released_thread_may_use_every_processor(void **state)
{
    (void)state;
    bound b;
    start(&b, 0, QF_BIND_CORE);
    pthread_t thread;
    void *mask;
    assert_int_equal(pthread_create(&thread, NULL, read_released, &b), 0);
    assert_int_equal(pthread_join(thread, &mask), 0);
    assert_true(CPU_EQUAL((cpu_set_t *)mask, &original));
    end(&b);
}

/* threads of this process, ascending */
static size_t list_threads(pid_t *threads, size_t room)
{
    struct dirent **entries;
    const int n_entries = scandir("/proc/self/task", &entries, NULL, versionsort);
    assert_true(n_entries > 2);
    size_t n = 0;
    for (int i = 0; i < n_entries; i++) {
        if (entries[i]->d_name[0] != '.') {
            assert_true(n < room);
            threads[n++] = (pid_t)strtol(entries[i]->d_name, NULL, 10);
        }
        free(entries[i]);
    }
    free(entries);
    return n;
}

/* the one thread that is not among the `n` before */
static pid_t find_new_thread(const pid_t *before, size_t n)
{
    pid_t now[2 * MOST_THREADS];
    const size_t n_now = list_threads(now, COUNT(now));
    assert_int_equal(n_now, n + 1);
    pid_t found = 0;
    for (size_t i = 0; i < n_now; i++) {
        bool old = false;
        for (size_t k = 0; k < n; k++) {
            old = old || before[k] == now[i];
        }
        found = old ? found : now[i];
    }
    assert_true(found > 0);
    return found;
}

static void the_writer_of_results_is_not_bound(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 1);
    bound b;
    start(&b, 0, QF_BIND_CORE);
    f->context.binding = b.context.binding;
    pid_t before[2 * MOST_THREADS];
    const size_t n = list_threads(before, COUNT(before));
    assert_int_equal(create(f, "r.h5", false), QF_OK);
    const pid_t writer = find_new_thread(before, n);
    /* it starts bound, like its parent, and frees itself first of all */
    cpu_set_t mask;
    CPU_ZERO(&mask);
    for (int tries = 0; tries < 5000 && !CPU_EQUAL(&mask, &original); tries++) {
        assert_int_equal(sched_getaffinity(writer, sizeof mask, &mask), 0);
        usleep(1000);
    }
    assert_true(CPU_EQUAL(&mask, &original));
    const cpu_set_t caller = mask_of_caller();
    assert_int_equal(CPU_COUNT(&caller), 1);
    assert_int_equal(qf_results_finish(f->results, QF_OK, 0, NULL, NULL), QF_OK);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_thread_has_a_processor_of_its_own),
        cmocka_unit_test(afterwards_every_thread_is_as_before),
        cmocka_unit_test(cores_that_others_are_on_bind_nobody),
        cmocka_unit_test(more_threads_than_cores_are_left_free),
        cmocka_unit_test(none_leaves_threads_free),
        cmocka_unit_test(what_the_user_told_openmp_is_left_to_openmp),
        cmocka_unit_test(another_machine_is_not_bound_to),
        cmocka_unit_test(a_released_thread_may_use_every_processor),
        TEST(the_writer_of_results_is_not_bound),
    };
    original = mask_of_caller();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
