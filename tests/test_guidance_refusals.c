/* SPDX-License-Identifier: Apache-2.0 */
/* Ports, behaviours, radios and tasks that cannot be: one change to a good scenario, and all that is then said. */
#include "ships_fixture.h"

static const bad_ships bad[] = {
    {"port_outside_of_the_hull", "hull: {radius_m: 1.3}", "hull: {radius_m: 1.1}",
     PORTS ":5:19: [0].pose_m.position: port 'forward_bayonet' is 0.1 m outside of the hull\n" PORTS
           ":15:19: [1].pose_m.position: port 'aft_bayonet' is 0.1 m outside of the hull\n"},
    {"capture_within_nothing", "lateral_m: 0.2", "lateral_m: 0",
     "s.yaml:38:28: groups[1].docking.capture.lateral_m: expected a number > 0, found 0\n"},
    {"capture_of_a_negative_angle", "angle_deg: 7.3", "angle_deg: -7",
     "s.yaml:38:44: groups[1].docking.capture.angle_deg: expected a number > 0 and <= 90, found "
     "-7\n"},
    {"unknown_capture_limit", "angle_deg: 7.3", "angle_rad: 0.1",
     "s.yaml:38:33: groups[1].docking.capture.angle_rad: unknown key (did you mean "
     "'angle_deg'?)\n"},
    {"ports_without_a_file",
     "ports: " PORTS "\n"
     "      capture",
     "ports: nowhere.json\n"
     "      capture",
     "s.yaml:37:14: groups[1].docking.ports: cannot read 'nowhere.json': No such file or "
     "directory\n"},
    /* names of ports are not known then: the machine is not blamed for using them */
    {"machine_of_ports_without_a_file", "    docking: {ports: " PORTS "}\n",
     "    docking: {ports: nowhere.json}\n"
     "    fsm: {name: m, states: {A: {transitions: [{condition: dock.hard, target: B}]}, B: {}}}\n",
     "s.yaml:18:22: groups[0].docking.ports: cannot read 'nowhere.json': No such file or "
     "directory\n"},
    {"approach_of_its_own_group", "{target: station, port: aft_bayonet",
     "{target: chaser, port: ahead",
     "s.yaml:24:26: groups[0].behavior.approach.target: a vehicle cannot be its own target: "
     "expected another group\n"},
    {"no_ports",
     "ports: " PORTS "\n"
     "      capture",
     "ports: []\n"
     "      capture",
     "s.yaml:37:14: groups[1].docking.ports: expected 1 to 16 ports, found 0\n"},
    {"two_ports_of_one_id",
     "ports: " PORTS "\n"
     "      capture",
     "ports:\n"
     "        - &p {id: aft_bayonet, pose_m: {position: [0, 0, 1], orientation_quat: [0, 0, 0, "
     "1]}, capture_modes: [soft], bridge_profiles: [], hard_capture_force_kN: 1}\n"
     "        - *p\n"
     "      capture",
     "s.yaml:38:19: groups[1].docking.ports[1].id: two ports are called 'aft_bayonet'\n"},
    {"port_without_a_capture_mode",
     "ports: " PORTS "\n"
     "      capture",
     "ports:\n"
     "        - {id: aft_bayonet, pose_m: {position: [0, 0, 1], orientation_quat: [0, 0, 0, 1]}, "
     "capture_modes: [], bridge_profiles: [power, power], hard_capture_force_kN: 0}\n"
     "      capture",
     "s.yaml:38:107: groups[1].docking.ports[0].capture_modes: expected 'soft', 'hard' or both\n"
     "s.yaml:38:136: groups[1].docking.ports[0].bridge_profiles[1]: 'power' stands here twice\n"
     "s.yaml:38:167: groups[1].docking.ports[0].hard_capture_force_kN: expected a number > 0, "
     "found 0\n"},
    {"port_that_stands_askew",
     "ports: " PORTS "\n"
     "      capture",
     "ports:\n"
     "        - {id: aft_bayonet, pose_m: {position: [0, 0, 1], orientation_quat: [0, 0, 0, 1.1]}, "
     "capture_modes: [soft], bridge_profiles: [], hard_capture_force_kN: 1}\n"
     "      capture",
     "s.yaml:38:77: groups[1].docking.ports[0].pose_m.orientation_quat: expected a quaternion [x, "
     "y, z, w] of norm 1, found norm 1.1\n"},
    {"behaviour_of_an_unknown_kind", "cruise: {kind: waypoint", "cruise: {kind: waypint",
     "s.yaml:26:22: groups[0].behavior.cruise.kind: unknown value 'waypint' (did you mean "
     "'waypoint'?)\n"},
    {"behaviour_whose_name_is_nearly_a_kind", "approach: {target", "aproach: {target",
     "s.yaml:24:7: groups[0].behavior.aproach: no kind of behaviour (did you mean 'approach'?), "
     "and no key 'kind'\n"},
    {"behaviour_whose_name_is_no_kind", "cruise: {kind: waypoint, ", "cruise: {",
     "s.yaml:26:7: groups[0].behavior.cruise: no kind of behaviour, so it needs the key 'kind': "
     "hold, waypoint, patrol, velocity, station_keep, approach, formation or tasks\n"},
    {"behaviour_that_is_called_none", "cruise: {kind", "none: {kind",
     "s.yaml:26:7: groups[0].behavior.none: 'none' is what a vehicle without a behaviour does: "
     "give this one another name\n"},
    {"behaviour_with_a_key_of_another_kind", "speed_mps: 2}", "speed_mps: 2, standoff_m: 5}",
     "s.yaml:26:87: groups[0].behavior.cruise.standoff_m: a behaviour of kind 'waypoint' has no "
     "use for it\n"},
    {"behaviour_with_an_unknown_key", "speed_mps: 2}", "sped_mps: 2}",
     "s.yaml:26:73: groups[0].behavior.cruise.sped_mps: unknown key (did you mean 'speed_mps'?)\n"},
    {"behaviour_without_its_waypoints", "waypoints_m: [[7e6, 0, 0], [7e6, 9, 0]], ", "",
     "s.yaml:26:15: groups[0].behavior.cruise: a waypoint needs the key 'waypoints_m'\n"},
    {"no_waypoints", "[[7e6, 0, 0], [7e6, 9, 0]]", "[]",
     "s.yaml:26:45: groups[0].behavior.cruise.waypoints_m: expected 1 to 1024 waypoints, found "
     "0\n"},
    {"waypoint_whose_square_overflows", "[7e6, 9, 0]", "[1e160, 9, 0]",
     "s.yaml:26:60: groups[0].behavior.cruise.waypoints_m[1][0]: expected a number from -1e+12 to "
     "1e+12, found 1e160\n"},
    {"waypoint_of_two_numbers", "[7e6, 9, 0]", "[7e6, 9]",
     "s.yaml:26:59: groups[0].behavior.cruise.waypoints_m[1]: expected a list of 3 numbers, found "
     "2\n"},
    {"behaviour_that_does_not_move", "speed_mps: 2}", "speed_mps: 0}",
     "s.yaml:26:84: groups[0].behavior.cruise.speed_mps: expected a number > 0, found 0\n"},
    {"corridor_of_a_right_angle", "own_port: forward_bayonet}",
     "own_port: forward_bayonet, corridor_deg: 90}",
     "s.yaml:24:95: groups[0].behavior.approach.corridor_deg: expected a number > 0 and < 90, "
     "found 90\n"},
    {"contact_that_no_port_captures", "own_port: forward_bayonet}",
     "own_port: forward_bayonet, contact_mps: 0.11}",
     "s.yaml:24:94: groups[0].behavior.approach.contact_mps: contact_mps 0.11 is above what the "
     "port of group 'station' allows (axial_mps 0.1): no capture can succeed\n"},
    {"control_that_pushes_away", "speed_mps: 2}", "speed_mps: 2, control: {position_rps: -1}}",
     "s.yaml:26:111: groups[0].behavior.cruise.control.position_rps: expected a number > 0, found "
     "-1\n"},
    {"control_that_swings_up", "speed_mps: 2}", "speed_mps: 2, control: {position_rps: 50}}",
     "s.yaml:26:111: groups[0].behavior.cruise.control.position_rps: with ticks of 0.1 s control "
     "swings up: lower position_rps or time.dt_s\n"},
    {"control_that_swings_up_both_ways", "speed_mps: 2}",
     "speed_mps: 2, control: {attitude_rps: 60, position_rps: 50}}",
     "s.yaml:26:111: groups[0].behavior.cruise.control.attitude_rps: with ticks of 0.1 s control "
     "swings up: lower attitude_rps or time.dt_s\n"
     "s.yaml:26:129: groups[0].behavior.cruise.control.position_rps: with ticks of 0.1 s control "
     "swings up: lower position_rps or time.dt_s\n"},
    {"unknown_target", "{target: station, port", "{target: statoin, port",
     "s.yaml:24:26: groups[0].behavior.approach.target: no group 'statoin' (did you mean "
     "'station'?)\n"},
    {"itself_as_the_target", "station_keep, target: station", "station_keep, target: chaser",
     "s.yaml:25:42: groups[0].behavior.near.target: a vehicle cannot be its own target: expected "
     "another group\n"},
    {"unknown_port", "port: aft_bayonet", "port: aft_bayonett",
     "s.yaml:24:41: groups[0].behavior.approach.port: no port 'aft_bayonett' (did you mean "
     "'aft_bayonet'?)\n"},
    {"port_that_is_not_named_among_two", "port: aft_bayonet, ", "",
     "s.yaml:24:17: groups[0].behavior.approach: group 'station' has 2 ports: 'port' says which\n"},
    {"approach_to_a_group_without_ports",
     "    docking:\n"
     "      ports: " PORTS "\n"
     "      capture: {lateral_m: 0.2, angle_deg: 7.3}\n",
     "",
     "s.yaml:24:41: groups[0].behavior.approach.port: group 'station' has no ports: it needs the "
     "key 'docking'\n"},
    {"approach_without_ports_of_its_own",
     "    docking: {ports: " PORTS "}\n"
     "    radio",
     "    radio",
     "s.yaml:23:64: groups[0].behavior.approach.own_port: group 'chaser' has no ports: it needs "
     "the key 'docking'\n"},
    {"formation_of_one", "count: 2", "count: 1",
     "s.yaml:27:39: groups[0].behavior.wing.leader: the group follows its first vehicle: it needs "
     "a count above 1\n"},
    {"target_of_a_behaviour_that_has_none", "speed_mps: 2}", "speed_mps: 2, attitude: target}",
     "s.yaml:26:97: groups[0].behavior.cruise.attitude: a behaviour of kind 'waypoint' has no "
     "target\n"},
    {"attitude_that_is_not_of_unit_length", "speed_mps: 2}",
     "speed_mps: 2, attitude: [0, 0, 0, 2]}",
     "s.yaml:26:97: groups[0].behavior.cruise.attitude: expected a quaternion [x, y, z, w] of norm "
     "1, found norm 2\n"},
    {"attitude_of_an_approach", "own_port: forward_bayonet}",
     "own_port: forward_bayonet, attitude: keep}",
     "s.yaml:24:81: groups[0].behavior.approach.attitude: a behaviour of kind 'approach' has no "
     "use for it\n"},
    {"attitude_of_a_bot", "[9, 0, 0]], speed_mps: 1}", "[9, 0, 0]], speed_mps: 1, attitude: keep}",
     "s.yaml:50:76: groups[3].behavior.patrol.attitude: a bot has no use for it: it drives along "
     "its heading\n"},
    {"approach_of_a_bot",
     "behavior: {patrol:", "behavior: {near: {kind: approach, target: station}, patrol:",
     "s.yaml:50:16: groups[3].behavior.near: a bot has no ports that it could dock with\n"},
    {"avoidance_without_a_tracker", "speed_mps: 2}", "speed_mps: 2, avoid: {distance_m: 10}}",
     "s.yaml:26:94: groups[0].behavior.cruise.avoid: avoids what the vehicle's own tracks show: "
     "the group needs a tracker\n"},
    {"avoidance_without_a_distance", "speed_mps: 2}", "speed_mps: 2, avoid: {horizon_s: 10}}",
     "s.yaml:26:94: groups[0].behavior.cruise.avoid: missing key 'distance_m'\n"
     "s.yaml:26:94: groups[0].behavior.cruise.avoid: avoids what the vehicle's own tracks show: "
     "the group needs a tracker\n"},
    {"ship_without_thrusters", "hardware: " SHIP_HARDWARE, "hardware: {hardware_profile: {}}",
     "s.yaml:24:7: groups[0].behavior.approach: needs thrusters, and the group's hardware has "
     "none\n"},
    {"ship_whose_thrusters_are_switched_off", "hardware: " SHIP_HARDWARE,
     "hardware: {file: " SHIP_HARDWARE ", hardware_profile: {propulsion_plane: {enabled: false}}}",
     "s.yaml:24:7: groups[0].behavior.approach: needs thrusters, and the group's hardware has "
     "none\n"},
    {"behaviour_of_debris", "    initial: {relative_to",
     "    behavior: {hold: {}}\n"
     "    initial: {relative_to",
     "s.yaml:44:5: groups[2].behavior: debris drifts: only bots, ships and stations have a "
     "behaviour\n"},
    {"no_behaviours", "behavior: {patrol: {waypoints_m: [[0, 0, 0], [9, 0, 0]], speed_mps: 1}}",
     "behavior: {}", "s.yaml:50:15: groups[3].behavior: expected 1 to 32 behaviours, found 0\n"},
    {"tasks_that_are_not_there",
     "tasks: {every_s: 1, list: [{name: look, position_m: [7e6, 0, 0], value: 10}]}\n", "",
     "s.yaml:27:7: groups[0].behavior.chores: there are no tasks: the scenario needs the key "
     "'tasks'\n"},
    {"unknown_behaviour_in_a_script", "name: near}", "name: neer}",
     "s.yaml:30:40: groups[0].script[0].name: no behaviour 'neer' (did you mean 'near'?)\n"},
    {"radio_that_loses_more_than_all", "loss: 0.1", "loss: 1.1",
     "s.yaml:19:64: groups[0].radio.loss: expected a number from 0 to 1, found 1.1\n"},
    {"radio_without_a_range", "range_m: 1000", "range_m: 0",
     "s.yaml:19:22: groups[0].radio.range_m: expected a number > 0, found 0\n"},
    {"latency_between_two_ticks", "latency_s: 0.2", "latency_s: 0.25",
     "s.yaml:19:39: groups[0].radio.latency_s: 0.25 s is not a multiple of dt_s (0.1 s)\n"},
    {"latency_that_is_too_long", "latency_s: 0.2, every_s: 0.5", "latency_s: 6.5, every_s: 2",
     "s.yaml:19:39: groups[0].radio.latency_s: expected at most 64 ticks of dt_s, found 65\n"},
    {"too_many_messages_on_their_way", "latency_s: 0.2, every_s: 0.5", "latency_s: 2, every_s: 0.2",
     "s.yaml:19:12: groups[0].radio: 10 messages of a sender would be on their way at a time, more "
     "than 8: a latency_s of 20 ticks needs an every_s of 3 or more\n"},
    {"radio_that_never_sends", "every_s: 0.5", "every_s: 0",
     "s.yaml:19:53: groups[0].radio.every_s: expected 1 to 2147483647 ticks of dt_s, found 0\n"},
    {"tasks_of_one_name", "value: 10}]}",
     "value: 10}, {name: look, position_m: [7e6, 0, 0], value: 1}]}",
     "s.yaml:6:85: tasks.list[1].name: two tasks are called 'look'\n"},
    {"task_of_no_value", "value: 10}", "value: 0}",
     "s.yaml:6:73: tasks.list[0].value: expected a number > 0, found 0\n"},
    {"auction_between_two_ticks", "tasks: {every_s: 1,", "tasks: {every_s: 0.25,",
     "s.yaml:6:18: tasks.every_s: 0.25 s is not a multiple of dt_s (0.1 s)\n"},
};

int main(void)
{
    struct CMUnitTest tests[COUNT(bad)];
    for (size_t i = 0; i < COUNT(bad); i++) {
        tests[i] = (struct CMUnitTest){bad[i].name, bad_ships_are_refused, set_up_change, tear_down,
                                       (void *)(uintptr_t)&bad[i]};
    }
    return _cmocka_run_group_tests("guidance refusals", tests, COUNT(bad), NULL, NULL);
}
