/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SHIPS_FIXTURE_H
#define QF_SHIPS_FIXTURE_H

/* A scenario with something of everything that ships have. */

#include "scenario_fixture.h"

static const char good_ships[] =
    "schema: qfleet/1\n"
    "time: {dt_s: 0.1, duration_s: 20}\n"
    "environment:\n"
    "  gravity: earth_j2\n"
    "  sun: {direction: [1, 2, 2]}\n"
    "tasks: {every_s: 1, list: [{name: look, position_m: [7e6, 0, 0], value: 10}]}\n"
    "groups:\n"
    "  - name: chaser\n"
    "    kind: ship\n"
    "    count: 2\n"
    "    hardware: " SHIP_HARDWARE "\n"
    "    body:\n"
    "      mass_kg: 420\n"
    "      inertia_kgm2: [180, 210, 220]\n"
    "      hull: {radius_m: 1.3}\n"
    "      wheels: {max_torque_nm: [1, 1, 1], max_momentum_nms: [5, 5, 5]}\n"
    "      solar: {area_m2: 2, efficiency: 0.3, normal: [0, 0, 2]}\n"
    "    docking: {ports: " PORTS "}\n"
    "    radio: {range_m: 1000, latency_s: 0.2, every_s: 0.5, loss: 0.1, messages: 4}\n"
    "    initial:\n"
    "      orbit: {altitude_m: 400e3, inclination_deg: 51.6}\n"
    "      attitude_quat: [0, 0, 0.6, 0.8]\n"
    "    behavior:\n"
    "      approach: {target: station, port: aft_bayonet, own_port: forward_bayonet}\n"
    "      near: {kind: station_keep, target: station, offset_m: [0, -50, 0]}\n"
    "      cruise: {kind: waypoint, waypoints_m: [[7e6, 0, 0], [7e6, 9, 0]], speed_mps: 2}\n"
    "      wing: {kind: formation, leader: chaser, offset_m: [5, 0, 0]}\n"
    "      chores: {kind: tasks}\n"
    "    script:\n"
    "      - {time_s: 1, cmd: behave, name: near}\n"
    "  - name: station\n"
    "    kind: station\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {}}\n"
    "    body: {mass_kg: 8000, inertia_kgm2: [9000, 9000, 9000], hull: {radius_m: 2}}\n"
    "    docking:\n"
    "      ports: " PORTS "\n"
    "      capture: {lateral_m: 0.2, angle_deg: 7.3}\n"
    "    initial: {orbit: {semi_major_axis_m: 6778137}}\n"
    "  - name: junk\n"
    "    kind: debris\n"
    "    count: 4\n"
    "    body: {mass_kg: {uniform: {min: 1, max: 5}}, inertia_kgm2: [1, 1, 1]}\n"
    "    initial: {relative_to: station, position_m: [100, 0, 0]}\n"
    "  - name: tug\n"
    "    kind: bot\n"
    "    count: 1\n"
    "    hardware: {hardware_profile: {}}\n"
    "    drive: {track_m: 0.8, max_wheel_mps: 1.5, max_wheel_mps2: 0.5}\n"
    "    behavior: {patrol: {waypoints_m: [[0, 0, 0], [9, 0, 0]], speed_mps: 1}}\n";

/* shared by those that look at what was read */
static inline const qf_group_spec *group_of(const fixture *f, size_t g)
{
    assert_true(g < f->scenario.n_groups);
    return &f->scenario.groups[g];
}

static inline void assert_vector(const double *v, double x, double y, double z)
{
    assert_true(v[0] == x && v[1] == y && v[2] == z);
}

/* the good scenario with one change */
static inline void load_changed(fixture *f, const char *find, const char *put)
{
    char *text = replace(good_ships, find, put);
    load(f, text);
    free(text);
}

/* one change to it, and all that is then said */
typedef struct bad_ships {
    const char *name;
    const char *find;
    const char *put;
    const char *expected;
} bad_ships;

static const bad_ships *change_at_hand;

/* *state is the change before, the fixture after */
static inline int set_up_change(void **state)
{
    change_at_hand = *state;
    return set_up(state);
}

static inline void bad_ships_are_refused(void **state)
{
    char *text = replace(good_ships, change_at_hand->find, change_at_hand->put);
    char *errors = errors_of(*state, text);
    assert_string_equal(errors, change_at_hand->expected);
    free(errors);
    free(text);
}

#endif
