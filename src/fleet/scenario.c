/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <string.h>

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

#define CHOICE(key, list, n)                                                                       \
    {                                                                                              \
        .name = key, .unit = "1", .kind = QF_ARGUMENT_CHOICE, .required = true, .names = list,     \
        .n_names = n                                                                               \
    }

static const char *const mission_orders[] = {"receive", "accept", "finish"};
static const char *const severities[] = {"info", "warning", "critical"};

const qf_command_row qf_command_table[QF_COMMAND_COUNT] = {
    [QF_COMMAND_SPEED] = {"speed", .actuates = true,
                          .argument = {NUMBER("mps", "m s-1", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_MOTOR] = {"motor", .actuates = true,
                          .argument = {NUMBER("pct", "percent", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_HEADING] = {"heading", .actuates = true,
                            .argument = {NUMBER("deg", "degree", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_ROTATE] = {"rotate", .actuates = true,
                           .argument = {NUMBER("deg", "degree", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_RCS] =
        {"rcs", .actuates = true,
         .argument = {{.name = "axis", .unit = "1", .kind = QF_ARGUMENT_AXIS, .required = true},
                      NUMBER("pct", "percent", true, -INFINITY, INFINITY),
                      NUMBER("duration_s", "s", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_DOCK] = {"dock", .actuates = true, .argument = {SWITCH("connected", true)}},
    [QF_COMMAND_NBL] = {"nbl", .actuates = true, .argument = {SWITCH("active", true)}},
    [QF_COMMAND_NBL_MAX] = {"nbl_max",
                            .argument = {NUMBER("max_power_w", "W", true, -INFINITY, INFINITY)}},
    [QF_COMMAND_INPUTS] = {"inputs",
                           .argument = {SWITCH("radar_enabled", false),
                                        NUMBER("sensor_queue_depth", "1", false, 0.0, INFINITY),
                                        NUMBER("actuator_queue_depth", "1", false, 0.0, INFINITY),
                                        SWITCH("transponder_active", false)}},
    [QF_COMMAND_UNDOCK] = {"undock", .actuates = true},
    [QF_COMMAND_RADAR] = {"radar", .argument = {SWITCH("on", true)}},
    [QF_COMMAND_TRANSPONDER] = {"transponder", .argument = {CHOICE("mode", qf_transponder_names,
                                                                   QF_TRANSPONDER_MODES)}},
    [QF_COMMAND_POST] = {"post", .also = "run_post_tests"},
    [QF_COMMAND_SUBSYSTEMS] = {"subsystems", .also = "activate_subsystems"},
    [QF_COMMAND_MISSION] = {"mission", .argument = {CHOICE("order", mission_orders, 3)}},
    [QF_COMMAND_STOP] = {"emergency_stop", .argument = {SWITCH("active", false)}},
    [QF_COMMAND_SAFE_MODE] = {"safe_mode", .argument = {SWITCH("active", false)}},
    [QF_COMMAND_SET] =
        {"set",
         .argument = {{.name = "name", .unit = "1", .kind = QF_ARGUMENT_TEXT, .required = true},
                      {.name = "value", .unit = "1", .kind = QF_ARGUMENT_VALUE, .required = true}}},
    [QF_COMMAND_LOG] = {"log", .machines_only = true,
                        .argument = {{.name = "message",
                                      .unit = "1",
                                      .kind = QF_ARGUMENT_TEXT,
                                      .required = true}}},
    [QF_COMMAND_EMIT] = {"emit", .machines_only = true,
                         .argument = {NUMBER("code", "1", true, 100.0, 999.0),
                                      CHOICE("severity", severities, 3)}},
    [QF_COMMAND_BEHAVE] = {"behave", .argument = {{.name = "name",
                                                   .unit = "1",
                                                   .kind = QF_ARGUMENT_TEXT,
                                                   .required = true}}},
};

const char *qf_command_for_column(const char *column)
{
    static const struct {
        const char *column;
        qf_command_kind kind;
    } commands[] = {
        {"heading_deg", QF_COMMAND_HEADING},
        {"rcs_axis", QF_COMMAND_RCS},
        {"rcs_pct", QF_COMMAND_RCS},
        {"radar_enabled", QF_COMMAND_RADAR},
        {"transponder_active", QF_COMMAND_INPUTS},
        {"dock_connected", QF_COMMAND_DOCK},
        {"nbl_active", QF_COMMAND_NBL},
        {"mission_received", QF_COMMAND_MISSION},
        {"mission_active", QF_COMMAND_MISSION},
        {"mission_finished", QF_COMMAND_MISSION},
        {"emergency_stop", QF_COMMAND_STOP},
        {"safe_mode", QF_COMMAND_SAFE_MODE},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].column, column) == 0) {
            return qf_command_table[commands[i].kind].name;
        }
    }
    return NULL;
}

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

const char *const qf_axis_names[] = {"none", "forward", "aft", "port", "starboard", "up", "down"};

const char *const qf_kind_names[QF_KIND_COUNT] = {[QF_KIND_BOT] = "bot",
                                                  [QF_KIND_SHIP] = "ship",
                                                  [QF_KIND_STATION] = "station",
                                                  [QF_KIND_DEBRIS] = "debris"};

const char *qf_kind_name(qf_kind kind)
{
    return qf_kind_names[kind];
}

const char *qf_iff_name(qf_iff iff)
{
    static const char *const names[] = {
        [QF_IFF_FRIEND] = "friend", [QF_IFF_FOE] = "foe", [QF_IFF_UNKNOWN] = "unknown"};
    return names[iff];
}
