/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classic alpha-beta filter, along the line of sight and across it with different gains, and Doppler:
 *
 *   predict   p += v T - moved                    v is the target's own velocity
 *   update    r = z - p, split into its part along the direction u of the detection and the rest
 *             p += alpha r, v += (beta / T) r     each part with its own gains; T since the last detection
 *             then p, v along u by the residual of the radial speed vr - (v - own) u, with optimal gain
 *
 * Gains are the given ones; or else those that are optimal for the predicted variances, P11 / S and P12 / S. Under
 * regular detections they settle to Kalata's for the axis, with the tracking index a T^2 / sd; after a start without
 * any knowledge of the speed they are the growing-memory gains 2 (2n - 1) / (n (n + 1)) and 6 / (n (n + 1))
 * of detection n, and a start with prior_speed or a missed frame needs no other rule. Kalata's own from the start would
 * overshoot where the index is large: beta then approaches 2, and of two detections 1 is best.
 *
 * Variances (position, position with speed, speed; radial, and of each axis across) are those of the filter as it is,
 * whatever its gains: Joseph's form. They turn with the line of sight: by an angle whose sine squared is s2, the radial
 * variance becomes (1 - s2) radial + s2 cross, and the cross one, a mean of two axes, keeps the sum.
 * Differences in it are bounded from below by what they cannot be less than, so that rounding leaves them positive.
 * Gains do not depend on residuals: one loop makes them and corrects variances, 4 divisions and 2 roots a track (3.4 ns in
 * v3); the other is the classic update, 50 operations on 25 columns (0.65 ns).
 * In one loop there are not enough registers for both. Ranges are below 1e9 m, else their fourth powers overflow.
 *
 * Source: radar_tracking.md section 3. Guarded by tests/test_track_gains.c, test_track_filter.c.
 */
#include "track_filter.h"

/* position, position with speed, speed */
typedef struct pair {
    qf_real pp, pv, vv;
} pair;

typedef struct gains {
    qf_real alpha, beta_per_s;
} gains;

static inline pair turn_radial(pair r, pair c, qf_real sin2)
{
    return (pair){qf_filter_turned_radial(r.pp, c.pp, sin2),
                  qf_filter_turned_radial(r.pv, c.pv, sin2),
                  qf_filter_turned_radial(r.vv, c.vv, sin2)};
}

static inline pair turn_cross(pair r, pair c, qf_real sin2)
{
    return (pair){qf_filter_turned_cross(r.pp, c.pp, sin2),
                  qf_filter_turned_cross(r.pv, c.pv, sin2),
                  qf_filter_turned_cross(r.vv, c.vv, sin2)};
}

static inline pair pass(pair p, qf_real t, qf_real noise_pp, qf_real noise_pv, qf_real noise_vv)
{
    return (pair){p.pp + t * (2 * p.pv + t * p.vv) + noise_pp, p.pv + t * p.vv + noise_pv,
                  p.vv + noise_vv};
}

void QF_KERNEL(qf_filter_predict_alpha_beta)(qf_filter *f)
{
    const qf_track_table *table = f->table;
    qf_real *restrict east = table->east_m;
    qf_real *restrict north = table->north_m;
    qf_real *restrict up = table->up_m;
    const qf_real *restrict v_east = table->east_mps;
    const qf_real *restrict v_north = table->north_mps;
    const qf_real *restrict v_up = table->up_mps;
    qf_real *restrict r_pp = table->variance[0];
    qf_real *restrict r_pv = table->variance[1];
    qf_real *restrict r_vv = table->variance[2];
    qf_real *restrict c_pp = table->variance[3];
    qf_real *restrict c_pv = table->variance[4];
    qf_real *restrict c_vv = table->variance[5];
    qf_real *restrict reach2 = f->reach2;
    const qf_real t = f->frame->elapsed_s;
    const qf_real moved_e = f->frame->moved_m[0];
    const qf_real moved_n = f->frame->moved_m[1];
    const qf_real moved_u = f->frame->moved_m[2];
    const qf_real noise_pp = f->noise_pp;
    const qf_real noise_pv = f->noise_pv;
    const qf_real noise_vv = f->noise_vv;
    const qf_real angle2 = f->angle2_rad2;
    const qf_real range2 = f->range2_m2;
    const qf_real gate2 = f->tracker->gate2 * QF_REAL(1.001); /* rounding cuts nothing off */
    const size_t n = f->lanes;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const qf_real e = east[i] + (v_east[i] * t - moved_e);
        const qf_real nn = north[i] + (v_north[i] * t - moved_n);
        const qf_real u = up[i] + (v_up[i] * t - moved_u);
        const qf_real sin2 = qf_filter_sin2(east[i], north[i], up[i], e, nn, u);
        const pair along = pass((pair){r_pp[i], r_pv[i], r_vv[i]}, t, noise_pp, noise_pv, noise_vv);
        const pair across =
            pass((pair){c_pp[i], c_pv[i], c_vv[i]}, t, noise_pp, noise_pv, noise_vv);
        const pair radial = turn_radial(along, across, sin2);
        const pair cross = turn_cross(along, across, sin2);
        const qf_real cross2 = (e * e + nn * nn + u * u) * angle2;
        const qf_real noise2 = cross2 > range2 ? cross2 : range2;
        reach2[i] = gate2 * ((radial.pp > cross.pp ? radial.pp : cross.pp) + noise2);
        east[i] = e;
        north[i] = nn;
        up[i] = u;
        r_pp[i] = radial.pp;
        r_pv[i] = radial.pv;
        r_vv[i] = radial.vv;
        c_pp[i] = cross.pp;
        c_pv[i] = cross.pv;
        c_vv[i] = cross.vv;
    }
}

/* What is optimal for the predicted variances: alpha P11 / S and, a second, P12 / S. */
static inline gains best(pair p, qf_real noise2)
{
    const qf_real per_s = 1 / (p.pp + noise2);
    return (gains){p.pp * per_s, p.pv * per_s};
}

/* Joseph's form for any gains. */
static inline pair corrected(pair p, gains g, qf_real noise2)
{
    const qf_real rest = 1 - g.alpha;
    const qf_real b_noise = g.beta_per_s * noise2;
    const qf_real least = g.beta_per_s * b_noise;
    const qf_real across = p.pv - g.beta_per_s * p.pp;
    const qf_real vv = p.vv - g.beta_per_s * (p.pv + across) + least;
    return (pair){rest * rest * p.pp + g.alpha * g.alpha * noise2,
                  rest * across + g.alpha * b_noise, vv > least ? vv : least};
}

/* Gains and variances of all slots; both ways of gains are made of it. */
static inline __attribute__((always_inline)) void decide(const qf_filter *f, bool given)
{
    const qf_track_table *table = f->table;
    const qf_real *restrict east = table->east_m;
    const qf_real *restrict north = table->north_m;
    const qf_real *restrict up = table->up_m;
    qf_real *restrict r_pp = table->variance[0];
    qf_real *restrict r_pv = table->variance[1];
    qf_real *restrict r_vv = table->variance[2];
    qf_real *restrict c_pp = table->variance[3];
    qf_real *restrict c_pv = table->variance[4];
    qf_real *restrict c_vv = table->variance[5];
    const qf_real *restrict u_east = qf_filter_measured(f, QF_FILTER_TOWARD_EAST);
    const qf_real *restrict u_north = qf_filter_measured(f, QF_FILTER_TOWARD_NORTH);
    const qf_real *restrict u_up = qf_filter_measured(f, QF_FILTER_TOWARD_UP);
    const qf_real *restrict cross_sd = qf_filter_measured(f, QF_FILTER_CROSS_SD);
    const qf_real *restrict since_s = f->since_s;
    const uint32_t *restrict hit = f->hit;
    qf_real *restrict alpha_across = qf_filter_gains(f, QF_FILTER_ALPHA_ACROSS);
    qf_real *restrict alpha_along = qf_filter_gains(f, QF_FILTER_ALPHA_ALONG);
    qf_real *restrict beta_across = qf_filter_gains(f, QF_FILTER_BETA_ACROSS);
    qf_real *restrict beta_along = qf_filter_gains(f, QF_FILTER_BETA_ALONG);
    qf_real *restrict speed_to_position = qf_filter_gains(f, QF_FILTER_SPEED_TO_POSITION);
    qf_real *restrict speed_to_speed = qf_filter_gains(f, QF_FILTER_SPEED_TO_SPEED);
    const qf_real range2 = f->range2_m2;
    const qf_real speed_noise2 = f->speed2_m2s2;
    const qf_real unclear2 = f->unclear2_m2s2;
    const qf_real alpha = f->tracker->alpha;
    const qf_real beta = f->tracker->beta;
    const size_t n = f->lanes;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const pair before_r = {r_pp[i], r_pv[i], r_vv[i]};
        const pair before_c = {c_pp[i], c_pv[i], c_vv[i]};
        const qf_real sin2 =
            qf_filter_sin2(east[i], north[i], up[i], u_east[i], u_north[i], u_up[i]);
        const pair predicted_r = turn_radial(before_r, before_c, sin2);
        const pair predicted_c = turn_cross(before_r, before_c, sin2);

        const qf_real cross2 = cross_sd[i] * cross_sd[i];
        const qf_real t = since_s[i] > 0 ? since_s[i] : 1; /* no frame is twice at one time */
        const gains along = given ? (gains){alpha, beta / t} : best(predicted_r, range2);
        const gains across = given ? (gains){alpha, beta / t} : best(predicted_c, cross2);
        const pair radial = corrected(predicted_r, along, range2);
        const pair cross = corrected(predicted_c, across, cross2);

        /* then the radial speed */
        const qf_real speed2 = qf_filter_speed_noise(radial.vv, speed_noise2, unclear2);
        const qf_real per_s = 1 / (radial.vv + speed2);
        const qf_real k_p = radial.pv * per_s;
        const qf_real k_v = radial.vv * per_s;
        const qf_real pp = radial.pp - k_p * radial.pv;
        const qf_real least = along.alpha * along.alpha * range2 * QF_REAL(1e-6);

        const bool is = hit[i] != 0;
        alpha_across[i] = is ? across.alpha : 0;
        alpha_along[i] = is ? along.alpha : 0;
        beta_across[i] = is ? across.beta_per_s : 0;
        beta_along[i] = is ? along.beta_per_s : 0;
        speed_to_position[i] = is ? k_p : 0;
        speed_to_speed[i] = is ? k_v : 0;
        r_pp[i] = is ? (pp > least ? pp : least) : before_r.pp;
        r_pv[i] = is ? k_p * speed2 : before_r.pv;
        r_vv[i] = is ? k_v * speed2 : before_r.vv;
        c_pp[i] = is ? cross.pp : before_c.pp;
        c_pv[i] = is ? cross.pv : before_c.pv;
        c_vv[i] = is ? cross.vv : before_c.vv;
    }
}

void QF_KERNEL(qf_filter_gain_alpha_beta)(qf_filter *f)
{
    if (f->tracker->gains_given) {
        decide(f, true);
    } else {
        decide(f, false);
    }
}

/* Gains are 0 where nothing was detected. */
void QF_KERNEL(qf_filter_update_alpha_beta)(qf_filter *f)
{
    const qf_track_table *table = f->table;
    qf_real *restrict east = table->east_m;
    qf_real *restrict north = table->north_m;
    qf_real *restrict up = table->up_m;
    qf_real *restrict v_east = table->east_mps;
    qf_real *restrict v_north = table->north_mps;
    qf_real *restrict v_up = table->up_mps;
    const qf_real *restrict z_east = qf_filter_measured(f, QF_FILTER_EAST);
    const qf_real *restrict z_north = qf_filter_measured(f, QF_FILTER_NORTH);
    const qf_real *restrict z_up = qf_filter_measured(f, QF_FILTER_UP);
    const qf_real *restrict u_east = qf_filter_measured(f, QF_FILTER_TOWARD_EAST);
    const qf_real *restrict u_north = qf_filter_measured(f, QF_FILTER_TOWARD_NORTH);
    const qf_real *restrict u_up = qf_filter_measured(f, QF_FILTER_TOWARD_UP);
    const qf_real *restrict vr = qf_filter_measured(f, QF_FILTER_SPEED);
    const qf_real *restrict alpha_across = qf_filter_gains(f, QF_FILTER_ALPHA_ACROSS);
    const qf_real *restrict alpha_along = qf_filter_gains(f, QF_FILTER_ALPHA_ALONG);
    const qf_real *restrict beta_across = qf_filter_gains(f, QF_FILTER_BETA_ACROSS);
    const qf_real *restrict beta_along = qf_filter_gains(f, QF_FILTER_BETA_ALONG);
    const qf_real *restrict speed_to_position = qf_filter_gains(f, QF_FILTER_SPEED_TO_POSITION);
    const qf_real *restrict speed_to_speed = qf_filter_gains(f, QF_FILTER_SPEED_TO_SPEED);
    const qf_real own_e = f->frame->own_mps[0];
    const qf_real own_n = f->frame->own_mps[1];
    const qf_real own_u = f->frame->own_mps[2];
    const qf_real span_mps = f->span_mps;
    const qf_real per_span_spm = f->per_span_spm;
    const size_t n = f->lanes;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const qf_real ue = u_east[i];
        const qf_real un = u_north[i];
        const qf_real uu = u_up[i];
        const qf_real re = z_east[i] - east[i];
        const qf_real rn = z_north[i] - north[i];
        const qf_real ru = z_up[i] - up[i];
        const qf_real ve = v_east[i];
        const qf_real vn = v_north[i];
        const qf_real vu = v_up[i];
        const qf_real a = alpha_across[i];
        const qf_real b = beta_across[i];
        const qf_real r = re * ue + rn * un + ru * uu;
        /* the radial speed, as far as the residual of position has not changed it yet */
        const qf_real speed = (ve - own_e) * ue + (vn - own_n) * un + (vu - own_u) * uu;
        const qf_real s =
            qf_filter_fold(vr[i] - (speed + beta_along[i] * r), span_mps, per_span_spm);
        /* along the line of sight, beyond what goes across as well */
        const qf_real p_along = (alpha_along[i] - a) * r + speed_to_position[i] * s;
        const qf_real v_along = (beta_along[i] - b) * r + speed_to_speed[i] * s;
        east[i] += a * re + p_along * ue;
        north[i] += a * rn + p_along * un;
        up[i] += a * ru + p_along * uu;
        v_east[i] = ve + (b * re + v_along * ue);
        v_north[i] = vn + (b * rn + v_along * un);
        v_up[i] = vu + (b * ru + v_along * uu);
    }
}

void QF_KERNEL(qf_filter_start_alpha_beta)(const qf_filter *f, const uint32_t *list, size_t first,
                                           size_t n)
{
    const qf_track_plots *p = f->plots;
    const qf_track_table *t = f->table;
    const qf_real *own = f->frame->own_mps;
    const qf_real prior = f->tracker->prior_speed_mps;
    for (size_t k = 0; k < n; k++) {
        const size_t slot = first + k;
        const size_t plot = list[k];
        const qf_real cross_sd =
            qf_filter_least(p->range_m[plot] * f->tracker->angle_sd_rad, QF_FILTER_LEAST_SD);
        t->east_m[slot] = p->east_m[plot];
        t->north_m[slot] = p->north_m[plot];
        t->up_m[slot] = p->up_m[plot];
        t->east_mps[slot] = own[0] + p->vr_mps[plot] * p->toward_east[plot];
        t->north_mps[slot] = own[1] + p->vr_mps[plot] * p->toward_north[plot];
        t->up_mps[slot] = own[2] + p->vr_mps[plot] * p->toward_up[plot];
        t->variance[0][slot] = f->range2_m2;
        t->variance[1][slot] = 0;
        t->variance[2][slot] = f->span_mps > 0 ? prior * prior : f->speed2_m2s2;
        t->variance[3][slot] = cross_sd * cross_sd;
        t->variance[4][slot] = 0;
        t->variance[5][slot] = prior * prior;
    }
}
