/* SPDX-License-Identifier: Apache-2.0 */
/* What observers report of their plots, and the hash of it. */
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
    to->target[n] = QF_NO_ENTITY;
    to->identity[n] = QF_NO_IDENTITY;
    to->range_m[n] = plots->range_m[p];
    to->bearing_deg[n] = plots->bearing_deg[p];
    to->elev_deg[n] = plots->elevation_deg[p];
    to->vr_mps[n] = plots->vr_mps[p];
    to->snr_db[n] = plots->snr_db[p];
    to->rcs_dbsm[n] = plots->rcs_dbsm[p];
    to->band[n] = (uint8_t)band;
    to->mode[n] = QF_TRANSPONDER_OFF;
    if (target == QF_NO_TARGET) {
        return;
    }
    to->target[n] = notes[target].entity;
    if (band == QF_BAND_SHORT_RANGE && is_heard(frame, observer, target)) {
        to->identity[n] = notes[target].identity;
        to->mode[n] = notes[target].mode;
    }
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
