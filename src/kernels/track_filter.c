/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One frame of our own trackers, robust and kalman, for one observer:
 *
 *   predict   all tracks to this frame                            (track_alpha_beta.c, track_kalman.c)
 *   light     which of them a beam that turns has passed            (track_light.c)
 *   assign    detections to tracks, by normalised distance        (track_assign.c)
 *   update    those that have one; the others coast               (track_alpha_beta.c, track_kalman.c)
 *   confirm   M of N; give up; merge                              (track_confirm.c)
 *   start     a track for each detection that is left             (here)
 *
 * Nothing depends on the order of the detections: where one is needed, they are brought into the order of
 * what they say (qf_filter_sort), and plots that say the same cannot be told apart by anybody. The first key of it is the
 * range, so that a full table drops the farthest.
 *
 * What is read and written of a slot: 8 columns of the table and 6 (robust) or 21 (kalman) variances, once each by
 * predict and by update. Equations: docs/tracking.md. Guarded by tests/test_track_filter.c and test_track_gains.c.
 */
#include <string.h>

#include "track_filter.h"

enum { SHORT_RANGE = 2 };

static qf_filter filter_of(const qf_tracker *tracker, const qf_track_frame *frame,
                           const qf_track_plots *plots, qf_track_table *table,
                           qf_track_scratch *scratch, qf_track_tally *tally)
{
    const qf_real t = frame->elapsed_s;
    const qf_real q = tracker->acceleration_sd_mps2 * tracker->acceleration_sd_mps2;
    qf_filter f = {
        .tracker = tracker,
        .frame = frame,
        .plots = plots,
        .table = table,
        .scratch = scratch,
        .tally = tally,
        .lanes = (table->n + QF_TRACK_LANES - 1) / QF_TRACK_LANES * QF_TRACK_LANES,
        .range2_m2 =
            qf_filter_least(tracker->range_sd_m * tracker->range_sd_m, QF_FILTER_LEAST_SD2),
        .angle2_rad2 = tracker->angle_sd_rad * tracker->angle_sd_rad,
        .speed2_m2s2 =
            qf_filter_least(tracker->speed_sd_mps * tracker->speed_sd_mps, QF_FILTER_LEAST_SD2),
        .span_mps = tracker->speed_span_mps,
        .per_span_spm = tracker->speed_span_mps > 0 ? 1 / tracker->speed_span_mps : 0,
        .unclear2_m2s2 = tracker->speed_span_mps > 0
                             ? tracker->speed_span_mps * tracker->speed_span_mps / 36
                             : QF_REAL_INFINITY,
        .noise_pp = q * t * t * t * t / 4,
        .noise_pv = q * t * t * t / 2,
        .noise_vv = q * t * t,
    };
    /* columns of the work memory */
    const size_t stride = table->capacity;
    qf_real *real = scratch->work;
    f.reach2 = real;
    f.since_s = real + stride;
    f.measured = real + 2 * stride;
    f.gains = f.measured + QF_FILTER_MEASURED * stride;
    uint32_t *word = (uint32_t *)(void *)(f.gains + QF_FILTER_GAINS * stride);
    f.hit = word;
    f.rivals = word + stride;
    f.keep = word + 2 * stride;
    f.into = word + 3 * stride;
    f.lit = word + 4 * stride;
    f.list = word + 5 * stride;
    return f;
}

static void look_at_slots(const qf_filter *f)
{
    const uint32_t *restrict plot_of = f->scratch->plot_of_slot;
    const uint32_t *restrict updated = f->table->updated;
    uint32_t *restrict hit = f->hit;
    qf_real *restrict since_s = f->since_s;
    qf_real *restrict cross_sd = qf_filter_measured(f, QF_FILTER_CROSS_SD);
    const qf_real s_per_tick = (qf_real)(1.0 / f->tracker->ticks_per_s);
    const uint32_t tick = f->frame->tick;
    for (size_t i = 0; i < f->lanes; i++) {
        hit[i] = plot_of[i] != QF_NO_PLOT;
        since_s[i] = (qf_real)(int32_t)(tick - updated[i]) * s_per_tick;
        cross_sd[i] = 1;
    }
    for (size_t c = 0; c < QF_FILTER_CROSS_SD; c++) {
        memset(qf_filter_measured(f, c), 0, f->lanes * sizeof(qf_real));
    }
}

static bool says_who(const uint32_t *present, const uint32_t *identity, size_t i)
{
    return present[i] == QF_PRESENT && (int32_t)identity[i] >= 0;
}

/* What only short range tells. Who it was stays known while nobody answers, so that another answer is noticed. */
static void identify(const qf_filter *f, size_t plot, size_t slot)
{
    const qf_track_plots *p = f->plots;
    qf_track_table *t = f->table;
    if (p->band[plot] != SHORT_RANGE) {
        return;
    }
    t->mode[slot] = p->mode[plot];
    t->on[slot] = p->on[plot];
    t->present[slot] = p->present[plot];
    if (!says_who(p->present, p->identity, plot)) {
        return;
    }
    if ((int32_t)t->identity[slot] >= 0 && t->identity[slot] != p->identity[plot]) {
        t->suspect[slot] = 1;
        f->tally->identity_jumps++;
    }
    t->identity[slot] = p->identity[plot];
}

/* What was measured goes beside its track, so that the update goes over slots in lanes. */
static inline void measure(const qf_filter *f, size_t plot, size_t slot)
{
    const qf_track_plots *p = f->plots;
    const qf_real *const from[] = {p->east_m,       p->north_m,   p->up_m,  p->toward_east,
                                   p->toward_north, p->toward_up, p->vr_mps};
    for (size_t c = 0; c < sizeof from / sizeof *from; c++) {
        qf_filter_measured(f, c)[slot] = from[c][plot];
    }
    qf_filter_measured(f, QF_FILTER_CROSS_SD)[slot] =
        qf_filter_least(p->range_m[plot] * f->tracker->angle_sd_rad, QF_FILTER_LEAST_SD);
}

/* What each detection says of its track; the mean level of the signal has the reference's short memory. */
static void gather(const qf_filter *f)
{
    const qf_track_plots *p = f->plots;
    const qf_track_table *t = f->table;
    look_at_slots(f);
    for (size_t plot = 0; plot < p->n; plot++) {
        const size_t slot = f->scratch->slot_of_plot[plot];
        if (slot == QF_NO_TRACK) {
            continue;
        }
        measure(f, plot, slot);
        t->snr_db[slot] = (t->snr_db[slot] + p->snr_db[plot]) / 2;
        t->rcs_dbsm[slot] = p->rcs_dbsm[plot];
        t->band[slot] = p->band[plot];
        identify(f, plot, slot);
        f->tally->updated++;
    }
}

/* A track for each detection that updated none. */
static void start(qf_filter *f)
{
    const qf_track_plots *p = f->plots;
    qf_track_table *t = f->table;
    size_t n = 0;
    if (f->tally->out_of_memory) {
        return; /* of detections that belong to tracks */
    }
    for (size_t plot = 0; plot < p->n; plot++) {
        f->list[n] = (uint32_t)plot;
        n += f->scratch->slot_of_plot[plot] == QF_NO_TRACK;
    }
    if (n == 0) {
        return;
    }
    QF_KERNEL(qf_filter_sort)(p, f->list, n, f->list + p->capacity);
    const size_t first = t->n;
    const size_t room = QF_KERNEL(qf_track_append)(f->frame, p, f->list, n, t, f->tally);
    for (size_t k = 0; k < room; k++) {
        const size_t slot = first + k;
        const size_t plot = f->list[k];
        const bool near = p->band[plot] == SHORT_RANGE;
        t->mode[slot] = near ? p->mode[plot] : 0;
        t->on[slot] = near ? p->on[plot] : 0;
        t->present[slot] = near                 ? p->present[plot]
                           : p->band[plot] != 0 ? QF_ABSENT
                                                : QF_PRESENCE_UNKNOWN;
        t->identity[slot] =
            near && says_who(p->present, p->identity, plot) ? p->identity[plot] : UINT32_MAX;
        t->suspect[slot] = 0;
        t->firm[slot] = f->tracker->confirm_hits <= 1 ? 2 : 0;
    }
    if (f->tracker->mode == QF_TRACK_KALMAN) {
        QF_KERNEL(qf_filter_start_kalman)(f, f->list, first, room);
    } else {
        QF_KERNEL(qf_filter_start_alpha_beta)(f, f->list, first, room);
    }
}

void QF_KERNEL(qf_track_filter)(const qf_tracker *tracker, const qf_track_frame *frame,
                                qf_track_plots *plots, qf_track_table *table,
                                qf_track_scratch *scratch, qf_track_tally *tally)
{
    qf_filter f = filter_of(tracker, frame, plots, table, scratch, tally);
    const bool kalman = tracker->mode == QF_TRACK_KALMAN;
    if (kalman) {
        QF_KERNEL(qf_filter_predict_kalman)(&f);
    } else {
        QF_KERNEL(qf_filter_predict_alpha_beta)(&f);
    }
    QF_KERNEL(qf_filter_light)(&f);
    QF_KERNEL(qf_filter_assign)(&f);
    gather(&f);
    if (kalman) {
        QF_KERNEL(qf_filter_update_kalman)(&f);
    } else {
        QF_KERNEL(qf_filter_gain_alpha_beta)(&f);
        QF_KERNEL(qf_filter_update_alpha_beta)(&f);
    }
    QF_KERNEL(qf_track_vote)(plots, table, scratch, tally);
    QF_KERNEL(qf_filter_confirm)(&f);
    start(&f);
}
