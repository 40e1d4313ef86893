/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of a sweep: each case in one of them, and threads that take them in turn end together. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sweep_cut.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST_CASES = 20000, MOST_TESTED_THREADS = 64 };

/* a sweep over `length` and `count`, which are not packed, and over something that is */
typedef struct plan {
    qf_context context;
    qf_scenario scenario;
    qf_group_spec groups[2];
    qf_sweep_parameter parameters[3];
    qf_sweep_spec spec;
    qf_design design;
    double values[3 * MOST_CASES];
    uint32_t cases[MOST_CASES];
    qf_sweep_job job;
    qf_sweep_cut cut;
} plan;

static void set_up_plan(plan *p, size_t n, size_t n_structural)
{
    qf_sweep_cut_free(&p->cut);
    memset(p, 0, sizeof *p);
    p->context = qf_context_default();
    p->groups[0].count = 1;
    p->groups[1].count = 3;
    p->scenario = (qf_scenario){
        .dt_s = 0.1, .n_ticks = 100, .n_worlds = 1, .groups = p->groups, .n_groups = 2};
    p->parameters[0] = (qf_sweep_parameter){.name = "packed", .path = "a", .packed = true};
    p->parameters[1] = (qf_sweep_parameter){.name = "length", .path = "time.duration_s"};
    p->parameters[2] = (qf_sweep_parameter){.name = "count", .path = "groups[1].count"};
    p->spec = (qf_sweep_spec){.parameters = p->parameters, .n_parameters = 1 + n_structural};
    p->design = (qf_design){.n_cases = n, .n_parameters = 1 + n_structural, .values = p->values};
    p->job = (qf_sweep_job){.spec = &p->spec,
                            .design = &p->design,
                            .scenario = &p->scenario,
                            .cases = p->cases,
                            .n_cases = n};
    for (size_t k = 0; k < n; k++) {
        p->cases[k] = (uint32_t)k;
    }
}

static double *values_of(plan *p, size_t parameter)
{
    return p->values + parameter * p->design.n_cases;
}

static void cut(plan *p, size_t n_threads, size_t most)
{
    qf_sweep_cut_free(&p->cut);
    assert_int_equal(qf_sweep_cut_make(&p->context, &p->job, n_threads, most, &p->cut), QF_OK);
}

/* when the last thread ends, in units of what all of them take together by their number: each takes the next when it is free */
static double makespan_over_ideal(const plan *p, size_t n_threads, const double *cost)
{
    double free_at[MOST_TESTED_THREADS] = {0};
    double sum = 0.0;
    double last = 0.0;
    for (size_t i = 0; i < p->cut.n_parts; i++) {
        size_t first = 0;
        for (size_t t = 1; t < n_threads; t++) {
            first = free_at[t] < free_at[first] ? t : first;
        }
        for (size_t k = p->cut.parts[i].begin; k < p->cut.parts[i].end; k++) {
            free_at[first] += cost[p->cut.cases[k]];
            sum += cost[p->cut.cases[k]];
        }
        last = free_at[first] > last ? free_at[first] : last;
    }
    return last / (sum / (double)n_threads);
}

static void assert_all_there(const plan *p, size_t most)
{
    static bool seen[MOST_CASES];
    memset(seen, 0, sizeof seen);
    size_t n = 0;
    for (size_t i = 0; i < p->cut.n_parts; i++) {
        const qf_sweep_part *part = &p->cut.parts[i];
        assert_true(part->begin < part->end && part->end <= p->job.n_cases);
        assert_true(part->end - part->begin <= most && part->end - part->begin <= p->cut.most);
        assert_int_equal(part->n_before, n);
        for (size_t k = part->begin; k < part->end; k++) {
            assert_false(seen[p->cut.cases[k]]);
            seen[p->cut.cases[k]] = true;
            n++;
        }
    }
    assert_int_equal(n, p->job.n_cases);
}

static void each_case_is_in_one_batch(void **state)
{
    (void)state;
    static plan p;
    static const size_t sizes[] = {1, 2, 3, 63, 64, 65, 127, 500, 1000, 4099};
    static const size_t mosts[] = {1, 7, 64, 100, 4096};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        for (size_t n_structural = 0; n_structural <= 2; n_structural++) {
            set_up_plan(&p, sizes[s], n_structural);
            for (size_t k = 0; k < sizes[s]; k++) {
                values_of(&p, 1)[k] = 1.0 + (double)(k % 5);
                if (n_structural > 1) {
                    values_of(&p, 2)[k] = 1.0 + (double)(k % 3);
                }
            }
            for (size_t m = 0; m < COUNT(mosts); m++) {
                for (size_t n_threads = 1; n_threads <= 9; n_threads++) {
                    p.job.batch_worlds = 0;
                    cut(&p, n_threads, mosts[m]);
                    assert_all_there(&p, mosts[m]);
                    p.job.batch_worlds = mosts[m];
                    cut(&p, n_threads, mosts[m]);
                    assert_all_there(&p, mosts[m]);
                }
            }
        }
    }
    qf_sweep_cut_free(&p.cut);
}

static void cases_of_a_batch_agree_in_what_is_not_packed(void **state)
{
    (void)state;
    static plan p;
    set_up_plan(&p, 1000, 2);
    for (size_t k = 0; k < 1000; k++) {
        values_of(&p, 1)[k] = 1.0 + (double)(k % 7);
        values_of(&p, 2)[k] = 1.0 + (double)(k % 4);
    }
    cut(&p, 4, 50);
    for (size_t i = 0; i < p.cut.n_parts; i++) {
        const uint32_t *cases = p.cut.cases;
        for (size_t k = p.cut.parts[i].begin; k < p.cut.parts[i].end; k++) {
            assert_int_equal(cases[k] % 28, cases[p.cut.parts[i].begin] % 28);
        }
    }
    qf_sweep_cut_free(&p.cut);
}

static void equal_cases_keep_all_threads_at_work_to_the_end(void **state)
{
    (void)state;
    static plan p;
    static double cost[MOST_CASES];
    static const size_t sizes[] = {100, 128, 300, 512, 1000, 10000};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        set_up_plan(&p, sizes[s], 0);
        for (size_t k = 0; k < sizes[s]; k++) {
            cost[k] = 1.0;
        }
        for (size_t n_threads = 1; n_threads <= 8; n_threads++) {
            cut(&p, n_threads, 128);
            const double over = makespan_over_ideal(&p, n_threads, cost);
            assert_true(over <= 1.0 + 2.0 * (double)n_threads / (double)sizes[s]);
        }
    }
    qf_sweep_cut_free(&p.cut);
}

static void very_uneven_lengths_and_counts_end_within_a_tenth_of_the_ideal(void **state)
{
    (void)state;
    static plan p;
    static double cost[MOST_CASES];
    srand(5);
    for (size_t n_threads = 2; n_threads <= 64; n_threads *= 2) {
        const size_t n = 40 * n_threads;
        set_up_plan(&p, n, 2);
        for (size_t k = 0; k < n; k++) {
            /* three decades of length, and the longest last */
            values_of(&p, 1)[k] = exp(7.0 * (double)k / (double)n);
            values_of(&p, 2)[k] = 1.0 + rand() % 50;
            cost[k] = values_of(&p, 1)[k] * (1.0 + values_of(&p, 2)[k]);
            assert_true(fabs(qf_sweep_case_cost(&p.job, (uint32_t)k) / (10.0 * cost[k]) - 1.0) <
                        1e-12);
        }
        cut(&p, n_threads, 128);
        assert_true(makespan_over_ideal(&p, n_threads, cost) < 1.1);
    }
    qf_sweep_cut_free(&p.cut);
}

/* few structures of many cases each: the dearest alone is more than a thread's share */
static void dear_structures_are_shared(void **state)
{
    (void)state;
    static plan p;
    static double cost[MOST_CASES];
    static const double lengths_s[] = {10, 20, 30, 45, 60, 90, 120, 240, 480, 600};
    set_up_plan(&p, 400, 1);
    p.groups[1].count = 1;
    for (size_t k = 0; k < 400; k++) {
        values_of(&p, 1)[k] = lengths_s[k % COUNT(lengths_s)];
        cost[k] = values_of(&p, 1)[k];
    }
    for (size_t n_threads = 2; n_threads <= 4; n_threads++) {
        cut(&p, n_threads, 128);
        assert_true(makespan_over_ideal(&p, n_threads, cost) < 1.1);
        /* of ten structures, with the least that is needed for it */
        assert_true(p.cut.n_parts <= 10 * n_threads);
    }
    qf_sweep_cut_free(&p.cut);
}

/* what no parameter tells: cases that end early, or meet much; all of the dear ones at the end, too */
static void unforeseen_costs_end_within_a_tenth_of_the_ideal(void **state)
{
    (void)state;
    static plan p;
    static double cost[MOST_CASES];
    set_up_plan(&p, MOST_CASES, 0);
    for (int at_the_end = 0; at_the_end < 2; at_the_end++) {
        srand(6);
        for (size_t k = 0; k < MOST_CASES; k++) {
            const bool dear = at_the_end ? k >= MOST_CASES * 9 / 10 : rand() % 10 == 0;
            cost[k] = dear ? 20.0 : 1.0;
        }
        /* of 2000 dear cases at the end each of 16 threads would have but four batches */
        const size_t most_threads = at_the_end ? 8 : 16;
        for (size_t n_threads = 2; n_threads <= most_threads; n_threads *= 2) {
            cut(&p, n_threads, 128);
            assert_true(makespan_over_ideal(&p, n_threads, cost) < 1.1);
        }
    }
    qf_sweep_cut_free(&p.cut);
}

static void batches_have_full_lanes_where_there_are_enough_cases(void **state)
{
    (void)state;
    static plan p;
    set_up_plan(&p, 5000, 0);
    p.groups[1].count = 1;
    cut(&p, 3, 128);
    for (size_t i = 0; i < p.cut.n_parts; i++) {
        assert_true(p.cut.parts[i].end - p.cut.parts[i].begin >= 60);
    }
    qf_sweep_cut_free(&p.cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_in_one_batch),
        cmocka_unit_test(cases_of_a_batch_agree_in_what_is_not_packed),
        cmocka_unit_test(equal_cases_keep_all_threads_at_work_to_the_end),
        cmocka_unit_test(very_uneven_lengths_and_counts_end_within_a_tenth_of_the_ideal),
        cmocka_unit_test(dear_structures_are_shared),
        cmocka_unit_test(unforeseen_costs_end_within_a_tenth_of_the_ideal),
        cmocka_unit_test(batches_have_full_lanes_where_there_are_enough_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
