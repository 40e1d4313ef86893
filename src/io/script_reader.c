/* SPDX-License-Identifier: Apache-2.0 */
/* Commands over time, in the form of the golden traces: step or time, command, arguments. */
#include "script_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bot.h"
#include "guidance_reader.h"

bool qf_command_bare_is_on(const qf_command_row *row)
{
    return row->argument[0].name && row->argument[0].kind == QF_ARGUMENT_SWITCH &&
           !row->argument[0].required && !row->argument[1].name;
}

int64_t qf_whole_ticks(double seconds, double dt_s)
{
    const double ticks = seconds / dt_s;
    const double whole = nearbyint(ticks);
    /* dt is seldom exact in binary: allow what rounding makes of a whole number */
    return fabs(ticks - whole) <= fmax(1e-9, 1e-15 * whole) && whole < 9e15 ? (int64_t)whole : -1;
}

static bool read_tick(qf_reader *reader, const qf_yaml_node *item, double dt_s, int64_t *tick)
{
    const qf_yaml_node *step = qf_yaml_get(item, "step");
    const qf_yaml_node *time = qf_yaml_get(item, "time_s");
    if (!step == !time) {
        qf_diagnose(reader->diagnostics, item, "expected one of the keys 'step' and 'time_s'");
        return false;
    }
    if (step) {
        return qf_yaml_read_integer(step, 0, UINT32_MAX, tick, reader->diagnostics);
    }
    double time_s;
    if (!qf_read_constant(reader, time, 0.0, (double)INFINITY, &time_s)) {
        return false;
    }
    *tick = dt_s > 0.0 ? qf_whole_ticks(time_s, dt_s) : 0;
    if (*tick < 0) {
        qf_diagnose(reader->diagnostics, time, "%.15g s is not a multiple of dt_s (%.15g s)",
                    time_s, dt_s);
        return false;
    }
    if (*tick > UINT32_MAX) {
        qf_diagnose(reader->diagnostics, time, "expected at most %u ticks of dt_s, found %lld",
                    UINT32_MAX, (long long)*tick);
        return false;
    }
    return true;
}

static void read_argument(qf_reader *reader, const qf_yaml_node *node,
                          const qf_command_argument *row, qf_number *out, const char **name)
{
    size_t choice;
    bool on;
    switch (row->kind) {
    case QF_ARGUMENT_NUMBER:
        qf_read_number(reader, node, row->low, row->high, out);
        break;
    case QF_ARGUMENT_SWITCH:
        if (qf_yaml_read_bool(node, &on, reader->diagnostics)) {
            *out = qf_constant(on ? 1.0 : 0.0);
        }
        break;
    case QF_ARGUMENT_AXIS:
        if (qf_yaml_read_choice(node, qf_axis_names + 1, QF_RCS_AXES, &choice,
                                reader->diagnostics)) {
            *out = qf_constant((double)(choice + 1));
        }
        break;
    case QF_ARGUMENT_CHOICE:
        if (qf_yaml_read_choice(node, row->names, row->n_names, &choice, reader->diagnostics)) {
            *out = qf_constant((double)choice);
        }
        break;
    case QF_ARGUMENT_TEXT:
        qf_yaml_read_text(node, name, reader->diagnostics);
        break;
    case QF_ARGUMENT_VALUE:
        break; /* qf_check_machines: what it may be depends on the machines */
    }
}

/* the number of one of the group's behaviours, -1: none */
static void read_behavior(qf_reader *reader, const qf_yaml_node *node, const qf_group_spec *group,
                          qf_command *command)
{
    const char **names = qf_guidance_entry_names(reader, group);
    const size_t n = group->n_guidances;
    size_t choice;
    if (names && !reader->behaviors_unknown) {
        names[n] = "none";
        if (qf_read_known(reader, node, "behaviour", names, n + 1, &choice)) {
            command->name = names[choice];
            command->argument[0] = qf_constant(choice < n ? (double)choice : -1.0);
        }
    }
}

/* what only a vehicle with wheels does */
static void note_wheels(qf_reader *reader, const qf_yaml_node *cmd, qf_command_kind kind,
                        const qf_group_spec *group)
{
    if (qf_kind_is_body(group->kind) && (kind == QF_COMMAND_SPEED || kind == QF_COMMAND_MOTOR ||
                                         kind == QF_COMMAND_HEADING || kind == QF_COMMAND_ROTATE)) {
        qf_diagnose_note(reader->diagnostics, cmd,
                         "without effect: a %s does not move along its heading",
                         qf_kind_name(group->kind));
    }
}

/* power comes from who is docked with a ship; without ports there is only what a bot has */
static void note_docks(qf_reader *reader, const qf_yaml_node *item, const qf_group_spec *group,
                       const qf_command *command)
{
    const bool connects = command->kind == QF_COMMAND_DOCK && command->argument[0].a != 0.0;
    const qf_yaml_node *cmd = qf_yaml_get(item, "cmd");
    if (!qf_kind_is_body(group->kind)) {
        return;
    }
    if (group->docking && connects) {
        qf_diagnose_note(reader->diagnostics, cmd,
                         "without effect: who has ports gets power from whom it is docked with");
    } else if (!group->docking && connects) {
        qf_diagnose_note(reader->diagnostics, cmd,
                         "the group has no ports: as with a bot, power comes from nobody's dock");
    } else if (!group->docking && command->kind == QF_COMMAND_UNDOCK) {
        qf_diagnose_note(reader->diagnostics, cmd,
                         "the group has no ports: it leaves only the dock that 'dock' connects");
    }
}

static void read_command(qf_reader *reader, const qf_yaml_node *item, double dt_s,
                         const qf_group_spec *group, qf_command *command)
{
    const char *names[QF_COMMAND_COUNT];
    qf_command_kind kinds[QF_COMMAND_COUNT];
    size_t n_names = 0;
    for (size_t c = 0; c < QF_COMMAND_COUNT; c++) {
        if (!qf_command_table[c].machines_only) {
            kinds[n_names] = (qf_command_kind)c;
            names[n_names++] = qf_command_table[c].name;
        }
    }
    const qf_yaml_node *cmd = qf_require(reader, item, "cmd");
    read_tick(reader, item, dt_s, &command->tick);
    size_t choice;
    command->place = item;
    if (!cmd || !qf_yaml_read_choice(cmd, names, n_names, &choice, reader->diagnostics)) {
        return;
    }
    const qf_command_kind kind = kinds[choice];
    command->kind = kind;
    note_wheels(reader, cmd, kind, group);
    if (qf_command_bare_is_on(&qf_command_table[kind])) {
        command->given[0] = true;
        command->argument[0] = qf_constant(1.0);
    }
    const char *known[3 + QF_COMMAND_MAX_ARGUMENTS] = {"step", "time_s", "cmd"};
    size_t n_known = 3;
    for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS && qf_command_table[kind].argument[a].name;
         a++) {
        const qf_command_argument *row = &qf_command_table[kind].argument[a];
        const qf_yaml_node *node = qf_yaml_get(item, row->name);
        known[n_known++] = row->name;
        if (node) {
            command->given[a] = true;
            if (kind == QF_COMMAND_BEHAVE) {
                read_behavior(reader, node, group, command);
                continue;
            }
            read_argument(reader, node, row, &command->argument[a], &command->name);
        } else if (row->required) {
            qf_diagnose(reader->diagnostics, item, "command '%s' needs the key '%s'",
                        qf_command_table[kind].name, row->name);
        }
    }
    qf_yaml_check_keys(item, known, n_known, reader->diagnostics);
    note_docks(reader, item, group, command);
}

/* equal ticks keep the order of the file: the commands of an array are ordered by address */
static int compare_commands(const void *left, const void *right)
{
    const qf_command *const *a = left;
    const qf_command *const *b = right;
    if ((*a)->tick != (*b)->tick) {
        return (*a)->tick < (*b)->tick ? -1 : 1;
    }
    return (*a > *b) - (*a < *b);
}

void qf_read_script(qf_reader *reader, const qf_yaml_node *list, double dt_s, int64_t n_ticks,
                    qf_group_spec *group)
{
    enum { MOST_COMMANDS = 1 << 20 }; /* their numbers key random draws */
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    const size_t n = list->n_children;
    if (n > MOST_COMMANDS) {
        qf_diagnose(reader->diagnostics, list, "more than %d commands", MOST_COMMANDS);
        return;
    }
    qf_command *commands = qf_reader_array(reader, n, sizeof *commands);
    const qf_command **order = qf_reader_array(reader, n, sizeof *order);
    qf_command *script = qf_reader_array(reader, n, sizeof *script);
    if (!commands || !order || !script) {
        return;
    }
    for (size_t c = 0; c < n; c++) {
        order[c] = &commands[c];
        if (qf_yaml_expect_kind(list->children[c], QF_YAML_MAPPING, reader->diagnostics)) {
            read_command(reader, list->children[c], dt_s, group, &commands[c]);
            if (dt_s > 0.0 && commands[c].tick >= n_ticks) {
                qf_diagnose_note(reader->diagnostics, list->children[c],
                                 "comes after the end of the run, so it is never applied");
            }
        }
    }
    if (n > 0) {
        qsort(order, n, sizeof *order, compare_commands);
    }
    for (size_t c = 0; c < n; c++) {
        script[c] = *order[c];
    }
    group->script = script;
    group->n_commands = n;
}
