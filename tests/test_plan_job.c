/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan asks of Slurm: numbers of tasks, memory and time, for costs that are given here. */
#include "plan_job.h"

#include <math.h>
#include <string.h>

#include "program_fixture.h"

static const qf_sweep_spec sweep_spec;

/* cases of a tenth of a second; their spread is 8 %, so that the margin is 1.35 */
static qf_plan plan_of(size_t n_cases, int threads)
{
    qf_plan plan = {.spec = &sweep_spec,
                    .was_measured = true,
                    .n_cases = n_cases,
                    .n_nodes = 1,
                    .node_threads = threads,
                    .memory_bytes = (size_t)512 << 20,
                    .measured = {.thread_s = 0.1, .spread = 0.08},
                    .forecast = {.n_threads = threads, .thread_bytes = (size_t)64 << 20}};
    qf_plan_scale(&plan);
    return plan;
}

static void times_are_read_as_slurm_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds; /* 0: refused */
        const char *written;
    } cases[] = {
        {"30", 1800, "00:30:00"},
        {"30:10", 1810, "00:30:10"},
        {"2:30:10", 9010, "02:30:10"},
        {"100:00:00", 360000, "4-04:00:00"},
        {"1-0", 86400, "1-00:00:00"},
        {"1-2", 93600, "1-02:00:00"},
        {"1-2:03", 93780, "1-02:03:00"},
        {"1-2:03:04", 93784, "1-02:03:04"},
        {"", 0, NULL},
        {"0", 0, NULL},
        {"-5", 0, NULL},
        {"4h", 0, NULL},
        {"1:2:3:4", 0, NULL},
        {"1-", 0, NULL},
        {"1-2-3", 0, NULL},
        {":30", 0, NULL},
        {"30:", 0, NULL},
        {"99999999999999999999", 0, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t seconds = 0;
        char text[QF_SLURM_TIME_BYTES];
        const bool read = qf_slurm_time_parse(cases[i].text, &seconds);
        if (read != (cases[i].seconds > 0) || (read && seconds != cases[i].seconds)) {
            fail_msg("'%s': %lld s", cases[i].text, (long long)seconds);
        }
        if (read) {
            assert_string_equal(qf_slurm_time_text(seconds, text), cases[i].written);
        }
    }
}

static void tasks_are_as_few_as_the_limit_allows(void **state)
{
    (void)state;
    /* an hour has 3600 - 120 - 60 - 30 s for work: 3390 */
    static const struct {
        size_t n_cases;
        int threads;
        size_t n_nodes;
        int64_t limit_s;
        size_t n_tasks, n_starts;
        int64_t asked_s;
    } cases[] = {
        /* 135 s with the margin */
        {1000, 1, 1, 3600, 1, 1, 360},
        {1000, 1, 4, 3600, 4, 1, QF_JOB_LEAST_LIMIT_S},
        {100, 1, 1, 3600, 1, 1, QF_JOB_LEAST_LIMIT_S},
        /* 135,000 s: 39.8 hours of one thread */
        {1000000, 1, 1, 3600, 40, 1, 3600},
        {1000000, 8, 1, 3600, 5, 1, 3600},
        {1000000, 8, 50, 3600, 50, 1, 600},
        /* 39823 tasks that an array cannot have: 40 starts each */
        {1000000000, 1, 1, 3600, 1000, 40, 3600},
        /* no more tasks than cases */
        {3, 1, 64, 3600, 3, 1, QF_JOB_LEAST_LIMIT_S},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        qf_plan plan = plan_of(cases[i].n_cases, cases[i].threads);
        qf_job_fit fit;
        plan.n_nodes = cases[i].n_nodes;
        qf_plan_scale(&plan);
        qf_plan_fit(&plan, cases[i].limit_s, &fit);
        assert_true(fabs(fit.margin - 1.35) < 1e-12);
        if (fit.n_tasks != cases[i].n_tasks || fit.n_starts != cases[i].n_starts ||
            fit.limit_s != cases[i].asked_s) {
            fail_msg("row %zu: %zu tasks of %zu starts of %lld s", i, fit.n_tasks, fit.n_starts,
                     (long long)fit.limit_s);
        }
        assert_int_equal(fit.cpus, cases[i].threads);
    }
}

static void what_is_asked_for_holds_what_is_forecast(void **state)
{
    (void)state;
    qf_plan plan = plan_of(1000, 4);
    qf_job_fit fit;
    qf_plan_fit(&plan, 3600, &fit);
    /* 1.25 x 512 + 128, in steps of 64 */
    assert_int_equal(fit.memory_mib, 768);
    /* twelve threads more than were forecast */
    plan.node_threads = 16;
    qf_plan_fit(&plan, 3600, &fit);
    assert_int_equal(fit.memory_mib, 1728);
    /* little time is left to save in, and a short limit has less to give */
    assert_int_equal(fit.warning_s, 120);
    qf_plan_fit(&plan, 600, &fit);
    assert_int_equal(fit.warning_s, 60);
}

static void a_spread_that_is_not_known_counts_as_a_half(void **state)
{
    (void)state;
    qf_plan plan = plan_of(1000, 1);
    qf_job_fit fit;
    plan.measured.spread = (double)NAN;
    qf_plan_fit(&plan, 3600, &fit);
    assert_true(fabs(fit.margin - 1.875) < 1e-12);
    assert_true(fabs(fit.task_s - 100.0) < 1e-9);
}

static void a_run_is_one_job_of_all_nodes(void **state)
{
    (void)state;
    qf_plan plan = plan_of(1, 8);
    qf_job_fit fit;
    plan.spec = NULL;
    plan.n_nodes = 4;
    plan.measured.thread_s = 320000.0;
    /* nothing but computing, which four machines of eight threads share */
    const qf_scenario scenario = {.n_ticks = 1000};
    plan.scenario = &scenario;
    plan.has_model = true;
    plan.model = (qf_cost_model){.n_vehicles = 1.0,
                                 .own_s = 320000.0 / (double)scenario.n_ticks,
                                 .copy_bytes_per_s = (double)INFINITY,
                                 .disk_bytes_per_s = (double)INFINITY,
                                 .link_bytes_per_s = (double)INFINITY,
                                 .n_threads = 8};
    qf_plan_scale(&plan);
    qf_plan_fit(&plan, 14400, &fit);
    assert_int_equal(fit.n_tasks, 4);
    assert_true(fabs(fit.task_s - 10000.0) < 1e-6);
    assert_int_equal(fit.n_starts, 1);
    assert_int_equal(fit.limit_s, 13740); /* 13500 + 120 + 60 + 30, in whole minutes */
    qf_plan_fit(&plan, 7200, &fit);
    assert_int_equal(fit.n_starts, 2);
    assert_int_equal(fit.limit_s, 7200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_as_slurm_reads_them),
        cmocka_unit_test(tasks_are_as_few_as_the_limit_allows),
        cmocka_unit_test(what_is_asked_for_holds_what_is_forecast),
        cmocka_unit_test(a_spread_that_is_not_known_counts_as_a_half),
        cmocka_unit_test(a_run_is_one_job_of_all_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
