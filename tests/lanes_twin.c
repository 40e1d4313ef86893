/* SPDX-License-Identifier: Apache-2.0 */
/* What lanes must do, one lane after the other in plain C: nothing of lanes.h. See lanes_ops.h. */
#include <math.h>
#include <string.h>

#include "draw.h"
#include "lanes_cases.h"
#include "lanes_ops.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b)  JOIN_(a, b)
#define NAMED(name) JOIN(name, TYPE)
#define RUN(name)   JOIN(JOIN(run, TYPE), name)

#define OP(name, exact, lanes, twin)                                                               \
    static void RUN(name)(const void *p, const void *q, const void *r, void *to, size_t n)         \
    {                                                                                              \
        for (size_t at = 0; at < n; at += N) {                                                     \
            const E *A = (const E *)p + at;                                                        \
            const E *B = (const E *)q + at;                                                        \
            const E *C = (const E *)r + at;                                                        \
            for (size_t i = 0; i < N; i++) {                                                       \
                const E a = A[i];                                                                  \
                const E b = B[i];                                                                  \
                const E c = C[i];                                                                  \
                (void)a, (void)b, (void)c;                                                         \
                ((E *)to)[at + i] = (E)(twin);                                                     \
            }                                                                                      \
        }                                                                                          \
    }

#define HELPERS                                                                                    \
    static uint32_t lower_bits(const E *a, const E *b)                                             \
    {                                                                                              \
        uint32_t bits = 0;                                                                         \
        for (int i = 0; i < N; i++) {                                                              \
            bits |= (uint32_t)(a[i] < b[i]) << i;                                                  \
        }                                                                                          \
        return bits;                                                                               \
    }                                                                                              \
    static int all_le_max(const E *a, const E *b)                                                  \
    {                                                                                              \
        for (int i = 0; i < N; i++) {                                                              \
            if (!(b[i] <= (a[i] > b[i] ? a[i] : b[i]))) {                                          \
                return 0;                                                                          \
            }                                                                                      \
        }                                                                                          \
        return 1;                                                                                  \
    }                                                                                              \
    static E compress_twin(const E *a, const E *b, const E *c, size_t wanted)                      \
    {                                                                                              \
        for (int i = 0; i < N; i++) {                                                              \
            if (a[i] < b[i] && wanted-- == 0) {                                                    \
                return c[i];                                                                       \
            }                                                                                      \
        }                                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    static size_t index_of(E x)                                                                    \
    {                                                                                              \
        UNSIGNED bits;                                                                             \
        memcpy(&bits, &x, sizeof bits);                                                            \
        return bits % N;                                                                           \
    }

/* the tree of a sum as a recursion: the lower half's element and the upper half's */
#define FLOAT_HELPERS                                                                              \
    static E tree(const E *a, int stride)                                                          \
    {                                                                                              \
        return stride == N ? a[0] : tree(a, 2 * stride) + tree(a + stride, 2 * stride);            \
    }                                                                                              \
    static int argmin_twin(const E *a, const E *b, const E *c)                                     \
    {                                                                                              \
        int best = -1;                                                                             \
        for (int i = 0; i < N; i++) {                                                              \
            const int among = !b || b[i] < c[i];                                                   \
            if (among && !isnan(a[i]) && (best < 0 || a[i] < a[best])) {                           \
                best = i;                                                                          \
            }                                                                                      \
        }                                                                                          \
        return best;                                                                               \
    }                                                                                              \
    static E one_nan(E x)                                                                          \
    {                                                                                              \
        return isnan(x) ? (E)NAN : x;                                                              \
    }
#define lower_bits    NAMED(lower_bits)
#define all_le_max    NAMED(all_le_max)
#define compress_twin NAMED(compress_twin)
#define index_of      NAMED(index_of)
#define tree          NAMED(tree)
#define sum_twin(a)   tree(a, 1)
#define argmin_twin   NAMED(argmin_twin)
#define one_nan       NAMED(one_nan)

static uint32_t f32_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint32_t list_twin(uint32_t bits, uint32_t base, size_t wanted)
{
    for (uint32_t i = 0; i < 16; i++) {
        if ((bits >> i & 1) && wanted-- == 0) {
            return base + i;
        }
    }
    return 0;
}

/* volatile, because without trapping math gcc 12 makes (float)(int32_t)x a rounding that keeps the sign
 * of -0.5, wherever the machine has such an instruction */
static int32_t to_i32_twin(float x)
{
    const volatile int32_t whole = x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : INT32_MIN;
    return whole;
}

/* clang-format off */
#define TYPE     u32
#define E        uint32_t
#define UNSIGNED uint32_t
#define N        16
HELPERS
LANES_COMMON_OPS(OP) LANES_INTEGER_OPS(OP) LANES_UNSIGNED_OPS(OP) LANES_WORD_OPS(OP)
#undef TYPE
#undef E
#define TYPE     i32
#define E        int32_t
HELPERS
LANES_COMMON_OPS(OP) LANES_INTEGER_OPS(OP) LANES_SIGNED_OPS(OP)
#undef TYPE
#undef E
#define TYPE     f32
#define E        float
#define F(name)     name##f
#define SLEEF(name) Sleef_finz_##name##f1_u10purecfma
HELPERS
FLOAT_HELPERS
LANES_COMMON_OPS(OP) LANES_FLOAT_OPS(OP) LANES_F32_OPS(OP) LANES_MATH_OPS(OP)
#undef TYPE
#undef E
#undef UNSIGNED
#undef N
#undef F
#undef SLEEF
#define TYPE     u64
#define E        uint64_t
#define UNSIGNED uint64_t
#define N        8
HELPERS
LANES_COMMON_OPS(OP) LANES_INTEGER_OPS(OP) LANES_UNSIGNED_OPS(OP)
#undef TYPE
#undef E
#define TYPE     f64
#define E        double
#define F(name)     name
#define SLEEF(name) Sleef_finz_##name##d1_u10purecfma
HELPERS
FLOAT_HELPERS
LANES_COMMON_OPS(OP) LANES_FLOAT_OPS(OP) LANES_MATH_OPS(OP)
#undef TYPE
/* clang-format on */

#include "lanes_table.h"

                static void philox(uint32_t block[4][16], uint64_t key)
{
    for (int i = 0; i < 16; i++) {
        const qf_philox_block counter = {{block[0][i], block[1][i], block[2][i], block[3][i]}};
        const qf_philox_block answer = qf_philox(counter, key);
        for (int w = 0; w < 4; w++) {
            block[w][i] = answer.word[w];
        }
    }
}

static double drawn(lanes_draw kind, qf_draw_key key, double mean, int twice_shape)
{
    switch (kind) {
    case DRAW_UNIFORM:
        return qf_draw_uniform(key);
    case DRAW_NORMAL:
        return qf_draw_normal(key);
    case DRAW_EXPONENTIAL:
        return qf_draw_exponential(key);
    case DRAW_POISSON:
        return qf_draw_poisson(key, mean);
    case DRAW_GAMMA:
    case DRAW_KINDS:
        break;
    }
    return qf_draw_gamma(key, twice_shape);
}

static void draw(lanes_draw kind, const lanes_keys *k, double out[16])
{
    for (int i = 0; i < 16; i++) {
        const qf_draw_key key = {.seed = k->seed,
                                 .world = k->world[i],
                                 .vehicle = k->vehicle[i],
                                 .tick = k->tick,
                                 .stream = k->stream,
                                 .draw = k->draw[i]};
        out[i] = drawn(kind, key, k->mean[i], k->twice_shape);
    }
}

const lanes_set lanes_of_twin = {"twin", ops, philox, draw};
