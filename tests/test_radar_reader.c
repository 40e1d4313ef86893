/* SPDX-License-Identifier: Apache-2.0 */
/* Radars, signatures, transponders and planets of scenario files: what is read, and what is refused. */
#include <math.h>

#include "scenario_fixture.h"

#define ON      "    script: [{step: 0, cmd: inputs, radar_enabled: true, transponder_active: true}]\n"
#define HEAD    PLAIN ON
#define WITH(x) HEAD x

static const char sea_radar[] = "power_w: 1000\n"
                                "gain_db: 30\n"
                                "frequency_hz: 9.4e9\n"
                                "bandwidth_hz: 1e6\n"
                                "noise_figure_db: 5\n"
                                "pfa: 1e-6\n"
                                "beam_azimuth_deg: 2\n"
                                "beam_elevation_deg: 10\n"
                                "period_s: 0.5\n"
                                "prf_hz: 2000\n"
                                "pulses: 8\n"
                                "capacity: 16\n"
                                "range_max_m: 20000\n";

static const qf_group_spec *group_of(const fixture *f)
{
    return &f->scenario.groups[0];
}

static void a_group_without_the_keys_has_a_common_signature_and_nothing_else(void **state)
{
    fixture *f = *state;
    load(f, PLAIN);
    assert_constant(&group_of(f)->rcs_dbsm, 0.0);
    assert_int_equal(group_of(f)->swerling, 1);
    assert_int_equal(group_of(f)->transponder_mode, QF_TRANSPONDER_OFF);
    assert_null(group_of(f)->transponder_id);
    assert_null(group_of(f)->radar);
    assert_int_equal(group_of(f)->radar_period_ticks, 0);
    assert_true(f->scenario.planet.radius_m == 0.0);
}

static void signatures_are_numbers_or_distributions(void **state)
{
    fixture *f = *state;
    load(f, WITH("    signature: {rcs_dbsm: {uniform: {min: -3, max: 4}}, swerling: 3}\n"));
    assert_int_equal(group_of(f)->rcs_dbsm.kind, QF_NUMBER_UNIFORM);
    assert_true(group_of(f)->rcs_dbsm.a == -3.0 && group_of(f)->rcs_dbsm.b == 4.0);
    assert_int_equal(group_of(f)->swerling, 3);
    load(f, WITH("    signature: {swerling: 0}\n"));
    assert_constant(&group_of(f)->rcs_dbsm, 0.0);
    assert_int_equal(group_of(f)->swerling, 0);
}

static void transponder_modes_may_be_quoted_or_not(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text;
        qf_transponder_mode mode;
    } all[] = {{"on", QF_TRANSPONDER_ON},         {"\"on\"", QF_TRANSPONDER_ON},
               {"off", QF_TRANSPONDER_OFF},       {"'off'", QF_TRANSPONDER_OFF},
               {"silent", QF_TRANSPONDER_SILENT}, {"\"spoof\"", QF_TRANSPONDER_SPOOF}};
    for (size_t i = 0; i < COUNT(all); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s    transponder: {mode: %s, id: \"ALLY-{index}\"}\n", HEAD,
                 all[i].text);
        load(f, text);
        assert_int_equal(group_of(f)->transponder_mode, all[i].mode);
        assert_string_equal(group_of(f)->transponder_id, "ALLY-{index}");
        assert_int_equal(f->diagnostics.notes.n_items, all[i].mode != QF_TRANSPONDER_ON);
    }
    assert_note(f, 0, 9, 38, "groups[0].transponder.id", "not sent in mode 'spoof'");
}

static void a_radar_is_a_file(void **state)
{
    fixture *f = *state;
    write_file("sea.yaml", sea_radar);
    load(f, WITH("    radar: sea.yaml\n"));
    const qf_radar_spec *radar = group_of(f)->radar;
    assert_non_null(radar);
    assert_string_equal(radar->file, "sea.yaml");
    assert_true(radar->value[QF_RADAR_POWER] == 1000.0);
    assert_true(radar->value[QF_RADAR_FREQUENCY] == 9.4e9);
    assert_true(radar->value[QF_RADAR_SR_THRESHOLD] == 5000.0);
    assert_true(radar->value[QF_RADAR_ANGLE_SLOPE] == 1.6);
    assert_int_equal(radar->pulses, 8);
    assert_int_equal(radar->capacity, 16);
    assert_true(radar->merge && !radar->ideal);
    assert_int_equal(group_of(f)->radar_period_ticks, 5);
    assert_int_equal(f->diagnostics.notes.n_items, 0);
}

static void a_radar_is_a_mapping_that_may_override_a_file(void **state)
{
    fixture *f = *state;
    write_file("sea.yaml", sea_radar);
    load(f, WITH("    radar: {file: sea.yaml, pfa: 1e-4, scan: rotating, rotation_dps: -90,\n"
                 "            rotation_start_deg: {grid: [0, 120, 240]}, merge: no,\n"
                 "            pattern: gaussian, dwell_s: 0.02}\n"));
    const qf_radar_spec *radar = group_of(f)->radar;
    assert_true(radar->value[QF_RADAR_PFA] == 1e-4 && radar->value[QF_RADAR_GAIN] == 30.0);
    assert_int_equal(radar->scan, QF_SCAN_ROTATING);
    assert_int_equal(radar->pattern, QF_PATTERN_GAUSSIAN);
    assert_int_equal(radar->rotation_start_deg.n_items, 3);
    assert_false(radar->merge);
    load(f, WITH("    radar: {ideal: true, period_s: 1, range_max_m: 9000}\n"));
    assert_true(group_of(f)->radar->ideal);
    assert_null(group_of(f)->radar->file);
    assert_int_equal(group_of(f)->radar_period_ticks, 10);
    assert_int_equal(f->diagnostics.notes.n_items, 0);
}

static void overrides_reach_into_the_file_of_a_radar(void **state)
{
    fixture *f = *state;
    write_file("sea.yaml", sea_radar);
    load_with(f, WITH("    radar: sea.yaml\n"), "groups[0].radar.pfa=1e-5");
    assert_true(group_of(f)->radar->value[QF_RADAR_PFA] == 1e-5);
    assert_true(group_of(f)->radar->value[QF_RADAR_POWER] == 1000.0);
    assert_string_equal(group_of(f)->radar->file, "sea.yaml");
    load_with(f, WITH("    radar: sea.yaml\n"), "groups[0].radar.ideal=true");
    assert_true(group_of(f)->radar->ideal);
    assert_note(f, 0, 1, 23, "groups[0].radar.ideal",
                "leaves without effect: pulses, power_w, gain_db, frequency_hz, bandwidth_hz, "
                "noise_figure_db, pfa, beam_azimuth_deg, beam_elevation_deg, prf_hz");
}

static void a_planet_has_a_place_and_a_size(void **state)
{
    fixture *f = *state;
    load(f, "environment: {planet: {center_m: [0, 0, -6.4e6], radius_m: 6371e3}}\n" PLAIN);
    assert_true(f->scenario.planet.center_m[2] == -6.4e6);
    assert_true(f->scenario.planet.center_m[0] == 0.0);
    assert_true(f->scenario.planet.radius_m == 6371e3);
}

static void keys_without_effect_are_noted(void **state)
{
    fixture *f = *state;
    write_file("sea.yaml", sea_radar);
    load(f,
         WITH("    radar: {file: sea.yaml, rotation_dps: 5, rotation_start_deg: 1, gain_db: 34,\n"
              "            boresight_elevation_deg: 3}\n"));
    assert_int_equal(f->diagnostics.notes.n_items, 4);
    assert_note(f, 0, 9, 29, "groups[0].radar.rotation_dps",
                "without effect: scan is not rotating");
    assert_note(f, 1, 9, 46, "groups[0].radar.rotation_start_deg",
                "without effect: scan is not rotating");
    assert_note(f, 2, 9, 78, "groups[0].radar.gain_db",
                "a beam of 2 by 10 degrees has at most 33.1 dB, usually 31.1 dB");
    assert_note(f, 3, 10, 13, "groups[0].radar.boresight_elevation_deg",
                "without effect: pattern is none");
}

/* one change to the scenario's group or to the radar's file, and all that is then said */
typedef struct bad_input {
    const char *in_group;   /* after `radar: sea.yaml` when that is NULL in the next */
    const char *find, *put; /* in the radar's file */
    const char *expected;
} bad_input;

static const bad_input bad_inputs[] = {
    {"    radar: sea.yaml\n", "pfa: 1e-6", "pfa: 0.5",
     "sea.yaml:6:6: pfa: expected less than 0.5, found 0.5\n"},
    {"    radar: sea.yaml\n", "pfa: 1e-6", "pfa: 0",
     "sea.yaml:6:6: pfa: expected a number from 1e-30 to 0.5, found 0\n"},
    {"    radar: sea.yaml\n", "pfa: 1e-6", "pfa: 0.7",
     "sea.yaml:6:6: pfa: expected a number from 1e-30 to 0.5, found 0.7\n"},
    {"    radar: sea.yaml\n", "pfa: 1e-6", "pfa: 0.2",
     "sea.yaml:6:6: pfa: 0.2 makes 6.917e+05 false alarms in a frame on average, more than 500: "
     "there are 3.458e+06 cells\n"},
    {"    radar: sea.yaml\n", "bandwidth_hz: 1e6", "bandwidth_hz: -1e6",
     "sea.yaml:4:15: bandwidth_hz: expected a number from 1 to 1e+12, found -1e6\n"},
    {"    radar: sea.yaml\n", "beam_azimuth_deg: 2", "beam_azimuth_deg: 361",
     "sea.yaml:7:19: beam_azimuth_deg: expected a number from 0.0001 to 360, found 361\n"},
    {"    radar: sea.yaml\n", "range_max_m: 20000", "range_max_m: 4000",
     "sea.yaml:1:1: sr_threshold_m: 5000 m, which is the default, is above range_max_m (4000 m)\n"},
    {"    radar: sea.yaml\n", "capacity: 16", "capacity: 16\nsr_threshold_m: 20001",
     "sea.yaml:13:17: sr_threshold_m: 20001 m is above range_max_m (20000 m)\n"},
    {"    radar: sea.yaml\n", "capacity: 16", "capacity: 0",
     "sea.yaml:12:11: capacity: expected an integer from 1 to 1048576, found '0'\n"},
    {"    radar: sea.yaml\n", "pulses: 8", "pulses: 65",
     "sea.yaml:11:9: pulses: expected an integer from 1 to 64, found '65'\n"},
    {"    radar: sea.yaml\n", "period_s: 0.5", "period_s: 0.55",
     "sea.yaml:9:11: period_s: 0.55 s is not a multiple of dt_s (0.1 s)\n"},
    {"    radar: sea.yaml\n", "prf_hz: 2000\n", "",
     "sea.yaml:1:1: dwell_s: missing: a staring radar without prf_hz needs it\n"},
    {"    radar: sea.yaml\n", "power_w: 1000\n", "", "sea.yaml:1:1: missing key 'power_w'\n"},
    {"    radar: sea.yaml\n", "power_w: 1000", "pwoer_w: 1000",
     "sea.yaml:1:1: pwoer_w: unknown key (did you mean 'power_w'?)\nsea.yaml:1:1: missing key "
     "'power_w'\n"},
    {"    radar: sea.yaml\n", "pfa: 1e-6", "pfa: {choice: [1e-6]}",
     "sea.yaml:6:6: pfa: expected a number, found a mapping\n"},
    {"    radar: {file: sea.yaml, pfa: 0.6}\n", NULL, NULL,
     "s.yaml:9:34: groups[0].radar.pfa: expected a number from 1e-30 to 0.5, found 0.6\n"},
    {"    radar: {file: sea.yaml, scan: spinning}\n", NULL, NULL,
     "s.yaml:9:35: groups[0].radar.scan: unknown value 'spinning' (expected one of: staring, "
     "sector, rotating)\n"},
    {"    radar: {file: sea.yaml, pattern: sinc}\n", NULL, NULL,
     "s.yaml:9:38: groups[0].radar.pattern: unknown value 'sinc' (expected one of: none, gaussian, "
     "cosine)\n"},
    {"    radar: {file: sea.yaml, scan: rotating}\n", NULL, NULL,
     "s.yaml:9:12: groups[0].radar: rotation_dps: a rotating scan needs a rate other than 0\n"},
    {"    radar: {file: sea.yaml, scan: sector, azimuth_max_deg: 200}\n", NULL, NULL,
     "s.yaml:9:60: groups[0].radar.azimuth_max_deg: expected more than azimuth_min_deg, by 360 at "
     "most: found -180 and 200\n"},
    {"    radar: {ideal: true, range_max_m: 100, sr_threshold_m: 100}\n", NULL, NULL,
     "s.yaml:9:12: groups[0].radar: missing key 'period_s'\n"},
    {"    radar: {file: see.yaml, pffa: 1}\n", NULL, NULL,
     "s.yaml:9:19: groups[0].radar.file: cannot read 'see.yaml': No such file or directory\n"
     "s.yaml:9:29: groups[0].radar.pffa: unknown key (did you mean 'pfa'?)\n"},
    {"    radar: [1]\n", NULL, NULL,
     "s.yaml:9:12: groups[0].radar: expected a file name or a profile, found a list\n"},
    {"    signature: {swerling: 5}\n", NULL, NULL,
     "s.yaml:9:27: groups[0].signature.swerling: expected an integer from 0 to 4, found '5'\n"},
    {"    signature: {swerling: 1.0}\n", NULL, NULL,
     "s.yaml:9:27: groups[0].signature.swerling: expected an integer from 0 to 4, found '1.0'\n"},
    {"    signature: {rcs_dbsm: {choice: [0, 101]}}\n", NULL, NULL,
     "s.yaml:9:40: groups[0].signature.rcs_dbsm.choice[1]: expected a number from -100 to 100, "
     "found 101\n"},
    {"    signature: {rcs: 1}\n", NULL, NULL,
     "s.yaml:9:17: groups[0].signature.rcs: unknown key (did you mean 'rcs_dbsm'?)\n"},
    {"    transponder: {mode: on}\n", NULL, NULL,
     "s.yaml:9:18: groups[0].transponder: missing key 'id'\n"},
    {"    transponder: {id: a}\n", NULL, NULL,
     "s.yaml:9:18: groups[0].transponder: missing key 'mode'\n"},
    {"    transponder: {mode: loud}\n", NULL, NULL,
     "s.yaml:9:25: groups[0].transponder.mode: unknown value 'loud' (expected one of: off, on, "
     "silent, spoof)\n"},
    {"    transponder: {mode: true, id: a}\n", NULL, NULL,
     "s.yaml:9:25: groups[0].transponder.mode: unknown value 'true' (expected one of: off, on, "
     "silent, spoof)\n"},
    {"    transponder: {mode: on, id: \"A-{indx}\"}\n", NULL, NULL,
     "s.yaml:9:33: groups[0].transponder.id: braces stand for '{index}' only\n"},
    {"    transponder: {mode: on, id: \"A-index}\"}\n", NULL, NULL,
     "s.yaml:9:33: groups[0].transponder.id: braces stand for '{index}' only\n"},
    {"    transponder: {mode: on, id: \"A\\n\"}\n", NULL, NULL,
     "s.yaml:9:33: groups[0].transponder.id: expected a text without control characters\n"},
    {"environment: {planet: {center_m: [0, 0, 0]}}\n", NULL, NULL,
     "s.yaml:9:23: environment.planet: missing key 'radius_m'\n"},
    {"environment: {planet: {center_m: [0, 0, 0], radius_m: 0}}\n", NULL, NULL,
     "s.yaml:9:55: environment.planet.radius_m: expected a number > 0, found 0\n"},
    {"environment: {planet: {center_m: [0, 0], radius_m: 1}}\n", NULL, NULL,
     "s.yaml:9:34: environment.planet.center_m: expected a list of 3 numbers, found 2\n"},
};

static void bad_input_names_the_file_the_place_and_the_key(void **state)
{
    fixture *f = *state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(bad_inputs); i++) {
        const bad_input *bad = &bad_inputs[i];
        char *radar = bad->find ? replace(sea_radar, bad->find, bad->put) : strdup(sea_radar);
        write_file("sea.yaml", radar);
        char text[1024];
        snprintf(text, sizeof text, "%s%s", HEAD, bad->in_group);
        char *errors = errors_of(f, text);
        if (strcmp(errors, bad->expected) != 0) {
            print_error("%zu: expected\n%sfound\n%s", i, bad->expected, errors);
            wrong++;
        }
        free(errors);
        free(radar);
    }
    assert_int_equal(wrong, 0);
}

static void a_world_with_radars_has_at_most_so_many_vehicles_as_keys(void **state)
{
    fixture *f = *state;
    const char *const with = TIME "groups:\n"
                                  "  - name: a\n    kind: bot\n    count: 16777216\n"
                                  "    hardware: {hardware_profile: {}}\n"
                                  "  - name: b\n    kind: bot\n    count: 1\n"
                                  "    hardware: {hardware_profile: {}}\n";
    load(f, with);
    char text[1024];
    snprintf(text, sizeof text, "%s    radar: {ideal: true, period_s: 1, range_max_m: 9000}\n",
             with);
    char *errors = errors_of(f, text);
    static const char expected[] =
        "s.yaml:4:3: groups: 16777217 vehicles in a world are more than 16777216, the most that a "
        "radar tells apart\n";
    assert_memory_equal(errors, expected, strlen(expected));
    free(errors);
}

static bool same_number(const qf_number *a, const qf_number *b)
{
    return a->kind == b->kind && a->a == b->a && a->b == b->b && a->low == b->low &&
           a->high == b->high && a->n_items == b->n_items;
}

static void assert_same_groups(const qf_group_spec *a, const qf_group_spec *b)
{
    assert_true(same_number(&a->rcs_dbsm, &b->rcs_dbsm));
    assert_int_equal(a->swerling, b->swerling);
    assert_int_equal(a->transponder_mode, b->transponder_mode);
    assert_int_equal(a->transponder_id == NULL, b->transponder_id == NULL);
    if (a->transponder_id) {
        assert_string_equal(a->transponder_id, b->transponder_id);
    }
    assert_int_equal(a->radar_period_ticks, b->radar_period_ticks);
    assert_int_equal(a->radar == NULL, b->radar == NULL);
    if (a->radar) {
        assert_true(same_number(&a->radar->rotation_start_deg, &b->radar->rotation_start_deg));
        /* all of it, byte by byte, and pulses and cells at once */
        static qf_radar radars[2];
        memset(radars, 0, sizeof radars);
        qf_radar_derive(a->radar, &radars[0]);
        qf_radar_derive(b->radar, &radars[1]);
        assert_memory_equal(&radars[0], &radars[1], sizeof radars[0]);
    }
}

static void the_effective_scenario_is_of_the_same_radars(void **state)
{
    fixture *f = *state;
    write_file("sea.yaml", sea_radar);
    static const char group[] =
        "  - {name: %s, kind: bot, count: 2, hardware: {hardware_profile: {}}, %s}\n";
    static const char *const keys[] = {
        "radar: sea.yaml, signature: {rcs_dbsm: {normal: {mean: 1, sd: 2}}, swerling: 4}",
        "radar: {file: sea.yaml, scan: rotating, rotation_dps: 90, pattern: cosine, merge: off, "
        "rotation_start_deg: {uniform: {min: 0, max: 360}}, boresight_elevation_deg: -2.5, "
        "coherent_pulses: 2, pulses: 3, dwell_s: 0.0111, loss_db: 0.1}, "
        "transponder: {mode: on, id: \"A\\\"{index}\"}",
        "radar: {file: sea.yaml, ideal: yes, capacity: 7}, transponder: {mode: spoof}",
        "iff: foe",
    };
    char text[4096] = TIME "environment: {planet: {center_m: [1, 2.5, 1e-300], radius_m: 0.1}}\n"
                           "groups:\n";
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char name[] = {(char)('a' + i), '\0'};
        const size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, group, name, keys[i]);
    }
    load(f, text);
    char *first = effective_text(f);
    fixture again = {.context = qf_context_default()};
    qf_diagnostics_init(&again.diagnostics);
    load(&again, first);
    assert_int_equal(again.scenario.n_groups, COUNT(keys));
    for (size_t g = 0; g < COUNT(keys); g++) {
        assert_same_groups(&f->scenario.groups[g], &again.scenario.groups[g]);
    }
    assert_memory_equal(&f->scenario.planet, &again.scenario.planet, sizeof again.scenario.planet);
    /* what has no effect is not written, so there is nothing to note */
    assert_int_equal(again.diagnostics.notes.n_items, 0);
    free(first);
    qf_scenario_free(&again.scenario);
    qf_diagnostics_free(&again.diagnostics);
}

static void the_radars_that_come_along_are_good(void **state)
{
    fixture *f = *state;
    static const char *const files[] = {"docking", "x_band", "ideal"};
    for (size_t i = 0; i < COUNT(files); i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s    radar: %s/configs/radar/%s.yaml\n", HEAD,
                 PROJECT_SOURCE_DIR, files[i]);
        load(f, text);
        assert_int_equal(f->diagnostics.notes.n_items, 0);
        assert_int_equal(group_of(f)->radar->ideal, i == 2);
    }
}

/* RE06 and the SNR that the reference has for these probabilities at a pfa of 1e-6 */
static void validate_says_how_far_a_radar_sees(void **state)
{
    (void)state;
    write_file("sea.yaml", sea_radar);
    write_file("s.yaml", WITH("    radar: {file: sea.yaml, pulses: 1, loss_db: 4}\n"));
    program_end end = RUN("validate", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "s.yaml: radar of a: 0 dBsm has Pd 0.5 at 5.402 km (Swerling 1), "
                             "5.899 km (Swerling 0), 0.9 at 3.336 km (Swerling 1), 5.275 km "
                             "(Swerling 0); window to 20 km; 0.432 false alarms per frame\n");
    release(&end);
    end = RUN("validate", "s.yaml", "--set", "groups[0].radar.ideal=true");
    assert_int_equal(end.exit_code, 0);
    assert_null(strstr(end.err, "false alarms"));
    release(&end);
}

static void every_key_has_a_row_in_the_documentation(void **state)
{
    (void)state;
    char *text = read_file(PROJECT_SOURCE_DIR "/docs/radar.md");
    for (size_t id = 0; id < QF_RADAR_COUNT; id++) {
        char row[64];
        snprintf(row, sizeof row, "\n| `%s` |", qf_radar_table[id].key);
        if (!strstr(text, row)) {
            fail_msg("docs/radar.md has no row for %s", qf_radar_table[id].key);
        }
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_without_the_keys_has_a_common_signature_and_nothing_else),
        TEST(signatures_are_numbers_or_distributions),
        TEST(transponder_modes_may_be_quoted_or_not),
        TEST(a_radar_is_a_file),
        TEST(a_radar_is_a_mapping_that_may_override_a_file),
        TEST(overrides_reach_into_the_file_of_a_radar),
        TEST(a_planet_has_a_place_and_a_size),
        TEST(keys_without_effect_are_noted),
        TEST(bad_input_names_the_file_the_place_and_the_key),
        TEST(a_world_with_radars_has_at_most_so_many_vehicles_as_keys),
        TEST(the_effective_scenario_is_of_the_same_radars),
        TEST(the_radars_that_come_along_are_good),
        TEST(validate_says_how_far_a_radar_sees),
        cmocka_unit_test(every_key_has_a_row_in_the_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
