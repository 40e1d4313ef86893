/* SPDX-License-Identifier: Apache-2.0 */
#include "report_stand.h"

#include "draw.h"
#include "sample.h"

static const double none = (double)NAN;

/* numpy 2.4: mean, std(ddof=1), quantile; scipy 1.17: t.interval */
static void numbers_are_described_as_numpy_does(void **state)
{
    (void)state;
    const double values[] = {3.5, -1.0, 2.0, 2.0, 8.0, 0.25, 7.0};
    const double quantiles[] = {-0.925, -0.625, 1.125, 2.0, 5.25, 7.7, 7.94};
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 7, 1);
    stand_fill(&s, values, 7);
    const qf_metric_statistics *m = stand_describe(&s, 7);
    assert_int_equal(m->n, 7);
    assert_near(m->mean, 3.107142857142857, 1e-15);
    assert_near(m->sd, 3.334969836373908, 1e-15);
    for (size_t q = 0; q < QF_QUANTILES; q++) {
        assert_near(m->quantile[q], quantiles[q], 1e-15);
    }
    assert_interval(m->of_mean, 0.022810183203523682, 6.19147553108219, 1e-12);
    assert_near(m->min, -1.0, 0.0);
    assert_near(m->max, 8.0, 0.0);
    assert_int_equal(m->least_case, 1);
    assert_int_equal(m->most_case, 4);
    assert_true(isnan(m->tolerance_95_95)); /* needs 59 */
    /* ranks 1 and 7 of the median; the ends have no bound beyond */
    assert_interval(m->of_quantile[3], -1.0, 8.0, 0.0);
    assert_near(m->of_quantile[0].low, -(double)INFINITY, 0.0);
    assert_true(isnan(m->of_bootstrap.low)); /* nobody asked for resamples */
    assert_true(isnan(m->exact.low));
    assert_null(s.report.interval_note);
    stand_close(&s);
}

static void what_has_no_value_is_counted_and_left_out(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 6, 1);
    stand_put(&s, 0, QF_OUTCOME_OK, 1.0);
    stand_put(&s, 1, QF_OUTCOME_FAILED, none);
    stand_put(&s, 2, QF_OUTCOME_QUARANTINED, 3.0);
    stand_put(&s, 3, QF_OUTCOME_TIMED_OUT, none);
    /* case 4 is not run */
    stand_put(&s, 5, QF_OUTCOME_OK, 1.0);
    const qf_metric_statistics *m = stand_describe(&s, 6);
    assert_int_equal(m->n, 3);
    assert_int_equal(m->n_without, 2);
    assert_near(m->mean, 5.0 / 3.0, 1e-15);
    assert_int_equal(m->least_case, 0); /* the first of equals */
    /* only the first two cases count */
    m = stand_describe(&s, 2);
    assert_int_equal(m->n, 1);
    assert_true(isnan(m->sd) && isnan(m->of_mean.low));
    stand_close(&s);
}

static void nothing_is_described_by_nothing(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 4, 1);
    s.spec.n_resamples = 99;
    for (size_t i = 0; i < 4; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, none);
    }
    for (size_t n = 0; n <= 4; n += 4) {
        const qf_metric_statistics *m = stand_describe(&s, n);
        assert_int_equal(m->n, 0);
        assert_int_equal(m->n_without, n);
        assert_true(isnan(m->mean) && isnan(m->sd) && isnan(m->min) && isnan(m->quantile[3]));
        assert_true(isnan(m->of_mean.low) && isnan(m->of_bootstrap.low) &&
                    isnan(m->of_quantile[3].low));
    }
    s.metric.kind = QF_VALUE_TRUTH;
    assert_true(isnan(stand_describe(&s, 4)->wilson.low));
    stand_close(&s);
}

static void equal_values_have_no_spread(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 100, 1);
    s.spec.n_resamples = 99;
    for (size_t i = 0; i < 100; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, 0.1); /* a hundred of which do not add up to 10 */
    }
    const qf_metric_statistics *m = NULL;
    for (size_t n = 2; n <= 100; n++) {
        m = stand_describe(&s, n);
        assert_near(m->mean, 0.1, 0.0);
        assert_near(m->sd, 0.0, 0.0);
    }
    assert_interval(m->of_mean, 0.1, 0.1, 0.0);
    assert_interval(m->of_bootstrap, 0.1, 0.1, 0.0);
    assert_near(m->tolerance_95_95, 0.1, 0.0);
    stand_close(&s);
}

static void infinities_are_values(void **state)
{
    (void)state;
    const double infinity = (double)INFINITY;
    const double values[] = {1.0, infinity, 2.0, 3.0, infinity};
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 5, 1);
    s.spec.n_resamples = 99;
    stand_fill(&s, values, 5);
    const qf_metric_statistics *m = stand_describe(&s, 5);
    assert_int_equal(m->n, 5);
    assert_near(m->mean, infinity, 0.0);
    assert_true(isnan(m->sd) && isnan(m->of_mean.low) && isnan(m->of_bootstrap.low));
    assert_near(m->quantile[3], 3.0, 0.0);
    assert_near(m->quantile[6], infinity, 0.0);
    assert_int_equal(m->most_case, 1);
    stand_close(&s);
}

/* 1e16 + 1 - 1e16 ...: plain sums lose every 1 */
static void large_values_do_not_swallow_small_ones(void **state)
{
    (void)state;
    enum { N = 3000 };
    double values[N];
    for (size_t i = 0; i < N; i++) {
        values[i] = i % 3 == 0 ? 1e16 : i % 3 == 1 ? 1.0 : -1e16;
    }
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, N, 1);
    stand_fill(&s, values, N);
    assert_near(stand_describe(&s, N)->mean, 1.0 / 3.0, 1e-15);
    /* a small spread far from zero: 1e9 + {0, 1, 2} */
    for (size_t i = 0; i < N; i++) {
        values[i] = 1e9 + (double)(i % 3);
    }
    stand_fill(&s, values, N);
    const qf_metric_statistics *m = stand_describe(&s, N);
    assert_near(m->mean, 1e9 + 1.0, 0.0);
    assert_near(m->sd, sqrt(2000.0 / 2999.0), 1e-15);
    stand_close(&s);
}

static void truths_and_choices_are_counted(void **state)
{
    (void)state;
    static const char *const names[] = {"idle", "docked", "lost"};
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, 12, 1);
    stand_fill_truths(&s, 3, 10);
    stand_put(&s, 10, QF_OUTCOME_FAILED, none);
    const qf_metric_statistics *m = stand_describe(&s, 12);
    assert_int_equal(m->n, 10);
    assert_int_equal(m->n_without, 1);
    assert_int_equal(m->n_true, 3);
    assert_near(m->mean, 0.3, 1e-15);
    assert_interval(m->exact, 0.066739511177734467, 0.65245285005999731, 1e-12);
    assert_interval(m->wilson, 0.10779126740630102, 0.60322185253885463, 1e-12);
    assert_true(isnan(m->of_mean.low) && isnan(m->sd));
    s.metric.kind = QF_VALUE_CHOICE;
    s.metric.names = names;
    s.metric.n_names = 3;
    stand_put(&s, 11, QF_OUTCOME_OK, 2.0);
    m = stand_describe(&s, 12);
    assert_int_equal(m->n_of_name[0], 7);
    assert_int_equal(m->n_of_name[1], 3);
    assert_int_equal(m->n_of_name[2], 1);
    assert_int_equal(m->n_without, 1);
    stand_close(&s);
}

/* points whose replications are all alike tell as much as one case each */
static void replications_count_as_their_points_do(void **state)
{
    (void)state;
    enum { POINTS = 40, EACH = 5 };
    sweep_stand alone, replicated;
    stand_open(&alone, QF_VALUE_NUMBER, POINTS, 1);
    stand_open(&replicated, QF_VALUE_NUMBER, POINTS, EACH);
    for (size_t i = 0; i < POINTS; i++) {
        const double value = (double)(i * i % 17);
        stand_put(&alone, i, QF_OUTCOME_OK, value);
        for (size_t k = 0; k < EACH; k++) {
            stand_put(&replicated, i * EACH + k, QF_OUTCOME_OK, value);
        }
    }
    const qf_metric_statistics *a = stand_describe(&alone, POINTS);
    const qf_metric_statistics *b = stand_describe(&replicated, (size_t)POINTS * EACH);
    assert_interval(b->of_mean, a->of_mean.low, a->of_mean.high, 1e-12);
    assert_true(isnan(b->of_quantile[3].low) && isnan(b->tolerance_95_95));
    assert_non_null(strstr(replicated.report.interval_note, "errors are those between points"));
    for (size_t i = 0; i < POINTS; i++) {
        stand_put(&alone, i, QF_OUTCOME_OK, i < 10);
        for (size_t k = 0; k < EACH; k++) {
            stand_put(&replicated, i * EACH + k, QF_OUTCOME_OK, i < 10);
        }
    }
    alone.metric.kind = replicated.metric.kind = QF_VALUE_TRUTH;
    a = stand_describe(&alone, POINTS);
    b = stand_describe(&replicated, (size_t)POINTS * EACH);
    /* but for m / (m - 1), which the one does without; never fewer than points */
    assert_interval(b->wilson, a->wilson.low, a->wilson.high, 1e-12);
    assert_int_equal(b->n_true, 50);
    /* where all agree nothing says that they would not within a point: as many as points */
    stand_fill_truths(&replicated, POINTS * EACH, POINTS * EACH);
    b = stand_describe(&replicated, (size_t)POINTS * EACH);
    assert_near(b->exact.low, qf_interval_clopper_pearson(POINTS, POINTS, 0.025).low, 1e-12);
    stand_close(&alone);
    stand_close(&replicated);
}

/* by hand: 2 points of 2, of which 2 and 1 are true: p 3/4, squares 2 (1/2)^2 times 2/1, 4 independent cases had 3/16 / 4 */
static void replications_that_differ_count_for_more(void **state)
{
    (void)state;
    const double values[] = {1.0, 1.0, 1.0, 0.0};
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, 2, 2);
    stand_fill(&s, values, 4);
    const qf_sample sample = qf_sample_of(&s.table, 0, 4, 2);
    const qf_share share = qf_sample_share(&sample, QF_SHARE_TRUE, 0.0, false, (double)NAN);
    assert_near(share.n_effective, 3.0 / 16.0 * 16.0 / 1.0, 1e-15);
    stand_close(&s);
}

/* squares of ratios of scipy's t.ppf */
static void variances_of_few_points_are_hardly_known(void **state)
{
    (void)state;
    assert_near(qf_effective_n(100.0, 200.0, 10.0, 0.05), 81.2697762334331, 1e-10);
    assert_near(qf_effective_n(100.0, 200.0, 10.0, (double)NAN), 100.0, 0.0);
    /* neither fewer than points nor more than cases, and of one point no more than one */
    assert_near(qf_effective_n(12.0, 200.0, 10.0, 0.025), 10.0, 0.0);
    assert_near(qf_effective_n(1e9, 200.0, 10.0, 0.025), 200.0, 0.0);
    assert_near(qf_effective_n((double)NAN, 200.0, 10.0, 0.025), 10.0, 0.0);
    assert_near(qf_effective_n((double)INFINITY, 200.0, 10.0, 0.025), 200.0, 0.0);
    assert_near(qf_effective_n((double)NAN, 5.0, 1.0, 0.025), 1.0, 0.0);
}

static void points_that_are_no_sample_have_no_intervals(void **state)
{
    (void)state;
    const qf_sampling samplings[] = {QF_SAMPLING_GRID, QF_SAMPLING_TABLE, QF_SAMPLING_SALTELLI,
                                     QF_SAMPLING_MORRIS};
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 200, 1);
    s.spec.n_resamples = 99;
    for (size_t i = 0; i < 200; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, (double)i);
    }
    for (size_t i = 0; i < COUNT(samplings); i++) {
        s.spec.sampling = samplings[i];
        const qf_metric_statistics *m = stand_describe(&s, 200);
        assert_near(m->mean, 99.5, 1e-12);
        assert_near(m->quantile[3], 99.5, 1e-12);
        assert_true(isnan(m->of_mean.low) && isnan(m->of_bootstrap.low) &&
                    isnan(m->of_quantile[3].low) && isnan(m->tolerance_95_95));
        assert_non_null(strstr(s.report.interval_note, "no intervals"));
    }
    s.spec.sampling = QF_SAMPLING_LHS;
    assert_true(!isnan(stand_describe(&s, 200)->of_mean.low));
    assert_non_null(strstr(s.report.interval_note, "too wide for lhs"));
    stand_close(&s);
}

/* y = x far away from 0: a plain sum would put the mean off by more than y varies, and R^2 near 0 */
static void regression_sees_what_varies_about_a_large_value(void **state)
{
    (void)state;
    enum { N = 100000 };
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, N, 1);
    const qf_sweep_parameter x = {.name = "x", .values = {.kind = QF_NUMBER_UNIFORM, .b = 1.0}};
    s.spec.parameters = &x;
    s.spec.n_parameters = 1;
    double *values = malloc(N * sizeof *values);
    assert_non_null(values);
    s.design = (qf_design){.n_cases = N, .n_parameters = 1, .values = values};
    for (size_t i = 0; i < N; i++) {
        values[i] = (double)(i * 7919 % N) / N;
        stand_put(&s, i, QF_OUTCOME_OK, 1e15 + 16.0 * values[i]);
    }
    (void)stand_describe(&s, N);
    assert_non_null(s.report.sensitivities);
    /* values are off by 1/16 at most, of a standard deviation of 16 / sqrt(12) */
    assert_near(s.report.sensitivities->regression, 1.0, 1e-3);
    assert_near(s.report.sensitivities->r_squared, 1.0, 1e-3);
    free(values);
    stand_close(&s);
}

/* ---- bootstrap ---- */

static void fill_exponential(sweep_stand *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const qf_draw_key key = {
            .seed = 11, .world = (uint32_t)i, .stream = QF_STREAM_INITIAL, .draw = 77};
        stand_put(s, i, QF_OUTCOME_OK, qf_draw_exponential(key));
    }
}

/* of a skewed mean the upper side is further away, by the skewness as Edgeworth's expansion has it */
static void the_bootstrap_follows_the_skewness(void **state)
{
    (void)state;
    enum { N = 400 };
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, N, 1);
    s.spec.n_resamples = 20000;
    fill_exponential(&s, N);
    const qf_metric_statistics *m = stand_describe(&s, N);
    double cubes = 0.0;
    for (size_t i = 0; i < N; i++) {
        cubes += pow((s.table.metrics[i] - m->mean) / m->sd, 3.0) / N;
    }
    /* Hall 1992, 3.5: t has mean -g / (2 sqrt(n)) and its quantiles z - g (2 z^2 + 1) / (6 sqrt(n)) */
    const double z = 1.959963984540054;
    const double shift = cubes * (2.0 * z * z + 1.0) / (6.0 * sqrt((double)N));
    const double error = m->sd / sqrt((double)N);
    assert_near(m->of_bootstrap.low, m->mean - (z - shift) * error, 0.08 * error);
    assert_near(m->of_bootstrap.high, m->mean + (z + shift) * error, 0.08 * error);
    stand_close(&s);
}

/* more cases than QF_BOOTSTRAP_MOST are resampled in groups: the interval is that of t but for its own noise */
static void many_cases_are_resampled_in_groups(void **state)
{
    (void)state;
    enum { N = 5 * QF_BOOTSTRAP_MOST + 3 };
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, N, 1);
    s.spec.n_resamples = 1000;
    fill_exponential(&s, N);
    const qf_metric_statistics *m = stand_describe(&s, N);
    const double half = 0.5 * (m->of_mean.high - m->of_mean.low);
    assert_near(m->of_bootstrap.low, m->of_mean.low, 0.15 * half);
    assert_near(m->of_bootstrap.high, m->of_mean.high, 0.15 * half);
    qf_sample_group groups[QF_BOOTSTRAP_MOST];
    const qf_sample sample = qf_sample_of(&s.table, 0, N, 1);
    const size_t n = qf_sample_groups(&sample, m->mean, QF_BOOTSTRAP_MOST, groups);
    double count = 0.0, sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        count += groups[i].count;
        sum += groups[i].sum;
    }
    assert_int_equal(n, (N + 5) / 6); /* six neighbours each, and none is left out */
    assert_near(count, N, 0.0);
    assert_near(sum, 0.0, 1e-8);
    stand_close(&s);
}

/* the two values that there are fall into one group, which cannot be resampled: they are not known to be their mean */
static void one_group_alone_says_nothing_of_errors(void **state)
{
    (void)state;
    enum { N = 2 * QF_BOOTSTRAP_MOST };
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, N, 1);
    s.spec.n_resamples = 1000;
    for (size_t i = 0; i < N; i++) {
        stand_put(&s, i, QF_OUTCOME_OK, i < 2 ? (double)i : (double)NAN);
    }
    const qf_metric_statistics *m = stand_describe(&s, N);
    assert_int_equal(m->n, 2);
    assert_true(isfinite(m->of_mean.low));
    assert_true(isnan(m->of_bootstrap.low) && isnan(m->of_bootstrap.high));
    stand_close(&s);
}

static void resamples_do_not_depend_on_threads(void **state)
{
    (void)state;
    sweep_stand s;
    stand_open(&s, QF_VALUE_NUMBER, 9000, 1);
    s.spec.n_resamples = 200;
    fill_exponential(&s, 9000);
    const qf_metric_statistics alone = *stand_describe(&s, 9000);
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        s.context.n_threads = n_threads;
        assert_memory_equal(stand_describe(&s, 9000), &alone, sizeof alone);
    }
    /* another seed draws others */
    qf_interval other;
    const qf_sample sample = qf_sample_of(&s.table, 0, 9000, 1);
    const qf_moments moments = qf_sample_moments(&sample);
    assert_int_equal(qf_bootstrap_mean(&s.context, &sample, &moments, 8, 0, 200, 0.025, &other),
                     QF_OK);
    assert_true(other.low != alone.of_bootstrap.low && other.high != alone.of_bootstrap.high);
    /* so few resamples have no such quantile */
    assert_int_equal(qf_bootstrap_mean(&s.context, &sample, &moments, 8, 0, 38, 0.025, &other),
                     QF_OK);
    assert_true(isnan(other.low) && isnan(other.high));
    stand_close(&s);
}

static void sorting_puts_doubles_in_order(void **state)
{
    (void)state;
    const double infinity = (double)INFINITY;
    double values[] = {3.0, -0.5, infinity, 0.0, -infinity, 1e-310, -1e-310, -7.0, 3.0, 1e300};
    const double sorted[] = {-infinity, -7.0, -0.5, -1e-310, 0.0,
                             1e-310,    3.0,  3.0,  1e300,   infinity};
    assert_true(qf_sort_doubles(values, COUNT(values), 1));
    assert_memory_equal(values, sorted, sizeof sorted);
    assert_true(qf_sort_doubles(values, 0, 1));
    assert_true(isnan(qf_sorted_quantile(values, 0, 0.5)));
    assert_near(qf_sorted_quantile(sorted, COUNT(sorted), 0.0), -infinity, 0.0);
    assert_near(qf_sorted_quantile(sorted, COUNT(sorted), 1.0), infinity, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_described_as_numpy_does),
        cmocka_unit_test(what_has_no_value_is_counted_and_left_out),
        cmocka_unit_test(nothing_is_described_by_nothing),
        cmocka_unit_test(equal_values_have_no_spread),
        cmocka_unit_test(infinities_are_values),
        cmocka_unit_test(large_values_do_not_swallow_small_ones),
        cmocka_unit_test(truths_and_choices_are_counted),
        cmocka_unit_test(replications_count_as_their_points_do),
        cmocka_unit_test(replications_that_differ_count_for_more),
        cmocka_unit_test(variances_of_few_points_are_hardly_known),
        cmocka_unit_test(points_that_are_no_sample_have_no_intervals),
        cmocka_unit_test(regression_sees_what_varies_about_a_large_value),
        cmocka_unit_test(the_bootstrap_follows_the_skewness),
        cmocka_unit_test(many_cases_are_resampled_in_groups),
        cmocka_unit_test(one_group_alone_says_nothing_of_errors),
        cmocka_unit_test(resamples_do_not_depend_on_threads),
        cmocka_unit_test(sorting_puts_doubles_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
