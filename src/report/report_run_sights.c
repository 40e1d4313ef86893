/* SPDX-License-Identifier: Apache-2.0 */
#include "report_run_sights.h"

#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"

enum { SLICE = 1 << 15, OBSERVER = 0, TIME, X, Y, STATUS, TARGET, COLUMNS };

static const char *const paths[COLUMNS] = {"tracks/observer", "tracks/time_s", "tracks/x_m",
                                           "tracks/y_m",      "tracks/status", "tracks/target"};

typedef struct reader {
    qf_run_fleet *fleet;
    hid_t column[COLUMNS];
    uint64_t n;
    int32_t *observer, *target;
    double *time_s, *x_m, *y_m;
    uint8_t *status;
    bool confirmed[256]; /* by status */
} reader;

void qf_run_find_confirmed(hid_t status, bool confirmed[256])
{
    qf_nc_flags flags = {0};
    if (qf_nc_get_flags(status, &flags)) {
        for (size_t i = 0; i < flags.n; i++) {
            confirmed[flags.values[i] & 255] = strcmp(flags.meanings[i], "tracked") == 0 ||
                                               strcmp(flags.meanings[i], "coasting") == 0;
        }
    }
    qf_nc_free_flags(&flags);
}

static bool open_reader(qf_run_fleet *fleet, reader *r)
{
    *r = (reader){.fleet = fleet, .n = UINT64_MAX};
    for (size_t c = 0; c < COLUMNS; c++) {
        r->column[c] = qf_run_variable(fleet, paths[c]);
        const uint64_t length = qf_nc_length(r->column[c]);
        r->n = length < r->n ? length : r->n;
    }
    qf_run_find_confirmed(r->column[STATUS], r->confirmed);
    qf_arena *arena = &fleet->arena;
    r->observer = qf_arena_array(arena, SLICE, sizeof *r->observer);
    r->target = qf_arena_array(arena, SLICE, sizeof *r->target);
    r->time_s = qf_arena_array(arena, SLICE, sizeof *r->time_s);
    r->x_m = qf_arena_array(arena, SLICE, sizeof *r->x_m);
    r->y_m = qf_arena_array(arena, SLICE, sizeof *r->y_m);
    r->status = qf_arena_array(arena, SLICE, sizeof *r->status);
    return r->observer && r->target && r->time_s && r->x_m && r->y_m && r->status;
}

static void close_reader(reader *r)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        qf_nc_close_id(r->column[c]);
    }
}

static qf_status unreadable(const reader *r)
{
    return qf_run_unreadable(r->fleet, "tracks");
}

/* The place of the greatest count, -1: all are 0. */
static int64_t place_of_most(const uint64_t *counts, uint64_t n)
{
    int64_t best = -1;
    for (uint64_t e = 0; e < n; e++) {
        if (counts[e] > 0 && (best < 0 || counts[e] > counts[best])) {
            best = (int64_t)e;
        }
    }
    return best;
}

static qf_status choose_observer(reader *r, uint64_t *counts, qf_run_sights *sights)
{
    for (uint64_t begin = 0; begin < r->n; begin += SLICE) {
        const size_t n = r->n - begin < SLICE ? (size_t)(r->n - begin) : SLICE;
        if (!qf_nc_read(r->column[OBSERVER], H5T_NATIVE_INT32, begin, n, r->observer)) {
            return unreadable(r);
        }
        for (size_t i = 0; i < n; i++) {
            const int64_t observer = r->observer[i];
            if (observer >= 0 && (uint64_t)observer < r->fleet->n_vehicles) {
                counts[observer]++;
            }
        }
    }
    sights->observer = place_of_most(counts, r->fleet->n_vehicles);
    sights->n_rows = sights->observer >= 0 ? counts[sights->observer] : 0;
    sights->every = (sights->n_rows + QF_SIGHTS_MOST - 1) / QF_SIGHTS_MOST;
    return QF_OK;
}

static bool read_slice(reader *r, uint64_t begin, size_t n)
{
    return qf_nc_read(r->column[TIME], H5T_NATIVE_DOUBLE, begin, n, r->time_s) &&
           qf_nc_read(r->column[X], H5T_NATIVE_DOUBLE, begin, n, r->x_m) &&
           qf_nc_read(r->column[Y], H5T_NATIVE_DOUBLE, begin, n, r->y_m) &&
           qf_nc_read(r->column[STATUS], H5T_NATIVE_UINT8, begin, n, r->status) &&
           qf_nc_read(r->column[TARGET], H5T_NATIVE_INT32, begin, n, r->target);
}

/* Its rows of a slice; `row` counts them over all slices. */
static qf_status take_slice(reader *r, uint64_t begin, size_t n, uint64_t *counts, uint64_t *row,
                            qf_run_sights *sights)
{
    bool any = false;
    if (!qf_nc_read(r->column[OBSERVER], H5T_NATIVE_INT32, begin, n, r->observer)) {
        return unreadable(r);
    }
    for (size_t i = 0; i < n && !any; i++) {
        any = r->observer[i] == sights->observer;
    }
    if (any && !read_slice(r, begin, n)) {
        return unreadable(r);
    }
    for (size_t i = 0; any && i < n; i++) {
        if (r->observer[i] != sights->observer) {
            continue;
        }
        if (r->target[i] >= 0 && (uint64_t)r->target[i] < r->fleet->n_vehicles) {
            counts[r->target[i]]++;
        }
        if ((*row)++ % sights->every == 0) {
            const size_t k = sights->n++;
            sights->time_s[k] = r->time_s[i];
            sights->x_m[k] = r->x_m[i];
            sights->y_m[k] = r->y_m[i];
            sights->firm[k] = r->confirmed[r->status[i]];
            sights->target[k] = r->target[i];
        }
    }
    return QF_OK;
}

static void choose_seen(const reader *r, uint64_t *counts, qf_run_sights *sights)
{
    while (sights->n_seen < QF_SIGHTS_MOST_SEEN) {
        const int64_t best = place_of_most(counts, r->fleet->n_vehicles);
        if (best < 0) {
            return;
        }
        sights->seen[sights->n_seen++] = best;
        counts[best] = 0;
    }
}

static bool create(qf_run_fleet *fleet, qf_run_sights *sights)
{
    qf_arena *arena = &fleet->arena;
    sights->time_s = qf_arena_array(arena, QF_SIGHTS_MOST, sizeof *sights->time_s);
    sights->x_m = qf_arena_array(arena, QF_SIGHTS_MOST, sizeof *sights->x_m);
    sights->y_m = qf_arena_array(arena, QF_SIGHTS_MOST, sizeof *sights->y_m);
    sights->firm = qf_arena_array(arena, QF_SIGHTS_MOST, sizeof *sights->firm);
    sights->target = qf_arena_array(arena, QF_SIGHTS_MOST, sizeof *sights->target);
    sights->seen = qf_arena_array(arena, QF_SIGHTS_MOST_SEEN, sizeof *sights->seen);
    return sights->time_s && sights->x_m && sights->y_m && sights->firm && sights->target &&
           sights->seen;
}

qf_status qf_run_read_sights(qf_run_fleet *fleet, qf_run_sights *sights)
{
    *sights = (qf_run_sights){.observer = -1};
    if (H5Lexists(fleet->run->file, "tracks", H5P_DEFAULT) <= 0) {
        return QF_OK;
    }
    reader r;
    uint64_t row = 0;
    uint64_t *counts = calloc(fleet->n_vehicles + 1, sizeof *counts);
    const bool memory = open_reader(fleet, &r) && create(fleet, sights) && counts;
    qf_status status = memory ? choose_observer(&r, counts, sights) : qf_run_no_memory(fleet);
    if (status == QF_OK) {
        memset(counts, 0, fleet->n_vehicles * sizeof *counts);
    }
    for (uint64_t begin = 0; status == QF_OK && sights->observer >= 0 && begin < r.n;
         begin += SLICE) {
        const size_t n = r.n - begin < SLICE ? (size_t)(r.n - begin) : SLICE;
        status = take_slice(&r, begin, n, counts, &row, sights);
    }
    if (status == QF_OK) {
        choose_seen(&r, counts, sights);
    }
    close_reader(&r);
    free(counts);
    return status;
}
