/* SPDX-License-Identifier: Apache-2.0 */
/* What observers report of their plots, the hash of it, and what of it their trackers get. */
#include <math.h>
#include <xxhash.h>

#include "radar_sweeper.h"

enum { WORDS_OF_FRAME = 2, WORDS_OF_PLOT = 4 };

static uint64_t bits_of(float a, float b)
{
    const union {
        float number[2];
        uint64_t word;
    } bits = {.number = {a, b}};
    return bits.word;
}

static qf_band band_of(const qf_radar *radar, float range_m)
{
    return range_m <= radar->sr_threshold_m ? QF_BAND_SHORT_RANGE : QF_BAND_LONG_RANGE;
}

/*
 * A hash of what an observer measured. Targets by their number in the world, so that it does not depend on how
 * many worlds share the columns; what transponders say follows from that, the band and state that is hashed.
 */
static uint64_t digest(qf_sweeper *sweeper, const qf_radar_frame *frame, const qf_share *share)
{
    const qf_plots *plots = &sweeper->plots;
    const size_t n = share->resolved.detections + share->resolved.false_alarms;
    if (!qf_sweeper_reserve_words(sweeper, WORDS_OF_FRAME + n * WORDS_OF_PLOT)) {
        return 0;
    }
    uint64_t *word = sweeper->words;
    *word++ = (uint64_t)frame->tick;
    *word++ = share->resolved.dropped;
    for (size_t i = 0; i < n; i++) {
        const size_t p = sweeper->list[share->list_begin + i];
        const bool is_echo = plots->target[p] != QF_NO_TARGET;
        *word++ = bits_of(plots->range_m[p], plots->bearing_deg[p]);
        *word++ = bits_of(plots->elevation_deg[p], plots->vr_mps[p]);
        *word++ = bits_of(plots->snr_db[p], plots->rcs_dbsm[p]);
        const uint32_t vehicle = is_echo ? plots->key[p] & QF_VEHICLE_OF_KEY : QF_NO_TARGET;
        *word++ = (uint64_t)band_of(frame->radar, plots->range_m[p]) << 32 | vehicle;
    }
    return XXH3_64bits(sweeper->words, (size_t)(word - sweeper->words) * sizeof *sweeper->words);
}

/* by now what is known of targets has left the nearest caches: it is sent for in time */
static void fetch_ahead(const qf_sweeper *sweeper, const qf_radar_frame *frame, size_t listed)
{
    enum { AHEAD = 16 };
    if (listed + AHEAD < sweeper->n_listed) {
        const uint32_t target = sweeper->plots.target[sweeper->list[listed + AHEAD]];
        if (target != QF_NO_TARGET) {
            __builtin_prefetch(&frame->scene->notes[target]);
        }
    }
}

/*
 * Whether a transponder is heard: in short range, as measured. Where ranges fold, what seems near may be far, and
 * answers no question that is asked over a short range.
 */
static bool is_heard(const qf_radar_frame *frame, const qf_observer *observer, uint32_t target)
{
    if (!(frame->radar->range_span_m < INFINITY)) {
        return true;
    }
    const qf_target *of = &frame->scene->targets[target];
    const double limit_m = (double)frame->radar->sr_threshold_m;
    double range2_m2 = 0.0;
    for (int d = 0; d < 3; d++) {
        const double off_m = of->position_m[d] - observer->position_m[d];
        range2_m2 += off_m * off_m;
    }
    return range2_m2 <= limit_m * limit_m;
}

/* what a transponder says to whoever sees it as this plot */
typedef struct answer {
    int32_t identity;
    uint8_t mode;
} answer;

static answer answer_to(const qf_radar_frame *frame, const qf_observer *observer, uint32_t target,
                        qf_band band)
{
    if (target == QF_NO_TARGET || band != QF_BAND_SHORT_RANGE ||
        !is_heard(frame, observer, target)) {
        return (answer){QF_NO_IDENTITY, QF_TRANSPONDER_OFF};
    }
    const qf_radar_note *note = &frame->scene->notes[target];
    return (answer){note->identity, note->mode};
}

/* plot p as the radar measured it into row n of a table with these columns: detections, or a tracker's plots */
#define COPY_MEASURED(to, n, plots, p)                                                             \
    do {                                                                                           \
        (to)->range_m[n] = (plots)->range_m[p];                                                    \
        (to)->bearing_deg[n] = (plots)->bearing_deg[p];                                            \
        (to)->elev_deg[n] = (plots)->elevation_deg[p];                                             \
        (to)->vr_mps[n] = (plots)->vr_mps[p];                                                      \
        (to)->snr_db[n] = (plots)->snr_db[p];                                                      \
        (to)->rcs_dbsm[n] = (plots)->rcs_dbsm[p];                                                  \
    } while (0)

static void list_plot(const qf_sweeper *sweeper, const qf_radar_frame *frame,
                      const qf_observer *observer, size_t p, qf_detections *to)
{
    const qf_plots *plots = &sweeper->plots;
    const qf_radar_note *notes = frame->scene->notes;
    const uint32_t target = plots->target[p];
    const qf_band band = band_of(frame->radar, plots->range_m[p]);
    const size_t n = to->n++;
    to->tick[n] = frame->tick;
    to->observer[n] = notes[observer->rank].entity;
    to->target[n] = target == QF_NO_TARGET ? QF_NO_ENTITY : notes[target].entity;
    const answer said = answer_to(frame, observer, target, band);
    to->identity[n] = said.identity;
    COPY_MEASURED(to, n, plots, p);
    to->band[n] = (uint8_t)band;
    to->mode[n] = said.mode;
}

/* a detection as a tracker takes it; the target by its number in the world, which no batch changes */
static void hand_over(const qf_sweeper *sweeper, const qf_radar_frame *frame,
                      const qf_observer *observer, size_t p, size_t n, qf_track_plots *to)
{
    const qf_plots *plots = &sweeper->plots;
    const uint32_t target = plots->target[p];
    const qf_band band = band_of(frame->radar, plots->range_m[p]);
    const answer said = answer_to(frame, observer, target, band);
    const bool on = said.mode == QF_TRANSPONDER_ON || said.mode == QF_TRANSPONDER_SPOOF;
    COPY_MEASURED(to, n, plots, p);
    to->band[n] = (uint32_t)band;
    to->mode[n] = said.mode;
    to->on[n] = on;
    to->present[n] = said.identity != QF_NO_IDENTITY ? QF_PRESENT : QF_ABSENT;
    to->identity[n] = (uint32_t)said.identity;
    to->target[n] = target == QF_NO_TARGET ? UINT32_MAX : plots->key[p] & QF_VEHICLE_OF_KEY;
}

bool qf_sweeper_track(qf_sweeper *sweeper, const qf_radar_frame *frame, size_t k)
{
    const qf_share *share = &sweeper->shares[k];
    const qf_observer *observer = &sweeper->observers[k];
    const struct qf_covered *covered = &sweeper->covered;
    const size_t n = share->resolved.detections + share->resolved.false_alarms;
    const int thread = (int)sweeper->thread;
    qf_track_plots *plots = qf_tracking_plots(frame->tracking, thread, n);
    for (size_t i = 0; plots && i < n; i++) {
        hand_over(sweeper, frame, observer, sweeper->list[share->list_begin + i], i, plots);
    }
    const qf_tracking_look look = {.kernels = frame->kernels,
                                   .events = qf_event_log_list(frame->events, thread),
                                   .tick = frame->tick,
                                   .group = frame->group,
                                   .slot = frame->scene->notes[observer->rank].slot,
                                   .position_m = observer->position_m,
                                   .velocity_mps = observer->velocity_mps,
                                   .sweeps = frame->radar->rotates &&
                                             frame->radar->arc_width_deg < 360.0F,
                                   .arc_begin_deg = sweeper->arc_begin_deg[observer->number],
                                   .arc_end_deg = sweeper->arc_end_deg[observer->number],
                                   .axes = observer->axes,
                                   .truth = {.n = share->truth_end - share->truth_begin,
                                             .east_m = covered->east_m + share->truth_begin,
                                             .north_m = covered->north_m + share->truth_begin,
                                             .up_m = covered->up_m + share->truth_begin,
                                             .east_mps = covered->east_mps + share->truth_begin,
                                             .north_mps = covered->north_mps + share->truth_begin,
                                             .up_mps = covered->up_mps + share->truth_begin,
                                             .target = covered->target + share->truth_begin}};
    if (!plots || !qf_tracking_look_of(frame->tracking, thread, &look)) {
        sweeper->failed = true;
    }
    return !sweeper->failed;
}

void qf_sweeper_report(qf_sweeper *sweeper, const qf_radar_frame *frame, size_t k)
{
    const qf_share *share = &sweeper->shares[k];
    const qf_observer *observer = &sweeper->observers[k];
    const size_t n = share->resolved.detections + share->resolved.false_alarms;
    const size_t begin = sweeper->found.n;
    /* what nobody wants is not listed: a large fleet's would go all the way to memory */
    if (frame->keep && !qf_detections_reserve(&sweeper->found, n)) {
        sweeper->failed = true;
        return;
    }
    for (size_t i = 0; frame->keep && i < n; i++) {
        fetch_ahead(sweeper, frame, share->list_begin + i);
        list_plot(sweeper, frame, observer, sweeper->list[share->list_begin + i], &sweeper->found);
    }
    frame->found[frame->scene->notes[observer->rank].slot] =
        (qf_radar_found){.n = (uint32_t)n,
                         .false_alarms = share->resolved.false_alarms,
                         .dropped = share->resolved.dropped,
                         .thread = sweeper->thread,
                         .begin = begin,
                         .digest = digest(sweeper, frame, share)};
}
