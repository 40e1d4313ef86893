/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_INCIDENT_SCENE_H
#define QF_TEST_INCIDENT_SCENE_H

/* What the tests of incidents share: vehicles with devices, and what was told of them. */

#include "incidents.h"
#include "vehicle.h"

#define DEVICES                                                                                    \
    "actuators: [{id: left-1, role: left, type: wheel_motor}],"                                    \
    " sensors: [{id: imu_a, type: imu}, {id: imu_b, type: imu}, {id: eye, type: radar}]"

/* numbers of the devices in the catalogue */
enum { LEFT, IMU_A, IMU_B, EYE };

/* runs tick by tick and keeps all events */
typedef struct diary {
    qf_event *events;
    size_t n;
} diary;

static inline void advance_and_note(vehicles *v, int64_t n_ticks, diary *d)
{
    for (int64_t t = 0; t < n_ticks; t++) {
        advance(v, 1);
        size_t n;
        const qf_event *events = qf_simulation_events(v->simulation, &n);
        if (n == 0) {
            continue;
        }
        d->events = realloc(d->events, (d->n + n) * sizeof *d->events);
        assert_non_null(d->events);
        memcpy(d->events + d->n, events, n * sizeof *events);
        d->n += n;
    }
}

/* ticks, codes and subjects of what was told of one vehicle, such as "0:100/-1 4:202/1" */
static inline void assert_told(const diary *d, uint32_t entity, const char *expected)
{
    char text[4096] = "";
    size_t length = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (d->events[i].entity == entity) {
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%lld:%d/%d",
                                       length ? " " : "", (long long)d->events[i].tick,
                                       d->events[i].code, d->events[i].subject);
            assert_true(length < sizeof text);
        }
    }
    assert_string_equal(text, expected);
}

static inline void forget(diary *d)
{
    free(d->events);
    *d = (diary){0};
}

static inline uint64_t down(const vehicles *v, size_t entity)
{
    return qf_u64(&v->fleet, QF_FIELD_DEVICES_DOWN, 0)[qf_fleet_entity(&v->fleet, entity).slot];
}

#endif
