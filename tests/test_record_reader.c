/* SPDX-License-Identifier: Apache-2.0 */
/* `record.detections` and `record.tracks`, read for a scenario whose groups are made here; test_scenario.c has the rest. */
#include "record_reader.h"

#include <math.h>

#include "scenario_reader.h"
#include "yaml_fixture.h"

static const qf_radar_spec radar;
static const qf_tracker_spec tracker;

/* The second group has no radar, and only the first a tracker. */
static qf_group_spec groups[] = {
    {.name = "scouts", .count = 2, .radar = &radar, .radar_period_ticks = 5, .tracker = &tracker},
    {.name = "mules", .count = 2},
    {.name = "posts", .count = 1, .radar = &radar, .radar_period_ticks = 1},
};

static qf_scenario scenario_of(qf_group_spec *list, size_t n)
{
    return (qf_scenario){
        .name = "t", .dt_s = 0.1, .n_ticks = 100, .n_worlds = 1, .groups = list, .n_groups = n};
}

static qf_record_spec read_record(fixture *f, const char *text, qf_group_spec *list, size_t n)
{
    qf_scenario scenario = scenario_of(list, n);
    qf_reader reader = {.arena = &f->arena, .diagnostics = &f->diagnostics};
    const qf_yaml_node *root = load(f, text);
    assert_non_null(root);
    qf_read_record(&reader, root, &scenario);
    return scenario.record;
}

static qf_record_spec read_good(fixture *f, const char *text)
{
    const qf_record_spec record = read_record(f, text, groups, COUNT(groups));
    assert_prints(f, "");
    return record;
}

static void assert_same(const qf_record_spec *a, const qf_record_spec *b)
{
    assert_int_equal(a->detections, b->detections);
    assert_int_equal(a->detections_every_frames, b->detections_every_frames);
    assert_true(a->detections_min_snr_db == b->detections_min_snr_db);
    assert_int_equal(a->detections_long_range, b->detections_long_range);
    assert_int_equal(a->detections_short_range, b->detections_short_range);
    assert_int_equal(a->detections_false_alarms, b->detections_false_alarms);
    assert_int_equal(!a->detections_of_group, !b->detections_of_group);
    for (size_t g = 0; a->detections_of_group && g < COUNT(groups); g++) {
        assert_int_equal(a->detections_of_group[g], b->detections_of_group[g]);
    }
}

static const qf_record_spec all_of_them = {.detections = true,
                                           .detections_every_frames = 1,
                                           .detections_min_snr_db = -(double)INFINITY,
                                           .detections_long_range = true,
                                           .detections_short_range = true,
                                           .detections_false_alarms = true};

static void nothing_is_recorded_unless_asked_for(void **state)
{
    static const char *const cases[] = {"a: 1\n", "record: {}\n", "record: {detections: false}\n",
                                        "record: {detections: off, tracks: no}\n"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_false(read_good(*state, cases[i]).detections);
    }
}

static void everything_is_recorded_unless_told_otherwise(void **state)
{
    static const char *const cases[] = {"record: {detections: true}\n",
                                        "record: {detections: {}}\n"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const qf_record_spec record = read_good(*state, cases[i]);
        assert_same(&record, &all_of_them);
    }
}

static void what_is_asked_for_is_taken(void **state)
{
    const qf_record_spec record =
        read_good(*state, "record: {detections: {every_frames: 5, min_snr_db: -3.5, bands: [long], "
                          "false_alarms: off, groups: [posts]}}\n");
    const bool of_group[COUNT(groups)] = {false, false, true};
    const qf_record_spec expected = {.detections = true,
                                     .detections_every_frames = 5,
                                     .detections_min_snr_db = -3.5,
                                     .detections_long_range = true,
                                     .detections_of_group = of_group};
    assert_same(&record, &expected);
}

static void what_is_left_out_beside_a_choice_is_everything(void **state)
{
    qf_record_spec expected = all_of_them;
    qf_record_spec record = read_good(*state, "record: {detections: {bands: [short, long]}}\n");
    assert_same(&record, &expected);
    record = read_good(*state, "record: {detections: {bands: [short]}}\n");
    expected.detections_long_range = false;
    assert_same(&record, &expected);
}

static void assert_tracks(const qf_record_spec *record, bool on, int64_t every_frames,
                          bool tentative, const bool *of_group)
{
    assert_int_equal(record->tracks, on);
    assert_int_equal(record->tracks_every_frames, every_frames);
    assert_int_equal(record->tracks_tentative, tentative);
    assert_int_equal(!record->tracks_of_group, !of_group);
    for (size_t g = 0; of_group && g < COUNT(groups); g++) {
        assert_int_equal(record->tracks_of_group[g], of_group[g]);
    }
}

static void tracks_are_recorded_as_asked_for(void **state)
{
    static const bool scouts[COUNT(groups)] = {true, false, false};
    static const struct {
        const char *text;
        bool on;
        int64_t every_frames;
        bool tentative;
        const bool *of_group;
    } cases[] = {
        {"record: {}\n", false, 1, true, NULL},
        {"record: {tracks: off}\n", false, 1, true, NULL},
        {"record: {detections: true}\n", false, 1, true, NULL},
        {"record: {tracks: true}\n", true, 1, true, NULL},
        {"record: {tracks: {}}\n", true, 1, true, NULL},
        {"record: {tracks: {every_frames: 7}}\n", true, 7, true, NULL},
        {"record: {tracks: {tentative: false, groups: [scouts]}}\n", true, 1, false, scouts},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const qf_record_spec record = read_good(*state, cases[i].text);
        assert_tracks(&record, cases[i].on, cases[i].every_frames, cases[i].tentative,
                      cases[i].of_group);
        assert_int_equal(record.detections, i == 2);
    }
}

/* What is written is read again as the same. */
static void written_scenario_says_the_same(void **state)
{
    static const char *const cases[] = {
        "record: {detections: false}\n",
        "record: {detections: true}\n",
        "record: {detections: {min_snr_db: 0.1, bands: [short]}}\n",
        "record: {detections: {every_frames: 4294967295, bands: [long, short]}}\n",
        "record: {detections: {false_alarms: false, groups: [posts, scouts]}}\n",
        "record: {detections: {groups: [scouts]}, state: []}\n",
        "record: {tracks: true}\n",
        "record: {detections: true, tracks: {every_frames: 4294967295, tentative: no}}\n",
        "record: {tracks: {groups: [scouts]}}\n",
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        qf_scenario scenario = scenario_of(groups, COUNT(groups));
        scenario.record = read_good(f, cases[i]);
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        qf_scenario_write(&scenario, out);
        fclose(out);
        const qf_record_spec again = read_good(f, text);
        assert_same(&again, &scenario.record);
        assert_tracks(&again, scenario.record.tracks, scenario.record.tracks_every_frames,
                      scenario.record.tracks_tentative, scenario.record.tracks_of_group);
        free(text);
    }
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *detections;
        const char *message;
    } cases[] = {
        {"{every_frames: 0}",
         "f:1:37: record.detections.every_frames: expected an integer from 1 to "
         "4294967295, found '0'\n"},
        {"{every_frames: 1.5}", NULL},
        {"{min_snr_db: loud}", NULL},
        {"{min_snr_db: {uniform: {min: 1, max: 2}}}", NULL},
        {"{bands: []}", "f:1:30: record.detections.bands: an empty list: nothing would be "
                        "recorded\n"},
        {"{bands: [lnog]}",
         "f:1:31: record.detections.bands[0]: unknown value 'lnog' (did you mean "
         "'long'?)\n"},
        {"{bands: [long, long]}", "f:1:37: record.detections.bands[1]: 'long' stands here twice\n"},
        {"{bands: long}", NULL},
        {"{false_alarms: 3}", NULL},
        {"{groups: [scuots]}", "f:1:32: record.detections.groups[0]: unknown value 'scuots' (did "
                               "you mean 'scouts'?)\n"},
        {"{groups: []}", "f:1:31: record.detections.groups: an empty list: nothing would be "
                         "recorded\n"},
        {"{groups: [scouts, mules]}", "f:1:31: record.detections.groups: group 'mules' has no "
                                      "radar\n"},
        {"{evry_frames: 1}", "f:1:23: record.detections.evry_frames: unknown key (did you mean "
                             "'every_frames'?)\n"},
        {"[short]", "f:1:22: record.detections: expected true, false or a mapping, found a list\n"},
        {"maybe", NULL},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        snprintf(text, sizeof text, "record: {detections: %s}\n", cases[i].detections);
        read_record(f, text, groups, COUNT(groups));
        if (qf_diagnostics_error_count(&f->diagnostics) != 1) {
            fail_msg("%s: %zu errors", cases[i].detections,
                     qf_diagnostics_error_count(&f->diagnostics));
        }
        if (cases[i].message) {
            assert_prints(f, cases[i].message);
        }
        clear(f);
        qf_diagnostics_init(&f->diagnostics);
    }
}

static void mistakes_about_tracks_are_named(void **state)
{
    static const struct {
        const char *tracks;
        const char *message;
    } cases[] = {
        {"{every_frames: 0}", "f:1:33: record.tracks.every_frames: expected an integer from 1 to "
                              "4294967295, found '0'\n"},
        {"{tentative: 3}", "f:1:30: record.tracks.tentative: expected true or false, found '3'\n"},
        {"{groups: [posts]}", "f:1:27: record.tracks.groups: group 'posts' has no tracker\n"},
        {"{groups: []}",
         "f:1:27: record.tracks.groups: an empty list: nothing would be recorded\n"},
        {"{bands: [long]}", "f:1:19: record.tracks.bands: unknown key (expected one of: "
                            "every_frames, tentative, groups)\n"},
        {"[scouts]", "f:1:18: record.tracks: expected true, false or a mapping, found a list\n"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        snprintf(text, sizeof text, "record: {tracks: %s}\n", cases[i].tracks);
        read_record(f, text, groups, COUNT(groups));
        assert_prints(f, cases[i].message);
        clear(f);
        qf_diagnostics_init(&f->diagnostics);
    }
    /* a radar is no tracker */
    read_record(f, "record: {tracks: true}\n", &groups[1], 2);
    assert_prints(f, "f:1:18: record.tracks: no group has a tracker: nothing would be recorded\n");
}

static void tracker_that_could_not_be_read_is_not_said_to_be_missing(void **state)
{
    fixture *f = *state;
    const qf_yaml_node *node = load(f, "x: 1\n");
    qf_diagnose(&f->diagnostics, node, "its own error");
    read_record(f,
                "groups: [{name: mules, tracker: {mode: loud}}]\n"
                "record: {tracks: {groups: [mules]}}\n",
                &groups[1], 1);
    assert_prints(f, "f:1:1: its own error\n");
}

static void detections_without_any_radar_are_refused(void **state)
{
    static const char *const cases[] = {"true", "{bands: [long]}"};
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        snprintf(text, sizeof text, "record: {detections: %s}\n", cases[i]);
        read_record(f, text, &groups[1], 1);
        assert_prints(f, "f:1:22: record.detections: no group has a radar: nothing would be "
                         "recorded\n");
        clear(f);
        qf_diagnostics_init(&f->diagnostics);
    }
    read_record(f, "record: {detections: false}\n", &groups[1], 1);
    assert_prints(f, "");
}

static void radar_that_could_not_be_read_is_not_said_to_be_missing(void **state)
{
    fixture *f = *state;
    const qf_yaml_node *node = load(f, "x: 1\n");
    qf_diagnose(&f->diagnostics, node, "its own error");
    read_record(f,
                "groups: [{name: mules, radar: {power_w: loud}}]\n"
                "record: {detections: {groups: [mules]}}\n",
                &groups[1], 1);
    assert_prints(f, "f:1:1: its own error\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(nothing_is_recorded_unless_asked_for),
        WITH_FIXTURE(everything_is_recorded_unless_told_otherwise),
        WITH_FIXTURE(what_is_asked_for_is_taken),
        WITH_FIXTURE(what_is_left_out_beside_a_choice_is_everything),
        WITH_FIXTURE(tracks_are_recorded_as_asked_for),
        WITH_FIXTURE(written_scenario_says_the_same),
        WITH_FIXTURE(mistakes_are_named),
        WITH_FIXTURE(mistakes_about_tracks_are_named),
        WITH_FIXTURE(tracker_that_could_not_be_read_is_not_said_to_be_missing),
        WITH_FIXTURE(detections_without_any_radar_are_refused),
        WITH_FIXTURE(radar_that_could_not_be_read_is_not_said_to_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
