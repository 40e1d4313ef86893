/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of machines only when all groups are known: names, expressions, shapes, and `set` of scripts. */
#include <math.h>
#include <string.h>

#include "behavior_symbols.h"
#include "catalog.h"
#include "event_asked.h"
#include "machine_build.h"
#include "machine_reader.h"
#include "settable.h"

typedef struct check {
    qf_reader *reader;
    const qf_scenario *scenario;
    const qf_catalog *catalog;
} check;

static bool is_same_variable(const qf_variable_spec *a, const qf_variable_spec *b)
{
    bool same = a->kind == b->kind && a->n_values == b->n_values && strcmp(a->unit, b->unit) == 0;
    for (size_t v = 0; same && v < a->n_values; v++) {
        same = strcmp(a->values[v], b->values[v]) == 0;
    }
    return same;
}

/* a quantity of results, or a column that only the simulation itself uses */
static bool is_column(const check *c, const char *name)
{
    const qf_quantity *quantity = qf_catalog_find(c->catalog, name);
    if (quantity) {
        return quantity->field != QF_FIELD_FSM_VARIABLE;
    }
    for (size_t f = 0; f < QF_FIELD_COUNT; f++) {
        if (strcmp(qf_field_table[f].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_variables(const check *c, const qf_machine_spec *machine)
{
    for (size_t v = 0; v < machine->n_variables; v++) {
        const qf_variable_spec *variable = &machine->variables[v];
        const size_t first = qf_catalog_variable(c->catalog, variable->name);
        if (is_column(c, variable->name)) {
            qf_diagnose(c->reader->diagnostics, variable->place, "a column is called '%s' too",
                        variable->name);
        } else if (!is_same_variable(variable, c->catalog->variables[first])) {
            const qf_yaml_node *other = c->catalog->variables[first]->place;
            qf_diagnose(c->reader->diagnostics, variable->place,
                        "'%s' is of another kind, unit or choice than in %s, line %u",
                        variable->name, other->file, other->line);
        }
    }
}

static void check_signals(const check *c, const qf_machine_spec *machine)
{
    for (size_t s = 0; !machine->incomplete && s < machine->n_signals; s++) {
        const char *name = machine->signals[s].name;
        const qf_yaml_node *place = machine->signals[s].text.place;
        if (is_column(c, name)) {
            qf_diagnose(c->reader->diagnostics, place, "a column is called '%s' too", name);
        } else if (qf_catalog_variable(c->catalog, name) < c->catalog->n_variables) {
            qf_diagnose(c->reader->diagnostics, place, "a variable is called '%s' too", name);
        }
    }
}

static void check_names(const check *c)
{
    for (size_t g = 0; g < c->scenario->n_groups; g++) {
        const qf_group_spec *group = &c->scenario->groups[g];
        for (size_t m = 0; m < group->n_machines; m++) {
            const qf_machine_spec *machine = group->machines[m];
            if (c->catalog->n_variables > QF_VARIABLES_MOST && machine->n_variables > 0) {
                qf_diagnose(c->reader->diagnostics, machine->place,
                            "the machines of the scenario have %zu variables, more than %d",
                            c->catalog->n_variables, QF_VARIABLES_MOST);
                return;
            }
            check_variables(c, machine);
            check_signals(c, machine);
        }
    }
}

static const qf_variable_spec *find_variable(const qf_group_spec *group, const char *name)
{
    for (size_t m = 0; m < group->n_machines; m++) {
        for (size_t v = 0; v < group->machines[m]->n_variables; v++) {
            if (strcmp(group->machines[m]->variables[v].name, name) == 0) {
                return &group->machines[m]->variables[v];
            }
        }
    }
    return NULL;
}

static void refuse_name(const check *c, const qf_behavior_names *names, const qf_yaml_node *node)
{
    const char *command = qf_command_for_column(node->text);
    if (command) {
        qf_diagnose(c->reader->diagnostics, node,
                    "'set' does not take '%s': it has the command '%s'", node->text, command);
        return;
    }
    const char **settable = qf_reader_array(c->reader, c->catalog->n_quantities, sizeof *settable);
    size_t n = 0;
    for (size_t q = 0; settable && q < c->catalog->n_quantities; q++) {
        const char *name = c->catalog->quantities[q].name;
        if (qf_behavior_settable(names, name)) {
            settable[n++] = name;
        }
    }
    const char *nearest = settable ? qf_nearest_name(node->text, settable, n) : NULL;
    qf_diagnose(c->reader->diagnostics, node, "no variable or input '%s'%s%s%s", node->text,
                nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
}

void qf_read_variable_value(qf_reader *reader, const qf_yaml_node *node,
                            const qf_variable_spec *variable, qf_number *value)
{
    bool truth;
    size_t choice;
    switch (variable->kind) {
    case QF_VARIABLE_NUMBER:
        qf_read_number(reader, node, -(double)INFINITY, (double)INFINITY, value);
        break;
    case QF_VARIABLE_TRUTH:
        if (qf_yaml_read_bool(node, &truth, reader->diagnostics)) {
            *value = qf_constant(truth ? 1.0 : 0.0);
        }
        break;
    case QF_VARIABLE_CHOICE:
        if (qf_yaml_read_choice(node, variable->values, variable->n_values, &choice,
                                reader->diagnostics)) {
            *value = qf_constant((double)choice);
        }
        break;
    }
}

static void check_set(const check *c, size_t g, const qf_command *command, qf_number *value)
{
    const qf_group_spec *group = &c->scenario->groups[g];
    qf_behavior_names names = {.catalog = c->catalog,
                               .scenario = c->scenario,
                               .group = g,
                               .machine = SIZE_MAX,
                               .arena = c->reader->arena};
    const qf_yaml_node *name = qf_yaml_get(command->place, "name");
    const qf_yaml_node *node = qf_yaml_get(command->place, "value");
    if (!name || !node || !command->name) {
        return; /* said already */
    }
    const qf_quantity *quantity = qf_behavior_settable(&names, command->name);
    const qf_variable_spec *variable = find_variable(group, command->name);
    size_t choice;
    if (!quantity) {
        refuse_name(c, &names, name);
    } else if (variable) {
        qf_read_variable_value(c->reader, node, variable, value);
    } else if (quantity->field != QF_FIELD_TRANSPONDER_MODE) {
        double low;
        double high;
        qf_settable_range(quantity->field, &low, &high);
        qf_read_number(c->reader, node, low, high, value);
    } else if (qf_yaml_read_choice(node, qf_transponder_names, QF_TRANSPONDER_MODES, &choice,
                                   c->reader->diagnostics)) {
        *value = qf_constant((double)choice);
    }
}

static void check_scripts(const check *c)
{
    for (size_t g = 0; g < c->scenario->n_groups; g++) {
        const qf_group_spec *group = &c->scenario->groups[g];
        /* the scenario is still being made: its script is not constant yet */
        qf_command *script = (qf_command *)group->script;
        for (size_t i = 0; i < group->n_commands; i++) {
            if (script[i].kind == QF_COMMAND_SET && script[i].place) {
                check_set(c, g, &script[i], &script[i].argument[1]);
            }
        }
    }
}

/* what the builder finds is said where it stands in the file */
typedef struct complainer {
    qf_reader *reader;
    const qf_machine_spec *machine;
    bool complained;
} complainer;

static void complain(void *user, const void *place, size_t begin, size_t end, bool note,
                     const char *message)
{
    complainer *to = user;
    const qf_yaml_node *node = place ? place : to->machine->place;
    to->complained = to->complained || !note;
    if (end > begin) {
        qf_diagnose_within(to->reader->diagnostics, node, begin, note, message);
    } else if (note) {
        qf_diagnose_note(to->reader->diagnostics, node, "%s", message);
    } else {
        qf_diagnose(to->reader->diagnostics, node, "%s", message);
    }
}

static void build_machine(const check *c, size_t g, size_t m)
{
    /* the scenario is still being made: its machines are not constant yet */
    qf_machine_spec *spec = (qf_machine_spec *)c->scenario->groups[g].machines[m];
    complainer to = {.reader = c->reader, .machine = spec};
    const qf_complaints complaints = {complain, &to};
    qf_arena arena = {0};
    qf_built_machine built;
    if (qf_machine_build(&arena, c->catalog, c->scenario, g, m, NULL, NULL, &complaints, &built,
                         &spec->n_holds, &spec->reads_outputs)) {
        qf_machine_check(spec, &built, &complaints);
        spec->asked = (qf_asked){0};
        for (size_t row = 0; row < built.machine.n_rows; row++) {
            qf_asked_add(&spec->asked, built.changes[row].because, built.changes[row].n_because);
        }
    } else if (!to.complained) {
        qf_diagnose_memory(c->reader->diagnostics);
    }
    qf_arena_free(&arena);
}

void qf_check_machines(qf_reader *reader, qf_scenario *scenario)
{
    qf_context context = qf_context_default();
    qf_catalog catalog;
    if (reader->columns_unknown) {
        return;
    }
    if (qf_catalog_create(&context, reader->arena, scenario->groups, scenario->n_groups,
                          &catalog) != QF_OK) {
        qf_diagnose_memory(reader->diagnostics);
        return;
    }
    const check c = {reader, scenario, &catalog};
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    check_names(&c);
    const bool clear = qf_diagnostics_error_count(reader->diagnostics) == errors;
    check_scripts(&c);
    /* without a tick, hold() cannot be counted; without clear names, what expressions mean is not known */
    for (size_t g = 0; clear && scenario->dt_s > 0.0 && g < scenario->n_groups; g++) {
        for (size_t m = 0; m < scenario->groups[g].n_machines; m++) {
            if (!scenario->groups[g].machines[m]->incomplete) {
                build_machine(&c, g, m);
            }
        }
    }
}
