/* SPDX-License-Identifier: Apache-2.0 */
/* Self-tests and faults of scenario files: what is read, and what is refused. */
#include <math.h>

#include "scenario_fixture.h"

#define HEAD                                                                                       \
    TIME GROUP "    hardware: {hardware_profile: {\n"                                              \
               "      actuators: [{id: left-1, role: left, type: wheel_motor}],\n"                 \
               "      sensors: [{id: imu_main, type: imu}, {id: lidar}],\n"                        \
               "      thermal_plane: {nodes: [{id: core, heat_capacity_j_per_c: 1}]},\n"           \
               "      propulsion_plane: {thrusters: [{index: 0, position_m: [0, 1, 0],\n"          \
               "        direction: [1, 0, 0], f_max_newton: 5}]}}}\n"

static const qf_group_spec *group_of(const fixture *f)
{
    return &f->scenario.groups[0];
}

static void devices_are_called_by_role_or_id(void **state)
{
    fixture *f = *state;
    load(f, HEAD);
    const qf_group_spec *group = group_of(f);
    assert_int_equal(group->n_devices, 3);
    assert_string_equal(group->devices[0].name, "left");
    assert_string_equal(group->devices[0].id, "left-1");
    assert_string_equal(group->devices[0].type, "wheel_motor");
    assert_string_equal(group->devices[1].name, "imu_main");
    assert_string_equal(group->devices[2].name, "lidar");
    assert_null(group->devices[2].type);
    assert_null(group->bios);
    assert_int_equal(group->n_incidents, 0);
    /* an id that is no name may be anything, as the reference's are */
    load(f, TIME GROUP "    hardware: {hardware_profile: {actuators: [{id: "
                       "4a4a1dd6-0c5e-4d1c-9a6b-2f6a7c1b9d10, role: rcs.port}]}}\n");
    assert_string_equal(group_of(f)->devices[0].name, "rcs.port");
    load(f, HEAD "    bios: {post_s: 1, missing: [left-1, lidar]}\n");
    group = group_of(f);
    assert_true(group->devices[0].missing && !group->devices[1].missing);
    assert_true(group->devices[2].missing);
}

static void each_way_to_fail_is_an_incident(void **state)
{
    fixture *f = *state;
    load(f, HEAD "    bios: {post_s: {uniform: {min: 1, max: 2}}, missing: [lidar],\n"
                 "      failure: {probability: 0.5, rate_per_h: 2, repair_s: 7},\n"
                 "      devices: {left-1: {probability: 0.25}}}\n");
    const qf_group_spec *group = group_of(f);
    assert_int_equal(group->bios->post_s.kind, QF_NUMBER_UNIFORM);
    assert_int_equal(group->n_incidents, 3);
    const qf_incident_spec *all = group->incidents;
    assert_true(all[0].target == 0 && all[0].at_post && !all[0].ends && all[0].probability == 0.25);
    assert_true(all[1].target == 1 && all[1].at_post && all[1].probability == 0.5);
    assert_true(all[2].target == 1 && !all[2].at_post && all[2].rate_per_h == 2.0);
    assert_true(all[1].ends && all[2].ends);
    assert_constant(&all[2].duration_s, 7.0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(all[i].kind, QF_INCIDENT_DEVICE);
        assert_false(all[i].injected);
    }
    /* what never fails is none */
    load(f, HEAD "    bios: {post_s: 0, failure: {probability: 1},\n"
                 "      devices: {left: {probability: 0}, lidar: {rate_per_h: 0}}}\n");
    assert_int_equal(group_of(f)->n_incidents, 1);
    assert_int_equal(group_of(f)->incidents[0].target, 1);
}

static void every_fault_is_taken(void **state)
{
    fixture *f = *state;
    load(f, HEAD
         "    faults:\n"
         "      - {at_s: 1, device: imu_main}\n"
         "      - {at_s: {choice: [2, 3]}, probability: 0.5, thruster: 0, stuck: off}\n"
         "      - {rate_per_h: 5, duration_s: 4, thruster: 0, stuck: \"on\"}\n"
         "      - {at_s: 1, thruster: 0, stuck: false}\n"
         "      - {at_s: 1, thruster: 0, stuck: true}\n"
         "      - {at_s: 1, thruster: 0, reduced: 0.25}\n"
         "      - {at_s: 1, battery_cell: 0.75}\n"
         "      - {at_s: 1, sensor: radar}\n"
         "      - {at_s: 1, sensor: imu}\n"
         "      - {at_s: 1, radio: off}\n"
         "      - {at_s: 1, radio: \"off\"}\n"
         "      - {at_s: 1, set: {temp_core_c: {normal: {mean: 50, sd: 1, min: 0, max: 99}}}}\n"
         "      - {at_s: 1, set: {radar_enabled: false}}\n");
    static const qf_incident_kind kinds[] = {
        QF_INCIDENT_DEVICE,       QF_INCIDENT_THRUSTER,    QF_INCIDENT_THRUSTER_ON,
        QF_INCIDENT_THRUSTER,     QF_INCIDENT_THRUSTER_ON, QF_INCIDENT_THRUSTER,
        QF_INCIDENT_BATTERY_CELL, QF_INCIDENT_RADAR,       QF_INCIDENT_IMU,
        QF_INCIDENT_RADIO,        QF_INCIDENT_RADIO,       QF_INCIDENT_SET,
        QF_INCIDENT_SET};
    static const double values[] = {0, 0, 1, 0, 1, 0.25, 0.75, 0, 0, 0, 0};
    const qf_incident_spec *all = group_of(f)->incidents;
    assert_int_equal(group_of(f)->n_incidents, COUNT(kinds));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_int_equal(all[i].kind, kinds[i]);
        assert_true(all[i].injected && !all[i].at_post);
        assert_int_equal(all[i].at_time, i != 2);
        assert_int_equal(all[i].ends, i == 2);
        assert_true(all[i].probability == (i == 1 ? 0.5 : 1.0));
        if (i < COUNT(values)) {
            assert_constant(&all[i].value, values[i]);
        }
    }
    assert_int_equal(all[1].at_s.kind, QF_NUMBER_CHOICE);
    assert_true(all[2].rate_per_h == 5.0);
    assert_string_equal(all[11].name, "temp_core_c");
    assert_int_equal(all[11].value.kind, QF_NUMBER_NORMAL);
    assert_constant(&all[12].value, 0.0);
    /* of all of them only the radar has nothing to break */
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 21, 27, "groups[0].faults[7].sensor", "the group has no radar");
}

static void what_cannot_happen_is_noted(void **state)
{
    fixture *f = *state;
    load(f, HEAD "    faults: [{at_s: 19.85, radio: off}, {at_s: 19.9, radio: off},\n"
                 "      {at_s: {uniform: {min: 19.95, max: 30}}, radio: off}]\n");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 14, 14, "groups[0].faults[2].at_s",
                "never happens: the run ends before, after 20 s");
    load(f, PLAIN "    bios: {post_s: 1}\n");
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 8, 11, "groups[0].bios",
                "the hardware profile lists no devices: the self-test looks at none");
}

static void the_effective_scenario_reads_back_the_same(void **state)
{
    fixture *f = *state;
    load(f, HEAD "    bios: {post_s: 4, missing: [lidar], failure: {probability: 0.1},\n"
                 "      devices: {left-1: {probability: 0.7, rate_per_h: 2,\n"
                 "        repair_s: {uniform: {min: 20, max: 60}}}}}\n"
                 "    faults:\n"
                 "      - {at_s: {uniform: {min: 1, max: 2}}, probability: 0.3, device: left}\n"
                 "      - {rate_per_h: 5, duration_s: 4, thruster: 0, stuck: on}\n"
                 "      - {at_s: 1, thruster: 0, stuck: off}\n"
                 "      - {at_s: 1, battery_cell: 0.7}\n"
                 "      - {at_s: 1, sensor: imu}\n"
                 "      - {at_s: 1, radio: off}\n"
                 "      - {at_s: 1, set: {soc_pct: {grid: [1, 2]}}}\n");
    char *first = effective_text(f);
    assert_non_null(strstr(first, "      post_s: 4\n      devices:\n"
                                  "        \"left\": {probability: 0.7, rate_per_h: 2, repair_s: "
                                  "{uniform: {min: 20, max: 60}}}\n"
                                  "        \"imu_main\": {probability: 0.1}\n"
                                  "      missing: [\"lidar\"]\n    faults:\n"));
    assert_non_null(strstr(first, "- {at_s: 1, probability: 1, battery_cell: 0.7}\n"));
    load(f, first);
    assert_int_equal(group_of(f)->n_incidents, 10);
    char *second = effective_text(f);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

#define BIOS   "    bios: {post_s: 1, "
#define FAULT  "    faults: [{at_s: 1, "
#define AT(at) "s.yaml:13:" at ": groups[0]."

static void bad_input_names_the_place_and_the_key(void **state)
{
    fixture *f = *state;
    static const refused all[] = {
        {"    bios: 7\n", AT("11") "bios: expected a mapping, found '7'\n"},
        {"    bios: {}\n", AT("11") "bios: missing key 'post_s'\n"},
        {"    bios: {post_s: -1}\n",
         AT("20") "bios.post_s: expected a number from 0 to 1e+09, found -1\n"},
        {BIOS "devices: {imu_mian: {probability: 1}}}\n",
         AT("33") "bios.devices.imu_mian: the hardware profile has no device 'imu_mian' (did you "
                  "mean 'imu_main'?)\n"},
        {BIOS "devices: {lidar: {}}}\n",
         AT("40") "bios.devices.lidar: expected a key 'probability' or 'rate_per_h'\n"},
        {BIOS "devices: {left: {probability: 1}, left-1: {probability: 1}}}\n",
         AT("57") "bios.devices.left-1: device 'left' stands here twice\n"},
        {BIOS "failure: {probability: 1.5}}\n",
         AT("46") "bios.failure.probability: expected a number from 0 to 1, found 1.5\n"},
        {BIOS "missing: [lidra]}\n",
         AT("33") "bios.missing[0]: the hardware profile has no device 'lidra' (did you mean "
                  "'lidar'?)\n"},
        {BIOS "missing: [lidar, lidar]}\n",
         AT("40") "bios.missing[1]: device 'lidar' stands here twice\n"},
        {BIOS "missing: [lidar], devices: {lidar: {probability: 1}}}\n",
         AT("51") "bios.devices.lidar: device 'lidar' is missing: it cannot fail\n"},
        {BIOS "mising: [lidar]}\n",
         AT("23") "bios.mising: unknown key (did you mean 'missing'?)\n"},
        {"    faults: {}\n", AT("13") "faults: expected a list, found a mapping\n"},
        {"    faults: [{radio: off}]\n",
         AT("14") "faults[0]: expected one of the keys 'at_s' and 'rate_per_h'\n"},
        {FAULT "rate_per_h: 2, radio: off}]\n",
         AT("14") "faults[0]: expected one of the keys 'at_s' and 'rate_per_h'\n"},
        {"    faults: [{rate_per_h: 0, radio: off}]\n",
         AT("27") "faults[0].rate_per_h: expected a number > 0 and <= 1e+09, found 0\n"},
        {"    faults: [{rate_per_h: 1, probability: 0.5, radio: off}]\n",
         AT("30") "faults[0].probability: only with 'at_s': 'rate_per_h' says how often\n"},
        {FAULT "duration_s: 1}]\n",
         AT("14") "faults[0]: expected one of the keys 'device', 'thruster', 'battery_cell', "
                  "'sensor', 'radio' and 'set'\n"},
        {FAULT "device: lidar, radio: off}]\n",
         AT("14") "faults[0]: expected one of the keys 'device', 'thruster', 'battery_cell', "
                  "'sensor', 'radio' and 'set'\n"},
        {FAULT "device: rigth}]\n",
         AT("32") "faults[0].device: the hardware profile has no device 'rigth'\n"},
        {FAULT "thruster: 1, stuck: off}]\n",
         AT("34") "faults[0].thruster: no thruster 1: the hardware profile has 0 to 0\n"},
        {FAULT "thruster: 0}]\n",
         AT("14") "faults[0]: expected one of the keys 'stuck' and 'reduced'\n"},
        {FAULT "thruster: 0, stuck: open}]\n",
         AT("44") "faults[0].stuck: unknown value 'open' (expected one of: off, on)\n"},
        {FAULT "thruster: 0, reduced: 2}]\n",
         AT("46") "faults[0].reduced: expected a number from 0 to 1, found 2\n"},
        {FAULT "battery_cell: 1}]\n",
         AT("38") "faults[0].battery_cell: expected a number >= 0 and < 1, found 1\n"},
        {FAULT "sensor: lidar}]\n",
         AT("32") "faults[0].sensor: unknown value 'lidar' (expected one of: radar, imu)\n"},
        {FAULT "radio: on}]\n",
         AT("31") "faults[0].radio: unknown value 'on' (expected one of: off)\n"},
        {FAULT "radio: off, stuck: on}]\n",
         AT("36") "faults[0].stuck: only a thruster is stuck or reduced\n"},
        {FAULT "duration_s: 2, set: {soc_pct: 1}}]\n",
         AT("24") "faults[0].duration_s: a column is set once: that does not last\n"},
        {FAULT "set: {soc_pct: 1, x_m: 2}}]\n",
         AT("29") "faults[0].set: expected one column and its value, found 2\n"},
        {FAULT "set: {soc_pc: 1}}]\n",
         AT("30") "faults[0].set.soc_pc: no column 'soc_pc' that a fault may set (did you mean "
                  "'soc_pct'?)\n"},
        {FAULT "set: {bus_v: 1}}]\n",
         AT("30") "faults[0].set.bus_v: no column 'bus_v' that a fault may set\n"},
        {FAULT "set: {soc_pct: {uniform: {min: 90, max: 101}}}}]\n",
         AT("30") "faults[0].set.soc_pct: 'soc_pct' of a healthy vehicle is 0 to 100\n"},
        {FAULT "set: {mission_active: true}}]\n",
         AT("30") "faults[0].set.mission_active: 'mission_active' is nothing that a fault sets: "
                  "there is the command 'mission' of scripts\n"},
        {FAULT "set: {rcs_m2: -5}}]\n",
         AT("30") "faults[0].set.rcs_m2: 'rcs_m2' is a number from 1e-10 to 1e+10\n"},
        {FAULT "set: {propellant_kg: -1}}]\n",
         AT("30") "faults[0].set.propellant_kg: 'propellant_kg' of a healthy vehicle is at least "
                  "0\n"},
        {FAULT "sensor: 'gps'}]\n",
         AT("32") "faults[0].sensor: unknown value 'gps' (expected one of: radar, imu)\n"},
        {FAULT "set: {safe_mode: 2}}]\n",
         AT("30") "faults[0].set.safe_mode: 'safe_mode' is a switch: true or false\n"},
    };
    assert_refused(f, HEAD, all, COUNT(all));
}

#define MACHINE                                                                                    \
    "    fsm: {variables: {k: {values: [P, Q]}, t: false, n: 0}, states: {A: {transitions: "       \
    "[{condition: k == Q and t and n > 0, target: B}]}, B: {terminal: true}}}\n"
#define VALUES       MACHINE "    faults: [{at_s: 1, set: "
#define VALUE_AT(at) "s.yaml:14:" at ": groups[0].faults[0].set."

static void faults_set_variables_to_what_they_are(void **state)
{
    fixture *f = *state;
    static const refused all[] = {
        {VALUES "{k: QQ}}]\n", VALUE_AT("33") "k: unknown value 'QQ' (did you mean 'Q'?)\n"},
        {VALUES "{k: 1}}]\n", VALUE_AT("33") "k: unknown value '1' (did you mean 'P'?)\n"},
        {VALUES "{t: 2}}]\n", VALUE_AT("33") "t: expected true or false, found '2'\n"},
        {VALUES "{t: Q}}]\n", VALUE_AT("33") "t: expected true or false, found 'Q'\n"},
        {VALUES "{n: Q}}]\n", VALUE_AT("33") "n: expected a number, found 'Q'\n"},
        {VALUES "{n: true}}]\n", VALUE_AT("33") "n: expected a number, found 'true'\n"},
        {VALUES "{soc_pct: Q}}]\n", VALUE_AT("39") "soc_pct: expected a number, found 'Q'\n"},
    };
    assert_refused(f, HEAD, all, COUNT(all));
    load(f, HEAD MACHINE "    faults: [{at_s: 1, set: {k: Q}}, {at_s: 1, set: {t: true}},\n"
                         "             {at_s: 1, set: {n: 5}}]\n");
    assert_constant(&group_of(f)->incidents[0].value, 1.0);
    assert_constant(&group_of(f)->incidents[1].value, 1.0);
    assert_constant(&group_of(f)->incidents[2].value, 5.0);
}

static void bad_devices_are_refused(void **state)
{
    fixture *f = *state;
#define DEVICE_AT(at) "s.yaml:7:" at ": groups[0].hardware.hardware_profile."
    static const refused all[] = {
        {"sensors: [{id: a b}]}}\n", DEVICE_AT("50") "sensors[0].id: expected letters, digits, "
                                                     "'_', '-' and '.': this becomes part of "
                                                     "column names\n"},
        {"sensors: [{id: 1e400}]}}\n",
         DEVICE_AT("50") "sensors[0].id: expected a letter or '_' first: this becomes part of "
                         "column names\n"},
        {"actuators: [{id: 7d44, role: -1}]}}\n",
         DEVICE_AT("64") "actuators[0].role: expected a letter or '_' first: this becomes part of "
                         "column names\n"},
        {"actuators: [{id: 7 d, role: a}]}}\n",
         DEVICE_AT("52") "actuators[0].id: expected letters, digits, '_', '-' and '.'\n"},
        {"sensors: [{id: a, type: ~}]}}\n",
         DEVICE_AT("59") "sensors[0].type: expected a text, found nothing\n"},
        {"sensors: [{type: imu}]}}\n",
         DEVICE_AT("45") "sensors[0]: expected a key 'role' or 'id'\n"},
        {"actuators: [{role: a}], sensors: [{id: a}]}}\n",
         DEVICE_AT("74") "sensors[0].id: two devices are called 'a'\n"},
        {"sensors: [{id: a, typ: imu}]}}\n",
         DEVICE_AT("53") "sensors[0].typ: unknown key (did you mean 'type'?)\n"},
    };
    assert_refused(f, TIME GROUP "    hardware: {hardware_profile: {", all, COUNT(all));
}

static void more_than_64_ways_to_fail_are_refused(void **state)
{
    fixture *f = *state;
    char text[8192];
    size_t length = (size_t)snprintf(text, sizeof text, "%s",
                                     HEAD "    bios: {post_s: 1, failure: {probability: 0.5}}\n"
                                          "    faults:\n");
    for (int i = 0; i < 63; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "      - {at_s: 1, radio: off}\n");
    }
    char *errors = errors_of(f, text);
    assert_string_equal(errors,
                        "s.yaml:76:9: groups[0].faults[61]: more than 64 ways to fail: each "
                        "way of each device and each fault is one\n");
    free(errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(devices_are_called_by_role_or_id),
        TEST(each_way_to_fail_is_an_incident),
        TEST(every_fault_is_taken),
        TEST(what_cannot_happen_is_noted),
        TEST(the_effective_scenario_reads_back_the_same),
        TEST(bad_input_names_the_place_and_the_key),
        TEST(faults_set_variables_to_what_they_are),
        TEST(bad_devices_are_refused),
        TEST(more_than_64_ways_to_fail_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
