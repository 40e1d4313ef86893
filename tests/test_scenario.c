/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario file becomes: defaults, distributions, commands, overrides, hardware profiles. */
#include "bot.h"
#include "scenario_fixture.h"

static void what_is_left_out_takes_its_default(void **state)
{
    fixture *f = *state;
    load(f, PLAIN);
    const qf_scenario *s = &f->scenario;
    assert_string_equal(s->name, "s");
    assert_true(s->seed == 0);
    assert_true(s->dt_s == 0.1);
    assert_int_equal(s->n_ticks, 200);
    assert_int_equal(s->n_worlds, 1);
    assert_true(s->ambient_c == -60.0);
    assert_true(s->radiation_usvh == 0.0);
    assert_int_equal(s->n_groups, 1);
    const qf_group_spec *group = &s->groups[0];
    assert_string_equal(group->name, "a");
    assert_int_equal(group->kind, QF_KIND_BOT);
    assert_int_equal(group->iff, QF_IFF_UNKNOWN);
    assert_int_equal(group->count, 3);
    assert_null(group->hardware_file);
    assert_true(group->soc_critical_pct == 10.0);
    assert_int_equal(group->n_commands, 0);
    for (int i = 0; i < QF_INITIAL_COUNT; i++) {
        assert_constant(&group->initial[i], 0.0);
    }
    for (int i = 0; i < QF_HW_COUNT; i++) {
        assert_constant(&group->hardware.parameter[i], qf_hardware_table[i].parameter.fallback);
    }
    assert_constant(&group->hardware.parameter[QF_HW_BATTERY_CAPACITY], 500.0);
    assert_constant(&group->hardware.parameter[QF_HW_BATTERY_SOC_INIT], 80.0);
    assert_false(group->hardware.on[QF_HW_DOCK_CONNECTED_INIT]);
    assert_false(group->hardware.on[QF_HW_NBL_ACTIVE_INIT]);
    assert_true(group->hardware.on[QF_HW_THERMAL_ENABLED]);
    assert_int_equal(group->hardware.n_nodes, 0);
    assert_int_equal(group->hardware.n_thrusters, 0);
    static const char *const usual[] = {"x_m", "y_m", "z_m", "heading_deg", "speed_mps", "soc_pct"};
    assert_int_equal(s->record.every_ticks, 10);
    assert_int_equal(s->record.hash_every_ticks, 1000);
    assert_int_equal(s->record.n_state, COUNT(usual));
    for (size_t i = 0; i < COUNT(usual); i++) {
        assert_string_equal(s->record.state[i], usual[i]);
    }
    assert_false(s->record.all);
    assert_true(s->record.events);
    assert_int_equal(f->diagnostics.notes.n_reported, 0);
}

static void what_is_given_is_taken(void **state)
{
    fixture *f = *state;
    load(f, "schema: qfleet/1\nname: патруль-1\nseed: 18446744073709551615\nworlds: 7\n"
            "time: {dt_s: 2.5e-1, duration_s: 600}\n"
            "environment: {ambient_c: 20, radiation_usvh: 1.5, gravity: none}\n"
            "groups:\n  - name: a\n    kind: bot\n    count: 3\n    iff: foe\n"
            "    soc_critical_pct: 5\n    hardware: {hardware_profile: {}}\n"
            "    initial: {velocity_mps: [0, 0, 0], speed_mps: -2, soc_pct: 33,\n"
            "              supercap_soc_pct: 44, propellant_kg: 5.5}\n"
            "record: {every_s: 1.5, state: all, events: off, detections: no, tracks: False,\n"
            "         hash_every_s: 3.25}\n");
    const qf_scenario *s = &f->scenario;
    assert_string_equal(s->name, "патруль-1");
    assert_true(s->seed == UINT64_MAX);
    assert_int_equal(s->n_worlds, 7);
    assert_true(s->dt_s == 0.25);
    assert_int_equal(s->n_ticks, 2400);
    assert_int_equal(s->record.hash_every_ticks, 13);
    assert_true(s->ambient_c == 20.0);
    assert_true(s->radiation_usvh == 1.5);
    assert_int_equal(s->groups[0].iff, QF_IFF_FOE);
    assert_true(s->groups[0].soc_critical_pct == 5.0);
    assert_constant(&s->groups[0].initial[QF_INITIAL_SPEED], -2.0);
    assert_constant(&hardware_of(f)->parameter[QF_HW_BATTERY_SOC_INIT], 33.0);
    assert_constant(&hardware_of(f)->parameter[QF_HW_SUPERCAP_SOC_INIT], 44.0);
    assert_constant(&hardware_of(f)->parameter[QF_HW_PROPELLANT_INIT], 5.5);
    assert_int_equal(s->record.every_ticks, 6);
    assert_true(s->record.all);
    assert_false(s->record.events);
}

static void scenario_without_a_name_is_called_as_its_file(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *file;
        const char *name;
    } cases[] = {{"night.run.yaml", "night"}, {"my run.yaml", "my_run"}, {".yaml", "scenario"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file(cases[i].file, PLAIN);
        load_file(f, cases[i].file, NULL, 0);
        assert_string_equal(f->scenario.name, cases[i].name);
    }
}

static void default_record_is_each_second_or_tick_or_at_the_end(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *override;
        int64_t every_ticks;
    } cases[] = {{"time={dt_s: 0.1, duration_s: 20}", 10},
                 {"time={dt_s: 2, duration_s: 20}", 1},
                 {"time={dt_s: 0.1, duration_s: 0.5}", 5},
                 {"time={dt_s: 1e-300, duration_s: 3e-300}", 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        load_with(f, PLAIN, cases[i].override);
        assert_int_equal(f->scenario.record.every_ticks, cases[i].every_ticks);
    }
}

static void every_distribution_is_read(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    initial:\n"
                  "      position_m:\n"
                  "        - {uniform: {min: -1, max: 2.5}}\n"
                  "        - {normal: {mean: 3, sd: 4}}\n"
                  "        - {normal: {mean: 3, sd: 4, min: -5, max: 6}}\n"
                  "      heading_deg: {choice: [0, 90, 180]}\n"
                  "      speed_mps: {grid: [1, 2]}\n"
                  "      soc_pct: {lognormal: {mu: 3, sigma: 0.5}}\n"
                  "      propellant_kg: {lognormal: {mu: 1, sigma: 2, min: 3, max: 4}}\n");
    const qf_number *initial = f->scenario.groups[0].initial;
    assert_int_equal(initial[QF_INITIAL_X].kind, QF_NUMBER_UNIFORM);
    assert_true(initial[QF_INITIAL_X].a == -1.0 && initial[QF_INITIAL_X].b == 2.5);
    assert_int_equal(initial[QF_INITIAL_Y].kind, QF_NUMBER_NORMAL);
    assert_true(initial[QF_INITIAL_Y].a == 3.0 && initial[QF_INITIAL_Y].b == 4.0);
    assert_true(initial[QF_INITIAL_Y].low < -1e308 && initial[QF_INITIAL_Y].high > 1e308);
    assert_true(initial[QF_INITIAL_Z].low == -5.0 && initial[QF_INITIAL_Z].high == 6.0);
    const qf_number *heading = &initial[QF_INITIAL_HEADING];
    assert_int_equal(heading->kind, QF_NUMBER_CHOICE);
    assert_int_equal(heading->n_items, 3);
    assert_true(heading->items[0] == 0.0 && heading->items[1] == 90.0 &&
                heading->items[2] == 180.0);
    const qf_number *speed = &initial[QF_INITIAL_SPEED];
    assert_int_equal(speed->kind, QF_NUMBER_GRID);
    assert_int_equal(speed->n_items, 2);
    assert_true(speed->items[0] == 1.0 && speed->items[1] == 2.0);
    /* what is not clipped by the file is clipped to the allowed range */
    const qf_number *soc = &hardware_of(f)->parameter[QF_HW_BATTERY_SOC_INIT];
    assert_int_equal(soc->kind, QF_NUMBER_LOGNORMAL);
    assert_true(soc->a == 3.0 && soc->b == 0.5 && soc->low == 0.0 && soc->high == 100.0);
    const qf_number *propellant = &hardware_of(f)->parameter[QF_HW_PROPELLANT_INIT];
    assert_true(propellant->a == 1.0 && propellant->b == 2.0);
    assert_true(propellant->low == 3.0 && propellant->high == 4.0);
}

static void vector_is_a_list_or_one_distribution_of_lists(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    initial: {position_m: [1, {choice: [5]}, -3]}\n");
    const qf_number *initial = f->scenario.groups[0].initial;
    assert_constant(&initial[QF_INITIAL_X], 1.0);
    assert_int_equal(initial[QF_INITIAL_Y].kind, QF_NUMBER_CHOICE);
    assert_constant(&initial[QF_INITIAL_Z], -3.0);

    load(f, PLAIN "    initial: {position_m: {uniform: {min: [1, 2, 3], max: 4}}}\n");
    initial = f->scenario.groups[0].initial;
    for (int c = 0; c < 3; c++) {
        assert_int_equal(initial[QF_INITIAL_X + c].kind, QF_NUMBER_UNIFORM);
        assert_true(initial[QF_INITIAL_X + c].a == c + 1.0);
        assert_true(initial[QF_INITIAL_X + c].b == 4.0);
    }

    load(f, PLAIN "    initial: {position_m: {grid: [[1, 2, 3], [4, 5, 6]]}}\n");
    initial = f->scenario.groups[0].initial;
    for (int c = 0; c < 3; c++) {
        assert_int_equal(initial[QF_INITIAL_X + c].kind, QF_NUMBER_GRID);
        assert_int_equal(initial[QF_INITIAL_X + c].n_items, 2);
        assert_true(initial[QF_INITIAL_X + c].items[0] == c + 1.0);
        assert_true(initial[QF_INITIAL_X + c].items[1] == c + 4.0);
    }
}

static void commands_are_sorted_by_tick_and_keep_their_order_within_one(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    script:\n"
                  "      - {time_s: 1.2, cmd: speed, mps: 0}\n"
                  "      - {step: 3, cmd: speed, mps: 1}\n"
                  "      - {time_s: 0.3, cmd: heading, deg: 2}\n"
                  "      - {step: 0, cmd: motor, pct: 3}\n"
                  "      - {step: 3, cmd: speed, mps: 4}\n"
                  "      - {time_s: 1.2, cmd: rotate, deg: 5}\n"
                  "      - {time_s: 900, cmd: speed, mps: 6}\n");
    static const struct {
        int64_t tick;
        qf_command_kind kind;
        double value;
    } expected[] = {{0, QF_COMMAND_MOTOR, 3.0},   {3, QF_COMMAND_SPEED, 1.0},
                    {3, QF_COMMAND_HEADING, 2.0}, {3, QF_COMMAND_SPEED, 4.0},
                    {12, QF_COMMAND_SPEED, 0.0},  {12, QF_COMMAND_ROTATE, 5.0},
                    {9000, QF_COMMAND_SPEED, 6.0}};
    const qf_group_spec *group = &f->scenario.groups[0];
    assert_int_equal(group->n_commands, COUNT(expected));
    for (size_t c = 0; c < COUNT(expected); c++) {
        assert_int_equal(group->script[c].tick, expected[c].tick);
        assert_int_equal(group->script[c].kind, expected[c].kind);
        assert_constant(&group->script[c].argument[0], expected[c].value);
    }
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    assert_note(f, 0, 15, 9, "groups[0].script[6]",
                "comes after the end of the run, so it is never applied");
}

static void commands_take_numbers_switches_and_axes(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "    script:\n"
                  "      - {step: 0, cmd: rcs, axis: starboard, pct: {uniform: {min: 1, max: 2}}, "
                  "duration_s: 3}\n"
                  "      - {step: 0, cmd: dock, connected: on}\n"
                  "      - {step: 0, cmd: nbl, active: False}\n"
                  "      - {step: 0, cmd: inputs, transponder_active: yes, "
                  "sensor_queue_depth: 7}\n");
    const qf_command *script = f->scenario.groups[0].script;
    assert_int_equal(script[0].kind, QF_COMMAND_RCS);
    assert_constant(&script[0].argument[0], QF_AXIS_STARBOARD);
    assert_int_equal(script[0].argument[1].kind, QF_NUMBER_UNIFORM);
    assert_constant(&script[0].argument[2], 3.0);
    assert_constant(&script[1].argument[0], 1.0);
    assert_constant(&script[2].argument[0], 0.0);
    assert_false(script[3].given[0]);
    assert_true(script[3].given[1]);
    assert_constant(&script[3].argument[1], 7.0);
    assert_false(script[3].given[2]);
    assert_true(script[3].given[3]);
    assert_constant(&script[3].argument[3], 1.0);
}

static const char profile[] = "hardware_profile:\n"
                              "  power_plane: {max_bus_a: 7, radar_power_w: 9}\n"
                              "  thermal_plane:\n"
                              "    nodes:\n"
                              "      - {id: core, heat_capacity_j_per_c: 800}\n"
                              "      - {id: hull, heat_capacity_j_per_c: 3000}\n"
                              "    couplings:\n"
                              "      - {a: hull, b: core, k_w_per_c: 0.4}\n"
                              "  propulsion_plane: {thrusters_path: far/away/thrusters.json}\n";

static const char thrusters[] =
    "[{\"index\": 1, \"position_m\": [0, 1, 0], \"direction\": [0, 1, 0], \"f_max_newton\": 2},\n"
    " {\"index\": 0, \"position_m\": [1, 0, 0], \"direction\": [1, 0, 0], \"f_max_newton\": 3}]\n";

#define WITH_FILE TIME GROUP "    hardware: bot.yaml\n"

static void write_profile(void)
{
    write_file("bot.yaml", profile);
    write_file("thrusters.json", thrusters);
}

static void profile_is_read_with_nodes_couplings_and_thrusters_by_index(void **state)
{
    fixture *f = *state;
    write_profile();
    load(f, WITH_FILE);
    const qf_hardware *hardware = hardware_of(f);
    assert_string_equal(f->scenario.groups[0].hardware_file, "bot.yaml");
    assert_constant(&hardware->parameter[QF_HW_MAX_BUS_A], 7.0);
    assert_int_equal(hardware->n_nodes, 2);
    assert_string_equal(hardware->nodes[1].id, "hull");
    assert_constant(&hardware->nodes[1].parameter[QF_NODE_HEAT_CAPACITY], 3000.0);
    assert_constant(&hardware->nodes[1].parameter[QF_NODE_T_INIT], -60.0);
    assert_int_equal(hardware->n_couplings, 1);
    assert_int_equal(hardware->couplings[0].a, 1);
    assert_int_equal(hardware->couplings[0].b, 0);
    assert_constant(&hardware->couplings[0].k_w_per_c, 0.4);
    assert_int_equal(hardware->n_thrusters, 2);
    assert_true(hardware->thrusters[0].f_max_n == 3.0);
    assert_true(hardware->thrusters[1].f_max_n == 2.0);
    assert_true(hardware->thrusters[1].position_m[1] == 1.0);
}

static void mapping_overrides_the_profile_that_it_names(void **state)
{
    fixture *f = *state;
    write_profile();
    load(f, TIME GROUP "    hardware:\n"
                       "      file: bot.yaml\n"
                       "      hardware_profile:\n"
                       "        power_plane: {max_bus_a: {uniform: {min: 3, max: 4}}}\n"
                       "        thermal_plane: {couplings: []}\n"
                       "        propulsion_plane: {enabled: no}\n");
    const qf_hardware *hardware = hardware_of(f);
    assert_int_equal(hardware->parameter[QF_HW_MAX_BUS_A].kind, QF_NUMBER_UNIFORM);
    assert_constant(&hardware->parameter[QF_HW_RADAR_POWER], 9.0);
    assert_int_equal(hardware->n_nodes, 2);
    assert_int_equal(hardware->n_couplings, 0);
    /* a profile without propulsion needs no thruster file */
    assert_int_equal(hardware->n_thrusters, 0);
}

static void thrusters_in_the_profile_come_before_their_file(void **state)
{
    fixture *f = *state;
    write_profile();
    load(f, TIME GROUP "    hardware:\n"
                       "      file: bot.yaml\n"
                       "      hardware_profile: {propulsion_plane: {thrusters: []}}\n");
    assert_int_equal(hardware_of(f)->n_thrusters, 0);
    assert_int_equal(f->diagnostics.notes.n_reported, 1);
    const qf_diagnostic *note = &f->diagnostics.notes.items[0];
    assert_string_equal(f->diagnostics.files[note->file], "bot.yaml");
    assert_note(f, 0, 9, 38, "groups[0].hardware.hardware_profile.propulsion_plane.thrusters_path",
                "not read, because 'thrusters' is given");
}

static void keys_without_effect_are_noted_once(void **state)
{
    fixture *f = *state;
    load(f, TIME GROUP "    hardware:\n"
                       "      bot_id: 7\n"
                       "      hardware_profile: {docking_plane: {ports: [a, b]}, sensor_plane: "
                       "{imu: {enabled: true},"
                       " solar: {enabled: true}}, comms_plane: {enabled: true}}\n");
    assert_int_equal(f->diagnostics.notes.n_reported, 4);
    static const char unused[] = "not used by any model of this version";
    assert_note(f, 0, 8, 7, "groups[0].hardware.bot_id", unused);
    assert_note(f, 1, 9, 26, "groups[0].hardware.hardware_profile.docking_plane", unused);
    assert_note(f, 2, 9, 95, "groups[0].hardware.hardware_profile.sensor_plane.solar", unused);
    assert_note(f, 3, 9, 120, "groups[0].hardware.hardware_profile.comms_plane", unused);
}

static void override_reaches_every_place(void **state)
{
    fixture *f = *state;
    write_profile();
    load_with(f, WITH_FILE, "seed=9");
    assert_true(f->scenario.seed == 9);
    load_with(f, WITH_FILE, "groups[0].count=12");
    assert_int_equal(f->scenario.groups[0].count, 12);
    load_with(f, WITH_FILE, "groups[0].initial.position_m={uniform: {min: [0, 0, 0], max: 5}}");
    assert_int_equal(f->scenario.groups[0].initial[QF_INITIAL_Z].kind, QF_NUMBER_UNIFORM);
    load_with(f, WITH_FILE, "record.state=[soc_pct, temp_hull_c]");
    assert_string_equal(f->scenario.record.state[1], "temp_hull_c");
    load_with(f, WITH_FILE, "groups[0].script=[{step: 1, cmd: speed, mps: 2}]");
    assert_int_equal(f->scenario.groups[0].n_commands, 1);
}

static void override_reaches_into_a_profile_file(void **state)
{
    fixture *f = *state;
    write_profile();
    load_with(f, WITH_FILE, "groups[0].hardware.hardware_profile.power_plane.max_bus_a=3");
    assert_constant(&hardware_of(f)->parameter[QF_HW_MAX_BUS_A], 3.0);
    assert_constant(&hardware_of(f)->parameter[QF_HW_RADAR_POWER], 9.0);
    assert_int_equal(hardware_of(f)->n_thrusters, 2);
    assert_string_equal(f->scenario.groups[0].hardware_file, "bot.yaml");
}

static void override_replaces_the_profile_file(void **state)
{
    fixture *f = *state;
    write_profile();
    write_file("tug.yaml", "hardware_profile: {power_plane: {max_bus_a: 1}}\n");
    load_with(f, WITH_FILE, "groups[0].hardware=tug.yaml");
    assert_constant(&hardware_of(f)->parameter[QF_HW_MAX_BUS_A], 1.0);
    load_with(f, WITH_FILE, "groups[0].hardware.file=tug.yaml");
    assert_constant(&hardware_of(f)->parameter[QF_HW_MAX_BUS_A], 1.0);
    assert_int_equal(hardware_of(f)->n_nodes, 0);
}

static void later_override_wins(void **state)
{
    fixture *f = *state;
    const char *const overrides[] = {"seed=1", "groups[0].count=4", "seed=2"};
    write_file("s.yaml", PLAIN);
    load_file(f, "s.yaml", overrides, COUNT(overrides));
    assert_true(f->scenario.seed == 2);
    assert_int_equal(f->scenario.groups[0].count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_left_out_takes_its_default),
        TEST(what_is_given_is_taken),
        TEST(scenario_without_a_name_is_called_as_its_file),
        TEST(default_record_is_each_second_or_tick_or_at_the_end),
        TEST(every_distribution_is_read),
        TEST(vector_is_a_list_or_one_distribution_of_lists),
        TEST(commands_are_sorted_by_tick_and_keep_their_order_within_one),
        TEST(commands_take_numbers_switches_and_axes),
        TEST(profile_is_read_with_nodes_couplings_and_thrusters_by_index),
        TEST(mapping_overrides_the_profile_that_it_names),
        TEST(thrusters_in_the_profile_come_before_their_file),
        TEST(keys_without_effect_are_noted_once),
        TEST(override_reaches_every_place),
        TEST(override_reaches_into_a_profile_file),
        TEST(override_replaces_the_profile_file),
        TEST(later_override_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
