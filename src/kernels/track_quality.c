/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GOSPA and OSPA of one observer's firm tracks against the targets in its coverage, p = 2, alpha = 2. With the
 * pairs T of tracks and targets nearer than c to each other that have the largest sum of c^2 - d^2,
 *
 *   GOSPA^2 = sum over T of d^2 + c^2 / 2 (targets - |T|) + c^2 / 2 (tracks - |T|)
 *   OSPA^2  = (sum over T of d^2 + c^2 (n - |T|)) / n,  n = max(targets, tracks)
 *
 * since both are least for the same pairs. Nearly always each target is near one track and each track near one
 * target; qf_assign_exact finds out in one pass.
 *
 * In: positions of table and truth, relative to the observer, m; velocities of view and truth, likewise,
 * m/s. Who is near whom is looked for in lanes, some 25 operations for 16 tracks, in single precision and a little
 * farther than c; distances of those found are computed again in double precision, so that sums are of exact
 * differences, and added up in the truth's order. No random numbers. A track that is nowhere is
 * near nobody: a false one.
 * Source: radar_tracking.md section 4. Guarded by tests/test_track_quality.c.
 */
#include "kernels.h"
#include "lanes.h"
#include "radar.h"

#ifdef QF_REAL_DOUBLE
#define LANES(operation) qf_f64x8_##operation
#define NEAR_BITS        qf_mask64x8_bits
typedef qf_f64x8 lanes;
enum { N_LANES = 8 };
#else
#define LANES(operation) qf_f32x16_##operation
#define NEAR_BITS        qf_mask32x16_bits
typedef qf_f32x16 lanes;
enum { N_LANES = 16 };
#endif

/* beyond the cutoff, so that rounding leaves no pair out */
#define A_LITTLE_FARTHER 1.000001

/* Lists of one frame. */
typedef struct firm_tracks {
    size_t n;
    qf_real *east_m, *north_m, *up_m; /* in whole lanes */
    uint32_t *slot;
} firm_tracks;

typedef struct lists {
    firm_tracks firm;
    qf_candidate *candidates; /* rows are targets, columns firm tracks */
    uint32_t *track_of, *target_of;
    qf_truth_memory fresh;
} lists;

static size_t in_lanes(size_t n)
{
    return (n + QF_TRACK_LANES - 1) / QF_TRACK_LANES * QF_TRACK_LANES;
}

/* No overflow: tracks are at most QF_TRACK_MOST_SLOTS, and targets are in memory with more bytes each. */
static bool make_room(qf_assignment *assignment, size_t n_tracks, size_t n_targets, lists *l)
{
    const size_t tracks = in_lanes(n_tracks);
    const size_t targets = in_lanes(n_targets);
    const size_t bytes = n_tracks * n_targets * sizeof *l->candidates +
                         tracks * (3 * sizeof(qf_real) + 2 * sizeof(uint32_t)) +
                         targets * 4 * sizeof(uint32_t);
    qf_real *at = qf_assignment_room(assignment, bytes);
    if (!at) {
        return false;
    }
    l->firm.n = 0;
    l->firm.east_m = at;
    l->firm.north_m = at + tracks;
    l->firm.up_m = at + 2 * tracks;
    l->firm.slot = (uint32_t *)(at + 3 * tracks);
    l->target_of = l->firm.slot + tracks;
    l->track_of = l->target_of + tracks;
    l->fresh.target = l->track_of + targets;
    l->fresh.since = l->track_of + 2 * targets;
    l->fresh.track = l->track_of + 3 * targets;
    l->candidates = (qf_candidate *)(l->track_of + 4 * targets);
    return true;
}

static void list_firm(const qf_track_table *table, firm_tracks *firm)
{
    size_t n = 0;
    for (uint32_t k = 0; k < table->n; k++) {
        firm->slot[n] = k;
        n += table->firm[k] != 0;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t k = firm->slot[i];
        firm->east_m[i] = table->east_m[k];
        firm->north_m[i] = table->north_m[k];
        firm->up_m[i] = table->up_m[k];
    }
    firm->n = n;
}

static double distance2(const firm_tracks *firm, size_t i, const qf_truth *truth, size_t k)
{
    const double east = (double)firm->east_m[i] - (double)truth->east_m[k];
    const double north = (double)firm->north_m[i] - (double)truth->north_m[k];
    const double up = (double)firm->up_m[i] - (double)truth->up_m[k];
    return east * east + north * north + up * up;
}

/* Bits of the tracks [first, first + N_LANES) that are near target k. */
static inline uint32_t find_near(const firm_tracks *firm, size_t first, lanes east, lanes north,
                                 lanes up, lanes reach2)
{
    const lanes e = LANES(sub)(LANES(load_aligned)(firm->east_m + first), east);
    const lanes n = LANES(sub)(LANES(load_aligned)(firm->north_m + first), north);
    const lanes u = LANES(sub)(LANES(load_aligned)(firm->up_m + first), up);
    const lanes d2 = LANES(add)(LANES(add)(LANES(mul)(e, e), LANES(mul)(n, n)), LANES(mul)(u, u));
    const uint32_t bits = NEAR_BITS(LANES(lt)(d2, reach2));
    const size_t left = firm->n - first;
    return left < N_LANES ? bits & ((UINT32_C(1) << left) - 1) : bits;
}

static size_t find_candidates(double cutoff2, const qf_truth *truth, const lists *l)
{
    const firm_tracks *const firm = &l->firm;
    const lanes reach2 = LANES(set1)((qf_real)(cutoff2 * A_LITTLE_FARTHER));
    size_t n = 0;
    for (uint32_t k = 0; k < truth->n; k++) {
        const lanes east = LANES(set1)((qf_real)truth->east_m[k]);
        const lanes north = LANES(set1)((qf_real)truth->north_m[k]);
        const lanes up = LANES(set1)((qf_real)truth->up_m[k]);
        for (size_t first = 0; first < firm->n; first += N_LANES) {
            uint32_t bits = find_near(firm, first, east, north, up, reach2);
            for (; bits; bits &= bits - 1) {
                const uint32_t i = (uint32_t)first + (uint32_t)__builtin_ctz(bits);
                l->candidates[n] = (qf_candidate){k, i, distance2(firm, i, truth, k)};
                n += l->candidates[n].cost < cutoff2;
            }
        }
    }
    return n;
}

static double velocity_error2(const qf_track_view *view, uint32_t slot, const qf_truth *truth,
                              size_t k)
{
    const double east = (double)view->east_mps[slot] - (double)truth->east_mps[k];
    const double north = (double)view->north_mps[slot] - (double)truth->north_mps[k];
    const double up = (double)view->up_mps[slot] - (double)truth->up_mps[k];
    return east * east + north * north + up * up;
}

/* Position errors are those of localisation: the same pairs. */
static void add_errors(const qf_track_view *view, const qf_truth *truth, const lists *l,
                       qf_track_quality *q)
{
    for (size_t k = 0; k < truth->n; k++) {
        const uint32_t i = l->track_of[k];
        if (i != QF_UNASSIGNED) {
            q->held++;
            q->position_error2_m2 += distance2(&l->firm, i, truth, k);
            q->velocity_error2_m2s2 += velocity_error2(view, l->firm.slot[i], truth, k);
        }
    }
}

static void set_distances(double cutoff2, qf_track_quality *q)
{
    const uint32_t most = q->targets > q->firm ? q->targets : q->firm;
    q->localisation_m2 = q->position_error2_m2;
    q->missed_m2 = 0.5 * cutoff2 * (double)(q->targets - q->held);
    q->false_m2 = 0.5 * cutoff2 * (double)(q->firm - q->held);
    q->gospa_m = __builtin_sqrt(q->localisation_m2 + q->missed_m2 + q->false_m2);
    if (most > 0) {
        const double alone = cutoff2 * (double)(most - q->held);
        q->ospa_m = __builtin_sqrt((q->localisation_m2 + alone) / (double)most);
    }
}

/*
 * Where the memory has the target: where it was expected, or anywhere; memory->n: nowhere. Targets come
 * and go, but mostly stay, in the same order.
 */
static size_t recall(const qf_truth_memory *memory, uint32_t target, size_t expected)
{
    if (expected < memory->n && memory->target[expected] == target) {
        return expected;
    }
    size_t at = 0;
    while (at < memory->n && memory->target[at] != target) {
        at++;
    }
    return at;
}

/* A target that is held in this frame, as the memory will have it. */
static void hold(uint32_t tick, uint32_t number, uint32_t since, uint32_t *track,
                 qf_track_quality *q)
{
    if (*track == QF_NO_TRACK) {
        q->first_held++;
        q->first_held_ticks += (double)(uint32_t)(tick - since);
    } else {
        q->switches += *track != number;
    }
    *track = number;
}

/* The memory becomes that of this frame's targets, in their order. */
static void remember(uint32_t tick, const qf_track_table *table, const qf_truth *truth,
                     const lists *l, qf_truth_memory *memory, qf_track_quality *q)
{
    const size_t n = truth->n < memory->capacity ? truth->n : memory->capacity;
    const qf_truth_memory *const fresh = &l->fresh;
    size_t expected = 0;
    for (size_t k = 0; k < n; k++) {
        const size_t at = recall(memory, truth->target[k], expected);
        const bool known = at < memory->n;
        fresh->target[k] = truth->target[k];
        fresh->since[k] = known ? memory->since[at] : tick;
        fresh->track[k] = known ? memory->track[at] : QF_NO_TRACK;
        expected = known ? at + 1 : expected;
        const uint32_t i = l->track_of[k];
        if (i != QF_UNASSIGNED) {
            hold(tick, table->number[l->firm.slot[i]], fresh->since[k], &fresh->track[k], q);
        }
    }
    memcpy(memory->target, fresh->target, n * sizeof *fresh->target);
    memcpy(memory->since, fresh->since, n * sizeof *fresh->since);
    memcpy(memory->track, fresh->track, n * sizeof *fresh->track);
    memory->n = n;
    q->forgotten = (uint32_t)(truth->n - n);
}

bool QF_KERNEL(qf_track_quality_of)(double cutoff_m, uint32_t tick, const qf_track_table *table,
                                    const qf_track_view *view, const qf_truth *truth,
                                    qf_truth_memory *memory, qf_track_scratch *scratch,
                                    qf_track_quality *quality)
{
    const double cutoff2 = cutoff_m * cutoff_m;
    lists l;
    if (!make_room(scratch->assignment, table->n, truth->n, &l)) {
        return false;
    }
    list_firm(table, &l.firm);
    const size_t n = find_candidates(cutoff2, truth, &l);
    if (!qf_assign_exact(scratch->assignment, l.candidates, n, cutoff2, truth->n, l.firm.n,
                         l.track_of, l.target_of)) {
        return false;
    }
    *quality = (qf_track_quality){.targets = (uint32_t)truth->n, .firm = (uint32_t)l.firm.n};
    add_errors(view, truth, &l, quality);
    set_distances(cutoff2, quality);
    remember(tick, table, truth, &l, memory, quality);
    return true;
}
