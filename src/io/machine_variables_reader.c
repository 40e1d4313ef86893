/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine counts with: variables, which are columns, and signals, which are names for expressions. */
#include <math.h>
#include <string.h>

#include "machine_parts.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

static void read_truth(qf_reader *reader, const qf_yaml_node *node, qf_variable_spec *variable)
{
    bool truth;
    variable->kind = QF_VARIABLE_TRUTH;
    if (qf_yaml_read_bool(node, &truth, reader->diagnostics)) {
        variable->initial = qf_constant(truth ? 1.0 : 0.0);
    }
}

static void read_values(qf_reader *reader, const qf_yaml_node *list, qf_variable_spec *variable)
{
    enum { MOST_VALUES = 256 };
    variable->kind = QF_VARIABLE_CHOICE;
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (list->n_children < 1 || list->n_children > MOST_VALUES) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d values, found %zu", MOST_VALUES,
                    list->n_children);
        return;
    }
    const char **values = qf_reader_array(reader, list->n_children, sizeof *values);
    if (!values) {
        return;
    }
    for (size_t i = 0; i < list->n_children; i++) {
        const qf_yaml_node *item = list->children[i];
        qf_yaml_node plain = *item;
        plain.quoted = false;
        values[i] = "";
        if (qf_yaml_is_bool(&plain)) {
            qf_diagnose(reader->diagnostics, item, "'%s' is a truth value of YAML, not a name",
                        item->text);
            continue;
        }
        qf_read_identifier(reader, item, &values[i]);
        for (size_t before = 0; before < i && values[i][0]; before++) {
            if (strcmp(values[before], values[i]) == 0) {
                qf_diagnose(reader->diagnostics, item, "'%s' stands here twice", values[i]);
            }
        }
    }
    variable->values = values;
    variable->n_values = list->n_children;
}

static void read_keys(qf_reader *reader, const qf_yaml_node *node, qf_variable_spec *variable)
{
    static const char *const known[] = {"initial", "unit", "values"};
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *initial = qf_yaml_get(node, "initial");
    const qf_yaml_node *unit = qf_yaml_get(node, "unit");
    const qf_yaml_node *values = qf_yaml_get(node, "values");
    size_t choice;
    if (values) {
        read_values(reader, values, variable);
        if (initial && variable->n_values > 0 &&
            qf_yaml_read_choice(initial, variable->values, variable->n_values, &choice,
                                reader->diagnostics)) {
            variable->initial = qf_constant((double)choice);
        }
    } else if (initial && qf_yaml_is_bool(initial)) {
        read_truth(reader, initial, variable);
    } else if (initial) {
        qf_read_number(reader, initial, -(double)INFINITY, (double)INFINITY, &variable->initial);
    } else {
        qf_require(reader, node, "initial");
    }
    if (unit && variable->kind != QF_VARIABLE_NUMBER) {
        qf_diagnose(reader->diagnostics, unit, "only a number has a unit");
    } else if (unit && qf_yaml_read_text(unit, &variable->unit, reader->diagnostics) &&
               qf_has_control_characters(variable->unit)) {
        qf_diagnose(reader->diagnostics, unit, "expected a text without control characters");
    }
}

static void read_variable(qf_reader *reader, const qf_yaml_node *node, qf_variable_spec *variable)
{
    if (node->kind == QF_YAML_MAPPING && !qf_is_distribution(node)) {
        read_keys(reader, node, variable);
    } else if (qf_yaml_is_bool(node)) {
        read_truth(reader, node, variable);
    } else {
        qf_read_number(reader, node, -(double)INFINITY, (double)INFINITY, &variable->initial);
    }
}

void qf_read_signals(qf_reader *reader, const qf_yaml_node *root, qf_machine_spec *spec)
{
    const qf_yaml_node *node = qf_yaml_get(root, "signals");
    if (!node || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    if (node->n_children > QF_MACHINE_MOST_SIGNALS) {
        qf_diagnose(reader->diagnostics, node, "%zu signals are more than %d", node->n_children,
                    QF_MACHINE_MOST_SIGNALS);
        return;
    }
    qf_signal_spec *list = qf_reader_array(reader, node->n_children, sizeof *list);
    for (size_t i = 0; list && i < node->n_children; i++) {
        qf_signal_spec *signal = &list[spec->n_signals];
        if (!qf_read_identifier(reader, node->keys[i], &signal->name)) {
            continue;
        }
        qf_read_expression(reader, node->children[i], &signal->text);
        for (size_t v = 0; v < spec->n_variables; v++) {
            if (strcmp(spec->variables[v].name, signal->name) == 0) {
                qf_diagnose(reader->diagnostics, node->keys[i],
                            "a variable of the machine is called '%s' too", signal->name);
            }
        }
        spec->n_signals++;
    }
    spec->signals = list;
}

void qf_read_variables(qf_reader *reader, const qf_yaml_node *root, qf_machine_spec *spec)
{
    const qf_yaml_node *variables = qf_yaml_get(root, "variables");
    if (variables && qf_yaml_expect_kind(variables, QF_YAML_MAPPING, reader->diagnostics)) {
        qf_variable_spec *list = qf_reader_array(reader, variables->n_children, sizeof *list);
        for (size_t i = 0; list && i < variables->n_children; i++) {
            qf_variable_spec *variable = &list[spec->n_variables];
            *variable = (qf_variable_spec){
                .unit = "1", .initial = qf_constant(0.0), .place = variables->keys[i]};
            if (qf_read_identifier(reader, variables->keys[i], &variable->name)) {
                read_variable(reader, variables->children[i], variable);
                spec->n_variables++;
            }
        }
        spec->variables = list;
    }
}
