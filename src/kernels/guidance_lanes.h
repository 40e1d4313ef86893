/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_GUIDANCE_LANES_H
#define QF_GUIDANCE_LANES_H

#include "guidance_law.h"
#include "kernels.h"
#include "lanes_space.h"

/* Eight vehicles on their way through guidance_*.c and control.c; of those files only. */

/* Where they are among columns. Neighbours, or any: those of a block that follow the same behaviour stand together,
   since each behaviour in a lane takes its time from all. Lanes from n on repeat the last vehicle. */
typedef struct qf_guidance_place {
    size_t n;
    bool neighbours; /* all eight, in order */
    size_t slot[QF_GUIDANCE_LANES];
} qf_guidance_place;

/* World axes, but for rates of the vehicle itself. */
typedef struct qf_guided_lanes {
    qf_v3 place_m, velocity_mps;
    qf_q4 attitude;
    qf_v3 rate_rps; /* body axes */
    qf_v3 gravity_mps2;
    qf_f64x8 mass_kg;
    qf_f64x8 inertia_kgm2[6];
    qf_v3 wheel_nms; /* body axes; 0 without wheels */
} qf_guided_lanes;

/* Targets, as far as known, now. */
typedef struct qf_target_lanes {
    qf_mask64x8 known;
    qf_v3 place_m, velocity_mps;
    qf_q4 attitude;
    qf_v3 rate_rps; /* world axes */
    qf_v3 gravity_mps2;
} qf_target_lanes;

typedef struct qf_goal_lanes {
    qf_mask64x8 moves; /* a force is wanted */
    qf_mask64x8 turns; /* a torque is wanted */
    qf_v3 velocity_mps;
    qf_v3 accel_mps2;    /* on top of what the error of velocity asks for */
    qf_f64x8 distance_m; /* NaN: nowhere */
    qf_q4 attitude;
    qf_v3 rate_rps; /* of the attitude, world axes */
    /* gains; turn_gain 0: rates only */
    qf_f64x8 speed_gain, turn_gain, rate_gain, max_accel_mps2, max_rate_rps;
    qf_f64x8 avoid_m, avoid_horizon_s;
} qf_goal_lanes;

/* Bits by lane, and ports where there is an approach. */
typedef struct qf_found_lanes {
    uint32_t arrived, retreats, captured;
    qf_f64x8 axial_m, lateral_m, angle_deg;
} qf_found_lanes;

/* What a behaviour is computed from. */
typedef struct qf_guidance_lanes {
    const qf_guidance_columns *columns;
    const qf_guidance_group *group;
    const qf_guidance_place *place;
    const qf_guided_lanes *own;
    const qf_target_lanes *target;
    uint64_t flags[QF_GUIDANCE_LANES];
} qf_guidance_lanes;

/* Both write all lanes of the goal; who has another behaviour is left out by the caller. */
void QF_KERNEL(qf_guidance_goal)(const qf_guidance_lanes *lanes, const qf_guidance_law *law,
                                 qf_goal_lanes *goal, qf_found_lanes *found);
void QF_KERNEL(qf_guidance_approach)(const qf_guidance_lanes *lanes, const qf_guidance_law *law,
                                     qf_goal_lanes *goal, qf_found_lanes *found);

/* Acceleration away from threats; returns who avoids one, as bits. */
uint32_t QF_KERNEL(qf_guidance_avoid)(const qf_guidance_lanes *lanes, int64_t tick, double dt_s,
                                      const qf_goal_lanes *goal, qf_v3 *accel_mps2,
                                      qf_f64x8 *miss_m);

/* The acceleration that a goal asks for, world axes, within its limit. */
void QF_KERNEL(qf_control_accel)(const qf_guided_lanes *own, const qf_goal_lanes *goal,
                                 qf_v3 *accel_mps2);

/* The torque that a goal asks for, body axes, and of that what wheels give. */
void QF_KERNEL(qf_control_torque)(const qf_guided_lanes *own, const qf_goal_lanes *goal,
                                  const qf_body_group *body, double dt_s, qf_v3 *torque_nm,
                                  qf_v3 *wheel_nm);

/* eight of a column */
QF_LANES qf_f64x8 qf_guidance_take(const double *column, const qf_guidance_place *place)
{
    if (place->neighbours) {
        return qf_f64x8_load(column + place->slot[0]);
    }
    double lane[QF_GUIDANCE_LANES];
    for (size_t i = 0; i < QF_GUIDANCE_LANES; i++) {
        lane[i] = column[place->slot[i]];
    }
    return qf_f64x8_load(lane);
}

/* eight of a row, which begins with the vehicle in slot `begin` */
QF_LANES void qf_guidance_put(double *row, const qf_guidance_place *place, size_t begin, qf_f64x8 v)
{
    if (place->neighbours) {
        qf_f64x8_store(row + (place->slot[0] - begin), v);
        return;
    }
    double lane[QF_GUIDANCE_LANES];
    qf_f64x8_store(lane, v);
    for (size_t i = 0; i < place->n; i++) {
        row[place->slot[i] - begin] = lane[i];
    }
}

QF_LANES qf_v3 qf_guidance_take3(const double *const *column, const qf_guidance_place *place)
{
    return (qf_v3){qf_guidance_take(column[0], place), qf_guidance_take(column[1], place),
                   qf_guidance_take(column[2], place)};
}

QF_LANES qf_q4 qf_guidance_take4(const double *const *column, const qf_guidance_place *place)
{
    return (qf_q4){qf_guidance_take(column[0], place), qf_guidance_take(column[1], place),
                   qf_guidance_take(column[2], place), qf_guidance_take(column[3], place)};
}

/*
 * Which way to go, and how fast, so as to come to rest there: the velocity that the distance `from here` asks for.
 * Near it is proportional; farther than a / gain^2 it grows like the root, so that half the most acceleration
 * brakes; never more than the law's speed.
 */
QF_LANES qf_v3 qf_guidance_velocity(const qf_guidance_law *law, qf_v3 from_here_m,
                                    qf_f64x8 distance_m)
{
    const double brake_mps2 = 0.5 * law->max_accel_mps2;
    const double near_m = brake_mps2 / (law->place_gain * law->place_gain);
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 beyond_m =
        qf_f64x8_max(qf_f64x8_sub(distance_m, qf_f64x8_set1(0.5 * near_m)), zero);
    const qf_f64x8 far_mps =
        qf_f64x8_min(qf_f64x8_sqrt(qf_f64x8_mul(beyond_m, qf_f64x8_set1(2.0 * brake_mps2))),
                     qf_f64x8_set1(law->speed_mps));
    const qf_f64x8 near_mps = qf_f64x8_min(qf_f64x8_mul(distance_m, qf_f64x8_set1(law->place_gain)),
                                           qf_f64x8_set1(law->speed_mps));
    const qf_f64x8 speed_mps =
        qf_f64x8_select(qf_f64x8_gt(distance_m, qf_f64x8_set1(near_m)), far_mps, near_mps);
    return qf_v3_scale(from_here_m, qf_f64x8_mul(speed_mps, qf_inverse(distance_m)));
}

#endif
