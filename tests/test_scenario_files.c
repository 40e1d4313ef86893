/* SPDX-License-Identifier: Apache-2.0 */
/* Real scenarios load: large ones, our own, those of the documentation, the reference's profile. */
#include <math.h>

#include "scenario_fixture.h"
#include "yaml_node.h"

static void large_scenarios_load(void **state)
{
    fixture *f = *state;
    FILE *out = fopen("s.yaml", "w");
    assert_non_null(out);
    fputs(TIME "groups:\n", out);
    for (int g = 0; g < 100; g++) {
        fprintf(out, "  - {name: g%d, kind: bot, count: 1, hardware: bot.yaml}\n", g);
    }
    fputs("  - name: busy\n    kind: bot\n    count: 1\n    hardware: {hardware_profile: {}}\n"
          "    script:\n",
          out);
    for (int c = 0; c < 100000; c++) {
        fprintf(out, "      - {step: %d, cmd: speed, mps: %d}\n", 100000 - c, c);
    }
    assert_int_equal(fclose(out), 0);
    out = fopen("bot.yaml", "w");
    assert_non_null(out);
    fputs("hardware_profile:\n  thermal_plane:\n    nodes:\n", out);
    for (int n = 0; n < 1000; n++) {
        fprintf(out, "      - {id: n%d, heat_capacity_j_per_c: 1}\n", n);
    }
    assert_int_equal(fclose(out), 0);
    load_file(f, "s.yaml", NULL, 0); /* if it were quadratic: hours, and CTest gives up */
    assert_int_equal(f->scenario.n_groups, 101);
    assert_int_equal(f->scenario.groups[99].hardware.n_nodes, 1000);
    assert_int_equal(f->scenario.groups[100].n_commands, 100000);
    assert_int_equal(f->scenario.groups[100].script[0].tick, 1);
    assert_constant(&f->scenario.groups[100].script[0].argument[0], 99999.0);
}

static void own_configurations_load(void **state)
{
    fixture *f = *state;
    assert_int_equal(chdir(PROJECT_SOURCE_DIR "/configs"), 0);
    DIR *directory = opendir(".");
    assert_non_null(directory);
    size_t n = 0;
    for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot && strcmp(dot, ".yaml") == 0) {
            load_file(f, entry->d_name, NULL, 0);
            assert_int_equal(f->diagnostics.notes.n_reported, 0);
            n++;
        }
    }
    closedir(directory);
    assert_true(n >= 2);
    /* the stock vehicle, in JSON */
    load_file(f, "million.yaml", NULL, 0);
    assert_constant(&hardware_of(f)->parameter[QF_HW_NBL_CORE_TEMP_MAX], 90.0);
    assert_int_equal(hardware_of(f)->n_nodes, 6);
    assert_string_equal(hardware_of(f)->nodes[4].id, "dock_bridge");
    assert_constant(&hardware_of(f)->nodes[3].parameter[QF_NODE_T_HYSTERESIS], 3.0);
    assert_int_equal(hardware_of(f)->n_couplings, 5);
    assert_int_equal(hardware_of(f)->n_thrusters, 16);
    assert_true(hardware_of(f)->on[QF_HW_NBL_ACTIVE_INIT]);
}

static char *documentation(void)
{
    return read_file(PROJECT_SOURCE_DIR "/docs/scenario.md");
}

static void documented_scenario_loads(void **state)
{
    fixture *f = *state;
    static const char fence[] = "```yaml\n";
    char *text = documentation();
    char *begin = strstr(text, fence);
    assert_non_null(begin);
    begin += strlen(fence);
    char *end = strstr(begin, "```");
    assert_non_null(end);
    *end = '\0';
    load_with(f, begin, "groups[0].hardware=" PROJECT_SOURCE_DIR "/configs/hardware/qiki_bot.json");
    assert_int_equal(f->scenario.groups[0].count, 100);
    free(text);
}

static void documented_commands_load(void **state)
{
    fixture *f = *state;
    char *text = documentation();
    char *script = NULL;
    size_t length;
    FILE *out = open_memstream(&script, &length);
    assert_non_null(out);
    fputs(PLAIN "    script:\n", out);
    static const char *const begins[] = {"`{step: ", "`{time_s: "};
    for (size_t i = 0; i < COUNT(begins); i++) {
        for (const char *at = strstr(text, begins[i]); at; at = strstr(at + 1, begins[i])) {
            fprintf(out, "      - %.*s\n", (int)strcspn(at + 1, "`"), at + 1);
        }
    }
    assert_int_equal(fclose(out), 0);
    load(f, script);
    bool seen[QF_COMMAND_COUNT] = {false};
    for (size_t c = 0; c < f->scenario.groups[0].n_commands; c++) {
        seen[f->scenario.groups[0].script[c].kind] = true;
    }
    for (size_t k = 0; k < QF_COMMAND_COUNT; k++) {
        assert_true(seen[k] != qf_command_table[k].machines_only);
    }
    free(script);
    free(text);
}

/* every parameter with its default, as the tables of the document have them */
static void documented_defaults_are_those_of_the_code(void **state)
{
    (void)state;
    char *text = documentation();
    for (size_t p = 0; p < QF_HW_COUNT + QF_NODE_PARAMETER_COUNT; p++) {
        const qf_parameter *row =
            p < QF_HW_COUNT ? &qf_hardware_table[p].parameter : &qf_node_table[p - QF_HW_COUNT];
        char key[64];
        char cell[32];
        snprintf(key, sizeof key, "\n| `%s` | ", row->key);
        snprintf(cell, sizeof cell, " | %.15g | ", row->fallback);
        const char *line = strstr(text, key);
        if (!line) {
            fail_msg("%s: not in docs/scenario.md", row->key);
        }
        char copy[256];
        snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
        assert_contains(copy, p == QF_HW_COUNT + QF_NODE_HEAT_CAPACITY ? " | required | " : cell);
        snprintf(cell, sizeof cell, isinf(row->high) ? "≥ %.15g" : "%.15g to ", row->low);
        assert_contains(copy, cell);
    }
    free(text);
}

#define REFERENCE PROJECT_SOURCE_DIR "/../shared/reference/qiki"

static void reference_profile_loads_unchanged(void **state)
{
    fixture *f = *state;
    if (!exists(REFERENCE "/bot_config.json")) {
        print_message("not tested: the reference's files are not beside this project\n");
        skip();
    }
    load(f, TIME GROUP "    hardware: " REFERENCE "/bot_config.json\n");
    const qf_hardware *hardware = hardware_of(f);
    assert_int_equal(hardware->n_nodes, 6);
    assert_int_equal(hardware->n_couplings, 5);
    assert_int_equal(hardware->n_thrusters, 16);
    assert_int_equal(hardware->n_devices, 9 + 13); /* actuators and sensors */
    /* its figures are those of our own profile, but for what the profile does not say */
    qf_scenario own = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    assert_int_equal(qf_scenario_read(&f->context, PROJECT_SOURCE_DIR "/configs/million.yaml", NULL,
                                      0, &diagnostics, &own),
                     QF_OK);
    for (int p = 0; p < QF_HW_COUNT; p++) {
        if (p != QF_HW_BATTERY_SOC_INIT) { /* that scenario draws it */
            assert_constant(&hardware->parameter[p], own.groups[0].hardware.parameter[p].a);
        }
    }
    for (size_t t = 0; t < 16; t++) {
        const qf_thruster *theirs = &hardware->thrusters[t];
        const qf_thruster *ours = &own.groups[0].hardware.thrusters[t];
        assert_memory_equal(theirs, ours, sizeof *theirs);
    }
    qf_scenario_free(&own);
    qf_diagnostics_free(&diagnostics);
    /* what has no effect here is listed */
    assert_true(f->diagnostics.notes.n_reported > 10);
    bool bot_id = false;
    bool docking = false;
    for (size_t i = 0; i < f->diagnostics.notes.n_items; i++) {
        const char *path = f->diagnostics.notes.items[i].path;
        bot_id = bot_id || strcmp(path, "bot_id") == 0;
        docking = docking || strcmp(path, "hardware_profile.docking_plane") == 0;
        assert_string_equal(f->diagnostics.notes.items[i].text,
                            "not used by any model of this version");
    }
    assert_true(bot_id && docking);
}

static void reference_files_parse(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"antenna.json",   "bot_config.json", "guard_rules.yaml",
                                        "hess.json",      "mounts.json",     "ports.json",
                                        "thrusters.json", "ship_config.json"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[1024];
        snprintf(path, sizeof path, REFERENCE "/%s", names[i]);
        if (!exists(path)) {
            print_message("not tested: %s is not beside this project\n", names[i]);
            skip();
        }
        qf_arena arena = {0};
        assert_non_null(qf_yaml_load_file(&arena, path, &f->diagnostics));
        assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), 0);
        qf_arena_free(&arena);
    }
}

static void base_is_read_under_the_file_that_names_it(void **state)
{
    fixture *f = *state;
    assert_int_equal(mkdir("sub", 0777), 0);
    write_file("sub/base.yaml", "base: deep/ground.yaml\nseed: 5\ntime: {duration_s: 7}\n");
    assert_int_equal(mkdir("sub/deep", 0777), 0);
    write_file("sub/deep/ground.yaml", TIME GROUP "    hardware: bot.yaml\nseed: 4\nworlds: 3\n");
    write_file("sub/deep/bot.yaml", "hardware_profile: {power_plane: {max_bus_a: 17}}\n");
    write_file("bot.yaml", "hardware_profile: {power_plane: {max_bus_a: 99}}\n");
    load(f, "base: sub/base.yaml\ntime: {dt_s: 0.5}\nfirst_world: 11\n");
    assert_int_equal(f->scenario.seed, 5);
    assert_true(f->scenario.dt_s == 0.5);
    assert_int_equal(f->scenario.n_ticks, 14);
    assert_int_equal(f->scenario.n_worlds, 3);
    assert_int_equal(f->scenario.first_world, 11);
    assert_int_equal(qf_world_number(&f->scenario, 2), 13);
    /* the profile beside the file that names it */
    assert_constant(&hardware_of(f)->parameter[QF_HW_MAX_BUS_A], 17.0);
    const char *overrides[] = {"seed=9", "groups[0].count=8"};
    load_file(f, "s.yaml", overrides, 2);
    assert_int_equal(f->scenario.seed, 9);
    assert_int_equal(f->scenario.groups[0].count, 8);
}

static void bases_end_where_they_come_back_or_are_too_many(void **state)
{
    fixture *f = *state;
    write_file("a.yaml", "base: b.yaml\n");
    write_file("b.yaml", "base: s.yaml\n");
    char *errors = errors_of(f, "base: a.yaml\n");
    assert_string_equal(errors, "b.yaml:1:7: base: 's.yaml' is based on itself\n");
    free(errors);
    for (int i = 0; i < 20; i++) {
        char name[32];
        char text[64];
        snprintf(name, sizeof name, "n%d.yaml", i);
        snprintf(text, sizeof text, "base: n%d.yaml\n", i + 1);
        write_file(name, text);
    }
    errors = errors_of(f, "base: n0.yaml\n");
    assert_string_equal(errors,
                        "n14.yaml:1:7: base: more than 16 files, each the base of another\n");
    free(errors);
}

static void effective_scenario_keeps_the_first_world(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "first_world: 4294967295\n");
    char *text = effective_text(f);
    load(f, text);
    free(text);
    assert_true(f->scenario.first_world == UINT32_MAX);
}

static void sweep_is_noted_and_not_run(void **state)
{
    fixture *f = *state;
    load(f, PLAIN "sweep: {cases: 3}\nrequirements: []\n");
    assert_true(f->scenario.asks_for_sweep);
    assert_int_equal(f->diagnostics.notes.n_items, 2);
    assert_note(f, 0, 8, 1, "sweep", "for 'qfleet sweep' alone: not used here");
    assert_note(f, 1, 9, 1, "requirements", "for 'qfleet sweep' alone: not used here");
    load(f, PLAIN);
    assert_false(f->scenario.asks_for_sweep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(large_scenarios_load),
        TEST(own_configurations_load),
        TEST(documented_scenario_loads),
        TEST(documented_commands_load),
        TEST(documented_defaults_are_those_of_the_code),
        TEST(reference_profile_loads_unchanged),
        TEST(reference_files_parse),
        TEST(base_is_read_under_the_file_that_names_it),
        TEST(bases_end_where_they_come_back_or_are_too_many),
        TEST(effective_scenario_keeps_the_first_world),
        TEST(sweep_is_noted_and_not_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
