/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_PEAKS_H
#define BENCH_PEAKS_H

#include <stddef.h>

/*
 * Loops that run into one limit of the processor each; peaks.c is compiled once for every
 * instruction set and vector width, with the flags that the kernels of that set have.
 */

/* Independent chains: enough to cover a latency, few enough for sixteen registers. */
enum { BENCH_PEAK_CHAINS = 14 };

/* BENCH_PEAK_CHAINS vectors go through one operation (BENCH_PEAK_MULADD: half of them through a
 * multiplication, half through an addition), `n_rounds` times over; returns what keeps it alive. */
typedef double bench_peak_loop(size_t n_rounds);

/* a = b + s * c; nothing overlaps. */
typedef void bench_triad_loop(double *restrict a, const double *restrict b,
                              const double *restrict c, double s, size_t n);

typedef enum bench_peak {
    BENCH_PEAK_FMA_F64,
    BENCH_PEAK_FMA_F32,
    BENCH_PEAK_MULADD_F64,
    BENCH_PEAK_DIVIDE_F64,
    BENCH_PEAK_SQRT_F64,
    BENCH_PEAK_COUNT
} bench_peak;

typedef struct bench_peaks {
    const char *isa;
    int vector_bits;
    bench_peak_loop *loop[BENCH_PEAK_COUNT]; /* NULL: the set has no such instruction */
    bench_triad_loop *triad;
} bench_peaks;

extern const bench_peaks bench_peaks_generic_128;
#ifdef BENCH_HAVE_X86_SETS
extern const bench_peaks bench_peaks_v3_256;
extern const bench_peaks bench_peaks_v4_256;
extern const bench_peaks bench_peaks_v4_512;
#endif

#endif
