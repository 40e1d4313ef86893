/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision layer: of the rules that hold, the one with the smallest type is chosen, then the largest priority,
 * then the largest confidence, then the first of the file; one with too little confidence never is (world.md section
 * 9). All of that is known beforehand, so it is an order, and the layer is a state machine: a state for each rule and
 * one for none, in each of them the rules in their order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "machine_parts.h"

#define N_NAMES(names)   (sizeof(names) / sizeof *(names))
#define LEAST_CONFIDENCE 0.6
#define NONE             "NONE"

/* in every state a row for each rule and one for none: as many as QF_MACHINE_MOST_TRANSITIONS allows */
enum { MOST_RULES = 31 };

const char *const qf_decision_types[QF_DECISION_TYPES] = {"SAFETY", "PLANNING", "DIAGNOSTICS"};

/* the reference's rules; those of guards only where the group has some. Safe mode switches the radar
   off, without which guards see nothing: it is on again at once, or what is critical would seem
   to be over */
static const char default_bios[] =
    "- {name: BIOS_NOT_READY, when: not bios_status.is_ready, type: SAFETY, priority: 0.99,"
    " confidence: 1.0, action: safe_mode, after: [{safe_mode: false}, activate_subsystems]}\n";
static const char default_guards[] =
    "- {name: GUARD_CRITICAL, when: guard.critical, type: SAFETY, priority: 0.99,"
    " confidence: 1.0, action: [safe_mode, {radar: {on: true}}],"
    " after: [{safe_mode: false}, activate_subsystems]}\n"
    "- {name: GUARD_WARNING, when: guard.warning, type: DIAGNOSTICS, priority: 0.5,"
    " confidence: 0.6}\n";

static void read_name(qf_reader *reader, const qf_yaml_node *node, const qf_decision_rule *rules,
                      size_t n_before, qf_decision_rule *rule)
{
    const qf_yaml_node *name = qf_require(reader, node, "name");
    if (!name || !qf_read_identifier(reader, name, &rule->name)) {
        return;
    }
    if (strcmp(rule->name, NONE) == 0) {
        qf_diagnose(reader->diagnostics, name, "'%s' stands for no rule", NONE);
    }
    for (size_t r = 0; r < n_before; r++) {
        if (strcmp(rules[r].name, rule->name) == 0) {
            qf_diagnose(reader->diagnostics, name, "two rules are called '%s'", rule->name);
        }
    }
}

static void read_rule(qf_reader *reader, const qf_yaml_node *node, const qf_decision_rule *rules,
                      size_t n_before, qf_decision_rule *rule)
{
    static const char *const known[] = {"name",       "when",   "type", "priority",
                                        "confidence", "action", "after"};
    *rule = (qf_decision_rule){.name = "", .place = node};
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    read_name(reader, node, rules, n_before, rule);
    const qf_yaml_node *when = qf_require(reader, node, "when");
    const qf_yaml_node *type = qf_require(reader, node, "type");
    const qf_yaml_node *priority = qf_require(reader, node, "priority");
    const qf_yaml_node *confidence = qf_require(reader, node, "confidence");
    const qf_yaml_node *action = qf_yaml_get(node, "action");
    const qf_yaml_node *after = qf_yaml_get(node, "after");
    size_t choice;
    if (when) {
        qf_read_expression(reader, when, &rule->when);
    }
    if (type && qf_yaml_read_choice(type, qf_decision_types, QF_DECISION_TYPES, &choice,
                                    reader->diagnostics)) {
        rule->type = (int)choice;
    }
    if (priority) {
        qf_read_constant(reader, priority, 0.0, 1.0, &rule->priority);
    }
    if (confidence && qf_read_constant(reader, confidence, 0.0, 1.0, &rule->confidence) &&
        rule->confidence < LEAST_CONFIDENCE) {
        qf_diagnose_note(reader->diagnostics, confidence,
                         "never chosen: a confidence of %g is below %g", rule->confidence,
                         LEAST_CONFIDENCE);
    }
    if (action) {
        qf_read_actions(reader, action, &rule->actions);
    }
    if (after) {
        qf_read_actions(reader, after, &rule->after);
    }
}

/* rules stand in one array: their addresses are the order of the file */
static int compare_rules(const void *left, const void *right)
{
    const qf_decision_rule *a = *(const qf_decision_rule *const *)left;
    const qf_decision_rule *b = *(const qf_decision_rule *const *)right;
    if (a->type != b->type) {
        return a->type - b->type;
    }
    if (a->priority != b->priority) {
        return a->priority > b->priority ? -1 : 1;
    }
    if (a->confidence != b->confidence) {
        return a->confidence > b->confidence ? -1 : 1;
    }
    return (a > b) - (a < b);
}

/* `own`: the rule whose state it is, NULL in the state of none */
static bool make_state(qf_reader *reader, const qf_yaml_node *node,
                       const qf_decision_rule *const *chosen, size_t n, const qf_decision_rule *own,
                       qf_state_spec *state)
{
    /* one that always holds leaves nothing for none */
    const bool always = strcmp(chosen[n - 1]->when.text, "true") == 0;
    qf_transition_spec *rows = qf_reader_array(reader, n + 1, sizeof *rows);
    if (!rows) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const qf_decision_rule *rule = chosen[i];
        rows[i] = (qf_transition_spec){
            .condition = rule->when, .place = rule->place, .target_place = rule->place};
        if (rule != own) {
            rows[i].target = rows[i].trigger = rule->name;
        }
    }
    rows[n] = (qf_transition_spec){.condition = {"true", node},
                                   .target = NONE,
                                   .trigger = NONE,
                                   .place = node,
                                   .target_place = node};
    *state = (qf_state_spec){.name = own ? own->name : NONE,
                             .has_body = true,
                             .on_enter = own ? own->actions : (qf_action_list){0},
                             .on_exit = own ? own->after : (qf_action_list){0},
                             .transitions = rows,
                             .n_transitions = n + (own && !always ? 1 : 0),
                             .place = own ? own->place : node};
    return true;
}

static qf_machine_spec *make_machine(qf_reader *reader, const qf_yaml_node *node,
                                     const qf_decision_rule *rules, size_t n_rules)
{
    const qf_decision_rule **chosen = qf_reader_array(reader, n_rules, sizeof *chosen);
    qf_state_spec *states = qf_reader_array(reader, n_rules + 1, sizeof *states);
    qf_machine_spec *spec = qf_reader_array(reader, 1, sizeof *spec);
    size_t n = 0;
    if (!chosen || !states || !spec) {
        return NULL;
    }
    for (size_t r = 0; r < n_rules; r++) {
        if (rules[r].confidence >= LEAST_CONFIDENCE) {
            chosen[n++] = &rules[r];
        }
    }
    if (n == 0) {
        return NULL;
    }
    qsort(chosen, n, sizeof *chosen, compare_rules);
    bool good = make_state(reader, node, chosen, n, NULL, &states[0]);
    for (size_t i = 0; good && i < n; i++) {
        good = make_state(reader, node, chosen, n, chosen[i], &states[i + 1]);
    }
    *spec = (qf_machine_spec){.name = "decision",
                              .every_ticks = 1,
                              .decides = true,
                              .states = states,
                              .n_states = n + 1,
                              .rules = rules,
                              .n_rules = n_rules,
                              .place = node};
    return good ? spec : NULL;
}

static const qf_yaml_node *default_rules(qf_reader *reader, const qf_group_spec *group)
{
    const char *text =
        qf_arena_format(reader->arena, "%s%s", default_bios, group->guards ? default_guards : "");
    if (!text) {
        qf_diagnose_memory(reader->diagnostics);
        return NULL;
    }
    return qf_yaml_load_text(reader->arena, "decision: default", text, strlen(text),
                             reader->diagnostics);
}

qf_machine_spec *qf_read_decision(qf_reader *reader, const qf_yaml_node *node,
                                  const qf_group_spec *group)
{
    const qf_yaml_node *list = node;
    if (node->kind == QF_YAML_SCALAR && strcmp(node->text, "default") == 0) {
        list = default_rules(reader, group);
    } else if (node->kind != QF_YAML_SEQUENCE) {
        qf_diagnose(reader->diagnostics, node, "expected a list of rules, or 'default'");
        return NULL;
    }
    if (!list) {
        return NULL;
    }
    if (list->n_children < 1 || list->n_children > MOST_RULES) {
        qf_diagnose(reader->diagnostics, list, "expected 1 to %d rules, found %zu", MOST_RULES,
                    list->n_children);
        return NULL;
    }
    qf_decision_rule *rules = qf_reader_array(reader, list->n_children, sizeof *rules);
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    for (size_t r = 0; rules && r < list->n_children; r++) {
        read_rule(reader, list->children[r], rules, r, &rules[r]);
    }
    if (!rules || qf_diagnostics_error_count(reader->diagnostics) > errors) {
        return NULL;
    }
    return make_machine(reader, node, rules, list->n_children);
}
