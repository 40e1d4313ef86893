/* SPDX-License-Identifier: Apache-2.0 */
#include "behavior_summary.h"

#include "machines_fixture.h"

static char *summarise(fixture *f, const qf_coverage *given)
{
    char *text = NULL;
    size_t size;
    make_behaving_fleet(f);
    static const int64_t none[QF_EVENT_CODES];
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    qf_print_behavior(&f->fleet, given, none, out);
    fclose(out);
    return text;
}

static void each_machine_has_a_line_and_what_was_never_exercised_follows(void **state)
{
    char *text = summarise(*state, &coverage);
    assert_string_equal(
        text,
        "  behaviour      heavy haulers, agent: WORKING 75 %, CAREFUL 25 %, 4 transitions\n"
        "  never          heavy haulers, agent: state LOST\n"
        "                 heavy haulers, agent: transition WORKING -> CAREFUL: its condition held, "
        "but one before it did, too\n"
        "                 heavy haulers, agent: transition WORKING -> LOST\n"
        "                 heavy haulers, agent: transition CAREFUL -> LOST\n");
    free(text);
}

/* three times four lines */
static void more_than_ten_lines_are_only_counted(void **state)
{
    const qf_coverage_machine thrice[] = {covered[0], covered[0], covered[0]};
    char *text = summarise(*state, &(qf_coverage){.n = 3, .machines = thrice});
    size_t n_lines = 0;
    for (const char *c = text; *c; c++) {
        n_lines += *c == '\n';
    }
    assert_int_equal(n_lines, 3 + 10 + 1);
    assert_non_null(strstr(text, "\n                 and 2 more, see /machines of the file\n"));
    free(text);
}

/* of two hundred states, all of which were met, the eight that were met most; the others are counted */
static void many_states_are_told_by_their_share(void **state)
{
    enum { MANY = 200 };
    static qf_state_spec states[MANY];
    static char names[MANY][8];
    uint64_t counts[MANY];
    for (size_t s = 0; s < MANY; s++) {
        snprintf(names[s], sizeof names[s], "S%zu", s);
        states[s] = (qf_state_spec){.name = names[s], .terminal = true};
        counts[s] = s == 7 ? 801 : s == 150 ? 1000 : 1;
    }
    const qf_machine_spec spec = {.name = "many", .states = states, .n_states = MANY};
    const qf_built_machine many = {.machine = {.n_states = MANY}, .spec = &spec};
    const qf_coverage_machine met = {
        .group = 1, .built = &many, .in_state = counts, .entered = counts};
    char *text = summarise(*state, &(qf_coverage){.n = 1, .machines = &met});
    assert_string_equal(text,
                        "  behaviour      heavy haulers, many: S150 50 %, S7 40.1 %, S0 0.05 %, "
                        "S1 0.05 %, S2 0.05 %, S3 0.05 %, S4 0.05 %, S5 0.05 %, and 192 "
                        "more, 0 transitions\n");
    free(text);
}

/* neither a silent stay nor the way back to no proposal is something that should have been exercised */
static void what_a_decision_does_by_itself_is_not_missed(void **state)
{
    fixture *f = *state;
    static const qf_transition_spec ways[] = {
        {.condition = {.text = "not bios_ready"}},
        {.condition = {.text = "true"}, .target = "NONE", .trigger = "NONE"},
        {.condition = {.text = "soc_pct < 3"}, .target = "NONE", .trigger = "OTHER"},
    };
    static const qf_state_spec states[] = {{.name = "NONE", .has_body = true},
                                           {.name = "WAIT", .has_body = true}};
    static const qf_machine_row kinds[] = {
        {.from = 1, .silent = true}, {.from = 1, .leaves = true}, {.from = 1, .leaves = true}};
    const qf_machine_spec spec = {
        .name = "decision", .decides = true, .states = states, .n_states = 2};
    qf_arena arena = {0};
    qf_expression_error error;
    const qf_symbols none = {.find = NULL};
    const qf_expression *always = qf_expression_parse(&arena, &none, "true", &error);
    assert_non_null(always);
    qf_machine_change decides[] = {{.spec = &ways[0], .from = 1, .to = 1},
                                   {.spec = &ways[1], .condition = always, .from = 1},
                                   {.spec = &ways[2], .from = 1}};
    const qf_built_machine machine = {
        .machine = {.n_states = 2, .n_rows = 3, .rows = kinds}, .spec = &spec, .changes = decides};
    const qf_coverage_row counts[] = {{0, 0}, {9, 0}, {0, 0}};
    const qf_coverage_machine met = {.group = 1,
                                     .built = &machine,
                                     .in_state = (const uint64_t[]){1, 9},
                                     .entered = (const uint64_t[]){1, 1},
                                     .rows = counts};
    char *text = summarise(f, &(qf_coverage){.n = 1, .machines = &met});
    assert_string_equal(
        text, "  behaviour      heavy haulers, decision: WAIT 90 %, NONE 10 %, 0 "
              "transitions\n"
              "  never          heavy haulers, decision: transition WAIT -> NONE (OTHER)\n");
    free(text);
    qf_arena_free(&arena);
}

static void without_machines_nothing_is_said(void **state)
{
    char *text = summarise(*state, &(qf_coverage){0});
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_machine_has_a_line_and_what_was_never_exercised_follows),
        TEST(more_than_ten_lines_are_only_counted),
        TEST(many_states_are_told_by_their_share),
        TEST(what_a_decision_does_by_itself_is_not_missed),
        TEST(without_machines_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
