/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes applied to arrays; compiled once per instruction set. See lanes_ops.h. */
#include "lanes_cases.h"

#include "draw_lanes.h"
#include "lanes_list.h"
#include "lanes_ops.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b)  JOIN_(a, b)
#define TEXT_(x)    #x
#define TEXT(x)     TEXT_(x)
#define RUN(name)   JOIN(JOIN(run, TYPE), name)

#define OP(name, exact, lanes, twin)                                                               \
    static void RUN(name)(const void *p, const void *q, const void *r, void *to, size_t n)         \
    {                                                                                              \
        for (size_t at = 0; at < n; at += N) {                                                     \
            const E *A = (const E *)p + at;                                                        \
            const VECTOR a = T(load)(A);                                                           \
            const VECTOR b = T(load)((const E *)q + at);                                           \
            const VECTOR c = T(load)((const E *)r + at);                                           \
            (void)a, (void)b, (void)c;                                                             \
            T(store)((E *)to + at, lanes);                                                         \
        }                                                                                          \
    }

/* helpers that are the same text for every type */
#define HELPERS                                                                                    \
    QF_LANES VECTOR truth(MASK m)                                                                  \
    {                                                                                              \
        return T(select)(m, T(set1)(1), T(set1)(0));                                               \
    }                                                                                              \
    QF_LANES VECTOR aligned_copy(const E *from)                                                    \
    {                                                                                              \
        _Alignas(64) E copy[2][N];                                                                 \
        memcpy(copy[0], from, sizeof copy[0]);                                                     \
        T(store_aligned)(copy[1], T(load_aligned)(copy[0]));                                       \
        return T(load)(copy[1]);                                                                   \
    }                                                                                              \
    QF_LANES VECTOR compressed(MASK keep, VECTOR v)                                                \
    {                                                                                              \
        E packed[N];                                                                               \
        T(compress)(packed, keep, v);                                                              \
        return T(load)(packed);                                                                    \
    }                                                                                              \
    QF_LANES size_t kept_by(MASK keep, VECTOR v)                                                   \
    {                                                                                              \
        E packed[N];                                                                               \
        return T(compress)(packed, keep, v);                                                       \
    }                                                                                              \
    QF_LANES VECTOR gathered(const E *base, VECTOR b)                                              \
    {                                                                                              \
        INDEX index;                                                                               \
        memcpy(&index, &b, sizeof index);                                                          \
        return T(gather)(base, INDEX_OF(and)(index, INDEX_OF(set1)(N - 1)));                       \
    }
#define truth        NAMED(truth)
#define aligned_copy NAMED(aligned_copy)
#define compressed   NAMED(compressed)
#define kept_by      NAMED(kept_by)
#define gathered     NAMED(gathered)
#define NAMED(name)  JOIN(name, TYPE)

QF_LANES qf_u32x16 high_product(qf_u32x16 a, qf_u32x16 b)
{
    uint64_t product[16];
    uint32_t high[16];
    qf_u64x8_store(product, qf_u64x8_mul(qf_u64x8_from_u32x16_low(a), qf_u64x8_from_u32x16_low(b)));
    qf_u64x8_store(product + 8,
                   qf_u64x8_mul(qf_u64x8_from_u32x16_high(a), qf_u64x8_from_u32x16_high(b)));
    for (int i = 0; i < 16; i++) {
        high[i] = (uint32_t)(product[i] >> 32);
    }
    return qf_u32x16_load(high);
}

/* what list_bits leaves beyond its list is made zero */
QF_LANES qf_u32x16 listed(uint32_t bits, uint32_t base)
{
    uint32_t list[16];
    for (size_t i = qf_u32x16_list_bits(list, bits, base); i < 16; i++) {
        list[i] = 0;
    }
    return qf_u32x16_load(list);
}

QF_LANES qf_f32x16 difference(qf_f64x16 a, qf_f64x16 b)
{
    return qf_f32x16_from_f64x16(
        (qf_f64x16){qf_f64x8_sub(a.low, b.low), qf_f64x8_sub(a.high, b.high)});
}

QF_LANES qf_u32x16 u32_difference(qf_u32x16 a, qf_u32x16 b)
{
    return qf_u32x16_bits_of(difference(qf_f64x16_from_u32x16(a), qf_f64x16_from_u32x16(b)));
}

QF_LANES qf_i32x16 i32_difference(qf_i32x16 a, qf_i32x16 b)
{
    return qf_i32x16_bits_of(
        qf_u32x16_bits_of(difference(qf_f64x16_from_i32x16(a), qf_f64x16_from_i32x16(b))));
}

QF_LANES qf_i32x16 i32_as_f32_bits(qf_i32x16 a)
{
    return qf_i32x16_bits_of(qf_u32x16_bits_of(qf_f32x16_from_i32x16(a)));
}

QF_LANES qf_f32x16 product_in_f64(qf_f32x16 a, qf_f32x16 b)
{
    const qf_f64x16 x = qf_f64x16_from_f32x16(a);
    const qf_f64x16 y = qf_f64x16_from_f32x16(b);
    return qf_f32x16_from_f64x16(
        (qf_f64x16){qf_f64x8_mul(x.low, y.low), qf_f64x8_mul(x.high, y.high)});
}

QF_LANES qf_f32x16 scaled_to_i32(qf_f32x16 a)
{
    const qf_f32x16 scaled = qf_f32x16_mul(a, qf_f32x16_set1(0x1p20f));
    return qf_f32x16_from_i32x16(qf_i32x16_from_f32x16(scaled));
}

/* clang-format off */
#define TYPE         u32
#define T(operation) qf_u32x16_##operation
#define M(operation) qf_mask32x16_##operation
#define VECTOR       qf_u32x16
#define MASK         qf_mask32x16
#define E            uint32_t
#define N            16
#define INDEX        qf_u32x16
#define INDEX_OF(operation) qf_u32x16_##operation
HELPERS
LANES_COMMON_OPS(OP) LANES_INTEGER_OPS(OP) LANES_UNSIGNED_OPS(OP) LANES_WORD_OPS(OP)
#undef TYPE
#undef T
#undef VECTOR
#undef E
#define TYPE         i32
#define T(operation) qf_i32x16_##operation
#define VECTOR       qf_i32x16
#define E            int32_t
HELPERS
LANES_COMMON_OPS(OP) LANES_INTEGER_OPS(OP) LANES_SIGNED_OPS(OP)
#undef TYPE
#undef T
#undef VECTOR
#undef E
#define TYPE         f32
#define T(operation) qf_f32x16_##operation
#define VECTOR       qf_f32x16
#define E            float
#define QF_BITS      qf_u32x16_bits_of
HELPERS
LANES_COMMON_OPS(OP) LANES_FLOAT_OPS(OP) LANES_F32_OPS(OP) LANES_MATH_OPS(OP)
#undef TYPE
#undef T
#undef M
#undef VECTOR
#undef MASK
#undef E
#undef N
#undef INDEX
#undef INDEX_OF
#undef QF_BITS
#define TYPE         u64
#define T(operation) qf_u64x8_##operation
#define M(operation) qf_mask64x8_##operation
#define VECTOR       qf_u64x8
#define MASK         qf_mask64x8
#define E            uint64_t
#define N            8
#define INDEX        qf_u64x8
#define INDEX_OF(operation) qf_u64x8_##operation
HELPERS
LANES_COMMON_OPS(OP) LANES_INTEGER_OPS(OP) LANES_UNSIGNED_OPS(OP)
#undef TYPE
#undef T
#undef VECTOR
#undef E
#define TYPE         f64
#define T(operation) qf_f64x8_##operation
#define VECTOR       qf_f64x8
#define E            double
#define QF_BITS      qf_u64x8_bits_of
HELPERS
LANES_COMMON_OPS(OP) LANES_FLOAT_OPS(OP) LANES_MATH_OPS(OP)
#undef TYPE
/* clang-format on */

#include "lanes_table.h"

                    static void philox(uint32_t block[4][16], uint64_t key)
{
    qf_philox_x16 counter;
    for (int w = 0; w < 4; w++) {
        counter.word[w] = qf_u32x16_load(block[w]);
    }
    counter = qf_philox_lanes(counter, key);
    for (int w = 0; w < 4; w++) {
        qf_u32x16_store(block[w], counter.word[w]);
    }
}

static qf_f64x16 drawn(lanes_draw kind, qf_draw_keys keys, const lanes_keys *k)
{
    switch (kind) {
    case DRAW_UNIFORM:
        return qf_draw_uniform_lanes(keys);
    case DRAW_NORMAL:
        return qf_draw_normal_lanes(keys);
    case DRAW_EXPONENTIAL:
        return qf_draw_exponential_lanes(keys);
    case DRAW_POISSON:
        return qf_draw_poisson_lanes(
            keys, (qf_f64x16){qf_f64x8_load(k->mean), qf_f64x8_load(k->mean + 8)});
    case DRAW_GAMMA:
    case DRAW_KINDS:
        break;
    }
    return qf_draw_gamma_lanes(keys, k->twice_shape);
}

static void draw(lanes_draw kind, const lanes_keys *k, double out[16])
{
    const qf_draw_keys keys = {.seed = k->seed,
                               .world = qf_u32x16_load(k->world),
                               .vehicle = qf_u32x16_load(k->vehicle),
                               .tick = k->tick,
                               .stream = k->stream,
                               .draw = qf_u32x16_load(k->draw)};
    const qf_f64x16 x = drawn(kind, keys, k);
    qf_f64x8_store(out, x.low);
    qf_f64x8_store(out + 8, x.high);
}

const lanes_set JOIN(lanes_of, QF_ISA) = {TEXT(QF_ISA), ops, philox, draw};
