/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures against the truth, and the assignment that decides who holds whom.
 *
 *   quality/ISA/N          N firm tracks, as many targets, one in eight of which nobody holds; observer after
 *                          observer, OBSERVERS of them, as in a frame
 *   assign/WAY/N/CLOSE     WAY is exact or nearest: N rows, N columns, N + CLOSE candidates, CLOSE of which
 *                          conflict with others
 *   assign/WAY/dense/N     one component of N x N
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assignment.h"
#include "draw.h"
#include "gbench.h"
#include "kernels.h"
#include "scene.h"

enum { OBSERVERS = 256, COLUMNS = 18, MOST_CASES = 32 };
#define CUTOFF_M 50.0

/* ---- quality ---- */

typedef struct quality_case {
    const qf_kernels *kernels;
    size_t n;
} quality_case;

/* One observer; columns of `capacity`. */
typedef struct picture {
    qf_track_table table;
    qf_track_view view;
    qf_truth truth;
    qf_truth_memory memory;
} picture;

static double draw(uint32_t observer, uint32_t draw)
{
    return qf_draw_uniform((qf_draw_key){.seed = 11, .vehicle = observer, .draw = draw});
}

static void lay_out(picture *p, void *memory, size_t capacity)
{
    float *const at = memory;
    uint32_t *const words = (uint32_t *)(at + 12 * capacity);
    p->table = (qf_track_table){.capacity = capacity,
                                .east_m = at,
                                .north_m = at + capacity,
                                .up_m = at + 2 * capacity,
                                .number = words,
                                .firm = words + capacity};
    p->view = (qf_track_view){.capacity = capacity,
                              .east_mps = at + 3 * capacity,
                              .north_mps = at + 4 * capacity,
                              .up_mps = at + 5 * capacity};
    p->truth = (qf_truth){.east_m = at + 6 * capacity,
                          .north_m = at + 7 * capacity,
                          .up_m = at + 8 * capacity,
                          .east_mps = at + 9 * capacity,
                          .north_mps = at + 10 * capacity,
                          .up_mps = at + 11 * capacity,
                          .target = words + 2 * capacity};
    p->memory = (qf_truth_memory){.capacity = capacity,
                                  .target = words + 3 * capacity,
                                  .since = words + 4 * capacity,
                                  .track = words + 5 * capacity};
}

/* in a cube of 2 km; tracks are some metres off, in another order */
static void fill(picture *p, uint32_t observer, size_t n)
{
    const size_t capacity = p->table.capacity;
    float *const column = p->table.east_m;
    for (uint32_t k = 0; k < n; k++) {
        const size_t slot = (k * 7 + observer) % n;
        for (uint32_t axis = 0; axis < 3; axis++) {
            const double at_m = 2000.0 * draw(observer, 6 * k + axis) - 1000.0;
            const double off_m = (k % 8 == 0 ? 400.0 : 10.0) * draw(observer, 6 * k + 3 + axis);
            column[(6 + axis) * capacity + k] = (float)at_m;
            column[axis * capacity + slot] = (float)(at_m + off_m);
        }
        p->table.number[k] = k;
        p->table.firm[k] = 1;
        ((uint32_t *)(column + 12 * capacity))[2 * capacity + k] = 5 * k;
    }
    p->table.n = p->view.n = p->truth.n = n;
}

static void quality_loop(gbench_state *state, const quality_case *c, picture *pictures,
                         qf_assignment *assignment)
{
    qf_track_scratch scratch = {.assignment = assignment};
    qf_track_quality quality = {0};
    uint32_t tick = 0;
    double held = 0.0;
    double frames = 0.0;
    while (gbench_next(state)) {
        for (size_t o = 0; o < OBSERVERS; o++) {
            picture *const p = &pictures[o];
            if (!c->kernels->quality(CUTOFF_M, tick, &p->table, &p->view, &p->truth, &p->memory,
                                     &scratch, &quality)) {
                gbench_fail(state, "out of memory");
                return;
            }
            held += quality.held;
        }
        frames += OBSERVERS;
        tick++;
    }
    gbench_counter_ns_per(state, "ns_per_observer", frames);
    gbench_counter(state, "held", held / frames);
}

static void run_quality(gbench_state *state, const void *user)
{
    const quality_case *c = user;
    const size_t capacity = (c->n + 15) / 16 * 16;
    const size_t bytes = capacity * COLUMNS * sizeof(float);
    picture *pictures = malloc(OBSERVERS * sizeof *pictures);
    char *memory = aligned_alloc(64, OBSERVERS * bytes);
    qf_assignment *assignment = qf_assignment_create();
    if (pictures && memory && assignment) {
        memset(memory, 0, OBSERVERS * bytes);
        for (uint32_t o = 0; o < OBSERVERS; o++) {
            lay_out(&pictures[o], memory + o * bytes, capacity);
            fill(&pictures[o], o, c->n);
        }
        quality_loop(state, c, pictures, assignment);
    } else {
        gbench_fail(state, "out of memory");
    }
    qf_assignment_free(assignment);
    free(memory);
    free(pictures);
}

/* ---- assignment ---- */

typedef struct assign_case {
    bool exact, dense;
    uint32_t n, close;
} assign_case;

static size_t list_candidates(const assign_case *c, uint32_t observer, qf_candidate *list)
{
    size_t n = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        const uint32_t column = (k * 7 + observer) % c->n;
        if (c->dense) {
            for (uint32_t i = 0; i < c->n; i++) {
                list[n++] = (qf_candidate){k, i, draw(observer, k * c->n + i)};
            }
            continue;
        }
        list[n++] = (qf_candidate){k, column, draw(observer, 2 * k)};
        if (k < c->close) { /* near the next row's column as well */
            list[n++] = (qf_candidate){k, (column + 7) % c->n, draw(observer, 2 * k + 1)};
        }
    }
    return n;
}

static void assign_loop(gbench_state *state, const assign_case *c, qf_assignment *assignment,
                        const qf_candidate *candidates, size_t n, uint32_t *numbers)
{
    double frames = 0.0;
    double pairs = 0.0;
    while (gbench_next(state)) {
        for (size_t o = 0; o < OBSERVERS; o++) {
            const qf_candidate *const own = candidates + o * n;
            const bool done =
                c->exact
                    ? qf_assign_exact(assignment, own, n, 2.0, c->n, c->n, numbers, numbers + c->n)
                    : qf_assign_nearest(assignment, own, n, c->n, c->n, numbers, numbers + c->n);
            if (!done) {
                gbench_fail(state, "out of memory");
                return;
            }
            pairs += numbers[0] != QF_UNASSIGNED;
        }
        frames += OBSERVERS;
    }
    gbench_counter_ns_per(state, "ns_per_observer", frames);
    gbench_counter(state, "first_held", pairs / frames);
}

static void run_assign(gbench_state *state, const void *user)
{
    const assign_case *c = user;
    const size_t most = c->dense ? (size_t)c->n * c->n : c->n + c->close;
    qf_candidate *candidates = malloc(OBSERVERS * most * sizeof *candidates);
    uint32_t *numbers = malloc(2 * c->n * sizeof *numbers);
    qf_assignment *assignment = qf_assignment_create();
    if (candidates && numbers && assignment) {
        size_t n = 0;
        for (uint32_t o = 0; o < OBSERVERS; o++) {
            n = list_candidates(c, o, candidates + o * most);
        }
        assign_loop(state, c, assignment, candidates, n, numbers);
    } else {
        gbench_fail(state, "out of memory");
    }
    qf_assignment_free(assignment);
    free(numbers);
    free(candidates);
}

static void register_quality(void)
{
    static quality_case cases[MOST_CASES];
    static const size_t sizes[] = {4, 16, 64, 200};
    size_t n_cases = 0;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        for (size_t s = 0; kernels && s < sizeof sizes / sizeof *sizes; s++) {
            char name[64];
            cases[n_cases] = (quality_case){kernels, sizes[s]};
            snprintf(name, sizeof name, "quality/%s/%zu", *isa, sizes[s]);
            gbench_register(name, run_quality, &cases[n_cases++], GBENCH_US);
        }
    }
}

static void register_assign(void)
{
    static const assign_case cases[] = {
        {true, false, 16, 0},   {true, false, 16, 2},   {true, false, 16, 16},
        {true, false, 200, 0},  {true, false, 200, 20}, {true, true, 16, 0},
        {true, true, 64, 0},    {false, false, 16, 0},  {false, false, 16, 2},
        {false, false, 16, 16}, {false, false, 200, 0}, {false, false, 200, 20},
        {false, true, 16, 0},   {false, true, 64, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const assign_case *c = &cases[i];
        char name[64];
        const char *way = c->exact ? "exact" : "nearest";
        if (c->dense) {
            snprintf(name, sizeof name, "assign/%s/dense/%u", way, c->n);
        } else {
            snprintf(name, sizeof name, "assign/%s/%u/%u", way, c->n, c->close);
        }
        gbench_register(name, run_assign, c, GBENCH_US);
    }
}

void bench_quality_register(void)
{
    register_quality();
    register_assign();
}
