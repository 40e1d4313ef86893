/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_scene.h"

#include "bits.h"
#include "columns.h"
#include "group.h"
#include "vehicle_state.h"

/* lays the columns out from the block on, if there is one; returns bytes, 0 when too large */
static size_t lay_out(qf_radar_scene *scene, size_t n_vehicles)
{
    char *block = scene->block;
    size_t bytes = 0;
    const size_t n = n_vehicles + QF_LANE_SLACK;
    bool fits = qf_columns_place(block, &bytes, n, sizeof *scene->views, &scene->views) &&
                qf_columns_place(block, &bytes, n, sizeof *scene->notes, &scene->notes) &&
                qf_columns_place(block, &bytes, n, sizeof *scene->targets, &scene->targets);
    uint32_t **const narrow[] = {&scene->slot, &scene->world, &scene->observers};
    for (size_t c = 0; c < sizeof narrow / sizeof *narrow; c++) {
        fits = fits && qf_columns_place(block, &bytes, n, sizeof **narrow[c], narrow[c]);
    }
    return fits ? bytes : 0;
}

qf_status qf_radar_scene_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                                const qf_identities *identities, qf_radar_scene *scene)
{
    const size_t n_groups = fleet->scenario->n_groups;
    const size_t n_parts = (size_t)context->n_threads;
    *scene = (qf_radar_scene){
        .fleet = fleet,
        .identities = identities,
        .block_first = qf_arena_array(arena, fleet->n_blocks + 1, sizeof *scene->block_first),
        .block_observers = qf_arena_array(arena, fleet->n_blocks, sizeof *scene->block_observers),
        .observers_begin = qf_arena_array(arena, n_groups + 1, sizeof *scene->observers_begin),
        .part_counts = qf_arena_array(arena, n_parts * n_groups, sizeof *scene->part_counts),
    };
    const size_t bytes = lay_out(scene, fleet->n_vehicles);
    if (!scene->block_first || !scene->block_observers || !scene->observers_begin ||
        !scene->part_counts || bytes == 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for what radars see");
    }
    qf_status status = qf_columns_map(context, bytes, &scene->block);
    if (status == QF_OK) {
        scene->block_bytes = bytes;
        lay_out(scene, fleet->n_vehicles);
        status = qf_neighbours_create(context, fleet->n_vehicles, &scene->neighbours);
    }
    scene->set =
        (qf_point_set){.position_m = {qf_f64(fleet, QF_FIELD_X, 0), qf_f64(fleet, QF_FIELD_Y, 0),
                                      qf_f64(fleet, QF_FIELD_Z, 0)},
                       .slot = scene->slot,
                       .world = scene->world,
                       .n_worlds = fleet->scenario->n_worlds};
    return status;
}

void qf_radar_scene_free(qf_radar_scene *scene)
{
    qf_neighbours_free(&scene->neighbours);
    qf_columns_unmap(scene->block, scene->block_bytes);
    scene->block = NULL;
}

size_t qf_radar_scene_bytes(size_t n_vehicles)
{
    return lay_out(&(qf_radar_scene){0}, n_vehicles) + qf_neighbours_bytes(n_vehicles);
}

/*
 * A bot that was just commanded a speed beyond all measure leaves the world in this tick and is quarantined after it:
 * already now nobody sees it. Radars compute in single precision, which has no such speeds.
 */
#define MOST_MPS 1e18

static bool is_there(const qf_fleet *fleet, const qf_block *block, size_t slot)
{
    const bool quarantined =
        (qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] & QF_FLAG_BIT(QUARANTINED)) != 0;
    const bool is_body = fleet->groups[block->group].spec->body != NULL;
    return !quarantined && (is_body || qf_f64(fleet, QF_FIELD_SPEED, 0)[slot] <= MOST_MPS);
}

static bool has(uint64_t flags, uint64_t needed)
{
    return (flags & needed) == needed;
}

/* what the transponder says to whoever asks; without power it says nothing */
static void answer(const qf_identities *identities, int64_t mode, bool powered, qf_radar_view *view)
{
    const bool answers = mode == QF_TRANSPONDER_ON || mode == QF_TRANSPONDER_SPOOF;
    view->mode = (uint8_t)(answers && !powered ? QF_TRANSPONDER_OFF : mode);
    view->identity = QF_NO_IDENTITY;
    if (view->mode == QF_TRANSPONDER_ON) {
        view->identity = identities->own[view->entity];
    } else if (view->mode == QF_TRANSPONDER_SPOOF) {
        view->identity = identities->spoof[view->entity];
    }
}

/* all of a vehicle but its place and world */
static void view_vehicle(const qf_radar_scene *scene, const qf_block *block, size_t slot,
                         size_t index, qf_radar_view *view)
{
    const qf_fleet *fleet = scene->fleet;
    const qf_group *group = &fleet->groups[block->group];
    const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
    qf_velocity_of(fleet, group, slot, view->velocity_mps);
    view->rcs_m2 = (float)qf_f64(fleet, QF_FIELD_RCS, 0)[slot];
    view->key = (uint32_t)(group->vehicle_begin + index) | (uint32_t)group->spec->swerling << 24;
    view->slot = (uint32_t)slot;
    view->group = (uint32_t)block->group;
    view->entity = (int32_t)(block->entity_begin + (slot - block->slot_begin));
    view->looks = slot >= fleet->own.slot_begin && slot < fleet->own.slot_end &&
                  has(flags, QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(RADAR_ALLOWED));
    answer(scene->identities, qf_i64(fleet, QF_FIELD_TRANSPONDER_MODE, 0)[slot],
           has(flags, QF_FLAG_BIT(TRANSPONDER_ACTIVE) | QF_FLAG_BIT(TRANSPONDER_ALLOWED)), view);
}

static void list_block(qf_radar_scene *scene, size_t b)
{
    const qf_fleet *fleet = scene->fleet;
    const qf_block *block = &fleet->blocks[b];
    const qf_group *group = &fleet->groups[block->group];
    const size_t count = group->spec->count;
    size_t world = (block->slot_begin - group->slot_begin) / count;
    size_t index = (block->slot_begin - group->slot_begin) % count;
    size_t n = scene->block_first[b];
    size_t n_observers = 0;
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        if (is_there(fleet, block, slot)) {
            scene->slot[n] = (uint32_t)slot;
            scene->world[n] = (uint32_t)world;
            scene->views[n].world = (uint32_t)world;
            view_vehicle(scene, block, slot, index, &scene->views[n]);
            n_observers += scene->views[n].looks;
            n++;
        }
        index++;
        if (index == count) {
            index = 0;
            world++;
        }
    }
    scene->block_observers[b] = n_observers;
}

void qf_radar_scene_collect(const qf_context *context, qf_radar_scene *scene)
{
    const qf_fleet *fleet = scene->fleet;
    size_t *first = scene->block_first;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t b = 0; b < fleet->n_blocks; b++) {
        size_t n = 0;
        for (size_t slot = fleet->blocks[b].slot_begin; slot < fleet->blocks[b].slot_end; slot++) {
            n += is_there(fleet, &fleet->blocks[b], slot);
        }
        first[b + 1] = n;
    }
    first[0] = 0;
    for (size_t b = 0; b < fleet->n_blocks; b++) {
        first[b + 1] += first[b];
    }
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t b = 0; b < fleet->n_blocks; b++) {
        list_block(scene, b);
    }
    scene->set.n = first[fleet->n_blocks];
}

/* what pairs are made of, so that neighbours in space are neighbours in memory */
static void gather_targets(const qf_context *context, qf_radar_scene *scene)
{
    const uint32_t *point = scene->neighbours.point;
    const size_t n = scene->set.n;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t rank = 0; rank < n; rank++) {
        const qf_radar_view *view = &scene->views[point[rank]];
        qf_target *target = &scene->targets[rank];
        *target = (qf_target){.rcs_m2 = view->rcs_m2, .key = view->key};
        for (int d = 0; d < 3; d++) {
            target->position_m[d] = scene->neighbours.points.position_m[d][rank];
            target->velocity_mps[d] = view->velocity_mps[d];
        }
        scene->notes[rank] = (qf_radar_note){.slot = view->slot,
                                             .group = view->group,
                                             .world = view->world,
                                             .entity = view->entity,
                                             .identity = view->identity,
                                             .mode = view->mode,
                                             .looks = view->looks};
    }
}

/* a stable sort by group; parts are neighbours, so that their number does not change the order */
static void list_observers(const qf_context *context, qf_radar_scene *scene)
{
    const qf_radar_note *notes = scene->notes;
    const size_t n_groups = scene->fleet->scenario->n_groups;
    const size_t n_parts = (size_t)context->n_threads;
    const size_t n = scene->set.n;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t p = 0; p < n_parts; p++) {
        size_t *count = scene->part_counts + p * n_groups;
        for (size_t g = 0; g < n_groups; g++) {
            count[g] = 0;
        }
        for (size_t rank = n * p / n_parts; rank < n * (p + 1) / n_parts; rank++) {
            count[notes[rank].group] += notes[rank].looks;
        }
    }
    size_t total = 0;
    for (size_t g = 0; g < n_groups; g++) {
        scene->observers_begin[g] = total;
        for (size_t p = 0; p < n_parts; p++) {
            const size_t n_of_part = scene->part_counts[p * n_groups + g];
            scene->part_counts[p * n_groups + g] = total;
            total += n_of_part;
        }
    }
    scene->observers_begin[n_groups] = total;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t p = 0; p < n_parts; p++) {
        size_t *next = scene->part_counts + p * n_groups;
        for (size_t rank = n * p / n_parts; rank < n * (p + 1) / n_parts; rank++) {
            if (notes[rank].looks) {
                scene->observers[next[notes[rank].group]++] = (uint32_t)rank;
            }
        }
    }
}

void qf_radar_scene_arrange(const qf_context *context, qf_radar_scene *scene, double range_m)
{
    qf_neighbours_build(context, &scene->set, range_m, &scene->neighbours);
    gather_targets(context, scene);
    list_observers(context, scene);
}
