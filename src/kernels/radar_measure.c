/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a radar reports of the plots [begin, end).
 *
 * locate: true place of a plot
 *   range = |d|,  bearing = atan2(east, north) in [0, 360),  elevation = atan2(up, sqrt(east^2 + north^2))
 *
 * measure: each of range, bearing, elevation and radial speed, in place
 *   value + sd normal,   sd = sqrt(min(at_1 / sqrt(A), cap)^2 + floor^2),  of angles times the widening
 *   then range at least 0 and modulo its span, speed into [-span / 2, span / 2), elevation beyond a pole
 *   reflected (and the bearing turned by 180), bearing into [0, 360)
 *   SNR of one pulse = max(x / N - 1, 0.01);  rcs = SNR range^4 / echo_m2, of what was measured   [dB, dBsm]
 *
 * A is the integrated signal, x the power over N pulses (radar_detect.c). False alarms come measured: they get no
 * error, but are folded like echoes. An ideal radar has no errors and reports 20 dB, 1 dBsm.
 * The cross-section is estimated at no less than LEAST_RANGE_M, so that it is finite.
 *
 * Draws: counter as in radar_detect.c, stream QF_STREAM_RADAR_ERROR. The four normals are Box and
 * Muller's of the block's two halves, sine and cosine both.
 *
 * Sixteen plots at a time in single precision; lanes beyond `end` keep what they hold. Per plot locate
 * reads 12 bytes and writes 12, measure reads 48 and writes 24.
 * Source: radar_tracking.md sections 1.2, 2.5, 2.7. Guarded by tests/test_radar_kernels.c,
 * tests/test_radar_statistics.c.
 */
#include "draw_lanes.h"
#include "kernels.h"
#include "lanes_single.h"
#include "radar_look.h"

#define LEAST_SNR     0.01f
#define LEAST_SIGNAL  1e-30f
#define LEAST_RANGE_M 1e-3f

#define DB_PER_E 4.342944819032518f /* 10 / ln 10 */

QF_LANES qf_mask32x16 lanes_before(size_t end, size_t i)
{
    const uint32_t left = end - i < 16 ? (uint32_t)(end - i) : 16;
    return qf_u32x16_lt(qf_u32x16_iota(), qf_u32x16_set1(left));
}

/* stores the lanes of `where`, the others stay */
QF_LANES void put(float *to, qf_mask32x16 where, qf_f32x16 v)
{
    qf_f32x16_store(to, qf_f32x16_select(where, v, qf_f32x16_load(to)));
}

QF_LANES qf_f32x16 degrees(qf_f32x16 y, qf_f32x16 x)
{
    return qf_f32x16_mul(qf_atan2_single(y, x), qf_f32x16_set1(QF_DEG_PER_RAD_SINGLE));
}

void QF_KERNEL(qf_radar_locate)(qf_plots *plots, size_t begin, size_t end)
{
    const qf_plots p = *plots; /* pointers that no store can alias */
    const qf_f32x16 zero = qf_f32x16_set1(0.0f);
    const qf_f32x16 turn = qf_f32x16_set1(360.0f);
    for (size_t i = begin; i < end; i += 16) {
        const qf_mask32x16 here = lanes_before(end, i);
        const qf_f32x16 east_m = qf_f32x16_load(p.east_m + i);
        const qf_f32x16 north_m = qf_f32x16_load(p.north_m + i);
        const qf_f32x16 up_m = qf_f32x16_load(p.up_m + i);
        const qf_f32x16 level2 =
            qf_f32x16_add(qf_f32x16_mul(east_m, east_m), qf_f32x16_mul(north_m, north_m));
        const qf_f32x16 signed_deg = degrees(east_m, north_m);
        qf_f32x16 bearing_deg = qf_f32x16_select(qf_f32x16_lt(signed_deg, zero),
                                                 qf_f32x16_add(signed_deg, turn), signed_deg);
        bearing_deg = qf_f32x16_select(qf_f32x16_ge(bearing_deg, turn), zero, bearing_deg);
        put(p.range_m + i, here, qf_f32x16_sqrt(qf_f32x16_add(level2, qf_f32x16_mul(up_m, up_m))));
        put(p.bearing_deg + i, here, bearing_deg);
        put(p.elevation_deg + i, here, degrees(up_m, qf_f32x16_sqrt(level2)));
    }
}

/* what is measured, in this order */
enum { RANGE, BEARING, ELEVATION, SPEED, MEASURED };

QF_LANES void box_muller(qf_u32x16 for_radius, qf_u32x16 for_angle, qf_f32x16 normal[2])
{
    const qf_f32x16 log = qf_log_single(qf_unit_single(for_radius));
    const qf_f32x16 radius = qf_f32x16_sqrt(qf_f32x16_mul(qf_f32x16_set1(-2.0f), log));
    const qf_sincos_f32x16 angle = qf_sincos_turns(for_angle);
    normal[0] = qf_f32x16_mul(radius, angle.cos);
    normal[1] = qf_f32x16_mul(radius, angle.sin);
}

QF_LANES qf_f32x16 deviation(const struct qf_radar_error *error, qf_f32x16 inverse_root)
{
    const qf_f32x16 noise = qf_f32x16_min(qf_f32x16_mul(qf_f32x16_set1(error->at_1), inverse_root),
                                          qf_f32x16_set1(error->cap));
    const qf_f32x16 floor = qf_f32x16_set1(error->floor);
    return qf_f32x16_sqrt(qf_f32x16_add(qf_f32x16_mul(noise, noise), qf_f32x16_mul(floor, floor)));
}

QF_LANES void add_errors(const qf_radar *radar, const qf_look *look, const qf_plots *p, size_t i,
                         qf_f32x16 value[MEASURED])
{
    const qf_draw_keys keys = {
        .seed = look->seed,
        .world = qf_u32x16_load(p->world + i),
        .vehicle = qf_u32x16_load(p->vehicle + i),
        .tick = look->tick,
        .stream = QF_STREAM_RADAR_ERROR,
        .draw = qf_u32x16_load(p->key + i),
    };
    const qf_philox_x16 block = qf_draw_blocks(keys);
    qf_f32x16 normal[MEASURED];
    box_muller(block.word[0], block.word[1], normal);
    box_muller(block.word[2], block.word[3], normal + 2);
    const struct qf_radar_error *const errors[MEASURED] = {
        &radar->range_m, &radar->azimuth_deg, &radar->elevation_deg, &radar->speed_mps};
    const qf_f32x16 signal =
        qf_f32x16_max(qf_f32x16_load(p->signal + i), qf_f32x16_set1(LEAST_SIGNAL));
    const qf_f32x16 inverse_root = qf_f32x16_div(qf_f32x16_set1(1.0f), qf_f32x16_sqrt(signal));
    const qf_mask32x16 is_echo =
        qf_u32x16_ne(qf_u32x16_load(p->target + i), qf_u32x16_set1(QF_NO_TARGET));
    const qf_f32x16 widening = qf_f32x16_load(p->widening + i);
    for (int k = 0; k < MEASURED; k++) {
        qf_f32x16 error = qf_f32x16_mul(deviation(errors[k], inverse_root), normal[k]);
        if (k == BEARING || k == ELEVATION) {
            error = qf_f32x16_mul(error, widening);
        }
        value[k] = qf_f32x16_select(is_echo, qf_f32x16_add(value[k], error), value[k]);
    }
}

/* A direction beyond a pole is one on the other side of it. */
QF_LANES void cross_poles(qf_f32x16 value[MEASURED])
{
    const qf_f32x16 half_turn = qf_f32x16_set1(180.0f);
    const qf_f32x16 pole = qf_f32x16_set1(90.0f);
    const qf_mask32x16 beyond = qf_f32x16_gt(qf_f32x16_abs(value[ELEVATION]), pole);
    if (!qf_mask32x16_any(beyond)) {
        return;
    }
    /* from -180 on; an error may be more than a turn where the beam is wide and seen from the side */
    const qf_f32x16 around =
        qf_f32x16_sub(qf_wrap(qf_f32x16_add(value[ELEVATION], half_turn), 360.0f), half_turn);
    const qf_mask32x16 above = qf_f32x16_gt(around, pole);
    const qf_mask32x16 below = qf_f32x16_lt(around, qf_f32x16_neg(pole));
    qf_f32x16 mirrored = qf_f32x16_select(above, qf_f32x16_sub(half_turn, around), around);
    mirrored = qf_f32x16_select(below, qf_f32x16_sub(qf_f32x16_neg(half_turn), around), mirrored);
    const qf_mask32x16 turned = qf_mask32x16_and(beyond, qf_mask32x16_or(above, below));
    value[ELEVATION] = qf_f32x16_select(beyond, mirrored, value[ELEVATION]);
    value[BEARING] =
        qf_f32x16_select(turned, qf_f32x16_add(value[BEARING], half_turn), value[BEARING]);
}

QF_LANES void fold(const qf_radar *radar, qf_f32x16 value[MEASURED])
{
    value[RANGE] = qf_f32x16_max(value[RANGE], qf_f32x16_set1(0.0f));
    if (radar->range_span_m < INFINITY) {
        value[RANGE] = qf_wrap(value[RANGE], radar->range_span_m);
    }
    if (radar->speed_span_mps < INFINITY) {
        value[SPEED] = qf_fold_speed(value[SPEED], radar->speed_span_mps);
    }
    cross_poles(value);
    /* + 0 makes +0 of -0, as wrapping does; few are outside, and the others are left as they are */
    const qf_f32x16 zero = qf_f32x16_set1(0.0f);
    value[BEARING] = qf_f32x16_add(value[BEARING], zero);
    const qf_mask32x16 inside = qf_mask32x16_and(
        qf_f32x16_ge(value[BEARING], zero), qf_f32x16_lt(value[BEARING], qf_f32x16_set1(360.0f)));
    if (!qf_mask32x16_all(inside)) {
        value[BEARING] = qf_f32x16_select(inside, value[BEARING], qf_wrap(value[BEARING], 360.0f));
    }
}

/* dB of a ratio */
QF_LANES qf_f32x16 decibels(qf_f32x16 ratio)
{
    return qf_f32x16_mul(qf_f32x16_set1(DB_PER_E), qf_log_single(ratio));
}

void QF_KERNEL(qf_radar_measure)(const qf_radar *radar, const qf_look *look, qf_plots *plots,
                                 size_t begin, size_t end)
{
    const qf_plots p = *plots; /* pointers that no store can alias */
    const qf_f32x16 one = qf_f32x16_set1(1.0f);
    const qf_f32x16 inverse_pulses = qf_f32x16_set1(1.0f / (float)radar->pulses);
    const qf_f32x16 echo_db = radar->ideal ? one : decibels(qf_f32x16_set1(radar->echo_m2));
    for (size_t i = begin; i < end; i += 16) {
        const qf_mask32x16 here = lanes_before(end, i);
        qf_f32x16 value[MEASURED] = {
            qf_f32x16_load(p.range_m + i), qf_f32x16_load(p.bearing_deg + i),
            qf_f32x16_load(p.elevation_deg + i), qf_f32x16_load(p.vr_mps + i)};
        qf_f32x16 snr_db = qf_f32x16_set1(QF_IDEAL_SNR_DB);
        qf_f32x16 rcs_dbsm = qf_f32x16_set1(QF_IDEAL_RCS_DBSM);
        if (!radar->ideal) {
            add_errors(radar, look, &p, i, value);
        }
        /* what is beyond the end, if anything was ever written there, is not looked at */
        for (int k = 0; k < MEASURED; k++) {
            value[k] = qf_f32x16_select(here, value[k], qf_f32x16_set1(0.0f));
        }
        fold(radar, value);
        if (!radar->ideal) {
            const qf_f32x16 power = qf_f32x16_mul(qf_f32x16_load(p.power + i), inverse_pulses);
            snr_db = decibels(qf_f32x16_max(qf_f32x16_sub(power, one), qf_f32x16_set1(LEAST_SNR)));
            const qf_f32x16 range_db =
                decibels(qf_f32x16_max(value[RANGE], qf_f32x16_set1(LEAST_RANGE_M)));
            rcs_dbsm = qf_f32x16_sub(
                qf_f32x16_add(snr_db, qf_f32x16_mul(qf_f32x16_set1(4.0f), range_db)), echo_db);
        }
        put(p.range_m + i, here, value[RANGE]);
        put(p.bearing_deg + i, here, value[BEARING]);
        put(p.elevation_deg + i, here, value[ELEVATION]);
        put(p.vr_mps + i, here, value[SPEED]);
        put(p.snr_db + i, here, snr_db);
        put(p.rcs_dbsm + i, here, rcs_dbsm);
    }
}
