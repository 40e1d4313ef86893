/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <math.h>

#define NUMBER(name_, unit_, required_, low_, high_)                                               \
    {                                                                                              \
        .name = (name_), .unit = (unit_), .kind = QF_ARGUMENT_NUMBER, .required = (required_),     \
        .low = (low_), .high = (high_)                                                             \
    }
#define SWITCH(name_, required_)                                                                   \
    {                                                                                              \
        .name = (name_), .unit = "1", .kind = QF_ARGUMENT_SWITCH, .required = (required_),         \
        .high = 1.0                                                                                \
    }

const qf_command_row qf_command_table[QF_COMMAND_COUNT] = {
    [QF_COMMAND_SPEED] = {"speed", {NUMBER("mps", "m s-1", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_MOTOR] = {"motor", {NUMBER("pct", "percent", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_HEADING] = {"heading", {NUMBER("deg", "degree", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_ROTATE] = {"rotate", {NUMBER("deg", "degree", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_RCS] = {"rcs",
                        {{.name = "axis", .unit = "1", .kind = QF_ARGUMENT_AXIS, .required = true},
                         NUMBER("pct", "percent", true, -INFINITY, INFINITY),
                         NUMBER("duration_s", "s", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_DOCK] = {"dock", {SWITCH("connected", true)}},
    [QF_COMMAND_NBL] = {"nbl", {SWITCH("active", true)}},
    [QF_COMMAND_NBL_MAX] = {"nbl_max", {NUMBER("max_power_w", "W", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_INPUTS] = {"inputs",
                           {SWITCH("radar_enabled", false),
                            NUMBER("sensor_queue_depth", "1", false, 0.0, INFINITY),
                            NUMBER("actuator_queue_depth", "1", false, 0.0, INFINITY),
                            SWITCH("transponder_active", false)}},
};

void qf_scenario_free(qf_scenario *scenario)
{
    qf_arena_free(&scenario->arena);
    *scenario = (qf_scenario){0};
}

size_t qf_scenario_n_vehicles(const qf_scenario *scenario)
{
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n += scenario->groups[g].count * scenario->n_worlds;
    }
    return n;
}

const char *const qf_transponder_names[QF_TRANSPONDER_MODES] = {[QF_TRANSPONDER_OFF] = "off",
                                                                [QF_TRANSPONDER_ON] = "on",
                                                                [QF_TRANSPONDER_SILENT] = "silent",
                                                                [QF_TRANSPONDER_SPOOF] = "spoof"};

const char *qf_kind_name(qf_kind kind)
{
    static const char *const names[QF_KIND_COUNT] = {[QF_KIND_BOT] = "bot"};
    return names[kind];
}

const char *qf_iff_name(qf_iff iff)
{
    static const char *const names[] = {
        [QF_IFF_FRIEND] = "friend", [QF_IFF_FOE] = "foe", [QF_IFF_UNKNOWN] = "unknown"};
    return names[iff];
}
