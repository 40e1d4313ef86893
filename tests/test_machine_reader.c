/* SPDX-License-Identifier: Apache-2.0 */
/* State machines and decision rules of scenario files: what is read. */
#include "machine_reader.h"

#include "event.h"
#include "scenario_fixture.h"

#define FSM_FOLDER PROJECT_SOURCE_DIR "/configs/fsm/"

static const qf_machine_spec *machine_of(const fixture *f, size_t m)
{
    assert_true(m < f->scenario.groups[0].n_machines);
    return f->scenario.groups[0].machines[m];
}

static const qf_state_spec *state_of(const qf_machine_spec *machine, const char *name)
{
    for (size_t s = 0; s < machine->n_states; s++) {
        if (strcmp(machine->states[s].name, name) == 0) {
            return &machine->states[s];
        }
    }
    fail_msg("no state %s", name);
    return NULL;
}

static void assert_action(const qf_action_list *list, size_t i, qf_command_kind kind)
{
    assert_true(i < list->n);
    assert_int_equal(list->actions[i].kind, kind);
}

static void the_reference_s_example_loads_as_it_stands(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    fsm: " FSM_FOLDER "dsl_example.yaml\n");
    const qf_machine_spec *machine = machine_of(f, 0);
    assert_string_equal(machine->name, "dsl_example");
    assert_int_equal(machine->n_states, 4);
    assert_int_equal(machine->initial, 0);
    assert_int_equal(machine->every_ticks, 1);
    const qf_state_spec *boot = state_of(machine, "BOOT");
    assert_int_equal(boot->on_enter.n, 1);
    assert_action(&boot->on_enter, 0, QF_COMMAND_POST);
    assert_int_equal(boot->n_transitions, 1);
    assert_string_equal(boot->transitions[0].condition.text, "bios_status.is_ready");
    assert_string_equal(boot->transitions[0].target, "IDLE");
    const qf_state_spec *idle = state_of(machine, "IDLE");
    assert_action(&idle->on_enter, 0, QF_COMMAND_LOG);
    assert_string_equal(idle->on_enter.actions[0].name[0], "system ready");
    assert_action(&state_of(machine, "MISSION_ACTIVE")->on_enter, 0, QF_COMMAND_SUBSYSTEMS);
    const qf_state_spec *safe = state_of(machine, "SAFE_MODE");
    assert_false(safe->has_body);
    assert_true(safe->terminal);
    assert_note(f, 0, 17, 17, "states.MISSION_ACTIVE.transitions[0].target",
                "state 'SAFE_MODE' has no body, so it is terminal");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
}

static void every_key_of_a_machine_is_taken(void **state)
{
    fixture *f = *state;
    load(f,
         PLAIN "    fsm:\n"
               "      name: m\n"
               "      initial: B\n"
               "      every_s: 0.5\n"
               "      signals: {low: soc_pct < 20}\n"
               "      any: [{condition: low, target: END, trigger: LOW}]\n"
               "      states:\n"
               "        A: {transitions: [{condition: true, target: B}]}\n"
               "        B:\n"
               "          on_exit: undock\n"
               "          while: [{motor: 40}]\n"
               "          transitions:\n"
               "            - {condition: time_in_state_s > 2 s, target: A, action: {speed: 1}}\n"
               "            - {condition: not low, trigger: FINE}\n"
               "        END: {terminal: true}\n");
    const qf_machine_spec *machine = machine_of(f, 0);
    assert_string_equal(machine->name, "m");
    assert_null(machine->file);
    assert_int_equal(machine->initial, 1);
    assert_int_equal(machine->every_ticks, 5);
    assert_int_equal(machine->n_signals, 1);
    assert_string_equal(machine->signals[0].text.text, "soc_pct < 20");
    assert_int_equal(machine->n_any, 1);
    assert_string_equal(machine->any[0].trigger, "LOW");
    assert_string_equal(state_of(machine, "A")->transitions[0].condition.text, "true");
    const qf_state_spec *b = state_of(machine, "B");
    assert_action(&b->on_exit, 0, QF_COMMAND_UNDOCK);
    assert_action(&b->during, 0, QF_COMMAND_MOTOR);
    assert_action(&b->transitions[0].actions, 0, QF_COMMAND_SPEED);
    assert_null(b->transitions[1].target);
    assert_string_equal(b->transitions[1].trigger, "FINE");
    assert_true(state_of(machine, "END")->terminal);
    assert_false(b->terminal);
}

/* the machine of one state that does this on entering */
static const qf_action_list *actions_of(fixture *f, const char *actions)
{
    char text[2048];
    snprintf(text, sizeof text,
             PLAIN "    fsm:\n"
                   "      variables: {hits: 0, docked: no, mode: {values: [IDLE, CRUISE]}}\n"
                   "      states: {A: {terminal: true, on_enter: %s}}\n",
             actions);
    load(f, text);
    return &machine_of(f, 0)->states[0].on_enter;
}

static void arguments_are_constants_texts_or_expressions(void **state)
{
    fixture *f = *state;
    const qf_action_list *list =
        actions_of(f, "[{rcs: {axis: port, pct: hits * 2 %, duration_s: 2}}, {log: {message: hi}},"
                      " {emit: {code: 777, severity: critical}}, {transponder: silent},"
                      " {inputs: {radar_enabled: off}}, {mission: {order: finish}}, {dock: yes}]");
    assert_int_equal(list->n, 7);
    const qf_action_spec *rcs = &list->actions[0];
    assert_int_equal(rcs->kind, QF_COMMAND_RCS);
    assert_true(rcs->given[0] && rcs->given[1] && rcs->given[2]);
    assert_true(rcs->constant[0] == 3.0);
    assert_null(rcs->argument[0].text);
    assert_string_equal(rcs->argument[1].text, "hits * 2 %");
    assert_string_equal(rcs->argument[2].text, "2");
    assert_string_equal(list->actions[1].name[0], "hi");
    assert_string_equal(list->actions[2].argument[0].text, "777");
    assert_true(list->actions[2].constant[1] == (double)QF_SEVERITY_CRITICAL);
    assert_true(list->actions[3].constant[0] == (double)QF_TRANSPONDER_SILENT);
    assert_true(list->actions[4].given[0] && !list->actions[4].given[1]);
    assert_true(list->actions[4].constant[0] == 0.0);
    assert_true(list->actions[5].constant[0] == (double)QF_MISSION_FINISH);
    assert_true(list->actions[6].constant[0] == 1.0);
}

static void a_mapping_sets_several_variables_in_its_order(void **state)
{
    fixture *f = *state;
    const qf_action_list *list =
        actions_of(f, "{set: {hits: hits + 1, mode: CRUISE, docked: true}}");
    assert_int_equal(list->n, 3);
    const char *const names[] = {"hits", "mode", "docked"};
    const char *const values[] = {"hits + 1", "CRUISE", "true"};
    for (size_t i = 0; i < 3; i++) {
        assert_action(list, i, QF_COMMAND_SET);
        assert_string_equal(list->actions[i].name[0], names[i]);
        assert_string_equal(list->actions[i].argument[1].text, values[i]);
    }
    list = actions_of(f, "{set: {name: hits, value: 3}}");
    assert_int_equal(list->n, 1);
    assert_string_equal(list->actions[0].name[0], "hits");
    assert_string_equal(list->actions[0].argument[1].text, "3");
}

static void a_switch_that_may_be_left_out_is_on_when_only_named(void **state)
{
    fixture *f = *state;
    const qf_action_list *list =
        actions_of(f, "[emergency_stop, {safe_mode: false}, {undock: }, safe_mode]");
    const double expected[] = {1.0, 0.0, 0.0, 1.0};
    const bool given[] = {true, true, false, true};
    assert_int_equal(list->n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(list->actions[i].given[0], given[i]);
        assert_true(list->actions[i].constant[0] == expected[i]);
    }
}

static void variables_are_truths_numbers_or_choices(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    fsm:\n"
                  "      variables:\n"
                  "        a: true\n"
                  "        b: -2.5\n"
                  "        c: {initial: {uniform: {min: 1, max: 2}}, unit: m}\n"
                  "        d: {values: [RED, GREEN], initial: GREEN}\n"
                  "        e: {initial: false}\n"
                  "        f: {normal: {mean: 3, sd: 1}}\n"
                  "      states: {A: {terminal: true}}\n");
    const qf_variable_spec *v = machine_of(f, 0)->variables;
    assert_int_equal(machine_of(f, 0)->n_variables, 6);
    assert_int_equal(v[0].kind, QF_VARIABLE_TRUTH);
    assert_constant(&v[0].initial, 1.0);
    assert_int_equal(v[1].kind, QF_VARIABLE_NUMBER);
    assert_constant(&v[1].initial, -2.5);
    assert_string_equal(v[1].unit, "1");
    assert_int_equal(v[2].initial.kind, QF_NUMBER_UNIFORM);
    assert_string_equal(v[2].unit, "m");
    assert_int_equal(v[3].kind, QF_VARIABLE_CHOICE);
    assert_int_equal(v[3].n_values, 2);
    assert_constant(&v[3].initial, 1.0);
    assert_int_equal(v[4].kind, QF_VARIABLE_TRUTH);
    assert_int_equal(v[5].kind, QF_VARIABLE_NUMBER);
    assert_int_equal(v[5].initial.kind, QF_NUMBER_NORMAL);
    assert_string_equal(v[5].unit, "1");
}

static void rules_stand_in_the_order_of_choice(void **state)
{
    fixture *f = *state;
    load(
        f, PLAIN
        "    decision:\n"
        "      - {name: D, when: soc_pct < 90, type: DIAGNOSTICS, priority: 1, confidence: 1}\n"
        "      - {name: P1, when: soc_pct < 80, type: PLANNING, priority: 0.5, confidence: 0.7}\n"
        "      - {name: P2, when: soc_pct < 70, type: PLANNING, priority: 0.5, confidence: 0.8}\n"
        "      - {name: X, when: soc_pct < 60, type: SAFETY, priority: 1, confidence: 0.59}\n"
        "      - {name: S, when: soc_pct < 50, type: SAFETY, priority: 0, confidence: 0.6,"
        " action: safe_mode}\n"
        "      - {name: P3, when: soc_pct < 40, type: PLANNING, priority: 0.6, confidence: 0.6}\n");
    const qf_machine_spec *machine = machine_of(f, 0);
    const char *const order[] = {"NONE", "S", "P3", "P2", "P1", "D"};
    assert_true(machine->decides);
    assert_string_equal(machine->name, "decision");
    assert_int_equal(machine->n_states, 6);
    assert_int_equal(machine->initial, 0);
    for (size_t s = 0; s < 6; s++) {
        const qf_state_spec *own = &machine->states[s];
        assert_string_equal(own->name, order[s]);
        assert_int_equal(own->n_transitions, s == 0 ? 5 : 6);
        for (size_t t = 0; t < 5; t++) {
            const bool stays = t + 1 == s;
            assert_true(stays == !own->transitions[t].target);
            assert_true(stays || strcmp(own->transitions[t].target, order[t + 1]) == 0);
            assert_true(stays || strcmp(own->transitions[t].trigger, order[t + 1]) == 0);
        }
        assert_true(s == 0 || strcmp(own->transitions[5].target, "NONE") == 0);
    }
    assert_action(&machine->states[1].on_enter, 0, QF_COMMAND_SAFE_MODE);
    assert_int_equal(machine->n_rules, 6);
    assert_note(f, 0, 12, 78, "groups[0].decision[3].confidence",
                "never chosen: a confidence of 0.59 is below 0.6");
}

static void the_default_rules_are_the_reference_s(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    decision: default\n");
    assert_int_equal(machine_of(f, 0)->n_rules, 1);
    load(f, PLAIN "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000}\n"
                  "    tracker: {mode: qiki}\n"
                  "    guards: {rules: [{id: R}, {id: C, severity: critical}]}\n"
                  "    decision: default\n");
    const qf_decision_rule *rules = machine_of(f, 0)->rules;
    const char *const when[] = {"not bios_status.is_ready", "guard.critical", "guard.warning"};
    const double numbers[][3] = {{0, 0.99, 1.0}, {0, 0.99, 1.0}, {2, 0.5, 0.6}};
    assert_int_equal(machine_of(f, 0)->n_rules, 3);
    for (size_t r = 0; r < 3; r++) {
        assert_string_equal(rules[r].when.text, when[r]);
        assert_int_equal(rules[r].type, (int)numbers[r][0]);
        assert_true(rules[r].priority == numbers[r][1] && rules[r].confidence == numbers[r][2]);
    }
    /* guards need the radar that safe mode switches off */
    assert_int_equal(rules[0].actions.n, 1);
    assert_int_equal(rules[1].actions.n, 2);
    assert_int_equal(rules[1].actions.actions[0].kind, QF_COMMAND_SAFE_MODE);
    assert_int_equal(rules[1].actions.actions[1].kind, QF_COMMAND_RADAR);
    assert_int_equal(rules[2].actions.n, 0);
}

static void a_file_is_overridden_by_the_keys_beside_it_and_by_set(void **state)
{
    fixture *f = *state;
    write_file("a.b.yaml",
               "signals: {go: soc_pct > 5}\n"
               "states: {A: {transitions: [{condition: go, target: B}]}, B: {terminal: true}}\n");
    load(f, PLAIN "    fsm: [a.b.yaml, {file: a.b.yaml, name: two, signals: {go: tick > 3}}]\n");
    assert_string_equal(machine_of(f, 0)->name, "a");
    assert_string_equal(machine_of(f, 0)->file, "a.b.yaml");
    assert_string_equal(machine_of(f, 1)->name, "two");
    assert_string_equal(machine_of(f, 1)->signals[0].text.text, "tick > 3");
    load_with(f, PLAIN "    fsm: a.b.yaml\n", "groups[0].fsm.every_s=2");
    assert_int_equal(machine_of(f, 0)->every_ticks, 20);
}

static void scripts_command_what_machines_do(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    fsm:\n"
                  "      variables: {hits: 0, docked: no, mode: {values: [IDLE, CRUISE]}}\n"
                  "      states: {A: {terminal: true}}\n"
                  "    script:\n"
                  "      - {step: 0, cmd: set, name: mode, value: CRUISE}\n"
                  "      - {step: 1, cmd: set, name: docked, value: yes}\n"
                  "      - {step: 2, cmd: set, name: hits, value: {uniform: {min: 1, max: 3}}}\n"
                  "      - {step: 3, cmd: set, name: speed_mps, value: 1.5}\n"
                  "      - {step: 4, cmd: transponder, mode: on}\n"
                  "      - {step: 5, cmd: emergency_stop}\n"
                  "      - {step: 6, cmd: safe_mode, active: false}\n"
                  "      - {step: 7, cmd: mission, order: accept}\n"
                  "      - {step: 8, cmd: post}\n");
    const qf_command *script = f->scenario.groups[0].script;
    assert_string_equal(script[0].name, "mode");
    assert_constant(&script[0].argument[1], 1.0);
    assert_constant(&script[1].argument[1], 1.0);
    assert_int_equal(script[2].argument[1].kind, QF_NUMBER_UNIFORM);
    assert_constant(&script[3].argument[1], 1.5);
    assert_constant(&script[4].argument[0], (double)QF_TRANSPONDER_ON);
    assert_true(script[5].given[0]);
    assert_constant(&script[5].argument[0], 1.0);
    assert_constant(&script[6].argument[0], 0.0);
    assert_constant(&script[7].argument[0], (double)QF_MISSION_ACCEPT);
    assert_int_equal(script[8].kind, QF_COMMAND_POST);
}

/* those that say from which file a machine came */
static void cut_remarks(char *text)
{
    static const char remark[] = " # from ";
    size_t kept = 0;
    for (size_t at = 0; text[at]; at++) {
        if (strncmp(text + at, remark, strlen(remark)) == 0) {
            at += strcspn(text + at, "\n");
        }
        text[kept++] = text[at];
    }
    text[kept] = '\0';
}

static void the_effective_scenario_says_the_same(void **state)
{
    fixture *f = *state;
    load(f, PLAIN
         "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000}\n"
         "    tracker: {mode: qiki}\n"
         "    guards: {rules: [{id: R}, {id: I, severity: info}, {id: C, severity: critical}]}\n"
         "    fsm: [{file: " FSM_FOLDER "ship.yaml, every_s: 0.5}, " FSM_FOLDER
         "patrol.yaml, " FSM_FOLDER "agent.yaml]\n"
         "    decision: default\n"
         "    script: [{step: 0, cmd: set, name: mode, value: CRUISE}, {step: 1, cmd: transponder, "
         "mode: on},"
         " {step: 1, cmd: set, name: undock_ordered, value: true}, {step: 2, cmd: safe_mode},"
         " {step: 3, cmd: set, name: transponder_mode, value: silent},"
         " {step: 3, cmd: set, name: speed_mps, value: {uniform: {min: 1, max: 3}}}]\n");
    assert_int_equal(f->scenario.groups[0].n_machines, 4);
    char *first = effective_text(f);
    load(f, first);
    char *second = effective_text(f);
    cut_remarks(first);
    assert_string_equal(second, first);
    free(first);
    free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_reference_s_example_loads_as_it_stands),
        TEST(every_key_of_a_machine_is_taken),
        TEST(arguments_are_constants_texts_or_expressions),
        TEST(a_mapping_sets_several_variables_in_its_order),
        TEST(a_switch_that_may_be_left_out_is_on_when_only_named),
        TEST(variables_are_truths_numbers_or_choices),
        TEST(rules_stand_in_the_order_of_choice),
        TEST(the_default_rules_are_the_reference_s),
        TEST(a_file_is_overridden_by_the_keys_beside_it_and_by_set),
        TEST(scripts_command_what_machines_do),
        TEST(the_effective_scenario_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
