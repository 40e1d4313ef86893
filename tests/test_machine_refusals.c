/* SPDX-License-Identifier: Apache-2.0 */
/* State machines and decision rules of scenario files: what is refused, and where it is said. */
#include "machine_reader.h"

#include "scenario_fixture.h"

/* one machine, whose keys begin in line 9, column 7 */
#define FSM PLAIN "    fsm:\n"
#define AT  "s.yaml:9:"

static void bad_machines_name_the_place_and_the_key(void **state)
{
    static const refused all[] = {
        {"      state: {A: {}}\n",
         AT "7: groups[0].fsm.state: unknown key (did you mean 'states'?)\n" AT
            "7: groups[0].fsm: missing key 'states'\n"},
        {"      states: {}\n", AT "15: groups[0].fsm.states: expected 1 to 256 states, found 0\n"},
        {"      states: {A: {terminal: true}, A: {terminal: true}}\n",
         AT "37: groups[0].fsm.states.A: duplicate key (first in line 9)\n"},
        {"      states: {2A: {terminal: true}}\n",
         AT "16: groups[0].fsm.states.2A: expected a name of at most 64 letters, digits and '_' "
            "that does not begin with a digit, found '2A'\n"},
        {"      states: {hold: {terminal: true}}\n",
         AT "16: groups[0].fsm.states.hold: 'hold' is a word of expressions, not free as a "
            "name\n"},
        {"      states: {A: {terminal: true}}\n      initial: B\n",
         "s.yaml:10:16: groups[0].fsm.initial: unknown value 'B' (did you mean 'A'?)\n"},
        {"      states: {A: {terminal: true}}\n      every_s: 0\n",
         "s.yaml:10:16: groups[0].fsm.every_s: expected a number > 0, found 0\n"},
        {"      states: {A: {terminal: true}}\n      every_s: 0.25\n",
         "s.yaml:10:16: groups[0].fsm.every_s: 0.25 s is not a multiple of dt_s (0.1 s)\n"},
        {"      states: {A: {terminal: true, transitions: [{condition: true, target: A}]}}\n",
         AT "30: groups[0].fsm.states.A.terminal: a terminal state has no transitions\n"},
        {"      states: {A: {transitions: [{target: A}]}}\n",
         AT "34: groups[0].fsm.states.A.transitions[0]: missing key 'condition'\n"},
        {"      states: {A: {transitions: [{condition: true, target: ~}]}}\n",
         AT "60: groups[0].fsm.states.A.transitions[0].target: expected a state; without the key "
            "the vehicle stays in its own\n"},
        {"      states: {IDLE: {transitions: [{condition: true, target: IDEL}]}}\n",
         AT "63: groups[0].fsm.states.IDLE.transitions[0].target: no state 'IDEL' (did you mean "
            "'IDLE'?); where it is meant, it needs a body: IDEL: {terminal: true}\n"},
        {"      states: {IDLE: {transitions: [{condition: true, target: idle}]}}\n",
         AT "63: groups[0].fsm.states.IDLE.transitions[0].target: no state 'idle' (did you mean "
            "'IDLE'?); where it is meant, it needs a body: idle: {terminal: true}\n"},
    };
    assert_refused(*state, FSM, all, sizeof all / sizeof *all);
}

/* three edits from a state are another state, two are a misspelt one, however long the name is */
static void a_target_is_misspelt_within_two_edits(void **state)
{
    fixture *f = *state;
    load(f, FSM "      states: {EMERGENCY_STOP: {transitions: [{condition: tick > 9, target: "
                "EMERGENCY_SHED}]}}\n");
    assert_int_equal(f->scenario.groups[0].machines[0]->n_states, 2);
    char *errors = errors_of(f, FSM "      states: {EMERGENCY_STOP: {transitions: [{condition: "
                                    "tick > 9, target: EMERGENY_STOPP}]}}\n");
    assert_non_null(strstr(errors, "did you mean 'EMERGENCY_STOP'"));
    free(errors);
}

#define DO(actions) "      states: {A: {terminal: true, on_enter: " actions "}}\n"
#define DONE        "groups[0].fsm.states.A.on_enter"

static void bad_actions_name_the_place_and_the_key(void **state)
{
    static const refused all[] = {
        {DO("mottor"), AT "46: " DONE ": no command 'mottor' (did you mean 'motor'?)\n"},
        {DO("motor"), AT "46: " DONE ": command 'motor' needs arguments: {motor: {pct: ...}}\n"},
        {DO("[[undock]]"), AT "47: " DONE "[0]: expected a command: its name, or a mapping with "
                              "its name as the one key\n"},
        {DO("{undock: 3}"), AT "55: " DONE ".undock: expected a mapping, found '3'\n"},
        {DO("{rcs: {axis: forward, pct: 5}}"),
         AT "52: " DONE ".rcs: command 'rcs' needs the key 'duration_s'\n"},
        {DO("{radar: {on: 1}}"), AT "59: " DONE ".radar.on: expected true or false, found '1'\n"},
        {DO("{emit: {code: 99, severity: info}}"),
         AT "60: " DONE ".emit.code: expected a number from 100 to 999, found 99\n"},
        {DO("{emit: {code: 100.5, severity: info}}"),
         AT "60: " DONE ".emit.code: expected an integer, found 100.5\n"},
        {DO("{emit: {code: 100, severity: bad}}"),
         AT "75: " DONE ".emit.severity: unknown value 'bad' (expected one of: info, warning, "
            "critical)\n"},
        {DO("{inputs: {sensor_queue_depth: -1}}"),
         AT "76: " DONE ".inputs.sensor_queue_depth: expected a number >= 0, found -1\n"},
        {DO("{log: }"),
         AT "47: " DONE ".log: command 'log' needs arguments: {log: {message: ...}}\n"},
        {DO("{set: {}}"), AT "52: " DONE ".set: command 'set' needs the key 'name'\n" AT "52: " DONE
                             ".set: command 'set' needs the key 'value'\n"},
    };
    assert_refused(*state, FSM, all, sizeof all / sizeof *all);
}

#define END "      states: {A: {terminal: true}}\n"

static void bad_variables_and_signals_name_the_place_and_the_key(void **state)
{
    static const refused all[] = {
        {"      variables: {v: {unit: m}}\n" END,
         AT "22: groups[0].fsm.variables.v: missing key 'initial'\n"},
        {"      variables: {v: {values: [A, A]}}\n" END,
         AT "35: groups[0].fsm.variables.v.values[1]: 'A' stands here twice\n"},
        {"      variables: {v: {values: [on]}}\n" END,
         AT "32: groups[0].fsm.variables.v.values[0]: 'on' is a truth value of YAML, not a "
            "name\n"},
        {"      variables: {v: {initial: true, unit: m}}\n" END,
         AT "44: groups[0].fsm.variables.v.unit: only a number has a unit\n"},
        {"      variables: {v: {values: [A], initial: B}}\n" END,
         AT "45: groups[0].fsm.variables.v.initial: unknown value 'B' (did you mean 'A'?)\n"},
        {"      variables: {soc_pct: 1}\n" END,
         AT "19: groups[0].fsm.variables.soc_pct: a column is called 'soc_pct' too\n"},
        {"      variables: {tick: 1}\n" END,
         AT "19: groups[0].fsm.variables.tick: 'tick' is a word of expressions, not free as a "
            "name\n"},
        {"      signals: {soc_pct: true}\n" END,
         AT "26: groups[0].fsm.signals.soc_pct: a column is called 'soc_pct' too\n"},
        {"      variables: {v: 1}\n      signals: {v: true}\n" END,
         "s.yaml:10:17: groups[0].fsm.signals.v: a variable of the machine is called 'v' too\n"},
        {"      signals: {v: }\n" END,
         AT "20: groups[0].fsm.signals.v: expected an expression, found nothing\n"},
    };
    assert_refused(*state, FSM, all, sizeof all / sizeof *all);
}

static void machines_of_a_group_must_agree(void **state)
{
    static const refused all[] = {
        {"    fsm: []\n", "s.yaml:8:10: groups[0].fsm: expected at least one machine\n"},
        {"    fsm: 3\n    decision: 4\n",
         "s.yaml:8:10: groups[0].fsm: cannot read '3': No such file or directory\n"
         "s.yaml:9:15: groups[0].decision: expected a list of rules, or 'default'\n"},
        {"    fsm:\n"
         "      - {states: {A: {terminal: true}}}\n"
         "      - {states: {B: {terminal: true}}}\n",
         "s.yaml:10:9: groups[0].fsm[1]: two machines of the group are called 'fsm'\n"},
        {"    fsm:\n"
         "      - {name: a, variables: {v: 1}, states: {A: {terminal: true}}}\n"
         "      - {name: b, variables: {v: true}, states: {B: {terminal: true}}}\n",
         "s.yaml:10:31: groups[0].fsm[1].variables.v: 'v' is of another kind, unit or choice than "
         "in s.yaml, line 9\n"},
        {"    fsm:\n"
         "      - {name: a, variables: {v: 1}, states: {A: {terminal: true}}}\n"
         "      - {name: b, signals: {v: true}, states: {B: {terminal: true}}}\n",
         "s.yaml:10:32: groups[0].fsm[1].signals.v: a variable is called 'v' too\n"},
    };
    assert_refused(*state, PLAIN, all, sizeof all / sizeof *all);
}

#define RULE "      - {name: R, when: tick > 3, type: SAFETY, priority: 1, confidence: 1}\n"

static void bad_rules_name_the_place_and_the_key(void **state)
{
    static const refused all[] = {
        {"      []\n", "s.yaml:9:7: groups[0].decision: expected 1 to 31 rules, found 0\n"},
        {RULE RULE, "s.yaml:10:16: groups[0].decision[1].name: two rules are called 'R'\n"},
        {"      - {name: NONE, when: tick > 3, type: SAFETY, priority: 1, confidence: 1}\n",
         "s.yaml:9:16: groups[0].decision[0].name: 'NONE' stands for no rule\n"},
        {"      - {name: R, when: tick > 3, type: SAFTY, priority: 2, confidence: 1}\n",
         "s.yaml:9:41: groups[0].decision[0].type: unknown value 'SAFTY' (did you mean "
         "'SAFETY'?)\n"
         "s.yaml:9:58: groups[0].decision[0].priority: expected a number from 0 to 1, found 2\n"},
        {"      - {name: R}\n", "s.yaml:9:9: groups[0].decision[0]: missing key 'when'\n"
                                "s.yaml:9:9: groups[0].decision[0]: missing key 'type'\n"
                                "s.yaml:9:9: groups[0].decision[0]: missing key 'priority'\n"
                                "s.yaml:9:9: groups[0].decision[0]: missing key 'confidence'\n"},
    };
    assert_refused(*state, PLAIN "    decision:\n", all, sizeof all / sizeof *all);
}

static void scripts_set_only_what_there_is(void **state)
{
    static const refused all[] = {
        {"cmd: set, name: hitz, value: 1}]\n",
         "s.yaml:11:40: groups[0].script[0].name: no variable or input 'hitz' (did you mean "
         "'hits'?)\n"},
        {"cmd: set, name: soc_pct, value: 1}]\n",
         "s.yaml:11:40: groups[0].script[0].name: no variable or input 'soc_pct'\n"},
        {"cmd: set, name: rcs_m2, value: 0}]\n",
         "s.yaml:11:55: groups[0].script[0].value: expected a number from 1e-10 to 1e+10, found "
         "0\n"},
        {"cmd: set, name: safe_mode, value: true}]\n",
         "s.yaml:11:40: groups[0].script[0].name: 'set' does not take 'safe_mode': it has the "
         "command 'safe_mode'\n"},
        {"cmd: set, name: heading_deg, value: 3}]\n",
         "s.yaml:11:40: groups[0].script[0].name: 'set' does not take 'heading_deg': it has the "
         "command 'heading'\n"},
        {"cmd: set, name: mode, value: B}]\n",
         "s.yaml:11:53: groups[0].script[0].value: unknown value 'B' (expected one of: IDLE, "
         "CRUISE)\n"},
        {"cmd: set, name: docked, value: 1}]\n",
         "s.yaml:11:55: groups[0].script[0].value: expected true or false, found '1'\n"},
        {"cmd: set, name: hits, value: true}]\n",
         "s.yaml:11:53: groups[0].script[0].value: expected a number, found 'true'\n"},
        {"cmd: log, message: a}]\n",
         "s.yaml:11:29: groups[0].script[0].cmd: unknown value 'log' (expected one of: speed, "
         "motor, heading, rotate, rcs, dock, nbl, nbl_max, inputs, undock, radar, transponder, "
         "...)\n"},
    };
    assert_refused(*state,
                   FSM "      variables: {hits: 0, docked: no, mode: {values: [IDLE, CRUISE]}}\n"
                       "      states: {A: {terminal: true}}\n"
                       "    script: [{step: 0, ",
                   all, sizeof all / sizeof *all);
}

/* where lines were folded or characters escaped only the text's begin is known */
static void an_expression_s_error_stands_at_its_word(void **state)
{
    static const struct {
        const char *condition, *place;
    } all[] = {
        {"soc_pct < 5 and nothing_such", "s.yaml:9:62: "},
        {"'soc_pct < 5 and nothing_such'", "s.yaml:9:63: "},
        {"\"tick > 1 and \\x6eothing_such\"", "s.yaml:9:46: "},
        {"tick > 1 and\n          nothing_such", "s.yaml:9:46: "},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[1024];
        snprintf(text, sizeof text, FSM "      states: {A: {transitions: [{condition: %s}]}}\n",
                 all[i].condition);
        char *errors = errors_of(*state, text);
        if (strncmp(errors, all[i].place, strlen(all[i].place)) != 0) {
            fail_msg("%zu: expected %s found %s", i, all[i].place, errors);
        }
        free(errors);
    }
}

static void columns_within_a_text_are_characters(void **state)
{
    static const char text[] = "'\xc3\xa9 x'";
    fixture *f = *state;
    qf_arena arena = {0};
    const qf_yaml_node *node = qf_yaml_load_text(&arena, "t", text, strlen(text), &f->diagnostics);
    assert_non_null(node);
    qf_diagnose_within(&f->diagnostics, node, 3, false, "here");
    assert_int_equal(f->diagnostics.errors.items[0].column, 4);
    qf_arena_free(&arena);
}

/* what a file of its own leads to; the caller frees it */
static char *said_of(const char *text, bool *good)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_reader reader = {.arena = &arena, .diagnostics = &diagnostics};
    write_file("m.yaml", text);
    const qf_yaml_node *root = qf_yaml_load_file(&arena, "m.yaml", &diagnostics);
    assert_true(qf_is_machine(root));
    *good = qf_read_machine_alone(&reader, root, "m.yaml") != NULL;
    char *said = NULL;
    size_t length;
    FILE *out = open_memstream(&said, &length);
    assert_non_null(out);
    qf_diagnostics_print(&diagnostics, out);
    assert_int_equal(fclose(out), 0);
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    return said;
}

static void a_machine_by_itself_has_whatever_guards_it_names(void **state)
{
    (void)state;
    bool good;
    char *said = said_of("states:\n"
                         "  A: {transitions: [{condition: guard.ANY_NAME and "
                         "temp_core_c > 80, target: B}]}\n"
                         "  B: {transitions: [{condition: guard.critical or "
                         "device.down(\"imu\"), target: A}]}\n",
                         &good);
    assert_string_equal(said, "");
    assert_true(good);
    free(said);
    said = said_of("states: {A: {transitions: [{condition: no_such < 3, target: B}]}, "
                   "B: {terminal: true}}\n",
                   &good);
    assert_false(good);
    assert_int_equal(strncmp(said, "m.yaml:1:40: states.A.transitions[0].condition: ", 48), 0);
    free(said);
    said = said_of("{every_s: 0, states: {A: {terminal: true}}}\n", &good);
    assert_false(good);
    assert_string_equal(said, "m.yaml:1:11: every_s: expected a number > 0, found 0\n");
    free(said);
}

/* what a machine of so many states, transitions of each and signals is told; the caller frees it */
static char *said_of_size(size_t n_states, size_t n_transitions, size_t n_signals)
{
    char *text = NULL;
    size_t length;
    bool good;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fputs("states:\n", out);
    for (size_t s = 0; s < n_states; s++) {
        fprintf(out, "  S%zu:\n    transitions:\n", s);
        for (size_t t = 0; t < n_transitions; t++) {
            fprintf(out, "      - {condition: tick > 5, target: OTHER_%zu_%zu}\n", s, t);
        }
    }
    fputs("signals:\n", out);
    for (size_t s = 0; s < n_signals; s++) {
        fprintf(out, "  signal_%zu: true\n", s);
    }
    assert_int_equal(fclose(out), 0);
    char *said = said_of(text, &good);
    assert_false(good);
    free(text);
    return said;
}

/* before what it names is looked at, which takes as long as there is of it */
static void a_machine_of_any_size_is_refused_at_once(void **state)
{
    (void)state;
    char *said = said_of_size(256, 8, 1);
    assert_string_equal(said, "m.yaml:2:3: states: 2048 transitions, those of 'any' counted for "
                              "each state, are more than 1024\n");
    free(said);
    said = said_of_size(1, 1, 1025);
    assert_int_equal(strncmp(said, "m.yaml:6:3: signals: 1025 signals are more than 1024\n", 53),
                     0);
    free(said);
    said = said_of_size(256, 1, 1);
    assert_int_equal(strncmp(said, "m.yaml:2:3: states: 512 states are more than 256\n", 48), 0);
    free(said);
}

static void a_machine_file_without_states_is_told_what_is_missing(void **state)
{
    (void)state;
    bool good;
    char *said = said_of("stats: {A: {terminal: true}}\n", &good);
    assert_false(good);
    assert_string_equal(said, "m.yaml:1:1: stats: unknown key (did you mean 'states'?)\n"
                              "m.yaml:1:1: missing key 'states'\n");
    free(said);
    said = said_of("variables: {v: 1}\n", &good);
    assert_false(good);
    assert_string_equal(said, "m.yaml:1:1: missing key 'states'\n");
    free(said);
}

static void a_scenario_is_no_machine_file(void **state)
{
    (void)state;
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    write_file("s.yaml", PLAIN);
    assert_false(qf_is_machine(qf_yaml_load_file(&arena, "s.yaml", &diagnostics)));
    assert_int_equal(qf_diagnostics_error_count(&diagnostics), 0);
    assert_false(qf_is_machine(NULL));
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
}

/* a group whose machines are looked at, and one for which they cannot be */
static void errors_elsewhere_do_not_hide_those_of_machines(void **state)
{
    static const refused all[] = {
        {"    fsm:\n"
         "      - {name: a, states: {A: {transitions: [{condition: speed_mp > 1, target: B}]}, B: "
         "{terminal: true}}}\n"
         "      - {name: b, states: {A: {terminal: true}}, initial: C}\n"
         "    script: [{step: 0, cmd: sped, mps: 1}]\n",
         "s.yaml:9:58: groups[0].fsm[0].states.A.transitions[0].condition: unknown name "
         "'speed_mp' (did you mean 'speed_mps'?)\n"
         "s.yaml:10:59: groups[0].fsm[1].initial: unknown value 'C' (did you mean 'A'?)\n"
         "s.yaml:11:29: groups[0].script[0].cmd: unknown value 'sped' (did you mean 'speed'?)\n"},
        /* what expressions name may be among what was not read */
        {"    guards: {rules: [{id: R, min_range_m: 5}]}\n"
         "    fsm: {states: {A: {transitions: [{condition: guard.R, target: B}]}, B: {terminal: "
         "true}}}\n",
         "s.yaml:8:5: groups[0].guards: needs a tracker, and this group has none\n"},
        {"    fsm:\n"
         "      - {states: {A: {transitions: [{condition: b > 1, target: B}]}, B: {terminal: "
         "true}}}\n"
         "      - {name: two, variables: {b: x}, states: {A: {terminal: true}}}\n",
         "s.yaml:10:36: groups[0].fsm[1].variables.b: expected a number, found 'x'\n"},
    };
    assert_refused(*state, PLAIN, all, sizeof all / sizeof *all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_machines_name_the_place_and_the_key),
        TEST(a_target_is_misspelt_within_two_edits),
        TEST(bad_actions_name_the_place_and_the_key),
        TEST(bad_variables_and_signals_name_the_place_and_the_key),
        TEST(machines_of_a_group_must_agree),
        TEST(bad_rules_name_the_place_and_the_key),
        TEST(scripts_set_only_what_there_is),
        TEST(an_expression_s_error_stands_at_its_word),
        TEST(columns_within_a_text_are_characters),
        TEST(a_machine_by_itself_has_whatever_guards_it_names),
        TEST(a_machine_of_any_size_is_refused_at_once),
        TEST(a_machine_file_without_states_is_told_what_is_missing),
        TEST(a_scenario_is_no_machine_file),
        TEST(errors_elsewhere_do_not_hide_those_of_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
