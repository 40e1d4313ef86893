/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why nobody is missed. Let x be where a hull was when the list was made, and |y(t) - x| <= S for where it is at any
 * time since, in the frame of the world's reference; in that frame, because motion is taken along straight lines from
 * look to look, it is so between looks if it is at looks. Two with |x1 - x2| > R1 + R2 + C + 2 S are then always
 * farther apart than R1 + R2 + C. Guarded by tests/test_collisions.c, which compares with brute force.
 */
#include "collisions_near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clamp.h"
#include "group.h"
#include "hull.h"
#include "radar.h"
#include "swept_spheres.h"

enum {
    TICKS = 16, /* that a list is meant to last at least; */
    FEWER = 4,  /* so many times fewer, where it would have more than */
    MANY = 32,  /* pairs for each hull because of that: in a few ticks who is fast meets fewer */
};
#define SLACK_M  2.0 /* at least */
#define WIDE     1.5 /* times what the next has: it would make cells too large for all the others */
#define ROUNDING 1e-9 /* of ranges */

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
    hulls->bound_m = qf_arena_array(arena, n, sizeof *hulls->bound_m);
    hulls->reach_m = qf_arena_array(arena, n, sizeof *hulls->reach_m);
    hulls->is_wide = qf_arena_array(arena, n, sizeof *hulls->is_wide);
    hulls->near = qf_arena_array(arena, n + QF_LANE_SLACK, sizeof *hulls->near);
    hulls->reference = qf_arena_array(arena, n_worlds, sizeof *hulls->reference);
    hulls->drift_m = qf_arena_array(arena, n_worlds, sizeof *hulls->drift_m);
    hulls->n_of_world = qf_arena_array(arena, n_worlds, sizeof *hulls->n_of_world);
    bool good = hulls->slot && hulls->world && hulls->entity && hulls->bound_m && hulls->reach_m &&
                hulls->is_wide && hulls->near && hulls->reference && hulls->drift_m &&
                hulls->n_of_world;
    for (int k = 0; k < 3; k++) {
        hulls->base_m[k] = qf_arena_array(arena, fleet->n_slots, sizeof *hulls->base_m[k]);
        good = good && hulls->base_m[k];
    }
    return good ? qf_neighbours_create(context, n > n_worlds ? n : n_worlds, &hulls->index)
                : qf_fail(context, QF_ERROR_MEMORY, "no memory for collisions");
}

size_t qf_hulls_bytes(const qf_scenario *scenario)
{
    const qf_hulls *h = NULL;
    const size_t n_worlds = scenario->n_worlds;
    const size_t n_slots = qf_scenario_n_vehicles(scenario) + scenario->n_groups * QF_SLOT_PADDING;
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_body_spec *body = scenario->groups[g].body;
        n += body && body->n_hull > 0 ? scenario->groups[g].count * n_worlds : 0;
    }
    const size_t per_hull = sizeof *h->slot + sizeof *h->world + sizeof *h->entity +
                            sizeof *h->bound_m + sizeof *h->reach_m + sizeof *h->is_wide +
                            sizeof *h->near;
    const size_t per_world = sizeof *h->reference + sizeof *h->drift_m + sizeof *h->n_of_world;
    return n * per_hull + n_worlds * per_world + n_slots * 3 * sizeof *h->base_m[0] +
           qf_neighbours_bytes(n > n_worlds ? n : n_worlds);
}

void qf_hulls_free(qf_hulls *hulls)
{
    free(hulls->pairs);
    qf_neighbours_free(&hulls->index);
}

static const double *now_of(const qf_fleet *fleet, int axis)
{
    return qf_f64(fleet, (qf_field_id)(QF_FIELD_X + axis), 0);
}

static const double *before_of(const qf_fleet *fleet, int axis)
{
    return qf_f64(fleet, (qf_field_id)(QF_FIELD_HULL_X + axis), 0);
}

static void add_pair(qf_hulls *hulls, uint32_t a, uint32_t b)
{
    if (hulls->n_pairs == hulls->capacity) {
        const size_t capacity = hulls->capacity ? 2 * hulls->capacity : 256;
        qf_near_pair *grown = realloc(hulls->pairs, capacity * sizeof *grown);
        if (!grown) {
            hulls->failed = true;
            return;
        }
        hulls->pairs = grown;
        hulls->capacity = capacity;
    }
    hulls->crowded = hulls->n_pairs >= hulls->most_pairs;
    hulls->pairs[hulls->n_pairs++] = (qf_near_pair){a < b ? a : b, a < b ? b : a};
}

/* ---- making the list ---- */

static void gather(const qf_fleet *fleet, qf_hulls *hulls)
{
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    hulls->n = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const double bound_m = qf_hull_bound_m(group->spec->body);
        for (size_t v = 0; has_hull(group) && v < group->n_vehicles; v++) {
            const size_t slot = group->slot_begin + v;
            if (!(flags[slot] & QF_FLAG_BIT(QUARANTINED))) {
                hulls->slot[hulls->n] = (uint32_t)slot;
                hulls->world[hulls->n] = (uint32_t)(v / group->spec->count);
                hulls->bound_m[hulls->n] = bound_m;
                hulls->entity[hulls->n++] = (uint32_t)(group->entity_begin + v);
            }
        }
    }
}

/* of the last tick, less some other motion */
static double motion_beside(const qf_fleet *fleet, size_t slot, const double other_m[3])
{
    double length2 = 0.0;
    for (int k = 0; k < 3; k++) {
        const double beside_m = now_of(fleet, k)[slot] - before_of(fleet, k)[slot] - other_m[k];
        length2 += beside_m * beside_m;
    }
    return sqrt(length2);
}

/* who moves most like the mean of its world, the first of them; `drift_m` becomes its motion */
static void choose_references(const qf_fleet *fleet, qf_hulls *hulls)
{
    const size_t n_worlds = fleet->scenario->n_worlds;
    memset(hulls->drift_m, 0, n_worlds * sizeof *hulls->drift_m);
    memset(hulls->n_of_world, 0, n_worlds * sizeof *hulls->n_of_world);
    for (size_t i = 0; i < hulls->n; i++) {
        const uint32_t w = hulls->world[i];
        hulls->reference[w] = hulls->n_of_world[w]++ == 0 ? (uint32_t)i : hulls->reference[w];
        for (int k = 0; k < 3; k++) {
            hulls->drift_m[w][k] +=
                now_of(fleet, k)[hulls->slot[i]] - before_of(fleet, k)[hulls->slot[i]];
        }
    }
    for (size_t w = 0; w < n_worlds; w++) {
        for (int k = 0; k < 3 && hulls->n_of_world[w] > 0; k++) {
            hulls->drift_m[w][k] /= (double)hulls->n_of_world[w];
        }
    }
    for (size_t i = 0; i < hulls->n; i++) {
        hulls->reach_m[i] = motion_beside(fleet, hulls->slot[i], hulls->drift_m[hulls->world[i]]);
    }
    for (size_t i = 0; i < hulls->n; i++) {
        uint32_t *reference = &hulls->reference[hulls->world[i]];
        *reference = hulls->reach_m[i] < hulls->reach_m[*reference] ? (uint32_t)i : *reference;
    }
    for (size_t w = 0; w < n_worlds; w++) {
        const size_t slot = hulls->slot[hulls->reference[w]];
        for (int k = 0; k < 3 && hulls->n_of_world[w] > 0; k++) {
            hulls->drift_m[w][k] = now_of(fleet, k)[slot] - before_of(fleet, k)[slot];
        }
    }
}

/* those that reach much farther than the next widest; that many at most, the first of those that are as wide */
static void choose_wide(qf_hulls *hulls)
{
    uint32_t widest[QF_WIDE_MOST + 1]; /* by descending reach */
    size_t n = 0;
    for (size_t i = 0; i < hulls->n; i++) {
        hulls->is_wide[i] = false;
        if (n == QF_WIDE_MOST + 1 && hulls->reach_m[i] <= hulls->reach_m[widest[QF_WIDE_MOST]]) {
            continue;
        }
        size_t at = n < QF_WIDE_MOST + 1 ? n++ : QF_WIDE_MOST;
        for (; at > 0 && hulls->reach_m[widest[at - 1]] < hulls->reach_m[i]; at--) {
            widest[at] = widest[at - 1];
        }
        widest[at] = (uint32_t)i;
    }
    hulls->n_wide = 0;
    for (size_t w = 0; n == QF_WIDE_MOST + 1 && w < QF_WIDE_MOST; w++) {
        if (hulls->reach_m[widest[w]] > WIDE * hulls->reach_m[widest[QF_WIDE_MOST]]) {
            hulls->is_wide[widest[w]] = true;
            hulls->wide[hulls->n_wide++] = widest[w];
        }
    }
}

static double soon_m(const qf_hulls *hulls, size_t i)
{
    return hulls->reach_m[i] - hulls->bound_m[i];
}

/* returns the widest bound of those that are found by cells */
static double choose_slack(qf_hulls *hulls)
{
    double bound_m = 0.0;
    hulls->slack_m = SLACK_M;
    for (size_t i = 0; i < hulls->n; i++) {
        if (!hulls->is_wide[i]) {
            bound_m = higher(bound_m, hulls->bound_m[i]);
            hulls->slack_m = higher(hulls->slack_m, soon_m(hulls, i));
        }
    }
    hulls->n_fast = 0;
    for (size_t w = 0; w < hulls->n_wide; w++) {
        if (soon_m(hulls, hulls->wide[w]) > hulls->slack_m) {
            hulls->fast[hulls->n_fast++] = hulls->wide[w];
        }
    }
    return bound_m;
}

static bool is_fast(const qf_hulls *hulls, uint32_t i)
{
    return hulls->is_wide[i] && soon_m(hulls, i) > hulls->slack_m;
}

static bool were_near(const qf_hulls *hulls, uint32_t a, uint32_t b)
{
    const double range_m =
        (hulls->bound_m[a] + hulls->bound_m[b] + QF_CLEARANCE_M + 2.0 * hulls->slack_m) *
        (1.0 + ROUNDING);
    double apart2 = 0.0;
    for (int k = 0; k < 3; k++) {
        const double apart_m = hulls->base_m[k][hulls->slot[a]] - hulls->base_m[k][hulls->slot[b]];
        apart2 += apart_m * apart_m;
    }
    return hulls->world[a] == hulls->world[b] && apart2 <= range_m * range_m;
}

static void add_by_cells(const qf_context *context, const qf_fleet *fleet,
                         const qf_kernels *kernels, qf_hulls *hulls, double bound_m)
{
    const qf_point_set set = {.position_m = {hulls->base_m[0], hulls->base_m[1], hulls->base_m[2]},
                              .slot = hulls->slot,
                              .world = hulls->world,
                              .n = hulls->n,
                              .n_worlds = fleet->scenario->n_worlds};
    const double range_m = 2.0 * (bound_m + hulls->slack_m) + QF_CLEARANCE_M;
    qf_neighbours_build(context, &set, range_m * (1.0 + ROUNDING), &hulls->index);
    qf_cell_walk walk = {0};
    for (uint32_t rank = 0; rank < hulls->n && !hulls->crowded; rank++) {
        const uint32_t i = hulls->index.point[rank];
        qf_cell_walk_to(&hulls->index, rank, &walk);
        const size_t n =
            kernels->near(&hulls->index.points, walk.runs, walk.n_runs, rank, hulls->near);
        for (size_t f = 0; f < n; f++) {
            const uint32_t j = hulls->index.point[hulls->near[f]];
            if (i < j && !hulls->is_wide[i] && !hulls->is_wide[j] && were_near(hulls, i, j)) {
                add_pair(hulls, i, j);
            }
        }
    }
}

static void add_wide(qf_hulls *hulls)
{
    for (size_t w = 0; w < hulls->n_wide; w++) {
        const uint32_t i = hulls->wide[w];
        for (uint32_t j = 0; !is_fast(hulls, i) && j < hulls->n; j++) {
            const bool other = !hulls->is_wide[j] || (j > i && !is_fast(hulls, j));
            if (other && were_near(hulls, i, j)) {
                add_pair(hulls, i, j);
            }
        }
    }
}

/* false: there are more pairs than it is worth */
static bool list_for(const qf_context *context, const qf_fleet *fleet, const qf_kernels *kernels,
                     qf_hulls *hulls, int ticks)
{
    for (size_t i = 0; i < hulls->n; i++) {
        const size_t slot = hulls->slot[i];
        hulls->reach_m[i] =
            hulls->bound_m[i] + ticks * motion_beside(fleet, slot, hulls->drift_m[hulls->world[i]]);
    }
    choose_wide(hulls);
    const double bound_m = choose_slack(hulls);
    const bool shortens = ticks > 1 && hulls->slack_m > SLACK_M;
    hulls->n_pairs = 0;
    hulls->most_pairs = shortens ? MANY * hulls->n : SIZE_MAX;
    hulls->crowded = false;
    add_by_cells(context, fleet, kernels, hulls, bound_m);
    if (!hulls->crowded) {
        hulls->most_pairs = SIZE_MAX;
        add_wide(hulls);
    }
    return !hulls->crowded;
}

static void make_list(const qf_context *context, const qf_fleet *fleet, const qf_kernels *kernels,
                      qf_hulls *hulls)
{
    gather(fleet, hulls);
    choose_references(fleet, hulls);
    for (size_t i = 0; i < hulls->n; i++) {
        for (int k = 0; k < 3; k++) {
            hulls->base_m[k][hulls->slot[i]] = before_of(fleet, k)[hulls->slot[i]];
        }
    }
    int ticks = TICKS;
    while (!list_for(context, fleet, kernels, hulls, ticks)) {
        ticks /= FEWER;
    }
    hulls->most_pairs = SIZE_MAX;
    hulls->n_listed = hulls->n_pairs;
}

/* ---- using it ---- */

/* square of how far a hull is from where it was when the list was made, in its world's frame */
static double gone2(const qf_hulls *hulls, const double *const at_m[3], size_t i)
{
    const size_t slot = hulls->slot[i];
    const size_t reference = hulls->slot[hulls->reference[hulls->world[i]]];
    double sum = 0.0;
    for (int k = 0; k < 3; k++) {
        const double gone_m = (at_m[k][slot] - hulls->base_m[k][slot]) -
                              (at_m[k][reference] - hulls->base_m[k][reference]);
        sum += gone_m * gone_m;
    }
    return sum;
}

/* nobody has gone too far since, nor been quarantined; who was moved since the last look may have been by then */
static bool is_good(const qf_context *context, const qf_fleet *fleet, const qf_hulls *hulls)
{
    enum { WORTH_A_TEAM = 8192 };
    const uint64_t *flags = qf_u64(fleet, QF_FIELD_FLAGS, 0);
    const double *const now_m[3] = {now_of(fleet, 0), now_of(fleet, 1), now_of(fleet, 2)};
    const double *const before_m[3] = {before_of(fleet, 0), before_of(fleet, 1),
                                       before_of(fleet, 2)};
    const double most2 = hulls->slack_m * hulls->slack_m;
    bool good = hulls->n > 0;
#pragma omp parallel for schedule(static) num_threads(context->n_threads) reduction(&& : good) if (hulls->n >= WORTH_A_TEAM)
    for (size_t i = 0; i < hulls->n; i++) {
        const bool near = gone2(hulls, now_m, i) <= most2 &&
                          (!hulls->moved || gone2(hulls, before_m, i) <= most2);
        const bool fast = hulls->n_fast > 0 && is_fast(hulls, (uint32_t)i);
        good = good && (near || fast) && !(flags[hulls->slot[i]] & QF_FLAG_BIT(QUARANTINED));
    }
    return good;
}

bool qf_hulls_may_touch(const qf_fleet *fleet, const qf_hulls *hulls, qf_near_pair pair)
{
    const size_t a = hulls->slot[pair.a];
    const size_t b = hulls->slot[pair.b];
    double from_m[3];
    double motion_m[3];
    for (int k = 0; k < 3; k++) {
        from_m[k] = before_of(fleet, k)[b] - before_of(fleet, k)[a];
        motion_m[k] = now_of(fleet, k)[b] - now_of(fleet, k)[a] - from_m[k];
    }
    const double reach_m = hulls->bound_m[pair.a] + hulls->bound_m[pair.b] + QF_CLEARANCE_M;
    return qf_swept_spheres(from_m, motion_m, reach_m * (1.0 + ROUNDING)).touches;
}

static void add_fast(const qf_fleet *fleet, qf_hulls *hulls)
{
    for (size_t f = 0; f < hulls->n_fast; f++) {
        const uint32_t i = hulls->fast[f];
        for (uint32_t j = 0; j < hulls->n; j++) {
            const bool other = j > i || !is_fast(hulls, j);
            if (j != i && other && hulls->world[i] == hulls->world[j] &&
                qf_hulls_may_touch(fleet, hulls, (qf_near_pair){i, j})) {
                add_pair(hulls, i, j);
            }
        }
    }
}

bool qf_hulls_pair(const qf_context *context, const qf_fleet *fleet, const qf_kernels *kernels,
                   qf_hulls *hulls)
{
    if (!is_good(context, fleet, hulls)) {
        make_list(context, fleet, kernels, hulls);
    }
    hulls->n_pairs = hulls->n_listed;
    add_fast(fleet, hulls);
    return !hulls->failed;
}
