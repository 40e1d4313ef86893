/* SPDX-License-Identifier: Apache-2.0 */
#include "draw.h"
#include "vehicle.h"

enum { N_DRAWS = 1000000 };

static double draws[N_DRAWS];

/* the words of a key are those of Philox's published answers, so the values are known */
static void a_draw_is_the_published_block_of_its_key(void **state)
{
    (void)state;
    const qf_draw_key zero = {0};
    const qf_draw_key pi = {.seed = UINT64_C(0x299f31d0a4093822),
                            .world = 0x85a308d3,
                            .vehicle = 0x243f6a88,
                            .tick = 0x13198a2e,
                            .stream = 0x03,
                            .draw = 0x707344};
    assert_exact(qf_draw_uniform(zero), 0x1.989fa35785a70p-2);
    assert_exact(qf_draw_uniform(pi), 0x1.a2d9fc1329fb9p-1);
    /* sqrt(-2 log(1 - u)) cos(2 pi v) of the blocks' two halves, to 40 digits by another program */
    assert_near(qf_draw_normal(zero), -0.0904730584412023467, 1e-15);
    assert_near(qf_draw_normal(pi), -0.7067991611855913121, 1e-15);
}

/*
 * What released versions drew, with keys as scenarios make them. A value here that changes means that
 * results of the same seed change: numbers of streams and draws are appended, never moved.
 */
static void draws_are_what_they_have_always_been(void **state)
{
    (void)state;
    assert_int_equal(QF_STREAM_INITIAL, 1);
    assert_int_equal(QF_STREAM_HARDWARE, 2);
    assert_int_equal(QF_STREAM_SCRIPT, 3);
    assert_int_equal(QF_STREAM_RADAR_ECHO, 6);
    assert_int_equal(QF_STREAM_RADAR_ERROR, 7);
    assert_int_equal(QF_STREAM_RADAR_ALARM_COUNT, 8);
    assert_int_equal(QF_STREAM_RADAR_ALARM_PLACE, 9);
    assert_int_equal(QF_STREAM_RADAR_ALARM_POWER, 10);
    assert_int_equal(QF_STREAM_RADAR_NOISE, 64);
    assert_int_equal(QF_STREAM_RADAR_FLUCTUATION, 80);
    assert_int_equal(QF_INITIAL_X, 0);
    assert_int_equal(QF_INITIAL_Y, 1);
    assert_int_equal(QF_INITIAL_Z, 2);
    assert_int_equal(QF_INITIAL_HEADING, 3);
    assert_int_equal(QF_INITIAL_SPEED, 4);
    assert_int_equal(QF_HW_BATTERY_CAPACITY, 0);
    assert_int_equal(QF_HW_RADAR_POWER, 11);
    assert_int_equal(QF_HW_ISP, 28);
    assert_int_equal(QF_HARDWARE_DRAW_NODE, 4096);
    assert_int_equal(QF_HARDWARE_DRAW_COUPLING, 1048576);
    /* {seed, world, vehicle, tick, stream, draw} */
    static const struct {
        qf_draw_key key;
        double uniform, normal;
    } known[] = {
        {{42, 0, 0, 0, 1, 0}, 0x1.2f20fb53d9752p-1, 0x1.506feb0b6b78ep+0},
        {{42, 0, 1, 0, 1, 3}, 0x1.6b57744f5a0fp-4, 0x1.95b7af407b674p-2},
        {{42, 7, 99, 0, 2, 5}, 0x1.7aefc1625e6p-10, 0x1.993cf46e3c52p-5},
        {{UINT64_MAX, 1000, 65535, 0, 2, 4146}, 0x1.d9e4296d221ccp-1, 0x1.23ba63811b725p+1},
        {{7, 1, 15, 0, 3, 17}, 0x1.65d5eace184d8p-2, -0x1.81cb2b86a8b83p-1},
        {{20260101, 0, 123456, 600, 1, 1}, 0x1.c4f73ad0a9706p-1, -0x1.71dc37e59db47p+0},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_exact(qf_draw_uniform(known[i].key), known[i].uniform);
        assert_exact(qf_draw_normal(known[i].key), known[i].normal);
    }
}

static void the_unit_interval_holds_0_and_not_1(void **state)
{
    (void)state;
    assert_exact(qf_unit_interval(0, 0), 0.0);
    assert_exact(qf_unit_interval(0, 0x7FF), 0.0);
    assert_exact(qf_unit_interval(0, 0x800), 0x1p-53);
    assert_exact(qf_unit_interval(0x80000000, 0), 0.5);
    assert_exact(qf_unit_interval(UINT32_MAX, UINT32_MAX), 1.0 - 0x1p-53);
}

/* draw `i` of a series that varies one word of the key; all but the last reach high bits */
static qf_draw_key key_of(int word, uint32_t i)
{
    qf_draw_key key = {.seed = 3, .world = 1, .vehicle = 4, .tick = 1, .stream = 5, .draw = 9};
    switch (word) {
    case 0:
        key.vehicle = i;
        break;
    case 1:
        key.world = i;
        break;
    case 2:
        key.tick = i << 12;
        break;
    case 3:
        key.draw = i;
        break;
    case 4:
        key.seed = (uint64_t)i << 32;
        break;
    default:
        break;
    }
    return key;
}

static const char *const words[] = {"vehicle", "world", "tick", "draw", "seed"};

static void uniform_draws_pass_kolmogorov_smirnov_along_every_word(void **state)
{
    (void)state;
    for (int word = 0; word < 5; word++) {
        for (uint32_t i = 0; i < N_DRAWS; i++) {
            draws[i] = qf_draw_uniform(key_of(word, i));
            assert_true(draws[i] >= 0.0 && draws[i] < 1.0);
        }
        const double statistic = ks_statistic(draws, N_DRAWS, uniform_cdf);
        if (statistic > KS_LIMIT_0_1_PCT) {
            fail_msg("%s: KS statistic %g", words[word], statistic);
        }
    }
}

static void normal_draws_pass_kolmogorov_smirnov(void **state)
{
    (void)state;
    for (int word = 0; word < 4; word += 3) {
        for (uint32_t i = 0; i < N_DRAWS; i++) {
            draws[i] = qf_draw_normal(key_of(word, i));
            assert_true(fabs(draws[i]) <= 8.6);
        }
        const double statistic = ks_statistic(draws, N_DRAWS, normal_cdf);
        if (statistic > KS_LIMIT_0_1_PCT) {
            fail_msg("%s: KS statistic %g", words[word], statistic);
        }
        /* the tails, which the statistic hardly sees: 2 (1 - cdf(4)) = 6.33e-5 of the draws */
        size_t far = 0;
        for (size_t i = 0; i < N_DRAWS; i++) {
            far += fabs(draws[i]) > 4.0;
        }
        assert_in_range(far, 63 - 32, 63 + 32); /* 4 standard deviations */
    }
}

/* the correlation of n independent pairs is 1 / sqrt(n) in size */
static void neighbours_are_not_correlated(void **state)
{
    (void)state;
    for (int word = 0; word < 5; word++) {
        double sum = 0.0;
        double before = qf_draw_uniform(key_of(word, N_DRAWS));
        for (uint32_t i = 0; i < N_DRAWS; i++) {
            const double u = qf_draw_uniform(key_of(word, i));
            sum += (u - 0.5) * (before - 0.5) * 12.0;
            before = u;
        }
        if (fabs(sum / N_DRAWS) > 4.0 / sqrt(N_DRAWS)) {
            fail_msg("%s: correlation %g", words[word], sum / N_DRAWS);
        }
    }
}

static void every_word_of_the_key_makes_another_value(void **state)
{
    (void)state;
    const qf_draw_key keys[] = {
        {.seed = 0},       {.seed = 1},   {.seed = UINT64_C(1) << 32},
        {.vehicle = 1},    {.world = 1},  {.tick = 1},
        {.stream = 1},     {.draw = 1},   {.stream = 2},
        {.draw = 1 << 23}, {.draw = 256}, {.tick = UINT32_C(1) << 31},
    };
    for (size_t a = 0; a < COUNT(keys); a++) {
        for (size_t b = 0; b < a; b++) {
            assert_true(qf_draw_uniform(keys[a]) != qf_draw_uniform(keys[b]));
            assert_true(qf_draw_normal(keys[a]) != qf_draw_normal(keys[b]));
        }
    }
}

static double exponential_cdf(double x)
{
    return -expm1(-x);
}

static void exponential_draws_pass_kolmogorov_smirnov(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < N_DRAWS; i++) {
        draws[i] = qf_draw_exponential(key_of(0, i));
        assert_true(draws[i] >= 0.0 && draws[i] <= 36.8);
    }
    assert_true(qf_exponential_quantile(0.0) == 0.0 && !signbit(qf_exponential_quantile(0.0)));
    assert_true(ks_statistic(draws, N_DRAWS, exponential_cdf) <= KS_LIMIT_0_1_PCT);
    /* P(x > 9) = 1.234e-4 of the draws */
    size_t far = 0;
    for (size_t i = 0; i < N_DRAWS; i++) {
        far += draws[i] > 9.0;
    }
    assert_in_range(far, 123 - 44, 123 + 44); /* 4 standard deviations */
}

static int shape_of_cdf;

/* the regularised incomplete gamma function of k/2: P(a + 1, x) = P(a, x) - x^a e^-x / Gamma(a + 1),
 * from P(1/2, x) = erf(sqrt(x)) and P(0, x) = 1 */
static double gamma_cdf(double x)
{
    const int odd = shape_of_cdf % 2;
    double p = odd ? erf(sqrt(x)) : 1.0;
    for (double a = 0.5 * odd; a < 0.5 * shape_of_cdf - 0.25; a += 1.0) {
        p -= x > 0.0 ? exp(a * log(x) - x - lgamma(a + 1.0)) : a == 0.0;
    }
    return p;
}

static void gamma_draws_pass_kolmogorov_smirnov_for_whole_and_half_shapes(void **state)
{
    (void)state;
    static const int twice_shapes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 63, 64};
    enum { N = 100000 };
    for (size_t s = 0; s < COUNT(twice_shapes); s++) {
        shape_of_cdf = twice_shapes[s];
        const double mean = 0.5 * shape_of_cdf;
        double sum = 0.0;
        double squares = 0.0;
        for (uint32_t i = 0; i < N; i++) {
            draws[i] = qf_draw_gamma(key_of(0, i), shape_of_cdf);
            sum += draws[i] - mean;
            squares += (draws[i] - mean) * (draws[i] - mean);
        }
        /* mean and variance are both `mean`; the fourth central moment is 3 mean^2 + 6 mean */
        assert_near(sum / N, 0.0, 4.0 * sqrt(mean / N));
        assert_near(squares / N, mean, 4.0 * sqrt((2.0 * mean * mean + 6.0 * mean) / N));
        const double statistic = ks_statistic(draws, N, gamma_cdf);
        if (statistic > KS_LIMIT_0_1_PCT) {
            fail_msg("shape %g: KS statistic %g", mean, statistic);
        }
    }
}

static void a_gamma_draw_is_made_of_the_blocks_it_names(void **state)
{
    (void)state;
    static const int blocks[] = {0, 1, 1, 2, 1, 2, 2, 3, 2};
    const qf_draw_key key = key_of(0, 11);
    for (int k = 1; k <= 8; k++) {
        assert_int_equal(qf_gamma_blocks(k), blocks[k]);
    }
    assert_int_equal(qf_gamma_blocks(QF_GAMMA_TWICE_SHAPE_MAX), 16);
    assert_exact(qf_draw_gamma(key, 2), qf_draw_exponential(key));
    const double normal = qf_draw_normal(key);
    assert_exact(qf_draw_gamma(key, 1), 0.5 * normal * normal);
    /* what comes after full blocks is the next draw number's */
    for (int k = 4; k < QF_GAMMA_TWICE_SHAPE_MAX; k += 4) {
        qf_draw_key after = key;
        after.draw += (uint32_t)qf_gamma_blocks(k);
        const double next = qf_draw_gamma(after, k % 3 + 1);
        assert_near(qf_draw_gamma(key, k + k % 3 + 1), qf_draw_gamma(key, k) + next, 1e-13);
    }
}

/* upper limits of chi-square that a right generator exceeds with probability 1e-3; tables */
static const double chi_square_limit[] = {[3] = 16.266, [10] = 29.588};

static double poisson_pmf(int k, double mean)
{
    return exp(k * log(mean) - mean - lgamma(k + 1.0));
}

/* bins: up to edges[0], then up to edges[1], ..., then the rest */
static void assert_poisson(double mean, const int *edges, size_t n_edges)
{
    enum { N = 200000, MOST_BINS = 11 };
    double expected[MOST_BINS] = {0};
    size_t found[MOST_BINS] = {0};
    double rest = 1.0;
    for (int k = 0; k <= edges[n_edges - 1]; k++) {
        size_t bin = 0;
        while (k > edges[bin]) {
            bin++;
        }
        expected[bin] += poisson_pmf(k, mean);
        rest -= poisson_pmf(k, mean);
    }
    expected[n_edges] = rest;
    for (uint32_t i = 0; i < N; i++) {
        const double k = qf_draw_poisson(key_of(0, i), mean);
        size_t bin = 0;
        while (bin < n_edges && k > edges[bin]) {
            bin++;
        }
        found[bin]++;
    }
    double chi_square = 0.0;
    for (size_t bin = 0; bin <= n_edges; bin++) {
        const double off = (double)found[bin] - N * expected[bin];
        chi_square += off * off / (N * expected[bin]);
    }
    if (chi_square > chi_square_limit[n_edges]) {
        fail_msg("mean %g: chi-square %g", mean, chi_square);
    }
}

static void poisson_draws_pass_chi_square(void **state)
{
    (void)state;
    assert_poisson(0.3, (const int[]){0, 1, 2}, 3);
    assert_poisson(6.5, (const int[]){2, 3, 4, 5, 6, 7, 8, 9, 10, 12}, 10);
    assert_poisson(100.0, (const int[]){80, 85, 90, 94, 98, 102, 106, 110, 115, 120}, 10);
    assert_poisson(500.0, (const int[]){455, 467, 478, 487, 496, 504, 513, 522, 533, 545}, 10);
}

/* where the quantile steps from k to k + 1 is the distribution function at k */
static void poisson_quantiles_are_those_of_the_distribution(void **state)
{
    (void)state;
    static const double means[] = {1e-3, 0.3, 4.7, 30.0, 99.5, 200.0, QF_POISSON_MEAN_MAX};
    const double last = 1.0 - 0x1p-53;
    for (size_t m = 0; m < COUNT(means); m++) {
        long double cdf = 0.0L;
        for (int k = 0; qf_poisson_quantile(last, means[m]) > k; k++) {
            const long double mean = (long double)means[m];
            cdf += expl(k * logl(mean) - mean - lgammal(k + 1.0L));
            double below = 0.0;
            double above = last;
            while (above - below > 0x1p-52) {
                const double middle = 0.5 * (below + above);
                *(qf_poisson_quantile(middle, means[m]) <= k ? &below : &above) = middle;
            }
            assert_near(above, (double)cdf, 1e-14);
        }
    }
    assert_exact(qf_poisson_quantile(0.0, 0.0), 0.0);
    assert_exact(qf_poisson_quantile(last, 0.0), 0.0);
    assert_exact(qf_poisson_quantile(0.0, 500.0), 0.0);
    /* 1 - 2^-53 lies beyond all that rounding leaves of the tail, and the walk ends all the same */
    const double most = qf_poisson_quantile(last, 500.0);
    assert_true(most > 680.0 && most < 720.0);
    const double rare = qf_poisson_quantile(last, 1e-9);
    assert_true(rare >= 1.0 && rare < 4.0);
}

static void parameters_outside_of_their_domain_give_nan(void **state)
{
    (void)state;
    const qf_draw_key key = key_of(0, 1);
    static const double bad_means[] = {
        -1e-9, -1.0, 500.0000001, 1e300, (double)INFINITY, -(double)INFINITY, (double)NAN};
    for (size_t i = 0; i < COUNT(bad_means); i++) {
        assert_true(isnan(qf_draw_poisson(key, bad_means[i])));
    }
    assert_true(isnan(qf_draw_gamma(key, 0)));
    assert_true(isnan(qf_draw_gamma(key, -1)));
    assert_true(isnan(qf_draw_gamma(key, 65)));
    assert_true(!isnan(qf_draw_gamma(key, 64)));
    assert_true(!isnan(qf_draw_poisson(key, 500.0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draw_is_the_published_block_of_its_key),
        cmocka_unit_test(draws_are_what_they_have_always_been),
        cmocka_unit_test(the_unit_interval_holds_0_and_not_1),
        cmocka_unit_test(uniform_draws_pass_kolmogorov_smirnov_along_every_word),
        cmocka_unit_test(normal_draws_pass_kolmogorov_smirnov),
        cmocka_unit_test(neighbours_are_not_correlated),
        cmocka_unit_test(every_word_of_the_key_makes_another_value),
        cmocka_unit_test(exponential_draws_pass_kolmogorov_smirnov),
        cmocka_unit_test(gamma_draws_pass_kolmogorov_smirnov_for_whole_and_half_shapes),
        cmocka_unit_test(a_gamma_draw_is_made_of_the_blocks_it_names),
        cmocka_unit_test(poisson_draws_pass_chi_square),
        cmocka_unit_test(poisson_quantiles_are_those_of_the_distribution),
        cmocka_unit_test(parameters_outside_of_their_domain_give_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
