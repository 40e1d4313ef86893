/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_FLEET_STAND_H
#define QF_TEST_FLEET_STAND_H

/*
 * A fleet whose vehicles tests put where they want them: scenario text for the groups, which the test then gives what it
 * is about (behaviours, radios, bodies), and meetings of single stages instead of ticks.
 */
#include "event_log.h"
#include "group.h"
#include "kernels.h"
#include "scenario_fixture.h"
#include "simulation.h"
#include "stage.h"

#include <math.h>

enum { STAND_GROUPS = 8, STAND_GUIDANCES = 4 };

typedef struct fleet_stand {
    fixture *f;
    qf_group_spec groups[STAND_GROUPS];
    qf_guidance_spec guidances[STAND_GROUPS][STAND_GUIDANCES];
    qf_fleet fleet;
    qf_event_log *log;
    const qf_stage *stage;
    void *user;
    qf_sightings sightings; /* of the last meeting */
    const qf_event *events; /* of the last meeting */
    size_t n_events;
} fleet_stand;

/* groups as they are read; what the test changes of s->groups counts from `begin_stand` on */
static inline void take_groups(fixture *f, fleet_stand *s)
{
    *s = (fleet_stand){.f = f};
    assert_true(f->scenario.n_groups <= STAND_GROUPS);
    for (size_t g = 0; g < f->scenario.n_groups; g++) {
        s->groups[g] = f->scenario.groups[g];
    }
    f->scenario.groups = s->groups;
}

static inline void read_stand(fixture *f, const char *text, fleet_stand *s)
{
    load(f, text);
    take_groups(f, s);
}

/* one more behaviour of that group */
static inline qf_guidance_spec *add_guidance(fleet_stand *s, size_t group, qf_guidance_kind kind,
                                             size_t target)
{
    qf_group_spec *spec = &s->groups[group];
    assert_true(spec->n_guidances < STAND_GUIDANCES);
    qf_guidance_spec *guidance = &s->guidances[group][spec->n_guidances++];
    *guidance = (qf_guidance_spec){.name = "b", .kind = kind, .target_group = target};
    spec->guidances = s->guidances[group];
    return guidance;
}

static inline const qf_stage *stage_named(const char *name)
{
    for (size_t k = 0; k < qf_stage_count; k++) {
        if (strcmp(qf_stage_table[k].name, name) == 0) {
            return &qf_stage_table[k];
        }
    }
    fail_msg("no stage %s", name);
    return NULL;
}

static inline void begin_stand(fleet_stand *s, const char *stage)
{
    qf_context *context = &s->f->context;
    s->stage = stage_named(stage);
    assert_int_equal(qf_fleet_create(context, &s->f->scenario, &s->fleet), QF_OK);
    assert_int_equal(qf_event_log_create(context, context->n_threads, true, &s->log), QF_OK);
    assert_int_equal(s->stage->open(context, &s->fleet, &s->user), QF_OK);
}

static inline void end_stand(fleet_stand *s)
{
    s->stage->close(s->user);
    qf_detections_free(&s->sightings.recorded);
    qf_track_samples_free(&s->sightings.tracks);
    qf_picture_samples_free(&s->sightings.pictures);
    qf_event_log_free(s->log);
    qf_fleet_free(&s->fleet);
}

static inline void meet(fleet_stand *s, int64_t tick)
{
    int64_t period_ticks[STAND_GROUPS];
    for (size_t g = 0; g < s->f->scenario.n_groups; g++) {
        period_ticks[g] = s->stage->period_ticks(&s->fleet.groups[g]);
    }
    const qf_meeting meeting = {.fleet = &s->fleet,
                                .kernels = qf_kernels_best(),
                                .tick = tick,
                                .period_ticks = period_ticks,
                                .sightings = &s->sightings,
                                .events = s->log,
                                .user = s->user};
    s->sightings.recorded.n = s->sightings.tracks.n = s->sightings.pictures.n = 0;
    assert_int_equal(s->stage->meet(&s->f->context, &meeting), QF_OK);
    assert_int_equal(qf_event_log_commit(&s->f->context, s->log, &s->events, &s->n_events), QF_OK);
}

static inline size_t slot_of(const fleet_stand *s, size_t entity)
{
    return qf_fleet_entity(&s->fleet, entity).slot;
}

static inline double *number_at(const fleet_stand *s, qf_field_id field, size_t entity)
{
    return &qf_f64(&s->fleet, field, 0)[slot_of(s, entity)];
}
#define NUMBER(s, id, entity) (*number_at(s, QF_FIELD_##id, entity))

static inline int64_t *integer_at(const fleet_stand *s, qf_field_id field, size_t entity)
{
    return &qf_i64(&s->fleet, field, 0)[slot_of(s, entity)];
}
#define INTEGER(s, id, entity) (*integer_at(s, QF_FIELD_##id, entity))

static inline uint64_t *flags_at(const fleet_stand *s, size_t entity)
{
    return &qf_u64(&s->fleet, QF_FIELD_FLAGS, 0)[slot_of(s, entity)];
}
#define RAISE(s, id, entity)  (*flags_at(s, entity) |= QF_FLAG_BIT(id))
#define LOWER(s, id, entity)  (*flags_at(s, entity) &= ~QF_FLAG_BIT(id))
#define IS_SET(s, id, entity) ((*flags_at(s, entity) & QF_FLAG_BIT(id)) != 0)

static inline void put(const fleet_stand *s, size_t entity, double x_m, double y_m, double z_m)
{
    NUMBER(s, X, entity) = x_m;
    NUMBER(s, Y, entity) = y_m;
    NUMBER(s, Z, entity) = z_m;
}

/* events of that code and entity in the last meeting */
static inline size_t count_events(const fleet_stand *s, qf_event_code code, uint32_t entity)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_events; i++) {
        n += s->events[i].code == code && s->events[i].entity == entity;
    }
    return n;
}

#endif
