/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RIGID_H
#define QF_RIGID_H

#include <stddef.h>

/*
 * Rigid bodies one at a time, for what is rare: captures, impacts, and what moves as one. Attitudes are quaternions
 * (w, x, y, z) that turn body axes into the world's; tensors are symmetric: xx, yy, zz, xy, xz, yz.
 */
typedef struct qf_rigid {
    double mass_kg;
    double inertia_kgm2[6]; /* about the centre of mass, body axes */
    double position_m[3];   /* of the centre of mass, world */
    double velocity_mps[3];
    double attitude[4];   /* unit */
    double rate_rps[3];   /* body axes */
    double wheels_nms[3]; /* angular momentum of its wheels, body axes */
} qf_rigid;

/* From body axes to the world's, and back; `out` is not `in`. */
void qf_turn(const double attitude[4], const double in[3], double out[3]);
void qf_turn_back(const double attitude[4], const double in[3], double out[3]);

/* first after second: what turns as `second` and then as `first` */
void qf_turns(const double first[4], const double second[4], double out[4]);
void qf_turned_back(const double attitude[4], double out[4]);

/* tensor * in, and the vector of which that is `in` (the tensor is positive definite); `out` is not `in`. */
void qf_tensor_apply(const double tensor[6], const double in[3], double out[3]);
void qf_tensor_solve(const double tensor[6], const double in[3], double out[3]);

/* The tensor of body axes in the world's. */
void qf_tensor_turn(const double attitude[4], const double tensor[6], double out[6]);
void qf_tensor_turn_back(const double attitude[4], const double tensor[6], double out[6]);

/* Angular momentum about the centre of mass, wheels included; world axes. */
void qf_rigid_spin(const qf_rigid *body, double nms[3]);

/*
 * The parts as one body from now on: linear and angular momentum are what they were, wheels keep their own. Its axes
 * are the world's, its attitude no turn; `wheels_nms` is the sum of all. n >= 1.
 */
void qf_rigid_join(const qf_rigid *parts, size_t n, qf_rigid *whole);

/* What an impulse does to a body at a point `arm` from its centre of mass; all in world axes. */
void qf_rigid_push(const qf_rigid *body, const double arm_m[3], const double impulse_ns[3],
                   double velocity_mps[3], double rate_rps[3]);

/* Speed that an impulse of 1 N s along a unit direction gives the point `arm` along that direction, 1 / kg. */
double qf_rigid_ease(const qf_rigid *body, const double arm_m[3], const double direction[3]);

/* Velocity of the point of the body that is `arm` from its centre of mass; world axes. */
void qf_rigid_velocity(const qf_rigid *body, const double arm_m[3], double velocity_mps[3]);

#endif
