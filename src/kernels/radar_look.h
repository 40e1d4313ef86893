/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_LOOK_H
#define QF_RADAR_LOOK_H

#include <math.h>

#include "lanes_math.h"
#include "lanes_single.h"
#include "radar.h"

/*
 * Where a radar looks: the windows and the pattern that detect (radar_detect.c) applies to sixteen pairs. What
 * a radar does not limit costs nothing: all branches here are the same for every pair of a radar.
 */
#define QF_DEG_PER_RAD_SINGLE 57.29577951308232f

/* What is computed once for a call. */
typedef struct qf_beam {
    float boresight[3];   /* forward, left, up; only with cosine loss */
    bool looks_all_round; /* no limit of azimuth but an arc */
    bool has_speed_window;
    bool folds_speed;
    bool folds_range;
} qf_beam;

/* Sixteen pairs as a radar sees them, noise apart. */
typedef struct qf_sighting {
    qf_mask32x16 in_windows;
    qf_f32x16 vr_mps;
    qf_f32x16 snr; /* mean, of one pulse; infinite at no distance */
    qf_f32x16 widening;
} qf_sighting;

QF_LANES qf_beam qf_beam_of(const qf_radar *radar)
{
    qf_beam beam = {
        .looks_all_round = radar->azimuth_width_deg >= 360.0f,
        .has_speed_window = radar->speed_min_mps > 0.0f || radar->speed_max_mps < INFINITY,
        .folds_speed = radar->speed_span_mps < INFINITY,
        .folds_range = radar->range_span_m < INFINITY,
    };
    if (radar->cosine_loss) {
        const double azimuth = (double)radar->boresight_azimuth_deg * QF_RAD_PER_DEG;
        const double elevation = (double)radar->boresight_elevation_deg * QF_RAD_PER_DEG;
        beam.boresight[0] = (float)(qf_cos(elevation) * qf_cos(azimuth));
        beam.boresight[1] = (float)(qf_cos(elevation) * -qf_sin(azimuth));
        beam.boresight[2] = (float)qf_sin(elevation);
    }
    return beam;
}

/* into [-span / 2, span / 2) */
QF_LANES qf_f32x16 qf_fold_speed(qf_f32x16 v_mps, float span_mps)
{
    const qf_f32x16 span = qf_f32x16_set1(span_mps);
    const qf_f32x16 half = qf_f32x16_set1(0.5f);
    const qf_f32x16 turns = qf_floor_single(qf_f32x16_add(qf_f32x16_div(v_mps, span), half));
    const qf_f32x16 folded = qf_f32x16_sub(v_mps, qf_f32x16_mul(span, turns));
    /* rounding may have gone over either end */
    const qf_f32x16 top = qf_f32x16_mul(span, half);
    const qf_f32x16 bottom = qf_f32x16_neg(top);
    return qf_f32x16_max(qf_f32x16_select(qf_f32x16_ge(folded, top), bottom, folded), bottom);
}

/* into [0, span) */
QF_LANES qf_f32x16 qf_wrap(qf_f32x16 a, float span)
{
    const qf_f32x16 whole = qf_f32x16_set1(span);
    const qf_f32x16 zero = qf_f32x16_set1(0.0f);
    const qf_f32x16 turns = qf_floor_single(qf_f32x16_div(a, whole));
    const qf_f32x16 rest = qf_f32x16_max(qf_f32x16_sub(a, qf_f32x16_mul(whole, turns)), zero);
    return qf_f32x16_select(qf_f32x16_ge(rest, whole), zero, rest);
}

QF_LANES qf_f32x16 qf_dot_single(const qf_f32x16 a[3], const qf_f32x16 b[3])
{
    return qf_f32x16_add(qf_f32x16_add(qf_f32x16_mul(a[0], b[0]), qf_f32x16_mul(a[1], b[1])),
                         qf_f32x16_mul(a[2], b[2]));
}

/* Field of view and arc. */
QF_LANES qf_mask32x16 qf_in_view(const qf_radar *radar, const qf_beam *beam, const qf_look *look,
                                 const qf_u32x16 observer, const qf_f32x16 body[3],
                                 qf_f32x16 sin_elevation)
{
    qf_mask32x16 in =
        qf_mask32x16_and(qf_f32x16_ge(sin_elevation, qf_f32x16_set1(radar->sin_elevation_min)),
                         qf_f32x16_le(sin_elevation, qf_f32x16_set1(radar->sin_elevation_max)));
    if (beam->looks_all_round && !radar->rotates) {
        return in;
    }
    const qf_f32x16 azimuth_deg = qf_f32x16_mul(qf_atan2_single(qf_f32x16_neg(body[1]), body[0]),
                                                qf_f32x16_set1(QF_DEG_PER_RAD_SINGLE));
    if (!beam->looks_all_round) {
        const qf_f32x16 from_min =
            qf_wrap(qf_f32x16_sub(azimuth_deg, qf_f32x16_set1(radar->azimuth_min_deg)), 360.0f);
        in = qf_mask32x16_and(in, qf_f32x16_le(from_min, qf_f32x16_set1(radar->azimuth_width_deg)));
    }
    if (radar->rotates && radar->arc_width_deg < 360.0f) {
        /* compared as it is, because a difference is rounded, and then arcs that touch may overlap */
        const qf_f32x16 azimuth = qf_wrap(azimuth_deg, 360.0f);
        const qf_f32x16 begin_deg = qf_f32x16_gather(look->arc_begin_deg, observer);
        const qf_f32x16 end_deg = qf_f32x16_gather(look->arc_end_deg, observer);
        const qf_mask32x16 after = qf_f32x16_ge(azimuth, begin_deg);
        const qf_mask32x16 before = qf_f32x16_lt(azimuth, end_deg);
        const qf_mask32x16 ahead = qf_f32x16_gt(begin_deg, end_deg); /* it holds straight ahead */
        in = qf_mask32x16_and(
            in, qf_mask32x16_or(qf_mask32x16_and(after, before),
                                qf_mask32x16_and(ahead, qf_mask32x16_or(after, before))));
    }
    return in;
}

/* What the direction takes away: from the pairs in view, from their SNR, from the angles' sharpness.
   `inverse` is 1 / r, 0 at no distance. */
QF_LANES void qf_look_at(const qf_radar *radar, const qf_beam *beam, const qf_look *look,
                         const qf_pairs *pairs, size_t i, qf_f32x16 inverse, qf_sighting *sighting)
{
    const qf_f32x16 one = qf_f32x16_set1(1.0f);
    const qf_f32x16 body[3] = {qf_f32x16_load(pairs->body_forward_m + i),
                               qf_f32x16_load(pairs->body_left_m + i),
                               qf_f32x16_load(pairs->body_up_m + i)};
    qf_f32x16 sin_elevation = qf_f32x16_mul(body[2], inverse);
    sin_elevation = qf_f32x16_max(qf_f32x16_min(sin_elevation, one), qf_f32x16_neg(one));
    /* lanes beyond the last pair hold anything, and so would the index of their arc */
    const qf_u32x16 observer = qf_u32x16_select(
        sighting->in_windows, qf_u32x16_load(pairs->observer + i), qf_u32x16_set1(0));
    sighting->in_windows = qf_mask32x16_and(
        sighting->in_windows, qf_in_view(radar, beam, look, observer, body, sin_elevation));
    if (radar->pattern_per_deg2 > 0.0f) {
        const qf_f32x16 off_deg = qf_f32x16_sub(
            qf_f32x16_mul(qf_f32x16_asin(sin_elevation), qf_f32x16_set1(QF_DEG_PER_RAD_SINGLE)),
            qf_f32x16_set1(radar->boresight_elevation_deg));
        const qf_f32x16 exponent = qf_f32x16_mul(qf_f32x16_set1(-radar->pattern_per_deg2),
                                                 qf_f32x16_mul(off_deg, off_deg));
        sighting->snr = qf_f32x16_mul(sighting->snr, qf_f32x16_exp(exponent));
    }
    if (radar->cosine_loss) {
        const qf_f32x16 axis[3] = {qf_f32x16_set1(beam->boresight[0]),
                                   qf_f32x16_set1(beam->boresight[1]),
                                   qf_f32x16_set1(beam->boresight[2])};
        const qf_f32x16 zero = qf_f32x16_set1(0.0f);
        qf_f32x16 cosine = qf_f32x16_min(qf_f32x16_mul(qf_dot_single(body, axis), inverse), one);
        /* without a direction it is straight ahead */
        cosine = qf_f32x16_select(qf_f32x16_gt(inverse, zero), cosine, one);
        sighting->in_windows = qf_mask32x16_and(sighting->in_windows, qf_f32x16_gt(cosine, zero));
        sighting->snr = qf_f32x16_mul(sighting->snr, qf_f32x16_mul(cosine, cosine));
        sighting->widening = qf_f32x16_div(one, cosine);
    }
}

/* Pairs i ... i + 15, of which `here` are there. */
QF_LANES qf_sighting qf_sight(const qf_radar *radar, const qf_beam *beam, const qf_look *look,
                              const qf_pairs *pairs, size_t i, qf_mask32x16 here)
{
    const qf_f32x16 d_m[3] = {qf_f32x16_load(pairs->east_m + i), qf_f32x16_load(pairs->north_m + i),
                              qf_f32x16_load(pairs->up_m + i)};
    const qf_f32x16 v_mps[3] = {qf_f32x16_load(pairs->east_mps + i),
                                qf_f32x16_load(pairs->north_mps + i),
                                qf_f32x16_load(pairs->up_mps + i)};
    const qf_f32x16 zero = qf_f32x16_set1(0.0f);
    const qf_f32x16 one = qf_f32x16_set1(1.0f);
    const qf_f32x16 r2 = qf_dot_single(d_m, d_m);
    const qf_f32x16 r = qf_f32x16_sqrt(r2);
    const qf_f32x16 inverse = qf_f32x16_select(qf_f32x16_gt(r, zero), qf_f32x16_div(one, r), zero);
    qf_sighting sighting = {
        .vr_mps = qf_f32x16_mul(qf_dot_single(d_m, v_mps), inverse),
        .snr = qf_f32x16_div(
            qf_f32x16_mul(qf_f32x16_set1(radar->echo_m2), qf_f32x16_load(pairs->rcs_m2 + i)),
            qf_f32x16_mul(r2, r2)),
        .widening = one,
    };
    const qf_f32x16 gate = beam->folds_range ? qf_wrap(r, radar->range_span_m) : r;
    qf_mask32x16 in =
        qf_mask32x16_and(here, qf_f32x16_ge(gate, qf_f32x16_set1(radar->range_min_m)));
    in = qf_mask32x16_and(in, qf_f32x16_le(r, qf_f32x16_set1(radar->range_max_m)));
    if (beam->has_speed_window) {
        const qf_f32x16 speed =
            qf_f32x16_abs(beam->folds_speed ? qf_fold_speed(sighting.vr_mps, radar->speed_span_mps)
                                            : sighting.vr_mps);
        in = qf_mask32x16_and(in, qf_f32x16_ge(speed, qf_f32x16_set1(radar->speed_min_mps)));
        in = qf_mask32x16_and(in, qf_f32x16_le(speed, qf_f32x16_set1(radar->speed_max_mps)));
    }
    sighting.in_windows = in;
    if (!radar->looks_everywhere) {
        qf_look_at(radar, beam, look, pairs, i, inverse, &sighting);
    }
    return sighting;
}

#endif
