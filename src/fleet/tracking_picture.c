/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet pictures: one for each world of a group that shares its tracks. Without radios all tracks are in it at once.
 * With radios it is held by the first vehicle of the world whose radio works: its own tracks and those of vehicles docked
 * to it are in it at once, those of others as far as they are heard (radio.h), each track a message and the best first, in
 * the first frame after their latency. What is under way follows from tracks that are hashed, and from draws.
 */
#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#include "docking.h"
#include "group.h"
#include "radio.h"
#include "stage.h"
#include "threads.h"
#include "tracking_memory.h"

/* frames from sending tracks to having them; 0: the same */
static size_t frames_of_latency(const qf_group_spec *spec)
{
    const int64_t period = spec->radar_period_ticks;
    const int64_t latency = spec->radio ? spec->radio->latency_ticks : 0;
    return (size_t)((latency + period - 1) / period);
}

bool qf_tracking_prepare_pictures(qf_tracking *tracking, qf_tracking_group *group)
{
    const size_t n_worlds = tracking->fleet->scenario->n_worlds;
    const qf_tracker_spec *spec = group->spec->tracker;
    if (!spec->shares) {
        return true;
    }
    group->pictures = qf_arena_array(&tracking->arena, n_worlds, sizeof(qf_picture *));
    bool good = group->pictures != NULL;
    for (size_t w = 0; good && w < n_worlds; w++) {
        group->pictures[w] = qf_picture_create(&spec->picture);
        good = group->pictures[w] != NULL;
    }
    group->mail_frames = frames_of_latency(group->spec);
    size_t n_lists;
    if (good && group->mail_frames > 0) {
        good = qf_size_multiply(n_worlds, group->mail_frames, &n_lists);
        group->mail = good ? qf_arena_array(&tracking->arena, n_lists, sizeof *group->mail) : NULL;
        good = group->mail != NULL;
    }
    return good;
}

void qf_tracking_free_pictures(const qf_tracking *tracking, const qf_tracking_group *group)
{
    for (size_t w = 0; group->pictures && w < tracking->n_worlds; w++) {
        qf_picture_free(group->pictures[w]);
        for (size_t k = 0; group->mail && k < group->mail_frames; k++) {
            free(group->mail[w * group->mail_frames + k].tracks);
        }
    }
}

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

/* what a picture shows is in the hash of its first observer's tracks */
static void hash_picture(const qf_tracking *tracking, size_t g, size_t world)
{
    const qf_tracking_group *group = &tracking->groups[g];
    const size_t slot = group->slot_begin + world * group->spec->count;
    uint64_t *digest =
        &qf_tracking_observer_of(group, slot)->report[QF_FIELD_TRACK_DIGEST - QF_REPORT_FIRST].word;
    size_t n;
    const qf_picture_entry *entries = qf_picture_entries(group->pictures[world], &n);
    for (size_t i = 0; i < n; i++) {
        const qf_picture_entry *it = &entries[i];
        const double numbers[] = {it->x_m,
                                  it->y_m,
                                  it->has_velocity ? it->vx_mps : 0.0,
                                  it->has_velocity ? it->vy_mps : 0.0,
                                  it->trust,
                                  it->updated_s,
                                  it->id,
                                  it->flags,
                                  it->has_velocity,
                                  (double)it->n_members};
        *digest = XXH3_64bits_withSeed(numbers, sizeof numbers, *digest);
        for (size_t m = 0; m < it->n_members; m++) {
            const uint32_t member[] = {it->members[m].source, it->members[m].number};
            *digest = XXH3_64bits_withSeed(member, sizeof member, *digest);
        }
    }
    qf_u64(tracking->fleet, QF_FIELD_TRACK_DIGEST, 0)[slot] = *digest;
}

/* what becomes of one world's picture in one frame */
typedef struct gathering {
    const qf_tracking *tracking;
    const qf_kernels *kernels;
    const qf_tracking_group *group;
    const qf_group *of; /* the same group of the fleet */
    size_t world;
    int64_t tick;
    int thread;
    qf_track_list *shared; /* what the picture gets in this frame */
    qf_track_list *sent;   /* what has been sent to its holder in it */
} gathering;

static size_t slot_of(const gathering *g, size_t index)
{
    return g->group->slot_begin + g->world * g->group->spec->count + index;
}

/* nothing to tell is no failure */
static bool tell_of(const gathering *g, size_t index, qf_track_list *to)
{
    const size_t slot = slot_of(g, index);
    return is_silent(g->tracking, g->group, qf_tracking_observer_of(g->group, slot), g->tick) ||
           share_tracks(g->tracking, g->kernels, g->group, slot, (uint32_t)index,
                        &g->tracking->threads[g->thread].view, to);
}

static bool gather_at_once(const gathering *g)
{
    bool good = true;
    for (size_t v = 0; good && v < g->group->spec->count; v++) {
        good = tell_of(g, v, g->shared);
    }
    return good;
}

/* who holds the picture, by index; count: nobody does */
static size_t find_holder(const gathering *g)
{
    size_t v = 0;
    while (v < g->group->spec->count && !qf_radio_works(g->tracking->fleet, g->of, slot_of(g, v))) {
        v++;
    }
    return v;
}

static qf_radio_end end_of(const gathering *g, size_t index)
{
    return (qf_radio_end){g->of, slot_of(g, index), (uint32_t)(g->of->vehicle_begin + index)};
}

/* whether a time to send has come since the frame before */
static bool is_time_to_send(const gathering *g)
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

static void count(const gathering *g, size_t holder, qf_field_id field, size_t n)
{
    qf_i64(g->tracking->fleet, field, 0)[slot_of(g, holder)] += (int64_t)n;
}

/* what one vehicle has for the holder: over a bridge, or by radio */
static bool send(const gathering *g, size_t holder, size_t index)
{
    const qf_fleet *fleet = g->tracking->fleet;
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
        count(g, holder, QF_FIELD_MESSAGES_LOST, g->sent->n - n);
        g->sent->n = n;
    }
    return good;
}

static bool gather_by_radio(const gathering *g)
{
    const size_t n_frames = g->group->mail_frames;
    const size_t holder = find_holder(g);
    const size_t period = (size_t)g->group->spec->radar_period_ticks;
    qf_track_list *mail =
        n_frames > 0 ? &g->group->mail[g->world * n_frames + (size_t)g->tick / period % n_frames]
                     : g->sent;
    if (holder == g->group->spec->count) {
        mail->n = 0; /* it arrives, and nobody is there */
        return true;
    }
    bool good = true;
    g->sent->n = 0;
    for (size_t v = 0; good && v < g->group->spec->count; v++) {
        good = send(g, holder, v);
    }
    const qf_radio_end to = end_of(g, holder);
    const size_t heard =
        (size_t)qf_radio_take(g->tracking->fleet, &to, g->tick, (int64_t)g->sent->n);
    if (heard < g->sent->n) {
        qsort(g->sent->tracks, g->sent->n, sizeof *g->sent->tracks, compare_worth);
        count(g, holder, QF_FIELD_MESSAGES_LOST, g->sent->n - heard);
        g->sent->n = heard;
    }
    /* what was sent a latency ago arrives, and what is sent now takes its place */
    good = good && append(g->shared, mail->tracks, mail->n);
    count(g, holder, QF_FIELD_MESSAGES_HEARD, mail->n);
    if (mail != g->sent) {
        mail->n = 0;
        good = good && append(mail, g->sent->tracks, g->sent->n);
    }
    return good;
}

/* all that the observers of one world have, whoever looked last and when: the picture drops what is too old */
static bool step_picture(const qf_tracking *tracking, const qf_kernels *kernels, size_t g,
                         size_t world, int64_t tick)
{
    const int t = qf_thread_index();
    const qf_tracking_group *group = &tracking->groups[g];
    const gathering here = {.tracking = tracking,
                            .kernels = kernels,
                            .group = group,
                            .of = &tracking->fleet->groups[g],
                            .world = world,
                            .tick = tick,
                            .thread = t,
                            .shared = &tracking->shared[t],
                            .sent = &tracking->sent[t]};
    here.shared->n = 0;
    bool good = group->spec->radio ? gather_by_radio(&here) : gather_at_once(&here);
    const double now_s = (double)tick * tracking->fleet->scenario->dt_s;
    good =
        good && qf_picture_step(group->pictures[world], now_s, here.shared->tracks, here.shared->n);
    if (good) {
        hash_picture(tracking, g, world);
    }
    return good;
}

qf_status qf_tracking_record_picture(qf_context *context, const qf_tracking *tracking, size_t g,
                                     size_t world, int64_t tick, qf_picture_samples *to)
{
    size_t n;
    const qf_picture_entry *entries = qf_picture_entries(tracking->groups[g].pictures[world], &n);
    if (!qf_picture_samples_reserve(to, n)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu samples of a picture", n);
    }
    for (size_t i = 0; i < n; i++) {
        const size_t at = to->n++;
        to->tick[at] = tick;
        to->world[at] = (int32_t)world;
        to->group[at] = (int32_t)g;
        to->track[at] = (int32_t)entries[i].id;
        to->support[at] = (int32_t)entries[i].n_members;
        to->x_m[at] = entries[i].x_m;
        to->y_m[at] = entries[i].y_m;
        to->vx_mps[at] = entries[i].has_velocity ? (float)entries[i].vx_mps : NAN;
        to->vy_mps[at] = entries[i].has_velocity ? (float)entries[i].vy_mps : NAN;
        to->trust[at] = (float)entries[i].trust;
        to->flags[at] = (uint8_t)entries[i].flags;
    }
    return QF_OK;
}

qf_status qf_tracking_step_pictures(qf_context *context, qf_tracking *tracking, int n_threads,
                                    const qf_kernels *kernels, size_t g, int64_t tick)
{
    const size_t n_worlds = tracking->fleet->scenario->n_worlds;
    int n_failed = 0;
#pragma omp parallel for schedule(dynamic) num_threads(n_threads) reduction(+ : n_failed)
    for (size_t world = 0; world < n_worlds; world++) {
        n_failed += !step_picture(tracking, kernels, g, world, tick);
    }
    return n_failed == 0 ? QF_OK
                         : qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
}
