/* SPDX-License-Identifier: Apache-2.0 */
/* What bench_lanes.c times; compiled once per instruction set. */
#include "bench_lanes.h"
#include "draw_lanes.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b)  JOIN_(a, b)

#define PASS(name, type, element, lanes, expression)                                               \
    static void name(bench_lanes_data *data)                                                       \
    {                                                                                              \
        for (size_t i = 0; i < BENCH_LANES_N; i += lanes) {                                        \
            const type a = type##_load_aligned(data->element + i);                                 \
            type##_store((void *)(data->out + i), expression);                                     \
        }                                                                                          \
    }
#define PASS_F32(name, expression) PASS(name##_f32, qf_f32x16, f32, 16, expression)
#define PASS_F64(name, expression) PASS(name##_f64, qf_f64x8, f64, 8, expression)

PASS_F32(copy, a)
PASS_F32(fma, qf_f32x16_fma(a, a, a))
PASS_F32(sqrt, qf_f32x16_sqrt(a))
PASS_F32(sin, qf_f32x16_sin(a))
PASS_F32(cos, qf_f32x16_cos(a))
PASS_F32(exp, qf_f32x16_exp(a))
PASS_F32(log, qf_f32x16_log(a))
PASS_F32(atan2, qf_f32x16_atan2(a, qf_f32x16_set1(1.5f)))
PASS_F32(pow, qf_f32x16_pow(a, qf_f32x16_set1(1.5f)))
PASS_F64(sin, qf_f64x8_sin(a))
PASS_F64(cos, qf_f64x8_cos(a))
PASS_F64(exp, qf_f64x8_exp(a))
PASS_F64(log, qf_f64x8_log(a))

/* a list of those below the middle, and in each group the smallest */
static void compress_f32(bench_lanes_data *data)
{
    const qf_f32x16 middle = qf_f32x16_set1(1.5f);
    float *list = (float *)data->out;
    size_t n = 0;
    for (size_t i = 0; i < BENCH_LANES_N; i += 16) {
        const qf_f32x16 a = qf_f32x16_load_aligned(data->f32 + i);
        n += qf_f32x16_compress(list + n, qf_f32x16_lt(a, middle), a);
    }
}

static void argmin_f32(bench_lanes_data *data)
{
    const qf_f32x16 middle = qf_f32x16_set1(1.5f);
    for (size_t i = 0; i < BENCH_LANES_N; i += 16) {
        const qf_f32x16 a = qf_f32x16_load_aligned(data->f32 + i);
        data->out[i / 16] = qf_f32x16_argmin(a, qf_f32x16_lt(a, middle));
    }
}

/* all four words of the counter vary: a constant one would save the compiler its round */
static void philox_words(bench_lanes_data *data)
{
    uint32_t *out = (uint32_t *)data->out;
    for (size_t i = 0; i < BENCH_LANES_N; i += 64) {
        qf_philox_x16 block;
        for (size_t w = 0; w < 4; w++) {
            block.word[w] = qf_u32x16_load_aligned(data->words + i + 16 * w);
        }
        block = qf_philox_lanes(block, data->words[0]);
        for (size_t w = 0; w < 4; w++) {
            qf_u32x16_store(out + i + 16 * w, block.word[w]);
        }
    }
}

#define DRAW(name, expression)                                                                     \
    static void draw_##name(bench_lanes_data *data)                                                \
    {                                                                                              \
        qf_draw_keys keys = {.seed = 42, .world = qf_u32x16_set1(1), .tick = 3, .stream = 4};      \
        keys.draw = keys.world;                                                                    \
        for (size_t i = 0; i < BENCH_LANES_N; i += 16) {                                           \
            keys.vehicle = qf_u32x16_load_aligned(data->words + i);                                \
            const qf_f64x16 x = expression;                                                        \
            qf_f64x8_store_aligned(data->out + i, x.low);                                          \
            qf_f64x8_store_aligned(data->out + i + 8, x.high);                                     \
        }                                                                                          \
    }

DRAW(uniform, qf_draw_uniform_lanes(keys))
DRAW(normal, qf_draw_normal_lanes(keys))
DRAW(exponential, qf_draw_exponential_lanes(keys))
DRAW(poisson_of_5, qf_draw_poisson_lanes(keys, (qf_f64x16){qf_f64x8_set1(5.0), qf_f64x8_set1(5.0)}))
DRAW(gamma_of_2, qf_draw_gamma_lanes(keys, 4))

const bench_lanes_case JOIN(bench_lanes_of, QF_ISA)[] = {
    {"copy_f32", copy_f32},
    {"fma_f32", fma_f32},
    {"sqrt_f32", sqrt_f32},
    {"compress_f32", compress_f32},
    {"argmin_f32", argmin_f32},
    {"sin_f32", sin_f32},
    {"cos_f32", cos_f32},
    {"exp_f32", exp_f32},
    {"log_f32", log_f32},
    {"atan2_f32", atan2_f32},
    {"pow_f32", pow_f32},
    {"sin_f64", sin_f64},
    {"cos_f64", cos_f64},
    {"exp_f64", exp_f64},
    {"log_f64", log_f64},
    {"philox_word", philox_words},
    {"draw_uniform", draw_uniform},
    {"draw_normal", draw_normal},
    {"draw_exponential", draw_exponential},
    {"draw_poisson_of_5", draw_poisson_of_5},
    {"draw_gamma_of_2", draw_gamma_of_2},
    {0},
};
