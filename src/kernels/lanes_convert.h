/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_CONVERT_H
#define QF_LANES_CONVERT_H

#include "lanes.h"

/*
 * From one type of lanes to another. A 64-bit type has half as many lanes, so that widening takes
 * the lower eight (`_low`) or the upper eight (`_high`) of sixteen, and narrowing takes two.
 */

/* Sixteen doubles, for results that belong to sixteen 32-bit lanes. */
typedef struct qf_f64x16 {
    qf_f64x8 low;
    qf_f64x8 high;
} qf_f64x16;

#define QF_LOW_HALF(x) __builtin_shufflevector(x, x, QF_NATIVE_LOW32)
#define QF_TOP_HALF(x) __builtin_shufflevector(x, x, QF_NATIVE_TOP32)

/* eight lanes of `v`: those from part `first` on */
#if QF_NATIVE_BYTES == 32
#define QF_WIDEN_PARTS(v, first, to)                                                               \
    {                                                                                              \
        {                                                                                          \
            __builtin_convertvector(QF_LOW_HALF(v.part[first]), to),                               \
                __builtin_convertvector(QF_TOP_HALF(v.part[first]), to),                           \
        }                                                                                          \
    }
#else
#define QF_WIDEN_PARTS(v, first, to)                                                               \
    {                                                                                              \
        {                                                                                          \
            __builtin_convertvector(QF_LOW_HALF(v.part[first]), to),                               \
                __builtin_convertvector(QF_TOP_HALF(v.part[first]), to),                           \
                __builtin_convertvector(QF_LOW_HALF(v.part[(first) + 1]), to),                     \
                __builtin_convertvector(QF_TOP_HALF(v.part[(first) + 1]), to),                     \
        }                                                                                          \
    }
#endif
#define QF_WIDEN_LOW(v, to)  QF_WIDEN_PARTS(v, 0, to)
#define QF_WIDEN_HIGH(v, to) QF_WIDEN_PARTS(v, QF_NATIVE_PARTS / 2, to)

QF_LANES qf_f64x16 qf_f64x16_from_f32x16(qf_f32x16 v)
{
    return (qf_f64x16){QF_WIDEN_LOW(v, qf_native_f64), QF_WIDEN_HIGH(v, qf_native_f64)};
}

QF_LANES qf_f64x16 qf_f64x16_from_i32x16(qf_i32x16 v)
{
    return (qf_f64x16){QF_WIDEN_LOW(v, qf_native_f64), QF_WIDEN_HIGH(v, qf_native_f64)};
}

QF_LANES qf_u64x8 qf_u64x8_from_u32x16_low(qf_u32x16 v)
{
    return (qf_u64x8)QF_WIDEN_LOW(v, qf_native_u64);
}

QF_LANES qf_u64x8 qf_u64x8_from_u32x16_high(qf_u32x16 v)
{
    return (qf_u64x8)QF_WIDEN_HIGH(v, qf_native_u64);
}

/* The bits of a word w < 2^32 put below those of 2^52 are the double 2^52 + w. */
#define QF_AT_WORD(p, v) (qf_native_f64)((v).part[p] | UINT64_C(0x4330000000000000)) - 0x1p52

QF_LANES qf_f64x8 qf_f64x8_from_words(qf_u64x8 v)
{
    return (qf_f64x8)QF_EACH(QF_AT_WORD, v);
}
#undef QF_AT_WORD

QF_LANES qf_f64x16 qf_f64x16_from_u32x16(qf_u32x16 v)
{
    return (qf_f64x16){qf_f64x8_from_words(qf_u64x8_from_u32x16_low(v)),
                       qf_f64x8_from_words(qf_u64x8_from_u32x16_high(v))};
}

QF_LANES qf_native_f32 qf_native_narrow(qf_native_f64 low, qf_native_f64 top)
{
    return __builtin_shufflevector(__builtin_convertvector(low, qf_half_f32),
                                   __builtin_convertvector(top, qf_half_f32), QF_NATIVE_ALL32);
}

/* Rounded to nearest, ties to even. */
QF_LANES qf_f32x16 qf_f32x16_from_f64x16(qf_f64x16 v)
{
#if QF_NATIVE_BYTES == 32
    return (qf_f32x16){{qf_native_narrow(v.low.part[0], v.low.part[1]),
                        qf_native_narrow(v.high.part[0], v.high.part[1])}};
#else
    return (qf_f32x16){{qf_native_narrow(v.low.part[0], v.low.part[1]),
                        qf_native_narrow(v.low.part[2], v.low.part[3]),
                        qf_native_narrow(v.high.part[0], v.high.part[1]),
                        qf_native_narrow(v.high.part[2], v.high.part[3])}};
#endif
}

#define QF_AT_CONVERT(p, v, to) __builtin_convertvector((v).part[p], to)

/* Rounded to nearest, ties to even. */
QF_LANES qf_f32x16 qf_f32x16_from_i32x16(qf_i32x16 v)
{
    return (qf_f32x16)QF_EACH(QF_AT_CONVERT, v, qf_native_f32);
}

/* Towards zero. What no int32 holds, NaN with it, becomes INT32_MIN on every machine. */
QF_LANES qf_i32x16 qf_i32x16_from_f32x16(qf_f32x16 v)
{
    const qf_mask32x16 fits = qf_mask32x16_and(qf_f32x16_ge(v, qf_f32x16_set1(-0x1p31f)),
                                               qf_f32x16_lt(v, qf_f32x16_set1(0x1p31f)));
    v = qf_f32x16_select(fits, v, qf_f32x16_set1(0.0f));
    return qf_i32x16_select(fits, (qf_i32x16)QF_EACH(QF_AT_CONVERT, v, qf_native_i32),
                            qf_i32x16_set1(INT32_MIN));
}

/* The same bits as another type. */
#define QF_AT_BITS(p, v, to) (to)(v).part[p]

QF_LANES qf_u32x16 qf_u32x16_bits_of(qf_f32x16 v)
{
    return (qf_u32x16)QF_EACH(QF_AT_BITS, v, qf_native_u32);
}

QF_LANES qf_i32x16 qf_i32x16_bits_of(qf_u32x16 v)
{
    return (qf_i32x16)QF_EACH(QF_AT_BITS, v, qf_native_i32);
}

QF_LANES qf_f32x16 qf_f32x16_of_bits(qf_u32x16 v)
{
    return (qf_f32x16)QF_EACH(QF_AT_BITS, v, qf_native_f32);
}

QF_LANES qf_u64x8 qf_u64x8_bits_of(qf_f64x8 v)
{
    return (qf_u64x8)QF_EACH(QF_AT_BITS, v, qf_native_u64);
}

QF_LANES qf_f64x8 qf_f64x8_of_bits(qf_u64x8 v)
{
    return (qf_f64x8)QF_EACH(QF_AT_BITS, v, qf_native_f64);
}

#undef QF_LOW_HALF
#undef QF_TOP_HALF
#undef QF_WIDEN_PARTS
#undef QF_WIDEN_LOW
#undef QF_WIDEN_HIGH
#undef QF_AT_CONVERT
#undef QF_AT_BITS

#endif
