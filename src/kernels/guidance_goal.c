/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a behaviour wants, for eight vehicles: a velocity, an acceleration on top of it, an attitude and its rate.
 *
 *   place p* that moves with v*:  velocity = v* + e f(|e|) / |e|,  e = p* - p   (f: guidance_lanes.h)
 *   offset d from the target:     p* = p_t + R d,  v* = v_t + w x R d,  a = w x (w x R d) + g_t - g
 *   place in the world:           a = -g
 *
 * R and w are the target's attitude and rate, or those of its LVLH axes: w = r x v / r^2 about the planet's centre.
 * g: gravity of the vehicle and its target, so that what differs between them is taken before it shows.
 * Guarded by tests/test_guidance_law.c.
 */
#include "guidance_lanes.h"

#define STILL_MPS 0.05 /* slower than that a velocity is no direction */
#define VERTICAL  1e-9 /* share of a direction in the plane below which it points straight up */
#define TINY_M    1e-3

/* +X along a direction of length 1, +Z as near up as that allows: first up, then round */
static qf_q4 pointing(qf_v3 d)
{
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 half = qf_f64x8_set1(0.5);
    const qf_f64x8 flat =
        qf_f64x8_sqrt(qf_f64x8_add(qf_f64x8_mul(d.x, d.x), qf_f64x8_mul(d.y, d.y)));
    const qf_mask64x8 leans = qf_f64x8_gt(flat, qf_f64x8_set1(VERTICAL));
    const qf_f64x8 by = qf_inverse(flat);
    const qf_f64x8 c = qf_f64x8_select(leans, qf_f64x8_mul(d.x, by), one);
    const qf_f64x8 s = qf_f64x8_select(leans, qf_f64x8_mul(d.y, by), zero);
    /* half of the angle round, from whichever of sine and cosine of the half is the larger */
    const qf_f64x8 more = qf_f64x8_sqrt(qf_f64x8_mul(qf_f64x8_add(one, qf_f64x8_abs(c)), half));
    const qf_f64x8 less = qf_f64x8_div(qf_f64x8_mul(s, half), more);
    const qf_mask64x8 ahead = qf_f64x8_ge(c, zero);
    const qf_f64x8 round_c = qf_f64x8_select(ahead, more, qf_f64x8_abs(less));
    const qf_f64x8 back = qf_f64x8_select(qf_f64x8_lt(s, zero), qf_f64x8_neg(more), more);
    const qf_f64x8 round_s = qf_f64x8_select(ahead, less, back);
    /* and of the angle up, whose cosine is `flat` */
    const qf_f64x8 up_c = qf_f64x8_sqrt(qf_f64x8_mul(qf_f64x8_add(one, flat), half));
    const qf_f64x8 up_s = qf_f64x8_neg(qf_f64x8_div(qf_f64x8_mul(d.z, half), up_c));
    return (qf_q4){qf_f64x8_mul(round_c, up_c), qf_f64x8_neg(qf_f64x8_mul(round_s, up_s)),
                   qf_f64x8_mul(round_c, up_s), qf_f64x8_mul(round_s, up_c)};
}

/* an angular rate no larger than the law's */
static qf_v3 limited(const qf_guidance_law *law, qf_v3 rate_rps)
{
    const qf_f64x8 most = qf_f64x8_set1(law->max_rate_rps);
    const qf_f64x8 length = qf_v3_norm(rate_rps);
    const qf_f64x8 by = qf_f64x8_select(qf_f64x8_gt(length, most),
                                        qf_f64x8_mul(most, qf_inverse(length)), qf_f64x8_set1(1.0));
    return qf_v3_scale(rate_rps, by);
}

static void face_target(const qf_guidance_lanes *l, const qf_guidance_law *law, qf_goal_lanes *goal)
{
    const qf_v3 sight_m = qf_v3_sub(l->target->place_m, l->own->place_m);
    const qf_v3 sight_mps = qf_v3_sub(l->target->velocity_mps, l->own->velocity_mps);
    const qf_f64x8 range2 = qf_v3_dot(sight_m, sight_m);
    const qf_mask64x8 apart =
        qf_mask64x8_and(l->target->known, qf_f64x8_gt(range2, qf_f64x8_set1(TINY_M * TINY_M)));
    goal->attitude = pointing(qf_v3_unit(sight_m));
    goal->rate_rps = limited(law, qf_v3_scale(qf_v3_cross(sight_m, sight_mps), qf_inverse(range2)));
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    goal->turn_gain = qf_f64x8_select(apart, goal->turn_gain, zero);
    goal->rate_rps = qf_v3_select(apart, goal->rate_rps, (qf_v3){zero, zero, zero});
}

static void face(const qf_guidance_lanes *l, const qf_guidance_law *law, qf_goal_lanes *goal)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_q4 begun = qf_guidance_take4(l->columns->begun_attitude, l->place);
    goal->attitude = begun;
    goal->rate_rps = (qf_v3){zero, zero, zero};
    switch (law->attitude_mode) {
    case QF_ATTITUDE_FIXED:
        goal->attitude = qf_q4_set1(law->attitude);
        break;
    case QF_ATTITUDE_VELOCITY: {
        const qf_f64x8 speed = qf_v3_norm(l->own->velocity_mps);
        goal->attitude = pointing(qf_v3_unit(l->own->velocity_mps));
        goal->turn_gain =
            qf_f64x8_select(qf_f64x8_gt(speed, qf_f64x8_set1(STILL_MPS)), goal->turn_gain, zero);
        break;
    }
    case QF_ATTITUDE_TARGET:
        face_target(l, law, goal);
        break;
    case QF_ATTITUDE_MATCH:
        goal->attitude = qf_q4_select(l->target->known, l->target->attitude, begun);
        goal->rate_rps = qf_v3_select(l->target->known, l->target->rate_rps, goal->rate_rps);
        break;
    case QF_ATTITUDE_FREE:
        goal->turn_gain = zero;
        break;
    default:
        break;
    }
}

static void go_to(const qf_guidance_lanes *l, const qf_guidance_law *law, qf_v3 place_m,
                  qf_v3 velocity_mps, qf_goal_lanes *goal)
{
    const qf_v3 e = qf_v3_sub(place_m, l->own->place_m);
    goal->distance_m = qf_v3_norm(e);
    goal->velocity_mps = qf_v3_add(velocity_mps, qf_guidance_velocity(law, e, goal->distance_m));
}

static qf_v3 against_gravity(const qf_guidance_lanes *l)
{
    const qf_v3 g = l->own->gravity_mps2;
    return (qf_v3){qf_f64x8_neg(g.x), qf_f64x8_neg(g.y), qf_f64x8_neg(g.z)};
}

static void follow_waypoints(const qf_guidance_lanes *l, const qf_guidance_law *law,
                             qf_goal_lanes *goal, qf_found_lanes *found)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    double at[3][QF_GUIDANCE_LANES];
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        const size_t step = (size_t)l->columns->step[l->place->slot[i]];
        for (int d = 0; d < 3; d++) {
            /* of who has another behaviour, a step means something else */
            at[d][i] = law->waypoints_m[step < law->n_waypoints ? step : 0][d];
        }
    }
    go_to(l, law, (qf_v3){qf_f64x8_load(at[0]), qf_f64x8_load(at[1]), qf_f64x8_load(at[2])},
          (qf_v3){zero, zero, zero}, goal);
    found->arrived = qf_mask64x8_bits(qf_f64x8_le(goal->distance_m, qf_f64x8_set1(law->arrival_m)));
    goal->accel_mps2 = against_gravity(l);
}

/* axes that the offset is along, as what turns it into the world's, and their rate */
static void offset_of(const qf_guidance_lanes *l, const qf_guidance_law *law, qf_v3 *offset_m,
                      qf_v3 *rate_rps)
{
    const qf_target_lanes *target = l->target;
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_v3 d = qf_v3_set1(law->offset_m);
    const qf_gravity *gravity = &l->group->body->gravity;
    *offset_m = d;
    *rate_rps = (qf_v3){zero, zero, zero};
    if (law->frame == QF_OFFSET_BODY) {
        *offset_m = qf_q4_turn(target->attitude, d);
        *rate_rps = target->rate_rps;
    } else if (law->frame == QF_OFFSET_LVLH && qf_gravity_has_planet(gravity)) {
        const qf_v3 r = qf_v3_sub(target->place_m, qf_v3_set1(gravity->center_m));
        const qf_v3 h = qf_v3_cross(r, target->velocity_mps);
        const qf_v3 out = qf_v3_unit(r);
        const qf_v3 normal = qf_v3_unit(h);
        const qf_v3 along = qf_v3_cross(normal, out);
        *offset_m = qf_v3_along(qf_v3_along(qf_v3_scale(out, d.x), d.y, along), d.z, normal);
        *rate_rps = qf_v3_scale(h, qf_inverse(qf_v3_dot(r, r)));
    }
}

static void keep_offset(const qf_guidance_lanes *l, const qf_guidance_law *law, qf_goal_lanes *goal)
{
    const qf_target_lanes *target = l->target;
    qf_v3 offset_m;
    qf_v3 w;
    offset_of(l, law, &offset_m, &w);
    const qf_v3 swing_mps = qf_v3_cross(w, offset_m);
    go_to(l, law, qf_v3_add(target->place_m, offset_m), qf_v3_add(target->velocity_mps, swing_mps),
          goal);
    goal->accel_mps2 =
        qf_v3_add(qf_v3_cross(w, swing_mps), qf_v3_sub(target->gravity_mps2, l->own->gravity_mps2));
}

static qf_mask64x8 has_task(const qf_guidance_lanes *l)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        bits |= (uint32_t)(l->columns->task[l->place->slot[i]] >= 0) << i;
    }
    return qf_mask64x8_from_bits(bits);
}

/* to come to rest where it is; under gravity it falls freely */
static void rest(const qf_guidance_lanes *l, qf_mask64x8 where, qf_goal_lanes *goal)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_v3 none = {zero, zero, zero};
    goal->velocity_mps = qf_v3_select(where, none, goal->velocity_mps);
    goal->accel_mps2 = qf_v3_select(where, none, goal->accel_mps2);
    goal->distance_m = qf_f64x8_select(where, qf_f64x8_set1(__builtin_nan("")), goal->distance_m);
    if (l->group->body->gravity.kind != QF_GRAVITY_NONE) {
        goal->moves = qf_mask64x8_and(goal->moves, qf_mask64x8_not(where));
    }
}

void QF_KERNEL(qf_guidance_goal)(const qf_guidance_lanes *lanes, const qf_guidance_law *law,
                                 qf_goal_lanes *goal, qf_found_lanes *found)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_v3 none = {zero, zero, zero};
    const qf_mask64x8 nobody = qf_mask64x8_from_bits(0);
    goal->accel_mps2 = none;
    face(lanes, law, goal);
    switch (law->kind) {
    case QF_GUIDANCE_WAYPOINT:
    case QF_GUIDANCE_PATROL:
        follow_waypoints(lanes, law, goal, found);
        break;
    case QF_GUIDANCE_VELOCITY:
        goal->velocity_mps = qf_v3_set1(law->velocity_mps);
        goal->accel_mps2 = against_gravity(lanes);
        goal->distance_m = qf_f64x8_set1(__builtin_nan(""));
        break;
    case QF_GUIDANCE_STATION_KEEP:
    case QF_GUIDANCE_FORMATION:
        keep_offset(lanes, law, goal);
        rest(lanes, qf_mask64x8_not(lanes->target->known), goal);
        break;
    case QF_GUIDANCE_TASKS:
        go_to(lanes, law, lanes->target->place_m, lanes->target->velocity_mps, goal);
        goal->accel_mps2 = against_gravity(lanes);
        rest(lanes, qf_mask64x8_not(qf_mask64x8_and(has_task(lanes), lanes->target->known)), goal);
        break;
    default: /* hold: of an approach the kernel is another */
        go_to(lanes, law, qf_guidance_take3(lanes->columns->begun_m, lanes->place), none, goal);
        if (lanes->group->body->gravity.kind != QF_GRAVITY_NONE) {
            rest(lanes, qf_mask64x8_not(nobody), goal);
        }
        break;
    }
}
