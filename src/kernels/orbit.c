/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conics, elements and states; Kepler's equation in universal variables (Battin, An Introduction to the Mathematics
 * and Methods of Astrodynamics, section 4.5) solved by Laguerre's method after Conway (1986), which converges from
 * any start. Guarded by tests/test_orbit.c.
 */
#include "orbit.h"

#include <math.h>
#include <stdbool.h>

#include "scalar_math.h"
#include "vector3.h"

#define AS_GOOD_AS_ZERO 1e-8

static double norm(const double a[3])
{
    return sqrt(qf_dot(a, a));
}

/* in [0, 2 pi) */
static double full_angle(double y, double x)
{
    const double angle = qf_atan2(y, x);
    const double up = angle < 0.0 ? angle + QF_TWO_PI : angle;
    return up < QF_TWO_PI ? up : 0.0;
}

void qf_orbit_state(const qf_orbit *orbit, double mu_m3ps2, double position_m[3],
                    double velocity_mps[3])
{
    const double e = orbit->eccentricity;
    const double parameter_m = orbit->semi_major_axis_m * (1.0 - e * e);
    const double ca = qf_cos(orbit->anomaly_rad);
    const double sa = qf_sin(orbit->anomaly_rad);
    const double radius_m = parameter_m / (1.0 + e * ca);
    const double speed_mps = sqrt(mu_m3ps2 / parameter_m);
    const double cn = qf_cos(orbit->node_rad);
    const double sn = qf_sin(orbit->node_rad);
    const double ci = qf_cos(orbit->inclination_rad);
    const double si = qf_sin(orbit->inclination_rad);
    const double cp = qf_cos(orbit->periapsis_rad);
    const double sp = qf_sin(orbit->periapsis_rad);
    /* to the periapsis, and a quarter of a turn ahead of it */
    const double p[3] = {cn * cp - sn * sp * ci, sn * cp + cn * sp * ci, sp * si};
    const double q[3] = {-cn * sp - sn * cp * ci, -sn * sp + cn * cp * ci, cp * si};
    for (int d = 0; d < 3; d++) {
        position_m[d] = radius_m * (ca * p[d] + sa * q[d]);
        velocity_mps[d] = speed_mps * ((e + ca) * q[d] - sa * p[d]);
    }
}

qf_orbit qf_orbit_of_state(const double position_m[3], const double velocity_mps[3],
                           double mu_m3ps2)
{
    const double *r = position_m;
    const double *v = velocity_mps;
    double h[3];
    double vh[3];
    qf_cross(r, v, h);
    qf_cross(v, h, vh);
    const double momentum = norm(h);
    const double n[3] = {h[0] / momentum, h[1] / momentum, h[2] / momentum};
    double e[3];
    for (int d = 0; d < 3; d++) {
        e[d] = vh[d] / mu_m3ps2 - r[d] / norm(r);
    }
    const double eccentricity = norm(e);
    const double tilt = sqrt(n[0] * n[0] + n[1] * n[1]);
    const bool level = tilt < AS_GOOD_AS_ZERO;
    const bool circular = eccentricity < AS_GOOD_AS_ZERO;
    const double node[3] = {level ? 1.0 : -n[1], level ? 0.0 : n[0], 0.0};
    const double *periapsis = circular ? node : e;
    double ahead[3];
    qf_cross(n, node, ahead);
    const double argument = full_angle(qf_dot(ahead, e), qf_dot(node, e));
    qf_cross(n, periapsis, ahead);
    return (qf_orbit){
        .semi_major_axis_m = 1.0 / (2.0 / norm(r) - qf_dot(v, v) / mu_m3ps2),
        .eccentricity = eccentricity,
        .inclination_rad = qf_atan2(tilt, n[2]),
        .node_rad = full_angle(node[1], node[0]),
        .periapsis_rad = circular ? 0.0 : argument,
        .anomaly_rad = full_angle(qf_dot(ahead, r), qf_dot(periapsis, r)),
    };
}

/* Stumpff's functions: c0 + z c2 = 1, c1 + z c3 = 1; c_k = sum of (-z)^i / (2 i + k)! */
typedef struct stumpff {
    double c1, c2, c3;
} stumpff;

static stumpff stumpff_of(double z)
{
    stumpff s;
    if (z > 0.1) {
        const double root = sqrt(z);
        const double half = qf_sin(0.5 * root);
        s.c1 = qf_sin(root) / root;
        s.c2 = 2.0 * half * half / z;
        s.c3 = (1.0 - s.c1) / z;
    } else if (z < -0.1) {
        const double root = sqrt(-z);
        const double up = qf_exp_minus_1(root);
        const double down = qf_exp_minus_1(-root);
        s.c1 = 0.5 * (up - down) / root;
        s.c2 = -0.5 * (up + down) / z;
        s.c3 = (1.0 - s.c1) / z;
    } else {
        /* seven terms: the next is below 1e-17 */
        s.c2 = 0.0;
        s.c3 = 0.0;
        for (int i = 6; i > 0; i--) {
            s.c2 = (1.0 - z * s.c2) / ((2.0 * i) * (2.0 * i - 1.0));
            s.c3 = (1.0 - z * s.c3) / ((2.0 * i) * (2.0 * i + 1.0));
        }
        s.c1 = 1.0 - z * s.c3;
    }
    return s;
}

/* what Kepler's equation needs of a state */
typedef struct kepler {
    double alpha, radius, sigma; /* sigma = r . v / sqrt(mu) */
} kepler;

/* of the universal anomaly x: sqrt(mu) times the time since the state, and its derivatives */
static double time_of(const kepler *k, double x, const stumpff *s, double *first, double *second)
{
    const double x2 = x * x;
    const double z = k->alpha * x2;
    *first = k->sigma * x * s->c1 + (1.0 - k->alpha * k->radius) * x2 * s->c2 + k->radius;
    *second = k->sigma * (1.0 - z * s->c2) + (1.0 - k->alpha * k->radius) * x * s->c1;
    return k->sigma * x2 * s->c2 + (1.0 - k->alpha * k->radius) * x2 * x * s->c3 + k->radius * x;
}

static double universal_anomaly(const kepler *k, double time)
{
    enum { DEGREE = 5, MOST_STEPS = 60, MOST_HYPERBOLIC = 40 };
    double x = k->alpha > 0.0 ? time * k->alpha : time / k->radius;
    if (k->alpha < 0.0) {
        /* exponentials overflow beyond, and no time is that long */
        const double most = MOST_HYPERBOLIC / sqrt(-k->alpha);
        x = fmin(fmax(x, -most), most);
    }
    for (int step = 0; step < MOST_STEPS; step++) {
        const stumpff s = stumpff_of(k->alpha * x * x);
        double first;
        double second;
        const double off = time_of(k, x, &s, &first, &second) - time;
        const double under = (DEGREE - 1.0) * (DEGREE - 1.0) * first * first -
                             DEGREE * (DEGREE - 1.0) * off * second;
        const double root = sqrt(fabs(under));
        const double move = DEGREE * off / (first + (first < 0.0 ? -root : root));
        x -= move;
        if (!(fabs(move) > 1e-15 * fabs(x))) {
            break;
        }
    }
    return x;
}

void qf_orbit_coast(double mu_m3ps2, double duration_s, double position_m[3],
                    double velocity_mps[3])
{
    const double root_mu = sqrt(mu_m3ps2);
    const double r0 = norm(position_m);
    const kepler k = {.alpha = 2.0 / r0 - qf_dot(velocity_mps, velocity_mps) / mu_m3ps2,
                      .radius = r0,
                      .sigma = qf_dot(position_m, velocity_mps) / root_mu};
    const double time = root_mu * duration_s;
    const double x = universal_anomaly(&k, time);
    const stumpff s = stumpff_of(k.alpha * x * x);
    double radius;
    double ignored;
    (void)time_of(&k, x, &s, &radius, &ignored);
    const double f = 1.0 - x * x * s.c2 / r0;
    const double g = (time - x * x * x * s.c3) / root_mu;
    const double f_rate = -root_mu * x * s.c1 / (radius * r0);
    const double g_rate = 1.0 - x * x * s.c2 / radius;
    for (int d = 0; d < 3; d++) {
        const double r = position_m[d];
        const double v = velocity_mps[d];
        position_m[d] = f * r + g * v;
        velocity_mps[d] = f_rate * r + g_rate * v;
    }
}

void qf_hill_coast(double mean_motion_rps, double duration_s, double position_m[3],
                   double velocity_mps[3])
{
    const double n = mean_motion_rps;
    const double x = position_m[0];
    const double y = position_m[1];
    const double z = position_m[2];
    const double vx = velocity_mps[0];
    const double vy = velocity_mps[1];
    const double vz = velocity_mps[2];
    const double s = qf_sin(n * duration_s);
    const double c = qf_cos(n * duration_s);
    const double half = qf_sin(0.5 * n * duration_s);
    const double c1 = 2.0 * half * half; /* 1 - c, also where that is small */
    position_m[0] = (4.0 - 3.0 * c) * x + s / n * vx + 2.0 / n * c1 * vy;
    position_m[1] = 6.0 * (s - n * duration_s) * x + y - 2.0 / n * c1 * vx +
                    (4.0 * s / n - 3.0 * duration_s) * vy;
    position_m[2] = c * z + s / n * vz;
    velocity_mps[0] = 3.0 * n * s * x + c * vx + 2.0 * s * vy;
    velocity_mps[1] = -6.0 * n * c1 * x - 2.0 * s * vx + (4.0 * c - 3.0) * vy;
    velocity_mps[2] = -n * s * z + c * vz;
}

qf_local_axes qf_local_axes_of(const double position_m[3], const double velocity_mps[3])
{
    qf_local_axes local = {{{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}, 0.0};
    double h[3];
    qf_cross(position_m, velocity_mps, h);
    const double radius_m = norm(position_m);
    const double momentum = norm(h);
    if (!(momentum > 0.0)) {
        return local;
    }
    for (int d = 0; d < 3; d++) {
        local.axis[0][d] = position_m[d] / radius_m;
        local.axis[2][d] = h[d] / momentum;
    }
    qf_cross(local.axis[2], local.axis[0], local.axis[1]);
    local.rate_rps = momentum / (radius_m * radius_m);
    return local;
}
