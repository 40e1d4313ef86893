/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_CONFORMANCE_H
#define QF_TEST_CONFORMANCE_H

/*
 * The kernels as a table, how some of them run on a stand, and the reference that all are compared
 * with: the generic kernels, called for one vehicle at a time, so that no vector code takes part.
 */
#include "conformance_inputs.h"
#include "kernels.h"

enum { CHAIN_TICKS = 6 };

typedef enum shape { SHAPE_STEP, SHAPE_WATCHED, SHAPE_HEALTH } shape;

typedef struct kernel_row {
    const char *name;
    size_t place; /* of its pointer in qf_kernels */
    shape shape;
} kernel_row;

#define ROW(kernel)                                                                                \
    {                                                                                              \
#kernel, offsetof(qf_kernels, kernel),                                                     \
            _Generic(((qf_kernels *)0)->kernel, qf_bot_kernel *                                    \
                     : SHAPE_STEP, qf_bot_watched_kernel *                                         \
                     : SHAPE_WATCHED, qf_health_kernel *                                           \
                     : SHAPE_HEALTH)                                                               \
    }

/* in the order of a tick */
static const kernel_row kernel_rows[] = {ROW(kinematics), ROW(mcqpu),   ROW(propulsion),
                                         ROW(power),      ROW(thermal), ROW(health)};

enum { N_KERNELS = COUNT(kernel_rows) };

/* Kernels [first, last) of the table, for some ticks. */
typedef struct job {
    size_t first, last;
    int n_ticks;
    bool observed; /* every other tick, from the first */
    qf_bot_tick tick[CHAIN_TICKS];
} job;

typedef struct span {
    size_t begin, end;
} span;

/* after each kernel alone, all of them for some ticks */
static inline job job_of(const stand *s, size_t number, bool observed)
{
    job j = {.first = number, .last = number + 1, .n_ticks = 1, .observed = observed};
    if (number == N_KERNELS) {
        j.first = 0;
        j.last = N_KERNELS;
        j.n_ticks = CHAIN_TICKS;
    }
    const double dt_s = s->v.scenario.dt_s;
    for (int t = 0; t < CHAIN_TICKS; t++) {
        const double clock_s = (3 + t) * dt_s;
        j.tick[t] =
            qf_tick_constants(&s->v.fleet, 3 + t, clock_s - dt_s, clock_s, observed && t % 2 == 0);
        qf_tick_set_valves(&j.tick[t], s->group, clock_s);
    }
    return j;
}

/* the kernel's answer; for health, whether somebody is not */
static inline bool call(const stand *s, const qf_kernels *kernels, const kernel_row *row,
                        const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin, size_t end)
{
    const char *pointer = (const char *)kernels + row->place;
    const qf_bot_group *group = &s->group->bot;
    qf_bot_kernel *step;
    qf_bot_watched_kernel *watched;
    qf_health_kernel *health;
    const size_t *first = s->health.first + TESTED_GROUP;
    switch (row->shape) {
    case SHAPE_STEP:
        memcpy(&step, pointer, sizeof step);
        step(&s->bot, group, tick, scratch, begin, end);
        return false;
    case SHAPE_WATCHED:
        memcpy(&watched, pointer, sizeof watched);
        return watched(&s->bot, group, tick, scratch, begin, end);
    case SHAPE_HEALTH:
    default:
        memcpy(&health, pointer, sizeof health);
        return !health(s->health.ranges + first[0], first[1] - first[0], begin, end);
    }
}

/* one bit for each answer of the job */
static inline uint64_t run_span(const stand *s, const job *j, const qf_kernels *kernels, int thread,
                                const span *at)
{
    const size_t bytes = 8 * (at->end - at->begin);
    uint64_t said = 0;
    for (size_t k = s->n_fleet_columns; k < s->n_columns; k++) {
        memcpy(s->rows[thread][k - s->n_fleet_columns], s->column[k] + at->begin, bytes);
    }
    for (int t = 0; t < j->n_ticks; t++) {
        for (size_t r = j->first; r < j->last; r++) {
            const uint64_t answer = call(s, kernels, &kernel_rows[r], &j->tick[t],
                                         s->scratch[thread], at->begin, at->end);
            said |= answer << ((size_t)t * N_KERNELS + r);
        }
    }
    for (size_t k = s->n_fleet_columns; k < s->n_columns; k++) {
        memcpy(s->column[k] + at->begin, s->rows[thread][k - s->n_fleet_columns], bytes);
    }
    return said;
}

static inline void copy_columns(const stand *s, uint64_t *const *to, uint64_t *const *from,
                                size_t begin, size_t end)
{
    for (size_t k = 0; k < s->n_columns; k++) {
        memcpy(to[k] + begin, from[k] + begin, 8 * (end - begin));
    }
}

/* what is right for these vehicles */
static inline void expect(stand *s, const job *j, size_t begin, size_t end)
{
    const qf_kernels *generic = qf_kernels_for("generic");
    copy_columns(s, s->column, s->initial, begin, end);
    for (size_t i = begin; i < end; i++) {
        s->expected_said[i] = run_span(s, j, generic, 0, &(span){i, i + 1});
    }
    copy_columns(s, s->expected, s->column, begin, end);
}

#endif
