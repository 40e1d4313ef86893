/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies, first values and environments that cannot be: one change to a good scenario, and all that is then said. */
#include "ships_fixture.h"

static const bad_ships bad[] = {
    {"mass_of_zero", "mass_kg: 420", "mass_kg: 0",
     "s.yaml:13:16: groups[0].body.mass_kg: expected a mass > 0, but it may come out as 0\n"},
    {"mass_that_may_come_out_as_zero", "mass_kg: 420", "mass_kg: {normal: {mean: 400, sd: 60}}",
     "s.yaml:13:16: groups[0].body.mass_kg: expected a mass > 0, but it may come out as 0: give "
     "the distribution a 'min'\n"},
    {"negative_mass", "mass_kg: 420", "mass_kg: -3",
     "s.yaml:13:16: groups[0].body.mass_kg: expected a number from 0 to 1e+15, found "
     "-3\n"},
    {"missing_mass", "      mass_kg: 420\n", "",
     "s.yaml:13:7: groups[0].body: missing key 'mass_kg'\n"},
    {"missing_inertia", "      inertia_kgm2: [180, 210, 220]\n", "",
     "s.yaml:13:7: groups[0].body: missing key 'inertia_kgm2'\n"},
    {"inertia_with_a_moment_of_zero", "[180, 210, 220]", "[180, 0, 220]",
     "s.yaml:14:21: groups[0].body.inertia_kgm2: expected an inertia whose principal moments are "
     "above 0, found 0, 180, 220\n"},
    {"inertia_with_a_negative_moment", "[180, 210, 220]", "[180, -210, 220]",
     "s.yaml:14:21: groups[0].body.inertia_kgm2: expected an inertia whose principal moments are "
     "above 0, found -210, 180, 220\n"},
    {"inertia_that_is_not_positive_definite", "[180, 210, 220]", "[180, 210, 220, 300, 0, 0]",
     "s.yaml:14:21: groups[0].body.inertia_kgm2: expected an inertia whose principal moments are "
     "above 0, found -105.375, 220, 495.375\n"},
    {"inertia_of_no_body", "[180, 210, 220]", "[10, 20, 40]",
     "s.yaml:14:21: groups[0].body.inertia_kgm2: no body has this inertia: the principal moment 40 "
     "is larger than the sum of the others (10 and 20)\n"},
    {"inertia_of_four_numbers", "[180, 210, 220]", "[180, 210, 220, 5]",
     "s.yaml:14:21: groups[0].body.inertia_kgm2: expected 3 numbers [xx, yy, zz] or 6 [xx, yy, zz, "
     "xy, xz, yz], found 4\n"},
    {"inertia_as_a_distribution", "[180, 210, 220]", "[180, 210, {uniform: {min: 1, max: 2}}]",
     "s.yaml:14:32: groups[0].body.inertia_kgm2[2]: expected a number, found a mapping\n"},
    {"tank_with_a_negative_moment", "[180, 210, 220]\n",
     "[180, 210, 220]\n"
     "      tank_inertia_m2: [0, -1, 0]\n",
     "s.yaml:15:24: groups[0].body.tank_inertia_m2: expected an inertia whose principal moments "
     "are at least 0, found -1, 0, 0\n"},
    {"hull_without_spheres", "hull: {radius_m: 1.3}", "hull: {spheres: []}",
     "s.yaml:15:23: groups[0].body.hull.spheres: expected 1 to 64 spheres, found 0\n"},
    {"hull_with_a_radius_of_zero", "hull: {radius_m: 1.3}",
     "hull: {spheres: [{center_m: [0, 0, 0], radius_m: 0}]}",
     "s.yaml:15:56: groups[0].body.hull.spheres[0].radius_m: expected a number > 0 and <= 1e+12, "
     "found 0\n"},
    {"masses_and_lengths_whose_squares_overflow",
     "mass_kg: 420\n      inertia_kgm2: [180, 210, 220]\n      hull: {radius_m: 1.3}",
     "mass_kg: 1e16\n      inertia_kgm2: [1e31, 210, 220]\n      hull: {radius_m: 1e13}",
     "s.yaml:13:16: groups[0].body.mass_kg: expected a number from 0 to 1e+15, found 1e16\n"
     "s.yaml:14:22: groups[0].body.inertia_kgm2[0]: expected a number from -1e+30 to 1e+30, found "
     "1e+31\n"
     "s.yaml:15:24: groups[0].body.hull.radius_m: expected a number > 0 and <= 1e+12, found "
     "1e13\n"},
    {"hull_of_two_kinds", "hull: {radius_m: 1.3}", "hull: {radius_m: 1.3, spheres: []}",
     "s.yaml:15:13: groups[0].body.hull: expected one of the keys 'radius_m' and 'spheres'\n"},
    {"wheels_without_torque", "max_torque_nm: [1, 1, 1]", "max_torque_nm: [1, 0, 1]",
     "s.yaml:16:35: groups[0].body.wheels.max_torque_nm[1]: expected a number > 0, found 0\n"},
    {"wheels_without_momentum", ", max_momentum_nms: [5, 5, 5]", "",
     "s.yaml:16:15: groups[0].body.wheels: missing key 'max_momentum_nms'\n"},
    {"solar_array_of_no_area", "area_m2: 2", "area_m2: 0",
     "s.yaml:17:24: groups[0].body.solar.area_m2: expected a number > 0, found 0\n"},
    {"solar_array_of_more_than_all_light", "efficiency: 0.3", "efficiency: 1.3",
     "s.yaml:17:39: groups[0].body.solar.efficiency: expected a number > 0 and <= 1, found 1.3\n"},
    {"solar_array_without_a_direction", ", normal: [0, 0, 2]", "",
     "s.yaml:17:14: groups[0].body.solar: expected a 'normal' that the array stands along, or "
     "'tracking: true'\n"},
    {"solar_array_with_a_direction_of_length_zero", "normal: [0, 0, 2]", "normal: [0, 0, 0]",
     "s.yaml:17:52: groups[0].body.solar.normal: expected a direction, found a vector of length "
     "0\n"},
    {"least_pulse_longer_than_the_window", "      hull: {radius_m: 1.3}\n",
     "      hull: {radius_m: 1.3}\n"
     "      min_on_s: 0.3\n",
     "s.yaml:16:17: groups[0].body.min_on_s: 0.3 s is longer than the profile's pulse_window_s "
     "(0.25 s): no thruster would ever open\n"},
    {"unknown_key_of_a_body", "hull: {radius_m: 1.3}", "hul: {radius_m: 1.3}",
     "s.yaml:15:7: groups[0].body.hul: unknown key (did you mean 'hull'?)\n"},
    {"drive_of_a_ship", "    radio: {range",
     "    drive: {track_m: 1, max_wheel_mps: 1, max_wheel_mps2: 1}\n"
     "    radio: {range",
     "s.yaml:19:5: groups[0].drive: a rigid body has no driven wheels: only a bot has a drive\n"},
    {"body_of_a_bot", "    drive: {track_m: 0.8",
     "    body: {mass_kg: 5}\n"
     "    drive: {track_m: 0.8",
     "s.yaml:49:5: groups[3].body: a bot moves along its heading, whatever its mass: only a ship, "
     "a station or debris has a body\n"},
    {"docking_of_a_bot", "    drive: {track_m: 0.8",
     "    docking: {ports: []}\n"
     "    drive: {track_m: 0.8",
     "s.yaml:49:5: groups[3].docking: a bot has no ports: the command 'dock' connects it to a "
     "station's power\n"},
    {"docking_of_debris", "    initial: {relative_to",
     "    docking: {ports: []}\n"
     "    initial: {relative_to",
     "s.yaml:44:5: groups[2].docking: debris has no ports: only a ship or a station has\n"},
    {"first_values_of_a_body_for_a_bot", "    drive: {track_m: 0.8",
     "    initial: {attitude_deg: [0, 0, 0], orbit: {altitude_m: 4e5}}\n"
     "    drive: {track_m: 0.8",
     "s.yaml:49:15: groups[3].initial.attitude_deg: a bot stands on its heading: only a ship, a "
     "station or debris has this\n"
     "s.yaml:49:40: groups[3].initial.orbit: a bot stands on its heading: only a ship, a station "
     "or debris has this\n"},
    {"drive_without_an_acceleration", ", max_wheel_mps2: 0.5", "",
     "s.yaml:49:12: groups[3].drive: missing key 'max_wheel_mps2'\n"},
    {"drive_of_no_track", "track_m: 0.8", "track_m: 0",
     "s.yaml:49:22: groups[3].drive.track_m: expected a number > 0, found 0\n"},
    {"station_without_hardware",
     "    hardware: {hardware_profile: {}}\n"
     "    body: {mass_kg: 8000",
     "    body: {mass_kg: 8000", "s.yaml:31:5: groups[1]: missing key 'hardware'\n"},
    {"quaternion_that_is_not_of_unit_length", "attitude_quat: [0, 0, 0.6, 0.8]",
     "attitude_quat: [0, 0, 0.6, 0.9]",
     "s.yaml:22:22: groups[0].initial.attitude_quat: expected a quaternion [x, y, z, w] of norm 1, "
     "found norm 1.08166538\n"},
    {"quaternion_of_three_numbers", "attitude_quat: [0, 0, 0.6, 0.8]", "attitude_quat: [0, 0, 1]",
     "s.yaml:22:22: groups[0].initial.attitude_quat: expected a list of 4 numbers, found 3\n"},
    {"heading_of_a_ship", "      attitude_quat: [0, 0, 0.6, 0.8]\n", "      heading_deg: 90\n",
     "s.yaml:22:7: groups[0].initial.heading_deg: a rigid body need not move along its heading: "
     "give 'velocity_mps' and 'attitude_quat' or 'attitude_deg'\n"},
    {"orbit_inside_the_planet", "altitude_m: 400e3", "semi_major_axis_m: 6e6",
     "s.yaml:21:14: groups[0].initial.orbit: the orbit may come as near as 6000000 m to the "
     "planet's centre, which is inside of the planet (radius 6378137 m)\n"},
    {"orbit_that_may_dip_into_the_planet", "altitude_m: 400e3",
     "altitude_m: 400e3, eccentricity: {uniform: {min: 0, max: 0.1}}",
     "s.yaml:21:14: groups[0].initial.orbit: the orbit may come as near as 6100323.3 m to the "
     "planet's centre, which is inside of the planet (radius 6378137 m)\n"},
    {"orbit_that_a_spread_takes_into_the_planet", "altitude_m: 400e3",
     "altitude_m: {normal: {mean: 400e3, sd: 50e3}}",
     "s.yaml:21:14: groups[0].initial.orbit: the orbit may come as near as 6378137 m to the "
     "planet's centre, which is inside of the planet (radius 6378137 m)\n"},
    {"orbit_of_negative_eccentricity", "altitude_m: 400e3", "altitude_m: 400e3, eccentricity: -0.1",
     "s.yaml:21:48: groups[0].initial.orbit.eccentricity: expected a number >= 0, found -0.1\n"},
    {"orbit_that_may_be_a_parabola", "altitude_m: 400e3",
     "altitude_m: 400e3, eccentricity: {uniform: {min: 0.5, max: 1.5}}",
     "s.yaml:21:48: groups[0].initial.orbit.eccentricity: expected eccentricities below 1 "
     "(ellipse) or above 1 (hyperbola), but they may be 1 (0.5 to 1.5)\n"},
    {"hyperbola_with_a_positive_axis", "altitude_m: 400e3",
     "semi_major_axis_m: 9e6, eccentricity: 1.5",
     "s.yaml:21:14: groups[0].initial.orbit: the semi-major axis of a hyperbola is below 0, found "
     "9e+06\n"},
    {"hyperbola_inside_the_planet", "altitude_m: 400e3",
     "semi_major_axis_m: -9e6, eccentricity: 1.5",
     "s.yaml:21:14: groups[0].initial.orbit: the orbit may come as near as 4500000 m to the "
     "planet's centre, which is inside of the planet (radius 6378137 m)\n"},
    {"hyperbola_beyond_its_end", "altitude_m: 400e3",
     "semi_major_axis_m: -9e6, eccentricity: 2, anomaly_deg: 130",
     "s.yaml:21:70: groups[0].initial.orbit.anomaly_deg: a hyperbola of eccentricity 2 ends before "
     "a true anomaly of 120 degrees\n"},
    {"ellipse_with_a_negative_axis", "altitude_m: 400e3", "semi_major_axis_m: -9e6",
     "s.yaml:21:14: groups[0].initial.orbit: the semi-major axis of an ellipse is above 0, found "
     "-9e+06\n"},
    {"orbit_of_no_size", "altitude_m: 400e3, ", "",
     "s.yaml:21:14: groups[0].initial.orbit: expected one of the keys 'semi_major_axis_m' and "
     "'altitude_m'\n"},
    {"orbit_of_two_sizes", "altitude_m: 400e3", "altitude_m: 400e3, semi_major_axis_m: 7e6",
     "s.yaml:21:14: groups[0].initial.orbit: expected one of the keys 'semi_major_axis_m' and "
     "'altitude_m'\n"},
    {"lognormal_altitude", "altitude_m: 400e3", "altitude_m: {lognormal: {mu: 13, sigma: 0.1}}",
     "s.yaml:21:27: groups[0].initial.orbit.altitude_m: a lognormal altitude is no lognormal "
     "semi-major axis: give 'semi_major_axis_m'\n"},
    {"orbit_and_position_both", "      orbit: {alt",
     "      position_m: [7e6, 0, 0]\n"
     "      orbit: {alt",
     "s.yaml:21:7: groups[0].initial.position_m: the orbit says where it is and how it moves: give "
     "one of both\n"},
    {"start_in_the_middle_of_the_planet",
     "      orbit: {altitude_m: 400e3, inclination_deg: 51.6}\n", "",
     "s.yaml:21:7: groups[0].initial: may start inside the planet, 0 m from its centre (radius "
     "6378137 m): give 'position_m' or 'orbit'\n"},
    {"start_inside_of_the_planet", "      orbit: {altitude_m: 400e3, inclination_deg: 51.6}\n",
     "      position_m: [{uniform: {min: -7e6, max: 7e6}}, 1e6, 2e6]\n",
     "s.yaml:21:19: groups[0].initial.position_m: may start inside the planet, 2236067.98 m from "
     "its centre (radius 6378137 m)\n"},
    {"start_relative_to_nobody", "relative_to: station", "relative_to: statoin",
     "s.yaml:44:28: groups[2].initial.relative_to: no group 'statoin' (did you mean 'station'?)\n"},
    {"start_relative_to_bots", "relative_to: station", "relative_to: tug",
     "s.yaml:44:28: groups[2].initial.relative_to: 'tug' are bots: expected a group of ships, "
     "stations or debris\n"},
    {"start_relative_to_itself", "relative_to: station", "relative_to: junk",
     "s.yaml:44:28: groups[2].initial.relative_to: a group cannot start relative to itself\n"},
    {"starts_relative_to_each_other", "initial: {orbit: {semi_major_axis_m: 6778137}}",
     "initial: {relative_to: junk}",
     "s.yaml:39:28: groups[1].initial.relative_to: the group starts, by way of others, relative to "
     "itself\n"},
    /* the station is 400 km up, and +X is up */
    {"start_inside_of_the_planet_below_somebody", "relative_to: station, position_m: [100, 0, 0]",
     "relative_to: station, position_m: [{uniform: {min: -401e3, max: 0}}, 0, 0]",
     "s.yaml:44:49: groups[2].initial.position_m: may start inside the planet, 6377137 m from its "
     "centre (radius 6378137 m)\n"},
    /* what cannot be known is not judged: targets and commands by names and kinds that are not known */
    {"group_of_no_kind", "kind: station\n", "kind: sation\n",
     "s.yaml:32:11: groups[1].kind: unknown value 'sation' (did you mean 'station'?)\n"},
    {"group_without_a_name", "  - name: station\n    kind", "  - kind",
     "s.yaml:31:5: groups[1]: missing key 'name'\n"},
    {"ship_of_no_kind", "kind: ship", "kind: shp",
     "s.yaml:9:11: groups[0].kind: unknown value 'shp' (did you mean 'ship'?)\n"},
    {"gravity_without_its_figures", "gravity: earth_j2", "gravity: {kind: j2, mu_m3ps2: 4e14}",
     "s.yaml:4:12: environment.gravity: gravity of kind 'j2' needs the key 'radius_m'\n"
     "s.yaml:4:12: environment.gravity: gravity of kind 'j2' needs the key 'j2'\n"},
    {"gravity_of_no_kind", "gravity: earth_j2", "gravity: {mu_m3ps2: 4e14}",
     "s.yaml:4:12: environment.gravity: missing key 'kind'\n"},
    {"oblateness_of_a_point_mass", "gravity: earth_j2",
     "gravity: {kind: point, mu_m3ps2: 4e14, radius_m: 6e6, j2: 0.001}",
     "s.yaml:4:57: environment.gravity.j2: gravity of kind 'point' has none\n"},
    {"gravity_of_a_planet_without_a_radius", "gravity: earth_j2",
     "gravity: {kind: point, mu_m3ps2: 4e14, radius_m: 0}",
     "s.yaml:4:52: environment.gravity.radius_m: expected a number > 0, found 0\n"},
    {"gravity_that_pushes", "gravity: earth_j2",
     "gravity: {kind: point, mu_m3ps2: -4e14, radius_m: 6e6}",
     "s.yaml:4:36: environment.gravity.mu_m3ps2: expected a number > 0, found -4e14\n"},
    {"orbits_in_Hills_frame", "gravity: earth_j2",
     "gravity: {kind: clohessy_wiltshire, mean_motion_rps: 0.0011}",
     "s.yaml:21:14: groups[0].initial.orbit: the frame of clohessy_wiltshire is itself in orbit: "
     "give 'position_m' and 'velocity_mps' in it\n"
     "s.yaml:39:22: groups[1].initial.orbit: the frame of clohessy_wiltshire is itself in orbit: "
     "give 'position_m' and 'velocity_mps' in it\n"},
    {"orbits_without_gravity", "gravity: earth_j2", "gravity: none",
     "s.yaml:21:14: groups[0].initial.orbit: nothing orbits without a planet: 'environment' needs "
     "a 'gravity' that has one\n"
     "s.yaml:39:22: groups[1].initial.orbit: nothing orbits without a planet: 'environment' needs "
     "a 'gravity' that has one\n"},
    {"planet_of_Hills_frame", "gravity: earth_j2",
     "gravity: {kind: clohessy_wiltshire, mean_motion_rps: 0.0011, center_m: [0, 0, 0]}",
     "s.yaml:4:64: environment.gravity.center_m: gravity of kind 'clohessy_wiltshire' has none\n"},
    {"planet_that_is_not_that_of_gravity", "gravity: earth_j2",
     "gravity: earth_j2\n"
     "  planet: {center_m: [0, 0, 0], radius_m: 6371e3}",
     "s.yaml:5:11: environment.planet: not the planet of 'gravity' (radius 6378137 m, center [0, "
     "0, 0]): take the key out\n"},
    {"sun_in_no_direction", "direction: [1, 2, 2]", "direction: [0, 0, 0]",
     "s.yaml:5:20: environment.sun.direction: expected a direction, found a vector of length 0\n"},
    {"sun_without_a_direction", "direction: [1, 2, 2]", "flux_wpm2: 1400",
     "s.yaml:5:8: environment.sun: missing key 'direction'\n"},
};

int main(void)
{
    struct CMUnitTest tests[COUNT(bad)];
    for (size_t i = 0; i < COUNT(bad); i++) {
        tests[i] = (struct CMUnitTest){bad[i].name, bad_ships_are_refused, set_up_change, tear_down,
                                       (void *)(uintptr_t)&bad[i]};
    }
    return _cmocka_run_group_tests("ship refusals", tests, COUNT(bad), NULL, NULL);
}
