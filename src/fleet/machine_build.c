/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of a machine as one program, and its rows. Goes on after an error, so that all are found. */
#include "machine_build_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

struct qf_complained {
    const void *place;
    const char *message;
    size_t begin;
    const qf_complained *next;
};

void *qf_machine_take(qf_machine_builder *builder, size_t count, size_t size)
{
    void *memory = qf_arena_array(builder->arena, count, size);
    builder->out_of_memory = builder->out_of_memory || !memory;
    return memory;
}

/* a text may stand for several rows: rules of the decision layer do */
static bool is_said(const qf_machine_builder *builder, const void *place, size_t begin,
                    const char *message)
{
    for (const qf_complained *c = builder->complained; c; c = c->next) {
        if (c->place == place && c->begin == begin && strcmp(c->message, message) == 0) {
            return true;
        }
    }
    return false;
}

void qf_machine_complain(qf_machine_builder *builder, const void *place, size_t begin, size_t end,
                         const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    builder->failed = true;
    if (is_said(builder, place, begin, message)) {
        return;
    }
    qf_complained *said = qf_machine_take(builder, 1, sizeof *said);
    const char *kept = qf_arena_text(builder->arena, message, strlen(message));
    if (!said || !kept) {
        builder->out_of_memory = true;
        return;
    }
    *said = (qf_complained){place, kept, begin, builder->complained};
    builder->complained = said;
    builder->complaints->complain(builder->complaints->user, place, begin, end, false, message);
}

void qf_machine_tell(qf_machine_builder *builder, const qf_text *text,
                     const qf_expression_error *error)
{
    if (strcmp(error->message, "out of memory") == 0 || builder->names.out_of_memory) {
        builder->out_of_memory = true;
        return;
    }
    /* where something is missing, the place is empty */
    const size_t end =
        error->end > error->begin || error->begin == 0 ? error->end : error->begin + 1;
    qf_machine_complain(builder, text->place, error->begin, end, "%s", error->message);
}

/* ---- texts ---- */

static bool find_noting(void *user, const char *name, const char *argument, qf_symbol *symbol)
{
    qf_machine_builder *builder = user;
    for (size_t i = 0; !argument && i < builder->spec->n_signals; i++) {
        if (strcmp(builder->spec->signals[i].name, name) == 0) {
            builder->asked[i] = true;
        }
    }
    if (!builder->plain.find(builder->plain.user, name, argument, symbol)) {
        return false;
    }
    qf_machine_note_symbol(builder, symbol);
    return true;
}

static const char *name_plain(void *user, size_t i)
{
    const qf_machine_builder *builder = user;
    return builder->plain.name(builder->plain.user, i);
}

static const char *argument_plain(void *user, const char *name, size_t i)
{
    const qf_machine_builder *builder = user;
    return builder->plain.argument(builder->plain.user, name, i);
}

static const qf_expression *parse(qf_machine_builder *builder, const char *text,
                                  qf_expression_error *error)
{
    memset(builder->asked, 0, builder->spec->n_signals * sizeof *builder->asked);
    *error = (qf_expression_error){0};
    builder->reads = NULL;
    return qf_expression_parse(builder->arena, &builder->symbols, text, error);
}

static bool asked_broken(const qf_machine_builder *builder, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (builder->asked[i] && builder->broken[i]) {
            return true;
        }
    }
    return false;
}

const qf_expression *qf_machine_parse(qf_machine_builder *builder, const qf_text *text)
{
    qf_expression_error error;
    const qf_expression *expression = parse(builder, text->text, &error);
    if (expression) {
        return expression;
    }
    builder->failed = true;
    if (!asked_broken(builder, builder->spec->n_signals)) {
        qf_machine_tell(builder, text, &error);
    }
    return NULL;
}

/*
 * Signals are checked on their own, so that an error of one is told once and where it stands, not where the signal
 * is used. One that is wrong because of another is left to that; of a ring of them, the first is told.
 */
static void check_signals(qf_machine_builder *builder)
{
    const qf_machine_spec *spec = builder->spec;
    qf_expression_error error;
    for (size_t i = 0; i < spec->n_signals; i++) {
        builder->broken[i] = !parse(builder, spec->signals[i].text.text, &error);
    }
    for (size_t i = 0; i < spec->n_signals; i++) {
        if (!builder->broken[i]) {
            continue;
        }
        parse(builder, spec->signals[i].text.text, &error);
        const bool own =
            builder->asked[i] ? !asked_broken(builder, i) : !asked_broken(builder, spec->n_signals);
        builder->failed = true;
        if (own) {
            qf_machine_tell(builder, &spec->signals[i].text, &error);
        }
    }
}

void qf_machine_note_columns(qf_machine_builder *builder, const size_t *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        builder->reads_outputs =
            builder->reads_outputs || qf_catalog_is_output(builder->catalog, columns[i]);
    }
}

void qf_machine_note_program(qf_machine_builder *builder, const qf_program *program)
{
    qf_built_machine *built = builder->built;
    if (program->n_numbers > built->most_numbers) {
        built->most_numbers = program->n_numbers;
    }
    if (program->n_truths > built->most_truths) {
        built->most_truths = program->n_truths;
    }
}

/* ---- transitions ---- */

typedef struct transition {
    const qf_transition_spec *spec;
    const qf_expression *condition; /* NULL after a complaint */
    uint16_t truth;
    size_t target; /* n_states: none */
    bool silent;
    qf_machine_change change; /* but for states */
    qf_built_actions actions;
} transition;

static size_t find_state(const qf_machine_spec *spec, const char *name)
{
    size_t s = 0;
    while (s < spec->n_states && strcmp(spec->states[s].name, name) != 0) {
        s++;
    }
    return s;
}

static bool reads_states(const qf_machine_builder *builder, const size_t *columns, size_t n)
{
    const size_t first = builder->catalog->first_column[QF_FIELD_FSM_STATE];
    for (size_t i = 0; i < n; i++) {
        if (columns[i] - first < builder->catalog->n_columns_of[QF_FIELD_FSM_STATE]) {
            return true;
        }
    }
    return false;
}

/* what events say of a condition, and what the checks look at */
static void describe(qf_machine_builder *builder, const qf_expression *condition,
                     qf_machine_change *change)
{
    change->condition = condition;
    qf_machine_find_causes(builder, change);
    change->has_witness =
        qf_expression_witness(condition, &change->witness, &change->witness_whole);
    change->columns = qf_expression_columns(builder->arena, condition, &change->n_columns);
    if (!change->columns) {
        builder->out_of_memory = true;
        return;
    }
    qf_machine_note_columns(builder, change->columns, change->n_columns);
    change->settled = !qf_expression_knows_time(condition) &&
                      !reads_states(builder, change->columns, change->n_columns);
}

static void build_condition(qf_machine_builder *builder, qf_program_builder *program,
                            transition *out)
{
    const qf_text *text = &out->spec->condition;
    qf_expression_error error = {0};
    const qf_expression *condition = qf_machine_parse(builder, text);
    if (!condition) {
        return;
    }
    if (!qf_expression_expect(condition, QF_VALUE_TRUTH, &error) ||
        !qf_program_add(program, condition, &out->truth, NULL, &error)) {
        qf_machine_tell(builder, text, &error);
        return;
    }
    describe(builder, condition, &out->change);
    out->condition = condition;
}

static void build_transition(qf_machine_builder *builder, qf_program_builder *program,
                             const qf_transition_spec *spec, transition *out)
{
    const qf_machine_spec *machine = builder->spec;
    *out = (transition){.spec = spec, .change = {.spec = spec}, .target = machine->n_states};
    out->silent = !spec->target && !spec->trigger && spec->actions.n == 0;
    if (spec->target) {
        out->target = find_state(machine, spec->target);
        if (out->target == machine->n_states) {
            qf_machine_complain(builder, spec->target_place, 0, 0, "no state is called '%s'",
                                spec->target);
        }
    }
    build_condition(builder, program, out);
    qf_machine_build_actions(builder, &spec->actions, &out->actions);
}

static size_t count_transitions(const qf_machine_spec *spec)
{
    size_t n = spec->n_any;
    for (size_t s = 0; s < spec->n_states; s++) {
        n += spec->states[s].n_transitions;
    }
    return n;
}

static transition *build_transitions(qf_machine_builder *builder, qf_program_builder *program,
                                     size_t n)
{
    const qf_machine_spec *spec = builder->spec;
    transition *transitions = qf_machine_take(builder, n, sizeof *transitions);
    size_t at = 0;
    for (size_t t = 0; transitions && t < spec->n_any; t++) {
        build_transition(builder, program, &spec->any[t], &transitions[at++]);
    }
    for (size_t s = 0; transitions && s < spec->n_states; s++) {
        for (size_t t = 0; t < spec->states[s].n_transitions; t++) {
            build_transition(builder, program, &spec->states[s].transitions[t], &transitions[at++]);
        }
    }
    return transitions;
}

/* ---- rows ---- */

typedef struct rows {
    qf_machine_row *rows;
    qf_machine_change *changes;
    qf_built_actions *on_row;
    size_t n;
} rows;

static void add_row(rows *all, const transition *from_transition, size_t number, size_t state,
                    size_t n_states)
{
    const bool leaves = from_transition->target < n_states;
    all->rows[all->n] = (qf_machine_row){
        .from = (uint16_t)state,
        .truth = from_transition->truth,
        .leaves = leaves,
        .silent = from_transition->silent,
        .transition = (uint32_t)number,
    };
    qf_machine_change *change = &all->changes[all->n];
    *change = from_transition->change;
    change->from = (uint16_t)state;
    change->to = (uint16_t)(leaves ? from_transition->target : state);
    all->on_row[all->n] = from_transition->actions;
    all->n++;
}

static bool is_final(const qf_state_spec *state)
{
    return state->terminal || !state->has_body;
}

static void add_rows(const qf_machine_spec *spec, const transition *transitions, rows *all)
{
    size_t own = spec->n_any;
    for (size_t s = 0; s < spec->n_states; s++) {
        for (size_t t = 0; t < spec->n_any && !is_final(&spec->states[s]); t++) {
            if (transitions[t].target != s) {
                add_row(all, &transitions[t], t, s, spec->n_states);
            }
        }
        for (size_t t = 0; t < spec->states[s].n_transitions; t++, own++) {
            add_row(all, &transitions[own], own, s, spec->n_states);
        }
    }
}

/* at most; terminal states take less */
static size_t count_rows(const qf_machine_spec *spec)
{
    return count_transitions(spec) + spec->n_any * (spec->n_states - 1);
}

static void build_rows(qf_machine_builder *builder, qf_program_builder *program)
{
    const qf_machine_spec *spec = builder->spec;
    qf_built_machine *built = builder->built;
    const transition *transitions = build_transitions(builder, program, count_transitions(spec));
    const size_t most = count_rows(spec);
    rows all = {
        .rows = qf_machine_take(builder, most, sizeof *all.rows),
        .changes = qf_machine_take(builder, most, sizeof *all.changes),
        .on_row = qf_machine_take(builder, most, sizeof *all.on_row),
    };
    if (builder->out_of_memory) {
        return;
    }
    add_rows(spec, transitions, &all);
    qf_machine_inherit_causes(builder, all.rows, all.changes, all.n);
    built->machine.rows = all.rows;
    built->machine.n_rows = all.n;
    built->changes = all.changes;
    built->on_row = all.on_row;
}

/* ---- states and the whole ---- */

static void build_states(qf_machine_builder *builder)
{
    const qf_machine_spec *spec = builder->spec;
    qf_built_machine *built = builder->built;
    int64_t *ids = qf_machine_take(builder, spec->n_states, sizeof *ids);
    qf_built_actions *lists[3];
    for (size_t i = 0; i < 3; i++) {
        lists[i] = qf_machine_take(builder, spec->n_states, sizeof *lists[i]);
    }
    if (builder->out_of_memory) {
        return;
    }
    for (size_t s = 0; s < spec->n_states; s++) {
        const qf_state_spec *state = &spec->states[s];
        ids[s] = (int64_t)qf_catalog_state(builder->catalog, state->name);
        qf_machine_build_actions(builder, &state->on_enter, &lists[0][s]);
        qf_machine_build_actions(builder, &state->on_exit, &lists[1][s]);
        qf_machine_build_actions(builder, &state->during, &lists[2][s]);
        built->has_during = built->has_during || state->during.n > 0;
    }
    built->on_enter = lists[0];
    built->on_exit = lists[1];
    built->during = lists[2];
    built->machine.n_states = spec->n_states;
    built->machine.state_ids = ids;
    if (builder->columns) {
        built->machine.state =
            builder->columns[builder->catalog->first_column[QF_FIELD_FSM_STATE] + builder->number];
    }
}

/* beyond the limits of machine_spec.h nothing more is built: numbers would not fit */
static void check_limits(qf_machine_builder *builder)
{
    const qf_machine_spec *spec = builder->spec;
    const qf_catalog *catalog = builder->catalog;
    if (builder->number >= QF_MACHINES_MOST) {
        qf_machine_complain(builder, spec->place, 0, 0, "a vehicle has at most %d machines",
                            QF_MACHINES_MOST);
    }
    if (spec->n_states < 1 || spec->n_states > QF_MACHINE_MOST_STATES) {
        qf_machine_complain(builder, spec->place, 0, 0, "expected 1 to %d states, found %zu",
                            QF_MACHINE_MOST_STATES, spec->n_states);
    } else if (count_rows(spec) > QF_MACHINE_MOST_TRANSITIONS) {
        qf_machine_complain(builder, spec->place, 0, 0,
                            "expected at most %d transitions, those of 'any' counted for each "
                            "state, found %zu",
                            QF_MACHINE_MOST_TRANSITIONS, count_rows(spec));
    }
    for (size_t v = 0; v < spec->n_variables && catalog->n_variables > QF_VARIABLES_MOST; v++) {
        if (catalog->variables[QF_VARIABLES_MOST] == &spec->variables[v]) {
            qf_machine_complain(builder, spec->variables[v].place, 0, 0,
                                "expected at most %d variables in all machines, found %zu",
                                QF_VARIABLES_MOST, catalog->n_variables);
        }
    }
}

/* else whatever reads one would be told of it */
static void check_units(qf_machine_builder *builder)
{
    const qf_machine_spec *spec = builder->spec;
    for (size_t v = 0; v < spec->n_variables; v++) {
        const qf_variable_spec *variable = &spec->variables[v];
        const char *name = variable->kind == QF_VARIABLE_NUMBER ? variable->unit : NULL;
        qf_unit unit;
        if (name && !qf_unit_parse(name, strlen(name), &unit)) {
            const char *nearest = qf_unit_nearest(name);
            qf_machine_complain(builder, variable->place, 0, 0, "unknown unit '%s'%s%s%s", name,
                                nearest ? " (did you mean '" : "", nearest ? nearest : "",
                                nearest ? "'?)" : "");
        }
    }
}

static void build_all(qf_machine_builder *builder, size_t *n_holds)
{
    qf_program_builder *program = qf_program_builder_create(builder->arena);
    if (!program) {
        builder->out_of_memory = true;
        return;
    }
    qf_machine_note_writes(builder);
    check_signals(builder);
    build_states(builder);
    build_rows(builder, program);
    if (builder->failed || builder->out_of_memory) {
        return;
    }
    *n_holds = qf_program_n_holds(program);
    qf_program *finished = &builder->built->machine.program;
    if (!qf_program_finish(program, builder->columns, builder->holds, finished)) {
        builder->out_of_memory = true;
        return;
    }
    qf_machine_note_program(builder, finished);
}

bool qf_machine_build(qf_arena *arena, const qf_catalog *catalog, const qf_scenario *scenario,
                      size_t group, size_t number, void *const *columns, void *const *holds,
                      const qf_complaints *complaints, qf_built_machine *built, size_t *n_holds,
                      bool *reads_outputs)
{
    const qf_machine_spec *spec = scenario->groups[group].machines[number];
    qf_machine_builder builder = {
        .arena = arena,
        .catalog = catalog,
        .scenario = scenario,
        .group = group,
        .number = number,
        .spec = spec,
        .columns = columns,
        .holds = holds,
        .complaints = complaints,
        .names = {.catalog = catalog,
                  .scenario = scenario,
                  .group = group,
                  .machine = number,
                  .arena = arena},
        .built = built,
    };
    *built = (qf_built_machine){.spec = spec};
    *n_holds = 0;
    *reads_outputs = false;
    builder.plain = qf_behavior_symbols(&builder.names);
    builder.symbols = builder.plain;
    builder.symbols.find = find_noting;
    builder.symbols.name = name_plain;
    builder.symbols.argument = argument_plain;
    builder.symbols.user = &builder;
    builder.asked = qf_machine_take(&builder, spec->n_signals + 1, sizeof *builder.asked);
    builder.broken = qf_machine_take(&builder, spec->n_signals + 1, sizeof *builder.broken);
    check_limits(&builder);
    check_units(&builder);
    if (!builder.failed && !builder.out_of_memory) {
        build_all(&builder, n_holds);
    }
    *reads_outputs = builder.reads_outputs;
    return !builder.failed && !builder.out_of_memory && !builder.names.out_of_memory;
}
