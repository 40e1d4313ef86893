/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EVENT_H
#define QF_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Registrar codes of the reference (world.md section 8) that this version emits. */
#define QF_EVENT_TABLE(QF_EVENT)                                                                   \
    QF_EVENT(BOOT_START, 100, INFO, "boot_start")                                                  \
    QF_EVENT(BOOT_OK, 101, INFO, "boot_ok")                                                        \
    QF_EVENT(TRACK_CONFIRMED, 211, INFO, "track_confirmed")                                        \
    QF_EVENT(TRACK_GONE, 212, INFO, "track_gone")                                                  \
    QF_EVENT(RCS_START, 300, INFO, "rcs_start")                                                    \
    QF_EVENT(RCS_STOP, 301, INFO, "rcs_stop")                                                      \
    QF_EVENT(SITUATION_RESOLVED, 500, INFO, "situation_resolved")                                  \
    QF_EVENT(SITUATION_LOST, 501, INFO, "situation_lost")                                          \
    QF_EVENT(SITUATION, 502, WARNING, "situation")                                                 \
    QF_EVENT(POWER_OK, 601, INFO, "power_ok")                                                      \
    QF_EVENT(POWER_LOW, 602, WARNING, "power_low")                                                 \
    QF_EVENT(POWER_CRITICAL, 603, CRITICAL, "power_critical")                                      \
    QF_EVENT(THERMAL_OK, 700, INFO, "thermal_ok")                                                  \
    QF_EVENT(THERMAL_TRIP, 702, CRITICAL, "thermal_trip")                                          \
    QF_EVENT(GUARD_CLEAR, 800, INFO, "guard_clear")                                                \
    QF_EVENT(GUARD_ALERT, 802, WARNING, "guard_alert")                                             \
    QF_EVENT(HALT, 901, CRITICAL, "halt")

typedef enum qf_severity {
    QF_SEVERITY_INFO = 0,
    QF_SEVERITY_WARNING = 1,
    QF_SEVERITY_CRITICAL = 2,
} qf_severity;

typedef enum qf_event_code {
#define QF_EVENT(id, code, severity, name) QF_EVENT_##id = code,
    QF_EVENT_TABLE(QF_EVENT)
#undef QF_EVENT
} qf_event_code;

enum { QF_EVENT_CODES = 1000 }; /* codes are below this */

/*
 * One thing that happened to one vehicle, at time tick * dt: at the end of tick `tick` - 1, or, after all that, when
 * it looked around before the next tick.
 */
typedef struct qf_event {
    int64_t tick;  /* ticks done when it happened; 0 is before the first */
    int64_t cause; /* index of the event that led to it in the file, -1: none */
    /* range in m (211, 5xx, 8xx; NaN: the track is no more), number of the track that it became part of (212, -1:
       none), propellant left in kg (3xx), charge in percent (1xx, 6xx), temperature in
       deg C (7xx), what the quantity had become (901) */
    double value;
    uint32_t world;
    uint32_t entity;
    /* thermal node, thruster axis, kind of situation (5xx), guard rule of the group (8xx) or quantity (901) it
       is about, -1: none */
    int32_t subject;
    int32_t track;    /* number of the vehicle's track that it is about, -1: none */
    uint16_t code;    /* a qf_event_code */
    uint8_t severity; /* a qf_severity; of situations and guards their own */
    bool sensed;      /* when it looked around; not on file */
} qf_event;

#endif
