/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Neighbour search in a cube of uniformly scattered vehicles: sorting them into cells, and the lists of all
 * of them, in the order of cells.
 *
 *   neighbours/PART/ISA/N/MEAN              MEAN neighbours on average; PART is build, query or both, or
 *                                           brute: all of a world as one run, which is what small worlds do
 *   neighbours/PART/ISA/N/MEAN/worlds_of_M  as many vehicles in worlds of M
 *   neighbours/PART/ISA/N/MEAN/stray        one vehicle is 1e12 m away
 *   neighbours/PART/ISA/N/MEAN/threads:T
 *
 * The cube has one edge whatever the number, and MEAN sets the range; at its faces neighbours are fewer,
 * the more so the fewer vehicles there are. The counter `neighbours` is what was found.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "columns.h"
#include "draw.h"
#include "gbench.h"
#include "neighbours_index.h"
#include "radar.h"
#include "scene.h"
#include "threads.h"

typedef enum neighbours_part { PART_BUILD, PART_QUERY, PART_BOTH, PART_BRUTE } neighbours_part;

typedef struct neighbours_case {
    const char *isa;
    size_t n;
    int mean;
    int n_threads;
    uint32_t world_points; /* 0: one world */
    neighbours_part part;
    bool stray;
} neighbours_case;

typedef struct swarm {
    void *memory; /* columns as a fleet's */
    uint32_t *numbers;
    uint32_t **near; /* by thread */
    qf_point_set set;
    double range_m;
} swarm;

enum { BLOCK = 256, EDGE_M = 1000, MOST_CASES = 48 };

static double coordinate(size_t i, uint32_t axis)
{
    return EDGE_M * qf_draw_uniform((qf_draw_key){.seed = 7, .vehicle = (uint32_t)i, .draw = axis});
}

static bool prepare(const neighbours_case *c, qf_context *context, swarm *s, qf_neighbours *index)
{
    const size_t n = c->n;
    const size_t points = c->world_points ? c->world_points : n;
    s->numbers = malloc(2 * n * sizeof *s->numbers);
    s->near = calloc((size_t)c->n_threads, sizeof *s->near);
    bool whole = s->numbers && s->near &&
                 qf_columns_map(context, qf_columns_bytes(3, n), &s->memory) == QF_OK;
    for (int t = 0; whole && t < c->n_threads; t++) {
        s->near[t] = malloc((n + QF_LANE_SLACK) * sizeof **s->near);
        whole = s->near[t] != NULL;
    }
    if (!whole || qf_neighbours_create(context, n, index) != QF_OK) {
        return false;
    }
    double *position_m[3];
    for (uint32_t axis = 0; axis < 3; axis++) {
        position_m[axis] = (double *)((char *)s->memory + qf_columns_offset(axis, n));
    }
    for (size_t i = 0; i < n; i++) {
        for (uint32_t axis = 0; axis < 3; axis++) {
            position_m[axis][i] = coordinate(i, axis);
        }
        s->numbers[i] = (uint32_t)i;
        s->numbers[n + i] = (uint32_t)(i / points);
    }
    if (c->stray) {
        position_m[0][n / 2] = 1e12;
    }
    s->set = (qf_point_set){.position_m = {position_m[0], position_m[1], position_m[2]},
                            .slot = s->numbers,
                            .world = s->numbers + n,
                            .n = n,
                            .n_worlds = (n + points - 1) / points};
    /* of an observer far from the faces */
    s->range_m = EDGE_M * cbrt(c->mean / ((double)points * 4.0 / 3.0 * 3.14159265358979));
    return true;
}

static size_t find_all(const neighbours_case *c, const qf_kernels *kernels, const swarm *s,
                       const qf_neighbours *index)
{
    size_t found = 0;
    const size_t n_blocks = (index->n + BLOCK - 1) / BLOCK;
#pragma omp parallel num_threads(c->n_threads) reduction(+ : found)
    {
        uint32_t *near = s->near[qf_thread_index()];
        qf_cell_walk walk = {0};
        /* ranks ascend with the world */
        const size_t points = c->world_points ? c->world_points : index->n;
#pragma omp for schedule(dynamic, 4)
        for (size_t b = 0; b < n_blocks; b++) {
            const size_t end = (b + 1) * BLOCK < index->n ? (b + 1) * BLOCK : index->n;
            for (size_t r = b * BLOCK; r < end; r++) {
                if (c->part == PART_BRUTE) {
                    const size_t first = r / points * points;
                    const size_t last = first + points < index->n ? first + points : index->n;
                    const qf_run all = {(uint32_t)first, (uint32_t)last};
                    found += kernels->near(&index->points, &all, 1, (uint32_t)r, near);
                    continue;
                }
                qf_cell_walk_to(index, (uint32_t)r, &walk);
                found += kernels->near(&index->points, walk.runs, walk.n_runs, (uint32_t)r, near);
            }
        }
    }
    return found;
}

static void loop(gbench_state *state, const neighbours_case *c, const qf_context *context,
                 const swarm *s, qf_neighbours *index)
{
    const qf_kernels *kernels = qf_kernels_for(c->isa);
    qf_neighbours_build(context, &s->set, s->range_m, index);
    size_t found = find_all(c, kernels, s, index);
    double vehicles = 0.0;
    while (gbench_next(state)) {
        if (c->part == PART_BUILD || c->part == PART_BOTH) {
            qf_neighbours_build(context, &s->set, s->range_m, index);
        }
        if (c->part != PART_BUILD) {
            found = find_all(c, kernels, s, index);
        }
        vehicles += (double)c->n;
    }
    gbench_counter_ns_per(state, "ns_per_vehicle", vehicles);
    gbench_counter(state, "neighbours", (double)found / (double)c->n);
    gbench_counter(state, "cells", (double)index->n_cells);
    gbench_counter(state, "bytes_per_vehicle", (double)qf_neighbours_bytes(c->n) / (double)c->n);
}

static void run_case(gbench_state *state, const void *user)
{
    const neighbours_case *c = user;
    qf_context context = qf_context_default();
    context.n_threads = c->n_threads;
    swarm s = {0};
    qf_neighbours index = {0};
    if (prepare(c, &context, &s, &index)) {
        loop(state, c, &context, &s, &index);
    } else {
        gbench_fail(state, "no memory for the swarm");
    }
    qf_neighbours_free(&index);
    for (int t = 0; s.near && t < c->n_threads; t++) {
        free(s.near[t]);
    }
    free(s.near);
    free(s.numbers);
    qf_columns_unmap(s.memory, qf_columns_bytes(3, c->n));
}

static void add(neighbours_case c)
{
    static neighbours_case cases[MOST_CASES];
    static size_t n_cases;
    static const char *const parts[] = {"build", "query", "both", "brute"};
    if (!qf_kernels_for(c.isa)) {
        return;
    }
    if (n_cases == MOST_CASES) {
        fprintf(stderr, "bench_neighbours.c: more than %d cases\n", MOST_CASES);
        abort();
    }
    char name[96];
    int length =
        snprintf(name, sizeof name, "neighbours/%s/%s/%zu/%d", parts[c.part], c.isa, c.n, c.mean);
    if (c.world_points) {
        length +=
            snprintf(name + length, sizeof name - (size_t)length, "/worlds_of_%u", c.world_points);
    }
    length += snprintf(name + length, sizeof name - (size_t)length, "%s", c.stray ? "/stray" : "");
    if (c.n_threads > 1) {
        snprintf(name + length, sizeof name - (size_t)length, "/threads:%d", c.n_threads);
    }
    cases[n_cases] = c;
    gbench_register(name, run_case, &cases[n_cases++], c.n < 100000 ? GBENCH_US : GBENCH_MS);
}

/* where brute force stops and cells begin: the last world without cells, the first with them, and a world
   of twice the size both ways */
static void add_small_worlds(const char *isa, int mean)
{
    enum { LIMIT = QF_SMALL_WORLD_POINTS };
    static const struct {
        uint32_t world_points;
        neighbours_part part;
    } wanted[] = {{LIMIT, PART_BUILD},     {LIMIT, PART_BRUTE},     {LIMIT + 1, PART_BUILD},
                  {LIMIT + 1, PART_QUERY}, {2 * LIMIT, PART_BUILD}, {2 * LIMIT, PART_BRUTE},
                  {2 * LIMIT, PART_QUERY}};
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        add((neighbours_case){.isa = isa,
                              .n = 32768,
                              .mean = mean,
                              .n_threads = 1,
                              .world_points = wanted[k].world_points,
                              .part = wanted[k].part});
    }
}

void bench_neighbours_register(int n_threads)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        neighbours_case c = {.isa = *isa, .n = 1000000, .mean = 32, .n_threads = 1};
        for (c.part = PART_BUILD; c.part <= PART_BOTH; c.part++) {
            add(c);
        }
        c.part = PART_BOTH;
        c.n = 10000;
        add(c);
    }
    const char *isa = qf_kernels_for("v3") ? "v3" : qf_kernels_best()->isa;
    const neighbours_case usual = {
        .isa = isa, .n = 100000, .mean = 32, .n_threads = 1, .part = PART_BOTH};
    neighbours_case c = usual;
    add(c);
    c.n = 1000;
    add(c);
    c = usual;
    c.stray = true;
    add(c);
    static const int other_means[] = {1, 8, 128};
    for (size_t k = 0; k < sizeof other_means / sizeof *other_means; k++) {
        c = usual;
        c.mean = other_means[k];
        add(c);
    }
    if (n_threads > 1) {
        c = usual;
        c.n = 1000000;
        c.n_threads = n_threads;
        add(c);
    }
    add_small_worlds(isa, 8);
    add_small_worlds(isa, 32);
}
