/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EVENT_H
#define QF_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Registrar codes of the reference (world.md section 8) that this version emits. */
#define QF_EVENT_TABLE(QF_EVENT)                                                                   \
    QF_EVENT(BOOT_START, 100, INFO, "boot_start")                                                  \
    QF_EVENT(BOOT_OK, 101, INFO, "boot_ok")                                                        \
    QF_EVENT(BOOT_FAILED, 102, WARNING, "boot_failed")                                             \
    QF_EVENT(MISSION_RECEIVED, 120, INFO, "mission_received")                                      \
    QF_EVENT(MISSION_ACCEPTED, 121, INFO, "mission_accepted")                                      \
    QF_EVENT(MISSION_FINISHED, 122, INFO, "mission_finished")                                      \
    QF_EVENT(TRANSITION, 150, INFO, "fsm_transition")                                              \
    QF_EVENT(TRIGGER, 151, INFO, "fsm_trigger")                                                    \
    QF_EVENT(LOG, 160, INFO, "log")                                                                \
    QF_EVENT(DEVICE_OK, 200, INFO, "device_ok")                                                    \
    QF_EVENT(DEVICE_FAILED, 202, WARNING, "device_failed")                                         \
    QF_EVENT(TRACK_CONFIRMED, 211, INFO, "track_confirmed")                                        \
    QF_EVENT(TRACK_GONE, 212, INFO, "track_gone")                                                  \
    QF_EVENT(RCS_START, 300, INFO, "rcs_start")                                                    \
    QF_EVENT(RCS_STOP, 301, INFO, "rcs_stop")                                                      \
    QF_EVENT(COMMAND, 310, INFO, "command")                                                        \
    QF_EVENT(ACTUATION, 311, INFO, "actuation")                                                    \
    QF_EVENT(ACTUATION_FAILED, 312, WARNING, "actuation_failed")                                   \
    QF_EVENT(BEHAVIOR_STARTED, 320, INFO, "behavior_started")                                      \
    QF_EVENT(BEHAVIOR_DONE, 321, INFO, "behavior_done")                                            \
    QF_EVENT(WAYPOINT_REACHED, 322, INFO, "waypoint_reached")                                      \
    QF_EVENT(AVOIDING, 323, WARNING, "avoiding")                                                   \
    QF_EVENT(AVOIDED, 324, INFO, "avoided")                                                        \
    QF_EVENT(LINK_OK, 400, INFO, "link_ok")                                                        \
    QF_EVENT(LINK_LOST, 401, WARNING, "link_lost")                                                 \
    QF_EVENT(SITUATION_RESOLVED, 500, INFO, "situation_resolved")                                  \
    QF_EVENT(SITUATION_LOST, 501, INFO, "situation_lost")                                          \
    QF_EVENT(SITUATION, 502, WARNING, "situation")                                                 \
    QF_EVENT(SOFT_CAPTURE, 520, INFO, "soft_capture")                                              \
    QF_EVENT(HARD_CAPTURE, 521, INFO, "hard_capture")                                              \
    QF_EVENT(UNDOCKED, 522, INFO, "undocked")                                                      \
    QF_EVENT(CAPTURE_FAILED, 523, WARNING, "capture_failed")                                       \
    QF_EVENT(LATCH_BROKEN, 524, CRITICAL, "latch_broken")                                          \
    QF_EVENT(TASK_WON, 530, INFO, "task_won")                                                      \
    QF_EVENT(TASK_DONE, 531, INFO, "task_done")                                                    \
    QF_EVENT(TASK_LOST, 532, WARNING, "task_lost")                                                 \
    QF_EVENT(POWER_OK, 601, INFO, "power_ok")                                                      \
    QF_EVENT(POWER_LOW, 602, WARNING, "power_low")                                                 \
    QF_EVENT(POWER_CRITICAL, 603, CRITICAL, "power_critical")                                      \
    QF_EVENT(ECLIPSE_BEGIN, 610, INFO, "eclipse_begin")                                            \
    QF_EVENT(ECLIPSE_END, 611, INFO, "eclipse_end")                                                \
    QF_EVENT(THERMAL_OK, 700, INFO, "thermal_ok")                                                  \
    QF_EVENT(FAULT, 701, WARNING, "fault")                                                         \
    QF_EVENT(THERMAL_TRIP, 702, CRITICAL, "thermal_trip")                                          \
    QF_EVENT(FAULT_OVER, 703, INFO, "fault_over")                                                  \
    QF_EVENT(GUARD_CLEAR, 800, INFO, "guard_clear")                                                \
    QF_EVENT(GUARD_ALERT, 802, WARNING, "guard_alert")                                             \
    QF_EVENT(EMERGENCY_STOP, 900, CRITICAL, "emergency_stop")                                      \
    QF_EVENT(HALT, 901, CRITICAL, "halt")                                                          \
    QF_EVENT(EMERGENCY_OVER, 902, INFO, "emergency_over")                                          \
    QF_EVENT(SAFE_MODE, 910, WARNING, "safe_mode")                                                 \
    QF_EVENT(SAFE_MODE_OVER, 911, INFO, "safe_mode_over")                                          \
    QF_EVENT(COLLISION, 920, CRITICAL, "collision")

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

/* What an event may be why of: the latest event of a topic of a vehicle is found again by it. */
typedef enum qf_topic {
    QF_TOPIC_NONE,
    QF_TOPIC_POWER,     /* 6xx */
    QF_TOPIC_THERMAL,   /* 7xx of thermal nodes; subject: the node */
    QF_TOPIC_TRACK,     /* 211, 212 */
    QF_TOPIC_SITUATION, /* 5xx; subject: kind */
    QF_TOPIC_GUARD,     /* 8xx; subject: rule */
    QF_TOPIC_BIOS,      /* 100, 101, 102; to what vehicles decide 200 and 202, too */
    QF_TOPIC_DEVICE,    /* 200, 202; subject: device of the catalogue */
    QF_TOPIC_FAULT,     /* 701, 703; subject: incident of the group */
    QF_TOPIC_MISSION,   /* 12x */
    QF_TOPIC_STOP,      /* 900, 902, 910, 911 */
    QF_TOPIC_MACHINE,   /* 150, 151; subject: machine of the group */
    QF_TOPIC_COMMAND,   /* 310; subject: qf_command_kind */
    QF_TOPIC_ACTUATION, /* 311, 312; subject: qf_command_kind */
    QF_TOPIC_GUIDANCE,  /* 320 ... 324; subject: behaviour of the group */
    QF_TOPIC_LINK,      /* 400, 401 */
    QF_TOPIC_DOCKING,   /* 520 ... 524; subject: port (523: qf_capture_subject) */
    QF_TOPIC_TASK,      /* 530 ... 532; subject: task */
    QF_TOPIC_COLLISION, /* 920; subject: the other entity */
    QF_TOPICS,
} qf_topic;

typedef struct qf_cause {
    uint16_t topic;  /* qf_topic */
    int32_t subject; /* -1: any of the topic */
} qf_cause;

/* Topics whose latest events somebody may ask for: bits by qf_topic. */
typedef struct qf_asked {
    uint32_t any;    /* of any subject */
    uint32_t single; /* of single subjects */
} qf_asked;

/* When in a tick something happened; what came of the tick before comes first. */
typedef enum qf_moment {
    QF_MOMENT_WORLD,   /* in the tick before */
    QF_MOMENT_COMMAND, /* when it was broken, repaired or told what to do */
    QF_MOMENT_SENSE,   /* when it looked around */
    QF_MOMENT_DECIDE,  /* when it decided what to do */
} qf_moment;

/*
 * One thing that happened to one vehicle, at time tick * dt: at the end of tick `tick` - 1, or, after all that, when
 * it looked around before the next tick.
 */
typedef struct qf_event {
    int64_t tick;  /* ticks done when it happened; 0 is before the first */
    int64_t cause; /* index of the event that led to it in the file, -1: none */
    /* range in m (211, 50x, 8xx; NaN: the track is no more), number of the track that it became part of (212, -1:
       none), charge in percent (100, 101 without a self-test, 6xx), devices that are down (101 and 102 of a self-test,
       200, 202), the first number in the condition of a transition (150, 151; NaN: none), propellant left
       in kg (300, 301), the first number of a command (310), a qf_actuation (311, 312), temperature in deg C (700,
       702), what a fault brings (701, 703), what the quantity had become (901), waypoint (322), distance in m that it
       would pass at (323), time in s since what was last heard (400, 401; NaN: nothing was), the other vehicle (520,
       521, 522, 524), what was measured (523), way in m (530, 532), time in s that it took (531), closing speed in m/s
       (920); else NaN */
    double value;
    uint32_t world;
    uint32_t entity;
    /* thermal node (700, 702), thruster axis (300, 301), behaviour of the group (320 ... 324),
       kind of situation (50x), port of the vehicle (520 ... 524; 523: qf_capture_subject), task (530 ... 532), the
       other vehicle (920), guard rule of the group (8xx), quantity (901), transition over all machines (150, 151), text
       (160), device of the catalogue (200, 202), qf_command_kind (310, 311, 312) or fault of the group (701, 703) it is about, -1: none */
    int32_t subject;
    int32_t track;    /* number of the vehicle's track that it is about, -1: none */
    uint16_t code;    /* a qf_event_code */
    uint8_t severity; /* a qf_severity; of situations and guards their own */
    /* the rest is not on file */
    uint8_t moment;    /* qf_moment */
    uint16_t sequence; /* among what one vehicle decided in one tick */
    int16_t machine;   /* of 150 and 151: the machine of the group; else ignored */
    /* whose latest events may be its cause: the latest of them is, where it has no other; n of them, which
       outlive the simulation */
    uint16_t n_because;
    const qf_cause *because;
} qf_event;

#endif
