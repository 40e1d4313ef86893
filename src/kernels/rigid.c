/* SPDX-License-Identifier: Apache-2.0 */
/* Rigid bodies one at a time. Guarded by tests/test_rigid.c. */
#include "rigid.h"

#include "vector3.h"

/* v + 2 w (u x v) + 2 u x (u x v) */
static void turn_by(double w, const double u[3], const double in[3], double out[3])
{
    double once[3];
    double twice[3];
    qf_cross(u, in, once);
    qf_cross(u, once, twice);
    for (int k = 0; k < 3; k++) {
        out[k] = in[k] + 2.0 * (w * once[k] + twice[k]);
    }
}

void qf_turn(const double attitude[4], const double in[3], double out[3])
{
    turn_by(attitude[0], attitude + 1, in, out);
}

void qf_turn_back(const double attitude[4], const double in[3], double out[3])
{
    turn_by(-attitude[0], attitude + 1, in, out);
}

void qf_turns(const double first[4], const double second[4], double out[4])
{
    double across[3];
    qf_cross(first + 1, second + 1, across);
    out[0] = first[0] * second[0] - qf_dot(first + 1, second + 1);
    for (int k = 0; k < 3; k++) {
        out[k + 1] = first[0] * second[k + 1] + second[0] * first[k + 1] + across[k];
    }
}

void qf_turned_back(const double attitude[4], double out[4])
{
    out[0] = attitude[0];
    for (int k = 1; k < 4; k++) {
        out[k] = -attitude[k];
    }
}

void qf_tensor_apply(const double t[6], const double in[3], double out[3])
{
    out[0] = t[0] * in[0] + t[3] * in[1] + t[4] * in[2];
    out[1] = t[3] * in[0] + t[1] * in[1] + t[5] * in[2];
    out[2] = t[4] * in[0] + t[5] * in[1] + t[2] * in[2];
}

void qf_tensor_solve(const double t[6], const double in[3], double out[3])
{
    const double minor[6] = {t[1] * t[2] - t[5] * t[5], t[0] * t[2] - t[4] * t[4],
                             t[0] * t[1] - t[3] * t[3], t[4] * t[5] - t[3] * t[2],
                             t[3] * t[5] - t[4] * t[1], t[3] * t[4] - t[0] * t[5]};
    const double determinant = t[0] * minor[0] + t[3] * minor[3] + t[4] * minor[4];
    qf_tensor_apply(minor, in, out);
    for (int k = 0; k < 3; k++) {
        out[k] /= determinant;
    }
}

/* columns are the axes turned: R T R^T, each row of R applied to the tensor */
static void tensor_between(double axes[3][3], const double tensor[6], double out[6])
{
    static const int row[6] = {0, 1, 2, 0, 0, 1};
    static const int column[6] = {0, 1, 2, 1, 2, 2};
    double through[3][3];
    for (int k = 0; k < 3; k++) {
        qf_tensor_apply(tensor, axes[k], through[k]);
    }
    for (int k = 0; k < 6; k++) {
        out[k] = qf_dot(axes[row[k]], through[column[k]]);
    }
}

static const double unit[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};

void qf_tensor_turn(const double attitude[4], const double tensor[6], double out[6])
{
    double axes[3][3]; /* the world's, in the body's */
    for (int k = 0; k < 3; k++) {
        qf_turn_back(attitude, unit[k], axes[k]);
    }
    tensor_between(axes, tensor, out);
}

void qf_tensor_turn_back(const double attitude[4], const double tensor[6], double out[6])
{
    double axes[3][3];
    for (int k = 0; k < 3; k++) {
        qf_turn(attitude, unit[k], axes[k]);
    }
    tensor_between(axes, tensor, out);
}

void qf_rigid_spin(const qf_rigid *body, double nms[3])
{
    double own[3];
    qf_tensor_apply(body->inertia_kgm2, body->rate_rps, own);
    qf_add_scaled(own, 1.0, body->wheels_nms, own);
    qf_turn(body->attitude, own, nms);
}

/* m (r^2 1 - r r), added */
static void add_distant(double mass_kg, const double r[3], double tensor[6])
{
    tensor[0] += mass_kg * (r[1] * r[1] + r[2] * r[2]);
    tensor[1] += mass_kg * (r[0] * r[0] + r[2] * r[2]);
    tensor[2] += mass_kg * (r[0] * r[0] + r[1] * r[1]);
    tensor[3] -= mass_kg * r[0] * r[1];
    tensor[4] -= mass_kg * r[0] * r[2];
    tensor[5] -= mass_kg * r[1] * r[2];
}

/* relative to the first part, so that nothing is lost far from the origin or at the speed of an orbit */
static void center_of(const qf_rigid *parts, size_t n, qf_rigid *whole, double place_m[3],
                      double velocity_mps[3])
{
    for (int k = 0; k < 3; k++) {
        place_m[k] = 0.0;
        velocity_mps[k] = 0.0;
        for (size_t i = 0; i < n; i++) {
            const double mass_kg = parts[i].mass_kg;
            place_m[k] += mass_kg * (parts[i].position_m[k] - parts[0].position_m[k]);
            velocity_mps[k] += mass_kg * (parts[i].velocity_mps[k] - parts[0].velocity_mps[k]);
        }
        place_m[k] /= whole->mass_kg;
        velocity_mps[k] /= whole->mass_kg;
        whole->position_m[k] = parts[0].position_m[k] + place_m[k];
        whole->velocity_mps[k] = parts[0].velocity_mps[k] + velocity_mps[k];
    }
}

void qf_rigid_join(const qf_rigid *parts, size_t n, qf_rigid *whole)
{
    *whole = (qf_rigid){.attitude = {1.0, 0.0, 0.0, 0.0}};
    for (size_t i = 0; i < n; i++) {
        whole->mass_kg += parts[i].mass_kg;
    }
    double center_m[3];
    double center_mps[3];
    center_of(parts, n, whole, center_m, center_mps);
    double spin_nms[3] = {0.0, 0.0, 0.0}; /* without wheels */
    for (size_t i = 0; i < n; i++) {
        const qf_rigid *part = &parts[i];
        double arm_m[3];
        double relative_mps[3];
        for (int k = 0; k < 3; k++) {
            arm_m[k] = part->position_m[k] - parts[0].position_m[k] - center_m[k];
            relative_mps[k] = part->velocity_mps[k] - parts[0].velocity_mps[k] - center_mps[k];
        }
        double tensor[6];
        qf_tensor_turn(part->attitude, part->inertia_kgm2, tensor);
        add_distant(part->mass_kg, arm_m, tensor);
        double orbital[3];
        qf_cross(arm_m, relative_mps, orbital);
        double own[3];
        double turned[3];
        qf_tensor_apply(part->inertia_kgm2, part->rate_rps, own);
        qf_turn(part->attitude, own, turned);
        double wheels[3];
        qf_turn(part->attitude, part->wheels_nms, wheels);
        for (int k = 0; k < 6; k++) {
            whole->inertia_kgm2[k] += tensor[k];
        }
        for (int k = 0; k < 3; k++) {
            spin_nms[k] += turned[k] + part->mass_kg * orbital[k];
            whole->wheels_nms[k] += wheels[k];
        }
    }
    qf_tensor_solve(whole->inertia_kgm2, spin_nms, whole->rate_rps);
}

void qf_rigid_push(const qf_rigid *body, const double arm_m[3], const double impulse_ns[3],
                   double velocity_mps[3], double rate_rps[3])
{
    double twist[3];
    double own[3];
    double rate[3];
    qf_cross(arm_m, impulse_ns, twist);
    qf_turn_back(body->attitude, twist, own);
    qf_tensor_solve(body->inertia_kgm2, own, rate);
    qf_turn(body->attitude, rate, rate_rps);
    for (int k = 0; k < 3; k++) {
        velocity_mps[k] = impulse_ns[k] / body->mass_kg;
    }
}

double qf_rigid_ease(const qf_rigid *body, const double arm_m[3], const double direction[3])
{
    double velocity[3];
    double rate[3];
    double turning[3];
    qf_rigid_push(body, arm_m, direction, velocity, rate);
    qf_cross(rate, arm_m, turning);
    return qf_dot(velocity, direction) + qf_dot(turning, direction);
}

void qf_rigid_velocity(const qf_rigid *body, const double arm_m[3], double velocity_mps[3])
{
    double rate[3];
    double turning[3];
    qf_turn(body->attitude, body->rate_rps, rate);
    qf_cross(rate, arm_m, turning);
    qf_add_scaled(body->velocity_mps, 1.0, turning, velocity_mps);
}
