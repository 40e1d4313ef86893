/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison says of tracks, pictures and metrics: one of two files is made otherwise. */
#include "diff_fixture.h"
#include "tracks_fixture.h"

static const qf_tracking_metrics metrics = {.group = 0, .frames = 12, .gospa_m = 5.5};

/* A whole file of those rows, closed. */
static void write_rows(fixture *f, const char *path, const qf_track_samples *t,
                       const qf_picture_samples *p, const qf_tracking_metrics *m, qf_status outcome)
{
    begin_tracks(f, path, &identities, &sharing_tracker);
    assert_int_equal(qf_results_tracks(f->results, t), QF_OK);
    assert_int_equal(qf_results_pictures(f->results, p), QF_OK);
    qf_results_tracking(f->results, m, m ? 1 : 0);
    end_rows(f, outcome);
}

static void write_sound(fixture *f, const char *path, size_t n, qf_status outcome)
{
    qf_track_samples t = track_rows(0, n);
    qf_picture_samples p = picture_rows(0, n);
    write_rows(f, path, &t, &p, &metrics, outcome);
    qf_track_samples_free(&t);
    qf_picture_samples_free(&p);
}

static void equal_tracks_are_counted(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5", ROWS, QF_OK);
    write_sound(f, "b.h5", ROWS, QF_OK);
    assert_says(f, "a.h5", "b.h5", false, QF_OK,
                SAYS("\nequal\n", "/tracks: 9000, equal\n", "/picture: 9000, equal\n",
                     "/identities: 4, equal\n", "/tracking: 1, equal\n"));
    assert_says(f, "a.h5", "b.h5", true, QF_OK,
                SAYS("\"tracks\": {\"counts\": [9000, 9000], \"first_difference\": null}",
                     "\"picture\": {\"counts\": [9000, 9000], \"first_difference\": null}",
                     "\"tracking\": {\"counts\": [1, 1], \"first_difference\": null}"));
}

/* In its last bit. */
static void first_tick_observer_track_and_column_that_differ_are_named(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5", ROWS, QF_OK);
    qf_track_samples t = track_rows(0, ROWS);
    qf_picture_samples p = picture_rows(0, ROWS);
    uint32_t bits;
    memcpy(&bits, &t.vr_mps[8504], sizeof bits);
    bits ^= 1;
    memcpy(&t.vr_mps[8504], &bits, sizeof bits);
    p.support[1003]++;
    write_rows(f, "b.h5", &t, &p, &metrics, QF_OK);
    qf_track_samples_free(&t);
    qf_picture_samples_free(&p);
    assert_says(
        f, "a.h5", "b.h5", false, QF_DIFFERENT,
        SAYS("DIFFERENT\n",
             "/tracks: 9000 in A, 9000 in B in the common time; first difference: number 8504, "
             "vr_mps\n",
             "    A  tick 8 (4 s), observer 2 'scouts-2', track 504: coasting, unknown, target 4 "
             "'heavy haulers-1', short_range, at 8504.25, -8504, 4252 m with 1063, -1063, 531.5 "
             "m/s, range 8504.75 m, bearing 326 deg, elevation -56 deg, radial speed -4252 m/s, "
             "SNR 2126 dB, RCS -2126 dBsm, quality 1, age 17008 s, 504 misses, closest 68032 m in "
             "34016 s, transponder off says nothing\n",
             "radial speed -4252.00049 m/s",
             "/picture: 9000 in A, 9000 in B in the common time; first difference: number 1003, "
             "support\n",
             "    A  tick 1 (0.5 s), world 0, group heavy_haulers, track 3: at 1003.1, 1002.9 m "
             "with 501.5, -501.5 m/s, trust 0.5, 4 observers, flags 3\n",
             "5 observers"));
    assert_says(f, "a.h5", "b.h5", true, QF_DIFFERENT,
                SAYS("\"first_difference\": {\"number\": 8504, \"column\": \"vr_mps\""));
}

static void every_column_is_compared(void **state)
{
    fixture *f = *state;
    qf_track_samples t = track_rows(0, ROWS);
    qf_picture_samples p = picture_rows(0, ROWS);
    write_sound(f, "a.h5", ROWS, QF_OK);
#define QF_COLUMN(type, name)                                                                      \
    {                                                                                              \
        const type sound = t.name[ROWS - 1];                                                       \
        t.name[ROWS - 1] = (type)(sound + 1);                                                      \
        write_rows(f, "b.h5", &t, &p, &metrics, QF_OK);                                            \
        t.name[ROWS - 1] = sound;                                                                  \
        assert_last_row_differs(f, "tracks", #name);                                               \
    }
    QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
#define QF_COLUMN(type, name)                                                                      \
    {                                                                                              \
        const type sound = p.name[ROWS - 1];                                                       \
        p.name[ROWS - 1] = (type)(sound + 1);                                                      \
        write_rows(f, "b.h5", &t, &p, &metrics, QF_OK);                                            \
        p.name[ROWS - 1] = sound;                                                                  \
        assert_last_row_differs(f, "picture", #name);                                              \
    }
    QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
    qf_track_samples_free(&t);
    qf_picture_samples_free(&p);
}

static void missing_track_is_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5", ROWS, QF_OK);
    write_sound(f, "b.h5", ROWS - 1, QF_OK);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/tracks: 9000 in A, 8999 in B in the common time; first difference: number "
                     "8999\n",
                     "    B  none\n"));
}

/* Interrupted after tick 5: tick 5's tracks are not part of the common time, nor are sums over the run. */
static void interrupted_file_is_compared_up_to_its_end(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5", ROWS, QF_OK);
    qf_track_samples t = track_rows(0, 5500);
    qf_picture_samples p = picture_rows(0, 5500);
    write_rows(f, "b.h5", &t, &p, NULL, QF_INTERRUPTED);
    qf_track_samples_free(&t);
    qf_picture_samples_free(&p);
    assert_says(f, "a.h5", "b.h5.partial", false, QF_DIFFERENT,
                SAYS("/tracks: 5000, equal\n", "/picture: 5000, equal\n", "!/tracking"));
}

/* Failed before the first record: tracks are all that tells how far it came. */
static void tracks_count_where_there_are_no_records(void **state)
{
    fixture *f = *state;
    qf_track_samples t = track_rows(0, 5500);
    for (int k = 0; k < 2; k++) {
        begin_tracks(f, k ? "b.h5" : "a.h5", &identities, &tracker);
        t.range_m[7] += (float)k;
        assert_int_equal(qf_results_tracks(f->results, &t), QF_OK);
        assert_int_equal(qf_results_finish(f->results, QF_ERROR_WRITE, 0, NULL, NULL),
                         QF_ERROR_WRITE);
        qf_fleet_free(&f->fleet);
    }
    qf_track_samples_free(&t);
    assert_says(f, "a.h5.partial", "b.h5.partial", false, QF_DIFFERENT,
                SAYS("/tracks: 5000 in A, 5000 in B", "first difference: number 7, range_m\n"));
}

static void other_metrics_are_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5", 10, QF_OK);
    qf_track_samples t = track_rows(0, 10);
    qf_picture_samples p = picture_rows(0, 10);
    qf_tracking_metrics other = metrics;
    other.gospa_m = 5.25;
    write_rows(f, "b.h5", &t, &p, &other, QF_OK);
    write_rows(f, "c.h5", &t, &p, NULL, QF_OK);
    qf_track_samples_free(&t);
    qf_picture_samples_free(&p);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/tracking: 1 in A, 1 in B; first difference: number 0, gospa_m\n",
                     "    A  group scouts: 12 frames, GOSPA 5.5 m,",
                     "    B  group scouts: 12 frames, GOSPA 5.25 m,"));
    assert_says(f, "a.h5", "c.h5", false, QF_DIFFERENT, SAYS("/tracking is recorded only in A\n"));
}

static void file_without_tracks_is_told(void **state)
{
    fixture *f = *state;
    write_sound(f, "a.h5", ROWS, QF_OK);
    make_fleet(f, 3, 1, 20);
    begin(f, "b.h5");
    assert_int_equal(record(f, 0, 6), QF_OK);
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT,
                SAYS("/tracks is recorded only in A\n", "/picture is recorded only in A\n"));
    assert_says(f, "b.h5", "b.h5", false, QF_OK, SAYS("\nequal\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_tracks_are_counted),
        TEST(first_tick_observer_track_and_column_that_differ_are_named),
        TEST(every_column_is_compared),
        TEST(missing_track_is_told),
        TEST(interrupted_file_is_compared_up_to_its_end),
        TEST(tracks_count_where_there_are_no_records),
        TEST(other_metrics_are_told),
        TEST(file_without_tracks_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
