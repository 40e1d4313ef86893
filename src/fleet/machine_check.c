/* SPDX-License-Identifier: Apache-2.0 */
/* What a compiler would say of a machine's shape. Works on its rows: those of `any` count in every state. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine_build.h"

typedef struct check {
    const qf_machine_spec *spec;
    const qf_built_machine *built;
    const qf_complaints *complaints;
    size_t first_row[QF_MACHINE_MOST_STATES + 1]; /* of each state; then the number of rows */
    bool reached[QF_MACHINE_MOST_STATES];
} check;

typedef enum severity { ERROR, NOTE } severity;

static void complain(const check *c, severity how, const void *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void complain(const check *c, severity how, const void *place, const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    c->complaints->complain(c->complaints->user, place, 0, 0, how == NOTE, message);
}

static void find_rows(check *c)
{
    const qf_state_machine *machine = &c->built->machine;
    size_t r = 0;
    for (size_t s = 0; s < machine->n_states; s++) {
        c->first_row[s] = r;
        while (r < machine->n_rows && machine->rows[r].from == s) {
            r++;
        }
    }
    c->first_row[machine->n_states] = r;
}

static bool is_always(const check *c, size_t row, bool wanted)
{
    double value;
    return qf_expression_is_constant(c->built->changes[row].condition, &value) &&
           (value != 0.0) == wanted;
}

/* whether a scenario may have made a row's condition what it is: by a signal beside `file` */
static bool has_signal(const check *c, size_t row)
{
    const char *text = c->built->changes[row].spec->condition.text;
    for (size_t s = 0; s < c->spec->n_signals; s++) {
        if (qf_expression_mentions(text, c->spec->signals[s].name)) {
            return true;
        }
    }
    return false;
}

/* ---- states ---- */

static void find_reached(check *c)
{
    const qf_built_machine *built = c->built;
    size_t waiting[QF_MACHINE_MOST_STATES];
    size_t n = 0;
    waiting[n++] = c->spec->initial;
    c->reached[c->spec->initial] = true;
    while (n > 0) {
        const size_t s = waiting[--n];
        for (size_t r = c->first_row[s]; r < c->first_row[s + 1]; r++) {
            const size_t to = built->changes[r].to;
            if (!c->reached[to]) {
                c->reached[to] = true;
                waiting[n++] = to;
            }
        }
    }
}

/* states that are only targets are reached as those that lead to them are */
static void check_states(const check *c)
{
    for (size_t s = 0; s < c->spec->n_states; s++) {
        const qf_state_spec *state = &c->spec->states[s];
        if (!c->reached[s] && state->has_body) {
            complain(c, ERROR, state->place,
                     "state '%s' is never reached: no way leads to it from '%s', where the "
                     "machine begins",
                     state->name, c->spec->states[c->spec->initial].name);
        }
        if (state->terminal && state->n_transitions > 0) {
            complain(c, ERROR, state->transitions[0].place,
                     "state '%s' is terminal: it has no transitions", state->name);
        } else if (state->has_body && !state->terminal && c->first_row[s] == c->first_row[s + 1]) {
            complain(c, ERROR, state->place,
                     "state '%s' has no way out: give it transitions, or say 'terminal: true'",
                     state->name);
        }
    }
}

/* ---- transitions that never fire ---- */

/* the row before it that keeps it from being taken, the row itself where there is none */
static size_t keeper(const check *c, size_t row)
{
    const qf_built_machine *built = c->built;
    const qf_expression *condition = built->changes[row].condition;
    for (size_t r = c->first_row[built->changes[row].from]; r < row; r++) {
        if (is_always(c, r, true) ||
            (!is_always(c, r, false) &&
             qf_expression_equal(built->changes[r].condition, condition))) {
            return r;
        }
    }
    return row;
}

/* what is wrong as it stands there; what a signal makes so is no fault of the machine */
static severity severity_of(const check *c, size_t row, size_t before)
{
    const qf_machine_change *changes = c->built->changes;
    if (is_always(c, before, true)) {
        return has_signal(c, before) ? NOTE : ERROR;
    }
    const bool as_written =
        strcmp(changes[row].spec->condition.text, changes[before].spec->condition.text) == 0;
    return as_written || !(has_signal(c, row) || has_signal(c, before)) ? ERROR : NOTE;
}

static void complain_of_rule(const check *c, size_t row)
{
    const qf_machine_change *change = &c->built->changes[row];
    const size_t before = keeper(c, row);
    if (is_always(c, row, false)) {
        complain(c, NOTE, change->spec->condition.place,
                 "rule '%s' can never be chosen: its condition is always false",
                 change->spec->target);
    } else {
        complain(c, NOTE, change->spec->condition.place,
                 "rule '%s' can never be chosen: rule '%s' %s and comes first",
                 change->spec->target, c->built->changes[before].spec->target,
                 is_always(c, before, true) ? "always holds" : "has the same condition");
    }
}

static void complain_of_row(const check *c, size_t row)
{
    const qf_built_machine *built = c->built;
    const void *place = built->changes[row].spec->condition.place;
    if (c->spec->decides) {
        complain_of_rule(c, row);
        return;
    }
    if (is_always(c, row, false)) {
        complain(c, NOTE, place, "this transition never fires: its condition is always false");
        return;
    }
    const size_t before = keeper(c, row);
    const char *target = built->changes[before].spec->target;
    complain(c, severity_of(c, row, before), place,
             "this transition never fires: %s one before it%s%s%s%s %s",
             built->machine.rows[before].transition < c->spec->n_any ? "an 'any'" : "the",
             target ? ", to '" : ", without a target", target ? target : "", target ? "'" : "", ",",
             is_always(c, before, true) ? "always does" : "has the same condition");
}

/* one of `any` never fires where it does not in any of its states */
static void check_transitions(const check *c)
{
    const qf_state_machine *machine = &c->built->machine;
    bool fires[QF_MACHINE_MOST_TRANSITIONS] = {false};
    for (size_t r = 0; r < machine->n_rows; r++) {
        fires[machine->rows[r].transition] =
            fires[machine->rows[r].transition] || (!is_always(c, r, false) && keeper(c, r) == r);
    }
    for (size_t r = 0; r < machine->n_rows; r++) {
        const uint32_t t = machine->rows[r].transition;
        /* rules of the decision layer stand in every state, the first among them */
        if (!fires[t] && (!c->spec->decides || machine->rows[r].from == 0)) {
            complain_of_row(c, r);
        }
        fires[t] = true; /* once */
    }
}

/* one that leads everywhere but from anywhere */
static void check_any(const check *c)
{
    bool used[QF_MACHINE_MOST_TRANSITIONS] = {false};
    const qf_state_machine *machine = &c->built->machine;
    for (size_t r = 0; r < machine->n_rows; r++) {
        used[machine->rows[r].transition] = true;
    }
    for (size_t t = 0; t < c->spec->n_any; t++) {
        if (!used[t]) {
            complain(c, ERROR, c->spec->any[t].place,
                     "this transition is one of no state: all others but its target are terminal");
        }
    }
}

/* ---- rounds that never settle ---- */

/* the row that a vehicle takes first, n_rows: none */
static size_t first_that_fires(const check *c, size_t s)
{
    for (size_t r = c->first_row[s]; r < c->first_row[s + 1]; r++) {
        if (!is_always(c, r, false)) {
            return r;
        }
    }
    return c->built->machine.n_rows;
}

/* whether a list may change what a condition reads; what a command changes beside its column is not looked into */
static bool may_change(const qf_built_actions *list, const qf_machine_change *change)
{
    for (size_t i = 0; i < list->n; i++) {
        const int kind = list->actions[i].spec->kind;
        if (kind != QF_COMMAND_SET && kind != QF_COMMAND_LOG && kind != QF_COMMAND_EMIT) {
            return true;
        }
        for (size_t k = 0; kind == QF_COMMAND_SET && k < change->n_columns; k++) {
            if (change->columns[k] == list->actions[i].column) {
                return true;
            }
        }
    }
    return false;
}

/* from `begin` along first rows back to it: whether every step is taken as soon as one is */
static bool never_settles(const check *c, size_t begin)
{
    const qf_built_machine *built = c->built;
    const qf_machine_change *first = &built->changes[first_that_fires(c, begin)];
    bool always = true;
    bool same = first->settled && first->to != begin;
    size_t s = begin;
    do {
        const size_t r = first_that_fires(c, s);
        const qf_machine_change *change = &built->changes[r];
        always = always && is_always(c, r, true);
        same = same && qf_expression_equal(change->condition, first->condition) &&
               !may_change(&built->on_exit[s], first) && !may_change(&built->on_row[r], first) &&
               !may_change(&built->on_enter[change->to], first);
        s = change->to;
    } while (s != begin);
    return always || same;
}

/* whether a signal that comes to a constant is what closes the round */
static bool is_made_by_signals(const check *c, size_t begin)
{
    double value;
    size_t s = begin;
    do {
        const size_t taken = first_that_fires(c, s);
        for (size_t r = c->first_row[s]; r <= taken; r++) {
            if (qf_expression_is_constant(c->built->changes[r].condition, &value) &&
                has_signal(c, r)) {
                return true;
            }
        }
        s = c->built->changes[taken].to;
    } while (s != begin);
    return false;
}

static void complain_of_round(const check *c, size_t begin)
{
    const qf_built_machine *built = c->built;
    const size_t row = first_that_fires(c, begin);
    const void *place = built->changes[row].spec->condition.place;
    const severity how = is_made_by_signals(c, begin) ? NOTE : ERROR;
    char round[512];
    size_t length = 0;
    size_t s = begin;
    if (built->changes[row].to == begin) {
        complain(c, how, place,
                 "never settles: '%s' is left and entered again in every evaluation; without "
                 "'target' the vehicle stays",
                 c->spec->states[begin].name);
        return;
    }
    do {
        const int n =
            snprintf(round + length, sizeof round - length, "%s -> ", c->spec->states[s].name);
        length += n > 0 && (size_t)n < sizeof round - length ? (size_t)n : 0;
        s = built->changes[first_that_fires(c, s)].to;
    } while (s != begin && length < 400);
    complain(c, how, place,
             "never settles: %s%s, a step in every evaluation; let a step wait for "
             "time_in_state_s, hold(...) or something else",
             round, s == begin ? c->spec->states[s].name : "...");
}

static void check_rounds(const check *c)
{
    const qf_built_machine *built = c->built;
    const size_t n_states = built->machine.n_states;
    size_t walk[QF_MACHINE_MOST_STATES] = {0}; /* number of the walk that came by, 0: none yet */
    for (size_t begin = 0; begin < n_states; begin++) {
        size_t s = begin;
        bool goes_on = c->reached[s];
        while (goes_on && walk[s] == 0) {
            const size_t r = first_that_fires(c, s);
            walk[s] = begin + 1;
            goes_on = r < built->machine.n_rows && built->machine.rows[r].leaves;
            s = goes_on ? built->changes[r].to : s;
        }
        if (goes_on && walk[s] == begin + 1) { /* a round, and a new one */
            size_t least = s;
            for (size_t at = built->changes[first_that_fires(c, s)].to; at != s;
                 at = built->changes[first_that_fires(c, at)].to) {
                least = at < least ? at : least;
            }
            if (never_settles(c, least)) {
                complain_of_round(c, least);
            }
        }
    }
}

void qf_machine_check(const qf_machine_spec *spec, const qf_built_machine *built,
                      const qf_complaints *complaints)
{
    check c = {.spec = spec, .built = built, .complaints = complaints};
    find_rows(&c);
    find_reached(&c);
    check_states(&c);
    check_transitions(&c);
    check_any(&c);
    check_rounds(&c);
}
