/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which detection updates which track. The normalised squared distance of a pair,
 *
 *   d2 = r^2 / S_r + c^2 / S_c + (w - r P_rv / S_r)^2 / (S_v - P_rv^2 / S_r)
 *
 * r, c: residual of position along the line of sight and across it (its length), w: of radial speed; S: what was
 * predicted plus noise; P_rv: predicted covariance of position and speed along the line of sight. It has a
 * chi-square distribution with four degrees of freedom, one of r, two of c, one of w; candidates are those
 * with d2 <= gate2. The line of sight is the detection's: its error, angle_sd, is smaller than that of a prediction, and
 * noise along and across it is what it is. Noise across is taken at the predicted range, so that the reach of a
 * track does not depend on detections: qf_track_gate leaves few pairs to look at.
 *
 * Where no plot and no track occurs twice among the candidates, that is the assignment. The others are
 * assigned by assignment.h, plots numbered in the order of what they say, so that equal costs are decided
 * by that.
 *
 * Vehicles of the twin change their velocity at once. So a firm track that has no detection gets a second chance, with the
 * detections that are left, by position alone (the first two terms, in the same gate): where it is there and only its
 * radial speed is another, it has turned. What is known of its velocity is then as little as at its start:
 * prior_speed^2 is added to the variances of speed.
 *
 * Source: radar_tracking.md section 4. Guarded by tests/test_track_filter.c.
 */
#include <string.h>

#include "assignment.h"
#include "merge_sort.h"
#include "track_filter.h"

/* ---- order of plots ---- */

#ifdef QF_REAL_DOUBLE
typedef uint64_t real_bits;
#else
typedef uint32_t real_bits;
#endif
_Static_assert(sizeof(real_bits) == sizeof(qf_real), "all bits of a number");

static int compare_words(real_bits a, real_bits b)
{
    return (a > b) - (a < b);
}

/* numbers in the order of their bits, which is a total one; of numbers at least zero also that of their size */
static int compare_bits(qf_real a, qf_real b)
{
    real_bits bits_a;
    real_bits bits_b;
    memcpy(&bits_a, &a, sizeof a);
    memcpy(&bits_b, &b, sizeof b);
    return compare_words(bits_a, bits_b);
}

/* all that plots say; what `locate` sets follows from it */
static int compare_plots(const qf_track_plots *p, size_t a, size_t b)
{
    const qf_real *const reals[] = {p->range_m, p->bearing_deg, p->elev_deg,
                                    p->vr_mps,  p->snr_db,      p->rcs_dbsm};
    const uint32_t *const words[] = {p->band, p->mode, p->on, p->present, p->identity, p->target};
    int order = 0;
    for (size_t k = 0; k < sizeof reals / sizeof *reals && order == 0; k++) {
        order = compare_bits(reals[k][a], reals[k][b]);
    }
    for (size_t k = 0; k < sizeof words / sizeof *words && order == 0; k++) {
        order = compare_words(words[k][a], words[k][b]);
    }
    return order;
}

/* By what is nearer; few are equally far. */
static bool comes_before(const void *context, const uint32_t *a, const uint32_t *b)
{
    const qf_track_plots *plots = context;
    const qf_real range_a_m = plots->range_m[*a];
    const qf_real range_b_m = plots->range_m[*b];
    return range_a_m < range_b_m || (range_a_m == range_b_m && compare_plots(plots, *a, *b) < 0);
}

QF_MERGE_SORT(sort, uint32_t, comes_before)

void QF_KERNEL(qf_filter_sort)(const qf_track_plots *plots, uint32_t *list, size_t n,
                               uint32_t *spare)
{
    if (sort(plots, list, spare, n) == spare) {
        memcpy(list, spare, n * sizeof *list);
    }
}

/* ---- candidates ---- */

static inline qf_filter_spread meet_alpha_beta(const qf_filter *f, size_t plot, size_t slot)
{
    const qf_track_plots *p = f->plots;
    const qf_track_table *t = f->table;
    qf_real *const *v = t->variance;
    const qf_real sin2 =
        qf_filter_sin2(t->east_m[slot], t->north_m[slot], t->up_m[slot], p->toward_east[plot],
                       p->toward_north[plot], p->toward_up[plot]);
    return (qf_filter_spread){
        .radial_pp = qf_filter_turned_radial(v[0][slot], v[3][slot], sin2),
        .radial_pv = qf_filter_turned_radial(v[1][slot], v[4][slot], sin2),
        .radial_vv = qf_filter_turned_radial(v[2][slot], v[5][slot], sin2),
        .cross_pp = qf_filter_turned_cross(v[0][slot], v[3][slot], sin2),
    };
}

/* what a pair is judged by */
typedef enum measure { BY_POSITION_AND_SPEED, BY_POSITION } measure;

static inline qf_real distance2(const qf_filter *f, size_t plot, size_t slot, bool kalman,
                                measure by)
{
    const qf_track_plots *p = f->plots;
    const qf_track_table *t = f->table;
    const qf_real *own = f->frame->own_mps;
    const qf_real ue = p->toward_east[plot];
    const qf_real un = p->toward_north[plot];
    const qf_real uu = p->toward_up[plot];
    const qf_real e = p->east_m[plot] - t->east_m[slot];
    const qf_real n = p->north_m[plot] - t->north_m[slot];
    const qf_real u = p->up_m[plot] - t->up_m[slot];
    const qf_real radial = e * ue + n * un + u * uu;
    const qf_real ce = e - radial * ue;
    const qf_real cn = n - radial * un;
    const qf_real cu = u - radial * uu;
    const qf_real speed =
        p->vr_mps[plot] - ((t->east_mps[slot] - own[0]) * ue + (t->north_mps[slot] - own[1]) * un +
                           (t->up_mps[slot] - own[2]) * uu);
    const qf_filter_spread r =
        kalman ? QF_KERNEL(qf_filter_meet_kalman)(f, plot, slot) : meet_alpha_beta(f, plot, slot);
    const qf_real range2 = t->east_m[slot] * t->east_m[slot] + t->north_m[slot] * t->north_m[slot] +
                           t->up_m[slot] * t->up_m[slot];
    const qf_real cross_s =
        r.cross_pp + qf_filter_least(range2 * f->angle2_rad2, QF_FILTER_LEAST_SD2);
    const qf_real per_radial_s = 1 / (r.radial_pp + f->range2_m2);
    const qf_real position =
        radial * radial * per_radial_s + (ce * ce + cn * cn + cu * cu) / cross_s;
    if (by == BY_POSITION) {
        return position;
    }
    const qf_real slope = r.radial_pv * per_radial_s;
    const qf_real rest = qf_filter_fold(speed - slope * radial, f->span_mps, f->per_span_spm);
    const qf_real speed2 = qf_filter_least(r.radial_vv - slope * r.radial_pv, 0);
    const qf_real speed_s =
        speed2 + qf_filter_speed_noise(speed2, f->speed2_m2s2, f->unclear2_m2s2);
    return position + rest * rest / speed_s;
}

/* Leaves those pairs that are in the gate, counts them by plot and slot; whether any has a rival. */
static bool candidates(const qf_filter *f, measure by, uint32_t *of_plot, uint32_t *of_slot)
{
    qf_track_scratch *s = f->scratch;
    const qf_real gate2 = f->tracker->gate2;
    const bool kalman = f->tracker->mode == QF_TRACK_KALMAN;
    bool conflict = false;
    size_t n = 0;
    for (size_t k = 0; k < s->n_pairs; k++) {
        struct qf_track_pair pair = s->pairs[k];
        if (s->slot_of_plot[pair.plot] != QF_NO_TRACK) {
            continue; /* it has had its first chance */
        }
        pair.cost = distance2(f, pair.plot, pair.slot, kalman, by);
        if (pair.cost <= gate2) {
            s->pairs[n++] = pair;
            conflict |= of_plot[pair.plot]++ > 0;
            conflict |= of_slot[pair.slot]++ > 0;
        }
    }
    s->n_pairs = n;
    return conflict;
}

static void pair_up(const qf_filter *f, uint32_t plot, uint32_t slot)
{
    f->scratch->slot_of_plot[plot] = slot;
    f->scratch->plot_of_slot[slot] = plot;
}

/* Pairs without rivals are decided; the others move to the front. Returns how many. */
static size_t keep_rivals(const qf_filter *f, const uint32_t *of_plot, const uint32_t *of_slot)
{
    qf_track_scratch *s = f->scratch;
    size_t n = 0;
    for (size_t k = 0; k < s->n_pairs; k++) {
        const struct qf_track_pair pair = s->pairs[k];
        if (of_plot[pair.plot] == 1 && of_slot[pair.slot] == 1) {
            pair_up(f, pair.plot, pair.slot);
        } else {
            s->pairs[n++] = pair;
        }
    }
    return n;
}

/* Numbers the plots of pairs in the order of what they say: plot_of[rank], rank_of[plot]. */
static size_t rank_plots(const qf_filter *f, size_t n_pairs, uint32_t *plot_of, uint32_t *rank_of)
{
    const struct qf_track_pair *pairs = f->scratch->pairs;
    size_t n = 0;
    for (size_t k = 0; k < n_pairs; k++) { /* they are by plot */
        if (k == 0 || pairs[k].plot != pairs[k - 1].plot) {
            plot_of[n++] = pairs[k].plot;
        }
    }
    QF_KERNEL(qf_filter_sort)(f->plots, plot_of, n, rank_of);
    for (size_t rank = 0; rank < n; rank++) {
        rank_of[plot_of[rank]] = (uint32_t)rank;
    }
    return n;
}

/* Decides between the first n pairs. False without memory. */
static bool decide(const qf_filter *f, size_t n)
{
    const qf_track_scratch *s = f->scratch;
    const size_t n_slots = f->table->n;
    const size_t capacity = f->plots->capacity;
    uint32_t *plot_of = f->list;
    uint32_t *rank_of = plot_of + capacity;
    uint32_t *slot_of_rank = rank_of + capacity;
    const size_t n_ranks = rank_plots(f, n, plot_of, rank_of);
    qf_candidate *candidate = qf_assignment_room(s->assignment, n * sizeof *candidate);
    if (!candidate) {
        return false;
    }
    for (size_t k = 0; k < n; k++) {
        candidate[k] =
            (qf_candidate){rank_of[s->pairs[k].plot], s->pairs[k].slot, (double)s->pairs[k].cost};
    }
    const bool done = f->tracker->exact
                          ? qf_assign_exact(s->assignment, candidate, n, (double)f->tracker->gate2,
                                            n_ranks, n_slots, slot_of_rank, f->into)
                          : qf_assign_nearest(s->assignment, candidate, n, n_ranks, n_slots,
                                              slot_of_rank, f->into);
    for (size_t rank = 0; done && rank < n_ranks; rank++) {
        if (slot_of_rank[rank] != QF_UNASSIGNED) {
            pair_up(f, plot_of[rank], slot_of_rank[rank]);
        }
    }
    return done;
}

/* Pairs in reach of each other become an assignment, as far as their measure lets them. */
static void assign(const qf_filter *f, measure by, uint32_t *of_slot)
{
    qf_track_scratch *s = f->scratch;
    const qf_track_table *t = f->table;
    uint32_t *of_plot = f->list;
    memset(of_plot, 0, f->plots->n * sizeof *of_plot);
    memset(of_slot, 0, f->lanes * sizeof *of_slot);
    QF_KERNEL(qf_track_gate)(f->plots, t->east_m, t->north_m, t->up_m, f->reach2, t->n, s);
    const bool conflict = candidates(f, by, of_plot, of_slot);
    const size_t n = conflict ? keep_rivals(f, of_plot, of_slot) : s->n_pairs;
    if (!conflict) {
        for (size_t k = 0; k < n; k++) {
            pair_up(f, s->pairs[k].plot, s->pairs[k].slot);
        }
    } else if (!decide(f, n)) {
        f->tally->out_of_memory = true;
    }
}

/* Firm tracks without a detection stay in reach, all others not; whether there are any, and plots for them. */
static bool leave_missed(const qf_filter *f)
{
    const qf_track_table *t = f->table;
    const uint32_t *plot_of_slot = f->scratch->plot_of_slot;
    bool missed = false;
    bool left = false;
    for (size_t i = 0; i < t->n; i++) {
        const bool misses = t->firm[i] != 0 && plot_of_slot[i] == QF_NO_PLOT;
        f->reach2[i] = misses ? f->reach2[i] : QF_REAL(-1.0);
        missed |= misses;
    }
    for (size_t plot = 0; missed && plot < f->plots->n; plot++) {
        left |= f->scratch->slot_of_plot[plot] == QF_NO_TRACK;
    }
    return missed && left;
}

/* those in reach that have a detection now have turned */
static void doubt_velocities(const qf_filter *f)
{
    static const size_t of_robust[] = {2, 5};
    static const size_t of_kalman[] = {9, 14, 20};
    const qf_track_table *t = f->table;
    const bool kalman = f->tracker->mode == QF_TRACK_KALMAN;
    const size_t *speeds = kalman ? of_kalman : of_robust;
    const size_t n_speeds = kalman ? 3 : 2;
    const qf_real prior2 = f->tracker->prior_speed_mps * f->tracker->prior_speed_mps;
    for (size_t i = 0; i < t->n; i++) {
        if (f->reach2[i] >= 0 && f->scratch->plot_of_slot[i] != QF_NO_PLOT) {
            for (size_t k = 0; k < n_speeds; k++) {
                t->variance[speeds[k]][i] += prior2;
            }
        }
    }
}

void QF_KERNEL(qf_filter_assign)(qf_filter *f)
{
    qf_track_scratch *s = f->scratch;
    memset(s->plot_of_slot, 0xFF, f->lanes * sizeof *s->plot_of_slot); /* QF_NO_PLOT */
    memset(s->slot_of_plot, 0xFF, f->plots->n * sizeof *s->slot_of_plot);
    assign(f, BY_POSITION_AND_SPEED, f->rivals);
    if (!f->tally->out_of_memory && leave_missed(f)) {
        assign(f, BY_POSITION, f->keep);
        doubt_velocities(f);
    }
}
