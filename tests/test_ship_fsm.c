/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays golden sequences of the reference's ship through configs/fsm/ship.yaml: state, trigger, mode and the
 * counters of every evaluation. The file's inputs are its signals, which the scenario here gives by variables; its
 * conditions, transitions and actions are the file's own.
 *
 * `test_ship_fsm FILE...` replays other files of the same form.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "machine_stand.h"
#include "yaml_node.h"

#define SCENARIO                                                                                   \
    "schema: qfleet/1\ntime: {dt_s: 0.1, duration_s: %zu}\n"                                       \
    "groups:\n"                                                                                    \
    "  - name: ships\n    kind: bot\n    count: %zu\n"                                             \
    "    hardware: " PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json\n"                        \
    "    radar: " PROJECT_SOURCE_DIR "/configs/radar/ideal.yaml\n"                                 \
    "    tracker: " PROJECT_SOURCE_DIR "/configs/tracker/qiki.yaml\n"                              \
    "    fsm:\n"                                                                                   \
    "      file: " PROJECT_SOURCE_DIR "/configs/fsm/ship.yaml\n"                                   \
    "      variables: {in_systems_ok: true, in_nav_capable: true, in_age_s: {initial: 0, unit: "   \
    "s},"                                                                                          \
    " in_quality: 1, in_range_m: {initial: 0, unit: m}, in_vr_mps: {initial: 0, unit: m s-1}}\n"   \
    "      signals: {systems_ok: in_systems_ok, nav_capable: in_nav_capable, docking_age_s: "      \
    "in_age_s,"                                                                                    \
    " docking_quality: in_quality, docking_range_m: in_range_m, docking_vr_mps: in_vr_mps}\n"

enum { MOST_SEQUENCES = 64 };

static const char **given_files;
static int n_given_files;

static double number_or_nan(const qf_yaml_node *node)
{
    return !node || qf_yaml_is_null(node) ? (double)NAN : strtod(node->text, NULL);
}

static bool is_true(const qf_yaml_node *node)
{
    return strcmp(node->text, "true") == 0;
}

static bool is_text(const qf_yaml_node *node, const char *text)
{
    return strcmp(node->text, text) == 0;
}

/* of a name written in small letters there and in capitals here */
static double number_of_name(const machine_stand *s, const char *variable, const char *name)
{
    const size_t v = qf_catalog_variable(&s->fleet.catalog, variable);
    assert_true(v < s->fleet.catalog.n_variables);
    const qf_variable_spec *spec = s->fleet.catalog.variables[v];
    for (size_t i = 0; i < spec->n_values; i++) {
        if (strcasecmp(spec->values[i], name) == 0) {
            return (double)i;
        }
    }
    fail_msg("%s cannot be %s", variable, name);
    return 0.0;
}

/* absent, true, false */
static void set_hint(machine_stand *s, size_t slot, const char *variable, const qf_yaml_node *hint)
{
    const char *name = qf_yaml_is_null(hint) ? "NONE" : is_true(hint) ? "GOOD" : "FAILED";
    set_number(s, slot, variable, number_of_name(s, variable, name));
}

static uint64_t actuation_word(const qf_yaml_node *actuation)
{
    static const char *const results[] = {
        [QF_ACTUATION_ACCEPTED] = "accepted", [QF_ACTUATION_EXECUTED] = "executed",
        [QF_ACTUATION_REJECTED] = "rejected", [QF_ACTUATION_FAILED] = "failed",
        [QF_ACTUATION_TIMEOUT] = "timeout",   [QF_ACTUATION_UNAVAILABLE] = "unavailable"};
    if (qf_yaml_is_null(actuation)) {
        return 0;
    }
    /* the robot's main drive is its motors; anything else than drive and thrusters is like its dock */
    const char *action = actuation->children[0]->text;
    const qf_command_kind kind = strcmp(action, "set_main_drive_thrust") == 0    ? QF_COMMAND_MOTOR
                                 : strncmp(action, "fire_rcs_thruster", 17) == 0 ? QF_COMMAND_RCS
                                                                                 : QF_COMMAND_DOCK;
    for (int r = 0; r < QF_ACTUATIONS; r++) {
        if (is_text(actuation->children[1], results[r])) {
            return QF_ACTUATION_OF(kind) | QF_ACTUATION_IS(r);
        }
    }
    fail_msg("no actuation is called %s", actuation->children[1]->text);
    return 0;
}

static void set_inputs(machine_stand *s, size_t slot, const qf_yaml_node *in)
{
    const qf_yaml_node *track = qf_yaml_get(in, "track");
    const qf_yaml_node *hints = qf_yaml_get(in, "hints");
    const qf_yaml_node *request = qf_yaml_get(in, "request");
    const bool tracked = !qf_yaml_is_null(track);
    set_number(s, slot, "in_systems_ok", is_true(qf_yaml_get(in, "systems_ok")));
    set_number(s, slot, "in_nav_capable", is_true(qf_yaml_get(in, "nav_capable")));
    set_number(s, slot, "in_range_m",
               tracked ? number_or_nan(qf_yaml_get(track, "range_m")) : (double)NAN);
    set_number(s, slot, "in_vr_mps",
               tracked ? number_or_nan(qf_yaml_get(track, "vr_mps")) : (double)NAN);
    set_number(s, slot, "in_quality",
               tracked ? number_or_nan(qf_yaml_get(track, "quality")) : (double)NAN);
    set_number(s, slot, "in_age_s",
               tracked ? number_or_nan(qf_yaml_get(track, "age_s")) : (double)NAN);
    set_number(s, slot, "mode", number_of_name(s, "mode", qf_yaml_get(in, "mode")->text));
    set_number(s, slot, "request",
               number_of_name(s, "request", is_text(request, "") ? "NONE" : request->text));
    set_hint(s, slot, "bios_report", hints->children[0]);
    set_hint(s, slot, "sensors_report", hints->children[1]);
    set_hint(s, slot, "provider_report", hints->children[2]);
    qf_u64(&s->fleet, QF_FIELD_ACTUATION, 0)[slot] = actuation_word(qf_yaml_get(in, "actuation"));
    qf_i64(&s->fleet, QF_FIELD_ACTUATION_SINCE, 0)[slot] = s->fleet.tick; /* it does not time out */
}

/* counters are text there, empty before they are first written */
static void check_counter(const machine_stand *s, size_t slot, const char *variable,
                          const qf_yaml_node *expected)
{
    const double value = expected->text[0] ? strtod(expected->text, NULL) : 0.0;
    assert_true(number_of(s, slot, variable) == value);
}

static void check_row(const machine_stand *s, size_t slot, size_t number, const qf_yaml_node *row)
{
    const char *to = qf_yaml_get(row, "to")->text;
    const char *trigger = qf_yaml_get(row, "trigger")->text;
    if (strcmp(state_of(s, slot, 0), to) != 0 || strcmp(trigger_of(s, slot, 0), trigger) != 0) {
        fail_msg("sequence %zu, row %zu, from %s: %s %s instead of %s %s", slot, number,
                 qf_yaml_get(row, "from")->text, state_of(s, slot, 0), trigger_of(s, slot, 0), to,
                 trigger);
    }
    const double mode = number_of_name(s, "mode", qf_yaml_get(row, "mode_after")->text);
    assert_true(number_of(s, slot, "mode") == mode);
    check_counter(s, slot, "docking_hits", qf_yaml_get(row, "docking_hits"));
    check_counter(s, slot, "safe_hits", qf_yaml_get(row, "safe_hits"));
}

/* one ship for each sequence; those that are over go on with their last inputs, unlooked at */
static void replay(const char *path)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *root = qf_yaml_load_file(&arena, path, &diagnostics);
    assert_non_null(root);
    const qf_yaml_node *sequences = qf_yaml_get(root, "sequences");
    assert_in_range(sequences->n_children, 1, MOST_SEQUENCES);
    size_t n_rows = 0;
    for (size_t q = 0; q < sequences->n_children; q++) {
        const size_t n = sequences->children[q]->n_children;
        n_rows = n > n_rows ? n : n_rows;
    }
    char text[sizeof SCENARIO + 64];
    char directory[64];
    enter_directory(directory);
    snprintf(text, sizeof text, SCENARIO, n_rows,
             sequences->n_children); /* ten times as long as needed */
    write_file("s.yaml", text);
    machine_stand s;
    set_up_machine_stand(&s, "s.yaml");
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t q = 0; q < sequences->n_children; q++) {
            if (r < sequences->children[q]->n_children) {
                const qf_yaml_node *row = sequences->children[q]->children[r];
                assert_string_equal(state_of(&s, q, 0), qf_yaml_get(row, "from")->text);
                set_inputs(&s, q, qf_yaml_get(row, "in"));
            }
        }
        evaluate(&s);
        for (size_t q = 0; q < sequences->n_children; q++) {
            if (r < sequences->children[q]->n_children) {
                const qf_yaml_node *row = sequences->children[q]->children[r];
                const qf_yaml_node *then = qf_yaml_get(row, "then_set_state");
                check_row(&s, q, r, row);
                if (then) {
                    set_state(&s, q, 0, then->text);
                }
            }
        }
    }
    tear_down_machine_stand(&s);
    leave_directory(directory);
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
}

static void the_ship_follows_the_golden_sequences(void **state)
{
    (void)state;
    replay(PROJECT_SOURCE_DIR "/tests/golden/ship_fsm.json");
}

static void given_sequences_are_followed(void **state)
{
    (void)state;
    for (int i = 0; i < n_given_files; i++) {
        replay(given_files[i]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(the_ship_follows_the_golden_sequences)};
    const struct CMUnitTest given[] = {cmocka_unit_test(given_sequences_are_followed)};
    given_files = (const char **)argv + 1;
    n_given_files = argc - 1;
    return n_given_files ? cmocka_run_group_tests(given, NULL, NULL)
                         : cmocka_run_group_tests(all, NULL, NULL);
}
