/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Situations of one observer (radar_tracking.md section 1.10). D is a track's distance, C = max(0, -vr) how fast it
 * comes nearer:
 *
 *   cpa      C > 0 and D / C < warn; critical if D / C < critical and D < critical distance
 *   closing  C > warn, and each of the last confirm_frames distances less than the one before
 *   unknown  nobody knows who, D < near, not known for longer than near_recent
 *
 *   pending -> active (a candidate confirm_frames times in a row) -> lost (not one for lost_window)
 *   lost -> active (a candidate again) or cooling (not one for auto_resolve) -> nothing
 *
 * Of a trail only how many points in a row fall is kept, because nothing else is asked of it. Test:
 * tests/test_situation.c.
 */
#include "situation.h"

#include <math.h>
#include <string.h>

enum { WARNING = 1, CRITICAL = 2 };

/* kinds by their names as text */
static const uint8_t text_order[QF_SITUATION_KINDS] = {QF_SITUATION_CLOSING, QF_SITUATION_CPA,
                                                       QF_SITUATION_UNKNOWN};
static const uint8_t text_rank[QF_SITUATION_KINDS] = {
    [QF_SITUATION_CLOSING] = 0, [QF_SITUATION_CPA] = 1, [QF_SITUATION_UNKNOWN] = 2};

qf_situation_rules qf_situation_rules_default(void)
{
    return (qf_situation_rules){
        .cpa_warn_s = 20.0,
        .cpa_critical_s = 8.0,
        .critical_distance_m = 150.0,
        .closing_warn_mps = 5.0,
        .near_m = 300.0,
        .near_recent_s = 8.0,
        .confirm_frames = 3,
        .cooldown_s = 5.0,
        .lost_window_s = 2.0,
        .auto_resolve_s = 2.0,
    };
}

double qf_situation_round(double value)
{
    /* from here on neighbours are further apart than decimals, and thousands of it were no exact integers */
    if (!(fabs(value) < 0x1p43)) {
        return value;
    }
    /* 1000 value = high + low exactly, so that no half is taken for one that is not */
    const double high = value * 1000.0;
    const double low = fma(value, 1000.0, -high);
    double whole = nearbyint(high);
    const double rest = high - whole; /* exact */
    if (fabs(rest) == 0.5 && low != 0.0) {
        whole = low > 0.0 ? ceil(high) : floor(high);
    }
    return whole / 1000.0; /* of two integers, hence the double nearest to the decimal number */
}

/* ---- trails ---- */

static uint32_t count_new_trails(const qf_situation_point *points, size_t n, const qf_situations *s)
{
    uint32_t fresh = 0;
    uint32_t t = 0;
    for (size_t i = 0; i < n; i++) {
        while (t < s->n_trails && s->trails[t].track < points[i].track) {
            t++;
        }
        fresh += t == s->n_trails || s->trails[t].track != points[i].track;
    }
    return fresh;
}

/* Takes out up to `most` trails of tracks that are not there, the oldest first. */
static void forget_trails(const qf_situation_point *points, size_t n, uint32_t most,
                          qf_situations *s)
{
    uint32_t kept = 0;
    size_t i = 0;
    for (uint32_t t = 0; t < s->n_trails; t++) {
        while (i < n && points[i].track < s->trails[t].track) {
            i++;
        }
        const bool there = i < n && points[i].track == s->trails[t].track;
        if (there || most == 0) {
            s->trails[kept++] = s->trails[t];
        } else {
            most--;
        }
    }
    s->n_trails = kept;
}

/* Puts a trail without points where each track has none, as far as there is room. */
static void add_trails(const qf_situation_point *points, size_t n, qf_situations *s)
{
    uint32_t t = 0;
    for (size_t i = 0; i < n; i++) {
        while (t < s->n_trails && s->trails[t].track < points[i].track) {
            t++;
        }
        if (t < s->n_trails && s->trails[t].track == points[i].track) {
            continue;
        }
        if (s->n_trails == s->trail_capacity) {
            s->dropped++;
            continue;
        }
        memmove(s->trails + t + 1, s->trails + t, (s->n_trails - t) * sizeof *s->trails);
        s->trails[t] = (qf_situation_trail){.track = points[i].track};
        s->n_trails++;
    }
}

static void extend_trails(const qf_situation_point *points, size_t n, qf_situations *s)
{
    const uint32_t fresh = count_new_trails(points, n, s);
    const uint32_t room = s->trail_capacity - s->n_trails;
    if (fresh > room) {
        forget_trails(points, n, fresh - room, s);
    }
    if (fresh > 0) {
        add_trails(points, n, s);
    }
    uint32_t t = 0;
    for (size_t i = 0; i < n; i++) {
        while (t < s->n_trails && s->trails[t].track < points[i].track) {
            t++;
        }
        if (t < s->n_trails && s->trails[t].track == points[i].track) {
            qf_situation_trail *trail = &s->trails[t];
            const bool nearer = trail->falling > 0 && points[i].distance_m < trail->distance_m;
            const bool full = trail->falling == QF_SITUATION_TRAIL;
            trail->falling = nearer ? trail->falling + !full : 1;
            trail->distance_m = points[i].distance_m;
        }
    }
}

/* ---- candidates ---- */

/* What a point may become: bit qf_situation_kind. */
static unsigned kinds_of(const qf_situation_rules *rules, const qf_situation_point *point,
                         const qf_situation_trail *trail)
{
    const double closing_mps = fmax(0.0, -point->vr_mps);
    const bool comes = closing_mps > 1e-9; /* else it takes for ever */
    const bool recent = !(point->age_s > rules->near_recent_s);
    unsigned kinds = 0;
    if (comes && point->distance_m / closing_mps < rules->cpa_warn_s) {
        kinds |= 1u << QF_SITUATION_CPA;
    }
    if (closing_mps > rules->closing_warn_mps && trail && trail->falling >= rules->confirm_frames) {
        kinds |= 1u << QF_SITUATION_CLOSING;
    }
    if (point->unknown && point->distance_m < rules->near_m && recent) {
        kinds |= 1u << QF_SITUATION_UNKNOWN;
    }
    return kinds;
}

/* The candidate as a situation, of which severity and metrics are set. */
static qf_situation candidate_of(const qf_situation_rules *rules, const qf_situation_point *point,
                                 uint8_t kind)
{
    const double closing_mps = fmax(0.0, -point->vr_mps);
    qf_situation c = {.track = point->track,
                      .kind = kind,
                      .severity = WARNING,
                      .distance_m = qf_situation_round(point->distance_m)};
    if (kind == QF_SITUATION_CPA) {
        const double time_s = point->distance_m / closing_mps;
        const bool critical =
            time_s < rules->cpa_critical_s && point->distance_m < rules->critical_distance_m;
        c.severity = critical ? CRITICAL : WARNING;
        c.time_s = qf_situation_round(time_s);
    }
    if (kind == QF_SITUATION_UNKNOWN) {
        c.age_s = point->age_s < 0.0 ? -1.0 : qf_situation_round(point->age_s);
    } else {
        c.closing_mps = qf_situation_round(closing_mps);
    }
    return c;
}

/* ---- the list ---- */

static uint64_t key_of(uint32_t track, uint8_t kind)
{
    return (uint64_t)track * QF_SITUATION_KINDS + kind;
}

/* Where it is in the list, or belongs. */
static uint32_t place_of(const qf_situations *s, uint32_t track, uint8_t kind)
{
    uint32_t low = 0;
    uint32_t high = s->n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (key_of(s->list[middle].track, s->list[middle].kind) < key_of(track, kind)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static qf_situation *find(const qf_situations *s, uint32_t track, uint8_t kind)
{
    const uint32_t at = place_of(s, track, kind);
    const bool found = at < s->n && s->list[at].track == track && s->list[at].kind == kind;
    return found ? &s->list[at] : NULL;
}

/* NULL without room. */
static qf_situation *insert(qf_situations *s, uint32_t track, uint8_t kind)
{
    if (s->n == s->capacity) {
        s->dropped++;
        return NULL;
    }
    const uint32_t at = place_of(s, track, kind);
    memmove(s->list + at + 1, s->list + at, (s->n - at) * sizeof *s->list);
    s->list[at] = (qf_situation){.track = track, .kind = kind, .status = QF_SITUATION_PENDING};
    s->n++;
    return &s->list[at];
}

/* Pending ones have to be candidates in a row; and what has cooled down is as if it had never been. */
static void drop_passed(const qf_situation_rules *rules, double now_s, qf_situations *s)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const qf_situation *one = &s->list[i];
        const bool broken = one->status == QF_SITUATION_PENDING && !one->present;
        const bool cooled =
            one->status == QF_SITUATION_COOLING && !(one->changed_s + rules->cooldown_s > now_s);
        if (!broken && !cooled) {
            s->list[kept++] = *one;
        }
    }
    s->n = kept;
}

/* ---- life cycle ---- */

static void note(qf_situation_change_kind change, const qf_situation *of, bool severity_changed,
                 qf_situation_change *changes, size_t *n)
{
    changes[(*n)++] = (qf_situation_change){.change = (uint8_t)change,
                                            .kind = of->kind,
                                            .severity = of->severity,
                                            .severity_changed = severity_changed,
                                            .restored = of->restored,
                                            .track = of->track,
                                            .value = of->distance_m};
}

static bool same(const qf_situation *a, const qf_situation *b)
{
    return a->status == b->status && a->severity == b->severity && a->restored == b->restored &&
           a->distance_m == b->distance_m && a->time_s == b->time_s &&
           a->closing_mps == b->closing_mps && a->age_s == b->age_s;
}

static void step_present(const qf_situation_rules *rules, double now_s,
                         const qf_situation_point *point, qf_situation *one,
                         qf_situation_change *changes, size_t *n)
{
    const qf_situation before = *one;
    if (before.status == QF_SITUATION_COOLING) {
        return;
    }
    *one = candidate_of(rules, point, before.kind);
    one->present = true;
    one->seen_s = now_s;
    if (before.status == QF_SITUATION_PENDING) {
        one->frames = before.frames + 1;
        if (one->frames >= rules->confirm_frames) {
            one->status = QF_SITUATION_ACTIVE;
            note(QF_SITUATION_CREATED, one, false, changes, n);
        }
        return;
    }
    one->status = QF_SITUATION_ACTIVE;
    one->restored = before.status == QF_SITUATION_LOST;
    if (!same(&before, one)) {
        note(QF_SITUATION_UPDATED, one, before.severity != one->severity, changes, n);
    }
}

static void step_absent(const qf_situation_rules *rules, double now_s, qf_situation *one,
                        qf_situation_change *changes, size_t *n)
{
    const bool lost = one->status == QF_SITUATION_LOST;
    const double absent_s = now_s - (lost ? one->changed_s : one->seen_s);
    if (absent_s < (lost ? rules->auto_resolve_s : rules->lost_window_s)) {
        return;
    }
    one->status = lost ? QF_SITUATION_COOLING : QF_SITUATION_LOST;
    one->restored = false;
    one->changed_s = now_s;
    one->absent_s = qf_situation_round(absent_s);
    note(lost ? QF_SITUATION_RESOLVED : QF_SITUATION_GONE, one, false, changes, n);
}

/* ---- an evaluation ---- */

/* A way through all candidates, by (track, kind). */
typedef struct candidates {
    const qf_situation_point *points;
    size_t n;
    size_t next;    /* point */
    uint32_t trail; /* not behind the point's */
    unsigned kinds; /* that are left of the point before `next` */
} candidates;

/* The next candidate's point, NULL after the last. */
static const qf_situation_point *next_candidate(candidates *c, const qf_situation_rules *rules,
                                                const qf_situations *s, uint8_t *kind)
{
    while (c->kinds == 0) {
        if (c->next == c->n) {
            return NULL;
        }
        const qf_situation_point *point = &c->points[c->next++];
        while (c->trail < s->n_trails && s->trails[c->trail].track < point->track) {
            c->trail++;
        }
        const bool has_trail = c->trail < s->n_trails && s->trails[c->trail].track == point->track;
        c->kinds = kinds_of(rules, point, has_trail ? &s->trails[c->trail] : NULL);
    }
    *kind = 0;
    while (!(c->kinds >> *kind & 1)) {
        (*kind)++;
    }
    c->kinds &= c->kinds - 1;
    return &c->points[c->next - 1];
}

/* What is no longer wanted makes room before anything new comes in. */
static void make_room(const qf_situation_rules *rules, double now_s, candidates all,
                      qf_situations *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        s->list[i].present = false;
    }
    uint8_t kind;
    const qf_situation_point *point;
    while ((point = next_candidate(&all, rules, s, &kind))) {
        qf_situation *one = find(s, point->track, kind);
        if (one) {
            one->present = true;
        }
    }
    drop_passed(rules, now_s, s);
}

size_t qf_situation_step(const qf_situation_rules *rules, double now_s,
                         const qf_situation_point *points, size_t n, qf_situations *situations,
                         qf_situation_change *changes)
{
    candidates all = {.points = points, .n = n};
    size_t n_changes = 0;
    extend_trails(points, n, situations);
    if (situations->n > 0) {
        make_room(rules, now_s, all, situations);
    }
    uint8_t kind;
    const qf_situation_point *point;
    while ((point = next_candidate(&all, rules, situations, &kind))) {
        qf_situation *one = find(situations, point->track, kind);
        if (!one) {
            one = insert(situations, point->track, kind);
        }
        if (one) {
            step_present(rules, now_s, point, one, changes, &n_changes);
        }
    }
    for (size_t k = 0; k < QF_SITUATION_KINDS; k++) {
        for (uint32_t i = 0; i < situations->n; i++) {
            qf_situation *one = &situations->list[i];
            if (one->kind == text_order[k] && !one->present &&
                one->status != QF_SITUATION_COOLING) {
                step_absent(rules, now_s, one, changes, &n_changes);
            }
        }
    }
    return n_changes;
}

/* ---- listing ---- */

/* Smaller ones are listed first; the track decides among equal ones. */
static unsigned rank_of(const qf_situation *one)
{
    const unsigned severity = one->severity == CRITICAL ? 0 : 1;
    const unsigned status = one->status == QF_SITUATION_ACTIVE ? 0 : 1;
    return (severity * 2 + status) * QF_SITUATION_KINDS + text_rank[one->kind];
}

size_t qf_situations_shown(const qf_situations *situations, uint32_t *index)
{
    size_t n = 0;
    for (uint32_t i = 0; i < situations->n; i++) {
        const qf_situation *one = &situations->list[i];
        if (one->status != QF_SITUATION_ACTIVE && one->status != QF_SITUATION_LOST) {
            continue;
        }
        /* the list is by track, so that equal ranks stay in its order */
        size_t at = n++;
        while (at > 0 && rank_of(&situations->list[index[at - 1]]) > rank_of(one)) {
            index[at] = index[at - 1];
            at--;
        }
        index[at] = i;
    }
    return n;
}
