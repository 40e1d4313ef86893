/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_SINGLE_H
#define QF_LANES_SINGLE_H

#include "lanes_convert.h"

/*
 * Functions of single precision for kernels that use so many of them that the general ones of lanes_math.h
 * would take most of their time: uniforms and angles of random words, logarithms, directions. Plain
 * operations only, so that the same bits come from every set. Guarded by tests/test_lanes_single.c.
 */

/*
 * ((w >> 1) + 0.5) 2^-31, in (0, 1]: never 0, so that it has a logarithm, and as fine near 0 as single
 * precision is, so that the far tails of what is made from it are there.
 */
QF_LANES qf_f32x16 qf_unit_single(qf_u32x16 word)
{
    const qf_f32x16 number =
        qf_f32x16_from_i32x16(qf_i32x16_bits_of(qf_u32x16_shr(word, 1)));
    return qf_f32x16_mul(qf_f32x16_add(number, qf_f32x16_set1(0.5f)), qf_f32x16_set1(0x1p-31f));
}

typedef struct qf_sincos_f32x16 {
    qf_f32x16 sin;
    qf_f32x16 cos;
} qf_sincos_f32x16;

/*
 * Sine and cosine of w / 2^32 turns, within 1.2e-7: reduced to an eighth of a turn around a quarter in
 * integers, without error; then Cephes' polynomials (Moshier, sinf.c).
 */
QF_LANES qf_sincos_f32x16 qf_sincos_turns(qf_u32x16 word)
{
    const qf_u32x16 quarter =
        qf_u32x16_shr(qf_u32x16_add(word, qf_u32x16_set1(UINT32_C(1) << 29)), 30);
    const qf_u32x16 rest = qf_u32x16_sub(word, qf_u32x16_shl(quarter, 30));
    const qf_f32x16 x = qf_f32x16_mul(qf_f32x16_from_i32x16(qf_i32x16_bits_of(rest)),
                                      qf_f32x16_set1(1.46291807926715968e-9f)); /* 2 pi / 2^32 */
    const qf_f32x16 z = qf_f32x16_mul(x, x);
    qf_f32x16 s = qf_f32x16_set1(-1.9515295891e-4f);
    s = qf_f32x16_add(qf_f32x16_mul(s, z), qf_f32x16_set1(8.3321608736e-3f));
    s = qf_f32x16_add(qf_f32x16_mul(s, z), qf_f32x16_set1(-1.6666654611e-1f));
    s = qf_f32x16_add(qf_f32x16_mul(qf_f32x16_mul(s, z), x), x);
    qf_f32x16 c = qf_f32x16_set1(2.443315711809948e-5f);
    c = qf_f32x16_add(qf_f32x16_mul(c, z), qf_f32x16_set1(-1.388731625493765e-3f));
    c = qf_f32x16_add(qf_f32x16_mul(c, z), qf_f32x16_set1(4.166664568298827e-2f));
    c = qf_f32x16_mul(qf_f32x16_mul(c, z), z);
    c = qf_f32x16_add(qf_f32x16_sub(c, qf_f32x16_mul(qf_f32x16_set1(0.5f), z)),
                      qf_f32x16_set1(1.0f));
    /* quarter 1: (c, -s), 2: (-s, -c), 3: (-c, s) in place of (s, c) */
    const qf_mask32x16 crossed =
        qf_u32x16_ne(qf_u32x16_and(quarter, qf_u32x16_set1(1)), qf_u32x16_set1(0));
    const qf_u32x16 sin_sign = qf_u32x16_shl(quarter, 30);
    const qf_u32x16 cos_sign = qf_u32x16_shl(qf_u32x16_add(quarter, qf_u32x16_set1(1)), 30);
    const qf_u32x16 sign = qf_u32x16_set1(UINT32_C(1) << 31);
    const qf_u32x16 sin = qf_u32x16_bits_of(qf_f32x16_select(crossed, c, s));
    const qf_u32x16 cos = qf_u32x16_bits_of(qf_f32x16_select(crossed, s, c));
    return (qf_sincos_f32x16){
        qf_f32x16_of_bits(qf_u32x16_xor(sin, qf_u32x16_and(sin_sign, sign))),
        qf_f32x16_of_bits(qf_u32x16_xor(cos, qf_u32x16_and(cos_sign, sign))),
    };
}

/*
 * Natural logarithm of positive normal numbers, within 2e-7 of its size: Cephes' polynomial (Moshier,
 * logf.c) of the number over the power of two that brings it into [sqrt(1/2), sqrt(2)).
 */
QF_LANES qf_f32x16 qf_log_single(qf_f32x16 a)
{
    /* bits of sqrt(1/2); what is taken from the exponent here comes back with the number of twos */
    const qf_u32x16 bits = qf_u32x16_sub(qf_u32x16_bits_of(a), qf_u32x16_set1(0x3F3504F3));
    const qf_i32x16 twos = qf_i32x16_shr(qf_i32x16_bits_of(bits), 23);
    const qf_u32x16 mantissa =
        qf_u32x16_add(qf_u32x16_and(bits, qf_u32x16_set1(0x7FFFFF)), qf_u32x16_set1(0x3F3504F3));
    const qf_f32x16 e = qf_f32x16_from_i32x16(twos);
    const qf_f32x16 x = qf_f32x16_sub(qf_f32x16_of_bits(mantissa), qf_f32x16_set1(1.0f));
    const qf_f32x16 z = qf_f32x16_mul(x, x);
    static const float coefficient[] = {7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,
                                        -1.2420140846e-1f, 1.4249322787e-1f,  -1.6668057665e-1f,
                                        2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};
    qf_f32x16 y = qf_f32x16_set1(coefficient[0]);
    for (size_t k = 1; k < sizeof coefficient / sizeof *coefficient; k++) {
        y = qf_f32x16_add(qf_f32x16_mul(y, x), qf_f32x16_set1(coefficient[k]));
    }
    y = qf_f32x16_mul(qf_f32x16_mul(y, x), z);
    /* ln 2 in two parts, the larger of few bits: its product with the twos is exact */
    y = qf_f32x16_add(y, qf_f32x16_mul(e, qf_f32x16_set1(-2.12194440e-4f)));
    y = qf_f32x16_sub(y, qf_f32x16_mul(qf_f32x16_set1(0.5f), z));
    return qf_f32x16_add(qf_f32x16_add(x, y), qf_f32x16_mul(e, qf_f32x16_set1(0.693359375f)));
}

/*
 * The angle of (x, y) from +x towards +y, in [-pi, pi], within 3e-7: 0 at no distance. Cephes' polynomial
 * (Moshier, atanf.c) of a slope that is reduced to an eighth of a turn, and to half of that around its middle.
 */
QF_LANES qf_f32x16 qf_atan2_single(qf_f32x16 y, qf_f32x16 x)
{
    const qf_f32x16 zero = qf_f32x16_set1(0.0f);
    const qf_f32x16 up = qf_f32x16_abs(y);
    const qf_f32x16 along = qf_f32x16_abs(x);
    const qf_f32x16 more = qf_f32x16_max(up, along);
    const qf_f32x16 less = qf_f32x16_min(up, along);
    const qf_mask32x16 steep =
        qf_f32x16_gt(less, qf_f32x16_mul(more, qf_f32x16_set1(0.414213562f)));
    const qf_f32x16 rise = qf_f32x16_select(steep, qf_f32x16_sub(less, more), less);
    const qf_f32x16 run = qf_f32x16_select(steep, qf_f32x16_add(less, more), more);
    const qf_f32x16 t = qf_f32x16_select(qf_f32x16_gt(run, zero), qf_f32x16_div(rise, run), zero);
    const qf_f32x16 z = qf_f32x16_mul(t, t);
    qf_f32x16 a = qf_f32x16_set1(8.05374449538e-2f);
    a = qf_f32x16_sub(qf_f32x16_mul(a, z), qf_f32x16_set1(1.38776856032e-1f));
    a = qf_f32x16_add(qf_f32x16_mul(a, z), qf_f32x16_set1(1.99777106478e-1f));
    a = qf_f32x16_sub(qf_f32x16_mul(a, z), qf_f32x16_set1(3.33329491539e-1f));
    a = qf_f32x16_add(qf_f32x16_mul(qf_f32x16_mul(a, z), t), t);
    a = qf_f32x16_add(a, qf_f32x16_select(steep, qf_f32x16_set1(0.785398163f), zero));
    a = qf_f32x16_select(qf_f32x16_gt(up, along), qf_f32x16_sub(qf_f32x16_set1(1.57079633f), a), a);
    a = qf_f32x16_select(qf_f32x16_lt(x, zero), qf_f32x16_sub(qf_f32x16_set1(3.14159265f), a), a);
    const qf_u32x16 sign = qf_u32x16_and(qf_u32x16_bits_of(y), qf_u32x16_set1(UINT32_C(1) << 31));
    return qf_f32x16_of_bits(qf_u32x16_xor(qf_u32x16_bits_of(a), sign));
}

/* The largest whole number that is not above a; a itself where it has no fraction, and NaN. */
QF_LANES qf_f32x16 qf_floor_single(qf_f32x16 a)
{
    const qf_mask32x16 small = qf_f32x16_lt(qf_f32x16_abs(a), qf_f32x16_set1(0x1p23f));
    const qf_f32x16 cut = qf_f32x16_from_i32x16(qf_i32x16_from_f32x16(a));
    const qf_f32x16 floor = qf_f32x16_sub(
        cut, qf_f32x16_select(qf_f32x16_gt(cut, a), qf_f32x16_set1(1.0f), qf_f32x16_set1(0.0f)));
    return qf_f32x16_select(small, floor, a);
}

#endif
