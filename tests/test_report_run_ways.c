/* SPDX-License-Identifier: Apache-2.0 */
/* The sections about a run that are drawn as seen from above: where vehicles went, what they approached, what they saw. */
#include "report_run_fixture.h"

#include "failing_memory.h"

static void of_many_vehicles_all_are_counted_where_they_ended(void **state)
{
    fixture *f = *state;
    whole_run(f, 60, 11);
    assert_tells(page_of(f, "a.h5", NULL),
                 PARTS("22 of 62 vehicles", "Where all of them were in the end", "!further away"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_many_vehicles_all_are_counted_where_they_ended),
        TEST(tracks_of_one_observer_and_their_quality_are_drawn),
        TEST(approach_is_seen_in_the_axes_of_the_target),
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
        TEST(plan_without_memory_is_an_error_and_not_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
