/* SPDX-License-Identifier: Apache-2.0 */
/* Behaviour by the real program: what a run says of itself, what explains it, and pictures of machines. */
#include "program_fixture.h"

#include "arena.h"
#include "yaml_node.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define CONFIGS    PROJECT_SOURCE_DIR "/configs/"

static int set_up(void **state)
{
    static char directory[64];
    enter_directory(directory);
    *state = directory;
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

#define HARDWARE                                                                                   \
    "    hardware:\n"                                                                              \
    "      file: " CONFIGS "hardware/qiki_bot.json\n"                                              \
    "      hardware_profile: {power_capacity_wh: 20, power_plane: {max_bus_a: 100, "               \
    "dock_connected_init: false}}\n"

/* one that halts before what its radar sees, and one whose self-test fails */
static const char scenario[] =
    "schema: qfleet/1\n"
    "name: story\n"
    "time: {dt_s: 0.1, duration_s: 30}\n"
    "groups:\n"
    "  - name: scout\n"
    "    kind: bot\n"
    "    count: 1\n" HARDWARE "    initial: {position_m: [0, 0, 0], heading_deg: 90}\n"
    "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000}\n"
    "    tracker: {mode: qiki}\n"
    "    guards: {rules: [{id: NEAR, max_range_m: 100, severity: warning}]}\n"
    "    fsm:\n"
    "      name: walk\n"
    "      states:\n"
    "        WALK: {on_enter: [{speed: 2}], transitions: [{condition: guard.NEAR, target: HALT, "
    "trigger: TOO_NEAR}]}\n"
    "        HALT: {on_enter: [{rcs: {axis: aft, pct: 50, duration_s: 1}}], transitions: "
    "[{condition: not guard.NEAR, target: WALK}]}\n"
    "  - name: wall\n"
    "    kind: bot\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {}}\n"
    "    initial: {position_m: [120, 0, 0]}\n"
    "  - name: sick\n"
    "    kind: bot\n"
    "    count: 1\n" HARDWARE "    initial: {position_m: [0, 5000, 0]}\n"
    "    bios: {post_s: 2, devices: {imu_main: {probability: 1, repair_s: 5}}}\n"
    "    fsm:\n"
    "      name: agent\n"
    "      states:\n"
    "        WORK: {transitions: [{condition: not bios_status.is_ready and time_s > 3, target: "
    "SAFE, trigger: BIOS_FAILED, action: safe_mode}]}\n"
    "        SAFE: {transitions: [{condition: bios_status.is_ready, target: BACK, trigger: "
    "REPAIRED, action: {safe_mode: false}}]}\n"
    "        BACK: {terminal: true}\n";

static void assert_in_order(const char *text, const char *const *parts)
{
    const char *at = text;
    for (; *parts; parts++) {
        const char *found = strstr(at, *parts);
        if (!found) {
            fail_msg("'%s' is missing, or not where it belongs, in:\n%s", *parts, text);
        }
        at = found + strlen(*parts);
    }
}

static void assert_explained(const char *entity, const char *at, const char *const *lines)
{
    program_end end = RUN("explain", "story.h5", "--entity", entity, "--at", at);
    assert_int_equal(end.exit_code, 0);
    assert_in_order(end.out, lines);
    release(&end);
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void what_was_sensed_leads_to_what_was_commanded(void **state)
{
    (void)state;
    write_file("story.yaml", scenario);
    program_end end = RUN("run", "story.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "  behaviour      scout, walk: HALT ");
    release(&end);
    assert_explained("scout-0", "30",
                     LINES("track_confirmed  track 0 at 119.4 m\n",
                           "guard_alert  guard NEAR, track 0 at ",
                           "fsm_transition  walk: WALK -> HALT, trigger TOO_NEAR, because "
                           "'guard.NEAR'\n",
                           "command  command rcs, pct 50\n", "rcs_start  axis aft, ",
                           "actuation  command rcs executed\n", "rcs_stop  axis aft, "));
}

static void a_failed_self_test_leads_to_safe_mode_and_its_repair_back(void **state)
{
    (void)state;
    write_file("story.yaml", scenario);
    program_end end = RUN("run", "story.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "1 self-tests failed, 0 emergency stops, 1 times into safe mode\n");
    release(&end);
    assert_explained("sick-0", "6",
                     LINES(" s  device_failed  device imu_main\n",
                           " s  fsm_transition  agent: WORK -> SAFE, trigger BIOS_FAILED, because ",
                           "command  command safe_mode, active true\n", "safe_mode"));
    assert_explained("sick-0", "30",
                     LINES("         2 s  device_failed  device imu_main\n",
                           "         7 s  device_ok  device imu_main\n",
                           "         7 s  fsm_transition  agent: SAFE -> BACK, trigger REPAIRED, "
                           "because 'bios_status.is_ready'\n",
                           "command  command safe_mode, active false\n", "safe_mode_over\n"));
}

static void the_example_runs_and_can_be_explained(void **state)
{
    (void)state;
    program_end end = RUN("run", CONFIGS "behavior.yaml", "--set", "time.duration_s=20");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "behavior: 60 vehicles, 200 ticks (20 s)\n");
    assert_contains(end.err, "  behaviour      guards, patrol: ");
    assert_contains(end.err, "  failures ");
    assert_null(strstr(end.err, "quarantined"));
    release(&end);
    end = RUN("explain", "behavior.h5", "--entity", "guards-3");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.out, "fsm_transition  patrol: ");
    release(&end);
}

static bool is_installed(const char *program)
{
    char path[4096];
    for (const char *at = getenv("PATH"); at && *at; at += strcspn(at, ":"), at += *at == ':') {
        snprintf(path, sizeof path, "%.*s/%s", (int)strcspn(at, ":"), at, program);
        if (access(path, X_OK) == 0) {
            return true;
        }
    }
    return false;
}

/* every text below the node that stands for the key */
static void assert_shown(const char *picture, const qf_yaml_node *node, const char *key, size_t *n)
{
    for (size_t i = 0; i < node->n_children; i++) {
        const qf_yaml_node *child = node->children[i];
        if (node->kind == QF_YAML_MAPPING && strcmp(node->keys[i]->text, key) == 0) {
            assert_contains(picture, child->text);
            ++*n;
        }
        assert_shown(picture, child, key, n);
    }
}

/* names of states, triggers and targets of the reference's ship occur in the picture */
static void assert_shows_the_ship(const char *path)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *ship = qf_yaml_load_file(&arena, CONFIGS "fsm/ship.yaml", &diagnostics);
    const qf_yaml_node *states = qf_yaml_get(ship, "states");
    char *picture = read_file(path);
    char shown[128];
    size_t n_triggers = 0;
    size_t n_targets = 0;
    assert_non_null(states);
    assert_in_range(states->n_children, 2, 100);
    for (size_t s = 0; s < states->n_children; s++) {
        snprintf(shown, sizeof shown, ">%s</text>", states->keys[s]->text);
        assert_contains(picture, shown);
    }
    assert_shown(picture, ship, "trigger", &n_triggers);
    assert_shown(picture, ship, "target", &n_targets);
    assert_in_range(n_triggers, 1, 10000);
    assert_in_range(n_targets, 1, 10000);
    /* and no state besides: each is a node with its name as the title */
    size_t n_nodes = 0;
    for (const char *at = picture; (at = strstr(at, "class=\"node\"")); at++) {
        n_nodes++;
    }
    const size_t others = qf_yaml_get(ship, "any") ? 2 : 1; /* where it begins, and "any state" */
    assert_int_equal(n_nodes, states->n_children + others);
    free(picture);
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
}

static void the_picture_in_the_documents_is_of_the_ship(void **state)
{
    (void)state;
    assert_shows_the_ship(PROJECT_SOURCE_DIR "/docs/ship_fsm.svg");
}

static void graphviz_draws_the_ship(void **state)
{
    (void)state;
    if (!is_installed("dot")) {
        print_message("skipped: the program 'dot' of Graphviz is not installed\n");
        skip();
    }
    program_end end = RUN("validate", "--graph", "ship.svg", CONFIGS "fsm/ship.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "ship.svg: machine ship\n");
    release(&end);
    assert_shows_the_ship("ship.svg");
    assert_false(exists("ship.svg.partial"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_sensed_leads_to_what_was_commanded),
        TEST(a_failed_self_test_leads_to_safe_mode_and_its_repair_back),
        TEST(the_example_runs_and_can_be_explained),
        TEST(the_picture_in_the_documents_is_of_the_ship),
        TEST(graphviz_draws_the_ship),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
