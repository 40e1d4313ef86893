/* SPDX-License-Identifier: Apache-2.0 */
#include "behavior_symbols_internal.h"

#include <string.h>

#include "bits.h"
#include "command.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* other names of quantities */
static const struct {
    const char *name, *quantity;
} aliases[] = {
    {"bios_status.is_ready", "bios_ready"},
    {"dock.connected", "dock_connected"},
    {"track.count", "tracks"},
    {"track.firm", "tracks_firm"},
    {"track.nearest_range_m", "track_nearest_range_m"},
    {"track.cpa_s", "cpa_s"},
    {"track.cpa_distance_m", "cpa_distance_m"},
    {"situation.count", "situations"},
    {"situation.critical", "situations_critical"},
    {"behavior.done", "behavior_done"},
    {"target.range_m", "target_range_m"},
    {"target.range_rate_mps", "target_range_rate_mps"},
    {"goal.distance_m", "goal_distance_m"},
    {"port.axial_m", "port_axial_m"},
    {"port.lateral_m", "port_lateral_m"},
    {"port.angle_deg", "port_angle_deg"},
    {"link.lost", "link_lost"},
    {"station.range_m", "station_range_m"},
    {"station.range_rate_mps", "station_range_rate_mps"},
    {"station.quality", "station_quality"},
    {"station.age_s", "station_age_s"},
};

static const char *const dock_names[] = {"dock.free", "dock.soft", "dock.hard"};

static const struct {
    const char *name;
    uint64_t severities; /* bits */
} guard_levels[] = {
    {"guard.any", UINT64_MAX},
    {"guard.info", UINT64_C(1) << QF_SEVERITY_INFO},
    {"guard.warning", UINT64_C(1) << QF_SEVERITY_WARNING},
    {"guard.critical", UINT64_C(1) << QF_SEVERITY_CRITICAL},
};

static const char *const actuation_names[QF_ACTUATIONS] = {
    [QF_ACTUATION_ACCEPTED] = "accepted", [QF_ACTUATION_EXECUTED] = "executed",
    [QF_ACTUATION_REJECTED] = "rejected", [QF_ACTUATION_FAILED] = "failed",
    [QF_ACTUATION_TIMEOUT] = "timeout",   [QF_ACTUATION_UNAVAILABLE] = "unavailable",
};

static const char main_drive[] = "main_drive";

/* what follows a prefix, NULL without it */
static const char *after(const char *name, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 ? name + length : NULL;
}

/* text made of pieces, NULL without memory */
static const char *joined(qf_behavior_names *names, const char *a, const char *b, const char *c)
{
    const char *text = qf_arena_format(names->arena, "%s%s%s", a, b, c);
    names->out_of_memory = names->out_of_memory || !text;
    return text;
}

static void since_symbol(const qf_behavior_names *names, size_t m, qf_symbol *symbol)
{
    *symbol = (qf_symbol){
        .kind = QF_VALUE_NUMBER,
        .source = QF_SYMBOL_SINCE,
        .unit = "s",
        .column = names->catalog->first_column[QF_FIELD_FSM_SINCE] + m,
        .scale = names->scenario->dt_s,
        .cause = {QF_TOPIC_MACHINE, (int32_t)m},
    };
}

/* a quantity whose name is hidden by another's is not meant: variables come after columns */
static bool column_symbol(qf_behavior_names *names, const char *name, qf_symbol *symbol)
{
    return qf_behavior_quantity(names, qf_catalog_find(names->catalog, name), symbol);
}

static void bits_symbol(const qf_behavior_names *names, qf_field_id field, qf_symbol_source source,
                        uint64_t mask, qf_topic topic, int32_t subject, qf_symbol *symbol)
{
    *symbol = (qf_symbol){
        .kind = QF_VALUE_TRUTH,
        .source = source,
        .column = names->catalog->first_column[field],
        .mask = mask,
        .cause = {(uint16_t)topic, subject},
    };
}

void qf_behavior_text(const char *text, qf_symbol *symbol)
{
    *symbol = (qf_symbol){.kind = QF_VALUE_TRUTH,
                          .source = QF_SYMBOL_EXPRESSION,
                          .text = text,
                          .cause = {QF_TOPIC_NONE, -1}};
}

static bool rule_symbol(const qf_behavior_names *names, const char *id, qf_symbol *symbol)
{
    const qf_guards_spec *guards = group_of(names)->guards;
    for (size_t r = 0; guards && r < guards->n_rules; r++) {
        if (strcmp(guards->rules[r].id, id) == 0) {
            bits_symbol(names, QF_FIELD_GUARD_RULES, QF_SYMBOL_ANY_BITS, UINT64_C(1) << r,
                        QF_TOPIC_GUARD, (int32_t)r, symbol);
            return true;
        }
    }
    return false;
}

_Static_assert(QF_GUARD_MOST_RULES + N_OF(guard_levels) <= QF_BITS_PER_WORD, "no room for levels");

/* a rule that is called `any` or as a severity is found by guard.rule("any") */
static bool guard_symbol(const qf_behavior_names *names, const char *name, qf_symbol *symbol)
{
    const qf_guards_spec *guards = group_of(names)->guards;
    for (size_t i = 0; guards && i < N_OF(guard_levels); i++) {
        if (strcmp(name, guard_levels[i].name) == 0) {
            /* and a bit beyond all rules, which is never set: levels that come to the same rules in some
               group are not the same condition, so a machine is sound whatever rules there are */
            uint64_t mask = UINT64_C(1) << (QF_GUARD_MOST_RULES + i);
            for (size_t r = 0; r < guards->n_rules; r++) {
                mask |= (guard_levels[i].severities >> guards->rules[r].severity & 1) << r;
            }
            bits_symbol(names, QF_FIELD_GUARD_RULES, QF_SYMBOL_ANY_BITS, mask, QF_TOPIC_GUARD, -1,
                        symbol);
            return true;
        }
    }
    const char *id = after(name, "guard.");
    return id && rule_symbol(names, id, symbol);
}

/* the machine that decides, n_machines: none */
static size_t decider(const qf_group_spec *group)
{
    size_t m = 0;
    while (m < group->n_machines && !group->machines[m]->decides) {
        m++;
    }
    return m;
}

static bool proposal_symbol(qf_behavior_names *names, const char *what, qf_symbol *symbol)
{
    const qf_group_spec *group = group_of(names);
    const size_t m = decider(group);
    if (m == group->n_machines) {
        return false;
    }
    const qf_machine_spec *machine = group->machines[m];
    if (strcmp(what, "state") == 0) {
        return qf_behavior_state(names, m, symbol);
    }
    const char *text = NULL;
    if (strcmp(what, "any") == 0) {
        text = joined(names, "proposal.state != ", machine->states[0].name, "");
    }
    for (size_t s = 1; !text && s < machine->n_states; s++) {
        if (strcmp(machine->states[s].name, what) == 0) {
            text = joined(names, "proposal.state == ", what, "");
        }
    }
    if (text) {
        qf_behavior_text(text, symbol);
    }
    return text != NULL;
}

/* MACHINE.state, MACHINE.time_in_state_s */
static bool machine_symbol(qf_behavior_names *names, const char *name, qf_symbol *symbol)
{
    const qf_group_spec *group = group_of(names);
    for (size_t m = 0; m < group->n_machines; m++) {
        const char *dot = after(name, group->machines[m]->name);
        if (dot && strcmp(dot, ".state") == 0) {
            return qf_behavior_state(names, m, symbol);
        }
        if (dot && strcmp(dot, ".time_in_state_s") == 0) {
            since_symbol(names, m, symbol);
            return true;
        }
    }
    return false;
}

static bool fault_symbol(const qf_behavior_names *names, const char *fault, qf_symbol *symbol)
{
    for (unsigned bit = 0; bit < QF_FAULT_FIRST_NODE; bit++) {
        const char *name = qf_fault_name(bit);
        if (name && strcmp(name, fault) == 0) {
            bits_symbol(names, QF_FIELD_FAULTS, QF_SYMBOL_ANY_BITS, UINT64_C(1) << bit,
                        QF_TOPIC_NONE, -1, symbol);
            return true;
        }
    }
    return false;
}

static bool device_symbol(const qf_behavior_names *names, const char *device, bool down,
                          qf_symbol *symbol)
{
    const qf_catalog *catalog = names->catalog;
    if (!qf_behavior_has_device(group_of(names), device)) {
        return false;
    }
    const size_t d = qf_catalog_device(catalog, device);
    bits_symbol(names, QF_FIELD_DEVICES_DOWN, down ? QF_SYMBOL_ANY_BITS : QF_SYMBOL_NO_BITS,
                UINT64_C(1) << d % QF_BITS_PER_WORD, QF_TOPIC_DEVICE, (int32_t)d, symbol);
    symbol->column += d / QF_BITS_PER_WORD;
    return true;
}

/* the command of that name that moves something, QF_COMMAND_COUNT: none */
static qf_command_kind actuator(const char *name)
{
    qf_command_kind kind = 0;
    while (kind < QF_COMMAND_COUNT &&
           !(qf_command_table[kind].actuates && strcmp(qf_command_table[kind].name, name) == 0)) {
        kind++;
    }
    return kind;
}

static bool actuation_symbol(qf_behavior_names *names, const char *what, const char *order,
                             qf_symbol *symbol)
{
    size_t status = 0;
    while (status < QF_ACTUATIONS && strcmp(actuation_names[status], what) != 0) {
        status++;
    }
    const bool is = strcmp(what, "is") == 0;
    if ((status == QF_ACTUATIONS && !is) || (is && !order)) {
        return false;
    }
    if (order && strcmp(order, main_drive) == 0) {
        const char *text = qf_arena_format(
            names->arena, "actuation.%s(\"%s\") or actuation.%s(\"%s\")", what,
            qf_command_table[QF_COMMAND_SPEED].name, what, qf_command_table[QF_COMMAND_MOTOR].name);
        names->out_of_memory = names->out_of_memory || !text;
        qf_behavior_text(text, symbol);
        return text != NULL;
    }
    const qf_command_kind kind = order ? actuator(order) : QF_COMMAND_COUNT;
    if (order && kind == QF_COMMAND_COUNT) {
        return false;
    }
    const uint64_t mask = (order ? QF_ACTUATION_OF(kind) : 0) | (is ? 0 : QF_ACTUATION_IS(status));
    bits_symbol(names, QF_FIELD_ACTUATION, QF_SYMBOL_ALL_BITS, mask, QF_TOPIC_ACTUATION,
                order ? (int32_t)kind : -1, symbol);
    return true;
}

static bool find_with_argument(qf_behavior_names *names, const char *name, const char *argument,
                               qf_symbol *symbol)
{
    const char *actuation = after(name, "actuation.");
    return (actuation && actuation_symbol(names, actuation, argument, symbol)) ||
           (strcmp(name, "device.ok") == 0 && device_symbol(names, argument, false, symbol)) ||
           (strcmp(name, "device.down") == 0 && device_symbol(names, argument, true, symbol)) ||
           (strcmp(name, "dock.state") == 0 && qf_behavior_port(names, argument, symbol)) ||
           (strcmp(name, "guard.rule") == 0 && rule_symbol(names, argument, symbol));
}

bool qf_behavior_find_time(const char *name, qf_symbol *symbol)
{
    const bool is_time = strcmp(name, "time_s") == 0;
    if (!is_time && strcmp(name, "tick") != 0) {
        return false;
    }
    *symbol = (qf_symbol){.kind = QF_VALUE_NUMBER,
                          .source = QF_SYMBOL_UNIFORM,
                          .unit = is_time ? "s" : "1",
                          .column = is_time ? QF_UNIFORM_TIME_S : QF_UNIFORM_TICK,
                          .cause = {QF_TOPIC_NONE, -1}};
    return true;
}

static bool find_own(qf_behavior_names *names, const char *name, qf_symbol *symbol)
{
    if (!machine_of(names)) {
        return false;
    }
    if (strcmp(name, "time_in_state_s") == 0) {
        since_symbol(names, names->machine, symbol);
        return true;
    }
    return strcmp(name, "state") == 0 && qf_behavior_state(names, names->machine, symbol);
}

static bool find_derived(qf_behavior_names *names, const char *name, qf_symbol *symbol)
{
    for (size_t i = 0; i < N_OF(aliases); i++) {
        if (strcmp(name, aliases[i].name) == 0) {
            return column_symbol(names, aliases[i].quantity, symbol);
        }
    }
    const char *proposal = after(name, "proposal.");
    const char *fault = after(name, "fault.");
    const char *actuation = after(name, "actuation.");
    const char *dock = after(name, "dock.");
    const char *target = after(name, "target.");
    return (proposal && proposal_symbol(names, proposal, symbol)) ||
           (fault && fault_symbol(names, fault, symbol)) ||
           (actuation && actuation_symbol(names, actuation, NULL, symbol)) ||
           guard_symbol(names, name, symbol) || machine_symbol(names, name, symbol) ||
           (dock && qf_behavior_dock(names, dock, symbol)) ||
           (target && qf_behavior_target(names, target, symbol));
}

bool qf_behavior_find(qf_behavior_names *names, const char *name, const char *argument,
                      qf_symbol *symbol)
{
    if (argument) {
        return find_with_argument(names, name, argument, symbol);
    }
    return qf_behavior_find_time(name, symbol) || find_own(names, name, symbol) ||
           find_derived(names, name, symbol) || column_symbol(names, name, symbol);
}

static bool find(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    qf_behavior_names *names = user;
    const qf_machine_spec *machine = machine_of(names);
    for (size_t i = 0; !argument && machine && i < machine->n_signals; i++) {
        if (strcmp(machine->signals[i].name, name) == 0) {
            qf_behavior_text(machine->signals[i].text.text, symbol);
            return true;
        }
    }
    return qf_behavior_find(names, name, argument, symbol);
}

/* ---- names to offer for a misspelt one ---- */

static void offer(qf_behavior_names *names, const char *name)
{
    if (name) {
        names->offered[names->n_offered++] = name;
    }
}

static void offer_machines(qf_behavior_names *names)
{
    const qf_group_spec *group = group_of(names);
    const qf_machine_spec *own = machine_of(names);
    for (size_t i = 0; own && i < own->n_signals; i++) {
        offer(names, own->signals[i].name);
    }
    if (own) {
        offer(names, "state");
        offer(names, "time_in_state_s");
    }
    for (size_t m = 0; m < group->n_machines; m++) {
        offer(names, joined(names, group->machines[m]->name, ".state", ""));
        offer(names, joined(names, group->machines[m]->name, ".time_in_state_s", ""));
    }
    const size_t m = decider(group);
    if (m < group->n_machines) {
        offer(names, "proposal.any");
        offer(names, "proposal.state");
        for (size_t s = 1; s < group->machines[m]->n_states; s++) {
            offer(names, joined(names, "proposal.", group->machines[m]->states[s].name, ""));
        }
    }
}

static void offer_derived(qf_behavior_names *names)
{
    const qf_group_spec *group = group_of(names);
    qf_symbol symbol;
    offer(names, "time_s");
    offer(names, "tick");
    for (size_t i = 0; i < N_OF(aliases); i++) {
        offer(names, find_derived(names, aliases[i].name, &symbol) ? aliases[i].name : NULL);
    }
    for (size_t i = 0; i < N_OF(dock_names); i++) {
        offer(names, find_derived(names, dock_names[i], &symbol) ? dock_names[i] : NULL);
    }
    offer(names, qf_behavior_target(names, "known", &symbol) ? "target.known" : NULL);
    for (unsigned bit = 0; bit < QF_FAULT_FIRST_NODE; bit++) {
        offer(names, qf_fault_name(bit) ? joined(names, "fault.", qf_fault_name(bit), "") : NULL);
    }
    for (size_t i = 0; group->guards && i < N_OF(guard_levels); i++) {
        offer(names, guard_levels[i].name);
    }
    for (size_t r = 0; group->guards && r < group->guards->n_rules; r++) {
        offer(names, joined(names, "guard.", group->guards->rules[r].id, ""));
    }
}

/* those that take an argument, without it */
static void offer_calls(qf_behavior_names *names)
{
    offer(names, "device.ok");
    offer(names, "device.down");
    offer(names, "guard.rule");
    offer(names, group_of(names)->docking ? "dock.state" : NULL);
    offer(names, "actuation.is");
    for (size_t status = 0; status < QF_ACTUATIONS; status++) {
        offer(names, joined(names, "actuation.", actuation_names[status], ""));
    }
}

static void offer_quantities(qf_behavior_names *names)
{
    for (size_t i = 0; i < names->catalog->n_quantities; i++) {
        const qf_quantity *quantity = &names->catalog->quantities[i];
        offer(names, qf_behavior_has_quantity(names, quantity) ? quantity->name : NULL);
    }
}

static size_t most_offered(const qf_behavior_names *names)
{
    const qf_group_spec *group = group_of(names);
    const qf_machine_spec *own = machine_of(names);
    const size_t m = decider(group);
    return 10 + N_OF(dock_names) + (own ? own->n_signals : 0) + 2 * group->n_machines +
           (m < group->n_machines ? 2 + group->machines[m]->n_states : 0) + N_OF(aliases) +
           QF_FAULT_FIRST_NODE + N_OF(guard_levels) + (group->guards ? group->guards->n_rules : 0) +
           QF_ACTUATIONS + names->catalog->n_quantities;
}

static const char *offered_name(void *user, size_t i)
{
    qf_behavior_names *names = user;
    if (!names->offered) {
        names->offered = qf_behavior_take(names, most_offered(names), sizeof *names->offered);
        if (!names->offered) {
            return NULL;
        }
        offer_machines(names);
        offer_derived(names);
        offer_calls(names);
        offer_quantities(names);
    }
    return i < names->n_offered ? names->offered[i] : NULL;
}

static const char *offered_argument(void *user, const char *name, size_t i)
{
    return qf_behavior_argument(user, name, i);
}

qf_symbols qf_behavior_symbols(qf_behavior_names *names)
{
    const qf_machine_spec *machine = machine_of(names);
    const int64_t every_ticks = machine ? machine->every_ticks : 1;
    return (qf_symbols){.find = find,
                        .name = offered_name,
                        .argument = offered_argument,
                        .user = names,
                        .period_s = (double)every_ticks * names->scenario->dt_s};
}
