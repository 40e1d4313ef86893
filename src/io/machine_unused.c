/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that nothing reads or sets: likely misspelt, as by `--set groups[0].fsm.variables.NAME=...`. */
#include <string.h>

#include "expression.h"
#include "machine_reader.h"

static bool text_uses(const qf_text *text, const char *name)
{
    return text->text && qf_expression_mentions(text->text, name);
}

static bool list_uses(const qf_action_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        const qf_action_spec *action = &list->actions[i];
        if (action->kind == QF_COMMAND_SET && action->name[0] &&
            strcmp(action->name[0], name) == 0) {
            return true;
        }
        for (size_t a = 0; a < QF_COMMAND_MOST_ARGUMENTS; a++) {
            if (text_uses(&action->argument[a], name)) {
                return true;
            }
        }
    }
    return false;
}

static bool transitions_use(const qf_transition_spec *transitions, size_t n, const char *name)
{
    for (size_t t = 0; t < n; t++) {
        if (text_uses(&transitions[t].condition, name) ||
            list_uses(&transitions[t].actions, name)) {
            return true;
        }
    }
    return false;
}

static bool machine_uses(const qf_machine_spec *machine, const char *name)
{
    bool used = transitions_use(machine->any, machine->n_any, name);
    for (size_t s = 0; !used && s < machine->n_states; s++) {
        const qf_state_spec *state = &machine->states[s];
        used = list_uses(&state->on_enter, name) || list_uses(&state->on_exit, name) ||
               list_uses(&state->during, name) ||
               transitions_use(state->transitions, state->n_transitions, name);
    }
    for (size_t s = 0; !used && s < machine->n_signals; s++) {
        used = text_uses(&machine->signals[s].text, name);
    }
    return used;
}

static bool group_uses(const qf_group_spec *group, const char *name)
{
    bool used = false;
    for (size_t m = 0; !used && m < group->n_machines; m++) {
        used = machine_uses(group->machines[m], name);
    }
    for (size_t i = 0; !used && i < group->n_commands; i++) {
        used = group->script[i].name && strcmp(group->script[i].name, name) == 0;
    }
    for (size_t i = 0; !used && i < group->n_incidents; i++) {
        used = group->incidents[i].name && strcmp(group->incidents[i].name, name) == 0;
    }
    return used;
}

static void check_machine(qf_reader *reader, const qf_scenario *scenario,
                          const qf_machine_spec *machine)
{
    for (size_t v = 0; v < machine->n_variables; v++) {
        bool used = false;
        for (size_t g = 0; !used && g < scenario->n_groups; g++) {
            used = group_uses(&scenario->groups[g], machine->variables[v].name);
        }
        if (!used) {
            qf_diagnose_note(reader->diagnostics, machine->variables[v].place,
                             "nothing reads or sets the variable '%s'", machine->variables[v].name);
        }
    }
}

void qf_note_unused_variables(qf_reader *reader, const qf_scenario *scenario)
{
    const bool good = qf_diagnostics_error_count(reader->diagnostics) == 0;
    for (size_t g = 0; good && g < scenario->n_groups; g++) {
        for (size_t m = 0; m < scenario->groups[g].n_machines; m++) {
            check_machine(reader, scenario, scenario->groups[g].machines[m]);
        }
    }
}
