/* SPDX-License-Identifier: Apache-2.0 */
/* Rank correlations and regressions of any sweep. */
#include "sensitivity_stand.h"

#include "draw.h"

#define NONE ((double)NAN)

enum { P = 3, N = 20 };

static const double columns[P][N] = {
    {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4},
    {2.5, -1, 0.5, 3, 2, -2.5, 1.5, 0, -0.5, 4, 3.5, -3, 1, -1.5, 2.25, 0.75, -2, -3.5, 5, 1.25},
    {1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0},
};
static const double numbers[N] = {7.5, -0.5, NONE, 6, 9,    3, 4.5,  8,  4,    9.5,
                                  12,  3.5,  13,   6, NONE, 4, -1.5, -3, 17.5, 6.5};
static const double truths[N] = {1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0};

/* the columns above and more for other parameters, which the caller writes */
static void open_columns(sensitivity_stand *s, const double *metric, size_t n_parameters)
{
    stand_open(s, QF_SAMPLING_RANDOM, n_parameters, 0.0, 1.0, N);
    stand_room(s);
    for (size_t p = 0; p < P && p < n_parameters; p++) {
        memcpy(s->design.values + p * N, columns[p], sizeof columns[p]);
    }
    stand_table(s);
    memcpy(s->table.metrics, metric, N * sizeof *metric);
}

static void assert_sensitivity(const qf_sensitivity *s, const double rank[3],
                               const double regression[3], double r_squared)
{
    assert_near(s->rank_correlation, rank[0], 1e-12);
    assert_near(s->of_rank_correlation.low, rank[1], 1e-5);
    assert_near(s->of_rank_correlation.high, rank[2], 1e-5);
    assert_near(s->regression, regression[0], 1e-12);
    assert_near(s->of_regression.low, regression[1], 1e-5);
    assert_near(s->of_regression.high, regression[2], 1e-5);
    assert_near(s->r_squared, r_squared, 1e-12);
}

/* Correlations by scipy.stats.spearmanr, coefficients by numpy.linalg.lstsq of standardised columns. Errors by what both
   change when numpy gives each point a millionth more weight, the coefficients' over 1 - leverage. */
static void numbers_are_those_of_scipy(void **state)
{
    (void)state;
    static const double rank[P][3] = {
        {0.37540409461544594, -0.18240691151553617, 0.7503996904820968},
        {0.8150830795600202, 0.5167135052996318, 0.9369088608929234},
        {0.4961589797589577, -0.0326764725969837, 0.8079455504467022},
    };
    static const double regression[P][3] = {
        {0.5725107504940381, 0.24554986, 0.89947164},
        {0.8382458291392234, 0.50262236, 1.1738693},
        {0.09311151147992647, -0.03668795, 0.22291097},
    };
    sensitivity_stand s;
    open_columns(&s, numbers, P);
    (void)stand_ask(&s, 1);
    for (size_t p = 0; p < P; p++) {
        assert_int_equal(s.all[p].n, N - 2);
        assert_int_equal(s.all[p].parameter, p);
        assert_sensitivity(&s.all[p], rank[p], regression[p], 0.9797259207696855);
        assert_true(isnan(s.all[p].first) && isnan(s.all[p].mu_star));
    }
    stand_close(&s);
}

static void truths_are_0_and_1(void **state)
{
    (void)state;
    static const double rank[P][3] = {
        {0.21969417360709884, -0.2648777347699209, 0.6156791470391801},
        {0.7581861291432033, 0.5093839508360651, 0.8900096179531136},
        {0.502518907629606, -0.001955270478857583, 0.8031044815934425},
    };
    static const double regression[P][3] = {
        {0.24078097337750673, -0.09535432, 0.57691627},
        {0.669513198292218, 0.32904808, 1.00997831},
        {0.3011473272375076, -0.0554608, 0.65775545},
    };
    sensitivity_stand s;
    open_columns(&s, truths, P);
    s.metrics[0].kind = QF_VALUE_TRUTH;
    (void)stand_ask(&s, 1);
    for (size_t p = 0; p < P; p++) {
        assert_sensitivity(&s.all[p], rank[p], regression[p], 0.6978707131941868);
    }
    stand_close(&s);
}

static void choices_have_none(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_columns(&s, truths, P);
    s.metrics[0].kind = QF_VALUE_CHOICE;
    (void)stand_ask(&s, 1);
    for (size_t p = 0; p < P; p++) {
        assert_true(isnan(s.all[p].rank_correlation) && isnan(s.all[p].regression) &&
                    isnan(s.all[p].r_squared));
        assert_int_equal(s.all[p].n, 0);
    }
    stand_close(&s);
}

/* a constant, and a column that is the difference of the first two: these three have no coefficient, the third has that of
   the regression on the first three */
static void columns_that_depend_on_one_another_have_no_coefficient(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_columns(&s, numbers, P + 2);
    for (size_t k = 0; k < N; k++) {
        s.design.values[P * N + k] = 7.1;
        s.design.values[(P + 1) * N + k] = columns[0][k] - columns[1][k];
    }
    (void)stand_ask(&s, 1);
    for (size_t p = 0; p < P + 2; p++) {
        assert_near(s.all[p].r_squared, 0.9797259207696855, 1e-12);
        assert_int_equal(isnan(s.all[p].regression), p != 2);
        assert_int_equal(isnan(s.all[p].of_regression.low), p != 2);
    }
    assert_near(s.all[2].regression, 0.09311151147992647, 1e-12);
    assert_true(isnan(s.all[P].rank_correlation));
    assert_true(isfinite(s.all[P + 1].rank_correlation));
    stand_close(&s);
}

/* two words are an order, three are none */
static void words_without_order_have_none(void **state)
{
    (void)state;
    static const char *const words[] = {"off", "low", "high"};
    sensitivity_stand s;
    open_columns(&s, numbers, P);
    s.parameters[0].texts = s.parameters[2].texts = words;
    s.parameters[0].values.n_items = 3;
    s.parameters[2].values.n_items = 2;
    (void)stand_ask(&s, 1);
    assert_true(isnan(s.all[0].rank_correlation) && isnan(s.all[0].regression));
    assert_near(s.all[2].rank_correlation, 0.4961589797589577, 1e-12);
    assert_true(s.all[2].r_squared < 0.9797259207696855 - 0.1);
    stand_close(&s);
}

static void a_perfect_order_has_no_interval(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_columns(&s, numbers, P);
    for (size_t k = 0; k < N; k++) {
        s.design.values[N + k] = -exp(0.3 * numbers[k]);
        s.design.values[2 * N + k] = 100.0 - (double)k;
        s.design.values[k] = k % 2 == 0 ? -0.0 : 0.0; /* the same value */
    }
    (void)stand_ask(&s, 1);
    assert_near(s.all[1].rank_correlation, -1.0, 1e-12);
    assert_true(isnan(s.all[1].of_rank_correlation.low));
    assert_true(isfinite(s.all[2].of_rank_correlation.low));
    assert_true(isnan(s.all[0].rank_correlation));
    stand_close(&s);
}

/* case k of three replications is k % 3 away from the point's mean, and one has none */
static void replications_count_as_their_means(void **state)
{
    (void)state;
    enum { R = 3 };
    sensitivity_stand s, plain;
    open_columns(&plain, numbers, P);
    (void)stand_ask(&plain, 1);
    stand_open(&s, QF_SAMPLING_RANDOM, P, 0.0, 1.0, N);
    s.spec.n_replications = R;
    stand_room(&s);
    stand_table(&s);
    for (size_t k = 0; k < N * R; k++) {
        for (size_t p = 0; p < P; p++) {
            s.design.values[p * N * R + k] = columns[p][k / R];
        }
        s.table.metrics[k] = numbers[k / R] + 8.0 * ((double)(k % R) - 1.0);
    }
    s.table.outcome[1] = QF_OUTCOME_NOT_RUN; /* the middle one, which is the mean of the others */
    (void)stand_ask(&s, 1);
    for (size_t p = 0; p < P; p++) {
        assert_int_equal(s.all[p].n, N - 2);
        assert_near(s.all[p].rank_correlation, plain.all[p].rank_correlation, 1e-12);
        assert_near(s.all[p].of_rank_correlation.low, plain.all[p].of_rank_correlation.low, 1e-12);
        assert_near(s.all[p].regression, plain.all[p].regression, 1e-12);
        assert_near(s.all[p].of_regression.high, plain.all[p].of_regression.high, 1e-12);
    }
    stand_close(&s);
    stand_close(&plain);
}

static void a_grid_has_no_intervals(void **state)
{
    (void)state;
    sensitivity_stand s;
    open_columns(&s, numbers, P);
    s.spec.sampling = QF_SAMPLING_TABLE;
    (void)stand_ask(&s, 1);
    assert_near(s.all[1].rank_correlation, 0.8150830795600202, 1e-12);
    assert_near(s.all[1].regression, 0.8382458291392234, 1e-12);
    assert_true(isnan(s.all[1].of_rank_correlation.low) && isnan(s.all[1].of_regression.low));
    stand_close(&s);
}

static void too_few_cases_have_none(void **state)
{
    (void)state;
    sensitivity_stand s;
    stand_open(&s, QF_SAMPLING_RANDOM, P, 0.0, 1.0, 3);
    stand_room(&s);
    stand_table(&s);
    assert_null(stand_ask(&s, 1));
    stand_close(&s);
    /* enough for ranks, too few for three coefficients */
    open_columns(&s, numbers, P);
    for (size_t k = 5; k < N; k++) {
        s.table.metrics[k] = NONE;
    }
    (void)stand_ask(&s, 1);
    assert_int_equal(s.all[1].n, 4);
    assert_true(isfinite(s.all[1].rank_correlation) && isnan(s.all[1].regression));
    stand_close(&s);
}

/* A metric whose spread grows with the parameter: where the formula for normal values covers in 90 % (Bonett and Wright
   2000) and the classical error of a coefficient in less. True values: a million cases. */
static void intervals_cover_whatever_the_errors_are(void **state)
{
    (void)state;
    enum { RUNS = 600, POINTS = 100 };
    const double rank = 0.5037;
    const double regression = 0.5727;
    size_t n_rank = 0;
    size_t n_regression = 0;
    sensitivity_stand s;
    stand_open(&s, QF_SAMPLING_RANDOM, 1, 0.0, 1.0, POINTS);
    stand_room(&s);
    stand_table(&s);
    for (uint32_t run = 0; run < RUNS; run++) {
        for (uint32_t k = 0; k < POINTS; k++) {
            const qf_draw_key key = {.seed = run, .world = k, .stream = QF_STREAM_VERIFY};
            const qf_draw_key other = {
                .seed = run, .world = k, .tick = 1, .stream = QF_STREAM_VERIFY};
            const double x = qf_draw_normal(key);
            s.design.values[k] = x;
            s.table.metrics[k] = exp(x) + (1.0 + fabs(x)) * qf_draw_normal(other);
        }
        (void)stand_ask(&s, 1);
        n_rank += covers(s.all[0].of_rank_correlation, rank);
        n_regression += covers(s.all[0].of_regression, regression);
    }
    /* 95 % of 600 are 570 +- 5.3; of the coefficient fewer, as the exponential has long tails */
    assert_in_range(n_rank, 550, 590);
    assert_in_range(n_regression, 530, 590);
    stand_close(&s);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    enum { POINTS = 9000 };
    sensitivity_stand s;
    stand_open(&s, QF_SAMPLING_RANDOM, 5, 0.0, 1.0, POINTS);
    stand_design(&s, 3);
    stand_table(&s);
    for (size_t k = 0; k < POINTS; k++) {
        s.table.metrics[k] =
            k % 7 == 0 ? NONE : column_of(&s.design, 0)[k] - 0.3 * column_of(&s.design, 3)[k];
    }
    qf_sensitivity one[5];
    memcpy(one, stand_ask(&s, 1), sizeof one);
    assert_true(isfinite(one[3].of_regression.low));
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        s.context.n_threads = n_threads;
        assert_memory_equal(one, stand_ask(&s, 1), sizeof one);
    }
    stand_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_scipy),
        cmocka_unit_test(truths_are_0_and_1),
        cmocka_unit_test(choices_have_none),
        cmocka_unit_test(columns_that_depend_on_one_another_have_no_coefficient),
        cmocka_unit_test(words_without_order_have_none),
        cmocka_unit_test(a_perfect_order_has_no_interval),
        cmocka_unit_test(replications_count_as_their_means),
        cmocka_unit_test(a_grid_has_no_intervals),
        cmocka_unit_test(too_few_cases_have_none),
        cmocka_unit_test(intervals_cover_whatever_the_errors_are),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
