/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Osculating elements, for slots [begin, end): the conic that a vehicle would go on along if only the planet's
 * point mass pulled.
 *
 *   h = r x v,  e = v x h / mu - r / |r|,  1 / a = 2 / |r| - v^2 / mu                     [m2/s, 1, 1/m]
 *   inclination from h, node N = z x h, periapsis from N to e and anomaly from e to r, along the motion
 *   apoapsis = a (1 + e) - R, periapsis = h^2 / mu / (1 + e) - R, period = 2 pi sqrt(a^3 / mu)
 *
 * An orbit in the plane of the equator (inclination below 1e-8 rad, or as near to pi) has its node at +X; a circular
 * one (e < 1e-8) has its periapsis at the node. What is not bound has an infinite apoapsis and period. NaN without a planet that pulls.
 *
 * In: position, velocity. Out: nine columns. Written only when observed, so that four arc tangents do not matter.
 * Source: Vallado, Fundamentals of Astrodynamics, algorithm 9. Guarded by tests/test_orbit.c,
 * test_conformance_bodies.c.
 */
#include "body_lanes.h"
#include "kernels.h"
#include "lanes_math.h"

#define DEG_PER_RAD     57.29577951308232
#define AS_GOOD_AS_ZERO 1e-8

/* angle of (x, y) from +x, in [0, 360) degrees */
QF_LANES qf_f64x8 turn_deg(qf_f64x8 y, qf_f64x8 x)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 full = qf_f64x8_set1(360.0);
    const qf_f64x8 deg = qf_f64x8_mul(qf_f64x8_atan2(y, x), qf_f64x8_set1(DEG_PER_RAD));
    const qf_f64x8 up = qf_f64x8_select(qf_f64x8_lt(deg, zero), qf_f64x8_add(deg, full), deg);
    /* a little below zero becomes a whole turn */
    return qf_f64x8_select(qf_f64x8_lt(up, full), up, qf_f64x8_sub(up, full));
}

/* angle from a to r, both across the unit vector n, in the sense of n */
QF_LANES qf_f64x8 turn_about(qf_v3 n, qf_v3 a, qf_v3 r)
{
    return turn_deg(qf_v3_dot(n, qf_v3_cross(a, r)), qf_v3_dot(a, r));
}

QF_LANES void put_size(const qf_body_columns *c, const qf_gravity *gravity, size_t i,
                       qf_f64x8 radius, qf_f64x8 speed2, qf_f64x8 momentum2, qf_f64x8 e)
{
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 infinite = qf_f64x8_set1(__builtin_inf());
    const qf_f64x8 mu = qf_f64x8_set1(gravity->mu_m3ps2);
    const qf_f64x8 surface = qf_f64x8_set1(gravity->radius_m);
    const qf_f64x8 inverse =
        qf_f64x8_sub(qf_f64x8_div(qf_f64x8_set1(2.0), radius), qf_f64x8_div(speed2, mu));
    const qf_mask64x8 bound = qf_f64x8_gt(inverse, qf_f64x8_set1(0.0));
    const qf_f64x8 a = qf_f64x8_div(one, inverse);
    const qf_f64x8 period =
        qf_f64x8_mul(qf_f64x8_set1(QF_TWO_PI),
                     qf_f64x8_sqrt(qf_f64x8_div(qf_f64x8_mul(a, qf_f64x8_mul(a, a)), mu)));
    const qf_f64x8 far = qf_f64x8_sub(qf_f64x8_mul(a, qf_f64x8_add(one, e)), surface);
    const qf_f64x8 near = qf_f64x8_div(qf_f64x8_div(momentum2, mu), qf_f64x8_add(one, e));
    qf_f64x8_store(c->semi_major_axis_m + i, a);
    qf_f64x8_store(c->eccentricity + i, e);
    qf_f64x8_store(c->apoapsis_m + i, qf_f64x8_select(bound, far, infinite));
    qf_f64x8_store(c->periapsis_m + i, qf_f64x8_sub(near, surface));
    qf_f64x8_store(c->period_s + i, qf_f64x8_select(bound, period, infinite));
}

/* n: along the momentum, unit; e: to the periapsis */
QF_LANES void put_angles(const qf_body_columns *c, size_t i, qf_v3 n, qf_v3 r, qf_v3 e,
                         qf_f64x8 eccentricity)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_f64x8 small = qf_f64x8_set1(AS_GOOD_AS_ZERO);
    const qf_f64x8 tilt =
        qf_f64x8_sqrt(qf_f64x8_add(qf_f64x8_mul(n.x, n.x), qf_f64x8_mul(n.y, n.y)));
    const qf_mask64x8 level = qf_f64x8_lt(tilt, small);
    const qf_v3 east = {qf_f64x8_set1(1.0), zero, zero};
    const qf_v3 node = qf_v3_select(level, east, (qf_v3){qf_f64x8_neg(n.y), n.x, zero});
    const qf_mask64x8 circular = qf_f64x8_lt(eccentricity, small);
    const qf_v3 periapsis = qf_v3_select(circular, node, e);
    qf_f64x8_store(c->inclination_deg + i, turn_deg(tilt, n.z));
    qf_f64x8_store(c->node_deg + i, turn_deg(node.y, node.x));
    qf_f64x8_store(c->periapsis_deg + i,
                   qf_f64x8_select(circular, zero, turn_about(n, node, periapsis)));
    qf_f64x8_store(c->anomaly_deg + i, turn_about(n, periapsis, r));
}

/* whole lanes */
static void step(const qf_body_columns *c, const qf_gravity *gravity, size_t begin, size_t end)
{
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_v3 center = qf_v3_set1(gravity->center_m);
    const qf_f64x8 mu = qf_f64x8_set1(gravity->mu_m3ps2);
    for (size_t i = begin; i < end; i += QF_BODY_LANES) {
        const qf_v3 r = qf_v3_sub(QF_V3_LOAD(c->position_m, i), center);
        const qf_v3 v = QF_V3_LOAD(c->velocity_mps, i);
        const qf_f64x8 radius = qf_v3_norm(r);
        const qf_v3 h = qf_v3_cross(r, v);
        const qf_f64x8 momentum2 = qf_v3_dot(h, h);
        const qf_v3 n = qf_v3_scale(h, qf_f64x8_div(one, qf_f64x8_sqrt(momentum2)));
        const qf_v3 e = qf_v3_sub(qf_v3_scale(qf_v3_cross(v, h), qf_f64x8_div(one, mu)),
                                  qf_v3_scale(r, qf_f64x8_div(one, radius)));
        const qf_f64x8 eccentricity = qf_v3_norm(e);
        put_size(c, gravity, i, radius, qf_v3_dot(v, v), momentum2, eccentricity);
        put_angles(c, i, n, r, e, eccentricity);
    }
}

static void put_none(const qf_body_columns *c, size_t begin, size_t end)
{
    double *const columns[] = {c->semi_major_axis_m, c->eccentricity,  c->inclination_deg,
                               c->node_deg,          c->periapsis_deg, c->anomaly_deg,
                               c->apoapsis_m,        c->periapsis_m,   c->period_s};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        for (size_t i = begin; i < end; i++) {
            columns[k][i] = __builtin_nan("");
        }
    }
}

void QF_KERNEL(qf_orbit_elements)(const qf_body_columns *columns, const qf_body_group *group,
                                  const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                  size_t end)
{
    (void)scratch;
    const qf_gravity *gravity = &group->gravity;
    if (!tick->observed) {
        return;
    }
    if (!qf_gravity_has_planet(gravity)) {
        put_none(columns, begin, end);
        return;
    }
    const size_t left = (end - begin) % QF_BODY_LANES;
    step(columns, gravity, begin, end - left);
    if (left > 0) {
        qf_body_tail tail;
        qf_body_tail_open(&tail, columns, end - left, left);
        step(&tail.columns, gravity, 0, QF_BODY_LANES);
        qf_body_tail_close(&tail, end - left, left);
    }
}
