/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_scene.h"

#include "bits.h"
#include "group.h"

static void set_constants(qf_radar_scene *scene)
{
    const qf_fleet *fleet = scene->fleet;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const uint32_t swerling = (uint32_t)group->spec->swerling << 24;
        for (size_t i = 0; i < group->n_vehicles; i++) {
            const size_t vehicle = group->vehicle_begin + i % group->spec->count;
            scene->key_of_slot[group->slot_begin + i] = (uint32_t)vehicle | swerling;
        }
        for (size_t row = 0; row < group->n_slots / QF_SLOT_PADDING; row++) {
            scene->group_of_row[group->slot_begin / QF_SLOT_PADDING + row] = (uint32_t)g;
        }
    }
}

qf_status qf_radar_scene_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                                qf_radar_scene *scene)
{
    const size_t n_groups = fleet->scenario->n_groups;
    const size_t n = fleet->n_slots;
    const size_t padded = n + QF_LANE_SLACK;
    *scene = (qf_radar_scene){
        .fleet = fleet,
        .key_of_slot = qf_arena_array(arena, n, sizeof *scene->key_of_slot),
        .group_of_row = qf_arena_array(arena, n / QF_SLOT_PADDING, sizeof *scene->group_of_row),
        .block_first = qf_arena_array(arena, fleet->n_blocks + 1, sizeof *scene->block_first),
        .slot = qf_arena_array(arena, n, sizeof *scene->slot),
        .world = qf_arena_array(arena, n, sizeof *scene->world),
        .slot_of = qf_arena_array(arena, n, sizeof *scene->slot_of),
        .rcs_m2 = qf_arena_array(arena, padded, sizeof *scene->rcs_m2),
        .key = qf_arena_array(arena, padded, sizeof *scene->key),
        .observers = qf_arena_array(arena, n, sizeof *scene->observers),
        .observers_begin = qf_arena_array(arena, n_groups + 1, sizeof *scene->observers_begin),
        .part_counts = qf_arena_array(arena, (size_t)context->n_threads * n_groups,
                                      sizeof *scene->part_counts),
    };
    for (int d = 0; d < 3; d++) {
        scene->velocity_mps[d] = qf_arena_array(arena, padded, sizeof *scene->velocity_mps[d]);
    }
    if (!scene->key_of_slot || !scene->group_of_row || !scene->block_first || !scene->slot ||
        !scene->world || !scene->slot_of || !scene->rcs_m2 || !scene->key || !scene->observers ||
        !scene->observers_begin || !scene->part_counts || !scene->velocity_mps[0] ||
        !scene->velocity_mps[1] || !scene->velocity_mps[2]) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for what radars see");
    }
    set_constants(scene);
    scene->set =
        (qf_point_set){.position_m = {qf_f64(fleet, QF_FIELD_X, 0), qf_f64(fleet, QF_FIELD_Y, 0),
                                      qf_f64(fleet, QF_FIELD_Z, 0)},
                       .slot = scene->slot,
                       .world = scene->world,
                       .n_worlds = fleet->scenario->n_worlds};
    return qf_neighbours_create(context, fleet->n_vehicles, &scene->neighbours);
}

void qf_radar_scene_free(qf_radar_scene *scene)
{
    qf_neighbours_free(&scene->neighbours);
}

size_t qf_radar_scene_bytes(size_t n_slots, size_t n_groups, int n_threads)
{
    const size_t per_slot = 6 * sizeof(uint32_t) + 3 * sizeof(double) + sizeof(float);
    return n_slots * per_slot + n_groups * (size_t)n_threads * sizeof(size_t) +
           qf_neighbours_bytes(n_slots);
}

static bool is_healthy(const uint64_t *flags, size_t slot)
{
    return (flags[slot] & QF_FLAG_BIT(QUARANTINED)) == 0;
}

static void list_block(qf_radar_scene *scene, size_t b)
{
    const qf_fleet *fleet = scene->fleet;
    const qf_block *block = &fleet->blocks[b];
    const qf_group *group = &fleet->groups[block->group];
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    size_t world = (block->slot_begin - group->slot_begin) / group->spec->count;
    size_t next_world = group->slot_begin + (world + 1) * group->spec->count;
    size_t n = scene->block_first[b];
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        if (slot == next_world) {
            world++;
            next_world += group->spec->count;
        }
        if (is_healthy(flags, slot)) {
            scene->slot[n] = (uint32_t)slot;
            scene->world[n] = (uint32_t)world;
            n++;
        }
    }
}

void qf_radar_scene_collect(const qf_context *context, qf_radar_scene *scene)
{
    const qf_fleet *fleet = scene->fleet;
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    size_t *first = scene->block_first;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t b = 0; b < fleet->n_blocks; b++) {
        size_t n = 0;
        for (size_t slot = fleet->blocks[b].slot_begin; slot < fleet->blocks[b].slot_end; slot++) {
            n += is_healthy(flags, slot);
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
    const qf_fleet *fleet = scene->fleet;
    const double *speed_mps = qf_f64(fleet, QF_FIELD_SPEED, 0);
    const double *sine = qf_f64(fleet, QF_FIELD_HEADING_SIN, 0);
    const double *cosine = qf_f64(fleet, QF_FIELD_HEADING_COS, 0);
    const double *rcs_m2 = qf_f64(fleet, QF_FIELD_RCS, 0);
    const uint32_t *point = scene->neighbours.point;
    const size_t n = scene->set.n;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t rank = 0; rank < n; rank++) {
        const size_t slot = scene->slot[point[rank]];
        /* a bot commanded backwards stands still */
        const double speed = speed_mps[slot] > 0.0 ? speed_mps[slot] : 0.0;
        scene->slot_of[rank] = (uint32_t)slot;
        scene->velocity_mps[0][rank] = speed * sine[slot];
        scene->velocity_mps[1][rank] = speed * cosine[slot];
        scene->rcs_m2[rank] = (float)rcs_m2[slot];
        scene->key[rank] = scene->key_of_slot[slot];
    }
    scene->targets = (qf_targets){
        .position_m = {scene->neighbours.points.position_m[0],
                       scene->neighbours.points.position_m[1],
                       scene->neighbours.points.position_m[2]},
        .velocity_mps = {scene->velocity_mps[0], scene->velocity_mps[1], scene->velocity_mps[2]},
        .rcs_m2 = scene->rcs_m2,
        .key = scene->key};
}

static bool looks(uint64_t flags)
{
    const uint64_t needed = QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(RADAR_ALLOWED);
    return (flags & needed) == needed;
}

/* a stable sort by group; parts are neighbours, so that their number does not change the order */
static void list_observers(const qf_context *context, qf_radar_scene *scene)
{
    const qf_fleet *fleet = scene->fleet;
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    const size_t n_groups = fleet->scenario->n_groups;
    const size_t n_parts = (size_t)context->n_threads;
    const size_t n = scene->set.n;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t p = 0; p < n_parts; p++) {
        size_t *count = scene->part_counts + p * n_groups;
        for (size_t g = 0; g < n_groups; g++) {
            count[g] = 0;
        }
        for (size_t rank = n * p / n_parts; rank < n * (p + 1) / n_parts; rank++) {
            const size_t slot = scene->slot_of[rank];
            count[scene->group_of_row[slot / QF_SLOT_PADDING]] += looks(flags[slot]);
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
            const size_t slot = scene->slot_of[rank];
            if (looks(flags[slot])) {
                const size_t g = scene->group_of_row[slot / QF_SLOT_PADDING];
                scene->observers[next[g]++] = (uint32_t)rank;
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
