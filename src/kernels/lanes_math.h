/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_MATH_H
#define QF_LANES_MATH_H

#include "lanes.h"
#include "scalar_math.h"

/*
 * Transcendental functions over lanes: qf_f32x16_F and qf_f64x8_F for F of sin, cos, asin, atan2,
 * exp, exp2, exp10, log, log10, pow. Within 1 ulp; same bits everywhere.
 *
 * They are SLEEF's bit-reproducible `finz` family: its AVX2 or AVX-512F members where the compiler may use
 * those, elsewhere the scalar member for each lane. The values are equal (tests/test_lanes.c); payloads
 * of NaNs are not, so they are made canonical here.
 *
 * Reduce angles first: one angle beyond about 1e9 (double) or 4e4 (float) sends all lanes
 * through the slow reduction. sleef.h is not included: its prototypes need the headers of
 * intrinsics; a vector by another name is passed the same way.
 */
#if defined(__AVX512F__)
typedef float qf_call_f32 QF_VECTOR(64);
typedef double qf_call_f64 QF_VECTOR(64);
#define QF_SLEEF_F32(function) Sleef_finz_##function##f16_u10avx512f
#define QF_SLEEF_F64(function) Sleef_finz_##function##d8_u10avx512f

/* by shuffles: a detour through memory would wait for both of its halves */
QF_LANES qf_call_f32 qf_f32x16_join(qf_f32x16 v)
{
    return __builtin_shufflevector(v.part[0], v.part[1], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                   13, 14, 15);
}

QF_LANES qf_f32x16 qf_f32x16_split(qf_call_f32 v)
{
    return (qf_f32x16){{__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7),
                        __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)}};
}

QF_LANES qf_call_f64 qf_f64x8_join(qf_f64x8 v)
{
    return __builtin_shufflevector(v.part[0], v.part[1], 0, 1, 2, 3, 4, 5, 6, 7);
}

QF_LANES qf_f64x8 qf_f64x8_split(qf_call_f64 v)
{
    return (qf_f64x8){
        {__builtin_shufflevector(v, v, 0, 1, 2, 3), __builtin_shufflevector(v, v, 4, 5, 6, 7)}};
}

#define QF_CALL_1(type, sleef, a)    type##_split(sleef(type##_join(a)))
#define QF_CALL_2(type, sleef, a, b) type##_split(sleef(type##_join(a), type##_join(b)))
#elif defined(__AVX2__) && defined(__FMA__)
typedef qf_native_f32 qf_call_f32;
typedef qf_native_f64 qf_call_f64;
#define QF_SLEEF_F32(function)       Sleef_finz_##function##f8_u10avx2
#define QF_SLEEF_F64(function)       Sleef_finz_##function##d4_u10avx2
#define QF_CALL_1(type, sleef, a)    (type) QF_EACH(QF_AT_1, sleef, a)
#define QF_CALL_2(type, sleef, a, b) (type) QF_EACH(QF_AT_2, sleef, a, b)
#else
typedef float qf_call_f32;
typedef double qf_call_f64;
#define QF_SLEEF_F32(function)       Sleef_finz_##function##f1_u10purecfma
#define QF_SLEEF_F64(function)       Sleef_finz_##function##d1_u10purecfma
#define QF_CALL_1(type, sleef, a)    type##_each_1(sleef, a)
#define QF_CALL_2(type, sleef, a, b) type##_each_2(sleef, a, b)

#define QF_MATH_EACH(type, call)                                                                   \
    QF_LANES type type##_each_1(call function(call), type a)                                       \
    {                                                                                              \
        call x[64 / sizeof(call)];                                                                 \
        type##_store(x, a);                                                                        \
        for (size_t i = 0; i < 64 / sizeof(call); i++) {                                           \
            x[i] = function(x[i]);                                                                 \
        }                                                                                          \
        return type##_load(x);                                                                     \
    }                                                                                              \
    QF_LANES type type##_each_2(call function(call, call), type a, type b)                         \
    {                                                                                              \
        call x[64 / sizeof(call)];                                                                 \
        call y[64 / sizeof(call)];                                                                 \
        type##_store(x, a);                                                                        \
        type##_store(y, b);                                                                        \
        for (size_t i = 0; i < 64 / sizeof(call); i++) {                                           \
            x[i] = function(x[i], y[i]);                                                           \
        }                                                                                          \
        return type##_load(x);                                                                     \
    }

QF_MATH_EACH(qf_f32x16, float)
QF_MATH_EACH(qf_f64x8, double)
#undef QF_MATH_EACH
#endif

#define QF_MATH_1(type, call, sleef, function)                                                     \
    call sleef(function)(call);                                                                    \
    QF_LANES type type##_##function(type a)                                                        \
    {                                                                                              \
        return type##_canonical(QF_CALL_1(type, sleef(function), a));                              \
    }

#define QF_MATH_2(type, call, sleef, function)                                                     \
    call sleef(function)(call, call);                                                              \
    QF_LANES type type##_##function(type a, type b)                                                \
    {                                                                                              \
        return type##_canonical(QF_CALL_2(type, sleef(function), a, b));                           \
    }

#define QF_MATH_BOTH(arity, function)                                                              \
    QF_MATH_##arity(qf_f32x16, qf_call_f32, QF_SLEEF_F32, function)                                \
        QF_MATH_##arity(qf_f64x8, qf_call_f64, QF_SLEEF_F64, function)

QF_MATH_BOTH(1, sin)
QF_MATH_BOTH(1, cos)
QF_MATH_BOTH(1, asin)
QF_MATH_BOTH(1, exp)
QF_MATH_BOTH(1, exp2)
QF_MATH_BOTH(1, exp10)
QF_MATH_BOTH(1, log)
QF_MATH_BOTH(1, log10)
QF_MATH_BOTH(2, atan2)
QF_MATH_BOTH(2, pow)

#undef QF_MATH_1
#undef QF_MATH_2
#undef QF_MATH_BOTH
#undef QF_CALL_1
#undef QF_CALL_2
#undef QF_SLEEF_F32
#undef QF_SLEEF_F64

#endif
