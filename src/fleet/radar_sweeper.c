/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a sweeper. */
#include "radar_sweeper.h"

#include <stdlib.h>

#include "arena.h"

/* every column of the plots */
#define PLOT_COLUMNS(COLUMN)                                                                       \
    COLUMN(east_m)                                                                                 \
    COLUMN(north_m)                                                                                \
    COLUMN(up_m)                                                                                   \
    COLUMN(vr_mps)                                                                                 \
    COLUMN(signal)                                                                                 \
    COLUMN(power)                                                                                  \
    COLUMN(widening)                                                                               \
    COLUMN(target)                                                                                 \
    COLUMN(key)                                                                                    \
    COLUMN(observer)                                                                               \
    COLUMN(world)                                                                                  \
    COLUMN(vehicle)                                                                                \
    COLUMN(range_m)                                                                                \
    COLUMN(bearing_deg)                                                                            \
    COLUMN(elevation_deg)                                                                          \
    COLUMN(snr_db)                                                                                 \
    COLUMN(rcs_dbsm)

/* every column of what is covered */
#define COVERED_COLUMNS(COLUMN)                                                                    \
    COLUMN(east_m)                                                                                 \
    COLUMN(north_m)                                                                                \
    COLUMN(up_m)                                                                                   \
    COLUMN(east_mps)                                                                               \
    COLUMN(north_mps)                                                                              \
    COLUMN(up_mps)                                                                                 \
    COLUMN(target)                                                                                 \
    COLUMN(observer)

enum { LEAST_PLOTS = 4096 };

/* a longer copy; the old one stays, and the sweeper has failed, where there is no memory */
static void *longer(qf_sweeper *sweeper, void *old, size_t n, size_t size)
{
    size_t bytes;
    void *copy = qf_size_multiply(n, size, &bytes) ? realloc(old, bytes) : NULL;
    sweeper->failed = sweeper->failed || !copy;
    return copy ? copy : old;
}

bool qf_sweeper_reserve_plots(qf_sweeper *sweeper, size_t n)
{
    qf_plots *plots = &sweeper->plots;
    size_t capacity = plots->capacity > 0 ? plots->capacity : LEAST_PLOTS;
    if (plots->n + n <= plots->capacity) {
        return !sweeper->failed;
    }
    while (capacity < plots->n + n) {
        capacity *= 2;
    }
#define LONGER(name)                                                                               \
    plots->name = longer(sweeper, plots->name, capacity + QF_LANE_SLACK, sizeof *plots->name);
    PLOT_COLUMNS(LONGER)
#undef LONGER
    sweeper->list = longer(sweeper, sweeper->list, capacity, sizeof *sweeper->list);
    plots->capacity = sweeper->failed ? plots->capacity : capacity;
    return !sweeper->failed;
}

bool qf_sweeper_reserve_resolve(qf_sweeper *sweeper, size_t n)
{
    qf_resolve_scratch *scratch = &sweeper->resolve;
    if (n <= sweeper->resolve_most) {
        return !sweeper->failed;
    }
    const size_t most = 2 * n;
    for (int k = 0; k < 2; k++) {
        scratch->order[k] = longer(sweeper, scratch->order[k], most, sizeof *scratch->order[k]);
    }
    scratch->first = longer(sweeper, scratch->first, most, sizeof *scratch->first);
    scratch->cell = longer(sweeper, scratch->cell, most, sizeof *scratch->cell);
    scratch->table =
        longer(sweeper, scratch->table, qf_resolve_table_size(most), sizeof *scratch->table);
    sweeper->resolve_most = sweeper->failed ? sweeper->resolve_most : most;
    return !sweeper->failed;
}

bool qf_sweeper_reserve_covered(qf_sweeper *sweeper, size_t n)
{
    struct qf_covered *covered = &sweeper->covered;
    size_t capacity = covered->capacity > 0 ? covered->capacity : LEAST_PLOTS;
    if (covered->n + n <= covered->capacity) {
        return !sweeper->failed;
    }
    while (capacity < covered->n + n) {
        capacity *= 2;
    }
#define LONGER(name)                                                                               \
    covered->name = longer(sweeper, covered->name, capacity + QF_LANE_SLACK, sizeof *covered->name);
    COVERED_COLUMNS(LONGER)
#undef LONGER
    covered->capacity = sweeper->failed ? covered->capacity : capacity;
    return !sweeper->failed;
}

bool qf_sweeper_reserve_words(qf_sweeper *sweeper, size_t n)
{
    if (n > sweeper->n_words) {
        sweeper->words = longer(sweeper, sweeper->words, 2 * n, sizeof *sweeper->words);
        sweeper->n_words = sweeper->failed ? sweeper->n_words : 2 * n;
    }
    return !sweeper->failed;
}

qf_sweeper *qf_sweeper_create(size_t n_targets, uint32_t thread)
{
    qf_sweeper *sweeper = calloc(1, sizeof *sweeper);
    if (!sweeper) {
        return NULL;
    }
    sweeper->thread = thread;
    sweeper->near = malloc((n_targets + QF_LANE_SLACK) * sizeof *sweeper->near);
    if (!sweeper->near || !qf_sweeper_reserve_plots(sweeper, LEAST_PLOTS)) {
        qf_sweeper_free(sweeper);
        return NULL;
    }
    return sweeper;
}

void qf_sweeper_free(qf_sweeper *sweeper)
{
    if (sweeper) {
#define FREE(name) free(sweeper->plots.name);
        PLOT_COLUMNS(FREE)
#undef FREE
#define FREE(name) free(sweeper->covered.name);
        COVERED_COLUMNS(FREE)
#undef FREE
        qf_detections_free(&sweeper->found);
        free(sweeper->near);
        free(sweeper->list);
        free(sweeper->words);
        free(sweeper->resolve.order[0]);
        free(sweeper->resolve.order[1]);
        free(sweeper->resolve.first);
        free(sweeper->resolve.cell);
        free(sweeper->resolve.table);
        free(sweeper);
    }
}

size_t qf_sweeper_bytes(size_t n_targets)
{
#define BYTES(name) +sizeof *((qf_plots *)0)->name
    const size_t per_plot = sizeof(uint32_t) PLOT_COLUMNS(BYTES);
#undef BYTES
    return sizeof(qf_sweeper) + LEAST_PLOTS * per_plot + n_targets * sizeof(uint32_t);
}

const qf_detections *qf_sweeper_list(const qf_sweeper *sweeper)
{
    return &sweeper->found;
}

void qf_sweeper_empty(qf_sweeper *sweeper)
{
    sweeper->found.n = 0;
}

bool qf_sweeper_failed(const qf_sweeper *sweeper)
{
    return sweeper->failed;
}
