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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draw_is_the_published_block_of_its_key),
        cmocka_unit_test(the_unit_interval_holds_0_and_not_1),
        cmocka_unit_test(uniform_draws_pass_kolmogorov_smirnov_along_every_word),
        cmocka_unit_test(normal_draws_pass_kolmogorov_smirnov),
        cmocka_unit_test(neighbours_are_not_correlated),
        cmocka_unit_test(every_word_of_the_key_makes_another_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
