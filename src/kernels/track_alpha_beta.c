/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classic alpha-beta filter, along the line of sight and across it with different gains, and Doppler:
 *
 *   predict   p += v T - moved                    v is the target's own velocity
 *   update    r = z - p, split into its part along the direction u of the detection and the rest
 *             p += alpha r, v += (beta / T) r     each part with its own gains; T since the last detection
 *             then p, v along u by the residual of the radial speed vr - (v - own) u, with optimal gain
 *
 * Gains are the given ones; or else Kalata's for the axis, with index L = a T^2 / sd: m = 1 - r =
 * (L + w) / (4 + L + w), w = sqrt(8 L + L^2), alpha = m (2 - m), beta = 2 m^2, which is the usual
 * form without its cancellation. Where what is known is less than in their steady state, the gain that is optimal
 * for it is larger, and is taken instead: P11 / S and P12 / S. After a start without any knowledge
 * of the speed these are the growing-memory gains 2 (2n - 1) / (n (n + 1)) and 6 / (n (n + 1)) of detection
 * n; a start with prior_speed needs no other rule.
 *
 * Variances (position, position with speed, speed; radial, and of each axis across) are those of the filter as it is,
 * whatever its gains: Joseph's form. They turn with the line of sight: by an angle whose sine squared is s2, the radial
 * variance becomes (1 - s2) radial + s2 cross, and the cross one, a mean of two axes, keeps the sum.
 * Differences in it are bounded from below by what they cannot be less than, so that rounding leaves them positive.
 * Ranges are below 1e9 m, else their fourth powers overflow.
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

/* the radial and the cross variance after a turn */
static inline qf_real turned_radial(qf_real radial, qf_real cross, qf_real sin2)
{
    return radial + sin2 * (cross - radial);
}

static inline qf_real turned_cross(qf_real radial, qf_real cross, qf_real sin2)
{
    return cross - QF_REAL(0.5) * sin2 * (cross - radial);
}

static inline void turn(pair *radial, pair *cross, qf_real sin2)
{
    const pair r = *radial;
    const pair c = *cross;
    *radial = (pair){turned_radial(r.pp, c.pp, sin2), turned_radial(r.pv, c.pv, sin2),
                     turned_radial(r.vv, c.vv, sin2)};
    *cross = (pair){turned_cross(r.pp, c.pp, sin2), turned_cross(r.pv, c.pv, sin2),
                    turned_cross(r.vv, c.vv, sin2)};
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
        pair radial = pass((pair){r_pp[i], r_pv[i], r_vv[i]}, t, noise_pp, noise_pv, noise_vv);
        pair cross = pass((pair){c_pp[i], c_pv[i], c_vv[i]}, t, noise_pp, noise_pv, noise_vv);
        turn(&radial, &cross, sin2);
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

void QF_KERNEL(qf_filter_meet_alpha_beta)(const qf_filter *f, size_t plot, size_t slot,
                                          qf_filter_residual *r)
{
    const qf_track_plots *p = f->plots;
    const qf_track_table *t = f->table;
    const qf_real sin2 =
        qf_filter_sin2(t->east_m[slot], t->north_m[slot], t->up_m[slot], p->toward_east[plot],
                       p->toward_north[plot], p->toward_up[plot]);
    qf_real *const *v = t->variance;
    r->radial_pp = turned_radial(v[0][slot], v[3][slot], sin2);
    r->radial_pv = turned_radial(v[1][slot], v[4][slot], sin2);
    r->radial_vv = turned_radial(v[2][slot], v[5][slot], sin2);
    r->cross_pp = turned_cross(v[0][slot], v[3][slot], sin2);
}

/* Kalata's gains; sd of the detection along the axis, t since the one before. */
static inline gains steady(qf_real acceleration, qf_real t, qf_real per_t, qf_real sd)
{
    const qf_real index = acceleration * t * t / sd;
    const qf_real w = index + qf_real_sqrt(index * (8 + index));
    const qf_real m = w / (4 + w);
    return (gains){m * (2 - m), 2 * m * m * per_t};
}

/* The larger of those and what is optimal for the predicted variances. */
static inline gains larger(gains steady, pair p, qf_real noise2)
{
    const qf_real per_s = 1 / (p.pp + noise2);
    const qf_real alpha = p.pp * per_s;
    const qf_real beta_per_s = p.pv * per_s;
    return (gains){alpha > steady.alpha ? alpha : steady.alpha,
                   beta_per_s > steady.beta_per_s ? beta_per_s : steady.beta_per_s};
}

/* Joseph's form for any gains. */
static inline pair corrected(pair p, gains g, qf_real noise2)
{
    const qf_real rest = 1 - g.alpha;
    const qf_real b_noise = g.beta_per_s * noise2;
    const qf_real least = g.beta_per_s * b_noise;
    const qf_real vv = p.vv - 2 * g.beta_per_s * p.pv + g.beta_per_s * g.beta_per_s * p.pp + least;
    return (pair){rest * rest * p.pp + g.alpha * g.alpha * noise2,
                  rest * (p.pv - g.beta_per_s * p.pp) + g.alpha * b_noise, vv > least ? vv : least};
}

/* The update of all slots; both ways of gains are made of it. */
static inline __attribute__((always_inline)) void update(const qf_filter *f, bool given)
{
    const qf_track_table *table = f->table;
    qf_real *restrict east = table->east_m;
    qf_real *restrict north = table->north_m;
    qf_real *restrict up = table->up_m;
    qf_real *restrict v_east = table->east_mps;
    qf_real *restrict v_north = table->north_mps;
    qf_real *restrict v_up = table->up_mps;
    qf_real *restrict r_pp = table->variance[0];
    qf_real *restrict r_pv = table->variance[1];
    qf_real *restrict r_vv = table->variance[2];
    qf_real *restrict c_pp = table->variance[3];
    qf_real *restrict c_pv = table->variance[4];
    qf_real *restrict c_vv = table->variance[5];
    const qf_real *restrict z_east = qf_filter_measured(f, QF_FILTER_EAST);
    const qf_real *restrict z_north = qf_filter_measured(f, QF_FILTER_NORTH);
    const qf_real *restrict z_up = qf_filter_measured(f, QF_FILTER_UP);
    const qf_real *restrict u_east = qf_filter_measured(f, QF_FILTER_TOWARD_EAST);
    const qf_real *restrict u_north = qf_filter_measured(f, QF_FILTER_TOWARD_NORTH);
    const qf_real *restrict u_up = qf_filter_measured(f, QF_FILTER_TOWARD_UP);
    const qf_real *restrict vr = qf_filter_measured(f, QF_FILTER_SPEED);
    const qf_real *restrict cross_sd = qf_filter_measured(f, QF_FILTER_CROSS_SD);
    const qf_real *restrict since_s = f->since_s;
    const uint32_t *restrict hit = f->hit;
    const qf_real own_e = f->frame->own_mps[0];
    const qf_real own_n = f->frame->own_mps[1];
    const qf_real own_u = f->frame->own_mps[2];
    const qf_real acceleration = f->tracker->acceleration_sd_mps2;
    const qf_real range_sd = qf_filter_least(f->tracker->range_sd_m, QF_FILTER_LEAST_SD);
    const qf_real range2 = f->range2_m2;
    const qf_real speed2 = f->speed2_m2s2;
    const qf_real alpha = f->tracker->alpha;
    const qf_real beta = f->tracker->beta;
    const size_t n = f->lanes;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const qf_real ue = u_east[i];
        const qf_real un = u_north[i];
        const qf_real uu = u_up[i];
        pair radial = {r_pp[i], r_pv[i], r_vv[i]};
        pair cross = {c_pp[i], c_pv[i], c_vv[i]};
        turn(&radial, &cross, qf_filter_sin2(east[i], north[i], up[i], ue, un, uu));

        const qf_real t = since_s[i];
        const qf_real inverse = 1 / t;
        const qf_real per_t = t > 0 ? inverse : 0;
        const qf_real cross2 = cross_sd[i] * cross_sd[i];
        const gains along = given
                                ? (gains){alpha, beta * per_t}
                                : larger(steady(acceleration, t, per_t, range_sd), radial, range2);
        const gains across =
            given ? (gains){alpha, beta * per_t}
                  : larger(steady(acceleration, t, per_t, cross_sd[i]), cross, cross2);

        /* residual, and what of it is along the line of sight beyond what goes across as well */
        const qf_real re = z_east[i] - east[i];
        const qf_real rn = z_north[i] - north[i];
        const qf_real ru = z_up[i] - up[i];
        const qf_real r = re * ue + rn * un + ru * uu;
        const qf_real dp = (along.alpha - across.alpha) * r;
        const qf_real dv = (along.beta_per_s - across.beta_per_s) * r;
        const qf_real ve = v_east[i] + across.beta_per_s * re + dv * ue;
        const qf_real vn = v_north[i] + across.beta_per_s * rn + dv * un;
        const qf_real vu = v_up[i] + across.beta_per_s * ru + dv * uu;
        radial = corrected(radial, along, range2);
        cross = corrected(cross, across, cross2);

        /* the radial speed */
        const qf_real residual =
            vr[i] - ((ve - own_e) * ue + (vn - own_n) * un + (vu - own_u) * uu);
        const qf_real per_s = 1 / (radial.vv + speed2);
        const qf_real k_p = radial.pv * per_s;
        const qf_real k_v = radial.vv * per_s;
        const qf_real step_p = dp + k_p * residual;
        const qf_real step_v = k_v * residual;
        const qf_real pp = radial.pp - k_p * radial.pv;
        const qf_real least = along.alpha * along.alpha * range2 * QF_REAL(1e-6);

        const bool is = hit[i] != 0;
        east[i] = is ? east[i] + (across.alpha * re + step_p * ue) : east[i];
        north[i] = is ? north[i] + (across.alpha * rn + step_p * un) : north[i];
        up[i] = is ? up[i] + (across.alpha * ru + step_p * uu) : up[i];
        v_east[i] = is ? ve + step_v * ue : v_east[i];
        v_north[i] = is ? vn + step_v * un : v_north[i];
        v_up[i] = is ? vu + step_v * uu : v_up[i];
        r_pp[i] = is ? (pp > least ? pp : least) : r_pp[i];
        r_pv[i] = is ? k_p * speed2 : r_pv[i];
        r_vv[i] = is ? k_v * speed2 : r_vv[i];
        c_pp[i] = is ? cross.pp : c_pp[i];
        c_pv[i] = is ? cross.pv : c_pv[i];
        c_vv[i] = is ? cross.vv : c_vv[i];
    }
}

void QF_KERNEL(qf_filter_update_alpha_beta)(qf_filter *f)
{
    if (f->tracker->gains_given) {
        update(f, true);
    } else {
        update(f, false);
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
        t->variance[2][slot] = f->speed2_m2s2;
        t->variance[3][slot] = cross_sd * cross_sd;
        t->variance[4][slot] = 0;
        t->variance[5][slot] = prior * prior;
    }
}
