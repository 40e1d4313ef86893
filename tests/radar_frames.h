/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_RADAR_FRAMES_H
#define QF_TEST_RADAR_FRAMES_H

/* Runs in process whose detections tests look at: a scenario in, all its detections and its fleet out. */

#include "group.h"
#include "identities.h"
#include "scenario_fixture.h"
#include "simulation.h"

#include <math.h>

#define DEG (3.14159265358979323846 / 180.0)

/* a scenario's beginning; dt_s 1 */
#define SCENARIO_OF(seed, duration, more, detections)                                              \
    "schema: qfleet/1\nseed: " #seed "\ntime: {dt_s: 1, duration_s: " #duration "}\n" more         \
    "record: {every_s: " #duration ", state: [soc_pct], events: false, detections: " detections    \
    "}\ngroups:\n"
#define SCENARIO(seed, duration, more) SCENARIO_OF(seed, duration, more, "true")

/* power for everything */
#define STRONG_BUS                                                                                 \
    "hardware: {hardware_profile: {power_capacity_wh: 1e6, battery_soc_init_pct: 90,"              \
    " power_plane: {max_bus_a: 1e6}}}"

#define BOTS(name, count, more)                                                                    \
    "  - {name: " name ", kind: bot, count: " #count ", " STRONG_BUS ", " more "}\n"

#define IDEAL(more) "radar: {ideal: true, period_s: 1, range_max_m: 20000" more "}"

/* detects whatever is in its windows, and measures it as good as exactly: 1 m2 at 100 km is 104 dB */
#define STRONG_EXCEPT_BEAM                                                                         \
    "power_w: 1e12, gain_db: 60, frequency_hz: 9.4e9, noise_figure_db: 3, pfa: 1e-20, period_s: 1"

typedef struct frames {
    qf_fleet fleet;
    qf_simulation *simulation;
    qf_detections seen; /* all of the run */
    qf_arena arena;
    qf_identities identities;
} frames;

static inline void begin_frames(fixture *f, const char *text, int n_threads, frames *r)
{
    *r = (frames){0};
    load(f, text);
    f->context.n_threads = n_threads;
    assert_int_equal(qf_identities_create(&f->context, &r->arena, &f->scenario, &r->identities),
                     QF_OK);
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &r->fleet), QF_OK);
    assert_int_equal(
        qf_simulation_create(&f->context, &r->fleet, &(qf_simulation_options){0}, &r->simulation),
        QF_OK);
}

static inline void advance_frames(fixture *f, frames *r, int64_t until_tick)
{
    assert_int_equal(qf_simulation_advance(&f->context, r->simulation, until_tick, NULL, 0), QF_OK);
    const qf_detections *found = &qf_simulation_sightings(r->simulation)->recorded;
    assert_true(qf_detections_reserve(&r->seen, found->n));
    qf_detections_append(&r->seen, found, 0, found->n);
}

/* the whole run */
static inline void run_frames(fixture *f, const char *text, frames *r)
{
    begin_frames(f, text, 2, r);
    advance_frames(f, r, f->scenario.n_ticks);
}

static inline void end_frames(frames *r)
{
    qf_simulation_free(r->simulation);
    qf_fleet_free(&r->fleet);
    qf_detections_free(&r->seen);
    qf_arena_free(&r->arena);
    *r = (frames){0};
}

#define NOT_SEEN SIZE_MAX

/* the one detection of a target by an observer at a tick; NOT_SEEN: there is none */
static inline size_t find_sight(const frames *r, int64_t tick, int32_t observer, int32_t target)
{
    size_t found = NOT_SEEN;
    for (size_t i = 0; i < r->seen.n; i++) {
        if (r->seen.tick[i] == tick && r->seen.observer[i] == observer &&
            r->seen.target[i] == target) {
            assert_true(found == NOT_SEEN);
            found = i;
        }
    }
    return found;
}

static inline size_t sight(const frames *r, int64_t tick, int32_t observer, int32_t target)
{
    const size_t i = find_sight(r, tick, observer, target);
    if (i == NOT_SEEN) {
        fail_msg("at tick %lld %d does not see %d", (long long)tick, observer, target);
    }
    return i;
}

static inline size_t count_at(const frames *r, int64_t tick)
{
    size_t n = 0;
    for (size_t i = 0; i < r->seen.n; i++) {
        n += r->seen.tick[i] == tick;
    }
    return n;
}

/* a column of one vehicle after the last tick */
static inline int64_t column_of(const frames *r, qf_field_id field, size_t entity)
{
    return qf_i64(&r->fleet, field, 0)[qf_fleet_entity(&r->fleet, entity).slot];
}

#define assert_near(found, expected, allowed)                                                      \
    do {                                                                                           \
        const double found_ = (found);                                                             \
        const double expected_ = (expected);                                                       \
        if (!(fabs(found_ - expected_) <= (allowed))) {                                            \
            fail_msg("%s is %.9g, expected %.9g", #found, found_, expected_);                      \
        }                                                                                          \
    } while (0)

#endif
