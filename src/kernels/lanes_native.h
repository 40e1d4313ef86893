/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_NATIVE_H
#define QF_LANES_NATIVE_H

#include <stdint.h>

#include "lanes_order.h"

/*
 * The vectors that lanes are made of: as wide as the machine's and never wider, because gcc 12 turns
 * comparisons and selects of wider ones into scalar code (1.6 ns per element in place of 0.12).
 * 32 bytes also on x86-64-v4, where 64 were no faster. A lane type is 64 bytes: two or four of them.
 */
#if defined(__AVX2__)
#define QF_NATIVE_BYTES 32
#define QF_NATIVE_LOW32 0, 1, 2, 3
#define QF_NATIVE_TOP32 4, 5, 6, 7
#define QF_NATIVE_ALL32 0, 1, 2, 3, 4, 5, 6, 7
#else
#define QF_NATIVE_BYTES 16
#define QF_NATIVE_LOW32 0, 1
#define QF_NATIVE_TOP32 2, 3
#define QF_NATIVE_ALL32 0, 1, 2, 3
#endif

#define QF_VECTOR(bytes) __attribute__((vector_size(bytes)))

typedef float qf_native_f32 QF_VECTOR(QF_NATIVE_BYTES);
typedef double qf_native_f64 QF_VECTOR(QF_NATIVE_BYTES);
typedef int32_t qf_native_i32 QF_VECTOR(QF_NATIVE_BYTES);
typedef int64_t qf_native_i64 QF_VECTOR(QF_NATIVE_BYTES);
typedef uint32_t qf_native_u32 QF_VECTOR(QF_NATIVE_BYTES);
typedef uint64_t qf_native_u64 QF_VECTOR(QF_NATIVE_BYTES);

/* as many elements as there are doubles in a native vector */
typedef float qf_half_f32 QF_VECTOR(QF_NATIVE_BYTES / 2);
typedef int32_t qf_half_i32 QF_VECTOR(QF_NATIVE_BYTES / 2);
typedef uint32_t qf_half_u32 QF_VECTOR(QF_NATIVE_BYTES / 2);

enum {
    QF_NATIVE_PARTS = 64 / QF_NATIVE_BYTES,
    QF_NATIVE_LANES_32 = QF_NATIVE_BYTES / 4,
    QF_NATIVE_LANES_64 = QF_NATIVE_BYTES / 8,
};

#define QF_LANES static inline __attribute__((always_inline))

/*
 * An initialiser with one expression for each part: `a op b`, or a function of parts. Not a loop over
 * parts, and no memcpy of whole lanes: both keep gcc 12 from holding the parts in registers.
 */
#if QF_NATIVE_BYTES == 32
#define QF_EACH(at, ...)                                                                           \
    {                                                                                              \
        {                                                                                          \
            at(0, __VA_ARGS__), at(1, __VA_ARGS__)                                                 \
        }                                                                                          \
    }
#else
#define QF_EACH(at, ...)                                                                           \
    {                                                                                              \
        {                                                                                          \
            at(0, __VA_ARGS__), at(1, __VA_ARGS__), at(2, __VA_ARGS__), at(3, __VA_ARGS__)         \
        }                                                                                          \
    }
#endif
#define QF_AT_INFIX(p, a, operator, b) (a).part[p] operator(b).part[p]
#define QF_AT_1(p, function, a)        function((a).part[p])
#define QF_AT_2(p, function, a, b)     function((a).part[p], (b).part[p])
#define QF_AT_3(p, function, a, b, c)  function((a).part[p], (b).part[p], (c).part[p])

/*
 * What C has no operator for. Named x86 instructions need no header; elsewhere, and where the machine lacks
 * the instruction, it is the same lane by lane, with the C library's fma, which is exact and slow.
 */
#define QF_NATIVE_LANEWISE(count, expression)                                                      \
    for (int i = 0; i < (count); i++) {                                                            \
        a[i] = expression;                                                                         \
    }                                                                                              \
    return a

QF_LANES qf_native_f32 qf_native_fma_f32(qf_native_f32 a, qf_native_f32 b, qf_native_f32 c)
{
#if defined(__AVX2__) && defined(__FMA__)
    return __builtin_ia32_vfmaddps256(a, b, c);
#else
    QF_NATIVE_LANEWISE(QF_NATIVE_LANES_32, __builtin_fmaf(a[i], b[i], c[i]));
#endif
}

QF_LANES qf_native_f64 qf_native_fma_f64(qf_native_f64 a, qf_native_f64 b, qf_native_f64 c)
{
#if defined(__AVX2__) && defined(__FMA__)
    return __builtin_ia32_vfmaddpd256(a, b, c);
#else
    QF_NATIVE_LANEWISE(QF_NATIVE_LANES_64, __builtin_fma(a[i], b[i], c[i]));
#endif
}

QF_LANES qf_native_f32 qf_native_sqrt_f32(qf_native_f32 a)
{
#if defined(__AVX2__)
    return __builtin_ia32_sqrtps256(a);
#elif defined(__SSE2__)
    return __builtin_ia32_sqrtps(a);
#else
    QF_NATIVE_LANEWISE(QF_NATIVE_LANES_32, __builtin_sqrtf(a[i]));
#endif
}

QF_LANES qf_native_f64 qf_native_sqrt_f64(qf_native_f64 a)
{
#if defined(__AVX2__)
    return __builtin_ia32_sqrtpd256(a);
#elif defined(__SSE2__)
    return __builtin_ia32_sqrtpd(a);
#else
    QF_NATIVE_LANEWISE(QF_NATIVE_LANES_64, __builtin_sqrt(a[i]));
#endif
}

#if defined(__AVX2__)
#define QF_MINMAX_X86(operation) __builtin_ia32_##operation##256
#elif defined(__SSE2__)
#define QF_MINMAX_X86(operation) __builtin_ia32_##operation
#endif

/* where ? a : b, for any native vector as its bits */
QF_LANES qf_native_i32 qf_native_select_32(qf_native_i32 where, qf_native_i32 a, qf_native_i32 b)
{
    return (where & a) | (~where & b);
}

QF_LANES qf_native_i64 qf_native_select_64(qf_native_i64 where, qf_native_i64 a, qf_native_i64 b)
{
    return (where & a) | (~where & b);
}

/* a < b ? a : b and a > b ? a : b: exactly what the x86 instructions do with NaNs and zeros */
#define QF_NATIVE_MINMAX(name, type, width, operator)                                              \
    QF_LANES type name(type a, type b)                                                             \
    {                                                                                              \
        return (type)qf_native_select_##width((qf_native_i##width)(a operator b),                  \
                                              (qf_native_i##width)a, (qf_native_i##width)b);       \
    }

QF_NATIVE_MINMAX(qf_native_min_i32, qf_native_i32, 32, <)
QF_NATIVE_MINMAX(qf_native_max_i32, qf_native_i32, 32, >)
#if defined(__AVX2__) && !defined(__clang__)
/* gcc 12 finds the instruction, and then compares and selects all the same */
QF_LANES qf_native_u32 qf_native_min_u32(qf_native_u32 a, qf_native_u32 b)
{
    return (qf_native_u32)__builtin_ia32_pminud256((qf_native_i32)a, (qf_native_i32)b);
}
#else
QF_NATIVE_MINMAX(qf_native_min_u32, qf_native_u32, 32, <)
#endif
QF_NATIVE_MINMAX(qf_native_max_u32, qf_native_u32, 32, >)
QF_NATIVE_MINMAX(qf_native_min_u64, qf_native_u64, 64, <)
QF_NATIVE_MINMAX(qf_native_max_u64, qf_native_u64, 64, >)
#ifdef QF_MINMAX_X86
#define qf_native_min_f32 QF_MINMAX_X86(minps)
#define qf_native_max_f32 QF_MINMAX_X86(maxps)
#define qf_native_min_f64 QF_MINMAX_X86(minpd)
#define qf_native_max_f64 QF_MINMAX_X86(maxpd)
#else
QF_NATIVE_MINMAX(qf_native_min_f32, qf_native_f32, 32, <)
QF_NATIVE_MINMAX(qf_native_max_f32, qf_native_f32, 32, >)
QF_NATIVE_MINMAX(qf_native_min_f64, qf_native_f64, 64, <)
QF_NATIVE_MINMAX(qf_native_max_f64, qf_native_f64, 64, >)
#endif
#undef QF_NATIVE_MINMAX

/*
 * The 64-bit products of the low 32 bits of each 64-bit element; the high bits are not looked at.
 * One instruction on x86, which gcc 12 does not find in the plain expression (clang does).
 */
QF_LANES qf_native_u64 qf_native_multiply_low32(qf_native_u64 a, qf_native_u64 b)
{
#if defined(__AVX2__) && !defined(__clang__)
    return (qf_native_u64)__builtin_ia32_pmuludq256((qf_native_i32)a, (qf_native_i32)b);
#elif defined(__SSE2__) && !defined(__clang__)
    return (qf_native_u64)__builtin_ia32_pmuludq128((qf_native_i32)a, (qf_native_i32)b);
#else
    return (a & UINT64_C(0xFFFFFFFF)) * (b & UINT64_C(0xFFFFFFFF));
#endif
}

/*
 * The elements whose bits are set come first, in their order, then the others: a permutation that is
 * looked up. Without an instruction for it, lanes_common.inc takes element by element.
 */
#if defined(__AVX2__)
typedef uint8_t qf_native_bytes QF_VECTOR(8);

QF_LANES qf_native_i32 qf_native_pack_32(qf_native_i32 v, uint32_t bits)
{
    const qf_native_i32 from =
        __builtin_convertvector((qf_native_bytes)qf_lanes_order[bits], qf_native_i32);
    return __builtin_ia32_permvarsi256(v, from);
}
#endif

/* Bit i of the answer is the sign bit of element i. */
QF_LANES uint32_t qf_native_signs_32(qf_native_i32 mask)
{
#if defined(__AVX2__)
    return (uint32_t)__builtin_ia32_movmskps256((qf_native_f32)mask);
#elif defined(__SSE2__)
    return (uint32_t)__builtin_ia32_movmskps((qf_native_f32)mask);
#else
    uint32_t bits = 0;
    for (int i = 0; i < QF_NATIVE_LANES_32; i++) {
        bits |= (uint32_t)(mask[i] < 0) << i;
    }
    return bits;
#endif
}

QF_LANES uint32_t qf_native_signs_64(qf_native_i64 mask)
{
#if defined(__AVX2__)
    return (uint32_t)__builtin_ia32_movmskpd256((qf_native_f64)mask);
#elif defined(__SSE2__)
    return (uint32_t)__builtin_ia32_movmskpd((qf_native_f64)mask);
#else
    uint32_t bits = 0;
    for (int i = 0; i < QF_NATIVE_LANES_64; i++) {
        bits |= (uint32_t)(mask[i] < 0) << i;
    }
    return bits;
#endif
}

#endif
