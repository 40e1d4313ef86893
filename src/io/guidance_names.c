/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of `behavior` may say, for its reader and its writer. */
#include <math.h>

#include "guidance_reader.h"
#include "scalar_math.h"

#define INFINITE ((double)INFINITY)

enum {
    HOLD = 1 << QF_GUIDANCE_HOLD,
    WAYPOINT = 1 << QF_GUIDANCE_WAYPOINT,
    PATROL = 1 << QF_GUIDANCE_PATROL,
    VELOCITY = 1 << QF_GUIDANCE_VELOCITY,
    STATION_KEEP = 1 << QF_GUIDANCE_STATION_KEEP,
    APPROACH = 1 << QF_GUIDANCE_APPROACH,
    FORMATION = 1 << QF_GUIDANCE_FORMATION,
    TASKS = 1 << QF_GUIDANCE_TASKS,
    WAYS = WAYPOINT | PATROL,
    OFFSETS = STATION_KEEP | FORMATION,
    ALL = WAYS | OFFSETS | APPROACH | TASKS | HOLD | VELOCITY,
};

#define NUMBER(key, field)                                                                         \
    {                                                                                              \
        key, offsetof(qf_guidance_spec, field), false, false,                                      \
            {.low = 0.0, .high = INFINITE, .low_open = true}, 0.0                                  \
    }

#define LENGTH(key, field)                                                                         \
    {                                                                                              \
        key, offsetof(qf_guidance_spec, field), false, false,                                      \
            {.low = 0.0, .high = QF_FARTHEST_M, .low_open = true}, 0.0                             \
    }

/* clang-format off */
const qf_guidance_key_row qf_guidance_key_table[QF_GUIDANCE_KEYS] = {
    [QF_GUIDANCE_KEY_WAYPOINTS] = {.name = "waypoints_m", .kinds = WAYS, .needed = WAYS},
    [QF_GUIDANCE_KEY_VELOCITY] = {.name = "velocity_mps", .kinds = VELOCITY, .needed = VELOCITY},
    [QF_GUIDANCE_KEY_TARGET] = {.name = "target", .kinds = STATION_KEEP | APPROACH, .needed = STATION_KEEP | APPROACH},
    [QF_GUIDANCE_KEY_LEADER] = {.name = "leader", .kinds = FORMATION, .needed = FORMATION},
    [QF_GUIDANCE_KEY_OFFSET] = {.name = "offset_m", .kinds = OFFSETS, .needed = OFFSETS},
    [QF_GUIDANCE_KEY_FRAME] = {.name = "frame", .kinds = OFFSETS},
    [QF_GUIDANCE_KEY_PORT] = {.name = "port", .kinds = APPROACH},
    [QF_GUIDANCE_KEY_OWN_PORT] = {.name = "own_port", .kinds = APPROACH},
    [QF_GUIDANCE_KEY_SPEED] = {.name = "speed_mps", .kinds = ALL, .number = NUMBER("speed_mps", speed_mps)},
    [QF_GUIDANCE_KEY_ARRIVAL] = {.name = "arrival_m", .kinds = WAYS | TASKS | APPROACH, .number = LENGTH("arrival_m", arrival_m)},
    [QF_GUIDANCE_KEY_STANDOFF] = {.name = "standoff_m", .kinds = APPROACH, .number = LENGTH("standoff_m", standoff_m)},
    [QF_GUIDANCE_KEY_CORRIDOR] =
        {.name = "corridor_deg", .kinds = APPROACH,
         .number = {"corridor_deg", offsetof(qf_guidance_spec, corridor_half_angle_rad), false, false,
                    {.low = 0.0, .high = 90.0, .low_open = true, .high_open = true}, QF_RAD_PER_DEG}},
    [QF_GUIDANCE_KEY_CONTACT] = {.name = "contact_mps", .kinds = APPROACH, .number = NUMBER("contact_mps", contact_mps)},
    [QF_GUIDANCE_KEY_ATTITUDE] = {.name = "attitude", .kinds = ALL & ~APPROACH, .bodies_only = true},
    [QF_GUIDANCE_KEY_CONTROL] = {.name = "control", .kinds = ALL, .bodies_only = true},
    [QF_GUIDANCE_KEY_AVOID] = {.name = "avoid", .kinds = ALL},
};
/* clang-format on */

const char *const qf_guidance_names[QF_GUIDANCE_KINDS] = {[QF_GUIDANCE_HOLD] = "hold",
                                                          [QF_GUIDANCE_WAYPOINT] = "waypoint",
                                                          [QF_GUIDANCE_PATROL] = "patrol",
                                                          [QF_GUIDANCE_VELOCITY] = "velocity",
                                                          [QF_GUIDANCE_STATION_KEEP] =
                                                              "station_keep",
                                                          [QF_GUIDANCE_APPROACH] = "approach",
                                                          [QF_GUIDANCE_FORMATION] = "formation",
                                                          [QF_GUIDANCE_TASKS] = "tasks"};

const char *const qf_offset_names[QF_OFFSET_FRAMES] = {
    [QF_OFFSET_WORLD] = "world", [QF_OFFSET_BODY] = "body", [QF_OFFSET_LVLH] = "lvlh"};

const char *const qf_attitude_names[QF_ATTITUDE_MODES] = {
    [QF_ATTITUDE_KEEP] = "keep",         [QF_ATTITUDE_FIXED] = NULL,
    [QF_ATTITUDE_VELOCITY] = "velocity", [QF_ATTITUDE_TARGET] = "target",
    [QF_ATTITUDE_FREE] = "free",         [QF_ATTITUDE_MATCH] = "match"};

const qf_setting qf_control_settings[QF_CONTROL_SETTINGS] = {
    QF_SETTING_ABOVE(qf_guidance_spec, position_rps, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_guidance_spec, position_damping, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_guidance_spec, attitude_rps, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_guidance_spec, attitude_damping, 0.0, INFINITE),
    QF_SETTING_ABOVE(qf_guidance_spec, max_accel_mps2, 0.0, INFINITE),
    QF_SETTING_SCALED("max_rate_dps", qf_guidance_spec, max_rate_rps, 0.0, INFINITE,
                      QF_RAD_PER_DEG),
};

const qf_setting qf_avoid_settings[QF_AVOID_SETTINGS] = {
    {"distance_m",
     offsetof(qf_guidance_spec, avoid_m),
     false,
     false,
     {.low = 0.0, .high = QF_FARTHEST_M, .low_open = true},
     0.0},
    {"horizon_s",
     offsetof(qf_guidance_spec, avoid_horizon_s),
     false,
     false,
     {.low = 0.0, .high = INFINITE, .low_open = true},
     0.0},
};
