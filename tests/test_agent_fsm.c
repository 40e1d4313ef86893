/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configs/fsm/agent.yaml against the rules of the reference's agent, restated here: every state with every
 * combination of what they look at, one vehicle for each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine_stand.h"

/* active guard rules of the vehicle, by bit: rule 0 is info, 1 is a warning, 2 is critical */
enum { INFO = 1, WARNING = 2, CRITICAL = 4, GUARD_CASES = 8 };

static const char *const states[] = {"BOOTING", "IDLE", "ACTIVE", "ERROR_STATE", "SHUTDOWN"};
enum { N_STATES = sizeof states / sizeof *states, N_CASES = N_STATES * GUARD_CASES * 2 * 2 };
_Static_assert(N_CASES == 160, "the scenario has an agent for each case");

#define CONFIGS PROJECT_SOURCE_DIR "/configs/"

/* as many agents as there are cases: 160 */
static const char scenario_text[] =
    "schema: qfleet/1\ntime: {dt_s: 0.1, duration_s: 10}\n"
    "groups:\n"
    "  - name: agents\n    kind: bot\n    count: 160\n"
    "    hardware: " CONFIGS "hardware/qiki_bot.json\n"
    "    radar: " CONFIGS "radar/ideal.yaml\n"
    "    tracker: " CONFIGS "tracker/qiki.yaml\n"
    "    guards: {rules: [{id: A, severity: info, max_range_m: 10}, {id: B, severity: warning,"
    " max_range_m: 10}, {id: C, severity: critical, max_range_m: 10}]}\n"
    "    fsm: " CONFIGS "fsm/agent.yaml\n"
    "    decision: default\n";

typedef struct inputs {
    const char *state;
    unsigned guards;
    bool bios_ok;
    bool proposals;
} inputs;

static inputs case_number(size_t i)
{
    return (inputs){.state = states[i / (GUARD_CASES * 4)],
                    .guards = (unsigned)(i / 4 % GUARD_CASES),
                    .bios_ok = i / 2 % 2 != 0,
                    .proposals = i % 2 != 0};
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* section 9 of the reference's world model */
static const char *next_state(const inputs *in)
{
    if (in->guards & CRITICAL) {
        return "ERROR_STATE";
    }
    if (in->guards) {
        return (in->guards & WARNING) && is(in->state, "IDLE") ? "ACTIVE" : in->state;
    }
    if (is(in->state, "BOOTING")) {
        return in->bios_ok ? "IDLE" : "ERROR_STATE";
    }
    if (is(in->state, "IDLE")) {
        return in->proposals ? "ACTIVE" : "IDLE";
    }
    if (is(in->state, "ACTIVE")) {
        return in->proposals ? "ACTIVE" : "IDLE";
    }
    if (is(in->state, "ERROR_STATE")) {
        return in->bios_ok ? "IDLE" : "ERROR_STATE";
    }
    return in->state;
}

/* those that the reference names */
static const char *expected_trigger(const inputs *in)
{
    if (in->guards) {
        return NULL;
    }
    if (is(in->state, "BOOTING")) {
        return in->bios_ok ? "BOOT_COMPLETE" : "BIOS_ERROR";
    }
    return is(in->state, "ERROR_STATE") && in->bios_ok ? "ERROR_CLEARED" : NULL;
}

static void set_inputs(machine_stand *s, size_t slot, const inputs *in)
{
    set_state(s, slot, 0, in->state);
    qf_u64(&s->fleet, QF_FIELD_GUARD_RULES, 0)[slot] = in->guards;
    set_switch(s, slot, "bios_ready", in->bios_ok);
    /* the decision layer is the last machine; what it chose in the tick before is its state */
    const qf_machine_spec *decision = s->scenario.groups[0].machines[1];
    assert_true(decision->decides);
    set_state(s, slot, 1, decision->states[in->proposals ? 1 : 0].name);
}

static void every_rule_of_the_agent_holds(void **state)
{
    (void)state;
    char directory[64];
    enter_directory(directory);
    write_file("s.yaml", scenario_text);
    machine_stand s;
    set_up_machine_stand(&s, "s.yaml");
    evaluate(&s); /* entry actions of first states are done */
    for (size_t i = 0; i < N_CASES; i++) {
        const inputs in = case_number(i);
        set_inputs(&s, i, &in);
    }
    evaluate(&s);
    size_t n_changes = 0;
    for (size_t i = 0; i < N_CASES; i++) {
        const inputs in = case_number(i);
        const char *to = next_state(&in);
        if (!is(state_of(&s, i, 0), to)) {
            fail_msg("%s, guards %u, bios %d, proposals %d: %s instead of %s", in.state, in.guards,
                     in.bios_ok, in.proposals, state_of(&s, i, 0), to);
        }
        const char *trigger = expected_trigger(&in);
        if (trigger) {
            assert_string_equal(trigger_of(&s, i, 0), trigger);
        }
        n_changes += !is(in.state, to);
    }
    assert_true(n_changes > N_CASES / 4);
    tear_down_machine_stand(&s);
    leave_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_rule_of_the_agent_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
