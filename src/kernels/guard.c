/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard rules on all tracks of an observer (radar_tracking.md section 1.9): which of them match, and when a
 * match is worth saying.
 *
 *   match    status tracked or coasting, iff, mode and transponder allowed,
 *            min - h <= range <= max + h, quality >= least, |radial speed| <= most
 *            h is the hysteresis while the rule is active for the track, else 0
 *   no match an active key becomes inactive, first = last = unset; an inactive one stays as it is
 *   match    first = now where it was unset or the last match is older than the gap; last = now;
 *            fires unless active, younger than the pending time, or cooling down since it fired
 *   then     an inactive key whose time (fired, or else last) is older than `forget` has no times any more
 *
 * In: columns of the view and of the table, in whole lanes. Out: the table's guard columns, edges. Each rule
 * goes over the slots once; four words of state are read and written for each key, and of a track five
 * columns are read that all rules share. What is compared for equality is one bit per allowed value, so
 * that one AND does for all of them. No random numbers, no sums of reals. Test: tests/test_guard.c.
 */
#include "kernels.h"

/* one bit of each kind is set in a track's traits */
enum { IFF_AT = 0, MODE_AT = 4, ON_AT = 8, KINDS = 4, NOT_HELD = 1 << 10 };

static void take_traits(const qf_track_view *view, const qf_track_table *table, size_t n_blocks,
                        uint32_t *restrict traits)
{
    const uint32_t *restrict iff = view->iff;
    const uint32_t *restrict mode = view->mode;
    const uint32_t *restrict status = view->status;
    const uint32_t *restrict on = table->on;
    const uint32_t n = (uint32_t)table->n;
#pragma omp simd
    for (uint32_t i = 0; i < (uint32_t)n_blocks * QF_TRACK_LANES; i++) {
        const bool held =
            (i < n) & ((status[i] == QF_TRACK_TRACKED) | (status[i] == QF_TRACK_COASTING));
        /* what follows the last track may be anything, but no shift is wider than a word */
        traits[i] = UINT32_C(1) << (IFF_AT + (iff[i] % KINDS)) |
                    UINT32_C(1) << (MODE_AT + (mode[i] % KINDS)) |
                    UINT32_C(1) << (ON_AT + (on[i] & 1)) | (held ? 0 : (uint32_t)NOT_HELD);
    }
}

/* What has any of these does not match. */
static uint32_t forbidden_by(const qf_guard_rule *rule)
{
    return (~rule->iff_bits & 0xF) << IFF_AT | (~rule->mode_bits & 0xF) << MODE_AT |
           (~rule->on_bits & 0x3) << ON_AT | NOT_HELD;
}

/* One rule; edge[slot]: whether `active` is another. Returns whether there is any. */
static bool step_rule(const qf_guard_set *set, const qf_guard_rule *rule, uint32_t tick,
                      const qf_track_view *view, const uint32_t *restrict traits, size_t n_blocks,
                      const struct qf_guard_columns *columns, uint32_t *restrict edge,
                      uint32_t *n_active)
{
    const qf_real *restrict range_m = view->range_m;
    const qf_real *restrict quality = view->quality;
    const qf_real *restrict vr_mps = view->vr_mps;
    uint32_t *restrict first = columns->first;
    uint32_t *restrict last = columns->last;
    uint32_t *restrict fired = columns->fired;
    uint32_t *restrict active = columns->active;
    const uint32_t forbidden = forbidden_by(rule);
    const uint32_t unset = set->reference_epoch ? 0 : QF_GUARD_UNSET;
    const int32_t gap_ticks = rule->gap_ticks < 0 ? INT32_MAX : rule->gap_ticks;
    const qf_real min_m = rule->min_range_m;
    const qf_real max_m = rule->max_range_m;
    const qf_real hysteresis_m = rule->hysteresis_m;
    const qf_real least = rule->min_quality;
    const qf_real most_mps = rule->max_speed_mps;
    const int32_t pending_ticks = rule->pending_ticks;
    const int32_t cooldown_ticks = rule->cooldown_ticks;
    const int32_t forget_ticks = set->forget_ticks;
    uint32_t any = 0;
    uint32_t sum = 0;
#pragma omp simd reduction(| : any) reduction(+ : sum)
    for (size_t i = 0; i < n_blocks * QF_TRACK_LANES; i++) { /* no tail, and the compiler sees it */
        const uint32_t was = active[i];
        const qf_real wider_m = was ? hysteresis_m : QF_REAL(0.0);
        const bool match = ((traits[i] & forbidden) == 0) & (range_m[i] >= min_m - wider_m) &
                           (range_m[i] <= max_m + wider_m) & (quality[i] >= least) &
                           (qf_real_abs(vr_mps[i]) <= most_mps);
        /* the times as they are after this match */
        const uint32_t before = last[i];
        const bool anew =
            (first[i] == unset) | ((before != unset) & ((int32_t)(tick - before) > gap_ticks));
        const uint32_t begun = anew ? tick : first[i];
        const bool waits = (int32_t)(tick - begun) < pending_ticks;
        /* with a reference epoch no time is this one, and cooldown counts from 0 */
        const bool cools =
            (fired[i] != QF_GUARD_UNSET) & ((int32_t)(tick - fired[i]) < cooldown_ticks);
        const bool fires = match & (was == 0) & !waits & !cools;
        const uint32_t is = (match & (was != 0)) | fires;
        const uint32_t new_first = match ? begun : was ? unset : first[i];
        const uint32_t new_last = match ? tick : was ? unset : before;
        const uint32_t new_fired = fires ? tick : fired[i];
        const uint32_t stamp = new_fired != unset ? new_fired : new_last;
        const bool forgets =
            (is == 0) & (stamp != unset) & ((int32_t)(tick - stamp) > forget_ticks);
        first[i] = forgets ? unset : new_first;
        last[i] = forgets ? unset : new_last;
        fired[i] = forgets ? unset : new_fired;
        active[i] = is;
        edge[i] = is ^ was;
        any |= is ^ was;
        sum += is;
    }
    *n_active = sum;
    return any != 0;
}

void QF_KERNEL(qf_guard_step)(const qf_guard_set *set, uint32_t tick, const qf_track_view *view,
                              qf_track_table *table, qf_guard_edges *edges)
{
    _Alignas(64) uint32_t traits[QF_TRACK_MOST_SLOTS];
    _Alignas(64) uint32_t edge[QF_TRACK_MOST_SLOTS];
    const size_t n = table->n;
    const size_t n_blocks = (n + QF_TRACK_LANES - 1) / QF_TRACK_LANES;
    edges->n = 0;
    edges->active = 0;
    edges->active_critical = 0;
    edges->active_rules = 0;
    take_traits(view, table, n_blocks, traits);
    for (size_t r = 0; r < set->n_rules; r++) {
        const qf_guard_rule *rule = &set->rules[r];
        uint32_t n_active;
        const bool any =
            step_rule(set, rule, tick, view, traits, n_blocks, &table->guard[r], edge, &n_active);
        edges->active += n_active;
        edges->active_rules |= (uint64_t)(n_active > 0) << r;
        edges->active_critical += rule->severity == QF_GUARD_CRITICAL ? n_active : 0;
        for (size_t i = 0; any && i < n; i++) {
            if (edge[i] != 0) {
                edges->edges[edges->n++] =
                    (qf_guard_edge){(uint32_t)r, (uint32_t)i, table->guard[r].active[i] != 0};
            }
        }
    }
}
