/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers of a fleet: their memory, and what they are told once. */
#include "tracking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "columns.h"
#include "group.h"
#include "tracking_memory.h"

qf_tracking *qf_tracking_of_group(qf_tracking *tracking, size_t group)
{
    return tracking && tracking->groups[group].memory ? tracking : NULL;
}

/* who a transponder's owner is to vehicles of that side: sides are named as friends see them */
static uint8_t seen_by(qf_iff observer, qf_iff other)
{
    if (observer == QF_IFF_UNKNOWN || other == QF_IFF_UNKNOWN) {
        return QF_IFF_UNKNOWN;
    }
    return observer == other ? QF_IFF_FRIEND : QF_IFF_FOE;
}

/*
 * What each identity tells an observer of that side: the side of the vehicles whose own it is, unknown where they
 * are of several, and of what only spoofers say.
 */
static uint8_t *identify(qf_tracking *tracking, const qf_identities *identities, qf_iff side)
{
    const qf_fleet *fleet = tracking->fleet;
    uint8_t *iff = qf_arena_array(&tracking->arena, identities->n + 1, sizeof *iff);
    for (size_t g = 0; iff && identities->own && g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const uint8_t seen = seen_by(side, group->spec->iff);
        for (size_t v = 0; v < group->n_vehicles; v++) {
            const int32_t identity = identities->own[group->entity_begin + v];
            if (identity != QF_NO_IDENTITY) {
                uint8_t *of = &iff[identity];
                *of = *of == 0 || *of == seen ? seen : QF_IFF_UNKNOWN;
            }
        }
    }
    for (size_t i = 0; iff && i < identities->n; i++) {
        iff[i] = iff[i] ? iff[i] : QF_IFF_UNKNOWN;
    }
    return iff;
}

/* Which identities are those of stations, and of nobody else; where there are stations. */
static bool list_stations(qf_tracking *tracking, const qf_identities *identities)
{
    const qf_fleet *fleet = tracking->fleet;
    if (fleet->catalog.n_of_shape[QF_SHAPE_STATION_TRACK] == 0) {
        return true;
    }
    bool *is_station = qf_arena_array(&tracking->arena, identities->n + 1, sizeof *is_station);
    for (int others = 0; is_station && identities->own && others < 2; others++) {
        for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
            const qf_group *group = &fleet->groups[g];
            const bool station = group->spec->kind == QF_KIND_STATION;
            for (size_t v = 0; station != (others == 1) && v < group->n_vehicles; v++) {
                const int32_t identity = identities->own[group->entity_begin + v];
                if (identity != QF_NO_IDENTITY) {
                    is_station[identity] = station;
                }
            }
        }
    }
    tracking->is_station = is_station;
    return is_station != NULL;
}

static bool prepare_guards(qf_tracking *tracking, qf_tracking_group *group)
{
    const qf_guards_spec *spec = group->spec->guards;
    if (!spec) {
        return true;
    }
    qf_guard_rule *rules = qf_arena_array(&tracking->arena, spec->n_rules + 1, sizeof *rules);
    if (rules) {
        qf_guards_derive(spec, tracking->fleet->scenario->dt_s, rules, &group->guards);
    }
    return rules != NULL;
}

/* which of the group's vehicles are own; how many */
static size_t clip_to_own(const qf_fleet *fleet, const qf_group *of, qf_tracking_group *group)
{
    const size_t begin = fleet->own.slot_begin;
    const size_t end = fleet->own.slot_end;
    const size_t group_end = of->slot_begin + of->n_vehicles;
    group->slot_begin = of->slot_begin;
    group->own_begin = begin > of->slot_begin ? begin : of->slot_begin;
    group->own_end = end < group_end ? end : group_end;
    if (group->own_end < group->own_begin) {
        group->own_end = group->own_begin;
    }
    return group->own_end - group->own_begin;
}

static bool prepare_observers(qf_context *context, qf_tracking *tracking, size_t g)
{
    const qf_group *of = &tracking->fleet->groups[g];
    qf_tracking_group *group = &tracking->groups[g];
    const size_t n = clip_to_own(tracking->fleet, of, group);
    void *memory = NULL;
    group->layout = qf_tracking_layout_of(of->spec);
    if (n == 0) {
        return true;
    }
    group->observers = qf_arena_array(&tracking->arena, n, sizeof *group->observers);
    if (!group->observers || !qf_size_multiply(n, group->layout.bytes, &group->memory_bytes) ||
        qf_columns_map(context, group->memory_bytes, &memory) != QF_OK) {
        return false;
    }
    group->memory = memory;
    for (size_t v = 0; v < n; v++) {
        qf_tracking_observer *observer = &group->observers[v];
        observer->tick = -1;
        for (size_t f = 0; f < QF_STATION_WORDS; f++) {
            observer->station[f] = (double)NAN;
        }
        for (int f = 0; f < QF_REPORT_WORDS; f++) {
            if (qf_field_table[QF_REPORT_FIRST + f].type == QF_TYPE_F64) {
                observer->report[f].number = NAN;
            }
        }
    }
    return true;
}

static bool prepare_group(qf_context *context, qf_tracking *tracking,
                          const qf_identities *identities, size_t g)
{
    const qf_group_spec *spec = &tracking->fleet->scenario->groups[g];
    qf_tracking_group *group = &tracking->groups[g];
    group->spec = spec;
    if (!spec->tracker) {
        return true;
    }
    qf_tracker_derive(spec->tracker, tracking->fleet->scenario->dt_s, &group->tracker);
    qf_radar radar;
    qf_radar_derive(spec->radar, &radar);
    group->tracker.speed_span_mps = radar.speed_span_mps < INFINITY ? radar.speed_span_mps : 0.0F;
    group->tracker.iff_of_identity = identify(tracking, identities, spec->iff);
    group->tracker.n_identities = identities->n;
    group->capacity = (size_t)spec->tracker->value[QF_TRACKER_CAPACITY];
    group->cutoff_m = spec->tracker->value[QF_TRACKER_CUTOFF];
    group->has_situations = spec->situations != NULL;
    group->tells = spec->situations || spec->guards;
    if (spec->situations) {
        group->situation_rules = spec->situations->rules;
    }
    const bool good = group->tracker.iff_of_identity && prepare_guards(tracking, group) &&
                      prepare_observers(context, tracking, g) &&
                      qf_tracking_prepare_pictures(context, tracking, g);
    const size_t n_situations = group->layout.situation_capacity;
    const size_t n_remembered = group->layout.truth_capacity;
    tracking->most_remembered =
        n_remembered > tracking->most_remembered ? n_remembered : tracking->most_remembered;
    tracking->most_slots =
        group->capacity > tracking->most_slots ? group->capacity : tracking->most_slots;
    tracking->most_rules =
        group->guards.n_rules > tracking->most_rules ? group->guards.n_rules : tracking->most_rules;
    tracking->most_situations =
        n_situations > tracking->most_situations ? n_situations : tracking->most_situations;
    return good;
}

/* 0 is nobody's */
static bool hash_identities(qf_tracking *tracking, const qf_identities *identities)
{
    uint32_t *word =
        qf_arena_array(&tracking->arena, identities->n + 1, sizeof *tracking->identity_word);
    for (size_t i = 0; word && i < identities->n; i++) {
        word[i] = (uint32_t)XXH3_64bits(identities->text[i], strlen(identities->text[i])) | 1;
    }
    tracking->identity_word = word;
    return word != NULL;
}

/* what is no number before there is a frame, and stays so for who has no tracker */
static void blank_columns(const qf_fleet *fleet, int n_threads)
{
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        for (size_t f = QF_REPORT_FIRST; f < QF_REPORT_FIRST + QF_REPORT_WORDS; f++) {
            for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
                if (qf_field_table[f].type == QF_TYPE_F64) {
                    qf_f64(fleet, (qf_field_id)f, 0)[slot] = NAN;
                }
            }
        }
        const bool stations = fleet->catalog.n_of_shape[QF_SHAPE_STATION_TRACK] > 0;
        for (size_t f = 0; stations && f < QF_STATION_WORDS; f++) {
            for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
                qf_f64(fleet, (qf_field_id)(QF_STATION_FIRST + f), 0)[slot] = (double)NAN;
            }
        }
    }
}

/* each thread its own, so that its memory lies near it */
static bool open_threads(qf_tracking *tracking)
{
    int n_opened = 0;
#pragma omp parallel for schedule(static) num_threads(tracking->n_threads) reduction(+ : n_opened)
    for (int t = 0; t < tracking->n_threads; t++) {
        n_opened += qf_tracking_thread_open(tracking, &tracking->threads[t]);
    }
    return n_opened == tracking->n_threads;
}

qf_status qf_tracking_create(qf_context *context, const qf_fleet *fleet,
                             const qf_identities *identities, qf_tracking **out)
{
    *out = NULL;
    if (fleet->catalog.n_of_shape[QF_SHAPE_TRACKER] == 0) {
        return QF_OK;
    }
    const size_t n_groups = fleet->scenario->n_groups;
    qf_tracking *tracking = calloc(1, sizeof *tracking);
    bool good = tracking != NULL;
    if (good) {
        const size_t n_threads = (size_t)context->n_threads;
        qf_arena *arena = &tracking->arena;
        tracking->fleet = fleet;
        tracking->n_groups = n_groups;
        tracking->n_worlds = fleet->scenario->n_worlds;
        tracking->groups = qf_arena_array(arena, n_groups, sizeof *tracking->groups);
        tracking->threads = qf_arena_array(arena, n_threads, sizeof *tracking->threads);
        tracking->shared = qf_arena_array(arena, n_threads, sizeof *tracking->shared);
        tracking->sent = qf_arena_array(arena, n_threads, sizeof *tracking->sent);
        tracking->record_first =
            qf_arena_array(arena, fleet->n_blocks + 1, sizeof *tracking->record_first);
        tracking->sums = qf_arena_array(arena, n_groups, sizeof *tracking->sums);
        tracking->n_threads =
            tracking->threads && tracking->shared && tracking->sent ? context->n_threads : 0;
        good = tracking->groups && tracking->n_threads > 0 && tracking->record_first &&
               tracking->sums && hash_identities(tracking, identities) &&
               list_stations(tracking, identities);
    }
    for (size_t g = 0; good && g < n_groups; g++) {
        good = prepare_group(context, tracking, identities, g);
    }
    if (!good || !open_threads(tracking)) {
        qf_tracking_free(tracking);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for tracks");
    }
    blank_columns(fleet, context->n_threads);
    *out = tracking;
    return QF_OK;
}

void qf_tracking_free(qf_tracking *tracking)
{
    if (!tracking) {
        return;
    }
    for (size_t g = 0; tracking->groups && g < tracking->n_groups; g++) {
        const qf_tracking_group *group = &tracking->groups[g];
        qf_tracking_free_pictures(tracking, group);
        qf_columns_unmap(group->memory, group->memory_bytes);
    }
    for (int t = 0; t < tracking->n_threads; t++) {
        qf_tracking_thread_close(&tracking->threads[t]);
        free(tracking->shared[t].tracks);
        free(tracking->sent[t].tracks);
    }
    qf_arena_free(&tracking->arena);
    free(tracking);
}

/* of the samples of one frame, as if all tables were full: on their way to the file */
static size_t predicted_sample_bytes(const qf_scenario *scenario, size_t g)
{
    const qf_group_spec *spec = &scenario->groups[g];
    const bool *of_group = scenario->record.tracks_of_group;
    if (!scenario->record.tracks || (of_group && !of_group[g])) {
        return 0;
    }
    const size_t capacity = (size_t)spec->tracker->value[QF_TRACKER_CAPACITY];
    const size_t n_others = qf_scenario_n_vehicles(scenario) / scenario->n_worlds;
    const size_t n_tracks = n_others < capacity ? n_others : capacity;
    return spec->count * scenario->n_worlds * n_tracks *
           qf_table_row_bytes(&qf_track_sample_layout);
}

size_t qf_tracking_predicted_bytes(const qf_scenario *scenario)
{
    size_t bytes = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *spec = &scenario->groups[g];
        if (spec->tracker) {
            const size_t n_slots = spec->count * scenario->n_worlds + QF_SLOT_PADDING;
            bytes += n_slots * (qf_tracking_layout_of(spec).bytes + sizeof(qf_tracking_observer)) +
                     predicted_sample_bytes(scenario, g);
        }
    }
    return bytes;
}
