/* SPDX-License-Identifier: Apache-2.0 */
#include "report_stand.h"

#include "sweep_looks.h"

static void assert_looks(const qf_sweep_spec *spec, const size_t *expected, size_t n_expected)
{
    qf_arena arena = {0};
    size_t n;
    const size_t *looks = qf_sweep_looks(&arena, spec, &n);
    assert_int_equal(n, n_expected);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(looks[i], expected[i]);
    }
    qf_arena_free(&arena);
}
#define ASSERT_LOOKS(spec, ...)                                                                    \
    assert_looks(spec, (const size_t[]){__VA_ARGS__},                                              \
                 sizeof((const size_t[]){__VA_ARGS__}) / sizeof(size_t))

static void looks_grow_by_half_and_end_with_all(void **state)
{
    (void)state;
    qf_sweep_spec spec = {
        .stop = QF_STOP_DECIDED, .n_points = 1000, .n_replications = 1, .n_first_look = 100};
    ASSERT_LOOKS(&spec, 100, 150, 225, 337, 505, 757, 1000);
    spec.n_points = 800; /* 757 would be too near */
    ASSERT_LOOKS(&spec, 100, 150, 225, 337, 505, 800);
    spec.n_points = 100;
    ASSERT_LOOKS(&spec, 100);
    spec.n_points = 50;
    ASSERT_LOOKS(&spec, 50);
    spec.n_first_look = 1;
    spec.n_points = 12;
    ASSERT_LOOKS(&spec, 1, 2, 3, 4, 6, 9, 12);
    spec.stop = QF_STOP_NEVER;
    ASSERT_LOOKS(&spec, 12);
}

static void looks_are_at_whole_points(void **state)
{
    (void)state;
    const qf_sweep_spec spec = {
        .stop = QF_STOP_WIDTH, .n_points = 60, .n_replications = 7, .n_first_look = 100};
    ASSERT_LOOKS(&spec, 105, 154, 231, 420);
}

static void any_number_of_cases_has_few_looks(void **state)
{
    (void)state;
    size_t sizes[QF_MOST_LOOKS];
    for (size_t n = 1; n < SIZE_MAX / 16; n = n * 7 / 4 + 1) {
        const qf_sweep_spec spec = {
            .stop = QF_STOP_DECIDED, .n_points = n, .n_replications = 1, .n_first_look = 1};
        const size_t n_looks = qf_sweep_look_sizes(&spec, sizes);
        assert_in_range(n_looks, 1, QF_MOST_LOOKS - 1);
        assert_int_equal(sizes[n_looks - 1], n);
        /* so that what they cost can be computed */
        assert_true(n_looks > 70 || qf_interval_repeated_alpha(sizes, n_looks, 0.025) <= 0.025);
    }
}

static void open_decided(sweep_stand *s)
{
    stand_open(s, QF_VALUE_TRUTH, 1000, 1);
    s->spec.stop = QF_STOP_DECIDED;
    s->spec.n_requirements = 1;
    s->requirement.claim = QF_CLAIM_PROBABILITY;
    s->requirement.at_least = true;
    s->requirement.limit = 0.9;
}

/* P >= 0.9 with 95 % and one look: 29 cases; Pocock's seven looks are at 0.99 each, and need 44 or so */
static void looking_takes_more_evidence(void **state)
{
    (void)state;
    sweep_stand s;
    open_decided(&s);
    s.spec.n_first_look = 30;
    stand_fill_truths(&s, 1000, 1000);
    assert_false(qf_sweep_stops(&s.spec, &s.table, 30));
    assert_true(qf_sweep_stops(&s.spec, &s.table, 67));
    const qf_requirement_result *r = stand_judge(&s, 67);
    assert_int_equal(r->verdict, QF_VERDICT_MET);
    assert_non_null(strstr(r->method, "Pocock"));
    assert_true(s.report.stopped_early);
    assert_int_equal(s.report.n_looks, 10);
    assert_int_equal(s.report.n_cases, 67);
    assert_string_equal(s.report.interval_note,
                        "intervals hold at all 10 looks together (Pocock), and so at the stop");
    s.spec.sampling = QF_SAMPLING_SOBOL;
    (void)stand_describe(&s, 67);
    assert_string_equal(
        s.report.interval_note,
        "intervals are those of random sampling, and tend to be too wide for "
        "sobol; intervals hold at all 10 looks together (Pocock), and so at the stop");
    s.spec.sampling = QF_SAMPLING_RANDOM;
    /* intervals are those of a look, whether it stopped early or not */
    const double alpha = qf_sweep_interval_alpha(&s.spec);
    assert_true(alpha < 0.01);
    const qf_interval exact = qf_interval_clopper_pearson(1000.0, 1000.0, alpha);
    assert_near(stand_describe(&s, 1000)->exact.low, exact.low, 0.0);
    assert_false(s.report.stopped_early);
    s.spec.stop = QF_STOP_NEVER;
    assert_false(qf_sweep_stops(&s.spec, &s.table, 1000));
    assert_int_equal(stand_judge(&s, 30)->verdict, QF_VERDICT_MET);
    assert_int_equal(s.report.n_looks, 0);
    assert_false(s.report.stopped_early);
    stand_close(&s);
}

static void it_stops_when_all_requirements_are_decided(void **state)
{
    (void)state;
    sweep_stand s;
    open_decided(&s);
    qf_requirement two[2] = {s.requirement, s.requirement};
    s.spec.requirements = two;
    s.spec.n_requirements = 2;
    stand_fill_truths(&s, 150, 225);
    two[1].limit = 0.66; /* just where the estimate is */
    assert_false(qf_sweep_stops(&s.spec, &s.table, 225));
    two[1].limit = 0.4;
    assert_true(qf_sweep_stops(&s.spec, &s.table, 225)); /* one not met, one met */
    two[1].limit = 0.66;
    two[1].confidence = 0.0; /* the estimate decides: holds nothing up */
    assert_true(qf_sweep_stops(&s.spec, &s.table, 225));
    two[0].confidence = 0.0; /* nothing is left that could be decided */
    assert_false(qf_sweep_stops(&s.spec, &s.table, 225));
    s.spec.n_requirements = 0;
    assert_false(qf_sweep_stops(&s.spec, &s.table, 225));
    stand_close(&s);
}

static void it_stops_when_the_interval_is_narrow(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, 1000, 1);
    s.spec.stop = QF_STOP_WIDTH;
    stand_fill_truths(&s, 50, 100);
    const qf_interval wilson = qf_interval_wilson(50.0, 100.0, 0.025);
    s.spec.stop_width = wilson.high - wilson.low + 1e-12;
    assert_true(qf_sweep_stops(&s.spec, &s.table, 100));
    s.spec.stop_width -= 2e-12;
    assert_false(qf_sweep_stops(&s.spec, &s.table, 100));
    assert_near(stand_describe(&s, 100)->wilson.low, wilson.low, 0.0);
    s.metric.kind = QF_VALUE_NUMBER; /* of 0 and 1 the mean's is nearly the same */
    s.spec.stop_width = 0.25;
    assert_true(qf_sweep_stops(&s.spec, &s.table, 100));
    s.spec.stop_width = 0.15;
    assert_false(qf_sweep_stops(&s.spec, &s.table, 100));
    /* equal values have no width, which says little of few of them, and nothing of none */
    s.spec.stop_width = 0.01;
    stand_fill_truths(&s, 100, 100);
    assert_false(qf_sweep_stops(&s.spec, &s.table, 58));
    assert_true(qf_sweep_stops(&s.spec, &s.table, 59));
    assert_false(qf_sweep_stops(&s.spec, &s.table, 0));
    for (size_t i = 0; i < 100; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, (double)NAN);
    }
    assert_false(qf_sweep_stops(&s.spec, &s.table, 100));
    s.metric.kind = QF_VALUE_TRUTH;
    assert_false(qf_sweep_stops(&s.spec, &s.table, 100));
    stand_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_grow_by_half_and_end_with_all),
        cmocka_unit_test(looks_are_at_whole_points),
        cmocka_unit_test(any_number_of_cases_has_few_looks),
        cmocka_unit_test(looking_takes_more_evidence),
        cmocka_unit_test(it_stops_when_all_requirements_are_decided),
        cmocka_unit_test(it_stops_when_the_interval_is_narrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
