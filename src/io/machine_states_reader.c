/* SPDX-License-Identifier: Apache-2.0 */
/* States and transitions of machines, and the states that only targets name. */
#include <string.h>

#include "machine_parts.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

static void read_transition(qf_reader *reader, const qf_yaml_node *node,
                            qf_transition_spec *transition)
{
    static const char *const known[] = {"condition", "target", "trigger", "action"};
    *transition = (qf_transition_spec){.place = node, .target_place = node};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    const qf_yaml_node *condition = qf_require(reader, node, "condition");
    const qf_yaml_node *target = qf_yaml_get(node, "target");
    const qf_yaml_node *trigger = qf_yaml_get(node, "trigger");
    const qf_yaml_node *action = qf_yaml_get(node, "action");
    if (condition) {
        qf_read_expression(reader, condition, &transition->condition);
    }
    if (target && qf_yaml_is_null(target)) {
        qf_diagnose(reader->diagnostics, target,
                    "expected a state; without the key the vehicle stays in its own");
    } else if (target) {
        transition->target_place = target;
        qf_read_identifier(reader, target, &transition->target);
    }
    if (trigger) {
        qf_read_identifier(reader, trigger, &transition->trigger);
    }
    if (action) {
        qf_read_actions(reader, action, &transition->actions);
    }
}

static void read_transitions(qf_reader *reader, const qf_yaml_node *list,
                             const qf_transition_spec **transitions, size_t *n)
{
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (list->n_children > QF_MACHINE_MOST_TRANSITIONS) {
        qf_diagnose(reader->diagnostics, list, "%zu transitions are more than %d", list->n_children,
                    QF_MACHINE_MOST_TRANSITIONS);
        return;
    }
    qf_transition_spec *own = qf_reader_array(reader, list->n_children, sizeof *own);
    for (size_t t = 0; own && t < list->n_children; t++) {
        read_transition(reader, list->children[t], &own[t]);
    }
    *transitions = own;
    *n = own ? list->n_children : 0;
}

static void read_state(qf_reader *reader, const qf_yaml_node *node, qf_state_spec *state)
{
    static const char *const known[] = {"on_enter", "on_exit", "while", "terminal", "transitions"};
    if (qf_yaml_is_null(node)) {
        return; /* a body that says nothing */
    }
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    qf_action_list *lists[] = {&state->on_enter, &state->on_exit, &state->during};
    for (size_t i = 0; i < N_NAMES(lists); i++) {
        const qf_yaml_node *actions = qf_yaml_get(node, known[i]);
        if (actions) {
            qf_read_actions(reader, actions, lists[i]);
        }
    }
    const qf_yaml_node *terminal = qf_yaml_get(node, "terminal");
    const qf_yaml_node *transitions = qf_yaml_get(node, "transitions");
    if (terminal) {
        qf_yaml_read_bool(terminal, &state->terminal, reader->diagnostics);
    }
    if (transitions) {
        read_transitions(reader, transitions, &state->transitions, &state->n_transitions);
    }
    if (state->terminal && state->n_transitions > 0) {
        qf_diagnose(reader->diagnostics, terminal, "a terminal state has no transitions");
    }
}

/* the states while they are being collected */
typedef struct state_list {
    qf_state_spec *states; /* room for one of each transition too */
    const char **names;
    size_t n_bodies;
    size_t n;
} state_list;

static bool is_state(const state_list *list, const char *name)
{
    for (size_t s = 0; s < list->n; s++) {
        if (strcmp(list->names[s], name) == 0) {
            return true;
        }
    }
    return false;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool same_letter(char a, char b)
{
    return upper(a) == upper(b);
}

/* whether some inserting, deleting, replacing and swapping of letters makes one of the other */
static bool is_within(const char *a, const char *b, int edits)
{
    while (*a && same_letter(*a, *b)) {
        a++;
        b++;
    }
    if (!*a && !*b) {
        return true;
    }
    if (edits == 0) {
        return false;
    }
    return (*a && is_within(a + 1, b, edits - 1)) || (*b && is_within(a, b + 1, edits - 1)) ||
           (*a && *b && is_within(a + 1, b + 1, edits - 1)) ||
           (*a && *b && same_letter(a[0], b[1]) && same_letter(a[1], b[0]) &&
            is_within(a + 2, b + 2, edits - 1));
}

/* the defined state that a target may be a misspelling of: qf_nearest_name is more generous with long names */
static const char *near_state(const char *name, const state_list *list)
{
    for (int edits = 0; edits <= 2; edits++) {
        for (size_t s = 0; s < list->n_bodies; s++) {
            if (is_within(name, list->names[s], edits)) {
                return list->names[s];
            }
        }
    }
    return NULL;
}

/* a target that is no state: misspelt, or terminal and without a body */
static void add_target(qf_reader *reader, const qf_transition_spec *transition, state_list *list)
{
    const char *name = transition->target;
    if (!name || is_state(list, name)) {
        return;
    }
    const char *nearest = near_state(name, list);
    if (nearest) {
        qf_diagnose(reader->diagnostics, transition->target_place,
                    "no state '%s' (did you mean '%s'?); where it is meant, it needs a body: "
                    "%s: {terminal: true}",
                    name, nearest, name);
        return;
    }
    qf_diagnose_note(reader->diagnostics, transition->target_place,
                     "state '%s' has no body, so it is terminal", name);
    list->names[list->n] = name;
    list->states[list->n++] =
        (qf_state_spec){.name = name, .terminal = true, .place = transition->target_place};
}

static void add_targets(qf_reader *reader, const qf_machine_spec *spec, state_list *list)
{
    for (size_t s = 0; s < list->n_bodies; s++) {
        for (size_t t = 0; t < list->states[s].n_transitions; t++) {
            add_target(reader, &list->states[s].transitions[t], list);
        }
    }
    for (size_t t = 0; t < spec->n_any; t++) {
        add_target(reader, &spec->any[t], list);
    }
}

static bool read_bodies(qf_reader *reader, const qf_yaml_node *node, state_list *list)
{
    qf_state_spec *bodies = qf_reader_array(reader, node->n_children, sizeof *bodies);
    for (size_t i = 0; bodies && i < node->n_children; i++) {
        qf_state_spec *state = &bodies[list->n];
        *state = (qf_state_spec){.has_body = true, .place = node->keys[i]};
        if (qf_read_identifier(reader, node->keys[i], &state->name)) {
            read_state(reader, node->children[i], state);
            list->n++;
        }
    }
    list->states = bodies;
    return bodies != NULL;
}

/* what was read, with room for what the transitions name */
static bool make_room(qf_reader *reader, const qf_machine_spec *spec, state_list *list)
{
    size_t most = list->n + spec->n_any;
    for (size_t s = 0; s < list->n; s++) {
        most += list->states[s].n_transitions;
    }
    qf_state_spec *states = qf_reader_array(reader, most, sizeof *states);
    list->names = qf_reader_array(reader, most, sizeof *list->names);
    if (!states || !list->names) {
        return false;
    }
    for (size_t s = 0; s < list->n; s++) {
        states[s] = list->states[s];
        list->names[s] = states[s].name;
    }
    list->states = states;
    list->n_bodies = list->n;
    return true;
}

/* of the states so far: asked again when those that are only targets are known */
static bool check_size(qf_reader *reader, const qf_yaml_node *node, const qf_machine_spec *spec,
                       const state_list *list)
{
    size_t rows = spec->n_any * list->n;
    for (size_t s = 0; s < list->n; s++) {
        rows += list->states[s].n_transitions;
    }
    const bool fits = list->n <= QF_MACHINE_MOST_STATES && rows <= QF_MACHINE_MOST_TRANSITIONS;
    if (list->n > QF_MACHINE_MOST_STATES) {
        qf_diagnose(reader->diagnostics, node, "%zu states are more than %d", list->n,
                    QF_MACHINE_MOST_STATES);
    } else if (rows > QF_MACHINE_MOST_TRANSITIONS) {
        qf_diagnose(reader->diagnostics, node,
                    "%zu transitions, those of 'any' counted for each state, are more than %d",
                    rows, QF_MACHINE_MOST_TRANSITIONS);
    }
    return fits;
}

void qf_read_states(qf_reader *reader, const qf_yaml_node *root, qf_machine_spec *spec)
{
    const qf_yaml_node *any = qf_yaml_get(root, "any");
    const qf_yaml_node *node = qf_require(reader, root, "states");
    const qf_yaml_node *initial = qf_yaml_get(root, "initial");
    state_list list = {0};
    size_t choice;
    if (any) {
        read_transitions(reader, any, &spec->any, &spec->n_any);
    }
    if (!node || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    if (node->n_children < 1 || node->n_children > QF_MACHINE_MOST_STATES) {
        qf_diagnose(reader->diagnostics, node, "expected 1 to %d states, found %zu",
                    QF_MACHINE_MOST_STATES, node->n_children);
        return;
    }
    if (!read_bodies(reader, node, &list) || !make_room(reader, spec, &list)) {
        return;
    }
    if (check_size(reader, node, spec, &list)) {
        add_targets(reader, spec, &list);
        if (list.n > list.n_bodies) {
            check_size(reader, node, spec, &list);
        }
    }
    spec->states = list.states;
    spec->n_states = list.n;
    if (initial &&
        qf_yaml_read_choice(initial, list.names, list.n_bodies, &choice, reader->diagnostics)) {
        spec->initial = choice;
    }
}
