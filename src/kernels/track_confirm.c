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
 * slot: the result is a function of the table. Most pairs of robust tracks are too far apart for any
 * direction of theirs: normalised distance is at least |d|^2 over the sum of their greatest variances.
 *
 * History is shifted by one bit a frame, so the highest bit of a tentative track is its first frame's.
 * Guarded by tests/test_track_filter.c.
 */
#include <string.h>

#include "lanes.h"
#include "track_filter.h"

_Static_assert(QF_NO_TRACK == UINT32_MAX && QF_NO_PLOT == UINT32_MAX, "set byte by byte");

typedef qf_u32x16 words;

QF_LANES words of(uint32_t x)
{
    return qf_u32x16_set1(x);
}

/* bits set; vectors have no instruction for it before some of v4's */
QF_LANES words count_bits(words x)
{
    const words odd = of(UINT32_C(0x55555555));
    const words low = of(UINT32_C(0x33333333));
    const words twos = qf_u32x16_sub(x, qf_u32x16_and(qf_u32x16_shr(x, 1), odd));
    const words fours =
        qf_u32x16_add(qf_u32x16_and(twos, low), qf_u32x16_and(qf_u32x16_shr(twos, 2), low));
    const words eights =
        qf_u32x16_and(qf_u32x16_add(fours, qf_u32x16_shr(fours, 4)), of(UINT32_C(0x0F0F0F0F)));
    const words halves = qf_u32x16_add(eights, qf_u32x16_shr(eights, 8));
    return qf_u32x16_and(qf_u32x16_add(halves, qf_u32x16_shr(halves, 16)), of(63));
}

/* number of the highest bit, plus one */
QF_LANES words length_of(words x)
{
    for (int by = 1; by < 32; by *= 2) {
        x = qf_u32x16_or(x, qf_u32x16_shr(x, by));
    }
    return count_bits(x);
}

/* the longest time to coast in whole ticks, without what rounding made of it; 0: without end */
static uint32_t ticks_of(qf_real coast_s, double ticks_per_s)
{
    const double ticks = (double)coast_s * ticks_per_s + 1e-3;
    return coast_s > 0 && ticks < (double)UINT32_MAX ? (uint32_t)ticks : UINT32_MAX;
}

/* Counts and confirms sixteen slots from `i` on; bits of those not to keep. */
QF_LANES uint32_t count_lanes(const qf_filter *f, size_t i, uint32_t coast_ticks)
{
    const qf_tracker *tracker = f->tracker;
    const qf_track_table *t = f->table;
    const uint32_t window = tracker->confirm_window;
    const words zero = of(0);
    const words tick = of(f->frame->tick);
    const words hit = qf_u32x16_load(f->hit + i);
    const qf_mask32x16 detected = qf_u32x16_ne(hit, zero);
    const words before = qf_u32x16_load(t->updated + i);
    /* a frame that did not look there is none of the track's */
    const qf_mask32x16 looked = qf_u32x16_ne(qf_u32x16_or(qf_u32x16_load(f->lit + i), hit), zero);
    const words past = qf_u32x16_load(t->history + i);
    const words history = qf_u32x16_select(looked, qf_u32x16_or(qf_u32x16_shl(past, 1), hit), past);
    const words missed = qf_u32x16_select(looked, of(1), zero);
    const words misses =
        qf_u32x16_select(detected, zero, qf_u32x16_add(qf_u32x16_load(t->misses + i), missed));
    const words firm = qf_u32x16_load(t->firm + i);
    const qf_mask32x16 tentative = qf_u32x16_eq(firm, zero);

    const words seen = count_bits(history); /* a tentative one has no more than its first window */
    const qf_mask32x16 enough = qf_u32x16_ge(seen, of(tracker->confirm_hits));
    /* what is left of the first window would not do; after it, nothing is */
    const qf_mask32x16 hopeless =
        qf_u32x16_lt(qf_u32x16_add(seen, of(window)),
                     qf_u32x16_add(length_of(history), of(tracker->confirm_hits)));
    const qf_mask32x16 alone =
        qf_mask32x16_or(qf_u32x16_gt(misses, of(tracker->max_misses)),
                        qf_u32x16_gt(qf_u32x16_sub(tick, before), of(coast_ticks)));
    const qf_mask32x16 lost = qf_mask32x16_and(alone, qf_mask32x16_not(detected));
    const qf_mask32x16 loose = qf_mask32x16_and(tentative, qf_mask32x16_not(enough));
    const qf_mask32x16 out = qf_mask32x16_or(qf_mask32x16_and(loose, hopeless),
                                             qf_mask32x16_and(qf_mask32x16_not(loose), lost));

    qf_u32x16_store(t->history + i, history);
    qf_u32x16_store(t->misses + i, misses);
    qf_u32x16_store(t->hits + i, qf_u32x16_add(qf_u32x16_load(t->hits + i), hit));
    qf_u32x16_store(t->updated + i, qf_u32x16_select(detected, tick, before));
    const words becomes = qf_u32x16_select(enough, of(2), zero);
    qf_u32x16_store(t->firm + i, qf_u32x16_select(tentative, becomes, of(1)));
    qf_u32x16_store(f->keep + i, qf_u32x16_select(out, zero, of(1)));
    return qf_mask32x16_bits(out);
}

/* Counts, confirms and says which to keep. Returns how many of the slots are not. */
static uint32_t count(const qf_filter *f)
{
    const qf_tracker *tracker = f->tracker;
    const uint32_t coast_ticks = ticks_of(tracker->max_coast_s, tracker->ticks_per_s);
    const size_t n = f->table->n;
    uint32_t gone = 0;
    for (size_t i = 0; i < n; i += QF_TRACK_LANES) {
        const size_t left = n - i;
        const uint32_t used = left < QF_TRACK_LANES ? (UINT32_C(1) << left) - 1 : UINT32_MAX;
        gone += (uint32_t)__builtin_popcount(count_lanes(f, i, coast_ticks) & used);
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
    /* rounding must not leave less than nothing */
    const qf_real pp = qf_filter_least(along(v, i, position, u), QF_FILTER_LEAST_SD2);
    const qf_real vv = qf_filter_least(along(v, i, speed, u), QF_FILTER_LEAST_SD2);
    const qf_real cross_pp = (v[0][i] + v[2][i] + v[5][i] - pp) / 2;
    const qf_real cross_vv = (v[9][i] + v[14][i] + v[20][i] - vv) / 2;
    return (spread){pp, vv, qf_filter_least(cross_pp, QF_FILTER_LEAST_SD2),
                    qf_filter_least(cross_vv, QF_FILTER_LEAST_SD2)};
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

/*
 * How far apart, squared, two may be and yet be one: reach[a] + reach[b], with some room for rounding. NULL with
 * Kalman variances: rounding may make less than nothing of one along a direction, so they bound nothing.
 */
static const qf_real *reach_of(const qf_filter *f)
{
    const qf_track_table *t = f->table;
    if (f->tracker->mode == QF_TRACK_KALMAN) {
        return NULL;
    }
    const qf_real most = 2 * f->tracker->merge2;
    const qf_real *restrict radial_pp = t->variance[0];
    const qf_real *restrict cross_pp = t->variance[3];
    qf_real *restrict reach = f->gains; /* which the update is done with */
    for (size_t i = 0; i < t->n; i++) {
        reach[i] = most * (radial_pp[i] + cross_pp[i]); /* no less than the greater */
    }
    return reach;
}

static inline bool near(const qf_filter *f, const qf_real *reach, size_t a, size_t b)
{
    const qf_track_table *t = f->table;
    if (!reach) {
        return true;
    }
    const qf_real east = t->east_m[a] - t->east_m[b];
    const qf_real north = t->north_m[a] - t->north_m[b];
    const qf_real up = t->up_m[a] - t->up_m[b];
    return !(east * east + north * north + up * up > reach[a] + reach[b]);
}

static bool can_merge(const qf_filter *f, const qf_real *reach, size_t older, size_t younger)
{
    return near(f, reach, older, younger) && f->keep[older] && f->keep[younger] &&
           f->table->firm[older] != 0 && f->table->firm[younger] != 0 &&
           !others(f->table, older, younger) && same(f, older, younger);
}

/* Merges all that have something to do with slot k. */
static size_t merge_one(const qf_filter *f, const qf_real *reach, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        if (can_merge(f, reach, i, k)) {
            merge_into(f, i, k);
            return 1;
        }
    }
    size_t merged = 0;
    for (size_t i = k + 1; i < f->table->n; i++) {
        if (can_merge(f, reach, k, i)) {
            merge_into(f, k, i);
            merged++;
        }
    }
    return merged;
}

/* firm, and robbed of what was in its gate, or firm just now */
static inline uint32_t suspicious(uint32_t firm, uint32_t misses, uint32_t rivals)
{
    return ((firm != 0) & (misses != 0) & (rivals != 0)) | (firm == 2);
}

static size_t merge(const qf_filter *f)
{
    const qf_track_table *t = f->table;
    size_t merged = 0;
    uint32_t any = 0;
    for (size_t i = 0; i < t->n; i++) {
        any |= suspicious(t->firm[i], t->misses[i], f->rivals[i]);
    }
    if (any == 0) {
        return 0;
    }
    const qf_real *reach = reach_of(f);
    for (size_t i = 0; i < t->n; i++) {
        if (suspicious(t->firm[i], t->misses[i], f->rivals[i]) && f->keep[i]) {
            merged += merge_one(f, reach, i);
        }
    }
    return merged;
}

void QF_KERNEL(qf_filter_confirm)(qf_filter *f)
{
    const uint32_t pruned = count(f);
    memset(f->into, 0xFF, f->lanes * sizeof *f->into);
    f->tally->pruned += pruned;
    const size_t merged = f->tracker->merge2 > 0 ? merge(f) : 0;
    if (pruned + merged > 0) {
        QF_KERNEL(qf_track_remove)(f->keep, f->into, f->tracker->mode, f->table, f->scratch);
    }
}
