/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NEIGHBOURS_INDEX_H
#define QF_NEIGHBOURS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "kernels.h"
#include "neighbours.h"

/*
 * Who is near whom: points sorted into cells as wide as the range, for one range at a time. Only points of
 * one world are neighbours. Memory grows with the number of points alone, however they are scattered: only
 * cells with points in them exist, as a sorted list of keys.
 *
 * A key is (world, z, y, x) of the cell, each coordinate modulo a power of two, so that no world is too
 * wide; who is far away and shares a key is told apart by the distance, which is always looked at. Worlds
 * of at most QF_SMALL_WORLD_POINTS are one cell each: there brute force is faster.
 */
typedef struct qf_point_set {
    const double *position_m[3]; /* by slot */
    const uint32_t *slot;        /* of each point, ascending */
    const uint32_t *world;       /* of each point, < n_worlds */
    size_t n;                    /* < 2^31 */
    size_t n_worlds;             /* at most as many as memory was reserved for points */
} qf_point_set;

typedef struct qf_neighbours {
    size_t n;
    qf_cell_points points;   /* by rank */
    const uint32_t *point;   /* of each rank: its number in the set */
    const uint32_t *cell_of; /* of each rank */
    size_t n_cells;
    const uint64_t *cell_key;            /* ascending */
    const uint32_t *cell_begin;          /* n_cells + 1 ranks */
    struct qf_neighbours_memory *memory; /* for the walk and the build only */
} qf_neighbours;

/* Measured on v3 with 8 and 32 neighbours: one run of 256 costs what nine of cells do, one of 512 half as
   much again. */
enum { QF_SMALL_WORLD_POINTS = 256 };

enum { QF_MOST_RUNS = 18 }; /* nine rows of three cells, each cut in two where coordinates wrap */

/* One thread's way through the cells; zero-initialise after each build. Cheapest when ranks ascend. */
typedef struct qf_cell_walk {
    qf_run runs[QF_MOST_RUNS]; /* where neighbours of the present cell may be */
    size_t n_runs;
    uint32_t end; /* of the last run */
    size_t cell;
    size_t cursor[QF_MOST_RUNS];
    int started;
} qf_cell_walk;

/* Reserves memory for up to n_points. QF_ERROR_MEMORY. */
qf_status qf_neighbours_create(qf_context *context, size_t n_points, qf_neighbours *neighbours);
void qf_neighbours_free(qf_neighbours *neighbours);

/* Bytes that qf_neighbours_create takes. */
size_t qf_neighbours_bytes(size_t n_points);

/*
 * Sorts the points into cells for that range (> 0, finite). No allocation. All positions and their
 * differences are finite. The result depends on neither threads nor memory; who shares a cell stands
 * in the order of the set.
 */
void qf_neighbours_build(const qf_context *context, const qf_point_set *set, double range_m,
                         qf_neighbours *neighbours);

/* Sets the runs for the cell of that rank. */
void qf_cell_walk_to(const qf_neighbours *neighbours, uint32_t rank, qf_cell_walk *walk);

#endif
