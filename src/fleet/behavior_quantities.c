/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities of the catalogue as symbols: what they are to a group's vehicles, and why they change. */
#include <string.h>

#include "behavior_symbols_internal.h"
#include "bits.h"
#include "bot.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* whose events say why a column, or one bit of it, has changed */
static const struct {
    qf_field_id field;
    uint64_t bits; /* 0: the column as a whole, too */
    qf_topic topic;
    int subject;
} causes[] = {
    {QF_FIELD_SOC, 0, QF_TOPIC_POWER, -1},
    {QF_FIELD_SOC_MIN, 0, QF_TOPIC_POWER, -1},
    {QF_FIELD_BUS_V, 0, QF_TOPIC_POWER, -1},
    {QF_FIELD_FLAGS,
     QF_FLAG_BIT(SHED_LOW_SOC) | QF_FLAG_BIT(POWER_CRITICAL) | QF_FLAG_BIT(LOAD_SHEDDING) |
         QF_FLAG_BIT(NBL_ALLOWED) | QF_FLAG_BIT(RADAR_ALLOWED) | QF_FLAG_BIT(TRANSPONDER_ALLOWED),
     QF_TOPIC_POWER, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(BIOS_READY), QF_TOPIC_BIOS, -1},
    {QF_FIELD_FLAGS,
     QF_FLAG_BIT(MISSION_RECEIVED) | QF_FLAG_BIT(MISSION_ACTIVE) | QF_FLAG_BIT(MISSION_FINISHED),
     QF_TOPIC_MISSION, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(EMERGENCY_STOP) | QF_FLAG_BIT(SAFE_MODE), QF_TOPIC_STOP, -1},
    {QF_FIELD_FLAGS,
     QF_FLAG_BIT(RADAR_BROKEN) | QF_FLAG_BIT(RADIO_BROKEN) | QF_FLAG_BIT(IMU_BROKEN),
     QF_TOPIC_FAULT, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(RCS_ACTIVE), QF_TOPIC_COMMAND, QF_COMMAND_RCS},
    {QF_FIELD_RCS_AXIS, 0, QF_TOPIC_COMMAND, QF_COMMAND_RCS},
    {QF_FIELD_RCS_PCT, 0, QF_TOPIC_COMMAND, QF_COMMAND_RCS},
    {QF_FIELD_RCS_TIME_LEFT, 0, QF_TOPIC_COMMAND, QF_COMMAND_RCS},
    {QF_FIELD_INCIDENTS_STANDING, 0, QF_TOPIC_FAULT, -1},
    {QF_FIELD_THRUSTER_HEALTH, 0, QF_TOPIC_FAULT, -1},
    {QF_FIELD_THRUSTERS_STUCK_ON, 0, QF_TOPIC_FAULT, -1},
    {QF_FIELD_BATTERY_WH, 0, QF_TOPIC_FAULT, -1},
    {QF_FIELD_TRACKS, 0, QF_TOPIC_TRACK, -1},
    {QF_FIELD_TRACKS_FIRM, 0, QF_TOPIC_TRACK, -1},
    {QF_FIELD_TRACK_NEAREST, 0, QF_TOPIC_TRACK, -1},
    {QF_FIELD_CPA_DISTANCE, 0, QF_TOPIC_TRACK, -1},
    {QF_FIELD_CPA_TIME, 0, QF_TOPIC_TRACK, -1},
    {QF_FIELD_GUARDS_ACTIVE, 0, QF_TOPIC_GUARD, -1},
    {QF_FIELD_GUARDS_CRITICAL, 0, QF_TOPIC_GUARD, -1},
    {QF_FIELD_GUARD_RULES, 0, QF_TOPIC_GUARD, -1},
    {QF_FIELD_SITUATIONS, 0, QF_TOPIC_SITUATION, -1},
    {QF_FIELD_SITUATIONS_CRITICAL, 0, QF_TOPIC_SITUATION, -1},
    {QF_FIELD_ACTUATION, 0, QF_TOPIC_ACTUATION, -1},
    {QF_FIELD_GUIDANCE, 0, QF_TOPIC_GUIDANCE, -1},
    {QF_FIELD_GUIDANCE_STEP, 0, QF_TOPIC_GUIDANCE, -1},
    {QF_FIELD_GOAL_DISTANCE, 0, QF_TOPIC_GUIDANCE, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(BEHAVIOR_DONE) | QF_FLAG_BIT(AVOIDING), QF_TOPIC_GUIDANCE, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(LINK_LOST), QF_TOPIC_LINK, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(DOCKED), QF_TOPIC_DOCKING, -1},
    {QF_FIELD_BOND_ROOT, 0, QF_TOPIC_DOCKING, -1},
    {QF_FIELD_BOND_MASS, 0, QF_TOPIC_DOCKING, -1},
    {QF_FIELD_FLAGS, QF_FLAG_BIT(COLLIDED), QF_TOPIC_COLLISION, -1},
    {QF_FIELD_COLLISIONS, 0, QF_TOPIC_COLLISION, -1},
    {QF_FIELD_TASK, 0, QF_TOPIC_TASK, -1},
    {QF_FIELD_TASKS_DONE, 0, QF_TOPIC_TASK, -1},
};

/* flags that only vehicles with something have; the others are everybody's */
static const struct {
    uint64_t bits;
    qf_shape shape;
} flags_of_some[] = {
    {QF_FLAG_BIT(BEHAVIOR_DONE) | QF_FLAG_BIT(AVOIDING) | QF_FLAG_BIT(WRENCH_SATURATED),
     QF_SHAPE_GUIDED},
    {QF_FLAG_BIT(DOCKED), QF_SHAPE_DOCKING},
    {QF_FLAG_BIT(COLLIDED), QF_SHAPE_HULL},
    {QF_FLAG_BIT(LINK_LOST), QF_SHAPE_RADIO},
};

const char *const qf_port_state_names[QF_PORT_STATES] = {"free", "soft", "hard"};

const char qf_behavior_none[] = "none";

void *qf_behavior_take(qf_behavior_names *names, size_t count, size_t size)
{
    void *memory = qf_arena_array(names->arena, count, size);
    names->out_of_memory = names->out_of_memory || !memory;
    return memory;
}

static const qf_variable_spec *find_variable(const qf_behavior_names *names, const char *name)
{
    const qf_group_spec *group = group_of(names);
    for (size_t m = 0; m < group->n_machines; m++) {
        for (size_t v = 0; v < group->machines[m]->n_variables; v++) {
            if (strcmp(group->machines[m]->variables[v].name, name) == 0) {
                return &group->machines[m]->variables[v];
            }
        }
    }
    return NULL;
}

bool qf_behavior_has_device(const qf_group_spec *group, const char *name)
{
    for (size_t d = 0; d < group->n_devices; d++) {
        if (strcmp(group->devices[d].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool qf_behavior_number(const qf_group_spec *group, const char *name, int64_t *number)
{
    *number = -1;
    for (size_t b = 0; b < group->n_guidances; b++) {
        if (strcmp(group->guidances[b].name, name) == 0) {
            *number = (int64_t)b;
            return true;
        }
    }
    return strcmp(name, qf_behavior_none) == 0;
}

static bool has_flag(const qf_group_spec *group, unsigned bit)
{
    for (size_t i = 0; i < N_OF(flags_of_some); i++) {
        if (flags_of_some[i].bits >> bit & 1) {
            return qf_group_has_shape(group, flags_of_some[i].shape);
        }
    }
    return true;
}

static bool has_node(const qf_group_spec *group, const char *name)
{
    for (size_t k = 0; k < group->hardware.n_nodes; k++) {
        if (strcmp(group->hardware.nodes[k].id, name) == 0) {
            return true;
        }
    }
    return false;
}

bool qf_behavior_has_quantity(const qf_behavior_names *names, const qf_quantity *quantity)
{
    const qf_group_spec *group = group_of(names);
    const qf_catalog *catalog = names->catalog;
    const size_t place = quantity->column - catalog->first_column[quantity->field];
    switch (quantity->field) {
    case QF_FIELD_FLAGS:
        return has_flag(group, quantity->bit);
    case QF_FIELD_GUARDS_ACTIVE:
    case QF_FIELD_GUARDS_CRITICAL:
    case QF_FIELD_GUARD_RULES:
        return group->guards != NULL;
    case QF_FIELD_SITUATIONS:
    case QF_FIELD_SITUATIONS_CRITICAL:
        return group->situations != NULL;
    case QF_FIELD_FSM_STATE:
        return place < group->n_machines;
    case QF_FIELD_FSM_VARIABLE:
        return find_variable(names, quantity->name) != NULL;
    case QF_FIELD_DEVICES_DOWN:
        return qf_behavior_has_device(
            group, catalog->device_names[place * QF_BITS_PER_WORD + quantity->bit]);
    case QF_FIELD_THRUSTER_HEALTH:
        return place < group->hardware.n_thrusters;
    case QF_FIELD_THRUSTER_DUTY:
        return group->body && group->n_guidances > 0 && place < group->hardware.n_thrusters;
    case QF_FIELD_PORT_STATE:
    case QF_FIELD_PORT_PARTNER:
        return group->docking && place < group->docking->n_ports;
    default:
        return qf_group_has_shape(group, qf_field_table[quantity->field].shape) &&
               (quantity->node == QF_NO_NODE ||
                has_node(group, catalog->node_names[quantity->node]));
    }
}

static qf_cause cause_of(const qf_behavior_names *names, const qf_quantity *quantity)
{
    const qf_catalog *catalog = names->catalog;
    if (quantity->node != QF_NO_NODE) {
        return (qf_cause){QF_TOPIC_THERMAL, (int32_t)quantity->node};
    }
    const size_t place = quantity->column - catalog->first_column[quantity->field];
    if (quantity->field == QF_FIELD_DEVICES_DOWN) {
        return (qf_cause){QF_TOPIC_DEVICE, (int32_t)(place * QF_BITS_PER_WORD + quantity->bit)};
    }
    if (quantity->field == QF_FIELD_PORT_STATE || quantity->field == QF_FIELD_PORT_PARTNER) {
        return (qf_cause){QF_TOPIC_DOCKING, (int32_t)place};
    }
    const uint64_t bit = quantity->bit == QF_NO_BIT ? 0 : UINT64_C(1) << quantity->bit;
    for (size_t i = 0; i < N_OF(causes); i++) {
        if (causes[i].field == quantity->field && (causes[i].bits == 0 || causes[i].bits & bit)) {
            return (qf_cause){(uint16_t)causes[i].topic, causes[i].subject};
        }
    }
    /* where a capture connects the dock, not an order */
    if (quantity->field == QF_FIELD_FLAGS && bit == QF_FLAG_BIT(DOCK_CONNECTED) &&
        group_of(names)->docking) {
        return (qf_cause){QF_TOPIC_DOCKING, -1};
    }
    return (qf_cause){QF_TOPIC_NONE, -1};
}

bool qf_behavior_state(qf_behavior_names *names, size_t m, qf_symbol *symbol)
{
    const qf_machine_spec *machine = group_of(names)->machines[m];
    const char **state_names = qf_behavior_take(names, machine->n_states, sizeof *state_names);
    int64_t *numbers = qf_behavior_take(names, machine->n_states, sizeof *numbers);
    if (!state_names || !numbers) {
        return false;
    }
    for (size_t s = 0; s < machine->n_states; s++) {
        state_names[s] = machine->states[s].name;
        numbers[s] = (int64_t)qf_catalog_state(names->catalog, state_names[s]);
    }
    *symbol = (qf_symbol){
        .kind = QF_VALUE_CHOICE,
        .source = QF_SYMBOL_WHOLE,
        .column = names->catalog->first_column[QF_FIELD_FSM_STATE] + m,
        .names = state_names,
        .numbers = numbers,
        .n_names = machine->n_states,
        .cause = {QF_TOPIC_MACHINE, (int32_t)m},
    };
    return true;
}

/* names with numbers from 0, and none with -1; false without memory */
static bool names_and_none(qf_behavior_names *names, const char *const *list, size_t n,
                           qf_symbol *symbol)
{
    const char **all = qf_behavior_take(names, n + 1, sizeof *all);
    int64_t *numbers = qf_behavior_take(names, n + 1, sizeof *numbers);
    if (!all || !numbers) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        all[i] = list[i];
        numbers[i] = (int64_t)i;
    }
    all[n] = qf_behavior_none;
    numbers[n] = -1;
    symbol->kind = QF_VALUE_CHOICE;
    symbol->names = all;
    symbol->numbers = numbers;
    symbol->n_names = n + 1;
    return true;
}

/* behaviours of the group, or tasks of the scenario */
static bool work_symbol(qf_behavior_names *names, qf_field_id field, qf_symbol *symbol)
{
    const qf_group_spec *group = group_of(names);
    const qf_auction_spec *auction = &names->scenario->auction;
    const bool is_task = field == QF_FIELD_TASK;
    const size_t n = is_task ? auction->n_tasks : group->n_guidances;
    const char **list = qf_behavior_take(names, n, sizeof *list);
    for (size_t i = 0; list && i < n; i++) {
        list[i] = is_task ? auction->tasks[i].name : group->guidances[i].name;
    }
    return list && names_and_none(names, list, n, symbol);
}

static void variable_symbol(const qf_variable_spec *variable, qf_symbol *symbol)
{
    static const qf_value_kind kinds[] = {[QF_VARIABLE_NUMBER] = QF_VALUE_NUMBER,
                                          [QF_VARIABLE_TRUTH] = QF_VALUE_TRUTH,
                                          [QF_VARIABLE_CHOICE] = QF_VALUE_CHOICE};
    symbol->kind = kinds[variable->kind];
    symbol->names = variable->values;
    symbol->n_names = variable->n_values;
}

bool qf_behavior_quantity(qf_behavior_names *names, const qf_quantity *quantity, qf_symbol *symbol)
{
    if (!quantity || !qf_behavior_has_quantity(names, quantity)) {
        return false;
    }
    const size_t place = quantity->column - names->catalog->first_column[quantity->field];
    if (quantity->field == QF_FIELD_FSM_STATE) {
        return qf_behavior_state(names, place, symbol);
    }
    *symbol = (qf_symbol){
        .kind = QF_VALUE_NUMBER,
        .source = quantity->type == QF_TYPE_I64 ? QF_SYMBOL_WHOLE : QF_SYMBOL_COLUMN,
        .unit = quantity->unit,
        .column = quantity->column,
        .cause = cause_of(names, quantity),
    };
    if (quantity->type == QF_TYPE_U8 || quantity->type == QF_TYPE_U64) {
        symbol->kind = QF_VALUE_TRUTH;
        symbol->source = QF_SYMBOL_ANY_BITS;
        symbol->mask = quantity->bit == QF_NO_BIT ? UINT64_MAX : UINT64_C(1) << quantity->bit;
    } else if (quantity->field == QF_FIELD_FSM_VARIABLE) {
        variable_symbol(find_variable(names, quantity->name), symbol);
    } else if (quantity->field == QF_FIELD_TRANSPONDER_MODE) {
        symbol->kind = QF_VALUE_CHOICE;
        symbol->names = qf_transponder_names;
        symbol->n_names = QF_TRANSPONDER_MODES;
    } else if (quantity->field == QF_FIELD_RCS_AXIS) {
        symbol->kind = QF_VALUE_CHOICE;
        symbol->names = qf_axis_names;
        symbol->n_names = QF_RCS_AXES + 1;
    } else if (quantity->field == QF_FIELD_PORT_STATE) {
        symbol->kind = QF_VALUE_CHOICE;
        symbol->names = qf_port_state_names;
        symbol->n_names = QF_PORT_STATES;
    } else if (quantity->field == QF_FIELD_GUIDANCE || quantity->field == QF_FIELD_TASK) {
        return work_symbol(names, quantity->field, symbol);
    }
    return true;
}

/*
 * Setting flags, the heading and axes takes more than their column: there are commands for that. Inertia would not follow
 * the dry mass, guidance sets what wheels are to make, and rigid bodies have no motors.
 */
static bool may_set_input(const qf_group_spec *group, qf_field_id field)
{
    switch (field) {
    case QF_FIELD_HEADING:
    case QF_FIELD_RCS_AXIS:
    case QF_FIELD_DRY_MASS:
    case QF_FIELD_DRIVE_SPEED:
    case QF_FIELD_DRIVE_HEADING:
        return false;
    case QF_FIELD_SPEED:
        return !group->body;
    default:
        return true;
    }
}

const qf_quantity *qf_behavior_settable(const qf_behavior_names *names, const char *name)
{
    const qf_quantity *quantity = qf_catalog_find(names->catalog, name);
    const bool is_settable =
        quantity && ((quantity->field == QF_FIELD_FSM_VARIABLE && find_variable(names, name)) ||
                     (quantity->role == QF_ROLE_INPUT && quantity->bit == QF_NO_BIT &&
                      may_set_input(group_of(names), quantity->field)));
    return is_settable ? quantity : NULL;
}
