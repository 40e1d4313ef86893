/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The approach to a port, for eight vehicles. With the target's port at o, its axis n, and the own port at the end of
 * an arm b from the centre as it will be when the ports face each other:
 *
 *   centre wanted at the distance s:  c(s) = o + s n - b, which turns with the target: v = v_t + w x (c - p_t)
 *   standoff:  to c(standoff); where that leads through the sphere kept clear around the target, along the tangent of
 *              the sphere, no faster than half the most acceleration can bend
 *   corridor:  closing = min(speed, contact + gain s) n, slower the nearer to the edge of the cone and zero there, and
 *              zero while the ports do not face each other well enough to enter; back to the line at right angles
 *   captured:  nothing
 *
 * Accelerations of the turning frame, the closing speed's own and what gravity differs by are fed forward.
 * Guarded by tests/test_guidance_approach.c.
 */
#include "guidance_lanes.h"
#include "lanes_math.h"

#define DEG_PER_RAD 57.29577951308232

typedef struct approach {
    qf_v3 axis;    /* of the target's port */
    qf_v3 port_m;  /* from the target's centre */
    qf_v3 arm_m;   /* from the own centre to the own port, when aligned */
    qf_v3 apart_m; /* from the target's centre to the own */
    qf_v3 apart_mps;
    qf_f64x8 facing;      /* cosine of the angle between the axes, one reversed */
    qf_f64x8 turning_rps; /* rate of one against the other */
} approach;

/* what turns the own port's axis against the target's by the shortest way; as docked, where that is half a turn */
static qf_q4 least_turn(const qf_guidance_lanes *l, qf_v3 own_axis, qf_v3 against, qf_q4 docked)
{
    const qf_f64x8 along = qf_v3_dot(own_axis, against);
    const qf_v3 v = qf_v3_cross(own_axis, against);
    const qf_q4 turn = {qf_f64x8_add(qf_f64x8_set1(1.0), along), v.x, v.y, v.z};
    const qf_mask64x8 opposite = qf_f64x8_lt(along, qf_f64x8_set1(-0.9999));
    return qf_q4_select(opposite, docked,
                        qf_q4_normalise(qf_q4_mul(qf_q4_normalise(turn), l->own->attitude)));
}

static approach geometry(const qf_guidance_lanes *l, const qf_guidance_law *law,
                         qf_goal_lanes *goal, qf_found_lanes *found)
{
    const qf_guided_lanes *own = l->own;
    const qf_target_lanes *target = l->target;
    approach a;
    a.port_m = qf_q4_turn(target->attitude, qf_v3_set1(law->port_m));
    a.axis = qf_q4_turn(target->attitude, qf_v3_set1(law->port_axis));
    const qf_v3 against = qf_v3_scale(a.axis, qf_f64x8_set1(-1.0));
    const qf_v3 own_axis = qf_q4_turn(own->attitude, qf_v3_set1(law->own_port_axis));
    goal->attitude = qf_q4_mul(target->attitude, qf_q4_set1(law->docked_attitude));
    if (law->any_clock) {
        goal->attitude = least_turn(l, own_axis, against, goal->attitude);
    }
    goal->rate_rps = target->rate_rps;
    a.arm_m = qf_q4_turn(goal->attitude, qf_v3_set1(law->own_port_m));
    a.apart_m = qf_v3_sub(own->place_m, target->place_m);
    a.apart_mps = qf_v3_sub(own->velocity_mps, target->velocity_mps);
    a.facing = qf_v3_dot(own_axis, against);
    a.turning_rps =
        qf_v3_norm(qf_v3_sub(qf_q4_turn(own->attitude, own->rate_rps), target->rate_rps));
    /* and the ports as they are */
    const qf_v3 between = qf_v3_sub(
        qf_v3_add(a.apart_m, qf_q4_turn(own->attitude, qf_v3_set1(law->own_port_m))), a.port_m);
    found->axial_m = qf_v3_dot(between, a.axis);
    found->lateral_m = qf_v3_norm(qf_v3_along(between, qf_f64x8_neg(found->axial_m), a.axis));
    found->angle_deg =
        qf_f64x8_mul(qf_f64x8_set1(DEG_PER_RAD),
                     qf_f64x8_atan2(qf_v3_norm(qf_v3_cross(own_axis, against)), a.facing));
    return a;
}

/* radius of the cone at a distance before the port */
static qf_f64x8 cone_m(const qf_guidance_law *law, qf_f64x8 axial_m)
{
    const qf_f64x8 ahead = qf_f64x8_max(axial_m, qf_f64x8_set1(0.0));
    return qf_f64x8_add(qf_f64x8_set1(law->corridor_m),
                        qf_f64x8_mul(ahead, qf_f64x8_set1(law->corridor_slope)));
}

/* the direction to take around the sphere kept clear: its tangent, and out of it from within */
static qf_v3 around(const qf_guidance_law *law, const approach *a, qf_v3 end_m)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 radius = qf_f64x8_set1(law->keep_out_m);
    const qf_f64x8 far = qf_v3_norm(a->apart_m);
    const qf_v3 out = qf_v3_unit(a->apart_m);
    qf_v3 side = qf_v3_along(end_m, qf_f64x8_neg(qf_v3_dot(end_m, out)), out);
    /* right behind the target every side is as good: one at right angles to the way out */
    const qf_mask64x8 steep = qf_f64x8_gt(qf_f64x8_abs(out.z), qf_f64x8_set1(0.7));
    const qf_v3 some = qf_v3_cross(
        out, (qf_v3){qf_f64x8_select(steep, one, zero), zero, qf_f64x8_select(steep, zero, one)});
    const qf_mask64x8 behind =
        qf_f64x8_lt(qf_v3_norm(side), qf_f64x8_mul(qf_f64x8_set1(1e-3), radius));
    side = qf_v3_unit(qf_v3_select(behind, some, side));
    const qf_f64x8 ratio = qf_f64x8_mul(radius, qf_inverse(far));
    const qf_f64x8 sine = qf_f64x8_min(ratio, one);
    const qf_f64x8 cosine =
        qf_f64x8_sqrt(qf_f64x8_max(qf_f64x8_sub(one, qf_f64x8_mul(sine, sine)), zero));
    const qf_f64x8 push = qf_f64x8_max(
        qf_f64x8_sub(one, qf_f64x8_mul(far, qf_f64x8_set1(1.0 / law->keep_out_m))), zero);
    return qf_v3_unit(qf_v3_along(qf_v3_scale(side, sine), qf_f64x8_sub(push, cosine), out));
}

/* whether the straight way to there leads through the sphere */
static qf_mask64x8 is_blocked(const qf_guidance_law *law, const approach *a, qf_v3 way_m)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 length2 = qf_v3_dot(way_m, way_m);
    const qf_f64x8 share =
        qf_f64x8_mul(qf_f64x8_neg(qf_v3_dot(a->apart_m, way_m)), qf_inverse(length2));
    const qf_v3 nearest = qf_v3_along(a->apart_m, qf_f64x8_min(share, qf_f64x8_set1(1.0)), way_m);
    const double radius2 = law->keep_out_m * law->keep_out_m;
    return qf_mask64x8_and(qf_f64x8_gt(share, zero),
                           qf_f64x8_lt(qf_v3_dot(nearest, nearest), qf_f64x8_set1(radius2)));
}

/* the velocity on the way to the corridor; returns who may enter it */
static qf_mask64x8 stand_off(const qf_guidance_law *law, const qf_target_lanes *target,
                             const approach *a, qf_v3 *velocity_mps, qf_v3 *accel_mps2,
                             qf_f64x8 *distance_m)
{
    const qf_v3 end_m =
        qf_v3_sub(qf_v3_along(a->port_m, qf_f64x8_set1(law->standoff_m), a->axis), a->arm_m);
    const qf_v3 swing_mps = qf_v3_cross(target->rate_rps, end_m);
    const qf_v3 way_m = qf_v3_sub(end_m, a->apart_m);
    *distance_m = qf_v3_norm(way_m);
    const qf_v3 straight = qf_guidance_velocity(law, way_m, *distance_m);
    const qf_f64x8 bend_mps =
        qf_f64x8_set1(__builtin_sqrt(0.5 * law->max_accel_mps2 * law->keep_out_m));
    const qf_v3 detour =
        qf_v3_scale(around(law, a, end_m), qf_f64x8_min(qf_v3_norm(straight), bend_mps));
    const qf_mask64x8 blocked = is_blocked(law, a, way_m);
    *velocity_mps = qf_v3_add(qf_v3_select(blocked, detour, straight), swing_mps);
    *accel_mps2 = qf_v3_cross(target->rate_rps, swing_mps);
    const qf_f64x8 off_mps = qf_v3_norm(qf_v3_sub(a->apart_mps, swing_mps));
    return qf_mask64x8_and(
        qf_mask64x8_and(qf_mask64x8_not(blocked),
                        qf_f64x8_le(*distance_m, qf_f64x8_set1(law->standoff_within_m))),
        qf_mask64x8_and(
            qf_f64x8_le(off_mps, qf_f64x8_set1(law->enter_mps)),
            qf_mask64x8_and(qf_f64x8_ge(a->facing, qf_f64x8_set1(law->enter_cos)),
                            qf_f64x8_le(a->turning_rps, qf_f64x8_set1(law->enter_rps)))));
}

/* the velocity in the corridor */
static void close_in(const qf_guidance_law *law, const qf_target_lanes *target, const approach *a,
                     const qf_found_lanes *found, qf_v3 *velocity_mps, qf_v3 *accel_mps2)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_v3 between = qf_v3_sub(qf_v3_add(a->apart_m, a->arm_m), a->port_m);
    const qf_f64x8 s = qf_v3_dot(between, a->axis);
    const qf_v3 off_m = qf_v3_along(qf_v3_scale(a->axis, s), qf_f64x8_set1(-1.0), between);
    const qf_f64x8 aim_mps =
        qf_f64x8_add(qf_f64x8_set1(law->contact_mps),
                     qf_f64x8_mul(qf_f64x8_set1(law->closing_gain), qf_f64x8_max(s, zero)));
    const qf_mask64x8 slows =
        qf_mask64x8_and(qf_f64x8_lt(aim_mps, qf_f64x8_set1(law->speed_mps)), qf_f64x8_gt(s, zero));
    /* all of the speed within half of the cone, none at its edge */
    const qf_f64x8 centred = qf_f64x8_max(
        qf_f64x8_sub(
            qf_f64x8_set1(2.0),
            qf_f64x8_mul(qf_f64x8_set1(2.0),
                         qf_f64x8_mul(found->lateral_m, qf_inverse(cone_m(law, found->axial_m))))),
        zero);
    const qf_f64x8 share = qf_f64x8_select(qf_f64x8_ge(a->facing, qf_f64x8_set1(law->enter_cos)),
                                           qf_f64x8_min(centred, one), zero);
    const qf_f64x8 closing_mps =
        qf_f64x8_mul(share, qf_f64x8_min(aim_mps, qf_f64x8_set1(law->speed_mps)));
    const qf_v3 closing = qf_v3_scale(a->axis, qf_f64x8_neg(closing_mps));
    const qf_v3 here_m = qf_v3_add(a->apart_m, off_m);
    const qf_v3 swing_mps = qf_v3_cross(target->rate_rps, here_m);
    const qf_v3 back_mps = qf_guidance_velocity(law, off_m, qf_v3_norm(off_m));
    *velocity_mps = qf_v3_add(qf_v3_add(swing_mps, back_mps), closing);
    const qf_v3 twice = qf_v3_add(closing, closing);
    *accel_mps2 = qf_v3_cross(target->rate_rps, qf_v3_add(swing_mps, twice));
    const qf_f64x8 brake =
        qf_f64x8_select(slows, qf_f64x8_mul(qf_f64x8_set1(law->closing_gain), closing_mps), zero);
    *accel_mps2 = qf_v3_along(*accel_mps2, brake, a->axis);
}

/* who has to go back to the standoff */
static qf_mask64x8 goes_astray(const qf_guidance_law *law, const approach *a,
                               const qf_found_lanes *found)
{
    const qf_mask64x8 beside = qf_f64x8_gt(found->lateral_m, cone_m(law, found->axial_m));
    const qf_mask64x8 behind = qf_f64x8_lt(found->axial_m, qf_f64x8_set1(-law->corridor_m));
    const qf_mask64x8 tilted = qf_f64x8_lt(a->facing, qf_f64x8_set1(law->leave_cos));
    const qf_mask64x8 spins = qf_f64x8_gt(a->turning_rps, qf_f64x8_set1(law->leave_rps));
    return qf_mask64x8_or(qf_mask64x8_or(beside, behind), qf_mask64x8_or(tilted, spins));
}

typedef struct phases {
    uint32_t corridor, captured, contact, done; /* contact: the step says so; captured: the port */
} phases;

static phases phases_of(const qf_guidance_lanes *l, const qf_guidance_law *law)
{
    phases p = {0};
    const int64_t *port = l->columns->port_state[law->own_port];
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        const size_t slot = l->place->slot[i];
        const int64_t step = l->columns->step[slot];
        p.corridor |= (uint32_t)(step == QF_APPROACH_CORRIDOR) << i;
        p.contact |= (uint32_t)(step == QF_APPROACH_CAPTURED) << i;
        p.captured |= (uint32_t)(port[slot] > 0) << i;
        p.done |= (uint32_t)((l->flags[i] & QF_FLAG_BIT(BEHAVIOR_DONE)) != 0) << i;
    }
    return p;
}

void QF_KERNEL(qf_guidance_approach)(const qf_guidance_lanes *lanes, const qf_guidance_law *law,
                                     qf_goal_lanes *goal, qf_found_lanes *found)
{
    const qf_target_lanes *target = lanes->target;
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_v3 none = {zero, zero, zero};
    const phases p = phases_of(lanes, law);
    const qf_mask64x8 in_corridor = qf_mask64x8_from_bits(p.corridor);
    const qf_mask64x8 free_moving =
        qf_mask64x8_from_bits(~(p.contact | p.captured) & ((1U << QF_GUIDANCE_LANES) - 1));
    const approach a = geometry(lanes, law, goal, found);
    qf_v3 corridor_mps;
    qf_v3 corridor_mps2;
    const qf_mask64x8 ready =
        stand_off(law, target, &a, &goal->velocity_mps, &goal->accel_mps2, &goal->distance_m);
    close_in(law, target, &a, found, &corridor_mps, &corridor_mps2);
    goal->velocity_mps = qf_v3_add(target->velocity_mps,
                                   qf_v3_select(in_corridor, corridor_mps, goal->velocity_mps));
    goal->accel_mps2 = qf_v3_add(qf_v3_select(in_corridor, corridor_mps2, goal->accel_mps2),
                                 qf_v3_sub(target->gravity_mps2, lanes->own->gravity_mps2));
    goal->distance_m = qf_f64x8_select(
        in_corridor,
        qf_f64x8_sqrt(qf_f64x8_add(qf_f64x8_mul(found->axial_m, found->axial_m),
                                   qf_f64x8_mul(found->lateral_m, found->lateral_m))),
        goal->distance_m);
    /* who knows nothing of its target keeps still, as far as gravity lets it; rates are damped */
    const qf_mask64x8 lost = qf_mask64x8_not(target->known);
    goal->velocity_mps = qf_v3_select(lost, none, goal->velocity_mps);
    goal->accel_mps2 = qf_v3_select(lost, none, goal->accel_mps2);
    goal->rate_rps = qf_v3_select(lost, none, goal->rate_rps);
    goal->turn_gain = qf_f64x8_select(lost, zero, goal->turn_gain);
    const qf_mask64x8 falls = qf_mask64x8_from_bits(
        lanes->group->body->gravity.kind == QF_GRAVITY_NONE ? 0 : qf_mask64x8_bits(lost));
    goal->moves = qf_mask64x8_and(free_moving, qf_mask64x8_not(falls));
    goal->turns = free_moving;
    const qf_f64x8 unknown = qf_f64x8_set1(__builtin_nan(""));
    goal->distance_m = qf_f64x8_select(lost, unknown, goal->distance_m);
    found->axial_m = qf_f64x8_select(lost, unknown, found->axial_m);
    found->lateral_m = qf_f64x8_select(lost, unknown, found->lateral_m);
    found->angle_deg = qf_f64x8_select(lost, unknown, found->angle_deg);

    const uint32_t known = qf_mask64x8_bits(target->known);
    const uint32_t away = ~(p.corridor | p.contact) & known;
    found->captured = p.captured;
    found->arrived = qf_mask64x8_bits(ready) & away & ~p.captured;
    found->retreats = ((qf_mask64x8_bits(goes_astray(law, &a, found)) & p.corridor & known) |
                       (p.contact & ~p.done)) &
                      ~p.captured;
}
