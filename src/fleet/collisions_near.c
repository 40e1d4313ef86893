/* SPDX-License-Identifier: Apache-2.0 */
/* Guarded by tests/test_collisions.c, which compares with brute force. */
#include "collisions_near.h"

#include <math.h>
#include <string.h>

#include "clamp.h"
#include "group.h"
#include "hull.h"

static bool has_hull(const qf_group *group)
{
    return group->spec->body && group->spec->body->n_hull > 0;
}

qf_status qf_hulls_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                          qf_hulls *hulls)
{
    size_t n = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        n += has_hull(&fleet->groups[g]) ? fleet->groups[g].n_vehicles : 0;
    }
    const size_t n_worlds = fleet->scenario->n_worlds;
    hulls->slot = qf_arena_array(arena, n, sizeof *hulls->slot);
    hulls->world = qf_arena_array(arena, n, sizeof *hulls->world);
    hulls->entity = qf_arena_array(arena, n, sizeof *hulls->entity);
    hulls->radius_m = qf_arena_array(arena, n, sizeof *hulls->radius_m);
    hulls->is_wide = qf_arena_array(arena, n, sizeof *hulls->is_wide);
    hulls->drift_m = qf_arena_array(arena, n_worlds, sizeof *hulls->drift_m);
    hulls->n_of_world = qf_arena_array(arena, n_worlds, sizeof *hulls->n_of_world);
    bool good = hulls->slot && hulls->world && hulls->entity && hulls->radius_m && hulls->is_wide &&
                hulls->drift_m && hulls->n_of_world;
    for (int k = 0; k < 3; k++) {
        hulls->middle_m[k] = qf_arena_array(arena, fleet->n_slots, sizeof *hulls->middle_m[k]);
        good = good && hulls->middle_m[k];
    }
    return good ? qf_neighbours_create(context, n > n_worlds ? n : n_worlds, &hulls->index)
                : qf_fail(context, QF_ERROR_MEMORY, "no memory for collisions");
}

void qf_hulls_free(qf_hulls *hulls)
{
    qf_neighbours_free(&hulls->index);
}

static void add_group(const qf_fleet *fleet, const qf_group *group, qf_hulls *hulls)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    for (size_t v = 0; v < group->n_vehicles; v++) {
        const size_t slot = group->slot_begin + v;
        if (!(flags[slot] & QF_FLAG_BIT(QUARANTINED))) {
            hulls->slot[hulls->n] = (uint32_t)slot;
            hulls->world[hulls->n] = (uint32_t)(v / group->spec->count);
            hulls->entity[hulls->n++] = (uint32_t)(group->entity_begin + v);
        }
    }
}

static const double *now_of(const qf_fleet *fleet, int axis)
{
    return qf_f64(fleet, (qf_field_id)(QF_FIELD_X + axis), 0);
}

static const double *before_of(const qf_fleet *fleet, int axis)
{
    return qf_f64(fleet, (qf_field_id)(QF_FIELD_HULL_X + axis), 0);
}

static void find_drift(const qf_fleet *fleet, qf_hulls *hulls)
{
    const size_t n_worlds = fleet->scenario->n_worlds;
    memset(hulls->drift_m, 0, n_worlds * sizeof *hulls->drift_m);
    memset(hulls->n_of_world, 0, n_worlds * sizeof *hulls->n_of_world);
    for (size_t i = 0; i < hulls->n; i++) {
        const uint32_t world = hulls->world[i];
        hulls->n_of_world[world]++;
        for (int k = 0; k < 3; k++) {
            hulls->drift_m[world][k] +=
                now_of(fleet, k)[hulls->slot[i]] - before_of(fleet, k)[hulls->slot[i]];
        }
    }
    for (size_t w = 0; w < n_worlds; w++) {
        for (int k = 0; k < 3 && hulls->n_of_world[w] > 0; k++) {
            hulls->drift_m[w][k] /= (double)hulls->n_of_world[w];
        }
    }
}

static void place(const qf_fleet *fleet, qf_hulls *hulls, size_t i, double bound_m)
{
    const size_t slot = hulls->slot[i];
    const double *drift_m = hulls->drift_m[hulls->world[i]];
    double half2 = 0.0;
    for (int k = 0; k < 3; k++) {
        const double now_m = now_of(fleet, k)[slot];
        const double half_m = 0.5 * (now_m - before_of(fleet, k)[slot] - drift_m[k]);
        half2 += half_m * half_m;
        hulls->middle_m[k][slot] = now_m - half_m;
    }
    hulls->radius_m[i] = bound_m + sqrt(half2);
}

/* the widest, the first of those that are as wide; returns the radius of the next */
static double choose_wide(qf_hulls *hulls)
{
    uint32_t widest[QF_WIDE_MOST + 1]; /* by descending radius */
    size_t n = 0;
    for (size_t i = 0; i < hulls->n; i++) {
        hulls->is_wide[i] = false;
        if (n == QF_WIDE_MOST + 1 && hulls->radius_m[i] <= hulls->radius_m[widest[QF_WIDE_MOST]]) {
            continue;
        }
        size_t at = n < QF_WIDE_MOST + 1 ? n++ : QF_WIDE_MOST;
        for (; at > 0 && hulls->radius_m[widest[at - 1]] < hulls->radius_m[i]; at--) {
            widest[at] = widest[at - 1];
        }
        widest[at] = (uint32_t)i;
    }
    const double next_m = n > QF_WIDE_MOST ? hulls->radius_m[widest[QF_WIDE_MOST]] : 0.0;
    hulls->n_wide = n > QF_WIDE_MOST ? QF_WIDE_MOST : n;
    for (size_t w = 0; w < hulls->n_wide; w++) {
        hulls->is_wide[widest[w]] = true;
        hulls->wide[w] = widest[w];
    }
    return next_m;
}

void qf_hulls_gather(const qf_context *context, const qf_fleet *fleet, qf_hulls *hulls)
{
    hulls->n = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        if (has_hull(&fleet->groups[g])) {
            add_group(fleet, &fleet->groups[g], hulls);
        }
    }
    find_drift(fleet, hulls);
    for (size_t i = 0, g = 0; i < hulls->n; i++) {
        while (hulls->entity[i] >= fleet->groups[g].entity_begin + fleet->groups[g].n_vehicles) {
            g++;
        }
        place(fleet, hulls, i, qf_hull_bound_m(fleet->groups[g].spec->body));
    }
    const double next_m = choose_wide(hulls);
    hulls->in_cells = hulls->n > hulls->n_wide;
    if (hulls->in_cells) {
        const qf_point_set set = {
            .position_m = {hulls->middle_m[0], hulls->middle_m[1], hulls->middle_m[2]},
            .slot = hulls->slot,
            .world = hulls->world,
            .n = hulls->n,
            .n_worlds = fleet->scenario->n_worlds};
        /* a little more, for the rounding of the middles */
        qf_neighbours_build(context, &set, (2.0 * next_m + QF_CLEARANCE_M) * (1.0 + 1e-9),
                            &hulls->index);
    }
}

static bool is_near(const qf_hulls *hulls, uint32_t a, uint32_t b)
{
    const double reach_m =
        (hulls->radius_m[a] + hulls->radius_m[b] + QF_CLEARANCE_M) * (1.0 + 1e-9);
    double apart2 = 0.0;
    for (int k = 0; k < 3; k++) {
        const double apart_m =
            hulls->middle_m[k][hulls->slot[a]] - hulls->middle_m[k][hulls->slot[b]];
        apart2 += apart_m * apart_m;
    }
    return apart2 <= reach_m * reach_m;
}

size_t qf_hulls_near(const qf_hulls *hulls, const qf_kernels *kernels, uint32_t rank,
                     qf_cell_walk *walk, uint32_t *own, uint32_t *near)
{
    const uint32_t i = hulls->in_cells ? hulls->index.point[rank] : rank;
    size_t n = 0;
    *own = i;
    for (size_t w = 0; w < hulls->n_wide; w++) {
        const uint32_t j = hulls->wide[w];
        if (j != i && hulls->world[j] == hulls->world[i] && is_near(hulls, i, j)) {
            near[n++] = j;
        }
    }
    if (!hulls->in_cells || hulls->is_wide[i]) {
        /* the wide look at everybody */
        for (uint32_t j = 0; hulls->is_wide[i] && j < hulls->n; j++) {
            if (!hulls->is_wide[j] && hulls->world[j] == hulls->world[i] && is_near(hulls, i, j)) {
                near[n++] = j;
            }
        }
        return n;
    }
    uint32_t *found = near + n;
    qf_cell_walk_to(&hulls->index, rank, walk);
    const size_t n_found =
        kernels->near(&hulls->index.points, walk->runs, walk->n_runs, rank, found);
    for (size_t f = 0; f < n_found; f++) {
        const uint32_t j = hulls->index.point[found[f]];
        if (!hulls->is_wide[j] && is_near(hulls, i, j)) {
            near[n++] = j;
        }
    }
    return n;
}
