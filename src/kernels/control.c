/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what is wanted to a wrench, for eight vehicles.
 *
 *   acceleration = 2 zeta wn (v_wanted - v) + a,  limited in length
 *     where v_wanted = v* + wn / (2 zeta) e this is wn^2 e + 2 zeta wn e' + a
 *   rate wanted  w_c = R^T w* + k 2 q_e,  the second part limited in length;  k = wn / (2 zeta)
 *     q_e: vector part of the attitude error in body axes, of the two signs the one with w >= 0
 *   torque = I (2 zeta wn (w_c - w) + (R^T w*) x w + n x w) + (w + n) x (I (w + n) + h)
 *
 * 2 q_e is the angle for small ones and never more than 2, so that far turns go at the most rate. Wheels give what of
 * the torque their limits of torque and momentum allow; thrusters the rest. A wheel with more than four fifths of its
 * most momentum gives some of it away, in DESATURATION_S, and thrusters hold against that.
 * h: momentum of the wheels. n: how fast Hill's frame turns, which rates are relative to; elsewhere 0.
 * Guarded by tests/test_control.c.
 */
#include "guidance_lanes.h"

#define DESATURATION_SHARE 0.8
#define DESATURATION_S     10.0

static qf_f64x8 limit_by(qf_f64x8 length, qf_f64x8 most)
{
    return qf_f64x8_select(qf_f64x8_gt(length, most), qf_f64x8_mul(most, qf_inverse(length)),
                           qf_f64x8_set1(1.0));
}

void QF_KERNEL(qf_control_accel)(const qf_guided_lanes *own, const qf_goal_lanes *goal,
                                 qf_v3 *accel_mps2)
{
    const qf_v3 off_mps = qf_v3_sub(goal->velocity_mps, own->velocity_mps);
    const qf_v3 wanted = qf_v3_along(goal->accel_mps2, goal->speed_gain, off_mps);
    *accel_mps2 = qf_v3_scale(wanted, limit_by(qf_v3_norm(wanted), goal->max_accel_mps2));
}

static qf_v3 times_inertia(const qf_f64x8 *i, qf_v3 w)
{
    return (qf_v3){qf_f64x8_add(qf_f64x8_add(qf_f64x8_mul(i[0], w.x), qf_f64x8_mul(i[3], w.y)),
                                qf_f64x8_mul(i[4], w.z)),
                   qf_f64x8_add(qf_f64x8_add(qf_f64x8_mul(i[3], w.x), qf_f64x8_mul(i[1], w.y)),
                                qf_f64x8_mul(i[5], w.z)),
                   qf_f64x8_add(qf_f64x8_add(qf_f64x8_mul(i[4], w.x), qf_f64x8_mul(i[5], w.y)),
                                qf_f64x8_mul(i[2], w.z))};
}

/* what the wheel about one axis gives the vehicle */
static qf_f64x8 wheel(qf_f64x8 torque_nm, qf_f64x8 momentum_nms, double most_nm, double most_nms,
                      double dt_s)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 most = qf_f64x8_set1(most_nm);
    const qf_f64x8 spare = qf_f64x8_max(
        qf_f64x8_sub(qf_f64x8_abs(momentum_nms), qf_f64x8_set1(DESATURATION_SHARE * most_nms)),
        zero);
    const qf_f64x8 slow = qf_f64x8_mul(spare, qf_f64x8_set1(1.0 / DESATURATION_S));
    const qf_f64x8 given = qf_f64x8_add(
        torque_nm, qf_f64x8_select(qf_f64x8_lt(momentum_nms, zero), qf_f64x8_neg(slow), slow));
    /* the momentum after the tick is what it was less what the vehicle got */
    const qf_f64x8 per_s = qf_f64x8_set1(1.0 / dt_s);
    const qf_f64x8 top = qf_f64x8_set1(most_nms);
    const qf_f64x8 low =
        qf_f64x8_max(qf_f64x8_mul(qf_f64x8_sub(momentum_nms, top), per_s), qf_f64x8_neg(most));
    const qf_f64x8 high = qf_f64x8_min(qf_f64x8_mul(qf_f64x8_add(momentum_nms, top), per_s), most);
    return qf_f64x8_min(qf_f64x8_max(given, low), high);
}

/* what makes the rates change by `accel`, against what the body's and wheels' own momentum does to them */
static qf_v3 torque_for(const qf_guided_lanes *own, const qf_gravity *gravity, qf_v3 accel)
{
    qf_v3 rate_rps = own->rate_rps;
    if (gravity->kind == QF_GRAVITY_CLOHESSY_WILTSHIRE) {
        const qf_v3 turning =
            qf_v3_scale(qf_q4_up(own->attitude), qf_f64x8_set1(gravity->mean_motion_rps));
        accel = qf_v3_add(accel, qf_v3_cross(turning, rate_rps));
        rate_rps = qf_v3_add(rate_rps, turning);
    }
    const qf_v3 momentum = qf_v3_add(times_inertia(own->inertia_kgm2, rate_rps), own->wheel_nms);
    return qf_v3_add(times_inertia(own->inertia_kgm2, accel), qf_v3_cross(rate_rps, momentum));
}

void QF_KERNEL(qf_control_torque)(const qf_guided_lanes *own, const qf_goal_lanes *goal,
                                  const qf_body_group *body, double dt_s, qf_v3 *torque_nm,
                                  qf_v3 *wheel_nm)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_q4 back = qf_q4_conjugate(own->attitude);
    const qf_q4 error = qf_q4_mul(back, goal->attitude);
    const qf_f64x8 two = qf_f64x8_set1(2.0);
    const qf_f64x8 sign = qf_f64x8_select(qf_f64x8_lt(error.w, zero), qf_f64x8_neg(two), two);
    const qf_v3 turn = qf_v3_scale(qf_q4_vector(error), qf_f64x8_mul(sign, goal->turn_gain));
    const qf_v3 goal_rps = qf_q4_turn(back, goal->rate_rps);
    const qf_v3 wanted_rps =
        qf_v3_along(goal_rps, limit_by(qf_v3_norm(turn), goal->max_rate_rps), turn);
    const qf_v3 accel = qf_v3_along(qf_v3_cross(goal_rps, own->rate_rps), goal->rate_gain,
                                    qf_v3_sub(wanted_rps, own->rate_rps));
    *torque_nm = torque_for(own, &body->gravity, accel);
    *wheel_nm = (qf_v3){zero, zero, zero};
    if (body->wheels) {
        const double *t = body->wheel_torque_nm;
        const double *h = body->wheel_momentum_nms;
        *wheel_nm = (qf_v3){wheel(torque_nm->x, own->wheel_nms.x, t[0], h[0], dt_s),
                            wheel(torque_nm->y, own->wheel_nms.y, t[1], h[1], dt_s),
                            wheel(torque_nm->z, own->wheel_nms.z, t[2], h[2], dt_s)};
        *torque_nm = qf_v3_sub(*torque_nm, *wheel_nm);
    }
}
