/* SPDX-License-Identifier: Apache-2.0 */
/* Bad scenarios and command lines through the program: the whole message, exit 2, nothing written. */
#include "program_fixture.h"

enum { SCENARIO, HARDWARE, THRUSTERS, N_FILES };

static const char *const file_names[N_FILES] = {"s.yaml", "bot.yaml", "thrusters.json"};

/* two groups with hardware of their own, so that an error in a profile is said once */
static const char *const good_files[N_FILES] = {
    "schema: qfleet/1\n"
    "name: patrol\n"
    "seed: 42\n"
    "time: {dt_s: 0.1, duration_s: 2}\n"
    "worlds: 2\n"
    "environment: {ambient_c: -60.0, radiation_usvh: 0.4}\n"
    "groups:\n"
    "  - name: scouts\n"
    "    kind: bot\n"
    "    count: 3\n"
    "    hardware: bot.yaml\n"
    "    iff: friend\n"
    "    initial:\n"
    "      heading_deg: 90\n"
    "      soc_pct: 70\n"
    "    script:\n"
    "      - {step: 3, cmd: speed, mps: 0.5}\n"
    "      - {time_s: 1.5, cmd: rcs, axis: up, pct: 50, duration_s: 0.4}\n"
    "  - {name: haulers, kind: bot, count: 2, hardware: {hardware_profile: {}}}\n"
    "record:\n"
    "  every_s: 0.5\n"
    "  state: [x_m, soc_pct, temp_core_c]\n"
    "  events: true\n",

    "hardware_profile:\n"
    "  power_capacity_wh: 400\n"
    "  power_plane: {max_bus_a: 5}\n"
    "  thermal_plane:\n"
    "    enabled: true\n"
    "    nodes:\n"
    "      - {id: core, heat_capacity_j_per_c: 800}\n"
    "      - {id: hull, heat_capacity_j_per_c: 3000}\n"
    "    couplings:\n"
    "      - {a: core, b: hull, k_w_per_c: 0.4}\n"
    "  propulsion_plane:\n"
    "    thrusters_path: thrusters.json\n",

    "[\n"
    " {\"index\": 0, \"position_m\": [1, 0, 0], \"direction\": [1, 0, 0], \"f_max_newton\": 20},\n"
    " {\"index\": 1, \"position_m\": [-1, 0, 0], \"direction\": [-1, 0, 0], \"f_max_newton\": 20}\n"
    "]\n",
};

/* one change to one of the good files, and what standard error must then hold */
typedef struct bad_file {
    const char *name;
    int file;
    const char *find; /* NULL: all of it */
    const char *put;
    const char *expected;
} bad_file;

#define TEN_COLUMNS "x_m, x_m, x_m, x_m, x_m, x_m, x_m, x_m, x_m, x_m, "
#define HUNDRED_COLUMNS                                                                            \
    TEN_COLUMNS TEN_COLUMNS TEN_COLUMNS TEN_COLUMNS TEN_COLUMNS TEN_COLUMNS TEN_COLUMNS            \
        TEN_COLUMNS TEN_COLUMNS TEN_COLUMNS

static const bad_file bad_files[] = {
    {"unknown_key_at_the_top_names_the_nearest", SCENARIO, "worlds: 2", "wolrds: 2",
     "s.yaml:5:1: wolrds: unknown key (did you mean 'worlds'?)\n"},
    {"unknown_key_without_a_near_name_lists_the_known", SCENARIO, "events: true", "xylophone: 1",
     "s.yaml:23:3: record.xylophone: unknown key (expected one of: every_s, state, events, "
     "detections, tracks, hash_every_s)\n"},
    {"unknown_key_in_a_group", SCENARIO, "    iff: friend", "    ifff: friend",
     "s.yaml:12:5: groups[0].ifff: unknown key (did you mean 'iff'?)\n"},
    {"unknown_key_in_record", SCENARIO, "every_s: 0.5", "every: 0.5",
     "s.yaml:21:3: record.every: unknown key (did you mean 'every_s'?)\n"},
    {"unknown_key_in_time", SCENARIO, "{dt_s: 0.1,", "{dt_s: 0.1, dt: 1,",
     "s.yaml:4:19: time.dt: unknown key (did you mean 'dt_s'?)\n"},
    {"unknown_key_in_environment", SCENARIO, "ambient_c", "ambient_k",
     "s.yaml:6:15: environment.ambient_k: unknown key (did you mean 'ambient_c'?)\n"},
    {"unknown_key_in_initial", SCENARIO, "soc_pct: 70", "soc_pc: 70",
     "s.yaml:15:7: groups[0].initial.soc_pc: unknown key (did you mean 'soc_pct'?)\n"},
    {"unknown_key_at_the_top_of_a_profile", HARDWARE,
     "hardware_profile:", "hardware_profil: {}\nhardware_profile:",
     "bot.yaml:1:1: hardware_profil: unknown key (did you mean 'hardware_profile'?)\n"},
    {"unknown_key_of_the_reference_schema_is_named", HARDWARE, "  power_capacity_wh",
     "  comms_plan: {}\n  power_capacity_wh",
     "bot.yaml:2:3: hardware_profile.comms_plan: unknown key (did you mean 'comms_plane'?)\n"},
    {"unknown_key_in_a_plane", HARDWARE, "max_bus_a", "max_bus_w",
     "bot.yaml:3:17: hardware_profile.power_plane.max_bus_w: unknown key (did you mean "
     "'max_bus_a'?)\n"},
    {"unknown_key_in_a_profile_without_a_near_name", HARDWARE, "max_bus_a", "colour",
     "bot.yaml:3:17: hardware_profile.power_plane.colour: unknown key: not in the schema of "
     "hardware profiles\n"},
    {"key_that_is_spelt_as_a_path_is_unknown", HARDWARE, "power_plane: {max_bus_a: 5}",
     "power_plane.max_bus_a: 5",
     "bot.yaml:3:3: hardware_profile.power_plane.max_bus_a: unknown key: not in the schema of "
     "hardware profiles\n"},
    {"unknown_key_in_a_thermal_node", HARDWARE, "{id: core, heat", "{id: core, color: red, heat",
     "bot.yaml:7:20: hardware_profile.thermal_plane.nodes[0].color: unknown key: not in the schema "
     "of hardware profiles\n"},
    {"unknown_key_in_a_coupling", HARDWARE, "k_w_per_c", "k_w_per_k",
     "bot.yaml:10:9: hardware_profile.thermal_plane.couplings[0]: missing key 'k_w_per_c'\n"
     "bot.yaml:10:28: hardware_profile.thermal_plane.couplings[0].k_w_per_k: unknown key (did you "
     "mean 'k_w_per_c'?)\n"},
    {"unknown_key_in_a_thruster_file", THRUSTERS, "{\"index\": 1, ",
     "{\"index\": 1, \"angle\": 3, ",
     "thrusters.json:3:15: [1].angle: unknown key: not in the schema of hardware profiles\n"},
    {"unknown_key_in_a_command", SCENARIO, "mps: 0.5", "mps: 0.5, kmh: 3",
     "s.yaml:17:41: groups[0].script[0].kmh: unknown key (expected one of: step, time_s, cmd, "
     "mps)\n"},
    {"unknown_key_beside_the_file_of_a_profile", SCENARIO, "hardware: bot.yaml",
     "hardware: {fil: bot.yaml, hardware_profile: {}}",
     "s.yaml:11:16: groups[0].hardware.fil: unknown key (did you mean 'file'?)\n"},
    {"duplicate_key", SCENARIO, "seed: 42", "seed: 42\nname: again",
     "s.yaml:4:1: name: duplicate key (first in line 2)\n"},
    {"duplicate_key_in_a_profile", HARDWARE, "enabled: true", "enabled: true\n    enabled: true",
     "bot.yaml:6:5: hardware_profile.thermal_plane.enabled: duplicate key (first in line 5)\n"},
    {"text_for_a_number", SCENARIO, "heading_deg: 90", "heading_deg: north",
     "s.yaml:14:20: groups[0].initial.heading_deg: expected a number, found 'north'\n"},
    {"list_for_a_mapping", SCENARIO, "{dt_s: 0.1, duration_s: 2}", "[0.1, 2]",
     "s.yaml:4:7: time: expected a mapping, found a list\n"},
    {"mapping_for_a_list", SCENARIO, "state: [x_m, soc_pct, temp_core_c]", "state: {x_m: true}",
     "s.yaml:22:10: record.state: expected a list of columns, or 'all'\n"},
    {"number_for_a_mapping", SCENARIO, "{ambient_c: -60.0, radiation_usvh: 0.4}", "5",
     "s.yaml:6:14: environment: expected a mapping, found '5'\n"},
    {"number_for_a_switch", SCENARIO, "events: true", "events: 1",
     "s.yaml:23:11: record.events: expected true or false, found '1'\n"},
    {"quoted_number", SCENARIO, "count: 3", "count: \"3\"",
     "s.yaml:10:12: groups[0].count: expected an integer from 1 to 2147483647, found the quoted "
     "text '3'\n"},
    {"number_with_a_unit", SCENARIO, "every_s: 0.5", "every_s: 0.5s",
     "s.yaml:21:12: record.every_s: expected a number, found '0.5s'\n"},
    {"octal_looking_number", SCENARIO, "soc_pct: 70", "soc_pct: 070",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a number without leading zeros, found "
     "'070'\n"},
    {"nothing_for_a_text", SCENARIO, "name: patrol",
     "name:", "s.yaml:2:6: name: expected a text, found nothing\n"},
    {"list_for_a_plane", HARDWARE, "{max_bus_a: 5}", "[{max_bus_a: 5}]",
     "bot.yaml:3:16: hardware_profile.power_plane: expected a mapping, found a list\n"},
    {"nothing_for_a_profile", SCENARIO, "{hardware_profile: {}}", "{hardware_profile: }",
     "s.yaml:19:71: groups[1].hardware.hardware_profile: expected a mapping, found nothing\n"},
    {"mapping_for_the_thermal_nodes", HARDWARE,
     "couplings:\n      - {a: core, b: hull, k_w_per_c: 0.4}", "couplings: {a: core}",
     "bot.yaml:9:16: hardware_profile.thermal_plane.couplings: expected a list, found a mapping\n"},
    {"text_for_a_thermal_node", HARDWARE, "      - {id: hull, heat_capacity_j_per_c: 3000}",
     "      - hull",
     "bot.yaml:8:9: hardware_profile.thermal_plane.nodes[1]: expected a mapping, found 'hull'\n"
     "bot.yaml:10:22: hardware_profile.thermal_plane.couplings[0].b: no thermal node 'hull'\n"},
    {"list_for_the_name_of_a_profile", SCENARIO, "hardware: bot.yaml", "hardware: [bot.yaml]",
     "s.yaml:11:15: groups[0].hardware: expected a file name or a profile, found a list\n"},
    {"not_a_number", SCENARIO, "soc_pct: 70", "soc_pct: .nan",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a finite number, found '.nan'\n"},
    {"not_a_number_in_plain_letters", SCENARIO, "soc_pct: 70", "soc_pct: NaN",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a finite number, found 'NaN'\n"},
    {"infinity", SCENARIO, "ambient_c: -60.0", "ambient_c: -.inf",
     "s.yaml:6:26: environment.ambient_c: expected a finite number, found '-.inf'\n"},
    {"infinity_in_plain_letters", SCENARIO, "duration_s: 2", "duration_s: inf",
     "s.yaml:4:31: time.duration_s: expected a finite number, found 'inf'\n"},
    {"number_beyond_double", HARDWARE, "power_capacity_wh: 400", "power_capacity_wh: 1e400",
     "bot.yaml:2:22: hardware_profile.power_capacity_wh: expected a finite number, found "
     "'1e400'\n"},
    {"negative_capacity", HARDWARE, "power_capacity_wh: 400", "power_capacity_wh: -400",
     "bot.yaml:2:22: hardware_profile.power_capacity_wh: expected a number >= 0, found -400\n"},
    {"charge_above_a_hundred_percent", SCENARIO, "soc_pct: 70", "soc_pct: 100.5",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a number from 0 to 100, found 100.5\n"},
    {"long_number_is_cut_in_the_message", SCENARIO, "soc_pct: 70",
     "soc_pct: 999999999999999999999999999999999999999999999999999999999999",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a number from 0 to 100, found "
     "9999999999999999999999999999999999999999...\n"},
    {"shedding_levels_that_cross", HARDWARE, "{max_bus_a: 5}",
     "{soc_shed_low_pct: {uniform: {min: 10, max: 40}}}",
     "bot.yaml:3:16: hardware_profile.power_plane: soc_shed_low_pct (40) is above "
     "soc_shed_high_pct (30)\n"},
    {"temperature_below_absolute_zero", SCENARIO, "ambient_c: -60.0", "ambient_c: -300",
     "s.yaml:6:26: environment.ambient_c: expected a number from -273.15 to 1000, found -300\n"},
    {"velocity_that_would_be_ignored", SCENARIO, "soc_pct: 70", "velocity_mps: [1, 0, 0]",
     "s.yaml:15:21: groups[0].initial.velocity_mps: a bot moves along its heading: give "
     "'speed_mps' and 'heading_deg'\n"},
    {"coupling_to_an_unknown_node", HARDWARE, "b: hull", "b: hul",
     "bot.yaml:10:22: hardware_profile.thermal_plane.couplings[0].b: no thermal node 'hul' (did "
     "you mean 'hull'?)\n"},
    {"coupling_of_a_node_to_itself", HARDWARE, "b: hull", "b: core",
     "bot.yaml:10:9: hardware_profile.thermal_plane.couplings[0]: a node is coupled to itself\n"},
    {"two_thermal_nodes_of_one_name", HARDWARE, "id: hull", "id: core",
     "bot.yaml:8:14: hardware_profile.thermal_plane.nodes[1].id: two thermal nodes are called "
     "'core'\n"
     "bot.yaml:10:22: hardware_profile.thermal_plane.couplings[0].b: no thermal node 'hull'\n"},
    {"thermal_node_that_cannot_name_a_column", HARDWARE, "id: hull", "id: \"main hull\"",
     "bot.yaml:8:14: hardware_profile.thermal_plane.nodes[1].id: expected letters, digits, '_' and "
     "'-': this becomes part of column names\n"
     "bot.yaml:10:22: hardware_profile.thermal_plane.couplings[0].b: no thermal node 'hull'\n"},
    {"thermal_node_without_heat_capacity", HARDWARE, ", heat_capacity_j_per_c: 3000", "",
     "bot.yaml:8:9: hardware_profile.thermal_plane.nodes[1]: missing key "
     "'heat_capacity_j_per_c'\n"},
    {"two_thrusters_of_one_index", THRUSTERS, "\"index\": 1", "\"index\": 0",
     "thrusters.json:3:2: [1]: two thrusters have index 0\n"},
    {"thruster_index_beyond_the_list", THRUSTERS, "\"index\": 1", "\"index\": 7",
     "thrusters.json:3:12: [1].index: expected an integer from 0 to 1, found '7'\n"},
    {"thrust_direction_that_is_not_a_unit_vector", THRUSTERS, "[-1, 0, 0], \"f", "[-1, 1, 0], \"f",
     "thrusters.json:3:54: [1].direction: expected a unit vector, found length 1.41421\n"},
    {"missing_thruster_file", HARDWARE, "thrusters.json", "conf/thruster.json",
     "bot.yaml:12:21: hardware_profile.propulsion_plane.thrusters_path: cannot read "
     "'conf/thruster.json' nor 'thruster.json': No such file or directory\n"},
    {"thruster_file_that_is_a_mapping", THRUSTERS, NULL, "{\"thrusters\": []}\n",
     "thrusters.json:1:1: expected a list, found a mapping\n"},
    {"two_groups_of_one_name", SCENARIO, "name: haulers", "name: scouts",
     "s.yaml:19:12: groups[1].name: two groups are called 'scouts'\n"},
    {"name_with_a_blank", SCENARIO, "name: scouts", "name: \"my scouts\"",
     "s.yaml:8:11: groups[0].name: expected a name without blanks, control characters and '/'\n"},
    {"name_with_a_control_character", SCENARIO, "name: patrol", "name: \"a\\rb\"",
     "s.yaml:2:7: name: expected a name without blanks, control characters and '/'\n"},
    {"name_that_is_a_path", SCENARIO, "name: patrol", "name: ../patrol",
     "s.yaml:2:7: name: expected a name without blanks, control characters and '/'\n"},
    {"missing_hardware", SCENARIO, "    hardware: bot.yaml\n", "",
     "s.yaml:8:5: groups[0]: missing key 'hardware'\n"},
    {"missing_hardware_file", SCENARIO, "bot.yaml", "bots.yaml",
     "s.yaml:11:15: groups[0].hardware: cannot read 'bots.yaml': No such file or directory\n"},
    {"missing_hardware_file_with_overrides", SCENARIO, "bot.yaml",
     "{file: bots.yaml, hardware_profile: {}}",
     "s.yaml:11:22: groups[0].hardware.file: cannot read 'bots.yaml': No such file or directory\n"},
    {"hardware_file_that_is_a_directory", SCENARIO, "bot.yaml", ".",
     ".: is a directory, expected a file\n"},
    {"hardware_file_that_is_a_list", SCENARIO, "bot.yaml",
     "{file: thrusters.json, hardware_profile: {}}",
     "thrusters.json:1:1: expected a mapping, found a list\n"},
    {"empty_scenario", SCENARIO, NULL, "", "s.yaml:1:1: the document is empty\n"},
    {"scenario_of_comments_only", SCENARIO, NULL, "# nothing\n",
     "s.yaml:2:1: the document is empty\n"},
    {"scenario_that_is_a_list", SCENARIO, NULL,
     "- 1\n"
     "- 2\n",
     "s.yaml:1:1: expected a mapping, found a list\n"},
    {"two_documents", SCENARIO,
     "record:", "---\nrecord:", "s.yaml:20:1: a second document begins here, expected only one\n"},
    {"syntax_error", SCENARIO, "[x_m, soc_pct, temp_core_c]", "[x_m, soc_pct",
     "s.yaml:23:9: did not find expected ',' or ']' while parsing a flow sequence (begun in line "
     "22)\n"},
    {"tab_as_indentation", SCENARIO, "    kind: bot\n", "	kind: bot\n",
     "s.yaml:9:1: found a tab character that violates indentation while scanning a plain scalar "
     "(begun in line 8)\n"},
    {"alias_without_anchor", SCENARIO, "seed: 42", "seed: *lucky",
     "s.yaml:3:7: alias '*lucky' names no anchor before it\n"},
    {"tag", SCENARIO, "seed: 42", "seed: !!str 42",
     "s.yaml:3:7: seed: tags are not supported (found 'tag:yaml.org,2002:str')\n"},
    {"nesting_without_end", SCENARIO, "seed: 42",
     "seed: "
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]"
     "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
     "s.yaml:3:70: nested more than 64 deep\n"},
    {"text_that_is_not_utf_8", SCENARIO, "name: patrol",
     "name: patr\xff"
     "ol",
     "s.yaml:2:11: not UTF-8 text (invalid leading UTF-8 octet)\n"},
    {"count_of_zero", SCENARIO, "count: 3", "count: 0",
     "s.yaml:10:12: groups[0].count: expected an integer from 1 to 2147483647, found '0'\n"},
    {"negative_count", SCENARIO, "count: 3", "count: -3",
     "s.yaml:10:12: groups[0].count: expected an integer from 1 to 2147483647, found '-3'\n"},
    {"fractional_count", SCENARIO, "count: 3", "count: 3.5",
     "s.yaml:10:12: groups[0].count: expected an integer from 1 to 2147483647, found '3.5'\n"},
    {"count_in_scientific_notation", SCENARIO, "count: 3", "count: 1e6",
     "s.yaml:10:12: groups[0].count: expected an integer from 1 to 2147483647, found '1e6'\n"},
    {"count_beyond_32_bits", SCENARIO, "count: 3", "count: 3000000000",
     "s.yaml:10:12: groups[0].count: expected an integer from 1 to 2147483647, found "
     "'3000000000'\n"},
    {"more_vehicles_over_all_worlds_than_can_be_counted", SCENARIO, "count: 3", "count: 2147483000",
     "s.yaml:8:3: groups: 2147483002 vehicles in 2 worlds are more than "
     "2147483615: 2^31 - 1, less 16 for each group\n"},
    {"no_groups", SCENARIO, NULL,
     "schema: qfleet/1\n"
     "time: {dt_s: 1, duration_s: 1}\n"
     "groups: []\n",
     "s.yaml:3:9: groups: expected at least one group\n"},
    {"missing_keys_of_a_group", SCENARIO,
     "{name: haulers, kind: bot, count: 2, hardware: {hardware_profile: {}}}", "{}",
     "s.yaml:19:5: groups[1]: missing key 'name'\n"
     "s.yaml:19:5: groups[1]: missing key 'kind'\n"
     "s.yaml:19:5: groups[1]: missing key 'count'\n"
     "s.yaml:19:5: groups[1]: missing key 'hardware'\n"},
    {"step_of_zero", SCENARIO, "dt_s: 0.1", "dt_s: 0",
     "s.yaml:4:14: time.dt_s: expected a number > 0, found 0\n"},
    {"negative_step", SCENARIO, "dt_s: 0.1", "dt_s: -0.1",
     "s.yaml:4:14: time.dt_s: expected a number >= 0, found -0.1\n"},
    {"missing_step", SCENARIO, "dt_s: 0.1, ", "", "s.yaml:4:7: time: missing key 'dt_s'\n"},
    {"duration_between_two_ticks", SCENARIO, "duration_s: 2}", "duration_s: 2.05}",
     "s.yaml:4:31: time.duration_s: 2.05 s is not a multiple of dt_s (0.1 s)\n"},
    {"long_duration_between_two_ticks", SCENARIO, "{dt_s: 0.1, duration_s: 2}",
     "{dt_s: 1, duration_s: 2000000000.5}",
     "s.yaml:4:29: time.duration_s: 2000000000.5 s is not a multiple of dt_s (1 s)\n"},
    {"duration_of_zero", SCENARIO, "duration_s: 2}", "duration_s: 0}",
     "s.yaml:4:31: time.duration_s: expected 1 to 4294967295 ticks of dt_s, found 0\n"},
    {"more_ticks_than_can_be_counted", SCENARIO, "duration_s: 2}", "duration_s: 1e9}",
     "s.yaml:4:31: time.duration_s: expected 1 to 4294967295 ticks of dt_s, found 10000000000\n"},
    {"negative_seed", SCENARIO, "seed: 42", "seed: -1",
     "s.yaml:3:7: seed: expected an integer from 0 to 18446744073709551615, found '-1'\n"},
    {"seed_beyond_64_bits", SCENARIO, "seed: 42", "seed: 18446744073709551616",
     "s.yaml:3:7: seed: expected an integer from 0 to 18446744073709551615, found "
     "'18446744073709551616'\n"},
    {"no_worlds", SCENARIO, "worlds: 2", "worlds: 0",
     "s.yaml:5:9: worlds: expected an integer from 1 to 2147483647, found '0'\n"},
    {"unknown_kind", SCENARIO, "    kind: bot", "    kind: bott",
     "s.yaml:9:11: groups[0].kind: unknown value 'bott' (did you mean 'bot'?)\n"},
    {"ship_that_is_described_as_a_bot", SCENARIO, "    kind: bot", "    kind: ship",
     "s.yaml:8:5: groups[0]: a ship is a rigid body: missing key 'body'\n"
     "s.yaml:14:7: groups[0].initial.heading_deg: a rigid body need not move along its heading: "
     "give 'velocity_mps' and 'attitude_quat' or 'attitude_deg'\n"
     "s.yaml:17:24: note: groups[0].script[0].cmd: without effect: a ship does not move along its "
     "heading\n"},
    {"unknown_iff", SCENARIO, "iff: friend", "iff: freind",
     "s.yaml:12:10: groups[0].iff: unknown value 'freind' (did you mean 'friend'?)\n"},
    {"tracker_without_a_radar", SCENARIO, "    iff: friend", "    tracker: {mode: robust}",
     "s.yaml:12:5: groups[0].tracker: needs a radar, and this group has none\n"},
    {"guards_without_a_tracker", SCENARIO, "    iff: friend", "    guards: {rules: [{id: near}]}",
     "s.yaml:12:5: groups[0].guards: needs a tracker, and this group has none\n"},
    {"situations_without_a_tracker", SCENARIO, "    iff: friend", "    situations: true",
     "s.yaml:12:5: groups[0].situations: needs a tracker, and this group has none\n"},
    {"radar_that_is_not_there", SCENARIO, "    iff: friend", "    radar: radar.yaml",
     "s.yaml:12:12: groups[0].radar: cannot read 'radar.yaml': No such file or directory\n"},
    {"swerling_case_that_is_none", SCENARIO, "    iff: friend", "    signature: {swerling: 5}",
     "s.yaml:12:27: groups[0].signature.swerling: expected an integer from 0 to 4, found '5'\n"},
    {"text_for_the_behaviours", SCENARIO, "    iff: friend", "    behavior: patrol",
     "s.yaml:12:15: groups[0].behavior: expected a mapping, found 'patrol'\n"},
    {"state_machine_in_a_missing_file", SCENARIO, "    iff: friend", "    fsm: fsm.yaml",
     "s.yaml:12:10: groups[0].fsm: cannot read 'fsm.yaml': No such file or directory\n"},
    {"first_world_of_no_32_bits", SCENARIO, "worlds: 2", "worlds: 2\nfirst_world: 4294967295",
     "s.yaml:6:14: first_world: expected an integer from 0 to 4294967294, found '4294967295'\n"},
    {"first_world_negative", SCENARIO, "worlds: 2", "first_world: -1",
     "s.yaml:5:14: first_world: expected an integer from 0 to 4294967295, found '-1'\n"},
    {"base_that_is_not_there", SCENARIO, "worlds: 2", "base: other.yaml",
     "s.yaml:5:7: base: cannot read 'other.yaml': No such file or directory\n"},
    {"base_of_itself", SCENARIO, "worlds: 2", "base: ./s.yaml",
     "s.yaml:5:7: base: './s.yaml' is based on itself\n"},
    {"base_of_no_text", SCENARIO, "worlds: 2", "base: [s.yaml]",
     "s.yaml:5:7: base: expected a text, found a list\n"},
    {"base_of_nothing", SCENARIO, "worlds: 2", "base: ~",
     "s.yaml:5:7: base: expected a file name\n"},
    {"base_that_is_no_scenario", SCENARIO, "worlds: 2", "base: thrusters.json",
     "thrusters.json:1:1: expected a mapping, found a list\n"},
    {"tracks_without_a_tracker", SCENARIO, "events: true", "tracks: true",
     "s.yaml:23:11: record.tracks: no group has a tracker: nothing would be recorded\n"},
    {"gravity_of_a_planet_without_figures", SCENARIO, "ambient_c: -60.0", "gravity: mars",
     "s.yaml:6:24: environment.gravity: unknown value 'mars' (expected one of: none, earth, "
     "earth_j2)\n"},
    {"unknown_command", SCENARIO, "cmd: speed", "cmd: sped",
     "s.yaml:17:24: groups[0].script[0].cmd: unknown value 'sped' (did you mean 'speed'?)\n"},
    {"missing_command", SCENARIO, "cmd: speed, ", "",
     "s.yaml:17:9: groups[0].script[0]: missing key 'cmd'\n"},
    {"missing_argument_of_a_command", SCENARIO, ", mps: 0.5", "",
     "s.yaml:17:9: groups[0].script[0]: command 'speed' needs the key 'mps'\n"},
    {"step_and_time_both", SCENARIO, "{step: 3,", "{step: 3, time_s: 0.3,",
     "s.yaml:17:9: groups[0].script[0]: expected one of the keys 'step' and 'time_s'\n"},
    {"neither_step_nor_time", SCENARIO, "{step: 3, ", "{",
     "s.yaml:17:9: groups[0].script[0]: expected one of the keys 'step' and 'time_s'\n"},
    {"negative_command_step", SCENARIO, "step: 3", "step: -3",
     "s.yaml:17:16: groups[0].script[0].step: expected an integer from 0 to 4294967295, found "
     "'-3'\n"},
    {"command_between_two_ticks", SCENARIO, "time_s: 1.5", "time_s: 1.55",
     "s.yaml:18:18: groups[0].script[1].time_s: 1.55 s is not a multiple of dt_s (0.1 s)\n"},
    {"command_beyond_the_last_possible_tick", SCENARIO, "time_s: 1.5", "time_s: 1e12",
     "s.yaml:18:18: groups[0].script[1].time_s: expected at most 4294967295 ticks of dt_s, found "
     "10000000000000\n"
     "s.yaml:18:9: note: groups[0].script[1]: comes after the end of the run, so it is never "
     "applied\n"},
    {"unknown_axis", SCENARIO, "axis: up", "axis: upp",
     "s.yaml:18:39: groups[0].script[1].axis: unknown value 'upp' (did you mean 'up'?)\n"},
    {"text_for_a_switch_of_a_command", SCENARIO, "cmd: speed, mps: 0.5",
     "cmd: dock, connected: maybe",
     "s.yaml:17:41: groups[0].script[0].connected: expected true or false, found 'maybe'\n"},
    {"script_that_is_a_mapping", SCENARIO,
     "    script:\n"
     "      - {step: 3, cmd: speed, mps: 0.5}\n"
     "      - {time_s: 1.5, cmd: rcs, axis: up, pct: 50, duration_s: 0.4}",
     "    script: {step: 3, cmd: speed, mps: 0.5}",
     "s.yaml:16:13: groups[0].script: expected a list, found a mapping\n"},
    {"two_distributions_for_one_number", SCENARIO, "soc_pct: 70",
     "soc_pct: {uniform: {min: 1, max: 2}, choice: [1]}",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a number or one distribution: {uniform: "
     "{min, max}}, {normal: {mean, sd}}, {lognormal: {mu, sigma}}, {choice: [...]} or {grid: "
     "[...]}\n"},
    {"list_for_a_number", SCENARIO, "soc_pct: 70", "soc_pct: [1, 2]",
     "s.yaml:15:16: groups[0].initial.soc_pct: expected a number or one distribution: {uniform: "
     "{min, max}}, {normal: {mean, sd}}, {lognormal: {mu, sigma}}, {choice: [...]} or {grid: "
     "[...]}\n"},
    {"unknown_distribution", SCENARIO, "soc_pct: 70", "soc_pct: {unifrom: {min: 1, max: 2}}",
     "s.yaml:15:17: groups[0].initial.soc_pct.unifrom: unknown key (did you mean 'uniform'?)\n"},
    {"distribution_without_a_parameter", SCENARIO, "soc_pct: 70", "soc_pct: {uniform: {min: 1}}",
     "s.yaml:15:26: groups[0].initial.soc_pct.uniform: missing key 'max'\n"},
    {"distribution_with_an_unknown_parameter", SCENARIO, "soc_pct: 70",
     "soc_pct: {normal: {mean: 1, std: 1}}",
     "s.yaml:15:35: groups[0].initial.soc_pct.normal.std: unknown key (did you mean 'sd'?)\n"},
    {"uniform_upside_down", SCENARIO, "soc_pct: 70", "soc_pct: {uniform: {min: 3, max: 2}}",
     "s.yaml:15:26: groups[0].initial.soc_pct.uniform: min is larger than max\n"},
    {"clip_upside_down", SCENARIO, "soc_pct: 70",
     "soc_pct: {normal: {mean: 3, sd: 2, min: 9, max: 8}}",
     "s.yaml:15:25: groups[0].initial.soc_pct.normal: min is larger than max\n"},
    {"uniform_that_leaves_the_allowed_range", SCENARIO, "soc_pct: 70",
     "soc_pct: {uniform: {min: 0, max: 120}}",
     "s.yaml:15:40: groups[0].initial.soc_pct.uniform.max: expected a number from 0 to 100, found "
     "120\n"},
    {"clip_that_leaves_the_allowed_range", SCENARIO, "soc_pct: 70",
     "soc_pct: {normal: {mean: 50, sd: 9, max: 120}}",
     "s.yaml:15:48: groups[0].initial.soc_pct.normal.max: expected a number from 0 to 100, found "
     "120\n"},
    {"negative_standard_deviation", SCENARIO, "soc_pct: 70", "soc_pct: {normal: {mean: 3, sd: -2}}",
     "s.yaml:15:39: groups[0].initial.soc_pct.normal.sd: expected a number >= 0, found -2\n"},
    {"empty_choice", SCENARIO, "soc_pct: 70", "soc_pct: {choice: []}",
     "s.yaml:15:25: groups[0].initial.soc_pct.choice: expected at least one value\n"},
    {"choice_that_leaves_the_allowed_range", SCENARIO, "soc_pct: 70",
     "soc_pct: {choice: [1, 2, 101]}",
     "s.yaml:15:32: groups[0].initial.soc_pct.choice[2]: expected a number from 0 to 100, found "
     "101\n"},
    {"distribution_within_a_distribution", SCENARIO, "soc_pct: 70",
     "soc_pct: {uniform: {min: {choice: [1]}, max: 2}}",
     "s.yaml:15:32: groups[0].initial.soc_pct.uniform.min: expected a number, found a mapping\n"},
    {"uniform_whose_width_overflows", SCENARIO, "heading_deg: 90",
     "speed_mps: {uniform: {min: -1e308, max: 1e308}}",
     "s.yaml:14:28: groups[0].initial.speed_mps.uniform: draws may overflow: expected a narrower "
     "spread\n"},
    {"lognormal_whose_draws_overflow", SCENARIO, "heading_deg: 90",
     "speed_mps: {lognormal: {mu: 1000, sigma: 1}}",
     "s.yaml:14:30: groups[0].initial.speed_mps.lognormal: draws may overflow: expected a narrower "
     "spread\n"},
    {"vector_of_two", SCENARIO, "heading_deg: 90", "position_m: [1, 2]",
     "s.yaml:14:19: groups[0].initial.position_m: expected a list of 3 numbers, found 2\n"},
    {"vector_of_four_in_a_distribution", SCENARIO, "heading_deg: 90",
     "position_m: {uniform: {min: [1, 2, 3, 4], max: 9}}",
     "s.yaml:14:35: groups[0].initial.position_m.uniform.min: expected a list of 3 numbers, found "
     "4\n"},
    {"vector_that_is_one_number", SCENARIO, "heading_deg: 90", "position_m: 5",
     "s.yaml:14:19: groups[0].initial.position_m: expected a list, found '5'\n"},
    {"choice_of_points", SCENARIO, "heading_deg: 90", "position_m: {choice: [[1, 2, 3]]}",
     "s.yaml:14:19: groups[0].initial.position_m: choice draws each coordinate by itself; give "
     "points as grid: [[x, y, z], ...]\n"},
    {"grid_of_numbers_for_points", SCENARIO, "heading_deg: 90",
     "position_m: {grid: [1, [1, 2, 3]]}",
     "s.yaml:14:27: groups[0].initial.position_m.grid[0]: expected a list of 3 numbers\n"},
    {"distribution_where_all_vehicles_share_a_value", HARDWARE,
     "    thrusters_path: thrusters.json", "    pulse_window_s: {uniform: {min: 0, max: 1}}",
     "bot.yaml:12:21: hardware_profile.propulsion_plane.pulse_window_s: expected a constant: this "
     "is the same for all vehicles of a group\n"},
    {"unknown_column", SCENARIO, "temp_core_c]", "temp_cor_c]",
     "s.yaml:22:25: record.state[2]: no column 'temp_cor_c' (did you mean 'temp_core_c'?)\n"},
    {"column_twice", SCENARIO, "temp_core_c]", "x_m]",
     "s.yaml:22:25: record.state[2]: column 'x_m' stands here twice\n"},
    {"more_columns_than_there_are", SCENARIO, "[x_m, soc_pct, temp_core_c]",
     "[" HUNDRED_COLUMNS HUNDRED_COLUMNS HUNDRED_COLUMNS "x_m]",
     "s.yaml:22:10: record.state: 301 columns are more than there are\n"},
    {"record_between_two_ticks", SCENARIO, "every_s: 0.5", "every_s: 0.55",
     "s.yaml:21:12: record.every_s: 0.55 s is not a multiple of dt_s (0.1 s)\n"},
    {"record_beyond_the_end", SCENARIO, "every_s: 0.5", "every_s: 3",
     "s.yaml:21:12: record.every_s: longer than the run: nothing would be recorded\n"},
    {"record_every_zero_seconds", SCENARIO, "every_s: 0.5", "every_s: 0",
     "s.yaml:21:12: record.every_s: 0 s is not a multiple of dt_s (0.1 s)\n"},
    {"hash_between_two_ticks", SCENARIO, "every_s: 0.5", "hash_every_s: 0.55",
     "s.yaml:21:17: record.hash_every_s: 0.55 s is not a multiple of dt_s (0.1 s)\n"},
    {"hash_every_zero_seconds", SCENARIO, "every_s: 0.5", "hash_every_s: 0",
     "s.yaml:21:17: record.hash_every_s: 0 s is not a multiple of dt_s (0.1 s)\n"},
    {"hash_interval_that_is_drawn", SCENARIO, "every_s: 0.5",
     "hash_every_s: {uniform: {min: 1, max: 2}}",
     "s.yaml:21:17: record.hash_every_s: expected a number, found a mapping\n"},
    {"missing_schema", SCENARIO, "schema: qfleet/1\n", "", "s.yaml:1:1: missing key 'schema'\n"},
    {"schema_of_another_version", SCENARIO, "schema: qfleet/1", "schema: qfleet/2",
     "s.yaml:1:9: schema: unknown value 'qfleet/2' (did you mean 'qfleet/1'?)\n"},
    {"five_errors_are_reported_at_once_in_the_order_of_the_file", SCENARIO, NULL,
     "schema: qfleet/1\n"
     "sed: 42\n"
     "time: {dt_s: 0.1, duration_s: 2.05}\n"
     "groups:\n"
     "  - name: scouts\n"
     "    kind: bot\n"
     "    count: 0\n"
     "    hardware: bots.yaml\n"
     "record: {evnts: true}\n",
     "s.yaml:2:1: sed: unknown key (did you mean 'seed'?)\n"
     "s.yaml:3:31: time.duration_s: 2.05 s is not a multiple of dt_s (0.1 s)\n"
     "s.yaml:7:12: groups[0].count: expected an integer from 1 to 2147483647, found '0'\n"
     "s.yaml:8:15: groups[0].hardware: cannot read 'bots.yaml': No such file or directory\n"
     "s.yaml:9:10: record.evnts: unknown key (did you mean 'events'?)\n"},
};

/* a command line over the good files */
typedef struct bad_line {
    const char *name;
    const char *arguments[8];
    int exit_code;
    const char *expected;
} bad_line;

static const bad_line bad_lines[] = {
    {"missing_scenario", {"run", "t.yaml"}, 2, "t.yaml: cannot open: No such file or directory\n"},
    {"scenario_that_is_a_directory", {"run", "dir"}, 2, "dir: is a directory, expected a file\n"},
    {"scenario_that_cannot_be_read",
     {"run", "/proc/self/mem"},
     2,
     "/proc/self/mem: cannot read: Input/output error\n"},
    {"one_bad_scenario_of_two",
     {"validate", "t.yaml", "u.yaml"},
     2,
     "t.yaml: cannot open: No such file or directory\n"
     "u.yaml: cannot open: No such file or directory\n"},
    {"set_without_equals_sign",
     {"run", "s.yaml", "--set", "worlds"},
     2,
     "--set:1:7: worlds: expected '=' and a value\n"},
    {"set_without_value",
     {"run", "s.yaml", "--set", "worlds="},
     2,
     "--set:1:8: worlds: expected a value after '='\n"},
    {"set_without_path",
     {"run", "s.yaml", "--set", "=3"},
     2,
     "--set:1:1: : expected a key, found none\n"},
    {"set_of_an_unknown_key",
     {"run", "s.yaml", "--set", "groups[0].coun=3"},
     2,
     "--set:1:11: groups[0].coun: unknown key (did you mean 'count'?)\n"},
    {"set_of_a_bad_value",
     {"run", "s.yaml", "--set", "groups[1].count=many"},
     2,
     "--set:1:17: groups[1].count: expected an integer from 1 to 2147483647, found 'many'\n"},
    {"set_beyond_the_end_of_a_list",
     {"run", "s.yaml", "--set", "groups[2].count=3"},
     2,
     "--set:1:7: groups[2].count: the list has no entry of this index\n"},
    {"set_of_an_index_without_a_list",
     {"run", "s.yaml", "--set", "seed[0]=3"},
     2,
     "--set:1:5: seed[0]: an index needs a list\n"},
    {"set_of_a_key_in_a_number",
     {"run", "s.yaml", "--set", "seed.low=3"},
     2,
     "--set:1:6: seed.low: a key needs a mapping\n"},
    {"set_of_a_bad_index",
     {"run", "s.yaml", "--set", "groups[x].count=3"},
     2,
     "--set:1:7: groups[x].count: the list has no entry of this name\n"},
    {"set_of_a_bad_value_within_a_profile_file",
     {"run", "s.yaml", "--set", "groups[0].hardware.hardware_profile.power_plane.max_bus_a=-3"},
     2,
     "--set:1:59: groups[0].hardware.hardware_profile.power_plane.max_bus_a: expected a number "
     ">= 0, found -3\n"},
    {"set_of_a_missing_profile_file",
     {"run", "s.yaml", "--set", "groups[0].hardware.file=x.yaml"},
     2,
     "--set:1:25: groups[0].hardware.file: cannot read 'x.yaml': No such file or directory\n"},
    {"seed_option_that_is_no_number",
     {"run", "s.yaml", "--seed", "-1"},
     2,
     "qfleet run: --seed: expected an integer from 0 to 2^64 - 1, found '-1' (see qfleet run "
     "--help)\n"},
    {"seed_option_beyond_64_bits",
     {"run", "s.yaml", "--seed", "18446744073709551616"},
     2,
     "qfleet run: --seed: expected an integer from 0 to 2^64 - 1, found '18446744073709551616' "
     "(see "
     "qfleet run --help)\n"},
    {"unknown_option",
     {"run", "s.yaml", "--forc"},
     2,
     "qfleet run: unknown option '--forc', did you mean '--force'? (see qfleet run --help)\n"},
    {"unknown_option_far_from_all",
     {"run", "s.yaml", "--colour"},
     2,
     "qfleet run: unknown option '--colour' (see qfleet run --help)\n"},
    {"option_of_another_command",
     {"run", "s.yaml", "--effective"},
     2,
     "qfleet run: unknown option '--effective' (see qfleet run --help)\n"},
    {"option_without_its_value",
     {"run", "s.yaml", "--output"},
     2,
     "qfleet run: this option needs a value: '--output' (see qfleet run --help)\n"},
    {"option_with_a_value_that_takes_none",
     {"run", "s.yaml", "--force=yes"},
     2,
     "qfleet run: this option takes no value: '--force=yes' (see qfleet run --help)\n"},
    {"no_threads",
     {"run", "s.yaml", "--threads", "0"},
     2,
     "qfleet run: --threads: expected a number from 1 to 4096, found '0' (see qfleet run "
     "--help)\n"},
    {"threads_that_are_no_number",
     {"run", "s.yaml", "--threads=two"},
     2,
     "qfleet run: --threads: expected a number from 1 to 4096, found 'two' (see qfleet run "
     "--help)\n"},
    {"unknown_instruction_set",
     {"run", "s.yaml", "--isa", "avx"},
     2,
     "qfleet run: --isa: expected one of auto, v4, v3, generic; found 'avx'\n"},
    {"unknown_way_of_progress",
     {"run", "s.yaml", "--progress", "loud"},
     2,
     "qfleet run: --progress: expected one of auto, on, off, json; found 'loud'\n"},
    {"no_scenario",
     {"run"},
     2,
     "qfleet run: expected one scenario, found 0 (see qfleet run --help)\n"},
    {"two_scenarios",
     {"run", "s.yaml", "s.yaml"},
     2,
     "qfleet run: expected one scenario, found 2 (see qfleet run --help)\n"},
    {"nothing_to_validate",
     {"validate"},
     2,
     "qfleet validate: which scenario? (see qfleet validate --help)\n"},
    {"nothing_to_tell_about",
     {"info"},
     2,
     "qfleet info: which result file? (see qfleet info --help)\n"},
    {"argument_where_none_belongs",
     {"topo", "all"},
     2,
     "qfleet topo: takes no arguments, found 'all'\n"},
    {"unknown_command_line",
     {"rnu", "s.yaml"},
     2,
     "qfleet: unknown command 'rnu', did you mean 'run'? (see qfleet --help)\n"},
    {"no_command", {NULL}, 2, "usage: qfleet COMMAND [ARGUMENTS] (see qfleet --help)\n"},
    {"output_that_exists",
     {"run", "s.yaml", "-o", "old.h5"},
     2,
     "qfleet run: old.h5: exists already; choose another name, or replace it with --force\n"},
    {"default_output_that_exists",
     {"run", "s.yaml", "--set", "name=old"},
     2,
     "qfleet run: old.h5: exists already; choose another name, or replace it with --force\n"},
    {"output_without_a_name",
     {"run", "s.yaml", "--output="},
     2,
     "qfleet run: --output needs a file name, found '' (see qfleet run --help)\n"},
    {"output_and_no_output_at_once",
     {"run", "s.yaml", "-o", "r.h5", "--no-output"},
     2,
     "qfleet run: --output and --no-output contradict each other\n"},
    {"output_in_a_missing_directory",
     {"run", "s.yaml", "-o", "none/r.h5"},
     2,
     "qfleet run: none/r.h5: there is no directory 'none'\n"},
    {"output_that_is_a_directory",
     {"run", "s.yaml", "-o", "dir"},
     2,
     "qfleet run: dir: is a directory; name a file in it\n"},
};

static int set_up(void **state)
{
    (void)state; /* a row of the tables, which stays */
    static char directory[64];
    enter_directory(directory);
    for (int i = 0; i < N_FILES; i++) {
        write_file(file_names[i], good_files[i]);
    }
    write_file("old.h5", "somebody's result\n");
    assert_int_equal(mkdir("dir", 0777), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char directory[64];
    assert_non_null(getcwd(directory, sizeof directory));
    leave_directory(directory);
    return 0;
}

/* runs, and checks that nothing but standard error tells of it */
static void assert_refused(const char *const *arguments, int exit_code, const char *expected)
{
    char *before = list_directory();
    program_end end = run_program(arguments);
    char *after = list_directory();
    assert_string_equal(end.err, expected);
    assert_int_equal(end.exit_code, exit_code);
    assert_string_equal(end.out, "");
    assert_string_equal(after, before);
    free(before);
    free(after);
    release(&end);
}

static void assert_run_refused(const char *expected)
{
    const char *const arguments[] = {"run", "s.yaml", NULL};
    assert_refused(arguments, 2, expected);
}

static void bad_file_is_refused(void **state)
{
    const bad_file *c = *state;
    if (c->find) {
        char *text = replace(good_files[c->file], c->find, c->put);
        write_file(file_names[c->file], text);
        free(text);
    } else {
        write_file(file_names[c->file], c->put);
    }
    assert_run_refused(c->expected);
}

static void bad_line_is_refused(void **state)
{
    const bad_line *c = *state;
    assert_refused(c->arguments, c->exit_code, c->expected);
}

/* without this the others prove nothing */
static void good_files_are_accepted(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "patrol: 10 vehicles, 20 ticks (2 s)\n");
    assert_true(exists("patrol.h5"));
    assert_false(exists("patrol.h5.partial"));
    release(&end);
}

static void force_replaces_results_and_nothing_else(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml", "-o", "s.yaml", "--force");
    assert_int_equal(end.exit_code, 2);
    assert_contains(end.err, "s.yaml: exists and is not a result file");
    release(&end);
    for (int round = 0; round < 2; round++) {
        end = RUN("run", "s.yaml", "-o", "new.h5", "--force");
        assert_int_equal(end.exit_code, 0);
        release(&end);
    }
    end = RUN("run", "s.yaml", "-o", "new.h5");
    assert_int_equal(end.exit_code, 2);
    release(&end);
}

static void scenario_without_permission(void **state)
{
    (void)state;
    assert_int_equal(chmod("s.yaml", 0), 0);
    if (access("s.yaml", R_OK) == 0) {
        print_message("not tested: this user may read every file\n");
        skip();
    }
    assert_run_refused("s.yaml: cannot open: Permission denied\n");
}

static void first_twenty_errors_are_printed_and_the_rest_counted(void **state)
{
    (void)state;
    char *expected = NULL;
    size_t length;
    FILE *scenario = fopen("s.yaml", "a");
    FILE *text = open_memstream(&expected, &length);
    assert_non_null(scenario);
    assert_non_null(text);
    for (int i = 0; i < 33; i++) {
        fprintf(scenario, "unknown_%d: 1\n", i);
        if (i < 20) {
            fprintf(text,
                    "s.yaml:%d:1: unknown_%d: unknown key (expected one of: schema, name, seed, "
                    "time, worlds, environment, tasks, groups, record, sweep, requirements, "
                    "first_world, ...)\n",
                    24 + i, i);
        }
    }
    fputs("and 13 more errors\n", text);
    fclose(scenario);
    fclose(text);
    assert_run_refused(expected);
    free(expected);
}

static void errors_of_several_files_are_reported_together(void **state)
{
    (void)state;
    char *text = replace(good_files[HARDWARE], "max_bus_a: 5", "max_bus_a: -5");
    write_file("bot.yaml", text);
    free(text);
    text = replace(good_files[THRUSTERS], "\"index\": 1, ", "\"indx\": 1, ");
    write_file("thrusters.json", text);
    free(text);
    text = replace(good_files[SCENARIO], "worlds: 2", "worlds: -2");
    write_file("s.yaml", text);
    free(text);
    assert_run_refused(
        "s.yaml:5:9: worlds: expected an integer from 1 to 2147483647, found '-2'\n"
        "bot.yaml:3:28: hardware_profile.power_plane.max_bus_a: expected a number >= 0, found -5\n"
        "thrusters.json:3:3: [1].indx: unknown key (did you mean 'index'?)\n");
}

/* a scenario in another folder: its profile and the profile's thrusters are found beside it */
static void places_are_relative_to_the_file_that_names_them(void **state)
{
    (void)state;
    char *text = replace(good_files[HARDWARE], "max_bus_a: 5", "max_bus_a: -5");
    write_file("dir/bot.yaml", text);
    free(text);
    write_file("dir/thrusters.json", good_files[THRUSTERS]);
    write_file("dir/s.yaml", good_files[SCENARIO]);
    const char *const arguments[] = {"run", "dir/s.yaml", NULL};
    assert_refused(arguments, 2,
                   "dir/bot.yaml:3:28: hardware_profile.power_plane.max_bus_a: expected a number "
                   ">= 0, found -5\n");
}

int main(void)
{
#define OWN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest own[] = {
        OWN(good_files_are_accepted),
        OWN(force_replaces_results_and_nothing_else),
        OWN(scenario_without_permission),
        OWN(first_twenty_errors_are_printed_and_the_rest_counted),
        OWN(errors_of_several_files_are_reported_together),
        OWN(places_are_relative_to_the_file_that_names_them),
    };
    struct CMUnitTest tests[COUNT(own) + COUNT(bad_files) + COUNT(bad_lines)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(own); i++) {
        tests[n++] = own[i];
    }
    for (size_t i = 0; i < COUNT(bad_files); i++) {
        tests[n++] = (struct CMUnitTest){bad_files[i].name, bad_file_is_refused, set_up, tear_down,
                                         (void *)(uintptr_t)&bad_files[i]};
    }
    for (size_t i = 0; i < COUNT(bad_lines); i++) {
        tests[n++] = (struct CMUnitTest){bad_lines[i].name, bad_line_is_refused, set_up, tear_down,
                                         (void *)(uintptr_t)&bad_lines[i]};
    }
    return _cmocka_run_group_tests("bad input", tests, n, NULL, NULL);
}
