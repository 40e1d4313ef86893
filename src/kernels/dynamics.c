/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Motion of rigid bodies in one tick, for slots [begin, end).
 *
 *   r' = v,  v' = g(r, v) + R(q) F / m(t)                                  [m, m/s]
 *   q' = q (0, w) / 2                                                      [1]
 *   I w' = T + Tw - w x (I w + h),  h' = -Tw                               [rad/s, N m s]
 *   m(t): mass after the tick + propellant used (1 - t/dt)                 [kg]
 *   I = dry inertia (dry mass / its nominal) + tank propellant, of the middle of the tick
 *
 * by classical Runge-Kutta of order four; F, T and Tw stay as they are in body axes over the tick, and turn with
 * the body within it. Tw is what wheels give the body, cut to what they can give and to where they are full. The
 * quaternion is normalised after the step. What leaves through the nozzles takes its own momentum with it.
 * Clohessy-Wiltshire: the world turns with n about +Z, rates are relative to it, and Euler's equation is that of
 * the sum of both. Docked vehicles move as part of one body of bond_kg and bond_inertia: gravity is that of
 * its centre, nothing pushes it, and the momentum of its wheels stays what it is.
 *
 * In: attitude, rates, mass, bonds; force, torque, propellant used and torque of wheels from scratch. In and out:
 * position, velocity, attitude, rates, momentum of wheels, dose. Out: yaw; when observed mass, roll, pitch, IMU rates.
 * Why lanes: compilers do not keep this many numbers of a loop apart. What gravity there is and whether there are
 * wheels is chosen outside of the loop. Per vehicle some 720 operations and, with J2, 5 roots and 9 divisions.
 * Source: docs/model.md, sections Rigid bodies, Gravity and orbits. Guarded by tests/test_dynamics.c, test_orbit.c,
 * test_conformance_bodies.c.
 */
#include <math.h>

#include "body_lanes.h"
#include "gravity_lanes.h"
#include "kernels.h"
#include "lanes_math.h"

/* where a body is and how it moves; what changes of it per second but for r and q */
typedef struct motion {
    qf_v3 r, v, w;
    qf_q4 q;
} motion;

typedef struct change {
    qf_v3 v, w;
    qf_q4 q; /* over the whole tick */
} change;

/* what acts on the bodies during the tick */
typedef struct load {
    qf_v3 force, torque; /* of wheels, too */
    qf_v3 own_wheels;    /* momentum before the tick */
    qf_v3 wheels;        /* likewise of all that is docked together, and what the tick adds */
    qf_v3 wheels_gain;
    qf_f64x8 inverse_kg[3]; /* at the start, in the middle, at the end */
    qf_sym3 inertia, inverse;
} load;

/* what is the same for a whole group */
typedef struct world {
    double dt_s;
    const qf_gravity *gravity;
} world;

/* `wheels`: their momentum; `inverse_kg`: at this moment */
QF_LANES change change_of(const world *w, const qf_gravity_kind kind, const bool has_wheels,
                          const motion *m, const load *l, qf_v3 wheels, qf_f64x8 inverse_kg)
{
    change c;
    c.v = qf_q4_turn(m->q, qf_v3_scale(l->force, inverse_kg));
    if (kind != QF_GRAVITY_NONE) {
        c.v = qf_v3_add(c.v, qf_gravity_pull(w->gravity, kind, m->r, m->v));
    }
    c.q = qf_q4_times_vector(m->q, qf_v3_scale(m->w, qf_f64x8_set1(0.5 * w->dt_s)));
    const bool turning = kind == QF_GRAVITY_CLOHESSY_WILTSHIRE;
    qf_v3 rate = m->w;
    qf_v3 of_world = m->w;
    if (turning) {
        of_world = qf_v3_scale(qf_q4_up(m->q), qf_f64x8_set1(w->gravity->mean_motion_rps));
        rate = qf_v3_add(rate, of_world);
    }
    qf_v3 momentum = qf_sym3_times(l->inertia, rate);
    if (has_wheels) {
        momentum = qf_v3_add(momentum, wheels);
    }
    c.w = qf_sym3_times(l->inverse, qf_v3_sub(l->torque, qf_v3_cross(rate, momentum)));
    if (turning) {
        c.w = qf_v3_add(c.w, qf_v3_cross(m->w, of_world));
    }
    return c;
}

/* the motion that is reached from m in that part of a tick, with the velocity and change of c */
QF_LANES motion reach(const world *w, const motion *m, qf_v3 velocity, const change *c, double part)
{
    const qf_f64x8 s = qf_f64x8_set1(part * w->dt_s);
    return (motion){.r = qf_v3_along(m->r, s, velocity),
                    .v = qf_v3_along(m->v, s, c->v),
                    .w = qf_v3_along(m->w, s, c->w),
                    .q = qf_q4_along(m->q, qf_f64x8_set1(part), c->q)};
}

/* a + 2 (b + c) + d */
QF_LANES qf_v3 simpson(qf_v3 a, qf_v3 b, qf_v3 c, qf_v3 d)
{
    return qf_v3_add(qf_v3_along(a, qf_f64x8_set1(2.0), qf_v3_add(b, c)), d);
}

/* over the tick; r comes out as what is added to it */
QF_LANES motion runge_kutta(const world *w, const qf_gravity_kind kind, const bool has_wheels,
                            const motion *m, const load *l)
{
    const double h = w->dt_s;
    const qf_f64x8 half = qf_f64x8_set1(0.5);
    const qf_v3 middle = qf_v3_along(l->wheels, half, l->wheels_gain);
    const qf_v3 end = qf_v3_add(l->wheels, l->wheels_gain);
    const change c1 = change_of(w, kind, has_wheels, m, l, l->wheels, l->inverse_kg[0]);
    const motion m2 = reach(w, m, m->v, &c1, 0.5);
    const change c2 = change_of(w, kind, has_wheels, &m2, l, middle, l->inverse_kg[1]);
    const motion m3 = reach(w, m, m2.v, &c2, 0.5);
    const change c3 = change_of(w, kind, has_wheels, &m3, l, middle, l->inverse_kg[1]);
    const motion m4 = reach(w, m, m3.v, &c3, 1.0);
    const change c4 = change_of(w, kind, has_wheels, &m4, l, end, l->inverse_kg[2]);
    const qf_f64x8 sixth = qf_f64x8_set1(h / 6.0);
    motion after;
    /* the mean of four velocities is v and a sixth of the first three accelerations' way */
    after.r = qf_v3_scale(qf_v3_along(m->v, sixth, qf_v3_add(c1.v, qf_v3_add(c2.v, c3.v))),
                          qf_f64x8_set1(h));
    after.v = qf_v3_along(m->v, sixth, simpson(c1.v, c2.v, c3.v, c4.v));
    after.w = qf_v3_along(m->w, sixth, simpson(c1.w, c2.w, c3.w, c4.w));
    const qf_q4 sum = qf_q4_add(qf_q4_along(c1.q, qf_f64x8_set1(2.0), qf_q4_add(c2.q, c3.q)), c4.q);
    after.q = qf_q4_normalise(qf_q4_along(m->q, qf_f64x8_set1(1.0 / 6.0), sum));
    return after;
}

QF_LANES qf_f64x8 inertia_of(const qf_body_group *group, int k, qf_f64x8 dry, qf_f64x8 tank_kg)
{
    return qf_f64x8_add(qf_f64x8_mul(qf_f64x8_set1(group->dry_kgm2[k]), dry),
                        qf_f64x8_mul(qf_f64x8_set1(group->tank_m2[k]), tank_kg));
}

/* what wheels add to their momentum about one axis: no more than they can give, and not beyond where they are full */
QF_LANES qf_f64x8 gain_of_wheel(qf_f64x8 wanted_nm, qf_f64x8 momentum, double most_nm,
                                double most_nms, double dt_s)
{
    const qf_f64x8 nm = qf_f64x8_set1(most_nm);
    const qf_f64x8 nms = qf_f64x8_set1(most_nms);
    const qf_f64x8 given = qf_f64x8_min(nm, qf_f64x8_max(qf_f64x8_neg(nm), wanted_nm));
    /* a wheel that is already beyond is not driven back by force */
    const qf_f64x8 high = qf_f64x8_max(nms, momentum);
    const qf_f64x8 low = qf_f64x8_min(qf_f64x8_neg(nms), momentum);
    const qf_f64x8 free = qf_f64x8_sub(momentum, qf_f64x8_mul(given, qf_f64x8_set1(dt_s)));
    return qf_f64x8_sub(qf_f64x8_min(high, qf_f64x8_max(low, free)), momentum);
}

QF_LANES void drive_wheels(const qf_body_columns *c, const qf_body_group *group,
                           const qf_body_scratch *scratch, double dt_s, size_t i, size_t j, load *l)
{
    const double *most_nm = group->wheel_torque_nm;
    const double *most_nms = group->wheel_momentum_nms;
    const qf_v3 torque = QF_V3_LOAD(scratch->wheel_torque_nm, j);
    l->own_wheels = QF_V3_LOAD(c->wheel_nms, i);
    l->wheels = l->own_wheels;
    l->wheels_gain = (qf_v3){
        gain_of_wheel(torque.x, l->own_wheels.x, most_nm[0], most_nms[0], dt_s),
        gain_of_wheel(torque.y, l->own_wheels.y, most_nm[1], most_nms[1], dt_s),
        gain_of_wheel(torque.z, l->own_wheels.z, most_nm[2], most_nms[2], dt_s),
    };
}

/* own mass and inertia, and what acts on the vehicle by itself */
QF_LANES load load_of(const qf_body_columns *c, const qf_body_group *group,
                      const qf_body_scratch *scratch, const bool has_wheels, double dt_s, size_t i,
                      size_t j)
{
    load l;
    l.force = QF_V3_LOAD(scratch->force_n, j);
    l.torque = QF_V3_LOAD(scratch->torque_nm, j);
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_f64x8 dry_kg = qf_f64x8_load(c->dry_kg + i);
    const qf_f64x8 tank_kg = qf_f64x8_load(c->propellant_kg + i);
    const qf_f64x8 used_kg = qf_f64x8_load(scratch->used_kg + j);
    const qf_f64x8 half_kg = qf_f64x8_mul(qf_f64x8_set1(0.5), used_kg);
    const qf_f64x8 end_kg = qf_f64x8_add(dry_kg, tank_kg);
    l.inverse_kg[0] = qf_f64x8_div(one, qf_f64x8_add(end_kg, used_kg));
    l.inverse_kg[1] = qf_f64x8_div(one, qf_f64x8_add(end_kg, half_kg));
    l.inverse_kg[2] = qf_f64x8_div(one, end_kg);
    const qf_f64x8 dry = qf_dry_share(group, dry_kg);
    const qf_f64x8 middle_kg = qf_f64x8_add(tank_kg, half_kg);
    l.inertia = (qf_sym3){
        inertia_of(group, 0, dry, middle_kg), inertia_of(group, 1, dry, middle_kg),
        inertia_of(group, 2, dry, middle_kg), inertia_of(group, 3, dry, middle_kg),
        inertia_of(group, 4, dry, middle_kg), inertia_of(group, 5, dry, middle_kg),
    };
    l.wheels = l.wheels_gain = (qf_v3){qf_f64x8_set1(0), qf_f64x8_set1(0), qf_f64x8_set1(0)};
    if (has_wheels && group->wheels) {
        drive_wheels(c, group, scratch, dt_s, i, j, &l);
    }
    return l;
}

QF_LANES void take_bond(const qf_body_columns *c, size_t i, qf_mask64x8 docked, load *l)
{
    const qf_f64x8 zero = qf_f64x8_set1(0.0);
    const qf_v3 none = {zero, zero, zero};
    l->force = qf_v3_select(docked, none, l->force);
    l->torque = qf_v3_select(docked, none, l->torque);
    l->wheels = qf_v3_select(docked, QF_V3_LOAD(c->bond_wheel_nms, i), l->wheels);
    l->wheels_gain = qf_v3_select(docked, none, l->wheels_gain);
    qf_f64x8 *const own[] = {&l->inertia.xx, &l->inertia.yy, &l->inertia.zz,
                             &l->inertia.xy, &l->inertia.xz, &l->inertia.yz};
    for (size_t k = 0; k < 6; k++) {
        *own[k] = qf_f64x8_select(docked, qf_f64x8_load(c->bond_inertia_kgm2[k] + i), *own[k]);
    }
}

/* moves m from the vehicle to the centre of all that it is docked with (sign -1), or back (+1) */
QF_LANES void shift(const qf_body_columns *c, size_t i, qf_mask64x8 docked, double sign, motion *m,
                    qf_v3 *origin)
{
    const qf_v3 arm = qf_v3_scale(QF_V3_LOAD(c->bond_m, i), qf_f64x8_set1(sign));
    *origin = qf_v3_select(docked, qf_v3_add(*origin, qf_q4_turn(m->q, arm)), *origin);
    m->v = qf_v3_select(docked, qf_v3_add(m->v, qf_q4_turn(m->q, qf_v3_cross(m->w, arm))), m->v);
}

/* whole lanes from slot i and row j of scratch on */
static inline __attribute__((always_inline)) void
step(const qf_body_columns *c, const qf_body_group *group, double dt_s,
     const qf_body_scratch *scratch, size_t i, size_t j, size_t n, const qf_gravity_kind kind,
     const bool has_wheels)
{
    const qf_gravity gravity = group->gravity; /* a copy, which no store can alias */
    const world w = {.dt_s = dt_s, .gravity = &gravity};
    const double per_s = 1.0 / dt_s;
    for (const size_t end = i + n; i < end; i += QF_BODY_LANES, j += QF_BODY_LANES) {
        load l = load_of(c, group, scratch, has_wheels, dt_s, i, j);
        motion m = {.v = QF_V3_LOAD(c->velocity_mps, i),
                    .w = QF_V3_LOAD(c->rate_rps, i),
                    .q = QF_Q4_LOAD(c->attitude, i)};
        qf_v3 origin = QF_V3_LOAD(c->position_m, i);
        qf_mask64x8 docked = qf_mask64x8_from_bits(0);
        if (c->bond_kg) {
            docked = qf_f64x8_gt(qf_f64x8_load(c->bond_kg + i), qf_f64x8_set1(0.0));
        }
        const bool any_docked = c->bond_kg && qf_mask64x8_any(docked);
        if (any_docked) {
            take_bond(c, i, docked, &l);
            shift(c, i, docked, -1.0, &m, &origin);
        }
        if (has_wheels) {
            l.torque = qf_v3_sub(l.torque, qf_v3_scale(l.wheels_gain, qf_f64x8_set1(per_s)));
        }
        l.inverse = qf_sym3_inverse(l.inertia);
        m.r = qf_gravity_place(&gravity, kind, origin);
        motion after = runge_kutta(&w, kind, has_wheels, &m, &l);
        origin = qf_v3_add(origin, after.r);
        if (any_docked) {
            shift(c, i, docked, 1.0, &after, &origin);
        }
        qf_v3_store(c->position_m, i, origin);
        qf_v3_store(c->velocity_mps, i, after.v);
        qf_v3_store(c->rate_rps, i, after.w);
        qf_q4_store(c->attitude, i, after.q);
        if (has_wheels && group->wheels) {
            qf_v3_store(c->wheel_nms, i, qf_v3_add(l.own_wheels, l.wheels_gain));
        }
    }
}

/* one copy for each gravity, with and without wheels, be they of others that it is docked with */
typedef void stepper(const qf_body_columns *c, const qf_body_group *group, double dt_s,
                     const qf_body_scratch *scratch, size_t i, size_t j, size_t n);

#define STEP(name, kind, has_wheels)                                                               \
    static __attribute__((noinline)) void name(                                                    \
        const qf_body_columns *c, const qf_body_group *group, double dt_s,                         \
        const qf_body_scratch *scratch, size_t i, size_t j, size_t n)                              \
    {                                                                                              \
        step(c, group, dt_s, scratch, i, j, n, kind, has_wheels);                                  \
    }

STEP(step_free, QF_GRAVITY_NONE, false)
STEP(step_point, QF_GRAVITY_POINT, false)
STEP(step_oblate, QF_GRAVITY_J2, false)
STEP(step_hill, QF_GRAVITY_CLOHESSY_WILTSHIRE, false)
STEP(step_free_wheels, QF_GRAVITY_NONE, true)
STEP(step_point_wheels, QF_GRAVITY_POINT, true)
STEP(step_oblate_wheels, QF_GRAVITY_J2, true)
STEP(step_hill_wheels, QF_GRAVITY_CLOHESSY_WILTSHIRE, true)

static stepper *const steppers[QF_GRAVITY_KINDS][2] = {
    [QF_GRAVITY_NONE] = {step_free, step_free_wheels},
    [QF_GRAVITY_POINT] = {step_point, step_point_wheels},
    [QF_GRAVITY_J2] = {step_oblate, step_oblate_wheels},
    [QF_GRAVITY_CLOHESSY_WILTSHIRE] = {step_hill, step_hill_wheels},
};

static void receive_dose(const qf_body_columns *c, double dose_usv, size_t begin, size_t end)
{
    double *restrict total_usv = c->dose_usv;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        total_usv[i] += dose_usv;
    }
}

/* a body that is below the ground is no longer healthy */
static void put_altitude(const qf_body_columns *c, const qf_gravity *gravity, size_t begin,
                         size_t end)
{
    const double *restrict x_m = c->position_m[0];
    const double *restrict y_m = c->position_m[1];
    const double *restrict z_m = c->position_m[2];
    double *restrict altitude_m = c->altitude_m;
    const double *center_m = gravity->center_m;
    const double radius_m = gravity->radius_m;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const double x = x_m[i] - center_m[0];
        const double y = y_m[i] - center_m[1];
        const double z = z_m[i] - center_m[2];
        altitude_m[i] = sqrt(x * x + y * y + z * z) - radius_m;
    }
}

/* what +X has of the world's north and east */
typedef struct course {
    qf_f64x8 north, east;
} course;

QF_LANES course course_of(qf_q4 q)
{
    const qf_f64x8 two = qf_f64x8_set1(2.0);
    const qf_f64x8 squares = qf_f64x8_add(qf_f64x8_mul(q.y, q.y), qf_f64x8_mul(q.z, q.z));
    return (course){
        .north = qf_f64x8_mul(two, qf_f64x8_add(qf_f64x8_mul(q.x, q.y), qf_f64x8_mul(q.w, q.z))),
        .east = qf_f64x8_sub(qf_f64x8_set1(1.0), qf_f64x8_mul(two, squares)),
    };
}

/* whole lanes; apart from step(), whose registers a call would empty */
static void put_yaw(const qf_body_columns *c, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i += QF_BODY_LANES) {
        const course nose = course_of(QF_Q4_LOAD(c->attitude, i));
        const qf_f64x8 full = qf_f64x8_set1(QF_TWO_PI);
        const qf_f64x8 angle = qf_f64x8_atan2(nose.east, nose.north);
        const qf_mask64x8 negative = qf_f64x8_lt(angle, qf_f64x8_set1(0.0));
        const qf_f64x8 turned = qf_f64x8_select(negative, qf_f64x8_add(angle, full), angle);
        /* a little below zero becomes a whole turn */
        const qf_mask64x8 whole = qf_f64x8_ge(turned, full);
        qf_f64x8_store(c->yaw_rad + i, qf_f64x8_select(whole, qf_f64x8_set1(0.0), turned));
    }
}

QF_LANES void report_attitude(const qf_body_columns *c, size_t i, qf_q4 q)
{
    const qf_v3 up = qf_q4_up(q);
    const course nose = course_of(q);
    const qf_f64x8 level = qf_f64x8_sqrt(
        qf_f64x8_add(qf_f64x8_mul(nose.east, nose.east), qf_f64x8_mul(nose.north, nose.north)));
    qf_f64x8_store(c->roll_rad + i, qf_f64x8_atan2(up.y, up.z));
    qf_f64x8_store(c->pitch_rad + i, qf_f64x8_atan2(qf_f64x8_neg(up.x), level));
}

/* an IMU feels that the world turns, too */
QF_LANES void report_rates(const qf_body_columns *c, const qf_body_group *group, size_t i, qf_q4 q)
{
    qf_v3 rate = QF_V3_LOAD(c->rate_rps, i);
    if (group->gravity.kind == QF_GRAVITY_CLOHESSY_WILTSHIRE) {
        rate = qf_v3_along(rate, qf_f64x8_set1(group->gravity.mean_motion_rps), qf_q4_up(q));
    }
    qf_f64x8_store(c->roll_rate_rps + i, rate.x);
    qf_f64x8_store(c->pitch_rate_rps + i, rate.y);
    qf_f64x8_store(c->yaw_rate_rps + i, qf_f64x8_neg(rate.z));
}

/* whole lanes */
static void report(const qf_body_columns *c, const qf_body_group *group, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i += QF_BODY_LANES) {
        const qf_q4 q = QF_Q4_LOAD(c->attitude, i);
        qf_f64x8_store(c->mass_kg + i, qf_f64x8_add(qf_f64x8_load(c->dry_kg + i),
                                                    qf_f64x8_load(c->propellant_kg + i)));
        report_attitude(c, i, q);
        report_rates(c, group, i, q);
    }
    for (size_t i = begin; i < end; i++) {
        if (!group->imu || c->flags[i] & QF_FLAG_BIT(IMU_BROKEN)) {
            c->roll_rate_rps[i] = __builtin_nan("");
            c->pitch_rate_rps[i] = __builtin_nan("");
            c->yaw_rate_rps[i] = __builtin_nan("");
        }
    }
}

void QF_KERNEL(qf_dynamics_step)(const qf_body_columns *columns, const qf_body_group *group,
                                 const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                 size_t end)
{
    const bool has_wheels = group->wheels || (columns->bond_kg && columns->wheel_nms[0]);
    stepper *const step_lanes = steppers[group->gravity.kind][has_wheels];
    const size_t left = (end - begin) % QF_BODY_LANES;
    const size_t whole = end - begin - left;
    step_lanes(columns, group, tick->dt_s, scratch->body, begin, 0, whole);
    put_yaw(columns, begin, begin + whole);
    if (tick->observed) {
        report(columns, group, begin, begin + whole);
    }
    if (left > 0) {
        qf_body_tail tail;
        qf_body_tail_open(&tail, columns, begin + whole, left);
        step_lanes(&tail.columns, group, tick->dt_s, scratch->body, 0, whole, QF_BODY_LANES);
        put_yaw(&tail.columns, 0, QF_BODY_LANES);
        if (tick->observed) {
            report(&tail.columns, group, 0, QF_BODY_LANES);
        }
        qf_body_tail_close(&tail, begin + whole, left);
    }
    if (qf_gravity_has_planet(&group->gravity)) {
        put_altitude(columns, &group->gravity, begin, end);
    }
    receive_dose(columns, group->dose_rate_usvh / 3600.0 * tick->dt_s, begin, end);
}
