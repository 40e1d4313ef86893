/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eclipse and solar power, for slots [begin, end).
 *
 *   l = -p . s,  d = |p + l s|            p: from the planet's centre, s: to the sun, unit      [m]
 *   umbra and penumbra, l behind the planet: d = R / cos a -+ l tan a       a: radius of the sun's disc
 *   sunlight = (d - umbra) / (penumbra - umbra), within 0 and 1; 1 where l <= 0
 *              and at least 1 - (R / (l tan a))^2: where the planet does not fill the disc                 [1]
 *   power = power face on * sunlight * (1 if it tracks, else max(0, normal . s))                          [W]
 *
 * In: position, attitude. Out: sunlight, power. About 60 operations, with a root and 2 divisions.
 * Source: docs/model.md, section Sun and eclipse. Guarded by tests/test_sunlight.c, test_conformance_bodies.c.
 */
#include "body_lanes.h"
#include "kernels.h"

/* p: from the planet's centre */
QF_LANES qf_f64x8 share_of_disc(const qf_body_group *group, qf_v3 sun, qf_v3 p)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const double slope = group->sun_slope;
    /* 1 / cos a, without a cosine */
    const qf_f64x8 edge_m = qf_f64x8_set1(group->shadow_m * __builtin_sqrt(1.0 + slope * slope));
    const qf_f64x8 behind_m = qf_f64x8_neg(qf_v3_dot(p, sun));
    const qf_f64x8 across_m = qf_v3_norm(qf_v3_along(p, behind_m, sun));
    const qf_f64x8 spread_m = qf_f64x8_mul(behind_m, qf_f64x8_set1(slope));
    const qf_f64x8 beyond_m = qf_f64x8_sub(across_m, qf_f64x8_sub(edge_m, spread_m));
    /* of a sun without a disc the edge is sharp */
    const qf_mask64x8 disc = qf_f64x8_gt(spread_m, zero);
    const qf_f64x8 width_m = qf_f64x8_select(disc, qf_f64x8_add(spread_m, spread_m), one);
    const qf_f64x8 linear = qf_f64x8_min(one, qf_f64x8_max(zero, qf_f64x8_div(beyond_m, width_m)));
    const qf_f64x8 sharp = qf_f64x8_select(qf_f64x8_lt(beyond_m, zero), zero, one);
    const qf_f64x8 filled =
        qf_f64x8_div(qf_f64x8_set1(group->shadow_m), qf_f64x8_select(disc, spread_m, edge_m));
    const qf_f64x8 ring = qf_f64x8_sub(one, qf_f64x8_mul(filled, filled));
    const qf_f64x8 share = qf_f64x8_select(disc, qf_f64x8_max(ring, linear), sharp);
    return qf_f64x8_select(qf_f64x8_gt(behind_m, zero), share, one);
}

/* whole lanes */
static void step(const qf_body_columns *c, const qf_body_group *group, size_t begin, size_t end)
{
    const qf_v3 sun = qf_v3_set1(group->sun_direction);
    const qf_v3 center = qf_v3_set1(group->shadow_center_m);
    const qf_v3 normal = qf_v3_set1(group->solar_normal);
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 full_w = qf_f64x8_set1(group->solar_w);
    for (size_t i = begin; i < end; i += QF_BODY_LANES) {
        qf_f64x8 share = qf_f64x8_set1(1.0);
        if (group->shadow_m > 0.0) {
            share = share_of_disc(group, sun, qf_v3_sub(QF_V3_LOAD(c->position_m, i), center));
        }
        qf_f64x8 w = qf_f64x8_mul(full_w, share);
        if (!group->solar_tracks) {
            const qf_f64x8 cosine = qf_v3_dot(qf_q4_turn(QF_Q4_LOAD(c->attitude, i), normal), sun);
            w = qf_f64x8_mul(w, qf_f64x8_max(cosine, zero));
        }
        qf_f64x8_store(c->sunlight + i, share);
        qf_f64x8_store(c->solar_w + i, w);
    }
}

/* Without a sun both stay at the zeros that they started with. */
void QF_KERNEL(qf_sunlight_step)(const qf_body_columns *columns, const qf_body_group *group,
                                 const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                 size_t end)
{
    (void)tick;
    (void)scratch;
    if (!group->sun) {
        return;
    }
    const size_t left = (end - begin) % QF_BODY_LANES;
    step(columns, group, begin, end - left);
    if (left > 0) {
        qf_body_tail tail;
        qf_body_tail_open(&tail, columns, end - left, left);
        step(&tail.columns, group, 0, QF_BODY_LANES);
        qf_body_tail_close(&tail, end - left, left);
    }
}
