/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BENCH_LANES_H
#define QF_BENCH_LANES_H

#include <stddef.h>
#include <stdint.h>

/* Elements of a pass: with its results well within the first-level cache. */
enum { BENCH_LANES_N = 2048 };

typedef struct bench_lanes_data {
    _Alignas(64) float f32[BENCH_LANES_N];
    _Alignas(64) double f64[BENCH_LANES_N];
    _Alignas(64) uint32_t words[BENCH_LANES_N];
    _Alignas(64) double out[BENCH_LANES_N];
} bench_lanes_data;

/* One pass over the data, of BENCH_LANES_N results. */
typedef struct bench_lanes_case {
    const char *name;
    void (*pass)(bench_lanes_data *data);
} bench_lanes_case;

/* Tables end with a name of NULL. */
extern const bench_lanes_case bench_lanes_of_scalar[];
extern const bench_lanes_case bench_lanes_of_generic[];
#ifdef BENCH_HAVE_X86_SETS
extern const bench_lanes_case bench_lanes_of_v3[];
extern const bench_lanes_case bench_lanes_of_v4[];
#endif

#endif
