/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this machine can do, measured in the same run as what the program does: the limits that
 * report.py compares kernels with.
 *
 *   roofline/triad/ISA/BITS/LEVEL/threads:N    a = b + s c over three columns that fit LEVEL
 *   roofline/OPERATION/ISA/BITS/threads:N      fma_f64, fma_f32, muladd_f64, divide_f64, sqrt_f64
 *
 * BITS is the width of the vectors. Each thread works on memory of its own. Bytes are counted as in
 * STREAM, two columns read and one written; a fused multiplication and addition are two operations.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "columns.h"
#include "gbench.h"
#include "kernels.h"
#include "machine.h"
#include "peaks.h"
#include "scene.h"

enum {
    PEAK_ROUNDS = 200000,
    TRIAD_BYTES = 64 << 20, /* of each thread in an iteration: its start must be nothing */
    TRIAD_COLUMNS = 3,
};

static const struct {
    const char *name;
    double operations_per_lane;
    int lane_bits;
} peak_rows[BENCH_PEAK_COUNT] = {
    [BENCH_PEAK_FMA_F64] = {"fma_f64", 2.0, 64},
    [BENCH_PEAK_FMA_F32] = {"fma_f32", 2.0, 32},
    [BENCH_PEAK_MULADD_F64] = {"muladd_f64", 1.0, 64},
    [BENCH_PEAK_DIVIDE_F64] = {"divide_f64", 1.0, 64},
    [BENCH_PEAK_SQRT_F64] = {"sqrt_f64", 1.0, 64},
};

static const bench_peaks *const all_peaks[] = {
#ifdef BENCH_HAVE_X86_SETS
    &bench_peaks_v4_512,
    &bench_peaks_v4_256,
    &bench_peaks_v3_256,
#endif
    &bench_peaks_generic_128,
};
enum { N_PEAKS = sizeof all_peaks / sizeof *all_peaks };

typedef struct roofline_case {
    const bench_peaks *peaks;
    bench_peak peak;
    bench_level level;
    size_t footprint_bytes; /* of a thread; 0: a peak, no triad */
    int n_threads;
} roofline_case;

static void run_peak(gbench_state *state, const void *user)
{
    const roofline_case *c = user;
    bench_peak_loop *loop = c->peaks->loop[c->peak];
    volatile double kept = 0.0;
    double loops = 0.0;
    while (gbench_next(state)) {
        double total = 0.0;
#pragma omp parallel num_threads(c->n_threads) reduction(+ : total)
        total += loop(PEAK_ROUNDS);
        kept = kept + total;
        loops += c->n_threads;
    }
    const double lanes = c->peaks->vector_bits / peak_rows[c->peak].lane_bits;
    gbench_counter_per_second(state, "operations_per_second",
                              loops * PEAK_ROUNDS * BENCH_PEAK_CHAINS * lanes *
                                  peak_rows[c->peak].operations_per_lane);
}

/* one thread's columns, laid out as the fleet's are */
typedef struct triad_memory {
    void *memory;
    size_t bytes;
    double *column[TRIAD_COLUMNS];
} triad_memory;

static bool triad_allocate(triad_memory *m, size_t n)
{
    qf_context context = qf_context_default();
    m->bytes = qf_columns_bytes(TRIAD_COLUMNS, n);
    if (m->bytes == 0 || qf_columns_map(&context, m->bytes, &m->memory) != QF_OK) {
        return false;
    }
    for (size_t k = 0; k < TRIAD_COLUMNS; k++) {
        m->column[k] = (double *)((char *)m->memory + qf_columns_offset(k, n));
        for (size_t i = 0; i < n; i++) {
            m->column[k][i] = 1.0 + (double)(i % 7);
        }
    }
    return true;
}

static double triad_loop(gbench_state *state, const roofline_case *c, triad_memory *threads,
                         size_t n)
{
    const size_t passes = 1 + TRIAD_BYTES / c->footprint_bytes;
    double bytes = 0.0;
    while (gbench_next(state)) {
#pragma omp parallel for schedule(static) num_threads(c->n_threads)
        for (int t = 0; t < c->n_threads; t++) {
            double *const *column = threads[t].column;
            for (size_t p = 0; p < passes; p++) {
                c->peaks->triad(column[0], column[1], column[2], 0.5, n);
            }
        }
        bytes += (double)(c->n_threads * TRIAD_COLUMNS) * 8.0 * (double)(n * passes);
    }
    return bytes;
}

static void run_triad(gbench_state *state, const void *user)
{
    const roofline_case *c = user;
    const size_t n = c->footprint_bytes / TRIAD_COLUMNS / 8;
    triad_memory *threads = calloc((size_t)c->n_threads, sizeof *threads);
    bool ready = threads != NULL;
    if (threads) {
        /* by the thread that will use it */
#pragma omp parallel for schedule(static) num_threads(c->n_threads) reduction(&& : ready)
        for (int t = 0; t < c->n_threads; t++) {
            ready = triad_allocate(&threads[t], n) && ready;
        }
    }
    if (ready) {
        const double bytes = triad_loop(state, c, threads, n);
        gbench_counter_per_second(state, "bytes_per_second", bytes);
        gbench_counter(state, "footprint_bytes", (double)c->footprint_bytes);
    } else {
        gbench_fail(state, "out of memory");
    }
    for (int t = 0; threads && t < c->n_threads; t++) {
        qf_columns_unmap(threads[t].memory, threads[t].bytes);
    }
    free(threads);
}

static void add(roofline_case new_case)
{
    enum { MOST_CASES = N_PEAKS * 2 * (BENCH_PEAK_COUNT + BENCH_LEVELS) };
    static roofline_case cases[MOST_CASES];
    static size_t n_cases;
    roofline_case *c = &cases[n_cases++];
    *c = new_case;
    char name[96];
    if (c->footprint_bytes > 0) {
        snprintf(name, sizeof name, "roofline/triad/%s/%d/%s/threads:%d", c->peaks->isa,
                 c->peaks->vector_bits, bench_level_names[c->level], c->n_threads);
        gbench_register(name, run_triad, c, GBENCH_US);
    } else {
        snprintf(name, sizeof name, "roofline/%s/%s/%d/threads:%d", peak_rows[c->peak].name,
                 c->peaks->isa, c->peaks->vector_bits, c->n_threads);
        gbench_register(name, run_peak, c, GBENCH_US);
    }
}

static void add_limits(const bench_peaks *peaks, const bench_caches *caches, int n_threads)
{
    for (bench_level level = BENCH_L1; level < BENCH_LEVELS; level++) {
        const size_t bytes = bench_level_footprint(caches, level, n_threads);
        if (bytes > 0) {
            add((roofline_case){
                .peaks = peaks, .level = level, .footprint_bytes = bytes, .n_threads = n_threads});
        }
    }
    for (bench_peak peak = 0; peak < BENCH_PEAK_COUNT; peak++) {
        if (peaks->loop[peak]) {
            add((roofline_case){.peaks = peaks, .peak = peak, .n_threads = n_threads});
        }
    }
}

/* one thread for every instruction set, all threads for the best */
void bench_roofline_register(int n_threads)
{
    bench_caches caches;
    if (!bench_caches_find(&caches)) {
        fprintf(stderr, "hwloc reports no caches: no triad is measured\n");
    }
    for (size_t p = 0; p < N_PEAKS; p++) {
        const qf_kernels *kernels = qf_kernels_for(all_peaks[p]->isa);
        if (kernels) {
            add_limits(all_peaks[p], &caches, 1);
            if (n_threads > 1 && kernels == qf_kernels_best()) {
                add_limits(all_peaks[p], &caches, n_threads);
            }
        }
    }
}
