/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NEIGHBOURS_MEMORY_H
#define QF_NEIGHBOURS_MEMORY_H

#include "neighbours_grid.h"

enum { QF_KEYS_BEYOND = 4 };

/* What a qf_neighbours owns, for the files of neighbours_index.h only. Columns by rank unless noted. */
typedef struct qf_neighbours_memory {
    void *block;
    size_t bytes;
    double *position_m[3];
    uint32_t *fixed[3];
    uint32_t *point;
    uint32_t *cell_of;
    uint32_t *outsiders_before; /* one more than ranks */
    double (*gathered_m)[3];    /* position by point */
    uint64_t *words[2];         /* by place in the sort */
    uint64_t *cell_key;         /* by cell; QF_KEYS_BEYOND of UINT64_MAX more */
    uint32_t *cell_begin;       /* by cell, and one more */
    uint32_t *world_points;     /* by world: how many */
    uint32_t *counts;           /* of the sort */
    qf_cell_grid grid;          /* of the present points */
} qf_neighbours_memory;

#endif
