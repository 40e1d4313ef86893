/* SPDX-License-Identifier: Apache-2.0 */
/* The sections about a run, on small results: half a second a tick, haulers are the last two vehicles. */
#include "report.h"

#include <ctype.h>
#include <fcntl.h>
#include <math.h>

#include "failing_memory.h"
#include "partial_file.h"
#include "tracks_fixture.h"

static qf_status (*const sections[])(qf_context *context, qf_page *page,
                                     const qf_report_run *run) = {
    qf_report_run_summary, qf_report_run_state, qf_report_run_plan, qf_report_run_events,
    qf_report_run_tracking};

/* The page of a file, to be freed. */
static char *page_of(fixture *f, const char *path, const char *anchor)
{
    const hid_t file = open_result(path);
    qf_page *page = qf_page_create();
    const qf_report_run run = {.file = file, .path = path, .anchor = anchor ? anchor : ""};
    for (size_t i = 0; i < COUNT(sections); i++) {
        if (sections[i](&f->context, page, &run) != QF_OK) {
            fail_msg("%s", f->context.error);
        }
    }
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(qf_page_write(&f->context, page, "title", out), QF_OK);
    fclose(out);
    qf_page_free(page);
    H5Fclose(file);
    return text;
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* What is never to be read: numbers that are none within drawings, ids that are there twice. */
static void assert_sound(const char *text)
{
    for (const char *number = text; (number = strpbrk(number, "ni")); number++) {
        const bool bad = strncmp(number, "nan", 3) == 0 || strncmp(number, "inf", 3) == 0;
        if (bad && !isalpha((unsigned char)number[-1]) && !isalpha((unsigned char)number[3])) {
            fail_msg("no number in '%.60s'", number - 20);
        }
    }
    for (const char *id = text; (id = strstr(id, " id=\"")); id++) {
        char first[64];
        snprintf(first, sizeof first, "%.*s", (int)(strchr(id + 5, '"') - id) + 1, id);
        if (strstr(id + 1, first)) {
            fail_msg("twice:%s", first);
        }
    }
}

/* All parts are there; those after a "!" are not. Frees the text. */
static void assert_tells(char *text, const char *const *parts)
{
    assert_sound(text);
    for (; *parts; parts++) {
        const bool unwanted = **parts == '!';
        if (holds(text, *parts + unwanted) == unwanted) {
            fail_msg("'%s'", *parts);
        }
    }
    free(text);
}

#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Scouts alone, with as many thermal nodes. */
static void make_scouts(fixture *f, size_t n_scouts, qf_thermal_node *nodes, size_t n_nodes)
{
    make_fleet(f, 1, 1, 10);
    qf_fleet_free(&f->fleet);
    f->scenario.n_groups = 1;
    f->groups[0].count = n_scouts;
    f->groups[0].hardware.nodes = nodes;
    f->groups[0].hardware.n_nodes = n_nodes;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
}

static qf_event event_of(int64_t tick, uint32_t entity, uint16_t code, uint8_t severity)
{
    return (qf_event){.tick = tick,
                      .entity = entity,
                      .code = code,
                      .severity = severity,
                      .subject = -1,
                      .track = -1,
                      .cause = -1,
                      .value = (double)NAN};
}

/* Opens a group of the file, to change what is in it. */
static void without(const char *path, const char *group)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, group, H5P_DEFAULT) >= 0);
    H5Fclose(file);
}

/* Every double of /state becomes that value, but for the times. */
static void fill_state(const char *path, double value)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t group = H5Gopen2(file, "state", H5P_DEFAULT);
    H5G_info_t info;
    assert_true(H5Gget_info(group, &info) >= 0);
    for (hsize_t i = 0; i < info.nlinks; i++) {
        const hid_t variable =
            H5Oopen_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT);
        const hid_t type = H5Dget_type(variable);
        const hid_t space = H5Dget_space(variable);
        if (H5Tget_class(type) == H5T_FLOAT && H5Sget_simple_extent_ndims(space) == 2) {
            const size_t n = (size_t)H5Sget_simple_extent_npoints(space);
            double *values = malloc((n + 1) * sizeof *values);
            for (size_t k = 0; k < n; k++) {
                values[k] = k % 2 ? value : -value;
            }
            assert_true(
                H5Dwrite(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
            free(values);
        }
        H5Sclose(space);
        H5Tclose(type);
        H5Oclose(variable);
    }
    H5Gclose(group);
    H5Fclose(file);
}

static void whole_run(fixture *f, size_t n_scouts, int64_t n_records)
{
    make_fleet(f, n_scouts, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, n_records), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

static void page_of_a_whole_run_says_how_it_went(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("class=\"banner good\"", " Complete</p>", "5 vehicles for 5 s",
                       "nobody was quarantined, nothing critical happened", "3 scouts",
                       "2 heavy_haulers", "id=\"summary\"", "id=\"state\"", "id=\"plan\"",
                       "All 5 vehicles", "soc_pct, %", "!id=\"events\"", "!id=\"tracking\""));
}

static void sections_of_one_of_several_runs_are_called_after_it(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    assert_tells(page_of(f, "a.h5", "case-3-"),
                 PARTS("id=\"case-3-summary\"", "id=\"case-3-plan\""));
}

static qf_report_story story_of(fixture *f, const char *path)
{
    const hid_t file = open_result(path);
    const qf_report_run run = {.file = file, .path = path, .anchor = ""};
    qf_report_story story;
    assert_int_equal(qf_report_run_story(&f->context, &run, &story), QF_OK);
    H5Fclose(file);
    return story;
}

static void nothing_decided_where_nothing_happened(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const qf_report_story story = story_of(f, "a.h5");
    assert_string_equal(story.text, "");
    assert_int_equal(story.entity, -1);
}

static void critical_events_and_quarantined_vehicles_are_told_with_their_causes(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    qf_event events[50];
    size_t n = 0;
    for (uint32_t k = 0; k < 45; k++) {
        events[n++] = event_of(1, k % 5, QF_EVENT_COMMAND, 0);
    }
    events[n] = event_of(4, 3, QF_EVENT_COLLISION, 2);
    events[n].subject = 1;
    events[n].value = 1.5;
    events[n].cause = 3;
    n++;
    events[n] = event_of(5, 2, QF_EVENT_HALT, 2);
    events[n].subject = 15;
    events[n].value = 1e300;
    n++;
    assert_int_equal(qf_results_events(f->results, events, n), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    const qf_quarantine frozen = {
        .entity = 2, .tick = 5, .quantity = 15, .value = 1e300, .reason = QF_REASON_OUT_OF_RANGE};
    qf_results_quarantined(f->results, &frozen, 1);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("class=\"banner bad\"", "Complete, but 1 vehicle quarantined",
                       "1 halt, 1 collision", ">soc_pct<", "left its range", ">1e+300<",
                       "collision (920)", ">1 critical<", "command (310)", ">45<",
                       "qfleet explain a.h5 --entity 3 --at 2<",
                       "with scouts-1, closing at 1.5 m/s", "quarantined: soc_pct = 1e+300",
                       ">!! critical<"));
    /* what decided is the first that is critical, though a worse one follows */
    const qf_report_story story = story_of(f, "a.h5");
    assert_int_equal(story.entity, 3);
    assert_true(story.time_s == 2.0);
    if (!holds(story.text, "The first critical event, at 2 s, ") ||
        !holds(story.text, ": collision: with scouts-1, closing at 1.5 m/s. Behind it: command")) {
        fail_msg("%s", story.text);
    }
}

static void interrupted_at_once_is_not_complete_and_has_no_pictures(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    f->fleet.tick = 0;
    assert_int_equal(qf_results_finish(f->results, QF_INTERRUPTED, 0, NULL, NULL), QF_INTERRUPTED);
    assert_tells(page_of(f, "a.h5.partial", NULL),
                 PARTS("class=\"banner open\"", "Not complete", "5 vehicles for 0", "of 5 s",
                       "!id=\"state\"", "!id=\"plan\"", "!id=\"events\""));
}

static void one_record_and_one_vehicle_are_enough(void **state)
{
    fixture *f = *state;
    make_scouts(f, 1, f->nodes, 1);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 1), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("1 vehicle for", "id=\"state\"", "The one vehicle", "!f0 soft"));
}

static void without_state_or_without_any_table_there_is_still_a_summary(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    without("a.h5", "state");
    assert_tells(page_of(f, "a.h5", NULL), PARTS(" Complete</p>", "!id=\"state\"", "!id=\"plan\""));
    without("a.h5", "events");
    without("a.h5", "hashes");
    without("a.h5", "entities");
    assert_tells(page_of(f, "a.h5", NULL), PARTS(" Complete</p>", "not recorded", "!id=\"state\""));
}

static void of_a_kind_a_few_are_told_and_how_many_more_there_are(void **state)
{
    fixture *f = *state;
    enum { N = 45 };
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    qf_event events[N + 1];
    for (uint32_t k = 0; k < N; k++) {
        events[k] = event_of(1, k % 5, QF_EVENT_POWER_LOW, 1);
    }
    events[N] = event_of(2, 3, QF_EVENT_COLLISION, 2);
    assert_int_equal(qf_results_events(f->results, events, N + 1), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("5 of 46 (warnings", ">41 more of this kind<",
                                                 "!>because of<", "!>1 more of this kind<"));
}

static void events_that_were_not_to_be_recorded_are_not_said_to_be_none(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    const hid_t file = H5Fopen("a.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    const char *yaml = "schema: qfleet/1\nrecord:\n  events: false\n";
    const hid_t attribute = H5Aopen(file, "scenario_yaml", H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    assert_true(H5Tis_variable_str(type) > 0 && H5Awrite(attribute, type, &yaml) >= 0);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Fclose(file);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("not recorded", "!nothing critical", "nobody was quarantined"));
}

/* Texts in the place of numbers, so that no read of them succeeds. */
static void make_unreadable(const char *path, const char *column, hsize_t n)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, column, H5P_DEFAULT) >= 0);
    const hid_t space = H5Screate_simple(1, &n, NULL);
    const hid_t variable =
        H5Dcreate2(file, column, H5T_C_S1, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(variable >= 0);
    H5Dclose(variable);
    H5Sclose(space);
    H5Fclose(file);
}

static void what_cannot_be_read_is_an_error_and_not_a_zero(void **state)
{
    static const struct {
        const char *column;
        hsize_t n;
    } columns[] = {{"state/time", 11}, {"entities/world", 5}, {"hashes/tick", 2}};
    fixture *f = *state;
    whole_run(f, 3, 11);
    for (size_t i = COUNT(columns); i-- > 0;) {
        make_unreadable("a.h5", columns[i].column, columns[i].n);
        const hid_t file = open_result("a.h5");
        qf_page *page = qf_page_create();
        const qf_report_run run = {.file = file, .path = "a.h5", .anchor = ""};
        assert_int_equal(qf_report_run_state(&f->context, page, &run), QF_ERROR_READ);
        assert_true(holds(f->context.error, columns[i].column));
        qf_page_free(page);
        H5Fclose(file);
    }
}

static void of_many_vehicles_all_are_counted_where_they_ended(void **state)
{
    fixture *f = *state;
    whole_run(f, 60, 11);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("22 of 62 vehicles", "Where all of them were in the end", "!further away"));
}

static void missing_values_everywhere_are_not_drawn(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    fill_state("a.h5", (double)NAN);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("id=\"state\"", " Complete</p>"));
}

static void huge_values_are_drawn_within_the_picture(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    fill_state("a.h5", 1e300);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("id=\"state\"", "1e+300"));
    fill_state("a.h5", (double)INFINITY);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("id=\"state\""));
}

static void of_many_quantities_some_have_pictures_and_all_are_in_the_table(void **state)
{
    fixture *f = *state;
    enum { NODES = 130 };
    qf_thermal_node nodes[NODES];
    char ids[NODES][16];
    for (size_t i = 0; i < NODES; i++) {
        snprintf(ids[i], sizeof ids[i], "node_%zu", i);
        nodes[i].id = ids[i];
        memcpy(nodes[i].parameter, f->nodes[0].parameter, sizeof nodes[i].parameter);
        for (size_t p = 0; p < QF_NODE_PARAMETER_COUNT; p++) {
            nodes[i].parameter[p] = qf_constant(20.0);
        }
    }
    make_scouts(f, 4, nodes, NODES);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_true(f->plan.n_quantities >= 300);
    char *text = page_of(f, "a.h5", NULL);
    char title[64];
    snprintf(title, sizeof title, "All %zu recorded quantities", f->plan.n_quantities);
    size_t n_figures = 0;
    for (const char *figure = text; (figure = strstr(figure, "<figure")); figure++) {
        n_figures++;
    }
    assert_in_range(n_figures, 5, 25);
    assert_true(strlen(text) < 500000);
    assert_tells(text, PARTS(title, ">temp_node_99_c<", ">trip_node_99<"));
}

static void names_with_markup_are_texts(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    f->groups[0].name = "<script>alert(1)</script>&\"";
    begin(f, "a.h5");
    const qf_event event = event_of(4, 0, QF_EVENT_FAULT, 1);
    assert_int_equal(qf_results_events(f->results, &event, 1), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("&lt;script&gt;alert(1)&lt;/script&gt;&amp;",
                                                 "!<script", "Complete, with 1 warning"));
}

/* expected(): quantity * 1e10 + record * 1e6 + vehicle; of vehicles 0 to 20 the median is 10, 5 % is 1, and 95 % is 19 */
static void band_is_from_5_to_95_percent_of_the_vehicles(void **state)
{
    fixture *f = *state;
    make_scouts(f, 21, f->nodes, 1);
    keep_quantities(f, 1);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 2), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const hid_t file = H5Fopen("a.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    double values[2][21];
    for (size_t e = 0; e < 21; e++) {
        values[0][e] = (double)e;
        values[1][e] = (double)e + 20.0;
    }
    const hid_t variable = H5Dopen2(file, "state/x_m", H5P_DEFAULT);
    assert_true(H5Dwrite(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(variable);
    H5Fclose(file);
    /* axis 0 to 40 over 190 from 216 up: 1 is 211.3, 19 is 125.8, 39 is 30.8, 21 is 116.3; medians 10 and 30 */
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("class=\"f0 soft\" d=\"M58 125.8L408 30.8L408 116.3L58 211.3Z\"",
                       "class=\"s0\" d=\"M58 168.5L408 73.5\""));
}

/* Each vehicle is the observer of a fifth of the rows; the made-up states 1 to 4 are in turn, with a false one in seven. */
static void tracks_of_one_observer_and_their_quality_are_drawn(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    f->scenario.record.tracks = true;
    begin_given(f, "a.h5", &identities);
    assert_int_equal(hand_over_tracks(f, 0, 10 * PER_TICK), QF_OK);
    const qf_tracking_metrics metrics = {.group = 0,
                                         .frames = 1200,
                                         .gospa_m = 5.0,
                                         .ospa_m = (double)NAN,
                                         .localisation_m2 = 16.0,
                                         .missed_m2 = 8.0,
                                         .false_m2 = 0.0,
                                         .purity = 0.5,
                                         .completeness = 0.25,
                                         .switches = 3};
    qf_results_tracking(f->results, &metrics, 1);
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("id=\"tracking\"", "What scouts-0 believed", "Its 2,000 rows of tracks",
                       "Quality of confirmed tracks", ">25 %<", ">50 %<", ">1,200<", ">16 m²<",
                       /* 8 of 16 is half of 412, 25 of 100 a quarter; 0 has no bar */
                       "class=\"f1\" x=\"4\" y=\"56\" width=\"206\"",
                       "class=\"f2\" x=\"4\" y=\"20\" width=\"103\"",
                       "!class=\"f3\" x=\"4\" y=\"92\""));
}

/* Of two vehicles at two records, in the order first, second, first, second. */
static void put_state(hid_t file, const char *path, const double *values)
{
    const hsize_t lengths[2] = {2, 2};
    if (H5Lexists(file, path, H5P_DEFAULT) > 0) {
        const hid_t variable = H5Dopen2(file, path, H5P_DEFAULT);
        assert_true(H5Dwrite(variable, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
                    0);
        H5Dclose(variable);
    } else {
        assert_true(H5LTmake_dataset_double(file, path, 2, lengths, values) >= 0);
    }
}

/* The target looks north: the other one is at first 10 m, then 4 m ahead of it. */
static void approach_is_seen_in_the_axes_of_the_target(void **state)
{
    fixture *f = *state;
    make_scouts(f, 2, f->nodes, 1);
    keep_quantities(f, 3);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 2), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    const double half = sqrt(0.5);
    const hid_t file = H5Fopen("a.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    put_state(file, "state/x_m", (double[]){5.0, 5.0, 5.0, 5.0});
    put_state(file, "state/y_m", (double[]){-3.0, 7.0, -3.0, 1.0});
    put_state(file, "state/z_m", (double[]){0.0, 0.0, 0.0, 0.0});
    put_state(file, "state/target", (double[]){-1.0, 0.0, -1.0, 0.0});
    put_state(file, "state/q_w", (double[]){half, 1.0, half, 1.0});
    put_state(file, "state/q_x", (double[]){0.0, 0.0, 0.0, 0.0});
    put_state(file, "state/q_y", (double[]){0.0, 0.0, 0.0, 0.0});
    put_state(file, "state/q_z", (double[]){half, 0.0, half, 0.0});
    H5Fclose(file);
    /* the range over one power of ten: 4 is 0.602 of it; ahead 0 to 10.18, with a margin of 3 %, over 344 */
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("scouts-1 to scouts-0", "d=\"M58 26L408 101.6\"", "ahead of the target, m",
                       "d=\"M399.9 101L197.2 101\""));
}

/* Values of a variable of /state that is made where it is not there; [record][vehicle]. */
static void put_values(const char *path, const char *variable, hsize_t n_records,
                       hsize_t n_vehicles, const double *values)
{
    const hsize_t lengths[2] = {n_records, n_vehicles};
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    if (H5Lexists(file, variable, H5P_DEFAULT) > 0) {
        assert_true(H5Ldelete(file, variable, H5P_DEFAULT) >= 0);
    }
    assert_true(H5LTmake_dataset_double(file, variable, 2, lengths, values) >= 0);
    H5Fclose(file);
}

/* Every value of a variable becomes that one. */
static void put_everywhere(const char *path, const char *variable, int value)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, variable, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    const size_t n = (size_t)H5Sget_simple_extent_npoints(space);
    int *values = malloc((n + 1) * sizeof *values);
    for (size_t i = 0; i < n; i++) {
        values[i] = value;
    }
    assert_true(H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    free(values);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void run_of_scouts(fixture *f, size_t n_scouts, size_t n_quantities, int64_t n_records)
{
    make_scouts(f, n_scouts, f->nodes, 1);
    keep_quantities(f, n_quantities);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, n_records), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

/* x_m, y_m and z_m are in the plan view; all others are numbers that change from record to record */
static void quantities_for_which_there_is_no_room_are_counted(void **state)
{
    fixture *f = *state;
    run_of_scouts(f, 3, 3, 4);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("id=\"state\"", "!may change"));
    double values[4][3];
    for (size_t i = 0; i < 12; i++) {
        values[i / 3][i % 3] = (double)i;
    }
    for (size_t k = 0; k < 14; k++) {
        char variable[32];
        snprintf(variable, sizeof variable, "state/made_up_%zu", k);
        put_values("a.h5", variable, 4, 3, &values[0][0]);
        if (k == 11) {
            assert_tells(page_of(f, "a.h5", NULL), PARTS(">Made_up_11<", "!may change"));
        }
        if (k == 12) {
            assert_tells(page_of(f, "a.h5", NULL),
                         PARTS("1 more quantity may change, and has no picture here"));
        }
    }
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("2 more quantities may change, and have no picture here"));
}

static void captions_say_when_only_some_records_are_drawn(void **state)
{
    fixture *f = *state;
    run_of_scouts(f, 3, 3, 1001);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("All 3 vehicles, at 300 of 1,001 records evenly apart; hollow marks",
                       "of its vehicles, at 160 of 1,001 records evenly apart."));
}

/* In each of ten worlds one scout, which are the first ten entities, and two haulers. */
static void stations_of_worlds_that_are_laid_over_each_other_are_named_once(void **state)
{
    fixture *f = *state;
    make_fleet(f, 1, 10, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 1), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    put_everywhere("a.h5", "entities/kind", QF_KIND_STATION);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS(">scouts-0</text>", ">heavy haulers-0</text>", ", crosses: stations."));
}

static void stations_for_which_there_is_no_room_are_counted(void **state)
{
    fixture *f = *state;
    make_fleet(f, 9, 2, 10);
    begin(f, "a.h5");
    assert_int_equal(record(f, 0, 1), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    put_everywhere("a.h5", "entities/kind", QF_KIND_STATION);
    assert_tells(page_of(f, "a.h5", NULL), PARTS(", crosses: the first 8 of 11 stations."));
}

static void lattice_of_a_fleet_that_is_spread_beyond_all_numbers_has_a_size(void **state)
{
    fixture *f = *state;
    whole_run(f, 60, 11);
    fill_state("a.h5", 1e300);
    /* from -1e300 to 1e300 with a margin of 3 % on both sides, in 32 parts */
    assert_tells(page_of(f, "a.h5", NULL), PARTS("in squares of 6.63e+298 m"));
}

static void of_many_approaches_the_first_are_drawn_and_all_are_counted(void **state)
{
    fixture *f = *state;
    enum { N = 10 };
    run_of_scouts(f, N, 3, 2);
    double targets[2][N];
    for (size_t i = 0; i < 2 * (size_t)N; i++) {
        targets[i / N][i % N] = i % N == 0 ? -1.0 : 0.0;
    }
    put_values("a.h5", "state/target", 2, N, &targets[0][0]);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("The first 8 of the 9 that have a target.",
                                                 "scouts-8 to scouts-0", "!scouts-9 to scouts-0"));
}

static void of_a_large_fleet_approaches_are_said_to_be_of_those_that_are_drawn(void **state)
{
    fixture *f = *state;
    enum { N = 41 };
    run_of_scouts(f, N, 3, 2);
    double targets[2][N];
    for (size_t i = 0; i < 2 * (size_t)N; i++) {
        targets[i / N][i % N] = i % N == 2 ? 0.0 : -1.0;
    }
    put_values("a.h5", "state/target", 2, N, &targets[0][0]);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("All that have a target among the 40 vehicles that are drawn from above."));
}

/* Vehicle 1 goes from 10 m to 4 m off vehicle 0, and is told to go to vehicle 2; 2 m off 0 it passes by. */
static void approach_ends_where_the_target_is_another(void **state)
{
    fixture *f = *state;
    run_of_scouts(f, 3, 3, 3);
    put_values("a.h5", "state/x_m", 3, 3, (double[]){0, 10, 50, 0, 4, 50, 0, 2, 50});
    put_values("a.h5", "state/y_m", 3, 3, (double[9]){0.0});
    put_values("a.h5", "state/z_m", 3, 3, (double[9]){0.0});
    put_values("a.h5", "state/target", 3, 3, (double[]){-1, 0, -1, -1, 0, -1, -1, 2, -1});
    /* the range over one power of ten: 4 is 0.602 of it */
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("scouts-1 to scouts-0", "d=\"M58 26L233 101.6\"",
                       "Of several targets the first, while it is the target."));
}

static void range_without_heights_is_called_horizontal(void **state)
{
    fixture *f = *state;
    run_of_scouts(f, 2, 3, 2);
    put_values("a.h5", "state/target", 2, 2, (double[]){-1, 0, -1, 0});
    assert_tells(page_of(f, "a.h5", NULL), PARTS(">range, m (logarithmic)<", "!horizontal"));
    without("a.h5", "state/z_m");
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("How far from the target, horizontally",
                       ">horizontal range, m (logarithmic)<", "heights left out."));
}

/* It comes from far away within one record, and then stays within 1 m. */
static void approach_that_begins_beyond_the_picture_is_said_to(void **state)
{
    fixture *f = *state;
    enum { N = 300 };
    run_of_scouts(f, 2, 3, N);
    static double x[N][2], y[N][2], target[N][2];
    for (size_t t = 0; t < N; t++) {
        x[t][1] = t == 0 ? 5000.0 : (double)(t % 10) / 10.0;
        target[t][0] = -1.0;
    }
    put_values("a.h5", "state/x_m", N, 2, &x[0][0]);
    put_values("a.h5", "state/y_m", N, 2, &y[0][0]);
    put_values("a.h5", "state/z_m", N, 2, &y[0][0]);
    put_values("a.h5", "state/target", N, 2, &target[0][0]);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("where they ended; 1 leaves what is shown."));
}

/* Rows of tracks, of which none is of a target, or of which the ways of targets are not known. */
static void sights_without_targets_promise_no_lines(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 10);
    f->scenario.record.tracks = true;
    begin_given(f, "a.h5", &identities);
    assert_int_equal(hand_over_tracks(f, 0, 10 * PER_TICK), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    /* of all five vehicles some rows are of each one, its own among them */
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("Broad lines: where the 5 targets that it saw most really were."));
    put_everywhere("a.h5", "tracks/target", -1);
    assert_tells(page_of(f, "a.h5", NULL), PARTS("What scouts-0 believed", "!Broad line"));
}

/* Events of so many kinds of warnings, four of each, after one of a kind that is rare. */
static void run_with_warnings(fixture *f, const uint16_t *codes, size_t n_codes)
{
    enum { EACH = 4 };
    make_fleet(f, 8, 1, 10);
    begin(f, "a.h5");
    qf_event events[128];
    size_t n = 0;
    events[n++] = event_of(1, 0, QF_EVENT_MISSION_FINISHED, 0);
    for (size_t i = 0; i < EACH * n_codes; i++) {
        events[n++] = event_of(2, (uint32_t)(i % 8), codes[i % n_codes], 1);
    }
    assert_int_equal(qf_results_events(f->results, events, n), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

static void rare_kinds_are_told_though_there_are_many_warnings(void **state)
{
    static const uint16_t codes[] = {
        QF_EVENT_BOOT_FAILED,    QF_EVENT_DEVICE_FAILED, QF_EVENT_ACTUATION_FAILED,
        QF_EVENT_AVOIDING,       QF_EVENT_LINK_LOST,     QF_EVENT_SITUATION,
        QF_EVENT_CAPTURE_FAILED, QF_EVENT_TASK_LOST,     QF_EVENT_POWER_LOW,
        QF_EVENT_FAULT,          QF_EVENT_GUARD_ALERT,   QF_EVENT_SAFE_MODE};
    fixture *f = *state;
    run_with_warnings(f, codes, COUNT(codes));
    assert_tells(
        page_of(f, "a.h5", NULL),
        PARTS("30 of 49 (warnings", "scouts-0</span></td><td>mission_finished</td>", "!left out"));
}

static void kinds_for_which_there_is_no_room_are_counted(void **state)
{
    fixture *f = *state;
    uint16_t codes[31];
    for (size_t i = 0; i < COUNT(codes); i++) {
        codes[i] = (uint16_t)(130 + i); /* kinds of a later version, and one or two of this one */
    }
    run_with_warnings(f, codes, COUNT(codes));
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("30 of 125 (warnings", "at most 4; 2 kinds are left out."));
}

/* a run with two events, "a.h5" */
static void run_of_two_events(fixture *f)
{
    make_fleet(f, 3, 1, 10);
    begin(f, "a.h5");
    const qf_event event = event_of(4, 0, QF_EVENT_BOOT_OK, 0);
    const qf_event step = event_of(4, 0, QF_EVENT_TRANSITION, 0);
    assert_int_equal(qf_results_events(f->results, &event, 1), QF_OK);
    assert_int_equal(qf_results_events(f->results, &step, 1), QF_OK);
    assert_int_equal(record(f, 0, 11), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
}

static void assert_events_are_unreadable(fixture *f)
{
    const hid_t file = open_result("a.h5");
    qf_page *page = qf_page_create();
    const qf_report_run run = {.file = file, .path = "a.h5", .anchor = ""};
    qf_report_story story;
    assert_int_equal(qf_report_run_story(&f->context, &run, &story), QF_ERROR_READ);
    assert_int_equal(qf_report_run_events(&f->context, page, &run), QF_ERROR_READ);
    qf_page_free(page);
    H5Fclose(file);
}

/* An event whose words are lost is neither a mark without a text nor nothing. */
static void event_that_cannot_be_read_is_an_error(void **state)
{
    fixture *f = *state;
    run_of_two_events(f);
    make_unreadable("a.h5", "events/cause", 2);
    assert_events_are_unreadable(f);
}

static void event_that_comes_of_itself_is_an_error(void **state)
{
    fixture *f = *state;
    run_of_two_events(f);
    put_everywhere("a.h5", "events/cause", 1);
    assert_events_are_unreadable(f);
}

/* However little memory there is, a plan that is made without an error has its pictures. */
static void plan_without_memory_is_an_error_and_not_an_empty_one(void **state)
{
    fixture *f = *state;
    skip_unless_memory_can_run_out();
    enum { N = 30, RECORDS = 300 };
    run_of_scouts(f, N, 3, RECORDS);
    static double targets[RECORDS][N];
    for (size_t t = 0; t < RECORDS; t++) {
        targets[t][0] = -1.0;
    }
    put_values("a.h5", "state/target", RECORDS, N, &targets[0][0]);
    const hid_t file = open_result("a.h5");
    const qf_report_run run = {.file = file, .path = "a.h5", .anchor = ""};
    size_t n_failed = 0;
    qf_status status = QF_ERROR_MEMORY;
    for (int allowed = 0; status != QF_OK && allowed < 1000; allowed++) {
        qf_page *page = qf_page_create();
        allocations_left = allowed;
        status = qf_report_run_plan(&f->context, page, &run);
        allocations_left = -1;
        n_failed += status != QF_OK;
        if (status != QF_OK) {
            assert_int_equal(status, QF_ERROR_MEMORY);
        } else {
            char *text = NULL;
            size_t size;
            FILE *out = open_memstream(&text, &size);
            assert_int_equal(qf_page_write(&f->context, page, "title", out), QF_OK);
            fclose(out);
            assert_tells(text, PARTS("Seen from above", "How far from the target",
                                     "The approach, seen from the target"));
        }
        qf_page_free(page);
    }
    assert_int_equal(status, QF_OK);
    assert_true(n_failed > 3);
    H5Fclose(file);
}

static char *provenance_of(fixture *f, const char *path, const char *called)
{
    const hid_t file = open_result(path);
    qf_page *page = qf_page_create();
    const qf_report_run run = {.file = file, .path = called, .anchor = ""};
    assert_int_equal(qf_report_run_provenance(&f->context, page, &run), QF_OK);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(qf_page_write(&f->context, page, "title", out), QF_OK);
    fclose(out);
    qf_page_free(page);
    H5Fclose(file);
    return text;
}

static void set_status(const char *path, const char *status)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t attribute = H5Aopen(file, "status", H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    assert_true(H5Tis_variable_str(type) > 0 && H5Awrite(attribute, type, &status) >= 0);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Fclose(file);
}

static void run_that_is_going_on_is_not_said_to_have_ended(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    set_status("a.h5", "running");
    assert_tells(provenance_of(f, "a.h5", "a.h5"), PARTS("The run did not end well"));
    const int fd = open("a.h5", O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0 && qf_file_lock(fd) == 0);
    assert_tells(provenance_of(f, "a.h5", "a.h5"),
                 PARTS("The run is not over", "!did not end well"));
    close(fd);
}

static void size_of_a_file_that_is_gone_is_not_told(void **state)
{
    fixture *f = *state;
    whole_run(f, 3, 11);
    assert_tells(provenance_of(f, "a.h5", "a.h5"), PARTS(">Size</"));
    assert_tells(provenance_of(f, "a.h5", "moved.h5"), PARTS("!>Size</"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(page_of_a_whole_run_says_how_it_went),
        TEST(sections_of_one_of_several_runs_are_called_after_it),
        TEST(nothing_decided_where_nothing_happened),
        TEST(critical_events_and_quarantined_vehicles_are_told_with_their_causes),
        TEST(interrupted_at_once_is_not_complete_and_has_no_pictures),
        TEST(one_record_and_one_vehicle_are_enough),
        TEST(without_state_or_without_any_table_there_is_still_a_summary),
        TEST(of_a_kind_a_few_are_told_and_how_many_more_there_are),
        TEST(events_that_were_not_to_be_recorded_are_not_said_to_be_none),
        TEST(what_cannot_be_read_is_an_error_and_not_a_zero),
        TEST(of_many_vehicles_all_are_counted_where_they_ended),
        TEST(missing_values_everywhere_are_not_drawn),
        TEST(huge_values_are_drawn_within_the_picture),
        TEST(of_many_quantities_some_have_pictures_and_all_are_in_the_table),
        TEST(names_with_markup_are_texts),
        TEST(tracks_of_one_observer_and_their_quality_are_drawn),
        TEST(approach_is_seen_in_the_axes_of_the_target),
        TEST(band_is_from_5_to_95_percent_of_the_vehicles),
        TEST(quantities_for_which_there_is_no_room_are_counted),
        TEST(captions_say_when_only_some_records_are_drawn),
        TEST(stations_of_worlds_that_are_laid_over_each_other_are_named_once),
        TEST(stations_for_which_there_is_no_room_are_counted),
        TEST(lattice_of_a_fleet_that_is_spread_beyond_all_numbers_has_a_size),
        TEST(of_many_approaches_the_first_are_drawn_and_all_are_counted),
        TEST(of_a_large_fleet_approaches_are_said_to_be_of_those_that_are_drawn),
        TEST(approach_ends_where_the_target_is_another),
        TEST(range_without_heights_is_called_horizontal),
        TEST(approach_that_begins_beyond_the_picture_is_said_to),
        TEST(sights_without_targets_promise_no_lines),
        TEST(rare_kinds_are_told_though_there_are_many_warnings),
        TEST(kinds_for_which_there_is_no_room_are_counted),
        TEST(event_that_cannot_be_read_is_an_error),
        TEST(event_that_comes_of_itself_is_an_error),
        TEST(plan_without_memory_is_an_error_and_not_an_empty_one),
        TEST(run_that_is_going_on_is_not_said_to_have_ended),
        TEST(size_of_a_file_that_is_gone_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
