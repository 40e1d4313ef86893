/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out of the way of a track, for eight vehicles. With r and u, the track's position and velocity relative to the
 * vehicle now, it comes nearest in t = -r u / u^2, at m = r + u t, which is at right angles to u.
 *
 *   avoids   where 0 < t < horizon and |m| < avoid, the horizon four times as far where |r| < avoid;  who does goes on
 *            until |m| > 2 avoid or t leaves 0 ... 1.2 horizon
 *   accel    what is wanted, less its part towards m, and -m / |m| times the most acceleration, all of it within
 *            `avoid` and none from 1.3 avoid on; then limited to the most
 *
 * Straight ahead, where m is nothing: along u x up, which of two that meet sends each to the other side.
 * Guarded by tests/test_guidance_avoid.c.
 */
#include "guidance_lanes.h"

static qf_mask64x8 between(qf_f64x8 low, qf_f64x8 value, qf_f64x8 high)
{
    return qf_mask64x8_and(qf_f64x8_gt(value, low), qf_f64x8_lt(value, high));
}

/* at right angles to u, to its right when seen from above */
static qf_v3 sideways(qf_v3 u)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 flat2 = qf_f64x8_add(qf_f64x8_mul(u.x, u.x), qf_f64x8_mul(u.y, u.y));
    const qf_mask64x8 leans =
        qf_f64x8_gt(flat2, qf_f64x8_mul(qf_f64x8_set1(1e-6), qf_v3_dot(u, u)));
    const qf_v3 right = {u.y, qf_f64x8_neg(u.x), zero};
    const qf_v3 east = {qf_f64x8_abs(u.z), zero, zero};
    return qf_v3_unit(qf_v3_select(leans, right, east));
}

typedef struct meeting {
    qf_mask64x8 is; /* there is a threat */
    qf_v3 u, miss_m;
    qf_f64x8 time_s, distance_m, range_m;
} meeting;

/* what was seen longer ago than the horizon may be anywhere */
static meeting meeting_of(const qf_guidance_lanes *l, int64_t tick, double dt_s, qf_f64x8 horizon_s)
{
    const qf_guidance_columns *c = l->columns;
    double age_s[QF_GUIDANCE_LANES] = {0.0};
    uint32_t bits = 0;
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        const int64_t seen = c->threat_tick[l->place->slot[i]];
        bits |= (uint32_t)(seen >= 0) << i;
        age_s[i] = seen >= 0 ? (double)(tick - seen) * dt_s : 0.0;
    }
    const qf_f64x8 age = qf_f64x8_load(age_s);
    meeting m = {
        .is = qf_mask64x8_and(qf_mask64x8_from_bits(bits), qf_f64x8_le(age, horizon_s)),
    };
    const qf_v3 moves = qf_guidance_take3(c->threat_mps, l->place);
    const qf_v3 place = qf_v3_along(qf_guidance_take3(c->threat_m, l->place), age, moves);
    const qf_v3 r = qf_v3_sub(place, l->own->place_m);
    m.u = qf_v3_sub(moves, l->own->velocity_mps);
    m.time_s = qf_f64x8_mul(qf_f64x8_neg(qf_v3_dot(r, m.u)), qf_inverse(qf_v3_dot(m.u, m.u)));
    m.miss_m = qf_v3_along(r, m.time_s, m.u);
    m.distance_m = qf_v3_norm(m.miss_m);
    m.range_m = qf_v3_norm(r);
    return m;
}

uint32_t QF_KERNEL(qf_guidance_avoid)(const qf_guidance_lanes *lanes, int64_t tick, double dt_s,
                                      const qf_goal_lanes *goal, qf_v3 *accel_mps2,
                                      qf_f64x8 *miss_m)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    uint32_t avoided = 0;
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        avoided |= (uint32_t)((lanes->flags[i] & QF_FLAG_BIT(AVOIDING)) != 0) << i;
    }
    const meeting m = meeting_of(lanes, tick, dt_s, goal->avoid_horizon_s);
    const qf_mask64x8 goes_on = qf_mask64x8_from_bits(avoided);
    const qf_f64x8 avoid_m = goal->avoid_m;
    const qf_f64x8 until_m = qf_f64x8_select(
        goes_on, qf_f64x8_mul(avoid_m, qf_f64x8_set1(QF_AVOID_OVER_SHARE)), avoid_m);
    const qf_f64x8 late = qf_f64x8_select(goes_on, qf_f64x8_set1(QF_AVOID_LATE_SHARE), one);
    const qf_f64x8 within =
        qf_f64x8_select(qf_f64x8_lt(m.range_m, avoid_m), qf_f64x8_set1(QF_AVOID_WITHIN_SHARE), one);
    const qf_f64x8 horizon_s = qf_f64x8_mul(goal->avoid_horizon_s, qf_f64x8_mul(late, within));
    const qf_mask64x8 avoids = qf_mask64x8_and(
        qf_mask64x8_and(m.is, goal->moves),
        qf_mask64x8_and(between(zero, m.time_s, horizon_s), qf_f64x8_lt(m.distance_m, until_m)));
    const uint32_t bits = qf_mask64x8_bits(avoids);
    *miss_m = m.distance_m;
    if (bits == 0) {
        return 0;
    }
    const qf_mask64x8 central =
        qf_f64x8_lt(m.distance_m, qf_f64x8_mul(avoid_m, qf_f64x8_set1(1e-6)));
    const qf_v3 away = qf_v3_select(central, sideways(m.u),
                                    qf_v3_scale(m.miss_m, qf_f64x8_neg(qf_inverse(m.distance_m))));
    /* 1 within the distance to avoid, 0 from that of a steady pass on */
    const qf_f64x8 left_m =
        qf_f64x8_sub(qf_f64x8_mul(avoid_m, qf_f64x8_set1(QF_AVOID_STEADY_SHARE)), m.distance_m);
    const qf_f64x8 share = qf_f64x8_max(
        qf_f64x8_min(
            qf_f64x8_mul(left_m, qf_inverse(qf_f64x8_mul(
                                     avoid_m, qf_f64x8_set1(QF_AVOID_STEADY_SHARE - 1.0)))),
            one),
        zero);
    const qf_f64x8 outward = qf_v3_dot(*accel_mps2, away);
    const qf_f64x8 inward = qf_f64x8_max(qf_f64x8_neg(outward), zero);
    const qf_f64x8 push = qf_f64x8_add(inward, qf_f64x8_mul(share, goal->max_accel_mps2));
    const qf_v3 wanted = qf_v3_along(*accel_mps2, push, away);
    const qf_f64x8 length = qf_v3_norm(wanted);
    const qf_f64x8 by =
        qf_f64x8_select(qf_f64x8_gt(length, goal->max_accel_mps2),
                        qf_f64x8_mul(goal->max_accel_mps2, qf_inverse(length)), one);
    *accel_mps2 = qf_v3_select(avoids, qf_v3_scale(wanted, by), *accel_mps2);
    return bits;
}
