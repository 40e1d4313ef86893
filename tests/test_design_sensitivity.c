/* SPDX-License-Identifier: Apache-2.0 */
/* Designs for indices of sensitivity: Saltelli's and Morris's. */
#include "design_stand.h"
#include "sobol.h"

enum { P = 3, POINTS = P + 2, STEPS = P + 1 };

static const qf_sweep_parameter *three_uniform(void)
{
    static qf_sweep_parameter parameters[P];
    for (size_t p = 0; p < P; p++) {
        parameters[p] = uniform(0.0, 1.0);
    }
    return parameters;
}

/* ---- Saltelli ---- */

/* A, AB_1, AB_2, AB_3, B, written out: which of both samples each parameter is from */
static const char layout[POINTS][P + 1] = {"AAA", "BAA", "ABA", "AAB", "BBB"};

static void rows_are_those_of_two_samples_mixed_one_parameter_at_a_time(void **state)
{
    (void)state;
    enum { N = 200 };
    const qf_sweep_spec spec = spec_of_base(QF_SAMPLING_SALTELLI, three_uniform(), P, N, 0);
    assert_int_equal(spec.n_points, N * POINTS);
    qf_design design = design_of(&spec, 6);
    for (size_t p = 0; p < P; p++) {
        qf_sobol_axis of_a, of_b;
        qf_sobol_axis_of(p, &of_a);
        qf_sobol_axis_of(P + p, &of_b);
        for (uint32_t j = 0; j < N; j++) {
            const double a = qf_sobol_scrambled(6, (uint32_t)p, qf_sobol_bits(&of_a, j));
            const double b = qf_sobol_scrambled(6, (uint32_t)(P + p), qf_sobol_bits(&of_b, j));
            assert_true(a != b);
            for (size_t i = 0; i < POINTS; i++) {
                assert_exact(column_of(&design, p)[j * POINTS + i], layout[i][p] == 'A' ? a : b);
            }
        }
    }
    qf_design_free(&design);
}

/* Ishigami's function, whose first indices are known: 0.3139, 0.4424, 0 for a = 7, b = 0.1; Saltelli's (2010) estimator */
static void the_rows_give_the_indices_of_ishigamis_function(void **state)
{
    (void)state;
    enum { N = 4096 };
    const double pi = 4.0 * atan(1.0);
    qf_sweep_parameter parameters[P];
    for (size_t p = 0; p < P; p++) {
        parameters[p] = uniform(-pi, pi);
    }
    const qf_sweep_spec spec = spec_of_base(QF_SAMPLING_SALTELLI, parameters, P, N, 0);
    qf_design design = design_of(&spec, 6);
    double sums[P] = {0};
    double sum = 0.0;
    double squares = 0.0;
    for (size_t j = 0; j < N; j++) {
        double f[POINTS];
        for (size_t i = 0; i < POINTS; i++) {
            const double *const x = design.values + j * POINTS + i;
            const size_t n = design.n_cases;
            f[i] = sin(x[0]) + 7.0 * pow(sin(x[n]), 2) + 0.1 * pow(x[2 * n], 4) * sin(x[0]);
        }
        sum += f[0];
        squares += f[0] * f[0];
        for (size_t p = 0; p < P; p++) {
            sums[p] += f[P + 1] * (f[1 + p] - f[0]) / N;
        }
    }
    const double variance = squares / N - sum * sum / N / N;
    assert_near(sums[0] / variance, 0.3139, 0.02);
    assert_near(sums[1] / variance, 0.4424, 0.02);
    assert_near(sums[2] / variance, 0.0, 0.02);
    qf_design_free(&design);
}

static void saltelli_has_numbers_for_128_parameters(void **state)
{
    (void)state;
    static qf_sweep_parameter parameters[129];
    for (size_t p = 0; p < COUNT(parameters); p++) {
        parameters[p] = uniform(0.0, 1.0);
    }
    qf_sweep_spec spec = spec_of_base(QF_SAMPLING_SALTELLI, parameters, 128, 2, 0);
    qf_design design = design_of(&spec, 6);
    assert_int_equal(design.n_cases, 260);
    qf_design_free(&design);
    spec = spec_of_base(QF_SAMPLING_SALTELLI, parameters, 129, 2, 0);
    assert_refused(&spec, "numbers for 128 parameters, not 129");
}

/* ---- Morris ---- */

enum { TRAJECTORIES = 6000, LEVELS = 6 };

static void each_step_moves_one_parameter_by_half_of_its_probability(void **state)
{
    (void)state;
    const qf_sweep_spec spec =
        spec_of_base(QF_SAMPLING_MORRIS, three_uniform(), P, TRAJECTORIES, LEVELS);
    assert_int_equal(spec.n_points, TRAJECTORIES * STEPS);
    qf_design design = design_of(&spec, 6);
    for (size_t t = 0; t < TRAJECTORIES; t++) {
        qf_morris_step steps[P];
        qf_design_morris_steps(&spec, 6, t, steps);
        bool moved[P] = {false};
        for (size_t s = 0; s < P; s++) {
            assert_false(moved[steps[s].parameter]);
            moved[steps[s].parameter] = true;
            for (size_t p = 0; p < P; p++) {
                const double *const u = column_of(&design, p) + t * STEPS + s;
                const double expected = p != steps[s].parameter ? 0.0 : steps[s].up ? 0.5 : -0.5;
                assert_near(u[1] - u[0], expected, 1e-15);
            }
        }
    }
    qf_design_free(&design);
}

static void first_levels_directions_and_orders_are_as_likely(void **state)
{
    (void)state;
    const qf_sweep_spec spec =
        spec_of_base(QF_SAMPLING_MORRIS, three_uniform(), P, TRAJECTORIES, LEVELS);
    qf_design design = design_of(&spec, 6);
    size_t found[P][LEVELS] = {{0}};
    size_t orders[9] = {0};
    for (size_t t = 0; t < TRAJECTORIES; t++) {
        qf_morris_step steps[P];
        qf_design_morris_steps(&spec, 6, t, steps);
        orders[3 * steps[0].parameter + steps[1].parameter]++;
        for (size_t p = 0; p < P; p++) {
            const double level = column_of(&design, p)[t * STEPS] * LEVELS - 0.5;
            assert_near(level, round(level), 1e-12);
            assert_true(level > -0.25 && level < LEVELS - 0.75);
            found[p][(size_t)round(level)]++;
        }
    }
    static const double sixth[LEVELS] = {1 / 6.0, 1 / 6.0, 1 / 6.0, 1 / 6.0, 1 / 6.0, 1 / 6.0};
    for (size_t p = 0; p < P; p++) {
        assert_true(chi_square_p_value(chi_square_statistic(found[p], sixth, LEVELS), 5) > 1e-4);
    }
    const size_t six[] = {orders[1], orders[2], orders[3], orders[5], orders[6], orders[7]};
    assert_int_equal(orders[0] + orders[4] + orders[8], 0);
    assert_true(chi_square_p_value(chi_square_statistic(six, sixth, 6), 5) > 1e-4);
    qf_design_free(&design);
}

/* f = 3 x_1 - x_2: every elementary effect is a constant */
static void effects_of_a_linear_function_are_its_coefficients(void **state)
{
    (void)state;
    const qf_sweep_spec spec = spec_of_base(QF_SAMPLING_MORRIS, three_uniform(), P, 50, 4);
    qf_design design = design_of(&spec, 6);
    static const double coefficients[P] = {3.0, -1.0, 0.0};
    for (size_t t = 0; t < 50; t++) {
        qf_morris_step steps[P];
        qf_design_morris_steps(&spec, 6, t, steps);
        double f[STEPS];
        for (size_t i = 0; i < STEPS; i++) {
            const double *const x = design.values + t * STEPS + i;
            f[i] = 3.0 * x[0] - x[design.n_cases];
        }
        for (size_t s = 0; s < P; s++) {
            assert_near((f[s + 1] - f[s]) / (steps[s].up ? 0.5 : -0.5),
                        coefficients[steps[s].parameter], 1e-14);
        }
    }
    qf_design_free(&design);
}

static void normal_parameters_have_finite_levels(void **state)
{
    (void)state;
    const qf_sweep_parameter parameter = normal(0.0, 1.0);
    const qf_sweep_spec spec = spec_of_base(QF_SAMPLING_MORRIS, &parameter, 1, 50, 4);
    qf_design design = design_of(&spec, 6);
    for (size_t k = 0; k < design.n_cases; k++) {
        /* the quantiles of 1/8, 3/8, 5/8, 7/8 */
        const double size = fabs(design.values[k]);
        assert_true(fabs(size - 1.1503493803760079) < 1e-14 ||
                    fabs(size - 0.31863936396437514) < 1e-14);
    }
    qf_design_free(&design);
}

static void levels_are_an_even_number(void **state)
{
    (void)state;
    static const size_t bad[] = {0, 1, 3, 7};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const qf_sweep_spec spec = spec_of_base(QF_SAMPLING_MORRIS, three_uniform(), P, 5, bad[i]);
        assert_refused(&spec, "an even number of levels");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_two_samples_mixed_one_parameter_at_a_time),
        cmocka_unit_test(the_rows_give_the_indices_of_ishigamis_function),
        cmocka_unit_test(saltelli_has_numbers_for_128_parameters),
        cmocka_unit_test(each_step_moves_one_parameter_by_half_of_its_probability),
        cmocka_unit_test(first_levels_directions_and_orders_are_as_likely),
        cmocka_unit_test(effects_of_a_linear_function_are_its_coefficients),
        cmocka_unit_test(normal_parameters_have_finite_levels),
        cmocka_unit_test(levels_are_an_even_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
