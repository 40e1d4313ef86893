/* SPDX-License-Identifier: Apache-2.0 */
/* Expected: mpmath with 40 digits where a and b are moderate, scipy 1.17 elsewhere. */
#include "report_stand.h"

static void assert_close(double found, double expected, const char *what, int line)
{
    near_value(found, expected, 1e-12 * fabs(expected), what, __FILE__, line);
}
#define assert_digits(found, expected) assert_close(found, expected, #found, __LINE__)

static void the_incomplete_beta_function_has_twelve_digits(void **state)
{
    (void)state;
    assert_digits(qf_beta_cdf(0.3, 2.0, 5.0), 0.579825);
    assert_digits(qf_beta_cdf(0.01, 1.0, 300.0), 0.95095910592871415);
    assert_digits(qf_beta_cdf(0.975, 200.0, 3.0), 0.11737067612064042);
    assert_digits(qf_beta_cdf(0.5, 0.5, 0.5), 0.5);
    assert_digits(qf_beta_cdf(0.02, 0.5, 50.0), 0.84375649213318189);
    assert_digits(qf_beta_cdf(0.2, 2000.0, 8100.0), 0.6925701275793036);
    assert_digits(qf_beta_cdf(1e-3, 7.5, 9.25), 3.366545901076376e-19);
    assert_digits(qf_beta_cdf(0.4, 40.0, 20.0), 1.4695639748238386e-5);
}

static void it_keeps_its_digits_at_ten_million(void **state)
{
    (void)state;
    assert_near(qf_beta_cdf(0.3, 3e6, 7e6), 0.5000367061776174, 1e-12);
    assert_near(qf_beta_cdf(0.3003, 3e6, 7e6), 0.9807688949617461, 1e-12);
    assert_near(qf_beta_cdf(0.2001, 200000.0, 800001.0), 0.5990808752093664, 1e-11);
    assert_near(qf_beta_cdf(0.9999, 1e6, 90.0), 0.1461333182297613, 1e-11);
    assert_near(qf_beta_cdf(0.5, 1e9, 1e9), 0.5, 1e-13);
}

static void quantiles_of_the_beta_distribution_are_those_published(void **state)
{
    (void)state;
    static const double table[][4] = {
        {0.025, 3, 8, 0.066739511177734467},   {0.975, 4, 7, 0.65245285005999731},
        {1e-6, 200, 300, 0.29980410754577608}, {0.5, 0.5, 0.5, 0.5},
        {0.95, 1e6, 20, 0.99998674556216016},  {0.3, 2, 1e7, 1.0973490956272799e-07},
        {0.999, 30, 1, 0.99996665054498601},   {0.25, 1, 2, 0.13397459621556135},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_digits(qf_beta_quantile(table[i][0], table[i][1], table[i][2]), table[i][3]);
    }
    /* 1 - (1 - p)^(1 / n) */
    assert_digits(qf_beta_quantile(0.975, 1.0, 10.0), 0.30849710781876083);
}

static void quantiles_end_where_doubles_do(void **state)
{
    (void)state;
    assert_near(qf_beta_quantile(0.3, 1e-3, 5.0), 0.0, 1e-300);
    assert_near(qf_beta_quantile(0.5, 2.0, 1e-3), 1.0, 0.0);
    assert_near(qf_beta_quantile(0.0, 2.0, 3.0), 0.0, 0.0);
    assert_near(qf_beta_quantile(1.0, 2.0, 3.0), 1.0, 0.0);
    assert_true(isnan(qf_beta_quantile(-0.1, 2.0, 3.0)));
    assert_true(isnan(qf_beta_quantile(0.5, 0.0, 3.0)));
    assert_true(isnan(qf_beta_cdf(0.5, 1.0, -1.0)));
    assert_true(isnan(qf_beta_cdf((double)NAN, 1.0, 1.0)));
    assert_near(qf_beta_cdf(-1.0, 2.0, 3.0), 0.0, 0.0);
    assert_near(qf_beta_cdf(2.0, 2.0, 3.0), 1.0, 0.0);
}

static void quantile_and_distribution_function_are_inverse(void **state)
{
    (void)state;
    static const double as[] = {0.5, 1.5, 8.0, 123.0, 9999.5, 1e6};
    static const double ps[] = {1e-9, 1e-3, 0.025, 0.5, 0.8, 0.975};
    for (size_t a = 0; a < COUNT(as); a++) {
        for (size_t b = 0; b < COUNT(as); b++) {
            for (size_t p = 0; p < COUNT(ps); p++) {
                const double x = qf_beta_quantile(ps[p], as[a], as[b]);
                /* as far as x can say it: near 1 it has few digits of 1 - x */
                if (x < 0.999) {
                    assert_near(qf_beta_cdf(x, as[a], as[b]), ps[p], 1e-10 * ps[p]);
                }
            }
        }
    }
}

static void binomial_tails_are_sums_of_terms(void **state)
{
    (void)state;
    /* 10 coins: 1 + 10 + 45 of 1024 give 8 or more */
    assert_digits(qf_binomial_at_least(8.0, 10.0, 0.5), 56.0 / 1024.0);
    assert_digits(qf_binomial_at_least(10.0, 10.0, 0.5), 1.0 / 1024.0);
    assert_near(qf_binomial_at_least(0.0, 10.0, 0.5), 1.0, 0.0);
    assert_near(qf_binomial_at_least(11.0, 10.0, 0.5), 0.0, 0.0);
}

static void students_t_has_its_quantiles(void **state)
{
    (void)state;
    static const double table[][3] = {
        {0.975, 1, 12.706204736174694},
        {0.975, 10, 2.2281388519862739},
        {0.995, 99, 2.6264054572808271},
        {0.9, 3.5, 1.5765766051364052},
        {1e-6, 20, -6.5965301483587755},
        {0.6, 4, 0.27072229470759762},
        {0.5, 7, 0.0},
        {0.75, 1, 1.0},
        {0.025, 6273711.674854268, -1.9599643626689520},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_digits(qf_t_quantile(table[i][0], table[i][1]), table[i][2]);
    }
    assert_near(qf_t_quantile(0.975, (double)INFINITY), 1.959963984540054, 1e-14);
}

static void students_t_has_its_probabilities(void **state)
{
    (void)state;
    static const double table[][3] = {
        {0.1, 1, 0.53172551743055357},
        {2, 1, 0.85241638234956673},
        {3, 2.5, 0.96371195222548408},
        {2.5, 10, 0.9842765778816956},
        {-4, 10, 0.0012591663123683461},
        {6, 30, 0.99999930286156164},
        {-12, 7, 3.1791551890925501e-6},
        {0.5, 1000, 0.69140745958306259},
        {0, 5, 0.5},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_digits(qf_t_cdf(table[i][0], table[i][1]), table[i][2]);
    }
    assert_near(qf_t_cdf((double)INFINITY, 3.0), 1.0, 0.0);
    assert_near(qf_t_cdf(-(double)INFINITY, 3.0), 0.0, 0.0);
    assert_true(isnan(qf_t_cdf(1.0, 0.0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_incomplete_beta_function_has_twelve_digits),
        cmocka_unit_test(it_keeps_its_digits_at_ten_million),
        cmocka_unit_test(quantiles_of_the_beta_distribution_are_those_published),
        cmocka_unit_test(quantiles_end_where_doubles_do),
        cmocka_unit_test(quantile_and_distribution_function_are_inverse),
        cmocka_unit_test(binomial_tails_are_sums_of_terms),
        cmocka_unit_test(students_t_has_its_quantiles),
        cmocka_unit_test(students_t_has_its_probabilities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
