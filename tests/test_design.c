/* SPDX-License-Identifier: Apache-2.0 */
/* Significance 1e-4 for each question of chance; seeds are fixed. */
#include "design_stand.h"
#include "failing_memory.h"
#include "sobol.h"

static const double three_items[] = {3.0, 1.0, 2.0};
static const double two_items[] = {10.0, 20.0};

/* ---- what every design keeps ---- */

static const qf_sampling drawn[] = {QF_SAMPLING_RANDOM, QF_SAMPLING_LHS, QF_SAMPLING_SOBOL,
                                    QF_SAMPLING_SALTELLI, QF_SAMPLING_MORRIS};

static qf_sweep_spec drawn_spec(qf_sampling sampling, size_t n_base)
{
    static qf_sweep_parameter parameters[4];
    parameters[0] = uniform(-1.0, 1.0);
    parameters[1] = normal(10.0, 4.0);
    parameters[2] = items(QF_NUMBER_CHOICE, three_items, 3);
    parameters[3] = lognormal(0.0, 1.0);
    if (sampling == QF_SAMPLING_SALTELLI || sampling == QF_SAMPLING_MORRIS) {
        return spec_of_base(sampling, parameters, 4, n_base, 4);
    }
    return spec_of(sampling, parameters, 4, n_base);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    static double scores[16] = {1, 0.5, 0, 0, 0.5, 1, 0, 0.2, 0, 0, 1, 0, 0, 0.2, 0, 1};
    for (size_t i = 0; i < COUNT(drawn); i++) {
        for (int correlated = 0; correlated < 2; correlated++) {
            qf_sweep_spec spec = drawn_spec(drawn[i], 3000);
            spec.scores = correlated && qf_sampling_is_sample(drawn[i]) ? scores : NULL;
            qf_design one = design_of(&spec, 4);
            qf_context context = qf_context_default();
            context.n_threads = 3;
            qf_design three;
            assert_int_equal(qf_design_create(&context, &spec, 4, &three), QF_OK);
            assert_int_equal(one.n_cases, spec.n_points);
            assert_memory_equal(one.values, three.values, sizeof(double) * 4 * one.n_cases);
            qf_design_free(&one);
            qf_design_free(&three);
        }
    }
}

static void a_value_does_not_depend_on_how_many_points_follow(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(drawn); i++) {
        if (drawn[i] == QF_SAMPLING_LHS) {
            continue;
        }
        const qf_sweep_spec short_spec = drawn_spec(drawn[i], 37);
        const qf_sweep_spec long_spec = drawn_spec(drawn[i], 2500);
        qf_design few = design_of(&short_spec, 4);
        qf_design many = design_of(&long_spec, 4);
        assert_true(few.n_cases < many.n_cases);
        for (size_t p = 0; p < 4; p++) {
            assert_memory_equal(column_of(&few, p), column_of(&many, p),
                                sizeof(double) * few.n_cases);
        }
        qf_design_free(&few);
        qf_design_free(&many);
    }
}

/* share of the values of a parameter that both have */
static double share_in_common(const qf_design *one, const qf_design *other, size_t p)
{
    size_t equal = 0;
    for (size_t k = 0; k < one->n_cases; k++) {
        equal += column_of(one, p)[k] == column_of(other, p)[k];
    }
    return (double)equal / (double)one->n_cases;
}

static void another_seed_is_another_design(void **state)
{
    (void)state;
    static const uint64_t seeds[] = {2, UINT64_C(1) << 63 | 1};
    static const size_t continuous[] = {0, 1, 3};
    for (size_t i = 0; i < COUNT(drawn); i++) {
        const qf_sweep_spec spec = drawn_spec(drawn[i], 4000);
        qf_design one = design_of(&spec, 1);
        for (size_t s = 0; s < COUNT(seeds); s++) {
            qf_design other = design_of(&spec, seeds[s]);
            for (size_t j = 0; j < COUNT(continuous); j++) {
                const size_t p = continuous[j];
                const double common = share_in_common(&one, &other, p);
                if (drawn[i] == QF_SAMPLING_MORRIS) {
                    /* of four levels: 5.5 deviations of 4000 trajectories */
                    assert_near(common, 0.25, 5.5 * sqrt(0.25 * 0.75 / 4000.0));
                } else {
                    assert_exact(common, 0.0);
                }
                if (qf_sampling_is_sample(drawn[i]) && drawn[i] != QF_SAMPLING_SOBOL) {
                    const double r = correlation(column_of(&one, p), column_of(&other, p), 4000);
                    assert_true(correlation_p_value(r, 4000) > 1e-4);
                }
            }
            qf_design_free(&other);
        }
        qf_design_free(&one);
    }
}

static void replications_repeat_each_point(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(drawn); i++) {
        qf_sweep_spec spec = drawn_spec(drawn[i], 50);
        qf_design once = design_of(&spec, 4);
        spec.n_replications = 3;
        qf_design thrice = design_of(&spec, 4);
        assert_int_equal(thrice.n_cases, 3 * once.n_cases);
        for (size_t p = 0; p < 4; p++) {
            for (size_t k = 0; k < thrice.n_cases; k++) {
                assert_exact(column_of(&thrice, p)[k], column_of(&once, p)[k / 3]);
            }
        }
        qf_design_free(&once);
        qf_design_free(&thrice);
    }
}

static double standard_normal_of_10_4(double x)
{
    return normal_cdf((x - 10.0) / 4.0);
}

static double standard_normal_of_logarithm(double x)
{
    return normal_cdf(log(x));
}

static void values_follow_their_distributions(void **state)
{
    (void)state;
    enum { N = 20000 };
    for (size_t i = 0; i < 3; i++) {
        const qf_sweep_spec spec = drawn_spec(drawn[i], N);
        qf_design design = design_of(&spec, 4);
        size_t found[3] = {0};
        for (size_t k = 0; k < N; k++) {
            found[(size_t)column_of(&design, 2)[k] - 1]++;
            design.values[k] = 0.5 + 0.5 * design.values[k];
        }
        static const double third[] = {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0};
        assert_true(chi_square_p_value(chi_square_statistic(found, third, 3), 2) > 1e-4);
        assert_true(ks_p_value(ks_statistic(design.values, N, uniform_cdf), N) > 1e-4);
        assert_true(ks_p_value(ks_statistic(design.values + N, N, standard_normal_of_10_4), N) >
                    1e-4);
        assert_true(ks_p_value(ks_statistic(design.values + 3 * N, N, standard_normal_of_logarithm),
                               N) > 1e-4);
        qf_design_free(&design);
    }
}

static void parameters_and_neighbouring_points_are_independent(void **state)
{
    (void)state;
    enum { N = 20000, P = 4 };
    qf_sweep_parameter parameters[P];
    for (size_t p = 0; p < P; p++) {
        parameters[p] = uniform(0.0, 1.0);
    }
    static const qf_sampling samplings[] = {QF_SAMPLING_RANDOM, QF_SAMPLING_LHS};
    for (size_t i = 0; i < COUNT(samplings); i++) {
        const qf_sweep_spec spec = spec_of(samplings[i], parameters, P, N);
        qf_design design = design_of(&spec, 4);
        for (size_t p = 0; p < P; p++) {
            const double *const u = column_of(&design, p);
            assert_true(correlation_p_value(correlation(u, u + 1, N - 1), N - 1) > 1e-4);
            for (size_t q = 0; q < p; q++) {
                const double r = correlation(u, column_of(&design, q), N);
                assert_true(correlation_p_value(r, N) > 1e-4);
            }
        }
        qf_design_free(&design);
    }
}

/* so neither 0 nor 1, where normal numbers have no quantile */
static void random_probabilities_are_odd_multiples(void **state)
{
    (void)state;
    const qf_sweep_parameter parameter = uniform(0.0, 1.0);
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_RANDOM, &parameter, 1, 1000);
    qf_design design = design_of(&spec, 4);
    for (size_t k = 0; k < 1000; k++) {
        assert_true(design.values[k] > 0.0 && design.values[k] < 1.0);
        assert_exact(fmod(design.values[k] * 0x1p53, 2.0), 1.0);
    }
    qf_design_free(&design);
}

/* ---- latin hypercubes ---- */

static void a_hypercube_has_one_value_in_each_stratum(void **state)
{
    (void)state;
    static const size_t numbers[] = {1, 2, 3, 1000, 65537};
    const qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(0.0, 1.0)};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const qf_sweep_spec spec = spec_of(QF_SAMPLING_LHS, parameters, 2, numbers[i]);
        qf_design design = design_of(&spec, 4);
        assert_true(is_stratified(column_of(&design, 0), numbers[i]));
        assert_true(is_stratified(column_of(&design, 1), numbers[i]));
        qf_design_free(&design);
    }
}

static void a_place_in_its_stratum_is_uniform(void **state)
{
    (void)state;
    enum { N = 20000 };
    const qf_sweep_parameter parameter = uniform(0.0, N);
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_LHS, &parameter, 1, N);
    qf_design design = design_of(&spec, 4);
    for (size_t k = 0; k < N; k++) {
        design.values[k] -= floor(design.values[k]);
    }
    assert_true(ks_p_value(ks_statistic(design.values, N, uniform_cdf), N) > 1e-4);
    qf_design_free(&design);
}

/* the six orders of three strata over seeds */
static void every_order_of_the_strata_is_as_likely(void **state)
{
    (void)state;
    const qf_sweep_parameter parameter = uniform(0.0, 3.0);
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_LHS, &parameter, 1, 3);
    size_t found[9] = {0};
    for (uint64_t seed = 0; seed < 6000; seed++) {
        qf_design design = design_of(&spec, seed);
        found[3 * (size_t)design.values[0] + (size_t)design.values[1]]++;
        qf_design_free(&design);
    }
    size_t orders[6];
    double share[6];
    size_t n = 0;
    for (size_t i = 0; i < 9; i++) {
        if (i % 4 != 0) {
            share[n] = 1.0 / 6.0;
            orders[n++] = found[i];
        }
    }
    assert_true(chi_square_p_value(chi_square_statistic(orders, share, 6), 5) > 1e-4);
}

/* ---- Sobol' ---- */

static void values_are_quantiles_of_the_scrambled_sequence(void **state)
{
    (void)state;
    const qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(2.0, 6.0)};
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_SOBOL, parameters, 2, 5000);
    qf_design design = design_of(&spec, 4);
    for (size_t p = 0; p < 2; p++) {
        qf_sobol_axis axis;
        qf_sobol_axis_of(p, &axis);
        for (uint32_t k = 0; k < 5000; k++) {
            const double u = qf_sobol_scrambled(4, (uint32_t)p, qf_sobol_bits(&axis, k));
            assert_exact(column_of(&design, p)[k], p == 0 ? u : 2.0 + 4.0 * u);
        }
    }
    qf_design_free(&design);
}

static void the_sequence_has_numbers_for_256_parameters(void **state)
{
    (void)state;
    static qf_sweep_parameter parameters[QF_SOBOL_MOST_DIMENSIONS + 1];
    for (size_t p = 0; p < COUNT(parameters); p++) {
        parameters[p] = uniform(0.0, 1.0);
    }
    qf_sweep_spec spec = spec_of(QF_SAMPLING_SOBOL, parameters, 256, 64);
    qf_design design = design_of(&spec, 4);
    assert_true(is_stratified(column_of(&design, 255), 64));
    qf_design_free(&design);
    spec.n_parameters = 257;
    assert_refused(&spec, "numbers for 256 parameters, not 257");
}

/* ---- grids and tables ---- */

static void a_grid_has_all_combinations_and_the_last_changes_fastest(void **state)
{
    (void)state;
    const qf_sweep_parameter parameters[] = {
        items(QF_NUMBER_GRID, two_items, 2),
        {.name = "constant", .values = {.kind = QF_NUMBER_CONSTANT, .a = 7.0}},
        items(QF_NUMBER_CHOICE, three_items, 3),
    };
    qf_sweep_spec spec = spec_of(QF_SAMPLING_GRID, parameters, 3, 0);
    spec.n_points = qf_design_n_points(&spec);
    assert_int_equal(spec.n_points, 6);
    spec.n_replications = 2;
    qf_design design = design_of(&spec, 4);
    static const double expected[3][12] = {
        {10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20},
        {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7},
        {3, 3, 1, 1, 2, 2, 3, 3, 1, 1, 2, 2},
    };
    assert_int_equal(design.n_cases, 12);
    assert_memory_equal(design.values, expected, sizeof expected);
    qf_design_free(&design);
}

static void a_distribution_has_no_place_in_a_grid(void **state)
{
    (void)state;
    const qf_sweep_parameter parameters[] = {items(QF_NUMBER_GRID, two_items, 2),
                                             uniform(0.0, 1.0)};
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_GRID, parameters, 2, 2);
    assert_refused(&spec, "parameter 'uniform' has a distribution");
}

static void a_table_is_taken_as_it_is(void **state)
{
    (void)state;
    static const double table[] = {1, 2, 3, -4, -5, -6};
    const qf_sweep_parameter parameters[] = {items(QF_NUMBER_CHOICE, table, 3),
                                             items(QF_NUMBER_CHOICE, table + 3, 3)};
    qf_sweep_spec spec = spec_of(QF_SAMPLING_TABLE, parameters, 2, 3);
    spec.table = table;
    qf_design design = design_of(&spec, 4);
    assert_memory_equal(design.values, table, sizeof table);
    qf_design_free(&design);
}

/* ---- sizes ---- */

static void one_point_and_no_parameters_are_designs(void **state)
{
    (void)state;
    for (int sampling = 0; sampling < QF_SAMPLINGS; sampling++) {
        qf_sweep_spec spec = spec_of_base((qf_sampling)sampling, NULL, 0, 1, 4);
        if (spec.n_points == 0) {
            spec.n_points = 1;
        }
        qf_design design = design_of(&spec, 4);
        assert_int_equal(design.n_cases, spec.n_points);
        assert_int_equal(design.n_parameters, 0);
        assert_true(qf_design_predicted_bytes(&spec) >= sizeof(qf_design));
        qf_design_free(&design);
    }
    for (size_t i = 0; i < COUNT(drawn); i++) {
        const qf_sweep_spec spec = drawn_spec(drawn[i], 1);
        qf_design design = design_of(&spec, 4);
        assert_true(fabs(column_of(&design, 0)[0]) < 1.0);
        assert_true(isfinite(column_of(&design, 1)[0]) && isfinite(column_of(&design, 3)[0]));
        qf_design_free(&design);
    }
}

static void bytes_are_those_of_the_values_and_of_what_sorts_them(void **state)
{
    (void)state;
    static const double scores[] = {1.0, 0.5, 0.5, 1.0};
    const qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(0.0, 1.0)};
    qf_sweep_spec spec = spec_of(QF_SAMPLING_SOBOL, parameters, 2, 1000);
    spec.n_replications = 3;
    assert_int_equal(qf_design_predicted_bytes(&spec), 2 * 3000 * 8 + sizeof(qf_design));
    spec.sampling = QF_SAMPLING_LHS;
    assert_int_equal(qf_design_predicted_bytes(&spec), 2 * 3000 * 8 + 1000 * 4 + sizeof(qf_design));
    spec.scores = scores;
    assert_int_equal(qf_design_predicted_bytes(&spec),
                     2 * 3000 * 8 + 1000 * (4 + 32) + sizeof(qf_design));
}

static void sizes_that_overflow_are_seen(void **state)
{
    (void)state;
    qf_sweep_parameter parameters[3];
    for (size_t p = 0; p < 3; p++) {
        parameters[p] = items(QF_NUMBER_GRID, two_items, SIZE_MAX / 2);
    }
    const qf_sweep_spec grid = spec_of(QF_SAMPLING_GRID, parameters, 3, 1);
    assert_int_equal(qf_design_n_points(&grid), 0);
    assert_int_equal(qf_design_predicted_bytes(&grid), 0);
    assert_refused(&grid, "1 ... 4294967296 cases");
    qf_sweep_spec random = drawn_spec(QF_SAMPLING_RANDOM, SIZE_MAX / 4);
    assert_int_equal(qf_design_predicted_bytes(&random), 0);
    random.n_replications = 8;
    assert_int_equal(qf_design_predicted_bytes(&random), 0);
    const qf_sweep_spec saltelli = drawn_spec(QF_SAMPLING_SALTELLI, SIZE_MAX / 4);
    assert_int_equal(qf_design_n_points(&saltelli), 0);
    const qf_sweep_spec morris = drawn_spec(QF_SAMPLING_MORRIS, SIZE_MAX / 4);
    assert_int_equal(qf_design_n_points(&morris), 0);
}

static void more_than_a_design_can_have_is_refused(void **state)
{
    (void)state;
    const size_t net = (size_t)1 << 28;
    qf_sweep_spec spec = drawn_spec(QF_SAMPLING_SOBOL, net + 1);
    assert_refused(&spec, "sobol sampling has up to 268435456 points");
    spec.sampling = QF_SAMPLING_LHS;
    assert_refused(&spec, "lhs sampling has up to 268435456 points");
    spec = drawn_spec(QF_SAMPLING_SALTELLI, net + 1);
    assert_refused(&spec, "saltelli sampling has up to 1610612736 points");
    spec = drawn_spec(QF_SAMPLING_RANDOM, ((size_t)1 << 32) + 1);
    assert_refused(&spec, "1 ... 4294967296 cases");
    spec.n_points = 0;
    assert_refused(&spec, "1 ... 4294967296 cases");
    spec = drawn_spec(QF_SAMPLING_SALTELLI, 10);
    spec.n_points--;
    assert_refused(&spec, "this saltelli design has 60 points, not 59");
}

static void short_memory_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    skip_unless_memory_can_run_out();
    static const double scores[16] = {1, 0.5, 0, 0, 0.5, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    for (size_t i = 0; i < COUNT(drawn); i++) {
        qf_sweep_spec spec = drawn_spec(drawn[i], 100000);
        spec.scores = qf_sampling_is_sample(drawn[i]) ? scores : NULL;
        int n_failures = 0;
        for (;; n_failures++) {
            qf_context context = qf_context_default();
            qf_design design;
            allocations_left = n_failures;
            const qf_status status = qf_design_create(&context, &spec, 1, &design);
            allocations_left = -1;
            if (status == QF_OK) {
                qf_design_free(&design);
                break;
            }
            assert_int_equal(status, QF_ERROR_MEMORY);
            assert_true(context.error[0] != '\0');
            assert_null(design.values);
        }
        assert_true(n_failures >= (spec.scores != NULL ? 2 : 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(a_value_does_not_depend_on_how_many_points_follow),
        cmocka_unit_test(another_seed_is_another_design),
        cmocka_unit_test(replications_repeat_each_point),
        cmocka_unit_test(values_follow_their_distributions),
        cmocka_unit_test(parameters_and_neighbouring_points_are_independent),
        cmocka_unit_test(random_probabilities_are_odd_multiples),
        cmocka_unit_test(a_hypercube_has_one_value_in_each_stratum),
        cmocka_unit_test(a_place_in_its_stratum_is_uniform),
        cmocka_unit_test(every_order_of_the_strata_is_as_likely),
        cmocka_unit_test(values_are_quantiles_of_the_scrambled_sequence),
        cmocka_unit_test(the_sequence_has_numbers_for_256_parameters),
        cmocka_unit_test(a_grid_has_all_combinations_and_the_last_changes_fastest),
        cmocka_unit_test(a_distribution_has_no_place_in_a_grid),
        cmocka_unit_test(a_table_is_taken_as_it_is),
        cmocka_unit_test(one_point_and_no_parameters_are_designs),
        cmocka_unit_test(bytes_are_those_of_the_values_and_of_what_sorts_them),
        cmocka_unit_test(sizes_that_overflow_are_seen),
        cmocka_unit_test(more_than_a_design_can_have_is_refused),
        cmocka_unit_test(short_memory_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
