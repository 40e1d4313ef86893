/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_LANES_CASES_H
#define QF_TEST_LANES_CASES_H

#include <stddef.h>
#include <stdint.h>

typedef enum lanes_type { LANES_U32, LANES_I32, LANES_U64, LANES_F32, LANES_F64 } lanes_type;

/* out[i] for i < n, which is a multiple of 16; no array overlaps another */
typedef void lanes_run(const void *a, const void *b, const void *c, void *out, size_t n);

typedef struct lanes_op {
    const char *name;
    lanes_type type;
    int exact; /* a NaN must have the same bits, too */
    int math;  /* a transcendental function */
    lanes_run *run;
} lanes_op;

typedef enum lanes_draw {
    DRAW_UNIFORM,
    DRAW_NORMAL,
    DRAW_EXPONENTIAL,
    DRAW_POISSON,
    DRAW_GAMMA,
    DRAW_KINDS
} lanes_draw;

/* Sixteen keys, and the parameter of the distributions that have one. */
typedef struct lanes_keys {
    uint64_t seed;
    uint32_t world[16];
    uint32_t vehicle[16];
    uint32_t draw[16];
    uint32_t tick;
    uint32_t stream;
    double mean[16];
    int twice_shape;
} lanes_keys;

/* One instruction set's lanes, or their twin in plain C. */
typedef struct lanes_set {
    const char *isa;
    const lanes_op *ops; /* ends with a name of NULL; the same order in every set */
    void (*philox)(uint32_t block[4][16], uint64_t key);
    void (*draw)(lanes_draw kind, const lanes_keys *keys, double out[16]);
} lanes_set;

extern const lanes_set lanes_of_twin;
extern const lanes_set lanes_of_generic;
#ifdef TEST_HAVE_X86_SETS
extern const lanes_set lanes_of_v3;
extern const lanes_set lanes_of_v4;
#endif

#endif
