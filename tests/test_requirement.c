/* SPDX-License-Identifier: Apache-2.0 */
#include "report_stand.h"

static const double none = (double)NAN;

static void open_probability(sweep_stand *s, size_t n, bool at_least, double limit,
                             double confidence)
{
    stand_open(s, QF_VALUE_TRUTH, n, 1);
    s->requirement.claim = QF_CLAIM_PROBABILITY;
    s->requirement.at_least = at_least;
    s->requirement.limit = limit;
    s->requirement.confidence = confidence;
}

static void open_number(sweep_stand *s, size_t n, qf_claim claim, bool at_least, double limit)
{
    stand_open(s, QF_VALUE_NUMBER, n, 1);
    s->requirement.claim = claim;
    s->requirement.at_least = at_least;
    s->requirement.limit = limit;
    s->requirement.level = 0.95;
}

/* P >= 0.99 with 95 %: 299 cases without a failure, 473 with one, 628 with two (the classical table) */
static void shares_need_the_classical_numbers_of_cases(void **state)
{
    (void)state;
    static const size_t needed[] = {299, 473, 628};
    sweep_stand s;
    open_probability(&s, 1000, true, 0.99, 0.95);
    for (size_t failures = 0; failures < COUNT(needed); failures++) {
        const size_t n = needed[failures];
        stand_fill_truths(&s, n - 1 - failures, n - 1);
        assert_int_equal(stand_judge(&s, n - 1)->verdict, QF_VERDICT_UNDECIDED);
        stand_fill_truths(&s, n - failures, n);
        const qf_requirement_result *r = stand_judge(&s, n);
        assert_int_equal(r->verdict, QF_VERDICT_MET);
        assert_true(r->bound >= 0.99 && r->bound < 0.9901);
        assert_string_equal(r->method, "Clopper-Pearson, one-sided 95 %");
        assert_int_equal(r->n, n);
        assert_int_equal(r->has_worst, failures > 0);
        if (failures > 0) {
            assert_int_equal(r->worst_case, n - failures);
        }
    }
    stand_close(&s);
}

static void failures_disprove_a_share(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 300, true, 0.99, 0.95);
    stand_fill_truths(&s, 290, 300);
    const qf_requirement_result *r = stand_judge(&s, 300);
    assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
    assert_near(r->estimate, 290.0 / 300.0, 1e-15);
    assert_near(r->margin, 290.0 / 300.0 - 0.99, 1e-15);
    /* scipy: beta.ppf(0.95, 291, 10) */
    assert_near(r->bound, 0.9818061609223666, 1e-13);
    assert_true(r->bound < 0.99);
    assert_int_equal(r->n_needed, 0);
    stand_close(&s);
}

/* scipy: of 100 with 0.1 each at least 16 fail in 3.99 %, at least 15 in 7.26 % */
static void failures_disprove_at_the_confidence_asked_for(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 100, true, 0.9, 0.95);
    stand_fill_truths(&s, 85, 100);
    assert_int_equal(stand_judge(&s, 100)->verdict, QF_VERDICT_UNDECIDED);
    stand_fill_truths(&s, 84, 100);
    assert_int_equal(stand_judge(&s, 100)->verdict, QF_VERDICT_NOT_MET);
    s.requirement.confidence = 0.97;
    assert_int_equal(stand_judge(&s, 100)->verdict, QF_VERDICT_UNDECIDED);
    stand_close(&s);
}

/* the same claim of the opposite */
static void at_most_is_at_least_of_the_opposite(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 299, false, 0.01, 0.95);
    stand_fill_truths(&s, 0, 299);
    const qf_requirement_result *r = stand_judge(&s, 299);
    assert_int_equal(r->verdict, QF_VERDICT_MET);
    assert_near(r->estimate, 0.0, 0.0);
    assert_near(r->margin, 0.01, 1e-15);
    assert_near(r->bound, 1.0 - pow(0.05, 1.0 / 299.0), 1e-14);
    assert_false(r->has_worst);
    stand_fill_truths(&s, 20, 299);
    r = stand_judge(&s, 299);
    assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
    assert_int_equal(r->worst_case, 0); /* the first in which it holds */
    assert_true(r->bound > 0.01 && r->bound < r->estimate);
    stand_close(&s);
}

static void cases_without_a_value_count_against_either_direction(void **state)
{
    (void)state;
    for (int at_least = 0; at_least < 2; at_least++) {
        sweep_stand s;
        open_probability(&s, 100, at_least, at_least ? 0.5 : 0.5, 0.0);
        for (size_t i = 0; i < 100; i++) { /* 45 speak for it, 55 have no say */
            const double good = at_least ? 1.0 : 0.0;
            if (i < 45) {
                stand_put(&s, i, QF_OUTCOME_OK, good);
            } else if (i < 60) {
                stand_put(&s, i, QF_OUTCOME_FAILED, none);
            } else if (i < 80) {
                stand_put(&s, i, QF_OUTCOME_QUARANTINED, good);
            } else {
                stand_put(&s, i, QF_OUTCOME_OK, none);
            }
        }
        const qf_requirement_result *r = stand_judge(&s, 100);
        assert_int_equal(r->n, 100);
        assert_int_equal(r->n_against, 55);
        assert_near(r->estimate, at_least ? 0.45 : 0.55, 1e-15);
        assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
        assert_int_equal(r->worst_case, 45);
        assert_string_equal(r->method, "estimate");
        stand_close(&s);
    }
}

/* 59 values below the limit show that 95 % are, with 95 % */
static void quantiles_are_judged_by_the_share_within_the_limit(void **state)
{
    (void)state;
    sweep_stand s;
    open_number(&s, 400, QF_CLAIM_QUANTILE, false, 58.0);
    for (size_t i = 0; i < 59; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, (double)(i * 7 % 59)); /* 0 ... 58 in some order */
    }
    const qf_requirement_result *r = stand_judge(&s, 59);
    assert_int_equal(r->verdict, QF_VERDICT_MET); /* the limit itself is within */
    assert_near(r->bound, 58.0, 0.0);
    assert_near(r->estimate, 55.1, 1e-12); /* numpy: quantile(arange(59), 0.95) */
    assert_near(r->margin, 2.9, 1e-12);
    assert_near(s.table.metrics[r->worst_case], 58.0, 0.0);
    assert_string_equal(r->method, "order statistics, one-sided 95 %");
    s.requirement.strict = true;
    r = stand_judge(&s, 59);
    assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
    assert_true(r->n_needed > 59 && r->n_needed < 250);
    s.requirement.strict = false;
    assert_int_equal(stand_judge(&s, 58)->verdict, QF_VERDICT_UNDECIDED);
    assert_near(s.report.requirements->bound, (double)INFINITY, 0.0);
    /* a missing one is above any limit */
    stand_put(&s, 59, QF_OUTCOME_FAILED, none);
    r = stand_judge(&s, 60);
    assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
    assert_int_equal(r->n_against, 1);
    assert_int_equal(r->worst_case, 59);
    /* most are beyond */
    s.requirement.limit = 40.0;
    r = stand_judge(&s, 60);
    assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
    assert_true(r->bound > 40.0 && r->bound < 58.0);
    stand_close(&s);
}

static void a_low_quantile_has_to_be_large(void **state)
{
    (void)state;
    sweep_stand s;
    open_number(&s, 60, QF_CLAIM_QUANTILE, true, 0.0);
    s.requirement.level = 0.05;
    for (size_t i = 0; i < 59; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, (double)(i * 7 % 59));
    }
    const qf_requirement_result *r = stand_judge(&s, 59);
    assert_int_equal(r->verdict, QF_VERDICT_MET);
    assert_near(r->bound, 0.0, 0.0);
    assert_near(r->estimate, 2.9, 1e-12);
    stand_put(&s, 59, QF_OUTCOME_OK, none); /* below any limit */
    r = stand_judge(&s, 60);
    assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
    assert_near(r->estimate, 1.95, 1e-12);
    assert_near(r->bound, -(double)INFINITY, 0.0);
    stand_close(&s);
}

static void means_are_judged_by_t(void **state)
{
    (void)state;
    sweep_stand s;
    open_number(&s, 20, QF_CLAIM_MEAN, false, 6.0);
    for (size_t i = 0; i < 11; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, (double)i); /* mean 5, sd sqrt(11) */
    }
    /* t of 10 degrees at 95 %: 1.812461; the bound is 5 + 1.812461 */
    const qf_requirement_result *r = stand_judge(&s, 11);
    assert_near(r->bound, 5.0 + 1.8124611228107335, 1e-12);
    assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
    assert_near(r->margin, 1.0, 1e-15);
    assert_int_equal(r->worst_case, 10);
    /* least n with t(n - 1) sqrt(11 / n) <= 1: 32 by scipy */
    assert_int_equal(r->n_needed, 32);
    s.requirement.limit = 7.0;
    assert_int_equal(stand_judge(&s, 11)->verdict, QF_VERDICT_MET);
    s.requirement.limit = 3.0;
    r = stand_judge(&s, 11);
    assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
    assert_near(r->bound, 5.0 - 1.8124611228107335, 1e-12);
    s.requirement.at_least = true;
    assert_int_equal(stand_judge(&s, 11)->verdict, QF_VERDICT_MET);
    assert_string_equal(s.report.requirements->method, "Student's t, one-sided 95 %");
    stand_close(&s);
}

static void a_mean_with_a_gap_is_never_met(void **state)
{
    (void)state;
    sweep_stand s;
    open_number(&s, 12, QF_CLAIM_MEAN, false, 7.0);
    for (size_t i = 0; i < 11; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, (double)i);
    }
    stand_put(&s, 11, QF_OUTCOME_QUARANTINED, 5.0);
    for (int confident = 0; confident < 2; confident++) {
        s.requirement.confidence = confident ? 0.95 : 0.0;
        s.requirement.limit = 7.0;
        const qf_requirement_result *r = stand_judge(&s, 12);
        assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
        assert_int_equal(r->n_against, 1);
        assert_int_equal(r->n, 12);
        assert_int_equal(r->n_needed, 0); /* no more cases fill the gap */
        assert_int_equal(r->worst_case, 11);
        s.requirement.limit = 2.0;
        assert_int_equal(stand_judge(&s, 12)->verdict, QF_VERDICT_NOT_MET);
    }
    stand_close(&s);
}

/* a hundred cases without a collision do not show that there are fewer than 0.001 */
static void equal_values_decide_a_mean_only_when_they_are_many(void **state)
{
    (void)state;
    sweep_stand s;
    open_number(&s, 100, QF_CLAIM_MEAN, false, 0.5);
    for (size_t i = 0; i < 100; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, 0.0);
    }
    const qf_requirement_result *r = stand_judge(&s, 58);
    assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
    assert_int_equal(r->n_needed, 59);
    assert_int_equal(stand_judge(&s, 59)->verdict, QF_VERDICT_MET);
    s.requirement.at_least = true;
    assert_int_equal(stand_judge(&s, 59)->verdict, QF_VERDICT_NOT_MET);
    stand_close(&s);
}

static void the_estimate_decides_without_confidence(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 10, true, 0.5, 0.0);
    stand_fill_truths(&s, 5, 10);
    assert_int_equal(stand_judge(&s, 10)->verdict, QF_VERDICT_MET);
    assert_true(isnan(s.report.requirements->bound));
    s.requirement.strict = true;
    assert_int_equal(stand_judge(&s, 10)->verdict, QF_VERDICT_NOT_MET);
    s.requirement.strict = false;
    s.requirement.at_least = false;
    assert_int_equal(stand_judge(&s, 10)->verdict, QF_VERDICT_MET);
    /* of no cases nothing does */
    assert_int_equal(stand_judge(&s, 0)->verdict, QF_VERDICT_UNDECIDED);
    s.requirement.confidence = 0.95;
    assert_int_equal(stand_judge(&s, 0)->verdict, QF_VERDICT_UNDECIDED);
    assert_true(isnan(s.report.requirements->estimate));
    stand_close(&s);
}

/* the 5 % quantile of 100 lies between the fifth value and the sixth: the fifth of those that are missing, and a number */
static void an_estimate_between_missing_and_present_is_beyond_the_limit(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 100, 1);
    s.requirement.claim = QF_CLAIM_QUANTILE;
    s.requirement.level = 0.05;
    s.requirement.at_least = true;
    s.requirement.limit = 3.0;
    s.requirement.confidence = 0.0;
    for (size_t i = 0; i < 100; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, i < 5 ? (double)NAN : 10.0);
    }
    const qf_requirement_result *r = stand_judge(&s, 100);
    assert_near(r->estimate, -(double)INFINITY, 0.0);
    assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
    assert_int_equal(r->n_against, 5);
    s.requirement.at_least = false; /* and from the other side */
    s.requirement.level = 0.95;
    s.requirement.limit = 12.0;
    r = stand_judge(&s, 100);
    assert_near(r->estimate, (double)INFINITY, 0.0);
    assert_int_equal(r->verdict, QF_VERDICT_NOT_MET);
    stand_put(&s, 4, QF_OUTCOME_OK, 10.0);
    assert_int_equal(stand_judge(&s, 100)->verdict, QF_VERDICT_MET);
    stand_close(&s);
}

/* 100 points of 30: all alike they say as much as 100 cases, and one case that fails must not make it more */
static void a_failure_is_no_evidence_in_favour(void **state)
{
    (void)state;
    enum { POINTS = 100, EACH = 30 };
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, POINTS, EACH);
    s.requirement.claim = QF_CLAIM_PROBABILITY;
    s.requirement.at_least = true;
    s.requirement.limit = 0.99;
    for (size_t fails = 0; fails < 4; fails++) {
        stand_fill_truths(&s, POINTS * EACH - fails, POINTS * EACH);
        const qf_requirement_result *r = stand_judge(&s, (size_t)POINTS * EACH);
        assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
        assert_true(r->bound < 0.99);
        assert_true(r->n_needed > POINTS * EACH);
    }
    /* the same of the opposite, whose bound is that of the other side */
    const double bound = s.report.requirements->bound;
    for (size_t i = 0; i < (size_t)POINTS * EACH; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, 1.0 - s.table.metrics[i]);
    }
    s.requirement.at_least = false;
    s.requirement.limit = 0.01;
    assert_int_equal(stand_judge(&s, (size_t)POINTS * EACH)->verdict, QF_VERDICT_UNDECIDED);
    assert_near(s.report.requirements->bound, 1.0 - bound, 1e-12);
    s.requirement.at_least = true;
    s.requirement.limit = 0.95; /* 59 points are enough */
    stand_fill_truths(&s, POINTS * EACH - 1, POINTS * EACH);
    assert_int_equal(stand_judge(&s, (size_t)POINTS * EACH)->verdict, QF_VERDICT_MET);
    assert_int_equal(qf_sweep_least_cases(&s.spec, &s.requirement), 59 * EACH);
    stand_close(&s);
}

static void certainty_is_disproved_but_never_shown(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 1000, true, 1.0, 0.95);
    stand_fill_truths(&s, 1000, 1000);
    assert_int_equal(stand_judge(&s, 1000)->verdict, QF_VERDICT_UNDECIDED);
    assert_int_equal(s.report.requirements->n_needed, 0);
    stand_fill_truths(&s, 999, 1000);
    assert_int_equal(stand_judge(&s, 1000)->verdict, QF_VERDICT_NOT_MET);
    /* and P >= 0 is true */
    s.requirement.limit = 0.0;
    assert_int_equal(stand_judge(&s, 1000)->verdict, QF_VERDICT_MET);
    s.requirement.strict = true;
    stand_fill_truths(&s, 0, 1000);
    assert_int_equal(stand_judge(&s, 1000)->verdict, QF_VERDICT_UNDECIDED);
    stand_close(&s);
}

static void it_says_how_many_cases_it_would_take(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 100, true, 0.99, 0.95);
    stand_fill_truths(&s, 100, 100);
    assert_int_equal(stand_judge(&s, 100)->n_needed, 299);
    /* 8 of 10 against 0.5: with as large a share 11 to 15 do */
    s.requirement.limit = 0.5;
    stand_fill_truths(&s, 8, 10);
    const uint64_t n = stand_judge(&s, 10)->n_needed;
    assert_in_range(n, 11, 15);
    /* at the limit itself no number does */
    stand_fill_truths(&s, 50, 100);
    assert_int_equal(stand_judge(&s, 100)->n_needed, 0);
    stand_close(&s);
}

static void a_requirement_knows_its_least_cases(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 10000, true, 0.99, 0.95);
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 299);
    assert_int_equal(qf_sweep_least_cases(&s.spec, &s.requirement), 299);
    /* replications of a point that all agree count once */
    s.spec.n_replications = 4;
    assert_int_equal(qf_sweep_least_cases(&s.spec, &s.requirement), 4 * 299);
    s.spec.n_replications = 1;
    /* looking costs: of 14 looks each is at 2.4 instead of 1.64 */
    s.spec.stop = QF_STOP_DECIDED;
    const size_t with_looks = qf_sweep_least_cases(&s.spec, &s.requirement);
    assert_in_range(with_looks, 450, 520);
    s.spec.stop = QF_STOP_NEVER;
    s.spec.sampling = QF_SAMPLING_GRID;
    assert_true(qf_sweep_least_cases(&s.spec, &s.requirement) == SIZE_MAX);
    s.spec.sampling = QF_SAMPLING_RANDOM;
    s.requirement.limit = 1.0;
    assert_true(qf_sweep_least_cases(&s.spec, &s.requirement) == SIZE_MAX);
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 0);
    s.requirement.at_least = false;
    s.requirement.limit = 0.05;
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 59);
    s.requirement.claim = QF_CLAIM_QUANTILE;
    s.requirement.level = 0.9;
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 29);
    s.requirement.at_least = true;
    s.requirement.level = 0.01;
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 299);
    s.requirement.claim = QF_CLAIM_MEAN;
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 2);
    s.requirement.confidence = 0.0;
    assert_int_equal(qf_requirement_least_cases(&s.requirement), 0);
    stand_close(&s);
}

static void points_that_are_no_sample_leave_it_undecided(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 1000, true, 0.5, 0.95);
    s.spec.sampling = QF_SAMPLING_GRID;
    stand_fill_truths(&s, 1000, 1000);
    assert_int_equal(stand_judge(&s, 1000)->verdict, QF_VERDICT_UNDECIDED);
    assert_non_null(strstr(s.report.requirements->method, "no random sample"));
    s.requirement.confidence = 0.0;
    assert_int_equal(stand_judge(&s, 1000)->verdict, QF_VERDICT_MET);
    stand_close(&s);
}

static void replications_do_not_multiply_the_evidence(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, 100, 10);
    s.requirement = (qf_requirement){.name = "r",
                                     .claim = QF_CLAIM_PROBABILITY,
                                     .at_least = true,
                                     .limit = 0.99,
                                     .confidence = 0.95};
    stand_fill_truths(&s, 1000, 1000);
    const qf_requirement_result *r = stand_judge(&s, 1000);
    assert_int_equal(r->verdict, QF_VERDICT_UNDECIDED);
    assert_int_equal(r->n_needed, 2981); /* log(0.05) / log(0.99) points are 298.07 */
    assert_string_equal(r->method, "Clopper-Pearson over points, one-sided 95 %");
    stand_close(&s);
}

static void progress_has_the_bounds_that_decide(void **state)
{
    (void)state;
    sweep_stand s;
    open_probability(&s, 500, true, 0.9, 0.95);
    qf_running_estimate now =
        qf_requirement_so_far(&s.requirement, &s.spec, &s.table, s.table.n_cases);
    assert_int_equal(now.n, 0);
    assert_true(isnan(now.estimate) && isnan(now.interval.low));
    for (size_t i = 0; i < 100; i++) { /* in whatever order */
        stand_put(&s, 499 - 5 * i, QF_OUTCOME_OK, i < 50);
    }
    now = qf_requirement_so_far(&s.requirement, &s.spec, &s.table, s.table.n_cases);
    assert_int_equal(now.n, 100);
    assert_near(now.estimate, 0.5, 0.0);
    assert_interval(now.interval, 0.41362171463091174, 0.5863782853690882, 1e-12);
    s.metric.kind = QF_VALUE_NUMBER;
    s.requirement.claim = QF_CLAIM_QUANTILE;
    s.requirement.level = 0.5;
    now = qf_requirement_so_far(&s.requirement, &s.spec, &s.table, s.table.n_cases);
    assert_interval(now.interval, 0.0, 1.0, 0.0);
    stand_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_need_the_classical_numbers_of_cases),
        cmocka_unit_test(failures_disprove_a_share),
        cmocka_unit_test(failures_disprove_at_the_confidence_asked_for),
        cmocka_unit_test(at_most_is_at_least_of_the_opposite),
        cmocka_unit_test(cases_without_a_value_count_against_either_direction),
        cmocka_unit_test(quantiles_are_judged_by_the_share_within_the_limit),
        cmocka_unit_test(a_low_quantile_has_to_be_large),
        cmocka_unit_test(means_are_judged_by_t),
        cmocka_unit_test(a_mean_with_a_gap_is_never_met),
        cmocka_unit_test(equal_values_decide_a_mean_only_when_they_are_many),
        cmocka_unit_test(the_estimate_decides_without_confidence),
        cmocka_unit_test(an_estimate_between_missing_and_present_is_beyond_the_limit),
        cmocka_unit_test(a_failure_is_no_evidence_in_favour),
        cmocka_unit_test(certainty_is_disproved_but_never_shown),
        cmocka_unit_test(it_says_how_many_cases_it_would_take),
        cmocka_unit_test(a_requirement_knows_its_least_cases),
        cmocka_unit_test(points_that_are_no_sample_leave_it_undecided),
        cmocka_unit_test(replications_do_not_multiply_the_evidence),
        cmocka_unit_test(progress_has_the_bounds_that_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
