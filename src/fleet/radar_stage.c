/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_stage.h"

#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#include "bot_tick.h"
#include "columns.h"
#include "detection_filter.h"
#include "group.h"
#include "radar_sweep.h"
#include "scalar_math.h"
#include "threads.h"

/* Groups whose ranges are so alike that one arrangement in cells serves them all. */
typedef struct range_class {
    double range_m;
    bool due; /* somebody looks in this frame */
} range_class;

enum { BLOCKS = 64 }; /* of observers that a group is cut into, or more */

typedef struct radar_stage {
    const qf_fleet *fleet;
    qf_arena arena;
    int n_threads;
    int team;         /* threads that the present frame is worth */
    qf_radar *radars; /* by group */
    size_t *class_of; /* by group */
    range_class *classes;
    size_t n_classes;
    qf_identities identities;
    qf_radar_scene scene;
    qf_radar_found *found; /* by slot; only own ones are ever looked at */
    size_t found_bytes;
    qf_sweeper **sweepers; /* one for each thread */
    /* blocks of observers: their group, and their first observer in the scene's list */
    struct observer_block {
        size_t group;
        size_t begin, end;
    } * blocks;
    size_t *record_first; /* n_blocks + 1 of the fleet: detections recorded before each own block */
    qf_detections ordered; /* of a frame, before it is filtered */
    qf_tracking *tracking; /* NULL: nobody tracks */
} radar_stage;

/*
 * Where it is, how it moves, whether it is there, what it reflects and what it answers: commands can change each of these, so
 * that none is constant. Of columns that a scenario does not have there are none. All else that a frame wants of others follows
 * from the scenario, but for who tells a picture's holder over a bridge.
 */
const qf_field_id qf_radar_sees[] = {QF_FIELD_X,           QF_FIELD_Y,
                                     QF_FIELD_Z,           QF_FIELD_SPEED,
                                     QF_FIELD_HEADING_SIN, QF_FIELD_HEADING_COS,
                                     QF_FIELD_WHEEL_LEFT,  QF_FIELD_WHEEL_RIGHT,
                                     QF_FIELD_VX,          QF_FIELD_VY,
                                     QF_FIELD_VZ,          QF_FIELD_FLAGS,
                                     QF_FIELD_RCS,         QF_FIELD_TRANSPONDER_MODE,
                                     QF_FIELD_COUNT};
/* what only docking changes, for everybody on each rank */
const qf_field_id qf_radar_sees_first[] = {QF_FIELD_DATA_ROOT, QF_FIELD_COUNT};

int64_t qf_radar_period_ticks(const qf_group *group)
{
    return group->spec->radar ? group->spec->radar_period_ticks : 0;
}

/* Twice the volume, so at most twice the candidates, costs less than a second arrangement. */
#define ALIKE 1.25

static int compare_ranges(const void *a, const void *b)
{
    const double left = ((const range_class *)a)->range_m;
    const double right = ((const range_class *)b)->range_m;
    return (left > right) - (left < right);
}

/* from the shortest range up: each class is as wide as its widest radar */
static void classify(radar_stage *stage)
{
    const qf_scenario *scenario = stage->fleet->scenario;
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        if (scenario->groups[g].radar) {
            stage->classes[n++].range_m = (double)stage->radars[g].range_max_m;
        }
    }
    qsort(stage->classes, n, sizeof *stage->classes, compare_ranges);
    double narrowest_m = 0.0;
    for (size_t k = 0; k < n; k++) {
        const double range_m = stage->classes[k].range_m;
        if (stage->n_classes == 0 || range_m > ALIKE * narrowest_m) {
            narrowest_m = range_m;
            stage->n_classes++;
        }
        stage->classes[stage->n_classes - 1].range_m = range_m;
    }
    for (size_t g = 0; g < scenario->n_groups; g++) {
        size_t c = 0;
        while (scenario->groups[g].radar &&
               stage->classes[c].range_m < (double)stage->radars[g].range_max_m) {
            c++;
        }
        stage->class_of[g] = c;
    }
    /* a little wider than any radar: its own window decides, whomever it shares the class with */
    for (size_t c = 0; c < stage->n_classes; c++) {
        stage->classes[c].range_m *= 1.0 + 1e-6;
    }
}

static bool allocate(radar_stage *stage)
{
    const qf_fleet *fleet = stage->fleet;
    const size_t n_groups = fleet->scenario->n_groups;
    qf_arena *arena = &stage->arena;
    stage->radars = qf_arena_array(arena, n_groups, sizeof *stage->radars);
    stage->class_of = qf_arena_array(arena, n_groups, sizeof *stage->class_of);
    stage->classes = qf_arena_array(arena, n_groups, sizeof *stage->classes);
    stage->sweepers = qf_arena_array(arena, (size_t)stage->n_threads, sizeof(qf_sweeper *));
    stage->blocks = qf_arena_array(arena, fleet->n_slots / QF_OBSERVERS + (BLOCKS + 2) * n_groups,
                                   sizeof *stage->blocks);
    stage->record_first = qf_arena_array(arena, fleet->n_blocks + 1, sizeof *stage->record_first);
    return stage->radars && stage->class_of && stage->classes && stage->sweepers && stage->blocks &&
           stage->record_first;
}

/* each thread its own, so that its memory lies near it */
static bool create_sweepers(radar_stage *stage)
{
    int n_created = 0;
#pragma omp parallel for schedule(static) num_threads(stage->n_threads) reduction(+ : n_created)
    for (int t = 0; t < stage->n_threads; t++) {
        stage->sweepers[t] = qf_sweeper_create(stage->fleet->n_vehicles, (uint32_t)t);
        n_created += stage->sweepers[t] != NULL;
    }
    return n_created == stage->n_threads;
}

qf_status qf_radar_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    radar_stage *stage = calloc(1, sizeof *stage);
    if (!stage) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for radars");
    }
    stage->fleet = fleet;
    stage->n_threads = context->n_threads;
    qf_status status = allocate(stage) && create_sweepers(stage)
                           ? QF_OK
                           : qf_fail(context, QF_ERROR_MEMORY, "no memory for radars");
    if (status == QF_OK) {
        /* huge pages: it is written in the order of cells, all over the place */
        void *memory = NULL;
        stage->found_bytes = fleet->n_slots * sizeof *stage->found;
        status = qf_columns_map(context, stage->found_bytes, &memory);
        stage->found = memory;
    }
    if (status == QF_OK) {
        status = qf_identities_create(context, &stage->arena, fleet->scenario, &stage->identities);
    }
    if (status == QF_OK) {
        status =
            qf_radar_scene_create(context, &stage->arena, fleet, &stage->identities, &stage->scene);
    }
    if (status == QF_OK) {
        status = qf_tracking_create(context, fleet, &stage->identities, &stage->tracking);
    }
    if (status != QF_OK) {
        qf_radar_close(stage);
        return status;
    }
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        if (fleet->scenario->groups[g].radar) {
            qf_radar_derive(fleet->scenario->groups[g].radar, &stage->radars[g]);
        }
    }
    classify(stage);
    *user = stage;
    return QF_OK;
}

void qf_radar_close(void *user)
{
    radar_stage *stage = user;
    for (int t = 0; stage->sweepers && t < stage->n_threads; t++) {
        qf_sweeper_free(stage->sweepers[t]);
    }
    qf_tracking_free(stage->tracking);
    qf_radar_scene_free(&stage->scene);
    qf_columns_unmap(stage->found, stage->found_bytes);
    qf_detections_free(&stage->ordered);
    qf_arena_free(&stage->arena);
    free(stage);
}

static bool is_due(const qf_meeting *meeting, size_t group)
{
    return qf_is_due(meeting->period_ticks[group], meeting->tick);
}

/* nobody has looked yet */
static void begin_frame(radar_stage *stage, const qf_meeting *meeting)
{
    const qf_fleet *fleet = stage->fleet;
#pragma omp parallel for schedule(static) num_threads(stage->team)
    for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        const size_t end = is_due(meeting, block->group) ? block->slot_end : block->slot_begin;
        for (size_t slot = block->slot_begin; slot < end; slot++) {
            stage->found[slot] = (qf_radar_found){.thread = QF_NOBODY};
        }
    }
    for (int t = 0; t < stage->n_threads; t++) {
        qf_sweeper_empty(stage->sweepers[t]);
    }
}

/* small enough that every thread gets some, and large enough that batches of pairs are full */
static size_t observers_in_block(size_t n_observers)
{
    enum { LEAST = 16 };
    const size_t share = n_observers / BLOCKS;
    return share < LEAST ? LEAST : share > QF_OBSERVERS ? QF_OBSERVERS : share;
}

/* the observers of one class that are due, in blocks of one group each; how many blocks */
static size_t cut_observers(radar_stage *stage, const qf_meeting *meeting, size_t class_number)
{
    size_t n = 0;
    for (size_t g = 0; g < stage->fleet->scenario->n_groups; g++) {
        if (!is_due(meeting, g) || stage->class_of[g] != class_number) {
            continue;
        }
        const size_t end = stage->scene.observers_begin[g + 1];
        const size_t step = observers_in_block(end - stage->scene.observers_begin[g]);
        for (size_t begin = stage->scene.observers_begin[g]; begin < end; begin += step) {
            stage->blocks[n++] =
                (struct observer_block){g, begin, end - begin < step ? end : begin + step};
        }
    }
    return n;
}

/* whether the scenario wants this frame of the group on record */
static bool is_recorded(const radar_stage *stage, const qf_meeting *meeting, size_t group)
{
    return is_due(meeting, group) &&
           qf_detection_frame_is_wanted(stage->fleet->scenario, group, meeting->tick);
}

static void look(radar_stage *stage, const qf_meeting *meeting, size_t class_number)
{
    const qf_fleet *fleet = stage->fleet;
    double roll_rad;
    double pitch_rad;
    qf_bot_attitude(meeting->tick, fleet->clock_s, &roll_rad, &pitch_rad);
    const size_t n_blocks = cut_observers(stage, meeting, class_number);
    /* whoever is free takes the next block: what a block finds does not depend on who takes it */
#pragma omp parallel for schedule(dynamic) num_threads(stage->team)
    for (size_t b = 0; b < n_blocks; b++) {
        const struct observer_block *block = &stage->blocks[b];
        const qf_radar_frame frame = {.scene = &stage->scene,
                                      .kernels = meeting->kernels,
                                      .radar = &stage->radars[block->group],
                                      .group = block->group,
                                      .tick = meeting->tick,
                                      .sin_roll = qf_sin(roll_rad),
                                      .cos_roll = qf_cos(roll_rad),
                                      .sin_pitch = qf_sin(pitch_rad),
                                      .cos_pitch = qf_cos(pitch_rad),
                                      .found = stage->found,
                                      .keep = is_recorded(stage, meeting, block->group),
                                      .tracking =
                                          qf_tracking_of_group(stage->tracking, block->group),
                                      .events = meeting->events};
        qf_sweeper_look(stage->sweepers[qf_thread_index()], &frame,
                        stage->scene.observers + block->begin, block->end - block->begin);
    }
}

static void copy_block(const radar_stage *stage, size_t b, qf_detections *to)
{
    const qf_block *block = &stage->fleet->blocks[b];
    qf_detections part = *to; /* appending counts in a copy, each block from its own place */
    part.n = to->n + stage->record_first[b];
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        const qf_radar_found *found = &stage->found[slot];
        if (found->n > 0) {
            qf_detections_append(&part, qf_sweeper_list(stage->sweepers[found->thread]),
                                 found->begin, found->n);
        }
    }
}

/* copies what may be recorded into the order of observers */
static qf_status record(qf_context *context, radar_stage *stage, const qf_meeting *meeting)
{
    const qf_fleet *fleet = stage->fleet;
    const bool open = qf_detection_filter_is_open(&fleet->scenario->record);
    qf_detections *recorded = &meeting->sightings->recorded;
    qf_detections *to = open ? recorded : &stage->ordered;
    const qf_portion own = fleet->own;
    stage->ordered.n = 0;
    stage->record_first[own.block_begin] = 0;
    for (size_t b = own.block_begin; b < own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        const size_t end =
            is_recorded(stage, meeting, block->group) ? block->slot_end : block->slot_begin;
        size_t n = 0;
        for (size_t slot = block->slot_begin; slot < end; slot++) {
            n += stage->found[slot].n;
        }
        stage->record_first[b + 1] = stage->record_first[b] + n;
    }
    const size_t n = stage->record_first[own.block_end];
    if (!qf_detections_reserve(to, n) || !qf_detections_reserve(recorded, n)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu detections", n);
    }
#pragma omp parallel for schedule(static) num_threads(stage->team)
    for (size_t b = own.block_begin; b < own.block_end; b++) {
        if (stage->record_first[b + 1] > stage->record_first[b]) {
            copy_block(stage, b, to);
        }
    }
    to->n += n;
    if (!open) {
        qf_detection_filter(&fleet->scenario->record, to, 0, recorded);
    }
    return QF_OK;
}

/* the columns of a vehicle whose group was due; who did not look has seen nothing */
static void set_columns(const qf_fleet *fleet, size_t slot, const qf_radar_found *found)
{
    qf_i64(fleet, QF_FIELD_RADAR_DETECTIONS, 0)[slot] = found->n;
    qf_i64(fleet, QF_FIELD_RADAR_FALSE_ALARMS, 0)[slot] = found->false_alarms;
    qf_i64(fleet, QF_FIELD_RADAR_DROPPED, 0)[slot] = found->dropped;
    if (found->thread != QF_NOBODY) {
        uint64_t *digest = &qf_u64(fleet, QF_FIELD_RADAR_DIGEST, 0)[slot];
        *digest = XXH3_64bits_withSeed(&found->digest, sizeof found->digest, *digest);
    }
}

static void end_frame(radar_stage *stage, const qf_meeting *meeting)
{
    const qf_fleet *fleet = stage->fleet;
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    int64_t n_detections = 0;
    int64_t n_false_alarms = 0;
    int64_t n_dropped = 0;
    /* sums of integers: any order gives the same */
#pragma omp parallel for schedule(static) num_threads(stage->team)                            \
    reduction(+ : n_detections, n_false_alarms, n_dropped)
    for (size_t b = fleet->own.block_begin; b < fleet->own.block_end; b++) {
        const qf_block *block = &fleet->blocks[b];
        const size_t end = is_due(meeting, block->group) ? block->slot_end : block->slot_begin;
        for (size_t slot = block->slot_begin; slot < end; slot++) {
            const qf_radar_found *found = &stage->found[slot];
            if ((flags[slot] & QF_FLAG_BIT(QUARANTINED)) == 0) {
                set_columns(fleet, slot, found);
                n_detections += found->n;
                n_false_alarms += found->false_alarms;
                n_dropped += found->dropped;
            }
        }
    }
    meeting->sightings->n_detections += n_detections;
    meeting->sightings->n_false_alarms += n_false_alarms;
    meeting->sightings->n_dropped += n_dropped;
}

/* to wake other threads takes longer than a look around in a small fleet */
static int team(const radar_stage *stage)
{
    enum { LEAST_VEHICLES = 256 };
    return stage->fleet->n_vehicles >= LEAST_VEHICLES ? stage->n_threads : 1;
}

/* whether somebody of this rank may look; else it need not know who is where */
static bool is_anybody_due(const radar_stage *stage, const qf_meeting *meeting)
{
    const qf_portion own = stage->fleet->own;
    bool due = false;
    for (size_t b = own.block_begin; b < own.block_end && !due; b++) {
        due = is_due(meeting, stage->fleet->blocks[b].group);
    }
    return due;
}

/* which classes somebody looks with; the scene is collected */
static void find_due_classes(radar_stage *stage, const qf_meeting *meeting)
{
    const qf_portion own = stage->fleet->own;
    for (size_t c = 0; c < stage->n_classes; c++) {
        stage->classes[c].due = false;
    }
    for (size_t b = own.block_begin; b < own.block_end; b++) {
        const size_t group = stage->fleet->blocks[b].group;
        if (is_due(meeting, group) && stage->scene.block_observers[b] > 0) {
            stage->classes[stage->class_of[group]].due = true;
        }
    }
}

/* who is where is found out by every rank for all vehicles */
static void note_replicated(const qf_meeting *meeting, double since_s)
{
    if (meeting->profile) {
        meeting->profile->replicated_s += qf_seconds_now() - since_s;
    }
}

qf_status qf_radar_meet(qf_context *context, const qf_meeting *meeting)
{
    radar_stage *stage = meeting->user;
    qf_context few = *context; /* for those who only ask how many threads there are */
    few.n_threads = stage->team = team(stage);
    begin_frame(stage, meeting);
    if (is_anybody_due(stage, meeting)) {
        const double begin_s = qf_seconds_now();
        qf_radar_scene_collect(&few, &stage->scene);
        note_replicated(meeting, begin_s);
        find_due_classes(stage, meeting);
        for (size_t c = 0; c < stage->n_classes; c++) {
            if (stage->classes[c].due) {
                const double arranged_s = qf_seconds_now();
                qf_radar_scene_arrange(&few, &stage->scene, stage->classes[c].range_m);
                note_replicated(meeting, arranged_s);
                look(stage, meeting, c);
            }
        }
    }
    for (int t = 0; t < stage->n_threads; t++) {
        if (qf_sweeper_failed(stage->sweepers[t])) {
            return qf_fail(context, QF_ERROR_MEMORY, "no memory for detections");
        }
    }
    end_frame(stage, meeting);
    qf_status status = QF_OK;
    if (stage->tracking) {
        meeting->sightings->tracking = stage->tracking;
        status = qf_tracking_end_frame(context, stage->tracking, stage->team, meeting->kernels,
                                       meeting->tick, meeting->period_ticks, meeting->sightings);
    }
    if (status == QF_OK && stage->fleet->scenario->record.detections) {
        status = record(context, stage, meeting);
    }
    return status;
}

size_t qf_radar_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks)
{
    const size_t n_slots = qf_scenario_n_vehicles(scenario) + scenario->n_groups * QF_SLOT_PADDING;
    size_t bytes = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        bytes += scenario->groups[g].radar ? 1 : 0;
    }
    if (bytes == 0) {
        return 0;
    }
    const size_t own = n_slots * sizeof(qf_radar_found) + qf_tracking_predicted_bytes(scenario);
    return qf_radar_scene_bytes(n_slots) + (size_t)n_threads * qf_sweeper_bytes(n_slots) +
           own / (size_t)n_ranks;
}

/* all else is made anew in each frame */
void qf_radar_archive(void *user, qf_archive *archive)
{
    radar_stage *stage = user;
    if (stage->tracking) {
        qf_tracking_archive(stage->tracking, archive);
    }
}

const qf_tracking *qf_radar_tracking(const void *user)
{
    return ((const radar_stage *)user)->tracking;
}
