/* SPDX-License-Identifier: Apache-2.0 */
/* Correlated parameters: by a Gaussian copula, and by Iman and Conover's way in a latin hypercube. */
#include "design_stand.h"

enum { P = 4, N = 20000 };

static const qf_sampling samples[] = {QF_SAMPLING_RANDOM, QF_SAMPLING_LHS, QF_SAMPLING_SOBOL};

/* parameter 2 is left alone */
static const double ranks[P * P] = {
    1.0, 0.7, 0.0, -0.4, 0.7, 1.0, 0.0, -0.2, 0.0, 0.0, 1.0, 0.0, -0.4, -0.2, 0.0, 1.0,
};

static const double *scores_of_ranks(void)
{
    static double scores[P * P];
    for (size_t i = 0; i < P * P; i++) {
        scores[i] = i % (P + 1) == 0 ? 1.0 : qf_design_score_of_rank(ranks[i]);
    }
    return scores;
}

static qf_sweep_spec correlated(qf_sampling sampling, size_t n)
{
    static qf_sweep_parameter parameters[P];
    parameters[0] = uniform(0.0, 1.0);
    parameters[1] = lognormal(0.0, 0.5);
    parameters[2] = uniform(0.0, 1.0);
    parameters[3] = normal(5.0, 2.0);
    qf_sweep_spec spec = spec_of(sampling, parameters, P, n);
    spec.scores = scores_of_ranks();
    return spec;
}

/* ---- ranks ---- */

typedef struct ranked {
    double value;
    size_t at;
} ranked;

static int compare_ranked(const void *left, const void *right)
{
    return compare_doubles(&((const ranked *)left)->value, &((const ranked *)right)->value);
}

/* Spearman's correlation of values without ties */
static double rank_correlation(const double *a, const double *b, size_t n)
{
    static ranked sorted[N];
    static double rank[2][N];
    const double *const both[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < n; k++) {
            sorted[k] = (ranked){both[i][k], k};
        }
        qsort(sorted, n, sizeof *sorted, compare_ranked);
        for (size_t k = 0; k < n; k++) {
            rank[i][sorted[k].at] = (double)k;
        }
    }
    return correlation(rank[0], rank[1], n);
}

/* how far the ranks of a pair may be from their correlation: four deviations of a random sample, or less */
static double allowed(qf_sampling sampling, bool both_are_correlated)
{
    if (sampling == QF_SAMPLING_SOBOL) {
        return 0.0005;
    }
    return sampling == QF_SAMPLING_LHS && both_are_correlated ? 0.004 : 4.0 / sqrt(N);
}

static void ranks_have_the_correlations_that_are_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        const qf_sweep_spec spec = correlated(samples[i], N);
        qf_design design = design_of(&spec, 3);
        for (size_t p = 0; p < P; p++) {
            for (size_t q = 0; q < p; q++) {
                assert_near(rank_correlation(column_of(&design, p), column_of(&design, q), N),
                            ranks[p * P + q], allowed(samples[i], p != 2 && q != 2));
            }
        }
        qf_design_free(&design);
    }
}

static double standard_normal_of_5_2(double x)
{
    return normal_cdf((x - 5.0) / 2.0);
}

static double standard_normal_of_logarithm(double x)
{
    return normal_cdf(log(x) / 0.5);
}

static void each_parameter_keeps_its_distribution(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        const qf_sweep_spec spec = correlated(samples[i], N);
        qf_design design = design_of(&spec, 3);
        assert_true(ks_p_value(ks_statistic(design.values, N, uniform_cdf), N) > 1e-4);
        assert_true(
            ks_p_value(ks_statistic(design.values + N, N, standard_normal_of_logarithm), N) > 1e-4);
        assert_true(ks_p_value(ks_statistic(design.values + 3 * N, N, standard_normal_of_5_2), N) >
                    1e-4);
        qf_design_free(&design);
    }
}

static void normal_parameters_have_the_correlation_itself(void **state)
{
    (void)state;
    const qf_sweep_parameter parameters[] = {normal(1.0, 2.0), normal(-3.0, 0.1)};
    static const double scores[] = {1.0, -0.8, -0.8, 1.0};
    for (size_t i = 0; i < COUNT(samples); i++) {
        qf_sweep_spec spec = spec_of(samples[i], parameters, 2, N);
        spec.scores = scores;
        qf_design design = design_of(&spec, 3);
        assert_near(correlation(column_of(&design, 0), column_of(&design, 1), N), -0.8,
                    samples[i] == QF_SAMPLING_RANDOM ? 4.0 * 0.36 / sqrt(N) : 0.002);
        qf_design_free(&design);
    }
}

static void a_parameter_without_correlations_keeps_its_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        qf_sweep_spec spec = correlated(samples[i], 1000);
        qf_design with = design_of(&spec, 3);
        spec.scores = NULL;
        qf_design without = design_of(&spec, 3);
        assert_memory_equal(column_of(&with, 2), column_of(&without, 2), 1000 * sizeof(double));
        assert_memory_not_equal(column_of(&with, 1), column_of(&without, 1), 1000 * sizeof(double));
        qf_design_free(&with);
        qf_design_free(&without);
    }
}

static void a_point_does_not_depend_on_those_after_it(void **state)
{
    (void)state;
    static const qf_sampling by_point[] = {QF_SAMPLING_RANDOM, QF_SAMPLING_SOBOL};
    for (size_t i = 0; i < COUNT(by_point); i++) {
        const qf_sweep_spec short_spec = correlated(by_point[i], 10);
        const qf_sweep_spec long_spec = correlated(by_point[i], 3000);
        qf_design few = design_of(&short_spec, 3);
        qf_design many = design_of(&long_spec, 3);
        for (size_t p = 0; p < P; p++) {
            assert_memory_equal(column_of(&few, p), column_of(&many, p), 10 * sizeof(double));
        }
        qf_design_free(&few);
        qf_design_free(&many);
    }
}

static void a_correlated_hypercube_keeps_its_strata(void **state)
{
    (void)state;
    static const size_t numbers[] = {5, 16, 1000, N};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        qf_sweep_spec spec = correlated(QF_SAMPLING_LHS, numbers[i]);
        qf_sweep_parameter all_uniform[P];
        for (size_t p = 0; p < P; p++) {
            all_uniform[p] = uniform(0.0, 1.0);
        }
        spec.parameters = all_uniform;
        qf_design design = design_of(&spec, 3);
        for (size_t p = 0; p < P; p++) {
            assert_true(is_stratified(column_of(&design, p), numbers[i]));
        }
        qf_design_free(&design);
    }
}

/* root mean square over seeds of how far 100 points are from a rank correlation of -0.4 */
static double distance_of(qf_sampling sampling)
{
    enum { SEEDS = 200, FEW = 100 };
    double sum = 0.0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const qf_sweep_spec spec = correlated(sampling, FEW);
        qf_design design = design_of(&spec, seed);
        const double off =
            rank_correlation(column_of(&design, 0), column_of(&design, 3), FEW) + 0.4;
        sum += off * off / SEEDS;
        qf_design_free(&design);
    }
    return sqrt(sum);
}

/* what the method is for: a sample by itself has any correlation within 1 / sqrt(n) */
static void a_small_hypercube_is_closer_to_its_correlations_than_a_random_sample(void **state)
{
    (void)state;
    const double random = distance_of(QF_SAMPLING_RANDOM);
    assert_near(random, 0.09, 0.015);
    assert_true(distance_of(QF_SAMPLING_LHS) < random / 3.0);
}

/* ---- what is refused ---- */

static void a_hypercube_of_too_few_points_is_refused(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        const qf_sweep_spec spec = correlated(QF_SAMPLING_LHS, n);
        assert_refused(&spec, "take more points");
    }
}

static void correlations_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    static const double scores[] = {1.0, 0.9, 0.9, 0.9, 1.0, -0.9, 0.9, -0.9, 1.0};
    qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(0.0, 1.0), uniform(0.0, 1.0)};
    parameters[2].name = "third";
    for (size_t i = 0; i < COUNT(samples); i++) {
        qf_sweep_spec spec = spec_of(samples[i], parameters, 3, 100);
        spec.scores = scores;
        assert_refused(&spec, "those of 'third' contradict");
    }
}

static void designs_that_are_no_sample_have_no_correlations(void **state)
{
    (void)state;
    static const double items_of_grid[] = {1.0, 2.0};
    const qf_sweep_parameter parameters[] = {items(QF_NUMBER_GRID, items_of_grid, 2),
                                             items(QF_NUMBER_GRID, items_of_grid, 2)};
    static const double scores[] = {1.0, 0.5, 0.5, 1.0};
    static const qf_sampling others[] = {QF_SAMPLING_GRID, QF_SAMPLING_TABLE, QF_SAMPLING_SALTELLI,
                                         QF_SAMPLING_MORRIS};
    for (size_t i = 0; i < COUNT(others); i++) {
        qf_sweep_spec spec = spec_of_base(others[i], parameters, 2, 4, 4);
        spec.n_points = spec.n_points == 0 ? 2 : spec.n_points;
        spec.scores = scores;
        assert_refused(&spec, "sampling has no correlations");
    }
}

/* ---- parts ---- */

static void cholesky_has_the_factor_of_a_known_matrix(void **state)
{
    (void)state;
    static const double matrix[] = {4, 12, -16, 12, 37, -43, -16, -43, 98};
    static const double expected[] = {2, 0, 0, 6, 1, 0, -8, 5, 3};
    double factor[9];
    size_t row;
    assert_true(qf_design_cholesky(matrix, 3, factor, &row));
    for (size_t i = 0; i < 9; i++) {
        assert_exact(factor[i], expected[i]);
    }
}

static void cholesky_names_the_row_that_depends_on_others(void **state)
{
    (void)state;
    static const double twice[] = {1.0, 0.3, 1.0, 0.3, 1.0, 0.3, 1.0, 0.3, 1.0};
    /* the third is 0.6 first + 0.8 second, but for rounding */
    static const double mixed[] = {1.0, 0.1, 0.68, 0.1, 1.0, 0.86, 0.68, 0.86, 1.096};
    static const double negative[] = {1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0};
    const double not_a_number[] = {(double)NAN};
    double factor[9];
    size_t row = 9;
    assert_false(qf_design_cholesky(twice, 3, factor, &row));
    assert_int_equal(row, 2);
    row = 9;
    assert_false(qf_design_cholesky(mixed, 3, factor, &row));
    assert_int_equal(row, 2);
    assert_false(qf_design_cholesky(negative, 3, factor, &row));
    assert_int_equal(row, 1);
    assert_false(qf_design_cholesky(not_a_number, 1, factor, &row));
    assert_int_equal(row, 0);
}

static void scores_of_ranks_are_pearsons(void **state)
{
    (void)state;
    assert_exact(qf_design_score_of_rank(0.0), 0.0);
    assert_near(qf_design_score_of_rank(1.0), 1.0, 1e-15);
    assert_near(qf_design_score_of_rank(-1.0), -1.0, 1e-15);
    assert_near(qf_design_score_of_rank(0.5), 0.51763809020504152, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_have_the_correlations_that_are_asked_for),
        cmocka_unit_test(each_parameter_keeps_its_distribution),
        cmocka_unit_test(normal_parameters_have_the_correlation_itself),
        cmocka_unit_test(a_parameter_without_correlations_keeps_its_values),
        cmocka_unit_test(a_point_does_not_depend_on_those_after_it),
        cmocka_unit_test(a_correlated_hypercube_keeps_its_strata),
        cmocka_unit_test(a_small_hypercube_is_closer_to_its_correlations_than_a_random_sample),
        cmocka_unit_test(a_hypercube_of_too_few_points_is_refused),
        cmocka_unit_test(correlations_that_contradict_each_other_are_refused),
        cmocka_unit_test(designs_that_are_no_sample_have_no_correlations),
        cmocka_unit_test(cholesky_has_the_factor_of_a_known_matrix),
        cmocka_unit_test(cholesky_names_the_row_that_depends_on_others),
        cmocka_unit_test(scores_of_ranks_are_pearsons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
