/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Kalman filter of a track: position and velocity, six states, Cartesian.
 *
 *   predict   p += v T - moved; P = F P F' + Q, Q as of the alpha-beta filter on each axis
 *   update    one scalar after another: P h, S = h' P h + R, x += P h r / S, P -= P h (P h)' / S, for the residual of
 *             position along the direction u of the detection (range), and along the two directions across
 *             it in which azimuth and elevation grow; then for the radial speed vr, at the position that this gave:
 *             h = ((w - (w u) u) / range, u), w = v - own, u = p / range
 *
 * P is kept as its lower triangle, 21 columns: symmetric by construction. In single precision a difference may
 * come out too small: variances are bounded from below, and h' P h counts as at least zero, so that S is at
 * least the noise. That is precise while prior_speed T is below some thousand times range_sd. Sixteen slots
 * are worked on at a time, their 27 columns in 1.7 kB of the stack.
 *
 * Source: radar_tracking.md section 4; Bar-Shalom, Estimation with Applications, 2001, section 10. Guarded by
 * tests/test_track_gains.c, test_track_filter.c.
 */
#include <string.h>

#include "track_filter.h"

enum { LANES = QF_TRACK_LANES, STATES = 6 };

/* place of row i, column j <= i in the triangle */
static inline size_t at(size_t i, size_t j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/* ---- predict ---- */

static void predict_variances(const qf_filter *f)
{
    qf_real *const *v = f->table->variance;
    const qf_real t = f->frame->elapsed_s;
    const size_t n = f->lanes;
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j <= i; j++) {
            qf_real *restrict pp = v[at(i, j)];
            const qf_real *vp = v[at(3 + i, j)];
            const qf_real *pv = v[at(3 + j, i)];
            const qf_real *vv = v[at(3 + i, 3 + j)];
            const qf_real noise = i == j ? f->noise_pp : 0;
            const qf_real least = i == j ? QF_FILTER_LEAST_SD2 : -QF_REAL_INFINITY;
            for (size_t k = 0; k < n; k++) {
                pp[k] = qf_filter_least(pp[k] + (t * (vp[k] + pv[k] + t * vv[k]) + noise), least);
            }
        }
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            qf_real *restrict vp = v[at(3 + i, j)];
            const qf_real *restrict vv = v[at(3 + i, 3 + j)];
            const qf_real noise = i == j ? f->noise_pv : 0;
            for (size_t k = 0; k < n; k++) {
                vp[k] += t * vv[k] + noise;
            }
        }
        qf_real *restrict vv = v[at(3 + i, 3 + i)];
        for (size_t k = 0; k < n; k++) {
            vv[k] += f->noise_vv;
        }
    }
}

static void predict_states(const qf_filter *f)
{
    const qf_track_table *table = f->table;
    qf_real *const position[] = {table->east_m, table->north_m, table->up_m};
    const qf_real *const speed[] = {table->east_mps, table->north_mps, table->up_mps};
    const qf_real t = f->frame->elapsed_s;
    for (size_t c = 0; c < 3; c++) {
        qf_real *restrict p = position[c];
        const qf_real *restrict v = speed[c];
        const qf_real moved = f->frame->moved_m[c];
        for (size_t k = 0; k < f->lanes; k++) {
            p[k] += v[k] * t - moved;
        }
    }
}

/* No variance of position exceeds the largest sum of a row's sizes. */
static void predict_reach(const qf_filter *f)
{
    const qf_track_table *t = f->table;
    const qf_real *restrict east = t->east_m;
    const qf_real *restrict north = t->north_m;
    const qf_real *restrict up = t->up_m;
    const qf_real *restrict ee = t->variance[0];
    const qf_real *restrict ne = t->variance[1];
    const qf_real *restrict nn = t->variance[2];
    const qf_real *restrict ue = t->variance[3];
    const qf_real *restrict un = t->variance[4];
    const qf_real *restrict uu = t->variance[5];
    qf_real *restrict reach2 = f->reach2;
    const qf_real gate2 = f->tracker->gate2 * QF_REAL(1.001); /* rounding cuts nothing off */
    const qf_real angle2 = f->angle2_rad2;
    const qf_real range2 = f->range2_m2;
    for (size_t i = 0; i < f->lanes; i++) {
        const qf_real a = qf_real_abs(ne[i]);
        const qf_real b = qf_real_abs(ue[i]);
        const qf_real c = qf_real_abs(un[i]);
        const qf_real two = qf_filter_least(ee[i] + a + b, nn[i] + a + c);
        const qf_real most = qf_filter_least(uu[i] + b + c, two);
        const qf_real cross2 = (east[i] * east[i] + north[i] * north[i] + up[i] * up[i]) * angle2;
        reach2[i] = gate2 * (most + qf_filter_least(cross2, range2));
    }
}

void QF_KERNEL(qf_filter_predict_kalman)(qf_filter *f)
{
    predict_states(f);
    predict_variances(f);
    predict_reach(f);
}

/* a' B b of three rows and columns of P */
static qf_real form(qf_real *const *v, size_t slot, size_t row, size_t column, const qf_real *u)
{
    qf_real sum = 0;
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            sum += u[i] * u[j] * v[at(row + i, column + j)][slot];
        }
    }
    return sum;
}

qf_filter_spread QF_KERNEL(qf_filter_meet_kalman)(const qf_filter *f, size_t plot, size_t slot)
{
    const qf_track_plots *p = f->plots;
    qf_real *const *v = f->table->variance;
    const qf_real u[3] = {p->toward_east[plot], p->toward_north[plot], p->toward_up[plot]};
    const qf_real pp = qf_filter_least(form(v, slot, 0, 0, u), 0);
    return (qf_filter_spread){
        .radial_pp = pp,
        .radial_pv = form(v, slot, 3, 0, u),
        .radial_vv = qf_filter_least(form(v, slot, 3, 3, u), 0),
        .cross_pp = qf_filter_least((v[0][slot] + v[2][slot] + v[5][slot] - pp) / 2, 0),
    };
}

/* ---- update ---- */

/* sixteen slots */
typedef struct block {
    qf_real x[STATES][LANES]; /* position, velocity */
    qf_real p[QF_TRACK_VARIANCES][LANES];
} block;

/* One scalar measurement of `terms` states: residual r, noise, and what it measures of each state. */
static void correct(block *b, const qf_real (*restrict h)[LANES], size_t terms,
                    const qf_real *restrict r, const qf_real *restrict noise)
{
    qf_real ph[STATES][LANES];
    qf_real per_s[LANES];
    qf_real scaled[LANES];
    for (size_t i = 0; i < STATES; i++) {
        for (size_t k = 0; k < LANES; k++) {
            ph[i][k] = b->p[at(i, 0)][k] * h[0][k];
        }
        for (size_t j = 1; j < terms; j++) {
            const qf_real *restrict p = b->p[at(i, j)];
            for (size_t k = 0; k < LANES; k++) {
                ph[i][k] += p[k] * h[j][k];
            }
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        scaled[k] = 0;
    }
    for (size_t j = 0; j < terms; j++) {
        for (size_t k = 0; k < LANES; k++) {
            scaled[k] += ph[j][k] * h[j][k];
        }
    }
    /* no state is surer than that of what is measured; where rounding says it is, variances would explode */
    for (size_t i = 0; i < STATES; i++) {
        const qf_real *restrict p = b->p[at(i, i)];
        for (size_t k = 0; k < LANES; k++) {
            scaled[k] = qf_filter_least(scaled[k], ph[i][k] * ph[i][k] / p[k]);
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        per_s[k] = 1 / (scaled[k] + noise[k]);
    }
    for (size_t i = 0; i < STATES; i++) {
        for (size_t k = 0; k < LANES; k++) {
            scaled[k] = ph[i][k] * per_s[k];
            b->x[i][k] += scaled[k] * r[k];
        }
        for (size_t j = 0; j < i; j++) {
            qf_real *restrict p = b->p[at(i, j)];
            for (size_t k = 0; k < LANES; k++) {
                p[k] -= scaled[k] * ph[j][k];
            }
        }
        qf_real *restrict p = b->p[at(i, i)];
        for (size_t k = 0; k < LANES; k++) {
            p[k] = qf_filter_least(p[k] - scaled[k] * ph[i][k], QF_FILTER_LEAST_SD2);
        }
    }
}

/* Range, azimuth and elevation of sixteen slots from `base` on. */
static void correct_position(const qf_filter *f, size_t base, block *b)
{
    const qf_real *const z[] = {qf_filter_measured(f, QF_FILTER_EAST) + base,
                                qf_filter_measured(f, QF_FILTER_NORTH) + base,
                                qf_filter_measured(f, QF_FILTER_UP) + base};
    const qf_real *restrict ue = qf_filter_measured(f, QF_FILTER_TOWARD_EAST) + base;
    const qf_real *restrict un = qf_filter_measured(f, QF_FILTER_TOWARD_NORTH) + base;
    const qf_real *restrict uu = qf_filter_measured(f, QF_FILTER_TOWARD_UP) + base;
    const qf_real *restrict cross_sd = qf_filter_measured(f, QF_FILTER_CROSS_SD) + base;
    qf_real h[3][3][LANES]; /* directions */
    qf_real noise[3][LANES];
    for (size_t k = 0; k < LANES; k++) {
        const qf_real flat = qf_real_sqrt(ue[k] * ue[k] + un[k] * un[k]);
        const qf_real per_flat = 1 / flat;
        const qf_real s = flat > 0 ? ue[k] * per_flat : 0; /* of the bearing */
        const qf_real c = flat > 0 ? un[k] * per_flat : 1;
        h[0][0][k] = ue[k];
        h[0][1][k] = un[k];
        h[0][2][k] = uu[k];
        h[1][0][k] = c;
        h[1][1][k] = -s;
        h[1][2][k] = 0;
        h[2][0][k] = -(uu[k] * s);
        h[2][1][k] = -(uu[k] * c);
        h[2][2][k] = flat;
        noise[0][k] = f->range2_m2;
        noise[1][k] = cross_sd[k] * cross_sd[k];
        noise[2][k] = cross_sd[k] * cross_sd[k];
    }
    for (size_t m = 0; m < 3; m++) {
        qf_real r[LANES];
        for (size_t k = 0; k < LANES; k++) {
            r[k] = (z[0][k] - b->x[0][k]) * h[m][0][k] + (z[1][k] - b->x[1][k]) * h[m][1][k] +
                   (z[2][k] - b->x[2][k]) * h[m][2][k];
        }
        correct(b, (const qf_real(*)[LANES])h[m], 3, r, noise[m]);
    }
}

static void correct_speed(const qf_filter *f, size_t base, block *b)
{
    const qf_real *restrict vr = qf_filter_measured(f, QF_FILTER_SPEED) + base;
    const qf_real own_e = f->frame->own_mps[0];
    const qf_real own_n = f->frame->own_mps[1];
    const qf_real own_u = f->frame->own_mps[2];
    qf_real h[STATES][LANES];
    qf_real r[LANES];
    qf_real noise[LANES];
    for (size_t k = 0; k < LANES; k++) {
        const qf_real e = b->x[0][k];
        const qf_real n = b->x[1][k];
        const qf_real u = b->x[2][k];
        const qf_real we = b->x[3][k] - own_e;
        const qf_real wn = b->x[4][k] - own_n;
        const qf_real wu = b->x[5][k] - own_u;
        const qf_real range_m = qf_real_sqrt(e * e + n * n + u * u);
        const qf_real inverse = 1 / range_m;
        const qf_real per_m = range_m > 0 ? inverse : 0;
        const qf_real speed = (we * e + wn * n + wu * u) * per_m;
        h[3][k] = e * per_m;
        h[4][k] = n * per_m;
        h[5][k] = u * per_m;
        h[0][k] = (we - speed * h[3][k]) * per_m;
        h[1][k] = (wn - speed * h[4][k]) * per_m;
        h[2][k] = (wu - speed * h[5][k]) * per_m;
        r[k] = qf_filter_fold(vr[k] - speed, f->span_mps, f->per_span_spm);
        const qf_real radial2 =
            b->p[9][k] * h[3][k] * h[3][k] + b->p[14][k] * h[4][k] * h[4][k] +
            b->p[20][k] * h[5][k] * h[5][k] +
            2 * (b->p[13][k] * h[3][k] * h[4][k] + b->p[18][k] * h[3][k] * h[5][k] +
                 b->p[19][k] * h[4][k] * h[5][k]);
        noise[k] = qf_filter_speed_noise(radial2, f->speed2_m2s2, f->unclear2_m2s2);
    }
    correct(b, (const qf_real(*)[LANES])h, STATES, r, noise);
}

void QF_KERNEL(qf_filter_update_kalman)(qf_filter *f)
{
    const qf_track_table *t = f->table;
    qf_real *const states[] = {t->east_m,   t->north_m,   t->up_m,
                               t->east_mps, t->north_mps, t->up_mps};
    for (size_t base = 0; base < f->lanes; base += LANES) {
        block b;
        for (size_t c = 0; c < STATES; c++) {
            memcpy(b.x[c], states[c] + base, sizeof b.x[c]);
        }
        for (size_t c = 0; c < QF_TRACK_VARIANCES; c++) {
            memcpy(b.p[c], t->variance[c] + base, sizeof b.p[c]);
        }
        correct_position(f, base, &b);
        correct_speed(f, base, &b);
        const uint32_t *restrict hit = f->hit + base;
        for (size_t c = 0; c < STATES + QF_TRACK_VARIANCES; c++) {
            qf_real *restrict to = (c < STATES ? states[c] : t->variance[c - STATES]) + base;
            const qf_real *restrict from = c < STATES ? b.x[c] : b.p[c - STATES];
            for (size_t k = 0; k < LANES; k++) {
                to[k] = hit[k] != 0 ? from[k] : to[k];
            }
        }
    }
}

/* ---- start ---- */

/* What the alpha-beta filter starts with, turned from the line of sight into the axes. */
void QF_KERNEL(qf_filter_start_kalman)(const qf_filter *f, const uint32_t *list, size_t first,
                                       size_t n)
{
    const qf_track_plots *p = f->plots;
    const qf_track_table *t = f->table;
    const qf_real *own = f->frame->own_mps;
    const qf_real prior2 = f->tracker->prior_speed_mps * f->tracker->prior_speed_mps;
    const qf_real speed2 = f->span_mps > 0 ? prior2 : f->speed2_m2s2;
    for (size_t k = 0; k < n; k++) {
        const size_t slot = first + k;
        const size_t plot = list[k];
        const qf_real u[3] = {p->toward_east[plot], p->toward_north[plot], p->toward_up[plot]};
        const qf_real cross_sd =
            qf_filter_least(p->range_m[plot] * f->tracker->angle_sd_rad, QF_FILTER_LEAST_SD);
        const qf_real cross2 = cross_sd * cross_sd;
        t->east_m[slot] = p->east_m[plot];
        t->north_m[slot] = p->north_m[plot];
        t->up_m[slot] = p->up_m[plot];
        t->east_mps[slot] = own[0] + p->vr_mps[plot] * u[0];
        t->north_mps[slot] = own[1] + p->vr_mps[plot] * u[1];
        t->up_mps[slot] = own[2] + p->vr_mps[plot] * u[2];
        for (size_t i = 0; i < 3; i++) {
            for (size_t j = 0; j < 3; j++) {
                t->variance[at(3 + i, j)][slot] = 0;
                if (j <= i) {
                    const qf_real both = u[i] * u[j];
                    const qf_real rest = (i == j ? 1 : 0) - both;
                    const qf_real pp = rest * cross2 + both * f->range2_m2;
                    const qf_real vv = rest * prior2 + both * speed2;
                    t->variance[at(i, j)][slot] =
                        i == j ? qf_filter_least(pp, QF_FILTER_LEAST_SD2) : pp;
                    t->variance[at(3 + i, 3 + j)][slot] =
                        i == j ? qf_filter_least(vv, QF_FILTER_LEAST_SD2) : vv;
                }
            }
        }
    }
}
