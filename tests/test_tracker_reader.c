/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers and pictures of scenario files: what is read, and what is refused. */
#include <math.h>

#include "scenario_fixture.h"

#define RADAR "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000}\n"
#define HEAD  PLAIN RADAR

static const char short_sight[] = "mode: qiki\n"
                                  "max_association_distance_m: 9\n"
                                  "max_misses: 7\n"
                                  "picture: true\n";

static const qf_tracker_spec *tracker_of(const fixture *f)
{
    return f->scenario.groups[0].tracker;
}

static void a_group_has_no_tracker_unless_told(void **state)
{
    fixture *f = *state;
    load(f, HEAD);
    assert_null(tracker_of(f));
    assert_null(f->scenario.groups[0].guards);
    assert_null(f->scenario.groups[0].situations);
}

static void a_mode_is_enough(void **state)
{
    fixture *f = *state;
    static const char *const modes[] = {"qiki", "robust", "kalman"};
    for (size_t m = 0; m < COUNT(modes); m++) {
        char text[512];
        snprintf(text, sizeof text, HEAD "    tracker: {mode: %s}\n", modes[m]);
        load(f, text);
        const qf_tracker_spec *spec = tracker_of(f);
        assert_int_equal(spec->mode, m);
        assert_null(spec->file);
        assert_false(spec->shares || spec->gains_given || spec->exact);
        const qf_tracker_spec expected = qf_tracker_spec_default((qf_track_mode)m);
        for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
            const bool from_radar = id >= QF_TRACKER_RANGE_SD && id <= QF_TRACKER_SPEED_SD;
            assert_true(spec->value[id] == (from_radar ? 0.01 : expected.value[id]));
        }
        assert_int_equal(f->diagnostics.notes.n_items, 0);
    }
}

static void a_tracker_is_a_file_that_a_mapping_may_override(void **state)
{
    fixture *f = *state;
    write_file("short.yaml", short_sight);
    load(f, HEAD "    tracker: short.yaml\n");
    assert_string_equal(tracker_of(f)->file, "short.yaml");
    assert_int_equal(tracker_of(f)->mode, QF_TRACK_QIKI);
    assert_true(tracker_of(f)->value[QF_TRACKER_GATE] == 9.0);
    assert_true(tracker_of(f)->value[QF_TRACKER_MAX_MISSES] == 7.0);
    assert_true(tracker_of(f)->shares);
    load(f, HEAD "    tracker: {file: short.yaml, max_misses: 2, picture: {min_support: 4}}\n");
    assert_true(tracker_of(f)->value[QF_TRACKER_GATE] == 9.0);
    assert_true(tracker_of(f)->value[QF_TRACKER_MAX_MISSES] == 2.0);
    assert_true(tracker_of(f)->shares);
    assert_int_equal(tracker_of(f)->picture.min_support, 4);
    load(f, HEAD "    tracker: {file: short.yaml, picture: no}\n");
    assert_false(tracker_of(f)->shares);
}

static void overrides_reach_into_the_file_of_a_tracker(void **state)
{
    fixture *f = *state;
    write_file("short.yaml", short_sight);
    load_with(f, HEAD "    tracker: short.yaml\n", "groups[0].tracker.alpha=0.25");
    assert_true(tracker_of(f)->value[QF_TRACKER_ALPHA] == 0.25);
    assert_true(tracker_of(f)->value[QF_TRACKER_GATE] == 9.0);
    assert_string_equal(tracker_of(f)->file, "short.yaml");
    load_with(f, HEAD "    tracker: short.yaml\n", "groups[0].tracker.picture.gate_m=33");
    assert_true(tracker_of(f)->shares && tracker_of(f)->picture.gate_m == 33.0);
}

static void every_parameter_is_taken(void **state)
{
    fixture *f = *state;
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        const qf_tracker_parameter *row = &qf_tracker_table[id];
        const bool qiki = row->modes & 1U << QF_TRACK_QIKI;
        const double value = id == QF_TRACKER_CAPACITY           ? 48.0
                             : id == QF_TRACKER_CONFIRM_HITS     ? 3.0
                             : id == QF_TRACKER_GATE_PROBABILITY ? 0.25
                             : id == QF_TRACKER_BETA             ? 0.5
                             : row->whole                        ? 9.0
                                                                 : 0.75 + row->low;
        char text[512];
        snprintf(text, sizeof text, HEAD "    tracker: {mode: %s, %s: %g}\n",
                 qiki ? "qiki" : "robust", row->key, isfinite(row->low) ? value : 0.5);
        load(f, text);
        assert_true(tracker_of(f)->value[id] == value);
        assert_int_equal(f->diagnostics.notes.n_items, 0);
    }
    load(f, HEAD "    tracker: {mode: robust, gains: given, alpha: 0.5, beta: 1.5,"
                 " association: exact}\n");
    assert_true(tracker_of(f)->gains_given && tracker_of(f)->exact);
    assert_true(tracker_of(f)->value[QF_TRACKER_BETA] == 1.5);
}

static void a_picture_has_the_reference_s_figures_or_others(void **state)
{
    fixture *f = *state;
    load(f, HEAD "    tracker: {mode: qiki, picture: {gate_m: 1.5, gate_mps: 2.5, min_support: 3,\n"
                 "      max_age_s: 4.5, confirm_frames: 5, cooldown_s: 6.5}}\n");
    const qf_picture_rules *picture = &tracker_of(f)->picture;
    assert_true(tracker_of(f)->shares);
    assert_true(picture->gate_m == 1.5 && picture->gate_mps == 2.5 && picture->max_age_s == 4.5);
    assert_true(picture->cooldown_s == 6.5);
    assert_int_equal(picture->min_support, 3);
    assert_int_equal(picture->confirm_frames, 5);
    load(f, HEAD "    tracker: {mode: qiki, picture: {}}\n");
    const qf_picture_rules usual = qf_picture_rules_default();
    assert_true(tracker_of(f)->shares);
    assert_true(tracker_of(f)->picture.gate_m == usual.gate_m);
    assert_int_equal(tracker_of(f)->picture.min_support, usual.min_support);
}

static void keys_without_effect_are_noted(void **state)
{
    fixture *f = *state;
    load(f, HEAD "    tracker: {mode: qiki, gains: given, range_sd_m: 3, association: exact}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 3);
    assert_note(f, 0, 9, 27, "groups[0].tracker.gains", "without effect: mode is qiki");
    assert_note(f, 1, 9, 41, "groups[0].tracker.range_sd_m", "without effect: mode is qiki");
    assert_note(f, 2, 9, 56, "groups[0].tracker.association", "without effect: mode is qiki");
    load(f, HEAD "    tracker: {mode: robust, alpha: 0.5, handoff_bearing_deg: 1}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 2);
    assert_note(f, 0, 9, 29, "groups[0].tracker.alpha", "without effect: gains is kalata");
    assert_note(f, 1, 9, 41, "groups[0].tracker.handoff_bearing_deg",
                "without effect: mode is robust");
    load(f, HEAD "    tracker: {mode: kalman, gains: given, beta: 99}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 2);
    assert_note(f, 1, 9, 43, "groups[0].tracker.beta", "without effect: mode is kalman");
}

/* ideal radars may turn, too */
#define TURNS(dps)                                                                                 \
    PLAIN "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000, scan: rotating, "            \
          "rotation_dps: " #dps "}\n"

static void the_reference_and_a_beam_that_turns_are_noted(void **state)
{
    fixture *f = *state;
    load(f, TURNS(-144) "    tracker: {mode: qiki}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 1);
    assert_note(f, 0, 9, 21, "groups[0].tracker.mode",
                "counts a miss in every frame that the beam is elsewhere: it passes 72 degrees in "
                "each; robust and kalman count turns");
    load(f, TURNS(720) "    tracker: {mode: qiki}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 0);
    load(f, TURNS(144) "    tracker: {mode: robust}\n");
    assert_int_equal(f->diagnostics.notes.n_items, 0);
}

#define QIKI(rest)   "    tracker: {mode: qiki, " rest "}\n"
#define ROBUST(rest) "    tracker: {mode: robust, " rest "}\n"
#define AT           "s.yaml:9:"
#define T            ": groups[0].tracker."

static const refused bad_inputs[] = {
    {QIKI("alpha: 0"), AT "34" T "alpha: expected a number > 0 and <= 1, found 0\n"},
    {QIKI("alpha: -0.1"), AT "34" T "alpha: expected a number > 0 and <= 1, found -0.1\n"},
    {QIKI("alpha: 1.001"), AT "34" T "alpha: expected a number > 0 and <= 1, found 1.001\n"},
    {ROBUST("gains: given, alpha: 2"),
     AT "50" T "alpha: expected a number > 0 and <= 1, found 2\n"},
    {QIKI("beta: 1.1"), AT "33" T "beta: expected a number from 0 to 1, found 1.1\n"},
    {QIKI("beta: -0.1"), AT "33" T "beta: expected a number from 0 to 1, found -0.1\n"},
    {ROBUST("gains: given, alpha: 0.75, beta: 2.5"),
     AT "62" T "beta: a filter is stable with 0 < beta < 4 - 2 alpha, which is 2.5, found 2.5\n"},
    {ROBUST("gains: given, beta: 0"),
     AT "49" T "beta: a filter is stable with 0 < beta < 4 - 2 alpha, which is 2.8, found 0\n"},
    {QIKI("max_association_distance_m: 0"),
     AT "55" T "max_association_distance_m: expected a number > 0 and <= 1e+09, found 0\n"},
    {QIKI("max_association_distance_m: -12"),
     AT "55" T "max_association_distance_m: expected a number > 0 and <= 1e+09, found -12\n"},
    {QIKI("max_radial_velocity_delta_mps: 0"),
     AT "58" T "max_radial_velocity_delta_mps: expected a number > 0 and <= 3e+08, found 0\n"},
    {ROBUST("gate_probability: 0"),
     AT "47" T "gate_probability: expected a number >= 1e-06 and < 1, found 0\n"},
    {ROBUST("gate_probability: 1"),
     AT "47" T "gate_probability: expected a number >= 1e-06 and < 1, found 1\n"},
    {QIKI("alpha: .nan"), AT "34" T "alpha: expected a finite number, found '.nan'\n"},
    {QIKI("max_association_distance_m: .inf"),
     AT "55" T "max_association_distance_m: expected a finite number, found '.inf'\n"},
    {ROBUST("range_sd_m: NaN"), AT "41" T "range_sd_m: expected a finite number, found 'NaN'\n"},
    {ROBUST("range_sd_m: 1e-9"), AT
     "41" T
     "range_sd_m: expected at least 0.0001, or 0 for what the radar's errors are: found 1e-09\n"},
    {QIKI("capacity: 17"), AT "37" T "capacity: expected a multiple of 16, found 17\n"},
    {QIKI("capacity: 0"), AT "37" T "capacity: expected an integer from 16 to 512, found '0'\n"},
    {QIKI("capacity: 1000000000"),
     AT "37" T "capacity: expected an integer from 16 to 512, found '1000000000'\n"},
    {QIKI("capacity: 1e9"),
     AT "37" T "capacity: expected an integer from 16 to 512, found '1e9'\n"},
    {QIKI("max_misses: 0"),
     AT "39" T "max_misses: expected an integer from 1 to 65535, found '0'\n"},
    {ROBUST("confirm_window: 33"),
     AT "45" T "confirm_window: expected an integer from 1 to 32, found '33'\n"},
    {ROBUST("min_hits_to_confirm: 4"),
     AT "50" T "min_hits_to_confirm: 4 hits do not fit into confirm_window (3 frames)\n"},
    {ROBUST("confirm_window: 1"),
     AT "14: groups[0].tracker: min_hits_to_confirm: 2 hits do not fit into confirm_window (1 "
        "frames)\n"},
    {"    tracker: {mode: robst}\n",
     AT "21" T "mode: unknown value 'robst' (did you mean 'robust'?)\n"},
    {"    tracker: {capacity: 16}\n", AT "14: groups[0].tracker: missing key 'mode'\n"},
    {ROBUST("gains: kalta"), AT "36" T "gains: unknown value 'kalta' (did you mean 'kalata'?)\n"},
    {ROBUST("association: best"),
     AT "42" T "association: unknown value 'best' (expected one of: nearest, exact)\n"},
    {QIKI("aplha: 0.5"), AT "27" T "aplha: unknown key (did you mean 'alpha'?)\n"},
    {QIKI("alpha: {choice: [0.5]}"), AT "34" T "alpha: expected a number, found a mapping\n"},
    {QIKI("picture: 3"), AT "36" T "picture: expected true or false, found '3'\n"},
    {QIKI("picture: [1]"), AT "36" T "picture: expected a mapping, found a list\n"},
    {QIKI("picture: {gate_m: 0}"),
     AT "45" T "picture.gate_m: expected a number > 0 and <= 1e+09, found 0\n"},
    {QIKI("picture: {min_support: 0}"),
     AT "50" T "picture.min_support: expected an integer from 1 to 65535, found '0'\n"},
    {QIKI("picture: {gate: 1}"), AT "37" T "picture.gate: unknown key (did you mean 'gate_m'?)\n"},
    {"    tracker: [1]\n",
     AT "14: groups[0].tracker: expected a file name or a profile, found a list\n"},
    {"    tracker: {file: none.yaml, aplha: 1}\n",
     AT "21" T "file: cannot read 'none.yaml': No such file or directory\n" AT "32" T
        "aplha: unknown key (did you mean 'alpha'?)\n"},
    {QIKI("") "    behavior: patrol\n",
     "s.yaml:10:15: groups[0].behavior: expected a mapping, found 'patrol'\n"},
};

static void bad_input_names_the_place_and_the_key(void **state)
{
    assert_refused(*state, HEAD, bad_inputs, COUNT(bad_inputs));
}

static void what_a_tracker_needs_must_be_there(void **state)
{
    fixture *f = *state;
    static const refused without_radar[] = {
        {"    tracker: {mode: qiki}\n",
         "s.yaml:8:5: groups[0].tracker: needs a radar, and this group has none\n"},
        {"    radar: {ideal: true, range_max_m: 9000}\n    tracker: {mode: robust}\n",
         "s.yaml:8:12: groups[0].radar: missing key 'period_s'\n"},
        {"    radar: none.yaml\n    tracker: {mode: robust}\n",
         "s.yaml:8:12: groups[0].radar: cannot read 'none.yaml': No such file or directory\n"},
    };
    assert_refused(f, PLAIN, without_radar, COUNT(without_radar));
}

#define STATE "record: {every_s: 1, state: [gospa_m]}\n"

/* that a column is missing follows from the error before, unless there is none */
static void columns_of_a_tracker_that_cannot_be_read_are_not_missed(void **state)
{
    fixture *f = *state;
    write_file("broken.yaml", "- mode\n");
    static const refused all[] = {
        {"    tracker: none.yaml\n" STATE,
         AT "14: groups[0].tracker: cannot read 'none.yaml': No such file or directory\n"},
        {"    tracker: {file: none.yaml, alpha: 1}\n" STATE,
         AT "21" T "file: cannot read 'none.yaml': No such file or directory\n"},
        {"    tracker: broken.yaml\n" STATE, "broken.yaml:1:1: expected a mapping, found a list\n"},
        {"    tracker: {mode: best}\n" STATE,
         AT "21" T "mode: unknown value 'best' (expected one of: qiki, robust, kalman)\n"},
        {STATE, "s.yaml:9:30: record.state[0]: no column 'gospa_m'\n"},
    };
    assert_refused(f, HEAD, all, COUNT(all));
    load(f, HEAD "    tracker: {mode: qiki}\n" STATE);
    assert_int_equal(f->scenario.record.n_state, 1);
}

/* 2^31 - 1 ticks can be told apart, and no more */
static void long_runs_have_no_trackers(void **state)
{
    fixture *f = *state;
    static const char group[] = GROUP "    hardware: {hardware_profile: {}}\n"
                                      "    radar: {ideal: true, period_s: 1, range_max_m: 9000}\n"
                                      "    tracker: {mode: qiki}\n";
    static const char time[] = "schema: qfleet/1\ntime: {dt_s: 1, duration_s: %s}\n%s";
    char text[1024];
    snprintf(text, sizeof text, time, "2147483647", group);
    load(f, text);
    snprintf(text, sizeof text, time, "2147483648", group);
    char *errors = errors_of(f, text);
    assert_string_equal(errors,
                        "s.yaml:9:5: groups[0].tracker: a run of 2147483648 ticks is longer "
                        "than the 2147483647 that a tracker can count\n");
    free(errors);
}

static void assert_same_trackers(const qf_tracker_spec *a, const qf_tracker_spec *b)
{
    qf_tracker derived[2];
    memset(derived, 0, sizeof derived);
    qf_tracker_derive(a, 0.1, &derived[0]);
    qf_tracker_derive(b, 0.1, &derived[1]);
    assert_int_equal(a->shares, b->shares);
    assert_int_equal(a->exact, b->exact);
    assert_int_equal(a->gains_given, b->gains_given);
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        if (qf_tracker_uses(a, (qf_tracker_id)id)) {
            assert_true(a->value[id] == b->value[id]);
        }
    }
    assert_int_equal(a->mode, b->mode);
    assert_true(a->picture.gate_m == b->picture.gate_m);
    assert_true(a->picture.gate_mps == b->picture.gate_mps);
    assert_true(a->picture.max_age_s == b->picture.max_age_s);
    assert_true(a->picture.cooldown_s == b->picture.cooldown_s);
    assert_int_equal(a->picture.min_support, b->picture.min_support);
    assert_int_equal(a->picture.confirm_frames, b->picture.confirm_frames);
}

static void the_effective_scenario_is_of_the_same_trackers(void **state)
{
    fixture *f = *state;
    write_file("short.yaml", short_sight);
    static const char *const keys[] = {
        "short.yaml",
        "{mode: robust, acceleration_sd_mps2: 0.3, association: exact, gate_probability: 0.1}",
        "{mode: robust, gains: given, alpha: 0.7, beta: 2.5, picture: {gate_m: 0.1}}",
        "{mode: kalman, angle_sd_deg: 0.123, merge_distance: 0, picture: {min_support: 9}}",
    };
    char text[4096] = TIME "groups:\n";
    for (size_t i = 0; i < COUNT(keys); i++) {
        const size_t length = strlen(text);
        snprintf(text + length, sizeof text - length,
                 "  - {name: g%zu, kind: bot, count: 2, hardware: {hardware_profile: {}},\n"
                 "     radar: " PROJECT_SOURCE_DIR "/configs/radar/docking.yaml, tracker: %s}\n",
                 i, keys[i]);
    }
    load(f, text);
    /* what follows from the radar is written out */
    assert_true(f->scenario.groups[1].tracker->value[QF_TRACKER_RANGE_SD] > 0.01);
    char *first = effective_text(f);
    fixture again = {.context = qf_context_default()};
    qf_diagnostics_init(&again.diagnostics);
    load(&again, first);
    assert_int_equal(again.scenario.n_groups, COUNT(keys));
    for (size_t g = 0; g < COUNT(keys); g++) {
        assert_same_trackers(f->scenario.groups[g].tracker, again.scenario.groups[g].tracker);
    }
    assert_int_equal(again.diagnostics.notes.n_items, 0);
    free(first);
    qf_scenario_free(&again.scenario);
    qf_diagnostics_free(&again.diagnostics);
}

static void the_trackers_that_come_along_are_good(void **state)
{
    fixture *f = *state;
    for (size_t m = 0; m < QF_TRACK_MODES; m++) {
        char text[1024];
        snprintf(text, sizeof text, HEAD "    tracker: %s/configs/tracker/%s.yaml\n",
                 PROJECT_SOURCE_DIR, qf_track_mode_names[m]);
        load(f, text);
        assert_int_equal(f->diagnostics.notes.n_items, 0);
        assert_int_equal(tracker_of(f)->mode, m);
    }
    /* that of the reference is the reference's */
    load(f, HEAD "    tracker: " PROJECT_SOURCE_DIR "/configs/tracker/qiki.yaml\n");
    const qf_tracker_spec usual = qf_tracker_spec_default(QF_TRACK_QIKI);
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        assert_true(!qf_tracker_uses(&usual, (qf_tracker_id)id) ||
                    tracker_of(f)->value[id] == usual.value[id]);
    }
}

/* the row of each key, with its default */
static void assert_validate_says(const char *text, const char *line)
{
    write_file("s.yaml", text);
    program_end end = RUN("validate", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, line);
    release(&end);
}

/* errors are those of an ideal radar; 18.47 is in the tables of chi-square with 4 degrees of freedom */
static void validate_says_what_a_tracker_reckons_with(void **state)
{
    (void)state;
    static const char guards[] = "    guards: {rules: [{id: A}, {id: B}]}\n";
    static const char robust[] =
        "s.yaml: tracker of a: robust, up to 48 tracks; sd of detections 0.01 m, 0.25 deg, 0.01 "
        "m/s; gate chi-square 18.47 (probability 0.999); guards 2 rules\n";
    static const char qiki[] = "s.yaml: tracker of a: qiki, up to 32 tracks; gate 9 m and 15 m/s; "
                               "guards 0 rules\n";
    char text[1024];
    snprintf(text, sizeof text, "%s%s%s", HEAD,
             "    tracker: {mode: robust, capacity: 48, angle_sd_deg: 0.25}\n", guards);
    assert_validate_says(text, robust);
    assert_validate_says(HEAD "    tracker: {mode: qiki, max_association_distance_m: 9}\n", qiki);
    write_file("s.yaml", HEAD);
    program_end end = RUN("validate", "s.yaml");
    assert_null(strstr(end.err, "tracker"));
    release(&end);
}

static void every_key_has_a_row_in_the_documentation(void **state)
{
    (void)state;
    char *text = read_file(PROJECT_SOURCE_DIR "/docs/scenario.md");
    for (size_t id = 0; id < QF_TRACKER_COUNT; id++) {
        const qf_tracker_parameter *row = &qf_tracker_table[id];
        const double *usual = row->fallback;
        char start[64];
        char cell[64];
        snprintf(start, sizeof start, "\n| `%s` | ", row->key);
        if (usual[QF_TRACK_QIKI] == usual[QF_TRACK_ROBUST]) {
            snprintf(cell, sizeof cell, " | %.15g | ", usual[QF_TRACK_QIKI]);
        } else {
            snprintf(cell, sizeof cell, " | %.15g; qiki: %.15g | ", usual[QF_TRACK_ROBUST],
                     usual[QF_TRACK_QIKI]);
        }
        const char *line = strstr(text, start);
        if (!line) {
            fail_msg("docs/scenario.md has no row for %s", row->key);
        }
        char copy[512];
        snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
        assert_contains(copy, cell);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_has_no_tracker_unless_told),
        TEST(a_mode_is_enough),
        TEST(a_tracker_is_a_file_that_a_mapping_may_override),
        TEST(overrides_reach_into_the_file_of_a_tracker),
        TEST(every_parameter_is_taken),
        TEST(a_picture_has_the_reference_s_figures_or_others),
        TEST(keys_without_effect_are_noted),
        TEST(the_reference_and_a_beam_that_turns_are_noted),
        TEST(bad_input_names_the_place_and_the_key),
        TEST(what_a_tracker_needs_must_be_there),
        TEST(columns_of_a_tracker_that_cannot_be_read_are_not_missed),
        TEST(long_runs_have_no_trackers),
        TEST(the_effective_scenario_is_of_the_same_trackers),
        TEST(the_trackers_that_come_along_are_good),
        TEST(validate_says_what_a_tracker_reckons_with),
        cmocka_unit_test(every_key_has_a_row_in_the_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
