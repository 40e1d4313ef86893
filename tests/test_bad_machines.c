/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machines that must not load. Each file of bad_machines/ begins with what is said of it, line for line, after `#!`; it
 * is tried in bad_machines/scenario.yaml. What is too large for a file is made here.
 */
#include "scenario_fixture.h"

#define FOLDER TEST_SOURCE_DIR "/bad_machines"

static char *scenario_text(void)
{
    return read_file(FOLDER "/scenario.yaml");
}

/* the lines of a file that begin with `#! `, without that; the caller frees it */
static char *expected_of(const char *text)
{
    char *expected = malloc(strlen(text) + 1);
    assert_non_null(expected);
    size_t length = 0;
    for (const char *line = text; strncmp(line, "#! ", 3) == 0; line = strchr(line, '\n') + 1) {
        const size_t bytes = (size_t)(strchr(line, '\n') + 1 - (line + 3));
        memcpy(expected + length, line + 3, bytes);
        length += bytes;
    }
    expected[length] = '\0';
    return expected;
}

static bool is_told(fixture *f, const char *scenario, const char *name, const char *machine,
                    const char *expected)
{
    write_file("m.yaml", machine);
    char *errors = errors_of(f, scenario);
    const bool told = strcmp(errors, expected) == 0;
    if (!told) {
        print_error("%s: expected\n%sfound\n%s", name, expected, errors);
    }
    free(errors);
    return told;
}

static int is_machine(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0 && strcmp(entry->d_name, "scenario.yaml") != 0;
}

static void files_are_refused_with_place_and_help(void **state)
{
    fixture *f = *state;
    char *scenario = scenario_text();
    struct dirent **entries;
    const int n = scandir(FOLDER, &entries, is_machine, alphasort);
    int told = 0;
    assert_true(n >= 45);
    for (int i = 0; i < n; i++) {
        char path[1024];
        assert_true(snprintf(path, sizeof path, FOLDER "/%s", entries[i]->d_name) < 1024);
        char *machine = read_file(path);
        char *expected = expected_of(machine);
        assert_true(expected[0] != '\0');
        told += is_told(f, scenario, entries[i]->d_name, machine, expected);
        free(expected);
        free(machine);
        free(entries[i]);
    }
    free(entries);
    free(scenario);
    assert_int_equal(told, n);
}

/* text of a machine that a test puts together */
typedef struct text {
    char *bytes;
    size_t length;
    FILE *out;
} text;

static FILE *open_text(text *t)
{
    t->out = open_memstream(&t->bytes, &t->length);
    assert_non_null(t->out);
    return t->out;
}

static void assert_text_refused(fixture *f, text *t, const char *expected)
{
    assert_int_equal(fclose(t->out), 0);
    char *scenario = scenario_text();
    assert_true(is_told(f, scenario, "made", t->bytes, expected));
    free(scenario);
    free(t->bytes);
}

static void long_text_is_refused(void **state)
{
    text t;
    FILE *out = open_text(&t);
    fputs("states:\n  A:\n    transitions:\n      - {target: DONE, condition: bios_ready", out);
    for (int i = 0; i < 500; i++) {
        fputs(" and true", out);
    }
    fputs("}\n", out);
    assert_text_refused(
        *state, &t,
        "m.yaml:4:4131: states.A.transitions[0].condition: longer than 4096 bytes\n"
        "m.yaml:4:18: note: states.A.transitions[0].target: state 'DONE' has no body, "
        "so it is terminal\n");
}

static void too_many_states_are_refused(void **state)
{
    text t;
    FILE *out = open_text(&t);
    fputs("states:\n", out);
    for (int i = 0; i < 257; i++) {
        fprintf(out, "  S%d: {transitions: [{condition: soc_pct < %d, target: S%d}]}\n", i, i,
                (i + 1) % 257);
    }
    assert_text_refused(*state, &t, "m.yaml:2:3: states: expected 1 to 256 states, found 257\n");
}

static void too_many_transitions_are_refused(void **state)
{
    text t;
    FILE *out = open_text(&t);
    fputs("any:\n", out);
    for (int i = 0; i < 40; i++) {
        fprintf(out, "  - {condition: soc_pct < %d, trigger: T%d}\n", i, i);
    }
    fputs("states:\n", out);
    for (int i = 0; i < 26; i++) {
        fprintf(out, "  S%d: {transitions: [{condition: soc_pct > %d, target: S%d}]}\n", i, 50 + i,
                (i + 1) % 26);
    }
    assert_text_refused(*state, &t,
                        "m.yaml:43:3: states: 1066 transitions, those of 'any' counted for each "
                        "state, are more than 1024\n");
}

static void signals_in_signals_go_only_so_deep(void **state)
{
    text t;
    FILE *out = open_text(&t);
    fputs("signals:\n  s0: bios_ready\n", out);
    for (int i = 1; i <= 70; i++) {
        fprintf(out, "  s%d: s%d\n", i, i - 1);
    }
    fputs("states: {A: {transitions: [{condition: s70, target: A}]}}\n", out);
    assert_int_equal(fclose(out), 0);
    write_file("m.yaml", t.bytes);
    char *scenario = scenario_text();
    char *errors = errors_of(*state, scenario);
    /* the first that is too deep, and not those that need it */
    static const char expected[] = "m.yaml:67:8: signals.s65: in signal 's64'";
    assert_int_equal(strncmp(errors, expected, strlen(expected)), 0);
    assert_null(strstr(errors, "signals.s66"));
    free(errors);
    free(scenario);
    free(t.bytes);
}

#define HEAD                                                                                       \
    TIME "groups:\n  - name: a\n    kind: bot\n    count: 2\n"                                     \
         "    hardware: {hardware_profile: {}}\n"
#define PLAIN_MACHINE                                                                              \
    "states: {A: {transitions: [{condition: soc_pct < 20, target: B}]}, B: {terminal: true}}\n"

static void groups_and_their_machines_must_fit(void **state)
{
    static const refused all[] = {
        {"    fsm: [m.yaml, {file: m.yaml, every_s: 0.2}]\n",
         "s.yaml:8:19: groups[0].fsm[1]: two machines of the group are called 'm'\n"},
        {"    fsm: null\n",
         "s.yaml:8:10: groups[0].fsm: expected a file name or a mapping, found null\n"},
        {"    fsm: []\n", "s.yaml:8:10: groups[0].fsm: expected at least one machine\n"},
        {"    decision: [{name: LOW, when: soc_pc < 20, type: SAFETY, priority: 0.9, confidence: "
         "1}]\n",
         "s.yaml:8:34: groups[0].decision[0].when: unknown name 'soc_pc' (did you mean "
         "'soc_pct'?)\n"},
        {"    decision: [{name: LOW, when: soc_pct, type: SAFETY, priority: 0.9, confidence: 1}]\n",
         "s.yaml:8:34: groups[0].decision[0].when: a number where a truth value belongs\n"},
        {"    decision: [{name: LOW, when: soc_pct < 20, type: SAFTY, priority: 2, confidence: "
         "1}]\n",
         "s.yaml:8:54: groups[0].decision[0].type: unknown value 'SAFTY' (did you mean "
         "'SAFETY'?)\n"
         "s.yaml:8:71: groups[0].decision[0].priority: expected a number from 0 to 1, found 2\n"},
        {"    fsm: m.yaml\n    script: [{step: 0, cmd: set, name: hits, value: 3}]\n",
         "s.yaml:9:40: groups[0].script[0].name: no variable or input 'hits'\n"},
    };
    write_file("m.yaml", PLAIN_MACHINE);
    assert_refused(*state, HEAD, all, COUNT(all));
}

/* the columns are there, because of the other group */
static void names_of_what_a_group_has_not_mean_nothing(void **state)
{
    static const char *const names[] = {
        "guard.critical",    "guard.any",      "guards_active > 0", "track.count > 0",
        "tracks > 0",        "situations > 0", "situation.count",   "temp_core_c > 80",
        "trip_core",         "proposal.any",   "fsm_state_2 == A",  "n.state == A",
        "other_variable > 3"};
    static const char other[] =
        "  - name: b\n    kind: bot\n    count: 2\n"
        "    hardware: {hardware_profile: {thermal_plane: {enabled: true, nodes: [{id: core,"
        " heat_capacity_j_per_c: 800}]}}}\n"
        "    radar: {ideal: true, period_s: 0.1, range_max_m: 20000, sr_threshold_m: 5000}\n"
        "    tracker: {mode: qiki}\n"
        "    guards: {rules: [{id: NEAR}]}\n"
        "    situations: true\n"
        "    fsm: [m.yaml, n.yaml]\n";
    write_file("n.yaml", "variables: {other_variable: 0}\n" PLAIN_MACHINE);
    for (size_t i = 0; i < COUNT(names); i++) {
        char machine[512];
        char scenario[2048];
        snprintf(machine, sizeof machine,
                 "states: {A: {transitions: [{condition: %s, target: B}]}, B: {terminal: true}}\n",
                 names[i]);
        snprintf(scenario, sizeof scenario, HEAD "    fsm: m.yaml\n%s", other);
        write_file("m.yaml", machine);
        char *errors = errors_of(*state, scenario);
        assert_contains(errors, "m.yaml:1:40: states.A.transitions[0].condition: unknown name '");
        free(errors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_are_refused_with_place_and_help),
        TEST(long_text_is_refused),
        TEST(too_many_states_are_refused),
        TEST(too_many_transitions_are_refused),
        TEST(signals_in_signals_go_only_so_deep),
        TEST(groups_and_their_machines_must_fit),
        TEST(names_of_what_a_group_has_not_mean_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
