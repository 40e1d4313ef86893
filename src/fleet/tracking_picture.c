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

#include "group.h"
#include "ranks.h"
#include "stage.h"
#include "threads.h"
#include "tracking_offers.h"

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

/* what a picture shows is in the hash of its first observer's tracks */
static void hash_picture(const qf_tracking *tracking, size_t g, size_t world)
{
    const qf_tracking_group *group = &tracking->groups[g];
    const size_t slot = qf_tracking_first_of(group, world);
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

/* all that the observers of one world have, whoever looked last and when: the picture drops what is too old */
static bool renew(qf_offering *g)
{
    const double now_s = (double)g->tick * g->tracking->fleet->scenario->dt_s;
    bool good = !g->group->spec->radio || qf_offering_deliver(g);
    good = good &&
           qf_picture_step(g->group->pictures[g->world], now_s, g->shared->tracks, g->shared->n);
    if (good) {
        hash_picture(g->tracking, (size_t)(g->group - g->tracking->groups), g->world);
    }
    return good;
}

static qf_offering begin(const qf_tracking *tracking, const qf_kernels *kernels, size_t g,
                         size_t world, int64_t tick)
{
    const int thread = qf_thread_index();
    return (qf_offering){.tracking = tracking,
                         .kernels = kernels,
                         .group = &tracking->groups[g],
                         .of = &tracking->fleet->groups[g],
                         .world = world,
                         .tick = tick,
                         .thread = thread,
                         .shared = &tracking->shared[thread],
                         .sent = &tracking->sent[thread]};
}

static bool has_own_vehicles(const qf_tracking_group *group, size_t world)
{
    const size_t begin = qf_tracking_first_of(group, world);
    return begin < group->own_end && begin + group->spec->count > group->own_begin;
}

/* collective; who has no vehicle of that world has nothing to tell, and does nothing with what is told */
static qf_status step_split_picture(qf_context *context, qf_offering *g)
{
    const bool wants = has_own_vehicles(g->group, g->world);
    if (!qf_offering_collect(g)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
    }
    const qf_status status = qf_offering_join(context, g, wants);
    if (status != QF_OK || !wants || renew(g)) {
        return status;
    }
    return qf_fail(context, QF_ERROR_MEMORY, "no memory for a fleet picture");
}

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
    qf_offering here = begin(tracking, kernels, g, world, tick);
    return qf_offering_collect(&here) && renew(&here);
}

qf_status qf_tracking_record_picture(qf_context *context, const qf_tracking *tracking, size_t g,
                                     size_t world, int64_t tick, qf_picture_samples *to)
{
    const qf_tracking_group *group = &tracking->groups[g];
    size_t n;
    const qf_picture_entry *entries = qf_picture_entries(group->pictures[world], &n);
    if (!qf_tracking_is_own(group, qf_tracking_first_of(group, world))) {
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
        qf_offering here = begin(tracking, kernels, g, tracking->groups[g].split[k], tick);
        status = step_split_picture(context, &here);
    }
    return status;
}
