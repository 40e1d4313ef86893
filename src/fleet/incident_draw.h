/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INCIDENT_DRAW_H
#define QF_INCIDENT_DRAW_H

#include "fleet.h"
#include "incident_spec.h"

/* What is drawn of an incident, and how seconds become ticks. */
typedef enum qf_incident_draw {
    QF_INCIDENT_HAPPENS, /* whether */
    QF_INCIDENT_WHEN,    /* at which time, or how long until it does */
    QF_INCIDENT_LASTS,   /* how long */
    QF_INCIDENT_VALUE,
    QF_INCIDENT_DRAWS,
} qf_incident_draw;

enum { QF_POST_DRAW = QF_INCIDENT_DRAWS * QF_INCIDENTS_MOST }; /* how long a self-test takes */

#define QF_NEVER INT64_MAX

/* of incident number `i` of the vehicle's group, drawn at `tick` */
static inline qf_draw_key qf_incident_key(const qf_fleet *fleet, qf_entity e, int64_t tick,
                                          size_t i, qf_incident_draw what)
{
    return (qf_draw_key){.seed = fleet->scenario->seed,
                         .world = e.number,
                         .vehicle = e.vehicle,
                         .tick = (uint32_t)tick,
                         .stream = QF_STREAM_INCIDENT,
                         .draw = (uint32_t)(QF_INCIDENT_DRAWS * i + what)};
}

/*
 * Ticks that a time takes, rounded up; times of more than 9e15 ticks are as good as never. What is due in a tick that is
 * under way is done in the next.
 */
int64_t qf_incident_ticks(double seconds, double dt_s);

/* The tick at which an incident begins for the first time, as drawn at tick 0. */
int64_t qf_incident_first(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                          qf_entity e);

/* ... and at which one of those that come again and again does so next, as drawn at `tick`. */
int64_t qf_incident_next(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                         qf_entity e, int64_t tick);

/* Whether one happens that has a probability. */
bool qf_incident_happens(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                         qf_entity e, int64_t tick);

/* The tick at which one that began at `tick` ends, or QF_NEVER. */
int64_t qf_incident_end(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                        qf_entity e, int64_t tick);

#endif
