/* SPDX-License-Identifier: Apache-2.0 */
/* State machines and the decision layer of the effective scenario. */
#include "machine_writer.h"

#include <string.h>

#include "machine_parts.h"
#include "script_reader.h"
#include "writer.h"

static void write_expression(FILE *out, const char *text)
{
    if (strspn(text, "0123456789.") == strlen(text)) {
        fputs(text, out);
    } else {
        qf_write_text(out, text);
    }
}

const char *qf_argument_text(const qf_action_spec *action, size_t a)
{
    const qf_command_argument *row = &qf_command_table[action->kind].argument[a];
    switch (row->kind) {
    case QF_ARGUMENT_NUMBER:
    case QF_ARGUMENT_VALUE:
        return action->argument[a].text;
    case QF_ARGUMENT_SWITCH:
        return action->constant[a] != 0.0 ? "true" : "false";
    case QF_ARGUMENT_AXIS:
        return qf_axis_names[(int)action->constant[a]];
    case QF_ARGUMENT_CHOICE:
        return row->names[(int)action->constant[a]];
    case QF_ARGUMENT_TEXT:
        return action->name[a];
    }
    return "";
}

static void write_argument(FILE *out, const qf_action_spec *action, size_t a)
{
    if (qf_command_table[action->kind].argument[a].kind == QF_ARGUMENT_SWITCH) {
        fputs(qf_argument_text(action, a), out);
    } else {
        write_expression(out, qf_argument_text(action, a));
    }
}

static void write_action(FILE *out, const qf_action_spec *action)
{
    const qf_command_row *row = &qf_command_table[action->kind];
    if (!row->argument[0].name) {
        fputs(row->name, out);
        return;
    }
    const char *separator = "";
    fprintf(out, "{%s: {", row->name);
    for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
        if (action->given[a]) {
            fprintf(out, "%s%s: ", separator, row->argument[a].name);
            write_argument(out, action, a);
            separator = ", ";
        }
    }
    fputs("}}", out);
}

/* a key, and on lines of their own what it holds; nothing where that is nothing */
static void write_actions(FILE *out, const char *indent, const char *key,
                          const qf_action_list *list)
{
    if (list->n == 0) {
        return;
    }
    fprintf(out, "%s%s:\n", indent, key);
    for (size_t i = 0; i < list->n; i++) {
        fprintf(out, "%s  - ", indent);
        write_action(out, &list->actions[i]);
        fputc('\n', out);
    }
}

static void write_transitions(FILE *out, const char *indent, const char *key,
                              const qf_transition_spec *transitions, size_t n)
{
    char inner[32];
    if (n == 0) {
        return;
    }
    snprintf(inner, sizeof inner, "%s    ", indent);
    fprintf(out, "%s%s:\n", indent, key);
    for (size_t t = 0; t < n; t++) {
        fprintf(out, "%s  - condition: ", indent);
        qf_write_text(out, transitions[t].condition.text);
        fputc('\n', out);
        if (transitions[t].target) {
            fprintf(out, "%starget: ", inner);
            qf_write_text(out, transitions[t].target);
            fputc('\n', out);
        }
        if (transitions[t].trigger) {
            fprintf(out, "%strigger: ", inner);
            qf_write_text(out, transitions[t].trigger);
            fputc('\n', out);
        }
        write_actions(out, inner, "action", &transitions[t].actions);
    }
}

static void write_value(FILE *out, const qf_variable_spec *variable, const qf_number *value)
{
    switch (variable->kind) {
    case QF_VARIABLE_NUMBER:
        qf_write_number(out, value);
        break;
    case QF_VARIABLE_TRUTH:
        fputs(value->a != 0.0 ? "true" : "false", out);
        break;
    case QF_VARIABLE_CHOICE:
        qf_write_text(out, variable->values[(size_t)value->a]);
        break;
    }
}

static void write_variables(FILE *out, const qf_machine_spec *spec)
{
    fputs(spec->n_variables ? "        variables:\n" : "", out);
    for (size_t v = 0; v < spec->n_variables; v++) {
        const qf_variable_spec *variable = &spec->variables[v];
        fprintf(out, "          %s: {initial: ", variable->name);
        write_value(out, variable, &variable->initial);
        if (variable->kind == QF_VARIABLE_NUMBER) {
            fputs(", unit: ", out);
            qf_write_text(out, variable->unit);
        }
        for (size_t i = 0; i < variable->n_values; i++) {
            fputs(i ? ", " : ", values: [", out);
            qf_write_text(out, variable->values[i]);
        }
        fputs(variable->n_values ? "]}\n" : "}\n", out);
    }
    fputs(spec->n_signals ? "        signals:\n" : "", out);
    for (size_t s = 0; s < spec->n_signals; s++) {
        fprintf(out, "          %s: ", spec->signals[s].name);
        qf_write_text(out, spec->signals[s].text.text);
        fputc('\n', out);
    }
}

/* states without a body come from the transitions again */
static void write_states(FILE *out, const qf_machine_spec *spec)
{
    fputs("        states:\n", out);
    for (size_t s = 0; s < spec->n_states && spec->states[s].has_body; s++) {
        const qf_state_spec *state = &spec->states[s];
        fprintf(out, "          %s:\n            terminal: %s\n", state->name,
                state->terminal ? "true" : "false");
        write_actions(out, "            ", "on_enter", &state->on_enter);
        write_actions(out, "            ", "on_exit", &state->on_exit);
        write_actions(out, "            ", "while", &state->during);
        write_transitions(out, "            ", "transitions", state->transitions,
                          state->n_transitions);
    }
}

static void write_machine(FILE *out, const qf_machine_spec *spec, double dt_s)
{
    fprintf(out, "      - name: %s\n        initial: %s\n        every_s: ", spec->name,
            spec->states[spec->initial].name);
    qf_write_double(out, (double)spec->every_ticks * dt_s);
    fputc('\n', out);
    write_variables(out, spec);
    write_transitions(out, "        ", "any", spec->any, spec->n_any);
    write_states(out, spec);
}

static void write_decision(FILE *out, const qf_machine_spec *spec)
{
    fputs("    decision:\n", out);
    for (size_t r = 0; r < spec->n_rules; r++) {
        const qf_decision_rule *rule = &spec->rules[r];
        fprintf(out, "      - name: %s\n        when: ", rule->name);
        qf_write_text(out, rule->when.text);
        fprintf(out, "\n        type: %s\n        priority: ", qf_decision_types[rule->type]);
        qf_write_double(out, rule->priority);
        fputs("\n        confidence: ", out);
        qf_write_double(out, rule->confidence);
        fputc('\n', out);
        write_actions(out, "        ", "action", &rule->actions);
        write_actions(out, "        ", "after", &rule->after);
    }
}

/* with the files of the machines, on the line that says it of other profiles too */
static void write_key(FILE *out, const qf_group_spec *group)
{
    const char *separator = " # from ";
    fputs("    fsm:", out);
    for (size_t m = 0; m < group->n_machines; m++) {
        if (group->machines[m]->file) {
            fputs(separator, out);
            qf_write_text(out, group->machines[m]->file);
            separator = ", ";
        }
    }
    fputc('\n', out);
}

void qf_write_machines(FILE *out, const qf_group_spec *group, double dt_s)
{
    for (size_t m = 0; m < group->n_machines; m++) {
        const qf_machine_spec *spec = group->machines[m];
        if (spec->decides) {
            write_decision(out, spec);
        } else {
            if (m == 0) {
                write_key(out, group);
            }
            write_machine(out, spec, dt_s);
        }
    }
}

void qf_write_set_value(FILE *out, const qf_group_spec *group, const qf_command *command)
{
    for (size_t m = 0; m < group->n_machines; m++) {
        for (size_t v = 0; v < group->machines[m]->n_variables; v++) {
            const qf_variable_spec *variable = &group->machines[m]->variables[v];
            if (strcmp(variable->name, command->name) == 0) {
                write_value(out, variable, &command->argument[1]);
                return;
            }
        }
    }
    if (strcmp(command->name, qf_field_table[QF_FIELD_TRANSPONDER_MODE].name) == 0) {
        qf_write_text(out, qf_transponder_names[(int)command->argument[1].a]);
    } else {
        qf_write_number(out, &command->argument[1]); /* an input */
    }
}
