/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of machines that are sound although they look like ones that are not: those are in bad_machines/. */
#include "machine_fixture.h"

static void assert_sound(fixture *f, const char *machine)
{
    machine_test test = {0};
    const qf_complaints complaints = {note_complaint, &test};
    load_machine(f, machine, &test); /* checked there, too: an error fails the test */
    qf_machine_check(test.built.spec, &test.built, &complaints);
    assert_string_equal(test.said, "");
    qf_arena_free(&test.arena);
}

#define NEVER "this transition never fires: "

#define ROUND(head, action, condition)                                                             \
    head "states:\n"                                                                               \
         "  A: {transitions: [{condition: " condition ", target: B" action "}]}\n"                 \
         "  B: {transitions: [{condition: " condition ", target: A}]}\n"

static void rounds_that_wait_are_sound(void **state)
{
    assert_sound(*state, ROUND("", "", "time_in_state_s >= 2"));
    assert_sound(*state, ROUND("", "", "'hold(soc_pct < 20, 3 ticks)'"));
    assert_sound(*state, ROUND("", "", "soc_pct < 20 and time_s > 3"));
}

static void rounds_that_change_what_they_read_are_sound(void **state)
{
    assert_sound(*state, ROUND("variables: {hits: 0}\n", ", action: {set: {hits: 0}}", "hits > 3"));
    assert_sound(*state, ROUND("", ", action: {mission: accept}", "mission_received"));
}

static void rounds_of_different_conditions_are_sound(void **state)
{
    assert_sound(*state, "states:\n"
                         "  A: {transitions: [{condition: soc_pct < 20, target: B}]}\n"
                         "  B: {transitions: [{condition: soc_pct < 30, target: A}]}\n");
    /* another transition comes first */
    assert_sound(*state, "states:\n"
                         "  A: {transitions: [{condition: soc_pct < 20, target: B}]}\n"
                         "  B:\n"
                         "    transitions:\n"
                         "      - {condition: dock.connected}\n"
                         "      - {condition: soc_pct < 20, target: A}\n");
}

static void a_state_may_be_entered_anew_now_and_then(void **state)
{
    assert_sound(*state, "states:\n"
                         "  A:\n"
                         "    transitions:\n"
                         "      - {condition: tracks > 0, target: A}\n"
                         "      - {condition: time_in_state_s > 10, target: B}\n"
                         "  B: {terminal: true}\n");
}

static void a_state_may_do_without_targets(void **state)
{
    assert_sound(*state, "states: {A: {transitions: [{condition: soc_pct < 20, trigger: LOW}]}}\n");
}

/* a group without rules of a level: the same rules, but not the same condition */
static void levels_of_guards_differ_whatever_rules_there_are(void **state)
{
    fixture *f = *state;
    write_file("m.yaml", "states:\n"
                         "  A:\n"
                         "    transitions:\n"
                         "      - {condition: guard.critical, target: B}\n"
                         "      - {condition: guard.any, target: B}\n"
                         "      - {condition: guard.warning, target: B}\n"
                         "      - {condition: guard.info, target: B}\n"
                         "  B: {terminal: true}\n");
    char *scenario = replace(WATCHFUL "    fsm: m.yaml\n",
                             ", {id: FAR, severity: warning}, {id: FAST, severity: critical}", "");
    load(f, scenario);
    free(scenario);
}

static void an_any_that_fires_somewhere_is_sound(void **state)
{
    /* not in A, where the first is always there */
    assert_sound(*state, "any:\n"
                         "  - {condition: safe_mode, target: C}\n"
                         "  - {condition: safe_mode and bios_ready or safe_mode, target: B}\n"
                         "states:\n"
                         "  A: {transitions: [{condition: soc_pct < 20, target: B}]}\n"
                         "  B: {transitions: [{condition: soc_pct > 30, target: A}]}\n"
                         "  C: {transitions: [{condition: not safe_mode, target: A}]}\n");
}

static void terminal_states_are_not_left_by_any(void **state)
{
    machine_test test = {0};
    load_machine(*state,
                 "any: [{condition: safe_mode, target: B}]\n"
                 "states:\n"
                 "  A: {transitions: [{condition: soc_pct < 20, target: C}]}\n"
                 "  B: {transitions: [{condition: not safe_mode, target: A}]}\n"
                 "  C: {terminal: true}\n",
                 &test);
    assert_int_equal(test.built.machine.n_rows, 3);
    qf_arena_free(&test.arena);
}

/* the reader does not let this through */
static void terminal_states_have_no_transitions(void **state)
{
    fixture *f = *state;
    machine_test test = {0};
    const qf_complaints complaints = {note_complaint, &test};
    load_machine(f,
                 "states:\n"
                 "  A: {transitions: [{condition: soc_pct < 20, target: B}]}\n"
                 "  B: {transitions: [{condition: soc_pct > 30, target: A}]}\n",
                 &test);
    ((qf_state_spec *)(uintptr_t)&test.built.spec->states[1])->terminal = true; /* the test's own */
    qf_machine_check(test.built.spec, &test.built, &complaints);
    assert_string_equal(test.said, "0-0 state 'B' is terminal: it has no transitions\n");
    assert_ptr_equal(test.place, test.built.spec->states[1].transitions[0].place);
    qf_arena_free(&test.arena);
}

static void what_never_fires_is_noted(void **state)
{
    fixture *f = *state;
    write_file("m.yaml", "any:\n"
                         "  - {condition: not (1 < 2), target: REST}\n"
                         "states:\n"
                         "  WORK: {transitions: [{condition: soc_pct < 20, target: REST}]}\n"
                         "  REST:\n"
                         "    transitions:\n"
                         "      - {condition: soc_pct > 80, target: WORK}\n"
                         "      - {condition: soc_pct < 20 and 1 > 2, target: WORK}\n");
    load(f, WATCHFUL "    fsm: m.yaml\n");
    assert_int_equal(f->diagnostics.notes.n_items, 2);
    assert_note(f, 0, 2, 17, "any[0].condition", NEVER "its condition is always false");
    assert_note(f, 1, 8, 21, "states.REST.transitions[1].condition",
                NEVER "its condition is always false");
}

/* what a machine takes from outside may be given as a constant beside `file` */
static void constant_signals_are_only_noted(void **state)
{
    fixture *f = *state;
    write_file("m.yaml", "signals: {near: soc_pct < 20, clear: not near}\n"
                         "states:\n"
                         "  A:\n"
                         "    transitions:\n"
                         "      - {condition: clear, target: B}\n"
                         "      - {condition: bios_ready, target: B}\n"
                         "      - {condition: near, target: C}\n"
                         "  B: {transitions: [{condition: clear or bios_ready, target: A}]}\n"
                         "  C: {terminal: true}\n");
    load(f, WATCHFUL "    fsm: {file: m.yaml, signals: {near: false}}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 3);
    assert_note(f, 0, 5, 21, "groups[0].fsm.states.A.transitions[0].condition",
                "never settles: A -> B -> A, a step in every evaluation; let a step wait for "
                "time_in_state_s, hold(...) or something else");
    assert_note(f, 1, 6, 21, "groups[0].fsm.states.A.transitions[1].condition",
                NEVER "the one before it, to 'B', always does");
    assert_note(f, 2, 7, 21, "groups[0].fsm.states.A.transitions[2].condition",
                NEVER "its condition is always false");
    /* two that come to the same */
    load(f, WATCHFUL "    fsm: {file: m.yaml, signals: {clear: bios_ready}}\n");
    assert_note(f, 0, 6, 21, "groups[0].fsm.states.A.transitions[1].condition",
                NEVER "the one before it, to 'B', has the same condition");
}

#define ALONG                                                                                      \
    "    fsm: [" PROJECT_SOURCE_DIR "/configs/fsm/ship.yaml, {file: " PROJECT_SOURCE_DIR           \
    "/configs/fsm/agent.yaml, signals: {guard_any: false, guard_critical: false, guard_warning: "  \
    "false}}, {file: " PROJECT_SOURCE_DIR                                                          \
    "/configs/fsm/patrol.yaml, signals: {near: false, clear: true, critical: false}}]\n"           \
    "    decision: default\n"

static void machines_that_come_along_do_without_guards(void **state)
{
    fixture *f = *state;
    char *unguarded = replace(
        WATCHFUL ALONG,
        "    guards: {rules: [{id: NEAR, severity: critical}, {id: FAR, severity: warning}, {id: "
        "FAST, severity: critical}]}\n",
        "");
    load(f, unguarded);
    free(unguarded);
    assert_true(f->diagnostics.notes.n_items > 0);
    load(f, WATCHFUL ALONG);
}

static void variables_that_nothing_uses_are_noted(void **state)
{
    fixture *f = *state;
    write_file(
        "m.yaml",
        "variables: {read: 0, assigned: 0, counted: 0, scripted: 0, broken: 0, signalled: 0}\n"
        "signals: {s: signalled > 0}\n"
        "states:\n"
        "  A:\n"
        "    on_enter: {set: {assigned: counted + 1}}\n"
        "    transitions: [{condition: read > 3 and s, target: B}]\n"
        "  B: {terminal: true}\n");
#define USING                                                                                      \
    PLAIN "    fsm: {file: m.yaml}\n"                                                              \
          "    script: [{step: 0, cmd: set, name: scripted, value: 1}]\n"                          \
          "    faults: [{at_s: 1, set: {broken: 1}}]\n"
    load(f, USING);
    assert_int_equal(f->diagnostics.notes.n_items, 0);
    load_with(f, USING, "groups[0].fsm.variables.raed=2");
    assert_int_equal(f->diagnostics.notes.n_items, 1);
    assert_string_equal(f->diagnostics.notes.items[0].path, "groups[0].fsm.variables.raed");
    assert_string_equal(f->diagnostics.notes.items[0].text,
                        "nothing reads or sets the variable 'raed'");
#undef USING
}

static void rules_that_are_never_chosen_are_noted(void **state)
{
    fixture *f = *state;
#define RULE(name, when)                                                                           \
    "{name: " name ", when: " when ", type: SAFETY, priority: 1, confidence: 1}"
    load(f,
         PLAIN "    decision: [" RULE("A", "soc_pct < 5") ", " RULE("B", "soc_pct < 5") ", " RULE(
             "C", "1 > 2") ", " RULE("D", "true") ", " RULE("E", "soc_pct < 9") "]\n");
#undef RULE
    assert_int_equal(f->diagnostics.notes.n_items, 3);
    assert_string_equal(f->diagnostics.notes.items[0].text,
                        "rule 'B' can never be chosen: rule 'A' has the same condition and comes "
                        "first");
    assert_string_equal(f->diagnostics.notes.items[1].text,
                        "rule 'C' can never be chosen: its condition is always false");
    assert_string_equal(f->diagnostics.notes.items[2].text,
                        "rule 'E' can never be chosen: rule 'D' always holds and comes first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rounds_that_wait_are_sound),
        TEST(rounds_that_change_what_they_read_are_sound),
        TEST(rounds_of_different_conditions_are_sound),
        TEST(a_state_may_be_entered_anew_now_and_then),
        TEST(a_state_may_do_without_targets),
        TEST(levels_of_guards_differ_whatever_rules_there_are),
        TEST(an_any_that_fires_somewhere_is_sound),
        TEST(terminal_states_are_not_left_by_any),
        TEST(terminal_states_have_no_transitions),
        TEST(what_never_fires_is_noted),
        TEST(constant_signals_are_only_noted),
        TEST(machines_that_come_along_do_without_guards),
        TEST(variables_that_nothing_uses_are_noted),
        TEST(rules_that_are_never_chosen_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
