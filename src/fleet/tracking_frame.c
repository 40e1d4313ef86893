/* SPDX-License-Identifier: Apache-2.0 */
/* When all observers have looked: columns, what is recorded, and quality so far. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "group.h"
#include "ranks.h"
#include "stage.h"
#include "threads.h"
#include "tracking_memory.h"

/* the columns of who looked; others keep what they had */
static void set_columns(const qf_tracking *tracking, int n_threads, int64_t tick)
{
    const qf_fleet *fleet = tracking->fleet;
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        const qf_tracking_group *group = &tracking->groups[block->group];
        const size_t end = group->memory ? block->slot_end : block->slot_begin;
        for (size_t slot = block->slot_begin; slot < end; slot++) {
            const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
            if (observer->tick != tick || (flags[slot] & QF_FLAG_BIT(QUARANTINED)) != 0) {
                continue;
            }
            for (size_t f = 0; f < QF_REPORT_WORDS; f++) {
                qf_u64(fleet, (qf_field_id)(QF_REPORT_FIRST + f), 0)[slot] =
                    observer->report[f].word;
            }
            for (size_t f = 0; tracking->is_station && f < QF_STATION_WORDS; f++) {
                qf_f64(fleet, (qf_field_id)(QF_STATION_FIRST + f), 0)[slot] = observer->station[f];
            }
        }
    }
}

/* whether the scenario wants this frame of the group's tracks on record */
static bool is_recorded(const qf_tracking *tracking, size_t group, int64_t tick,
                        const int64_t *period_ticks)
{
    const qf_record_spec *record = &tracking->fleet->scenario->record;
    return record->tracks && tracking->groups[group].memory &&
           qf_is_due(period_ticks[group], tick) &&
           tick / period_ticks[group] % record->tracks_every_frames == 0 &&
           (!record->tracks_of_group || record->tracks_of_group[group]);
}

static size_t count_recorded(const qf_tracking *tracking, const qf_tracking_group *group,
                             size_t slot, int64_t tick)
{
    const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
    if (observer->tick != tick) {
        return 0;
    }
    if (tracking->fleet->scenario->record.tracks_tentative) {
        return observer->n_tracks;
    }
    qf_track_table table;
    qf_tracking_bind(group, slot, &table);
    size_t n = 0;
    for (size_t k = 0; k < table.n; k++) {
        n += table.firm[k] != 0;
    }
    return n;
}

/* the vehicle with that number in the world */
static int32_t entity_of(const qf_fleet *fleet, uint32_t world, uint32_t vehicle)
{
    size_t g = fleet->scenario->n_groups;
    if (vehicle == UINT32_MAX) {
        return QF_NO_ENTITY;
    }
    while (fleet->groups[--g].vehicle_begin > vehicle) {
    }
    const qf_group *group = &fleet->groups[g];
    return (int32_t)(group->entity_begin + world * group->spec->count + vehicle -
                     group->vehicle_begin);
}

static void sample(const qf_tracking *tracking, const qf_kernels *kernels, size_t group_number,
                   size_t slot, qf_track_view *view, qf_track_samples *to)
{
    const qf_fleet *fleet = tracking->fleet;
    const qf_tracking_group *group = &tracking->groups[group_number];
    const qf_tracking_observer *observer = qf_tracking_observer_of(group, slot);
    const size_t index = slot - group->slot_begin;
    const uint32_t world = (uint32_t)(index / group->spec->count);
    const qf_track_frame frame = qf_tracking_frame_of(observer);
    const bool all = fleet->scenario->record.tracks_tentative;
    qf_track_table table;
    qf_tracking_bind(group, slot, &table);
    kernels->publish(&group->tracker, &frame, &table, view);
    for (size_t k = 0; k < table.n; k++) {
        if (!all && table.firm[k] == 0) {
            continue;
        }
        const size_t n = to->n++;
        to->tick[n] = observer->tick;
        to->observer[n] = (int32_t)(fleet->groups[group_number].entity_begin + index);
        to->track[n] = (int32_t)table.number[k];
        to->target[n] = entity_of(fleet, world, table.target[k]);
        to->identity[n] = (int32_t)table.identity[k];
        to->x_m[n] = table.east_m[k];
        to->y_m[n] = table.north_m[k];
        to->z_m[n] = table.up_m[k];
        to->vx_mps[n] = view->east_mps[k];
        to->vy_mps[n] = view->north_mps[k];
        to->vz_mps[n] = view->up_mps[k];
        to->range_m[n] = view->range_m[k];
        to->bearing_deg[n] = view->bearing_deg[k];
        to->elev_deg[n] = view->elev_deg[k];
        to->vr_mps[n] = view->vr_mps[k];
        to->snr_db[n] = table.snr_db[k] > 0.0F ? table.snr_db[k] : 0.0F;
        to->rcs_dbsm[n] = table.rcs_dbsm[k];
        to->quality[n] = view->quality[k];
        to->age_s[n] = view->age_s[k];
        to->cpa_s[n] = view->cpa_s[k];
        to->cpa_distance_m[n] = view->cpa_distance_m[k];
        to->miss_count[n] = (uint16_t)table.misses[k];
        to->status[n] = (uint8_t)view->status[k];
        to->band[n] = (uint8_t)view->band[k];
        to->mode[n] = (uint8_t)view->mode[k];
        to->iff[n] = (uint8_t)view->iff[k];
    }
}

/* in the order of observers, each block from its own place */
static qf_status record(qf_context *context, qf_tracking *tracking, int n_threads,
                        const qf_kernels *kernels, int64_t tick, const int64_t *period_ticks,
                        qf_track_samples *to)
{
    const qf_fleet *fleet = tracking->fleet;
    const qf_portion own = fleet->own;
    size_t *first = tracking->record_first;
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = own.block_begin; b < own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        const bool on = is_recorded(tracking, block->group, tick, period_ticks);
        first[b + 1] = 0;
        for (size_t slot = block->slot_begin; on && slot < block->slot_end; slot++) {
            first[b + 1] += count_recorded(tracking, &tracking->groups[block->group], slot, tick);
        }
    }
    first[own.block_begin] = 0;
    for (size_t b = own.block_begin; b < own.block_end; b++) {
        first[b + 1] += first[b];
    }
    const size_t n = first[own.block_end];
    if (!qf_track_samples_reserve(to, n)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu samples of tracks", n);
    }
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = own.block_begin; b < own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        const qf_tracking_group *group = &tracking->groups[block->group];
        qf_track_samples part = *to; /* counts in a copy */
        part.n = to->n + first[b];
        for (size_t slot = block->slot_begin; first[b + 1] > first[b] && slot < block->slot_end;
             slot++) {
            if (qf_tracking_observer_of(group, slot)->tick == tick) {
                sample(tracking, kernels, block->group, slot,
                       &tracking->threads[qf_thread_index()].view, &part);
            }
        }
    }
    to->n += n;
    return QF_OK;
}

qf_status qf_tracking_end_frame(qf_context *context, qf_tracking *tracking, int n_threads,
                                const qf_kernels *kernels, int64_t tick,
                                const int64_t *period_ticks, qf_sightings *sightings)
{
    const qf_scenario *scenario = tracking->fleet->scenario;
    qf_status status = QF_OK;
    set_columns(tracking, n_threads, tick);
    if (scenario->record.tracks) {
        status =
            record(context, tracking, n_threads, kernels, tick, period_ticks, &sightings->tracks);
    }
    for (size_t g = 0; status == QF_OK && g < scenario->n_groups; g++) {
        if (!tracking->groups[g].pictures || !qf_is_due(period_ticks[g], tick)) {
            continue;
        }
        status = qf_tracking_step_pictures(context, tracking, n_threads, kernels, g, tick);
        const bool on = is_recorded(tracking, g, tick, period_ticks);
        for (size_t world = 0; status == QF_OK && on && world < scenario->n_worlds; world++) {
            status =
                qf_tracking_record_picture(context, tracking, g, world, tick, &sightings->pictures);
        }
    }
    return status;
}

static void add(qf_tracking_sums *to, const qf_tracking_sums *of)
{
    to->frames += of->frames;
    to->targets += of->targets;
    to->held += of->held;
    to->firm += of->firm;
    to->switches += of->switches;
    to->first_held += of->first_held;
    to->started += of->started;
    to->confirmed += of->confirmed;
    to->merged += of->merged;
    to->dropped += of->dropped;
    to->rejected += of->rejected;
    to->forgotten += of->forgotten;
    to->firm_updates += of->firm_updates;
    to->pure_updates += of->pure_updates;
    to->identity_jumps += of->identity_jumps;
    to->situations_dropped += of->situations_dropped;
    to->gospa_m += of->gospa_m;
    to->ospa_m += of->ospa_m;
    to->localisation_m2 += of->localisation_m2;
    to->missed_m2 += of->missed_m2;
    to->false_m2 += of->false_m2;
    to->position_error2_m2 += of->position_error2_m2;
    to->velocity_error2_m2s2 += of->velocity_error2_m2s2;
    to->first_held_s += of->first_held_s;
}

/* 0 / 0 is no number: there is no such mean */
static double mean(double sum, int64_t n)
{
    return n > 0 ? sum / (double)n : (double)NAN;
}

static qf_tracking_metrics metrics_of(const qf_tracking_sums *sums, int32_t group)
{
    return (qf_tracking_metrics){
        .group = group,
        .frames = sums->frames,
        .targets = sums->targets,
        .held = sums->held,
        .firm = sums->firm,
        .gospa_m = mean(sums->gospa_m, sums->frames),
        .ospa_m = mean(sums->ospa_m, sums->frames),
        .localisation_m2 = mean(sums->localisation_m2, sums->frames),
        .missed_m2 = mean(sums->missed_m2, sums->frames),
        .false_m2 = mean(sums->false_m2, sums->frames),
        .position_rmse_m = sqrt(mean(sums->position_error2_m2, sums->held)),
        .velocity_rmse_mps = sqrt(mean(sums->velocity_error2_m2s2, sums->held)),
        .purity = mean((double)sums->pure_updates, sums->firm_updates),
        .completeness = mean((double)sums->held, sums->targets),
        .switches = sums->switches,
        .time_to_hold_s = mean(sums->first_held_s, sums->first_held),
        .started = sums->started,
        .confirmed = sums->confirmed,
        .merged = sums->merged,
        .dropped = sums->dropped,
        .rejected = sums->rejected,
        .forgotten = sums->forgotten,
        .identity_jumps = sums->identity_jumps,
        .situations_dropped = sums->situations_dropped};
}

/* one observer after the other, rank after rank, each going on with the sums of those before: the order is that of entities,
   whatever the number of threads and ranks */
static void add_up(const qf_context *context, const qf_tracking *tracking)
{
    const size_t n_groups = tracking->n_groups;
    qf_tracking_sums *sums = tracking->sums;
    memset(sums, 0, n_groups * sizeof *sums);
    for (int rank = 0; rank < qf_n_ranks(context); rank++) {
        for (size_t g = 0; rank == qf_rank(context) && g < n_groups; g++) {
            const qf_tracking_group *group = &tracking->groups[g];
            for (size_t slot = group->own_begin; slot < group->own_end; slot++) {
                add(&sums[g], &qf_tracking_observer_of(group, slot)->sums);
            }
        }
        qf_ranks_share(context, rank, sums, n_groups * sizeof *sums);
    }
}

size_t qf_tracking_quality(const qf_context *context, const qf_tracking *tracking,
                           qf_tracking_metrics *rows)
{
    qf_tracking_sums fleet = {0};
    size_t n = 0;
    add_up(context, tracking);
    for (size_t g = 0; g < tracking->n_groups; g++) {
        if (tracking->groups[g].spec->tracker) {
            rows[n++] = metrics_of(&tracking->sums[g], (int32_t)g);
            add(&fleet, &tracking->sums[g]);
        }
    }
    if (n > 1) {
        rows[n++] = metrics_of(&fleet, QF_ALL_GROUPS);
    }
    return n;
}
