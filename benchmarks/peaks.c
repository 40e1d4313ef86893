/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loops of peaks.h for one instruction set (PEAKS_ISA) and vector width (PEAKS_BITS).
 *
 * Values stay normal and finite however long a loop runs, and have full mantissas: some dividers
 * are faster for round numbers.
 */
#include "peaks.h"

#include <math.h>

#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c)  JOIN_(a, b, c)
#define TEXT_(x)       #x
#define TEXT(x)        TEXT_(x)

enum { BYTES = PEAKS_BITS / 8, F64_LANES = BYTES / 8, F32_LANES = BYTES / 4 };

typedef double f64_lanes __attribute__((vector_size(BYTES)));
typedef float f32_lanes __attribute__((vector_size(BYTES)));

static inline f64_lanes start(int chain)
{
    f64_lanes x;
    for (int l = 0; l < F64_LANES; l++) {
        x[l] = 1.1 + 0.013 * chain + 0.0007 * l;
    }
    return x;
}

static inline double sum(const f64_lanes *x)
{
    double total = 0.0;
    for (int k = 0; k < BENCH_PEAK_CHAINS; k++) {
        for (int l = 0; l < F64_LANES; l++) {
            total += x[k][l];
        }
    }
    return total;
}

/* body(x[k]) for every chain, unrolled so that the chains live in registers */
#define LOOP_F64(name, body)                                                                       \
    static double name(size_t n_rounds)                                                            \
    {                                                                                              \
        f64_lanes x[BENCH_PEAK_CHAINS];                                                            \
        for (int k = 0; k < BENCH_PEAK_CHAINS; k++) {                                              \
            x[k] = start(k);                                                                       \
        }                                                                                          \
        for (size_t r = 0; r < n_rounds; r++) {                                                    \
            _Pragma("GCC unroll 14") for (int k = 0; k < BENCH_PEAK_CHAINS; k++)                   \
            {                                                                                      \
                body;                                                                              \
            }                                                                                      \
        }                                                                                          \
        return sum(x);                                                                             \
    }

static inline __attribute__((always_inline)) f64_lanes square_root(f64_lanes x)
{
    f64_lanes root;
    for (int l = 0; l < F64_LANES; l++) {
        root[l] = sqrt(x[l]);
    }
    return root;
}

LOOP_F64(muladd_f64, x[k] = k % 2 ? x[k] + 0.37 : x[k] * 1.0000001)
LOOP_F64(divide_f64, x[k] = 1.7 / x[k]) /* to and fro between two values */
LOOP_F64(sqrt_f64, x[k] = square_root(x[k]) + 1.3)

#if defined(__FMA__) || defined(__FP_FAST_FMA)
#define FUSED(name) name

static inline __attribute__((always_inline)) f64_lanes fused_f64(f64_lanes a, double b, double c)
{
    f64_lanes result;
    for (int l = 0; l < F64_LANES; l++) {
        result[l] = __builtin_fma(a[l], b, c);
    }
    return result;
}

static inline __attribute__((always_inline)) f32_lanes fused_f32(f32_lanes a, float b, float c)
{
    f32_lanes result;
    for (int l = 0; l < F32_LANES; l++) {
        result[l] = __builtin_fmaf(a[l], b, c);
    }
    return result;
}

LOOP_F64(fma_f64, x[k] = fused_f64(x[k], 0.93, 0.11))

static double fma_f32(size_t n_rounds)
{
    f32_lanes x[BENCH_PEAK_CHAINS];
    for (int k = 0; k < BENCH_PEAK_CHAINS; k++) {
        for (int l = 0; l < F32_LANES; l++) {
            x[k][l] = 1.1F + 0.013F * (float)k + 0.0007F * (float)l;
        }
    }
    for (size_t r = 0; r < n_rounds; r++) {
#pragma GCC unroll 14
        for (int k = 0; k < BENCH_PEAK_CHAINS; k++) {
            x[k] = fused_f32(x[k], 0.93F, 0.11F);
        }
    }
    double total = 0.0;
    for (int k = 0; k < BENCH_PEAK_CHAINS; k++) {
        for (int l = 0; l < F32_LANES; l++) {
            total += (double)x[k][l];
        }
    }
    return total;
}
#else
#define FUSED(name) NULL
#endif

static void triad(double *restrict a, const double *restrict b, const double *restrict c, double s,
                  size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        a[i] = b[i] + s * c[i];
    }
}

const bench_peaks JOIN(bench_peaks, PEAKS_ISA, PEAKS_BITS) = {
    .isa = TEXT(PEAKS_ISA),
    .vector_bits = PEAKS_BITS,
    .loop =
        {
            [BENCH_PEAK_FMA_F64] = FUSED(fma_f64),
            [BENCH_PEAK_FMA_F32] = FUSED(fma_f32),
            [BENCH_PEAK_MULADD_F64] = muladd_f64,
            [BENCH_PEAK_DIVIDE_F64] = divide_f64,
            [BENCH_PEAK_SQRT_F64] = sqrt_f64,
        },
    .triad = triad,
};
