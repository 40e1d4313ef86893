/* SPDX-License-Identifier: Apache-2.0 */
/* Significance 1e-4 for each question of chance; seeds are fixed. */
#include "sobol.h"
#include "vehicle.h"

#define UNIT (1.0 / (1 << QF_SOBOL_BITS))

static void first_points_are_the_published_ones(void **state)
{
    (void)state;
    /* Joe and Kuo's notes with the numbers */
    static const double published[8][6] = {
        {0, 0, 0, 0, 0, 0},
        {0.5, 0.5, 0.5, 0.5, 0.5, 0.5},
        {0.75, 0.25, 0.25, 0.25, 0.75, 0.75},
        {0.25, 0.75, 0.75, 0.75, 0.25, 0.25},
        {0.375, 0.375, 0.625, 0.875, 0.375, 0.125},
        {0.875, 0.875, 0.125, 0.375, 0.875, 0.625},
        {0.625, 0.125, 0.875, 0.625, 0.625, 0.875},
        {0.125, 0.625, 0.375, 0.125, 0.125, 0.375},
    };
    for (size_t d = 0; d < 6; d++) {
        qf_sobol_axis axis;
        qf_sobol_axis_of(d, &axis);
        for (uint32_t k = 0; k < 8; k++) {
            assert_exact(qf_sobol_bits(&axis, k) * UNIT, published[k][d]);
        }
    }
}

static void later_points_are_those_of_scipy(void **state)
{
    (void)state;
    /* scipy 1.17.1: qmc.Sobol(256, scramble=False, bits=28) */
    static const struct {
        uint32_t point;
        size_t dimension;
        uint32_t bits;
    } known[] = {
        {12345, 0, 172048384},       {12345, 1, 218349568},     {12345, 5, 15810560},
        {12345, 17, 13680640},       {12345, 35, 244432896},    {12345, 36, 704512},
        {12345, 99, 144654336},      {12345, 100, 144818176},   {12345, 159, 27508736},
        {12345, 255, 157859840},     {200000000, 0, 804743},    {200000000, 1, 4311177},
        {200000000, 2, 129518835},   {200000000, 17, 47711761}, {200000000, 100, 113596429},
        {200000000, 255, 102766861},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        qf_sobol_axis axis;
        qf_sobol_axis_of(known[i].dimension, &axis);
        assert_int_equal(qf_sobol_bits(&axis, known[i].point), known[i].bits);
    }
}

/* points 2^(i + 1) - 1, whose Gray code is bit i alone: sums over dimensions d of (d + 1) times the coordinate */
static void direction_numbers_of_all_dimensions_are_those_of_scipy(void **state)
{
    (void)state;
    /* the same generator */
    static const uint64_t known[QF_SOBOL_BITS] = {
        4415226380288, 4355096838144, 4484952489984, 4479785107456, 4325518606336, 4263182860288,
        4440056659968, 4385721548800, 4557572669440, 4575290458112, 4490280304640, 4167932837888,
        4377279725568, 4772152147968, 4304223174656, 4706261942272, 4485093310464, 4219695167488,
        4601698479104, 4238687874048, 4481249796864, 4680859904896, 4445903653504, 4438645703872,
        4298317733472, 4398618987232, 4417083653088, 4459581426994};
    for (size_t i = 0; i < QF_SOBOL_BITS; i++) {
        uint64_t sum = 0;
        for (size_t d = 0; d < QF_SOBOL_MOST_DIMENSIONS; d++) {
            qf_sobol_axis axis;
            qf_sobol_axis_of(d, &axis);
            sum += (d + 1) * qf_sobol_bits(&axis, (UINT32_C(2) << i) - 1);
        }
        assert_true(sum == known[i]);
    }
}

/* ---- nets ---- */

enum { M = 10, NET = 1 << M };

typedef struct points {
    double u[NET];
} points;

/* point `block * NET` and those after it */
static points of_dimension(size_t d, bool scrambled, uint32_t block)
{
    qf_sobol_axis axis;
    qf_sobol_axis_of(d, &axis);
    points result;
    for (uint32_t k = 0; k < NET; k++) {
        const uint32_t bits = qf_sobol_bits(&axis, block * NET + k);
        result.u[k] = scrambled ? qf_sobol_scrambled(5, (uint32_t)d, bits) : bits * UNIT;
    }
    return result;
}

/* whether each of the elementary intervals of 2^-bits_a by 2^-bits_b has its share */
static bool is_even(const points *a, const points *b, int bits_a, int bits_b)
{
    static size_t found[NET];
    const size_t n_cells = (size_t)1 << (bits_a + bits_b);
    memset(found, 0, sizeof found);
    for (size_t k = 0; k < NET; k++) {
        const size_t row = (size_t)(a->u[k] * (1 << bits_a));
        const size_t column = (size_t)(b->u[k] * (1 << bits_b));
        found[row << bits_b | column]++;
    }
    for (size_t i = 0; i < n_cells; i++) {
        if (found[i] != NET / n_cells) {
            return false;
        }
    }
    return true;
}

/* t of a pair as a (t, M, 2)-net: intervals of 2^(t - M) have their share, whatever their shape */
static int t_of(const points *a, const points *b)
{
    for (int t = 0;; t++) {
        bool all = true;
        for (int bits = 0; all && bits <= M - t; bits++) {
            all = is_even(a, b, bits, M - t - bits);
        }
        if (all) {
            return t;
        }
    }
}

static void every_dimension_has_one_point_in_each_interval(void **state)
{
    (void)state;
    for (size_t d = 0; d < QF_SOBOL_MOST_DIMENSIONS; d++) {
        for (uint32_t block = 0; block < 3; block++) {
            const points plain = of_dimension(d, false, 77 * block);
            const points scrambled = of_dimension(d, true, 77 * block);
            assert_true(is_even(&plain, &plain, M, 0));
            assert_true(is_even(&scrambled, &scrambled, M, 0));
        }
    }
}

static void the_first_two_dimensions_are_a_net_of_t_0(void **state)
{
    (void)state;
    for (uint32_t block = 0; block < 3; block++) {
        const points a = of_dimension(0, true, 1001 * block);
        const points b = of_dimension(1, true, 1001 * block);
        assert_int_equal(t_of(&a, &b), 0);
    }
}

static void scrambling_leaves_the_quality_of_every_pair(void **state)
{
    (void)state;
    enum { D = 12 };
    static points plain[D];
    static points scrambled[D];
    for (size_t d = 0; d < D; d++) {
        plain[d] = of_dimension(d, false, 0);
        scrambled[d] = of_dimension(d, true, 0);
    }
    bool some_is_worse_than_0 = false;
    for (size_t d = 0; d < D; d++) {
        for (size_t e = 0; e < d; e++) {
            const int t = t_of(&plain[d], &plain[e]);
            some_is_worse_than_0 |= t > 0;
            /* what Joe and Kuo chose the numbers for */
            assert_true(t <= 5);
            assert_int_equal(t_of(&scrambled[d], &scrambled[e]), t);
        }
    }
    assert_true(some_is_worse_than_0);
}

/* ---- scrambling ---- */

/* the 28 bits of a scrambled point that stand for those of the sequence */
static uint32_t high_bits(double u)
{
    return (uint32_t)(u / UNIT);
}

static int first_difference(uint32_t a, uint32_t b)
{
    for (int bit = 0; bit < QF_SOBOL_BITS; bit++) {
        if ((a ^ b) >> (QF_SOBOL_BITS - 1 - bit) & 1) {
            return bit;
        }
    }
    return QF_SOBOL_BITS;
}

static void points_share_as_many_first_bits_as_before(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 10000; k++) {
        const qf_philox_block random = qf_philox((qf_philox_block){{k}}, 8);
        const uint32_t a = random.word[0] >> 4;
        /* pairs of all distances */
        const uint32_t b = a ^ random.word[1] >> (4 + k % QF_SOBOL_BITS);
        assert_int_equal(first_difference(high_bits(qf_sobol_scrambled(3, 9, a)),
                                          high_bits(qf_sobol_scrambled(3, 9, b))),
                         first_difference(a, b));
    }
}

/* a shift of all points alike would flip the same bits of both, which is what this tells from Owen's */
static void points_that_part_are_flipped_independently_from_there_on(void **state)
{
    (void)state;
    enum { SEEDS = 4000 };
    for (int parted = 0; parted < QF_SOBOL_BITS - 1; parted += 3) {
        const uint32_t a = UINT32_C(0x5A5A5A5);
        const uint32_t b = a ^ UINT32_C(1) << (QF_SOBOL_BITS - 1 - parted);
        size_t alike[QF_SOBOL_BITS] = {0};
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            const uint32_t flips_a = high_bits(qf_sobol_scrambled(seed, 2, a)) ^ a;
            const uint32_t flips_b = high_bits(qf_sobol_scrambled(seed, 2, b)) ^ b;
            for (int bit = 0; bit < QF_SOBOL_BITS; bit++) {
                alike[bit] += !((flips_a ^ flips_b) >> (QF_SOBOL_BITS - 1 - bit) & 1);
            }
        }
        for (int bit = 0; bit < QF_SOBOL_BITS; bit++) {
            const double share = (double)alike[bit] / SEEDS;
            if (bit <= parted) {
                assert_exact(share, 1.0);
            } else {
                /* 4.5 deviations */
                assert_near(share, 0.5, 4.5 * 0.5 / sqrt(SEEDS));
            }
        }
    }
}

/* of the point 0, whose prefixes of every length are 0; and no bit is the same for every seed */
static void flips_of_all_depths_and_the_bits_below_are_independent(void **state)
{
    (void)state;
    enum { SEEDS = 4000, BITS = 52 };
    static size_t both[BITS][BITS];
    memset(both, 0, sizeof both);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const uint64_t bits = (uint64_t)(qf_sobol_scrambled(seed, 2, 0) * 0x1p52);
        for (int i = 0; i < BITS; i++) {
            both[i][i] += bits >> i & 1;
            for (int j = 0; j < i; j++) {
                both[i][j] += (bits >> i ^ bits >> j) & 1;
            }
        }
    }
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j <= i; j++) {
            /* 1378 questions: 5.5 deviations */
            assert_near((double)both[i][j] / SEEDS, 0.5, 5.5 * 0.5 / sqrt(SEEDS));
        }
    }
}

static void one_point_is_uniform_over_seeds_and_over_dimensions(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double by_seed[N];
    static double by_dimension[N];
    static double other[N];
    for (uint32_t k = 0; k < N; k++) {
        by_seed[k] = qf_sobol_scrambled(k, 0, 12345);
        by_dimension[k] = qf_sobol_scrambled(1, k, 12345);
        other[k] = qf_sobol_scrambled(k, 1, 12345);
    }
    assert_true(correlation_p_value(correlation(by_seed, other, N), N) > 1e-4);
    assert_true(ks_p_value(ks_statistic(by_seed, N, uniform_cdf), N) > 1e-4);
    assert_true(ks_p_value(ks_statistic(by_dimension, N, uniform_cdf), N) > 1e-4);
}

static void the_bits_below_the_sequence_are_uniform_too(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double below[N];
    for (uint32_t k = 0; k < N; k++) {
        const double u = qf_sobol_scrambled(1, 0, k);
        assert_true(u > 0.0 && u < 1.0);
        assert_exact(fmod(u * 0x1p53, 2.0), 1.0);
        below[k] = u / UNIT - floor(u / UNIT);
    }
    assert_true(ks_p_value(ks_statistic(below, N, uniform_cdf), N) > 1e-4);
}

/* ---- integration ---- */

/* root mean square over seeds of the error of the mean of a smooth function, whose integral is 1 */
static double error_of(uint32_t n, size_t n_dimensions)
{
    enum { SEEDS = 20 };
    double sum = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        double mean = 0.0;
        for (uint32_t k = 0; k < n; k++) {
            double product = 1.0;
            for (size_t d = 0; d < n_dimensions; d++) {
                qf_sobol_axis axis;
                qf_sobol_axis_of(d, &axis);
                const double u = qf_sobol_scrambled(seed, (uint32_t)d, qf_sobol_bits(&axis, k));
                product *= 1.0 + (exp(u) - (exp(1.0) - 1.0)) / (double)(d + 1);
            }
            mean += product / n;
        }
        sum += (mean - 1.0) * (mean - 1.0) / SEEDS;
    }
    return sqrt(sum);
}

/* Owen (1997): n^-1.5 but for logarithms; plain Monte Carlo has n^-0.5, a sequence as it is n^-1 */
static void the_error_of_an_integral_falls_faster_than_the_inverse_of_n(void **state)
{
    (void)state;
    const double at_256 = error_of(256, 3);
    const double at_4096 = error_of(4096, 3);
    assert_true(at_256 < 2e-3);
    assert_true(at_256 / at_4096 > 2.0 * 4096 / 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_points_are_the_published_ones),
        cmocka_unit_test(later_points_are_those_of_scipy),
        cmocka_unit_test(direction_numbers_of_all_dimensions_are_those_of_scipy),
        cmocka_unit_test(every_dimension_has_one_point_in_each_interval),
        cmocka_unit_test(the_first_two_dimensions_are_a_net_of_t_0),
        cmocka_unit_test(scrambling_leaves_the_quality_of_every_pair),
        cmocka_unit_test(points_share_as_many_first_bits_as_before),
        cmocka_unit_test(points_that_part_are_flipped_independently_from_there_on),
        cmocka_unit_test(flips_of_all_depths_and_the_bits_below_are_independent),
        cmocka_unit_test(one_point_is_uniform_over_seeds_and_over_dimensions),
        cmocka_unit_test(the_bits_below_the_sequence_are_uniform_too),
        cmocka_unit_test(the_error_of_an_integral_falls_faster_than_the_inverse_of_n),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
