/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of tracks after the update:
 *
 *   M of N    a track is firm once `confirm_hits` of its last `confirm_window` frames had a detection, and
 *             stays firm; it is given up when that has become impossible within its first window
 *   coasting  a firm track is given up after more than max_misses frames without a detection, or after
 *             max_coast_s
 *   merge     of two firm tracks nearer than merge2 the younger is one with the older, unless both are
 *             known to be somebody else
 *
 * Normalised distance of two tracks: residuals of position and speed along the older one's line of sight and
 * across it, each squared over the sum of its variances; correlations are left out. Two tracks of one
 * target compete for its detections, so only those are looked at that saw another track take what
 * was in their gate, and those that became firm just now. Slots are in order of age, and merging goes by
 * slot: the result is a function of the table.
 *
 * History is shifted by one bit a frame, so the highest bit of a tentative track is its first frame's.
 * Guarded by tests/test_track_filter.c.
 */
#include "track_filter.h"

/* bits set; old machines have no instruction for it, and vectors none before v4's successors */
static inline uint32_t count_bits(uint32_t x)
{
    x = x - (x >> 1 & UINT32_C(0x55555555));
    x = (x & UINT32_C(0x33333333)) + (x >> 2 & UINT32_C(0x33333333));
    x = (x + (x >> 4)) & UINT32_C(0x0F0F0F0F);
    x = x + (x >> 8);
    return (x + (x >> 16)) & 63;
}

/* number of the highest bit, plus one */
static inline uint32_t length_of(uint32_t x)
{
    x |= x >> 1;
    x |= x >> 2;
    x |= x >> 4;
    x |= x >> 8;
    x |= x >> 16;
    return count_bits(x);
}

/* Counts, confirms and says which to keep. Returns how many of the slots are not. */
static size_t count(const qf_filter *f)
{
    const qf_tracker *tracker = f->tracker;
    const qf_track_table *t = f->table;
    uint32_t *restrict updated = t->updated;
    uint32_t *restrict hits = t->hits;
    uint32_t *restrict misses = t->misses;
    uint32_t *restrict history = t->history;
    uint32_t *restrict firm = t->firm;
    uint32_t *restrict keep = f->keep;
    const uint32_t *restrict hit = f->hit;
    const qf_real *restrict since_s = f->since_s;
    const uint32_t tick = f->frame->tick;
    const uint32_t need = tracker->confirm_hits;
    const uint32_t window = tracker->confirm_window;
    const uint32_t bits = window < 32 ? (UINT32_C(1) << window) - 1 : UINT32_MAX;
    const uint32_t most = tracker->max_misses;
    const qf_real coast_s = tracker->max_coast_s > 0 ? tracker->max_coast_s : QF_REAL_INFINITY;
    const size_t n = f->lanes;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const uint32_t h = history[i] << 1 | hit[i];
        const uint32_t m = hit[i] != 0 ? 0 : misses[i] + 1;
        const uint32_t seen = count_bits(h & bits);
        const uint32_t was = firm[i];
        const uint32_t now = seen >= need ? 2 : 0;
        const uint32_t becomes = was != 0 ? 1 : now;
        /* what is left of the first window would not do; after it, nothing is */
        const uint32_t passed = length_of(h);
        const uint32_t hopeless = seen + window < need + passed;
        const uint32_t alone_s = since_s[i] > coast_s;
        const uint32_t lost = (m > most) | (alone_s & (m != 0));
        history[i] = h;
        misses[i] = m;
        hits[i] += hit[i];
        updated[i] = hit[i] != 0 ? tick : updated[i];
        firm[i] = becomes;
        keep[i] = becomes != 0 ? !lost : !hopeless;
    }
    size_t gone = 0;
    for (size_t i = 0; i < t->n; i++) {
        gone += keep[i] == 0;
    }
    return gone;
}

/* ---- merge ---- */

static bool others(const qf_track_table *t, size_t a, size_t b)
{
    return (int32_t)t->identity[a] >= 0 && (int32_t)t->identity[b] >= 0 &&
           t->identity[a] != t->identity[b];
}

/* variances along a direction and the mean of the two axes across it, of position and of speed */
typedef struct spread {
    qf_real radial_pp, radial_vv, cross_pp, cross_vv;
} spread;

static qf_real along(qf_real *const *v, size_t i, const unsigned char rows[6], const qf_real *u)
{
    return v[rows[0]][i] * u[0] * u[0] + v[rows[2]][i] * u[1] * u[1] + v[rows[5]][i] * u[2] * u[2] +
           2 * (v[rows[1]][i] * u[0] * u[1] + v[rows[3]][i] * u[0] * u[2] +
                v[rows[4]][i] * u[1] * u[2]);
}

static spread spread_of(const qf_filter *f, size_t i, const qf_real *u)
{
    qf_real *const *v = f->table->variance;
    if (f->tracker->mode != QF_TRACK_KALMAN) {
        return (spread){v[0][i], v[2][i], v[3][i], v[5][i]};
    }
    static const unsigned char position[6] = {0, 1, 2, 3, 4, 5};
    static const unsigned char speed[6] = {9, 13, 14, 18, 19, 20};
    const qf_real pp = along(v, i, position, u);
    const qf_real vv = along(v, i, speed, u);
    return (spread){pp, vv, (v[0][i] + v[2][i] + v[5][i] - pp) / 2,
                    (v[9][i] + v[14][i] + v[20][i] - vv) / 2};
}

/* a difference of vectors, squared over variances along u and across it */
static qf_real normalised(const qf_real *d, const qf_real *u, qf_real radial, qf_real cross)
{
    const qf_real r = d[0] * u[0] + d[1] * u[1] + d[2] * u[2];
    const qf_real all = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    return r * r / radial + qf_filter_least(all - r * r, 0) / cross;
}

static bool same(const qf_filter *f, size_t older, size_t younger)
{
    const qf_track_table *t = f->table;
    const qf_real p[3] = {t->east_m[older], t->north_m[older], t->up_m[older]};
    const qf_real d[3] = {t->east_m[younger] - p[0], t->north_m[younger] - p[1],
                          t->up_m[younger] - p[2]};
    const qf_real w[3] = {t->east_mps[younger] - t->east_mps[older],
                          t->north_mps[younger] - t->north_mps[older],
                          t->up_mps[younger] - t->up_mps[older]};
    const qf_real range_m = qf_real_sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    const qf_real per_m = range_m > 0 ? 1 / range_m : 0;
    const qf_real u[3] = {p[0] * per_m, p[1] * per_m, p[2] * per_m};
    const spread a = spread_of(f, older, u);
    const spread b = spread_of(f, younger, u);
    return normalised(d, u, a.radial_pp + b.radial_pp, a.cross_pp + b.cross_pp) +
               normalised(w, u, a.radial_vv + b.radial_vv, a.cross_vv + b.cross_vv) <=
           f->tracker->merge2;
}

/* The older takes over who it is, if only the younger knows. */
static void merge_into(const qf_filter *f, size_t older, size_t younger)
{
    qf_track_table *t = f->table;
    f->keep[younger] = 0;
    f->into[younger] = t->number[older];
    f->tally->merged++;
    if ((int32_t)t->identity[older] < 0 && (int32_t)t->identity[younger] >= 0) {
        t->identity[older] = t->identity[younger];
        t->present[older] = t->present[younger];
        t->mode[older] = t->mode[younger];
        t->on[older] = t->on[younger];
    }
    t->suspect[older] |= t->suspect[younger];
}

static bool can_merge(const qf_filter *f, size_t older, size_t younger)
{
    return f->keep[older] && f->keep[younger] && f->table->firm[older] != 0 &&
           f->table->firm[younger] != 0 && !others(f->table, older, younger) &&
           same(f, older, younger);
}

/* Merges all that have something to do with slot k. */
static size_t merge_one(const qf_filter *f, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        if (can_merge(f, i, k)) {
            merge_into(f, i, k);
            return 1;
        }
    }
    size_t merged = 0;
    for (size_t i = k + 1; i < f->table->n; i++) {
        if (can_merge(f, k, i)) {
            merge_into(f, k, i);
            merged++;
        }
    }
    return merged;
}

static size_t merge(const qf_filter *f)
{
    const qf_track_table *t = f->table;
    size_t merged = 0;
    for (size_t i = 0; i < t->n; i++) {
        const bool robbed = t->firm[i] != 0 && t->misses[i] != 0 && f->rivals[i] != 0;
        if ((robbed || t->firm[i] == 2) && f->keep[i]) {
            merged += merge_one(f, i);
        }
    }
    return merged;
}

void QF_KERNEL(qf_filter_confirm)(qf_filter *f)
{
    const size_t pruned = count(f);
    for (size_t i = 0; i < f->table->n; i++) {
        f->into[i] = QF_NO_TRACK;
    }
    f->tally->pruned += (uint32_t)pruned;
    const size_t merged = f->tracker->merge2 > 0 ? merge(f) : 0;
    if (pruned + merged > 0) {
        QF_KERNEL(qf_track_remove)(f->keep, f->into, f->tracker->mode, f->table, f->scratch);
    }
}
