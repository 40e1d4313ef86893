/* SPDX-License-Identifier: Apache-2.0 */
/* The sections about a run: how it ended, what happened, what its quantities did. */
#include "report_run_fixture.h"

#include <fcntl.h>

#include "partial_file.h"

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
        TEST(missing_values_everywhere_are_not_drawn),
        TEST(huge_values_are_drawn_within_the_picture),
        TEST(of_many_quantities_some_have_pictures_and_all_are_in_the_table),
        TEST(names_with_markup_are_texts),
        TEST(band_is_from_5_to_95_percent_of_the_vehicles),
        TEST(quantities_for_which_there_is_no_room_are_counted),
        TEST(rare_kinds_are_told_though_there_are_many_warnings),
        TEST(kinds_for_which_there_is_no_room_are_counted),
        TEST(event_that_cannot_be_read_is_an_error),
        TEST(event_that_comes_of_itself_is_an_error),
        TEST(run_that_is_going_on_is_not_said_to_have_ended),
        TEST(size_of_a_file_that_is_gone_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
