/* SPDX-License-Identifier: Apache-2.0 */
/* What names mean to machines, and what machines become before they run. */
#include <math.h>

#include "bits.h"
#include "command.h"
#include "failing_memory.h"
#include "machine_fixture.h"

static const char dsl_example[] = "states:\n"
                                  "  BOOT:\n"
                                  "    on_enter: run_post_tests\n"
                                  "    transitions:\n"
                                  "      - condition: bios_status.is_ready\n"
                                  "        target: IDLE\n"
                                  "  IDLE:\n"
                                  "    on_enter: log_system_ready\n"
                                  "    transitions:\n"
                                  "      - condition: mission_received\n"
                                  "        target: MISSION_ACTIVE\n"
                                  "  MISSION_ACTIVE:\n"
                                  "    on_enter: activate_subsystems\n"
                                  "    transitions:\n"
                                  "      - condition: emergency_stop\n"
                                  "        target: SAFE_MODE\n";

static void the_example_of_the_language_builds(void **state)
{
    machine_test test = {0};
    load_machine(*state, dsl_example, &test);
    const qf_state_machine *machine = &test.built.machine;
    assert_int_equal(machine->n_states, 4);
    assert_int_equal(machine->n_rows, 3);
    for (size_t r = 0; r < 3; r++) {
        assert_int_equal(machine->rows[r].from, r);
        assert_int_equal(test.built.changes[r].to, r + 1);
        assert_int_equal(machine->rows[r].transition, r);
        assert_true(machine->rows[r].leaves);
        assert_false(machine->rows[r].silent);
    }
    for (size_t s = 0; s < 4; s++) {
        assert_int_equal(machine->state_ids[s], s);
    }
    assert_int_equal(test.built.on_enter[0].actions[0].spec->kind, QF_COMMAND_POST);
    assert_int_equal(test.built.on_enter[1].actions[0].spec->kind, QF_COMMAND_LOG);
    assert_int_equal(test.built.on_enter[2].actions[0].spec->kind, QF_COMMAND_SUBSYSTEMS);
    assert_int_equal(test.built.on_enter[3].n, 0);
    qf_arena_free(&test.arena);
}

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0;
}

static void machines_of_the_project_are_valid(void **state)
{
    struct dirent **entries;
    const int n = scandir(PROJECT_SOURCE_DIR "/configs/fsm", &entries, is_yaml, alphasort);
    (void)state;
    assert_true(n >= 1);
    for (int i = 0; i < n; i++) {
        char path[1024];
        snprintf(path, sizeof path, PROJECT_SOURCE_DIR "/configs/fsm/%s", entries[i]->d_name);
        program_end end = RUN("validate", path);
        if (end.exit_code != 0) {
            fail_msg("%s", end.err);
        }
        release(&end);
        free(entries[i]);
    }
    free(entries);
}

static void transitions_of_any_come_first_in_every_state_but_their_target(void **state)
{
    static const size_t expected[][4] = {
        /* from, to, transition, leaves */
        {0, 2, 0, 1}, {0, 0, 1, 0}, {0, 1, 2, 1}, {1, 2, 0, 1}, {1, 1, 1, 0},
        {1, 0, 3, 1}, {2, 2, 1, 0}, {2, 0, 4, 1}, {2, 3, 5, 1},
    };
    machine_test test = {0};
    load_machine(*state,
                 "any:\n"
                 "  - {condition: safe_mode, target: C}\n"
                 "  - {condition: soc_pct < 5, trigger: VERY_LOW}\n"
                 "states:\n"
                 "  A: {transitions: [{condition: soc_pct < 20, target: B}]}\n"
                 "  B: {transitions: [{condition: soc_pct > 30, target: A}]}\n"
                 "  C: {transitions: [{condition: not safe_mode, target: A},"
                 " {condition: x_m > 3, target: D}]}\n"
                 "  D: {terminal: true}\n",
                 &test);
    const qf_state_machine *machine = &test.built.machine;
    assert_int_equal(machine->n_rows, COUNT(expected));
    for (size_t r = 0; r < COUNT(expected); r++) {
        assert_int_equal(machine->rows[r].from, expected[r][0]);
        assert_int_equal(test.built.changes[r].from, expected[r][0]);
        assert_int_equal(test.built.changes[r].to, expected[r][1]);
        assert_int_equal(machine->rows[r].transition, expected[r][2]);
        assert_int_equal(machine->rows[r].leaves, expected[r][3]);
    }
    /* computed once for all states */
    assert_int_equal(machine->rows[0].truth, machine->rows[3].truth);
    assert_true(machine->rows[0].truth != machine->rows[1].truth);
    qf_arena_free(&test.arena);
}

static void only_what_nobody_need_know_is_silent(void **state)
{
    machine_test test = {0};
    load_machine(*state,
                 "states:\n"
                 "  A:\n"
                 "    transitions:\n"
                 "      - {condition: soc_pct < 1}\n"
                 "      - {condition: soc_pct < 2, trigger: LOW}\n"
                 "      - {condition: soc_pct < 3, action: {log: low}}\n"
                 "      - {condition: soc_pct < 4, target: A}\n",
                 &test);
    const qf_machine_row *rows = test.built.machine.rows;
    assert_true(rows[0].silent && !rows[0].leaves);
    assert_true(!rows[1].silent && !rows[1].leaves);
    assert_true(!rows[2].silent && !rows[2].leaves);
    assert_true(!rows[3].silent && rows[3].leaves);
    qf_arena_free(&test.arena);
}

/* ---- names ---- */

typedef struct expected_symbol {
    const char *name, *argument;
    qf_value_kind kind;
    qf_symbol_source source;
    qf_field_id field; /* QF_FIELD_COUNT: no column */
    uint64_t mask;
    const char *unit;
    qf_topic topic;
    int subject;
} expected_symbol;

#define N QF_VALUE_NUMBER
#define T QF_VALUE_TRUTH
#define C QF_VALUE_CHOICE

static const expected_symbol symbols_expected[] = {
    {"x_m", 0, N, QF_SYMBOL_COLUMN, QF_FIELD_X, 0, "m", QF_TOPIC_NONE, -1},
    {"soc_pct", 0, N, QF_SYMBOL_COLUMN, QF_FIELD_SOC, 0, "percent", QF_TOPIC_POWER, -1},
    {"radar_detections", 0, N, QF_SYMBOL_WHOLE, QF_FIELD_RADAR_DETECTIONS, 0, "1", QF_TOPIC_NONE,
     -1},
    {"dock_connected", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 2, 0, QF_TOPIC_NONE, -1},
    {"dock.connected", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 2, 0, QF_TOPIC_NONE, -1},
    {"power_critical", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 5, 0, QF_TOPIC_POWER, -1},
    {"bios_status.is_ready", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 13, 0, QF_TOPIC_BIOS,
     -1},
    {"mission_received", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 14, 0, QF_TOPIC_MISSION,
     -1},
    {"emergency_stop", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 17, 0, QF_TOPIC_STOP, -1},
    {"radar_broken", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FLAGS, 1 << 19, 0, QF_TOPIC_FAULT, -1},
    {"faults", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FAULTS, UINT64_MAX, 0, QF_TOPIC_NONE, -1},
    {"fault.BATTERY_EMPTY", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_FAULTS, 1 << 4, 0, QF_TOPIC_NONE,
     -1},
    {"guard.any", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_GUARD_RULES, UINT64_C(1) << 32 | 7, 0,
     QF_TOPIC_GUARD, -1},
    {"guard.critical", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_GUARD_RULES, UINT64_C(1) << 35 | 5, 0,
     QF_TOPIC_GUARD, -1},
    {"guard.warning", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_GUARD_RULES, UINT64_C(1) << 34 | 2, 0,
     QF_TOPIC_GUARD, -1},
    {"guard.info", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_GUARD_RULES, UINT64_C(1) << 33 | 0, 0,
     QF_TOPIC_GUARD, -1},
    {"guard.FAST", 0, T, QF_SYMBOL_ANY_BITS, QF_FIELD_GUARD_RULES, 4, 0, QF_TOPIC_GUARD, 2},
    {"guard.rule", "FAR", T, QF_SYMBOL_ANY_BITS, QF_FIELD_GUARD_RULES, 2, 0, QF_TOPIC_GUARD, 1},
    {"track.count", 0, N, QF_SYMBOL_WHOLE, QF_FIELD_TRACKS, 0, "1", QF_TOPIC_TRACK, -1},
    {"track.nearest_range_m", 0, N, QF_SYMBOL_COLUMN, QF_FIELD_TRACK_NEAREST, 0, "m",
     QF_TOPIC_TRACK, -1},
    {"track.cpa_s", 0, N, QF_SYMBOL_COLUMN, QF_FIELD_CPA_TIME, 0, "s", QF_TOPIC_TRACK, -1},
    {"tick", 0, N, QF_SYMBOL_UNIFORM, QF_FIELD_COUNT, 0, "1", QF_TOPIC_NONE, -1},
    {"time_s", 0, N, QF_SYMBOL_UNIFORM, QF_FIELD_COUNT, 0, "s", QF_TOPIC_NONE, -1},
    {"state", 0, C, QF_SYMBOL_WHOLE, QF_FIELD_FSM_STATE, 0, 0, QF_TOPIC_MACHINE, 0},
    {"fsm_state", 0, C, QF_SYMBOL_WHOLE, QF_FIELD_FSM_STATE, 0, 0, QF_TOPIC_MACHINE, 0},
    {"m.state", 0, C, QF_SYMBOL_WHOLE, QF_FIELD_FSM_STATE, 0, 0, QF_TOPIC_MACHINE, 0},
    {"time_in_state_s", 0, N, QF_SYMBOL_SINCE, QF_FIELD_FSM_SINCE, 0, "s", QF_TOPIC_MACHINE, 0},
    {"proposal.any", 0, T, QF_SYMBOL_EXPRESSION, QF_FIELD_COUNT, 0, 0, QF_TOPIC_NONE, -1},
    {"proposal.LOW", 0, T, QF_SYMBOL_EXPRESSION, QF_FIELD_COUNT, 0, 0, QF_TOPIC_NONE, -1},
    {"transponder_mode", 0, C, QF_SYMBOL_WHOLE, QF_FIELD_TRANSPONDER_MODE, 0, 0, QF_TOPIC_NONE, -1},
    {"rcs_axis", 0, C, QF_SYMBOL_WHOLE, QF_FIELD_RCS_AXIS, 0, 0, QF_TOPIC_COMMAND, QF_COMMAND_RCS},
    {"low", 0, T, QF_SYMBOL_EXPRESSION, QF_FIELD_COUNT, 0, 0, QF_TOPIC_NONE, -1},
    {"hits", 0, N, QF_SYMBOL_COLUMN, QF_FIELD_FSM_VARIABLE, 0, "1", QF_TOPIC_NONE, -1},
    {"actuation.is", "rcs", T, QF_SYMBOL_ALL_BITS, QF_FIELD_ACTUATION, 1 << 4, 0,
     QF_TOPIC_ACTUATION, QF_COMMAND_RCS},
    {"actuation.executed", "rcs", T, QF_SYMBOL_ALL_BITS, QF_FIELD_ACTUATION,
     1 << 4 | UINT64_C(1) << 49, 0, QF_TOPIC_ACTUATION, QF_COMMAND_RCS},
    {"actuation.unavailable", 0, T, QF_SYMBOL_ALL_BITS, QF_FIELD_ACTUATION, UINT64_C(1) << 53, 0,
     QF_TOPIC_ACTUATION, -1},
    {"actuation.failed", "main_drive", T, QF_SYMBOL_EXPRESSION, QF_FIELD_COUNT, 0, 0, QF_TOPIC_NONE,
     -1},
};

#undef N
#undef T
#undef C

static const char with_names[] =
    "variables: {hits: 0, mode: {values: [IDLE, CRUISE], initial: CRUISE}, busy: false,"
    " left: {initial: 3, unit: s}}\n"
    "signals: {low: soc_pct < 20}\n"
    "states:\n"
    "  A: {transitions: [{condition: low, target: B}]}\n"
    "  B: {terminal: true}\n";

static const char deciding[] = WATCHFUL
    "    fsm: m.yaml\n"
    "    decision: [{name: LOW, when: soc_pct < 20, type: SAFETY, priority: 1, confidence: "
    "1}]\n";

/* what the names of the first machine of a group mean */
static qf_symbols symbols_of(fixture *f, machine_test *test, qf_behavior_names *names)
{
    write_file("m.yaml", with_names);
    load(f, deciding);
    assert_true(build_machine(f, 0, test));
    *names = (qf_behavior_names){
        .catalog = &test->catalog, .scenario = &f->scenario, .arena = &test->arena};
    return qf_behavior_symbols(names);
}

static void names_mean_columns_bits_and_times(void **state)
{
    machine_test test = {0};
    qf_behavior_names names;
    const qf_symbols symbols = symbols_of(*state, &test, &names);
    for (size_t i = 0; i < COUNT(symbols_expected); i++) {
        const expected_symbol *e = &symbols_expected[i];
        qf_symbol symbol;
        if (!symbols.find(symbols.user, e->name, e->argument, &symbol)) {
            fail_msg("'%s' means nothing", e->name);
        }
        const size_t column =
            e->field < QF_FIELD_COUNT ? test.catalog.first_column[e->field] : symbol.column;
        if (symbol.kind != e->kind || symbol.source != e->source || symbol.column != column ||
            symbol.mask != e->mask || (e->unit && strcmp(symbol.unit, e->unit) != 0) ||
            symbol.cause.topic != e->topic || symbol.cause.subject != e->subject) {
            fail_msg("'%s' means something else: kind %d, source %d, column %zu, mask %llx, topic "
                     "%d, subject %d",
                     e->name, (int)symbol.kind, (int)symbol.source, symbol.column,
                     (unsigned long long)symbol.mask, symbol.cause.topic, symbol.cause.subject);
        }
    }
    qf_arena_free(&test.arena);
}

static void choices_know_their_names(void **state)
{
    machine_test test = {0};
    qf_behavior_names names;
    qf_symbol symbol;
    const qf_symbols symbols = symbols_of(*state, &test, &names);
    assert_true(symbols.find(symbols.user, "state", NULL, &symbol));
    assert_int_equal(symbol.n_names, 2);
    assert_string_equal(symbol.names[1], "B");
    assert_int_equal(symbol.numbers[1], 1);
    assert_true(symbols.find(symbols.user, "proposal.state", NULL, &symbol));
    assert_int_equal(symbol.n_names, 2);
    assert_string_equal(symbol.names[1], "LOW");
    assert_int_equal(symbol.numbers[1], 3); /* over all machines of the scenario: A, B, NONE, LOW */
    assert_int_equal(symbol.column, test.catalog.first_column[QF_FIELD_FSM_STATE] + 1);
    assert_true(symbols.find(symbols.user, "mode", NULL, &symbol));
    assert_int_equal(symbol.kind, QF_VALUE_CHOICE);
    assert_string_equal(symbol.names[1], "CRUISE");
    assert_null(symbol.numbers);
    assert_true(symbols.find(symbols.user, "transponder_mode", NULL, &symbol));
    assert_string_equal(symbol.names[QF_TRANSPONDER_SILENT], "silent");
    assert_true(symbols.find(symbols.user, "rcs_axis", NULL, &symbol));
    assert_int_equal(symbol.n_names, 7);
    assert_string_equal(symbol.names[6], "down");
    qf_arena_free(&test.arena);
}

static void every_name_that_is_offered_means_something(void **state)
{
    machine_test test = {0};
    qf_behavior_names names;
    const qf_symbols symbols = symbols_of(*state, &test, &names);
    size_t n = 0;
    for (const char *name; (name = symbols.name(symbols.user, n)) != NULL; n++) {
        qf_symbol symbol;
        const bool is_call = strcmp(name, "device.ok") == 0 || strcmp(name, "device.down") == 0 ||
                             strcmp(name, "guard.rule") == 0 || strcmp(name, "actuation.is") == 0;
        if (is_call == symbols.find(symbols.user, name, NULL, &symbol)) {
            fail_msg("'%s' is offered", name);
        }
    }
    assert_true(n > 150);
    qf_arena_free(&test.arena);
}

static void devices_are_found_in_their_words(void **state)
{
    enum { DEVICES = 70 };
    fixture *f = *state;
    machine_test test = {0};
    qf_behavior_names names;
    qf_symbol symbol;
    load_machine(f, dsl_example, &test);
    /* the scenario is the test's own */
    qf_group_spec *group = (qf_group_spec *)(uintptr_t)&f->scenario.groups[0];
    qf_device *devices = qf_arena_array(&f->scenario.arena, DEVICES, sizeof *devices);
    assert_non_null(devices);
    for (int d = 0; d < DEVICES; d++) {
        devices[d].name = qf_arena_format(&f->scenario.arena, "d%d", d);
    }
    group->devices = devices;
    group->n_devices = DEVICES;
    assert_true(build_machine(f, 0, &test));
    names = (qf_behavior_names){
        .catalog = &test.catalog, .scenario = &f->scenario, .arena = &test.arena};
    const qf_symbols symbols = qf_behavior_symbols(&names);
    assert_true(symbols.find(symbols.user, "device.ok", "d65", &symbol));
    assert_int_equal(symbol.source, QF_SYMBOL_NO_BITS);
    assert_int_equal(symbol.column, test.catalog.first_column[QF_FIELD_DEVICES_DOWN] + 1);
    assert_int_equal(symbol.mask, 2);
    assert_int_equal(symbol.cause.topic, QF_TOPIC_DEVICE);
    assert_int_equal(symbol.cause.subject, 65);
    assert_true(symbols.find(symbols.user, "device.down", "d3", &symbol));
    assert_int_equal(symbol.source, QF_SYMBOL_ANY_BITS);
    assert_int_equal(symbol.column, test.catalog.first_column[QF_FIELD_DEVICES_DOWN]);
    assert_int_equal(symbol.mask, 8);
    assert_true(symbols.find(symbols.user, "down_d65", NULL, &symbol));
    assert_int_equal(symbol.source, QF_SYMBOL_ANY_BITS);
    assert_int_equal(symbol.mask, 2);
    assert_int_equal(symbol.cause.subject, 65);
    assert_false(symbols.find(symbols.user, "device.ok", "d70", &symbol));
    qf_arena_free(&test.arena);
}

/* ---- actions ---- */

static void actions_set_columns_in_their_units(void **state)
{
    machine_test test = {0};
    load_machine(*state,
                 "variables: {hits: 0, mode: {values: [IDLE, CRUISE], initial: IDLE}, busy: false,"
                 " left: {initial: 3, unit: s}}\n"
                 "states:\n"
                 "  A:\n"
                 "    on_enter:\n"
                 "      - {set: {left: 2 min, mode: CRUISE, busy: soc_pct < 20, hits: hits + 1}}\n"
                 "      - {set: {speed_mps: 36 km/h, transponder_mode: silent}}\n"
                 "      - {rcs: {axis: up, pct: soc_pct, duration_s: 0.1 h}}\n"
                 "    transitions: [{condition: soc_pct < 20, target: A}]\n",
                 &test);
    const qf_built_actions *list = &test.built.on_enter[0];
    const qf_built_action *a = list->actions;
    const size_t variables = test.catalog.first_column[QF_FIELD_FSM_VARIABLE];
    assert_int_equal(list->n, 7);
    assert_int_equal(a[0].column, variables + 3);
    assert_int_equal(a[0].argument[1]->number.kind, QF_OPERAND_CONSTANT);
    assert_true(a[0].argument[1]->number.value * a[0].argument[1]->factor == 120.0);
    assert_int_equal(a[1].column, variables + 1);
    assert_true(a[1].argument[1]->number.value == 1.0);
    assert_int_equal(a[1].argument[1]->program.n_instructions, 0);
    assert_int_equal(a[2].column, variables + 2);
    assert_true(a[2].argument[1]->is_truth);
    assert_int_equal(a[2].argument[1]->program.n_instructions, 1);
    assert_false(a[3].argument[1]->is_truth);
    assert_int_equal(a[3].argument[1]->number.kind, QF_OPERAND_NUMBER);
    assert_int_equal(a[4].column, test.catalog.first_column[QF_FIELD_SPEED]);
    assert_true(fabs(a[4].argument[1]->number.value * a[4].argument[1]->factor - 10.0) < 1e-12);
    assert_false(a[4].whole);
    assert_int_equal(a[5].column, test.catalog.first_column[QF_FIELD_TRANSPONDER_MODE]);
    assert_true(a[5].whole);
    assert_true(a[5].argument[1]->number.value == (double)QF_TRANSPONDER_SILENT);
    assert_null(a[6].argument[0]); /* an axis is a constant of the spec */
    assert_false(a[6].argument[1]->is_truth);
    assert_int_not_equal(a[6].argument[1]->number.kind, QF_OPERAND_CONSTANT);
    assert_true(fabs(a[6].argument[2]->number.value * a[6].argument[2]->factor - 360.0) < 1e-9);
    qf_arena_free(&test.arena);
}

/* ---- what is known of the whole ---- */

static void it_tells_what_columns_it_needs(void **state)
{
    static const struct {
        const char *condition;
        size_t n_holds;
        bool reads_outputs;
    } all[] = {
        {"soc_pct < 20", 0, false},
        {"bus_v < 20", 0, true},
        {"'hold(soc_pct < 20, 3 ticks)'", 1, false},
        {"'hold(soc_pct < 20, 3 ticks) or hold(load_radar_w > 3, 1 s)'", 2, true},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        machine_test test = {0};
        char machine[512];
        snprintf(machine, sizeof machine,
                 "states: {A: {transitions: [{condition: %s, target: B}]}, B: {terminal: true}}\n",
                 all[i].condition);
        load_machine(*state, machine, &test);
        assert_int_equal(test.n_holds, all[i].n_holds);
        assert_int_equal(test.reads_outputs, all[i].reads_outputs);
        qf_arena_free(&test.arena);
    }
    machine_test test = {0};
    load_machine(
        *state,
        "states: {A: {while: {motor: supercap_soc_pct}, transitions: [{condition: soc_pct < 20,"
        " target: B}]}, B: {terminal: true}}\n",
        &test);
    assert_true(test.reads_outputs); /* of an action */
    assert_true(test.built.has_during);
    qf_arena_free(&test.arena);
}

static void a_row_knows_its_causes_and_its_witness(void **state)
{
    machine_test test = {0};
    load_machine(*state,
                 "states: {A: {transitions: [{condition: guard.FAR and bios_ready and tracks > 3,"
                 " target: B}]}, B: {terminal: true}}\n",
                 &test);
    const qf_machine_change *change = &test.built.changes[0];
    assert_int_equal(change->n_because, 3);
    assert_int_equal(change->because[0].topic, QF_TOPIC_GUARD);
    assert_int_equal(change->because[0].subject, 1);
    assert_int_equal(change->because[1].topic, QF_TOPIC_BIOS);
    assert_int_equal(change->because[2].topic, QF_TOPIC_TRACK);
    assert_true(change->has_witness);
    assert_true(change->witness_whole);
    assert_int_equal(change->witness, test.catalog.first_column[QF_FIELD_TRACKS]);
    load_machine(*state,
                 "states: {A: {transitions: [{condition: bios_ready, target: B}]},"
                 " B: {terminal: true}}\n",
                 &test);
    assert_false(test.built.changes[0].has_witness);
    qf_arena_free(&test.arena);
}

static bool has_cause(const qf_machine_change *change, qf_topic topic, int32_t subject)
{
    bool found = false;
    for (size_t i = 0; i < change->n_because; i++) {
        found =
            found || (change->because[i].topic == topic && change->because[i].subject == subject);
    }
    return found;
}

static void leaving_a_proposal_has_the_causes_of_what_no_longer_holds(void **state)
{
    fixture *f = *state;
    machine_test test = {0};
    load(f, WATCHFUL
         "    decision:\n"
         "      - {name: FAR, when: tracks > 3, type: SAFETY, priority: 1, confidence: 1}\n"
         "      - {name: LOW, when: soc_pct < 20, type: SAFETY, priority: 0.5, "
         "confidence: 1}\n");
    assert_true(build_machine(f, 0, &test));
    /* of NONE two rows, of FAR and LOW three */
    assert_int_equal(test.built.machine.n_rows, 8);
    static const size_t last[] = {4, 7};
    static const qf_field_id fields[] = {QF_FIELD_TRACKS, QF_FIELD_SOC};
    for (size_t i = 0; i < 2; i++) {
        const qf_machine_change *change = &test.built.changes[last[i]];
        assert_int_equal(change->to, 0);
        assert_int_equal(change->n_because, 2);
        assert_true(has_cause(change, QF_TOPIC_TRACK, -1));
        assert_true(has_cause(change, QF_TOPIC_POWER, -1));
        /* the number is that of the state's own rule, not of the first */
        assert_true(change->has_witness);
        assert_int_equal(change->witness, test.catalog.first_column[fields[i]]);
        assert_int_equal(change->witness_whole, i == 0);
    }
    qf_arena_free(&test.arena);
}

static void faults_and_orders_that_set_what_is_read_are_causes(void **state)
{
    fixture *f = *state;
    machine_test test = {0};
    write_file("m.yaml", "variables: {hits: 0, tries: 0}\n"
                         "signals: {low: soc_pct < 20}\n"
                         "states:\n"
                         "  A:\n"
                         "    transitions:\n"
                         "      - {condition: low, trigger: a}\n"
                         "      - {condition: hits > 1, trigger: b}\n"
                         "      - {condition: tries > 1, trigger: c, action: {set: {tries: 0}}}\n"
                         "      - {condition: speed_mps > 1, trigger: d}\n"
                         "      - {condition: radar_enabled, trigger: e}\n"
                         "      - {condition: dock_connected, trigger: f}\n"
                         "      - {condition: x_m > 3, target: B}\n"
                         "  B: {on_enter: [{motor: 0}], terminal: true}\n");
    load(f, WATCHFUL "    fsm: m.yaml\n"
                     "    faults: [{at_s: 1, battery_cell: 0.2}, {at_s: 1, set: {soc_pct: 15}}]\n"
                     "    script:\n"
                     "      - {time_s: 1, cmd: set, name: hits, value: 3}\n"
                     "      - {time_s: 1, cmd: speed, mps: 2}\n"
                     "      - {time_s: 1, cmd: radar, on: true}\n");
    assert_true(build_machine(f, 0, &test));
    const qf_machine_change *changes = test.built.changes;
    static const size_t n_because[] = {2, 1, 1, 2, 1, 0, 0};
    for (size_t r = 0; r < COUNT(n_because); r++) {
        if (changes[r].n_because != n_because[r]) {
            fail_msg("row %zu has %d causes", r, (int)changes[r].n_because);
        }
    }
    assert_true(has_cause(&changes[0], QF_TOPIC_POWER, -1));
    assert_true(has_cause(&changes[0], QF_TOPIC_FAULT, 1));
    assert_true(has_cause(&changes[1], QF_TOPIC_COMMAND, QF_COMMAND_SET));
    assert_true(has_cause(&changes[2], QF_TOPIC_COMMAND, QF_COMMAND_SET));
    assert_true(has_cause(&changes[3], QF_TOPIC_COMMAND, QF_COMMAND_SPEED));
    assert_true(has_cause(&changes[3], QF_TOPIC_COMMAND, QF_COMMAND_MOTOR));
    /* a bit of the word of flags, not the word */
    assert_true(has_cause(&changes[4], QF_TOPIC_COMMAND, QF_COMMAND_RADAR));
    qf_arena_free(&test.arena);
}

static void limits_are_told_to_any_caller(void **state)
{
    fixture *f = *state;
    machine_test test = {0};
    load_machine(f, dsl_example, &test);
    /* the scenario is the test's own */
    qf_machine_spec *spec = (qf_machine_spec *)(uintptr_t)f->scenario.groups[0].machines[0];
    spec->n_states = QF_MACHINE_MOST_STATES + 1;
    spec->states = qf_arena_array(&f->scenario.arena, spec->n_states, sizeof *spec->states);
    assert_non_null(spec->states);
    for (size_t s = 0; s < spec->n_states; s++) {
        ((qf_state_spec *)(uintptr_t)spec->states)[s].name = "S";
    }
    assert_false(build_machine(f, 0, &test));
    assert_string_equal(test.said, "0-0 expected 1 to 256 states, found 257\n");
    assert_ptr_equal(test.place, spec->place);
    qf_arena_free(&test.arena);
}

static void short_memory_is_no_complaint(void **state)
{
    fixture *f = *state;
    machine_test test = {0};
    const qf_complaints complaints = {note_complaint, &test};
    char *machine = NULL;
    size_t length;
    FILE *out = open_memstream(&machine, &length);
    assert_non_null(out);
    fputs("states:\n", out);
    for (int i = 0; i < 60; i++) {
        fprintf(out,
                "  S%d: {transitions: [{condition: state == S%d and x_m < %d, target: S%d}]}\n", i,
                i, i, (i + 1) % 60);
    }
    assert_int_equal(fclose(out), 0);
    load_machine(f, machine, &test);
    free(machine);
    bool built = false;
    int left = 0;
    for (; !built; left++) {
        qf_arena arena = {0};
        qf_built_machine result;
        allocations_left = left;
        built = qf_machine_build(&arena, &test.catalog, &f->scenario, 0, 0, NULL, NULL, &complaints,
                                 &result, &test.n_holds, &test.reads_outputs);
        allocations_left = -1;
        assert_int_equal(test.n_said, 0);
        qf_arena_free(&arena);
    }
    assert_true(left > 3);
    qf_arena_free(&test.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_example_of_the_language_builds),
        TEST(machines_of_the_project_are_valid),
        TEST(transitions_of_any_come_first_in_every_state_but_their_target),
        TEST(only_what_nobody_need_know_is_silent),
        TEST(names_mean_columns_bits_and_times),
        TEST(choices_know_their_names),
        TEST(every_name_that_is_offered_means_something),
        TEST(devices_are_found_in_their_words),
        TEST(actions_set_columns_in_their_units),
        TEST(it_tells_what_columns_it_needs),
        TEST(a_row_knows_its_causes_and_its_witness),
        TEST(leaving_a_proposal_has_the_causes_of_what_no_longer_holds),
        TEST(faults_and_orders_that_set_what_is_read_are_causes),
        TEST(limits_are_told_to_any_caller),
        TEST(short_memory_is_no_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
