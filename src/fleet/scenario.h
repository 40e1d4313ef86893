/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SCENARIO_H
#define QF_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "body_spec.h"
#include "detections.h"
#include "docking_spec.h"
#include "environment_spec.h"
#include "fields.h"
#include "guidance_spec.h"
#include "hardware.h"
#include "incident_spec.h"
#include "machine_spec.h"
#include "number.h"
#include "radar_spec.h"
#include "radio_spec.h"
#include "task_spec.h"
#include "tracker_spec.h"

/*
 * A scenario: everything a run depends on, checked and with every default filled in. All memory
 * belongs to the scenario's arena. Made by qf_scenario_read (io).
 */

typedef enum qf_kind {
    QF_KIND_BOT,     /* moves along its heading, as the reference's */
    QF_KIND_SHIP,    /* a rigid body with thrusters */
    QF_KIND_STATION, /* a rigid body that others dock to */
    QF_KIND_DEBRIS,  /* a rigid body and nothing else */
    QF_KIND_COUNT
} qf_kind;

/* Bots are not. */
static inline bool qf_kind_is_body(qf_kind kind)
{
    return kind != QF_KIND_BOT;
}

typedef enum qf_iff {
    QF_IFF_FRIEND = 1, /* the reference's numbers */
    QF_IFF_FOE = 2,
    QF_IFF_UNKNOWN = 3,
} qf_iff;

/* First values of a vehicle. The value keys random draws (QF_STREAM_INITIAL): append only. */
typedef enum qf_initial_id {
    QF_INITIAL_X,
    QF_INITIAL_Y,
    QF_INITIAL_Z,
    QF_INITIAL_HEADING,
    QF_INITIAL_SPEED,
    /* of rigid bodies: world axes, or those of `relative_to` */
    QF_INITIAL_VX,
    QF_INITIAL_VY,
    QF_INITIAL_VZ,
    /* turns of the attitude given, about its own axes: roll after pitch after yaw */
    QF_INITIAL_ROLL_DEG,
    QF_INITIAL_PITCH_DEG,
    QF_INITIAL_YAW_DEG,
    QF_INITIAL_RATE_X_DPS,
    QF_INITIAL_RATE_Y_DPS,
    QF_INITIAL_RATE_Z_DPS,
    QF_INITIAL_DRY_MASS,
    /* instead of position and velocity */
    QF_INITIAL_SEMI_MAJOR_AXIS,
    QF_INITIAL_ECCENTRICITY,
    QF_INITIAL_INCLINATION_DEG,
    QF_INITIAL_NODE_DEG,
    QF_INITIAL_PERIAPSIS_DEG,
    QF_INITIAL_ANOMALY_DEG, /* true */
    QF_INITIAL_COAST,       /* s: how long before the start all that was so */
    QF_INITIAL_COUNT
} qf_initial_id;

typedef enum qf_command_kind {
    QF_COMMAND_SPEED,   /* mps */
    QF_COMMAND_MOTOR,   /* pct of full speed */
    QF_COMMAND_HEADING, /* deg */
    QF_COMMAND_ROTATE,  /* deg, added to the heading */
    QF_COMMAND_RCS,     /* axis, pct, duration_s */
    QF_COMMAND_DOCK,    /* connected */
    QF_COMMAND_NBL,     /* active */
    QF_COMMAND_NBL_MAX, /* max_power_w */
    QF_COMMAND_INPUTS,  /* radar_enabled, sensor_queue_depth, actuator_queue_depth,
                           transponder_active; each may be left out */
    QF_COMMAND_UNDOCK,
    QF_COMMAND_RADAR,       /* on */
    QF_COMMAND_TRANSPONDER, /* mode: a qf_transponder_mode */
    QF_COMMAND_POST,        /* runs the power-on self-test again */
    QF_COMMAND_SUBSYSTEMS,  /* radar and transponder on, as far as the group has them */
    QF_COMMAND_MISSION,     /* order: a qf_mission_order */
    QF_COMMAND_STOP,        /* active: emergency stop */
    QF_COMMAND_SAFE_MODE,   /* active */
    QF_COMMAND_SET,         /* name of a variable or input, value */
    QF_COMMAND_LOG,         /* message; machines only */
    QF_COMMAND_EMIT,        /* code, severity; machines only */
    QF_COMMAND_BEHAVE,      /* name of a behaviour of the group, or "none" */
    QF_COMMAND_COUNT
} qf_command_kind;

enum { QF_COMMAND_MAX_ARGUMENTS = 4 };

typedef enum qf_argument_kind {
    QF_ARGUMENT_NUMBER,
    QF_ARGUMENT_SWITCH, /* true or false: 1 or 0 */
    QF_ARGUMENT_AXIS,   /* name of an axis: a qf_rcs_axis */
    QF_ARGUMENT_CHOICE, /* one of `names`: its number */
    QF_ARGUMENT_TEXT,
    QF_ARGUMENT_VALUE, /* what a variable may be: number, truth value or one of its values */
} qf_argument_kind;

/* One row of the command table: what a command is called and takes. */
typedef enum qf_mission_order {
    QF_MISSION_RECEIVE,
    QF_MISSION_ACCEPT,
    QF_MISSION_FINISH
} qf_mission_order;

typedef struct qf_command_argument {
    const char *name; /* NULL: no more arguments */
    const char *unit;
    qf_argument_kind kind;
    bool required;
    double low;
    double high;
    const char *const *names; /* of a choice */
    size_t n_names;
} qf_command_argument;

typedef struct qf_command_row {
    const char *name;
    bool actuates;      /* moves something: what becomes of it is told (behavior.h) */
    bool machines_only; /* no command of scripts */
    const char *also;   /* another name that machines may call it by, NULL: none */
    qf_command_argument argument[QF_COMMAND_MAX_ARGUMENTS];
} qf_command_row;

extern const qf_command_row qf_command_table[QF_COMMAND_COUNT];

/* The name of the command that changes a column which `set` does not take, NULL: there is none. */
const char *qf_command_for_column(const char *column);

/* A command to every vehicle of a group, applied before tick `tick` runs. */
typedef struct qf_command {
    int64_t tick;
    qf_command_kind kind;
    qf_number argument[QF_COMMAND_MAX_ARGUMENTS];
    bool given[QF_COMMAND_MAX_ARGUMENTS];
    const char *name; /* of the variable or input of `set`, else NULL */
    const void *place; /* the reader's, NULL outside of one */
} qf_command;

typedef struct qf_group_spec {
    const char *name;
    qf_kind kind;
    qf_iff iff;
    size_t count;              /* vehicles per world, >= 1 */
    const char *hardware_file; /* as the scenario names it, NULL: none */
    qf_hardware hardware;
    qf_number initial[QF_INITIAL_COUNT];
    double soc_critical_pct; /* level of event 603 */
    /* how radars see it */
    qf_number rcs_dbsm; /* mean radar cross-section */
    int swerling;       /* case 0 ... 4 */
    /* what it answers them */
    qf_transponder_mode transponder_mode; /* at the start */
    const char
        *transponder_id; /* "{index}" stands for the vehicle's index in its group; NULL: none */
    const qf_radar_spec *radar;             /* NULL: none */
    int64_t radar_period_ticks;             /* 0: no radar */
    const qf_tracker_spec *tracker;         /* NULL: none; needs a radar */
    const qf_guards_spec *guards;           /* NULL: none; needs a tracker */
    const qf_situations_spec *situations;   /* NULL: none; needs a tracker */
    const qf_machine_spec *const *machines; /* the decision layer, if any, is the last */
    size_t n_machines;
    const qf_device *devices; /* of the hardware profile; `missing` is set */
    size_t n_devices;
    const qf_bios_spec *bios; /* NULL: none */
    const qf_incident_spec *incidents;
    size_t n_incidents;
    /* of rigid bodies */
    const qf_body_spec *body;   /* NULL: a bot */
    double initial_attitude[4]; /* w, x, y, z */
    bool initial_orbit;         /* the elements are given in place of position and velocity */
    size_t initial_relative_to; /* position and velocity are of vehicle 0 of that group, along its LVLH axes, or the
                                   world's where nothing orbits; itself: they are of the world */
    const qf_docking_spec *docking; /* NULL: no ports */
    /* how it moves by itself */
    const qf_guidance_spec *guidances; /* the first is active at the start */
    size_t n_guidances;
    const qf_drive_spec *drive; /* of bots; NULL: as the reference's */
    const qf_radio_spec *radio; /* NULL: none */
    const qf_command *script; /* ascending ticks; equal ticks in the order of the file */
    size_t n_commands;
} qf_group_spec;

typedef struct qf_record_spec {
    int64_t every_ticks;      /* >= 1 */
    int64_t hash_every_ticks; /* ticks from hash to hash; 0: only after the last tick */
    /* of the state only these ticks and vehicles, as far as there are so many; all 0: everything */
    int64_t first_tick, last_tick;
    size_t first_entity, n_entities;
    bool all;                 /* every column but bookkeeping */
    const char *const *state; /* names of columns, when not all */
    size_t n_state;
    bool events;
    /* which detections are kept */
    bool detections;
    int64_t detections_every_frames; /* of each radar, >= 1: its first frame, then every so many */
    double detections_min_snr_db;    /* -infinity: all */
    bool detections_long_range, detections_short_range, detections_false_alarms;
    const bool *detections_of_group; /* n_groups observers' groups; NULL: all */
    /* which tracks are kept */
    bool tracks;
    int64_t tracks_every_frames; /* of each radar, >= 1: its first frame, then every so many */
    bool tracks_tentative;       /* those not confirmed, too */
    const bool *tracks_of_group; /* n_groups observers' groups; NULL: all */
} qf_record_spec;

typedef struct qf_scenario {
    qf_arena arena;
    const char *name;
    uint64_t seed;
    double dt_s;
    int64_t n_ticks;
    size_t n_worlds;
    /* what keys the random draws of world w: world_numbers[w], or first_world + w where that is NULL */
    uint32_t first_world;
    const uint32_t *world_numbers;
    double ambient_c;
    double radiation_usvh;
    qf_sphere planet; /* hides what is behind it; radius 0: none. Where gravity has a planet, that */
    qf_gravity gravity;
    qf_sun_spec sun;
    qf_auction_spec auction;
    const qf_group_spec *groups;
    size_t n_groups;
    qf_record_spec record;
    const struct qf_sweep_spec *sweep; /* NULL: none (sweep_spec.h) */
    bool asks_for_sweep; /* its file has one, or requirements, which a run does without */
} qf_scenario;

void qf_scenario_free(qf_scenario *scenario);

/* The number that keys the random draws of a world. */
static inline uint32_t qf_world_number(const qf_scenario *scenario, size_t world)
{
    return scenario->world_numbers ? scenario->world_numbers[world]
                                   : scenario->first_world + (uint32_t)world;
}

/* Vehicles over all groups and worlds. */
size_t qf_scenario_n_vehicles(const qf_scenario *scenario);

extern const char *const qf_transponder_names[QF_TRANSPONDER_MODES];
extern const char *const qf_axis_names[]; /* by qf_rcs_axis; the first is "none" */

extern const char *const qf_kind_names[QF_KIND_COUNT];
const char *qf_kind_name(qf_kind kind);
const char *qf_iff_name(qf_iff iff);

#endif
