/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes, transcendental functions and random numbers, over data in the first-level cache.
 *
 *   lanes/CASE/ISA     ISA is `scalar` for the functions of one element in scalar_math.h and draw.h
 */
#include "bench_lanes.h"

#include <stdio.h>

#include "draw.h"
#include "gbench.h"
#include "kernels.h"
#include "scene.h"

#define SCALAR(name, element, expression)                                                          \
    static void scalar_##name(bench_lanes_data *data)                                              \
    {                                                                                              \
        for (size_t i = 0; i < BENCH_LANES_N; i++) {                                               \
            data->out[i] = (double)expression(data->element[i]);                                   \
        }                                                                                          \
    }

SCALAR(sin_f32, f32, Sleef_finz_sinf1_u10purecfma)
SCALAR(cos_f32, f32, Sleef_finz_cosf1_u10purecfma)
SCALAR(exp_f32, f32, Sleef_finz_expf1_u10purecfma)
SCALAR(log_f32, f32, Sleef_finz_logf1_u10purecfma)
SCALAR(sin_f64, f64, qf_sin)
SCALAR(cos_f64, f64, qf_cos)
SCALAR(exp_f64, f64, qf_exp)
SCALAR(log_f64, f64, qf_log_e)

static void scalar_philox(bench_lanes_data *data)
{
    qf_philox_block *out = (qf_philox_block *)data->out;
    for (size_t i = 0; i < BENCH_LANES_N / 4; i++) {
        const uint32_t *w = data->words + 4 * i;
        out[i] = qf_philox((qf_philox_block){{w[0], w[1], w[2], w[3]}}, data->words[0]);
    }
}

static qf_draw_key key_of(uint32_t vehicle)
{
    return (qf_draw_key){
        .seed = 42, .world = 1, .vehicle = vehicle, .tick = 3, .stream = 4, .draw = 1};
}
#define UNIFORM(vehicle)     qf_draw_uniform(key_of(vehicle))
#define NORMAL(vehicle)      qf_draw_normal(key_of(vehicle))
#define EXPONENTIAL(vehicle) qf_draw_exponential(key_of(vehicle))
#define POISSON(vehicle)     qf_draw_poisson(key_of(vehicle), 5.0)
#define GAMMA(vehicle)       qf_draw_gamma(key_of(vehicle), 4)
SCALAR(uniform, words, UNIFORM)
SCALAR(normal, words, NORMAL)
SCALAR(exponential, words, EXPONENTIAL)
SCALAR(poisson, words, POISSON)
SCALAR(gamma, words, GAMMA)

const bench_lanes_case bench_lanes_of_scalar[] = {
    {"sin_f32", scalar_sin_f32},
    {"cos_f32", scalar_cos_f32},
    {"exp_f32", scalar_exp_f32},
    {"log_f32", scalar_log_f32},
    {"sin_f64", scalar_sin_f64},
    {"cos_f64", scalar_cos_f64},
    {"exp_f64", scalar_exp_f64},
    {"log_f64", scalar_log_f64},
    {"philox_word", scalar_philox},
    {"draw_uniform", scalar_uniform},
    {"draw_normal", scalar_normal},
    {"draw_exponential", scalar_exponential},
    {"draw_poisson_of_5", scalar_poisson},
    {"draw_gamma_of_2", scalar_gamma},
    {0},
};

static void run_case(gbench_state *state, const void *user)
{
    static bench_lanes_data data;
    const bench_lanes_case *c = user;
    for (uint32_t i = 0; i < BENCH_LANES_N; i++) {
        const double x = 3.0 * qf_draw_uniform(key_of(i));
        data.f32[i] = (float)x;
        data.f64[i] = x;
        data.words[i] = i * UINT32_C(2654435761);
    }
    c->pass(&data); /* warm up */
    double results = 0.0;
    while (gbench_next(state)) {
        c->pass(&data);
        results += BENCH_LANES_N;
    }
    gbench_counter_ns_per(state, "ns_per_element", results);
}

static void register_table(const char *isa, const bench_lanes_case *cases)
{
    for (; cases->name; cases++) {
        char name[64];
        snprintf(name, sizeof name, "lanes/%s/%s", cases->name, isa);
        gbench_register(name, run_case, cases, GBENCH_US);
    }
}

void bench_lanes_register(void)
{
#ifdef BENCH_HAVE_X86_SETS
    if (qf_kernels_for("v4")) {
        register_table("v4", bench_lanes_of_v4);
    }
    if (qf_kernels_for("v3")) {
        register_table("v3", bench_lanes_of_v3);
    }
#endif
    register_table("generic", bench_lanes_of_generic);
    register_table("scalar", bench_lanes_of_scalar);
}
