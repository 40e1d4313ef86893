/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differential drive, attitude, IMU and dose of bots with two driven wheels, for slots [begin, end).
 *
 *   speed v = (left + right) / 2                                             [m/s]
 *   turn  w = (left - right) / track, clockwise                              [rad/s]
 *   with the means of v and w over the tick, h the heading in its middle:
 *   x += v dt sinc(w dt / 2) sin(h),  y += v dt sinc(w dt / 2) cos(h)        [m]: an arc, exactly
 *   heading += w dt                                                          [deg, in 0 ... 360]
 *
 * Wheels turn the vehicle first, each within its acceleration a. With e, the heading that is left but for what the
 * present turn makes of half a tick, and b = a / track, half of what wheels can brake a turn with,
 *
 *   w wanted = 2 e / (dt + sqrt(dt^2 + 2 |e| / b)),  at most what wheels can turn: from it they stop in e, tick by tick
 *   v wanted = the speed commanded, none below 0, times the cosine of the heading that is left, none beyond a quarter
 *              turn, and what the turn leaves of the wheels' speed
 *
 * and both are 0 in an emergency stop and in safe mode.
 *
 * Roll, pitch, rates and dose are as kinematics.c has them. Straight on, the motion has its very bits.
 * Per vehicle 9 reads, 9 writes, 6 more when observed, and 6 sines and cosines.
 * Guarded by tests/test_differential_drive.c.
 */
#include <math.h>
#include <string.h>

#include "kernels.h"
#include "lanes_math.h"

enum { LANES = 8 };

#define DEG_PER_RAD 57.29577951308232
#define SMALL_RAD   1e-4 /* half a turn below which x - x^3 / 6 is its sine */

typedef struct wheels {
    qf_f64x8 left, right;
} wheels;

static qf_f64x8 take(const double *column, size_t slot, size_t n)
{
    if (n == LANES) {
        return qf_f64x8_load(column + slot);
    }
    double lane[LANES] = {0.0};
    memcpy(lane, column + slot, n * sizeof *lane);
    return qf_f64x8_load(lane);
}

static void put(double *column, size_t slot, size_t n, qf_f64x8 v)
{
    if (n == LANES) {
        qf_f64x8_store(column + slot, v);
        return;
    }
    double lane[LANES];
    qf_f64x8_store(lane, v);
    memcpy(column + slot, lane, n * sizeof *lane);
}

static qf_f64x8 set1(double x)
{
    return qf_f64x8_set1(x);
}

static qf_f64x8 clamped(qf_f64x8 v, qf_f64x8 most)
{
    return qf_f64x8_min(qf_f64x8_max(v, qf_f64x8_neg(most)), most);
}

/* degrees in (-180, 180], of a difference of two headings */
static qf_f64x8 shortest_deg(qf_f64x8 deg)
{
    const qf_f64x8 turn = set1(360.0);
    const qf_f64x8 down =
        qf_f64x8_select(qf_f64x8_gt(deg, set1(180.0)), qf_f64x8_sub(deg, turn), deg);
    return qf_f64x8_select(qf_f64x8_le(deg, set1(-180.0)), qf_f64x8_add(deg, turn), down);
}

/* how fast to turn, clockwise; left_rad: what is left, turn_rps: as it is */
static qf_f64x8 wanted_turn(const qf_drive_limits *limits, double dt_s, qf_f64x8 left_rad,
                            qf_f64x8 turn_rps)
{
    const double brake_rps2 = limits->max_wheel_mps2 / limits->track_m;
    const qf_f64x8 e = qf_f64x8_sub(left_rad, qf_f64x8_mul(turn_rps, set1(0.5 * dt_s)));
    const qf_f64x8 root = qf_f64x8_sqrt(
        qf_f64x8_add(set1(dt_s * dt_s), qf_f64x8_mul(qf_f64x8_abs(e), set1(2.0 / brake_rps2))));
    const qf_f64x8 stops = qf_f64x8_div(qf_f64x8_add(e, e), qf_f64x8_add(root, set1(dt_s)));
    return clamped(stops, set1(2.0 * limits->max_wheel_mps / limits->track_m));
}

/* whom neither an emergency stop nor safe mode holds */
static qf_mask64x8 free_of(const uint64_t *flags, size_t slot, size_t n)
{
    const uint64_t locks = QF_FLAG_BIT(EMERGENCY_STOP) | QF_FLAG_BIT(SAFE_MODE);
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        bits |= (uint32_t)((flags[slot + i] & locks) == 0) << i;
    }
    return qf_mask64x8_from_bits(bits);
}

/* wheel speeds after the tick */
static wheels follow(const qf_drive_limits *limits, double dt_s, qf_mask64x8 free, wheels before,
                     qf_f64x8 wanted_mps, qf_f64x8 left_rad)
{
    const qf_f64x8 half_m = set1(0.5 * limits->track_m);
    const qf_f64x8 zero = set1(0.0);
    const qf_f64x8 most = set1(limits->max_wheel_mps);
    const qf_f64x8 step = set1(limits->max_wheel_mps2 * dt_s);
    const qf_f64x8 v = qf_f64x8_mul(qf_f64x8_add(before.left, before.right), set1(0.5));
    const qf_f64x8 apart = qf_f64x8_mul(qf_f64x8_sub(before.left, before.right), set1(0.5));
    const qf_f64x8 turn_rps = qf_f64x8_mul(apart, set1(2.0 / limits->track_m));
    const qf_f64x8 turn = qf_f64x8_mul(wanted_turn(limits, dt_s, left_rad, turn_rps), half_m);
    const qf_f64x8 aim = qf_f64x8_select(free, turn, zero);
    const qf_f64x8 turn_step = clamped(qf_f64x8_sub(aim, apart), step);
    const qf_f64x8 ahead = qf_f64x8_max(qf_f64x8_cos(left_rad), zero);
    const qf_f64x8 told_mps = qf_f64x8_select(free, qf_f64x8_max(wanted_mps, zero), zero);
    const qf_f64x8 v_aim =
        qf_f64x8_min(qf_f64x8_mul(told_mps, ahead), qf_f64x8_sub(most, qf_f64x8_abs(aim)));
    const qf_f64x8 v_step =
        clamped(qf_f64x8_sub(v_aim, v), qf_f64x8_sub(step, qf_f64x8_abs(turn_step)));
    const qf_f64x8 v_after = qf_f64x8_add(v, v_step);
    const qf_f64x8 apart_after = qf_f64x8_add(apart, turn_step);
    return (wheels){clamped(qf_f64x8_add(v_after, apart_after), most),
                    clamped(qf_f64x8_sub(v_after, apart_after), most)};
}

static qf_f64x8 sinc(qf_f64x8 x)
{
    const qf_f64x8 one = set1(1.0);
    const qf_mask64x8 small = qf_f64x8_lt(qf_f64x8_abs(x), set1(SMALL_RAD));
    if (qf_mask64x8_all(small)) {
        return qf_f64x8_sub(one, qf_f64x8_mul(qf_f64x8_mul(x, x), set1(1.0 / 6.0)));
    }
    const qf_f64x8 series = qf_f64x8_sub(one, qf_f64x8_mul(qf_f64x8_mul(x, x), set1(1.0 / 6.0)));
    return qf_f64x8_select(small, series,
                           qf_f64x8_div(qf_f64x8_sin(x), qf_f64x8_select(small, one, x)));
}

static void observe(const qf_drive_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
                    size_t slot, size_t n, const double *rate_rps)
{
    for (size_t i = 0; i < n; i++) {
        const bool reads = group->imu && (c->flags[slot + i] & QF_FLAG_BIT(IMU_BROKEN)) == 0;
        c->roll_rad[slot + i] = tick->roll_rad;
        c->pitch_rad[slot + i] = tick->pitch_rad;
        c->roll_rate_rps[slot + i] = reads ? tick->roll_rate_rps : (double)NAN;
        c->pitch_rate_rps[slot + i] = reads ? tick->pitch_rate_rps : (double)NAN;
        c->yaw_rate_rps[slot + i] = reads ? rate_rps[i] : (double)NAN;
    }
}

static void step(const qf_drive_columns *c, const qf_drive_limits *limits,
                 const qf_bot_group *group, const qf_bot_tick *tick, size_t slot, size_t n)
{
    const double dt_s = tick->dt_s;
    const qf_f64x8 half = set1(0.5);
    const qf_f64x8 zero = set1(0.0);
    const qf_f64x8 heading_deg = take(c->heading_deg, slot, n);
    const wheels before = {take(c->left_mps, slot, n), take(c->right_mps, slot, n)};
    const qf_f64x8 left_deg = shortest_deg(qf_f64x8_sub(take(c->wanted_deg, slot, n), heading_deg));
    const wheels after =
        follow(limits, dt_s, free_of(c->flags, slot, n), before, take(c->wanted_mps, slot, n),
               qf_f64x8_mul(left_deg, set1(QF_RAD_PER_DEG)));
    const wheels mean = {qf_f64x8_mul(qf_f64x8_add(before.left, after.left), half),
                         qf_f64x8_mul(qf_f64x8_add(before.right, after.right), half)};
    const qf_f64x8 v = qf_f64x8_mul(qf_f64x8_add(mean.left, mean.right), half);
    const qf_f64x8 turn_rad =
        qf_f64x8_mul(qf_f64x8_sub(mean.left, mean.right), set1(dt_s / limits->track_m));
    const qf_f64x8 half_rad = qf_f64x8_mul(turn_rad, half);
    const qf_f64x8 middle_rad =
        qf_f64x8_add(qf_f64x8_mul(heading_deg, set1(QF_RAD_PER_DEG)), half_rad);
    const qf_f64x8 chord = qf_f64x8_mul(v, sinc(half_rad));
    const qf_f64x8 dt = set1(dt_s);
    const qf_f64x8 east = qf_f64x8_mul(qf_f64x8_mul(chord, qf_f64x8_sin(middle_rad)), dt);
    const qf_f64x8 north = qf_f64x8_mul(qf_f64x8_mul(chord, qf_f64x8_cos(middle_rad)), dt);
    put(c->x_m, slot, n, qf_f64x8_add(take(c->x_m, slot, n), east));
    put(c->y_m, slot, n, qf_f64x8_add(take(c->y_m, slot, n), north));

    const qf_f64x8 turn_deg = set1(360.0);
    qf_f64x8 deg = qf_f64x8_add(heading_deg, qf_f64x8_mul(turn_rad, set1(DEG_PER_RAD)));
    deg = qf_f64x8_select(qf_f64x8_lt(deg, zero), qf_f64x8_add(deg, turn_deg), deg);
    deg = qf_f64x8_select(qf_f64x8_ge(deg, turn_deg), qf_f64x8_sub(deg, turn_deg), deg);
    const qf_f64x8 now_rad = qf_f64x8_mul(deg, set1(QF_RAD_PER_DEG));
    put(c->left_mps, slot, n, after.left);
    put(c->right_mps, slot, n, after.right);
    put(c->speed_mps, slot, n, qf_f64x8_mul(qf_f64x8_add(after.left, after.right), half));
    put(c->heading_deg, slot, n, deg);
    put(c->heading_sin, slot, n, qf_f64x8_sin(now_rad));
    put(c->heading_cos, slot, n, qf_f64x8_cos(now_rad));
    put(c->yaw_rad, slot, n, now_rad);
    const qf_f64x8 dose = set1(group->dose_rate_usvh / 3600.0 * dt_s);
    put(c->dose_usv, slot, n, qf_f64x8_add(take(c->dose_usv, slot, n), dose));
    if (tick->observed) {
        double rate_rps[LANES];
        qf_f64x8_store(rate_rps, qf_f64x8_div(turn_rad, dt));
        observe(c, group, tick, slot, n, rate_rps);
    }
}

void QF_KERNEL(qf_drive_step)(const qf_drive_columns *columns, const qf_drive_limits *limits,
                              const qf_bot_group *group, const qf_bot_tick *tick, size_t begin,
                              size_t end)
{
    for (size_t slot = begin; slot < end; slot += LANES) {
        const size_t left = end - slot;
        step(columns, limits, group, tick, slot, left < LANES ? left : LANES);
    }
}
