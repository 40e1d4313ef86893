/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADAR_SCENE_H
#define QF_RADAR_SCENE_H

#include "arena.h"
#include "context.h"
#include "fleet.h"
#include "neighbours_index.h"
#include "radar.h"

/*
 * Who can be seen and who looks, for one frame: the healthy vehicles in the order of cells, and of each
 * group those whose radar is switched on and has power. A quarantined vehicle is neither seen nor looks.
 */
typedef struct qf_radar_scene {
    const qf_fleet *fleet;
    uint32_t *key_of_slot;  /* qf_targets.key, for good */
    uint32_t *group_of_row; /* of each QF_SLOT_PADDING slots */
    size_t *block_first;    /* n_blocks + 1: points before each block */
    qf_point_set set;       /* the healthy vehicles */
    uint32_t *slot;         /* of the set's points */
    uint32_t *world;
    qf_neighbours neighbours;
    qf_targets targets; /* by rank */
    uint32_t *slot_of;  /* by rank */
    double *velocity_mps[3];
    float *rcs_m2;
    uint32_t *key;
    uint32_t *observers;     /* ranks: group by group, ascending */
    size_t *observers_begin; /* n_groups + 1 */
    size_t *part_counts;     /* n_threads times n_groups */
} qf_radar_scene;

/* Memory comes from the arena, but for the neighbours' own. QF_ERROR_MEMORY. */
qf_status qf_radar_scene_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                                qf_radar_scene *scene);
void qf_radar_scene_free(qf_radar_scene *scene);

/* Bytes that a scene takes. */
size_t qf_radar_scene_bytes(size_t n_slots, size_t n_groups, int n_threads);

/* Lists the healthy vehicles. Once for each frame. */
void qf_radar_scene_collect(const qf_context *context, qf_radar_scene *scene);

/* Sorts them for that range and lists who looks. Once for each range. */
void qf_radar_scene_arrange(const qf_context *context, qf_radar_scene *scene, double range_m);

#endif
