/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DRAW_LANES_H
#define QF_DRAW_LANES_H

#include "draw.h"
#include "lanes_convert.h"
#include "lanes_math.h"
#include "philox_lanes.h"

/*
 * Sixteen draws at once: lane i is, bit for bit, what draw.h gives for lane i of the keys; see there for
 * what each is and how many words it takes. Guarded by tests/test_lanes.c.
 */
typedef struct qf_draw_keys {
    uint64_t seed;
    qf_u32x16 world;
    qf_u32x16 vehicle;
    uint32_t tick;
    uint32_t stream;
    qf_u32x16 draw;
} qf_draw_keys;

QF_LANES qf_philox_x16 qf_draw_blocks(qf_draw_keys keys)
{
    const qf_u32x16 low = qf_u32x16_and(keys.draw, qf_u32x16_set1(UINT32_C(0xFFFFFF)));
    const qf_philox_x16 counter = {{
        keys.vehicle,
        keys.world,
        qf_u32x16_set1(keys.tick),
        qf_u32x16_or(low, qf_u32x16_set1(keys.stream << 24)),
    }};
    return qf_philox_lanes(counter, keys.seed);
}

/* Each an exact multiple of 2^-53, so that the sum is exact as well. */
QF_LANES qf_f64x8 qf_unit_interval_of(qf_f64x8 high, qf_f64x8 low)
{
    return qf_f64x8_add(qf_f64x8_mul(high, qf_f64x8_set1(0x1p-32)),
                        qf_f64x8_mul(low, qf_f64x8_set1(0x1p-53)));
}

QF_LANES qf_f64x16 qf_unit_interval_lanes(qf_u32x16 high, qf_u32x16 low)
{
    const qf_f64x16 h = qf_f64x16_from_u32x16(high);
    const qf_f64x16 l = qf_f64x16_from_u32x16(qf_u32x16_shr(low, 11));
    return (qf_f64x16){qf_unit_interval_of(h.low, l.low), qf_unit_interval_of(h.high, l.high)};
}

QF_LANES qf_f64x8 qf_one_minus(qf_f64x8 u)
{
    return qf_f64x8_sub(qf_f64x8_set1(1.0), u);
}

QF_LANES qf_f64x16 qf_draw_uniform_lanes(qf_draw_keys keys)
{
    const qf_philox_x16 block = qf_draw_blocks(keys);
    return qf_unit_interval_lanes(block.word[0], block.word[1]);
}

QF_LANES qf_f64x8 qf_box_muller(qf_f64x8 u, qf_f64x8 v)
{
    const qf_f64x8 radius =
        qf_f64x8_sqrt(qf_f64x8_mul(qf_f64x8_set1(-2.0), qf_f64x8_log(qf_one_minus(u))));
    return qf_f64x8_mul(radius, qf_f64x8_cos(qf_f64x8_mul(qf_f64x8_set1(QF_TWO_PI), v)));
}

QF_LANES qf_f64x16 qf_draw_normal_lanes(qf_draw_keys keys)
{
    const qf_philox_x16 block = qf_draw_blocks(keys);
    const qf_f64x16 u = qf_unit_interval_lanes(block.word[0], block.word[1]);
    const qf_f64x16 v = qf_unit_interval_lanes(block.word[2], block.word[3]);
    return (qf_f64x16){qf_box_muller(u.low, v.low), qf_box_muller(u.high, v.high)};
}

QF_LANES qf_f64x8 qf_minus_log(qf_f64x8 u)
{
    return qf_f64x8_sub(qf_f64x8_set1(0.0), qf_f64x8_log(u));
}

QF_LANES qf_f64x16 qf_draw_exponential_lanes(qf_draw_keys keys)
{
    const qf_f64x16 u = qf_draw_uniform_lanes(keys);
    return (qf_f64x16){qf_minus_log(qf_one_minus(u.low)), qf_minus_log(qf_one_minus(u.high))};
}

/* All lanes walk until the last has arrived. */
QF_LANES qf_f64x8 qf_poisson_quantile_lanes(qf_f64x8 u, qf_f64x8 mean)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 negligible = qf_f64x8_set1(QF_POISSON_NEGLIGIBLE);
    const qf_mask64x8 good = qf_mask64x8_and(qf_f64x8_ge(mean, zero),
                                             qf_f64x8_le(mean, qf_f64x8_set1(QF_POISSON_MEAN_MAX)));
    mean = qf_f64x8_select(good, mean, zero);
    qf_f64x8 k = zero;
    qf_f64x8 p = qf_f64x8_exp(qf_f64x8_neg(mean));
    for (;;) {
        const qf_mask64x8 goes_on = qf_mask64x8_and(
            qf_f64x8_ge(u, p), qf_mask64x8_or(qf_f64x8_lt(k, mean), qf_f64x8_gt(p, negligible)));
        if (!qf_mask64x8_any(goes_on)) {
            break;
        }
        u = qf_f64x8_select(goes_on, qf_f64x8_sub(u, p), u);
        k = qf_f64x8_select(goes_on, qf_f64x8_add(k, one), k);
        /* k is 0 only in a lane that stays, where the quotient goes nowhere */
        const qf_f64x8 next = qf_f64x8_mul(p, qf_f64x8_div(mean, k));
        p = qf_f64x8_select(goes_on, next, p);
    }
    return qf_f64x8_select(good, k, qf_f64x8_set1((double)NAN));
}

QF_LANES qf_f64x16 qf_draw_poisson_lanes(qf_draw_keys keys, qf_f64x16 mean)
{
    const qf_f64x16 u = qf_draw_uniform_lanes(keys);
    return (qf_f64x16){qf_poisson_quantile_lanes(u.low, mean.low),
                       qf_poisson_quantile_lanes(u.high, mean.high)};
}

/* One shape for all lanes: which words are drawn depends on it. */
QF_LANES qf_f64x16 qf_draw_gamma_lanes(qf_draw_keys keys, int twice_shape)
{
    if (twice_shape < 1 || twice_shape > QF_GAMMA_TWICE_SHAPE_MAX) {
        return (qf_f64x16){qf_f64x8_set1((double)NAN), qf_f64x8_set1((double)NAN)};
    }
    qf_f64x16 sum = {qf_f64x8_set1(0.0), qf_f64x8_set1(0.0)};
    for (int exponentials = twice_shape / 2; exponentials > 0; exponentials -= 2) {
        const qf_philox_x16 block = qf_draw_blocks(keys);
        qf_f64x16 u = qf_unit_interval_lanes(block.word[0], block.word[1]);
        u = (qf_f64x16){qf_one_minus(u.low), qf_one_minus(u.high)};
        if (exponentials > 1) {
            const qf_f64x16 v = qf_unit_interval_lanes(block.word[2], block.word[3]);
            u = (qf_f64x16){qf_f64x8_mul(u.low, qf_one_minus(v.low)),
                            qf_f64x8_mul(u.high, qf_one_minus(v.high))};
        }
        sum = (qf_f64x16){qf_f64x8_sub(sum.low, qf_f64x8_log(u.low)),
                          qf_f64x8_sub(sum.high, qf_f64x8_log(u.high))};
        keys.draw = qf_u32x16_add(keys.draw, qf_u32x16_set1(1));
    }
    if (twice_shape % 2 != 0) {
        const qf_f64x16 normal = qf_draw_normal_lanes(keys);
        const qf_f64x8 half = qf_f64x8_set1(0.5);
        sum = (qf_f64x16){
            qf_f64x8_add(sum.low, qf_f64x8_mul(qf_f64x8_mul(half, normal.low), normal.low)),
            qf_f64x8_add(sum.high, qf_f64x8_mul(qf_f64x8_mul(half, normal.high), normal.high))};
    }
    return sum;
}

#endif
