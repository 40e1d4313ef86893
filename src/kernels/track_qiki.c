/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference's tracker, exactly: one frame of one observer, after admit and locate.
 *
 *   fuse       a long-range detection in the direction of a short-range one is taken out
 *   associate  detection by detection, in their order, with the nearest free track; long-range ones without one by
 *              direction (handoff)
 *   update     x^ = p + v dt;  p = x^ + alpha (z - x^);  v = (1 - beta) v + beta vr z / |z|     [m, m/s]
 *   miss, prune, spawn
 *
 * dt = max(t - t of the last update, least_step). Gates are inclusive; of tracks at equal distance the last created
 * wins, of handoffs with equal score the first. The reference prunes after it spawns; here it is before,
 * so that a table has as much room as it can: nobody who spawns is pruned, so the order of the two plays no other part.
 *
 * In lanes: distances (track_gate.c) and angles (track_locate.c); the compiler's: prediction, ageing. Which detection
 * takes which track is decided one by one: that is what the order means.
 * Source: radar_tracking.md sections 1.3-1.5. Guarded by tests/test_track_qiki.c, tests/test_golden_tracker.c.
 */
#include "real_lanes.h"
#include "track_steps.h"

enum { BAND_UNSPECIFIED, BAND_LONG, BAND_SHORT };

#define NO_IDENTITY UINT32_MAX /* -1 */

/* columns in scratch->work, by slot */
typedef struct guess {
    qf_real *east_m, *north_m, *up_m; /* predicted */
    qf_real *reach2;
    qf_real *range_m, *bearing_deg, *elev_deg; /* of the last update; once somebody asks */
    bool has_directions;
} guess;

static guess guess_in(void *work, size_t capacity)
{
    qf_real *at = work;
    return (guess){.east_m = at,
                   .north_m = at + capacity,
                   .up_m = at + 2 * capacity,
                   .reach2 = at + 3 * capacity,
                   .range_m = at + 4 * capacity,
                   .bearing_deg = at + 5 * capacity,
                   .elev_deg = at + 6 * capacity};
}

/* between two bearings in [0, 360) */
static inline qf_real bearing_between(qf_real a_deg, qf_real b_deg)
{
    const qf_real d = qf_real_abs(a_deg - b_deg);
    const qf_real around = QF_REAL(360.0) - d;
    return d < around ? d : around;
}

/* how well a pair fits in direction and speed; less is better */
typedef struct fit {
    qf_real angles_deg, speed_mps;
} fit;

static inline bool fits_better(fit a, fit b)
{
    return a.angles_deg < b.angles_deg ||
           (a.angles_deg == b.angles_deg && a.speed_mps < b.speed_mps);
}

static size_t count_band(const qf_track_plots *p, uint32_t band)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        n += p->band[i] == band;
    }
    return n;
}

/* the long-range detections, closed up: what fusion looks at */
typedef struct distant {
    size_t n;
    qf_real *bearing_deg, *elev_deg, *vr_mps; /* in whole lanes */
    uint32_t *plot;                           /* QF_NO_PLOT: consumed */
} distant;

static distant list_distant(const qf_track_plots *p, void *work)
{
    qf_real *at = work;
    distant d = {.bearing_deg = at,
                 .elev_deg = at + p->capacity,
                 .vr_mps = at + 2 * p->capacity,
                 .plot = (uint32_t *)(at + 3 * p->capacity)};
    for (size_t i = 0; i < p->n; i++) {
        if (p->band[i] == BAND_LONG) {
            d.bearing_deg[d.n] = p->bearing_deg[i];
            d.elev_deg[d.n] = p->elev_deg[i];
            d.vr_mps[d.n] = p->vr_mps[i];
            d.plot[d.n++] = (uint32_t)i;
        }
    }
    return d;
}

/* those of a lane group that are within all three tolerances of a plot */
QF_LANES uint32_t alike(const qf_tracker *tracker, const qf_track_plots *p, size_t plot,
                        const distant *d, size_t i)
{
    const qf_rx bearing =
        QF_RX(abs)(QF_RX(sub)(QF_RX(set1)(p->bearing_deg[plot]), QF_RX(load)(d->bearing_deg + i)));
    const qf_rx around = QF_RX(min)(bearing, QF_RX(sub)(QF_RX(set1)(QF_REAL(360.0)), bearing));
    const qf_rx elev =
        QF_RX(abs)(QF_RX(sub)(QF_RX(set1)(p->elev_deg[plot]), QF_RX(load)(d->elev_deg + i)));
    const qf_rx speed =
        QF_RX(abs)(QF_RX(sub)(QF_RX(set1)(p->vr_mps[plot]), QF_RX(load)(d->vr_mps + i)));
    const qf_rx_mask level = QF_RX(le)(around, QF_RX(set1)(tracker->fuse_bearing_deg));
    const qf_rx_mask steep = QF_RX(le)(elev, QF_RX(set1)(tracker->fuse_elev_deg));
    const qf_rx_mask fast = QF_RX(le)(speed, QF_RX(set1)(tracker->fuse_mps));
    const uint32_t bits = QF_RX_MASK(bits)(QF_RX_MASK(and)(level, QF_RX_MASK(and)(steep, fast)));
    return d->n - i < QF_RX_LANES ? bits & ((UINT32_C(1) << (d->n - i)) - 1) : bits;
}

/* the best of them that nobody has consumed; d->n: none */
static size_t best_alike(const qf_tracker *tracker, const qf_track_plots *p, size_t plot,
                         const distant *d)
{
    size_t best = d->n;
    fit least = {QF_REAL_INFINITY, QF_REAL_INFINITY};
    for (size_t i = 0; i < d->n; i += QF_RX_LANES) {
        for (uint32_t bits = alike(tracker, p, plot, d, i); bits != 0; bits &= bits - 1) {
            const size_t k = i + (size_t)__builtin_ctz(bits);
            const fit f = {bearing_between(p->bearing_deg[plot], d->bearing_deg[k]) +
                               qf_real_abs(p->elev_deg[plot] - d->elev_deg[k]),
                           qf_real_abs(p->vr_mps[plot] - d->vr_mps[k])};
            if (d->plot[k] != QF_NO_PLOT && fits_better(f, least)) {
                best = k;
                least = f;
            }
        }
    }
    return best;
}

/* plots that are left have band numbers; of a consumed one it is made this, for a moment */
enum { BAND_CONSUMED = 255 };

static void fuse(const qf_tracker *tracker, qf_track_plots *plots, void *work)
{
    if (count_band(plots, BAND_SHORT) == 0 || count_band(plots, BAND_LONG) == 0) {
        return;
    }
    const distant d = list_distant(plots, work);
    size_t consumed = 0;
    for (size_t i = 0; i < plots->n; i++) {
        const size_t best = plots->band[i] == BAND_SHORT ? best_alike(tracker, plots, i, &d) : d.n;
        if (best < d.n) {
            plots->band[d.plot[best]] = BAND_CONSUMED;
            d.plot[best] = QF_NO_PLOT;
            consumed++;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; consumed && i < plots->n; i++) {
        if (plots->band[i] != BAND_CONSUMED) {
            qf_track_plot_move(plots, i, kept++);
        }
    }
    plots->n -= consumed;
}

static void predict(const qf_tracker *tracker, uint32_t tick, const qf_track_table *table,
                    const guess *g)
{
    const qf_track_table t = *table;
    const guess to = *g;
    const double ticks_per_s = tracker->ticks_per_s;
    const qf_real least_step_s = tracker->least_step_s;
    /* a little more than the square of the gate, which is applied to the root: rounding is not to take from it */
    const qf_real reach2 = tracker->gate_m * tracker->gate_m * QF_REAL(1.000001);
#pragma omp simd
    for (size_t s = 0; s < t.n; s++) {
        const double elapsed_s = (double)(int32_t)(tick - t.updated[s]) / ticks_per_s;
        const qf_real step_s =
            (qf_real)elapsed_s > least_step_s ? (qf_real)elapsed_s : least_step_s;
        to.east_m[s] = t.east_m[s] + t.east_mps[s] * step_s;
        to.north_m[s] = t.north_m[s] + t.north_mps[s] * step_s;
        to.up_m[s] = t.up_m[s] + t.up_mps[s] * step_s;
        to.reach2[s] = reach2;
    }
}

/* speed of a track along a direction */
static inline qf_real speed_toward(const qf_track_table *t, size_t slot, qf_real east,
                                   qf_real north, qf_real up)
{
    return t->east_mps[slot] * east + t->north_mps[slot] * north + t->up_mps[slot] * up;
}

/* the free track that is nearest to the plot of pairs[begin, end) */
static uint32_t nearest(const qf_tracker *tracker, const qf_track_plots *p, const qf_track_table *t,
                        const qf_track_scratch *scratch, size_t begin, size_t end)
{
    uint32_t found = QF_NO_TRACK;
    qf_real best_m = tracker->gate_m;
    for (size_t k = begin; k < end; k++) {
        const struct qf_track_pair *pair = &scratch->pairs[k];
        const qf_real distance_m = qf_real_sqrt(pair->cost);
        if (scratch->plot_of_slot[pair->slot] != QF_NO_PLOT || distance_m > best_m) {
            continue;
        }
        const qf_real speed_mps =
            speed_toward(t, pair->slot, p->toward_east[pair->plot], p->toward_north[pair->plot],
                         p->toward_up[pair->plot]);
        if (qf_real_abs(p->vr_mps[pair->plot] - speed_mps) > tracker->gate_mps) {
            continue;
        }
        best_m = distance_m; /* the next at the same distance replaces it */
        found = pair->slot;
    }
    return found;
}

static inline bool has_identity(const qf_track_table *t, size_t slot)
{
    return (int32_t)t->identity[slot] >= 0 || t->present[slot] == QF_PRESENT || t->mode[slot] != 0;
}

/* speed along the line to where it was last; 0 at no distance */
static inline qf_real own_radial_speed(const qf_track_table *t, const guess *g, size_t slot)
{
    const qf_real range_m = g->range_m[slot];
    return range_m > QF_REAL(0.0)
               ? speed_toward(t, slot, t->east_m[slot] / range_m, t->north_m[slot] / range_m,
                              t->up_m[slot] / range_m)
               : QF_REAL(0.0);
}

/* the free track with an identity that was last seen in the plot's direction */
static uint32_t handed_off(const qf_tracker *tracker, const qf_track_plots *p, size_t plot,
                           const qf_track_table *t, const qf_track_scratch *scratch, guess *g)
{
    if (!g->has_directions) {
        QF_KERNEL(qf_track_polar)
        (t->east_m, t->north_m, t->up_m, t->n, g->range_m, g->bearing_deg, g->elev_deg);
        g->has_directions = true;
    }
    uint32_t found = QF_NO_TRACK;
    fit least = {QF_REAL_INFINITY, QF_REAL_INFINITY};
    for (size_t s = 0; s < t->n; s++) {
        const qf_real bearing_deg = bearing_between(p->bearing_deg[plot], g->bearing_deg[s]);
        const qf_real elev_deg = qf_real_abs(p->elev_deg[plot] - g->elev_deg[s]);
        if (scratch->plot_of_slot[s] != QF_NO_PLOT || !has_identity(t, s) ||
            bearing_deg > tracker->handoff_bearing_deg || elev_deg > tracker->handoff_elev_deg) {
            continue;
        }
        const fit f = {bearing_deg + elev_deg,
                       qf_real_abs(p->vr_mps[plot] - own_radial_speed(t, g, s))};
        if (f.speed_mps <= tracker->gate_mps && fits_better(f, least)) {
            found = (uint32_t)s;
            least = f;
        }
    }
    return found;
}

static void associate(const qf_tracker *tracker, const qf_track_plots *plots,
                      const qf_track_table *table, qf_track_scratch *scratch, guess *g)
{
    QF_KERNEL(qf_track_gate)(plots, g->east_m, g->north_m, g->up_m, g->reach2, table->n, scratch);
    for (size_t s = 0; s < table->n; s++) {
        scratch->plot_of_slot[s] = QF_NO_PLOT;
    }
    size_t end = 0;
    for (size_t p = 0; p < plots->n; p++) {
        const size_t begin = end;
        while (end < scratch->n_pairs && scratch->pairs[end].plot == p) {
            end++;
        }
        uint32_t slot = nearest(tracker, plots, table, scratch, begin, end);
        if (slot == QF_NO_TRACK && plots->band[p] == BAND_LONG) {
            slot = handed_off(tracker, plots, p, table, scratch, g);
        }
        scratch->slot_of_plot[p] = slot;
        if (slot != QF_NO_TRACK) {
            scratch->plot_of_slot[slot] = (uint32_t)p;
        }
    }
}

/* what a short-range detection says of who it is; a long-range one says nothing */
static inline void identify(const qf_track_plots *p, size_t plot, const qf_track_table *t,
                            size_t slot)
{
    const uint32_t by_name = (int32_t)p->identity[plot] >= 0 ? QF_PRESENT : QF_ABSENT;
    const uint32_t present = p->present[plot];
    t->present[slot] = present == QF_PRESENCE_UNKNOWN ? by_name : present;
    t->mode[slot] = p->mode[plot];
    t->on[slot] = p->on[plot];
    t->identity[slot] = p->identity[plot];
}

/* the reference copies the band of any detection, but not its identity */
static void update(const qf_tracker *tracker, const qf_track_plots *plots,
                   const qf_track_table *table, const qf_track_scratch *scratch, const guess *g,
                   qf_track_tally *tally)
{
    const qf_track_plots p = *plots;
    const qf_track_table t = *table;
    const qf_real alpha = tracker->alpha;
    const qf_real beta = tracker->beta;
    const qf_real half = QF_REAL(0.5);
    for (size_t i = 0; i < p.n; i++) {
        const uint32_t s = scratch->slot_of_plot[i];
        if (s == QF_NO_TRACK) {
            continue;
        }
        const qf_real gain_mps = beta * p.vr_mps[i];
        t.east_m[s] = g->east_m[s] + alpha * (p.east_m[i] - g->east_m[s]);
        t.north_m[s] = g->north_m[s] + alpha * (p.north_m[i] - g->north_m[s]);
        t.up_m[s] = g->up_m[s] + alpha * (p.up_m[i] - g->up_m[s]);
        t.east_mps[s] = (QF_REAL(1.0) - beta) * t.east_mps[s] + gain_mps * p.toward_east[i];
        t.north_mps[s] = (QF_REAL(1.0) - beta) * t.north_mps[s] + gain_mps * p.toward_north[i];
        t.up_mps[s] = (QF_REAL(1.0) - beta) * t.up_mps[s] + gain_mps * p.toward_up[i];
        t.snr_db[s] = (t.snr_db[s] + p.snr_db[i]) * half;
        t.rcs_dbsm[s] = p.rcs_dbsm[i];
        t.band[s] = p.band[i];
        if (p.band[i] == BAND_SHORT) {
            identify(&p, i, &t, s);
        }
        tally->updated++;
    }
}

/* hits, misses, and what follows from them */
static void age(const qf_tracker *tracker, uint32_t tick, const qf_track_table *table,
                const qf_track_scratch *scratch)
{
    const qf_track_table t = *table;
    const uint32_t *plot_of_slot = scratch->plot_of_slot;
    const uint32_t confirm_hits = tracker->confirm_hits;
#pragma omp simd
    for (size_t s = 0; s < t.n; s++) {
        const uint32_t seen = plot_of_slot[s] != QF_NO_PLOT;
        const uint32_t was_firm = t.firm[s] != 0;
        const uint32_t hits = t.hits[s] + seen;
        t.hits[s] = hits;
        t.misses[s] = seen ? 0 : t.misses[s] + 1;
        t.history[s] = t.history[s] << 1 | seen;
        t.updated[s] = seen ? tick : t.updated[s];
        t.firm[s] = hits >= confirm_hits ? 2 - was_firm : 0;
    }
}

static void prune(const qf_tracker *tracker, qf_track_table *table, qf_track_scratch *scratch,
                  qf_track_tally *tally)
{
    uint32_t *keep = scratch->work;
    uint32_t pruned = 0;
    for (size_t s = 0; s < table->n; s++) {
        keep[s] = table->misses[s] <= tracker->max_misses;
        pruned += 1 - keep[s];
    }
    if (pruned) {
        QF_KERNEL(qf_track_remove)(keep, NULL, QF_TRACK_QIKI, table, scratch);
        tally->pruned += pruned;
    }
}

static void spawn(const qf_tracker *tracker, const qf_track_frame *frame,
                  const qf_track_plots *plots, qf_track_table *table,
                  const qf_track_scratch *scratch, qf_track_tally *tally)
{
    const qf_track_plots p = *plots;
    uint32_t *list = scratch->work;
    size_t n = 0;
    for (size_t i = 0; i < p.n; i++) {
        list[n] = (uint32_t)i;
        n += scratch->slot_of_plot[i] == QF_NO_TRACK;
    }
    const size_t first = table->n;
    const size_t room = QF_KERNEL(qf_track_append)(frame, plots, list, n, table, tally);
    const qf_track_table t = *table;
    for (size_t k = 0; k < room; k++) {
        const uint32_t i = list[k];
        const size_t s = first + k;
        t.east_m[s] = p.east_m[i];
        t.north_m[s] = p.north_m[i];
        t.up_m[s] = p.up_m[i];
        t.east_mps[s] = p.vr_mps[i] * p.toward_east[i];
        t.north_mps[s] = p.vr_mps[i] * p.toward_north[i];
        t.up_mps[s] = p.vr_mps[i] * p.toward_up[i];
        t.firm[s] = tracker->confirm_hits <= 1 ? 2 : 0;
        t.present[s] = p.band[i] == BAND_LONG ? QF_ABSENT : QF_PRESENCE_UNKNOWN;
        t.mode[s] = 0;
        t.on[s] = 0;
        t.identity[s] = NO_IDENTITY;
        if (p.band[i] == BAND_SHORT) {
            identify(&p, i, &t, s);
        }
    }
}

void QF_KERNEL(qf_track_qiki)(const qf_tracker *tracker, const qf_track_frame *frame,
                              qf_track_plots *plots, qf_track_table *table,
                              qf_track_scratch *scratch, qf_track_tally *tally)
{
    fuse(tracker, plots, scratch->work);
    guess g = guess_in(scratch->work, table->capacity);
    predict(tracker, frame->tick, table, &g);
    associate(tracker, plots, table, scratch, &g);
    update(tracker, plots, table, scratch, &g, tally);
    age(tracker, frame->tick, table, scratch);
    QF_KERNEL(qf_track_vote)(plots, table, scratch, tally);
    prune(tracker, table, scratch, tally);
    spawn(tracker, frame, plots, table, scratch, tally);
}
