/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of machines: rows of the command table, with constants or expressions for arguments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bot.h"
#include "machine_parts.h"
#include "script_reader.h"

enum { MOST_NAMES = 2 * QF_COMMAND_COUNT + 1 };

/* all names of commands, and which each means */
typedef struct name_list {
    const char *names[MOST_NAMES];
    int kinds[MOST_NAMES];
    size_t n;
} name_list;

static void add_name(name_list *list, const char *name, int kind)
{
    list->names[list->n] = name;
    list->kinds[list->n++] = kind;
}

static bool find_command(qf_reader *reader, const qf_yaml_node *node, int *kind)
{
    name_list list = {0};
    for (int c = 0; c < QF_COMMAND_COUNT; c++) {
        add_name(&list, qf_command_table[c].name, c);
        if (qf_command_table[c].also) {
            add_name(&list, qf_command_table[c].also, c);
        }
    }
    add_name(&list, QF_LOG_SYSTEM_READY, QF_COMMAND_LOG);
    for (size_t i = 0; i < list.n; i++) {
        if (strcmp(node->text, list.names[i]) == 0) {
            *kind = list.kinds[i];
            return true;
        }
    }
    const char *nearest = qf_nearest_name(node->text, list.names, list.n);
    qf_diagnose(reader->diagnostics, node, "no command '%s'%s%s%s", node->text,
                nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
    return false;
}

static size_t n_arguments(const qf_command_row *row)
{
    size_t n = 0;
    while (n < QF_COMMAND_MAX_ARGUMENTS && row->argument[n].name) {
        n++;
    }
    return n;
}

/* what is no plain number is checked where expressions are */
static void check_literal(qf_reader *reader, const qf_yaml_node *node, int kind,
                          const qf_command_argument *row)
{
    char *end;
    if (strspn(node->text, "+-.0123456789eE") != strlen(node->text)) {
        return;
    }
    const double value = strtod(node->text, &end);
    if (*end != '\0' || !isfinite(value)) {
        return;
    }
    if (value < row->low || value > row->high) {
        if (isinf(row->high)) {
            qf_diagnose(reader->diagnostics, node, "expected a number >= %g, found %s", row->low,
                        node->text);
        } else {
            qf_diagnose(reader->diagnostics, node, "expected a number from %g to %g, found %s",
                        row->low, row->high, node->text);
        }
    } else if (kind == QF_COMMAND_EMIT && floor(value) != value) {
        qf_diagnose(reader->diagnostics, node, "expected an integer, found %s", node->text);
    }
}

static void read_text(qf_reader *reader, const qf_yaml_node *node, int kind, const char **text)
{
    enum { MOST_BYTES = 1024 };
    if (kind == QF_COMMAND_SET) {
        qf_read_identifier(reader, node, text);
    } else if (kind == QF_COMMAND_BEHAVE) {
        qf_yaml_read_text(node, text, reader->diagnostics); /* looked up in the group's */
    } else if (qf_yaml_read_text(node, text, reader->diagnostics) &&
               (qf_has_control_characters(*text) || strlen(*text) > MOST_BYTES)) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a text of at most %d bytes without control characters", MOST_BYTES);
    }
}

static void read_argument(qf_reader *reader, const qf_yaml_node *node, size_t a,
                          qf_action_spec *action)
{
    const qf_command_argument *row = &qf_command_table[action->kind].argument[a];
    size_t choice;
    bool on;
    action->given[a] = true;
    switch (row->kind) {
    case QF_ARGUMENT_NUMBER:
        if (qf_read_expression(reader, node, &action->argument[a])) {
            check_literal(reader, node, action->kind, row);
        }
        break;
    case QF_ARGUMENT_VALUE:
        qf_read_expression(reader, node, &action->argument[a]);
        break;
    case QF_ARGUMENT_SWITCH:
        if (qf_yaml_read_bool(node, &on, reader->diagnostics)) {
            action->constant[a] = on ? 1.0 : 0.0;
        }
        break;
    case QF_ARGUMENT_AXIS:
        if (qf_yaml_read_choice(node, qf_axis_names + 1, QF_RCS_AXES, &choice,
                                reader->diagnostics)) {
            action->constant[a] = (double)(choice + 1);
        }
        break;
    case QF_ARGUMENT_CHOICE:
        if (qf_yaml_read_choice(node, row->names, row->n_names, &choice, reader->diagnostics)) {
            action->constant[a] = (double)choice;
        }
        break;
    case QF_ARGUMENT_TEXT:
        read_text(reader, node, action->kind, &action->name[a]);
        break;
    }
}

static void read_arguments(qf_reader *reader, const qf_yaml_node *node, qf_action_spec *action)
{
    const qf_command_row *row = &qf_command_table[action->kind];
    const size_t n = n_arguments(row);
    const char *known[QF_COMMAND_MAX_ARGUMENTS];
    for (size_t a = 0; a < n; a++) {
        const qf_yaml_node *value = qf_yaml_get(node, row->argument[a].name);
        known[a] = row->argument[a].name;
        if (value) {
            read_argument(reader, value, a, action);
        } else if (row->argument[a].required) {
            qf_diagnose(reader->diagnostics, node, "command '%s' needs the key '%s'", row->name,
                        row->argument[a].name);
        }
    }
    qf_yaml_check_keys(node, known, n, reader->diagnostics);
}

/* a command that is only named */
static void read_bare(qf_reader *reader, const qf_yaml_node *node, qf_action_spec *action)
{
    const qf_command_row *row = &qf_command_table[action->kind];
    if (strcmp(node->text, QF_LOG_SYSTEM_READY) == 0) {
        action->given[0] = true;
        action->name[0] = "system ready";
        return;
    }
    if (qf_command_bare_is_on(row)) {
        action->given[0] = true;
        action->constant[0] = 1.0;
        return;
    }
    if (row->argument[0].name) {
        qf_diagnose(reader->diagnostics, node, "command '%s' needs arguments: {%s: {%s: ...}}",
                    row->name, row->name, row->argument[0].name);
    }
}

/* `{set: {hits: hits + 1, mode: CRUISE}}` is one action for each */
static void read_sets(qf_reader *reader, const qf_yaml_node *values, qf_action_spec *actions)
{
    for (size_t i = 0; i < values->n_children; i++) {
        actions[i] = (qf_action_spec){.kind = QF_COMMAND_SET, .place = values->children[i]};
        read_text(reader, values->keys[i], QF_COMMAND_SET, &actions[i].name[0]);
        actions[i].given[0] = true;
        read_argument(reader, values->children[i], 1, &actions[i]);
    }
}

static bool is_several_sets(const qf_yaml_node *entry)
{
    if (entry->kind != QF_YAML_MAPPING || entry->n_children != 1 ||
        strcmp(entry->keys[0]->text, qf_command_table[QF_COMMAND_SET].name) != 0) {
        return false;
    }
    const qf_yaml_node *values = entry->children[0];
    return values->kind == QF_YAML_MAPPING && values->n_children > 0 &&
           !qf_yaml_get(values, "name") && !qf_yaml_get(values, "value");
}

static void read_mapping(qf_reader *reader, const qf_yaml_node *entry, qf_action_spec *action)
{
    const qf_yaml_node *value = entry->children[0];
    if (!find_command(reader, entry->keys[0], &action->kind)) {
        return;
    }
    const qf_command_row *row = &qf_command_table[action->kind];
    if (strcmp(entry->keys[0]->text, QF_LOG_SYSTEM_READY) == 0) {
        qf_diagnose(reader->diagnostics, value, "'%s' takes no arguments", QF_LOG_SYSTEM_READY);
    } else if (value->kind == QF_YAML_MAPPING) {
        read_arguments(reader, value, action);
    } else if (qf_yaml_is_null(value)) {
        read_bare(reader, entry->keys[0], action);
    } else if (n_arguments(row) == 1) {
        read_argument(reader, value, 0, action); /* the only one needs no name */
    } else {
        qf_yaml_expect_kind(value, QF_YAML_MAPPING, reader->diagnostics);
    }
}

/* returns how many actions the entry is */
static size_t read_entry(qf_reader *reader, const qf_yaml_node *entry, qf_action_spec *actions)
{
    *actions = (qf_action_spec){.place = entry};
    if (is_several_sets(entry)) {
        read_sets(reader, entry->children[0], actions);
        return entry->children[0]->n_children;
    }
    if (entry->kind == QF_YAML_MAPPING && entry->n_children == 1) {
        read_mapping(reader, entry, actions);
    } else if (entry->kind == QF_YAML_SCALAR && !qf_yaml_is_null(entry)) {
        if (find_command(reader, entry, &actions->kind)) {
            read_bare(reader, entry, actions);
        }
    } else {
        qf_diagnose(reader->diagnostics, entry,
                    "expected a command: its name, or a mapping with its name as the one key");
    }
    return 1;
}

static size_t size_of(const qf_yaml_node *entry)
{
    return is_several_sets(entry) ? entry->children[0]->n_children : 1;
}

void qf_read_actions(qf_reader *reader, const qf_yaml_node *node, qf_action_list *list)
{
    enum { MOST_ACTIONS = 64 };
    const bool is_list = node->kind == QF_YAML_SEQUENCE;
    size_t n = is_list ? 0 : size_of(node);
    for (size_t i = 0; is_list && i < node->n_children; i++) {
        n += size_of(node->children[i]);
    }
    if (n > MOST_ACTIONS) {
        qf_diagnose(reader->diagnostics, node, "%zu commands are more than %d", n, MOST_ACTIONS);
        return;
    }
    qf_action_spec *actions = qf_reader_array(reader, n, sizeof *actions);
    if (!actions) {
        return;
    }
    size_t done = 0;
    for (size_t i = 0; is_list && i < node->n_children; i++) {
        done += read_entry(reader, node->children[i], &actions[done]);
    }
    if (!is_list && n > 0) {
        read_entry(reader, node, actions);
    }
    list->actions = actions;
    list->n = n;
}
