/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet pictures: one for each world of a group that shares its tracks. Without radios all tracks are in it at once.
 * With radios it is held by the first vehicle of the world whose radio works: its own tracks and those of vehicles docked
 * to it are in it at once, those of others as far as they are heard (radio.h), each track a message and the best first, in
 * the first frame after their latency. What is under way follows from tracks that are hashed, and from draws.
 *
 * Where a world's observers are several ranks', each of these has the picture and what is under way to it, and makes the same
 * of it. In a frame each finds out what becomes of its own observers' tracks; of those that arrive all get to know, in the order of
 * ranks, which is that of observers. Columns, digest and record are kept by those whose vehicles they are.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "docking.h"
#include "group.h"
#include "radio.h"
#include "ranks.h"
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

/* worlds of the group in which one rank's vehicles end and another's begin; false without memory */
static bool find_split_worlds(const qf_context *context, qf_tracking *tracking, size_t g)
{
    const qf_group *of = &tracking->fleet->groups[g];
    qf_tracking_group *group = &tracking->groups[g];
    const int n_ranks = qf_n_ranks(context);
    group->split = qf_arena_array(&tracking->arena, (size_t)n_ranks, sizeof *group->split);
    for (int r = 1; group->split && r < n_ranks; r++) {
        const size_t cut = qf_fleet_portion(tracking->fleet, r, n_ranks).entity_begin;
        const size_t within = cut - of->entity_begin;
        if (cut <= of->entity_begin || within >= of->n_vehicles || within % of->spec->count == 0) {
            continue;
        }
        const size_t world = within / of->spec->count;
        if (group->n_split == 0 || group->split[group->n_split - 1] != world) {
            group->split[group->n_split++] = world;
        }
    }
    return group->split != NULL;
}

bool qf_tracking_prepare_pictures(const qf_context *context, qf_tracking *tracking, size_t g)
{
    qf_tracking_group *group = &tracking->groups[g];
    const size_t n_worlds = tracking->fleet->scenario->n_worlds;
    const qf_tracker_spec *spec = group->spec->tracker;
    if (!spec->shares) {
        return true;
    }
    group->pictures = qf_arena_array(&tracking->arena, n_worlds, sizeof(qf_picture *));
    bool good = group->pictures != NULL && find_split_worlds(context, tracking, g);
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

/* slot of a world's first vehicle */
static size_t first_of(const qf_tracking_group *group, size_t world)
{
    return group->slot_begin + world * group->spec->count;
}

/* what a picture shows is in the hash of its first observer's tracks */
static void hash_picture(const qf_tracking *tracking, size_t g, size_t world)
{
    const qf_tracking_group *group = &tracking->groups[g];
    const size_t slot = first_of(group, world);
    if (!qf_tracking_is_own(group, slot)) {
        return;
    }
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
    qf_track_list *sent;   /* what has been sent to its holder in it, and has come so far */
    size_t n_lost;         /* and what has not */
    size_t holder; /* of a picture whose tracks come by radio: its index; count: nobody is */
    int64_t left;  /* what the holder can still hear, where it is another rank's */
} gathering;

static size_t slot_of(const gathering *g, size_t index)
{
    return first_of(g->group, g->world) + index;
}

/* nothing to tell is no failure */
static bool tell_of(const gathering *g, size_t index, qf_track_list *to)
{
    const size_t slot = slot_of(g, index);
    return is_silent(g->tracking, g->group, qf_tracking_observer_of(g->group, slot), g->tick) ||
           share_tracks(g->tracking, g->kernels, g->group, slot, (uint32_t)index,
                        &g->tracking->threads[g->thread].view, to);
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

/* what one vehicle has for the holder: over a bridge, or by radio */
static bool send(gathering *g, size_t index)
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
static bool offer(gathering *g)
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
static void hear(gathering *g)
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

static void count_messages(const gathering *g, size_t n_heard)
{
    const qf_fleet *fleet = g->tracking->fleet;
    const size_t slot = slot_of(g, g->holder);
    if (qf_tracking_is_own(g->group, slot)) {
        qf_i64(fleet, QF_FIELD_MESSAGES_HEARD, 0)[slot] += (int64_t)n_heard;
        qf_i64(fleet, QF_FIELD_MESSAGES_LOST, 0)[slot] += (int64_t)g->n_lost;
    }
}

/* adds to what the picture gets what was sent to its holder, when it arrives; false without memory */
static bool deliver(gathering *g)
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

/* all that the observers of one world have, whoever looked last and when: the picture drops what is too old */
static bool renew(gathering *g)
{
    const double now_s = (double)g->tick * g->tracking->fleet->scenario->dt_s;
    bool good = !g->group->spec->radio || deliver(g);
    good = good &&
           qf_picture_step(g->group->pictures[g->world], now_s, g->shared->tracks, g->shared->n);
    if (good) {
        hash_picture(g->tracking, (size_t)(g->group - g->tracking->groups), g->world);
    }
    return good;
}

static gathering begin(const qf_tracking *tracking, const qf_kernels *kernels, size_t g,
                       size_t world, int64_t tick)
{
    const int thread = qf_thread_index();
    return (gathering){.tracking = tracking,
                       .kernels = kernels,
                       .group = &tracking->groups[g],
                       .of = &tracking->fleet->groups[g],
                       .world = world,
                       .tick = tick,
                       .thread = thread,
                       .shared = &tracking->shared[thread],
                       .sent = &tracking->sent[thread]};
}

/* ---- a world whose observers are several ranks' ---- */

/* What one rank has for the picture, before its tracks: those at once, then those sent. */
typedef struct offered {
    size_t n_shared, n_sent, n_lost;
    int64_t left; /* of whose vehicle the holder is; else -1 */
} offered;

static bool has_own_holder(const gathering *g)
{
    return g->group->spec->radio && g->holder < g->group->spec->count &&
           qf_tracking_is_own(g->group, slot_of(g, g->holder));
}

static qf_status gather_offers(qf_context *context, const gathering *g, qf_gathered *offers)
{
    const size_t track_bytes = sizeof *g->shared->tracks;
    offered own = {g->shared->n, g->sent->n, g->n_lost, -1};
    if (has_own_holder(g)) {
        const qf_radio_end holder = end_of(g, g->holder);
        own.left = qf_radio_left(g->tracking->fleet, &holder, g->tick);
    }
    const size_t n_bytes = sizeof own + (own.n_shared + own.n_sent) * track_bytes;
    char *bytes = calloc(1, n_bytes);
    if (!bytes) { /* the others wait for them */
        qf_ranks_abort(context, qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture"));
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
static bool take_offers(gathering *g, const qf_gathered *offers, int n_ranks)
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

static bool has_own_vehicles(const qf_tracking_group *group, size_t world)
{
    const size_t begin = first_of(group, world);
    return begin < group->own_end && begin + group->spec->count > group->own_begin;
}

/* collective; who has no vehicle of that world has nothing to tell, and does nothing with what is told */
static qf_status step_split_picture(qf_context *context, gathering *g)
{
    qf_gathered offers;
    if (!offer(g)) {
        qf_ranks_abort(context, qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture"));
    }
    const qf_status status = gather_offers(context, g, &offers);
    if (status != QF_OK) {
        return status;
    }
    const bool good = !has_own_vehicles(g->group, g->world) ||
                      (take_offers(g, &offers, qf_n_ranks(context)) && renew(g));
    qf_gathered_free(&offers);
    return good ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
}

/* ---- all of them ---- */

static bool is_split(const qf_tracking_group *group, size_t world)
{
    bool split = false;
    for (size_t k = 0; k < group->n_split; k++) {
        split = split || group->split[k] == world;
    }
    return split;
}

/* of a world that is this rank's alone; others are nothing */
static bool step_own_picture(const qf_tracking *tracking, const qf_kernels *kernels, size_t g,
                             size_t world, int64_t tick)
{
    const qf_tracking_group *group = &tracking->groups[g];
    if (!has_own_vehicles(group, world) || is_split(group, world)) {
        return true;
    }
    gathering here = begin(tracking, kernels, g, world, tick);
    return offer(&here) && renew(&here);
}

qf_status qf_tracking_record_picture(qf_context *context, const qf_tracking *tracking, size_t g,
                                     size_t world, int64_t tick, qf_picture_samples *to)
{
    const qf_tracking_group *group = &tracking->groups[g];
    size_t n;
    const qf_picture_entry *entries = qf_picture_entries(group->pictures[world], &n);
    if (!qf_tracking_is_own(group, first_of(group, world))) {
        return QF_OK;
    }
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
        n_failed += !step_own_picture(tracking, kernels, g, world, tick);
    }
    qf_status status =
        n_failed == 0 ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
    for (size_t k = 0; status == QF_OK && k < tracking->groups[g].n_split; k++) {
        gathering here = begin(tracking, kernels, g, tracking->groups[g].split[k], tick);
        status = step_split_picture(context, &here);
    }
    return status;
}
