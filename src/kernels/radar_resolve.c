/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_resolve.h"

#include <math.h>
#include <string.h>

enum {
    FEW =
        32, /* up to here comparing each with each is faster than sorting; so is looking for equals */
};

size_t qf_resolve_table_size(size_t most)
{
    size_t size = 16;
    while (size < 2 * most) {
        size *= 2;
    }
    return size;
}

/* ---- order ---- */

static uint32_t vehicle_of(const qf_plots *plots, size_t i)
{
    return plots->key[i] & QF_VEHICLE_OF_KEY;
}

/* Vehicles of few plots, all different: the place of each is how many are smaller. */
static void list_few(const qf_plots *plots, size_t begin, size_t n, uint32_t *restrict list)
{
    int32_t vehicle[FEW]; /* of 24 bits; old machines compare signed words only */
    for (size_t i = 0; i < n; i++) {
        vehicle[i] = (int32_t)vehicle_of(plots, begin + i);
    }
    for (size_t i = 0; i < n; i++) {
        int32_t smaller = 0;
        for (size_t k = 0; k < n; k++) {
            smaller += vehicle[k] < vehicle[i];
        }
        list[smaller] = (uint32_t)(begin + i);
    }
}

/* The same for any numbers. */
static void place(const uint64_t *restrict from, size_t n, uint64_t *restrict to)
{
    for (size_t i = 0; i < n; i++) {
        size_t smaller = 0;
        for (size_t k = 0; k < n; k++) {
            smaller += from[k] < from[i];
        }
        to[smaller] = from[i];
    }
}

static void merge_runs(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, uint64_t *to)
{
    while (n_a > 0 && n_b > 0) {
        const bool left = *a < *b;
        *to++ = left ? *a : *b;
        a += left;
        n_a -= left;
        b += !left;
        n_b -= !left;
    }
    memcpy(to, a, n_a * sizeof *a);
    memcpy(to + n_a, b, n_b * sizeof *b);
}

/* Sorts numbers that all differ; returns which of the two arrays they are in then. */
static uint64_t *sort(uint64_t *values, uint64_t *other, size_t n)
{
    for (size_t begin = 0; begin < n; begin += FEW) {
        place(values + begin, n - begin < FEW ? n - begin : FEW, other + begin);
    }
    uint64_t *from = other;
    uint64_t *to = values;
    for (size_t run = FEW; run < n; run *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * run) {
            const size_t left = n - begin;
            const size_t n_a = left < run ? left : run;
            const size_t n_b = left - n_a < run ? left - n_a : run;
            merge_runs(from + begin, n_a, from + begin + n_a, n_b, to + begin);
        }
        uint64_t *const sorted = to;
        to = from;
        from = sorted;
    }
    return from;
}

/* What sorts plots by vehicle: vehicle << 32 | number. */
static size_t order_by_vehicle(const qf_plots *plots, size_t begin, size_t n, uint64_t *order)
{
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint64_t)vehicle_of(plots, begin + i) << 32 | i;
    }
    return n;
}

/* ---- cells ---- */

/* What turns a plot into its cell. */
typedef struct grid {
    float per_range_span, range_span_m; /* 0: not ambiguous */
    float per_speed_span, speed_span_mps;
    float per_cell[4];
} grid;

static grid grid_of(const qf_radar *radar)
{
    const bool range = radar->range_span_m < INFINITY;
    const bool speed = radar->speed_span_mps < INFINITY;
    return (grid){
        .per_range_span = range ? 1.0f / radar->range_span_m : 0.0f,
        .range_span_m = range ? radar->range_span_m : 0.0f,
        .per_speed_span = speed ? 1.0f / radar->speed_span_mps : 0.0f,
        .speed_span_mps = speed ? radar->speed_span_mps : 0.0f,
        .per_cell = {1.0f / radar->range_cell_m, 1.0f / radar->azimuth_cell_deg,
                     1.0f / radar->elevation_cell_deg, 1.0f / radar->speed_cell_mps},
    };
}

/* from here on every number is a whole one */
#define WHOLE 0x1p23f

/* floor, for |x| < WHOLE; the C library's is a call on old machines */
static inline int32_t floor_of_small(float x)
{
    const int32_t cut = (int32_t)x;
    return cut - ((float)cut > x);
}

static inline float floor_of(float x)
{
    const bool small = fabsf(x) < WHOLE;
    return small ? (float)floor_of_small(small ? x : 0.0f) : x;
}

/* the floor as an integer; of numbers for which that may be too large the bits, which no small one has */
static inline int32_t cell_of(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const bool small = fabsf(x) < WHOLE;
    return small ? floor_of_small(small ? x : 0.0f) : bits;
}

static inline float apparent_range(const grid *g, float range_m)
{
    return range_m - g->range_span_m * floor_of(range_m * g->per_range_span);
}

static inline float apparent_speed(const grid *g, float vr_mps)
{
    return vr_mps - g->speed_span_mps * floor_of(vr_mps * g->per_speed_span + 0.5f);
}

static inline int32_t range_cell(const grid *g, float range_m)
{
    return cell_of(apparent_range(g, range_m) * g->per_cell[0]);
}

static inline int32_t speed_cell(const grid *g, float vr_mps)
{
    return cell_of(apparent_speed(g, vr_mps) * g->per_cell[3]);
}

static void find_cells(const grid *g, const qf_plots *plots, size_t begin, size_t n,
                       int32_t (*restrict cell)[4])
{
    const float *range_m = plots->range_m + begin;
    const float *bearing_deg = plots->bearing_deg + begin;
    const float *elevation_deg = plots->elevation_deg + begin;
    const float *vr_mps = plots->vr_mps + begin;
    for (size_t i = 0; i < n; i++) {
        cell[i][0] = range_cell(g, range_m[i]);
        cell[i][1] = cell_of(bearing_deg[i] * g->per_cell[1]);
        cell[i][2] = cell_of(elevation_deg[i] * g->per_cell[2]);
        cell[i][3] = speed_cell(g, vr_mps[i]);
    }
}

static uint32_t hash_of(const int32_t cell[4])
{
    uint64_t pair[2];
    memcpy(pair, cell, sizeof pair);
    const uint64_t mixed = pair[0] * UINT64_C(0x9E3779B97F4A7C15) ^
                           (pair[1] + UINT64_C(0xD1B54A32D192ED03)) * UINT64_C(0xBF58476D1CE4E5B9);
    return (uint32_t)(mixed >> 32 ^ mixed >> 15);
}

/* Sets first[i] to the lowest number of a plot in the cell of plot i; returns whether two share one. */
static bool find_shared(const qf_resolve_scratch *s, size_t n)
{
    const uint32_t free_place = UINT32_MAX;
    const size_t size = qf_resolve_table_size(n);
    memset(s->table, 0xFF, size * sizeof *s->table);
    bool shared = false;
    for (uint32_t i = 0; i < n; i++) {
        size_t at = hash_of(s->cell[i]) & (size - 1);
        while (s->table[at] != free_place &&
               memcmp(s->cell[s->table[at]], s->cell[i], sizeof s->cell[i]) != 0) {
            at = (at + 1) & (size - 1);
        }
        if (s->table[at] == free_place) {
            s->table[at] = i;
        } else {
            shared = true;
        }
        s->first[i] = s->table[at];
    }
    return shared;
}

/* ---- merging ---- */

/* The plots of one cell, by vehicle: their numbers are the low words. Returns the one they became. */
static size_t merge(const qf_radar *radar, const grid *g, qf_plots *plots, size_t begin,
                    const uint64_t *member, size_t n)
{
    size_t strongest = begin + (uint32_t)member[0];
    double signal = 0.0;
    double noise = 0.0;
    double sum[4] = {0};
    for (size_t k = 0; k < n; k++) {
        const size_t i = begin + (uint32_t)member[k];
        const double weight = (double)plots->signal[i];
        const float range_m = plots->range_m[i];
        const double nearer =
            range_m > 0.0f ? (double)apparent_range(g, range_m) / (double)range_m : 1.0;
        signal += weight;
        noise += (double)plots->power[i] - (double)radar->pulses;
        sum[0] += weight * (nearer * (double)plots->east_m[i]);
        sum[1] += weight * (nearer * (double)plots->north_m[i]);
        sum[2] += weight * (nearer * (double)plots->up_m[i]);
        sum[3] += weight * (double)apparent_speed(g, plots->vr_mps[i]);
        strongest = plots->signal[i] > plots->signal[strongest] ? i : strongest;
    }
    if (signal > 0.0) { /* noise alone has no weights, and stays where the strongest is */
        plots->east_m[strongest] = (float)(sum[0] / signal);
        plots->north_m[strongest] = (float)(sum[1] / signal);
        plots->up_m[strongest] = (float)(sum[2] / signal);
        plots->vr_mps[strongest] = (float)(sum[3] / signal);
    }
    plots->signal[strongest] = (float)signal;
    plots->power[strongest] = (float)(noise + (double)radar->pulses);
    return strongest;
}

/* Writes what sorts those that are left after merging to order[0]; returns how many. */
static size_t merge_cells(const qf_radar *radar, const grid *g, qf_plots *plots, size_t begin,
                          size_t n, const qf_resolve_scratch *s)
{
    size_t n_left = 0;
    order_by_vehicle(plots, begin, n, s->order[0]);
    uint64_t *const by_vehicle = sort(s->order[0], s->order[1], n);
    uint64_t *const by_cell = by_vehicle == s->order[0] ? s->order[1] : s->order[0];
    /* order within a cell is kept by a counting sort of the cells' first plots */
    uint32_t *const where = s->table; /* no longer needed, and larger than n */
    memset(where, 0, (n + 1) * sizeof *where);
    for (size_t i = 0; i < n; i++) {
        where[s->first[i] + 1]++;
    }
    for (size_t i = 0; i < n; i++) {
        where[i + 1] += where[i];
    }
    for (size_t k = 0; k < n; k++) {
        by_cell[where[s->first[(uint32_t)by_vehicle[k]]]++] = by_vehicle[k];
    }
    for (size_t k = 0; k < n;) {
        size_t members = 1;
        const uint32_t first = s->first[(uint32_t)by_cell[k]];
        while (k + members < n && s->first[(uint32_t)by_cell[k + members]] == first) {
            members++;
        }
        size_t left = begin + (uint32_t)by_cell[k];
        if (members > 1) {
            left = merge(radar, g, plots, begin, by_cell + k, members);
        }
        by_vehicle[n_left++] = (uint64_t)vehicle_of(plots, left) << 32 | (left - begin);
        k += members;
    }
    if (by_vehicle != s->order[0]) {
        memcpy(s->order[0], by_vehicle, n_left * sizeof *by_vehicle);
    }
    return n_left;
}

/* ---- capacity ---- */

/* larger powers first; bits of positive floats ascend with them, of negative ones descend */
static uint64_t weakness(const qf_plots *plots, uint32_t i, size_t place_in_list)
{
    uint32_t bits;
    memcpy(&bits, &plots->power[i], sizeof bits);
    bits ^= bits >> 31 ? UINT32_MAX : UINT32_C(1) << 31;
    return (uint64_t)(UINT32_MAX - bits) << 32 | (uint32_t)place_in_list;
}

/* Keeps the strongest `capacity` of n in the list, in their order; returns how many are of the first part. */
static uint32_t keep_strongest(const qf_plots *plots, uint32_t *list, size_t n, size_t n_detections,
                               uint32_t capacity, const qf_resolve_scratch *s)
{
    for (size_t k = 0; k < n; k++) {
        s->order[0][k] = weakness(plots, list[k], k);
    }
    uint64_t *const strongest = sort(s->order[0], s->order[1], n);
    for (size_t k = 0; k < capacity; k++) {
        strongest[k] = (uint32_t)strongest[k];
    }
    uint64_t *const other = strongest == s->order[0] ? s->order[1] : s->order[0];
    const uint64_t *const kept = sort(strongest, other, capacity);
    uint32_t n_kept = 0;
    for (size_t k = 0; k < capacity; k++) {
        n_kept += kept[k] < n_detections;
        list[k] = list[kept[k]]; /* kept[k] >= k */
    }
    return n_kept;
}

qf_resolved qf_radar_resolve(const qf_radar *radar, qf_plots *plots, size_t begin, size_t end,
                             size_t alarm_begin, size_t alarm_end,
                             const qf_resolve_scratch *scratch, uint32_t *list)
{
    size_t n = end - begin;
    bool shared = false;
    grid g;
    if (radar->merges && n > 1) {
        g = grid_of(radar);
        find_cells(&g, plots, begin, n, scratch->cell);
        shared = find_shared(scratch, n);
    }
    if (!shared && n <= FEW) {
        list_few(plots, begin, n, list);
    } else {
        n = shared ? merge_cells(radar, &g, plots, begin, n, scratch)
                   : order_by_vehicle(plots, begin, n, scratch->order[0]);
        const uint64_t *const sorted = sort(scratch->order[0], scratch->order[1], n);
        for (size_t k = 0; k < n; k++) {
            list[k] = (uint32_t)(begin + (uint32_t)sorted[k]);
        }
    }
    size_t n_all = n;
    for (size_t i = alarm_begin; i < alarm_end; i++) {
        list[n_all++] = (uint32_t)i;
    }
    qf_resolved resolved = {
        .detections = (uint32_t)n,
        .false_alarms = (uint32_t)(n_all - n),
        .merged = (uint32_t)(end - begin - n),
    };
    if (n_all > radar->capacity) {
        resolved.dropped = (uint32_t)n_all - radar->capacity;
        resolved.detections = keep_strongest(plots, list, n_all, n, radar->capacity, scratch);
        resolved.false_alarms = radar->capacity - resolved.detections;
    }
    return resolved;
}
