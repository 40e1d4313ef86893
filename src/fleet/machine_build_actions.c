/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of a machine: what `set` sets, and their arguments as programs of their own. */
#include <math.h>
#include <string.h>

#include "machine_build_internal.h"
#include "nearest_name.h"
#include "settable.h"

/* the value of an argument as a program; `factor` 1, the tree's kind is right */
static qf_action_argument *build_program(qf_machine_builder *builder, const qf_text *text,
                                         const qf_expression *expression)
{
    qf_expression_error error = {0};
    qf_program_builder *program = qf_program_builder_create(builder->arena);
    qf_action_argument *argument = qf_machine_take(builder, 1, sizeof *argument);
    if (!program || !argument) {
        builder->out_of_memory = true;
        return NULL;
    }
    *argument = (qf_action_argument){.is_truth = qf_expression_kind(expression) == QF_VALUE_TRUTH,
                                     .factor = 1.0};
    if (!qf_program_add(program, expression, &argument->truth, &argument->number, &error)) {
        qf_machine_tell(builder, text, &error);
        return NULL;
    }
    if (qf_program_n_holds(program) > 0) {
        qf_machine_complain(builder, text->place, 0, 0,
                            "hold() counts evaluations, and an action is no evaluation: use it in "
                            "the condition");
        return NULL;
    }
    size_t n;
    const size_t *columns = qf_expression_columns(builder->arena, expression, &n);
    if (!columns ||
        !qf_program_finish(program, builder->columns, builder->holds, &argument->program)) {
        builder->out_of_memory = true;
        return NULL;
    }
    qf_machine_note_columns(builder, columns, n);
    qf_machine_note_program(builder, &argument->program);
    return argument;
}

static bool complain_of_kind(qf_machine_builder *builder, const qf_text *text,
                             const qf_expression *expression, qf_value_kind kind)
{
    qf_expression_error error = {0};
    if (qf_expression_expect(expression, kind, &error)) {
        return false;
    }
    qf_machine_tell(builder, text, &error);
    return true;
}

/* what is known now must be allowed; what is not is looked at when it is known */
static bool complain_of_value(qf_machine_builder *builder, const qf_text *text,
                              const qf_expression *expression, double factor, double low,
                              double high)
{
    double value;
    if (!qf_expression_is_constant(expression, &value)) {
        return false;
    }
    value *= factor;
    if (isnan(value)) { /* %g would tell its sign */
        qf_machine_complain(builder, text->place, 0, 0, "expected a finite number, found nan");
    } else if (!isfinite(value)) {
        qf_machine_complain(builder, text->place, 0, 0, "expected a finite number, found %g",
                            value);
    } else if (value < low || value > high) {
        if (isinf(high)) {
            qf_machine_complain(builder, text->place, 0, 0, "expected a number >= %g, found %.15g",
                                low, value);
        } else {
            qf_machine_complain(builder, text->place, 0, 0,
                                "expected a number from %g to %g, found %.15g", low, high, value);
        }
    } else {
        return false;
    }
    return true;
}

/* a number in the unit that is wanted, within [low, high] */
static qf_action_argument *build_number(qf_machine_builder *builder, const qf_text *text,
                                        const char *unit, double low, double high)
{
    qf_expression_error error = {0};
    double factor = 1.0;
    const qf_expression *expression = qf_machine_parse(builder, text);
    if (!expression || complain_of_kind(builder, text, expression, QF_VALUE_NUMBER)) {
        return NULL;
    }
    if (!qf_expression_fits_unit(expression, unit, &factor, &error)) {
        qf_machine_tell(builder, text, &error);
        return NULL;
    }
    if (complain_of_value(builder, text, expression, factor, low, high)) {
        return NULL;
    }
    qf_action_argument *argument = build_program(builder, text, expression);
    if (argument) {
        argument->factor = factor;
    }
    return argument;
}

static qf_action_argument *build_truth(qf_machine_builder *builder, const qf_text *text)
{
    const qf_expression *expression = qf_machine_parse(builder, text);
    if (!expression || complain_of_kind(builder, text, expression, QF_VALUE_TRUTH)) {
        return NULL;
    }
    return build_program(builder, text, expression);
}

/* what is known before the run */
static qf_action_argument *build_constant(qf_machine_builder *builder, double value)
{
    qf_action_argument *argument = qf_machine_take(builder, 1, sizeof *argument);
    if (argument) {
        *argument = (qf_action_argument){.number = {.kind = QF_OPERAND_CONSTANT, .value = value},
                                         .factor = 1.0};
    }
    return argument;
}

/* the number of one of some names */
static qf_action_argument *build_choice(qf_machine_builder *builder, const qf_text *text,
                                        const char *const *names, size_t n_names)
{
    const char *value = text->text;
    size_t i = 0;
    while (i < n_names && strcmp(names[i], value) != 0) {
        i++;
    }
    if (i == n_names) {
        const char *nearest = qf_nearest_name(value, names, n_names);
        qf_machine_complain(builder, text->place, 0, 0,
                            nearest ? "'%s' is none of its values (did you mean '%s'?)"
                                    : "'%s' is none of its values, of which '%s' is the first",
                            value, nearest ? nearest : names[0]);
        return NULL;
    }
    return build_constant(builder, (double)i);
}

/* a behaviour of the group, or none: its number */
static void build_behave(qf_machine_builder *builder, const qf_action_spec *spec,
                         qf_built_action *built)
{
    const qf_group_spec *group = &builder->scenario->groups[builder->group];
    const char **names = qf_machine_take(builder, group->n_guidances + 1, sizeof *names);
    int64_t number;
    if (qf_behavior_number(group, spec->name[0], &number)) {
        built->argument[0] = build_constant(builder, (double)number);
        return;
    }
    for (size_t b = 0; names && b < group->n_guidances; b++) {
        names[b] = group->guidances[b].name;
    }
    if (names) {
        names[group->n_guidances] = qf_behavior_none;
        const char *nearest = qf_nearest_name(spec->name[0], names, group->n_guidances + 1);
        qf_machine_complain(builder, spec->place, 0, 0, "group '%s' has no behaviour '%s'%s%s%s",
                            group->name, spec->name[0], nearest ? " (did you mean '" : "",
                            nearest ? nearest : "", nearest ? "'?)" : "");
    }
}

static const qf_quantity *find_settable(qf_machine_builder *builder, const qf_action_spec *spec)
{
    const qf_catalog *catalog = builder->catalog;
    const qf_quantity *found = qf_behavior_settable(&builder->names, spec->name[0]);
    const void *place = spec->argument[0].place ? spec->argument[0].place : spec->place;
    const char *command = found ? NULL : qf_command_for_column(spec->name[0]);
    if (command) {
        qf_machine_complain(builder, place, 0, 0,
                            "'set' does not take '%s': it has the command '%s'", spec->name[0],
                            command);
        return NULL;
    }
    const char **names =
        found ? NULL : qf_machine_take(builder, catalog->n_quantities, sizeof *names);
    if (!names) {
        return found;
    }
    size_t n = 0;
    for (size_t i = 0; i < catalog->n_quantities; i++) {
        if (qf_behavior_settable(&builder->names, catalog->quantities[i].name)) {
            names[n++] = catalog->quantities[i].name;
        }
    }
    const char *nearest = qf_nearest_name(spec->name[0], names, n);
    qf_machine_complain(builder, place, 0, 0,
                        "'%s' is neither a variable nor an input that can be set%s%s%s",
                        spec->name[0], nearest ? " (did you mean '" : "", nearest ? nearest : "",
                        nearest ? "'?)" : "");
    return NULL;
}

static void build_set(qf_machine_builder *builder, const qf_action_spec *spec,
                      qf_built_action *built)
{
    const qf_text *text = &spec->argument[1];
    const qf_quantity *quantity = find_settable(builder, spec);
    qf_symbol symbol;
    if (!quantity || !qf_behavior_find(&builder->names, quantity->name, NULL, &symbol)) {
        builder->out_of_memory = builder->out_of_memory || quantity;
        return;
    }
    built->column = quantity->column;
    built->whole = quantity->type == QF_TYPE_I64;
    double low;
    double high;
    qf_settable_range(quantity->field, &low, &high);
    switch (symbol.kind) {
    case QF_VALUE_NUMBER:
        built->argument[1] = build_number(builder, text, symbol.unit, low, high);
        break;
    case QF_VALUE_TRUTH:
        built->argument[1] = build_truth(builder, text);
        break;
    case QF_VALUE_CHOICE:
        built->argument[1] = build_choice(builder, text, symbol.names, symbol.n_names);
        break;
    }
}

/* what the simulation itself tells by a code, NULL: nothing */
static const char *name_of_code(double code)
{
    static const struct {
        int code;
        const char *name;
    } known[] = {
#define QF_EVENT(id, code, severity, name) {code, name},
        QF_EVENT_TABLE(QF_EVENT)
#undef QF_EVENT
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].code == code) {
            return known[i].name;
        }
    }
    return NULL;
}

/* events have whole codes that are known beforehand */
static void check_code(qf_machine_builder *builder, const qf_text *text,
                       const qf_action_argument *argument)
{
    const qf_operand *code = &argument->number;
    const bool is_constant = code->kind == QF_OPERAND_CONSTANT;
    if (!is_constant || code->value * argument->factor != floor(code->value * argument->factor)) {
        qf_machine_complain(builder, text->place, 0, 0, "expected a whole number");
        return;
    }
    const char *name = name_of_code(code->value * argument->factor);
    if (name) {
        qf_machine_complain(builder, text->place, 0, 0,
                            "%g is '%s', which the simulation tells itself: take another code",
                            code->value * argument->factor, name);
    }
}

static void build_action(qf_machine_builder *builder, const qf_action_spec *spec,
                         qf_built_action *built)
{
    const qf_command_row *row = &qf_command_table[spec->kind];
    *built = (qf_built_action){.spec = spec};
    if (spec->kind == QF_COMMAND_SET) {
        build_set(builder, spec, built);
        return;
    }
    if (spec->kind == QF_COMMAND_BEHAVE && spec->name[0]) {
        build_behave(builder, spec, built);
        return;
    }
    for (size_t a = 0; a < QF_COMMAND_MAX_ARGUMENTS && row->argument[a].name; a++) {
        const qf_command_argument *wanted = &row->argument[a];
        if (!spec->given[a] || wanted->kind != QF_ARGUMENT_NUMBER) {
            continue;
        }
        const qf_text *text = &spec->argument[a];
        built->argument[a] = build_number(builder, text, wanted->unit, wanted->low, wanted->high);
        if (built->argument[a] && spec->kind == QF_COMMAND_EMIT) {
            check_code(builder, text, built->argument[a]);
        }
    }
}

void qf_machine_build_actions(qf_machine_builder *builder, const qf_action_list *list,
                              qf_built_actions *built)
{
    qf_built_action *actions = qf_machine_take(builder, list->n, sizeof *actions);
    *built = (qf_built_actions){.actions = actions, .n = actions ? list->n : 0};
    for (size_t i = 0; i < built->n; i++) {
        build_action(builder, &list->actions[i], &actions[i]);
    }
}
