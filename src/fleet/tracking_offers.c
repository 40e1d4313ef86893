/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From observers' tracks to what their picture gets of them. Guarded by tests/test_picture_radio.c and, over ranks,
 * tests/test_radar_ranks.c.
 */
#include "tracking_offers.h"

#include <stdlib.h>
#include <string.h>

#include "docking.h"
#include "group.h"
#include "radio.h"
#include "ranks.h"

/* room for n more; false without memory */
static bool reserve(qf_track_list *list, size_t n)
{
    if (list->n + n > list->capacity) {
        const size_t capacity = 2 * (list->n + n);
        qf_picture_track *longer = realloc(list->tracks, capacity * sizeof *longer);
        if (!longer) {
            return false;
        }
        list->tracks = longer;
        list->capacity = capacity;
    }
    return true;
}

static bool append(qf_track_list *to, const qf_picture_track *tracks, size_t n)
{
    if (!reserve(to, n)) {
        return false;
    }
    for (size_t k = 0; k < n; k++) {
        to->tracks[to->n++] = tracks[k];
    }
    return true;
}

/* confirmed tracks of one observer, in the world's axes; false without memory */
static bool share_tracks(const qf_tracking *tracking, const qf_kernels *kernels,
                         const qf_tracking_group *group, size_t slot, uint32_t source,
                         qf_track_view *view, qf_track_list *to)
{
    const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
    const double dt_s = tracking->fleet->scenario->dt_s;
    const qf_track_frame frame = qf_tracking_frame_of(observer);
    if (!reserve(to, observer->n_tracks)) {
        return false;
    }
    qf_track_table table;
    qf_tracking_bind(group, slot, &table);
    kernels->publish(&group->tracker, &frame, &table, view);
    for (size_t k = 0; k < table.n; k++) {
        if (table.firm[k] == 0) {
            continue;
        }
        const int64_t updated =
            observer->tick - (int64_t)((uint32_t)observer->tick - table.updated[k]);
        to->tracks[to->n++] =
            (qf_picture_track){.source = source,
                               .number = table.number[k],
                               .x_m = observer->position_m[0] + (double)table.east_m[k],
                               .y_m = observer->position_m[1] + (double)table.north_m[k],
                               .has_velocity = true,
                               .vx_mps = observer->velocity_mps[0] + (double)view->east_mps[k],
                               .vy_mps = observer->velocity_mps[1] + (double)view->north_mps[k],
                               .quality = (double)view->quality[k],
                               .updated_s = (double)updated * dt_s};
    }
    return true;
}

/* whoever has not looked for so long has nothing to share: only others' tracks tell a picture how late it is */
static bool is_silent(const qf_tracking *tracking, const qf_tracking_group *group,
                      const qf_tracking_observer *observer, int64_t tick)
{
    const double silent_s = (double)(tick - observer->tick) * tracking->fleet->scenario->dt_s;
    return observer->tick < 0 || silent_s > group->spec->tracker->picture.max_age_s;
}

static size_t slot_of(const qf_offering *g, size_t index)
{
    return qf_tracking_first_of(g->group, g->world) + index;
}

/* nothing to tell is no failure */
static bool tell_of(const qf_offering *g, size_t index, qf_track_list *to)
{
    const size_t slot = slot_of(g, index);
    return is_silent(g->tracking, g->group, qf_tracking_observer_of(g->group, slot), g->tick) ||
           share_tracks(g->tracking, g->kernels, g->group, slot, (uint32_t)index,
                        &g->tracking->threads[g->thread].view, to);
}

/* who holds the picture, by index; count: nobody does */
static size_t find_holder(const qf_offering *g)
{
    size_t v = 0;
    while (v < g->group->spec->count && !qf_radio_works(g->tracking->fleet, g->of, slot_of(g, v))) {
        v++;
    }
    return v;
}

static qf_radio_end end_of(const qf_offering *g, size_t index)
{
    return (qf_radio_end){g->of, slot_of(g, index), (uint32_t)(g->of->vehicle_begin + index)};
}

/* whether a time to send has come since the frame before */
static bool is_time_to_send(const qf_offering *g)
{
    const int64_t period = g->group->spec->radio->period_ticks;
    const int64_t before = g->tick - g->group->spec->radar_period_ticks;
    return before < 0 || g->tick / period != before / period;
}

static int compare_worth(const void *left, const void *right)
{
    const qf_picture_track *a = left;
    const qf_picture_track *b = right;
    if (a->quality != b->quality) {
        return a->quality > b->quality ? -1 : 1;
    }
    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

/* what one vehicle has for the holder: over a bridge, or by radio */
static bool send(qf_offering *g, size_t index)
{
    const qf_fleet *fleet = g->tracking->fleet;
    const size_t holder = g->holder;
    if (index == holder || qf_docking_shares_data(fleet, slot_of(g, index), slot_of(g, holder))) {
        return tell_of(g, index, g->shared);
    }
    if (!is_time_to_send(g)) {
        return true;
    }
    const qf_radio_end from = end_of(g, index);
    const qf_radio_end to = end_of(g, holder);
    const size_t n = g->sent->n;
    const bool good = tell_of(g, index, g->sent);
    if (!qf_radio_reaches(fleet, g->kernels, &from, &to, (uint32_t)g->world, g->tick)) {
        g->n_lost += g->sent->n - n;
        g->sent->n = n;
    }
    return good;
}

/* what this rank's vehicles of the world have for the picture; false without memory */
bool qf_offering_collect(qf_offering *g)
{
    const size_t count = g->group->spec->count;
    const bool by_radio = g->group->spec->radio != NULL;
    bool good = true;
    g->shared->n = 0;
    g->sent->n = 0;
    g->n_lost = 0;
    g->holder = by_radio ? find_holder(g) : count;
    for (size_t v = 0; good && v < count && (!by_radio || g->holder < count); v++) {
        if (qf_tracking_is_own(g->group, slot_of(g, v))) {
            good = by_radio ? send(g, v) : tell_of(g, v, g->shared);
        }
    }
    return good;
}

/* of what has come, as many as the holder can hear, the best first; the others are lost */
static void hear(qf_offering *g)
{
    const qf_radio_end to = end_of(g, g->holder);
    const int64_t n = (int64_t)g->sent->n;
    const int64_t heard = qf_tracking_is_own(g->group, to.slot)
                              ? qf_radio_take(g->tracking->fleet, &to, g->tick, n)
                          : n < g->left ? n
                                        : g->left;
    if (heard < n) {
        qsort(g->sent->tracks, g->sent->n, sizeof *g->sent->tracks, compare_worth);
        g->n_lost += (size_t)(n - heard);
        g->sent->n = (size_t)heard;
    }
}

static void count_messages(const qf_offering *g, size_t n_heard)
{
    const qf_fleet *fleet = g->tracking->fleet;
    const size_t slot = slot_of(g, g->holder);
    if (qf_tracking_is_own(g->group, slot)) {
        qf_i64(fleet, QF_FIELD_MESSAGES_HEARD, 0)[slot] += (int64_t)n_heard;
        qf_i64(fleet, QF_FIELD_MESSAGES_LOST, 0)[slot] += (int64_t)g->n_lost;
    }
}

/* adds to what the picture gets what was sent to its holder, when it arrives; false without memory */
bool qf_offering_deliver(qf_offering *g)
{
    const size_t n_frames = g->group->mail_frames;
    const size_t period = (size_t)g->group->spec->radar_period_ticks;
    qf_track_list *mail =
        n_frames > 0 ? &g->group->mail[g->world * n_frames + (size_t)g->tick / period % n_frames]
                     : g->sent;
    if (g->holder == g->group->spec->count) {
        mail->n = 0; /* it arrives, and nobody is there */
        return true;
    }
    hear(g);
    /* what was sent a latency ago arrives, and what is sent now takes its place */
    bool good = append(g->shared, mail->tracks, mail->n);
    count_messages(g, mail->n);
    if (mail != g->sent) {
        mail->n = 0;
        good = good && append(mail, g->sent->tracks, g->sent->n);
    }
    return good;
}

/* ---- a world whose observers are several ranks' ---- */

/* What one rank has for the picture, before its tracks: those at once, then those sent. */
typedef struct offered {
    size_t n_shared, n_sent, n_lost;
    int64_t left; /* of whose vehicle the holder is; else -1 */
} offered;

static bool has_own_holder(const qf_offering *g)
{
    return g->group->spec->radio && g->holder < g->group->spec->count &&
           qf_tracking_is_own(g->group, slot_of(g, g->holder));
}

static qf_status gather_offers(qf_context *context, const qf_offering *g, qf_gathered *offers)
{
    const size_t track_bytes = sizeof *g->shared->tracks;
    offered own = {g->shared->n, g->sent->n, g->n_lost, -1};
    if (has_own_holder(g)) {
        const qf_radio_end holder = end_of(g, g->holder);
        own.left = qf_radio_left(g->tracking->fleet, &holder, g->tick);
    }
    const size_t n_bytes = sizeof own + (own.n_shared + own.n_sent) * track_bytes;
    char *bytes = calloc(1, n_bytes);
    if (!bytes) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
    }
    memcpy(bytes, &own, sizeof own);
    for (size_t k = 0; k < own.n_shared + own.n_sent; k++) {
        const qf_picture_track *track =
            k < own.n_shared ? &g->shared->tracks[k] : &g->sent->tracks[k - own.n_shared];
        memcpy(bytes + sizeof own + k * track_bytes, track, track_bytes);
    }
    const qf_status status = qf_ranks_gather(context, bytes, n_bytes, true, offers);
    free(bytes);
    return status;
}

/* those of all ranks instead of the own ones */
static bool take_offers(qf_offering *g, const qf_gathered *offers, int n_ranks)
{
    bool good = true;
    g->shared->n = g->sent->n = g->n_lost = 0;
    g->left = -1;
    for (int r = 0; good && r < n_ranks; r++) {
        const char *at = offers->bytes + offers->first[r];
        const offered *of = (const void *)at;
        const qf_picture_track *tracks = (const void *)(at + sizeof *of);
        good = append(g->shared, tracks, of->n_shared) &&
               append(g->sent, tracks + of->n_shared, of->n_sent);
        g->n_lost += of->n_lost;
        g->left = of->left > g->left ? of->left : g->left;
    }
    return good;
}

qf_status qf_offering_join(qf_context *context, qf_offering *g, bool wants)
{
    qf_gathered offers;
    const qf_status status = gather_offers(context, g, &offers);
    if (status != QF_OK) {
        return status;
    }
    const bool good = !wants || take_offers(g, &offers, qf_n_ranks(context));
    qf_gathered_free(&offers);
    return good ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
}
