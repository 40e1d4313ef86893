/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SCENE_H
#define QF_RADAR_SCENE_H

#include "arena.h"
#include "context.h"
#include "fleet.h"
#include "identities.h"
#include "neighbours_index.h"
#include "radar.h"

/*
 * Who can be seen and who looks, for one frame: the healthy vehicles in the order of cells, and of each
 * group those whose radar is switched on and has power. A quarantined vehicle is neither seen nor looks. Where a run has
 * several ranks, each lists everybody who can be seen, but only its own vehicles look.
 *
 * Cells scatter vehicles over memory, and a large fleet pays for every line that is fetched out of order.
 * So all that a frame needs of a vehicle is put together in one line of the cache first, in the order of
 * slots, and fetched from there once.
 */
typedef struct qf_radar_view {
    double velocity_mps[3];
    float rcs_m2;
    uint32_t key; /* as in qf_target */
    uint32_t slot;
    uint32_t group;
    uint32_t world;
    int32_t entity;
    int32_t identity; /* what its transponder answers now, QF_NO_IDENTITY: nothing */
    uint8_t mode;     /* of the transponder as it answers now: a qf_transponder_mode */
    bool looks;
} __attribute__((aligned(64))) qf_radar_view;

/* What is left of that for reports and lists, by rank. */
typedef struct qf_radar_note {
    uint32_t slot;
    uint32_t group;
    uint32_t world;
    int32_t entity;
    int32_t identity;
    uint8_t mode;
    bool looks;
} qf_radar_note;

typedef struct qf_radar_scene {
    const qf_fleet *fleet;
    const qf_identities *identities;
    void *block; /* what follows lies in it */
    size_t block_bytes;
    /* by point */
    uint32_t *slot;
    uint32_t *world;
    qf_radar_view *views;
    /* by rank */
    qf_radar_note *notes;
    qf_target *targets;
    uint32_t *observers; /* ranks: group by group, ascending */
    /* the same for the kernels */
    qf_point_set set; /* the healthy vehicles */
    qf_neighbours neighbours;
    /* of the arena */
    size_t *block_first;     /* n_blocks of the fleet + 1: points before each */
    size_t *block_observers; /* n_blocks: how many of them look; 0 of others' */
    size_t *observers_begin; /* n_groups + 1 */
    size_t *part_counts;     /* n_threads times n_groups */
} qf_radar_scene;

/* Small memory comes from the arena. QF_ERROR_MEMORY: free the scene. */
qf_status qf_radar_scene_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                                const qf_identities *identities, qf_radar_scene *scene);
void qf_radar_scene_free(qf_radar_scene *scene);

/* Bytes that a scene takes, but for what goes with groups and threads. */
size_t qf_radar_scene_bytes(size_t n_vehicles);

/* Lists the healthy vehicles as they are now. Once for each frame. */
void qf_radar_scene_collect(const qf_context *context, qf_radar_scene *scene);

/* Sorts them for that range and lists who looks. Once for each range. */
void qf_radar_scene_arrange(const qf_context *context, qf_radar_scene *scene, double range_m);

#endif
