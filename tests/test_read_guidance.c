/* SPDX-License-Identifier: Apache-2.0 */
/* What ports, behaviours, radios and tasks of a scenario become, the reference's files among them. */
#include <math.h>

#include "docking_reader.h"
#include "guidance_reader.h"
#include "scalar_math.h"
#include "ships_fixture.h"

static void assert_reference_ports(const qf_docking_spec *docking)
{
    assert_int_equal(docking->n_ports, 2);
    const qf_port_spec *forward = &docking->ports[0];
    const qf_port_spec *aft = &docking->ports[1];
    assert_string_equal(forward->id, "forward_bayonet");
    assert_string_equal(aft->id, "aft_bayonet");
    assert_vector(forward->position_m, 0.0, 0.0, 1.2);
    assert_vector(aft->position_m, 0.0, 0.0, -1.2);
    /* both point away from the centre */
    assert_vector(forward->axis, 0.0, 0.0, 1.0);
    assert_true(aft->axis[2] == -1.0);
    assert_true(aft->quat_xyzw[2] == 1.0 && aft->quat_xyzw[3] == 0.0);
    for (size_t p = 0; p < 2; p++) {
        const qf_port_spec *port = &docking->ports[p];
        assert_true(port->soft && port->hard && port->power && port->data);
        assert_true(port->hard_force_n == 12000.0);
    }
}

static void docking_is_read(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    assert_reference_ports(group_of(f, 0)->docking);
    const qf_capture_spec *usual = &group_of(f, 0)->docking->capture;
    const qf_capture_spec expected = qf_capture_default();
    assert_memory_equal(usual, &expected, sizeof expected);
    const qf_capture_spec *own = &group_of(f, 1)->docking->capture;
    assert_true(own->lateral_m == 0.2 && own->angle_rad == 7.3 * QF_RAD_PER_DEG);
    assert_true(own->soft_s == expected.soft_s);
}

static void port_without_soft_capture_is_noted(void **state)
{
    fixture *f = *state;
    load_changed(f, "docking: {ports: " PORTS "}",
                 "docking:\n      ports:\n"
                 "        - id: forward_bayonet\n"
                 "          pose_m: {position: [0, 0, 1.2], orientation_quat: [0, 0, 0, 1]}\n"
                 "          capture_modes: [hard]\n"
                 "          bridge_profiles: [data]\n"
                 "          hard_capture_force_kN: 0.3\n");
    const qf_port_spec *port = &group_of(f, 0)->docking->ports[0];
    assert_true(port->hard && !port->soft && port->data && !port->power);
    assert_true(port->hard_force_n == 300.0);
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 22, 26, "groups[0].docking.ports[0].capture_modes",
                "captures nothing: a hard capture follows a soft one");
}

#define OTHER_PORT                                                                                 \
    ", capture_modes: [soft, hard], bridge_profiles: [data], hard_capture_force_kN: 0.3}]}"

static void place_that_makes_little_of_a_port_is_noted(void **state)
{
    fixture *f = *state;
    load_changed(f, "docking: {ports: " PORTS "}",
                 "docking: {ports: [{id: forward_bayonet, pose_m: {position: [0, 1.2, 0], "
                 "orientation_quat: [0, 0, 0, 1]}" OTHER_PORT);
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 18, 64, "groups[0].docking.ports[0].pose_m.position",
                "neither Z nor -Z of port 'forward_bayonet' points away from the centre of mass: "
                "its axis is [0, 0, 1]");
    load_changed(f, "docking: {ports: " PORTS "}",
                 "docking: {ports: [{id: forward_bayonet, pose_m: {position: [0, 0, 0.6], "
                 "orientation_quat: [0, 0, 0, 1]}" OTHER_PORT);
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 18, 64, "groups[0].docking.ports[0].pose_m.position",
                "port 'forward_bayonet' is 0.7 m deep in the hull: until ports touch, hulls "
                "overlap");
}

static void docks_that_give_nothing_are_noted(void **state)
{
    fixture *f = *state;
    load_changed(f, "cmd: behave, name: near", "cmd: dock, connected: true");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 30, 26, "groups[0].script[0].cmd",
                "without effect: who has ports gets power from whom it is docked with");
    load_changed(
        f, "hardware: {hardware_profile: {}}\n    body",
        "hardware: {hardware_profile: {power_plane: {dock_connected_init: true}}}\n    body");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 36, 5, "groups[1].docking",
                "'dock_connected_init' of the hardware is without effect: who has ports gets power "
                "from whom it is docked with");
    load_changed(f, "    initial: {relative_to",
                 "    script: [{step: 1, cmd: undock}]\n"
                 "    initial: {relative_to");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 44, 29, "groups[2].script[0].cmd",
                "the group has no ports: it leaves only the dock that 'dock' connects");
    load_changed(f, "    initial: {relative_to",
                 "    script: [{step: 1, cmd: dock, connected: true}]\n"
                 "    initial: {relative_to");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 44, 29, "groups[2].script[0].cmd",
                "the group has no ports: as with a bot, power comes from nobody's dock");
}

#define REFERENCE PROJECT_SOURCE_DIR "/../shared/reference/qiki"

static void reference_files_load_unchanged(void **state)
{
    fixture *f = *state;
    if (!exists(REFERENCE "/ports.json") || !exists(REFERENCE "/bot_config.json")) {
        print_message("not tested: the reference's files are not beside this project\n");
        skip();
    }
    char *text = replace(good_ships, "docking: {ports: " PORTS "}",
                         "docking: {ports: " REFERENCE "/ports.json}");
    char *ours =
        replace(text, "hardware: " SHIP_HARDWARE, "hardware: " REFERENCE "/bot_config.json");
    load(f, ours);
    free(ours);
    free(text);
    assert_reference_ports(group_of(f, 0)->docking);
    assert_int_equal(group_of(f, 0)->hardware.n_thrusters, 16);
}

static void behaviours_are_read(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    const qf_group_spec *chaser = group_of(f, 0);
    assert_int_equal(chaser->n_guidances, 5);
    const qf_guidance_spec *approach = &chaser->guidances[0];
    assert_int_equal(approach->kind, QF_GUIDANCE_APPROACH);
    assert_int_equal(approach->target_group, 1);
    assert_int_equal(approach->target_port, 1);
    assert_int_equal(approach->own_port, 0);
    const qf_guidance_spec usual = qf_guidance_default(QF_GUIDANCE_APPROACH);
    assert_true(approach->standoff_m == usual.standoff_m);
    assert_true(approach->contact_mps == usual.contact_mps);
    const qf_guidance_spec *near = &chaser->guidances[1];
    assert_string_equal(near->name, "near");
    assert_int_equal(near->kind, QF_GUIDANCE_STATION_KEEP);
    assert_vector(near->offset_m, 0.0, -50.0, 0.0);
    const qf_guidance_spec *cruise = &chaser->guidances[2];
    assert_int_equal(cruise->n_waypoints, 2);
    assert_vector(cruise->waypoints_m[1], 7e6, 9.0, 0.0);
    assert_true(cruise->speed_mps == 2.0);
    assert_int_equal(chaser->guidances[3].kind, QF_GUIDANCE_FORMATION);
    assert_int_equal(chaser->guidances[3].target_group, 0);
    assert_int_equal(chaser->guidances[4].kind, QF_GUIDANCE_TASKS);
    assert_int_equal(group_of(f, 3)->guidances[0].kind, QF_GUIDANCE_PATROL);
}

static void parameters_of_behaviours_are_read(void **state)
{
    fixture *f = *state;
    load_changed(
        f, "own_port: forward_bayonet}",
        "own_port: forward_bayonet, standoff_m: 30, corridor_deg: 7.3, contact_mps: 0.04, "
        "speed_mps: 0.5, control: {position_rps: 0.1, position_damping: 0.9, "
        "attitude_rps: 0.4, attitude_damping: 0.8, max_accel_mps2: 0.3, max_rate_dps: 2}}");
    const qf_guidance_spec *approach = &group_of(f, 0)->guidances[0];
    assert_true(approach->standoff_m == 30.0 && approach->contact_mps == 0.04);
    assert_true(approach->corridor_half_angle_rad == 7.3 * QF_RAD_PER_DEG);
    assert_true(approach->position_rps == 0.1 && approach->position_damping == 0.9);
    assert_true(approach->attitude_rps == 0.4 && approach->attitude_damping == 0.8);
    assert_true(approach->max_accel_mps2 == 0.3);
    assert_true(approach->max_rate_rps == 2.0 * QF_RAD_PER_DEG);
    load_changed(f, "offset_m: [0, -50, 0]",
                 "offset_m: [0, -50, 0], frame: body, attitude: [1, 0, 0, 0]");
    const qf_guidance_spec *near = &group_of(f, 0)->guidances[1];
    assert_int_equal(near->frame, QF_OFFSET_BODY);
    assert_int_equal(near->attitude_mode, QF_ATTITUDE_FIXED);
    assert_true(near->attitude[0] == 0.0 && near->attitude[1] == 1.0);
    load_changed(f, "behavior: {patrol:",
                 "behavior: {go: {kind: velocity, velocity_mps: [1, 2, 0]}, patrol:");
    assert_vector(group_of(f, 3)->guidances[0].velocity_mps, 1.0, 2.0, 0.0);
}

static void avoidance_is_read(void **state)
{
    fixture *f = *state;
    char *seeing = replace(good_ships, "    radio: {range_m",
                           "    radar: {ideal: true, period_s: 1, range_max_m: 5000}\n"
                           "    tracker: {mode: qiki}\n    radio: {range_m");
    char *text = replace(seeing, "speed_mps: 2}", "speed_mps: 2, avoid: {distance_m: 15}}");
    load(f, text);
    free(text);
    free(seeing);
    const qf_guidance_spec *cruise = &group_of(f, 0)->guidances[2];
    assert_true(cruise->avoid_m == 15.0);
    assert_true(cruise->avoid_horizon_s ==
                qf_guidance_default(QF_GUIDANCE_WAYPOINT).avoid_horizon_s);
    assert_true(group_of(f, 0)->guidances[0].avoid_m == 0.0);
}

/* a vehicle with wheels can hold its attitude without thrusters, and one with two thrusters can go nowhere */
static void thrusters_have_to_do_for_the_behaviours(void **state)
{
    fixture *f = *state;
    static const char ship[] = TIME "groups:\n"
                                    "  - name: a\n    kind: ship\n    count: 1\n"
                                    "    hardware: {hardware_profile: {}}\n"
                                    "    body:\n      mass_kg: 5\n      inertia_kgm2: [1, 1, 1]\n"
                                    "      wheels: {max_torque_nm: [1, 1, 1], "
                                    "max_momentum_nms: [5, 5, 5]}\n"
                                    "    behavior: {hold: {}}\n";
    load(f, ship);
    char *still = replace(ship, "hold: {}", "hold: {}, velocity: {velocity_mps: [1, 0, 0]}");
    char *errors = errors_of(f, still);
    assert_string_equal(errors, "s.yaml:12:26: groups[0].behavior.velocity: needs thrusters, and "
                                "the group's hardware has none\n");
    free(errors);
    free(still);
    char *few = replace(ship, "{hardware_profile: {}}",
                        "{hardware_profile: {propulsion_plane: {thrusters: ["
                        "{position_m: [1, 0, 0], direction: [1, 0, 0], f_max_newton: 2}, "
                        "{position_m: [-1, 0, 0], direction: [-1, 0, 0], f_max_newton: 2}]}}}");
    errors = errors_of(f, few);
    assert_contains(errors, "s.yaml:12:16: groups[0].behavior.hold: needs thrusters that push and "
                            "turn every way: ");
    free(errors);
    free(few);
}

static void scripts_name_behaviours(void **state)
{
    fixture *f = *state;
    load_changed(f, "- {time_s: 1, cmd: behave, name: near}",
                 "- {time_s: 1, cmd: behave, name: near}\n"
                 "      - {time_s: 2, cmd: behave, name: none}");
    const qf_command *script = group_of(f, 0)->script;
    assert_int_equal(script[0].kind, QF_COMMAND_BEHAVE);
    assert_constant(&script[0].argument[0], 1.0);
    assert_string_equal(script[0].name, "near");
    assert_constant(&script[1].argument[0], -1.0);
}

/* 0.5 rad/s of attitude by default, once for each group */
static void control_that_is_too_fast_for_the_step_is_noted(void **state)
{
    fixture *f = *state;
    load_changed(f, "[0, -50, 0]}\n", "[0, -50, 0], control: {position_rps: 5.1}}\n");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 25, 98, "groups[0].behavior.near.control.position_rps",
                "control acts once a tick: position_rps (5.1 rad/s) times dt_s is 0.51, and beyond "
                "some 0.5 it may swing without end; take a shorter dt_s or a slower control");
    load_changed(f, "[0, -50, 0]}\n", "[0, -50, 0], control: {position_rps: 4.9}}\n");
    assert_int_equal(f->diagnostics.notes.n_reported, 0);
}

static void commands_of_wheels_are_noted_for_ships(void **state)
{
    fixture *f = *state;
    load_changed(f, "cmd: behave, name: near", "cmd: speed, mps: 1");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 30, 26, "groups[0].script[0].cmd",
                "without effect: a ship does not move along its heading");
}

static void radio_and_tasks_are_read(void **state)
{
    fixture *f = *state;
    load(f, good_ships);
    const qf_radio_spec *radio = group_of(f, 0)->radio;
    assert_true(radio->range_m == 1000.0 && radio->loss == 0.1);
    assert_int_equal(radio->latency_ticks, 2);
    assert_int_equal(radio->period_ticks, 5);
    assert_int_equal(radio->messages, 4);
    assert_null(group_of(f, 1)->radio);
    const qf_auction_spec *auction = &f->scenario.auction;
    assert_int_equal(auction->period_ticks, 10);
    assert_int_equal(auction->n_tasks, 1);
    assert_string_equal(auction->tasks[0].name, "look");
    assert_vector(auction->tasks[0].position_m, 7e6, 0.0, 0.0);
    assert_true(auction->tasks[0].value == 10.0 && auction->tasks[0].work_s == 0.0 &&
                auction->tasks[0].from_s == 0.0);
    load_changed(f, "{range_m: 1000, latency_s: 0.2, every_s: 0.5, loss: 0.1, messages: 4}", "{}");
    radio = group_of(f, 0)->radio;
    assert_true(isinf(radio->range_m) && radio->loss == 0.0);
    assert_int_equal(radio->latency_ticks, 0);
    assert_int_equal(radio->period_ticks, 1);
    assert_int_equal(radio->messages, 0);
}

/* the row of the document that has such a number and its default; `decimal`: as the file would say it */
static bool is_documented(const char *text, const char *key, const char *decimal)
{
    char begin[64];
    char cell[64];
    snprintf(begin, sizeof begin, "\n| `%s` | ", key);
    snprintf(cell, sizeof cell, " | %s | ", decimal);
    for (const char *line = strstr(text, begin); line; line = strstr(line + 1, begin)) {
        const char *found = strstr(line + 1, cell);
        if (found && found < line + 1 + strcspn(line + 1, "\n")) {
            return true;
        }
    }
    return false;
}

static void assert_documented(const char *text, const qf_setting *settings, size_t n,
                              const void *usual)
{
    for (size_t i = 0; i < n; i++) {
        char *written = NULL;
        size_t length;
        FILE *out = open_memstream(&written, &length);
        assert_non_null(out);
        qf_write_settings(out, &settings[i], 1, usual, "");
        assert_int_equal(fclose(out), 0);
        const char *decimal = strchr(written, ':') + 2;
        const bool required = strcmp(decimal, "0") == 0;
        if (!is_documented(text, settings[i].key, required ? "required" : decimal)) {
            fail_msg("docs/scenario.md has no row for %s with %s", settings[i].key, decimal);
        }
        free(written);
    }
}

static void documented_defaults_are_those_of_the_code(void **state)
{
    (void)state;
    char *text = read_file(PROJECT_SOURCE_DIR "/docs/scenario.md");
    const qf_capture_spec capture = qf_capture_default();
    const qf_guidance_spec approach = qf_guidance_default(QF_GUIDANCE_APPROACH);
    assert_documented(text, qf_capture_settings, QF_CAPTURE_SETTINGS, &capture);
    assert_documented(text, qf_control_settings, QF_CONTROL_SETTINGS, &approach);
    assert_documented(text, qf_avoid_settings, QF_AVOID_SETTINGS, &approach);
    for (size_t k = 0; k < QF_GUIDANCE_KEYS; k++) {
        if (qf_guidance_key_table[k].number.key) {
            assert_documented(text, &qf_guidance_key_table[k].number, 1, &approach);
        }
    }
    free(text);
}

static void number_of_tasks_is_limited(void **state)
{
    fixture *f = *state;
    char *text = replace(good_ships, "[{name: look, position_m: [7e6, 0, 0], value: 10}]", "[]");
    char *errors = errors_of(f, text);
    char expected[128];
    snprintf(expected, sizeof expected,
             "s.yaml:6:27: tasks.list: expected 1 to %d tasks, found 0\n", QF_TASKS_MOST);
    assert_string_equal(errors, expected);
    free(errors);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(docking_is_read),
        TEST(port_without_soft_capture_is_noted),
        TEST(place_that_makes_little_of_a_port_is_noted),
        TEST(docks_that_give_nothing_are_noted),
        TEST(reference_files_load_unchanged),
        TEST(behaviours_are_read),
        TEST(parameters_of_behaviours_are_read),
        TEST(avoidance_is_read),
        TEST(thrusters_have_to_do_for_the_behaviours),
        TEST(scripts_name_behaviours),
        TEST(control_that_is_too_fast_for_the_step_is_noted),
        TEST(commands_of_wheels_are_noted_for_ships),
        TEST(radio_and_tasks_are_read),
        TEST(number_of_tasks_is_limited),
        TEST(documented_defaults_are_those_of_the_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
