/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_BEHAVIOR_SCENE_H
#define QF_TEST_BEHAVIOR_SCENE_H

/* Vehicles that behave, and everything that was told of them. */
#include "catalog.h"
#include "command.h"
#include "vehicle.h"

enum { MOST_EVENTS = 200000 };

typedef struct told {
    qf_event *events;
    size_t n;
} told;

/* some ticks; what is told in them is added */
static inline void advance_listening(vehicles *v, int64_t n_ticks, told *t)
{
    advance(v, n_ticks);
    size_t n;
    const qf_event *events = qf_simulation_events(v->simulation, &n);
    assert_true(t->n + n <= MOST_EVENTS);
    if (!t->events) {
        t->events = calloc(MOST_EVENTS, sizeof *t->events);
        assert_non_null(t->events);
    }
    for (size_t e = 0; e < n; e++) {
        t->events[t->n++] = events[e];
    }
}

/* those of one vehicle, but for the start, in order; NULL: there are fewer */
static inline const qf_event *told_of(const told *t, size_t entity, size_t number)
{
    for (size_t e = 0; e < t->n; e++) {
        const qf_event *event = &t->events[e];
        if (event->entity == entity && event->code > QF_EVENT_BOOT_FAILED && number-- == 0) {
            return event;
        }
    }
    return NULL;
}

static inline size_t count_told(const told *t, size_t entity, int code)
{
    size_t n = 0;
    for (size_t e = 0; e < t->n; e++) {
        n += t->events[e].entity == entity && t->events[e].code == code;
    }
    return n;
}

static inline void forget(told *t)
{
    free(t->events);
    *t = (told){0};
}

static inline const char *state_of(const vehicles *v, size_t machine, size_t entity)
{
    const size_t slot = qf_fleet_entity(&v->fleet, entity).slot;
    const int64_t id = qf_i64(&v->fleet, QF_FIELD_FSM_STATE, machine)[slot];
    assert_true(id >= 0 && (size_t)id < v->fleet.catalog.n_states);
    return v->fleet.catalog.state_names[id];
}
#define assert_state(v, machine, entity, name)                                                     \
    assert_string_equal(state_of(v, machine, entity), name)

static inline double variable_of(const vehicles *v, const char *name, size_t entity)
{
    const size_t k = qf_catalog_variable(&v->fleet.catalog, name);
    assert_true(k < v->fleet.catalog.n_variables);
    return qf_f64(&v->fleet, QF_FIELD_FSM_VARIABLE, k)[qf_fleet_entity(&v->fleet, entity).slot];
}

static inline uint64_t actuation_of(const vehicles *v, size_t entity)
{
    return qf_u64(&v->fleet, QF_FIELD_ACTUATION, 0)[qf_fleet_entity(&v->fleet, entity).slot];
}
#define assert_actuation(v, entity, kind, actuation)                                               \
    assert_int_equal(actuation_of(v, entity), QF_ACTUATION_OF(QF_COMMAND_##kind) |                 \
                                                  QF_ACTUATION_IS(QF_ACTUATION_##actuation))

static inline uint64_t hash_of(vehicles *v)
{
    uint64_t worlds[16];
    assert_true(v->scenario.n_worlds <= COUNT(worlds));
    assert_int_equal(qf_fleet_world_hashes(&v->context, &v->fleet, worlds), QF_OK);
    return qf_combine_hashes(worlds, v->scenario.n_worlds);
}

#endif
